"""List indicators: overdue, due, behind, unreported, list."""

from typing import Annotated

import typer

from tracker.cli.context import CommandContext
from tracker.cli.options import DayOptions, FilterOptions, ListOptions
from tracker.cli.registration import command
from tracker.locale.translation import _, _p
from tracker.views import columns, indicators

app = typer.Typer(rich_markup_mode=None)


@command(
    app,
    "overdue",
    "tracker overdue --place 市中区 -o json",
    'tracker overdue --exit-code || echo "something is overdue"',
)
def overdue(
    context: CommandContext, filters: FilterOptions, days: DayOptions, out: ListOptions
) -> None:
    """A deadline has passed when its day has ended. The longest overdue comes first."""
    when = context.read_days(days)
    chosen = context.build_filter(filters, when)
    listing = context.reader.overdue(chosen, when, out.first)
    if listing.is_cut:
        context.warn_of_more(len(listing.items))
    table = indicators.tabulate_indicators_for_form(
        _("overdue"), listing, columns.OVERDUE_KEYS, as_data=out.is_data
    )
    context.print_table(table, out, when=when, total=listing.total)


@command(app, "due", "tracker due --within 60 --place 市中区", "tracker due --as-of 2023-12-01")
def due(
    context: CommandContext,
    filters: FilterOptions,
    days: DayOptions,
    out: ListOptions,
    within: Annotated[int | None, typer.Option(min=0, help=_("Days to look ahead."))] = None,
) -> None:
    """What is not met and has its deadline within the next days, today included."""
    ahead = within if within is not None else context.settings["due_within"]
    when = context.read_days(days)
    chosen = context.build_filter(filters, when)
    listing = context.reader.due(ahead, chosen, when, out.first)
    table = indicators.tabulate_indicators_for_form(
        _p("title", "due"), listing, columns.DUE_KEYS, as_data=out.is_data
    )
    context.print_table(table, out, when=when, total=listing.total)


@command(app, "behind", "tracker behind --place 市中区", "tracker behind -o json")
def behind(
    context: CommandContext, filters: FilterOptions, days: DayOptions, out: ListOptions
) -> None:
    """What is red or yellow. First what is overdue without a gap, then the worst gap."""
    when = context.read_days(days)
    chosen = context.build_filter(filters, when)
    listing = context.reader.behind(chosen, when, out.first)
    table = indicators.tabulate_indicators_for_form(
        _("behind"), listing, columns.BEHIND_KEYS, as_data=out.is_data
    )
    context.print_table(table, out, when=when, total=listing.total)


@command(app, "unreported", "tracker unreported --lead 高新区", "tracker unreported -o csv")
def unreported(
    context: CommandContext, filters: FilterOptions, days: DayOptions, out: ListOptions
) -> None:
    """A report is owed for every cycle that has ended, from the start until met or closed.

    A report settles its own cycle and all before it.
    """
    from tracker.views import status

    when = context.read_days(days)
    owing = context.reader.unreported(context.build_filter(filters, when), when, out.first)
    total = None if owing.counts is None else owing.counts.all.unreported
    table = status.tabulate_status_of_unreported(owing)
    context.add_histories(table, out.output, when)
    context.print_table(table, out, total=total)


@command(app, "list", "tracker list --light red -o csv", "tracker list --document 2025-01-09")
def list_(
    context: CommandContext, filters: FilterOptions, days: DayOptions, out: ListOptions
) -> None:
    """Indicators of every state, in the order of entry."""
    when = context.read_days(days)
    context.print_indicators(context.build_filter(filters, when), when, out)
