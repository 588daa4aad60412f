"""iCalendar with an event of a whole day for each deadline, for calendars without to-dos."""

from tracker.output.cells import Canvas
from tracker.output.icalendar import write_icalendar
from tracker.output.model import Sheet, Table
from tracker.output.rendering import OutputFormat


def render_ics_event(what: Table | Sheet, _canvas: Canvas) -> str:
    """Return a calendar of events, each on the day of the deadline and taking no time."""
    return write_icalendar(what, "event")


FORMAT = OutputFormat(render_ics_event, is_calendar=True)
