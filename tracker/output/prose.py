"""Days and periods as they stand in the sentences of a paper."""

from collections.abc import Mapping
from datetime import date

from tracker.locale.translation import _, _p
from tracker.model.dates import shift_date
from tracker.model.periods import Period


def write_day(day: date) -> str:
    """Return a day as a paper writes it: 30 June 2025, in Chinese 2025年6月30日."""
    return _("{day} {month} {year}").format(day=day.day, month=_name_month(day), year=day.year)


def write_period(period: Period) -> str:
    """Return a period as a paper writes it: June 2025, the first half of 2025, or its days."""
    first, last = period.first, period.last
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    is_whole = first.day == 1 and shift_date(last, 1).day != last.day + 1
    pattern = _list_period_patterns().get((months, first.month)) if is_whole else None
    if pattern is None:
        return _write_days_of_period(first, last)
    return pattern.format(year=first.year, month=_name_month(first))


def _write_days_of_period(first: date, last: date) -> str:
    """Return first and last day; what both have in common stands there once."""
    if first == last:
        return write_day(first)
    if first.year != last.year:
        sentence = _p("prose", "{first} to {last}")
        return sentence.format(first=write_day(first), last=write_day(last))
    if first.month == last.month:
        sentence = _("{day} to {last_day} {month} {year}")
    else:
        sentence = _("{day} {month} to {last_day} {last_month} {year}")
    return sentence.format(
        day=first.day,
        last_day=last.day,
        month=_name_month(first),
        last_month=_name_month(last),
        year=first.year,
    )


def _list_period_patterns() -> Mapping[tuple[int, int], str]:
    """Return how a period is called by its months and the first of them."""
    return {
        **{(1, month): _("{month} {year}") for month in range(1, 13)},
        (3, 1): _("the first quarter of {year}"),
        (3, 4): _("the second quarter of {year}"),
        (3, 7): _("the third quarter of {year}"),
        (3, 10): _("the fourth quarter of {year}"),
        (6, 1): _("the first half of {year}"),
        (6, 7): _("the second half of {year}"),
        (12, 1): _("the year {year}"),
    }


def _name_month(day: date) -> str:
    names = _p(
        "months",
        "January February March April May June July August September October November December",
    )
    return names.split()[day.month - 1]
