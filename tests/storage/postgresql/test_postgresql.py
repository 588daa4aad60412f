"""What only a ledger in PostgreSQL has: narrowing, retries, rights, and what can go wrong."""

import json
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

import msgspec
import psycopg
import pytest
from cluster import Cluster, Database
from contract import (
    DAY,
    STAMP,
    STEPS,
    apply_step,
    create_records,
    read_outcome,
    read_store,
    read_view,
    sample_records,
    transact,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from logins import without_logins
from places import SEEDS
from plain_store import ReferenceStore

from tracker.cli.app import run_app
from tracker.config import redact_config_password
from tracker.errors import (
    Conflict,
    InvalidInput,
    LedgerBusy,
    LedgerDamaged,
    LedgerError,
    LedgerMissing,
    LedgerTooNew,
    NotFound,
    Refused,
)
from tracker.ledger.ledger import Tracker
from tracker.model.commits import Commit, Stamp, build_append
from tracker.model.filters import Filter
from tracker.model.horizon import When
from tracker.model.records import (
    Deadline,
    Decision,
    Document,
    Indicator,
    Initiative,
    Judgement,
    Revision,
    Source,
    Update,
    Verdict,
)
from tracker.output.papers import Paper, PaperKey
from tracker.reports.columns import count_cases_for_report_columns
from tracker.reports.dataset import open_report_data, read_report_data
from tracker.storage.base import (
    DatabaseStore,
    FillableStore,
    Store,
    Transaction,
    VerifiableStore,
    View,
)
from tracker.storage.memory import MemoryStore
from tracker.storage.open_store import open_store
from tracker.storage.postgresql.schema import MIGRATIONS, run_schema_migrations
from tracker.storage.postgresql.store import PostgresStore
from tracker.storage.postgresql.transaction import choose_postgres_transaction_turn
from tracker.storage.postgresql.view import PostgresView
from tracker.views.calendar import list_calendar_appointments

HEAD = f'{{"at":"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}","command":"update"}}'
"""A commit as the program stores it, beside its changes."""

NOW = datetime(2026, 1, 31, 9, 30, tzinfo=UTC)
FEW = settings(
    deadline=None, max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def ledger(database: Cluster, *, patience: float = 5, **other: str) -> Store:
    """A ledger of its own, not yet made."""
    return open_store(database.url(uuid4().hex, **other), patience=patience)


@pytest.fixture
def url(database: Cluster) -> str:
    """The address of an empty ledger."""
    url = database.url(uuid4().hex)
    open_store(url).create()
    return url


# It does as the reference does


@FEW
@given(transactions=st.lists(st.lists(STEPS, max_size=8), max_size=6))
def test_the_database_does_as_the_reference_does(
    database: Cluster, transactions: list[list[tuple[str, object]]]
) -> None:
    reference, store = ReferenceStore(), ledger(database)
    store.create()
    for steps in transactions:

        def work(txn: Transaction, steps: list[tuple[str, object]] = steps) -> object:
            return [apply_step(txn, *each) for each in steps], read_outcome(txn)

        assert store.transact(work, STAMP) == reference.transact(work, STAMP)
    with store.view() as view, reference.view() as other:
        assert read_outcome(view) == read_outcome(other)
    # So small a batch sends records before the last change of them is known.
    for batch in (1, 3):
        copy = PostgresStore(database.url(uuid4().hex), patience=5, batch=batch)
        with reference.view() as view:
            count = copy.fill(view.history(), lambda _view: None)
            assert count == len(list(view.history()))
        with copy.view() as view, reference.view() as other:
            assert read_outcome(view) == read_outcome(other)
        assert narrowed_by(copy) == narrowed_by(store)


@pytest.mark.parametrize("batch", [1, 1000])
def test_a_copy_is_narrowed_by_what_was_decided_later(
    database: Cluster, url: str, batch: int
) -> None:
    store = open_store(url)
    create_records(store, *sample_records())
    closed = Decision(id="d", on=DAY, state="closed", reason="办结")
    revised = Revision(id="r", on=DAY, deadline=Deadline(on=DAY), reason="提前")
    transact(store, lambda txn: txn.append("pipes", closed))
    transact(store, lambda txn: txn.append("pipes.renewed", revised))
    copy = PostgresStore(database.url(uuid4().hex), patience=5, batch=batch)
    with store.view() as view:
        copy.fill(view.history(), lambda _view: None)
    assert narrowed_by(copy) == narrowed_by(store)
    assert narrowed_by(copy)[1][0][3:] == (DAY, date.max, DAY)


def test_a_copy_holds_nothing_that_was_taken_out(database: Cluster, url: str) -> None:
    store = open_store(url)
    create_records(store, *sample_records())
    twin = Indicator(id="pipes.twin", name="又")
    create_records(store, twin)
    transact(store, lambda txn: txn.append("pipes.twin", Update(id="u", on=DAY, value=Decimal(1))))
    transact(store, lambda txn: txn.remove(twin))
    create_records(store, twin)
    copy = PostgresStore(database.url(uuid4().hex), patience=5, batch=1)
    with store.view() as view:
        copy.fill(view.history(), lambda _view: None)
    assert read_store(copy) == read_store(store)
    assert read_store(copy)["own"][0][-1] == twin


def test_a_history_that_changes_what_is_not_there_is_not_loaded(database: Cluster) -> None:
    entry = build_append("pipes.renewed", Revision(id="r", on=DAY, reason="?"))
    commit = Commit(seq=1, at=NOW, command="revise", changes=[entry])
    copy = PostgresStore(database.url(uuid4().hex), patience=5)
    with pytest.raises(LedgerDamaged, match=r"pipes\.renewed, which is not there"):
        copy.fill([commit], lambda _view: None)
    with pytest.raises(LedgerMissing):
        read_store(copy)


def narrowed_by(store: Store) -> list[list[tuple[object, ...]]]:
    """What stands beside the lines of records."""
    with store.view() as view:
        assert isinstance(view, PostgresView)
        return [
            view.fetch_rows(
                f"SELECT {columns} FROM tracker.{table} WHERE ledger = %(ledger)s ORDER BY id"
            )
            for table, columns in (
                ("initiatives", "id, folded, lead, parent, ended"),
                ("indicators", "id, folded, owner, first_due, ended, owner_ended"),
            )
        ]


# Narrowing loses nothing

WORDS = st.sampled_from(
    [
        "水务局",
        "市中区",
        "100%",
        "a_b",
        "a\\b",
        "Straße",
        "STRASSE",
        "İzmir",
        "ｆｕｌｌ",
        "%",
        "x\0y",
        "*",
    ]
)
TEXTS = WORDS | st.just("长" * 400) | st.text(max_size=3)
PARTS = WORDS | st.sampled_from(["市", "_", "\\", "ss", "ß", "i̇", "ı", "FULL", "\0", "长长", ""])
DAYS = st.dates(date(2025, 12, 1), date(2026, 3, 1))
STATES = st.sampled_from(["active", "suspended", "closed", "cancelled"])
ENTRY_IDS = st.sampled_from(["1", "2", "3"])
DECISIONS = st.lists(
    st.builds(
        Decision,
        id=ENTRY_IDS,
        on=DAYS,
        state=st.none() | STATES,
        voids=st.none() | ENTRY_IDS,
        recorded_at=st.just(NOW),
    ),
    max_size=3,
)
DOCUMENTS = st.sampled_from(["2025-01-09-plan", "2026-01-01-report"])
SOURCES = st.builds(Source, document=DOCUMENTS)
DEADLINES = st.builds(Deadline, on=st.none() | DAYS)
LINKED = st.sampled_from(["i0.x0", "i1.x0"])


@st.composite
def ledgers(draw: st.DrawFn) -> list[Document | Initiative | Indicator]:
    """A few initiatives, some under others, with indicators."""
    records: list[Document | Initiative | Indicator] = [
        Document(id="2025-01-09-plan", title="计划", published=date(2025, 1, 9)),
        Document(id="2026-01-01-report", title="报告", published=date(2026, 1, 1)),
    ]
    for number in range(draw(st.integers(1, 4))):
        initiative = Initiative(
            id=f"i{number}",
            name=draw(TEXTS),
            aliases=draw(st.lists(TEXTS, max_size=2)),
            notes=draw(st.none() | TEXTS),
            place=draw(st.none() | TEXTS),
            lead=draw(st.none() | TEXTS),
            support=draw(st.lists(TEXTS, max_size=2)),
            category=draw(st.none() | TEXTS),
            parent=draw(st.sampled_from([None, *(f"i{n}" for n in range(number))])),
            sources=draw(st.lists(SOURCES, max_size=2)),
            decisions=draw(DECISIONS),
        )
        records.append(initiative)
        for own in range(draw(st.integers(0, 3))):
            revisions = st.builds(
                Revision, id=ENTRY_IDS, on=DAYS, deadline=DEADLINES, voids=st.none() | ENTRY_IDS
            )
            records.append(
                Indicator(
                    id=f"i{number}.x{own}",
                    name=draw(TEXTS),
                    target=Decimal(10),
                    op=">=",
                    deadline=draw(st.none() | DEADLINES),
                    source=draw(st.none() | SOURCES),
                    decisions=draw(DECISIONS),
                    revisions=draw(st.lists(revisions, max_size=2)),
                    updates=draw(
                        st.lists(
                            st.builds(
                                Update,
                                id=ENTRY_IDS,
                                on=DAYS,
                                value=st.sampled_from([Decimal(1), Decimal(10)]),
                                evidence=st.lists(TEXTS, max_size=2),
                            ),
                            max_size=2,
                        )
                    ),
                    after=draw(st.none() | LINKED),
                    part_of=draw(st.sampled_from([None, "i0.x0"])) if number else None,
                )
            )
    return records


FILTERS = st.builds(
    Filter,
    place=st.none() | PARTS,
    lead=st.none() | PARTS,
    category=st.none() | PARTS,
    document=st.none() | st.sampled_from(["2025", "REPORT", "x"]),
    text=st.none() | PARTS,
    state=st.none() | STATES,
    due_before=st.none() | DAYS,
)
WHENS = st.builds(When, as_of=st.none() | DAYS, known_on=st.none() | DAYS)


@FEW
@given(
    records=ledgers(),
    questions=st.lists(st.tuples(FILTERS, WHENS, st.integers(1, 4)), min_size=4, max_size=8),
    entries=st.lists(st.tuples(st.sampled_from(["i0", "i0.x0", "i1.x0"]), DECISIONS), max_size=2),
)
def test_what_is_narrowed_in_sql_is_answered_as_by_the_reference(
    database: Cluster,
    records: list[Document | Initiative | Indicator],
    questions: list[tuple[Filter, When, int]],
    entries: list[tuple[str, list[Decision]]],
) -> None:
    reference, store = ReferenceStore(), ledger(database)
    store.create()
    for each in (reference, store):
        create_records(each, *records)
        for record_id, decisions in entries:
            for decision in decisions:
                with suppress(KeyError):
                    transact(each, lambda txn, r=record_id, d=decision: txn.append(r, d))  # type: ignore[misc]
    one, other = Tracker(reference, now=NOW), Tracker(store, now=NOW)
    for where, when, limit in questions:
        everything = one.indicators(where, when)
        assert other.indicators(where, when) == everything
        first = other.indicators(where, when, limit)
        assert first.items == everything.items[:limit]
        assert first.is_cut == (len(everything.items) > limit)
        assert other.check((), where, when) == one.check((), where, when)
        assert other.documents(when) == one.documents(when)
        found, expected = (each.export(where, when).items for each in (other, one))
        assert without_logins(msgspec.to_builtins(found)) == (
            without_logins(msgspec.to_builtins(expected))
        )
        assert other.search(where, when) == one.search(where, when)
        assert other.due(20, where, when) == one.due(20, where, when)
        late = one.overdue(where, when)
        assert other.overdue(where, when) == late
        cut = other.overdue(where, when, limit)
        assert cut.items == late.items[:limit]
        assert cut.is_cut == (len(late.items) > limit)


@st.composite
def edits(draw: st.DrawFn) -> list[tuple[int, str, str, object]]:
    """Changes of fields, removals and returns of some records: the day, which, what, to what."""
    ids = st.sampled_from(["i0", "i1", "i0.x0", "i0.x1", "i1.x0"])
    fields = {
        "name": WORDS,
        "place": st.none() | WORDS,
        "lead": st.none() | WORDS,
        "parent": st.sampled_from([None, "i0"]),
        "deadline": st.none() | DEADLINES,
        "source": st.none() | SOURCES,
        "gone": st.none(),
        "back": st.none(),
    }
    found = []
    for _number in range(draw(st.integers(0, 6))):
        what = draw(st.sampled_from(sorted(fields)))
        found.append((draw(st.integers(1, 28)), draw(ids), what, draw(fields[what])))
    return sorted(found, key=lambda each: each[0])


def edit(store: Store, day: int, record_id: str, what: str, value: object) -> None:
    """One of these changes, on a day of February; nothing where there is nothing to change."""

    def work(txn: Transaction) -> None:
        record = txn.indicator(record_id) if "." in record_id else txn.initiative(record_id)
        if what == "back" and record is None and txn.initiative(record_id[:2]) is not None:
            txn.create(Indicator(id=record_id, name="又"))
        elif what == "gone" and record is not None and "." in record_id:
            txn.remove(record)
        elif record is not None and what in record.__struct_fields__ and record_id != value:
            txn.replace(msgspec.structs.replace(record, **{what: value}))

    stamp = msgspec.structs.replace(STAMP, at=datetime(2026, 2, day, 9, tzinfo=UTC))
    store.transact(work, stamp)


def compare(tracker: Tracker, where: Filter, when: When, then: When) -> list[object]:
    """How indicators stand and stood, read one by one as both days would be read alone."""
    with open_report_data(tracker, where, when, then) as data:
        assert data.compared is not None
        compared = [
            (now.assessment, None if before is None else before.assessment)
            for now, before in data.compared
        ]
    whole = read_report_data(tracker, where, when, then)
    # Of the earlier day no reason of a light is read.
    earlier = {
        case.assessment.id: msgspec.structs.replace(case.assessment, why="")
        for case in whole.then.cases
    }
    assert compared == [
        (case.assessment, earlier.get(case.assessment.id)) for case in whole.now.cases
    ]
    assert (data.now.owed, data.now.left_out) == (whole.now.owed, whole.now.left_out)
    assert data.compared.count_then() == count_cases_for_report_columns(whole.then)
    assert data.compared.count_now() == count_cases_for_report_columns(whole.now)
    return [compared, data.now.owed]


def answers(tracker: Tracker, where: Filter, when: When) -> list[object]:
    """What is asked about records: those that fit, those above and below, what became of them."""
    tops = [each.initiative.id for each in tracker.search(where, when).items]
    ids = [each.id for each in tracker.indicators(where, when).items]
    return [
        tracker.indicators(where, when),
        tracker.overdue(where, when),
        tracker.due(20, where, when),
        without_logins(msgspec.to_builtins(tracker.export(where, when).items)),
        tracker.search(where, when),
        tracker.tree(None, where, when),
        [tracker.tree(each, Filter(), when) for each in tops],
        [tracker.show(each, when).children for each in tops],
        tracker.check(["duplicate", "stale"], where, when),
        list_calendar_appointments(tracker, ids, when),
        read_report_data(tracker, where, When(as_of=date(2026, 3, 1)), when, by_lead=True),
        compare(tracker, where, When(as_of=date(2026, 3, 1)), when),
        without_logins(msgspec.to_builtins(tracker.history(when=when))),
        [
            without_logins(msgspec.to_builtins(tracker.history(each, when)))
            for each in (*tops, *ids)
        ],
    ]


@FEW
@given(
    records=ledgers(),
    changes=edits(),
    questions=st.lists(
        st.tuples(FILTERS | st.builds(Filter, text=WORDS) | st.just(Filter()), WHENS),
        min_size=2,
        max_size=4,
    ),
)
def test_what_became_of_records_is_answered_as_by_the_reference(
    database: Cluster,
    records: list[Document | Initiative | Indicator],
    changes: list[tuple[int, str, str, object]],
    questions: list[tuple[Filter, When]],
) -> None:
    reference, store = ReferenceStore(), ledger(database)
    store.create()
    for each in (reference, store):
        create_records(each, *records)
        for change in changes:
            edit(each, *change)
    later = datetime(2026, 3, 1, 9, tzinfo=UTC)
    one, other = Tracker(reference, now=later), Tracker(store, now=later)
    for where, when in questions:
        assert answers(other, where, when) == answers(one, where, when)


def test_what_a_record_said_before_an_edit_is_found(url: str) -> None:
    store = open_store(url)
    create_records(
        store,
        Initiative(id="a", name="管网", place="市中区", lead="水务局"),
        Indicator(id="a.x", name="验收", measure="milestone", deadline=Deadline(on=DAY)),
        Initiative(id="b", name="道路", parent="a"),
        Indicator(id="b.x", name="里程"),
    )
    for change in (("a", "name", "绿道"), ("a.x", "deadline", None), ("b", "parent", None)):
        edit(store, 10, *change)
    tracker, before = Tracker(store, now=datetime(2026, 3, 1, tzinfo=UTC)), date(2026, 2, 9)
    then = When(as_of=before, known_on=before)
    assert [each.id for each in tracker.indicators(Filter(text="管网"), then).items] == ["a.x"]
    assert [each.id for each in tracker.overdue(when=then).items] == ["a.x"]
    assert [each.id for each in tracker.show("管网", then).children] == ["b"]
    assert [each.initiative.id for each in tracker.tree("a", when=then).items] == ["a", "b"]
    assert tracker.indicators(Filter(text="管网")).items == []
    assert tracker.show("绿道").children == []


def test_narrowing_narrows(url: str) -> None:
    store = open_store(url)
    create_records(
        store,
        *(Initiative(id=f"i{n}", name=f"事项{n}", place=f"{n}区", lead="水务局") for n in range(9)),
        *(Indicator(id=f"i{n}.x", name="指标", deadline=Deadline(on=DAY)) for n in range(9)),
    )
    closed = Decision(id="d", on=DAY, state="closed", reason="办结")
    transact(store, lambda txn: txn.append("i3", closed))
    transact(store, lambda txn: txn.append("i4.x", closed))

    def found(view: View, where: Filter, as_of: date | None = None) -> list[str]:
        return [each.id for _owner, each in view.candidates(where, as_of=as_of)]

    with store.view() as view:
        assert found(view, Filter(place="7区")) == ["i7.x"]
        assert len(found(view, Filter(lead="水务"))) == 9
        assert found(view, Filter(lead="教育")) == []
        assert found(view, Filter(text="事项5")) == ["i5.x"]
        assert found(view, Filter(state="closed")) == ["i3.x", "i4.x"]
        active = found(view, Filter(state="active"), DAY)
        assert active == [f"i{n}.x" for n in (0, 1, 2, 5, 6, 7, 8)]
        assert len(found(view, Filter(state="active"), DAY - timedelta(days=1))) == 9
        assert len(found(view, Filter(state="active"), date.max)) >= 7
        assert [each.id for each in view.initiatives(Filter(place="7区"))] == ["i7"]
        assert [each.id for each in view.names("事项8")] == ["i8"]


# It behaves on the command line as the file does

READ = [
    "export",
    "export --place 市中 -o jsonl",
    "overdue",
    "overdue --limit 1000 -o json",
    "due --within 400 --as-of 2025-06-30 -o json",
    "behind --place 市中区",
    "unreported --as-of 2023-12-31 --lead 局",
    "list --state active -o csv",
    "status -o json",
    "status --by lead -o json",
    "tree",
    "tree rural-water",
    "documents",
    "search 管网",
    "show rural-pipes -o json",
    "show rural-water --as-of 2024-01-01 --known-on 2024-01-01 -o json",
    "why rural-sewage.coverage -o json",
    "trend rural-sewage.coverage -o json",
    "timeline --place 市中区 -o json",
    "check -o json",
    "check --only duplicate --place 市中 -o json",
    "history -o json",
    "overdue --as-of 2024-01-01 --known-on 2023-06-01",
    "list --category 农村 -o ics --as-of 2024-01-01 --known-on 2024-01-01",
    "receipts",
    "remind --dry-run --to stdout: --place 市中区 --as-of 2024-03-01",
    "report brief --period 2024-01 --place 济南 -o json",
    "report ledger --lead 局 -o csv",
    "report notices --place 市中区 -o md",
    "report notices --as-of 2024-03-01 -o json",
    "report scoreboard --period 2024 -o tsv",
]
CHANGE = [
    "update rural-sewage.coverage 60% --on 2023-01-05",
    "update rural-sewage.coverage 62% --on 2023-02-06 --note 100%",
    "update rural-pipes.renewed --done --on 2024-06-28",
    "revise rural-sewage.coverage --target 85 --reason 市政府令 --on 2023-02-07",
    "judge rural-sewage.coverage amber --reason 人手不足",
    "suspend rural-pipes --reason 审计 --on 2026-01-07",
    "resume rural-pipes --reason 审计 --on 2026-01-08",
    "edit rural-pipes --lead 水务局",
    "add 新事项 --id new-one --place 市中区",
    "add 指标 --to new-one --id count --target 5 --unit 个",
    "update new-one.count 1",
    "undo",
    "undo",
    "history new-one -o json",
    "history new-one.count -o json",
    "undo",
    "undo 3",
    "history rural-sewage -o json",
    "report brief --period 2026-01 --category 农村 -o json",
    "cancel rural-pipes --reason 合并",
]
REFUSED = {
    "update 农村生活污水 1": 3,
    "update nothing-is-called-so 3": 3,
    "revise rural-sewage.coverage --target 99": 2,
    "update rural-sewage.coverage 61.5公斤": 2,
    "update rural-pipes.renewed --done": 4,
    "undo 3": 4,
    "undo 999": 3,
}


def said(capsys: pytest.CaptureFixture[str], place: str, line: str) -> tuple[int, str, str]:
    code = run_app(["--db", place, *line.split()])
    out, err = capsys.readouterr()
    for fleeting in (r"\d{4}-\d\d-\d\dT[0-9:.+Z]+", r"\b[0-9a-f]{12}\b"):
        out = re.sub(fleeting, "…", out)
    out = re.sub('"login":( ?)"postgres"', r'"login":\1null', out)
    return code, out.replace(place, "…"), err.replace(place, "…")


def test_every_command_says_what_it_says_of_the_file(
    tmp_path: Path,
    url: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    # The login of the server, which is then not shown beside the author.
    monkeypatch.setenv("TRACKER_AUTHOR", "postgres")
    file, other = str(tmp_path / "ledger"), str(tmp_path / "other")
    assert run_app(["--db", file, "init"]) == 0
    assert run_app(["--db", file, "move", "--to", url]) == 0
    capsys.readouterr()
    accepted = [(line, 0) for line in (*READ, *CHANGE)]
    for line, code in [*accepted, *REFUSED.items(), ("export", 0), ("history", 0)]:
        one, two = said(capsys, file, line), said(capsys, url, line)
        assert two == one, line
        assert one[0] == code, line
    assert run_app(["--db", url, "move", "--to", other, "-o", "json"]) == 0
    capsys.readouterr()
    for line in ("export", "history -o json", "status"):
        run_app(["--db", url, *line.split()])
        wanted = capsys.readouterr()
        run_app(["--db", other, *line.split()])
        # A folder keeps no logins.
        plain = [re.sub('"login":( ?)"postgres"', r'"login":\1null', text) for text in wanted]
        assert list(capsys.readouterr()) == plain, line


def test_init_fills_a_database_as_it_fills_a_folder(
    database: Cluster, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = database.url(uuid4().hex)
    seed = SEEDS / "2020-12-19-qilu.toml"
    for where in (place, str(tmp_path / "ledger")):
        for _time in range(2):
            run_app(["--db", where, "init", "--from", str(seed)])
    out = capsys.readouterr().out.splitlines()
    assert [each.partition(": ")[2] for each in out[:2]] == [
        each.partition(": ")[2] for each in out[2:]
    ]
    assert out[1].endswith("was there: nothing new")


# Moving


def test_a_ledger_is_moved_with_its_history_or_not_at_all(
    url: str, database: Cluster, tmp_path: Path
) -> None:
    store = open_store(url)
    create_records(store, *sample_records())
    transact(
        store, lambda txn: txn.append("pipes.renewed", Update(id="u", on=DAY, value=Decimal(1)))
    )
    source = Tracker(store, now=NOW)
    with pytest.raises(InvalidInput, match="memory:"):
        source.move(MemoryStore())
    folder = open_store(str(tmp_path / "ledger"))
    assert source.move(folder) == 2
    assert read_store(folder) == read_store(store)
    with pytest.raises(Conflict, match="not empty"):
        source.move(folder)
    with pytest.raises(Conflict, match="not empty"):
        Tracker(folder, now=NOW).move(store)
    again = ledger(database)
    assert Tracker(folder, now=NOW).move(again) == 2
    assert read_store(again) == read_store(store)


def test_a_copy_that_is_not_the_same_is_not_kept(
    database: Cluster, url: str, tmp_path: Path
) -> None:
    sentence = "it differs"

    def refuse(view: View) -> None:
        assert read_view(view)["initiatives"]
        raise LedgerError(sentence)

    source = open_store(url)
    create_records(source, *sample_records())
    for target in (ledger(database), open_store(str(tmp_path / "ledger"))):
        assert isinstance(target, FillableStore)
        with source.view() as view, pytest.raises(LedgerError, match="it differs"):
            target.fill(view.history(), refuse)
        with pytest.raises(LedgerMissing):
            read_store(target)


def test_numbers_of_commits_keep_their_gaps_when_moved(database: Cluster) -> None:
    memory, target = MemoryStore(), ledger(database)
    create_records(memory, *sample_records())
    transact(memory, lambda txn: txn.create(Initiative(id="x", name="某")))
    with memory.view() as view:
        first, second = view.history()
    second.seq, second.undoes = 7, 1
    assert isinstance(target, FillableStore)
    target.fill(iter([first, second]), lambda _view: None)
    transact(target, lambda txn: txn.create(Initiative(id="y", name="某")))
    assert [(each.seq, each.undoes) for each in read_store(target)["history"]] == [
        (1, None),
        (7, 1),
        (8, None),
    ]


# Others who write at the same time


def appending(name: str, seen_by: list[int] | None = None) -> object:
    def work(txn: Transaction) -> int:
        found = txn.indicator("pipes.renewed")
        assert found is not None
        if seen_by is not None:
            seen_by.append(len(found.updates))
        txn.append("pipes.renewed", Update(id=name, on=DAY, value=Decimal(1)))
        return len(found.updates)

    return work


def updates_in(store: Store) -> list[str]:
    with store.view() as view:
        found = view.indicator("pipes.renewed")
        assert found is not None
        return [each.id for each in found.updates]


def test_a_change_is_made_again_on_what_a_quicker_one_has_left(url: str) -> None:
    create_records(open_store(url), *sample_records())
    tries: list[int] = []

    def work(txn: Transaction) -> int:
        found = txn.indicator("pipes.renewed")
        assert found is not None
        tries.append(len(found.updates))
        if len(tries) == 1:
            quicker = Update(id="quicker", on=DAY, value=Decimal(2))
            transact(open_store(url), lambda other: other.append("pipes.renewed", quicker))
        txn.append("pipes.renewed", Update(id="mine", on=DAY, value=Decimal(1)))
        return len(found.updates)

    assert open_store(url).transact(work, STAMP) == 1
    assert tries == [0, 1]
    assert updates_in(open_store(url)) == ["quicker", "mine"]


def test_who_is_never_quick_enough_is_told(url: str) -> None:
    create_records(open_store(url), *sample_records())
    tries: list[str] = []

    def work(txn: Transaction) -> None:
        txn.indicator("pipes.renewed")
        tries.append(f"u{len(tries)}")
        quicker = Update(id=tries[-1], on=DAY, value=Decimal(2))
        transact(open_store(url), lambda other: other.append("pipes.renewed", quicker))
        txn.append("pipes.renewed", Update(id="mine", on=DAY, value=Decimal(1)))

    with pytest.raises(LedgerBusy, match="try again"):
        open_store(url, patience=1).transact(work, STAMP)
    assert len(tries) > 1
    assert updates_in(open_store(url)) == tries


def test_a_change_never_comes_before_one_it_has_seen(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    create_records(open_store(url), *sample_records())
    ahead = time.time_ns() + 3600 * 10**9
    tries: list[int] = []

    def work(txn: Transaction) -> None:
        tries.append(1)
        if len(tries) == 1:
            # A client whose clock is an hour ahead, after this one has looked at its own.
            with monkeypatch.context() as context:
                context.setattr(time, "time_ns", lambda: ahead)
                early = Update(id="ahead", on=DAY, value=Decimal(2))
                transact(open_store(url), lambda other: other.append("pipes.renewed", early))
        txn.append("pipes.renewed", Update(id="mine", on=DAY, value=Decimal(1)))

    open_store(url).transact(work, STAMP)
    assert len(tries) == 2
    assert updates_in(open_store(url)) == ["ahead", "mine"]
    history = read_store(open_store(url))["history"]
    assert [each.changes[0].id for each in history] == ["2026-01-31-plan"] + ["pipes.renewed"] * 2


class Cutter:
    """Stands between client and server, and cuts the line once, at a commit.

    The server gets the commit, but its answer is lost; or it never gets it; or it does not
    even notice that the client is gone.
    """

    def __init__(self, port: int, how: str) -> None:
        self._to, self._how, self.cuts = port, how, 0
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._door.getsockname()[1]
        self._lines: list[socket.socket] = []
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                client, _address = self._door.accept()
                server = socket.create_connection(("127.0.0.1", self._to))
                self._lines += [client, server]
                for each in ((client, server), (server, client)):
                    threading.Thread(target=self._carry, args=each, daemon=True).start()

    def _carry(self, one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while data := one.recv(65536):
                if b"COMMIT" in data and one.getpeername()[1] != self._to and not self.cuts:
                    self.cuts += 1
                    one.shutdown(socket.SHUT_RDWR)
                    if self._how == "answer-lost":
                        other.sendall(data)
                    if self._how == "unnoticed":
                        return
                    time.sleep(0.2)
                    break
                other.sendall(data)
        with suppress(OSError):
            other.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        for each in (self._door, *self._lines):
            # A socket that a thread waits for stays open after it is closed here, and with it
            # the server's session and all that this has locked.
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()


def through(cutter: Cutter, url: str, *, patience: float) -> Store:
    return open_store(re.sub(r":\d+/", f":{cutter.port}/", url), patience=patience)


@pytest.mark.parametrize("how", ["answer-lost", "commit-lost"])
def test_a_commit_without_an_answer_is_stored_once(database: Cluster, url: str, how: str) -> None:
    create_records(open_store(url), *sample_records())
    cutter = Cutter(database.port, how)
    tries: list[int] = []

    def work(txn: Transaction) -> str:
        tries.append(1)
        name = f"try-{len(tries)}"
        txn.append("pipes.renewed", Update(id=name, on=DAY, value=Decimal(1)))
        return name

    answer = through(cutter, url, patience=5).transact(work, STAMP)
    cutter.close()
    assert cutter.cuts == 1
    assert len(tries) == (1 if how == "answer-lost" else 2)
    assert updates_in(open_store(url)) == [answer]
    assert len(read_store(open_store(url))["history"]) == 2


def test_a_commit_of_which_nothing_is_known_is_called_so(database: Cluster, url: str) -> None:
    create_records(open_store(url), *sample_records())
    cutter = Cutter(database.port, "unnoticed")
    store = through(cutter, url, patience=0.5)
    with pytest.raises(LedgerError, match="not certain"):
        transact(store, lambda txn: txn.create(Initiative(id="x", name="某")))
    cutter.close()


# What can go wrong


def test_what_cannot_be_reached_says_what_to_check(database: Cluster) -> None:
    database.sql("CREATE ROLE pupil LOGIN PASSWORD 'richtig'")
    host = f"127.0.0.1:{database.port}"
    cases = {
        "postgresql://postgres:geheim@127.0.0.1:1/postgres": "host and port",
        f"postgresql://pupil:geheim@{host}/postgres": "password",
        f"postgresql://pupil@{host}/postgres": "password",
        f"postgresql://postgres:geheim@{host}/nowhere": "name of the database",
        f"postgresql://postgres:geheim@{host}/postgres?sslmode=require": "check host",
    }
    for place, advice in cases.items():
        store = open_store(place, patience=5)
        started = time.monotonic()
        for use in (
            lambda s=store: read_store(s),
            lambda s=store: create_records(s),
            lambda s=store: s.create(),
        ):
            with pytest.raises(LedgerError, match=advice) as caught:
                use()
            assert caught.value.exit_code == 5
            assert "geheim" not in caught.value.sentence
            assert "\n" not in caught.value.sentence
        # Nothing of this is tried again: that would take the patience three times.
        assert time.monotonic() - started < 15


def test_a_server_that_only_answers_is_no_place_for_changes(url: str) -> None:
    create_records(open_store(url), *sample_records())
    only = url + "&options=-cdefault_transaction_read_only%3Don"
    store = open_store(only)
    assert updates_in(store) == []
    with pytest.raises(LedgerError, match="takes no changes"):
        transact(store, lambda txn: txn.create(Initiative(id="x", name="某")))
    with pytest.raises(LedgerError, match="takes no changes"):
        open_store(only.replace("ledger=", "ledger=new-")).create()


@pytest.mark.parametrize(
    "place",
    [
        "postgresql://li:ge/heim@db.example/tracker",
        "postgresql://li:geh@eim@db.example/tracker",
        "postgresql://li:geheim@db.example/tracker?geheim=1",
        "postgresql://li:geheim@db.example:geheim/tracker",
        "postgresql://li:geheim@db.example/tracker?ledger=",
    ],
)
def test_an_odd_url_is_refused_without_repeating_it(place: str) -> None:
    with pytest.raises(InvalidInput, match="%XX") as caught:
        open_store(place)
    assert not re.search("geh|eim", caught.value.sentence)


def test_a_shown_address_can_be_used(database: Cluster) -> None:
    socket_url = f"postgresql:///postgres?host={database.folder}&port={database.port}&ledger=eins"
    shown = open_store(f"{socket_url}&user=postgres").place
    assert shown == socket_url
    named = open_store("postgresql://li:geheim@a.example:1,b.example/db?ledger=x").place
    assert named == "postgresql://a.example:1,b.example/db?ledger=x"
    assert open_store(named).place == named
    for odd in ("", "  ", "postgresql:/postgres@/tmp", "postgres:db"):
        with pytest.raises(InvalidInput, match="give a folder, or postgresql://"):
            open_store(odd)


def test_no_password_is_shown(
    database: Cluster, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    place = database.url(uuid4().hex, password="geheim")  # noqa: S106  # it is looked for
    monkeypatch.setenv("TRACKER_DB", place.replace("://", "://postgres:geheim@"))
    for line in ("init --empty", "status", "history", "config -o json", "backup", "db upgrade"):
        run_app(line.split())
    run_app(["update", "nothing", "1"])
    out, err = capsys.readouterr()
    assert "postgresql://" in out
    assert "geheim" not in out + err
    assert redact_config_password("postgresql://h/d") == "postgresql://h/d"
    assert redact_config_password("/a:b@c/d") == "/a:b@c/d"
    for kept in ("h/d?options=a@b", "h:5432,[::1]:1/d?x=a:b@c", "li@h/d?x=a@b", "/d?host=/tmp@x"):
        assert redact_config_password(f"postgresql://{kept}") == f"postgresql://{kept}"
    for odd in ("li:geheim@h/d?x=a@b", "li:ge/heim@h/d?x=a@b", "li:ge?heim@h/d"):
        assert not re.search("ge|heim", redact_config_password(f"postgresql://{odd}"))


def test_without_its_driver_the_program_says_how_to_install_it(env: Mapping[str, str]) -> None:
    code = (
        "import sys; sys.modules['psycopg'] = None;"
        "from tracker.cli.app import run_app; sys.exit(run_app(sys.argv[1:]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "--db", "postgres://h/d", "list"],
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "pip install 'policy-tracker[postgresql]'" in done.stderr


def test_a_line_that_is_not_understood_is_named_once(database: Cluster, url: str) -> None:
    store = open_store(url)
    create_records(store, *sample_records())
    database.sql(
        f"UPDATE tracker.indicators SET line = '{{\"id\":5}}' WHERE ledger = '{ledger_in(url)}'"
    )
    said: list[str] = []
    with open_store(url, say=said.append).view() as view:
        assert view.indicator("pipes.renewed") is None
        assert view.indicator("pipes.renewed") is None
    assert "not understood" in said[-1]
    assert len(said) == len(set(said))


def ledger_in(url: str) -> str:
    found = re.search("ledger=([^&]*)", url)
    assert found is not None
    return found[1]


def division_by_zero(view: View) -> None:
    assert isinstance(view, PostgresView)
    view.fetch_rows("SELECT 1/0")


def test_what_the_server_refuses_while_it_is_asked_is_one_sentence(url: str) -> None:
    with pytest.raises(LedgerError, match="cannot be used"), open_store(url).view() as view:
        division_by_zero(view)


# Versions


def test_tables_of_another_version(bare_database: Database) -> None:
    store = open_store(bare_database.url)
    with pytest.raises(LedgerMissing, match="tracker init"):
        read_store(store)
    with pytest.raises(LedgerMissing, match="tracker init"):
        create_records(store)
    assert isinstance(store, DatabaseStore)
    newest = max(store.upgrade())
    assert store.upgrade() == []
    with pytest.raises(LedgerMissing, match="tracker init"):
        read_store(store)
    assert store.create()
    bare_database.sql("UPDATE tracker.ledgers SET format = 99")
    with pytest.raises(LedgerTooNew, match="99"):
        read_store(store)
    bare_database.sql(f"INSERT INTO tracker.migrations VALUES ({newest + 1})")
    for use in (
        lambda: read_store(store),
        lambda: create_records(store),
        store.create,
        store.upgrade,
    ):
        with pytest.raises(LedgerTooNew, match="install a newer tracker"):
            use()
    bare_database.sql("DELETE FROM tracker.migrations; INSERT INTO tracker.migrations VALUES (0)")
    for use in (lambda: read_store(store), lambda: create_records(store), store.create):
        with pytest.raises(LedgerError, match="tracker db upgrade"):
            use()


# Rights


@pytest.fixture
def logins(database: Cluster, url: str) -> Iterator[Mapping[str, Store]]:
    """The same ledger by logins with different rights."""
    roles = {"reader": "", "reporter": "市水务局", "keeper": "", "stranger": ""}
    owner = open_store(url)
    create_records(
        owner,
        *sample_records(),
        Initiative(id="roads", name="道路", lead="交通局"),
        Indicator(id="roads.km", name="里程", target=Decimal(5)),
        Initiative(id="lanes", name="街巷", lead="交通局； 市水务局"),
        Indicator(id="lanes.km", name="里程", target=Decimal(5)),
        Initiative(id="drains", name="排水", lead="市水务局排水中心、交通局"),
        Indicator(id="drains.km", name="里程", target=Decimal(5)),
        Indicator(id="roads.own", name="管线", target=Decimal(5), lead="市水务局、交通局"),
        Indicator(id="lanes.other", name="路面", target=Decimal(5), lead="交通局"),
    )
    assert isinstance(owner, DatabaseStore)
    names = {role: f"{role}-{uuid4().hex[:8]}" for role in roles}
    for role, name in names.items():
        database.sql(f"CREATE ROLE \"{name}\" LOGIN PASSWORD 'x'")
        if role != "stranger":
            owner.grant(name, role, roles[role])
    yield {
        "owner": owner,
        **{
            role: open_store(url.replace("user=postgres", f"user={name}&password=x"))
            for role, name in names.items()
        },
    }
    for name in names.values():
        owner.revoke(name)
        database.sql(f'DROP ROLE "{name}"')


def may(store: Store, record_id: str, kind: str) -> bool:
    """Whether a login may do one thing; nothing is left of it where it may not."""
    now = Stamp(at=datetime.now(UTC), by="督查室", command="test")
    entry = {
        "update": Update(id=kind, on=DAY, recorded_at=now.at, value=Decimal(1)),
        "revision": Revision(id=kind, on=DAY, target=Decimal(1), reason="x"),
        "decision": Decision(id=kind, on=DAY, state="suspended", reason="x"),
        "judgement": Judgement(id=kind, on=DAY, confidence="red", reason="x"),
        "verdict": Verdict(id=kind, on=DAY, verdict="kept", reason="x"),
    }
    before = read_store(store)

    def work(txn: Transaction) -> None:
        if kind == "edit":
            known = txn.initiative("pipes")
            assert known is not None
            known.notes = uuid4().hex
            txn.replace(known)
        elif kind == "create":
            txn.create(Initiative(id=uuid4().hex, name="某"))
        else:
            txn.append(record_id, entry[kind])

    try:
        store.transact(work, now)
    except Refused as error:
        sentence = error.sentence
    else:
        return True
    assert "tracker db grant" in sentence
    assert read_store(store) == before
    return False


def test_each_role_may_do_what_it_is_for(
    logins: Mapping[str, Store], database: Cluster, url: str
) -> None:
    everyone = read_store(logins["owner"])
    for role in ("reader", "reporter", "keeper"):
        assert read_store(logins[role]) == everyone
    with pytest.raises(Refused, match="tracker db grant"):
        read_store(logins["stranger"])
    attempts = [
        ("pipes.renewed", "update"),
        ("lanes.km", "update"),
        ("roads.own", "update"),
        ("lanes.other", "update"),
        ("roads.km", "update"),
        ("drains.km", "update"),
        ("lanes.km", "revision"),
        ("pipes.renewed", "revision"),
        ("pipes.renewed", "judgement"),
        ("pipes.renewed", "verdict"),
        ("pipes", "decision"),
        ("pipes", "edit"),
        ("", "create"),
    ]
    assert [may(logins["reader"], *each) for each in attempts] == [False] * 13
    assert [may(logins["reporter"], *each) for each in attempts] == [True] * 3 + [False] * 10
    assert [may(logins["keeper"], *each) for each in attempts] == [True] * 13
    # Whatever a role may not alter itself stands in the rows of the records.
    where = f"WHERE ledger = '{url.rpartition('ledger=')[2].partition('&')[0]}'"
    assert list_wholes(database.sql, where).keys() == {"right"}


def test_who_keeps_a_ledger_numbers_its_papers_and_who_reads_it_sees_the_numbers(
    logins: Mapping[str, Store],
) -> None:
    # Who is not the owner stores at about the time of the server.
    day, now = date(2025, 6, 30), datetime.now(UTC)
    key = PaperKey(kind="brief", lead=None, since=None, as_of=day, is_issue=True)
    papers = [Paper(key=key, title="", on=day)]
    for role in ("reader", "reporter"):
        with pytest.raises(Refused, match="tracker db grant"):
            Tracker(logins[role], now=now).number_papers(papers, "字")
    assert Tracker(logins["keeper"], now=now).number_papers(papers, "字")[key].number == 1
    for role in ("reader", "reporter"):
        assert Tracker(logins[role], now=now).number_papers(papers, "字")[key].number == 1


def test_a_right_is_one_in_one_ledger(
    database: Cluster, url: str, logins: Mapping[str, Store]
) -> None:
    other = database.url(uuid4().hex)
    told_there = open_store(other)
    told_there.create()
    create_records(told_there, *sample_records())
    keeper = logins["keeper"]
    elsewhere = open_store(other.replace("user=postgres", f"user={login_of(keeper)}&password=x"))
    with pytest.raises(LedgerError, match="no ledger"):
        read_store(elsewhere)
    assert isinstance(keeper, DatabaseStore)
    with pytest.raises(Refused):
        keeper.grant(login_of(keeper), "keeper", "")
    owner = open_store(url)
    assert isinstance(owner, DatabaseStore)
    name = login_of(keeper)
    assert owner.revoke(name)
    assert not owner.revoke(name)
    with pytest.raises(Refused):
        read_store(keeper)
    with pytest.raises(NotFound, match="CREATE ROLE"):
        owner.grant("nobody-at-all", "reader", "")


def login_of(store: Store) -> str:
    with store.view() as view:
        assert isinstance(view, PostgresView)
        ((found,),) = view.fetch_rows("SELECT current_user")
    return str(found)


def test_a_reporter_cannot_forge_what_others_did(url: str, logins: Mapping[str, Store]) -> None:
    name = login_of(logins["reporter"])
    place = url.partition("?")[0]
    row = "(ledger, id, turn, login, line, undoes) SELECT ledger, gen_random_uuid(),"
    row += f" '{choose_postgres_transaction_turn(None)}',"
    source = f"FROM tracker.commits WHERE ledger = '{ledger_in(url)}' LIMIT 1"
    insert = f"INSERT INTO tracker.commits {row} "
    update = '{"on":"2026-01-01","value":1}'
    entry = (
        "INSERT INTO tracker.entries (ledger, record, turn, number, list, line) VALUES"
        f" ('{ledger_in(url)}', 'pipes.renewed', gen_random_uuid(), 1, '{{}}', '{{}}')"
    )
    with psycopg.connect(place, user=name, password="x", autocommit=True) as connection:  # noqa: S106
        for statement in (
            f"{insert} 'postgres', '{HEAD}', NULL {source}",
            f"{insert} current_user, '{HEAD}', id {source}",
            entry.format("revisions", update),
            entry.format("updates", "no json"),
            "INSERT INTO tracker.rights VALUES ('x', current_user, 'keeper')",
            f"INSERT INTO tracker.ledgers VALUES ('{uuid4().hex}', 1)",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement)
        for table in ("entries", "commits", "indicators", "rights"):
            for verb in (f"DELETE FROM tracker.{table}", f"UPDATE tracker.{table} SET ledger = ''"):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    connection.execute(verb)


def rights(does_it: Callable[[str], tuple[int, str]]) -> list[tuple[str, str, str | None]]:
    items = json.loads(does_it("list -o json")[1])["items"]
    return [(each["login"], each["role"], each["lead"]) for each in items]


def test_who_keeps_a_ledger_signs_with_the_login_that_was_used(
    url: str, logins: Mapping[str, Store]
) -> None:
    name = login_of(logins["keeper"])
    forged = (
        "INSERT INTO tracker.commits (ledger, id, turn, login, line)"
        f" SELECT '{ledger_in(url)}', gen_random_uuid(),"
        f" '{choose_postgres_transaction_turn(None)}', {{}}, '{HEAD}'"
    )
    with psycopg.connect(url.partition("?")[0], user=name, password="x") as connection:  # noqa: S106
        with pytest.raises(psycopg.errors.InsufficientPrivilege), connection.transaction():
            connection.execute(forged.replace("{}", "'postgres'"))
        connection.execute(forged.replace("{}", "current_user"))
        found = connection.execute("SELECT DISTINCT login FROM tracker.rights").fetchall()
        assert found == [(name,)]
        connection.rollback()


def test_rights_from_the_command_line(
    database: Cluster, url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    database.sql("CREATE ROLE li LOGIN")

    def does_it(line: str, place: str = url) -> tuple[int, str]:
        code = run_app(["--db", place, "db", *line.split()])
        out, err = capsys.readouterr()
        return code, out + err

    assert does_it("upgrade") == (0, "nothing to upgrade\n")
    create_records(open_store(url), *sample_records())
    code, out = does_it("grant reporter li --lead 市水务局 -o json")
    assert (code, json.loads(out)["items"]) == (
        0,
        [{"login": "li", "role": "reporter", "lead": "市水务局"}],
    )
    warned = does_it("grant reporter li --lead 水务局")[1]
    assert warned.startswith("li is reporter for 水务局 in postgresql://")
    assert "No initiative has the lead 水务局 yet" in warned
    assert rights(does_it) == [("li", "reporter", "市水务局"), ("li", "reporter", "水务局")]
    # Another role takes the place of the one before: nobody keeps what was taken from him.
    assert does_it("grant keeper li")[1].startswith("li is keeper in postgresql://")
    assert rights(does_it) == [("li", "keeper", None)]
    assert does_it("grant reader li")[0] == 0
    assert rights(does_it) == [("li", "reader", None)]
    assert does_it("list")[1].splitlines()[-1].split() == ["li", "reader"]
    assert does_it("revoke li")[0] == 0
    assert rights(does_it) == []
    assert 'CREATE ROLE "zhao" LOGIN' in does_it("grant reader zhao")[1]
    for wrong in (
        "grant reporter li",
        "grant reader li --lead x",
        "grant king li",
        "grant reader",
        "revoke",
        "revoke li extra",
        "revoke li --lead x",
        "upgrade foo",
        "list li",
        "upgrade --lead x",
        "sing",
    ):
        code, out = does_it(wrong)
        assert code == 2
        assert out.startswith("Say: tracker db upgrade")
    run_app(["--db", str(tmp_path / "l"), "init", "--empty"])
    code, out = does_it("upgrade", str(tmp_path / "l"))
    assert code == 4
    assert "is no database" in out


class KeptRows(NamedTuple):
    """A database with the rows of a ledger, kept beside the tables that an older program makes.

    Attributes:
        pattern: the database, to be copied.
        keeper: the login of one who keeps the ledger.
        whole: what the store said of them.
    """

    pattern: Database
    keeper: str
    whole: Mapping[str, Any]


@pytest.fixture(scope="module")
def kept_rows(database: Cluster) -> Iterator[KeptRows]:
    """Make a ledger once, and take its tables from it."""
    made, keeper = database.make_database(), f"keeper-{uuid4().hex}"
    made.sql(f"CREATE ROLE \"{keeper}\" LOGIN PASSWORD 'x'")
    store = open_store(made.url)
    store.create()
    create_records(store, *sample_records())
    transact(
        store,
        lambda txn: txn.append("pipes.renewed", Update(id="u", on=DAY, value=Decimal(1))),
    )
    assert isinstance(store, DatabaseStore)
    store.grant(keeper, "keeper", "")
    whole = read_store(store)
    made.sql("CREATE SCHEMA kept")
    for table in made.sql("SELECT tablename FROM pg_tables WHERE schemaname = 'tracker'").split():
        if table != "migrations":
            made.sql(f"CREATE TABLE kept.{table} AS SELECT * FROM tracker.{table}")
    made.sql("DROP SCHEMA tracker CASCADE")
    yield KeptRows(made, keeper, whole)
    made.remove()


@pytest.fixture
def older(database: Cluster, kept_rows: KeptRows) -> Iterator[Database]:
    """Copy the database in which the rows are kept."""
    made = database.copy_database(kept_rows.pattern, kept_rows.pattern.ledger)
    yield made
    made.remove()


@pytest.mark.parametrize("version", range(1, len(MIGRATIONS)))
def test_tables_of_an_older_version_are_upgraded_with_what_is_in_them(
    older: Database, kept_rows: KeptRows, capsys: pytest.CaptureFixture[str], version: int
) -> None:
    url, name, before = older.url, kept_rows.keeper, kept_rows.whole
    make_older_tables(older, version, name)
    assert run_app(["--db", url, "list"]) == 5
    assert "run: tracker db upgrade" in capsys.readouterr().err
    assert run_app(["--db", url, "db", "upgrade"]) == 0
    assert capsys.readouterr().out == f"tables upgraded to version {len(MIGRATIONS)}\n"
    store = open_store(url)
    assert read_store(store) == before
    as_keeper = open_store(url.replace("user=postgres", f"user={name}&password=x"))
    assert list_wholes(older.sql) == {
        "right": len(before["initiatives"]) + len(before["candidates"])
    }
    assert isinstance(store, VerifiableStore)
    assert store.verify() == len(before["history"])
    now = Stamp(at=datetime.now(UTC), by=None, command="add")
    as_keeper.transact(lambda txn: txn.create(Initiative(id="x", name="某")), now)
    for table in ("documents", "initiatives", "indicators", "receipts"):
        held = f"has_table_privilege('{name}', 'tracker.{table}', 'INSERT,UPDATE,DELETE')"
        assert older.sql(f"SELECT {held}").strip() == "f"


def list_wholes(run: Callable[[str], str], where: str = "") -> dict[str, int]:
    """Count the whole lines that are what their entries say, and the others."""
    rows = " UNION ALL ".join(
        f"SELECT whole, tracker.put_together(line, ledger, id, turn, number) AS wanted"
        f" FROM tracker.{table} {where}"
        for table in ("initiatives", "indicators")
    )
    kinds = "CASE WHEN whole = wanted THEN 'right' WHEN whole IS NULL THEN 'none' ELSE 'wrong' END"
    counted = run(f"SELECT {kinds}, count(*) FROM ({rows}) r GROUP BY 1").split()
    return {kind: int(count) for kind, _bar, count in (line.partition("|") for line in counted)}


def test_lines_are_put_together_while_others_read_and_write(
    bare_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tracker.storage.postgresql.schema._LINES_AT_A_TIME", 1)
    store, other = open_store(bare_database.url), open_store(bare_database.url)
    store.create()
    create_records(store, *sample_records())
    update = Update(id="u", on=DAY, value=Decimal(1))
    transact(store, lambda txn: txn.append("pipes.renewed", update))
    expected = read_store(store)
    for table in ("initiatives", "indicators"):
        bare_database.sql(
            f"SET session_replication_role = replica; UPDATE tracker.{table} SET whole = NULL"
        )
    assert list_wholes(bare_database.sql).keys() == {"none"}
    assert read_store(store) == expected
    with store.view() as view:
        before = read_view(view)
        # Who has begun to read keeps nobody waiting, and waits for nobody.
        assert isinstance(other, DatabaseStore)
        assert other.upgrade() == []
        transact(
            other, lambda txn: txn.append("pipes.renewed", msgspec.structs.replace(update, id="v"))
        )
        assert read_view(view) == before == expected
    assert list_wholes(bare_database.sql).keys() == {"right"}
    assert read_store(store) != expected


def make_older_tables(database: Database, version: int, keeper: str) -> None:
    """Put the rows that are kept into tables as an older program has made them."""
    kept = database.sql("SELECT tablename FROM pg_tables WHERE schemaname = 'kept'").split()
    with psycopg.connect(database.url.partition("?")[0], user="postgres") as connection:
        run_schema_migrations(connection, MIGRATIONS[:version])
    known = database.sql("SELECT tablename FROM pg_tables WHERE schemaname = 'tracker'").split()
    for table in filter(known.__contains__, kept):
        columns = database.sql(
            "SELECT string_agg(quote_ident(attname), ',') FROM pg_attribute"
            f" WHERE attrelid = 'tracker.{table}'::regclass AND attnum > 0 AND NOT attisdropped"
        ).strip()
        # As they are put back from a dump: what triggers would do is there already.
        database.sql(
            "SET session_replication_role = replica;"
            f" INSERT INTO tracker.{table} ({columns}) SELECT {columns} FROM kept.{table}"
        )
    if version < 4:
        database.sql(
            "UPDATE tracker.initiatives SET folded = E'pipes\n老旧管网\n村内管网';"
            " UPDATE tracker.indicators SET folded = E'pipes.renewed\n完成改造';"
        )
    if version < 5:
        database.sql(
            "DO $$ DECLARE t text; BEGIN FOREACH t IN ARRAY"
            " ARRAY['documents', 'initiatives', 'indicators', 'receipts'] LOOP"
            " EXECUTE format('GRANT INSERT, UPDATE, DELETE ON tracker.%I"
            f' TO "{keeper}"\', t);'
            " END LOOP; END $$"
        )


def test_a_fresh_database_is_upgraded_from_the_command_line(
    bare_database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_app(["--db", bare_database.url, "db", "upgrade"]) == 0
    assert "upgraded to version" in capsys.readouterr().out


def test_a_ledger_can_be_looked_at_twice_at_once(url: str) -> None:
    stores = [open_store(url) for _ in range(3)]
    with stores[0].view() as one, stores[0].view() as two, stores[1].view() as three:
        assert [list(each.names()) for each in (one, two, three)] == [[], [], []]


def test_what_was_not_read_to_its_end_is_closed_with_its_view(url: str) -> None:
    """A collection of garbage would close it later, in the middle of another statement."""
    with open_store(url).view() as view:
        assert isinstance(view, PostgresView)
        rows = view.stream_rows("SELECT generate_series(1, 3)", {})
        assert next(rows) == (1,)
    assert list(rows) == []
