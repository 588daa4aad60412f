"""Hooks are told of what was stored, and whatever they do, it stays stored."""

import errno
import json
import os
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from program import Program

from tracker.ledger.hooks import Hooks
from tracker.model.commits import Change, Stamp
from tracker.system import subprocesses

Hook: TypeAlias = Callable[..., Path]


@pytest.fixture
def hook(place: Path) -> Hook:
    """Makes a hook out of a line of shell."""
    (place / "hooks").mkdir()

    def make(text: str, name: str = "tell", mode: int = 0o700) -> Path:
        path = place / "hooks" / name
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(mode)
        return path

    return make


def told(place: Path) -> list[Any]:
    return [json.loads(each) for each in (place / "told").read_text().splitlines()]


def test_a_hook_is_told_of_every_change(small: Program, place: Path, hook: Hook) -> None:
    hook(f"cat >> {place}/told")
    hook("exit 1", ".hidden")
    hook("exit 1", "no-program", 0o600)
    assert small("update toilets.homes 5户 --on 2026-02-28 --note 月报").code == 0
    assert small("undo").code == 0
    (first, second) = told(place)
    assert (first["schema"], first["command"], first["by"]) == (1, "update", "李娜")
    (change,) = first["changes"]
    assert (change["op"], change["table"], change["id"]) == (
        "append",
        "indicators",
        "toilets.homes",
    )
    assert (change["entry"]["value"], change["entry"]["note"]) == (0.0005, "月报")
    assert (second["command"], second["undoes"]) == ("undo", 4)
    small("overdue")
    small("init --empty")
    assert small("edit toilets --tag x").code == 0
    assert small("edit toilets --tag x").code == 0
    assert small("backup").code == 0
    assert len(told(place)) == 3


def test_a_hook_that_fails_loses_nothing(small: Program, place: Path, hook: Hook) -> None:
    hook("echo no paper >&2; exit 7", "1-printer")
    hook("sleep 9", "2-slow")
    shared = hook("exit 0", "3-shared", 0o722)
    (place / "hooks" / "4-format").write_bytes(b"\x7fELF nonsense")
    (place / "hooks" / "4-format").chmod(0o700)
    hook(f"cat >> {place}/told", "5-good")
    (place / "tracker.toml").write_text("hook_timeout = 0.2")
    done = small("update toilets.accepted --done --on 2026-02-28")
    assert done.code == 0
    assert "toilets.accepted: done" in done.out
    begin = "failed, the change is stored all the same:"
    assert [each for each in done.err.splitlines() if each.startswith("The hook")] == [
        f"The hook 1-printer {begin} it ended with code 7 no paper",
        f"The hook 2-slow {begin} it took longer than 0.2 seconds",
        f"The hook 3-shared {begin} others may write to {shared}; run: chmod go-w {shared}",
        f"The hook 4-format {begin} it cannot be started: Exec format error",
    ]
    assert len(told(place)) == 1
    assert small("history toilets.accepted -o json").data["items"][0]["command"] == "update"


def test_a_hook_that_does_not_read_is_no_failure(small: Program, hook: Hook) -> None:
    hook("exit 0")
    assert small("update toilets.accepted --done --on 2026-02-28", "--note", "x" * 200_000).err == (
        "day: 2026-02-28\n"
    )


def test_with_json_a_failing_hook_does_not_spoil_the_answer(small: Program, hook: Hook) -> None:
    hook("exit 1")
    done = small("update toilets.accepted --done --on 2026-02-28 -o json")
    assert len(done.data["items"]) == 1
    assert "The hook tell failed" in done.err


def test_what_a_hook_has_started_ends_with_it(small: Program, place: Path, hook: Hook) -> None:
    hook(f"sleep 9 & echo $! > {place}/pid; wait")
    (place / "tracker.toml").write_text("hook_timeout = 0.2")
    done = small("update toilets.accepted --done --on 2026-02-28")
    assert "it took longer than 0.2 seconds" in done.err
    status = Path("/proc") / (place / "pid").read_text().strip() / "stat"
    for _attempt in range(100):
        # What was killed may still have to be taken note of by its parent.
        if not status.exists() or status.read_text().split()[2] in "ZX":
            return
        time.sleep(0.01)
    pytest.fail("what the hook has started goes on")


def test_what_a_hook_leaves_behind_is_not_waited_for(
    small: Program, place: Path, hook: Hook
) -> None:
    hook(f"sleep 30 & echo $! > {place}/1", "1-done")
    hook(f"setsid sleep 30 & echo $! > {place}/2; wait", "2-slow")
    (place / "tracker.toml").write_text("hook_timeout = 0.5")
    kept = "failed, the change is stored all the same:"
    begun = time.monotonic()
    done = small("update toilets.accepted --done --on 2026-02-28")
    try:
        assert time.monotonic() - begun < 15
        assert [each for each in done.err.splitlines() if each.startswith("The hook")] == [
            f"The hook 2-slow {kept} it took longer than 0.5 seconds"
        ]
    finally:
        for name in ("1", "2"):
            os.kill(int((place / name).read_text()), signal.SIGKILL)


def test_a_hook_sees_no_secret(
    small: Program, place: Path, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRACKER_SECRET_ZJJ", "k3y")
    monkeypatch.setenv("TRACKER_CONTACT", "办公室")
    hook(f"env > {place}/seen")
    assert small("update toilets.accepted --done --on 2026-02-28").code == 0
    seen = (place / "seen").read_text().splitlines()
    assert "TRACKER_CONTACT=办公室" in seen
    assert not [each for each in seen if "k3y" in each or "SECRET" in each]


@pytest.mark.parametrize(
    ("limit", "said"),
    [("1", "1 second"), ("1.5", "1.5 seconds"), ("0.2", "0.2 seconds")],
)
def test_a_limit_is_said_in_good_english(tmp_path: Path, limit: str, said: str) -> None:
    path = tmp_path / "slow"
    path.write_text("#!/bin/sh\nexec sleep 9\n")
    path.chmod(0o700)
    with pytest.raises(subprocesses.ProgramFailed) as caught:
        subprocesses.run_subprocess(path, b"", float(limit), {})
    assert str(caught.value) == f"it took longer than {said}"


def test_without_room_for_what_it_is_told_a_hook_fails(
    place: Path, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = hook("exit 0")
    with monkeypatch.context() as patch:
        patch.setattr(tempfile, "tempdir", str(place / "none"))
        with pytest.raises(subprocesses.ProgramFailed, match="it cannot be started: No such file"):
            subprocesses.run_subprocess(path, b"", 1.0, {})


def test_hooks_that_cannot_be_read_lose_nothing(tmp_path: Path) -> None:
    said: list[str] = []
    stamp = Stamp(at=datetime(2026, 3, 1, tzinfo=UTC), by="李娜", command="update")
    Hooks(tmp_path / "hooks", 1.0, said.append).run_all(stamp, [])
    (sentence,) = said
    assert sentence == (
        f"The hooks in {tmp_path / 'hooks'} cannot be read,"
        " the change is stored all the same: No such file or directory"
    )


def test_changes_that_cannot_be_read_again_are_stored_all_the_same(place: Path, hook: Hook) -> None:
    class LostChanges(list[Change]):
        def __iter__(self) -> Iterator[Change]:
            raise OSError(errno.EIO, "Input/output error")

    hook(f"cat >> {place}/told")
    sentences: list[str] = []
    stamp = Stamp(at=datetime.now(UTC), by="李娜", command="import")
    Hooks(place / "hooks", 1, sentences.append).run_all(stamp, LostChanges())
    assert not (place / "told").exists()
    assert sentences == [
        "The hooks were not run, the change is stored all the same: Input/output error"
    ]


def test_reminders_are_no_changes_that_hooks_are_told_of(
    small: Program, place: Path, hook: Hook
) -> None:
    hook(f"cat >> {place}/told")
    assert small("remind --to stdout: --as-of 2099-12-31").code == 0
    assert not (place / "told").exists()
    assert small("ack toilets").code == 0
    assert [each["command"] for each in told(place)] == ["ack"]
