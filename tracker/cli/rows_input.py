"""Read forms, tables and lines of reports, store them, and say what they changed."""

import sys
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from tracker.cli.context import CommandContext
from tracker.cli.file_import import warn_of_list_after_file_import
from tracker.errors import InvalidInput, TrackerError, describe_error_reason
from tracker.exchange.reported_rows import ReadRows, RowProblem, read_reported_file
from tracker.exchange.spreadsheets import SPREADSHEET_LIMIT
from tracker.ledger.bulk_updates import RefusedRows, RowsToStore, StoredRow, StoredRows
from tracker.ledger.identity import identify_ledger
from tracker.locale.translation import _, _n, _p
from tracker.model.codec import to_plain_data
from tracker.model.dates import parse_effective_date
from tracker.model.quantities import format_quantity
from tracker.output.model import Column, Sheet, Table

_TABLES = frozenset((".xlsx", ".xlsm", ".csv", ".tsv", ".xls", ".et", ".ods", ".xlsb"))
"""Endings of the files that are taken out of a folder; some of them are refused by name."""


def store_rows_input_of_files(
    context: CommandContext, files: Sequence[str], on: str | None, *, dry_run: bool, accept: bool
) -> tuple[Sheet, dict[str, object]]:
    """Store what forms, tables and lines report; return it for people and for scripts.

    Args:
        context: the run of the command.
        files: files and folders; - for stdin.
        on: the day of rows that name none, as typed.
        dry_run: store nothing, and say what would be stored.
        accept: take what is doubtful.

    Raises:
        InvalidInput: a file cannot be read.
        RefusedRows: rows are wrong, or doubtful and not accepted.
    """
    day = None if on is None else parse_effective_date(on, context.today)
    rows = _read_all_files_of_rows_input(context, files, day)
    stored = store_rows_input_of_answers(context, rows, dry_run=dry_run, accept=accept)
    _warn_of_rows_input(context, stored)
    return _tabulate_rows_input(stored, context.today, dry_run=dry_run), {
        "stored": [_encode_row_of_rows_input(row) for row in stored.stored],
        "skipped": stored.skipped,
        "blank": stored.blank,
        "doubts": [doubt._asdict() for doubt in stored.doubts],
        "dry_run": dry_run,
    }


def store_rows_input_of_answers(
    context: CommandContext, rows: RowsToStore, *, dry_run: bool = False, accept: bool = False
) -> StoredRows:
    """Store rows; ask a person at a terminal about doubts.

    Raises:
        RefusedRows: rows are wrong, or doubtful and not accepted.
    """
    try:
        return context.tracker.report_rows(rows, accept_doubts=accept, is_rehearsal=dry_run)
    except RefusedRows as refused:
        if not refused.are_doubts or not context.can_ask():
            raise
        context.warn(*refused.candidates)
        if not context.confirm(_("Some of it is doubtful.")):
            raise
        return context.tracker.report_rows(rows, accept_doubts=True)


def _read_all_files_of_rows_input(
    context: CommandContext, names: Sequence[str], day: date | None
) -> RowsToStore:
    with context.tracker.store.view() as view:
        ledger = identify_ledger(view)
    read: list[ReadRows] = []
    problems: list[RowProblem] = []
    files = [file for name in names for file in _list_files_of_rows_input(context, name)]
    for file in files:
        try:
            data = _read_file_of_rows_input(file)
            label = "" if file == "-" else Path(file).name
            may_be_lines = Path(file).suffix.lower() not in _TABLES
            read.append(read_reported_file(data, label, ledger, may_be_lines=may_be_lines))
        except TrackerError as error:
            if len(files) == 1:
                raise
            # Of several files, what is wrong with each is said at once.
            problem = RowProblem(file, "", None, error.kind, error.sentence, error.exit_code)
            problems.append(problem)
    return RowsToStore(
        [row for each in read for row in each.rows],
        sum(each.blank for each in read),
        [*problems, *(problem for each in read for problem in each.problems)],
        day,
    )


def _list_files_of_rows_input(context: CommandContext, name: str) -> Iterator[str]:
    """Yield a file, or the tables in a folder in the order of their names."""
    if name == "-" or not Path(name).is_dir():
        yield name
        return
    files = [path for path in sorted(Path(name).iterdir()) if path.is_file()]
    # Programs leave such files beside one that is open.
    files = [path for path in files if not path.name.startswith(("~$", ".~", "."))]
    tables = [path for path in files if path.suffix.lower() in _TABLES]
    others = [path.name for path in files if path not in tables]
    if others:
        sentence = _("passed over, because they are no tables: {files}")
        context.warn(sentence.format(files=_(", ").join(others)))
    if not tables:
        raise InvalidInput(_("There is no table (.xlsx or .csv) in {folder}.").format(folder=name))
    yield from map(str, tables)


def _read_file_of_rows_input(name: str) -> bytes:
    try:
        with sys.stdin.buffer if name == "-" else Path(name).open("rb") as stream:
            return stream.read(SPREADSHEET_LIMIT + 1)
    except OSError as error:
        raise InvalidInput(
            _("{file} cannot be read: {reason}.").format(
                file=name, reason=describe_error_reason(error)
            )
        ) from None


def _warn_of_rows_input(context: CommandContext, stored: StoredRows) -> None:
    doubts = [doubt.describe() for doubt in stored.doubts]
    remarks = [
        _("{place}: {sentence}").format(place=_name_place_of_rows_input(row), sentence=remark)
        for row in stored.stored
        for remark in row.stored.remarks
    ]
    warn_of_list_after_file_import(context, [*doubts, *remarks])


def _name_place_of_rows_input(row: StoredRow) -> str:
    return " ".join(filter(None, (row.file, row.cell)))


def _tabulate_rows_input(stored: StoredRows, today: date, *, dry_run: bool) -> Sheet:
    """Return what was stored, row by row; of what is stored for good only changes of the light."""
    shown = [
        row for row in stored.stored if dry_run or row.stored.before.light != row.stored.after.light
    ]
    count = len(stored.stored)
    stored_label = _("would be stored") if dry_run else _("stored")
    facts = [(stored_label, count), (_("as before, skipped"), stored.skipped)]
    facts += [(_("left blank"), stored.blank), (_("doubtful"), len(stored.doubts))]
    columns = (
        Column("place", _("cell")),
        Column("name", _("indicator")),
        Column("value", _("reported")),
        Column("on", _("on"), "day"),
        Column("light_before", _("light before"), "light"),
        Column("light", _("light"), "light"),
    )
    rows = [
        (
            _name_place_of_rows_input(row),
            row.indicator.name or row.indicator.id,
            describe_rows_input_value(row),
            row.stored.update.on,
            row.stored.before.light,
            row.stored.after.light,
        )
        for row in shown
    ]
    title = _("what would be stored") if dry_run else _("changes of the light")
    table = Table(title=title, as_of=today, columns=columns, rows=list(rows))
    return Sheet(
        title=_n("{n} report", "{n} reports", count).format(n=count),
        as_of=today,
        facts=[fact for fact in facts if fact[1] or fact[0] == stored_label],
        tables=[table] if rows else [],
    )


def describe_rows_input_value(row: StoredRow) -> str:
    """Return what a row reports, with its unit."""
    update = row.stored.update
    if update.value is not None:
        return format_quantity(update.value, row.indicator.unit)
    if update.done is not None:
        return _p("reported", "done") if update.done else _p("reported", "not done")
    return _("{share}% of the plan as printed").format(share=update.share_of_plan)


def _encode_row_of_rows_input(row: StoredRow) -> dict[str, object]:
    return {
        "file": row.file,
        "cell": row.cell,
        "id": row.indicator.id,
        "name": row.indicator.name,
        "light_before": row.stored.before.light,
        "light": row.stored.after.light,
        "update": to_plain_data(row.stored.update),
        "before": to_plain_data(row.stored.before),
        "after": to_plain_data(row.stored.after),
        "remarks": row.stored.remarks,
    }
