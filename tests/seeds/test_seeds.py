"""The packaged seeds: that all of them load, keep the rules they were read by, and say
what the five documents say where those are hard to read.

Facts are read through the library, with all files merged into one ledger.
"""

import tomllib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from places import SEEDS

from tracker.errors import Ambiguous
from tracker.exchange.batches import Batch, read_batch
from tracker.ledger.answers import Export
from tracker.ledger.ledger import Tracker
from tracker.model.assessment import Assessment
from tracker.model.dates import parse_deadline_date
from tracker.model.filters import ALL
from tracker.model.horizon import When
from tracker.model.records import Deadline, Indicator, Item, Source, Update
from tracker.storage.memory import MemoryStore

FILES = sorted(SEEDS.glob("*.toml"))

QILU = "2020-12-19-qilu"
HALF_2022 = "2022-07-31-shizhong"
TWO_SESSIONS_2023 = "2023-01-10-shizhong"
DAZHONG = "2023-04-12-dazhong"
REPORT_2025 = "2025-01-09-shizhong"

PUBLISHED = {
    QILU: date(2020, 12, 19),
    HALF_2022: date(2022, 7, 31),
    TWO_SESSIONS_2023: date(2023, 1, 10),
    DAZHONG: date(2023, 4, 12),
    REPORT_2025: date(2025, 1, 9),
}

LONGEST_NOTE = 60

OTHERWISE_READ: dict[str, str] = {}
"""Deadlines whose day is not the one that their wording is read as, and why: there are none."""

FRAME_ONLY = {
    REPORT_2025: "a report on the year's tasks; many of its sentences print no year of their own",
}
"""Documents whose deadlines may be assumed, and why."""


def batches() -> list[Batch]:
    # A merge takes the records over, so each needs its own.
    return [read_batch(each.read_bytes(), "toml") for each in FILES]


def plain(path: Path) -> list[dict[str, Any]]:
    items = tomllib.loads(path.read_text(encoding="utf-8"))["items"]
    assert isinstance(items, list)
    return items


def merged() -> Tracker:
    tracker = Tracker(MemoryStore(), now=datetime(2026, 1, 1, tzinfo=UTC), author="seeds")
    # "refuse": two files that say different things about one field are an error.
    tracker.merge(batches(), "refuse", "init")
    return tracker


@pytest.fixture(scope="module")
def ledger() -> Tracker:
    return merged()


@pytest.fixture(scope="module")
def whole(ledger: Tracker) -> Export[list[Item]]:
    return ledger.export()


@pytest.fixture(scope="module")
def items(whole: Export[list[Item]]) -> Mapping[str, Item]:
    return {each.id: each for each in whole.items}


@pytest.fixture(scope="module")
def indicators(whole: Export[list[Item]]) -> Mapping[str, Indicator]:
    return {each.id: each for item in whole.items for each in item.indicators}


@pytest.fixture(scope="module")
def on_day(ledger: Tracker) -> Callable[[date], Mapping[str, Assessment]]:
    known: dict[date, Mapping[str, Assessment]] = {}

    def look(day: date) -> Mapping[str, Assessment]:
        if day not in known:
            found = ledger.indicators(ALL, When(as_of=day)).items
            known[day] = {each.id: each for each in found}
        return known[day]

    return look


# What holds for every record


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_file_loads_without_a_problem(path: Path) -> None:
    batch = read_batch(path.read_bytes(), "toml")
    assert batch.problems == []
    assert [each.id for each in batch.documents] == [path.stem]
    assert batch.items


def test_there_is_one_file_for_each_document(whole: Export[list[Item]]) -> None:
    assert [each.stem for each in FILES] == list(PUBLISHED)
    assert {each.id: each.published for each in whole.documents} == PUBLISHED


def test_filling_a_second_time_adds_nothing() -> None:
    tracker = merged()
    before = tracker.export()
    again = tracker.merge(batches(), "keep", "init")
    assert not any(again)
    assert tracker.export() == before


def test_an_id_is_defined_once_and_not_repeated_within_a_file() -> None:
    defined: Counter[str] = Counter()
    for path in FILES:
        here = plain(path)
        repeated = [key for key, n in Counter(item["id"] for item in here).items() if n > 1]
        assert repeated == []
        for item in here:
            defined[item["id"]] += "name" in item
            own = Counter(each["id"] for each in item.get("indicators", ()))
            assert [key for key, n in own.items() if n > 1] == [], item["id"]
            for each in item.get("indicators", ()):
                defined[f"{item['id']}.{each['id']}"] += "name" in each
    assert {key: n for key, n in defined.items() if n != 1} == {}


def test_ids_are_short(items: Mapping[str, Item]) -> None:
    assert [key for key in items if len(key) > 40] == []


def test_no_scalar_field_is_given_two_values() -> None:
    said: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for path in FILES:
        for item in plain(path):
            records = [(item["id"], item)]
            records += [(f"{item['id']}.{e['id']}", e) for e in item.get("indicators", ())]
            for key, record in records:
                for field, value in record.items():
                    if not isinstance(value, list) and value not in said[key, field]:
                        said[key, field].append(value)
    assert {where: values for where, values in said.items() if len(values) > 1} == {}


def test_every_record_says_what_it_is(items: Mapping[str, Item]) -> None:
    lacking = [
        each.id
        for each in items.values()
        if not (each.name and each.category and each.level and each.place and each.sources)
    ]
    assert lacking == []


def test_every_parent_exists(items: Mapping[str, Item]) -> None:
    assert {each.parent for each in items.values() if each.parent} <= set(items)


def test_no_two_records_have_the_same_name(items: Mapping[str, Item]) -> None:
    names = Counter(each.name.strip("“”《》") for each in items.values())
    assert [name for name, n in names.items() if n > 1] == []


def test_every_number_has_a_unit(indicators: Mapping[str, Indicator]) -> None:
    numbers = [each for each in indicators.values() if each.measure == "number"]
    assert [each.id for each in numbers if not each.unit] == []


def test_everything_has_a_source_with_its_place_in_the_document(
    whole: Export[list[Item]],
) -> None:
    known = {each.id for each in whole.documents}
    for item in whole.items:
        own: list[tuple[str, Source | None]] = [(item.id, each) for each in item.sources]
        for indicator in item.indicators:
            own.append((indicator.id, indicator.source))
            own += [(indicator.id, each.source) for each in indicator.updates]
        for key, source in own:
            assert source is not None, key
            assert source.document in known, key
            assert (source.locator or "").strip(), key
        cited = {source.document for _key, source in own if source is not None}
        assert cited == {each.document for each in item.sources}, item.id


def dated(indicators: Iterable[Indicator]) -> list[tuple[Indicator, Deadline, date]]:
    """The indicators with a deadline, and the day of the document that sets it."""
    return [
        (each, each.deadline, PUBLISHED[each.source.document])
        for each in indicators
        if each.deadline is not None and each.source is not None
    ]


def test_every_deadline_agrees_with_its_wording(indicators: Mapping[str, Indicator]) -> None:
    disagreeing = {}
    for each, deadline, printed in dated(indicators.values()):
        assert deadline.wording, each.id
        reading = parse_deadline_date(deadline.wording, printed)
        if (deadline.on, deadline.loose) != (reading.day, reading.loose):
            disagreeing[each.id] = deadline.wording
        assert (deadline.loose is not None) == reading.ambiguous, each.id
    assert set(disagreeing) == set(OTHERWISE_READ)


def test_the_basis_of_every_deadline_is_that_of_its_wording(
    indicators: Mapping[str, Indicator],
) -> None:
    for each, deadline, printed in dated(indicators.values()):
        reading = parse_deadline_date(deadline.wording or "", printed)
        if deadline.basis == "assumed":
            assert each.source is not None
            assert each.source.document in FRAME_ONLY, each.id
            assert reading.day is not None
            assert deadline.on is not None
            assert reading.day.year == deadline.on.year, each.id
        else:
            assert deadline.basis == reading.basis, each.id


def test_a_deadline_lies_after_its_start_and_its_document(
    indicators: Mapping[str, Indicator],
) -> None:
    for each, deadline, printed in dated(indicators.values()):
        assert deadline.on is not None, each.id
        assert deadline.on > printed, each.id
        assert each.start is None or each.start < deadline.on, each.id


def test_what_is_only_reported_promises_nothing(indicators: Mapping[str, Indicator]) -> None:
    reported = [each for each in indicators.values() if each.commitment is None]
    assert [each.id for each in reported if each.deadline or each.target is not None] == []
    assert [each.id for each in reported if not each.updates] == []


def test_a_vision_has_no_deadline_and_a_projection_no_target(
    indicators: Mapping[str, Indicator],
) -> None:
    far = [each for each in indicators.values() if each.commitment in {"vision", "projection"}]
    assert [each.id for each in far if each.deadline or each.target is not None] == []


def test_the_report_on_2022_sets_no_firm_target(indicators: Mapping[str, Indicator]) -> None:
    own = [e for e in indicators.values() if e.source and e.source.document == TWO_SESSIONS_2023]
    assert {each.commitment for each in own} == {None, "vision", "projection"}
    assert [each.id for each in own if each.deadline or each.target is not None] == []


def test_a_note_is_short(whole: Export[list[Item]]) -> None:
    notes = {}
    for item in whole.items:
        notes[item.id] = item.notes
        for indicator in item.indicators:
            notes[indicator.id] = indicator.notes
            for n, update in enumerate(indicator.updates):
                notes[f"{indicator.id} {n}"] = update.note
    assert {key: note for key, note in notes.items() if note and len(note) > LONGEST_NOTE} == {}


def test_no_figure_is_of_a_day_after_its_document(indicators: Mapping[str, Indicator]) -> None:
    for each in indicators.values():
        for update in each.updates:
            assert update.source is not None
            assert update.on <= PUBLISHED[update.source.document], each.id


def test_a_milestone_under_way_is_not_done(indicators: Mapping[str, Indicator]) -> None:
    for each in indicators.values():
        for update in each.updates:
            if each.measure == "milestone":
                assert update.done is (update.status == "final"), each.id


class Size(NamedTuple):
    """How much a document says."""

    initiatives: int
    numbers_promised: int
    milestones_promised: int
    updates: int


def test_no_record_is_lost(items: Mapping[str, Item], indicators: Mapping[str, Indicator]) -> None:
    first = Counter(min(s.document for s in each.sources) for each in items.values())
    promised: Counter[tuple[str, str]] = Counter()
    updates: Counter[str] = Counter()
    for each in indicators.values():
        if each.commitment is not None and each.source is not None:
            promised[each.source.document, each.measure] += 1
        updates.update(u.source.document for u in each.updates if u.source is not None)
    assert {
        day: Size(first[day], promised[day, "number"], promised[day, "milestone"], updates[day])
        for day in PUBLISHED
    } == {
        QILU: Size(33, 0, 30, 14),
        HALF_2022: Size(58, 8, 4, 75),
        TWO_SESSIONS_2023: Size(102, 3, 3, 177),
        DAZHONG: Size(88, 8, 31, 94),
        REPORT_2025: Size(81, 13, 102, 2),
    }


# What the documents say, where they are hard to read


class Figure(NamedTuple):
    """A reported figure, and from which day it counts."""

    key: str
    value: str
    unit: str
    on: str
    start: str | None = None
    status: str = "final"
    qualifier: str | None = None


FIGURES = [
    # 分别 gives the first figure to the first name and the second to the second
    Figure("upper-key-projects.count-2022", "10", "个", "2022-12-31", "2022-01-01"),
    Figure("upper-key-projects.province-plan-2022", "118", "%", "2022-12-31", "2022-01-01"),
    Figure("upper-key-projects.city-plan-2022", "111", "%", "2022-12-31", "2022-01-01"),
    Figure("sme-three-projects.national-share", "40", "%", "2022-12-31"),
    Figure("sme-three-projects.provincial", "520", "家", "2022-12-31"),
    Figure("sme-three-projects.municipal", "639", "家", "2022-12-31"),
    Figure("sme-three-projects.municipal-share", "34", "%", "2022-12-31"),
    # 其中: parts of the 15.8
    Figure("jinan-talent-inflow.net-inflow-2022", "15.8", "万人", "2022-12-31", "2022-01-01"),
    Figure("jinan-talent-inflow.graduates-2022", "12.87", "万人", "2022-12-31", "2022-01-01"),
    Figure(
        "jinan-talent-inflow.returnees-2022",
        *("1500", "人", "2022-12-31", "2022-01-01"),
        qualifier=">=",
    ),
    # periods
    Figure(
        "jinan-talent-inflow.settled-13th-plan",
        *("55", "万人", "2020-12-31", "2016-01-01"),
        qualifier=">=",
    ),
    Figure("foreign-investment.used-2022", "3.2", "亿美元", "2022-11-30", "2022-01-01"),
    Figure("foreign-trade.total-2022", "89.5", "亿元", "2022-10-31", "2022-01-01"),
    Figure("modern-finance.added-value-2022", "201.4", "亿元", "2022-09-30", "2022-01-01"),
    Figure("modern-finance.added-value-share-2022", "24.9", "%", "2022-09-30", "2022-01-01"),
    Figure("modern-finance.added-value-growth-2022", "8.07", "%", "2022-09-30", "2022-01-01"),
    Figure("pollution-battles.good-air-share-2022", "66.8", "%", "2022-11-30", "2022-01-01"),
    Figure(
        "livelihood-spending.amount-2022",
        *("44.6", "亿元", "2022-11-30", "2022-01-01"),
        qualifier=">=",
    ),
    Figure("city-management.rank-2022", "1", "位", "2022-09-30", "2022-01-01"),
    Figure("jinan-gov-cloud.cloud-rate", "100", "%", "2021-12-31"),
    Figure("rural-sewage.coverage", "58", "%", "2022-12-31"),
    Figure("rural-sewage.villages", "3075", "个", "2022-12-31"),
    Figure("rural-sewage.investment", "38", "亿元", "2022-12-31"),
    Figure("credit-supervision-system.credit-rank", "1", "位", "2022-12-31", "2022-01-01"),
    # 2021: all under 100 000 gone, more than half over 500 000
    Figure("village-economy.under-100k", "0", "个", "2021-12-31", "2021-01-01"),
    Figure(
        "village-economy.over-500k-share",
        *("50", "%", "2021-12-31", "2021-01-01"),
        qualifier=">=",
    ),
    Figure("village-economy.over-1m-share", "31", "%", "2021-12-31", "2021-01-01"),
    # 今年以来
    Figure("investment-projects.contacted-2022", "223", "个", "2022-07-31", "2022-01-01"),
    Figure("investment-projects.landed-2022", "82", "个", "2022-07-31", "2022-01-01"),
    Figure("investment-projects.introduced-2022", "228", "个", "2023-01-10"),
    # 约, 余, 近, 超, 突破
    Figure("green-upkeep.area", "711", "万平方米", "2022-07-31", None, "in_progress", "~"),
    Figure("rural-drinking-water.investment-2022", "4557", "万元", "2023-01-10", qualifier="~"),
    Figure("energy-internet-cluster.output", "3200", "亿元", "2023-01-10", qualifier=">="),
    Figure("business-environment.market-entities", "12.5", "万户", "2023-01-10", qualifier=">="),
    Figure("silent-authentication.retirees", "190", "万名", "2023-04-12", qualifier="~"),
    # being built, not finished
    Figure("resettlement-housing.flats-2022", "2158", "套", "2023-01-10", None, "in_progress"),
    Figure("rental-housing.flats-2022", "2616", "套", "2023-01-10", None, "in_progress"),
    Figure("old-estates.area-2022", "134", "万平方米", "2023-01-10", None, "in_progress"),
    Figure("clearance-drive.projects", "18", "个", "2023-01-10", None, "in_progress"),
    Figure("new-area-acquisition.projects", "26", "个", "2023-01-10", None, "in_progress"),
    Figure("vitality-zone-services.schools", "14", "所", "2023-01-10", None, "in_progress"),
    # 共计: the totals of both lines of work
    Figure("house-acquisition.households", "2274", "户", "2023-01-10"),
    Figure("house-acquisition.area", "62.1", "万平方米", "2023-01-10"),
    Figure("land-sales.area", "1624.5", "亩", "2023-01-10"),
    Figure("land-sales.amount", "122.4", "亿元", "2023-01-10"),
    # 预计, 将, 可新增
    Figure("modern-farming.processing-revenue", "6.6", "亿元", "2023-01-10", None, "estimate"),
    Figure("modern-farming.ecommerce-revenue", "3000", "万元", "2023-01-10", None, "estimate"),
    Figure("grid-support-centre.carbon-cut", "4500", "万吨", "2022-07-31", None, "estimate"),
    Figure("investment-projects.output-2022", "100", "亿元", "2022-07-31", None, "estimate", ">="),
    Figure("investment-projects.tax-2022", "3", "亿元", "2022-07-31", None, "estimate", "~"),
    # the unit keeps its 万 and 亿
    Figure("one-net.people", "91.3", "万人", "2023-01-10"),
    Figure("one-net.buildings", "1.51", "万栋", "2023-01-10"),
    Figure("one-net.units", "8.19", "万条", "2023-01-10"),
    Figure("5g-stations.total", "4067", "处", "2023-01-10"),
    Figure("jinan-two-nets.stations-5g", "4", "万个", "2023-04-12"),
    Figure("jinan-big-data-platform.open-data", "9", "亿条", "2023-04-12", qualifier="~"),
]


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.key)
def test_a_reported_figure(figure: Figure, indicators: Mapping[str, Indicator]) -> None:
    found = indicators[figure.key]
    (update,) = found.updates
    assert figure == Figure(
        found.id,
        str(update.value),
        found.unit or "",
        str(update.on),
        str(update.period_start) if update.period_start else None,
        update.status,
        update.qualifier,
    )


def test_the_share_of_the_plan_is_kept(indicators: Mapping[str, Indicator]) -> None:
    shares = {
        each.id: update.share_of_plan
        for each in indicators.values()
        for update in each.updates
        if update.share_of_plan is not None
    }
    assert shares == {
        "upper-key-projects.province-plan-2022": Decimal(118),
        "upper-key-projects.city-plan-2022": Decimal(111),
        "urban-jobs.added-2022": Decimal("114.9"),
    }


def test_the_jobs_of_two_years_are_two_indicators(indicators: Mapping[str, Indicator]) -> None:
    reported, promised = indicators["urban-jobs.added-2022"], indicators["urban-jobs.added-2025"]
    (update,) = reported.updates
    assert (update.value, update.on) == (Decimal("2.1"), date(2022, 12, 31))
    # The task of 2022 is not printed and not computed from the share.
    assert reported.target is None
    assert (promised.target, promised.unit, promised.updates) == (Decimal(2), "万人", [])


@pytest.mark.parametrize(
    ("key", "total"),
    [
        ("vitality-zone-transport.planned-investment", 84),
        ("vitality-zone-projects.planned-investment", 115),
        ("project-reserve.planned-investment", 837),
    ],
)
def test_a_planned_total_is_not_money_spent(
    key: str, total: int, indicators: Mapping[str, Indicator]
) -> None:
    found = indicators[key]
    (update,) = found.updates
    assert (update.value, found.unit, found.target) == (Decimal(total), "亿元", None)
    assert found.commitment == "projection"
    assert "不是已完成投资" in (update.note or "")


def test_an_expected_range_is_two_estimates(indicators: Mapping[str, Indicator]) -> None:
    low, high = indicators["power-smart-centre.carbon-cut"].updates
    assert (low.value, low.qualifier, low.status) == (Decimal(800), ">=", "estimate")
    assert (high.value, high.qualifier, high.status) == (Decimal(1000), "<=", "estimate")


# What they promise


class Promise(NamedTuple):
    """A promised number."""

    key: str
    op: str | None
    target: int
    unit: str
    by: str | None
    wording: str | None = None
    basis: str | None = None
    commitment: str = "outcome"


PROMISES = [
    Promise("old-estates.areas-2022", "=", 10, "个", "2022-12-31", "今年", "derived", "effort"),
    Promise(
        "old-estates.area-2022", "=", 134, "万平方米", "2022-12-31", "今年", "derived", "effort"
    ),
    # the year opens the paragraph and governs all its clauses
    Promise(
        "jinan-digital-offices.supported-items", ">=", 1000, "个", "2023-12-31", "2023年", "stated"
    ),
    Promise("rural-sewage.basin-districts", "=", 5, "个", "2023-12-31", "2023年", "stated"),
    Promise("rural-sewage.coverage", ">=", 83, "%", "2025-12-31", "到2025年", "stated"),
    Promise("single-village-supply.hours", "=", 24, "小时", None),
    # 其中: the two smaller ones are part of the 200; the name is split by a column break
    Promise(
        "investment-projects.introduced-2025", ">=", 200, "个", "2025-12-31", "今年", "assumed"
    ),
    Promise("investment-projects.over-100m-2025", ">=", 10, "个", "2025-12-31", "今年", "assumed"),
    Promise("investment-projects.over-5bn-2025", ">=", 2, "个", "2025-12-31", "今年", "assumed"),
    # no year in the section: only the report's frame gives one
    Promise("urban-jobs.added-2025", "=", 2, "万人", "2025-12-31", "2025年", "assumed"),
    Promise("rental-housing.raised-2025", "=", 1466, "套", "2025-12-31", "2025年", "assumed"),
    Promise("allotment-housing.raised-2025", "=", 290, "套", "2025-12-31", "2025年", "assumed"),
    Promise(
        "one-household-one-meter.renewed-2025", ">=", 1, "万户", "2025-12-31", "2025年", "assumed"
    ),
    Promise("schools.works-2025", "=", 7, "处", "2025-12-31", "2025年", "assumed"),
    Promise("schools.places-2025", "=", 6000, "个", "2025-12-31", "2025年", "assumed"),
    Promise("smart-care-homes.built-2025", "=", 2, "处", "2025-12-31", "2025年", "assumed"),
    Promise("elder-canteens.built-2025", "=", 10, "处", "2025-12-31", "2025年", "assumed"),
    Promise("rural-happiness-homes.demo-2025", "=", 8, "处", "2025-12-31", "2025年", "assumed"),
    Promise(
        "elder-friendly-communities.created-2025",
        *("range", 1, "个", "2025-12-31", "2025年", "assumed"),
    ),
]


@pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: promise.key)
def test_a_promised_number(promise: Promise, indicators: Mapping[str, Indicator]) -> None:
    found = indicators[promise.key]
    deadline = found.deadline
    assert promise == Promise(
        found.id,
        found.op,
        int(found.target or 0),
        found.unit or "",
        str(deadline.on) if deadline else None,
        deadline.wording if deadline else None,
        deadline.basis if deadline else None,
        found.commitment or "",
    )


def test_these_are_all_targets_there_are(indicators: Mapping[str, Indicator]) -> None:
    with_target = {each.id for each in indicators.values() if each.target is not None}
    assert with_target == {each.key for each in PROMISES}


def test_a_range_is_met_at_its_low_end_and_has_a_high_one(
    indicators: Mapping[str, Indicator],
) -> None:
    assert indicators["elder-friendly-communities.created-2025"].target_high == 2


def test_what_a_year_adds_starts_at_nothing(indicators: Mapping[str, Indicator]) -> None:
    added = [e for e in indicators.values() if e.target is not None and e.id.endswith("-2025")]
    assert len(added) == 13
    first = date(2025, 1, 1)
    assert {(each.baseline, each.baseline_on, each.start) for each in added} == {
        (Decimal(0), first, first)
    }


def test_a_missing_baseline_is_missing(indicators: Mapping[str, Indicator]) -> None:
    assert indicators["jinan-digital-offices.supported-items"].baseline is None
    assert indicators["rural-sewage.coverage"].baseline == 58


def test_before_2024_has_two_readings(indicators: Mapping[str, Indicator]) -> None:
    assert indicators["rural-pipes.renewed"].deadline == Deadline(
        on=date(2023, 12, 31), loose=date(2024, 12, 31), wording="2024年前", basis="stated"
    )
    ambiguous = [e.id for e in indicators.values() if e.deadline and e.deadline.loose]
    assert ambiguous == ["rural-pipes.renewed"]


@pytest.mark.parametrize(
    ("key", "on", "wording", "basis", "commitment"),
    [
        ("quantum-lab.build", "2023-12-31", "2023年", "stated", "effort"),
        ("digital-villages.advance", "2023-12-31", "2023年", "stated", "effort"),
        ("jinan-city-brain.one-brain", "2023-12-31", "2023年", "stated", "outcome"),
        (
            "rural-water-quality-action.county-level",
            *("2025-12-31", "到2025年底", "stated", "outcome"),
        ),
        ("peach-festival.run-to-end", "2023-04-16", "4月16日", "derived", "outcome"),
        ("provincial-dev-zone.applied-2025", "2025-12-31", "今年", "derived", "effort"),
        ("sgcc-new-industry-park.built", "2025-12-31", "2025年", "stated", "effort"),
        ("jinan-hotel.accepted-2025", "2025-12-31", "2025年", "assumed", "outcome"),
        ("education-alliance-2025.hosted", "2025-12-31", "2025年度", "stated", "outcome"),
        ("wangguanzhuang.started", "2025-12-31", "2025年", "assumed", "effort"),
    ],
)
def test_a_promised_milestone(
    key: str,
    on: str,
    wording: str,
    basis: str,
    commitment: str,
    indicators: Mapping[str, Indicator],
) -> None:
    found = indicators[key]
    assert found.measure == "milestone"
    assert found.deadline is not None
    assert (str(found.deadline.on), found.deadline.wording) == (on, wording)
    assert (found.deadline.basis, found.commitment) == (basis, commitment)


@pytest.mark.parametrize(
    "key",
    [
        "rural-water.assurance",  # 下一步
        "rural-water-quality-action.scaled-disinfection",  # the day belongs to the next clause
        "shanshui-rt-mart.reused",  # 适时
        "jizhong-cube.in-production",  # 尽快
        "family-school-brand.polished",  # 持续
        "live-plus-actions.implement",
    ],
)
def test_no_deadline_where_the_text_gives_none(
    key: str, indicators: Mapping[str, Indicator]
) -> None:
    found = indicators[key]
    assert found.commitment in {"effort", "outcome"}
    assert found.deadline is None


def test_tens_and_hundreds_are_no_targets(indicators: Mapping[str, Indicator]) -> None:
    promised = ("workshops", "lessons", "educators", "families")
    own = [indicators[f"ten-hundred-thousand-plan.{each}"] for each in promised]
    assert [(each.commitment, each.target) for each in own] == [("outcome", None)] * 4
    assert [each.unit for each in own] == ["种", "场", "位", "家庭"]


# What is one thing, and what is not


TOGETHER = {
    "strong-capital": [QILU, HALF_2022, TWO_SESSIONS_2023, DAZHONG, REPORT_2025],
    "yellow-river": [QILU, HALF_2022, DAZHONG],
    "vigor-district": [HALF_2022, TWO_SESSIONS_2023, REPORT_2025],
    "central-vitality-zone": [HALF_2022, TWO_SESSIONS_2023, REPORT_2025],
    "central-port-zone": [HALF_2022, TWO_SESSIONS_2023],
    "energy-internet-cluster": [HALF_2022, TWO_SESSIONS_2023],
    "three-strategies": [HALF_2022, TWO_SESSIONS_2023],
    "zhongshan-park": [HALF_2022, TWO_SESSIONS_2023, REPORT_2025],
    "jinan-hotel": [HALF_2022, TWO_SESSIONS_2023, REPORT_2025],
    "shangxin-street": [HALF_2022, TWO_SESSIONS_2023, REPORT_2025],
    "wanzixiang": [HALF_2022, TWO_SESSIONS_2023],
    "jingsi-xiaoweier": [TWO_SESSIONS_2023, REPORT_2025],
    "old-estates": [HALF_2022, TWO_SESSIONS_2023],
    "investment-mechanism": [HALF_2022, REPORT_2025],
    "investment-projects": [HALF_2022, TWO_SESSIONS_2023, REPORT_2025],
    "jingwei-talent": [HALF_2022, TWO_SESSIONS_2023],
    "power-smart-centre": [HALF_2022, TWO_SESSIONS_2023],
    "business-environment": [HALF_2022, TWO_SESSIONS_2023],
    "biz-relief": [HALF_2022, TWO_SESSIONS_2023],
    "rural-revitalisation": [HALF_2022, TWO_SESSIONS_2023, DAZHONG],
    "economic-zones-fintech": [TWO_SESSIONS_2023, DAZHONG],
    "future-cloud-valley": [TWO_SESSIONS_2023, REPORT_2025],
    "sdu-science-park": [TWO_SESSIONS_2023, REPORT_2025],
    "provincial-dev-zone": [TWO_SESSIONS_2023, REPORT_2025],
    "rental-housing": [TWO_SESSIONS_2023, REPORT_2025],
    "urban-jobs": [TWO_SESSIONS_2023, REPORT_2025],
    "schools": [TWO_SESSIONS_2023, REPORT_2025],
    "care-facilities": [TWO_SESSIONS_2023, REPORT_2025],
    "rural-happiness-homes": [TWO_SESSIONS_2023, REPORT_2025],
    "tcm-demo-zone": [TWO_SESSIONS_2023, REPORT_2025],
    "finance-talent-policy": [HALF_2022, TWO_SESSIONS_2023],
}
"""The records of which several documents speak, and which these are."""


def test_one_record_has_all_the_documents_that_speak_of_it(items: Mapping[str, Item]) -> None:
    documents = {each.id: sorted({s.document for s in each.sources}) for each in items.values()}
    assert {key: each for key, each in documents.items() if len(each) > 1} == TOGETHER


def history(item: Item) -> list[tuple[str, str, bool | None]]:
    reports: list[tuple[date, str, Update]] = sorted(
        ((u.on, each.id, u) for each in item.indicators for u in each.updates),
        key=lambda report: report[:2],
    )
    return [(str(on), key.partition(".")[2], update.done) for on, key, update in reports]


@pytest.mark.parametrize(
    ("key", "reports", "promised"),
    [
        (
            "zhongshan-park",
            [("2022-07-31", "freeze-notice", True), ("2023-01-10", "clearance", False)],
            ["built-2025"],
        ),
        (
            "jinan-hotel",
            [
                ("2022-07-31", "building", False),
                ("2022-07-31", "land-sale", True),
                ("2023-01-10", "demolition", True),
            ],
            ["accepted-2025"],
        ),
        (
            "shangxin-street",
            [("2022-07-31", "expropriation", False), ("2023-01-10", "started", True)],
            ["opened-2025"],
        ),
        (
            "wanzixiang",
            [
                ("2022-07-31", "census", False),
                ("2022-07-31", "survey", False),
                ("2023-01-10", "clearance", False),
            ],
            [],
        ),
        ("jingsi-xiaoweier", [("2023-01-10", "clearance", False)], ["opened-2025"]),
        (
            "finance-talent-policy",
            [("2022-07-31", "drafted", True), ("2023-01-10", "issued", True)],
            [],
        ),
    ],
)
def test_the_history_of_a_project_is_read_across_the_documents(
    key: str,
    reports: list[tuple[str, str, bool]],
    promised: list[str],
    items: Mapping[str, Item],
) -> None:
    assert history(items[key]) == reports
    own = [each.id.partition(".")[2] for each in items[key].indicators if each.commitment]
    assert own == promised


@pytest.mark.parametrize(
    ("words", "key"),
    [
        ("1+N", "party-1-n"),
        ("1+1+N", "village-1-1-n"),
        ("1+11", "jingwei-talent"),
        ("1+11+17+N", "investment-mechanism"),
        ("6+N", "six-n-funds"),
        ("一窗通", "one-window"),
        ("一网通", "one-net"),
        ("一网通办", "jinan-one-net-service"),
        ("山大科学城", "sdu-science-town"),
        ("山大科创城", "sdu-innovation-city"),
        ("山东大学国家大学科技园", "sdu-science-park"),
        ("济南中央商埠区", "central-port-zone"),
    ],
)
def test_look_alikes_stay_apart(words: str, key: str, ledger: Tracker) -> None:
    assert ledger.find(words).id == key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("jinan-two-nets", "two-nets"),
        ("sme-three-projects", "three-works"),
        ("live-alliance", "juhui-shizhong-alliance"),
        ("energy-internet-cluster", "power-new-industry-cluster"),
        ("deterministic-network", "first-deterministic-network"),
        ("biz-relief-25", "biz-relief-measures"),
    ],
)
def test_what_only_sounds_alike_is_two_records(
    one: str, other: str, items: Mapping[str, Item]
) -> None:
    assert items[one].name != items[other].name
    assert items[one].parent != other
    assert items[other].parent != one


@pytest.mark.parametrize("words", ["两张网", "三大工程"])
def test_a_name_that_two_places_use_is_not_guessed(words: str, ledger: Tracker) -> None:
    with pytest.raises(Ambiguous):
        ledger.find(words)


def test_the_three_strategies_have_their_parts(ledger: Tracker) -> None:
    children = [each.id for each in ledger.show("三大战略").children]
    assert children == ["central-vitality-zone", "central-port-zone", "energy-internet-cluster"]


def test_a_day_without_a_year_is_that_of_the_document(indicators: Mapping[str, Indicator]) -> None:
    (launched,) = indicators["live-plus.launched"].updates
    assert (launched.on, launched.done) == (date(2020, 12, 18), True)
    (opened,) = indicators["live-base.opened"].updates
    assert (opened.period_start, opened.on) == (date(2020, 5, 1), date(2020, 5, 31))
    (report,) = indicators["work-report-2025.delivered"].updates
    assert report.on == date(2025, 1, 8)


def test_the_lead_is_the_body_that_the_text_names(items: Mapping[str, Item]) -> None:
    assert items["family-education-summit"].lead == "济南市妇联"
    assert items["family-education-summit"].support == ["济南市教育局"]
    assert items["policy-livestreams"].lead == "市中区融媒体中心"
    assert items["rural-pipes"].lead is None


# How it all stands on the days of the documents

HALF_TIME = date(2022, 7, 31)
AFTER_2022 = date(2023, 1, 10)
AFTER_2023 = date(2024, 1, 1)
AFTER_2024 = date(2025, 1, 9)

OnDay = Callable[[date], Mapping[str, Assessment]]


def test_half_way_through_2022_nothing_is_late(ledger: Tracker, on_day: OnDay) -> None:
    assert ledger.overdue(ALL, When(as_of=HALF_TIME)).items == []
    seen = on_day(HALF_TIME)
    assert len(seen) == 124
    estates = seen["old-estates.area-2022"]
    assert (estates.deadline, estates.days_left) == (date(2022, 12, 31), 153)
    assert (estates.light, estates.last_report) == ("yellow", None)
    assert seen["zhongshan-park.freeze-notice"].met_on == HALF_TIME
    assert seen["power-smart-centre.carbon-cut"].light == "none"


def test_what_later_documents_promise_is_not_known_before(on_day: OnDay) -> None:
    for day in (HALF_TIME, AFTER_2022):
        seen = on_day(day)
        assert "rural-pipes.renewed" not in seen
        assert "jinan-hotel.accepted-2025" not in seen
    assert "jinan-hotel.accepted-2025" not in on_day(AFTER_2023)
    assert "rural-pipes.renewed" in on_day(AFTER_2023)


def test_at_the_two_sessions_of_2023_the_old_estates_await_a_verdict(
    ledger: Tracker, on_day: OnDay
) -> None:
    assert ledger.overdue(ALL, When(as_of=AFTER_2022)).items == []
    seen = on_day(AFTER_2022)
    # 统筹推进: the figure is that of the work under way, nothing is finished.
    efforts = [seen["old-estates.area-2022"], seen["old-estates.areas-2022"]]
    assert [(e.value, e.last_report, e.light) for e in efforts] == [(None, AFTER_2022, "none")] * 2
    assert [e.awaiting_verdict_since for e in efforts] == [date(2022, 12, 31)] * 2
    assert len(seen) == 302
    assert seen["jinan-hotel.demolition"].met_on == AFTER_2022
    assert seen["zhongshan-park.clearance"].met_on is None
    assert seen["modern-farming.processing-revenue"].value is None


def test_on_new_years_day_2024_the_promises_of_2023_are_one_day_late(
    ledger: Tracker, on_day: OnDay
) -> None:
    pipes = on_day(AFTER_2023)["rural-pipes.renewed"]
    assert (pipes.light, pipes.days_late, pipes.workdays_late) == ("red", 1, 0)
    assert (pipes.deadline, pipes.deadline_loose) == (date(2023, 12, 31), date(2024, 12, 31))
    late = ledger.overdue(ALL, When(as_of=AFTER_2023)).items
    assert Counter(each.days_late for each in late) == {260: 1, 1: 5}
    assert late[0].id == "peach-festival.run-to-end"


def test_the_rural_sewage_falls_behind_before_it_is_due(on_day: OnDay) -> None:
    shares = {day: on_day(day)["rural-sewage.coverage"] for day in (AFTER_2023, AFTER_2024)}
    assert [(e.done, e.expected, e.gap) for e in shares.values()] == [
        (Decimal("0.0"), Decimal("33.4"), Decimal("-33.4")),
        (Decimal("0.0"), Decimal("67.5"), Decimal("-67.5")),
    ]
    assert [(each.light, each.days_late) for each in shares.values()] == [("red", None)] * 2


def test_in_january_2025_the_year_lies_ahead(ledger: Tracker, on_day: OnDay) -> None:
    seen = on_day(AFTER_2024)
    jobs = seen["urban-jobs.added-2025"]
    assert (jobs.target, jobs.days_left, jobs.light) == (Decimal(2), 356, "none")
    hotel = seen["jinan-hotel.accepted-2025"]
    assert (hotel.days_left, hotel.light, hotel.met_on) == (356, "none", None)
    cube = seen["jizhong-cube.in-production"]
    assert (cube.deadline, cube.light) == (None, "none")
    coming = ledger.due(366, ALL, When(as_of=AFTER_2024)).items
    assert {each.days_left for each in coming} == {356}
    assert Counter(each.deadline_basis for each in coming) == {
        "assumed": 66,
        "derived": 7,
        "stated": 16,
    }


def test_only_an_outcome_is_ever_late(ledger: Tracker) -> None:
    promised = {each.id: each.commitment for i in ledger.export().items for each in i.indicators}
    late = ledger.overdue(ALL, When(as_of=date(2099, 1, 1))).items
    assert late
    assert {promised[each.id] for each in late} == {"outcome"}
