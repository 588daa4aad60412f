"""Back a ledger of any store up into one file with its whole history, and put it back."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from tracker.errors import LedgerDamaged
from tracker.ledger.reader import LedgerReader
from tracker.ledger.transfer import copy_ledger, drop_login, is_same_ledger
from tracker.locale.translation import _
from tracker.storage.base import BackupResult, FillableStore, RestoreResult, View
from tracker.storage.folder import journal
from tracker.storage.folder.backup import read_backup_file, write_backup
from tracker.storage.folder.ledger_files import SNAPSHOT
from tracker.storage.folder.rebuilding import (
    State,
    rebuild_commit,
    rebuild_journal_lines,
    rebuild_state,
)
from tracker.storage.folder.repair import compose_repaired_files
from tracker.storage.folder.view import FolderView, build_history_readers


class ArchivedLedger:
    """A ledger that can be read as it stands in a backup.

    Args:
        place: the file.
        lines: the journal in it.
        state: the records that it amounts to.
    """

    def __init__(self, place: str, lines: list[journal.JournalLine], state: State) -> None:
        self.place = place
        self._lines = lines
        self._snapshot = compose_repaired_files(lines, state)[SNAPSHOT]

    @contextmanager
    def view(self) -> Iterator[View]:
        """Open it."""
        yield FolderView(self._snapshot, [], build_history_readers(rebuild_commit, self._lines))


def archive_ledger(
    ledger: LedgerReader, folder: Path, target: Path | None, keep: int, now: datetime
) -> BackupResult:
    """Write the whole ledger into one new file, and read it back.

    Args:
        ledger: the ledger.
        folder: where the folder for dated backups is, if no target is named.
        target: a new file, or a folder for a dated one.
        keep: how many dated backups a folder holds; the oldest make room.
        now: the moment in the name of the file.

    Raises:
        LedgerDamaged: its records are not what its changes lead to.
        LedgerError: it cannot be used.
        Conflict: the file is there already.
        DeliveryFailed: the backup could not be written.
    """
    with ledger.store.view() as view:
        lines = rebuild_journal_lines(map(drop_login, view.history()))
        archived = ArchivedLedger(ledger.store.place, lines, rebuild_state(lines))
        with archived.view() as copy:
            if not is_same_ledger(view, copy, ledger.today, ledger.rules):
                raise LedgerDamaged(
                    _(
                        "The records in {place} are not what its changes lead to; nothing was"
                        " saved; look with: tracker check"
                    ).format(place=ledger.store.place)
                )
    return write_backup(folder, lines, target, keep, now)


def restore_archived_ledger(
    ledger: LedgerReader, store: FillableStore, file: Path
) -> RestoreResult:
    """Put a backup into a new or empty ledger, and compare all of both before it counts.

    Args:
        ledger: the day and the rules by which both are compared.
        store: where it is put.
        file: the backup.

    Raises:
        InvalidInput: the file cannot be read.
        LedgerDamaged: it is no whole backup.
        Conflict: there is something in the ledger already.
        LedgerError: it could not be stored.
    """
    archived = ArchivedLedger(str(file), *read_backup_file(file))
    return RestoreResult(copy_ledger(archived, store, ledger.today, ledger.rules), [])
