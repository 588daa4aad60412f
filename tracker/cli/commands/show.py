"""Looking: list, show, tree, search, documents."""

from typing import Annotated

import typer

from tracker.cli.completion import Id, known_ids
from tracker.cli.context import Call
from tracker.cli.options import Days, Form, Out, Where
from tracker.cli.registration import command
from tracker.errors import InvalidInput
from tracker.locale.translation import _
from tracker.output import rendering
from tracker.views import explanation, initiatives, listings, record

app = typer.Typer(rich_markup_mode=None)


@command(app, "show", "tracker show rural-pipes", "tracker show 老旧管网")
def show(
    call: Call,
    words: Id,
    days: Days,
    form: Form,
) -> None:
    """What it is, what was promised, reported and decided, and where that stands."""
    found = call.tracker.show(words, call.when(days))
    sheet = record.record(found)
    if rendering.is_illustrated(form.output):
        from tracker.views import charts

        sheet = charts.illustrated(sheet, found)
    call.write(sheet, form.output, bars=True)


@command(app, "tree", "tracker tree three-strategies", "tracker tree --level district")
def tree(
    call: Call,
    where: Where,
    days: Days,
    out: Out,
    root: Annotated[
        str | None,
        typer.Argument(
            metavar="[ID]",
            help=_("Only this one and what is below it."),
            autocompletion=known_ids,
        ),
    ] = None,
) -> None:
    """Each line counts the indicators of the initiative and of all below it."""
    found = call.tracker.tree(root, call.filter(where), call.when(days))
    call.show(initiatives.initiatives(_("initiatives"), found), out)


@command(app, "search", "tracker search 污水")
def search(
    call: Call,
    words: Annotated[str, typer.Argument(metavar="TEXT", help=_("Part of any text."))],
    where: Where,
    days: Days,
    out: Out,
) -> None:
    """Ids, names, aliases and notes of initiatives and the names of their indicators."""
    if where.text is not None:
        raise InvalidInput(_("Give the text once: tracker search TEXT, without --text."))
    wanted = call.filter(where._replace(text=words))
    found = call.tracker.search(wanted, call.when(days))
    call.show(initiatives.initiatives(_("found"), found), out)


@command(app, "documents", "tracker documents", "tracker documents -o csv")
def documents(call: Call, days: Days, out: Out) -> None:
    """The oldest first, each with the number of initiatives and indicators that cite it."""
    call.show(listings.documents(call.tracker.documents(call.when(days))), out)


@command(app, "why", "tracker why rural-pipes.renewed", "tracker why 行政村生活污水治理率 -o json")
def why(
    call: Call,
    words: Id,
    days: Days,
    form: Form,
) -> None:
    """The rule, what it was applied to, and the day on which the light gets worse."""
    found = call.tracker.why(words, call.when(days))
    call.write(explanation.working(found), form.output)
