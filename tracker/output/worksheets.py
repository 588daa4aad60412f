"""Fit texts into the cells of a worksheet, and a worksheet onto paper."""

from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from tracker.locale.translation import _
from tracker.output.cells import format_cell
from tracker.output.model import ColumnKind, Value
from tracker.system.text import escape_hidden_text, measure_text_width

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet


FIRST_WORKSHEET_DAY = date(1900, 3, 1)
"""First day of which all spreadsheets think the same."""
MOST_UNITS = 32_767
"""Capacity of a cell in units of UTF-16."""

_LINE, _HIGHEST = 15, 405  # points; no row can be higher
_NO_LINE, _LONGEST_KEPT = (0,), 200
_LONGEST_PLAIN = MOST_UNITS // 2  # characters, of which each may take two units


def format_worksheet_columns(
    rows: Sequence[Sequence[Value]], kinds: Sequence[ColumnKind]
) -> list[list[str]]:
    """Return the texts of cells, column by column, as a worksheet holds them."""
    columns = zip(*rows, strict=True) if rows else [()] * len(kinds)
    return [
        _format_worksheet_column(values, kind) for values, kind in zip(columns, kinds, strict=True)
    ]


def _format_worksheet_column(values: Iterable[Value], kind: ColumnKind) -> list[str]:
    plain = kind not in {"light", "word", "confidence"}
    return [
        ""
        if value is None
        else value
        if plain and type(value) is str and value.isprintable() and len(value) < _LONGEST_PLAIN
        else fit_worksheet_text(format_cell(value, kind))
        for value in values
    ]


def measure_worksheet_text(text: str) -> tuple[int, ...]:
    """Return the widths of the lines of a text, in characters of which a Chinese one takes two."""
    if not text:
        return _NO_LINE
    if len(text) > _LONGEST_KEPT:
        return tuple(map(measure_text_width, text.split("\n")))
    return _measure_short_worksheet_text(text)


# The sheets of a workbook say the same of a record, and most records the same of their lead.
@lru_cache(maxsize=1 << 16)
def _measure_short_worksheet_text(text: str) -> tuple[int, ...]:
    return tuple(map(measure_text_width, text.split("\n")))


def choose_worksheet_height(texts: Iterable[str], widths: Iterable[int]) -> int:
    """Return the height in points of a row that shows all of its texts; few programs see to it."""
    return choose_measured_worksheet_height(map(measure_worksheet_text, texts), widths)


def choose_measured_worksheet_height(
    measured: Iterable[tuple[int, ...]], widths: Iterable[int]
) -> int:
    """Return the same for texts whose lines were measured."""
    lines = 1
    for text, width in zip(measured, widths, strict=False):
        if len(text) > 1:
            lines = max(lines, sum(-(-line // (width - 1)) or 1 for line in text))
        elif text[0] >= width:
            lines = max(lines, -(-text[0] // (width - 1)))
    return min(lines * _LINE, _HIGHEST)


def set_up_worksheet_page(page: "Worksheet") -> None:
    """Set up the page for printing: A4 across, all columns on it, numbered."""
    page.set_landscape()
    page.set_paper(9)  # A4
    page.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)  # inches
    page.fit_to_pages(1, 0)
    page.set_footer("&C&P / &N")


def fit_worksheet_text(text: str) -> str:
    """Return a text as a cell holds it: what acts unseen is shown, and what is too long is cut."""
    if text.isprintable() and len(text) * 2 <= MOST_UNITS:
        return text
    return _cut_to_worksheet_cell(show_hidden_in_worksheet(text))


def show_hidden_in_worksheet(text: str) -> str:
    """Return a text with all that acts unseen shown, and the two characters XML cannot hold."""
    if text.isprintable():
        return text
    return escape_hidden_text(text).replace("\ufffe", "\\ufffe").replace("\uffff", "\\uffff")


def _cut_to_worksheet_cell(text: str) -> str:
    """Return a text, or where a cell cannot hold it its beginning, and how much there is."""
    if len(text) * 2 <= MOST_UNITS or len(text.encode("utf-16-le")) // 2 <= MOST_UNITS:
        return text
    mark = _("… (cut here: {count} characters in all)").format(count=len(text))
    room = (MOST_UNITS - len(mark)) * 2
    return text.encode("utf-16-le")[:room].decode("utf-16-le", "ignore") + mark
