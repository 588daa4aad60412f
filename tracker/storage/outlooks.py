"""Index of what was foreseen, held in memory: for stores that read the whole of it at once.

It is complete for the records that it was made of: what cannot be foreseen of an indicator
stands there as None. What was changed since is taken out of it.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from datetime import date
from heapq import nsmallest
from typing import NamedTuple, TypeAlias

import msgspec
from msgspec import Struct

from tracker.model.commits import Change
from tracker.model.outlooks import (
    Foreseen,
    ForeseenOrder,
    ForeseenWanted,
    Outlook,
    Span,
    estimate_gap_in_span,
    find_span,
    is_mark_wanted,
)
from tracker.model.records import Initiative

GAP_MARGIN = 0.4
"""Points by which two gaps of an index may be in the wrong order: two tenths each."""

MOST_UNFORESEEN = 0.2
"""Share of the indicators up to which it is cheaper to judge them than to judge all."""

FEW_UNFORESEEN = 100
"""Indicators that may be judged always."""

_Found: TypeAlias = tuple[str, Outlook, Span]


class KeptOutlooks(Struct, frozen=True):
    """What was foreseen of all indicators by some rules, by id."""

    rules: str
    outlooks: Mapping[str, Outlook | None]


class OutlookTable:
    """What was foreseen of indicators, by id, for questions about one day.

    Args:
        outlooks: what was foreseen of each; None: nothing.
        day: the day.

    Attributes:
        unforeseen: the ids of those of which nothing is known on that day.
    """

    def __init__(self, outlooks: Mapping[str, Outlook | None], day: date) -> None:
        self._day = day
        self._found: list[_Found] = []
        self.unforeseen: list[str] = []
        for key, outlook in outlooks.items():
            span = None if outlook is None else find_span(outlook, day)
            if outlook is None or span is None:
                self.unforeseen.append(key)
            else:
                self._found.append((key, outlook, span))

    @property
    def is_worth_reading(self) -> bool:
        """Whether so much was foreseen that it is cheaper than to judge everything."""
        number = len(self.unforeseen)
        return are_outlooks_worth_reading(number, len(self._found) + number)

    def count(self, due_by: date | None = None) -> Mapping[int, int]:
        """Return the marks, each with the number of those that have it, as ``ForeseenIndex``."""
        if due_by is None:
            return Counter(span.mark for _key, _outlook, span in self._found)
        return Counter(
            span.mark
            for _key, outlook, span in self._found
            if outlook.deadline is not None and outlook.deadline <= due_by
        )

    def rank(self, wanted: ForeseenWanted, order: ForeseenOrder, limit: int) -> list[Foreseen]:
        """Return the first so many, and what may belong among them, as ``ForeseenIndex``."""
        rank = _RANKS[order]
        ranked = [
            (rank(outlook, span, self._day), key, outlook, span)
            for key, outlook, span in self._select(wanted)
        ]
        first = nsmallest(limit, ranked, key=lambda each: each[:2])
        if first and order in _MARGINS:
            end = first[-1][0] + _MARGINS[order]
            first = [each for each in ranked if each[0] <= end]
        return [
            Foreseen(
                key, estimate_gap_in_span(span, self._day), outlook.deadline, outlook.owed_since
            )
            for _rank, key, outlook, span in first
        ]

    def list_ids(self, wanted: Iterable[ForeseenWanted]) -> list[str]:
        """Return the ids of what meets one of some conditions, and of what is not foreseen."""
        ids = {found[0]: None for each in wanted for found in self._select(each)}
        return [*ids, *self.unforeseen]

    def _select(self, wanted: ForeseenWanted) -> Iterator[_Found]:
        for found in self._found:
            _key, outlook, span = found
            if not is_mark_wanted(wanted, span.mark):
                continue
            if wanted.is_led not in {None, outlook.is_led}:
                continue
            if wanted.has_gap not in {None, span.gap is not None}:
                continue
            if is_deadline_wanted(wanted, outlook.deadline):
                yield found


def is_deadline_wanted(wanted: ForeseenWanted, deadline: date | None) -> bool:
    """Return whether a deadline is between the days that are asked for."""
    if deadline is None:
        return wanted.due_by is None and wanted.due_from is None
    return (wanted.due_from or date.min) <= deadline <= (wanted.due_by or date.max)


def _rank_outlook_by_deadline(outlook: Outlook, _span: Span, _day: date) -> float:
    return (outlook.deadline or date.max).toordinal()


def _rank_outlook_by_distance(outlook: Outlook, _span: Span, day: date) -> float:
    return abs(_rank_outlook_by_deadline(outlook, _span, day) - day.toordinal())


def _rank_outlook_by_gap(_outlook: Outlook, span: Span, day: date) -> float:
    return estimate_gap_in_span(span, day) or 0


def _rank_outlook_by_owed(outlook: Outlook, _span: Span, _day: date) -> float:
    return (outlook.owed_since or date.max).toordinal()


_RANKS: Mapping[ForeseenOrder, Callable[[Outlook, Span, date], float]] = {
    "deadline": _rank_outlook_by_deadline,
    "nearest": _rank_outlook_by_distance,
    "gap": _rank_outlook_by_gap,
    "owed": _rank_outlook_by_owed,
}

_MARGINS: Mapping[ForeseenOrder, float] = {"nearest": 0, "gap": GAP_MARGIN}
"""By how much more than the last one some may have that belong among the first."""


def are_outlooks_worth_reading(unforeseen: int, everything: int) -> bool:
    """Return whether so much was foreseen that it is cheaper than to judge everything."""
    return unforeseen <= max(MOST_UNFORESEEN * everything, FEW_UNFORESEEN)


def keep_outlooks(
    kept: KeptOutlooks,
    changes: Iterable[Change],
    list_children: Callable[[Collection[str]], Iterable[Initiative]],
    new: Mapping[str, Outlook | None],
) -> KeptOutlooks:
    """Return what is kept after some changes, with what was foreseen anew."""
    outlooks = update_outlooks(kept.outlooks, changes, list_children)
    return KeptOutlooks(kept.rules, outlooks | {key: new[key] for key in new if key in outlooks})


def update_outlooks(
    outlooks: Mapping[str, Outlook | None],
    changes: Iterable[Change],
    list_children: Callable[[Collection[str]], Iterable[Initiative]],
) -> dict[str, Outlook | None]:
    """Return what is foreseen still after some changes, complete again.

    Args:
        outlooks: what was foreseen before.
        changes: what has happened since.
        list_children: returns the initiatives right below some, after the changes.
    """
    concerned = find_concerned_outlooks(changes, list_children)
    updated: dict[str, Outlook | None] = dict(outlooks)
    if concerned is None:
        return dict.fromkeys(updated)
    for key, is_there in concerned.ids.items():
        updated[key] = None
        if not is_there:
            del updated[key]
    updated |= dict.fromkeys(concerned.wholes & set(updated))
    if not concerned.owners:
        return updated
    return {
        key: None if key.partition(".")[0] in concerned.owners else outlook
        for key, outlook in updated.items()
    }


class ConcernedOutlooks(NamedTuple):
    """Indicators of which nothing is foreseen any more after some changes.

    Attributes:
        ids: those that were changed, and whether they are there.
        wholes: those of which a changed one was, or becomes, a part.
        owners: the initiatives all of whose indicators are concerned.
    """

    ids: Mapping[str, bool]
    wholes: AbstractSet[str]
    owners: Collection[str]

    def includes(self, indicator_id: str) -> bool:
        """Return whether an indicator is one of them."""
        return (
            indicator_id in self.ids
            or indicator_id in self.wholes
            or indicator_id.partition(".")[0] in self.owners
        )


def find_concerned_outlooks(
    changes: Iterable[Change], list_children: Callable[[Collection[str]], Iterable[Initiative]]
) -> ConcernedOutlooks | None:
    """Return of which indicators nothing is foreseen any more after some changes; None: of any.

    Args:
        changes: what has happened since.
        list_children: returns the initiatives right below some, after the changes.
    """
    ids: dict[str, bool] = {}
    wholes: set[str] = set()
    owners: set[str] = set()
    for change in changes:
        if change.table == "indicators":
            ids[change.id] = change.op != "remove"
            wholes |= _list_wholes_of_changed_outlook(change)
        elif change.op == "create":
            # What names a document or an initiative comes after it.
            continue
        elif change.table == "initiatives":
            owners.add(change.id)
        elif change.table == "documents":
            return None
    level = owners
    while level:
        level = {child.id for child in list_children(level)} - owners
        owners = owners | level
    return ConcernedOutlooks(ids, wholes, owners)


def _list_wholes_of_changed_outlook(change: Change) -> set[str]:
    """Return the ids of the indicators of which a changed one was, or becomes, a part."""
    if change.op == "append":
        return set()
    parts = (bytes(part) for part in (change.record, change.old, change.new))
    return {
        whole
        for part in parts
        if b'"part_of"' in part and (whole := _decode_part(part).part_of) is not None
    }


class _Part(Struct):
    part_of: str | None = None


_decode_part = msgspec.json.Decoder(_Part).decode
