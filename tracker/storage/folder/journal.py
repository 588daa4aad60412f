"""The format of the ledger's files: how a whole commit and a whole snapshot are recognised.

Pure functions over bytes. A journal line is the JSON of a commit behind a chain:
``prev``, the checksum of the line before, and ``sha``, the checksum of ``prev`` and
the commit. A snapshot is one JSON document whose first line holds the checksum of
all that follows it. A backup is a journal behind such a line.
"""

import itertools
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING
from zlib import crc32

import msgspec
from msgspec import Struct

from tracker.errors import LedgerDamaged, LedgerTooNew
from tracker.locale.translation import _
from tracker.system.digests import choose_sha256

if TYPE_CHECKING:
    from tracker.system.spool import Spool

SCHEMA = 2
"""The schema of the files. 1 had no receipts; what it holds is read as it is."""

_PREV, _SHA, _CHECKSUM_WIDTH = b'{"prev":"', b'","sha":"', 32
# Checksums have one width, so that the commit in a line always begins at the same place.
_BODY_START = len(_PREV) + _CHECKSUM_WIDTH + len(_SHA) + _CHECKSUM_WIDTH + len(b'",')

_IDENTITY_WIDTH = 8

GENESIS = "0" * _CHECKSUM_WIDTH
"""Stands for the checksum before the first line, so that a lost beginning is noticed."""


class JournalLine(Struct, frozen=True):
    """One whole line of a journal, without its line end.

    Attributes:
        seq: the number of its commit.
        chain: its own checksum, which the next line names.
        prev: the checksum of the line before.
        body: the JSON of its commit.
    """

    seq: int
    chain: str
    prev: str
    body: bytes

    @property
    def raw(self) -> bytes:
        """Return the line itself; it is not kept, for one may be as large as the ledger."""
        return _join_journal_line(self.prev, self.chain, self.body)


class SealedLine(Struct, frozen=True):
    """A line that is to be written to a journal, with its line end, in pieces.

    Attributes:
        chain: its own checksum, which the next line names.
        size: how many bytes it has.
        start: the beginning of it, all of it where nothing follows.
        changes: the changes of a large commit, in as many pieces as one likes.
        end: what stands behind them.
    """

    chain: str
    size: int
    start: bytes
    changes: Iterable[bytes] = ()
    end: bytes = b""

    def __iter__(self) -> Iterator[bytes]:
        """Yield the pieces."""
        yield self.start
        yield from self.changes
        yield self.end


class ChainedLines(Struct, frozen=True):
    """The chained lines at the start of some bytes, where they end, and what is behind them."""

    lines: list[JournalLine]
    end: int
    rest: bytes


class SnapshotHead(Struct, forbid_unknown_fields=True):
    """What a snapshot says of itself.

    Attributes:
        schema: the schema of the files.
        seq: the number of the last commit in it.
        offset: where that commit's line ends in the journal, in bytes.
        chain: the checksum of that line.
        crc32: the checksum of the snapshot.
    """

    schema: int
    seq: int
    offset: int
    chain: str
    crc32: int


class BackupHead(Struct, forbid_unknown_fields=True):
    """What a backup says of itself: so many commits, the last with this number."""

    schema: int
    seq: int
    commits: int
    sha256: str


class _BackupFirstLine(Struct, forbid_unknown_fields=True):
    tracker_backup: BackupHead


class _SnapshotFirstLine(Struct, forbid_unknown_fields=True):
    tracker: dict[str, SnapshotHead]


class _Schema(Struct):
    schema: int


class _AnyFirstLine(Struct):
    tracker: dict[str, _Schema] = {}
    tracker_backup: _Schema | None = None


class _Seq(Struct):
    seq: int


_decode_seq = msgspec.json.Decoder(_Seq).decode
_SEQ, _FAR_ENOUGH, _LARGE_BODY = b'{"seq":', 30, 1 << 20
"""How a commit begins, where its number has ended, and bytes of one that is large."""


def _compute_journal_chain(prev: bytes, body: bytes, total: int = 0) -> str:
    """Return the checksum of a commit; ``total`` are the bytes that are read with it."""
    seal = choose_sha256(max(total, len(body)))(prev)
    seal.update(body)
    return str(seal.hexdigest()[:_CHECKSUM_WIDTH])


def link_journal_line(seq: int, body: bytes, prev: str) -> JournalLine:
    """Chain a commit's JSON to the line whose checksum is ``prev``."""
    return JournalLine(seq, _compute_journal_chain(prev.encode(), body), prev, body)


def seal_journal_line(body: bytes, prev: str) -> bytes:
    """Chain a commit's JSON to a line; return it with its line end, as it stands in the journal."""
    return _join_journal_line(prev, _compute_journal_chain(prev.encode(), body), body, b"\n")


def _join_journal_line(prev: str, chain: str, body: bytes, end: bytes = b"") -> bytes:
    # Joined once: the line of a large import is as large as its ledger.
    rest = memoryview(body)[1:]
    return b"".join([_PREV, prev.encode(), _SHA, chain.encode(), b'",', rest, end])


def seal_large_journal_line(body: bytes, changes: "Spool", prev: str) -> SealedLine:
    """Chain a large commit to a line, as ``seal_journal_line`` does.

    Args:
        body: the JSON of the commit without its changes, which stand last in it.
        changes: the JSON of these, with commas between.
        prev: the checksum of the line before.
    """
    start, end = body.removesuffix(b"]}"), b"]}"
    seal = choose_sha256(changes.size)(prev.encode())
    for piece in itertools.chain([start], changes, [end]):
        seal.update(piece)
    sha = str(seal.hexdigest()[:_CHECKSUM_WIDTH])
    opening = b"".join([_PREV, prev.encode(), _SHA, sha.encode(), b'",', start[1:]])
    size = len(opening) + changes.size + len(end) + 1
    return SealedLine(sha, size, opening, changes, end + b"\n")


class JournalLineCheck:
    """Checksum of a line that is read block by block.

    Args:
        first: the first block, which holds more than the chain.
        size: how many bytes the line has.

    Attributes:
        prev: the checksum of the line before, as the line says.
        chain: its own checksum, as it says.
    """

    def __init__(self, first: bytes, size: int) -> None:
        self._first = first
        self.prev = first[len(_PREV) :][:_CHECKSUM_WIDTH].decode("ascii", "replace")
        self.chain = find_chain_of_journal_line(first)
        self._seal = choose_sha256(size)(self.prev.encode())

    def pass_on(self, blocks: Iterable[bytes]) -> Iterator[bytes]:
        """Yield the JSON of the commit out of the other blocks."""
        for piece in itertools.chain([b"{", self._first[_BODY_START:]], blocks):
            self._seal.update(piece)
            yield piece

    def is_whole(self) -> bool:
        """Return whether the line is what was written, once all of it was passed on."""
        sha = str(self._seal.hexdigest()[:_CHECKSUM_WIDTH])
        start = b"".join([_PREV, self.prev.encode(), _SHA, sha.encode(), b'",'])
        return self._first.startswith(start)


def find_chain_of_journal_line(raw: bytes) -> str:
    """Return the checksum of a line, which the next one has to name."""
    return raw[_BODY_START - _CHECKSUM_WIDTH - 2 : _BODY_START - 2].decode("ascii", "replace")


def read_journal_line(raw: bytes | memoryview, total: int = 0) -> JournalLine | None:
    """Read a line if it is what was written, else return None.

    Args:
        raw: the line, without its line end.
        total: the bytes of all lines that are read with it, if they are many.
    """
    head = bytes(raw[:_BODY_START])
    if not head.startswith(_PREV):
        return None
    prev = head[len(_PREV) : len(_PREV) + _CHECKSUM_WIDTH]
    body = b"".join([b"{", memoryview(raw)[_BODY_START:]])
    sha = _compute_journal_chain(prev, body, total)
    if head != _PREV + prev + _SHA + sha.encode() + b'",':
        return None
    seq = _read_seq_of_journal_body(body)
    return None if seq is None else JournalLine(seq, sha, prev.decode(), body)


def _read_seq_of_journal_body(body: bytes) -> int | None:
    """Return the number of a commit out of its JSON; None: it is none."""
    # To go through a large one for its number alone takes as long as its checksum.
    digits = body[len(_SEQ) : _FAR_ENOUGH].partition(b",")[0]
    if len(body) > _LARGE_BODY and body.startswith(_SEQ) and digits.isdigit():
        return int(digits)
    try:
        return _decode_seq(body).seq
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None


def read_journal_lines(data: bytes, chain: str, seq: int) -> ChainedLines:
    """Read the lines that continue the chain after ``seq``, up to the first that does not.

    The chain alone leaves no gap; after a recovery the numbers may.
    """
    lines: list[JournalLine] = []
    start, view = 0, memoryview(data)
    while (end := data.find(b"\n", start)) >= 0:
        line = read_journal_line(view[start:end], len(data))
        if line is None or line.prev != chain or line.seq <= seq:
            break
        lines.append(line)
        chain, seq, start = line.chain, line.seq, end + 1
    return ChainedLines(lines, start, data[start:])


def find_whole_journal_lines(data: bytes) -> Iterator[JournalLine]:
    """Yield every line that is whole in itself, wherever it stands."""
    for raw in data.split(b"\n"):
        line = read_journal_line(raw, len(data))
        if line is not None:
            yield line


def compose_journal_snapshot(seq: int, offset: int, chain: str, *body: bytes) -> bytes:
    """Compose a snapshot: its head as the first line, then the pieces of the rest."""
    return b"".join([compose_journal_snapshot_head(seq, offset, chain, body), *body])


def compose_journal_snapshot_head(
    seq: int, offset: int, chain: str, body: Iterable[bytes]
) -> bytes:
    """Compose the first line of a snapshot, with its line end, of the pieces of the rest."""
    head = SnapshotHead(
        SCHEMA, seq, offset, chain, _compute_journal_crc32(SCHEMA, seq, offset, chain, body)
    )
    return msgspec.json.encode(_SnapshotFirstLine({"1": head}))[:-1] + b",\n"


def read_journal_snapshot(data: bytes) -> SnapshotHead:
    """Return the head of a snapshot that is what was written.

    Raises:
        LedgerTooNew: a newer version of the program wrote it.
        LedgerDamaged: anything else.
    """
    first, body = _split_journal_first_line(data, b"}")
    try:
        head = msgspec.json.decode(first, type=_SnapshotFirstLine).tracker["1"]
    except (msgspec.MsgspecError, KeyError, UnicodeDecodeError, RecursionError):
        raise LedgerDamaged(_("its first line is not that of a ledger")) from None
    if head.crc32 != _compute_journal_crc32(head.schema, head.seq, head.offset, head.chain, [body]):
        raise LedgerDamaged(_("its checksum does not match its content"))
    return head


class SnapshotBody(Iterator[bytes]):
    """Lines of the body of a snapshot, whose checksum is computed as they pass.

    Args:
        head: what the first line of the snapshot says.
        lines: what stands behind it, each line with its end.
    """

    def __init__(self, head: SnapshotHead, lines: Iterable[bytes]) -> None:
        self._lines, self._expected = iter(lines), head.crc32
        self._crc32 = _compute_journal_crc32(head.schema, head.seq, head.offset, head.chain, ())

    def __next__(self) -> bytes:
        line = next(self._lines)
        self._crc32 = crc32(line, self._crc32)
        return line

    @property
    def is_whole(self) -> bool:
        """Whether what has passed is what was written."""
        return self._crc32 == self._expected


def read_journal_snapshot_head(line: bytes) -> SnapshotHead:
    """Return the head of a snapshot out of its first line, which was compared before."""
    first = line.removesuffix(b",\n") + b"}"
    return msgspec.json.decode(first, type=_SnapshotFirstLine).tracker["1"]


def compose_journal_backup(lines: list[JournalLine]) -> bytes:
    """Compose a backup of a whole journal, a file of its own."""
    body = b"".join(line.raw + b"\n" for line in lines)
    seq = lines[-1].seq if lines else 0
    sha = _compute_journal_sha256(SCHEMA, seq, len(lines), body)
    head = BackupHead(SCHEMA, seq, len(lines), sha)
    return msgspec.json.encode(_BackupFirstLine(head)) + b"\n" + body


def read_journal_backup(data: bytes) -> list[JournalLine]:
    """Return the journal in a backup that is what was written.

    Raises:
        LedgerTooNew: a newer version of the program wrote it.
        LedgerDamaged: anything else.
    """
    first, body = _split_journal_first_line(data, b"")
    try:
        head = msgspec.json.decode(first, type=_BackupFirstLine).tracker_backup
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise LedgerDamaged(_("its first line is not that of a backup")) from None
    read = read_journal_lines(body, GENESIS, 0)
    sha = _compute_journal_sha256(head.schema, head.seq, head.commits, body)
    if head.sha256 != sha or read.rest or len(read.lines) != head.commits:
        raise LedgerDamaged(_("its checksum does not match its content"))
    return read.lines


def identify_journal(lines: list[JournalLine]) -> str:
    """Return what tells one ledger from another for as long as it lives: its first commit."""
    return (lines[0].chain if lines else GENESIS)[:_IDENTITY_WIDTH]


def _split_journal_first_line(data: bytes, closing: bytes) -> tuple[bytes, bytes]:
    """Split what was written into its first line as JSON and what follows it.

    Raises:
        LedgerTooNew: a newer version of the program wrote it.
    """
    line, _end, body = data.partition(b"\n")
    first = line.removesuffix(b",") + closing
    try:
        parts = msgspec.json.decode(first, type=_AnyFirstLine)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return first, body
    heads = [*parts.tracker.values(), parts.tracker_backup]
    newest = max((head.schema for head in heads if head is not None), default=SCHEMA)
    if newest > SCHEMA:
        raise LedgerTooNew(
            _(
                "The ledger has format {found}, this program knows up to {known};"
                " install a newer tracker."
            ).format(found=newest, known=SCHEMA)
        )
    return first, body


def _compute_journal_crc32(
    schema: int, seq: int, offset: int, chain: str, body: Iterable[bytes]
) -> int:
    checksum = crc32(f"{schema} {seq} {offset} {chain}\n".encode())
    for piece in body:
        checksum = crc32(piece, checksum)
    return checksum


def _compute_journal_sha256(schema: int, seq: int, commits: int, body: bytes) -> str:
    seal = choose_sha256(len(body))(f"{schema} {seq} {commits} backup\n".encode())
    seal.update(body)
    return str(seal.hexdigest())
