"""Looking: list, show, tree, search, documents."""

from typing import Annotated

import typer

from tracker import registers, reports, tables
from tracker.cli.call import Call, Days, Form, Out, Where, command
from tracker.cli.completing import Id, known_ids
from tracker.errors import InvalidInput
from tracker.locale import _

app = typer.Typer(rich_markup_mode=None)


@command(app, "list", "tracker list --light red -o csv", "tracker list --document 2025-01-09")
def list_(call: Call, where: Where, days: Days, out: Out) -> None:
    """Indicators of every state, in the order of entry."""
    chosen, when = call.filter(where), call.when(days)
    if reports.is_streamed(out.output):
        with call.tracker.passing_indicators(chosen, when) as passing:
            call.pour(tables.passing_indicators(passing), out)
    else:
        found = call.tracker.indicators(chosen, when)
        call.show(tables.indicators(_("indicators"), found), out, when=when)


@command(app, "show", "tracker show rural-pipes", "tracker show 老旧管网")
def show(
    call: Call,
    words: Id,
    days: Days,
    form: Form,
) -> None:
    """What it is, what was promised, reported and decided, and where that stands."""
    found = call.tracker.show(words, call.when(days))
    sheet = tables.record(found)
    if reports.is_illustrated(form.output):
        from tracker import screens

        sheet = screens.illustrated(sheet, found)
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
    call.show(tables.initiatives(_("initiatives"), found), out)


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
    call.show(tables.initiatives(_("found"), found), out)


@command(app, "documents", "tracker documents", "tracker documents -o csv")
def documents(call: Call, days: Days, out: Out) -> None:
    """The oldest first, each with the number of initiatives and indicators that cite it."""
    call.show(registers.documents(call.tracker.documents(call.when(days))), out)
