"""Edit many records at once: all that fit a filter, as one change."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

import msgspec

from tracker.exchange.fields import build_record_from_fields
from tracker.ledger.view import LedgerView
from tracker.model.filters import (
    Filter,
    filters_assessments,
    fits_filter_of_assessment,
    fits_filter_of_record,
)
from tracker.model.names import fold_name
from tracker.model.records import Indicator, Initiative

BuildBulkFields: TypeAlias = Callable[[Initiative | Indicator], Mapping[str, Any]]
"""Builds the fields to be set of a record that fits; nothing where it stays as it is."""


class BulkChange(NamedTuple):
    """Change of one record among many.

    Attributes:
        before: the record as it is.
        after: the record as it is to be.
        fields: the fields that differ.
    """

    before: Initiative | Indicator
    after: Initiative | Indicator
    fields: tuple[str, ...]


def plan_bulk_edit(view: LedgerView, where: Filter, build: BuildBulkFields) -> list[BulkChange]:
    """Return what changes in the records that fit a filter, those left out that stay the same.

    Raises:
        InvalidInput: a field is not allowed, or a value not understood.
    """
    planned = []
    for record in _list_records_for_bulk_edit(view, where):
        fields = build(record)
        if not fields:
            continue
        after = build_record_from_fields(
            type(record), msgspec.structs.asdict(record) | dict(fields)
        )
        changed = [name for name in fields if getattr(record, name) != getattr(after, name)]
        if changed:
            planned.append(BulkChange(record, after, tuple(changed)))
    return planned


def _list_records_for_bulk_edit(
    view: LedgerView, where: Filter
) -> Iterator[Initiative | Indicator]:
    """Yield the initiatives that fit, or one of whose indicators does, and those indicators."""
    initiatives: dict[str, Initiative] = {}
    indicators: list[Indicator] = []
    asks_of_day = filters_assessments(where)
    for initiative, indicator in view.records.candidates(where):
        if fits_filter_of_record(where, initiative, indicator) and (
            not asks_of_day or fits_filter_of_assessment(where, view.assess(initiative, indicator))
        ):
            initiatives[initiative.id] = initiative
            indicators.append(indicator)
    for initiative in () if asks_of_day else view.records.initiatives(where):
        if fits_filter_of_record(where, initiative, None):
            initiatives[initiative.id] = initiative
    yield from initiatives.values()
    yield from indicators


def replace_names_in_bulk_edit(
    names: Sequence[str], wanted: Sequence[str], new: Sequence[str]
) -> list[str]:
    """Return a list of names with those that a filter asks for replaced; the others stay.

    Where one of them is called exactly so, what only contains it stays too.

    Args:
        names: the names of a record, such as its leads.
        wanted: the parts of names that the filter asks for.
        new: what stands in their place.
    """
    folded = [fold_name(part) for part in wanted]
    exact = [name for name in names if fold_name(name) in folded]
    parts = [name for name in names if any(part in fold_name(name) for part in folded)]
    replaced = exact or parts
    if not replaced:
        return list(names)
    at = list(names).index(replaced[0])
    kept = [name for name in names if name not in replaced]
    return list(dict.fromkeys([*kept[:at], *new, *kept[at:]]))
