"""Cycles of the calendar that recurring promises are judged by."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from factories import day
from hypothesis import given
from hypothesis import strategies as st

from tracker.model.recurrence import (
    MONTHS_OF_RECURRENCE,
    RecurringCycle,
    asks_for_more_than_once,
    list_recurring_cycles,
    names_other_cycle,
    read_recurrence,
)
from tracker.model.vocabulary import Recurrence

DAYS = st.dates(date(1950, 1, 1), date(2100, 12, 31))
RECURRENCES = st.sampled_from(sorted(MONTHS_OF_RECURRENCE))


@pytest.mark.parametrize(
    ("wording", "recurs"),
    [
        ("每年", "year"),
        ("每 年", "year"),
        ("每年底", "year"),
        ("每年6月底前", "year"),
        ("每半年", "half"),
        ("每半年至少一次", "half"),
        ("每季度", "quarter"),
        ("每季度末", "quarter"),
        ("每季", "quarter"),
        ("每个季度", "quarter"),
        ("每月", "month"),
        ("每个月", "month"),
        ("每月底", "month"),
        ("每月10日前", "month"),
        ("每月至少一次", "month"),
        ("2027年底前每季度", "quarter"),
        ("每一年", "year"),
        ("每三个月", "quarter"),
        ("每6个月一次", "half"),
        ("半年一次", "half"),
        ("一月一次", "month"),
        ("按季度", "quarter"),
        ("按月推进", "month"),
        ("2027年底前按月推进", None),
        ("年度", None),
        ("逐年", None),
        ("每两年", None),
        ("每2个月", None),
        ("每半个月", None),
        ("每隔一年", None),
        ("隔年", None),
        ("每旬", None),
        ("每学期", None),
        ("每周", None),
        ("每周五", None),
        ("每天", None),
        ("每月前", None),
        ("长期坚持", None),
        ("2025年底", None),
        ("", None),
    ],
)
def test_a_wording_says_how_often(wording: str, recurs: Recurrence | None) -> None:
    assert read_recurrence(wording) == recurs


@pytest.mark.parametrize(
    ("recurs", "wording", "since", "until", "dues"),
    [
        ("month", "每月底", "2024-01-31", "2024-02-01", ["2024-01-31", "2024-02-29"]),
        ("month", "每月10日前", "2024-01-31", "2024-02-01", ["2024-01-10", "2024-02-10"]),
        ("month", "每月31日", "2023-02-01", "2023-02-28", ["2023-02-28"]),
        ("quarter", "每季度", "2024-03-31", "2024-04-01", ["2024-03-31", "2024-06-30"]),
        ("half", None, "2024-06-30", "2024-07-01", ["2024-06-30", "2024-12-31"]),
        ("year", "每年", "2023-12-31", "2024-01-01", ["2023-12-31", "2024-12-31"]),
        ("year", "每年6月底前", "2024-07-01", "2025-01-01", ["2024-06-30", "2025-06-30"]),
        ("year", "每年底", "2024-07-01", "2024-07-01", ["2024-12-31"]),
        ("year", "每年2月29日", "2023-01-01", "2024-01-01", ["2023-02-28", "2024-02-29"]),
        ("year", "每年2月底", "2023-01-01", "2024-01-01", ["2023-02-28", "2024-02-29"]),
        ("year", "每年度6月底", "2023-01-01", "2023-01-01", ["2023-06-30"]),
        ("month", "每月30日", "2024-02-01", "2024-03-01", ["2024-02-29", "2024-03-30"]),
        ("month", "每个月十日前", "2024-02-01", "2024-02-01", ["2024-02-10"]),
        ("month", "每月中旬", "2024-02-01", "2024-02-01", ["2024-02-20"]),
        ("month", "每月至少一次", "2024-02-01", "2024-02-01", ["2024-02-29"]),
        ("month", "每月99日", "2024-02-01", "2024-02-01", ["2024-02-29"]),
        ("quarter", "每季度首月15日前", "2024-04-01", "2024-07-01", ["2024-04-15", "2024-07-15"]),
        ("quarter", "每季度第二个月底前", "2024-01-01", "2024-01-01", ["2024-02-29"]),
        ("quarter", "每季度末月20日前", "2024-12-31", "2024-12-31", ["2024-12-20"]),
        ("quarter", "每季度次月5日", "2024-12-31", "2024-12-31", ["2024-11-05"]),
        ("half", "每半年末月25日", "2024-06-01", "2024-07-01", ["2024-06-25", "2024-12-25"]),
        ("half", "每半年第五个月底", "2024-06-01", "2024-06-01", ["2024-05-31"]),
        ("quarter", "每季度第五个月底", "2024-06-01", "2024-06-01", ["2024-06-30"]),
        ("year", "每年做一点", "2024-07-01", "2024-07-01", ["2024-12-31"]),
    ],
)
def test_a_cycle_is_due_on_its_last_day_or_the_one_that_is_named(
    recurs: Recurrence, wording: str | None, since: str, until: str, dues: list[str]
) -> None:
    cycles = list_recurring_cycles(recurs, day(since), day(until), wording)
    assert [cycle.due for cycle in cycles] == list(map(day, dues))


@pytest.mark.parametrize(
    ("wording", "other", "many"),
    [
        ("每周", True, False),
        ("每 两 年", True, False),
        ("每季度", False, False),
        ("每年至少两次", False, True),
        ("每季度不少于12次", False, True),
        ("每月至少一次", False, False),
        ("每月1次", False, False),
        ("长期坚持", False, False),
    ],
)
def test_a_wording_asks_for_what_no_cycle_says(wording: str, *, other: bool, many: bool) -> None:
    assert names_other_cycle(wording) is other
    assert asks_for_more_than_once(wording) is many


@pytest.mark.parametrize(
    ("ends", "lasts"),
    [
        ("2024-06-30", ["2024-03-31", "2024-06-30"]),
        ("2024-05-15", ["2024-03-31", "2024-05-15"]),
        ("2024-03-31", ["2024-03-31"]),
        ("2023-12-31", []),
    ],
)
def test_no_cycle_is_after_the_end(ends: str, lasts: list[str]) -> None:
    cycles = list_recurring_cycles("quarter", day("2024-01-01"), day("2025-01-01"), ends=day(ends))
    assert [cycle.last for cycle in cycles] == list(map(day, lasts))
    assert all(cycle.first <= cycle.due <= cycle.last for cycle in cycles)


@given(RECURRENCES, DAYS, DAYS)
def test_cycles_follow_one_another_without_a_gap(
    recurs: Recurrence, one: date, other: date
) -> None:
    since, until = min(one, other), max(one, other)
    cycles = list_recurring_cycles(recurs, since, until)
    assert cycles[0].first <= since <= cycles[0].last
    assert cycles[-1].first <= until <= cycles[-1].last
    for before, after in pairwise(cycles):
        assert before.last + timedelta(days=1) == after.first
    for cycle in cycles:
        months = (cycle.last.year - cycle.first.year) * 12 + cycle.last.month - cycle.first.month
        assert months + 1 == MONTHS_OF_RECURRENCE[recurs]


def test_a_wording_that_names_no_month_of_its_cycle_is_due_at_the_end() -> None:
    for recurs, wording in (("quarter", "每季度至少一次"), ("half", "每半年10日前")):
        (cycle,) = list_recurring_cycles(recurs, day("2026-05-02"), day("2026-05-02"), wording)
        assert (cycle.due, cycle.last) == (day("2026-06-30"), day("2026-06-30"))


@pytest.mark.parametrize(
    ("wording", "due"),
    [
        ("每月1日", "2026-04-01"),
        ("每月2日", "2026-04-02"),
        ("每月29日", "2026-04-29"),
        ("每月30日", "2026-04-30"),
        ("每月31日", "2026-04-30"),
        ("每月", "2026-04-30"),
        ("2025年底", "2026-04-30"),
        ("2026年底", "2026-04-30"),
        ("长期坚持", "2026-04-30"),
        ("不知何时", "2026-04-30"),
        (None, "2026-04-30"),
    ],
)
def test_what_is_due_lies_within_its_cycle(wording: str | None, due: str) -> None:
    on = day("2026-04-10")
    cycles = list_recurring_cycles("month", on, on, wording)
    assert cycles == (RecurringCycle(day("2026-04-01"), day("2026-04-30"), day(due)),)
