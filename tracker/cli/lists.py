"""The working lists: overdue, due, behind."""

from typing import Annotated

import typer

from tracker import tables
from tracker.cli.call import Call, Days, Out, Where, command, say
from tracker.locale import _, _p

app = typer.Typer(rich_markup_mode=None)


@command(app, "overdue", "tracker overdue --place 市中区 -o json", "tracker overdue --exit-code")
def overdue(call: Call, where: Where, days: Days, out: Out) -> None:
    """A deadline has passed when its day has ended. The longest overdue comes first."""
    found = call.tracker.overdue(call.filter(where), call.when(days), out.limit)
    if found.is_cut:
        say(_("{shown} shown; there are more.").format(shown=len(found.items)))
    call.show(tables.indicators(_("overdue"), found, tables.OVERDUE), out, when=call.when(days))


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
    call.show(tables.indicators(_p("title", "due"), found, tables.DUE), out, when=call.when(days))


@command(app, "behind", "tracker behind --lead 住建局", "tracker behind -o json")
def behind(call: Call, where: Where, days: Days, out: Out) -> None:
    """What is red or yellow. First what is overdue without a gap, then the worst gap."""
    found = call.tracker.behind(call.filter(where), call.when(days))
    call.show(tables.indicators(_("behind"), found, tables.BEHIND), out, when=call.when(days))
