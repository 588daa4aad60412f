"""How much longer a command takes to start than the smallest Typer program does.

Run: python benchmarks/startup.py
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from _timing import Argv, Ratio, by_turns, environment, print_ratios, print_timings

RUNS = 40
MOST = 1.3
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


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        env = environment(folder, TRACKER_DB=folder / "ledger")
        (folder / "bare_rich.py").write_text(BARE.format(options=""), "utf-8")
        (folder / "bare_plain.py").write_text(BARE.format(options="rich_markup_mode=None"), "utf-8")
        python = sys.executable
        subprocess.run(
            [python, "-m", "tracker", "init"], env=env, cwd=folder, check=True, capture_output=True
        )
        jobs: dict[str, Argv] = {
            "python -c pass": lambda _run: (python, "-c", "pass"),
            "bare command": lambda _run: (python, "-m", "bare_plain", "hello"),
            "overdue -o json": lambda _run: (python, "-m", "tracker", "overdue", "-o", "json"),
            "bare --help, plain": lambda _run: (python, "-m", "bare_plain", "--help"),
            "bare --help, rich": lambda _run: (python, "-m", "bare_rich", "--help"),
            "--help": lambda _run: (python, "-m", "tracker", "--help"),
        }
        timings = by_turns(jobs, RUNS, env, folder)
    print_timings("on the seeded ledger", timings)
    print_ratios(
        timings,
        (
            Ratio("overdue -o json", "bare command", MOST),
            Ratio("--help", "bare --help, plain", MOST),
            Ratio("--help", "bare --help, rich", MOST),
        ),
    )


if __name__ == "__main__":
    main()
