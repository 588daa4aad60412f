"""Build record fields from what a person typed or a file holds."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

import msgspec

from tracker.errors import InvalidInput
from tracker.exchange.conversion import RecordT, explain_conversion_error
from tracker.locale.translation import _
from tracker.model.dates import (
    parse_day,
    parse_deadline_date,
    parse_effective_date,
    parse_start_date,
)
from tracker.model.quantities import (
    convert_unit,
    format_number,
    parse_quantity,
    parse_quantity_in_unit,
)
from tracker.model.records import APPENDED_LISTS, Deadline, Indicator, Initiative, Interim, Source
from tracker.model.validation import quote_value
from tracker.model.vocabulary import Basis

_NUMBERS = ("baseline", "target_high")
_DEADLINE = ("deadline", "deadline_wording", "basis")


def build_record_from_fields(kind: type[RecordT], fields: Mapping[str, Any]) -> RecordT:
    """Build a record of these fields, which may hold structures or plain data.

    Raises:
        InvalidInput: a field is not known, or its value is not allowed.
    """
    plain = msgspec.to_builtins(fields, builtin_types=(date, datetime, Decimal))
    try:
        return msgspec.convert(plain, kind)
    except msgspec.ValidationError as error:
        wrong = explain_conversion_error(error, plain, kind)
        sentence = _("{id}: {wrong}.") if fields.get("id") else _("{wrong}.")
        raise InvalidInput(sentence.format(id=fields.get("id"), wrong=wrong)) from None


def build_deadline_field(text: str, today: date, published_on: date | None) -> Deadline:
    """Parse a deadline as a person types it: a day, or a document's wording.

    Args:
        text: as for ``dates.parse_day``; a wording is kept.
        today: for +30d and the like.
        published_on: the day of the document that a wording like 今年 refers to.

    Raises:
        InvalidInput: it is not understood, or could be two days.
    """
    if text.isascii():
        return Deadline(on=parse_day(text, today), wording=None, basis="stated")
    reading = parse_deadline_date(text, published_on or today)
    if reading.yearly:
        return Deadline(on=None, wording=text, basis=reading.basis)
    on = parse_day(text, published_on or today)
    return Deadline(on=on, wording=text, basis=reading.basis)


def build_worded_deadline_field(
    on: date | None, wording: str | None, basis: Basis, published_on: date | None
) -> Deadline:
    """Build a deadline with its wording, and with the other day that the wording may mean."""
    loose = None
    if wording is not None:
        try:
            reading = parse_deadline_date(wording, published_on)
        except InvalidInput:
            # Kept as it is printed, although no rule understands it.
            reading = None
        if reading is not None and reading.ambiguous:
            loose = next((d for d in (reading.loose, reading.day) if d != on), None)
    return Deadline(on=on, wording=wording, basis=basis, loose=loose)


def parse_target_fields(text: str, unit: str | None) -> dict[str, Any]:
    """Parse a target as printed, such as 85%, 200个以上 or 1—2个, into fields of an indicator.

    Args:
        text: the target.
        unit: the unit of the indicator, if it has one already; the target is converted to it.

    Raises:
        InvalidInput: it is not understood, or in another unit.
    """
    quantity = parse_quantity(text)
    own = unit or quantity.unit or None

    def in_own_unit(number: Decimal | None) -> Decimal | None:
        if number is None or own is None or quantity.unit in {"", own}:
            return number
        return convert_unit(number, quantity.unit, own)

    fields = {
        "target": in_own_unit(quantity.value),
        "target_high": in_own_unit(quantity.high),
        "unit": own,
        "approximate": quantity.approximate,
    }
    return fields | ({"op": quantity.op} if quantity.op is not None else {})


def parse_revised_target_fields(text: str, indicator: Indicator) -> dict[str, Any]:
    """Parse a new target into fields of a revision; how it is compared stays as it is.

    Raises:
        InvalidInput: it is not understood, in another unit, or says 以上, 约 and the like
            where the indicator does not.
    """
    read = parse_target_fields(text, indicator.unit)
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
            ).format(id=indicator.id, found=quote_value(text))
        )
    return {key: read[key] for key in ("target", "target_high")}


class FieldReader(NamedTuple):
    """Days and callbacks that the typed fields of an indicator are read with.

    Attributes:
        today: the day that +30d and the like refer to.
        published_on: returns the day of the document that a source names, if it is known.
        remark: is called with a sentence that says how a day or value was understood.
    """

    today: date
    published_on: Callable[[Source | None], date | None]
    remark: Callable[[str], None]


def parse_typed_indicator_fields(
    typed: Mapping[str, Any], known: Indicator | None, reader: FieldReader
) -> dict[str, Any]:
    """Parse the fields of an indicator as a person types them.

    Args:
        typed: texts by field, as the flags of ``tracker add`` are called; the source is
            parsed already.
        known: the indicator that is edited, None for a new one.
        reader: the days that the texts refer to.

    Raises:
        InvalidInput: a text is not understood.
    """
    fields = dict(typed)
    unit = fields.get("unit", known.unit if known is not None else None)
    if "target" in fields:
        # A flag wins over what the target says, e.g. --op over 以上.
        fields = parse_target_fields(fields.pop("target"), unit) | fields
        unit = fields["unit"]
    for key in _NUMBERS:
        if isinstance(fields.get(key), str):
            fields[key] = parse_quantity_in_unit(fields[key], unit)
    fields |= _parse_indicator_day_fields(fields, reader)
    if "interim" in fields:
        fields["interim"] = [_parse_interim_field(text, unit, reader) for text in fields["interim"]]
    deadline = _parse_indicator_deadline_field(fields, known, reader)
    fields = {key: value for key, value in fields.items() if key not in _DEADLINE}
    if known is None and "measure" not in fields:
        numeric = any(key in fields for key in ("target", "unit", "baseline"))
        fields["measure"] = "number" if numeric else "milestone"
    return fields | deadline


def _parse_indicator_day_fields(fields: Mapping[str, Any], reader: FieldReader) -> dict[str, date]:
    """Parse the start, and the day of the baseline: 2022 is its end, as in 截至2022年底."""
    days = {}
    if "start" in fields:
        days["start"] = parse_start_date(fields["start"], reader.today)
        reader.remark(_("start: {day}").format(day=days["start"]))
    if "baseline_on" in fields:
        days["baseline_on"] = parse_day(fields["baseline_on"], reader.today)
        reader.remark(_("day of the baseline: {day}").format(day=days["baseline_on"]))
    return days


def _parse_interim_field(text: str, unit: str | None, reader: FieldReader) -> Interim:
    day, equals, value = text.partition("=")
    if not equals:
        sentence = _("--interim is DAY=VALUE, e.g. 2026-06-30=50; '{text}' has no value.")
        raise InvalidInput(sentence.format(text=text))
    interim = Interim(
        on=parse_effective_date(day, reader.today), value=parse_quantity_in_unit(value, unit)
    )
    point = f"{format_number(interim.value)} {unit or ''}".strip()
    reader.remark(_("interim point: {value} by {day}").format(value=point, day=interim.on))
    return interim


def _parse_indicator_deadline_field(
    fields: Mapping[str, Any], known: Indicator | None, reader: FieldReader
) -> dict[str, Deadline]:
    """Build the deadline of the fields that are typed and, of an edited one, of those it has."""
    if not any(key in fields for key in _DEADLINE):
        return {}
    source = fields.get("source") or (known.source if known is not None else None)
    old = known.deadline if known is not None else None
    if "deadline" in fields:
        deadline = build_deadline_field(
            fields["deadline"], reader.today, reader.published_on(source)
        )
        reader.remark(_("deadline: {day}").format(day=deadline.on or deadline.wording))
    elif old is not None:
        deadline = old
    else:
        raise InvalidInput(_("There is no deadline yet; give it with --deadline."))
    wording = fields.get("deadline_wording", deadline.wording)
    basis = fields.get("basis", deadline.basis)
    return {
        "deadline": build_worded_deadline_field(
            deadline.on, wording, basis, reader.published_on(source)
        )
    }


def empty_value(record: Initiative | Indicator, field: str) -> Any:  # noqa: ANN401  # of any field
    """Return what a field holds when it is cleared: an empty list, or its default.

    Raises:
        InvalidInput: there is no such field, or it cannot be empty.
    """
    kept = APPENDED_LISTS | {"recorded_at", "by"}
    clearable = {
        info.name: [] if isinstance(getattr(record, info.name), list) else info.default
        for info in msgspec.structs.fields(record)
        if not info.required and info.name not in kept
    }
    if field not in clearable:
        raise InvalidInput(
            _("{field} cannot be cleared; these can: {fields}.").format(
                field=field, fields=", ".join(clearable)
            )
        )
    return clearable[field]
