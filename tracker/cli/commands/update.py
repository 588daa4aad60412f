"""Report progress: update."""

from decimal import Decimal
from typing import Annotated

import typer
from msgspec import Struct
from msgspec.structs import asdict, astuple, replace

from tracker.cli.arguments import parse_choice, parse_source_argument
from tracker.cli.completion import complete_record_id
from tracker.cli.context import CommandContext
from tracker.cli.options import AnswerOptions
from tracker.cli.registration import command
from tracker.errors import Doubtful, InvalidInput
from tracker.exchange.fields import build_record_from_fields
from tracker.ledger.answers import StoredUpdate
from tracker.locale.translation import _, _p
from tracker.model.codec import to_plain_data
from tracker.model.dates import parse_effective_date, parse_start_date
from tracker.model.quantities import format_quantity_number, parse_quantity_in_unit
from tracker.model.records import Update


class UpdateOptions(Struct, frozen=True):
    """Fields of an update beside its value."""

    on: Annotated[
        str | None, typer.Option(metavar="DAY", help=_("Day that it is true for; today."))
    ] = None
    period_start: Annotated[
        str | None,
        typer.Option(metavar="DAY", help=_("First day that the value covers, also of a month.")),
    ] = None
    note: Annotated[str | None, typer.Option(help=_("A note."))] = None
    evidence: Annotated[
        list[str] | None, typer.Option(help=_("File, link or document number; repeatable."))
    ] = None
    status: Annotated[
        str | None, typer.Option(help=_("final, in_progress or estimate; final."))
    ] = None
    qualifier: Annotated[str | None, typer.Option(help=_(">=, <= or ~ as printed."))] = None
    share_of_plan: Annotated[
        str | None, typer.Option(metavar="PERCENT", help=_("Share of the plan as printed."))
    ] = None
    source: Annotated[
        str | None, typer.Option(metavar="DOCUMENT[:PLACE]", help=_("Where it is written."))
    ] = None
    separate: Annotated[
        bool, typer.Option("--separate", help=_("It comes on top of another of the same days."))
    ] = False
    voids: Annotated[
        str | None, typer.Option(metavar="UPDATE", help=_("The update that this one corrects."))
    ] = None


class RowOptions(Struct, frozen=True):
    """Files of reports, and what is done with them."""

    files: Annotated[
        list[str] | None,
        typer.Option(
            "--from",
            metavar="FILE",
            help=_("A form, table or lines, a folder of them, or - for stdin; repeatable."),
        ),
    ] = None
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help=_("Say what --from would store; store nothing."))
    ] = False
    accept_doubts: Annotated[
        bool,
        typer.Option(
            "--accept-doubts", help=_("Take corrections and values that may be slips, of --from.")
        ),
    ] = False


app = typer.Typer(rich_markup_mode=None)


@command(
    app,
    "update",
    "tracker update rural-sewage.coverage 61.5% --on 2023-06-30",
    "tracker update rural-pipes.renewed --done --evidence 水务局验收单",
    "tracker update urban-jobs.added-2025 --add 1800人",
    "tracker update rural-sewage.coverage 61.8% --correct",
    "echo 'rural-sewage.coverage 61.5%' | tracker update --from - --dry-run",
)
def update(
    context: CommandContext,
    options: UpdateOptions,
    form: AnswerOptions,
    rows: RowOptions,
    words: Annotated[
        str | None,
        typer.Argument(
            metavar="ID",
            help=_("The indicator, or part of its name."),
            autocompletion=complete_record_id,
        ),
    ] = None,
    value: Annotated[
        str | None, typer.Argument(metavar="[VALUE]", help=_("What has been reached."))
    ] = None,
    add: Annotated[
        str | None, typer.Option(metavar="N", help=_("Add to the newest value."))
    ] = None,
    done: Annotated[
        bool | None, typer.Option("--done/--not-done", help=_("A milestone is reached, or not."))
    ] = None,
    correct: Annotated[
        bool,
        typer.Option("--correct", help=_("Replace the last report: of --on, else the newest.")),
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help=_("Take a value although it may be a slip."))
    ] = False,
) -> None:
    """Nothing is overwritten: a correction, --correct, voids the report before it.

    --from reads a filled-in form, a table with names and values, or lines NAME VALUE [NOTE], all
    of it or nothing; a blank is no report, and what is stored already is skipped.
    """
    if rows.files:
        _refuse_update_command_flags_beside_files(options, words, value, add, done, correct or None)
        _run_update_command_from_files(context, rows, options, form)
        return
    name = _check_update_command(words, options, value, add, done)
    draft, remarks = _draft_for_update_command(context, options, done=done)
    if correct:
        draft, remark = context.tracker.draft_correction(name, draft, is_newest=options.on is None)
        remarks = [remark]
    reported = _update_unless_doubtful(context, name, draft, value, add, force=force)
    context.warn(*remarks, *reported.remarks)
    fields = ("update", "before", "after")
    item = {field: to_plain_data(getattr(reported, field)) for field in fields}
    context.print_answer(_answer_update_command(reported), item, form.output)


def _check_update_command(
    words: str | None, options: UpdateOptions, *reached: str | bool | None
) -> str:
    """Return the name of the indicator; refuse a call that says nothing, or two things."""
    if words is None:
        raise InvalidInput(_("Name an indicator, or a file with --from."))
    said = [part for part in reached if part is not None]
    if len(said) > 1:
        raise InvalidInput(_("Give a VALUE, --add N or --done, not two of them."))
    if not said and options.share_of_plan is None and options.voids is None:
        raise InvalidInput(
            _("Say what has been reached: a VALUE, --add N, --done or --share-of-plan N.")
        )
    return words


def _update_unless_doubtful(
    context: CommandContext,
    words: str,
    draft: Update,
    value: str | None,
    added: str | None,
    *,
    force: bool,
) -> StoredUpdate:
    """Store an update; at a terminal one that may be a slip after a question."""
    try:
        return context.tracker.report(words, draft, value, added, force=force)
    except Doubtful as doubt:
        if not context.confirm(doubt.sentence):
            raise
        return context.tracker.report(words, draft, value, added, force=True)


def _refuse_update_command_flags_beside_files(
    options: UpdateOptions, *typed: str | bool | None
) -> None:
    """Refuse what says something of one update beside files that say it of many."""
    given = [*typed, *astuple(replace(options, on=None, separate=None))]
    if any(part is not None for part in given) or options.separate:
        raise InvalidInput(
            _(
                "Beside --from only --on, --dry-run and --accept-doubts can be given; name several"
                " files by --from each, or their folder."
            )
        )


def _run_update_command_from_files(
    context: CommandContext, rows: RowOptions, options: UpdateOptions, form: AnswerOptions
) -> None:
    from tracker.cli.rows_input import store_rows_input_of_files

    answer, item = store_rows_input_of_files(
        context, rows.files or [], options.on, dry_run=rows.dry_run, accept=rows.accept_doubts
    )
    context.print_answer(answer, item, form.output)


def _draft_for_update_command(
    context: CommandContext, options: UpdateOptions, *, done: bool | None
) -> tuple[Update, list[str]]:
    """Build an update without its value; return it and how its days were understood."""
    remarks = []
    source = parse_source_argument(options.source)
    on, start = context.today, None
    if options.on is not None:
        document_day = context.find_document_day(options.on, source)
        on = parse_effective_date(options.on, context.today, document_day)
        remarks.append(_("day: {day}").format(day=on))
    if options.period_start is not None:
        document_day = context.find_document_day(options.period_start, source)
        start = parse_start_date(options.period_start, context.today, document_day)
        remarks.append(_("first day covered: {day}").format(day=start))
    share = options.share_of_plan
    fields = asdict(options) | {
        "on": on,
        "period_start": start,
        "done": done,
        "evidence": options.evidence or [],
        "status": parse_choice("status", options.status or "final"),
        "share_of_plan": parse_quantity_in_unit(share, "%") if share is not None else None,
        "source": source,
    }
    return build_record_from_fields(Update, fields), remarks


def _format_update_command_value(reported: StoredUpdate, value: Decimal) -> str:
    """Format a reported value, and say whether it is the whole or came in addition."""
    after, sentence = reported.after, "{value}"
    if reported.accumulation == "cumulative":
        sentence = _("{value} in all")
    elif reported.accumulation == "increment":
        sentence = _("{value} in this period")
        if after.value is not None:
            sentence = _("{value} in this period, {total} in all")
    quantity, total = (
        "" if number is None else f"{format_quantity_number(number)} {after.unit or ''}".strip()
        for number in (value, after.value)
    )
    return sentence.format(value=quantity, total=total)


def _answer_update_command(reported: StoredUpdate) -> str:
    before, after, update = reported.before, reported.after, reported.update
    reached = _("taken back")
    if update.value is not None:
        reached = _format_update_command_value(reported, update.value)
    elif update.done is not None:
        reached = _p("reported", "done") if update.done else _p("reported", "not done")
    elif update.share_of_plan is not None:
        share = format_quantity_number(update.share_of_plan)
        reached = _("{share}% of the plan as printed").format(share=share)
    lights = (
        _(after.light) if before.light == after.light else f"{_(before.light)} → {_(after.light)}"
    )
    return _("{id}: {said} on {on}; {lights}: {why}").format(
        id=after.id, said=reached, on=update.on, lights=lights, why=after.why
    )
