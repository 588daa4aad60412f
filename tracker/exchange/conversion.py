"""Convert plain data to records, and report all errors at once."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any, TypeVar, get_args

import msgspec
from msgspec import Struct

from tracker.locale.translation import _, later
from tracker.model.validation import Problem, quote_validated_id, quote_validated_value
from tracker.model.vocabulary import VOCABULARY

# Not compiled at import: they are needed only when something is wrong.
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
RecordT = TypeVar("RecordT", bound=Struct)


def convert_record(
    raw: Any,  # noqa: ANN401  # a file may hold anything
    kind: type[RecordT],
    problems: list[Problem],
) -> RecordT | None:
    """Convert plain data to a record; add what is wrong with it to ``problems``."""
    try:
        # Decimals are taken as they are: a text is no number, whatever its digits.
        return msgspec.convert(raw, kind, builtin_types=(Decimal,))
    except msgspec.ValidationError as error:
        name = (raw.get("id") or raw.get("name")) if isinstance(raw, dict) else None
        label = quote_validated_id(name) if name else _("a record without id")
        for wrong in _explain_conversion_errors(error, raw, kind):
            sentence = _("{id}: {wrong}").format(id=label, wrong=wrong)
            problems.append(Problem(record=str(name or ""), sentence=sentence))
        return None


def _explain_conversion_errors(
    error: msgspec.ValidationError,
    raw: Any,  # noqa: ANN401  # a file may hold anything
    kind: type[Struct],
) -> Iterator[str]:
    """Yield a sentence for each wrong field; each is left out of the record to find the next."""
    left_out: set[str] = set()
    for _attempt in range(_MOST_WRONG):
        stray = re.search(_FIELD, str(error))
        name = stray.group(1) if stray else ""
        is_missing = str(error).startswith("Object missing")
        if not (is_missing and name in left_out):
            yield explain_conversion_error(error, raw, kind)
        at = re.search(_AT, str(error))
        steps = [step or int(index) for step, index in re.findall(_STEP, at.group(1) if at else "")]
        if name and not is_missing:
            steps.append(name)
        if not steps:
            return
        raw, field = _drop_unconverted_field(raw, steps)
        left_out.add(field)
        try:
            msgspec.convert(raw, kind, builtin_types=(Decimal,))
        except msgspec.ValidationError as another:
            error = another
        else:
            return


def _drop_unconverted_field(raw: Any, steps: Sequence[str | int]) -> tuple[Any, str]:  # noqa: ANN401  # a file may hold anything
    """Return the record without the field at the end of the path, and the name of the field.

    Args:
        raw: the record; it is not changed.
        steps: the path, e.g. ("indicators", 0, "target").
    """
    field = str(steps[0])
    if field == "indicators" and len(steps) > 2:  # noqa: PLR2004  # the list, which one, its field
        own = list(raw[field])
        own[int(steps[1])], inner = _drop_unconverted_field(own[int(steps[1])], steps[2:])
        return raw | {field: own}, inner
    return {key: value for key, value in raw.items() if key != field}, field


def explain_conversion_error(
    error: msgspec.ValidationError, raw: object, kind: type[Struct]
) -> str:
    """Return a sentence on what a validation error means and what is allowed."""
    message = str(error)
    at = re.search(_AT, message)
    path = at.group(1).lstrip(".") if at else ""
    value, fields, field = raw, _list_conversion_field_types(kind), ""
    for name, index in re.findall(_STEP, "." + path if path else ""):
        field = name or field
        if name:
            fields = _list_conversion_field_types(fields.get(name))
        value = value[name or int(index)]  # type: ignore[index]  # msgspec's path is in the data
    if stray := re.search(_FIELD, message):
        sentence = _("{field} is no field of {path}; allowed: {allowed}")
        if message.startswith("Object missing"):
            sentence = _("{field} is missing in {path}")
        return sentence.format(
            field=quote_validated_value(stray.group(1)),
            path=path or _("the record"),
            allowed=", ".join(fields),
        )
    return _("{field} is {found}; allowed: {allowed}").format(
        field=path or _("the record"),
        found=quote_validated_value(value),
        allowed=_describe_conversion_choices(message, field),
    )


def _describe_conversion_choices(message: str, field: str) -> str:
    """Return what a field may hold: the words of its vocabulary, or the types it takes."""
    if field in VOCABULARY:
        return ", ".join(VOCABULARY[field])
    wanted = re.search(_WANTED, message)
    if wanted is None:
        # "Invalid RFC3339 encoded date", "Invalid decimal string" …
        word = next((word for word in ("datetime", "date", "decimal") if word in message), "")
        return _(_WORDS[word]) if word else message
    words = [word for word in wanted.group(1).split(" | ") if word != "null"]
    return _(" or ").join(_(_WORDS.get(word, word)) for word in words)


def _list_conversion_field_types(kind: Any) -> dict[str, Any]:  # noqa: ANN401  # any annotation
    """Return the fields, with their types, of the structure that a type is or is a list of."""
    if isinstance(kind, type) and issubclass(kind, Struct):
        return {info.name: info.type for info in msgspec.structs.fields(kind)}
    return next(filter(None, map(_list_conversion_field_types, get_args(kind))), {})
