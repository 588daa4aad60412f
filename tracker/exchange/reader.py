"""What comes in: files read into records, and words of a person made into fields.

A file is JSON, JSON Lines or TOML in the exchange shape of ``models.Item``. Everything
wrong with it is said at once, a sentence for each record and field; nothing is guessed.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple, NoReturn

from tracker.errors import InvalidInput
from tracker.exchange.conversion import convert
from tracker.exchange.entries import name_entries, named
from tracker.locale.translation import _
from tracker.model.records import SCHEMA, Document, Item
from tracker.model.validation import Problem, called, shown

FILE_LIMIT = 100_000_000
FORMS = ("json", "jsonl", "toml")

_ENVELOPE = ("schema", "as_of", "documents", "items", "errors")


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
    documents = [convert(each, Document, problems) for each in _listed(plain, "documents")]
    items = [
        convert(_completed(each, problems), Item, problems) for each in _listed(plain, "items")
    ]
    for item in filter(None, items):
        for indicator in item.indicators:
            name_entries(indicator)
        item.decisions = [named(each) for each in item.decisions]
    return Batch([d for d in documents if d], [i for i in items if i], problems)


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
