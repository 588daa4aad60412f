"""Who changed what and when, and taking it back: on every store."""

import contextlib
import json
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import hypothesis
import msgspec
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from program import Program
from stores import STORES, Opened

from tracker.errors import Conflict, NotFound, Refused, TrackerError
from tracker.exchange.batches import Batch
from tracker.exchange.fields import build_record_from_fields
from tracker.ledger import history, undo
from tracker.ledger.answers import UndoneChange
from tracker.ledger.decisions import TRANSITIONS
from tracker.ledger.history import Event
from tracker.ledger.ledger import Tracker
from tracker.locale.translation import using_language
from tracker.model.commits import Change, Commit, Stamp
from tracker.model.horizon import When
from tracker.model.records import (
    Acknowledgement,
    Deadline,
    Decision,
    Document,
    Indicator,
    IndicatorItem,
    Initiative,
    Item,
    Judgement,
    Receipt,
    Reminder,
    Revision,
    Source,
    Update,
)
from tracker.storage.base import Answer, Transaction, View
from tracker.storage.memory import MemoryStore

NOW = datetime(2026, 3, 15, 9, tzinfo=UTC)
TODAY = NOW.date()
REPORT = Document(id="report", title="政府工作报告", published=date(2026, 1, 10))


class Diary:
    """A ledger in which every change is made a minute after the one before."""

    def __init__(self, opened: Opened) -> None:
        self.opened = opened
        # Opened once: what another process finds is shown by the tests of stores.
        self.store = opened()
        self.now = NOW

    def tracker(self, author: str = "督查室") -> Tracker:
        self.now += timedelta(minutes=1)
        return Tracker(self.store, now=self.now, author=author)

    def add(self, *records: Document | Initiative | Indicator) -> None:
        for each in records:
            self.tracker().add(each)

    def report(self, value: str, **fields: Any) -> Update:  # noqa: ANN401  # of an update
        draft = build_record_from_fields(Update, {"on": TODAY, **fields})
        return self.tracker().report("pipes.km", draft, value, None).update

    def revise(self, **fields: Any) -> None:  # noqa: ANN401  # the fields of a revision
        revision = build_record_from_fields(Revision, {"on": TODAY, "reason": "汛期停工", **fields})
        self.tracker().revise("pipes.km", revision)

    def decide(self, command: str, words: str = "pipes", on: date = TODAY) -> None:
        decision = Decision(on=on, state=TRANSITIONS[command].end, reason="专题会议")
        self.tracker().decide(words, decision, command, force=True)

    def undo(self, seq: int | None = None) -> UndoneChange:
        return self.tracker().undo(seq)

    def refused(self, seq: int | None = None) -> TrackerError:
        before = self.counts(), len(self.history())
        with pytest.raises(TrackerError) as caught:
            self.undo(seq)
        assert (self.counts(), len(self.history())) == before
        return caught.value

    def history(self, words: str | None = None) -> list[Event]:
        reader = self.tracker()
        events = reader.history(words)
        if words is None:
            # What is read from the end is what is read as a whole.
            assert reader.newest_changes(len(events) + 1).items == events
            newest = reader.newest_changes(2)
            assert newest.items[:2] == events[:2]
            assert newest.is_cut == (len(newest.items) < len(events))
        return events

    def value(self) -> Decimal | None:
        return self.tracker().indicators().items[0].value

    def state(self) -> str:
        return self.tracker().show("pipes").item.state

    def counts(self) -> object:
        """What the records say and amount to, whatever entries that is made of."""
        own = self.tracker()
        plain = [
            {
                field: getattr(each, field)
                for field in each.__struct_fields__
                if field not in {"decisions", "indicators"}
            }
            for each in own.export().items
        ]
        return plain, [msgspec.to_builtins(each) for each in own.indicators().items]


@pytest.fixture
def empty(opened: Opened) -> Diary:
    return Diary(opened)


@pytest.fixture
def diary(opened: Opened) -> Diary:
    """A document, an initiative and an indicator: changes 1 to 3."""
    diary = Diary(opened)
    diary.add(
        REPORT,
        Initiative(id="pipes", name="老旧管网改造", sources=[Source(document="report")]),
        Indicator(
            id="pipes.km",
            name="改造长度",
            unit="公里",
            baseline=Decimal(0),
            target=Decimal(100),
            start=date(2026, 1, 1),
            deadline=Deadline(on=date(2026, 12, 31)),
        ),
    )
    return diary


def told(events: list[Event]) -> list[tuple[int, str, str | None, str]]:
    return [(each.seq, each.command, each.record, each.what) for each in events]


# History


def test_history_says_who_when_and_what(diary: Diary) -> None:
    update = diary.report("62.10", status="estimate", qualifier="~")
    diary.tracker("李").edit("pipes", {"lead": "水务局", "tags": ["供水"]})
    newest, update_event, *_older = diary.history()
    assert newest == Event(
        seq=5,
        at=newest.at,
        by="李",
        login=newest.login,
        command="edit",
        record="pipes",
        what="lead: — → 水务局; tags: — → 供水",
        undoes=None,
        undone_by=None,
    )
    assert update_event.by == "督查室"
    assert newest.at - update_event.at == timedelta(minutes=1)
    assert told(diary.history())[1:] == [
        (4, "update", "pipes.km", "update of 2026-03-15: about 62.10 公里; estimate"),
        (3, "add", "pipes.km", "added: 改造长度"),
        (2, "add", "pipes", "added: 老旧管网改造"),
        (1, "add", "report", "added: 政府工作报告"),
    ]
    diary.tracker().edit("pipes.km", {"unit": "里"})
    assert diary.history()[2].what == "update of 2026-03-15: about 62.10 公里; estimate"
    diary.report("61", voids=update.id)
    assert diary.history()[0].what == f"update of 2026-03-15: 61 里; voids {update.id}"


def test_every_kind_of_entry_has_its_sentence(diary: Diary) -> None:
    diary.revise(target=90, target_high=95, deadline={"on": "2027-06-30"})
    diary.revise(deadline={"wording": "每年"})
    diary.decide("suspend")
    diary.undo()
    (decision, _void) = diary.tracker().find("pipes").decisions
    assert diary.history()[0].what == f"decision of 2026-03-15: undo 6; voids {decision.id}"
    diary.add(Indicator(id="pipes.opened", name="通水", measure="milestone"))
    for done in (True, False):
        draft = Update(on=TODAY, done=done)
        diary.tracker().report("pipes.opened", draft, None, None)
    assert [each.what for each in diary.history()[:7]] == [
        "update of 2026-03-15: not done",
        "update of 2026-03-15: done",
        "added: 通水",
        f"decision of 2026-03-15: undo 6; voids {decision.id}",
        "decision of 2026-03-15: suspended; 专题会议",
        "revision of 2026-03-15: deadline 每年; 汛期停工",
        "revision of 2026-03-15: target 90–95 公里; deadline 2027-06-30; 汛期停工",
    ]


def test_a_judgement_has_its_sentence_and_is_taken_back(diary: Diary) -> None:
    judged = Judgement(on=TODAY, confidence="amber", reason="停工")
    diary.tracker().judge("pipes.km", judged)
    assert diary.history()[0].what == "judgement of 2026-03-15: amber; 停工"
    diary.undo()
    given = diary.tracker().find_indicator("pipes.km").judgements[0].id
    assert diary.history()[0].what == f"judgement of 2026-03-15: undo 4; voids {given}"
    assert diary.tracker().indicators().items[0].judged is None


def test_history_ends_with_the_day_asked_about(diary: Diary) -> None:
    diary.tracker().edit("pipes", {"name": "管网更新"})
    later = Tracker(diary.opened(), now=NOW + timedelta(days=10), author="李")
    later.add(Initiative(id="pipes-2", name="管网更新二期"))
    later.undo(4)
    assert [each.seq for each in later.history()] == [6, 5, 4, 3, 2, 1]
    assert later.history()[2].undone_by == 6
    for when in (When(as_of=TODAY), When(known_on=TODAY), When(as_of=date.max, known_on=TODAY)):
        assert [each.seq for each in later.history(when=when)] == [4, 3, 2, 1]
        assert later.history(when=when)[0].undone_by is None
    # What it was called then: the second one was not there, and the first not renamed back.
    assert [e.seq for e in later.history("管网更新", When(known_on=TODAY))] == [4, 3, 2]
    with pytest.raises(NotFound):
        later.history("pipes-2", When(as_of=TODAY))
    assert later.history(when=When(as_of=date(2026, 1, 1))) == []


def test_numbers_in_history_keep_their_digits_and_texts_are_cut(diary: Diary) -> None:
    digits = "123456789012345678901234567.890"
    diary.tracker().edit("pipes.km", {"target": Decimal(digits), "notes": "长" * 100})
    assert diary.history()[0].what == f"target: 100 → {digits}; notes: — → {'长' * 59}…"


def test_history_of_one_record(diary: Diary) -> None:
    diary.add(Initiative(id="pipes-2", name="老旧管网改造二期"))
    diary.report("5")
    of_one = [4 + 1, 3]
    assert [each.seq for each in diary.history("pipes.km")] == of_one
    assert [each.seq for each in diary.history("改造长度")] == of_one
    assert [each.seq for each in diary.history("pipes")] == [5, 3, 2]
    assert [each.seq for each in diary.history("pipes-2")] == [4]
    assert [each.seq for each in diary.history("report")] == [1]
    with pytest.raises(NotFound):
        diary.history("nothing")


def test_what_is_removed_still_has_a_history(diary: Diary) -> None:
    diary.undo()
    with pytest.raises(NotFound):
        diary.tracker().find("pipes.km")
    assert told(diary.history("pipes.km")) == [
        (4, "undo", "pipes.km", "removed: 改造长度"),
        (3, "add", "pipes.km", "added: 改造长度"),
    ]
    assert [(e.undoes, e.undone_by) for e in diary.history("pipes.km")] == [(3, None), (None, 4)]


def test_a_large_change_is_one_event(empty: Diary) -> None:
    update = Update(id="u", on=TODAY, value=Decimal(1))
    items = [
        Item(
            id=f"i-{n}",
            name=f"事项{n}",
            indicators=[IndicatorItem(id=f"i-{n}.x", name="x", updates=[update])],
        )
        for n in range(15)
    ]
    empty.tracker().merge([Batch([REPORT], items, [])], "refuse", "init")
    assert told(empty.history()) == [
        (1, "init", None, "documents added: 1; initiatives added: 15; indicators added: 15")
    ]
    assert told(empty.history("i-3")) == [
        (1, "init", "i-3", "added: 事项3"),
        (1, "init", "i-3.x", "added: x, with 1 entry"),
    ]
    more = [
        Item(
            id=f"i-{n}",
            name="",
            lead="水务局",
            indicators=[
                IndicatorItem(id=f"i-{n}.x", name="", updates=[Update(on=TODAY, value=Decimal(2))])
            ],
        )
        for n in range(15)
    ]
    batch = Batch([], more, [])
    empty.tracker().merge([batch], "refuse", "import")
    assert empty.history()[0].what == "records changed: 15; entries added: 15"
    refused = empty.refused()
    assert (type(refused), refused.exit_code) == (Refused, 4)
    assert refused.sentence == (
        "The newest change left is no. 2, import: records changed: 15; entries added: 15;"
        " to take that back, run: tracker undo 2"
    )
    empty.undo(2)
    assert empty.refused().sentence.startswith("The newest change left is no. 1, init: documents")
    empty.undo(1)
    assert [each.what for each in empty.history()[:2]] == [
        "records removed: 31",
        "records changed: 15; entries added: 15",
    ]
    assert empty.tracker().export().items == []
    empty.undo(4)
    empty.undo(3)
    assert len(empty.tracker().export().items) == 15
    assert empty.tracker().indicators().items[0].value == Decimal(2)


def test_an_empty_ledger_has_no_history(empty: Diary) -> None:
    assert empty.history() == []
    with pytest.raises(NotFound):
        empty.history("x")


# Undo


def test_a_report_is_taken_back_by_a_new_entry(diary: Diary) -> None:
    diary.report("5", on="2026-02-28")
    wrong = diary.report("50", on="2026-03-01")
    done = diary.undo()
    assert (done.seq, done.taken_back.seq, done.taken_back.command) == (6, 5, "update")
    assert [each.what for each in done.events] == ["update of 2026-03-01: 50 公里"]
    assert diary.value() == Decimal(5)
    updates = diary.tracker().find_indicator("pipes.km").updates
    assert [each.value for each in updates] == [5, 50, None]
    void = updates[-1]
    assert (void.on, void.voids, void.note, void.by) == (wrong.on, wrong.id, "undo 5", "督查室")
    assert void.recorded_at is not None
    assert void.recorded_at > NOW
    newest = diary.history()[0]
    assert (newest.command, newest.undoes) == ("undo", 5)
    assert newest.what == f"update of 2026-03-01: voids {wrong.id}"


def test_a_correction_is_taken_back_and_the_corrected_counts_again(diary: Diary) -> None:
    first = diary.report("5")
    diary.report("6", voids=first.id)
    diary.undo()
    assert diary.value() == Decimal(5)


def test_what_was_corrected_since_is_not_taken_back(diary: Diary) -> None:
    first = diary.report("5")
    diary.report("6", voids=first.id)
    error = diary.refused(4)
    assert (type(error), error.exit_code) == (Conflict, 4)
    assert error.sentence == (
        "pipes.km: updates was changed since, by 5 (update); take that back first: tracker undo 5"
    )
    diary.undo(5)
    diary.undo(4)
    assert diary.value() is None


def test_undo_walks_back_like_an_editor(diary: Diary) -> None:
    states = [diary.counts()]
    diary.report("5")
    states.append(diary.counts())
    diary.tracker().edit("pipes", {"lead": "水务局"})
    states.append(diary.counts())
    diary.decide("suspend")
    states.append(diary.counts())
    diary.revise(target=90)
    states.append(diary.counts())
    for before in reversed(states[:-1]):
        diary.undo()
        assert diary.counts() == before
    diary.undo()
    diary.undo()
    diary.undo()
    assert diary.tracker().export().items == []
    assert diary.tracker().export().documents == []
    error = diary_refused_when_empty(diary)
    assert (type(error), error.exit_code) == (Refused, 4)
    assert error.sentence == "There is nothing left to take back."
    # And forward again, each by the number of its undo.
    for seq in range(14, 11, -1):
        diary.undo(seq)
    for seq, state in zip(range(11, 7, -1), states[1:], strict=True):
        diary.undo(seq)
        assert diary.counts() == state


def diary_refused_when_empty(diary: Diary) -> TrackerError:
    count = len(diary.history())
    with pytest.raises(TrackerError) as caught:
        diary.undo()
    assert len(diary.history()) == count
    return caught.value


def test_an_undo_is_taken_back_and_again(diary: Diary) -> None:
    diary.report("5")
    values = []
    for seq in (None, 5, 6, 7, 8):
        diary.undo(seq)
        values.append(diary.value())
    assert values == [None, Decimal(5), None, Decimal(5), None]
    events = {each.seq: each for each in diary.history()}
    assert events[9].undoes == 8
    assert events[8].undone_by == 9


def test_which_undo_counts(diary: Diary) -> None:
    """An undo that is taken back takes nothing back."""
    diary.report("5")
    diary.undo()
    diary.undo(5)
    with diary.opened().view() as view:
        assert history.map_undone_commits(view.history_newest_first()) == {5: 6}
    # So the report is the newest change again.
    assert diary.undo().taken_back.seq == 4
    assert diary.refused(4).sentence == (
        "4 is taken back already; to bring it back, run: tracker undo 7"
    )


def test_fields_get_their_old_values(diary: Diary) -> None:
    diary.tracker().edit("pipes", {"lead": "水务局", "tags": ["供水"]})
    diary.tracker().edit("pipes", {"lead": "水利局", "place": "济南市"})
    diary.tracker().edit("pipes.km", {"target": None, "deadline": None})
    diary.undo(6)
    km = diary.tracker().find_indicator("pipes.km")
    assert (km.target, km.deadline) == (Decimal(100), Deadline(on=date(2026, 12, 31)))
    error = diary.refused(4)
    assert error.sentence == (
        "pipes: lead, tags was changed since, by 5 (edit); take that back first: tracker undo 5"
    )
    diary.undo(5)
    diary.undo(4)
    pipes = diary.tracker().find("pipes")
    assert isinstance(pipes, Initiative)
    assert (pipes.lead, pipes.tags, pipes.place) == (None, [], None)


def test_other_fields_may_change_meanwhile(diary: Diary) -> None:
    diary.tracker().edit("pipes", {"lead": "水务局"})
    diary.tracker().edit("pipes", {"place": "济南市"})
    diary.undo(4)
    pipes = diary.tracker().find("pipes")
    assert isinstance(pipes, Initiative)
    assert (pipes.lead, pipes.place) == (None, "济南市")
    error = diary.refused(4)
    assert isinstance(error, Conflict)


def test_a_field_that_an_undo_has_changed(diary: Diary) -> None:
    """The newer value came back by an undo, which no effective change accounts for."""
    diary.tracker().edit("pipes", {"lead": "甲"})
    diary.undo()
    diary.tracker().edit("pipes", {"lead": "乙"})
    assert isinstance(diary.refused(5), Conflict)


def test_decisions_are_taken_back_to_the_state_before(diary: Diary) -> None:
    diary.decide("suspend", on=date(2026, 2, 1))
    diary.decide("resume", on=date(2026, 2, 10))
    diary.decide("cancel", on=date(2026, 2, 20))
    states = []
    for seq in (None, None, None, 9, 8, 7):
        diary.undo(seq)
        states.append(diary.state())
    assert states == ["active", "suspended", "active", "suspended", "active", "cancelled"]
    own = diary.tracker()
    decisions = own.find("pipes").decisions
    assert [each.state for each in decisions[:3]] == ["suspended", "active", "cancelled"]
    assert [(each.state, each.reason) for each in decisions[3:]] == [
        (None, f"undo {seq}") for seq in (6, 5, 4, 9, 8, 7)
    ]


def test_an_early_decision_is_taken_back_under_a_later_one(diary: Diary) -> None:
    diary.decide("suspend", on=date(2026, 2, 1))
    diary.decide("resume", on=date(2026, 2, 10))
    diary.undo(4)
    own = diary.tracker()
    assert own.show("pipes").item.state == "active"
    assert own.find("pipes").decisions[-1].on == date(2026, 2, 1)


@pytest.mark.parametrize("words", ["pipes", "pipes.km"])
@pytest.mark.parametrize(
    ("there", "back"), [("close", "reopen"), ("cancel", "reopen"), ("suspend", "resume")]
)
def test_what_only_takes_back_decides_nothing(
    diary: Diary, there: str, back: str, words: str
) -> None:
    diary.decide(there, words)
    diary.decide(back, words)
    states = []
    for _turn in range(2):
        diary.undo()
        states.append(diary.tracker().indicators().items[0].state)
    assert states == [TRANSITIONS[there].end, "active"]
    assert [each.state for each in diary.tracker().find(words).decisions[2:]] == [None, None]


def test_taking_back_a_taking_back_and_that_again(diary: Diary) -> None:
    diary.decide("close")
    diary.undo()
    assert "is taken back already" in diary.refused(4).sentence
    assert diary.state() == "active"
    diary.undo(5)
    assert diary.state() == "closed"
    diary.undo()
    assert diary.state() == "active"


def test_a_revision_is_taken_back(diary: Diary) -> None:
    diary.revise(target=90)
    diary.undo()
    own = diary.tracker()
    assert own.indicators().items[0].target == Decimal(100)
    assert own.find_indicator("pipes.km").revisions[-1].reason == "undo 4"
    diary.undo(5)
    assert diary.tracker().indicators().items[0].target == Decimal(90)


def test_what_was_added_to_stays(diary: Diary) -> None:
    diary.report("5")
    error = diary.refused(3)
    assert error.sentence == (
        "pipes.km: something was changed since, by 4 (update); take that back first: tracker undo 4"
    )
    diary.undo(4)
    diary.undo(3)
    # The entries that are taken back come again with their record.
    diary.undo(6)
    assert len(diary.tracker().find_indicator("pipes.km").updates) == 2
    assert diary.value() is None
    diary.undo(5)
    assert diary.value() == Decimal(5)


def test_what_others_belong_to_or_name_stays(diary: Diary) -> None:
    error = diary.refused(2)
    assert error.sentence == "Other records belong to what would be removed, or name it:"
    assert error.candidates == ("pipes.km  改造长度",)
    assert diary.refused(1).candidates == ("pipes  老旧管网改造",)
    diary.tracker().edit("pipes", {"sources": []})
    diary.tracker().edit("pipes.km", {"source": Source(document="report")})
    assert diary.refused(1).candidates == ("pipes.km  改造长度",)
    diary.add(Initiative(id="water", name="供水"))
    diary.tracker().edit("pipes", {"parent": "water"})
    assert diary.refused(6).candidates == ("pipes  老旧管网改造",)
    diary.undo(7)
    diary.undo(6)
    with pytest.raises(NotFound):
        diary.tracker().find("water")


def test_what_came_back_must_fit_what_is_there(diary: Diary) -> None:
    diary.add(Initiative(id="water", name="供水"))
    diary.tracker().edit("pipes", {"parent": "water"})
    diary.tracker().edit("pipes", {"parent": None})
    diary.undo(4)
    error = diary.refused(6)
    assert (type(error), error.exit_code) == (Conflict, 4)
    assert error.sentence == "pipes would be wrong and was left as it is:"
    assert error.candidates == ('pipes: parent "water" is not in the ledger',)


def test_what_is_gone_or_there_again(diary: Diary) -> None:
    diary.report("5")
    diary.undo()
    diary.undo()
    error = diary_error(diary, 5)
    assert error.sentence == (
        "pipes.km is not there any more; what became of it says: tracker history pipes.km"
    )
    diary.add(Indicator(id="pipes.km", name="另一个"))
    error = diary_error(diary, 6)
    assert (type(error), error.sentence) == (Conflict, "pipes.km exists already.")
    diary.undo()
    diary.undo(6)
    assert diary.tracker().find("pipes.km").name == "改造长度"


def diary_error(diary: Diary, seq: int) -> TrackerError:
    with pytest.raises(TrackerError) as caught:
        diary.undo(seq)
    return caught.value


def test_there_is_no_such_change(diary: Diary) -> None:
    for seq in (0, -1, 99):
        error = diary.refused(seq)
        assert (type(error), error.exit_code) == (NotFound, 3)
        assert error.sentence == f"There is no change {seq}; look with: tracker history"


def test_a_field_that_nobody_changed_and_is_other() -> None:
    """A journal that was repaired may have a gap: nothing accounts for the value."""
    store = MemoryStore()
    Tracker(store, now=NOW).add(Initiative(id="a", name="甲", lead="水务局"))
    change = Change(
        op="change",
        table="initiatives",
        id="a",
        old=msgspec.Raw(b'{"lead":null}'),
        new=msgspec.Raw(b'{"lead":"other"}'),
    )
    commit = Commit(seq=9, at=NOW, command="edit", changes=[change])

    def work(txn: Transaction) -> None:
        undo.reverse_commit(txn, undo.ChosenCommit(commit, []), lambda entry: entry)

    with pytest.raises(Conflict, match="a: lead is not as it was"):
        store.transact(work, Stamp(at=NOW, by=None, command="undo"))


class Hasty:
    """A store where somebody else is quicker: a change is made before each transaction."""

    place = "memory:"

    def __init__(self, store: MemoryStore, first: Callable[[], object]) -> None:
        self._store = store
        self._first = first

    def create(self) -> bool:
        return self._store.create()

    def view(self) -> AbstractContextManager[View]:
        return self._store.view()

    def transact(self, work: Callable[[Transaction], Answer], stamp: Stamp) -> Answer:
        self._first()
        return self._store.transact(work, stamp)


def test_somebody_else_was_quicker() -> None:
    """The last change is the one that was last when it was asked for."""
    store = MemoryStore()
    other = Tracker(store, now=NOW)
    other.add(Initiative(id="a", name="甲"))
    hasty = Hasty(store, lambda: other.edit("a", {"lead": "水务局"}))
    assert not hasty.create()
    with pytest.raises(Conflict, match="Somebody else has just changed the ledger"):
        Tracker(hasty, now=NOW).undo()
    found = other.find("a")
    assert isinstance(found, Initiative)
    assert found.lead == "水务局"


COMMANDS: Mapping[str, Callable[[Diary], object]] = {
    "report": lambda diary: diary.report("5"),
    "estimate": lambda diary: diary.report("7", status="estimate"),
    "edit": lambda diary: diary.tracker().edit("pipes", {"tags": ["供水"], "lead": "水务局"}),
    "rename": lambda diary: diary.tracker().edit("pipes.km", {"name": "长度", "target": None}),
    "revise": lambda diary: diary.revise(target=90),
    "later": lambda diary: diary.revise(deadline={"on": "2027-06-30"}),
    "suspend": lambda diary: diary.decide("suspend"),
    "resume": lambda diary: diary.decide("resume"),
    "close": lambda diary: diary.decide("close", "pipes.km"),
    "add": lambda diary: diary.add(Initiative(id="extra", name="x", parent="pipes")),
}


@hypothesis.given(
    store=st.sampled_from(sorted(STORES)),
    commands=st.lists(st.sampled_from(sorted(COMMANDS)), max_size=6),
)
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture],
)
def test_undo_leads_back_through_every_state(
    store: str, commands: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    opened = STORES[store](tmp_path_factory.mktemp("ledger"))
    opened().create()
    diary = Diary(opened)
    diary.add(
        Initiative(id="pipes", name="管网"),
        Indicator(id="pipes.km", name="x", unit="公里", target=Decimal(100), baseline=Decimal(0)),
    )
    states = [diary.counts()]
    for each in commands:
        with contextlib.suppress(TrackerError):
            before = commits(opened)
            COMMANDS[each](diary)
            # An edit that changes nothing is no change.
            states += [diary.counts()] * (commits(opened) - before)
    undoes = []
    for state in reversed(states[:-1]):
        undoes.append(diary.undo().seq)
        assert diary.counts() == state
    for seq, state in zip(reversed(undoes), states[1:], strict=True):
        diary.undo(seq)
        assert diary.counts() == state


def commits(opened: Opened) -> int:
    with opened().view() as view:
        return len(list(view.history()))


# Through the command line


def test_history_and_undo_from_a_terminal(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRACKER_AUTHOR", "督查室")
    call = partial(program, "")
    assert call("init", "--empty").code == 0
    # What cannot be answered is not done either.
    assert call("add", "x", "--id", "x", "-o", "nonsense").code == 2
    assert call("history").out.count("\n") == 1
    assert call("add", "老旧管网改造", "--id", "pipes").code == 0
    assert call("edit", "pipes", "--lead", "水务局").code == 0
    done = call("undo")
    assert (done.code, done.err) == (0, "")
    assert done.out == (
        "took back 2 (edit): pipes: lead: — → 水务局; to bring it back, run: tracker undo 3\n"
    )
    answer = json.loads(call("undo", "3", "-o", "json").out)["items"][0]
    assert {key: answer[key] for key in ("seq", "undoes", "command", "by", "changes")} == {
        "seq": 4,
        "undoes": 3,
        "command": "undo",
        "by": "督查室",
        "changes": [{"record": "pipes", "what": "lead: 水务局 → —"}],
    }
    listed = json.loads(call("history", "pipes", "-o", "json").out)
    assert [each["seq"] for each in listed["items"]] == [4, 3, 2, 1]
    assert list(listed["items"][0]) == [
        "seq",
        "at",
        "by",
        "login",
        "command",
        "record",
        "what",
        "undoes",
        "undone_by",
    ]
    assert datetime.fromisoformat(listed["items"][0]["at"]).tzinfo is not None
    short = call("history", "--limit", "1")
    assert "4" in short.out
    assert short.err == "1 of 4 shown.\n"
    assert call("undo", "3").code == 4
    assert call("undo", "77").code == 3
    assert call("undo", "x").code == 2
    assert call("history", "nothing").code == 3
    assert call("undo").code == 0
    large = [{"id": f"i-{n}", "name": "x"} for n in range(30)]
    Path("large.json").write_text(json.dumps(large), "utf-8")
    assert call("import", "large.json").code == 0
    assert call("undo").code == 4
    done = call("undo", "6")
    assert done.out.startswith("took back 6 (import): initiatives added: 30; to bring it back")


# Deliveries


def deliver(diary: Diary) -> Receipt:
    """What one pass of reminders stores: claimed, confirmed; another claimed and given up."""
    item = Reminder(indicator="pipes.km", step="before-7", on=TODAY)
    first, second = (
        Receipt(id=each, digest="d", address="wecom:zjj", as_of=TODAY, items=[item], claimed_at=NOW)
        for each in ("r1", "r2")
    )
    sent = msgspec.structs.replace(first, sent_at=NOW)
    works: list[Callable[[Transaction], None]] = [
        lambda txn: txn.create(first),
        lambda txn: txn.replace(sent),
        lambda txn: txn.create(second),
        lambda txn: txn.remove(second),
    ]
    for work in works:
        diary.opened().transact(work, Stamp(at=NOW, by="cron", command="remind"))
    return sent


def test_what_was_sent_is_neither_the_newest_change_nor_taken_back(diary: Diary) -> None:
    diary.report("10")
    sent = deliver(diary)
    assert [each.command for each in diary.tracker().history(deliveries=False)] == [
        *("update", "add", "add", "add"),
    ]
    whole = told(diary.history())
    assert [what for _seq, command, _id, what in whole if command == "remind"][:2] == [
        "not sent to wecom:zjj: 1 reminder",
        "to be sent to wecom:zjj: 1 reminder",
    ]
    assert "sent_at: — → 2026-03-15T09:00:00Z" in whole[2][3]
    assert isinstance(diary.refused(5), Refused)
    assert "5 says what was sent" in diary.refused(5).sentence
    assert diary.undo().taken_back.command == "update"
    with diary.opened().view() as view:
        assert list(view.receipts()) == [sent]


def test_an_acknowledgement_is_taken_back_without_what_was_sent(diary: Diary) -> None:
    sent = deliver(diary)
    noted = Acknowledgement(indicator="pipes.km", at=NOW, by="区住建局")
    acknowledged = msgspec.structs.replace(sent, acknowledged=[noted])
    stamp = Stamp(at=NOW, by="区住建局", command="ack")
    diary.opened().transact(lambda txn: txn.replace(acknowledged), stamp)
    with diary.opened().view() as view:
        assert list(view.receipts()) == [acknowledged]
    # What somebody else did is taken back by its number only.
    assert diary.refused().sentence == (
        "The newest change left is that of 区住建局, no. 8, ack: records changed: 1; to take that"
        " back, run: tracker undo 8"
    )
    assert diary.undo(8).taken_back.command == "ack"
    with diary.opened().view() as view:
        assert list(view.receipts()) == [sent]
    diary.undo(9)
    with diary.opened().view() as view:
        assert list(view.receipts()) == [acknowledged]


def test_a_long_name_is_cut_in_the_history_too(empty: Diary) -> None:
    empty.add(Initiative(id="long", name="长" * 100))
    assert empty.history()[0].what == f"added: {'长' * 59}…"
    empty.tracker().edit("long", {"name": "短"})
    assert empty.history()[0].what == f"name: {'长' * 59}… → 短"


def test_words_of_the_vocabulary_are_translated_and_others_are_not(empty: Diary) -> None:
    empty.add(Initiative(id="a", name="甲"))
    empty.add(Indicator(id="a.n", name="数", target=Decimal(1)))
    empty.tracker().edit("a.n", {"commitment": "effort", "name": "outcome"})
    with using_language("zh"):
        assert empty.history()[0].what == "名称：数 → outcome；承诺类型：— → 工作"


def change_field(table: str, record_id: str, field: str, old: str, new: str) -> Change:
    before, after = (msgspec.Raw(msgspec.json.encode({field: each})) for each in (old, new))
    return Change(op="change", table=table, id=record_id, old=before, new=after)


def test_a_value_has_the_unit_that_its_indicator_had_before_the_first_of_two_changes() -> None:
    units = ("公里", "千米", "米")
    changes = [change_field("indicators", "a.n", "unit", *pair) for pair in pairwise(units)]
    later = Commit(seq=2, at=NOW, command="edit", changes=changes)
    update = msgspec.Raw(msgspec.json.encode(Update(id="u", on=TODAY, value=Decimal(5))))
    change = Change(op="append", table="indicators", id="a.n", list="updates", entry=update)
    commit = Commit(seq=1, at=NOW, command="update", changes=[change])
    (event,) = history.list_events_of_commit(commit, [later], lambda _id: "米")
    assert event.what == "update of 2026-03-15: 5 公里"


def test_a_delivery_changes_nothing_but_receipts() -> None:
    receipt = Change(op="create", table="receipts", id="r")
    other = Change(op="remove", table="indicators", id="a.n")
    for command, changes, is_delivery in (
        ("remind", [receipt], True),
        ("remind", [receipt, other], False),
        ("ack", [receipt], False),
    ):
        commit = Commit(seq=1, at=NOW, command=command, changes=changes)
        assert history.is_delivery_in_history(commit) is is_delivery
    edit = change_field("initiatives", "a", "lead", "甲", "乙")
    message = Receipt(id="r", digest="d", address="wecom:zjj", as_of=TODAY, claimed_at=NOW)
    record = msgspec.Raw(msgspec.json.encode(message))
    sent = Change(op="create", table="receipts", id="r", record=record)
    commits = [
        Commit(seq=at, at=NOW, command=command, changes=[change])
        for at, command, change in ((1, "edit", edit), (2, "remind", sent))
    ]
    for deliveries, seqs in ((True, [2, 1]), (False, [1])):
        newest = history.list_newest_events(commits[::-1], str, deliveries=deliveries)
        assert [each.seq for each in newest] == seqs
        events = history.list_events(commits, deliveries=deliveries)
        assert [each.seq for each in events] == seqs


def test_what_was_sent_stays_whatever_is_taken_back() -> None:
    store = MemoryStore()
    stamp = Stamp(at=NOW, by=None, command="undo")
    message = Receipt(id="r", digest="d", address="wecom:zjj", as_of=TODAY, claimed_at=NOW)
    store.transact(lambda txn: txn.create(message), stamp)
    record = msgspec.Raw(msgspec.json.encode(message))
    change = Change(op="create", table="receipts", id="r", record=record)
    chosen = undo.ChosenCommit(Commit(seq=1, at=NOW, command="ack", changes=[change]), [])
    store.transact(lambda txn: undo.reverse_commit(txn, chosen, lambda entry: entry), stamp)
    with store.view() as view:
        assert [each.id for each in view.receipts()] == ["r"]


def test_the_last_of_two_changes_of_a_field_is_taken_back_first() -> None:
    store = MemoryStore()
    Tracker(store, now=NOW).add(Initiative(id="a", name="甲", lead="丙局"))
    pairs = pairwise(("甲局", "乙局", "丙局"))
    changes = [change_field("initiatives", "a", "lead", *pair) for pair in pairs]
    chosen = undo.ChosenCommit(Commit(seq=9, at=NOW, command="edit", changes=changes), [])
    stamp = Stamp(at=NOW, by=None, command="undo")
    store.transact(lambda txn: undo.reverse_commit(txn, chosen, lambda entry: entry), stamp)
    found = Tracker(store, now=NOW).find("a")
    assert isinstance(found, Initiative)
    assert found.lead == "甲局"
