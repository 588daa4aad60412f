"""One JSON document: ``{"schema": 1, "as_of": …, "items": […], "errors": […]}``."""

import msgspec

from tracker.models import SCHEMA, full
from tracker.reports import Canvas, items, json_line
from tracker.sheets import Sheet, Table


def render(what: Table | Sheet, _canvas: Canvas) -> str:
    """All columns of a table as objects, or the item of a sheet; Chinese unescaped."""
    document = {
        "schema": SCHEMA,
        "as_of": what.as_of,
        **what.beside,
        "items": items(what),
        "errors": full(what.errors),
    }
    return msgspec.json.format(json_line(document), indent=2) + "\n"
