"""The simplest store there can be, to compare every other one with: dictionaries of records.

It shares nothing with the others but the protocols, and narrows nothing.
"""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from copy import deepcopy
from datetime import date, datetime

from tracker.errors import Conflict
from tracker.model.commits import (
    LIST_OF,
    TABLE_OF,
    TABLES,
    Change,
    Commit,
    Stamp,
    StoredRecord,
    build_append,
    build_commit,
    build_creation,
    build_field_change,
    build_removal,
    find_changed_commit_fields,
)
from tracker.model.filters import Filter
from tracker.model.records import Document, Entry, Indicator, Initiative, Receipt
from tracker.storage.base import (
    Answer,
    RecordName,
    Store,
    StoredT,
    Transaction,
    View,
)
from tracker.system.overriding import override


class _Dictionaries(Transaction):
    """The tables as plain dictionaries of records, and the changes made to them."""

    def __init__(self) -> None:
        self.tables: dict[str, dict[str, StoredRecord]] = {name: {} for name in TABLES}
        self.commits: list[Commit] = []
        self.changes: list[Change] = []

    def all_of(self, kind: type[StoredT]) -> Iterator[StoredT]:
        # What is handed out is the caller's: changing it must not change the ledger.
        yield from map(deepcopy, self.tables[TABLE_OF[kind]].values())  # type: ignore[index]

    @override
    def documents(self) -> dict[str, Document]:
        return {document.id: document for document in self.all_of(Document)}

    @override
    def record(self, kind: type[StoredT], record_id: str) -> StoredT | None:
        return deepcopy(self.tables[TABLE_OF[kind]].get(record_id))  # type: ignore[index,return-value]

    @override
    def initiatives(self, where: Filter, besides: Collection[str] = ()) -> Iterator[Initiative]:
        yield from self.all_of(Initiative)

    @override
    def indicators_of(self, initiative_id: str) -> list[Indicator]:
        return [each for each in self.all_of(Indicator) if each.initiative_id == initiative_id]

    @override
    def candidates(
        self,
        where: Filter,
        due_by: date | None = None,
        as_of: date | None = None,
        owners: Collection[str] | None = None,
        besides: Collection[str] = (),
    ) -> Iterator[tuple[Initiative, Indicator]]:
        known = {each.id: each for each in self.all_of(Initiative)}
        for indicator in self.all_of(Indicator):
            if owners is not None and indicator.initiative_id not in owners:
                continue
            if indicator.initiative_id in known:
                yield known[indicator.initiative_id], indicator

    @override
    def names(self, part: str = "") -> Iterator[RecordName]:
        for initiative in self.all_of(Initiative):
            yield RecordName(initiative.id, initiative.name, initiative.aliases)
        for indicator in self.all_of(Indicator):
            yield RecordName(indicator.id, indicator.name)

    @override
    def receipts(self, since: datetime | None = None) -> Iterator[Receipt]:
        yield from self.all_of(Receipt)

    @override
    def history(self, about: Collection[str] | None = None) -> Iterator[Commit]:
        yield from map(deepcopy, self.commits)

    @override
    def create(self, record: StoredRecord) -> None:
        table = self.tables[TABLE_OF[type(record)]]
        if record.id in table:
            raise Conflict(record.id)
        table[record.id] = deepcopy(record)
        self.changes.append(build_creation(record))

    @override
    def replace(self, record: StoredRecord) -> None:
        table = self.tables[TABLE_OF[type(record)]]
        old, new = find_changed_commit_fields(table[record.id], record)
        if new:
            for name, value in new.items():
                setattr(table[record.id], name, deepcopy(value))
            self.changes.append(build_field_change(record, old, new))

    @override
    def append(self, record_id: str, entry: Entry) -> None:
        change = build_append(record_id, entry)
        getattr(self.tables[change.table][record_id], LIST_OF[type(entry)]).append(deepcopy(entry))
        self.changes.append(change)

    @override
    def remove(self, record: StoredRecord) -> None:
        self.changes.append(build_removal(self.tables[TABLE_OF[type(record)]].pop(record.id)))


class ReferenceStore(Store):
    """Every transaction works on a copy of the whole ledger; what is stored never changes."""

    place = "reference:"

    def __init__(self) -> None:
        self._ledger = _Dictionaries()

    @override
    def create(self) -> bool:
        return False

    @override
    @contextmanager
    def view(self) -> Iterator[View]:
        yield self._ledger

    @override
    def transact(self, work: Callable[[Transaction], Answer], stamp: Stamp) -> Answer:
        ledger = deepcopy(self._ledger)
        answer = work(ledger)
        if ledger.changes:
            ledger.commits.append(build_commit(len(ledger.commits) + 1, stamp, ledger.changes))
            ledger.changes = []
            self._ledger = ledger
        return answer
