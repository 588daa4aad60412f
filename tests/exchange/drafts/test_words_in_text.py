"""Sentences, times and amounts: what stands in running text, one function at a time."""

from datetime import date
from decimal import Decimal

import pytest

from tracker.exchange.drafts.amounts import find_amounts
from tracker.exchange.drafts.naming import name_following
from tracker.exchange.drafts.sentences import (
    Span,
    normalize_sentences,
    split_sentence_into_clauses,
    split_sentences,
)
from tracker.exchange.drafts.times import find_times

JANUARY, JULY = date(2026, 1, 28), date(2025, 7, 10)


def test_sentences_end_at_their_marks_and_keep_their_places() -> None:
    text = "今年新增8家。力争“翻一番。”明年再看"
    assert [text[span.start : span.end] for span in split_sentences(text)] == [
        "今年新增8家。",
        "力争“翻一番。”",
        "明年再看",
    ]


def test_a_comma_between_digits_parts_nothing() -> None:
    text = "建成8,000个，更新9公里;完工3处"
    parts = [text[s.start : s.end] for s in split_sentence_into_clauses(text, Span(0, len(text)))]
    assert parts == ["建成8,000个", "更新9公里", "完工3处"]


def test_full_width_signs_become_ascii_of_the_same_length() -> None:
    assert normalize_sentences("增长８．５％～９％") == "增长8.5%~9%"


@pytest.mark.parametrize(
    ("text", "published", "first", "last", "role"),
    [
        ("截至6月底", JULY, "2025-06-30", "2025-06-30", "until"),
        ("1—6月新增", JULY, "2025-01-01", "2025-06-30", "during"),
        ("到2027年建成", JULY, "2027-01-01", "2027-12-31", "until"),
        ("2024年前完成", JULY, "2023-12-31", "2023-12-31", "until"),
        ("今后五年", JULY, "2025-01-01", "2029-12-31", "during"),
        ("过去五年", JANUARY, "2021-01-01", "2025-12-31", "during"),
        ("过去五年", JULY, "2021-01-01", "2025-07-10", "during"),
        ("2021年以来", JANUARY, "2021-01-01", "2025-12-31", "since"),
        ("今年以来", JULY, "2025-01-01", "2025-07-10", "since"),
        ("“十四五”时期，", JANUARY, "2021-01-01", "2025-12-31", "during"),
        ("2012—2015年", JULY, "2012-01-01", "2015-12-31", "during"),
        ("三年内建成", JULY, "2025-07-11", "2028-07-10", "during"),
        ("全年完成", JULY, "2025-01-01", "2025-12-31", "during"),
        ("比2020年增长", JULY, "2020-01-01", "2020-12-31", "compared"),
        ("从2020年的3%", JULY, "2020-01-01", "2020-12-31", "from"),
        ("要于7月20日前报送", JULY, "2025-07-20", "2025-07-20", "until"),
    ],
)
def test_a_time_is_read_with_the_use_that_is_made_of_it(
    text: str, published: date, first: str, last: str, role: str
) -> None:
    (time,) = find_times(text, published)
    assert (str(time.first), str(time.last), time.role) == (first, last, role)


@pytest.mark.parametrize("text", ["30年来最好", "9.1年", "2月30日", "几年", "第12月刊"])
def test_what_names_no_day_is_no_time(text: str) -> None:
    assert not [time for time in find_times(text, JULY) if time.role != "during"]


@pytest.mark.parametrize(
    ("text", "value", "high", "unit", "op"),
    [
        ("增长5%以上", "5", None, "%", ">="),
        ("增长5%左右", "5", None, "%", "~"),
        ("突破9500家", "9500", None, "家", ">"),
        ("不低于80%", "80", None, "%", ">="),
        ("控制在5.5%以内", "5.5", None, "%", "<="),
        ("控制在5.5%左右", "5.5", None, "%", "~"),
        ("完成2.1万户", "2.1", None, "万户", "="),
        ("培育10余家", "10", None, "家", ">="),
        ("增长4.5%—5%", "4.5", "5", "%", "range"),
        ("引进1—2家", "1", "2", "家", "range"),
        ("突破千亿元", "1000", None, "亿元", ">"),
        ("翻一番", "2", None, "倍", "="),
        ("百分之十二", "12", None, "%", "="),
        ("之比下降到3.08", "3.08", None, "", "="),
        ("参保人数达402万", "402", None, "万", "="),
    ],
)
def test_an_amount_is_read_with_its_unit_and_operator(
    text: str, value: str, high: str | None, unit: str, op: str
) -> None:
    (amount,) = find_amounts(normalize_sentences(text), 0, len(text))
    assert (amount.value, amount.unit, amount.op) == (Decimal(value), unit, op)
    assert amount.high == (Decimal(high) if high else None)


@pytest.mark.parametrize(
    "text", ["G347青禾段", "第3批", "PM2.5下降", "“1+2+4+N”", "5G工厂", "一批"]
)
def test_numbers_that_are_names_are_no_amounts(text: str) -> None:
    assert not find_amounts(text, 0, len(text))


def test_a_qualifier_behind_the_last_of_a_list_is_that_of_all() -> None:
    text = "产量分别达2050万吨、4200万吨、19万吨以上"
    assert [amount.op for amount in find_amounts(text, 0, len(text))] == [">=", ">=", ">="]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("20所普通高中、特殊教育学校和一批配套的幼儿园", "普通高中"),
        ("20所高中、幼儿园。", "高中、幼儿园"),
        ("20所、幼儿园", ""),
    ],
)
def test_the_thing_counted_stands_behind_its_number(text: str, name: str) -> None:
    assert name_following(text, 3, len(text), []) == name
