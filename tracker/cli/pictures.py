"""Pictures: timeline, trend."""

from typing import Annotated

import msgspec
import typer

from tracker import screens
from tracker.cli.call import Call, Days, Form, Where, command, say
from tracker.errors import InvalidInput
from tracker.locale import _, _n

app = typer.Typer(rich_markup_mode=None)


@command(
    app,
    "timeline",
    "tracker timeline --place 市中区 --from 2021 --to 2026",
    "tracker timeline --light red -o html > late.html",
)
def timeline(
    call: Call,
    where: Where,
    days: Days,
    form: Form,
    first: Annotated[
        str | None, typer.Option("--from", metavar="DAY", help=_("The first day drawn."))
    ] = None,
    last: Annotated[
        str | None, typer.Option("--to", metavar="DAY", help=_("The last day drawn."))
    ] = None,
    by_initiative: Annotated[
        bool, typer.Option("--initiatives", help=_("One line for each initiative."))
    ] = False,
    ascii_only: Annotated[
        bool, typer.Option("--ascii", help=_("Draw with plain characters only."))
    ] = False,
) -> None:
    """One line for each indicator that has a deadline, the earliest first."""
    found = call.tracker.timeline(call.filter(where), call.when(days), by_initiative=by_initiative)
    drawn = found.timeline
    begin = call.opening(first) or drawn.first
    end = call.day(last) or drawn.last
    if begin >= end:
        raise InvalidInput(
            _("There is nothing to draw from {first} to {last}; give --from before --to.").format(
                first=begin, last=end
            )
        )
    drawn = msgspec.structs.replace(drawn, first=begin, last=end)
    call.write(screens.timeline(found._replace(timeline=drawn)), form.output, ascii_only=ascii_only)
    if found.undated:
        sentence = _n(
            "{count} without a deadline is not drawn.",
            "{count} without a deadline are not drawn.",
            found.undated,
        )
        say(sentence.format(count=found.undated))


@command(app, "trend", "tracker trend rural-pipes.share", "tracker trend rural-pipes -o csv")
def trend(
    call: Call,
    words: Annotated[str, typer.Argument(metavar="ID", help=_("Its id, or a part of its name."))],
    days: Days,
    form: Form,
    ascii_only: Annotated[
        bool, typer.Option("--ascii", help=_("Draw with plain characters only."))
    ] = False,
) -> None:
    """The reported values over time, the line they should follow, the target and its deadline."""
    found = call.tracker.trend(words, call.when(days))
    call.write(screens.trend(found), form.output, ascii_only=ascii_only)
