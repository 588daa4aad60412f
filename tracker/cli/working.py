"""The working lists: status, overdue, due."""

from typing import Annotated

import typer

from tracker import tables
from tracker.cli import Call, Days, Out, Where, command
from tracker.errors import InvalidInput
from tracker.locale import _

app = typer.Typer(rich_markup_mode=None)

MOST = 10
GROUPS = ("lead", "place", "category")


def show_status(call: Call, where: Where, days: Days, output: str) -> None:
    """Write the morning's screen."""
    found = call.tracker.indicators(call.filter(where), call.when(days))
    call.write(tables.overview(found, call.settings["due_within"], MOST), output)


@command(app, "status", "tracker status --place 市中区", "tracker status --by category")
def status(
    call: Call,
    where: Where,
    days: Days,
    out: Out,
    by: Annotated[
        str | None, typer.Option(metavar="|".join(GROUPS), help=_("Count by this instead."))
    ] = None,
) -> None:
    """Only what is active is counted under a light."""
    if by is None:
        show_status(call, where, days, out.output)
        return
    if by not in GROUPS:
        raise InvalidInput(
            _('--by is "{found}"; allowed: {allowed}.').format(found=by, allowed=", ".join(GROUPS))
        )
    found = call.tracker.indicators(call.filter(where), call.when(days))
    call.show(tables.grouped(found, by), out)


@command(app, "overdue", "tracker overdue --place 市中区 -o json", "tracker overdue --exit-code")
def overdue(call: Call, where: Where, days: Days, out: Out) -> None:
    """A deadline has passed when its day has ended. The longest overdue comes first."""
    found = call.tracker.overdue(call.filter(where), call.when(days))
    call.show(tables.indicators(_("overdue"), found, tables.OVERDUE), out)


@command(app, "due", "tracker due --within 60 --lead 住建局")
def due(
    call: Call,
    where: Where,
    days: Days,
    out: Out,
    within: Annotated[int | None, typer.Option(min=0, help=_("Days to look ahead."))] = None,
) -> None:
    """What is not met and has its deadline within the next days, today included."""
    ahead = within if within is not None else call.settings["due_within"]
    found = call.tracker.due(ahead, call.filter(where), call.when(days))
    call.show(tables.indicators(_("due"), found, tables.DUE), out)
