"""Promises as papers make them, in every store: whose they are, and which come again."""

from datetime import UTC, date, datetime

import pytest
from factories import document, enter, figure, initiative, of, on, step
from stores import Opened

from tracker.ledger.ledger import Tracker
from tracker.model.filters import Filter, WorkingSet
from tracker.model.horizon import When
from tracker.model.records import Update

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
PLAN = document("plan", "工作要点", "2026-01-09")
RIVERS = initiative(
    "rivers",
    "河道",
    step("walk", "巡查", None, on("2026-01-20", done=True), recurs="month"),
    figure(
        "silt",
        "清淤",
        "公里",
        on("2025-12-20", 80),
        on("2026-02-10", 12),
        recurs="year",
        start="2025-01-01",
        deadline={"wording": "每年"},
        lead="水利局",
        person="李四",
    ),
    step("gate", "闸门验收", "2026-12-31", support=["财政局"]),
    lead="水务局",
    person="王五",
    sources=[of("plan")],
)


def tracker(opened: Opened, now: datetime = NOW) -> Tracker:
    return Tracker(opened(), now=now, author="督查室")


@pytest.fixture
def ledger(opened: Opened) -> Opened:
    enter(tracker(opened), PLAN, RIVERS)
    return opened


def ids(opened: Opened, where: Filter, when: When | None = None) -> list[str]:
    return [each.id for each in tracker(opened).indicators(where, when or When()).items]


def test_a_filter_finds_who_is_responsible_for_the_indicator_itself(ledger: Opened) -> None:
    assert ids(ledger, Filter(lead="水利")) == ["rivers.silt"]
    assert ids(ledger, Filter(lead="水务")) == ["rivers.walk", "rivers.gate"]
    assert ids(ledger, Filter(lead="财政局")) == ["rivers.gate"]
    assert ids(ledger, Filter(person="李")) == ["rivers.silt"]
    assert ids(ledger, Filter(person=["李四", "王五"])) == [
        "rivers.walk",
        "rivers.silt",
        "rivers.gate",
    ]
    assert ids(ledger, Filter(text="李四")) == ["rivers.silt"]
    assert tracker(ledger).is_lead("水利局")
    tracker(ledger).edit("rivers.gate", {"lead": "交通局"})
    assert ids(ledger, Filter(lead="交通局")) == ["rivers.gate"]
    assert ids(ledger, Filter(person="王五")) == ["rivers.walk"]
    tracker(ledger).undo()
    assert ids(ledger, Filter(lead="交通局")) == []


@pytest.mark.parametrize("limit", [None, 5])
def test_overdue_knows_the_cycles_that_were_missed(ledger: Opened, limit: int | None) -> None:
    overdue = tracker(ledger).overdue(limit=limit)
    assert [(each.id, each.deadline) for each in overdue.items] == [
        ("rivers.silt", date(2025, 12, 31)),
        ("rivers.walk", date(2026, 2, 28)),
    ]
    tracker(ledger).report("rivers.walk", Update(on=date(2026, 3, 9), done=True), None, None)
    assert [each.id for each in tracker(ledger).overdue().items] == ["rivers.silt"]
    before = tracker(ledger).overdue(when=When(as_of=date(2026, 3, 8))).items
    assert [each.id for each in before] == ["rivers.silt", "rivers.walk"]
    known = tracker(ledger).overdue(when=When(as_of=date(2026, 2, 27))).items
    assert [each.id for each in known] == ["rivers.silt"]


OLD = document("old", "五年规划", "2021-02-01")
BRIDGES = initiative(
    "bridges",
    "桥梁",
    step("built", "建成", "2025-12-31", source=of("old")),
    step("checked", "检测", "2026-12-31", source=of("plan")),
    step("loose", "涂装", "2026-12-31", start="2026-02-01"),
    tags=["民生实事"],
)


@pytest.mark.parametrize(
    ("working_set", "inside"),
    [
        (None, ["walk", "silt", "gate", "built", "checked", "loose"]),
        (WorkingSet(), ["walk", "silt", "gate", "built", "checked", "loose"]),
        (WorkingSet(tag=("民生实事",)), ["built", "checked", "loose"]),
        (WorkingSet(tag=("实事",)), []),
        (WorkingSet(document=("plan",)), ["walk", "silt", "gate", "checked"]),
        (WorkingSet(document=("old", "plan")), ["walk", "silt", "gate", "built", "checked"]),
        (WorkingSet(tag=("民生实事",), document=("plan",)), ["checked"]),
        (WorkingSet(since=date(2026, 1, 8)), ["walk", "silt", "gate", "checked", "loose"]),
        (WorkingSet(since=date(2026, 1, 9)), ["walk", "silt", "gate", "checked", "loose"]),
        (WorkingSet(since=date(2026, 1, 10)), ["loose"]),
        (WorkingSet(since=date(2026, 2, 1)), ["loose"]),
        (WorkingSet(since=date(2026, 2, 2)), []),
    ],
)
def test_questions_are_about_the_working_set_and_count_what_is_outside(
    ledger: Opened, working_set: WorkingSet | None, inside: list[str]
) -> None:
    enter(tracker(ledger), OLD, BRIDGES)
    where = Filter(working_set=working_set)
    listing = tracker(ledger).indicators(where)
    assert [each.id.partition(".")[2] for each in listing.items] == inside
    assert listing.left_out == 6 - len(inside)
    shown = tracker(ledger).tree(where=where).items
    assert sum(branch.rollup.indicators for branch in shown if branch.depth == 0) == len(inside)
    assert tracker(ledger).status(where).left_out == 6 - len(inside)
    late = {each.id for each in tracker(ledger).overdue(where, limit=9).items}
    assert late == {each.id for each in tracker(ledger).overdue(where).items}
    assert all(each.partition(".")[2] in inside for each in late)


def test_a_store_finds_what_names_an_indicator(ledger: Opened) -> None:
    districts = initiative(
        "districts",
        "分区",
        figure("east", "东区清淤", "公里", on("2026-03-01", 30), part_of="rivers.silt"),
        figure("west", "西区清淤", "公里", part_of="rivers.silt"),
        step("begun", "开工", None, after="rivers.gate"),
    )
    enter(tracker(ledger), districts)
    with tracker(ledger).store.view() as view:
        found = view.linked_indicators("part_of")
        assert [each.id for each in found] == ["districts.east", "districts.west"]
        assert [each.id for each in view.linked_indicators("after")] == ["districts.begun"]
    (whole,) = tracker(ledger).show("rivers").wholes
    assert whole.sum == 30
    assert (whole.reported_parts, len(whole.parts)) == (1, 2)
    before = tracker(ledger).show("rivers", When(as_of=date(2026, 2, 28))).wholes
    assert before[0].sum is None
