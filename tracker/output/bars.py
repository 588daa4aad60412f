"""Draw a share as a bar of characters."""

from decimal import Decimal

from tracker.output.cells import Canvas, format_cell
from tracker.output.model import Table, Value


def draw_bars(table: Table, canvas: Canvas) -> dict[str, list[str]]:
    """Draw the columns that are bars where bars are drawn; return their cells by key."""
    if not (canvas.bars and any(column.bar for column in table.columns)):
        return {}

    return bars(table, ascii_only=canvas.ascii)


_CELLS_OF_A_BAR = 10


def bars(table: Table, *, ascii_only: bool) -> dict[str, list[str]]:
    """Draw the columns that are bars; return their cells, a bar and the share beside it, by key."""
    done, rest, mark = "#-|" if ascii_only else "█░│"
    places = {column.key: at for at, column in enumerate(table.columns)}

    def draw_bar(share: Value, expected: Value) -> str:
        if not isinstance(share, Decimal):
            return ""
        full = _count_filled_cells(share)
        bar = done * full + rest * (_CELLS_OF_A_BAR - full)
        if isinstance(expected, Decimal):
            at = min(_count_filled_cells(expected), _CELLS_OF_A_BAR - 1)
            bar = bar[:at] + mark + bar[at + 1 :]
        return bar

    cells_by_key = {}
    for column in table.columns:
        if column.bar:
            at, by = places[column.key], places.get(column.expected or "")
            shares = [format_cell(row[at], "percent") for row in table.rows]
            width = max(map(len, shares), default=0)
            cells_by_key[column.key] = [
                f"{draw_bar(row[at], None if by is None else row[by])} {share:>{width}}".lstrip(" ")
                for row, share in zip(table.rows, shares, strict=True)
            ]
    return cells_by_key


def _count_filled_cells(share: Decimal) -> int:
    return int(min(max(share, Decimal(0)), Decimal(100)) * _CELLS_OF_A_BAR / 100)
