"""What is read by the index of a snapshot is what is read without."""

import os
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest

from tracker.assessment.promises import is_promise_overdue
from tracker.errors import LedgerDamaged
from tracker.ledger.ledger import Tracker
from tracker.model.commits import Stamp
from tracker.model.filters import ALL
from tracker.model.records import Deadline, Document, Indicator, Initiative, Revision, Update
from tracker.storage.base import DeadlineOrdered, Transaction, View
from tracker.storage.folder import index
from tracker.storage.folder.index import IndexedRows, IndexedSnapshot
from tracker.storage.folder.ledger_files import INDEX, SNAPSHOT, load_ledger_files
from tracker.storage.folder.snapshot import FEW_LOOKUPS
from tracker.storage.folder.store import FolderStore

TODAY = date(2026, 3, 15)
AT = datetime(2026, 3, 15, 8, tzinfo=UTC)
NEVER = 1 << 40


def stamp(number: int) -> Stamp:
    return Stamp(at=AT + timedelta(seconds=number), by="tester", command="update")


def store_at(folder: Path, *, tail_limit: int = NEVER, indexed_from: int = 0) -> FolderStore:
    return FolderStore(str(folder), patience=5, tail_limit=tail_limit, indexed_from=indexed_from)


def build_indicator(initiative: int, number: int, chance: Random) -> Indicator:
    day = TODAY + timedelta(days=chance.randrange(-200, 200))
    whole = f"i{initiative}.n0" if number == 1 and chance.random() < 0.5 else None
    return Indicator(
        id=f"i{initiative}.n{number}",
        name=f"里程{number}",
        unit="公里",
        target=Decimal(100),
        commitment="outcome",
        baseline=Decimal(0),
        start=date(2025, 1, 1),
        deadline=chance.choice([None, Deadline(wording="尽快"), *[Deadline(on=day)] * 4]),
        recurs="year" if chance.random() < 0.1 else None,
        part_of=whole,
        updates=[
            Update(id=f"u{initiative}-{number}", on=TODAY, value=Decimal(chance.randrange(120)))
        ],
    )


def fill(txn: Transaction, chance: Random) -> None:
    txn.create(Document(id="plan", title="计划", published=date(2025, 1, 1)))
    for initiative in range(30):
        txn.create(Initiative(id=f"i{initiative}", name=f"事项{initiative}"))
        for number in range(chance.randrange(4)):
            txn.create(build_indicator(initiative, number, chance))


def change(txn: Transaction, number: int, chance: Random) -> None:
    """Change, add or take out an indicator, or revise its deadline."""
    indicators = [indicator for _owner, indicator in txn.candidates(ALL)]
    one = chance.choice(indicators)
    kind = chance.randrange(4)
    if kind == 0:
        day = TODAY + timedelta(days=chance.randrange(-300, 300))
        revision = Revision(id=f"r{number}", on=TODAY, deadline=Deadline(on=day), reason="改")
        txn.append(one.id, revision)
    elif kind == 1:
        txn.append(one.id, Update(id=f"v{number}", on=TODAY, value=Decimal(number % 100)))
    elif kind == 2:
        txn.remove(one)
    else:
        txn.create(build_indicator(number % 30, number + 10, chance))


@pytest.fixture(params=range(4), ids="seed {}".format)
def stores(request: pytest.FixtureRequest, tmp_path: Path) -> list[FolderStore]:
    """The same ledger by its index, with commits behind the snapshot, and as a whole."""
    chance = Random(request.param)  # noqa: S311
    store = store_at(tmp_path / "ledger", tail_limit=0)
    store.create()
    store.transact(lambda txn: fill(txn, chance), stamp(0))
    indexed = store_at(tmp_path / "ledger")
    for number in range(1, 4 * request.param):
        indexed.transact(lambda txn, number=number: change(txn, number, chance), stamp(number))  # type: ignore[misc]
    whole = tmp_path / "whole"
    whole.mkdir()
    for path in (tmp_path / "ledger").iterdir():
        if path.name != INDEX:
            (whole / path.name).write_bytes(path.read_bytes())
    return [indexed, store_at(whole)]


def list_days() -> Iterator[date]:
    return (TODAY + timedelta(days=days) for days in (-400, -100, -1, 0, 30, 400))


def test_the_answers_are_the_same(stores: list[FolderStore]) -> None:
    def answer(view: View) -> Iterator[object]:
        yield view.documents(), list(view.initiatives(ALL)), list(view.names())
        yield list(view.candidates(ALL)), list(view.receipts()), view.find_newest_moment()
        yield [list(view.candidates(ALL, day)) for day in list_days()]
        yield [list(view.candidates(ALL, day, owners={"i1", "i20"})) for day in list_days()]
        for first, last in pairwise(list_days()):
            yield list(view.candidates_due_between(ALL, first, last, TODAY))
        yield [list(view.linked_indicators(field)) for field in ("part_of", "after", "source")]
        yield [view.indicators_of(f"i{number}") for number in range(31)]
        ids = [f"i{owner}.n{number}" for owner in range(31) for number in range(3)]
        yield [view.indicator(key) for key in ids], [view.initiative(key) for key in ids]
        yield list(view.history()), list(view.history_newest_first())

    views = []
    for store in stores:
        with store.view() as view:
            views.append(list(answer(view)))
    assert views[0] == views[1]
    assert views[0][-1][1] == views[0][-1][0][::-1]  # type: ignore[index]


def test_lists_are_the_same(stores: list[FolderStore]) -> None:
    indexed, whole = (Tracker(store, now=AT) for store in stores)
    everything = whole.overdue().items
    for limit in (1, 3, len(everything), len(everything) + 1):
        some = indexed.overdue(limit=limit)
        assert some.items == everything[:limit]
        assert some.is_cut == (limit < len(everything))
    assert indexed.overdue().items == everything
    assert all(is_promise_overdue(each, TODAY) for each in everything)
    for within in (0, 30, 500):
        assert indexed.due(within) == whole.due(within)
    assert indexed.status() == whole.status()
    assert [*indexed.export().items] == [*whole.export().items]


def test_a_deadline_comes_first_by_the_index(stores: list[FolderStore]) -> None:
    with stores[0].view() as view:
        assert isinstance(view, DeadlineOrdered)
        found = list(view.candidates_by_deadline(ALL, TODAY, TODAY))
    with stores[1].view() as view:
        assert not isinstance(view, DeadlineOrdered)
        expected = {indicator.id for _owner, indicator in view.candidates(ALL, TODAY)}
    assert {indicator.id for _day, _owner, indicator in found} == expected
    assert [day for day, _owner, _indicator in found] == sorted(day for day, *_pair in found)


@pytest.mark.parametrize("size", [1, 500, 1 << 18])
@pytest.mark.parametrize("is_reported", [False, True])
def test_the_first_day_is_found_in_blocks_of_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int, *, is_reported: bool
) -> None:
    monkeypatch.setattr(index, "_BLOCK", size)
    store = store_at(tmp_path / "ledger", tail_limit=0)
    store.create()
    days = [AT + timedelta(days=days) for days in (9, 9, 9, 9, 3, 9, 5, 9)]
    first = Initiative(id="a", name="供水", recorded_at=AT + timedelta(days=9))

    def enter(txn: Transaction) -> None:
        txn.create(first)
        for at, day in enumerate(days):
            txn.create(Indicator(id=f"a.n{at}", name=f"里程{at}", recorded_at=day))

    store.transact(enter, stamp(0))
    changed = store_at(tmp_path / "ledger")
    if is_reported:
        report = Update(id="u", on=TODAY, value=Decimal(1), recorded_at=AT + timedelta(days=1))
        changed.transact(lambda txn: txn.append("a.n5", report), stamp(1))
    with changed.view() as view:
        assert isinstance(view.table("indicators").rows, IndexedRows)  # type: ignore[attr-defined]
        expected = (AT + timedelta(days=1 if is_reported else 3)).date()
        assert min(view.recorded_days(ALL)) == min(View.recorded_days(view, ALL)) == expected


def open_by_index(folder: Path) -> object:
    return load_ledger_files(folder, by_index=True).data


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    store = store_at(tmp_path / "ledger", tail_limit=0)
    store.create()
    store.transact(lambda txn: fill(txn, Random(1)), stamp(0))  # noqa: S311
    return tmp_path / "ledger"


def test_a_snapshot_is_read_by_its_index(folder: Path) -> None:
    assert isinstance(open_by_index(folder), IndexedSnapshot)
    assert isinstance(load_ledger_files(folder).data, bytes)


def test_many_look_ups_find_the_same(folder: Path) -> None:
    opened = open_by_index(folder)
    assert isinstance(opened, IndexedSnapshot)
    rows = opened.rows("initiatives")
    for _time in range(FEW_LOOKUPS + 2):
        assert (rows.find_line("i7") or b"").startswith(b'{"id":"i7"')
        assert rows.find_line("i7x") is None


def test_an_initiative_is_found_among_its_own(folder: Path) -> None:
    opened = open_by_index(folder)
    assert isinstance(opened, IndexedSnapshot)
    assert list(opened.rows("initiatives").find_owned_ids("i7")) == [(7, "i7")]
    assert list(opened.rows("initiatives").find_owned_ids("nobody")) == []


def test_a_changed_row_is_refused(folder: Path) -> None:
    status, data = (folder / SNAPSHOT).stat(), (folder / SNAPSHOT).read_bytes()
    (folder / SNAPSHOT).write_bytes(data.replace("事项7".encode(), "事项8".encode()))
    os.utime(folder / SNAPSHOT, ns=(status.st_atime_ns, status.st_mtime_ns))
    opened = open_by_index(folder)
    assert isinstance(opened, IndexedSnapshot)
    with pytest.raises(LedgerDamaged, match=r"ledger\.json"):
        opened.rows("initiatives").find_line("i7")
    (folder / INDEX).write_bytes(b"")
    with pytest.raises(LedgerDamaged, match=r"ledger\.json"):
        open_by_index(folder)


def test_an_index_of_another_file_does_not_count(folder: Path) -> None:
    status = (folder / SNAPSHOT).stat()
    os.utime(folder / SNAPSHOT, ns=(status.st_atime_ns, status.st_mtime_ns + 1))
    assert isinstance(open_by_index(folder), bytes)
    # Whoever writes next makes it anew.
    store_at(folder).transact(lambda txn: txn.create(Initiative(id="x", name="x")), stamp(1))
    assert isinstance(open_by_index(folder), IndexedSnapshot)
    (folder / INDEX).unlink()
    assert isinstance(open_by_index(folder), bytes)


def test_a_small_snapshot_has_none(tmp_path: Path) -> None:
    store = store_at(tmp_path / "ledger", tail_limit=0, indexed_from=1 << 20)
    store.create()
    store.transact(lambda txn: fill(txn, Random(1)), stamp(0))  # noqa: S311
    assert not (tmp_path / "ledger" / INDEX).exists()


def test_a_snapshot_that_cannot_be_opened_says_so(folder: Path) -> None:
    (folder / SNAPSHOT).unlink()
    (folder / SNAPSHOT).mkdir()
    with pytest.raises(Exception, match=r"ledger\.json"):
        open_by_index(folder)


def test_the_newest_moment_is_known_without_the_history(folder: Path) -> None:
    opened = open_by_index(folder)
    assert isinstance(opened, IndexedSnapshot)
    assert opened.newest == stamp(0).at
