"""A transaction on the ledger in the database: changes as rows, at once and in their order."""

import time
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID, uuid4

import msgspec
from typing_extensions import override

from tracker.errors import Conflict
from tracker.locale.translation import _
from tracker.model.codec import encode
from tracker.model.commits import (
    LIST_OF,
    TABLE_OF,
    TABLES,
    Change,
    Stamp,
    Stored,
    appended,
    changed,
    created,
    differing,
    removed,
)
from tracker.model.effective import state_of
from tracker.model.horizon import Horizon
from tracker.model.records import (
    APPENDED,
    Decision,
    Entry,
    Indicator,
    Initiative,
    Receipt,
    Revision,
)
from tracker.storage.base import Transaction, encode_readable
from tracker.storage.postgresql.connection import Again, Connection
from tracker.storage.postgresql.view import NUMBERED, Head, Reading, folded, word

_TICKS, _MS = 4096, 1_000_000


def turn_after(newest: UUID | None) -> UUID:
    """A UUID of version 7 that is later than now and than the newest known one.

    The clocks of clients differ; who saw a commit must not come before it.
    """
    ticks = time.time_ns() * _TICKS // _MS
    if newest is not None:
        ticks = max(ticks, ticks_of(newest) + 1)
    return turn_at(ticks)


def turn_at(ticks: int) -> UUID:
    """The UUID of version 7 for a moment, in 4096ths of a millisecond since 1970."""
    head = (ticks >> 12) << 80 | 7 << 76 | (ticks & 0xFFF) << 64
    return UUID(int=head | 2 << 62 | uuid4().int & (1 << 62) - 1)


def ticks_of(turn: UUID) -> int:
    """The moment of such a UUID."""
    return (turn.int >> 80) << 12 | (turn.int >> 64) & 0xFFF


def bare(record: Stored) -> str:
    """The line of a record without its lists, which are rows of their own."""
    own: dict[str, list[object]] = {name: [] for name in APPENDED & set(record.__struct_fields__)}
    return _line(msgspec.structs.replace(record, **own))


def entries_of(record: Stored) -> Iterator[tuple[int, str, str]]:
    """The entries that a record is made with: position, list and line."""
    found = (
        (name, each)
        for name in LIST_OF.values()
        if name in record.__struct_fields__
        for each in getattr(record, name)
    )
    for position, (name, each) in enumerate(found):
        yield position, name, _line(each)


def _line(what: object) -> str:
    return encode(what).decode()


def columns_of(record: Stored) -> dict[str, Any]:
    """What stands beside the line of a record so that questions can be narrowed."""
    if isinstance(record, Initiative):
        called = (record.id, record.name, record.notes, *record.aliases)
        return {
            "folded": folded(*called),
            "lead": _storable(record.lead),
            "parent": _storable(record.parent),
            "ended": ended(record.decisions),
        }
    if isinstance(record, Indicator):
        return {
            "folded": folded(record.id, record.name),
            "owner": record.initiative_id,
            "first_due": first_due(record),
            "ended": ended(record.decisions),
        }
    return {"claimed_at": record.claimed_at} if isinstance(record, Receipt) else {}


def _storable(text: str | None) -> str | None:
    return None if text is None else text.replace("\0", "\ufffe")


def marks_of(record: Stored) -> Iterator[tuple[str, str, str]]:
    """The words of a record by which it may be asked for: field, word and initiative."""
    if isinstance(record, Initiative):
        leads = (record.lead, *record.support)
        found = [("place", record.place), ("category", record.category)]
        found += [("lead", each) for each in leads]
        found += [("document", each.document) for each in record.sources]
        found += [("state", each.state) for each in record.decisions]
        yield from ((field, word(text), record.id) for field, text in found if text is not None)
    elif isinstance(record, Indicator):
        states: list[tuple[str, str | None]] = [("state", each.state) for each in record.decisions]
        if record.source is not None:
            states.append(("document", record.source.document))
        yield from ((f, word(text), record.initiative_id) for f, text in states if text is not None)


def first_due(record: Indicator) -> date | None:
    """The earliest deadline that an indicator ever had."""
    deadlines = [record.deadline, *(each.deadline for each in record.revisions)]
    return min((d.on for d in deadlines if d is not None and d.on is not None), default=None)


def ended(decisions: list[Decision]) -> date:
    """The day from which on, by these decisions alone, a record is not active any more."""
    since = date.max
    for day in sorted({each.on for each in decisions}, reverse=True):
        if state_of(decisions, Horizon(as_of=day)) == "active":
            break
        since = day
    return since


class PostgresTransaction(Reading, Transaction):
    """The changes of one commit.

    Args:
        connection: inside of a serializable transaction.
        ledger: its name.
        turn: where the commit stands among the others.

    Attributes:
        changes: what was done so far, in its order.
    """

    def __init__(self, connection: Connection, ledger: str, turn: UUID) -> None:
        super().__init__(connection, ledger)
        self.turn = turn
        self.changes: list[Change] = []
        self._waiting: list[tuple[str, Mapping[str, Any]]] = []
        self._marked: set[tuple[str, ...]] = set()

    @override
    def create(self, record: Stored) -> None:
        if self.record(type(record), record.id) is not None:
            raise Conflict(_("{id} exists already.").format(id=record.id))
        change = self._changed(created(record), new=bare(record))
        own = self._place() | {"id": record.id, "line": bare(record)} | columns_of(record)
        if isinstance(record, Indicator):
            owner = self.initiative(record.initiative_id)
            own["owner_ended"] = ended(owner.decisions) if owner is not None else date.max
        self._insert(change.table, own)
        for position, name, line in entries_of(record):
            entry = {"record": record.id, "position": position, "list": name, "line": line}
            self._insert("entries", self._place() | entry)
        self._mark(record)
        if isinstance(record, Initiative):
            self._end_below(record)

    @override
    def replace(self, record: Stored) -> None:
        known = self._kept(record)
        old, new = differing(known, record)
        if new:
            self._changed(changed(record, old, new), old=_line(old), new=_line(new))
            whole = msgspec.structs.replace(known, **new)
            self._update(whole, {"line": bare(whole)} | columns_of(whole))
            self._mark(whole)

    @override
    def append(self, record_id: str, entry: Entry) -> None:
        change = appended(record_id, entry)
        kind = TABLES[change.table]
        found = self.rows(
            f"SELECT (SELECT e.turn FROM tracker.entries e WHERE e.ledger = r.ledger"  # noqa: S608
            " AND e.record = r.id ORDER BY e.turn DESC LIMIT 1)"
            f" FROM tracker.{change.table} r WHERE r.ledger = %(ledger)s AND r.id = %(id)s",
            id=record_id,
        )
        if not found:
            raise KeyError(record_id)
        if found[0][0] is not None and found[0][0] > self.turn:
            raise Again
        encode_readable(entry)
        self.changes.append(change)
        row = {"record": record_id, "list": change.list, "line": bytes(change.entry).decode()}
        self._insert("entries", self._place() | row)
        if isinstance(entry, Decision | Revision):
            whole: Any = self.record(kind, record_id)
            self._update(whole, columns_of(whole))
            self._mark(whole)
            if isinstance(whole, Initiative):
                self._end_below(whole)

    @override
    def remove(self, record: Stored) -> None:
        # Its entries stay, for they are its history.
        whole = self._kept(record)
        change = self._changed(removed(whole), new=_line(whole))
        query = (
            f"DELETE FROM tracker.{change.table}"  # noqa: S608  # our names
            " WHERE ledger = %(ledger)s AND id = %(id)s"
        )
        self._waiting.append((query, self.own | {"id": record.id}))

    def store(self, commit_id: UUID, stamp: Stamp) -> None:
        """Add the commit that these changes are."""
        back = None
        if stamp.undoes is not None:
            query = f"SELECT n.id FROM ({NUMBERED}) n WHERE n.seq = %(seq)s"  # noqa: S608  # ours
            ((back,),) = self.rows(query, seq=stamp.undoes)
        head = Head(at=stamp.at, by=stamp.by, command=stamp.command)
        row = {"id": commit_id, "turn": self.turn, "undoes": back, "line": _line(head)}
        self._insert("commits", self.own | row)
        self.flush()

    def _kept(self, record: Stored) -> Any:  # noqa: ANN401  # a record of the same kind
        found = self.record(type(record), record.id)
        if found is None:
            raise KeyError(record.id)
        return found

    def _place(self) -> dict[str, Any]:
        return self.own | {"turn": self.turn, "number": len(self.changes)}

    def _changed(self, change: Change, **said: str) -> Change:
        encode_readable(change)
        self.changes.append(change)
        row = {"op": change.op, "kind": change.table, "record": change.id} | said
        self._insert("changes", self._place() | row)
        return change

    def _insert(self, table: str, row: Mapping[str, Any], *, ignored: bool = False) -> None:
        query = _insertion(table, tuple(row), "ON CONFLICT DO NOTHING" if ignored else "")
        self._waiting.append((query, row))

    @override
    def flush(self) -> None:
        waiting, self._waiting = self._waiting, []
        if waiting:
            # A pipeline does not wait for the answer to each.
            with self.connection.pipeline():
                for query, row in waiting:
                    self.connection.execute(query, row)

    def _update(self, record: Stored, row: Mapping[str, Any]) -> None:
        if row:
            pairs = ", ".join(f"{each} = %({each})s" for each in row)
            query = (
                f"UPDATE tracker.{TABLE_OF[type(record)]} SET {pairs}"  # noqa: S608  # our names
                " WHERE ledger = %(ledger)s AND id = %(id)s"
            )
            self._waiting.append((query, self.own | dict(row) | {"id": record.id}))

    def _mark(self, record: Stored) -> None:
        for field, text, owner in marks_of(record):
            row = self.own | {"field": field, "word": text}
            for table, key in (("words", (field, text)), ("marks", (field, text, owner))):
                if key not in self._marked:
                    own = {"owner": owner} if table == "marks" else {}
                    self._insert(table, row | own, ignored=True)
                    self._marked.add(key)

    def _end_below(self, record: Initiative) -> None:
        query = (
            "UPDATE tracker.indicators SET owner_ended = %(ended)s"
            " WHERE ledger = %(ledger)s AND owner = %(id)s AND owner_ended <> %(ended)s"
        )
        row = self.own | {"id": record.id, "ended": ended(record.decisions)}
        self._waiting.append((query, row))


@cache
def _insertion(table: str, columns: tuple[str, ...], more: str) -> str:
    names, values = ", ".join(columns), ", ".join(f"%({each})s" for each in columns)
    return f"INSERT INTO tracker.{table} ({names}) VALUES ({values}) {more}"  # noqa: S608  # ours
