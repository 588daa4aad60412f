"""A whole ledger into an empty one: by COPY, in the transaction of the caller."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import msgspec

from tracker.model.codec import encode
from tracker.model.commits import TABLES, Change, Commit, Stored, absent, applied
from tracker.model.records import Indicator
from tracker.storage.postgresql.connection import Connection
from tracker.storage.postgresql.transaction import (
    bare,
    columns_of,
    entries_of,
    marks_of,
    ticks_of,
    turn_after,
    turn_at,
)
from tracker.storage.postgresql.view import Head, Reading

_SEQ_BITS = 62

_OWNERS_ENDED = """
UPDATE tracker.indicators x SET owner_ended = i.ended
FROM tracker.initiatives i
WHERE x.ledger = %(ledger)s AND i.ledger = x.ledger AND i.id = x.owner
    AND i.ended < %(never)s
"""


class _Held(NamedTuple):
    """A record that was not sent yet: where it stands, and its line without updates."""

    turn: UUID
    number: int
    line: bytes


class Loading:
    """Takes commits, oldest first, and makes the records that they amount to.

    What is held is bounded: a record that was sent and changes after that is fetched back.

    Args:
        connection: inside of a transaction.
        ledger: its name; it must be empty.
        batch: rows and records that are held back before they are sent.
    """

    def __init__(self, connection: Connection, ledger: str, batch: int) -> None:
        self._connection = connection
        self._batch = batch
        self._ledger = ledger
        self._view = Reading(connection, ledger)
        self._waiting: dict[tuple[str, tuple[str, ...]], list[Sequence[Any]]] = {}
        self._held = 0
        self._base = uuid4().int >> _SEQ_BITS << _SEQ_BITS
        # Each record's place and its line without updates, which nothing is narrowed by.
        self._records: dict[str, dict[str, _Held]] = {name: {} for name in TABLES}

    def load(self, commits: Iterable[Commit]) -> int:
        """Store commits and records; how many commits there were."""
        ticks, seq, count = ticks_of(turn_after(None)), 0, 0
        for count, commit in enumerate(commits, 1):
            turn = turn_at(ticks + count)
            for number, change in enumerate(commit.changes, 1):
                self._take(change, turn, number)
                # Only here a record and its entries are held together, or sent together.
                if self._held >= self._batch:
                    self._send()
            head = Head(at=commit.at, by=commit.by, command=commit.command)
            back = self._id_of(commit.undoes) if commit.undoes is not None else None
            row = (self._id_of(commit.seq), turn, commit.seq - seq, back, encode(head).decode())
            self._put("commits", ("id", "turn", "step", "undoes", "line"), row)
            seq = commit.seq
        self._send()
        # Without it the next statement, too, is planned as if there were nothing.
        self._connection.execute("ANALYZE")
        values = {"ledger": self._ledger, "never": date.max}
        self._connection.execute(_OWNERS_ENDED, values)
        return count

    def _id_of(self, seq: int) -> UUID:
        """The id of a commit of this load: no table of them has to be kept."""
        return UUID(int=self._base | seq)

    def _take(self, change: Change, turn: UUID, number: int) -> None:
        if change.op == "append":
            line = bytes(change.entry).decode()
            if change.list != "updates":
                self._become(change)
            self._put_entry(change.id, turn, number, (0, change.list, line))
            return
        new = bytes(change.new)
        old = bytes(change.old).decode() if change.op == "change" else None
        if change.op == "change":
            self._become(change)
        elif change.op == "remove":
            self._taken(change)
            new = bytes(change.record)
        else:
            record = msgspec.json.decode(change.record, type=TABLES[change.table])
            new = bare(record).encode()
            self._records[change.table][change.id] = _Held(turn, number, _without_updates(record))
            self._held += 1
            for entry in entries_of(record):
                self._put_entry(record.id, turn, number, entry)
        row = (turn, number, change.op, change.table, change.id, old, new.decode())
        self._put("changes", ("turn", "number", "op", "kind", "record", "old", "new"), row)

    def _become(self, change: Change) -> None:
        turn, number, line = self._taken(change)
        new = applied(change, line) or b""
        self._records[change.table][change.id] = _Held(turn, number, new)
        self._held += 1

    def _taken(self, change: Change) -> _Held:
        """The record that a change is about, out of what is held or out of the table again."""
        held = self._records[change.table].pop(change.id, None)
        if held is not None:
            return held
        record: Any = self._view.record(TABLES[change.table], change.id)
        if record is None:
            raise absent(change)
        query = (
            f"DELETE FROM tracker.{change.table}"  # noqa: S608  # our names
            " WHERE ledger = %s AND id = %s RETURNING turn, number"
        )
        taken = self._connection.execute(query, (self._ledger, change.id))
        ((turn, number),) = taken.fetchall()
        return _Held(turn, number, _without_updates(record))

    def _put_entry(self, record: str, turn: UUID, number: int, entry: Sequence[Any]) -> None:
        columns = ("record", "turn", "number", "position", "list", "line")
        self._put("entries", columns, (record, turn, number, *entry))

    def _put_records(self) -> None:
        marks: dict[tuple[str, str, str], None] = {}
        for name, records in self._records.items():
            for turn, number, line in records.values():
                record = msgspec.json.decode(line, type=TABLES[name])
                row: dict[str, Any] = {
                    "id": record.id,
                    "turn": turn,
                    "number": number,
                    "line": bare(record),
                }
                row |= columns_of(record)
                if isinstance(record, Indicator):
                    # Until all decisions are known.
                    row["owner_ended"] = date.max
                self._waiting.setdefault((name, tuple(row)), []).append(tuple(row.values()))
                marks |= dict.fromkeys(marks_of(record))
            records.clear()
        self._mark("marks", ("field", "word", "owner"), marks)
        self._mark("words", ("field", "word"), dict.fromkeys(each[:2] for each in marks))

    def _mark(self, table: str, columns: Sequence[str], rows: Collection[Sequence[str]]) -> None:
        """Add rows that may be there already, which COPY cannot."""
        arrays = {each: [row[at] for row in rows] for at, each in enumerate(columns)}
        lists = ", ".join(f"%({each})s::text[]" for each in columns)
        self._connection.execute(
            f"INSERT INTO tracker.{table} (ledger, {', '.join(columns)})"  # noqa: S608  # our names
            f" SELECT %(ledger)s, * FROM unnest({lists}) ON CONFLICT DO NOTHING",
            {"ledger": self._ledger} | arrays,
        )

    def _put(self, table: str, columns: tuple[str, ...], row: Sequence[Any]) -> None:
        self._waiting.setdefault((table, columns), []).append(row)
        self._held += 1

    def _send(self) -> None:
        self._put_records()
        with self._connection.cursor() as cursor:
            for (table, columns), rows in self._waiting.items():
                names = ", ".join(("ledger", *columns))
                with cursor.copy(f"COPY tracker.{table} ({names}) FROM STDIN") as copy:
                    for row in rows:
                        copy.write_row((self._ledger, *row))
        self._waiting.clear()
        self._held = 0


def _without_updates(record: Stored) -> bytes:
    if isinstance(record, Indicator):
        record = msgspec.structs.replace(record, updates=[])
    return encode(record)
