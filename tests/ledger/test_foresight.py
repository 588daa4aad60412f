"""What is answered out of an index of what was foreseen is what judging everything answers."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeAlias

from factories import enter
from hypothesis import given, settings
from hypothesis import strategies as st
from random_ledgers import TODAY, ledgers

from tracker.assessment.spans import describe_rules_of_spans
from tracker.errors import TrackerError
from tracker.ledger.foresight import list_outlooks, open_foresight
from tracker.ledger.ledger import Tracker
from tracker.model.filters import ALL
from tracker.model.records import Deadline, Decision, Revision, Update
from tracker.storage.memory import MemoryStore
from tracker.storage.outlooks import KeptOutlooks
from tracker.views.status import StatusLimits, build_status_overview

NEXT = Deadline(on=date(2026, 8, 1))
LATER = st.sampled_from([0, 1, 2, 21, 174, 175, 400])


def open_on(store: MemoryStore, day: date) -> Tracker:
    return Tracker(store, now=datetime(day.year, day.month, day.day, 9, tzinfo=UTC), author="王")


def foresee_all(tracker: Tracker, store: MemoryStore) -> None:
    """Keep what is foreseen of all indicators, as a store does that has been asked to."""
    with tracker.open_view() as view:
        store.kept = KeptOutlooks(describe_rules_of_spans(tracker.rules), dict(list_outlooks(view)))


def answer(tracker: Tracker, limit: int | None) -> list[Any]:
    """Return the first so many of each list, with the counts of all, as screens show them."""
    most = limit or 99
    owing = tracker.status(within=30, limit=limit)
    sheet = build_status_overview(owing, StatusLimits(30, most, most))
    lists = [tracker.overdue(limit=limit), tracker.due(30, limit=limit)]
    lists.append(tracker.behind(limit=limit))
    found: list[Any] = [sheet.facts, sheet.beside["counts"]]
    found += [[table.title, table.rows[:most]] for table in sheet.tables[1:]]
    found += [(each.items[:most], each.total) for each in lists]
    return [*found, tracker.unreported(limit=limit).owed[:most]]


def compare(store: MemoryStore, day: date, limit: int) -> None:
    """Compare the answers out of the index with those of the rules alone, on one day."""
    tracker = open_on(store, day)
    with tracker.open_view() as view:
        assert open_foresight(view, ALL) is not None
    from_index, kept = answer(tracker, limit), store.kept
    store.kept = None
    from_rules = answer(tracker, limit)
    store.kept = kept
    assert from_index == from_rules


Work: TypeAlias = Callable[[Tracker, str], object]
CHANGES: list[Work] = [
    lambda ledger, key: ledger.report(key, Update(on=TODAY), "90", None, force=True),
    lambda ledger, key: ledger.report(key, Update(on=TODAY, done=True), None, None, force=True),
    lambda ledger, key: ledger.decide(key, decision("suspended"), "suspend", force=True),
    lambda ledger, key: ledger.decide(key[:2], decision("closed"), "close", force=True),
    lambda ledger, key: ledger.revise(key, Revision(on=TODAY, deadline=NEXT, reason="会议")),
    lambda ledger, key: ledger.edit(key[:2], {"lead": None}),
    lambda ledger, _key: ledger.undo(),
]


def decision(state: Any) -> Decision:  # noqa: ANN401  # of the vocabulary
    return Decision(on=TODAY, state=state, reason="会议")


@given(ledgers(), st.integers(1, 4), LATER, st.data())
@settings(max_examples=40)
def test_answers_out_of_the_index_are_those_of_the_rules(
    records: list[dict[str, Any]], limit: int, days: int, data: st.DataObject
) -> None:
    store = MemoryStore()
    tracker = enter(open_on(store, TODAY), *records)
    foresee_all(tracker, store)
    keys = [each.id for each in tracker.indicators().items]
    for change in data.draw(st.lists(st.sampled_from(CHANGES), max_size=2)) if keys else ():
        with suppress(TrackerError):
            change(tracker, data.draw(st.sampled_from(keys)))
    compare(store, TODAY + timedelta(days), limit)
