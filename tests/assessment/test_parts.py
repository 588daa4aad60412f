"""Indicators beside the sum of their parts, and judged by it where nothing else is reported."""

from decimal import Decimal
from typing import Any

import msgspec
import pytest
from factories import PLAN, day, milestone, number, up_to
from hypothesis import given
from hypothesis import strategies as st

from tracker.assessment.assess import assess
from tracker.assessment.parts import (
    add_up_parts,
    add_up_values,
    adds_up_by_parts,
    report_sums_of_parts,
    share_whole,
)
from tracker.assessment.rules import Rules
from tracker.model.assessment import Assessment
from tracker.model.horizon import Horizon
from tracker.model.records import Indicator, Update

END = Horizon(as_of=day("2026-12-31"))


def part(*updates: Update, **more: Any) -> Indicator:  # noqa: ANN401
    return number(*updates, **{"unit": "户", "baseline": Decimal(0)} | more)


def sums(whole: Indicator, *parts: Indicator, on: str = "2026-12-31") -> list[tuple[Any, ...]]:
    judged = report_sums_of_parts(whole, parts, Horizon(as_of=day(on)))
    assert judged is not None
    return [(str(u.on), int(u.value or 0), u.qualifier) for u in judged.updates]


def test_a_sum_is_at_least_what_has_been_reported() -> None:
    one = part(up_to("2026-03-31", 3), up_to("2026-06-30", 5))
    other = part(up_to("2026-06-30", 2))
    assert sums(part(), one, other) == [("2026-03-31", 3, ">="), ("2026-06-30", 7, None)]
    assert sums(part(), one, other, on="2026-05-01") == [("2026-03-31", 3, ">=")]


def test_bounds_of_the_parts_are_those_of_the_sum() -> None:
    one, other = part(up_to("2026-03-31", 3, qualifier="~")), part(up_to("2026-03-31", 2))
    assert sums(part(), one, other) == [("2026-03-31", 5, "~")]
    least, most = (part(up_to("2026-03-31", 3, qualifier=q)) for q in (">=", "<="))
    assert sums(part(), least, most) == [("2026-03-31", 6, "~")]


def test_what_is_added_is_added_up_first() -> None:
    added = part(up_to("2026-03-31", 3), up_to("2026-06-30", 4), accumulation="increment")
    judged = report_sums_of_parts(part(accumulation="increment"), [added], END)
    assert judged is not None
    assert judged.accumulation == "cumulative"
    assert [u.value for u in judged.updates] == [3, 7]
    stock = report_sums_of_parts(part(accumulation="level"), [added], END)
    assert stock is not None
    assert stock.accumulation == "level"


def test_a_recurring_whole_begins_anew_in_each_cycle() -> None:
    whole = part(recurs="year", deadline=None, start=day("2025-01-01"))
    one = part(up_to("2025-11-30", 90), up_to("2026-02-28", 10))
    other = part(up_to("2026-01-31", 5), recurs="year", baseline=Decimal(7))
    assert sums(whole, one, other) == [
        ("2025-11-30", 90, ">="),
        ("2026-01-31", 5, ">="),
        ("2026-02-28", 15, None),
    ]


@pytest.mark.parametrize(
    "whole",
    [
        part(up_to("2026-01-31", 1)),
        part(unit="%"),
        part(unit="名", name="全国排名"),
        milestone(),
    ],
)
def test_a_whole_with_a_report_and_a_rate_are_judged_by_themselves(whole: Indicator) -> None:
    assert report_sums_of_parts(whole, [part(unit=whole.unit)], END) is None
    if whole.unit != "户":
        reported = part(up_to("2026-03-31", 3), unit=whole.unit)
        sums_of_it = report_sums_of_parts(whole, [reported], END)
        assert (sums_of_it is None) == (whole.measure == "number")


def test_an_estimate_of_a_part_is_no_value() -> None:
    guess = part(up_to("2026-03-31", 3, status="estimate"))
    assert report_sums_of_parts(part(), [guess], END) is None


def test_a_difference_waits_for_all_parts() -> None:
    one, other = part(up_to("2026-03-31", 3)), part(up_to("2026-06-30", -2))
    profit = part(name="净增户数")
    assert sums(profit, one, other) == [("2026-06-30", 1, None)]


@pytest.mark.parametrize(
    ("unit", "name", "adds"),
    [
        ("户", "改造户数", True),
        (None, "改造", True),
        ("%", "占比", False),
        ("个 百分点", "占比", False),
        ("名", "综合排名", False),
        ("名", "培训医生", True),
    ],
)
def test_rates_and_ranks_are_never_added(unit: str | None, name: str, *, adds: bool) -> None:
    assert adds_up_by_parts(unit, name) is adds


@given(st.lists(st.none() | st.decimals(-(10**9), 10**9, places=2)))
def test_a_sum_is_exact_and_empty_without_values(values: list[Decimal | None]) -> None:
    known = [value for value in values if value is not None]
    assert add_up_values(values) == (sum(known) if known else None)


def test_only_what_was_added_since_the_start_of_a_part_counts() -> None:
    early, late = up_to("2026-03-31", 3), up_to("2026-06-30", 4)
    added = part(early, late, accumulation="increment", start=day("2026-04-01"))
    assert sums(part(), added) == [("2026-06-30", 4, None)]
    begun = part(late, accumulation="increment", baseline=Decimal(10), start=day("2026-04-01"))
    assert sums(part(), begun) == [("2026-06-30", 14, None)]


def test_a_share_of_the_whole_is_rounded_and_a_whole_of_nothing_has_none() -> None:
    assert str(share_whole(Decimal(1), Decimal(3))) == "33.3"
    assert share_whole(Decimal(1), Decimal(0)) is None
    assert share_whole(None, Decimal(3)) is None
    assert share_whole(Decimal(1), None) is None


def test_a_whole_stands_beside_its_parts() -> None:
    def stands(indicator: Indicator, **fields: Any) -> Assessment:  # noqa: ANN401
        assessed = assess(PLAN, indicator, "active", END, Rules())
        return msgspec.structs.replace(assessed, **fields)

    parts = [
        stands(part(up_to("2026-06-30", 4)), share_of_whole=Decimal(40)),
        stands(part(), share_of_whole=None),
        stands(part(up_to("2026-06-30", 2)), share_of_whole=Decimal(20)),
    ]
    for unit, shares in (("户", [40, None, 20]), ("%", [None, None, None])):
        fields = {"sum": Decimal(4), "difference": Decimal(6)}
        whole = add_up_parts(stands(part(up_to("2026-06-30", 10), unit=unit), **fields), parts)
        assert list(map(str, (whole.value, whole.sum, whole.difference))) == ["10", "4", "6"]
        assert whole.reported_parts == 2
        assert [(each.value, each.share_of_whole) for each in whole.parts] == list(
            zip([4, None, 2], shares, strict=True)
        )
    summed = add_up_parts(stands(part(up_to("2026-06-30", 4)), is_sum=True), parts)
    assert summed.value is None
