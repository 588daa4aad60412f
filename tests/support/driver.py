"""Write to and read from a ledger in a process that is killed, crowded and traced.

``serve``    does in a process of its own what each line on stdin says; answers with its id.
``write``    makes updates, and says each one that was stored.
``bring``    adds records with one update in all as one large change, and says that it was stored.
``read``     reads everything over and over until a file appears; makes another once it has begun.
``glance``   looks at everything over and over, whatever it is.
``recover``  repairs the ledger; ``backup`` and ``restore`` copy it and put the copy back.
``try``      reads and writes once, as nobody or with little room; says what came of it.

It works on the store itself, so that many can be started quickly.
"""

import os
import resource
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial
from importlib import import_module
from pathlib import Path
from subprocess import Popen

from tracker.errors import LedgerError, TrackerError
from tracker.model.commits import Stamp
from tracker.model.filters import Filter
from tracker.model.records import Indicator, Initiative, Update
from tracker.storage.base import Store, Transaction
from tracker.storage.changes import ChangeList
from tracker.storage.folder.store import FolderStore
from tracker.storage.open_store import open_store
from tracker.system.spool import Spool

FULL = os.environ.get("TRACKER_FAULTS") == "full"
"""True where every fault is tried as often as it takes to be sure, else a sample is."""

DAY = date(2026, 1, 31)
NAMES = [f"i.x{number}" for number in range(8)]
IMPORTED_LATER = ("backup", "rebuilding", "repair", "transaction")
"""Modules of the store in a folder that are imported where they are needed."""


def store_at(place: str, tail_limit: int) -> FolderStore:
    """Open a ledger in a folder; the limit says how often its snapshot is renewed.

    However small a snapshot is, it has an index.
    """
    return FolderStore(place, patience=30, tail_limit=tail_limit, indexed_from=0)


def any_store_at(place: str, tail_limit: str) -> Store:
    """Open a ledger in a folder or in a database."""
    if "://" in place:
        return open_store(place, patience=30)
    return store_at(place, int(tail_limit))


def stamp() -> Stamp:
    """Return a stamp of this moment."""
    return Stamp(at=datetime.now(UTC), by="tester", command="update")


def make(store: Store) -> None:
    """Make a ledger with a few indicators."""

    def work(txn: Transaction) -> None:
        txn.create(Initiative(id="i", name="事项"))
        for name in NAMES:
            txn.create(Indicator(id=name, name="指标", target=Decimal("62.10"), unit="万平方米"))

    store.create()
    store.transact(work, stamp())


def write_one(store: Store, name: str, number: int) -> None:
    """Store one update, named after its writer."""
    update = Update(id=name, on=DAY, value=Decimal(number), note="督查室台账" * 8)
    store.transact(lambda txn: txn.append(NAMES[number % len(NAMES)], update), stamp())


def stored(store: Store) -> list[str]:
    """Return the names of all updates in the ledger."""
    with store.view() as view:
        return [u.id for _owner, indicator in view.candidates(Filter()) for u in indicator.updates]


def write(place: str, tail_limit: str, writer: str, count: str, answers: str) -> None:
    """Make updates; write the name of each one that is stored to a file of this writer."""
    store = any_store_at(place, tail_limit)
    out = os.open(answers, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for number in range(int(count)):
        name = f"{writer}.{number}"
        try:
            write_one(store, name, number)
        except LedgerError as error:
            sys.stderr.write(error.sentence + "\n")
            sys.exit(error.exit_code)
        os.write(out, f"{name}\n".encode())


def bring(place: str, tail_limit: str, writer: str, count: str, answers: str) -> None:
    """Add so many indicators as one change that needs temporary files; write that it is stored."""
    Spool.most_in_memory, ChangeList.most_unpacked = 2000, 2
    store = store_at(place, int(tail_limit))
    out = os.open(answers, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    name = f"{writer}.0"

    def work(txn: Transaction) -> None:
        for number in range(int(count)):
            txn.create(Indicator(id=f"i.{writer}{number}", name="督查室台账" * 8))
        txn.append(f"i.{writer}0", Update(id=name, on=DAY, value=Decimal(1)))

    try:
        store.transact(work, stamp())
    except LedgerError as error:
        sys.stderr.write(error.sentence + "\n")
        sys.exit(error.exit_code)
    os.write(out, f"{name}\n".encode())


def read(place: str, stop: str) -> None:
    """Read everything until told to stop; the ledger may only grow."""
    store, times, most = store_at(place, 0), 0, 0
    while not Path(stop).exists():
        names = stored(store)
        if len(names) < most or len(names) != len(set(names)):
            sys.exit(f"{most} updates became {len(names)}, {len(set(names))} different ones")
        times, most = times + 1, len(names)
        Path(f"{stop}.begun").touch()
    sys.stdout.write(str(times))


def glance(place: str, stop: str) -> None:
    """Look until told to stop; what is there may change, but it is whole."""
    store, counts = store_at(place, 0), set()
    while not Path(stop).exists():
        counts.add(len(stored(store)))
        store.verify()
    sys.stdout.write(str(len(counts)))


def serve() -> None:
    """Start processes as they are asked for: forking is quicker than starting Python."""
    # It looks for a folder that can be written, by writing there.
    tempfile.gettempdir()
    for module in ("hashlib", *(f"tracker.storage.folder.{name}" for name in IMPORTED_LATER)):
        import_module(module)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
    for line in sys.stdin:
        if os.fork() == 0:
            answer_line(line.split())


def answer_line(words: list[str]) -> None:
    """Say the id of this process, do what the words say, and end.

    After ``paused FILE`` it is done once the signal USR1 comes, so that the process can be
    traced from its first call on; what it complains about goes to the file.
    """
    is_paused = words[0] == "paused"
    if is_paused:
        os.dup2(os.open(words[1], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), 2)
        words = words[2:]
    os.write(1, f"{os.getpid()}\n".encode())
    if is_paused:
        signal.sigwait([signal.SIGUSR1])
    code = 0
    try:
        VERBS[words[0]](*words[1:])
    except SystemExit as end:
        code = int(end.code or 0)
    os._exit(code)


def start_process(server: Popen[str], *words: object) -> int:
    """Have a process started that does what the words say; return its id."""
    assert server.stdin is not None
    assert server.stdout is not None
    print(*words, file=server.stdin, flush=True)
    return int(server.stdout.readline())


def wait_for_end(process: int, patience: float = 10) -> None:
    """Wait until a process is gone."""
    give_up = time.monotonic() + patience
    while time.monotonic() < give_up:
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return
        time.sleep(0.0005)
    message = f"process {process} is still there"
    raise TimeoutError(message)


def attempt(place: str, tail_limit: str, user: str, room: str) -> None:
    """Read once and write once, and say the exit code and the sentence of each."""
    store = store_at(place, int(tail_limit))
    if room != "-":
        # Python ignores the signal that would otherwise end a process that writes too much.
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(room), resource.RLIM_INFINITY))
    if user != "-":
        # What is imported later may lie where that user must not look.
        import_module("hashlib")
        import_module("tracker.storage.folder.index")
        import_module("tracker.storage.folder.transaction")
        os.setgroups([])
        os.setgid(int(user))
        os.setuid(int(user))
    for work in (lambda: stored(store), lambda: write_one(store, "attempt", 0)):
        try:
            work()
        except LedgerError as error:
            sys.stdout.write(f"{error.exit_code} {error.sentence}\n")
        else:
            sys.stdout.write("0\n")


def mend(verb: str, place: str, file: str = "") -> None:
    """Recover, back up or restore; fail as the program does."""
    store = store_at(place, 0)
    moment = Stamp(at=datetime(2026, 1, 31, tzinfo=UTC), by="tester", command="recover")
    try:
        if verb == "recover":
            store.recover(moment)
        elif verb == "backup":
            store.back_up(Path(file), 1, moment.at)
        else:
            store.restore(Path(file), moment)
    except TrackerError as error:
        sys.stderr.write(error.sentence + "\n")
        sys.exit(error.exit_code)


VERBS: dict[str, Callable[..., None]] = {
    "serve": serve,
    "write": write,
    "bring": bring,
    "read": read,
    "glance": glance,
    "try": attempt,
    **{verb: partial(mend, verb) for verb in ("recover", "backup", "restore")},
}

if __name__ == "__main__":
    VERBS[sys.argv[1]](*sys.argv[2:])
