"""Changes of records, the commits they are stored in, and who made them.

Changes are the same in every store: history shows them, undo reverses them, and a
journal is made of them.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal, TypeAlias, TypeVar

import msgspec
from msgspec import Raw, Struct

from tracker.errors import LedgerDamaged
from tracker.locale.translation import _
from tracker.model.codec import encode
from tracker.model.records import (
    APPENDED_LISTS,
    Decision,
    Document,
    Entry,
    Indicator,
    Initiative,
    Judgement,
    Receipt,
    Record,
    Revision,
    Update,
    Verdict,
)
from tracker.model.vocabulary import Moment

StoredRecord: TypeAlias = Document | Initiative | Indicator | Receipt
RecordT = TypeVar("RecordT", Document, Initiative, Indicator, Receipt)

TABLES: Mapping[str, type[StoredRecord]] = {
    "documents": Document,
    "initiatives": Initiative,
    "indicators": Indicator,
    "receipts": Receipt,
}
TABLE_OF: Mapping[type[StoredRecord], str] = {kind: name for name, kind in TABLES.items()}
AnyEntry: TypeAlias = Update | Revision | Decision | Judgement | Verdict
ENTRY_TYPES: Mapping[str, type[AnyEntry]] = {
    "updates": Update,
    "revisions": Revision,
    "decisions": Decision,
    "judgements": Judgement,
    "verdicts": Verdict,
}
LIST_OF: Mapping[type[Entry], str] = {kind: name for name, kind in ENTRY_TYPES.items()}


class Change(Record, kw_only=True):
    """Change of one record: created, removed, some fields changed, or an entry appended.

    ``old`` and ``new`` are JSON objects of the fields that differ.
    """

    op: Literal["create", "remove", "change", "append"]
    table: str
    id: str
    record: Raw = Raw()
    old: Raw = Raw()
    new: Raw = Raw()
    list: str = ""
    entry: Raw = Raw()


class Stamp(Struct, frozen=True):
    """Author, time and command of a change.

    ``undoes`` is the number of the commit that the change reverses, ``clock`` what the clock said
    where that is not ``at``, since when the change counts as known.
    """

    at: datetime
    by: str | None
    command: str
    undoes: int | None = None
    clock: datetime | None = None


class Commit(Record, kw_only=True):
    """Changes that happened together or not at all. ``seq`` counts from 1.

    ``undoes`` is the ``seq`` of the commit that this one reverses, ``login`` that of the database
    under which it was stored; None in a folder. ``clock`` is what the clock said where ``at``,
    since when the commit counts as known, is not that.
    """

    seq: int
    at: Moment
    by: str | None = None
    command: str
    undoes: int | None = None
    login: str | None = None
    clock: Moment | None = None
    changes: list[Change]


def build_commit(seq: int, stamp: Stamp, changes: list[Change]) -> Commit:
    """Build commit number ``seq`` of these changes."""
    return Commit(
        seq=seq,
        at=stamp.at,
        by=stamp.by,
        command=stamp.command,
        undoes=stamp.undoes,
        clock=stamp.clock,
        changes=changes,
    )


def find_changed_commit_fields(
    old: StoredRecord, new: StoredRecord
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the fields in which two versions of a record differ: old values, new values."""
    names = [
        name
        for name in new.__struct_fields__
        if name not in APPENDED_LISTS and getattr(old, name) != getattr(new, name)
    ]
    return {n: getattr(old, n) for n in names}, {n: getattr(new, n) for n in names}


def build_creation(record: StoredRecord) -> Change:
    """Build the change that adds a record."""
    return Change(
        op="create", table=TABLE_OF[type(record)], id=record.id, record=Raw(encode(record))
    )


def build_removal(record: StoredRecord) -> Change:
    """Build the change that removes a record."""
    return Change(
        op="remove", table=TABLE_OF[type(record)], id=record.id, record=Raw(encode(record))
    )


def build_field_change(record: StoredRecord, old: dict[str, Any], new: dict[str, Any]) -> Change:
    """Build the change of some fields of a record."""
    return Change(
        op="change",
        table=TABLE_OF[type(record)],
        id=record.id,
        old=Raw(encode(old)),
        new=Raw(encode(new)),
    )


def build_append(record_id: str, entry: Entry) -> Change:
    """Build the change that adds an entry to one of a record's lists."""
    return Change(
        op="append",
        table="indicators" if "." in record_id else "initiatives",
        id=record_id,
        list=LIST_OF[type(entry)],
        entry=Raw(encode(entry)),
    )


def build_commit_changes(old: StoredRecord | None, new: StoredRecord | None) -> list[Change]:
    """Build the changes that turn ``old`` into ``new``; None stands for no record.

    A record whose lists did not only grow is removed and created again.
    """
    if old is None or new is None:
        return (
            [build_removal(old)]
            if old is not None
            else [build_creation(new)]
            if new is not None
            else []
        )
    lists = [name for name in LIST_OF.values() if hasattr(new, name)]
    added = {name: getattr(new, name)[len(getattr(old, name)) :] for name in lists}
    if any(getattr(old, name) + added[name] != getattr(new, name) for name in lists):
        return [build_removal(old), build_creation(new)]
    before, after = find_changed_commit_fields(old, new)
    changes = [build_field_change(new, before, after)] if after else []
    return changes + [build_append(new.id, entry) for name in lists for entry in added[name]]


def apply_commit_fields(record: RecordT, fields: Raw) -> RecordT:
    """Return the record with some fields set from the JSON object of a change."""
    values = msgspec.to_builtins(record) | msgspec.json.decode(fields, type=dict[str, Raw])
    kind: type[RecordT] = type(record)
    return msgspec.json.decode(encode(values), type=kind)


def build_missing_commit_record_error(change: Change) -> LedgerDamaged:
    """Build the error for a change of a record that is not there."""
    return LedgerDamaged(
        _("The journal changes {id}, which is not there; run: tracker recover").format(id=change.id)
    )


_decode_fields = msgspec.json.Decoder(dict[str, Raw]).decode
_decode_list = msgspec.json.Decoder(list[Raw]).decode


def apply_change(change: Change, line: bytes | None) -> bytes | None:
    """Return the JSON of a record after one change; None if the change removes it.

    Raises:
        LedgerDamaged: there is no record to change.
    """
    if change.op == "remove":
        return None
    if change.op == "create":
        return bytes(change.record)
    if line is None:
        raise build_missing_commit_record_error(change)
    fields = _decode_fields(line)
    if change.op == "change":
        fields |= _decode_fields(bytes(change.new))
    else:
        entries = _decode_list(bytes(fields.get(change.list, b"[]")))
        fields[change.list] = Raw(encode([*entries, change.entry]))
    return encode(fields)
