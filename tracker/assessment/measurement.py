"""Measure how far an indicator is, and how far it should be.

Shares are per cent of the way from baseline to target, neither capped nor rounded.
"""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from operator import itemgetter
from typing import TypeAlias

from msgspec import Struct

from tracker.assessment.direction import (
    Bound,
    ValueSpan,
    find_span_in_direction,
    has_direction_of_growth_rate,
    has_direction_of_running_sum,
    infer_direction,
    is_kept_by_direction,
)
from tracker.model.effective import (
    Promise,
    find_effective_start,
    list_entries_in_force,
    list_interim_in_force,
)
from tracker.model.horizon import Horizon
from tracker.model.quantities import HUNDRED, WIDE_CONTEXT, ZERO, find_finest_place
from tracker.model.records import Indicator, Update

PERCENT_UNITS = ("%", "％")
_TENTH = Decimal("0.1")
_ZERO_SHARE = Decimal("0.0")


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
        met_on: the first day since which the target is met; of what is kept until its
            deadline, that day comes with the deadline.
        held: whether the target is to be kept, not reached.
        undecided: whether the newest value leaves open if the target is met.
        kept: whether what is to be kept is kept; None: nobody knows, or it is no such thing.
        used: of a ceiling on a running sum that is kept, the share used, per cent.
        growth: whether values are rates of growth of their own period.
        on_course: of a rate of growth, whether the newest value meets the target.
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
    kept: bool | None = None
    used: Decimal | None = None
    growth: bool = False
    on_course: bool | None = None


def is_measured_report(update: Update) -> bool:
    """Return whether an update says how far it is; one without a figure only voids another."""
    # Compared with None one by one: to compare a Decimal for equality takes a µs.
    return not (update.value is None and update.done is None and update.share_of_plan is None)


def is_final_report(update: Update) -> bool:
    """Return whether an update is a final value: no estimate, nothing that is under way."""
    return update.status == "final" and (update.value is not None or update.done is not None)


def list_measured_reports(indicator: Indicator, horizon: Horizon) -> list[Update]:
    """Return the final reports in force: no estimates, nothing that is under way."""
    return [
        update
        for update in list_entries_in_force(indicator.updates, horizon)
        if is_final_report(update)
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
            bound = add_measurement_bounds(bound, update.qualifier)
            points.append((update.on, total, bound))
    return points


def add_measurement_bounds(one: Bound | None, other: Bound | None) -> Bound | None:
    """Return how a sum of two figures is known."""
    bounds = {one, other} - {None}
    limits = bounds - {"~"}
    if len(limits) > 1:
        return "?"
    return next(iter(limits or bounds), None)


def build_measurement(
    indicator: Indicator,
    promised: Promise,
    horizon: Horizon,
    reports: Sequence[Update] | None = None,
) -> Measurement:
    """Return the reports by a day, and since when they meet the target.

    Args:
        indicator: the record.
        promised: the promise to measure against.
        horizon: the day, and what was known by then.
        reports: the updates in force, where they are known already.
    """
    last_report: date | None = None
    final: list[Update] = []
    is_estimated = False
    if reports is None:
        reports = list_entries_in_force(indicator.updates, horizon)
    # This runs for each report of a ledger, so that it calls nothing.
    for update in reports:
        has_figure = update.value is not None or update.done is not None
        if has_figure or update.share_of_plan is not None:
            last_report = update.on
            if update.status != "final":
                is_estimated = True
            elif has_figure:
                final.append(update)
    provisional = is_estimated and not final
    start = find_effective_start(indicator, horizon)
    if indicator.measure == "milestone":
        value_on = final[-1].on if final else None
        return Measurement(
            last_report, provisional, start, value_on=value_on, met_on=_measure_milestone_day(final)
        )
    points = build_measurement_series(indicator, final, start)
    if not points:
        return Measurement(last_report, provisional, start)
    value_on, value, bound = points[-1]
    newest = last_report, provisional, start, value, bound, value_on
    if promised.target is None:
        return Measurement(*newest)
    return _measure_against_target(indicator, promised, points, newest)


def _measure_against_target(
    indicator: Indicator,
    promised: Promise,
    points: Sequence[SeriesPoint],
    newest: tuple[date | None, bool, date | None, Decimal, Bound | None, date],
) -> Measurement:
    """Return the measurement of a number that has a target, from ``last_report`` to ``value_on``.

    Args:
        indicator: the record.
        promised: the target and deadline to be met.
        points: the values reached, by day; at least one.
        newest: the fields of the measurement up to ``value_on``.
    """
    target, high = promised.target, promised.target_high
    assert target is not None  # noqa: S101  # for mypy; the caller has looked
    span = find_span_in_direction(indicator, target, high)
    deadline = None if promised.deadline is None else promised.deadline.on
    _on, value, bound = points[-1]
    is_in = span.decides(value, bound)
    if is_kept_by_direction(indicator, span, points[0][1:]):
        sums = span.low is None and has_direction_of_running_sum(indicator)
        kept, met_on = _measure_kept_until(points, span, deadline, sums=sums)
        used = _measure_share_used(indicator, target, value) if kept and sums else None
        undecided = is_in is None and kept is None
        return Measurement(*newest, met_on, held=True, undecided=undecided, kept=kept, used=used)
    if has_direction_of_growth_rate(indicator):
        met_on = _measure_growth_met_on(points, span, deadline)
        undecided = is_in is None and met_on is None
        return Measurement(*newest, met_on, undecided=undecided, growth=True, on_course=is_in)
    met_on = _measure_met_since(points, span, deadline)
    return Measurement(*newest, met_on, undecided=is_in is None and met_on is None)


def _measure_met_since(
    points: Sequence[SeriesPoint], span: ValueSpan, deadline: date | None
) -> date | None:
    """Return the first day since which the target is met: what holds counts, not what once was.

    It is decided at the deadline. Afterwards a value can make it met late, and none unmet.
    A figure that leaves it open counts as not met.
    """
    in_time, late = points, points[:0]
    if deadline is not None and points[-1][0] > deadline:
        end = bisect_right(points, deadline, key=itemgetter(0))
        in_time, late = points[:end], points[end:]
    since: date | None = None
    # Backwards: of most that are not met, one value is looked at.
    for on, value, bound in reversed(in_time):
        if span.decides(value, bound) is not True:
            break
        since = on
    if since is None and late:
        return next((on for on, value, bound in late if span.decides(value, bound) is True), None)
    return since


def _measure_kept_until(
    points: Sequence[SeriesPoint], span: ValueSpan, deadline: date | None, *, sums: bool
) -> tuple[bool | None, date | None]:
    """Return whether a target is kept, and the day after its deadline that met it late.

    A level that returns is kept again; a running sum that has gone beyond stays broken.
    """
    kept: bool | None = None
    for on, value, bound in points:
        if deadline is not None and on > deadline:
            if kept or (kept is False and sums):
                break
            if span.decides(value, bound) is True:
                return True, on
        elif not (sums and kept is False):
            kept = span.decides(value, bound)
    return kept, None


def _measure_growth_met_on(
    points: Sequence[SeriesPoint], span: ValueSpan, deadline: date | None
) -> date | None:
    """Return the deadline if the value of that very day meets the target."""
    of_deadline = [(value, bound) for on, value, bound in points if on == deadline]
    return deadline if of_deadline and span.decides(*of_deadline[-1]) is True else None


def _measure_share_used(indicator: Indicator, target: Decimal, value: Decimal) -> Decimal | None:
    """Return the share of a ceiling that a running sum has used, per cent.

    A count below its baseline, such as that of the year before, began at 0.
    """
    if target.is_signed():
        return None
    begin = indicator.baseline or ZERO
    return measure_share_done(value, begin if begin <= value else ZERO, target)


def _measure_milestone_day(final: Sequence[Update]) -> date | None:
    since: date | None = None
    for update in final:
        since = (since or update.on) if update.done else None
    return since


def measure_goal_value(indicator: Indicator, promised: Promise) -> Decimal | None:
    """Return the number at which the target is met: the near end, if it is a range."""
    target, high = promised.target, promised.target_high
    if high is None or infer_direction(indicator, target, high) == "up":
        return target
    baseline = indicator.baseline
    is_above = baseline is None or target is None or baseline > target
    return high if is_above else target


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
    inner = [(on, share) for on, share in points if start < on < deadline]
    line = [(start, ZERO), *inner, (deadline, HUNDRED)]
    at = bisect_right(line, day, key=lambda point: point[0])
    (before, share_before), (after, share_after) = line[at - 1 : at + 1]
    added = (share_after - share_before) * (day - before).days / (after - before).days
    return share_before + added


def measure_planned_shares(indicator: Indicator, horizon: Horizon) -> list[tuple[date, Decimal]]:
    """Return the interim points as shares of the way that was promised with them, by day.

    A target that is revised afterwards scales them, as the shares stay.
    """
    interim, promised = list_interim_in_force(indicator, horizon)
    goal = measure_goal_value(indicator, promised)
    shares = (
        (point.on, measure_share_done(point.value, indicator.baseline, goal)) for point in interim
    )
    return sorted((on, share) for on, share in shares if share is not None)


def measure_planned_values(
    indicator: Indicator, promised: Promise, horizon: Horizon
) -> list[tuple[date, Decimal]]:
    """Return the interim points by day, scaled to the promise."""
    interim, given = list_interim_in_force(indicator, horizon)
    if not interim:
        return []
    baseline, goal = indicator.baseline, measure_goal_value(indicator, promised)
    points = sorted((point.on, point.value) for point in interim)
    old = measure_goal_value(indicator, given)
    if baseline is None or goal is None or old in {None, goal}:
        return points
    return [
        (
            on,
            _measure_value_of_share(
                measure_share_done(value, baseline, old), baseline, goal, value
            ),
        )
        for on, value in points
    ]


def _measure_value_of_share(
    share: Decimal | None, baseline: Decimal, goal: Decimal, value: Decimal
) -> Decimal:
    """Return the value at a share of the way, to the places of the printed one and two more."""
    if share is None:
        return value
    way = WIDE_CONTEXT.subtract(goal, baseline)
    exact = WIDE_CONTEXT.add(
        baseline, WIDE_CONTEXT.divide(WIDE_CONTEXT.multiply(share, way), HUNDRED)
    )
    place = find_finest_place(value).scaleb(-2)
    rounded = exact.quantize(place, ROUND_HALF_UP, WIDE_CONTEXT)
    return Decimal(format(rounded.normalize(WIDE_CONTEXT), "f"))


def round_measured_share(share: Decimal | None) -> Decimal | None:
    """Round a share for display: per cent to one place, halves away from zero, never -0."""
    return (
        None
        if share is None
        else share.quantize(_TENTH, ROUND_HALF_UP, WIDE_CONTEXT) or _ZERO_SHARE
    )
