"""How things stand: status, why, unreported, check."""

from typing import Annotated

import typer

from tracker.cli.context import Call
from tracker.cli.options import Days, Out, Where
from tracker.cli.registration import command
from tracker.errors import InvalidInput
from tracker.locale.translation import _
from tracker.views.status import GROUPS, Room, grouped, overview

app = typer.Typer(rich_markup_mode=None)

MOST = 4


def show_status(call: Call, where: Where, days: Days, out: Out) -> None:
    """Write the morning's screen; something is found when anything on it asks for action."""
    found = call.tracker.status(call.filter(where), call.when(days))
    most = MOST if out.limit is None else out.limit
    sheet = overview(found, Room(call.settings["due_within"], most, out.limit))
    call.write(sheet, out.output, bars=True)
    call.end(out, found=bool(sheet.items or found.owed))


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
    """Only what is active is counted under a light.

    With --exit-code it ends with 1 when anything is red, yellow, due soon or unreported;
    --limit is for each list of the screen.
    """
    if by is None:
        show_status(call, where, days, out)
        return
    if by not in GROUPS:
        raise InvalidInput(
            _('--by is "{found}"; allowed: {allowed}.').format(found=by, allowed=", ".join(GROUPS))
        )
    found = call.tracker.indicators(call.filter(where), call.when(days))
    call.show(grouped(found, by), out, bars=True)
