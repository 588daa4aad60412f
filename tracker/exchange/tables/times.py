"""Read the days of a table: when a value holds, by head or sentence, and deadlines of cells."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from tracker.errors import InvalidInput
from tracker.exchange.cell_values import parse_cell_day, refuse_broken_cell
from tracker.exchange.fields import build_deadline_field, build_worded_deadline_field
from tracker.exchange.spreadsheets import EPOCH, Cell
from tracker.locale.translation import _
from tracker.model.dates import LocalDays, find_last_date_of_month
from tracker.model.records import Deadline
from tracker.model.validation import quote_validated_value

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH_NAME = rf"({'|'.join(_MONTHS)})[a-z]*\.?"
_QUARTERS = dict(zip("一二三四1234", (1, 2, 3, 4, 1, 2, 3, 4), strict=True))
_DASH = r"[-—–~至到]+"
_FINANCIAL = r"(20\d\d)\s*[/-]\s*(\d\d)(?!\d)"
_DAY_FIRST = r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})"
_LAST_MONTH = 12
_APRIL = 4


class TableDays(NamedTuple):
    """Days that the wordings of a table refer to.

    Attributes:
        today: the day of the import.
        published: the day of the table; None: it is not known.
        year: the year that it is about.
        starts_in: the month that its years begin with: 4 where 2024/25 is a year.
        stated: the day that the table says its values are of.
        local: the days of the place.
        epoch: day 0 of the serial numbers of days.
        day_first: whether 03/04/2025 is in April, by the other days of the table.
    """

    today: date
    published: date | None
    year: int
    starts_in: int
    stated: date | None
    local: LocalDays
    epoch: date = EPOCH
    day_first: bool | None = None

    @property
    def document_day(self) -> date:
        """Return the day that 年底 and 6月30日 refer to: that of the table, else of its year."""
        if self.published is not None:
            return self.published
        return self.today if self.year == self.today.year else date(self.year, 1, 1)

    @property
    def year_end(self) -> date:
        """Return the last day of the year that the table is about."""
        if self.starts_in == 1:
            return date(self.year, 12, 31)
        return find_last_date_of_month(self.year + 1, self.starts_in - 1)


def read_table_times(
    texts: Sequence[str], cells: Sequence[Cell], published: date | None, base: TableDays
) -> TableDays:
    """Return the days that the texts above a table, and the form of its days, state.

    Args:
        texts: the title and what stands beside it, the heads, the name of the sheet and file.
        cells: those below the head.
        published: the day of the table, as a person says it.
        base: what holds where the table says nothing.
    """
    joined = unicodedata.normalize("NFKC", "\n".join(texts))
    fiscal = re.search(_FINANCIAL, joined)
    is_fiscal = fiscal is not None and (int(fiscal[1]) + 1) % 100 == int(fiscal[2])
    printed = re.search(r"(20\d\d)\s*年", joined) or re.search(r"(?<!\d)(20\d\d)(?!\d)", joined)
    year = base.document_day.year if published is None else published.year
    if is_fiscal and fiscal is not None:
        year = int(fiscal[1])
    elif printed is not None:
        year = int(printed[1])
    day_first = None
    for cell in cells:
        parts = re.fullmatch(_DAY_FIRST, cell.text)
        if parts and int(parts[1]) > _LAST_MONTH:
            day_first = True
        elif parts and int(parts[2]) > _LAST_MONTH:
            day_first = False
    days = base._replace(
        published=published, year=year, starts_in=_APRIL if is_fiscal else 1, day_first=day_first
    )
    stated = next(filter(None, (find_end_of_period_time(text, days) for text in texts)), None)
    return days._replace(stated=stated)


def find_end_of_period_time(text: str, days: TableDays) -> date | None:
    """Return the last day of the time that a head, a title or a sentence says: 截至5月底, Q2.

    Args:
        text: a short text.
        days: the year that is meant where none is written.
    """
    words = unicodedata.normalize("NFKC", "".join(text.split()))
    if until := re.search(
        r"截[至止](?:到)?((?:\d{4}年)?\d{1,2}月(?:\d{1,2}日|底|末)?|\d{4}[-./]\d{1,2}(?:[-./]\d{1,2})?)",
        words,
    ):
        return _read_time_until(until[1], days)
    if span := re.search(rf"(?:(\d{{4}})年)?(\d{{1,2}})月?{_DASH}(\d{{1,2}})月", words):
        if int(span[2]) == 1 and 1 <= int(span[3]) <= _LAST_MONTH:
            return find_last_date_of_month(int(span[1] or days.year), int(span[3]))
        return None
    if until := re.search(r"(?:(\d{4})年)?(\d{1,2})月(?:底|末)(?!前)", words):
        return find_last_date_of_month(int(until[1] or days.year), int(until[2]))
    return _find_end_time_of_quarter(text, words, days)


def _read_time_until(text: str, days: TableDays) -> date | None:
    try:
        return parse_cell_day(Cell(1, 1, text, text), days.today, date(days.year, 12, 31))
    except InvalidInput:
        return None


def _find_end_time_of_quarter(text: str, words: str, days: TableDays) -> date | None:
    """Return the end of a quarter or half: in a financial year by the months it names."""
    year = re.search(r"(\d{4})年", words)
    named = re.findall(_MONTH_NAME, text.casefold())
    quarter = re.search(
        r"(?i)\bq(?:uarter)?([1-4])(?!\d)|([一二三四1-4])季度", text.replace("Quarter ", "q")
    )
    if re.search(r"上半年", words):
        return find_last_date_of_month(int(year[1]) if year else days.year, 6)
    if re.search(r"(?i)half-?year|\bh1\b", text):
        return _find_end_time_of_month((days.starts_in + 4) % 12 + 1, days)
    if (english := _find_english_end(text)) is not None:
        return english
    if quarter is None or re.search(r"季度末?前", words):
        return None
    if named and days.starts_in != 1:
        return _find_end_time_of_month(_MONTHS.index(named[-1]) + 1, days)
    number = _QUARTERS[quarter[1] or quarter[2]]
    month = days.starts_in + 3 * number - 1
    own_year = int(year[1]) if year else days.year
    return find_last_date_of_month(own_year + (month - 1) // 12, (month - 1) % 12 + 1)


def _find_english_end(text: str) -> date | None:
    """Return the day of: at 30 September 2025, April to September 2025."""
    if month := re.search(rf"(?i)\b(?:to|ending|ended|until) {_MONTH_NAME} (20\d\d)", text):
        return find_last_date_of_month(int(month[2]), _MONTHS.index(month[1].casefold()) + 1)
    if day := re.search(rf"(?i)\b(?:at|to|until) (\d{{1,2}}) {_MONTH_NAME} (20\d\d)", text):
        return _build_day_of_time(
            int(day[3]), _MONTHS.index(day[2].casefold()) + 1, int(day[1]), day[0]
        )
    return None


def _find_end_time_of_month(month: int, days: TableDays) -> date:
    return find_last_date_of_month(days.year + (month < days.starts_in), month)


def read_deadline_time_of_cell(cell: Cell, days: TableDays) -> Deadline:
    """Return the deadline in a cell.

    Raises:
        InvalidInput: it is not understood, or may be one of two days.
    """
    refuse_broken_cell(cell)
    text = " ".join(unicodedata.normalize("NFKC", cell.text).split()).rstrip("*")
    if isinstance(cell.value, date) or not isinstance(cell.value, str):
        day = parse_cell_day(cell, days.today, days.document_day, days.epoch)
        return Deadline(on=day, wording=None, basis="stated")
    if (english := _read_english_time(text, days)) is not None:
        return Deadline(on=english, wording=text)
    if quarter := re.fullmatch(r"(?i)q([1-4])(?: ?(20\d\d))?", text):
        if days.starts_in != 1:
            end = _find_end_time_of_quarter(text, text, days)
            return Deadline(on=end, wording=text, basis="derived")
        text = f"{f'{quarter[2]}年' if quarter[2] else ''}{'一二三四'[int(quarter[1]) - 1]}季度"
    if text.isascii() or re.fullmatch(r"\d{4}[-./]\d{1,2}(?:[-./]\d{1,2})?", text):
        cell = cell._replace(value=text, text=text)
        day = parse_cell_day(cell, days.today, days.document_day, days.epoch)
        return Deadline(on=day, wording=None, basis="stated")
    text = "".join(text.split())
    deadline = build_deadline_field(text, days.today, days.document_day, days.local)
    if deadline.on is not None and days.published is None and deadline.basis == "derived":
        deadline.basis = "assumed"
    return build_worded_deadline_field(
        deadline.on, deadline.wording, deadline.basis, days.document_day, days.local
    )


def _read_english_time(text: str, days: TableDays) -> date | None:
    """Return the day of 31/03/2025, 28 February 2025 or March 2025; None of another wording.

    Raises:
        InvalidInput: the day and the month may be either way round, or there is no such day.
    """
    if parts := re.fullmatch(_DAY_FIRST, text):
        first, second, year = map(int, parts.groups())
        if first <= _LAST_MONTH and second <= _LAST_MONTH and first != second:
            if days.day_first is None:
                sentence = _("{found} can be two days; write it as 2025-06-30")
                raise InvalidInput(sentence.format(found=quote_validated_value(text)))
            first, second = (first, second) if days.day_first else (second, first)
        day, month = (first, second) if second <= _LAST_MONTH else (second, first)
        return _build_day_of_time(year, month, day, text)
    folded = text.casefold().removeprefix("by ").removeprefix("end of ").removeprefix("end ")
    pattern = (
        rf"(?:(\d{{1,2}})(?:st|nd|rd|th)? )?{_MONTH_NAME}"
        r"(?: (\d{1,2})(?:st|nd|rd|th)?,)? (20\d\d)"
    )
    # Mar-27 is how spreadsheets show a month of 2027.
    if short := re.fullmatch(rf"{_MONTH_NAME}[-' ](\d\d)", folded):
        return find_last_date_of_month(2000 + int(short[2]), _MONTHS.index(short[1]) + 1)
    if words := re.fullmatch(pattern, folded):
        month, year = _MONTHS.index(words[2]) + 1, int(words[4])
        number = words[1] or words[3]
        return (
            _build_day_of_time(year, month, int(number), text)
            if number
            else find_last_date_of_month(year, month)
        )
    return None


def _build_day_of_time(year: int, month: int, day: int, text: str) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise InvalidInput(
            _("there is no day {found}").format(found=quote_validated_value(text))
        ) from None


def find_deadline_time_in_sentence(text: str, days: TableDays) -> Deadline | None:
    """Return the deadline that a sentence states, such as 新增就业2万人以上，12月底前."""
    words = "".join(unicodedata.normalize("NFKC", text).split())
    found = re.findall(
        r"(?:20\d\d年)?\d{1,2}月(?:\d{1,2}日|底|末|[上中下]旬)?(?:之?前|以前)|(?:20\d\d)?年底?(?:之?前|以前)",
        words,
    )
    for wording in reversed(found):
        try:
            return read_deadline_time_of_cell(Cell(1, 1, wording, wording), days)
        except InvalidInput:
            continue
    return None
