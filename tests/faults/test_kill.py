"""Writers killed at the moments when files change: what was said to be stored is there, once."""

import os
import random
import signal
import time
from pathlib import Path
from subprocess import Popen

import driver as own
import pytest
from driver import FULL

ROUNDS = 60 if FULL else 9
KILLS = 10
"""Kills of one ledger, which then starts anew so that it stays small."""


def look(folder: Path) -> list[tuple[str, int, int]]:
    found = []
    for entry in os.scandir(folder):
        try:
            status = entry.stat()
        except FileNotFoundError:
            continue
        found.append((entry.name, status.st_size, status.st_mtime_ns))
    return sorted(found)


def wait_for_changes(folder: Path, count: int) -> None:
    give_up = time.monotonic() + 10
    before = look(folder)
    while count and time.monotonic() < give_up:
        now = look(folder)
        if now != before:
            before, count = now, count - 1


def end(process: int) -> None:
    os.kill(process, signal.SIGKILL)
    own.wait_for_end(process)


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_a_kill_loses_nothing_that_was_stored(
    tmp_path: Path, server: Popen[str], seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311  # it only chooses the moments
    tail_limit = (0, 2000, 10**6)[seed % 3]
    crowd = 3 if seed % 2 else 1
    folder = tmp_path / "ledger"
    store = own.store_at(str(folder), tail_limit)
    own.make(store)
    said = set()
    for kill in range(KILLS):
        files = [tmp_path / f"said-{kill}-{number}" for number in range(crowd)]
        writers = [
            own.start_process(server, "write", folder, tail_limit, f"{kill}-{number}", 10_000, file)
            for number, file in enumerate(files)
        ]
        wait_for_changes(folder, chance.randrange(1, 30))
        time.sleep(chance.choice((0, 0, 0.0003, 0.002)))
        for each in writers:
            end(each)
        said |= {name for file in files if file.exists() for name in file.read_text().split()}
        found = own.stored(store)
        assert len(found) == len(set(found))
        assert set(found) >= said
        unsaid = set(found) - said
        assert len(unsaid) <= (kill + 1) * (crowd + 1)
        own.write_one(store, f"after-{kill}", kill)
        said.add(f"after-{kill}")
        assert [each.name for each in folder.iterdir() if each.name.endswith(".tmp")] == []
    assert store.verify() > KILLS
    assert {each.name for each in folder.iterdir()} <= {
        *("ledger.json", "index.bin", "journal.jsonl", "recent.jsonl", "torn.jsonl", "lock"),
    }
    assert len(said) > KILLS


def test_a_lock_dies_with_its_process(tmp_path: Path, server: Popen[str]) -> None:
    folder = tmp_path / "ledger"
    store = own.store_at(str(folder), 0)
    own.make(store)
    writer = own.start_process(server, "write", folder, 0, "w", 10_000, tmp_path / "said")
    wait_for_changes(folder, 3)
    os.kill(writer, signal.SIGSTOP)
    end(writer)
    started = time.monotonic()
    own.write_one(store, "next", 0)
    # It would wait for 30 seconds.
    assert time.monotonic() - started < 15
