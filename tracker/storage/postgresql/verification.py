"""Replay the changes of a ledger in the database, and find what no program wrote.

The rows of commits, changes and entries are the ledger. What they lead to is compared with the
records in the tables, and with what stands beside their lines.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from tracker.errors import LedgerDamaged
from tracker.locale.translation import _, _n
from tracker.model.codec import encode
from tracker.model.commits import TABLES, Change, StoredRecord
from tracker.model.records import APPENDED_LISTS, Indicator
from tracker.storage.base import ignore_sentence_of_any_store
from tracker.storage.folder.rebuilding import ReplayedRecords
from tracker.storage.postgresql.transaction import (
    build_postgres_transaction_row_columns,
    list_postgres_transaction_row_marks,
)
from tracker.storage.postgresql.view import (
    NUMBERED,
    TURNS_END,
    WITH_ENTRIES,
    WITHIN_RANGE,
    CommitHead,
    PostgresView,
    decode_changes_of_postgres_view,
    is_entry_line,
    list_id_ranges_of_postgres_view,
)
from tracker.storage.salvage import is_line_understood, keep_understood_change, read_or_salvage

_COMMITS = f"""
SELECT c.turn, n.seq, c.line FROM tracker.commits c
JOIN ({NUMBERED}) n ON n.id = c.id
WHERE c.ledger = %(ledger)s ORDER BY c.turn
"""  # noqa: S608  # ours
_ROWS = """
SELECT turn, number, -1 AS position, record, op, kind, old, new
FROM tracker.changes WHERE ledger = %(ledger)s
UNION ALL
SELECT turn, number, position, record, 'append', '', list, line
FROM tracker.entries WHERE ledger = %(ledger)s
ORDER BY turn, number, position, record
"""
_IS_OF_INITIATIVE = "kind IN ('initiatives', 'indicators')"
_OTHER_ROWS = f"""
SELECT turn, number, -1 AS position, record, op, kind, old, new
FROM tracker.changes WHERE ledger = %(ledger)s AND NOT {_IS_OF_INITIATIVE}
ORDER BY turn, number
"""  # noqa: S608  # ours
_OWNERS = f"""
SELECT split_part(record, '.', 1) AS owner FROM tracker.changes
WHERE ledger = %(ledger)s AND {_IS_OF_INITIATIVE}
UNION SELECT split_part(record, '.', 1) FROM tracker.entries WHERE ledger = %(ledger)s
UNION SELECT id FROM tracker.initiatives WHERE ledger = %(ledger)s
UNION SELECT owner FROM tracker.indicators WHERE ledger = %(ledger)s
ORDER BY owner
"""  # noqa: S608  # ours
_COMMITS_OF = """
SELECT c.turn, 1, c.line FROM tracker.commits c
WHERE c.ledger = %(ledger)s AND c.turn = ANY(%(turns)s) ORDER BY c.turn
"""
_ROWS_OF = f"""
SELECT n.* FROM unnest(%(first)s::text[], %(beyond)s::text[]) AS s(first, beyond)
CROSS JOIN LATERAL (
    SELECT turn, number, -1 AS position, record, op, kind, old, new
    FROM tracker.changes WHERE {WITHIN_RANGE} AND {_IS_OF_INITIATIVE}
    UNION ALL
    SELECT turn, number, position, record, 'append', '', list, line
    FROM tracker.entries WHERE {WITHIN_RANGE}
) n
ORDER BY turn, number, position, record
"""  # noqa: S608  # ours
_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "documents": (),
    "initiatives": ("folded", "lead", "parent", "ended"),
    "indicators": ("folded", "owner", "first_due", "ended", "owner_ended"),
    "receipts": ("claimed_at",),
}
"""What stands beside the line of a record."""

_OWNER_COLUMNS = {"initiatives": "id", "indicators": "owner"}
"""The column of a table that holds the id of an initiative."""

_IS_STALE = (
    "coalesce(whole <> tracker.put_together(line, ledger, id, turn, number)"
    " OR cites <> tracker.list_citations(line), false) AS is_stale"
)
"""Whether the whole line of a record, or what it cites, is not what line and entries say."""

_OWNERS_AT_A_TIME = 200

_MOST_NAMED = 10
"""Rows and records that are named in one sentence."""


class ContentRow(NamedTuple):
    """A row of changes, or of entries: ``append``, with list and line as old and new."""

    turn: UUID
    number: int
    position: int
    record: str
    op: str
    kind: str
    old: str | None
    new: str | None


class OddRow(NamedTuple):
    """A row that no program wrote.

    Attributes:
        seq: the number of its commit; 0: there is none.
        turn: where that stands.
        row: a row of changes or entries; None: the commit itself.
        reduced: what is understood of its line, and stays; None: nothing is.
    """

    seq: int
    turn: UUID
    row: ContentRow | None = None
    reduced: str | None = None


class ReplayedRecord(NamedTuple):
    """A record that the changes lead to, and the place where it was made."""

    record: StoredRecord
    turn: UUID
    number: int


class Examination:
    """All that does not agree in the tables of a ledger.

    Args:
        view: the ledger.
        about: the ids of the only initiatives that are looked at, with their indicators, and
            then commits have no numbers; none: all that belongs to no initiative; None:
            everything is looked at.

    Attributes:
        seqs: the numbers of the commits that stay, by their turns.
        odd: the rows that no program wrote.
        records: what the other rows lead to, by table and id.
        altered: table and id of the records that are otherwise in their tables.
    """

    def __init__(self, view: PostgresView, about: Collection[str] | None = None) -> None:
        self._view = view
        self._about = about
        self._replayed = ReplayedRecords()
        self._made: dict[tuple[str, str], tuple[UUID, int]] = {}
        self.odd: list[OddRow] = []
        rows: Iterable[ContentRow]
        if not about:
            self.seqs = dict(self._examine_commits(view.fetch_rows(_COMMITS)))
            query = _ROWS if about is None else _OTHER_ROWS
            rows = (ContentRow(*row) for row in view.stream_rows(query, {}))
        else:
            ends = list_id_ranges_of_postgres_view(about)
            # How little lies in each range is not known to the planner.
            view.prefer_indexes(is_preferred=True)
            rows = [ContentRow(*row) for row in view.fetch_rows(_ROWS_OF, **ends)]
            view.prefer_indexes(is_preferred=False)
            turns = [*dict.fromkeys(row.turn for row in rows)]
            self.seqs = dict(self._examine_commits(view.fetch_rows(_COMMITS_OF, turns=turns)))
        for turn, group in groupby(rows, attrgetter("turn")):
            self._examine_rows(turn, group)
        self.records = self._decode_replayed()
        self.altered = [*self._find_altered()]

    def _examine_commits(self, rows: Iterable[tuple[Any, ...]]) -> Iterator[tuple[UUID, int]]:
        """Yield turn and number of the commits that stay, out of their rows."""
        end = UUID(TURNS_END)
        for turn, number, line in rows:
            seq = int(number)
            head = read_or_salvage(CommitHead, line, "", ignore_sentence_of_any_store)
            if head is None or turn >= end:
                self.odd.append(OddRow(seq, turn))
                continue
            if not is_line_understood(CommitHead, line):
                self.odd.append(OddRow(seq, turn, reduced=encode(head).decode()))
            yield turn, seq

    def _examine_rows(self, turn: UUID, rows: Iterable[ContentRow]) -> None:
        """Apply the changes of a commit, and note the rows that are none."""
        if turn not in self.seqs:
            self.odd += (OddRow(0, turn, row) for row in rows)
            return
        seq = self.seqs[turn]
        changes: list[tuple[Change, list[ContentRow]]] = []
        for _number, group in groupby(rows, attrgetter("number")):
            changes += self._keep_understood_changes(seq, group)
        try:
            self._apply_changes(changes)
        except LedgerDamaged:
            for change, own in changes:
                try:
                    self._apply_changes([(change, own)])
                except LedgerDamaged:
                    self.odd += (OddRow(seq, turn, row) for row in own)

    def _keep_understood_changes(
        self, seq: int, rows: Iterable[ContentRow]
    ) -> Iterator[tuple[Change, list[ContentRow]]]:
        """Yield the changes of one number that are understood, each with its rows."""
        members: list[ContentRow] = []
        for row in rows:
            if row.op != "append" or is_entry_line(row.old or "", row.new or ""):
                members.append(row)
            else:
                self.odd.append(OddRow(seq, row.turn, row))
        columns = ((row.number, row.op, row.kind, row.record, *row[-2:]) for row in members)
        for change in decode_changes_of_postgres_view(columns):
            own = _list_rows_of_change(members, change)
            kept = keep_understood_change(change, seq, ignore_sentence_of_any_store)
            if kept is None:
                self.odd += (OddRow(seq, row.turn, row) for row in own)
                continue
            if kept is not change:
                line = _drop_lists_of_line(bytes(kept.record), kept)
                self.odd.append(OddRow(seq, own[0].turn, own[0], line))
            yield kept, own

    def _apply_changes(self, changes: list[tuple[Change, list[ContentRow]]]) -> None:
        """Apply changes, and note where records were made.

        Raises:
            LedgerDamaged: they do not fit, and none is applied.
        """
        self._replayed.apply_changes([change for change, _rows in changes])
        for change, rows in changes:
            if change.op == "create":
                self._made[change.table, change.id] = rows[0].turn, rows[0].number

    def _decode_replayed(self) -> dict[tuple[str, str], ReplayedRecord]:
        """Return what the changes lead to."""
        records: dict[tuple[str, str], ReplayedRecord] = {}
        for name, lines in self._replayed.build_state().items():
            for key, line in lines.items():
                record = read_or_salvage(TABLES[name], line, key, ignore_sentence_of_any_store)
                if record is not None:
                    records[name, key] = ReplayedRecord(record, *self._made[name, key])
        return records

    def _find_altered(self) -> Iterator[tuple[str, str]]:
        """Yield table and id of the records that are not in their tables as they should be."""
        marks = set(self._stream_table("marks", ("field", "word", "owner"), "owner"))
        missing = dict.fromkeys(self.records)
        for name, columns in _COLUMNS.items():
            is_stale = _IS_STALE if TABLES[name] in WITH_ENTRIES else "false"
            chosen = ("id", "turn", "number", "line", is_stale, *map(_choose_column, columns))
            rows = self._stream_table(name, chosen, _OWNER_COLUMNS.get(name))
            for key, turn, number, line, is_stale, *beside in rows:
                missing.pop((name, key), None)
                replayed = self.records.get((name, key))
                if (
                    is_stale
                    or replayed is None
                    or (turn, number) != replayed[1:]
                    or not _is_line_of_record(line, replayed.record)
                    or not self._is_beside(dict(zip(columns, beside, strict=True)), replayed.record)
                    or not marks.issuperset(list_postgres_transaction_row_marks(replayed.record))
                ):
                    yield name, key
        yield from missing

    def _stream_table(
        self, table: str, columns: Iterable[str], owner: str | None
    ) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a table; ``owner`` is the column that holds an initiative, if any."""
        query = f"SELECT {', '.join(columns)} FROM tracker.{table} WHERE ledger = %(ledger)s"  # noqa: S608
        if self._about is None or (not self._about and owner is None):
            return self._view.stream_rows(query, {})
        if owner is None or not self._about:
            return iter(())
        about = {"about": list(self._about)}
        return self._view.stream_rows(f"{query} AND {owner} = ANY(%(about)s)", about)

    def list_columns(self, record: StoredRecord) -> dict[str, Any]:
        """Return what should stand beside the line of a record."""
        columns = build_postgres_transaction_row_columns(record)
        if isinstance(record, Indicator):
            owner = self.records.get(("initiatives", record.initiative_id))
            columns["owner_ended"] = (
                date.max
                if owner is None
                else build_postgres_transaction_row_columns(owner.record)["ended"]
            )
        return columns

    def _is_beside(self, stored: dict[str, Any], record: StoredRecord) -> bool:
        """Tell whether what stands beside a line finds its record: it may hold more, never less."""
        for name, wanted in self.list_columns(record).items():
            value = stored[name]
            if name == "folded":
                fits = all(text in value for text in wanted.split("\n"))
            elif name == "first_due":
                fits = wanted is None or value <= wanted
            elif name in {"ended", "owner_ended"}:
                fits = value >= wanted
            else:
                fits = value == wanted
            if not fits:
                return False
        return True

    def explain_faults(self, place: str) -> LedgerDamaged | None:
        """Build the error that names what does not agree; None: all does."""
        parts = []
        if self.odd:
            names = dict.fromkeys(map(_name_odd_row, self.odd))
            sentence = _n(
                "{count} row in {place} was written by no program: {names}",
                "{count} rows in {place} were written by no program: {names}",
                len(self.odd),
            )
            named = ", ".join([*names][:_MOST_NAMED])
            parts.append(sentence.format(count=len(self.odd), place=place, names=named))
        if self.altered:
            sentence = _n(
                "{count} record in {place} is not what its changes lead to: {ids}; somebody has"
                " altered it by SQL",
                "{count} records in {place} are not what their changes lead to: {ids}; somebody"
                " has altered them by SQL",
                len(self.altered),
            )
            ids = ", ".join(key for _name, key in self.altered[:_MOST_NAMED])
            parts.append(sentence.format(count=len(self.altered), place=place, ids=ids))
        if not parts:
            return None
        advice = _("keep apart what is there, and put back what was stored: tracker recover")
        return LedgerDamaged(_("; ").join([*parts, advice]))


def examine_by_parts(view: PostgresView) -> Examination:
    """Examine a whole ledger, some initiatives at a time, so that few records are held.

    Returns:
        The part that does not agree, or what belongs to no initiative.
    """
    others = Examination(view, ())
    owners = [owner for (owner,) in view.fetch_rows(_OWNERS)]
    for first in range(0, len(owners), _OWNERS_AT_A_TIME):
        part = Examination(view, owners[first : first + _OWNERS_AT_A_TIME])
        if part.odd or part.altered:
            return part
    return others


def _choose_column(name: str) -> str:
    """Return the expression that reads a column; a day that Python does not know as one it does."""
    is_day = name in {"first_due", "ended", "owner_ended"}
    return f"greatest(least({name}, '9999-12-31'), '0001-01-01')" if is_day else name


def _list_rows_of_change(rows: list[ContentRow], change: Change) -> list[ContentRow]:
    """Return those rows of one number of which a change is made."""
    if change.op == "append":
        return [
            row
            for row in rows
            if (row.op, row.record, row.old, (row.new or "").encode())
            == ("append", change.id, change.list, bytes(change.entry))
        ]
    is_made = change.op in {"create", "remove"}
    return [row for row in rows if row.op != "append" or (is_made and row.record == change.id)]


def _name_odd_row(odd: OddRow) -> str:
    if not odd.seq:
        return _("{id} without a commit").format(id=odd.row.record if odd.row else "")
    if odd.row is None:
        return _("change no. {seq}").format(seq=odd.seq)
    return _("{id} in change no. {seq}").format(id=odd.row.record, seq=odd.seq)


def _drop_lists_of_line(line: bytes, change: Change) -> str:
    """Return the line of a record as its change keeps it: one that is made without its lists."""
    fields = msgspec.json.decode(line, type=dict[str, msgspec.Raw])
    dropped = APPENDED_LISTS if change.op == "create" else frozenset()
    return encode({name: raw for name, raw in fields.items() if name not in dropped}).decode()


def _is_line_of_record(line: str, record: StoredRecord) -> bool:
    """Tell whether a line holds all of a record but its lists."""
    lists: dict[str, Any] = {name: [] for name in APPENDED_LISTS & set(record.__struct_fields__)}
    try:
        stored = msgspec.json.decode(line, type=type(record))
    except (msgspec.MsgspecError, RecursionError):
        return False
    return bool(stored == msgspec.structs.replace(record, **lists))
