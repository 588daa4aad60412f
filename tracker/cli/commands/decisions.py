"""Record decisions: revise, judge, suspend, resume, cancel, close, reopen."""

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any, NamedTuple

import typer

from tracker.cli.arguments import parse_choice, parse_source_argument
from tracker.cli.completion import RecordArgument
from tracker.cli.context import CommandContext, find_publication_in_context
from tracker.cli.options import AnswerOptions
from tracker.cli.registration import command
from tracker.errors import InvalidInput
from tracker.exchange.fields import (
    build_deadline_field,
    build_record_from_fields,
    parse_revised_target_fields,
)
from tracker.ledger.answers import StoredDecision
from tracker.locale.translation import _, _p
from tracker.model.dates import parse_effective_date
from tracker.model.records import Decision, Indicator, Judgement, Revision
from tracker.storage.base import View

app = typer.Typer(rich_markup_mode=None)


class DecisionOptions(NamedTuple):
    """Reason, day and source of a decision."""

    reason: Annotated[str, typer.Option(help=_("Why."))]
    on: Annotated[
        str | None, typer.Option(metavar="DAY", help=_("Day of the decision; today."))
    ] = None
    source: Annotated[
        str | None, typer.Option(metavar="DOCUMENT[:PLACE]", help=_("Where it is written."))
    ] = None


@command(
    app,
    "revise",
    "tracker revise rural-pipes.renewed --deadline 2024-06-30 --reason 汛期",
)
def revise(
    context: CommandContext,
    words: RecordArgument,
    grounds: DecisionOptions,
    form: AnswerOptions,
    deadline: Annotated[
        str | None, typer.Option(metavar="DAY", help=_("The new deadline."))
    ] = None,
    target: Annotated[str | None, typer.Option(help=_("The new target."))] = None,
) -> None:
    """The first promise stays on record and is still shown."""
    if deadline is None and target is None:
        raise InvalidInput(_("Say what changes: --deadline DAY, --target VALUE, or both."))
    source = parse_source_argument(grounds.source)
    shared = {
        "on": _read_decision_command_day(context, grounds),
        "reason": grounds.reason,
        "source": source,
    }

    def draft(indicator: Indicator, view: View) -> Revision:
        fields: dict[str, Any] = dict(shared)
        if target is not None:
            fields |= parse_revised_target_fields(target, indicator)
        if deadline is not None:
            fields["deadline"] = build_deadline_field(
                deadline, context.today, find_publication_in_context(view, source)
            )
        return build_record_from_fields(Revision, fields)

    done = context.tracker.revise(words, draft)
    _print_decided(context, done, form)


@command(
    app,
    "judge",
    "tracker judge rural-pipes.renewed amber --reason 施工方停工两周",
)
def judge(
    context: CommandContext,
    words: RecordArgument,
    confidence: Annotated[
        str, typer.Argument(metavar="CONFIDENCE", help=_("green, amber or red."))
    ],
    grounds: DecisionOptions,
    form: AnswerOptions,
    by: Annotated[str | None, typer.Option(help=_("Who judges; the author."))] = None,
) -> None:
    """A person's confidence that it will be met. It stands beside the computed light."""
    context.apply_light_names()
    fields = grounds._asdict() | {
        "on": _read_decision_command_day(context, grounds),
        "confidence": parse_choice("confidence", confidence, "CONFIDENCE"),
        "source": parse_source_argument(grounds.source),
        "by": by,
    }
    done = context.tracker.judge(words, build_record_from_fields(Judgement, fields))
    before = _p("judged", "none") if done.before == "none" else _(done.before)
    sentence = _("{id}: judged {before} → {after}; the computed light stays as it is")
    context.print_answer(
        sentence.format(id=done.record_id, before=before, after=_(done.after)),
        _answer_decision_command(done),
        form.output,
    )


def _build_decision_command(name: str, state: str, more: str, example: str) -> Callable[..., None]:
    def decide(
        call: CommandContext, words: RecordArgument, grounds: DecisionOptions, form: AnswerOptions
    ) -> None:
        _run_decision_command(call, words, grounds, form, name=name, state=state)

    decide.__doc__ = more
    return command(app, name, example)(decide)


suspend = _build_decision_command(
    "suspend",
    "suspended",
    _("It has no light until it is resumed."),
    "tracker suspend wanzixiang --reason 专题会议纪要",
)
resume = _build_decision_command(
    "resume",
    "active",
    _("It is judged again as before."),
    "tracker suspend 万紫巷 --reason 停工 && tracker resume 万紫巷 --reason 复工",
)
cancel = _build_decision_command(
    "cancel",
    "cancelled",
    _("It stays on record, without a light."),
    "tracker cancel wanzixiang --reason 专题会议纪要",
)
reopen = _build_decision_command(
    "reopen",
    "active",
    _("It is judged again as before."),
    "tracker cancel 万紫巷 --reason 误报 && tracker reopen 万紫巷 --reason 更正",
)


@command(app, "close", "tracker close weihua-north-road --reason 验收合格")
def close(
    context: CommandContext,
    words: RecordArgument,
    grounds: DecisionOptions,
    form: AnswerOptions,
    force: Annotated[
        bool, typer.Option("--force", help=_("Close it although targets are not met."))
    ] = False,
) -> None:
    """Refused while a target is not met, unless forced."""
    _run_decision_command(context, words, grounds, form, name="close", state="closed", force=force)


def _run_decision_command(
    context: CommandContext,
    words: str,
    grounds: DecisionOptions,
    form: AnswerOptions,
    *,
    name: str,
    state: str,
    force: bool = False,
) -> None:
    source = parse_source_argument(grounds.source)
    fields = {
        "on": _read_decision_command_day(context, grounds),
        "state": state,
        "reason": grounds.reason,
        "source": source,
    }
    done = context.tracker.decide(
        words, build_record_from_fields(Decision, fields), name, force=force
    )
    _print_decided(context, done, form, _)


def _read_decision_command_day(context: CommandContext, grounds: DecisionOptions) -> date:
    """Parse the day of a decision and say how it was understood; without one it is today."""
    if grounds.on is None:
        return context.today
    on = parse_effective_date(grounds.on, context.today)
    context.warn(_("day: {day}").format(day=on))
    return on


def _print_decided(
    context: CommandContext,
    done: StoredDecision,
    form: AnswerOptions,
    format_value: Callable[[str], str] = str,
) -> None:
    """Write the remarks on a decision and what it changed.

    Args:
        context: the run of the command.
        done: the decision.
        form: the form of the answer.
        format_value: shows the value before and after; states are translated, days are not.
    """
    sentence = _("{id}: {before} → {after}").format(
        id=done.record_id, before=format_value(done.before), after=format_value(done.after)
    )
    for remark in done.remarks:
        context.warn(remark)
    context.print_answer(sentence, _answer_decision_command(done), form.output)


def _answer_decision_command(done: StoredDecision) -> dict[str, Any]:
    """Return the fields of a decision for JSON; remarks are said on stderr."""
    item = done._asdict()
    del item["remarks"]
    return item
