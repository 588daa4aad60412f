"""What comes in: files read into records, and words of a person made into fields.

A file is JSON, JSON Lines or TOML in the exchange shape of ``models.Item``. Everything
wrong with it is said at once, a sentence for each record and field; nothing is guessed.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any, NamedTuple, NoReturn, TypeVar, get_args

import msgspec
from msgspec import Struct

from tracker.admission import called, shown
from tracker.dates import parse_day, read_deadline
from tracker.errors import InvalidInput
from tracker.locale import _, later
from tracker.models import (
    SCHEMA,
    Deadline,
    Document,
    Entry,
    Indicator,
    Item,
    Source,
    Update,
    encode,
)
from tracker.quantities import convert, parse_quantity
from tracker.sheets import Problem
from tracker.vocabulary import VOCABULARY, Basis

FILE_LIMIT = 100_000_000
FORMS = ("json", "jsonl", "toml")

_ENVELOPE = ("schema", "as_of", "documents", "items", "errors")
# Left uncompiled: re compiles and keeps them when something is wrong.
_AT = r"(?s) - at `\$(.*)`$"
_STEP = r"\.(\w+)|\[(\d+)\]"
_MOST_WRONG = 20  # of one record; more are not worth the time of finding them
_WANTED = "Expected `([^`]+)`"
_FIELD = "field `([^`]*)`"
# Message ids, and not translations: the language is chosen after the import.
_WORDS = {
    "str": later("a text"),
    "bool": later("true or false"),
    "decimal": later("a number"),
    "date": later("a day like 2026-06-30"),
    "datetime": later("a moment like 2026-06-30T08:00:00+08:00"),
    "array": later("a list"),
    "object": later("an object with fields"),
    "null": later("nothing"),
}

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
            _("The file has more than {limit} bytes; split it.").format(limit=FILE_LIMIT)
        )
    plain = _plain(data, form)
    if plain.get("schema", SCHEMA) != SCHEMA or isinstance(plain.get("schema"), bool):
        raise InvalidInput(
            _("The file has schema {found}, this program reads {known}.").format(
                found=shown(plain["schema"]), known=SCHEMA
            )
        )
    problems: list[Problem] = []
    documents = [_converted(each, Document, problems) for each in _listed(plain, "documents")]
    items = [
        _converted(_completed(each, problems), Item, problems) for each in _listed(plain, "items")
    ]
    for item in filter(None, items):
        for indicator in item.indicators:
            name_entries(indicator)
        item.decisions = [named(each) for each in item.decisions]
    return Batch([d for d in documents if d], [i for i in items if i], problems)


def named(entry: Kept) -> Kept:
    """The entry with an id; without one it gets that of what it says.

    A reworded note or a corrected place in the document does not make it another entry.
    """
    if not entry.id:
        source = Source(document=entry.source.document) if entry.source is not None else None
        bare = msgspec.structs.replace(entry, source=source, recorded_at=None, by=None)
        if isinstance(bare, Update):
            bare = msgspec.structs.replace(bare, note=None, evidence=[])
        try:
            content = encode(bare)
        except UnicodeEncodeError:
            # A lone surrogate; it is refused with its field when the record is judged.
            content = repr(bare).encode("utf-8", "backslashreplace")
        # Only a file leaves it to us, and OpenSSL takes a while to load.
        from hashlib import sha256

        entry = msgspec.structs.replace(entry, id=sha256(content).hexdigest()[:12])
    return entry


def name_entries(indicator: Indicator) -> None:
    """Give every entry of an indicator an id."""
    indicator.updates = [named(each) for each in indicator.updates]
    indicator.revisions = [named(each) for each in indicator.revisions]
    indicator.decisions = [named(each) for each in indicator.decisions]
    indicator.judgements = [named(each) for each in indicator.judgements]


def made(kind: type[Made], fields: Mapping[str, Any]) -> Made:
    """A record of these fields, whatever structures they hold.

    Raises:
        InvalidInput: a field is not known, or its value is not allowed.
    """
    plain = msgspec.to_builtins(fields, builtin_types=(date, datetime, Decimal))
    try:
        return msgspec.convert(plain, kind)
    except msgspec.ValidationError as error:
        wrong = _explained(error, plain, kind)
        sentence = _("{id}: {wrong}.") if fields.get("id") else _("{wrong}.")
        raise InvalidInput(sentence.format(id=fields.get("id"), wrong=wrong)) from None


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
    own = unit or quantity.unit or None

    def aligned(number: Decimal | None) -> Decimal | None:
        if number is None or own is None or quantity.unit in {"", own}:
            return number
        return convert(number, quantity.unit, own)

    fields = {
        "target": aligned(quantity.value),
        "target_high": aligned(quantity.high),
        "unit": own,
        "approximate": quantity.approximate,
    }
    return fields | ({"op": quantity.op} if quantity.op is not None else {})


def revised_target(text: str, indicator: Indicator) -> dict[str, Any]:
    """The fields of a revision that a new target sets; how it is compared stays as it is.

    Raises:
        InvalidInput: it is not understood, in another unit, or says 以上, 约 and the like
            where the indicator does not.
    """
    read = target_from(text, indicator.unit)
    if indicator.unit is None and read["unit"] is not None:
        raise InvalidInput(
            _("{id} has no unit; give the number alone, or first: tracker edit {id} --unit").format(
                id=indicator.id
            )
        )
    usual = "<=" if indicator.direction == "down" else ">="
    op = read.get("op")
    is_other = op is not None and op != (indicator.op or usual)
    if is_other or (read["approximate"] and not indicator.approximate):
        raise InvalidInput(
            _(
                "A revision changes the number of {id} and not how it is compared;"
                " {found} says more; give the number alone."
            ).format(id=indicator.id, found=shown(text))
        )
    return {key: read[key] for key in ("target", "target_high")}


def _plain(data: bytes, form: str) -> dict[str, Any]:
    readers: Mapping[str, Callable[[str], Any]] = {"json": _json, "jsonl": _lines, "toml": _toml}
    try:
        plain = readers[form](data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise InvalidInput(
            _("The file is not UTF-8: byte {at} is {found}; save it as UTF-8.").format(
                at=error.start + 1, found=f"0x{data[error.start]:02x}"
            )
        ) from None
    except (ValueError, RecursionError) as error:
        reason = str(error)
        if isinstance(error, RecursionError):
            reason = _("it is nested too deeply")
        raise InvalidInput(
            _("The file is not {form}: {reason}.").format(form=form.upper(), reason=reason)
        ) from None
    if isinstance(plain, list):
        return {"items": plain}
    if not isinstance(plain, dict):
        raise InvalidInput(
            _("The file holds {found}; allowed: an object with items, or a list of items.").format(
                found=shown(plain)
            )
        )
    stray = [key for key in plain if key not in _ENVELOPE]
    if stray or not ("items" in plain or "documents" in plain):
        raise InvalidInput(
            _("The file has {found} at its top; allowed: {allowed}.").format(
                found=", ".join(map(shown, stray)) or _("no items"), allowed=", ".join(_ENVELOPE)
            )
        )
    return plain


def _json(text: str) -> Any:  # noqa: ANN401  # a file may hold anything
    import json

    return json.loads(
        text,
        parse_float=_number,
        parse_int=_number,
        parse_constant=_refuse_constant,
        object_pairs_hook=_once,
    )


def _lines(text: str) -> dict[str, Any]:
    documents: list[Any] = []
    items: list[Any] = []
    # A text may hold other line separators than this one.
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                plain = _json(line)
            except ValueError as error:
                raise ValueError(
                    _("line {number}: {reason}").format(number=number, reason=error)
                ) from None
            # What has a title is a document; all else has a name.
            (documents if isinstance(plain, dict) and "title" in plain else items).append(plain)
    return {"documents": documents, "items": items}


def _toml(text: str) -> Any:  # noqa: ANN401  # a file may hold anything
    import tomllib

    return _exact(tomllib.loads(text, parse_float=_number))


def _exact(value: Any) -> Any:  # noqa: ANN401  # a file may hold anything
    if isinstance(value, dict):
        return {key: _exact(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_exact(each) for each in value]
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    return Decimal(value) if is_whole else value


def _number(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        _refuse_constant(text)


def _refuse_constant(found: str) -> NoReturn:
    raise ValueError(_("{found} is no number").format(found=found))


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    plain = dict(pairs)
    if len(plain) < len(pairs):
        keys = [key for key, _value in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        name = called(plain["id"]) if "id" in plain else _("an object")
        raise ValueError(
            _("{name} has the field {field} twice; remove one").format(
                name=name, field=shown(twice)
            )
        )
    return plain


def _listed(plain: Mapping[str, Any], key: str) -> list[Any]:
    listed = plain.get(key, [])
    if not isinstance(listed, list):
        raise InvalidInput(
            _("{field} is {found}; allowed: a list.").format(field=key, found=shown(listed))
        )
    return listed


def _completed(raw: Any, problems: list[Problem]) -> Any:  # noqa: ANN401  # a file may hold anything
    """Add the names that a part may leave out, and the initiative to short indicator ids."""
    if not isinstance(raw, dict):
        return raw
    own = raw.get("id")
    raw.setdefault("name", "")
    indicators = raw.get("indicators")
    for each in indicators if isinstance(indicators, list) else ():
        if isinstance(each, dict):
            each.setdefault("name", "")
            name = each.get("id")
            if isinstance(name, str) and "." not in name:
                each["id"] = f"{own}.{name}"
            elif isinstance(name, str) and name.partition(".")[0] != own:
                sentence = _("{id}: an indicator of it has the id {found}; allowed: {id}.…").format(
                    id=called(own), found=shown(name)
                )
                problems.append(Problem(record=str(own), sentence=sentence))
    return raw


def _converted(
    raw: Any,  # noqa: ANN401  # a file may hold anything
    kind: type[Made],
    problems: list[Problem],
) -> Made | None:
    try:
        # Decimals are taken as they are: a text is no number, whatever its digits.
        return msgspec.convert(raw, kind, builtin_types=(Decimal,))
    except msgspec.ValidationError as error:
        name = raw.get("id") if isinstance(raw, dict) else None
        label = called(name) if name else _("a record without id")
        for wrong in _all_wrong(error, raw, kind):
            sentence = _("{id}: {wrong}").format(id=label, wrong=wrong)
            problems.append(Problem(record=str(name or ""), sentence=sentence))
        return None


def _all_wrong(error: msgspec.ValidationError, raw: Any, kind: type[Struct]) -> Iterator[str]:  # noqa: ANN401  # a file may hold anything
    """What is wrong with a record: each wrong field is left out, to find the next one."""
    left_out: set[str] = set()
    for _each in range(_MOST_WRONG):
        stray = re.search(_FIELD, str(error))
        name = stray.group(1) if stray else ""
        is_missing = str(error).startswith("Object missing")
        if not (is_missing and name in left_out):
            yield _explained(error, raw, kind)
        at = re.search(_AT, str(error))
        steps = [step or int(index) for step, index in re.findall(_STEP, at.group(1) if at else "")]
        if name and not is_missing:
            steps.append(name)
        if not steps:
            return
        raw, field = _without(raw, steps)
        left_out.add(field)
        try:
            msgspec.convert(raw, kind, builtin_types=(Decimal,))
        except msgspec.ValidationError as another:
            error = another
        else:
            return


def _without(raw: Any, steps: Sequence[str | int]) -> tuple[Any, str]:  # noqa: ANN401  # a file may hold anything
    """A record without the field that the steps lead to, of itself or of an indicator."""
    field = str(steps[0])
    if field == "indicators" and len(steps) > 2:  # noqa: PLR2004  # the list, which one, its field
        own = list(raw[field])
        own[int(steps[1])], inner = _without(own[int(steps[1])], steps[2:])
        return raw | {field: own}, inner
    return {key: each for key, each in raw.items() if key != field}, field


def _explained(error: msgspec.ValidationError, raw: object, kind: type[Struct]) -> str:
    message = str(error)
    at = re.search(_AT, message)
    path = at.group(1).lstrip(".") if at else ""
    found, fields, field = raw, _types(kind), ""
    for name, index in re.findall(_STEP, "." + path if path else ""):
        field = name or field
        if name:
            fields = _types(fields.get(name))
        found = found[name or int(index)]  # type: ignore[index]  # the path leads somewhere
    if stray := re.search(_FIELD, message):
        sentence = _("{field} is no field of {path}; allowed: {allowed}")
        if message.startswith("Object missing"):
            sentence = _("{field} is missing in {path}")
        return sentence.format(
            field=shown(stray.group(1)), path=path or _("the record"), allowed=", ".join(fields)
        )
    return _("{field} is {found}; allowed: {allowed}").format(
        field=path or _("the record"), found=shown(found), allowed=_allowed(message, field)
    )


def _allowed(message: str, field: str) -> str:
    if field in VOCABULARY:
        return ", ".join(VOCABULARY[field])
    wanted = re.search(_WANTED, message)
    if wanted is None:
        # "Invalid RFC3339 encoded date", "Invalid decimal string" …
        word = next((word for word in ("datetime", "date", "decimal") if word in message), "")
        return _(_WORDS[word]) if word else message
    words = [word for word in wanted.group(1).split(" | ") if word != "null"]
    return _(" or ").join(_(_WORDS.get(word, word)) for word in words)


def _types(kind: Any) -> dict[str, Any]:  # noqa: ANN401  # any annotation
    """The fields of the structure that a field holds, alone or in a list, with their types."""
    if isinstance(kind, type) and issubclass(kind, Struct):
        return {each.name: each.type for each in msgspec.structs.fields(kind)}
    return next((found for each in get_args(kind) if (found := _types(each))), {})


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
