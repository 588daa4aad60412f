"""Load a whole ledger into an empty one: by COPY, in the transaction of the caller."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import msgspec

from tracker.model.codec import encode
from tracker.model.commits import (
    TABLES,
    Change,
    Commit,
    StoredRecord,
    apply_change,
    build_missing_commit_record_error,
)
from tracker.model.records import Indicator
from tracker.storage.postgresql.connection import Connection
from tracker.storage.postgresql.transaction import (
    build_postgres_transaction_row_columns,
    build_postgres_transaction_turn,
    choose_postgres_transaction_turn,
    encode_postgres_transaction_row,
    list_postgres_transaction_entry_rows,
    list_postgres_transaction_row_marks,
    read_postgres_transaction_ticks,
)
from tracker.storage.postgresql.view import CommitHead, PostgresView, is_entry_line

_SEQ_BITS = 62

_OWNERS_ENDED = """
UPDATE tracker.indicators x SET owner_ended = i.ended
FROM tracker.initiatives i
WHERE x.ledger = %(ledger)s AND i.ledger = x.ledger AND i.id = x.owner
    AND i.ended < %(never)s
"""


class _PendingRecord(NamedTuple):
    """A record that was not sent yet: where it stands, and its line without updates."""

    turn: UUID
    number: int
    line: bytes


class BulkLoader:
    """Load commits, oldest first, and the records that they amount to.

    What is held back is bounded: a record that was sent and changes later is fetched again.

    Args:
        connection: inside of a transaction.
        ledger: its name; it must be empty.
        batch: rows and records that are held back before they are sent.
    """

    def __init__(self, connection: Connection, ledger: str, batch: int) -> None:
        self._connection = connection
        self._batch = batch
        self._ledger = ledger
        self._view = PostgresView(connection, ledger)
        self._rows: dict[tuple[str, tuple[str, ...]], list[Sequence[Any]]] = {}
        self._pending_count = 0
        self._is_analyzed = False
        self._base = uuid4().int >> _SEQ_BITS << _SEQ_BITS
        # Each record's place and its line without updates, which nothing is narrowed by.
        self._records: dict[str, dict[str, _PendingRecord]] = {name: {} for name in TABLES}

    def load(self, commits: Iterable[Commit]) -> int:
        """Store commits and records; return how many commits there were."""
        self._trust_lines(is_trusted=True)
        ticks, seq, count = (
            read_postgres_transaction_ticks(choose_postgres_transaction_turn(None)),
            0,
            0,
        )
        for count, commit in enumerate(commits, 1):
            turn = build_postgres_transaction_turn(ticks + count)
            for number, change in enumerate(commit.changes, 1):
                self._add_change(change, turn, number)
                # Only here, between changes, are a record and its entries held or sent together.
                if self._pending_count >= self._batch:
                    self._send()
            head = CommitHead(
                at=commit.at, by=commit.by, command=commit.command, clock=commit.clock
            )
            undone_id = self._make_id(commit.undoes) if commit.undoes is not None else None
            line = encode(head).decode()
            row = (self._make_id(commit.seq), turn, commit.seq - seq, undone_id, line)
            self._add_row("commits", ("id", "turn", "step", "undoes", "line"), row)
            seq = commit.seq
        self._send()
        self._trust_lines(is_trusted=False)
        self._analyze()
        values = {"ledger": self._ledger, "never": date.max}
        self._connection.execute(_OWNERS_ENDED, values)
        return count

    def _trust_lines(self, *, is_trusted: bool) -> None:
        """Let the server judge the lines of records and entries, or rely on their types here."""
        self._connection.execute(
            "SELECT set_config('tracker.loading', %s, true)", ("on" if is_trusted else "off",)
        )

    def _make_id(self, seq: int) -> UUID:
        """Return the id of a commit of this load, so that no table of ids has to be kept."""
        return UUID(int=self._base | seq)

    def _add_change(self, change: Change, turn: UUID, number: int) -> None:
        if change.op == "append":
            line = bytes(change.entry).decode()
            if not is_entry_line(change.list, line):
                self._trust_lines(is_trusted=False)
            if change.list != "updates":
                self._change_record(change)
            self._add_entry(change.id, turn, number, (0, change.list, line))
            return
        new = bytes(change.new)
        old = bytes(change.old).decode() if change.op == "change" else None
        if change.op == "change":
            self._change_record(change)
        elif change.op == "remove":
            self._take_record(change)
            new = bytes(change.record)
        else:
            record = msgspec.json.decode(change.record, type=TABLES[change.table])
            new = encode_postgres_transaction_row(record).encode()
            self._hold_record(change, turn, number, _encode_for_bulk_load(record))
            for entry in list_postgres_transaction_entry_rows(record):
                self._add_entry(record.id, turn, number, entry)
        row = (turn, number, change.op, change.table, change.id, old, new.decode())
        self._add_row("changes", ("turn", "number", "op", "kind", "record", "old", "new"), row)

    def _change_record(self, change: Change) -> None:
        turn, number, line = self._take_record(change)
        self._hold_record(change, turn, number, apply_change(change, line) or b"")

    def _hold_record(self, change: Change, turn: UUID, number: int, line: bytes) -> None:
        self._records[change.table][change.id] = _PendingRecord(turn, number, line)
        self._pending_count += 1

    def _take_record(self, change: Change) -> _PendingRecord:
        """Take the record that a change is about out of what is held, or out of its table."""
        pending = self._records[change.table].pop(change.id, None)
        if pending is not None:
            return pending
        record: Any = self._view.record(TABLES[change.table], change.id)
        if record is None:
            raise build_missing_commit_record_error(change)
        query = (
            f"DELETE FROM tracker.{change.table}"  # noqa: S608  # our names
            " WHERE ledger = %s AND id = %s RETURNING turn, number"
        )
        deleted = self._connection.execute(query, (self._ledger, change.id))
        ((turn, number),) = deleted.fetchall()
        return _PendingRecord(turn, number, _encode_for_bulk_load(record))

    def _add_entry(self, record: str, turn: UUID, number: int, entry: Sequence[Any]) -> None:
        columns = ("record", "turn", "number", "position", "list", "line")
        self._add_row("entries", columns, (record, turn, number, *entry))

    def _queue_records(self) -> None:
        marks: dict[tuple[str, str, str], None] = {}
        for name, records in self._records.items():
            for turn, number, line in records.values():
                record = msgspec.json.decode(line, type=TABLES[name])
                row: dict[str, Any] = {
                    "id": record.id,
                    "turn": turn,
                    "number": number,
                    "line": encode_postgres_transaction_row(record),
                }
                row |= build_postgres_transaction_row_columns(record)
                if isinstance(record, Indicator):
                    # Until all decisions are known.
                    row["owner_ended"] = date.max
                self._rows.setdefault((name, tuple(row)), []).append(tuple(row.values()))
                marks |= dict.fromkeys(list_postgres_transaction_row_marks(record))
            records.clear()
        self._insert_marks("marks", ("field", "word", "owner"), marks)
        self._insert_marks("words", ("field", "word"), dict.fromkeys(mark[:2] for mark in marks))

    def _insert_marks(
        self, table: str, columns: Sequence[str], rows: Collection[Sequence[str]]
    ) -> None:
        """Add rows that may be there already, which COPY cannot."""
        arrays = {name: [row[at] for row in rows] for at, name in enumerate(columns)}
        lists = ", ".join(f"%({name})s::text[]" for name in columns)
        self._connection.execute(
            f"INSERT INTO tracker.{table} (ledger, {', '.join(columns)})"  # noqa: S608  # our names
            f" SELECT %(ledger)s, * FROM unnest({lists}) ON CONFLICT DO NOTHING",
            {"ledger": self._ledger} | arrays,
        )

    def _add_row(self, table: str, columns: tuple[str, ...], row: Sequence[Any]) -> None:
        self._rows.setdefault((table, columns), []).append(row)
        self._pending_count += 1

    def _send(self) -> None:
        self._queue_records()
        with self._connection.cursor() as cursor:
            for (table, columns), rows in self._rows.items():
                names = ", ".join(("ledger", *columns))
                with cursor.copy(f"COPY tracker.{table} ({names}) FROM STDIN") as copy:
                    for row in rows:
                        copy.write_row((self._ledger, *row))
        self._rows.clear()
        self._pending_count = 0
        if not self._is_analyzed:
            # Triggers look rows up in what was sent before. As long as nothing is known of the
            # tables they read all that there is of the ledger for each.
            self._analyze()

    def _analyze(self) -> None:
        """Let the next statements be planned for what the tables hold."""
        self._connection.execute("ANALYZE")
        self._is_analyzed = True


def _encode_for_bulk_load(record: StoredRecord) -> bytes:
    if isinstance(record, Indicator):
        record = msgspec.structs.replace(record, updates=[])
    return encode(record)
