"""Cells of the tables of a page, each formatted once: for the table, and for the data beside it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from types import NoneType

from msgspec import Struct

from tracker.model.quantities import format_quantity_number
from tracker.output.cells import (
    NUMERIC,
    PLAIN,
    format_cell,
    format_cell_for_programs,
    list_brief_columns,
)
from tracker.output.model import (
    Column,
    ColumnKind,
    Printed,
    Table,
    Value,
    get_plain_value_of_output,
)

_READ_AS_THEY_ARE: Mapping[ColumnKind, set[type]] = {
    **{kind: {str, NoneType} for kind in PLAIN},
    **{kind: {int, Decimal, NoneType} for kind in NUMERIC - {"percent"}},
    "day": {date, NoneType},
}
"""Types of values that people read as programs do, by the kind of the column."""


class PageColumn(Struct, frozen=True):
    """One column of a table on a page, with what stands in it row by row.

    Attributes:
        column: the column.
        shown: the values.
        values: the values as programs get them.
        exact: these as text.
        texts: what people read; the same list as ``exact`` where all of it is the same.
    """

    column: Column
    shown: Sequence[Value]
    values: Sequence[Value]
    exact: Sequence[str]
    texts: Sequence[str]


class PageTable(Struct, frozen=True):
    """Table on a page: the columns that people see, and the ids of its records if it has them."""

    table: Table
    columns: Sequence[PageColumn]
    ids: PageColumn | None


def format_page_table(table: Table) -> PageTable:
    """Format the cells of a table that are on a page."""
    ids = find_id_column_of_page(table)
    return PageTable(
        table,
        [_format_page_column(table, at) for at, _column in list_page_columns(table)],
        None if ids is None else _format_page_column(table, ids),
    )


def find_id_column_of_page(table: Table) -> int | None:
    """Return where the ids of the records of a table stand; None where it has none."""
    return next((at for at, column in enumerate(table.columns) if column.key == "id"), None)


def list_page_columns(table: Table) -> list[tuple[int, Column]]:
    """Return the columns that a page shows, each with its place.

    The id of a record that has a name is the name of the row in the address, and no column.
    """
    brief = list_brief_columns(table)
    has_name = any(column.key == "name" for _at, column in brief)
    return [pair for pair in brief if not (has_name and pair[1].key == "id")]


def _format_exact_cells(values: Sequence[Value]) -> Sequence[str]:
    """Return values as programs read them; most columns hold values of one type alone."""
    types = {*map(type, values)}
    if types <= {str}:
        return values  # type: ignore[return-value]  # of texts
    if types <= {str, NoneType}:
        return [value or "" for value in values]  # type: ignore[misc]  # of texts
    if types == {int}:
        return [*map(str, values)]
    if types == {Decimal}:
        return [*map(format_quantity_number, values)]  # type: ignore[arg-type]  # of numbers
    return [*map(format_cell_for_programs, values)]


def _format_cells_for_people(values: Sequence[Value], kind: ColumnKind) -> Iterator[str]:
    """Yield values as people read them; shares that are equal are formatted once."""
    shares: dict[Value, str] = {}
    for value in values:
        if type(value) is Printed:
            yield value.text
        elif type(value) is Decimal and kind == "percent":
            text = shares.get(value)
            if text is None:
                text = shares[value] = format_cell(value, kind)
            yield text
        else:
            yield format_cell(value, kind)


def _format_page_column(table: Table, at: int) -> PageColumn:
    column = table.columns[at]
    shown = [row[at] for row in table.rows]
    types = {*map(type, shown)}
    values = [*map(get_plain_value_of_output, shown)] if Printed in types else shown
    exact = texts = _format_exact_cells(values)
    if not types <= _READ_AS_THEY_ARE.get(column.kind, {NoneType}):
        texts = [*_format_cells_for_people(shown, column.kind)]
    return PageColumn(column, shown, values, exact, texts)
