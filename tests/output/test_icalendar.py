"""Deadlines in a calendar: as written, as read back by a public client, as changed."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from drawings import ITEMS, exchanged
from hostile import RAW, TEXTS
from icalendar import Calendar
from places import GOLDEN

from tracker.cli.app import run_app
from tracker.errors import InvalidInput
from tracker.exchange.batches import read_batch
from tracker.ledger.ledger import Tracker
from tracker.model.codec import encode, to_plain_data
from tracker.model.horizon import When
from tracker.model.records import Deadline, Decision, Indicator, Initiative, Revision
from tracker.output.cells import Canvas
from tracker.output.model import Appointment, Sheet
from tracker.output.rendering import render_content
from tracker.storage.memory import MemoryStore
from tracker.version import __version__
from tracker.views.calendar import list_calendar_appointments

EXPECTED = GOLDEN / "pictures"
PIPE = Canvas(width=None, colour=False)
DAY = date(2026, 11, 21)
START = datetime(2026, 11, 1, 9, 30, tzinfo=UTC)
AT = When(as_of=DAY)

Later: TypeAlias = Callable[[int], Tracker]
"""The same ledger, so many days after it was made."""


@pytest.fixture
def later() -> Later:
    store = MemoryStore()
    store.create()

    def opened(days: int) -> Tracker:
        return Tracker(store, now=START + timedelta(days=days), author="李娜")

    data = encode({"schema": 1, "items": [to_plain_data(each) for each in ITEMS]})
    opened(0).merge([read_batch(data, "json")], "refuse", "init")
    return opened


def calendar_of(tracker: Tracker, form: str = "ics", when: When = AT) -> Any:  # noqa: ANN401  # untyped inside
    ids = [each.id for each in tracker.indicators(when=when).items]
    made = render_content(sheet_of(list_calendar_appointments(tracker, ids, when)), form, PIPE)
    assert isinstance(made, str)
    return Calendar.from_ical(made)


def sheet_of(found: list[Appointment]) -> Sheet:
    return Sheet(title="时限", as_of=DAY, facts=[], calendar=found)


def entry(calendar: Any, record_id: str) -> Any:  # noqa: ANN401  # untyped inside
    (found,) = (
        each
        for each in calendar.walk()
        if str(each.get("uid", "")).removeprefix("event.").startswith(f"{record_id}@")
    )
    return found


# As written


@pytest.mark.parametrize("form", ["ics", "ics-event"])
def test_the_calendar_is_the_golden_one(later: Later, form: str) -> None:
    tracker = later(20)
    ids = [each.id for each in tracker.indicators(when=AT).items]
    made = str(
        render_content(sheet_of(list_calendar_appointments(tracker, ids, AT)), form, PIPE)
    ).replace(__version__, "…")
    path = EXPECTED / f"deadlines-{form}.txt"
    if os.environ.get("TRACKER_GOLDEN") == "write":
        path.write_text(made, "utf-8", newline="")
    assert made == path.read_bytes().decode()
    assert all(len(line.encode()) <= 75 for line in made.split("\r\n"))
    assert "\n" not in made.replace("\r\n", "")


def test_a_todo_is_due_on_the_day_and_says_how_it_stands(later: Later) -> None:
    todo = entry(calendar_of(later(0)), "pipes.share")
    assert todo.name == "VTODO"
    assert todo["due"].dt == date(2027, 6, 30)
    assert todo["due"].params["VALUE"] == "DATE"
    assert (todo["percent-complete"], todo["status"]) == (63, "IN-PROCESS")
    assert "yellow: 63.3% done, 75.0% expected" in todo["description"]
    assert str(todo["contact"]) == "市水务局"
    (alarm,) = todo.walk("VALARM")
    assert alarm["trigger"].dt == timedelta(days=-30)
    assert alarm["trigger"].params["RELATED"] == "END"


def test_an_event_takes_the_whole_day_and_no_time(later: Later) -> None:
    calendar = calendar_of(later(0), "ics-event")
    event = entry(calendar, "pipes.share")
    assert event.name == "VEVENT"
    assert event["dtstart"].dt == date(2027, 6, 30)
    assert (event["transp"], event["status"]) == ("TRANSPARENT", "CONFIRMED")
    (alarm,) = event.walk("VALARM")
    assert alarm["trigger"].params["RELATED"] == "START"
    assert str(entry(calendar, "air.pm25")["summary"]).startswith("met: ")
    # Both can be kept in one collection.
    assert not {each["uid"] for each in calendar.walk("VEVENT")} & {
        each["uid"] for each in calendar_of(later(0)).walk("VTODO")
    }


def test_what_is_over_is_over(later: Later) -> None:
    calendar = calendar_of(later(0))
    met = entry(calendar, "air.pm25")
    assert (met["status"], met["percent-complete"]) == ("COMPLETED", 100)
    assert met["completed"].dt.date() == date(2026, 10, 31)
    assert met.walk("VALARM") == []
    late = entry(calendar, "air.trail")
    assert (late["status"], late["percent-complete"], late["priority"]) == ("NEEDS-ACTION", 0, 1)
    tracker = later(1)
    tracker.decide(
        "air", Decision(on=START.date(), state="cancelled", reason="并入"), "cancel", force=True
    )
    tracker.decide(
        "pipes.share", Decision(on=START.date(), state="closed", reason="移交"), "close", force=True
    )
    calendar = calendar_of(tracker)
    assert entry(calendar, "air.trail")["status"] == "CANCELLED"
    closed = entry(calendar, "pipes.share")
    assert (closed["status"], "completed" in closed) == ("COMPLETED", False)
    events = calendar_of(tracker, "ics-event")
    assert entry(events, "air.trail")["status"] == "CANCELLED"
    assert str(entry(events, "pipes.share")["summary"]).startswith("closed: ")


def test_what_has_no_deadline_has_no_place_in_a_calendar(later: Later) -> None:
    uids = [str(each["uid"]) for each in calendar_of(later(0)).walk("VTODO")]
    assert len(uids) == 8
    assert not any(each.startswith("air.calls") for each in uids)


def test_the_same_ledger_writes_the_same_calendar(later: Later) -> None:
    assert calendar_of(later(0)).to_ical() == calendar_of(later(9)).to_ical()


def test_a_change_raises_the_sequence_and_keeps_the_uid(later: Later) -> None:
    before = entry(calendar_of(later(0)), "pipes.share")
    other = entry(calendar_of(later(0)), "air.trail")
    assert before["sequence"] == 0
    tracker = later(3)
    new = Deadline(on=date(2028, 1, 31))
    tracker.revise("pipes.share", Revision(on=START.date(), deadline=new, reason="再延期"))
    after = entry(calendar_of(tracker), "pipes.share")
    assert (after["uid"], after["sequence"]) == (before["uid"], 1)
    assert after["due"].dt == date(2028, 1, 31)
    assert after["created"].dt == before["created"].dt
    assert after["last-modified"].dt == after["dtstamp"].dt == START + timedelta(days=3)
    # Taking it back is a change too: a client must not keep what was taken back.
    later(4).undo(None)
    assert entry(calendar_of(later(4)), "pipes.share")["sequence"] == 2
    assert entry(calendar_of(later(4)), "air.trail").to_ical() == other.to_ical()
    # By what was known before, it is as it was then.
    known = When(as_of=DAY, known_on=(START + timedelta(days=3)).date())
    assert entry(calendar_of(later(4), when=known), "pipes.share")["sequence"] == 1


def test_two_ledgers_have_no_uid_in_common(later: Later) -> None:
    store = MemoryStore()
    store.create()
    other = Tracker(store, now=START + timedelta(days=50), author="李娜")
    data = encode({"schema": 1, "items": [to_plain_data(each) for each in ITEMS]})
    other.merge([read_batch(data, "json")], "refuse", "init")
    uids = {str(each["uid"]) for each in calendar_of(other).walk("VTODO")}
    assert not uids & {str(each["uid"]) for each in calendar_of(later(0)).walk("VTODO")}


@pytest.mark.parametrize("text", TEXTS.values(), ids=list(TEXTS))
@pytest.mark.parametrize("form", ["ics", "ics-event"])
def test_hostile_texts_add_nothing_to_a_calendar(text: str, form: str) -> None:
    text = text[:2000]
    appointment = Appointment(
        uid="x",
        sequence=0,
        created=START,
        changed=START,
        on=date.max,
        title=text,
        note=f"{text}\nBEGIN:VEVENT",
        stage="open",
        light="none",
        done=None,
        completed=None,
        lead=text,
        place=text,
        categories=[text],
        warn_days=[7],
    )
    made = str(render_content(sheet_of([appointment]), form, PIPE))
    assert not RAW.search(made.replace("\r\n", "\n"))
    calendar: Any = Calendar.from_ical(made)
    assert len(list(calendar.walk())) == 3
    (found,) = (each for each in calendar.walk() if "uid" in each)
    assert set(found) <= {
        *("UID", "SEQUENCE", "DTSTAMP", "CREATED", "LAST-MODIFIED", "SUMMARY", "DESCRIPTION"),
        *("CATEGORIES", "LOCATION", "CONTACT", "DUE", "STATUS", "PERCENT-COMPLETE", "PRIORITY"),
        *("DTSTART", "TRANSP"),
    }


def test_what_is_no_list_of_deadlines_is_refused() -> None:
    for form in ("ics", "ics-event"):
        with pytest.raises(InvalidInput, match=f"tracker export -o {form}$"):
            render_content(Sheet(title="", as_of=DAY, facts=[]), form, PIPE)
    assert str(render_content(sheet_of([]), "ics", PIPE)).startswith("BEGIN:VCALENDAR\r\n")


# From the command line, and read by a public client


@pytest.fixture
def ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TRACKER_DB", str(tmp_path / "ledger"))
    monkeypatch.setenv("TRACKER_CONFIG", str(tmp_path / "tracker.toml"))
    file = tmp_path / "items.json"
    file.write_bytes(exchanged(ITEMS))
    assert run_app(["init", "--from", str(file)]) == 0
    return tmp_path


def test_the_commands_that_list_deadlines_write_calendars(
    ledger: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    def entries(*words: str) -> int:
        capfdbinary.readouterr()
        assert run_app([*words, "--as-of", "2026-11-21"]) == 0
        return len(re.findall(rb"BEGIN:V(?:TODO|EVENT)\r\n", capfdbinary.readouterr().out))

    assert entries("export", "-o", "ics") == 8
    assert entries("list", "-o", "ics-event") == 8
    assert entries("due", "--within", "30", "-o", "ics") == 2
    assert entries("overdue", "-o", "ics") == 2
    assert entries("behind", "--light", "yellow", "-o", "ics") == 2
    file = ledger / "deadlines.ics"
    assert entries("report", "ledger", "-O", str(file)) == 0
    assert file.read_bytes().count(b"BEGIN:VTODO\r\n") == 8
    assert run_app(["status", "-o", "ics"]) == 2


@pytest.mark.usefixtures("ledger")
def test_a_report_writes_a_calendar_of_what_it_names(
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    def found(*words: str) -> list[str]:
        capfdbinary.readouterr()
        assert run_app(["report", *words, "--as-of", "2026-11-21", "-f", "ics"]) == 0
        calendar: Any = Calendar.from_ical(capfdbinary.readouterr().out)
        return [str(each["uid"]).partition("@")[0] for each in calendar.walk("VTODO")]

    def named(*words: str) -> set[str]:
        capfdbinary.readouterr()
        assert run_app(["report", *words, "--as-of", "2026-11-21", "-f", "json"]) == 0
        items = json.loads(capfdbinary.readouterr().out)["items"]
        return {each["id"] for each in items if each.get("deadline")}

    assert len(found("notices")) == 5
    assert set(found("notices")) == named("notices")
    assert found("notices", "--state", "closed") == []
    assert len(found("brief")) == len(set(found("brief"))) == 6
    assert 0 < len(found("brief", "--light", "red")) < 6
    assert run_app(["report", "scoreboard", "--as-of", "2026-11-21", "-f", "ics"]) == 2
    assert b"holds no deadlines" in capfdbinary.readouterr().err


def test_a_public_client_reads_the_todos(ledger: Path) -> None:
    run_app(["report", "ledger", "--as-of", "2026-11-21", "-O", str(ledger / "deadlines.ics")])
    folder = ledger / "calendars" / "deadlines"
    folder.mkdir(parents=True)
    # A folder for such clients holds a file for each entry.
    whole: Any = Calendar.from_ical((ledger / "deadlines.ics").read_bytes())
    for todo in whole.walk("VTODO"):
        alone = Calendar()
        alone.add("version", "2.0")
        alone.add("prodid", whole["prodid"])
        alone.add_component(todo)
        (folder / f"{todo['uid']}.ics").write_bytes(alone.to_ical())
    config = ledger / "todoman.py"
    config.write_text(
        f'path = "{ledger}/calendars/*"\ncache_path = "{ledger}/cache"\n'
        'date_format = "%Y-%m-%d"\ntime_format = ""\n',
        "utf-8",
    )
    environment: Mapping[str, str] = {"PATH": os.environ["PATH"], "HOME": str(ledger), "TZ": "UTC"}
    words = ["--config", str(config), "--porcelain", "list", "--status", "ANY"]
    said = subprocess.run(
        [sys.executable, "-m", "todoman", *words],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    found = {each["summary"]: each for each in json.loads(said)}
    assert len(found) == 8
    share = found["农村老旧供水管网改造 · 改造率"]
    assert datetime.fromtimestamp(share["due"], UTC).date() == date(2027, 6, 30)
    assert (share["percent"], share["completed"], share["priority"]) == (63, False, 5)
    assert found["学校新建学位"]["completed"] is True


def test_what_is_of_no_place_names_none(later: Later) -> None:
    tracker = later(1)
    deadline = Deadline(on=date(2026, 12, 1))
    tracker.add(Initiative(id="charter", name="章程"))
    tracker.add(Indicator(id="charter.signed", name="签署", measure="milestone", deadline=deadline))
    calendar = calendar_of(tracker)
    assert "location" not in entry(calendar, "charter.signed")
    assert str(entry(calendar, "air.trail")["location"]) == "市中区"


def test_a_day_before_the_first_commit_has_a_calendar_of_what_documents_say() -> None:
    tracker = Tracker(MemoryStore(), now=START, author="李娜")
    tracker.make()
    tracker.merge([read_batch(exchanged(ITEMS), "json")], "refuse", "init")
    calendar = calendar_of(tracker, when=When(as_of=DAY, known_on=date(2025, 6, 1)))
    # The same bytes whenever it is asked: nothing in it is of the day of the question.
    todo = entry(calendar, "pipes.accepted")
    assert (todo["due"].dt, todo["sequence"]) == (date(2026, 12, 10), 0)
    midnight = datetime(2025, 6, 1, tzinfo=UTC)
    assert [todo[each].dt for each in ("created", "last-modified", "dtstamp")] == [midnight] * 3
