"""The generated parts of the README: transcripts, the library example, the commands.

Every ``console`` block is run, on a terminal of a hundred columns, in one fresh folder;
every ``python`` block too, its output is the ``text`` block behind it; what stands
between ``<!-- commands -->`` and ``<!-- /commands -->`` is the program's own help, and
the table of ``<!-- replay -->`` asks one ledger about three days.

``python tests/readme.py`` writes the README, ``--check`` only compares.
"""

import json
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from collections.abc import Mapping
from fcntl import ioctl
from pathlib import Path
from tempfile import TemporaryDirectory

from tracker.cli.command_index import COMMANDS

README = Path(__file__).parent.parent / "README.md"
COLUMNS = 100

_BLOCK = re.compile(r"```console\n(.*?)```|```python\n(.*?)```\n\n```text\n.*?```", re.DOTALL)
_REPLAY = re.compile(r"(<!-- replay -->\n).*?(<!-- /replay -->)", re.DOTALL)
_DAYS = ("2022-07-31", "2023-01-10", "2025-01-09")
_COUNTS = ("indicators", "met", "overdue", "red", "yellow", "green", "none", "unreported")
_COMMANDS = re.compile(r"(<!-- commands -->\n).*?(<!-- /commands -->)", re.DOTALL)


_HELP = """
import sys
from tracker.cli.app import run
for name in sys.argv[1:]:
    run([name, "--help"])
    print(end="\\0")
"""


def rendered(text: str) -> str:
    """The README with its generated parts as the program makes them now."""
    with TemporaryDirectory() as folder:
        env = _environment(Path(folder))

        def anew(found: re.Match[str]) -> str:
            console, python = found.groups()
            if console is not None:
                lines = [each for each in console.splitlines() if each.startswith("$ ")]
                shown = "\n\n".join(_shown(line, Path(folder), env).rstrip() for line in lines)
                return f"```console\n{shown}\n```"
            said = _output([sys.executable, "-c", python], Path(folder), env)
            return f"```python\n{python}```\n\n```text\n{said}```"

        text = _BLOCK.sub(anew, text)
        replay = _replay(Path(folder), env)
        reference = _reference(Path(folder), env)
        text = _REPLAY.sub(lambda found: found[1] + replay + found[2], text)
        return _COMMANDS.sub(lambda found: found[1] + reference + found[2], text)


def _environment(folder: Path) -> Mapping[str, str]:
    return {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": str(folder),
        "LC_ALL": "C.UTF-8",
        "NO_COLOR": "1",
        "TERM": "xterm",
        "TRACKER_DB": "jinan",
        "TRACKER_CONFIG": "tracker.toml",
        "TRACKER_AUTHOR": "李娜",
    }


def _shown(line: str, folder: Path, env: Mapping[str, str]) -> str:
    """A command and what it writes to a terminal."""
    script = f'tracker() {{ "{sys.executable}" -m tracker "$@"; }}; {line.removeprefix("$ ")}'
    leader, follower = pty.openpty()
    ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 50, COLUMNS, 0, 0))
    with subprocess.Popen(
        ["bash", "-c", script], cwd=folder, env=env, stdout=follower, stderr=follower
    ) as process:
        os.close(follower)
        out = b""
        while data := _read(leader):
            out += data
        process.wait()
    os.close(leader)
    lines = [each.rstrip() for each in out.decode().replace("\r\n", "\n").splitlines()]
    return "\n".join([line, *lines])


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 65536)
    except OSError:
        # On Linux the end of a terminal is an error.
        return b""


def _output(command: list[str], folder: Path, env: Mapping[str, str]) -> str:
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=True)
    return done.stdout


def _replay(folder: Path, env: Mapping[str, str]) -> str:
    """What was counted of 市中区 on three days, by what was known then."""
    rows = ["| as of | " + " | ".join(_COUNTS) + " |", "| --- " * (len(_COUNTS) + 1) + "|"]
    for day in _DAYS:
        flags = ["--place", "市中区", "--as-of", day, "--known-on", day, "-o", "json"]
        said = _output([sys.executable, "-m", "tracker", "status", *flags], folder, env)
        counts = json.loads(said)["counts"]
        rows.append(f"| {day} | " + " | ".join(str(counts[key]) for key in _COUNTS) + " |")
    return "\n".join(rows) + "\n"


def _reference(folder: Path, env: Mapping[str, str]) -> str:
    """Each command with its summary, and the whole of its help to unfold."""
    # One process for all of them: what it takes to start is not what is shown.
    words = [sys.executable, "-c", _HELP, *COMMANDS]
    parts = []
    for (name, command), shown in zip(
        COMMANDS.items(), _output(words, folder, env).split("\0")[:-1], strict=True
    ):
        parts.append(
            f"<details><summary><code>tracker {name}</code>: {command.summary}</summary>\n\n"
            f"```text\n{shown.strip()}\n```\n\n</details>\n"
        )
    return "\n" + "\n".join(parts) + "\n"


def main() -> None:
    """Write the README, or with ``--check`` say whether it is current."""
    written = README.read_text("utf-8")
    current = rendered(written)
    if "--check" not in sys.argv:
        README.write_text(current, "utf-8")
    elif written != current:
        sys.exit("README.md is not current; run: python tests/readme.py")


if __name__ == "__main__":
    main()
