"""Run programs of the user: hooks, and channels of reminders.

No other module starts programs. They run without a shell, read JSON on their stdin, and
have a time limit.
"""

import os
import shlex
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO


class ProgramFailed(Exception):
    """Program that could not be started, failed, or took too long; the message says which."""


def can_run_as_subprocess(path: Path) -> bool:
    """Return whether a file is an executable program, not hidden."""
    return not path.name.startswith(".") and path.is_file() and os.access(path, os.X_OK)


def _describe_subprocess_timeout(seconds: float) -> str:
    from tracker.locale.translation import _n

    return _n(
        "it took longer than {seconds:g} second",
        "it took longer than {seconds:g} seconds",
        1 if seconds == 1 else 2,
    ).format(seconds=seconds)


def run_subprocess(path: Path, data: bytes, seconds: float, env: Mapping[str, str]) -> None:
    """Run a program with data on its stdin and wait for it to end.

    Its output is ignored, except that the last line of its stderr is the reason of a
    failure. Processes that it leaves in the background are not waited for. When its time
    is over it is killed with its process group.

    Args:
        path: the program; no shell is involved.
        data: its stdin.
        seconds: its time limit.
        env: its whole environment.

    Raises:
        ProgramFailed: other users may change it, it could not be started, it ended with
            another code than 0, or it took too long.
    """
    from tracker.locale.translation import _

    try:
        _refuse_writable_subprocess(path)
        # Files, because processes in the background could keep the other end of a pipe open.
        with tempfile.TemporaryFile() as stdin, tempfile.TemporaryFile() as stderr:
            stdin.write(data)
            stdin.seek(0)
            code = _wait_for_subprocess_exit(_start_subprocess(path, stdin, stderr, env), seconds)
            last = _find_last_stderr_line_of_subprocess(stderr)
    except OSError as error:
        reason = error.strerror or str(error)
        raise ProgramFailed(_("it cannot be started: {reason}").format(reason=reason)) from None
    if code:
        raise ProgramFailed(
            _("it ended with code {code} {said}")
            .format(code=code, said=last[:_LONGEST_LINE])
            .strip()
        )


def _start_subprocess(
    path: Path, stdin: IO[bytes], stderr: IO[bytes], env: Mapping[str, str]
) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(  # noqa: S603  # the program that the person has named
        [str(path)],
        stdin=stdin,
        stdout=subprocess.DEVNULL,
        stderr=stderr,
        env=env,
        start_new_session=True,
    )


def _wait_for_subprocess_exit(process: "subprocess.Popen[bytes]", seconds: float) -> int:
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        with suppress(subprocess.TimeoutExpired):
            process.wait(_LAST_WAIT)
        raise ProgramFailed(_describe_subprocess_timeout(seconds)) from None


def _find_last_stderr_line_of_subprocess(stderr: IO[bytes]) -> str:
    stderr.seek(max(0, stderr.seek(0, os.SEEK_END) - _TAIL))
    lines = stderr.read(_TAIL).decode("utf-8", "replace").split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), "")


_LONGEST_LINE = 200
_TAIL = 4096
_LAST_WAIT = 1.0
"""Seconds to wait for a killed program to end."""
_LONGEST_LIST = 5.0
"""Seconds to wait for a list of typefaces."""


def _refuse_writable_subprocess(path: Path) -> None:
    """Refuse a program that another user could have changed."""
    from tracker.locale.translation import _
    from tracker.system.ownership import find_ownership_fault

    for place in (path, path.parent):
        exposure = find_ownership_fault(place)
        if exposure == "writable":
            raise ProgramFailed(
                _("others may write to {path}; run: chmod go-w {path}").format(path=place)
            )
        if exposure == "foreign":
            raise ProgramFailed(_("{path} belongs to somebody else").format(path=place))


def page_text_in_subprocess(data: bytes, pager: str, env: Mapping[str, str]) -> bool:
    """Show a text in a pager; return whether there was one.

    Args:
        data: the text as the terminal takes it.
        pager: the command line of the pager, such as ``less -R``.
        env: its whole environment.
    """
    try:
        # Ctrl-C is the pager's; a reader that has seen enough closes the pipe.
        subprocess.run(shlex.split(pager), input=data, env=env, check=False)  # noqa: S603  # theirs
    except (OSError, ValueError, IndexError):
        return False
    return True


def edit_text_in_subprocess(text: str, editor: str) -> str:
    """Let the person change a text in an editor; return it as it was saved.

    Args:
        text: the text to begin with.
        editor: the command line of the editor, such as ``vi`` or ``code --wait``.

    Raises:
        ProgramFailed: the editor could not be started or failed.
    """
    from tracker.locale.translation import _

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "draft.toml"
        file.write_text(text, "utf-8")
        try:
            code = subprocess.call([*shlex.split(editor), str(file)])  # noqa: S603  # their own
        except (OSError, ValueError) as error:
            raise ProgramFailed(_("it cannot be started: {reason}").format(reason=error)) from None
        if code:
            raise ProgramFailed(_("it ended with code {code} {said}").format(code=code, said=""))
        try:
            return file.read_text("utf-8", "replace")
        except OSError as error:
            sentence = _("the text cannot be read any more: {reason}")
            raise ProgramFailed(sentence.format(reason=error.strerror)) from None


def list_installed_typefaces() -> frozenset[str]:
    """Return the names of the typefaces of this machine; none where it cannot say."""
    try:
        listed = subprocess.run(
            ["fc-list", ":", "family"],  # noqa: S607  # wherever the system has it
            capture_output=True,
            timeout=_LONGEST_LIST,
            check=True,
        ).stdout.decode("utf-8", "replace")
    except (OSError, subprocess.SubprocessError):
        return frozenset()
    return frozenset(name.strip() for name in listed.replace("\n", ",").split(",") if name.strip())
