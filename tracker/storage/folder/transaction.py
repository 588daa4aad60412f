"""A loaded ledger as a transaction.

TinyDB keeps the tables (insert, update, remove by id) while a change is made; our own format,
the journal and the snapshot, does all reading from the files and all writing to them.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgspec
from msgspec import Raw
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
    StoredRecord,
    build_append,
    build_field_change,
    build_removal,
    find_changed_commit_fields,
)
from tracker.model.outlooks import Outlook
from tracker.model.records import Entry
from tracker.storage.base import Transaction, ignore_sentence_of_any_store
from tracker.storage.changes import ChangeList
from tracker.storage.folder import snapshot
from tracker.storage.folder.view import FolderView, HistoryReaders
from tracker.system.overriding import override


class _FolderTransactionStorage(Storage):
    """TinyDB's storage over a loaded ledger; writing is the commit's business."""

    def __init__(self, tables: Mapping[str, snapshot.LazyTable]) -> None:
        self._tables = tables

    @override
    def read(self) -> Mapping[str, snapshot.LazyTable]:  # type: ignore[override]
        return self._tables

    @override
    def write(self, data: dict[str, dict[str, Any]]) -> None:
        """Do nothing: tables are changed in place."""


class _FolderTransactionTable(Table):
    """A TinyDB table of named records, whose rows are changed in place."""

    document_id_class = str  # type: ignore[assignment]

    @override
    def _update_table(self, updater: Callable[[Any], None]) -> None:
        updater(self._storage.read()[self.name])  # type: ignore[index]
        self.clear_cache()


class _Database(TinyDB):
    table_class = _FolderTransactionTable


class FolderTransaction(FolderView, Transaction):
    """A fresh database over fresh tables for every transaction."""

    def __init__(
        self,
        data: bytes | snapshot.StoredSnapshot,
        commits: list[Commit],
        read: HistoryReaders,
        say: Callable[[str], None] = ignore_sentence_of_any_store,
    ) -> None:
        super().__init__(data, commits, read, say=say)
        self._database = _Database(self._tables, storage=_FolderTransactionStorage)
        self.changes: ChangeList = ChangeList()
        self.foreseen: dict[str, Outlook | None] = {}

    @override
    def keep_foreseen(self, outlooks: Mapping[str, Outlook | None]) -> None:
        self.foreseen |= outlooks

    @override
    def create(self, record: StoredRecord) -> None:
        name = TABLE_OF[type(record)]
        if record.id in self.table(name):
            raise Conflict(_("{id} exists already.").format(id=record.id))
        document = TinyDocument(_convert_for_folder_transaction(record), record.id)  # type: ignore[arg-type]
        self._database.table(name).insert(document)
        self._kinship = None
        # The line of the table, so that a large import holds each record once.
        line = self.table(name).line(record.id) or b""
        self.changes.append(Change(op="create", table=name, id=record.id, record=Raw(line)))

    @override
    def replace(self, record: StoredRecord) -> None:
        old, new = find_changed_commit_fields(self._stored_record(record), record)
        if new:
            self._update(TABLE_OF[type(record)], record.id, _convert_for_folder_transaction(new))
            self.changes.append(build_field_change(record, old, new))

    @override
    def append(self, record_id: str, entry: Entry) -> None:
        change = build_append(record_id, entry)
        # Asked for here, because TinyDB passes over what is not there in silence.
        entries = self.table(change.table)[record_id].get(change.list, [])
        # The list is this transaction's own: a copy for each entry would cost more and more.
        entries.append(_convert_for_folder_transaction(entry))
        self._update(change.table, record_id, {change.list: entries})
        self.changes.append(change)

    @override
    def remove(self, record: StoredRecord) -> None:
        stored = self._stored_record(record)
        table = self._database.table(TABLE_OF[type(record)])
        table.remove(doc_ids=[record.id])  # type: ignore[list-item]
        self._kinship = None
        self.changes.append(build_removal(stored))

    def list_body(self) -> Iterator[bytes]:
        """Yield all tables as the pieces of the body of a snapshot."""
        lines = {name: self.table(name).lines() for name in TABLES}
        return snapshot.list_snapshot_pieces(lines)

    def _stored_record(self, record: StoredRecord) -> StoredRecord:
        """Return the record of that id as it is stored."""
        return msgspec.convert(self.table(TABLE_OF[type(record)])[record.id], type(record))

    def _update(self, table: str, record_id: str, fields: Mapping[str, Any]) -> None:
        self._kinship = None
        self._database.table(table).update(fields, doc_ids=[record_id])  # type: ignore[list-item]


def _convert_for_folder_transaction(value: object) -> Any:  # noqa: ANN401  # a dictionary of what TinyDB keeps
    return msgspec.to_builtins(value, builtin_types=snapshot.KEPT_TYPES)
