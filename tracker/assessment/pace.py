"""How fast an indicator moves, how fast it has to, and when it will be there.

A month is 30.4375 days here, a twelfth of a year of 365.25 days, so that the paces of
February and July can be compared.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal

from msgspec import Struct

from tracker.assessment.measurement import (
    Point,
    direction_of,
    final_reports,
    goal_of,
    series,
    shows_way,
    standing,
)
from tracker.locale.translation import _
from tracker.model.effective import promise, start_of
from tracker.model.horizon import Horizon
from tracker.model.quantities import ROOM
from tracker.model.records import Indicator

DAYS_OF_A_MONTH = Decimal("30.4375")
WINDOW = 90
_HUNDREDTH = Decimal("0.01")


class Pace(Struct, frozen=True, kw_only=True):
    """What was done per month lately, and what that leads to.

    Attributes:
        id: of the indicator.
        reports: the days with a final report in the last ``WINDOW`` days.
        per_month: in the unit of the indicator; the Theil–Sen slope of these reports,
            which one wrong figure does not upset. None with fewer than two.
        needed_per_month: what it takes from the day on to meet the target in time; None
            where nothing is left to do, or no time.
        met_by: the day on which the target will be met at this pace, the day itself at
            the earliest; None where it never will.
        why: why there is no pace, or no day; empty where there are both.
    """

    id: str
    reports: int
    per_month: Decimal | None
    needed_per_month: Decimal | None
    met_by: date | None
    why: str


def pace_of(indicator: Indicator, horizon: Horizon) -> Pace:
    """The pace of an indicator as of a day."""
    day = horizon.as_of
    wanted = promise(indicator, horizon)
    final = final_reports(indicator, horizon)
    way = direction_of(indicator, wanted.target)
    said = series(indicator, final, start_of(indicator, horizon))
    points = _by_day([each for each in said if shows_way(each[2], way)])
    recent = [each for each in points if (day - each[0]).days < WINDOW]
    slope = _slope(recent)
    newest = points[-1] if points else None
    goal = goal_of(indicator, wanted)
    deadline = wanted.deadline.on if wanted.deadline is not None else None
    left: Decimal | None = None
    if newest is not None and goal is not None:
        found = standing(indicator, wanted, horizon)
        is_open = found.met_on is None and not found.held
        left = ROOM.subtract(goal, newest[1]) if is_open else None
    needed = None
    if left is not None and deadline is not None and deadline > day:
        needed = left / (deadline - day).days * DAYS_OF_A_MONTH
    met_by = None if newest is None else _met_by(newest, slope, left, day)
    return Pace(
        id=indicator.id,
        reports=len(recent),
        per_month=_shown(None if slope is None else slope * DAYS_OF_A_MONTH),
        needed_per_month=_shown(needed),
        met_by=met_by,
        why=_reason(len(recent), left, met_by),
    )


def _by_day(points: Sequence[Point]) -> list[Point]:
    """One point a day: the last that was said of it."""
    return list({each[0]: each for each in points}.values())


def _slope(points: Sequence[Point]) -> Decimal | None:
    """The median of the slopes between all pairs of points, per day."""
    slopes = sorted(
        ROOM.subtract(value, before) / (on - since).days
        for at, (since, before, _bound) in enumerate(points)
        for on, value, _later in points[at + 1 :]
    )
    if not slopes:
        return None
    middle = len(slopes) // 2
    return slopes[middle] if len(slopes) % 2 else (slopes[middle - 1] + slopes[middle]) / 2


def _met_by(newest: Point, slope: Decimal | None, left: Decimal | None, day: date) -> date | None:
    if not slope or left is None or (slope > 0) != (left > 0):
        return None
    on, days = newest[0], ROOM.divide(left, slope).to_integral_value(ROUND_CEILING)
    if days > (date.max - on).days:
        return None
    return max(on + timedelta(days=int(days)), day)


def _reason(reports: int, left: Decimal | None, met_by: date | None) -> str:
    if reports < 2:  # noqa: PLR2004  # it takes two points to make a line
        return _("fewer than two reports in the last {days} days, so no pace").format(days=WINDOW)
    if left is None:
        return _("nothing is left to do, or there is no target")
    return "" if met_by is not None else _("it will never be met at this pace")


def _shown(number: Decimal | None) -> Decimal | None:
    return None if number is None else number.quantize(_HUNDREDTH, ROUND_HALF_UP, ROOM)
