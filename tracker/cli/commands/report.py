"""Make the reports that leave the office: report."""

from typing import Annotated

import typer
from msgspec import Struct

from tracker.cli.context import CommandContext
from tracker.cli.file_output import check_file_output
from tracker.cli.options import DayOptions, FilterOptions
from tracker.cli.output import check_command_output
from tracker.cli.registration import command
from tracker.cli.report_files import (
    announce_written_report_files,
    choose_format_of_report_files,
    prepare_folder_of_report_files,
    split_report_into_files,
    write_pack_of_report_files,
    write_report_file,
)
from tracker.errors import InvalidInput
from tracker.locale.translation import _
from tracker.model.periods import parse_period
from tracker.output import rendering
from tracker.reports import build
from tracker.reports.build import LEDGER_GROUPS, REPORT_KINDS, ReportDays

app = typer.Typer(rich_markup_mode=None)


class PeriodOptions(Struct, frozen=True):
    """Days that a report covers."""

    since: Annotated[
        str | None, typer.Option(metavar="DAY", help=_("The first day that is reported on."))
    ] = None
    period: Annotated[
        str | None,
        typer.Option(metavar="PERIOD", help=_("2025-Q2, 2025-06, 2025, 2025-H1, last-month …")),
    ] = None
    known_then: Annotated[
        str | None,
        typer.Option(metavar="DAY", help=_("The day on which the last brief was made.")),
    ] = None


class ReportOptions(Struct, frozen=True):
    """Form and file of a report."""

    output: Annotated[
        str | None,
        typer.Option(
            "--format",
            "-f",
            "--output",
            "-o",
            metavar="|".join(rendering.FORMATS),
            help=_("Its form; else what the file's ending says, else table."),
        ),
    ] = None
    file: Annotated[
        str | None,
        typer.Option("--file", "-O", metavar="FILE", help=_("A file, written whole; - is stdout.")),
    ] = None
    force: Annotated[bool, typer.Option("--force", help=_("Replace the file if it is there."))] = (
        False
    )
    split: Annotated[
        str | None, typer.Option(metavar="DIR", help=_("One file for each lead, into a folder."))
    ] = None
    by: Annotated[
        str | None,
        typer.Option(metavar="|".join(LEDGER_GROUPS), help=_("Group the ledger by this.")),
    ] = None
    everything: Annotated[
        bool, typer.Option("--all", help=_("A form for all that is active, not for what is owed."))
    ] = False


class SiteOptions(Struct, frozen=True):
    """Names on the pages of a site."""

    title: Annotated[str | None, typer.Option(help=_("What a site is called."))] = None
    publisher: Annotated[str | None, typer.Option(help=_("Who publishes a site."))] = None


@command(
    app,
    "report",
    "tracker report brief --period last-month -O brief.docx",
    "tracker report ledger --place 市中区 --by lead -O ledger.xlsx",
    "tracker report notices --as-of 2025-06-30",
    "tracker report scoreboard --period 2025-Q1 -f json",
    "tracker report form --period last-month -O form.xlsx",
    "tracker report all --period last-month -O pack",
    "tracker report site -O public --title 承诺台账",
)
def report(
    context: CommandContext,
    which: Annotated[
        str,
        typer.Argument(metavar="|".join((*REPORT_KINDS, "site", "all")), help=_("Which report.")),
    ],
    filters: FilterOptions,
    days: DayOptions,
    span: PeriodOptions,
    printed: ReportOptions,
    published: SiteOptions,
) -> None:
    """Tables of what the ledger says, the same numbers in every form; all is a month's pack.

    A site is a folder of linked pages with the data beside, for any web server or none.
    A form is filled in by a lead and read back with: tracker update --from FILE
    """
    when = _read_report_command_days(context, days, span)
    if which == "site":
        from tracker.cli.site_files import write_site_files

        day = context.read_days(days)
        write_site_files(context, printed.file, filters, day, published.title, published.publisher)
        return
    if which == "all":
        write_pack_of_report_files(context, printed.file, filters, when, force=printed.force)
        return
    plan = build.plan_report_build(which, when, context.today, everything=printed.everything)
    plan = build.group_planned_report(plan, printed.by)
    if printed.split is not None:
        output = printed.output or choose_format_of_report_files(which)
        folder = prepare_folder_of_report_files(printed.split)
        files = split_report_into_files(context, plan, filters, folder, output, force=printed.force)
        announce_written_report_files(context, files)
        return
    target = check_file_output(printed.file, force=printed.force)
    write_report_file(context, plan, filters, _choose_report_command_format(printed), target)


def _choose_report_command_format(printed: ReportOptions) -> str:
    """Return the form that is asked for, else that of the file's ending, else "table"."""
    to_file = printed.file not in {None, "-"}
    output = printed.output
    if output is None:
        output = rendering.infer_rendering_format(str(printed.file)) if to_file else "table"
    if output is None:
        sentence = _("{file} does not say its form; add -f with one of: {formats}.")
        raise InvalidInput(sentence.format(file=printed.file, formats=", ".join(rendering.FORMATS)))
    check_command_output(output, to_file=to_file)
    return output


def _read_report_command_days(
    context: CommandContext, days: DayOptions, span: PeriodOptions
) -> ReportDays:
    return ReportDays(
        since=context.read_first_day(span.since),
        period=None if span.period is None else parse_period(span.period, context.today),
        as_of=context.read_day(days.as_of),
        known_on=context.read_day(days.known_on),
        known_then=context.read_day(span.known_then),
    )
