"""The default store: a ledger as plain files in a folder, which TinyDB changes."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from typing_extensions import override

from tracker.errors import LedgerBusy, LedgerDamaged, LedgerMissing
from tracker.locale.translation import _
from tracker.model.commits import Change, Commit, Stamp, build_commit
from tracker.storage.base import (
    Answer,
    FillableStore,
    RepairableStore,
    Store,
    Transaction,
    View,
    encode_for_any_store,
    ignore_sentence_of_any_store,
)
from tracker.storage.folder import journal
from tracker.storage.folder.ledger_files import (
    JOURNAL,
    LOCK,
    RECENT,
    SNAPSHOT,
    TORN,
    LoadedFiles,
    check_folder_of_ledger_files,
    explain_ledger_file_refusals,
    find_ledger_files,
    load_ledger_files,
    read_history_from_ledger_file,
    read_ledger_file,
    renew_snapshot_in_ledger_file,
)
from tracker.storage.folder.snapshot import EMPTY_BODY
from tracker.storage.folder.view import FolderView
from tracker.system import files

if TYPE_CHECKING:
    from tracker.storage.base import BackupResult, RecoveryResult, RestoreResult


TAIL_LIMIT = 256 * 1024
"""Bytes of commits after which the snapshot is renewed."""


class FolderStore(Store, FillableStore, RepairableStore):
    """A ledger in a folder.

    Args:
        place: the folder.
        patience: seconds to wait for another writer.
        tail_limit: bytes of commits after which the snapshot is renewed.
        say: is told when an older ledger gets a new schema.
    """

    def __init__(
        self,
        place: str,
        *,
        patience: float,
        tail_limit: int = TAIL_LIMIT,
        say: Callable[[str], None] = ignore_sentence_of_any_store,
    ) -> None:
        self._path = Path(place)
        self._patience = patience
        self._tail_limit = tail_limit
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
                self._path, EMPTY_BODY, seq=0, offset=0, chain=journal.GENESIS
            )
            return True

    @override
    @contextmanager
    def view(self) -> Iterator[View]:
        # No lock is taken.
        loaded = self._settle(lambda: load_ledger_files(self._path))
        yield FolderView(
            loaded.data, loaded.commits, lambda: read_history_from_ledger_file(self._path, loaded)
        )

    @override
    def transact(self, work: Callable[[Transaction], Answer], stamp: Stamp) -> Answer:
        # TinyDB is for changing; looking does without it, and starts sooner.
        from tracker.storage.folder.transaction import FolderTransaction

        check_folder_of_ledger_files(self._path)
        with self._locked():
            loaded = load_ledger_files(self._path)
            transaction = FolderTransaction(
                loaded.data,
                loaded.commits,
                lambda: read_history_from_ledger_file(self._path, loaded),
            )
            answer = work(transaction)
            if transaction.changes:
                if loaded.head.schema < journal.SCHEMA:
                    loaded = self._migrate(loaded)
                self._commit(loaded, stamp, transaction.changes, transaction.body)
            return answer

    @contextmanager
    def _locked(self, *, make_folder: bool = False) -> Iterator[None]:
        """Be the only writer; what the operating system refuses is one sentence."""
        with explain_ledger_file_refusals(self._path, writing=True), ExitStack() as stack:
            if make_folder:
                files.make_folder(self._path)
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
                files.await_unlocked(self._path / LOCK, self._patience)
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

    def _commit(
        self,
        loaded: LoadedFiles,
        stamp: Stamp,
        changes: list[Change],
        make_body: Callable[[], bytes],
    ) -> None:
        """Store changes as one commit. The lock must be held since ``loaded`` was loaded.

        Args:
            loaded: what the changes were made to.
            stamp: who made them.
            changes: what is stored.
            make_body: gives all records with the changes, as the body of a snapshot.

        Raises:
            InvalidInput: what is to be stored could not be read again.
        """
        body = encode_for_any_store(build_commit(loaded.seq + 1, stamp, changes))
        line = journal.seal_line(body, loaded.chain)
        end = loaded.end + len(line)
        is_time = end - loaded.head.offset > self._tail_limit
        renewed = make_body() if is_time else b""
        with suppress(OSError):
            for name in (SNAPSHOT, JOURNAL, RECENT):
                files.sweep_temporary_files(self._path / name)
        if loaded.torn:
            files.append_unsynced_to_file(self._path / TORN, loaded.torn + b"\n")
        files.append_synced_to_file(self._path / JOURNAL, line, loaded.end)
        # From here on the change is stored; what follows is for speed and for recovery.
        with suppress(OSError):
            self._copy_line(loaded, line)
            if is_time:
                renew_snapshot_in_ledger_file(
                    self._path, renewed, loaded.seq + 1, end, journal.chain_of(line)
                )

    def _copy_line(self, loaded: LoadedFiles, line: bytes) -> None:
        """Add a line to the second copy, which is made anew where it is not what it should be."""
        copied = b"".join(line.raw + b"\n" for line in loaded.tail)
        if loaded.recent == copied:
            files.append_unsynced_to_file(self._path / RECENT, line)
        else:
            files.write_file_whole(self._path / RECENT, copied + line)

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
    def verify(self) -> int:
        from tracker.storage.folder.repair import read_journal_without_repair

        return len(self._settle(lambda: read_journal_without_repair(self._path)))

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

        lines = self._settle(lambda: read_journal_without_repair(self._path))
        return write_backup(self._path, lines, target, keep, now)

    @override
    def restore(self, file: Path, stamp: Stamp) -> "RestoreResult":
        from tracker.storage.folder.backup import read_backup_file, restore_files

        lines, state = read_backup_file(file)
        with self._locked(make_folder=True):
            return restore_files(self._path, lines, state, stamp)

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
            refuse_filled_or_damaged_folder,
        )

        with suppress(LedgerMissing):
            refuse_filled_or_damaged_folder(self._path)
        lines = rebuild_journal_lines(commits)
        contents = compose_repaired_files(lines, rebuild_state(lines))
        prove(FolderView(contents[SNAPSHOT], [], lambda: map(rebuild_commit, lines)))
        self.create()
        with self._locked():
            refuse_filled_or_damaged_folder(self._path)
            # As soon as the journal is there all is there, whatever happens then.
            for name in (JOURNAL, SNAPSHOT):
                files.write_file_whole(self._path / name, contents[name])
            read_journal_without_repair(self._path)
        return len(lines)
