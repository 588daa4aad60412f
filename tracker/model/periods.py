"""Parse calendar periods (months, quarters, half-years, years) and list reporting cycles."""

import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import lru_cache
from itertools import takewhile

from msgspec import Struct

from tracker.errors import InvalidInput, shorten_text
from tracker.locale.translation import _
from tracker.model.dates import CYCLES, MONTHS_OF_CYCLE, find_last_date_of_month

PERIOD_FORMS = (
    "2025, 2025-H1, 2025-Q2, 2025-06, this-month, last-month, this-quarter, last-quarter, "
    "this-half, last-half, this-year, last-year, 本月, 上月, 本季度, 上季度, 今年, 去年"
)
_MONTHS: Mapping[str, int] = {"month": 1, "quarter": 3, "half": 6, "year": 12}
_CHINESE: Mapping[str, str] = {
    "本月": "this-month",
    "上月": "last-month",
    "本季度": "this-quarter",
    "上季度": "last-quarter",
    "今年": "this-year",
    "去年": "last-year",
}
_CALENDAR = r"([0-9]{4})(?:-(?:q([1-4])|h([12])|(0[1-9]|1[0-2])))?"
_RELATIVE = r"(this|last)-(month|quarter|half|year)"


class Period(Struct, frozen=True):
    """Days from ``first`` to ``last``, both included."""

    first: date
    last: date


def parse_period(text: str, today: date) -> Period:
    """Parse the month, quarter, half-year or year that a person means.

    Args:
        text: 2025, 2025-H1, 2025-Q2, 2025-06, or one that begins with this- or last-.
        today: the day that this- and last- refer to.

    Raises:
        InvalidInput: the text is none of the forms, or names nothing in the calendar.
    """
    word = text.strip().lower()
    word = _CHINESE.get(word, word)
    try:
        if named := re.fullmatch(_CALENDAR, word):
            return _build_calendar_period(int(named[1]), named[2], named[3], named[4])
        if relative := re.fullmatch(_RELATIVE, word):
            months = _MONTHS[relative[2]]
            at = _count_months_to(today) // months
            return _build_period_of_months((at - (relative[1] == "last")) * months, months)
    except ValueError:
        pass
    sentence = _("'{found}' is not a period; write one of: {forms}")
    raise InvalidInput(sentence.format(found=shorten_text(text), forms=_(PERIOD_FORMS)))


def describe_period(period: Period) -> str:
    """Return a period as it is called: 2025-06 for a month, else its first and last day."""
    if period.first.day == 1 and (period.first.year, period.first.month) == (
        period.last.year,
        period.last.month,
    ):
        return f"{period.first:%Y-%m}"
    return _("{first} to {last}").format(first=period.first, last=period.last)


def resolve_report_period(
    since: date | None, period: Period | None, as_of: date | None, today: date
) -> tuple[date | None, date]:
    """Return the first day that a report covers, None if not given, and the last day.

    A period that is not over yet ends today.

    Raises:
        InvalidInput: the days contradict one another, or the period has not begun.
    """
    if since is not None and period is not None:
        raise InvalidInput(_("Give --since or --period, not both."))
    if period is not None:
        since = period.first
        last = as_of or min(period.last, today)
        if last < since and as_of is None:
            sentence = _("The period begins on {day}, after today; give an earlier one.")
            raise InvalidInput(sentence.format(day=since))
        if not since <= last <= period.last:
            sentence = _("--as-of is {day}; allowed within the period: {first} to {last}.")
            raise InvalidInput(sentence.format(day=last, first=since, last=period.last))
        return since, last
    last = as_of or today
    if since is not None and since > last:
        sentence = _("--since is {since}; allowed: up to {day}, the day that is looked at.")
        raise InvalidInput(sentence.format(since=since, day=last))
    return since, last


def _build_calendar_period(
    year: int, quarter: str | None, half: str | None, month: str | None
) -> Period:
    if quarter is not None:
        return _build_period_of_months(year * 12 + 3 * int(quarter) - 3, 3)
    if half is not None:
        return _build_period_of_months(year * 12 + 6 * int(half) - 6, 6)
    if month is not None:
        return _build_period_of_months(year * 12 + int(month) - 1, 1)
    return _build_period_of_months(year * 12, 12)


def _build_period_of_months(start: int, count: int) -> Period:
    """Return the period of ``count`` months from month ``start``, counted since the year 0."""
    end = start + count
    if end == 10_000 * 12:
        return Period(date(start // 12, start % 12 + 1, 1), date.max)
    after = date(end // 12, end % 12 + 1, 1)
    return Period(date(start // 12, start % 12 + 1, 1), after - timedelta(days=1))


def list_period_ends(start: date, until: date, cycle: str) -> list[date]:
    """List the last days of the reporting cycles, from ``start`` up to and with ``until``.

    Args:
        start: the first day that may be such a last day.
        until: the last day that may be one.
        cycle: one of ``CYCLES``; a week ends on Sunday.

    Returns:
        The days in order; none when ``until`` is before the end of the first cycle.

    Raises:
        InvalidInput: the cycle is unknown.
    """
    ends = _iterate_period_ends(start, cycle)
    return list(takewhile(lambda end: end <= until, ends))


def _iterate_period_ends(start: date, cycle: str) -> Iterator[date]:
    """Yield the last days of the cycles from ``start`` on, up to the end of the calendar."""
    if cycle == "weekly":
        # From 1 January of the year 1, a Monday, every seventh day is a Sunday.
        first = start.toordinal() + -start.toordinal() % 7
        yield from map(date.fromordinal, range(first, date.max.toordinal(), 7))
        return
    if cycle not in MONTHS_OF_CYCLE:
        sentence = _("'{found}' is not a reporting cycle; use one of: {forms}")
        raise InvalidInput(sentence.format(found=shorten_text(cycle), forms=", ".join(CYCLES)))
    length = MONTHS_OF_CYCLE[cycle]
    for month in range(_count_months_to(start), _count_months_to(date.max) + 1):
        if (month + 1) % length == 0:
            yield find_last_date_of_month(month // 12, month % 12 + 1)


def _count_months_to(day: date) -> int:
    """Return how many months have ended before that of a day, since the year 0."""
    return day.year * 12 + day.month - 1


@lru_cache(maxsize=1024)
def find_first_period_end_after(day: date, cycle: str) -> date | None:
    """Return the last day of the first reporting cycle that ends after a day, if there is one."""
    return next((end for end in _iterate_period_ends(day, cycle) if end > day), None)
