"""Show the ledger as it was: records as they had been written by a day, and which there were.

Entries carry their own days; fields do not. What a field said on a day is found in the
history: an edit that was made later is taken out again.
"""

from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import cached_property
from typing import TypeAlias

import msgspec
from msgspec import Struct

from tracker.model.commits import TABLE_OF, TABLES, Commit, RecordT, StoredRecord, apply_change
from tracker.model.effective import is_record_in_effect
from tracker.model.filters import Filter
from tracker.model.horizon import Horizon
from tracker.model.records import Document, Indicator, Initiative, Receipt
from tracker.model.validation import list_entry_lists_to_validate
from tracker.storage.base import (
    RecordName,
    StoredT,
    View,
    list_names_in_any_store,
)
from tracker.system.overriding import override

_Key: TypeAlias = tuple[str, str]


class _Life(Struct):
    """Record between its creation and its removal, as lines of JSON.

    ``then`` is how it stood on the day, None where it was not there.
    """

    first: bytes
    last: bytes
    then: bytes | None = None


def restore_point_in_time(view: View, known_on: date) -> View:
    """Return the ledger with the fields as they were on a day; entries are left as they are.

    A record that was entered later, from a document that is older, is as it was entered.
    One that was removed later is there.
    """
    commits = list(view.history_of_edited())
    edited = {
        (change.table, change.id)
        for commit in commits
        if commit.at.date() > known_on
        for change in commit.changes
        if change.op in {"change", "remove"}
    }
    return _Recorded(view, *_replay_edits(commits, edited, known_on), known_on) if edited else view


def recall_pair(
    view: View, initiative: Initiative, indicator: Indicator
) -> tuple[Initiative, Indicator] | None:
    """Return an indicator and its initiative as a view has them; None: they were not there.

    Args:
        view: the ledger, or what ``restore_point_in_time`` made of it.
        initiative: the initiative as it is, or as it was on a later day.
        indicator: the indicator, likewise.
    """
    return (
        view.recall(initiative, indicator)
        if isinstance(view, _Recorded)
        else (initiative, indicator)
    )


def _replay_edits(
    commits: Sequence[Commit], edited: Container[_Key], known_on: date
) -> tuple[dict[_Key, StoredRecord | None], Collection[_Key]]:
    """Return the edited records as they were on a day, and the keys of those removed since."""
    living: dict[_Key, _Life | None] = {}
    removed: dict[_Key, _Life | None] = {}
    for commit in commits:
        early = commit.at.date() <= known_on
        for change in commit.changes:
            key = change.table, change.id
            if key not in edited:
                continue
            life = living.get(key)
            if change.op == "create":
                life = _Life(bytes(change.record), bytes(change.record))
            elif change.op == "remove":
                if life is not None and life.then is not None and not early:
                    removed[key] = life
                life = None
            elif life is not None:
                life.last = apply_change(change, life.last) or b""
            if life is not None and early:
                life.then = life.last
            living[key] = life
    return {
        key: _decode_point_in_time_record(key, life) for key, life in (living | removed).items()
    }, removed


def _decode_point_in_time_record(key: _Key, life: _Life | None) -> StoredRecord | None:
    """Return a record with its fields as they were on the day, and its newest entries."""
    if life is None:
        return None
    kind = TABLES[key[0]]
    record: StoredRecord = msgspec.json.decode(life.then or life.first, type=kind)
    newest: StoredRecord = msgspec.json.decode(life.last, type=kind)
    # Entries say themselves since when they are known.
    for name in list_entry_lists_to_validate(record):
        setattr(record, name, getattr(newest, name))
    return record


class _Recorded(View):
    """A view in which some records are as they were.

    Args:
        view: the ledger as it is.
        records: what takes the place of a record; None: it was not there.
        removed: those of them that were removed since.
        known_on: the day.
    """

    def __init__(
        self,
        view: View,
        records: Mapping[_Key, StoredRecord | None],
        removed: Collection[_Key],
        known_on: date,
    ) -> None:
        self._view = view
        self._records = records
        self._removed = removed
        self._known_on = known_on
        # What it was then may fit though it does not now.
        self._besides = {record_id.partition(".")[0] for _table, record_id in records}

    @override
    def record(self, kind: type[StoredT], record_id: str) -> StoredT | None:
        current = self._view.record(kind, record_id)
        # A table holds records of one kind.
        return self._records.get((TABLE_OF[kind], record_id), current)  # type: ignore[index,return-value]

    @override
    def history(self, about: Collection[str] | None = None) -> Iterator[Commit]:
        return self._view.history(about)

    @override
    def add_logins(self, records: Iterable[Initiative | Indicator]) -> None:
        self._view.add_logins(records)

    @override
    def history_newest_first(self, *, most: int | None = None) -> Iterator[Commit]:
        return self._view.history_newest_first(most=most)

    @override
    def history_of_edited(self) -> Iterator[Commit]:
        return self._view.history_of_edited()

    @override
    def receipts(self, since: datetime | None = None) -> Iterator[Receipt]:
        return self._view.receipts(since)

    def _as_it_was(self, current: RecordT) -> RecordT:
        then = self._records.get((TABLE_OF[type(current)], current.id))
        return current if then is None else then  # type: ignore[return-value]  # likewise

    def recall(
        self, initiative: Initiative, indicator: Indicator
    ) -> tuple[Initiative, Indicator] | None:
        """Return an indicator and its initiative as they were; None: one was not there."""
        owner = self._records.get(("initiatives", initiative.id), initiative)
        own = self._records.get(("indicators", indicator.id), indicator)
        if not isinstance(owner, Initiative) or not isinstance(own, Indicator):
            return None
        return owner, own

    def _records_as_they_were(
        self, kind: type[RecordT], current: Iterable[RecordT]
    ) -> Iterator[RecordT]:
        """Yield the records as they were, in the order of entry, with those removed since."""
        table = TABLE_OF[kind]
        if not any(name == table for name, _id in self._removed):
            yield from map(self._as_it_was, current)
            return
        there = [each for each in current if (table, each.id) not in self._records]
        there += [each for each in self._records.values() if isinstance(each, kind)]
        yield from sorted(there, key=lambda each: self._places[table, each.id])

    @cached_property
    def _places(self) -> dict[_Key, int]:
        """Where each record stood in its table: it takes the whole history to tell."""
        created = (
            (commit.at.date(), (change.table, change.id))
            for commit in self._view.history()
            for change in commit.changes
            if change.op == "create"
        )
        # What was removed since and made again stands where it stood before.
        return {
            key: place
            for place, (day, key) in enumerate(created)
            if key not in self._removed or day <= self._known_on
        }

    @override
    def documents(self) -> dict[str, Document]:
        return {
            each.id: each
            for each in self._records_as_they_were(Document, self._view.documents().values())
        }

    @override
    def initiatives(self, where: Filter, besides: Collection[str] = ()) -> Iterator[Initiative]:
        current = self._view.initiatives(where, self._besides.union(besides))
        return self._records_as_they_were(Initiative, current)

    @override
    def children_of(
        self, initiative_ids: Collection[str], besides: Collection[str] = ()
    ) -> list[Initiative]:
        current = self._view.children_of(initiative_ids, self._besides.union(besides))
        found = self._records_as_they_were(Initiative, current)
        return [each for each in found if each.parent in initiative_ids or each.id in besides]

    @override
    def indicators_of(self, initiative_id: str) -> list[Indicator]:
        current = self._view.indicators_of(initiative_id)
        found = self._records_as_they_were(Indicator, current)
        return [each for each in found if each.initiative_id == initiative_id]

    @override
    def candidates(
        self,
        where: Filter,
        due_by: date | None = None,
        as_of: date | None = None,
        owners: Collection[str] | None = None,
        besides: Collection[str] = (),
    ) -> Iterator[tuple[Initiative, Indicator]]:
        wanted = self._besides.union(besides)
        # No day for the states: what was decided by then may not have been known.
        pairs = self._view.candidates(where, due_by, None, owners, wanted)
        if any(name == "indicators" for name, _id in self._removed):
            pairs = self._with_removed(pairs, owners)
        for initiative, indicator in pairs:
            yield self._as_it_was(initiative), self._as_it_was(indicator)

    def _with_removed(
        self, pairs: Iterable[tuple[Initiative, Indicator]], owners: Collection[str] | None
    ) -> Iterator[tuple[Initiative, Indicator]]:
        known: dict[str, Initiative | None] = {}
        there = []
        for initiative, indicator in pairs:
            known[initiative.id] = initiative
            there.append(indicator)
        for indicator in self._records_as_they_were(Indicator, there):
            key = indicator.initiative_id
            if owners is None or key in owners:
                owner = known[key] if key in known else self.initiative(key)
                if owner is not None:
                    yield owner, indicator


class RecordsAtPointInTime:
    """Part of a view that was there on a day, and could be named then."""

    def __init__(self, view: View, horizon: Horizon) -> None:
        self._view = view
        self._horizon = horizon

    def initiative(self, record_id: str) -> Initiative | None:
        """Return the initiative with exactly this id."""
        found = self._view.initiative(record_id)
        if found is None or is_record_in_effect(found, None, self._horizon):
            return found
        # It was there as soon as what belongs to it.
        return found if self.indicators_of(record_id) else None

    def indicator(self, record_id: str) -> Indicator | None:
        """Return the indicator with exactly this id."""
        own = self.indicators_of(record_id.partition(".")[0])
        return next((each for each in own if each.id == record_id), None)

    def indicators_of(self, initiative_id: str) -> list[Indicator]:
        """Return the indicators of one initiative, in the order of entry."""
        owner = self._view.initiative(initiative_id)
        if owner is None:
            return []
        own = self._view.indicators_of(initiative_id)
        return [each for each in own if is_record_in_effect(owner, each, self._horizon)]

    def names(self, part: str = "") -> Iterator[RecordName]:
        """Yield what the initiatives, then the indicators are called."""
        day, where = self._horizon, Filter(text=part or None)
        owned = [each for each in self._view.candidates(where) if is_record_in_effect(*each, day)]
        begun = {owner.id for owner, _indicator in owned}
        owners = (
            each
            for each in self._view.initiatives(where)
            if each.id in begun or is_record_in_effect(each, None, day)
        )
        yield from list_names_in_any_store(owners, owned)
