"""The same records as other programs keep them, made in a process of its own.

Run: python benchmarks/_peers.py FOLDER INDICATORS

Taskwarrior gets bare tasks, without the updates; todoman, which reads one file for each task,
only those of small ledgers. A program that is not installed gets nothing.
"""

import json
import shutil
import sqlite3
import sys
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import _ledger
from _timing import Argv

MOST_TODOS = 1_000
"""Todoman reads each file anew: 10,000 take minutes."""
MOST_FOR_TINYDB = 10_000

SQLITE_FIRST = """\
import sqlite3, sys
rows = sqlite3.connect(sys.argv[1]).execute(
    "SELECT record FROM indicators WHERE NOT met AND deadline < ? ORDER BY deadline LIMIT 20",
    (sys.argv[2],)).fetchall()
for row in rows: print(row[0])
"""
SQLITE_COUNTS = """\
import sqlite3, sys
print(sqlite3.connect(sys.argv[1]).execute(
    "SELECT met, deadline < ?, count(*) FROM indicators GROUP BY 1, 2",
    (sys.argv[2],)).fetchall())
"""
SQLITE_UPDATE = """\
import json, sqlite3, sys
path, name, entry = sys.argv[1:]
connection = sqlite3.connect(path)
with connection:
    query = "SELECT record FROM indicators WHERE id = ?"
    record = json.loads(connection.execute(query, (name,)).fetchone()[0])
    record["updates"].append(entry)
    changed = json.dumps(record, ensure_ascii=False)
    connection.execute("UPDATE indicators SET record = ? WHERE id = ?", (changed, name))
connection.close()
"""
TINYDB_UPDATE = """\
import sys, typer
from tinydb import TinyDB

def update(path: str, number: str, entry: str) -> None:
    with TinyDB(path) as database:
        table = database.table("indicators")
        table.update(lambda record: record["updates"].append(entry), doc_ids=[int(number)])

typer.run(update)
"""


def list_peer_jobs(folder: Path, size: int) -> dict[str, Argv]:
    """What is run beside the commands of the program, as far as it is installed."""
    middle = size // 2 + 4
    name, number, today = _ledger.indicator_id(middle), str(middle + 1), _ledger.today()
    database, python = folder / "rows.sqlite", sys.executable
    jobs: dict[str, Argv] = {
        "sqlite3, the first 20": lambda _run: (
            *(python, "-c", SQLITE_FIRST, database),
            str(today),
        ),
        "sqlite3, counts": lambda _run: (python, "-c", SQLITE_COUNTS, database, str(today)),
        "sqlite3, one update": lambda run: (
            *(python, "-c", SQLITE_UPDATE, database, name),
            f"62% {run}",
        ),
    }
    if size <= MOST_FOR_TINYDB:
        jobs["TinyDB, one update"] = lambda run: (
            *(python, "-c", TINYDB_UPDATE, folder / "tiny.json", number),
            f"62% {run}",
        )
    if shutil.which("task") is not None:
        jobs["task +OVERDUE export"] = lambda _run: ("task", "+OVERDUE", "export")
        jobs["task export"] = lambda _run: ("task", "export")
        jobs["task modify"] = lambda run: ("task", number, "modify", f"project:p{run}")
        jobs["task import"] = lambda run: (
            *("task", f"rc.data.location={folder / f'import-{run}'}", "import"),
            folder / "tasks.json",
        )
    if shutil.which("todo") is not None and size <= MOST_TODOS:
        jobs["todo list"] = lambda _run: (
            *("todo", "--config", folder / "todoman.py"),
            *("list", "--due", "24"),
        )
    return jobs


def make(folder: Path, size: int) -> None:
    """Make what the jobs read."""
    records = list(_list_records(size))
    _make_sqlite(folder / "rows.sqlite", records)
    if size <= MOST_FOR_TINYDB:
        numbered = {str(number): each for number, each in enumerate(records, 1)}
        (folder / "tiny.json").write_text(json.dumps({"indicators": numbered}), "utf-8")
    if shutil.which("task") is not None:
        _make_tasks(folder, records)
    if shutil.which("todo") is not None and size <= MOST_TODOS:
        _make_todos(folder, records)


def _list_records(size: int) -> Iterator[dict[str, Any]]:
    for item in _ledger.list_items(size):
        for each in item["indicators"]:
            met = any(update["value"] >= each["target"] for update in each["updates"])
            yield each | {"initiative": item["name"], "met": met}


def _make_sqlite(path: Path, records: list[dict[str, Any]]) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(
            "CREATE TABLE indicators (id TEXT PRIMARY KEY, met INT, deadline TEXT, record TEXT)"
        )
        connection.execute("CREATE INDEX urgent ON indicators (met, deadline)")
        connection.executemany(
            "INSERT INTO indicators VALUES (?, ?, ?, ?)",
            (
                (
                    *(each["id"], each["met"], each["deadline"]["on"]),
                    json.dumps(each, ensure_ascii=False),
                )
                for each in records
            ),
        )


def _make_tasks(folder: Path, records: Sequence[Mapping[str, Any]]) -> None:
    """As many tasks as indicators, the same ones overdue; as a file to import, and imported."""
    settings = f"data.location={folder / 'tasks'}\nconfirmation=off\nhooks=off\nverbose=nothing\n"
    (folder / "taskrc").write_text(settings, "utf-8")
    (folder / "tasks").mkdir()
    tasks, lines, now = [], [], int(datetime.now(UTC).timestamp())
    for each in records:
        due = datetime.fromisoformat(each["deadline"]["on"]).replace(tzinfo=UTC)
        task = {"description": each["name"], "project": each["initiative"], "status": "pending"}
        lines.append(
            "["
            + " ".join(
                f'{key}:"{value}"'
                for key, value in (
                    task
                    | {"entry": str(now), "modified": str(now), "uuid": str(uuid.uuid4())}
                    | ({} if each["met"] else {"due": str(int(due.timestamp()))})
                ).items()
            )
            + "]\n"
        )
        tasks.append(task | ({} if each["met"] else {"due": f"{due:%Y%m%dT%H%M%SZ}"}))
    (folder / "tasks" / "pending.data").write_text("".join(lines), "utf-8")
    (folder / "tasks.json").write_text(json.dumps(tasks, ensure_ascii=False), "utf-8")


def _make_todos(folder: Path, records: Sequence[Mapping[str, Any]]) -> None:
    calendar = folder / "todos" / "ledger"
    calendar.mkdir(parents=True)
    (folder / "todoman.py").write_text(
        f'path = "{folder / "todos" / "*"}"\ncache_path = "{folder / "todoman.sqlite"}"\n', "utf-8"
    )
    for number, each in enumerate(records):
        lines = [
            *("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//benchmark//EN", "BEGIN:VTODO"),
            *(f"UID:{number}", f"SUMMARY:{each['name']}", "DTSTAMP:20240101T000000Z"),
            f"DUE;VALUE=DATE:{each['deadline']['on'].replace('-', '')}",
            f"STATUS:{'COMPLETED' if each['met'] else 'NEEDS-ACTION'}",
            *("END:VTODO", "END:VCALENDAR", ""),
        ]
        (calendar / f"{number}.ics").write_text("\r\n".join(lines), "utf-8")


if __name__ == "__main__":
    make(Path(sys.argv[1]), int(sys.argv[2]))
