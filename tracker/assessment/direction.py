"""Which way is better for an indicator, and which of its values meet a target."""

import re
from decimal import Decimal
from functools import lru_cache
from typing import Literal, TypeAlias

from msgspec import Struct

from tracker.model.defaults import (
    RATE_UNITS,
    choose_default_accumulation,
    is_better_if_less_by_default,
)
from tracker.model.quantities import WIDE_CONTEXT, ZERO, split_quantity_unit
from tracker.model.records import Indicator
from tracker.model.vocabulary import Direction

CEILINGS = {"<=", "<"}
FLOORS = {">=", ">"}
_LIMITS = CEILINGS | FLOORS

_GROWTH = r"增长|增速|增幅|涨幅|同比"

_SHARE_OF_TARGET = Decimal("0.02")
_LEAST_OF_RATE = Decimal("0.1")
_LEAST_OF_COUNT = Decimal("1.0")
_COUNTED_FROM = 10


Bound: TypeAlias = Literal[">=", "<=", "~", "?"]
"""How a figure is known: at least, at most, about; "?" is a sum of the first two."""


class ValueSpan(Struct, frozen=True, gc=False):
    """Range of values, such as those that meet a target.

    Attributes:
        low: its low end; None: no end on that side.
        high: its high end; None: no end on that side.
        is_open: whether the ends themselves lie outside: more than, less than.
    """

    low: Decimal | None
    high: Decimal | None
    is_open: bool = False

    def holds(self, value: Decimal) -> bool:
        """Return whether a value lies in the range."""
        low, high = self.low, self.high
        if (low is not None and value < low) or (high is not None and value > high):
            return False
        return not (self.is_open and value in (low, high))

    def decides(self, value: Decimal, bound: Bound | None) -> bool | None:
        """Return whether a figure lies in the range; None if its bound leaves that open.

        "At most 5" is not 10 or more, and is 6 or less; it may be 3 or less or not. A
        figure printed as "about" is taken as printed.
        """
        if bound is None or bound == "~":
            return self.holds(value)
        if bound == ">=":
            is_in = self.high is None and self.holds(value)
            is_out = self.high is not None and (
                value > self.high or (self.is_open and value == self.high)
            )
        elif bound == "<=":
            is_in = self.low is None and self.holds(value)
            is_out = self.low is not None and (
                value < self.low or (self.is_open and value == self.low)
            )
        else:
            return None
        return is_in or (False if is_out else None)


@lru_cache(maxsize=4096)
def _names_growth_direction(unit: str, name: str) -> bool:
    return unit in RATE_UNITS and re.search(_GROWTH, name) is not None


@lru_cache(maxsize=4096)
def _adds_up_in_direction(unit: str | None, name: str) -> bool:
    return choose_default_accumulation(unit, name) == "cumulative"


def has_direction_of_running_sum(indicator: Indicator) -> bool:
    """Return whether values are a sum that runs on; a rate is none, whatever a record says."""
    if indicator.accumulation == "cumulative":
        return _adds_up_in_direction(indicator.unit, indicator.name)
    return indicator.accumulation == "increment"


def has_direction_of_growth_rate(indicator: Indicator) -> bool:
    """Return whether values are rates of growth of their own period, with no value before."""
    if indicator.baseline is not None:
        return False
    words = f"{indicator.name} {indicator.target_wording or ''}"
    return _names_growth_direction(indicator.unit or "", words)


def infer_direction(
    indicator: Indicator, target: Decimal | None, high: Decimal | None = None
) -> Direction:
    """Return the declared direction, else the one that operator, name or numbers show.

    Args:
        indicator: the record.
        target: the target in force, or the low end of a range.
        high: the high end of a range.
    """
    if indicator.direction is not None:
        return indicator.direction
    if indicator.op in _LIMITS:
        return "down" if indicator.op in CEILINGS else "up"
    if target is None:
        return "up"
    baseline = indicator.baseline
    is_above = baseline is not None and baseline > (target if high is None else high)
    is_ceiling = target == 0 and high is None and not baseline
    # A rate of unemployment that begins under its target must not rise above it.
    return (
        "down" if is_above or is_ceiling or is_better_if_less_by_default(indicator.name) else "up"
    )


def find_span_in_direction(
    indicator: Indicator, target: Decimal, high: Decimal | None
) -> ValueSpan:
    """Return the range of values that meet a target.

    A range is met at or beyond its low end on a way up, at or below its high end on a way
    down; only what is declared to be held has two ends.
    """
    low, top = target, target if high is None else high
    if indicator.approximate:
        low = WIDE_CONTEXT.subtract(low, _find_tolerance_in_direction(low, indicator.unit))
        top = WIDE_CONTEXT.add(top, _find_tolerance_in_direction(top, indicator.unit))
    direction = infer_direction(indicator, target, high)
    if indicator.op in _LIMITS and high is None:
        direction = "down" if indicator.op in CEILINGS else "up"
    if direction == "hold":
        return ValueSpan(low, top)
    is_open = indicator.op in {">", "<"} and high is None
    return ValueSpan(low, None, is_open) if direction == "up" else ValueSpan(None, top, is_open)


def _find_tolerance_in_direction(target: Decimal, unit: str | None) -> Decimal:
    """Return by how much 左右 and 约 may be missed: 2 % of the target, and a least step."""
    tolerance = WIDE_CONTEXT.multiply(abs(target), _SHARE_OF_TARGET)
    if (unit or "") in RATE_UNITS:
        return max(tolerance, _LEAST_OF_RATE)
    if abs(target) >= _COUNTED_FROM and split_quantity_unit(unit or "")[0] == 1:
        return max(tolerance, _LEAST_OF_COUNT)
    return tolerance


def is_kept_by_direction(
    indicator: Indicator, span: ValueSpan, first: tuple[Decimal, Bound | None] | None = None
) -> bool:
    """Return whether a target is to be kept, not reached, because it is met from the beginning.

    That may be a ceiling on anything and a floor on a level, which the baseline, else the
    first report, satisfies; and whatever is declared to be held. A floor on a running sum
    is to be reached.

    Args:
        indicator: the record.
        span: the values that meet the target.
        first: the first value reported, and how it is known.
    """
    if indicator.direction == "hold":
        return True
    if span.high is None and has_direction_of_running_sum(indicator):
        return False
    begin = indicator.baseline
    if begin is None and indicator.accumulation == "increment":
        begin = ZERO
    if begin is not None:
        return span.holds(begin)
    # A way that is declared is to be gone, unless a limit is said as well.
    limits = CEILINGS if span.low is None else FLOORS
    is_limit = indicator.op in limits or (span.low is None and indicator.direction is None)
    if not is_limit or (span.high is None and has_direction_of_growth_rate(indicator)):
        return False
    return first is not None and span.decides(*first) is True


def shows_progress_in_direction(bound: Bound | None, direction: Direction) -> bool:
    """Return whether a figure shows how far an indicator is.

    On a way up "at most 5" shows nothing, and "at least 5" shows 5: what is proven counts.
    """
    if bound is None or bound == "~":
        return True
    return (bound, direction) in {(">=", "up"), ("<=", "down")}
