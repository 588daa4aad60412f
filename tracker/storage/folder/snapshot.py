"""Tables as lines of JSON, read, changed and written with as little decoding as possible.

A record stays the line it is stored as until it is asked for; the changes made
since are applied to that line. What a table holds is thus known without reading ten
thousand records to find one.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, MutableMapping
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from tracker.errors import LedgerDamaged
from tracker.locale.translation import _
from tracker.model.codec import build_decoder, encode
from tracker.model.commits import TABLES, Change, Commit, apply_change
from tracker.model.records import Deadline, Revision
from tracker.system.overriding import override

if TYPE_CHECKING:
    from tracker.system.spool import Spool

KEPT_TYPES = (date, datetime, Decimal)
"""Kept as they are when a record becomes a dictionary: JSON would lose digits."""

FEW_LOOKUPS = 20
"""Single look-ups after which it is cheaper to know where every record stands."""


_MOST_DECODED = 1000
"""Records that are held as dictionaries; with more they become lines again."""

_FIRST_DAY, _LAST_DAY = date.min.toordinal(), date.max.toordinal()
ANY_DEADLINE, NO_DEADLINE = (_FIRST_DAY, _LAST_DAY), (_LAST_DAY + 1, 0)

_SHOWN = 60
"""Bytes of a line without an id that are shown."""


class _Id(Struct):
    id: str


class _DeadlineHistory(Struct):
    """The part of an indicator that says which deadlines it ever had."""

    deadline: Deadline | None = None
    recurs: str | None = None
    revisions: list[Revision] = []


_decode_deadlines = build_decoder(_DeadlineHistory)


class SnapshotRows(ABC):
    """Records of one table of a snapshot as their lines, in the order of entry."""

    @abstractmethod
    def find_line(self, record_id: str) -> bytes | None:
        """Return the line of the record with this id; None: it is not there."""

    @abstractmethod
    def items(self) -> Iterator[tuple[str, bytes]]:
        """Yield each id with its line."""

    def ids(self) -> Iterator[str]:
        """Yield the ids."""
        return (key for key, _line in self.items())

    @abstractmethod
    def find_owned_ids(self, owner: str) -> Iterable[tuple[int, str]]:
        """Return the ids of the indicators of an initiative, each behind its place."""

    @abstractmethod
    def items_of(self, owned: Iterable[tuple[int, str]]) -> Iterator[tuple[str, bytes]]:
        """Yield each id with its line, of ids behind their places, which ascend."""

    def due_items(
        self, first: int, last: int, also: Collection[str]
    ) -> Iterator[tuple[str, bytes]]:
        """Yield those that may ever have had a deadline on these days, and some more by id."""
        for key, line in self.items():
            if key in also or was_snapshot_line_due(line, first, last):
                yield key, line

    def items_in(self, _is_wanted: Callable[[bytes], bool]) -> Iterator[tuple[str, bytes]]:
        """Yield those in the blocks of lines that are wanted, and possibly more."""
        return self.items()

    def linked_items(self, field: str, also: Collection[str]) -> Iterator[tuple[str, bytes]]:
        """Yield those in which a field of this name may be set, and some more by id."""
        name = f'"{field}":'.encode()
        for key, line in self.items():
            if key in also or name in line:
                yield key, line


class RowsInMemory(SnapshotRows):
    """Rows of a snapshot that was read as a whole.

    Args:
        name: what the table is called.
        data: the snapshot.
    """

    def __init__(self, name: str, data: bytes) -> None:
        self._data = data
        names = list(TABLES)
        later_names = names[names.index(name) + 1 :]
        # A snapshot of an older schema ends before the tables that came later.
        start = data.find(build_snapshot_table_opening(name))
        end = data.find(build_snapshot_table_opening(later_names[0])) if later_names else -1
        self._start = (
            start + len(build_snapshot_table_opening(name)) - 1 if start >= 0 else len(data)
        )
        self._end = end if end >= 0 else len(data)
        self._lines: dict[str, bytes] | None = None
        self._lookup_count = 0
        self._owned: dict[str, list[tuple[int, str]]] | None = None

    @override
    def find_line(self, record_id: str) -> bytes | None:
        # To look up a few records must not cost splitting ten thousand lines.
        self._lookup_count += 1
        if self._lines is not None or self._lookup_count > FEW_LOOKUPS:
            return self._split_lines().get(record_id)
        key = f'\n"{record_id}":'.encode()
        start = self._data.find(key, self._start, self._end)
        if start < 0:
            return None
        end = self._data.index(b"\n", start + 1)
        return self._data[start + len(key) : end].removesuffix(b",")

    @override
    def items(self) -> Iterator[tuple[str, bytes]]:
        return iter(self._split_lines().items())

    @override
    def find_owned_ids(self, owner: str) -> Iterable[tuple[int, str]]:
        if self._owned is None:
            self._owned = {}
            for place, key in enumerate(self._split_lines()):
                self._owned.setdefault(key.partition(".")[0], []).append((place, key))
        return self._owned.get(owner, ())

    @override
    def items_of(self, owned: Iterable[tuple[int, str]]) -> Iterator[tuple[str, bytes]]:
        lines = self._split_lines()
        return ((key, lines[key]) for _place, key in owned)

    def _split_lines(self) -> dict[str, bytes]:
        if self._lines is None:
            data = self._data[self._start : self._end].split(b"\n")
            rows = (row.partition(b'":') for row in data if row.startswith(b'"'))
            self._lines = {key[1:].decode(): row.removesuffix(b",") for key, _colon, row in rows}
        return self._lines


class StoredSnapshot(ABC):
    """Snapshot of which only those rows are read that are asked for.

    Attributes:
        newest: the moment of the last commit in it; None: it is not known.
    """

    newest: datetime | None

    @abstractmethod
    def rows(self, name: str) -> SnapshotRows:
        """Return the rows of a table."""


class LazyTable(MutableMapping[str, dict[str, Any]]):
    """One table: id to record, each kept as its line of JSON until it is asked for.

    Args:
        name: what the table is called.
        data: a snapshot.
        commits: what was stored after it.
    """

    def __init__(self, name: str, data: bytes | StoredSnapshot, commits: list[Commit]) -> None:
        self._kind = TABLES[name]
        self.rows = (
            data.rows(name) if isinstance(data, StoredSnapshot) else RowsInMemory(name, data)
        )
        self._pending: dict[str, list[Change]] = {}
        # A record that was removed and comes back stands where it was entered again.
        self._removed: set[str] = set()
        self._added: dict[str, None] = {}
        self._added_owned: dict[str, list[tuple[int, str]]] | None = None
        self._decoded: dict[str, dict[str, Any]] = {}
        self._deleted: set[str] = set()
        # What is entered is kept as its line too, out of the way: the number of its piece.
        self._entered: dict[str, int] = {}
        self._spool: Spool | None = None
        for commit in commits:
            for change in commit.changes:
                if change.table == name:
                    self._pending.setdefault(change.id, []).append(change)
                    if change.op == "create":
                        self._added[change.id] = None
                    elif change.op == "remove":
                        self._mark_removed(change.id)

    def line(self, record_id: str) -> bytes | None:
        """Return the JSON of a record as it is now; None where it is not there."""
        if record_id in self._deleted:
            return None
        if record_id in self._decoded:
            return encode(msgspec.convert(self._decoded[record_id], self._kind))
        if record_id in self._entered:
            return self._get_spool().read(self._entered[record_id])
        line = self.rows.find_line(record_id)
        for change in self._pending.get(record_id, ()):
            line = apply_change(change, line)
        return line

    def lines(self, owners: Collection[str] | None = None) -> Iterator[bytes]:
        """Yield the JSON of all records, or of the indicators of these owners, in entry order."""
        if owners is None:
            yield from self.change_lines(self.rows.items())
        else:
            yield from self._list_owned_lines(owners)

    def lines_in(self, is_wanted: Callable[[bytes], bool]) -> Iterator[bytes]:
        """Yield the JSON of the records in wanted blocks of lines, and possibly more, unordered."""
        changed = self.changed
        yield from filter(None, map(self.line, changed))
        yield from (line for key, line in self.rows.items_in(is_wanted) if key not in changed)

    def due_lines(self, first: date, last: date) -> Iterator[bytes]:
        """Yield the indicators that may ever have had a deadline on these days."""
        days = first.toordinal(), last.toordinal()
        rows = self.rows.due_items(*days, self.changed)
        return self.change_lines(rows, lambda line: was_snapshot_line_due(line, *days))

    def linked_lines(self, field: str) -> Iterator[bytes]:
        """Yield the records in which a field of this name may be set."""
        name = f'"{field}":'.encode()
        rows = self.rows.linked_items(field, self.changed)
        return self.change_lines(rows, lambda line: name in line)

    @property
    def changed(self) -> Collection[str]:
        """Return the ids of the records that are not as their rows say."""
        return self._pending.keys() | self._decoded.keys() | self._entered.keys() | self._deleted

    def _is_changed(self, record_id: str) -> bool:
        return (
            record_id in self._pending
            or record_id in self._decoded
            or record_id in self._entered
            or record_id in self._deleted
        )

    def change_lines(
        self, rows: Iterator[tuple[str, bytes]], fits: Callable[[bytes], bool] = bool
    ) -> Iterator[bytes]:
        """Yield the lines of rows as they are now, and behind them what was added.

        Args:
            rows: the rows, which fit as they are stored.
            fits: whether a line fits that is not as it was stored.
        """
        removed, added = frozenset(self._removed), list(self._added)
        for key, line in rows:
            if not self._is_changed(key):
                yield line
            elif key not in removed and (now := self.line(key)) is not None and fits(now):
                yield now
        yield from filter(fits, filter(None, map(self.line, added)))

    def _list_ids(self) -> list[str]:
        return [key for key in self.rows.ids() if key not in self._removed] + list(self._added)

    def _list_owned_lines(self, owners: Collection[str]) -> Iterator[bytes]:
        """Yield the lines of the indicators of these owners, in the order of entry."""
        stored = [place for owner in owners for place in self.rows.find_owned_ids(owner)]
        stored.sort()
        for key, line in self.rows.items_of(stored):
            if not self._is_changed(key):
                yield line
            elif key not in self._removed and (now := self.line(key)) is not None:
                yield now
        if self._added_owned is None:
            self._added_owned = {}
            for place, key in enumerate(self._added):
                self._added_owned.setdefault(key.partition(".")[0], []).append((place, key))
        added = [place for owner in owners for place in self._added_owned.get(owner, ())]
        yield from filter(None, [self.line(key) for _place, key in sorted(added)])

    def _mark_removed(self, record_id: str) -> None:
        self._removed.add(record_id)
        self._added.pop(record_id, None)
        self._added_owned = None

    def __getitem__(self, record_id: str) -> dict[str, Any]:
        if record_id not in self._decoded:
            if len(self._decoded) >= _MOST_DECODED:
                self._pack_decoded()
            line = self.line(record_id)
            if line is None:
                raise KeyError(record_id)
            try:
                record = msgspec.json.decode(line, type=self._kind)
            except msgspec.MsgspecError as error:
                raise build_unread_record_error(record_id, error) from None
            self._decoded[record_id] = msgspec.to_builtins(record, builtin_types=KEPT_TYPES)
        return self._decoded[record_id]

    def __setitem__(self, record_id: str, fields: dict[str, Any]) -> None:
        if record_id not in self:
            self._added[record_id] = None
            self._added_owned = None
        self._decoded.pop(record_id, None)
        self._deleted.discard(record_id)
        self._enter(record_id, fields)

    def _enter(self, record_id: str, fields: dict[str, Any]) -> None:
        line = encode(msgspec.convert(fields, self._kind))
        self._entered[record_id] = self._get_spool().append(line)

    def _get_spool(self) -> "Spool":
        """Return where lines are kept; reading a ledger makes none."""
        if self._spool is None:
            from tracker.system.spool import Spool

            self._spool = Spool()
        return self._spool

    def _pack_decoded(self) -> None:
        """Make records lines again; whoever changes one asks for it anew."""
        for key, fields in self._decoded.items():
            self._enter(key, fields)
        self._decoded.clear()

    def __delitem__(self, record_id: str) -> None:
        self._decoded.pop(record_id, None)
        self._deleted.add(record_id)
        self._mark_removed(record_id)

    def __contains__(self, record_id: object) -> bool:
        if record_id in self._decoded:
            return True
        return isinstance(record_id, str) and self.line(record_id) is not None

    def __iter__(self) -> Iterator[str]:
        return (record_id for record_id in self._list_ids() if record_id in self)

    def __len__(self) -> int:
        return sum(1 for _id in self)


def build_unread_record_error(record_id: str, reason: object) -> LedgerDamaged:
    """Build the error for a record that is to be changed and is not understood as a whole."""
    return LedgerDamaged(
        _(
            "{id} holds something that is not understood ({reason}), so it is not changed; set"
            " that aside with: tracker recover"
        ).format(id=record_id, reason=reason)
    )


def encode_snapshot_tables(tables: Mapping[str, Iterable[bytes]]) -> bytes:
    """Return the tables as the part of a snapshot that follows its head, one record a line."""
    return b"".join(list_snapshot_pieces(tables))


def list_snapshot_pieces(tables: Mapping[str, Iterable[bytes]]) -> Iterator[bytes]:
    """Yield what ``encode_snapshot_tables`` joins, the lines themselves among it."""
    for number, (name, lines) in enumerate(tables.items()):
        opening = build_snapshot_table_opening(name)
        yield b"," + opening if number else opening[1:]
        separator = b""
        for line in lines:
            yield b'%b"%b":' % (separator, read_snapshot_record_id(line).encode())
            yield line
            separator = b",\n"
        yield b"\n}"
    yield b"}\n"


def read_snapshot_record_id(line: bytes) -> str:
    """Return the id of a record out of its JSON."""
    return str(build_decoder(_Id)(line).id)


def find_snapshot_line_name(line: bytes) -> str:
    """Return the id in a line that is not understood, or else its beginning."""
    try:
        return read_snapshot_record_id(line)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return line[:_SHOWN].decode("utf-8", "replace")


def was_snapshot_line_due(line: bytes, first: int, last: int) -> bool:
    """Tell whether an indicator may ever have had a deadline from one day to another."""
    earliest, latest = find_deadlines_in_snapshot_line(line)
    return earliest <= last and latest >= first


def find_deadlines_in_snapshot_line(line: bytes) -> tuple[int, int]:
    """Return the earliest and the latest deadline that an indicator had, first or revised.

    They are ordinals of days. One that recurs has deadlines without end, and may have any; one
    without has its earliest after its latest.
    """
    try:
        history = _decode_deadlines(line)
    except msgspec.MsgspecError:
        # It is left to who reads the whole line what of it counts.
        return ANY_DEADLINE
    if history.recurs is not None:
        return ANY_DEADLINE
    deadlines = [history.deadline, *(revision.deadline for revision in history.revisions)]
    days = [d.on.toordinal() for d in deadlines if d is not None and d.on is not None]
    return (min(days), max(days)) if days else NO_DEADLINE


def build_snapshot_table_opening(name: str) -> bytes:
    """Return the bytes in a snapshot after which the records of a table stand."""
    return f'\n"{name}":{{\n'.encode()


EMPTY_BODY = encode_snapshot_tables(dict.fromkeys(TABLES, ()))
"""The body of a ledger without records."""
