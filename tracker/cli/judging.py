"""How things stand: status, why, unreported, check."""

from typing import Annotated

import typer

from tracker import screens
from tracker.cli.call import Call, Days, Form, Out, Where, command
from tracker.cli.completing import Id
from tracker.errors import InvalidInput
from tracker.locale import _
from tracker.screens import GROUPS, Room

app = typer.Typer(rich_markup_mode=None)

MOST = 4


def show_status(call: Call, where: Where, days: Days, out: Out) -> None:
    """Write the morning's screen; something is found when anything on it asks for action."""
    found = call.tracker.status(call.filter(where), call.when(days))
    most = MOST if out.limit is None else out.limit
    sheet = screens.overview(found, Room(call.settings["due_within"], most, out.limit))
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
    call.show(screens.grouped(found, by), out, bars=True)


@command(app, "why", "tracker why rural-pipes.share", "tracker why rural-pipes.share -o json")
def why(
    call: Call,
    words: Id,
    days: Days,
    form: Form,
) -> None:
    """The rule, what it was applied to, and the day on which the light gets worse."""
    found = call.tracker.why(words, call.when(days))
    call.write(screens.working(found), form.output)


@command(app, "unreported", "tracker unreported --lead 水务局", "tracker unreported --exit-code")
def unreported(call: Call, where: Where, days: Days, out: Out) -> None:
    """A report is owed for every cycle that has ended, from the start until met or closed.

    A report settles its own cycle and all before it.
    """
    found = call.tracker.unreported(call.filter(where), call.when(days))
    call.show(screens.owed(_("unreported"), found.as_of, found.owed), out)


@command(app, "check", "tracker check --only softened --only stale", "tracker check --list")
def check(
    call: Call,
    where: Where,
    days: Days,
    out: Out,
    only: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help=_("Only this check; repeatable."))
    ] = None,
    named: Annotated[bool, typer.Option("--list", help=_("The checks that there are."))] = False,
) -> None:
    """Nothing is changed: each line is a question to whoever keeps the record.

    First the files of the ledger are verified, every checksum of them. What each check has
    found is counted before it is told.
    """
    if named:
        call.show(screens.checks(call.today), out)
        return
    call.verify()
    found = call.tracker.check(only or (), call.filter(where), call.when(days))
    call.show(screens.findings(found), out, above=screens.summary(found, only or ()))
