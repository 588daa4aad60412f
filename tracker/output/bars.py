"""Draw a share as a bar of characters."""

from decimal import Decimal

from tracker.output.cells import Canvas, format_cell
from tracker.output.model import Printed, Table, Value, get_plain_value_of_output

CELLS_OF_A_BAR = 10
PARTS_OF_A_CELL = "▏▎▍▌▋▊▉█"
"""One eighth of a cell to the whole of it, filled from the left."""
_PARTS_IN_ASCII = "+#"
"""Half of a cell, and the whole of it."""


def draw_bars(table: Table, canvas: Canvas) -> dict[str, list[str]]:
    """Draw the columns that are bars, where bars are drawn.

    Return their cells by key: the bar, and the share beside it.
    """
    if not canvas.bars:
        return {}
    places = {column.key: at for at, column in enumerate(table.columns)}
    cells_by_key = {}
    for column in table.columns:
        if column.bar:
            at, by = places[column.key], places.get(column.expected or "")
            shares = [format_cell(row[at], "percent") for row in table.rows]
            plain = [
                len(share)
                for row, share in zip(table.rows, shares, strict=True)
                if not isinstance(row[at], Printed)
            ]
            width = max(plain, default=0)
            bars = (
                _draw_share_as_bar(
                    row[at], None if by is None else row[by], ascii_only=canvas.ascii
                )
                for row in table.rows
            )
            cells_by_key[column.key] = [
                f"{bar} {share:>{width}}".lstrip(" ")
                for bar, share in zip(bars, shares, strict=True)
            ]
    return cells_by_key


def find_share_of_bar(value: Value) -> Decimal | None:
    """Return the share to be drawn; None without one, or where people read something else."""
    share = get_plain_value_of_output(value)
    if not isinstance(share, Decimal):
        return None
    is_read = not isinstance(value, Printed) or format_cell(share, "percent") in value.text
    return share if is_read else None


def _draw_share_as_bar(share: Value, expected: Value, *, ascii_only: bool) -> str:
    """Draw a share in per cent as a bar, with a mark where it should be if that is known."""
    share, expected = find_share_of_bar(share), get_plain_value_of_output(expected)
    if share is None:
        return ""
    rest, mark = "-|" if ascii_only else "░│"
    parts = _PARTS_IN_ASCII if ascii_only else PARTS_OF_A_CELL
    filled, part = divmod(_count_filled_bar_parts(share, len(parts)), len(parts))
    bar = parts[-1] * filled + parts[part - 1] * bool(part)
    bar += rest * (CELLS_OF_A_BAR - len(bar))
    if isinstance(expected, Decimal):
        at = min(_count_filled_bar_parts(expected, 1, least=0), CELLS_OF_A_BAR - 1)
        bar = bar[:at] + mark + bar[at + 1 :]
    return bar


def _count_filled_bar_parts(share: Decimal, parts: int, *, least: int = 1) -> int:
    """Return how many parts of cells are filled, for what is more than nothing at least so many."""
    filled = int(min(max(share, Decimal(0)), Decimal(100)) * CELLS_OF_A_BAR * parts / 100)
    return max(filled, least if share > 0 else 0)
