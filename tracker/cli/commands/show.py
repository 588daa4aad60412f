"""Show records: show, tree, search, documents, why."""

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
    shown = call.tracker.show(words, call.read_days(days))
    sheet = record.record(shown)
    if rendering.is_illustrated(form.output):
        from tracker.views import charts

        sheet = charts.illustrated(sheet, shown)
    call.print_content(sheet, form.output, bars=True)


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
    branches = call.tracker.tree(root, call.build_filter(where), call.read_days(days))
    call.print_table(initiatives.initiatives(_("initiatives"), branches), out)


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
    wanted = call.build_filter(where._replace(text=words))
    branches = call.tracker.search(wanted, call.read_days(days))
    call.print_table(initiatives.initiatives(_("found"), branches), out)


@command(app, "documents", "tracker documents", "tracker documents -o csv")
def documents(call: Call, days: Days, out: Out) -> None:
    """The oldest first, each with the number of initiatives and indicators that cite it."""
    call.print_table(listings.documents(call.tracker.documents(call.read_days(days))), out)


@command(app, "why", "tracker why rural-pipes.renewed", "tracker why 行政村生活污水治理率 -o json")
def why(
    call: Call,
    words: Id,
    days: Days,
    form: Form,
) -> None:
    """The rule, what it was applied to, and the day on which the light gets worse."""
    explained = call.tracker.why(words, call.read_days(days))
    call.print_content(explanation.working(explained), form.output)
