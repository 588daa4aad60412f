"""Report progress: update."""

from decimal import Decimal
from typing import Annotated, NamedTuple

import typer

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
from tracker.model.quantities import format_number, parse_quantity_in_unit
from tracker.model.records import Update


class UpdateOptions(NamedTuple):
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


app = typer.Typer(rich_markup_mode=None)


@command(
    app,
    "update",
    "tracker update rural-sewage.coverage 61.5% --on 2023-06-30",
    "tracker update rural-pipes.renewed --done --evidence 水务局验收单",
    "tracker update urban-jobs.added-2025 --add 1800人",
    "tracker update rural-sewage.coverage 61.8% --correct",
)
def update(
    context: CommandContext,
    words: Annotated[
        str,
        typer.Argument(
            metavar="ID",
            help=_("The indicator, or part of its name."),
            autocompletion=complete_record_id,
        ),
    ],
    options: UpdateOptions,
    form: AnswerOptions,
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
    """Nothing is overwritten: a correction, --correct, voids the report before it."""
    if (value is not None) + (add is not None) + (done is not None) > 1:
        raise InvalidInput(_("Give a VALUE, --add N or --done, not two of them."))
    if all(part is None for part in (value, add, done, options.share_of_plan, options.voids)):
        raise InvalidInput(
            _("Say what has been reached: a VALUE, --add N, --done or --share-of-plan N.")
        )
    draft, remarks = _draft_for_update_command(context, options, done=done)
    if correct:
        draft, remark = context.tracker.draft_correction(words, draft, is_newest=options.on is None)
        remarks = [remark]
    reported = _report_unless_doubtful(context, words, draft, value, add, force=force)
    context.warn(*remarks, *reported.remarks)
    item = {
        "update": to_plain_data(reported.update),
        "before": to_plain_data(reported.before),
        "after": to_plain_data(reported.after),
    }
    context.print_answer(_answer_update_command(reported), item, form.output)


def _report_unless_doubtful(
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
    fields = options._asdict() | {
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
        "" if number is None else f"{format_number(number)} {after.unit or ''}".strip()
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
        share = format_number(update.share_of_plan)
        reached = _("{share}% of the plan as printed").format(share=share)
    lights = (
        _(after.light) if before.light == after.light else f"{_(before.light)} → {_(after.light)}"
    )
    return _("{id}: {said} on {on}; {lights}: {why}").format(
        id=after.id, said=reached, on=update.on, lights=lights, why=after.why
    )
