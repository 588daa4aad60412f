"""iCalendar (RFC 5545): appointments as to-dos or events of a whole day.

The library escapes texts and folds lines. Nothing depends on the moment of writing, so
the same ledger gives the same file.
"""

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Literal

from icalendar import Alarm, Calendar, Event, Todo

from tracker.errors import InvalidInput
from tracker.locale.translation import _
from tracker.output.cells import format_cell
from tracker.output.model import Appointment, Sheet, Table
from tracker.system.text import escape_hidden_text
from tracker.version import __version__

_STATUS = {
    "open": "NEEDS-ACTION",
    "under_way": "IN-PROCESS",
    "completed": "COMPLETED",
    "cancelled": "CANCELLED",
}
_PRIORITY = {"red": 1, "yellow": 5}


def write_icalendar(what: Table | Sheet, kind: Literal["todo", "event"]) -> str:
    """Write a calendar, its lines ending as the standard wants them.

    Raises:
        InvalidInput: nothing in it is dated.
    """
    if not isinstance(what, Sheet) or what.calendar is None:
        sentence = _("This holds no deadlines for a calendar; try: tracker export -o {format}")
        raise InvalidInput(sentence.format(format="ics" if kind == "todo" else "ics-event"))
    calendar = Calendar()
    calendar.add("prodid", f"-//tracker//tracker {__version__}//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("x-wr-calname", escape_hidden_text(what.title))
    for appointment in what.calendar:
        entry = (
            _build_icalendar_todo(appointment)
            if kind == "todo"
            else _build_icalendar_event(appointment)
        )
        calendar.add_component(entry)
    data: bytes = calendar.to_ical()
    return data.decode()


def _build_icalendar_todo(appointment: Appointment) -> Todo:
    todo = Todo()
    _add_icalendar_properties(todo, appointment, appointment.title)
    todo.add("due", appointment.on)
    if appointment.months is not None or appointment.other_days:
        # What comes again needs a beginning: RFC 5545, 3.8.5.3.
        todo.add("dtstart", appointment.on)
    _add_icalendar_recurrence(todo, appointment)
    todo.add("status", _STATUS[appointment.stage])
    todo.add(
        "percent-complete",
        100 if appointment.stage == "completed" else _compute_icalendar_percent(appointment.done),
    )
    todo.add("priority", _PRIORITY.get(appointment.light, 0))
    if appointment.completed is not None:
        # It has to be a moment; noon in UTC is the same day nearly everywhere.
        todo.add("completed", datetime.combine(appointment.completed, time(12), UTC))
    # A to-do without a start has an end only.
    _add_icalendar_alarms(todo, appointment, "END")
    return todo


def _build_icalendar_event(appointment: Appointment) -> Event:
    event = Event()
    title = appointment.title
    if appointment.stage in {"completed", "cancelled"}:
        word = _("met") if appointment.completed is not None else _(_WORDS[appointment.stage])
        title = _("{label}: {n}").format(label=word, n=title)
    _add_icalendar_properties(event, appointment, title)
    event.add("dtstart", appointment.on)
    _add_icalendar_recurrence(event, appointment)
    event.add("status", "CANCELLED" if appointment.stage == "cancelled" else "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    _add_icalendar_alarms(event, appointment, "START")
    return event


_DAYS_OF_EVERY_MONTH = 28
_WORDS = {"completed": "closed", "cancelled": "cancelled"}


def _add_icalendar_properties(entry: Todo | Event, appointment: Appointment, title: str) -> None:
    # A to-do and an event must not be taken for one another where both are kept.
    entry.add("uid", appointment.uid if isinstance(entry, Todo) else f"event.{appointment.uid}")
    entry.add("sequence", appointment.sequence)
    entry.add("dtstamp", appointment.changed.astimezone(UTC))
    entry.add("created", appointment.created.astimezone(UTC))
    entry.add("last-modified", appointment.changed.astimezone(UTC))
    entry.add("summary", escape_hidden_text(title))
    entry.add("description", escape_hidden_text(appointment.note))
    categories = [*appointment.categories, format_cell(appointment.light, "light")]
    entry.add("categories", [escape_hidden_text(category) for category in categories])
    if appointment.place:
        entry.add("location", escape_hidden_text(appointment.place))
    if appointment.lead:
        entry.add("contact", escape_hidden_text(appointment.lead))


def _add_icalendar_recurrence(entry: Todo | Event, appointment: Appointment) -> None:
    """Add the days on which an appointment comes again: a rule, and those beside it.

    Source: RFC 5545, 3.3.10; a day of the month of -1 is its last day, and of several days
    the last one that a month has counts.
    """
    if appointment.other_days:
        entry.add("rdate", appointment.other_days, parameters={"VALUE": "DATE"})
    if appointment.months is None:
        return
    day = appointment.month_day
    rule: dict[str, Any] = {"freq": "monthly", "interval": appointment.months}
    rule |= {"bymonthday": day}
    if day > _DAYS_OF_EVERY_MONTH:
        rule |= {"bymonthday": list(range(_DAYS_OF_EVERY_MONTH, day + 1)), "bysetpos": -1}
    if appointment.until is not None:
        rule["until"] = appointment.until
    entry.add("rrule", rule)


def _add_icalendar_alarms(entry: Todo | Event, appointment: Appointment, related: str) -> None:
    for days in appointment.warn_days:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", escape_hidden_text(appointment.title))
        alarm.add("trigger", timedelta(days=-days), parameters={"RELATED": related})
        entry.add_component(alarm)


def _compute_icalendar_percent(done: Decimal | None) -> int:
    """Return a share as iCalendar has it; what is not completed never counts as whole."""
    return min(max(int(done or 0), 0), 99)
