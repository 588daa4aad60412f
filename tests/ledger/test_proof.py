"""A head that was noted proves later that what it stands for is there, in every store."""

import shutil
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from cluster import Cluster
from contract import create_records, sample_records
from hypothesis import given
from hypothesis import strategies as st
from places import FIXTURES
from program import Program
from stores import Opened

from tracker.errors import InvalidInput, LedgerDamaged
from tracker.ledger.ledger import Tracker
from tracker.ledger.proof import (
    follow_chain_of_proof,
    prove_chain_head,
    read_head_of_paper_for_proof,
)
from tracker.model.commits import Change, Commit, build_creation
from tracker.model.horizon import When
from tracker.model.records import Initiative
from tracker.storage.base import FillableStore
from tracker.storage.folder import journal
from tracker.storage.folder.store import FolderStore
from tracker.storage.open_store import open_store

NOW = datetime(2026, 6, 30, 9, tzinfo=UTC)


def tracker(opened: Opened, now: datetime = NOW) -> Tracker:
    return Tracker(opened(), now=now, author="督查室")


def grow(opened: Opened, count: int) -> list[str]:
    """Add so many initiatives, a day each; return the head after each."""
    heads = []
    for number in range(count):
        keeper = tracker(opened, NOW + timedelta(days=number))
        keeper.add(Initiative(id=f"i{number}", name="事项"))
        heads.append(keeper.chain_head().head)
    return heads


def test_each_head_proves_the_changes_up_to_it(opened: Opened) -> None:
    empty = tracker(opened).chain_head()
    assert (empty.seq, empty.at, empty.head) == (0, None, journal.GENESIS)
    heads = grow(opened, 3)
    assert len(set(heads)) == 3
    for at, head in enumerate(heads):
        proof = tracker(opened).prove(f" {head[:16].upper()} {head[16:]}\n")
        assert (proof.seq, proof.later, proof.inserted) == (at + 1, 2 - at, None)
        day = (NOW + timedelta(days=at)).date()
        assert tracker(opened).chain_head(When(known_on=day)).head == head
    assert tracker(opened).prove(empty.head).later == 3


@pytest.mark.parametrize("head", ["", "x" * 32, "0" * 31, "f" * 33])
def test_what_is_no_head_is_refused(opened: Opened, head: str) -> None:
    with pytest.raises(InvalidInput, match="history --head"):
        tracker(opened).prove(head)


def test_another_head_is_not_proved(opened: Opened) -> None:
    grow(opened, 2)
    with pytest.raises(LedgerDamaged, match="is not there any more, or was changed"):
        tracker(opened).prove("f" * 32)


def test_a_head_stays_when_a_ledger_moves(opened: Opened, tmp_path: Path) -> None:
    create_records(opened(), *sample_records())
    heads = grow(opened, 2)
    target = FolderStore(str(tmp_path / "moved"), patience=1)
    assert isinstance(target, FillableStore)
    tracker(opened).move(target)
    moved = Tracker(target, now=NOW)
    assert [moved.prove(head).seq for head in heads] == [2, 3]
    with target.view() as view:
        assert view.newest == heads[-1]


@pytest.mark.parametrize("schema", [1, 2])
def test_the_head_of_an_old_ledger_is_the_checksum_of_its_last_line(
    tmp_path: Path, schema: int
) -> None:
    folder = tmp_path / "ledger"
    shutil.copytree(FIXTURES / f"ledger-schema-{schema}", folder)
    store = FolderStore(str(folder), patience=1)
    last = (folder / "journal.jsonl").read_bytes().splitlines()[-1]
    assert Tracker(store, now=NOW).chain_head().head == journal.find_chain_of_journal_line(last)


def forge(folder: Path, old: bytes, new: bytes) -> None:
    """Rewrite the files of a ledger with checksums that fit, as anybody can who may write them."""
    lines: list[journal.JournalLine] = []
    for raw in (folder / "journal.jsonl").read_bytes().splitlines():
        line = journal.read_journal_line(raw)
        assert line is not None
        chain = lines[-1].chain if lines else journal.GENESIS
        lines.append(journal.link_journal_line(line.seq, line.body.replace(old, new), chain))
    (folder / "journal.jsonl").write_bytes(b"".join(line.raw + b"\n" for line in lines))
    _first, _end, body = (folder / "ledger.json").read_bytes().partition(b"\n")
    end = (folder / "journal.jsonl").stat().st_size
    snapshot = journal.compose_journal_snapshot(
        lines[-1].seq, end, lines[-1].chain, body.replace(old, new)
    )
    (folder / "ledger.json").write_bytes(snapshot)
    (folder / "recent.jsonl").write_bytes(b"")


def test_a_forged_past_is_named_where_its_head_was_noted(program: Program, place: Path) -> None:
    program("init --empty")
    program("add 改造 --id pipes")
    assert program("add 长度 --to pipes --id km --target 83公里 --deadline 2099年底").code == 0
    head = program("history --head").out.strip()
    assert program("history --head -o json").data["items"][0]["head"] == head
    program("update pipes.km 5公里 --on 2026-01-31")
    proved = program(f"check --head {head}")
    assert proved.code == 0
    assert "All up to change" in proved.out
    assert program(f"check --head {head} -o json").data["items"][0]["later"] == 1
    # A snapshot of all that is there, so that there is one file less to forge.
    store = FolderStore(str(place / "ledger"), patience=1, tail_limit=0)
    create_records(store, Initiative(id="more", name="事项"))
    forge(place / "ledger", b'"target":83', b'"target":60')
    assert program("check").code == 0
    assert "60" in program("show pipes").out
    forged = program(f"check --head {head}")
    assert forged.code == 5
    assert head in forged.err
    assert program("check --head short").code == 2


def test_a_forged_past_is_named_in_a_database_too(database: Cluster) -> None:
    url = database.url("forged-past")
    store = open_store(url, patience=5)
    store.create()
    heads = grow(lambda: open_store(url, patience=5), 3)
    with psycopg.connect(url.replace("ledger=forged-past&", "")) as owner:
        owner.execute("SET session_replication_role = replica")
        owner.execute(
            "UPDATE tracker.changes SET new = replace(new, '事项', '另一')"
            " WHERE ledger = 'forged-past' AND record = 'i1'"
        )
    forged = Tracker(store, now=NOW)
    assert forged.prove(heads[0]).seq == 1
    for head in heads[1:]:
        with pytest.raises(LedgerDamaged):
            forged.prove(head)


def commit(seq: int, name: str, undoes: int | None = None) -> Commit:
    changes: list[Change] = [build_creation(Initiative(id=name, name="事项"))]
    return Commit(seq=seq, at=NOW, command="add", undoes=undoes, changes=changes)


@given(st.integers(1, 6), st.integers(0, 6), st.integers(0, 3))
def test_one_that_arrives_late_is_named_and_nothing_else_is_in_doubt(
    count: int, place: int, later: int
) -> None:
    place = min(place, count - 1)
    before = [
        commit(seq + 1, f"i{seq}", seq if seq == count - 1 and seq else None)
        for seq in range(count)
    ]
    head = [*follow_chain_of_proof(before)][-1].head
    late = commit(place + 1, "late")
    after: list[Commit] = []
    for each in [*before[:place], late, *before[place:]]:
        shift = 1 if len(after) > place else 0
        undoes = each.undoes
        if undoes is not None and undoes > place:
            undoes += 1
        after.append(
            Commit(
                seq=each.seq + shift,
                at=each.at,
                command=each.command,
                undoes=undoes,
                changes=each.changes,
            )
        )
    after += [commit(len(after) + 1 + at, f"more{at}") for at in range(later)]
    proof = prove_chain_head(lambda: after, head, in_order=False)
    assert (proof.inserted, proof.seq, proof.later) == (place + 1, count + 1, later)
    with pytest.raises(LedgerDamaged):
        prove_chain_head(lambda: after, head, in_order=True)


def test_a_paper_says_what_it_was_made_from(program: Program, place: Path) -> None:
    program("init")
    head = program("history --head").out.strip()
    assert program("report brief --period 2025 -O brief.docx").code == 0
    with zipfile.ZipFile(place / "brief.docx") as paper:
        properties = paper.read("docProps/core.xml").decode()
    assert f"<dc:identifier>{head}</dc:identifier>" in properties
    assert properties.count(head) == 2
    assert program("report ledger -O ledger.xlsx").code == 0
    with zipfile.ZipFile(place / "ledger.xlsx") as book:
        assert head in book.read("docProps/core.xml").decode()
    for line in (
        "list -o html",
        "report brief -f html",
        "trend rural-sewage.coverage -o html",
        "tree -o html",
    ):
        page = program(line).out
        assert f"head {head}</p></footer>" in page, line
    assert head in program("report brief -f md").out
    for line in ("list -o json", "report brief -f json", "report brief"):
        assert head not in program(line).out
    program("add 事项 --id one")
    newest = program("history --head").out.strip()
    assert newest != head
    assert newest in program("list -o html").out
    assert "the ledger with the head" not in program("check --list -o html").out


def test_a_paper_has_no_head_where_that_would_take_long_or_be_another(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    heads = grow(opened, 2)
    with opened().view() as view:
        newest, is_chained = view.newest, view.is_chained
    assert read_head_of_paper_for_proof(opened(), newest) == heads[-1]
    monkeypatch.setattr("tracker.ledger.proof._MOST_CHANGES", 1)
    assert read_head_of_paper_for_proof(opened(), newest) == (heads[-1] if is_chained else None)
    monkeypatch.undo()
    if not is_chained and newest:
        grow_one = tracker(opened, NOW + timedelta(days=9))
        grow_one.add(Initiative(id="later", name="事项"))
        assert read_head_of_paper_for_proof(opened(), newest) is None


def test_the_head_of_a_page_is_that_of_its_data(opened: Opened) -> None:
    grow(opened, 1)
    reader = tracker(opened)
    assert reader.newest is None
    reader.indicators()
    with opened().view() as view:
        assert reader.newest == view.newest
