"""JSON Lines: one item a line, without the envelope of the JSON document."""

from collections.abc import Iterator

from tracker.output.cells import Canvas, encode_cells, list_items_of_cells
from tracker.output.model import Content
from tracker.output.rendering import OutputFormat


def render_jsonl(what: Content, _canvas: Canvas) -> Iterator[bytes]:
    """Yield all columns of each row, or the items of a sheet; nothing for no rows."""
    return (encode_cells(item) + b"\n" for item in list_items_of_cells(what))


FORMAT = OutputFormat(render_jsonl, is_streamed=True)
