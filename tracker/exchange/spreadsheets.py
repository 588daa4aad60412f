"""Read workbooks (.xlsx) and text tables (.csv) into sheets of cells with their addresses.

Nothing is interpreted here beyond what a person sees in a cell: a number with its sign of
per cent or its unit, a day, a text. ``cell_values`` makes amounts and days of that.
"""

import re
import warnings
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from io import BytesIO, StringIO
from typing import TYPE_CHECKING, NamedTuple

from tracker.errors import InvalidInput
from tracker.locale.translation import _

if TYPE_CHECKING:
    from openpyxl.cell import Cell as WorkbookCell
    from openpyxl.worksheet.worksheet import Worksheet


SPREADSHEET_LIMIT = 50_000_000
"""Bytes of a file."""
_UNPACKED_LIMIT = 200_000_000
"""Bytes of the parts of a workbook together: a small file can hold very much."""
_CELL_LIMIT = 2_000_000
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""Begin of .xls, .et and workbooks with a password."""
_DELIMITERS = ",\t;"
# What a double holds for certain; Excel shows no more either.
_DIGITS_OF_FLOAT = 15
_EPOCHS = {1899: date(1899, 12, 30), 1904: date(1904, 1, 1)}
EPOCH = _EPOCHS[1899]
"""Day 0 of the serial numbers of days, where a file does not say 1904."""


class Cell(NamedTuple):
    """A cell that is not empty.

    Attributes:
        row: from 1, as a spreadsheet numbers it.
        column: from 1.
        value: as it is held; a number without its sign of per cent: 0.055 for 5.5%.
        text: as a person reads it: 5.5%, 120个, 2025-06-30; without spaces around it.
        is_broken: a formula without a result, or with an error as its result.
    """

    row: int
    column: int
    value: str | Decimal | date | bool
    text: str
    is_broken: bool = False

    @property
    def address(self) -> str:
        """Return the address, such as B7."""
        return name_spreadsheet_cell(self.row, self.column)


class MergedRange(NamedTuple):
    """Cells that are one; its content stands in the first row and column."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int


class Sheet(NamedTuple):
    """A sheet of a workbook, or a whole text table.

    Attributes:
        name: of the sheet; empty for a text table.
        cells: by (row, column); what is empty is left out.
        merged: ranges of cells that are one.
        hidden_rows: rows that are hidden or filtered away.
        hidden_columns: columns that are hidden.
        is_hidden: whether the sheet itself is.
        epoch: day 0 of the serial numbers of days.
    """

    name: str
    cells: dict[tuple[int, int], Cell]
    merged: Sequence[MergedRange] = ()
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    is_hidden: bool = False
    epoch: date = EPOCH

    def list_rows(self) -> Iterator[list[Cell]]:
        """Yield the cells of each row that is not empty, in order."""
        row: list[Cell] = []
        for place in sorted(self.cells):
            if row and row[0].row != place[0]:
                yield row
                row = []
            row.append(self.cells[place])
        if row:
            yield row

    def spread_merged_cells(self) -> dict[tuple[int, int], Cell]:
        """Return the cells, and for each place of a merged range its one cell."""
        spread = dict(self.cells)
        for merged in self.merged:
            cell = self.cells.get((merged.first_row, merged.first_column))
            if cell is not None:
                spread |= {
                    (row, column): cell
                    for row in range(merged.first_row, merged.last_row + 1)
                    for column in range(merged.first_column, merged.last_column + 1)
                }
        return spread


def name_spreadsheet_cell(row: int, column: int) -> str:
    """Return the address of a cell, such as B7."""
    letters = ""
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return f"{letters}{row}"


def read_spreadsheet(data: bytes, name: str) -> list[Sheet]:
    """Return the sheets of a workbook, or the one of a text table.

    What kind it is is told by its content and not by its name.

    Args:
        data: the file.
        name: what it is called, for sentences.

    Raises:
        InvalidInput: it is no table, too large, damaged, or asks for a password.
    """
    if len(data) > SPREADSHEET_LIMIT:
        sentence = _("{file} has more than {limit} bytes; split it.")
        raise InvalidInput(sentence.format(file=name, limit=SPREADSHEET_LIMIT))
    if data.startswith(_COMPOUND):
        sentence = _("{file} is an old workbook (.xls or .et); open it and save it as .xlsx.")
        if "EncryptedPackage".encode("utf-16-le") in data:
            sentence = _("{file} asks for a password; save it without one.")
        raise InvalidInput(sentence.format(file=name))
    if data.startswith(b"PK\x03\x04"):
        return _read_workbook_spreadsheet(data, name)
    return [Sheet("", _read_text_spreadsheet(decode_text_spreadsheet(data, name), name))]


def _read_workbook_spreadsheet(data: bytes, name: str) -> list[Sheet]:
    from openpyxl import load_workbook

    has_formulas = _check_parts_of_spreadsheet(data, name)
    try:
        with warnings.catch_warnings():
            # What openpyxl leaves out (pictures, validation) is not asked for here.
            warnings.simplefilter("ignore")
            workbook = load_workbook(BytesIO(data), data_only=True, keep_links=False)
            formulas = load_workbook(BytesIO(data), keep_links=False) if has_formulas else None
    # A damaged part shows itself as any of many exceptions.
    except Exception as error:
        sentence = _("{file} cannot be read as a workbook; open it and save it as .xlsx again.")
        raise InvalidInput(sentence.format(file=name)) from error
    epoch = _EPOCHS.get(workbook.epoch.year, EPOCH)
    return [
        _read_spreadsheet_page(sheet, epoch, None if formulas is None else formulas[sheet.title])
        for sheet in workbook.worksheets
    ]


def _check_parts_of_spreadsheet(data: bytes, name: str) -> bool:
    """Refuse what is no workbook, or too much of one; return whether it has formulas."""
    from zipfile import BadZipFile, ZipFile

    sentence, has_formulas = None, False
    try:
        with ZipFile(BytesIO(data)) as parts:
            names = parts.namelist()
            if "content.xml" in names and "mimetype" in names:
                sentence = _("{file} is an OpenDocument table; open it and save it as .xlsx.")
            elif "xl/workbook.bin" in names:
                sentence = _("{file} is a binary workbook (.xlsb); open it and save it as .xlsx.")
            elif not any(part.startswith(("xl/", "/xl/")) for part in names):
                sentence = _("{file} is no workbook; save the table as .xlsx or .csv.")
            elif sum(part.file_size for part in parts.infolist()) > _UNPACKED_LIMIT:
                sentence = _("{file} holds more than {limit} bytes when it is unpacked; split it.")
            else:
                sheets = [part for part in names if re.match(r"/?xl/worksheets/[^/]+\.xml", part)]
                contents = [parts.read(part) for part in sheets]
                if sum(content.count(b"<c ") for content in contents) > _CELL_LIMIT:
                    sentence = _("{file} has more than {cells} cells; split it.")
                has_formulas = any(re.search(rb"<(?:\w+:)?f[ >/]", part) for part in contents)
    except (BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError, EOFError):
        sentence = _("{file} cannot be read as a workbook; open it and save it as .xlsx again.")
    if sentence is not None:
        raise InvalidInput(sentence.format(file=name, limit=_UNPACKED_LIMIT, cells=_CELL_LIMIT))
    return has_formulas


def _read_spreadsheet_page(sheet: "Worksheet", epoch: date, formulas: "Worksheet | None") -> Sheet:
    from openpyxl.utils import column_index_from_string

    cells: dict[tuple[int, int], Cell] = {}
    for row in sheet.iter_rows():
        for cell in row:
            is_formula = formulas is not None and formulas[cell.coordinate].data_type == "f"
            if (read := _read_spreadsheet_cell(cell, is_formula=is_formula)) is not None:
                cells[read.row, read.column] = read
    hidden_columns = {
        column
        for letter, layout in sheet.column_dimensions.items()
        if layout.hidden
        for column in range(
            layout.min or column_index_from_string(letter),
            (layout.max or column_index_from_string(letter)) + 1,
        )
    }
    return Sheet(
        sheet.title,
        cells,
        [
            MergedRange(r.min_row, r.min_col, r.max_row, r.max_col)
            for r in sheet.merged_cells.ranges
        ],
        frozenset(row for row, layout in sheet.row_dimensions.items() if layout.hidden),
        frozenset(hidden_columns),
        sheet.sheet_state != "visible",
        epoch,
    )


def _read_spreadsheet_cell(cell: "WorkbookCell", *, is_formula: bool) -> Cell | None:
    """Return a cell as a person reads it; None if it is empty."""
    value = cell.value
    row, column = cell.row, cell.column
    if value is None or value == "":
        return Cell(row, column, "", "", is_broken=True) if is_formula else None
    if cell.data_type == "e":
        return Cell(row, column, str(value), str(value), is_broken=True)
    if isinstance(value, bool):
        return Cell(row, column, value, "TRUE" if value else "FALSE")
    if isinstance(value, int | float):
        number = _round_spreadsheet_float(value)
        return Cell(row, column, number, _format_spreadsheet_number(number, cell.number_format))
    if isinstance(value, date):  # a datetime is one, too
        day = date(value.year, value.month, value.day)
        return Cell(row, column, day, str(day))
    text = str(value)
    if "_x" in text:
        from openpyxl.utils.escape import unescape

        # _x000D_ is how a workbook spells a character that XML does not allow.
        text = unescape(text)
    text = text.strip()
    return Cell(row, column, text, text) if text else None


def _round_spreadsheet_float(value: float) -> Decimal:
    """Return a number of a workbook as it is shown: 5.5 and not 5.499999999999999."""
    return Decimal(_format_plain_spreadsheet_value(Decimal(format(value, f".{_DIGITS_OF_FLOAT}g"))))


def _format_plain_spreadsheet_value(number: Decimal) -> str:
    """Format a number without an exponent and without zeros behind its last digit."""
    return format(number.normalize(), "f") if number else "0"


def _format_spreadsheet_number(number: Decimal, shape: str) -> str:
    """Format a number with the sign of per cent or the unit that its format shows behind it.

    A format that shows thousands or 万 of what the cell holds adds no unit: 12345 may be
    shown as 1.2万.
    """
    positive = shape.partition(";")[0]
    words = re.sub(r"_.|\*.|\[[^\]]*\]", "", positive)
    digits = re.sub(r'"[^"]*"|\\.', "", words)
    text = format(number, "f")
    if "%" in digits:
        return f"{_format_plain_spreadsheet_value(number * 100)}%"
    if re.search(r"[0#?],+(?![0#?])|!", digits) or not re.search("[0#?]", digits):
        return text
    behind = words[max(match.end() for match in re.finditer("[0#?]", words)) :]
    return text + "".join(
        quoted or escaped for quoted, escaped in re.findall(r'"([^"]*)"|\\(.)', behind)
    )


def decode_text_spreadsheet(data: bytes, name: str) -> str:
    """Return the text of a file, in UTF-8, UTF-16 with its mark, or GB18030.

    Raises:
        InvalidInput: it is no text.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        return text
    sentence = _("{file} is neither a workbook (.xlsx) nor a text table; save it as .xlsx or .csv.")
    raise InvalidInput(sentence.format(file=name))


def _read_text_spreadsheet(text: str, name: str) -> dict[tuple[int, int], Cell]:
    import csv

    if text.lstrip()[:1] == "<" or text.startswith("%PDF"):
        sentence = _("{file} is no table but a web page or PDF; save the table as .xlsx or .csv.")
        raise InvalidInput(sentence.format(file=name))
    cells: dict[tuple[int, int], Cell] = {}
    first = text.split("\n", 1)[0].strip().lower()
    # Excel is told the separator by a first line of its own.
    delimiter = (
        first[4:] if re.fullmatch(r"sep=[,;\t]", first) else find_spreadsheet_delimiter(text)
    )
    lines = csv.reader(StringIO(text, newline=""), delimiter=delimiter)
    row = 0
    try:
        for row, fields in enumerate(lines, 1):
            if row == 1 and first.startswith("sep="):
                continue
            for column, field in enumerate(fields, 1):
                if words := field.strip():
                    cells[row, column] = Cell(row, column, words, words)
            if len(cells) > _CELL_LIMIT:
                break
    except csv.Error as error:
        sentence = _("{file}: row {row} cannot be read: {reason}.")
        raise InvalidInput(sentence.format(file=name, row=row + 1, reason=error)) from None
    if len(cells) > _CELL_LIMIT:
        sentence = _("{file} has more than {cells} cells; split it.")
        raise InvalidInput(sentence.format(file=name, cells=_CELL_LIMIT))
    return cells


def find_spreadsheet_delimiter(text: str) -> str:
    """Return what parts the fields of a text table: that which parts most lines alike."""
    import csv
    from collections import Counter

    # Fields in quotation marks may hold lines and separators.
    start = text[:20_000]
    best, most = ",", 0
    for delimiter in _DELIMITERS:
        rows = csv.reader(StringIO(start, newline=""), delimiter=delimiter)
        widths = Counter(len(row) for row in rows if row)
        alike = max(((width - 1) * count for width, count in widths.items()), default=0)
        if alike > most:
            best, most = delimiter, alike
    return best
