"""Write the ledger to a file, or add one to it: export, import."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from msgspec import Struct

from tracker.cli.context import CommandContext
from tracker.cli.file_import import (
    describe_file_import,
    read_file_for_import,
    run_file_import,
    warn_after_file_import,
)
from tracker.cli.options import (
    AnswerOptions,
    DayOptions,
    FilterOptions,
    ListOptions,
    TableImportOptions,
)
from tracker.cli.registration import command
from tracker.errors import InvalidInput
from tracker.locale.translation import _
from tracker.views import listings

if TYPE_CHECKING:
    from tracker.ledger.merge import ConflictRule


TABLE_FORMS = ("xlsx", "xlsm", "xls", "et", "ods", "csv", "tsv", "txt")
"""Ends of the names of tables; those that cannot be read are refused with a way out."""


def is_exchange_file_table(file: str, form: str | None) -> bool:
    """Return whether a file is a table, by the form that is given, else by its name."""
    return (form or Path(file).suffix.lstrip(".").lower()) in TABLE_FORMS


app = typer.Typer(rich_markup_mode=None)


class ExportOptions(Struct, frozen=True):
    """Form of an export, and what a table of it shows."""

    output: Annotated[
        str,
        typer.Option(
            "--output", "-o", metavar="json|jsonl|csv|csv-excel …", help=_("Output form.")
        ),
    ] = "json"
    sort: Annotated[
        str | None,
        typer.Option(metavar="KEY", help=_("Sort by this column; -KEY: the other way round.")),
    ] = None
    columns: Annotated[
        str | None,
        typer.Option(metavar="KEY,KEY", help=_("Only these columns of a table, in this order.")),
    ] = None


@command(
    app,
    "export",
    "tracker export > ledger.json",
    "tracker export --place 市中区 -o csv-excel > shizhong.csv",
)
def export(
    context: CommandContext,
    filters: FilterOptions,
    days: DayOptions,
    out: ExportOptions,
) -> None:
    """JSON and JSON Lines hold everything; a table holds one row for each indicator.

    A table can be sorted and have only some columns, as in: tracker list
    """
    when = context.read_days(days)
    chosen = context.build_filter(filters, when, everything=True)
    if out.output not in {"json", "jsonl"}:
        context.print_indicators(chosen, when, ListOptions(out.output, out.sort, out.columns))
        return
    for flag, value in (("--sort", out.sort), ("--columns", out.columns)):
        if value is not None:
            raise InvalidInput(_("{flag} is for a table; add: -o csv").format(flag=flag))
    is_json = out.output == "json"
    lay_out = listings.build_export_listing if is_json else listings.build_export_line_listing
    with context.tracker.passing_encoded_export(chosen, when) as everything:
        context.print_content(lay_out(everything), out.output)
    context.warn_of_left_out(everything.left_out, everything.as_of)


@command(
    app,
    "import",
    "tracker export > copy.json && tracker import copy.json",
    "tracker --db new init --empty && tracker export | tracker --db new import -",
)
def import_(
    context: CommandContext,
    form: AnswerOptions,
    file: Annotated[str, typer.Argument(metavar="FILE", help=_("A file; - for stdin."))],
    table: TableImportOptions,
    kind: Annotated[
        str | None,
        typer.Option("--format", metavar="json|jsonl|toml|csv|xlsx", help=_("Its form.")),
    ] = None,
    keep: Annotated[bool, typer.Option("--keep", help=_("Where they differ: the ledger."))] = False,
    replace: Annotated[
        bool, typer.Option("--replace", help=_("Where they differ: the file."))
    ] = False,
    renumber: Annotated[
        bool, typer.Option("--renumber", help=_("New ids where another name holds them."))
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help=_("Say what would be added; store nothing."))
    ] = False,
) -> None:
    """All of it or nothing. Entries are only ever added.

    Of a table, .xlsx or .csv, the rows become initiatives, indicators and reports; how its
    columns are read is said first, and each cell that is not understood is named.
    """
    if keep and replace:
        raise InvalidInput(_("Give --keep or --replace, not both."))
    if is_exchange_file_table(file, kind):
        from tracker.cli.table_import import run_table_import

        run_table_import(context, file, table, form.output, dry_run=dry_run)
        return
    rule: ConflictRule = "keep" if keep else "replace" if replace else "refuse"
    batches = [read_file_for_import(context, file, kind)]
    if dry_run:
        merged = context.tracker.rehearse_merge(batches, rule, renumber=renumber)
        warn_after_file_import(context, merged)
        sentence = _("nothing stored; it would be: {changes}").format(
            changes=describe_file_import(merged)
        )
        context.print_answer(sentence, merged._asdict() | {"dry_run": True}, form.output)
        return
    merge = partial(context.tracker.merge, rule=rule, command="import", renumber=renumber)
    merged = run_file_import(batches, merge)
    warn_after_file_import(context, merged)
    context.print_answer(describe_file_import(merged), merged._asdict(), form.output)
