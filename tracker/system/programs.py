"""Programs of a place that are told something: hooks, and channels of its own.

The only module that starts programs: no shell, JSON on their stdin, a time limit.
"""

import os
import signal
import stat
import subprocess
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO


class ProgramFailed(Exception):
    """A program could not be started, failed, or took too long; the message says which."""


def is_program(path: Path) -> bool:
    """Whether a file is meant to be started."""
    return not path.name.startswith(".") and path.is_file() and os.access(path, os.X_OK)


def _too_slow(seconds: float) -> str:
    from tracker.locale.translation import _n

    return _n(
        "it took longer than {seconds:g} second",
        "it took longer than {seconds:g} seconds",
        1 if seconds == 1 else 2,
    ).format(seconds=seconds)


def run(path: Path, data: bytes, seconds: float, env: Mapping[str, str]) -> None:
    """Start a program with data on its stdin and wait for it to end.

    What it writes is ignored but the last line of its stderr, which is the reason of a
    failure. Only the program itself is waited for, not what it leaves in the background.
    When its time is over it is killed with all that it has started, save what has begun a
    session of its own.

    Args:
        path: the program; no shell is involved.
        data: what it reads on stdin.
        seconds: how long it may take.
        env: the whole environment that it sees.

    Raises:
        ProgramFailed: others may change it, it could not be started, it ended with
            another code than 0, or it took too long.
    """
    from tracker.locale.translation import _

    try:
        _refuse_writable(path)
        # Files, because what the program leaves behind may hold the far end of a pipe open.
        with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as said:
            given.write(data)
            given.seek(0)
            code = _code(_started(path, given, said, env), seconds)
            last = _last_line(said)
    except OSError as error:
        reason = error.strerror or str(error)
        raise ProgramFailed(_("it cannot be started: {reason}").format(reason=reason)) from None
    if code:
        raise ProgramFailed(
            _("it ended with code {code} {said}").format(code=code, said=last[:_LONGEST]).strip()
        )


def _started(
    path: Path, given: IO[bytes], said: IO[bytes], env: Mapping[str, str]
) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(  # noqa: S603  # the program that the person has named
        [str(path)],
        stdin=given,
        stdout=subprocess.DEVNULL,
        stderr=said,
        env=env,
        start_new_session=True,
    )


def _code(process: "subprocess.Popen[bytes]", seconds: float) -> int:
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        with suppress(subprocess.TimeoutExpired):
            process.wait(_LAST_WAIT)
        raise ProgramFailed(_too_slow(seconds)) from None


def _last_line(said: IO[bytes]) -> str:
    said.seek(max(0, said.seek(0, os.SEEK_END) - _TAIL))
    lines = said.read(_TAIL).decode("utf-8", "replace").split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), "")


_LONGEST = 200
_TAIL = 4096
_LAST_WAIT = 1.0
"""Seconds for what was killed to end; what may not be killed is not waited for."""


def _refuse_writable(path: Path) -> None:
    """Refuse what somebody else could have put there."""
    from tracker.locale.translation import _

    for each in (path, path.parent):
        status = each.stat()
        is_shared = status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
        if is_shared and not status.st_mode & stat.S_ISVTX:
            raise ProgramFailed(
                _("others may write to {path}; run: chmod go-w {path}").format(path=each)
            )
        if status.st_uid not in {0, os.geteuid()}:
            raise ProgramFailed(_("{path} belongs to somebody else").format(path=each))
