"""What a text occurs in is found by an index in a database, and is what is found without one."""

from uuid import uuid4

import psycopg
import pytest
from cluster import Cluster
from factories import enter, initiative, said
from foreseen import open_on
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from random_ledgers import TODAY

from tracker.ledger.ledger import Tracker
from tracker.model.filters import Filter
from tracker.model.names import fold_name
from tracker.storage.base import DatabaseStore, RecordName
from tracker.storage.memory import MemoryStore
from tracker.storage.open_store import open_store

TEXTS = (
    "老旧小区改造",
    "小区%改_造",
    "Ａ区 PIPES",
    "İstanbul",
    "e\u0301tat",
    "a'b\\c",
    "𠮷野家 二",
    "水",
)
NAMES = st.lists(st.sampled_from(TEXTS), min_size=1, max_size=3).map("".join)
PARTS = st.one_of(
    st.sampled_from(
        ("小区", "区", "改_", "a区", "pipes", "野家", "家 二", "'b\\", "没有", "i\u0307s")
    ),
    st.tuples(NAMES, st.integers(0, 4), st.integers(1, 6)).map(lambda t: t[0][t[1] : t[1] + t[2]]),
)


def make_ledgers(url: str, names: list[str]) -> list[Tracker]:
    """Enter initiatives and indicators of these names in a database and in memory."""
    stores = open_store(url), MemoryStore()
    records = [
        initiative(f"n{at}", name, said(id="own", name=name[::-1], unit="个", notes=name))
        for at, name in enumerate(names)
    ]
    return [enter(open_on(store, TODAY), *records) for store in stores]


def is_named(name: RecordName, part: str) -> bool:
    return any(fold_name(part) in fold_name(text) for text in (name.id, name.name))


def find(tracker: Tracker, part: str) -> tuple[list[str], list[str], list[str]]:
    """Return the ids that are found by a text: by names, in a search, and among indicators."""
    where = Filter(text=(part,))
    with tracker.open_view() as view:
        # More than those may be named.
        names = [each.id for each in view.records.names(part) if is_named(each, part)]
    branches = [branch.initiative.id for branch in tracker.search(where).items]
    first = tracker.search(where, limit=1)
    assert [branch.initiative.id for branch in first.items] == branches[:1]
    assert first.total == len(branches)
    return names, branches, [each.id for each in tracker.indicators(where).items]


@settings(
    deadline=None, max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(NAMES, min_size=1, max_size=3), st.lists(PARTS.filter(str.strip), max_size=4))
def test_what_is_found_is_found_without_an_index(
    database: Cluster, names: list[str], parts: list[str]
) -> None:
    in_database, in_memory = make_ledgers(database.url(uuid4().hex), names)
    for part in parts:
        assert find(in_database, part) == find(in_memory, part)


def test_what_occurs_in_many_is_compared_with_all(
    database: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_database, in_memory = make_ledgers(database.url(uuid4().hex), list(TEXTS))
    found = find(in_memory, "小区")
    assert len(found[2]) == 2
    for most in (2000, 3, 0):
        monkeypatch.setattr("tracker.storage.postgresql.view._MOST_FOUND", most)
        assert find(in_database, "小区") == found


@pytest.mark.parametrize("role", ["reader", "keeper", "nobody"])
def test_only_who_may_read_a_ledger_finds_in_it(database: Cluster, role: str) -> None:
    url, other = database.url(uuid4().hex), database.url(uuid4().hex)
    name = f"{role}-{uuid4().hex[:8]}"
    database.sql(f"CREATE ROLE \"{name}\" LOGIN PASSWORD 'x'")
    for place in (url, other):
        _in_database, in_memory = make_ledgers(place, list(TEXTS))
    owner = open_store(url)
    assert isinstance(owner, DatabaseStore)
    # Who has a right in another ledger may call the function, and gets nothing.
    owner.grant(name, "reader" if role == "nobody" else role, "")
    asked = other if role == "nobody" else url
    ledger = asked.rpartition("ledger=")[2].partition("&")[0]
    query = "SELECT count(*) FROM tracker.find_by_text(%s, ARRAY['小区'], 9)"
    with psycopg.connect(url.partition("?")[0], user=name, password="x") as session:  # noqa: S106
        assert session.execute(query, (ledger,)).fetchone() == ((0 if role == "nobody" else 4),)
    with psycopg.connect(url.partition("?")[0], user="postgres") as session:
        session.execute(f'SET ROLE "{name}"'.encode())
        assert session.execute(query, (ledger,)).fetchone() == ((0 if role == "nobody" else 4),)
    if role != "nobody":
        tracker = open_on(
            open_store(url.replace("user=postgres", f"user={name}&password=x")), TODAY
        )
        assert find(tracker, "小区") == find(in_memory, "小区")
