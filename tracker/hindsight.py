"""The ledger as it was: records as they had been written by a day, and who was there then.

Entries carry their own days; fields do not. What a field said on a day is found in the
history: an edit that was made later is taken out again.
"""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import count
from typing import TypeAlias

import msgspec
from msgspec import Struct

from tracker.admission import lists_of
from tracker.changes import TABLE_OF, TABLES, Commit, Kept, Stored, applied
from tracker.knowledge import exists
from tracker.models import Document, Filter, Horizon, Indicator, Initiative
from tracker.store import Named, View, orphaned

_ALL = Filter()
_Key: TypeAlias = tuple[str, str]


class _Life(Struct):
    """One record between its creation and its removal, as lines of JSON.

    ``then`` is how it stood on the day, None where it was not there.
    """

    first: bytes
    last: bytes
    then: bytes | None = None


def as_recorded(view: View, known_on: date) -> View:
    """The ledger with all fields as they were written by a day; entries are left as they are.

    A record that was entered later, from a document that is older, is as it was entered.
    One that was removed later is there.
    """
    commits = list(view.history())
    edited = {
        (change.table, change.id)
        for commit in commits
        if commit.at.date() > known_on
        for change in commit.changes
        if change.op in {"change", "remove"}
    }
    return _Recorded(view, *_replayed(commits, edited, known_on)) if edited else view


def _replayed(
    commits: Sequence[Commit], edited: Container[_Key], known_on: date
) -> tuple[dict[_Key, Stored | None], dict[_Key, int]]:
    """The records that were edited as they were on a day, and the place of each in its table."""
    living: dict[_Key, _Life | None] = {}
    chosen: dict[_Key, _Life | None] = {}
    places: dict[_Key, int] = {}
    entered = count()
    for commit in commits:
        early = commit.at.date() <= known_on
        for change in commit.changes:
            key = change.table, change.id
            if change.op == "create" and key not in chosen:
                places[key] = next(entered)
            if key not in edited:
                continue
            life = living.get(key)
            if change.op == "create":
                life = _Life(bytes(change.record), bytes(change.record))
            elif change.op == "remove":
                if life is not None and life.then is not None and not early:
                    chosen[key] = life
                life = None
            elif life is not None:
                life.last = applied(change, life.last) or b""
            if life is not None and early:
                life.then = life.last
            living[key] = life
    return {key: _as_it_was(key, life) for key, life in (living | chosen).items()}, places


def _as_it_was(key: _Key, life: _Life | None) -> Stored | None:
    if life is None:
        return None
    kind = TABLES[key[0]]
    record: Stored = msgspec.json.decode(life.then or life.first, type=kind)
    newest: Stored = msgspec.json.decode(life.last, type=kind)
    # Entries say themselves since when they are known.
    for name in lists_of(record):
        setattr(record, name, getattr(newest, name))
    return record


class _Recorded:
    """A view in which some records are as they were.

    Args:
        view: the ledger as it is.
        records: what takes the place of a record; None: it was not there.
        places: where each record stands in its table.
    """

    def __init__(
        self, view: View, records: Mapping[_Key, Stored | None], places: Mapping[_Key, int]
    ) -> None:
        self._view = view
        self._records = records
        self._places = places
        self.history = view.history
        self.receipts = view.receipts

    def _one(self, kind: type[Kept], record_id: str, current: Kept | None) -> Kept | None:
        return self._records.get((TABLE_OF[kind], record_id), current)  # type: ignore[return-value]  # a table holds records of one kind

    def _all(self, kind: type[Kept], current: Iterable[Kept]) -> list[Kept]:
        table = TABLE_OF[kind]
        there = [each for each in current if (table, each.id) not in self._records]
        there += [each for each in self._records.values() if isinstance(each, kind)]
        return sorted(there, key=lambda each: self._places.get((table, each.id), -1))

    def documents(self) -> dict[str, Document]:
        """The source documents by id."""
        return {each.id: each for each in self._all(Document, self._view.documents().values())}

    def initiative(self, record_id: str) -> Initiative | None:
        """The initiative with exactly this id."""
        return self._one(Initiative, record_id, self._view.initiative(record_id))

    def indicator(self, record_id: str) -> Indicator | None:
        """The indicator with exactly this id."""
        return self._one(Indicator, record_id, self._view.indicator(record_id))

    def names(self, part: str = "") -> Iterator[Named]:  # noqa: ARG002  # a superset
        """What the initiatives, then the indicators are called."""
        yield from _names(self.initiatives(_ALL), self.candidates(_ALL))

    def initiatives(self, where: Filter) -> Iterator[Initiative]:  # noqa: ARG002  # a superset
        """All initiatives, in the order of entry."""
        yield from self._all(Initiative, self._view.initiatives(_ALL))

    def indicators_of(self, initiative_id: str) -> list[Indicator]:
        """The indicators of one initiative, in the order of entry."""
        current = self._view.indicators_of(initiative_id)
        found = self._all(Indicator, current)
        return [each for each in found if each.initiative_id == initiative_id]

    def candidates(
        self,
        where: Filter,  # noqa: ARG002  # what it was then may fit though it does not now
        due_by: date | None = None,  # noqa: ARG002  # likewise
        as_of: date | None = None,  # noqa: ARG002  # likewise
    ) -> Iterator[tuple[Initiative, Indicator]]:
        """All indicators, in the order of entry."""
        owners = {each.id: each for each in self.initiatives(_ALL)}
        current = (indicator for _owner, indicator in self._view.candidates(_ALL))
        for indicator in self._all(Indicator, current):
            if indicator.initiative_id not in owners:
                raise orphaned(indicator.initiative_id)
            yield owners[indicator.initiative_id], indicator


class Existing:
    """The part of a view that was there on a day: what a person could have named then."""

    def __init__(self, view: View, horizon: Horizon) -> None:
        self._view = view
        self._horizon = horizon

    def initiative(self, record_id: str) -> Initiative | None:
        """The initiative with exactly this id."""
        found = self._view.initiative(record_id)
        return found if found is not None and exists(found, None, self._horizon) else None

    def indicator(self, record_id: str) -> Indicator | None:
        """The indicator with exactly this id."""
        own = self.indicators_of(record_id.partition(".")[0])
        return next((each for each in own if each.id == record_id), None)

    def indicators_of(self, initiative_id: str) -> list[Indicator]:
        """The indicators of one initiative, in the order of entry."""
        owner = self._view.initiative(initiative_id)
        if owner is None:
            return []
        own = self._view.indicators_of(initiative_id)
        return [each for each in own if exists(owner, each, self._horizon)]

    def names(self, part: str = "") -> Iterator[Named]:  # noqa: ARG002  # a superset
        """What the initiatives, then the indicators are called."""
        day = self._horizon
        owners = (each for each in self._view.initiatives(_ALL) if exists(each, None, day))
        owned = (each for each in self._view.candidates(_ALL) if exists(*each, day))
        yield from _names(owners, owned)


def _names(
    initiatives: Iterable[Initiative], indicators: Iterable[tuple[Initiative, Indicator]]
) -> Iterator[Named]:
    for each in initiatives:
        yield Named(each.id, each.name, each.aliases)
    for _owner, own in indicators:
        yield Named(own.id, own.name)
