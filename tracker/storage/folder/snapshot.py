"""Tables as lines of JSON: looked at, changed and written with as little decoding as can be.

A record stays the line it is stored as until somebody asks for it; the changes made
since are applied to that line. What a table holds is thus known without reading ten
thousand records to find one.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, MutableMapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import msgspec
from msgspec import Struct

from tracker.model.codec import decoder, encode
from tracker.model.commits import TABLES, Change, Commit, applied
from tracker.model.records import Deadline, Revision

BUILTIN = (date, datetime, Decimal)
"""Kept as they are when a record becomes a plain dictionary: JSON would lose digits."""

FEW = 20
"""Single look-ups after which it is cheaper to know where every record stands."""


class _Id(Struct):
    id: str


class _Outline(Struct):
    """The part of an indicator that can tell that its deadline is out of the question."""

    deadline: Deadline | None = None
    revisions: list[Revision] = []


_decode_outline = decoder(_Outline)
_decode_id = decoder(_Id)


class Rows(MutableMapping[str, dict[str, Any]]):
    """One table: id to record, each kept as its line of JSON until somebody asks."""

    def __init__(self, name: str, data: bytes, commits: list[Commit]) -> None:
        self._kind = TABLES[name]
        self._data = data
        names = list(TABLES)
        following = names[names.index(name) + 1 :]
        # A snapshot of an older schema ends before the tables that came later.
        start = data.find(_opening(name))
        end = data.find(_opening(following[0])) if following else -1
        self._start = start + len(_opening(name)) - 1 if start >= 0 else len(data)
        self._end = end if end >= 0 else len(data)
        self._lines: dict[str, bytes] | None = None
        self._pending: dict[str, list[Change]] = {}
        # A record that was taken out and comes back stands where it was entered again.
        self._gone: set[str] = set()
        self._fresh: dict[str, None] = {}
        self._open: dict[str, dict[str, Any] | None] = {}
        self._looked_up = 0
        for commit in commits:
            for change in commit.changes:
                if change.table == name:
                    self._pending.setdefault(change.id, []).append(change)
                    if change.op == "create":
                        self._fresh[change.id] = None
                    elif change.op == "remove":
                        self._leave(change.id)

    def line(self, record_id: str) -> bytes | None:
        """The JSON of a record as it is now."""
        if record_id in self._open:
            plain = self._open[record_id]
            return None if plain is None else encode(msgspec.convert(plain, self._kind))
        line = self._stored(record_id)
        for change in self._pending.get(record_id, ()):
            line = applied(change, line)
        return line

    def lines(self, owners: Collection[str] | None = None) -> Iterator[bytes]:
        """The JSON of all records, or of the indicators of these owners, in the order of entry."""
        stored = self._split()
        if not self._pending and not self._open:
            if owners is None:
                yield from stored.values()
            else:
                yield from (line for each, line in stored.items() if _is_of(each, owners))
            return
        ids = (each for each in self._ids() if owners is None or _is_of(each, owners))
        yield from filter(None, map(self.line, ids))

    def _stored(self, record_id: str) -> bytes | None:
        # Looking a few records up must not cost the splitting of ten thousand lines.
        self._looked_up += 1
        if self._lines is not None or self._looked_up > FEW:
            return self._split().get(record_id)
        key = f'\n"{record_id}":'.encode()
        found = self._data.find(key, self._start, self._end)
        if found < 0:
            return None
        line_end = self._data.index(b"\n", found + 1)
        return self._data[found + len(key) : line_end].removesuffix(b",")

    def _split(self) -> dict[str, bytes]:
        if self._lines is None:
            data = self._data[self._start : self._end].split(b"\n")
            rows = (row.partition(b'":') for row in data if row.startswith(b'"'))
            self._lines = {key[1:].decode(): row.removesuffix(b",") for key, _colon, row in rows}
        return self._lines

    def _ids(self) -> list[str]:
        return [each for each in self._split() if each not in self._gone] + list(self._fresh)

    def _leave(self, record_id: str) -> None:
        self._gone.add(record_id)
        self._fresh.pop(record_id, None)

    def __getitem__(self, record_id: str) -> dict[str, Any]:
        if record_id not in self._open:
            line = self.line(record_id)
            if line is None:
                raise KeyError(record_id)
            record = msgspec.json.decode(line, type=self._kind)
            self._open[record_id] = msgspec.to_builtins(record, builtin_types=BUILTIN)
        plain = self._open[record_id]
        if plain is None:
            raise KeyError(record_id)
        return plain

    def __setitem__(self, record_id: str, plain: dict[str, Any]) -> None:
        if record_id not in self:
            self._fresh[record_id] = None
        self._open[record_id] = dict(plain)

    def __delitem__(self, record_id: str) -> None:
        self._open[record_id] = None
        self._leave(record_id)

    def __contains__(self, record_id: object) -> bool:
        return isinstance(record_id, str) and self.line(record_id) is not None

    def __iter__(self) -> Iterator[str]:
        return (record_id for record_id in self._ids() if record_id in self)

    def __len__(self) -> int:
        return sum(1 for _id in self)


def body(tables: Mapping[str, Iterable[bytes]]) -> bytes:
    """The tables as the part of a snapshot that follows its head, one record a line."""
    parts = []
    for name, lines in tables.items():
        keyed = (f'"{id_of(line)}":'.encode() + line for line in lines)
        parts.append(_opening(name)[1:] + b",\n".join(keyed) + b"\n}")
    return b",\n".join(parts) + b"}\n"


def id_of(line: bytes) -> str:
    """The id of a record."""
    found: str = _decode_id(line).id
    return found


def ever_due(line: bytes, due_by: date) -> bool:
    """Whether an indicator had, first or after a revision, a deadline up to that day."""
    outline = _decode_outline(line)
    deadlines = [outline.deadline, *(each.deadline for each in outline.revisions)]
    return any(d is not None and d.on is not None and d.on <= due_by for d in deadlines)


def _is_of(record_id: str, owners: Collection[str]) -> bool:
    return record_id.partition(".")[0] in owners


def _opening(name: str) -> bytes:
    return f'\n"{name}":{{\n'.encode()


EMPTY = body(dict.fromkeys(TABLES, ()))
"""The body of a ledger without records."""
