"""Questions whose answers may come out of an index of what was foreseen, and changes of it."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeAlias

from hypothesis import strategies as st
from random_ledgers import TODAY

from tracker.ledger.ledger import Tracker
from tracker.model.filters import ALL, Filter
from tracker.model.horizon import When
from tracker.model.records import Deadline, Decision, Revision, Update
from tracker.storage.base import Store
from tracker.views.status import StatusLimits, build_status_overview

NEXT = Deadline(on=date(2026, 8, 1))
LATER = st.sampled_from([0, 1, 2, 21, 174, 175, 400])


def open_on(store: Store, day: date) -> Tracker:
    """Open a ledger on a day."""
    return Tracker(store, now=datetime(day.year, day.month, day.day, 9, tzinfo=UTC), author="王")


def answer(tracker: Tracker, limit: int | None, where: Filter = ALL) -> list[Any]:
    """Return the first so many of each list, with the counts of all, and whole lists."""
    most = limit or 99
    owing = tracker.status(where, within=30, limit=limit)
    sheet = build_status_overview(owing, StatusLimits(30, most, most))
    lists = [tracker.overdue(where, limit=limit), tracker.due(30, where, limit=limit)]
    lists.append(tracker.behind(where, limit=limit))
    found: list[Any] = [sheet.facts, sheet.beside["counts"]]
    found += [[table.title, table.rows[:most]] for table in sheet.tables[1:]]
    # A store that answers out of an order of its own knows no total.
    found += [(each.items[:most], each.total if where == ALL else None) for each in lists]
    for part in (where, Filter(place="市中"), Filter(state="closed")):
        found += [tracker.overdue(part).items, tracker.behind(part).items]
    found += [tracker.overdue(where, When(as_of=tracker.today - timedelta(40))).items]
    return [*found, tracker.unreported(where, limit=limit).owed[:most]]


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
    """Return a decision of a meeting."""
    return Decision(on=TODAY, state=state, reason="会议")
