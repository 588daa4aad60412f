"""The ledger's folder and its surroundings: private, links kept, any environment will do."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from places import FIXTURES

from tracker.errors import Conflict, LedgerBusy, LedgerDamaged, LedgerError
from tracker.model.commits import Stamp
from tracker.model.filters import Filter
from tracker.model.records import Indicator, Initiative, Receipt, Reminder, Update
from tracker.storage.base import Transaction
from tracker.storage.folder.store import FolderStore
from tracker.system import files

FILES = ["journal.jsonl", "ledger.json", "lock", "recent.jsonl"]
STAMP = Stamp(at=datetime(2026, 1, 31, tzinfo=UTC), by=None, command="test")
PLAN = FIXTURES / "plan.toml"


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o7777


def names(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


def made(folder: Path, tail_limit: int = 0) -> FolderStore:
    store = FolderStore(str(folder), patience=0.1, tail_limit=tail_limit)
    assert store.create()

    def work(txn: object) -> None:
        txn.create(Initiative(id="i", name="事项"))  # type: ignore[attr-defined]
        txn.create(Indicator(id="i.x", name="指标"))  # type: ignore[attr-defined]

    store.transact(work, STAMP)
    return store


def report(store: FolderStore, number: int) -> None:
    update = Update(id=f"u{number}", on=date(2026, 1, 31), value=Decimal(number))
    store.transact(lambda txn: txn.append("i.x", update), STAMP)


def reported(store: FolderStore) -> list[str]:
    with store.view() as view:
        return [u.id for _owner, each in view.candidates(Filter()) for u in each.updates]


def test_a_new_ledger_is_private(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "ledger"
    made(folder)
    assert mode(folder) == 0o700
    assert {name: mode(folder / name) for name in names(folder)} == dict.fromkeys(FILES, 0o600)


def test_a_ledger_that_is_shared_stays_shared(tmp_path: Path) -> None:
    store = made(tmp_path / "ledger")
    (tmp_path / "ledger").chmod(0o2770)
    for name in FILES:
        (tmp_path / "ledger" / name).chmod(0o660)
    for number in range(3):
        report(store, number)
    store.back_up(None, 3, STAMP.at)
    assert mode(tmp_path / "ledger") == 0o2770
    for name in FILES:
        assert mode(tmp_path / "ledger" / name) == 0o660


def test_a_folder_that_was_there_keeps_its_mode(tmp_path: Path) -> None:
    (tmp_path / "ledger").mkdir(mode=0o755)
    (tmp_path / "ledger").chmod(0o755)
    made(tmp_path / "ledger")
    assert mode(tmp_path / "ledger") == 0o755


def test_a_linked_folder_and_linked_files_stay_links(tmp_path: Path) -> None:
    store = made(tmp_path / "real")
    (tmp_path / "ledger").symlink_to("real")
    (tmp_path / "elsewhere").mkdir()
    for name in ("ledger.json", "journal.jsonl"):
        (tmp_path / "real" / name).rename(tmp_path / "elsewhere" / name)
        (tmp_path / "real" / name).symlink_to(f"../elsewhere/{name}")
    (tmp_path / "elsewhere" / ".ledger.json.1.2.tmp").touch()
    linked = FolderStore(str(tmp_path / "ledger"), patience=1, tail_limit=0)
    for number in range(3):
        report(linked, number)
    assert reported(store) == ["u0", "u1", "u2"]
    (tmp_path / "elsewhere" / "ledger.json").write_bytes(b"")
    linked.recover(STAMP)
    assert reported(store) == ["u0", "u1", "u2"]
    assert (tmp_path / "ledger").is_symlink()
    for name in ("ledger.json", "journal.jsonl"):
        assert (tmp_path / "real" / name).is_symlink()
    assert names(tmp_path / "elsewhere") == ["journal.jsonl", "ledger.json"]


def test_what_a_killed_process_has_left_is_swept_at_the_next_write(tmp_path: Path) -> None:
    store = made(tmp_path / "ledger", 10**6)
    for name in FILES:
        (tmp_path / "ledger" / f".{name}.1.2.tmp").touch()
    report(store, 1)
    assert names(tmp_path / "ledger") == [".lock.1.2.tmp", *FILES]


def test_an_init_that_was_killed_can_be_done_again(tmp_path: Path) -> None:
    folder = tmp_path / "ledger"
    folder.mkdir()
    for name in ("lock", "journal.jsonl", ".journal.jsonl.1.2.tmp"):
        (folder / name).touch()
    made(folder)
    assert FolderStore(str(folder), patience=1).create() is False
    assert names(folder) == FILES


@pytest.mark.parametrize("name", ["ledger.json", "journal.jsonl", "recent.jsonl"])
def test_what_is_left_of_a_ledger_is_not_overwritten_by_init(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "ledger"
    made(folder, 10**6)
    data = (folder / name).read_bytes()
    for each in FILES:
        (folder / each).unlink()
    (folder / name).write_bytes(data)
    with pytest.raises(LedgerDamaged, match="tracker recover"):
        FolderStore(str(folder), patience=1).create()
    assert (folder / name).read_bytes() == data


def test_another_writer_is_named_by_its_lock(tmp_path: Path) -> None:
    store = made(tmp_path / "ledger")
    lock = tmp_path / "ledger" / "lock"
    with files.hold_file_lock(lock, 0):
        with pytest.raises(LedgerBusy, match=f"Another process holds {lock}; try again"):
            report(store, 1)
        assert reported(store) == []
    report(store, 1)


def test_what_is_damaged_stays_so_when_nobody_mends_it(tmp_path: Path) -> None:
    store = made(tmp_path / "ledger")
    lock = tmp_path / "ledger" / "lock"
    (tmp_path / "ledger" / "ledger.json").write_bytes(b"")
    with files.hold_file_lock(lock, 0), pytest.raises(LedgerDamaged):
        reported(store)
    lock.unlink()
    with pytest.raises(LedgerDamaged):
        reported(store)
    assert not lock.exists()


def test_the_snapshot_is_renewed_when_the_commits_have_grown(tmp_path: Path) -> None:
    store = made(tmp_path / "ledger", 2000)
    seen = set()
    for number in range(40):
        report(store, number)
        seen.add((tmp_path / "ledger" / "ledger.json").stat().st_size)
        assert (tmp_path / "ledger" / "recent.jsonl").stat().st_size <= 2000
    assert 3 < len(seen) < 20
    assert len(reported(store)) == 40


@pytest.mark.parametrize("tail_limit", [0, 10**6])
def test_the_journal_has_to_fit_its_snapshot(tmp_path: Path, tail_limit: int) -> None:
    made(tmp_path / "ledger", 0)
    store = FolderStore(str(tmp_path / "ledger"), patience=1, tail_limit=tail_limit)
    end = (tmp_path / "ledger" / "journal.jsonl").stat().st_size
    report(store, 1)
    path = tmp_path / "ledger" / "journal.jsonl"
    data = bytearray(path.read_bytes())
    data[(end if tail_limit else len(data)) - 1] ^= 1
    path.write_bytes(data)
    with pytest.raises(LedgerDamaged, match=r"journal\.jsonl is damaged"):
        reported(store)


def test_a_commit_of_which_nothing_is_understood_is_named(tmp_path: Path) -> None:
    from tracker.storage.folder import journal

    made(tmp_path / "ledger")
    path = tmp_path / "ledger" / "journal.jsonl"
    last = path.read_bytes().splitlines()[-1]
    strange = journal.seal_journal_line(
        b'{"seq":2,"colour":"red"}', journal.find_chain_of_journal_line(last)
    )
    path.write_bytes(path.read_bytes() + strange)
    said: list[str] = []
    assert reported(FolderStore(str(tmp_path / "ledger"), patience=1, say=said.append)) == []
    assert said[0].startswith("change no. 2: the field colour is left out")
    assert "change no. 2 is left out, for it is not understood" in said[1]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may become nobody")
def test_what_may_not_be_read_is_not_called_damaged_or_missing(tmp_path: Path) -> None:
    store = made(tmp_path / "ledger")
    for folder in tmp_path.parents:
        folder.chmod(folder.stat().st_mode | 0o011)
        if folder.name.startswith("pytest-of-"):
            break
    tmp_path.chmod(0o711)
    os.seteuid(65534)
    try:
        with pytest.raises(LedgerError, match="cannot be read: Permission denied") as closed:
            reported(store)
        os.seteuid(0)
        (tmp_path / "ledger").chmod(0o755)
        os.seteuid(65534)
        with pytest.raises(LedgerError, match=r"Permission denied \(.*ledger\.json\)") as private:
            reported(store)
        aside = tmp_path / "ledger" / "ledger.json"
        with pytest.raises(PermissionError):
            files.set_system_file_aside(aside, "old")
    finally:
        os.seteuid(0)
    assert {type(each.value) for each in (closed, private)} == {LedgerError}


# The program, wherever it is started.

ENVIRONMENTS: dict[str, dict[str, str]] = {
    "cron": {"HOME": "/nonexistent", "PATH": "/usr/bin:/bin", "SHELL": "/bin/sh", "LOGNAME": "x"},
    "nothing": {},
    "no home": {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
    "a home that cannot be written": {"HOME": "/proc", "PATH": "/usr/bin:/bin"},
    "C": {"LANG": "C", "LC_ALL": "C"},
    "GBK": {"LC_ALL": "zh_CN.GBK", "LANG": "zh_CN.GBK"},
    "another time zone": {"TZ": "Pacific/Kiritimati"},
    "an unknown time zone": {"TZ": "Nowhere/Land"},
}


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_the_program_works_in_any_environment(tmp_path: Path, name: str) -> None:
    place = tmp_path / "台账"
    env = ENVIRONMENTS[name] | {"TRACKER_CONFIG": str(tmp_path / "none.toml")}

    def run(*words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "tracker", *words, "--db", str(place)],
            env=env,
            capture_output=True,
            check=True,
            cwd=tmp_path,
        )
        return done.stdout.decode("utf-8")

    run("init", "--from", str(PLAN))
    run("update", "pipes.renewed", "1.50万", "--note", "督查", "--on", "2026-01-31")
    exported = run("export")
    (item,) = json.loads(exported)["items"]
    (indicator,) = item["indicators"]
    assert (item["name"], indicator["unit"]) == ("老旧管网", "万平方米")
    assert [(each["value"], each["note"]) for each in indicator["updates"]] == [(1.5, "督查")]
    assert '"target": 62.10' in exported
    assert names(tmp_path) == ["台账"]
    assert names(place) == FILES


# Every format that a ledger ever had stays readable; a new one adds a fixture of its own.


def from_fixture(folder: Path, schema: int) -> FolderStore:
    shutil.copytree(FIXTURES / f"ledger-schema-{schema}", folder)
    return FolderStore(str(folder), patience=1)


@pytest.mark.parametrize(("schema", "commits"), [(1, 6), (2, 9)])
def test_a_ledger_of_every_schema_opens_and_answers(
    tmp_path: Path, env: Mapping[str, str], schema: int, commits: int
) -> None:
    folder = tmp_path / "ledger"
    store = from_fixture(folder, schema)
    assert store.verify() == commits
    with store.view() as view:
        assert list(view.documents()) == ["2026-01-20-report"]
        assert [each.name for each in view.initiatives(Filter())] == ["农村老旧管网", "就业"]
        indicator = view.indicator("rural-pipes.renewed")
        assert indicator is not None
        assert (str(indicator.target), indicator.unit) == ("62.10", "万平方米")
        assert [str(each.value) for each in indicator.updates] == ["20.5", "41.00"]
        assert indicator.revisions[0].reason == "市政府令"
        assert [each.command for each in view.history()][:6] == [
            *("init", "update", "revise", "update", "edit", "suspend"),
        ]
        sent = [(each.id, each.sent_at is not None) for each in view.receipts()]
        assert sent == ([] if schema == 1 else [("r1", True), ("r2", False)])
    done = subprocess.run(
        [sys.executable, "-m", "tracker", "overdue", "--as-of", "2027-01-01", "-o", "json"],
        env=env,
        capture_output=True,
        check=True,
    )
    (found,) = json.loads(done.stdout)["items"]
    assert (found["id"], found["value"], found["days_late"]) == ("rural-pipes.renewed", 41, 1)
    report_on = [sys.executable, "-m", "tracker", "update", "rural-pipes.renewed", "62.1万"]
    assert subprocess.run(report_on, env=env, check=False, capture_output=True).returncode == 0
    assert store.verify() == commits + 1
    assert store.recover(STAMP).written == []


def receive(store: FolderStore) -> None:
    told = Receipt(
        id="r1",
        digest="d",
        address="stdout:",
        as_of=STAMP.at.date(),
        items=[Reminder(indicator="jobs.fair", step="after", on=STAMP.at.date())],
        claimed_at=STAMP.at,
    )
    store.transact(lambda txn: txn.create(told), STAMP)


@pytest.mark.parametrize("interrupted", [False, True])
def test_the_first_write_migrates_and_keeps_what_was_there(
    tmp_path: Path, *, interrupted: bool
) -> None:
    said: list[str] = []
    folder = tmp_path / "ledger"
    from_fixture(folder, 1)
    before = {each.name: each.read_bytes() for each in folder.iterdir()}
    if interrupted:
        (folder / "ledger.json.schema-1").write_bytes(before["ledger.json"])
    store = FolderStore(str(folder), patience=1, say=said.append)
    store.verify()
    store.transact(lambda _txn: None, STAMP)
    assert {name: (folder / name).read_bytes() for name in before} == before
    assert said == []
    receive(store)
    with pytest.raises(Conflict, match="r1 exists already"):
        receive(store)
    (sentence,) = said
    assert sentence == (
        f"{folder} has format 2 now; as it was before, it is kept beside:"
        " ledger.json.schema-1, journal.jsonl.schema-1"
    )
    for name in ("ledger.json", "journal.jsonl"):
        assert (folder / f"{name}.schema-1").read_bytes() == before[name]
    assert names(folder) == sorted([*FILES, "ledger.json.schema-1", "journal.jsonl.schema-1"])
    assert store.verify() == 7
    with store.view() as view:
        assert [each.id for each in view.receipts()] == ["r1"]
    back = tmp_path / "back"
    back.mkdir()
    for name in ("ledger.json", "journal.jsonl"):
        (back / name).write_bytes(before[name])
    assert FolderStore(str(back), patience=1).verify() == 6


def test_a_migration_overwrites_nothing_and_can_be_refused(tmp_path: Path) -> None:
    folder = tmp_path / "ledger"
    store = from_fixture(folder, 1)
    before = (folder / "journal.jsonl").read_bytes()
    (folder / "journal.jsonl.schema-1").mkdir()
    with pytest.raises(LedgerError, match="Nothing was stored"):
        receive(store)
    assert (folder / "journal.jsonl").read_bytes() == before
    assert b'"schema":1' in (folder / "ledger.json").read_bytes()
    (folder / "journal.jsonl.schema-1").rmdir()
    (folder / "journal.jsonl.schema-1").write_bytes(b"another")
    receive(store)
    assert (folder / "journal.jsonl.schema-1").read_bytes() == b"another"
    assert (folder / "journal.jsonl.schema-1-2").read_bytes() == before


def test_a_damaged_ledger_of_schema_1_is_recovered_with_the_present_one(tmp_path: Path) -> None:
    folder = tmp_path / "ledger"
    store = from_fixture(folder, 1)
    path = folder / "ledger.json"
    path.write_bytes(path.read_bytes()[:-9])
    assert store.recover(STAMP).commits == 6
    receive(store)
    assert store.verify() == 7
    saved = store.back_up(tmp_path / "saved", 1, STAMP.at).file
    other = FolderStore(str(tmp_path / "other"), patience=1)
    other.restore(Path(saved), STAMP)
    with other.view() as view, store.view() as here:
        assert list(view.receipts()) == list(here.receipts()) != []


def test_work_that_has_nothing_left_to_do_when_it_is_done_again_stores_nothing(
    tmp_path: Path,
) -> None:
    store = made(tmp_path / "ledger")
    update = Update(id="u1", on=date(2026, 1, 31), value=Decimal(1))
    calls: list[int] = []

    def work(txn: Transaction) -> int:
        calls.append(len(calls))
        if not calls[-1]:
            report(FolderStore(store.place, patience=1), 1)
            txn.append("i.x", update)
        return calls[-1]

    assert store.transact(work, STAMP) == 1
    assert reported(store) == ["u1"]
