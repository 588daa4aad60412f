"""Import the table of an office: show how it is read and what is not understood, then store it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tracker.cli.context import CommandContext
from tracker.cli.file_import import (
    describe_file_import,
    read_bytes_for_file_import,
    warn_after_file_import,
)
from tracker.cli.options import TableImportOptions
from tracker.errors import InvalidInput, Refused
from tracker.exchange.spreadsheets import name_spreadsheet_cell
from tracker.exchange.tables.heads import NOT_READ
from tracker.exchange.tables.reading import TableOptions, TableReading, read_table_file
from tracker.ledger.table_merge import TablePlan
from tracker.locale.translation import _, _n, join_words
from tracker.model.dates import parse_effective_date
from tracker.model.validation import quote_validated_value

_MOST_SHOWN = 200
"""Edits and doubts that are shown one by one."""


def run_table_import(
    context: CommandContext, file: str, options: TableImportOptions, output: str, *, dry_run: bool
) -> None:
    """Merge a table as one change.

    Raises:
        InvalidInput: it is no table that can be read.
        Refused: cells are not understood or fields change, and nobody has agreed.
    """
    reading = _read_table_to_import(context, file, options)
    plan, merged = context.tracker.rehearse_table(reading)
    _show_table_import_reading(context, reading)
    doubts = [*plan.edits, *_describe_table_import_doubts(reading)][:_MOST_SHOWN]
    if dry_run or options.yes or context.can_ask():
        context.warn(*doubts)
    sentence = _("nothing stored; it would be: {changes}")
    if not dry_run and not options.yes:
        _refuse_table_import_doubts(context, reading, plan, doubts)
    if not dry_run:
        merged = context.tracker.merge_table(reading)
        sentence = "{changes}"
    sentence = sentence.format(changes=describe_file_import(merged))
    warn_after_file_import(context, merged)
    if reading.doubts:
        count = len(reading.doubts)
        cells = _n("{count} cell not understood", "{count} cells not understood", count)
        sentence = _("; ").join([sentence, cells.format(count=count)])
    item = merged._asdict() | _describe_table_import_reading(reading, plan)
    context.print_answer(sentence, item | ({"dry_run": True} if dry_run else {}), output)


def _read_table_to_import(
    context: CommandContext, file: str, options: TableImportOptions
) -> TableReading:
    """Read a table as the flags and settings say."""
    mapped = dict(context.settings["table_heads"])
    for assignment in options.map or []:
        head, equals, field = assignment.rpartition("=")
        if not equals or not head.strip():
            sentence = _("--map is HEAD=FIELD, such as 责任单位=lead; not {found}.")
            raise InvalidInput(sentence.format(found=assignment))
        mapped[head.strip()] = field.strip().replace("-", "_") or NOT_READ
    published = context.read_day(options.published)
    on = options.on and parse_effective_date(options.on, context.today, published)
    chosen = TableOptions(options.sheet, options.header, mapped, published, on or None)
    data = read_bytes_for_file_import(file)
    name = _("the input") if file == "-" else Path(file).name
    return read_table_file(data, name, chosen, context.today, context.local_days)


def _show_table_import_reading(context: CommandContext, reading: TableReading) -> None:
    """Say how the columns are read, and what is left out."""
    columns = [
        f"{_name_table_import_column(head.column)} {head.text} = {head.field}"
        for head in reading.heads
        if head.field not in {"", NOT_READ, "month"}
    ]
    unread = [
        f"{_name_table_import_column(head.column)} {head.text}"
        for head in reading.heads
        if head.field in {"", NOT_READ, "month"}
    ]
    context.warn(_("read as: {columns}").format(columns=join_words(columns)))
    if unread and not reading.is_own:
        context.warn(_("not read: {columns}").format(columns=join_words(unread)))
    context.warn(*reading.left_out[:_MOST_SHOWN])


def _describe_table_import_doubts(reading: TableReading) -> list[str]:
    """Return a sentence for each cell that is not understood."""
    return [
        _("{cell} ({head}): {text}: {why}").format(
            cell=doubt.cell, head=doubt.head, text=quote_validated_value(doubt.text), why=doubt.why
        )
        for doubt in reading.doubts
    ]


def _refuse_table_import_doubts(
    context: CommandContext, reading: TableReading, plan: TablePlan, named: Sequence[str]
) -> None:
    """Ask whether the rest is stored where cells are not understood or fields change.

    Raises:
        Refused: nobody has agreed.
    """
    count, edits = len(reading.doubts), len(plan.edits)
    if not (count or edits):
        return
    doubts = _n("{count} cell is not understood", "{count} cells are not understood", count)
    changes = _n("{count} field changes", "{count} fields change", edits)
    parts = [doubts.format(count=count)] * bool(count) + [changes.format(count=edits)] * bool(edits)
    question = _("Store the rest?") if count else _("Store it?")
    if context.confirm(_("; ").join(parts), question):
        return
    raise Refused(
        _("Nothing was stored: {doubts}; correct the table, or store the rest with --yes.").format(
            doubts=_("; ").join(parts)
        ),
        named,
    )


def _describe_table_import_reading(reading: TableReading, plan: TablePlan) -> dict[str, Any]:
    """Return how a table was read, as its JSON says it."""
    return {
        "sheet": reading.sheet,
        "columns": [
            {
                "column": _name_table_import_column(head.column),
                "head": head.text,
                "field": head.field or None,
            }
            for head in reading.heads
        ],
        "rows": len({record.row for record in reading.records}),
        "not_understood": [doubt._asdict() for doubt in reading.doubts],
        "left_out": reading.left_out,
        "edits": plan.edits,
    }


def _name_table_import_column(column: int) -> str:
    return name_spreadsheet_cell(1, column).removesuffix("1")
