"""Parse days: what a person types and what a document says; month arithmetic.

A day is a ``datetime.date``. Nothing here reads the clock: "today" and the day of a
document are arguments. dateutil and chinese_calendar are imported inside the functions
that need them, because most commands do not.
"""

import re
from calendar import monthrange
from datetime import date, timedelta
from typing import Literal, NamedTuple

from tracker.errors import InvalidInput, shorten_text
from tracker.locale.translation import _, later

# Constants hold message ids and not translations: the language is chosen after the import.
DAY_FORMS = later("2026-06-30, 2026-06, +30d, today, eoy, 2025年6月底前")
DEADLINE_WORDINGS = later(
    "2025年底, 到2025年, 2025年内, 2024年前, 今年, 年底前, 明年底, 上半年, 三季度末, 6月底前, "
    "6月上旬, 12月18日前, 18日, “十四五”期间, 三年内, 每年, 2025-12-31, 2025-12"
)
CYCLES = ("weekly", "monthly", "quarterly", "half-yearly", "yearly")
MONTHS_OF_CYCLE = {"monthly": 1, "quarterly": 3, "half-yearly": 6, "yearly": 12}

_LONGEST_WORDING = 100
_MOST_YEARS_AHEAD = 20
WORKDAYS_OF_WEEK = 5
# Every year works; a leap year also knows 29 February.
_ANY_YEAR = 2000

_QUOTES = dict.fromkeys(map(ord, "“”\"‘’'「」『』"))
_DIGITS = str.maketrans("０１２３４５６７８９〇○零一二三四五六七八九两", "01234567890001234567892")
_YEAR_WORDS = {"前年": -2, "去年": -1, "明年": 1, "后年": 2}
_YEAR_WORDS |= dict.fromkeys(("今年", "本年度", "本年", "当年", "每年"), 0)
_ENDS = {"eom": 1, "eoq": 3, "eoy": 12}
_STEPS = {"today": 0, "yesterday": -1}
_TEN_DAYS = {"上": (1, 10), "中": (11, 20), "下": (21, 31)}

# Patterns are left uncompiled: re compiles and keeps them at their first use, and a
# command that reads no wording does not pay for them.
_SPACES = r"(?<![0-9０-９])[ \t\r\n\u00a0\u3000]+|[ \t\r\n\u00a0\u3000]+(?![0-9０-９])"
_LEADING_WORDS = r"\A(?:持续|力争|争取|确保|计划|预计|截至|截止|将|自|从|到|至|在|于)+"
_ISO = r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?"
# As spreadsheets write a day: the year comes first, so there is one reading.
_SHEET = r"([0-9]{4})(?:([/.])([0-9]{1,2})\2([0-9]{1,2})|([0-9]{2})([0-9]{2}))"
_AHEAD = r"\+([0-9]{1,6})([dwmy])"
# From here on digits have been through _DIGITS: 十二 is 十2.
_NUMBER = r"(?:[0-9]{1,2}|[1-9]?十[1-9]?)"
_THIS_MONTH = rf"[本当]月|月(?=[底末])|(?={_NUMBER}[日号])"
_PLAN = r"十([1-9])5(?:规划)?(?:时期|期间|期)?(?:[以之]?内|([末底])前?)?"
_WITHIN = rf"(?:未来|今后)?(?:(?:({_NUMBER})(年|个月)|半年)(?:时间)?[以之]?内)"
_CALENDAR = rf"""
    (?P<named>
        (?:(?P<year>[0-9]{{4}})年度?|(?P<year_word>{"|".join(_YEAR_WORDS)}))?
        (?:
            (?P<half>[上下])半年
          | (?P<first>前)?第?(?P<quarter>[1-4])个?季度
          | 前(?P<months>{_NUMBER})个?月
          | (?:(?P<since>{_NUMBER})月?[-—–－~～至到])?(?P<month>{_NUMBER})月份?
            (?:(?P<third>[上中下])旬|(?P<day>{_NUMBER})[日号](?:[上下]午)?)?
          | (?P<middle>年中|过半)
          | 年(?=[底末内])
        )?
    )
    (?P<tail>底|末|[以之]?内|期间)?
    (?P<before>[以之]?前)?
"""


class DeadlineReading(NamedTuple):
    """Deadline as a document words it, and the day it stands for.

    Attributes:
        wording: the words, unchanged.
        day: the last day that is in time; None when the deadline comes every year.
        basis: where the year comes from. ``assumed`` is set by callers only.
        ambiguous: the words have another reading too.
        loose: that other, later reading; None unless ambiguous.
        yearly: the deadline comes every year.
    """

    wording: str
    day: date | None
    basis: Literal["stated", "derived", "assumed"]
    ambiguous: bool
    loose: date | None
    yearly: bool


class _WordedSpan(NamedTuple):
    """Days that a wording names, before a caller picks the one that it wants."""

    start: date
    end: date
    point: bool = False  # one day, not a stretch of days
    derived: bool = False  # the document's date was needed
    loose: date | None = None
    yearly: bool = False


def parse_deadline_date(wording: str, document_day: date | None = None) -> DeadlineReading:
    """Parse a document's wording of a deadline: the last day that it allows.

    Args:
        wording: a short wording, such as 到2025年底; not a sentence.
        document_day: the day of the document, for 今年, 年底, 6月底 and their like.

    Returns:
        The reading, whose basis is ``stated`` or ``derived``.

    Raises:
        InvalidInput: the wording is not understood, names a day that does not exist, or
            needs the document's day and there is none.
    """
    span = _DateText(wording, document_day, _(DEADLINE_WORDINGS)).parse(
        _clean_date_wording(wording)
    )
    return DeadlineReading(
        wording=wording,
        day=None if span.yearly else span.end,
        basis="derived" if span.derived else "stated",
        ambiguous=span.loose is not None,
        loose=span.loose,
        yearly=span.yearly,
    )


def parse_day(text: str, today: date) -> date:
    """Parse the day that a person means; a month or a year means its last day.

    Args:
        text: a day, month or year (2026-06-30, 2026/6/30, 2026.06.30, 20260630, 2026-06,
            2026), today, yesterday, +30d, +3w, +6m, +1y, the end of the month, quarter or
            year (eom, eoq, eoy), or a document's wording (2025年6月底前, 三季度末).
        today: the day that relative forms and forms without a year refer to.

    Raises:
        InvalidInput: the text is none of the forms, has two readings, or names a day
            that does not exist.
    """
    return _parse_typed_date(text, today, opening=False)


def parse_start_date(text: str, today: date) -> date:
    """Parse a day as ``parse_day`` does, but a month or a year means its first day."""
    return _parse_typed_date(text, today, opening=True)


def parse_effective_date(text: str, today: date) -> date:
    """Parse the day on which a value holds, as ``parse_day`` does: of a month, its last day."""
    return parse_day(text, today)


def add_months(day: date, months: int, anchor: int | None = None) -> date:
    """Return the day so many months later, or the month's last day where that day is missing.

    Args:
        day: where to start.
        months: how many months; negative for earlier.
        anchor: the intended day of the month, 1 to 31, where ``day`` had to be earlier:
            from 28 February with anchor 31, one month on is 31 March.

    Raises:
        InvalidInput: the result lies outside the years 1 to 9999.
    """
    from dateutil.relativedelta import relativedelta

    try:
        return day + relativedelta(months=months, day=anchor or day.day)
    except (ValueError, OverflowError) as error:
        sentence = _("{months} months from {day} is outside the years 1 to 9999; give fewer months")
        raise InvalidInput(sentence.format(months=months, day=day)) from error


def shift_day(day: date, days: int) -> date:
    """Return the day so many days later, at most ``date.max`` and at least ``date.min``."""
    return date.fromordinal(min(max(day.toordinal() + days, 1), date.max.toordinal()))


class _DateText(NamedTuple):
    """Text that names a day, and what an error has to say about it."""

    text: str
    document_day: date | None
    forms: str

    def require_document_day(self) -> date:
        """Return the document's day; refuse the text if there is none."""
        if self.document_day is None:
            raise self.refuse(
                _("'{found}' needs the date of the document; give it, or write one of: {forms}")
            )
        return self.document_day

    def parse_one_day(self, cleaned: str) -> _WordedSpan:
        span = self.parse(cleaned)
        if span.yearly:
            raise self.refuse(_("'{found}' comes every year; write one of: {forms}"))
        if span.loose is not None:
            sentence = _("'{found}' can mean {first} or {second}; write the day that is meant")
            raise self.refuse(sentence, first=span.end, second=span.loose)
        return span

    def parse(self, cleaned: str) -> _WordedSpan:
        try:
            span = _match_date_wording(cleaned, self)
        except (ValueError, OverflowError) as error:
            raise self.refuse_missing_day() from error
        if span is None:
            raise self.refuse(_("'{found}' is not understood; write one of: {forms}"))
        return span

    def refuse_missing_day(self) -> InvalidInput:
        return self.refuse(_("'{found}' is not in the calendar; write one of: {forms}"))

    def refuse(self, sentence: str, **days: date) -> InvalidInput:
        quote = shorten_text(self.text)
        return InvalidInput(sentence.format(found=quote, forms=self.forms, **days))


def _parse_typed_date(text: str, today: date, *, opening: bool) -> date:
    day_text = _DateText(text, today, _(DAY_FORMS))
    word = text.strip().lower()
    if months := _ENDS.get(word):
        return month_end(today.year, -(-today.month // months) * months)
    if sheet := re.fullmatch(_SHEET, word):
        iso = f"{sheet[1]}-{sheet[3] or sheet[5]:0>2}-{sheet[4] or sheet[6]:0>2}"
        return day_text.parse(iso).end
    if step := re.fullmatch(_AHEAD, word):
        count, unit = int(step[1]), step[2]
    elif word in _STEPS:
        count, unit = _STEPS[word], "d"
    else:
        span = day_text.parse_one_day(_clean_date_wording(text))
        return span.start if opening and not span.point else span.end
    if unit in "my":
        return add_months(today, count * (12 if unit == "y" else 1))
    try:
        return today + timedelta(days=count * (7 if unit == "w" else 1))
    except OverflowError as error:
        raise day_text.refuse_missing_day() from error


def _clean_date_wording(wording: str) -> str:
    """Return a wording without spaces, quotes and the words before it (到, 截至 …)."""
    if len(wording) > _LONGEST_WORDING:
        return ""
    return re.sub(_LEADING_WORDS, "", re.sub(_SPACES, "", wording.translate(_QUOTES)))


def _match_date_wording(text: str, day_text: _DateText) -> _WordedSpan | None:
    """Return the days that a cleaned wording names; None if it is not understood.

    Raises:
        ValueError: no such day exists.
    """
    if iso := re.fullmatch(_ISO, text):
        return _build_iso_date_span(int(iso[1]), iso[2], iso[3])
    text = text.translate(_DIGITS)
    if plan := re.fullmatch(_PLAN, text):
        last = 2005 + 5 * int(plan[1])  # "十一五" ended in 2010, and five years each since
        return _WordedSpan(date(last - 4, 1, 1), date(last, 12, 31), point=plan[2] is not None)
    if within := re.fullmatch(_WITHIN, text):
        return _build_date_span_ahead(day_text.require_document_day(), within[1], within[2])
    if here := re.match(_THIS_MONTH, text):
        text = f"今年{day_text.require_document_day().month}月{text[here.end() :]}"
    match = re.fullmatch(_CALENDAR, text, re.VERBOSE)
    return _build_calendar_date_span(match, day_text) if match and match["named"] else None


def _build_iso_date_span(year: int, month: str | None, day: str | None) -> _WordedSpan:
    if month is None:
        return _WordedSpan(date(year, 1, 1), date(year, 12, 31))
    if day is None:
        return _WordedSpan(date(year, int(month), 1), month_end(year, int(month)))
    return _WordedSpan(
        date(year, int(month), int(day)), date(year, int(month), int(day)), point=True
    )


def _build_date_span_ahead(today: date, count: str | None, unit: str | None) -> _WordedSpan | None:
    months = 6 if count is None else _parse_date_number(count) * (12 if unit == "年" else 1)
    # 25年内 rather means the year 2025.
    if months > 12 * _MOST_YEARS_AHEAD:
        return None
    end = add_months(today, months)
    loose = date(end.year, 12, 31) if unit == "年" else month_end(end.year, end.month)
    return _WordedSpan(today, end, derived=True, loose=loose)


def _build_calendar_date_span(match: re.Match[str], day_text: _DateText) -> _WordedSpan | None:
    yearly = match["year_word"] == "每年"
    derived = match["year"] is None and not yearly
    year = _ANY_YEAR
    if derived:
        year = day_text.require_document_day().year + _YEAR_WORDS.get(match["year_word"], 0)
    start, end = _find_dates_of_calendar(match, int(match["year"] or year))
    if start > end or (match["day"] and (match["tail"] or match["since"])):
        return None
    point = bool(match["day"] or match["middle"]) or match["tail"] in {"底", "末"}
    if match["before"] and not point and not yearly:
        # "Before 2024": strictly it ends as 2024 begins, loosely as it ends.
        return _WordedSpan(start, start - timedelta(days=1), derived=derived, loose=end)
    return _WordedSpan(start, end, point=point, derived=derived, yearly=yearly)


def _find_dates_of_calendar(match: re.Match[str], year: int) -> tuple[date, date]:
    first, last = _find_months_of_date(match)
    if match["day"]:
        return (date(year, last, _parse_date_number(match["day"])),) * 2
    start, end = date(year, first, 1), month_end(year, last)
    if match["third"]:
        opening, closing = _TEN_DAYS[match["third"]]
        return start.replace(day=opening), end.replace(day=min(closing, end.day))
    return start, end


def _find_months_of_date(match: re.Match[str]) -> tuple[int, int]:
    if match["half"]:
        return (1, 6) if match["half"] == "上" else (7, 12)
    if match["quarter"]:
        last = 3 * int(match["quarter"])
        return (1 if match["first"] else last - 2), last
    if match["months"]:
        return 1, _parse_date_number(match["months"])
    if match["month"]:
        return _parse_date_number(match["since"] or match["month"]), _parse_date_number(
            match["month"]
        )
    return (1, 6) if match["middle"] else (1, 12)


def _parse_date_number(text: str) -> int:
    tens, ten, ones = text.partition("十")
    return 10 * int(tens or 1) + int(ones or 0) if ten else int(tens)


def month_end(year: int, month: int) -> date:
    """Return the last day of a month."""
    return date(year, month, monthrange(year, month)[1])
