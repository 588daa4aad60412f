"""Build record fields from what a person typed or a file holds."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

import msgspec

from tracker.errors import InvalidInput
from tracker.exchange.conversion import RecordT, explain_conversion_error
from tracker.locale.translation import _, translate_word
from tracker.model.dates import (
    NOWHERE,
    LocalDays,
    format_deadline_date,
    needs_document_date,
    parse_day,
    parse_deadline_date,
    parse_start_date,
)
from tracker.model.defaults import (
    begins_at_zero_by_default,
    choose_default_accumulation,
    choose_default_commitment,
    is_better_if_less_by_default,
)
from tracker.model.quantities import (
    HUNDRED,
    convert_quantity_unit,
    format_quantity,
    format_quantity_number,
    parse_quantity,
    parse_quantity_in_unit,
    refuse_bare_quantity,
)
from tracker.model.records import APPENDED_LISTS, Deadline, Indicator, Initiative, Interim, Source
from tracker.model.recurrence import (
    asks_for_more_than_once,
    names_other_cycle,
    read_recurrence,
)
from tracker.model.relative import (
    RelativeTarget,
    convert_relative_distance,
    read_relative_target,
    split_stretch_target,
)
from tracker.model.validation import quote_validated_value
from tracker.model.vocabulary import VOCABULARY, Accumulation, Basis, Recurrence

_NUMBERS = ("baseline", "target_high")
_RATES = frozenset({"%", "％"})
REVISED_TARGET = ("target", "target_high", "target_wording")
"""Fields of a target that a revision has too."""
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


def parse_source_field(text: str) -> Source | None:
    """Return ``DOCUMENT`` or ``DOCUMENT: place in it`` as a source; None names no document."""
    document, _colon, locator = text.partition(":")
    if not document.strip():
        return None
    return Source(document=document.strip(), locator=locator.strip() or None)


def build_deadline_field(
    text: str, today: date, published_on: date | None, local: LocalDays = NOWHERE
) -> Deadline:
    """Parse a deadline as a person types it: a day, or a document's wording.

    A wording that names no day (长期坚持), or many (每月底), is kept without one. One that may
    mean two days (2024年前) is kept with both, the earlier one in force.

    Args:
        text: as for ``dates.parse_day``; a wording is kept.
        today: for +30d and the like.
        published_on: the day of the document that a wording like 今年 refers to.
        local: the days of the place, for 汛期前 and 15个工作日内.

    Raises:
        InvalidInput: it is not understood.
    """
    if text.isascii():
        return Deadline(on=parse_day(text, today), wording=None, basis="stated")
    reading = parse_deadline_date(text, published_on or today, local)
    return Deadline(on=reading.day, wording=text, basis=reading.basis, loose=reading.loose)


def build_worded_deadline_field(
    on: date | None,
    wording: str | None,
    basis: Basis,
    published_on: date | None,
    local: LocalDays = NOWHERE,
) -> Deadline:
    """Build a deadline with its wording, and with the other day that the wording may mean."""
    loose = None
    if wording is not None:
        try:
            reading = parse_deadline_date(wording, published_on, local)
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
    promised, stretch = split_stretch_target(text)
    if stretch is not None:
        fields = parse_target_fields(promised, unit)
        return fields | {"stretch": _parse_stretch_field(stretch, fields["unit"])}
    if (relative := read_relative_target(promised)) is not None:
        return _build_relative_target_fields(promised, relative, unit)
    quantity = parse_quantity(promised)
    own = unit or quantity.unit or None

    def in_own_unit(number: Decimal | None) -> Decimal | None:
        if number is None or own is None or quantity.unit in {"", own}:
            return number
        return convert_quantity_unit(number, quantity.unit, own)

    if quantity.is_rank:
        if own not in {"名", "位"}:
            sentence = _("{found} is a place in an order; its unit is 名 or 位.")
            raise InvalidInput(sentence.format(found=quote_validated_value(text)))
        words = {"op": "<=", "direction": "down", "accumulation": "level", "unit": own}
        return {"target": quantity.value, "target_high": None, "approximate": False, **words}
    refuse_bare_quantity(quantity, own or "")
    fields = {
        "target": in_own_unit(quantity.value),
        "target_high": in_own_unit(quantity.high),
        "unit": own,
        "approximate": quantity.is_about,
    }
    return fields | ({"op": quantity.promised_op} if quantity.promised_op is not None else {})


def _parse_stretch_field(text: str, unit: str | None) -> Decimal:
    """Parse what is striven for, such as 120个以上, into a number in the unit of the target.

    Raises:
        InvalidInput: it is not understood, in another unit, or relative to the baseline.
    """
    if (relative := read_relative_target(text)) is not None:
        if relative.is_rate and unit in _RATES:
            return _read_rate_of_growth(relative)
        sentence = _("{found} is relative to the baseline; give what is striven for as a number.")
        raise InvalidInput(sentence.format(found=quote_validated_value(text)))
    quantity = parse_quantity(text)
    refuse_bare_quantity(quantity, unit or "")
    if quantity.unit in {"", unit or ""}:
        return quantity.value
    return convert_quantity_unit(quantity.value, quantity.unit, unit or "")


def _read_rate_of_growth(relative: RelativeTarget) -> Decimal:
    rate = (relative.factor - 1) * HUNDRED
    return Decimal(format(rate.normalize(), "f"))


def _build_relative_target_fields(
    text: str, relative: RelativeTarget, unit: str | None
) -> dict[str, Any]:
    """Return the fields of a target that is relative to the baseline, kept as it is printed.

    增长10% is a rate of growth where no other unit is known than that of a rate.
    """
    fields: dict[str, Any] = {"target_wording": text, "target_high": None}
    convert_relative_distance(relative, unit)
    fields |= {"op": relative.op, "unit": unit or relative.unit, "approximate": relative.is_about}
    if relative.is_rate and unit in {None, *_RATES}:
        rate = _read_rate_of_growth(relative)
        return fields | {"target": rate, "unit": unit or "%", "accumulation": "level"}
    direction = {} if relative.direction is None else {"direction": relative.direction}
    return fields | {"target": None} | direction


def parse_revised_target_fields(text: str, indicator: Indicator) -> dict[str, Any]:
    """Parse a new target into fields of a revision; how it is compared stays as it is.

    Raises:
        InvalidInput: it is not understood, in another unit, or says 以上, 约 and the like
            where the indicator does not.
    """
    read = parse_target_fields(text, indicator.unit)
    if "stretch" in read:
        sentence = _(
            "A revision changes what is promised; give {found} in two steps, what is striven for"
            " with: tracker edit {id} --stretch"
        )
        raise InvalidInput(sentence.format(id=indicator.id, found=quote_validated_value(text)))
    if indicator.unit is None and read["unit"] is not None:
        raise InvalidInput(
            _("{id} has no unit; give the number alone, or first: tracker edit {id} --unit").format(
                id=indicator.id
            )
        )
    usual = "<=" if indicator.direction == "down" else ">="
    op = read.get("op")
    # A range becomes a number and back: how it is judged follows from its direction.
    before = usual if indicator.op in {None, "range"} else indicator.op
    is_other = op not in {None, "range", before}
    if is_other or (read["approximate"] and not indicator.approximate):
        raise InvalidInput(
            _(
                "A revision changes the number of {id} and not how it is compared;"
                " {found} says more; give the number alone."
            ).format(id=indicator.id, found=quote_validated_value(text))
        )
    return {key: read[key] for key in REVISED_TARGET if key in read}


class FieldReader(NamedTuple):
    """Days and callbacks that the typed fields of an indicator are read with.

    Attributes:
        today: the day that +30d and the like refer to.
        published_on: returns the day of the document that a source names, if it is known.
        remark: is called with a sentence that says how a day or value was understood.
        local: the days of the place, for 汛期前 and 15个工作日内.
    """

    today: date
    published_on: Callable[[Source | None], date | None]
    remark: Callable[[str], None]
    local: LocalDays = NOWHERE

    def remark_on_deadline(self, deadline: Deadline) -> None:
        """Remark how a deadline was understood: its day, the loose one too, or that it has none."""
        day = format_deadline_date(deadline.on, None, deadline.loose)
        self.remark(_("deadline: {day}").format(day=day or deadline.wording))

    def remark_on_past(self, text: str, day: date | None, document_day: date | None) -> None:
        """Remark on words of a document that mean a day which is past, if none is named."""
        if (
            document_day is None
            and day is not None
            and day < self.today
            and needs_document_date(text)
        ):
            sentence = _(
                "'{text}' was read as {day}, which is past; if another year is meant, name the"
                " document with --source, or write the day."
            )
            self.remark(sentence.format(text=text, day=day))


def parse_typed_indicator_fields(
    typed: Mapping[str, Any],
    known: Indicator | None,
    reader: FieldReader,
    *,
    without_baseline: bool = False,
) -> dict[str, Any]:
    """Parse the fields of an indicator as a person types them.

    Args:
        typed: texts by field, as the flags of ``tracker add`` are called; the source is
            parsed already.
        known: the indicator that is edited, None for a new one.
        reader: the days that the texts refer to.
        without_baseline: leave a new count without a baseline, although it begins at 0.

    Raises:
        InvalidInput: a text is not understood.
    """
    fields = dict(typed)
    unit = fields.get("unit", known.unit if known is not None else None)
    if "target" in fields:
        fields = _parse_typed_target(fields, known, unit)
        unit = fields["unit"]
    texts = [key for key in _NUMBERS if isinstance(fields.get(key), str)]
    fields |= {key: parse_quantity_in_unit(fields[key], unit) for key in texts}
    if isinstance(fields.get("stretch"), str):
        fields["stretch"] = _parse_stretch_field(fields["stretch"], unit)
    # All days of one call mean the year of one document.
    source = fields.get("source") or (known.source if known is not None else None)
    document_day = reader.published_on(source)
    fields |= _parse_indicator_day_fields(fields, reader, document_day)
    if "interim" in fields:
        fields["interim"] = _parse_interim_field(fields["interim"], unit, reader, document_day)
    deadline = _parse_indicator_deadline_field(fields, known, reader, document_day)
    fields = {key: value for key, value in fields.items() if key not in _DEADLINE}
    if known is None and "measure" not in fields:
        numeric = any(key in fields for key in ("target", "unit", "baseline"))
        fields["measure"] = "number" if numeric else "milestone"
    fields |= deadline | _read_recurrence_field(fields | deadline, reader)
    if known is not None:
        return fields
    return default_indicator_fields(fields, reader, document_day, without_baseline=without_baseline)


def _parse_typed_target(
    typed: Mapping[str, Any], known: Indicator | None, unit: str | None
) -> dict[str, Any]:
    """Return the fields with the target among them parsed; the wording of a former one is gone."""
    fields = dict(typed)
    unit = unit or _read_baseline_unit(fields.get("baseline"), fields["target"])
    former = known.target_wording if known is not None else None
    cleared = {} if former is None else {"target_wording": None}
    # A flag wins over what the target says, e.g. --op over 以上.
    return cleared | parse_target_fields(fields.pop("target"), unit) | fields


def _read_baseline_unit(baseline: str | None, target: str) -> str | None:
    """Return the unit of a baseline that a relative target goes by; None: it goes by none."""
    if baseline is None or read_relative_target(target) is None:
        return None
    return parse_quantity(baseline).unit or None


def read_revision_fields(
    typed: Mapping[str, Any], indicator: Indicator, reader: FieldReader
) -> dict[str, Any]:
    """Parse the target, the deadline and the interim points of a revision, as far as given.

    Args:
        typed: texts by field, and the source, parsed.
        indicator: the indicator that is revised.
        reader: the days that the texts refer to.

    Raises:
        InvalidInput: a text is not understood, or changes how the target is compared.
    """
    document_day = reader.published_on(typed.get("source"))
    fields: dict[str, Any] = {}
    if typed.get("target") is not None:
        fields |= parse_revised_target_fields(typed["target"], indicator)
    if typed.get("deadline") is not None:
        deadline = build_deadline_field(typed["deadline"], reader.today, document_day, reader.local)
        reader.remark_on_past(typed["deadline"], deadline.on, document_day)
        fields["deadline"] = deadline
    if typed.get("interim"):
        fields["interim"] = _parse_interim_field(
            typed["interim"], indicator.unit, reader, document_day
        )
    return fields


def _parse_interim_field(
    texts: Sequence[str], unit: str | None, reader: FieldReader, document_day: date | None
) -> list[Interim]:
    return [_read_interim_point_field(text, unit, reader, document_day) for text in texts]


def default_indicator_fields(
    fields: Mapping[str, Any],
    reader: FieldReader,
    document_day: date | None,
    *,
    without_baseline: bool = False,
) -> dict[str, Any]:
    """Return the fields of a new indicator with what is meant where nothing is said."""
    name, unit, target = fields.get("name", ""), fields.get("unit"), fields.get("target")
    filled = dict(fields)
    if fields["measure"] == "number" and "accumulation" not in fields:
        filled["accumulation"] = _default_accumulation_field(name, unit, reader)
    says_nothing = fields.get("direction") is None and fields.get("op") in {None, "range"}
    if target is not None and says_nothing and is_better_if_less_by_default(name):
        reader.remark(_("direction: down, by its name; say --direction up if more is better"))
    if "commitment" not in fields:
        has_deadline = (fields.get("deadline"), fields.get("recurs")) != (None, None)
        has_target = (target, fields.get("target_wording")) != (None, None)
        commitment = choose_default_commitment(has_target=has_target, has_deadline=has_deadline)
        filled |= {"commitment": commitment} if commitment is not None else {}
    if (
        without_baseline
        or "baseline" in fields
        or target is None
        or target < 0
        or fields.get("direction") not in {None, "up"}
        or not begins_at_zero_by_default(name, unit, filled["accumulation"])
    ):
        return filled
    filled["baseline"] = Decimal(0)
    first = document_day.replace(month=1, day=1) if document_day is not None else None
    on = fields.get("start") or first
    if on is not None and "baseline_on" not in fields:
        filled["baseline_on"] = on
    reader.remark(
        _("baseline: {value}, because it counts what is added; --no-baseline leaves it out").format(
            value=format_quantity(Decimal(0), unit)
        )
    )
    return filled


def _default_accumulation_field(name: str, unit: str | None, reader: FieldReader) -> Accumulation:
    """Return how values add up where nobody says, and remark on a level."""
    accumulation = choose_default_accumulation(unit, name)
    if accumulation == "level":
        is_by_unit = choose_default_accumulation(unit, "") == "level"
        by_unit, by_name = (
            _("accumulation: level, by its unit"),
            _("accumulation: level, by its name"),
        )
        reader.remark(by_unit if is_by_unit else by_name)
    return accumulation


def _parse_indicator_day_fields(
    fields: Mapping[str, Any], reader: FieldReader, document_day: date | None
) -> dict[str, date]:
    """Parse the start, and the day of the baseline: 2022 is its end, as in 截至2022年底."""
    days = {}
    if "start" in fields:
        days["start"] = parse_start_date(fields["start"], reader.today, document_day, reader.local)
        reader.remark(_("start: {day}").format(day=days["start"]))
    if "baseline_on" in fields:
        days["baseline_on"] = parse_day(
            fields["baseline_on"], reader.today, document_day, reader.local
        )
        reader.remark(_("day of the baseline: {day}").format(day=days["baseline_on"]))
    return days


def _read_interim_point_field(
    text: str, unit: str | None, reader: FieldReader, document_day: date | None
) -> Interim:
    """Parse an interim point as a person types it, such as 2026-06-30=50万户.

    Raises:
        InvalidInput: it is not understood.
    """
    day, equals, value = text.partition("=")
    if not equals:
        sentence = _("--interim is DAY=VALUE, e.g. 2026-06-30=50; '{text}' has no value.")
        raise InvalidInput(sentence.format(text=text))
    on = parse_day(day, reader.today, document_day, reader.local)
    interim = Interim(on=on, value=parse_quantity_in_unit(value, unit))
    point = f"{format_quantity_number(interim.value)} {unit or ''}".strip()
    reader.remark(_("interim point: {value} by {day}").format(value=point, day=interim.on))
    reader.remark_on_past(day, on, document_day)
    return interim


def _parse_indicator_deadline_field(
    fields: Mapping[str, Any],
    known: Indicator | None,
    reader: FieldReader,
    document_day: date | None,
) -> dict[str, Deadline]:
    """Build the deadline of the fields that are typed and, of an edited one, of those it has."""
    if not any(key in fields for key in _DEADLINE):
        return {}
    old = known.deadline if known is not None else None
    if "deadline" in fields:
        typed = fields["deadline"]
        deadline = build_deadline_field(typed, reader.today, document_day, reader.local)
        reader.remark_on_deadline(deadline)
        reader.remark_on_past(typed, deadline.on, document_day)
    elif old is not None and (old.on is not None or "deadline_wording" not in fields):
        deadline = old
    elif "deadline_wording" in fields:
        deadline = _read_deadline_wording_field(fields["deadline_wording"], reader, document_day)
    else:
        raise InvalidInput(_("There is no deadline yet; give it with --deadline."))
    wording = fields.get("deadline_wording", deadline.wording)
    basis = fields.get("basis", deadline.basis)
    if wording == deadline.wording:
        return {"deadline": msgspec.structs.replace(deadline, basis=basis)}
    return {
        "deadline": build_worded_deadline_field(
            deadline.on, wording, basis, document_day, reader.local
        )
    }


def _read_recurrence_field(fields: Mapping[str, Any], reader: FieldReader) -> dict[str, Recurrence]:
    """Read out of the words of a new deadline how often it comes again, unless that is given."""
    deadline = fields.get("deadline")
    if deadline is None or deadline.wording is None or "recurs" in fields:
        return {}
    recurs = read_recurrence(deadline.wording)
    wording = quote_validated_value(deadline.wording)
    if recurs is None:
        if deadline.on is None and names_other_cycle(deadline.wording):
            sentence = _(
                "{wording} is kept as it is printed, but is no cycle to judge by; the nearest one"
                " can be set with --every {cycles}"
            )
            cycles = "|".join(VOCABULARY["recurs"])
            reader.remark(sentence.format(wording=wording, cycles=cycles))
        return {}
    reader.remark(_("comes again every {cycle}").format(cycle=translate_word("recurs", recurs)))
    if fields.get("target") is None and asks_for_more_than_once(deadline.wording):
        sentence = _(
            "{wording} asks for more than one in each cycle, and one report meets a milestone;"
            " to count them, give a --target and --accumulation increment"
        )
        reader.remark(sentence.format(wording=wording))
    return {"recurs": recurs}


def _read_deadline_wording_field(
    wording: str, reader: FieldReader, document_day: date | None
) -> Deadline:
    """Build the deadline of a wording that stands alone: with its day, if it has one."""
    try:
        parse_deadline_date(wording, document_day or reader.today, reader.local)
    except InvalidInput:
        # Kept as it is printed, although no rule understands it.
        reader.remark(
            _("no day is known of {wording}; if there is one, give it with --deadline").format(
                wording=quote_validated_value(wording)
            )
        )
        return Deadline(on=None, wording=wording)
    deadline = build_deadline_field(wording, reader.today, document_day, reader.local)
    reader.remark_on_deadline(deadline)
    reader.remark_on_past(wording, deadline.on, document_day)
    return deadline


def find_empty_field_value(record: Initiative | Indicator, field: str) -> Any:  # noqa: ANN401  # of any field
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
