"""Files: whole or not at all, private when new, links and modes kept, one writer at a time."""

import errno
import fcntl
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tracker.system import files


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o7777


def left(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


def test_a_new_file_is_private_and_an_old_one_keeps_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "file"
    files.write_file_whole(path, b"one")
    assert (path.read_bytes(), mode(path)) == (b"one", 0o600)
    path.chmod(0o640)
    files.write_file_whole(path, b"two")
    assert (path.read_bytes(), mode(path), left(tmp_path)) == (b"two", 0o640, ["file"])


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give files away")
def test_an_old_file_keeps_its_owner(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.touch()
    os.chown(path, 65534, 65533)
    files.write_file_whole(path, b"two")
    assert (path.stat().st_uid, path.stat().st_gid) == (65534, 65533)


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    target, link = tmp_path / "real" / "file", tmp_path / "link"
    link.symlink_to("real/file")
    for content in (b"new", b"again"):
        files.write_file_whole(link, content)
        assert link.is_symlink()
        assert target.read_bytes() == content
    assert left(tmp_path) == ["link", "real"]


def test_names_as_long_as_they_may_be(tmp_path: Path) -> None:
    for name in ("x" * 255, "督" * 85, "[a*?].json"):
        files.write_file_whole(tmp_path / name, b"x")
        files.sweep_temporary_files(tmp_path / name)
        assert (tmp_path / name).read_bytes() == b"x"


def test_a_new_name_is_taken_once(tmp_path: Path) -> None:
    files.write_file_whole(tmp_path / "file", b"one", new=True)
    with pytest.raises(FileExistsError):
        files.write_file_whole(tmp_path / "file", b"two", new=True)
    assert ((tmp_path / "file").read_bytes(), mode(tmp_path / "file")) == (b"one", 0o600)
    assert left(tmp_path) == ["file"]


@pytest.mark.parametrize("kind", ["folder", "loop"])
def test_what_cannot_be_replaced_is_left(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "file"
    if kind == "folder":
        path.mkdir()
    else:
        path.symlink_to("file")
    with pytest.raises(OSError, match="file"):
        files.write_file_whole(path, b"x")
    assert left(tmp_path) == ["file"]


def test_sweeping_takes_only_what_was_left_of_this_file(tmp_path: Path) -> None:
    kept = ["file", ".file.keep", ".other.1.2.tmp", "file.tmp"]
    for name in [*kept, ".file.1.2.tmp", ".file.99.3.tmp"]:
        (tmp_path / name).touch()
    files.sweep_temporary_files(tmp_path / "file")
    assert left(tmp_path) == sorted(kept)
    link = tmp_path / "link"
    link.symlink_to("other")
    files.sweep_temporary_files(link)
    assert ".other.1.2.tmp" not in left(tmp_path)


def test_appending_cuts_off_what_is_not_good(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"good|torn")
    files.append_synced_to_file(path, b"new|", 5)
    assert path.read_bytes() == b"good|new|"
    files.append_synced_to_file(path, b"next|", 9)
    assert path.read_bytes() == b"good|new|next|"
    path.write_bytes(b"good|torn, and longer than what comes")
    files.append_synced_to_file(path, b"new|", 5)
    assert path.read_bytes() == b"good|new|"


def test_appending_leaves_no_hole(tmp_path: Path) -> None:
    path = tmp_path / "file"
    with pytest.raises(FileNotFoundError):
        files.append_synced_to_file(path, b"x", 0)
    path.write_bytes(b"short")
    with pytest.raises(OSError, match="end of the file is missing"):
        files.append_synced_to_file(path, b"x", 9)
    assert path.read_bytes() == b"short"


def test_copies_are_appended_to_and_emptied(tmp_path: Path) -> None:
    path = tmp_path / "file"
    files.append_unsynced_to_file(path, b"a")
    files.append_unsynced_to_file(path, b"b")
    assert (path.read_bytes(), mode(path)) == (b"ab", 0o600)
    for _time in range(2):
        files.empty_file(path)
        assert (path.read_bytes(), mode(path)) == (b"", 0o600)
        path.unlink()


def test_reading_from_a_place(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"0123456789")
    assert files.read_regular_file(path) == b"0123456789"
    assert files.read_regular_file(path, 7) == b"789"
    assert files.read_regular_file(path, 70) == b""


@pytest.mark.parametrize("kind", ["folder", "pipe", "loop", "nothing"])
def test_what_is_no_file_is_not_waited_for(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "file"
    make: dict[str, Any] = {
        "folder": Path.mkdir,
        "pipe": os.mkfifo,
        "loop": lambda path: path.symlink_to(path),
        "nothing": lambda _path: None,
    }
    make[kind](path)
    with pytest.raises(OSError, match="file"):
        files.read_regular_file(path)


def test_whether_something_is_there(tmp_path: Path) -> None:
    path = tmp_path / "file"
    assert not files.is_file_path_taken(path)
    assert not files.is_file_path_taken(path / "below")
    path.symlink_to("nowhere")
    assert files.is_file_path_taken(path)
    path.unlink()
    path.touch()
    assert files.is_file_path_taken(path)
    assert not files.is_file_path_taken(path / "below")


def test_folders_are_private_and_made_once(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    files.make_system_folder(folder)
    assert mode(folder) == 0o700
    folder.chmod(0o750)
    files.make_system_folder(folder)
    assert mode(folder) == 0o750
    (tmp_path / "file").touch()
    with pytest.raises(FileExistsError):
        files.make_system_folder(tmp_path / "file")


def test_setting_aside(tmp_path: Path) -> None:
    path = tmp_path / "file"
    assert files.set_system_file_aside(path, "old") is None
    path.touch()
    assert files.set_system_file_aside(path, "old") is None
    path.write_bytes(b"x")
    for name in ("file.old", "file.old-2", "file.old-3"):
        assert files.set_system_file_aside(path, "old") == tmp_path / name
        assert (tmp_path / name).read_bytes() == b"x"
    assert path.read_bytes() == b"x"
    path.unlink()
    path.mkdir()
    assert files.set_system_file_aside(path, "folder") == tmp_path / "file.folder"
    assert left(tmp_path) == ["file.folder", "file.old", "file.old-2", "file.old-3"]


def test_a_folder_that_is_none_cannot_be_synced(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(NotADirectoryError):
        files.sync_folder_of_file(tmp_path / "file")


def test_a_lock_is_waited_for_and_dropped(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with files.hold_file_lock(path, 0):
        started = time.monotonic()
        with pytest.raises(TimeoutError) as caught, files.hold_file_lock(path, 0.05):
            pass
        assert time.monotonic() - started >= 0.05
        assert (caught.value.errno, caught.value.filename) == (errno.ETIMEDOUT, str(path))
    with files.hold_file_lock(path, 0):
        pass
    assert (left(tmp_path), mode(path)) == (["lock"], 0o600)


def test_a_lock_is_that_of_the_kernel(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    code = "import fcntl, sys; f = open(sys.argv[1]); fcntl.flock(f, 2); print(flush=True); input()"
    with files.hold_file_lock(path, 0):
        pass
    with subprocess.Popen(
        [sys.executable, "-c", code, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        with pytest.raises(TimeoutError), files.hold_file_lock(path, 0):
            pass
        holder.kill()
        holder.wait()
        with files.hold_file_lock(path, 0), path.open() as again, pytest.raises(BlockingIOError):
            fcntl.flock(again, fcntl.LOCK_EX | fcntl.LOCK_NB)


MOUNTS = r"""
/dev/sda1 / ext4 rw 0 0
srv:/export /mnt/office nfs4 rw 0 0
//nas/share /mnt/共\040享 cifs rw 0 0
me@host:/ /home/me/far fuse.sshfs rw 0 0
gvfsd-fuse /run/user/0/gvfs fuse.gvfsd-fuse rw 0 0
/dev/sdb1 /mnt/office/local ext4 rw 0 0
/dev/sdc1 /mnt/usb fuseblk rw 0 0
srv:/old /mnt/twice nfs rw 0 0
/dev/sdd1 /mnt/twice ext4 rw 0 0
""".lstrip()


@pytest.mark.parametrize(
    ("place", "found"),
    [
        ("/home/me/ledger", None),
        ("/mnt/office", "nfs4"),
        ("/mnt/office/new/ledger", "nfs4"),
        ("/mnt/officer/ledger", None),
        ("/mnt/office/local/ledger", None),
        ("/mnt/共 享/台账", "cifs"),
        ("/home/me/far/ledger", "fuse.sshfs"),
        ("/run/user/0/gvfs/smb-share:server=nas/ledger", "fuse.gvfsd-fuse"),
        ("/mnt/usb/ledger", None),
        ("/mnt/twice/ledger", None),
        ("/home/me/Dropbox/ledger", "Dropbox"),
        ("/home/me/Dropbox (Personal)/ledger", "Dropbox (Personal)"),
        ("/home/me/OneDrive - 市政府/台账", "OneDrive - 市政府"),
        ("/Users/me/Library/Mobile Documents/com~apple~CloudDocs/x", "Mobile Documents"),
        ("/home/me/Nextcloud/x", "Nextcloud"),
        ("/home/me/我的坚果云/台账", "我的坚果云"),
        ("/home/me/坚果云/台账", "坚果云"),
        ("/home/me/坚果/台账", None),
        ("/home/dropboxes/ledger", None),
    ],
)
def test_a_shared_place_is_recognised(tmp_path: Path, place: str, found: str | None) -> None:
    (tmp_path / "mounts").write_text(MOUNTS, "utf-8")
    assert files.find_file_sharing_service(Path(place), tmp_path / "mounts") == found


def test_a_place_is_known_by_where_its_links_lead(tmp_path: Path) -> None:
    (tmp_path / "Dropbox").mkdir()
    (tmp_path / "ledger").symlink_to("Dropbox/ledger")
    assert files.find_file_sharing_service(tmp_path / "ledger") == "Dropbox"
    assert files.find_file_sharing_service(tmp_path / "other") is None
    assert files.find_file_sharing_service(tmp_path / "other", tmp_path / "no-mounts") is None
