"""Run the programs of a place that are told of each change after it is stored."""

from collections.abc import Callable, Sequence
from pathlib import Path

from tracker import config
from tracker.errors import describe_error_reason
from tracker.locale.translation import _
from tracker.model.codec import encode
from tracker.model.commits import Change, Stamp
from tracker.system import subprocesses


class Hooks:
    """Executable files in a folder, run in the order of their names.

    Args:
        folder: where they are.
        seconds: how long each may take.
        warn: is called with a sentence for each that failed.
    """

    def __init__(self, folder: Path, seconds: float, warn: Callable[[str], None]) -> None:
        self._folder = folder
        self._seconds = seconds
        self._warn = warn

    def run_all(self, stamp: Stamp, changes: Sequence[Change]) -> None:
        """Give each hook a change as one JSON object on its stdin.

        The change is stored already: what a hook does, or fails to do, alters nothing.
        """
        programs = self._list_programs()
        if not programs:
            return
        try:
            # Those of a large change are in a temporary file.
            told = list(changes)
        except OSError as error:
            self._warn(
                _("The hooks were not run, the change is stored all the same: {reason}").format(
                    reason=describe_error_reason(error)
                )
            )
            return
        data = encode({"schema": 1, **_build_hook_stamp(stamp), "changes": told}) + b"\n"
        for program in programs:
            self._run(program, data)

    def _run(self, program: Path, data: bytes) -> None:
        try:
            subprocesses.run_subprocess(
                program, data, self._seconds, config.read_config_environment_without_secrets()
            )
        except subprocesses.ProgramFailed as error:
            self._warn(
                _("The hook {name} failed, the change is stored all the same: {reason}").format(
                    name=program.name, reason=error
                )
            )

    def _list_programs(self) -> list[Path]:
        try:
            return sorted(filter(subprocesses.can_run_as_subprocess, self._folder.iterdir()))
        except OSError as error:
            self._warn(
                _(
                    "The hooks in {folder} cannot be read,"
                    " the change is stored all the same: {reason}"
                ).format(folder=self._folder, reason=describe_error_reason(error))
            )
            return []


def _build_hook_stamp(stamp: Stamp) -> dict[str, object]:
    return {"at": stamp.at, "by": stamp.by, "command": stamp.command, "undoes": stamp.undoes}
