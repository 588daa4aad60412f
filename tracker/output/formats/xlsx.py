"""Workbooks for Excel and LibreOffice: days, numbers and per cent are what they are.

Each table is a worksheet with a header that stays, filters and columns as wide as what
they hold; columns that are not for people are folded away. The last worksheet holds the
facts, and how each column is computed. Every text is written as a text: none is ever a
formula, a link or a number. The same sheet is the same bytes.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache
from io import BytesIO
from typing import NamedTuple

import msgspec
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from tracker.errors import InvalidInput
from tracker.locale.translation import _
from tracker.model.quantities import format_quantity_number
from tracker.model.vocabulary import Light
from tracker.output.cells import Canvas, format_cell
from tracker.output.model import Column, ColumnKind, Printed, Sheet, Table, Value
from tracker.output.rendering import OutputFormat, describe_rendered_head
from tracker.output.worksheets import (
    FIRST_WORKSHEET_DAY,
    choose_measured_worksheet_height,
    choose_worksheet_height,
    fit_worksheet_text,
    format_worksheet_columns,
    measure_worksheet_text,
    set_up_worksheet_page,
    show_hidden_in_worksheet,
)
from tracker.system.text import measure_text_width

MOST_ROWS = 1_048_576
"""Capacity of a worksheet."""

WORKBOOK_OPTIONS: Mapping[str, bool] = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
"""A text is a text, whatever it looks like, and no file lies about on the way."""

_NARROWEST, _WIDEST, _ROOM_FOR_ARROW, _ROOM_OF_FACT = 6, 36, 3, 80
_LONGEST_NAME = 31
_TITLE_CLASHES = frozenset({"history", ""})
_LIGHTS: tuple[Light, ...] = ("red", "yellow", "green", "none")
_DAY, _PERCENT = "yyyy-mm-dd", "0.0%"
_MOST_WORDINGS, _LONGEST_WORDING = 200, 80
"""Ways to print a number, of which a workbook holds so many, and the length of one."""

# Behind dark text and before it, so that the word can be read on either.
_COLOURS: Mapping[str, tuple[str, str]] = {
    "red": ("#FFC7CE", "#9C0006"),
    "yellow": ("#FFEB9C", "#7F6000"),
    "green": ("#C6EFCE", "#006100"),
    "blue": ("#BDD7EE", "#1F3864"),
    "magenta": ("#F4CCF4", "#7030A0"),
    "cyan": ("#CCF2F4", "#0B5563"),
    "black": ("#D9D9D9", "#000000"),
    "white": ("#FFFFFF", "#404040"),
}


class _Formats(NamedTuple):
    """Looks of cells, by what they are; ``worded`` by the words around the number or day."""

    book: Workbook
    title: Format
    header: Format
    text: Format
    number: Format
    percent: Format
    day: Format
    lights: Mapping[str, Format]
    worded: dict[str, Format]


def render_xlsx(what: Table | Sheet, canvas: Canvas) -> bytes:
    """Return the workbook.

    Raises:
        InvalidInput: a table has more rows than a worksheet can hold.
    """
    stream = BytesIO()
    book = Workbook(stream, WORKBOOK_OPTIONS)
    created = datetime.combine(max(what.as_of, FIRST_WORKSHEET_DAY), time())
    made_from = describe_rendered_head(what) or ""
    title = show_hidden_in_worksheet(what.title)
    book.set_properties({"title": title, "created": created, "comments": made_from})
    formats = _add_xlsx_formats(book, canvas.lights)
    tables = [what] if isinstance(what, Table) else what.tables
    forms = [(table, table.form) for table in tables if table.form is not None]
    if forms:
        from tracker.output.workbook_form import write_workbook_form

        for table, form in forms:
            write_workbook_form(book, table, form)
        book.close()
        return stream.getvalue()
    _write_xlsx_tables(book, what, tables, formats)
    book.close()
    return stream.getvalue()


def _write_xlsx_tables(
    book: Workbook, what: Table | Sheet, tables: Sequence[Table], formats: _Formats
) -> None:
    """Write a worksheet for each table, for registers those of their data, and what they mean."""
    registers = [table for table in tables if table.is_register]
    data = [_build_xlsx_data(table) for table in registers]
    whole = [*tables, *data]
    names = _name_xlsx_worksheets([*(table.title for table in whole), _("about")])
    for table, name in zip(whole, names, strict=False):
        page = book.add_worksheet(name)
        if table.is_register and table not in data:
            _write_xlsx_register(book, page, table, what, formats)
        else:
            _write_xlsx_table(page, table, formats)
    _write_xlsx_about(
        book.add_worksheet(names[-1]), what, list(zip(tables, names, strict=False)), formats
    )


def _build_xlsx_data(table: Table) -> Table:
    """Return the sheet of data of a register, with what the register prints of numbers and days.

    By these texts ``import`` knows which cells of the register were changed by hand.
    """
    printed = [
        (at, column)
        for at, column in enumerate(table.columns)
        if column.brief and column.kind in {"number", "day"}
    ]
    columns = [msgspec.structs.replace(column, brief=True) for column in table.columns]
    columns += [
        Column(f"{column.key}_printed", _("printed {column}").format(column=column.title))
        for _at, column in printed
    ]
    rows = [
        (*row, *(format_cell(row[at], column.kind) for at, column in printed)) for row in table.rows
    ]
    title = _("{table}, data").format(table=table.title)
    return msgspec.structs.replace(table, title=title, columns=tuple(columns), rows=rows)


def _write_xlsx_register(
    book: Workbook, page: Worksheet, table: Table, what: Table | Sheet, formats: _Formats
) -> None:
    from tracker.output.workbook_register import write_workbook_register

    facts = what.facts if isinstance(what, Sheet) else [(_("as of"), what.as_of)]
    line = "　".join(
        _("{label}: ").format(label=label) + format_cell(value) for label, value in facts
    )
    area = write_workbook_register(book, page, table, (what.title, line))
    if area is not None:
        _colour_xlsx_lights(page, area, formats)


def _add_xlsx_formats(book: Workbook, colours: Mapping[str, str]) -> _Formats:
    def add_format(**properties: object) -> Format:
        return book.add_format({"valign": "top", **properties})

    lights: dict[str, Format] = {}
    for light in _LIGHTS:
        back, front = _COLOURS[colours.get(light, light if light != "none" else "white")]
        lights[light] = book.add_format({"bg_color": back, "font_color": front})
    return _Formats(
        book=book,
        title=add_format(bold=True, font_size=14),
        header=add_format(bold=True, bg_color="#D9E1F2", border=1, text_wrap=True),
        text=add_format(text_wrap=True, align="left"),
        number=add_format(),
        percent=add_format(num_format=_PERCENT),
        day=add_format(num_format=_DAY, align="left"),
        lights=lights,
        worded={},
    )


def _write_xlsx_table(page: Worksheet, table: Table, formats: _Formats) -> None:
    top = len(table.facts) + bool(table.facts)
    if top + 1 + len(table.rows) > MOST_ROWS:
        sentence = _("A worksheet holds {most} rows, and this has {found}; use csv instead.")
        raise InvalidInput(sentence.format(most=MOST_ROWS - 1 - top, found=len(table.rows)))
    kinds = [column.kind for column in table.columns]
    shown = format_worksheet_columns(table.rows, kinds)
    measured = [list(map(measure_worksheet_text, texts)) for texts in shown]
    widths = list(map(_choose_xlsx_width, table.columns, measured))
    labels = [measure_text_width(label) + 2 for label, _value in table.facts]
    widths[0] = max([widths[0], *labels])
    _write_xlsx_facts(page, 0, table.facts, widths, formats)
    for at, column in enumerate(table.columns):
        page.write_string(top, at, fit_worksheet_text(column.title), formats.header)
        fold = {} if column.brief else {"level": 1, "hidden": True}
        page.set_column(at, at, widths[at], None, fold)
        if column.kind == "light" and table.rows:
            _colour_xlsx_lights(page, (top + 1, at, top + len(table.rows), at), formats)
    heights = _choose_xlsx_heights(measured, widths)
    for nth, (row, height) in enumerate(zip(table.rows, heights, strict=True)):
        below = top + 1 + nth
        page.set_row(below, height)
        for at, value in enumerate(row):
            # Most cells are texts or empty.
            if type(value) is str:
                page.write_string(below, at, shown[at][nth], formats.text)
            elif value is not None:
                _write_xlsx_cell(page, (below, at), value, shown[at][nth], kinds[at], formats)
    page.freeze_panes(top + 1, 0)
    page.autofilter(top, 0, top + len(table.rows), len(kinds) - 1)
    page.repeat_rows(top)
    set_up_worksheet_page(page)


def _choose_xlsx_width(column: Column, measured: Iterable[tuple[int, ...]]) -> int:
    """Return the width of a column, in characters of which a Chinese one takes two."""
    title = measure_text_width(column.title) + _ROOM_FOR_ARROW
    widest = max(map(max, measured), default=0)
    return min(max(_NARROWEST, title, widest) + 1, _WIDEST)


def _choose_xlsx_heights(
    measured: Sequence[Sequence[tuple[int, ...]]], widths: Sequence[int]
) -> list[int]:
    """Return the heights of all rows; most columns are as wide as what they hold."""
    folding = [
        at
        for at, (lines, width) in enumerate(zip(measured, widths, strict=True))
        if width == _WIDEST or max(map(len, lines), default=0) > 1
    ]
    if not folding:
        return [choose_worksheet_height([], [])] * len(measured[0])
    narrow = [widths[at] for at in folding]
    rows = zip(*(measured[at] for at in folding), strict=True)
    return [choose_measured_worksheet_height(lines, narrow) for lines in rows]


def _write_xlsx_facts(
    page: Worksheet,
    top: int,
    facts: Iterable[tuple[str, Value]],
    widths: Sequence[int],
    formats: _Formats,
) -> int:
    """Write facts from a row on, each as wide as a text wants; return the row behind the last."""
    last, room = 1, sum(widths[1:2])
    while room < _ROOM_OF_FACT and last + 1 < len(widths):
        last += 1
        room += widths[last]
    for label, value in facts:
        page.write_string(top, 0, fit_worksheet_text(label), formats.header)
        if last > 1:
            page.merge_range(top, 1, top, last, "", formats.text)
        text = fit_worksheet_text(format_cell(value))
        _write_xlsx_cell(page, (top, 1), value, text, "text", formats._replace(number=formats.text))
        page.set_row(
            top, choose_worksheet_height([label, text], [max(widths[0], 2), max(room, _NARROWEST)])
        )
        top += 1
    return top


def _write_xlsx_about(
    page: Worksheet,
    what: Table | Sheet,
    named: Sequence[tuple[Table, str]],
    formats: _Formats,
) -> None:
    widths = (24, 36, 20, 80)
    for at, width in enumerate(widths):
        page.set_column(at, at, width)
    page.write_string(0, 0, fit_worksheet_text(what.title), formats.title)
    facts = what.facts if isinstance(what, Sheet) else [(_("as of"), what.as_of)]
    top = _write_xlsx_facts(page, 1, facts, widths, formats) + 1
    for at, title in enumerate((_("table"), _("column"), _("key"), _("meaning"))):
        page.write_string(top, at, title, formats.header)
    rows = [
        (name, column.title, column.key, column.meaning)
        for table, name in named
        for column in table.columns
    ]
    for below, row in enumerate(rows, start=top + 1):
        page.set_row(below, choose_worksheet_height(row, widths))
        for at, text in enumerate(row):
            page.write_string(below, at, fit_worksheet_text(text), formats.text)
    set_up_worksheet_page(page)


def _write_xlsx_cell(
    page: Worksheet,
    at: tuple[int, int],
    value: Value,
    text: str,
    kind: ColumnKind,
    formats: _Formats,
) -> None:
    """Write one value as what it is; what a spreadsheet could not hold exactly, as its text.

    What people read in other words stays a number or day, which those words are printed around.
    """
    look = None
    if isinstance(value, Printed):
        look = _find_worded_xlsx_format(value, kind, formats)
        if look is None:
            page.write_string(*at, text, formats.text)
            return
        value = value.value
    if isinstance(value, Decimal | int) and not isinstance(value, bool):
        usual, units = (formats.percent, 100) if kind == "percent" else (formats.number, 1)
        number = _find_exact_xlsx_number(value, units)
        if number is not None:
            page.write_number(*at, number, look or usual)
            return
        text = format_quantity_number(Decimal(value))
    elif type(value) is date and value >= FIRST_WORKSHEET_DAY:
        page.write_datetime(*at, value, look or formats.day)
        return
    elif value is None or value == []:
        return
    page.write_string(*at, text, formats.text)


@lru_cache(maxsize=4096)
def _find_exact_xlsx_number(value: Decimal | int, units: int) -> float | None:
    """Return the number of a cell in ``units``, None where it would not be the same number."""
    number = float(value) if units == 1 else float(value / Decimal(units))
    return number if Decimal(str(number)) * units == value else None


def _find_worded_xlsx_format(
    printed: Printed, kind: ColumnKind, formats: _Formats
) -> Format | None:
    """Return the format that prints a number or day with the words around it; None: there is none.

    A workbook holds a limited number of formats, and no quotation mark in their words.
    """
    text, plain = show_hidden_in_worksheet(printed.text), format_cell(printed.value, kind)
    before, amount, after = text.partition(plain or text)
    if (
        isinstance(printed.value, str)
        or not plain
        or not amount
        or '"' in text
        or len(text) > _LONGEST_WORDING
    ):
        return None
    is_day = isinstance(printed.value, date)
    pattern = _DAY if is_day else _PERCENT if kind == "percent" else "General"
    for words, is_first in ((before, True), (after, False)):
        if words:
            pattern = f'"{words}"{pattern}' if is_first else f'{pattern}"{words}"'
    if pattern not in formats.worded:
        if len(formats.worded) == _MOST_WORDINGS:
            return None
        look = {"align": "left"} if is_day else {}
        formats.worded[pattern] = formats.book.add_format(
            {"valign": "top", "num_format": pattern, **look}
        )
    return formats.worded[pattern]


def _colour_xlsx_lights(
    page: Worksheet, area: tuple[int, int, int, int], formats: _Formats
) -> None:
    for light, look in formats.lights.items():
        word = _(light).replace('"', '""')
        page.conditional_format(
            *area, {"type": "cell", "criteria": "==", "value": f'"{word}"', "format": look}
        )


def _name_xlsx_worksheets(titles: Sequence[str]) -> list[str]:
    """Return a name for each worksheet that every program takes, no two of them alike."""
    names: list[str] = []
    for at, title in enumerate(titles, start=1):
        plain = "".join(
            " " if sign in "[]:*?/\\\n\t" else sign for sign in show_hidden_in_worksheet(title)
        )
        name = plain.strip("' ")[:_LONGEST_NAME].strip("' ")
        taken = {other.lower() for other in names} | _TITLE_CLASHES
        if name.lower() in taken:
            name = f"{name[: _LONGEST_NAME - len(str(at)) - 1]} {at}".strip()
        names.append(name)
    return names


FORMAT = OutputFormat(render_xlsx, is_binary=True)
