"""Find the reports that are owed: one for every cycle that has ended, until the target is met.

They are owed for promises only, and no longer when a person has said what became of one.
A report settles its own cycle and all before it; owed are the cycles that ended since.
A cycle that ends today has not ended yet. Whether reports came in time is counted cycle
by cycle: there only a report on the cycle itself counts.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from msgspec import Struct

from tracker.assessment.case import Case
from tracker.assessment.measurement import is_measured_report
from tracker.assessment.promises import is_promise, is_promise_open
from tracker.model.dates import shift_date
from tracker.model.effective import (
    find_effective_known_day,
    find_effective_report_start,
    list_entries_in_force,
)
from tracker.model.periods import list_period_ends
from tracker.model.vocabulary import Cycle

_DAYS_OF_A_WEEK = 7


class OwedReports(Struct, frozen=True, kw_only=True):
    """Reports that a lead owes on one indicator.

    Attributes:
        id: of the indicator.
        initiative: the name of its initiative.
        initiative_id: of its initiative.
        name: of the indicator.
        place: where it is.
        lead: who owes them.
        cycle: how often a report is owed.
        owed: how many cycles have ended without one.
        first_owed: the last day of the first of them.
        days_owed: days since then.
        last_report: the effective day of the newest report, None if there is none.
        leads: who owes them, one by one.
        person: the person in charge there.
    """

    id: str
    initiative: str
    initiative_id: str
    name: str
    place: str | None
    lead: str | None
    cycle: Cycle
    owed: int
    first_owed: date
    days_owed: int
    last_report: date | None
    leads: list[str]
    person: str | None


class Punctuality(NamedTuple):
    """Counts of the reports that were owed and of those that came in time."""

    in_time: int
    owed: int


class CycleWindow(NamedTuple):
    """Reporting cycle, by the last day of the one before it and its own last day."""

    before: date
    end: date


class ObligationCycles:
    """Last days of the reporting cycles before a day, computed once for each kind of cycle."""

    def __init__(self, day: date) -> None:
        self.day = day
        self._ends: dict[tuple[Cycle, int], list[date]] = {}

    def ends_after(self, start: date, last_report: date | None, cycle: Cycle) -> list[date]:
        """Return the ends after ``start`` of the cycles since the one last reported on."""
        ends = self._ends_reaching(start, cycle)
        if last_report is not None and last_report >= start:
            return ends[bisect_left(ends, last_report) + 1 :]
        return ends[bisect_right(ends, start) :]

    def windows(self, start: date, since: date, cycle: Cycle) -> list[CycleWindow]:
        """Return the cycles that ended after ``start``, and on ``since`` or later."""
        ends = self._ends_reaching(start, cycle)
        first = max(bisect_right(ends, start), bisect_left(ends, since))
        before = ends[first - 1] if first else date.min
        return list(map(CycleWindow, [before, *ends[first:]], ends[first:]))

    def _ends_reaching(self, start: date, cycle: Cycle) -> list[date]:
        """Return the ends from one before the year of ``start`` on, if there is such an end."""
        key = cycle, start.year
        if key not in self._ends:
            new_year = date.min.replace(year=start.year)
            earlier = shift_date(new_year, -_DAYS_OF_A_WEEK)
            self._ends[key] = list_period_ends(earlier, shift_date(self.day, -1), cycle)
        return self._ends[key]


def count_punctual_reports(
    case: Case, windows: Sequence[CycleWindow], within: int, closed_on: date | None = None
) -> Punctuality:
    """Count the reports on an indicator that were owed and in time, until it was met or closed.

    A report is in time if it is about a day of its cycle and was known at most ``within``
    days after its end. While those days run, a missing report is not late.

    Args:
        case: the indicator; nothing is owed on a cancelled or suspended one, or by itself on
            one that is the sum of its parts.
        windows: the cycles to look at.
        within: days that a report may take.
        closed_on: since when it is closed; what was owed until then stays owed. The day of a
            verdict ends the duty too.
    """
    met_on, horizon = case.assessment.met_on, case.horizon
    closed_on = min(filter(None, (closed_on, case.assessment.verdict_on)), default=None)
    is_binding = is_promise(case.assessment) and not case.assessment.is_sum
    if not is_binding or case.assessment.state not in {"active", "closed"}:
        return Punctuality(in_time=0, owed=0)
    reports = [
        (update.on, find_effective_known_day(update, horizon))
        for update in list_entries_in_force(case.indicator.updates, horizon)
        if is_measured_report(update)
    ]
    in_time = owed = 0
    for before, end in windows:
        if met_on is not None and met_on <= before:
            break
        if closed_on is not None and closed_on < end:
            break
        grace = timedelta(days=min(within, (date.max - end).days))
        is_in_time = any(before < on <= end and known <= end + grace for on, known in reports)
        in_time += is_in_time
        owed += is_in_time or horizon.as_of > end + grace
    return Punctuality(in_time=in_time, owed=owed)


def list_obligation_cycle_ends(case: Case, cycles: ObligationCycles) -> list[date]:
    """Return the last days of the cycles for which a report on an indicator is owed."""
    assessment = case.assessment
    start = assessment.cycle_start or find_effective_report_start(case.indicator, case.horizon)
    if start is None or assessment.state != "active" or not is_promise_open(assessment):
        return []
    return cycles.ends_after(start, assessment.last_report, case.cycle)


def count_owed_reports(case: Case, cycles: ObligationCycles) -> OwedReports | None:
    """Return the reports owed on an indicator; None if there are none."""
    assessment, ends = case.assessment, list_obligation_cycle_ends(case, cycles)
    if not ends:
        return None
    return OwedReports(
        id=assessment.id,
        initiative=assessment.initiative,
        initiative_id=assessment.initiative_id,
        name=assessment.name,
        place=assessment.place,
        lead=assessment.lead,
        cycle=case.cycle,
        owed=len(ends),
        first_owed=ends[0],
        days_owed=(cycles.day - ends[0]).days,
        last_report=assessment.last_report,
        leads=assessment.leads,
        person=assessment.person,
    )
