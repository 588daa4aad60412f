"""A change is judged before the lock is taken, and stored only on what it was judged by."""

from collections.abc import Callable
from pathlib import Path

import pytest
from contract import STAMP, create_records, read_store, sample_records

from tracker.errors import InvalidInput
from tracker.model.records import Initiative
from tracker.storage.base import Transaction
from tracker.storage.folder import store as folder_store
from tracker.storage.folder.store import FolderStore
from tracker.system import files


def open_ledger(place: Path, tail_limit: int = 10**6) -> FolderStore:
    store = FolderStore(str(place), patience=0.1, tail_limit=tail_limit)
    store.create()
    return store


def initiative(number: int) -> Initiative:
    return Initiative(id=f"i{number}", name="事项")


def ids(store: FolderStore) -> list[str]:
    return [each.id for each in read_store(store)["initiatives"]]


def add_while(
    store: FolderStore, meanwhile: Callable[[int], object], *, number: int = 0
) -> list[list[str]]:
    """Add an initiative while something else happens; return what was there at each attempt."""
    looks: list[list[str]] = []

    def work(txn: Transaction) -> None:
        looks.append([each.name for each in txn.names()])
        meanwhile(len(looks))
        txn.create(initiative(number))

    store.transact(work, STAMP)
    return looks


@pytest.mark.parametrize("tail_limit", [0, 10**6])
def test_others_write_while_a_change_is_judged(tmp_path: Path, tail_limit: int) -> None:
    store = open_ledger(tmp_path / "ledger", tail_limit)

    def meanwhile(attempt: int) -> None:
        if attempt == 1:
            create_records(open_ledger(tmp_path / "ledger", tail_limit), initiative(1))

    assert [len(names) for names in add_while(store, meanwhile)] == [0, 1]
    assert ids(store) == ["i1", "i0"]
    assert store.verify() == 2


def test_whoever_is_outrun_again_and_again_is_let_through(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As if judging took long, so that it is not repeated under the lock.
    monkeypatch.setattr(folder_store, "_SHORT_WORK", 0)
    store = open_ledger(tmp_path / "ledger")

    def meanwhile(attempt: int) -> None:
        if attempt <= 3:
            create_records(open_ledger(tmp_path / "ledger"), initiative(attempt))

    assert [len(names) for names in add_while(store, meanwhile)] == [0, 1, 2, 3]
    assert ids(store) == ["i1", "i2", "i3", "i0"]
    assert store.verify() == 4


def test_what_is_refused_waits_for_nobody(tmp_path: Path) -> None:
    store = open_ledger(tmp_path / "ledger")

    def refuse(txn: Transaction) -> None:
        txn.create(initiative(0))
        raise InvalidInput(str(txn.changes))

    with (
        files.hold_file_lock(tmp_path / "ledger" / "lock", 0),
        pytest.raises(InvalidInput),
    ):
        store.transact(refuse, STAMP)


@pytest.mark.parametrize("name", ["ledger.json", "journal.jsonl", "recent.jsonl"])
def test_a_file_that_is_lost_meanwhile_is_noticed(tmp_path: Path, name: str) -> None:
    store = open_ledger(tmp_path / "ledger")
    create_records(store, *sample_records())

    def meanwhile(attempt: int) -> None:
        if attempt == 1:
            (tmp_path / "ledger" / name).rename(tmp_path / "elsewhere")

    if name == "recent.jsonl":
        # It is only a copy: the change is judged again, and it is made anew.
        assert len(add_while(store, meanwhile)) == 2
        assert (tmp_path / "ledger" / name).stat().st_size > 0
    else:
        with pytest.raises(Exception, match="recover"):
            add_while(store, meanwhile)


def test_a_restored_ledger_of_the_same_length_is_another_one(tmp_path: Path) -> None:
    first, second = open_ledger(tmp_path / "ledger"), open_ledger(tmp_path / "other")
    create_records(first, initiative(1))
    create_records(second, initiative(2))
    copy = second.back_up(tmp_path / "copy.jsonl", 3, STAMP.at).file

    def meanwhile(attempt: int) -> None:
        if attempt == 1:
            first.restore(Path(copy), STAMP)

    assert len(add_while(first, meanwhile)) == 2
    assert ids(first) == ["i2", "i0"]
