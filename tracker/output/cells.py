"""Turn values into cells of a table, a spreadsheet or JSON."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from itertools import islice
from types import MappingProxyType, NoneType
from typing import Any

from msgspec import Struct, defstruct
from msgspec.structs import astuple

from tracker.locale.translation import _, _p, translate_word
from tracker.model.codec import encode, to_plain_data
from tracker.model.quantities import format_quantity_number
from tracker.output.model import (
    Column,
    ColumnKind,
    Content,
    Printed,
    Row,
    RowGroup,
    Sheet,
    Table,
    Value,
    get_plain_value_of_output,
)
from tracker.system.text import (
    HIDDEN_CHARACTERS,
    SURROGATE,
    escape_hidden_text,
    escape_text_character,
)

NUMERIC: frozenset[ColumnKind] = frozenset({"number", "percent", "days"})
"""Kinds of column that are aligned at their right."""
PLAIN: frozenset[ColumnKind] = frozenset({"text", "id"})
"""Kinds of column whose texts people read as they are."""
# What a spreadsheet may take for a formula, and that behind guards of its own.
_FORMULA = r"'*\s*[=+\-@\t\r\n＝＋－＠]"
_VISIBLE_ASCII = bytes(range(ord(" "), ord("~") + 1))


class Canvas(Struct, frozen=True):
    """Place that content is drawn for.

    Attributes:
        width: the cells of one line of the terminal; None for a pipe or a file.
        colour: whether colours may be used.
        lights: the colours of lights that are not drawn in the colour they are called by.
        bars: whether shares that can be drawn as bars are.
        ascii: whether pictures and bars are drawn with the characters of ASCII alone.
        language: the language that is spoken.
    """

    width: int | None
    colour: bool
    lights: Mapping[str, str] = MappingProxyType({})
    bars: bool = False
    ascii: bool = False
    language: str = "en"


def _escape_cell_as_json(match: re.Match[str]) -> str:
    """Escape one character as JSON does, so that it reads back as the same character."""
    units = match[0].encode("utf-16-be")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))


def guard_formula(text: str) -> str:
    """Return the text with a ``'`` before it where a spreadsheet might see a formula.

    Only for texts: a number is written as it is, so that -5 stays a number.
    """
    # Most texts begin with a letter, and to look at that takes a tenth of the time.
    if text[:1].isalnum():
        return text
    return f"'{text}" if re.match(_FORMULA, text) else text


def format_cell(value: Value, kind: ColumnKind = "text") -> str:
    """Format a value as people read it, words of the program translated; not yet sanitised."""
    if isinstance(value, Printed):
        return value.text
    if isinstance(value, str):
        return _format_words(value, kind)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if kind == "percent" and isinstance(value, Decimal | int):
        return f"{value:z.1f}%"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    return "、".join(value) if isinstance(value, list) else format_cell_for_programs(value)


def _format_words(text: str, kind: ColumnKind) -> str:
    if kind == "confidence":
        return translate_word("confidence", text)
    return _(text) if kind in {"light", "word"} else text


def format_cell_for_programs(value: Value) -> str:
    """Format a value as programs read it, exact and in no language; not yet sanitised."""
    value = get_plain_value_of_output(value)
    if isinstance(value, str):
        return value
    if isinstance(value, Decimal):
        return format_quantity_number(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "; ".join(value)
    return value.isoformat() if isinstance(value, date) else str(value)


def guard_cell(value: Value, kind: ColumnKind = "text", *, flat: bool = False) -> str:
    r"""Format one field of CSV or TSV: texts cannot act on a terminal or in a spreadsheet.

    Args:
        value: a number stays a number; texts and lists get the guard where they need it.
        kind: a ``word`` is the program's own and stays as it is: an operator ``=`` is no formula.
        flat: whether tabs and newlines are shown as ``\t`` and ``\n``.
    """
    value = get_plain_value_of_output(value)
    if value is None:
        return ""
    text = value if isinstance(value, str) else format_cell_for_programs(value)
    if text is not value and not isinstance(value, list):
        return text
    text = escape_hidden_text(text)
    if flat:
        text = text.replace("\t", "\\t").replace("\n", "\\n")
    return text if kind in {"word", "confidence"} else guard_formula(text)


def list_short_cells(table: Table) -> Iterator[tuple[Column, list[str]]]:
    """Yield the columns that people see, each with its cells; not yet sanitised."""
    for at, column in list_brief_columns(table):
        kind = column.kind
        values = [row[at] for row in table.rows]
        if kind in PLAIN:
            # Most values of such a column are texts that are shown as they are.
            yield column, [v if type(v) is str else format_cell(v, kind) for v in values]
        else:
            yield column, [*_format_equal_cells(values, kind)]


_EQUAL_IF_SHOWN_SO = frozenset({str, date, int, NoneType})
"""Types whose equal values look the same; Decimals do not: 1.0 is equal to 1."""


def _format_equal_cells(values: Iterable[Value], kind: ColumnKind) -> Iterator[str]:
    """Yield values as ``format_cell`` does; those that are equal are formatted once."""
    cells: dict[Value, str] = {}
    for value in values:
        if type(value) not in _EQUAL_IF_SHOWN_SO:
            yield format_cell(value, kind)
            continue
        cell = cells.get(value)
        if cell is None:
            cell = cells[value] = format_cell(value, kind)
        yield cell


def format_row_group(group: RowGroup) -> str:
    """Format the title of a group of rows with how many there are."""
    return _p("group", "{title} ({count})").format(title=group.title, count=group.rows)


def list_brief_columns(table: Table) -> list[tuple[int, Column]]:
    """Return the columns that people see in the order in which they see them, with their places."""
    brief = [(at, column) for at, column in enumerate(table.columns) if column.brief]
    return sorted(brief, key=lambda pair: pair[1].last)


class TableBlock(Struct, frozen=True):
    """Table as programs read it: keys, the kind of each column, rows."""

    header: list[str]
    kinds: list[ColumnKind]
    rows: Iterable[tuple[Value, ...]]


def split_into_cell_blocks(what: Content) -> Iterator[TableBlock]:
    """Yield each table; the facts of a sheet are its first one."""
    if not isinstance(what, Sheet):
        columns, rows = what.columns, map(get_cell_values, what.rows)
        yield TableBlock([each.key for each in columns], [each.kind for each in columns], rows)
        return
    if what.facts:
        yield _build_fact_cells(what.facts)
    for table in list_tables_of_cells(what):
        if table.facts:
            yield _build_fact_cells(table.facts)
        yield from split_into_cell_blocks(table)


def get_cell_values(row: Row) -> tuple[Value, ...]:
    """Return a row as a value for each column."""
    return row if isinstance(row, tuple) else astuple(row)


def _build_fact_cells(facts: list[tuple[str, Value]]) -> TableBlock:
    return TableBlock(["fact", "value"], ["text", "text"], facts)


def list_tables_of_cells(sheet: Sheet) -> list[Table]:
    """Return the tables of a sheet; where it has none, what its pictures show as tables."""
    if sheet.tables or not sheet.pictures:
        return sheet.tables
    from tracker.output.charts.scales import tabulate_picture_of_scales

    return [tabulate_picture_of_scales(each) for each in sheet.pictures]


def list_items_of_cells(what: Content) -> Iterator[Any]:
    """Return the ``items`` of the JSON: an object for each row, or what the sheet shows."""
    if isinstance(what, Sheet):
        return map(to_plain_data, what.items)
    if isinstance(what, Table) and what.items:
        return islice(what.items, len(what.rows))
    kind = _build_kind_of_cell_row(tuple(column.key for column in what.columns))
    if isinstance(what, Table):
        return (kind(*row) for row in _list_plain_cell_rows(what.rows))
    return (
        kind(*[v.value if type(v) is Printed else v for v in row])
        if isinstance(row, tuple)
        else row
        for row in what.rows
    )


@cache
def _build_kind_of_cell_row(keys: tuple[str, ...]) -> Callable[..., Struct]:
    """Build the kind of a row with these keys, which is encoded in half the time of a dict."""
    return defstruct("Row", keys, gc=False)


def _list_plain_cell_rows(rows: Sequence[tuple[Value, ...]]) -> Iterator[tuple[Value, ...]]:
    """Yield rows with values as programs get them; most columns have no others."""
    columns: Iterator[Sequence[Value]] = zip(*rows, strict=True)
    plain = (
        [*map(get_plain_value_of_output, column)] if Printed in {*map(type, column)} else column
        for column in columns
    )
    return zip(*plain, strict=True)


def encode_cells(value: object) -> bytes:
    r"""Return one line of JSON, exact, with all that acts unseen on a terminal as ``\uXXXX``.

    Only a lone surrogate, which no ledger holds and many readers of JSON refuse, is
    shown as ``escaped`` shows it.
    """
    try:
        line = encode(value)
    except UnicodeEncodeError:
        line = encode(_show_cell_surrogates(to_plain_data(value)))
    # Most of a line is ASCII; to look at the rest alone takes a quarter of the time.
    if line.translate(None, _VISIBLE_ASCII).decode().isprintable():
        return line
    return re.sub(HIDDEN_CHARACTERS, _escape_cell_as_json, line.decode()).encode()


def encode_cells_as_line(value: object) -> str:
    """Return what ``encode_cells`` does as text."""
    return encode_cells(value).decode()


def _show_cell_surrogates(value: Any) -> Any:  # noqa: ANN401  # it maps any plain data
    """Return plain data with its lone surrogates shown."""
    if isinstance(value, str):
        return re.sub(SURROGATE, escape_text_character, value)
    if isinstance(value, dict):
        return {_show_cell_surrogates(key): _show_cell_surrogates(value[key]) for key in value}
    return [_show_cell_surrogates(each) for each in value] if isinstance(value, list) else value
