"""Tables of indicators."""

from datetime import date
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec

from tracker.ledger.answers import Listing
from tracker.locale.translation import _, _p
from tracker.model.assessment import Assessment
from tracker.model.quantities import format_quantity_value
from tracker.output.model import Column, Printed, Stream, Table, Value
from tracker.views.columns import (
    ASSESSMENT_KEYS,
    LIST_KEYS,
    RECORD_KEYS,
    SPARE_KEYS,
    build_view_columns,
    explain_view_column_mark,
    order_view_columns,
    tabulate_view_columns,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tracker.assessment.cycles import CycleResult
    from tracker.assessment.pace import Pace
    from tracker.assessment.parts import Whole


NO_NUMBERS = (None, None, None, None)


def tabulate_indicators_for_form(
    title: str, listing: Listing[list[Assessment]], brief: frozenset[str], *, as_data: bool
) -> Table:
    """Build a table of indicators, as data without the words that only people read."""
    if not as_data:
        return tabulate_indicators(title, listing, brief)
    rows: list[Any] = listing.items
    return Table(
        title=title,
        as_of=listing.as_of,
        columns=build_view_columns(ASSESSMENT_KEYS),
        rows=rows,
        items=rows,
        beside={"left_out": listing.left_out},
    )


def tabulate_indicators(
    title: str, listing: Listing[list[Assessment]], brief: frozenset[str] = LIST_KEYS
) -> Table:
    """Build a table of indicators; ``brief`` names the columns for people.

    Lists of every state show the state where it is not the same for all, and any list what
    was judged where somebody has judged.
    """
    if brief in {LIST_KEYS, RECORD_KEYS} and any(item.state != "active" for item in listing.items):
        brief |= {"state"}
    if any(item.judged for item in listing.items):
        brief |= {"judged"}
    if any(item.verdict for item in listing.items):
        brief |= {"verdict"}
    if any(item.notes for item in listing.items):
        brief |= {"notes"}
    if all(_list_numbers(item) == NO_NUMBERS for item in listing.items):
        brief -= {"target", "value"}
    if all(item.lead is None for item in listing.items):
        brief -= {"lead"}
    is_list = "why" not in brief
    rows = [_list_cells_of_indicators(item, is_list=is_list) for item in listing.items]
    columns = tuple(
        _finish_indicators_column(column, [row[at] for row in rows], is_list=is_list)
        for at, column in enumerate(build_view_columns(ASSESSMENT_KEYS, brief))
    )
    return Table(
        title=title,
        as_of=listing.as_of,
        columns=columns,
        rows=rows,
        items=listing.items,
        beside={"left_out": listing.left_out},
        finding=partial(_find_indicators_standing, listing),
    )


def _find_indicators_standing(listing: Listing[list[Assessment]]) -> list[str]:
    """Return the sentences that a page of a list begins with."""
    from tracker.views.findings import describe_finding_of_standing

    return describe_finding_of_standing(listing.items, listing.as_of)


def _finish_indicators_column(column: Column, cells: "Sequence[Value]", *, is_list: bool) -> Column:
    """Explain the mark of a column, and say whether a narrow terminal may leave it out."""
    if column.key == "id":
        # The page of one record is where people look its ids up.
        spare = len(SPARE_KEYS) + 1 if is_list else 0
        column = msgspec.structs.replace(column, spare=spare, last=True)
    elif column.key in SPARE_KEYS:
        column = msgspec.structs.replace(column, spare=SPARE_KEYS.index(column.key) + 1)
    return explain_view_column_mark(column, cells) if column.key == "deadline" else column


def _list_numbers(item: Assessment) -> tuple[object, ...]:
    """Return what a list shows as target or value."""
    return item.target, item.target_wording, item.value, item.latest_value


def _list_cells_of_indicators(assessment: Assessment, *, is_list: bool) -> tuple[Value, ...]:
    """Return a value for each field, what people read in other words with those."""
    from tracker.views.wording import word_assessment, word_name_in_list

    printed = word_assessment(assessment)
    if is_list:
        printed["name"] = word_name_in_list(assessment.initiative, assessment.name)
    fields = zip(ASSESSMENT_KEYS, msgspec.structs.astuple(assessment), strict=True)
    return tuple(printed.get(key, value) for key, value in fields)


def stream_indicators_view(passing: "Listing[Iterator[Assessment]]") -> Stream:
    """Build the list of indicators for programs, which see all columns, read while written."""
    return Stream(
        as_of=passing.as_of,
        columns=build_view_columns(ASSESSMENT_KEYS),
        rows=passing.items,
        beside={"left_out": passing.left_out},
    )


def tabulate_cycles_of_indicators(as_of: date, results: "Sequence[CycleResult]") -> Table:
    """Build a table of what became of the cycles of recurring promises."""
    from tracker.assessment.cycles import CycleResult

    brief = set(CycleResult.__struct_fields__)
    if len({result.id for result in results}) == 1:
        brief -= {"id"}
    if not any(result.verdict for result in results):
        brief -= {"verdict"}
    return tabulate_view_columns(_("cycles"), as_of, CycleResult, results, brief)


def tabulate_wholes_of_indicators(as_of: date, wholes: "Sequence[Whole]") -> Table:
    """Build a table of indicators that have parts: the value of each beside the sum, the share."""
    rows: list[tuple[Value, ...]] = []
    for whole in wholes:

        def print_value(value: Decimal | None, unit: str | None = whole.unit) -> Value:
            return (
                None if value is None else Printed(value, format_quantity_value(value, None, unit))
            )

        figures = map(print_value, (whole.value, whole.sum, whole.difference))
        rows.append((whole.id, whole.name, *figures, None))
        rows += [
            (part.id, f"  {part.name}", print_value(part.value), None, None, part.share_of_whole)
            for part in whole.parts
        ]
    keys = ("id", "name", "value", "sum", "difference", "share_of_whole")
    columns = order_view_columns(build_view_columns(keys), ("id",))
    return Table(title=_p("title", "parts"), as_of=as_of, columns=columns, rows=rows)


def tabulate_paces_of_indicators(as_of: date, all_paces: "Sequence[Pace]") -> Table:
    """Build a table of how fast indicators move: those with something left to do or a pace."""
    from tracker.assessment.pace import Pace

    moving = [
        pace
        for pace in all_paces
        if pace.per_month is not None or pace.needed_per_month is not None
    ]
    brief = {"id", "per_month", "needed_per_month", "met_by", "why"}
    return tabulate_view_columns(_("pace"), as_of, Pace, moving, brief)
