r"""Tab-separated values: one record is one line, and no field is quoted.

Tabs and newlines inside a text are shown as ``\t`` and ``\n``.
"""

from collections.abc import Iterator

from tracker.reports import Block, Canvas, blocks, guarded
from tracker.sheets import ColumnKind, Sheet, Table, Value


def render(what: Table | Sheet, _canvas: Canvas) -> str:
    """All columns under their keys; the parts of a sheet with an empty line between."""
    return "\n".join(
        "\t".join(map(_flat, block.header)) + "\n" + "".join(_lines(block))
        for block in blocks(what)
    )


def _lines(block: Block) -> Iterator[str]:
    return ("\t".join(map(_flat, row, block.kinds)) + "\n" for row in block.rows)


def _flat(value: Value, kind: ColumnKind = "text") -> str:
    return guarded(value, kind, flat=True)
