"""Many writers and a reader at once: everything arrives once, nobody reads a half."""

import json
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import driver as own
import pytest
from driver import FULL

WRITERS, EACH = 8, 50 if FULL else 12
RESTORATIONS = 80
CLI_WRITERS, CLI_EACH = (8, 50) if FULL else (4, 4)


@pytest.mark.parametrize("tail_limit", [0, 5000, 10**6], ids=["always", "often", "never"])
def test_all_updates_of_eight_writers_arrive_once(
    tmp_path: Path,
    server: "subprocess.Popen[str]",
    driver: list[str],
    bare: Mapping[str, str],
    tail_limit: int,
) -> None:
    store = own.store_at(str(tmp_path / "ledger"), tail_limit)
    own.make(store)
    stop = tmp_path / "stop"
    started = time.monotonic()
    readers = [
        subprocess.Popen(
            [*driver, "read", store.place, str(stop)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=bare,
        )
    ]
    while not (tmp_path / "stop.begun").exists():
        assert readers[0].poll() is None
        time.sleep(0.01)
    said = [tmp_path / f"said-{number}" for number in range(WRITERS)]
    writers = [
        own.start_process(server, "write", store.place, tail_limit, f"w{number}", EACH, file)
        for number, file in enumerate(said)
    ]
    for writer in writers:
        own.wait_for_end(writer, patience=300)
    # Who was refused an update says no more.
    assert [len(file.read_text("utf-8").split()) for file in said] == [EACH] * WRITERS
    taken = time.monotonic() - started
    stop.touch()
    for each in readers:
        out, err = each.communicate()
        assert (each.returncode, err) == (0, "")
        assert int(out) > 3
    expected = [f"w{writer}.{number}" for writer in range(WRITERS) for number in range(EACH)]
    assert sorted(own.stored(store)) == sorted(expected)
    assert store.verify() == 1 + WRITERS * EACH
    # Writers that starve would use up their patience of 30 seconds again and again.
    assert taken < 60


def test_a_reader_never_meets_a_half_restored_ledger(
    tmp_path: Path, driver: list[str], bare: Mapping[str, str]
) -> None:
    folder = tmp_path / "ledger"
    store = own.store_at(str(folder), 5000)
    own.make(store)
    for number in range(20):
        own.write_one(store, f"u{number}", number)
    saved = [tmp_path / "short", tmp_path / "long"]
    store.back_up(saved[0], 1, own.stamp().at)
    own.write_one(store, "u20", 20)
    store.back_up(saved[1], 1, own.stamp().at)
    stop = tmp_path / "stop"
    readers = [
        subprocess.Popen(
            [*driver, "glance", store.place, str(stop)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=bare,
        )
        for _reader in range(2)
    ]
    for number in range(RESTORATIONS):
        store.restore(saved[number % 2], own.stamp())
        for kept in folder.glob("*.replaced*"):
            kept.unlink()
    stop.touch()
    assert [each.communicate() for each in readers] == [(b"2", b"")] * 2


WRITE = """\
import subprocess, sys
for number in range(int(sys.argv[2])):
    name = f"i.x{sys.argv[1]}"
    call = [sys.executable, "-m", "tracker", "update", name, f"{number}万", "--note", sys.argv[1]]
    subprocess.run(call, check=True, stdout=subprocess.DEVNULL)
"""


def test_all_updates_of_many_commands_arrive_once(env: Mapping[str, str]) -> None:
    store = own.store_at(env["TRACKER_DB"], 0)
    own.make(store)
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITE, str(number), str(CLI_EACH)], env=env)
        for number in range(CLI_WRITERS)
    ]
    most = 0
    while any(each.poll() is None for each in writers):
        export = subprocess.run(
            [sys.executable, "-m", "tracker", "export"], env=env, capture_output=True, check=True
        )
        (item,) = json.loads(export.stdout)["items"]
        count = sum(len(each["updates"]) for each in item["indicators"])
        assert most <= count
        most = count
    assert [each.wait() for each in writers] == [0] * CLI_WRITERS
    with store.view() as view:
        for number in range(CLI_WRITERS):
            indicator = view.indicator(f"i.x{number}")
            assert indicator is not None
            found = [(str(each.value), each.note) for each in indicator.updates]
            assert found == [(str(n), str(number)) for n in range(CLI_EACH)]
