r"""Tab-separated values: one record is one line, and no field is quoted.

Tabs and newlines inside a text are shown as ``\t`` and ``\n``.
"""

from collections.abc import Iterator

from tracker.output.cells import Canvas, guard_cell, split_into_cell_blocks
from tracker.output.model import ColumnKind, Content, Value
from tracker.output.rendering import OutputFormat


def render_tsv(what: Content, _canvas: Canvas) -> Iterator[str]:
    """Yield all columns under their keys; the parts of a sheet with an empty line between."""
    for at, block in enumerate(split_into_cell_blocks(what)):
        yield ("\n" if at else "") + "\t".join(map(_format_tsv_field, block.header)) + "\n"
        for row in block.rows:
            yield "\t".join(map(_format_tsv_field, row, block.kinds)) + "\n"


def _format_tsv_field(value: Value, kind: ColumnKind = "text") -> str:
    return guard_cell(value, kind, flat=True)


FORMAT = OutputFormat(render_tsv, is_streamed=True)
