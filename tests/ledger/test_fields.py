"""Every field of the records under one contract: a new one fails here until it has a sample.

A field survives files (JSON and TOML), an edit and its undo, both days of a question, a move
between stores and back; it is known in both languages and in the reference; and in a database
nobody changes it who may only report.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from cluster import Cluster
from factories import Plain, enter
from places import CHECKOUT
from stores import STORES, Opened

from tracker.cli.commands.records import IndicatorOptions, InitiativeOptions, SharedOptions
from tracker.errors import Refused
from tracker.exchange.batches import read_batch
from tracker.exchange.fields import find_empty_field_value
from tracker.ledger.ledger import Tracker
from tracker.locale.translation import _p, using_language
from tracker.model.codec import encode
from tracker.model.commits import LIST_OF
from tracker.model.horizon import When
from tracker.model.records import (
    APPENDED_LISTS,
    Decision,
    Entry,
    Indicator,
    Initiative,
    Item,
    Judgement,
    Revision,
    Update,
    Verdict,
)
from tracker.storage.base import DatabaseStore, Store
from tracker.storage.memory import MemoryStore
from tracker.storage.open_store import open_store

FIRST, SECOND = (datetime(2026, 3, day, 9, 0, tzinfo=UTC) for day in (2, 3))
FIXED = APPENDED_LISTS | {"id", "recorded_at", "by"}
SOURCE = {"document": "plan", "locator": "第3页", "quote": "全年清淤"}
NUMBER: Plain = {"unit": "公里", "target": 100, "baseline": 0, "start": "2026-01-01"}
MILESTONE: Plain = {"measure": "milestone"}

INITIATIVES: Mapping[str, tuple[Any, Any]] = {
    "name": ("河道", "河道整治"),
    "aliases": (["清河行动"], ["清河", "河长制"]),
    "kind": ("action", "project"),
    "category": ("水利", "环保"),
    "level": ("city", "district"),
    "place": ("济南市", "历下区"),
    "parent": ("top", "peak"),
    "lead": ("水务局、交通局", "水务局"),
    "support": (["财政局"], ["财政局", "住建局"]),
    "person": ("张三", "李四、王五"),
    "cycle": ("monthly", "quarterly"),
    "tags": (["民生实事"], ["重点"]),
    "notes": ("备注", "备注\n两行"),
    "sources": ([SOURCE], [{"document": "plan"}]),
}
INDICATORS: Mapping[str, tuple[Plain, Any, Any]] = {
    "name": ({}, "清淤", "清淤长度"),
    "measure": ({}, "number", "milestone"),
    "unit": ({}, "公里", "米"),
    "direction": ({}, "up", "down"),
    "op": ({}, ">=", ">"),
    "target": ({}, 100, 120.5),
    "target_high": ({"target": 1}, 2, 3),
    "target_wording": ({"baseline": 50, "unit": "亿元"}, "翻一番", "比上年增加500万元"),
    "stretch": ({"target": 100}, 120, 130),
    "approximate": ({}, True, False),
    "baseline": ({}, 0, 12),
    "baseline_on": ({}, "2025-12-31", "2025-06-30"),
    "start": ({}, "2026-01-01", "2026-02-01"),
    "interim": (
        NUMBER | {"deadline": {"on": "2026-12-31"}},
        [{"on": "2026-06-30", "value": 50}],
        [{"on": "2026-06-30", "value": 40}, {"on": "2026-09-30", "value": 80}],
    ),
    "deadline": (
        {},
        {"on": "2024-12-31", "wording": "2025年前", "basis": "derived", "loose": "2025-12-31"},
        {"on": "2026-12-31"},
    ),
    "recurs": (MILESTONE, "quarter", "half"),
    "after": (MILESTONE, "top.begun", "top.approved"),
    "part_of": ({"unit": "公里"}, "top.whole", "top.other"),
    "accumulation": ({}, "increment", "level"),
    "commitment": ({}, "effort", "vision"),
    "lead": ({}, "交通局、水务局", "交通局"),
    "support": ({}, ["财政局"], ["财政局", "住建局"]),
    "person": ({}, "赵六", "赵六、钱七"),
    "source": ({}, SOURCE, {"document": "plan"}),
    "notes": ({}, "备注", "备注\n两行"),
}
ENTRIES: Mapping[type[Entry], Plain] = {
    Update: {
        "period_start": "2026-01-01",
        "value": 3,
        "done": None,
        "qualifier": "~",
        "share_of_plan": 12.5,
        "status": "estimate",
        "separate": True,
        "note": "另计",
        "evidence": ["附件1"],
    },
    Revision: {
        "deadline": {"on": "2027-12-31", "wording": "2027年底", "basis": "derived"},
        "target": 7,
        "target_high": 9,
        "target_wording": "增长7%",
        "interim": [{"on": "2026-06-30", "value": 5}],
        "reason": "汛期",
    },
    Decision: {"state": "suspended", "reason": "停工"},
    Judgement: {"confidence": "amber", "reason": "缓慢"},
    Verdict: {"verdict": "partly", "reason": "部分", "evidence": ["附件2"]},
}
SIGNED = frozenset({"id", "recorded_at", "by", "voids", "login"})


def name_of(field: str) -> str:
    """The id of the record that has a sample of a field."""
    return "f-" + field.replace("_", "-")


def build_plan(*, is_signed: bool = True) -> list[Plain]:
    """A ledger with a record for each field, and an indicator with an entry of each kind."""
    tops = [
        {"id": "whole", "name": "全市", "unit": "公里"},
        {"id": "other", "name": "另计", "unit": "公里"},
        {"id": "begun", "name": "开工", **MILESTONE},
        {"id": "approved", "name": "立项", **MILESTONE},
    ]
    top: Plain = {"id": "top", "name": "总", "indicators": tops}
    fields: list[Plain] = [
        {"id": name_of(field), "name": f"按{field}"} | more | {field: one}
        for field, (more, one, _other) in INDICATORS.items()
    ]
    entries = {
        LIST_OF[kind]: [
            {"on": "2026-03-01", "id": LIST_OF[kind], "source": SOURCE}
            | ({"recorded_at": FIRST.isoformat(), "by": "督查室"} if is_signed else {})
            | {key: value for key, value in fields.items() if value is not None}
        ]
        for kind, fields in ENTRIES.items()
    }
    own: Plain = {"id": "entries", "name": "各类条目", "unit": "公里", "accumulation": "increment"}
    holder: Plain = {"id": "fields", "name": "各字段", "indicators": [*fields, own | entries]}
    owners = [
        {"id": name_of(field), "name": f"按{field}"} | {field: one}
        for field, (one, _other) in INITIATIVES.items()
    ]
    document = {"id": "plan", "title": "工作要点", "published": "2026-01-09"}
    return [document, top, {"id": "peak", "name": "顶"}, holder, *owners]


def open_tracker(store: Store, now: datetime = FIRST) -> Tracker:
    return Tracker(store, now=now, author="督查室")


def read_items(tracker: Tracker, when: When | None = None) -> dict[str, Item | Indicator]:
    """All records by their ids, without the logins that only a database has."""
    records: dict[str, Item | Indicator] = {}
    for item in tracker.export(when=when or When()).items:
        own: list[Item | Indicator] = [item, *item.indicators]
        records |= {record.id: record for record in own}
        for record in own:
            for name in APPENDED_LISTS & {*record.__struct_fields__}:
                for entry in getattr(record, name):
                    entry.login = None
    return records


def write_toml(value: Any) -> str:  # noqa: ANN401  # any plain data
    """A value as TOML writes it within a line."""
    if isinstance(value, dict):
        inner = ", ".join(f"{key} = {write_toml(each)}" for key, each in value.items())
        return f"{{ {inner} }}"
    if isinstance(value, list):
        return f"[{', '.join(map(write_toml, value))}]"
    return json.dumps(value, ensure_ascii=False)


def write_toml_plan(plan: list[Plain]) -> bytes:
    """A plan as the tables of a TOML file."""
    lines = []
    for record in plan:
        lines.append("[[documents]]" if "title" in record else "[[items]]")
        lines += [f"{key} = {write_toml(value)}" for key, value in record.items()]
    return "\n".join(lines).encode()


def check_sampled(records: Mapping[str, Item | Indicator], at: int = 0) -> None:
    """Compare what each field holds in its own record with its first or second sample."""
    samples: list[tuple[type[Any], str, str, Any]] = [
        (Initiative, name_of(field), field, pair[at]) for field, pair in INITIATIVES.items()
    ]
    samples += [
        (Indicator, f"fields.{name_of(field)}", field, more[1 + at])
        for field, more in INDICATORS.items()
    ]
    wrong = {}
    for kind, record_id, field, value in samples:
        plain = json.loads(encode({"id": "x", "name": "x", field: value}), parse_float=Decimal)
        found, expected = getattr(records[record_id], field), msgspec.convert(plain, kind)
        if found != getattr(expected, field):
            wrong[record_id] = (found, getattr(expected, field))
    assert not wrong


def check_entries(records: Mapping[str, Item | Indicator]) -> None:
    """Compare the entries of each kind with their samples."""
    for kind, sample in ENTRIES.items():
        (stored,) = getattr(records["fields.entries"], LIST_OF[kind])
        plain = json.loads(encode(sample | {"on": "2026-03-01"}), parse_float=Decimal)
        entry = msgspec.convert(plain, kind)
        assert [getattr(stored, key) for key in sample] == [getattr(entry, key) for key in sample]


def test_every_field_has_a_sample() -> None:
    assert set(INITIATIVES) == set(Initiative.__struct_fields__) - FIXED
    assert set(INDICATORS) == set(Indicator.__struct_fields__) - FIXED
    assert set(ENTRIES) == set(LIST_OF)
    for kind, sample in ENTRIES.items():
        assert set(sample) == set(kind.__struct_fields__) - SIGNED - {"on", "source"}
    assert set(Item.__struct_fields__) - set(Initiative.__struct_fields__) == {
        "state",
        "leads",
        "indicators",
    }


@pytest.mark.parametrize("form", ["json", "toml"])
def test_a_field_comes_in_by_a_file_and_goes_out_the_same(opened: Opened, form: str) -> None:
    tracker = open_tracker(opened())
    tracker.make()
    documents = [each for each in build_plan() if "title" in each]
    items = [each for each in build_plan() if "title" not in each]
    content = encode({"documents": documents, "items": items})
    content = write_toml_plan(build_plan()) if form == "toml" else content
    tracker.merge([read_batch(content, form)], "refuse", "import")
    records = read_items(tracker)
    check_sampled(records)
    check_entries(records)
    export = tracker.export()
    again = encode({"documents": export.documents, "items": export.items})
    counts = tracker.merge([read_batch(again, "json")], "refuse", "import")
    assert not any(value for value in counts if isinstance(value, int))
    copy = open_tracker(MemoryStore())
    copy.make()
    copy.merge([read_batch(again, "json")], "refuse", "import")
    assert read_items(copy) == records


def test_an_edit_of_a_field_is_known_from_its_day_on_and_can_be_undone(opened: Opened) -> None:
    store = opened()
    enter(open_tracker(store), *build_plan())
    tracker = open_tracker(store, SECOND)
    before = read_items(tracker)
    for field, (_one, other) in INITIATIVES.items():
        tracker.edit(name_of(field), {field: other})
    for field, (_more, _one, other) in INDICATORS.items():
        tracker.edit(f"fields.{name_of(field)}", {field: other})
    check_sampled(read_items(tracker), 1)
    check_sampled(read_items(tracker, When(as_of=SECOND.date())), 1)
    known = read_items(tracker, When(known_on=FIRST.date()))
    check_sampled(known, 0)
    check_sampled(read_items(tracker, When(known_on=SECOND.date())), 1)
    for _edit in range(len(INITIATIVES) + len(INDICATORS)):
        tracker.undo()
    assert read_items(tracker) == before


def test_a_field_is_cleared_to_its_default() -> None:
    tracker = enter(open_tracker(MemoryStore()), *build_plan())
    for kind, prefix, fields in ((Initiative, "", INITIATIVES), (Indicator, "fields.", INDICATORS)):
        for field in fields:
            if field in {"name", "kind", "measure", "approximate", "accumulation"}:
                continue
            record = tracker.find(prefix + name_of(field))
            tracker.edit(record.id, {field: find_empty_field_value(record, field)})
            cleared = getattr(tracker.find(record.id), field)
            assert cleared == getattr(kind(id="x", name="x"), field), field


def test_a_move_between_stores_keeps_every_field(opened: Opened, tmp_path: Path) -> None:
    source = opened()
    tracker = enter(open_tracker(source), *build_plan())
    before = read_items(tracker)
    if isinstance(source, MemoryStore):
        return
    for make in (STORES["postgresql"], STORES["folder"]):
        target = make(tmp_path / "elsewhere")()
        tracker.move(target)
        tracker = open_tracker(target)
        assert read_items(tracker) == before


@pytest.fixture
def reporter(database: Cluster) -> Iterator[tuple[Store, Store]]:
    """A ledger in a database, and the same by the login of somebody who only reports."""
    url, name = database.url(uuid4().hex), f"reporter-{uuid4().hex[:8]}"
    owner = open_store(url)
    enter(open_tracker(owner), *build_plan())
    database.sql(f"CREATE ROLE \"{name}\" LOGIN PASSWORD 'x'")
    assert isinstance(owner, DatabaseStore)
    owner.grant(name, "reporter", "水务局")
    yield owner, open_store(url.replace("user=postgres", f"user={name}&password=x"))
    owner.revoke(name)
    database.sql(f'DROP ROLE "{name}"')


def test_nobody_who_only_reports_changes_a_field(reporter: tuple[Store, Store]) -> None:
    owner, store = reporter
    before = read_items(open_tracker(owner))
    tracker = open_tracker(store, SECOND)
    for field, (_one, other) in INITIATIVES.items():
        with pytest.raises(Refused):
            tracker.edit(name_of(field), {field: other})
    for field, (_more, _one, other) in INDICATORS.items():
        with pytest.raises(Refused):
            tracker.edit(f"fields.{name_of(field)}", {field: other})
    assert read_items(open_tracker(owner)) == before


def test_a_field_is_called_by_a_name_in_both_languages() -> None:
    fields = {*INITIATIVES, *INDICATORS}
    assert {_p("field", field) for field in fields} == fields
    with using_language("zh"):
        named = {field: _p("field", field) for field in fields}
    assert not [field for field, name in named.items() if name.isascii()]


def test_a_field_stands_in_the_reference() -> None:
    reference = (CHECKOUT / "docs" / "reference" / "json.md").read_text("utf-8")
    entries = {field for sample in ENTRIES.values() for field in sample}
    missing = {*INITIATIVES, *INDICATORS, *entries}
    assert not {field for field in missing if f"`{field}`" not in reference}


def test_a_field_has_a_flag_or_is_read_out_of_one() -> None:
    flags = {
        *InitiativeOptions.__struct_fields__,
        *IndicatorOptions.__struct_fields__,
        *SharedOptions.__struct_fields__,
    }
    called = {"aliases": "alias", "tags": "tag", "recurs": "every", "sources": "source"}
    # A relative target is what --target says; the name stands by itself.
    by_another = {"target_wording": "target", "name": "notes"}
    fields = {*INITIATIVES, *INDICATORS}
    assert not {f for f in fields if (called | by_another).get(f, f) not in flags}
