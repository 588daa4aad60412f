r"""Tab-separated values: one record is one line, and no field is quoted.

Tabs and newlines inside a text are shown as ``\t`` and ``\n``.
"""

from tracker.models import Sheet, Table
from tracker.reports import Canvas, blocks, guarded


def render(what: Table | Sheet, _canvas: Canvas) -> str:
    """All columns under their keys; the parts of a sheet with an empty line between."""
    return "\n".join(
        "".join(
            "\t".join(guarded(value, flat=True) for value in row) + "\n" for row in [header, *rows]
        )
        for header, rows in blocks(what)
    )
