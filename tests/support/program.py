"""Run the program, in this process or in one of its own."""

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, TypeAlias


class Done(NamedTuple):
    """Exit code and output of a run of the program."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:  # noqa: ANN401  # any JSON
        return json.loads(self.out)

    @property
    def error(self) -> Any:  # noqa: ANN401  # any JSON
        return json.loads(self.err)["error"]


def tracker_says(env: Mapping[str, str], *words: str) -> "subprocess.CompletedProcess[str]":
    """Run the program in a process of its own; return its code and output."""
    return subprocess.run(
        [sys.executable, "-m", "tracker", *words],
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )


Program: TypeAlias = Callable[..., Done]
