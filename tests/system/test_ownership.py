"""Who may change what steers the program: one function says it for settings, secrets and hooks."""

import grp
import os
import pwd
from pathlib import Path

import pytest
from program import Program

from tracker.storage.folder.store import FolderStore
from tracker.system.ownership import (
    find_file_ownership_fault,
    find_folder_ownership_fault,
    find_ownership_fault,
)

SOMEBODY = 65534


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "folder" / "file"
    path.parent.mkdir(0o700)
    path.touch(0o600)
    return path


@pytest.mark.parametrize(
    ("mode", "exposure", "as_secret"),
    [
        (0o600, None, None),
        (0o644, None, "readable"),
        (0o640, None, "readable"),
        (0o660, "writable", "writable"),
        (0o602, "writable", "writable"),
    ],
)
def test_modes(file: Path, mode: int, exposure: str | None, as_secret: str | None) -> None:
    file.chmod(mode)
    assert find_ownership_fault(file) == exposure
    assert find_ownership_fault(file, is_secret=True) == as_secret


def test_another_owner(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: SOMEBODY)
    # What belongs to root is as good as ours; who is not root makes the file of the test.
    expected = None if file.stat().st_uid == 0 else "foreign"
    assert find_ownership_fault(file) == expected
    assert (find_folder_ownership_fault(file.parent) is None) == (expected is None)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_a_file_that_was_given_away(file: Path) -> None:
    os.chown(file, SOMEBODY, -1)
    assert find_ownership_fault(file) == "foreign"
    assert find_file_ownership_fault(file) == (file, "foreign")
    os.chown(file.parent, SOMEBODY, -1)
    os.chown(file, 0, -1)
    assert find_file_ownership_fault(file) == (file.parent, "foreign")
    assert find_folder_ownership_fault(file.parent) == "foreign"
    # A folder that is shared with a group of ours is meant to be.
    file.parent.chmod(0o2770)
    assert find_folder_ownership_fault(file.parent) is None


def test_a_folder_in_which_all_may_replace_files(file: Path) -> None:
    file.parent.chmod(0o777)
    assert find_file_ownership_fault(file) == (file.parent, "writable")
    assert find_folder_ownership_fault(file.parent) == "writable"
    file.parent.chmod(0o1777)
    assert find_file_ownership_fault(file) is None


def test_a_group_of_the_owner_alone_is_the_owner(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.chmod(0o660)
    name = pwd.getpwuid(file.stat().st_uid).pw_name
    for members, group, is_own in (([], name, True), ([name], name, True), (["x"], name, False)):
        entry = grp.struct_group((group, "x", file.stat().st_gid, members))
        monkeypatch.setattr(grp, "getgrgid", lambda _gid, entry=entry: entry)
        assert (find_ownership_fault(file, trusts_own_group=True) is None) == is_own
    users = grp.struct_group(("users", "x", 100, []))
    monkeypatch.setattr(grp, "getgrgid", lambda _gid: users)
    assert find_ownership_fault(file, trusts_own_group=True) == "writable"

    def find_nobody(_gid: int) -> None:
        raise KeyError

    monkeypatch.setattr(grp, "getgrgid", find_nobody)
    assert find_ownership_fault(file, trusts_own_group=True) == "writable"


def test_settings_that_others_may_write_are_not_used(program: Program, place: Path) -> None:
    settings = place / "tracker.toml"
    settings.write_text('contact = "督查室"\n')
    settings.chmod(0o666)
    for line in ("list", "config", "init --empty", "remind --list", "--version"):
        done = program(line)
        assert done.code == (0 if line == "--version" else 2), line
        if done.code:
            assert f"chmod go-w {settings}" in done.err
            assert str(settings) in done.err
    settings.chmod(0o644)
    assert "督查室" in program("config").out
    place.chmod(0o777)
    assert f"chmod go-w {place}" in program("config").err
    place.chmod(0o700)
    assert program("config").code == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_settings_of_somebody_else_are_not_used(program: Program, place: Path) -> None:
    settings = place / "tracker.toml"
    settings.write_text('smtp = "127.0.0.1:45992"\n')
    os.chown(settings, SOMEBODY, -1)
    done = program("config")
    assert done.code == 2
    assert "belongs to somebody else" in done.err
    assert "45992" not in done.out + done.err


def test_settings_that_are_no_file_hold_nothing(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRACKER_CONFIG", "/dev/null")
    assert program("config").code == 0


def test_a_ledger_folder_for_everybody_is_warned_of(program: Program, place: Path) -> None:
    folder = place / "ledger"
    folder.mkdir()
    folder.chmod(0o777)
    for line in ("init --empty", "check", "status"):
        done = program(line)
        assert done.code == 0, line
        assert f"chmod o-w {folder}" in done.err, line
    folder.chmod(0o700)
    assert program("check").err == ""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_a_ledger_folder_of_somebody_else_is_warned_of(program: Program, place: Path) -> None:
    program("init --empty")
    os.chown(place / "ledger", SOMEBODY, -1)
    for line in ("check", "status"):
        assert "belongs to somebody else" in program(line).err, line


def test_a_folder_that_is_not_there_is_no_danger(tmp_path: Path) -> None:
    assert FolderStore(str(tmp_path / "none"), patience=1).describe_exposure() is None
