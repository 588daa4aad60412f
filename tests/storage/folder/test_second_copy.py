"""check reads the second copy too: it is a copy, or what a process that died has left of one."""

from pathlib import Path

import pytest
from contract import STAMP, create_records, read_store

from tracker.errors import LedgerDamaged
from tracker.model.records import Initiative
from tracker.storage.folder.store import FolderStore


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    made = FolderStore(str(tmp_path / "ledger"), patience=1)
    made.create()
    for number in range(3):
        create_records(made, Initiative(id=f"i{number}", name="事项"))
    return made


def test_what_is_no_copy_is_named_and_made_anew(store: FolderStore, tmp_path: Path) -> None:
    recent = tmp_path / "ledger" / "recent.jsonl"
    whole = recent.read_bytes()
    assert store.verify() == 3
    lines = whole.splitlines(keepends=True)
    for damaged in (
        b"garbage",
        whole + b"garbage\n",
        whole.replace(b"i1", b"i9"),
        b"".join(lines[::-1]),
        b"".join(lines[1:]),
        b"\0" * 10,
    ):
        recent.write_bytes(damaged)
        with pytest.raises(LedgerDamaged, match=r"recent\.jsonl.*tracker recover"):
            store.verify()
        before = read_store(store)
        assert store.recover(STAMP).written == ["recent.jsonl"]
        assert recent.read_bytes() == whole
        assert store.verify() == 3
        assert read_store(store) == before


def test_what_a_dead_process_leaves_is_no_damage(store: FolderStore, tmp_path: Path) -> None:
    recent = tmp_path / "ledger" / "recent.jsonl"
    whole = recent.read_bytes()
    for size in (0, 1, len(whole) // 2, len(whole) - 1):
        recent.write_bytes(whole[:size])
        assert store.verify() == 3
    recent.unlink()
    assert store.verify() == 3
    # The snapshot was renewed, and the copy not emptied any more.
    renewing = FolderStore(str(tmp_path / "ledger"), patience=1, tail_limit=0)
    create_records(renewing, Initiative(id="more", name="事项"))
    assert recent.read_bytes() == b""
    recent.write_bytes(whole)
    assert store.verify() == 4
    create_records(store, Initiative(id="last", name="事项"))
    assert store.verify() == 5
