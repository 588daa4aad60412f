"""A loaded ledger as a view: records decoded only as far as a question needs."""

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import cached_property
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from msgspec import Struct, structs

from tracker.model.codec import (
    NOT_UNDERSTOOD,
    build_decoder,
    build_whole_kind,
    encode,
    encode_whole,
)
from tracker.model.commits import TABLE_OF, TABLES, Commit
from tracker.model.filters import Filter
from tracker.model.records import Document, Indicator, Initiative, Receipt
from tracker.model.vocabulary import Moment
from tracker.storage.base import (
    EncodedIndicator,
    RecordName,
    StoredT,
    View,
    ignore_sentence_of_any_store,
    say_indicator_of_any_store_lone,
)
from tracker.storage.folder.snapshot import (
    LazyTable,
    StoredSnapshot,
    find_deadlines_in_snapshot_line,
    find_snapshot_line_name,
    was_snapshot_line_due,
)
from tracker.system import files
from tracker.system.overriding import override

if TYPE_CHECKING:
    from tracker.model.outlooks import Foreseen, ForeseenOrder, ForeseenWanted, Outlook
    from tracker.storage.folder.index import IndexedRows, IndexedSnapshot
    from tracker.storage.folder.packed_outlooks import PackedOutlooks, PackedOutlooksOfDay
    from tracker.storage.outlooks import KeptOutlooks, OutlookTable

_ALL = Filter()
_FIRST_DAY = date.min.toordinal()
DecodedT = TypeVar("DecodedT", bound=Struct)
LineT = TypeVar("LineT")


_RECORDED = b'"recorded_at":"'
_RECORDED_DAY = _RECORDED + rb"([0-9-]{10})"
"""The day in the moments of a line; a quotation mark in a text would have a backslash."""
_NO_DAY = b"~"
"""What stands behind every day."""


class _RecordedEntry(Struct):
    """The part of an entry that says when it was entered."""

    recorded_at: Moment | None = None


class _RecordedIndicator(Struct):
    """The part of an indicator that says when it and the reports on it were entered."""

    id: str
    recorded_at: Moment | None = None
    updates: list[_RecordedEntry] = []


class _Kinship:
    """Which initiatives stand below which, found once for all levels of a tree."""

    def __init__(self, initiatives: list[Initiative]) -> None:
        self.initiatives = initiatives
        self.places: dict[str, int] = {}
        self.children: dict[str | None, list[int]] = defaultdict(list)
        for place, initiative in enumerate(initiatives):
            self.places[initiative.id] = place
            self.children[initiative.parent].append(place)


class HistoryReaders(Struct, frozen=True):
    """Functions that read the commits of a ledger.

    Attributes:
        oldest_first: reads all of them.
        newest_first: reads no more than is asked for.
        heads: yields all of them without their changes, the oldest first; None: only together.
    """

    oldest_first: Callable[[], Iterator[Commit]]
    newest_first: Callable[[], Iterator[Commit]]
    heads: Callable[[], Iterator[Commit]] | None = None


def build_history_readers(
    decode: Callable[[LineT], Commit], lines: Sequence[LineT]
) -> HistoryReaders:
    """Build the readers of commits that are all there as lines, the oldest first."""
    return HistoryReaders(lambda: map(decode, lines), lambda: map(decode, reversed(lines)))


class FolderView(View):
    """A view over the bytes of a snapshot and the commits after it.

    Args:
        data: a snapshot, or its body alone.
        commits: what was stored after it.
        read: reads the commits.
        chain: the checksum of the last commit, if there is a chain.
        say: is told what is not understood and left out.
        kept: what was foreseen of the indicators of the snapshot.
    """

    def __init__(
        self,
        data: bytes | StoredSnapshot,
        commits: list[Commit],
        read: HistoryReaders,
        chain: str = "",
        say: Callable[[str], None] = ignore_sentence_of_any_store,
        kept: "KeptOutlooks | None" = None,
    ) -> None:
        self.newest, self.is_chained = chain, bool(chain)
        self._kept, self._commits = kept, commits
        self._outlooks: tuple[date, OutlookTable] | None = None
        self._tables: Mapping[str, LazyTable] = {
            name: LazyTable(name, data, commits) for name in TABLES
        }
        self._read_history = read
        stored = None if isinstance(data, bytes) else data.newest
        self._newest_moment = commits[-1].at if commits else stored
        self._say = say
        self._owners: dict[str, Initiative] = {}
        self._kinship: _Kinship | None = None

    def table(self, name: str) -> LazyTable:
        """Return one table."""
        return self._tables[name]

    @override
    def documents(self) -> dict[str, Document]:
        documents = self._read_lines(Document, self.table("documents").lines())
        return {document.id: document for document in documents}

    @override
    def record(self, kind: type[StoredT], record_id: str) -> StoredT | None:
        line = self.table(TABLE_OF[kind]).line(record_id)  # type: ignore[index]  # kinds are invariant
        return None if line is None else next(self._read_lines(kind, [line]), None)

    @override
    def names(self, part: str = "") -> Iterator[RecordName]:
        # Ids and names alone are decoded from every line quicker than any line is narrowed.
        for name in ("initiatives", "indicators"):
            yield from self._read_lines(RecordName, self.table(name).lines())

    @override
    def initiatives(self, where: Filter, besides: Collection[str] = ()) -> Iterator[Initiative]:
        yield from self._read_lines(Initiative, self.table("initiatives").lines())

    @override
    def children_of(
        self, initiative_ids: Collection[str], besides: Collection[str] = ()
    ) -> list[Initiative]:
        kinship = self._kinship or _Kinship([*self.initiatives(_ALL)])
        self._kinship = kinship
        places = {place for parent in initiative_ids for place in kinship.children[parent]}
        places |= {kinship.places[key] for key in besides if key in kinship.places}
        return [kinship.initiatives[place] for place in sorted(places)]

    @override
    def indicators_of(self, initiative_id: str) -> list[Indicator]:
        return list(self._read_lines(Indicator, self.table("indicators").lines({initiative_id})))

    @override
    def linked_indicators(self, field: str) -> Iterator[Indicator]:
        # Few lines name the field at all: the others need not be decoded.
        linked = map(build_decoder(Indicator), self.table("indicators").linked_lines(field))
        return (indicator for indicator in linked if getattr(indicator, field) is not None)

    @override
    def candidates(
        self,
        where: Filter,
        due_by: date | None = None,
        as_of: date | None = None,
        owners: Collection[str] | None = None,
        besides: Collection[str] = (),
    ) -> Iterator[tuple[Initiative, Indicator]]:
        table = self.table("indicators")
        if due_by is None or besides:
            lines = table.lines(owners)
        elif owners is None:
            lines = table.due_lines(date.min, due_by)
        else:
            days = _FIRST_DAY, due_by.toordinal()
            lines = (line for line in table.lines(owners) if was_snapshot_line_due(line, *days))
        return self._pair_with_owners(lines)

    @override
    def recorded_days(self, where: Filter) -> Iterator[date]:
        find_days = re.compile(_RECORDED_DAY).findall
        owners = self.table("initiatives").lines()
        first_of_owners = min((day for line in owners for day in find_days(line)), default=_NO_DAY)
        first, decode = date.max, build_decoder(_RecordedIndicator)

        def may_be_earlier(lines: bytes) -> bool:
            # Most lines print no day that is earlier, many no other, and need not be decoded.
            printed = str(first).encode()
            return printed > first_of_owners or (
                lines.count(_RECORDED) != lines.count(_RECORDED + printed)
                and printed > min(find_days(lines), default=_NO_DAY)
            )

        for line in filter(may_be_earlier, self.table("indicators").lines_in(may_be_earlier)):
            if pair := self._pair_decoded(decode, line):
                owner, indicator = pair
                moments = [owner.recorded_at, indicator.recorded_at]
                moments += [update.recorded_at for update in indicator.updates]
                if days := [moment.date() for moment in moments if moment is not None]:
                    first = min(first, *days)
                    yield first

    @override
    def candidates_due_between(
        self, where: Filter, first: date, last: date, as_of: date | None
    ) -> Iterator[tuple[Initiative, Indicator]]:
        return self._pair_with_owners(self.table("indicators").due_lines(first, last))

    def _pair_with_owners(self, lines: Iterable[bytes]) -> Iterator[tuple[Initiative, Indicator]]:
        known = self._owners
        for indicator in self._read_lines(Indicator, lines):
            owner = known.get(indicator.initiative_id) or self._find_owner(indicator.id)
            if owner is not None:
                yield owner, indicator

    def _pair_decoded(
        self, decode: Callable[[bytes], Any], line: bytes
    ) -> tuple[Initiative, Any] | None:
        """Return an initiative and its indicator, decoded as a kind of its own where that can be.

        None: the indicator is not understood, or has no initiative.
        """
        try:
            indicator = decode(line)
        except NOT_UNDERSTOOD:
            indicator = next(self._read_lines(Indicator, [line]), None)
        owner = None if indicator is None else self._find_owner(indicator.id)
        return None if owner is None else (owner, indicator)

    def encoded_indicators(self, owners: Collection[str]) -> Iterator[EncodedIndicator]:
        """Yield the indicators of some initiatives, as ``EncodedIndicators`` says."""
        decode = build_decoder(build_whole_kind(Indicator))
        for line in self.table("indicators").lines(owners):
            if pair := self._pair_decoded(decode, line):
                owner, indicator = pair
                whole = encode_whole(indicator) if type(indicator) is Indicator else indicator
                yield EncodedIndicator(owner.id, indicator.lead, encode(whole))

    @override
    def receipts(self, since: datetime | None = None) -> Iterator[Receipt]:
        for receipt in self._read_lines(Receipt, self.table("receipts").lines()):
            if since is None or receipt.claimed_at >= since:
                yield receipt

    @override
    def find_newest_moment(self) -> datetime | None:
        return self._newest_moment or super().find_newest_moment()

    @override
    def history(self, about: Collection[str] | None = None) -> Iterator[Commit]:
        from tracker.storage.salvage import keep_understood_changes

        commits = self._read_history.oldest_first()
        return (keep_understood_changes(commit, self._say) for commit in commits)

    @override
    def history_of_edited(self) -> Iterator[Commit]:
        from tracker.storage.salvage import keep_understood_changes

        commits = [*self._read_history.oldest_first()]
        edited = {
            (change.table, change.id)
            for commit in commits
            for change in commit.changes
            if change.op in {"change", "remove"}
        }
        for commit in commits if edited else ():
            changes = [each for each in commit.changes if (each.table, each.id) in edited]
            if changes:
                yield keep_understood_changes(structs.replace(commit, changes=changes), self._say)

    @override
    def history_heads(self) -> Iterator[Commit]:
        # What was changed is not looked into: that takes longest.
        return (self._read_history.heads or self._read_history.oldest_first)()

    @override
    def history_newest_first(self, *, most: int | None = None) -> Iterator[Commit]:
        from tracker.storage.salvage import keep_understood_changes

        commits = self._read_history.newest_first()
        return (keep_understood_changes(commit, self._say) for commit in commits)

    def _read_lines(self, kind: type[DecodedT], lines: Iterable[bytes]) -> Iterator[DecodedT]:
        """Yield what lines hold, as far as it is understood."""
        decode = build_decoder(kind)
        for line in lines:
            try:
                yield decode(line)
            except NOT_UNDERSTOOD:
                from tracker.storage.salvage import read_or_salvage

                record = read_or_salvage(kind, line, find_snapshot_line_name(line), self._say)
                if record is not None:
                    yield record

    def _find_owner(self, indicator_id: str) -> Initiative | None:
        """Return the initiative of an indicator; it is read once for all of its indicators."""
        key = indicator_id.partition(".")[0]
        owner = self._owners.get(key) or self.initiative(key)
        if owner is None:
            # One that is there and not understood was named already.
            if key not in self.table("initiatives"):
                say_indicator_of_any_store_lone(indicator_id, self._say)
            return None
        self._owners[key] = owner
        return owner

    def count_foreseen(
        self, rules: str, day: date, due_by: date | None = None
    ) -> Mapping[int, int] | None:
        """Return the marks on a day with their numbers, as ``ForeseenIndex`` says."""
        if self._kept is None or self._kept.rules != rules:
            return None
        table = self._look_ahead(day)
        return table.count(due_by) if table.is_worth_reading else None

    def rank_foreseen(
        self, _rules: str, day: date, wanted: "ForeseenWanted", order: "ForeseenOrder", limit: int
    ) -> "list[Foreseen]":
        """Return the first so many in an order, as ``ForeseenIndex`` says."""
        return self._look_ahead(day).rank(wanted, order, limit)

    def unforeseen(self, _rules: str, day: date) -> Iterator[tuple[Initiative, Indicator]]:
        """Yield the indicators of which nothing was foreseen."""
        return self.indicators_by_id(self._look_ahead(day).unforeseen)

    @property
    def has_outlooks(self) -> bool:  # type: ignore[override]  # it is found out when it is asked for
        """Whether there is anything that was foreseen."""
        return self._kept is not None

    @override
    def foreseen_candidates(
        self, rules: str, day: date, wanted: "Collection[ForeseenWanted]"
    ) -> Iterator[tuple[Initiative, Indicator]] | None:
        if self.count_foreseen(rules, day) is None:
            return None
        return self.indicators_by_id(self._look_ahead(day).list_ids(wanted))

    def indicators_by_id(self, ids: Collection[str]) -> Iterator[tuple[Initiative, Indicator]]:
        """Yield some indicators with their initiatives."""
        return self._pair_with_owners(filter(None, map(self.table("indicators").line, ids)))

    def _look_ahead(self, day: date) -> "OutlookTable":
        """Return what was foreseen of a day and still holds after the commits."""
        if self._outlooks is None or self._outlooks[0] != day:
            from tracker.storage.outlooks import OutlookTable, update_outlooks

            changes = [change for commit in self._commits for change in commit.changes]
            outlooks = {} if self._kept is None else self._kept.outlooks
            if changes:
                outlooks = update_outlooks(outlooks, changes, self.children_of)
            self._outlooks = day, OutlookTable(outlooks, day)
        return self._outlooks[1]


class IndexedFolderView(FolderView):
    """A view over a snapshot with an index, which need not read all indicators.

    Args:
        data: the snapshot.
        commits: what was stored after it.
        read: reads the commits.
        chain: the checksum of the last commit.
        say: is told what is not understood and left out.
        read_outlooks: reads what was foreseen of the indicators of the snapshot.

    Attributes:
        chain_of_snapshot: the checksum of the last commit in the snapshot.
    """

    def __init__(
        self,
        data: "IndexedSnapshot",
        commits: list[Commit],
        read: HistoryReaders,
        chain: str,
        say: Callable[[str], None],
        read_outlooks: "Callable[[], PackedOutlooks | None]",
    ) -> None:
        super().__init__(data, commits, read, chain, say)
        self._rows: IndexedRows = data.rows("indicators")
        self._checksum = data.checksum
        self.chain_of_snapshot = data.head.chain
        self._read_outlooks = read_outlooks
        self._packed: dict[date, PackedOutlooksOfDay | None] = {}

    def candidates_by_deadline(
        self, _where: Filter, due_by: date, _as_of: date | None
    ) -> Iterator[tuple[date, Initiative, Indicator]]:
        """Yield the candidates, each behind the earliest deadline it ever had, in that order."""
        from heapq import merge

        last, table = due_by.toordinal(), self.table("indicators")
        changed = []
        for line in filter(None, map(table.line, table.changed)):
            due, _latest = find_deadlines_in_snapshot_line(line)
            if due <= last:
                changed.append((due, "", line))
        stored = (row for row in self._rows.items_by_deadline(last) if row[1] not in table.changed)
        rows = merge(sorted(changed), stored, key=itemgetter(0))
        for due, _key, line in rows:
            for owner, indicator in self._pair_with_owners([line]):
                yield date.fromordinal(due), owner, indicator

    @cached_property
    def outlooks(self) -> "PackedOutlooks | None":
        """Return what was foreseen of the snapshot; None: nothing that counts."""
        return self._read_outlooks()

    @override
    def count_foreseen(
        self, rules: str, day: date, due_by: date | None = None
    ) -> Mapping[int, int] | None:
        if self.outlooks is None or self.outlooks.rules != rules:
            return None
        ahead = self._look_ahead_packed(day)
        if ahead is None or not ahead.is_worth_reading:
            return None
        return ahead.count(due_by)

    @override
    def rank_foreseen(
        self, _rules: str, day: date, wanted: "ForeseenWanted", order: "ForeseenOrder", limit: int
    ) -> "list[Foreseen]":
        ahead = self._look_ahead_packed(day)
        ranked = () if ahead is None else ahead.rank(wanted, order, limit)
        return [
            structs.replace(foreseen, id=self._rows.read_id(number)) for number, foreseen in ranked
        ]

    @override
    def unforeseen(self, _rules: str, day: date) -> Iterator[tuple[Initiative, Indicator]]:
        ahead = self._look_ahead_packed(day)
        numbers = () if ahead is None else ahead.unforeseen
        lines = self.table("indicators").change_lines(self._rows.items_at(numbers))
        return self._pair_with_owners(lines)

    @property
    def has_outlooks(self) -> bool:  # type: ignore[override]
        """Whether there is anything that was foreseen and counts."""
        return self.outlooks is not None

    @override
    def foreseen_candidates(
        self, rules: str, day: date, wanted: "Collection[ForeseenWanted]"
    ) -> Iterator[tuple[Initiative, Indicator]] | None:
        is_of_rules = self.outlooks is not None and self.outlooks.rules == rules
        ahead = self._look_ahead_packed(day) if is_of_rules else None
        if ahead is None or not ahead.is_worth_reading:
            return None
        rows = self._rows.items_at(ahead.list_numbers(wanted))
        return self._pair_with_owners(self.table("indicators").change_lines(rows))

    def _look_ahead_packed(self, day: date) -> "PackedOutlooksOfDay | None":
        """Return what was foreseen of a day and still holds; None: nothing."""
        if day not in self._packed:
            concerned = self._find_concerned_numbers()
            self._packed[day] = (
                None
                if self.outlooks is None or concerned is None
                else self.outlooks.look_ahead(day, self._rows.by_id, concerned)
            )
        return self._packed[day]

    def _find_concerned_numbers(self) -> Collection[int] | None:
        """Return the rows of which nothing is foreseen any more after the commits; None: all."""
        from tracker.storage.outlooks import find_concerned_outlooks

        changes = [change for commit in self._commits for change in commit.changes]
        concerned = find_concerned_outlooks(changes, self.children_of)
        if concerned is None:
            return None
        own = map(self._rows.find_number, {*concerned.ids, *concerned.wholes})
        owned = (place for owner in concerned.owners for place in self._rows.find_owned_ids(owner))
        return {number for number in own if number is not None} | {number for number, _id in owned}

    def list_outlooks(self, rules: str) -> dict[str, "Outlook | None"]:
        """Return what is foreseen by some rules of each indicator of the snapshot, by id."""
        ids = list(self._rows.ids())
        kept = self.outlooks
        if kept is None or kept.rules != rules:
            return dict.fromkeys(ids)
        concerned = self._find_concerned_numbers()
        if concerned is None:
            return dict.fromkeys(ids)
        return {
            key: None if number in concerned else outlook
            for number, (key, outlook) in enumerate(zip(ids, kept, strict=True))
        }

    def write_outlooks(self, path: Path, rules: str, in_order: "Iterable[Outlook | None]") -> None:
        """Write what is foreseen of the indicators of the snapshot, in their order.

        Raises:
            OSError: it could not be written.
        """
        from tracker.storage.folder.packed_outlooks import pack_outlooks

        files.write_file_whole(path, pack_outlooks(rules, self._checksum, in_order))
