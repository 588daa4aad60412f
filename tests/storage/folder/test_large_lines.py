"""A commit in a large line is read piece by piece, and is the commit that was written."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from contract import STAMP
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Raw

from tracker.errors import LedgerDamaged
from tracker.model.codec import encode
from tracker.model.commits import Change, Commit, build_commit, build_creation
from tracker.model.records import Indicator, Initiative, Interim
from tracker.storage.base import Transaction
from tracker.storage.changes import ChangeList
from tracker.storage.folder import journal, ledger_files
from tracker.storage.folder.large_lines import read_large_line
from tracker.storage.folder.ledger_files import JOURNAL
from tracker.storage.folder.store import FolderStore
from tracker.system import files

ODD = '"changes":[ },{"op":" ]} \\ 督查'


def cut(line: bytes, size: int) -> Iterator[bytes]:
    """Yield a line in blocks, of which the first holds more than its chain."""
    yield line[:120]
    yield from (line[at : at + size] for at in range(120, len(line), size))


def seal(commit: Commit) -> bytes:
    return journal.seal_journal_line(encode(commit), journal.GENESIS).removesuffix(b"\n")


def creation(number: int, name: str) -> Change:
    points = [
        Interim(on=STAMP.at.date(), value=Decimal(number)),
        Interim(on=STAMP.at.date(), value=Decimal(1)),
    ]
    return build_creation(Indicator(id=f"i.n{number}", name=name, op=">=", interim=points))


@given(
    names=st.lists(st.one_of(st.text(max_size=9), st.just(ODD)), min_size=1, max_size=9),
    size=st.integers(1, 300),
)
def test_it_is_the_commit_that_was_written(names: list[str], size: int) -> None:
    commit = build_commit(7, STAMP, [creation(n, name) for n, name in enumerate(names)])
    line = seal(commit)
    read = read_large_line(cut(line, size), len(line))
    assert read is not None
    chain, prev, found = read
    assert (chain, prev) == (journal.find_chain_of_journal_line(line), journal.GENESIS)
    assert isinstance(found.changes, ChangeList)
    assert [*found.changes] == commit.changes
    assert (found.seq, found.at, found.by, found.command) == (7, STAMP.at, STAMP.by, STAMP.command)


def test_what_is_not_what_was_written_is_left_to_who_reads_it_whole() -> None:
    line = seal(build_commit(7, STAMP, [creation(n, ODD) for n in range(3)]))
    for at in range(0, len(line), 3):
        changed = line[:at] + bytes([line[at] ^ 1]) + line[at + 1 :]
        assert read_large_line(cut(changed, 50), len(line)) is None
        assert read_large_line(cut(line[:at], 50), at) is None
    assert read_large_line(iter([]), 0) is None


def test_another_form_is_left_to_who_reads_it_whole() -> None:
    change = creation(1, "长度")
    body = encode(build_commit(7, STAMP, [change, change])).replace(b'},{"op"', b'}, {"op"')
    line = journal.seal_journal_line(body, journal.GENESIS).removesuffix(b"\n")
    assert journal.read_journal_line(line) is not None
    assert read_large_line(cut(line, 50), len(line)) is None
    unknown = encode({"op": "later", "table": "t", "id": "x"})
    strange = encode(build_commit(7, STAMP, [Raw(unknown)]))  # type: ignore[list-item]
    line = journal.seal_journal_line(strange, journal.GENESIS).removesuffix(b"\n")
    assert read_large_line(cut(line, 50), len(line)) is None


def open_ledger(place: Path) -> FolderStore:
    store = FolderStore(str(place), patience=0.1, tail_limit=0)
    store.create()

    def work(txn: Transaction) -> None:
        known = len(list(txn.names()))
        if not known:
            txn.create(Initiative(id="i", name="事项"))
        for number in range(known, known + 3):
            txn.create(Indicator(id=f"i.n{number}", name=ODD))

    for _time in range(4):
        store.transact(work, STAMP)
    return store


def read_history(store: FolderStore) -> list[bytes]:
    with store.view() as view:
        whole = [*view.history()]
        newest = [*view.history_newest_first()]
    for commit in newest:
        commit.changes = [*commit.changes]
    assert newest == whole[::-1]
    return [*map(encode, newest)]


def test_the_history_is_the_same_from_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_ledger(tmp_path / "ledger")
    whole = read_history(store)
    monkeypatch.setattr(files, "_BLOCK", 200)
    monkeypatch.setattr(files, "_LAST_BLOCK", 150)
    for longest in (0, 300, 700, 10**6):
        monkeypatch.setattr(ledger_files, "LARGE_LINE", longest)
        assert read_history(store) == whole
    monkeypatch.setattr(ledger_files, "LARGE_LINE", 0)
    path = tmp_path / "ledger" / JOURNAL
    good = path.read_bytes()
    for at in range(0, len(good), 40):
        path.write_bytes(good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :])
        with pytest.raises(LedgerDamaged), store.view() as view:
            list(view.history_newest_first())
