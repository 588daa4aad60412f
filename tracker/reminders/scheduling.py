"""Write what makes a machine remind every day: a line for cron, two units for systemd.

Pure functions of a task; nothing is installed.
"""

import shlex
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import NamedTuple
from unicodedata import category

from tracker.errors import InvalidInput
from tracker.locale.translation import _

_CONTROLS = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Unicode categories of characters that control, are not seen, or end a line."""
_BUSY_MINUTES = (0, 30)
"""Minutes at which most scheduled tasks start."""


class ScheduledTask(NamedTuple):
    """Command to run every day.

    Attributes:
        command: the program and its arguments, all absolute.
        variables: its environment.
        hour: of the day.
        minute: of the hour.
        zone: the name of the time zone; None: not known.
    """

    command: Sequence[str]
    variables: Mapping[str, str]
    hour: int
    minute: int
    zone: str | None


def check_scheduled_task(task: ScheduledTask) -> ScheduledTask:
    """Return the task, or refuse it if a text does not stay in the line that it is written in.

    Raises:
        InvalidInput: a text holds a character that would end the line, or hide a part of it.
    """
    texts = [*task.variables.items(), ("TZ", task.zone or "")]
    texts += [(_("The command"), word) for word in task.command]
    for name, text in texts:
        if any(category(character) in _CONTROLS for character in text):
            sentence = _("{name} holds a control character; no timetable can carry it.")
            raise InvalidInput(sentence.format(name=name))
    return task


def parse_scheduled_time(text: str | None, seed: str) -> tuple[int, int]:
    """Parse a time like 08:47 and return its hour and minute.

    Without a text, return a minute after eight that is the same for the same seed, so that
    offices that share a server do not all start at once.

    Raises:
        InvalidInput: the text is no time of a day.
    """
    if text is None:
        minutes = [minute for minute in range(60) if minute not in _BUSY_MINUTES]
        number = int.from_bytes(sha256(seed.encode()).digest()[:4])
        return 8, minutes[number % len(minutes)]
    hour, _colon, minute = text.partition(":")
    digits = (hour, minute)
    if all(each.isascii() and each.isdigit() and len(each) <= len("00") for each in digits):
        time = int(hour), int(minute)
        if time < (24, 0) and time[1] < len(range(60)):
            return time
    raise InvalidInput(_("{text} is no time; give one like 08:47.").format(text=text))


def write_scheduled_crontab(task: ScheduledTask) -> str:
    """Write the lines for ``crontab -e``; a ``%`` would end the command, so it is escaped."""
    lines = [f"CRON_TZ={task.zone}", f"TZ={task.zone}"] if task.zone is not None else []
    words = [f"{key}={shlex.quote(value)}" for key, value in task.variables.items()]
    command = " ".join([*words, *map(shlex.quote, task.command)]).replace("%", "\\%")
    return "\n".join([*lines, f"{task.minute} {task.hour} * * * {command}", ""])


def write_scheduled_service_unit(task: ScheduledTask) -> str:
    """Write the systemd unit that reminds once."""
    variables = dict(task.variables) | ({"TZ": task.zone} if task.zone is not None else {})
    lines = [
        f"Environment={_quote_scheduled_word(f'{key}={value}')}" for key, value in variables.items()
    ]
    # A dollar begins a variable in a command, and only there.
    command = " ".join(_quote_scheduled_word(word).replace("$", "$$") for word in task.command)
    head = ["[Unit]", "Description=tracker remind", "", "[Service]", "Type=oneshot"]
    return "\n".join([*head, *lines, f"ExecStart={command}", ""])


def write_scheduled_timer_unit(task: ScheduledTask) -> str:
    """Write the systemd timer that starts it every day, and later if the machine was off."""
    moment = f"*-*-* {task.hour:02}:{task.minute:02}:00"
    if task.zone is not None:
        moment += f" {task.zone}"
    lines = ["[Unit]", "Description=tracker remind, every day", "", "[Timer]"]
    lines += [f"OnCalendar={moment}", "Persistent=true", "", "[Install]"]
    return "\n".join([*lines, "WantedBy=timers.target", ""])


def _quote_scheduled_word(text: str) -> str:
    r"""Quote a word of a unit: ``%`` doubled, quotes and backslashes escaped."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return f'"{escaped}"'
