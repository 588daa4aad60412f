"""A large commit is written from temporary files, and is what a small one would be."""

import os
import tracemalloc
from decimal import Decimal
from pathlib import Path

import pytest
from contract import STAMP, create_records, read_store

from tracker.errors import LedgerError
from tracker.model.filters import Filter
from tracker.model.records import Indicator, Initiative, Update
from tracker.storage.base import Transaction
from tracker.storage.changes import ChangeList
from tracker.storage.folder import snapshot
from tracker.storage.folder.ledger_files import JOURNAL, RECENT, SNAPSHOT
from tracker.storage.folder.store import FolderStore
from tracker.system import spool
from tracker.system.spool import Spool

DAY = STAMP.at.date()
NUMBERS = range(12)


@pytest.fixture
def _small_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    make_small_large(monkeypatch)


def make_small_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ChangeList, "most_unpacked", 1)
    monkeypatch.setattr(Spool, "most_in_memory", 100)
    monkeypatch.setattr(spool, "_BLOCK", 10_000)
    monkeypatch.setattr(snapshot, "_MOST_DECODED", 2)


def open_ledger(place: Path, tail_limit: int = 10**6) -> FolderStore:
    store = FolderStore(str(place), patience=0.1, tail_limit=tail_limit, indexed_from=0)
    store.create()
    return store


def bring(txn: Transaction) -> None:
    txn.create(Initiative(id="i", name="事项"))
    for number in NUMBERS:
        txn.create(Indicator(id=f"i.n{number}", name="长度", target=Decimal("1.50")))


def change(txn: Transaction) -> None:
    for number in (*NUMBERS, *NUMBERS):
        update = Update(id=f"u{len(txn.changes)}", on=DAY, value=Decimal(number))
        txn.append(f"i.n{number}", update)
    for number in NUMBERS[::3]:
        txn.replace(Indicator(id=f"i.n{number}", name="深度", unit="米"))
    for number in NUMBERS[1::4]:
        indicator = txn.indicator(f"i.n{number}")
        assert indicator is not None
        assert len(indicator.updates) == 2
        txn.remove(indicator)
    txn.create(Indicator(id="i.n1", name="又一"))


def read_files(place: Path) -> dict[str, bytes]:
    return {name: (place / name).read_bytes() for name in (JOURNAL, SNAPSHOT, RECENT)}


@pytest.mark.parametrize("tail_limit", [0, 10**6])
def test_the_files_are_those_of_a_small_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tail_limit: int
) -> None:
    works = [bring, change]
    for name in ("small", "large"):
        if name == "large":
            make_small_large(monkeypatch)
        store = open_ledger(tmp_path / name, tail_limit)
        for work in works:
            store.transact(work, STAMP)
        assert store.verify() == len(works)
    assert read_files(tmp_path / "small") == read_files(tmp_path / "large")
    by_index, whole = (open_ledger(tmp_path / name, tail_limit) for name in ("large", "small"))
    (tmp_path / "small" / "index.bin").unlink(missing_ok=True)
    assert read_store(by_index) == read_store(whole)


@pytest.mark.usefixtures("_small_is_large")
@pytest.mark.parametrize("tail_limit", [0, 10**6])
def test_of_two_writers_the_second_is_judged_again(tmp_path: Path, tail_limit: int) -> None:
    store = open_ledger(tmp_path / "ledger", tail_limit)
    attempts: list[int] = []

    def work(txn: Transaction) -> None:
        attempts.append(len(list(txn.initiatives(Filter()))))
        bring(txn)
        if len(attempts) == 1:
            create_records(
                open_ledger(tmp_path / "ledger", tail_limit), Initiative(id="other", name="别的")
            )

    store.transact(work, STAMP)
    assert attempts == [0, 1]
    assert [each.id for each in read_store(store)["initiatives"]] == ["other", "i"]
    with store.view() as view:
        assert len(list(view.candidates(Filter()))) == len(NUMBERS)
    assert store.verify() == 2


@pytest.mark.usefixtures("_small_is_large")
@pytest.mark.parametrize("tail_limit", [0, 10**6])
def test_a_temporary_file_that_went_wrong_stores_nothing(tmp_path: Path, tail_limit: int) -> None:
    store = open_ledger(tmp_path / "ledger", tail_limit)
    store.transact(bring, STAMP)
    before = read_files(tmp_path / "ledger")

    def work(txn: Transaction) -> None:
        change(txn)
        assert isinstance(txn.changes, ChangeList)
        assert txn.changes.spool is not None
        os.pwrite(txn.changes.spool._descriptor or 0, b"?", 9)  # noqa: SLF001  # a bad disk

    with pytest.raises(LedgerError, match="Nothing was stored") as failed:
        store.transact(work, STAMP)
    assert "temporary file" in failed.value.sentence
    assert read_files(tmp_path / "ledger") == before
    store.transact(change, STAMP)
    assert store.verify() == 2


@pytest.mark.usefixtures("_small_is_large")
def test_a_temporary_file_that_goes_wrong_while_it_is_written_is_cut_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_ledger(tmp_path / "ledger")
    store.transact(bring, STAMP)
    before = read_files(tmp_path / "ledger")
    read, times = Spool.__iter__, []

    def read_wrongly(self: Spool):  # type: ignore[no-untyped-def]  # noqa: ANN202
        times.append(self)
        yield from read(self)
        if len(times) > 1:
            raise OSError(5, "bad", "temporary file")

    # The first time it is digested, the second time written.
    monkeypatch.setattr(Spool, "__iter__", read_wrongly)
    with pytest.raises(LedgerError, match="Nothing was stored"):
        store.transact(change, STAMP)
    assert read_files(tmp_path / "ledger") == before
    monkeypatch.undo()
    store.transact(change, STAMP)
    assert store.verify() == 2


@pytest.mark.usefixtures("_small_is_large")
def test_what_is_brought_is_not_held(tmp_path: Path) -> None:
    def measure(count: int) -> int:
        """Return the most memory, in bytes, that it takes to bring so many records."""

        def work(txn: Transaction) -> None:
            txn.create(Initiative(id="i", name="事项"))
            for number in range(count):
                txn.create(Indicator(id=f"i.n{number}", name="长" * 2000))

        store = open_ledger(tmp_path / str(count), 0)
        tracemalloc.start()
        try:
            store.transact(work, STAMP)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    measure(1)
    few, many = 200, 600
    assert measure(many) - measure(few) < (many - few) * 2000
