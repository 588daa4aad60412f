"""Compute how fast an indicator moves, how fast it has to, and when it will be there.

A month is 30.4375 days here, a twelfth of a year of 365.25 days, so that the paces of
February and July can be compared.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal

from msgspec import Struct

from tracker.assessment.cycles import select_cycle
from tracker.assessment.direction import infer_direction, shows_progress_in_direction
from tracker.assessment.measurement import (
    SeriesPoint,
    build_measurement,
    build_measurement_series,
    list_measured_reports,
    measure_goal_value,
)
from tracker.locale.translation import _
from tracker.model.effective import Promise, find_effective_start, find_promise_in_force
from tracker.model.horizon import Horizon
from tracker.model.quantities import WIDE_CONTEXT
from tracker.model.records import Indicator

DAYS_OF_A_MONTH = Decimal("30.4375")
PACE_WINDOW = 90
_HUNDREDTH = Decimal("0.01")


class Pace(Struct, frozen=True, kw_only=True):
    """Recent progress per month, and what it leads to.

    Attributes:
        id: of the indicator.
        reports: the days with a final report in the last ``WINDOW`` days.
        per_month: in the unit of the indicator; the Theil–Sen slope of these reports,
            which one wrong figure does not upset. None with fewer than two.
        needed_per_month: the pace needed from the day on to meet the target in time; None
            if nothing is left to do, or no time.
        met_by: the day on which the target will be met at this pace, the day itself at
            the earliest; None if never.
        why: why there is no pace, or no day; empty if there are both.
    """

    id: str
    reports: int
    per_month: Decimal | None
    needed_per_month: Decimal | None
    met_by: date | None
    why: str


def compute_pace(indicator: Indicator, horizon: Horizon) -> Pace:
    """Compute the pace of an indicator as of a day."""
    day, indicator = horizon.as_of, select_cycle(indicator, horizon)
    promised = find_promise_in_force(indicator, horizon)
    points = _list_pace_points(indicator, promised, horizon)
    recent = [point for point in points if (day - point[0]).days < PACE_WINDOW]
    slope = _compute_pace_slope(recent)
    newest = points[-1] if points else None
    goal = measure_goal_value(indicator, promised)
    deadline = promised.deadline.on if promised.deadline is not None else None
    left: Decimal | None = None
    if newest is not None and goal is not None:
        measured = build_measurement(indicator, promised, horizon)
        is_open = measured.met_on is None and not measured.held and not measured.growth
        left = WIDE_CONTEXT.subtract(goal, newest[1]) if is_open else None
    needed = None
    if left is not None and deadline is not None and deadline > day:
        needed = left / (deadline - day).days * DAYS_OF_A_MONTH
    met_by = None if newest is None else _compute_day_met_at_pace(newest, slope, left, day)
    return Pace(
        id=indicator.id,
        reports=len(recent),
        per_month=_round_pace(None if slope is None else slope * DAYS_OF_A_MONTH),
        needed_per_month=_round_pace(needed),
        met_by=met_by,
        why=_describe_missing_pace(len(recent), left, met_by),
    )


def _list_pace_points(
    indicator: Indicator, promised: Promise, horizon: Horizon
) -> list[SeriesPoint]:
    """Return one point a day, the last reported, of those that show how far it is."""
    final = list_measured_reports(indicator, horizon)
    direction = infer_direction(indicator, promised.target, promised.target_high)
    points = build_measurement_series(indicator, final, find_effective_start(indicator, horizon))
    return list(
        {
            point[0]: point for point in points if shows_progress_in_direction(point[2], direction)
        }.values()
    )


def _compute_pace_slope(points: Sequence[SeriesPoint]) -> Decimal | None:
    """Return the median of the slopes between all pairs of points, per day (Theil–Sen)."""
    slopes = sorted(
        WIDE_CONTEXT.subtract(later, earlier) / (on - since).days
        for at, (since, earlier, _bound) in enumerate(points)
        for on, later, _bound_later in points[at + 1 :]
    )
    if not slopes:
        return None
    middle = len(slopes) // 2
    return slopes[middle] if len(slopes) % 2 else (slopes[middle - 1] + slopes[middle]) / 2


def _compute_day_met_at_pace(
    newest: SeriesPoint, slope: Decimal | None, left: Decimal | None, day: date
) -> date | None:
    if not slope or not left or slope.is_signed() != left.is_signed():
        return None
    on, days = newest[0], WIDE_CONTEXT.divide(left, slope).to_integral_value(ROUND_CEILING)
    if days > (date.max - on).days:
        return None
    return max(on + timedelta(days=int(days)), day)


def _describe_missing_pace(reports: int, left: Decimal | None, met_by: date | None) -> str:
    if reports < 2:  # noqa: PLR2004  # it takes two points to make a line
        return _("fewer than two reports in the last {days} days, so no pace").format(
            days=PACE_WINDOW
        )
    if left is None:
        return _("nothing is left to do, or there is no target")
    return "" if met_by is not None else _("it will never be met at this pace")


def _round_pace(number: Decimal | None) -> Decimal | None:
    return None if number is None else number.quantize(_HUNDREDTH, ROUND_HALF_UP, WIDE_CONTEXT)
