"""Compare an indicator with the sum of its parts (其中, 分解到各区县)."""

from collections.abc import Sequence
from decimal import Decimal

from msgspec import Struct

from tracker.assessment.measurement import measure_share_done, round_measured_share
from tracker.model.assessment import Assessment
from tracker.model.quantities import WIDE_CONTEXT, ZERO


class Part(Struct, frozen=True, kw_only=True):
    """Part of an indicator.

    Attributes:
        id: the id of the indicator.
        name: what it is called.
        value: its value in force.
        share_of_whole: per cent of the value of the whole, else of the sum of its parts.
    """

    id: str
    name: str
    value: Decimal | None
    share_of_whole: Decimal | None


class Whole(Struct, frozen=True, kw_only=True):
    """Indicator that has parts, with what they amount to; nothing is put for a missing value.

    Attributes:
        id: the id of the indicator.
        name: what it is called.
        unit: the unit of all numbers.
        value: what was reported on the whole itself.
        sum: the sum of the parts that have a value.
        difference: the value of the whole less that sum.
        reported_parts: the number of parts that have a value.
        parts: the parts, in the order of entry.
    """

    id: str
    name: str
    unit: str | None
    value: Decimal | None
    sum: Decimal | None
    difference: Decimal | None
    reported_parts: int
    parts: list[Part]


def add_up_parts(whole: Assessment, parts: Sequence[Assessment]) -> Whole:
    """Return an indicator beside the sum of its parts."""
    values = [part.value for part in parts if part.value is not None]
    total: Decimal | None = None
    for value in values:
        total = WIDE_CONTEXT.add(total or ZERO, value)
    figure = whole.value if whole.value is not None else total
    difference = None
    if whole.value is not None and total is not None:
        difference = WIDE_CONTEXT.subtract(whole.value, total)
    return Whole(
        id=whole.id,
        name=whole.name,
        unit=whole.unit,
        value=whole.value,
        sum=total,
        difference=difference,
        reported_parts=len(values),
        parts=[
            Part(
                id=part.id,
                name=part.name,
                value=part.value,
                share_of_whole=round_measured_share(measure_share_done(part.value, ZERO, figure)),
            )
            for part in parts
        ],
    )
