"""What holds for the drafts of every text: exact quotes, places on the number, one reading."""

from datetime import date
from html import escape

import hypothesis
from hypothesis import strategies as st

from tracker.exchange.drafts.amounts import find_amounts
from tracker.exchange.drafts.draft import Draft
from tracker.exchange.drafts.extraction import extract_drafts
from tracker.exchange.drafts.readers.markup import read_markup
from tracker.exchange.drafts.readers.plain import read_plain
from tracker.exchange.drafts.recorder import LONGEST_QUOTE
from tracker.exchange.drafts.sentences import (
    Span,
    normalize_sentences,
    split_sentence_into_clauses,
    split_sentences,
)
from tracker.exchange.drafts.times import find_times

JANUARY = date(2026, 1, 28)
PARTS = (
    "城镇新增就业",
    "力争新建学校",
    "2026年",
    "年底前",
    "截至6月底",
    "，",
    "、",
    "；",
    "。",
    ",",
    ";",
    "(",
    ")",
    "5所",
    "３.２万亩",
    "8%左右",
    "从77%提高到80%以上",
    "126条河道治理已完成120条",
    "20万吨级码头1个",
    "建成青禾大桥",
    "2027年、2028年分别建成甲、乙高铁",
    "已完工",
    "分别增长",
    "同比",
    "将继续",
    "\n",
    "\n\n3\n\n",
    "一、",
    "（二）",
    "## ",
    "| 指标 | 2025年 | 2030年 |\n|---|---|---|\n| 森林覆盖率（%） | 30 | 35 |\n",
    "（牵头单位：县水利局）",
    "“一老一小”",
    "行动",
    "x",
    "=cmd",
    "\u202e",
)
TEXTS = st.lists(st.sampled_from(PARTS), max_size=40).map("".join)
ANY = st.one_of(TEXTS, st.text(max_size=120))


def list_drafts(text: str) -> list[Draft]:
    return extract_drafts(read_plain(text), JANUARY).drafts


def stands_around(text: str, quote: str, start: int, end: int) -> bool:
    """Return whether the quote stands in the text around these places."""
    at = text.find(quote)
    while at >= 0:
        if at <= start and end <= at + len(quote):
            return True
        at = text.find(quote, at + 1)
    return False


@hypothesis.given(text=ANY)
def test_a_quote_is_exact_and_stands_around_its_number(text: str) -> None:
    for draft in list_drafts(text):
        assert draft.quote
        assert len(draft.quote) <= LONGEST_QUOTE
        assert draft.span is not None
        start, end = draft.span
        assert stands_around(text, draft.quote, start, end)
        if draft.as_of is not None:
            assert (draft.period_start or draft.as_of) <= draft.as_of <= JANUARY
        if draft.value is not None:
            assert any(
                char.isdigit() or char in "一二两三四五六七八九十百千" for char in text[start:end]
            )


@hypothesis.given(text=ANY)
def test_a_document_reads_the_same_each_time(text: str) -> None:
    assert list_drafts(text) == list_drafts(text)


@hypothesis.given(text=TEXTS.filter(lambda text: "|" not in text and "#" not in text))
def test_a_page_of_the_lines_gives_exact_quotes_too(text: str) -> None:
    page = "<html><body>" + "".join(f"<p>{escape(line)}</p>" for line in text.split("\n"))
    readable = read_markup(page)
    for draft in extract_drafts(readable, JANUARY).drafts:
        assert draft.quote in readable.text
        assert draft.span is not None
        start, end = draft.span
        assert page[start] in draft.quote
        assert 0 <= start < end <= len(page)


@hypothesis.given(text=ANY)
def test_normal_text_keeps_every_place(text: str) -> None:
    plain = normalize_sentences(text)
    assert len(plain) == len(text)
    assert normalize_sentences(plain) == plain
    assert [char for char in plain if char.isalpha()] == [char for char in text if char.isalpha()]


@hypothesis.given(text=ANY)
def test_parts_of_a_text_stand_in_order_within_it(text: str) -> None:
    plain = normalize_sentences(text)
    for sentence in split_sentences(plain):
        end = sentence.start
        for clause in split_sentence_into_clauses(plain, Span(*sentence)):
            assert end <= clause.start < clause.end <= sentence.end
            end = clause.end
    end = 0
    for amount in find_amounts(plain, 0, len(plain)):
        assert end <= amount.start < amount.unit_end <= amount.end <= len(plain)
        end = amount.unit_end
    for time in find_times(plain, JANUARY):
        assert plain[time.start : time.end] == time.words
        assert time.first <= time.last
