"""A spool gives back what was written, from memory or from a file, and nothing else."""

import errno
import os
import resource
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.system.spool import Spool

PIECES = [b"one", b"", "三".encode(), b"four" * 9]


def fill(spool: Spool, pieces: list[bytes]) -> list[int]:
    return [spool.append(piece) for piece in pieces]


def make(most_in_memory: int) -> Spool:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Spool, "most_in_memory", most_in_memory)
        return Spool()


@given(
    pieces=st.lists(st.tuples(st.booleans(), st.binary(max_size=40)), max_size=40),
    most_in_memory=st.integers(1, 200),
)
def test_it_gives_back_what_was_written(
    pieces: list[tuple[bool, bytes]], most_in_memory: int
) -> None:
    spool, numbered = make(most_in_memory), {}
    for is_numbered, piece in pieces:
        if is_numbered:
            numbered[spool.append(piece)] = piece
        else:
            spool.write(piece)
        assert all(spool.read(number) == numbered[number] for number in numbered)
    whole = b"".join(piece for _is_numbered, piece in pieces)
    assert [b"".join(spool), b"".join(spool)] == [whole, whole]
    assert (spool.size, len(spool)) == (len(whole), len(numbered))


@contextmanager
def little_room(size: int) -> Iterator[None]:
    """Let no file of this process grow beyond a size."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_without_room_for_a_file_it_stays_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool = make(4)
    with little_room(10):
        numbers = fill(spool, PIECES * 3)
    assert [spool.read(number) for number in numbers] == PIECES * 3
    assert b"".join(spool) == b"".join(PIECES * 3)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    spool = make(4)
    numbers = fill(spool, PIECES)
    assert [spool.read(number) for number in numbers] == PIECES
    assert b"".join(spool) == b"".join(PIECES)


def test_its_file_has_no_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    spool = make(1)
    fill(spool, PIECES)
    assert list(tmp_path.iterdir()) == []
    assert b"".join(spool) == b"".join(PIECES)


def name_file(spool: Spool) -> str:
    return str(Path(f"/proc/self/fd/{spool._descriptor}").readlink())  # noqa: SLF001


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="files are found in /proc")
def test_its_file_is_on_a_disk_unless_another_folder_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for named, folder in (("/tmp", "/var/tmp/"), (str(tmp_path), f"{tmp_path}/")):  # noqa: S108
        monkeypatch.setattr(tempfile, "tempdir", named)
        spool = make(1)
        fill(spool, PIECES)
        assert name_file(spool).startswith(folder)


def test_what_is_not_what_was_written_is_refused() -> None:
    spool = make(1)
    first, *_others, last = fill(spool, PIECES)
    assert spool._descriptor is not None  # noqa: SLF001  # a disk that went wrong
    os.pwrite(spool._descriptor, b"O", 0)  # noqa: SLF001
    assert spool.read(last) == PIECES[-1]
    with pytest.raises(OSError, match="temporary file") as changed:
        spool.read(first)
    assert changed.value.errno == errno.EIO
    with pytest.raises(OSError, match="temporary file"):
        list(spool)
    os.ftruncate(spool._descriptor, 2)  # noqa: SLF001
    with pytest.raises(OSError, match="temporary file"):
        list(spool)
    with pytest.raises(OSError, match="temporary file"):
        spool.read(last)
