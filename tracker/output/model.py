"""Content to be rendered: typed columns and rows, pictures and appointments.

It knows nothing of programmes: all that is to be shown stands in it.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from msgspec import Struct

from tracker.model.vocabulary import Basis, Light, Status

if TYPE_CHECKING:
    from tracker.model.validation import Problem


Plain: TypeAlias = Decimal | int | str | bool | date | datetime | list[str] | None


class Printed(Struct, frozen=True):
    """Value that people read in words of its own: 200 as "200 or more"; programs get the value.

    ``address`` is where a page leads from it; it is followed only where that is safe.
    """

    value: Plain
    text: str
    address: str | None = None


Value: TypeAlias = Plain | Printed
ColumnKind: TypeAlias = Literal[
    "id", "text", "word", "number", "percent", "day", "days", "light", "flag", "list", "confidence"
]
"""``word`` is a word of a closed vocabulary, ``text`` what somebody wrote."""


Row: TypeAlias = tuple[Value, ...] | Struct
EntryKind: TypeAlias = Literal["value", "day", "percent", "choice", "text"]
"""What a column of a form asks for; ``value`` is a number, or whether a milestone is done."""


class Column(Struct, frozen=True):
    """One typed column: key in JSON and CSV, title for people.

    ``brief`` columns are the ones a table for people shows. A per cent column with
    ``bar`` is drawn as one where bars are drawn; ``expected`` is the key of the column
    that says where the bar should be. ``meaning`` says in a sentence how the column is
    computed, where that is not plain from its title. ``link`` is the key of the column that has
    the address of what a cell names, for a page. A terminal that is too narrow for all
    columns leaves ``spare`` ones out, those with the highest number first, and says which.
    People see a ``last`` column behind all others. A column of a form
    that is filled in says what it ``asks``, and of which ``choices``; the others are locked.
    """

    key: str
    title: str
    kind: ColumnKind = "text"
    brief: bool = True
    bar: bool = False
    expected: str | None = None
    meaning: str = ""
    spare: int = 0
    last: bool = False
    asks: EntryKind | None = None
    choices: tuple[str, ...] = ()
    link: str | None = None


def get_plain_value_of_output(value: Value) -> Plain:
    """Return a value as programs get it."""
    return value.value if isinstance(value, Printed) else value


class FormNotes(Struct, frozen=True, kw_only=True):
    """What makes a table a form that is filled in.

    Attributes:
        lines: how it is filled in.
        example: a row that shows it.
        choices: the answers to rows that ask whether something is done.
        milestones: the rows, from 0, that ask so.
    """

    lines: list[str]
    example: tuple[Value, ...]
    choices: tuple[str, str]
    milestones: frozenset[int]


class RowGroup(Struct, frozen=True, kw_only=True):
    """Rows of a table that follow one another and have a title together."""

    title: str
    rows: int


class Table(Struct, kw_only=True):
    """List as of a day: typed columns and rows of values.

    Attributes:
        title: what stands above it.
        as_of: the day that is looked at.
        columns: the typed columns.
        rows: a value for each column.
        items: the record behind each row, if its fields are the columns; JSON encodes it
            as it is. There may be more of them than rows, which a limit has cut.
        errors: what is wrong with single records.
        beside: what stands next to the items in JSON.
        key: its stable name among the tables of a sheet, in ASCII.
        facts: what stands between its title and its rows, as part of a sheet.
        page: whether it begins a page of its own where there are pages.
        form: how it is filled in; None: it is no form.
        is_register: whether it is printed as a register: with a title, borders and groups, apart
            from what programs need of it.
        groups: the groups of its rows, in their order; none: they are in no groups.
        finding: makes the sentences that a page of it begins with.
        histories: as in ``Sheet``.
    """

    title: str
    as_of: date
    columns: tuple[Column, ...]
    rows: list[tuple[Value, ...]]
    items: Sequence[Any] = ()
    errors: "list[Problem]" = []
    beside: dict[str, Any] = {}
    key: str = ""
    facts: list[tuple[str, Value]] = []
    page: bool = False
    form: FormNotes | None = None
    finding: Callable[[], Sequence[str]] | None = None
    histories: "ReadHistories | None" = None
    is_register: bool = False
    groups: list[RowGroup] = []


class Stream(Struct, kw_only=True):
    """List that is too long to hold: it is drawn while its rows are read, one at a time.

    Only formats that need not know all rows before they write the first can draw it.

    Attributes:
        as_of: the day that is looked at.
        columns: the typed columns.
        rows: a value for each column, or the record whose fields are the columns; they are
            gone through once.
        errors: what is wrong with single records.
        beside: what stands before the items in JSON.
    """

    as_of: date
    columns: tuple[Column, ...]
    rows: Iterable[Row]
    errors: "list[Problem]" = []
    beside: dict[str, Any] = {}


MarkKind: TypeAlias = Literal["deadline", "revised", "met"]
"""``revised`` is a deadline that another one has taken the place of."""


class Mark(Struct, frozen=True, kw_only=True):
    """Day that stands out on a line of time."""

    on: date
    kind: MarkKind


class Span(Struct, frozen=True, kw_only=True):
    """One line of a timeline: from ``start`` to ``end``, either of which may be unknown.

    ``done`` and ``expected`` are per cent of the way, null where undefined; ``light`` is
    always shown as a word, ``why`` beside it. ``deadline_basis`` and ``deadline_loose`` say how
    certain ``end`` is. ``after`` is the id of the span that comes before it.
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
    deadline_basis: Basis | None = None
    deadline_loose: date | None = None
    after: str | None = None


class Timeline(Struct, kw_only=True):
    """Spans side by side over the days from ``first`` to ``last``; "today" is ``as_of``."""

    title: str
    as_of: date
    first: date
    last: date
    spans: list[Span]


class ReportedValue(Struct, frozen=True, kw_only=True):
    """Reported value of a trend, and how firm it is."""

    on: date
    value: Decimal
    status: Status


class Waypoint(Struct, frozen=True, kw_only=True):
    """Value that is expected by a day; between two the line is straight."""

    on: date
    value: Decimal


class Trend(Struct, kw_only=True):
    """One indicator over time, in its unit, against the line that is expected of it.

    ``expected`` is empty where no line can be drawn. ``target_high`` is the upper end of a
    range; "today" is ``as_of``. ``deadline_basis`` and ``deadline_loose`` say how certain the
    deadline is.
    """

    id: str
    title: str
    as_of: date
    unit: str | None
    readings: list[ReportedValue]
    expected: list[Waypoint]
    target: Decimal | None
    target_high: Decimal | None
    deadline: date | None
    light: Light
    why: str
    deadline_basis: Basis | None = None
    deadline_loose: date | None = None


Picture: TypeAlias = Timeline | Trend
Stage: TypeAlias = Literal["open", "under_way", "completed", "cancelled"]


class Appointment(Struct, frozen=True, kw_only=True):
    """Whole day in a calendar on which something has to be done.

    Attributes:
        uid: the same for ever, and for no other appointment of any ledger.
        sequence: how often it was changed; never less than it was before.
        created: when it was recorded.
        changed: when it was changed last.
        done: per cent, null where undefined.
        completed: the day on which it was done.
        warn_days: how many days before there is an alarm.
        months: the months after which it comes again; null: it does not.
        month_day: the day of those months; -1: their last one.
        until: the last day on which it may come again; null: for ever.
        other_days: days on which it comes again beside those.
    """

    uid: str
    sequence: int
    created: datetime
    changed: datetime
    on: date
    title: str
    note: str
    stage: Stage
    light: Light
    done: Decimal | None
    completed: date | None
    lead: str | None
    place: str | None
    categories: list[str]
    warn_days: list[int]
    months: int | None = None
    month_day: int = -1
    until: date | None = None
    other_days: list[date] = []


class HistoryEvent(Struct, frozen=True, kw_only=True, gc=False):
    """What happened to a record on a day.

    Attributes:
        on: the day; None: nobody has said.
        what: what happened, in words.
        sources: where that is written.
        is_void: whether it was taken back.
    """

    on: date | None
    what: str
    sources: Sequence[Printed] = ()
    is_void: bool = False


class History(Struct, frozen=True, kw_only=True, gc=False):
    """History of the record behind a row: how it stands and why, its trend, what happened.

    Attributes:
        id: the id of the record.
        title: what it is called.
        light: how it stands.
        why: the reason of the light.
        trend: its values over time; None: it has none.
        events: what happened, the oldest first.
    """

    id: str
    title: str
    light: Light
    why: str
    trend: Trend | None
    events: Sequence[HistoryEvent]


class Histories(Struct, frozen=True):
    """Histories of the records in the rows of a page, which may be built while they are drawn.

    Attributes:
        ids: the records that have one.
        built: the history of each, gone through once.
    """

    ids: Collection[str]
    built: Iterable[History]


class Link(Struct, frozen=True):
    """Text that leads to another page, or to a place on this one."""

    text: str
    address: str


class Page(Struct, kw_only=True):
    """What a page of a site has beside its content: the site, who publishes it, where to go on.

    ``links`` are on every page, ``related`` those of this one.
    """

    site: str
    publisher: str
    links: list[Link]
    related: Sequence[Link] = ()


class Sheet(Struct, kw_only=True):
    """One record or screen: facts, then pictures and tables. ``items`` is the same as data.

    The items are gone through once, so they may be read while they are written.
    ``beside`` holds what stands next to the items in JSON, for tables too. Where there are
    tables they say what the pictures show; so only a page draws both. ``calendar`` is null
    where nothing has a day to be written into one. ``finding`` makes the sentences that a
    page begins with: what a reader has to know if he reads nothing else. ``page`` is the site that
    it is a page of; ``histories`` makes the histories of the records with some ids, which a page
    that is no page of a site asks for its rows. ``papers``, of the type in ``output.papers``, are
    the same for a format that sets official papers.
    """

    title: str
    as_of: date
    facts: list[tuple[str, Value]]
    pictures: list[Picture] = []
    tables: list[Table] = []
    papers: Sequence[Any] = ()
    calendar: list[Appointment] | None = None
    items: Iterable[Any] = []
    errors: "list[Problem]" = []
    beside: dict[str, Any] = {}
    finding: Callable[[], Sequence[str]] | None = None
    page: Page | None = None
    histories: "ReadHistories | None" = None


ReadHistories: TypeAlias = Callable[[Collection[str]], Histories]
Content: TypeAlias = Table | Sheet | Stream
"""Content of any kind; a stream only for a format that writes while it reads."""
