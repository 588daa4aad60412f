"""What the benchmarks share: programs run by turns, medians, and aligned tables."""

import os
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from statistics import median, quantiles
from typing import NamedTuple

Argv = Callable[[int], Sequence[str | Path]]
"""The command line of a job in its n-th run; a change has to differ from the one before."""


class Timing(NamedTuple):
    """What the runs of one job took, in ms: the middle one and the middle half."""

    median: float
    low: float
    high: float


class Ratio(NamedTuple):
    """One job beside another, and the most that the quotient of their medians should be."""

    what: str
    beside: str
    at_most: float


def environment(home: Path, **more: str | Path) -> dict[str, str]:
    """The environment of a user whose home is empty, and whose Python keeps its bytecode."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("TRACKER_", "PYTHON", "TASK", "XDG_"))
    }
    return kept | {"HOME": str(home), "LC_ALL": "C.UTF-8"} | {n: str(v) for n, v in more.items()}


def by_turns(
    jobs: Mapping[str, Argv], runs: int, env: Mapping[str, str], cwd: Path
) -> dict[str, Timing]:
    """Run all jobs once to warm up, then ``runs`` times, one after the other in each round."""
    took: dict[str, list[float]] = {name: [] for name in jobs}
    for run in range(runs + 1):
        for name, argv in jobs.items():
            ms = _run(argv(run), env, cwd)
            if run:
                took[name].append(ms)
    return {name: summary(each) for name, each in took.items()}


def summary(took: Sequence[float]) -> Timing:
    """The median and the middle half of some times."""
    low, _, high = quantiles(took, n=4, method="inclusive")
    return Timing(median(took), low, high)


def _run(argv: Sequence[str | Path], env: Mapping[str, str], cwd: Path) -> float:
    start = time.perf_counter()
    done = subprocess.run(
        argv,
        env=env,
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        check=False,
    )
    took = (time.perf_counter() - start) * 1000
    if done.returncode:
        command = " ".join(map(str, argv))
        message = f"{command} ended with {done.returncode}: {done.stderr.decode()}"
        raise SystemExit(message)
    return took


def print_timings(title: str, timings: Mapping[str, Timing]) -> None:
    """The medians, a line for each job."""
    rows = [
        (name, f"{each.median:.1f}", f"{each.low:.1f}–{each.high:.1f}")
        for name, each in timings.items()
    ]
    print_table((title, "median ms", "middle half"), rows)


def print_ratios(timings: Mapping[str, Timing], ratios: Iterable[Ratio]) -> None:
    """The quotients of medians beside what they should be; jobs that did not run are left out."""
    rows = []
    for each in ratios:
        if each.what in timings and each.beside in timings:
            ratio = timings[each.what].median / timings[each.beside].median
            kept = "yes" if ratio <= each.at_most else "NO"
            rows.append(
                (f"{each.what} / {each.beside}", f"{ratio:.2f}", f"≤ {each.at_most:.1f}", kept)
            )
    print_table(("ratio of medians", "ratio", "target", "kept"), rows)


def print_table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Columns as wide as they must be: the first to the left, the others to the right."""
    lines = [header, *rows]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        first, *others = zip(line, widths, strict=True)
        cells = [first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in others)]
        print("  ".join(cells).rstrip())
    print(flush=True)
