"""Compare an indicator with the sum of its parts (其中, 分解到各区县), and judge it by that sum.

Source: rule 22. What was reported on the whole itself counts; where nothing was, it is judged
as if the sums of its parts had been reported on it. Rates and ranks are never added.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from tracker.assessment.cycles import limit_to_cycle_of_day
from tracker.assessment.measurement import (
    add_measurement_bounds,
    build_measurement_series,
    is_measured_report,
    list_measured_reports,
    measure_share_done,
    round_measured_share,
)
from tracker.model.assessment import Assessment
from tracker.model.defaults import RATE_UNITS, is_rank_by_default, may_be_negative_by_default
from tracker.model.effective import find_effective_start, list_entries_in_force
from tracker.model.horizon import Horizon
from tracker.model.quantities import WIDE_CONTEXT, ZERO
from tracker.model.records import Indicator, Update

if TYPE_CHECKING:
    from tracker.assessment.direction import Bound


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


def adds_up_by_parts(unit: str | None, name: str) -> bool:
    """Return whether values of parts make a sum: not those of rates and ranks."""
    words = "".join((unit or "").split())
    return words not in RATE_UNITS and not is_rank_by_default(unit, name)


def report_sums_of_parts(
    whole: Indicator, parts: Sequence[Indicator], horizon: Horizon
) -> Indicator | None:
    """Return an indicator as if the sums of its parts had been reported on it.

    While some of them have not reported, a sum is known as "at least"; there is none yet
    where values may be negative.

    Args:
        whole: the indicator.
        parts: its parts, each with its own reports or the sums of its own parts.
        horizon: the day, and what was known by then.

    Returns:
        The indicator with a report for each day on which a part has one; None where it is
        judged by what it is itself: it has a report, or its parts make no sum.
    """
    reports = list_entries_in_force(whole.updates, horizon)
    if not adds_up_by_parts(whole.unit, whole.name) or any(map(is_measured_report, reports)):
        return None
    sums = list(_list_sums_of_parts(whole, parts, horizon))
    if not sums:
        return None
    accumulation = "level" if whole.accumulation == "level" else "cumulative"
    return msgspec.structs.replace(whole, updates=sums, accumulation=accumulation)


def _list_sums_of_parts(
    whole: Indicator, parts: Sequence[Indicator], horizon: Horizon
) -> Iterator[Update]:
    """Yield the sum of each day on which a part has a value; in its own cycle if it recurs."""
    reports = [(part, list_measured_reports(part, horizon)) for part in parts]
    days = sorted({u.on for _part, own in reports for u in own if u.value is not None})
    for on in days:
        since = limit_to_cycle_of_day(whole, on, horizon).start if whole.recurs else None
        points = []
        for part, own in reports:
            counted = [u for u in own if u.on <= on and (since is None or u.on >= since)]
            begun = part if since is None else msgspec.structs.replace(part, baseline=None)
            start = find_effective_start(part, horizon) if since is None else since
            points += build_measurement_series(begun, counted, start)[-1:]
        total = add_up_values([value for _on, value, _bound in points])
        is_complete = len(points) == len(parts)
        if total is None or (
            not is_complete and may_be_negative_by_default(whole.unit, whole.name)
        ):
            continue
        bound: Bound | None = None if is_complete else ">="
        for _on, _value, known in points:
            bound = add_measurement_bounds(bound, known)
        yield Update(on=on, value=total, qualifier="~" if bound == "?" else bound)


def add_up_values(values: Sequence[Decimal | None]) -> Decimal | None:
    """Return the sum of the values that are known; None without any."""
    total: Decimal | None = None
    for value in values:
        if value is not None:
            total = WIDE_CONTEXT.add(total or ZERO, value)
    return total


def share_whole(value: Decimal | None, whole: Decimal | None) -> Decimal | None:
    """Return the share that a part is of its whole, per cent to one place."""
    return round_measured_share(measure_share_done(value, ZERO, whole))


def add_up_parts(whole: Assessment, parts: Sequence[Assessment]) -> Whole:
    """Return an indicator beside the sum of its parts."""
    adds_up = adds_up_by_parts(whole.unit, whole.name)
    return Whole(
        id=whole.id,
        name=whole.name,
        unit=whole.unit,
        value=None if whole.is_sum else whole.value,
        sum=whole.sum,
        difference=whole.difference,
        reported_parts=sum(part.value is not None for part in parts),
        parts=[
            Part(
                id=part.id,
                name=part.name,
                value=part.value,
                share_of_whole=part.share_of_whole if adds_up else None,
            )
            for part in parts
        ],
    )
