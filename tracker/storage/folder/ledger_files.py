"""The files of a ledger in a folder: how they are read, and what is said when they cannot be.

``ledger.json``
    the snapshot: one record a line, its first line a checksum.
``journal.jsonl``
    every commit since the ledger was made, each line chained to the one before.
``recent.jsonl``
    a second copy of the commits since the snapshot.
``index.bin``
    where each record stands in a large snapshot; it may be deleted.
``outlooks.bin``
    what was foreseen of the indicators of such a snapshot; it may be deleted.
``lock``
    held while a commit is made; never deleted.

A commit is one line appended to the journal and synced; that line is the moment at
which the change is stored. The snapshot is renewed, whole, when the commits since
the last one have grown. A reader takes no lock: it sees a snapshot and the commits
after it, and refuses a ledger in which any of them is not what was written.
"""

import errno
import itertools
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from msgspec import Struct

from tracker.errors import LedgerDamaged, LedgerError, describe_error_reason
from tracker.locale.translation import _
from tracker.model.codec import NOT_UNDERSTOOD, build_decoder
from tracker.model.commits import Commit
from tracker.storage.base import build_any_store_missing_error, ignore_sentence_of_any_store
from tracker.storage.folder import journal
from tracker.system import files

if TYPE_CHECKING:
    from tracker.storage.folder.index import IndexedSnapshot
    from tracker.storage.folder.packed_outlooks import PackedOutlooks
    from tracker.system.spool import Spool

SNAPSHOT, JOURNAL, RECENT = "ledger.json", "journal.jsonl", "recent.jsonl"
LOCK, TORN, INDEX, OUTLOOKS = "lock", "torn.jsonl", "index.bin", "outlooks.bin"
LARGE_LINE = 1 << 22
"""Bytes of a line of the journal above which its commit is read piece by piece."""
INDEXED_FROM = 1 << 20
"""Bytes of a snapshot that has an index; a smaller one is read as quickly without."""

_NO_FILE = (errno.EINVAL, errno.EISDIR, errno.ELOOP, errno.ENOTDIR, errno.ENXIO)
"""What the operating system says of something in the place of a file; all else may pass."""


class LoadedFiles(Struct, frozen=True):
    """What was read of a ledger: its snapshot and the commits after it.

    Attributes:
        data: the snapshot, all of it or by its index.
        head: its first line.
        tail: the lines of the commits after it.
        commits: what they hold.
        end: where the good part of the journal ends, in bytes.
        torn: what stands behind it.
        recent: the second copy as it was found.
    """

    data: "bytes | IndexedSnapshot"
    head: journal.SnapshotHead
    tail: list[journal.JournalLine]
    commits: list[Commit]
    end: int
    torn: bytes
    recent: bytes

    @property
    def seq(self) -> int:
        """Return the number of the last commit."""
        return self.tail[-1].seq if self.tail else self.head.seq

    @property
    def chain(self) -> str:
        """Return the checksum of the last commit."""
        return self.tail[-1].chain if self.tail else self.head.chain


def check_folder_of_ledger_files(folder: Path) -> None:
    """Refuse what is not there or no folder.

    Raises:
        LedgerMissing: there is nothing.
        LedgerError: it is no folder, or may not be looked at.
    """
    with explain_ledger_file_refusals(folder, writing=False):
        if not files.is_file_path_taken(folder):
            raise build_any_store_missing_error(str(folder))
        if folder.is_dir():
            return
    raise LedgerError(
        _("{place} is not the folder of a ledger; name another with --db.").format(place=folder)
    )


def find_ledger_files(folder: Path) -> list[str]:
    """Return the names of those files of a ledger that are there, damaged or not."""
    return [name for name in (SNAPSHOT, JOURNAL, RECENT) if files.is_file_path_taken(folder / name)]


def read_ledger_file(folder: Path, name: str, start: int = 0) -> bytes:
    """Read one file of a ledger from this byte on.

    Raises:
        LedgerDamaged: it is missing, or no file.
        LedgerError: reading it is not allowed.
    """
    with explain_ledger_file_refusals(folder, writing=False):
        try:
            return files.read_regular_file(folder / name, start)
        except FileNotFoundError:
            raise build_damaged_ledger_file_error(folder, name, _("it is missing")) from None
        except OSError as error:
            if error.errno not in _NO_FILE:
                raise
            raise build_damaged_ledger_file_error(
                folder, name, _describe_ledger_file_error(error)
            ) from None


def load_ledger_files(
    folder: Path,
    say: Callable[[str], None] = ignore_sentence_of_any_store,
    *,
    by_index: bool = False,
) -> LoadedFiles:
    """Read the snapshot and the commits after it.

    Args:
        folder: where they are.
        say: is told what is not understood of the commits and left out.
        by_index: whether to read only those records of the snapshot that are asked for, where
            it has an index; else all of it is compared with its checksum.

    Raises:
        LedgerMissing: there is no ledger.
        LedgerDamaged: a part of it is not what was written.
        LedgerError: it cannot be read.
    """
    check_folder_of_ledger_files(folder)
    with explain_ledger_file_refusals(folder, writing=False):
        names = find_ledger_files(folder)
    if not names:
        raise build_any_store_missing_error(str(folder))
    opened = _open_ledger_file_by_index(folder) if by_index else None
    data, head = (opened, opened.head) if opened is not None else _read_whole_ledger_file(folder)
    # The copy is read before the journal: a commit made meanwhile is then never missed.
    recent = read_ledger_file(folder, RECENT) if RECENT in names else b""
    tail = _read_ledger_file_tail(folder, head, recent)
    commits = [*_read_journal_commits(tail.lines, say)]
    end = head.offset + tail.end
    return LoadedFiles(data, head, tail.lines, commits, end, tail.rest, recent)


def _read_whole_ledger_file(folder: Path) -> tuple[bytes, journal.SnapshotHead]:
    """Return a snapshot that is what was written, and its head.

    Raises:
        LedgerDamaged: it is not.
    """
    data = read_ledger_file(folder, SNAPSHOT)
    try:
        return data, journal.read_journal_snapshot(data)
    except LedgerDamaged as error:
        raise build_damaged_ledger_file_error(folder, SNAPSHOT, error.sentence) from None


def _open_ledger_file_by_index(folder: Path) -> "IndexedSnapshot | None":
    """Open a snapshot by its index; None: there is none that counts."""
    if not files.is_file_path_taken(folder / INDEX):
        return None
    from tracker.storage.folder.index import open_snapshot_by_index

    refuse = partial(_refuse_changed_ledger_file, folder, SNAPSHOT)
    # What keeps the snapshot from being opened is said when it is read as a whole.
    with suppress(OSError):
        return open_snapshot_by_index(folder / SNAPSHOT, folder / INDEX, refuse)
    return None


def _refuse_changed_ledger_file(folder: Path, name: str) -> NoReturn:
    raise build_damaged_ledger_file_error(
        folder, name, _("its checksum does not match its content")
    )


def write_index_of_ledger_file(
    folder: Path, pieces: Iterable[bytes], newest: datetime | None
) -> None:
    """Write the index of a snapshot that is in its file; the lock is held.

    Args:
        folder: where it is.
        pieces: the snapshot, in as many pieces as one likes.
        newest: the moment of its last commit; None: it is not known.

    Raises:
        OSError: it could not be written; the snapshot is as good without.
    """
    from tracker.storage.folder.index import compose_snapshot_index

    changed = (folder / SNAPSHOT).stat().st_mtime_ns
    index = compose_snapshot_index(pieces, changed, newest)
    files.write_file_whole(folder / INDEX, index)


def read_outlooks_of_ledger_file(
    folder: Path, snapshot: "IndexedSnapshot"
) -> "PackedOutlooks | None":
    """Return what was foreseen of the indicators of a snapshot; None: nothing that counts."""
    from tracker.storage.folder.packed_outlooks import unpack_outlooks

    with suppress(OSError):
        return unpack_outlooks(files.read_regular_file(folder / OUTLOOKS), snapshot.checksum)
    return None


def read_journal_commit(line: journal.JournalLine, say: Callable[[str], None]) -> Commit | None:
    """Return what is understood of the commit that a line holds; None: nothing is.

    Args:
        line: a line that is what was written.
        say: is told what is left out.
    """
    try:
        commit: Commit = build_decoder(Commit)(line.body)
    except NOT_UNDERSTOOD:
        from tracker.storage.salvage import read_or_salvage

        name = _("change no. {seq}").format(seq=line.seq)
        return read_or_salvage(Commit, line.body, name, say)
    return commit


def is_ledger_file_unchanged(folder: Path, loaded: LoadedFiles) -> bool:
    """Return whether nobody has written to a ledger since it was loaded; the lock is held.

    The snapshot is known by its first line, and all of the journal before it by its checksum.
    """
    data = loaded.data
    first = data[: data.find(b"\n")] if isinstance(data, bytes) else data.first_line[:-1]
    tail = b"".join(line.raw + b"\n" for line in loaded.tail) + loaded.torn
    try:
        return (
            files.read_regular_file(folder / SNAPSHOT, size=len(first) + 1) == first + b"\n"
            and files.read_regular_file(folder / JOURNAL, loaded.head.offset) == tail
            and files.read_regular_file(folder / RECENT) == loaded.recent
        )
    except OSError:
        return False


def _read_ledger_file_tail(
    folder: Path, head: journal.SnapshotHead, recent: bytes
) -> journal.ChainedLines:
    """Read the journal after the snapshot; it must hold all that its second copy holds."""
    data = read_ledger_file(folder, JOURNAL, max(head.offset - 1, 0))
    if head.offset:
        if not data:
            raise build_damaged_ledger_file_error(folder, JOURNAL, _("its end is missing"))
        if not data.startswith(b"\n"):
            raise build_damaged_ledger_file_error(
                folder, JOURNAL, _("a commit in it is not what was written")
            )
        data = data[1:]
    tail = journal.read_journal_lines(data, head.chain, head.seq)
    chains = {line.chain for line in tail.lines}
    copied = (line for line in journal.find_whole_journal_lines(recent) if line.seq > head.seq)
    # What a process that died has left is one unfinished line that nobody was told about.
    if b"\n" in tail.rest[:-1] or any(line.chain not in chains for line in copied):
        raise build_damaged_ledger_file_error(
            folder, JOURNAL, _("a commit in it is not what was written")
        )
    return tail


def check_recent_ledger_file(folder: Path, loaded: LoadedFiles) -> None:
    """Refuse a second copy that is not what a writer, or a writer that died, has left.

    It may end early, and begin with commits that the snapshot holds already.

    Raises:
        LedgerDamaged: it is something else.
    """
    copied = loaded.recent
    while copied:
        line = journal.read_journal_line(copied.partition(b"\n")[0])
        if line is None or line.seq > loaded.head.seq:
            break
        copied = copied.partition(b"\n")[2]
    if not b"".join(line.raw + b"\n" for line in loaded.tail).startswith(copied):
        raise build_damaged_ledger_file_error(
            folder, RECENT, _("it is no copy of the newest commits")
        )


def read_journal_from_ledger_file(folder: Path, loaded: LoadedFiles) -> list[journal.JournalLine]:
    """Read the journal from its start up to what was loaded.

    Raises:
        LedgerDamaged: a commit before the snapshot is not what was written.
    """
    data = read_ledger_file(folder, JOURNAL)[: loaded.end]
    read = journal.read_journal_lines(data, journal.GENESIS, 0)
    chain = read.lines[-1].chain if read.lines else journal.GENESIS
    if read.rest or chain != loaded.chain:
        raise build_damaged_ledger_file_error(
            folder, JOURNAL, _("a commit in it is not what was written")
        )
    return read.lines


def read_history_from_ledger_file(
    folder: Path, loaded: LoadedFiles, say: Callable[[str], None] = ignore_sentence_of_any_store
) -> Iterator[Commit]:
    """Yield all commits up to what was loaded, oldest first, as far as they are understood."""
    return _read_journal_commits(read_journal_from_ledger_file(folder, loaded), say)


def _read_journal_commits(
    lines: list[journal.JournalLine], say: Callable[[str], None]
) -> Iterator[Commit]:
    for line in lines:
        commit = read_journal_commit(line, say)
        if commit is not None:
            yield commit


def read_newest_from_ledger_file(
    folder: Path, loaded: LoadedFiles, say: Callable[[str], None] = ignore_sentence_of_any_store
) -> Iterator[Commit]:
    """Yield all commits up to what was loaded, newest first; no more is read than is asked for.

    Raises:
        LedgerDamaged: a commit is not what was written.
    """
    yield from reversed(loaded.commits)
    chain = loaded.head.chain
    with explain_ledger_file_refusals(folder, writing=False):
        end = loaded.head.offset
        for raw in files.read_lines_from_end_of_file(folder / JOURNAL, end, LARGE_LINE):
            line = _read_line_of_ledger_file(folder, raw, say)
            if line is None or line[0] != chain:
                break
            _chain, chain, commits = line
            yield from commits
    if chain != journal.GENESIS:
        raise build_damaged_ledger_file_error(
            folder, JOURNAL, _("a commit in it is not what was written")
        )


def _read_line_of_ledger_file(
    folder: Path, raw: bytes | range, say: Callable[[str], None]
) -> tuple[str, str, Iterable[Commit]] | None:
    """Return the checksums of a line and of that before it, and what is understood of its commit.

    Args:
        folder: where the journal is.
        raw: the line, or the places of its bytes, where it is large.
        say: is told what is left out.

    Returns:
        None where the line is not what was written.
    """
    if isinstance(raw, range):
        from tracker.storage.folder.large_lines import read_large_line

        large = read_large_line(files.read_places_of_file(folder / JOURNAL, raw), len(raw))
        if large is not None:
            return *large[:2], [large[2]]
        raw = files.read_regular_file(folder / JOURNAL, raw.start, len(raw))
    line = journal.read_journal_line(raw)
    return None if line is None else (line.chain, line.prev, _read_journal_commits([line], say))


def renew_snapshot_in_ledger_file(
    folder: Path, body: "Collection[bytes] | Spool", seq: int, offset: int, chain: str
) -> bytes:
    """Replace the snapshot by these records; the commits up to ``seq`` end at ``offset``.

    Args:
        folder: where it is.
        body: the records, in as many pieces as one likes.
        seq: the number of the last commit.
        offset: where that ends in the journal.
        chain: its checksum.

    Returns:
        The first line of the new snapshot.
    """
    first = journal.compose_journal_snapshot_head(seq, offset, chain, body)
    files.write_file_whole(folder / SNAPSHOT, itertools.chain([first], body))
    files.empty_file(folder / RECENT)
    return first


def build_damaged_ledger_file_error(folder: Path, name: str, reason: str) -> LedgerDamaged:
    """Build the error for a file that is not what was written."""
    return LedgerDamaged(
        _("{file} is damaged: {reason}; nothing was changed; run: tracker recover").format(
            file=folder / name, reason=reason
        )
    )


@contextmanager
def explain_ledger_file_refusals(folder: Path, *, writing: bool) -> Iterator[None]:
    """Turn what the operating system refuses into one sentence.

    Raises:
        LedgerError: an OSError was raised inside.
    """
    try:
        yield
    except files.UncertainWrite as error:
        raise LedgerError(
            _(
                "It is not certain whether the change was stored in {place}: {reason};"
                " look at the record, and at the disk, before you go on."
            ).format(place=folder, reason=_describe_ledger_file_error(error))
        ) from error
    except OSError as error:
        sentence = (
            _("Nothing was stored in {place} and what was there is untouched: {reason}.")
            if writing
            else _("The ledger in {place} cannot be read: {reason}.")
        )
        raise LedgerError(
            sentence.format(place=folder, reason=_describe_ledger_file_error(error))
        ) from error


def _describe_ledger_file_error(error: OSError) -> str:
    """Return why the operating system refused, with the file it was about."""
    reason = describe_error_reason(error)
    return f"{reason} ({error.filename})" if error.filename else reason
