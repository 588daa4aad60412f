"""Tables of indicators."""

from datetime import date
from typing import TYPE_CHECKING

from tracker.ledger.answers import Listing
from tracker.locale.translation import _
from tracker.model.assessment import Assessment
from tracker.output.model import Stream, Table
from tracker.views.columns import (
    ASSESSMENT_KEYS,
    LIST_KEYS,
    RECORD_KEYS,
    build_columns,
    tabulate_view_columns,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tracker.assessment.pace import Pace


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
    return tabulate_view_columns(title, listing.as_of, Assessment, listing.items, brief)


def stream_indicators_view(passing: "Listing[Iterator[Assessment]]") -> Stream:
    """Build the list of indicators for programs, which see all columns, read while written."""
    return Stream(as_of=passing.as_of, columns=build_columns(ASSESSMENT_KEYS), rows=passing.items)


def tabulate_paces(as_of: date, all_paces: "Sequence[Pace]") -> Table:
    """Build a table of how fast indicators move: those with something left to do or a pace."""
    from tracker.assessment.pace import Pace

    moving = [
        pace
        for pace in all_paces
        if pace.per_month is not None or pace.needed_per_month is not None
    ]
    brief = {"id", "per_month", "needed_per_month", "met_by", "why"}
    return tabulate_view_columns(_("pace"), as_of, Pace, moving, brief)
