"""Merge files into a ledger: new records and entries, and where the two disagree.

A merge has three phases: collect what the files say, refuse what is wrong or contradicts
the ledger, store the rest.

A file may hold parts: an id and what is to be added. What is set in the ledger stays
unless the caller says that the file is right; entries are only ever added.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping, Sequence
from functools import cache, partial
from typing import Any, Literal, NamedTuple, TypeAlias, TypeVar

import msgspec
from msgspec import Struct

from tracker.errors import Conflict, InvalidInput, Refused
from tracker.exchange.batches import Batch
from tracker.exchange.entries import identify_exchange_entry
from tracker.ledger.lookup import LedgerRecord, look_up_stored_record, look_up_those_above
from tracker.ledger.merged_records import MergedKey, MergedKind, MergedRecords
from tracker.ledger.numbering import Numbering
from tracker.locale.translation import _
from tracker.model import effective
from tracker.model.commits import Stamp
from tracker.model.dates import NOWHERE, LocalDays
from tracker.model.horizon import Horizon
from tracker.model.names import compose_text
from tracker.model.records import (
    APPENDED_LISTS,
    Decision,
    Document,
    Entry,
    Indicator,
    Initiative,
    Item,
    Receipt,
    Update,
)
from tracker.model.validation import (
    Problem,
    find_record_problems,
    list_documents_to_validate,
    list_entry_lists_to_validate,
    quote_validated_id,
    quote_validated_value,
)
from tracker.storage.base import Transaction, View

ConflictRule: TypeAlias = Literal["refuse", "keep", "replace", "correct"]
"""Answer to a disagreement: refuse the file, keep the ledger's value, replace it, or replace
what an earlier reading of the file has brought and nobody has changed since."""

_SIGNATURE = ("recorded_at", "by")
_SAME = ("id", *_SIGNATURE)
"""Fields that say nothing of a record, however often it is in a file."""
_MOST_INDEXED = 2000
"""Lists of records that are indexed at a time; an index can be made again."""
_LONGEST_WAY = 10
"""Ids of a circle of parents that are named."""

RecordT = TypeVar("RecordT", bound=LedgerRecord)


class MergeCounts(NamedTuple):
    """Number of records and entries that a merge has added, and of records it has changed.

    ``kept`` says, a sentence each, where the ledger stays as it is although the file
    says otherwise; ``remarks`` are those that a command would make on the same reports.
    """

    documents: int
    initiatives: int
    indicators: int
    entries: int
    changed: int
    kept: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


def merge_batches(
    txn: Transaction,
    batches: Sequence[Batch],
    stamp: Stamp,
    rule: ConflictRule,
    local: LocalDays = NOWHERE,
    *,
    renumber: bool = False,
) -> MergeCounts:
    """Add all that the batches hold, or nothing.

    Args:
        txn: the ledger.
        batches: the files.
        stamp: who adds it, and when.
        rule: what is done where the ledger says otherwise.
        local: the days of the place.
        renumber: give new ids to records whose id another name holds.

    Raises:
        InvalidInput: records are wrong; every sentence is a candidate.
        Conflict: the rule is "refuse" and the ledger says otherwise.
        Refused: a command would refuse the same; every sentence is a candidate.
    """
    merging = _Merging(txn, stamp, rule)
    merging.collect(batches, Numbering(txn, renumber=renumber))
    new_papers: list[Receipt] = []
    if papers := [paper for batch in batches for paper in batch.papers]:
        from tracker.ledger.paper_numbers import sort_merged_paper_numbers

        new_papers, clashes = sort_merged_paper_numbers(papers, txn.receipts())
        merging.clashes += clashes
    if rule == "correct":
        merging.correct()
    merging.refuse()
    merging.refuse_at_gate(local)
    for paper in new_papers:
        txn.create(paper)
    return merging.store()


class _Merging:
    """Records of files and ledger on their way through the phases of a merge.

    Attributes:
        before: those records that are in the ledger, as they are there.
        after: the records as they are to be.
        problems: a sentence for each thing that is wrong in the files.
        clashes: a sentence for each value that is another one in the ledger.
        left_out: the indicators that a corrected file leaves out now.
    """

    def __init__(self, txn: Transaction, stamp: Stamp, rule: ConflictRule) -> None:
        self.txn, self.stamp, self.rule = txn, stamp, rule
        self.documents = txn.documents()
        self.before: MutableMapping[MergedKey, LedgerRecord] = MergedRecords()
        self.after: MutableMapping[MergedKey, LedgerRecord] = MergedRecords()
        self.problems: list[str] = []
        self.clashes: list[str] = []
        self.left_out: list[Indicator] = []
        self._first_values: dict[tuple[MergedKey, str], object] = {}
        self._known_entries: dict[tuple[MergedKey, str], dict[str, Entry]] = {}
        self._stored_ids: dict[tuple[MergedKey, str], set[str]] = {}
        self._known_values: dict[tuple[MergedKey, str], set[object]] = {}
        # What was entered at the moment of the import, and is history all the same.
        self._history: set[str | tuple[str, str]] = set()

    # Phase 1: collect what the files say

    def collect(self, batches: Sequence[Batch], numbering: Numbering) -> None:
        """Read all records of the batches, and join each with what the ledger has of it."""
        self.problems += [each.sentence for batch in batches for each in batch.problems]
        for batch in batches:
            for document in batch.documents:
                self._collect_record(numbering.number_document(document))
            for item in numbering.number_items(batch.items):
                self._collect_initiative(item)
                for exchanged in item.indicators:
                    fields = {
                        field: getattr(exchanged, field) for field in Indicator.__struct_fields__
                    }
                    self._collect_record(Indicator(**fields))

    def _collect_initiative(self, item: Item) -> None:
        """Add what an item says of its initiative, the state included."""
        fields = {field: getattr(item, field) for field in Initiative.__struct_fields__}
        initiative = Initiative(**fields)
        if item.state != "active":
            if not item.decisions:
                initiative.decisions = self._decide_state(item)
            elif item.state not in {decision.state for decision in item.decisions}:
                sentence = _("{id}: state is {found}, to which none of its decisions leads").format(
                    id=quote_validated_id(item.id), found=item.state
                )
                self.problems.append(sentence)
        self._collect_record(initiative)

    def _decide_state(self, item: Item) -> list[Decision]:
        """Return the decision that a state without one stands for, unless the ledger has it."""
        today = self.stamp.at.date()
        known = self.after.get((Initiative, item.id)) or self.txn.initiative(item.id)
        if isinstance(known, Initiative) and known.decisions:
            state = effective.find_state_in_force(known.decisions, Horizon(as_of=today))
            if state == item.state:
                return []
            if self.rule != "replace":
                self._add_clash(item.id, "state", state, item.state)
                return []
        return [Decision(on=today, state=item.state, reason=_("state when imported"))]

    def _collect_record(self, record: LedgerRecord) -> None:
        """Add what a record, or a part of one, says."""
        key: MergedKey = (type(record), record.id)
        part = compose_names(self._sign_entries(_copy_merged_record(record)))
        known = self.after.get(key)
        if known is None:
            stored = self._get_stored(key)
            if stored is None:
                if part.recorded_at == self.stamp.at:
                    self._history.add(part.id)
                # What comes without a moment of entry is entered now; the rest is history.
                part.recorded_at = part.recorded_at or self.stamp.at
                part.by = part.by or self.stamp.by
                self.after[key] = part
                return
            self.before[key] = stored
            known = _copy_merged_record(stored)
        self._refuse_two_values(key, known, part)
        self._join(key, known, part)
        self.after[key] = known

    def _get_stored(self, key: MergedKey) -> LedgerRecord | None:
        """Return the record of the ledger that a part of a file is joined with."""
        # A corrected file is compared as a whole, after it is collected.
        return None if self.rule == "correct" else self._look_up_stored(key)

    def _look_up_stored(self, key: MergedKey) -> LedgerRecord | None:
        # Reading all documents once is enough.
        return (
            self.documents.get(key[1])
            if key[0] is Document
            else look_up_stored_record(self.txn, *key)
        )

    def _sign_entries(self, record: RecordT) -> RecordT:
        for field in list_entry_lists_to_validate(record):
            entries = [identify_exchange_entry(entry) for entry in getattr(record, field)]
            same = (entry for entry in entries if entry.recorded_at == self.stamp.at)
            self._history.update((record.id, entry.id) for entry in same)
            signed = [
                msgspec.structs.replace(
                    entry,
                    recorded_at=entry.recorded_at or self.stamp.at,
                    by=entry.by or self.stamp.by,
                    login=None,
                )
                for entry in entries
            ]
            setattr(record, field, signed)
        return record

    def _refuse_two_values(self, key: MergedKey, known: LedgerRecord, part: LedgerRecord) -> None:
        """Note what the file says, and where it says two things of one record."""
        if key not in self.before:
            # All that is known of a new record stands in the file.
            for field in list_set_merge_fields(known):
                self._first_values.setdefault((key, field), getattr(known, field))
        for field in list_set_merge_fields(part):
            value = getattr(part, field)
            if field in _SAME or isinstance(value, list):
                continue
            first = self._first_values.setdefault((key, field), value)
            if first != value:
                sentence = _(
                    "{id} is in the file twice, with different {field}: {first} and {second}"
                ).format(
                    id=quote_validated_id(part.id),
                    field=field,
                    first=_quote_merged_value(first),
                    second=_quote_merged_value(value),
                )
                self.problems.append(sentence)

    def _join(self, key: MergedKey, known: LedgerRecord, part: LedgerRecord) -> None:
        """Add to a record, in place, what a part of it says."""
        if len(self._known_entries) + len(self._known_values) > _MOST_INDEXED:
            for index in (self._known_entries, self._known_values, self._stored_ids):
                index.clear()
        clashing = find_conflicting_fields(known, part, skip=_SIGNATURE)
        own_fields = list_set_merge_fields(known)
        for field in list_set_merge_fields(part):
            value, own = getattr(part, field), getattr(known, field)
            if field in APPENDED_LISTS:
                own.extend(self._list_new_entries(key, field, own, value))
            elif isinstance(value, list):
                own.extend(self._list_new_values(key, field, own, value))
            elif field not in own_fields or (field in clashing and self.rule == "replace"):
                setattr(known, field, value)
        if self.rule != "replace":
            for field, (old, new) in clashing.items():
                self._add_clash(part.id, field, old, new)

    def _list_new_values(
        self, key: MergedKey, field: str, own: Sequence[object], values: Sequence[object]
    ) -> list[object]:
        """Return what a list, such as that of the aliases, does not have; it is indexed once."""
        known = self._known_values.get((key, field))
        if known is None:
            known = self._known_values[key, field] = set(map(_freeze_merged_value, own))
        new = {_freeze_merged_value(value): value for value in values}
        added = [value for frozen, value in new.items() if frozen not in known]
        known.update(new)
        return added

    def _list_new_entries(
        self, key: MergedKey, field: str, own: Sequence[Entry], entries: Sequence[Entry]
    ) -> list[Entry]:
        known = self._index_entries(key, field, own)
        new = []
        for entry in entries:
            if entry.id not in known:
                new.append(entry)
            elif _compute_merged_entry_id(known[entry.id]) != _compute_merged_entry_id(entry):
                # Not even "replace" overwrites what was reported or decided.
                self.clashes.append(
                    _(
                        "{id}: {field} has another entry with the id {found}; entries are never"
                        " replaced, so give the file's entry another id and let it void that one"
                    ).format(id=key[1], field=field, found=quote_validated_value(entry.id))
                )
            else:
                self._compare_side_fields(key, field, known[entry.id], entry)
        known |= {entry.id: entry for entry in new}
        return new

    def _index_entries(self, key: MergedKey, field: str, own: Sequence[Entry]) -> dict[str, Entry]:
        """Return the entries that a list has so far, by id; it is made once, however many parts."""
        known = self._known_entries.get((key, field))
        if known is None:
            known = self._known_entries[key, field] = {entry.id: entry for entry in own}
        return known

    def _compare_side_fields(self, key: MergedKey, field: str, known: Entry, entry: Entry) -> None:
        """Note where the file words, places or proves an entry otherwise than it is already."""
        own = _list_fields_of_merged_side(known)
        for name, new in _list_fields_of_merged_side(entry).items():
            old = own[name]
            if new is None or new == old or (isinstance(new, list) and set(new) <= set(old)):
                continue
            words = {
                "name": name,
                "found": quote_validated_value(known.id),
                "on": known.on,
                "field": field,
            }
            words |= {
                "id": quote_validated_id(key[1]),
                "old": _quote_merged_value(old),
                "new": _quote_merged_value(new),
            }
            if self._is_stored(key, field, known):
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
                self.problems.append(sentence.format(**words))

    def _is_stored(self, key: MergedKey, field: str, entry: Entry) -> bool:
        stored = self._stored_ids.get((key, field))
        if stored is None:
            stored = {each.id for each in getattr(self.before.get(key), field, ())}
            self._stored_ids[key, field] = stored
        return entry.id in stored

    def _add_clash(self, record_id: str, field: str, old: object, new: object) -> None:
        sentence = ""
        if field == "name":
            sentence = _(
                "{id}: {field} is {old} in the ledger and {new} in the file; if it is another one,"
                " add --renumber"
            )
        self.clashes.append(_describe_merge_difference(record_id, field, old, new, sentence))

    def correct(self) -> None:
        """Join the records of a corrected file with what the ledger has of an earlier reading."""
        from tracker.ledger.corrections import Corrections

        corrections = Corrections(self.txn, self.stamp, self.after)
        for key, wanted in [*self.after.items()]:
            stored = self._look_up_stored(key)
            if corrections.is_taken_out(key):
                del self.after[key]
            elif stored is not None:
                self.before[key] = stored
                self.after[key], differences, left = corrections.correct_record(stored, wanted)
                problems = [each.sentence for each in find_record_problems(self.after[key])]
                for difference in differences:
                    self.clashes.append(_describe_merge_difference(stored.id, *difference))
                self.clashes += left
                self._leave(key, problems)
        self.left_out, left = corrections.find_left_out()
        self.clashes += left
        self._leave_broken_links()
        # What stays as it is needs no judgement, whatever people have made of it.
        self.after = {key: new for key, new in self.after.items() if new != self.before.get(key)}

    def _leave_broken_links(self) -> None:
        """Leave what would be linked wrongly with other records as people have made them."""

        def find(kind: type[RecordT], record_id: str) -> RecordT | None:
            key: MergedKey = (kind, record_id)  # type: ignore[assignment]  # one of the kinds
            found = self.after.get(key)
            return found if isinstance(found, kind) else self.txn.record(kind, record_id)

        sound: set[tuple[str, str]] = set()
        for key, record in [*self.after.items()]:
            stored = self.before.get(key)
            wrong: Iterable[Problem] = ()
            if isinstance(record, Indicator):
                wrong = _find_wrong_merge_links(record, partial(find, Indicator), sound)
            elif isinstance(record, Initiative) and record.parent != getattr(stored, "parent", ""):
                changed = {record.id: record}
                wrong = _find_wrong_merge_parents(changed, partial(find, Initiative))
            if self._leave(key, [problem.sentence for problem in wrong]):
                sound.clear()

    def _leave(self, key: MergedKey, sentences: Sequence[str]) -> bool:
        """Leave a record as it is for some reasons, if it is in the ledger; return whether so."""
        stored = self.before.get(key)
        if stored is None or not sentences:
            return False
        self.after[key] = _copy_merged_record(stored)
        self.clashes += sentences
        return True

    # Phase 2: refuse what is wrong

    def refuse(self) -> None:
        """Refuse files with problems, and clashes that the rule does not settle."""
        records = self.after.values()
        problems = [problem for record in records for problem in find_record_problems(record)]
        problems += _find_broken_merge_links(self.txn, self.documents, self.after)
        sentences = [*self.problems, *(problem.sentence for problem in problems)]
        if sentences:
            raise InvalidInput(_("Nothing was stored; what has to be corrected:"), sentences)
        if self.clashes and self.rule not in {"keep", "correct"}:
            sentence = _("Nothing was stored: file and ledger disagree; say --keep or --replace:")
            if self.rule == "replace":
                sentence = _("Nothing was stored: the file would overwrite entries:")
            raise Conflict(sentence, self.clashes)

    def refuse_at_gate(self, local: LocalDays) -> None:
        """Refuse what a command would refuse too."""
        from tracker.ledger.admission import Gate

        initiatives = _select_merged(self.after, Initiative)
        documents = {**self.documents, **_select_merged(self.after, Document)}
        published = {key: document.published for key, document in documents.items()}
        gate = Gate(self.txn, initiatives, published, self.stamp.at, local, self._history)
        refusals: list[str] = []
        for key, record in self.after.items():
            sentences = list(gate.find_refusals(self.before.get(key), record))
            if self.rule != "correct" or not self._leave(key, sentences):
                refusals += sentences
        if refusals:
            raise Refused(_("Nothing was stored; what has to be corrected:"), refusals)

    # Phase 3: store the rest

    def store(self) -> MergeCounts:
        """Hand the changes to the transaction and count them; nothing is left here."""
        remarks = tuple(self._list_remarks())
        created = {Document: 0, Initiative: 0, Indicator: 0}
        entries, changed = 0, len(self.left_out)
        for indicator in self.left_out:
            self.txn.remove(indicator)
        for key in [*self.after]:
            record, old = self.after.pop(key), self.before.pop(key, None)
            if old is None:
                self.txn.create(record)
                created[key[0]] += 1
                entries += sum(
                    len(getattr(record, field)) for field in list_entry_lists_to_validate(record)
                )
                continue
            new_entries = [
                entry
                for field in list_entry_lists_to_validate(record)
                for entry in getattr(record, field)[len(getattr(old, field)) :]
            ]
            if _list_merged_fields(old) != _list_merged_fields(record):
                changed += 1
                self.txn.replace(record)
            for entry in new_entries:
                self.txn.append(record.id, entry)
            entries += len(new_entries)
        counts = created[Document], created[Initiative], created[Indicator], entries, changed
        return MergeCounts(*counts, kept=tuple(self.clashes), remarks=remarks)

    def _list_remarks(self) -> Iterator[str]:
        """Yield what a command would remark on the reports that an import brings."""
        if self.stamp.command != "import":
            return
        from tracker.ledger.predecessors import list_reports_with_predecessors
        from tracker.ledger.updates import remark_on_update

        published = {key: document.published for key, document in self.documents.items()}
        horizon = Horizon(as_of=self.stamp.at.date(), published=published)
        for record in self.after.values():
            if not isinstance(record, Indicator):
                continue
            stored = getattr(self.before.get((Indicator, record.id)), "updates", ())
            added = record.updates[len(stored) :]
            # History was remarked on when it was entered.
            new = (each for each in added if each.recorded_at == self.stamp.at)
            fresh = {each.id for each in new if (record.id, each.id) not in self._history}
            if fresh:
                for reported in list_reports_with_predecessors(record, fresh, horizon):
                    for update, before in reported.list_predecessors():
                        for remark in remark_on_update(reported, update, before):
                            yield _("{id}: {wrong}").format(id=record.id, wrong=remark)


def refuse_unmergeable_record(records: View, record: LedgerRecord) -> None:
    """Refuse a changed record that is wrong or names what is not in the ledger.

    Raises:
        InvalidInput: something in it is wrong; every sentence is a candidate.
    """
    problems = [
        *find_record_problems(record),
        *_find_broken_merge_links(
            records, records.documents(), {(type(record), record.id): record}
        ),
    ]
    if problems:
        raise InvalidInput(
            _("{id} would be wrong and was left as it is:").format(id=record.id),
            [problem.sentence for problem in problems],
        )


def refuse_unmergeable_source(records: View, record_id: str, entry: Entry) -> None:
    """Refuse an entry that names a document which is not in the ledger.

    Raises:
        InvalidInput: it does.
    """
    if entry.source is not None and entry.source.document not in records.documents():
        raise InvalidInput(_describe_missing_merge_document(record_id, entry.source.document) + ".")


def _find_broken_merge_links(
    records: View, stored_documents: Iterable[str], changed: Mapping[MergedKey, LedgerRecord]
) -> Iterator[Problem]:
    """Yield where changed records name documents or parents that are not there."""
    documents = {*stored_documents, *_select_merged(changed, Document)}
    initiatives = _select_merged(changed, Initiative)
    faults = _find_wrong_merge_parents(initiatives, records.initiative)
    wrong = {fault.record: fault for fault in faults}
    sound: set[tuple[str, str]] = set()

    def find(indicator_id: str) -> Indicator | None:
        found = changed.get((Indicator, indicator_id))
        return found if isinstance(found, Indicator) else records.indicator(indicator_id)

    for record in changed.values():
        for document_id in sorted(list_documents_to_validate(record) - documents):
            sentence = _describe_missing_merge_document(record.id, document_id)
            yield Problem(record=record.id, sentence=sentence)
        if isinstance(record, Indicator):
            yield from _find_wrong_merge_links(record, find, sound)
        if isinstance(record, Initiative) and record.id in wrong:
            yield wrong.pop(record.id)
    yield from wrong.values()


def _select_merged(
    records: Mapping[MergedKey, LedgerRecord], kind: type[RecordT]
) -> Mapping[str, RecordT]:
    """Return the records of one kind by their ids."""
    return MergedKind(records, kind)


def _find_wrong_merge_links(
    record: Indicator, find: Callable[[str], Indicator | None], sound: set[tuple[str, str]]
) -> Iterator[Problem]:
    """Yield where the indicator that one comes after, or is a part of, cannot be that.

    Args:
        record: the indicator.
        find: returns an indicator as it is to be.
        sound: the fields and ids that are known not to lead back; what is found is added.
    """
    for field in ("after", "part_of"):
        other_id: str | None = getattr(record, field)
        if other_id is None:
            continue
        way, first = {(field, record.id)}, find(other_id)
        other = first
        while other is not None and (at := (field, other.id)) not in way and at not in sound:
            way.add(at)
            above: str | None = getattr(other, field)
            other = find(above) if above is not None else None
        leads_back = other is not None and (field, other.id) not in sound
        sound |= set() if leads_back else way
        wrong = None
        if first is None:
            wrong = _("there is no such indicator")
        elif leads_back:
            wrong = _("that leads back to itself")
        elif field == "after" and {record.measure, first.measure} != {"milestone"}:
            wrong = _("only a milestone comes after a milestone")
        elif field == "part_of" and (record.measure, record.unit) != (first.measure, first.unit):
            wrong = _("a part is a number in the unit of the whole, {unit}").format(
                unit=first.unit or "-"
            )
        if wrong is not None:
            sentence = _("{id}: {field} is {found}; {wrong}").format(
                id=quote_validated_id(record.id),
                field=field,
                found=quote_validated_value(other_id),
                wrong=wrong,
            )
            yield Problem(record=record.id, sentence=sentence)


def _describe_missing_merge_document(record_id: str, document_id: str) -> str:
    return _(
        "{id}: document {found} is not in the ledger; add it under documents, or with:"
        " tracker add TITLE --id {name} --published DAY"
    ).format(
        id=quote_validated_id(record_id), found=quote_validated_value(document_id), name=document_id
    )


def _find_wrong_merge_parents(
    changed: Mapping[str, Initiative], find: Callable[[str], Initiative | None]
) -> Iterator[Problem]:
    """Yield where parents of changed initiatives are not there or lead back, each once.

    Args:
        changed: the initiatives as they are to be, by id.
        find: returns an initiative of the ledger.
    """
    followed: set[str] = set()
    for initiative in changed.values():
        if initiative.id in followed:
            continue
        chain = look_up_those_above(initiative, followed, lambda key: changed.get(key) or find(key))
        ids, above = [each.id for each in chain], chain[-1].parent
        if above in ids:
            circle = ids[ids.index(above) :]
            sentence = _("{id}: its parents lead back to itself: {way}").format(
                id=quote_validated_id(above), way=" > ".join([*_shorten_merge_way(circle), above])
            )
            yield Problem(record=above, sentence=sentence)
        elif above is not None and above not in followed:
            sentence = _("{id}: parent {found} is not in the ledger").format(
                id=quote_validated_id(ids[-1]), found=quote_validated_value(above)
            )
            yield Problem(record=ids[-1], sentence=sentence)
        followed.update(ids)


def _shorten_merge_way(ids: list[str]) -> list[str]:
    """Return the ids of a circle, of a long one only the ends."""
    ends = _LONGEST_WAY // 2
    return ids if len(ids) <= _LONGEST_WAY else [*ids[:ends], "…", *ids[-ends:]]


_NAMES = ("name", "title", "place", "category", "lead", "person", "publisher")
_LISTS_OF_NAMES = ("aliases", "support", "tags")


def compose_names(record: RecordT) -> RecordT:
    """Write the names in a record with each letter as one sign, so that equal ones are one."""
    for field in _NAMES:
        text = getattr(record, field, None)
        if text:
            setattr(record, field, compose_text(text))
    for field in _LISTS_OF_NAMES:
        texts = getattr(record, field, None)
        if texts:
            setattr(record, field, [*map(compose_text, texts)])
    return record


def _copy_merged_record(record: RecordT) -> RecordT:
    """Copy a record with lists of its own, so that adding to them changes no other."""
    values = zip(record.__struct_fields__, msgspec.structs.astuple(record), strict=True)
    lists = {field: list(value) for field, value in values if isinstance(value, list)}
    return msgspec.structs.replace(record, **lists)


def _freeze_merged_value(value: object) -> object:
    """Return a value of a list so that it can be looked up: equal ones stay equal."""
    return msgspec.structs.astuple(value) if isinstance(value, Struct) else value


def _compute_merged_entry_id(entry: Entry) -> str:
    """Return the id that an entry has by its content; equal for entries that say the same."""
    return identify_exchange_entry(msgspec.structs.replace(entry, id="")).id


def _list_fields_of_merged_side(entry: Entry) -> dict[str, Any]:
    """Return the fields of an entry that do not make it another one."""
    source = entry.source
    fields: dict[str, Any] = {"locator": source.locator if source is not None else None}
    fields["quote"] = source.quote if source is not None else None
    if isinstance(entry, Update):
        fields |= {"note": entry.note, "evidence": entry.evidence}
    return fields


def _list_merged_fields(record: Struct) -> dict[str, Any]:
    return {
        field: getattr(record, field)
        for field in record.__struct_fields__
        if field not in APPENDED_LISTS
    }


def _describe_merge_difference(
    record_id: str, field: str, old: object, new: object, sentence: str = ""
) -> str:
    """Say in which field ledger and file differ, with another sentence where one is given."""
    sentence = sentence or _("{id}: {field} is {old} in the ledger and {new} in the file")
    return sentence.format(
        id=record_id, field=field, old=_quote_merged_value(old), new=_quote_merged_value(new)
    )


def _quote_merged_value(value: object) -> str:
    if not isinstance(value, Struct):
        return quote_validated_value(str(value))
    fields = msgspec.to_builtins(value).items()
    return quote_validated_value(", ".join(f"{field}: {own}" for field, own in fields))


def find_conflicting_fields(
    old: Struct, new: Struct, skip: Iterable[str] = ()
) -> dict[str, tuple[Any, Any]]:
    """Return the fields that both records set to different values; lists are not compared."""
    own = list_set_merge_fields(old)
    return {
        field: (getattr(old, field), getattr(new, field))
        for field in list_set_merge_fields(new)
        if field not in skip
        and field in own
        and not isinstance(getattr(new, field), list)
        and getattr(old, field) != getattr(new, field)
    }


def list_set_merge_fields(record: Struct) -> list[str]:
    """Return the fields of a record that are set to something else than their default."""
    defaults = _list_merge_defaults(type(record)).items()
    return [
        name
        for (name, default), value in zip(defaults, msgspec.structs.astuple(record), strict=True)
        # Most fields have their default itself, which is seen at once.
        if value is not default and value not in (default, "", [])
    ]


@cache
def _list_merge_defaults(kind: type[Struct]) -> dict[str, object]:
    return {field.name: field.default for field in msgspec.structs.fields(kind)}
