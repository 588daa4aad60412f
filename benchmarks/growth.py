"""What an import costs an entry when a file is eight times as large, and how long others wait.

Run: python benchmarks/growth.py

Each file is brought into an empty ledger, and once more. A ratio of 1 is linear; what compares
each with each has a ratio of 8. While the largest is brought in, another command changes the
same ledger again and again: no change should wait much longer than one of its own.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from _timing import environment, print_table

TIMES = 8
SIZES: Mapping[str, int] = {"reports": 12_500, "increments": 12_500, "parents": 375}
MOST_GROWTH = 2.0


def main() -> None:
    """Measure and print."""
    rows = []
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        env = environment(home)
        for shape, build in SHAPES.items():
            small, large = SIZES[shape], SIZES[shape] * TIMES
            once = [measure_import(home, env, shape, build(count)) for count in (small, large)]
            for which, (first, second) in zip(
                ("first", "again"), zip(*once, strict=True), strict=True
            ):
                growth = second / first / TIMES
                kept = "yes" if growth <= MOST_GROWTH else "NO"
                figures = (f"{first:.2f} s", f"{second:.2f} s", f"{growth:.2f}", kept)
                rows.append((f"{shape}, {which}", f"{small:,}", f"{large:,}", *figures))
        print_table(("import", "entries", "entries", "took", "took", "growth", "kept"), rows)
        print_waits(home, env)


def measure_import(
    home: Path, env: Mapping[str, str], shape: str, content: dict[str, Any]
) -> tuple[float, float]:
    """Bring a file into a new ledger, then once more; return the seconds of both."""
    count = len(content["items"]) + len(content["items"][0]["indicators"][0]["updates"])
    place, file = home / f"{shape}-{count}", home / f"{shape}-{count}.json"
    file.write_text(json.dumps(content, ensure_ascii=False), "utf-8")
    run(env, place, "init", "--empty")
    return run(env, place, "import", file), run(env, place, "import", file)


def print_waits(home: Path, env: Mapping[str, str]) -> None:
    """Change a ledger again and again while a large file is brought in; print the longest wait."""
    place, file = home / "shared", home / "reports.json"
    file.write_text(json.dumps(build_reports(SIZES["reports"] * TIMES)), "utf-8")
    run(env, place, "init", "--empty")
    alone = [run(env, place, "add", "事项", "--id", f"a{number}") for number in range(3)]
    started = time.perf_counter()
    command = [sys.executable, "-m", "tracker", "--db", str(place), "import", str(file)]
    importing = subprocess.Popen(
        command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    waits: list[float] = []
    refused = 0
    while importing.poll() is None:
        # A change that has waited as long as its patience is refused with a sentence.
        try:
            waits.append(run(env, place, "add", "事项", "--id", f"b{len(waits)}"))
        except subprocess.CalledProcessError:
            refused += 1
    took = time.perf_counter() - started
    rows = [
        ("a change alone", f"{sorted(alone)[1]:.2f} s"),
        (f"the longest of {len(waits)} beside an import", f"{max(waits):.2f} s"),
        ("given up after its patience", str(refused)),
        ("the import, with those", f"{took:.2f} s"),
    ]
    print_table(("what", "took"), rows)


def run(env: Mapping[str, str], place: Path, *words: str | Path) -> float:
    """Run a command; return the seconds it took."""
    began = time.perf_counter()
    command = [sys.executable, "-m", "tracker", "--db", str(place), *map(str, words)]
    subprocess.run(
        command, env=env, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    return time.perf_counter() - began


def list_days(count: int) -> Iterator[str]:
    """Days from 1700 on, one for each report."""
    return (str(date(1700, 1, 1) + timedelta(days=number)) for number in range(count))


def build_reports(count: int, accumulation: str = "level") -> dict[str, Any]:
    """One indicator with so many updates."""
    updates = [{"on": day, "value": number % 90 + 1} for number, day in enumerate(list_days(count))]
    figure = {"id": "big.km", "name": "里程", "unit": "公里", "target": 99_999, "updates": updates}
    indicator = figure | {"accumulation": accumulation, "deadline": {"on": "2099-12-31"}}
    return {"schema": 1, "items": [{"id": "big", "name": "大项", "indicators": [indicator]}]}


def build_parents(count: int) -> dict[str, Any]:
    """So many initiatives, each below the one before."""
    items = [
        {
            "id": f"c{number}",
            "name": f"层{number}",
            "indicators": [
                {
                    "id": f"c{number}.a",
                    "name": "数",
                    "unit": "个",
                    "updates": [{"on": "2026-01-01", "value": 3}],
                }
            ],
        }
        | ({"parent": f"c{number - 1}"} if number else {})
        for number in range(count)
    ]
    return {"schema": 1, "items": items}


SHAPES: Mapping[str, Callable[[int], dict[str, Any]]] = {
    "reports": build_reports,
    "increments": lambda count: build_reports(count, "increment"),
    "parents": build_parents,
}

if __name__ == "__main__":
    main()
