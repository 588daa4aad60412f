"""What a file adds to a ledger: new records, new entries, and where the two disagree.

A file may hold parts: an id and what is to be added. What is set in the ledger stays
unless the caller says that the file is right; entries are only ever added.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal, NamedTuple, TypeAlias

import msgspec
from msgspec import Struct

from tracker.changes import Stamp
from tracker.errors import Conflict, InvalidInput
from tracker.intake import Batch, conflicts, given, name_entries, named, problems_of
from tracker.locale import _
from tracker.models import APPENDED, Decision, Document, Indicator, Initiative, Item, Problem
from tracker.store import Transaction

Rule: TypeAlias = Literal["refuse", "keep", "replace"]
"""Where ledger and file disagree: refuse the file, keep the ledger's value, or take the file's."""

_INITIATIVE = tuple(Initiative.__struct_fields__)


class Merged(NamedTuple):
    """How much a merge has added."""

    documents: int
    initiatives: int
    indicators: int
    entries: int


class _Work:
    """The records touched so far: as they were in the ledger, and as they are to be."""

    def __init__(self, txn: Transaction, stamp: Stamp, rule: Rule) -> None:
        self.txn, self.stamp, self.rule = txn, stamp, rule
        self.before: dict[str, Initiative | Indicator | Document | None] = {}
        self.after: dict[str, Initiative | Indicator | Document] = {}
        self.problems: list[Problem] = []

    def touch(self, record: Initiative | Indicator | Document) -> None:
        """Add what a record, or a part of one, says."""
        key = f"{type(record).__name__}:{record.id}"
        if key not in self.after:
            self.before[key] = self._stored(record)
            known = self._stored(record)
            if known is None:
                record.recorded_at = record.recorded_at or self.stamp.at
                record.by = record.by or self.stamp.by
                self._sign(record)
                self.after[key] = record
                return
            self.after[key] = known
        self._sign(record)
        self._add(self.after[key], record)

    def _stored(self, record: Struct) -> Any:  # noqa: ANN401  # a record of the same kind
        if isinstance(record, Document):
            return self.txn.documents().get(record.id)
        if isinstance(record, Indicator):
            return self.txn.indicator(record.id)
        return self.txn.initiative(record.id) if isinstance(record, Initiative) else None

    def _sign(self, record: Struct) -> None:
        for field in APPENDED & set(record.__struct_fields__):
            for entry in getattr(record, field):
                entry.recorded_at = entry.recorded_at or self.stamp.at
                entry.by = entry.by or self.stamp.by

    def _add(self, known: Struct, part: Struct) -> None:
        clashing = conflicts(known, part, skip=("recorded_at", "by"))
        for field in given(part):
            value, own = getattr(part, field), getattr(known, field)
            if field in APPENDED:
                ids = {each.id for each in own}
                own.extend(each for each in value if each.id not in ids)
            elif isinstance(value, list):
                setattr(known, field, own + [each for each in value if each not in own])
            elif field not in given(known) or (field in clashing and self.rule == "replace"):
                setattr(known, field, value)
        if self.rule == "refuse":
            for field, (old, new) in clashing.items():
                sentence = _("{id}: {field} is {old} in the ledger and {new} in the file").format(
                    id=part.id,  # type: ignore[attr-defined]
                    field=field,
                    old=_brief(old),
                    new=_brief(new),
                )
                self.problems.append(Problem(record=sentence.partition(":")[0], sentence=sentence))

    def store(self) -> Merged:
        """Hand the changes to the transaction."""
        made = {Document: 0, Initiative: 0, Indicator: 0}
        entries = 0
        for key, record in self.after.items():
            old = self.before[key]
            if old is None:
                self.txn.create(record)
                made[type(record)] += 1
                entries += sum(len(getattr(record, f)) for f in _lists(record))
                continue
            self.txn.replace(record)
            for field in _lists(record):
                for entry in getattr(record, field)[len(getattr(old, field)) :]:
                    self.txn.append(record.id, entry)
                    entries += 1
        return Merged(made[Document], made[Initiative], made[Indicator], entries)


def merge(txn: Transaction, batches: Sequence[Batch], stamp: Stamp, rule: Rule) -> Merged:
    """Add all that the batches hold, or nothing.

    Raises:
        InvalidInput: records are wrong; every sentence is a candidate.
        Conflict: the rule is "refuse" and the ledger says otherwise.
    """
    problems = [each for batch in batches for each in batch.problems]
    work = _Work(txn, stamp, rule)
    for batch in batches:
        for document in batch.documents:
            work.touch(document)
        for item in batch.items:
            work.touch(_without_indicators(item, stamp))
            for indicator in item.indicators:
                name_entries(indicator)
                work.touch(indicator)
    for record in work.after.values():
        problems.extend(problems_of(record))
    problems.extend(_of_links(work))
    if problems:
        raise InvalidInput(
            _("Nothing was stored; what has to be corrected:"),
            [each.sentence for each in problems],
        )
    if work.problems:
        raise Conflict(
            _("Nothing was stored: file and ledger disagree; say --keep or --replace:"),
            [each.sentence for each in work.problems],
        )
    return work.store()


def _without_indicators(item: Item, stamp: Stamp) -> Initiative:
    decisions = [named(each) for each in item.decisions]
    if item.state != "active" and not decisions:
        decision = Decision(on=stamp.at.date(), state=item.state, reason=_("state when imported"))
        decisions = [named(decision)]
    plain = {field: getattr(item, field) for field in _INITIATIVE}
    return Initiative(**{**plain, "decisions": decisions})


def _of_links(work: _Work) -> list[Problem]:
    documents = set(work.txn.documents())
    documents |= {each.id for each in work.after.values() if isinstance(each, Document)}
    problems = []
    for record in work.after.values():
        for named_document in sorted(_cited(record) - documents):
            sentence = _("{id}: document {found} is not in the ledger; add it under documents")
            problems.append(
                Problem(
                    record=record.id, sentence=sentence.format(id=record.id, found=named_document)
                )
            )
        if isinstance(record, Initiative):
            problems.extend(_of_parent(work, record))
        if isinstance(record, Indicator) and _find(work, record.initiative_id) is None:
            sentence = _("{id}: its initiative {found} is not in the ledger")
            problems.append(
                Problem(
                    record=record.id,
                    sentence=sentence.format(id=record.id, found=record.initiative_id),
                )
            )
    return problems


def _of_parent(work: _Work, record: Initiative) -> list[Problem]:
    seen = [record.id]
    above = record.parent
    while above is not None:
        if above in seen:
            sentence = _("{id}: its parents lead back to itself: {way}").format(
                id=record.id, way=" > ".join([*seen, above])
            )
            return [Problem(record=record.id, sentence=sentence)]
        seen.append(above)
        parent = _find(work, above)
        if parent is None:
            sentence = _("{id}: parent {found} is not in the ledger").format(
                id=record.id, found=above
            )
            return [Problem(record=record.id, sentence=sentence)]
        above = parent.parent
    return []


def _find(work: _Work, initiative_id: str) -> Initiative | None:
    found = work.after.get(f"Initiative:{initiative_id}")
    return found if isinstance(found, Initiative) else work.txn.initiative(initiative_id)


def _cited(record: Struct) -> set[str]:
    """The ids of the documents that a record and its entries name."""
    sources = list(getattr(record, "sources", ()))
    sources.append(getattr(record, "source", None))
    for field in _lists(record):
        sources.extend(each.source for each in getattr(record, field))
    return {each.document for each in sources if each is not None}


def _lists(record: Struct) -> list[str]:
    return [field for field in record.__struct_fields__ if field in APPENDED]


def _brief(value: object) -> str:
    text = str(msgspec.to_builtins(value)) if isinstance(value, Struct) else str(value)
    return text if len(text) <= _BRIEF else text[: _BRIEF - 1] + "…"


_BRIEF = 60


def check(txn: Transaction, record: Initiative | Indicator) -> None:
    """Whether a changed record may stand.

    Raises:
        InvalidInput: something in it is wrong; every sentence is a candidate.
    """
    work = _Work(txn, Stamp(at=datetime.min, by=None, command=""), "refuse")  # noqa: DTZ901
    work.after[f"{type(record).__name__}:{record.id}"] = record
    problems = [*problems_of(record), *_of_links(work)]
    if problems:
        raise InvalidInput(
            _("{id} would be wrong and was left as it is:").format(id=record.id),
            [each.sentence for each in problems],
        )
