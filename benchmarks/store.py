"""What listing and updating cost in large ledgers, beside Taskwarrior, TinyDB and sqlite3.

Run: python benchmarks/store.py

Every program starts anew for each run. tracker and sqlite3 sync what they write to the
disk, Taskwarrior and TinyDB do not. TinyDB is measured as a bare script too, which no
command of a Typer program can undercut while reading the ledger is the smaller part.
"""

import json
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import _ledger
from _timing import Argv, Ratio, by_turns, environment, print_ratios, print_timings

SIZES = {1_000: 15, 10_000: 11}
"""Indicators, and how often each job runs."""

TINYDB = """\
import sys
from tinydb import TinyDB

def update(path: str, number: str, entry: str) -> None:
    with TinyDB(path) as database:
        table = database.table("indicators")
        table.update(lambda record: record["updates"].append(entry), doc_ids=[int(number)])

"""
TINYDB_ALONE = TINYDB + "update(*sys.argv[1:])"
TINYDB_COMMAND = TINYDB + "import typer; typer.run(update)"
SQLITE = """\
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


def main() -> None:
    """Measure and print."""
    if shutil.which("task") is None:
        print("Taskwarrior (task) is not installed and left out.\n")
    for size, runs in SIZES.items():
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            env = environment(folder, TRACKER_DB=folder / "ledger", TASKRC=folder / "taskrc")
            timings = by_turns(_jobs(folder, size, env), runs, env, folder)
            taken = sum(
                len(json.dumps(each, ensure_ascii=False).encode())
                for each in _ledger.stored(folder / "ledger").values()
            )
        print_timings(f"{size:,} indicators, {taken // size:,} bytes each", timings)
        ratios = [
            Ratio("tracker update", "TinyDB update", 1.0),
            Ratio("tracker update", "TinyDB update, as a Typer command", 1.0),
        ]
        if size == max(SIZES):
            ratios += [
                Ratio("tracker overdue -o json", "task +OVERDUE export", 1.0),
                Ratio("tracker update", "task modify", 1.0),
            ]
        print_ratios(timings, ratios)


def _jobs(folder: Path, size: int, env: Mapping[str, str]) -> dict[str, Argv]:
    _ledger.make(folder / "ledger", size, env)
    middle = size // 2 + 4
    name = _ledger.indicator_id(middle)
    python, tracker = sys.executable, (sys.executable, "-m", "tracker")
    jobs: dict[str, Argv] = {
        "tracker overdue -o json": lambda _run: (*tracker, "overdue", "-o", "json"),
        "tracker update": lambda run: (*tracker, "update", name, f"{40 + run}%"),
    }
    if shutil.which("task") is not None:
        _make_tasks(folder, size, env)
        jobs["task +OVERDUE export"] = lambda _run: ("task", "+OVERDUE", "export")
        jobs["task modify"] = lambda run: ("task", str(middle + 1), "modify", f"project:p{run}")
    tiny, sqlite = _make_peers(folder)
    entry = "2024-06-30 62%"
    given = (tiny, str(middle + 1))
    jobs["TinyDB update"] = lambda run: (python, "-c", TINYDB_ALONE, *given, f"{entry} {run}")
    jobs["TinyDB update, as a Typer command"] = lambda run: (
        python,
        "-c",
        TINYDB_COMMAND,
        *given,
        f"{entry} {run}",
    )
    jobs["sqlite3 update"] = lambda run: (python, "-c", SQLITE, sqlite, name, f"{entry} {run}")
    return jobs


def _make_tasks(folder: Path, size: int, env: Mapping[str, str]) -> None:
    """As many tasks as indicators, the same ones overdue, an annotation for each update."""
    settings = f"data.location={folder / 'tasks'}\nconfirmation=off\nhooks=off\nverbose=nothing\n"
    (folder / "taskrc").write_text(settings, "utf-8")
    (folder / "tasks").mkdir()
    tasks = []
    for item in _ledger.exchange(size)["items"]:
        for each in item["indicators"]:
            met = any(update["value"] >= each["target"] for update in each["updates"])
            due = {} if met else {"due": _moment(each["deadline"]["on"])}
            annotations = [
                {"entry": _moment(update["on"]), "description": update["note"]}
                for update in each["updates"]
            ]
            task = {"description": each["name"], "project": item["name"], "status": "pending"}
            tasks.append(task | due | {"annotations": annotations})
    (folder / "tasks.json").write_text(json.dumps(tasks, ensure_ascii=False), "utf-8")
    subprocess.run(
        ["task", "import", folder / "tasks.json"], env=env, check=True, capture_output=True
    )


def _moment(day: str) -> str:
    return f"{day.replace('-', '')}T000000Z"


def _make_peers(folder: Path) -> tuple[Path, Path]:
    """The same records as TinyDB and as sqlite3 would keep them."""
    records = _ledger.stored(folder / "ledger")
    tiny, sqlite = folder / "tiny.json", folder / "rows.sqlite"
    numbered = {str(number): each for number, each in enumerate(records.values(), 1)}
    tiny.write_text(json.dumps({"indicators": numbered}), "utf-8")
    with closing(sqlite3.connect(sqlite)) as connection, connection:
        connection.execute("CREATE TABLE indicators (id TEXT PRIMARY KEY, record TEXT)")
        connection.executemany(
            "INSERT INTO indicators VALUES (?, ?)",
            ((key, json.dumps(each, ensure_ascii=False)) for key, each in records.items()),
        )
    return tiny, sqlite


if __name__ == "__main__":
    main()
