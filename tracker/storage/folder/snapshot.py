"""Tables as lines of JSON, read, changed and written with as little decoding as possible.

A record stays the line it is stored as until it is asked for; the changes made
since are applied to that line. What a table holds is thus known without reading ten
thousand records to find one.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, MutableMapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import msgspec
from msgspec import Struct

from tracker.errors import LedgerDamaged
from tracker.locale.translation import _
from tracker.model.codec import build_decoder, encode
from tracker.model.commits import TABLES, Change, Commit, apply_change
from tracker.model.records import Deadline, Revision

KEPT_TYPES = (date, datetime, Decimal)
"""Kept as they are when a record becomes a dictionary: JSON would lose digits."""

FEW_LOOKUPS = 20
"""Single look-ups after which it is cheaper to know where every record stands."""


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
_decode_id = build_decoder(_Id)


class LazyTable(MutableMapping[str, dict[str, Any]]):
    """One table: id to record, each kept as its line of JSON until it is asked for.

    Args:
        name: what the table is called.
        data: a snapshot.
        commits: what was stored after it.
    """

    def __init__(self, name: str, data: bytes, commits: list[Commit]) -> None:
        self._kind = TABLES[name]
        self._data = data
        names = list(TABLES)
        later_names = names[names.index(name) + 1 :]
        # A snapshot of an older schema ends before the tables that came later.
        start = data.find(_build_snapshot_table_opening(name))
        end = data.find(_build_snapshot_table_opening(later_names[0])) if later_names else -1
        self._start = (
            start + len(_build_snapshot_table_opening(name)) - 1 if start >= 0 else len(data)
        )
        self._end = end if end >= 0 else len(data)
        self._lines: dict[str, bytes] | None = None
        self._pending: dict[str, list[Change]] = {}
        # A record that was removed and comes back stands where it was entered again.
        self._removed: set[str] = set()
        self._added: dict[str, None] = {}
        self._decoded: dict[str, dict[str, Any] | None] = {}
        self._lookup_count = 0
        self._owned: dict[str, list[tuple[int, str]]] | None = None
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
        if record_id in self._decoded:
            fields = self._decoded[record_id]
            return None if fields is None else encode(msgspec.convert(fields, self._kind))
        line = self._stored_line(record_id)
        for change in self._pending.get(record_id, ()):
            line = apply_change(change, line)
        return line

    def lines(self, owners: Collection[str] | None = None) -> Iterator[bytes]:
        """Yield the JSON of all records, or of the indicators of these owners, in entry order."""
        stored = self._split_lines()
        has_changes = bool(self._pending or self._decoded)
        if owners is None and not has_changes:
            yield from stored.values()
            return
        ids = self._list_ids() if owners is None else self._list_owned_ids(owners)
        yield from filter(None, map(self.line if has_changes else stored.get, ids))

    def _stored_line(self, record_id: str) -> bytes | None:
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

    def _split_lines(self) -> dict[str, bytes]:
        if self._lines is None:
            data = self._data[self._start : self._end].split(b"\n")
            rows = (row.partition(b'":') for row in data if row.startswith(b'"'))
            self._lines = {key[1:].decode(): row.removesuffix(b",") for key, _colon, row in rows}
        return self._lines

    def _list_ids(self) -> list[str]:
        return [key for key in self._split_lines() if key not in self._removed] + list(self._added)

    def _list_owned_ids(self, owners: Collection[str]) -> list[str]:
        """Return the ids of the indicators of these owners; all are gone through once only."""
        if self._owned is None:
            self._owned = {}
            for place, key in enumerate(self._list_ids()):
                self._owned.setdefault(key.partition(".")[0], []).append((place, key))
        places = [place for owner in owners for place in self._owned.get(owner, ())]
        return [key for _place, key in sorted(places)]

    def _mark_removed(self, record_id: str) -> None:
        self._removed.add(record_id)
        self._added.pop(record_id, None)
        self._owned = None

    def __getitem__(self, record_id: str) -> dict[str, Any]:
        if record_id not in self._decoded:
            line = self.line(record_id)
            if line is None:
                raise KeyError(record_id)
            try:
                record = msgspec.json.decode(line, type=self._kind)
            except msgspec.MsgspecError as error:
                raise build_unread_record_error(record_id, error) from None
            self._decoded[record_id] = msgspec.to_builtins(record, builtin_types=KEPT_TYPES)
        fields = self._decoded[record_id]
        if fields is None:
            raise KeyError(record_id)
        return fields

    def __setitem__(self, record_id: str, fields: dict[str, Any]) -> None:
        if record_id not in self:
            self._added[record_id] = None
            self._owned = None
        self._decoded[record_id] = dict(fields)

    def __delitem__(self, record_id: str) -> None:
        self._decoded[record_id] = None
        self._mark_removed(record_id)

    def __contains__(self, record_id: object) -> bool:
        if record_id in self._decoded:
            return self._decoded[record_id] is not None
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
    parts = []
    for name, lines in tables.items():
        keyed = (f'"{read_snapshot_record_id(line)}":'.encode() + line for line in lines)
        parts.append(_build_snapshot_table_opening(name)[1:] + b",\n".join(keyed) + b"\n}")
    return b",\n".join(parts) + b"}\n"


def read_snapshot_record_id(line: bytes) -> str:
    """Return the id of a record out of its JSON."""
    return str(_decode_id(line).id)


def find_snapshot_line_name(line: bytes) -> str:
    """Return the id in a line that is not understood, or else its beginning."""
    try:
        return read_snapshot_record_id(line)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return line[:_SHOWN].decode("utf-8", "replace")


def was_snapshot_line_due(line: bytes, due_by: date) -> bool:
    """Tell whether an indicator had, first or after a revision, a deadline up to that day.

    One that recurs has deadlines without end, and may have.
    """
    try:
        history = _decode_deadlines(line)
    except msgspec.MsgspecError:
        # It is left to who reads the whole line what of it counts.
        return True
    if history.recurs is not None:
        return True
    deadlines = [history.deadline, *(revision.deadline for revision in history.revisions)]
    return any(d is not None and d.on is not None and d.on <= due_by for d in deadlines)


def _build_snapshot_table_opening(name: str) -> bytes:
    """Return the bytes in a snapshot after which the records of a table stand."""
    return f'\n"{name}":{{\n'.encode()


EMPTY_BODY = encode_snapshot_tables(dict.fromkeys(TABLES, ()))
"""The body of a ledger without records."""
