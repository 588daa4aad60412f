"""What a ledger of a whole country costs in PostgreSQL, and files beside it.

Run: python benchmarks/scale.py [--shares 1,10,100] [--db postgresql://…] [--files]

2,850 counties with 200 indicators each, each with 12 updates, are loaded by COPY at a
hundredth, a tenth and the whole of that size, each as a ledger of its own. Without
``--db`` a server of its own is started, which syncs what it writes, and deleted again.
With ``--files`` the table of the file store is measured instead.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import NamedTuple

import typer
from msgspec import Raw

sys.path.append(str(Path(__file__).resolve().parent.parent / "tests" / "support"))
import _ledger
from _timing import environment, print_table
from cluster import Cluster

from tracker.model.codec import encode
from tracker.model.commits import Change, Commit
from tracker.storage.base import FillableStore
from tracker.storage.open_store import open_store

COUNTIES, INITIATIVES, EACH, UPDATES = 2850, 20, 10, 12
RUNS = 5
ONE = "第0007县"
BODIES = ("水务局", "住建局", "交通运输局", "教育局", "卫生健康委")
MOST_MB = 300
"""What no command may take of memory."""

MOST_GROWTH = 2.0
"""How much longer the whole may take than its hundredth."""

SERVER = "fsync = on\nsynchronous_commit = on\nshared_buffers = 512MB\nmax_wal_size = 8GB\n"
FILES = (100, 1_000, 10_000, 100_000)


class Run(NamedTuple):
    """One run of a command: what it took, in ms, and its memory at most, in MB."""

    took: float
    memory: float


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--shares", default="1,10,100")
    asked.add_argument("--db")
    asked.add_argument("--files", action="store_true")
    asked.add_argument("--load", type=int, help=argparse.SUPPRESS)
    chosen = asked.parse_args()
    if chosen.load is not None:
        load(chosen.db, chosen.load)
        return
    if chosen.files:
        measure_files()
        return
    with server(chosen.db) as base:
        shares = [int(each) for each in chosen.shares.split(",")]
        measured = {share: measure_share(base, share) for share in shares}
        print_shares(measured)


@contextmanager
def server(url: str | None) -> Iterator[str]:
    """The database to measure in."""
    if url is not None:
        yield url
        return
    cluster = Cluster(SERVER)
    cluster.make()
    try:
        yield cluster.url().replace("ledger=default&", "")
    finally:
        cluster.remove()


def measure_share(base: str, share: int) -> Mapping[str, Sequence[Run]]:
    """Load so many per cent, and run every command a few times."""
    started = time.monotonic()
    # In a process of its own: what this one takes would count as that of the commands.
    loader = [sys.executable, __file__, "--db", base, "--load", str(share)]
    subprocess.run(loader, check=True)
    loaded = time.monotonic() - started
    indicators = COUNTIES * share // 100 * INITIATIVES * EACH
    print(f"{share} %: {indicators:,} indicators loaded in {loaded:.0f} s", flush=True)
    with tempfile.TemporaryDirectory() as name:
        env = environment(Path(name), TRACKER_DB=ledger_at(base, share))
        return {line: measured(line, env) for line in lines()}


def ledger_at(base: str, share: int) -> str:
    """The address of a ledger of that size."""
    return f"{base}{'&' if '?' in base else '?'}ledger=scale-{share}"


def load(base: str, share: int) -> None:
    """Fill it, and show on a terminal how far it is."""
    counties = COUNTIES * share // 100
    store = open_store(ledger_at(base, share))
    if not isinstance(store, FillableStore):
        raise TypeError(base)
    found = commits(counties)
    if not sys.stderr.isatty():
        store.fill(found, lambda _view: None)
        return
    with typer.progressbar(found, length=counties, label=f"{share} %", file=sys.stderr) as bar:
        store.fill(bar, lambda _view: None)


def lines() -> list[str]:
    """The commands that are measured; ``{run}`` is another value each time."""
    return [
        f"overdue --place {ONE} -o json",
        "overdue --limit 50 -o json",
        "update c0007-p03.i1 {run}",
        f"status --place {ONE} -o json",
        f"report ledger --place {ONE}",
        f"report brief --place {ONE} --period last-month",
        "history c0007-p03.i1 -o json",
        "undo",
    ]


def measured(line: str, env: Mapping[str, str]) -> list[Run]:
    """So many runs of a command, after one that does not count."""
    return [once(line.format(run=50 + n).split(), env) for n in range(RUNS + 1)][1:]


def once(arguments: Sequence[str], env: Mapping[str, str]) -> Run:
    """One run of the program."""
    started = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-m", "tracker", *arguments],
        env=env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        _pid, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        message = f"{' '.join(arguments)} ended with {process.returncode}"
        raise SystemExit(message)
    return Run((time.perf_counter() - started) * 1000, used.ru_maxrss / 1024)


def print_shares(measured: Mapping[int, Mapping[str, Sequence[Run]]]) -> None:
    """The medians, the growth from the smallest to the largest, and the memory."""
    first, last = min(measured), max(measured)
    rows = []
    for line in lines():
        took = {share: median(r.took for r in runs[line]) for share, runs in measured.items()}
        memory = max(r.memory for runs in measured.values() for r in runs[line])
        growth = took[last] / took[first]
        is_kept = memory < MOST_MB and growth < MOST_GROWTH
        cells = [f"{took[share]:.0f} ms" for share in measured]
        kept = "yes" if is_kept else "NO"
        rows.append((line, *cells, f"{growth:.2f}", f"{memory:.0f} MB", kept))
    header = ("command", *(f"{each} %" for each in measured), "growth", "memory", "kept")
    print_table(header, rows)


def measure_files() -> None:
    """The same commands on folders of files."""
    rows = []
    for size in FILES:
        with tempfile.TemporaryDirectory() as name:
            place = Path(name) / "ledger"
            env = environment(Path(name), TRACKER_DB=place)
            _ledger.make(place, size, env)
            each = _ledger.indicator_id(size // 2)
            runs = [
                measured(line, env)
                for line in ("overdue -o json", "status -o json", f"update {each} {{run}}")
            ]
        memory = max(run.memory for one in runs for run in one)
        took = (f"{median(run.took for run in one):.0f} ms" for one in runs)
        rows.append((f"{size:,}", *took, f"{memory:.0f} MB"))
    print_table(("indicators in files", "overdue", "status", "update", "memory"), rows)


def commits(counties: int) -> Iterator[Commit]:
    """One commit for each county: its plan, its programmes and their indicators."""
    at = datetime(2024, 1, 8, tzinfo=UTC)
    for county in range(counties):
        plan = f"2024-01-08-c{county:04}"
        document = {"id": plan, "title": f"第{county:04}县政府工作报告", "published": "2024-01-08"}
        changes = [_made("documents", document)]
        for number in range(INITIATIVES):
            changes += programme(county, number, plan)
        yield Commit(seq=county + 1, at=at, command="init", changes=changes)


def programme(county: int, number: int, plan: str) -> Iterator[Change]:
    """One initiative with its indicators."""
    key = f"c{county:04}-p{number:02}"
    source = {"document": plan, "locator": f"第{number + 1}条"}
    initiative = {
        "id": key,
        "name": f"第{county:04}县三年行动计划（第{number}项）",
        "kind": "programme",
        "place": f"第{county:04}县",
        "lead": f"第{county:04}县{BODIES[number % len(BODIES)]}",
        "sources": [source],
    }
    yield _made("initiatives", initiative)
    for own in range(EACH):
        nth = (county * INITIATIVES + number) * EACH + own
        yield _made("indicators", indicator(key, own, nth) | {"source": source})


def indicator(key: str, own: int, nth: int) -> dict[str, object]:
    """One indicator: of ten, three are overdue and one was met in time."""
    deadline = _ledger.deadline_of(nth)
    step = 12 if own == 3 else 4  # noqa: PLR2004  # the one that is met
    return {
        "id": f"{key}.i{own}",
        "name": f"完成比例（第{own}项）",
        "unit": "%",
        "op": ">=",
        "target": 90,
        "baseline": 0,
        "baseline_on": str(deadline - timedelta(days=700)),
        "deadline": {"on": str(deadline), "wording": f"{deadline:%Y年%m月%d日}前"},
        "accumulation": "level",
        "updates": [
            {
                "id": f"u{month}",
                "on": str(min(deadline, date(2026, 1, 1)) - timedelta(days=30 * (UPDATES - month))),
                "value": step * (month + 1),
                "note": f"第{month + 1}次调度通报",
            }
            for month in range(UPDATES)
        ],
    }


def _made(table: str, record: Mapping[str, object]) -> Change:
    return Change(op="create", table=table, id=str(record["id"]), record=Raw(encode(record)))


if __name__ == "__main__":
    main()
