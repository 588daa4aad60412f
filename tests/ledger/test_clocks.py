"""Clocks that contradict each other: refused, recorded on request, named by check."""

from collections.abc import Callable
from datetime import datetime
from uuid import uuid4

import pytest
from program import Done, Program
from stores import running

import tracker.cli.context
from tracker.cli import context as contexts

At = Callable[..., Done]


@pytest.fixture(params=["folder", "postgresql"])
def at(program: Program, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> At:
    """Run a command at a moment, over each kind of store."""
    if request.param == "postgresql":
        monkeypatch.setenv("TRACKER_DB", running().url(uuid4().hex))
    make = contexts.CommandContext.__init__

    def run_at(moment: str, line: str) -> Done:
        now = datetime.fromisoformat(moment).astimezone()
        monkeypatch.setattr(
            tracker.cli.context.CommandContext,
            "__init__",
            lambda self, flags, _now: make(self, flags, now),
        )
        return program(line)

    return run_at


def make(at: At, moment: str) -> None:
    add = "add 改造 --to pipes --id km --target 20公里 --baseline 0 --deadline 2099-12-31"
    for line in ("init --empty", "add 管网 --id pipes", f"{add} --start 2023-01-01"):
        assert at(moment, line).code == 0, line


def test_a_clock_that_is_behind_is_refused_and_rewrites_no_former_day(at: At) -> None:
    make(at, "2026-11-27 09:00:00")
    asked = "why pipes.km --as-of 2023-12-31 --known-on 2024-01-15 -o json"
    update = "update pipes.km 7公里 --on 2023-12-30"
    before = at("2026-11-27 10:00:00", asked)
    refused = at("2024-01-10 09:00:00", update)
    assert refused.code == 4
    assert "--clock-was-wrong" in refused.err
    assert at("2026-11-27 10:00:00", asked) == before
    taken = at("2024-01-10 09:00:00", f"{update} --clock-was-wrong")
    assert taken.code == 0
    assert "counts as stored at 2026-11-27" in taken.err
    assert at("2026-11-27 10:00:00", asked) == before
    newest = at("2026-11-27 10:00:00", "history -o json").data["items"][0]
    assert newest["at"].startswith("2026-11-27")
    assert "the clock said 2024-01-10" in at("2026-11-27 10:00:00", "check").err
    assert at("2026-11-27 10:00:00", "update pipes.km 8公里 --on 2024-12-30").code == 0


def test_a_clock_that_was_ahead_drags_no_later_change_along(at: At) -> None:
    make(at, "2026-11-27 09:00:00")
    assert at("2099-01-01 09:00:00", "update pipes.km 7公里 --on 2026-01-30").code == 0
    update = "update pipes.km 8公里 --on 2026-02-28"
    assert at("2026-11-27 10:00:00", update).code == 4
    assert at("2026-11-27 10:00:00", f"{update} --clock-was-wrong").code == 0
    assert at("2026-11-27 10:01:00", "update pipes.km 9公里 --on 2026-03-31").code == 0
    events = at("2026-11-27 10:02:00", "history -o json").data["items"]
    assert [each["at"][:4] for each in events[:3]] == ["2026", "2026", "2099"]
    assert "one of the clocks was wrong" in at("2026-11-27 10:03:00", "check").err


def test_clocks_that_differ_by_moments_are_no_contradiction(at: At) -> None:
    make(at, "2026-11-27 09:00:00")
    assert at("2026-11-27 08:58:00", "update pipes.km 7公里 --on 2026-01-30").code == 0
    assert at("2026-11-27 09:00:00", "check").err == ""
