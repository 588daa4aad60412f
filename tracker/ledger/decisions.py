"""Check decisions before they are stored: changes of state, judgements and verdicts."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import NamedTuple

from tracker.assessment.case import Case
from tracker.assessment.promises import is_promise, is_promise_open
from tracker.errors import Candidate, InvalidInput, Refused
from tracker.ledger.lookup import list_with_those_above, look_up_initiative
from tracker.ledger.view import LedgerView
from tracker.locale.translation import _
from tracker.model import effective
from tracker.model.assessment import Assessment
from tracker.model.horizon import Horizon
from tracker.model.records import Decision, Entry, Indicator, Initiative
from tracker.model.validation import find_entry_problems
from tracker.model.vocabulary import State
from tracker.storage.base import View


class _Transition(NamedTuple):
    """States from which a command leads to which."""

    start: tuple[State, ...]
    end: State


TRANSITIONS: Mapping[str, _Transition] = {
    "suspend": _Transition(("active",), "suspended"),
    "resume": _Transition(("suspended",), "active"),
    "cancel": _Transition(("active", "suspended"), "cancelled"),
    "close": _Transition(("active", "suspended"), "closed"),
    "reopen": _Transition(("closed", "cancelled"), "active"),
}
"""Change of state that each command makes."""


def refuse_after_ending_decision(records: View, case: Case) -> None:
    """Refuse an indicator that is closed or cancelled, itself or by what stands above it."""
    record_id, state = case.indicator.id, case.assessment.state
    if state not in {"closed", "cancelled"}:
        return
    ended = next(
        record.id
        for record in list_with_those_above(records, case.indicator)
        if effective.find_state_in_force(record.decisions, case.horizon) == state
    )
    sentence = _("{id} is {state} with {ended}; if that was wrong, run: tracker reopen {ended}")
    if ended == record_id:
        sentence = _("{id} is {state}; if that was wrong, run: tracker reopen {ended}")
    raise Refused(sentence.format(id=record_id, state=_(state), ended=ended))


def remark_on_decision_state(
    view: LedgerView, record: Initiative | Indicator, state: State
) -> list[str]:
    """Return a remark if a decided state is not the one that is shown, else none."""
    chain = list_with_those_above(view.records, record)
    states = [effective.find_state_in_force(each.decisions, view.horizon) for each in chain]
    in_force = effective.choose_effective_state(states)
    if in_force == state:
        return []
    ended = chain[states.index(in_force)].id
    way = next(name for name in ("resume", "reopen") if in_force in TRANSITIONS[name].start)
    sentence = _("{id} is {state} with {ended}; if that was wrong, run: tracker {way} {ended}")
    return [sentence.format(id=record.id, state=_(in_force), ended=ended, way=way)]


def refuse_wrong_decision_or_entry(
    records: View, record: Initiative | Indicator, entry: Entry
) -> None:
    """Refuse an entry that does not fit its record, or names a document that is not there."""
    problems = _("; ").join(find_entry_problems(record, entry))
    if problems:
        raise InvalidInput(_("{id}: {wrong}.").format(id=record.id, wrong=problems))
    if entry.source is not None:
        # Few entries name a document; the others need not wait for what merges files.
        from tracker.ledger.merge import refuse_unmergeable_source

        refuse_unmergeable_source(records, record.id, entry)


def refuse_future_decision(on: date, today: date) -> None:
    """Refuse a decision or a revision of a day that is still to come."""
    if on > today:
        raise Refused(
            _(
                "{on} is in the future; give the day on which it was decided,"
                " or enter it when that day has come."
            ).format(on=on)
        )


def refuse_decision_without_reason(reason: str) -> None:
    """Refuse a decision without a reason."""
    if not reason.strip():
        raise InvalidInput(_("A decision needs its reason; give it with --reason."))


def refuse_decision_without_promise(assessment: Assessment) -> None:
    """Refuse a verdict on what promises nothing: what is only reported, a vision, a projection."""
    if is_promise(assessment):
        return
    sentence = _(
        "{id} is only reported and promises nothing; if it is a promise, say so first with:"
        " tracker edit {id} --commitment outcome"
    )
    if assessment.commitment is not None:
        sentence = _(
            "{id} is a {commitment}, which binds nobody; if it is a promise, say so first with:"
            " tracker edit {id} --commitment outcome"
        )
    commitment = _(assessment.commitment or "")
    raise Refused(sentence.format(id=assessment.id, commitment=commitment))


def remark_on_verdict_decision(assessment: Assessment, today: date) -> list[str]:
    """Return a remark on a verdict that the figures contradict or that comes early, else none."""
    met_on, deadline = assessment.met_on, assessment.deadline
    if met_on is not None and assessment.verdict == "broken":
        sentence = _("The reports say that {id} was met on {day}.")
        return [sentence.format(id=assessment.id, day=met_on)]
    if met_on is None and deadline is not None and deadline >= today:
        sentence = _("The deadline of {id}, {day}, is not over yet.")
        return [sentence.format(id=assessment.id, day=deadline)]
    return []


def refuse_decision_transition(
    record: Initiative | Indicator, decision: Decision, command: str
) -> State:
    """Return the state before a decision; refuse if the command does not lead to the new one."""
    transition = TRANSITIONS.get(command)
    if transition is None or transition.end != decision.state:
        raise InvalidInput(
            _("No command {command} leads to the state {state}; there are: {known}.").format(
                command=command, state=decision.state, known=", ".join(TRANSITIONS)
            )
        )
    in_force = effective.list_entries_in_force(record.decisions, Horizon(as_of=date.max))
    later = [each.on for each in in_force if each.state is not None and each.on > decision.on]
    if later:
        raise Refused(
            _(
                "{id} has a decision of {later}; one of {on} cannot come before it. If that"
                " one was wrong, find its number with: tracker history {id}, and take it"
                " back with: tracker undo NUMBER"
            ).format(id=record.id, later=later[-1], on=decision.on)
        )
    before = effective.find_state_in_force(in_force, Horizon(as_of=date.max))
    if before == transition.end:
        raise Refused(_("{id} is {state} already.").format(id=record.id, state=_(before)))
    if before not in transition.start:
        sentence = _("{id} is {state}; only what is {allowed} can be so decided.")
        if before in TRANSITIONS["reopen"].start:
            sentence = _(
                "{id} is {state}; only what is {allowed} can be so decided;"
                " first run: tracker reopen {id}"
            )
        allowed = _(" or ").join(map(_, transition.start))
        raise Refused(sentence.format(id=record.id, state=_(before), allowed=allowed))
    return before


def refuse_unmet_closing_decision(view: LedgerView, record: Initiative | Indicator) -> None:
    """Refuse to close what has, itself or below it, a target that is not met."""
    pairs = _find_indicators_below_decision(view.records, record)
    unmet = [
        Candidate(each.id, each.name)
        for each in [view.assess(*pair) for pair in pairs]
        if is_promise_open(each)
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


def _find_indicators_below_decision(
    records: View, record: Initiative | Indicator
) -> Iterator[tuple[Initiative, Indicator]]:
    """Yield an indicator, or all below an initiative, each with its initiative."""
    if isinstance(record, Indicator):
        yield look_up_initiative(records, record.initiative_id), record
        return
    known, level = {record.id}, [record]
    while level:
        for initiative in level:
            for indicator in records.indicators_of(initiative.id):
                yield initiative, indicator
        children = records.children_of([initiative.id for initiative in level])
        level = [initiative for initiative in children if initiative.id not in known]
        known.update(initiative.id for initiative in level)
