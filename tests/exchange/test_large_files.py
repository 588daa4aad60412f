"""A large file is read item by item, and says the same as one that is read as a whole."""

import json
from decimal import Decimal
from typing import Any

import pytest

from tracker.errors import InvalidInput
from tracker.exchange import large_files
from tracker.exchange.batches import Batch, read_batch
from tracker.exchange.large_files import PackedItems
from tracker.model.records import IndicatorItem, Item

ITEM = {
    "id": "a",
    "name": "供水“改造”",
    "lead": "水务局",
    "indicators": [
        {"id": "n", "name": "长度", "target": 1.50, "updates": [{"on": "2026-01-31", "value": 1}]}
    ],
}
FILE: dict[str, Any] = {
    "schema": 1,
    "documents": [{"id": "p", "title": "计划", "published": "2026-01-01"}],
}


@pytest.fixture(autouse=True)
def _every_file_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(large_files, "LARGE", 0)


def write(*items: Any, **fields: Any) -> bytes:  # noqa: ANN401  # a file may hold anything
    return json.dumps(FILE | {"items": items} | fields, ensure_ascii=False, indent=1).encode()


def write_lines(*lines: Any) -> bytes:  # noqa: ANN401  # a file may hold anything
    return "\n".join(json.dumps(each, ensure_ascii=False) for each in lines).encode()


def read_whole(data: bytes, monkeypatch: pytest.MonkeyPatch, form: str = "json") -> Batch:
    with monkeypatch.context() as patched:
        patched.setattr(large_files, "LARGE", len(data) + 1)
        return read_batch(data, form)


@pytest.mark.parametrize(
    "data",
    [
        write(ITEM, ITEM | {"id": "b", "notes": '"items": ['}),
        write(),
        write(ITEM, papers=[], errors=[]),
        write({"name": "短"}, 7, {"id": "X", "leads": ["甲"], "lead": "乙"}),
        b'{"errors": ["\\"items\\": ["], "items" : [{"name": "x"}]}',
    ],
)
def test_it_holds_what_it_holds_as_a_whole(data: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    large, whole = read_batch(data, "json"), read_whole(data, monkeypatch)
    assert isinstance(large.items, PackedItems)
    assert isinstance(whole.items, list)
    assert [*large.items] == whole.items
    assert large._replace(items=[]) == whole._replace(items=[])


@pytest.mark.parametrize(
    "data",
    [
        b'{"items": [{"id": "a", "id": "b"}]}',
        b'{"items": [{"id": "a"}], "items": []}',
        b'{"items": [], "schema": 1, "schema": 1}',
        b'{"items": [{"target": NaN}]}',
        b'{"items": [{"id": "a"}',
        b'{"items": {"id": "a"}}',
        b'{"items": [], "schema": 2}',
        b'{"items": [], "more": 2}',
        b'{"items": ["\xff"]}',
        b'{"items": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'["items"',
    ],
)
def test_what_is_wrong_is_said_as_of_the_whole(
    data: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(InvalidInput) as whole:
        read_whole(data, monkeypatch)
    with pytest.raises(InvalidInput) as large:
        read_batch(data, "json")
    assert large.value.sentence == whole.value.sentence


PAPER = {"id": "k", "paper": "a", "number": 1, "claimed_at": "2026-01-01T00:00:00Z"}


@pytest.mark.parametrize(
    "data",
    [
        write_lines(ITEM, ITEM | {"id": "b", "notes": "\u2028"}, FILE["documents"][0]),
        write_lines(FILE["documents"][0], ITEM, PAPER, {"title": None, "paper": 1}),
        b"\xef\xbb\xbf" + write_lines(ITEM) + b"\n \n\r\n" + write_lines(ITEM) + b"\n",
        "\u3000\n".encode() + write_lines(7, [], {"name": "短"}),
        write_lines({"id": "X", "leads": ["甲"], "lead": "乙"}),
        b"",
    ],
)
def test_lines_hold_what_they_hold_as_a_whole(data: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    large, whole = read_batch(data, "jsonl"), read_whole(data, monkeypatch, "jsonl")
    assert [*large.items] == [*whole.items]
    assert large._replace(items=[]) == whole._replace(items=[])


def test_lines_are_packed() -> None:
    batch = read_batch(write_lines(FILE["documents"][0], ITEM), "jsonl")
    assert isinstance(batch.items, PackedItems)
    assert (len(batch.documents), len(batch.items)) == (1, 1)


@pytest.mark.parametrize(
    "data",
    [
        write_lines(ITEM) + b"\n{",
        write_lines(ITEM) + b'\n{"id": "a", "id": "b"}',
        write_lines(ITEM) + b'\n{"title": "a", "title": "b"}',
        write_lines(ITEM) + b'\n{"target": NaN}',
        write_lines(ITEM) + b'\n{"title": "\xff"}',
        write_lines(ITEM) + b'\n{"name": "\xff"}',
        write_lines(ITEM) + b"\n" + b"[" * 100_000,
    ],
)
def test_what_is_wrong_with_lines_is_said_as_of_the_whole(
    data: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(InvalidInput) as whole:
        read_whole(data, monkeypatch, "jsonl")
    with pytest.raises(InvalidInput) as large:
        read_batch(data, "jsonl")
    assert large.value.sentence == whole.value.sentence


def test_a_list_alone_and_a_mark_of_byte_order_are_read_as_a_whole() -> None:
    for data in (b'[{"name": "x"}]', b'\xef\xbb\xbf{"items": [{"name": "x"}]}'):
        assert [item.name for item in read_batch(data, "json").items] == ["x"]


def test_packed_items_are_made_anew_each_time() -> None:
    items = PackedItems()
    exact = IndicatorItem(id="a.n", name="n", target=Decimal("1.50"))
    kept = [Item(id="a", name="甲", indicators=[exact]), Item(id="b", name="\ud800")]
    for item in kept:
        items.append(item)
    assert len(items) == len(kept)
    assert [*items] == kept
    first = next(iter(items))
    first.indicators.clear()
    assert items[0] == kept[0]
    assert str(items[0].indicators[0].target) == "1.50"
    assert items[:1] == kept[:1]
    assert items[1] == kept[1]
