"""Run the program again and again without importing its libraries each time.

``serving`` starts a process that starts another for each language, which has imported the
program and its libraries. That forks for each call, and gives the child the arguments, folder,
environment and open files of whoever calls.
"""

import gc
import os
import re
import socket
import subprocess
import sys
import time
from ast import literal_eval
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, tzinfo
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from signal import SIG_IGN, SIGCHLD, SIGTERM, signal
from tempfile import TemporaryDirectory
from typing import Any

ROOT = Path(__file__).resolve().parent.parent

TODAY = "TRACKER_DOCS_TODAY"
"""The variable that names the day of a call; without it the day is that of the clock."""

_LIBRARIES = (
    "chinese_calendar",
    "dateutil.relativedelta",
    "difflib",
    "hashlib",
    "msgspec",
    "rich.console",
    "rich.table",
    "tinydb",
    "typer.main",
    "typer._click.decorators",
)

_NOT_IMPORTED = r"\.postgresql|\.__main__$"
"""Modules that no page needs."""

_LONGEST_CALL = 1 << 20
"""Bytes of the arguments, the folder and the environment of a call."""

# Imports next to nothing, because it is a process of its own for each call.
_CLIENT = """
import _socket, os, sys
link = _socket.socket(_socket.AF_UNIX, _socket.SOCK_SEQPACKET)
link.connect(sys.argv[1])
call = repr((sys.argv[2:], os.getcwd(), dict(os.environ))).encode()
files = b"".join(number.to_bytes(4, sys.byteorder) for number in range(3))
link.sendmsg([call], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, files)])
code = link.recv(1)
os._exit(code[0] if code else 70)
"""


@contextmanager
def serving() -> Iterator[Path]:
    """Start the server; return its socket, which is there while the block runs."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "socket")
        # Below a shell, because --install-completion asks which shell it is called from.
        shell = ["bash", "-c", '"$@"; exit', "bash"]
        command = [*shell, sys.executable, "-P", str(Path(__file__)), str(path)]
        environment = os.environ | {"PYTHONPATH": str(ROOT), "LC_ALL": "C.UTF-8"}
        with subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, start_new_session=True
        ) as server:
            try:
                if server.stdout is not None:
                    server.stdout.readline()
                yield path
            finally:
                os.killpg(server.pid, SIGTERM)


def shell_script(line: str, server: Path) -> str:
    """Return a script in which ``tracker`` is this program, run by the server."""
    return f'tracker() {{ "{sys.executable}" -IS -c \'{_CLIENT}\' "{server}" "$@"; }}; {line}'


def serve(path: str) -> None:
    """Answer calls until the process is ended."""
    for name in _LIBRARIES:
        import_module(name)
    from tracker import config

    signal(SIGCHLD, SIG_IGN)
    speakers: dict[str, socket.socket] = {}
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listening:
        listening.bind(path)
        listening.listen(64)
        print(path, flush=True)
        while True:
            link, _address = listening.accept()
            data, files, _flags, _address = socket.recv_fds(link, _LONGEST_CALL, 3)
            words = _enter_place_of_call(data)
            language = config.find_config_language(words)
            if language not in speakers:
                speakers[language] = _start_speaker(
                    language, [listening.fileno(), link.fileno(), *files]
                )
            socket.send_fds(speakers[language], [data], [link.fileno(), *files])
            link.close()
            for file in files:
                os.close(file)


def _enter_place_of_call(data: bytes) -> list[str]:
    """Take on the folder and the environment of a call; return its arguments."""
    words, folder, environment = literal_eval(data.decode())
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    return list(words)


def _start_speaker(language: str, not_its_own: list[int]) -> socket.socket:
    """Start a process that has imported the program in a language; return its socket.

    The sentences of a module are translated when it is imported, so each language has its own.
    """
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    if os.fork():
        theirs.close()
        return ours
    ours.close()
    # Who reads what a call writes waits until nobody has the file open.
    for file in not_its_own:
        os.close(file)
    import tracker
    from tracker.locale import translation

    translation.use_language(language)
    # Where coverage is measured, each child would write down all that was imported here.
    if "coverage" not in sys.modules:
        for module in walk_packages(tracker.__path__, "tracker."):
            if not re.search(_NOT_IMPORTED, module.name):
                import_module(module.name)
    # The children share the memory of what is there, and have no time to look for garbage.
    gc.disable()
    gc.freeze()
    while True:
        data, files, _flags, _address = socket.recv_fds(theirs, _LONGEST_CALL, 4)
        if os.fork() == 0:
            theirs.close()
            _answer_call(data, files)
        for file in files:
            os.close(file)


def _answer_call(data: bytes, files: list[int]) -> None:
    link = socket.socket(fileno=files.pop(0))
    words = _enter_place_of_call(data)
    for number, file in enumerate(files):
        os.dup2(file, number)
    sys.stdout.reconfigure(line_buffering=os.isatty(1))  # type: ignore[union-attr]
    code = 70
    try:
        code = _run_program(words)
        sys.stdout.flush()
    except SystemExit as ended:
        # Typer ends so where it has installed the completion of a shell.
        code = int(ended.code or 0)
    finally:
        link.send(bytes([code]))
        os._exit(0)


def _run_program(words: list[str]) -> int:
    from tracker.cli import app, progress

    if TODAY in os.environ:
        app.datetime = _Clock  # type: ignore[attr-defined]  # the day of the page
    # How long something takes is not the same each time.
    progress._can_show_progress = lambda: False  # noqa: SLF001
    return app.run_app(words)


class _Clock(datetime):
    """A clock that stands at nine o'clock in Shanghai on the day of the call."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Any:  # noqa: ANN401, ARG003  # as in datetime
        # What is stored is a plain datetime.
        return datetime.fromisoformat(f"{os.environ[TODAY]}T09:00:00+08:00")


if __name__ == "__main__":
    serve(sys.argv[1])
