"""One JSON document: ``{"schema": 1, "as_of": …, "items": […], "errors": […]}``."""

from collections.abc import Iterator
from itertools import islice

import msgspec

from tracker.model.codec import to_plain_data
from tracker.model.records import SCHEMA
from tracker.output.cells import Canvas, encode_cells, list_items_of_cells
from tracker.output.model import Content, Sheet
from tracker.output.rendering import OutputFormat

_INDENT = 2
_AT_ONCE = 64
"""Rows that are laid out together, in a third of the time of each alone.

What a sheet shows may be as large as a ledger.
"""


def render_json(what: Content, _canvas: Canvas) -> Iterator[bytes]:
    """Yield all columns of a table as objects, or the items of a sheet; Chinese unescaped.

    The document is the one that it would be as a whole, so what breaks off is no JSON.
    """
    head = _indent_json(to_plain_data({"schema": SCHEMA, "as_of": what.as_of, **what.beside}))
    yield head.removesuffix(b"\n}") + b',\n  "items": ['
    items = iter(list_items_of_cells(what))
    start, end = b"", b"]"
    while batch := list(islice(items, 1 if isinstance(what, Sheet) else _AT_ONCE)):
        # Without the brackets of its list, for it is part of a longer one.
        yield start + _indent_json(batch, 1)[1 : -len("\n  ]")]
        start, end = b",", b"\n  ]"
    yield end + b',\n  "errors": ' + _indent_json(to_plain_data(what.errors), 1) + b"\n}\n"


def _indent_json(value: object, depth: int = 0) -> bytes:
    """Return the JSON of a value, its lines below the first one so many levels deep."""
    # Inside of as many lists as it stands deep it is indented as it should be.
    for _level in range(depth):
        value = [value]
    shown = msgspec.json.format(encode_cells(value), indent=_INDENT)
    around = [_INDENT * (level + 1) for level in range(depth)]
    return shown[sum(around) + 2 * depth : len(shown) - sum(around) + _INDENT * depth - 2 * depth]


FORMAT = OutputFormat(render_json, is_streamed=True)
