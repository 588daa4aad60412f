"""CSV that Excel reads right from a pipe too: ``csv`` behind a byte order mark."""

from collections.abc import Iterator

from tracker.output.cells import Canvas
from tracker.output.formats import csv
from tracker.output.model import Content
from tracker.output.rendering import OutputFormat

_MARK = "\ufeff"


def render_csv_excel(what: Content, canvas: Canvas) -> Iterator[str]:
    """Yield what ``csv`` does, after the mark without which Excel garbles Chinese."""
    yield _MARK
    yield from csv.render_csv(what, canvas)


FORMAT = OutputFormat(render_csv_excel, is_streamed=True)
