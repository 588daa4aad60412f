"""Read the table of a workbook or text table that an office keeps into records."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import PurePath
from typing import NamedTuple

from tracker.errors import InvalidInput
from tracker.exchange.spreadsheets import Sheet, name_spreadsheet_cell, read_spreadsheet
from tracker.exchange.tables.heads import FIELDS, NOT_READ, Head, fold_table_head
from tracker.exchange.tables.layout import Table, find_table_layout
from tracker.exchange.tables.records import Doubt, RowReader, TableRecord
from tracker.exchange.tables.register import merge_register_changes
from tracker.exchange.tables.times import TableDays, read_table_times
from tracker.locale.translation import _, join_words
from tracker.model.dates import LocalDays
from tracker.model.records import Document

_UNIT_OF_TABLE = r"(?:计量)?单位[:：]\s*([^\s，,、;；()（）]{1,8})"
_PRINTED = r"(20\d\d)年(\d{1,2})月(\d{1,2})日"
_OWN_BODIES = r"局|委|办|府|部|中心|公司|科室"


class TableOptions(NamedTuple):
    """What a person says about a table.

    Attributes:
        sheet: the name of the sheet; None: the only one that holds a table.
        header: the first row of its head; None: it is found.
        mapped: fields by words of its head.
        published: the day of the table; None: the one that it prints, else none.
        on: the day of values of which the table says none; None: the day of the table.
    """

    sheet: str | None
    header: int | None
    mapped: Mapping[str, str]
    published: date | None
    on: date | None


class TableReading(NamedTuple):
    """What was read of a table.

    Attributes:
        file: its name.
        sheet: the name of its sheet.
        heads: its columns.
        records: what its rows make.
        doubts: the cells that are not understood.
        left_out: hidden rows and columns, and rows that hold no record, each with why.
        document: the table as a source; None: its day is not known.
        is_own: whether this program wrote the table.
    """

    file: str
    sheet: str
    heads: tuple[Head, ...]
    records: list[TableRecord]
    doubts: list[Doubt]
    left_out: list[str]
    document: Document | None
    is_own: bool = False


def read_table_file(
    data: bytes, name: str, options: TableOptions, today: date, local: LocalDays
) -> TableReading:
    """Read the table of a file.

    Raises:
        InvalidInput: it is no table, holds none, or several; or a head is mapped to no field.
    """
    _refuse_stray_fields(options.mapped.values())
    sheets = read_spreadsheet(data, name)
    table = _choose_table_for_reading(sheets, name, options)
    table, unread = merge_register_changes(table, sheets)
    _refuse_form(table, name)
    if not table.rows:
        raise InvalidInput(
            _("{file}: there is no row to read below the head in row {row}.").format(
                file=name, row=table.head_row
            )
        )
    texts = [*table.title, table.sheet.name, PurePath(name).stem]
    cells = [cell for row in table.rows for cell in row.cells.values()]
    heads = [head.text for head in table.heads]
    base = TableDays(today, options.published, today.year, 1, None, local, table.sheet.epoch)
    stated = read_table_times(texts, cells, options.published, base).stated
    days = read_table_times([*texts, *heads], cells, options.published, base)._replace(
        stated=stated
    )
    printed = options.published or _find_printed_day_while_reading_table(table, today)
    on = options.on or printed or today
    document = _build_document_of_table_reading(data, name, table, options.published)
    source = document.id if document is not None else None
    reader = RowReader(table, days, on, _find_unit_while_reading_table(table), source)
    records = [*reader.read_records()]
    left_out = [*_describe_what_reading_leaves_out(table), *unread]
    return TableReading(
        name,
        table.sheet.name,
        table.heads,
        records,
        reader.doubts,
        left_out,
        document,
        is_own=table.is_own,
    )


def _refuse_stray_fields(fields: Iterable[str]) -> None:
    """Refuse to map a head to what is no field."""
    stray = [field for field in fields if field not in _list_fields_allowed_in_reading()]
    if stray:
        sentence = _("--map names {found}; allowed: {allowed}.")
        raise InvalidInput(
            sentence.format(found=stray[0], allowed=", ".join(_list_fields_allowed_in_reading()))
        )


def _refuse_form(table: Table, name: str) -> None:
    """Refuse a form that was sent out: it is reported from, and adds no records."""
    heads = {fold_table_head(head.text) for head in table.heads}
    if {"本期值或完成", "valueordone"} & heads and {"上期值", "valuebefore"} & heads:
        sentence = _("{file} is a form; take what it reports with: tracker update --from {file}")
        raise InvalidInput(sentence.format(file=name))


def _list_fields_allowed_in_reading() -> tuple[str, ...]:
    return (*FIELDS, "bodies", "initiative", "id", NOT_READ)


def _choose_table_for_reading(sheets: Sequence[Sheet], name: str, options: TableOptions) -> Table:
    """Return the table that is meant: of the sheet that is named, else of the only one with one.

    Raises:
        InvalidInput: there is none, or more than one.
    """
    chosen = [sheet for sheet in sheets if not sheet.is_hidden]
    if options.sheet is not None:
        wanted = _fold_for_table_reading(options.sheet)
        chosen = [sheet for sheet in sheets if _fold_for_table_reading(sheet.name) == wanted]
        chosen = chosen or [
            sheet for sheet in sheets if wanted in _fold_for_table_reading(sheet.name)
        ]
        if not chosen:
            names = join_words(sheet.name for sheet in sheets)
            sentence = _("{file} has no sheet {found}; it has: {names}.")
            raise InvalidInput(sentence.format(file=name, found=options.sheet, names=names))
    tables = [
        table
        for sheet in chosen
        if sheet.cells
        for table in [find_table_layout(sheet, options.header, options.mapped)]
        if table is not None and _names_something_in_reading(table)
    ]
    filled = [table for table in tables if table.rows] or tables
    # Beside the sheet for people a ledger has one with all that this program needs.
    filled = [table for table in filled if table.is_own] or filled
    if not filled:
        raise InvalidInput(
            _(
                "{file}: no row has the heads of a table of tasks, such as 事项, 目标值, 责任单位,"
                " 完成时限; say which row it is with --header, and what its words mean with"
                " --map 责任单位=lead. Records of running text are drafted by tracker draft."
            ).format(file=name)
        )
    if len(filled) > 1:
        names = join_words(table.sheet.name for table in filled)
        sentence = _("{file} holds several tables; say which sheet with --sheet: {names}.")
        raise InvalidInput(sentence.format(file=name, names=names))
    return filled[0]


def _names_something_in_reading(table: Table) -> bool:
    """Return whether a table has a column of names and one more that says something of them."""
    fields = {head.field for head in table.heads}
    says = {"target", "value", "deadline", "lead", "bodies", "unit", "done", "support", "person"}
    return bool({"name", "indicator"} & fields) and bool(says & fields)


def _find_unit_while_reading_table(table: Table) -> str | None:
    """Return the unit that stands above the head for all amounts: 单位：万元."""
    for text in table.title:
        found = re.search(_UNIT_OF_TABLE, unicodedata.normalize("NFKC", text))
        if found and not re.search(_OWN_BODIES, found[1]) and "填报" not in text[: found.start()]:
            return found[1]
    return None


def _find_printed_day_while_reading_table(table: Table, today: date) -> date | None:
    """Return the last day that stands above the head; it is that of the table."""
    found = None
    for text in table.title:
        for year, month, day in re.findall(_PRINTED, unicodedata.normalize("NFKC", text)):
            try:
                printed = date(int(year), int(month), int(day))
            except ValueError:
                continue
            found = printed if printed <= today else found
    return found


def _build_document_of_table_reading(
    data: bytes, name: str, table: Table, published: date | None
) -> Document | None:
    """Return the table as a source document, where its day is known."""
    if published is None:
        return None
    from hashlib import sha256

    from tracker.exchange.drafts.publication import name_publication

    checksum = sha256(data).hexdigest()
    stem = PurePath(name).stem
    long = [
        text
        for text in table.title
        if re.search(r"表|台账|情况|任务|清单|月报|KPI|(?i:report)", text)
    ]
    title = " ".join(long[0].split()) if long else stem
    return Document(
        id=name_publication(published, stem, checksum),
        title=title,
        published=published,
        sha256=checksum,
    )


def _describe_what_reading_leaves_out(table: Table) -> list[str]:
    """Return a sentence for each hidden column and for the rows that hold no record."""
    reasons = {
        "hidden": _("row {row} is hidden and was not read"),
        "sum": _("row {row} is a sum"),
        "foot": _("row {row} is a note"),
    }
    hidden = [
        _("column {column} is hidden and was not read").format(
            column=name_spreadsheet_cell(1, column).rstrip("1")
        )
        for column in sorted(table.sheet.hidden_columns)
        if any(c == column for _row, c in table.sheet.cells)
    ]
    rows = [reasons[why].format(row=row) for row, why in table.left_out if why in reasons]
    return hidden + rows


def _fold_for_table_reading(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())
