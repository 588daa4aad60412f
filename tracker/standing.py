"""How far an indicator is, and how far it should be.

Shares are per cent of the way from baseline to target, neither capped nor rounded.
"""

from collections.abc import Callable, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import TypeAlias

from msgspec import Struct

from tracker.knowledge import Promise, counting, start_of
from tracker.models import Horizon, Indicator, Interim, Update
from tracker.vocabulary import Direction

HUNDRED = Decimal(100)
NOTHING = Decimal(0)
_TENTH = Decimal("0.1")
_NAUGHT = Decimal("0.0")
# Room for the sums and the largest quotient of numbers of thirty digits.
ROOM = Context(prec=100, rounding=ROUND_HALF_UP)


class Standing(Struct, frozen=True):
    """What had been reported by a day, against one promise.

    Attributes:
        value: the newest final value, increments added up.
        value_on: the effective day of the newest final report.
        met_on: the first day on which the target was met.
        last_report: the effective day of the newest report of any status.
        provisional: whether all that was reported is an estimate or still under way.
        held: whether the target is to be kept, not reached: the baseline meets it already.
        start: the day from which progress is expected.
    """

    value: Decimal | None
    value_on: date | None
    met_on: date | None
    last_report: date | None
    provisional: bool
    held: bool
    start: date | None


Point: TypeAlias = tuple[date, Decimal]
"""What had been reached by the end of a day, in the unit of the indicator."""


def final_reports(indicator: Indicator, horizon: Horizon) -> list[Update]:
    """The reports that count as reached: no estimates, nothing that is under way."""
    return [
        each
        for each in counting(indicator.updates, horizon)
        if each.status == "final" and (each.value is not None or each.done is not None)
    ]


def series(indicator: Indicator, final: Sequence[Update], start: date | None) -> list[Point]:
    """The values that had been reached, by day; increments since the start are added up."""
    if indicator.accumulation != "increment":
        return [(each.on, each.value) for each in final if each.value is not None]
    grown = indicator.baseline or NOTHING
    points = []
    for each in final:
        if each.value is not None and (start is None or each.on >= start):
            grown = ROOM.add(grown, each.value)
            points.append((each.on, grown))
    return points


def standing(indicator: Indicator, wanted: Promise, horizon: Horizon) -> Standing:
    """What was reported, and the first day on which it met the target."""
    last: date | None = None
    final: list[Update] = []
    for each in counting(indicator.updates, horizon):
        if each.value is not None or each.done is not None:
            last = each.on
            if each.status == "final":
                final.append(each)
    provisional = last is not None and not final
    start = start_of(indicator, horizon)
    if indicator.measure == "milestone":
        on = final[-1].on if final else None
        return Standing(None, on, _done_since(final), last, provisional, False, start)  # noqa: FBT003
    meets = None if wanted.target is None else test_of(indicator, wanted.target, wanted.target_high)
    held = meets is not None and is_held(indicator, meets)
    points = series(indicator, final, start)
    if not points:
        return Standing(None, None, None, last, provisional, held, start)
    met_on = None if meets is None else _met_on(points, meets, held=held)
    value_on, value = points[-1]
    return Standing(value, value_on, met_on, last, provisional, held, start)


def _met_on(
    points: Sequence[Point], meets: Callable[[Decimal], bool], *, held: bool
) -> date | None:
    """The first day that met it; of what is to be kept, the day since which it has been."""
    since: date | None = None
    for on, value in points:
        if not meets(value):
            since = None
        elif not held:
            return on
        elif since is None:
            since = on
    return since


def _done_since(final: Sequence[Update]) -> date | None:
    since: date | None = None
    for each in final:
        since = (since or each.on) if each.done else None
    return since


def direction_of(indicator: Indicator, target: Decimal | None) -> Direction:
    """The declared direction, else the one that the numbers or the operator show."""
    if indicator.direction is not None:
        return indicator.direction
    if target is not None and indicator.baseline is not None:
        if target == indicator.baseline:
            return "hold"
        return "up" if target > indicator.baseline else "down"
    return "down" if indicator.op == "<=" else "up"


def is_held(indicator: Indicator, meets: Callable[[Decimal], bool]) -> bool:
    """Whether the target is to be kept, not reached: the baseline meets it already.

    So it is where both are equal, and where the baseline lies under a ceiling (5.1 and
    ``<= 5.5``), above a floor, or within a range.
    """
    if indicator.baseline is None:
        return indicator.direction == "hold"
    return meets(indicator.baseline)


def test_of(
    indicator: Indicator, target: Decimal, high: Decimal | None
) -> Callable[[Decimal], bool]:
    """The test that a value passes when it meets the target."""
    op = indicator.op
    if op == "range":
        return lambda value: target <= value <= (target if high is None else high)
    if op == ">=":
        return target.__le__
    if op == "<=":
        return target.__ge__
    way = direction_of(indicator, target)
    if way == "hold":
        return target.__eq__
    return target.__le__ if way == "up" else target.__ge__


def goal_of(indicator: Indicator, wanted: Promise) -> Decimal | None:
    """The number at which the target is met: the near end of a range that is come down to."""
    high = wanted.target_high
    if high is None or indicator.op != "range" or indicator.baseline is None:
        return wanted.target
    return high if indicator.baseline > high else wanted.target


def share_done(
    value: Decimal | None, baseline: Decimal | None, target: Decimal | None
) -> Decimal | None:
    """The share of the way from baseline to target, per cent; None where there is no way."""
    if value is None or baseline is None or target is None or target == baseline:
        return None
    return (value - baseline) * HUNDRED / (target - baseline)


def share_expected(
    day: date, start: date, deadline: date, points: Sequence[tuple[date, Decimal]] = ()
) -> Decimal:
    """The share that should be done by a day, per cent, in straight lines between points.

    Args:
        day: the day asked about.
        start: 0 % on this day and before.
        deadline: 100 % on this day and after.
        points: (day, per cent) in between, by day.
    """
    if day >= deadline:
        return HUNDRED
    if day <= start:
        return NOTHING
    if not points:
        return HUNDRED * (day - start).days / (deadline - start).days
    before, share_before = start, NOTHING
    after, share_after = deadline, HUNDRED
    for on, share in points:
        if on <= start or on >= deadline:
            continue
        if on > day:
            after, share_after = on, share
            break
        before, share_before = on, share
    way = (share_after - share_before) * (day - before).days / (after - before).days
    return share_before + way


def planned(
    interim: Sequence[Interim], baseline: Decimal | None, goal: Decimal | None
) -> list[tuple[date, Decimal]]:
    """The interim points as shares, by day."""
    shares = ((each.on, share_done(each.value, baseline, goal)) for each in interim)
    return sorted((on, share) for on, share in shares if share is not None)


def rounded(share: Decimal | None) -> Decimal | None:
    """A share as it is shown: per cent to one place, halves away from zero, never -0."""
    return None if share is None else share.quantize(_TENTH, ROUND_HALF_UP, ROOM) or _NAUGHT
