"""CSV for spreadsheets and scripts.

There is no byte order mark: it would be wrong in a pipe. Who writes a file for
Excel opens it as ``utf-8-sig``.
"""

import csv
from io import StringIO

from tracker.models import Sheet, Table
from tracker.reports import Canvas, blocks, guarded


def render(what: Table | Sheet, _canvas: Canvas) -> str:
    """All columns under their keys, lines ending in a newline; newlines in texts are quoted.

    A sheet is its facts under ``fact,value`` and then its tables, an empty line between.
    """
    stream = StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    for at, (header, kinds, rows) in enumerate(blocks(what)):
        stream.write("\n" if at else "")
        writer.writerow(map(guarded, header))
        writer.writerows(map(guarded, row, kinds) for row in rows)
    return stream.getvalue()
