"""The rows of a page as CSV and JSON, packed into one address that needs no script."""

import csv
from base64 import b64encode
from collections.abc import Mapping
from io import BytesIO, StringIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from tracker.model.records import SCHEMA
from tracker.output.cells import (
    PLAIN,
    encode_cells_as_line,
    format_cell,
    format_cell_for_programs,
    guard_cell,
)
from tracker.output.markup_tables import list_page_columns
from tracker.output.model import Column, Table, Value, get_plain_value_of_output

_FIRST_DAY = (1980, 1, 1, 0, 0, 0)
"""The first day that an archive can name, so that the same rows are the same bytes."""
_FAST = 3
"""How hard the archive is packed: 6 is a tenth smaller, and takes twice as long."""
_MARK = "\ufeff"
"""Mark by which Excel reads Chinese."""


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


def _list_data_columns(table: Table) -> dict[str, tuple[Column, list[Value]]]:
    """Return the values of the columns that a page shows, and the id of the record, by their key.

    A column whose text says more than its value has that text beside it.
    """
    own = [(at, column) for at, column in enumerate(table.columns) if column.key == "id"]
    columns: dict[str, tuple[Column, list[Value]]] = {}
    for at, column in [*own, *list_page_columns(table)]:
        values = [row[at] for row in table.rows]
        columns[column.key] = (column, [get_plain_value_of_output(value) for value in values])
        if column.kind in PLAIN and all(value is None or type(value) is str for value in values):
            continue
        texts = [format_cell(value, column.kind) for value in values]
        pairs = zip(texts, values, strict=True)
        if any(text and text != format_cell_for_programs(value) for text, value in pairs):
            columns[f"{column.key}_text"] = (Column(column.key, column.title), [*texts])
    return columns


def _write_data_as_csv(columns: Mapping[str, tuple[Column, list[Value]]]) -> str:
    cells = [
        [guard_cell(value, column.kind) for value in values] for column, values in columns.values()
    ]
    text = StringIO(newline="")
    written = csv.writer(text)
    written.writerow(columns)
    written.writerows(zip(*cells, strict=True))
    return text.getvalue()


def _write_data_as_json(table: Table, columns: Mapping[str, tuple[Column, list[Value]]]) -> str:
    rows = zip(*(values for _column, values in columns.values()), strict=True)
    items = [dict(zip(columns, row, strict=True)) for row in rows]
    return encode_cells_as_line({"schema": SCHEMA, "as_of": table.as_of, "items": items}) + "\n"
