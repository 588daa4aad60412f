"""The default store: a ledger as plain files in a folder, which TinyDB changes."""

import itertools
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime
from functools import partial
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Generic

from msgspec import Struct

from tracker.errors import LedgerBusy, LedgerDamaged, LedgerError, LedgerMissing
from tracker.locale.translation import _
from tracker.model.codec import encode
from tracker.model.commits import Commit, Stamp, build_commit
from tracker.storage.base import (
    Answer,
    FillableStore,
    Foresee,
    RepairableStore,
    Store,
    Transaction,
    View,
    encode_for_any_store,
    ignore_sentence_of_any_store,
)
from tracker.storage.folder import journal
from tracker.storage.folder.ledger_files import (
    INDEX,
    INDEXED_FROM,
    JOURNAL,
    LOCK,
    OUTLOOKS,
    RECENT,
    SNAPSHOT,
    TORN,
    LoadedFiles,
    check_folder_of_ledger_files,
    check_recent_ledger_file,
    explain_ledger_file_refusals,
    find_ledger_files,
    is_ledger_file_unchanged,
    load_ledger_files,
    read_history_from_ledger_file,
    read_ledger_file,
    read_newest_from_ledger_file,
    read_outlooks_of_ledger_file,
    renew_snapshot_in_ledger_file,
    write_index_of_ledger_file,
)
from tracker.storage.folder.snapshot import EMPTY_BODY
from tracker.storage.folder.view import (
    FolderView,
    HistoryReaders,
    IndexedFolderView,
    build_history_readers,
)
from tracker.system import files
from tracker.system.overriding import override

if TYPE_CHECKING:
    from tracker.model.outlooks import Outlook
    from tracker.storage.base import BackupResult, RecoveryResult, RestoreResult
    from tracker.storage.changes import ChangeList
    from tracker.storage.folder.transaction import FolderTransaction
    from tracker.storage.outlooks import KeptOutlooks
    from tracker.system.spool import Spool


TAIL_LIMIT = 256 * 1024
"""Bytes of commits after which the snapshot is renewed."""


_MOST_ATTEMPTS = 3
"""Times that a change is judged without the lock; then it is judged under it, and must succeed."""
_SHORT_WORK = 1.0
"""Seconds of judging for which others can wait."""


_INDEXED_AT_A_TIME = 1 << 20
"""Bytes of a snapshot in memory whose lines are indexed together."""

_FORESEEN_AT_A_TIME = 2000
"""Indicators whose outlooks are held before they are packed."""


class _PreparedCommit(Struct, Generic[Answer], frozen=True):
    """What a change is to write, composed before the lock is taken.

    Attributes:
        loaded: the files that it was made from.
        answer: what its work returned.
        line: the line of the journal; None where nothing was changed.
        renewed: the body of a new snapshot; None where it is not time for one.
        newest: the moment of the commit.
        kept: what is still foreseen of the indicators of the new snapshot.
    """

    loaded: LoadedFiles
    answer: Answer
    line: journal.SealedLine | None = None
    renewed: "Spool | None" = None
    newest: datetime | None = None
    kept: "KeptOutlooks | None" = None


def _seal_commit(loaded: LoadedFiles, stamp: Stamp, changes: "ChangeList") -> journal.SealedLine:
    """Return the line of a commit that follows what was loaded.

    Raises:
        InvalidInput: what is to be stored could not be read again.
    """
    if changes.spool is not None:
        commit = build_commit(loaded.seq + 1, stamp, [])
        return journal.seal_large_journal_line(encode(commit), changes.spool, loaded.chain)
    commit = build_commit(loaded.seq + 1, stamp, [*changes])
    line = journal.seal_journal_line(encode_for_any_store(commit), loaded.chain)
    return journal.SealedLine(journal.find_chain_of_journal_line(line), len(line), line)


def _foresee_missing(
    view: FolderView, outlooks: "Mapping[str, Outlook | None]", most: int, foresee: Foresee
) -> "Iterator[Outlook | None]":
    """Yield what is foreseen of each indicator, and foresee so many of which nothing is yet.

    Some are foreseen at a time: all outlooks of a large ledger take much memory.
    """
    rest = iter(outlooks.items())
    while batch := dict(itertools.islice(rest, _FORESEEN_AT_A_TIME)):
        missing = [key for key, outlook in batch.items() if outlook is None][:most]
        most -= len(missing)
        batch |= foresee(view, view.indicators_by_id(missing)) if missing else {}
        yield from batch.values()


def _spool_body(pieces: Iterable[bytes]) -> "Spool":
    """Return the body of a snapshot in one place, to be read more than once."""
    from tracker.system.spool import Spool

    # That of some ten thousand records needs no temporary file.
    spool = Spool(times=8)
    for piece in pieces:
        spool.write(piece)
    return spool


def _cut_snapshot(data: bytes) -> Iterator[bytes]:
    """Yield a snapshot in pieces: all of its lines at once would take as much memory again."""
    for start in range(0, len(data), _INDEXED_AT_A_TIME):
        yield data[start : start + _INDEXED_AT_A_TIME]


class FolderStore(Store, FillableStore, RepairableStore):
    """A ledger in a folder.

    Args:
        place: the folder.
        patience: seconds to wait for another writer.
        tail_limit: bytes of commits after which the snapshot is renewed.
        indexed_from: bytes of a snapshot that has an index.
        say: is told when an older ledger gets a new schema.

    Attributes:
        is_renewed: whether there is a new index, beside which nothing is foreseen yet.
        index_file: where what is foreseen is kept; it may be deleted at any time.
    """

    def __init__(
        self,
        place: str,
        *,
        patience: float,
        tail_limit: int = TAIL_LIMIT,
        indexed_from: int = INDEXED_FROM,
        say: Callable[[str], None] = ignore_sentence_of_any_store,
    ) -> None:
        self._path = Path(place)
        self.index_file = self._path / OUTLOOKS
        self._patience = patience
        self._tail_limit = tail_limit
        self._indexed_from = indexed_from
        # What is still foreseen of a new snapshot, which ends with a commit of this checksum.
        self._carried: tuple[str, KeptOutlooks] | None = None
        # The commits without their changes up to one of this checksum, once all were compared.
        self._verified: tuple[str, Sequence[Commit]] = "", ()
        self.is_renewed = False
        self._say = say

    @property
    @override
    def place(self) -> str:
        return str(self._path)

    @override
    def create(self) -> bool:
        with self._locked(make_folder=True):
            # An empty journal alone is all that a process that died here can have left.
            left = find_ledger_files(self._path)
            if left and (left != [JOURNAL] or read_ledger_file(self._path, JOURNAL)):
                load_ledger_files(self._path)
                return False
            files.write_file_whole(self._path / JOURNAL, b"")
            renew_snapshot_in_ledger_file(
                self._path, [EMPTY_BODY], seq=0, offset=0, chain=journal.GENESIS
            )
            return True

    @override
    @contextmanager
    def view(self) -> Iterator[View]:
        # No lock is taken.
        loaded = self._settle(self._load)
        read = self._read_history(loaded)
        more = loaded.commits, read, loaded.chain, self._say
        if isinstance(loaded.data, bytes):
            yield FolderView(loaded.data, *more)
        else:
            read_outlooks = partial(read_outlooks_of_ledger_file, self._path, loaded.data)
            yield IndexedFolderView(loaded.data, *more, read_outlooks)

    @override
    def transact(self, work: Callable[[Transaction], Answer], stamp: Stamp) -> Answer:
        check_folder_of_ledger_files(self._path)
        for _attempt in range(_MOST_ATTEMPTS):
            began = monotonic()
            # Judged without the lock: however long it takes, nobody waits for it.
            prepared = self._prepare(self._settle(self._load), work, stamp)
            if prepared.line is None:
                return prepared.answer
            with self._locked():
                if is_ledger_file_unchanged(self._path, prepared.loaded):
                    return self._commit(prepared)
                if monotonic() - began < _SHORT_WORK:
                    return self._commit(self._prepare(self._load(), work, stamp))
        with self._locked():
            return self._commit(self._prepare(self._load(), work, stamp))

    def _load(self) -> LoadedFiles:
        return load_ledger_files(self._path, self._say, by_index=True)

    def _read_history(self, loaded: LoadedFiles) -> HistoryReaders:
        chain, heads = self._verified
        return HistoryReaders(
            lambda: read_history_from_ledger_file(self._path, loaded, self._say),
            lambda: read_newest_from_ledger_file(self._path, loaded, self._say),
            (lambda: iter(heads)) if chain == loaded.chain else None,
        )

    def _prepare(
        self, loaded: LoadedFiles, work: Callable[[Transaction], Answer], stamp: Stamp
    ) -> "_PreparedCommit[Answer]":
        """Run the work of a change on what was loaded, and compose all that is to be written.

        Raises:
            InvalidInput: what is to be stored could not be read again.
        """
        # TinyDB is for changing; looking does without it, and starts sooner.
        from tracker.storage.folder.transaction import FolderTransaction

        transaction = FolderTransaction(
            loaded.data, loaded.commits, self._read_history(loaded), self._say
        )
        with explain_ledger_file_refusals(self._path, writing=True):
            answer = work(transaction)
            return self._compose(loaded, transaction, answer, stamp)

    def _compose(
        self, loaded: LoadedFiles, transaction: "FolderTransaction", answer: Answer, stamp: Stamp
    ) -> "_PreparedCommit[Answer]":
        """Compose all that is to be written of a transaction whose work is done."""
        if not transaction.changes:
            return _PreparedCommit(loaded, answer)
        line = _seal_commit(loaded, stamp, transaction.changes)
        is_time = loaded.end + line.size - loaded.head.offset > self._tail_limit
        if not is_time:
            return _PreparedCommit(loaded, answer, line, None, stamp.at)
        kept = self._keep_outlooks_after(loaded, transaction)
        renewed = _spool_body(transaction.list_body())
        return _PreparedCommit(loaded, answer, line, renewed, stamp.at, kept)

    def _keep_outlooks_after(
        self, loaded: LoadedFiles, transaction: "FolderTransaction"
    ) -> "KeptOutlooks | None":
        """Return what is still foreseen after a change; None: nothing was."""
        if isinstance(loaded.data, bytes):
            return None
        packed = read_outlooks_of_ledger_file(self._path, loaded.data)
        if packed is None:
            return None
        from tracker.storage.outlooks import KeptOutlooks, find_concerned_outlooks

        earlier = (change for commit in loaded.commits for change in commit.changes)
        changes = itertools.chain(earlier, transaction.changes)
        concerned = find_concerned_outlooks(changes, transaction.children_of)
        if concerned is None:
            return None
        # Only what is still foreseen is unpacked: of an import that may be nothing.
        ids = loaded.data.rows("indicators").ids()
        return KeptOutlooks(
            packed.rules,
            {
                key: outlook
                for key, outlook in zip(ids, packed, strict=True)
                if not concerned.includes(key)
            },
        )

    def keep_foreseen(self, rules: str, most: int, foresee: Foresee) -> None:
        """Keep beside a new snapshot what is foreseen of its indicators.

        It takes no lock: what belongs to a snapshot that was replaced meanwhile does not count.

        Args:
            rules: what the rules are called, by which it is foreseen.
            most: how many indicators to foresee at once.
            foresee: foresees some.
        """
        carried, self._carried, self.is_renewed = self._carried, None, False
        # The change is stored: what cannot be kept beside it now is kept another time.
        with suppress(OSError, LedgerError), self.view() as view:
            if not isinstance(view, IndexedFolderView):
                return
            outlooks = view.list_outlooks(rules)
            if carried is not None and carried[0] == view.chain_of_snapshot:
                kept = carried[1].outlooks if carried[1].rules == rules else {}
                outlooks = {key: kept.get(key) for key in outlooks}
            in_order = _foresee_missing(view, outlooks, most, foresee)
            view.write_outlooks(self.index_file, rules, in_order)

    @contextmanager
    def _locked(self, *, make_folder: bool = False) -> Iterator[None]:
        """Be the only writer; what the operating system refuses is one sentence."""
        with explain_ledger_file_refusals(self._path, writing=True), ExitStack() as stack:
            if make_folder:
                files.make_system_folder(self._path)
            try:
                stack.enter_context(files.hold_file_lock(self._path / LOCK, self._patience))
            except TimeoutError:
                raise LedgerBusy(
                    _("Another process holds {lock}; try again when it is done.").format(
                        lock=self._path / LOCK
                    )
                ) from None
            yield

    def _settle(self, read: Callable[[], Answer]) -> Answer:
        """Return what is read without the lock, once no repair is under way.

        A recovery or a restoration replaces the files one by one while it holds the lock;
        what looks damaged is read again when nobody holds it.
        """
        try:
            return read()
        except LedgerDamaged:
            # Where the lock cannot be had, it is as damaged as it looks.
            with suppress(OSError):
                files.await_unlocked_file(self._path / LOCK, self._patience)
            return read()

    def _migrate(self, loaded: LoadedFiles) -> LoadedFiles:
        from tracker.storage.folder.repair import repair_old_snapshot

        kept = repair_old_snapshot(self._path, loaded)
        self._say(
            _("{place} has format {new} now; as it was before, it is kept beside: {kept}").format(
                place=self.place, new=journal.SCHEMA, kept=", ".join(kept)
            )
        )
        return load_ledger_files(self._path)

    def _commit(self, prepared: "_PreparedCommit[Answer]") -> Answer:
        """Store a prepared commit, if there is one; return the answer of its work.

        The lock must be held, and nothing written since the files were loaded.
        """
        loaded, line = prepared.loaded, prepared.line
        if line is None:
            return prepared.answer
        if loaded.head.schema < journal.SCHEMA:
            loaded = self._migrate(loaded)
        with suppress(OSError):
            for name in (SNAPSHOT, JOURNAL, RECENT, INDEX, OUTLOOKS):
                files.sweep_temporary_files(self._path / name)
        if loaded.torn:
            files.append_unsynced_to_file(self._path / TORN, loaded.torn + b"\n")
        files.append_synced_to_file(self._path / JOURNAL, line, loaded.end)
        # From here on the change is stored; what follows is for speed and for recovery.
        with suppress(OSError):
            self._copy_line(loaded, line)
            if prepared.renewed is not None:
                body, end = prepared.renewed, loaded.end + line.size
                first = renew_snapshot_in_ledger_file(
                    self._path, body, loaded.seq + 1, end, line.chain
                )
                pieces = itertools.chain([first], body)
                self._write_index(len(first) + body.size, pieces, prepared.newest)
                self.is_renewed = True
                if prepared.kept is not None:
                    self._carried = line.chain, prepared.kept
            elif isinstance(loaded.data, bytes):
                # It was deleted or damaged, or never there.
                self.is_renewed = True
                self._write_index(len(loaded.data), _cut_snapshot(loaded.data), None)
        return prepared.answer

    def _write_index(self, size: int, pieces: Iterable[bytes], newest: datetime | None) -> None:
        if size >= self._indexed_from:
            write_index_of_ledger_file(self._path, pieces, newest)

    def _copy_line(self, loaded: LoadedFiles, line: journal.SealedLine) -> None:
        """Add a line to the second copy, which is made anew where it is not what it should be."""
        copied = b"".join(line.raw + b"\n" for line in loaded.tail)
        if loaded.recent == copied:
            files.append_unsynced_to_file(self._path / RECENT, line)
        else:
            files.write_file_whole(self._path / RECENT, itertools.chain([copied], line))

    @override
    def describe_risk(self) -> str | None:
        shared = files.find_file_sharing_service(self._path)
        if shared is None:
            return None
        return _(
            "{place} is on {shared}: a network folder or one that a service synchronises does not"
            " lock and sync as a local disk does, and a ledger in it can be damaged; keep it on"
            " a local disk, and only its backups there."
        ).format(place=self.place, shared=shared)

    @override
    def describe_exposure(self) -> str | None:
        from tracker.system.ownership import find_folder_ownership_fault

        try:
            exposure = find_folder_ownership_fault(self._path)
        except OSError:
            return None
        if exposure is None:
            return None
        sentence = _(
            "{place} belongs to somebody else, who can change the ledger in it as he likes."
        )
        if exposure == "writable":
            sentence = _("Everybody may write to {place}; run: chmod o-w {place}")
        return sentence.format(place=self.place)

    @override
    def verify(self, about: Collection[str] | None = None) -> int:
        from tracker.storage.folder.repair import read_journal_without_repair

        sentences: list[str] = []
        lines, heads = self._settle(
            lambda: read_journal_without_repair(self._path, sentences.append)
        )
        self._settle(lambda: check_recent_ledger_file(self._path, self._load()))
        # Where it was read twice, what is left out was told twice.
        for sentence in dict.fromkeys(sentences):
            self._say(sentence)
        self._verified = lines[-1].chain if lines else journal.GENESIS, heads
        return len(lines)

    @override
    def recover(self, stamp: Stamp) -> "RecoveryResult":
        from tracker.storage.folder.repair import repair_folder

        check_folder_of_ledger_files(self._path)
        with self._locked():
            return repair_folder(self._path, stamp)

    @override
    def back_up(self, target: Path | None, keep: int, now: datetime) -> "BackupResult":
        from tracker.storage.folder.backup import write_backup
        from tracker.storage.folder.repair import read_journal_without_repair

        lines, _heads = self._settle(lambda: read_journal_without_repair(self._path))
        return write_backup(self._path, lines, target, keep, now)

    @override
    def restore(self, file: Path, stamp: Stamp) -> "RestoreResult":
        from tracker.storage.folder.backup import read_backup_file, restore_backup_files

        lines, state = read_backup_file(file)
        with self._locked(make_folder=True):
            return restore_backup_files(self._path, lines, state, stamp)

    @override
    def fill(self, commits: Iterable[Commit], prove: Callable[[View], None]) -> int:
        from tracker.storage.folder.rebuilding import (
            rebuild_commit,
            rebuild_journal_lines,
            rebuild_state,
        )
        from tracker.storage.folder.repair import (
            compose_repaired_files,
            read_journal_without_repair,
            refuse_repair_of_filled_folder,
        )

        with suppress(LedgerMissing):
            refuse_repair_of_filled_folder(self._path)
        lines = rebuild_journal_lines(commits)
        contents = compose_repaired_files(lines, rebuild_state(lines))
        prove(FolderView(contents[SNAPSHOT], [], build_history_readers(rebuild_commit, lines)))
        self.create()
        with self._locked():
            refuse_repair_of_filled_folder(self._path)
            # As soon as the journal is there all is there, whatever happens then.
            for name in (JOURNAL, SNAPSHOT):
                files.write_file_whole(self._path / name, contents[name])
            read_journal_without_repair(self._path)
        return len(lines)
