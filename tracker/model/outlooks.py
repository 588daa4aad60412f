"""What is foreseen of indicators: how each will stand if nothing more is reported or decided.

The rules foresee it (``assessment.spans``); stores keep it as an index, which they never
believe over the records.
"""

from datetime import date
from typing import TYPE_CHECKING, Literal, TypeAlias

from msgspec import Struct

if TYPE_CHECKING:
    from tracker.model.filters import Filter
    from tracker.model.records import Indicator, Initiative


class Span(Struct, frozen=True, array_like=True):
    """Days on which an indicator counts as the same; the gap moves in a straight line.

    Attributes:
        first: the first day.
        last: the last day.
        mark: what it counts as, as from ``mark_for_rollup``.
        gap: the gap on the first day, in points; None: there is none.
        last_gap: the gap on the last day.
    """

    first: date
    last: date
    mark: int
    gap: float | None = None
    last_gap: float | None = None


class Outlook(Struct, frozen=True, array_like=True):
    """How an indicator stands from a day on, if nothing more is reported or decided.

    Attributes:
        deadline: the deadline in judgement.
        owed_since: the last day of the first cycle without a report, once it is over.
        is_led: whether somebody leads it.
        spans: the days from the one asked about up to the last that can be foreseen, in
            order and without a hole.
    """

    deadline: date | None
    owed_since: date | None
    is_led: bool
    spans: list[Span]


def find_span(outlook: Outlook, day: date) -> Span | None:
    """Return the span that holds a day; None: that day is not foreseen."""
    return next((span for span in outlook.spans if span.first <= day <= span.last), None)


def estimate_gap_in_span(span: Span, day: date) -> float | None:
    """Return the gap on a day of a span, to two tenths of a point; None: there is none."""
    if span.gap is None or span.last_gap is None:
        return span.gap
    days = (span.first.toordinal(), span.last.toordinal(), day.toordinal())
    return interpolate_outlook_gap(span.gap, span.last_gap, *days)


def interpolate_outlook_gap(gap: float, last_gap: float, first: int, last: int, day: int) -> float:
    """Return the gap on a day between two others, all of them ordinals."""
    if gap == last_gap:
        return gap
    return gap + (last_gap - gap) * ((day - first) / (last - first))


class CountedIndicators(Struct, frozen=True):
    """Indicators that count as the same and are in the same groups.

    Attributes:
        initiative: their initiative, or one that has in common with it what is counted by.
        indicator: the indicator, or one that has the same in common with all of them.
        mark: what each counts as, as from ``mark_for_rollup``.
        number: how many they are.
        soon: how many of them have their deadline up to a day that was named.
    """

    initiative: "Initiative"
    indicator: "Indicator"
    mark: int
    number: int
    soon: int = 0


class Foreseen(Struct, frozen=True):
    """How one indicator stands on a day, out of an index.

    Attributes:
        id: the id of the indicator.
        gap: the gap, in points, within two tenths; None: there is none.
        deadline: the deadline in judgement.
        owed_since: the last day of the first cycle without a report.
    """

    id: str
    gap: float | None
    deadline: date | None
    owed_since: date | None


ForeseenOrder: TypeAlias = Literal["deadline", "nearest", "gap", "owed"]
"""By the deadline; by its distance from the day; by the gap, the worst first; by how long a
report is owed. What is the same is in the order of its id, by code points."""


class ForeseenWanted(Struct, frozen=True, kw_only=True):
    """Part of an index that is asked for; all conditions must be met.

    Attributes:
        marks: bits that the mark must have, as from ``assessment.rollup``.
        one_of: bits of which it must have one; 0: any or none.
        other_marks: bits of which it must have none.
        is_led: whether somebody leads it; None: either.
        has_gap: whether there is a gap; None: either.
        due_by: a day up to which its deadline is; None: any, or none.
        due_from: the day from which on it is, as the marks say already; for an index in the
            order of deadlines.
        where: a filter by fields that it may fit, perhaps not; for a ``GroupedForeseenIndex``
            only.
        among: the marks of those that fit that filter.
    """

    marks: int = 0
    one_of: int = 0
    other_marks: int = 0
    is_led: bool | None = None
    has_gap: bool | None = None
    due_by: date | None = None
    due_from: date | None = None
    where: "Filter | None" = None
    among: frozenset[int] = frozenset()


def is_mark_wanted(wanted: ForeseenWanted, mark: int) -> bool:
    """Tell whether a mark has the bits that are asked for, and none of the others."""
    return (
        mark & wanted.marks == wanted.marks
        and (not wanted.one_of or bool(mark & wanted.one_of))
        and not mark & wanted.other_marks
    )
