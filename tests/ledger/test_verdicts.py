"""Verdicts: what a person finds a promise to be, beside the light."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from factories import document, enter, figure, initiative, of, on, step
from logins import without_logins
from stores import Opened

from tracker.assessment.promises import is_promise_overdue
from tracker.errors import InvalidInput, Refused
from tracker.exchange.batches import read_batch
from tracker.ledger.ledger import Tracker
from tracker.model.assessment import Assessment
from tracker.model.codec import encode, to_plain_data
from tracker.model.horizon import When
from tracker.model.records import Verdict
from tracker.storage.memory import MemoryStore

NOW = datetime(2026, 7, 10, 9, 0, tzinfo=UTC)
TODAY = NOW.date()
PLAN = document("plan", "工作报告", "2026-01-09")
ROADS = initiative(
    "roads",
    "道路",
    figure("km", "改造长度", "公里", on("2026-05-31", 20), deadline={"on": "2026-06-30"}),
    step("push", "加快推进", "2026-06-30", commitment="effort"),
    step("done", "竣工", "2026-06-30", on("2026-06-20", done=True)),
    figure("built", "已建成", "公里", on("2026-05-31", 3), target=None, deadline=None),
    figure("dream", "愿景值", "公里", deadline={"on": "2026-06-30"}, commitment="vision"),
    lead="城管局",
    sources=[of("plan")],
)


def tracker(opened: Opened, now: datetime = NOW) -> Tracker:
    return Tracker(opened(), now=now, author="督查室")


@pytest.fixture
def ledger(opened: Opened) -> Opened:
    enter(Tracker(opened(), now=NOW, author="王"), PLAN, ROADS)
    return opened


def find(opened: Opened, own_id: str, when: When | None = None) -> Assessment:
    listing = tracker(opened).indicators(when=when or When())
    return next(each for each in listing.items if each.id == own_id)


def give(opened: Opened, words: str, verdict: Any = "kept", **more: Any) -> Any:  # noqa: ANN401
    fields = {"on": TODAY, "reason": "现场核查", "verdict": verdict} | more
    return tracker(opened).give_verdict(words, Verdict(**fields))


def test_a_verdict_takes_a_promise_out_of_the_working_lists(ledger: Opened) -> None:
    before = find(ledger, "roads.km")
    assert is_promise_overdue(before, TODAY)
    assert [each.id for each in tracker(ledger).overdue().items] == ["roads.km"]
    assert {each.id for each in tracker(ledger).unreported().owed} == {"roads.km", "roads.push"}
    done = give(ledger, "roads.km", "partly", evidence=["验收单"], by="张三")
    assert (done.before, done.after) == ("none", "partly")
    found = find(ledger, "roads.km")
    assert (found.verdict, found.verdict_by, found.verdict_on) == ("partly", "张三", TODAY)
    assert (found.verdict_why, found.light, found.why) == ("现场核查", before.light, before.why)
    assert tracker(ledger).overdue().items == []
    assert [each.id for each in tracker(ledger).unreported().owed] == ["roads.push"]
    give(ledger, "roads.push", "unclear")
    assert tracker(ledger).unreported().owed == []


def test_the_newest_verdict_counts_and_can_be_taken_back(ledger: Opened) -> None:
    give(ledger, "roads.push", "broken", on=date(2026, 7, 5))
    assert give(ledger, "roads.push", "kept").before == "broken"
    early = When(as_of=date(2026, 7, 9))
    assert find(ledger, "roads.push", early).verdict == "broken"
    assert find(ledger, "roads.push", When(as_of=date(2026, 7, 4))).verdict is None
    assert find(ledger, "roads.push", When(known_on=date(2026, 7, 9))).verdict is None
    tracker(ledger).undo()
    tracker(ledger).undo(2)
    found = find(ledger, "roads.push")
    assert (found.verdict, found.awaiting_verdict_since) == (None, date(2026, 6, 30))
    events = tracker(ledger).history("roads.push")
    assert sum("verdict of" in event.what for event in events) == 4


def test_a_verdict_on_a_cycle_that_is_over_is_told_although_the_next_one_runs(
    ledger: Opened,
) -> None:
    visits = initiative("v", "走访", step("q", "每季走访", None, recurs="quarter"))
    enter(tracker(ledger), visits)
    done = give(ledger, "v.q", "broken", on=date(2026, 7, 5))
    assert (done.before, done.after) == ("none", "broken")
    assert find(ledger, "v.q").verdict is None


def test_what_promises_nothing_gets_no_verdict(ledger: Opened) -> None:
    with pytest.raises(Refused, match="only reported"):
        give(ledger, "roads.built")
    with pytest.raises(Refused, match="is a vision"):
        give(ledger, "roads.dream")
    with pytest.raises(Refused, match="future"):
        give(ledger, "roads.km", on=date(2026, 7, 11))
    with pytest.raises(InvalidInput, match="reason"):
        give(ledger, "roads.km", reason=" ")
    with pytest.raises(InvalidInput, match=r"verdict is missing in the verdict of 2026-07-10"):
        give(ledger, "roads.km", None)
    assert find(ledger, "roads.km").verdict is None


def test_a_verdict_that_the_reports_contradict_gets_a_remark(ledger: Opened) -> None:
    assert give(ledger, "roads.done", "broken").remarks == [
        "The reports say that roads.done was met on 2026-06-20."
    ]
    assert give(ledger, "roads.km", "broken").remarks == []


def test_verdicts_survive_an_export(ledger: Opened) -> None:
    give(ledger, "roads.km", "partly", evidence=["甲", "乙"])
    exported = tracker(ledger).export()
    documents, items = (
        b",".join(map(encode, part)) for part in (exported.documents, exported.items)
    )
    text = b'{"documents": [%b], "items": [%b]}' % (documents, items)
    copy = Tracker(MemoryStore(), now=NOW, author="王")
    copy.make()
    copy.merge([read_batch(text, "json")], "refuse", "import")
    assert [without_logins(to_plain_data(each)) for each in copy.export().items] == [
        without_logins(to_plain_data(each)) for each in exported.items
    ]


def test_an_effort_awaits_its_verdict_from_its_deadline_on(ledger: Opened) -> None:
    last_day = find(ledger, "roads.push", When(as_of=date(2026, 6, 30)))
    assert (last_day.light, last_day.awaiting_verdict_since) == ("yellow", None)
    assert (last_day.days_late, last_day.days_left) == (None, 0)
    over = find(ledger, "roads.push", When(as_of=date(2026, 7, 1)))
    assert (over.light, over.awaiting_verdict_since) == ("none", date(2026, 6, 30))
    assert (over.days_late, over.workdays_late, over.days_left) == (None, None, None)
    assert not is_promise_overdue(over, date(2026, 7, 1))
    outcome = find(ledger, "roads.km", When(as_of=date(2026, 7, 1)))
    assert (outcome.light, outcome.days_late) == ("red", 1)
    give(ledger, "roads.push", "kept")
    assert find(ledger, "roads.push").awaiting_verdict_since is None


def test_a_vision_has_no_light_and_owes_nothing(ledger: Opened) -> None:
    found = find(ledger, "roads.dream")
    assert (found.light, found.why, found.days_late) == (
        "none",
        "a vision, which binds nobody",
        None,
    )
    soon = When(as_of=date(2026, 6, 30))
    assert [each.id for each in tracker(ledger).due(30, when=soon).items] == [
        "roads.km",
        "roads.push",
    ]
