"""What whole commands cost, beside other programs, as one page.

Run: python benchmarks/measure.py [--only startup,files,papers,postgresql] [--runs 5] [--write]
     [--sizes 1000,10000,100000]

The figures are those of whole processes: the time of the processor and the most memory. All
programs of a section run by turns. With ``--write`` what was measured goes into the page
docs/internals/performance.md; its other parts stay. Other programs are left out where they are
not installed: Taskwarrior (task), todoman (todo), TinyDB, PostgreSQL (postgres, psql).
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

import _ledger
import _peers
from _timing import Argv, Cost, by_turns, environment

PAGE = Path(__file__).resolve().parent.parent / "docs" / "internals" / "performance.md"
SIZES = "1000,10000,100000"
HEAD = ("what", "indicators", "ms", "MB", "beside", "ms", "ratio", "at most")
STARTUP_RUNS = 40

BARE = """\
from typing import Annotated

import typer

app = typer.Typer({options})


@app.command(help="Greet.")
def hello(name: Annotated[str, typer.Option(help="Who.")] = "world") -> None:
    print("hello", name)


@app.command(help="Take leave.")
def goodbye(name: Annotated[str, typer.Option(help="Who.")] = "world") -> None:
    print("goodbye", name)


if __name__ == "__main__":
    app()
"""

LARGE = 100_000
_UPDATES = 25
"""Changes that a ledger has behind the one that has filled it."""

TASKS = "task +OVERDUE export"

COMPARED: Mapping[str, Mapping[str, float | None]] = {
    "overdue -o json": {TASKS: 1.0, "todo list": None},
    "overdue --limit 20 -o json": {TASKS: 0.3, "sqlite3, the first 20": None},
    "status": {TASKS: 0.3, "sqlite3, counts": None},
    "due": {TASKS: 0.3},
    "behind --limit 20": {TASKS: 0.3},
    "history --limit 20": {TASKS: 0.3},
    "undo": {TASKS: 0.3},
    "update ID VALUE": {
        "task modify": 1.0,
        "sqlite3, one update": None,
        "TinyDB, one update": None,
    },
    "export": {"task export": None},
    "check": {"task export": None},
    "report brief": {"task export": None},
    "init --from FILE": {"task import": None},
    "import REPORTS": {"task import": None},
    "undo NUMBER": {"task import": None},
}
"""Commands of the section on files, what each is put beside, and the most of its ratio.

What is aimed at holds for large ledgers: at 1,000 indicators the start of Python is most of it.
"""


MOST_MEMORY: Mapping[str, float] = {
    **{what: 150 for what in COMPARED if what not in {"export", "check", "report brief"}},
    **dict.fromkeys(("init --from FILE", "import REPORTS", "undo NUMBER"), 200),
}
"""MB that a command may hold at most where the ledger is large."""


class Row(NamedTuple):
    """One line of a table: what a command costs, perhaps beside something else."""

    what: str
    size: int | None
    cost: Cost
    beside: str = ""
    other: Cost | None = None
    at_most: float | None = None
    most_memory: float | None = None


class Section(NamedTuple):
    """One part of the page."""

    name: str
    title: str
    text: str


SECTIONS = (
    Section(
        "startup",
        "Start-up",
        "On the ledger of the seeds; beside it the smallest program made with Typer, whose two"
        " commands print a word.",
    ),
    Section(
        "files",
        "Files",
        "An indicator here is 1.3 KB of Chinese text and numbers with five updates; the others"
        " hold as many records, 30 % of them overdue, Taskwarrior bare tasks without updates."
        " Where so much memory is aimed at, it stands behind what was held.",
    ),
    Section(
        "papers",
        "Reports and documents",
        "A report of 5,000 indicators with 25,000 values, beside the CSV of the same rows; the"
        " sheets of a workbook beside XlsxWriter alone with the same cells, in one process; drafts"
        " of a document of 9,800 characters beside python-docx, which only reads it.",
    ),
    Section(
        "postgresql",
        "PostgreSQL",
        "A whole country loaded by COPY: counties with 200 indicators and 12 updates each."
        " Server and command share the cores, so ms are those of the clock.",
    ),
)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default=",".join(section.name for section in SECTIONS))
    parser.add_argument("--sizes", default=SIZES)
    parser.add_argument("--shares", default="1,10,100")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--db", help="a database to measure in, instead of a server of its own")
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    sizes = [int(size) for size in asked.sizes.split(",")]
    measures: Mapping[str, Callable[[], Iterator[Row]]] = {
        "startup": measure_startup,
        "files": partial(measure_files, sizes, asked.runs),
        "papers": partial(measure_papers, asked.runs),
        "postgresql": partial(measure_postgresql, asked.db, asked.shares),
    }
    print(format_head(), flush=True)
    measured = {}
    for section in SECTIONS:
        if section.name in asked.only.split(","):
            part = format_section(section, list(measures[section.name]()))
            measured[section.title] = part
            print(part, flush=True)
    if asked.write:
        PAGE.write_text(write_page(PAGE.read_text("utf-8"), measured), "utf-8")


def write_page(page: str, measured: Mapping[str, str]) -> str:
    """Return the page with the parts that were measured in the place of the old ones."""
    old = {part.partition("\n")[0]: part for part in f"\n{page}".split("\n## ")[1:]}
    parts = [
        measured.get(section.title, f"## {old.get(section.title, section.title)}").rstrip()
        for section in SECTIONS
    ]
    return "\n\n".join([format_head().rstrip(), *parts]) + "\n"


def measure_startup() -> Iterator[Row]:
    """Measure how long a command takes to start beside the smallest Typer program."""
    with tempfile.TemporaryDirectory() as name:
        folder, python = Path(name), sys.executable
        env = environment(folder, TRACKER_DB=folder / "ledger")
        (folder / "bare_rich.py").write_text(BARE.format(options=""), "utf-8")
        (folder / "bare_plain.py").write_text(BARE.format(options="rich_markup_mode=None"), "utf-8")
        make = [python, "-m", "tracker", "init"]
        subprocess.run(make, env=env, cwd=folder, check=True, capture_output=True)
        jobs: dict[str, Argv] = {
            "python -c pass": lambda _run: (python, "-c", "pass"),
            "bare command": lambda _run: (python, "-m", "bare_plain", "hello"),
            "bare --help, plain": lambda _run: (python, "-m", "bare_plain", "--help"),
            "bare --help, rich": lambda _run: (python, "-m", "bare_rich", "--help"),
        }
        for line in ("overdue -o json", "status", "--help"):
            jobs[line] = lambda _run, line=line: (  # type: ignore[misc]
                *(python, "-m", "tracker"),
                *line.split(),
            )
        costs = by_turns(jobs, STARTUP_RUNS, env, folder)
    for what, beside, at_most in (
        ("bare command", "python -c pass", None),
        ("overdue -o json", "bare command", 1.25),
        ("status", "bare command", None),
        ("--help", "bare --help, plain", 1.25),
        ("--help", "bare --help, rich", 1.25),
    ):
        yield Row(what, None, costs[what], beside, costs[beside], at_most)


def measure_files(sizes: Sequence[int], runs: int) -> Iterator[Row]:
    """Measure ledgers in folders beside what other programs do with as many records."""
    for size in sizes:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            env = environment(folder, TRACKER_DB=folder / "ledger", TASKRC=folder / "taskrc")
            rounds = min(runs, 3 if size >= LARGE else runs)
            _ledger.make(folder / "ledger", size, env)
            for number in range(_UPDATES):
                report = ("update", _ledger.indicator_id(number), f"{number + 40}%")
                subprocess.run(
                    [sys.executable, "-m", "tracker", *report],
                    env=env,
                    check=True,
                    stdout=subprocess.DEVNULL,
                )
            subprocess.run([sys.executable, _peers.__file__, folder, str(size)], check=True)
            reports = (_ledger.__file__, folder / "reports.json", str(size), "reports")
            subprocess.run([sys.executable, *reports], check=True)
            for number in range(rounds + 1):
                (folder / f"import-{number}").mkdir()
            jobs = list_file_jobs(folder, size) | _peers.list_peer_jobs(folder, size)
            costs = by_turns(jobs, rounds, env, folder)
        for what, compared in COMPARED.items():
            others = {beside: aim for beside, aim in compared.items() if beside in costs}
            for beside, aim in others.items() or {"": None}.items():
                least = LARGE if aim != 1.0 else _peers.MOST_TODOS + 1
                at_most = aim if size >= least else None
                most = MOST_MEMORY.get(what) if size >= LARGE else None
                yield Row(what, size, costs[what], beside, costs.get(beside), at_most, most)


def list_file_jobs(folder: Path, size: int) -> dict[str, Argv]:
    """What is run on a ledger in a folder."""
    tracker = (sys.executable, "-m", "tracker")
    name = _ledger.indicator_id(size // 2 + 4)
    jobs: dict[str, Argv] = {
        what: lambda _run, what=what: (*tracker, *what.split())  # type: ignore[misc]
        for what in COMPARED
    }
    # Each round takes back what it has reported.
    return (
        {"update ID VALUE": lambda run: (*tracker, "update", name, f"{40 + run}%")}
        | {what: job for what, job in jobs.items() if what != "update ID VALUE"}
        | {
            "init --from FILE": lambda run: (
                *(*tracker, "init", "--from", folder / "ledger.json"),
                *("--db", folder / f"new-{run}"),
            ),
            # One report on each indicator of the ledger that was just made, and that taken back.
            "import REPORTS": lambda run: (
                *(*tracker, "import", folder / "reports.json"),
                *("--db", folder / f"new-{run}"),
            ),
            "undo NUMBER": lambda run: (*tracker, "undo", "2", "--db", folder / f"new-{run}"),
        }
    )


def measure_papers(runs: int) -> Iterator[Row]:
    """Measure reports as files, and the drafts of a document."""
    import papers

    for measured in papers.measure_papers(runs):
        yield Row(*measured)


def measure_postgresql(url: str | None, shares: str) -> Iterator[Row]:
    """Measure a country in a database."""
    # It loads the driver and a ledger: what it takes would count as memory of what is started.
    import scale

    for measured in scale.measure_shares(url, [int(share) for share in shares.split(",")]):
        yield Row(*measured)


def format_head() -> str:
    """Return what the page begins with."""
    versions = ", ".join(list_versions())
    return (
        "# Performance\n\n"
        "Made by `python benchmarks/measure.py --write`. Medians of whole processes that ran by"
        " turns on two\ncores: the ms of the processor and the most memory. Read the ratios:"
        f" another machine has other figures.\n\n{versions}.\n"
    )


def list_versions() -> Iterator[str]:
    """Yield what was run, and in which version."""
    yield f"CPython {sys.version.split()[0]}"
    for name, command in (
        ("Taskwarrior", ["task", "--version"]),
        ("todoman", ["todo", "--version"]),
        ("PostgreSQL", ["psql", "--version"]),
    ):
        try:
            done = subprocess.run(command, capture_output=True, text=True, check=True)
        except (OSError, subprocess.CalledProcessError):
            continue
        yield f"{name} {next(word for word in done.stdout.split() if word[0].isdigit())}"


def format_section(section: Section, rows: Sequence[Row]) -> str:
    """Return a part of the page: its heading, what it is about, and its table."""
    lines = [f"## {section.title}", "", section.text, "", *format_rows([HEAD, ["---"] * len(HEAD)])]
    return "\n".join([*lines, *format_rows(map(list_cells, rows)), ""])


def format_rows(rows: Sequence[Sequence[str]] | Iterator[Sequence[str]]) -> Iterator[str]:
    """Yield rows as lines of a Markdown table."""
    return (f"| {' | '.join(cells)} |".replace("|  ", "| ") for cells in rows)


def list_cells(row: Row) -> Sequence[str]:
    """Return a row of a table as text."""
    beside, ratio, kept = ["", ""], "", ""
    if row.other is not None:
        quotient = row.cost.ms.median / row.other.ms.median
        beside = [row.beside, f"{row.other.ms.median:,.0f}"]
        ratio = f"{quotient:.2f}"
        if row.at_most:
            kept = f"{row.at_most:g}" + ("" if quotient <= row.at_most else ", missed")
    size = "" if row.size is None else f"{row.size:,}"
    memory = f"{row.cost.memory:.0f}"
    if row.most_memory:
        memory += f" of {row.most_memory:g}"
        memory += "" if row.cost.memory <= row.most_memory else ", missed"
    figures = f"{row.cost.ms.median:,.0f}", memory
    return f"`{row.what}`", size, *figures, *beside, ratio, kept


if __name__ == "__main__":
    main()
