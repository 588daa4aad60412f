"""Every wait for a server has an end, and its sentence."""

import os
import select
import signal
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from uuid import uuid4

import psycopg
import pytest
from cluster import Cluster, Database
from contract import create_records, read_store, sample_records

from tracker.errors import LedgerBusy, LedgerError
from tracker.model.filters import Filter
from tracker.model.records import Initiative
from tracker.storage.base import Store
from tracker.storage.open_store import open_store
from tracker.storage.postgresql.connection import Address, Server
from tracker.storage.postgresql.view import ROWS_AT_A_TIME, PostgresView

PATIENCE = 1
BUSY = 20
"""Seconds that a busy machine may take beside the patience; without an end it would be minutes."""


def test_a_server_that_says_nothing_is_named_within_patience() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"postgresql://postgres@127.0.0.1:{silent.getsockname()[1]}/postgres"

        def wait_for(use: Callable[[Store], object]) -> float:
            started = time.monotonic()
            with pytest.raises(LedgerError, match="cannot be used"):
                use(open_store(url, patience=PATIENCE))
            return time.monotonic() - started

        with ThreadPoolExecutor() as pool:
            waits = list(pool.map(wait_for, (read_store, create_records)))
        assert max(waits) < 2 * PATIENCE + BUSY


def test_a_reader_does_not_wait_for_a_locked_table_without_end(
    database_of_its_own: Database,
) -> None:
    url = database_of_its_own.url
    open_store(url).create()
    create_records(open_store(url), *sample_records())
    with psycopg.connect(url.partition("?")[0], user="postgres") as other:
        other.execute("LOCK TABLE tracker.initiatives IN ACCESS EXCLUSIVE MODE")
        started = time.monotonic()
        with pytest.raises(LedgerError, match="lock"):
            read_store(open_store(url, patience=PATIENCE))
        assert PATIENCE - 0.5 < time.monotonic() - started < 3 * PATIENCE + BUSY
        other.rollback()


class StartingServer:
    """Answers as a server that starts, a few times, and then passes on to a real one."""

    def __init__(self, behind: int, refusals: int) -> None:
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._door.getsockname()[1]
        self._behind, self.left = behind, refusals
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            client, _address = self._door.accept()
            if self.left:
                self.left -= 1
                threading.Thread(target=self._refuse, args=(client,), daemon=True).start()
                continue
            threading.Thread(target=self._pass_on, args=(client,), daemon=True).start()

    def _refuse(self, client: socket.socket) -> None:
        fields = b"SFATAL\0C57P03\0Mthe database system is starting up\0\0"
        with client, suppress(OSError):
            # Without encryption the first message is the one that is refused.
            while client.recv(4096)[4:8] in {b"\x04\xd2\x16\x2f", b"\x04\xd2\x16\x30"}:
                client.sendall(b"N")
            client.sendall(b"E" + (len(fields) + 4).to_bytes(4, "big") + fields)

    def _pass_on(self, client: socket.socket) -> None:
        # Either side may hang up first.
        server = socket.create_connection(("127.0.0.1", self._behind))
        other_side = {client: server, server: client}
        with client, server, suppress(OSError):
            while True:
                for side in select.select([client, server], [], [])[0]:
                    if not (data := side.recv(65536)):
                        return
                    other_side[side].sendall(data)


def test_a_server_that_starts_is_waited_for(database: Cluster) -> None:
    starting = StartingServer(database.port, refusals=3)
    ledger = uuid4().hex
    place = f"postgresql://postgres@127.0.0.1:{starting.port}/postgres?ledger={ledger}"
    assert open_store(place, patience=PATIENCE + 5).create()
    assert starting.left == 0
    starting.left = 2
    assert read_store(open_store(place, patience=PATIENCE + 5))["documents"] == []
    starting.left = 10**6
    with pytest.raises(LedgerError, match="starting up"):
        open_store(place, patience=PATIENCE).create()


def test_who_waits_for_a_lock_is_told(database_of_its_own: Database) -> None:
    url = database_of_its_own.url
    open_store(url).create()
    create_records(open_store(url), *sample_records())
    with psycopg.connect(url.partition("?")[0], user="postgres") as other:
        other.execute("LOCK TABLE tracker.initiatives IN ACCESS EXCLUSIVE MODE")
        with pytest.raises(LedgerBusy, match=r"locked the tables .* 1 seconds \(patience\)"):
            read_store(open_store(url, patience=1))
        other.rollback()


def test_a_question_takes_no_longer_than_is_set(database: Cluster) -> None:
    url = database.url(uuid4().hex)
    store = open_store(url, query_timeout=1)
    store.create()

    def ask() -> None:
        with store.view() as view:
            assert isinstance(view, PostgresView)
            view.fetch_rows("SELECT pg_sleep(5)")

    with pytest.raises(LedgerBusy, match=r"within 1 seconds \(query_timeout\)"):
        ask()
    assert read_store(store)["documents"] == []


@pytest.mark.parametrize("is_change", [True, False])
def test_a_server_that_falls_silent_is_named_within_patience(
    database: Cluster, *, is_change: bool
) -> None:
    server = Server(Address(database.url(uuid4().hex)), patience=1, query_timeout=1)
    with server.connection() as connection:
        backend = connection.info.backend_pid

    def ask() -> None:
        if is_change:
            server.retry(lambda one: one.execute("SELECT 1"))
        with server.explain_refusals(), server.connection() as silent:
            server.begin(silent, "REPEATABLE READ")

    os.kill(backend, signal.SIGSTOP)
    started = time.monotonic()
    try:
        with pytest.raises(LedgerError, match="said nothing for"):
            ask()
    finally:
        os.kill(backend, signal.SIGCONT)
    assert time.monotonic() - started < BUSY


def test_an_export_may_take_longer_than_one_question(database: Cluster) -> None:
    """It is read some rows at a time, and each time is a question of its own."""
    url = database.url(uuid4().hex)
    open_store(url).create()
    initiatives = [Initiative(id=f"i-{n}", name=f"事项{n}") for n in range(2 * ROWS_AT_A_TIME)]
    create_records(open_store(url), *initiatives)
    store = open_store(url, query_timeout=1)
    with store.view() as view:
        assert isinstance(view, PostgresView)
        seen = 0
        for _initiative in view.initiatives(Filter()):
            seen += 1
            if seen % ROWS_AT_A_TIME == 1:
                time.sleep(0.6)
        assert seen == len(initiatives)
        with pytest.raises(psycopg.errors.QueryCanceled):
            view.fetch_rows("SELECT pg_sleep(1.5)")
