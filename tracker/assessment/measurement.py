"""Measure how far an indicator is, and how far it should be.

Shares are per cent of the way from baseline to target, neither capped nor rounded.
"""

from collections.abc import Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal, TypeAlias

from msgspec import Struct

from tracker.model.effective import Promise, entries_in_force, find_effective_start
from tracker.model.horizon import Horizon
from tracker.model.quantities import HUNDRED, WIDE_CONTEXT, ZERO
from tracker.model.records import Indicator, Interim, Update
from tracker.model.vocabulary import Direction

PERCENT_UNITS = frozenset({"%", "％"})
_TENTH = Decimal("0.1")
_ZERO_SHARE = Decimal("0.0")


Bound: TypeAlias = Literal[">=", "<=", "~", "?"]
"""How a figure is known: at least, at most, about; "?" is a sum of the first two."""


class MeasurementRange(Struct, frozen=True, gc=False):
    """Range of values, such as those that meet a target; None: no end on that side."""

    low: Decimal | None
    high: Decimal | None

    def holds(self, value: Decimal) -> bool:
        """Return whether a value lies in the range, its ends included."""
        return (self.low is None or self.low <= value) and (self.high is None or value <= self.high)

    def decides(self, value: Decimal, bound: Bound | None) -> bool | None:
        """Return whether a figure lies in the range; None if its bound leaves that open.

        "At most 5" is not 10 or more, and is 6 or less; it may be 3 or less or not. A
        figure printed as "about" is taken as printed.
        """
        if bound is None or bound == "~":
            return self.holds(value)
        least = value if bound == ">=" else None
        most = value if bound == "<=" else None
        if (self.low is None or (least is not None and self.low <= least)) and (
            self.high is None or (most is not None and most <= self.high)
        ):
            return True
        too_low = self.low is not None and most is not None and most < self.low
        too_high = self.high is not None and least is not None and least > self.high
        return False if too_low or too_high else None


SeriesPoint: TypeAlias = tuple[date, Decimal, Bound | None]
"""Value reached by the end of a day, in the unit of the indicator, and how it is known."""


class Measurement(Struct, frozen=True, gc=False):
    """Reports on an indicator by a day, measured against one promise.

    Attributes:
        last_report: the effective day of the newest report of any status.
        provisional: whether all reports are estimates or still under way.
        start: the day from which progress is expected.
        value: the newest final value, increments added up.
        bound: how that value is known; None: as it is.
        value_on: the effective day of the newest final report.
        met_on: the first day on which the target was met.
        held: whether the target is to be kept, not reached.
        undecided: whether the newest value leaves open if the target is met.
    """

    last_report: date | None
    provisional: bool
    start: date | None
    value: Decimal | None = None
    bound: Bound | None = None
    value_on: date | None = None
    met_on: date | None = None
    held: bool = False
    undecided: bool = False


def final_reports(indicator: Indicator, horizon: Horizon) -> list[Update]:
    """Return the final reports in force: no estimates, nothing that is under way."""
    return [
        update
        for update in entries_in_force(indicator.updates, horizon)
        if update.status == "final" and (update.value is not None or update.done is not None)
    ]


def build_measurement_series(
    indicator: Indicator, final: Sequence[Update], start: date | None
) -> list[SeriesPoint]:
    """Return the values reached, by day; increments since the start are added up."""
    if indicator.accumulation != "increment":
        return [(u.on, u.value, u.qualifier) for u in final if u.value is not None]
    total = indicator.baseline or ZERO
    bound: Bound | None = None
    points: list[SeriesPoint] = []
    for update in final:
        if update.value is not None and (start is None or update.on >= start):
            total = WIDE_CONTEXT.add(total, update.value)
            bound = _add_measurement_bounds(bound, update.qualifier)
            points.append((update.on, total, bound))
    return points


def _add_measurement_bounds(one: Bound | None, other: Bound | None) -> Bound | None:
    bounds = {one, other} - {None}
    limits = bounds - {"~"}
    if len(limits) > 1:
        return "?"
    return next(iter(limits or bounds), None)


def build_measurement(indicator: Indicator, promised: Promise, horizon: Horizon) -> Measurement:
    """Return the reports by a day, and the first day on which they met the target."""
    last_report: date | None = None
    final: list[Update] = []
    for update in entries_in_force(indicator.updates, horizon):
        if update.value is not None or update.done is not None:
            last_report = update.on
            if update.status == "final":
                final.append(update)
    provisional = last_report is not None and not final
    start = find_effective_start(indicator, horizon)
    if indicator.measure == "milestone":
        value_on = final[-1].on if final else None
        return Measurement(
            last_report, provisional, start, value_on=value_on, met_on=_measure_milestone_day(final)
        )
    target = promised.target
    span = (
        None if target is None else build_measurement_range(indicator, target, promised.target_high)
    )
    held = span is not None and is_measured_as_kept(indicator, span)
    points = build_measurement_series(indicator, final, start)
    if not points:
        return Measurement(last_report, provisional, start, held=held)
    met_on, undecided = None, False
    value_on, value, bound = points[-1]
    if span is not None:
        deadline = None if promised.deadline is None else promised.deadline.on
        met_on = _first_day_met(points, span, deadline, held=held)
        undecided = bound is not None and met_on is None and span.decides(value, bound) is None
    return Measurement(
        last_report,
        provisional,
        start,
        value=value,
        bound=bound,
        value_on=value_on,
        met_on=met_on,
        held=held,
        undecided=undecided,
    )


def _first_day_met(
    points: Sequence[SeriesPoint], span: MeasurementRange, deadline: date | None, *, held: bool
) -> date | None:
    """Return the first day that met the target; if it is to be kept, the day since when it is.

    A target kept up to its deadline, or kept again after it, is met: what happens
    afterwards is left to the checks. A figure that leaves it open counts as not met.
    """
    since: date | None = None
    low, high = span.low, span.high
    for on, value, bound in points:
        if held and since is not None and deadline is not None and on > deadline:
            break
        if bound is None:
            is_met = (low is None or low <= value) and (high is None or value <= high)
        else:
            is_met = span.decides(value, bound) is True
        if not is_met:
            since = None
        elif not held:
            return on
        elif since is None:
            since = on
    return since


def _measure_milestone_day(final: Sequence[Update]) -> date | None:
    since: date | None = None
    for update in final:
        since = (since or update.on) if update.done else None
    return since


def infer_measurement_direction(indicator: Indicator, target: Decimal | None) -> Direction:
    """Return the declared direction, else the one that the numbers or the operator show."""
    if indicator.direction is not None:
        return indicator.direction
    if target is not None and indicator.baseline is not None:
        if target == indicator.baseline:
            return "hold"
        return "up" if target > indicator.baseline else "down"
    return "down" if indicator.op == "<=" else "up"


def is_measured_as_kept(indicator: Indicator, span: MeasurementRange) -> bool:
    """Return whether the target is to be kept, not reached: the baseline meets it already.

    That is so if both are equal, or if the baseline lies under a ceiling (5.1 and
    ``<= 5.5``), above a floor, or within a range. A ceiling without a baseline is to be
    kept too, unless a way down to it is declared: no document says that it was above.
    """
    if indicator.baseline is None:
        direction = indicator.direction
        return direction == "hold" or (direction is None and indicator.op == "<=")
    return span.holds(indicator.baseline)


def build_measurement_range(
    indicator: Indicator, target: Decimal, high: Decimal | None
) -> MeasurementRange:
    """Return the range of values that meet a target."""
    op = indicator.op
    if op == "range":
        return MeasurementRange(target, target if high is None else high)
    if op == ">=":
        return MeasurementRange(target, None)
    if op == "<=":
        return MeasurementRange(None, target)
    direction = infer_measurement_direction(indicator, target)
    if direction == "hold":
        return MeasurementRange(target, target)
    return MeasurementRange(target, None) if direction == "up" else MeasurementRange(None, target)


def can_measure_with_bound(bound: Bound | None, direction: Direction) -> bool:
    """Return whether a figure shows how far an indicator is.

    On a way up "at most 5" shows nothing, and "at least 5" shows 5: what is proven counts.
    """
    if bound is None or bound == "~":
        return True
    return (bound, direction) in {(">=", "up"), ("<=", "down")}


def find_goal_value(indicator: Indicator, promised: Promise) -> Decimal | None:
    """Return the number at which the target is met: the near end, if it is a range."""
    high = promised.target_high
    if high is None or indicator.op != "range" or indicator.baseline is None:
        return promised.target
    return high if indicator.baseline > high else promised.target


def measure_share_done(
    value: Decimal | None, baseline: Decimal | None, target: Decimal | None
) -> Decimal | None:
    """Return the share of the way from baseline to target, per cent; None if there is no way."""
    if value is None or baseline is None or target is None or target == baseline:
        return None
    return (value - baseline) * HUNDRED / (target - baseline)


def measure_share_expected(
    day: date, start: date, deadline: date, points: Sequence[tuple[date, Decimal]] = ()
) -> Decimal:
    """Return the share that should be done by a day, per cent, in straight lines between points.

    Args:
        day: the day asked about.
        start: 0 % on this day and before.
        deadline: 100 % on this day and after.
        points: (day, per cent) in between, by day.
    """
    if day >= deadline:
        return HUNDRED
    if day <= start:
        return ZERO
    if not points:
        return HUNDRED * (day - start).days / (deadline - start).days
    before, share_before = start, ZERO
    after, share_after = deadline, HUNDRED
    for on, share in points:
        if on <= start or on >= deadline:
            continue
        if on > day:
            after, share_after = on, share
            break
        before, share_before = on, share
    added = (share_after - share_before) * (day - before).days / (after - before).days
    return share_before + added


def measure_planned_shares(
    interim: Sequence[Interim], baseline: Decimal | None, goal: Decimal | None
) -> list[tuple[date, Decimal]]:
    """Return the interim points as shares, by day."""
    shares = ((point.on, measure_share_done(point.value, baseline, goal)) for point in interim)
    return sorted((on, share) for on, share in shares if share is not None)


def round_measured_share(share: Decimal | None) -> Decimal | None:
    """Round a share for display: per cent to one place, halves away from zero, never -0."""
    return (
        None
        if share is None
        else share.quantize(_TENTH, ROUND_HALF_UP, WIDE_CONTEXT) or _ZERO_SHARE
    )
