"""What makes a machine remind: lines that mean the same to cron, systemd and a shell."""

import re
import subprocess
from pathlib import Path

import pytest

from tracker.errors import InvalidInput
from tracker.reminders.passes import hold_reminder_pass
from tracker.reminders.scheduling import (
    ScheduledTask,
    check_scheduled_task,
    parse_scheduled_time,
    write_scheduled_crontab,
    write_scheduled_service_unit,
    write_scheduled_timer_unit,
)

ODD = '/srv/a b/100%/it\'s $x "y" \\z'
TASK = ScheduledTask(
    ["/usr/bin/python3", "-m", "tracker"], {"TRACKER_DB": ODD}, 8, 7, "Asia/Shanghai"
)


def test_the_time_is_chosen_so_that_not_all_come_at_once() -> None:
    found = {parse_scheduled_time(None, f"office {number}") for number in range(500)}
    assert {hour for hour, _minute in found} == {8}
    assert {minute for _hour, minute in found} == set(range(60)) - {0, 30}
    assert parse_scheduled_time(None, "x") == parse_scheduled_time(None, "x")


@pytest.mark.parametrize(
    ("text", "time"), [("08:47", (8, 47)), ("8:5", (8, 5)), ("00:00", (0, 0)), ("23:59", (23, 59))]
)
def test_a_time_that_a_person_gives(text: str, time: tuple[int, int]) -> None:
    assert parse_scheduled_time(text, "") == time


@pytest.mark.parametrize(
    "text", ["", "8", "24:00", "08:60", "-1:00", "8:", ":5", "８:00", "08:047"]
)
def test_what_is_no_time(text: str) -> None:
    with pytest.raises(InvalidInput, match=r" is no time; give one like 08:47\."):
        parse_scheduled_time(text, "")


def test_a_crontab_says_the_zone_and_escapes_for_cron_and_the_shell() -> None:
    zone, local, line, end = write_scheduled_crontab(TASK).split("\n")
    assert (zone, local, end) == ("CRON_TZ=Asia/Shanghai", "TZ=Asia/Shanghai", "")
    *fields, command = line.split(" ", 5)
    assert fields == ["7", "8", "*", "*", "*"]
    assert re.search(r"(?<!\\)%", command) is None
    words = command.replace("\\%", "%").replace(
        "/usr/bin/python3 -m tracker", "printenv TRACKER_DB"
    )
    done = subprocess.run(["sh", "-c", words], capture_output=True, text=True, check=True)
    assert done.stdout == ODD + "\n"
    assert write_scheduled_crontab(TASK._replace(zone=None)).startswith("7 8 * * * TRACKER_DB=")


def test_units_are_whole() -> None:
    assert write_scheduled_service_unit(TASK) == (
        """\
[Unit]
Description=tracker remind

[Service]
Type=oneshot
Environment="TRACKER_DB=/srv/a b/100%%/it's $x \\"y\\" \\\\z"
Environment="TZ=Asia/Shanghai"
ExecStart="/usr/bin/python3" "-m" "tracker"
"""
    )
    assert write_scheduled_timer_unit(TASK) == (
        """\
[Unit]
Description=tracker remind, every day

[Timer]
OnCalendar=*-*-* 08:07:00 Asia/Shanghai
Persistent=true

[Install]
WantedBy=timers.target
"""
    )
    bare = TASK._replace(zone=None, command=["/opt/$x"])
    assert "OnCalendar=*-*-* 08:07:00\n" in write_scheduled_timer_unit(bare)
    assert 'ExecStart="/opt/$$x"\n' in write_scheduled_service_unit(bare)
    assert "TZ=" not in write_scheduled_service_unit(bare)


@pytest.mark.parametrize("odd", ["\n* * * * * evil", "\x1b[2J", "\r", "\u2028", "\u202e", "\udc80"])
def test_what_would_leave_its_line_is_refused(odd: str) -> None:
    assert check_scheduled_task(TASK) == TASK
    assert check_scheduled_task(TASK._replace(zone=None)).zone is None
    with pytest.raises(InvalidInput, match="TRACKER_DB holds a control character"):
        check_scheduled_task(TASK._replace(variables={"TRACKER_DB": f"/srv{odd}"}))
    with pytest.raises(InvalidInput, match="TZ holds"):
        check_scheduled_task(TASK._replace(zone=f"Asia/Shanghai{odd}"))
    with pytest.raises(InvalidInput, match="The command holds"):
        check_scheduled_task(TASK._replace(command=[f"/opt{odd}/python"]))


def test_a_pass_is_the_only_one_but_where_another_holds_the_lock(tmp_path: Path) -> None:
    with hold_reminder_pass(tmp_path, "a") as first, hold_reminder_pass(tmp_path, "a") as second:
        assert (first, second) == (True, False)
    (tmp_path / "file").touch()
    with hold_reminder_pass(tmp_path / "file", "a") as is_alone:
        assert is_alone
