"""What it costs to write a form of 1,000 rows, and to read it back filled in.

Run: python benchmarks/form_rows.py [--rows 1000]

The form asks for all that is active, every row is filled in, and reading it back is only
tried (--dry-run), so that every run finds the same ledger.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
from _timing import Argv, by_turns, environment, print_timings

RUNS = 5
MOST_SECONDS = 2.0
"""Beyond what a small command takes to start."""

_HEADS, _EXAMPLE = 4, 5


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rows", type=int, default=1000)
    rows = asked.parse_args().rows
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        env = environment(folder, TRACKER_DB=folder / "ledger")
        tracker = (sys.executable, "-m", "tracker")
        (folder / "ledger.json").write_text(json.dumps(_make_ledger(rows)), "utf-8")
        make = (*tracker, "init", "--from", "ledger.json")
        subprocess.run(make, env=env, cwd=folder, check=True, capture_output=True)
        write = (*tracker, "report", "form", "--all", "--force", "-O", "form.xlsx")
        subprocess.run(write, env=env, cwd=folder, check=True)
        filled = _fill(folder / "form.xlsx")
        jobs: dict[str, Argv] = {
            "config": lambda _run: (*tracker, "config"),
            f"form of {filled} rows written": lambda _run: write,
            f"form of {filled} rows read": lambda _run: (
                *(*tracker, "update", "--from", "filled.xlsx"),
                *("--dry-run", "--accept-doubts", "-o", "json"),
            ),
        }
        costs = by_turns(jobs, RUNS, env, folder)
    timings = {job: cost.ms for job, cost in costs.items()}
    print_timings("forms", timings)
    start = timings["config"].median
    for job, timing in list(timings.items())[1:]:
        seconds = (timing.median - start) / 1000
        verdict = "as wanted" if seconds < MOST_SECONDS else "too slow"
        print(f"{job}: {seconds:.2f} s beyond start-up, at most {MOST_SECONDS} s: {verdict}")
    print(f"memory at most: {max(cost.memory for cost in costs.values()):.0f} MB")


def _make_ledger(rows: int) -> dict[str, Any]:
    """Return a file with so many indicators, ten in an initiative, each with five reports."""
    year = date.today().year - 1  # noqa: DTZ011  # as the program has it
    updates = [{"on": f"{year}-0{month}-28", "value": 5 * month} for month in range(1, 6)]
    indicator = {
        "unit": "个",
        "baseline": 0,
        "target": 100,
        "start": f"{year}-01-01",
        "deadline": {"on": f"{year + 1}-12-31", "wording": f"{year + 1}年底"},
        "updates": updates,
    }
    items = [
        {
            "id": f"programme-{at}",
            "name": f"第{at}项重点工程建设",
            "lead": f"区第{at % 12}局",
            "indicators": [
                indicator | {"id": f"n-{n}", "name": f"第{n}类设施建成数"} for n in range(10)
            ],
        }
        for at in range(rows // 10)
    ]
    return {"items": items}


def _fill(form: Path) -> int:
    """Fill in every row of a form; return how many there are."""
    workbook = openpyxl.load_workbook(form)
    sheet = workbook.worksheets[0]
    column = [cell.value for cell in sheet[_HEADS]].index("value or done") + 1
    for row in range(_EXAMPLE + 1, sheet.max_row + 1):
        sheet.cell(row, column).value = 40 + row % 50
    workbook.save(form.with_name("filled.xlsx"))
    return int(sheet.max_row) - _EXAMPLE


if __name__ == "__main__":
    main()
