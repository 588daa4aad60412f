"""Record decisions: revise, judge, verdict, suspend, resume, cancel, close, reopen."""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Annotated, Any

import typer
from msgspec import Struct
from msgspec.structs import asdict

from tracker.cli.arguments import parse_choice, parse_source_argument
from tracker.cli.completion import RecordArgument
from tracker.cli.context import CommandContext, find_publication_in_context
from tracker.cli.options import AnswerOptions
from tracker.cli.registration import command
from tracker.errors import InvalidInput
from tracker.exchange.fields import FieldReader, build_record_from_fields, read_revision_fields
from tracker.ledger.answers import StoredDecision
from tracker.locale.translation import _, _p, translate_word
from tracker.model.dates import parse_effective_date
from tracker.model.records import Decision, Indicator, Judgement, Revision, Verdict
from tracker.storage.base import View

app = typer.Typer(rich_markup_mode=None)


class DecisionOptions(Struct, frozen=True):
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
    interim: Annotated[
        list[str] | None,
        typer.Option(metavar="DAY=VALUE", help=_("The new interim points; repeatable.")),
    ] = None,
) -> None:
    """The first promise stays on record and is still shown."""
    if deadline is None and target is None and not interim:
        raise InvalidInput(
            _("Say what changes: --deadline DAY, --target VALUE or --interim DAY=VALUE.")
        )
    source = parse_source_argument(grounds.source)
    shared = {
        "on": _read_decision_command_day(context, grounds),
        "reason": grounds.reason,
        "source": source,
    }
    typed = {"source": source, "target": target, "deadline": deadline, "interim": interim}
    remarks: list[str] = []

    def draft(indicator: Indicator, view: View) -> Revision:
        remarks.clear()
        reader = FieldReader(
            context.today,
            partial(find_publication_in_context, view),
            remarks.append,
            context.local_days,
        )
        return build_record_from_fields(
            Revision, shared | read_revision_fields(typed, indicator, reader)
        )

    done = context.tracker.revise(words, draft)
    context.warn(*remarks)
    _print_decision_command_result(context, done, form)


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
    """A person's confidence that it will be met. It stands beside the computed light.

    It is for what still runs; what became of a promise at its end is said with: tracker verdict
    """
    context.apply_light_names()
    fields = asdict(grounds) | {
        "on": _read_decision_command_day(context, grounds),
        "confidence": parse_choice("confidence", confidence, _("CONFIDENCE")),
        "source": parse_source_argument(grounds.source),
        "by": by,
    }
    done = context.tracker.judge(words, build_record_from_fields(Judgement, fields))
    before, after = (
        _p("judged", "none") if word == "none" else translate_word("confidence", word)
        for word in (done.before, done.after)
    )
    sentence = _("{id}: judged {before} → {after}; the computed light stays as it is")
    context.print_answer(
        sentence.format(id=done.record_id, before=before, after=after),
        _answer_decision_command(done),
        form.output,
    )


@command(
    app,
    "verdict",
    "tracker verdict rural-pipes.renewed partly --reason 只完成两个镇",
)
def verdict(
    context: CommandContext,
    words: RecordArgument,
    finding: Annotated[
        str, typer.Argument(metavar="VERDICT", help=_("kept, partly, broken or unclear."))
    ],
    grounds: DecisionOptions,
    form: AnswerOptions,
    evidence: Annotated[
        list[str] | None,
        typer.Option(metavar="TEXT", help=_("A file, link or number that supports it; repeat it.")),
    ] = None,
    by: Annotated[str | None, typer.Option(help=_("Whose verdict it is; the author's."))] = None,
) -> None:
    """What a person finds a promise to be at its end. It stands beside the computed light.

    The promise is no longer overdue, no report is owed on it, and nobody is reminded of it.
    How confident you are while it still runs is said with: tracker judge
    """
    fields = asdict(grounds) | {
        "on": _read_decision_command_day(context, grounds),
        "verdict": parse_choice("verdict", finding, "VERDICT"),
        "source": parse_source_argument(grounds.source),
        "evidence": evidence or [],
        "by": by,
    }
    done = context.tracker.give_verdict(words, build_record_from_fields(Verdict, fields))
    for remark in done.remarks:
        context.warn(remark)
    before = _p("verdict", "none") if done.before == "none" else _(done.before)
    sentence = _("{id}: verdict {before} → {after}; the computed light stays as it is")
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
    _print_decision_command_result(context, done, form, _)


def _read_decision_command_day(context: CommandContext, grounds: DecisionOptions) -> date:
    """Parse the day of a decision and say how it was understood; without one it is today."""
    if grounds.on is None:
        return context.today
    document_day = context.find_document_day(grounds.on, parse_source_argument(grounds.source))
    on = parse_effective_date(grounds.on, context.today, document_day)
    context.warn(_("day: {day}").format(day=on))
    return on


def _print_decision_command_result(
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
    item = asdict(done)
    del item["remarks"]
    return item
