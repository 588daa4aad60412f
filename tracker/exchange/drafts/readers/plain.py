"""Read plain text and Markdown."""

import re

from tracker.exchange.drafts.document import Paragraph, Passage, Readable, Table
from tracker.exchange.drafts.words import BODY

_HEADING = re.compile(
    r"(?P<sharp>#{1,6}) +"
    r"|(?P<chapter>第[一二三四五六七八九十百]+[章节篇部][分]?[ 、　])"
    r"|(?P<one>[一二三四五六七八九十]{1,3}、)"
    r"|(?P<two>[（(][一二三四五六七八九十]{1,3}[)）])"
    r"|(?P<three>[0-9]{1,2}[.．、](?![0-9]))"
)
_LEVELS = {"chapter": 1, "one": 2, "two": 3, "three": 4}
# A short line without punctuation that ends in what a part of a document is called.
_NAMED_PART = re.compile(
    r"[^。，；：:;,、]{4,30}(?:实事|目标|任务|安排|清单|要点|回顾|要求|重点|打算|建议|主要工作|重点工作|年工作)"
)
_PAGE_NUMBER = re.compile(r"(?:[-—–－ ]*\d{1,4}[-—–－ ]*|第 ?\d{1,4} ?页(?:.?共 ?\d{1,4} ?页)?)")
# 01 above a short line numbers a part; a page number has no zero before it.
_PART_NUMBER = re.compile(r"0[1-9]")
_SENTENCE_ENDS = "。！？!?；;：:”）)…】"
_LONGEST_HEADING = 45
_CELL_NUMBER = re.compile(
    r"[（(]?(?:[一二三四五六七八九十]{1,3}|\d{1,2})[)）]|[一二三四五六七八九十]{1,3}[、是]"
    r"|\d{1,2}[.．、](?!\d)|[①-⑳●■◆▪]"
)
_LONGEST_PART_OF_CELL = 10
# A line of this many characters without an end is a sentence that goes on.
_GOES_ON = 25
# In a text with fixed line ends a line that goes on fills this much of the widest one.
_FILLED = 0.8
# A line with a comma is running text from this many characters on, else it may be a heading.
_RUNNING = 40


def read_plain(text: str) -> Readable:
    """Return the paragraphs and tables of plain text or Markdown.

    Lines that only hold a page number are left out, and a sentence that such a line or a
    line break interrupts is one sentence.
    """
    blocks: list[Paragraph | Table] = []
    lines: list[Passage] = []
    at = 0
    # An empty line ends a paragraph, but not one that a page number or column interrupts.
    has_ended = False
    width = max(map(_measure_plain_line, text.splitlines()), default=0)
    for line in text.splitlines(keepends=True):
        words = line.strip()
        start = at + len(line) - len(line.lstrip())
        at += len(line)
        has_closed = not lines or lines[-1].text.endswith(tuple(_SENTENCE_ENDS))
        is_part = has_closed and _PART_NUMBER.fullmatch(words)
        if words and _PAGE_NUMBER.fullmatch(words) and not is_part:
            has_ended = False
            lines.append(Passage("", ()))
        elif words:
            if (
                has_ended
                and lines
                and lines[-1].text
                and not _plain_line_breaks_off(lines[-1].text)
            ):
                blocks += build_plain_blocks([line for line in lines if line.text], width)
                lines = []
            has_ended = False
            lines.append(Passage(words, range(start, start + len(words))))
        else:
            has_ended = True
    blocks += build_plain_blocks([line for line in lines if line.text], width)
    return Readable(text, _join_plain_tables(blocks), None, range(len(text)))


def _join_plain_tables(blocks: list[Paragraph | Table]) -> list[Paragraph | Table]:
    """Join tables that only an empty line parts."""
    joined: list[Paragraph | Table] = []
    for block in blocks:
        before = joined[-1] if joined else None
        if (
            isinstance(block, Table)
            and isinstance(before, Table)
            and len(block.rows[0]) == len(before.rows[0])
        ):
            joined[-1] = Table([*before.rows, *block.rows])
        else:
            joined.append(block)
    return joined


def build_plain_blocks(lines: list[Passage], width: float = 0) -> list[Paragraph | Table]:
    """Make lines into paragraphs, and lines between bars into tables.

    Args:
        lines: the lines in order.
        width: of the widest line, in Chinese characters; one that is filled, or that breaks
            off, may go on in the next one. 0: none goes on.
    """
    blocks: list[Paragraph | Table] = []
    rows: list[list[Passage]] = []
    open_words: Passage | None = None
    is_filled = False

    def close() -> None:
        nonlocal open_words, rows
        if open_words is not None:
            blocks.append(Paragraph(open_words, find_level_of_plain_heading(open_words.text)))
            open_words = None
        if rows:
            blocks.append(Table(rows))
            rows = []

    for line in lines:
        if line.text.startswith("|") and line.text.count("|") > 1:
            if open_words is not None:
                close()
            if not re.fullmatch(r"[|\-: ]+", line.text):
                rows.append(_split_plain_cells(line))
            continue
        if rows:
            close()
        is_title = open_words is not None and not blocks and _is_plain_title(open_words, line)
        goes_on = open_words is not None and _plain_line_goes_on(open_words.text, line.text)
        if is_filled and open_words is not None and goes_on and not is_title:
            open_words = Passage(open_words.text + line.text, [*open_words.places, *line.places])
        else:
            close()
            open_words = line
        is_filled = width > 0 and _is_plain_line_filled(line.text, width)
    close()
    return blocks


def _is_plain_line_filled(line: str, width: float) -> bool:
    """Return whether a line is about as wide as the widest, or running text that breaks off."""
    return _measure_plain_line(line) >= width * _FILLED or _plain_line_breaks_off(line)


def _measure_plain_line(line: str) -> float:
    """Return how wide a line is, in Chinese characters; letters and digits take half of one."""
    return sum(0.5 if char.isascii() else 1 for char in line.strip())


def find_level_of_plain_heading(text: str) -> int:
    """Return the level of a heading, 1 to 9; 0 for running text."""
    mark = _HEADING.match(text)
    if mark and mark["sharp"]:
        return len(mark["sharp"])
    is_counted = mark is not None and mark.lastgroup in {"one", "two"} and "。" not in text
    if len(text) > _LONGEST_HEADING * (1 + is_counted) or text.endswith(("。", "；", ";", "，")):
        return 0
    if mark and mark.lastgroup:
        return _LEVELS[mark.lastgroup]
    return 2 if _NAMED_PART.fullmatch(text) else 0


def choose_break_of_plain_cell(before: str, after: str) -> str:
    """Return what stands between two lines of a cell: nothing, or a line break.

    A narrow cell parts words anywhere; a line that is numbered, or has a number where the
    one before it ends with one and its unit, is a matter of its own, and so is one body
    below another.
    """
    is_numbered = _CELL_NUMBER.match(after) is not None
    has_both = re.search(r"\d[^\d、，,]{1,3}$", before) and re.search(r"\D\d", after)
    bodies = (before.rpartition("\n")[2], after)
    are_bodies = all(re.fullmatch(rf"{BODY}(?:公室)?", body) for body in bodies)
    # 其中：小学 and 80%以上 are lines of their own, and so are those below them.
    are_parts = re.match("其中：?", after) or (
        "\n其中" in before and len(after) <= _LONGEST_PART_OF_CELL
    )
    are_values = all(re.fullmatch(r"\d[\d,.]*\s*[^\d\s]{0,5}", line) for line in bodies)
    is_counted = has_both and not before.endswith("年")
    is_matter = is_numbered or are_bodies or is_counted or are_parts or are_values
    return "\n" if before and is_matter else ""


def _plain_line_goes_on(before: str, after: str) -> bool:
    """Return whether a line goes on in the next one, as in a text with fixed line ends."""
    if before[-1] in _SENTENCE_ENDS or _HEADING.match(after) or after[0] in "—-|·●■◆":
        return False
    return len(before) >= _GOES_ON and find_level_of_plain_heading(before) == 0


def _is_plain_title(first: Passage, after: Passage) -> bool:
    """Return whether the first line of a text, without a stop in it, stands above sentences."""
    return not re.search("[，。；]", first.text) and re.search("[，。；]", after.text) is not None


def _plain_line_breaks_off(line: str) -> bool:
    """Return whether a line is running text without an end, as at the foot of a column."""
    is_running = "。" in line or (len(line) >= _RUNNING and "，" in line)
    return is_running and line[-1].isalnum()


def _split_plain_cells(line: Passage) -> list[Passage]:
    cells, start = [], 1
    text = line.text if line.text.endswith("|") else line.text + "|"
    while (end := text.find("|", start)) >= 0:
        words = text[start:end]
        left = start + len(words) - len(words.lstrip())
        cells.append(line.cut(left, max(left, start + len(words.rstrip()))))
        start = end + 1
    return cells
