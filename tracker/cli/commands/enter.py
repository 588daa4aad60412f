"""Enter what is owed, one by one: enter."""

from typing import Annotated

import typer

from tracker.cli.context import CommandContext
from tracker.cli.options import FilterOptions
from tracker.cli.registration import command
from tracker.locale.translation import _, _n
from tracker.model.periods import parse_period
from tracker.reports.build import ReportDays

app = typer.Typer(rich_markup_mode=None)


@command(app, "enter", "tracker enter --lead 济南市教育局 --period last-month")
def enter(
    context: CommandContext,
    filters: FilterOptions,
    period: Annotated[
        str | None,
        typer.Option(metavar="PERIOD", help=_("2025-Q2, 2025-06, 2025, 2025-H1, last-month …")),
    ] = None,
) -> None:
    """It asks for each value in turn and stores all of them at the end, as one change."""
    from tracker.cli.entry import ask_for_entry_of_reports
    from tracker.cli.output import write_stdout

    days = ReportDays(period=None if period is None else parse_period(period, context.today))
    stored = ask_for_entry_of_reports(context, context.build_filter(filters), days)
    if stored is not None:
        count = len(stored.stored)
        write_stdout(_n("{n} report stored", "{n} reports stored", count).format(n=count) + "\n")
