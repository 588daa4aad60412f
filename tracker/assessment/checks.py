"""Honesty checks: what a careful reader would ask about a ledger.

Each check has a name that stays, one line that says what it finds, and a function from
one indicator, or from what it has in common with others, to the sentences of what it found.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple, TypeAlias

import msgspec
from msgspec import Struct

from tracker.assessment.case import Case
from tracker.assessment.light import facts_of, is_promised, judge
from tracker.assessment.measurement import (
    PER_CENT,
    direction_of,
    final_reports,
    goal_of,
    is_held,
    series,
    span_of,
)
from tracker.errors import InvalidInput
from tracker.locale.translation import _, _n
from tracker.model.effective import Promise, counting, known_day, last_day, promise, start_of
from tracker.model.quantities import HUNDRED, ROOM, show_number
from tracker.model.records import Indicator, Update

_MOST_NAMED = 3
_FAR = 3
"""So many times its target hardly any promise is; mostly it is a slip of the unit."""


class Finding(Struct, frozen=True, kw_only=True):
    """Finding of one check about one indicator.

    Attributes:
        check: the name of the check.
        id: the id of the indicator.
        initiative_id: the id of its initiative.
        name: the name of the indicator.
        lead: the responsible body.
        sentence: what was found, in the language of the interface.
    """

    check: str
    id: str
    initiative_id: str
    name: str
    lead: str | None
    sentence: str


class Trace(NamedTuple):
    """What of an indicator is compared with others, and who it is."""

    id: str
    initiative_id: str
    name: str
    lead: str | None
    evidence: list[str]
    likeness: tuple[object, ...]


class Ledger:
    """Which indicators share what those that are asked about say.

    Args:
        asked: those that are asked about.
        everything: all there are, in the order of entry.
    """

    def __init__(self, asked: Iterable[Trace], everything: Iterable[Trace]) -> None:
        self.evidence: dict[str, list[str]] = {}
        self.alike: dict[tuple[object, ...], list[str]] = {}
        for trace in asked:
            self.evidence |= {piece: [] for piece in trace.evidence}
            self.alike[trace.likeness] = []
        for trace in everything:
            for piece in trace.evidence:
                if piece in self.evidence:
                    self.evidence[piece].append(trace.id)
            if trace.likeness in self.alike:
                self.alike[trace.likeness].append(trace.id)


Find: TypeAlias = Callable[[Case], Iterator[str]]
Compare: TypeAlias = Callable[[Trace, Ledger], Iterator[str]]


class Check(NamedTuple):
    """One check, which looks at an indicator alone or compares it with the others."""

    name: str
    meaning: str
    find: Find | None = None
    compare: Compare | None = None


def checked(
    asked: Iterable[Case], everything: Iterable[Case] | None = None, only: Iterable[str] = ()
) -> list[Finding]:
    """What the checks find, check by check, in the order of entry.

    Args:
        asked: the indicators that are asked about; none of them is kept.
        everything: all that there are, where that is more.
        only: the names of the checks to make; none: all.

    Raises:
        InvalidInput: there is no check of such a name.
    """
    wanted = _wanted(only)
    found: dict[str, list[Finding]] = {each.name: [] for each in wanted}
    traces = []
    for case in asked:
        trace = trace_of(case)
        traces.append(trace)
        for check in wanted:
            if check.find is not None:
                found[check.name] += _findings(check, trace, check.find(case))
    if any(check.compare is not None for check in wanted):
        ledger = Ledger(traces, traces if everything is None else map(trace_of, everything))
        for check in wanted:
            if check.compare is not None:
                for trace in traces:
                    found[check.name] += _findings(check, trace, check.compare(trace, ledger))
    return [each for findings in found.values() for each in findings]


def _wanted(only: Iterable[str]) -> list[Check]:
    names = {each.name for each in CHECKS}
    wanted = set(only)
    if unknown := sorted(wanted - names):
        raise InvalidInput(
            _("There is no check {found}; there are: {known}.").format(
                found=", ".join(unknown), known=", ".join(each.name for each in CHECKS)
            )
        )
    return [each for each in CHECKS if not wanted or each.name in wanted]


def _findings(check: Check, trace: Trace, sentences: Iterable[str]) -> Iterator[Finding]:
    for sentence in sentences:
        yield Finding(
            check=check.name,
            id=trace.id,
            initiative_id=trace.initiative_id,
            name=trace.name,
            lead=trace.lead,
            sentence=sentence,
        )


def trace_of(case: Case) -> Trace:
    """What of an indicator is compared with others."""
    return Trace(
        id=case.indicator.id,
        initiative_id=case.initiative.id,
        name=case.indicator.name,
        lead=case.initiative.lead,
        evidence=sorted({piece for each in _updates(case) for piece in each.evidence}),
        likeness=likeness(case),
    )


def likeness(case: Case) -> tuple[object, ...]:
    """What two records of the same promise have in common."""
    seen = case.assessment
    names = (_folded(seen.initiative), _folded(seen.name))
    return *names, seen.place, seen.measure, seen.unit, seen.target, seen.deadline


def _folded(name: str) -> str:
    return "".join(filter(str.isalnum, name.casefold()))


def _updates(case: Case) -> list[Update]:
    return counting(case.indicator.updates, case.horizon)


def _final(case: Case) -> list[Update]:
    return final_reports(case.indicator, case.horizon)


def _unmeasurable(case: Case) -> Iterator[str]:
    seen = case.assessment
    has_deadline = seen.deadline is not None or seen.deadline_wording is not None
    if seen.measure == "number" and seen.target is None:
        if has_deadline:
            yield _("it has a deadline, but no target number")
        return
    if seen.measure == "number" and seen.unit is None:
        yield _("its target has no unit")
    if not has_deadline:
        yield _("what is promised has no deadline")


def _no_baseline(case: Case) -> Iterator[str]:
    if case.assessment.target is not None and case.indicator.baseline is None:
        yield _("without a baseline nobody can say what share is done")


def _no_source(case: Case) -> Iterator[str]:
    if case.indicator.source is None and not case.initiative.sources:
        yield _("no document says that it was promised")
    for each in _final(case):
        if each.source is None and not each.evidence:
            yield _("the report of {on} has neither source nor evidence").format(on=each.on)


def _falling(case: Case) -> Iterator[str]:
    indicator = case.indicator
    yield from _fallen_back(case)
    if indicator.accumulation != "cumulative" or _direction(case) == "down":
        return
    before = None
    for each in _final(case):
        if before is not None and each.value is not None and each.value < before:
            yield _("a sum cannot fall: {before}, then {value} on {on}").format(
                before=show_number(before), value=show_number(each.value), on=each.on
            )
        before = each.value


def _fallen_back(case: Case) -> Iterator[str]:
    indicator = case.indicator
    wanted = promise(indicator, case.horizon)
    told = series(indicator, _final(case), start_of(indicator, case.horizon))
    if wanted.target is None or not told:
        return
    span = span_of(indicator, wanted.target, wanted.target_high)
    if indicator.accumulation != "level" and not is_held(indicator, span):
        return
    met = next((on for on, value, bound in told if span.decides(value, bound)), None)
    on, newest, bound = told[-1]
    if met is not None and span.decides(newest, bound) is False:
        yield _("it met its target on {met} and is behind it again: {value} on {on}").format(
            met=met, value=show_number(newest), on=on
        )


def _direction(case: Case) -> str:
    return direction_of(case.indicator, case.assessment.target)


def _over_100(case: Case) -> Iterator[str]:
    if case.assessment.unit not in PER_CENT:
        return
    if case.assessment.target is not None and case.assessment.target > HUNDRED:
        yield _("the target is {value}%").format(value=show_number(case.assessment.target))
    for each in _updates(case):
        if each.value is not None and each.value > HUNDRED:
            yield _("{value}% was reported for {on}").format(
                value=show_number(each.value), on=each.on
            )


def times_beyond(indicator: Indicator, wanted: Promise, value: Decimal) -> Decimal | None:
    """How many times its target a value is, where that is more than good work explains.

    None where it is not, on a way down, and for shares, which have a check of their own.
    """
    target = wanted.target if wanted.target_high is None else wanted.target_high
    if target is None or target <= 0 or indicator.unit in PER_CENT:
        return None
    if value <= _FAR * target or direction_of(indicator, wanted.target) == "down":
        return None
    return ROOM.divide(value, target)


def _far_beyond(case: Case) -> Iterator[str]:
    wanted, value = promise(case.indicator, case.horizon), case.assessment.value
    times = None if value is None else times_beyond(case.indicator, wanted, value)
    if value is not None and times is not None:
        yield _("it is at {value}, {times} times its target; is the unit right?").format(
            value=f"{show_number(value)} {case.assessment.unit or ''}".strip(),
            times=f"{times:,.0f}",
        )


def _softened(case: Case) -> Iterator[str]:
    taken = counting(case.indicator.revisions, case.horizon)
    for at, each in enumerate(taken):
        old = msgspec.structs.replace(case.indicator, revisions=taken[:at])
        new = msgspec.structs.replace(case.indicator, revisions=taken[: at + 1])
        then = msgspec.structs.replace(case.horizon, as_of=each.on)
        if _is_softer(old, promise(old, then), promise(new, then)):
            light = judge(facts_of(old, "active", then), each.on, case.rules).light
            if light in {"yellow", "red"}:
                yield _("revised on {on}, when it was {light}: {reason}").format(
                    on=each.on, light=_(light), reason=each.reason
                )


def _is_softer(indicator: Indicator, old: Promise, new: Promise) -> bool:
    before = old.deadline.on if old.deadline is not None else None
    after = new.deadline.on if new.deadline is not None else None
    if before is not None and (after is None or after > before):
        return True
    if old.target is None or new.target is None or old.target == new.target:
        return False
    return (new.target > old.target) == (direction_of(indicator, old.target) == "down")


def _only_at_deadline(case: Case) -> Iterator[str]:
    said = [u for u in _updates(case) if u.value is not None or u.done is not None]
    if not said or said[0].on != case.assessment.deadline or said[0].status != "final":
        return
    goal = goal_of(case.indicator, promise(case.indicator, case.horizon))
    if said[0].done or (goal is not None and said[0].value == goal):
        yield _("the first report is of the deadline day, {on}, and says 100%").format(
            on=said[0].on
        )


def _old_evidence(case: Case) -> Iterator[str]:
    published = case.horizon.published
    for each in _final(case):
        cited = [each.source.document] if each.source is not None else []
        for document in [*cited, *each.evidence]:
            if document in published and published[document] < each.on:
                yield _("the report of {on} rests on {document}, which is of {day}").format(
                    on=each.on, document=document, day=published[document]
                )


def _shared_evidence(trace: Trace, ledger: Ledger) -> Iterator[str]:
    for piece in trace.evidence:
        if others := _others(ledger.evidence[piece], trace):
            yield _("its evidence {piece} is also that of {others}").format(
                piece=piece, others=others
            )


def _duplicate(trace: Trace, ledger: Ledger) -> Iterator[str]:
    if others := _others(ledger.alike[trace.likeness], trace):
        yield _("it says the same as {others}").format(others=others)


def _others(ids: Sequence[str], trace: Trace) -> str:
    """The ids beside that of an indicator; of very many only the first, and how many more."""
    named = [each for each in ids[: _MOST_NAMED + 1] if each != trace.id][:_MOST_NAMED]
    said, more = ", ".join(named), len(ids) - 1 - len(named)
    if not more:
        return said
    sentence = _n("{others} and {count} more", "{others} and {count} more", more)
    return sentence.format(others=said, count=more)


def _future(case: Case) -> Iterator[str]:
    last = last_day(case.horizon)
    later = msgspec.structs.replace(case.horizon, as_of=date.max, known_on=last)
    for each in final_reports(case.indicator, later):
        if each.on > case.horizon.as_of:
            yield _("the report of {on} was known on {day}, before it could be true").format(
                on=each.on, day=known_day(each, case.horizon)
            )


def _deadline_before_start(case: Case) -> Iterator[str]:
    start, deadline = start_of(case.indicator, case.horizon), case.assessment.deadline
    if start is not None and deadline is not None and deadline < start:
        yield _("the deadline {deadline} is before the start {start}").format(
            deadline=deadline, start=start
        )


def _stale(case: Case) -> Iterator[str]:
    seen = case.assessment
    if seen.stale and seen.state == "active" and is_promised(seen):
        yield _("the last report is of {on}, older than its cycle").format(on=seen.last_report)


def _unknown_lead(case: Case) -> Iterator[str]:
    if not (case.initiative.lead or "").strip():
        yield _("nobody is named as responsible")


CHECKS: tuple[Check, ...] = (
    Check("unmeasurable", "a promise without number, unit or deadline", _unmeasurable),
    Check("no-baseline", "a target without the value it starts from", _no_baseline),
    Check("no-source", "a promise or report that nothing supports", _no_source),
    Check("falling", "a sum that falls, or a level that fell behind again", _falling),
    Check("over-100", "a share of more than 100%", _over_100),
    Check("far-beyond", "a value of more than three times its target", _far_beyond),
    Check("softened", "a target lowered or deadline moved after yellow or red", _softened),
    Check("only-at-deadline", "first reported on the deadline day, at 100%", _only_at_deadline),
    Check("old-evidence", "a report that is later than what it rests on", _old_evidence),
    Check("shared-evidence", "one piece of evidence for two indicators", compare=_shared_evidence),
    Check("duplicate", "two indicators that say the same", compare=_duplicate),
    Check("future", "a report of a day that had not come", _future),
    Check("deadline-before-start", "a deadline before the start", _deadline_before_start),
    Check("stale", "a value older than its reporting cycle", _stale),
    Check("unknown-lead", "an indicator for which nobody is responsible", _unknown_lead),
)
"""All checks, in the order in which they are made; names are never changed."""
