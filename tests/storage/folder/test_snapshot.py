"""Tables as lines: what is asked for is decoded, the rest stays as it is."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from tracker.model.codec import encode
from tracker.model.commits import (
    TABLES,
    Change,
    Commit,
    StoredRecord,
    build_append,
    build_creation,
    build_field_change,
    build_removal,
)
from tracker.model.records import Deadline, Document, Indicator, Initiative, Revision, Update
from tracker.storage.folder import snapshot
from tracker.storage.folder.snapshot import FEW_LOOKUPS, LazyTable

DAY = date(2026, 1, 31)
NOW = datetime(2026, 1, 31, tzinfo=UTC)


def initiatives(count: int) -> list[Initiative]:
    return [Initiative(id=f"i{number}", name=f"事项{number}") for number in range(count)]


def data_of(records: list[Initiative]) -> bytes:
    lines = {"documents": [], "initiatives": [encode(each) for each in records], "indicators": []}
    return b'{"tracker":{},\n' + snapshot.encode_snapshot_tables(lines)


def commit(*changes: Change) -> Commit:
    return Commit(seq=1, at=NOW, command="test", changes=list(changes))


def table(count: int, *changes: Change) -> LazyTable:
    return LazyTable("initiatives", data_of(initiatives(count)), [commit(*changes)])


def test_a_body_is_the_rest_of_a_json_document() -> None:
    plain = json.loads(data_of(initiatives(2)))
    assert plain["initiatives"] == {
        "i0": {"id": "i0", "name": "事项0"},
        "i1": {"id": "i1", "name": "事项1"},
    }
    empty: dict[str, object] = {name: {} for name in TABLES}
    assert json.loads(b"{\n" + snapshot.EMPTY_BODY) == empty


def test_each_table_begins_where_it_begins() -> None:
    records: dict[str, list[StoredRecord]] = {
        "documents": [Document(id="initiatives", title="documents", published=DAY)],
        "initiatives": [Initiative(id="indicators", name="initiatives")],
        "indicators": [Indicator(id="documents.x", name="indicators")],
    }
    body = snapshot.encode_snapshot_tables(
        {name: map(encode, each) for name, each in records.items()}
    )
    data = b'{"tracker":{},\n' + body
    for name, each in records.items():
        assert list(LazyTable(name, data, []).lines()) == [encode(each[0])]


@pytest.mark.parametrize("count", [0, 1, FEW_LOOKUPS + 5])
def test_a_row_is_found_by_few_and_by_many_look_ups(count: int) -> None:
    found = table(count)
    for number in range(count):
        assert found.line(f"i{number}") == encode(initiatives(count)[number])
        assert found.line(f"i{number}x") is None
    assert len(found) == count
    assert list(found) == [f"i{number}" for number in range(count)]


def test_changes_are_applied_to_the_line() -> None:
    found = table(
        3,
        build_creation(Initiative(id="new", name="新")),
        build_field_change(Initiative(id="i1", name=""), {"name": "事项1"}, {"name": "改"}),
        build_removal(Initiative(id="i2", name="事项2")),
        Change(op="create", table="documents", id="elsewhere"),
    )
    assert [json.loads(each)["name"] for each in found.lines()] == ["事项0", "改", "新"]
    asked: list[object] = ["i2", "new", 7, "elsewhere"]
    assert [each for each in asked if found.__contains__(each)] == ["new"]


def test_what_comes_back_stands_at_the_end() -> None:
    again = Initiative(id="i0", name="又")
    found = table(3, build_removal(again), build_creation(again))
    assert list(found) == ["i1", "i2", "i0"]
    del found["i1"]
    found["i1"] = {"id": "i1", "name": "再"}
    found["i0"] = {"id": "i0", "name": "又"}
    assert list(found) == ["i2", "i0", "i1"]
    assert [json.loads(each)["name"] for each in found.lines()] == ["事项2", "又", "再"]


def test_a_table_is_a_mapping_of_plain_records() -> None:
    data = Indicator(id="i0.x", name="值", target=Decimal("62.10"), deadline=Deadline(on=DAY))
    lines = {"documents": [], "initiatives": [], "indicators": [encode(data)]}
    found = LazyTable("indicators", b"{\n" + snapshot.encode_snapshot_tables(lines), [])
    assert found["i0.x"] == {
        "id": "i0.x",
        "name": "值",
        "target": Decimal("62.10"),
        "deadline": {"on": DAY},
    }
    found["i0.x"]["name"] = "改"
    assert json.loads(found.line("i0.x") or b"") == {
        "id": "i0.x",
        "name": "改",
        "target": 62.1,
        "deadline": {"on": "2026-01-31"},
    }
    assert str(found["i0.x"]["target"]) == "62.10"
    del found["i0.x"]
    for missing in ("i0.x", "i0.y"):
        with pytest.raises(KeyError, match=missing):
            found[missing]
    assert dict(found) == {}


@pytest.mark.parametrize("is_changed", [False, True])
def test_only_what_belongs_to_some_is_read(*, is_changed: bool) -> None:
    found = table(12)
    if is_changed:
        found["i1"] = {**found["i1"], "name": "改"}
    read = [json.loads(each)["id"] for each in found.lines({"i1", "i11", "nobody"})]
    assert read == ["i1", "i11"]


@pytest.mark.parametrize(
    ("deadline", "revised", "expected"),
    [
        (None, None, False),
        (Deadline(wording="每年"), None, False),
        (Deadline(on=date(2026, 1, 31)), None, True),
        (Deadline(on=date(2026, 2, 1)), None, False),
        (Deadline(on=date(2026, 2, 1)), Deadline(on=date(2026, 1, 1)), True),
        (Deadline(on=date(2026, 1, 1)), Deadline(on=date(2026, 2, 1)), True),
        (None, Deadline(wording="每年"), False),
    ],
)
def test_ever_due(deadline: Deadline | None, revised: Deadline | None, expected: bool) -> None:  # noqa: FBT001
    revisions = [Revision(on=DAY, deadline=revised)] if revised else []
    indicator = Indicator(id="i.x", name="值", deadline=deadline, revisions=revisions)
    day = DAY.toordinal()
    assert snapshot.was_snapshot_line_due(encode(indicator), 1, day) is expected


def test_a_line_that_is_not_understood_may_have_been_due() -> None:
    assert snapshot.was_snapshot_line_due(b'{"id":"i.x","deadline":5}', 1, 1)


def test_one_update_does_not_decode_the_rest() -> None:
    data = b"{\n" + snapshot.encode_snapshot_tables(
        {
            "documents": [],
            "initiatives": [],
            "indicators": [
                encode(Indicator(id="i.x", name="值")),
                b'{"id":"i.broken","name":7}',
            ],
        }
    )
    change = build_append("i.x", Update(on=DAY, value=Decimal(1)))
    found = LazyTable("indicators", data, [commit(change)])
    assert found["i.x"]["updates"][0]["value"] == 1
    assert len(list(found.lines())) == 2
