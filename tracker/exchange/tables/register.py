"""Take in what was changed by hand on the printed sheet of the program's own ledger.

The ledger as a workbook has a sheet that people read, the register, and one with all that the
program needs. Both have the number of the row; the second says what the first printed.
"""

from collections.abc import Mapping, Sequence

from tracker.exchange.spreadsheets import Cell, Sheet
from tracker.exchange.tables.heads import NOT_READ, Head
from tracker.exchange.tables.layout import Table, TableRow
from tracker.locale.translation import _

_LEAST_HEADS = 5
# The begins of the heads of what the register printed, in both languages.
_PRINTED = ("printed ", "所印")


def merge_register_changes(table: Table, sheets: Sequence[Sheet]) -> tuple[Table, list[str]]:
    """Return the sheet of data with the changes of the register, and what of them is not read.

    Args:
        table: the sheet of data; any other table is returned as it is.
        sheets: all sheets of the workbook.
    """
    registers = (each for each in sheets if table.is_own and each.name != table.sheet.name)
    found = ((sheet, heads) for sheet in registers if (heads := _find_register_heads(sheet, table)))
    sheet, heads = next(found, (None, None))
    return (table, []) if sheet is None or heads is None else _merge_register(table, sheet, *heads)


def _find_register_heads(sheet: Sheet, table: Table) -> tuple[int, dict[int, Head]] | None:
    """Return the row of the heads of a register, and the columns of data by its own."""
    by_text: dict[str, Head] = {}
    for head in table.heads:
        by_text.setdefault(head.text, head)
    titles = next((row for row in sheet.list_rows() if len(row) >= _LEAST_HEADS), [])
    known = {cell.column: by_text[cell.text] for cell in titles if cell.text in by_text}
    return (titles[0].row, known) if titles and len(known) == len(titles) else None


def _merge_register(
    table: Table, sheet: Sheet, head_row: int, heads: Mapping[int, Head]
) -> tuple[Table, list[str]]:
    numbered = next(iter(heads.values())).column
    rows = {row.cells[numbered].text: row for row in table.rows if numbered in row.cells}
    printed = {
        head.column: other.column
        for head in heads.values()
        for other in table.heads
        if other.text in {f"{begin}{head.text}" for begin in _PRINTED}
    }
    left_out = []
    for cells in sheet.list_rows():
        if cells[0].row <= head_row or len(cells) == 1:
            continue
        row = rows.get(cells[0].text)
        if row is None:
            sentence = _("row {row} of {sheet} is none of this ledger and was not read")
            left_out.append(sentence.format(row=cells[0].row, sheet=sheet.name))
            continue
        left_out += _merge_register_row(
            row, sheet.name, {each.column: each for each in cells}, heads, printed
        )
    return table, left_out


def _merge_register_row(
    row: TableRow,
    sheet_name: str,
    cells: Mapping[int, Cell],
    heads: Mapping[int, Head],
    printed: Mapping[int, int],
) -> list[str]:
    """Put the changed cells of a row in the place of those of data."""
    left_out = []
    for column, head in heads.items():
        cell = cells.get(column)
        before = row.cells.get(printed.get(head.column, head.column))
        if (cell.text if cell else "") == (before.text if before else ""):
            continue
        if head.field == NOT_READ:
            sentence = _("{cell} of {sheet} was changed and was not read: {column} is no entry")
            address = cell.address if cell else ""
            left_out.append(sentence.format(cell=address, sheet=sheet_name, column=head.text))
        elif cell is None:
            row.cells.pop(head.column, None)
        else:
            row.cells[head.column] = cell
    return left_out
