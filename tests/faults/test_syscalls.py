"""One update, recovery or restoration, harmed before each of its calls that change a file."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import driver as own
import pytest

from tracker.storage.folder.journal import read_journal_backup

STRACE = shutil.which("strace")
CHANGING = (
    *("openat", "open", "creat", "write", "pwrite64", "writev", "fsync", "fdatasync"),
    *("ftruncate", "truncate", "rename", "renameat", "renameat2", "unlink", "unlinkat"),
    *("fchmod", "chmod", "fchmodat", "fchown", "chown", "fchownat", "mkdir", "mkdirat", "link"),
)
FAULTS = {"killed": "signal=KILL", "no space": "error=ENOSPC", "bad disk": "error=EIO"}
BEFORE = [f"b{number}" for number in range(12)]
MEASURED = {key: value for key, value in os.environ.items() if key.startswith("COVERAGE")}
LINE = re.compile(r"\d+ +(\w+)\((.*)")
ENDED = re.compile(r"\d+ +\+\+\+ (?:killed by (\w+)|exited with (\d+)) \+\+\+$")


def strace_works() -> bool:
    if STRACE is None:
        return False
    return subprocess.run([STRACE, "-o", os.devnull, "true"], check=False).returncode == 0


pytestmark = pytest.mark.skipif(not strace_works(), reason="strace is missing or not allowed")


class Done(NamedTuple):
    """How a process ended: its exit code, what it said, and its calls."""

    code: int
    sentence: str
    calls: list[str]


class Case(NamedTuple):
    """A ledger in a certain condition, and what is done to it."""

    folder: Path
    words: list[str]


@pytest.fixture(scope="module")
def pycache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Compiled modules of our own: then every run makes the same calls."""
    return tmp_path_factory.mktemp("pycache")


@pytest.fixture
def traced(tmp_path: Path, pycache: Path, server: "subprocess.Popen[str]") -> Callable[..., Done]:
    out = tmp_path / "trace"
    tracing = [STRACE or "", "-f", "-y", "-o", str(out), "-e", f"trace={','.join(CHANGING)}"]

    def run(case: Case, *options: str, **more: str) -> Done:
        if more:
            return start(case, *options, **more)
        complaints = tmp_path / "complaints"
        process = own.start_process(server, "paused", complaints, *case.words)
        with subprocess.Popen(
            [*tracing, *options, "-p", str(process)], stderr=subprocess.PIPE, text=True
        ) as tracer:
            assert tracer.stderr is not None
            assert "attached" in tracer.stderr.readline()
            os.kill(process, signal.SIGUSR1)
            tracer.stderr.read()
        *calls, end = out.read_text("utf-8").splitlines()
        ended = ENDED.search(end)
        assert ended is not None, end
        code = -signal.Signals[ended[1]] if ended[1] else int(ended[2])
        calls = [line for line in calls if LINE.match(line)]
        return Done(code, complaints.read_text("utf-8"), calls)

    def start(case: Case, *options: str, **more: str) -> Done:
        """Run it in a new interpreter, whose coverage is measured."""
        driver = [sys.executable, str(Path(own.__file__)), *case.words]
        # Calls that are not looked at are not stopped at, which is quicker.
        done = subprocess.run(
            [*tracing, "-qq", "--seccomp-bpf", *options, *driver],
            env={"PATH": os.environ["PATH"], "PYTHONPYCACHEPREFIX": str(pycache)} | more,
            capture_output=True,
            text=True,
            check=False,
        )
        return Done(done.returncode, done.stderr, out.read_text("utf-8").splitlines())

    return run


def made(folder: Path, tail_limit: int) -> None:
    store = own.store_at(str(folder), tail_limit)
    own.make(store)
    for number, name in enumerate(BEFORE):
        own.write_one(store, name, number)


def plain(folder: Path) -> list[str]:
    """An update that only appends."""
    made(folder, 10**6)
    return ["write", str(folder), str(10**6), "w", "1", str(folder.parent / "said")]


def renewing(folder: Path) -> list[str]:
    """An update that renews the snapshot as well."""
    made(folder, 0)
    return ["write", str(folder), "0", "w", "1", str(folder.parent / "said")]


def after_a_death(folder: Path) -> list[str]:
    """An update that finds a torn journal, a short second copy and temporary files."""
    made(folder, 2000)
    with (folder / "journal.jsonl").open("ab") as stream:
        stream.write(b'{"prev":"torn')
    (folder / "recent.jsonl").write_bytes(b"")
    (folder / ".ledger.json.1.2.tmp").write_bytes(b"x")
    return ["write", str(folder), "0", "w", "1", str(folder.parent / "said")]


def bringing(folder: Path) -> list[str]:
    """A large change, which is written from temporary files and renews the snapshot."""
    made(folder, 0)
    return ["bring", str(folder), "0", "w", "40", str(folder.parent / "said")]


def bringing_more(folder: Path) -> list[str]:
    """A large change that leaves the snapshot as it is."""
    made(folder, 10**6)
    return ["bring", str(folder), str(10**6), "w", "40", str(folder.parent / "said")]


def recovering(folder: Path) -> list[str]:
    """A recovery from a damaged journal and a missing snapshot."""
    made(folder, 3000)
    assert (folder / "recent.jsonl").stat().st_size
    journal = folder / "journal.jsonl"
    journal.write_bytes(journal.read_bytes()[:-60])
    (folder / "ledger.json").unlink()
    return ["recover", str(folder)]


def restoring(folder: Path) -> list[str]:
    """A restoration of the ledger to what it was."""
    made(folder, 2000)
    saved = folder.parent / "saved"
    own.store_at(str(folder), 0).back_up(saved, 1, own.stamp().at)
    own.write_one(own.store_at(str(folder), 2000), "later", 0)
    return ["restore", str(folder), str(saved)]


def saving(folder: Path) -> list[str]:
    """A backup, beside an older one that makes room."""
    made(folder, 2000)
    place = folder / "backups"
    place.mkdir()
    store = own.store_at(str(folder), 2000)
    store.back_up(place, 1, datetime(2025, 1, 31, tzinfo=UTC))
    return ["backup", str(folder), str(place)]


def case_of(make: Callable[[Path], list[str]], tmp_path: Path) -> Iterator[Case]:
    """The same case again and again."""
    words = make(tmp_path / "ledger")
    shutil.copytree(tmp_path / "ledger", tmp_path / "pattern")
    while True:
        yield Case(tmp_path / "ledger", words)
        shutil.rmtree(tmp_path / "ledger")
        shutil.copytree(tmp_path / "pattern", tmp_path / "ledger")
        (tmp_path / "said").unlink(missing_ok=True)


def changing_calls(calls: list[str], folder: Path) -> list[tuple[str, int]]:
    """The calls that change something in a folder: which, and the how many-th of its kind."""
    found, counts = [], Counter[str]()
    for line in calls:
        match = LINE.match(line)
        assert match is not None
        name, arguments = match.groups()
        counts[name] += 1
        is_reading = name.startswith("open") and not re.search("O_WRONLY|O_RDWR|O_CREAT", arguments)
        if f"{folder}/" in arguments + "/" and not is_reading:
            found.append((name, counts[name]))
    return found


UPDATES: Mapping[str, Callable[[Path], list[str]]] = {
    "plain": plain,
    "renewing": renewing,
    "after a death": after_a_death,
    "a large one": bringing,
    "a large one at the end": bringing_more,
}
LEAST_CALLS = {
    "plain": 5,
    "renewing": 12,
    "after a death": 17,
    "a large one": 14,
    "a large one at the end": 8,
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("make", UPDATES)
def test_an_update_is_stored_or_not(
    tmp_path: Path, traced: Callable[..., Done], make: str, fault: str
) -> None:
    cases = case_of(UPDATES[make], tmp_path)
    traced(next(cases))
    whole = traced(next(cases))
    assert whole.code == 0
    calls = changing_calls(whole.calls, tmp_path / "ledger")
    assert len(calls) >= LEAST_CALLS[make]
    outcomes = Counter[str]()
    for name, number in calls:
        case = next(cases)
        done = traced(case, "-e", f"inject={name}:{FAULTS[fault]}:when={number}")
        said = (tmp_path / "said").read_text().split() if (tmp_path / "said").exists() else []
        store = own.store_at(str(case.folder), 10**6)
        found = sorted(own.stored(store))
        outcome = "new" if "w.0" in found else "old"
        assert found == sorted([*BEFORE, *(["w.0"] if outcome == "new" else [])])
        assert said == (["w.0"] if done.code == 0 else [])
        assert not said or outcome == "new"
        if fault != "killed":
            assert done.code in {0, 5}
            assert (outcome == "new") == (done.code == 0)
            assert done.sentence.startswith("Nothing was stored in") or done.code == 0
            assert done.sentence.count("\n") <= 1
        with store.view() as view:
            names = [each.id for each in view.names() if each.id.startswith("i.w")]
        assert len(names) == (40 if "large" in make and outcome == "new" else 0)
        own.write_one(store, "next", 0)
        assert sorted(own.stored(store)) == sorted([*found, "next"])
        assert not list(case.folder.glob(".*.tmp"))
        store.verify()
        outcomes[outcome] += 1
    assert outcomes["new"] > 1
    assert outcomes["old"] > 1


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_of_a_temporary_file_harms_no_ledger(
    tmp_path: Path, traced: Callable[..., Done], fault: str
) -> None:
    cases = case_of(bringing, tmp_path)
    reading = ("-e", f"trace={','.join((*CHANGING, 'pread64'))}")
    traced(next(cases), *reading)
    counts, calls = Counter[str](), []
    for line in traced(next(cases), *reading).calls:
        match = LINE.match(line)
        assert match is not None
        counts[match[1]] += 1
        if re.search(r"O_TMPFILE|/#\d+", line):
            calls.append((match[1], counts[match[1]]))
    assert {name for name, _number in calls} >= {"openat", "pwrite64", "pread64"}
    for name, number in calls if own.FULL else calls[:: max(1, len(calls) // 12)]:
        case = next(cases)
        done = traced(case, *reading, "-e", f"inject={name}:{FAULTS[fault]}:when={number}")
        is_new = (tmp_path / "said").exists() and bool((tmp_path / "said").read_text())
        store = own.store_at(str(case.folder), 10**6)
        # Whoever is killed after the change is stored has not said so.
        is_stored = is_new or (fault == "killed" and "w.0" in own.stored(store))
        assert sorted(own.stored(store)) == sorted([*BEFORE, *(["w.0"] if is_stored else [])])
        assert store.verify() == 1 + len(BEFORE) + is_stored
        if fault != "killed":
            # What cannot be written stays in memory; what cannot be read is not stored.
            assert is_new or (done.code == 5 and done.sentence.startswith("Nothing was stored"))
            assert is_new or name == "pread64"


def test_an_update_whose_end_is_uncertain_says_so(
    tmp_path: Path, traced: Callable[..., Done]
) -> None:
    case = next(case_of(plain, tmp_path))
    done = traced(case, "-e", "inject=fsync,ftruncate:error=EIO:when=1+", **MEASURED)
    assert done.code == 5
    assert "It is not certain whether the change was stored" in done.sentence
    assert not (tmp_path / "said").read_text()


def test_an_update_that_cannot_be_synced_is_cut_off(
    tmp_path: Path, traced: Callable[..., Done]
) -> None:
    case = next(case_of(plain, tmp_path))
    before = (case.folder / "journal.jsonl").read_bytes()
    done = traced(case, "-e", "inject=fsync:error=EIO:when=1", **MEASURED)
    assert (done.code, done.sentence.startswith("Nothing was stored")) == (5, True)
    assert (case.folder / "journal.jsonl").read_bytes() == before


@pytest.mark.parametrize("error", ["EINVAL", "EIO"])
def test_only_a_file_system_that_cannot_sync_a_folder_is_borne(
    tmp_path: Path, traced: Callable[..., Done], error: str
) -> None:
    made(tmp_path / "ledger", 0)
    saved = tmp_path / "saved"
    case = Case(tmp_path / "ledger", ["backup", str(tmp_path / "ledger"), str(saved)])
    done = traced(case, "-e", f"inject=fsync:error={error}:when=2", **MEASURED)
    assert done.code == (0 if error == "EINVAL" else 6)


def test_a_backup_that_reads_back_otherwise_is_none(
    tmp_path: Path, traced: Callable[..., Done]
) -> None:
    made(tmp_path / "ledger", 0)
    saved = tmp_path / "saved"
    case = Case(tmp_path / "ledger", ["backup", str(tmp_path / "ledger"), str(saved)])
    reading = ("-P", str(saved), "-e", "trace=read", "-e", "inject=read:retval=0:when=1")
    done = traced(case, *reading, **MEASURED)
    assert done.code == 6
    assert "could not be read back as it was written" in done.sentence
    assert not saved.exists()


@pytest.mark.parametrize("fault", FAULTS)
def test_a_recovery_can_be_done_again(
    tmp_path: Path, traced: Callable[..., Done], fault: str
) -> None:
    cases = case_of(recovering, tmp_path)
    traced(next(cases))
    whole = traced(next(cases))
    assert whole.code == 0
    for name, number in sample(changing_calls(whole.calls, tmp_path / "ledger")):
        case = next(cases)
        done = traced(case, "-e", f"inject={name}:{FAULTS[fault]}:when={number}")
        assert fault == "killed" or done.code in {0, 5}
        store = own.store_at(str(case.folder), 10**6)
        found = store.recover(own.stamp())
        assert (found.lost, found.unfit, found.outcome_of) == ((), (), None)
        assert sorted(own.stored(store)) == sorted(BEFORE)
        kept = [
            path.read_bytes() for path in case.folder.iterdir() if path.name.endswith(".damaged")
        ]
        assert (tmp_path / "pattern" / "journal.jsonl").read_bytes() in kept


@pytest.mark.parametrize("fault", FAULTS)
def test_a_restoration_is_done_or_not_and_can_be_done_again(
    tmp_path: Path, traced: Callable[..., Done], fault: str
) -> None:
    cases = case_of(restoring, tmp_path)
    traced(next(cases))
    whole = traced(next(cases))
    assert whole.code == 0
    old, new = sorted([*BEFORE, "later"]), sorted(BEFORE)
    for name, number in sample(changing_calls(whole.calls, tmp_path / "ledger")):
        case = next(cases)
        done = traced(case, "-e", f"inject={name}:{FAULTS[fault]}:when={number}")
        assert fault == "killed" or done.code in {0, 5}
        store = own.store_at(str(case.folder), 10**6)
        assert sorted(own.stored(store)) in (old, new)
        assert done.code or sorted(own.stored(store)) == new
        store.restore(tmp_path / "saved", own.stamp())
        assert sorted(own.stored(store)) == new


@pytest.mark.parametrize("fault", FAULTS)
def test_a_backup_is_made_or_not(tmp_path: Path, traced: Callable[..., Done], fault: str) -> None:
    cases = case_of(saving, tmp_path)
    traced(next(cases))
    whole = traced(next(cases))
    assert whole.code == 0
    made = set()
    calls = changing_calls(whole.calls, tmp_path / "ledger")
    measured = MEASURED if fault == "bad disk" else {}
    for name, number in calls if measured else sample(calls):
        case = next(cases)
        (old,) = (tmp_path / "pattern" / "backups").iterdir()
        done = traced(case, "-e", f"inject={name}:{FAULTS[fault]}:when={number}", **measured)
        assert fault == "killed" or done.code in {0, 6}, done.sentence
        # A process that is killed may leave its name taken, but nothing half under it.
        there = {each.name for each in saved_in(case.folder) if each.stat().st_size}
        for each in there:
            assert read_journal_backup((case.folder / "backups" / each).read_bytes())
        is_made = there > {old.name} or old.name not in there
        assert is_made or old.name in there
        assert fault == "killed" or is_made == ("No backup was written" not in done.sentence)
        assert done.code or is_made
        made.add(is_made)
        store = own.store_at(str(case.folder), 10**6)
        assert sorted(own.stored(store)) == sorted(BEFORE)
        assert store.back_up(case.folder / "backups", 1, own.stamp().at).commits == 13
    assert made == {True, False} or not own.FULL


def saved_in(folder: Path) -> list[Path]:
    return list((folder / "backups").glob("ledger-*.backup.jsonl"))


def sample(calls: list[tuple[str, int]]) -> list[tuple[str, int]]:
    return calls if own.FULL else calls[::5]


def place_of(calls: list[str], pattern: str, after: int = -1) -> int:
    places = [n for n, line in enumerate(calls) if n > after and re.search(pattern, line)]
    assert places, f"no call like {pattern}"
    return places[0]


def test_what_is_said_to_be_stored_was_synced_before(
    tmp_path: Path, traced: Callable[..., Done]
) -> None:
    cases = case_of(renewing, tmp_path)
    calls = traced(next(cases)).calls
    written = place_of(calls, r"write\(\d+<.*/journal\.jsonl>")
    synced = place_of(calls, r"fsync\(\d+<.*/journal\.jsonl>.* = 0", written)
    said = place_of(calls, r"write\(\d+<.*/said>", synced)
    temporary = place_of(calls, r"write\(\d+<.*/\.ledger\.json\.[\d.]+\.tmp>", synced)
    safe = place_of(calls, r"fsync\(\d+<.*/\.ledger\.json\.[\d.]+\.tmp>.* = 0", temporary)
    renamed = place_of(calls, r"rename.*\.tmp\".*/ledger\.json\".* = 0", safe)
    folder = place_of(calls, r"fsync\(\d+<.*/ledger>.* = 0", renamed)
    assert written < synced < temporary < safe < renamed < folder < said
    unsynced = [line for line in calls[safe + 1 : renamed] if ".tmp" in line and "write" in line]
    assert unsynced == []


def replaced(calls: list[str]) -> Iterator[tuple[int, str, str]]:
    """Where a file was given its new content, that file's old name and its new one."""
    for at, line in enumerate(calls):
        match = re.search(r'rename\w*\("([^"]+)", "([^"]+)"\) = 0', line)
        if match is not None:
            yield at, match[1], match[2]


@pytest.mark.parametrize(
    ("make", "least"),
    [
        *((renewing, 1), (after_a_death, 1), (bringing, 1)),
        *((recovering, 4), (restoring, 4), (saving, 1)),
    ],
)
def test_no_power_cut_finds_a_name_on_unsynced_content(
    tmp_path: Path, traced: Callable[..., Done], make: Callable[[Path], list[str]], least: int
) -> None:
    done = traced(next(case_of(make, tmp_path)))
    calls = [line for line in done.calls if "/pycache" not in line]
    found = list(replaced(calls))
    assert len(found) >= least
    for at, old, new in found:
        written = [n for n in range(at) if re.search(rf"write\(\d+<{re.escape(old)}>", calls[n])]
        synced = place_of(calls, rf"fsync\(\d+<{re.escape(old)}>\) = 0", max(written, default=0))
        folder = place_of(calls, rf"fsync\(\d+<{re.escape(str(Path(new).parent))}>\) = 0", at)
        following = [n for n, _old, _new in found if n > at]
        assert synced < at < folder < min(following, default=len(calls))
    # And nothing is made anywhere else.
    opened = [line for line in calls if "O_CREAT" in line]
    assert opened
    for line in opened:
        assert f'"{tmp_path / "ledger"}/' in line or "/said" in line


@pytest.mark.parametrize(("sign", "code"), [("INT", 130), ("TERM", -15)])
def test_a_signal_at_any_call_leaves_nothing_half_done(
    tmp_path: Path, env: Mapping[str, str], sign: str, code: int
) -> None:
    cases = case_of(renewing, tmp_path)
    out = tmp_path / "trace"
    call = [STRACE or "", "-f", "-y", "-qq", "-o", str(out), "-e", f"trace={','.join(CHANGING)}"]
    update = [sys.executable, "-m", "tracker", "update", own.NAMES[0], "9万"]

    def run(*options: str) -> "subprocess.CompletedProcess[str]":
        # Without compiled modules of its own every run makes the same calls.
        whole = {**env, "PYTHONDONTWRITEBYTECODE": "1"}
        return subprocess.run(
            [*call, *options, *update], env=whole, capture_output=True, text=True, check=False
        )

    next(cases)
    assert run().returncode == 0
    calls = changing_calls(out.read_text("utf-8").splitlines(), tmp_path / "ledger")
    added = set()
    for name, number in sample(calls):
        case = next(cases)
        done = run("-e", f"inject={name}:signal={sign}:when={number}")
        assert (done.returncode, done.stderr) == (code, "")
        store = own.store_at(str(case.folder), 10**6)
        added.add(len(own.stored(store)) - len(BEFORE))
        store.verify()
    assert added == {0, 1}


SESSION = """\
set -e
tracker() { "$PYTHON" -m tracker "$@"; }
tracker init
tracker update rural-sewage.coverage 61.5% --on 2023-06-30
tracker overdue -o json
tracker export -o csv
tracker check
tracker backup
"""


def test_nothing_is_sent_and_nobody_is_asked(tmp_path: Path, env: Mapping[str, str]) -> None:
    out = tmp_path / "trace"
    call = [STRACE or "", "-f", "--seccomp-bpf", "-o", str(out), "-e", "trace=network"]

    def sockets(script: str) -> list[str]:
        done = subprocess.run(
            [*call, "bash", "-c", script],
            env={**env, "LOGNAME": "x", "PYTHON": sys.executable},
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        lines = out.read_text("utf-8").splitlines()
        # The shell itself asks its own machine who its user is.
        return [line for line in lines if re.search("AF_(?!UNIX)", line)]

    assert sockets(SESSION) == []
    assert sockets("exec 3<>/dev/tcp/127.0.0.1/9 || true") != []
