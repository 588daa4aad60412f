"""Index of a snapshot: where each record stands, and which deadlines it ever had.

It lies beside the snapshot, may be deleted at any time, and is never believed over it: it
counts only for the very file that it was made of, and each line that is read through it is
compared with its checksum. A program that does not know it passes it over.

Its first line names the format and the checksum of all that follows: a line about the
snapshot, and columns of numbers, one for each thing that is known of all rows.
"""

import os
import sys
from array import array
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import accumulate, takewhile
from pathlib import Path
from typing import NoReturn
from zlib import crc32

import msgspec
from msgspec import Struct
from msgspec.structs import astuple

from tracker.model.commits import TABLES
from tracker.storage.folder import journal
from tracker.storage.folder.snapshot import (
    FEW_LOOKUPS,
    SnapshotRows,
    StoredSnapshot,
    build_snapshot_table_opening,
    find_deadlines_in_snapshot_line,
)
from tracker.system import files
from tracker.system.overriding import override

_FORMAT = f"tracker index 1 {sys.byteorder}"
_BLOCK, _NEAR = 1 << 18, 1 << 14
"""Bytes of rows that are read at a time: one after the other, and here and there."""

_ROWS_FOR_A_LOOKUP = 50
"""Rows that are read one after the other in the time that it takes to find one."""

_ROWS_FOR_AN_OWNER = 100
"""Rows that are read one after the other in the time that it takes to find those of an owner."""

_LINKS = ("part_of", "after")
"""Fields that few indicators have, each a bit of their row."""


class _Columns(Struct):
    """What is known of all rows of a snapshot, in its order.

    Attributes:
        starts: where a row begins, in bytes.
        sizes: how long it is, without the comma behind it.
        checksums: the CRC-32 of that.
        links: which of ``_LINKS`` occur in it, as bits.
        first_due: the earliest deadline that an indicator ever had, as an ordinal.
        last_due: the latest one.
        by_id: the rows of each table in the order of their ids.
        by_due: the indicators in the order of their earliest deadlines.
    """

    starts: "array[int]"
    sizes: "array[int]"
    checksums: "array[int]"
    links: "array[int]"
    first_due: "array[int]"
    last_due: "array[int]"
    by_id: "array[int]"
    by_due: "array[int]"


_TYPES = "QIIBiiII"
"""The types of the columns, as ``array`` calls them."""


def compose_snapshot_index(pieces: Iterable[bytes], changed: int, newest: datetime | None) -> bytes:
    """Compose the index of a snapshot.

    Args:
        pieces: the snapshot, which is what was written, in as many pieces as one likes.
        changed: when its file was written, in nanoseconds.
        newest: the moment of the last commit in it; None: it is not known.
    """
    columns = _Columns(*(array(kind) for kind in _TYPES))
    lines = _SnapshotLines(pieces)
    first = next(lines).decode()
    counts = [_add_table_to_index(columns, lines, name) for name in TABLES]
    size = lines.skip_to_end()
    head = msgspec.json.encode([first, size, changed, newest, counts])
    content = b"\n".join([head, b"".join(column.tobytes() for column in astuple(columns))])
    return f"{_FORMAT} {crc32(content):08x}\n".encode() + content


class _SnapshotLines(Iterator[bytes]):
    """Lines of a snapshot, with their line ends, out of its pieces.

    Args:
        pieces: the pieces.

    Attributes:
        start: where the last line that was returned begins, in bytes.
    """

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self.start = self._end = 0
        self._lines = _split_snapshot_pieces(pieces)

    @override
    def __next__(self) -> bytes:
        line = next(self._lines)
        self.start, self._end = self._end, self._end + len(line)
        return line

    def skip_to_end(self) -> int:
        """Return how many bytes there are."""
        for _line in self:
            continue
        return self._end


def _split_snapshot_pieces(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the lines of a snapshot out of its pieces, with their line ends."""
    rest = b""
    for piece in pieces:
        *lines, rest = (rest + piece).split(b"\n") if b"\n" in piece else [rest + piece]
        for line in lines:
            yield line + b"\n"


def _is_snapshot_row(line: bytes) -> bool:
    return line.startswith(b'"')


def _add_table_to_index(columns: _Columns, lines: _SnapshotLines, name: str) -> int:
    """Add the rows of a table to the columns; return how many there are."""
    opening = build_snapshot_table_opening(name)[1:]
    base, ids = len(columns.starts), []
    next(line for line in lines if line == opening)
    for whole in takewhile(_is_snapshot_row, lines):
        row = whole[:-1].removesuffix(b",")
        key, _colon, line = row.partition(b'":')
        ids.append(key[1:])
        columns.starts.append(lines.start)
        columns.sizes.append(len(row))
        columns.checksums.append(crc32(row))
        columns.links.append(
            sum(1 << bit for bit, field in enumerate(_LINKS) if f'"{field}":'.encode() in line)
        )
        if name == "indicators":
            earliest, latest = find_deadlines_in_snapshot_line(line)
            columns.first_due.append(earliest)
            columns.last_due.append(latest)
    columns.by_id.extend(sorted(range(len(ids)), key=ids.__getitem__))
    if name == "indicators":
        columns.by_due.extend(sorted(range(len(ids)), key=columns.first_due.__getitem__))
    return len(columns.starts) - base


def open_snapshot_by_index(
    snapshot: Path, index: Path, refuse: Callable[[], NoReturn]
) -> "IndexedSnapshot | None":
    """Open a snapshot of which an index is there; None: it has to be read as a whole.

    Args:
        snapshot: the file of the snapshot.
        index: that of its index.
        refuse: is called when a row is not what was written.

    Raises:
        OSError: the snapshot cannot be opened.
    """
    try:
        read = files.read_regular_file(index)
    except OSError:
        return None
    first, _end, content = read.partition(b"\n")
    checksum = crc32(content)
    if first != f"{_FORMAT} {checksum:08x}".encode():
        return None
    about, _end, packed = content.partition(b"\n")
    line, size, changed, newest, counts = msgspec.json.decode(
        about, type=tuple[str, int, int, datetime | None, list[int]]
    )
    reader = _RowReader(files.open_regular_file(snapshot), refuse)
    status, first_line = os.fstat(reader.descriptor), line.encode()
    is_same = (status.st_size, status.st_mtime_ns) == (size, changed)
    if not is_same or reader.read(0, len(first_line)) != first_line:
        return None
    tables = _unpack_tables(reader, packed, counts)
    return IndexedSnapshot(checksum, first_line, newest, tables)


def _unpack_tables(
    reader: "_RowReader", packed: bytes, counts: Sequence[int]
) -> "Mapping[str, IndexedRows]":
    """Return the tables out of the columns of an index, of tables of so many rows."""
    rows, indicators = sum(counts), counts[list(TABLES).index("indicators")]
    sizes = *[rows] * 4, *[indicators] * 2, rows, indicators
    columns, at = [], 0
    for kind, count in zip(_TYPES, sizes, strict=True):
        column = array(kind)
        end = at + count * column.itemsize
        column.frombytes(packed[at:end])
        columns.append(column)
        at = end
    bases = accumulate(counts, initial=0)
    return {
        name: IndexedRows(reader, _Columns(*columns), base, count)
        for name, base, count in zip(TABLES, bases, counts, strict=False)
    }


class _RowReader:
    """Open file of a snapshot, which is closed with the last that reads it.

    Args:
        descriptor: the open file.
        refuse: is called when a row is not what was written.
    """

    def __init__(self, descriptor: int, refuse: Callable[[], NoReturn]) -> None:
        self.descriptor = descriptor
        self._refuse = refuse

    def __del__(self) -> None:
        os.close(self.descriptor)

    def read(self, start: int, size: int) -> bytes:
        """Return these bytes of the file."""
        return os.pread(self.descriptor, size, start)

    def check(self, row: bytes, checksum: int) -> bytes:
        """Return a row that is what was written.

        Raises:
            LedgerDamaged: it is not.
        """
        if crc32(row) != checksum:
            self._refuse()
        return row


class IndexedSnapshot(StoredSnapshot):
    """Snapshot in a file, whose rows are read one by one.

    Args:
        checksum: that of its index.
        first_line: its first line, with the line end.
        newest: the moment of the last commit in it; None: it is not known.
        tables: its tables by name.

    Attributes:
        head: what the first line says.
    """

    def __init__(
        self,
        checksum: int,
        first_line: bytes,
        newest: datetime | None,
        tables: "Mapping[str, IndexedRows]",
    ) -> None:
        self.checksum, self._tables = checksum, tables
        self.first_line, self.newest = first_line, newest
        self.head = journal.read_journal_snapshot_head(first_line)

    @override
    def rows(self, name: str) -> "IndexedRows":
        return self._tables[name]


class IndexedRows(SnapshotRows):
    """Rows of one table of a snapshot in a file.

    Args:
        reader: the file.
        columns: what is known of the rows of all tables.
        base: the first row of the table.
        count: how many it has.
    """

    def __init__(self, reader: _RowReader, columns: _Columns, base: int, count: int) -> None:
        self._reader, self._columns = reader, columns
        self._base, self._count = base, count
        self._lookup_count = self._owner_count = 0
        self._owned: dict[str, list[tuple[int, str]]] | None = None
        self._numbers: dict[str, int] | None = None
        self._known: dict[str, int | None] = {}
        self._sorted_keys: dict[int, bytes] = {}
        self._block, self._begin, self._end = b"", 0, 0

    @override
    def find_line(self, record_id: str) -> bytes | None:
        number = self.find_number(record_id)
        return None if number is None else self._read_item(number)[1]

    @override
    def items(self) -> Iterator[tuple[str, bytes]]:
        return self.items_at(range(self._count))

    @override
    def ids(self) -> Iterable[str]:  # type: ignore[override]  # those that are known already
        return self._number_ids()

    @override
    def find_owned_ids(self, owner: str) -> Iterable[tuple[int, str]]:
        self._owner_count += 1
        if self._owner_count <= max(FEW_LOOKUPS, self._count // _ROWS_FOR_AN_OWNER):
            return self._search_owned_ids(owner)
        if self._owned is None:
            self._owned = {}
            for key, place in self._number_ids().items():
                self._owned.setdefault(key.partition(".")[0], []).append((place, key))
        return self._owned.get(owner, ())

    @override
    def items_of(self, owned: Iterable[tuple[int, str]]) -> Iterator[tuple[str, bytes]]:
        return self.items_at(place for place, _key in owned)

    def _search_owned_ids(self, owner: str) -> Iterator[tuple[int, str]]:
        # In the order of their ids, what belongs to one stands together.
        own = bisect_left(range(self._count), owner, key=self._read_sorted_id)
        if own < self._count and self._read_sorted_id(own) == owner:
            yield self._sorted_number(own), owner
        start = f"{owner}."
        at = bisect_left(range(self._count), start, lo=own, key=self._read_sorted_id)
        while at < self._count and (key := self._read_sorted_id(at)).startswith(start):
            yield self._sorted_number(at), key
            at += 1

    @override
    def due_items(
        self, first: int, last: int, also: Collection[str]
    ) -> Iterator[tuple[str, bytes]]:
        days = zip(self._columns.first_due, self._columns.last_due, strict=True)
        due = [
            n for n, (earliest, latest) in enumerate(days) if earliest <= last and latest >= first
        ]
        return self.items_at(self._add_numbers(due, also))

    @override
    def linked_items(self, field: str, also: Collection[str]) -> Iterator[tuple[str, bytes]]:
        if field not in _LINKS:
            return super().linked_items(field, also)
        bit = 1 << _LINKS.index(field)
        links = self._columns.links[self._base : self._base + self._count].tobytes()
        linked = [number for number, bits in enumerate(links) if bits & bit] if any(links) else []
        return self.items_at(self._add_numbers(linked, also))

    def items_by_deadline(self, last: int) -> Iterator[tuple[int, str, bytes]]:
        """Yield the indicators behind the earliest deadline that each ever had, in that order.

        Args:
            last: the last day that counts, as an ordinal.
        """
        for number in self._columns.by_due:
            if (due := self._columns.first_due[number]) > last:
                return
            yield due, *self._read_item(number)

    @property
    def by_id(self) -> Sequence[int]:
        """Return the numbers of the rows in the order of their ids."""
        return self._columns.by_id[self._base : self._base + self._count]

    def read_id(self, number: int) -> str:
        """Return the id of the record in a row, and find it at once afterwards."""
        key = self._read_item(number)[0]
        self._known[key] = number
        return key

    def _add_numbers(self, numbers: list[int], also: Collection[str]) -> Collection[int]:
        """Return numbers of rows with those of some ids, in the order of entry."""
        more = [number for key in also if (number := self.find_number(key)) is not None]
        return sorted({*numbers, *more}) if more else numbers

    def find_number(self, record_id: str) -> int | None:
        """Return the number of the row with this id; None: there is none."""
        if record_id in self._known:
            return self._known[record_id]
        self._lookup_count += 1
        most = max(FEW_LOOKUPS, self._count // _ROWS_FOR_A_LOOKUP)
        if self._numbers is not None or self._lookup_count > most:
            return self._number_ids().get(record_id)
        at = bisect_left(range(self._count), record_id.encode(), key=self._read_sorted_key)
        is_there = at < self._count and self._read_sorted_key(at) == record_id.encode()
        number = self._known[record_id] = self._sorted_number(at) if is_there else None
        return number

    def _number_ids(self) -> dict[str, int]:
        """Return the number of the row of each id, once many are looked up."""
        if self._numbers is None:
            self._numbers = {key: number for number, (key, _line) in enumerate(self.items())}
        return self._numbers

    def _sorted_number(self, at: int) -> int:
        return self._columns.by_id[self._base + at]

    def _read_sorted_key(self, at: int) -> bytes:
        # Every search begins in the middle, so that the same few are asked for again and again.
        key = self._sorted_keys.get(at)
        if key is None:
            key = self._read_row(self._sorted_number(at)).partition(b'":')[0][1:]
            self._sorted_keys[at] = key
        return key

    def _read_sorted_id(self, at: int) -> str:
        return self._read_sorted_key(at).decode()

    def _read_row(self, number: int) -> bytes:
        at, columns = self._base + number, self._columns
        start = columns.starts[at]
        stop = start + columns.sizes[at]
        if not self._begin <= start <= stop <= self._end:
            # Where many are looked up, the next one is often close to this one.
            is_one_of_many = self._numbers is not None
            more = self._choose_size(start, self._end) if is_one_of_many else 0
            self._block = self._reader.read(start, max(stop - start, more))
            self._begin, self._end = start, start + len(self._block)
        row = self._block[start - self._begin : stop - self._begin]
        return self._reader.check(row, columns.checksums[at])

    def _read_item(self, number: int) -> tuple[str, bytes]:
        key, _colon, line = self._read_row(number).partition(b'":')
        return key[1:].decode(), line

    def items_at(self, numbers: Iterable[int]) -> Iterator[tuple[str, bytes]]:
        """Yield rows by their numbers, which ascend; what stands together is read at once."""
        starts, sizes = self._columns.starts, self._columns.sizes
        checksums, check = self._columns.checksums, self._reader.check
        block, begin, end = b"", 0, 0
        for number in numbers:
            at = self._base + number
            start = starts[at]
            stop = start + sizes[at]
            if stop > end:
                block = self._reader.read(start, max(stop - start, self._choose_size(start, end)))
                begin, end = start, start + len(block)
            row = check(block[start - begin : stop - begin], checksums[at])
            key, _colon, line = row.partition(b'":')
            yield key[1:].decode(), line

    @override
    def items_in(self, is_wanted: Callable[[bytes], bool]) -> Iterator[tuple[str, bytes]]:
        starts, sizes = self._columns.starts, self._columns.sizes
        first, behind = self._base, self._base + self._count
        while first < behind:
            last = bisect_left(starts, starts[first] + _BLOCK, first + 1, behind) - 1
            size = starts[last] + sizes[last] - starts[first]
            if is_wanted(self._reader.read(starts[first], size)):
                yield from self.items_at(range(first - self._base, last + 1 - self._base))
            first = last + 1

    def _choose_size(self, start: int, end: int) -> int:
        """Return how much to read at once: more where the last block ended close before."""
        size = _BLOCK if 0 <= start - end < _NEAR else _NEAR
        last, columns = self._base + self._count - 1, self._columns
        return min(size, columns.starts[last] + columns.sizes[last] - start)
