"""Correct what a ledger has of an earlier reading of a file, and leave what people made of it.

The sample is read anew where the program brings it corrected. The history says what an
earlier reading has brought: where a record still says that, it takes the correction; where
a person has set something else since, it stays. Entries are never changed: one that was
brought wrongly is taken back by another, which says so.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Generic, NamedTuple, TypeAlias, TypeVar

import msgspec

from tracker.exchange.entries import identify_exchange_entry
from tracker.ledger.lookup import LedgerRecord, look_up_stored_record
from tracker.ledger.undo import build_undoing_entry
from tracker.locale.translation import _
from tracker.model.commits import (
    ENTRY_TYPES,
    TABLE_OF,
    TABLES,
    AnyEntry,
    Change,
    Commit,
    Stamp,
    apply_commit_fields,
)
from tracker.model.effective import list_entries_in_force
from tracker.model.horizon import Horizon
from tracker.model.records import APPENDED_LISTS, Document, Entry, Indicator, Initiative, Receipt
from tracker.storage.base import Transaction

RecordKey: TypeAlias = tuple[type[LedgerRecord], str]
"""Kind and id of a record."""
RecordT = TypeVar("RecordT", bound=LedgerRecord)

_OWN = APPENDED_LISTS | {"id", "recorded_at", "by"}
_EMPTY: Mapping[type[LedgerRecord], Mapping[str, Any]] = {
    Document: {"id": "", "title": "", "published": date.min},
    Initiative: {"id": "", "name": ""},
    Indicator: {"id": "", "name": ""},
}
"""What each kind of record has at the least."""


class BroughtRecord(NamedTuple):
    """Record as the readings of a file have left it, whatever people changed since.

    Attributes:
        record: the record with the fields that they have set.
        entries: the ids of the entries that they have brought.
    """

    record: LedgerRecord
    entries: set[str]


class Correction(NamedTuple, Generic[RecordT]):
    """What becomes of a record that a corrected file says otherwise.

    Attributes:
        record: the record with its corrections.
        differences: the fields that people have set otherwise, each with its value and the file's.
        sentences: why entries stay as they are.
    """

    record: RecordT
    differences: list[tuple[str, object, object]]
    sentences: list[str]


class Corrections:
    """Corrections of what a command has brought to a ledger before.

    Args:
        txn: the ledger as it is.
        stamp: who corrects, when, and the command that brought the records.
        wanted: the records as the file says now.
    """

    def __init__(
        self, txn: Transaction, stamp: Stamp, wanted: Mapping[RecordKey, LedgerRecord]
    ) -> None:
        self._txn, self._stamp, self._wanted = txn, stamp, wanted
        commits = txn.history({record_id for _kind, record_id in wanted})
        self._brought = BroughtRecords(stamp.command)
        self._brought.follow(commits)
        self._has_sample = any(
            kind is Document and look_up_stored_record(txn, kind, record_id) is not None
            for kind, record_id in wanted
        )

    def is_taken_out(self, key: RecordKey) -> bool:
        """Return whether a record of the file was taken out of a ledger that keeps the rest."""
        return self._has_sample and key in self._brought.taken_out

    def correct_record(self, stored: RecordT, wanted: RecordT) -> Correction[RecordT]:
        """Return a record with its corrections, and what stays as people have made it.

        Args:
            stored: the record as it is.
            wanted: the record as the file says now.
        """
        key: RecordKey = (type(stored), stored.id)  # type: ignore[assignment]  # one of the kinds
        brought = self._brought.by_key.get(key)
        fields: dict[str, object] = {}
        differences, left = [], []
        for field in stored.__struct_fields__:
            now, new = getattr(stored, field), getattr(wanted, field)
            if field in APPENDED_LISTS:
                entries = brought.entries if brought is not None else set()
                fields[field], sentences = self._correct_entries(stored, now, new, entries)
                left += sentences
            if field in _OWN or now == new:
                continue
            before = _get_field_before_correction(brought, stored, field)
            if now == before:
                fields[field] = new
            elif isinstance(now, list):
                fields[field] = _apply_corrections_to_list(now, new, before)
            elif new != before:
                differences.append((field, now, new))
        return Correction(msgspec.structs.replace(stored, **fields), differences, left)

    def _correct_entries(
        self,
        record: LedgerRecord,
        stored: Sequence[AnyEntry],
        wanted: Sequence[AnyEntry],
        brought: Collection[str],
    ) -> tuple[list[Entry], list[str]]:
        """Return the entries of a record with their corrections, and why they stay where they do.

        What was brought wrongly is taken back. Where people have taken back what was brought,
        or report for the same day, theirs stays.
        """
        in_force = list_entries_in_force(stored, Horizon(as_of=date.max))
        known, wanted_ids = {each.id for each in stored}, {each.id for each in wanted}
        # What is in force again after it was taken back is not taken back once more.
        settled = {*wanted_ids, *(each.voids for each in stored)}
        wrong = [e for e in in_force if e.id in brought and e.id not in settled and not e.voids]
        new = [each for each in wanted if each.id not in known]
        own = [each for each in stored if each.id not in brought]
        taken_back = {each.voids for each in own} & set(brought)
        own_days = {each.on for each in in_force if each.id not in brought}
        if (wrong or new) and (taken_back or any(each.on in own_days for each in new)):
            sentence = _("{id}: what was reported here since stays in the place of the file's")
            return [*stored], [sentence.format(id=record.id)]
        note = _("taken back, because the sample was corrected")
        voiding = [identify_exchange_entry(build_undoing_entry(each, note)) for each in wrong]
        signature = {"recorded_at": self._stamp.at, "by": self._stamp.by}
        return [
            *stored,
            *(msgspec.structs.replace(each, **signature) for each in voiding),
            *new,
        ], []

    def find_left_out(self) -> tuple[list[Indicator], list[str]]:
        """Return the indicators that the file leaves out now, and a sentence on each that stays.

        Only what cites a document of the file can have been left out of it.
        """
        untouched: list[Indicator] = []
        left: list[str] = []
        documents = {record_id for kind, record_id in self._wanted if kind is Document}
        for key, brought in self._brought.by_key.items():
            stored = None if key in self._wanted else look_up_stored_record(self._txn, *key)
            if not isinstance(stored, Indicator):
                continue
            if stored.source is None or stored.source.document not in documents:
                continue
            if _is_untouched_by_corrections(stored, brought):
                untouched.append(stored)
            else:
                sentence = _("{id}: the file leaves it out, but it was changed here since")
                left.append(sentence.format(id=stored.id))
        return untouched, left


class BroughtRecords:
    """Records that a command has created, as its own changes have left them.

    A record that came with the moment of an earlier entry is history, not the command's.

    Args:
        command: the command.

    Attributes:
        by_key: the records.
        taken_out: those that were taken out since, and not by the command.
    """

    def __init__(self, command: str) -> None:
        self._command = command
        self.by_key: dict[RecordKey, BroughtRecord] = {}
        self.taken_out: dict[RecordKey, BroughtRecord] = {}

    def follow(self, commits: Iterable[Commit]) -> None:
        """Go through the history, oldest first."""
        for commit in commits:
            for change in commit.changes:
                if change.table != TABLE_OF[Receipt]:
                    key = TABLES[change.table], change.id
                    self._follow_change(commit, change, key)  # type: ignore[arg-type]  # no receipt

    def _follow_change(self, commit: Commit, change: Change, key: RecordKey) -> None:
        is_own = commit.command == self._command
        known = self.by_key.get(key)
        if change.op == "remove":
            if known is not None and not is_own:
                self.taken_out[key] = known
            self.by_key.pop(key, None)
        elif change.op == "create":
            record = msgspec.json.decode(change.record, type=key[0])
            earlier = self.taken_out.pop(key, None)
            if is_own and record.recorded_at == commit.at:
                self.by_key[key] = BroughtRecord(
                    record, set(_list_entry_ids_of_corrections(record))
                )
            elif earlier is not None:
                self.by_key[key] = earlier
        elif is_own and known is not None and change.op == "change":
            changed = apply_commit_fields(known.record, change.new)  # type: ignore[type-var]
            self.by_key[key] = known._replace(record=changed)
        elif is_own and known is not None:
            known.entries.add(msgspec.json.decode(change.entry, type=ENTRY_TYPES[change.list]).id)


def _get_field_before_correction(
    brought: BroughtRecord | None, stored: LedgerRecord, field: str
) -> Any:  # noqa: ANN401  # any field
    """Return what the earlier readings made of a field; its default where they brought nothing."""
    if brought is not None:
        return getattr(brought.record, field)
    return getattr(type(stored)(**_EMPTY[type(stored)]), field)


def _list_entry_ids_of_corrections(record: LedgerRecord) -> Iterator[str]:
    for field in APPENDED_LISTS:
        yield from (entry.id for entry in getattr(record, field, ()))


def _is_untouched_by_corrections(stored: LedgerRecord, brought: BroughtRecord) -> bool:
    """Return whether nobody but the earlier readings has changed a record."""
    fields = [field for field in stored.__struct_fields__ if field not in APPENDED_LISTS]
    is_same = all(getattr(stored, field) == getattr(brought.record, field) for field in fields)
    return is_same and set(_list_entry_ids_of_corrections(stored)) <= brought.entries


def _apply_corrections_to_list(
    stored: Collection[object], wanted: Collection[object], before: Collection[object]
) -> list[object]:
    """Return a list without what the file leaves out now, and with what it adds."""
    kept = [each for each in stored if each in wanted or each not in before]
    added = [each for each in wanted if each not in stored and each not in before]
    return kept + added
