"""Parse days: what a person types and what a document says; month arithmetic.

A day is a ``datetime.date``. Nothing here reads the clock: "today" and the day of a
document are arguments. dateutil and chinese_calendar are imported inside the functions
that need them, because most commands do not.
"""

import re
from calendar import monthrange
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from tracker.errors import InvalidInput, shorten_text
from tracker.locale.translation import _, later

# Constants hold message ids and not translations: the language is chosen after the import.
DAY_FORMS = later("2026-06-30, 2026-06, +30d, today, eoy, 2025年6月底前")
DEADLINE_WORDINGS = later(
    "2025年底, 到2025年, 2025年内, 2024年前, 今年, 年底前, 明年底, 上半年, 三季度末, 6月底前, "
    "6月上旬, 12月18日前, 18日, 下月底, 2025年至2027年, “十四五”期间, 三年内, 今后五年, "
    "15个工作日内, 春节前, 汛期前, 每年, 长期坚持, 2025-12-31, 2025-12, 2025.06"
)
ASSUMED_MARK = "*"
"""Stands behind a day for which the document itself gives no year."""
CYCLES = ("weekly", "monthly", "quarterly", "half-yearly", "yearly")
MONTHS_OF_CYCLE = {"monthly": 1, "quarterly": 3, "half-yearly": 6, "yearly": 12}

_LONGEST_WORDING = 100
_MOST_YEARS_AHEAD = 20
# Every year works; a leap year also knows 29 February.
_ANY_YEAR = 2000
# A year whose feasts the national calendar knows.
_FEAST_YEAR = 2024

_QUOTES = dict.fromkeys(map(ord, "“”\"‘’'「」『』"))
_DIGITS = str.maketrans("０１２３４５６７８９〇○零一二三四五六七八九两", "01234567890001234567892")
_YEAR_WORDS = {"前年": -2, "去年": -1, "明年": 1, "后年": 2}
_YEAR_WORDS |= dict.fromkeys(("今年", "本年度", "本年", "当年", "全年", "年度", "每年"), 0)
# Words of a deadline that names no day: it goes on, or comes when its time has come.
_WITHOUT_DAY = (
    *(
        "长期",
        "持续",
        "常态",
        "逐步",
        "适时",
        "尽快",
        "尽早",
        "早日",
        "常年",
        "长效",
        "永久",
        "经常",
    ),
    *("滚动", "动态", "随时", "及时", "条件成熟", "全程", "不间断", "一贯", "始终"),
)
# After _DIGITS: 五一 is 51.
_FIXED_FEASTS = {"元旦": (1, 1), "51": (5, 1), "71": (7, 1), "国庆": (10, 1)}
# These move with the moon; the national calendar has their holidays.
_MOVING_FEASTS = ("春节", "清明", "端午", "中秋")
_ENDS = {"eom": 1, "eoq": 3, "eoy": 12}
_STEPS = {"today": 0, "yesterday": -1, "今天": 0, "今日": 0, "昨天": -1, "昨日": -1}
_TEN_DAYS = {"上": (1, 10), "中": (11, 20), "下": (21, None)}

# Patterns are left uncompiled: re compiles and keeps them at their first use, and a
# command that reads no wording does not pay for them.
_SPACES = r"(?<![0-9０-９])[ \t\r\n\u00a0\u3000]+|[ \t\r\n\u00a0\u3000]+(?![0-9０-９])"
_LEADING_WORDS = (
    r"\A(?:持续|力争|争取|确保|计划|预计|截至|截止|将|自|从|到|至|在|于"
    r"|(?:本?(?:文件|方案|通知))?(?:印发|发布|下发|公布|收到)之?日起)+"
)
_TRAILING_WORDS = (
    r"(?<=.)(?:全部|全面|基本)?"
    r"(?:完成|建成|完工|竣工|投用|投入使用|交付使用|交付|到位|达标|见效|实现|启动|开工)\Z"
)
_ISO = r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?"
# As spreadsheets write a day: the year comes first, so there is one reading.
_SHEET = r"([0-9]{4})(?:([/.])([0-9]{1,2})\2([0-9]{1,2})|([0-9]{2})([0-9]{2}))"
_AHEAD = r"\+([0-9]{1,6})([dwmy])"
# From here on digits have been through _DIGITS: 十二 is 十2.
_NUMBER = r"(?:[0-9]{1,2}|[1-9]?十[1-9]?)"
_THIS_MONTH = rf"(?P<step>[本当上下次])个?月|月(?=[底末])|(?={_NUMBER}[日号])"
_THIS_QUARTER = r"(?P<step>[本上下])个?季度"
_MONTH_STEPS = {"上": -1, "下": 1, "次": 1}
_PLAN = r"十([1-9])5(?:规划)?(?:时期|期间|期)?(?:[以之]?内|([末底])前?)?"
_WITHIN = rf"(?:未来|今后)?(?:(?:({_NUMBER})(年|个月)|半年)(?:时间)?[以之]?内)"
_COMING_YEARS = rf"(?:未来|今后)({_NUMBER})年"
_WITHIN_DAYS = r"([0-9]{1,3}|[1-9]?十[1-9]?)(个?工作日|日|天|个?周|个?星期)[以之]?内"
_SPAN = r"(.+?)(?:[至到]|[-—–－~～]+)(.+)"
_FEAST = rf"""
    (?:(?P<year>[0-9]{{4}})年|(?P<year_word>{"|".join(_YEAR_WORDS)}))?
    (?:(?P<feast>{"|".join((*_FIXED_FEASTS, *_MOVING_FEASTS))})节?|主?(?P<flood>汛)期?)
    (?:来临|到来)?[以之]?前
"""
_RECURRING = (
    r"(?:每(?:隔?[0-9十]+个?)?(?:半?年|半?个?月|个?季度?|个?周|个?星期|天|日|旬|个?学期|届)(?!前)"
    r"|隔年|按(?:半年|年|季|月)|(?:1个?)?(?:半年|年|季度?|月)1次).*"
)
_MONTH_OF_YEAR = r"([0-9]{4})\.(0[1-9]|1[0-2])()"
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


class DeadlineReading(Struct, frozen=True):
    """Deadline as a document words it, and the day it stands for.

    Attributes:
        wording: the words, unchanged.
        day: the last day that is in time; None when the deadline comes again and again, or
            names no day, as 长期坚持.
        basis: where the year comes from. ``assumed`` is set by callers only.
        ambiguous: the words have another reading too.
        loose: that other, later reading; None unless ambiguous.
        yearly: the deadline comes again in every year, quarter, month or week.
    """

    wording: str
    day: date | None
    basis: Literal["stated", "derived", "assumed"]
    ambiguous: bool
    loose: date | None
    yearly: bool


class LocalDays(Struct, frozen=True):
    """Days that differ from place to place.

    Attributes:
        flood_season: month and day on which the flood season (汛期) begins; None: not known.
        days_off: further days off, for 15个工作日内.
        days_on: further working days.
    """

    flood_season: tuple[int, int] | None = None
    days_off: tuple[date, ...] = ()
    days_on: tuple[date, ...] = ()


NOWHERE = LocalDays()
"""Local days where nothing is set."""


class _WordedSpan(Struct, frozen=True):
    """Days that a wording names, before a caller picks the one that it wants."""

    start: date
    end: date
    point: bool = False  # the last day of a stretch, such as 6月底
    derived: bool = False  # the document's date was needed
    loose: date | None = None
    yearly: bool = False


def parse_deadline_date(
    wording: str, document_day: date | None = None, local: LocalDays = NOWHERE
) -> DeadlineReading:
    """Parse a document's wording of a deadline: the last day that it allows.

    Args:
        wording: a short wording, such as 到2025年底; not a sentence.
        document_day: the day of the document, for 今年, 年底, 6月底 and their like.
        local: the days of the place, for 汛期前 and 15个工作日内.

    Returns:
        The reading, whose basis is ``stated`` or ``derived``.

    Raises:
        InvalidInput: the wording is not understood, names a day that does not exist, or
            needs the document's day and there is none.
    """
    if names_no_date(wording):
        recurs = "每" in wording
        return DeadlineReading(wording, None, "stated", ambiguous=False, loose=None, yearly=recurs)
    day_text = _DateText(wording, document_day, _(DEADLINE_WORDINGS), local)
    span = day_text.parse(_clean_date_wording(wording))
    return DeadlineReading(
        wording=wording,
        day=None if span.yearly else span.end,
        basis="derived" if span.derived else "stated",
        ambiguous=span.loose is not None,
        loose=span.loose,
        yearly=span.yearly,
    )


def names_no_date(wording: str) -> bool:
    """Return whether a wording says that there is no day (长期坚持), or many (每月底)."""
    text = re.sub(_SPACES, "", wording.translate(_QUOTES)).translate(_DIGITS)
    if len(text) > _LONGEST_WORDING:
        return False
    # 持续到年底 names a day, and 每年底 is read by its own rule.
    match = re.fullmatch(_CALENDAR, _clean_date_wording(wording).translate(_DIGITS), re.VERBOSE)
    if match and match["named"]:
        return False
    if re.fullmatch(_RECURRING, text):
        return True
    rest = re.sub("|".join(_WITHOUT_DAY), "", text)
    return rest != text and not re.search(r"[0-9年月旬季]|期间", rest)


def contradicts_date_wording(
    on: date | None, wording: str, basis: str, document_day: date | None, local: LocalDays = NOWHERE
) -> DeadlineReading | None:
    """Return the reading of a wording that a deadline's day contradicts; None if it fits.

    A wording that no rule understands fits every day. Where the year is assumed, only a
    year that the wording itself prints can be contradicted.

    Args:
        on: the day beside the wording; None: there is none.
        wording: the document's words.
        basis: how the day is said to follow from them.
        document_day: the day of the document, if it is known.
        local: the days of the place.
    """
    reading = _read_stored_wording(wording, document_day, local)
    if reading is None:
        return None
    if on is None or reading.yearly or (basis == "assumed" and reading.basis != "stated"):
        return None
    if reading.day is None:
        return None if basis == "assumed" else reading
    return None if reading.day <= on <= (reading.loose or reading.day) else reading


@lru_cache(maxsize=4096)
def _read_stored_wording(
    wording: str, document_day: date | None, local: LocalDays
) -> DeadlineReading | None:
    """Return how a wording is read; None: no rule understands it. Many deadlines share one."""
    try:
        return parse_deadline_date(wording, document_day, local)
    except InvalidInput:
        return None


def parse_day(
    text: str, today: date, document_day: date | None = None, local: LocalDays = NOWHERE
) -> date:
    """Parse the day that a person means; a month or a year means its last day.

    Args:
        text: a day, month or year (2026-06-30, 2026/6/30, 2026.06.30, 20260630, 2026-06,
            2026), today, yesterday, +30d, +3w, +6m, +1y, the end of the month, quarter or
            year (eom, eoq, eoy), or a document's wording (2025年6月底前, 三季度末).
        today: the day that relative forms (today, +30d) refer to.
        document_day: the day that a document's wording without a year refers to; None: today.
        local: the days of the place, for 汛期前 and 15个工作日内.

    Raises:
        InvalidInput: the text is none of the forms, has two readings, or names a day
            that does not exist.
    """
    return _parse_typed_date(text, today, document_day, local, opening=False)


def parse_start_date(
    text: str, today: date, document_day: date | None = None, local: LocalDays = NOWHERE
) -> date:
    """Parse a day as ``parse_day`` does, but a month or a year means its first day."""
    return _parse_typed_date(text, today, document_day, local, opening=True)


def parse_effective_date(text: str, today: date, document_day: date | None = None) -> date:
    """Parse the day on which a value holds, as ``parse_day`` does: of a month, its last day."""
    return parse_day(text, today, document_day)


def needs_document_date(text: str) -> bool:
    """Return whether a text is a wording whose day follows from the day of its document."""
    if text.isascii():
        return False
    try:
        parse_deadline_date(text)
    except InvalidInput:
        try:
            return parse_deadline_date(text, date.min.replace(year=_FEAST_YEAR)).basis == "derived"
        except InvalidInput:
            return False
    return False


def add_months_to_date(day: date, months: int, anchor: int | None = None) -> date:
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


def format_deadline_date(on: date | None, basis: str | None, loose: date | None) -> str:
    """Format a deadline for a cell: its day, marked if assumed, and the loose reading.

    Args:
        on: the day; None: no day.
        basis: how the day follows from the words of the document.
        loose: the other day that an ambiguous wording may mean.
    """
    if on is None:
        return ""
    day = f"{on}{ASSUMED_MARK}" if basis == "assumed" else str(on)
    if loose is None:
        return day
    return _("{day}; loosely {loose}").format(day=day, loose=loose)


def describe_deadline_date(
    on: date | None, wording: str | None, basis: str | None, loose: date | None
) -> str:
    """Describe a deadline in a sentence: its day, the document's words, basis, loose reading."""
    remarks = [f"“{wording}”" if wording else "", _(basis) if basis not in {None, "stated"} else ""]
    if loose is not None:
        remarks.append(_("loosely {loose}").format(loose=loose))
    remark = _("; ").join(filter(None, remarks))
    if on is None:
        return wording or ""
    return _("{day} ({remark})").format(day=on, remark=remark) if remark else str(on)


def shift_date(day: date, days: int) -> date:
    """Return the day so many days later, at most ``date.max`` and at least ``date.min``."""
    return date.fromordinal(min(max(day.toordinal() + days, 1), date.max.toordinal()))


class _DateText(Struct, frozen=True):
    """Text that names a day, and what an error has to say about it."""

    text: str
    document_day: date | None
    forms: str
    local: LocalDays = NOWHERE

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

    def refuse(self, sentence: str, **days: date | int) -> InvalidInput:
        quote = shorten_text(self.text)
        return InvalidInput(sentence.format(found=quote, forms=self.forms, **days))


def _parse_typed_date(
    text: str, today: date, document_day: date | None, local: LocalDays, *, opening: bool
) -> date:
    day_text = _DateText(text, document_day or today, _(DAY_FORMS), local)
    word = text.strip().lower()
    if months := _ENDS.get(word):
        return find_last_date_of_month(today.year, -(-today.month // months) * months)
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
        return add_months_to_date(today, count * (12 if unit == "y" else 1))
    try:
        return today + timedelta(days=count * (7 if unit == "w" else 1))
    except OverflowError as error:
        raise day_text.refuse_missing_day() from error


def _clean_date_wording(wording: str) -> str:
    """Return a wording without spaces, quotes and the words before it (到, 截至 …)."""
    if len(wording) > _LONGEST_WORDING:
        return ""
    words = re.sub(_LEADING_WORDS, "", re.sub(_SPACES, "", wording.translate(_QUOTES)))
    return re.sub(_TRAILING_WORDS, "", words)


def _match_date_wording(text: str, day_text: _DateText) -> _WordedSpan | None:
    """Return the days that a cleaned wording names; None if it is not understood.

    Raises:
        ValueError: no such day exists.
    """
    if iso := re.fullmatch(_ISO, text) or re.fullmatch(_MONTH_OF_YEAR, text):
        return _build_iso_date_span(int(iso[1]), iso[2], iso[3])
    text = text.translate(_DIGITS)
    span = _match_date_distance(text, day_text) or _match_calendar_date(text, day_text)
    if span is None and (ends := re.fullmatch(_SPAN, text)):
        span = _build_date_span_of_ends(ends[1], ends[2], day_text)
    return span


def _match_date_distance(text: str, day_text: _DateText) -> _WordedSpan | None:
    """Return the days of a plan, of a feast, or at a distance from the document's day."""
    if plan := re.fullmatch(_PLAN, text):
        last = 2005 + 5 * int(plan[1])  # "十一五" ended in 2010, and five years each since
        return _WordedSpan(date(last - 4, 1, 1), date(last, 12, 31), point=plan[2] is not None)
    if feast := re.fullmatch(_FEAST, text, re.VERBOSE):
        return _build_date_span_before_feast(feast, day_text)
    if within := re.fullmatch(_WITHIN, text):
        return _build_date_span_ahead(day_text.require_document_day(), within[1], within[2])
    if coming := re.fullmatch(_COMING_YEARS, text):
        return _build_date_span_of_coming_years(
            day_text.require_document_day(), _parse_date_number(coming[1])
        )
    if days := re.fullmatch(_WITHIN_DAYS, text):
        return _build_date_span_within_days(day_text, _parse_date_number(days[1]), days[2])
    return None


def _match_calendar_date(text: str, day_text: _DateText) -> _WordedSpan | None:
    """Return the days of a year, half-year, quarter, month or ten days, and of 本月, 下季度."""
    is_near = False
    if here := re.match(_THIS_MONTH, text) or re.match(_THIS_QUARTER, text):
        text, is_near = _name_near_date_span(here, day_text.require_document_day()), True
    match = re.fullmatch(_CALENDAR, text, re.VERBOSE)
    if not match or not match["named"]:
        return None
    span = _build_calendar_date_span(match, day_text)
    return replace(span, derived=True) if span is not None and is_near else span


def _name_near_date_span(here: re.Match[str], document_day: date) -> str:
    """Return the wording with the number and year of the month or quarter: 下月底, 本季度末."""
    unit, months = ("季度", 3) if here[0].endswith("季度") else ("月", 1)
    step = _MONTH_STEPS.get(here["step"] or "", 0)
    month = 12 * document_day.year + document_day.month - 1
    year, number = divmod(month // months + step, 12 // months)
    return f"{year}年{number + 1}{unit}{here.string[here.end() :]}"


def _build_date_span_of_ends(first: str, last: str, day_text: _DateText) -> _WordedSpan | None:
    """Return the days from one wording to another: 2025年至2027年, 2025年3月至6月."""
    parts = [f"{part}年" if re.fullmatch("[0-9]{4}", part) else part for part in (first, last)]
    year = re.match("[0-9]{4}年", parts[0])
    own_year = re.match(rf"[0-9]{{4}}年|{'|'.join(_YEAR_WORDS)}", parts[1])
    if year and not own_year:
        parts[1] = f"{year[0]}{parts[1]}"
    matches = [re.fullmatch(_CALENDAR, part, re.VERBOSE) for part in parts]
    spans = [_build_calendar_date_span(m, day_text) if m and m["named"] else None for m in matches]
    opening, closing = spans
    if opening is None or closing is None or opening.yearly or closing.yearly:
        return None
    if opening.start > closing.end:
        return None
    return replace(closing, start=opening.start, point=False)


def _build_date_span_of_coming_years(document_day: date, years: int) -> _WordedSpan | None:
    """Return the years that begin with that of the document: 今后五年 of 2003 ends with 2007."""
    if not 0 < years <= _MOST_YEARS_AHEAD:
        return None
    end = date(document_day.year + years - 1, 12, 31)
    return _WordedSpan(document_day, end, derived=True)


def _build_date_span_within_days(day_text: _DateText, count: int, unit: str) -> _WordedSpan:
    """Return the days from the document's to the last of so many, which begin after it."""
    first = day_text.require_document_day()
    if "工作日" not in unit:
        end = first + timedelta(days=count * (1 if unit in {"日", "天"} else 7))
        return _WordedSpan(first, end, derived=True)
    from tracker.model.workdays import WorkCalendar

    calendar = WorkCalendar(day_text.local.days_off, day_text.local.days_on)
    end = first
    for _workday in range(count):
        end = calendar.next_workday(end + timedelta(days=1))
    return _WordedSpan(first, end, derived=True)


def _build_date_span_before_feast(match: re.Match[str], day_text: _DateText) -> _WordedSpan:
    """Return the day before a feast or the flood season: of the year named, else the next one."""
    derived = match["year"] is None
    if not derived:
        day = _find_first_date_of_feast(match, int(match["year"]), day_text) - timedelta(days=1)
        return _WordedSpan(day, day)
    document_day = day_text.require_document_day()
    year = document_day.year + _YEAR_WORDS.get(match["year_word"], 0)
    day = _find_first_date_of_feast(match, year, day_text) - timedelta(days=1)
    if match["year_word"] is None and day < document_day:
        day = _find_first_date_of_feast(match, year + 1, day_text) - timedelta(days=1)
    return _WordedSpan(day, day, derived=True)


def _find_first_date_of_feast(match: re.Match[str], year: int, day_text: _DateText) -> date:
    """Return the first day of a feast's holiday, or of the flood season, in a year.

    Raises:
        InvalidInput: the day is not known.
    """
    if match["flood"]:
        if day_text.local.flood_season is None:
            raise day_text.refuse(
                _(
                    "'{found}' differs from place to place; set flood_season to its first day,"
                    " such as 06-01, or write the day"
                )
            )
        return date(year, *day_text.local.flood_season)
    if fixed := _FIXED_FEASTS.get(match["feast"]):
        return date(year, *fixed)
    from tracker.model.workdays import find_first_workday_of_feast

    day = find_first_workday_of_feast(match["feast"], year)
    if day is None:
        raise day_text.refuse(
            _("the holidays of {year} are not known yet, so '{found}' has no day; write the day"),
            year=year,
        )
    return day


def _build_iso_date_span(year: int, month: str | None, day: str | None) -> _WordedSpan:
    if month is None:
        return _WordedSpan(date(year, 1, 1), date(year, 12, 31))
    if not day:
        return _WordedSpan(date(year, int(month), 1), find_last_date_of_month(year, int(month)))
    on = date(year, int(month), int(day))
    return _WordedSpan(on, on)


def _build_date_span_ahead(today: date, count: str | None, unit: str | None) -> _WordedSpan | None:
    months = 6 if count is None else _parse_date_number(count) * (12 if unit == "年" else 1)
    # 25年内 rather means the year 2025.
    if months > 12 * _MOST_YEARS_AHEAD:
        return None
    end = add_months_to_date(today, months)
    loose = date(end.year, 12, 31) if unit == "年" else find_last_date_of_month(end.year, end.month)
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
    point = match["tail"] in {"底", "末"} or (match["day"] or match["middle"]) is not None
    if match["before"] and not point and not yearly:
        # "Before 2024": strictly it ends as 2024 begins, loosely as it ends.
        return _WordedSpan(start, start - timedelta(days=1), derived=derived, loose=end)
    return _WordedSpan(start, end, point=point, derived=derived, yearly=yearly)


def _find_dates_of_calendar(match: re.Match[str], year: int) -> tuple[date, date]:
    first, last = _find_months_of_date(match)
    if match["day"]:
        return (date(year, last, _parse_date_number(match["day"])),) * 2
    start, end = date(year, first, 1), find_last_date_of_month(year, last)
    if match["third"]:
        opening, closing = _TEN_DAYS[match["third"]]
        return start.replace(day=opening), end if closing is None else end.replace(day=closing)
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


def is_last_day_of_month(day: date) -> bool:
    """Return whether a day is the last one of its month."""
    return day == find_last_date_of_month(day.year, day.month)


def find_last_date_of_month(year: int, month: int) -> date:
    """Return the last day of a month."""
    return date(year, month, monthrange(year, month)[1])
