"""A ledger that lives as long as its process: for tests, trials and the library."""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from copy import deepcopy
from datetime import date, datetime

from tracker.errors import Conflict
from tracker.locale.translation import _
from tracker.model.commits import (
    LIST_OF,
    TABLE_OF,
    TABLES,
    Change,
    Commit,
    Kept,
    Stamp,
    Stored,
    appended,
    changed,
    committed,
    created,
    differing,
    removed,
)
from tracker.model.filters import Filter
from tracker.model.records import Document, Entry, Indicator, Initiative, Receipt
from tracker.storage.base import Answer, Named, Transaction, View, orphaned


class _Ledger:
    """The tables as plain dictionaries of records, and the changes made to them."""

    def __init__(self) -> None:
        self.tables: dict[str, dict[str, Stored]] = {name: {} for name in TABLES}
        self.commits: list[Commit] = []
        self.changes: list[Change] = []

    def _all(self, kind: type[Kept]) -> Iterator[Kept]:
        # What is handed out is the caller's: changing it must not change the ledger.
        yield from (deepcopy(v) for v in self.tables[TABLE_OF[kind]].values())  # type: ignore[misc]

    def _one(self, kind: type[Kept], record_id: str) -> Kept | None:
        return deepcopy(self.tables[TABLE_OF[kind]].get(record_id))  # type: ignore[return-value]

    def documents(self) -> dict[str, Document]:
        return {each.id: each for each in self._all(Document)}

    def initiative(self, record_id: str) -> Initiative | None:
        return self._one(Initiative, record_id)

    def indicator(self, record_id: str) -> Indicator | None:
        return self._one(Indicator, record_id)

    def names(self, part: str = "") -> Iterator[Named]:  # noqa: ARG002  # a superset
        for each in self.initiatives(Filter()):
            yield Named(each.id, each.name, each.aliases)
        for indicator in self._all(Indicator):
            yield Named(indicator.id, indicator.name)

    def initiatives(
        self,
        where: Filter,  # noqa: ARG002  # all is a superset
        besides: Collection[str] = (),  # noqa: ARG002  # all is a superset
    ) -> Iterator[Initiative]:
        yield from self._all(Initiative)

    def children_of(
        self,
        initiative_ids: Collection[str],
        besides: Collection[str] = (),
    ) -> list[Initiative]:
        return [
            each
            for each in self._all(Initiative)
            if each.parent in initiative_ids or each.id in besides
        ]

    def indicators_of(self, initiative_id: str) -> list[Indicator]:
        return [each for each in self._all(Indicator) if each.initiative_id == initiative_id]

    def candidates(
        self,
        where: Filter,  # noqa: ARG002  # all is a superset
        due_by: date | None = None,  # noqa: ARG002  # all is a superset
        as_of: date | None = None,  # noqa: ARG002  # all is a superset
        owners: Collection[str] | None = None,
        besides: Collection[str] = (),  # noqa: ARG002  # all is a superset
    ) -> Iterator[tuple[Initiative, Indicator]]:
        known = {each.id: each for each in self._all(Initiative)}
        for indicator in self._all(Indicator):
            if owners is not None and indicator.initiative_id not in owners:
                continue
            if indicator.initiative_id not in known:
                raise orphaned(indicator.initiative_id)
            yield known[indicator.initiative_id], indicator

    def receipts(self, since: datetime | None = None) -> Iterator[Receipt]:  # noqa: ARG002  # a superset
        yield from self._all(Receipt)

    def history(self, about: Collection[str] | None = None) -> Iterator[Commit]:  # noqa: ARG002  # a superset
        yield from self.commits

    def newest(self) -> Iterator[Commit]:
        yield from reversed(self.commits)

    edits = history

    def create(self, record: Stored) -> None:
        table = self.tables[TABLE_OF[type(record)]]
        if record.id in table:
            raise Conflict(_("{id} exists already.").format(id=record.id))
        table[record.id] = deepcopy(record)
        self.changes.append(created(record))

    def replace(self, record: Stored) -> None:
        table = self.tables[TABLE_OF[type(record)]]
        old, new = differing(table[record.id], record)
        if new:
            for name, value in new.items():
                setattr(table[record.id], name, deepcopy(value))
            self.changes.append(changed(record, old, new))

    def append(self, record_id: str, entry: Entry) -> None:
        change = appended(record_id, entry)
        getattr(self.tables[change.table][record_id], LIST_OF[type(entry)]).append(deepcopy(entry))
        self.changes.append(change)

    def remove(self, record: Stored) -> None:
        self.changes.append(removed(self.tables[TABLE_OF[type(record)]].pop(record.id)))


class MemoryStore:
    """Keeps everything in dictionaries; the simplest thing that meets the protocol."""

    place = "memory:"

    def __init__(self) -> None:
        self._ledger = _Ledger()

    def create(self) -> bool:
        """There is nothing to make: the ledger exists with its store."""
        return False

    @contextmanager
    def view(self) -> Iterator[View]:
        """The ledger as it is; what is read from it is a copy."""
        yield deepcopy(self._ledger)

    def transact(self, work: Callable[[Transaction], Answer], stamp: Stamp) -> Answer:
        """Work on a copy, and keep the copy when the work is done."""
        ledger = deepcopy(self._ledger)
        answer = work(ledger)
        if ledger.changes:
            ledger.commits.append(committed(len(ledger.commits) + 1, stamp, ledger.changes))
            ledger.changes = []
            self._ledger = ledger
        return answer
