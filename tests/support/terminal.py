"""Run the program on a terminal, and type what a person types."""

import os
import pty
import select
import shlex
import signal
import sys
import time
from collections.abc import Callable, Sequence
from typing import TypeAlias

Key: TypeAlias = str | Callable[[], str]
"""A line that is typed, or what is done first and returns it."""


def on_terminal(line: str, keys: Sequence[Key], prompts: tuple[str, ...]) -> tuple[int, str]:
    """Return the exit code, and what is shown while these lines are typed.

    Args:
        line: the command line behind ``tracker``.
        keys: one for each question; a control sign, such as Ctrl-C, is sent as it is.
        prompts: how questions end.
    """
    pid, descriptor = pty.fork()
    if pid == 0:
        os.execv(sys.executable, [sys.executable, "-m", "tracker", *shlex.split(line)])  # noqa: S606
    shown = b""
    waiting = list(keys)
    key: Key = ""
    limit = time.monotonic() + 60
    endings = tuple(prompt.encode() for prompt in prompts)
    try:
        while time.monotonic() < limit:
            if not select.select([descriptor], [], [], 5)[0]:
                if key == "\x03":
                    # Python misses one that comes just before it waits; a person types it again.
                    os.write(descriptor, b"\x03")
                continue
            shown += os.read(descriptor, 65536)
            if waiting and shown.rstrip(b" ").endswith(endings):
                key = waiting.pop(0)
                key = key if isinstance(key, str) else key()
                os.write(
                    descriptor, key.encode() if key in "\x03\x04" and key else f"{key}\n".encode()
                )
                shown += b"\n"
    except OSError:
        # On Linux the end of a terminal is an error.
        pass
    finally:
        os.close(descriptor)
        if time.monotonic() >= limit:
            os.kill(pid, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), shown.decode()
