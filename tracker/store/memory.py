"""A ledger that lives as long as its process: for tests, trials and the library."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from datetime import date

from tracker.changes import (
    LIST_OF,
    TABLE_OF,
    TABLES,
    Change,
    Commit,
    Stamp,
    Stored,
    appended,
    changed,
    created,
    differing,
    removed,
)
from tracker.errors import Conflict
from tracker.locale import _
from tracker.models import Document, Entry, Filter, Indicator, Initiative
from tracker.store import Answer, Named, Transaction, View


class _Ledger:
    """The tables as plain dictionaries of records, and the changes made to them."""

    def __init__(self) -> None:
        self.tables: dict[str, dict[str, Stored]] = {name: {} for name in TABLES}
        self.commits: list[Commit] = []
        self.changes: list[Change] = []

    def documents(self) -> dict[str, Document]:
        return {k: v for k, v in self.tables["documents"].items() if isinstance(v, Document)}

    def initiative(self, record_id: str) -> Initiative | None:
        found = self.tables["initiatives"].get(record_id)
        return found if isinstance(found, Initiative) else None

    def indicator(self, record_id: str) -> Indicator | None:
        found = self.tables["indicators"].get(record_id)
        return found if isinstance(found, Indicator) else None

    def names(self) -> Iterator[Named]:
        for each in self.initiatives(Filter()):
            yield Named(each.id, each.name, each.aliases)
        for _initiative, indicator in self.candidates(Filter()):
            yield Named(indicator.id, indicator.name)

    def initiatives(self, where: Filter) -> Iterator[Initiative]:  # noqa: ARG002  # a superset
        yield from (v for v in self.tables["initiatives"].values() if isinstance(v, Initiative))

    def indicators_of(self, initiative_id: str) -> list[Indicator]:
        return [i for _owner, i in self.candidates(Filter()) if i.initiative_id == initiative_id]

    def candidates(
        self,
        where: Filter,  # noqa: ARG002  # all is a superset
        due_by: date | None = None,  # noqa: ARG002  # all is a superset
    ) -> Iterator[tuple[Initiative, Indicator]]:
        for indicator in self.tables["indicators"].values():
            if isinstance(indicator, Indicator):
                owner = self.initiative(indicator.initiative_id)
                if owner is not None:
                    yield owner, indicator

    def history(self) -> Iterator[Commit]:
        yield from self.commits

    def create(self, record: Stored) -> None:
        table = self.tables[TABLE_OF[type(record)]]
        if record.id in table:
            raise Conflict(_("{id} exists already.").format(id=record.id))
        table[record.id] = record
        self.changes.append(created(record))

    def replace(self, record: Stored) -> None:
        table = self.tables[TABLE_OF[type(record)]]
        old, new = differing(table[record.id], record)
        if new:
            for name, value in new.items():
                setattr(table[record.id], name, value)
            self.changes.append(changed(record, old, new))

    def append(self, record_id: str, entry: Entry) -> None:
        change = appended(record_id, entry)
        getattr(self.tables[change.table][record_id], LIST_OF[type(entry)]).append(entry)
        self.changes.append(change)

    def remove(self, record: Stored) -> None:
        del self.tables[TABLE_OF[type(record)]][record.id]
        self.changes.append(removed(record))


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
            ledger.commits.append(
                Commit(
                    seq=len(ledger.commits) + 1,
                    at=stamp.at,
                    by=stamp.by,
                    command=stamp.command,
                    changes=ledger.changes,
                )
            )
            ledger.changes = []
            self._ledger = ledger
        return answer
