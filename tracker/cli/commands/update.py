"""The command that reports progress."""

from collections.abc import Callable
from decimal import Decimal
from typing import Annotated, NamedTuple

import typer

from tracker.cli.arguments import cited, stored
from tracker.cli.commands.records import DAY
from tracker.cli.completion import known_ids
from tracker.cli.context import Call
from tracker.cli.messages import say
from tracker.cli.options import Format
from tracker.cli.registration import command
from tracker.errors import InvalidInput
from tracker.exchange.fields import made
from tracker.ledger.answers import Reported
from tracker.locale.translation import _, _p
from tracker.model.codec import full
from tracker.model.dates import parse_effective, parse_start
from tracker.model.quantities import parse_value, show_number
from tracker.model.records import Update


class Said(NamedTuple):
    """What an update says beside its value."""

    on: Annotated[
        str | None, typer.Option(metavar=DAY, help=_("Day that it is true for; today."))
    ] = None
    period_start: Annotated[
        str | None,
        typer.Option(metavar=DAY, help=_("First day that the value covers, also of a month.")),
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
)
def update(
    call: Call,
    words: Annotated[
        str,
        typer.Argument(
            metavar="ID",
            help=_("The indicator, or part of its name."),
            autocompletion=known_ids,
        ),
    ],
    said: Said,
    form: Format,
    value: Annotated[
        str | None, typer.Argument(metavar="[VALUE]", help=_("What has been reached."))
    ] = None,
    add: Annotated[
        str | None, typer.Option(metavar="N", help=_("Add to the newest value."))
    ] = None,
    done: Annotated[
        bool | None, typer.Option("--done/--not-done", help=_("A milestone is reached, or not."))
    ] = None,
) -> None:
    """Nothing is overwritten: a correction names the update that it --voids."""
    if (value is not None) + (add is not None) + (done is not None) > 1:
        raise InvalidInput(_("Give a VALUE, --add N or --done, not two of them."))
    given = {"value": value, "add": add, "done": done, "voids": said.voids}
    if not any(each is not None for each in given.values()):
        raise InvalidInput(_("Say what has been reached: a VALUE, --add N or --done."))
    told: list[str] = []
    draft = _draft(call, said, told.append, done)
    reported = call.tracker.report(words, draft, value, add)
    for remark in (*told, *reported.remarks):
        say(remark)
    item = {
        "update": full(reported.update),
        "before": full(reported.before),
        "after": full(reported.after),
    }
    call.answer(_reported(reported), item, form.output)


def _draft(
    call: Call,
    said: Said,
    tell: Callable[[str], None],
    done: bool | None,  # noqa: FBT001  # as reported
) -> Update:
    on = parse_effective(said.on, call.today) if said.on is not None else call.today
    if said.on is not None:
        tell(_("day: {day}").format(day=on))
    start = parse_start(said.period_start, call.today) if said.period_start is not None else None
    if start is not None:
        tell(_("first day covered: {day}").format(day=start))
    share = said.share_of_plan
    fields = {
        "on": on,
        "period_start": start,
        "done": done,
        "note": said.note,
        "evidence": said.evidence or [],
        "status": stored("status", said.status or "final"),
        "qualifier": said.qualifier,
        "share_of_plan": parse_value(share, "%") if share is not None else None,
        "source": cited(said.source),
        "voids": said.voids,
    }
    return made(Update, fields)


def _valued(reported: Reported, value: Decimal) -> str:
    """What was reported, and whether it is the whole, or what came in addition."""
    after, sentence = reported.after, "{value}"
    if reported.accumulation == "cumulative":
        sentence = _("{value} in all")
    elif reported.accumulation == "increment":
        sentence = _("{value} in this period")
        if after.value is not None:
            sentence = _("{value} in this period, {total} in all")
    said, total = (
        "" if each is None else f"{show_number(each)} {after.unit or ''}".strip()
        for each in (value, after.value)
    )
    return sentence.format(value=said, total=total)


def _reported(reported: Reported) -> str:
    before, after, update = reported.before, reported.after, reported.update
    said = _("taken back")
    if update.value is not None:
        said = _valued(reported, update.value)
    elif update.done is not None:
        said = _p("reported", "done") if update.done else _p("reported", "not done")
    lights = (
        _(after.light) if before.light == after.light else f"{_(before.light)} → {_(after.light)}"
    )
    return _("{id}: {said} on {on}; {lights}: {why}").format(
        id=after.id, said=said, on=update.on, lights=lights, why=after.why
    )
