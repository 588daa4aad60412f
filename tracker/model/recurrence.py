"""Promises that come again: which cycle of the calendar a day is in, and when each is due.

Source: rule 5. The words of the document (每年, 每季度, 每月底, 每月至少一次) name the cycle.
"""

import re
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from tracker.errors import InvalidInput
from tracker.model.dates import find_last_date_of_month, parse_deadline_date
from tracker.model.vocabulary import Recurrence

_WORDS: Mapping[str, Recurrence] = {"年": "year", "半年": "half", "季": "quarter", "月": "month"}
_EVERY = r"每个?(半?年|季|月)(?!前)"
_DAY_OF_MONTH = r"每个?月(?:的)?([0-9]{1,2})[日号]"
MONTHS_OF_RECURRENCE: Mapping[Recurrence, int] = {"year": 12, "half": 6, "quarter": 3, "month": 1}


class RecurringCycle(NamedTuple):
    """Cycle of a recurring promise.

    Attributes:
        first: the first day; values count from it.
        last: the last day.
        due: the last day in time, within the cycle.
    """

    first: date
    last: date
    due: date


def read_recurrence(wording: str) -> Recurrence | None:
    """Return how often a wording says that a promise comes again; None: once."""
    every = re.search(_EVERY, re.sub(r"\s", "", wording))
    return _WORDS[every[1]] if every else None


@lru_cache(maxsize=1024)
def list_recurring_cycles(
    recurs: Recurrence,
    since: date,
    until: date,
    wording: str | None = None,
    ends: date | None = None,
) -> tuple[RecurringCycle, ...]:
    """List the cycles from the one that holds ``since`` to the one that holds ``until``.

    Args:
        recurs: how long a cycle is.
        since: a day of the first cycle.
        until: a day of the last one.
        wording: the words of the deadline, which may name a day within each cycle.
        ends: the day on which the promise ends; there is no cycle after it.
    """
    length = MONTHS_OF_RECURRENCE[recurs]
    last_day = until if ends is None else min(until, ends)
    cycles = []
    # Months count from the year 0; a cycle begins where their number is a multiple of its length.
    begin = (since.year * 12 + since.month - 1) // length * length
    for month in range(begin, last_day.year * 12 + last_day.month, length):
        first = date(month // 12, month % 12 + 1, 1)
        end = month + length - 1
        last = find_last_date_of_month(end // 12, end % 12 + 1)
        last = last if ends is None else min(last, ends)
        cycles.append(
            RecurringCycle(first, last, _find_due_day_of_recurrence(wording, first, last))
        )
    return tuple(cycles)


def _find_due_day_of_recurrence(wording: str | None, first: date, last: date) -> date:
    """Return the day that a wording names in each cycle (每年6月底前, 每月10日), else its last."""
    if wording is None:
        return last
    if day := re.search(_DAY_OF_MONTH, re.sub(r"\s", "", wording)):
        return first.replace(day=max(1, min(int(day[1]), last.day)))
    rest = wording.replace("每年", f"{first.year}年")
    if rest == wording:
        return last
    try:
        named = parse_deadline_date(rest, first).day
    except InvalidInput:
        return last
    return named if named is not None and first <= named <= last else last
