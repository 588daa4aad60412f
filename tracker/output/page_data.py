"""The rows of a page as CSV and JSON, packed into one address that needs no script."""

import csv
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO, StringIO
from itertools import chain, islice
from zipfile import ZIP_DEFLATED, ZipFile

from tracker.model.records import SCHEMA
from tracker.output.cells import encode_cells, guard_cell, list_items_of_cells
from tracker.output.model import ColumnKind, Table, Value
from tracker.output.page_cells import PageTable

_FAST = 3
"""How hard the archive is packed: 6 is a tenth smaller, and takes twice as long."""
_AT_ONCE = 256
"""Rows that are packed together: all of them as one text take 30 MB for 5,000."""
_MARK = "\ufeff"
"""Mark by which Excel reads Chinese."""


def build_page_data_address(tables: Mapping[str, PageTable]) -> str:
    """Return the address of an archive with the rows of each table, by its name on the page.

    The CSV holds the columns that people see, for a spreadsheet; the JSON holds all fields.
    """
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED, compresslevel=_FAST) as archive:
        for name, page_table in tables.items():
            for ending, pieces in (
                ("csv", _write_data_as_csv(page_table)),
                ("json", _write_data_as_json(page_table.table)),
            ):
                # Each has the first day that an archive can name: the same rows, the same bytes.
                with archive.open(f"{name}.{ending}", "w") as file:
                    file.writelines(pieces)
    return f"data:application/zip;base64,{b64encode(packed.getvalue()).decode()}"


def _list_data_columns(page_table: PageTable) -> dict[str, Sequence[str]]:
    """Return the columns that a page shows, and the id of the record, as fields by their key.

    A column whose text says more than its value has that text beside it.
    """
    columns: dict[str, Sequence[str]] = {}
    own = [] if page_table.ids is None else [page_table.ids]
    for cells in [*own, *page_table.columns]:
        key, exact, texts = cells.column.key, cells.exact, cells.texts
        columns[key] = _guard_data_fields(cells.values, exact, cells.column.kind)
        pairs = () if texts is exact else zip(texts, exact, strict=True)
        if any(text and text != field for text, field in pairs):
            columns[f"{key}_text"] = _guard_data_fields(texts, texts, "text")
    return columns


def _guard_data_fields(
    values: Sequence[Value], exact: Sequence[str], kind: ColumnKind
) -> Sequence[str]:
    """Return values as fields of CSV; only what somebody wrote needs a guard."""
    if {str, list}.isdisjoint(map(type, values)):
        return exact
    # What begins like a word and hides nothing needs none, and is most of what there is.
    return [
        value
        if type(value) is str and value[:1].isalnum() and value.isprintable()
        else guard_cell(value, kind)
        for value in values
    ]


def _write_data_as_csv(page_table: PageTable) -> Iterator[bytes]:
    columns = _list_data_columns(page_table)
    rows = chain([columns], zip(*columns.values(), strict=True))
    yield _MARK.encode()
    while batch := list(islice(rows, _AT_ONCE)):
        text = StringIO(newline="")
        csv.writer(text).writerows(batch)
        yield text.getvalue().encode("utf-8", "backslashreplace")


def _write_data_as_json(table: Table) -> Iterator[bytes]:
    """Write the rows with all fields that a command has in its JSON, not only what people see."""
    yield encode_cells({"schema": SCHEMA, "as_of": table.as_of}).removesuffix(b"}") + b',"items":['
    items = iter(list_items_of_cells(table))
    between = b""
    while batch := list(islice(items, _AT_ONCE)):
        yield between + encode_cells(batch)[1:-1]
        between = b","
    yield b'],"errors":' + encode_cells(table.errors) + b"}\n"
