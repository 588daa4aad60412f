"""Amounts and days are read out of cells as people fill them in; nothing is guessed."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.errors import InvalidInput
from tracker.exchange.cell_values import is_cell_blank, parse_cell_amount, parse_cell_day
from tracker.exchange.spreadsheets import EPOCH, Cell

TODAY = date(2025, 7, 5)
JUNE_30 = date(2025, 6, 30)


def text_cell(text: str) -> Cell:
    return Cell(1, 1, text, text)


def number_cell(text: str) -> Cell:
    return Cell(1, 1, Decimal(text), text)


@pytest.mark.parametrize("text", ["-", "—", "——", "/", "－ ", "- -"])
def test_dashes_are_an_empty_cell(text: str) -> None:
    assert is_cell_blank(text_cell(text))
    assert is_cell_blank(None)


@pytest.mark.parametrize("text", ["0", "无", "-1", "否"])
def test_words_and_zero_are_no_empty_cell(text: str) -> None:
    assert not is_cell_blank(text_cell(text))
    assert not is_cell_blank(Cell(1, 1, "", "", is_broken=True))


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("1,234", "户", "1234"),
        ("1，234户", "户", "1234"),
        ("3 240", "户", "3240"),
        ("１２．５", "%", "12.5"),
        ("'12", "个", "12"),
        ("12.", "个", "12"),
        ("12个。", "个", "12"),
        ("2.1万", "人", "21000"),
        ("2100人", "万人", "0.21"),
        ("2.1", "万人", "2.1"),
        ("-3.2", "%", "-3.2"),
        ("85％", "%", "85"),
        ("已完成32个", "个", "32"),
        ("12", None, "12"),
        ("一千二百", "户", "1200"),
    ],
)
def test_amounts_are_read_as_people_write_them(text: str, unit: str | None, value: str) -> None:
    amount = parse_cell_amount(text_cell(text), unit, unit)
    assert amount.value == Decimal(value)


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        (text_cell("已完成"), "number"),
        (text_cell("12户"), "cannot be converted"),
        (text_cell("1,2"), "more than one number"),
        (text_cell("约12、13"), "more than one number"),
        (Cell(1, 1, JUNE_30, "2025-06-30"), "is a day"),
        (Cell(1, 1, value=True, text="TRUE"), "is no number"),
        (Cell(1, 1, "#REF!", "#REF!", is_broken=True), "formula has no result"),
    ],
)
def test_what_is_no_amount_is_refused(cell: Cell, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        parse_cell_amount(cell, "个", "个")


def test_a_number_alone_away_from_its_unit_is_refused_where_there_are_two_readings() -> None:
    with pytest.raises(InvalidInput, match="12万户"):
        parse_cell_amount(text_cell("12"), "万户")


@pytest.mark.parametrize(
    "text",
    [
        *("2025-06-30", "2025-6-30", "2025/6/30", "2025.6.30", "2025–6–30", "２０２５-０６-３０"),
        *("20250630", "2025年6月30日", "6月30日", "6.30", "6/30", "2025.6", "2025.06", "2025-06"),
        *(
            "2025-06-30 00:00:00",
            "2025-06-30T00:00:00.000",
            "截至6月30日",
            "6月底",
            "45838",
            "'6.30",
        ),
    ],
)
def test_days_are_read_as_people_write_them(text: str) -> None:
    assert parse_cell_day(text_cell(text), TODAY) == JUNE_30


def test_a_number_alone_is_in_the_unit_of_its_row() -> None:
    assert parse_cell_amount(text_cell("1,200"), "万户", "户").value == Decimal("0.12")


def test_a_day_without_a_year_is_of_the_year_of_the_sheet() -> None:
    assert parse_cell_day(text_cell("12月31日"), TODAY, date(2024, 12, 31)) == date(2024, 12, 31)


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_serial_numbers_are_days(day: date) -> None:
    for epoch in (EPOCH, date(1904, 1, 1)):
        serial = str((day - epoch).days)
        assert parse_cell_day(number_cell(serial), TODAY, epoch=epoch) == day
    assert parse_cell_day(Cell(1, 1, day, str(day)), TODAY) == day
    assert parse_cell_day(text_cell(f"{day.year}.{day.month}.{day.day}"), TODAY) == day


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        (number_cell("2025.1"), "two days"),
        (number_cell("6.3"), "two days"),
        (text_cell("30/06/2025"), "not understood"),
        (text_cell("13.6"), "not understood"),
        (text_cell("2.30"), "not in the calendar"),
        (text_cell("99999"), "not understood"),
        (Cell(1, 1, "", "", is_broken=True), "formula has no result"),
    ],
)
def test_what_is_no_day_or_two_is_refused(cell: Cell, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        parse_cell_day(cell, TODAY)
