"""Check decisions before they are stored: suspend, resume, cancel, close, reopen, judge."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from tracker.errors import InvalidInput, Refused
from tracker.ledger import merge
from tracker.ledger.lookup import the_indicator, the_initiative
from tracker.ledger.view import Look
from tracker.locale.translation import _
from tracker.model import effective
from tracker.model.assessment import Assessment
from tracker.model.horizon import Horizon
from tracker.model.records import Decision, Entry, Indicator, Initiative
from tracker.model.validation import problems_of_entry
from tracker.model.vocabulary import State
from tracker.storage.base import Transaction, View


class _Way(NamedTuple):
    """From which states a command leads to which."""

    start: tuple[State, ...]
    end: State


WAYS: Mapping[str, _Way] = {
    "suspend": _Way(("active",), "suspended"),
    "resume": _Way(("suspended",), "active"),
    "cancel": _Way(("active", "suspended"), "cancelled"),
    "close": _Way(("active", "suspended"), "closed"),
    "reopen": _Way(("closed", "cancelled"), "active"),
}
"""What each deciding command does to the state of a record."""


def assessed(look: Look, indicator_id: str) -> Assessment:
    """One indicator as it stands.

    Raises:
        NotFound: there is none with exactly this id.
    """
    indicator = the_indicator(look.view, indicator_id)
    owner = the_initiative(look.view, indicator.initiative_id)
    return look.assess(owner, indicator)


def refuse_ended(look: Look, seen: Assessment) -> None:
    """Refuse what is closed or cancelled, itself or by what stands above it."""
    if seen.state not in {"closed", "cancelled"}:
        return
    ended = next(
        each.id
        for each in _with_those_above(look.view, seen.id)
        if effective.state_of(each.decisions, look.horizon) == seen.state
    )
    sentence = _("{id} is {state} with {ended}; if that was wrong, run: tracker reopen {ended}")
    if ended == seen.id:
        sentence = _("{id} is {state}; if that was wrong, run: tracker reopen {ended}")
    raise Refused(sentence.format(id=seen.id, state=_(seen.state), ended=ended))


def remarks_on_state(look: Look, record_id: str, state: State) -> list[str]:
    """What is to be mentioned where a decided state is not the one that is shown."""
    above = list(_with_those_above(look.view, record_id))
    own = [effective.state_of(each.decisions, look.horizon) for each in above]
    in_force = effective.strongest(own)
    if in_force == state:
        return []
    ended = above[own.index(in_force)].id
    way = next(name for name in ("resume", "reopen") if in_force in WAYS[name].start)
    sentence = _("{id} is {state} with {ended}; if that was wrong, run: tracker {way} {ended}")
    return [sentence.format(id=record_id, state=_(in_force), ended=ended, way=way)]


def refuse_wrong(txn: Transaction, record: Initiative | Indicator, entry: Entry) -> None:
    """Refuse an entry that does not fit its record, or names a document that is not there."""
    wrong = list(problems_of_entry(record, entry))
    if wrong:
        raise InvalidInput(_("{id}: {wrong}.").format(id=record.id, wrong=_("; ").join(wrong)))
    merge.check_sources(txn, record.id, entry)


def refuse_early(on: date, today: date) -> None:
    """Refuse a decision or a revision of a day that is still to come."""
    if on > today:
        raise Refused(
            _(
                "{on} is in the future; give the day on which it was decided,"
                " or enter it when that day has come."
            ).format(on=on)
        )


def check_reason(reason: str) -> None:
    """Refuse a decision without a reason."""
    if not reason.strip():
        raise InvalidInput(_("A decision needs its reason; give it with --reason."))


def refuse_transition(record: Initiative | Indicator, decision: Decision, command: str) -> State:
    """The state before a decision, from which the command must lead to its state."""
    way = WAYS.get(command)
    if way is None or way.end != decision.state:
        raise InvalidInput(
            _("No command {command} leads to the state {state}; there are: {known}.").format(
                command=command, state=decision.state, known=", ".join(WAYS)
            )
        )
    counting = effective.counting(record.decisions, Horizon(as_of=date.max))
    later = [each.on for each in counting if each.state is not None and each.on > decision.on]
    if later:
        raise Refused(
            _(
                "{id} has a decision of {later}; one of {on} cannot come before it. If that"
                " one was wrong, find its number with: tracker history {id}, and take it"
                " back with: tracker undo NUMBER"
            ).format(id=record.id, later=later[-1], on=decision.on)
        )
    before = effective.state_of(counting, Horizon(as_of=date.max))
    if before == way.end:
        raise Refused(_("{id} is {state} already.").format(id=record.id, state=_(before)))
    if before not in way.start:
        sentence = _("{id} is {state}; only what is {allowed} can be so decided.")
        if before in WAYS["reopen"].start:
            sentence = _(
                "{id} is {state}; only what is {allowed} can be so decided;"
                " first run: tracker reopen {id}"
            )
        allowed = _(" or ").join(map(_, way.start))
        raise Refused(sentence.format(id=record.id, state=_(before), allowed=allowed))
    return before


def refuse_unmet(look: Look, record: Initiative | Indicator) -> None:
    """Refuse to close what has, itself or below it, a target that is not met."""
    seen = [assessed(look, each) for each in _indicators_below(look.view, record)]
    unmet = [
        each.id
        for each in seen
        if each.met_on is None
        and each.state in {"active", "suspended"}
        and (each.measure == "milestone" or each.target is not None)
    ]
    if unmet:
        raise Refused(
            _(
                "{id} has targets that are not met; report them, cancel it,"
                " or close it all the same with --force:"
            ).format(id=record.id),
            unmet,
        )


def _with_those_above(view: View, record_id: str) -> list[Initiative | Indicator]:
    own, dot, _name = record_id.partition(".")
    chain: list[Initiative | Indicator] = [the_indicator(view, record_id)] if dot else []
    above: str | None = own
    while above is not None:
        initiative = the_initiative(view, above)
        chain.append(initiative)
        above = initiative.parent
    return chain


def _indicators_below(view: View, record: Initiative | Indicator) -> Iterable[str]:
    if isinstance(record, Indicator):
        yield record.id
        return
    known, level = {record.id}, [record.id]
    while level:
        for each in level:
            yield from (indicator.id for indicator in view.indicators_of(each))
        level = [each.id for each in view.children_of(level) if each.id not in known]
        known.update(level)
