"""The packaged seeds: that all of them load, keep the rules they were read by, and say
what the five documents say where those are hard to read.

Facts are read through the library, with all files merged into one ledger.
"""

import os
import tomllib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from places import SEEDS
from program import Program

from tracker.errors import Ambiguous
from tracker.exchange.batches import Batch, read_batch
from tracker.ledger.answers import Export
from tracker.ledger.ledger import Tracker
from tracker.ledger.lookup import find_record
from tracker.model.assessment import Assessment
from tracker.model.dates import parse_deadline_date
from tracker.model.filters import ALL, Filter
from tracker.model.horizon import When
from tracker.model.records import Deadline, Indicator, Item, Source, Update
from tracker.storage.base import RecordName, View
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

GOLDEN_PROMISES = Path(__file__).with_name("promises.txt")

LONGEST_NOTE = 60

LEADS_OF_PROMISES = {
    "市中区人民政府": 103,
    "济南市人民政府": 28,
    "历城区人民政府": 18,
    "济南市妇联": 5,
    "济南高新区管委会": 3,
}
"""How many promises each body has given."""

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
    guessed = {each.id for each in whole.documents if each.published_basis == "assumed"}
    assert guessed == {HALF_2022, TWO_SESSIONS_2023, REPORT_2025}


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
    """The indicators with a deadline, in days or words, and the day of its document."""
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
        if deadline.on is None:
            continue
        assert deadline.on > printed, each.id
        assert each.start is None or each.start < deadline.on, each.id


def test_what_is_only_reported_promises_nothing(indicators: Mapping[str, Indicator]) -> None:
    reported = [each for each in indicators.values() if each.commitment is None]
    assert [each.id for each in reported if each.deadline or each.target is not None] == []
    assert [each.id for each in reported if not each.updates] == []


def test_a_vision_has_neither_deadline_nor_target(indicators: Mapping[str, Indicator]) -> None:
    far = [each for each in indicators.values() if each.commitment == "vision"]
    assert [each.id for each in far if each.deadline or each.target is not None] == []


def test_a_projection_is_no_report(indicators: Mapping[str, Indicator]) -> None:
    expected = {e.id: e for e in indicators.values() if e.commitment == "projection"}
    assert {key: (each.op, each.target, each.unit) for key, each in expected.items()} == {
        "power-smart-centre.carbon-cut": ("range", Decimal(800), "万吨"),
        "power-smart-centre.driven-industry": (None, Decimal(100), "亿元"),
        "grid-support-centre.carbon-cut": ("=", Decimal(4500), "万吨"),
        "grid-support-centre.driven-industry": (None, Decimal(10), "亿元"),
        "investment-projects.output-2022": (">=", Decimal(100), "亿元"),
        "investment-projects.tax-2022": (None, Decimal(3), "亿元"),
        "vitality-zone-transport.planned-investment": ("=", Decimal(84), "亿元"),
        "vitality-zone-projects.planned-investment": ("=", Decimal(115), "亿元"),
        "project-reserve.planned-investment": ("=", Decimal(837), "亿元"),
        "peach-festival.run-to-end": (None, None, None),
    }
    assert [key for key, each in expected.items() if each.updates] == []
    assert {key for key, each in expected.items() if each.approximate} == {
        "power-smart-centre.driven-industry",
        "grid-support-centre.driven-industry",
        "investment-projects.tax-2022",
    }


def test_the_report_on_2022_sets_no_firm_target(indicators: Mapping[str, Indicator]) -> None:
    own = [e for e in indicators.values() if e.source and e.source.document == TWO_SESSIONS_2023]
    assert {each.commitment for each in own} == {None, "vision", "projection"}
    assert [each.id for each in own if each.deadline] == []


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
    """How much a document says: initiatives named first, indicators by commitment, updates."""

    initiatives: int
    reported: int
    outcomes: int
    efforts: int
    visions: int
    projections: int
    updates: int


def test_no_record_is_lost(items: Mapping[str, Item], indicators: Mapping[str, Indicator]) -> None:
    first = Counter(min(s.document for s in each.sources) for each in items.values())
    said: Counter[tuple[str, str | None]] = Counter()
    for each in indicators.values():
        if each.source is not None:
            said[each.source.document, each.commitment] += 1
    updates: Counter[str] = Counter()
    for each in indicators.values():
        updates.update(u.source.document for u in each.updates if u.source is not None)
    kinds = (None, "outcome", "effort", "vision", "projection")
    assert {
        day: Size._make([first[day], *(said[day, kind] for kind in kinds), updates[day]])
        for day in PUBLISHED
    } == {
        QILU: Size(33, 14, 0, 23, 8, 0, 14),
        HALF_2022: Size(59, 70, 3, 0, 4, 6, 71),
        TWO_SESSIONS_2023: Size(103, 174, 0, 0, 3, 3, 176),
        DAZHONG: Size(89, 93, 16, 20, 3, 1, 95),
        REPORT_2025: Size(82, 1, 19, 76, 30, 0, 2),
    }


def test_the_promises_are_those_of_the_golden_list(indicators: Mapping[str, Indicator]) -> None:
    """Compare every promise with the list; ``TRACKER_GOLDEN=write`` writes it anew."""
    binding = (each for each in indicators.values() if each.commitment in {"outcome", "effort"})
    lines = "".join(f"{describe_promise(each)}\n" for each in sorted(binding, key=lambda e: e.id))
    if os.environ.get("TRACKER_GOLDEN") == "write":
        GOLDEN_PROMISES.write_text(lines, encoding="utf-8")
    assert GOLDEN_PROMISES.read_text(encoding="utf-8") == lines


def describe_promise(indicator: Indicator) -> str:
    target = ""
    if indicator.target is not None:
        low, high = indicator.target, indicator.target_high
        target = f"{indicator.op} {low}{'' if high is None else f'–{high}'} {indicator.unit}"
    deadline = indicator.deadline
    day = "" if deadline is None else f"{deadline.on or ''} {deadline.wording} {deadline.basis}"
    return " | ".join([indicator.id, indicator.commitment or "", target, day.strip()]).rstrip(" |")


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


IN_2022 = ("2022-12-31", "2022-01-01")

FIGURES = [
    # 分别 gives the first figure to the first name and the second to the second
    Figure("upper-key-projects.count-2022", "10", "个", *IN_2022),
    Figure("upper-key-projects.province-plan-2022", "118", "%", *IN_2022),
    Figure("upper-key-projects.city-plan-2022", "111", "%", *IN_2022),
    Figure("sme-three-projects.national-share", "40", "%", "2022-12-31"),
    Figure("sme-three-projects.provincial", "520", "家", "2022-12-31"),
    Figure("sme-three-projects.municipal", "639", "家", "2022-12-31"),
    Figure("sme-three-projects.municipal-share", "34", "%", "2022-12-31"),
    # 其中: parts of the 15.8
    Figure("jinan-talent-inflow.net-inflow-2022", "15.8", "万人", *IN_2022),
    Figure("jinan-talent-inflow.graduates-2022", "12.87", "万人", *IN_2022),
    Figure("jinan-talent-inflow.returnees-2022", "0.15", "万人", *IN_2022, qualifier=">="),
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
    Figure("credit-supervision-system.credit-rank", "1", "位", *IN_2022),
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
    Figure("investment-projects.introduced-2022", "228", "个", *IN_2022),
    # 约, 余, 近, 超, 突破
    Figure("green-upkeep.area", "711", "万平方米", "2022-07-31", qualifier="~"),
    Figure("rural-drinking-water.investment-2022", "4557", "万元", *IN_2022, qualifier="~"),
    Figure("energy-internet-cluster.output", "3200", "亿元", *IN_2022, qualifier=">="),
    Figure("business-environment.market-entities", "12.5", "万户", "2023-01-10", qualifier=">="),
    Figure("silent-authentication.retirees", "190", "万名", "2023-04-12", qualifier="~"),
    # the size of what is under work: no progress, nothing of it is finished
    Figure("resettlement-housing.flats-2022", "2158", "套", "2023-01-10"),
    Figure("rental-housing.flats-2022", "2616", "套", "2023-01-10"),
    Figure("clearance-drive.areas", "7", "个", "2023-01-10"),
    Figure("clearance-drive.projects", "18", "个", "2023-01-10"),
    Figure("new-area-acquisition.areas", "14", "个", "2023-01-10"),
    Figure("new-area-acquisition.projects", "26", "个", "2023-01-10"),
    Figure("vitality-zone-services.schools", "14", "所", "2023-01-10"),
    Figure("good-rural-roads.length", "18", "公里", "2023-01-10"),
    Figure("pocket-parks.count-2022", "4", "处", "2023-01-10"),
    # 统筹推进: carried out, as it was planned
    Figure("old-estates.area-2022", "134", "万平方米", *IN_2022),
    # 共计: the totals of both lines of work
    Figure("house-acquisition.households", "2274", "户", *IN_2022),
    Figure("house-acquisition.area", "62.1", "万平方米", *IN_2022),
    Figure("land-sales.area", "1624.5", "亩", *IN_2022),
    Figure("land-sales.amount", "122.4", "亿元", *IN_2022),
    # 预计
    Figure("modern-farming.processing-revenue", "6.6", "亿元", *IN_2022, "estimate"),
    Figure("modern-farming.ecommerce-revenue", "3000", "万元", *IN_2022, "estimate"),
    # 余, 多: at least
    Figure("high-end-talent.talents", "2000", "名", "2022-07-31", qualifier=">="),
    Figure("no-proof-city.online-proofs", "60", "个", "2023-04-12", qualifier=">="),
    Figure(
        "consumption-vouchers.spending-2022",
        *("3400", "万元", "2022-12-31", "2022-01-01"),
        qualifier=">=",
    ),
    # left out by a hasty reader
    Figure("school-quality.gap-rank", "1", "位", *IN_2022),
    Figure("illegal-building.net-growth", "0", "处", "2022-07-31"),
    # the unit keeps its 万 and 亿
    Figure("one-net.people", "91.3", "万人", "2023-01-10"),
    Figure("one-net.buildings", "1.51", "万栋", "2023-01-10"),
    Figure("one-net.units", "8.19", "万条", "2023-01-10"),
    Figure("5g-stations.total", "4067", "处", "2023-01-10"),
    Figure("jinan-two-nets.stations-5g", "4", "万个", "2023-04-12"),
    Figure("jinan-big-data-platform.open-data", "9", "亿条", "2023-04-12", qualifier=">="),
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


THIS_YEAR = ("2025-12-31", "今年", "assumed", "effort")

PROMISES = [
    # 计划实施: met by being carried out
    Promise("old-estates.areas-2022", "=", 10, "个", "2022-12-31", "今年", "derived"),
    Promise("old-estates.area-2022", "=", 134, "万平方米", "2022-12-31", "今年", "derived"),
    # 零增长: to be kept
    Promise("illegal-building.net-growth", "<=", 0, "处", None),
    # the year opens the paragraph and governs all its clauses
    Promise(
        "jinan-digital-offices.supported-items", ">=", 1000, "个", "2023-12-31", "2023年", "stated"
    ),
    Promise("rural-sewage.basin-districts", "=", 5, "个", "2023-12-31", "2023年", "stated"),
    Promise("rural-sewage.coverage", ">=", 83, "%", "2025-12-31", "到2025年", "stated"),
    Promise("single-village-supply.hours", "=", 24, "小时", None),
    # 力争; 其中: the two smaller ones are part of the 200; the name is split by a column break
    *(
        Promise(f"investment-projects.{key}-2025", ">=", target, "个", *THIS_YEAR)
        for key, target in (("introduced", 200), ("over-100m", 10), ("over-5bn", 2))
    ),
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
    promised = [each for each in indicators.values() if each.commitment != "projection"]
    with_target = {each.id for each in promised if each.target is not None}
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
        ("peach-festival.run-to-end", "2023-04-16", "4月16日", "derived", "projection"),
        ("provincial-dev-zone.applied-2025", "2025-12-31", "今年", "derived", "effort"),
        ("sgcc-new-industry-park.built", "2025-12-31", "2025年", "stated", "effort"),
        ("jinan-hotel.accepted-2025", "2025-12-31", "2025年", "assumed", "outcome"),
        ("education-alliance-2025.hosted", "2025-12-31", "2025年度", "stated", "outcome"),
        ("red-study-routes.launched", "2025-12-31", "2025年", "assumed", "outcome"),
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
    ("key", "wording"),
    [
        ("rural-water.assurance", None),  # 下一步
        # the day belongs to the next clause
        ("rural-water-quality-action.scaled-disinfection", None),
        ("shanshui-rt-mart.reused", "适时"),
        ("jizhong-cube.in-production", "尽快"),
        ("family-school-brand.polished", "持续"),
        ("live-plus-actions.implement", None),
        ("balanced-education-county.sought", None),  # 积极创建
        ("warm-home.sought", None),  # 争创
        ("second-ring-west.studied", None),  # 研究策划
        ("wangguanzhuang.started", None),  # 启动实施, without a year
    ],
)
def test_no_day_where_the_text_gives_none(
    key: str, wording: str | None, indicators: Mapping[str, Indicator]
) -> None:
    found = indicators[key]
    assert found.commitment in {"effort", "outcome"}
    assert found.deadline == (Deadline(wording=wording) if wording else None)


def test_a_year_is_assumed_for_numbers_and_finished_works_alone(
    indicators: Mapping[str, Indicator],
) -> None:
    assumed = [e for e in indicators.values() if e.deadline and e.deadline.basis == "assumed"]
    assert Counter((each.measure, each.commitment) for each in assumed) == {
        ("number", "outcome"): 10,
        ("number", "effort"): 3,
        ("milestone", "outcome"): 7,
    }


def test_what_comes_every_year_is_judged_every_year(indicators: Mapping[str, Indicator]) -> None:
    yearly = {each.id: each for each in indicators.values() if each.recurs}
    worded = [e.id for e in indicators.values() if e.deadline and e.deadline.wording == "每年"]
    assert list(yearly) == worded
    assert {each.recurs for each in yearly.values()} == {"year"}
    assert Counter(each.commitment for each in yearly.values()) == {"outcome": 4, "projection": 2}


def test_tens_and_hundreds_are_no_targets(indicators: Mapping[str, Indicator]) -> None:
    promised = ("workshops", "lessons", "educators", "families")
    own = [indicators[f"ten-hundred-thousand-plan.{each}"] for each in promised]
    assert [(each.commitment, each.target) for each in own] == [("outcome", None)] * 4
    assert [each.unit for each in own] == ["种", "场", "位", "家庭"]


def test_what_is_part_of_what(indicators: Mapping[str, Indicator]) -> None:
    assert {each.id: each.part_of for each in indicators.values() if each.part_of} == {
        "investment-projects.landed-2022": "investment-projects.contacted-2022",
        "investment-projects.over-100m-2025": "investment-projects.introduced-2025",
        "investment-projects.over-5bn-2025": "investment-projects.over-100m-2025",
        "jinan-talent-inflow.graduates-2022": "jinan-talent-inflow.net-inflow-2022",
        "jinan-talent-inflow.masters-2022": "jinan-talent-inflow.net-inflow-2022",
        "jinan-talent-inflow.returnees-2022": "jinan-talent-inflow.net-inflow-2022",
    }


# What is one thing, and what is not


UNTYPED = str.maketrans("", "", "“”‘’「」《》·—- \u3000")
"""Signs of printed names that nobody types."""

SHARED_NAMES = {"两张网", "三大工程"}
"""Names that two places use, each for something else."""


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
                ("2022-12-31", "demolition", True),
            ],
            ["accepted-2025"],
        ),
        (
            "shangxin-street",
            [("2022-07-31", "expropriation", False), ("2022-12-31", "started", True)],
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
            [("2022-07-31", "drafted", True), ("2022-12-31", "issued", True)],
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


def test_no_two_indicators_have_the_same_name(indicators: Mapping[str, Indicator]) -> None:
    names = Counter(each.name for each in indicators.values())
    assert [name for name, n in names.items() if n > 1] == []


class ReadOnce:
    """Names of a ledger that are read only once, because very many are looked up."""

    def __init__(self, view: View) -> None:
        self.initiative, self.indicator = view.initiative, view.indicator
        self.indicators_of = view.indicators_of
        self._names = list(view.names())

    def names(self, _part: str = "") -> Iterator[RecordName]:
        return iter(self._names)


def test_every_name_is_found_as_people_type_it(
    ledger: Tracker, items: Mapping[str, Item], indicators: Mapping[str, Indicator]
) -> None:
    """Look every name up without the quotes, dots and spaces that nobody types."""
    names = {key: [each.name, *each.aliases] for key, each in items.items()}
    names |= {key: [each.name] for key, each in indicators.items()}
    typed = [(key, name.translate(UNTYPED)) for key, own in names.items() for name in own]
    with ledger.store.view() as view:
        index = ReadOnce(view)
        found = {k: find_record(index, name).id for k, name in typed if name not in SHARED_NAMES}
    assert [(key, other) for key, other in found.items() if key != other] == []


@pytest.mark.parametrize("words", sorted(SHARED_NAMES))
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
    assert items["rural-pipes"].lead == "济南市人民政府"
    assert items["peach-festival"].lead == "钢城区人民政府"
    assert items["sme-three-projects"].lead == "济南高新区管委会"
    assert items["lixia-theory-study"].lead == "历下区委"
    # nobody is named, and what the city leads is not the district's
    assert items["zhongbo-lingchuang"].lead is None
    assert items["jinan-hotel"].lead is None
    # but what the district promises of it is
    (accepted,) = (e for e in items["jinan-hotel"].indicators if e.commitment)
    assert accepted.lead == "市中区人民政府"


def test_somebody_answers_for_every_promise(items: Mapping[str, Item]) -> None:
    promised = [
        (indicator.lead or item.lead, indicator.id)
        for item in items.values()
        for indicator in item.indicators
        if indicator.commitment in {"outcome", "effort"}
    ]
    assert [key for lead, key in promised if not lead] == []
    assert Counter(lead for lead, _key in promised) == LEADS_OF_PROMISES


def test_the_promises_of_2025_are_those_of_the_districts_government_and_its_head(
    ledger: Tracker,
) -> None:
    listed = ledger.indicators(Filter(document=REPORT_2025), When(as_of=AFTER_2024)).items
    assert {(each.lead, each.person) for each in listed} == {("市中区人民政府", "孟庆顺")}


def test_the_level_is_that_of_who_grants_or_runs_it(items: Mapping[str, Item]) -> None:
    of_level: dict[str, set[str]] = defaultdict(set)
    for each in items.values():
        of_level[each.level or ""].add(each.id)
    assert of_level["national"] == {
        "national-digital-society",
        "yellow-river",
        "rural-revitalisation",
        "sdu-science-park",
        "economic-zones-fintech",
        "new-drivers-startup-zone",
        "free-trade-zone",
        "eco-inspection",
        "model-civilised-city",
        "eco-civilisation-zone",
        "tcm-demo-zone",
        "gigabit-city",
        "jinan-internet-exchange",
        "xuexi-qiangguo",
        "innovation-pilot-city",
        "digital-green-pilot-city",
        "education-alliance-2025",
        "balanced-education-county",
        "elder-friendly-communities",
    }
    assert of_level["province"] == {
        "strong-capital",
        "energy-internet-cluster",
        "old-new-drivers",
        "power-smart-centre",
        "smart-grid-centre",
        "upper-key-projects",
        "qilu-model-villages",
        "xiaozhuang-village",
        "yuanzhuang-village",
        "digital-key-projects",
        "deterministic-network",
        "provincial-dev-zone",
        "minors-pilot",
        "governance-pilot",
        "elderly-quality-action",
        "warm-home",
        "maternity-hospital-campus",
        "occupational-hospital",
        "tcm-hospital-expansion",
    }
    assert {"central-vitality-zone", "central-port-zone", "old-port-phase-1"} <= of_level["city"]
    assert of_level["village"] == {"haibo-governance", "red-property"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_rules_of_reading_stand_in_the_head_of_each_file(path: Path) -> None:
    head = path.read_text(encoding="utf-8").partition("[[documents]]")[0]
    assert "# - Levels: that of the body which grants the title or runs the thing" in head
    assert "# - Leads: " in head


@pytest.mark.parametrize(
    ("parent", "children"),
    [
        ("vigor-district", ["three-strategies", "second-venture"]),
        ("second-venture", ["new-momentum-year"]),
        (
            "care-facilities",
            [
                "rural-happiness-homes",
                "silver-stewards",
                "elderly-quality-action",
                "five-beds",
                "smart-care-homes",
                "elder-canteens",
                "elder-friendly-communities",
                "warm-home",
            ],
        ),
        ("active-jobs-policy", ["urban-jobs", "community-jobs"]),
        ("municipal-governance", ["governance-pilot", "one-net", "grid-governance"]),
        ("investment-projects", []),
    ],
)
def test_what_stands_under_what(parent: str, children: list[str], ledger: Tracker) -> None:
    assert [each.id for each in ledger.show(parent).children] == children


@pytest.mark.parametrize(
    ("tag", "count"), [("有效落实年", 10), ("向新起势年", 99), ("双中心", 2), ("两大中心", 2)]
)
def test_themes_are_tags_that_can_be_searched(tag: str, count: int, ledger: Tracker) -> None:
    assert len(ledger.search(Filter(tag=tag)).items) == count
    assert len(ledger.search(Filter(text=tag)).items) >= count


# How it all stands on the days of the documents

HALF_TIME = date(2022, 7, 31)
AFTER_2022 = date(2023, 1, 10)
AFTER_2023 = date(2024, 1, 1)
AFTER_2024 = date(2025, 1, 9)

OnDay = Callable[[date], Mapping[str, Assessment]]


def test_half_way_through_2022_nothing_is_late(ledger: Tracker, on_day: OnDay) -> None:
    assert ledger.overdue(ALL, When(as_of=HALF_TIME)).items == []
    seen = on_day(HALF_TIME)
    assert len(seen) == 128
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


def test_at_the_two_sessions_of_2023_the_old_estates_are_carried_out(
    ledger: Tracker, on_day: OnDay
) -> None:
    assert ledger.overdue(ALL, When(as_of=AFTER_2022)).items == []
    seen = on_day(AFTER_2022)
    # 统筹推进: all ten are being carried out, which is what was planned; none is finished.
    estates = [seen["old-estates.area-2022"], seen["old-estates.areas-2022"]]
    end_of_2022 = date(2022, 12, 31)
    assert [(e.value, e.met_on, e.light) for e in estates] == [
        (Decimal(134), end_of_2022, "green"),
        (Decimal(10), end_of_2022, "green"),
    ]
    assert [each.awaiting_verdict_since for each in estates] == [None, None]
    assert len(seen) == 308
    assert seen["jinan-hotel.demolition"].met_on == end_of_2022
    assert seen["zhongshan-park.clearance"].met_on is None
    assert seen["modern-farming.processing-revenue"].value is None


def test_what_2022_did_is_not_done_in_january_2023(indicators: Mapping[str, Indicator]) -> None:
    done = [
        each.id
        for each in indicators.values()
        for update in each.updates
        if update.done and update.source and update.source.document == TWO_SESSIONS_2023
        if update.on != date(2022, 12, 31)
    ]
    assert done == []


def test_on_new_years_day_2024_the_promises_of_2023_are_one_day_late(
    ledger: Tracker, on_day: OnDay
) -> None:
    pipes = on_day(AFTER_2023)["rural-pipes.renewed"]
    assert (pipes.light, pipes.days_late, pipes.workdays_late) == ("red", 1, 0)
    assert (pipes.deadline, pipes.deadline_loose) == (date(2023, 12, 31), date(2024, 12, 31))
    late = ledger.overdue(ALL, When(as_of=AFTER_2023)).items
    assert {each.days_late for each in late} == {1}
    assert sorted(each.id for each in late) == [
        "digital-society-model-city.create",
        "jinan-city-brain.one-brain",
        "jinan-digital-offices.supported-items",
        "rural-pipes.renewed",
        "rural-sewage.basin-districts",
    ]


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
        "assumed": 20,
        "derived": 8,
        "stated": 17,
    }


def test_only_an_outcome_is_ever_late(ledger: Tracker) -> None:
    promised = {each.id: each.commitment for i in ledger.export().items for each in i.indicators}
    late = ledger.overdue(ALL, When(as_of=date(2099, 1, 1))).items
    assert late
    assert {promised[each.id] for each in late} == {"outcome"}


# How it stands ten days after the year of the report, as an officer looks at it

TEN_DAYS_AFTER_2025 = "--as-of 2026-01-10"


def test_only_outcomes_whose_day_has_passed_are_overdue(seeded: Program) -> None:
    late = seeded(f"overdue {TEN_DAYS_AFTER_2025} -o json").data["items"]
    assert Counter((each["days_late"], each["deadline_basis"]) for each in late) == {
        (741, "stated"): 5,
        (10, "stated"): 3,
        (10, "assumed"): 17,
    }
    assert {each["commitment"] for each in late} == {"outcome"}


def test_the_status_tells_promises_from_the_rest(seeded: Program) -> None:
    counts = seeded(f"status {TEN_DAYS_AFTER_2025} -o json").data["counts"]
    shown = ("promises", "reported", "visions", "projections", "met", "kept", "overdue")
    assert [counts[each] for each in shown] == [157, 352, 48, 10, 2, 1, 25]
    assert (counts["awaiting_verdict"], counts["red"]) == (37, 25)


def test_each_body_that_is_late_gets_one_notice(seeded: Program) -> None:
    rows = seeded(f"report notices {TEN_DAYS_AFTER_2025} -o json").data["items"]
    sent = [each for each in rows if each["table"] == "overview"]
    assert [(each["lead"], each["indicators"]) for each in sent] == [
        ("济南市人民政府", 7),
        ("市中区人民政府", 18),
    ]


def test_the_checks_ask_what_a_careful_reader_would_ask(seeded: Program) -> None:
    found = seeded(f"check {TEN_DAYS_AFTER_2025} -o json").data["items"]
    asked: dict[str, set[str]] = defaultdict(set)
    for each in found:
        asked[each["check"]].add(each["id"])
    # efforts and outcomes to which no day and no number were given
    assert len(asked.pop("unmeasurable")) == 86
    # companies, alliances, strangers, and what is the whole city's
    assert len(asked.pop("unknown-lead")) == 49
    assert asked == {
        "no-baseline": {
            "jinan-digital-offices.supported-items",
            "single-village-supply.hours",
            "rural-sewage.basin-districts",
        },
        "over-100": {
            "upper-key-projects.province-plan-2022",
            "upper-key-projects.city-plan-2022",
        },
        "only-at-deadline": {"old-estates.areas-2022", "old-estates.area-2022"},
        "stale": {
            "illegal-building.net-growth",
            "jinan-traffic-brain.upgrade",
            "rural-sewage.coverage",
            "jizhong-cube.in-production",
        },
    }
