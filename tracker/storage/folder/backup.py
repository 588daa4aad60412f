"""Back a ledger folder up and restore it."""

import itertools
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from tracker.errors import (
    Conflict,
    DeliveryFailed,
    InvalidInput,
    LedgerDamaged,
    describe_error_reason,
)
from tracker.locale.translation import _
from tracker.model.commits import Stamp
from tracker.storage.base import BackupResult, RestoreResult
from tracker.storage.folder import journal
from tracker.storage.folder.ledger_files import JOURNAL, RECENT, SNAPSHOT
from tracker.storage.folder.rebuilding import State, rebuild_state
from tracker.storage.folder.repair import (
    compose_repaired_files,
    format_repair_moment,
    replace_repaired_files,
)
from tracker.system import files

BACKUPS = "backups"
"""The folder, inside that of the ledger, for backups that are given no other place."""

_NAME = r"ledger-{identity}-(\d{{8}}T\d{{6}}Z)(?:-(\d+))?\.backup\.jsonl"


def write_backup(
    folder: Path, lines: list[journal.JournalLine], target: Path | None, keep: int, now: datetime
) -> BackupResult:
    """Write the journal of a ledger in ``folder`` as a backup; see ``Files.back_up``."""
    place = target if target is not None else folder / BACKUPS
    data = journal.compose_journal_backup(lines)
    with _explain_backup_failure(place):
        if target is None:
            files.make_system_folder(place)
        is_dated = place.is_dir()
        identity = journal.identify_journal(lines)
        names = _list_backup_names(place, identity, now) if is_dated else iter([place])
        file = _write_new_backup(names, data)
        if files.read_regular_file(file) != data:
            file.unlink()
            raise DeliveryFailed(
                _("{file} could not be read back as it was written; look at its disk.").format(
                    file=file
                )
            )
    removed = _remove_oldest_backup(file, identity, data, keep) if is_dated else []
    return BackupResult(str(file), len(lines), removed)


def read_backup_file(file: Path) -> tuple[list[journal.JournalLine], State]:
    """Read the journal that a backup holds, and the records it amounts to.

    Raises:
        InvalidInput: the file cannot be read.
        LedgerDamaged: it is no whole backup.
        LedgerTooNew: a newer version of the program wrote it.
    """
    try:
        lines = journal.read_journal_backup(files.read_regular_file(file))
        return lines, rebuild_state(lines)
    except OSError as error:
        raise InvalidInput(
            _("{file} cannot be read: {reason}.").format(
                file=file, reason=describe_error_reason(error)
            )
        ) from None
    except LedgerDamaged as error:
        raise LedgerDamaged(
            _("{file} is no whole backup: {reason}; nothing was changed.").format(
                file=file, reason=error.sentence
            )
        ) from None


def restore_backup_files(
    folder: Path, lines: list[journal.JournalLine], state: State, stamp: Stamp
) -> RestoreResult:
    """Put this ledger in the place of the one in ``folder``, whose lock is held."""
    contents = compose_repaired_files(lines, state)
    # The snapshot comes first: with the longer journal of the same ledger it still reads.
    in_order = {name: contents[name] for name in (RECENT, SNAPSHOT, JOURNAL)}
    _written, kept = replace_repaired_files(folder, in_order, stamp.at, "replaced")
    return RestoreResult(len(lines), kept)


def _list_backup_names(place: Path, identity: str, now: datetime) -> Iterator[Path]:
    """Yield the names for a backup of this moment, of which the first free one is taken."""
    name = f"ledger-{identity}-{format_repair_moment(now)}"
    yield place / f"{name}.backup.jsonl"
    yield from (place / f"{name}-{number}.backup.jsonl" for number in itertools.count(2))


def _write_new_backup(names: Iterator[Path], data: bytes) -> Path:
    """Write a new file under the first of these names that is free."""
    for file in names:
        if not files.is_file_path_taken(file):
            with suppress(FileExistsError):
                files.write_file_whole(file, data, new=True)
                return file
    raise Conflict(_("{file} is there already; name another file.").format(file=file))


def _remove_oldest_backup(newest: Path, identity: str, data: bytes, keep: int) -> list[str]:
    """Delete the oldest backups of the ledger itself until so many are left.

    Only what is whole in the newest backup too may go: the same name may have been given
    by a copy of the ledger that has gone its own way.
    """
    place, removed = newest.parent, []
    try:
        names = _list_replaceable_backups(place, identity, _cut_backup_head(data), keep)
        for name in names[: max(len(names) - keep, 0)]:
            (place / name).unlink(missing_ok=True)
            removed.append(name)
    except OSError as error:
        raise DeliveryFailed(
            _("{file} is saved, but older ones could not make room: {reason}.").format(
                file=newest, reason=describe_error_reason(error)
            )
        ) from error
    return removed


def _list_replaceable_backups(place: Path, identity: str, body: bytes, keep: int) -> list[str]:
    """List the backups whose content is the beginning of ``body``, oldest first.

    Where there are no more than are kept, none is read and none is listed.
    """
    pattern = re.compile(_NAME.format(identity=identity))
    matches = [match for file in place.iterdir() if (match := pattern.fullmatch(file.name))]
    if len(matches) <= keep:
        return []
    matches.sort(key=lambda match: (match[1], int(match[2] or 1)))
    names = [match[0] for match in matches]
    return [
        name
        for name in names
        if body.startswith(_cut_backup_head(files.read_regular_file(place / name)))
    ]


def _cut_backup_head(backup: bytes) -> bytes:
    """Return the journal in a backup, behind its first line."""
    return backup.partition(b"\n")[2]


@contextmanager
def _explain_backup_failure(place: Path) -> Iterator[None]:
    """Turn what the operating system refuses into one sentence."""
    try:
        yield
    except OSError as error:
        raise DeliveryFailed(
            _("No backup was written to {place}: {reason}.").format(
                place=place, reason=describe_error_reason(error)
            )
        ) from error
