"""What is said of a server that goes away, or that does not know who asks."""

import gc
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from cluster import Cluster
from program import Program

from tracker.errors import LedgerError
from tracker.ledger.ledger import Tracker
from tracker.model.records import Initiative
from tracker.storage.open_store import open_store
from tracker.storage.postgresql.connection import Server


def list_servers() -> set[int]:
    return {id(each) for each in gc.get_objects() if isinstance(each, Server)}


@pytest.mark.parametrize("line", ["list", "show nothing", "list --light blue", "update nothing 1"])
def test_a_call_closes_its_connection_at_its_end(
    database: Cluster, program: Program, line: str
) -> None:
    """Not only when garbage is looked for."""
    place = database.url(uuid4().hex)
    assert program("init --empty --db", place).code == 0
    gc.collect()
    before = list_servers()
    gc.disable()
    try:
        program(f"{line} --db", place)
        assert list_servers() == before
    finally:
        gc.enable()


def test_a_server_that_went_away_is_waited_for_so_long(own: Cluster) -> None:
    tracker = Tracker(open_store(own.url(), patience=0.5), now=datetime(2026, 7, 1, tzinfo=UTC))
    tracker.make()
    tracker.add(Initiative(id="roads", name="道路"))
    own.stop()
    with pytest.raises(LedgerError, match="went away and did not come back"):
        tracker.add(Initiative(id="pipes", name="管网"))
    own.start()
    tracker.add(Initiative(id="pipes", name="管网"))
    assert [each.id for each in tracker.export().items] == ["roads", "pipes"]


def test_a_user_that_is_not_there_is_to_be_checked(own: Cluster, program: Program) -> None:
    # A server that asks for no password says more than one that does.
    (own.data / "pg_hba.conf").write_text("host all all 127.0.0.1/32 trust\n", "utf-8")
    own.run("pg_ctl", "-D", own.data, "reload")
    done = program("list --db", own.url(user="nobody-here"))
    assert done.code == 5
    assert 'role "nobody-here" does not exist; check the user in the URL.' in done.err
