"""Which values meet a target, and what a bound leaves open."""

from decimal import Decimal
from typing import Any

import pytest
from factories import number

from tracker.assessment.direction import (
    ValueSpan,
    find_span_in_direction,
    has_direction_of_growth_rate,
    has_direction_of_running_sum,
    infer_direction,
    is_kept_by_direction,
    shows_progress_in_direction,
)

FIVE, SEVEN = Decimal(5), Decimal(7)
VALUES = [Decimal(n) for n in (4, 5, 6, 7, 8)]


@pytest.mark.parametrize(
    ("span", "inside"),
    [
        (ValueSpan(FIVE, SEVEN), [False, True, True, True, False]),
        (ValueSpan(FIVE, None), [False, True, True, True, True]),
        (ValueSpan(None, SEVEN), [True, True, True, True, False]),
        (ValueSpan(FIVE, None, is_open=True), [False, False, True, True, True]),
        (ValueSpan(None, SEVEN, is_open=True), [True, True, True, False, False]),
        (ValueSpan(None, None), [True] * 5),
    ],
)
def test_the_values_of_a_span(span: ValueSpan, inside: list[bool]) -> None:
    for value, is_in in zip(VALUES, inside, strict=True):
        assert span.holds(value) is is_in
        assert span.decides(value, None) is is_in
        assert span.decides(value, "~") is is_in
        assert span.decides(value, "?") is None


@pytest.mark.parametrize(
    ("span", "at_least", "at_most"),
    [
        (ValueSpan(FIVE, None), [None, True, True, True, True], [False, None, None, None, None]),
        (ValueSpan(None, SEVEN), [None, None, None, None, False], [True, True, True, True, None]),
        (ValueSpan(FIVE, SEVEN), [None, None, None, None, False], [False, None, None, None, None]),
        (
            ValueSpan(FIVE, None, is_open=True),
            [None, None, True, True, True],
            [False, False, None, None, None],
        ),
        (
            ValueSpan(None, SEVEN, is_open=True),
            [None, None, None, False, False],
            [True, True, True, None, None],
        ),
    ],
)
def test_what_a_bound_says_of_a_span(
    span: ValueSpan, at_least: list[bool | None], at_most: list[bool | None]
) -> None:
    assert [span.decides(value, ">=") for value in VALUES] == at_least
    assert [span.decides(value, "<=") for value in VALUES] == at_most


@pytest.mark.parametrize(
    ("fields", "target", "high", "way"),
    [
        ({}, 100, None, "up"),
        ({"direction": "hold"}, 100, None, "hold"),
        ({"op": "<="}, 100, None, "down"),
        ({"op": "<"}, 100, None, "down"),
        ({"op": ">=", "baseline": Decimal(200)}, 100, None, "up"),
        ({"op": ">", "baseline": Decimal(200)}, 100, None, "up"),
        ({"op": "<=", "direction": "up"}, 100, None, "up"),
        ({"baseline": Decimal(200)}, None, None, "up"),
        ({"baseline": Decimal(200)}, 100, None, "down"),
        ({"baseline": Decimal(100)}, 100, None, "up"),
        ({"baseline": Decimal(101)}, 100, 102, "up"),
        ({"baseline": Decimal(103)}, 100, 102, "down"),
        ({"baseline": Decimal(0)}, 0, None, "down"),
        ({"baseline": None}, 0, None, "down"),
        ({"baseline": Decimal(-1)}, 0, None, "up"),
        ({"baseline": Decimal(0)}, 0, 2, "up"),
        ({"name": "失业率"}, 5, None, "down"),
        ({"name": "失业率", "baseline": None}, 5, None, "down"),
        ({"name": "失业率", "baseline": None}, None, None, "up"),
    ],
)
def test_which_way_is_better(
    fields: dict[str, Any], target: int | None, high: int | None, way: str
) -> None:
    low, top = (None if end is None else Decimal(end) for end in (target, high))
    assert infer_direction(number(**fields), low, top) == way


@pytest.mark.parametrize(
    ("fields", "high", "span"),
    [
        ({}, None, ValueSpan(FIVE, None)),
        ({"op": ">"}, None, ValueSpan(FIVE, None, is_open=True)),
        ({"op": "<"}, None, ValueSpan(None, FIVE, is_open=True)),
        ({"op": "<="}, None, ValueSpan(None, FIVE)),
        ({"op": "<=", "direction": "up"}, None, ValueSpan(None, FIVE)),
        ({"op": ">=", "direction": "down"}, None, ValueSpan(FIVE, None)),
        ({"op": ">", "direction": "hold"}, None, ValueSpan(FIVE, None, is_open=True)),
        ({"direction": "hold"}, None, ValueSpan(FIVE, FIVE)),
        ({"direction": "hold"}, SEVEN, ValueSpan(FIVE, SEVEN)),
        ({"op": "range"}, SEVEN, ValueSpan(FIVE, None)),
        ({"op": "range", "baseline": Decimal(9)}, SEVEN, ValueSpan(None, SEVEN)),
        ({"op": ">"}, SEVEN, ValueSpan(FIVE, None)),
        ({"op": "<"}, SEVEN, ValueSpan(None, SEVEN)),
    ],
)
def test_the_span_that_meets_a_target(
    fields: dict[str, Any], high: Decimal | None, span: ValueSpan
) -> None:
    assert find_span_in_direction(number(**fields), FIVE, high) == span


@pytest.mark.parametrize(
    ("unit", "target", "missed_by"),
    [
        ("%", "6.2", "0.124"),
        ("%", "3", "0.1"),
        ("家", "10", "1"),
        ("家", "9", "0.18"),
        ("家", "100", "2"),
        ("万家", "10", "0.2"),
        (None, "10", "1"),
        ("家", "-20", "1"),
        ("%", "-10", "0.2"),
    ],
)
def test_what_is_about_may_be_missed_by_so_much(
    unit: str | None, target: str, missed_by: str
) -> None:
    about, at = number(unit=unit, approximate=True, direction="hold"), Decimal(target)
    span = find_span_in_direction(about, at, None)
    assert span == ValueSpan(at - Decimal(missed_by), at + Decimal(missed_by))


def test_what_runs_on_is_a_sum_and_what_grows_for_itself_a_rate() -> None:
    assert has_direction_of_running_sum(number()) is True
    assert has_direction_of_running_sum(number(accumulation="increment")) is True
    assert has_direction_of_running_sum(number(accumulation="level")) is False
    assert has_direction_of_running_sum(number(unit="%")) is False
    rate: dict[str, Any] = {"unit": "%", "name": "投资增速", "baseline": None}
    assert has_direction_of_growth_rate(number(**rate)) is True
    assert has_direction_of_growth_rate(number(**rate | {"baseline": Decimal(1)})) is False
    assert has_direction_of_growth_rate(number(**rate | {"unit": "亿元"})) is False
    assert has_direction_of_growth_rate(number(**rate | {"unit": None})) is False
    assert has_direction_of_growth_rate(number(**rate | {"name": "投资"})) is False
    named = number(**rate | {"name": "投资", "target_wording": "同比增长5%"})
    assert has_direction_of_growth_rate(named) is True


LEVEL: dict[str, Any] = {"accumulation": "level", "baseline": None}


@pytest.mark.parametrize(
    ("fields", "span", "first", "is_kept"),
    [
        ({"direction": "hold"}, ValueSpan(FIVE, FIVE), None, True),
        ({"baseline": SEVEN}, ValueSpan(FIVE, None), SEVEN, False),
        ({"baseline": SEVEN, "accumulation": "level"}, ValueSpan(FIVE, None), None, True),
        ({"baseline": Decimal(4), "accumulation": "level"}, ValueSpan(FIVE, None), SEVEN, False),
        ({"baseline": None, "accumulation": "increment"}, ValueSpan(None, FIVE), SEVEN, True),
        (LEVEL | {"op": ">="}, ValueSpan(FIVE, None), SEVEN, True),
        (LEVEL | {"op": ">"}, ValueSpan(FIVE, None, is_open=True), FIVE, False),
        (LEVEL | {"op": ">="}, ValueSpan(FIVE, None), None, False),
        (LEVEL, ValueSpan(FIVE, None), SEVEN, False),
        (LEVEL, ValueSpan(None, FIVE), Decimal(4), True),
        (LEVEL | {"direction": "down"}, ValueSpan(None, FIVE), Decimal(4), False),
        (LEVEL | {"direction": "down", "op": "<="}, ValueSpan(None, FIVE), Decimal(4), True),
        (LEVEL | {"direction": "down", "op": ">="}, ValueSpan(None, FIVE), Decimal(4), False),
        (LEVEL | {"op": ">=", "unit": "%", "name": "增速"}, ValueSpan(FIVE, None), SEVEN, False),
        (LEVEL | {"op": "<=", "unit": "%", "name": "增速"}, ValueSpan(None, SEVEN), FIVE, True),
    ],
)
def test_what_is_to_be_kept(
    fields: dict[str, Any], span: ValueSpan, first: Decimal | None, *, is_kept: bool
) -> None:
    reported = None if first is None else (first, None)
    assert is_kept_by_direction(number(**fields), span, reported) is is_kept


def test_what_a_bound_shows_of_a_way() -> None:
    for bound, up, down in (
        (None, True, True),
        ("~", True, True),
        (">=", True, False),
        ("<=", False, True),
        ("?", False, False),
    ):
        assert shows_progress_in_direction(bound, "up") is up  # type: ignore[arg-type]
        assert shows_progress_in_direction(bound, "down") is down  # type: ignore[arg-type]
        assert shows_progress_in_direction(bound, "hold") is (bound in {None, "~"})  # type: ignore[arg-type]
