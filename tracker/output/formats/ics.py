"""iCalendar with a to-do for each deadline."""

from tracker.output.cells import Canvas
from tracker.output.icalendar import write_icalendar
from tracker.output.model import Sheet, Table
from tracker.output.rendering import OutputFormat


def render_ics(what: Table | Sheet, _canvas: Canvas) -> str:
    """Return a calendar of to-dos, each due on its day, with its share, its status and an alarm."""
    return write_icalendar(what, "todo")


FORMAT = OutputFormat(render_ics, is_calendar=True)
