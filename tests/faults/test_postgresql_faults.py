"""Servers that stop, die and are replaced while eight write: what was acknowledged is kept."""

import subprocess
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import driver as own
import pytest
from cluster import Cluster
from driver import FULL

from tracker.storage.base import Store
from tracker.storage.open_store import open_store

WRITERS = 8
EACH, TIMES = (150, 4) if FULL else (15, 1)


@pytest.fixture
def server_of_its_own() -> Iterator[Cluster]:
    """A server that may be stopped."""
    cluster = Cluster()
    cluster.make()
    yield cluster
    cluster.remove()


@pytest.fixture
def standby(server_of_its_own: Cluster) -> Iterator[Cluster]:
    """A server that has everything that the first one has said it has stored."""
    cluster = Cluster()
    cluster.follow(server_of_its_own)
    yield cluster
    cluster.remove()


class Writers:
    """Eight processes that make updates, and what each says was stored."""

    def __init__(self, url: str, folder: Path, driver: list[str], bare: Mapping[str, str]) -> None:
        self._said = [folder / f"said-{number}" for number in range(WRITERS)]
        self._running = [
            subprocess.Popen(
                [*driver, "write", url, "0", f"w{number}", str(EACH), str(said)],
                env=bare,
                stderr=subprocess.PIPE,
                text=True,
            )
            for number, said in enumerate(self._said)
        ]

    def said(self) -> list[str]:
        """The updates of which a writer was told that they are stored."""
        files = [each.read_text("utf-8").split() for each in self._said if each.exists()]
        return [name for each in files for name in each]

    def wait_for(self, share: float) -> None:
        """Until so much is stored that a fault comes in the middle of it."""
        until = time.monotonic() + 300
        while len(self.said()) < share * WRITERS * EACH or not self._all_begun():
            assert time.monotonic() < until
            time.sleep(0.01)

    def _all_begun(self) -> bool:
        return all(each.exists() and each.stat().st_size for each in self._said)

    def finish(self) -> None:
        """All of them must have come to their end, and without a complaint."""
        done = [(each.communicate()[1], each.returncode) for each in self._running]
        assert done == [("", 0)] * WRITERS


def check_once(store: Store, writers: Writers) -> None:
    expected = sorted(f"w{writer}.{n}" for writer in range(WRITERS) for n in range(EACH))
    assert sorted(writers.said()) == expected
    assert sorted(own.stored(store)) == expected
    with store.view() as view:
        assert len(list(view.history())) == 1 + WRITERS * EACH


def test_a_server_that_restarts_loses_and_doubles_nothing(
    server_of_its_own: Cluster, tmp_path: Path, driver: list[str], bare: Mapping[str, str]
) -> None:
    url = server_of_its_own.url()
    own.make(open_store(url))
    writers = Writers(url, tmp_path, driver, bare)
    for number in range(TIMES):
        writers.wait_for((number + 1) / (TIMES + 2))
        server_of_its_own.stop("immediate" if number % 2 else "fast")
        server_of_its_own.start()
    writers.finish()
    check_once(open_store(url), writers)


def test_a_standby_that_takes_over_has_every_update_that_was_acknowledged(
    server_of_its_own: Cluster,
    standby: Cluster,
    tmp_path: Path,
    driver: list[str],
    bare: Mapping[str, str],
) -> None:
    ports = f"{server_of_its_own.port},127.0.0.1:{standby.port}"
    url = server_of_its_own.url(target_session_attrs="read-write", connect_timeout="2").replace(
        f":{server_of_its_own.port}/", f":{ports}/"
    )
    own.make(open_store(url))
    writers = Writers(url, tmp_path, driver, bare)
    writers.wait_for(0.3)
    server_of_its_own.kill()
    standby.promote()
    writers.finish()
    check_once(open_store(url), writers)
