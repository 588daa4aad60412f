"""The same command with the same two days prints the same bytes for ever."""

import contextlib
import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeAlias

import msgspec
import pytest
from factories import Plain, document, enter, figure, initiative, of, on, said, step
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.cli.app import run_app
from tracker.errors import Ambiguous, NotFound, TrackerError
from tracker.ledger.decisions import TRANSITIONS
from tracker.ledger.ledger import Tracker
from tracker.ledger.point_in_time import RecordsAtPointInTime, restore_point_in_time
from tracker.model.codec import encode, to_plain_data
from tracker.model.filters import Filter
from tracker.model.horizon import Horizon, When
from tracker.model.records import (
    Deadline,
    Decision,
    Indicator,
    Initiative,
    Judgement,
    Revision,
    Update,
)
from tracker.output.model import Sheet, Table
from tracker.storage.memory import MemoryStore
from tracker.storage.open_store import open_store
from tracker.views import explanation, initiatives, record

Printed: TypeAlias = Callable[[str], bytes]

PLAN = (
    document("2025-plan", "供水三年计划", "2025-01-09"),
    initiative("water", "供水", lead="水务局", sources=[of("2025-plan")]),
    initiative(
        "pipes",
        "老旧管网改造",
        figure(
            "km",
            "改造长度",
            "公里",
            on("2025-06-30", 20, evidence=["验收单"]),
            on("2025-12-31", 35),
            on("2026-01-31", 38),
            start="2025-01-01",
            source=of("2025-plan"),
        ),
        step("started", "全面开工", "2025-12-31", start="2025-01-01", source=of("2025-plan")),
        said(id="by-hand", name="投诉件数", unit="件"),
        parent="water",
        place="济南市",
        category="民生",
        lead="水务局",
        sources=[of("2025-plan", "第1段")],
    ),
)


def later(voided: str) -> tuple[Plain, ...]:
    """What became known afterwards, of days before; ``voided`` is the report it takes back."""
    return (
        document("2026-report", "供水半年报告", "2026-06-01"),
        initiative(
            "pipes",
            None,
            said(
                id="km",
                updates=[
                    on("2026-01-31", 30, source=of("2026-report")),
                    on("2025-06-30", 25),
                    on("2025-12-31", id="void", voids=voided),
                ],
                revisions=[
                    on("2026-02-20", target=80, deadline={"on": "2027-06-30"}, reason="资金")
                ],
            ),
            said(
                id="started",
                updates=[on("2025-12-31", done=True, evidence=["验收单"])],
                judgements=[on("2026-02-01", confidence="amber", reason="缺材料")],
            ),
            figure(
                "leaks",
                "漏损率",
                "%",
                baseline=12,
                target=8,
                start="2025-01-01",
                deadline={"on": "2026-01-31"},
            ),
            sources=[of("2026-report")],
            decisions=[on("2026-02-15", state="suspended", reason="汛期")],
        ),
        initiative(
            "meters",
            "智能水表",
            step("installed", "安装完成", "2026-02-01", start=None, source=of("2026-report")),
            parent="pipes",
            lead="城管局",
            sources=[of("2026-report")],
        ),
    )


COMMANDS = (
    "status",
    "status --by lead",
    "status --by document",
    "overdue",
    "due --within 400",
    "behind",
    "unreported",
    "check",
    "list",
    "show pipes",
    "show water",
    "why pipes.km",
    "why pipes.started",
    "tree",
    "tree water",
    "search 管网",
    "search 供水",
    "export",
)
FORMATS = ("table", "json", "csv", "md")
DAYS = "--as-of 2026-03-01 --known-on 2026-03-10"


@pytest.fixture
def ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = tmp_path / "ledger"
    monkeypatch.setenv("TRACKER_DB", str(place))
    monkeypatch.setenv("TRACKER_CONFIG", str(tmp_path / "tracker.toml"))
    now = datetime(2026, 3, 10, 9, tzinfo=UTC)
    enter(Tracker(open_store(str(place)), now=now, author="a"), *PLAN)
    return place


@pytest.fixture
def printed(capsysbinary: pytest.CaptureFixture[bytes]) -> Printed:
    def run_it(arguments: str) -> bytes:
        assert run_app(arguments.split()) == 0
        return capsysbinary.readouterr().out

    return run_it


def enter_more(place: Path) -> None:
    now = datetime(2026, 6, 10, 9, tzinfo=UTC)
    tracker = Tracker(open_store(str(place)), now=now, author="a")
    enter(tracker, *later(tracker.find_indicator("pipes.km").updates[1].id))


def test_what_was_known_on_a_day_is_printed_the_same_for_ever(
    ledger: Path, printed: Printed
) -> None:
    calls = [f"{each} -o {form} {DAYS}" for each in COMMANDS for form in FORMATS]
    before = {each: printed(each) for each in calls}
    assert all(before[each] for each in calls if "json" in each)
    enter_more(ledger)
    assert {each: printed(each) for each in calls} == before
    later = {each: printed(each.replace("2026-03-10", "2026-06-10")) for each in calls}
    unchanged = {each.partition(" -o")[0] for each in calls if later[each] == before[each]}
    # Nothing became known of the parent itself.
    assert unchanged == {"show water", "search 供水"}


def edit_more(place: Path) -> None:
    """Edits of every kind of record, a removal, and records whose names make others ambiguous."""

    def tracker(day: int) -> Tracker:
        now = datetime(2026, 6, day, 10, tzinfo=UTC)
        return Tracker(open_store(str(place)), now=now, author="李")

    tracker(11).edit("pipes", {"name": "水网改造", "lead": "城管局", "parent": None, "tags": ["a"]})
    tracker(11).edit("pipes.km", {"target": Decimal(50), "unit": "千米", "name": "长度"})
    tracker(11).edit("pipes.km", {"deadline": {"on": "2026-01-31"}, "source": None})
    tracker(12).undo()
    tracker(12).edit("pipes.started", {"start": date(2026, 1, 1), "deadline": None})
    tracker(13).add(Initiative(id="pipes-2", name="老旧管网改造二期", aliases=["管网"]))
    tracker(13).add(Indicator(id="pipes-2.km", name="改造长度", unit="公里"))
    tracker(14).edit("water", {"name": "饮水", "notes": "改名", "sources": []})


def test_edits_made_later_change_nothing_that_was_printed(ledger: Path, printed: Printed) -> None:
    names = ("show 老旧管网", "why 改造长度", "history", "history 管网", "documents")
    calls = [f"{each} -o json {DAYS}" for each in (*COMMANDS, *names)]
    before = {each: printed(each) for each in calls}
    enter_more(ledger)
    edit_more(ledger)
    assert {each: printed(each) for each in calls} == before
    # A correction holds for the days before it, unless one asks what was known then.
    corrected = json.loads(printed("list --as-of 2026-03-01 -o json"))["items"][0]
    assert (corrected["name"], corrected["target"], corrected["lead"]) == ("长度", 80, "城管局")


def test_a_record_that_was_removed_later_is_where_it_was(ledger: Path, printed: Printed) -> None:
    tracker = Tracker(open_store(str(ledger)), now=datetime(2026, 3, 9, tzinfo=UTC))
    tracker.add(Indicator(id="water.taps", name="水表", unit="个"))
    calls = [f"{each} -o json --known-on 2026-03-10" for each in ("list", "export", "tree")]
    before = {each: printed(each) for each in calls}
    added = tracker.history("water.taps")[0].seq
    later = Tracker(open_store(str(ledger)), now=datetime(2026, 6, 9, tzinfo=UTC))
    later.undo(added)
    assert "water.taps" not in printed("list -o ids").decode()
    assert {each: printed(each) for each in calls} == before
    # Made again from nothing it is another one, and stands at the end.
    later.add(Indicator(id="water.taps", name="另一只水表"))
    assert {each: printed(each) for each in calls} == before
    assert printed("list -o ids").decode().split()[-1] == "water.taps"


def test_what_was_entered_later_from_an_older_document_is_as_it_was_entered(
    ledger: Path, printed: Printed
) -> None:
    days = "-o json --as-of 2025-06-30 --known-on 2025-06-30"
    calls = [f"{each} {days}" for each in ("list", "show 老旧管网", "why pipes.km", "export")]
    before = {each: printed(each) for each in calls}
    enter_more(ledger)
    edit_more(ledger)
    assert {each: printed(each) for each in calls} == before
    assert json.loads(before[calls[0]])["items"][0]["target"] == 100


def test_names_are_those_of_the_day(ledger: Path) -> None:
    edit_more(ledger)
    tracker = Tracker(open_store(str(ledger)), now=datetime(2026, 6, 20, tzinfo=UTC))
    with pytest.raises(Ambiguous):
        tracker.show("改造")
    april = When(as_of=date(2026, 4, 1))
    assert tracker.show("改造", april).item.id == "pipes"
    assert tracker.show("老旧管网", When(known_on=date(2026, 4, 1))).item.id == "pipes"
    with pytest.raises(NotFound, match="pipes-2 was not there yet on 2026-04-01"):
        tracker.show("二期", april)
    with pytest.raises(NotFound, match=r"pipes-2\.km was not there yet on 2026-04-01"):
        tracker.why("pipes-2", april)
    with pytest.raises(NotFound, match="No record is called"):
        tracker.show("没有", april)
    assert tracker.why("pipes.km", april).assessment.name == "长度"


FIELDS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("a", {"name": "甲"}),
    ("a", {"lead": "水务局"}),
    ("a", {"aliases": ["甲", "甲甲"]}),
    ("b", {"parent": "a"}),
    ("b", {"parent": None}),
    ("a.km", {"target": Decimal(50)}),
    ("a.km", {"baseline": Decimal(-10)}),
    ("a.km", {"deadline": {"on": "2026-02-28"}}),
    ("a.km", {"unit": None}),
    ("b.built", {"start": date(2026, 2, 1)}),
)
CHANGES = st.one_of(
    st.tuples(st.just("edit"), st.sampled_from(FIELDS)),
    st.tuples(st.just("update"), st.integers(0, 120)),
    st.tuples(st.just("revise"), st.integers(10, 90)),
    st.tuples(st.just("judge"), st.sampled_from(["green", "amber", "red"])),
    st.tuples(st.just("decide"), st.sampled_from(["suspend", "resume", "cancel", "reopen"])),
    st.tuples(st.just("add"), st.integers(0, 3)),
    st.tuples(st.just("undo"), st.none()),
)
STEPS = st.lists(st.tuples(st.integers(0, 3), CHANGES), max_size=8)


def tried(tracker: Tracker, kind: str, what: Any) -> None:  # noqa: ANN401  # of any change
    """One change, or none where the rules refuse it."""
    on = tracker.today - timedelta(days=3)
    with contextlib.suppress(TrackerError):
        if kind == "edit":
            tracker.edit(*what)
        elif kind == "update":
            tracker.report("a.km", Update(on=on), str(what), None)
        elif kind == "revise":
            tracker.revise("a.km", Revision(on=on, target=Decimal(what), reason="调整"))
        elif kind == "judge":
            tracker.judge("a.km", Judgement(on=on, confidence=what, reason="看法"))
        elif kind == "decide":
            decision = Decision(on=on, state=TRANSITIONS[what].end, reason="会议")
            tracker.decide("a", decision, what, force=True)
        elif kind == "add":
            tracker.add(Initiative(id=f"n{what}", name=f"甲{what}", parent="a"))
        else:
            tracker.undo()


def leave_out_finding(answer: Any) -> Any:  # noqa: ANN401  # of any question
    """Leave out what makes the first sentences of a page: it is no answer by itself."""
    if isinstance(answer, Sheet):
        tables = [leave_out_finding(table) for table in answer.tables]
        return msgspec.structs.replace(answer, tables=tables, finding=None)
    return msgspec.structs.replace(answer, finding=None) if isinstance(answer, Table) else answer


def all_answers(tracker: Tracker, when: When) -> bytes:
    """Everything that can be asked, in one piece."""
    asked: list[Any] = [
        tracker.indicators(when=when),
        tracker.status(when=when),
        tracker.check(when=when),
        initiatives.tabulate_initiatives("", tracker.tree(when=when)),
        tracker.behind(when=when),
        tracker.export(when=when),
        tracker.history(when=when),
    ]
    for words in ("a", "甲", "a.km", "built"):
        try:
            asked.append(record.build_record_sheet(tracker.show(words, when)))
            asked.append(explanation.build_explanation_view(tracker.why(words, when)))
        except NotFound as error:
            asked.append((error.sentence, [*map(str, error.candidates)]))
    return encode(to_plain_data([leave_out_finding(each) for each in asked]))


@given(STEPS, STEPS, st.integers(-40, 40))
@settings(max_examples=20)
def test_the_same_two_days_say_the_same_whatever_is_entered_later(
    early: list[Any], late: list[Any], days: int
) -> None:
    store = MemoryStore()
    now = datetime(2026, 3, 1, 9, tzinfo=UTC)
    start = Tracker(store, now=now, author="王")
    start.add(Initiative(id="a", name="甲"))
    start.add(Initiative(id="b", name="乙", aliases=["甲"]))
    fields: dict[str, Any] = {"unit": "公里", "baseline": Decimal(0), "target": Decimal(100)}
    deadline = Deadline(on=date(2026, 12, 31))
    fields |= {"start": date(2026, 1, 1), "deadline": deadline}
    start.add(Indicator(id="a.km", name="长度", **fields))
    start.add(Indicator(id="b.built", name="建成", measure="milestone", deadline=deadline))
    for pause, change in early:
        now += timedelta(days=pause)
        tried(Tracker(store, now=now, author="王"), *change)
    known = now.date()
    when = When(as_of=known + timedelta(days=days), known_on=known)
    now += timedelta(days=1)
    before = all_answers(Tracker(store, now=now), when)
    for pause, change in late:
        now += timedelta(days=pause)
        tried(Tracker(store, now=now, author="李"), *change)
    assert all_answers(Tracker(store, now=now), when) == before


def test_what_became_known_later_changes_the_same_day(ledger: Path) -> None:
    enter_more(ledger)
    tracker = Tracker(open_store(str(ledger)), now=datetime(2026, 6, 11, tzinfo=UTC))
    day = datetime(2026, 3, 1, tzinfo=UTC).date()
    early = When(as_of=day, known_on=datetime(2026, 3, 10, tzinfo=UTC).date())
    of_km = Filter(text="改造长度")
    then, now = (tracker.indicators(of_km, when).items[0] for when in (early, When(as_of=day)))
    assert (str(then.value), then.state, str(then.target)) == ("38", "active", "100")
    assert (str(now.value), now.state, str(now.target)) == ("30", "suspended", "80")
    assert (str(now.first_target), str(now.first_deadline)) == ("100", "2026-12-31")


def test_before_it_was_promised_nothing_is_there(ledger: Path, printed: Printed) -> None:
    days = "--as-of 2024-12-31 -o json"
    for each in ("list", "tree", "search 供水", "check", "overdue", "unreported", "status"):
        assert json.loads(printed(f"{each} {days}"))["items"] == []
    assert json.loads(printed(f"export {days}"))["documents"] == []
    tracker = Tracker(open_store(str(ledger)), now=datetime(2026, 6, 11, tzinfo=UTC))
    when = When(as_of=date(2024, 12, 31))
    for call in (tracker.show, tracker.why):
        with pytest.raises(NotFound, match="not there yet on 2024-12-31"):
            call("pipes.km", when)
    with pytest.raises(NotFound, match="not there yet"):
        tracker.tree("water", when=when)
    # What has no source of its own has that of its initiative.
    with pytest.raises(NotFound, match=r"pipes\.by-hand was not there yet on 2025-01-08"):
        tracker.why("pipes.by-hand", When(as_of=date(2025, 1, 8)))
    assert tracker.why("pipes.by-hand", When(as_of=date(2025, 1, 9))).latest is None
    # What has a start is there from it, and so is what it belongs to, before the document.
    early = When(as_of=date(2025, 1, 1))
    assert tracker.why("pipes.km", early).as_of == date(2025, 1, 1)
    assert [each.initiative.id for each in tracker.tree(when=early).items] == ["pipes"]


def test_show_and_export_hold_what_was_known(ledger: Path, printed: Printed) -> None:
    enter_more(ledger)
    for days, updates, sources, children in (
        (DAYS, 3, 1, []),
        ("--as-of 2025-12-31", 4, 1, []),
        ("", 6, 2, ["meters"]),
    ):
        item = json.loads(printed(f"show pipes -o json {days}"))["items"][0]
        assert len(item["indicators"][0]["updates"]) == updates
        assert len(item["sources"]) == sources
        assert item["children"] == children
        exported = json.loads(printed(f"export {days}"))
        pipes = next(each for each in exported["items"] if each["id"] == "pipes")
        assert len(pipes["indicators"][0]["updates"]) == updates
        assert len(exported["documents"]) == sources


def test_checks_look_with_the_eyes_of_the_day(ledger: Path, printed: Printed) -> None:
    enter_more(ledger)
    shared = "check --only shared-evidence --only softened -o json"
    assert json.loads(printed(f"{shared} {DAYS}"))["items"] == []
    found = json.loads(printed(f"{shared} --as-of 2026-03-01"))["items"]
    assert [(each["check"], each["id"]) for each in found] == [
        ("softened", "pipes.km"),
        ("shared-evidence", "pipes.km"),
    ]


def test_what_was_recorded_is_asked_of_the_ledger_itself(ledger: Path) -> None:
    edit_more(ledger)
    store = open_store(str(ledger))
    with store.view() as view:
        then = restore_point_in_time(view, date(2026, 4, 1))
        assert then is not view
        assert [each.seq for each in then.history()] == [each.seq for each in view.history()]
        newest = [each.seq for each in then.history_newest_first()]
        assert newest == [each.seq for each in then.history()][::-1]
        assert len(list(then.history_of_edited())) == len(list(view.history_of_edited()))
        pipes = then.initiative("pipes")
        assert pipes is not None
        assert (pipes.name, pipes.lead) == ("老旧管网改造", "水务局")
        then.add_logins([pipes])
        assert list(then.receipts()) == []


def test_an_initiative_is_there_as_soon_as_what_belongs_to_it(ledger: Path) -> None:
    tracker = Tracker(open_store(str(ledger)), now=datetime(2026, 6, 9, tzinfo=UTC), author="a")
    tracker.add(Initiative(id="trees", name="绿化"))
    tracker.add(Indicator(id="trees.n", name="植树", unit="棵", start=date(2025, 3, 1)))
    assert tracker.show("trees", When(as_of=date(2025, 6, 1))).item.id == "trees"
    with pytest.raises(NotFound, match="was not there yet"):
        tracker.show("trees", When(as_of=date(2024, 6, 1)))


def test_removed_records_are_only_where_they_are_asked_for(ledger: Path) -> None:
    tracker = Tracker(open_store(str(ledger)), now=datetime(2026, 3, 9, tzinfo=UTC))
    tracker.add(Indicator(id="water.taps", name="水表", unit="个"))
    seq = tracker.history("water.taps")[0].seq
    Tracker(open_store(str(ledger)), now=datetime(2026, 6, 9, tzinfo=UTC)).undo(seq)
    with open_store(str(ledger)).view() as view:
        then = restore_point_in_time(view, date(2026, 3, 10))
        for owners, found in ((None, True), ({"water"}, True), ({"pipes"}, False)):
            ids = [each.id for _owner, each in then.candidates(Filter(), owners=owners)]
            assert ("water.taps" in ids) is found, owners


def test_what_was_removed_since_stands_where_it_stood() -> None:
    store = MemoryStore()

    def tracker(month: int, day: int) -> Tracker:
        return Tracker(store, now=datetime(2026, month, day, 9, tzinfo=UTC), author="a")

    def add(record: Initiative | Indicator, month: int, day: int) -> int:
        tracker(month, day).add(record)
        return tracker(month, day).history()[0].seq

    enter(tracker(3, 8), document("plan", "计划", "2026-01-05"))
    first = add(Initiative(id="x", name="甲"), 3, 8)
    add(Initiative(id="y", name="乙"), 3, 8)
    add(Initiative(id="part", name="丙", parent="y"), 3, 8)
    tracker(3, 9).undo(first)
    tracker(3, 9).undo(add(Initiative(id="gone", name="旧"), 3, 8))
    # Made again before the day, it stands behind the others.
    again = [add(Initiative(id="x", name="甲"), 3, 9), add(Indicator(id="x.n", name="数"), 3, 10)]
    last = add(Initiative(id="z", name="丁"), 3, 10)
    for seq in (last, *reversed(again)):
        tracker(6, 9).undo(seq)
    tracker(6, 9).undo(1)
    add(Initiative(id="x", name="甲甲"), 6, 10)
    tracker(6, 10).undo(add(Initiative(id="short", name="短"), 6, 10))
    add(Initiative(id="gone", name="新"), 6, 11)
    tracker(6, 12).edit("gone", {"name": "更新"})
    with store.view() as view:
        then = restore_point_in_time(view, date(2026, 3, 10))
        names = [(each.id, each.name) for each in then.initiatives(Filter())]
        assert names == [("y", "乙"), ("part", "丙"), ("x", "甲"), ("z", "丁"), ("gone", "新")]
        pairs = [(owner.name, each.id) for owner, each in then.candidates(Filter())]
        assert pairs == [("甲", "x.n")]
        assert list(then.documents()) == ["plan"]
        assert [each.id for each in then.children_of(["y"], ["x"])] == ["part", "x"]
        assert [each.id for each in then.children_of(["y"])] == ["part"]
        assert [each.id for each in then.indicators_of("x")] == ["x.n"]
        known = RecordsAtPointInTime(then, Horizon(as_of=date(2026, 3, 10)))
        assert known.indicators_of("nowhere") == []
