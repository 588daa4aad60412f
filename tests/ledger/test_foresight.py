"""What is answered out of an index of what was foreseen is what judging everything answers."""

from contextlib import suppress
from datetime import date, timedelta
from typing import Any

from factories import enter
from foreseen import CHANGES, LATER, answer, open_on
from hypothesis import given, settings
from hypothesis import strategies as st
from random_ledgers import TODAY, foresee_all_of_ledger, ledgers

from tracker.assessment.spans import describe_rules_of_spans
from tracker.errors import TrackerError
from tracker.ledger.foresight import open_foresight
from tracker.ledger.ledger import Tracker
from tracker.model.filters import ALL
from tracker.storage.memory import MemoryStore
from tracker.storage.outlooks import KeptOutlooks


def foresee_all(tracker: Tracker, store: MemoryStore) -> None:
    """Keep what is foreseen of all indicators, as a store does that has been asked to."""
    with tracker.open_view() as view:
        store.kept = KeptOutlooks(
            describe_rules_of_spans(tracker.rules), foresee_all_of_ledger(view)
        )


def compare(store: MemoryStore, day: date, limit: int) -> None:
    """Compare the answers out of the index with those of the rules alone, on one day."""
    tracker = open_on(store, day)
    with tracker.open_view() as view:
        assert open_foresight(view, ALL, 1) is not None
    from_index, kept = answer(tracker, limit), store.kept
    store.kept = None
    from_rules = answer(tracker, limit)
    store.kept = kept
    assert from_index == from_rules


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
