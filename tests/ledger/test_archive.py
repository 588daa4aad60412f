"""A ledger in a database is saved into one file with its history, and put back the same."""

from decimal import Decimal
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from cluster import Cluster
from contract import (
    DAY,
    STAMP,
    build_receipt,
    create_records,
    read_store,
    sample_records,
    transact,
)
from program import Program

from tracker.ledger.archive import archive_ledger, restore_archived_ledger
from tracker.ledger.ledger import Tracker
from tracker.model.records import Update
from tracker.storage.base import FillableStore
from tracker.storage.folder.store import FolderStore
from tracker.storage.memory import MemoryStore
from tracker.storage.open_store import open_store


@pytest.fixture
def url(database: Cluster, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> str:
    own = database.url(f"archive-{request.node.name}"[:60].replace("[", "-").replace("]", ""))
    monkeypatch.setenv("TRACKER_DB", own)
    return own


@pytest.fixture
def seeded(program: Program, url: str) -> Program:
    """Return the program, with the seeds and a few changes in a database."""
    return fill(program, url, "init")


@pytest.fixture
def small(program: Program, url: str) -> Program:
    """Return the program, with one initiative and a few changes in a database."""
    lines = (
        "init --empty",
        "add 农村污水 --id rural-sewage",
        "add 治理率 --to rural-sewage --id coverage --unit % --target 80%",
    )
    return fill(program, url, *lines)


def fill(program: Program, url: str, *lines: str) -> Program:
    assert url.startswith("postgresql:")
    for line in lines:
        assert program(line).code == 0
    assert program("update rural-sewage.coverage 70% --on 2025-12-30").code == 0
    assert program("edit rural-sewage --lead 市水务局").code == 0
    assert program("undo").code == 0
    return program


def ask(program: Program, *place: str) -> list[str]:
    """What a ledger answers to everything."""
    lines = ("export", "history -o json", "history --head", "list -o json", "documents -o json")
    return [program(line, *place).out for line in lines]


def test_what_is_saved_comes_back_whole(
    seeded: Program, place: Path, database: Cluster, tmp_path: Path
) -> None:
    done = seeded("backup copy.jsonl -o json")
    assert done.code == 0, done.err
    assert done.data["items"][0]["commits"] == 4
    assert (place / "copy.jsonl").stat().st_mode & 0o777 == 0o600
    before = ask(seeded)
    new = database.url("archive-restored")
    restored = seeded("restore copy.jsonl --db", new)
    assert restored.code == 0, restored.err
    assert "4 commits put back" in restored.out
    assert ask(seeded, "--db", new) == before
    # A folder takes the same file.
    assert seeded("restore copy.jsonl --db", str(tmp_path / "folder")).code == 0
    # Only a database keeps logins.
    assert ask(seeded, "--db", str(tmp_path / "folder"))[2:] == before[2:]
    assert FolderStore(str(tmp_path / "folder"), patience=1).verify() == 4


def test_what_is_there_is_never_overwritten(small: Program, place: Path) -> None:
    assert small("backup copy.jsonl").code == 0
    assert small("backup copy.jsonl").code == 4
    before = ask(small)
    assert small("restore copy.jsonl").code == 4
    assert ask(small) == before
    data = (place / "copy.jsonl").read_bytes()
    (place / "torn.jsonl").write_bytes(data[:-20])
    assert small("restore torn.jsonl").code == 5
    assert small("restore none.jsonl").code == 2


def test_dated_backups_of_a_database_lie_beside_the_default_ledger(
    small: Program, place: Path
) -> None:
    folder = place / ".local/share/tracker/backups"
    for _number in range(3):
        assert small("backup --keep 2").code == 0
    assert len([*folder.iterdir()]) == 2
    assert folder.stat().st_mode & 0o777 == 0o700


def test_records_that_were_changed_past_the_history_are_not_saved(
    small: Program, url: str, place: Path
) -> None:
    address, _mark, query = url.partition("?")
    ledger, _and, rest = query.partition("&")
    with psycopg.connect(f"{address}?{rest}") as owner:
        owner.execute("SET session_replication_role = replica")
        changed = owner.execute(
            "UPDATE tracker.initiatives SET line = replace(line, '农村', '城市'),"
            " whole = replace(whole, '农村', '城市')"
            " WHERE ledger = %s AND id = 'rural-sewage'",
            (ledger.removeprefix("ledger="),),
        )
        assert changed.rowcount == 1
    done = small("backup copy.jsonl")
    assert done.code == 5
    assert "not what its changes lead to" in done.err
    assert not (place / "copy.jsonl").exists()


def test_a_whole_database_is_left_as_it_is(small: Program) -> None:
    done = small("recover")
    assert (done.code, done.out.startswith("The ledger is whole")) == (0, True)


def test_what_was_taken_out_and_sent_comes_back_too(database: Cluster, tmp_path: Path) -> None:
    store = open_store(database.url(uuid4().hex), patience=5)
    store.create()
    create_records(store, *sample_records(), build_receipt(1))
    update = Update(id="u", on=DAY, value=Decimal("1.50"), note="督查\n两行")
    transact(store, lambda txn: txn.append("pipes.renewed", update))
    transact(store, lambda txn: txn.remove(sample_records()[2]))
    create_records(store, sample_records()[2])
    ledger = Tracker(store, now=STAMP.at)
    file = Path(archive_ledger(ledger, tmp_path, None, 3, STAMP.at).file)
    assert file.parent == tmp_path / "backups"
    copy = open_store(database.url(uuid4().hex), patience=5)
    assert isinstance(copy, FillableStore)
    assert restore_archived_ledger(Tracker(copy, now=STAMP.at), copy, file).commits == 4
    assert read_store(copy) == read_store(store)


def test_nothing_is_put_into_memory(place: Path, small: Program) -> None:
    assert small("backup copy.jsonl").code == 0
    assert small("restore copy.jsonl --db memory:").code == 4
    assert isinstance(open_store("memory:"), MemoryStore)
    assert place.is_dir()
