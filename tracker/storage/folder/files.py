"""The files of a ledger in a folder: read together, appended to, renewed, repaired, copied.

``ledger.json``
    the snapshot: one record a line, its first line a checksum.
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

import errno
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import NamedTuple, TypeVar

import msgspec

from tracker.errors import (
    InvalidInput,
    LedgerBusy,
    LedgerDamaged,
    LedgerError,
    LedgerMissing,
    reason_of,
)
from tracker.locale.translation import _
from tracker.model.codec import decoder, encode
from tracker.model.commits import Change, Commit, Stamp, committed
from tracker.storage.folder import journal
from tracker.storage.folder.snapshot import EMPTY
from tracker.system import files

SNAPSHOT, JOURNAL, RECENT = "ledger.json", "journal.jsonl", "recent.jsonl"
LOCK, TORN = "lock", "torn.jsonl"
TAIL_LIMIT = 256 * 1024
"""Bytes of commits after which the snapshot is renewed."""

Answer = TypeVar("Answer")

_decode_commit = decoder(Commit)
_UNREADABLE = (errno.EACCES, errno.EPERM)


class Loaded(NamedTuple):
    """What was read of a ledger: its snapshot and the commits after it.

    ``end`` is where the good part of the journal ends, ``torn`` what stands behind it,
    ``recent`` the second copy as it was found.
    """

    data: bytes
    head: journal.Head
    tail: list[journal.Line]
    commits: list[Commit]
    end: int
    torn: bytes
    recent: bytes

    @property
    def seq(self) -> int:
        """The number of the last commit."""
        return self.tail[-1].seq if self.tail else self.head.seq

    @property
    def chain(self) -> str:
        """The checksum of the last commit."""
        return self.tail[-1].chain if self.tail else self.head.chain


class Folder:
    """The files of one ledger.

    Args:
        path: the folder.
        patience: seconds to wait for another writer.
        tail_limit: bytes of commits after which the snapshot is renewed.
    """

    def __init__(self, path: Path, patience: float, tail_limit: int = TAIL_LIMIT) -> None:
        self.path = path
        self._patience = patience
        self._tail_limit = tail_limit

    def create(self) -> bool:
        """Make the folder and an empty ledger in it, unless there is one.

        Raises:
            LedgerError: there is something else, or what is left of a ledger.
        """
        with explained(self.path, writing=True):
            files.make_folder(self.path)
        with self.locked():
            # An empty journal alone is all that a process that died here can have left.
            left = [n for n in (SNAPSHOT, JOURNAL, RECENT) if files.is_there(self.path / n)]
            if left and (left != [JOURNAL] or self.read(JOURNAL)):
                self.load()
                return False
            files.write_whole(self.path / JOURNAL, b"")
            self.renew(EMPTY, seq=0, offset=0, chain=journal.GENESIS)
            return True

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Be the only writer; what the operating system refuses is one sentence."""
        with explained(self.path, writing=True), ExitStack() as held:
            try:
                held.enter_context(files.locked(self.path / LOCK, self._patience))
            except TimeoutError:
                raise LedgerBusy(
                    _("Another process holds {lock}; try again when it is done.").format(
                        lock=self.path / LOCK
                    )
                ) from None
            yield

    def check_there(self) -> None:
        """Refuse what is not there or no folder."""
        with explained(self.path, writing=False):
            if not files.is_there(self.path):
                raise self._missing()
            if self.path.is_dir():
                return
        raise LedgerError(
            _("{place} is not the folder of a ledger; name another with --db.").format(
                place=self.path
            )
        )

    def doubt(self) -> str | None:
        """What makes the place unfit for a ledger, in one sentence; None where nothing does."""
        shared = files.shared_by(self.path)
        if shared is None:
            return None
        return _(
            "{place} is on {shared}: a network folder or one that a service synchronises does not"
            " lock and sync as a local disk does, and a ledger in it can be damaged; keep it on"
            " a local disk, and only its backups there."
        ).format(place=self.path, shared=shared)

    def read(self, name: str, start: int = 0) -> bytes:
        """The content of one file.

        Raises:
            LedgerDamaged: it is missing, or no file.
            LedgerError: reading it is not allowed.
        """
        with explained(self.path, writing=False):
            try:
                return files.read(self.path / name, start)
            except FileNotFoundError:
                raise self.damaged(name, _("it is missing")) from None
            except OSError as error:
                if error.errno in _UNREADABLE:
                    raise
                raise self.damaged(name, _reason(error)) from None

    def load(self) -> Loaded:
        """The snapshot and the commits after it.

        Raises:
            LedgerMissing: there is no ledger.
            LedgerDamaged: a part of it is not what was written.
            LedgerError: it cannot be read.
        """
        self.check_there()
        with explained(self.path, writing=False):
            there = {n for n in (SNAPSHOT, JOURNAL, RECENT) if files.is_there(self.path / n)}
        if not there:
            raise self._missing()
        data = self.read(SNAPSHOT)
        try:
            head = journal.read_snapshot(data)
        except LedgerDamaged as error:
            raise self.damaged(SNAPSHOT, error.sentence) from None
        # The copy is read before the journal: a commit made meanwhile is then never missed.
        recent = self.read(RECENT) if RECENT in there else b""
        tail = self._tail(head, recent)
        try:
            commits = [_decode_commit(line.body) for line in tail.lines]
        except msgspec.MsgspecError:
            raise self.damaged(JOURNAL, _("a commit in it is not understood")) from None
        end = head.offset + tail.end
        return Loaded(data, head, tail.lines, commits, end, tail.rest, recent)

    def settled(self, look: Callable[[], Answer]) -> Answer:
        """The answer of one that looks without the lock, once no repair is under way.

        A recovery or a restoration replaces the files one by one while it holds the lock;
        what looks damaged is looked at again when nobody holds it.
        """
        try:
            return look()
        except LedgerDamaged:
            # Where the lock cannot be had, it is as damaged as it looks.
            with suppress(OSError):
                files.await_unlocked(self.path / LOCK, self._patience)
            return look()

    def _tail(self, head: journal.Head, recent: bytes) -> journal.Lines:
        data = self.read(JOURNAL, max(head.offset - 1, 0))
        if head.offset:
            if not data:
                raise self.damaged(JOURNAL, _("its end is missing"))
            if not data.startswith(b"\n"):
                raise self.damaged(JOURNAL, _("a commit in it is not what was written"))
            data = data[1:]
        tail = journal.read_lines(data, head.chain, head.seq)
        chains = {line.chain for line in tail.lines}
        copied = (line for line in journal.whole_lines(recent) if line.seq > head.seq)
        # What a process that died has left is one unfinished line that nobody was told about.
        if b"\n" in tail.rest[:-1] or any(line.chain not in chains for line in copied):
            raise self.damaged(JOURNAL, _("a commit in it is not what was written"))
        return tail

    def lines(self, loaded: Loaded) -> list[journal.Line]:
        """The journal from its start up to what was loaded.

        Raises:
            LedgerDamaged: a commit before the snapshot is not what was written.
        """
        found = journal.read_lines(self.read(JOURNAL)[: loaded.end], journal.GENESIS, 0)
        chain = found.lines[-1].chain if found.lines else journal.GENESIS
        if found.rest or chain != loaded.chain:
            raise self.damaged(JOURNAL, _("a commit in it is not what was written"))
        return found.lines

    def history(self, loaded: Loaded) -> Iterator[Commit]:
        """All commits up to what was loaded, oldest first."""
        return (_decode_commit(line.body) for line in self.lines(loaded))

    def commit(
        self, loaded: Loaded, stamp: Stamp, changes: list[Change], body: Callable[[], bytes]
    ) -> None:
        """Store changes as one commit. The lock must be held since ``loaded`` was loaded.

        Args:
            loaded: what the changes were made to.
            stamp: who made them.
            changes: what is stored.
            body: gives all records with the changes, as the body of a snapshot.

        Raises:
            InvalidInput: what is to be stored could not be read again.
        """
        line = self._line(loaded, stamp, changes)
        end = loaded.end + len(line)
        is_time = end - loaded.head.offset > self._tail_limit
        renewed = body() if is_time else b""
        with suppress(OSError):
            self._sweep()
        if loaded.torn:
            files.append_copy(self.path / TORN, loaded.torn + b"\n")
        files.append_synced(self.path / JOURNAL, line, loaded.end)
        # From here on the change is stored; what follows is for speed and for recovery.
        with suppress(OSError):
            self._copy(loaded, line)
            if is_time:
                self.renew(renewed, loaded.seq + 1, end, journal.chain_of(line))

    def _line(self, loaded: Loaded, stamp: Stamp, changes: list[Change]) -> bytes:
        body = encode(committed(loaded.seq + 1, stamp, changes))
        try:
            _decode_commit(body)
        except msgspec.MsgspecError:
            raise InvalidInput(
                _("Nothing was stored: what was to be stored holds something that is no number.")
            ) from None
        return journal.sealed(body, loaded.chain)

    def _copy(self, loaded: Loaded, line: bytes) -> None:
        so_far = b"".join(each.raw + b"\n" for each in loaded.tail)
        if loaded.recent == so_far:
            files.append_copy(self.path / RECENT, line)
        else:
            files.write_whole(self.path / RECENT, so_far + line)

    def renew(self, body: bytes, seq: int, offset: int, chain: str) -> None:
        """Replace the snapshot by these records; the commits up to ``seq`` end at ``offset``."""
        files.write_whole(self.path / SNAPSHOT, journal.snapshot(seq, offset, chain, body))
        files.empty(self.path / RECENT)

    def contents(self, lines: list[journal.Line], body: bytes) -> dict[str, bytes]:
        """The files of a ledger with this journal and these records."""
        data = b"".join(line.raw + b"\n" for line in lines)
        seq, chain = (lines[-1].seq, lines[-1].chain) if lines else (0, journal.GENESIS)
        snapshot = journal.snapshot(seq, len(data), chain, body)
        return {JOURNAL: data, RECENT: b"", SNAPSHOT: snapshot}

    def _sweep(self) -> None:
        for name in (SNAPSHOT, JOURNAL, RECENT):
            files.sweep(self.path / name)

    def damaged(self, name: str, reason: str) -> LedgerDamaged:
        """What to raise for a file that is not what was written."""
        return LedgerDamaged(
            _("{file} is damaged: {reason}; nothing was changed; run: tracker recover").format(
                file=self.path / name, reason=reason
            )
        )

    def _missing(self) -> LedgerMissing:
        return LedgerMissing(
            _("There is no ledger in {place}; run: tracker init").format(place=self.path)
        )


@contextmanager
def explained(place: Path, *, writing: bool) -> Iterator[None]:
    """Turn what the operating system refuses into one sentence."""
    try:
        yield
    except files.Uncertain as error:
        raise LedgerError(
            _(
                "It is not certain whether the change was stored in {place}: {reason};"
                " look at the record, and at the disk, before you go on."
            ).format(place=place, reason=_reason(error))
        ) from error
    except OSError as error:
        sentence = (
            _("Nothing was stored in {place} and what was there is untouched: {reason}.")
            if writing
            else _("The ledger in {place} cannot be read: {reason}.")
        )
        raise LedgerError(sentence.format(place=place, reason=_reason(error))) from error


def _reason(error: OSError) -> str:
    reason = reason_of(error)
    return f"{reason} ({error.filename})" if error.filename else reason
