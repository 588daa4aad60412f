"""Keep much that is written once and read again soon: a little in memory, more in a file.

The file is a temporary one without a name, which is gone with its process. What is read from
it is compared with what was written.
"""

import errno
import os
from array import array
from collections.abc import Iterator
from contextlib import suppress
from zlib import crc32

_BLOCK = 1 << 20
"""Bytes that are read at a time."""

_OFTEN_MEMORY, _ON_DISK = "/tmp", "/var/tmp"  # noqa: S108  # the file has no name there
"""Folders of temporary files: many systems keep the first one in memory, and not the second."""


class Spool:
    """Bytes in the order in which they were written, with pieces that can be read one by one.

    Where no temporary file can be made or written, the rest stays in memory.

    Args:
        times: how many times ``most_in_memory`` may be held in this one.

    Attributes:
        most_in_memory: bytes that are held before they are written to the file.
        size: how many bytes there are.
    """

    most_in_memory = 1 << 21

    def __init__(self, times: int = 1) -> None:
        self.size = 0
        self._most_in_memory = times * self.most_in_memory
        self._descriptor: int | None = None
        self._has_no_room = False
        # Behind the bytes of the file stand those that are not written yet.
        self._in_file, self._tail = 0, bytearray()
        self._checksum = 0
        self._starts, self._sizes, self._checksums = array("Q"), array("I"), array("I")

    def __del__(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)

    def __len__(self) -> int:
        """Return how many pieces can be read one by one."""
        return len(self._starts)

    def append(self, piece: bytes) -> int:
        """Add a piece; return its number, by which it can be read."""
        self._starts.append(self.size)
        self._sizes.append(len(piece))
        self._checksums.append(crc32(piece))
        self.write(piece)
        return len(self._starts) - 1

    def write(self, content: bytes) -> None:
        """Add bytes that are read only as a part of the whole."""
        self._checksum = crc32(content, self._checksum)
        self._tail += content
        self.size += len(content)
        if len(self._tail) >= self._most_in_memory and not self._has_no_room:
            self._empty_tail()

    def read(self, number: int) -> bytes:
        """Return a piece.

        Raises:
            OSError: it cannot be read, or is not what was written.
        """
        start, size = self._starts[number], self._sizes[number]
        piece = self._read_bytes(start, size)
        if crc32(piece) != self._checksums[number]:
            raise _build_spool_error()
        return piece

    def __iter__(self) -> Iterator[bytes]:
        """Yield everything, in blocks.

        Raises:
            OSError: it cannot be read, or is not what was written.
        """
        at, checksum = 0, 0
        while at < self.size:
            end = self._in_file if at < self._in_file else self.size
            block = self._read_bytes(at, min(end - at, _BLOCK))
            if not block:
                break
            checksum = crc32(block, checksum)
            at += len(block)
            yield block
        if checksum != self._checksum:
            raise _build_spool_error()

    def _read_bytes(self, start: int, size: int) -> bytes:
        if start >= self._in_file:
            at = start - self._in_file
            return bytes(memoryview(self._tail)[at : at + size])
        return os.pread(self._descriptor or 0, size, start)

    def _empty_tail(self) -> None:
        """Move what is held in memory to the file, or leave it where there is no room."""
        self._has_no_room = True
        with suppress(OSError):
            if self._descriptor is None:
                self._descriptor = _open_spool_file()
            at, rest = self._in_file, memoryview(self._tail)
            while rest:
                written = os.pwrite(self._descriptor, rest, at)
                at, rest = at + written, rest[written:]
            self._in_file, self._tail = at, bytearray()
            self._has_no_room = False


def _open_spool_file() -> int:
    """Open a temporary file that has no name, in the folder that TMPDIR names.

    Where it names none, that is /var/tmp: a file in memory would save none.

    Raises:
        OSError: there is no place for one.
    """
    from tempfile import TemporaryFile, gettempdir

    folder = gettempdir()
    if folder == _OFTEN_MEMORY and os.access(_ON_DISK, os.W_OK | os.X_OK):
        folder = _ON_DISK
    with TemporaryFile(buffering=0, dir=folder) as file:
        return os.dup(file.fileno())


def _build_spool_error() -> OSError:
    return OSError(errno.EIO, os.strerror(errno.EIO), "temporary file")
