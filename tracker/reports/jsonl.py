"""JSON Lines: one item a line, without the envelope of the JSON document."""

from tracker.reports import Canvas, items, json_line
from tracker.sheets import Sheet, Table


def render(what: Table | Sheet, _canvas: Canvas) -> str:
    """All columns of each row, or the item of a sheet; the empty text for no rows."""
    return "".join(json_line(item) + "\n" for item in items(what))
