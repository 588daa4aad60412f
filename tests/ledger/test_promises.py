"""Promises as papers make them, in every store: whose they are, and which come again."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import factories
import msgspec
import pytest
from factories import document, enter, figure, initiative, of, on, step
from stores import Opened

from tracker.errors import InvalidInput, Refused
from tracker.ledger.ledger import Tracker
from tracker.ledger.revisions import (
    format_revised_promise,
    refuse_unchanged_revision,
    remark_on_unrevised_edit,
)
from tracker.model.filters import Filter, WorkingSet
from tracker.model.horizon import When
from tracker.model.records import Deadline, Indicator, Initiative, Interim, Revision, Update

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


DAY = date(2026, 6, 30)
PLANNED = factories.number(
    Update(id="u", on=DAY, value=Decimal(5)),
    Update(id="v", on=DAY, share_of_plan=Decimal(5)),
    unit="户",
    baseline=Decimal(0),
    target=Decimal(100),
    deadline=Deadline(on=date(2026, 12, 31)),
    interim=[Interim(on=DAY, value=Decimal(40)), Interim(on=date(2026, 9, 30), value=Decimal(70))],
    revisions=[
        Revision(id="r", on=DAY, target=Decimal(90), reason="会议"),
        Revision(id="s", on=DAY, deadline=Deadline(on=date(2027, 6, 30)), reason="会议"),
    ],
)


@pytest.mark.parametrize(
    ("changed", "figures"),
    [
        ({"unit": "万户"}, "target 100, baseline 0, interim 2, revisions 1, updates 1"),
        (
            {"unit": "万户", "target": Decimal(10), "interim": [], "revisions": []},
            "baseline 0, updates 1",
        ),
        (
            {"unit": "万户", "target": None, "baseline": None, "interim": [], "revisions": []},
            "updates 1",
        ),
        ({"unit": "万户", "target_high": Decimal(120)}, "target 100, baseline 0, interim 2"),
        (
            {"unit": "万户", "interim": [Interim(on=DAY, value=Decimal(4))]},
            "target 100, baseline 0, revisions 1",
        ),
        ({"name": "改造"}, None),
    ],
)
def test_figures_that_another_unit_gives_another_meaning_are_named(
    changed: dict[str, Any], figures: str | None
) -> None:
    new = msgspec.structs.replace(PLANNED, **changed)
    remarks = remark_on_unrevised_edit(PLANNED, new, [])
    assert [figures in remark for remark in remarks if figures] == [True] * len(remarks)
    assert len(remarks) == (figures is not None)
    without_unit = msgspec.structs.replace(PLANNED, unit=None)
    assert remark_on_unrevised_edit(without_unit, new, []) == ()


@pytest.mark.parametrize(
    ("old", "changed", "fields", "count"),
    [
        (PLANNED, {"target": Decimal(90)}, ["target"], 1),
        (PLANNED, {"target": Decimal(90), "name": "改造"}, ["name", "target"], 1),
        (PLANNED, {"target": Decimal(90)}, ["name"], 0),
        (PLANNED, {"target_high": Decimal(120)}, ["target_high"], 0),
        (msgspec.structs.replace(PLANNED, updates=[]), {"target": Decimal(90)}, ["target"], 0),
    ],
)
def test_a_promise_that_is_rewritten_after_a_report_is_remarked_on(
    old: Indicator, changed: dict[str, Any], fields: list[str], count: int
) -> None:
    remarks = remark_on_unrevised_edit(old, msgspec.structs.replace(old, **changed), fields)
    assert len(remarks) == count
    initiative = Initiative(id="a", name="甲")
    assert remark_on_unrevised_edit(initiative, initiative, fields) == ()


def test_a_revision_changes_a_target_a_deadline_or_the_points_between() -> None:
    for more in (
        {"target": Decimal(80)},
        {"target_wording": "大幅提高"},
        {"deadline": Deadline(on=date(2028, 6, 30))},
        {"interim": [Interim(on=DAY, value=Decimal(30))]},
        {"voids": "r"},
    ):
        refuse_unchanged_revision(PLANNED, Revision(id="t", on=DAY, reason="会议", **more), DAY)
    with pytest.raises(InvalidInput, match="changes nothing"):
        refuse_unchanged_revision(PLANNED, Revision(id="t", on=DAY, reason="会议"), DAY)
    again = Revision(id="t", on=DAY, target=Decimal(90), reason="会议")
    with pytest.raises(Refused, match="promised so already"):
        refuse_unchanged_revision(PLANNED, again, DAY)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "nothing"),
        ({"target": Decimal("1E+3"), "unit": "户"}, "1000 户"),
        ({"target": Decimal(5), "target_high": Decimal("1E+1")}, "5–10"),
        ({"target_wording": "大幅提高", "target": Decimal(5)}, "大幅提高"),
        ({"target": Decimal(5), "deadline": Deadline(on=DAY)}, "5 by 2026-06-30"),
        ({"deadline": Deadline(wording="每年")}, "每年"),
        ({"deadline": Deadline()}, "nothing"),
    ],
)
def test_a_promise_is_told_in_a_few_words(fields: dict[str, Any], words: str) -> None:
    plain: dict[str, Any] = {"target": None, "deadline": None, "unit": None}
    assert format_revised_promise(factories.number(**plain | fields), DAY) == words
