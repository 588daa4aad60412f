"""Read what is understood of a line that is not, and name what is left out of it.

One bad row must not stop a ledger: what a newer program has written, or somebody past all
checks, is left out, and all else is shown and can be changed.
"""

from collections.abc import Callable
from typing import Any, TypeVar, get_args, get_origin

import msgspec
from msgspec import Raw, Struct

from tracker.locale.translation import _
from tracker.model.codec import NOT_UNDERSTOOD, encode
from tracker.model.commits import ENTRY_TYPES, TABLES, Change, Commit

StructT = TypeVar("StructT", bound=Struct)

_NOT_UNDERSTOOD = (*NOT_UNDERSTOOD, KeyError)
"""What decoding raises; KeyError: there is no such table or list."""

_SHOWN = 60
"""Characters of a line that are shown."""


def read_or_salvage(
    kind: type[StructT], line: bytes | str, name: str, say: Callable[[str], None]
) -> StructT | None:
    """Return what a line holds; of what is not understood, name what is left out.

    Args:
        kind: what it should be.
        line: its JSON.
        name: what it is called in what is said.
        say: is told what is left out.

    Returns:
        What is understood of it; None where that is not enough for its kind.
    """
    try:
        return msgspec.json.decode(line, type=kind)
    except _NOT_UNDERSTOOD as error:
        reason = error
    try:
        fields = msgspec.json.decode(line, type=dict[str, Raw])
        known = {field.encode_name: field.type for field in msgspec.structs.fields(kind)}
        kept = {
            field: _salvage_value(raw, known[field], f"{name}: {field}", say)
            for field, raw in fields.items()
            if _is_known(field, known, name, say)
        }
        return msgspec.json.decode(
            encode({field: raw for field, raw in kept.items() if raw is not None}), type=kind
        )
    except _NOT_UNDERSTOOD:
        say_left_out(name, line, reason, say)
        return None


def say_left_out(name: str, line: bytes | str, reason: object, say: Callable[[str], None]) -> None:
    """Name what is left out, with the beginning of its line."""
    text = line.decode("utf-8", "replace") if isinstance(line, bytes) else line
    sentence = _("{name} is left out, for it is not understood: {reason}; it begins: {line}")
    say(sentence.format(name=name, reason=reason, line=text[:_SHOWN]))


def keep_understood_changes(commit: Commit, say: Callable[[str], None]) -> Commit:
    """Return a commit with those of its changes that are understood; name the others."""
    if is_commit_understood(commit):
        return commit
    kept = (
        # Of a record that is only counted it is not said what it holds.
        change
        if change.op == "create" and not bytes(change.record)
        else keep_understood_change(change, commit.seq, say)
        for change in commit.changes
    )
    changes = [change for change in kept if change is not None]
    return msgspec.structs.replace(commit, changes=changes)


def is_commit_understood(commit: Commit) -> bool:
    """Tell whether all that a commit holds is understood."""
    try:
        for change in commit.changes:
            _decode_change(change)
    except _NOT_UNDERSTOOD:
        return False
    return True


def is_line_understood(kind: type[Struct], line: bytes | str) -> bool:
    """Tell whether all of a line is understood as its kind."""
    try:
        msgspec.json.decode(line, type=kind)
    except _NOT_UNDERSTOOD:
        return False
    return True


def keep_understood_change(change: Change, seq: int, say: Callable[[str], None]) -> Change | None:
    """Return a change, or what is understood of it and named otherwise; None: nothing is.

    Args:
        change: the change.
        seq: the number of its commit.
        say: is told what is left out.
    """
    try:
        _decode_change(change)
    except _NOT_UNDERSTOOD as error:
        name = _("{id} in change no. {seq}").format(id=change.id, seq=seq)
        if change.op in {"create", "remove"} and change.table in TABLES:
            kind: Any = TABLES[change.table]
            record = read_or_salvage(kind, bytes(change.record), name, say)
            if record is None:
                return None
            return msgspec.structs.replace(change, record=Raw(encode(record)))
        say_left_out(name, bytes(change.entry or change.new), error, say)
        return None
    return change


def _decode_change(change: Change) -> None:
    """Decode all that a change holds.

    Raises:
        msgspec.MsgspecError: it is not understood.
        KeyError: there is no such table or list.
    """
    kind: Any = TABLES[change.table]
    if change.op == "append":
        msgspec.json.decode(change.entry, type=ENTRY_TYPES[change.list])
    elif change.op == "change":
        types = {field.encode_name: field.type for field in msgspec.structs.fields(kind)}
        old, new = (
            msgspec.json.decode(part, type=dict[str, Raw]) for part in (change.old, change.new)
        )
        for name, raw in new.items():
            msgspec.json.decode(raw, type=types[name])
            msgspec.json.decode(old[name], type=types[name])
    else:
        msgspec.json.decode(change.record, type=kind)


def _is_known(field: str, known: dict[str, Any], name: str, say: Callable[[str], None]) -> bool:
    if field not in known:
        say(
            _("{name}: the field {field} is left out, for it is not known").format(
                name=name, field=field
            )
        )
    return field in known


def _salvage_value(raw: Raw, kind: Any, name: str, say: Callable[[str], None]) -> Raw | None:  # noqa: ANN401  # of a field
    """Return the value of a field, of a list what is understood of it; None: nothing is."""
    items = get_args(kind) if get_origin(kind) is list else ()
    try:
        msgspec.json.decode(raw, type=kind)
    except _NOT_UNDERSTOOD as error:
        if items and isinstance(items[0], type) and issubclass(items[0], Struct):
            kept = (
                _salvage_value(part, items[0], name, say)
                for part in msgspec.json.decode(raw, type=list[Raw])
            )
            return Raw(encode([part for part in kept if part is not None]))
        say_left_out(name, bytes(raw), error, say)
        return None
    return raw
