"""Show how things stand: status."""

from typing import Annotated

import typer

from tracker.cli.context import CommandContext
from tracker.cli.options import DayOptions, FilterOptions, ListOptions
from tracker.cli.registration import command
from tracker.errors import InvalidInput
from tracker.locale.translation import _
from tracker.views.status import (
    GROUPS,
    StatusLimits,
    build_head_of_status_groups,
    build_status_overview,
    tabulate_status_groups,
)

app = typer.Typer(rich_markup_mode=None)

_MOST_URGENT = 4
"""Lines of each list without ``--limit``, so that all of it fits on a screen."""


def print_status(
    context: CommandContext, filters: FilterOptions, days: DayOptions, out: ListOptions
) -> None:
    """Write the screen; with ``--exit-code`` end with 1 if anything on it asks for action."""
    for flag, value in (("--sort", out.sort), ("--columns", out.columns)):
        if value is not None:
            raise InvalidInput(_("{flag} is for a list; add --by.").format(flag=flag))
    when = context.read_days(days)
    most = _MOST_URGENT if out.limit is None else out.limit
    limits = StatusLimits(context.settings["due_within"], most, out.limit)
    # A page begins with sentences about all of it.
    first = {"table": most, "html": None}.get(out.output, out.limit)
    where = context.build_filter(filters, when)
    overall = context.reader.status(where, when, limits.due_within, first)
    sheet = build_status_overview(overall, limits)
    context.add_histories(sheet, out.output, when)
    context.print_content(sheet, out.output, bars=True)
    context.exit_if_found(out, found=bool(sheet.items or overall.owed))


@command(app, "status", "tracker status --place 市中区", "tracker status --by category")
def status(
    context: CommandContext,
    filters: FilterOptions,
    days: DayOptions,
    out: ListOptions,
    by: Annotated[
        str | None, typer.Option(metavar="|".join(GROUPS), help=_("Count by this instead."))
    ] = None,
) -> None:
    """Lights are counted among active promises, what is met also among closed ones.

    What is only reported is counted apart. With --by an indicator may stand in several groups.

    With --exit-code it ends with 1 when anything is red, yellow, due soon or unreported;
    --limit is for each list of the screen.
    """
    context.warn_of_exposure()
    if by is None:
        print_status(context, filters, days, out)
        return
    if by not in GROUPS:
        raise InvalidInput(
            _('--by is "{found}"; allowed: {allowed}.').format(found=by, allowed=", ".join(GROUPS))
        )
    when = context.read_days(days)
    where = context.build_filter(filters, when)
    standing = context.reader.standing(where, when, by)
    table = tabulate_status_groups(standing, by, where.wanted("lead"))
    context.print_table(table, out, bars=True, above=build_head_of_status_groups(table))
