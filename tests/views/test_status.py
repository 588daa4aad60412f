"""The morning's screen, the working lists and the working of a light, as people see them."""

import csv
import json
import os
import pty
import struct
import subprocess
import sys
import termios
from collections.abc import Callable
from datetime import UTC, datetime
from fcntl import ioctl
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from factories import document, enter, figure, initiative, of, on, step

from tracker import config
from tracker.assessment.checks import CHECKS
from tracker.cli.app import run_app
from tracker.ledger.ledger import Tracker
from tracker.locale.translation import _, use_language, use_own_words
from tracker.storage.open_store import open_store

Printed: TypeAlias = Callable[..., str]

PLAN = document("plan", "工作报告", "2026-01-09")
PIPES = initiative(
    "pipes",
    "老旧管网改造",
    figure(
        "km",
        "改造长度",
        "公里",
        on("2026-05-31", 20),
        on("2026-06-30", 30),
        deadline={"on": "2026-12-31", "wording": "年底前", "basis": "derived"},
        source=of("plan", "第1段"),
        revisions=[on("2026-07-01", target=120, reason="扩面", by="李")],
    ),
    figure(
        "share",
        "改造率",
        "%",
        baseline=None,
        target=80,
        start=None,
        deadline={"on": "2026-05-31"},
        source=of("plan"),
    ),
    figure(
        "leaks",
        "漏损率",
        "%",
        on("2026-06-30", 13),
        baseline=12,
        target=8,
        accumulation="level",
        source=of("plan"),
    ),
    place="济南市",
    category="民生",
    lead="水务局",
    sources=[of("plan", "第1段")],
)
ROADS = initiative(
    "roads",
    "道路",
    step("begun", "开工", "2026-07-10"),
    step("done", "竣工", "2026-06-01", on("2026-05-30", done=True)),
    step("late", "验收", "2026-06-01"),
    step(
        "stopped",
        "二期",
        "2026-06-01",
        decisions=[on("2026-06-02", state="suspended", reason="资金")],
    ),
    lead="城管局",
)
DAY = "--as-of 2026-07-02"


@pytest.fixture
def ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = tmp_path / "ledger"
    monkeypatch.setenv("TRACKER_DB", str(place))
    monkeypatch.setenv("TRACKER_CONFIG", str(tmp_path / "tracker.toml"))
    tracker = Tracker(open_store(str(place)), now=datetime(2026, 7, 10, tzinfo=UTC), author="王")
    enter(tracker, PLAN, PIPES, ROADS)
    return place


@pytest.fixture
def printed(ledger: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> Printed:
    assert ledger.exists()

    def run_it(arguments: str, code: int = 0) -> str:
        assert run_app(arguments.split()) == code
        captured = capsysbinary.readouterr()
        return (captured.out or captured.err).decode()

    return run_it


def items(text: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(text)["items"]
    return found


def test_the_morning_screen(printed: Printed) -> None:
    assert (
        printed(f"status {DAY}")
        == """\
status

as of:               2026-07-02
indicators:          7
promises:            7
met:                 1
overdue:             2
due within 30 days:  1
unreported:          3
suspended:           1

lights
light   active promises            of all
red                   3  █████░░░░░ 50.0%
yellow                2  ███▎░░░░░░ 33.3%
green                 1  █▋░░░░░░░░ 16.7%
none                  0  ░░░░░░░░░░  0.0%

most urgent (4 of 5)
indicator              lead    target  value               done  light   deadline    days late  id
道路 · 验收            城管局                      not reported  red     2026-06-01         31  roads.late
老旧管网改造 · 改造率  水务局     80%              not reported  red     2026-05-31         32  pipes.share
老旧管网改造 · 漏损率  水务局      8%    13%  ░░░░░│░░░░ -25.0%  red     2026-12-31             pipes.leaks
道路 · 开工            城管局                      not reported  yellow  2026-07-10             roads.begun

due soon
indicator    lead            done  light   deadline    days left  id
道路 · 开工  城管局  not reported  yellow  2026-07-10          8  roads.begun

unreported
indicator              lead    reports owed  owed since  last report  id
老旧管网改造 · 改造率  水务局             6  2026-01-31               pipes.share
道路 · 开工            城管局             6  2026-01-31               roads.begun
道路 · 验收            城管局             6  2026-01-31               roads.late
"""  # noqa: E501  # a screen of 110 cells
    )


def test_there_are_no_bars_for_programs(printed: Printed) -> None:
    data = json.loads(printed(f"status {DAY} -o json"))
    assert data["counts"] == {
        "indicators": 7,
        "promises": 7,
        "reported": 0,
        "visions": 0,
        "projections": 0,
        "active": 6,
        "active_promises": 6,
        "red": 3,
        "yellow": 2,
        "green": 1,
        "none": 0,
        "met": 1,
        "kept": 0,
        "overdue": 2,
        "overdue_assumed": 0,
        "due_soon": 1,
        "unreported": 3,
        "awaiting_verdict": 0,
        "verdict_kept": 0,
        "verdict_partly": 0,
        "verdict_broken": 0,
        "verdict_unclear": 0,
        "suspended": 1,
        "closed": 0,
        "cancelled": 0,
    }
    assert [each["id"] for each in data["unreported"]] == [
        "pipes.share",
        "roads.begun",
        "roads.late",
    ]
    for form in ("json", "jsonl", "csv", "tsv", "md"):
        for each in ("status", "status --by lead"):
            assert not set(printed(f"{each} {DAY} -o {form}")) & {"█", "░", "│"}


@pytest.mark.parametrize("by", ["lead", "place", "category", "document"])
def test_the_status_can_be_counted_by(printed: Printed, by: str) -> None:
    found = items(printed(f"status --by {by} {DAY} -o json"))
    assert sum(each["indicators"] for each in found) == 7
    first = {"lead": "城管局", "place": "济南市", "category": "民生", "document": "plan"}
    assert found[0][by] == first[by]
    assert "share met" in printed(f"status --by {by} {DAY}")
    assert "█" in printed(f"status --by {by} {DAY}")


def test_an_unknown_group_is_refused(printed: Printed) -> None:
    assert "lead, place, category, document" in printed("status --by light", 2)


def test_an_empty_ledger_has_an_empty_screen(printed: Printed) -> None:
    text = printed("status --as-of 2025-01-01")
    assert "indicators:          0" in text
    assert "most urgent" not in text


def test_what_is_behind_comes_worst_first(printed: Printed) -> None:
    found = items(printed(f"behind {DAY} -o json"))
    assert [(each["id"], each["gap"], each["days_late"]) for each in found] == [
        ("pipes.share", None, 32),
        ("roads.late", None, 31),
        ("pipes.leaks", -75, None),
        ("pipes.km", -25, None),
        ("roads.begun", None, None),
    ]
    assert items(printed(f"behind {DAY} --state suspended -o json")) == []
    assert len(items(printed(f"behind {DAY} --light yellow -o json"))) == 2


def test_who_owes_a_report(printed: Printed) -> None:
    found = items(printed(f"unreported {DAY} -o json"))
    assert found[0] == {
        "id": "pipes.share",
        "initiative": "老旧管网改造",
        "initiative_id": "pipes",
        "name": "改造率",
        "place": "济南市",
        "lead": "水务局",
        "cycle": "monthly",
        "owed": 6,
        "first_owed": "2026-01-31",
        "days_owed": 152,
        "last_report": None,
        "leads": ["水务局"],
        "person": None,
    }
    assert [each["id"] for each in items(printed(f"unreported {DAY} --lead 城管 -o json"))] == [
        "roads.begun",
        "roads.late",
    ]
    assert printed(f"unreported {DAY} --exit-code -o ids", 1)


def test_cycles_are_shown_where_they_differ(printed: Printed) -> None:
    assert "cycle" not in printed(f"unreported {DAY}")
    # Six months of 2026 had ended on that day, and two quarters.
    printed("edit roads --cycle quarterly")
    heading, *rows = printed(f"unreported {DAY}").splitlines()
    assert heading.split()[:3] == ["indicator", "lead", "cycle"]
    assert [(each.split()[-1], *each.split()[4:6]) for each in rows] == [
        ("pipes.share", "monthly", "6"),
        ("roads.begun", "quarterly", "2"),
        ("roads.late", "quarterly", "2"),
    ]


def test_why_shows_its_working(printed: Printed) -> None:
    text = printed(f"why pipes.km {DAY}")
    assert "yellow: 25.0% done, 50.0% expected, gap -25.0;" in text
    assert "red on 2026-07-21 if nothing is reported" in text
    assert "gap = done − expected; red below -30 points, yellow below -10, else green" in text
    assert "10.15 公里 a month; 15.05 公里 a month needed; met by" in text
    assert "2026-01-09 工作报告 · 第1段" in text
    found = items(printed(f"why pipes.km {DAY} -o json"))[0]
    assert (found["rule"], found["flips_on"], found["flips_to"]) == ("gap", "2026-07-21", "red")
    assert found["keeps"] == {
        "light": "yellow",
        "value": 84,
        "more": 54,
        "until": "2026-12-31",
    }
    assert found["thresholds"] == {"yellow_below": -10, "red_below": -30, "warn_days": 30}
    assert found["inputs"][1] == {
        "name": "target",
        "value": 120,
        "on": "2026-07-01",
        "document": None,
        "locator": None,
        "bound": None,
        "quote": None,
    }
    assert found["pace"]["per_month"] == 10.15
    assert found["assessment"]["first_light"] == "yellow"


@pytest.mark.parametrize(
    ("record", "rule"),
    [
        ("roads.done", "what is met is green"),
        ("roads.late", "what is not met when its deadline day has ended is red"),
        ("roads.begun", "what was never reported is yellow once a report is owed"),
        ("roads.stopped", "there is no light without"),
    ],
)
def test_why_names_the_rule(printed: Printed, record: str, rule: str) -> None:
    text = printed(f"why {record} {DAY}")
    assert rule in text
    assert "fewer than two reports in the last 90 days, so no pace" in text


def test_why_cites_an_unknown_document_by_its_id(printed: Printed) -> None:
    run_app(["update", "pipes.leaks", "12", "--on", "2026-07-01", "--source", "plan:表2"])
    assert "2026-01-09 工作报告 · 表2" in printed(f"why pipes.leaks {DAY}")


def test_show_has_the_trail_of_promises_and_the_pace(printed: Printed) -> None:
    text = printed(f"show pipes {DAY}")
    assert "first promise" in text
    assert "扩面" in text
    assert "needed per month" in text
    found = items(printed(f"show pipes {DAY} -o json"))[0]
    assert [each["id"] for each in found["paces"]] == ["pipes.km", "pipes.share", "pipes.leaks"]
    assert found["assessments"][0]["first_target"] == 100
    assert "promises" not in printed(f"show roads {DAY}")


VOIDED = initiative(
    "canal",
    "清淤",
    figure(
        "km",
        "长度",
        "公里",
        on("2026-03-31", 4, id="one"),
        on("2026-04-01", voids="one"),
        target=10,
        deadline={"on": "2026-12-31", "wording": "年底前"},
        revisions=[
            on("2026-05-01", id="later", target=30, reason="再扩"),
            on("2026-03-01", id="early", target=20, reason="扩面"),
            on("2026-06-01", id="wrong", target=99, reason="误"),
            on("2026-06-02", id="back", voids="wrong", reason="撤"),
        ],
    ),
    decisions=[
        on("2026-02-01", id="stop", state="suspended", reason="汛期"),
        on("2026-02-02", id="undo", voids="stop", reason="误录"),
    ],
)


def rows_of(text: str, header: str) -> list[dict[str, str]]:
    block = next(each for each in text.split("\n\n") if each.startswith(header))
    return list(csv.DictReader(block.splitlines()))


def test_what_was_taken_back_is_marked(printed: Printed, ledger: Path) -> None:
    tracker = Tracker(open_store(str(ledger)), now=datetime(2026, 7, 2, tzinfo=UTC), author="王")
    enter(tracker, VOIDED)
    text = printed(f"show canal {DAY} -o csv")
    promises = rows_of(text, "indicator,on,target")
    assert [(each["id"], each["target"], each["void"]) for each in promises] == [
        ("", "10", ""),
        ("early", "20", ""),
        ("later", "30", ""),
        ("wrong", "99", "voided"),
        ("back", "", "voids wrong"),
    ]
    assert [each["wording"] for each in promises] == ["年底前", "年底前", "年底前", "", ""]
    assert [bool(each["light"]) for each in promises] == [True, False, True, False, False]
    said = [each["said"] for each in rows_of(text, "indicator,on,said")]
    assert said == ["4 公里; voided", "voids one"]
    decided = [each["decision"] for each in rows_of(text, "record,on,decision")]
    assert decided == ["suspended; voided", "voids stop"]
    assert "voids wrong" in printed(f"show canal {DAY}")


def test_a_list_says_the_states_where_they_differ(printed: Printed) -> None:
    assert "suspended" in printed(f"list {DAY}")
    assert "suspended" in printed(f"show roads {DAY}")
    assert "active" not in printed(f"list {DAY} --state active")


def test_checks_are_listed_chosen_and_can_fail(printed: Printed) -> None:
    assert items(printed("check --list -o json"))[0]["check"] == "unmeasurable"
    found = items(printed(f"check {DAY} --only no-baseline -o json"))
    assert [(each["check"], each["id"], each["lead"]) for each in found] == [
        ("no-baseline", "pipes.share", "水务局")
    ]
    assert printed(f"check {DAY} --only no-baseline")
    assert printed(f"check {DAY} --only no-baseline --exit-code", 1)
    assert not items(printed(f"check {DAY} --only falling --exit-code -o json"))
    by_filter = items(printed(f"check {DAY} --only stale --only no-source --light red -o json"))
    assert {each["id"] for each in by_filter} == {"pipes.leaks", "roads.late"}
    assert "there are: unmeasurable" in printed("check --only no-such", 2)


def test_the_checks_are_counted_before_they_are_told(printed: Printed) -> None:
    text = printed(f"check {DAY} --only no-baseline --only stale")
    title, counts, findings = text.split("\n\n")
    assert title == "honesty checks"
    assert [line.split()[:2] for line in counts.splitlines()[2:]] == [
        ["no-baseline", "1"],
        ["stale", "0"],
    ]
    assert findings.startswith("findings\ncheck")
    assert len(printed(f"check {DAY}").split("\n\n")[1].splitlines()) == 2 + len(CHECKS)
    few = printed(f"check {DAY} --limit 1 --exit-code", 1)
    assert len(few.split("\n\n")[2].splitlines()) == 3
    for form in ("csv", "md", "ids"):
        assert "a target without" not in printed(f"check {DAY} --only no-baseline -o {form}")


def test_the_morning_screen_keeps_to_a_limit_and_can_fail(printed: Printed) -> None:
    text = printed(f"status {DAY} --limit 1")
    assert "most urgent (1 of 5)" in text
    assert "due soon\n" in text
    assert "unreported (1 of 3)" in text
    assert "pipes.leaks" not in text
    data = json.loads(printed(f"status {DAY} --limit 1 -o json"))
    assert [each["id"] for each in data["items"]] == ["roads.late", "roads.begun"]
    assert len(data["unreported"]) == 1
    assert data["counts"]["unreported"] == 3
    assert len(json.loads(printed(f"status {DAY} -o json"))["items"]) == 5
    assert printed(f"status {DAY} --exit-code", 1) == printed(f"status {DAY}")
    assert printed(f"status {DAY} --lead 城管 --light green --exit-code")
    assert printed(f"status {DAY} --by lead --exit-code", 1)


def test_a_judgement_stands_beside_the_light(printed: Printed) -> None:
    assert "judged" not in printed(f"status {DAY}") + printed(f"show pipes {DAY}")
    judge = "judge pipes.km red --reason 资金未到位 --on 2026-07-01 --by 张三"
    assert (
        printed(judge).splitlines()[-1]
        == "pipes.km: judged none → red; the computed light stays as it is"
    )
    seen = items(printed(f"list {DAY} --text 改造长度 -o json"))[0]
    assert {key: seen[key] for key in seen if key.startswith("judged")} == {
        "judged": "red",
        "judged_by": "张三",
        "judged_on": "2026-07-01",
        "judged_why": "资金未到位",
    }
    assert (seen["light"], seen["why"]) == ("yellow", "25.0% done, 50.0% expected, gap -25.0")
    assert "red by 张三 on 2026-07-01: 资金未到位" in printed(f"why pipes.km {DAY}")
    for each in ("status --limit 5", "show pipes", "behind", "list"):
        assert "judged" in printed(f"{each} {DAY}")
    assert "资金未到位" in printed(f"show pipes {DAY}")
    assert "judged" not in printed("status --as-of 2026-06-30")
    assert json.loads(printed(f"status {DAY} -o json"))["counts"]["red"] == 3


def test_what_a_judgement_needs(printed: Printed) -> None:
    sentence = 'CONFIDENCE is "yellow"; allowed: green, amber, red'
    assert sentence in printed("judge pipes.km yellow --reason 无", 2)
    assert "--reason" in printed("judge pipes.km amber --reason", 2)


def test_a_bound_is_shown_with_its_figure(printed: Printed) -> None:
    run_app(["update", "pipes.leaks", "8", "--on", "2026-07-01", "--qualifier", ">="])
    printed(f"list {DAY}")
    found = items(printed(f"why pipes.leaks {DAY} -o json"))[0]
    assert (found["inputs"][-1]["value"], found["inputs"][-1]["bound"]) == (8, ">=")
    assert "≥ 8" in printed(f"why pipes.leaks {DAY}")


def on_a_terminal(ledger: Path, *arguments: str, **environment: str) -> str:
    master, slave = pty.openpty()
    ioctl(slave, termios.TIOCSWINSZ, struct.pack("4H", 40, 140, 0, 0))
    known = {"PATH": os.environ["PATH"], "HOME": str(ledger.parent), "TERM": "xterm"}
    names = {"TRACKER_DB": str(ledger), "TRACKER_CONFIG": str(ledger.parent / "tracker.toml")}
    with subprocess.Popen(
        [sys.executable, "-m", "tracker", *arguments],
        env=known | names | environment,
        stdout=slave,
        stdin=subprocess.DEVNULL,
    ) as process:
        os.close(slave)
        found = b""
        while True:
            try:
                piece = os.read(master, 65536)
            except OSError:
                break
            found += piece
        assert process.wait() == 0
    os.close(master)
    return found.decode()


def test_bars_are_ascii_where_the_terminal_cannot_show_blocks(ledger: Path) -> None:
    words = ("status", "--as-of", "2026-07-02")
    assert "░" in on_a_terminal(ledger, *words, PYTHONIOENCODING="utf-8")
    plain = on_a_terminal(ledger, *words, PYTHONIOENCODING="ascii")
    assert "-----|----" in plain
    assert "░" not in plain


def test_lights_are_called_and_coloured_as_the_place_does(ledger: Path) -> None:
    (ledger.parent / "tracker.toml").write_text(
        '[light_names]\nyellow = "蓝灯"\n[light_colours]\nyellow = "blue"\n', "utf-8"
    )
    words = ("behind", "--as-of", "2026-07-02")
    blue, red = "\x1b[34m", "\x1b[31m"
    text = on_a_terminal(ledger, *words, PYTHONIOENCODING="utf-8")
    assert f"{blue}蓝灯" in text
    assert f"{red}red" in text
    done = subprocess.run(
        [sys.executable, "-m", "tracker", *words, "-o", "json", "--light", "yellow"],
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(ledger.parent),
            "TRACKER_DB": str(ledger),
            "TRACKER_CONFIG": str(ledger.parent / "tracker.toml"),
        },
        capture_output=True,
        check=True,
    )
    assert {each["light"] for each in items(done.stdout.decode())} == {"yellow"}


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("red=红灯", {"red": "红灯"}),
        (" red = 红灯 ，yellow=蓝 灯", {"red": "红灯", "yellow": "蓝 灯"}),
    ],
)
def test_light_names_are_pairs(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str, pairs: dict[str, str]
) -> None:
    monkeypatch.setenv("TRACKER_CONFIG", str(tmp_path / "none.toml"))
    monkeypatch.setenv("TRACKER_LIGHT_NAMES", text)
    assert config.load_settings({})["light_names"] == pairs


@pytest.mark.parametrize(
    ("setting", "text"),
    [
        ("LIGHT_NAMES", "红灯"),
        ("LIGHT_NAMES", "blue=蓝灯"),
        ("LIGHT_NAMES", "red="),
        ("LIGHT_COLOURS", "red=pink"),
        ("LIGHT_COLOURS", "blue"),
    ],
)
def test_other_light_names_are_refused(
    printed: Printed, monkeypatch: pytest.MonkeyPatch, setting: str, text: str
) -> None:
    monkeypatch.setenv(f"TRACKER_{setting}", text)
    assert f"{setting.lower()} from TRACKER_{setting}" in printed("status", 2)


def test_a_table_of_light_names_in_the_file(printed: Printed, ledger: Path) -> None:
    settings = ledger.parent / "tracker.toml"
    settings.write_text('light_names = "red=红灯"\n', "utf-8")
    shown = items(printed("config -o json"))
    assert next(each for each in shown if each["key"] == "light_names")["value"] == ["red=红灯"]
    use_language("en")
    settings.write_text("light_names = 3\n", "utf-8")
    assert "light_names from" in printed("config", 2)


def test_a_word_of_the_place_goes_before_that_of_the_language() -> None:
    use_own_words({})
    assert _("red") == "red"
    use_own_words({"red": "红灯"})
    assert (_("red"), _("green")) == ("红灯", "green")
    use_language("en")
    assert _("red") == "red"
