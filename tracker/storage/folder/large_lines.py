"""Read the commit in a large line of a journal, such as an import, piece by piece."""

import itertools
from collections.abc import Iterator

from msgspec.structs import replace

from tracker.model.codec import NOT_UNDERSTOOD, build_decoder
from tracker.model.commits import Commit
from tracker.storage.changes import ChangeList
from tracker.storage.folder import journal

_CHANGES, _END = b'"changes":[', b"]}"
_CHANGE, _BETWEEN = b'{"op":"', b'},{"op":"'
"""How a change begins, and what stands between two: in a text each quote has a backslash."""


def read_large_line(blocks: Iterator[bytes], size: int) -> tuple[str, str, Commit] | None:
    """Read a line of a journal.

    Args:
        blocks: the line without its line end.
        size: how many bytes it has.

    Returns:
        Its checksum, that of the line before, and the commit, whose changes are read when they
        are asked for. None: it has to be read as a whole, to find out what is wrong with it.

    Raises:
        OSError: it cannot be read.
    """
    check = journal.JournalLineCheck(next(blocks, b""), size)
    pieces = _split_changes(check.pass_on(blocks))
    changes = ChangeList()
    try:
        commit: Commit = build_decoder(Commit)(next(pieces) + _END)
        for piece in pieces:
            changes.append_line(piece)
    except (*NOT_UNDERSTOOD, StopIteration):
        return None
    if not check.is_whole():
        return None
    return check.chain, check.prev, replace(commit, changes=changes)


def _split_changes(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """Yield the JSON of a commit up to its changes, then that of each change."""
    rest = b""
    for block in blocks:
        rest += block
        if _CHANGES in rest:
            break
    start, _changes, rest = rest.partition(_CHANGES)
    yield start + _CHANGES
    # As if there were one before the first, of which nothing is left.
    parts = _split_at_changes(itertools.chain([b"}," + rest], blocks))
    if before := next(parts):
        yield before
    yield from (_CHANGE + part + b"}" for part in parts)


def _split_at_changes(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """Yield what stands between the beginnings of changes; of the last one without the end."""
    rest = b""
    for block in blocks:
        *whole, rest = (rest + block).split(_BETWEEN)
        yield from whole
    yield rest.removesuffix(b"}" + _END)
