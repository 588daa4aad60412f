"""The rows of a page as CSV and JSON, packed into one address that needs no script."""

import csv
from base64 import b64encode
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from io import BytesIO, StringIO
from types import NoneType
from typing import NamedTuple
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from tracker.model.records import SCHEMA
from tracker.output.cells import (
    NUMERIC,
    PLAIN,
    encode_cells_as_line,
    format_cell,
    format_cell_for_programs,
    guard_cell,
)
from tracker.output.markup_tables import list_page_columns
from tracker.output.model import ColumnKind, Printed, Table, Value, get_plain_value_of_output

_FIRST_DAY = (1980, 1, 1, 0, 0, 0)
"""The first day that an archive can name, so that the same rows are the same bytes."""
_FAST = 3
"""How hard the archive is packed: 6 is a tenth smaller, and takes twice as long."""
_MARK = "\ufeff"
"""Mark by which Excel reads Chinese."""


_SAID_AS_THEY_ARE: Mapping[ColumnKind, set[type]] = {
    **{kind: {str, NoneType} for kind in PLAIN},
    **{kind: {int, Decimal, NoneType} for kind in NUMERIC - {"percent"}},
    "day": {date, NoneType},
}
"""Types of values that people read as programs do, by the kind of the column."""


class _DataColumn(NamedTuple):
    """Values of a column as programs get them, and the same as fields of CSV."""

    values: Sequence[Value]
    fields: Sequence[str]


def build_page_data_address(tables: Mapping[str, Table]) -> str:
    """Return the address of an archive with the rows of each table, by its name on the page."""
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        for name, table in tables.items():
            columns = _list_data_columns(table)
            for ending, text in (
                ("csv", _MARK + _write_data_as_csv(columns)),
                ("json", _write_data_as_json(table, columns)),
            ):
                file = ZipInfo(f"{name}.{ending}", _FIRST_DAY)
                file.compress_type = ZIP_DEFLATED
                data = text.encode("utf-8", "backslashreplace")
                archive.writestr(file, data, compresslevel=_FAST)
    return f"data:application/zip;base64,{b64encode(packed.getvalue()).decode()}"


def _list_data_columns(table: Table) -> dict[str, _DataColumn]:
    """Return the columns that a page shows, and the id of the record, by their key.

    A column whose text says more than its value has that text beside it.
    """
    own = [(at, column) for at, column in enumerate(table.columns) if column.key == "id"]
    columns: dict[str, _DataColumn] = {}
    for at, column in [*own, *list_page_columns(table)]:
        shown, kind = [row[at] for row in table.rows], column.kind
        types = {*map(type, shown)}
        values = [*map(get_plain_value_of_output, shown)] if Printed in types else shown
        # Each value is formatted once: it is compared with its text, and written.
        exact = [*map(format_cell_for_programs, values)]
        columns[column.key] = _DataColumn(values, _guard_data_fields(values, exact, kind))
        if types <= _SAID_AS_THEY_ARE.get(kind, {NoneType}):
            continue
        texts = [format_cell(value, kind) for value in shown]
        if any(text and text != field for text, field in zip(texts, exact, strict=True)):
            columns[f"{column.key}_text"] = _DataColumn(
                texts, _guard_data_fields(texts, texts, "text")
            )
    return columns


def _guard_data_fields(
    values: Sequence[Value], exact: Sequence[str], kind: ColumnKind
) -> Sequence[str]:
    """Return values as fields of CSV; only what somebody wrote needs a guard."""
    if {str, list}.isdisjoint(map(type, values)):
        return exact
    return [guard_cell(value, kind) for value in values]


def _write_data_as_csv(columns: Mapping[str, _DataColumn]) -> str:
    text = StringIO(newline="")
    written = csv.writer(text)
    written.writerow(columns)
    written.writerows(zip(*(column.fields for column in columns.values()), strict=True))
    return text.getvalue()


def _write_data_as_json(table: Table, columns: Mapping[str, _DataColumn]) -> str:
    rows = zip(*(column.values for column in columns.values()), strict=True)
    items = [dict(zip(columns, row, strict=True)) for row in rows]
    return encode_cells_as_line({"schema": SCHEMA, "as_of": table.as_of, "items": items}) + "\n"
