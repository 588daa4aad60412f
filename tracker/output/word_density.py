"""Choose how densely the table of a paper is set, so that the paper fits on one page."""

from tracker.locale.translation import _
from tracker.output.model import Table
from tracker.output.papers import Paper
from tracker.output.word_markup import are_word_titles_whole, count_word_table_lines
from tracker.system.text import measure_text_width

ROOM = 8845
"""Width of the type area in twips: 156 mm."""

LINE = 579
"""Height of a line in twips: 225 mm by 22."""

COMPACT_LINE, NOTE_LINE, COPY_LINE = 500, 340, 400
"""Heights of a line where room is spared: of text, of a note and of copies, in twips."""

_LINES = 22
_SIGNS, _SIGNS_OF_TITLE, _SIGNS_OF_NOTE, _SIGNS_OF_COPIES = 54, 38, 72, 60
"""Cells of one line, of which a Chinese character takes two."""
_HEAD, _END, _ABOVE_COPIES, _SPARE = 2300, 1250, 450, 150
"""Twips that masthead, number and the space of the title take, and the end."""
_SIZES = (24, 21, 20, 18, 16)
"""Sizes of a table in half points, the smallest that can be read last."""
_AIRY, _DENSE, _BORDER = 17, 11, 12
"""Twips of a line at a half point, and those of a border."""


def choose_word_table_density(paper: Paper, table: Table) -> tuple[int, int]:
    """Return the size in half points and the height of a line in twips for a table in a paper.

    A table that no size fits on the page is set as small as can be read.
    """
    room = _measure_room_for_word_table(paper)
    # Chinese folds anywhere, Latin words do not.
    fitting = [size for size in _SIZES if are_word_titles_whole(table, ROOM, size)]
    for size in fitting or _SIZES[-1:]:
        lines = count_word_table_lines(table, ROOM, size)
        line = (room - _BORDER * len(table.rows)) // lines
        if line >= _DENSE * size:
            return size, min(line, _AIRY * size)
    return _SIZES[-1], _AIRY * _SIZES[-1]


def _measure_room_for_word_table(paper: Paper) -> int:
    """Return the height in twips that all but the table leave of the first page."""
    used = _HEAD + _END + _SPARE + 700 * _count_word_lines(paper.title, _SIGNS_OF_TITLE)
    for part in paper.body:
        if isinstance(part, Table):
            continue
        if part.rank == "note":
            used += NOTE_LINE * _count_word_lines(part.text, _SIGNS_OF_NOTE) + NOTE_LINE // 4
        else:
            used += COMPACT_LINE * _count_word_lines(f"    {part.lead_in}{part.text}", _SIGNS)
    if paper.copies:
        copies = _("Copies: {names}.").format(names=paper.copies)
        used += _ABOVE_COPIES + COPY_LINE * _count_word_lines(copies, _SIGNS_OF_COPIES)
    return _LINES * LINE - used


def _count_word_lines(text: str, signs: int) -> int:
    return max(-(-measure_text_width(text) // signs), 1)
