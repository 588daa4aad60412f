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
# …67所（其中公办36所） tells of a part in a clause of its own.
_PART = r"[（(](?P<part>其中[^（）()，；：、]{1,16}\d[^（）()，；：、]{1,6})[）)]"
_CLAUSE_ENDS = re.compile(
    rf"{_PART}|"
    r"[，；;：:。！？!?\n]|,(?!\d{3}(?!\d))|(?<=[^\d]),|[（(](?=牵头|责任|主责|负责|配合)|(?<=[^，。；、：]{6})、(?=(?:建成|完成|安装)\w{4})"
)
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
            clauses.append(Span(start, match.start()))
        start = match.end()
        if match["part"]:
            clauses.append(Span(*match.span("part")))
    if start < sentence.end:
        clauses.append(Span(start, sentence.end))
    return [
        part
        for clause in clauses
        for part in _cut_long_sentence(text, clause, _LONGEST_CLAUSE, "、")
    ]


def _cut_long_sentence(text: str, whole: Span, longest: int, sign: str) -> list[Span]:
    """Return a span in parts that a person could read, cut behind a sign where there is one."""
    parts, start = [], whole.start
    while whole.end - start > longest:
        end = start + longest
        cut = text.rfind(sign, start + 1, end)
        parts.append(Span(start, cut + 1 if cut > start else end))
        start = parts[-1].end
    return [*parts, Span(start, whole.end)]
