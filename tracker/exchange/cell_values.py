"""Read amounts and days out of cells as people fill them in. Nothing is guessed."""

import re
from datetime import date, timedelta
from decimal import Decimal
from unicodedata import normalize

from tracker.errors import InvalidInput
from tracker.exchange.spreadsheets import EPOCH, Cell
from tracker.locale.translation import _
from tracker.model.dates import parse_day, parse_start_date
from tracker.model.quantities import ReportedAmount, parse_reported_amount

_DASHES = frozenset("-—–－―/／\\")
"""Signs with which people fill a cell that they leave empty."""
_WIDE = str.maketrans("０１２３４５６７８９．，／－：", "0123456789.,/-:")
# 1 January 2000 to 31 December 2099: a year or a day without signs has four or eight digits.
_SERIALS = range(36_526, 73_051)
_THOUSANDS = r"(?<=[0-9])[ \u00a0\u2009\u202f'’](?=[0-9]{3}(?![0-9]))"
_CLOCK = r"[ T][0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?\Z"
_DAY_BY_SIGNS = r"([0-9]{4})[-/.–—]([0-9]{1,2})(?:[-/.–—]([0-9]{1,2}))?"
_DAY_OF_MONTH = r"([0-9]{1,2})[./]([0-9]{1,2})"
_LAST_MONTH = 12


def normalize_cell_text(text: str) -> str:
    """Return a text with its signs in one width; the exponents of units stay: m², μg/m³."""
    return re.sub("[^²³]+", lambda part: normalize("NFKC", part[0]), text)


def is_cell_blank(cell: Cell | None) -> bool:
    """Return whether nothing is said in a cell: it is empty, or filled with dashes."""
    return cell is None or (not cell.is_broken and not set(cell.text.replace(" ", "")) - _DASHES)


def parse_cell_amount(cell: Cell, unit: str | None, row_unit: str | None = None) -> ReportedAmount:
    """Parse the amount in a cell, in the unit of its indicator.

    Args:
        cell: a number, or a text such as 1,234户, ２.１万人, 3 240 or 已完成32个.
        unit: the unit of the indicator; None if it has none.
        row_unit: the unit that the row shows, in which a number alone is.

    Raises:
        InvalidInput: it is no one number, or in a unit of another kind.
    """
    refuse_broken_cell(cell)
    if isinstance(cell.value, date):
        sentence = _(
            "{day} is a day; write a number, and give the cell the format of a number or a text"
        )
        raise InvalidInput(sentence.format(day=cell.value))
    if isinstance(cell.value, bool):
        raise InvalidInput(_("'{found}' is no number").format(found=cell.text))
    text = re.sub(_THOUSANDS, "", cell.text.translate(_WIDE).lstrip("'’‘")).rstrip("。")
    is_bare = re.fullmatch(r"[+-]?[0-9][0-9,]*(?:\.[0-9]*)?", text) is not None
    if is_bare:
        text = f"{text.rstrip('.')}{row_unit or ''}"
    return parse_reported_amount(text, unit)


def parse_cell_day(
    cell: Cell,
    today: date,
    near: date | None = None,
    epoch: date = EPOCH,
    *,
    is_first: bool = False,
) -> date:
    """Parse the day in a cell; of a month or a year its last day, or its first.

    Args:
        cell: a day, its serial number, or a text such as 2025-6-30, 6月30日, 6.30 or 2025.06.
        today: the day that 今天 and +30d mean.
        near: a day of the year that is meant where none is written; None: today's.
        epoch: day 0 of the serial numbers.
        is_first: the first day of a month or a year is meant.

    Raises:
        InvalidInput: it is no day, or may be one of two.
    """
    refuse_broken_cell(cell)
    if isinstance(cell.value, date):
        return cell.value
    text = re.sub(_CLOCK, "", cell.text.translate(_WIDE).lstrip("'’‘").strip())
    is_number = isinstance(cell.value, Decimal)
    if re.fullmatch("[0-9]{5}", text) and int(text) + _count_cell_days_to_1900(epoch) in _SERIALS:
        return epoch + timedelta(days=int(text))
    # In a cell that holds a number, 2025.1 was 2025.10 as well, and 6.3 was 6.30.
    is_cut = is_number and re.fullmatch(r"[0-9]{4}\.1|[0-9]{1,2}\.[1-3]", text) is not None
    if is_cut:
        sentence = _("the number {found} can mean two days; write it as 2025-06-30")
        raise InvalidInput(sentence.format(found=text))
    if match := re.fullmatch(_DAY_BY_SIGNS, text):
        text = "-".join(part.zfill(2) for part in match.groups() if part)
    elif (match := re.fullmatch(_DAY_OF_MONTH, text)) and 1 <= int(match[1]) <= _LAST_MONTH:
        text = f"{int(match[1])}月{int(match[2])}日"
    parse = parse_start_date if is_first else parse_day
    return parse(text, today, near or today)


def _count_cell_days_to_1900(epoch: date) -> int:
    return (epoch - EPOCH).days


def refuse_broken_cell(cell: Cell) -> None:
    """Refuse a formula that has no result.

    Raises:
        InvalidInput: there is none, or it is an error.
    """
    if cell.is_broken:
        sentence = _("the formula has no result; write the value itself")
        raise InvalidInput(sentence)
