"""What the benchmarks share: programs run by turns, what they cost, and aligned tables."""

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


class Cost(NamedTuple):
    """What the runs of a whole process cost.

    Attributes:
        ms: the time of the processor, of user and system, or that of the clock.
        memory: the most memory that it held, in MB.
    """

    ms: Timing
    memory: float


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
    jobs: Mapping[str, Argv],
    runs: int,
    env: Mapping[str, str],
    cwd: Path,
    *,
    by_clock: bool = False,
) -> dict[str, Cost]:
    """Run all jobs once to warm up, then ``runs`` times, one after the other in each round.

    With no other runs the first counts.

    What counts is the time of the processor, which hardly depends on what else the machine
    does; by the clock where a server works for a command.
    """
    took: dict[str, list[float]] = {name: [] for name in jobs}
    held: dict[str, float] = {}
    for run in range(runs + 1):
        for name, argv in jobs.items():
            started = time.perf_counter()
            ms, memory = run_process(argv(run), env, cwd)
            ms = (time.perf_counter() - started) * 1000 if by_clock else ms
            held[name] = max(memory, held.get(name, 0))
            if run or not runs:
                took[name].append(ms)
    return {name: Cost(summary(each), held[name]) for name, each in took.items()}


def summary(took: Sequence[float]) -> Timing:
    """The median and the middle half of some times."""
    if len(took) == 1:
        return Timing(took[0], took[0], took[0])
    low, _, high = quantiles(took, n=4, method="inclusive")
    return Timing(median(took), low, high)


def run_process(
    argv: Sequence[str | Path], env: Mapping[str, str], cwd: Path
) -> tuple[float, float]:
    """Run a program; return the ms of processor time and the MB that it took."""
    command = " ".join(map(str, argv))[:200]
    with subprocess.Popen(
        argv,
        env=env,
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    ) as process:
        said = process.stderr.read() if process.stderr is not None else b""
        _pid, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        message = f"{command} ended with {process.returncode}: {said.decode()}"
        raise SystemExit(message)
    return (used.ru_utime + used.ru_stime) * 1000, used.ru_maxrss / 1024


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
