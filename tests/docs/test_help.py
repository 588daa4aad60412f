"""Every example in the help runs, on a ledger with the seeds, and can be copied."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import program_server
import pytest
import typer

from docs import Place
from tracker.cli.app import root
from tracker.cli.command_index import COMMANDS
from tracker.system.text import measure_text_width

COLUMNS = 80
NEEDS_A_SERVER = {
    "tracker move --to 'postgresql://db.example/tracker?ledger=jinan'",
    "tracker db upgrade",
    "tracker db grant reporter li --lead 市水务局",
}
"""Examples for a database: they are only parsed here; the tests of PostgreSQL run such calls."""

NEEDS_A_TERMINAL = {"tracker enter --lead 济南市教育局 --period last-month"}
"""Examples that ask a person; without a terminal they are refused."""


def examples() -> Iterator[tuple[str, str]]:
    """Yield the name of each command with each of its examples; "" is the program itself."""
    program: Any = typer.main.get_command(root)
    yield "", program.epilog
    with typer.Context(program, info_name="tracker") as ctx:
        for name in COMMANDS:
            for line in program.get_command(ctx, name).epilog.splitlines():
                yield name, line


EXAMPLES = list(examples())


@pytest.mark.parametrize(("name", "line"), EXAMPLES)
def test_an_example_runs(
    name: str, line: str, seeds: Place, seeds_made: Path, tmp_path: Path
) -> None:
    assert name in line
    shutil.copytree(seeds_made, tmp_path / "ledger")
    script = program_server.shell_script(line, seeds.server)
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "TRACKER_DB": "ledger"}
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", script],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if line in NEEDS_A_SERVER:
        # Understood, and then there is no server, or no database in the folder.
        assert done.returncode in {4, 5}, done.stderr
    elif line in NEEDS_A_TERMINAL:
        assert done.returncode == 2, done.stderr
        assert "terminal" in done.stderr
    else:
        assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", ["", *COMMANDS])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_example_is_one_line_of_the_help(
    name: str, language: str, seeds: Place, tmp_path: Path
) -> None:
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "COLUMNS": str(COLUMNS)}
    script = program_server.shell_script(f"tracker {name} --help", seeds.server)
    shown = subprocess.run(
        ["bash", "-c", script],
        env=environment | {"TRACKER_LANG": language},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    lines = shown.splitlines()
    for example in (line for owner, line in EXAMPLES if owner == name):
        assert f"  {example}" in lines
        assert measure_text_width(example) + 2 <= COLUMNS
