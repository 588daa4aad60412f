"""Count working days by the Chinese calendar."""

import sys
from bisect import bisect_right
from collections.abc import Iterable
from datetime import date, timedelta
from functools import cached_property

from msgspec import Struct

from tracker.errors import InvalidInput
from tracker.locale.translation import _
from tracker.system.postponing import postpone_module

WORKDAYS_OF_WEEK = 5

_FEASTS = {
    "春节": "Spring Festival",
    "清明": "Tomb-sweeping Day",
    "端午": "Dragon Boat Festival",
    "中秋": "Mid-autumn Festival",
}
"""Feasts, and how the national calendar calls them."""

_QUESTIONS_OF_CALENDAR = (
    "find_workday",
    "get_dates",
    "get_holiday_detail",
    "get_holidays",
    "get_solar_terms",
    "get_workdays",
    "is_holiday",
    "is_in_lieu",
    "is_workday",
)
"""Functions of the national calendar; with their module they are half of its import."""


class WorkCalendar:
    """Working days in China with make-up days (调休), and days of one's own.

    Outside the years for which national days are known, Monday to Friday are working
    days, and counts that touch those years are provisional.

    Args:
        days_off: further days off, such as a local holiday.
        days_on: further working days; they win over the national calendar.

    Raises:
        InvalidInput: a day is both off and on.
    """

    def __init__(self, days_off: Iterable[date] = (), days_on: Iterable[date] = ()) -> None:
        self._days_off = frozenset(days_off)
        self._days_on = frozenset(days_on)
        self._counts: dict[int, int] = {}
        if both := self._days_off & self._days_on:
            sentence = _("{day} is both a day off and a working day; remove it from one list")
            raise InvalidInput(sentence.format(day=min(both)))

    def is_workday(self, day: date) -> bool:
        """Return whether people work on that day."""
        return self._count_up_to(day.toordinal()) > self._count_up_to(day.toordinal() - 1)

    def next_workday(self, day: date) -> date:
        """Return the day itself if it is a working day, else the first one after it.

        Raises:
            InvalidInput: there is none before the year 10000.
        """
        try:
            while not self.is_workday(day):
                day += timedelta(days=1)
        except OverflowError as error:
            sentence = _("there is no working day after {day}; give an earlier day")
            raise InvalidInput(sentence.format(day=day)) from error
        return day

    def workdays_late(self, deadline: date, as_of: date) -> tuple[int, bool]:
        """Count the working days after the deadline, up to and with ``as_of``.

        Returns:
            The number of days, 0 when ``as_of`` is not after the deadline, and whether it
            is provisional because a day outside the national calendar was counted.
        """
        if as_of <= deadline:
            return 0, False
        count = self._count_up_to(as_of.toordinal()) - self._count_up_to(deadline.toordinal())
        return count, as_of > self._national_days.last or deadline < self._national_days.before

    def is_provisional(self, day: date) -> bool:
        """Return whether the holidays of that day's year are not published, or not known."""
        return not self._national_days.before < day <= self._national_days.last

    def _count_up_to(self, ordinal: int) -> int:
        """Count the working days up to and with a day; cached, as deadlines share their days."""
        count = self._counts.get(ordinal)
        if count is None:
            # 1 January of the year 1, ordinal 1, is a Monday.
            weeks, days = divmod(ordinal, 7)
            worked = WORKDAYS_OF_WEEK * weeks + min(days, WORKDAYS_OF_WEEK)
            off, on = self._national_days.off, self._national_days.on
            count = worked - bisect_right(off, ordinal) + bisect_right(on, ordinal)
            self._counts[ordinal] = count
        return count

    @cached_property
    def _national_days(self) -> "_KnownDays":
        _postpone_questions_of_calendar()
        from chinese_calendar import holidays, workdays

        off = ((set(holidays) - set(workdays)) | self._days_off) - self._days_on
        on = (set(workdays) | self._days_on) - self._days_off
        return _KnownDays(
            off=sorted(day.toordinal() for day in off if day.weekday() < WORKDAYS_OF_WEEK),
            on=sorted(day.toordinal() for day in on if day.weekday() >= WORKDAYS_OF_WEEK),
            before=date(min(holidays).year - 1, 12, 31),
            last=date(max(holidays).year, 12, 31),
        )


def _postpone_questions_of_calendar() -> None:
    """Let the national calendar be imported without its functions: only its tables are used."""
    if "chinese_calendar" not in sys.modules:
        postpone_module("chinese_calendar.utils", _QUESTIONS_OF_CALENDAR)


def find_first_workday_of_feast(feast: str, year: int) -> date | None:
    """Return the first day of a feast's holidays in a year; None if they are not known yet.

    Args:
        feast: 春节, 清明, 端午 or 中秋.
        year: the year.
    """
    from chinese_calendar import holidays

    days = (day for day, name in holidays.items() if day.year == year and name == _FEASTS[feast])
    return min(days, default=None)


class _KnownDays(Struct, frozen=True):
    """Exceptions to Monday–Friday, as sorted ordinals, and the years they cover.

    ``before`` is the day before the first of these years, ``last`` their last day.
    """

    off: list[int]
    on: list[int]
    before: date
    last: date
