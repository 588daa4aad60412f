"""What questions to a ledger return and what changes report."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from tracker.model.assessment import Assessment
from tracker.model.commits import Commit
from tracker.model.records import Document, Initiative, Item, Update
from tracker.model.vocabulary import Accumulation, State

if TYPE_CHECKING:
    from tracker.assessment.checks import Finding
    from tracker.assessment.explanation import Working
    from tracker.assessment.obligations import Owed
    from tracker.assessment.pace import Pace
    from tracker.assessment.rollup import Rollup
    from tracker.ledger.history import Event


class Branch(NamedTuple):
    """One initiative in the tree: how deep it stands, and all below it rolled up."""

    depth: int
    initiative: Initiative
    state: State
    rollup: "Rollup"


class Shown(NamedTuple):
    """All about one initiative as of a day."""

    as_of: date
    item: Item
    indicators: list[Assessment]
    paces: "list[Pace]"
    parent: Initiative | None
    children: list[Initiative]
    documents: Mapping[str, Document]


class Explained(NamedTuple):
    """All about the light of one indicator as of a day."""

    as_of: date
    seen: Assessment
    working: "Working"
    pace: "Pace"
    documents: Mapping[str, Document]


class Listing(NamedTuple):
    """The answer to a question about indicators; when it is cut, there are more."""

    as_of: date
    items: list[Assessment]
    is_cut: bool = False


class Owing(NamedTuple):
    """Indicators, and the reports that are owed on them."""

    as_of: date
    items: list[Assessment]
    owed: "list[Owed]"


class Checked(NamedTuple):
    """What the honesty checks found."""

    as_of: date
    findings: "list[Finding]"


class Tree(NamedTuple):
    """The answer to a question about initiatives, parents before children."""

    as_of: date
    branches: list[Branch]


class Cited(NamedTuple):
    """The source documents, the oldest first, and how many records each is a source of."""

    as_of: date
    documents: list[Document]
    records: Mapping[str, int]


class Exported(NamedTuple):
    """What an export holds."""

    as_of: date
    documents: list[Document]
    items: list[Item]


class Passing(NamedTuple):
    """The answer to a question about indicators, which are read while they are gone through."""

    as_of: date
    items: Iterator[Assessment]


class PassingExport(NamedTuple):
    """What an export holds; its items are read while they are gone through."""

    as_of: date
    documents: list[Document]
    items: Iterator[Item]


class Reported(NamedTuple):
    """A stored update: the indicator before and after it, what is to be mentioned, its kind."""

    update: Update
    before: Assessment
    after: Assessment
    remarks: list[str]
    accumulation: Accumulation


class Decided(NamedTuple):
    """A stored decision or edit: the record, what it was and is, what is to be mentioned."""

    record_id: str
    name: str
    before: str
    after: str
    remarks: Sequence[str] = ()


class Moved(NamedTuple):
    """A copied ledger: how many commits it has, and where it is."""

    commits: int
    place: str


class Undone(NamedTuple):
    """A change that was taken back, what it had been, and the commit that took it back."""

    seq: int
    taken_back: Commit
    events: "list[Event]"
