"""Tables of indicators."""

from datetime import date
from typing import TYPE_CHECKING

import msgspec

from tracker.ledger.answers import Listing
from tracker.locale.translation import _
from tracker.model.assessment import Assessment
from tracker.output.model import Stream, Table, Value
from tracker.views.columns import FIELDS, LIST, OWN, columns_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tracker.assessment.pace import Pace


def indicators(title: str, found: Listing[list[Assessment]], brief: frozenset[str] = LIST) -> Table:
    """A list of indicators; ``brief`` names the columns for people.

    Lists of every state show the state where it is not the same for all, and any list what
    was judged where somebody has judged.
    """
    if brief in {LIST, OWN} and any(each.state != "active" for each in found.items):
        brief |= {"state"}
    if any(each.judged for each in found.items):
        brief |= {"judged"}
    columns = columns_of(FIELDS, brief)
    rows: list[tuple[Value, ...]] = [msgspec.structs.astuple(each) for each in found.items]
    return Table(title=title, as_of=found.as_of, columns=columns, rows=rows)


def passing_indicators(found: "Listing[Iterator[Assessment]]") -> Stream:
    """The same list for programs, which see all columns: made while it is read."""
    rows: Iterable[tuple[Value, ...]] = map(msgspec.structs.astuple, found.items)
    return Stream(as_of=found.as_of, columns=columns_of(FIELDS, ()), rows=rows)


def paces(as_of: date, found: "Sequence[Pace]") -> Table:
    """How fast indicators move; only those that have something left to do or a pace."""
    from tracker.assessment.pace import Pace

    names = Pace.__struct_fields__
    rows: list[tuple[Value, ...]] = [
        tuple(getattr(each, name) for name in names)
        for each in found
        if each.per_month is not None or each.needed_per_month is not None
    ]
    brief = {"id", "per_month", "needed_per_month", "met_by", "why"}
    return Table(title=_("pace"), as_of=as_of, columns=columns_of(names, brief), rows=rows)
