r"""Tab-separated values: one record is one line, and no field is quoted.

Tabs and newlines inside a text are shown as ``\t`` and ``\n``.
"""

from collections.abc import Iterator

from tracker.output.cells import Canvas, blocks, guarded
from tracker.output.model import ColumnKind, Content, Value
from tracker.output.rendering import OutputFormat


def render(what: Content, _canvas: Canvas) -> Iterator[str]:
    """Yield all columns under their keys; the parts of a sheet with an empty line between."""
    for at, (header, kinds, rows) in enumerate(blocks(what)):
        yield ("\n" if at else "") + "\t".join(map(_format_flat_field, header)) + "\n"
        for row in rows:
            yield "\t".join(map(_format_flat_field, row, kinds)) + "\n"


def _format_flat_field(value: Value, kind: ColumnKind = "text") -> str:
    return guarded(value, kind, flat=True)


FORMAT = OutputFormat(render, is_streamed=True)
