"""Protocols of a store and the results of its work."""

from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import AbstractContextManager
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple, Protocol, TypeVar, runtime_checkable

from msgspec import Struct

from tracker.errors import LedgerDamaged
from tracker.locale.translation import _
from tracker.model.commits import Change, Commit, Stamp, Stored
from tracker.model.filters import Filter
from tracker.model.records import Document, Entry, Indicator, Initiative, Receipt

Answer = TypeVar("Answer")


class Named(Struct, frozen=True):
    """The part of a record by which a person may call it."""

    id: str
    name: str
    aliases: list[str] = []


class View(Protocol):
    """The ledger at one moment; what is read from it belongs together."""

    def documents(self) -> dict[str, Document]:
        """The source documents by id."""

    def initiative(self, record_id: str) -> Initiative | None:
        """The initiative with exactly this id."""

    def indicator(self, record_id: str) -> Indicator | None:
        """The indicator with exactly this id."""

    def names(self, part: str = "") -> Iterator[Named]:
        """What the initiatives, then the indicators are called.

        Those in whose id, name or an alias ``part`` occurs whatever its case, possibly more.
        """

    def initiatives(self, where: Filter, besides: Collection[str] = ()) -> Iterator[Initiative]:
        """All initiatives that match or of which an indicator matches, in the order of entry.

        Those whose ids are named besides, whatever they say, and possibly more.
        """

    def children_of(
        self, initiative_ids: Collection[str], besides: Collection[str] = ()
    ) -> list[Initiative]:
        """The initiatives right below these, and those named besides, in the order of entry."""

    def indicators_of(self, initiative_id: str) -> list[Indicator]:
        """The indicators of one initiative, in the order of entry."""

    def candidates(
        self,
        where: Filter,
        due_by: date | None = None,
        as_of: date | None = None,
        owners: Collection[str] | None = None,
        besides: Collection[str] = (),
    ) -> Iterator[tuple[Initiative, Indicator]]:
        """All indicators that match and ever had a deadline up to ``due_by``, possibly more.

        Args:
            where: what is asked for.
            due_by: a day; None: whatever the deadline, and without one.
            as_of: the day whose states count, where all that was ever recorded is known;
                None: a state says nothing.
            owners: the ids of the only initiatives whose indicators are wanted; None: of all.
            besides: the ids of initiatives whose indicators are wanted whether they match or not.
        """

    def receipts(self, since: datetime | None = None) -> Iterator[Receipt]:
        """All receipts claimed since then, possibly more, in the order of entry."""

    def history(self, about: Collection[str] | None = None) -> Iterator[Commit]:
        """All commits, oldest first.

        Args:
            about: the ids of the only records that are asked about, with the indicators of
                initiatives; what happened to others may be left out. None: everything.
        """

    def newest(self) -> Iterator[Commit]:
        """All commits, newest first; who stops early has not read the rest."""

    def edits(self) -> Iterator[Commit]:
        """All that happened to the records that were ever edited or taken out, oldest first.

        Possibly more, and possibly without what only happened to messages.
        """


@runtime_checkable
class InOrder(Protocol):
    """A view that need not read all indicators to find those whose deadline comes first."""

    def soonest(
        self, where: Filter, due_by: date, as_of: date | None
    ) -> Iterator[tuple[date, Initiative, Indicator]]:
        """The candidates, by the earliest deadline that each ever had, which comes with them."""


class Transaction(View, Protocol):
    """A view that can be changed; nothing is stored before its work has returned.

    Changing what is not there is a KeyError.

    Attributes:
        changes: what was done so far, in its order.
    """

    changes: list[Change]

    def create(self, record: Stored) -> None:
        """Add a record; its id must be new."""

    def replace(self, record: Stored) -> None:
        """Change the fields that differ; append-only lists stay as they are."""

    def append(self, record_id: str, entry: Entry) -> None:
        """Add an entry to an indicator, or a decision to an initiative."""

    def remove(self, record: Stored) -> None:
        """Take a record out (the undo of ``create``)."""


class Store(Protocol):
    """One ledger."""

    @property
    def place(self) -> str:
        """Where it is, for a person."""

    def create(self) -> bool:
        """Make the ledger if there is none; whether one was made."""

    def view(self) -> AbstractContextManager[View]:
        """The ledger as it is now.

        Raises:
            LedgerError: it is missing, damaged, unreadable or too new.
        """

    def transact(self, work: Callable[[Transaction], Answer], stamp: Stamp) -> Answer:
        """Run ``work`` and store its changes as one commit, or nothing.

        ``work`` may be run again when another writer was quicker, so it must do
        nothing but read and change its transaction.

        Raises:
            LedgerError: as for ``view``, or nothing could be stored.
        """


@runtime_checkable
class Files(Protocol):
    """A store whose ledger is a folder of files that can be verified, repaired and copied."""

    def doubt(self) -> str | None:
        """What makes the folder unfit for a ledger, in one sentence; None where nothing does."""

    def verify(self) -> int:
        """Read everything and compare every checksum; how many commits there are.

        Raises:
            LedgerError: it is missing, damaged, unreadable or too new.
        """

    def recover(self, stamp: Stamp) -> "Recovered":
        """Rebuild a damaged ledger out of all that is whole in it; keep what was there.

        Raises:
            LedgerError: it is missing, unreadable or too new, or nothing in it is whole.
        """

    def back_up(self, target: Path | None, keep: int, now: datetime) -> "BackedUp":
        """Write the whole ledger into one new file, or a dated one in a folder; read it back.

        Raises:
            LedgerError: the ledger is not whole.
            DeliveryFailed: the backup could not be written.
        """

    def restore(self, file: Path, stamp: Stamp) -> "Restored":
        """Put a backup in the place of the ledger; what was there is kept beside.

        Raises:
            LedgerError: the file is no whole backup, or it could not be stored.
        """


@runtime_checkable
class Movable(Protocol):
    """A store into which a whole ledger can be copied."""

    @property
    def place(self) -> str:
        """Where it is, for a person."""

    def fill(self, commits: Iterable[Commit], prove: Callable[[View], None]) -> int:
        """Make an empty ledger one of these commits, or leave it as it is; how many there are.

        Args:
            commits: all of a ledger, oldest first.
            prove: is shown the copy before it counts, and raises if it is not to.

        Raises:
            Conflict: there is something in the ledger already.
            LedgerError: it cannot be used.
        """


@runtime_checkable
class Database(Protocol):
    """A store with tables of a version, and with rights of its own."""

    @property
    def place(self) -> str:
        """Where it is, for a person."""

    def upgrade(self) -> list[int]:
        """Bring the tables to the newest version; the versions that were new."""

    def rights(self) -> list[tuple[str, str, str]]:
        """Login, role and lead of all who have rights in this ledger, the owner apart."""

    def grant(self, login: str, role: str, lead: str) -> None:
        """Make a role that of a login; a reporter reports for this lead too."""

    def revoke(self, login: str) -> bool:
        """Take all rights in this ledger from a login; whether it had any."""


def orphaned(initiative_id: str) -> LedgerDamaged:
    """What to raise for an indicator whose initiative is not there."""
    return LedgerDamaged(
        _("The initiative {id} of an indicator is missing; run: tracker recover").format(
            id=initiative_id
        )
    )


def silent(_sentence: str) -> None:
    """Say nothing to nobody."""


class Recovered(NamedTuple):
    """What a recovery found and did.

    Attributes:
        commits: how many commits the ledger holds now.
        written: the files that were written anew; none for a healthy ledger.
        kept: what was there before, under its new names.
        from_journal: commits that stood in the journal.
        from_recent: commits that were only in its second copy.
        outcome_of: first and last number of the commits known by their outcome only.
        lost: numbers of commits that are whole nowhere.
        unfit: numbers of commits that are whole but fit nowhere.
        scraps: bytes of the journal that were no whole commit.
    """

    commits: int
    written: list[str]
    kept: list[str]
    from_journal: int
    from_recent: int = 0
    outcome_of: tuple[int, int] | None = None
    lost: tuple[int, ...] = ()
    unfit: tuple[int, ...] = ()
    scraps: int = 0


class BackedUp(NamedTuple):
    """A backup: its file, how many commits it holds, and the older ones that made room."""

    file: str
    commits: int
    removed: list[str]


class Restored(NamedTuple):
    """A restored ledger: how many commits it holds, and what was there before."""

    commits: int
    kept: list[str]
