"""Increments that count the same days: the quick way finds what comparing each with each finds."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal

import msgspec
import pytest
from factories import day
from hypothesis import given
from hypothesis import strategies as st

from tracker.assessment.increments import (
    CountedDays,
    increment_covers_same_days,
    list_days_counted_by_increments,
    list_new_days_counted_by_increments,
)
from tracker.model.records import Update

FIRST = date(2026, 1, 1)


@st.composite
def reports(draw: st.DrawFn) -> list[Update]:
    drawn = []
    for number in range(draw(st.integers(0, 9))):
        on = FIRST + timedelta(days=draw(st.integers(0, 9)))
        length = draw(st.none() | st.integers(0, 4))
        start = None if length is None else on - timedelta(days=length)
        value = draw(st.none() | st.integers(1, 2))
        drawn.append(
            Update(
                id=f"u{number}",
                on=on,
                period_start=start,
                value=None if value is None else Decimal(value),
                separate=draw(st.booleans()) and draw(st.booleans()),
            )
        )
    return sorted(drawn, key=lambda report: report.on)


def compare_each(reports: Sequence[Update]) -> Iterator[tuple[str, str]]:
    for at, report in enumerate(reports):
        first = next((e for e in reports[:at] if increment_covers_same_days(e, report)), None)
        if first is not None:
            yield first.id, report.id


@given(reports())
def test_the_first_that_counts_the_same_days_is_found(drawn: list[Update]) -> None:
    pairs = [(first.id, report.id) for first, report in list_days_counted_by_increments(drawn)]
    assert pairs == list(compare_each(drawn))


@given(reports(), st.sets(st.sampled_from([f"u{number}" for number in range(9)])))
def test_new_ones_are_refused_where_they_count_days_of_any_other(
    drawn: list[Update], new: set[str]
) -> None:
    pairs = {
        (report.id, other.id) for report, other in list_new_days_counted_by_increments(drawn, new)
    }
    both = {
        (one.id, other.id)
        for at, one in enumerate(drawn)
        for other in drawn[:at] + drawn[at + 1 :]
        if increment_covers_same_days(one, other) and one.id in new
    }
    assert pairs <= both
    assert bool(pairs) == bool(both)


@pytest.mark.parametrize(
    ("start", "end", "covered"),
    [
        ("2026-01-01", "2026-01-09", False),
        ("2026-01-01", "2026-01-10", True),
        ("2026-01-10", "2026-01-10", True),
        ("2026-01-20", "2026-01-31", True),
        ("2026-01-21", "2026-01-31", False),
    ],
)
def test_stated_periods_that_share_their_first_or_last_day_count_it_twice(
    start: str,
    end: str,
    covered: bool,  # noqa: FBT001
) -> None:
    own = Update(id="a", on=day("2026-01-20"), period_start=day("2026-01-10"), value=Decimal(1))
    other = Update(id="b", on=day(end), period_start=day(start), value=Decimal(2))
    assert increment_covers_same_days(own, other) is covered
    assert increment_covers_same_days(other, own) is covered


def test_the_first_of_two_that_count_the_same_days_is_named() -> None:
    may_5 = date(2026, 1, 5)
    unstated = Update(id="a", on=may_5, value=Decimal(1))
    stated = Update(id="b", on=may_5, value=Decimal(2), period_start=FIRST)
    again = Update(id="c", on=may_5, value=Decimal(1), period_start=FIRST)
    pairs = [(e.id, r.id) for e, r in list_days_counted_by_increments([unstated, stated, again])]
    assert pairs == [("a", "c")]


def test_what_is_separate_or_has_no_value_counts_no_days() -> None:
    for more in ({"separate": True}, {"value": None}, {"separate": True, "value": None}):
        for start in (None, FIRST):
            plain = Update(id="a", on=day("2026-01-05"), value=Decimal(1), period_start=start)
            other = msgspec.structs.replace(plain, id="b", **more)
            for pair in ([plain, other], [other, plain]):
                assert list(list_days_counted_by_increments(pair)) == []
            again = msgspec.structs.replace(other, id="c")
            assert list(list_days_counted_by_increments([other, again])) == []


def test_which_of_two_increments_count_the_same() -> None:
    one = Update(id="a", on=day("2026-01-20"), value=Decimal(1))
    cases: tuple[tuple[dict[str, object], bool], ...] = (
        ({}, True),
        ({"value": Decimal(2)}, False),
        ({"on": day("2026-01-21")}, False),
        ({"period_start": FIRST}, True),
        ({"period_start": FIRST, "value": Decimal(2)}, False),
        ({"separate": True}, False),
        ({"value": None}, False),
    )
    for fields, is_same in cases:
        other = msgspec.structs.replace(one, id="b", **fields)
        assert increment_covers_same_days(one, other) is is_same
        assert increment_covers_same_days(other, one) is is_same
        pairs = [
            (first.id, later.id) for first, later in list_days_counted_by_increments([one, other])
        ]
        assert pairs == ([("a", "b")] if is_same and other.on >= one.on else [])
        for new in ("a", "b"):
            pairs = [
                (own.id, earlier.id)
                for own, earlier in list_new_days_counted_by_increments([one, other], {new})
            ]
            assert pairs == ([(new, "ab".replace(new, ""))] if is_same else [])


def test_the_first_entered_is_named_whether_its_days_are_stated_or_not() -> None:
    on = day("2026-01-20")
    plain = Update(id="a", on=on, value=Decimal(1))
    stated = Update(id="b", on=on, value=Decimal(2), period_start=FIRST)
    again = Update(id="c", on=on, value=Decimal(1), period_start=FIRST)
    for entered in ([plain, stated], [stated, plain]):
        counted = CountedDays()
        for report in entered:
            counted.add_report(report)
        assert counted.find_report(again) is entered[0]
    only_stated = CountedDays()
    only_stated.add_report(stated)
    assert only_stated.find_report(again) is stated
    assert only_stated.find_report(plain) is None
