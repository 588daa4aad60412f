"""Write files whole or not at all, and lock them.

No other module syncs, renames or locks. All failures are OSError; callers say what they
mean for a ledger or a report.
"""

import errno
import fcntl
import os
import re
import stat
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import BinaryIO

PRIVATE_MODE, SHARED_MODE = 0o600, 0o666
_LAST_BLOCK = 1 << 16
"""Bytes of the end of a file that are read first, to find its last lines."""
_BLOCK = 1 << 20
"""Bytes of a large file that are read at a time."""
_LONGEST_PREFIX = 40
"""Characters of a file's name that its temporary file repeats; names may hold 255 bytes."""

_NETWORK_FILE_SYSTEMS = (
    "9p|afs|beegfs|ceph|cifs|coda|davfs|gfs2|glusterfs|gpfs|lustre|ncpfs|nfs|nfs4|ocfs2|prl_fs"
    "|smb3|smbfs|vboxsf|vmhgfs"
    r"|fuse\.(?:sshfs|rclone|s3fs|gcsfuse|gvfsd|davfs|ceph|gluster|smb).*"
)
"""File systems on which locks and syncs are not as reliable as on a local disk."""

_SYNCED_FOLDERS = (
    "dropbox|onedrive|icloud ?drive|mobile documents|cloudstorage|google ?drive|my drive|nextcloud"
    "|owncloud|seafile|nutstore|(?:我的)?坚果云|baidu(?:netdisk|syncdisk)|百度网盘|阿里云盘|腾讯微云"
)
"""Names of folders that a service copies elsewhere while they change."""


class UncertainWrite(OSError):
    """Write that could be neither synced nor reversed."""


@contextmanager
def hold_file_lock(path: Path, patience: float) -> Iterator[None]:
    """Hold the lock file while the block runs; it is created if missing and never deleted.

    The kernel drops the lock when the process ends, however it ends.

    Raises:
        TimeoutError: another process held it for ``patience`` seconds.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, PRIVATE_MODE)
    try:
        _acquire_file_lock(descriptor, path, fcntl.LOCK_EX, patience)
        yield
    finally:
        os.close(descriptor)


def await_unlocked_file(path: Path, patience: float) -> None:
    """Wait until nobody holds the lock file; it is not created, and not held afterwards.

    Raises:
        TimeoutError: another process held it for ``patience`` seconds.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        _acquire_file_lock(descriptor, path, fcntl.LOCK_SH, patience)
    finally:
        os.close(descriptor)


def find_file_sharing_service(path: Path, mounts: Path = Path("/proc/self/mounts")) -> str | None:
    """Return the network file system or the folder of a synchronising service of a path.

    Args:
        path: it need not exist yet.
        mounts: the system's list of mounts; without it only the names of folders count.
    """
    real = _resolve_file_links(path)
    for name in real.parts:
        if re.fullmatch(rf"(?:{_SYNCED_FOLDERS})(?:\W.*)?", name, re.IGNORECASE):
            return name
    try:
        lines = mounts.read_text("utf-8", "replace").splitlines()
    except OSError:
        return None
    # Of mounts on one folder the last counts; of nested folders the innermost.
    fields = (line.split() for line in lines)
    kinds = {
        re.sub(r"\\([0-7]{3})", _decode_octal_file_name, mount[1]): mount[2] for mount in fields
    }
    around = (kinds[str(folder)] for folder in (real, *real.parents) if str(folder) in kinds)
    kind = next(around, "")
    return kind if re.fullmatch(_NETWORK_FILE_SYSTEMS, kind) else None


def _decode_octal_file_name(match: re.Match[str]) -> str:
    return chr(int(match[1], 8))


def make_system_folder(path: Path) -> None:
    """Create a private folder, and the folders above it, and sync it."""
    if path.is_dir():
        return
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    sync_folder_of_file(path.parent)


def is_file_path_taken(path: Path) -> bool:
    """Return whether anything has that name, even a link that leads nowhere."""
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    return True


def read_regular_file(path: Path, start: int = 0, size: int = -1) -> bytes:
    """Read a file; refuse, and do not wait for, what is no regular file.

    Args:
        path: the file.
        start: the first byte.
        size: so many bytes, or less where it is shorter; -1: all.
    """
    with open_regular_stream(path) as stream:
        stream.seek(start)
        return stream.read(size)


def open_regular_stream(path: Path) -> "BinaryIO":
    """Open a file as ``open_regular_file`` does, to be read and closed."""
    return os.fdopen(open_regular_file(path), "rb")


def open_regular_file(path: Path) -> int:
    """Open a file to be read; refuse, and do not wait for, what is no regular file."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "it is no file", str(path))
    return descriptor


def read_lines_from_end_of_file(path: Path, end: int, longest: int) -> Iterator[bytes | range]:
    """Yield the lines of a file up to this byte, the last one first, without their line ends.

    Of a line that has more bytes than ``longest`` the places of its bytes are yielded.
    """
    block, rest = _LAST_BLOCK, b""
    while end > 0:
        start = max(end - block, 0)
        first, *lines = (read_regular_file(path, start, end - start) + rest).split(b"\n")
        # What stands behind the last line end is no line.
        yield from reversed(lines[:-1])
        # What grows without end would read half of a large file at last.
        end, block, rest = start, min(2 * block, max(longest, _LAST_BLOCK)), first + b"\n"
        if len(rest) > longest:
            start = _find_start_of_line(path, end)
            yield range(start, end + len(rest) - 1)
            end, block, rest = start, _LAST_BLOCK, b""
    if rest:
        yield rest[:-1]


def _find_start_of_line(path: Path, end: int) -> int:
    """Return where the line begins that a byte of a file is in."""
    while end > 0:
        start = max(end - _BLOCK, 0)
        found = read_regular_file(path, start, end - start).rfind(b"\n")
        if found >= 0:
            return start + found + 1
        end = start
    return 0


def read_places_of_file(path: Path, places: range) -> Iterator[bytes]:
    """Yield the bytes at some places of a file, which follow each other, in blocks."""
    descriptor = open_regular_file(path)
    try:
        at = places.start
        while at < places.stop and (
            block := os.pread(descriptor, min(places.stop - at, _BLOCK), at)
        ):
            at += len(block)
            yield block
    finally:
        os.close(descriptor)


def write_file_whole(
    path: Path,
    data: bytes | Iterable[bytes],
    *,
    new: bool = False,
    mode: int = PRIVATE_MODE,
    durable: bool = True,
) -> None:
    """Replace a file by its new content: whatever happens, the old or the new one is there.

    A link stays a link, an existing file keeps its mode and owner, a new one is private.

    Args:
        path: the file.
        data: its content, or the pieces of it.
        new: replace nothing; a file that is there, or comes meanwhile, is a FileExistsError.
        mode: who may read and write a new file, less what the umask of the process takes away.
        durable: whether it is there even after a power cut; for files that can be made again,
            of which there are hundreds, that takes too long.
    """
    target = _resolve_file_links(path)
    temporary = target.with_name(
        f"{_build_temporary_file_prefix(target)}{os.getpid()}.{time.time_ns()}.tmp"
    )
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    try:
        try:
            _keep_file_owner(target, descriptor)
            _write_all_file_bytes(descriptor, data)
            if durable:
                os.fsync(descriptor)
        finally:
            os.close(descriptor)
        if new:
            _claim_new_file_name(temporary, target)
            return
        temporary.replace(target)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise
    if durable:
        sync_folder_of_file(target.parent)


def sweep_temporary_files(path: Path) -> None:
    """Delete the temporary files that dead processes left beside a file when writing it whole."""
    target = _resolve_file_links(path)
    with os.scandir(target.parent) as entries:
        for entry in entries:
            if entry.name.startswith(_build_temporary_file_prefix(target)) and entry.name.endswith(
                ".tmp"
            ):
                target.with_name(entry.name).unlink(missing_ok=True)


def append_synced_to_file(path: Path, data: bytes | Iterable[bytes], end: int) -> None:
    """Append to a file that is valid up to byte ``end``, and cut off first what follows it.

    If writing or syncing fails, the file is cut back to ``end`` before the error is raised.

    Raises:
        Uncertain: syncing failed, and so did cutting back.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    try:
        size = os.fstat(descriptor).st_size
        if size < end:
            raise OSError(errno.EIO, "the end of the file is missing", str(path))
        if size > end:
            os.ftruncate(descriptor, end)
        os.lseek(descriptor, end, os.SEEK_SET)
        try:
            _write_all_file_bytes(descriptor, data)
        except OSError:
            # If this fails too, readers still ignore a part of a line.
            with suppress(OSError):
                os.ftruncate(descriptor, end)
            raise
        _sync_or_truncate_file(descriptor, end)
    finally:
        # What is synced is stored, even if closing fails.
        with suppress(OSError):
            os.close(descriptor)


def append_unsynced_to_file(path: Path, data: bytes | Iterable[bytes]) -> None:
    """Append without syncing, for second copies."""
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, PRIVATE_MODE)
    try:
        _write_all_file_bytes(descriptor, data)
    finally:
        os.close(descriptor)


def empty_file(path: Path) -> None:
    """Empty a second copy without syncing."""
    flags = os.O_WRONLY | os.O_TRUNC | os.O_CREAT | os.O_CLOEXEC
    os.close(os.open(path, flags, PRIVATE_MODE))


def set_system_file_aside(path: Path, ending: str) -> Path | None:
    """Keep what a path holds under another name beside it; return that name, None if empty.

    A file is copied, so that a link to it stays a link; anything else is moved.
    """
    if not is_file_path_taken(path):
        return None
    aside, number = path.with_name(f"{path.name}.{ending}"), 1
    while is_file_path_taken(aside):
        number += 1
        aside = path.with_name(f"{path.name}.{ending}-{number}")
    try:
        data = read_regular_file(path)
    except PermissionError:
        raise
    except OSError:
        path.rename(aside)
        sync_folder_of_file(path.parent)
    else:
        if not data:
            return None
        write_file_whole(aside, data)
    return aside


def sync_folder_of_file(folder: Path) -> None:
    """Sync a folder, so that renames in it last; tolerate network file systems that cannot."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno != errno.EINVAL:
            raise
    finally:
        os.close(descriptor)


def _resolve_file_links(path: Path) -> Path:
    # Path.resolve is no OSError for a loop of links on every Python.
    return Path(os.path.realpath(path))


def _build_temporary_file_prefix(target: Path) -> str:
    return f".{target.name[:_LONGEST_PREFIX]}."


def _acquire_file_lock(descriptor: int, path: Path, kind: int, patience: float) -> None:
    time_limit = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > time_limit:
                raise TimeoutError(errno.ETIMEDOUT, "lock", str(path)) from None
            time.sleep(0.01)
        else:
            return


def _claim_new_file_name(temporary: Path, target: Path) -> None:
    """Rename a file to a name that is free; of several processes only one can create it."""
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, PRIVATE_MODE))
    try:
        temporary.replace(target)
        sync_folder_of_file(target.parent)
    except BaseException:
        with suppress(OSError):
            target.unlink()
        raise


def _sync_or_truncate_file(descriptor: int, end: int) -> None:
    try:
        os.fsync(descriptor)
    except OSError as error:
        try:
            os.ftruncate(descriptor, end)
            os.fsync(descriptor)
        except OSError:
            raise UncertainWrite(error.errno, error.strerror) from error
        raise


def _write_all_file_bytes(descriptor: int, data: bytes | Iterable[bytes]) -> None:
    for piece in (data,) if isinstance(data, bytes) else data:
        rest = memoryview(piece)
        while rest:
            rest = rest[os.write(descriptor, rest) :]


def _keep_file_owner(target: Path, descriptor: int) -> None:
    try:
        status = target.stat()
    except FileNotFoundError:
        return
    os.fchmod(descriptor, status.st_mode & 0o7777)
    with suppress(PermissionError):
        os.fchown(descriptor, status.st_uid, status.st_gid)
