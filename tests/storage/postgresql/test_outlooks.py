"""The index in a database of what was foreseen answers what the rules answer, whoever writes."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import product
from pathlib import Path
from typing import Any
from uuid import uuid4

import msgspec
import psycopg
import pytest
from cluster import Cluster
from factories import document, enter, initiative, of, on, said
from foreseen import CHANGES, LATER, answer, open_on
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import Raw
from program import Program
from random_ledgers import TODAY, ledgers

from tracker.assessment.rules import Rules
from tracker.assessment.spans import describe_rules_of_spans
from tracker.errors import Refused, TrackerError
from tracker.ledger.foresight import (
    ForesightCheck,
    count_groups_by_foresight,
    foresee_all,
    open_foresight,
)
from tracker.ledger.ledger import Tracker
from tracker.locale.translation import using_language
from tracker.model.commits import Change, Commit, Stamp, build_creation
from tracker.model.filters import ALL, Filter
from tracker.model.horizon import NOW
from tracker.model.records import Deadline, Document, Indicator, Initiative, Update
from tracker.storage.base import (
    DatabaseStore,
    FillableStore,
    ForeseenIndex,
    Store,
    Transaction,
)
from tracker.storage.memory import MemoryStore
from tracker.storage.open_store import open_store
from tracker.views.status import GROUPS, tabulate_status_groups

RULES = Rules()


def is_answered_by_index(tracker: Tracker) -> bool:
    with tracker.open_view() as view:
        return open_foresight(view, ALL, 1) is not None


def foresee(store: Store, day: date) -> int:
    assert isinstance(store, DatabaseStore)
    return foresee_all(store, day, RULES)


FEW = settings(
    deadline=None, max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
"""As many ledgers as a database is filled with in two seconds."""


def enter_in_both(
    database: Cluster, records: list[dict[str, Any]]
) -> tuple[list[Store], list[Tracker]]:
    """Enter records in a new ledger of the database and in one in memory."""
    stores: list[Store] = [open_store(database.url(uuid4().hex)), MemoryStore()]
    return stores, [enter(open_on(store, TODAY), *records) for store in stores]


@FEW
@given(ledgers(), st.integers(1, 4), LATER, st.data())
def test_answers_out_of_the_index_are_those_of_the_rules(
    database: Cluster,
    records: list[dict[str, Any]],
    limit: int,
    days: int,
    data: st.DataObject,
) -> None:
    stores, trackers = enter_in_both(database, records)
    foresee(stores[0], TODAY)
    keys = [each.id for each in trackers[0].indicators().items]
    for change in data.draw(st.lists(st.sampled_from(CHANGES), max_size=3)) if keys else ():
        key = data.draw(st.sampled_from(keys))
        for tracker in trackers:
            with suppress(TrackerError):
                change(tracker, key)
    from_index, from_rules = (open_on(store, TODAY + timedelta(days)) for store in stores)
    assert is_answered_by_index(from_index)
    assert answer(from_index, limit) == answer(from_rules, limit)
    # What was foreseen again is the same as what was kept.
    foresee(stores[0], TODAY + timedelta(days))
    assert answer(from_index, limit) == answer(from_rules, limit)


FILTERS = (
    *(Filter(lead="甲局"), Filter(lead=["丙", "乙局"]), Filter(document="other")),
    *(Filter(tag="民生"), Filter(light="red"), Filter(light=["none", "yellow"], lead="局")),
    *(Filter(state="active", document="plan"), Filter(state=["closed", "suspended"])),
    *(Filter(due_before=TODAY), Filter(due_after=TODAY, lead="甲"), Filter(place="某地")),
    *(Filter(person="王"), Filter(kind="initiative"), Filter(lead="没有")),
)


def answer_fitting(tracker: Tracker, where: Filter, limit: int) -> list[Any]:
    """Return counts by all that can be counted by, and the first of each list that fit."""
    tables = [
        tabulate_status_groups(tracker.standing(where, NOW, by), by, where.lead) for by in GROUPS
    ]
    return [
        *((table.rows, table.beside, [column.key for column in table.columns]) for table in tables),
        *answer(tracker, limit, where),
    ]


@FEW
@given(ledgers(), st.integers(1, 3), LATER, st.data())
def test_counts_and_lists_of_a_part_are_those_of_the_rules(
    database: Cluster,
    records: list[dict[str, Any]],
    limit: int,
    days: int,
    data: st.DataObject,
) -> None:
    stores, trackers = enter_in_both(database, records)
    keys = [each.id for each in trackers[0].indicators().items]
    for change in data.draw(st.lists(st.sampled_from(CHANGES), max_size=2)) if keys else ():
        key = data.draw(st.sampled_from(keys))
        for tracker in trackers:
            with suppress(TrackerError):
                change(tracker, key)
    from_index, from_rules = (open_on(store, TODAY + timedelta(days)) for store in stores)
    for where in data.draw(st.lists(st.sampled_from((ALL, *FILTERS)), max_size=3, unique=True)):
        with from_index.open_view() as view:
            # Of which none may fit there is nothing to count.
            may_fit = where == ALL or next(view.matching_pairs(where), None) is not None
            assert not may_fit or count_groups_by_foresight(view, where, "lead") is not None
        assert answer_fitting(from_index, where, limit) == answer_fitting(from_rules, where, limit)


def list_indicators_of_all_kinds() -> list[dict[str, Any]]:
    """Return indicators near and far from their deadlines, good and bad, led by one and another."""
    deadlines = [None, TODAY - timedelta(3), TODAY + timedelta(3), date(2026, 12, 31)]
    leads, values = (None, "丙局、甲局"), (None, 1, 45, 100)
    fields = [
        {"deadline": None if due is None else {"on": due}, "lead": lead}
        | {"updates": [] if value is None else [on(date(2026, 6, 25), value)]}
        for due, lead, value in product(deadlines, leads, values)
    ]
    rest = {"unit": "个", "baseline": 0, "target": 100, "start": "2026-01-01"}
    return [
        said(id=f"n{at}", name=f"指标{at}", **rest, **{k: v for k, v in own.items() if v})
        for at, own in enumerate(fields)
    ]


@pytest.fixture(scope="module")
def both_places(database: Cluster) -> list[Store]:
    """A ledger with indicators of all kinds in the database and in memory."""
    stores: list[Store] = [open_store(database.url(uuid4().hex)), MemoryStore()]
    own = list_indicators_of_all_kinds()
    for store in stores:
        enter(
            open_on(store, TODAY),
            document("plan", "报告", "2026-01-05"),
            initiative("one", "一", *own, lead="甲局", sources=[of("plan")], place="某地"),
            initiative("two", "二", *own[::3], lead="乙局", tags=["民生"], parent="one"),
        )
    return stores


@pytest.mark.parametrize("days", [0, 30])
@pytest.mark.parametrize(
    "where",
    [
        ALL,
        Filter(lead="丙"),
        Filter(document="plan", light=["red", "none"]),
        Filter(due_before=TODAY + timedelta(5), due_after=TODAY - timedelta(5), tag="民生"),
        Filter(state="active", place="某"),
        Filter(due_after=TODAY),
    ],
)
def test_a_ledger_of_all_kinds_is_answered_alike(
    both_places: list[Store], where: Filter, days: int
) -> None:
    from_index, from_rules = (open_on(store, TODAY + timedelta(days)) for store in both_places)
    with from_index.open_view() as view:
        assert open_foresight(view, where, 1) is not None
    for limit in (1, 5):
        assert answer(from_index, limit, where) == answer(from_rules, limit, where)
    assert answer_fitting(from_index, where, 2) == answer_fitting(from_rules, where, 2)


PLAN = document("plan", "报告", "2026-01-05")
PIPES = initiative(
    "pipes",
    "管网",
    said(id="km", name="改造", unit="公里", baseline=0, target=100, start="2026-01-01"),
    said(id="wells", name="打井", unit="眼", baseline=0, target=100, start="2026-01-01"),
    lead="市水务局",
    sources=[of("plan")],
)
ROADS = initiative(
    "roads",
    "道路",
    said(id="km", name="新建", unit="公里", baseline=0, target=100, start="2026-01-01"),
    parent="pipes",
    lead="市交通局",
)


@pytest.fixture
def url(database: Cluster) -> str:
    """The address of a ledger of which all is foreseen."""
    url = database.url(uuid4().hex)
    store = open_store(url)
    enter(Tracker(store, now=datetime.now(UTC)), PLAN, PIPES, ROADS)
    assert list_foreseen(database, url) == ALL_IDS
    database.sql(f"DELETE FROM tracker.outlooks WHERE ledger = '{find_ledger(url)}'")
    assert foresee(store, datetime.now(UTC).date()) == 3
    assert foresee(store, datetime.now(UTC).date()) == 0
    return url


def list_foreseen(database: Cluster, url: str) -> list[str]:
    ledger = url.rpartition("ledger=")[2].partition("&")[0]
    where = f"WHERE ledger = '{ledger}' ORDER BY id"
    return database.sql(f"SELECT id FROM tracker.outlooks {where}").split()


ALL_IDS = ["pipes.km", "pipes.wells", "roads.km"]


def open_as(database: Cluster, url: str, role: str) -> str:
    """Give a new login a role; return the address with it."""
    name = f"{role}-{uuid4().hex[:8]}"
    database.sql(f"CREATE ROLE \"{name}\" LOGIN PASSWORD 'x'")
    owner = open_store(url)
    assert isinstance(owner, DatabaseStore)
    owner.grant(name, role, "市水务局" if role == "reporter" else "")
    return url.replace("user=postgres", f"user={name}&password=x")


@pytest.mark.parametrize("role", ["reporter", "keeper", "owner"])
def test_whoever_reports_keeps_what_is_foreseen(database: Cluster, url: str, role: str) -> None:
    place = url if role == "owner" else open_as(database, url, role)
    before = database.sql("SELECT max(turn::text) FROM tracker.outlooks")
    now = datetime.now(UTC)
    Tracker(open_store(place), now=now).report("pipes.km", Update(on=now.date()), "60", None)
    assert list_foreseen(database, url) == ALL_IDS
    assert database.sql("SELECT max(turn::text) FROM tracker.outlooks") > before
    reader = Tracker(open_store(open_as(database, url, "reader")), now=now)
    assert is_answered_by_index(reader)
    assert reader.status(limit=1).counts is not None


def test_who_only_reports_or_reads_foresees_nothing_of_others(database: Cluster, url: str) -> None:
    as_reporter = open_as(database, url, "reporter")
    assert foresee(open_store(as_reporter), datetime.now(UTC).date() + timedelta(900)) == 0
    user = as_reporter.partition("user=")[2].partition("&")[0]
    columns = "rules, first_days, last_day, last_days, marks, gaps, last_gaps, is_led"
    forged = (
        f"INSERT INTO tracker.outlooks (ledger, id, turn, {columns}) SELECT ledger, 'roads.new',"
        f" turn, {columns} FROM tracker.outlooks"
    )
    altered = "UPDATE tracker.outlooks SET marks = '{1}'"
    for statement in (forged, altered, "DELETE FROM tracker.outlooks"):
        with (
            psycopg.connect(url.partition("?")[0], user=user, password="x") as session,  # noqa: S106
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            session.execute(statement.encode())


@pytest.mark.parametrize(
    "forged",
    [
        "first_days = first_days || first_days",
        "marks = marks || marks",
        "first_days = ARRAY[last_day + 1] || first_days[2:]",
        "first_days = '{}', last_days = '{}', marks = '{}', gaps = '{}', last_gaps = '{}'",
        "marks[1] = NULL",
        "rules = ''",
        "deadline = 'infinity'",
        "last_day = 'infinity'",
    ],
)
def test_what_is_foreseen_is_added_in_its_form_only(
    database: Cluster, url: str, forged: str
) -> None:
    in_form = (
        "bool_and(rules <> '' AND tracker.is_outlook(first_days, last_day, last_days, marks, gaps,"
        " last_gaps, deadline, owed_since))"
    )
    own = f"SELECT * FROM tracker.outlooks WHERE ledger = '{find_ledger(url)}'"
    assert database.sql(f"SELECT {in_form} FROM ({own}) o") == "t"
    altered = f"CREATE TEMP TABLE altered AS {own}; UPDATE altered SET {forged}"
    assert database.sql(f"{altered}; SELECT {in_form} FROM altered").splitlines()[-1] == "f"
    policy = (
        "SELECT permissive, cmd, roles FROM pg_policies WHERE policyname = 'form'"
        " AND with_check LIKE '%is_outlook%' AND with_check LIKE '%rules <>%'"
    )
    assert database.sql(policy) == "RESTRICTIVE|INSERT|{public}"


def test_nobody_chooses_what_an_indicator_is_counted_by(database: Cluster, url: str) -> None:
    read_own = f"SELECT DISTINCT own FROM tracker.outlooks WHERE ledger = '{find_ledger(url)}'"
    assert database.sql(read_own) == "{}"
    database.sql(f"UPDATE tracker.outlooks SET own = 'forged' WHERE ledger = '{find_ledger(url)}'")
    assert database.sql(read_own) == "{}"


def test_what_has_no_place_in_the_database_is_counted_by_the_rules(
    database: Cluster, url: str
) -> None:
    for table, key, field in (
        ("indicators", "roads.km", "lead"),
        ("initiatives", "pipes", "place"),
    ):
        database.sql(
            f"UPDATE tracker.{table} SET line ="
            f""" replace(line, '"name":', '"{field}":"某\\u0000地","name":')"""
            f" WHERE ledger = '{find_ledger(url)}' AND id = '{key}'"
        )
    tracker = open_on(open_store(url), datetime.now(UTC).date())
    assert foresee(tracker.store, tracker.today) == 1
    for by, counts in (
        ("lead", [("市水务局", 2), ("某\0地", 1)]),
        ("place", [("某\0地", 2), (None, 1)]),
    ):
        rows = tabulate_status_groups(tracker.standing(ALL, NOW, by), by).rows
        assert [row[:2] for row in rows] == counts
        with tracker.open_view() as view:
            assert count_groups_by_foresight(view, ALL, by) is None
    with tracker.open_view() as view:
        assert count_groups_by_foresight(view, Filter(text="管网"), "kind") is None
        assert count_groups_by_foresight(view, ALL, "kind") is None


def test_of_a_hundredth_each_is_judged(url: str) -> None:
    many = [said(id=f"n{at}", name=f"第{at}项", unit="个", target=1) for at in range(198)]
    tracker = enter(
        Tracker(open_store(url), now=datetime.now(UTC)), initiative("many", "很多", *many)
    )
    with tracker.open_view() as view:
        assert count_groups_by_foresight(view, Filter(lead="市交通局"), "lead") is None
        assert count_groups_by_foresight(view, Filter(lead="局"), "lead") is not None


def test_a_large_ledger_says_what_fills_its_index(
    program: Program, database: Cluster, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tracker.storage.postgresql.view._MANY_INDICATORS", 2)
    monkeypatch.setattr("tracker.storage.outlooks.FEW_UNFORESEEN", 0)
    monkeypatch.setattr("tracker.storage.postgresql.outlooks.FEW_UNFORESEEN", 0)
    database.sql(f"DELETE FROM tracker.outlooks WHERE ledger = '{find_ledger(url)}'")
    for line in ("status", "status --by place", "due --limit 1"):
        assert "of 3 of 3 indicators" in program(f"--db '{url}' {line}").err
    program(f"--db '{url}' db upgrade")
    assert program(f"--db '{url}' status").err == ""


def test_what_is_moved_into_a_database_is_foreseen(
    database: Cluster, url: str, tmp_path: Path
) -> None:
    source = Tracker(open_store(str(tmp_path / "ledger")), now=datetime.now(UTC))
    enter(source, PLAN, PIPES, ROADS)
    moved = database.url(uuid4().hex)
    source.move(open_store(moved))
    assert list_foreseen(database, moved) == ALL_IDS
    assert is_answered_by_index(Tracker(open_store(moved), now=datetime.now(UTC)))
    assert count_of_wholes(database, moved) == count_of_wholes(database, url) == "3"


def count_of_wholes(database: Cluster, url: str) -> str:
    """Count the indicators whose whole line is stored."""
    return database.sql(
        f"SELECT count(whole) FROM tracker.indicators WHERE ledger = '{find_ledger(url)}'"
    )


def test_what_the_program_does_not_understand_the_server_judges(database: Cluster) -> None:
    made = [
        build_creation(Initiative(id="pipes", name="管网")),
        build_creation(Indicator(id="pipes.km", name="改造")),
    ]
    odd = Change(
        op="append", table="indicators", id="pipes.km", list="updates", entry=Raw(b'{"on":5}')
    )
    at = datetime(2026, 1, 8, tzinfo=UTC)
    commits = [Commit(seq=1, at=at, command="init", changes=[*made, odd])]
    store = open_store(database.url(uuid4().hex))
    assert isinstance(store, FillableStore)
    with pytest.raises(Refused, match="form_of_line"):
        store.fill(commits, lambda _view: None)
    commits = [Commit(seq=1, at=at, command="init", changes=made)]
    assert store.fill(commits, lambda _view: None) == 1


def find_ledger(url: str) -> str:
    """Return the name of the ledger in an address."""
    return url.rpartition("ledger=")[2].partition("&")[0]


def replace_document(txn: Transaction) -> None:
    txn.replace(Document(id="plan", title="报告", published=date(2026, 1, 6)))


def rename_document(txn: Transaction) -> None:
    txn.replace(Document(id="plan", title="工作报告", published=date(2026, 1, 5)))


def replace_initiative(txn: Transaction, **fields: object) -> None:
    known = txn.initiative("pipes")
    assert known is not None
    for name, value in fields.items():
        setattr(known, name, value)
    txn.replace(known)


def replace_indicator(txn: Transaction) -> None:
    known = txn.indicator("pipes.km")
    assert known is not None
    known.deadline = Deadline(on=date(2027, 1, 1))
    txn.replace(known)


def add_part(txn: Transaction) -> None:
    part = Indicator(id="roads.part", name="其中", unit="公里", target=Decimal(9))
    txn.create(msgspec.structs.replace(part, part_of="pipes.km"))


def remove_indicator(txn: Transaction) -> None:
    known = txn.indicator("roads.km")
    assert known is not None
    txn.remove(known)


@pytest.mark.parametrize(
    ("work", "kept"),
    [
        (replace_document, ["roads.km"]),
        (rename_document, ALL_IDS),
        (lambda txn: replace_initiative(txn, lead="市住建局"), []),
        (lambda txn: replace_initiative(txn, name="管道", tags=["民生"]), ALL_IDS),
        (replace_indicator, ["pipes.wells", "roads.km"]),
        (add_part, ["pipes.wells", "roads.km"]),
        (remove_indicator, ["pipes.km", "pipes.wells"]),
    ],
)
def test_what_a_change_concerns_is_not_foreseen_any_more(
    database: Cluster, url: str, work: Callable[[Transaction], None], kept: list[str]
) -> None:
    # So does a program that foresees nothing, or one with other rules.
    store = open_store(url)
    store.transact(work, Stamp(at=datetime.now(UTC), by=None, command="test"))
    assert list_foreseen(database, url) == kept


@pytest.mark.parametrize("role", ["keeper", "owner"])
@pytest.mark.parametrize(
    "work", [replace_document, lambda txn: replace_initiative(txn, lead="市住建局")]
)
def test_what_a_change_concerns_is_foreseen_with_it(
    database: Cluster,
    url: str,
    work: Callable[[Transaction], None],
    role: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    place = url if role == "owner" else open_as(database, url, role)
    tracker = Tracker(open_store(place), now=datetime.now(UTC))
    tracker.change("edit", work)
    assert list_foreseen(database, url) == ALL_IDS
    with tracker.open_view() as view:
        assert ForesightCheck(view, ALL).count_wrong() == 3
        foresight = ForesightCheck(view, ALL)
        assert len(list(foresight.watch(view.cases(ALL)))) == 3
        assert foresight.count_wrong() == 0
    # Of very many the program that upgrades foresees.
    monkeypatch.setattr("tracker.ledger.foresight._FORESEEN_AT_ONCE", 1)
    tracker.change("undo", lambda txn: replace_initiative(txn, lead="市交通局"))
    assert list_foreseen(database, url) == []


def test_what_is_foreseen_by_other_rules_is_not_used(database: Cluster, url: str) -> None:
    now = datetime.now(UTC)
    strict = Tracker(open_store(url), now=now, rules=Rules(warn_days=60))
    strict.report("pipes.km", Update(on=now.date()), "60", None)
    assert list_foreseen(database, url) == ["pipes.wells", "roads.km"]
    store = open_store(url)
    assert isinstance(store, DatabaseStore)
    assert foresee_all(store, now.date(), strict.rules) == 3
    assert is_answered_by_index(strict)


def test_one_view_answers_for_all_rules_that_it_is_asked_about(url: str) -> None:
    today, known = datetime.now(UTC).date(), describe_rules_of_spans(RULES)
    with open_store(url).view() as view:
        assert isinstance(view, ForeseenIndex)
        for rules, expected in ((known, []), ("others", ALL_IDS), (known, [])):
            unforeseen = view.unforeseen(rules, today)
            assert sorted(indicator.id for _owner, indicator in unforeseen) == sorted(expected)


def test_check_names_an_index_that_says_what_the_rules_do_not(
    program: Program, database: Cluster, url: str
) -> None:
    assert program(f"--db '{url}' check").err == ""
    ledger = url.rpartition("ledger=")[2].partition("&")[0]
    where = f"WHERE ledger = '{ledger}' AND id = 'pipes.km'"
    database.sql(
        f"UPDATE tracker.outlooks SET marks = array_fill(1, ARRAY[cardinality(marks)]) {where}"
    )
    said = program(f"--db '{url}' check").err
    assert "says of 1 indicator what the rules do not" in said
    with using_language("zh"):
        assert "1 项指标" in program(f"--db '{url}' check").err
    # A check of a part is not about it.
    assert program(f"--db '{url}' check --lead 市交通局").err == ""
    assert program(f"--db '{url}' recover").code == 0
    assert list_foreseen(database, url) == []
    assert program(f"--db '{url}' status").code == 0
    assert program(f"--db '{url}' db upgrade").out == "nothing to upgrade\n"
    assert list_foreseen(database, url) == ALL_IDS
    assert program(f"--db '{url}' check").err == ""


def read_tallies(database: Cluster, url: str) -> str:
    """Return how many stand in which way from which day on."""
    return database.sql(
        "SELECT rules, day, mark, is_led, has_gap, deadline, sum(number) FROM tracker.tallies"
        f" WHERE ledger = '{find_ledger(url)}' GROUP BY 1, 2, 3, 4, 5, 6"
        " HAVING sum(number) <> 0 ORDER BY 1, 2, 3, 4, 5, 6"
    )


def count_tallies(database: Cluster, url: str) -> int:
    """Return how many steps the tallies of a ledger have."""
    where = f"WHERE ledger = '{find_ledger(url)}'"
    return int(database.sql(f"SELECT count(*) FROM tracker.tallies {where}"))


def test_steps_are_added_up_to_what_is_counted_anew(database: Cluster, url: str) -> None:
    now = datetime.now(UTC)
    for value in ("10", "20", "30"):
        Tracker(open_store(url), now=now).report("pipes.km", Update(on=now.date()), value, None)
    open_store(url).transact(remove_indicator, Stamp(at=now, by=None, command="test"))
    steps, tallies = count_tallies(database, url), read_tallies(database, url)
    database.sql(f"SELECT tracker.compact_tallies('{find_ledger(url)}')")
    assert count_tallies(database, url) == len(tallies.splitlines()) <= steps
    assert read_tallies(database, url) == tallies
    database.sql(f"SELECT tracker.renew_tallies('{find_ledger(url)}')")
    assert read_tallies(database, url) == tallies


def list_unforeseen(database: Cluster, url: str) -> list[str]:
    where = f"WHERE ledger = '{find_ledger(url)}' ORDER BY id"
    return database.sql(f"SELECT id FROM tracker.unforeseen {where}").split()


@pytest.mark.parametrize("is_listed", [True, False])
def test_what_is_not_foreseen_is_listed_and_judged(
    database: Cluster, url: str, *, is_listed: bool
) -> None:
    assert list_unforeseen(database, url) == []
    open_store(url).transact(add_part, Stamp(at=datetime.now(UTC), by=None, command="test"))
    # Nothing can be foreseen of what has parts, and nobody has foreseen the part.
    assert list_unforeseen(database, url) == ["pipes.km", "roads.part"]
    if not is_listed:
        database.sql(f"DELETE FROM tracker.unforeseen WHERE ledger = '{find_ledger(url)}'")
    tracker = open_on(open_store(url), datetime.now(UTC).date())
    assert is_answered_by_index(tracker)
    with tracker.open_view() as view:
        foresight = open_foresight(view, ALL, 9)
        assert foresight is not None
        assert foresight.count_all().indicators == 4
    assert foresee(tracker.store, tracker.today) == 1
    assert list_unforeseen(database, url) == ["pipes.km"]


def test_what_is_not_understood_is_listed_once(database: Cluster, url: str) -> None:
    where = f"ledger = '{find_ledger(url)}' AND id = 'roads.km'"
    database.sql(f"UPDATE tracker.indicators SET line = '[]' WHERE {where}")
    assert foresee(open_store(url), datetime.now(UTC).date()) == 0
    assert list_unforeseen(database, url) == ["roads.km"]


def test_only_the_owner_loads(database: Cluster, url: str) -> None:
    as_keeper = f"{open_as(database, url, 'keeper')}&options=-ctracker.loading%3Don"
    open_store(as_keeper).transact(add_part, Stamp(at=datetime.now(UTC), by=None, command="test"))
    assert list_unforeseen(database, url) == ["pipes.km", "roads.part"]


@pytest.mark.parametrize("table", ["outlooks", "indicators"])
def test_what_is_emptied_is_counted_anew(url: str, table: str) -> None:
    own = f"WHERE ledger = '{find_ledger(url)}'"
    counts = (
        f"SELECT (SELECT sum(number) FROM tracker.tallies {own}),"
        f" (SELECT count(*) FROM tracker.unforeseen {own}),"
        f" (SELECT count(*) FROM tracker.outlooks {own})"
    )
    left = {"outlooks": (3, 3, 0), "indicators": (None, 0, 0)}
    with psycopg.connect(url.partition("?")[0], user="postgres") as session:
        session.execute(f"TRUNCATE tracker.{table}".encode())
        assert session.execute(counts.encode()).fetchone() == left[table]
        # Other tests share the server: it never came to be.
        session.rollback()


def test_what_a_record_is_found_by_has_an_end(url: str) -> None:
    added = (
        "INSERT INTO tracker.changes (ledger, turn, number, op, kind, record, new, beside)"
        " SELECT ledger, turn, 99, 'create', 'initiatives', 'long',"
        """ '{"id":"long","name":"长"}',"""
        " json_build_object('folded', repeat('a', 8000001)) FROM tracker.changes"
        f" WHERE ledger = '{find_ledger(url)}' LIMIT 1"
    )
    with (
        psycopg.connect(url.partition("?")[0], user="postgres") as session,
        pytest.raises(psycopg.errors.CheckViolation, match="size_of_folded"),
    ):
        session.execute(added.encode())


def test_nobody_but_the_owner_writes_what_is_counted(database: Cluster, url: str) -> None:
    for role, statement in product(
        ("reporter", "keeper"),
        (
            "DELETE FROM tracker.tallies",
            "SELECT tracker.compact_tallies('one')",
            "SELECT tracker.renew_tallies('one')",
            "DELETE FROM tracker.unforeseen",
        ),
    ):
        user = open_as(database, url, role).partition("user=")[2].partition("&")[0]
        with (
            psycopg.connect(url.partition("?")[0], user=user, password="x") as session,  # noqa: S106
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            session.execute(statement.encode())
