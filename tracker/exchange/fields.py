"""Build record fields from what a person typed or a file holds."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import msgspec

from tracker.errors import InvalidInput
from tracker.exchange.conversion import Made, explain
from tracker.locale.translation import _
from tracker.model.dates import parse_day, read_deadline
from tracker.model.quantities import convert, parse_quantity
from tracker.model.records import Deadline, Indicator
from tracker.model.validation import shown
from tracker.model.vocabulary import Basis


def made(kind: type[Made], fields: Mapping[str, Any]) -> Made:
    """A record of these fields, whatever structures they hold.

    Raises:
        InvalidInput: a field is not known, or its value is not allowed.
    """
    plain = msgspec.to_builtins(fields, builtin_types=(date, datetime, Decimal))
    try:
        return msgspec.convert(plain, kind)
    except msgspec.ValidationError as error:
        wrong = explain(error, plain, kind)
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
