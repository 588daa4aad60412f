"""Draft records from a document: draft."""

from pathlib import Path
from typing import Annotated

import typer

from tracker.cli.context import CommandContext
from tracker.cli.registration import command
from tracker.errors import InvalidInput
from tracker.locale.translation import _

app = typer.Typer(rich_markup_mode=None)

FORMS = ("toml", "json", "jsonl", "table")


@command(
    app,
    "draft",
    "echo 新建学校5所。 > p.txt && tracker draft p.txt --published 2026-01-05",
)
def draft(
    context: CommandContext,
    path: Annotated[Path, typer.Argument(metavar="FILE", help=_("txt, md, html, docx or pdf."))],
    published: Annotated[
        str | None, typer.Option(metavar="DAY", help=_("The day of the document."))
    ] = None,
    title: Annotated[str | None, typer.Option(help=_("Its title."))] = None,
    place: Annotated[str | None, typer.Option(help=_("The place that it is about."))] = None,
    lead: Annotated[str | None, typer.Option(help=_("The lead where it names none."))] = None,
    results: Annotated[
        bool, typer.Option("--results", help=_("Results without a record too, to be watched."))
    ] = False,
    review: Annotated[
        bool, typer.Option("--review", help=_("Walk through the drafts one by one."))
    ] = False,
    form: Annotated[
        str, typer.Option("--output", "-o", metavar="|".join(FORMS), help=_("Output form."))
    ] = "toml",
) -> None:
    """Nothing is changed: edit the file, then import it. Doubtful drafts come last, as comments.

    The day of the document is needed for words such as 年底前; it is taken from the document
    where it prints one.
    """
    from tracker.cli import drafting

    if form not in FORMS:
        sentence = _("There is no output format '{name}' here; choose one of: {formats}.")
        raise InvalidInput(sentence.format(name=form, formats=", ".join(FORMS)))
    about = drafting.About(title=title, place=place, lead=lead, takes_results=results)
    drafted = drafting.draft_file_by_command(context, path, published, about)
    if review:
        from tracker.cli.review import review_drafts

        review_drafts(context, drafted, path)
        return
    drafting.print_drafts(context, drafted, form)
