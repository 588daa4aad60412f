"""iCalendar with a to-do for each deadline."""

from tracker.output.cells import Canvas
from tracker.output.icalendar import write_calendar
from tracker.output.model import Sheet, Table
from tracker.output.rendering import OutputFormat


def render(what: Table | Sheet, _canvas: Canvas) -> str:
    """Return a calendar of to-dos, each due on its day, with its share, its status and an alarm."""
    return write_calendar(what, "todo")


FORMAT = OutputFormat(render, is_calendar=True)
