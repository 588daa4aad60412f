"""One JSON document: ``{"schema": 1, "as_of": …, "items": […], "errors": […]}``."""

from collections.abc import Iterator

import msgspec

from tracker.model.codec import to_plain_data
from tracker.model.records import SCHEMA
from tracker.output.cells import Canvas, encode_cells_as_line, list_items_of_cells
from tracker.output.model import Content
from tracker.output.rendering import OutputFormat

_INDENT = 2


def render_json(what: Content, _canvas: Canvas) -> Iterator[str]:
    """Yield all columns of a table as objects, or the items of a sheet; Chinese unescaped.

    The document is the one that it would be as a whole, so what breaks off is no JSON.
    """
    head = _indent_json(to_plain_data({"schema": SCHEMA, "as_of": what.as_of, **what.beside}))
    yield head.removesuffix("\n}") + ',\n  "items": ['
    start, end = "\n    ", "]"
    for item in list_items_of_cells(what):
        yield start + _indent_json(item, 2)
        start, end = ",\n    ", "\n  ]"
    yield f'{end},\n  "errors": {_indent_json(to_plain_data(what.errors), 1)}\n}}\n'


def _indent_json(value: object, depth: int = 0) -> str:
    """Return the JSON of a value, its lines below the first one so many levels deep."""
    # Inside of as many lists as it stands deep it is indented as it should be.
    line = b"".join([b"[" * depth, encode_cells_as_line(value).encode(), b"]" * depth])
    shown = msgspec.json.format(line, indent=_INDENT)
    around = [_INDENT * (level + 1) for level in range(depth)]
    return shown[
        sum(around) + 2 * depth : len(shown) - sum(around) + _INDENT * depth - 2 * depth
    ].decode()


FORMAT = OutputFormat(render_json, is_streamed=True)
