"""What every store offers: its view, its transactions, its abilities and their results.

A new store subclasses ``View`` and ``Transaction``, meets the protocol ``Store``, and those
of the abilities that it has; tests/support/stores.py runs every test of a store on it.
"""

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeAlias, TypeVar, runtime_checkable

import msgspec
from msgspec import Struct

from tracker.errors import InvalidInput, LedgerMissing
from tracker.locale.translation import _
from tracker.model.codec import encode
from tracker.model.commits import Change, Commit, Stamp, StoredRecord
from tracker.model.filters import Filter
from tracker.model.records import Document, Entry, Indicator, Initiative, Receipt

if TYPE_CHECKING:
    from tracker.model.outlooks import (
        CountedIndicators,
        Foreseen,
        ForeseenOrder,
        ForeseenWanted,
        Outlook,
    )

Answer = TypeVar("Answer")
StoredT = TypeVar("StoredT", bound=StoredRecord)

_ALL = Filter()


class RecordName(Struct, frozen=True):
    """The part of a record by which a person may call it."""

    id: str
    name: str
    aliases: list[str] = []


class SharedParts(Struct, frozen=True):
    """What some indicators may share with others.

    Attributes:
        places: where they are; None: anywhere, or nowhere.
        evidence: what their reports rest on.
        ids: the ids of other indicators that they name.
        wholes: the ids of those of which others may be parts.
    """

    places: Collection[str] | None
    evidence: Collection[str]
    ids: Collection[str]
    wholes: Collection[str]


class View(ABC):
    """The ledger at one moment; what is read from it belongs together.

    A store may override what is derived here where it can answer with less work.

    Attributes:
        newest: what its last commit is known by.
        is_chained: whether that is the checksum of all commits, the head of a chain.
        has_outlooks: whether it may yield ``foreseen_candidates``.
    """

    newest: str = ""
    is_chained: bool = False
    has_outlooks: bool = False

    @abstractmethod
    def documents(self) -> dict[str, Document]:
        """Return the source documents by id."""

    @abstractmethod
    def record(self, kind: type[StoredT], record_id: str) -> StoredT | None:
        """Return the record of this kind with exactly this id."""

    def initiative(self, record_id: str) -> Initiative | None:
        """Return the initiative with exactly this id."""
        return self.record(Initiative, record_id)

    def indicator(self, record_id: str) -> Indicator | None:
        """Return the indicator with exactly this id."""
        return self.record(Indicator, record_id)

    def names(self, part: str = "") -> Iterator[RecordName]:
        """Yield what the initiatives, then the indicators are called.

        Those in whose id, name or an alias ``part`` occurs whatever its case, possibly more.
        """
        where = Filter(text=part or None)
        yield from list_names_in_any_store(self.initiatives(where), self.candidates(where))

    @abstractmethod
    def initiatives(self, where: Filter, besides: Collection[str] = ()) -> Iterator[Initiative]:
        """Yield all initiatives that match or of which an indicator matches, possibly more.

        In the order of entry, with those whose ids are in ``besides``, whatever they say.
        """

    def children_of(
        self, initiative_ids: Collection[str], besides: Collection[str] = ()
    ) -> list[Initiative]:
        """Return the initiatives right below these, and those named besides, in entry order."""
        return [
            initiative
            for initiative in self.initiatives(_ALL, besides)
            if initiative.parent in initiative_ids or initiative.id in besides
        ]

    @abstractmethod
    def indicators_of(self, initiative_id: str) -> list[Indicator]:
        """Return the indicators of one initiative, in the order of entry."""

    def linked_indicators(self, field: str) -> Iterator[Indicator]:
        """Yield the indicators whose ``field`` names another one, in the order of entry."""
        for _initiative, indicator in self.candidates(_ALL):
            if getattr(indicator, field) is not None:
                yield indicator

    def recorded_days(self, where: Filter) -> Iterator[date]:
        """Yield days on which indicators that match, possibly more, were entered.

        Those of their initiatives and of the reports on them count too. The first of all these
        days is among them, if there is one.
        """
        for initiative, indicator in self.candidates(where):
            moments = [initiative.recorded_at, indicator.recorded_at]
            moments += [update.recorded_at for update in indicator.updates]
            if days := [moment.date() for moment in moments if moment is not None]:
                yield min(days)

    @abstractmethod
    def candidates(
        self,
        where: Filter,
        due_by: date | None = None,
        as_of: date | None = None,
        owners: Collection[str] | None = None,
        besides: Collection[str] = (),
    ) -> Iterator[tuple[Initiative, Indicator]]:
        """Yield all indicators that match and ever had a deadline up to ``due_by``, possibly more.

        Args:
            where: what is asked for.
            due_by: a day; None: whatever the deadline, and without one.
            as_of: the day whose states count, where all that was ever recorded is known;
                None: a state says nothing.
            owners: the ids of the only initiatives whose indicators are wanted; None: of all.
            besides: the ids of initiatives whose indicators are wanted whether they match or not.
        """

    def count_citations(self) -> Mapping[str, int]:
        """Return of how many initiatives and indicators each document is a source, by its id."""
        records: Counter[str] = Counter()
        for initiative in self.initiatives(_ALL):
            records.update({source.document for source in initiative.sources})
        records.update(
            indicator.source.document
            for _initiative, indicator in self.candidates(_ALL)
            if indicator.source is not None
        )
        return records

    def candidates_that_share(
        self,
        shared: SharedParts,  # noqa: ARG002  # for stores that need not read all
    ) -> Iterator[tuple[Initiative, Indicator]]:
        """Yield all indicators that share something with others, possibly more, in entry order."""
        return self.candidates(_ALL)

    def candidates_due_between(
        self,
        where: Filter,
        first: date,  # noqa: ARG002  # for stores that know deadlines
        last: date,
        as_of: date | None,
    ) -> Iterator[tuple[Initiative, Indicator]]:
        """Yield all indicators that match and had a deadline on one of these days, possibly more.

        Args:
            where: what is asked for.
            first: the first day.
            last: the last one.
            as_of: as for ``candidates``.
        """
        return self.candidates(where, last, as_of)

    def foreseen_candidates(
        self,
        rules: str,  # noqa: ARG002  # for stores that keep an index
        day: date,  # noqa: ARG002
        wanted: "Collection[ForeseenWanted]",  # noqa: ARG002
    ) -> Iterator[tuple[Initiative, Indicator]] | None:
        """Yield what may be foreseen to meet one of some conditions, and what is not foreseen.

        Of reports there is only what an assessment by today's knowledge depends on.

        Args:
            rules: what the rules are called, as for ``ForeseenIndex``.
            day: the day.
            wanted: the conditions.

        Returns:
            None where there is no index of these rules that is worth reading.
        """
        return None

    @abstractmethod
    def receipts(self, since: datetime | None = None) -> Iterator[Receipt]:
        """Yield all receipts claimed since then, possibly more, in the order of entry."""

    @abstractmethod
    def history(self, about: Collection[str] | None = None) -> Iterator[Commit]:
        """Yield all commits, oldest first.

        Args:
            about: the ids of the only records that are asked about, with the indicators of
                initiatives; what happened to others may be left out. None: everything.
        """

    def history_heads(self) -> Iterator[Commit]:
        """Yield all commits, oldest first, possibly without what they changed."""
        return self.history()

    def find_newest_moment(self) -> datetime | None:
        """Return the moment of the last commit; None: there is none."""
        return next((commit.at for commit in self.history_newest_first()), None)

    def history_newest_first(
        self,
        *,
        most: int | None = None,  # noqa: ARG002
    ) -> Iterator[Commit]:
        """Yield all commits, newest first; a store may read no more than is asked for.

        Args:
            most: where a commit makes more records than so many, the changes that make them need
                not say what these hold. None: all must.
        """
        return reversed(list(self.history()))

    def add_logins(  # noqa: B027  # most stores keep none
        self, records: Iterable[Initiative | Indicator]
    ) -> None:
        """Set in the entries of records the logins under which they were stored, if any are kept.

        Args:
            records: as this view has returned them, with all of their entries.
        """

    def history_of_edited(self) -> Iterator[Commit]:
        """Yield all that happened to the records that were ever edited or taken out.

        Oldest first, possibly more, and possibly without what only happened to messages.
        """
        return self.history()


class EncodedIndicator(NamedTuple):
    """Indicator as JSON with every field present.

    Attributes:
        initiative_id: the id of the initiative that it belongs to.
        lead: the responsible body, where it is not that of the initiative.
        json: all of it.
    """

    initiative_id: str
    lead: str | None
    json: bytes


@runtime_checkable
class EncodedIndicators(Protocol):
    """View that has its indicators as JSON at once, and no logins beside them."""

    def encoded_indicators(self, owners: Collection[str]) -> Iterator[EncodedIndicator]:
        """Yield the indicators of some initiatives, in the order of entry."""


@runtime_checkable
class DeadlineOrdered(Protocol):
    """A view that need not read all indicators to find those whose deadline comes first."""

    def candidates_by_deadline(
        self, where: Filter, due_by: date, as_of: date | None
    ) -> Iterator[tuple[date, Initiative, Indicator]]:
        """Yield the candidates, each behind the earliest deadline it ever had, in that order."""


@runtime_checkable
class ForeseenIndex(Protocol):
    """A view with an index of what was foreseen of its indicators by some rules.

    Whatever it answers is true of all indicators but those that it yields as unforeseen: of
    them it knows nothing, or something that was changed since, and counts none of them. It
    holds for the records as they are in the view, never for a day before that of foreseeing.
    """

    def count_foreseen(
        self, rules: str, day: date, due_by: date | None = None
    ) -> Mapping[int, int] | None:
        """Return the marks on a day, each with the number of indicators that have it.

        Args:
            rules: what the rules are called (``assessment.spans.describe_rules_of_spans``).
            day: the day.
            due_by: only those whose deadline is on that day or before; None: all. Those of
                before the day need not be counted.

        Returns:
            None where there is no index of these rules, or so little in it that reading
            everything is cheaper.
        """

    def rank_foreseen(
        self, rules: str, day: date, wanted: "ForeseenWanted", order: "ForeseenOrder", limit: int
    ) -> "list[Foreseen]":
        """Return the first so many in an order, with all that may belong among them.

        A gap in an index is known within two tenths of a point, and by "nearest" the gap
        decides where deadlines are equally near, so that more than the limit are returned.
        """

    def unforeseen(self, rules: str, day: date) -> Iterator[tuple[Initiative, Indicator]]:
        """Yield the indicators of which the index says nothing, in any order."""

    def indicators_by_id(self, ids: Collection[str]) -> Iterator[tuple[Initiative, Indicator]]:
        """Yield some indicators with their initiatives, in any order."""


@runtime_checkable
class GroupedForeseenIndex(ForeseenIndex, Protocol):
    """An index that can also be asked about those that fit a filter of some fields."""

    def count_fitting_foreseen(
        self,
        rules: str,
        day: date,
        fields: Collection[str],
        where: Filter,
        soon: date | None = None,
    ) -> "list[CountedIndicators] | None":
        """Return all indicators whose deadline fits, counted by some fields and their marks.

        Args:
            rules: what the rules are called.
            day: the day.
            fields: fields of a filter of which they must have the same to be counted together.
            where: conditions on the deadline; those on fields say only how many may fit.
            soon: a day up to which those with a deadline are counted as well; None: none are.

        Returns:
            None where the index does not know enough, or where so few fit that judging them
            is cheaper.
        """


Foresee: TypeAlias = Callable[
    [View, Iterable[tuple[Initiative, Indicator]]], Mapping[str, "Outlook | None"]
]
"""Foresees some indicators of a view, by id; None: nothing can be."""


@runtime_checkable
class ForeseeingStore(Protocol):
    """A store that keeps what is foreseen beside its records, once those are written anew.

    Attributes:
        is_renewed: whether they were, and nothing is foreseen yet.
        index_file: where it is kept; it may be deleted at any time.
    """

    is_renewed: bool
    index_file: Path

    def keep_foreseen(self, rules: str, most: int, foresee: Foresee) -> None:
        """Keep what is foreseen of the indicators, of so many of those of which nothing is yet.

        Args:
            rules: what the rules are called, by which it is foreseen.
            most: how many indicators to foresee at once.
            foresee: foresees some.
        """


class Transaction(View):
    """A view that can be changed; nothing is stored before its work has returned.

    What its changes concern is not foreseen any more, unless it is kept anew: an indicator, the
    indicators below an initiative, and what cites a document whose day moves.

    Attributes:
        changes: what was done so far, in its order.
        foreseen_by: the rules by which the ledger keeps what is foreseen; None: it keeps nothing.
    """

    changes: Sequence[Change]
    foreseen_by: str | None = None

    def list_forgotten(  # most stores keep nothing
        self,
        most: int,  # noqa: ARG002
    ) -> Sequence[tuple[Initiative, Indicator]]:
        """Return the indicators that are not foreseen any more though they have not changed.

        Args:
            most: how many they may be; of more of them none is returned.
        """
        return ()

    def keep_foreseen(  # most stores keep nothing
        self, outlooks: "Mapping[str, Outlook | None]"
    ) -> None:
        """Keep with the changes what is foreseen of indicators, by id; None: nothing can be."""

    @abstractmethod
    def create(self, record: StoredRecord) -> None:
        """Add a record.

        Raises:
            Conflict: its id is not new.
        """

    @abstractmethod
    def replace(self, record: StoredRecord) -> None:
        """Change the fields that differ; append-only lists stay as they are.

        Raises:
            KeyError: there is no such record.
        """

    @abstractmethod
    def append(self, record_id: str, entry: Entry) -> None:
        """Add an entry to an indicator, or a decision to an initiative.

        Raises:
            KeyError: there is no such record.
        """

    @abstractmethod
    def remove(self, record: StoredRecord) -> None:
        """Take a record out (the undo of ``create``).

        Raises:
            KeyError: there is no such record.
        """


class Store(Protocol):
    """One ledger."""

    @property
    def place(self) -> str:
        """Return where it is, for a person."""

    def create(self) -> bool:
        """Make the ledger if there is none; return whether one was made.

        Raises:
            LedgerError: there is something else, or what is left of a ledger.
        """

    def view(self) -> AbstractContextManager[View]:
        """Open the ledger as it is now.

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
class VerifiableStore(Protocol):
    """A store that can tell whether its records are what its changes lead to."""

    def verify(self, about: Collection[str] | None = None) -> int:
        """Read everything and compare it; return how many commits there are.

        Args:
            about: the ids of initiatives; a store that can compare them and their indicators
                alone need not look at others. None: everything.

        Raises:
            LedgerError: it is missing, damaged, unreadable or too new.
        """


@runtime_checkable
class RecoverableStore(Protocol):
    """A store whose ledger can be put right where a part of it is damaged."""

    def recover(self, stamp: Stamp) -> "RecoveryResult":
        """Rebuild a damaged ledger out of all that is whole in it; keep what was there.

        Raises:
            LedgerDamaged: nothing in it is whole.
            LedgerError: it is missing, unreadable or too new.
        """


@runtime_checkable
class RepairableStore(Protocol):
    """A store whose ledger is a folder of files that can be verified, repaired and copied."""

    def describe_risk(self) -> str | None:
        """Say in one sentence what makes the folder unfit for a ledger; None: nothing does."""

    def describe_exposure(self) -> str | None:
        """Say in one sentence that others may change the folder; None: they may not."""

    def verify(self, about: Collection[str] | None = None) -> int:
        """Read everything and compare every checksum; return how many commits there are.

        Raises:
            LedgerError: it is missing, damaged, unreadable or too new.
        """

    def recover(self, stamp: Stamp) -> "RecoveryResult":
        """Rebuild a damaged ledger out of all that is whole in it; keep what was there.

        Raises:
            LedgerDamaged: nothing in it is whole.
            LedgerError: it is missing, unreadable or too new.
        """

    def back_up(self, target: Path | None, keep: int, now: datetime) -> "BackupResult":
        """Write the whole ledger into one new file, and read it back.

        Args:
            target: a new file, or a folder for a dated one; None: the ledger's own folder.
            keep: how many dated backups a folder holds; the oldest make room.
            now: the moment in the name of the file.

        Raises:
            LedgerError: the ledger is missing, damaged, unreadable or too new.
            Conflict: the file is there already.
            DeliveryFailed: the backup could not be written.
        """

    def restore(self, file: Path, stamp: Stamp) -> "RestoreResult":
        """Put a backup in the place of the ledger; keep beside what was there.

        Raises:
            InvalidInput: the file cannot be read.
            LedgerDamaged: it is no whole backup.
            LedgerTooNew: a newer version of the program wrote it.
            LedgerError: it could not be stored.
        """


@runtime_checkable
class FillableStore(Protocol):
    """A store into which a whole ledger can be copied."""

    @property
    def place(self) -> str:
        """Return where it is, for a person."""

    def fill(self, commits: Iterable[Commit], prove: Callable[[View], None]) -> int:
        """Fill a new or empty ledger with these commits, or leave it; return how many.

        Args:
            commits: all of a ledger, oldest first.
            prove: gets the copy before it counts, and raises to refuse it.

        Raises:
            Conflict: there is something in the ledger already.
            LedgerError: it cannot be used, or could not be stored.
        """


@runtime_checkable
class DatabaseStore(Protocol):
    """A store with tables of a version, and with rights of its own."""

    @property
    def place(self) -> str:
        """Return where it is, for a person."""

    def upgrade(self) -> list[int]:
        """Bring the tables to the newest version; return the versions that were new."""

    def foresee(self, rules: str, day: date, foresee: Foresee) -> int:
        """Keep from now on what is foreseen of all indicators; return of how many it is new.

        Nothing is done for a login that does not own the tables.

        Args:
            rules: what the rules are called, by which it is foreseen.
            day: from which day on.
            foresee: foresees it for some indicators of a view; None: nothing can be.
        """

    def list_rights(self) -> list[tuple[str, str, str]]:
        """List login, role and lead of all who have rights in this ledger, the owner apart."""

    def grant(self, login: str, role: str, lead: str) -> None:
        """Make a role that of a login; a reporter reports for this lead too."""

    def revoke(self, login: str) -> bool:
        """Take all rights in this ledger from a login; return whether it had any."""


def list_names_in_any_store(
    initiatives: Iterable[Initiative], indicators: Iterable[tuple[Initiative, Indicator]]
) -> Iterator[RecordName]:
    """Yield what these initiatives, then these indicators are called."""
    for initiative in initiatives:
        yield RecordName(initiative.id, initiative.name, initiative.aliases)
    for _owner, indicator in indicators:
        yield RecordName(indicator.id, indicator.name)


def encode_for_any_store(content: Change | Commit | Entry) -> bytes:
    """Encode what is to be stored as JSON.

    Raises:
        InvalidInput: it could not be read again.
    """
    line = encode(content)
    try:
        msgspec.json.decode(line, type=type(content))
    except msgspec.MsgspecError:
        raise InvalidInput(
            _("Nothing was stored: what was to be stored holds something that is no number.")
        ) from None
    return line


def build_any_store_missing_error(place: str) -> LedgerMissing:
    """Build the error for a place without a ledger."""
    return LedgerMissing(
        _(
            "There is no ledger in {place}; run: tracker init --empty for one of your own, or:"
            " tracker init for a sample; or name another with --db PATH"
        ).format(place=place)
    )


def say_indicator_of_any_store_lone(indicator_id: str, say: Callable[[str], None]) -> None:
    """Name an indicator that is left out because its initiative is not there."""
    sentence = _("{id} is left out, for its initiative is not there; set it aside: tracker recover")
    say(sentence.format(id=indicator_id))


def ignore_sentence_of_any_store(_sentence: str) -> None:
    """Pass a sentence over, where nobody wants to be told."""


def say_each_sentence_of_store_once(say: Callable[[str], None]) -> Callable[[str], None]:
    """Return what says a sentence, and says each only once."""
    said: set[str] = set()

    def say_new(sentence: str) -> None:
        if sentence not in said:
            said.add(sentence)
            say(sentence)

    return say_new


class RecoveryResult(Struct, frozen=True):
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
        reduced: numbers of commits of which a part was not understood, and set aside.
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
    reduced: tuple[int, ...] = ()
    scraps: int = 0


class BackupResult(Struct, frozen=True):
    """A backup: its file, how many commits it holds, and the older ones that made room."""

    file: str
    commits: int
    removed: list[str]


class RestoreResult(Struct, frozen=True):
    """A restored ledger: how many commits it holds, and what was there before."""

    commits: int
    kept: list[str]
