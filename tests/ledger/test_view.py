"""Which records a question is about, and what they roll up to."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import pytest
from factories import document, enter, figure, initiative, of, on, step

from tracker.errors import InvalidInput, NotFound
from tracker.exchange import batches
from tracker.ledger.ledger import Tracker
from tracker.ledger.point_in_time import RecordsAtPointInTime
from tracker.ledger.quotations import list_quotations
from tracker.model.filters import ALL, Filter
from tracker.model.horizon import Horizon, When
from tracker.storage.memory import MemoryStore
from tracker.views.explanation import build_explanation_view

JUNE = "2026-06-01"
NETWORK = (
    document("plan", "计划", "2026-01-01"),
    initiative("water", "供水", kind="strategy", level="city", aliases=["水网"]),
    initiative(
        "pipes",
        "管网",
        figure("km", "改造长度", "公里", on("2026-05-31", 100)),
        figure("share", "改造率", "%", on("2026-06-30", 10), target=80),
        parent="water",
        place="济南市市中区",
        lead="水务局",
        support=["财政局"],
        category="民生",
        tags=["2026"],
        notes="汛期停工",
        sources=[of("plan")],
    ),
    initiative("meters", "水表", step("installed", "安装", JUNE, start=None), parent="pipes"),
    initiative(
        "roads",
        "道路",
        step("begun", "开工", JUNE, start=None),
        decisions=[on("2026-05-01", state="cancelled", reason="并入他项")],
    ),
    initiative(
        "bridge",
        "桥梁",
        step(
            "built",
            "合龙",
            JUNE,
            start=None,
            decisions=[on("2026-04-01", state="suspended", reason="汛期")],
        ),
        parent="roads",
    ),
)


@pytest.fixture(scope="module")
def ledger() -> Tracker:
    tracker = Tracker(MemoryStore(), now=datetime(2026, 7, 2, tzinfo=UTC), author="王")
    return enter(tracker, *NETWORK)


def ids(found: Sequence[Any]) -> list[str]:
    return [each.id for each in found]


def test_a_tree_rolls_up_what_is_below_without_mixing_units(ledger: Tracker) -> None:
    found = {each.initiative.id: each for each in ledger.tree().items}
    assert [(each.depth, key) for key, each in found.items()] == [
        (0, "water"),
        (1, "pipes"),
        (2, "meters"),
        (0, "roads"),
        (1, "bridge"),
    ]
    assert found["meters"].rollup[:6] == (1, 0, 0, 1, 0, "red")
    assert found["pipes"].rollup[:6] == (3, 1, 1, 1, 0, "red")
    assert found["water"].rollup[:6] == (3, 1, 1, 1, 0, "red")
    assert found["roads"].rollup[:6] == (2, 0, 0, 0, 2, "none")


def test_a_parent_that_is_cancelled_cancels_what_is_below(ledger: Tracker) -> None:
    found = {each.initiative.id: each.state for each in ledger.tree().items}
    assert found == {
        "water": "active",
        "pipes": "active",
        "meters": "active",
        "roads": "cancelled",
        "bridge": "cancelled",
    }
    built = ledger.indicators(Filter(text="合龙")).items[0]
    assert (built.state, built.light) == ("cancelled", "none")
    assert built.why == "cancelled, so nothing is expected any more"
    april = When(as_of=datetime(2026, 7, 2, tzinfo=UTC).date())
    assert ids(ledger.overdue(ALL, april).items) == ["meters.installed"]


def test_a_tree_of_one_is_that_one_and_what_is_below(ledger: Tracker) -> None:
    assert [each.initiative.id for each in ledger.tree("管网").items] == ["pipes", "meters"]
    assert [each.initiative.id for each in ledger.tree("meters.installed").items] == ["meters"]


def test_parents_are_there_for_the_sake_of_what_fits(ledger: Tracker) -> None:
    overdue = ledger.tree(where=Filter(text="安装")).items
    assert [each.initiative.id for each in overdue] == ["water", "pipes", "meters"]
    assert overdue[0].rollup[:6] == (1, 0, 0, 1, 0, "red")
    by_light = ledger.tree(where=Filter(light="green")).items
    assert [each.initiative.id for each in by_light] == ["water", "pipes"]


def test_a_search_finds_initiatives_side_by_side(ledger: Tracker) -> None:
    found = ledger.search(Filter(text="管"))
    assert [(each.depth, each.initiative.id) for each in found.items] == [(0, "pipes")]
    assert found.items[0].rollup[:6] == (2, 1, 1, 0, 0, "red")
    assert [each.initiative.id for each in ledger.search(Filter(text="合龙")).items] == ["bridge"]


@pytest.mark.parametrize(
    "where", [Filter(text="a"), Filter(text="安装"), Filter(text="", light="green"), Filter()]
)
@pytest.mark.parametrize("limit", [1, 2, 9])
def test_the_first_that_are_found_are_those_of_all(
    ledger: Tracker, where: Filter, limit: int
) -> None:
    found, first = ledger.search(where), ledger.search(where, limit=limit)
    assert first.items == found.items[:limit]
    assert first.total == found.total == len(found.items) > 0


@pytest.mark.parametrize(
    ("where", "found"),
    [
        (Filter(place="市中"), ["pipes.km", "pipes.share"]),
        (Filter(lead="财政"), ["pipes.km", "pipes.share"]),
        (Filter(lead="水务"), ["pipes.km", "pipes.share"]),
        (Filter(category="民生"), ["pipes.km", "pipes.share"]),
        (Filter(kind="strategy"), []),
        (Filter(level="city"), []),
        (Filter(tag="2026"), ["pipes.km", "pipes.share"]),
        (Filter(tag="202"), []),
        (Filter(document="PLAN"), ["pipes.km", "pipes.share"]),
        (Filter(text="停工"), ["pipes.km", "pipes.share"]),
        (Filter(text="share"), ["pipes.share"]),
        (Filter(light="red"), ["pipes.share", "meters.installed"]),
        (Filter(state="cancelled"), ["roads.begun", "bridge.built"]),
        (
            Filter(due_before=datetime(2026, 6, 1, tzinfo=UTC).date()),
            ["meters.installed", "roads.begun", "bridge.built"],
        ),
        (
            Filter(due_after=datetime(2026, 6, 2, tzinfo=UTC).date()),
            ["pipes.km", "pipes.share"],
        ),
        (Filter(place="市中", light="green"), ["pipes.km"]),
    ],
)
def test_filters(ledger: Tracker, where: Filter, found: list[str]) -> None:
    assert ids(ledger.indicators(where).items) == found
    exported = [each.id for item in ledger.export(where).items for each in item.indicators]
    assert exported == found


def test_documents_are_counted_by_what_stands_on_them(ledger: Tracker) -> None:
    cited = ledger.documents()
    assert [(each.id, records) for each, records in cited.items] == [("plan", 1)]
    before = ledger.documents(When(as_of=datetime(2025, 12, 31, tzinfo=UTC).date()))
    assert before.items == []


def test_checks_take_the_same_filters(ledger: Tracker) -> None:
    found = ledger.check(["no-source"], Filter(light="red")).items
    assert {each.id for each in found} == {"pipes.share", "meters.installed"}
    with pytest.raises(InvalidInput, match="--light"):
        ledger.check((), Filter(light="blue"))


def test_words_that_no_vocabulary_holds_are_refused(ledger: Tracker) -> None:
    for where in (Filter(kind="x"), Filter(level="x"), Filter(light="x"), Filter(state="x")):
        with pytest.raises(InvalidInput, match="allowed:"):
            ledger.indicators(where)


def test_an_export_with_filters_keeps_initiatives_that_fit_alone(ledger: Tracker) -> None:
    assert ids(ledger.export(Filter(kind="strategy")).items) == ["water"]
    assert ids(ledger.export(Filter(light="green")).items) == ["water", "pipes"]


def test_a_filtered_export_can_be_read_into_another_ledger(ledger: Tracker) -> None:
    out = ledger.export(Filter(light="green"))
    water, pipes = out.items
    assert (water.id, water.indicators) == (pipes.parent, [])
    other = Tracker(MemoryStore(), now=ledger.now)
    other.make()
    other.merge([batches.Batch(out.documents, out.items, problems=[])], "refuse", "import")
    assert ids(other.export().items) == ids(out.items)
    assert len(ledger.export().items) == 5


def test_quotes_of_indicators_and_their_entries_are_listed() -> None:
    quoted = {"document": "plan", "quote": "改造管网100公里"}
    tracker = Tracker(MemoryStore(), now=datetime(2026, 7, 2, tzinfo=UTC), author="王")
    enter(
        tracker,
        document("plan", "计划", "2026-01-01"),
        initiative(
            "pipes",
            "管网",
            figure("km", "改造长度", "公里", on("2026-05-31", 100, source=quoted), source=None),
            figure("share", "改造率", "%", source={"document": "plan", "quote": "改造率80%"}),
        ),
    )
    documents, quotations = list_quotations(tracker)
    assert list(documents) == ["plan"]
    assert [(each.indicator.id, each.source.quote) for each in quotations] == [
        ("pipes.km", "改造管网100公里"),
        ("pipes.share", "改造率80%"),
    ]


def test_parts_that_were_not_there_yet_are_not_added_up() -> None:
    tracker = Tracker(MemoryStore(), now=datetime(2026, 7, 2, tzinfo=UTC), author="王")
    enter(
        tracker,
        initiative(
            "grid",
            "并网",
            figure("all", "总量", "千瓦", on("2026-05-31", 90)),
            figure("wind", "风电", "千瓦", on("2026-05-31", 30), part_of="grid.all"),
            figure(
                "sun",
                "光伏",
                "千瓦",
                on("2026-06-30", 20),
                part_of="grid.all",
                start="2026-06-01",
            ),
        ),
    )
    assert len(tracker.show("grid").wholes[0].parts) == 2
    early = tracker.show("grid", When(as_of=date(2026, 5, 31)))
    assert [len(each.parts) for each in early.wholes] == [1]


def test_what_came_later_is_not_above_what_was_there() -> None:
    tracker = Tracker(MemoryStore(), now=datetime(2026, 7, 2, tzinfo=UTC), author="王")
    late = {"start": "2026-06-01"}
    enter(
        tracker,
        initiative("city", "全市", figure("all", "总量", "千瓦", on("2026-06-30", 90), **late)),
        initiative(
            "grid",
            "并网",
            figure("wind", "风电", "千瓦", on("2026-05-31", 30), part_of="city.all"),
            parent="city",
        ),
    )
    now, early = tracker.show("grid"), tracker.show("grid", When(as_of=date(2026, 5, 31)))
    assert now.parent is not None
    assert len(now.wholes) == 1
    assert early.parent is None
    assert early.wholes == []


def test_shares_are_not_added_up() -> None:
    tracker = Tracker(MemoryStore(), now=datetime(2026, 7, 2, tzinfo=UTC), author="王")
    rates = (
        figure("all", "改造率", "%", on("2026-05-31", 40)),
        figure("east", "东片改造率", "%", on("2026-05-31", 30), part_of="rate.all"),
    )
    enter(tracker, initiative("rate", "改造", *rates))
    whole, part = tracker.indicators().items
    assert (whole.sum, whole.difference, part.share_of_whole) == (None, None, None)


def test_nothing_belongs_to_an_initiative_that_is_not_there(ledger: Tracker) -> None:
    with ledger.store.view() as view:
        records = RecordsAtPointInTime(view, Horizon(as_of=date(2026, 5, 31)))
        assert records.indicators_of("nobody") == []
        assert records.indicator("nobody.km") is None


def test_parts_are_told_beside_an_estimate_of_their_whole() -> None:
    tracker = Tracker(MemoryStore(), now=datetime(2026, 7, 2, tzinfo=UTC), author="王")
    parts = (
        figure("all", "总量", "千瓦", on("2026-05-31", 90, status="estimate")),
        figure("wind", "风电", "千瓦", on("2026-05-31", 30), part_of="grid.all"),
    )
    enter(tracker, initiative("grid", "并网", *parts))
    facts = dict(build_explanation_view(tracker.why("grid.all")).facts)
    assert facts["parts"] == "together 30 千瓦"


def test_what_is_promised_by_a_later_document_is_not_there_yet() -> None:
    tracker = Tracker(MemoryStore(), now=datetime(2026, 7, 2, tzinfo=UTC), author="王")
    later = document("plan", "计划", "2026-08-01")
    enter(tracker, later, initiative("grid", "并网", sources=[of("plan")]))
    with pytest.raises(NotFound, match="grid was not there yet on 2026-07-02"):
        tracker.show("grid")
