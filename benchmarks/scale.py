"""A whole country in PostgreSQL, for measure.py: how it is loaded, and what is run on it.

2,850 counties with 200 indicators each, each with 12 updates, are loaded by COPY at a
hundredth, a tenth and the whole of that size, each as a ledger of its own, in a server that
syncs what it writes and is deleted again.
"""

import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import psycopg
from msgspec import Raw

sys.path.append(str(Path(__file__).resolve().parent.parent / "tests" / "support"))
import _ledger
from _timing import Argv, Cost, by_turns, environment
from cluster import Cluster

from tracker.assessment.rules import Rules
from tracker.ledger.foresight import foresee_all
from tracker.model.codec import encode
from tracker.model.commits import Change, Commit
from tracker.storage.base import DatabaseStore, FillableStore
from tracker.storage.open_store import open_store

COUNTIES, INITIATIVES, EACH, UPDATES = 2850, 20, 10, 12
RUNS = 3
ONE = "第0007县"
BODIES = ("水务局", "住建局", "交通运输局", "教育局", "卫生健康委")
MOST_GROWTH = 2.0
"""How much longer the whole may take than its hundredth."""

SERVER = "fsync = on\nsynchronous_commit = on\nshared_buffers = 512MB\nmax_wal_size = 8GB\n"
LINES = {
    f"overdue --place {ONE} -o json": "psql, one record",
    "overdue --limit 20 -o json": "psql, the first 20",
    "due --limit 20": "psql, the first 20",
    "list --limit 20": "psql, the first 20",
    "unreported --limit 20": "psql, the first 20",
    "behind --limit 20": "psql, the first 20",
    "history --limit 20": "psql, the first 20",
    "status": "psql, counts",
    "status --by lead": "psql, counts",
    "status --lead 水务局": "psql, counts",
    f"status --lead {ONE}水务局": "psql, one record",
    "documents": "psql, counts",
    f"check --place {ONE}": "psql, one record",
    f"report notices --place {ONE}": "psql, one record",
    f"search {ONE}三年": "psql, one record",
    "update c0007-p03.i1 {run}": "psql, one record",
    "undo": "psql, one record",
    f"status --place {ONE} -o json": "psql, one record",
    f"report ledger --place {ONE}": "psql, one record",
    f"report brief --place {ONE} --period last-month": "psql, one record",
    "history c0007-p03.i1 -o json": "psql, one record",
}
"""The commands that are measured, ``{run}`` another value each time, and the query beside."""

COUNTING = ("status", "status --by lead", "status --lead 水务局")
"""Commands that look at all there is, or at a fifth of it: they may grow with the ledger."""

QUERIES = {
    "psql, one record": "WHERE ledger = '{ledger}' AND id = 'c0007-p03.i1'",
    "psql, the first 20": "WHERE ledger = '{ledger}' ORDER BY first_due LIMIT 20",
    "psql, counts": "WHERE ledger = '{ledger}' GROUP BY first_due < current_date",
}


def measure_shares(
    url: str | None, shares: Sequence[int]
) -> Iterator[tuple[str, int, Cost, str, Cost, float | None]]:
    """Yield rows of the table: each command beside psql, and beside itself in the smallest."""
    smallest: Mapping[str, Cost] = {}
    with server(url) as base:
        # All are there before the first command runs, so that each share meets the same server.
        for share in shares:
            # In a process of its own: what this one takes would count as that of the commands.
            subprocess.run([sys.executable, __file__, base, str(share)], check=True)
        for share in shares:
            size = COUNTIES * share // 100 * INITIATIVES * EACH
            costs = measure_share(base, share)
            for line, beside in LINES.items():
                yield line, size, costs[line], beside, costs[beside], None
                if smallest:
                    at_most = None if line in COUNTING else MOST_GROWTH
                    yield line, size, costs[line], "its growth", smallest[line], at_most
            smallest = smallest or costs


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


def measure_share(base: str, share: int) -> Mapping[str, Cost]:
    """Run every command a few times on the ledger that holds so many per cent."""
    with tempfile.TemporaryDirectory() as name:
        env = environment(Path(name), TRACKER_DB=ledger_at(base, share))
        jobs: dict[str, Argv] = {
            line: lambda run, line=line: (  # type: ignore[misc]
                *(sys.executable, "-m", "tracker"),
                *line.format(run=50 + run).split(),
            )
            for line in LINES
        }
        for query, condition in QUERIES.items():
            what = "count(*)" if "GROUP" in condition else "line"
            words = ("SELECT", what, "FROM tracker.indicators", condition)
            argv = ("psql", base, "-c", " ".join(words).format(ledger=f"scale-{share}"))
            jobs[query] = lambda _run, argv=argv: argv  # type: ignore[misc]
        return by_turns(jobs, RUNS, env, Path(name), by_clock=True)


def ledger_at(base: str, share: int) -> str:
    """The address of a ledger of that size."""
    return f"{base}{'&' if '?' in base else '?'}ledger=scale-{share}"


def load(base: str, share: int) -> None:
    """Fill it, and keep what is foreseen, as a move into a database does."""
    store = open_store(ledger_at(base, share))
    if not isinstance(store, FillableStore) or not isinstance(store, DatabaseStore):
        raise TypeError(base)
    store.upgrade()
    store.fill(commits(COUNTIES * share // 100), lambda _view: None)
    with psycopg.connect(base, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
        foresee_all(store, datetime.now(UTC).date(), Rules())
        connection.execute("VACUUM ANALYZE tracker.outlooks")


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
    load(sys.argv[1], int(sys.argv[2]))
