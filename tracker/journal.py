"""The format of the ledger's files: what makes a commit and a snapshot recognisable as whole.

Pure functions over bytes. A journal line is the JSON of a commit behind a chain:
``prev``, the checksum of the line before, and ``sha``, the checksum of ``prev`` and
the commit. A snapshot is one JSON document whose first line holds the checksum of
all that follows it.
"""

from collections.abc import Iterator
from hashlib import sha256
from typing import NamedTuple

import msgspec
from msgspec import Struct

from tracker.errors import LedgerDamaged, LedgerTooNew
from tracker.locale import _
from tracker.models import SCHEMA

_PREV, _SHA, _WIDTH = b'{"prev":"', b'","sha":"', 32
_BODY = len(_PREV) + _WIDTH + len(_SHA) + _WIDTH + len(b'",')


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
    sha256: str


class _First(Struct, forbid_unknown_fields=True):
    tracker: dict[str, Head]


class _Schema(Struct):
    schema: int


class _FirstSchema(Struct):
    tracker: dict[str, _Schema]


class _Seq(Struct):
    seq: int


_decode_seq = msgspec.json.Decoder(_Seq).decode


def _digest(prev: bytes, body: bytes) -> str:
    return sha256(prev + body).hexdigest()[:_WIDTH]


def sealed(body: bytes, prev: str) -> bytes:
    """The journal line, with its line end, for a commit's JSON object."""
    sha = _digest(prev.encode(), body).encode()
    return _PREV + prev.encode() + _SHA + sha + b'",' + body[1:] + b"\n"


def chain_of(raw: bytes) -> str:
    """The checksum that the next line has to name."""
    return raw[_BODY - _WIDTH - 2 : _BODY - 2].decode("ascii", "replace")


def read_line(raw: bytes) -> Line | None:
    """The line if it is what was written, else None."""
    prev = raw[len(_PREV) : len(_PREV) + _WIDTH]
    body = b"{" + raw[_BODY:]
    if len(raw) <= _BODY or _digest(prev, body) != chain_of(raw):
        return None
    return Line(_decode_seq(body).seq, chain_of(raw), prev.decode(), body, raw)


def read_lines(data: bytes, chain: str, seq: int) -> Lines:
    """The lines that continue the chain after ``seq``, up to the first that does not."""
    lines: list[Line] = []
    start = 0
    while (end := data.find(b"\n", start)) >= 0:
        line = read_line(data[start:end])
        if line is None or line.prev != chain or line.seq != seq + 1:
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
    head = Head(SCHEMA, seq, offset, chain, _checksum(SCHEMA, seq, offset, chain, body))
    return msgspec.json.encode(_First({"1": head}))[:-1] + b",\n" + body


def read_snapshot(data: bytes) -> Head:
    """The head of a snapshot that is what was written.

    Raises:
        LedgerTooNew: a newer version of the program wrote it.
        LedgerDamaged: anything else.
    """
    end = data.find(b"\n")
    first = data[:end].removesuffix(b",") + b"}"
    try:
        schema = msgspec.json.decode(first, type=_FirstSchema).tracker["1"].schema
        if schema > SCHEMA:
            raise LedgerTooNew(
                _(
                    "The ledger has format {found}, this program knows up to {known};"
                    " install a newer tracker."
                ).format(found=schema, known=SCHEMA)
            )
        head = msgspec.json.decode(first, type=_First).tracker["1"]
    except (msgspec.MsgspecError, KeyError, UnicodeDecodeError):
        raise LedgerDamaged(_("its first line is not that of a ledger")) from None
    body = data[end + 1 :]
    if head.sha256 != _checksum(head.schema, head.seq, head.offset, head.chain, body):
        raise LedgerDamaged(_("its checksum does not match its content"))
    return head


def _checksum(schema: int, seq: int, offset: int, chain: str, body: bytes) -> str:
    seal = sha256(f"{schema} {seq} {offset} {chain}\n".encode())
    seal.update(body)
    return seal.hexdigest()
