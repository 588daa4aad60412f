"""What a file adds to a ledger: new records, new entries, and where the two disagree.

A file may hold parts: an id and what is to be added. What is set in the ledger stays
unless the caller says that the file is right; entries are only ever added.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any, Literal, NamedTuple, TypeAlias

import msgspec
from msgspec import Struct

from tracker.errors import Conflict, InvalidInput
from tracker.exchange.entries import name_entries, named
from tracker.exchange.reader import Batch
from tracker.locale.translation import _
from tracker.model import effective
from tracker.model.commits import Stamp
from tracker.model.horizon import Horizon
from tracker.model.records import (
    APPENDED,
    Decision,
    Document,
    Entry,
    Indicator,
    Initiative,
    Item,
    Update,
)
from tracker.model.validation import Problem, called, cited, lists_of, problems_of, shown
from tracker.storage.base import Transaction

Rule: TypeAlias = Literal["refuse", "keep", "replace"]
"""Where ledger and file disagree: refuse the file, keep the ledger's value, or take the file's."""

_SIGNED = ("recorded_at", "by")


class Merged(NamedTuple):
    """How much a merge has added, and how many records it has changed.

    ``kept`` says, a sentence each, where the ledger stays as it is although the file
    says otherwise.
    """

    documents: int
    initiatives: int
    indicators: int
    entries: int
    changed: int
    kept: tuple[str, ...] = ()


class _Work:
    """The records touched so far: as they were in the ledger, and as they are to be."""

    def __init__(self, txn: Transaction, stamp: Stamp, rule: Rule) -> None:
        self.txn, self.stamp, self.rule = txn, stamp, rule
        self.documents = txn.documents()
        self.before: dict[str, Initiative | Indicator | Document | None] = {}
        self.after: dict[str, Initiative | Indicator | Document] = {}
        self.problems: list[Problem] = []
        self.clashes: list[str] = []
        self._told: dict[tuple[str, str], object] = {}

    def touch(self, record: Initiative | Indicator | Document) -> None:
        """Add what a record, or a part of one, says."""
        key = f"{type(record).__name__}:{record.id}"
        record = self._signed(_copied(record))
        self._refuse_two_values(key, record)
        if key not in self.after:
            known = self._stored(record)
            self.before[key] = known
            if known is None:
                record.recorded_at = record.recorded_at or self.stamp.at
                record.by = record.by or self.stamp.by
                self.after[key] = record
                return
            self.after[key] = _copied(known)
        self._add(self.after[key], record)

    def _refuse_two_values(self, key: str, part: Initiative | Indicator | Document) -> None:
        """Note what the file says, and where it says two things of one record."""
        for field in given(part):
            value = getattr(part, field)
            if field in _SIGNED or isinstance(value, list):
                continue
            first = self._told.setdefault((key, field), value)
            if first != value:
                sentence = _(
                    "{id} is in the file twice, with different {field}: {first} and {second}"
                ).format(id=called(part.id), field=field, first=_brief(first), second=_brief(value))
                self.problems.append(Problem(record=part.id, sentence=sentence))

    def touch_item(self, item: Item) -> None:
        """Add what an initiative says, its state included."""
        plain = {field: getattr(item, field) for field in Initiative.__struct_fields__}
        initiative = Initiative(**plain)
        initiative.decisions = [named(each) for each in item.decisions]
        if item.state != "active":
            if not item.decisions:
                initiative.decisions = self._decision_to(item)
            elif item.state not in {each.state for each in item.decisions}:
                sentence = _("{id}: state is {found}, to which none of its decisions leads").format(
                    id=called(item.id), found=item.state
                )
                self.problems.append(Problem(record=item.id, sentence=sentence))
        self.touch(initiative)

    def _decision_to(self, item: Item) -> list[Decision]:
        """The decision that a state without one stands for, unless the ledger has it."""
        today = self.stamp.at.date()
        known = self.after.get(f"Initiative:{item.id}") or self.txn.initiative(item.id)
        taken = known.decisions if isinstance(known, Initiative) else []
        if taken:
            state = effective.state_of(taken, Horizon(as_of=today))
            if state == item.state:
                return []
            if self.rule != "replace":
                self._clash(item.id, "state", state, item.state)
                return []
        decision = Decision(on=today, state=item.state, reason=_("state when imported"))
        return [named(decision)]

    def _stored(self, record: Initiative | Indicator | Document) -> Any:  # noqa: ANN401  # of its kind
        if isinstance(record, Document):
            return self.documents.get(record.id)
        if isinstance(record, Indicator):
            return self.txn.indicator(record.id)
        return self.txn.initiative(record.id)

    def _signed(self, record: Any) -> Any:  # noqa: ANN401  # a record of the same kind
        for field in lists_of(record):
            entries = [
                msgspec.structs.replace(
                    each,
                    recorded_at=each.recorded_at or self.stamp.at,
                    by=each.by or self.stamp.by,
                )
                for each in getattr(record, field)
            ]
            setattr(record, field, entries)
        return record

    def _add(
        self, known: Initiative | Indicator | Document, part: Initiative | Indicator | Document
    ) -> None:
        clashing = conflicts(known, part, skip=_SIGNED)
        for field in given(part):
            value, own = getattr(part, field), getattr(known, field)
            if field in APPENDED:
                own.extend(self._new_entries(part, field, own))
            elif isinstance(value, list):
                setattr(known, field, own + [each for each in value if each not in own])
            elif field not in given(known) or (field in clashing and self.rule == "replace"):
                setattr(known, field, value)
        if self.rule != "replace":
            for field, (old, new) in clashing.items():
                self._clash(part.id, field, old, new)

    def _new_entries(
        self, part: Initiative | Indicator | Document, field: str, own: Sequence[Entry]
    ) -> list[Entry]:
        known = {each.id: each for each in own}
        new = []
        for each in getattr(part, field):
            if each.id not in known:
                new.append(each)
            elif _said(known[each.id]) != _said(each):
                # Not even "replace" overwrites what was reported or decided.
                self.clashes.append(
                    _(
                        "{id}: {field} has another entry with the id {found}; entries are never"
                        " replaced, so give the file's entry another id and let it void that one"
                    ).format(id=part.id, field=field, found=shown(each.id))
                )
            else:
                self._compare_beside(part, field, known[each.id], each)
        return new

    def _compare_beside(
        self, part: Initiative | Indicator | Document, field: str, known: Entry, told: Entry
    ) -> None:
        """Note where the file words, places or proves otherwise what is there already."""
        before = self.before[f"{type(part).__name__}:{part.id}"]
        is_stored = known.id in {each.id for each in getattr(before, field, ())}
        own = _beside(known)
        for name, new in _beside(told).items():
            old = own[name]
            if new is None or new == old or (isinstance(new, list) and set(new) <= set(old)):
                continue
            words = {"name": name, "found": shown(known.id), "on": known.on, "field": field}
            words |= {"id": called(part.id), "old": _brief(old), "new": _brief(new)}
            if is_stored:
                sentence = _(
                    "{id}: {name} of the entry {found} of {on} in {field} is {old} in the ledger"
                    " and {new} in the file; entries are never replaced, so give the file's entry"
                    " another id and let it void that one"
                )
                self.clashes.append(sentence.format(**words))
            else:
                sentence = _(
                    "{id}: the entry of {on} in {field} is in the file twice, with different"
                    " {name}: {old} and {new}"
                )
                self.problems.append(Problem(record=part.id, sentence=sentence.format(**words)))

    def _clash(self, record_id: str, field: str, old: object, new: object) -> None:
        self.clashes.append(
            _("{id}: {field} is {old} in the ledger and {new} in the file").format(
                id=record_id, field=field, old=_brief(old), new=_brief(new)
            )
        )

    def store(self) -> Merged:
        """Hand the changes to the transaction."""
        made = {Document: 0, Initiative: 0, Indicator: 0}
        entries, changed = 0, 0
        for key, record in self.after.items():
            old = self.before[key]
            if old is None:
                self.txn.create(record)
                made[type(record)] += 1
                entries += sum(len(getattr(record, field)) for field in lists_of(record))
                continue
            fresh = [
                entry
                for field in lists_of(record)
                for entry in getattr(record, field)[len(getattr(old, field)) :]
            ]
            changed += _without_entries(old) != _without_entries(record)
            self.txn.replace(record)
            for entry in fresh:
                self.txn.append(record.id, entry)
            entries += len(fresh)
        counts = made[Document], made[Initiative], made[Indicator], entries, changed
        return Merged(*counts, kept=tuple(self.clashes))


def merge(txn: Transaction, batches: Sequence[Batch], stamp: Stamp, rule: Rule) -> Merged:
    """Add all that the batches hold, or nothing.

    Raises:
        InvalidInput: records are wrong; every sentence is a candidate.
        Conflict: the rule is "refuse" and the ledger says otherwise.
    """
    work = _Work(txn, stamp, rule)
    work.problems += [each for batch in batches for each in batch.problems]
    for batch in batches:
        for document in batch.documents:
            work.touch(document)
        for item in batch.items:
            work.touch_item(item)
            for indicator in item.indicators:
                name_entries(indicator)
                work.touch(indicator)
    for record in work.after.values():
        work.problems.extend(problems_of(record))
    work.problems.extend(_of_links(work))
    if work.problems:
        raise InvalidInput(
            _("Nothing was stored; what has to be corrected:"),
            [each.sentence for each in work.problems],
        )
    if work.clashes and rule != "keep":
        sentence = _("Nothing was stored: file and ledger disagree; say --keep or --replace:")
        if rule == "replace":
            sentence = _("Nothing was stored: the file would overwrite entries:")
        raise Conflict(sentence, work.clashes)
    return work.store()


def check(txn: Transaction, record: Initiative | Indicator | Document) -> None:
    """Whether a changed record may stand.

    Raises:
        InvalidInput: something in it is wrong; every sentence is a candidate.
    """
    work = _Work(txn, Stamp(at=datetime.min.replace(tzinfo=UTC), by=None, command=""), "refuse")
    work.after[f"{type(record).__name__}:{record.id}"] = record
    problems = [*problems_of(record), *_of_links(work)]
    if problems:
        raise InvalidInput(
            _("{id} would be wrong and was left as it is:").format(id=record.id),
            [each.sentence for each in problems],
        )


def check_sources(txn: Transaction, record_id: str, entry: Entry) -> None:
    """Whether the document that an entry names is there.

    Raises:
        InvalidInput: it is not.
    """
    if entry.source is not None and entry.source.document not in txn.documents():
        raise InvalidInput(_missing_document(record_id, entry.source.document) + ".")


def _of_links(work: _Work) -> Iterator[Problem]:
    documents = set(work.documents)
    documents |= {each.id for each in work.after.values() if isinstance(each, Document)}
    for record in work.after.values():
        for found in sorted(cited(record) - documents):
            sentence = _missing_document(record.id, found)
            yield Problem(record=record.id, sentence=sentence)
        if isinstance(record, Initiative):
            yield from _of_parent(work, record)


def _missing_document(record_id: str, found: str) -> str:
    return _(
        "{id}: document {found} is not in the ledger; add it under documents, or with:"
        " tracker add TITLE --id {name} --published DAY"
    ).format(id=called(record_id), found=shown(found), name=found)


def _of_parent(work: _Work, record: Initiative) -> Iterator[Problem]:
    seen = [record.id]
    above = record.parent
    while above is not None:
        if above in seen:
            sentence = _("{id}: its parents lead back to itself: {way}").format(
                id=called(record.id), way=" > ".join([*seen, above])
            )
            yield Problem(record=record.id, sentence=sentence)
            return
        seen.append(above)
        parent = _find(work, above)
        if parent is None:
            sentence = _("{id}: parent {found} is not in the ledger").format(
                id=called(record.id), found=shown(above)
            )
            yield Problem(record=record.id, sentence=sentence)
            return
        above = parent.parent


def _find(work: _Work, initiative_id: str) -> Initiative | None:
    found = work.after.get(f"Initiative:{initiative_id}")
    return found if isinstance(found, Initiative) else work.txn.initiative(initiative_id)


def _copied(record: Any) -> Any:  # noqa: ANN401  # a record of the same kind
    """The record with lists of its own, so that adding to them changes no other."""
    lists = {
        field: list(value)
        for field in record.__struct_fields__
        if isinstance(value := getattr(record, field), list)
    }
    return msgspec.structs.replace(record, **lists)


def _said(entry: Entry) -> str:
    """What an entry says, by which it is the same one as another."""
    return named(msgspec.structs.replace(entry, id="")).id


def _beside(entry: Entry) -> dict[str, Any]:
    """What stands beside what an entry says, and does not make it another one."""
    beside: dict[str, Any] = {"locator": entry.source.locator if entry.source is not None else None}
    if isinstance(entry, Update):
        beside |= {"note": entry.note, "evidence": entry.evidence}
    return beside


def _without_entries(record: Struct) -> dict[str, Any]:
    return {
        field: getattr(record, field) for field in record.__struct_fields__ if field not in APPENDED
    }


def _brief(value: object) -> str:
    return shown(str(msgspec.to_builtins(value)) if isinstance(value, Struct) else str(value))


def conflicts(old: Struct, new: Struct, skip: Iterable[str] = ()) -> dict[str, tuple[Any, Any]]:
    """The fields that both records set, to different values; lists are not compared."""
    return {
        field: (getattr(old, field), getattr(new, field))
        for field in given(new)
        if field not in skip
        and field in given(old)
        and not isinstance(getattr(new, field), list)
        and getattr(old, field) != getattr(new, field)
    }


def given(record: Struct) -> list[str]:
    """The fields of a record that are set to something else than their default."""
    defaults = _defaults(type(record))
    return [
        name for name, default in defaults.items() if getattr(record, name) not in (default, "", [])
    ]


@cache
def _defaults(kind: type[Struct]) -> dict[str, object]:
    return {each.name: each.default for each in msgspec.structs.fields(kind)}
