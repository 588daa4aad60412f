"""Read a corrected sample again: what it said wrongly is mended, what people said stays."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import msgspec
import pytest
from places import FIXTURES, SEEDS
from stores import STORES, Opened

from tracker.errors import Refused
from tracker.exchange.batches import Batch, read_batch
from tracker.exchange.fields import build_record_from_fields
from tracker.ledger.answers import Export
from tracker.ledger.ledger import Tracker
from tracker.ledger.merge import MergeCounts
from tracker.model.assessment import Assessment
from tracker.model.filters import ALL
from tracker.model.horizon import When
from tracker.model.records import Deadline, Decision, Indicator, Item, Revision, Update
from tracker.storage.memory import MemoryStore

FIRST = datetime(2026, 1, 5, 9, tzinfo=UTC)
PEOPLE = datetime(2026, 1, 6, 9, tzinfo=UTC)
AGAIN = datetime(2026, 2, 1, 9, tzinfo=UTC)
NOTHING = MergeCounts(0, 0, 0, 0, 0)

REPORT = {"id": "report", "title": "报告", "published": "2025-01-09"}
SOURCE = {"document": "report", "locator": "第1段"}


def batch(*items: Mapping[str, Any], **document: Any) -> Batch:  # noqa: ANN401  # of a document
    data = {"documents": [REPORT | document], "items": [*items]}
    return read_batch(msgspec.json.encode(data), "json")


def update(**fields: Any) -> dict[str, Any]:  # noqa: ANN401  # of an update
    return {"on": "2025-01-09", "status": "final", "source": SOURCE} | fields


def pipes(*indicators: Mapping[str, Any], **fields: Any) -> dict[str, Any]:  # noqa: ANN401
    return {"id": "pipes", "name": "管网", "sources": [SOURCE], "indicators": indicators} | fields


def length(*updates: Mapping[str, Any], **fields: Any) -> dict[str, Any]:  # noqa: ANN401
    own = {"id": "length", "name": "改造长度", "unit": "公里", "source": SOURCE}
    return own | {"updates": updates} | fields


WRONG = pipes(
    length(update(value=18, status="in_progress"), target=20, commitment="effort"),
    aliases=["老管网", "管子"],
    level="district",
)
RIGHT = pipes(length(update(value=18)), aliases=["老管网", "供水管网"], level="city", lead="水务局")


def people(opened: Opened, now: datetime = PEOPLE) -> Tracker:
    return Tracker(opened(), now=now, author="督查室")


def read_sample(opened: Opened, *items: Mapping[str, Any], now: datetime = AGAIN) -> MergeCounts:
    return Tracker(opened(), now=now, author="样例").merge([batch(*items)], "correct", "init")


def stored(opened: Opened) -> Item:
    (found,) = Tracker(opened(), now=AGAIN).export().items
    return found


@pytest.fixture
def wrong(opened: Opened) -> Opened:
    """A ledger that was made from a sample that says things wrongly."""
    assert read_sample(opened, WRONG, now=FIRST) == MergeCounts(1, 1, 1, 1, 0)
    return opened


def test_what_nobody_changed_is_corrected(wrong: Opened) -> None:
    assert read_sample(wrong, RIGHT) == MergeCounts(0, 0, 0, 2, 2)
    item = stored(wrong)
    assert (item.level, item.lead, item.aliases) == ("city", "水务局", ["老管网", "供水管网"])
    (found,) = item.indicators
    assert (found.target, found.commitment) == (None, None)
    old, voiding, new = found.updates
    assert (voiding.voids, voiding.on, voiding.value) == (old.id, old.on, None)
    assert voiding.note == "taken back, because the sample was corrected"
    assert (voiding.by, voiding.recorded_at) == ("样例", AGAIN)
    assert (new.value, new.status) == (Decimal(18), "final")
    assert people(wrong).show("pipes").indicators[0].value == Decimal(18)


def test_a_second_reading_changes_nothing(wrong: Opened) -> None:
    read_sample(wrong, RIGHT)
    before = people(wrong).export()
    assert read_sample(wrong, RIGHT) == NOTHING
    assert people(wrong).export() == before


def test_what_was_corrected_can_be_corrected_again(wrong: Opened) -> None:
    read_sample(wrong, RIGHT)
    better = pipes(length(update(value=17)), aliases=["供水管网"], level="city")
    assert read_sample(wrong, better) == MergeCounts(0, 0, 0, 2, 1)
    assert stored(wrong).lead is None
    assert people(wrong).show("pipes").indicators[0].value == Decimal(17)


def test_corrections_can_be_taken_back_and_stay_so(wrong: Opened) -> None:
    tracker = people(wrong)
    before = tracker.show("pipes").indicators
    read_sample(wrong, RIGHT, {"id": "bridge", "name": "桥", "sources": [SOURCE]})
    tracker.undo(2)
    assert tracker.show("pipes").indicators == before
    item = stored(wrong)
    assert (item.level, item.lead, item.aliases) == ("district", None, ["老管网", "管子"])
    extended = RIGHT, {"id": "bridge", "name": "桥", "sources": [SOURCE]}
    assert read_sample(wrong, *extended) == NOTHING
    assert stored(wrong) == item
    # The way back is to take back what took them back.
    tracker.undo(3)
    assert {each.id for each in tracker.export().items} == {"pipes", "bridge"}
    assert tracker.show("pipes").indicators[0].value == Decimal(18)
    assert read_sample(wrong, *extended) == NOTHING


def test_a_sample_that_was_taken_back_whole_comes_again(wrong: Opened) -> None:
    people(wrong).undo(1)
    assert read_sample(wrong, RIGHT) == MergeCounts(1, 1, 1, 1, 0)


def test_what_people_set_stays_and_is_named(wrong: Opened) -> None:
    fields = {"level": "township", "aliases": ["老管网", "西城管网"], "notes": "重点"}
    people(wrong).edit("pipes", fields)
    people(wrong).edit("pipes.length", {"target": Decimal(25)})
    counts = read_sample(wrong, RIGHT)
    item = stored(wrong)
    # 管子 was taken out by people, 西城管网 is theirs; 供水管网 is new in the sample.
    assert (item.level, item.notes) == ("township", "重点")
    assert item.aliases == ["老管网", "西城管网", "供水管网"]
    assert item.lead == "水务局"
    assert item.indicators[0].target == Decimal(25)
    assert item.indicators[0].commitment is None
    assert counts.kept == (
        'pipes: level is "township" in the ledger and "city" in the file',
        'pipes.length: target is "25" in the ledger and "None" in the file',
    )


def test_what_people_cleared_stays_empty(wrong: Opened) -> None:
    people(wrong).edit("pipes", {"level": None})
    assert len(read_sample(wrong, RIGHT).kept) == 1
    assert stored(wrong).level is None


def test_what_people_agree_with_is_not_named(wrong: Opened) -> None:
    people(wrong).edit("pipes", {"level": "city", "lead": "水务局"})
    assert read_sample(wrong, RIGHT).kept == ()


def report(value: int, on: date) -> Callable[[Tracker], object]:
    draft = Update(on=on)
    return lambda tracker: tracker.report("pipes.length", draft, str(value), None, force=True)


def void(tracker: Tracker) -> None:
    (wrongly,) = stored_updates(tracker)
    draft = Update(on=wrongly.on, voids=wrongly.id)
    tracker.report("pipes.length", draft, "19", None)


def stored_updates(tracker: Tracker) -> list[Update]:
    return tracker.export().items[0].indicators[0].updates


@pytest.mark.parametrize("change", [report(19, date(2025, 1, 9)), void])
def test_what_people_report_for_the_same_day_stays(
    wrong: Opened, change: Callable[[Tracker], object]
) -> None:
    change(people(wrong))
    before = stored_updates(people(wrong))
    counts = read_sample(wrong, RIGHT)
    assert stored_updates(people(wrong)) == before
    said = "pipes.length: what was reported here since stays in the place of the file's"
    assert counts.kept == (said,)
    assert people(wrong).show("pipes").indicators[0].value == Decimal(19)


def test_what_people_report_for_another_day_stays_beside(wrong: Opened) -> None:
    report(21, date(2025, 6, 30))(people(wrong))
    assert read_sample(wrong, RIGHT).kept == ()
    seen = people(wrong)
    assert seen.show("pipes").indicators[0].value == Decimal(21)
    then = seen.show("pipes", When(as_of=date(2025, 2, 1))).indicators[0]
    assert (then.value, then.last_report) == (Decimal(18), date(2025, 1, 9))


def test_what_people_revised_stays_in_force(wrong: Opened) -> None:
    revision = Revision(on=date(2026, 1, 6), target=Decimal(30), reason="会议决定")
    people(wrong).revise("pipes.length", revision)
    better = pipes(length(update(value=18), target=22, commitment="outcome"))
    assert read_sample(wrong, better).kept == ()
    seen = people(wrong).show("pipes").indicators[0]
    assert (seen.first_target, seen.target) == (Decimal(22), Decimal(30))


def test_what_people_ended_takes_no_new_report(wrong: Opened) -> None:
    ended = Decision(on=date(2026, 1, 6), state="closed", reason="完成")
    people(wrong).decide("pipes", ended, "close", force=True)
    before = stored_updates(people(wrong))
    counts = read_sample(wrong, RIGHT)
    assert stored_updates(people(wrong)) == before
    assert counts.kept == (
        "pipes.length has ended; if that was wrong, run: tracker reopen pipes.length",
    )


def test_a_record_that_would_be_wrong_stays(wrong: Opened) -> None:
    report(19, date(2025, 3, 1))(people(wrong))
    done = {"on": "2025-01-09", "done": True, "source": SOURCE}
    milestone = {"id": "length", "name": "改造", "measure": "milestone", "source": SOURCE}
    counts = read_sample(wrong, pipes(milestone | {"updates": [done]}))
    assert stored(wrong).indicators[0].measure == "number"
    assert counts.kept


def test_parents_of_people_that_would_lead_back_stay(opened: Opened) -> None:
    below = {"id": "valve", "name": "阀门", "sources": [SOURCE]}
    read_sample(opened, WRONG, below, now=FIRST)
    people(opened).edit("pipes", {"parent": "valve"})
    counts = read_sample(opened, WRONG, below | {"parent": "pipes"})
    parents = {each.id: each.parent for each in people(opened).export().items}
    assert parents == {"pipes": "valve", "valve": None}
    assert counts.kept


def test_a_part_of_what_people_measure_otherwise_stays(opened: Opened) -> None:
    part = length(update(value=3), id="part", name="其中")
    read_sample(opened, WRONG | {"indicators": [*WRONG["indicators"], part]}, now=FIRST)
    people(opened).edit("pipes.length", {"unit": "米"})
    parts = [*WRONG["indicators"], part | {"part_of": "pipes.length"}]
    for _reading in range(2):
        counts = read_sample(opened, WRONG | {"indicators": parts})
        assert [each.part_of for each in stored(opened).indicators] == [None, None]
        assert len(counts.kept) == 1


def test_links_of_a_corrected_sample_are_followed_to_the_ledger_and_the_file(
    opened: Opened,
) -> None:
    first = length(id="first", unit=None, measure="milestone")
    second = first | {"id": "second", "after": "pipes.first"}
    read_sample(opened, pipes(first, second))
    moved = [{"id": "water", "name": "水务"}, pipes(first, second | {"name": "二"}, parent="water")]
    assert read_sample(opened, *moved) == NOTHING._replace(initiatives=1, changed=2)
    named = pipes(first, second | {"name": "三"}, parent="water", lead="水务局")
    assert read_sample(opened, moved[0], named) == NOTHING._replace(changed=2)


def test_an_indicator_that_is_left_out_goes(wrong: Opened) -> None:
    other = length(update(value=3), id="valves", name="阀门")
    assert read_sample(wrong, WRONG | {"indicators": [other]}) == MergeCounts(0, 0, 1, 1, 1)
    assert [each.id for each in stored(wrong).indicators] == ["pipes.valves"]
    people(wrong).undo(2)
    assert [each.id for each in stored(wrong).indicators] == ["pipes.length"]


@pytest.mark.parametrize(
    "change",
    [report(19, date(2025, 3, 1)), lambda tracker: tracker.edit("pipes.length", {"notes": "x"})],
)
def test_an_indicator_that_people_used_stays(
    wrong: Opened, change: Callable[[Tracker], object]
) -> None:
    change(people(wrong))
    counts = read_sample(wrong, WRONG | {"indicators": []})
    assert [each.id for each in stored(wrong).indicators] == ["pipes.length"]
    said = "pipes.length: the file leaves it out, but it was changed here since"
    assert counts.kept == (said,)


def test_what_people_added_is_not_the_samples(wrong: Opened) -> None:
    own = {"id": "pipes.leaks", "name": "漏损率", "unit": "%", "source": SOURCE}
    people(wrong).add(build_record_from_fields(Indicator, own))
    read_sample(wrong, RIGHT)
    assert [each.id for each in stored(wrong).indicators] == ["pipes.length", "pipes.leaks"]


def test_another_file_of_init_is_not_the_samples(opened: Opened) -> None:
    history = pipes(length(update(value=1)), recorded_at="2024-01-01T00:00:00Z", by="甲")
    own = Tracker(opened(), now=FIRST, author="甲")
    own.merge([batch(history)], "keep", "init")
    counts = read_sample(opened, RIGHT | {"level": "city", "name": "别的"})
    assert stored(opened).name == "管网"
    assert len(counts.kept) == 1


def test_what_another_document_says_is_not_left_out(wrong: Opened) -> None:
    other = {"id": "own", "title": "通知", "published": "2025-02-01"}
    source = {"document": "own"}
    leaks = {"id": "leaks", "name": "漏损率", "unit": "%", "source": source}
    item = {"id": "pipes", "name": "管网", "sources": [source], "indicators": [leaks]}
    data = msgspec.json.encode({"documents": [other], "items": [item]})
    own = Tracker(wrong(), now=PEOPLE, author="督查室")
    own.merge([read_batch(data, "json")], "keep", "init")
    read_sample(wrong, RIGHT)
    assert [each.id for each in stored(wrong).indicators] == ["pipes.length", "pipes.leaks"]


def test_a_document_is_corrected_too(wrong: Opened) -> None:
    sample = batch(WRONG, published_basis="assumed", title="报告（节选）")
    people(wrong).merge([batch(title="政府工作报告")], "replace", "import")
    counts = Tracker(wrong(), now=AGAIN).merge([sample], "correct", "init")
    (document,) = people(wrong).export().documents
    assert (document.published_basis, document.title) == ("assumed", "政府工作报告")
    assert len(counts.kept) == 1


def test_wrong_samples_are_refused_whole(wrong: Opened) -> None:
    future = pipes(length(update(value=18), update(on="2027-01-01", value=19)), level="city")
    new = length(update(on="2027-01-01", value=19), id="new", name="新")
    with pytest.raises(Refused):
        read_sample(wrong, RIGHT | {"indicators": [new]})
    # What is in the ledger already only stays as it is.
    assert len(read_sample(wrong, future).kept) == 1


# The sample of the first version


@cache
def first_sample() -> list[Batch]:
    with ZipFile(FIXTURES / "seeds-first.zip") as packed:
        return [read_batch(packed.read(name), "toml") for name in packed.namelist()]


@cache
def todays_sample() -> list[Batch]:
    return [read_batch(each.read_bytes(), "toml") for each in sorted(SEEDS.glob("*.toml"))]


def look(tracker: Tracker, day: date) -> dict[str, Assessment]:
    return {each.id: each for each in tracker.indicators(ALL, When(as_of=day)).items}


def names_of(export: Export[list[Item]]) -> dict[str, tuple[object, ...]]:
    """What an export says, without the entries and who made them."""
    return {
        each.id: (each.name, each.lead, each.level, each.parent, each.tags, each.aliases)
        for each in export.items
    }


DAYS = [date(2022, 7, 31), date(2023, 1, 10), date(2024, 1, 1), date(2025, 1, 9), date(2026, 1, 10)]


@pytest.fixture(scope="module")
def fresh() -> tuple[dict[str, tuple[object, ...]], dict[date, dict[str, Assessment]]]:
    """What a ledger says that was made from today's sample: its names, and how each stands."""
    tracker = Tracker(MemoryStore(), now=AGAIN)
    tracker.merge(todays_sample(), "correct", "init")
    return names_of(tracker.export()), {day: look(tracker, day) for day in DAYS}


def merge_first_sample() -> Tracker:
    """Make a ledger in memory from the sample of the first version."""
    tracker = Tracker(MemoryStore(), now=FIRST)
    counts = tracker.merge(first_sample(), "correct", "init")
    assert counts == MergeCounts(5, 362, 549, 362, 0)
    return tracker


@pytest.fixture(scope="module")
def old_in_memory() -> Tracker:
    return merge_first_sample()


@pytest.fixture(params=STORES)
def of_old(request: pytest.FixtureRequest, tmp_path: Path, old_in_memory: Tracker) -> Opened:
    """A ledger that was made from the sample of the first version."""
    if request.param == "memory":
        store = merge_first_sample().store
        return lambda: store
    opened = STORES[request.param](tmp_path)
    old_in_memory.move(opened())
    return opened


def test_a_ledger_of_the_first_sample_becomes_one_of_todays(
    of_old: Opened,
    fresh: tuple[dict[str, tuple[object, ...]], dict[date, dict[str, Assessment]]],
) -> None:
    tracker = Tracker(of_old(), now=AGAIN, author="办公室")
    before, seen = names_of(tracker.export()), look(tracker, DAYS[-1])
    counts = tracker.merge(todays_sample(), "correct", "init")
    assert counts.kept == ()
    assert not any(tracker.merge(todays_sample(), "correct", "init"))
    assert (names_of(tracker.export()), {day: look(tracker, day) for day in DAYS}) == fresh
    tracker.undo(2)
    assert names_of(tracker.export()) == before
    assert look(tracker, DAYS[-1]) == seen
    assert not any(tracker.merge(todays_sample(), "correct", "init"))


def test_what_people_made_of_the_first_sample_stays(of_old: Opened) -> None:
    tracker = Tracker(of_old(), now=PEOPLE, author="办公室")
    tracker.edit("rural-pipes", {"lead": "济南市水务局"})
    tracker.edit("old-estates.areas-2022", {"commitment": "vision", "deadline": None})
    tracker.edit("jinan-hotel", {"aliases": ["宾馆"], "level": "district"})
    draft = Update(on=date(2026, 1, 5))
    tracker.report("urban-jobs.added-2025", draft, "2.2万人", None)
    revised = Revision(on=date(2026, 1, 5), deadline=Deadline(on=date(2026, 6, 30)), reason="延期")
    tracker.revise("port-museum.opened", revised)
    counts = Tracker(of_old(), now=AGAIN).merge(todays_sample(), "correct", "init")
    items = {each.id: each for each in tracker.export().items}
    assert items["rural-pipes"].lead == "济南市水务局"
    assert items["jinan-hotel"].level == "district"
    assert (items["jinan-hotel"].notes or "").endswith("原文前后不一，照录")
    assert items["jinan-hotel"].aliases == ["宾馆"]
    seen = look(tracker, date(2026, 1, 10))
    assert seen["urban-jobs.added-2025"].met_on == date(2026, 1, 5)
    assert seen["port-museum.opened"].deadline == date(2026, 6, 30)
    assert seen["old-estates.areas-2022"].commitment == "vision"
    assert [each.partition(":")[0] for each in counts.kept] == [
        "old-estates.areas-2022",
        "rural-pipes",
    ]
