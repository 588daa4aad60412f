"""What the tests share: every store there is, and ledgers to try things on."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TypeAlias

import pytest

from tracker.store import Store
from tracker.store.memory import MemoryStore
from tracker.store.tinydb import FolderStore

Opened: TypeAlias = Callable[[], Store]
"""Opens one and the same ledger, anew each time."""


def in_memory(_folder: Path) -> Opened:
    store = MemoryStore()
    return lambda: store


def in_folder(folder: Path) -> Opened:
    # So small a limit renews the snapshot every few commits.
    return lambda: FolderStore(str(folder / "ledger"), patience=5, tail_limit=1500)


STORES: Mapping[str, Callable[[Path], Opened]] = {
    "memory": in_memory,
    "folder": in_folder,
}
"""A store is one file, and one line here."""


@pytest.fixture
def folder(tmp_path: Path) -> Opened:
    """An empty ledger in a folder."""
    make = in_folder(tmp_path)
    make().create()
    return make


@pytest.fixture(params=STORES)
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Opened:
    """An empty ledger in each store."""
    make = STORES[request.param](tmp_path)
    make().create()
    return make


FAULTS = Path(__file__).parent / "faults"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(FAULTS):
            item.add_marker(pytest.mark.faults)


@pytest.fixture
def env(tmp_path: Path) -> Mapping[str, str]:
    """An environment for the program in which nothing of the user's own is touched."""
    measured = {key: value for key, value in os.environ.items() if key.startswith("COVERAGE")}
    return measured | {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path / "home"),
        "TRACKER_CONFIG": str(tmp_path / "tracker.toml"),
        "TRACKER_DB": str(tmp_path / "ledger"),
        "TRACKER_PATIENCE": "60",
    }


@pytest.fixture
def driver() -> list[str]:
    """How a process that works on a ledger is started."""
    return [sys.executable, str(FAULTS / "driver.py")]


@pytest.fixture
def bare() -> Mapping[str, str]:
    """An environment for processes that are killed: what is measured there would be torn."""
    return {"PATH": os.environ["PATH"]}


@pytest.fixture
def server(driver: list[str], bare: Mapping[str, str]) -> Iterator["subprocess.Popen[str]"]:
    """A process that starts writers."""
    with subprocess.Popen(
        [*driver, "serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=bare
    ) as process:
        yield process
        assert process.stdin is not None
        process.stdin.close()
