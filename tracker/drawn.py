"""What can be drawn, whoever draws it: timelines and trends; and what a calendar can hold.

These structures know days, values and lights, and nothing of programmes.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Literal, TypeAlias

from msgspec import Struct

from tracker.vocabulary import Light, Status

MarkKind: TypeAlias = Literal["deadline", "revised", "met"]
"""``revised`` is a deadline that another one has taken the place of."""


class Mark(Struct, frozen=True, kw_only=True):
    """A day that stands out on a line of time."""

    on: date
    kind: MarkKind


class Span(Struct, frozen=True, kw_only=True):
    """One line of a timeline: from ``start`` to ``end``, either of which may be unknown.

    ``done`` and ``expected`` are per cent of the way, null where undefined; ``light`` is
    always shown as a word, ``why`` beside it.
    """

    id: str
    label: str
    start: date | None
    end: date | None
    light: Light
    why: str
    done: Decimal | None
    expected: Decimal | None
    marks: list[Mark] = []


class Timeline(Struct, kw_only=True):
    """Spans side by side over the days from ``first`` to ``last``; "today" is ``as_of``."""

    title: str
    as_of: date
    first: date
    last: date
    spans: list[Span]


class Reading(Struct, frozen=True, kw_only=True):
    """A value of a trend, and how firm it is."""

    on: date
    value: Decimal
    status: Status


class Waypoint(Struct, frozen=True, kw_only=True):
    """A value that is expected by a day; between two the line is straight."""

    on: date
    value: Decimal


class Trend(Struct, kw_only=True):
    """One indicator over time, in its unit, against the line that is expected of it.

    ``expected`` is empty where no line can be drawn. ``target_high`` is the upper end of a
    range; "today" is ``as_of``.
    """

    id: str
    title: str
    as_of: date
    unit: str | None
    readings: list[Reading]
    expected: list[Waypoint]
    target: Decimal | None
    target_high: Decimal | None
    deadline: date | None
    light: Light
    why: str


Picture: TypeAlias = Timeline | Trend
Progress: TypeAlias = Literal["open", "under_way", "completed", "cancelled"]


class Appointment(Struct, frozen=True, kw_only=True):
    """A whole day in a calendar on which something has to be done.

    Attributes:
        uid: the same for ever, and for no other appointment of any ledger.
        sequence: how often it was changed; never less than it was before.
        created: when it was recorded.
        changed: when it was changed last.
        done: per cent, null where undefined.
        completed: the day on which it was done.
        warn_days: how many days before there is an alarm.
    """

    uid: str
    sequence: int
    created: datetime
    changed: datetime
    on: date
    title: str
    note: str
    progress: Progress
    light: Light
    done: Decimal | None
    completed: date | None
    lead: str | None
    place: str | None
    categories: list[str]
    warn_days: list[int]
