"""Who owes a report: one for every cycle that has ended, until the target is met.

A report settles its own cycle and all before it; what is owed are the cycles that ended
since. A cycle that ends today has not ended yet. Whether reports came in time is counted
cycle by cycle: there only a report on the cycle itself will do.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from msgspec import Struct

from tracker.assessment.light import is_promised
from tracker.model.assessment import Assessment
from tracker.model.dates import shifted
from tracker.model.effective import counting, known_day
from tracker.model.horizon import Horizon
from tracker.model.periods import cycle_days
from tracker.model.records import Indicator
from tracker.model.vocabulary import Cycle

_LONGEST_CYCLE = 366
UNBOUND = frozenset({"vision", "projection"})
"""What nobody has promised to work on, so that nobody owes a report on it."""


class Owed(Struct, frozen=True, kw_only=True):
    """The reports that a lead owes on one indicator.

    Attributes:
        id: of the indicator.
        initiative: the name of its initiative.
        initiative_id: of its initiative.
        name: of the indicator.
        place: where it is.
        lead: who owes.
        cycle: how often a report is owed.
        owed: how many cycles have ended without one.
        first_owed: the last day of the first of them.
        days_owed: days since then.
        last_report: the effective day of the newest report, None if there never was one.
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


class Kept(NamedTuple):
    """How many of the reports that were owed came in time."""

    in_time: int
    owed: int


class Window(NamedTuple):
    """One reporting cycle: the last day of the one before it, and its own."""

    before: date
    end: date


class Cycles:
    """The ends of the reporting cycles before a day, found once for each kind of cycle."""

    def __init__(self, day: date) -> None:
        self.day = day
        self._ends: dict[Cycle, list[date]] = {}

    def after(self, start: date, last_report: date | None, cycle: Cycle) -> list[date]:
        """The ends after ``start`` of the cycles since the one that was last reported on."""
        ends = self._reaching(start, cycle)
        first = bisect_right(ends, start)
        if last_report is not None and last_report >= start:
            first = max(first, bisect_left(ends, last_report) + 1)
        return ends[first:]

    def windows(self, start: date, since: date, cycle: Cycle) -> list[Window]:
        """The cycles that ended after ``start``, and on ``since`` or later."""
        ends = self._reaching(start, cycle)
        first = max(bisect_right(ends, start), bisect_left(ends, since))
        before = ends[first - 1] if first else date.min
        return list(map(Window, [before, *ends[first:]], ends[first:]))

    def _reaching(self, start: date, cycle: Cycle) -> list[date]:
        """The ends from one on that is not after ``start``, where there is such a one."""
        ends = self._ends.get(cycle, [])
        if not ends or ends[0] > start:
            earlier = date.fromordinal(max(start.toordinal() - _LONGEST_CYCLE, 1))
            ends = cycle_days(earlier, shifted(self.day, -1), cycle)
            self._ends[cycle] = ends
        return ends


def kept_on(
    seen: Assessment,
    indicator: Indicator,
    windows: Sequence[Window],
    horizon: Horizon,
    within: int,
    closed_on: date | None = None,
) -> Kept:
    """How punctual the reports on an indicator were, until it was met or closed.

    A report is in time if it is about a day of its cycle and was known at the latest
    ``within`` days after its end. While those days run, what has not come is not late.

    Args:
        seen: how it stands; nothing is owed on what was given up or suspended.
        indicator: its record.
        windows: the cycles that are asked about.
        horizon: the day and what was known by then.
        within: days that a report may take.
        closed_on: since when it is closed; what was owed until then stays owed.
    """
    is_bound = is_promised(seen) and indicator.commitment not in UNBOUND
    if not is_bound or seen.state not in {"active", "closed"}:
        return Kept(0, 0)
    reports = [
        (each.on, known_day(each, horizon))
        for each in counting(indicator.updates, horizon)
        if each.value is not None or each.done is not None
    ]
    in_time = owed = 0
    for before, end in windows:
        if seen.met_on is not None and seen.met_on <= before:
            break
        if closed_on is not None and closed_on < end:
            break
        grace = timedelta(days=min(within, (date.max - end).days))
        came = any(before < on <= end and known <= end + grace for on, known in reports)
        in_time += came
        owed += came or horizon.as_of > end + grace
    return Kept(in_time, owed)


def ends_owed(
    seen: Assessment, indicator: Indicator, start: date | None, cycle: Cycle, cycles: Cycles
) -> list[date]:
    """The last days of the cycles on which a report is owed; the arguments of ``owed_on``."""
    is_settled = seen.met_on is not None or seen.state != "active"
    if start is None or is_settled or not is_promised(seen) or indicator.commitment in UNBOUND:
        return []
    return cycles.after(start, seen.last_report, cycle)


def owed_on(
    seen: Assessment, indicator: Indicator, start: date | None, cycle: Cycle, cycles: Cycles
) -> Owed | None:
    """What is owed on an indicator; None where nothing is.

    Args:
        seen: how it stands.
        indicator: its record.
        start: the day from which reports are owed; None: from no day.
        cycle: how often a report is owed on it.
        cycles: the cycles before the day that is asked about.
    """
    ends = ends_owed(seen, indicator, start, cycle, cycles)
    if not ends:
        return None
    return Owed(
        id=seen.id,
        initiative=seen.initiative,
        initiative_id=seen.initiative_id,
        name=seen.name,
        place=seen.place,
        lead=seen.lead,
        cycle=cycle,
        owed=len(ends),
        first_owed=ends[0],
        days_owed=(cycles.day - ends[0]).days,
        last_report=seen.last_report,
    )
