"""Split paragraphs into sentences and clauses."""

import re
from typing import NamedTuple

# One for one, so that every offset stays what it was.
_WIDE = str.maketrans("０１２３４５６７８９．％＋－～〜", "0123456789.%+-~~")
# Pages are typed with narrow punctuation too; between digits it belongs to a number or hour.
_NARROW = re.compile(r"[();]|[,:](?!\d)|(?<!\d)[,:]")
_FULL = dict(zip(",:;()", "，：；（）", strict=True))
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_SENTENCE = re.compile(r"[^。！？!?]*[。！？!?]+[”’）)]*|[^。！？!?]+$")
# A comma between digits belongs to the number; brackets keep what they hold together.
_CLAUSE_ENDS = re.compile(
    r"[，；;:。！？!?\n]|(?<!其中)：|,(?!\d{3}(?!\d))|(?<=[^\d]),|[（(](?=牵头|责任|主责|负责|配合|其中[^（）]*\d)|[（(](?:含(?![税量])|包括)(?=[^（）]*\d)|(?<=[^，。；、：]{6})、(?=(?:建成|完成|安装)\w{4})"
)
_PARTS_IN_BRACKETS = "其中|含(?![税量])|包括"
_ITEM_NUMBER = re.compile(r"(?:^|(?<=[。；]))\s*(?P<number>\d{1,2})[.．]")
# No clause and no sentence that a person writes is longer.
_LONGEST_CLAUSE = 400
_LONGEST_SENTENCE = 2000


class Span(NamedTuple):
    """A part of a text by its offsets."""

    start: int
    end: int


def normalize_sentences(text: str) -> str:
    """Return a text with its digits as ASCII, of the same length.

    The punctuation of a Chinese text becomes full width, however it was typed.
    """
    plain = text.translate(_WIDE)
    if not is_chinese_text(plain):
        return plain
    return _NARROW.sub(lambda match: _FULL[match.group()], plain)


def mark_item_numbers(text: str, last: int) -> tuple[str, int]:
    """Return a text without the number of an item that touches its words: 2.50个…; and its last.

    The number of an item follows that of the item before it; 2.50公里 elsewhere is an amount.

    Args:
        text: a paragraph.
        last: the number of the item before it; 0 where there is none.
    """
    marked = text
    for match in _ITEM_NUMBER.finditer(text):
        number = int(match["number"])
        if number == last + 1 or number == 1:
            last = number
            if text[match.end() : match.end() + 1].isdigit():
                start = match.start("number")
                gap = " " * (match.end() - start)
                marked = marked[:start] + gap + marked[match.end() :]
    return marked, last


def is_chinese_text(text: str) -> bool:
    """Return whether a text holds Chinese characters."""
    return _CHINESE.search(text) is not None


def split_sentences(text: str) -> list[Span]:
    """Return the sentences of a paragraph; one that is too long is cut at its commas."""
    return [
        part
        for match in _SENTENCE.finditer(text)
        if match.group().strip()
        for part in _cut_long_sentence(text, Span(*match.span()), _LONGEST_SENTENCE, "，")
    ]


def split_sentence_into_clauses(text: str, sentence: Span) -> list[Span]:
    """Return the clauses of a sentence, without the punctuation between them."""
    clauses = []
    start = sentence.start
    for match in _CLAUSE_ENDS.finditer(text, sentence.start, sentence.end):
        if match.start() > start:
            clauses += _split_clause_at_parts(text, Span(start, match.start()))
        start = match.end()
    if start < sentence.end:
        clauses += _split_clause_at_parts(text, Span(start, sentence.end))
    return [
        part
        for clause in clauses
        for part in _cut_long_sentence(text, clause, _LONGEST_CLAUSE, "、")
    ]


def _split_clause_at_parts(text: str, clause: Span) -> list[Span]:
    """Return a clause in two where the brackets end that hold its parts: 其中县道6公里）及桥2座."""
    opened = text.rfind("（", 0, clause.start + 1)
    end = text.find("）", clause.start, clause.end)
    is_open = opened >= 0 and "（" not in text[clause.start : max(end, clause.start)]
    is_part = is_open and re.match(_PARTS_IN_BRACKETS, text[opened + 1 : opened + 4])
    if end < 0 or not is_part:
        return [clause]
    behind = Span(end + 1, clause.end)
    return [Span(clause.start, end), *([behind] if behind.start < behind.end else [])]


def _cut_long_sentence(text: str, whole: Span, longest: int, sign: str) -> list[Span]:
    """Return a span in parts that a person could read, cut behind a sign where there is one."""
    parts, start = [], whole.start
    while whole.end - start > longest:
        end = start + longest
        cut = text.rfind(sign, start + 1, end)
        parts.append(Span(start, cut + 1 if cut > start else end))
        start = parts[-1].end
    return [*parts, Span(start, whole.end)]
