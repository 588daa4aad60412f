"""iCalendar with a to-do for each deadline."""

from tracker.output.cells import Canvas
from tracker.output.icalendar import written
from tracker.output.model import Sheet, Table

CALENDAR = True


def render(what: Table | Sheet, _canvas: Canvas) -> str:
    """Each to-do is due on its day, with its share, its status and an alarm."""
    return written(what, "todo")
