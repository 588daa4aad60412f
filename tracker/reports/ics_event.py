"""iCalendar with an event of a whole day for each deadline, for calendars without to-dos."""

from tracker.reports import Canvas
from tracker.reports._calendar import written
from tracker.sheets import Sheet, Table

CALENDAR = True


def render(what: Table | Sheet, _canvas: Canvas) -> str:
    """Each event is on the day of the deadline and takes no time."""
    return written(what, "event")
