"""Back a ledger folder up and restore it."""

import itertools
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from tracker.errors import Conflict, DeliveryFailed, InvalidInput, LedgerDamaged, reason_of
from tracker.locale.translation import _
from tracker.model.commits import Stamp
from tracker.storage.base import BackedUp, Restored
from tracker.storage.folder import journal
from tracker.storage.folder.files import JOURNAL, RECENT, SNAPSHOT, Folder, explained
from tracker.storage.folder.recovery import body_of, replayed
from tracker.storage.folder.repair import read_whole, replace, stamp_of
from tracker.system import files

BACKUPS = "backups"
"""The folder, inside that of the ledger, for backups that are given no other place."""

_NAME = r"ledger-{identity}-(\d{{8}}T\d{{6}}Z)(?:-(\d+))?\.backup\.jsonl"


def back_up(folder: Folder, target: Path | None, keep: int, now: datetime) -> BackedUp:
    """Write the whole ledger into one file, and read it back.

    Args:
        folder: the ledger.
        target: a new file, or a folder for a dated one; None: the ledger's own.
        keep: how many dated backups a folder holds; the oldest make room.
        now: the moment in the name of the file.

    Raises:
        LedgerError: the ledger is missing, damaged, unreadable or too new.
        Conflict: the file is there already.
        DeliveryFailed: it could not be written.
    """
    lines = folder.settled(lambda: read_whole(folder))
    place = target if target is not None else folder.path / BACKUPS
    data = journal.backup(lines)
    with _delivering(place):
        if target is None:
            files.make_folder(place)
        is_dated = place.is_dir()
        identity = journal.identity(lines)
        file = _saved(_dated(place, identity, now) if is_dated else iter([place]), data)
        if files.read(file) != data:
            file.unlink()
            raise DeliveryFailed(
                _("{file} could not be read back as it was written; look at its disk.").format(
                    file=file
                )
            )
    removed = _rotated(file, identity, data, keep) if is_dated else []
    return BackedUp(str(file), len(lines), removed)


def restore(folder: Folder, file: Path, stamp: Stamp) -> Restored:
    """Put a backup in the place of the ledger; what was there is kept beside.

    Raises:
        InvalidInput: the file cannot be read.
        LedgerDamaged: it is no whole backup.
        LedgerTooNew: a newer version of the program wrote it.
        LedgerError: it could not be stored.
    """
    try:
        lines = journal.read_backup(files.read(file))
        state = replayed(lines)
    except OSError as error:
        raise InvalidInput(
            _("{file} cannot be read: {reason}.").format(file=file, reason=reason_of(error))
        ) from None
    except LedgerDamaged as error:
        raise LedgerDamaged(
            _("{file} is no whole backup: {reason}; nothing was changed.").format(
                file=file, reason=error.sentence
            )
        ) from None
    with explained(folder.path, writing=True):
        files.make_folder(folder.path)
    with folder.locked():
        new = folder.contents(lines, body_of(state))
        # The snapshot comes first: with the longer journal of the same ledger it still reads.
        order = (RECENT, SNAPSHOT, JOURNAL)
        _written, kept = replace(folder, {n: new[n] for n in order}, stamp.at, "replaced")
    return Restored(len(lines), kept)


def _dated(place: Path, identity: str, now: datetime) -> Iterator[Path]:
    """The names for a backup of this moment, the first of which that is free is taken."""
    name = f"ledger-{identity}-{stamp_of(now)}"
    yield place / f"{name}.backup.jsonl"
    yield from (place / f"{name}-{number}.backup.jsonl" for number in itertools.count(2))


def _saved(names: Iterator[Path], data: bytes) -> Path:
    """Write a new file under the first of these names that is free."""
    for file in names:
        if not files.is_there(file):
            with suppress(FileExistsError):
                files.write_whole(file, data, new=True)
                return file
    raise Conflict(_("{file} is there already; name another file.").format(file=file))


def _rotated(newest: Path, identity: str, data: bytes, keep: int) -> list[str]:
    """Delete the oldest backups of the ledger itself until so many are left.

    Only what is whole in the newest backup too may go: the same name may have been given
    by a copy of the ledger that has gone its own way.
    """
    place, removed = newest.parent, []
    try:
        own = _own(place, identity, _behind_its_head(data), keep)
        for name in own[: max(len(own) - keep, 0)]:
            (place / name).unlink(missing_ok=True)
            removed.append(name)
    except OSError as error:
        raise DeliveryFailed(
            _("{file} is saved, but older ones could not make room: {reason}.").format(
                file=newest, reason=reason_of(error)
            )
        ) from error
    return removed


def _own(place: Path, identity: str, body: bytes, keep: int) -> list[str]:
    """The names of the backups whose content is the beginning of ``body``, oldest first."""
    pattern = re.compile(_NAME.format(identity=identity))
    found = [match for each in place.iterdir() if (match := pattern.fullmatch(each.name))]
    if len(found) <= keep:
        return []
    found.sort(key=lambda match: (match[1], int(match[2] or 1)))
    names = [match[0] for match in found]
    return [each for each in names if body.startswith(_behind_its_head(files.read(place / each)))]


def _behind_its_head(data: bytes) -> bytes:
    return data.partition(b"\n")[2]


@contextmanager
def _delivering(place: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise DeliveryFailed(
            _("No backup was written to {place}: {reason}.").format(
                place=place, reason=reason_of(error)
            )
        ) from error
