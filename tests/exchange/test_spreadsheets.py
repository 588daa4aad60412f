"""Workbooks and text tables are read as a person sees them."""

import csv
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from io import BytesIO, StringIO
from typing import TypeAlias
from zipfile import ZIP_DEFLATED, ZipFile

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from tracker.errors import InvalidInput
from tracker.exchange import spreadsheets
from tracker.exchange.spreadsheets import (
    EPOCH,
    MergedRange,
    Sheet,
    name_spreadsheet_cell,
    read_spreadsheet,
)

Book: TypeAlias = xlsxwriter.Workbook
Page: TypeAlias = xlsxwriter.worksheet.Worksheet


def make_workbook(fill: Callable[[Book, Page], None], **options: object) -> bytes:
    stream = BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True, **options}) as workbook:
        fill(workbook, workbook.add_worksheet("表"))
    return stream.getvalue()


def read_one(data: bytes) -> Sheet:
    (sheet,) = read_spreadsheet(data, "t.xlsx")
    return sheet


@pytest.mark.parametrize(
    ("value", "shape", "held", "text"),
    [
        (0.055, "0.0%", "0.055", "5.5%"),
        (0.28, "0%", "0.28", "28%"),
        (1.5, "0%;-0%", "1.5", "150%"),
        (0.1 + 0.2, "General", "0.3", "0.3"),
        (120, '0"个"', "120", "120个"),
        (2.1, '0.0"万人"', "2.1", "2.1万人"),
        (12345, '0!.0,"万"', "12345", "12345"),
        (12345, '#,##0,"千"', "12345", "12345"),
        (1234.5, "#,##0.00", "1234.5", "1234.5"),
        (12, "#,##0_);(#,##0)", "12", "12"),
        (12, '"第"0"名"', "12", "12名"),
        (12, "0\\个", "12", "12个"),
        (12, "@", "12", "12"),
        (1e20, "0", "100000000000000000000", "100000000000000000000"),
        (0, "0%", "0", "0%"),
        (-5, "0", "-5", "-5"),
    ],
)
def test_a_number_is_read_with_what_its_format_shows(
    value: float, shape: str, held: str, text: str
) -> None:
    def fill(workbook: Book, sheet: Page) -> None:
        sheet.write_number(0, 0, value, workbook.add_format({"num_format": shape}))

    cell = read_one(make_workbook(fill)).cells[1, 1]
    assert (cell.value, cell.text) == (Decimal(held), text)


@pytest.mark.parametrize("from_1904", [False, True])
def test_days_are_read_from_both_calendars(*, from_1904: bool) -> None:
    def fill(workbook: Book, sheet: Page) -> None:
        shape = workbook.add_format({"num_format": "yyyy/m/d"})
        sheet.write_datetime(0, 0, datetime(2025, 6, 30, 12), shape)  # noqa: DTZ001

    sheet = read_one(make_workbook(fill, date_1904=from_1904))
    assert sheet.cells[1, 1].value == date(2025, 6, 30)
    assert sheet.cells[1, 1].text == "2025-06-30"
    assert sheet.epoch == (date(1904, 1, 1) if from_1904 else EPOCH)


def test_what_is_merged_or_hidden_is_said() -> None:
    def fill(workbook: Book, sheet: Page) -> None:
        sheet.merge_range(0, 0, 1, 1, "合并")
        sheet.write_string(2, 2, " 值 ")
        sheet.set_row(2, None, None, {"hidden": True})
        sheet.set_column(2, 3, None, None, {"hidden": True})
        hidden = workbook.add_worksheet("藏")
        hidden.hide()

    shown, hidden = read_spreadsheet(make_workbook(fill), "t.xlsx")
    assert shown.merged == [MergedRange(1, 1, 2, 2)]
    assert [sorted(shown.hidden_rows), sorted(shown.hidden_columns)] == [[3], [3, 4]]
    assert (shown.is_hidden, hidden.is_hidden) == (False, True)
    assert [[cell.text for cell in row] for row in shown.list_rows()] == [["合并"], ["值"]]
    assert list(hidden.list_rows()) == []
    spread = shown.spread_merged_cells()
    assert {spread[row, column].text for row in (1, 2) for column in (1, 2)} == {"合并"}
    assert spread[3, 3].address == "C3"


def test_an_empty_merged_range_stays_empty() -> None:
    sheet = Sheet("", {}, [MergedRange(1, 1, 2, 2)])
    assert sheet.spread_merged_cells() == {}


def test_formulas_are_read_by_their_results() -> None:
    workbook = openpyxl.Workbook()
    workbook.active["A1"] = "=1+1"
    stream = BytesIO()
    workbook.save(stream)
    cell = read_one(stream.getvalue()).cells[1, 1]
    assert cell.is_broken

    def fill(_workbook: Book, sheet: Page) -> None:
        sheet.write_formula(0, 0, "=1+1", None, 2)
        sheet.write_formula(0, 1, "=1/0", None, "#DIV/0!")
        sheet.write_boolean(0, 2, boolean=True)
        sheet.write_boolean(0, 3, boolean=False)

    cells = read_one(make_workbook(fill)).cells
    assert [cell.text for cell in cells.values()] == ["2", "#DIV/0!", "TRUE", "FALSE"]
    assert [cell.is_broken for cell in cells.values()] == [False, True, False, False]


def test_a_time_of_day_is_a_text() -> None:
    workbook = openpyxl.Workbook()
    workbook.active["A1"] = time(9, 30)
    workbook.active["B1"] = "a_x000D_b"
    workbook.active["C1"] = "  "
    stream = BytesIO()
    workbook.save(stream)
    assert [cell.text for cell in read_one(stream.getvalue()).cells.values()] == [
        "09:30:00",
        "a\rb",
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_text_tables_are_read_in_any_encoding(encoding: str, delimiter: str) -> None:
    rows = [["事项", "本期值", "说明"], ["䶮桥", "1,234", "一，二\n三"], ["", "5", ""]]
    stream = StringIO()
    csv.writer(stream, delimiter=delimiter).writerows(rows)
    sheet = read_one(stream.getvalue().encode(encoding))
    assert {place: cell.text for place, cell in sheet.cells.items()} == {
        (row, column): field
        for row, fields in enumerate(rows, 1)
        for column, field in enumerate(fields, 1)
        if field
    }


def test_a_first_line_may_name_the_separator() -> None:
    sheet = read_one("sep=;\n事项;a,b,c\n".encode())
    assert {cell.address: cell.text for cell in sheet.cells.values()} == {
        "A2": "事项",
        "B2": "a,b,c",
    }
    assert read_one(b"").cells == {}


@given(st.lists(st.lists(st.text(st.characters(codec="utf-8", exclude_categories=["C"])))))
def test_text_tables_are_read_as_they_were_written(rows: list[list[str]]) -> None:
    stream = StringIO()
    csv.writer(stream).writerows([["a", "b", "c"]] * 50)
    csv.writer(stream).writerows(rows)
    sheet = read_one(stream.getvalue().encode())
    for row, fields in enumerate(rows, 51):
        for column, field in enumerate(fields, 1):
            cell = sheet.cells.get((row, column))
            assert (cell.text if cell else "") == field.strip()


@given(st.integers(1, 16_384))
def test_addresses_are_those_of_a_spreadsheet(column: int) -> None:
    from openpyxl.utils import get_column_letter

    assert name_spreadsheet_cell(7, column) == f"{get_column_letter(column)}7"


def _zip(**parts: bytes) -> bytes:
    stream = BytesIO()
    with ZipFile(stream, "w", ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return stream.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (OLE + b"Workbook", "save it as .xlsx"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "password"),
        (_zip(**{"mimetype": b"", "content.xml": b""}), "OpenDocument"),
        (_zip(**{"xl/workbook.bin": b""}), ".xlsb"),
        (_zip(**{"word/document.xml": b""}), "no workbook"),
        (_zip(**{"xl/workbook.xml": b"<"}), "cannot be read"),
        (b"PK\x03\x04 torn", "cannot be read"),
        (_zip(**{"xl/a": b"\0" * 10_001}), "unpacked"),
        (_zip(**{"xl/worksheets/sheet1.xml": b"<c />" * 501}), "cells"),
        (b"<html>", "web page"),
        (b"%PDF-1.7", "web page or PDF"),
        (b"\x89PNG\0\0\0", "neither"),
        (b"\x81", "neither"),
        (b'"' + b"x" * 200_000, "row 1 cannot be read"),
        (b"x,\n" * 10 + b'"' + b"x" * 200_000, "row 11 cannot be read"),
        (b"x," * 501, "cells"),
    ],
)
def test_what_is_no_table_is_refused_with_the_way_out(
    data: bytes, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spreadsheets, "_UNPACKED_LIMIT", 10_000)
    monkeypatch.setattr(spreadsheets, "_CELL_LIMIT", 500)
    with pytest.raises(InvalidInput, match=r"t\.xlsx") as refused:
        read_spreadsheet(data, "t.xlsx")
    assert said in str(refused.value)


def test_a_file_that_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreadsheets, "SPREADSHEET_LIMIT", 10)
    with pytest.raises(InvalidInput, match="more than 10 bytes"):
        read_spreadsheet(b"x" * 11, "t.csv")
