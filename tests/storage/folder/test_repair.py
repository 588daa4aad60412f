"""Recover, back up, restore: from the whole only, read back, and nothing thrown away."""

import json
import os
import re
import shutil
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from program import tracker_says

from tracker.errors import (
    Conflict,
    DeliveryFailed,
    InvalidInput,
    LedgerDamaged,
    LedgerError,
    LedgerMissing,
    LedgerTooNew,
)
from tracker.model.commits import TABLES, Stamp
from tracker.model.filters import Filter
from tracker.model.records import Indicator, Initiative, Update
from tracker.storage.base import RecoveryResult, RepairableStore, RestoreResult
from tracker.storage.folder import journal
from tracker.storage.folder.rebuilding import (
    encode_rebuilt_state,
    list_rebuilt_differences,
    rebuild_state,
)
from tracker.storage.folder.repair import (
    refuse_repair_of_filled_folder,
    repair_folder,
    replace_repaired_files,
)
from tracker.storage.folder.store import FolderStore
from tracker.storage.open_store import open_store

NOW = datetime(2026, 1, 31, 9, 30, tzinfo=UTC)
STAMP = Stamp(at=NOW, by="督查室", command="recover")
DAY = date(2026, 1, 31)
MOMENT = "20260131T093000Z"


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    """A ledger of ten commits, some before and some after its snapshot."""
    made = FolderStore(str(tmp_path / "ledger"), patience=1, tail_limit=1500)
    made.create()
    made.transact(lambda txn: txn.create(Initiative(id="i", name="事项")), STAMP)
    made.transact(lambda txn: txn.create(Indicator(id="i.x", name="指标")), STAMP)
    for number in range(8):
        report(made, number)
    assert (Path(made.place) / "recent.jsonl").stat().st_size > 0
    return made


def report(store: FolderStore, number: int) -> None:
    update = Update(id=f"u{number}", on=DAY, value=Decimal(number))
    store.transact(lambda txn: txn.append("i.x", update), STAMP)


def reported(store: FolderStore) -> list[str]:
    with store.view() as view:
        return [u.id for _owner, each in view.candidates(Filter()) for u in each.updates]


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_a_whole_ledger_is_left_alone(store: FolderStore) -> None:
    before = contents(Path(store.place))
    found = store.recover(STAMP)
    assert (found.commits, found.written, found.kept) == (10, [], [])
    assert store.verify() == 10
    assert contents(Path(store.place)) == before


def test_an_unfinished_end_is_no_damage(store: FolderStore) -> None:
    path = Path(store.place) / "journal.jsonl"
    whole = path.read_bytes()
    path.write_bytes(whole + b'{"prev":"unfinished')
    assert (store.recover(STAMP).written, store.verify()) == ([], 10)
    report(store, 8)
    assert path.read_bytes().startswith(whole)
    assert path.with_name("torn.jsonl").read_bytes() == b'{"prev":"unfinished\n'
    assert store.verify() == 11


def test_only_what_is_damaged_is_written_and_kept(store: FolderStore) -> None:
    folder = Path(store.place)
    (folder / "journal.jsonl").write_bytes((folder / "journal.jsonl").read_bytes()[:-9])
    damaged, recent = (contents(folder)[name] for name in ("journal.jsonl", "recent.jsonl"))
    found = store.recover(STAMP)
    assert found.written == ["journal.jsonl", "recent.jsonl", "ledger.json"]
    assert (found.commits, found.from_journal, found.from_recent) == (10, 9, 1)
    kept = contents(folder)
    assert kept["journal.jsonl.20260131T093000Z.damaged"] == damaged
    assert kept["recent.jsonl.20260131T093000Z.damaged"] == recent
    (folder / "ledger.json").unlink()
    assert store.recover(STAMP).written == ["ledger.json"]
    assert len(reported(store)) == 8


def test_a_second_copy_that_is_gone_is_written_again(store: FolderStore) -> None:
    path = Path(store.place) / "recent.jsonl"
    whole = path.read_bytes()
    for harm in (path.unlink, lambda: path.write_bytes(b"garbage")):
        harm()
        found = store.recover(STAMP)
        assert (found.written, found.commits, found.from_journal) == (["recent.jsonl"], 10, 10)
        assert path.read_bytes() == whole
    path.unlink()
    report(store, 8)
    assert path.read_bytes().startswith(whole)


def test_lost_commits_are_named(store: FolderStore) -> None:
    folder = Path(store.place)
    lines = (folder / "journal.jsonl").read_bytes().splitlines(keepends=True)
    (folder / "journal.jsonl").write_bytes(b"".join([*lines[:4], b"{}\n", *lines[5:]]))
    (folder / "ledger.json").unlink()
    (folder / "recent.jsonl").unlink()
    found = store.recover(STAMP)
    assert (found.lost, found.unfit, found.commits) == ((5,), (), 9)
    assert reported(store) == ["u0", "u1", "u3", "u4", "u5", "u6", "u7"]
    assert store.verify() == 9


def test_a_newer_journal_is_not_taken_for_a_damaged_one(store: FolderStore) -> None:
    path = Path(store.place) / "ledger.json"
    path.write_bytes(path.read_bytes().replace(b'"schema":2', b'"schema":3', 1))
    before = contents(Path(store.place))
    with pytest.raises(LedgerTooNew):
        store.recover(STAMP)
    assert contents(Path(store.place)) == before


def test_a_backup_is_one_file_that_restores_everything(store: FolderStore, tmp_path: Path) -> None:
    done = store.back_up(tmp_path / "saved.jsonl", 1, NOW)
    assert (done.file, done.commits, done.removed) == (str(tmp_path / "saved.jsonl"), 10, [])
    assert Path(done.file).stat().st_mode & 0o777 == 0o600
    with store.view() as view:
        history, before = list(view.history()), list(view.candidates(Filter()))
    elsewhere = FolderStore(str(tmp_path / "new" / "ledger"), patience=1)
    assert elsewhere.restore(Path(done.file), STAMP) == RestoreResult(10, [])
    with elsewhere.view() as view:
        assert (list(view.history()), list(view.candidates(Filter()))) == (history, before)
    assert elsewhere.recover(STAMP).written == []
    report(elsewhere, 8)
    assert elsewhere.verify() == 11


def test_restoring_keeps_what_was_there(store: FolderStore, tmp_path: Path) -> None:
    folder = Path(store.place)
    saved = Path(store.back_up(tmp_path / "saved.jsonl", 1, NOW).file)
    for number in range(8, 20):
        report(store, number)
    before = contents(folder)
    done = store.restore(saved, STAMP)
    assert (done.commits, len(reported(store))) == (10, 8)
    after = contents(folder)
    assert done.kept
    for name in ("journal.jsonl", "ledger.json"):
        assert after[f"{name}.20260131T093000Z.replaced"] == before[name]
    again = store.restore(saved, STAMP)
    assert again == RestoreResult(10, [])


def test_restoring_mends_a_ledger_of_which_nothing_is_whole(
    store: FolderStore, tmp_path: Path
) -> None:
    saved = Path(store.back_up(tmp_path / "saved.jsonl", 1, NOW).file)
    folder = Path(store.place)
    for name in ("journal.jsonl", "recent.jsonl"):
        (folder / name).write_bytes(b"garbage\n")
    (folder / "ledger.json").unlink()
    (folder / "ledger.json").mkdir()
    done = store.restore(saved, STAMP)
    assert sorted(done.kept) == [
        f"{name}.20260131T093000Z.replaced"
        for name in ("journal.jsonl", "ledger.json", "recent.jsonl")
    ]
    assert (store.verify(), len(reported(store))) == (10, 8)


def test_an_empty_ledger_has_a_backup_too(tmp_path: Path) -> None:
    store = FolderStore(str(tmp_path / "ledger"), patience=1)
    store.create()
    saved = store.back_up(tmp_path / "saved.jsonl", 1, NOW)
    assert (saved.commits, store.restore(Path(saved.file), STAMP)) == (0, RestoreResult(0, []))


@pytest.mark.parametrize("name", ["ledger.json", "journal.jsonl"])
def test_there_is_no_backup_of_a_damaged_ledger(
    store: FolderStore, tmp_path: Path, name: str
) -> None:
    path = Path(store.place) / name
    data = bytearray(path.read_bytes())
    data[200] ^= 1
    path.write_bytes(data)
    with pytest.raises(LedgerDamaged, match=f"{name} is damaged"):
        store.back_up(tmp_path / "saved.jsonl", 1, NOW)
    with pytest.raises(LedgerDamaged, match=f"{name} is damaged"):
        store.verify()
    assert not (tmp_path / "saved.jsonl").exists()


def test_a_snapshot_that_says_something_else_than_the_journal_is_damage(
    store: FolderStore,
) -> None:
    folder = Path(store.place)
    lines = journal.read_journal_lines(
        (folder / "journal.jsonl").read_bytes(), journal.GENESIS, 0
    ).lines
    end = sum(len(line.raw) + 1 for line in lines)
    body = encode_rebuilt_state(rebuild_state(lines[:-1]))
    (folder / "ledger.json").write_bytes(
        journal.compose_journal_snapshot(10, end, lines[-1].chain, body)
    )
    with pytest.raises(LedgerDamaged, match="not what the commits of the journal lead to"):
        store.verify()


def test_backups_without_a_place_lie_in_the_ledger_and_rotate(store: FolderStore) -> None:
    folder = Path(store.place) / "backups"
    names = []
    for number in range(5):
        done = store.back_up(None, 3, NOW + timedelta(days=number))
        names.append(Path(done.file).name)
        (folder / "notes.txt").touch()
        (folder / "ledger-old.backup.jsonl").touch()
    assert done.removed == [names[1]]
    assert {each.name for each in folder.iterdir()} == {
        *names[-3:],
        "notes.txt",
        "ledger-old.backup.jsonl",
    }
    assert folder.stat().st_mode & 0o777 == 0o700
    assert store.restore(folder / names[-1], STAMP).commits == 10


def test_backups_of_one_second_have_names_of_their_own(store: FolderStore, tmp_path: Path) -> None:
    done = [store.back_up(tmp_path, 2, NOW) for _time in range(3)]
    names = [Path(each.file).name for each in done]
    identity = names[0].split("-")[1]
    assert re.fullmatch("[0-9a-f]{8}", identity)
    assert names == [
        f"ledger-{identity}-{MOMENT}.backup.jsonl",
        f"ledger-{identity}-{MOMENT}-2.backup.jsonl",
        f"ledger-{identity}-{MOMENT}-3.backup.jsonl",
    ]
    assert done[2].removed == [names[0]]


def test_ledgers_that_share_a_folder_keep_their_own_backups(
    store: FolderStore, tmp_path: Path
) -> None:
    place = tmp_path / "backups"
    place.mkdir()
    shutil.copytree(store.place, tmp_path / "copy")
    other = FolderStore(str(tmp_path / "other"), patience=1)
    other.create()
    other.transact(lambda txn: txn.create(Initiative(id="i", name="别处")), STAMP)
    copy = FolderStore(str(tmp_path / "copy"), patience=1)
    report(copy, 100)
    report(store, 8)
    # The copy has gone its own way; what it alone holds must not make room for others.
    own = [each.back_up(place, 1, NOW).file for each in (store, other, copy)]
    assert len({Path(each).name.split("-")[1] for each in own}) == 2
    assert all(Path(each).is_file() for each in own)
    report(store, 9)
    again = store.back_up(place, 1, NOW + timedelta(days=1))
    assert again.removed == [Path(own[0]).name]
    assert {str(each) for each in place.iterdir()} == {again.file, *own[1:]}
    assert store.back_up(place, 1, NOW + timedelta(days=2)).removed == [Path(again.file).name]


def test_a_damaged_backup_makes_no_room(store: FolderStore, tmp_path: Path) -> None:
    first = Path(store.back_up(tmp_path, 1, NOW).file)
    first.write_bytes(first.read_bytes().replace("指标".encode(), "目标".encode(), 1))
    assert store.back_up(tmp_path, 1, NOW + timedelta(days=1)).removed == []
    assert first.is_file()


def test_of_many_backups_of_one_name_one_is_made(store: FolderStore, tmp_path: Path) -> None:
    def save(_time: int) -> bool:
        try:
            store.back_up(tmp_path / "saved.jsonl", 1, NOW)
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(8) as crowd:
        done = list(crowd.map(save, range(8)))
        dated = list(crowd.map(lambda _time: store.back_up(tmp_path, 9, NOW).file, range(8)))
    assert sum(done) == 1
    assert len(set(dated)) == 8
    assert {
        journal.compose_journal_backup(journal.read_journal_backup(Path(each).read_bytes()))
        for each in dated
    } == {(tmp_path / "saved.jsonl").read_bytes()}


def test_a_backup_replaces_no_file(store: FolderStore, tmp_path: Path) -> None:
    path = tmp_path / "saved.jsonl"
    path.write_text("mine")
    with pytest.raises(Conflict, match=r"saved\.jsonl is there already"):
        store.back_up(path, 1, NOW)
    assert path.read_text() == "mine"


def test_a_backup_that_cannot_be_written_says_so(store: FolderStore, tmp_path: Path) -> None:
    with pytest.raises(DeliveryFailed, match=r"No backup was written .*No such file"):
        store.back_up(tmp_path / "no" / "such" / "file", 1, NOW)
    (Path(store.place) / "backups").touch()
    with pytest.raises(DeliveryFailed, match="File exists"):
        store.back_up(None, 1, NOW)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no full device")  # noqa: PTH110
def test_a_backup_to_a_full_device_is_refused(store: FolderStore) -> None:
    with pytest.raises(Conflict, match="/dev/full is there already"):
        store.back_up(Path("/dev/full"), 1, NOW)


def test_only_a_whole_backup_is_restored(store: FolderStore, tmp_path: Path) -> None:
    saved = Path(store.back_up(tmp_path / "saved.jsonl", 1, NOW).file)
    data = saved.read_bytes()
    before = contents(Path(store.place))
    for harmed in (data[:-1], data[:300], b"", data.replace("指标".encode(), "目标".encode(), 1)):
        saved.write_bytes(harmed)
        with pytest.raises(LedgerDamaged, match=r"is no whole backup: .*nothing was changed"):
            store.restore(saved, STAMP)
    saved.write_bytes(data.replace(b'"schema":2', b'"schema":3', 1))
    with pytest.raises(LedgerTooNew, match="format 3"):
        store.restore(saved, STAMP)
    for unreadable in (tmp_path, tmp_path / "none"):
        with pytest.raises(InvalidInput, match="cannot be read"):
            store.restore(unreadable, STAMP)
    assert contents(Path(store.place)) == before


def test_a_ledger_that_is_not_there_is_neither_recovered_nor_saved(tmp_path: Path) -> None:
    store = FolderStore(str(tmp_path / "ledger"), patience=1)
    with pytest.raises(LedgerMissing):
        store.recover(STAMP)
    with pytest.raises(LedgerMissing):
        store.back_up(None, 1, NOW)
    assert not (tmp_path / "ledger").exists()
    (tmp_path / "file").touch()
    saved = tmp_path / "saved.jsonl"
    saved.write_bytes(journal.compose_journal_backup([]))
    with pytest.raises(LedgerError, match="Nothing was stored"):
        FolderStore(str(tmp_path / "file"), patience=1).restore(saved, STAMP)


def test_which_stores_are_files(store: FolderStore) -> None:
    assert isinstance(store, RepairableStore)
    assert not isinstance(open_store("memory:"), RepairableStore)


def item(env: Mapping[str, str], *words: str) -> dict[str, Any]:
    done = tracker_says(env, *words, "-o", "json")
    assert (done.returncode, done.stderr) == (0, "")
    (found,) = json.loads(done.stdout)["items"]
    assert isinstance(found, dict)
    return found


def test_the_commands(store: FolderStore, env: Mapping[str, str], tmp_path: Path) -> None:
    assert (
        tracker_says(env, "recover").stdout
        == "The ledger is whole, 10 commits; nothing was changed.\n"
    )
    first = item(env, "backup")
    assert Path(first["file"]).parent == Path(store.place) / "backups"
    assert (
        "10 commits saved in" in tracker_says(env, "backup", str(tmp_path / "saved.jsonl")).stdout
    )
    assert "removed: ledger-" in tracker_says(env, "backup", "--keep", "1").stdout
    path = Path(store.place) / "ledger.json"
    path.write_bytes(path.read_bytes()[:-1])
    refused = tracker_says(env, "backup")
    assert (refused.returncode, refused.stdout) == (5, "")
    found = item(env, "recover")
    assert (found["commits"], found["lost"], found["written"]) == (
        10,
        [],
        ["recent.jsonl", "ledger.json"],
    )
    report(store, 8)
    done = tracker_says(env, "restore", str(tmp_path / "saved.jsonl"))
    assert done.stdout.startswith("10 commits put back; kept beside: ")
    assert item(env, "restore", str(tmp_path / "saved.jsonl")) == {"commits": 10, "kept": []}
    assert (
        tracker_says(env, "restore", str(tmp_path / "saved.jsonl")).stdout
        == "10 commits put back\n"
    )


def test_recover_says_what_is_lost(store: FolderStore, env: Mapping[str, str]) -> None:
    folder = Path(store.place)
    lines = (folder / "journal.jsonl").read_bytes().splitlines(keepends=True)
    spoilt = [b"{}\n" if n in {1, 4, 5, 7} else line for n, line in enumerate(lines)]
    (folder / "journal.jsonl").write_bytes(b"".join(spoilt))
    (folder / "ledger.json").unlink()
    recent = (folder / "recent.jsonl").read_bytes().splitlines(keepends=True)
    (folder / "recent.jsonl").write_bytes(recent[0][:-9])
    done = tracker_says(env, "recover")
    assert done.returncode == 0
    assert "LOST: commits 2, 5–6, 8" in done.stdout
    assert "not put back: commits 3–4, 7, 9–10" in done.stdout
    assert "kept beside: journal.jsonl." in done.stdout


def test_recover_says_where_it_came_from(store: FolderStore, env: Mapping[str, str]) -> None:
    path = Path(store.place) / "journal.jsonl"
    path.write_bytes(path.read_bytes()[:700])
    done = tracker_says(env, "recover")
    assert "of them from recent.jsonl only" in done.stdout
    assert "by their outcome only, from ledger.json" in done.stdout
    assert "bytes of journal.jsonl were no whole commit" in done.stdout
    assert len(reported(store)) == 8


def test_recover_says_when_there_was_nothing_to_keep(
    store: FolderStore, env: Mapping[str, str]
) -> None:
    (Path(store.place) / "recent.jsonl").unlink()
    done = tracker_says(env, "recover")
    assert done.stdout == "10 commits are in the ledger; written anew: recent.jsonl\n"


def test_a_ledger_in_memory_has_no_files(env: Mapping[str, str]) -> None:
    for words in (["recover"], ["backup"], ["restore", "x"]):
        done = tracker_says({**env, "TRACKER_DB": "memory:"}, *words)
        assert done.returncode == 4
        assert "memory: is no folder of files" in done.stderr


def test_check_verifies_every_file_before_it_asks(
    store: FolderStore, env: Mapping[str, str]
) -> None:
    assert tracker_says(env, "check").returncode == 0
    path = Path(store.place) / "journal.jsonl"
    data = bytearray(path.read_bytes())
    data[200] ^= 1
    path.write_bytes(data)
    # What is read is whole; the history of it is not.
    assert tracker_says(env, "list").returncode == 0
    done = tracker_says(env, "check")
    assert (done.returncode, done.stdout) == (5, "")
    assert done.stderr.endswith("nothing was changed; run: tracker recover\n")
    assert tracker_says(env, "check", "--list").returncode == 0
    assert tracker_says({**env, "TRACKER_DB": "memory:"}, "check").returncode == 0


def test_a_place_that_is_shared_is_warned_of_once(env: Mapping[str, str], tmp_path: Path) -> None:
    place = str(tmp_path / "坚果云" / "台账")
    for words in (["init", "--empty"], ["check"]):
        done = tracker_says(env, *words, "--db", place)
        assert done.returncode == 0
        assert done.stderr.count("坚果云: a network folder or one that a service synchronises") == 1
    assert tracker_says(env, "list", "--db", place).stderr == ""
    assert tracker_says(env, "init", "--empty").stderr == ""


def test_lines_that_are_not_understood_are_compared_as_they_are_written() -> None:
    one: dict[str, dict[str, bytes]] = {name: {} for name in TABLES}
    other = dict(one)
    other["initiatives"] = {"i": b'{"name": 5,  "id":"i"}', "j": b'{"id":"j","name":6}'}
    one["initiatives"] = {"i": b'{"id":"i","name":5}', "j": b'{"id":"j","name":5}'}
    assert list(list_rebuilt_differences(one, other)) == ["j"]


def test_what_a_repair_has_written_is_read_again(store: FolderStore) -> None:
    folder = Path(store.place)
    with pytest.raises(LedgerDamaged):
        replace_repaired_files(folder, {"journal.jsonl": b"nothing\n"}, NOW, "damaged")


def test_of_nothing_whole_nothing_is_changed(store: FolderStore) -> None:
    folder = Path(store.place)
    for name in ("journal.jsonl", "recent.jsonl", "ledger.json"):
        (folder / name).write_bytes(b"garbage")
    before = contents(folder)
    with pytest.raises(LedgerDamaged, match="is whole; nothing was changed"):
        repair_folder(folder, STAMP)
    assert contents(folder) == before


def test_a_repair_says_how_much_was_whole(store: FolderStore) -> None:
    folder = Path(store.place)
    with pytest.raises(Conflict, match="is not empty"):
        refuse_repair_of_filled_folder(folder)
    assert repair_folder(folder, STAMP) == RecoveryResult(10, [], [], 10)
    (folder / "recent.jsonl").write_bytes(b"garbage")
    assert repair_folder(folder, STAMP) == RecoveryResult(
        10, ["recent.jsonl"], [f"recent.jsonl.{MOMENT}.damaged"], 10
    )
    (folder / "recent.jsonl").unlink()
    assert repair_folder(folder, STAMP) == RecoveryResult(10, ["recent.jsonl"], [], 10)
