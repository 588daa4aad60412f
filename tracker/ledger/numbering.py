"""Give records ids where nobody gives one: the slug of an ASCII name, else the next free number.

A record without an id is the one of the ledger that is called so; only where there is none
it is new. Numbers are given in a transaction, so that no two writers give the same.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import Protocol, TypeVar

from msgspec.structs import replace

from tracker.errors import Conflict
from tracker.locale.translation import _
from tracker.model.names import fold_name
from tracker.model.records import Document, Indicator, Initiative, Item
from tracker.model.validation import list_entry_lists_to_validate
from tracker.storage.base import RecordName

_LONGEST_SLUG = 32
_NUMBER = r"[0-9]+"
_ID = r"[a-z0-9-]+"
RecordT = TypeVar("RecordT", bound=Document | Initiative | Indicator)


class TakenIds:
    """Ids that are given already, with the names that hold them.

    Args:
        named: pairs of an id and the name that holds it.
    """

    def __init__(self, named: Iterable[tuple[str, str]]) -> None:
        self._names: dict[str, str] = {}
        self._ids: dict[str, str] = {}
        self._highest = 0
        # Up to which number each slug is taken, so that not all are tried again.
        self._numbers: dict[str, int] = {}
        for record_id, name in named:
            self._take(record_id, fold_name(name))

    def is_held_by_another(self, record_id: str, name: str) -> bool:
        """Return whether a record of another name has this id."""
        holder = self._names.get(record_id)
        return holder is not None and bool(name) and holder != fold_name(name)

    def find_id(self, name: str) -> str | None:
        """Return the id of the first record of a name."""
        return self._ids.get(fold_name(name)) if name else None

    def choose_id(self, given: str, name: str) -> str:
        """Return the id of a record, and note it as taken.

        Args:
            given: the id that it has; "" for none: then that of the record of its name, or a
                new one.
            name: its name.
        """
        chosen = given or self.find_id(name) or self._build_slug(name) or str(self._highest + 1)
        if chosen not in self._names:
            self._take(chosen, fold_name(name))
        return chosen

    def _take(self, record_id: str, folded: str) -> None:
        self._names[record_id] = folded
        self._ids.setdefault(folded, record_id)
        if re.fullmatch(_NUMBER, record_id):
            self._highest = max(self._highest, int(record_id))

    def _build_slug(self, name: str) -> str:
        """Return the id that an ASCII name makes, with a number behind it where it is taken."""
        if not name.isascii():
            return ""
        slug = re.sub("[^a-z0-9]+", "-", name.lower())[:_LONGEST_SLUG].strip("-")
        if not re.search("[a-z]", slug):
            return ""
        number, chosen = self._numbers.get(slug, 1), slug
        while chosen in self._names:
            number += 1
            chosen = f"{slug}-{number}"
        self._numbers[slug] = number
        return chosen


class NumberedRecords(Protocol):
    """Part of a view that says which ids and names are taken."""

    def documents(self) -> dict[str, Document]:
        """Return the source documents by id."""

    def indicators_of(self, initiative_id: str) -> list[Indicator]:
        """Return the indicators of one initiative."""

    def names(self, part: str = "") -> Iterator[RecordName]:
        """Yield the names of all initiatives and indicators."""


class Numbering:
    """Ids of the records that files bring to a ledger.

    Args:
        records: the ledger before.
        renumber: give new ids to records whose id another name holds.
    """

    def __init__(self, records: NumberedRecords, *, renumber: bool = False) -> None:
        self._records = records
        self._renumber = renumber
        self._indicators: dict[str, TakenIds] = {}
        self._renumbered: dict[str, str] = {}

    @cached_property
    def _initiatives(self) -> TakenIds:
        return list_taken_initiative_ids(self._records)

    @cached_property
    def _documents(self) -> TakenIds:
        return list_taken_document_ids(self._records)

    def number_document(self, document: Document) -> Document:
        """Return a source document with an id."""
        return replace(document, id=self._documents.choose_id(document.id, document.title))

    def number_items(self, items: Iterable[Item]) -> Iterator[Item]:
        """Yield initiatives with ids; their indicators, parents and sources too."""
        if self._renumber:
            items = list(items)
            for item in items:
                if self._initiatives.is_held_by_another(item.id, item.name):
                    self._renumbered[item.id] = self._initiatives.choose_id("", item.name)
        for item in items:
            self._cite(item)
            is_whole = item.id and not any(map(_lacks_id_number, item.indicators))
            yield item if is_whole and not self._renumber else self._number_item(item)

    def _number_item(self, item: Item) -> Item:
        given = self._renumbered.get(item.id, item.id)
        is_known = not given and self._initiatives.find_id(item.name) is not None
        own = self._initiatives.choose_id(given, item.name)
        indicators = [self._number_indicator(own, each, item.id) for each in item.indicators]
        parent = self._renumbered.get(item.parent or "", item.parent or "") or None
        # One that is found by its name keeps it as it is written already.
        name = "" if is_known else item.name
        return replace(item, id=own, name=name, parent=parent, indicators=indicators)

    def _number_indicator(self, owner: str, indicator: Indicator, file_owner: str) -> Indicator:
        """Return an indicator of an initiative with an id of its own."""
        named, _dot, own = indicator.id.partition(".")
        if named != file_owner:
            return indicator  # It is refused later: it names another initiative.
        if owner not in self._indicators:
            self._indicators[owner] = list_taken_indicator_ids(self._records, owner)
        taken = self._indicators[owner]
        if self._renumber and taken.is_held_by_another(own, indicator.name):
            own = ""
        is_known = not own and taken.find_id(indicator.name) is not None
        chosen = taken.choose_id(own, indicator.name)
        return replace(indicator, id=f"{owner}.{chosen}", name="" if is_known else indicator.name)

    def _cite(self, item: Item) -> None:
        """Let an item, in place, name its parent and documents by id where it says their names."""
        if item.parent is not None and not re.fullmatch(_ID, item.parent):
            item.parent = self._initiatives.find_id(item.parent) or item.parent
        for record in (item, *item.indicators):
            lists = (getattr(record, field) for field in list_entry_lists_to_validate(record))
            sources = [entry.source for entries in lists for entry in entries]
            own = [*getattr(record, "sources", ()), getattr(record, "source", None)]
            for source in filter(None, [*sources, *own]):
                if not re.fullmatch(_ID, source.document):
                    source.document = self._documents.find_id(source.document) or source.document


def number_new_records(
    records: NumberedRecords,
    first: Document | Initiative | Indicator,
    indicators: Sequence[Indicator],
) -> list[Document | Initiative | Indicator]:
    """Return records that are to be added, with ids where they have none.

    Args:
        records: the ledger before.
        first: the record; an initiative is that of the indicators.
        indicators: indicators that are added with it.

    Raises:
        Conflict: a record of the same name is there already.
    """
    new: list[Document | Initiative | Indicator] = []
    if isinstance(first, Document):
        return [_number_new_record(first, first.title, list_taken_document_ids(records))]
    if isinstance(first, Initiative):
        new.append(_number_new_record(first, first.name, list_taken_initiative_ids(records)))
        owner = new[0].id
    else:
        owner, indicators = first.initiative_id, [first, *indicators]
    taken = list_taken_indicator_ids(records, owner) if indicators else TakenIds([])
    for indicator in indicators:
        own = replace(indicator, id=f"{owner}.{indicator.id.partition('.')[2]}")
        new.append(_number_new_record(own, own.name, taken))
    return new


def _number_new_record(record: RecordT, name: str, taken: TakenIds) -> RecordT:
    """Return a record with an id of its own, and note that as taken."""
    owner, dot, own = record.id.rpartition(".")
    holder = taken.find_id(name)
    if holder is not None and not own:
        raise Conflict(
            _(
                "{name} exists already as {id}; change it with: tracker edit {id}, or add another"
                " one of that name with --id."
            ).format(name=name, id=f"{owner}{dot}{holder}")
        )
    return replace(record, id=f"{owner}{dot}{taken.choose_id(own, name)}")


def list_taken_initiative_ids(records: NumberedRecords) -> TakenIds:
    """Return the ids of the initiatives of a ledger."""
    return TakenIds((named.id, named.name) for named in records.names() if "." not in named.id)


def list_taken_indicator_ids(records: NumberedRecords, initiative_id: str) -> TakenIds:
    """Return the own ids, behind the dot, of the indicators of an initiative."""
    known = records.indicators_of(initiative_id)
    return TakenIds((each.id.partition(".")[2], each.name) for each in known)


def list_taken_document_ids(records: NumberedRecords) -> TakenIds:
    """Return the ids of the source documents of a ledger."""
    return TakenIds((each.id, each.title) for each in records.documents().values())


def _lacks_id_number(indicator: Indicator) -> bool:
    return not indicator.id.partition(".")[2]
