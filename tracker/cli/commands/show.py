"""Show records: show, tree, search, documents, why."""

from typing import Annotated

import typer
from msgspec.structs import replace

from tracker.cli.completion import RecordArgument, complete_record_id
from tracker.cli.context import CommandContext
from tracker.cli.options import DayOptions, FilterOptions, ListOptions, OutputOptions
from tracker.cli.registration import command
from tracker.errors import InvalidInput, shorten_text
from tracker.locale.translation import _
from tracker.output import rendering
from tracker.views import explanation, indicators, initiatives, listings, record

app = typer.Typer(rich_markup_mode=None)


@command(app, "show", "tracker show rural-pipes", "tracker show 老旧管网")
def show(
    context: CommandContext,
    words: RecordArgument,
    days: DayOptions,
    form: OutputOptions,
) -> None:
    """What it is, what was promised, reported and decided, and where that stands."""
    when = context.read_days(days)
    shown = context.reader.show(words, when)
    sheet = record.build_record_sheet(shown)
    context.add_histories(sheet, form.output, when)
    if rendering.is_rendered_with_pictures(form.output):
        from tracker.views import charts

        sheet = charts.add_trend_charts(sheet, shown)
    context.print_content(sheet, form.output, bars=True)


@command(app, "tree", "tracker tree three-strategies", "tracker tree --level district")
def tree(
    context: CommandContext,
    filters: FilterOptions,
    days: DayOptions,
    out: ListOptions,
    root: Annotated[
        str | None,
        typer.Argument(
            metavar="[ID]",
            help=_("Only this one and what is below it."),
            autocompletion=complete_record_id,
        ),
    ] = None,
) -> None:
    """Each line counts the indicators of the initiative and of all below it.

    Below stand the indicators that have parts, with the sum and the share of each part.
    """
    when = context.read_days(days)
    branches = context.reader.tree(
        root, context.build_filter(filters, when, everything=root is not None), when
    )
    context.print_table(
        initiatives.tabulate_initiatives(_("initiatives"), branches),
        out,
        below=indicators.tabulate_wholes_of_indicators(branches.as_of, branches.wholes),
    )


@command(app, "search", "tracker search 污水")
def search(
    context: CommandContext,
    words: Annotated[str, typer.Argument(metavar="TEXT", help=_("Part of any text."))],
    filters: FilterOptions,
    days: DayOptions,
    out: ListOptions,
) -> None:
    """Ids, names, aliases, tags, leads and notes of initiatives and of their indicators.

    They are compared without quotes, dots, spaces, hyphens and width; where nothing fits,
    what is typed in letters is read as pinyin.
    """
    if filters.text:
        raise InvalidInput(_("Give the text once: tracker search TEXT, without --text."))
    when = context.read_days(days)
    wanted = context.build_filter(
        replace(filters, text=[words]), when, may_find_nothing=True, everything=True
    )
    branches = context.reader.search(wanted, when, out.limit if out.sort is None else None)
    if not branches.items:
        nearest = context.reader.list_nearest_names(words)
        sentence = (
            _('Nothing holds "{words}"; the nearest names: {names}')
            if nearest
            else _('Nothing holds "{words}".')
        )
        context.warn(sentence.format(words=shorten_text(words), names="; ".join(nearest)))
    table = initiatives.tabulate_initiatives(_("found"), branches)
    context.print_table(table, out, total=branches.total)


@command(app, "documents", "tracker documents", "tracker documents -o csv")
def documents(context: CommandContext, days: DayOptions, out: ListOptions) -> None:
    """The oldest first, each with the number of initiatives and indicators that cite it."""
    context.print_table(
        listings.tabulate_documents(context.reader.documents(context.read_days(days))), out
    )


@command(app, "why", "tracker why rural-pipes.renewed", "tracker why 行政村生活污水治理率 -o json")
def why(
    context: CommandContext,
    words: RecordArgument,
    days: DayOptions,
    form: OutputOptions,
) -> None:
    """The rule, what it was applied to, and the day on which the light gets worse."""
    explained = context.reader.why(words, context.read_days(days))
    context.print_content(explanation.build_explanation_view(explained), form.output)
