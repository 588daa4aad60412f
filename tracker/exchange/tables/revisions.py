"""Read the targets and deadlines that a table prints as revised, beside the first ones."""

import re
from typing import Any

from msgspec.structs import replace

from tracker.exchange.fields import parse_revised_target_fields
from tracker.exchange.spreadsheets import Cell
from tracker.exchange.tables.amounts import clean_text_around_amounts
from tracker.exchange.tables.times import TableDays, read_deadline_time_of_cell
from tracker.model.records import IndicatorItem

_NUMBER_ALONE = r"[≤≥<>]?\s*-?\d[\d,]*(?:\.\d+)?"


def read_revised_target_of_cell(cell: Cell, indicator: IndicatorItem) -> dict[str, Any]:
    """Return the fields of a revision; none where the target stays as it is.

    Args:
        cell: the revised target; a number alone is in the unit of the indicator.
        indicator: the indicator with its first target.

    Raises:
        InvalidInput: it is no target, in another unit, or compared in another way.
    """
    text = clean_text_around_amounts(cell.text)
    if re.fullmatch(_NUMBER_ALONE, text):
        text = f"{text}{indicator.unit or ''}"
    fields = parse_revised_target_fields(text, replace(indicator, id=indicator.name))
    is_same = (fields["target"], fields["target_high"]) == (
        indicator.target,
        indicator.target_high,
    )
    return {} if is_same else fields


def read_revised_deadline_of_cell(
    cell: Cell, indicator: IndicatorItem, days: TableDays
) -> dict[str, Any]:
    """Return the fields of a revision; none where the deadline stays as it is.

    Raises:
        InvalidInput: it is not understood.
    """
    deadline = read_deadline_time_of_cell(cell, days)
    first = indicator.deadline
    is_same = first is not None and (first.on, first.on or first.wording) == (
        deadline.on,
        deadline.on or deadline.wording,
    )
    return {} if is_same else {"deadline": deadline}
