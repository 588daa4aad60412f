"""Run the data checks: check."""

from pathlib import Path
from typing import Annotated

import typer

from tracker.cli.context import CommandContext
from tracker.cli.options import DayOptions, FilterOptions, ListOptions
from tracker.cli.registration import command
from tracker.locale.translation import _
from tracker.views import checks

app = typer.Typer(rich_markup_mode=None)


@command(app, "check", "tracker check --only softened --only stale", "tracker check --list")
def check(
    context: CommandContext,
    filters: FilterOptions,
    days: DayOptions,
    out: ListOptions,
    only: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help=_("Only this check; repeatable."))
    ] = None,
    documents: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help=_("Look up the quotes in the documents' files there.")),
    ] = None,
    head: Annotated[
        str | None,
        typer.Option(metavar="HASH", help=_("Only prove that all up to a noted head is there.")),
    ] = None,
    named: Annotated[bool, typer.Option("--list", help=_("The checks that there are."))] = False,
) -> None:
    """Nothing is changed: each line is a question to whoever keeps the record.

    First the files of the ledger are verified, every checksum of them; in a database with a
    filter only what fits. What each check has found is counted before it is told.
    """
    if named:
        context.print_table(checks.tabulate_checks(context.today), out)
        return
    if head is not None:
        context.verify_ledger()
        proof = context.tracker.prove(head)
        context.print_answer(checks.describe_check_proof(proof), proof._asdict(), out.output)
        return
    when = context.read_days(days)
    where = context.build_filter(filters, when, everything=True)
    context.verify_ledger(where)
    checked = context.tracker.check(only or (), where, when)
    context.warn_of_wrong_index(checked.wrongly_foreseen)
    if documents is not None:
        from tracker.cli.quotes import find_lost_quotes

        checked.items.extend(find_lost_quotes(context, documents, where, when))
    context.print_table(
        checks.tabulate_check_findings(checked),
        out,
        above=checks.build_check_summary(checked, only or ()),
    )
