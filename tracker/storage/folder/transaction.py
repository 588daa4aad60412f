"""A loaded ledger as a transaction: TinyDB's tables over its rows."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgspec
from tinydb import TinyDB
from tinydb.storages import Storage
from tinydb.table import Document as TinyDocument
from tinydb.table import Table

from tracker.errors import Conflict
from tracker.locale.translation import _
from tracker.model.commits import (
    TABLE_OF,
    TABLES,
    Change,
    Commit,
    Stored,
    appended,
    changed,
    created,
    differing,
    removed,
)
from tracker.model.records import Entry
from tracker.storage.folder import snapshot
from tracker.storage.folder.files import Loaded
from tracker.storage.folder.view import Reading


class LedgerStorage(Storage):
    """TinyDB's storage over a loaded ledger; writing is the commit's business."""

    def __init__(self, tables: Mapping[str, snapshot.Rows]) -> None:
        self._tables = tables

    def read(self) -> Mapping[str, snapshot.Rows]:  # type: ignore[override]
        """The tables by name."""
        return self._tables

    def write(self, data: dict[str, dict[str, Any]]) -> None:
        """Tables are changed in place, so there is nothing left to write here."""


class LedgerTable(Table):
    """A TinyDB table of named records that changes rows in place."""

    document_id_class = str  # type: ignore[assignment]

    def lines(self) -> snapshot.Rows:
        """The rows themselves, for reading only as much of them as is needed."""
        return self._storage.read()[self.name]  # type: ignore[return-value,index]

    def _update_table(self, updater: Callable[[Any], None]) -> None:
        updater(self.lines())
        self.clear_cache()


class _Database(TinyDB):
    table_class = LedgerTable


class Writing(Reading):
    """A fresh database and fresh tables for every transaction.

    Attributes:
        changes: what was done, in its order.
    """

    def __init__(self, loaded: Loaded, history: Callable[[], Iterator[Commit]]) -> None:
        super().__init__(loaded, history)
        self._db = _Database(self._tables, storage=LedgerStorage)
        self.changes: list[Change] = []

    def table(self, name: str) -> LedgerTable:
        """One table as TinyDB has it."""
        return self._db.table(name)  # type: ignore[return-value]

    def create(self, record: Stored) -> None:
        """Add a record."""
        name = TABLE_OF[type(record)]
        if record.id in self.rows(name):
            raise Conflict(_("{id} exists already.").format(id=record.id))
        plain = msgspec.to_builtins(record, builtin_types=snapshot.BUILTIN)
        self.table(name).insert(TinyDocument(plain, record.id))  # type: ignore[arg-type]
        self.changes.append(created(record))

    def replace(self, record: Stored) -> None:
        """Change the fields that differ."""
        old, new = differing(self._kept(record), record)
        if new:
            plain = {
                key: msgspec.to_builtins(v, builtin_types=snapshot.BUILTIN)
                for key, v in new.items()
            }
            table = self.table(TABLE_OF[type(record)])
            table.update(plain, doc_ids=[record.id])  # type: ignore[list-item]
            self.changes.append(changed(record, old, new))

    def append(self, record_id: str, entry: Entry) -> None:
        """Add an entry to a list of a record."""
        change = appended(record_id, entry)
        # Asked for here, because TinyDB passes over what is not there in silence.
        record = self.rows(change.table)[record_id]
        plain = msgspec.to_builtins(entry, builtin_types=snapshot.BUILTIN)
        grown = {change.list: [*record.get(change.list, []), plain]}
        self.table(change.table).update(grown, doc_ids=[record_id])  # type: ignore[list-item]
        self.changes.append(change)

    def remove(self, record: Stored) -> None:
        """Take a record out."""
        kept = self._kept(record)
        self.table(TABLE_OF[type(record)]).remove(doc_ids=[record.id])  # type: ignore[list-item]
        self.changes.append(removed(kept))

    def _kept(self, record: Stored) -> Stored:
        """The record of that id as it is stored."""
        plain = self.rows(TABLE_OF[type(record)])[record.id]
        return msgspec.convert(plain, type(record))

    def body(self) -> bytes:
        """All tables, as they stand in a snapshot."""
        return snapshot.body({name: self.rows(name).lines() for name in TABLES})
