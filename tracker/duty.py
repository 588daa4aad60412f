"""Who owes a report: one for every cycle that has ended, until the target is met.

A report settles its own cycle and all before it; what is owed are the cycles that ended
since. A cycle that ends today has not ended yet.
"""

from bisect import bisect_left, bisect_right
from datetime import date, timedelta

from msgspec import Struct

from tracker.dates import cycle_days
from tracker.models import Assessment, Indicator
from tracker.progress import is_promised
from tracker.vocabulary import Cycle

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


class Cycles:
    """The ends of the reporting cycles before a day, found once for each kind of cycle."""

    def __init__(self, day: date) -> None:
        self.day = day
        self._ends: dict[Cycle, list[date]] = {}

    def after(self, start: date, last_report: date | None, cycle: Cycle) -> list[date]:
        """The ends after ``start`` of the cycles since the one that was last reported on."""
        ends = self._ends.get(cycle, [])
        if not ends or ends[0] > start:
            ends = self._ends[cycle] = cycle_days(start, self.day - timedelta(days=1), cycle)
        first = bisect_right(ends, start)
        if last_report is not None and last_report >= start:
            first = max(first, bisect_left(ends, last_report) + 1)
        return ends[first:]


def owed_on(
    seen: Assessment, indicator: Indicator, start: date | None, cycle: Cycle, cycles: Cycles
) -> Owed | None:
    """What is owed on an indicator; None where nothing is.

    Args:
        seen: how it stands.
        indicator: its record.
        start: the day from which progress is expected.
        cycle: how often a report is owed on it.
        cycles: the cycles before the day that is asked about.
    """
    is_settled = seen.met_on is not None or seen.state != "active"
    if start is None or is_settled or not is_promised(seen) or indicator.commitment in UNBOUND:
        return None
    ends = cycles.after(start, seen.last_report, cycle)
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
