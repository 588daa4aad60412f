"""Records of the ledger: everything stored or exchanged is one of these structures.

Numbers are Decimal in the unit as printed, days are ``date``, recorded times carry
their time zone.
Fields at their default are left out on disk and written out in full in exports.
"""

from datetime import date
from decimal import Decimal

from msgspec import Struct

from tracker.model.vocabulary import (
    Accumulation,
    Basis,
    Commitment,
    Confidence,
    Cycle,
    Direction,
    Kind,
    Level,
    Measure,
    Moment,
    Op,
    Qualifier,
    State,
    Status,
)

SCHEMA = 1

APPENDED = frozenset({"updates", "revisions", "decisions", "judgements"})
"""Append-only lists of a record: they grow and are never replaced."""


class Record(Struct, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """Base of all stored structures."""


class Document(Record, kw_only=True):
    """Source document; ``published`` is the day from which its content was known."""

    id: str
    title: str
    published: date
    publisher: str | None = None
    url: str | None = None
    recorded_at: Moment | None = None
    by: str | None = None


class Source(Record, kw_only=True):
    """Place of a statement: a document's id and the place in it."""

    document: str
    locator: str | None = None


class Deadline(Record, kw_only=True):
    """Day with the document's own wording; ``on`` is null for 每年 and the like.

    ``loose`` is the other day that an ambiguous wording may mean: 2024-12-31 for 2024年前.
    """

    on: date | None = None
    wording: str | None = None
    basis: Basis = "stated"
    loose: date | None = None


class Interim(Record, kw_only=True):
    """Point of the planned line: this value by that day."""

    on: date
    value: Decimal


class Entry(Record, kw_only=True):
    """Base of append-only entries: the effective day and where it came from.

    ``voids`` names the entry of the same list that this one takes back.
    """

    id: str = ""
    on: date
    source: Source | None = None
    recorded_at: Moment | None = None
    by: str | None = None
    voids: str | None = None


class Update(Entry, kw_only=True):
    """Reported value or completion. With neither it only voids an earlier one."""

    period_start: date | None = None
    value: Decimal | None = None
    done: bool | None = None
    qualifier: Qualifier | None = None
    share_of_plan: Decimal | None = None
    status: Status = "final"
    note: str | None = None
    evidence: list[str] = []


class Revision(Entry, kw_only=True):
    """Decided change of target or deadline; what is not changed is null."""

    deadline: Deadline | None = None
    target: Decimal | None = None
    target_high: Decimal | None = None
    reason: str = ""


class Decision(Entry, kw_only=True):
    """Decided change of state. Without one it only voids an earlier decision."""

    state: State | None = None
    reason: str = ""


class Judgement(Entry, kw_only=True):
    """Confidence of a person that an indicator will be met, whatever the figures say.

    Without a confidence it only voids an earlier judgement.
    """

    confidence: Confidence | None = None
    reason: str = ""


class Indicator(Record, kw_only=True):
    """Number or milestone of an initiative. ``id`` is ``initiative.indicator``.

    ``target`` and ``deadline`` are the first promise; revisions change them.
    """

    id: str
    name: str
    measure: Measure = "number"
    unit: str | None = None
    direction: Direction | None = None
    op: Op | None = None
    target: Decimal | None = None
    target_high: Decimal | None = None
    approximate: bool = False
    baseline: Decimal | None = None
    baseline_on: date | None = None
    start: date | None = None
    interim: list[Interim] = []
    deadline: Deadline | None = None
    accumulation: Accumulation = "cumulative"
    commitment: Commitment | None = None
    source: Source | None = None
    notes: str | None = None
    decisions: list[Decision] = []
    revisions: list[Revision] = []
    updates: list[Update] = []
    judgements: list[Judgement] = []
    recorded_at: Moment | None = None
    by: str | None = None

    @property
    def initiative_id(self) -> str:
        """Return the id of the initiative that the indicator belongs to."""
        return self.id.partition(".")[0]


class Initiative(Record, kw_only=True):
    """Named strategy, programme, project, action, platform or mechanism (事项)."""

    id: str
    name: str
    aliases: list[str] = []
    kind: Kind = "initiative"
    category: str | None = None
    level: Level | None = None
    place: str | None = None
    parent: str | None = None
    lead: str | None = None
    support: list[str] = []
    cycle: Cycle | None = None
    tags: list[str] = []
    notes: str | None = None
    sources: list[Source] = []
    decisions: list[Decision] = []
    recorded_at: Moment | None = None
    by: str | None = None


class Reminder(Record, kw_only=True):
    """Subject of a reminder: one step before or after one deadline of an indicator.

    ``on`` is the day that the step fell on, whether or not people worked on it.
    """

    indicator: str
    step: str
    on: date
    deadline: date | None = None


class Acknowledgement(Record, kw_only=True):
    """Note that somebody has read what a message says about an indicator."""

    indicator: str
    at: Moment
    by: str | None = None
    note: str | None = None


class Receipt(Record, kw_only=True):
    """Message to one address: claimed before it is sent, confirmed by its channel.

    ``sent_at`` is null for as long as nobody knows that it arrived. ``address`` names a
    secret where there is one and never holds it. A long digest is several messages:
    ``part`` of ``parts``.
    """

    id: str
    digest: str
    address: str
    as_of: date
    part: int = 1
    parts: int = 1
    items: list[Reminder] = []
    claimed_at: Moment
    sent_at: Moment | None = None
    by: str | None = None
    acknowledged: list[Acknowledgement] = []


class Item(Initiative, kw_only=True):
    """Initiative with its indicators: the shape of exports and imports.

    ``state`` is the state after all decisions.
    """

    state: State = "active"
    indicators: list[Indicator] = []
