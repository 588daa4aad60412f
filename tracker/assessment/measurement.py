"""How far an indicator is, and how far it should be.

Shares are per cent of the way from baseline to target, neither capped nor rounded.
"""

from collections.abc import Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal, TypeAlias

from msgspec import Struct

from tracker.model.effective import Promise, counting, start_of
from tracker.model.horizon import Horizon
from tracker.model.quantities import HUNDRED, NOTHING, ROOM
from tracker.model.records import Indicator, Interim, Update
from tracker.model.vocabulary import Direction

PER_CENT = frozenset({"%", "％"})
_TENTH = Decimal("0.1")
_NAUGHT = Decimal("0.0")


Bound: TypeAlias = Literal[">=", "<=", "~", "?"]
"""How a figure is known: at least, at most, about; "?" is a sum of both, that shows neither."""


class Span(Struct, frozen=True, gc=False):
    """The values that meet a target, or that a figure may stand for; None: no end on that side."""

    low: Decimal | None
    high: Decimal | None

    def holds(self, value: Decimal) -> bool:
        """Whether a value lies in it, its ends included."""
        return (self.low is None or self.low <= value) and (self.high is None or value <= self.high)

    def decides(self, value: Decimal, bound: Bound | None) -> bool | None:
        """Whether what a figure stands for lies in it; None where the figure leaves that open.

        "At most 5" cannot be 10 or more, and is 6 or less; whether it is 3 or less, nobody
        knows. What is printed as "about" is taken as printed.
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


Point: TypeAlias = tuple[date, Decimal, Bound | None]
"""What had been reached by the end of a day, in the unit of the indicator, and how it is known."""


class Standing(Struct, frozen=True, gc=False):
    """What had been reported by a day, against one promise.

    Attributes:
        value: the newest final value, increments added up.
        bound: how that value is known; None: as it is.
        value_on: the effective day of the newest final report.
        met_on: the first day on which the target was met.
        last_report: the effective day of the newest report of any status.
        provisional: whether all that was reported is an estimate or still under way.
        held: whether the target is to be kept, not reached.
        undecided: whether the newest value leaves open if the target is met.
        start: the day from which progress is expected.
    """

    value: Decimal | None
    bound: Bound | None
    value_on: date | None
    met_on: date | None
    last_report: date | None
    provisional: bool
    held: bool
    undecided: bool
    start: date | None


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
        return [(e.on, e.value, e.qualifier) for e in final if e.value is not None]
    grown = indicator.baseline or NOTHING
    bound: Bound | None = None
    points: list[Point] = []
    for each in final:
        if each.value is not None and (start is None or each.on >= start):
            grown = ROOM.add(grown, each.value)
            bound = _joined(bound, each.qualifier)
            points.append((each.on, grown, bound))
    return points


def _joined(one: Bound | None, other: Bound | None) -> Bound | None:
    """How the sum of two figures is known."""
    bounds = {one, other} - {None}
    firm = bounds - {"~"}
    if len(firm) > 1:
        return "?"
    return next(iter(firm or bounds), None)


def standing(indicator: Indicator, wanted: Promise, horizon: Horizon) -> Standing:
    """What was reported, and the first day on which it met the target."""
    last: date | None = None
    final: list[Update] = []
    for each in counting(indicator.updates, horizon):
        if each.value is not None or each.done is not None:
            last = each.on
            if each.status == "final":
                final.append(each)
    start = start_of(indicator, horizon)
    if indicator.measure == "milestone":
        return _of_milestone(final, last, start)
    span = None if wanted.target is None else span_of(indicator, wanted.target, wanted.target_high)
    held = span is not None and is_held(indicator, span)
    points = series(indicator, final, start)
    if not points:
        provisional = last is not None and not final
        return Standing(None, None, None, None, last, provisional, held, False, start)  # noqa: FBT003
    met_on = None
    undecided = False
    value_on, value, bound = points[-1]
    if span is not None:
        deadline = None if wanted.deadline is None else wanted.deadline.on
        met_on = _met_on(points, span, deadline, held=held)
        undecided = bound is not None and met_on is None and span.decides(value, bound) is None
    return Standing(value, bound, value_on, met_on, last, False, held, undecided, start)  # noqa: FBT003


def _of_milestone(final: Sequence[Update], last: date | None, start: date | None) -> Standing:
    on = final[-1].on if final else None
    provisional = last is not None and not final
    met_on = _done_since(final)
    return Standing(None, None, on, met_on, last, provisional, False, False, start)  # noqa: FBT003


def _met_on(
    points: Sequence[Point], span: Span, deadline: date | None, *, held: bool
) -> date | None:
    """The first day that met it; of what is to be kept, the day since which it has been.

    What was kept up to its deadline, or was kept again after it, is met: what happens
    afterwards is a matter for the honesty checks. A figure that leaves it open shows neither.
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


def is_held(indicator: Indicator, span: Span) -> bool:
    """Whether the target is to be kept, not reached: the baseline meets it already.

    So it is where both are equal, and where the baseline lies under a ceiling (5.1 and
    ``<= 5.5``), above a floor, or within a range. A ceiling without a baseline is one to
    be kept too, unless the way down to it is declared: nobody has said that it was above.
    """
    if indicator.baseline is None:
        way = indicator.direction
        return way == "hold" or (way is None and indicator.op == "<=")
    return span.holds(indicator.baseline)


def span_of(indicator: Indicator, target: Decimal, high: Decimal | None) -> Span:
    """The values that meet the target."""
    op = indicator.op
    if op == "range":
        return Span(target, target if high is None else high)
    if op == ">=":
        return Span(target, None)
    if op == "<=":
        return Span(None, target)
    way = direction_of(indicator, target)
    if way == "hold":
        return Span(target, target)
    return Span(target, None) if way == "up" else Span(None, target)


def shows_way(bound: Bound | None, way: Direction) -> bool:
    """Whether a figure shows how far it is: "at most 5" shows nothing on a way up.

    "At least 5" shows 5 there: what is proven counts.
    """
    if bound is None or bound == "~":
        return True
    return (bound, way) in {(">=", "up"), ("<=", "down")}


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
