"""CSV for spreadsheets and scripts.

In a pipe a byte order mark would be wrong for scripts (``csv-excel`` has one there too); a
file begins with one, because Excel reads Chinese as something else without.
"""

import csv
from collections.abc import Iterator

from tracker.output.cells import Canvas, guard_cell, split_into_cell_blocks
from tracker.output.model import Content
from tracker.output.rendering import OutputFormat


class _CsvLine:
    """File for the library's writer that hands the text of a row back."""

    def write(self, text: str) -> str:
        return text


def render_csv(what: Content, _canvas: Canvas) -> Iterator[str]:
    """Yield all columns under their keys, a line a row; newlines in texts are quoted.

    A sheet is its facts under ``fact,value`` and then its tables, an empty line between.
    """
    line = csv.writer(_CsvLine(), lineterminator="\n").writerow
    for at, block in enumerate(split_into_cell_blocks(what)):
        yield ("\n" if at else "") + line(map(guard_cell, block.header))
        for row in block.rows:
            yield line(map(guard_cell, row, block.kinds))


FORMAT = OutputFormat(render_csv, is_streamed=True, encoding="utf-8-sig")
