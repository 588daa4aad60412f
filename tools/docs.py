"""Write what the documentation shows: transcripts, library examples, reference, man page.

``python tools/docs.py`` writes README.md, every page below docs/ and man/tracker.1;
``--check`` only compares; names of files after it: only these.

How a page is run:

- Each ``console`` block: every line that begins with ``$`` is run in a shell on a terminal
  of a hundred columns, and what it prints is written below it. Each ``python`` block is run
  too; the ``text`` block right behind it is what it prints. All must end with exit code 0:
  a refusal is shown as ``$ tracker show nothing || echo "exit $?"``.
- Each page has a fresh folder of its own, in which TRACKER_DB is ``jinan``, or ``mine`` in a page
  with ``<!-- ledger: mine -->``. That ledger holds the seeds already, unless the page makes it
  itself by ``$ tracker init``.
- It is 30 November 2026, nine o'clock, in Shanghai; a page with ``<!-- today: 2026-06-30 -->``
  is run as on that day.
- Pages below docs/zh are run in Chinese (TRACKER_LANG=zh).
"""

import os
import pty
import re
import shutil
import struct
import subprocess
import sys
import termios
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from fcntl import ioctl
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import program_server
from reference import REFERENCE

ROOT = program_server.ROOT
COLUMNS = 100
LEDGER = "jinan"
TODAY = "2026-11-30"
SEEDED_ON = "2026-01-05"

_BLOCK = re.compile(r"```console\n(.*?)```|```python\n(.*?)```(\n\n```text\n.*?```)?", re.DOTALL)
_LEDGER = re.compile(r"<!-- ledger: (\w+) -->")
_DAY = re.compile(r"<!-- today: (\d{4}-\d\d-\d\d) -->")
_MAKES_A_LEDGER = re.compile(r"^\$ tracker init(?!.*--db)", re.MULTILINE)


class DocsError(Exception):
    """A page shows something that does not run."""


class Place(NamedTuple):
    """Where the examples of a page are run.

    Attributes:
        folder: the working folder.
        environment: the environment of every command.
        server: the socket of the server that runs the program.
    """

    folder: Path
    environment: Mapping[str, str]
    server: Path


def pages() -> list[Path]:
    """Return the pages that are written by hand and run."""
    made = {ROOT / name for name in REFERENCE}
    return [ROOT / "README.md", *sorted({*(ROOT / "docs").rglob("*.md")} - made)]


def make_place(folder: Path, page: Path, text: str, seeds: Place, *, empty: bool = False) -> Place:
    """Return a fresh place for a page; its ledger is a copy of the seeds unless it is empty."""
    day, ledger = _DAY.search(text), _LEDGER.search(text)
    language = "zh" if page.is_relative_to(ROOT / "docs" / "zh") else "en"
    name = ledger[1] if ledger else LEDGER
    if not empty and not _MAKES_A_LEDGER.search(text):
        shutil.copytree(seeds.folder / LEDGER, folder / name)
    environment = _environment(folder, name, language, day[1] if day else TODAY)
    return Place(folder, environment, seeds.server)


def _environment(folder: Path, ledger: str, language: str, today: str) -> Mapping[str, str]:
    # A page is the same on every machine, whatever typefaces this one has.
    typefaces = folder / ".fonts.conf"
    typefaces.write_text("<fontconfig/>", "utf-8")
    return {
        "FONTCONFIG_FILE": str(typefaces),
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "HOME": str(folder),
        "LC_ALL": "C.UTF-8",
        "NO_COLOR": "1",
        "TERM": "xterm",
        "TZ": "Asia/Shanghai",
        "TRACKER_DB": ledger,
        "TRACKER_CONFIG": "tracker.toml",
        "TRACKER_AUTHOR": "李娜",
        program_server.TODAY: today,
    } | ({"TRACKER_LANG": language} if language != "en" else {})


@contextmanager
def prepared_seeds() -> Iterator[Place]:
    """Start the server and make the ledger with the seeds, to be copied for each page."""
    with TemporaryDirectory() as folder, program_server.serving() as server:
        place = Place(Path(folder), _environment(Path(folder), LEDGER, "en", SEEDED_ON), server)
        run_line("tracker init", place)
        yield place


def render(page: Path, text: str, seeds: Place) -> str:
    """Return the text of a page with the output of its examples as it is now.

    Raises:
        DocsError: an example ends with another exit code than 0.
    """
    with TemporaryDirectory() as folder:
        place = make_place(Path(folder), page, text, seeds)

        def run_block(block: re.Match[str]) -> str:
            console, python, output = block.groups()
            if console is None:
                printed = _run_python(python, place)
                text_block = f"\n\n```text\n{printed}```" if output or printed else ""
                return f"```python\n{python}```{text_block}"
            lines = [line for line in console.splitlines() if line.startswith("$ ")]
            shown = [
                f"{line}\n{run_line(line.removeprefix('$ '), place)}".rstrip() for line in lines
            ]
            return "```console\n" + "\n\n".join(shown) + "\n```"

        try:
            return _BLOCK.sub(run_block, text)
        except DocsError as error:
            msg = f"{page.relative_to(ROOT)}: {error}"
            raise DocsError(msg) from None


def run_line(line: str, place: Place) -> str:
    """Run a command line and return what it writes to a terminal.

    Raises:
        DocsError: it ends with another exit code than 0.
    """
    leader, follower = _open_terminal()
    # What is said beside a pipe comes before or after its end by chance; here it comes after.
    is_piped = re.search(r"tracker[^|]*\| ", line) is not None
    talk_leader, talk_follower = _open_terminal() if is_piped else (leader, follower)
    with subprocess.Popen(
        ["bash", "-c", program_server.shell_script(line, place.server)],
        cwd=place.folder,
        env=place.environment,
        stdin=subprocess.DEVNULL,
        stdout=follower,
        stderr=talk_follower,
    ) as process:
        for descriptor in {follower, talk_follower}:
            os.close(descriptor)
        output = b"".join(map(_read_all, dict.fromkeys((leader, talk_leader))))
        process.wait()
    lines = output.decode().replace("\r\n", "\n").splitlines()
    shown = "\n".join(line.rstrip() for line in lines)
    if process.returncode:
        msg = f"{line!r} ends with {process.returncode}:\n{shown}"
        raise DocsError(msg)
    return shown


def _open_terminal() -> tuple[int, int]:
    leader, follower = pty.openpty()
    ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 50, COLUMNS, 0, 0))
    return leader, follower


def _read_all(descriptor: int) -> bytes:
    """Read a terminal to its end, and close it."""
    output = b""
    # On Linux the end of a terminal is an error.
    with suppress(OSError):
        while data := os.read(descriptor, 65536):
            output += data
    os.close(descriptor)
    return output


def _run_python(source: str, place: Place) -> str:
    done = subprocess.run(
        [sys.executable, "-c", source],
        cwd=place.folder,
        env=place.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        msg = f"a python block fails:\n{done.stderr}"
        raise DocsError(msg)
    return done.stdout


def render_all(names: Iterable[Path]) -> dict[Path, str]:
    """Return the texts of these files as they ought to be.

    Raises:
        DocsError: an example ends with another exit code than 0.
    """
    wanted = set(names)
    texts = {ROOT / name: make() for name, make in REFERENCE.items() if ROOT / name in wanted}
    with prepared_seeds() as seeds, ThreadPoolExecutor(os.cpu_count()) as pool:
        chosen = [page for page in pages() if page in wanted]
        rendered = pool.map(lambda page: render(page, page.read_text("utf-8"), seeds), chosen)
        return texts | dict(zip(chosen, rendered, strict=True))


def main() -> None:
    """Write the documentation, or with ``--check`` say whether it is current."""
    given = [Path(name).resolve() for name in sys.argv[1:] if name != "--check"]
    everything = [*(ROOT / name for name in REFERENCE), *pages()]
    try:
        rendered = render_all(given or everything)
    except DocsError as error:
        sys.exit(str(error))
    stale = [
        path
        for path, text in rendered.items()
        if not path.is_file() or path.read_text("utf-8") != text
    ]
    if "--check" in sys.argv:
        names = ", ".join(str(path.relative_to(ROOT)) for path in stale)
        sys.exit(f"not current: {names}; run: python tools/docs.py" if stale else 0)
    for path in stale:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(rendered[path], "utf-8")


if __name__ == "__main__":
    main()
