"""What comes in: files read into records, and what a record must be to be let in.

A file is JSON, JSON Lines or TOML in the exchange shape of ``models.Item``. Everything
wrong with it is said at once, a sentence for each record and field; nothing is guessed.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from hashlib import sha256
from typing import Any, NamedTuple, NoReturn, TypeVar

import msgspec
from msgspec import Struct

from tracker.dates import parse_day, read_deadline
from tracker.errors import InvalidInput
from tracker.locale import _
from tracker.models import (
    SCHEMA,
    VOCABULARY,
    Basis,
    Deadline,
    Document,
    Entry,
    Indicator,
    Initiative,
    Item,
    Problem,
    Revision,
    Update,
    encode,
    entries_of,
)
from tracker.quantities import check_number, convert, parse_quantity

FILE_LIMIT = 100_000_000
NAME_LIMIT = 10_000
NOTE_LIMIT = 1_000_000
ID_LIMIT = 80
SHOWN_LIMIT = 60
FORMS = ("json", "jsonl", "toml")

_SLUG = r"[a-z0-9]+(?:-[a-z0-9]+)*"
_INITIATIVE_ID = re.compile(_SLUG)
_INDICATOR_ID = re.compile(rf"{_SLUG}\.{_SLUG}")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_MANY_LINES = frozenset({"note", "notes", "reason"})
_AT = re.compile(r" - at `(?:\$|key in )(.*)`$", re.DOTALL)
_STEP = re.compile(r"\.(\w+)|\[(\d+|\.\.\.)\]")

Kept = TypeVar("Kept", bound=Entry)
Made = TypeVar("Made", bound=Struct)


class Batch(NamedTuple):
    """What a file holds. Records may be parts: only an id, and what is to be added to it."""

    documents: list[Document]
    items: list[Item]
    problems: list[Problem]


def read(data: bytes, form: str) -> Batch:
    """The records of a file.

    Args:
        data: the file, UTF-8 (a byte order mark is skipped).
        form: one of ``FORMS``.

    Raises:
        InvalidInput: it is not of that form at all, too large, or of a newer schema.
    """
    if len(data) > FILE_LIMIT:
        raise InvalidInput(
            _("The file has {size} bytes; at most {limit} are read; split it.").format(
                size=len(data), limit=FILE_LIMIT
            )
        )
    plain = _plain(data, form)
    if plain.get("schema", SCHEMA) != SCHEMA:
        raise InvalidInput(
            _("The file has schema {found}, this program reads {known}.").format(
                found=_shown(plain["schema"]), known=SCHEMA
            )
        )
    problems: list[Problem] = []
    documents = [_converted(each, Document, problems) for each in _listed(plain, "documents")]
    items = [_converted(_completed(each), Item, problems) for each in _listed(plain, "items")]
    for item in filter(None, items):
        for indicator in item.indicators:
            name_entries(indicator)
        item.decisions = [named(each) for each in item.decisions]
    return Batch([d for d in documents if d], [i for i in items if i], problems)


def named(entry: Kept) -> Kept:
    """The entry with an id; without one it gets that of its content."""
    if not entry.id:
        bare = msgspec.structs.replace(entry, recorded_at=None, by=None)
        entry = msgspec.structs.replace(entry, id=sha256(encode(bare)).hexdigest()[:12])
    return entry


def name_entries(indicator: Indicator) -> None:
    """Give every entry of an indicator an id."""
    indicator.updates = [named(each) for each in indicator.updates]
    indicator.revisions = [named(each) for each in indicator.revisions]
    indicator.decisions = [named(each) for each in indicator.decisions]


def problems_of(record: Document | Initiative | Indicator) -> Iterator[Problem]:
    """Everything wrong with a whole record, a sentence each."""
    sentences = _of_texts(record)
    if isinstance(record, Indicator):
        sentences = [*sentences, *_of_indicator(record)]
    elif isinstance(record, Initiative):
        sentences = [*sentences, *_of_id(record.id, _INITIATIVE_ID)]
    if not record.id or not (record.title if isinstance(record, Document) else record.name).strip():
        sentences = [*sentences, _("a name is missing")]
    for sentence in sentences:
        yield Problem(record=record.id, sentence=f"{_shown(record.id)}: {sentence}")


def problems_of_entry(indicator: Indicator, entry: Entry) -> Iterator[str]:
    """Everything wrong with an entry to be added to an indicator."""
    yield from _of_texts(entry)
    yield from _of_entry(indicator, entry)


def made(kind: type[Made], fields: Mapping[str, Any]) -> Made:
    """A record of these fields, whatever structures they hold.

    Raises:
        InvalidInput: a field is not known, or its value is not allowed.
    """
    plain = msgspec.to_builtins(fields, builtin_types=(date, datetime, Decimal))
    try:
        return msgspec.convert(plain, kind)
    except msgspec.ValidationError as error:
        raise InvalidInput(
            _("{id}: {wrong}.").format(id=fields.get("id"), wrong=_explained(error, plain))
        ) from None


def deadline_from(text: str, today: date, printed_on: date | None) -> Deadline:
    """The deadline that a person types: a day, or a document's wording.

    Args:
        text: as for ``dates.parse_day``; a wording is kept.
        today: for +30d and the like.
        printed_on: the day of the document that a wording like 今年 refers to.

    Raises:
        InvalidInput: it is not understood, or could be two days.
    """
    if text.isascii():
        return Deadline(on=parse_day(text, today), wording=None, basis="stated")
    reading = read_deadline(text, printed_on or today)
    if reading.yearly:
        return Deadline(on=None, wording=text, basis=reading.basis)
    on = parse_day(text, printed_on or today)
    return Deadline(on=on, wording=text, basis=reading.basis)


def worded(on: date | None, wording: str | None, basis: Basis, printed_on: date | None) -> Deadline:
    """A deadline with its wording, and the other day that the wording may mean."""
    loose = None
    if wording is not None:
        try:
            reading = read_deadline(wording, printed_on)
        except InvalidInput:
            # A wording is kept as it is printed; not all of them are read by a rule.
            reading = None
        if reading is not None and reading.ambiguous:
            loose = next((d for d in (reading.loose, reading.day) if d != on), None)
    return Deadline(on=on, wording=wording, basis=basis, loose=loose)


def target_from(text: str, unit: str | None) -> dict[str, Any]:
    """The fields of an indicator that a target as printed sets: 85%, 200个以上, 1—2个.

    Args:
        text: the target.
        unit: the unit of the indicator, if it has one already; the target is converted to it.

    Raises:
        InvalidInput: it is not understood, or in another unit.
    """
    quantity = parse_quantity(text)
    own = unit if unit is not None else (quantity.unit or None)
    scaled = own is not None and quantity.unit and quantity.unit != own
    value = convert(quantity.value, quantity.unit, own) if scaled and own else quantity.value
    high = (
        convert(quantity.high, quantity.unit, own)
        if scaled and own and quantity.high
        else quantity.high
    )
    fields = {
        "target": value,
        "target_high": high,
        "unit": own,
        "approximate": quantity.approximate,
    }
    return fields | ({"op": quantity.op} if quantity.op is not None else {})


def _plain(data: bytes, form: str) -> dict[str, Any]:
    try:
        text = data.decode("utf-8-sig")
        if form == "toml":
            import tomllib

            return tomllib.loads(text, parse_float=Decimal)
        if form == "jsonl":
            lines = [_json(line) for line in text.splitlines() if line.strip()]
            return {"items": lines}
        plain = _json(text)
    except (ValueError, RecursionError) as error:
        reason = str(error) or type(error).__name__
        raise InvalidInput(
            _("The file is not {form}: {reason}.").format(form=form.upper(), reason=reason)
        ) from None
    if isinstance(plain, list):
        return {"items": plain}
    if not isinstance(plain, dict):
        raise InvalidInput(_("The file holds no list of items."))
    return plain


def _json(text: str) -> Any:  # noqa: ANN401  # a file may hold anything
    return json.loads(text, parse_float=Decimal, parse_constant=_refuse_constant)


def _refuse_constant(found: str) -> NoReturn:
    raise ValueError(_("{found} is no number").format(found=found))


def _listed(plain: Mapping[str, Any], key: str) -> list[Any]:
    listed = plain.get(key, [])
    if not isinstance(listed, list):
        raise InvalidInput(_("{key} is not a list.").format(key=key))
    return listed


def _completed(raw: Any) -> Any:  # noqa: ANN401  # a file may hold anything
    """Add the names that a part may leave out, and the initiative to short indicator ids."""
    if not isinstance(raw, dict):
        return raw
    raw.setdefault("name", "")
    indicators = raw.get("indicators")
    for each in indicators if isinstance(indicators, list) else ():
        if isinstance(each, dict):
            each.setdefault("name", "")
            if isinstance(each.get("id"), str) and "." not in each["id"]:
                each["id"] = f"{raw.get('id')}.{each['id']}"
    return raw


def _converted(
    raw: Any,  # noqa: ANN401  # a file may hold anything
    kind: type[Made],
    problems: list[Problem],
) -> Made | None:
    try:
        return msgspec.convert(raw, kind)
    except msgspec.ValidationError as error:
        name = raw.get("id") if isinstance(raw, dict) else None
        label = str(name or _("a record without id"))
        problems.append(Problem(record=label, sentence=f"{label}: {_explained(error, raw)}"))
        return None


def _explained(error: msgspec.ValidationError, raw: object) -> str:
    message = str(error)
    at = _AT.search(message)
    path = at.group(1).lstrip(".") if at else ""
    message = message[: at.start()] if at else message
    message = message.replace("`", "")
    if "field" in message:
        where = _("in {path}: ").format(path=path) if path else ""
        return where + message[0].lower() + message[1:]
    found = raw
    field = ""
    for name, index in _STEP.findall("." + path if path else ""):
        field = name or field
        try:
            found = found[name] if name else found[int(index)]  # type: ignore[index]
        except (KeyError, IndexError, TypeError, ValueError):
            found = None
    allowed = ", ".join(VOCABULARY[field]) if field in VOCABULARY else message
    return _("{field} is {found}; allowed: {allowed}").format(
        field=path or _("the record"), found=_shown(found), allowed=allowed
    )


def _of_id(record_id: str, pattern: re.Pattern[str]) -> Iterator[str]:
    if not pattern.fullmatch(record_id) or len(record_id) > ID_LIMIT:
        yield _(
            "the id is {found}; allowed: up to {limit} lower-case letters a-z, digits and hyphens"
        ).format(found=_shown(record_id), limit=ID_LIMIT)


def _of_texts(record: Struct) -> list[str]:
    return [sentence for path, text in _texts(record, "") for sentence in _of_text(path, text)]


def _of_text(path: str, text: str) -> Iterator[str]:
    many = path.rpartition(".")[2] in _MANY_LINES
    limit = NOTE_LIMIT if many else NAME_LIMIT
    if len(text) > limit:
        yield _("{field} has {size} characters; allowed: {limit}").format(
            field=path, size=len(text), limit=limit
        )
    bad = _CONTROL.search(text) or (None if many else re.search(r"[\n\t]", text))
    if bad is not None:
        yield _("{field} holds the control character {found}; allowed: printable text").format(
            field=path, found=ascii(bad.group())
        )


def _texts(value: object, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Struct):
        for name in value.__struct_fields__:
            yield from _texts(getattr(value, name), f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each, path)


def _of_indicator(indicator: Indicator) -> Iterator[str]:
    yield from _of_id(indicator.id, _INDICATOR_ID)
    yield from _of_numbers(indicator)
    numeric = ("unit", "op", "target", "target_high", "baseline", "interim")
    if indicator.measure == "milestone":
        for field in numeric:
            if getattr(indicator, field):
                yield _("{field} is set; a milestone is done or not and has none").format(
                    field=field
                )
        if indicator.direction is not None:
            yield _("direction is set; a milestone is done or not and has none")
    else:
        yield from _of_target(indicator)
    for entry in entries_of(indicator):
        yield from _of_entry(indicator, entry)


def _of_target(indicator: Indicator) -> Iterator[str]:
    target, high, baseline = indicator.target, indicator.target_high, indicator.baseline
    if indicator.op == "range" and (target is None or high is None):
        yield _("op is range; target and target_high are its two ends and both needed")
    if high is not None and (target is None or high < target):
        yield _("target_high is {found}; allowed: not below target").format(found=high)
    if target is None or baseline is None or indicator.direction is None:
        return
    actual = "hold" if target == baseline else "up" if target > baseline else "down"
    if actual != indicator.direction:
        yield _(
            "direction is {found}, but from {baseline} to {target} is {actual}; correct one of them"
        ).format(found=indicator.direction, baseline=baseline, target=target, actual=actual)


def _of_entry(indicator: Indicator, entry: Entry) -> Iterator[str]:
    yield from _of_numbers(entry)
    if entry.voids and entry.voids not in {each.id for each in entries_of(indicator)}:
        yield _("voids is {found}; there is no such entry").format(found=_shown(entry.voids))
    if isinstance(entry, Update):
        yield from _of_update(indicator, entry)
    if isinstance(entry, Revision) and indicator.measure == "milestone" and entry.target:
        yield _("target is set; a milestone is done or not and has none")


def _of_update(indicator: Indicator, update: Update) -> Iterator[str]:
    if indicator.measure == "milestone":
        if update.value is not None:
            yield _("value is {found}; a milestone is reported as done").format(found=update.value)
        if update.done is None and update.voids is None:
            yield _("done is missing in the update of {on}").format(on=update.on)
    else:
        if update.done is not None:
            yield _("done is set; a number is reported as a value")
        if update.value is None and update.voids is None:
            yield _("value is missing in the update of {on}").format(on=update.on)
    if update.period_start is not None and update.period_start > update.on:
        yield _("period_start is {found}, after the day {on} it leads to").format(
            found=update.period_start, on=update.on
        )


def _of_numbers(record: Struct) -> Iterator[str]:
    for field in record.__struct_fields__:
        value = getattr(record, field)
        if isinstance(value, Decimal):
            try:
                check_number(value)
            except InvalidInput as error:
                yield f"{field}: {error.sentence}"


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


def _shown(value: object) -> str:
    text = value if isinstance(value, str) else repr(value)
    shown = text if len(text) <= SHOWN_LIMIT else text[: SHOWN_LIMIT - 1] + "…"
    return f'"{shown}"' if isinstance(value, str) else shown
