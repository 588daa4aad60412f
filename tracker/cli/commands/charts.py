"""Draw charts: timeline, trend."""

from datetime import date, timedelta
from typing import Annotated

import msgspec
import typer

from tracker.cli.context import CommandContext
from tracker.cli.options import DayOptions, FilterOptions, OutputOptions
from tracker.cli.registration import command
from tracker.errors import InvalidInput
from tracker.locale.translation import _, _n
from tracker.output.model import Timeline
from tracker.views import charts

app = typer.Typer(rich_markup_mode=None)
_DAY = timedelta(days=1)


@command(
    app,
    "timeline",
    "tracker timeline --place 市中区 --from 2021 --to 2026",
    "tracker timeline --light red -o html > late.html",
)
def timeline(
    context: CommandContext,
    filters: FilterOptions,
    days: DayOptions,
    form: OutputOptions,
    first: Annotated[
        str | None, typer.Option("--from", metavar="DAY", help=_("The first day drawn."))
    ] = None,
    last: Annotated[
        str | None, typer.Option("--to", metavar="DAY", help=_("The last day drawn."))
    ] = None,
    by_initiative: Annotated[
        bool, typer.Option("--initiatives", help=_("One line for each initiative."))
    ] = False,
    limit: Annotated[int | None, typer.Option(min=1, help=_("At most so many rows."))] = None,
    ascii_only: Annotated[
        bool, typer.Option("--ascii", help=_("Draw with plain characters only."))
    ] = False,
) -> None:
    """One line for each indicator that has a deadline, the earliest first."""
    when = context.read_days(days)
    dated = charts.read_timeline_chart(
        context.reader,
        context.build_filter(filters, when),
        when,
        by_initiative=by_initiative,
    )
    drawn = _cut_charts_command_timeline(
        context, dated.timeline, context.read_first_day(first), context.read_day(last)
    )
    lines = len(drawn.spans)
    if limit is not None and lines > limit:
        drawn.spans = drawn.spans[:limit]
        context.warn(_("{shown} of {found} shown.").format(shown=limit, found=lines))
    context.print_content(
        charts.build_timeline_chart_sheet(dated._replace(timeline=drawn)),
        form.output,
        ascii_only=ascii_only,
    )
    if dated.undated:
        sentence = _n(
            "{count} without a deadline is not drawn.",
            "{count} without a deadline are not drawn.",
            dated.undated,
        )
        context.warn(sentence.format(count=dated.undated))


def _cut_charts_command_timeline(
    context: CommandContext, timeline: Timeline, first: date | None, last: date | None
) -> Timeline:
    """Return the timeline from a day to a day; None is the first or last of what is drawn.

    Raises:
        InvalidInput: the first day is not before the last.
    """
    if first is not None and last is not None and first >= last:
        raise InvalidInput(
            _("There is nothing to draw from {first} to {last}; give --from before --to.").format(
                first=first, last=last
            )
        )
    begin, end = first or timeline.first, last or timeline.last
    if begin < end:
        return msgspec.structs.replace(timeline, first=begin, last=end)
    is_chosen = first is not None or last is not None
    if is_chosen and timeline.spans:
        context.warn(
            _("Nothing is drawn: all of it is from {first} to {last}.").format(
                first=timeline.first, last=timeline.last
            )
        )
    # All of it may be of one day; an axis takes two.
    spans = [] if is_chosen else timeline.spans
    earlier, later = (begin, begin + _DAY) if begin < date.max else (begin - _DAY, begin)
    return msgspec.structs.replace(timeline, first=earlier, last=later, spans=spans)


@command(
    app, "trend", "tracker trend rural-sewage.coverage", "tracker trend 行政村生活污水治理率 -o csv"
)
def trend(
    context: CommandContext,
    words: Annotated[str, typer.Argument(metavar="ID", help=_("Its id, or a part of its name."))],
    days: DayOptions,
    form: OutputOptions,
    ascii_only: Annotated[
        bool, typer.Option("--ascii", help=_("Draw with plain characters only."))
    ] = False,
) -> None:
    """The reported values over time, the line they should follow, the target and its deadline."""
    drawn = charts.read_trend_chart(context.reader, words, context.read_days(days))
    context.print_content(charts.build_trend_chart_sheet(drawn), form.output, ascii_only=ascii_only)
