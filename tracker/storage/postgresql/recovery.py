"""Set aside what no program wrote in the tables of a ledger, and put its records right.

Nothing is lost: each row that goes or changes is kept, with all of its columns, in the table
``set_aside``.
"""

from typing import Any

from tracker.errors import Refused
from tracker.locale.translation import _, _n
from tracker.storage.base import RecoveryResult
from tracker.storage.postgresql.connection import Connection
from tracker.storage.postgresql.transaction import (
    encode_postgres_transaction_row,
    list_postgres_transaction_row_marks,
)
from tracker.storage.postgresql.verification import Examination, OddRow
from tracker.storage.postgresql.view import PostgresView

_IS_OWNER = "SELECT has_table_privilege('tracker.entries', 'DELETE')"
_NEXT_COMMIT = """
UPDATE tracker.commits n SET step = n.step + c.step
FROM tracker.commits c
WHERE c.ledger = %(ledger)s AND c.turn = %(turn)s AND n.ledger = c.ledger AND n.turn = (
    SELECT min(l.turn::text)::uuid FROM tracker.commits l
    WHERE l.ledger = c.ledger AND l.turn > c.turn
)
"""
"""The commits after one that goes keep their numbers."""

_KEYS = {
    "commits": ("turn",),
    "changes": ("turn", "number"),
    "entries": ("turn", "number", "position", "record"),
}


class PostgresRecovery:
    """One recovery of a ledger, in the transaction of the caller.

    Args:
        connection: inside of a transaction, as the owner of the tables.
        ledger: its name.
        place: where it is, for a person.

    Raises:
        Refused: the login is not that of the owner.
    """

    def __init__(self, connection: Connection, ledger: str, place: str) -> None:
        row = connection.execute(_IS_OWNER).fetchone()
        if row != (True,):
            raise Refused(
                _(
                    "Only the owner of its tables can recover {place}; run it with that login."
                ).format(place=place)
            )
        self._connection = connection
        self._ledger = ledger
        self._kept = 0

    def recover(self) -> RecoveryResult:
        """Set aside and put right all that does not agree."""
        examination = Examination(PostgresView(self._connection, self._ledger))
        for odd in examination.odd:
            self._set_aside(odd)
        for name, key in examination.altered:
            self._keep_row(name, {"id": key})
            self._execute(f"DELETE FROM tracker.{name}", {"id": key})  # noqa: S608  # ours
        for name, key in examination.altered:
            self._write_record(examination, name, key)
        # What is foreseen is no part of the ledger, and readers do without it.
        self._execute("DELETE FROM tracker.outlooks", {})
        self._connection.execute("SELECT tracker.renew_tallies(%s)", (self._ledger,))
        whole = {odd.seq for odd in examination.odd if odd.row is None and odd.reduced is None}
        parts = {odd.seq for odd in examination.odd} - whole - {0}
        sentence = _n(
            "{count} row in tracker.set_aside", "{count} rows in tracker.set_aside", self._kept
        )
        return RecoveryResult(
            commits=len(examination.seqs),
            written=[key for _name, key in examination.altered],
            kept=[sentence.format(count=self._kept)] if self._kept else [],
            from_journal=len(examination.seqs),
            unfit=tuple(sorted(whole)),
            reduced=tuple(sorted(parts)),
        )

    def _set_aside(self, odd: OddRow) -> None:
        """Keep a row, and leave of it what is understood."""
        table, column, row = "commits", "line", odd.row
        key: dict[str, Any] = {"turn": odd.turn}
        if row is not None:
            table = "entries" if row.op == "append" else "changes"
            column = "new"
            key = {name: getattr(row, name) for name in _KEYS[table]}
        self._keep_row(table, key)
        if odd.reduced is not None:
            query = f"UPDATE tracker.{table} SET {column} = %(reduced)s"  # noqa: S608  # ours
            self._execute(query, key, reduced=odd.reduced)
            return
        if row is None:
            self._connection.execute(_NEXT_COMMIT, {"ledger": self._ledger, **key})
        self._execute(f"DELETE FROM tracker.{table}", key)  # noqa: S608  # ours

    def _keep_row(self, table: str, key: dict[str, Any]) -> None:
        query = (
            "INSERT INTO tracker.set_aside (ledger, from_table, content)"  # noqa: S608  # ours
            f" SELECT t.ledger, '{table}', to_json(t)::text FROM tracker.{table} t"
        )
        self._kept += self._execute(query, key)

    def _execute(self, statement: str, key: dict[str, Any], **values: Any) -> int:  # noqa: ANN401
        """Run a statement on the row with this key; return on how many it was run."""
        where = " AND ".join(f"{name} = %({name})s" for name in ("ledger", *key))
        done = self._connection.execute(
            f"{statement} WHERE {where}".encode(), {"ledger": self._ledger, **key, **values}
        )
        return done.rowcount

    def _write_record(self, examination: Examination, table: str, key: str) -> None:
        """Write a record as its changes lead to it, if they do."""
        replayed = examination.records.get((table, key))
        if replayed is None:
            return
        record, turn, number = replayed
        row = {"ledger": self._ledger, "id": key, "turn": turn, "number": number}
        row["line"] = encode_postgres_transaction_row(record)
        self._insert(table, row | examination.list_columns(record))
        for field, word, owner in list_postgres_transaction_row_marks(record):
            mark = {"ledger": self._ledger, "field": field, "word": word}
            self._insert("words", mark)
            self._insert("marks", mark | {"owner": owner})

    def _insert(self, table: str, row: dict[str, Any]) -> None:
        values = ", ".join(f"%({name})s" for name in row)
        query = f"INSERT INTO tracker.{table} ({', '.join(row)}) VALUES ({values})"  # noqa: S608
        self._connection.execute(f"{query} ON CONFLICT DO NOTHING".encode(), row)
