"""Judge a recurring promise cycle by cycle: each as if it were a promise of its own.

Source: rule 5. Values count from the first day of a cycle. A missed cycle stays in judgement
until it is met late, a person has given a verdict on it, or the next one ends.
"""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Literal, TypeAlias

import msgspec
from msgspec import Struct

from tracker.assessment.measurement import Measurement, build_measurement
from tracker.model.dates import shift_date
from tracker.model.effective import (
    find_effective_start,
    find_promise_in_force,
    list_entries_in_force,
)
from tracker.model.horizon import Horizon
from tracker.model.records import Deadline, Indicator, Update, Verdict
from tracker.model.recurrence import RecurringCycle, list_recurring_cycles
from tracker.model.vocabulary import Fulfilment

CycleOutcome: TypeAlias = Literal["met", "met_late", "missed", "running"]
"""How a cycle ended, or that it has not ended yet."""


class CycleResult(Struct, frozen=True, kw_only=True):
    """Cycle of a recurring promise, and what became of it by a day.

    Attributes:
        id: the id of the indicator.
        cycle_start: the first day of the cycle; values count from it.
        deadline: the last day in time.
        target: the target that was in force for it.
        value: the value in force of its own days; null for milestones.
        met_on: the day on which it was met.
        outcome: met, met_late, missed or running.
        verdict: what a person found it to be.
    """

    id: str
    cycle_start: date
    deadline: date
    target: Decimal | None
    value: Decimal | None
    met_on: date | None
    outcome: CycleOutcome
    verdict: Fulfilment | None


def select_cycle(indicator: Indicator, horizon: Horizon) -> Indicator:
    """Return an indicator as a promise of the one cycle that is in judgement on a day.

    What does not recur is returned as it is.
    """
    cycles = _list_cycles(indicator, horizon)
    if not cycles:
        return indicator
    verdicts = _assign_verdicts_to_cycles(indicator, cycles, horizon)
    at = len(cycles) - 1
    has_running = cycles[at].last >= horizon.as_of
    if (
        at
        and has_running
        and not verdicts[at - 1]
        and _find_day_cycle_was_met(indicator, cycles, at - 1, horizon) is None
    ):
        return _limit_to_missed_cycle(indicator, cycles, at - 1)
    return _limit_to_cycle(indicator, cycles, at, verdicts[at])


def limit_to_cycle_of_day(indicator: Indicator, day: date, horizon: Horizon) -> Indicator:
    """Return an indicator as a promise of the cycle that holds a day."""
    cycles = _list_cycles(indicator, msgspec.structs.replace(horizon, as_of=day))
    return _limit_to_cycle(indicator, cycles, len(cycles) - 1, []) if cycles else indicator


def split_reports_by_cycle(
    indicator: Indicator, horizon: Horizon
) -> list[tuple[Indicator, list[str]]]:
    """Return an indicator as a promise of each cycle with reports, and the ids of these.

    What takes back one of them stands beside it, also where it is of another cycle. What came
    before the first cycle stands alone. What does not recur is returned as it is.
    """
    newest = max((update.on for update in indicator.updates), default=horizon.as_of)
    cycles = _list_cycles(indicator, msgspec.structs.replace(horizon, as_of=newest))
    if not cycles:
        return [(indicator, [update.id for update in indicator.updates])]
    begins = [cycle.first for cycle in cycles]
    places: dict[str, int] = {}
    reports: dict[int, list[Update]] = {}
    for update in indicator.updates:
        at = places[update.id] = bisect_right(begins, update.on) - 1
        for place in {at, places.get(update.voids or "", at)}:
            reports.setdefault(place, []).append(update)
    split = []
    for at, updates in reports.items():
        limited = _limit_to_cycle(indicator, cycles, max(at, 0), [])
        limited.updates = updates
        split.append((limited, [each.id for each in updates if places[each.id] == at]))
    return split


def find_last_day_of_cycle(indicator: Indicator, horizon: Horizon) -> date | None:
    """Return the last day up to which the same cycles are judged as on a day.

    None: the promise does not come again.
    """
    if indicator.recurs is None:
        return None
    day = horizon.as_of
    last = list_recurring_cycles(indicator.recurs, day, day)[0].last
    deadline = find_promise_in_force(indicator, horizon).deadline
    ends = None if deadline is None else deadline.on
    return last if ends is None or ends < day else min(last, ends)


def list_cycle_results(indicator: Indicator, horizon: Horizon) -> list[CycleResult]:
    """List what became of each cycle up to a day, the newest first; none of what does not recur."""
    cycles = _list_cycles(indicator, horizon)
    verdicts = _assign_verdicts_to_cycles(indicator, cycles, horizon)
    return [
        _build_cycle_result(indicator, cycles, at, verdicts[at], horizon)
        for at in reversed(range(len(cycles)))
    ]


def _build_cycle_result(
    indicator: Indicator,
    cycles: Sequence[RecurringCycle],
    at: int,
    verdicts: list[Verdict],
    horizon: Horizon,
) -> CycleResult:
    cycle = cycles[at]
    met_on = _find_day_cycle_was_met(indicator, cycles, at, horizon)
    outcome: CycleOutcome = "missed" if cycle.due < horizon.as_of else "running"
    if met_on is not None:
        outcome = "met" if met_on <= cycle.due else "met_late"
    limited = _limit_to_cycle(indicator, cycles, at, verdicts)
    own = msgspec.structs.replace(horizon, as_of=min(cycle.last, horizon.as_of))
    return CycleResult(
        id=indicator.id,
        cycle_start=cycle.first,
        deadline=cycle.due,
        target=find_promise_in_force(limited, own).target,
        value=_measure_cycle(limited, own).value,
        met_on=met_on,
        outcome=outcome,
        verdict=verdicts[-1].verdict if verdicts else None,
    )


def _list_cycles(indicator: Indicator, horizon: Horizon) -> Sequence[RecurringCycle]:
    """List the cycles up to the one that holds the day; none of what does not recur."""
    if indicator.recurs is None:
        return ()
    since = indicator.start
    if since is None and indicator.baseline_on is not None:
        # A baseline is the value before the first day that counts.
        since = shift_date(indicator.baseline_on, 1)
    since = since or find_effective_start(indicator, horizon) or _find_first_day(indicator, horizon)
    deadline = find_promise_in_force(indicator, horizon).deadline
    ends, wording = (deadline.on, deadline.wording) if deadline is not None else (None, None)
    day = max(since, horizon.as_of)
    return list_recurring_cycles(indicator.recurs, since, day, wording, ends)


def _find_first_day(indicator: Indicator, horizon: Horizon) -> date:
    """Return the day of the first report, or of recording where that is earlier."""
    reports = list_entries_in_force(indicator.updates, horizon)
    recorded_at = indicator.recorded_at
    days = [update.on for update in reports[:1]]
    days += [] if recorded_at is None else [recorded_at.date()]
    return min(days, default=horizon.as_of)


def _assign_verdicts_to_cycles(
    indicator: Indicator, cycles: Sequence[RecurringCycle], horizon: Horizon
) -> list[list[Verdict]]:
    """Return the verdicts on each cycle: those of its days, else the first after a missed one."""
    waiting = [
        verdict
        for verdict in list_entries_in_force(indicator.verdicts, horizon)
        if verdict.verdict is not None
    ]
    assigned: list[list[Verdict]] = []
    for at, cycle in enumerate(cycles):
        own = [verdict for verdict in waiting if verdict.on <= cycle.last]
        end = _find_end_of_cycle_after(cycles, at, horizon)
        if not own and waiting and waiting[0].on <= end:
            met_on = _find_day_cycle_was_met(indicator, cycles, at, horizon)
            own = waiting[:1] if met_on is None or met_on > waiting[0].on else []
        waiting = waiting[len(own) :]
        assigned.append(own)
    return assigned


def _find_end_of_cycle_after(cycles: Sequence[RecurringCycle], at: int, horizon: Horizon) -> date:
    """Return the last day of the cycle after one; after the last cycle any later day counts."""
    return cycles[at + 1].last if at + 1 < len(cycles) else horizon.as_of


def _find_day_cycle_was_met(
    indicator: Indicator, cycles: Sequence[RecurringCycle], at: int, horizon: Horizon
) -> date | None:
    """Return the day on which a cycle was met, at the latest when the next one ended."""
    cycle = cycles[at]
    day = min(_find_end_of_cycle_after(cycles, at, horizon), horizon.as_of)
    limited = _limit_to_cycle(indicator, cycles, at, [])
    # That it is not done is said of the cycle of its day, and takes back none before it.
    limited.updates = [u for u in limited.updates if u.done is not False or u.on <= cycle.last]
    measured = _measure_cycle(limited, msgspec.structs.replace(horizon, as_of=day))
    if measured.met_on is None and measured.kept and cycle.due <= day:
        return cycle.due
    return measured.met_on


def _measure_cycle(limited: Indicator, horizon: Horizon) -> Measurement:
    return build_measurement(limited, find_promise_in_force(limited, horizon), horizon)


def _limit_to_missed_cycle(
    indicator: Indicator, cycles: Sequence[RecurringCycle], at: int
) -> Indicator:
    """Return an indicator as a promise of a cycle that is over and was not met since.

    A sum or level that was reported afterwards is one of the next cycle; what is added counts.
    """
    limited = _limit_to_cycle(indicator, cycles, at, [])
    if indicator.accumulation != "increment":
        limited.updates = [each for each in limited.updates if each.on <= cycles[at].last]
    return limited


def _limit_to_cycle(
    indicator: Indicator,
    cycles: Sequence[RecurringCycle],
    at: int,
    verdicts: list[Verdict],
) -> Indicator:
    """Return an indicator as a promise of one of its cycles."""
    cycle = cycles[at]
    wording = indicator.deadline.wording if indicator.deadline is not None else None
    start = cycle.first
    if indicator.start is not None and indicator.start <= cycle.due:
        start = max(start, indicator.start)
    return msgspec.structs.replace(
        indicator,
        start=start,
        baseline_on=None,
        deadline=Deadline(on=cycle.due, wording=wording, basis="derived"),
        revisions=[msgspec.structs.replace(each, deadline=None) for each in indicator.revisions],
        updates=[update for update in indicator.updates if update.on >= cycle.first],
        judgements=[each for each in indicator.judgements if each.on >= cycle.first],
        verdicts=verdicts,
    )
