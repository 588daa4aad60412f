"""Write a register (台账) as a worksheet that is printed: a title, bordered rows, groups.

It fits across A4 at the size of its type; what programs need of it stands on a sheet of its own.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from tracker.output.cells import NUMERIC, format_row_group
from tracker.output.model import Column, ColumnKind, Table, Value
from tracker.output.worksheets import (
    FIRST_WORKSHEET_DAY,
    choose_measured_worksheet_height,
    choose_worksheet_height,
    fit_worksheet_text,
    format_worksheet_columns,
    measure_worksheet_text,
    set_up_worksheet_page,
)

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

_FACE, _SIZE, _TITLE_SIZE = "宋体", 10, 16
_ACROSS, _WIDEST_TEXT, _WIDEST, _NARROWEST = 112, 34, 15, 5
"""Widths in characters: of A4 across at that size, of a text, of another column, of any."""
_ACROSS_IN_SMALL, _NARROWEST_NAMES = 130, 24
"""Width of A4 where all is printed smaller, at 8.4 points, for names to keep some of theirs."""
_LEAST = {"text": 12, "list": 12, "number": 9, "percent": 8, "day": 11, "light": 6, "days": 5}
"""Least widths by the kind of column, where there are too many for the page."""
_HEAD_ROWS = 3
_GROUP_HEIGHT, _TITLE_HEIGHT = 18, 26  # points


class _Looks(NamedTuple):
    title: "Format"
    note: "Format"
    head: "Format"
    group: "Format"
    text: "Format"
    count: "Format"
    number: "Format"
    percent: "Format"
    day: "Format"


def write_workbook_register(
    book: "Workbook", page: "Worksheet", table: Table, head: tuple[str, str]
) -> tuple[int, int, int, int] | None:
    """Write the columns for people; return the area of the lights, None where there are none.

    Args:
        book: the workbook.
        page: its worksheet.
        table: the register.
        head: the title, and what stands below it.
    """
    looks = _add_register_looks(book)
    places = [at for at, column in enumerate(table.columns) if column.brief]
    columns = [table.columns[at] for at in places]
    rows = [[row[at] for at in places] for row in table.rows]
    kinds = [column.kind for column in columns]
    by_column = format_worksheet_columns(rows, kinds)
    measured = [list(map(measure_worksheet_text, texts)) for texts in by_column]
    widths = _choose_register_widths(columns, measured)
    heights = [
        choose_measured_worksheet_height(lines, widths) for lines in zip(*measured, strict=True)
    ]
    for at, width in enumerate(widths):
        page.set_column(at, at, width)
    _write_register_head(page, columns, head, widths, looks)
    starts = {0: None} if not table.groups else dict(_list_register_groups(table))
    below = _HEAD_ROWS
    first = below
    for at, (row, shown) in enumerate(zip(rows, zip(*by_column, strict=True), strict=True)):
        group = starts.get(at)
        if group is not None:
            page.merge_range(below, 0, below, len(columns) - 1, "", looks.group)
            page.write_string(below, 0, fit_worksheet_text(group), looks.group)
            page.set_row(below, _GROUP_HEIGHT)
            below += 1
        page.set_row(below, heights[at])
        for place, (value, text, kind) in enumerate(zip(row, shown, kinds, strict=True)):
            _write_register_cell(page, (below, place), value, text, kind, looks)
        below += 1
    _set_up_register_page(page, max(below - 1, _HEAD_ROWS), len(columns) - 1)
    lights = [at for at, column in enumerate(columns) if column.kind == "light"]
    return (first, lights[0], below - 1, lights[0]) if lights and rows else None


def _set_up_register_page(page: "Worksheet", last_row: int, last_column: int) -> None:
    page.freeze_panes(_HEAD_ROWS, 0)
    page.autofilter(_HEAD_ROWS - 1, 0, last_row, last_column)
    page.repeat_rows(_HEAD_ROWS - 1)
    set_up_worksheet_page(page)


def _add_register_looks(book: "Workbook") -> _Looks:
    def add(**properties: object) -> "Format":
        own = {"font_name": _FACE, "font_size": _SIZE, "valign": "vcenter"}
        return book.add_format({**own, **properties})

    return _Looks(
        title=add(bold=True, font_size=_TITLE_SIZE, align="center"),
        note=add(text_wrap=True, align="left"),
        head=add(bold=True, bg_color="#D9E1F2", border=1, text_wrap=True, align="center"),
        group=add(bold=True, bg_color="#F2F2F2", border=1, align="left"),
        text=add(border=1, text_wrap=True, align="left"),
        count=add(border=1, align="center"),
        number=add(border=1, text_wrap=True, align="right"),
        percent=add(border=1, num_format="0.0%", align="right"),
        day=add(border=1, num_format="yyyy-mm-dd", align="left", text_wrap=True),
    )


def _write_register_head(
    page: "Worksheet",
    columns: Sequence[Column],
    head: tuple[str, str],
    widths: Sequence[int],
    looks: _Looks,
) -> None:
    last = len(columns) - 1
    for row, (text, look) in enumerate(zip(head, (looks.title, looks.note), strict=True)):
        page.merge_range(row, 0, row, last, "", look)
        page.write_string(row, 0, fit_worksheet_text(text), look)
    page.set_row(0, _TITLE_HEIGHT)
    page.set_row(1, choose_worksheet_height([head[1]], [sum(widths)]))
    for at, column in enumerate(columns):
        page.write_string(_HEAD_ROWS - 1, at, fit_worksheet_text(column.title), looks.head)
    titles = [column.title for column in columns]
    page.set_row(_HEAD_ROWS - 1, choose_worksheet_height(titles, widths))


def _list_register_groups(table: Table) -> Iterator[tuple[int, str]]:
    """Yield where each group begins, and its title with how many rows it has."""
    at = 0
    for group in table.groups:
        yield at, format_row_group(group)
        at += group.rows


def _choose_register_widths(
    columns: Sequence[Column], measured: Sequence[Sequence[tuple[int, ...]]]
) -> list[int]:
    """Return widths with which all columns stand on one page at the size of their type."""
    longest = [max(map(max, lines), default=0) for lines in measured]
    widths = [
        max(
            _NARROWEST,
            min(length + 2, _WIDEST_TEXT if column.kind in {"text", "list"} else _WIDEST),
        )
        for column, length in zip(columns, longest, strict=True)
    ]
    least = [min(width, _LEAST.get(c.kind, 10)) for c, width in zip(columns, widths, strict=True)]
    names = max(range(len(widths)), key=widths.__getitem__)
    narrowed = _narrow_register_widths(widths, least, _ACROSS)
    if narrowed[names] < min(widths[names], _NARROWEST_NAMES):
        return _narrow_register_widths(widths, least, _ACROSS_IN_SMALL)
    return narrowed


def _narrow_register_widths(widths: list[int], least: Sequence[int], across: int) -> list[int]:
    """Return widths of which each gives up an equal share of what it can, to fit across a page."""
    over, spare = sum(widths) - across, sum(widths) - sum(least)
    if over <= 0 or not spare:
        return widths
    taken = min(over / spare, 1)
    return [
        own + int((width - own) * (1 - taken)) for width, own in zip(widths, least, strict=True)
    ]


def _write_register_cell(
    page: "Worksheet",
    at: tuple[int, int],
    value: Value,
    text: str,
    kind: ColumnKind,
    looks: _Looks,
) -> None:
    """Write a value in the one way of its column: a day and per cent as such, the rest as read."""
    if kind == "day" and isinstance(value, date) and value >= FIRST_WORKSHEET_DAY:
        page.write_datetime(*at, value, looks.day)
    elif kind == "percent" and isinstance(value, Decimal):
        page.write_number(*at, float(value / 100), looks.percent)
    elif kind == "days" and isinstance(value, int):
        page.write_number(*at, value, looks.count)
    elif not text:
        page.write_blank(*at, None, looks.text)
    else:
        look = looks.number if kind in NUMERIC else looks.text
        look = looks.count if kind == "light" else look
        page.write_string(*at, text, look)
