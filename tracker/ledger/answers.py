"""Answers to questions about a ledger, and what changes report."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from msgspec import Struct

from tracker.model.assessment import Assessment
from tracker.model.commits import Commit
from tracker.model.records import Document, Initiative, Item, Receipt, Update
from tracker.model.vocabulary import Accumulation, State

if TYPE_CHECKING:
    from tracker.assessment.cycles import CycleResult
    from tracker.assessment.explanation import LightReasons
    from tracker.assessment.obligations import OwedReports
    from tracker.assessment.pace import Pace
    from tracker.assessment.parts import Whole
    from tracker.assessment.rollup import Rollup
    from tracker.ledger.history import Event
    from tracker.model.outlooks import CountedIndicators


ItemsT_co = TypeVar("ItemsT_co", bound=Iterable[Any], covariant=True)
"""List, or iterator over what is read while somebody goes through it."""


class Listing(Struct, Generic[ItemsT_co], frozen=True):
    """Items of one kind as of a day.

    Attributes:
        as_of: the day.
        items: the items.
        is_cut: whether there are more.
        total: how many there are, where not all are here.
        left_out: how many indicators that fit were not there on the day, because they were
            entered later.
        wholes: of a tree, the indicators that have parts.
        wrongly_foreseen: of a check, of how many indicators an index says what the rules do not.
    """

    as_of: date
    items: ItemsT_co
    is_cut: bool = False
    left_out: int = 0
    total: int | None = None
    wholes: "Sequence[Whole]" = ()
    wrongly_foreseen: int = 0


class StatusCounts(Struct, frozen=True):
    """Counts of all indicators, where only the first of each list are there.

    Attributes:
        all: the counts by light, state and kind.
        urgent: active promises that are red or yellow and have no verdict.
        due_soon: active promises that are open and due soon.
    """

    all: "Rollup"
    urgent: int
    due_soon: int


class ReportingStatus(Struct, frozen=True):
    """Indicators, and the reports that are owed on them; ``left_out`` as in ``Listing``.

    With ``counts`` there are more than are here: the first of each list of the screen.
    """

    as_of: date
    items: list[Assessment]
    owed: "list[OwedReports]"
    left_out: int = 0
    counts: StatusCounts | None = None


class Standing(Struct, frozen=True):
    """Indicators as they count on a day, in one or many parts; ``left_out`` as in ``Listing``."""

    as_of: date
    parts: "list[CountedIndicators]"
    left_out: int = 0


class Export(Struct, Generic[ItemsT_co], frozen=True):
    """Content of an export: initiatives with their indicators, and the documents.

    ``left_out`` as in ``Listing``; ``papers`` are the numbers of papers, of a whole ledger only.
    """

    as_of: date
    documents: list[Document]
    items: ItemsT_co
    left_out: int = 0
    papers: Sequence[Receipt] = ()


class Branch(Struct, frozen=True):
    """Initiative in the tree: how deep it stands, and all below it rolled up."""

    depth: int
    initiative: Initiative
    state: State
    rollup: "Rollup"


class InitiativeDetails(Struct, frozen=True):
    """Initiative as of a day, with what belongs to it."""

    as_of: date
    item: Item
    indicators: list[Assessment]
    paces: "list[Pace]"
    parent: Initiative | None
    children: list[Initiative]
    documents: Mapping[str, Document]
    cycles: "list[CycleResult]"
    wholes: "list[Whole]"


class LightExplanation(Struct, frozen=True):
    """Light of one indicator as of a day, with the working that leads to it.

    ``latest`` is its newest report of any status, ``cycles`` what became of each cycle.
    """

    as_of: date
    assessment: Assessment
    working: "LightReasons"
    pace: "Pace"
    documents: Mapping[str, Document]
    latest: Update | None
    cycles: "list[CycleResult]"


class StoredUpdate(Struct, frozen=True):
    """Stored update: how the indicator stood before and after it, its kind, and remarks."""

    update: Update
    before: Assessment
    after: Assessment
    remarks: list[str]
    accumulation: Accumulation


class StoredDecision(Struct, frozen=True):
    """Stored decision or edit: the record, what it was and is, and remarks."""

    record_id: str
    name: str
    before: str
    after: str
    remarks: Sequence[str] = ()


class UndoneChange(Struct, frozen=True):
    """Change that was taken back: the number of the undo, its commit, and what it had done."""

    seq: int
    taken_back: Commit
    events: "list[Event]"
