"""The readings of deadlines, periods and days, and the working days between them."""

import subprocess
import sys
from datetime import date, timedelta
from time import process_time

import chinese_calendar
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tracker.errors import InvalidInput
from tracker.model import dates
from tracker.model.dates import (
    CYCLES,
    DeadlineReading,
    LocalDays,
    add_months_to_date,
    contradicts_date_wording,
    describe_deadline_date,
    format_deadline_date,
    is_last_day_of_month,
    names_no_date,
    needs_document_date,
    parse_day,
    parse_deadline_date,
    parse_effective_date,
    parse_start_date,
    shift_date,
)
from tracker.model.periods import list_period_ends
from tracker.model.workdays import WorkCalendar

# The days of the documents whose wordings are read here.
DOC_2020 = date(2020, 12, 19)
DOC_2022 = date(2022, 7, 31)
DOC_JANUARY_2023 = date(2023, 1, 10)
DOC_APRIL_2023 = date(2023, 4, 12)
DOC_DECEMBER_2023 = date(2023, 12, 11)
DOC_2025 = date(2025, 1, 9)
JUNE_END = date(2026, 6, 30)
TODAY = date(2026, 5, 20)

NONSENSE = [
    "",
    " ",
    "前",
    "底",
    "年",
    "年前",
    "近年来",
    "近期",
    "近日",
    "一年内外",
    "新的一年",
    "2025年前后",
    "2025年18日",
    "12月18日底",
    "11-2月",
    "1-6月18日",
    "25年内",
    "21年内",
    "今后21年",
    "今后0年",
    "25年底",
    "全年持续",
    "2024年长期",
    "每月前",
    "十五",
    "十五末",
    "1-11",
    "12/18",
    "2025.13",
    "2025.1",
    "2027年至2025年",
    "3月至每年6月",
    "2026年3月至每年6月",
    "2025年1 2月",
    "党代会召开前",
    "next friday",
    "١٢月",
    "２０２５-１２",
    "2026-6-30",
    "\0",
    "2025年底\0",
    "2025年\n年底\x0b",
    "年" * 10_000,
    "1" * 10_000,
    " " * 10_000,
]
MISSING_DAYS = [
    "2月30日",
    "31日",
    "13月",
    "0月",
    "40日",
    "0000年底",
    "0001年前",
    "6月0日",
    "99月底",
]


def refused(found: pytest.ExceptionInfo[InvalidInput]) -> str:
    sentence = found.value.sentence
    assert found.value.exit_code == 2
    assert "{" not in sentence
    assert len(sentence) < 400
    return sentence


@pytest.mark.parametrize(
    ("wording", "day"),
    [
        ("2025年底", "2025-12-31"),
        ("到2025年底", "2025-12-31"),
        ("到2025年", "2025-12-31"),
        ("2025年内", "2025-12-31"),
        ("2025年以内", "2025-12-31"),
        ("2025年", "2025-12-31"),
        ("2025年度", "2025-12-31"),
        ("2025年末", "2025-12-31"),
        ("2025年年底前", "2025-12-31"),
        ("2024年底前", "2024-12-31"),
        ("2024年底以前", "2024-12-31"),
        ("2023年上半年", "2023-06-30"),
        ("2023年下半年", "2023-12-31"),
        ("2023年一季度", "2023-03-31"),
        ("2023年前三个月", "2023-03-31"),
        ("2024年前2月", "2024-02-29"),
        ("2024年第4季度末之前", "2024-12-31"),
        ("2023年6月底前", "2023-06-30"),
        ("2024年2月底", "2024-02-29"),
        ("2023年2月下旬", "2023-02-28"),
        ("2023年6月上旬", "2023-06-10"),
        ("2023年6月中旬", "2023-06-20"),
        ("2023年12月下旬", "2023-12-31"),
        ("2023年12月18日", "2023-12-18"),
        ("2023年12月18日前", "2023-12-18"),
        ("2025年年中", "2025-06-30"),
        ("“十四五”期间", "2025-12-31"),
        ("“十四五”末", "2025-12-31"),
        ('"十四五"末', "2025-12-31"),
        ("「十四五」时期", "2025-12-31"),
        ("十四五规划期末", "2025-12-31"),
        ("‘十五五’末前", "2030-12-31"),
        ("“十五五”期间内", "2030-12-31"),
        ("2025-12-31", "2025-12-31"),
        ("2025-12", "2025-12-31"),
        ("至2025-02", "2025-02-28"),
        (" 到 ２０２５ 年 底 ", "2025-12-31"),
        ("　2025年　底", "2025-12-31"),
        ("二〇二五年十二月底", "2025-12-31"),
        ("确保到2025年底", "2025-12-31"),
        ("力争在2025年底前", "2025-12-31"),
        ("计划于2025年底", "2025-12-31"),
        ("截至2025年底", "2025-12-31"),
        ("9999年12月底", "9999-12-31"),
        ("2025.06", "2025-06-30"),
        ("2025.12", "2025-12-31"),
        ("2025年底前完成", "2025-12-31"),
        ("2025年6月底前全部建成", "2025-06-30"),
        ("2025年至2027年", "2027-12-31"),
        ("2012—2015年", "2015-12-31"),
        ("2012-2015年", "2015-12-31"),
        ("2025年3月至6月", "2025-06-30"),
        ("2025年11月至2026年2月底", "2026-02-28"),
        ("2025年春节前", "2025-01-27"),
        ("2026年春节前", "2026-02-14"),
        ("2026年国庆节前", "2026-09-30"),
        ("2026年端午节前", "2026-06-18"),
        ("2026年中秋前", "2026-09-24"),
        ("2026年清明节前", "2026-04-03"),
        ("2026年五一前", "2026-04-30"),
        ("2026年七一前", "2026-06-30"),
        ("2026年元旦前", "2025-12-31"),
    ],
)
def test_a_deadline_with_its_year_printed_is_stated(wording: str, day: str) -> None:
    expected = DeadlineReading(wording, date.fromisoformat(day), "stated", False, None, False)  # noqa: FBT003
    assert parse_deadline_date(wording) == expected
    assert parse_deadline_date(wording, TODAY) == expected


@pytest.mark.parametrize(
    ("wording", "day"),
    [
        ("今年", "2023-12-31"),
        ("今年底", "2023-12-31"),
        ("今年年底", "2023-12-31"),
        ("本年度", "2023-12-31"),
        ("当年", "2023-12-31"),
        ("年内", "2023-12-31"),
        ("年底", "2023-12-31"),
        ("年末", "2023-12-31"),
        ("年底前", "2023-12-31"),
        ("年中前", "2023-06-30"),
        ("明年", "2024-12-31"),
        ("明年底", "2024-12-31"),
        ("后年", "2025-12-31"),
        ("去年底", "2022-12-31"),
        ("前年", "2021-12-31"),
        ("上半年", "2023-06-30"),
        ("今年上半年", "2023-06-30"),
        ("下半年", "2023-12-31"),
        ("一季度", "2023-03-31"),
        ("二季度", "2023-06-30"),
        ("三季度末", "2023-09-30"),
        ("第三季度", "2023-09-30"),
        ("第四季度", "2023-12-31"),
        ("6月", "2023-06-30"),
        ("6月底", "2023-06-30"),
        ("6月份", "2023-06-30"),
        ("六月底", "2023-06-30"),
        ("十二月底", "2023-12-31"),
        ("6月底前", "2023-06-30"),
        ("2月底", "2023-02-28"),
        ("明年2月底", "2024-02-29"),
        ("6月上旬", "2023-06-10"),
        ("6月中旬", "2023-06-20"),
        ("6月下旬", "2023-06-30"),
        ("12月18日", "2023-12-18"),
        ("12月18日前", "2023-12-18"),
        ("12月18号", "2023-12-18"),
        ("十二月二十八日", "2023-12-28"),
        ("今年10月20日", "2023-10-20"),
        ("18日", "2023-04-18"),
        ("18日前", "2023-04-18"),
        ("十八日", "2023-04-18"),
        ("本月18日", "2023-04-18"),
        ("本月底", "2023-04-30"),
        ("月底前", "2023-04-30"),
        ("当月下旬", "2023-04-30"),
        ("1-11月", "2023-11-30"),
        ("全年", "2023-12-31"),
        ("年度", "2023-12-31"),
        ("下月底", "2023-05-31"),
        ("下个月15日前", "2023-05-15"),
        ("次月底", "2023-05-31"),
        ("上月末", "2023-03-31"),
        ("下季度末", "2023-09-30"),
        ("本季度", "2023-06-30"),
        ("上季度末", "2023-03-31"),
        ("今后五年", "2027-12-31"),
        ("未来三年", "2025-12-31"),
        ("今后一年", "2023-12-31"),
        ("15个工作日内", "2023-05-05"),
        ("1个工作日内", "2023-04-13"),
        ("自印发之日起15个工作日内", "2023-05-05"),
        ("10日内", "2023-04-22"),
        ("两周内", "2023-04-26"),
        ("元旦前", "2023-12-31"),
        ("春节前", "2024-02-09"),
        ("明年春节前", "2024-02-09"),
        ("今年春节前", "2023-01-20"),
        ("国庆前", "2023-09-30"),
    ],
)
def test_a_deadline_without_its_year_is_derived_from_the_document(wording: str, day: str) -> None:
    expected = DeadlineReading(wording, date.fromisoformat(day), "derived", False, None, False)  # noqa: FBT003
    assert parse_deadline_date(wording, DOC_APRIL_2023) == expected
    with pytest.raises(InvalidInput) as error:
        parse_deadline_date(wording)
    assert "needs the date of the document" in refused(error)
    assert wording in error.value.sentence


@pytest.mark.parametrize(
    ("wording", "day", "loose", "basis"),
    [
        ("2024年前", "2023-12-31", "2024-12-31", "stated"),
        ("确保2024年前", "2023-12-31", "2024-12-31", "stated"),
        ("2024年以前", "2023-12-31", "2024-12-31", "stated"),
        ("2024年6月前", "2024-05-31", "2024-06-30", "stated"),
        ("2024年下半年前", "2024-06-30", "2024-12-31", "stated"),
        ("6月前", "2023-05-31", "2023-06-30", "derived"),
        ("6月上旬前", "2023-05-31", "2023-06-10", "derived"),
        ("三季度前", "2023-06-30", "2023-09-30", "derived"),
        ("明年前", "2023-12-31", "2024-12-31", "derived"),
        ("三年内", "2026-04-12", "2026-12-31", "derived"),
        ("二十年内", "2043-04-12", "2043-12-31", "derived"),
        ("未来3年之内", "2026-04-12", "2026-12-31", "derived"),
        ("两年时间内", "2025-04-12", "2025-12-31", "derived"),
        ("半年内", "2023-10-12", "2023-10-31", "derived"),
        ("10个月内", "2024-02-12", "2024-02-29", "derived"),
    ],
)
def test_a_deadline_with_two_readings_keeps_both(
    wording: str, day: str, loose: str, basis: str
) -> None:
    reading = parse_deadline_date(wording, DOC_APRIL_2023)
    assert reading.ambiguous
    assert (reading.day, reading.loose) == (date.fromisoformat(day), date.fromisoformat(loose))
    assert (reading.basis, reading.yearly) == (basis, False)


@pytest.mark.parametrize("wording", ["三年内", "半年内", "今后五年", "3个工作日内", "春节前"])
def test_a_span_needs_the_day_of_the_document(wording: str) -> None:
    with pytest.raises(InvalidInput) as error:
        parse_deadline_date(wording)
    assert "needs the date of the document" in refused(error)


@pytest.mark.parametrize("wording", ["每年", "每年底", "每年6月底前", "每年2月29日", "每年上半年"])
def test_a_yearly_deadline_has_no_day(wording: str) -> None:
    expected = DeadlineReading(wording, None, "stated", False, None, True)  # noqa: FBT003
    assert parse_deadline_date(wording) == expected
    with pytest.raises(InvalidInput) as error:
        parse_day(wording, TODAY)
    assert "comes every year" in refused(error)


@pytest.mark.parametrize(
    "wording",
    ["长期坚持", "持续", "持续推进", "常态化", "常态化开展", "逐步", "适时", "尽快", "条件成熟时"],
)
def test_a_wording_without_a_day_has_none(wording: str) -> None:
    expected = DeadlineReading(wording, None, "stated", False, None, False)  # noqa: FBT003
    assert parse_deadline_date(wording) == expected
    assert names_no_date(wording)
    with pytest.raises(InvalidInput):
        parse_day(wording, TODAY)


@pytest.mark.parametrize("wording", ["每月", "每月底", "每季度", "每周", "每半年", "每月10日"])
def test_what_comes_again_and_again_has_no_day(wording: str) -> None:
    expected = DeadlineReading(wording, None, "stated", False, None, True)  # noqa: FBT003
    assert parse_deadline_date(wording) == expected


@pytest.mark.parametrize("wording", ["持续到年底", "持续至2025年", "年底", "每年底", "党代会前"])
def test_a_wording_that_names_a_day_is_not_without_one(wording: str) -> None:
    assert names_no_date(wording) is False


@pytest.mark.parametrize(
    ("document", "day"),
    [("2025-12-31", "2026-01-31"), ("2025-11-30", "2025-12-31"), ("2024-01-31", "2024-02-29")],
)
def test_the_next_month_may_be_of_the_next_year(document: str, day: str) -> None:
    assert parse_deadline_date("下月底", date.fromisoformat(document)).day == date.fromisoformat(
        day
    )


@pytest.mark.parametrize(
    ("document", "last", "next_end"),
    [("2026-01-01", "2025-12-31", "2026-06-30"), ("2026-12-31", "2026-09-30", "2027-03-31")],
)
def test_quarters_beside_this_one_may_be_of_another_year(
    document: str, last: str, next_end: str
) -> None:
    day = date.fromisoformat(document)
    assert parse_deadline_date("上季度末", day).day == date.fromisoformat(last)
    assert parse_deadline_date("下季度末", day).day == date.fromisoformat(next_end)


@pytest.mark.parametrize(
    ("document", "day"),
    [("2025-05-30", "2025-05-31"), ("2025-05-31", "2025-05-31"), ("2025-06-01", "2026-05-31")],
)
def test_the_flood_season_is_a_setting_of_the_place(document: str, day: str) -> None:
    local = LocalDays(flood_season=(6, 1))
    for wording in ("汛期前", "主汛期前", "汛前", "汛期来临前"):
        reading = parse_deadline_date(wording, date.fromisoformat(document), local)
        assert (reading.day, reading.basis) == (date.fromisoformat(day), "derived")
    with pytest.raises(InvalidInput) as error:
        parse_deadline_date("汛期前", date.fromisoformat(document))
    assert "flood_season" in refused(error)


def test_a_feast_whose_holidays_are_not_known_yet_is_refused_with_the_reason() -> None:
    with pytest.raises(InvalidInput) as error:
        parse_deadline_date("2099年春节前")
    assert "2099" in refused(error)


def test_working_days_know_the_days_off_of_the_place() -> None:
    friday = date(2023, 4, 14)
    assert parse_deadline_date("3个工作日内", friday).day == date(2023, 4, 19)
    local = LocalDays(days_off=(date(2023, 4, 18),))
    assert parse_deadline_date("3个工作日内", friday, local).day == date(2023, 4, 20)


def test_words_mean_the_year_of_the_document_and_steps_start_from_today() -> None:
    document = date(2025, 1, 10)
    assert parse_day("年底", TODAY, document) == date(2025, 12, 31)
    assert parse_day("去年底", TODAY, document) == date(2024, 12, 31)
    assert parse_start_date("年内", TODAY, document) == date(2025, 1, 1)
    assert parse_day("eoy", TODAY, document) == date(2026, 12, 31)
    assert parse_day("+1d", TODAY, document) == date(2026, 5, 21)


@pytest.mark.parametrize(
    ("text", "needs"),
    [
        ("年底", True),
        ("6月底", True),
        ("三年内", True),
        ("春节前", True),
        ("2025年底", False),
        ("2026-06", False),
        ("长期坚持", False),
        ("胡言", False),
        ("today", False),
    ],
)
def test_words_that_need_a_document_are_known(text: str, needs: bool) -> None:  # noqa: FBT001
    assert needs_document_date(text) is needs


@pytest.mark.parametrize(
    ("on", "wording", "basis", "document", "fits"),
    [
        ("2025-12-31", "2025年底前", "stated", None, True),
        ("2025-12-30", "2025年底前", "stated", None, False),
        ("2026-01-01", "2025年底前", "stated", None, False),
        ("2025-06-30", "2025年底前", "assumed", None, False),
        ("2023-12-31", "2024年前", "stated", None, True),
        ("2024-12-31", "2024年前", "stated", None, True),
        ("2025-01-01", "2024年前", "stated", None, False),
        ("2023-12-30", "2024年前", "stated", None, False),
        ("2023-06-30", "年底", "derived", "2023-04-12", False),
        ("2023-12-31", "年底", "derived", "2023-04-12", True),
        ("2024-12-31", "年底", "assumed", "2023-04-12", True),
        ("2024-12-31", "年底", "derived", None, True),
        ("2024-12-31", "条件允许时", "stated", None, True),
        ("2024-12-31", "长期坚持", "stated", None, False),
        ("2024-12-31", "长期坚持", "assumed", None, True),
        ("2024-12-31", "每年", "stated", None, True),
    ],
)
def test_a_day_against_its_own_wording_is_found(
    on: str,
    wording: str,
    basis: str,
    document: str | None,
    fits: bool,  # noqa: FBT001
) -> None:
    published = date.fromisoformat(document) if document else None
    reading = contradicts_date_wording(date.fromisoformat(on), wording, basis, published)
    assert (reading is None) is fits
    assert contradicts_date_wording(None, wording, basis, published) is None


@pytest.mark.parametrize("wording", NONSENSE)
def test_what_is_not_understood_is_refused_with_the_forms(wording: str) -> None:
    with pytest.raises(InvalidInput) as error:
        parse_deadline_date(wording, TODAY)
    assert dates.DEADLINE_WORDINGS in refused(error)
    with pytest.raises(InvalidInput) as error:
        parse_day(wording, TODAY)
    assert dates.DAY_FORMS in refused(error)


@pytest.mark.parametrize("wording", MISSING_DAYS)
def test_a_day_that_does_not_exist_is_refused(wording: str) -> None:
    with pytest.raises(InvalidInput) as error:
        parse_deadline_date(wording, date(2023, 4, 12))
    assert "not in the calendar" in refused(error)
    assert wording in error.value.sentence


@pytest.mark.parametrize(
    ("wording", "document", "day"),
    [
        ("18日", DOC_2020, "2020-12-18"),
        ("12月18日", DOC_2020, "2020-12-18"),
        ("12月15日", DOC_2020, "2020-12-15"),
        ("2024年前", DOC_APRIL_2023, "2023-12-31"),
        ("到2025年底", DOC_APRIL_2023, "2025-12-31"),
        ("到2025年", DOC_APRIL_2023, "2025-12-31"),
        ("2023年", DOC_APRIL_2023, "2023-12-31"),
        ("持续到4月16日", DOC_APRIL_2023, "2023-04-16"),
        ("2025年", DOC_2025, "2025-12-31"),
        ("今年", DOC_2025, "2025-12-31"),
        ("2025年度", DOC_2025, "2025-12-31"),
        ("今年", DOC_2022, "2022-12-31"),
        ("当年", DOC_2022, "2022-12-31"),
        ("每年", DOC_2022, None),
    ],
)
def test_the_deadlines_of_the_seed_documents(wording: str, document: date, day: str | None) -> None:
    expected = None if day is None else date.fromisoformat(day)
    assert parse_deadline_date(wording, document).day == expected


@pytest.mark.parametrize(
    ("text", "last", "first"),
    [
        ("2026-06-30", "2026-06-30", "2026-06-30"),
        (" 2026-06-30\n", "2026-06-30", "2026-06-30"),
        ("2026-06", "2026-06-30", "2026-06-01"),
        ("2024-02", "2024-02-29", "2024-02-01"),
        ("2026", "2026-12-31", "2026-01-01"),
        ("+30d", "2026-06-19", "2026-06-19"),
        ("+3w", "2026-06-10", "2026-06-10"),
        ("+6m", "2026-11-20", "2026-11-20"),
        ("+1y", "2027-05-20", "2027-05-20"),
        ("today", "2026-05-20", "2026-05-20"),
        ("yesterday", "2026-05-19", "2026-05-19"),
        ("今天", "2026-05-20", "2026-05-20"),
        ("昨天", "2026-05-19", "2026-05-19"),
        ("上月末", "2026-04-30", "2026-04-30"),
        ("2025.06", "2025-06-30", "2025-06-01"),
        ("6月中旬", "2026-06-20", "2026-06-11"),
        ("6月下旬", "2026-06-30", "2026-06-21"),
        ("2025年至2027年", "2027-12-31", "2025-01-01"),
        ("eom", "2026-05-31", "2026-05-31"),
        ("eoq", "2026-06-30", "2026-06-30"),
        ("EOY", "2026-12-31", "2026-12-31"),
        ("2025年", "2025-12-31", "2025-01-01"),
        ("2025年底", "2025-12-31", "2025-12-31"),
        ("2025年6月", "2025-06-30", "2025-06-01"),
        ("到2025年6月底", "2025-06-30", "2025-06-30"),
        ("12月18日", "2026-12-18", "2026-12-18"),
        ("年底前", "2026-12-31", "2026-12-31"),
        ("上半年", "2026-06-30", "2026-01-01"),
        ("三季度", "2026-09-30", "2026-07-01"),
        ("6月上旬", "2026-06-10", "2026-06-01"),
        ("“十四五”", "2025-12-31", "2021-01-01"),
        ("“十四五”末", "2025-12-31", "2025-12-31"),
    ],
)
def test_a_person_may_write_a_day_in_these_forms(text: str, last: str, first: str) -> None:
    assert parse_day(text, TODAY) == date.fromisoformat(last)
    assert parse_effective_date(text, TODAY) == date.fromisoformat(last)
    assert parse_start_date(text, TODAY) == date.fromisoformat(first)


@pytest.mark.parametrize(
    ("day", "end"), [("2026-01-31", "2026-03-31"), ("2026-10-01", "2026-12-31")]
)
def test_the_quarter_ends_with_its_third_month(day: str, end: str) -> None:
    assert parse_day("eoq", date.fromisoformat(day)) == date.fromisoformat(end)


@pytest.mark.parametrize(
    "text",
    [
        "2026-02-30",
        "2025-13",
        "2025-00",
        "0000",
        "0000-01-01",
        "10000",
        "10000-01-01",
        "2026-06-00",
    ],
)
def test_a_wrong_date_is_refused_by_name_and_with_the_forms(text: str) -> None:
    for parse in (parse_day, parse_start_date, parse_effective_date):
        with pytest.raises(InvalidInput) as error:
            parse(text, TODAY)
        assert f"'{text}'" in refused(error)
        assert dates.DAY_FORMS in error.value.sentence


@pytest.mark.parametrize(
    "text", ["2026/11/20", "2026.11.20", "20261120", " 2026/11/20 ", "2026-11-20"]
)
def test_days_as_spreadsheets_write_them(text: str) -> None:
    for parse in (parse_day, parse_start_date, parse_effective_date):
        assert parse(text, TODAY) == date(2026, 11, 20)
    assert parse_day("2026/1/5", TODAY) == date(2026, 1, 5)
    # In a document such digits are rather a number than a day.
    with pytest.raises(InvalidInput):
        parse_deadline_date("20251231", TODAY)


@pytest.mark.parametrize(
    "text",
    ["2026/11.20", "11/20/2026", "20/11/2026", "2026/11", "202611", "2026/13/01", "20260230"],
)
def test_what_spreadsheets_write_with_two_readings_or_none(text: str) -> None:
    with pytest.raises(InvalidInput) as error:
        parse_day(text, TODAY)
    assert f"'{text}'" in refused(error)


@pytest.mark.parametrize(
    "text", ["-3d", "+3", "+3 d", "+1.5d", "+d", "3d", "eow", "tomorrow", "+٣d"]
)
def test_other_relative_forms_are_refused(text: str) -> None:
    with pytest.raises(InvalidInput) as error:
        parse_day(text, TODAY)
    assert dates.DAY_FORMS in refused(error)


@pytest.mark.parametrize(
    ("text", "today"),
    [
        ("+999999w", TODAY),
        ("+999999m", TODAY),
        ("+8000y", TODAY),
        ("+1d", date.max),
        ("+1m", date.max),
        ("yesterday", date.min),
        ("明年", date.max),
        ("去年", date.min),
        ("三年内", date.max),
    ],
)
def test_a_day_beyond_the_calendar_is_refused(text: str, today: date) -> None:
    with pytest.raises(InvalidInput) as error:
        parse_day(text, today)
    refused(error)


def test_an_ambiguous_day_is_refused_with_both_days() -> None:
    for parse in (parse_day, parse_start_date, parse_effective_date):
        with pytest.raises(InvalidInput) as error:
            parse("2024年前", TODAY)
        assert "2023-12-31 or 2024-12-31" in refused(error)


def test_a_long_text_is_shortened_in_the_refusal() -> None:
    with pytest.raises(InvalidInput) as error:
        parse_day("x" * 100, TODAY)
    assert f"'{'x' * 59}…'" in refused(error)


def test_braces_in_a_text_are_shown_as_they_are() -> None:
    with pytest.raises(InvalidInput) as error:
        parse_day("{forms} {0} %s", TODAY)
    assert "'{forms} {0} %s'" in error.value.sentence


@pytest.mark.parametrize(
    ("day", "months", "anchor", "result"),
    [
        ("2025-01-31", 1, None, "2025-02-28"),
        ("2024-01-31", 1, None, "2024-02-29"),
        ("2025-02-28", 1, 31, "2025-03-31"),
        ("2025-03-31", 1, 31, "2025-04-30"),
        ("2025-02-28", 1, None, "2025-03-28"),
        ("2025-03-31", -1, None, "2025-02-28"),
        ("2024-02-29", 12, None, "2025-02-28"),
        ("2025-11-30", 3, 30, "2026-02-28"),
        ("2025-06-15", 0, None, "2025-06-15"),
    ],
)
def test_months_keep_the_intended_day(
    day: str, months: int, anchor: int | None, result: str
) -> None:
    assert add_months_to_date(date.fromisoformat(day), months, anchor) == date.fromisoformat(result)


@pytest.mark.parametrize("months", [12 * 8000, -12 * 3000, 10**15])
def test_months_beyond_the_calendar_are_refused(months: int) -> None:
    with pytest.raises(InvalidInput) as error:
        add_months_to_date(TODAY, months)
    assert str(months) in refused(error)


@pytest.mark.parametrize(
    ("cycle", "ends"),
    [
        ("weekly", ["2024-01-28", "2024-02-04", "2024-02-11", "2024-02-18"]),
        ("monthly", ["2024-01-31"]),
        ("quarterly", []),
        ("half-yearly", []),
        ("yearly", []),
    ],
)
def test_cycles_end_with_the_calendar(cycle: str, ends: list[str]) -> None:
    found = list_period_ends(date(2024, 1, 25), date(2024, 2, 24), cycle)
    assert found == [date.fromisoformat(end) for end in ends]


@pytest.mark.parametrize(
    ("cycle", "ends"),
    [
        ("monthly", ["2023-12-31", "2024-01-31", "2024-02-29", "2024-03-31"]),
        ("quarterly", ["2023-12-31", "2024-03-31"]),
        ("half-yearly", ["2023-12-31"]),
        ("yearly", ["2023-12-31"]),
    ],
)
def test_a_cycle_that_ends_on_the_first_or_the_last_day_counts(cycle: str, ends: list[str]) -> None:
    found = list_period_ends(date(2023, 12, 31), date(2024, 3, 31), cycle)
    assert found == [date.fromisoformat(end) for end in ends]


def test_half_years_end_in_june_and_december() -> None:
    found = list_period_ends(date(2024, 1, 1), date(2025, 6, 30), "half-yearly")
    assert found == [date(2024, 6, 30), date(2024, 12, 31), date(2025, 6, 30)]


def test_no_cycle_ends_before_it_begins() -> None:
    for cycle in CYCLES:
        assert list_period_ends(date(2024, 12, 31), date(2024, 1, 1), cycle) == []


def test_an_unknown_cycle_is_refused_with_the_known_ones() -> None:
    with pytest.raises(InvalidInput) as error:
        list_period_ends(TODAY, TODAY, "daily")
    assert "'daily'" in refused(error)
    assert "half-yearly" in error.value.sentence


@given(
    st.dates(date(2000, 1, 1), date(2040, 1, 1)),
    st.integers(0, 1500),
    st.sampled_from(CYCLES),
)
def test_cycles_agree_with_a_loop_over_the_days(start: date, length: int, cycle: str) -> None:
    months = {"monthly": 1, "quarterly": 3, "half-yearly": 6, "yearly": 12}
    days = [start + timedelta(days=n) for n in range(length + 1)]
    if cycle == "weekly":
        expected = [day for day in days if day.isoweekday() == 7]
    else:
        expected = [
            day
            for day in days
            if (day + timedelta(days=1)).day == 1 and day.month % months[cycle] == 0
        ]
    assert list_period_ends(start, start + timedelta(days=length), cycle) == expected


def test_holidays_and_makeup_days_are_known() -> None:
    calendar = WorkCalendar()
    assert not calendar.is_workday(date(2024, 2, 12))  # Spring Festival, a Monday
    assert calendar.is_workday(date(2024, 2, 18))  # make-up day, a Sunday
    assert not calendar.is_workday(date(2024, 2, 24))  # a Saturday
    assert calendar.is_workday(date(2024, 2, 23))
    assert calendar.next_workday(date(2024, 2, 10)) == date(2024, 2, 18)
    assert calendar.next_workday(date(2024, 2, 18)) == date(2024, 2, 18)


def test_days_of_ones_own_win() -> None:
    calendar = WorkCalendar(
        days_off=[date(2024, 2, 18), date(2024, 2, 23), date(2024, 2, 24)],
        days_on=[date(2024, 2, 12), date(2024, 2, 25)],
    )
    assert not calendar.is_workday(date(2024, 2, 18))
    assert not calendar.is_workday(date(2024, 2, 23))
    assert not calendar.is_workday(date(2024, 2, 24))
    assert calendar.is_workday(date(2024, 2, 12))
    assert calendar.is_workday(date(2024, 2, 25))
    assert calendar.workdays_late(date(2024, 2, 22), date(2024, 2, 25)) == (1, False)


def test_a_day_both_off_and_on_is_refused() -> None:
    with pytest.raises(InvalidInput) as error:
        WorkCalendar([date(2030, 1, 2), date(2030, 1, 1)], [date(2030, 1, 1), date(2030, 1, 2)])
    assert "2030-01-01" in refused(error)


def test_nobody_is_late_on_the_deadline() -> None:
    calendar = WorkCalendar()
    assert calendar.workdays_late(TODAY, TODAY) == (0, False)
    assert calendar.workdays_late(TODAY, TODAY - timedelta(days=9)) == (0, False)
    assert calendar.workdays_late(date.max, date.max) == (0, False)


def test_days_without_a_national_calendar_are_provisional() -> None:
    last = date(max(chinese_calendar.holidays).year, 12, 31)
    first = date(min(chinese_calendar.holidays).year, 1, 1)
    day = timedelta(days=1)
    calendar = WorkCalendar()
    assert calendar.workdays_late(last - 7 * day, last)[1] is False
    assert calendar.workdays_late(last, last + 7 * day) == (5, True)
    assert calendar.workdays_late(first - day, first)[1] is False
    assert calendar.workdays_late(first - 8 * day, first - day) == (5, True)
    assert calendar.workdays_late(date.min, date.max)[1] is True


def test_there_is_no_working_day_after_the_last_day() -> None:
    calendar = WorkCalendar(days_off=[date.max])
    with pytest.raises(InvalidInput) as error:
        calendar.next_workday(date.max)
    assert "9999-12-31" in refused(error)


CALENDAR = WorkCalendar()
LETTERS = (
    "0123456789０一二三四五十两年月日前后底末内上中下半旬季度今明每第至到-—+“”期间以来dwmy \0٣"
)


@given(st.dates(date(2004, 1, 1), date(2025, 6, 30)), st.integers(0, 500))
def test_working_days_agree_with_a_loop_over_the_days(deadline: date, length: int) -> None:
    days = [deadline + timedelta(days=n + 1) for n in range(length)]
    naive = sum(map(chinese_calendar.is_workday, days))
    assert CALENDAR.workdays_late(deadline, deadline + timedelta(days=length)) == (naive, False)
    assert [CALENDAR.is_workday(day) for day in days[:50]] == [
        chinese_calendar.is_workday(day) for day in days[:50]
    ]


@given(
    st.sets(st.dates(date(2024, 1, 1), date(2028, 12, 31)), max_size=20),
    st.sets(st.dates(date(2024, 1, 1), date(2028, 12, 31)), max_size=20),
    st.dates(date(2024, 1, 1), date(2028, 12, 31)),
    st.integers(0, 300),
)
def test_days_of_ones_own_count_once(
    off: set[date], on: set[date], deadline: date, length: int
) -> None:
    calendar = WorkCalendar(off - on, on)
    days = [deadline + timedelta(days=n + 1) for n in range(length)]
    count, _ = calendar.workdays_late(deadline, deadline + timedelta(days=length))
    assert count == sum(map(calendar.is_workday, days))
    assert all(calendar.is_workday(day) == (day in on) for day in days if day in on | off)


def test_ten_thousand_counts_are_quick() -> None:
    calendar = WorkCalendar()
    begun = process_time()
    for n in range(10_000):
        calendar.workdays_late(date(2010, 1, 1) + timedelta(days=n % 1000), TODAY)
    assert process_time() - begun < 1


@given(st.dates())
@example(date.min)
@example(date.max)
def test_an_iso_day_is_itself(day: date) -> None:
    text = day.isoformat()
    assert (
        parse_day(text, TODAY)
        == parse_start_date(text, TODAY)
        == parse_effective_date(text, TODAY)
        == day
    )
    assert parse_deadline_date(text).day == day


@given(st.dates())
def test_a_day_in_chinese_is_itself(day: date) -> None:
    assert parse_day(f"{day.year:04}年{day.month}月{day.day}日前", TODAY) == day


@given(st.dates())
def test_a_month_holds_its_days(day: date) -> None:
    text = f"{day.year:04}-{day.month:02}"
    assert parse_start_date(text, TODAY) <= day <= parse_day(text, TODAY)
    assert parse_start_date(text, TODAY).day == 1
    assert (parse_day(text, TODAY).month, parse_start_date(text, TODAY).month) == (
        day.month,
        day.month,
    )


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.integers(-600, 600))
def test_the_anchor_brings_the_day_back(day: date, months: int) -> None:
    there = add_months_to_date(day, months)
    assert there.year * 12 + there.month == day.year * 12 + day.month + months
    assert there.day == day.day or (there + timedelta(days=1)).day == 1
    assert add_months_to_date(there, -months, anchor=day.day) == day


@given(
    st.text() | st.text(alphabet=LETTERS),
    st.none() | st.dates(),
)
@settings(max_examples=1000)
def test_any_text_is_read_or_refused(text: str, document: date | None) -> None:
    for attempt in (
        lambda: parse_deadline_date(text, document),
        lambda: parse_day(text, document or TODAY),
        lambda: parse_start_date(text, document or TODAY),
    ):
        try:
            attempt()
        except InvalidInput as error:
            assert len(error.sentence) < 400  # noqa: PT017


def test_long_texts_are_refused_quickly() -> None:
    begun = process_time()
    for text in ("到" * 10_000, " " * 10_000, "十" * 10_000, "1年" * 10_000, "前" * 100, " " * 100):
        with pytest.raises(InvalidInput):
            parse_deadline_date(text, TODAY)
        with pytest.raises(InvalidInput):
            parse_day(text, TODAY)
    assert process_time() - begun < 1


def test_reading_days_loads_neither_dateutil_nor_the_calendar() -> None:
    program = (
        "import sys, datetime, tracker.model.dates as d; d.parse_day('2026-06', datetime.date.min);"
        "sys.exit(any(m in sys.modules for m in ('dateutil', 'chinese_calendar')))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_a_day_beyond_the_calendar_is_its_first_or_last() -> None:
    assert shift_date(date(2026, 2, 28), 1) == date(2026, 3, 1)
    assert shift_date(date.max, 1) == shift_date(date.min, 9_999_999) == date.max
    assert shift_date(date.min, -1) == date.min


# Every row of the tables, and the day before, the day and the day after


@pytest.mark.parametrize(
    ("word", "days"),
    [
        ("today", 0),
        ("今天", 0),
        ("今日", 0),
        ("yesterday", -1),
        ("昨天", -1),
        ("昨日", -1),
        ("+0d", 0),
        ("+1d", 1),
        ("+3w", 21),
    ],
)
def test_steps_from_today(word: str, days: int) -> None:
    assert parse_day(word, TODAY) == TODAY + timedelta(days=days)


@pytest.mark.parametrize(
    ("word", "year"),
    [
        ("前年", 2021),
        ("去年", 2022),
        ("今年", 2023),
        ("本年", 2023),
        ("本年度", 2023),
        ("当年", 2023),
        ("全年", 2023),
        ("年度", 2023),
        ("明年", 2024),
        ("后年", 2025),
    ],
)
def test_years_beside_that_of_the_document(word: str, year: int) -> None:
    assert parse_deadline_date(word, DOC_APRIL_2023).day == date(year, 12, 31)
    assert parse_start_date(word, TODAY, DOC_APRIL_2023) == date(year, 1, 1)


@pytest.mark.parametrize(
    ("word", "first", "last"),
    [
        ("2026年上半年", "2026-01-01", "2026-06-30"),
        ("2026年下半年", "2026-07-01", "2026-12-31"),
        ("2026年一季度", "2026-01-01", "2026-03-31"),
        ("2026年二季度", "2026-04-01", "2026-06-30"),
        ("2026年三季度", "2026-07-01", "2026-09-30"),
        ("2026年四季度", "2026-10-01", "2026-12-31"),
        ("2026年前三季度", "2026-01-01", "2026-09-30"),
        ("2026年前十个月", "2026-01-01", "2026-10-31"),
        ("2026年3月至6月", "2026-03-01", "2026-06-30"),
        ("2026年3-6月", "2026-03-01", "2026-06-30"),
        ("2026年2月下旬", "2026-02-21", "2026-02-28"),
        ("2026年1月下旬", "2026-01-21", "2026-01-31"),
        ("2026年4月下旬", "2026-04-21", "2026-04-30"),
        ("2025年至2027年", "2025-01-01", "2027-12-31"),
        ("“十一五”期间", "2006-01-01", "2010-12-31"),
        ("“十四五”期间", "2021-01-01", "2025-12-31"),
        ("“十五五”期间", "2026-01-01", "2030-12-31"),
        ("“十九五”期间", "2046-01-01", "2050-12-31"),
    ],
)
def test_the_first_and_the_last_day_of_a_span(word: str, first: str, last: str) -> None:
    assert parse_start_date(word, TODAY) == date.fromisoformat(first)
    assert parse_day(word, TODAY) == date.fromisoformat(last)


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ("2026-01-15", {"上月底": "2025-12-31", "本月底": "2026-01-31", "下月底": "2026-02-28"}),
        ("2026-12-15", {"上月底": "2026-11-30", "本月底": "2026-12-31", "下月底": "2027-01-31"}),
        ("2026-03-31", {"上季度末": "2025-12-31", "本季度末": "2026-03-31"}),
        ("2026-04-01", {"上季度末": "2026-03-31", "下季度末": "2026-09-30"}),
        ("2026-12-31", {"本季度末": "2026-12-31", "下季度末": "2027-03-31"}),
    ],
)
def test_months_and_quarters_beside_that_of_the_document(
    document: str, words: dict[str, str]
) -> None:
    for word, day in words.items():
        found = parse_deadline_date(word, date.fromisoformat(document)).day
        assert found == date.fromisoformat(day)


@pytest.mark.parametrize(
    ("document", "word", "day"),
    [
        ("2023-09-29", "国庆前", "2023-09-30"),
        ("2023-09-30", "国庆前", "2023-09-30"),
        ("2023-10-01", "国庆前", "2024-09-30"),
        ("2023-12-31", "元旦前", "2023-12-31"),
        ("2024-01-01", "元旦前", "2024-12-31"),
        ("2024-04-29", "五一前", "2024-04-30"),
        ("2024-06-30", "七一前", "2024-06-30"),
        ("2024-07-01", "七一前", "2025-06-30"),
        ("2024-07-01", "今年七一前", "2024-06-30"),
        ("2024-07-01", "明年七一前", "2025-06-30"),
    ],
)
def test_before_a_feast_is_the_next_one_that_can_be_met(document: str, word: str, day: str) -> None:
    assert parse_deadline_date(word, date.fromisoformat(document)).day == date.fromisoformat(day)


@pytest.mark.parametrize(
    ("years", "last"), [("一", 2023), ("十九", 2041), ("二十", 2042), ("0", None), ("二十一", None)]
)
def test_the_years_to_come_are_counted_from_that_of_the_document(
    years: str, last: int | None
) -> None:
    wording = f"今后{years}年"
    if last is not None:
        assert parse_deadline_date(wording, DOC_APRIL_2023).day == date(last, 12, 31)
        return
    with pytest.raises(InvalidInput):
        parse_deadline_date(wording, DOC_APRIL_2023)


def test_a_span_of_one_day_and_one_that_runs_backwards() -> None:
    assert parse_day("2026年6月30日至6月30日", TODAY) == date(2026, 6, 30)
    for word in ("2026年7月1日至6月30日", "2027年至2026年"):
        with pytest.raises(InvalidInput):
            parse_day(word, TODAY)


@pytest.mark.parametrize(("on", "fits"), [(-1, False), (0, True), (1, False)])
def test_a_day_fits_its_wording_to_the_day(on: int, fits: bool) -> None:  # noqa: FBT001
    day = date(2025, 12, 31) + timedelta(days=on)
    found = contradicts_date_wording(day, "2025年底", "stated", None)
    assert (found is None) == fits
    # 2024年前 may be read until its own end.
    for offset, is_loose in ((-1, False), (0, True), (366, True), (367, False)):
        loose = date(2023, 12, 31) + timedelta(days=offset)
        assert (contradicts_date_wording(loose, "2024年前", "stated", None) is None) == is_loose


def test_a_wording_without_a_day_is_as_long_as_any_other() -> None:
    assert names_no_date("长期坚持" * 25)
    assert names_no_date("长期坚持" * 25 + "。") is False


@pytest.mark.parametrize(
    ("unit", "count", "end"),
    [
        ("日", 1, "2026-06-11"),
        ("天", 15, "2026-06-25"),
        ("周", 2, "2026-06-24"),
        ("个星期", 1, "2026-06-17"),
        ("个工作日", 1, "2026-06-11"),
        ("个工作日", 3, "2026-06-15"),
    ],
)
def test_days_ahead_begin_after_the_day_of_the_document(unit: str, count: int, end: str) -> None:
    reading = parse_deadline_date(f"{count}{unit}内", date(2026, 6, 10))
    assert reading.day == date.fromisoformat(end)


def test_a_deadline_without_a_day_is_its_wording() -> None:
    assert describe_deadline_date(None, "长期坚持", "stated", None) == "长期坚持"
    assert describe_deadline_date(None, None, None, None) == ""


def test_only_the_last_day_of_a_month_ends_it() -> None:
    for text, is_last in (
        ("2028-02-28", False),
        ("2028-02-29", True),
        ("2028-03-01", False),
        ("2027-02-28", True),
    ):
        assert is_last_day_of_month(date.fromisoformat(text)) is is_last


@pytest.mark.parametrize(
    ("on", "basis", "loose", "cell", "sentence"),
    [
        (None, "stated", None, "", "年底前"),
        (None, "derived", date(2027, 1, 1), "", "年底前"),
        (JUNE_END, "stated", None, "2026-06-30", "2026-06-30 (“年底前”)"),
        (JUNE_END, None, None, "2026-06-30", "2026-06-30 (“年底前”)"),
        (JUNE_END, "derived", None, "2026-06-30", "2026-06-30 (“年底前”; derived)"),
        (JUNE_END, "assumed", None, "2026-06-30*", "2026-06-30 (“年底前”; assumed)"),
        (
            JUNE_END,
            "stated",
            date(2027, 1, 1),
            "2026-06-30; loosely 2027-01-01",
            "2026-06-30 (“年底前”; loosely 2027-01-01)",
        ),
        (
            JUNE_END,
            "assumed",
            date(2027, 1, 1),
            "2026-06-30*; loosely 2027-01-01",
            "2026-06-30 (“年底前”; assumed; loosely 2027-01-01)",
        ),
    ],
)
def test_a_deadline_is_written_with_what_is_not_certain_of_it(
    on: date | None, basis: str | None, loose: date | None, cell: str, sentence: str
) -> None:
    assert format_deadline_date(on, basis, loose) == cell
    assert describe_deadline_date(on, "年底前", basis, loose) == sentence


def test_a_deadline_without_words_is_its_day() -> None:
    assert describe_deadline_date(JUNE_END, None, "stated", None) == "2026-06-30"
    assert describe_deadline_date(JUNE_END, None, None, None) == "2026-06-30"


def test_what_is_typed_for_a_start_is_the_first_day_unless_it_names_one() -> None:
    published = date(2026, 3, 5)
    for text, first, last in (
        ("15日内", "2026-03-05", "2026-03-20"),
        ("2026年春节前", "2026-02-14", "2026-02-14"),
        ("国庆前", "2026-09-30", "2026-09-30"),
        ("6月底", "2026-06-30", "2026-06-30"),
        ("6月", "2026-06-01", "2026-06-30"),
        ("6月末", "2026-06-30", "2026-06-30"),
        ("6月5日", "2026-06-05", "2026-06-05"),
        ("年中", "2026-06-30", "2026-06-30"),
        ("“十四五”期间", "2021-01-01", "2025-12-31"),
        ("“十四五”末", "2025-12-31", "2025-12-31"),
        ("2025年至2027年", "2025-01-01", "2027-12-31"),
        ("2026-06-05", "2026-06-05", "2026-06-05"),
        ("2026-06", "2026-06-01", "2026-06-30"),
        ("2026", "2026-01-01", "2026-12-31"),
    ):
        assert parse_start_date(text, published).isoformat() == first, text
        assert parse_day(text, published).isoformat() == last, text


@pytest.mark.parametrize(
    ("wording", "is_none"),
    [
        ("长期坚持", True),
        ("每月底", True),
        ("每年底", False),
        ("每年底前完成", False),
        ("到每年6月底", False),
        ("持续到年底", False),
        ("到2025年底持续", False),
        ("尽快", True),
        ("年底", False),
        ("", False),
        ("长期" * 50, True),
        ("长期" * 51, False),
        ("“长期” 坚持", True),
        ("滚动三年", False),
    ],
)
def test_which_wordings_name_no_date(wording: str, *, is_none: bool) -> None:
    assert names_no_date(wording) is is_none


@pytest.mark.parametrize(
    ("text", "is_needed"),
    [
        ("年底", True),
        ("2026年底", False),
        ("6月底", True),
        ("下月底", True),
        ("eoy", False),
        ("甲", False),
    ],
)
def test_which_wordings_need_the_day_of_their_document(text: str, *, is_needed: bool) -> None:
    assert needs_document_date(text) is is_needed


def test_what_is_refused_is_quoted_in_short() -> None:
    for refused in ("甲" * 90, "甲" * 5000):
        with pytest.raises(InvalidInput) as error:
            parse_day(refused, JUNE_END)
        assert refused not in error.value.sentence


@pytest.mark.parametrize(
    ("wording", "basis", "loose"),
    [
        ("三年内", "derived", "2029-12-31"),
        ("6个月内", "derived", "2026-09-30"),
        ("半年内", "derived", "2026-09-30"),
        ("今后五年", "derived", None),
        ("15日内", "derived", None),
        ("15个工作日内", "derived", None),
        ("国庆前", "derived", None),
        ("2026年国庆前", "stated", None),
        ("今年国庆前", "derived", None),
        ("本月底", "derived", None),
        ("下季度末", "derived", None),
        ("年底", "derived", None),
        ("2026年底", "stated", None),
        ("2027年前", "stated", "2027-12-31"),
        ("明年前", "derived", "2027-12-31"),
        ("6月前", "derived", "2026-06-30"),
        ("6月底前", "derived", None),
        ("6月5日前", "derived", None),
        ("年中前", "derived", None),
        ("2026-06-30", "stated", None),
        ("“十五五”期间", "stated", None),
        ("长期坚持", "stated", None),
        ("每年6月底前", "stated", None),
    ],
)
def test_where_the_year_of_a_wording_comes_from_and_what_else_it_may_mean(
    wording: str, basis: str, loose: str | None
) -> None:
    reading = parse_deadline_date(wording, date(2026, 3, 5))
    assert (reading.basis, reading.ambiguous) == (basis, loose is not None)
    assert reading.loose == (None if loose is None else date.fromisoformat(loose))
    assert reading.yearly is wording.startswith("每")


def test_this_month_and_quarter_are_those_of_the_document() -> None:
    for wording, end in (
        ("本月底", "2026-03-31"),
        ("当月底", "2026-03-31"),
        ("月底", "2026-03-31"),
        ("18日", "2026-03-18"),
        ("上月底", "2026-02-28"),
        ("次月底", "2026-04-30"),
        ("本季度末", "2026-03-31"),
        ("下季度末", "2026-06-30"),
    ):
        assert str(parse_deadline_date(wording, date(2026, 3, 5)).day) == end, wording
