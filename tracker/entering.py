"""What must hold before a report, a revision or a decision is entered.

Each function looks at the ledger as it is and refuses in one sentence, or answers.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Context, Decimal
from typing import NamedTuple

import msgspec

from tracker import knowledge, merging
from tracker.admission import problems_of_entry
from tracker.asking import Look
from tracker.errors import InvalidInput, Refused
from tracker.honesty import times_beyond
from tracker.locale import _
from tracker.models import (
    Assessment,
    Decision,
    Entry,
    Horizon,
    Indicator,
    Initiative,
    Revision,
    Update,
)
from tracker.naming import the_indicator, the_initiative
from tracker.quantities import parse_value, show_number, split_unit
from tracker.standing import (
    HUNDRED,
    PER_CENT,
    ROOM,
    direction_of,
    final_reports,
    is_held,
    series,
    span_of,
)
from tracker.store import Transaction, View
from tracker.vocabulary import State

# Wide enough that no sum of two numbers that a ledger takes is rounded.
_EXACT = Context(prec=100)
_OTHER_UNIT = 100
"""A value that is so many times another one may be in another unit."""
_PROMISED = frozenset({"target", "target_high", "op", "deadline"})


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
        if knowledge.state_of(each.decisions, look.horizon) == seen.state
    )
    sentence = _("{id} is {state} with {ended}; if that was wrong, run: tracker reopen {ended}")
    if ended == seen.id:
        sentence = _("{id} is {state}; if that was wrong, run: tracker reopen {ended}")
    raise Refused(sentence.format(id=seen.id, state=_(seen.state), ended=ended))


def remarks_on_state(look: Look, record_id: str, state: State) -> list[str]:
    """What is to be mentioned where a decided state is not the one that is shown."""
    above = list(_with_those_above(look.view, record_id))
    own = [knowledge.state_of(each.decisions, look.horizon) for each in above]
    in_force = knowledge.strongest(own)
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
    merging.check_sources(txn, record.id, entry)


def refuse_future(update: Update, today: date) -> None:
    """Refuse a report of what is still to come, unless it is an estimate."""
    if update.on > today and update.status != "estimate":
        raise Refused(
            _(
                "{on} is in the future; report what has been reached, or say --status estimate."
            ).format(on=update.on)
        )


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


def refuse_unchanged(indicator: Indicator, revision: Revision, today: date) -> None:
    """Refuse a revision after which all is promised as before."""
    if revision.target is None and revision.deadline is None and revision.voids is None:
        raise InvalidInput(
            _("The revision of {id} changes nothing; give a target, a deadline or both.").format(
                id=indicator.id
            )
        )
    horizon = Horizon(as_of=today)
    revised = msgspec.structs.replace(indicator, revisions=[*indicator.revisions, revision])
    if knowledge.promise(indicator, horizon) == knowledge.promise(revised, horizon):
        raise Refused(
            _(
                "{id} is promised so already, or by a later revision;"
                " a revision of {on} changes nothing."
            ).format(id=indicator.id, on=revision.on)
        )


def refuse_transition(record: Initiative | Indicator, decision: Decision, command: str) -> State:
    """The state before a decision, from which the command must lead to its state."""
    way = WAYS.get(command)
    if way is None or way.end != decision.state:
        raise InvalidInput(
            _("No command {command} leads to the state {state}; there are: {known}.").format(
                command=command, state=decision.state, known=", ".join(WAYS)
            )
        )
    counting = knowledge.counting(record.decisions, Horizon(as_of=date.max))
    later = [each.on for each in counting if each.state is not None and each.on > decision.on]
    if later:
        raise Refused(
            _(
                "{id} has a decision of {later}; one of {on} cannot come before it. If that"
                " one was wrong, find its number with: tracker history {id}, and take it"
                " back with: tracker undo NUMBER"
            ).format(id=record.id, later=later[-1], on=decision.on)
        )
    before = knowledge.state_of(counting, Horizon(as_of=date.max))
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


def reported_number(
    indicator: Indicator, seen: Assessment, draft: Update, value: str | None, added: str | None
) -> Decimal | None:
    """The value that is reported, whole, in the unit of the indicator.

    Args:
        indicator: what is reported on.
        seen: how it stands.
        draft: the update without its value.
        value: the value as typed; None for milestones.
        added: what to add to the newest value, instead of ``value``.
    """
    typed = value if added is None else added
    if typed is None:
        return None
    if value is not None and added is not None:
        raise InvalidInput(_("Give the whole value or what to add to it, not both."))
    if indicator.measure == "milestone":
        raise InvalidInput(_("{id} is a milestone; report it with --done.").format(id=indicator.id))
    number = parse_value(typed, indicator.unit)
    if added is not None and indicator.accumulation != "increment":
        total = _EXACT.normalize(_EXACT.add(number, _added_to(indicator, seen, draft)))
        number = Decimal(format(total, "f"))
    ends = (indicator.baseline, indicator.target)
    counts = indicator.accumulation == "cumulative" or None not in ends
    if number < 0 and counts and not any(end is not None and end < 0 for end in ends):
        raise InvalidInput(
            _("{id} cannot be {found}: its baseline and target are not below 0.").format(
                id=indicator.id, found=show_number(number)
            )
        )
    return number


def remarks(indicator: Indicator, update: Update, look: Look) -> list[str]:
    """What is to be mentioned about an update that is stored."""
    said = []
    start = knowledge.start_of(indicator, look.horizon)
    # A milestone is there or not: from when on it was worked for does not matter.
    if start is not None and update.on < start and indicator.measure != "milestone":
        sentence = _("{on} is before the start, {start}.")
        if indicator.accumulation == "increment":
            sentence = _("{on} is before the start, {start}; it does not count as progress.")
        said.append(sentence.format(on=update.on, start=start))
    counting = knowledge.counting(indicator.updates, look.horizon)
    newest = max((each.on for each in counting if each.status == "final"), default=None)
    if newest is not None and update.on < newest and _counts(update):
        said.append(
            _("{on} is earlier than the newest report, of {newest}, which still counts.").format(
                on=update.on, newest=newest
            )
        )
    said += _of_size(indicator, update, look.horizon)
    return [*said, *_of_value(indicator, update, look.horizon)]


def _with(indicator: Indicator, update: Update) -> Indicator:
    others = [each for each in indicator.updates if each.id != update.id]
    return msgspec.structs.replace(indicator, updates=[*others, update])


def _told_before(
    indicator: Indicator, update: Update, horizon: Horizon
) -> list[tuple[Update, Decimal]]:
    """The reports that an update follows and does not take back, with their values."""
    return [
        (each, each.value)
        for each in final_reports(_with(indicator, update), horizon)
        if each.value is not None and each.id != update.id and each.on <= update.on
    ]


def _of_size(indicator: Indicator, update: Update, horizon: Horizon) -> Iterator[str]:
    """Whether a value is so far from the target or the reports before it as a wrong unit is."""
    if update.value is None or indicator.unit in PER_CENT:
        return
    wanted, value = knowledge.promise(indicator, horizon), update.value
    if indicator.accumulation == "increment":
        final = final_reports(_with(indicator, update), horizon)
        points = series(indicator, final, knowledge.start_of(indicator, horizon))
        value = points[-1][1] if points else value
    shown, way_out = in_unit(value, indicator), _way_out(indicator, update)
    times = times_beyond(indicator, wanted, value)
    if times is not None:
        target = wanted.target if wanted.target_high is None else wanted.target_high
        yield _("{value} is {times} times the target of {target}; {way_out}").format(
            value=shown, times=f"{times:,.0f}", target=in_unit(target, indicator), way_out=way_out
        )
        return
    told = _told_before(indicator, update, horizon)
    if not told or not told[-1][1] or not value or indicator.accumulation == "increment":
        return
    before, times = told[-1][1], abs(ROOM.divide(value, told[-1][1]))
    sentence = _("{value} is {times} times the {before} reported for {on}; {way_out}")
    if times < 1:
        times = ROOM.divide(Decimal(1), times)
        sentence = _("{before}, reported for {on}, is {times} times {value}; {way_out}")
    if times >= _OTHER_UNIT:
        yield sentence.format(
            value=shown,
            times=f"{times:,.0f}",
            before=in_unit(before, indicator),
            on=told[-1][0].on,
            way_out=way_out,
        )


def in_unit(value: Decimal | None, indicator: Indicator) -> str:
    """A value as it is written, with its unit; nothing where there is none."""
    return "" if value is None else f"{show_number(value)} {indicator.unit or ''}".strip()


def _way_out(indicator: Indicator, update: Update) -> str:
    """How a slip of the unit is put right: 5000 of 万户 may have been 5000户, 0.5万户."""
    scale, base = split_unit(indicator.unit or "")
    if scale == 1 or not base or update.value is None:
        return _("if that is wrong, run: tracker undo")
    meant = f"{show_number(update.value)}{base}"
    as_unit = ROOM.divide(update.value, scale).normalize()
    return _(
        "if {meant} ({as_unit}) was meant, run: tracker undo, then: tracker update {id} {meant}"
        " --on {on}"
    ).format(
        meant=meant,
        as_unit=f"{show_number(as_unit)}{indicator.unit}",
        id=indicator.id,
        on=update.on,
    )


def _of_value(indicator: Indicator, update: Update, horizon: Horizon) -> Iterator[str]:
    """What is odd about a value beside the promise and the reports before it."""
    if update.value is None:
        return
    wanted = knowledge.promise(indicator, horizon)
    value, target = show_number(update.value), wanted.target
    if indicator.unit in PER_CENT and update.value > max(HUNDRED, target or HUNDRED):
        yield _("{value}% is more than 100%.").format(value=value)
    if update.status != "final" or indicator.accumulation == "increment":
        return
    told = _told_before(indicator, update, horizon)
    grows = indicator.accumulation == "cumulative" and direction_of(indicator, target) != "down"
    if told and grows and update.value < told[-1][1]:
        yield _("{value} is less than the {before} reported for {on}.").format(
            value=value, before=show_number(told[-1][1]), on=told[-1][0].on
        )
    if target is None:
        return
    span = span_of(indicator, target, wanted.target_high)
    met = next((e for e, number in told if span.decides(number, e.qualifier)), None)
    # What is to be kept does not count as met any more.
    if met is not None and not span.holds(update.value) and not is_held(indicator, span):
        yield _(
            "The report of {on} ({id}) met the target and still counts;"
            " if it was wrong, add --voids {id}"
        ).format(on=met.on, id=met.id)


def _counts(update: Update) -> bool:
    return update.status == "final" and (update.value is not None or update.done is not None)


def remarks_on_edit(
    old: Initiative | Indicator, new: Initiative | Indicator, fields: Iterable[str]
) -> tuple[str, ...]:
    """What is to be mentioned about an edit: what it has rewritten, or made mean another thing."""
    if not isinstance(old, Indicator) or not isinstance(new, Indicator):
        return ()
    said = []
    kept = list(_figures_kept(old, new))
    if old.unit not in {None, new.unit} and kept:
        said.append(
            _(
                "{id}: the unit was {old} and is {new} now; no figure was converted, so these mean"
                " something else: {figures}; if that is wrong, run: tracker undo"
            ).format(id=old.id, old=old.unit, new=new.unit or _("none"), figures=", ".join(kept))
        )
    # What was empty is filled in, not rewritten.
    if old.updates and any(
        getattr(old, each) not in (None, getattr(new, each)) for each in _PROMISED & set(fields)
    ):
        said.append(
            _(
                "A changed promise is a decision; if this is not the correction of a mistake,"
                " run: tracker undo, then: tracker revise"
            )
        )
    return tuple(said)


def _figures_kept(old: Indicator, new: Indicator) -> Iterator[str]:
    """The figures that an edit has left as they were, as they are written."""
    for field in ("target", "target_high", "baseline"):
        value = getattr(new, field)
        if value is not None and value == getattr(old, field):
            yield f"{field} {show_number(value)}"
    if new.interim and new.interim == old.interim:
        yield f"interim {len(new.interim)}"
    revised = sum(each.target is not None for each in new.revisions)
    reported = sum(each.value is not None for each in new.updates)
    yield from (f"{name} {n}" for name, n in (("revisions", revised), ("updates", reported)) if n)


def promised(indicator: Indicator, on: date) -> str:
    """What is promised on a day, in a few words."""
    wanted = knowledge.promise(indicator, Horizon(as_of=on))
    parts = []
    if wanted.target is not None:
        high = "" if wanted.target_high is None else f"–{show_number(wanted.target_high)}"
        parts.append(f"{show_number(wanted.target)}{high} {indicator.unit or ''}".strip())
    if wanted.deadline is not None:
        parts.append(str(wanted.deadline.on or wanted.deadline.wording or ""))
    return _(" by ").join(part for part in parts if part) or _("nothing")


def _added_to(indicator: Indicator, seen: Assessment, draft: Update) -> Decimal:
    """The value that --add adds to: the newest one, if the new one is to follow it."""
    if draft.voids is not None:
        raise InvalidInput(
            _("{id}: a correction needs the whole value; give it instead of --add.").format(
                id=indicator.id
            )
        )
    if seen.value_on is not None and draft.on < seen.value_on:
        raise InvalidInput(
            _(
                "{id}: {on} is before the newest report, of {newest};"
                " give the whole value instead of --add."
            ).format(id=indicator.id, on=draft.on, newest=seen.value_on)
        )
    newest = seen.value if seen.value is not None else indicator.baseline
    if newest is None:
        raise InvalidInput(
            _("{id} has no value to add to; report the whole value.").format(id=indicator.id)
        )
    return newest


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
