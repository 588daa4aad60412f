"""What makes a machine remind every day: a line for cron, two units for systemd.

Pure functions of what is to be run; nothing is installed.
"""

import shlex
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import NamedTuple
from unicodedata import category

from tracker.errors import InvalidInput
from tracker.locale.translation import _

_UNFIT = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""The kinds of characters that control, are not seen, or end a line."""
_BUSY = (0, 30)
"""The minutes at which everybody's clocks go off."""


class Task(NamedTuple):
    """What is to be run every day.

    Attributes:
        command: the program and its arguments, all absolute.
        variables: what it needs in its environment.
        hour: of the day.
        minute: of the hour.
        zone: the time zone, None where it is not known.
    """

    command: Sequence[str]
    variables: Mapping[str, str]
    hour: int
    minute: int
    zone: str | None


def checked(task: Task) -> Task:
    """The task, if each of its texts stays in the line that it is written in.

    Raises:
        InvalidInput: one holds a character that would end the line, or hide a part of it.
    """
    texts = [*task.variables.items(), ("TZ", task.zone or "")]
    texts += [(_("The command"), each) for each in task.command]
    for name, text in texts:
        if any(category(each) in _UNFIT for each in text):
            sentence = _("{name} holds a control character; no timetable can carry it.")
            raise InvalidInput(sentence.format(name=name))
    return task


def time_of(text: str | None, seed: str) -> tuple[int, int]:
    """Hour and minute that a person means.

    Without a text a minute after eight that is the same for the same seed, so that not
    all offices that share a server come at once.

    Raises:
        InvalidInput: it is no time of a day.
    """
    if text is None:
        minutes = [minute for minute in range(60) if minute not in _BUSY]
        number = int.from_bytes(sha256(seed.encode()).digest()[:4])
        return 8, minutes[number % len(minutes)]
    hour, _colon, minute = text.partition(":")
    both = (hour, minute)
    if all(each.isascii() and each.isdigit() and len(each) <= len("00") for each in both):
        found = int(hour), int(minute)
        if found < (24, 0) and found[1] < len(range(60)):
            return found
    raise InvalidInput(_("{text} is no time; give one like 08:47.").format(text=text))


def crontab(task: Task) -> str:
    """The lines for ``crontab -e``; a ``%`` would end the command, so it is escaped."""
    lines = [f"CRON_TZ={task.zone}", f"TZ={task.zone}"] if task.zone is not None else []
    words = [f"{key}={shlex.quote(value)}" for key, value in task.variables.items()]
    command = " ".join([*words, *map(shlex.quote, task.command)]).replace("%", "\\%")
    return "\n".join([*lines, f"{task.minute} {task.hour} * * * {command}", ""])


def service(task: Task) -> str:
    """The unit that reminds once."""
    variables = dict(task.variables) | ({"TZ": task.zone} if task.zone is not None else {})
    lines = [f"Environment={_unit(f'{key}={value}')}" for key, value in variables.items()]
    # A dollar is a variable in a command, and only there.
    command = " ".join(_unit(each).replace("$", "$$") for each in task.command)
    head = ["[Unit]", "Description=tracker remind", "", "[Service]", "Type=oneshot"]
    return "\n".join([*head, *lines, f"ExecStart={command}", ""])


def timer(task: Task) -> str:
    """The unit that starts it every day; a day that was slept through is made up for."""
    moment = f"*-*-* {task.hour:02}:{task.minute:02}:00"
    if task.zone is not None:
        moment += f" {task.zone}"
    lines = ["[Unit]", "Description=tracker remind, every day", "", "[Timer]"]
    lines += [f"OnCalendar={moment}", "Persistent=true", "", "[Install]"]
    return "\n".join([*lines, "WantedBy=timers.target", ""])


def _unit(text: str) -> str:
    r"""One word of a unit: quoted, ``%`` doubled, quotes and backslashes escaped."""
    spelt = text.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return f'"{spelt}"'
