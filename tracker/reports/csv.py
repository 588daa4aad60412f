"""CSV for spreadsheets and scripts.

In a pipe a byte order mark would be wrong; a file begins with one, because Excel reads
Chinese as something else without.
"""

import csv
from io import StringIO

from tracker.reports import Canvas, blocks, guarded
from tracker.sheets import Sheet, Table

ENCODING = "utf-8-sig"


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
