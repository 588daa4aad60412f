"""The same command with the same two days prints the same bytes for ever."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias

import pytest

from tracker import intake
from tracker.asking import When
from tracker.cli.app import run
from tracker.errors import NotFound
from tracker.models import Filter
from tracker.service import Tracker
from tracker.store import open_store

Printed: TypeAlias = Callable[[str], bytes]

PLAN = """
[[documents]]
id = "2025-plan"
title = "供水三年计划"
published = 2025-01-09

[[items]]
id = "water"
name = "供水"
lead = "水务局"
sources = [{ document = "2025-plan" }]

[[items]]
id = "pipes"
name = "老旧管网改造"
parent = "water"
place = "济南市"
category = "民生"
lead = "水务局"
sources = [{ document = "2025-plan", locator = "第1段" }]

[[items.indicators]]
id = "km"
name = "改造长度"
unit = "公里"
baseline = 0
target = 100
start = 2025-01-01
deadline = { on = 2026-12-31 }
source = { document = "2025-plan" }
updates = [
  { on = 2025-06-30, value = 20, evidence = ["验收单"] },
  { on = 2025-12-31, value = 35 },
  { on = 2026-01-31, value = 38 },
]

[[items.indicators]]
id = "started"
name = "全面开工"
measure = "milestone"
start = 2025-01-01
deadline = { on = 2025-12-31 }
source = { document = "2025-plan" }

[[items.indicators]]
id = "by-hand"
name = "投诉件数"
unit = "件"
"""

LATER = """
[[documents]]
id = "2026-report"
title = "供水半年报告"
published = 2026-06-01

[[items]]
id = "pipes"
sources = [{ document = "2026-report" }]
decisions = [{ on = 2026-02-15, state = "suspended", reason = "汛期" }]

[[items.indicators]]
id = "km"
updates = [
  { on = 2026-01-31, value = 30, source = { document = "2026-report" } },
  { on = 2025-06-30, value = 25 },
  { id = "void", on = 2025-12-31, voids = "VOIDED" },
]
revisions = [{ on = 2026-02-20, target = 80, deadline = { on = 2027-06-30 }, reason = "资金" }]

[[items.indicators]]
id = "started"
updates = [{ on = 2025-12-31, done = true, evidence = ["验收单"] }]

[[items.indicators]]
id = "leaks"
name = "漏损率"
unit = "%"
baseline = 12
target = 8
start = 2025-01-01
deadline = { on = 2026-01-31 }

[[items]]
id = "meters"
name = "智能水表"
parent = "pipes"
lead = "城管局"
sources = [{ document = "2026-report" }]

[[items.indicators]]
id = "installed"
name = "安装完成"
measure = "milestone"
deadline = { on = 2026-02-01 }
source = { document = "2026-report" }
"""

COMMANDS = (
    "status",
    "status --by lead",
    "status --by document",
    "overdue",
    "due --within 400",
    "behind",
    "unreported",
    "check",
    "list",
    "show pipes",
    "show water",
    "why pipes.km",
    "why pipes.started",
    "tree",
    "tree water",
    "search 管网",
    "search 供水",
    "export",
)
FORMATS = ("table", "json", "csv", "md")
DAYS = "--as-of 2026-03-01 --known-on 2026-03-10"


def told(place: Path, text: str, now: datetime) -> None:
    tracker = Tracker(open_store(str(place)), now=now, author="a")
    tracker.make()
    tracker.merge([intake.read(text.encode(), "toml")], "refuse", "import")


@pytest.fixture
def ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = tmp_path / "ledger"
    monkeypatch.setenv("TRACKER_DB", str(place))
    monkeypatch.setenv("TRACKER_CONFIG", str(tmp_path / "tracker.toml"))
    told(place, PLAN, datetime(2026, 3, 10, 9, tzinfo=UTC))
    return place


@pytest.fixture
def printed(capsysbinary: pytest.CaptureFixture[bytes]) -> Printed:
    def run_it(arguments: str) -> bytes:
        assert run(arguments.split()) == 0
        return capsysbinary.readouterr().out

    return run_it


def enter_more(place: Path) -> None:
    tracker = Tracker(open_store(str(place)), now=datetime(2026, 6, 10, 9, tzinfo=UTC))
    found = tracker.find_indicator("pipes.km").updates[1].id
    told(place, LATER.replace("VOIDED", found), datetime(2026, 6, 10, 9, tzinfo=UTC))


def test_what_was_known_on_a_day_is_printed_the_same_for_ever(
    ledger: Path, printed: Printed
) -> None:
    calls = [f"{each} -o {form} {DAYS}" for each in COMMANDS for form in FORMATS]
    before = {each: printed(each) for each in calls}
    assert all(before[each] for each in calls if "json" in each)
    enter_more(ledger)
    assert {each: printed(each) for each in calls} == before
    later = {each: printed(each.replace("2026-03-10", "2026-06-10")) for each in calls}
    unchanged = {each.partition(" -o")[0] for each in calls if later[each] == before[each]}
    # Nothing became known of the parent itself.
    assert unchanged == {"show water", "search 供水"}


def test_what_became_known_later_changes_the_same_day(ledger: Path) -> None:
    enter_more(ledger)
    tracker = Tracker(open_store(str(ledger)), now=datetime(2026, 6, 11, tzinfo=UTC))
    day = datetime(2026, 3, 1, tzinfo=UTC).date()
    early = When(as_of=day, known_on=datetime(2026, 3, 10, tzinfo=UTC).date())
    of_km = Filter(text="改造长度")
    then, now = (tracker.indicators(of_km, when).items[0] for when in (early, When(as_of=day)))
    assert (str(then.value), then.state, str(then.target)) == ("38", "active", "100")
    assert (str(now.value), now.state, str(now.target)) == ("30", "suspended", "80")
    assert (str(now.first_target), str(now.first_deadline)) == ("100", "2026-12-31")


def test_before_it_was_promised_nothing_is_there(ledger: Path, printed: Printed) -> None:
    days = "--as-of 2025-01-08 -o json"
    for each in ("list", "tree", "search 供水", "check", "overdue", "unreported", "status"):
        assert json.loads(printed(f"{each} {days}"))["items"] == []
    assert json.loads(printed(f"export {days}"))["documents"] == []
    tracker = Tracker(open_store(str(ledger)), now=datetime(2026, 6, 11, tzinfo=UTC))
    when = When(as_of=datetime(2025, 1, 8, tzinfo=UTC).date())
    for call in (tracker.show, tracker.why):
        with pytest.raises(NotFound, match="not there yet on 2025-01-08"):
            call("pipes.km", when)
    with pytest.raises(NotFound, match="not there yet"):
        tracker.tree("water", when=when)
    # What was entered by hand has been there since its entry, whatever it belongs to.
    with pytest.raises(NotFound, match=r"pipes\.by-hand was not there yet on 2026-03-09"):
        tracker.why("pipes.by-hand", When(as_of=datetime(2026, 3, 9, tzinfo=UTC).date()))
    assert tracker.why("pipes.by-hand", When(as_of=datetime(2026, 3, 10, tzinfo=UTC).date()))


def test_show_and_export_hold_what_was_known(ledger: Path, printed: Printed) -> None:
    enter_more(ledger)
    for days, updates, sources, children in (
        (DAYS, 3, 1, []),
        ("--as-of 2025-12-31", 4, 1, []),
        ("", 6, 2, ["meters"]),
    ):
        item = json.loads(printed(f"show pipes -o json {days}"))["items"][0]
        assert len(item["indicators"][0]["updates"]) == updates
        assert len(item["sources"]) == sources
        assert item["children"] == children
        exported = json.loads(printed(f"export {days}"))
        pipes = next(each for each in exported["items"] if each["id"] == "pipes")
        assert len(pipes["indicators"][0]["updates"]) == updates
        assert len(exported["documents"]) == sources


def test_checks_look_with_the_eyes_of_the_day(ledger: Path, printed: Printed) -> None:
    enter_more(ledger)
    shared = "check --only shared-evidence --only softened -o json"
    assert json.loads(printed(f"{shared} {DAYS}"))["items"] == []
    found = json.loads(printed(f"{shared} --as-of 2026-03-01"))["items"]
    assert [(each["check"], each["id"]) for each in found] == [
        ("softened", "pipes.km"),
        ("shared-evidence", "pipes.km"),
        ("shared-evidence", "pipes.started"),
    ]
