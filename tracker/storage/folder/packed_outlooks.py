"""What was foreseen of the indicators of a snapshot, packed in a file beside its index.

It may be deleted at any time and is never believed over the ledger: it counts only for the
index that it names and with its own checksum, and whoever asks judges by the rules what it
shows. The columns of numbers hold one value for each indicator, in the order of the snapshot:
the first span of each, and behind those the later spans of all.
"""

import sys
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property
from heapq import nsmallest
from itertools import accumulate
from math import isnan, nan
from typing import NamedTuple
from zlib import crc32

import msgspec

from tracker.model.outlooks import Foreseen, Outlook, Span, interpolate_gap
from tracker.storage.base import ForeseenOrder, ForeseenWanted
from tracker.storage.outlooks import GAP_MARGIN, is_foresight_worth_reading

_FORMAT = f"tracker outlooks 1 {sys.byteorder}"
_MOST_SPANS = 255
_NO_DAY = 0


class _Columns(NamedTuple):
    """What is known of all indicators; days are ordinals, 0 where there is none.

    Attributes:
        counts: how many spans each has; 0: nothing was foreseen.
        is_led: whether somebody leads it.
        deadlines: the deadline in judgement.
        owed: the last day of the first cycle without a report.
        firsts, lasts: the days of the first span.
        marks: what it counts as in that; 0 where nothing was foreseen.
        gaps, last_gaps: the gap on those days, in points; no number where there is none.
        later_lasts, later_marks, later_gaps, later_last_gaps: the same of the later spans.
    """

    counts: "array[int]"
    is_led: "array[int]"
    deadlines: "array[int]"
    owed: "array[int]"
    firsts: "array[int]"
    lasts: "array[int]"
    marks: "array[int]"
    gaps: "array[float]"
    last_gaps: "array[float]"
    later_lasts: "array[int]"
    later_marks: "array[int]"
    later_gaps: "array[float]"
    later_last_gaps: "array[float]"


_TYPES = "BBiiiiIddiIdd"
_OF_LATER = 4
"""Columns of later spans, the last ones."""


def pack_outlooks(rules: str, index: int, outlooks: Iterable[Outlook | None]) -> bytes:
    """Pack what was foreseen of all indicators of a snapshot, in their order.

    Args:
        rules: what the rules are called.
        index: the checksum of the index of the snapshot.
        outlooks: what was foreseen of each; None: nothing.
    """
    columns = _Columns(*map(_build_column, _TYPES))  # type: ignore[arg-type]  # days are whole
    for outlook in outlooks:
        _add_outlook(columns, outlook)
    sizes = [len(columns.counts), len(columns.later_marks)]
    head = msgspec.json.encode([index, rules, sizes])
    content = b"\n".join([head, b"".join(column.tobytes() for column in columns)])
    return f"{_FORMAT} {crc32(content):08x}\n".encode() + content


def _build_column(kind: str) -> "array[float]":
    return array(kind)


def _add_outlook(columns: _Columns, outlook: Outlook | None) -> None:
    spans = [] if outlook is None or len(outlook.spans) > _MOST_SPANS else outlook.spans
    first = spans[0] if spans else Span(date.min, date.min, 0)
    known = outlook if outlook is not None and spans else Outlook(None, None, False, [])  # noqa: FBT003  # array-like
    columns.counts.append(len(spans))
    columns.is_led.append(known.is_led)
    for days, day in ((columns.deadlines, known.deadline), (columns.owed, known.owed_since)):
        days.append(_NO_DAY if day is None else day.toordinal())
    columns.firsts.append(first.first.toordinal())
    columns.lasts.append(first.last.toordinal())
    columns.marks.append(first.mark)
    columns.gaps.append(_pack_gap(first.gap))
    columns.last_gaps.append(_pack_gap(first.last_gap))
    for span in spans[1:]:
        columns.later_lasts.append(span.last.toordinal())
        columns.later_marks.append(span.mark)
        columns.later_gaps.append(_pack_gap(span.gap))
        columns.later_last_gaps.append(_pack_gap(span.last_gap))


def _pack_gap(gap: float | None) -> float:
    return nan if gap is None else gap


def unpack_outlooks(packed: bytes, index: int) -> "PackedOutlooks | None":
    """Return what was foreseen out of the bytes of a file; None: they do not count.

    Args:
        packed: the content of the file.
        index: the checksum of the index that is there.
    """
    start = packed.find(b"\n") + 1
    content = memoryview(packed)[start:]
    if packed[:start] != f"{_FORMAT} {crc32(content):08x}\n".encode():
        return None
    end = packed.index(b"\n", start)
    about, numbers = packed[start:end], memoryview(packed)[end + 1 :]
    named, rules, (count, later) = msgspec.json.decode(about, type=tuple[int, str, tuple[int, int]])
    if named != index:
        return None
    columns, at = [], 0
    for number, kind in enumerate(_TYPES):
        column = _build_column(kind)
        size = later if number >= len(_TYPES) - _OF_LATER else count
        end = at + size * column.itemsize
        column.frombytes(numbers[at:end])
        columns.append(column)
        at = end
    return PackedOutlooks(rules, _Columns(*columns))  # type: ignore[arg-type]  # days are whole


class PackedOutlooks:
    """What was foreseen of the indicators of a snapshot, in its order.

    Args:
        rules: what the rules are called, by which it was foreseen.
        columns: the numbers.
    """

    def __init__(self, rules: str, columns: _Columns) -> None:
        self.rules, self._columns = rules, columns

    @cached_property
    def _later(self) -> list[int]:
        """Where the later spans of each begin, and behind the last of all where they end."""
        return list(accumulate((n - 1 if n else 0 for n in self._columns.counts), initial=0))

    def __iter__(self) -> Iterator[Outlook | None]:
        """Yield what was foreseen of each; None: nothing."""
        for number, count in enumerate(self._columns.counts):
            yield self._unpack(number) if count else None

    def _unpack(self, number: int) -> Outlook:
        columns = self._columns
        spans = [
            Span(first, last, mark, _unpack_gap(gap), _unpack_gap(last_gap))
            for first, last, mark, gap, last_gap in self._list_spans(number)
        ]
        return Outlook(
            _unpack_day(columns.deadlines[number]),
            _unpack_day(columns.owed[number]),
            bool(columns.is_led[number]),
            spans,
        )

    def _list_spans(self, number: int) -> Iterator[tuple[date, date, int, float, float]]:
        columns = self._columns
        first, last = columns.firsts[number], columns.lasts[number]
        yield (
            *(date.fromordinal(first), date.fromordinal(last), columns.marks[number]),
            *(columns.gaps[number], columns.last_gaps[number]),
        )
        for at in range(self._later[number], self._later[number + 1]):
            first, last = last + 1, columns.later_lasts[at]
            yield (
                *(date.fromordinal(first), date.fromordinal(last), columns.later_marks[at]),
                *(columns.later_gaps[at], columns.later_last_gaps[at]),
            )

    def look_ahead(
        self, day: date, by_id: Sequence[int], concerned: Iterable[int]
    ) -> "PackedOutlooksOfDay":
        """Return what was foreseen of one day.

        Args:
            day: the day.
            by_id: the indicators in the order of their ids.
            concerned: those of which nothing is foreseen any more.
        """
        columns, asked = self._columns, day.toordinal()
        marks, later = columns.marks[:], {}
        over = [number for number, last in enumerate(columns.lasts) if last < asked]
        for number in over:
            at = later[number] = self._find_later(number, asked)
            marks[number] = 0 if at is None else columns.later_marks[at]
        if max(columns.firsts, default=0) > asked:
            for number, first in enumerate(columns.firsts):
                if first > asked:
                    marks[number] = 0
        for number in concerned:
            marks[number] = 0
        gap_of = self._build_gap_function(asked, later)
        return PackedOutlooksOfDay(columns, asked, marks, by_id, gap_of)

    def _find_later(self, number: int, day: int) -> int | None:
        """Return the later span of an indicator that holds a day; None: that is not foreseen."""
        for at in range(self._later[number], self._later[number + 1]):
            if self._columns.later_lasts[at] >= day:
                return at
        return None

    def _build_gap_function(
        self, day: int, later: Mapping[int, int | None]
    ) -> Callable[[int], tuple[float, bool]]:
        """Return a function that returns the gap of an indicator, and whether it is exact.

        Not a number: there is none.
        """
        columns = self._columns

        def estimate_gap(number: int) -> tuple[float, bool]:
            at = later.get(number)
            if at is None:
                gaps = columns.gaps[number], columns.last_gaps[number]
                days = columns.firsts[number], columns.lasts[number]
            else:
                gaps = columns.later_gaps[at], columns.later_last_gaps[at]
                is_second = at == self._later[number]
                before = columns.lasts[number] if is_second else columns.later_lasts[at - 1]
                days = before + 1, columns.later_lasts[at]
            if gaps[0] == gaps[1] or isnan(gaps[0]) or isnan(gaps[1]):
                return gaps[0], True
            return interpolate_gap(*gaps, *days, day), False

        return estimate_gap


class PackedOutlooksOfDay:
    """What was foreseen of one day.

    Args:
        columns: the numbers of all days.
        day: the day, as an ordinal.
        marks: what each indicator counts as; 0: it is not foreseen.
        by_id: the indicators in the order of their ids.
        gap_of: returns the gap of an indicator on the day, and whether it is exact.

    Attributes:
        unforeseen: those of which nothing is known on that day.
    """

    def __init__(
        self,
        columns: _Columns,
        day: int,
        marks: "array[int]",
        by_id: Sequence[int],
        gap_of: Callable[[int], tuple[float, bool]],
    ) -> None:
        self._columns, self._day, self._marks, self._gap_of = columns, day, marks, gap_of
        self._by_id = by_id
        self.unforeseen = [number for number, mark in enumerate(marks) if not mark]
        self._places: dict[frozenset[int], list[int]] = {}

    @property
    def is_worth_reading(self) -> bool:
        """Whether so much was foreseen that it is cheaper than to judge everything."""
        return is_foresight_worth_reading(len(self.unforeseen), len(self._marks))

    def count(self, due_by: date | None = None) -> Mapping[int, int]:
        """Return the marks, each with the number of those that have it, as ``ForeseenIndex``."""
        if due_by is None:
            return self._counts
        last = due_by.toordinal()
        days = zip(self._marks, self._columns.deadlines, strict=True)
        counts = Counter(mark for mark, day in days if _NO_DAY < day <= last)
        del counts[0]
        return counts

    def rank(
        self, wanted: ForeseenWanted, order: ForeseenOrder, limit: int
    ) -> Iterator[tuple[int, Foreseen]]:
        """Yield the first so many, and what may belong among them, each behind its number.

        They are as ``ForeseenIndex`` says, but without their ids.
        """
        places = self._select(wanted)
        if order == "gap":
            first = self._choose_by_gap(places, limit)
        elif order == "nearest":
            first = self._choose_nearest(places, limit)
        else:
            days = self._columns.owed if order == "owed" else self._columns.deadlines
            never, by_id = date.max.toordinal(), self._by_id
            ranked = nsmallest(limit, ((days[by_id[place]] or never, place) for place in places))
            first = [place for _day, place in ranked]
        for place in first:
            number = self._by_id[place]
            gap, _is_exact = self._gap_of(number)
            deadline, owed = self._columns.deadlines[number], self._columns.owed[number]
            yield number, Foreseen("", _unpack_gap(gap), _unpack_day(deadline), _unpack_day(owed))

    def _choose_nearest(self, places: Iterable[int], limit: int) -> list[int]:
        """Return those whose deadlines are nearest to the day, of equal ones by the gap."""
        days, by_id, never = self._columns.deadlines, self._by_id, date.max.toordinal()
        ranked = [(abs((days[by_id[place]] or never) - self._day), place) for place in places]
        first = nsmallest(limit, ranked)
        if not first:
            return []
        furthest = first[-1][0]
        nearer = [place for distance, place in first if distance < furthest]
        as_far = [place for distance, place in ranked if distance == furthest]
        return nearer + self._choose_by_gap(as_far, limit - len(nearer))

    def _choose_by_gap(self, places: Iterable[int], limit: int) -> list[int]:
        """Return those with the worst gap: the first of what is exact, more of the estimates."""
        exact: list[tuple[float, int]] = []
        estimated: list[tuple[float, int]] = []
        for place in places:
            gap, is_exact = self._gap_of(self._by_id[place])
            (exact if is_exact else estimated).append((0 if isnan(gap) else gap, place))
        first_exact = nsmallest(limit, exact)
        first = nsmallest(limit, [*first_exact, *estimated])
        if not first:
            return []
        end = first[-1][0] + GAP_MARGIN
        near = [place for gap, place in estimated if gap <= end]
        return [*(place for _gap, place in first_exact), *near]

    def _select(self, wanted: ForeseenWanted) -> list[int]:
        """Return the places of those that are wanted in the order of ids."""
        deadlines, is_led, by_id = self._columns.deadlines, self._columns.is_led, self._by_id
        places = self._list_places_of_marks(
            frozenset(
                mark
                for mark in self._counts
                if mark & wanted.marks == wanted.marks and not mark & wanted.other_marks
            )
        )
        if wanted.is_led is not None:
            places = [place for place in places if is_led[by_id[place]] == wanted.is_led]
        if wanted.due_by is not None:
            last = wanted.due_by.toordinal()
            places = [place for place in places if _NO_DAY < deadlines[by_id[place]] <= last]
        if wanted.has_gap is not None:
            gap_of = self._gap_of
            places = [p for p in places if isnan(gap_of(by_id[p])[0]) != wanted.has_gap]
        return places

    def _list_places_of_marks(self, marks: frozenset[int]) -> list[int]:
        """Return the places, in the order of ids, of those that have one of these marks."""
        if marks not in self._places:
            self._places[marks] = [
                place for place, mark in enumerate(self._marks_by_id) if mark in marks
            ]
        return self._places[marks]

    @cached_property
    def _marks_by_id(self) -> list[int]:
        return [self._marks[number] for number in self._by_id]

    @cached_property
    def _counts(self) -> Counter[int]:
        counts = Counter(self._marks)
        del counts[0]
        return counts


def _unpack_gap(gap: float) -> float | None:
    return None if isnan(gap) else gap


def _unpack_day(day: int) -> date | None:
    return date.fromordinal(day) if day else None
