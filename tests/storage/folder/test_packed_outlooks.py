"""What is foreseen beside a snapshot answers as the rules do, and is never believed over it."""

import random
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from factories import enter
from foreseen import CHANGES, LATER, answer, open_on
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs
from program import Program
from random_ledgers import TODAY, foresee_all_of_ledger, ledgers

from tracker.assessment.spans import describe_rules_of_spans
from tracker.errors import TrackerError
from tracker.ledger.foresight import open_foresight
from tracker.ledger.ledger import Tracker
from tracker.locale.translation import using_language
from tracker.model.commits import Stamp
from tracker.model.filters import ALL
from tracker.model.horizon import When
from tracker.model.outlooks import ForeseenOrder, ForeseenWanted, Outlook, Span
from tracker.model.records import Document
from tracker.storage.folder.ledger_files import INDEX, OUTLOOKS
from tracker.storage.folder.packed_outlooks import pack_outlooks, unpack_outlooks
from tracker.storage.folder.store import FolderStore
from tracker.storage.folder.view import IndexedFolderView
from tracker.storage.outlooks import KeptOutlooks, OutlookTable

DAYS = st.integers(1, 4000).map(lambda days: date(2025, 1, 1) + timedelta(days))
GAPS = st.none() | st.floats(-100, 100)


@st.composite
def outlooks(draw: st.DrawFn) -> Outlook:
    days = sorted(draw(st.sets(DAYS, min_size=1, max_size=4)))
    spans, first = [], date(2025, 1, 1)
    for last in days:
        gap = draw(GAPS)
        last_gap = None if gap is None else draw(st.just(gap) | st.floats(-100, 100))
        if first == last:
            last_gap = gap
        spans.append(Span(first, last, draw(st.sampled_from([3, 5, 9, 1 << 29])), gap, last_gap))
        first = last + timedelta(1)
    return Outlook(draw(st.none() | DAYS), draw(st.none() | DAYS), draw(st.booleans()), spans)


KEPT = st.lists(st.none() | outlooks(), max_size=12)


@given(KEPT)
def test_what_is_packed_comes_back(kept: list[Outlook | None]) -> None:
    packed = pack_outlooks("rules", 7, kept)
    unpacked = unpack_outlooks(packed, 7)
    assert unpacked is not None
    assert (unpacked.rules, list(unpacked)) == ("rules", kept)
    assert unpack_outlooks(packed, 8) is None
    for at in random.Random(1).sample(range(len(packed)), 20):  # noqa: S311
        assert unpack_outlooks(packed[:at] + bytes([packed[at] ^ 1]) + packed[at + 1 :], 7) is None


def test_very_many_spans_are_not_kept() -> None:
    days = [date(2025, 1, 1) + timedelta(n) for n in range(300)]
    many = Outlook(None, None, True, [Span(day, day, 3) for day in days])  # noqa: FBT003
    unpacked = unpack_outlooks(pack_outlooks("rules", 7, [many]), 7)
    assert unpacked is not None
    assert list(unpacked) == [None]


@given(KEPT, DAYS | st.just(date(2024, 12, 1)), st.integers(1, 5), st.none() | DAYS, st.data())
def test_questions_are_answered_as_from_what_is_held(
    kept: list[Outlook | None], day: date, limit: int, due_by: date | None, data: st.DataObject
) -> None:
    by_key = {f"i.n{n:02}": each for n, each in enumerate(kept)}
    concerned = data.draw(st.sets(st.sampled_from(range(len(kept))))) if kept else set()
    held = OutlookTable(
        {key: None if n in concerned else by_key[key] for n, key in enumerate(by_key)}, day
    )
    unpacked = unpack_outlooks(pack_outlooks("rules", 7, kept), 7)
    assert unpacked is not None
    ahead = unpacked.look_ahead(day, range(len(kept)), concerned)
    assert [f"i.n{n:02}" for n in ahead.unforeseen] == held.unforeseen
    assert ahead.is_worth_reading == held.is_worth_reading
    assert (ahead.count(), ahead.count(due_by)) == (held.count(), held.count(due_by))
    wanted = ForeseenWanted(
        marks=data.draw(st.sampled_from([0, 1, 4])),
        other_marks=data.draw(st.sampled_from([0, 2])),
        is_led=data.draw(st.sampled_from([None, True, False])),
        has_gap=data.draw(st.sampled_from([None, True, False])),
        due_by=due_by,
    )
    orders: list[ForeseenOrder] = ["deadline", "nearest", "owed"]
    orders += ["gap"] if wanted.has_gap else []
    for order in orders:
        first = {f"i.n{n:02}": each for n, each in ahead.rank(wanted, order, limit)}
        expected = {each.id: each for each in held.rank(wanted, order, limit)}
        # Of those that may belong among the first no more than need be.
        assert first.keys() <= expected.keys()
        assert len(first) >= min(limit, len(expected))
        for key, each in first.items():
            known = expected[key]
            assert (each.deadline, each.owed_since) == (known.deadline, known.owed_since)
            assert each.gap == pytest.approx(known.gap)


def store_at(folder: Path, tail_limit: int) -> FolderStore:
    return FolderStore(str(folder), patience=5, tail_limit=tail_limit, indexed_from=0)


def compare(folder: Path, tracker: Tracker, limit: int) -> None:
    """Compare the answers of what was foreseen with those of the rules alone, on one day."""
    from_index = answer(tracker, limit)
    kept = {name: (folder / name).read_bytes() for name in (INDEX, OUTLOOKS)}
    for name in kept:
        (folder / name).unlink()
    from_rules = answer(tracker, limit)
    for name, content in kept.items():
        (folder / name).write_bytes(content)
    assert from_index == from_rules


@given(ledgers(), st.integers(1, 4), LATER, st.sampled_from([0, 10**9]), st.data())
@settings(max_examples=25)
def test_answers_beside_a_snapshot_are_those_of_the_rules(
    records: list[dict[str, Any]],
    limit: int,
    days: int,
    tail_limit: int,
    data: st.DataObject,
) -> None:
    with TemporaryDirectory() as name:
        compare_after_changes(Path(name) / "ledger", records, limit, days, tail_limit, data)


def compare_after_changes(
    folder: Path,
    records: list[dict[str, Any]],
    limit: int,
    days: int,
    tail_limit: int,
    data: st.DataObject,
) -> None:
    store = store_at(folder, 0)
    store.create()
    tracker = enter(open_on(store, TODAY), *records)
    later = open_on(store_at(folder, tail_limit), TODAY)
    keys = [each.id for each in tracker.indicators().items]
    for change in data.draw(st.lists(st.sampled_from(CHANGES), max_size=3)) if keys else ():
        with suppress(TrackerError):
            change(later, data.draw(st.sampled_from(keys)))
    if not (folder / OUTLOOKS).exists():
        return
    again = open_on(store_at(folder, tail_limit), TODAY + timedelta(days))
    compare(folder, again, limit)
    # What is kept of a snapshot is what the rules foresee of it on that day.
    if tail_limit == 0:
        with later.open_view() as view:
            expected = foresee_all_of_ledger(view)
            assert isinstance(view.records, IndexedFolderView)
            kept = view.records.list_outlooks(describe_rules_of_spans(later.rules))
        assert kept == expected


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    folder = tmp_path / "ledger"
    store = store_at(folder, 0)
    store.create()
    item = {"id": "i", "name": "事项"}
    indicator = {
        "id": "i.n",
        "name": "里程",
        "target": 10,
        "baseline": 0,
        "start": "2026-01-01",
        "deadline": {"on": "2026-12-31"},
    }
    enter(open_on(store, TODAY), item | {"indicators": [indicator]})
    return folder


def has_foresight(folder: Path) -> bool:
    with open_on(store_at(folder, 10**9), TODAY).open_view() as view:
        return open_foresight(view, ALL, 1) is not None


def test_what_is_damaged_does_not_count(ledger: Path) -> None:
    assert has_foresight(ledger)
    outlooks_file = ledger / OUTLOOKS
    whole = outlooks_file.read_bytes()
    for spoilt in (b"", whole[:-1], whole + b"x", b"{}\n" + whole, whole.replace(b"1 ", b"2 ", 1)):
        outlooks_file.write_bytes(spoilt)
        assert not has_foresight(ledger)
    outlooks_file.unlink()
    assert not has_foresight(ledger)
    outlooks_file.write_bytes(whole)
    assert has_foresight(ledger)
    (ledger / INDEX).unlink()
    assert not has_foresight(ledger)


def test_check_names_an_index_that_says_what_the_rules_do_not(
    program: Program, ledger: Path
) -> None:
    store = store_at(ledger, 10**9)
    assert open_on(store, TODAY).check().wrongly_foreseen == 0
    assert program(f"--db '{ledger}' check").err == ""
    wrong = Outlook(None, None, True, [Span(date.min, date.max, 1)])  # noqa: FBT003
    with store.view() as view:
        assert isinstance(view, IndexedFolderView)
        rules = describe_rules_of_spans(open_on(store, TODAY).rules)
        view.write_outlooks(store.index_file, rules, [wrong])
    assert open_on(store, TODAY).check().wrongly_foreseen == 1
    said = program(f"--db '{ledger}' check").err
    assert "says of 1 indicator what the rules do not" in said
    assert str(ledger / OUTLOOKS) in said
    with using_language("zh"):
        assert "1 项指标" in program(f"--db '{ledger}' check").err
    # A check of a part, or of another day, is not about it.
    assert program(f"--db '{ledger}' check --state active").err == ""
    assert open_on(store, TODAY).check(when=When(as_of=TODAY - timedelta(1))).wrongly_foreseen == 0
    store.index_file.unlink()
    assert program(f"--db '{ledger}' check").err == ""


def test_other_rules_do_not_count(ledger: Path) -> None:
    store = store_at(ledger, 10**9)
    with store.view() as view:
        assert isinstance(view, IndexedFolderView)
        assert view.count_foreseen("other rules", TODAY) is None
        assert view.list_outlooks("other rules") == {"i.n": None}


def test_the_day_of_a_document_concerns_everything(ledger: Path) -> None:
    store = store_at(ledger, 10**9)
    plan = Document(id="plan", title="计划", published=date(2026, 1, 1))
    store.transact(lambda txn: txn.create(plan), stamp())
    assert has_foresight(ledger)
    moved = structs.replace(plan, published=date(2026, 1, 2))
    store.transact(lambda txn: txn.replace(moved), stamp())
    assert not has_foresight(ledger)
    with store.view() as view:
        assert isinstance(view, IndexedFolderView)
        rules = describe_rules_of_spans(open_on(store, TODAY).rules)
        assert view.list_outlooks(rules) == {"i.n": None}
        assert view.count_foreseen(rules, TODAY) is None


def stamp() -> Stamp:
    return Stamp(at=datetime(2026, 7, 10, 9, tzinfo=UTC), by="王", command="edit")


def test_an_index_that_was_deleted_comes_back_with_what_is_foreseen(ledger: Path) -> None:
    (ledger / INDEX).unlink()
    tracker = open_on(store_at(ledger, 10**9), TODAY)
    tracker.edit("i", {"lead": "水务局"})
    assert has_foresight(ledger)


def test_nothing_is_kept_of_a_snapshot_that_has_no_index(ledger: Path) -> None:
    (ledger / INDEX).unlink()
    store = store_at(ledger, 10**9)
    store.is_renewed = True
    store.keep_foreseen("rules", 5, lambda _view, _pairs: {})
    assert not has_foresight(ledger)
    assert KeptOutlooks("rules", {}).rules == "rules"
