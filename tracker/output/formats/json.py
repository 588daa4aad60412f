"""One JSON document: ``{"schema": 1, "as_of": …, "items": […], "errors": […]}``."""

from collections.abc import Iterator

import msgspec

from tracker.model.codec import full
from tracker.model.records import SCHEMA
from tracker.output.cells import Canvas, items, json_line
from tracker.output.model import Content
from tracker.output.rendering import OutputFormat


def render(what: Content, _canvas: Canvas) -> Iterator[str]:
    """All columns of a table as objects, or the item of a sheet; Chinese unescaped.

    The document is the one that it would be as a whole, so what breaks off is no JSON.
    """
    head = _laid_out(full({"schema": SCHEMA, "as_of": what.as_of, **what.beside}))
    yield head.removesuffix("\n}") + ',\n  "items": ['
    start, end = "\n    ", "]"
    for item in items(what):
        yield start + _laid_out(item, 4)
        start, end = ",\n    ", "\n  ]"
    yield f'{end},\n  "errors": {_laid_out(full(what.errors), 2)}\n}}\n'


def _laid_out(value: object, depth: int = 0) -> str:
    """The JSON of a value, and where it goes on below its first line, so many spaces deep."""
    shown = msgspec.json.format(json_line(value), indent=2)
    # No text of JSON holds a newline, so these are all between its parts.
    return shown.replace("\n", "\n" + " " * depth) if depth else shown


FORMAT = OutputFormat(render, is_streamed=True)
