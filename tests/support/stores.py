"""Open every store there is, to run one test on each."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeAlias
from uuid import uuid4

from cluster import Cluster

from tracker.storage.base import Store
from tracker.storage.folder.store import FolderStore
from tracker.storage.memory import MemoryStore
from tracker.storage.open_store import open_store

Opened: TypeAlias = Callable[[], Store]
"""Opens one ledger, anew each time."""


def in_memory(_folder: Path) -> Opened:
    store = MemoryStore()
    return lambda: store


def in_folder(folder: Path) -> Opened:
    # So small a limit renews the snapshot every few commits, and each has an index.
    return lambda: FolderStore(str(folder / "ledger"), patience=5, tail_limit=1500, indexed_from=0)


def in_postgresql(_folder: Path) -> Opened:
    # A ledger of its own is as good as a database of its own, and costs nothing.
    url = running().url(uuid4().hex)
    return lambda: open_store(url, patience=5)


STORES: Mapping[str, Callable[[Path], Opened]] = {
    "memory": in_memory,
    "folder": in_folder,
    "postgresql": in_postgresql,
}
"""A store is one file, and one line here."""

started_servers: list[Cluster] = []


def running() -> Cluster:
    """Return the server of this process, started when the first test wants it."""
    if not started_servers:
        started_servers.append(Cluster())
        started_servers[0].make()
    return started_servers[0]
