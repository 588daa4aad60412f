"""A transaction on the ledger in the database: changes as rows, at once and in their order."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID, uuid4

import msgspec

from tracker.errors import Conflict
from tracker.locale.translation import _
from tracker.model.codec import NOT_UNDERSTOOD, encode
from tracker.model.commits import (
    LIST_OF,
    TABLES,
    Change,
    Stamp,
    StoredRecord,
    build_append,
    build_creation,
    build_field_change,
    build_removal,
    find_changed_commit_fields,
)
from tracker.model.effective import find_state_in_force
from tracker.model.filters import list_filter_texts
from tracker.model.horizon import Horizon
from tracker.model.outlooks import Outlook
from tracker.model.records import (
    APPENDED_LISTS,
    Decision,
    Entry,
    Indicator,
    Initiative,
    Receipt,
    Revision,
)
from tracker.storage.base import Transaction, encode_for_any_store, ignore_sentence_of_any_store
from tracker.storage.postgresql.connection import Connection, TryAgain
from tracker.storage.postgresql.view import (
    NUMBERED,
    TURNS_END,
    CommitHead,
    PostgresView,
    fold_postgres_view_texts,
    fold_postgres_view_word,
)
from tracker.system.overriding import override

_INSERT_COMMIT = """
WITH made AS (
    INSERT INTO tracker.commits (ledger, id, turn, undoes, line)
    VALUES (%(ledger)s, %(id)s, %(turn)s, %(undoes)s, %(line)s) RETURNING ctid
)
SELECT set_config('tracker.commit', ctid::text, true) FROM made
"""
"""It also says where the row of the commit lies, so that the policies need not look for it."""

_FORGOTTEN = """
WITH RECURSIVE lower (id) AS (
    SELECT unnest(%(initiatives)s::text[]) COLLATE "C"
    UNION SELECT i.id FROM tracker.initiatives i
    JOIN lower ON i.parent = lower.id COLLATE "default" WHERE i.ledger = %(ledger)s
)
SELECT x.id FROM tracker.indicators x
WHERE x.ledger = %(ledger)s AND x.owner IN (
    SELECT id FROM lower UNION SELECT m.owner FROM tracker.marks m
    WHERE m.ledger = %(ledger)s AND m.field = 'document' AND m.word = ANY(%(cited)s)
) AND NOT EXISTS (SELECT FROM tracker.outlooks o WHERE o.ledger = x.ledger AND o.id = x.id)
LIMIT %(most)s
"""
"""What is not foreseen below some initiatives, and of those that cite some documents."""

_TICKS_PER_MS, _NS_PER_MS = 4096, 1_000_000


def choose_postgres_transaction_turn(newest: UUID | None) -> UUID:
    """Return a UUID of version 7 that is later than now and than the newest known one.

    The clocks of clients differ; who saw a commit must not come before it.
    """
    ticks = time.time_ns() * _TICKS_PER_MS // _NS_PER_MS
    if newest is not None:
        ticks = max(ticks, read_postgres_transaction_ticks(newest) + 1)
    return build_postgres_transaction_turn(ticks)


def build_postgres_transaction_turn(ticks: int) -> UUID:
    """Return a UUID of version 7 for a moment.

    Source: RFC 9562. A tick is a 4096th of a millisecond; they count from 1970.
    """
    head = (ticks >> 12) << 80 | 7 << 76 | (ticks & 0xFFF) << 64
    return UUID(int=head | 2 << 62 | uuid4().int & (1 << 62) - 1)


def read_postgres_transaction_ticks(turn: UUID) -> int:
    """Return the moment of such a UUID, in 4096ths of a millisecond since 1970."""
    return (turn.int >> 80) << 12 | (turn.int >> 64) & 0xFFF


def encode_postgres_transaction_row(record: StoredRecord) -> str:
    """Encode a record without its lists, which are rows of their own."""
    lists: dict[str, list[object]] = {
        name: [] for name in APPENDED_LISTS & set(record.__struct_fields__)
    }
    return _encode_postgres_transaction_row_line(msgspec.structs.replace(record, **lists))


def list_postgres_transaction_entry_rows(record: StoredRecord) -> Iterator[tuple[int, str, str]]:
    """Yield the entries that a record is made with: position, list and line."""
    entries = (
        (name, entry)
        for name in LIST_OF.values()
        if name in record.__struct_fields__
        for entry in getattr(record, name)
    )
    for position, (name, entry) in enumerate(entries):
        yield position, name, _encode_postgres_transaction_row_line(entry)


def _encode_postgres_transaction_row_line(content: object) -> str:
    return encode(content).decode()


def build_postgres_transaction_row_columns(record: StoredRecord) -> dict[str, Any]:
    """Return what stands beside the line of a record so that questions can be narrowed."""
    if isinstance(record, Initiative):
        return {
            "folded": fold_postgres_view_texts(*list_filter_texts(record)),
            "lead": _replace_nul_in_postgres_transaction(record.lead),
            "parent": _replace_nul_in_postgres_transaction(record.parent),
            "ended": find_postgres_transaction_row_end(record.decisions),
        }
    if isinstance(record, Indicator):
        return {
            "folded": fold_postgres_view_texts(*list_filter_texts(record)),
            "owner": record.initiative_id,
            "first_due": find_postgres_transaction_row_due(record),
            "ended": find_postgres_transaction_row_end(record.decisions),
        }
    return {"claimed_at": record.claimed_at} if isinstance(record, Receipt) else {}


def _replace_nul_in_postgres_transaction(text: str | None) -> str | None:
    """Replace NUL, for which the database has no place, by what no text holds."""
    return None if text is None else text.replace("\0", "\ufffe")


def list_postgres_transaction_row_marks(record: StoredRecord) -> Iterator[tuple[str, str, str]]:
    """Yield the words of a record by which it may be asked for: field, word and initiative."""
    texts: list[tuple[str, str | None]]
    if isinstance(record, Initiative):
        texts = [("place", record.place), ("category", record.category)]
        texts += [("document", source.document) for source in record.sources]
        texts += [("state", decision.state) for decision in record.decisions]
        owner = record.id
    elif isinstance(record, Indicator):
        texts = [("state", decision.state) for decision in record.decisions]
        if record.source is not None:
            texts.append(("document", record.source.document))
        owner = record.initiative_id
    else:
        return
    texts += [("lead", lead) for lead in (record.lead, *record.support)]
    texts.append(("person", record.person))
    yield from (
        (field, fold_postgres_view_word(field, text), owner)
        for field, text in texts
        if text is not None
    )


def find_postgres_transaction_row_due(record: Indicator) -> date | None:
    """Return the earliest deadline that an indicator ever had, at the latest.

    One that recurs has deadlines without end: it stands before all others.
    """
    if record.recurs is not None:
        return date.min
    deadlines = [record.deadline, *(revision.deadline for revision in record.revisions)]
    return min((d.on for d in deadlines if d is not None and d.on is not None), default=None)


def find_postgres_transaction_row_end(decisions: list[Decision]) -> date:
    """Return the day from which on, by these decisions alone, a record is not active any more.

    Where that day never comes it is the last one there is.
    """
    since = date.max
    for day in sorted({decision.on for decision in decisions}, reverse=True):
        if find_state_in_force(decisions, Horizon(as_of=day)) == "active":
            break
        since = day
    return since


class PostgresTransaction(PostgresView, Transaction):
    """The changes of one commit, sent as rows.

    Args:
        connection: inside of a serializable transaction.
        ledger: its name.
        turn: where the commit stands among the others.
        commit_id: the id of the commit.
        stamp: who makes it.
        say: is told what is not understood and left out.

    Attributes:
        changes: what was done so far, in its order.
        newest_line: the head of the last commit, read before: reading it here would set every
            writer against every other.
    """

    def __init__(
        self,
        connection: Connection,
        ledger: str,
        turn: UUID,
        commit_id: UUID,
        stamp: Stamp,
        say: Callable[[str], None] = ignore_sentence_of_any_store,
    ) -> None:
        super().__init__(connection, ledger, say)
        self.newest_line: str | None = None
        self.turn = self.own["making"] = turn
        self.changes: list[Change] = []
        self._commit_id, self._stamp = commit_id, stamp
        self._waiting: list[tuple[str, Mapping[str, Any]]] = []
        self._marked: set[tuple[str, ...]] = set()

    @override
    def find_newest_moment(self) -> datetime | None:
        try:
            return msgspec.json.decode(self.newest_line or "", type=CommitHead).at
        except NOT_UNDERSTOOD:
            return None

    @override
    def create(self, record: StoredRecord) -> None:
        if self.record(type(record), record.id) is not None:
            raise Conflict(_("{id} exists already.").format(id=record.id))
        self._add_change(
            build_creation(record), record, new=encode_postgres_transaction_row(record)
        )
        for position, name, entry in list_postgres_transaction_entry_rows(record):
            entry_row = {"record": record.id, "position": position, "list": name, "line": entry}
            self._insert("entries", self._place() | entry_row)
        self._insert_marks(record)

    @override
    def replace(self, record: StoredRecord) -> None:
        stored = self._stored_record(record)
        old, new = find_changed_commit_fields(stored, record)
        if new:
            whole = msgspec.structs.replace(stored, **new)
            change = build_field_change(record, old, new)
            self._add_change(
                change,
                whole,
                old=_encode_postgres_transaction_row_line(old),
                new=_encode_postgres_transaction_row_line(new),
            )
            self._insert_marks(whole)

    @override
    def append(self, record_id: str, entry: Entry) -> None:
        change = build_append(record_id, entry)
        kind = TABLES[change.table]
        rows = self.fetch_rows(
            f"SELECT (SELECT e.turn FROM tracker.entries e WHERE e.ledger = r.ledger"  # noqa: S608
            f" AND e.record = r.id AND e.turn < '{TURNS_END}' ORDER BY e.turn DESC LIMIT 1)"
            f" FROM tracker.{change.table} r WHERE r.ledger = %(ledger)s AND r.id = %(id)s",
            id=record_id,
        )
        if not rows:
            raise KeyError(record_id)
        ((newest_turn,),) = rows
        if newest_turn is not None and newest_turn > self.turn:
            raise TryAgain
        encode_for_any_store(entry)
        row = {"record": record_id, "list": change.list, "line": bytes(change.entry).decode()}
        if isinstance(entry, Decision | Revision):
            whole: Any = self.record(kind, record_id)
            getattr(whole, change.list).append(entry)
            row["beside"] = _encode_postgres_transaction_row_line(
                build_postgres_transaction_row_columns(whole)
            )
            self._insert_marks(whole)
        self._open_commit()
        self.changes.append(change)
        self._insert("entries", self._place() | row)

    @override
    def remove(self, record: StoredRecord) -> None:
        # Its entries stay, for they are its history.
        stored = self._stored_record(record)
        self._add_change(
            build_removal(stored), stored, new=_encode_postgres_transaction_row_line(stored)
        )

    def _open_commit(self) -> None:
        """Put the commit before the first change; the server lets changes in under it only."""
        if self.changes:
            return
        undone_id = None
        if self._stamp.undoes is not None:
            query = f"SELECT n.id FROM ({NUMBERED}) n WHERE n.seq = %(seq)s"  # noqa: S608  # ours
            ((undone_id,),) = self.fetch_rows(query, seq=self._stamp.undoes)
        stamp = self._stamp
        head = CommitHead(at=stamp.at, by=stamp.by, command=stamp.command, clock=stamp.clock)
        row = {"id": self._commit_id, "turn": self.turn, "undoes": undone_id}
        self._waiting.append(
            (_INSERT_COMMIT, self.own | row | {"line": _encode_postgres_transaction_row_line(head)})
        )

    def _stored_record(self, record: StoredRecord) -> StoredRecord:
        """Return the record of that id as it is stored."""
        stored = self.record(type(record), record.id)
        if stored is None:
            raise KeyError(record.id)
        return stored

    def _place(self) -> dict[str, Any]:
        """Return the columns that say where a change stands among all others."""
        own = {"ledger": self.own["ledger"], "turn": self.turn}
        return own | {"number": len(self.changes)}

    def _add_change(self, change: Change, record: StoredRecord, **columns: str) -> None:
        """Add a change; a trigger makes it in the table of the record.

        Args:
            change: what is done.
            record: as it is after it.
            columns: the content of the change, encoded.
        """
        encode_for_any_store(change)
        if change.table == "documents":
            self._documents = None
        self._open_commit()
        self.changes.append(change)
        row = {"op": change.op, "kind": change.table, "record": change.id} | columns
        row["beside"] = _encode_postgres_transaction_row_line(
            build_postgres_transaction_row_columns(record)
        )
        self._insert("changes", self._place() | row)

    def _insert(self, table: str, row: Mapping[str, Any], *, ignore_existing: bool = False) -> None:
        query = _compose_postgres_transaction_row_insert(
            table, tuple(row), "ON CONFLICT DO NOTHING" if ignore_existing else ""
        )
        self._waiting.append((query, row))

    @override
    def list_forgotten(self, most: int) -> Sequence[tuple[Initiative, Indicator]]:
        altered = [change for change in self.changes if change.op != "create"]
        values = {
            name: [change.id for change in altered if change.table == name]
            for name in ("initiatives", "documents")
        }
        if not any(values.values()):
            return ()
        cited = [fold_postgres_view_word("document", key) for key in values["documents"]]
        rows = self.fetch_rows(
            _FORGOTTEN, initiatives=values["initiatives"], cited=cited, most=most + 1
        )
        ids = [key for (key,) in rows]
        return list(self.indicators_by_id(ids)) if 0 < len(ids) <= most else ()

    @override
    def keep_foreseen(self, outlooks: Mapping[str, Outlook | None]) -> None:
        from tracker.storage.postgresql.outlooks import build_outlook_row

        for indicator_id, outlook in outlooks.items():
            if outlook is not None:
                place = {"ledger": self.own["ledger"], "id": indicator_id, "turn": self.turn}
                row = place | {"rules": self.foreseen_by} | build_outlook_row(outlook)
                # One that is there still holds: the change took away what does not.
                self._insert("outlooks", row, ignore_existing=True)

    @override
    def flush(self) -> None:
        waiting, self._waiting = self._waiting, []
        if waiting:
            # A pipeline does not wait for the answer to each.
            with self.connection.pipeline():
                for query, row in waiting:
                    self.connection.execute(query, row)

    def _insert_marks(self, record: StoredRecord) -> None:
        for field, text, owner in list_postgres_transaction_row_marks(record):
            row = {"ledger": self.own["ledger"], "field": field, "word": text}
            for table, key in (("words", (field, text)), ("marks", (field, text, owner))):
                if key not in self._marked:
                    more = {"owner": owner} if table == "marks" else {}
                    self._insert(table, row | more, ignore_existing=True)
                    self._marked.add(key)


@cache
def _compose_postgres_transaction_row_insert(
    table: str, columns: tuple[str, ...], more: str
) -> str:
    names, values = ", ".join(columns), ", ".join(f"%({column})s" for column in columns)
    return f"INSERT INTO tracker.{table} ({names}) VALUES ({values}) {more}"  # noqa: S608  # ours
