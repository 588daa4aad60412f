"""Promises that come again: which cycle of the calendar a day is in, and when each is due.

Source: rule 5. The words of the document (每年, 每季度, 每月底, 每月至少一次) name the cycle.
"""

import re
from collections.abc import Mapping
from datetime import date
from functools import lru_cache

from msgspec import Struct

from tracker.errors import InvalidInput
from tracker.model.dates import find_last_date_of_month, parse_deadline_date
from tracker.model.vocabulary import Recurrence

_WORDS: Mapping[str, Recurrence] = {"年": "year", "半年": "half", "季": "quarter", "月": "month"}
_EVERY = r"每一?个?(半?年|季|月)(?!前)"
_REGULARLY = r"按(半年|年|季|月).*|一?个?(半年|年|季|月)度?一次"
_OTHER_CYCLES = r"每(?:[隔0-9两二三四五六七八九十]|[周天日旬届]|半个?月|学期|星期)|隔年"
_MONTHS = {"每[3三]个月": "每季", "每[6六]个月": "每半年"}
_TIMES_IN_A_CYCLE = r"([2-9两二三四五六七八九十]|[1-9][0-9])[次轮遍]"
_CYCLE_WORDS: Mapping[Recurrence, str] = {
    "year": r"每年度?",
    "half": r"每半年",
    "quarter": r"每个?季度?",
    "month": r"每个?月",
}
_MONTH_IN_A_CYCLE = r"的?(首|末|次|最后一|第[一二三四五六])个?月(?:份)?的?"
_DAY_OF_MONTH = r"[0-9０-９一二三四五六七八九十]+[日号]"
_WHOLE_CYCLES = ("每年", "每半年", "每季度", "每月")
MONTHS_OF_RECURRENCE: Mapping[Recurrence, int] = {"year": 12, "half": 6, "quarter": 3, "month": 1}


class RecurringCycle(Struct, frozen=True):
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
    words = re.sub(r"\s", "", wording)
    for months, name in _MONTHS.items():
        words = re.sub(months, name, words)
    if names_other_cycle(words):
        return None
    every = re.search(_EVERY, words) or re.fullmatch(_REGULARLY, words)
    return _WORDS[next(filter(None, every.groups()))] if every else None


def names_other_cycle(wording: str) -> bool:
    """Return whether a wording names a cycle that promises are not judged by: 每周, 每两年."""
    return re.search(_OTHER_CYCLES, re.sub(r"\s", "", wording)) is not None


def asks_for_more_than_once(wording: str) -> bool:
    """Return whether a wording asks for more than one report in each cycle (每年至少两次)."""
    return re.search(_TIMES_IN_A_CYCLE, re.sub(r"\s", "", wording)) is not None


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
        due = _find_due_day_of_recurrence(recurs, wording, first, last)
        cycles.append(RecurringCycle(first, last, due))
    return tuple(cycles)


def _find_due_day_of_recurrence(
    recurs: Recurrence, wording: str | None, first: date, last: date
) -> date:
    """Return the day that a wording names in each cycle (每年6月底前, 每月10日), else its last.

    A day that a month does not have is its last one: 每月31日, 每年2月29日.
    """
    # To find no day in these would compile a dozen patterns.
    if wording is None or wording in _WHOLE_CYCLES:
        return last
    words = _name_months_of_cycle(recurs, re.sub(r"\s", "", wording), first, last)
    for dated in (words, re.sub(_DAY_OF_MONTH, "底", words)):
        try:
            named = parse_deadline_date(dated, first).day
        except InvalidInput:
            continue
        return min(named, last) if named is not None and first <= named else last
    return last


def _name_months_of_cycle(recurs: Recurrence, words: str, first: date, last: date) -> str:
    """Return a wording with the year and month of one cycle in the place of 每季度末月."""
    every = _CYCLE_WORDS[recurs]
    if recurs == "year":
        return re.sub(every, f"{first.year}年", words)
    if recurs == "month":
        return re.sub(every, f"{first.year}年{first.month}月", words)
    place = re.search(every + _MONTH_IN_A_CYCLE, words)
    if place is None:
        return words
    ordinal = place[1]
    at = "首次".find(ordinal) if ordinal in "首次" else "一二三四五六".find(ordinal[-1])
    month = last.month if ordinal in {"末", "最后一"} else first.month + at
    return words.replace(place[0], f"{first.year}年{month}月")
