"""Write a form into a workbook: locked and open cells, what may be written, hidden keys."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from tracker.locale.translation import _
from tracker.output.cells import format_cell
from tracker.output.model import Column, FormNotes, Table, Value
from tracker.output.worksheets import (
    choose_worksheet_height,
    fit_worksheet_text,
    set_up_worksheet_page,
    show_hidden_in_worksheet,
)
from tracker.system.text import measure_text_width

_NARROWEST, _WIDEST = 7, 26
_LEAST: Mapping[str | None, int] = {"value": 13, "day": 12, "percent": 10, "choice": 9, "text": 24}
_HEAD_HEIGHT = 32  # points: two lines
_FIRST_DAY, _LAST_DAY = date(2000, 1, 1), date(2099, 12, 31)
_DAY = "yyyy-mm-dd"
_GREY, _WHITE, _HEAD, _FAINT = "#F2F2F2", "#FFFFFF", "#D9E1F2", "#7F7F7F"
_LARGEST = 10**15
_MAY = ("sort", "autofilter", "format_cells", "format_columns", "format_rows")
_MAY_ROWS = ("insert_rows", "delete_rows")


def write_workbook_form(book: Workbook, table: Table, form: FormNotes) -> None:
    """Write a form as a sheet: its title, two lines, the heads, an example, and its rows."""
    page = book.add_worksheet(show_hidden_in_worksheet(_("form")))
    looks = _Looks(book)
    for at, text in enumerate([table.title, *form.lines]):
        page.write_string(at, 0, fit_worksheet_text(text), looks.heads[at > 0])
    head = len(form.lines) + 1
    rows = [form.example, *table.rows]
    widths = [
        _choose_workbook_form_width(column, (row[at] for row in rows))
        for at, column in _list_workbook_form_choices(table)
    ]
    for at, column in _list_workbook_form_choices(table):
        title = fit_worksheet_text(column.title)
        page.write_string(head, at, title, looks.opened_head if column.asks else looks.locked_head)
        look = looks.find_for_column(column)
        page.set_column(at, at, widths[at], look, {} if column.brief else {"hidden": True})
    page.set_row(head, _HEAD_HEIGHT)
    for at, row in enumerate(rows):
        texts = [
            format_cell(value, column.kind)
            for value, column in zip(row, table.columns, strict=True)
        ]
        shown = [
            text if column.brief else "" for text, column in zip(texts, table.columns, strict=True)
        ]
        page.set_row(head + 1 + at, choose_worksheet_height(shown, widths))
        for column_at, column in _list_workbook_form_choices(table):
            look = looks.find(column, is_example=at == 0)
            _write_workbook_form_cell(
                page, (head + 1 + at, column_at), row[column_at], texts[column_at], look
            )
    _limit_workbook_form_entries(page, table, form, head + 2)
    page.freeze_panes(head + 1, 0)
    page.autofilter(head, 0, head + len(rows), len(table.columns) - 1)
    page.repeat_rows(head)
    set_up_worksheet_page(page)
    page.protect("", dict.fromkeys((*_MAY, *_MAY_ROWS), True))


class _Looks:
    """Looks of the cells of a form."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._made: dict[tuple[object, ...], Format] = {}
        self.heads = (
            book.add_format({"bold": True, "font_size": 16}),
            book.add_format({"font_color": "#404040"}),
        )
        self._opened = book.add_format({"locked": False})
        self._opened_day = book.add_format({"locked": False, "num_format": _DAY})
        head = {"bold": True, "border": 1, "text_wrap": True, "valign": "vcenter"}
        self.locked_head = book.add_format({**head, "bg_color": "#D9D9D9"})
        self.opened_head = book.add_format({**head, "bg_color": _HEAD})

    def find_for_column(self, column: Column) -> Format:
        """Return the look of the cells below the rows, where a person may add one."""
        return self._opened_day if column.asks == "day" else self._opened

    def find(self, column: Column, *, is_example: bool) -> Format:
        """Return the look of a cell: grey where it is locked, white where it is filled in."""
        is_day = column.asks == "day"
        is_number = column.kind == "number" or column.asks in {"value", "percent"}
        key = (column.asks is None, is_day, is_number, is_example)
        if key not in self._made:
            self._made[key] = self._book.add_format(
                {
                    "border": 1,
                    "valign": "top",
                    "text_wrap": True,
                    "border_color": "#BFBFBF",
                    "align": "right" if is_number else "left",
                    "locked": column.asks is None,
                    "bg_color": _GREY if column.asks is None else _WHITE,
                    **({"num_format": _DAY} if is_day else {}),
                    **({"italic": True, "font_color": _FAINT} if is_example else {}),
                }
            )
        return self._made[key]


def _list_workbook_form_choices(table: Table) -> Iterable[tuple[int, Column]]:
    return list(enumerate(table.columns))


def _choose_workbook_form_width(column: Column, values: Iterable[Value]) -> int:
    """Return the width of a column, in characters of which a Chinese one takes two."""
    if not column.brief:
        return _NARROWEST
    texts = [format_cell(value, column.kind) for value in values]
    widths = [measure_text_width(line) for text in texts for line in text.split("\n")]
    least = _LEAST.get(column.asks, _NARROWEST)
    return min(max(least, measure_text_width(column.title) // 2 + 4, *widths) + 1, _WIDEST)


def _write_workbook_form_cell(
    page: Worksheet, at: tuple[int, int], value: Value, text: str, look: Format
) -> None:
    """Write one cell; every text is a text, and what a spreadsheet cannot hold exactly is one."""
    if isinstance(value, date):
        page.write_datetime(*at, datetime.combine(value, time()), look)
    elif isinstance(value, Decimal | int) and Decimal(str(float(value))) == value:
        page.write_number(*at, float(value), look)
    elif text:
        page.write_string(*at, fit_worksheet_text(text), look)
    else:
        page.write_blank(*at, None, look)


def _limit_workbook_form_entries(page: Worksheet, table: Table, form: FormNotes, top: int) -> None:
    """Say what may be written into each column; another text is warned of and can be kept.

    A person writes 2.1万 or 6月30日 too, and reading the form back understands that.
    """
    for at, column in _list_workbook_form_choices(table):
        if column.asks == "value":
            yes_or_no = sorted(form.milestones)
            numbers = [row for row in range(len(table.rows)) if row not in form.milestones]
            _validate_workbook_form_cell(
                page,
                at,
                top,
                numbers,
                _NUMBER | _say_in_workbook_form(_("a number, in the unit of the row")),
            )
            choices = {"validate": "list", "source": list(form.choices)}
            _validate_workbook_form_cell(
                page,
                at,
                top,
                yes_or_no,
                choices | _say_in_workbook_form(_join_workbook_form_words(form.choices)),
            )
            continue
        rule: dict[str, object] | None = None
        if column.asks == "day":
            rule = {"validate": "date", "criteria": "between", "minimum": _FIRST_DAY}
            rule |= {"maximum": _LAST_DAY, **_say_in_workbook_form(_("a day, such as 2025-06-30"))}
        elif column.asks == "percent":
            rule = _NUMBER | _say_in_workbook_form(_("per cent, such as 65%"))
        elif column.asks == "choice":
            rule = {
                "validate": "list",
                "source": list(column.choices),
                **_say_in_workbook_form(_join_workbook_form_words(column.choices)),
            }
        if rule is not None:
            _validate_workbook_form_cell(page, at, top, range(len(table.rows)), rule)


_NUMBER: dict[str, object] = {
    "validate": "decimal",
    "criteria": "between",
    "minimum": -_LARGEST,
    "maximum": _LARGEST,
}


def _say_in_workbook_form(what: str) -> dict[str, object]:
    return {"error_type": "warning", "error_title": _("please check"), "error_message": what}


def _join_workbook_form_words(choices: Sequence[str]) -> str:
    return _(", ").join(choices)


def _validate_workbook_form_cell(
    page: Worksheet, column: int, top: int, rows: Sequence[int], rule: dict[str, object]
) -> None:
    """Put a rule on rows of a column, as few stretches of rows as there are."""
    stretches = list(_find_stretches_of_workbook_form(rows))
    if not stretches:
        return
    others = [(top + first, column, top + last, column) for first, last in stretches[1:]]
    first, last = stretches[0]
    page.data_validation(
        top + first, column, top + last, column, rule | ({"other_cells": others} if others else {})
    )


def _find_stretches_of_workbook_form(rows: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield the first and last of each stretch of rows that follow one another."""
    start = before = None
    for row in rows:
        if before is None or row != before + 1:
            if start is not None and before is not None:
                yield start, before
            start = row
        before = row
    if start is not None and before is not None:
        yield start, before
