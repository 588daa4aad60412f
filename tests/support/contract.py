"""Take steps on any store, and read what they leave."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import msgspec
from hypothesis import strategies as st

from tracker.errors import Conflict
from tracker.model.commits import Stamp, StoredRecord
from tracker.model.filters import Filter
from tracker.model.records import (
    Deadline,
    Decision,
    Document,
    Indicator,
    Initiative,
    Receipt,
    Reminder,
    Revision,
    Source,
    Update,
)
from tracker.storage.base import Store, Transaction, View

ALL = Filter()
DAY = date(2026, 1, 31)
STAMP = Stamp(at=datetime(2026, 1, 31, 9, 30, tzinfo=UTC), by="督查室", command="test", undoes=None)


def create_records(store: Store, *records: StoredRecord) -> None:
    def work(txn: Transaction) -> None:
        for each in records:
            txn.create(each)

    store.transact(work, STAMP)


def transact(store: Store, work: Callable[[Transaction], object]) -> None:
    store.transact(work, STAMP)


def sample_records() -> list[StoredRecord]:
    return [
        Document(id="2026-01-31-plan", title="工作报告", published=DAY),
        Initiative(id="pipes", name="老旧管网", aliases=["村内管网"], lead="市水务局"),
        Indicator(id="pipes.renewed", name="完成改造", target=Decimal("62.10"), unit="万平方米"),
    ]


def build_receipt(number: int, claimed_at: datetime = STAMP.at) -> Receipt:
    item = Reminder(indicator="pipes.renewed", step="before-7", on=DAY, deadline=DAY)
    return Receipt(
        id=f"r{number}",
        digest="d",
        address="wecom:zjj",
        as_of=DAY,
        items=[item],
        claimed_at=claimed_at,
    )


def read_view(view: View) -> dict[str, Any]:
    initiatives = list(view.initiatives(ALL))
    return {
        "documents": list(view.documents().values()),
        "initiatives": initiatives,
        "own": [view.indicators_of(each.id) for each in initiatives],
        "candidates": list(view.candidates(ALL)),
        "names": list(view.names()),
        "receipts": list(view.receipts()),
        # Only a database keeps logins.
        "history": [msgspec.structs.replace(each, login=None) for each in view.history()],
    }


def read_store(store: Store) -> dict[str, Any]:
    with store.view() as view:
        return read_view(view)


# Steps in any order, which every store has to take as the reference does.

IDS = ["a", "b", "ab", "indicators"]
DAYS = st.dates(date(2025, 12, 25), date(2026, 1, 9))
NUMBERS = st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=0, max_value=99)
DEADLINES = st.none() | st.builds(
    Deadline, on=st.none() | DAYS, wording=st.none() | st.just("年底")
)
NAMES = st.text(min_size=1, max_size=6)
IDENTIFIERS = st.sampled_from(IDS)
INDICATORS = st.builds(
    Indicator,
    id=st.builds("{}.{}".format, IDENTIFIERS, IDENTIFIERS),
    name=NAMES,
    target=st.none() | NUMBERS,
    unit=st.none() | st.just("户"),
    deadline=DEADLINES,
    source=st.none() | st.builds(Source, document=IDENTIFIERS),
)
RECORDS = st.one_of(
    st.builds(Document, id=IDENTIFIERS, title=NAMES, published=DAYS),
    st.builds(Initiative, id=IDENTIFIERS, name=NAMES, tags=st.lists(NAMES, max_size=2)),
    INDICATORS,
    st.builds(build_receipt, st.integers(0, 2), st.datetimes(timezones=st.just(UTC))),
)
ENTRIES = st.one_of(
    st.builds(Update, id=NAMES, on=DAYS, value=NUMBERS, evidence=st.lists(NAMES, max_size=2)),
    st.builds(Revision, id=NAMES, on=DAYS, deadline=DEADLINES, reason=NAMES),
    st.builds(Decision, id=NAMES, on=DAYS, state=st.sampled_from(["active", "closed"])),
)
STEPS = st.one_of(
    st.tuples(st.sampled_from(["create", "create", "replace", "remove"]), RECORDS),
    st.tuples(st.sampled_from(["append", "append"]), st.tuples(INDICATORS, ENTRIES)),
)


def apply_step(txn: Transaction, method: str, what: Any) -> str:  # noqa: ANN401  # a record or an entry
    # No indicator is ever without its initiative.
    is_lone = isinstance(what, Indicator) and txn.initiative(what.initiative_id) is None
    is_owner = isinstance(what, Initiative) and bool(txn.indicators_of(what.id))
    if (method == "create" and is_lone) or (method == "remove" and is_owner):
        return "left out"
    try:
        if method == "append":
            txn.append(what[0].id, what[1])
        else:
            getattr(txn, method)(what)
    except (Conflict, KeyError) as error:
        return type(error).__name__
    return "done"


def read_outcome(view: View) -> dict[str, Any]:
    """Read everything."""
    return {
        "documents": list(view.documents().values()),
        "initiatives": list(view.initiatives(ALL)),
        "names": list(view.names()),
        "own": [view.indicators_of(each) for each in IDS],
        "receipts": list(view.receipts()),
        "one": [(view.initiative(each), view.indicator(f"{each}.a")) for each in IDS],
        # Only a database keeps logins.
        "history": [msgspec.structs.replace(each, login=None) for each in view.history()],
        "candidates": list(view.candidates(ALL)),
    }
