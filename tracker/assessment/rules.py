"""Thresholds and limits of the rules; all of them are settings with a default."""

from decimal import Decimal

from msgspec import Struct

from tracker.model.dates import NOWHERE, LocalDays
from tracker.model.vocabulary import Cycle
from tracker.model.workdays import WorkCalendar


class Rules(Struct, frozen=True, kw_only=True):
    """Thresholds and limits of the rules.

    Attributes:
        yellow_below: the gap, in points, below which the light is no longer green.
        red_below: the gap, in points, below which the light is red.
        warn_days: a milestone is yellow from this many days before its deadline.
        cycle: how often a report is owed where the initiative does not say.
        calendar: the working days.
        local: the days of the place that wordings of deadlines refer to.
    """

    yellow_below: Decimal = Decimal(-10)
    red_below: Decimal = Decimal(-30)
    warn_days: int = 30
    cycle: Cycle = "monthly"
    calendar: WorkCalendar = WorkCalendar()
    local: LocalDays = NOWHERE
