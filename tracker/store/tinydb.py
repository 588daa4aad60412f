"""The default store: TinyDB over the files of a ledger in a folder."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from tinydb import TinyDB
from tinydb.storages import Storage
from tinydb.table import Document as TinyDocument
from tinydb.table import Table

from tracker import rows
from tracker.changes import (
    TABLE_OF,
    TABLES,
    Change,
    Commit,
    Kept,
    Stamp,
    Stored,
    appended,
    changed,
    created,
    differing,
    removed,
)
from tracker.errors import Conflict
from tracker.folder import TAIL_LIMIT, Folder, Loaded
from tracker.locale import _
from tracker.models import (
    Document,
    Entry,
    Filter,
    Indicator,
    Initiative,
    decoder,
)
from tracker.store import Answer, Named, Transaction, View, orphaned

if TYPE_CHECKING:
    from tracker.mending import BackedUp, Recovered, Restored

_decode_named = decoder(Named)


class LedgerStorage(Storage):
    """TinyDB's storage over a loaded ledger; writing is the commit's business."""

    def __init__(self, loaded: Loaded) -> None:
        self._tables = {name: rows.Rows(name, loaded.data, loaded.commits) for name in TABLES}

    def read(self) -> dict[str, rows.Rows]:  # type: ignore[override]
        """The tables by name."""
        return self._tables

    def write(self, data: dict[str, dict[str, Any]]) -> None:
        """Tables are changed in place, so there is nothing left to write here."""


class LedgerTable(Table):
    """A TinyDB table of named records that changes rows in place."""

    document_id_class = str  # type: ignore[assignment]

    def lines(self) -> rows.Rows:
        """The rows themselves, for reading only as much of them as is needed."""
        return self._storage.read()[self.name]  # type: ignore[return-value,index]

    def _update_table(self, updater: Callable[[Any], None]) -> None:
        updater(self.lines())
        self.clear_cache()


class _Database(TinyDB):
    table_class = LedgerTable


class _Ledger:
    """View and transaction over one loaded ledger."""

    def __init__(self, loaded: Loaded, history: Callable[[], Iterator[Commit]]) -> None:
        self._db = _Database(loaded, storage=LedgerStorage)
        self.history = history
        self._owners: dict[str, Initiative] = {}
        self.changes: list[Change] = []

    def table(self, name: str) -> LedgerTable:
        return self._db.table(name)  # type: ignore[return-value]

    def rows(self, name: str) -> rows.Rows:
        return self.table(name).lines()

    def _record(self, kind: type[Kept], record_id: str) -> Kept | None:
        line = self.rows(TABLE_OF[kind]).line(record_id)
        return None if line is None else msgspec.json.decode(line, type=kind)

    def documents(self) -> dict[str, Document]:
        read = decoder(Document)
        return {each.id: each for each in map(read, self.rows("documents").lines())}

    def initiative(self, record_id: str) -> Initiative | None:
        return self._record(Initiative, record_id)

    def indicator(self, record_id: str) -> Indicator | None:
        return self._record(Indicator, record_id)

    def names(self) -> Iterator[Named]:
        for name in ("initiatives", "indicators"):
            yield from map(_decode_named, self.rows(name).lines())

    def initiatives(self, where: Filter) -> Iterator[Initiative]:  # noqa: ARG002  # a superset
        yield from map(decoder(Initiative), self.rows("initiatives").lines())

    def indicators_of(self, initiative_id: str) -> list[Indicator]:
        lines = self.rows("indicators").lines_of(f"{initiative_id}.")
        return list(map(decoder(Indicator), lines))

    def candidates(
        self,
        where: Filter,  # noqa: ARG002  # a superset
        due_by: date | None = None,
    ) -> Iterator[tuple[Initiative, Indicator]]:
        read = decoder(Indicator)
        for line in self.rows("indicators").lines():
            if due_by is None or rows.ever_due(line, due_by):
                indicator = read(line)
                yield self._owner(indicator.initiative_id), indicator

    def _owner(self, initiative_id: str) -> Initiative:
        owner = self._owners.get(initiative_id) or self.initiative(initiative_id)
        if owner is None:
            raise orphaned(initiative_id)
        return self._owners.setdefault(initiative_id, owner)

    def create(self, record: Stored) -> None:
        name = TABLE_OF[type(record)]
        if record.id in self.rows(name):
            raise Conflict(_("{id} exists already.").format(id=record.id))
        plain = msgspec.to_builtins(record, builtin_types=rows.BUILTIN)
        self.table(name).insert(TinyDocument(plain, record.id))  # type: ignore[arg-type]
        self.changes.append(created(record))

    def replace(self, record: Stored) -> None:
        old, new = differing(self._kept(record), record)
        if new:
            plain = {
                key: msgspec.to_builtins(v, builtin_types=rows.BUILTIN) for key, v in new.items()
            }
            table = self.table(TABLE_OF[type(record)])
            table.update(plain, doc_ids=[record.id])  # type: ignore[list-item]
            self.changes.append(changed(record, old, new))

    def append(self, record_id: str, entry: Entry) -> None:
        change = appended(record_id, entry)
        # Asked for here, because TinyDB passes over what is not there in silence.
        record = self.rows(change.table)[record_id]
        plain = msgspec.to_builtins(entry, builtin_types=rows.BUILTIN)
        grown = {change.list: [*record.get(change.list, []), plain]}
        self.table(change.table).update(grown, doc_ids=[record_id])  # type: ignore[list-item]
        self.changes.append(change)

    def remove(self, record: Stored) -> None:
        kept = self._kept(record)
        self.table(TABLE_OF[type(record)]).remove(doc_ids=[record.id])  # type: ignore[list-item]
        self.changes.append(removed(kept))

    def _kept(self, record: Stored) -> Stored:
        """The record of that id as it is stored."""
        plain = self.rows(TABLE_OF[type(record)])[record.id]
        return msgspec.convert(plain, type(record))

    def body(self) -> bytes:
        """All tables, as they stand in a snapshot."""
        return rows.body({name: self.rows(name).lines() for name in TABLES})


class FolderStore:
    """A ledger in a folder.

    Args:
        place: the folder.
        patience: seconds to wait for another writer.
        tail_limit: bytes of commits after which the snapshot is renewed.
    """

    def __init__(self, place: str, *, patience: float, tail_limit: int = TAIL_LIMIT) -> None:
        self._folder = Folder(Path(place), patience, tail_limit)

    @property
    def place(self) -> str:
        """The folder."""
        return str(self._folder.path)

    def create(self) -> bool:
        """Make the folder and an empty ledger in it, unless there is one."""
        return self._folder.create()

    @contextmanager
    def view(self) -> Iterator[View]:
        """The snapshot and the commits after it; no lock is taken."""
        yield self._ledger(self._folder.load())

    def transact(self, work: Callable[[Transaction], Answer], stamp: Stamp) -> Answer:
        """Lock, load, work, append to the journal, and renew the snapshot when it is time."""
        self._folder.check_there()
        with self._folder.locked():
            loaded = self._folder.load()
            ledger = self._ledger(loaded)
            answer = work(ledger)
            if ledger.changes:
                self._folder.commit(loaded, stamp, ledger.changes, ledger.body)
            return answer

    def verify(self) -> int:
        """Read everything and compare every checksum; how many commits there are."""
        from tracker import mending

        return mending.verify(self._folder)

    def recover(self, stamp: Stamp) -> "Recovered":
        """Rebuild a damaged ledger out of all that is whole in it."""
        from tracker import mending

        return mending.recover(self._folder, stamp)

    def back_up(self, target: Path | None, keep: int, now: datetime) -> "BackedUp":
        """Write the whole ledger into one file, and read it back."""
        from tracker import mending

        return mending.back_up(self._folder, target, keep, now)

    def restore(self, file: Path, stamp: Stamp) -> "Restored":
        """Put a backup in the place of the ledger; what was there is kept beside."""
        from tracker import mending

        return mending.restore(self._folder, file, stamp)

    def _ledger(self, loaded: Loaded) -> _Ledger:
        return _Ledger(loaded, lambda: self._folder.history(loaded))
