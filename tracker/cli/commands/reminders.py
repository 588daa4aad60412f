"""Remind leads, and tell cron to do so: remind, receipts, ack, schedule."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Annotated

import typer
from msgspec import Struct

from tracker.cli.context import CommandContext
from tracker.cli.options import AnswerOptions, FilterOptions, ListOptions
from tracker.cli.output import check_answer_output, write_stdout
from tracker.cli.registration import command
from tracker.config import find_configured_state_folder
from tracker.errors import DeliveryFailed, InvalidInput
from tracker.locale.translation import _, _n, join_words
from tracker.model.codec import to_plain_data
from tracker.model.dates import shift_date
from tracker.model.horizon import When
from tracker.output.model import Sheet
from tracker.reminders import delivery, messages, scheduling, service, settings, tables
from tracker.reminders.messages import Digest
from tracker.reminders.passes import hold_reminder_pass
from tracker.reminders.plan import PlanSettings, ReminderPlan
from tracker.reminders.secrets import SECRETS_FILE
from tracker.system.text import make_text_visible

app = typer.Typer(rich_markup_mode=None)

_LOOK_AHEAD = 14
"""Days that ``--list`` looks ahead."""


class ReminderOptions(Struct, frozen=True):
    """Recipients, rules and day of a pass."""

    to: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ADDRESS", help=_("Everything to this address, not to the leads; repeatable.")
        ),
    ] = None
    rule: Annotated[
        list[str] | None,
        typer.Option(
            metavar="RULE",
            help=_("Only this rule, e.g. before, before-7, after, weekly, unreported; repeatable."),
        ),
    ] = None
    as_of: Annotated[str | None, typer.Option(metavar="DAY", help=_("As if it were that day."))] = (
        None
    )


@command(
    app,
    "remind",
    "tracker remind --dry-run",
    "tracker remind --to stdout: --rule weekly",
    "tracker remind --list --within 30",
)
def remind(
    context: CommandContext,
    filters: FilterOptions,
    wanted: ReminderOptions,
    out: ListOptions,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help=_("Print what would be sent; send nothing."))
    ] = False,
    list_: Annotated[
        bool, typer.Option("--list", help=_("What goes out when, if nothing is reported."))
    ] = False,
    within: Annotated[
        int | None,
        typer.Option(min=0, max=366, help=_("Days to look ahead with --list; else 14.")),
    ] = None,
) -> None:
    """One pass, for cron: one digest for each address, nothing twice, silent when nothing is due.

    On days off nothing is sent; it goes out on the next working day. While another pass for the
    same ledger is under way, this one ends at once. Exit 6 names the
    addresses that were not reached; the others were, and the next run tries again.
    """
    if list_ and dry_run:
        raise InvalidInput(_("Give --list or --dry-run, not both."))
    if not list_:
        _refuse_reminder_command_flags(out, within)
    if dry_run:
        check_answer_output(out.output)
    post = settings.read_reminder_settings(context.settings, wanted.to or (), wanted.rule or ())
    when = When(as_of=context.read_day(wanted.as_of))
    where = context.build_filter(filters)
    if list_:
        day = when.as_of or context.today
        until = shift_date(day, _LOOK_AHEAD if within is None else within)
        expected = service.forecast_service_reminders(context.tracker, until, where, when, post)
        table = tables.build_forecast_table(expected, day)
        table.beside = {"left_out": context.tracker.count_left_out(where, when)}
        context.print_table(table, out)
        return
    if dry_run:
        with service.rehearse_service_reminders(context.tracker, where, when, post) as rehearsed:
            _print_reminder_command_plan(context, *rehearsed, out.output)
        return
    with _hold_reminder_command_pass(context):
        plan = service.plan_service_reminders(context.tracker, where, when, post)
        _send_reminder_command_plan(context, plan, post, out.output)


@command(app, "receipts", "tracker receipts --limit 20", "tracker receipts rural-pipes -o json")
def receipts(
    context: CommandContext,
    out: ListOptions,
    words: Annotated[
        str | None,
        typer.Argument(metavar="[ID]", help=_("Only this record, its indicators included.")),
    ] = None,
) -> None:
    """The newest message comes first. What is claimed and not yet sent has no moment."""
    context.print_table(
        tables.build_receipts_table(
            service.list_service_receipts(context.tracker, words), context.today
        ),
        out,
    )


@command(app, "ack", "tracker remind --to stdout: --as-of 2024-01-02 && tracker ack rural-pipes")
def ack(
    context: CommandContext,
    form: AnswerOptions,
    words: Annotated[str, typer.Argument(metavar="ID", help=_("An initiative or indicator."))],
    note: Annotated[str | None, typer.Option(help=_("What is to be said about it."))] = None,
) -> None:
    """It stands beside the receipts, and stops no reminder: only a report does."""
    done = service.acknowledge_service_receipts(context.tracker, words, note)
    sentence = _n(
        "{words}: seen, on {count} message", "{words}: seen, on {count} messages", len(done)
    )
    sentence = sentence.format(words=words, count=len(done))
    context.print_answer(sentence, to_plain_data({"receipts": done}), form.output)


@command(app, "schedule", "tracker schedule", "tracker schedule --at 08:47")
def schedule(
    context: CommandContext,
    form: AnswerOptions,
    at: Annotated[
        str | None, typer.Option(metavar="HH:MM", help=_("When; else shortly after eight."))
    ] = None,
) -> None:
    """Nothing is installed: what is printed says how to."""
    task = settings.build_task_of_reminder_settings(context.settings, at)
    context.warn(*settings.list_reminder_settings_warnings(context.settings))
    item = {
        "crontab": scheduling.write_scheduled_crontab(task),
        "service": scheduling.write_scheduled_service_unit(task),
        "timer": scheduling.write_scheduled_timer_unit(task),
    }
    if form.output == "table":
        write_stdout(make_text_visible(_explain_reminder_schedule(item), lines=True))
    else:
        context.print_item(item, form.output)


@contextmanager
def _hold_reminder_command_pass(context: CommandContext) -> Iterator[None]:
    """End the command where another pass for the same ledger is under way."""
    place = context.tracker.store.place
    with hold_reminder_pass(find_configured_state_folder(), place) as is_alone:
        if not is_alone:
            sentence = _("Another tracker remind for {place} is under way; this one sends nothing.")
            context.warn(sentence.format(place=place))
            raise typer.Exit
        yield


def _refuse_reminder_command_flags(out: ListOptions, within: int | None) -> None:
    """Refuse flags that only a list has a use for."""
    flags = {
        "--sort": out.sort,
        "--columns": out.columns,
        "--limit": out.limit,
        "--exit-code": out.exit_code or None,
        "--within": within,
    }
    for flag, value in flags.items():
        if value is not None:
            raise InvalidInput(_("{flag} is for --list only.").format(flag=flag))


def _print_reminder_command_plan(
    context: CommandContext, plan: ReminderPlan, digests: Iterable[Digest], output: str
) -> None:
    """Write the messages that would be sent, those to one address after those to another."""
    items: list[Digest] = []
    has_digests = False
    for digest in digests:
        has_digests = True
        parts = delivery.divide_digest_for_delivery(messages.with_digest_id(digest))
        if plan.is_workday and output == "table":
            _print_reminder_command_parts(parts)
        elif plan.is_workday:
            items += parts
    _warn_of_reminder_command_plan(context, plan, has_digests=has_digests)
    if output == "table":
        context.warn_of_left_out(plan.left_out, plan.as_of)
        return
    beside = {"left_out": plan.left_out}
    sheet = Sheet(title="", as_of=plan.as_of, facts=[], items=items, beside=beside)
    context.print_content(sheet, output)


def _print_reminder_command_parts(parts: Iterable[Digest]) -> None:
    """Write messages as they would be sent, each under its address."""
    for part in parts:
        head = f"--- {part.address} ({part.part}/{part.parts}) ---"
        body = delivery.compose_delivery_message(part).body
        write_stdout(make_text_visible(f"{head}\n{body}\n", lines=True))


def _send_reminder_command_plan(
    context: CommandContext, plan: ReminderPlan, post: PlanSettings, output: str
) -> None:
    """Send the messages, and say to whom.

    Raises:
        InvalidInput: there are no addresses, or messages and data would mix on stdout.
        DeliveryFailed: some were not delivered.
    """
    is_data = output != "table"
    if is_data and any(digest.address == "stdout:" for digest in plan.digests):
        raise InvalidInput(_("stdout: and -o {form} both write to stdout.").format(form=output))
    if post.book.is_empty:
        sentence = _("There are no addresses; write [addresses] into {file}, or give --to.")
        raise InvalidInput(sentence.format(file=context.settings.file))
    _warn_of_reminder_command_plan(context, plan, has_digests=bool(plan.digests))
    if not plan.is_workday:
        plan = plan._replace(digests=[])
    desk = settings.read_delivery_reminder_settings(
        context.settings, _print_reminder_command_message, context.now
    )
    mailman = delivery.Sender(desk)
    done = service.send_reminders(
        context.tracker, plan, mailman.deliver, _read_reminder_command_clock, post.patience
    )
    if is_data:
        table = tables.build_receipts_table(done.sent, plan.as_of)
        table.beside = {"left_out": plan.left_out}
        context.print_content(table, output)
    else:
        context.warn_of_left_out(plan.left_out, plan.as_of)
    for receipt in done.sent:
        count = len(receipt.items)
        sentence = _n(
            "{count} reminder sent to {address}", "{count} reminders sent to {address}", count
        )
        context.warn(sentence.format(address=receipt.address, count=count))
    if done.failed:
        raise DeliveryFailed(
            _("Not delivered; the next run tries again:"),
            [f"{address}: {reason}" for address, reason in done.failed],
        )


def _warn_of_reminder_command_plan(
    context: CommandContext, plan: ReminderPlan, *, has_digests: bool
) -> None:
    """Say what a person should know of a pass in which there is something to send."""
    if plan.without_address and plan.is_workday:
        leads = [
            _("{word} ({shown})").format(word=lead or _("without lead"), shown=n)
            for lead, n in plan.without_address.items()
        ]
        sentence = _("No address in {file} for: {leads}")
        context.warn(sentence.format(file=context.settings.file, leads=join_words(leads)))
    for address in plan.held:
        sentence = _n(
            "Another run is sending to {address}, or ended too early; what it has not"
            " confirmed goes out again after {minutes} minute.",
            "Another run is sending to {address}, or ended too early; what it has not"
            " confirmed goes out again after {minutes} minutes.",
            context.settings["claim_minutes"],
        )
        context.warn(sentence.format(address=address, minutes=context.settings["claim_minutes"]))
    if plan.provisional and has_digests:
        context.warn(_("Working days of this year are provisional: Monday to Friday."))


def _print_reminder_command_message(text: str) -> None:
    write_stdout(make_text_visible(text, lines=True))


def _read_reminder_command_clock() -> datetime:
    return datetime.now().astimezone()


def _explain_reminder_schedule(item: Mapping[str, str]) -> str:
    """Return the lines for cron and the units for systemd, and where each of them goes."""
    parts = [
        _("# For cron: run crontab -e and add these lines."),
        item["crontab"],
        _("# For systemd instead: ~/.config/systemd/user/tracker-remind.service"),
        item["service"],
        _("# ~/.config/systemd/user/tracker-remind.timer"),
        item["timer"],
        _("# Then run: systemctl --user enable --now tracker-remind.timer; loginctl enable-linger"),
        _("# Secrets of the environment are not there; keep them in {file}, mode 0600.").format(
            file=SECRETS_FILE
        ),
    ]
    return "\n".join(parts) + "\n"
