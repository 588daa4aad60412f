"""Periods and reporting cycles, at the day before, the day and the day after."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.errors import InvalidInput
from tracker.model.periods import (
    Period,
    describe_period,
    find_first_period_end_after,
    list_period_ends,
    parse_period,
    resolve_report_period,
)

TODAY = date(2026, 7, 10)
DAY = timedelta(days=1)
JUNE = Period(date(2026, 6, 1), date(2026, 6, 30))


def read(text: str, today: date = TODAY) -> tuple[str, str]:
    period = parse_period(text, today)
    return period.first.isoformat(), period.last.isoformat()


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2025", "2025-01-01", "2025-12-31"),
        ("2025-H1", "2025-01-01", "2025-06-30"),
        ("2025-h2", "2025-07-01", "2025-12-31"),
        ("2025-Q1", "2025-01-01", "2025-03-31"),
        ("2025-Q2", "2025-04-01", "2025-06-30"),
        ("2025-Q3", "2025-07-01", "2025-09-30"),
        (" 2025-q4 ", "2025-10-01", "2025-12-31"),
        ("2025-01", "2025-01-01", "2025-01-31"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2025-02", "2025-02-01", "2025-02-28"),
        ("2025-11", "2025-11-01", "2025-11-30"),
        ("2025-12", "2025-12-01", "2025-12-31"),
        ("0001", "0001-01-01", "0001-12-31"),
        ("9998-12", "9998-12-01", "9998-12-31"),
        ("9999-11", "9999-11-01", "9999-11-30"),
        ("9999-12", "9999-12-01", "9999-12-31"),
        ("9999-Q4", "9999-10-01", "9999-12-31"),
        ("9999-H2", "9999-07-01", "9999-12-31"),
        ("9999", "9999-01-01", "9999-12-31"),
    ],
)
def test_a_period_of_the_calendar(text: str, first: str, last: str) -> None:
    assert read(text) == (first, last)


@pytest.mark.parametrize(
    ("today", "periods"),
    [
        ("2026-01-01", ["2026-01", "2025-12", "2026-Q1", "2025-Q4", "2026-H1", "2025-H2"]),
        ("2026-03-31", ["2026-03", "2026-02", "2026-Q1", "2025-Q4", "2026-H1", "2025-H2"]),
        ("2026-04-01", ["2026-04", "2026-03", "2026-Q2", "2026-Q1", "2026-H1", "2025-H2"]),
        ("2026-06-30", ["2026-06", "2026-05", "2026-Q2", "2026-Q1", "2026-H1", "2025-H2"]),
        ("2026-07-01", ["2026-07", "2026-06", "2026-Q3", "2026-Q2", "2026-H2", "2026-H1"]),
        ("2026-12-31", ["2026-12", "2026-11", "2026-Q4", "2026-Q3", "2026-H2", "2026-H1"]),
    ],
)
def test_this_period_and_the_last_one(today: str, periods: list[str]) -> None:
    on = date.fromisoformat(today)
    words = [
        f"{which}-{unit}" for unit in ("month", "quarter", "half") for which in ("this", "last")
    ]
    assert [read(word, on) for word in words] == [read(period) for period in periods]
    assert (read("this-year", on), read("last-year", on)) == (read("2026"), read("2025"))
    chinese = ("本月", "上月", "本季度", "上季度", "今年", "去年")
    same = ("this-month", "last-month", "this-quarter", "last-quarter", "this-year", "last-year")
    assert [read(word, on) for word in chinese] == [read(word, on) for word in same]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0000",
        "10000",
        "2025-0",
        "2025-00",
        "2025-13",
        "2025-Q0",
        "2025-Q5",
        "2025-H0",
        "2025-H3",
        "2025-06-30",
        "2025-1",
        "23",
        "2025Q1",
        "２０２３",
        "next-month",
        "this-week",
    ],
)
def test_what_is_no_period_is_refused_with_the_forms(text: str) -> None:
    with pytest.raises(InvalidInput) as error:
        parse_period(text, TODAY)
    assert f"'{text}'" in error.value.sentence
    assert "2025-H1, 2025-Q2" in error.value.sentence


def test_there_is_no_period_before_the_first_year() -> None:
    with pytest.raises(InvalidInput):
        parse_period("last-year", date(1, 5, 1))
    assert read("last-month", date(1, 2, 1)) == ("0001-01-01", "0001-01-31")


@given(st.dates(min_value=date(2, 1, 1)))
def test_a_last_period_ends_the_day_before_this_one_begins(today: date) -> None:
    for name in ("month", "quarter", "half", "year"):
        this, last = parse_period(f"this-{name}", today), parse_period(f"last-{name}", today)
        assert this.first <= today <= this.last
        assert last.last + DAY == this.first


@pytest.mark.parametrize(
    ("first", "last", "name"),
    [
        ("2026-06-01", "2026-06-30", "2026-06"),
        ("2026-06-01", "2026-06-15", "2026-06"),
        ("2026-06-02", "2026-06-30", "2026-06-02 to 2026-06-30"),
        ("2026-06-01", "2026-07-31", "2026-06-01 to 2026-07-31"),
        ("2025-06-01", "2026-06-30", "2025-06-01 to 2026-06-30"),
    ],
)
def test_a_month_is_called_by_its_name(first: str, last: str, name: str) -> None:
    period = Period(date.fromisoformat(first), date.fromisoformat(last))
    assert describe_period(period) == name


def test_a_report_covers_a_period_up_to_today() -> None:
    assert resolve_report_period(None, JUNE, None, TODAY) == (JUNE.first, JUNE.last)
    for today in (JUNE.first, JUNE.last - DAY, JUNE.last):
        assert resolve_report_period(None, JUNE, None, today) == (JUNE.first, today)
    with pytest.raises(InvalidInput, match="begins on 2026-06-01, after today"):
        resolve_report_period(None, JUNE, None, JUNE.first - DAY)


def test_the_day_of_a_report_lies_within_its_period() -> None:
    for as_of in (JUNE.first, JUNE.last):
        assert resolve_report_period(None, JUNE, as_of, TODAY) == (JUNE.first, as_of)
    for as_of in (JUNE.first - DAY, JUNE.last + DAY):
        with pytest.raises(InvalidInput, match="allowed within the period: 2026-06-01 to 2026-06"):
            resolve_report_period(None, JUNE, as_of, TODAY)


def test_a_report_begins_at_the_latest_on_its_last_day() -> None:
    assert resolve_report_period(None, None, None, TODAY) == (None, TODAY)
    assert resolve_report_period(TODAY, None, None, TODAY) == (TODAY, TODAY)
    assert resolve_report_period(JUNE.last, None, JUNE.last, TODAY) == (JUNE.last, JUNE.last)
    for since, as_of in ((TODAY + DAY, None), (JUNE.last + DAY, JUNE.last)):
        with pytest.raises(InvalidInput, match="--since is"):
            resolve_report_period(since, None, as_of, TODAY)
    with pytest.raises(InvalidInput, match="not both"):
        resolve_report_period(JUNE.first, JUNE, None, TODAY)


@pytest.mark.parametrize(
    ("cycle", "last", "following"),
    [
        ("weekly", "2026-07-05", "2026-07-12"),
        ("monthly", "2026-06-30", "2026-07-31"),
        ("quarterly", "2026-06-30", "2026-09-30"),
        ("half-yearly", "2026-06-30", "2026-12-31"),
        ("yearly", "2023-12-31", "2024-12-31"),
    ],
)
def test_the_cycle_that_ends_after_a_day(cycle: str, last: str, following: str) -> None:
    end, after = date.fromisoformat(last), date.fromisoformat(following)
    assert find_first_period_end_after(end - DAY, cycle) == end
    assert find_first_period_end_after(end, cycle) == after
    assert find_first_period_end_after(end + DAY, cycle) == after
    assert list_period_ends(end, after, cycle) == [end, after]
    assert list_period_ends(end + DAY, after - DAY, cycle) == []


def test_no_cycle_ends_after_the_calendar() -> None:
    assert list_period_ends(date(9999, 12, 20), date.max, "weekly") == [date(9999, 12, 26)]
    assert find_first_period_end_after(date.max - DAY, "yearly") == date.max
    assert find_first_period_end_after(date.max, "yearly") is None


def test_a_long_word_that_is_no_cycle_is_quoted_short() -> None:
    with pytest.raises(InvalidInput) as error:
        list_period_ends(date(2026, 1, 1), date(2026, 2, 1), "x" * 500)
    assert len(error.value.sentence) < 200


def test_what_is_no_period_and_no_cycle_is_quoted_in_short() -> None:
    with pytest.raises(InvalidInput) as error:
        parse_period("甲" * 90, TODAY)
    assert "甲" * 90 not in error.value.sentence
    with pytest.raises(InvalidInput) as error:
        list_period_ends(TODAY, TODAY, "甲" * 90)
    assert "甲" * 90 not in error.value.sentence
