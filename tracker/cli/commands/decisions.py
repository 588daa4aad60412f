"""Decisions: revise, judge, suspend, resume, cancel, close, reopen. Each has a reason."""

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any, NamedTuple

import typer

from tracker.cli.arguments import cited, stored
from tracker.cli.completion import Id
from tracker.cli.context import Call, published
from tracker.cli.messages import say
from tracker.cli.options import Format
from tracker.cli.registration import command
from tracker.errors import InvalidInput
from tracker.exchange.fields import deadline_from, made, revised_target
from tracker.ledger.answers import Decided
from tracker.locale.translation import _, _p
from tracker.model.dates import parse_effective
from tracker.model.records import Decision, Indicator, Judgement, Revision
from tracker.storage.base import View

app = typer.Typer(rich_markup_mode=None)


class Grounds(NamedTuple):
    """Why and when something was decided."""

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
    call: Call,
    words: Id,
    grounds: Grounds,
    form: Format,
    deadline: Annotated[
        str | None, typer.Option(metavar="DAY", help=_("The new deadline."))
    ] = None,
    target: Annotated[str | None, typer.Option(help=_("The new target."))] = None,
) -> None:
    """The first promise stays on record and is still shown."""
    if deadline is None and target is None:
        raise InvalidInput(_("Say what changes: --deadline DAY, --target VALUE, or both."))
    source = cited(grounds.source)
    given = {"on": _day(call, grounds), "reason": grounds.reason, "source": source}

    def draft(indicator: Indicator, view: View) -> Revision:
        fields: dict[str, Any] = dict(given)
        if target is not None:
            fields |= revised_target(target, indicator)
        if deadline is not None:
            fields["deadline"] = deadline_from(deadline, call.today, published(view, source))
        return made(Revision, fields)

    done = call.tracker.revise(words, draft)
    _tell(call, done, form)


@command(
    app,
    "judge",
    "tracker judge rural-pipes.renewed amber --reason 施工方停工两周",
)
def judge(
    call: Call,
    words: Id,
    confidence: Annotated[
        str, typer.Argument(metavar="CONFIDENCE", help=_("green, amber or red."))
    ],
    grounds: Grounds,
    form: Format,
    by: Annotated[str | None, typer.Option(help=_("Who judges; the author."))] = None,
) -> None:
    """A person's confidence that it will be met. It stands beside the computed light."""
    call.learn_words()
    fields = grounds._asdict() | {
        "on": _day(call, grounds),
        "confidence": stored("confidence", confidence, "CONFIDENCE"),
        "source": cited(grounds.source),
        "by": by,
    }
    done = call.tracker.judge(words, made(Judgement, fields))
    before = _p("judged", "none") if done.before == "none" else _(done.before)
    sentence = _("{id}: judged {before} → {after}; the computed light stays as it is")
    call.answer(
        sentence.format(id=done.record_id, before=before, after=_(done.after)),
        _item(done),
        form.output,
    )


def _decides(name: str, state: str, more: str, example: str) -> Callable[..., None]:
    def decide(call: Call, words: Id, grounds: Grounds, form: Format) -> None:
        _decide(call, words, grounds, form, (name, state, False))

    decide.__doc__ = more
    return command(app, name, example)(decide)


suspend = _decides(
    "suspend",
    "suspended",
    _("It has no light until it is resumed."),
    "tracker suspend wanzixiang --reason 专题会议纪要",
)
resume = _decides(
    "resume",
    "active",
    _("It is judged again as before."),
    "tracker suspend 万紫巷 --reason 停工 && tracker resume 万紫巷 --reason 复工",
)
cancel = _decides(
    "cancel",
    "cancelled",
    _("It stays on record, without a light."),
    "tracker cancel wanzixiang --reason 专题会议纪要",
)
reopen = _decides(
    "reopen",
    "active",
    _("It is judged again as before."),
    "tracker cancel 万紫巷 --reason 误报 && tracker reopen 万紫巷 --reason 更正",
)


@command(app, "close", "tracker close weihua-north-road --reason 验收合格")
def close(
    call: Call,
    words: Id,
    grounds: Grounds,
    form: Format,
    force: Annotated[
        bool, typer.Option("--force", help=_("Close it although targets are not met."))
    ] = False,
) -> None:
    """Refused while a target is not met, unless forced."""
    _decide(call, words, grounds, form, ("close", "closed", force))


def _decide(
    call: Call, words: str, grounds: Grounds, form: Format, how: tuple[str, str, bool]
) -> None:
    name, state, force = how
    source = cited(grounds.source)
    fields = {
        "on": _day(call, grounds),
        "state": state,
        "reason": grounds.reason,
        "source": source,
    }
    done = call.tracker.decide(words, made(Decision, fields), name, force=force)
    _tell(call, done, form, _)


def _day(call: Call, grounds: Grounds) -> date:
    if grounds.on is None:
        return call.today
    on = parse_effective(grounds.on, call.today)
    say(_("day: {day}").format(day=on))
    return on


def _tell(call: Call, done: Decided, form: Format, word: Callable[[str], str] = str) -> None:
    sentence = _("{id}: {before} → {after}").format(
        id=done.record_id, before=word(done.before), after=word(done.after)
    )
    for remark in done.remarks:
        say(remark)
    call.answer(sentence, _item(done), form.output)


def _item(done: Decided) -> dict[str, Any]:
    item = done._asdict()
    del item["remarks"]
    return item
