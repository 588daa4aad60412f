"""iCalendar with a to-do for each deadline."""

from tracker.reports import Canvas
from tracker.reports._calendar import written
from tracker.sheets import Sheet, Table

CALENDAR = True


def render(what: Table | Sheet, _canvas: Canvas) -> str:
    """Each to-do is due on its day, with its share, its status and an alarm."""
    return written(what, "todo")
