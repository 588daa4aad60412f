"""A whole ledger into an empty one: by COPY, in the transaction of the caller."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID, uuid4

import msgspec

from tracker.changes import TABLES, Change, Commit, Stored, applied
from tracker.models import Indicator, Initiative, encode
from tracker.store.postgresql.connecting import Connection
from tracker.store.postgresql.reading import Head
from tracker.store.postgresql.writing import (
    bare,
    columns_of,
    ended,
    entries_of,
    marks_of,
    ticks_of,
    turn_after,
    turn_at,
)

BATCH = 50_000
"""Rows that are held back before they are sent."""


class Loading:
    """Takes commits, oldest first; at the end the records that they amount to.

    Args:
        connection: inside of a transaction.
        ledger: its name; it must be empty.
    """

    def __init__(self, connection: Connection, ledger: str) -> None:
        self._connection = connection
        self._ledger = ledger
        self._waiting: dict[tuple[str, tuple[str, ...]], list[Sequence[Any]]] = {}
        self._held = 0
        self._ids: dict[int, UUID] = {}
        # Each record's place and its line without updates, which nothing is narrowed by.
        self._records: dict[str, dict[str, tuple[UUID, int, bytes]]] = {n: {} for n in TABLES}

    def load(self, commits: Iterable[Commit]) -> int:
        """Store commits and records; how many commits there were."""
        ticks, seq = ticks_of(turn_after(None)), 0
        for ticks, commit in enumerate(commits, ticks):  # noqa: B020  # it goes on from there
            turn = turn_at(ticks)
            self._ids[commit.seq] = uuid4()
            for number, change in enumerate(commit.changes, 1):
                self._take(change, turn, number)
            head = Head(at=commit.at, by=commit.by, command=commit.command)
            back = self._ids[commit.undoes] if commit.undoes is not None else None
            row = (self._ids[commit.seq], turn, commit.seq - seq, back, encode(head).decode())
            self._put("commits", ("id", "turn", "step", "undoes", "line"), row)
            seq = commit.seq
        self._store_records()
        self._send()
        self._connection.execute("ANALYZE")
        return len(self._ids)

    def _take(self, change: Change, turn: UUID, number: int) -> None:
        table = self._records[change.table]
        if change.op == "append":
            line = bytes(change.entry).decode()
            self._put_entry(change.id, turn, number, (0, change.list, line))
            if change.list != "updates":
                self._become(change)
            return
        new = bytes(change.new)
        old = bytes(change.old).decode() if change.op == "change" else None
        if change.op == "change":
            self._become(change)
        elif change.op == "remove":
            del table[change.id]
            new = bytes(change.record)
        else:
            record = msgspec.json.decode(change.record, type=TABLES[change.table])
            for entry in entries_of(record):
                self._put_entry(record.id, turn, number, entry)
            new = bare(record).encode()
            table[change.id] = (turn, number, _without_updates(record))
        row = (turn, number, change.op, change.table, change.id, old, new.decode())
        self._put("changes", ("turn", "number", "op", "kind", "record", "old", "new"), row)

    def _become(self, change: Change) -> None:
        turn, number, line = self._records[change.table][change.id]
        self._records[change.table][change.id] = (turn, number, applied(change, line) or b"")

    def _put_entry(self, record: str, turn: UUID, number: int, entry: Sequence[Any]) -> None:
        columns = ("record", "turn", "number", "position", "list", "line")
        self._put("entries", columns, (record, turn, number, *entry))

    def _store_records(self) -> None:
        ends = {}
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
                if isinstance(record, Initiative):
                    ends[record.id] = row["ended"]
                elif isinstance(record, Indicator):
                    row["owner_ended"] = ends.get(record.initiative_id, ended([]))
                self._put(name, tuple(row), tuple(row.values()))
                marks |= dict.fromkeys(marks_of(record))
        for mark in marks:
            self._put("marks", ("field", "word", "owner"), mark)
        for known in dict.fromkeys(each[:2] for each in marks):
            self._put("words", ("field", "word"), known)

    def _put(self, table: str, columns: tuple[str, ...], row: Sequence[Any]) -> None:
        self._waiting.setdefault((table, columns), []).append(row)
        self._held += 1
        if self._held >= BATCH:
            self._send()

    def _send(self) -> None:
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
