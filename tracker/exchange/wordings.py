"""Read the wordings that a person writes into a file, as the flags of the commands take them.

target = "2.6亿元" and deadline = "2025年底" become numbers and days; what a program writes,
numbers and ISO days, stays as it is.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec

from tracker.errors import InvalidInput
from tracker.exchange.fields import (
    REVISED_TARGET,
    FieldReader,
    build_deadline_field,
    parse_source_field,
    parse_target_fields,
    parse_typed_indicator_fields,
)
from tracker.locale.translation import _
from tracker.model.dates import parse_effective_date
from tracker.model.leads import split_leads
from tracker.model.quantities import parse_quantity_in_unit, parse_reported_amount
from tracker.model.records import Source
from tracker.model.recurrence import read_recurrence
from tracker.model.validation import Problem, quote_validated_id

_ISO_DAY = r"\d{4}-\d\d-\d\d"
_TYPED = ("target", "target_high", "stretch", "baseline", "deadline", "start", "baseline_on")
_SPLIT = ("support", "aliases", "tags")
_OWN = ("name", "unit", "measure", "op", "direction", "accumulation", "commitment", "recurs")


def read_item_wordings(
    raw: dict[str, Any],
    reader: FieldReader,
    problems: list[Problem],
    *,
    begins_at_zero: bool,
) -> dict[str, Any]:
    """Return an initiative of a file with its wordings read; add what is not understood.

    Args:
        raw: the initiative as it stands in the file.
        reader: the days that the wordings refer to.
        problems: is added to.
        begins_at_zero: give a new count of what is added the baseline 0.
    """
    split = {key: split_leads(raw[key]) for key in _SPLIT if isinstance(raw.get(key), str)}
    read = raw | split
    if isinstance(read.get("sources"), list):
        read["sources"] = [_read_source_wording(each) for each in read["sources"]]
    if isinstance(read.get("indicators"), list):
        read["indicators"] = [
            _read_indicator_wordings(each, reader, problems, begins_at_zero=begins_at_zero)
            if isinstance(each, dict)
            else each
            for each in read["indicators"]
        ]
    return read


def _read_source_wording(raw: Any) -> Any:  # noqa: ANN401  # a file may hold anything
    source = parse_source_field(raw) if isinstance(raw, str) else None
    return raw if source is None else msgspec.to_builtins(source)


def _read_indicator_wordings(
    raw: dict[str, Any],
    reader: FieldReader,
    problems: list[Problem],
    *,
    begins_at_zero: bool,
) -> dict[str, Any]:
    label = _label_worded_indicator(raw)

    def note(field: str, error: InvalidInput) -> None:
        wrong = _("{id}: {field}: {wrong}").format(
            id=label, field=field, wrong=error.sentence.rstrip(".")
        )
        problems.append(Problem(record=str(raw.get("id") or ""), sentence=wrong))

    read = dict(raw)
    if "source" in read:
        read["source"] = _read_source_wording(read["source"])
    typed = {key: read[key] for key in _TYPED if _is_worded(read.get(key), key)}
    if typed:
        try:
            read = _read_typed_field_wordings(read, typed, reader, begins_at_zero=begins_at_zero)
        except InvalidInput as error:
            note(", ".join(typed), error)
            read = {key: value for key, value in read.items() if key not in typed}
    if "recurs" not in read and (recurs := _read_recurrence_wording(read.get("deadline"))):
        read["recurs"] = recurs
    source = _find_source_by_wording(read.get("source"))
    for name in ("updates", "revisions"):
        if isinstance(read.get(name), list):
            read[name] = [
                _read_entry_wordings(entry, read.get("unit"), source, reader, note)
                for entry in read[name]
            ]
    return read


def _read_recurrence_wording(deadline: object) -> str | None:
    """Return how often a deadline without a day comes again by its words; None: once."""
    if not isinstance(deadline, dict) or deadline.get("on") is not None:
        return None
    wording = deadline.get("wording")
    return read_recurrence(wording) if isinstance(wording, str) else None


def _read_typed_field_wordings(
    raw: dict[str, Any], typed: Mapping[str, str], reader: FieldReader, *, begins_at_zero: bool
) -> dict[str, Any]:
    """Return an indicator with what is typed of its promise as numbers and days.

    Raises:
        InvalidInput: a text is not understood.
    """
    own = {key: raw[key] for key in _OWN if key in raw}
    updates = [each for each in raw.get("updates") or [] if isinstance(each, dict)]
    numbers = [raw.get(key) for key in ("target", "unit", "baseline")]
    numbers += [each.get("value") for each in updates]
    if "measure" not in own and raw.get("name"):
        own["measure"] = "milestone" if all(each is None for each in numbers) else "number"
    label = _label_worded_indicator(raw)
    named = reader._replace(
        remark=lambda remark: reader.remark(_("{id}: {wrong}").format(id=label, wrong=remark))
    )
    fields = own | dict(typed) | {"source": _find_source_by_wording(raw.get("source"))}
    without = not begins_at_zero or "baseline" in raw
    read = parse_typed_indicator_fields(fields, None, named, without_baseline=without)
    del read["source"]
    plain: dict[str, Any] = msgspec.to_builtins(read, builtin_types=(Decimal,))
    return plain | {key: value for key, value in raw.items() if key not in typed}


def _read_entry_wordings(
    raw: Any,  # noqa: ANN401  # a file may hold anything
    unit: str | None,
    source: Source | None,
    reader: FieldReader,
    note: Callable[[str, InvalidInput], None],
) -> Any:  # noqa: ANN401  # a file may hold anything
    """Return a report or a revision with its typed amounts and days as numbers and days."""
    if not isinstance(raw, dict):
        return raw
    read = raw | ({"source": _read_source_wording(raw["source"])} if "source" in raw else {})
    document_day = reader.published_on(_find_source_by_wording(read.get("source")) or source)
    for field, read_field in _ENTRY_READERS.items():
        text = read.get(field)
        if text is not None and _is_worded(text, field):
            try:
                read |= read_field(text, unit, reader, document_day)
            except InvalidInput as error:
                note(field, error)
                del read[field]
    return read


def _read_day_wording_of_entry(
    text: str, _unit: str | None, reader: FieldReader, document_day: date | None
) -> dict[str, Any]:
    return {"on": parse_effective_date(text, reader.today, document_day).isoformat()}


def _read_value_wording_of_entry(
    text: str, unit: str | None, _reader: FieldReader, _document_day: date | None
) -> dict[str, Any]:
    amount = parse_reported_amount(text, unit)
    bound = {"qualifier": amount.qualifier} if amount.qualifier is not None else {}
    return {"value": amount.value, **bound}


def _read_share_wording_of_entry(
    text: str, _unit: str | None, _reader: FieldReader, _document_day: date | None
) -> dict[str, Any]:
    return {"share_of_plan": parse_quantity_in_unit(text, "%")}


def _read_target_wording_of_entry(
    text: str, unit: str | None, _reader: FieldReader, _document_day: date | None
) -> dict[str, Any]:
    fields = parse_target_fields(text, unit)
    return {key: fields[key] for key in REVISED_TARGET if key in fields}


def _read_deadline_wording_of_entry(
    text: str, _unit: str | None, reader: FieldReader, document_day: date | None
) -> dict[str, Any]:
    deadline = build_deadline_field(text, reader.today, document_day, reader.local)
    return {"deadline": msgspec.to_builtins(deadline)}


_ENTRY_READERS = {
    "on": _read_day_wording_of_entry,
    "value": _read_value_wording_of_entry,
    "share_of_plan": _read_share_wording_of_entry,
    "target": _read_target_wording_of_entry,
    "deadline": _read_deadline_wording_of_entry,
}


def _is_worded(value: object, field: str) -> bool:
    """Return whether a field is written as a person writes it: a text that is no ISO day.

    A deadline as a text is never the structure that a program writes.
    """
    if not isinstance(value, str):
        return False
    return field == "deadline" or re.fullmatch(_ISO_DAY, value) is None


def _label_worded_indicator(raw: Mapping[str, Any]) -> str:
    """Return what sentences call an indicator of a file: its id if it has one, else its name."""
    record_id = str(raw.get("id") or "")
    return quote_validated_id(
        record_id if record_id.partition(".")[2] else raw.get("name") or record_id
    )


def _find_source_by_wording(raw: object) -> Source | None:
    document = raw.get("document") if isinstance(raw, dict) else None
    return Source(document=document) if isinstance(document, str) else None


def find_day_by_wording_in_batch(documents: list[Any], source: Source | None) -> date | None:
    """Return the day of a document of the same file that a source names by id or title."""
    for document in documents if source is not None else ():
        names = (document.get("id"), document.get("title")) if isinstance(document, dict) else ()
        published = document.get("published") if names else None
        if source is not None and source.document in names:
            try:
                return msgspec.convert(published, date)
            except msgspec.ValidationError:
                return None
    return None
