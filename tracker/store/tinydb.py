"""The default store: a folder of plain files that TinyDB works on.

``ledger.json``
    the snapshot: TinyDB's JSON, one record a line, its first line a checksum.
``journal.jsonl``
    every commit since the ledger was made, each line chained to the one before.
``recent.jsonl``
    a second copy of the commits since the snapshot.
``lock``
    held while a commit is made; never deleted.

A commit is one line appended to the journal and synced; that line is the moment at
which the change is stored. The snapshot is renewed, whole, when the commits since
the last one have grown. A reader takes no lock: it sees a snapshot and the commits
after it, and refuses a ledger in which any of them is not what was written.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from tinydb import TinyDB
from tinydb.storages import Storage
from tinydb.table import Document as TinyDocument
from tinydb.table import Table

from tracker import files, journal, rows
from tracker.changes import (
    LIST_OF,
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
from tracker.errors import (
    Conflict,
    LedgerBusy,
    LedgerDamaged,
    LedgerError,
    LedgerMissing,
)
from tracker.locale import _
from tracker.models import (
    Document,
    Entry,
    Filter,
    Indicator,
    Initiative,
    decoder,
    encode,
)
from tracker.store import Answer, Named, Transaction, View

SNAPSHOT, JOURNAL, RECENT = "ledger.json", "journal.jsonl", "recent.jsonl"
LOCK, TORN = "lock", "torn.jsonl"
TAIL_LIMIT = 256 * 1024
"""Bytes of commits after which the snapshot is renewed."""

_decode_commit = decoder(Commit)
_decode_named = decoder(Named)


class _Loaded(NamedTuple):
    """What was read of a ledger: its snapshot and the commits after it.

    ``end`` is where the good part of the journal ends, ``torn`` what stands behind it.
    """

    data: bytes
    head: journal.Head
    tail: list[journal.Line]
    commits: list[Commit]
    end: int
    torn: bytes

    @property
    def seq(self) -> int:
        return self.tail[-1].seq if self.tail else self.head.seq

    @property
    def chain(self) -> str:
        return self.tail[-1].chain if self.tail else self.head.chain


class LedgerStorage(Storage):
    """TinyDB's storage over a loaded ledger; writing is the commit's business."""

    def __init__(self, loaded: _Loaded) -> None:
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

    def _read_table(self) -> rows.Rows:  # type: ignore[override]
        return self.lines()

    def _update_table(self, updater: Callable[[Any], None]) -> None:
        updater(self.lines())
        self.clear_cache()


class _Database(TinyDB):
    table_class = LedgerTable


class _Ledger:
    """View and transaction over one loaded ledger."""

    def __init__(self, loaded: _Loaded, history: Callable[[], Iterator[Commit]]) -> None:
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
        start = f'{{"id":"{initiative_id}.'.encode()
        lines = (line for line in self.rows("indicators").lines() if line.startswith(start))
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
            raise LedgerDamaged(
                _("The initiative {id} of an indicator is missing; run: tracker recover").format(
                    id=initiative_id
                )
            )
        return self._owners.setdefault(initiative_id, owner)

    def create(self, record: Stored) -> None:
        name = TABLE_OF[type(record)]
        if record.id in self.rows(name):
            raise Conflict(_("{id} exists already.").format(id=record.id))
        plain = msgspec.to_builtins(record, builtin_types=rows.BUILTIN)
        self.table(name).insert(TinyDocument(plain, record.id))  # type: ignore[arg-type]
        self.changes.append(created(record))

    def replace(self, record: Stored) -> None:
        name = TABLE_OF[type(record)]
        stored = msgspec.convert(self.rows(name)[record.id], type(record))
        old, new = differing(stored, record)
        if new:
            plain = {
                key: msgspec.to_builtins(v, builtin_types=rows.BUILTIN) for key, v in new.items()
            }
            self.table(name).update(plain, doc_ids=[record.id])  # type: ignore[list-item]
            self.changes.append(changed(record, old, new))

    def append(self, record_id: str, entry: Entry) -> None:
        change = appended(record_id, entry)
        plain = msgspec.to_builtins(entry, builtin_types=rows.BUILTIN)
        key = LIST_OF[type(entry)]
        self.table(change.table).update(
            lambda record: record.setdefault(key, []).append(plain),
            doc_ids=[record_id],  # type: ignore[list-item]
        )
        self.changes.append(change)

    def remove(self, record: Stored) -> None:
        self.table(TABLE_OF[type(record)]).remove(doc_ids=[record.id])  # type: ignore[list-item]
        self.changes.append(removed(record))

    def body(self) -> bytes:
        """All tables, as they stand in a snapshot."""
        return rows.body({name: self.rows(name).lines() for name in TABLES})


class FolderStore:
    """A ledger in a folder."""

    def __init__(self, place: str, *, patience: float) -> None:
        self._folder = Path(place)
        self._patience = patience

    @property
    def place(self) -> str:
        """The folder."""
        return str(self._folder)

    def create(self) -> bool:
        """Make the folder and an empty ledger in it, unless there is one.

        Raises:
            LedgerError: there is something else, or what is left of a ledger.
        """
        with _explained(self._folder, writing=True):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._locked():
            if (self._folder / SNAPSHOT).exists() or self._size(JOURNAL):
                self._load()
                return False
            with _explained(self._folder, writing=True):
                files.append_synced(self._folder / JOURNAL, b"", 0)
                self._write_snapshot(rows.EMPTY, seq=0, offset=0, chain=os.urandom(16).hex())
            return True

    @contextmanager
    def view(self) -> Iterator[View]:
        """The snapshot and the commits after it; no lock is taken."""
        yield self._ledger(self._load())

    def transact(self, work: Callable[[Transaction], Answer], stamp: Stamp) -> Answer:
        """Lock, load, work, append to the journal, and renew the snapshot when it is time."""
        self._check_there()
        with self._locked():
            loaded = self._load()
            ledger = self._ledger(loaded)
            answer = work(ledger)
            if ledger.changes:
                self._commit(loaded, ledger, stamp)
            return answer

    def _ledger(self, loaded: _Loaded) -> _Ledger:
        return _Ledger(loaded, self._history)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with _explained(self._folder, writing=True), ExitStack() as held:
            try:
                held.enter_context(files.locked(self._folder / LOCK, self._patience))
            except TimeoutError:
                raise LedgerBusy(
                    _("Another process holds {lock}; try again when it is done.").format(
                        lock=self._folder / LOCK
                    )
                ) from None
            yield

    def _check_there(self) -> None:
        if not self._folder.exists():
            raise LedgerMissing(
                _("There is no ledger in {place}; run: tracker init").format(place=self._folder)
            )
        if not self._folder.is_dir():
            raise LedgerError(
                _("{place} is not the folder of a ledger; name another with --db.").format(
                    place=self._folder
                )
            )

    def _size(self, name: str) -> int:
        path = self._folder / name
        return path.stat().st_size if path.exists() else 0

    def _read(self, name: str, start: int = 0) -> bytes:
        with _explained(self._folder, writing=False), (self._folder / name).open("rb") as stream:
            stream.seek(start)
            return stream.read()

    def _load(self) -> _Loaded:
        self._check_there()
        if not os.path.lexists(self._folder / SNAPSHOT):
            if not os.path.lexists(self._folder / JOURNAL):
                raise LedgerMissing(
                    _("There is no ledger in {place}; run: tracker init").format(place=self._folder)
                )
            raise self._damaged(SNAPSHOT, _("it is missing"))
        data = self._read(SNAPSHOT)
        try:
            head = journal.read_snapshot(data)
        except LedgerDamaged as error:
            raise self._damaged(SNAPSHOT, error.sentence) from None
        # The copy is read before the journal: a commit made meanwhile is then never missed.
        copied = self._known_seq()
        tail = self._tail(head, copied)
        commits = [_decode_commit(line.body) for line in tail.lines]
        return _Loaded(data, head, tail.lines, commits, head.offset + tail.end, tail.rest)

    def _known_seq(self) -> int:
        if not (self._folder / RECENT).exists():
            return 0
        return max((line.seq for line in journal.whole_lines(self._read(RECENT))), default=0)

    def _tail(self, head: journal.Head, known_seq: int) -> journal.Lines:
        if not (self._folder / JOURNAL).exists():
            raise self._damaged(JOURNAL, _("it is missing"))
        if self._size(JOURNAL) < head.offset:
            raise self._damaged(JOURNAL, _("its end is missing"))
        tail = journal.read_lines(self._read(JOURNAL, head.offset), head.chain, head.seq)
        seq = tail.lines[-1].seq if tail.lines else head.seq
        # What a process that died has left is one unfinished line that nobody was told about.
        if seq < known_seq or b"\n" in tail.rest[:-1]:
            raise self._damaged(JOURNAL, _("a commit in it is not what was written"))
        return tail

    def _history(self) -> Iterator[Commit]:
        data = self._read(JOURNAL)
        first = journal.read_line(data[: max(data.find(b"\n"), 0)])
        if first is not None:
            for line in journal.read_lines(data, first.prev, 0).lines:
                yield _decode_commit(line.body)

    def _commit(self, loaded: _Loaded, ledger: _Ledger, stamp: Stamp) -> None:
        commit = Commit(
            seq=loaded.seq + 1,
            at=stamp.at,
            by=stamp.by,
            command=stamp.command,
            changes=ledger.changes,
        )
        line = journal.sealed(encode(commit), loaded.chain)
        with _explained(self._folder, writing=True):
            if loaded.torn:
                files.append_copy(self._folder / TORN, loaded.torn + b"\n")
            files.append_synced(self._folder / JOURNAL, line, loaded.end)
        # From here on the change is stored; what follows is for speed and for recovery.
        with suppress(OSError):
            end = loaded.end + len(line)
            if end - loaded.head.offset > TAIL_LIMIT:
                self._write_snapshot(ledger.body(), commit.seq, end, journal.chain_of(line))
            else:
                files.append_copy(self._folder / RECENT, line)

    def _write_snapshot(self, body: bytes, seq: int, offset: int, chain: str) -> None:
        path = self._folder / SNAPSHOT
        files.sweep(path)
        files.write_whole(path, journal.snapshot(seq, offset, chain, body))
        files.write_whole(self._folder / RECENT, b"")

    def _damaged(self, name: str, reason: str) -> LedgerDamaged:
        return LedgerDamaged(
            _("{file} is damaged: {reason}; nothing was changed; run: tracker recover").format(
                file=self._folder / name, reason=reason
            )
        )


@contextmanager
def _explained(folder: Path, *, writing: bool) -> Iterator[None]:
    """Turn what the operating system refuses into one sentence."""
    try:
        yield
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        sentence = (
            _("Nothing was stored in {place} and what was there is untouched: {reason}.")
            if writing
            else _("The ledger in {place} cannot be read: {reason}.")
        )
        raise LedgerError(sentence.format(place=folder, reason=reason)) from error
