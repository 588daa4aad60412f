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
from itertools import accumulate, groupby
from math import isnan, nan
from zlib import crc32

import msgspec
from msgspec import Struct
from msgspec.structs import astuple

from tracker.model.outlooks import (
    Foreseen,
    ForeseenOrder,
    ForeseenWanted,
    Outlook,
    Span,
    interpolate_outlook_gap,
    is_mark_wanted,
)
from tracker.storage.outlooks import GAP_MARGIN, are_outlooks_worth_reading

_FORMAT = f"tracker outlooks 1 {sys.byteorder}"
_MOST_SPANS = 255
_NO_DAY, _NEVER = 0, date.max.toordinal()


class _Columns(Struct):
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
    content = b"\n".join([head, b"".join(column.tobytes() for column in astuple(columns))])
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
            Span(first, last, mark, _unpack_outlook_gap(gap), _unpack_outlook_gap(last_gap))
            for first, last, mark, gap, last_gap in self._list_spans(number)
        ]
        return Outlook(
            _unpack_outlook_day(columns.deadlines[number]),
            _unpack_outlook_day(columns.owed[number]),
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
        later_spans = {n: self._get_later_span(n, at) for n, at in later.items() if at is not None}
        return PackedOutlooksOfDay(columns, asked, marks, by_id, later_spans)

    def _find_later(self, number: int, day: int) -> int | None:
        """Return the later span of an indicator that holds a day; None: that is not foreseen."""
        for at in range(self._later[number], self._later[number + 1]):
            if self._columns.later_lasts[at] >= day:
                return at
        return None

    def _get_later_span(self, number: int, at: int) -> "_GapLine":
        columns, is_second = self._columns, at == self._later[number]
        before = columns.lasts[number] if is_second else columns.later_lasts[at - 1]
        gaps = columns.later_gaps[at], columns.later_last_gaps[at]
        return _GapLine(*gaps, before + 1, columns.later_lasts[at])


class _GapLine(Struct):
    """The gap on the first and the last day of a span; not a number: there is none."""

    gap: float
    last_gap: float
    first: int
    last: int


class PackedOutlooksOfDay:
    """What was foreseen of one day.

    An indicator is known by its place in the order of ids, so that what is found by going
    through all places is in that order.

    Args:
        columns: the numbers of all days.
        day: the day, as an ordinal.
        marks: what each indicator counts as; 0: it is not foreseen.
        by_id: the indicators in the order of their ids.
        later: the spans of those of which the first is over.

    Attributes:
        unforeseen: those of which nothing is known on that day.
    """

    def __init__(
        self,
        columns: _Columns,
        day: int,
        marks: "array[int]",
        by_id: Sequence[int],
        later: Mapping[int, _GapLine],
    ) -> None:
        self._columns, self._day, self._marks, self._later = columns, day, marks, later
        self._by_id = by_id
        self.unforeseen = [number for number, mark in enumerate(marks) if not mark]
        self._places: dict[frozenset[int], list[int]] = {}

    @property
    def is_worth_reading(self) -> bool:
        """Whether so much was foreseen that it is cheaper than to judge everything."""
        return are_outlooks_worth_reading(len(self.unforeseen), len(self._marks))

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
            nearer, as_far = self._split_by_rank(
                places, self._columns.deadlines, self._measure_distance, limit
            )
            first = nearer + self._choose_by_gap(as_far, limit - len(nearer))
        else:
            days = self._columns.owed if order == "owed" else self._columns.deadlines
            earlier, last = self._split_by_rank(places, days, _rank_outlook_day, limit)
            first = earlier + last[: limit - len(earlier)]
        deadlines, owed = self._columns.deadlines, self._columns.owed
        for place in first:
            gap, _is_exact = self._estimate_gap(place)
            number = self._by_id[place]
            days_of = _unpack_outlook_day(deadlines[number]), _unpack_outlook_day(owed[number])
            yield number, Foreseen("", _unpack_outlook_gap(gap), *days_of)

    def list_numbers(self, wanted: Iterable[ForeseenWanted]) -> list[int]:
        """Return the rows with one of the marks that are wanted, and of what is not foreseen."""
        marks = {0, *(mark for each in wanted for mark in self._list_marks(each))}
        return [number for number, mark in enumerate(self._marks) if mark in marks]

    def _split_by_rank(
        self, places: Sequence[int], days: Sequence[int], rank: Callable[[int], int], limit: int
    ) -> tuple[list[int], list[int]]:
        """Return the places of what comes before the last of the first so many, and as far as that.

        Args:
            places: those that are wanted, in the order of ids.
            days: a day of each indicator.
            rank: ranks a day; there are far fewer days than places.
            limit: how many are wanted; more where the last is not alone.
        """
        days_of_places = [days[self._by_id[place]] for place in places]
        counts = Counter(days_of_places)
        found, before, at = 0, set[int](), set[int]()
        for _rank, ranked in groupby(sorted(counts, key=rank), key=rank):
            if found >= limit:
                break
            before, at = before | at, set(ranked)
            found += sum(counts[day] for day in at)
        pairs = list(zip(places, days_of_places, strict=True))
        return (
            [place for place, day in pairs if day in before],
            [place for place, day in pairs if day in at],
        )

    def _measure_distance(self, day: int) -> int:
        return abs(_rank_outlook_day(day) - self._day)

    def _choose_by_gap(self, places: Iterable[int], limit: int) -> list[int]:
        """Return those with the worst gap: the first of what is exact, more of the estimates."""
        exact: list[tuple[float, int]] = []
        estimated: list[tuple[float, int]] = []
        for place in places:
            gap, is_exact = self._estimate_gap(place)
            (exact if is_exact else estimated).append((0 if isnan(gap) else gap, place))
        first_exact = nsmallest(limit, exact)
        first = nsmallest(limit, [*first_exact, *estimated])
        if not first:
            return []
        end = first[-1][0] + GAP_MARGIN
        return [place for gap, place in (*first_exact, *estimated) if gap <= end]

    def _estimate_gap(self, place: int) -> tuple[float, bool]:
        """Return the gap of an indicator, and whether it is exact; not a number: it has none."""
        number = self._by_id[place]
        gap, last_gap = self._gaps[number], self._last_gaps[number]
        if gap == last_gap or isnan(gap) or isnan(last_gap):
            return gap, True
        line = self._later.get(number)
        if line is None:
            days = self._columns.firsts[number], self._columns.lasts[number]
        else:
            days = line.first, line.last
        return interpolate_outlook_gap(gap, last_gap, *days, self._day), False

    def _select(self, wanted: ForeseenWanted) -> list[int]:
        """Return the places of those that are wanted."""
        by_id = self._by_id
        places = self._list_places_of_marks(self._list_marks(wanted))
        if wanted.is_led is not None and (self._unled or not wanted.is_led):
            unled, is_led = self._unled, wanted.is_led
            places = [place for place in places if (place not in unled) == is_led]
        if wanted.due_by is not None:
            last, deadlines = wanted.due_by.toordinal(), self._columns.deadlines
            places = [place for place in places if _NO_DAY < deadlines[by_id[place]] <= last]
        if wanted.has_gap is not None:
            gaps, has_gap = self._gaps, wanted.has_gap
            places = [place for place in places if isnan(gaps[by_id[place]]) != has_gap]
        return places

    def _list_marks(self, wanted: ForeseenWanted) -> frozenset[int]:
        """Return the marks of those that are wanted."""
        return frozenset(mark for mark in self._counts if is_mark_wanted(wanted, mark))

    def _list_places_of_marks(self, marks: frozenset[int]) -> list[int]:
        if marks not in self._places:
            self._places[marks] = [
                place for place, mark in enumerate(self._marks_by_id) if mark in marks
            ]
        return self._places[marks]

    @cached_property
    def _counts(self) -> Counter[int]:
        counts = Counter(self._marks)
        del counts[0]
        return counts

    @cached_property
    def _unled(self) -> frozenset[int]:
        """Places of those that nobody leads."""
        if 0 not in self._columns.is_led.tobytes():
            return frozenset()
        is_led = self._columns.is_led
        return frozenset(p for p, number in enumerate(self._by_id) if not is_led[number])

    @cached_property
    def _marks_by_id(self) -> list[int]:
        return [self._marks[number] for number in self._by_id]

    @cached_property
    def _gaps(self) -> "array[float]":
        gaps = self._columns.gaps[:]
        for number, line in self._later.items():
            gaps[number] = line.gap
        return gaps

    @cached_property
    def _last_gaps(self) -> "array[float]":
        gaps = self._columns.last_gaps[:]
        for number, line in self._later.items():
            gaps[number] = line.last_gap
        return gaps


def _rank_outlook_day(day: int) -> int:
    return day or _NEVER


def _unpack_outlook_gap(gap: float) -> float | None:
    return None if isnan(gap) else gap


def _unpack_outlook_day(day: int) -> date | None:
    return date.fromordinal(day) if day else None
