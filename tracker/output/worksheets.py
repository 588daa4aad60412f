"""Fit texts into the cells of a worksheet, and a worksheet onto paper."""

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from tracker.locale.translation import _
from tracker.system.text import escape_hidden_text, measure_text_width

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet


FIRST_WORKSHEET_DAY = date(1900, 3, 1)
"""First day of which all spreadsheets think the same."""
MOST_UNITS = 32_767
"""Capacity of a cell in units of UTF-16."""

_LINE, _HIGHEST = 15, 405  # points; no row can be higher


def choose_worksheet_height(texts: Iterable[str], widths: Iterable[int]) -> int:
    """Return the height in points of a row that shows all of its texts; few programs see to it."""
    lines = 1
    for text, width in zip(texts, widths, strict=False):
        if text:
            folded = sum(
                -(-measure_text_width(line) // (width - 1)) or 1 for line in text.split("\n")
            )
            lines = max(lines, folded)
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
    return _cut_to_worksheet_cell(show_hidden_in_worksheet(text))


def show_hidden_in_worksheet(text: str) -> str:
    """Return a text with all that acts unseen shown, and the two characters XML cannot hold."""
    return escape_hidden_text(text).replace("\ufffe", "\\ufffe").replace("\uffff", "\\uffff")


def _cut_to_worksheet_cell(text: str) -> str:
    """Return a text, or where a cell cannot hold it its beginning, and how much there is."""
    if len(text) * 2 <= MOST_UNITS or len(text.encode("utf-16-le")) // 2 <= MOST_UNITS:
        return text
    mark = _("… (cut here: {count} characters in all)").format(count=len(text))
    room = (MOST_UNITS - len(mark)) * 2
    return text.encode("utf-16-le")[:room].decode("utf-16-le", "ignore") + mark
