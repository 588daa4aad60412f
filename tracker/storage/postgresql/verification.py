"""Replay the changes of a ledger in the database, and find the records that say otherwise."""

from collections.abc import Iterable, Iterator
from contextlib import suppress

from tracker.errors import LedgerDamaged
from tracker.model.codec import encode
from tracker.model.commits import TABLES, StoredRecord
from tracker.model.filters import Filter
from tracker.storage.base import View
from tracker.storage.folder.rebuilding import State, change_rebuilt_state, list_rebuilt_differences


def find_altered_records(view: View) -> Iterator[str]:
    """Yield the ids of the records that are not what their changes lead to."""
    replayed: State = {name: {} for name in TABLES}
    for commit in view.history():
        # A change of what is not there leaves no trace in the records, which are compared below.
        with suppress(LedgerDamaged):
            replayed = change_rebuilt_state(replayed, commit.changes)
    yield from list_rebuilt_differences(replayed, _read_state(view))


def _read_state(view: View) -> State:
    """Return all records that there are as lines of JSON, by their tables."""
    initiatives = list(view.initiatives(Filter()))
    records: dict[str, Iterable[StoredRecord]] = {
        "documents": view.documents().values(),
        "initiatives": initiatives,
        "indicators": (each for owner in initiatives for each in view.indicators_of(owner.id)),
        "receipts": view.receipts(),
    }
    return {name: {each.id: encode(each) for each in records[name]} for name in TABLES}
