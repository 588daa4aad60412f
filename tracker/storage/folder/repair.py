"""Recover a damaged ledger folder and migrate old ones."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias

from tracker.errors import Conflict, LedgerDamaged, LedgerMissing
from tracker.locale.translation import _
from tracker.model.codec import encode
from tracker.model.commits import Commit, Stamp
from tracker.storage.base import Recovered
from tracker.storage.folder import journal
from tracker.storage.folder.files import JOURNAL, RECENT, SNAPSHOT, Folder, Loaded
from tracker.storage.folder.recovery import body_of, commit_of, rebuild, replayed, same, state_of
from tracker.system import files

Proof: TypeAlias = Callable[[Loaded, list[Commit]], None]
"""Is shown a copy and its history before it counts, and raises if it is not to."""


def verify(folder: Folder) -> int:
    """Read everything and compare every checksum; how many commits there are.

    Raises:
        LedgerError: it is missing, damaged, unreadable or too new.
    """
    return len(folder.settled(lambda: read_whole(folder)))


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
        written, kept = replace(folder, {RECENT: copy}, stamp.at, "damaged")
        return Recovered(len(lines), written, kept, len(lines))


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


def read_whole(folder: Folder) -> list[journal.Line]:
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
    written, kept = replace(folder, {n: new[n] for n in order}, stamp.at, "damaged")
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


def replace(
    folder: Folder, new: dict[str, bytes], at: datetime, why: str
) -> tuple[list[str], list[str]]:
    """Write files in this order where they differ; which, and under what names the old ones are.

    All are kept before any is written.
    """
    there = {name: _part(folder, name) for name in new}
    other = [name for name in new if there[name] != new[name]]
    kept = [files.set_aside(folder.path / name, f"{stamp_of(at)}.{why}") for name in other]
    for name in other:
        files.write_whole(folder.path / name, new[name])
    read_whole(folder)
    return other, [each.name for each in kept if each is not None]


def stamp_of(moment: datetime) -> str:
    """Format a moment for a file name, in UTC."""
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
