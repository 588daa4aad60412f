"""A whole ledger in a database is examined some initiatives at a time, and nothing is missed."""

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from cluster import Cluster
from factories import document, enter, initiative, on, said

from tracker.errors import LedgerDamaged
from tracker.ledger.ledger import Tracker
from tracker.model.commits import Stamp
from tracker.model.records import Indicator
from tracker.storage.base import Transaction, VerifiableStore
from tracker.storage.open_store import open_store


@pytest.fixture
def url(database: Cluster, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of a ledger of which each initiative is a part of its own."""
    monkeypatch.setattr("tracker.storage.postgresql.verification._OWNERS_AT_A_TIME", 1)
    url = database.url(uuid4().hex)
    km = said(id="km", name="里程", unit="公里", target=9, updates=[on(date(2026, 1, 8), 5)])
    enter(
        Tracker(open_store(url), now=datetime.now(UTC)),
        # A document may have the id of an initiative.
        document("pipes", "报告", "2026-01-05"),
        initiative("pipes", "管网", km),
        initiative("pipes-new", "新管网", km, parent="pipes"),
        initiative("roads", "道路", km, lead="市交通局"),
    )
    return url


def verify(url: str) -> int:
    store = open_store(url)
    assert isinstance(store, VerifiableStore)
    return store.verify()


def test_what_agrees_is_examined_part_by_part(url: str) -> None:
    def remove(txn: Transaction) -> None:
        txn.remove(Indicator(id="roads.km", name="里程"))

    commits = verify(url)
    open_store(url).transact(remove, Stamp(at=datetime.now(UTC), by=None, command="test"))
    assert verify(url) == commits + 1


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("UPDATE tracker.documents SET line = replace(line, '报告', '报')", "pipes"),
        ("UPDATE tracker.indicators SET ended = '2026-01-01' WHERE id = 'pipes-new.km'", "new.km"),
        ("DELETE FROM tracker.marks WHERE owner = 'roads'", "roads"),
        ("DELETE FROM tracker.initiatives WHERE id = 'roads'", "roads"),
        ("DELETE FROM tracker.changes WHERE record = 'roads.km'", "roads.km"),
        ("UPDATE tracker.entries SET record = 'gone.km' WHERE record = 'roads.km'", "gone.km"),
        ("DELETE FROM tracker.changes WHERE kind = 'documents'", "pipes"),
    ],
)
def test_what_does_not_agree_is_found_in_any_part(
    database: Cluster, url: str, statement: str, named: str
) -> None:
    ledger = url.rpartition("ledger=")[2].partition("&")[0]
    word = "AND" if "WHERE" in statement else "WHERE"
    database.sql(f"{statement} {word} ledger = '{ledger}'")
    with pytest.raises(LedgerDamaged, match=named):
        verify(url)
