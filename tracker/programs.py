"""Programs of a place that are told something: hooks, and channels of its own.

The only module that starts programs: no shell, JSON on their stdin, a time limit.
"""

import os
import signal
import stat
import subprocess
from pathlib import Path


class ProgramFailed(Exception):
    """A program could not be started, failed, or took too long; the message says which."""


def is_program(path: Path) -> bool:
    """Whether a file is meant to be started."""
    return not path.name.startswith(".") and path.is_file() and os.access(path, os.X_OK)


def _too_slow(seconds: float) -> str:
    from tracker.locale import _n

    return _n(
        "it took longer than {seconds:g} second",
        "it took longer than {seconds:g} seconds",
        int(seconds),
    ).format(seconds=seconds)


def run(path: Path, data: bytes, seconds: float) -> None:
    """Start a program with data on its stdin and wait for it to end.

    What it writes is nobody's business but the last line of its stderr, which is the
    reason of a failure. It runs in a session of its own, so that what it has started ends
    with it when its time is over.

    Raises:
        ProgramFailed: others may change it, it could not be started, it ended with
            another code than 0, or it took too long.
    """
    from tracker.locale import _

    try:
        _refuse_writable(path)
        process = subprocess.Popen(  # noqa: S603  # the program that the person has named
            [str(path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except OSError as error:
        reason = error.strerror or str(error)
        raise ProgramFailed(_("it cannot be started: {reason}").format(reason=reason)) from None
    try:
        _out, said = process.communicate(data, timeout=seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        raise ProgramFailed(_too_slow(seconds)) from None
    if process.returncode:
        lines = said.decode("utf-8", "replace").split("\n")
        last = next((line.strip() for line in reversed(lines) if line.strip()), "")
        raise ProgramFailed(
            _("it ended with code {code} {said}")
            .format(code=process.returncode, said=last[:_LONGEST])
            .strip()
        )


_LONGEST = 200


def _refuse_writable(path: Path) -> None:
    """Refuse what somebody else could have put there."""
    from tracker.locale import _

    for each in (path, path.parent):
        status = each.stat()
        is_shared = status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
        if is_shared and not status.st_mode & stat.S_ISVTX:
            raise ProgramFailed(
                _("others may write to {path}; run: chmod go-w {path}").format(path=each)
            )
        if status.st_uid not in {0, os.geteuid()}:
            raise ProgramFailed(_("{path} belongs to somebody else").format(path=each))
