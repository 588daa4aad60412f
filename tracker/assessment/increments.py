"""Find increments that count the same days twice, without comparing each with every other."""

from bisect import bisect_left
from collections.abc import Container, Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import TypeAlias

from tracker.model.records import Update

_Content: TypeAlias = tuple[date, Decimal | None]


def increment_covers_same_days(one: Update, other: Update) -> bool:
    """Return whether two increments count the same: their stated periods overlap.

    The same value of the same day is the same once more, unless both state other periods. What
    is said to be separate comes on top of all others.
    """
    if one.separate or other.separate or one.value is None or other.value is None:
        return False
    if one.period_start is None or other.period_start is None:
        return _list_content_of_increment(one) == _list_content_of_increment(other)
    return one.period_start <= other.on and other.period_start <= one.on


class CountedDays:
    """Days that increments count, entered in the order of the days they lead to."""

    def __init__(self) -> None:
        self._places: dict[str, int] = {}
        self._ends: list[date] = []
        self._stated: list[Update] = []
        self._by_content: dict[_Content, Update] = {}
        self._unstated: dict[_Content, Update] = {}

    def find_report(self, report: Update) -> Update | None:
        """Return the first one entered that counts days of a report; it leads to no later day."""
        if report.separate or report.value is None:
            return None
        if report.period_start is None:
            return self._by_content.get(_list_content_of_increment(report))
        first = self._unstated.get(_list_content_of_increment(report))
        # What leads to one of its days has begun by its end: of all of them the first fits.
        at = bisect_left(self._ends, report.period_start)
        if at < len(self._ends) and increment_covers_same_days(self._stated[at], report):
            fitting = filter(None, (first, self._stated[at]))
            return min(fitting, key=lambda entered: self._places[entered.id])
        return first

    def add_report(self, report: Update) -> None:
        """Enter a report; it leads to no earlier day than those before."""
        if report.separate or report.value is None:
            return
        self._places[report.id] = len(self._places)
        self._by_content.setdefault(_list_content_of_increment(report), report)
        if report.period_start is None:
            self._unstated.setdefault(_list_content_of_increment(report), report)
        else:
            self._ends.append(report.on)
            self._stated.append(report)


def list_days_counted_by_increments(reports: Iterable[Update]) -> Iterator[tuple[Update, Update]]:
    """Yield the first of some increments that counts days of a later one, and that one.

    Args:
        reports: the increments, by day.
    """
    counted = CountedDays()
    for report in reports:
        first = counted.find_report(report)
        if first is not None:
            yield first, report
        counted.add_report(report)


def list_new_days_counted_by_increments(
    reports: Iterable[Update], new: Container[str]
) -> Iterator[tuple[Update, Update]]:
    """Yield each new increment that counts days of another one, and that one.

    Args:
        reports: the increments, by day.
        new: the ids of those that are new; what the others count twice is passed over.
    """
    counted, newly_counted = CountedDays(), CountedDays()
    for report in reports:
        if report.id in new:
            first = counted.find_report(report)
            if first is not None:
                yield report, first
            newly_counted.add_report(report)
        else:
            later = newly_counted.find_report(report)
            if later is not None:
                yield later, report
        counted.add_report(report)


def _list_content_of_increment(report: Update) -> _Content:
    """Return what makes two increments without stated days the same one."""
    return report.on, report.value
