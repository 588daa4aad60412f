"""Each use case through the public Tracker, on every store."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import hypothesis
import msgspec
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from logins import without_logins
from stores import STORES, Opened

from tracker.errors import Ambiguous, Conflict, InvalidInput, NotFound, Refused, TrackerError
from tracker.exchange.batches import Batch, read_batch
from tracker.exchange.fields import build_record_from_fields
from tracker.ledger.answers import StoredDecision, StoredUpdate
from tracker.ledger.decisions import TRANSITIONS
from tracker.ledger.ledger import Tracker
from tracker.model.assessment import Assessment
from tracker.model.codec import to_plain_data
from tracker.model.filters import Filter
from tracker.model.horizon import When
from tracker.model.leads import split_leads
from tracker.model.records import (
    Deadline,
    Decision,
    Document,
    Indicator,
    Initiative,
    Interim,
    Item,
    Judgement,
    Revision,
    Source,
    Update,
)
from tracker.output.cells import Canvas
from tracker.output.rendering import render_content_for_file
from tracker.storage.memory import MemoryStore
from tracker.views.listings import build_export_line_listing, build_export_listing

NOW = datetime(2026, 3, 15, 9, tzinfo=UTC)
TODAY = NOW.date()
LEDGER = """
[[documents]]
id = "report"
title = "政府工作报告"
published = 2026-01-10

[[items]]
id = "water"
name = "供水保障"

[[items]]
id = "pipes"
name = "老旧管网改造"
parent = "water"
lead = "水务局"
tags = ["供水"]

[[items.indicators]]
id = "km"
name = "改造长度"
unit = "万公里"
baseline = 0
target = 10
op = ">="
start = 2026-01-01
deadline = { on = 2026-12-31 }
source = { document = "report" }

[[items.indicators]]
id = "opened"
name = "通水"
measure = "milestone"
deadline = { on = 2026-06-30 }

[[items]]
id = "jobs"
name = "城镇新增就业"

[[items.indicators]]
id = "added"
name = "新增就业"
unit = "人"
accumulation = "increment"
baseline = 0
target = 1000
start = 2026-01-01
deadline = { on = 2026-12-31 }

[[items]]
id = "warmth"
name = "室温"

[[items.indicators]]
id = "degrees"
name = "最低室温"
unit = "℃"
accumulation = "level"
"""


@pytest.fixture
def ledger(opened: Opened) -> Opened:
    # Opened once: what another process finds is shown by the tests of stores.
    store = opened()
    tracker(lambda: store).merge([read_batch(LEDGER.encode(), "toml")], "refuse", "import")
    return lambda: store


def tracker(opened: Opened, now: datetime = NOW) -> Tracker:
    return Tracker(opened(), now=now, author="督查室")


def report(
    opened: Opened,
    words: str,
    value: str | None = None,
    added: str | None = None,
    **fields: Any,  # noqa: ANN401  # the fields of an update
) -> StoredUpdate:
    draft = build_record_from_fields(Update, {"on": TODAY, **fields})
    return tracker(opened).report(words, draft, value, added)


def revise(opened: Opened, words: str, **fields: Any) -> StoredDecision:  # noqa: ANN401  # of a revision
    revision = build_record_from_fields(Revision, {"on": TODAY, "reason": "汛期停工", **fields})
    return tracker(opened).revise(words, revision)


def decide(
    opened: Opened,
    words: str,
    command: str,
    *,
    force: bool = False,
    **fields: Any,  # noqa: ANN401  # the fields of a decision
) -> StoredDecision:
    plain = {"on": TODAY, "state": TRANSITIONS[command].end, "reason": "专题会议", **fields}
    return tracker(opened).decide(
        words, build_record_from_fields(Decision, plain), command, force=force
    )


def seen(opened: Opened, record_id: str) -> Assessment:
    (found,) = (e for e in tracker(opened).indicators().items if e.id == record_id)
    return found


def commits(opened: Opened) -> int:
    with opened().view() as view:
        return len(list(view.history()))


def sentence(error: pytest.ExceptionInfo[TrackerError]) -> str:
    return error.value.sentence


# Reports


def test_a_value_is_stored_and_judged(ledger: Opened) -> None:
    done = report(ledger, "pipes.km", "2.5万公里", note="月报", evidence=["a.pdf"])
    update = done.update
    assert (update.value, update.on, update.note) == (Decimal("2.5"), TODAY, "月报")
    assert (update.recorded_at, update.by) == (NOW, "督查室")
    assert len(update.id) == 12
    # Since the end of January a report was owed.
    assert (done.before.value, done.before.light) == (None, "yellow")
    assert (done.after.value, done.after.light) == (Decimal("2.5"), "green")
    assert done.remarks == []
    (kept,) = tracker(ledger).find_indicator("pipes.km").updates
    assert kept == update


def test_a_value_is_taken_in_the_unit_of_its_indicator(ledger: Opened) -> None:
    assert report(ledger, "pipes.km", "5000公里").update.value == Decimal("0.5")
    assert report(ledger, "pipes.km", "0.5万公里").update.value == Decimal("0.5")
    with pytest.raises(InvalidInput, match="cannot be converted"):
        report(ledger, "pipes.km", "5户")


def test_what_is_added_comes_on_top_of_the_newest(ledger: Opened) -> None:
    assert report(ledger, "pipes.km", added="0.5万公里").update.value == Decimal("0.5")
    assert report(ledger, "pipes.km", added="5000公里").update.value == Decimal(1)
    assert str(report(ledger, "pipes.km", added="1.50万公里").update.value) == "2.5"
    digits = "1.00000000000000000000000000001"
    assert str(report(ledger, "pipes.km", "1万公里").update.value) == "1"
    total = report(ledger, "pipes.km", added=f"{digits}万公里").update.value
    assert str(total) == digits.replace("1.", "2.", 1)


def test_increments_add_up_by_themselves(ledger: Opened) -> None:
    assert report(ledger, "jobs", added="300").update.value == Decimal(300)
    assert report(ledger, "jobs", added="200").update.value == Decimal(200)
    assert seen(ledger, "jobs.added").value == Decimal(500)


def test_what_cannot_be_added(ledger: Opened) -> None:
    with pytest.raises(InvalidInput, match=r"warmth\.degrees has no value to add to"):
        report(ledger, "warmth", added="1")
    first = report(ledger, "pipes.km", "1万公里", on="2026-02-28").update
    with pytest.raises(
        InvalidInput, match=r"2026-01-31 is before the newest report, of 2026-02-28"
    ):
        report(ledger, "pipes.km", added="1万公里", on="2026-01-31")
    with pytest.raises(InvalidInput, match="a correction needs the whole value"):
        report(ledger, "pipes.km", added="1万公里", voids=first.id)
    with pytest.raises(InvalidInput, match="not both"):
        report(ledger, "pipes.km", "1万公里", "1")
    assert commits(ledger) == 2


def test_negative_values_only_where_they_make_sense(ledger: Opened) -> None:
    with pytest.raises(InvalidInput) as caught:
        report(ledger, "pipes.km", "-1万公里")
    assert sentence(caught) == "pipes.km cannot be -1: a count is not below 0."
    assert report(ledger, "warmth", "-5").update.value == Decimal(-5)
    tracker(ledger).edit("pipes.km", {"baseline": Decimal(-3)})
    assert report(ledger, "pipes.km", "-1万公里").update.value == Decimal(-1)


def test_a_milestone_is_done_or_not(ledger: Opened) -> None:
    assert report(ledger, "通水", done=False).after.met_on is None
    assert report(ledger, "通水", done=True).after.met_on == TODAY
    with pytest.raises(InvalidInput, match=r"pipes\.opened is a milestone; report it with --done"):
        report(ledger, "通水", "5")
    with pytest.raises(InvalidInput, match="done is missing in the update of 2026-03-15"):
        report(ledger, "通水")
    with pytest.raises(InvalidInput, match="done is True; a number is reported as a value"):
        report(ledger, "pipes.km", done=True)
    with pytest.raises(InvalidInput, match="value is missing in the update of"):
        report(ledger, "pipes.km")


def test_a_correction_voids_and_keeps(ledger: Opened) -> None:
    wrong = report(ledger, "pipes.km", "9万公里").update
    right = report(ledger, "pipes.km", "0.9万公里", voids=wrong.id)
    assert right.after.value == Decimal("0.9")
    assert report(ledger, "pipes.km", voids=right.update.id).after.value == Decimal(9)
    assert len(tracker(ledger).find_indicator("pipes.km").updates) == 3
    with pytest.raises(InvalidInput) as caught:
        report(ledger, "pipes.km", "1万公里", voids="none")
    assert sentence(caught) == (
        'pipes.km: voids is "none"; allowed: the id of an earlier entry of the same list.'
    )


def test_the_future_is_only_estimated(ledger: Opened) -> None:
    tomorrow = TODAY + timedelta(days=1)
    with pytest.raises(Refused) as caught:
        report(ledger, "pipes.km", "1万公里", on=tomorrow)
    assert sentence(caught) == (
        "2026-03-16 is in the future; report what has been reached, or say --status estimate."
    )
    done = report(ledger, "pipes.km", "10万公里", on=tomorrow, status="estimate")
    assert (done.after.met_on, done.after.value) == (None, None)
    assert report(ledger, "pipes.km", "10万公里", status="estimate").after.met_on is None
    assert report(ledger, "pipes.km", "10万公里", status="in_progress").after.met_on is None
    assert report(ledger, "pipes.km", "10万公里").after.met_on == TODAY


def test_what_is_mentioned_about_a_report(ledger: Opened) -> None:
    assert report(ledger, "pipes.km", "1万公里", on="2025-12-31").remarks == [
        "2025-12-31 is before the start, 2026-01-01."
    ]
    assert report(ledger, "jobs", "1", on="2025-12-31").remarks == [
        "2025-12-31 is before the start, 2026-01-01; it does not count as progress."
    ]
    newest = report(ledger, "pipes.km", "2万公里").update
    said = ["2026-02-28 is earlier than the newest report, of 2026-03-15, which still counts."]
    assert report(ledger, "pipes.km", "1.5万公里", on="2026-02-28").remarks == said
    assert report(ledger, "pipes.km", "1.5万公里", on="2026-02-28", status="estimate").remarks == []
    assert report(ledger, "pipes.km", on="2026-02-28", voids=newest.id).remarks == []
    assert report(ledger, "pipes.km", "1.6万公里", on="2026-02-28").remarks == []
    # The day of entry is no start.
    assert report(ledger, "warmth", "18", on="2020-01-01").remarks == []
    assert report(ledger, "通水", done=False).remarks == []
    assert report(ledger, "通水", done=True, on="2026-03-14").remarks[-1].startswith("2026-03-14")


def test_a_value_below_an_earlier_one_is_mentioned(ledger: Opened) -> None:
    first = report(ledger, "pipes.km", "5万公里", on="2026-02-28").update
    assert report(ledger, "pipes.km", "4万公里", status="estimate").remarks == []
    assert report(ledger, "pipes.km", "4万公里").remarks == [
        "4 is less than the 5 reported for 2026-02-28."
    ]
    assert report(ledger, "pipes.km", "3万公里", on="2026-02-28", voids=first.id).remarks == [
        "2026-02-28 is earlier than the newest report, of 2026-03-15, which still counts."
    ]
    report(ledger, "warmth", "18")
    assert report(ledger, "warmth", "17").remarks == []
    report(ledger, "jobs", "18")
    assert report(ledger, "jobs", "17").remarks == []


def test_a_target_that_was_met_by_its_deadline_is_mentioned(ledger: Opened) -> None:
    report(ledger, "pipes.km", "10万公里", on="2026-02-28")
    met = report(ledger, "pipes.km", "11万公里", on="2026-02-28").update
    # Before its deadline what falls back is not met any more.
    back = report(ledger, "pipes.km", "9万公里")
    assert (back.before.met_on, back.after.met_on) == (date(2026, 2, 28), None)
    assert back.remarks == ["9 is less than the 11 reported for 2026-02-28."]
    tracker(ledger).undo()
    tracker(ledger).edit("pipes.km", {"deadline": {"on": date(2026, 3, 1)}})
    done = report(ledger, "pipes.km", "9万公里")
    assert done.after.met_on == date(2026, 2, 28)
    assert done.remarks == [
        "9 is less than the 11 reported for 2026-02-28.",
        (
            f"The report of 2026-02-28 ({met.id}) met the target and still counts;"
            f" if it was wrong, add --voids {met.id}"
        ),
    ]
    tracker(ledger).edit("warmth.degrees", {"target": 18, "direction": "hold", "op": ">="})
    report(ledger, "warmth", "18", on="2026-03-14")
    # It is to be kept, and so not met any more.
    assert report(ledger, "warmth", "17", on="2026-03-15").remarks == []


def test_a_slip_of_the_unit_is_mentioned(ledger: Opened) -> None:
    again = "was meant, run: tracker undo, then: tracker update pipes.km"
    assert report(ledger, "pipes.km", "5000万公里", on="2026-02-28").remarks == [
        (
            f"5000 万公里 is 500 times the target of 10 万公里; if 5000公里 (0.5万公里) {again}"
            " 5000公里 --on 2026-02-28"
        )
    ]
    tracker(ledger).undo()
    assert report(ledger, "pipes.km", "0.02万公里", on="2026-02-28").remarks == []
    far = report(ledger, "pipes.km", "2万公里", on="2026-03-01").remarks
    assert far[0].startswith("2 万公里 is 100 times the 0.02 万公里 reported for 2026-02-28; if")
    assert report(ledger, "pipes.km", "0万公里", on="2026-03-02").remarks != []
    assert report(ledger, "pipes.km", "9万公里", on="2026-03-03").remarks == []
    assert report(ledger, "jobs", "3000", on="2026-03-01").remarks == []
    assert report(ledger, "jobs", "1", on="2026-03-02").remarks == [
        "3001 人 is 3 times the target of 1000 人; if that is wrong, run: tracker undo"
    ]
    report(ledger, "warmth", "1800", on="2026-03-01")
    assert report(ledger, "warmth", "18", on="2026-03-02").remarks == [
        "1800 ℃, reported for 2026-03-01, is 100 times 18 ℃; if that is wrong, run: tracker undo"
    ]


def test_what_stays_ended_from_above_is_mentioned(ledger: Opened) -> None:
    assert decide(ledger, "pipes.km", "cancel").remarks == []
    decide(ledger, "water", "suspend")
    assert decide(ledger, "pipes.km", "reopen").remarks == [
        "pipes.km is suspended with water; if that was wrong, run: tracker resume water"
    ]
    decide(ledger, "water", "cancel")
    added = tracker(ledger).add(Indicator(id="pipes.new", name="新增"))
    assert tracker(ledger).remarks_on(added) == [
        "pipes.new is cancelled with water; if that was wrong, run: tracker reopen water"
    ]
    decide(ledger, "water", "reopen")
    assert tracker(ledger).remarks_on(added) == []
    plan = tracker(ledger).add(Document(id="plan", title="规划", published=date(2026, 2, 1)))
    assert tracker(ledger).remarks_on(plan) == ()


def test_a_share_of_more_than_all_is_mentioned(ledger: Opened) -> None:
    tracker(ledger).edit("pipes.km", {"unit": "%", "target": 90})
    assert report(ledger, "pipes.km", "101").remarks == ["101% is more than 100%."]
    assert report(ledger, "pipes.km", "101", status="estimate").remarks != []
    tracker(ledger).edit("pipes.km", {"target": 120})
    assert report(ledger, "pipes.km", "110").remarks == []


def test_a_milestone_needs_no_start(ledger: Opened) -> None:
    assert report(ledger, "通水", done=True, on="2026-03-01").remarks == []


def test_the_document_of_a_report_must_be_there(ledger: Opened) -> None:
    assert report(
        ledger, "pipes.km", "1万公里", source=Source(document="report", locator="第3页")
    ).update.source
    with pytest.raises(InvalidInput) as caught:
        report(ledger, "pipes.km", "1万公里", source=Source(document="none"))
    assert sentence(caught) == (
        'pipes.km: document "none" is not in the ledger; add it under documents, or with:'
        " tracker add TITLE --id none --published DAY."
    )


def test_texts_of_a_report_are_harmless(ledger: Opened) -> None:
    with pytest.raises(InvalidInput, match="note holds the control character"):
        report(ledger, "pipes.km", "1万公里", note="\x1b[31m")
    with pytest.raises(InvalidInput, match=r"evidence\[0\] holds the control character"):
        report(ledger, "pipes.km", "1万公里", evidence=["\ud800"])


def test_what_is_ended_takes_no_report(ledger: Opened) -> None:
    decide(ledger, "pipes.km", "cancel")
    with pytest.raises(Refused) as caught:
        report(ledger, "pipes.km", "1万公里")
    assert sentence(caught) == (
        "pipes.km is cancelled; if that was wrong, run: tracker reopen pipes.km"
    )
    decide(ledger, "pipes.km", "reopen")
    decide(ledger, "water", "close", force=True)
    with pytest.raises(Refused) as caught:
        report(ledger, "pipes.km", "1万公里")
    assert sentence(caught) == (
        "pipes.km is closed with water; if that was wrong, run: tracker reopen water"
    )
    with pytest.raises(Refused, match="is closed with water"):
        revise(ledger, "pipes.km", target=5)
    decide(ledger, "water", "reopen")
    decide(ledger, "water", "suspend")
    assert report(ledger, "pipes.km", "1万公里").after.state == "suspended"


def test_who_is_meant_is_never_guessed(ledger: Opened) -> None:
    with pytest.raises(Ambiguous):
        report(ledger, "pipes", "1")
    with pytest.raises(NotFound):
        tracker(ledger).find_indicator("nothing")
    assert tracker(ledger).find("管网").id == "pipes"
    assert tracker(ledger).find("改造长度").id == "pipes.km"
    assert commits(ledger) == 1


# Revisions


def test_a_promise_is_revised_and_the_first_one_stays(ledger: Opened) -> None:
    done = revise(ledger, "pipes.km", target=8)
    assert done == StoredDecision(
        "pipes.km", "改造长度", "10 万公里 by 2026-12-31", "8 万公里 by 2026-12-31"
    )
    later = revise(ledger, "pipes.km", deadline=Deadline(on=date(2027, 6, 30)), target=9)
    assert (later.before, later.after) == ("8 万公里 by 2026-12-31", "9 万公里 by 2027-06-30")
    kept = tracker(ledger).find_indicator("pipes.km")
    assert (kept.target, len(kept.revisions)) == (Decimal(10), 2)
    assert seen(ledger, "pipes.km").target == Decimal(9)


def judge(opened: Opened, words: str, confidence: str, **fields: Any) -> StoredDecision:  # noqa: ANN401
    plain = {"on": TODAY, "confidence": confidence, "reason": "施工方停工", **fields}
    return tracker(opened).judge(words, build_record_from_fields(Judgement, plain))


def test_the_newest_judgement_stands_beside_the_light(ledger: Opened) -> None:
    light = seen(ledger, "pipes.km").light
    done = judge(ledger, "pipes.km", "amber", on="2026-03-01")
    assert (done.record_id, done.before, done.after) == ("pipes.km", "none", "amber")
    assert judge(ledger, "pipes.km", "red", by="张三").before == "amber"
    assert judge(ledger, "pipes.km", "green", on="2026-02-01").after == "red"
    found = seen(ledger, "pipes.km")
    assert (found.judged, found.judged_by, found.judged_on) == ("red", "张三", TODAY)
    assert (found.judged_why, found.light) == ("施工方停工", light)
    early = tracker(ledger).indicators(when=When(as_of=date(2026, 3, 1))).items
    assert [e.judged for e in early if e.id == "pipes.km"] == ["amber"]
    tracker(ledger).undo(commits(ledger) - 1)
    assert (seen(ledger, "pipes.km").judged, seen(ledger, "pipes.km").judged_by) == (
        "amber",
        "督查室",
    )
    tracker(ledger).undo(commits(ledger) - 3)
    tracker(ledger).undo(commits(ledger) - 2)
    assert seen(ledger, "pipes.km").judged is None


def test_what_is_ended_or_to_come_is_not_judged(ledger: Opened) -> None:
    with pytest.raises(Refused, match="in the future"):
        judge(ledger, "pipes.km", "red", on="2026-03-16")
    with pytest.raises(InvalidInput, match="needs its reason"):
        judge(ledger, "pipes.km", "red", reason=" ")
    with pytest.raises(InvalidInput, match="allowed: green, amber, red"):
        judge(ledger, "pipes.km", "yellow")
    with pytest.raises(InvalidInput, match="confidence is missing in the judgement of 2026-03-15"):
        tracker(ledger).judge("pipes.km", Judgement(on=TODAY, reason="无"))
    with pytest.raises(InvalidInput, match="document"):
        judge(ledger, "pipes.km", "red", source={"document": "nowhere"})
    decide(ledger, "pipes", "cancel")
    with pytest.raises(Refused, match=r"pipes\.km is cancelled"):
        judge(ledger, "pipes.km", "red")


def test_how_promises_are_told(ledger: Opened) -> None:
    yearly = revise(ledger, "warmth", deadline=Deadline(on=None, wording="每年"))
    assert (yearly.before, yearly.after) == ("nothing", "每年")
    empty = revise(ledger, "warmth", deadline=Deadline())
    assert empty.after == "nothing"
    tracker(ledger).edit("warmth.degrees", {"op": "range", "target": 18, "target_high": 22})
    assert revise(ledger, "warmth", target=19, target_high=24).after == "19–24 ℃"


def test_a_revision_that_changes_nothing(ledger: Opened) -> None:
    with pytest.raises(InvalidInput) as caught:
        revise(ledger, "pipes.km")
    assert sentence(caught) == (
        "The revision of pipes.km changes nothing; give a target, a deadline or both."
    )
    revise(ledger, "pipes.km", target=8)
    for fields in (
        {"target": 8},
        {"deadline": {"on": "2026-12-31"}},
        {"target": 7, "on": "2026-03-01"},
    ):
        with pytest.raises(Refused, match="is promised so already, or by a later revision"):
            revise(ledger, "pipes.km", **fields)
    assert seen(ledger, "pipes.km").target == Decimal(8)


def test_a_revision_is_taken_back(ledger: Opened) -> None:
    revise(ledger, "pipes.km", target=8)
    (revision,) = tracker(ledger).find_indicator("pipes.km").revisions
    assert revise(ledger, "pipes.km", voids=revision.id).after == "10 万公里 by 2026-12-31"


def test_what_a_revision_needs(ledger: Opened) -> None:
    with pytest.raises(InvalidInput, match="A decision needs its reason"):
        revise(ledger, "pipes.km", target=8, reason=" ")
    with pytest.raises(InvalidInput, match="reason holds the control character"):
        revise(ledger, "pipes.km", target=8, reason="\x00")
    with pytest.raises(InvalidInput, match=r'document "none" is not in the ledger'):
        revise(ledger, "pipes.km", target=8, source=Source(document="none"))
    with pytest.raises(InvalidInput, match="target is set; a milestone is done or not"):
        revise(ledger, "通水", target=0)
    assert commits(ledger) == 1


# Decisions

REACHED_BY = {
    "active": (),
    "suspended": ("suspend",),
    "closed": ("close",),
    "cancelled": ("cancel",),
}
ALLOWED = {
    ("active", "suspend"),
    ("active", "cancel"),
    ("active", "close"),
    ("suspended", "resume"),
    ("suspended", "cancel"),
    ("suspended", "close"),
    ("closed", "reopen"),
    ("cancelled", "reopen"),
}


@pytest.mark.parametrize("words", ["jobs", "pipes.km"])
@pytest.mark.parametrize("command", TRANSITIONS)
@pytest.mark.parametrize("state", REACHED_BY)
def test_which_decision_leads_where(ledger: Opened, state: str, command: str, words: str) -> None:
    for each in REACHED_BY[state]:
        decide(ledger, words, each, force=True)
    end = TRANSITIONS[command].end
    if (state, command) in ALLOWED:
        done = decide(ledger, words, command, force=True)
        assert (done.record_id, done.before, done.after) == (words, state, end)
        assert tracker(ledger).find(words).decisions[-1].by == "督查室"
        return
    with pytest.raises(Refused) as caught:
        decide(ledger, words, command, force=True)
    said = f"{words} is {state} already." if state == end else f"{words} is {state}; only what is "
    assert sentence(caught).startswith(said)


def test_a_decision_comes_after_the_one_before(ledger: Opened) -> None:
    decide(ledger, "jobs", "suspend", on="2026-03-01")
    with pytest.raises(Refused) as caught:
        decide(ledger, "jobs", "resume", on="2026-02-01")
    assert sentence(caught) == (
        "jobs has a decision of 2026-03-01; one of 2026-02-01 cannot come before it. If that"
        " one was wrong, find its number with: tracker history jobs, and take it back with:"
        " tracker undo NUMBER"
    )
    assert decide(ledger, "jobs", "resume", on="2026-03-01").after == "active"
    assert tracker(ledger).show("jobs").item.state == "active"
    decide(ledger, "jobs", "suspend", on="2026-03-02")
    with pytest.raises(Refused, match="jobs has a decision of 2026-03-02; one of 2026-02-01"):
        decide(ledger, "jobs", "resume", on="2026-02-01")


def test_nothing_is_decided_on_a_day_to_come(ledger: Opened) -> None:
    with pytest.raises(Refused) as decided:
        decide(ledger, "jobs", "suspend", on="2026-03-16")
    with pytest.raises(Refused) as revised:
        revise(ledger, "pipes.km", target=7, on="2026-03-16")
    for caught in (decided, revised):
        assert caught.value.exit_code == 4
        assert sentence(caught) == (
            "2026-03-16 is in the future; give the day on which it was decided,"
            " or enter it when that day has come."
        )
    assert commits(ledger) == 1


def test_what_has_ended_is_reopened_first(ledger: Opened) -> None:
    decide(ledger, "pipes.km", "close", force=True)
    with pytest.raises(Refused) as caught:
        decide(ledger, "pipes.km", "cancel")
    assert sentence(caught) == (
        "pipes.km is closed; only what is active or suspended can be so decided;"
        " first run: tracker reopen pipes.km"
    )


def test_what_a_decision_needs(ledger: Opened) -> None:
    with pytest.raises(InvalidInput, match="A decision needs its reason"):
        decide(ledger, "jobs", "suspend", reason="")
    with pytest.raises(InvalidInput, match="reason holds the control character"):
        decide(ledger, "jobs", "suspend", reason="\ud800")
    with pytest.raises(InvalidInput, match=r'jobs: document "none" is not in the ledger'):
        decide(ledger, "jobs", "suspend", source=Source(document="none"))
    closing = Decision(on=TODAY, state="closed", reason="x")
    for command in ("suspend", "finish"):
        with pytest.raises(InvalidInput) as caught:
            tracker(ledger).decide("jobs", closing, command, force=False)
        assert sentence(caught) == (
            f"No command {command} leads to the state closed; there are:"
            " suspend, resume, cancel, close, reopen."
        )
    assert commits(ledger) == 1


def test_what_is_not_met_is_not_closed(ledger: Opened) -> None:
    with pytest.raises(Refused) as caught:
        decide(ledger, "water", "close")
    assert sentence(caught) == (
        "water has targets that are not met; report them, cancel it,"
        " or close it all the same with --force:"
    )
    assert caught.value.candidates == ("pipes.km  改造长度", "pipes.opened  通水")
    report(ledger, "pipes.km", "10万公里")
    decide(ledger, "pipes.opened", "cancel")
    assert decide(ledger, "pipes.km", "close").after == "closed"
    assert decide(ledger, "water", "close").after == "closed"
    # Without a target there is nothing to meet.
    assert decide(ledger, "warmth", "close").after == "closed"


# Adding and editing


def test_records_of_each_kind_are_added(ledger: Opened) -> None:
    own = tracker(ledger)
    plan = own.add(Document(id="plan", title="规划", published=date(2026, 2, 1)))
    assert (plan.by, plan.recorded_at) == ("督查室", NOW)
    own.add(
        Initiative(id="toilets", name="厕所改造", parent="water", sources=[Source(document="plan")])
    )
    own.add(Indicator(id="toilets.homes", name="改造户数", unit="户", target=Decimal(100)))
    found = own.show("厕所")
    assert (found.item.by, found.item.recorded_at) == ("督查室", NOW)
    assert [each.id for each in found.item.indicators] == ["toilets.homes"]
    assert found.documents["plan"].by == "督查室"


@pytest.mark.parametrize(
    "record",
    [
        Document(id="report", title="x", published=TODAY),
        Initiative(id="water", name="x"),
        Indicator(id="pipes.km", name="x"),
    ],
)
def test_an_id_is_taken_once(ledger: Opened, record: Initiative | Indicator | Document) -> None:
    with pytest.raises(Conflict) as caught:
        tracker(ledger).add(record)
    assert sentence(caught) == (
        f"{record.id} exists already; change it with: tracker edit {record.id}"
    )
    assert commits(ledger) == 1


@pytest.mark.parametrize(
    ("record", "said"),
    [
        (Initiative(id="X", name="x"), 'id is "X"; allowed:'),
        (Initiative(id="a.b", name="x"), 'id is "a.b"; allowed:'),
        (Initiative(id="x", name="x", parent="none"), 'x: parent "none" is not in the ledger'),
        (Indicator(id="none.x", name="x"), "none: name is missing; a new record needs one"),
        (Indicator(id="water.x", name=""), "water.x: name is missing"),
        (Document(id='d"x', title="x", published=TODAY), 'id is "d"x"; allowed'),
    ],
)
def test_what_is_wrong_is_not_added(
    ledger: Opened, record: Initiative | Indicator | Document, said: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        tracker(ledger).add(record)
    assert caught.value.candidates[0].startswith(said)
    assert commits(ledger) == 1


def test_fields_are_set_and_cleared(ledger: Opened) -> None:
    own = tracker(ledger)
    done = own.edit("管网", {"lead": "水利局", "tags": [], "name": "老旧管网改造"})
    assert done == StoredDecision("pipes", "老旧管网改造", "", "lead, tags")
    assert own.edit("pipes", {"lead": None}).after == "lead"
    assert own.edit("pipes", {"lead": None}).after == ""
    assert own.edit("pipes.km", {"target": None, "deadline": None, "op": None}).after == (
        "target, deadline, op"
    )
    pipes, km = own.find("pipes"), own.find_indicator("pipes.km")
    assert isinstance(pipes, Initiative)
    assert (pipes.lead, pipes.tags) == (None, [])
    assert (km.target, km.deadline) == (None, None)
    assert commits(ledger) == 4


def test_a_rewritten_promise_is_mentioned(ledger: Opened) -> None:
    own = tracker(ledger)
    assert own.edit("pipes.km", {"target": 9}).remarks == ()
    report(ledger, "pipes.km", "5万公里")
    assert own.edit("pipes.km", {"name": "长度"}).remarks == ()
    assert own.edit("pipes.km", {"target": 9}).remarks == ()
    sentence = (
        "A changed promise is a decision; if this is not the correction of a mistake,"
        " run: tracker undo, then: tracker revise"
    )
    said = (sentence,)
    assert own.edit("pipes.km", {"target": 8}).remarks == said
    assert own.edit("pipes.km", {"deadline": None}).remarks == said
    # What was empty is filled in.
    assert own.edit("pipes.km", {"deadline": {"on": "2026-12-31"}}).remarks == ()
    assert own.edit("pipes", {"lead": "水利局"}).remarks == ()


def test_what_cannot_be_edited(ledger: Opened) -> None:
    own = tracker(ledger)
    for field in ("id", "decisions", "recorded_at", "by"):
        with pytest.raises(InvalidInput) as caught:
            own.edit("pipes", {field: None})
        assert sentence(caught) == f"pipes: {field} cannot be edited."
    with pytest.raises(InvalidInput, match='pipes: "target" is no field of the record; allowed'):
        own.edit("pipes", {"target": 5})
    with pytest.raises(InvalidInput, match="pipes: name is null; allowed: a text"):
        own.edit("pipes", {"name": None})
    with pytest.raises(InvalidInput, match="would be wrong and was left as it is") as caught:
        own.edit("water", {"parent": "pipes"})
    assert caught.value.candidates == (
        "water: its parents lead back to itself: water > pipes > water",
    )
    assert commits(ledger) == 1


# Looking


def test_lists_of_what_is_late_and_due(ledger: Opened) -> None:
    own = tracker(ledger, datetime(2027, 1, 10, tzinfo=UTC))
    assert [each.id for each in own.overdue().items] == ["pipes.opened", "jobs.added", "pipes.km"]
    assert own.due(30).items == []
    decide(ledger, "jobs", "suspend")
    assert [each.id for each in own.overdue().items] == ["pipes.opened", "pipes.km"]
    assert [each.id for each in own.overdue(Filter(state="suspended")).items] == ["jobs.added"]
    assert [each.id for each in tracker(ledger).due(120).items] == ["pipes.opened"]
    assert [each.id for each in tracker(ledger).due(300).items] == ["pipes.opened", "pipes.km"]


def test_the_other_lists_and_views(ledger: Opened) -> None:
    own = tracker(ledger, datetime(2026, 8, 1, tzinfo=UTC))
    assert [each.id for each in own.behind().items] == ["pipes.opened", "jobs.added", "pipes.km"]
    assert {each.id for each in own.unreported().items} >= {"pipes.km", "jobs.added"}
    assert len(own.status().items) == 4
    assert [each.initiative.id for each in own.tree("water").items] == ["water", "pipes"]
    assert [each.initiative.id for each in own.search(Filter(text="就业")).items] == ["jobs"]
    assert own.why("pipes.km").as_of == date(2026, 8, 1)
    assert own.check().items
    early = own.export(when=When(as_of=date(2025, 12, 31)))
    assert (early.items, early.documents) == ([], [])


def test_making_a_ledger_once(tmp_path: Path) -> None:
    for make in STORES.values():
        own = Tracker(make(tmp_path)(), now=NOW)
        own.make()
        assert not own.make()


# In and out: what goes out comes in again, and nothing is lost

WORD = st.text(st.sampled_from("abc水务=+-@'\"{}[]<>\\ \u2028\u200d"), min_size=1, max_size=6).map(
    lambda text: text.strip() or "x"
)
NUMBER = st.decimals(-1000, 1000, places=2)
DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))
# No file brings what is still to come.
PAST = st.dates(date(2020, 1, 1), TODAY)
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2026, 1, 1)).map(  # noqa: DTZ001  # set below
    lambda moment: moment.replace(tzinfo=UTC)
)
SOURCES = st.builds(Source, document=st.sampled_from(["d-0", "d-1"]), locator=st.none() | WORD)
DEADLINES = st.builds(
    Deadline,
    on=st.none() | DAYS,
    wording=st.none() | WORD,
    basis=st.sampled_from(["stated", "derived", "assumed"]),
    loose=st.none() | DAYS,
)
SIGNED = {"recorded_at": MOMENTS, "by": WORD}


def _numbered(entries: list[Any]) -> list[Any]:
    """Entries with ids of their own; some take an earlier one back."""
    for at, each in enumerate(entries):
        each.id = f"e{at}"
        each.voids = f"e{at - 1}" if each.voids is not None and at else None
    return entries


def entries(kind: type[Any], **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    common = {"on": PAST, "source": st.none() | SOURCES, "voids": st.none() | st.just("")}
    each = st.builds(kind, **common, **SIGNED, **fields)
    return st.lists(each, max_size=3).map(_numbered)


DECISIONS = entries(
    Decision,
    state=st.sampled_from(["active", "suspended", "cancelled", "closed"]),
    reason=WORD,
)
NUMBERS = st.builds(
    Indicator,
    id=st.just(""),
    name=WORD,
    unit=st.none() | WORD,
    op=st.none() | st.sampled_from([">=", "<=", "="]),
    target=st.none() | NUMBER,
    approximate=st.booleans(),
    baseline=st.none() | NUMBER,
    baseline_on=st.none() | DAYS,
    start=st.none() | DAYS,
    interim=st.lists(st.builds(Interim, on=DAYS, value=NUMBER), max_size=2),
    deadline=st.none() | DEADLINES,
    accumulation=st.sampled_from(["cumulative", "increment", "level"]),
    commitment=st.none() | st.sampled_from(["outcome", "vision"]),
    source=st.none() | SOURCES,
    notes=st.none() | WORD,
    decisions=DECISIONS,
    judgements=entries(
        Judgement, confidence=st.sampled_from(["green", "amber", "red"]), reason=WORD
    ),
    revisions=entries(
        Revision, deadline=st.none() | DEADLINES, target=st.none() | NUMBER, reason=WORD
    ),
    updates=entries(
        Update,
        value=NUMBER,
        qualifier=st.none() | st.sampled_from([">=", "<=", "~"]),
        share_of_plan=st.none() | NUMBER,
        status=st.sampled_from(["final", "in_progress", "estimate"]),
        note=st.none() | WORD,
        evidence=st.lists(WORD, max_size=2),
    ),
    **SIGNED,
)
MILESTONES = st.builds(
    Indicator,
    id=st.just(""),
    name=WORD,
    measure=st.just("milestone"),
    deadline=st.none() | DEADLINES,
    updates=entries(Update, done=st.booleans()),
    **SIGNED,
)
ITEMS = st.lists(
    st.builds(
        Item,
        id=st.just(""),
        name=WORD,
        aliases=st.lists(WORD, max_size=2),
        kind=st.sampled_from(["project", "initiative"]),
        category=st.none() | WORD,
        level=st.none() | st.sampled_from(["city", "district"]),
        place=st.none() | WORD,
        parent=st.none() | st.just(""),
        lead=st.none() | WORD,
        support=st.lists(WORD, max_size=2),
        cycle=st.none() | st.sampled_from(["weekly", "yearly"]),
        tags=st.lists(WORD, max_size=2),
        notes=st.none() | WORD,
        sources=st.lists(SOURCES, max_size=2),
        decisions=DECISIONS,
        indicators=st.lists(NUMBERS | MILESTONES, max_size=2),
        **SIGNED,
    ),
    max_size=3,
)


def _placed(items: list[Item]) -> list[Item]:
    """The items with ids, under parents that come before them."""
    for at, each in enumerate(items):
        each.id = f"item-{at}"
        each.parent = f"item-{at - 1}" if each.parent is not None and at else None
        for number, indicator in enumerate(each.indicators):
            indicator.id = f"{each.id}.n{number}"
    return items


@pytest.mark.parametrize("store", STORES)
@hypothesis.given(items=ITEMS.map(_placed), form=st.sampled_from(["json", "jsonl"]))
@settings(max_examples=25)
def test_what_goes_out_comes_in_again(store: str, items: list[Item], form: str) -> None:
    recorded = datetime(2026, 1, 1, tzinfo=UTC)
    documents = [
        Document(id=f"d-{n}", title="x", published=TODAY, recorded_at=recorded, by="x")
        for n in range(2)
    ]
    pipe = Canvas(width=None, colour=False)
    with TemporaryDirectory() as one, TemporaryDirectory() as other:
        first = Tracker(STORES[store](Path(one))(), now=NOW, author="甲")
        second = Tracker(STORES[store](Path(other))(), now=NOW, author="乙")
        first.make()
        second.make()
        first.merge([Batch(documents, items, [])], "refuse", "import")
        out = first.export()
        assert [without_logins(to_plain_data(each)) for each in out.items] == [
            without_logins(to_plain_data(each))
            | {"state": out.items[at].state, "leads": split_leads(each.lead)}
            | {
                "indicators": [
                    without_logins(to_plain_data(one)) | {"leads": []} for one in each.indicators
                ]
            }
            for at, each in enumerate(items)
        ]
        table = build_export_listing(out) if form == "json" else build_export_line_listing(out)
        batch = read_batch(render_content_for_file(table, form, pipe), form)
        assert batch.problems == []
        second.merge([batch], "refuse", "import")
        again = second.export()
        assert msgspec.json.encode(again) == msgspec.json.encode(out)
        assert not any(second.merge([batch], "refuse", "import"))


def test_a_ledger_without_author(opened: Opened) -> None:
    own = Tracker(opened(), now=NOW)
    own.add(Initiative(id="a", name="甲"))
    assert own.find("a").by is None
    assert Tracker(MemoryStore(), now=NOW).export().items == []
