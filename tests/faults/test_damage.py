"""Damaged files: never a wrong answer, nothing touched, and all of it back after a recovery."""

import itertools
import os
import random
import shutil
import stat
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import driver as own
import pytest
from driver import FULL
from program import tracker_says

from tracker.errors import LedgerDamaged, LedgerError, LedgerTooNew
from tracker.model.filters import Filter
from tracker.storage.base import View
from tracker.storage.folder.store import FolderStore

FILES = ("ledger.json", "journal.jsonl", "recent.jsonl")
TAIL_LIMIT = 5000
NOBODY = 65534
CUTS, FLIPS = (2000, 3000) if FULL else (40, 120)


@dataclass
class Ledger:
    """A ledger to damage, and what it holds."""

    store: FolderStore
    folder: Path
    records: list[Any]
    history: list[Any]

    def contents(self) -> dict[str, bytes | str]:
        found: dict[str, bytes | str] = {}
        for path in sorted(self.folder.rglob("*")):
            kind = stat.S_IFMT(path.lstat().st_mode)
            is_read = stat.S_ISREG(kind) and path.name != "lock"
            found[str(path)] = path.read_bytes() if is_read else oct(kind)
        return found


def records(view: View) -> list[Any]:
    return [
        *view.documents().values(),
        *view.initiatives(Filter()),
        *(indicator for _owner, indicator in view.candidates(Filter())),
    ]


@pytest.fixture(scope="module")
def pattern(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger with commits before and after its snapshot."""
    folder = tmp_path_factory.mktemp("pattern") / "ledger"
    store = own.store_at(str(folder), TAIL_LIMIT)
    own.make(store)
    for number in range(24):
        own.write_one(store, f"u{number}", number)
    sizes = [(folder / name).stat().st_size for name in FILES]
    assert min(sizes) > 1000
    return folder


@pytest.fixture
def ledger(pattern: Path, tmp_path: Path) -> Ledger:
    folder = tmp_path / "ledger"
    shutil.copytree(pattern, folder)
    store = own.store_at(str(folder), TAIL_LIMIT)
    with store.view() as view:
        return Ledger(store, folder, records(view), list(view.history()))


def check_harmless(ledger: Ledger) -> bool:
    """What damage may do: be refused, or be of no consequence; whether it was refused."""
    before = ledger.contents()
    refusal: LedgerError | None = None
    try:
        with ledger.store.view() as view:
            assert records(view) == ledger.records
            assert list(view.history()) == ledger.history
    except LedgerError as error:
        refusal = error
    assert ledger.contents() == before
    assert refusal is None or (refusal.exit_code, refusal.sentence.count("\n")) == (5, 0)
    return refusal is not None


def check_recovery(ledger: Ledger) -> None:
    """After a recovery the records are as they were, and what was damaged is still there."""
    before = ledger.contents()
    done = ledger.store.recover(own.stamp())
    with ledger.store.view() as view:
        assert records(view) == ledger.records
        commits = list(view.history())
    assert (done.lost, done.unfit) == ((), ())
    if done.outcome_of is None:
        assert commits == ledger.history
    else:
        first, last = done.outcome_of
        assert commits[: first - 1] == ledger.history[: first - 1]
        assert commits[first:] == ledger.history[last:]
        assert (commits[first - 1].command, commits[first - 1].seq) == ("update", last)
    after = ledger.contents()
    for name in done.written:
        old = before.get(str(ledger.folder / name))
        kept = [after[str(ledger.folder / each)] for each in done.kept]
        assert not old or old in kept
    assert set(done.written) <= set(FILES)
    ledger.store.verify()
    assert ledger.store.recover(own.stamp()).written == []
    own.write_one(ledger.store, "after", 0)
    assert len(own.stored(ledger.store)) == 25


def damages(name: str) -> Iterator[tuple[str, Callable[[Path], object]]]:
    other = {"ledger.json": "journal.jsonl"}.get(name, "ledger.json")
    yield "missing", lambda path: path.unlink()
    yield "empty", lambda path: path.write_bytes(b"")
    yield "doubled", lambda path: path.write_bytes(path.read_bytes() * 2)
    yield "garbage", lambda path: path.write_bytes(random.Random(1).randbytes(3000))  # noqa: S311
    yield "zeros", lambda path: path.write_bytes(bytes(path.stat().st_size))
    yield "zeros in it", lambda path: spoil(path, bytes(300))
    yield "an empty line", lambda path: path.write_bytes(b"\n")
    yield "nested", lambda path: path.write_bytes(b'{"a":' + b"[" * 100_000)
    yield "another file", lambda path: shutil.copy(path.with_name(other), path)
    yield (
        "without its first line",
        lambda path: path.write_bytes(path.read_bytes().partition(b"\n")[2]),
    )
    yield (
        "lines the other way round",
        lambda path: path.write_bytes(b"\n".join(reversed(path.read_bytes().split(b"\n")))),
    )
    yield "more at its end", lambda path: path.write_bytes(path.read_bytes() + b"{}\n{}\n")
    yield "a folder", lambda path: instead(path, Path.mkdir)
    yield (
        "a folder with something",
        lambda path: instead(path, lambda p: (p / "x").mkdir(parents=True)),
    )
    yield "a loop of links", lambda path: instead(path, lambda p: p.symlink_to(p.name))
    yield "a link to nothing", lambda path: instead(path, lambda p: p.symlink_to("nowhere"))
    yield "a pipe", lambda path: instead(path, os.mkfifo)


def instead(path: Path, make: Callable[[Path], object]) -> None:
    path.unlink()
    make(path)


def spoil(path: Path, by: bytes) -> None:
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + len(by)] = by
    path.write_bytes(data)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("what", [what for what, _do in damages("")])
def test_a_damaged_file_is_refused_and_recovered(ledger: Ledger, name: str, what: str) -> None:
    dict(damages(name))[what](ledger.folder / name)
    # The second copy may be missing or hold nothing: everything is in the journal.
    assert check_harmless(ledger) or name == "recent.jsonl"
    check_recovery(ledger)


@pytest.mark.parametrize("name", FILES)
def test_a_file_cut_anywhere(ledger: Ledger, name: str) -> None:
    path = ledger.folder / name
    data = path.read_bytes()
    step = max(len(data) // CUTS, 1)
    places = {*range(0, len(data), step), *range(max(len(data) - 20, 0), len(data))}
    recovered = random.Random(name).sample(sorted(places), min(len(places), CUTS))  # noqa: S311
    for place in sorted(places):
        path.write_bytes(data[:place])
        assert check_harmless(ledger) or name == "recent.jsonl"
        if place in recovered:
            check_recovery(ledger)
            renew(ledger, path, data)


def renew(ledger: Ledger, path: Path, data: bytes) -> None:
    for each in ledger.folder.iterdir():
        if each.name not in (*FILES, "lock"):
            each.unlink()
    shutil.copytree(ledger.folder.parent / "copy", ledger.folder, dirs_exist_ok=True)
    assert path.read_bytes() == data


@pytest.fixture(autouse=True)
def copy(pattern: Path, tmp_path: Path) -> None:
    shutil.copytree(pattern, tmp_path / "copy")


@pytest.mark.parametrize("name", FILES)
def test_a_flipped_bit_anywhere(ledger: Ledger, name: str) -> None:
    path = ledger.folder / name
    data = path.read_bytes()
    chance = random.Random(name)  # noqa: S311
    for number in range(FLIPS):
        spoilt = bytearray(data)
        spoilt[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        path.write_bytes(spoilt)
        assert check_harmless(ledger) or name == "recent.jsonl"
        if number % 6 == 0:
            check_recovery(ledger)
            renew(ledger, path, data)


@pytest.mark.parametrize("what", [what for what, _do in damages("")])
def test_a_damaged_index_is_passed_over_and_made_anew(ledger: Ledger, what: str) -> None:
    index = ledger.folder / "index.bin"
    whole = index.read_bytes()
    dict(damages(index.name))[what](index)
    assert not check_harmless(ledger)
    own.write_one(ledger.store, "after", 0)
    if index.is_file():
        assert index.read_bytes()[:20] == whole[:20]
        assert len(index.read_bytes()) >= len(whole) - 64
    assert len(own.stored(ledger.store)) == 25


def test_a_flipped_bit_anywhere_in_an_index(ledger: Ledger) -> None:
    index = ledger.folder / "index.bin"
    whole, chance = index.read_bytes(), random.Random(2)  # noqa: S311
    for _time in range(FLIPS):
        at = chance.randrange(len(whole))
        index.write_bytes(whole[:at] + bytes([whole[at] ^ 1 << at % 8]) + whole[at + 1 :])
        assert not check_harmless(ledger)


def test_a_snapshot_that_changes_behind_its_index(ledger: Ledger) -> None:
    snapshot = ledger.folder / "ledger.json"
    whole, before, refused = snapshot.read_bytes(), snapshot.stat(), 0
    chance = random.Random(3)  # noqa: S311
    for _time in range(FLIPS):
        at = chance.randrange(len(whole))
        snapshot.write_bytes(whole[:at] + bytes([whole[at] ^ 1 << at % 8]) + whole[at + 1 :])
        os.utime(snapshot, ns=(before.st_atime_ns, before.st_mtime_ns))
        refused += check_harmless(ledger)
    assert refused > FLIPS / 2
    snapshot.write_bytes(whole[:-50])
    os.utime(snapshot, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert check_harmless(ledger)


def test_a_damaged_ledger_takes_no_update(ledger: Ledger) -> None:
    for name in ("ledger.json", "journal.jsonl"):
        path = ledger.folder / name
        data = path.read_bytes()
        path.write_bytes(data[:-50])
        before = ledger.contents()
        with pytest.raises(LedgerDamaged, match=rf"{name} is damaged: .*; run: tracker recover"):
            own.write_one(ledger.store, "x", 1)
        assert ledger.contents() == before
        path.write_bytes(data)


def test_a_newer_format_is_refused_and_not_recovered(ledger: Ledger) -> None:
    path = ledger.folder / "ledger.json"
    path.write_bytes(path.read_bytes().replace(b'"schema":2', b'"schema":3', 1))
    before = ledger.contents()
    for attempt in (
        lambda: own.stored(ledger.store),
        lambda: own.write_one(ledger.store, "x", 1),
        lambda: ledger.store.recover(own.stamp()),
        ledger.store.verify,
        ledger.store.create,
    ):
        with pytest.raises(LedgerTooNew, match=r"format 3, .* up to 2; install a newer tracker"):
            attempt()
    assert ledger.contents() == before


@pytest.mark.parametrize("present", [(), ("lock",)])
def test_a_ledger_that_is_not_there_is_not_made(tmp_path: Path, present: tuple[str, ...]) -> None:
    folder = tmp_path / "none"
    store = own.store_at(str(folder), 0)
    if present:
        folder.mkdir()
    for name in present:
        (folder / name).touch()
    for attempt in (
        lambda: own.stored(store),
        lambda: own.write_one(store, "x", 1),
        lambda: store.recover(own.stamp()),
    ):
        with pytest.raises(LedgerError, match=r"There is no ledger in .*; run: tracker init"):
            attempt()
    assert folder.exists() == bool(present)


@pytest.mark.parametrize("lost", [FILES[:2], FILES[1:], FILES[::2]])
def test_what_is_left_of_a_ledger_is_not_made_new(ledger: Ledger, lost: tuple[str, ...]) -> None:
    for name in lost:
        (ledger.folder / name).unlink()
    before = ledger.contents()
    with pytest.raises(LedgerDamaged):
        ledger.store.create()
    assert ledger.contents() == before


def test_nothing_whole_cannot_be_recovered(ledger: Ledger) -> None:
    for name in FILES:
        (ledger.folder / name).write_bytes(b"\0" * 100)
    before = ledger.contents()
    with pytest.raises(LedgerDamaged, match=r"Nothing in .* is whole; .* tracker restore FILE"):
        ledger.store.recover(own.stamp())
    assert ledger.contents() == before


def test_a_file_in_the_place_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    store = own.store_at(str(tmp_path / "file"), 0)
    for attempt in (lambda: own.stored(store), lambda: own.write_one(store, "x", 1)):
        with pytest.raises(LedgerError, match="is not the folder of a ledger"):
            attempt()
    with pytest.raises(LedgerError, match="File exists"):
        store.create()
    with pytest.raises(LedgerError, match="There is no ledger"):
        own.stored(own.store_at(str(tmp_path / "file" / "below"), 0))


@pytest.mark.parametrize("name", FILES[:2])
def test_the_program_says_one_sentence(ledger: Ledger, env: Mapping[str, str], name: str) -> None:
    (ledger.folder / name).write_bytes(b"")
    before = ledger.contents()
    for words in (["overdue", "-o", "json"], ["update", "i.x0", "1"], ["init", "--empty"]):
        done = tracker_says(env, *words)
        assert (done.returncode, done.stdout) == (5, "")
        assert done.stderr.count("\n") == 1
        assert "tracker recover" in done.stderr
    assert ledger.contents() == before


def attempt(
    driver: list[str], ledger: Ledger, *, user: int | None = None, room: int | None = None
) -> list[str]:
    """The outcomes of reading and of writing in a process of its own."""
    words = ["-" if each is None else str(each) for each in (user, room)]
    call = [*driver, "try", str(ledger.folder), str(TAIL_LIMIT), *words]
    bare = {"PATH": os.environ["PATH"]}
    done = subprocess.run(call, capture_output=True, text=True, check=True, env=bare)
    return done.stdout.splitlines()


needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root may become nobody or mount")


@needs_root
@pytest.mark.parametrize("name", [*FILES, "lock", ""])
def test_what_may_not_be_read_or_written(ledger: Ledger, driver: list[str], name: str) -> None:
    for folder in ledger.folder.parents:
        folder.chmod(folder.stat().st_mode | 0o055)
        if folder.owner() != "root" or folder == Path("/tmp"):  # noqa: S108
            break
    for path in (ledger.folder, *ledger.folder.iterdir()):
        os.chown(path, NOBODY, NOBODY)
    (ledger.folder / name).chmod(0)
    before = ledger.contents()
    reading, writing = attempt(driver, ledger, user=NOBODY)
    if name != "lock":
        assert reading.startswith("5 The ledger in")
        assert "Permission denied" in reading
    assert writing.startswith("5 ")
    assert "Permission denied" in writing
    assert ledger.contents() == before


@needs_root
def test_a_folder_that_may_only_be_read(ledger: Ledger, driver: list[str]) -> None:
    for folder in ledger.folder.parents:
        folder.chmod(folder.stat().st_mode | 0o055)
        if folder == Path("/tmp"):  # noqa: S108
            break
    ledger.folder.chmod(0o555)
    for path in ledger.folder.iterdir():
        path.chmod(0o444)
    before = ledger.contents()
    reading, writing = attempt(driver, ledger, user=NOBODY)
    assert reading == "0"
    assert writing.startswith("5 Nothing was stored")
    assert ledger.contents() == before


def test_a_disk_that_is_full(ledger: Ledger, driver: list[str]) -> None:
    journal = ledger.folder / "journal.jsonl"
    before = ledger.contents()
    size = journal.stat().st_size
    for more in (0, 1, 50, 200):
        reading, writing = attempt(driver, ledger, room=size + more)
        assert reading == "0"
        assert writing.startswith("5 Nothing was stored")
        assert "File too large" in writing
        assert ledger.contents() == before


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 64 KB."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(place)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("mounting is not allowed here")
    yield place
    subprocess.run(["umount", str(place)], check=True)


@pytest.mark.parametrize("tail_limit", [0, 3000, 10**6])
def test_a_small_disk_that_fills_up(small_disk: Path, tail_limit: int) -> None:
    store = own.store_at(str(small_disk / "ledger"), tail_limit)
    own.make(store)
    said: list[str] = []
    refused: list[str] = []
    for number in itertools.count():
        try:
            own.write_one(store, f"u{number}", number)
            said.append(f"u{number}")
        except LedgerError as error:
            refused.append(error.sentence)
        assert sorted(own.stored(store)) == sorted(said)
        if len(refused) == 5:
            break
    assert all("No space left on device" in each for each in refused)
    assert len(said) > 20
    store.verify()


def test_a_disk_that_becomes_read_only(small_disk: Path) -> None:
    store = own.store_at(str(small_disk / "ledger"), 0)
    own.make(store)
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    assert own.stored(store) == []
    with pytest.raises(LedgerError, match=r"Nothing was stored .* Read-only file system"):
        own.write_one(store, "x", 1)
