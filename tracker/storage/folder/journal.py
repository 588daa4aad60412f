"""The format of the ledger's files: what makes a commit and a snapshot recognisable as whole.

Pure functions over bytes. A journal line is the JSON of a commit behind a chain:
``prev``, the checksum of the line before, and ``sha``, the checksum of ``prev`` and
the commit. A snapshot is one JSON document whose first line holds the checksum of
all that follows it. A backup is a journal behind such a line.
"""

from collections.abc import Iterator
from typing import NamedTuple
from zlib import crc32

import msgspec
from msgspec import Struct

from tracker.errors import LedgerDamaged, LedgerTooNew
from tracker.locale.translation import _

SCHEMA = 2
"""The schema of the files. 1 had no receipts; what it holds is read as it is."""

_PREV, _SHA, _WIDTH = b'{"prev":"', b'","sha":"', 32
_BODY = len(_PREV) + _WIDTH + len(_SHA) + _WIDTH + len(b'",')

_IDENTITY = 8

GENESIS = "0" * _WIDTH
"""What the first line of a journal is chained to, so that a lost beginning is noticed."""


class Line(NamedTuple):
    """One whole line of a journal, without its line end. ``body`` is the commit's JSON."""

    seq: int
    chain: str
    prev: str
    body: bytes
    raw: bytes


class Lines(NamedTuple):
    """The whole lines at the start of some bytes, where they end, and what is behind them."""

    lines: list[Line]
    end: int
    rest: bytes


class Head(Struct, forbid_unknown_fields=True):
    """What a snapshot holds: all commits up to ``seq``, which ends at ``offset``.

    ``chain`` is the checksum of that commit's line in the journal.
    """

    schema: int
    seq: int
    offset: int
    chain: str
    crc32: int


class BackupHead(Struct, forbid_unknown_fields=True):
    """What a backup holds: so many commits, the last with this number."""

    schema: int
    seq: int
    commits: int
    sha256: str


class _FirstOfBackup(Struct, forbid_unknown_fields=True):
    tracker_backup: BackupHead


class _First(Struct, forbid_unknown_fields=True):
    tracker: dict[str, Head]


class _Schema(Struct):
    schema: int


class _FirstSchema(Struct):
    tracker: dict[str, _Schema] = {}
    tracker_backup: _Schema | None = None


class _Seq(Struct):
    seq: int


_decode_seq = msgspec.json.Decoder(_Seq).decode


def _digest(prev: bytes, body: bytes) -> str:
    # A ledger without new commits is read without it, and it takes a while to load.
    from hashlib import sha256

    return sha256(prev + body).hexdigest()[:_WIDTH]


def linked(seq: int, body: bytes, prev: str) -> Line:
    """The line for a commit's JSON object, behind the line whose checksum is ``prev``."""
    sha = _digest(prev.encode(), body)
    raw = _PREV + prev.encode() + _SHA + sha.encode() + b'",' + body[1:]
    return Line(seq, sha, prev, body, raw)


def sealed(body: bytes, prev: str) -> bytes:
    """The same with its line end, as it stands in the journal."""
    return linked(0, body, prev).raw + b"\n"


def chain_of(raw: bytes) -> str:
    """The checksum that the next line has to name."""
    return raw[_BODY - _WIDTH - 2 : _BODY - 2].decode("ascii", "replace")


def read_line(raw: bytes) -> Line | None:
    """The line if it is what was written, else None."""
    if len(raw) <= _BODY:
        return None
    prev = raw[len(_PREV) : len(_PREV) + _WIDTH]
    body = b"{" + raw[_BODY:]
    sha = _digest(prev, body)
    if raw[:_BODY] != _PREV + prev + _SHA + sha.encode() + b'",':
        return None
    try:
        seq = _decode_seq(body).seq
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None
    return Line(seq, sha, prev.decode(), body, raw)


def read_lines(data: bytes, chain: str, seq: int) -> Lines:
    """The lines that continue the chain after ``seq``, up to the first that does not.

    The chain alone leaves no gap; after a recovery the numbers may.
    """
    lines: list[Line] = []
    start = 0
    while (end := data.find(b"\n", start)) >= 0:
        line = read_line(data[start:end])
        if line is None or line.prev != chain or line.seq <= seq:
            break
        lines.append(line)
        chain, seq, start = line.chain, line.seq, end + 1
    return Lines(lines, start, data[start:])


def whole_lines(data: bytes) -> Iterator[Line]:
    """Every line that is whole in itself, wherever it stands."""
    for raw in data.split(b"\n"):
        line = read_line(raw)
        if line is not None:
            yield line


def snapshot(seq: int, offset: int, chain: str, body: bytes) -> bytes:
    """A snapshot: its head on the first line, then ``body``, the rest of the JSON document."""
    head = Head(SCHEMA, seq, offset, chain, _sum(SCHEMA, seq, offset, chain, body))
    return msgspec.json.encode(_First({"1": head}))[:-1] + b",\n" + body


def read_snapshot(data: bytes) -> Head:
    """The head of a snapshot that is what was written.

    Raises:
        LedgerTooNew: a newer version of the program wrote it.
        LedgerDamaged: anything else.
    """
    first, body = _split(data, b"}")
    try:
        head = msgspec.json.decode(first, type=_First).tracker["1"]
    except (msgspec.MsgspecError, KeyError, UnicodeDecodeError, RecursionError):
        raise LedgerDamaged(_("its first line is not that of a ledger")) from None
    if head.crc32 != _sum(head.schema, head.seq, head.offset, head.chain, body):
        raise LedgerDamaged(_("its checksum does not match its content"))
    return head


def backup(lines: list[Line]) -> bytes:
    """A whole journal as a file of its own."""
    body = b"".join(line.raw + b"\n" for line in lines)
    seq = lines[-1].seq if lines else 0
    sha = _checksum(SCHEMA, seq, len(lines), "backup", body)
    head = BackupHead(SCHEMA, seq, len(lines), sha)
    return msgspec.json.encode(_FirstOfBackup(head)) + b"\n" + body


def read_backup(data: bytes) -> list[Line]:
    """The journal that a backup holds, if it is what was written.

    Raises:
        LedgerTooNew: a newer version of the program wrote it.
        LedgerDamaged: anything else.
    """
    first, body = _split(data, b"")
    try:
        head = msgspec.json.decode(first, type=_FirstOfBackup).tracker_backup
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise LedgerDamaged(_("its first line is not that of a backup")) from None
    found = read_lines(body, GENESIS, 0)
    sha = _checksum(head.schema, head.seq, head.commits, "backup", body)
    if head.sha256 != sha or found.rest or len(found.lines) != head.commits:
        raise LedgerDamaged(_("its checksum does not match its content"))
    return found.lines


def identity(lines: list[Line]) -> str:
    """What tells one ledger from another for as long as it lives: its first commit."""
    return (lines[0].chain if lines else GENESIS)[:_IDENTITY]


def _split(data: bytes, closing: bytes) -> tuple[bytes, bytes]:
    """The first line as JSON, and what follows it; refused if a newer program wrote it."""
    line, _end, body = data.partition(b"\n")
    first = line.removesuffix(b",") + closing
    try:
        newest = msgspec.json.decode(first, type=_FirstSchema)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return first, body
    heads = [*newest.tracker.values(), newest.tracker_backup]
    found = max((head.schema for head in heads if head is not None), default=0)
    if found > SCHEMA:
        raise LedgerTooNew(
            _(
                "The ledger has format {found}, this program knows up to {known};"
                " install a newer tracker."
            ).format(found=found, known=SCHEMA)
        )
    return first, body


def _sum(schema: int, seq: int, offset: int, chain: str, body: bytes) -> int:
    return crc32(body, crc32(f"{schema} {seq} {offset} {chain}\n".encode()))


def _checksum(schema: int, seq: int, offset: int, chain: str, body: bytes) -> str:
    from hashlib import sha256

    seal = sha256(f"{schema} {seq} {offset} {chain}\n".encode())
    seal.update(body)
    return seal.hexdigest()
