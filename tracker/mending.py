"""Repair, copy and put back the files of a ledger; nothing is replaced that is not kept first."""

import itertools
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple, TypeAlias

from tracker import files, journal
from tracker.changes import Commit, Stamp
from tracker.errors import (
    Conflict,
    DeliveryFailed,
    InvalidInput,
    LedgerDamaged,
    LedgerMissing,
    reason_of,
)
from tracker.folder import JOURNAL, RECENT, SNAPSHOT, Folder, Loaded, explained
from tracker.locale import _
from tracker.models import encode
from tracker.recovery import body_of, commit_of, rebuild, replayed, same, state_of

BACKUPS = "backups"
"""The folder, inside that of the ledger, for backups that are given no other place."""

_NAME = r"ledger-{identity}-(\d{{8}}T\d{{6}}Z)(?:-(\d+))?\.backup\.jsonl"


Proof: TypeAlias = Callable[[Loaded, list[Commit]], None]
"""Is shown a copy and its history before it counts, and raises if it is not to."""


class Recovered(NamedTuple):
    """What a recovery found and did.

    Attributes:
        commits: how many commits the ledger holds now.
        written: the files that were written anew; none for a healthy ledger.
        kept: what was there before, under its new names.
        from_journal: commits that stood in the journal.
        from_recent: commits that were only in its second copy.
        outcome_of: first and last number of the commits known by their outcome only.
        lost: numbers of commits that are whole nowhere.
        unfit: numbers of commits that are whole but fit nowhere.
        scraps: bytes of the journal that were no whole commit.
    """

    commits: int
    written: list[str]
    kept: list[str]
    from_journal: int
    from_recent: int = 0
    outcome_of: tuple[int, int] | None = None
    lost: tuple[int, ...] = ()
    unfit: tuple[int, ...] = ()
    scraps: int = 0


class BackedUp(NamedTuple):
    """A backup: its file, how many commits it holds, and the older ones that made room."""

    file: str
    commits: int
    removed: list[str]


class Restored(NamedTuple):
    """A restored ledger: how many commits it holds, and what was there before."""

    commits: int
    kept: list[str]


def verify(folder: Folder) -> int:
    """Read everything and compare every checksum; how many commits there are.

    Raises:
        LedgerError: it is missing, damaged, unreadable or too new.
    """
    return len(folder.settled(lambda: _whole(folder)))


def recover(folder: Folder, stamp: Stamp) -> Recovered:
    """Rebuild a damaged ledger out of all that is whole in it.

    Raises:
        LedgerDamaged: nothing in it is whole.
        LedgerError: it is missing, unreadable or too new.
    """
    folder.check_there()
    with folder.locked():
        try:
            loaded = folder.load()
            lines = folder.lines(loaded)
        except LedgerDamaged:
            return _rebuild(folder, stamp)
        copy = b"".join(line.raw + b"\n" for line in loaded.tail)
        if loaded.recent == copy:
            return Recovered(len(lines), [], [], len(lines))
        written, kept = _replace(folder, {RECENT: copy}, stamp.at, "damaged")
        return Recovered(len(lines), written, kept, len(lines))


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
    lines = folder.settled(lambda: _whole(folder))
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
        _written, kept = _replace(folder, {n: new[n] for n in order}, stamp.at, "replaced")
    return Restored(len(lines), kept)


def migrate(folder: Folder, loaded: Loaded) -> list[str]:
    """Give a ledger of an older schema a snapshot of the present one, under its lock.

    The commits are the same in every schema so far, so that the journal stays.

    Returns:
        The names under which the snapshot and the journal are kept as they were.
    """
    ending = f"schema-{loaded.head.schema}"
    kept = [_set_aside_once(folder.path / name, ending) for name in (SNAPSHOT, JOURNAL)]
    body = body_of(state_of(loaded.data, loaded.commits))
    folder.renew(body, loaded.seq, loaded.end, loaded.chain)
    return [each.name for each in kept if each is not None]


def _set_aside_once(path: Path, ending: str) -> Path | None:
    """Keep a file beside; a copy that a migration which did not end has left will do."""
    aside = path.with_name(f"{path.name}.{ending}")
    if files.is_there(aside) and files.read(aside) == files.read(path):
        return aside
    return files.set_aside(path, ending)


def fill(folder: Folder, commits: Iterable[Commit], prove: Proof) -> int:
    """Make a new or empty ledger one of these commits; how many there are.

    Args:
        folder: where it is to be.
        commits: all of a ledger, oldest first.
        prove: is shown the copy before it is stored, and raises if it is not to.

    Raises:
        Conflict: there is something in the ledger.
        LedgerError: it is damaged, unreadable or too new, or it could not be stored.
    """
    with suppress(LedgerMissing):
        _refuse_filled(folder)
    lines: list[journal.Line] = []
    for each in commits:
        chain = lines[-1].chain if lines else journal.GENESIS
        lines.append(journal.linked(each.seq, encode(each), chain))
    new = folder.contents(lines, body_of(replayed(lines)))
    head = journal.read_snapshot(new[SNAPSHOT])
    loaded = Loaded(new[SNAPSHOT], head, [], [], len(new[JOURNAL]), b"", b"")
    prove(loaded, [commit_of(line) for line in lines])
    folder.create()
    with folder.locked():
        _refuse_filled(folder)
        # As soon as the journal is there all is there, whatever happens then.
        for name in (JOURNAL, SNAPSHOT):
            files.write_whole(folder.path / name, new[name])
        verify(folder)
    return len(lines)


def _refuse_filled(folder: Folder) -> None:
    if folder.load().seq:
        raise Conflict(_("{place} is not empty; name a new place.").format(place=folder.path))


def _whole(folder: Folder) -> list[journal.Line]:
    """The journal of a ledger in which everything agrees."""
    loaded = folder.load()
    lines = folder.lines(loaded)
    if not same(replayed(lines), state_of(loaded.data, loaded.commits)):
        raise folder.damaged(SNAPSHOT, _("it is not what the commits of the journal lead to"))
    return lines


def _rebuild(folder: Folder, stamp: Stamp) -> Recovered:
    snapshot, data = None, _part(folder, SNAPSHOT) or b""
    with suppress(LedgerDamaged):
        snapshot = journal.read_snapshot(data), data
    copies = _part(folder, JOURNAL) or b"", _part(folder, RECENT) or b""
    found = rebuild(*copies, snapshot, stamp)
    if not found.lines and snapshot is None:
        raise LedgerDamaged(
            _("Nothing in {place} is whole; nothing was changed; run: tracker restore FILE").format(
                place=folder.path
            )
        )
    new = folder.contents(found.lines, body_of(found.state))
    # The journal comes first: it alone is enough for another recovery.
    order = (JOURNAL, RECENT, SNAPSHOT)
    written, kept = _replace(folder, {n: new[n] for n in order}, stamp.at, "damaged")
    return Recovered(
        commits=len(found.lines),
        written=written,
        kept=kept,
        from_journal=found.from_journal,
        from_recent=found.from_recent,
        outcome_of=found.outcome_of,
        lost=tuple(found.lost),
        unfit=tuple(found.unfit),
        scraps=found.scraps,
    )


def _part(folder: Folder, name: str) -> bytes | None:
    try:
        return folder.read(name)
    except LedgerDamaged:
        return None


def _replace(
    folder: Folder, new: dict[str, bytes], at: datetime, why: str
) -> tuple[list[str], list[str]]:
    """Write files in this order where they differ; which, and under what names the old ones are.

    All are kept before any is written.
    """
    there = {name: _part(folder, name) for name in new}
    other = [name for name in new if there[name] != new[name]]
    kept = [files.set_aside(folder.path / name, f"{_stamp(at)}.{why}") for name in other]
    for name in other:
        files.write_whole(folder.path / name, new[name])
    _whole(folder)
    return other, [each.name for each in kept if each is not None]


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _dated(place: Path, identity: str, now: datetime) -> Iterator[Path]:
    """The names for a backup of this moment, the first of which that is free is taken."""
    name = f"ledger-{identity}-{_stamp(now)}"
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
