"""Reminders: remind, receipts, ack, schedule."""

import os
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from tracker import config
from tracker.cli.context import Call
from tracker.cli.messages import say
from tracker.cli.options import Format, Out, Where
from tracker.cli.output import check_answer, put
from tracker.cli.registration import command
from tracker.errors import DeliveryFailed, InvalidInput
from tracker.locale.translation import _, _n
from tracker.model import addresses
from tracker.model.codec import full
from tracker.model.dates import shifted
from tracker.model.horizon import When
from tracker.output.model import Sheet
from tracker.reminders import delivery, messages, scheduling, service, tables
from tracker.reminders.delivery import Desk, Mailman, Smtp
from tracker.reminders.plan import Book, Plan, Post
from tracker.reminders.secrets import FILE, Keys
from tracker.reminders.steps import RULES, Ladder
from tracker.system.text import visible

if TYPE_CHECKING:
    from tracker.reminders.receipts import Round


app = typer.Typer(rich_markup_mode=None)

_LOOK_AHEAD = 14
_CARRIED = frozenset({"db", "lang"})


class Wanted(NamedTuple):
    """What is to be sent, and to whom."""

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
    call: Call,
    where: Where,
    wanted: Wanted,
    out: Out,
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

    On days off nothing is sent; it goes out on the next working day. Exit 6 names the
    addresses that were not reached; the others were, and the next run tries again.
    """
    _fits({"--limit": out.limit, "--exit-code": out.exit_code, "--within": within}, list_, dry_run)
    if dry_run:
        check_answer(out.output)
    post, when = _post(call, wanted), When(as_of=call.day(wanted.as_of))
    if list_:
        until = shifted(when.as_of or call.today, _LOOK_AHEAD if within is None else within)
        found = service.forecast(call.tracker, until, call.filter(where), when, post)
        call.show(tables.forecast(found, when.as_of or call.today), out)
        return
    plan = service.reminders(call.tracker, call.filter(where), when, post)
    if dry_run:
        _rehearse(call, plan, out.output)
    else:
        _send(call, plan, post, out.output)


@command(app, "receipts", "tracker receipts --limit 20", "tracker receipts rural-pipes -o json")
def receipts(
    call: Call,
    out: Out,
    words: Annotated[
        str | None,
        typer.Argument(metavar="[ID]", help=_("Only this record, its indicators included.")),
    ] = None,
) -> None:
    """The newest message comes first. What is claimed and not yet sent has no moment."""
    call.show(tables.receipts(service.receipts(call.tracker, words), call.today), out)


@command(app, "ack", "tracker remind --to stdout: --as-of 2024-01-02 && tracker ack rural-pipes")
def ack(
    call: Call,
    form: Format,
    words: Annotated[str, typer.Argument(metavar="ID", help=_("An initiative or indicator."))],
    note: Annotated[str | None, typer.Option(help=_("What is to be said about it."))] = None,
) -> None:
    """It stands beside the receipts, and stops no reminder: only a report does."""
    done = service.acknowledge(call.tracker, words, note)
    sentence = _n(
        "{words}: seen, on {count} message", "{words}: seen, on {count} messages", len(done)
    )
    sentence = sentence.format(words=words, count=len(done))
    call.answer(sentence, full({"receipts": done}), form.output)


@command(app, "schedule", "tracker schedule", "tracker schedule --at 08:47")
def schedule(
    call: Call,
    form: Format,
    at: Annotated[
        str | None, typer.Option(metavar="HH:MM", help=_("When; else shortly after eight."))
    ] = None,
) -> None:
    """Nothing is installed: what is printed says how to."""
    task = _task(call, at)
    _tell_left_out(call)
    item = {
        "crontab": scheduling.crontab(task),
        "service": scheduling.service(task),
        "timer": scheduling.timer(task),
    }
    if form.output == "table":
        put(visible(_how_to(item), lines=True))
    else:
        call.write(Sheet(title="", as_of=call.today, facts=[], items=[item]), form.output)


def _fits(given: Mapping[str, object], list_: bool, dry_run: bool) -> None:  # noqa: FBT001  # flags
    if list_ and dry_run:
        raise InvalidInput(_("Give --list or --dry-run, not both."))
    idle = [flag for flag, value in given.items() if value is not None and value is not False]
    if idle and not list_:
        raise InvalidInput(_("{flag} is for --list only.").format(flag=idle[0]))


def _post(call: Call, wanted: Wanted) -> Post:
    chosen = call.settings
    only = tuple(wanted.rule or ())
    known = [*RULES, *(f"before-{days}" for days in chosen["remind_before"])]
    if unknown := [each for each in only if each not in known]:
        sentence = _("There is no rule {rule}; choose one of: {known}.")
        raise InvalidInput(sentence.format(rule=unknown[0], known=", ".join(known)))
    book = Book(
        leads=chosen["addresses"],
        escalation=chosen["escalation"],
        only=_addresses(wanted.to or ()),
        lang=chosen["lang"],
    )
    every = [*book.only, *book.escalation]
    every += [each for entry in book.leads.values() for each in (*entry.to, *entry.escalation)]
    for each in every:
        delivery.check(each)
    steps = Ladder(before=chosen["remind_before"], every=chosen["remind_every"])
    patience = timedelta(minutes=chosen["claim_minutes"])
    return Post(book=book, ladder=steps, only=only, patience=patience)


def _addresses(given: Sequence[str]) -> tuple[str, ...]:
    try:
        return tuple(dict.fromkeys(map(addresses.address, given)))
    except addresses.Unspeakable as error:
        sentence = _("An address given by --to is not understood; allowed: {allowed}.")
        raise InvalidInput(sentence.format(allowed=error)) from None


def _rehearse(call: Call, plan: Plan, output: str) -> None:
    _remark(call, plan)
    digests = [messages.identified(each) for each in plan.digests] if plan.works else []
    parts = [part for each in digests for part in delivery.divided(each)]
    if output == "table":
        for each in parts:
            head = f"--- {each.address} ({each.part}/{each.parts}) ---"
            put(visible(f"{head}\n{delivery.composed(each).body}\n", lines=True))
        return
    call.write(Sheet(title="", as_of=plan.as_of, facts=[], items=list(parts)), output)


def _send(call: Call, plan: Plan, post: Post, output: str) -> None:
    is_data = output != "table"
    if is_data and any(each.address == "stdout:" for each in plan.digests):
        raise InvalidInput(_("stdout: and -o {form} both write to stdout.").format(form=output))
    if post.book.is_empty:
        sentence = _("There are no addresses; write [addresses] into {file}, or give --to.")
        raise InvalidInput(sentence.format(file=call.settings.file))
    _remark(call, plan)
    if not plan.works:
        plan = plan._replace(digests=[])
    mailman = Mailman(_desk(call))
    done = service.remind(call.tracker, plan, mailman.deliver, _clock, post.patience)
    if is_data:
        call.write(tables.receipts(done.sent, plan.as_of), output)
    for each in done.sent:
        count = len(each.items)
        sentence = _n(
            "{count} reminder sent to {address}", "{count} reminders sent to {address}", count
        )
        say(sentence.format(address=each.address, count=count))
    _fail(done)


def _fail(done: "Round") -> None:
    if done.failed:
        raise DeliveryFailed(
            _("Not delivered; the next run tries again:"),
            [f"{address}: {reason}" for address, reason in done.failed],
        )


def _remark(call: Call, plan: Plan) -> None:
    """Say what a person should know of a pass in which there is something to send."""
    if plan.homeless and plan.works:
        leads = [f"{lead or _('without lead')} ({n})" for lead, n in plan.homeless.items()]
        sentence = _("No address in {file} for: {leads}")
        say(sentence.format(file=call.settings.file, leads=", ".join(leads)))
    for address in plan.held:
        sentence = _n(
            "Another run is sending to {address}, or ended too early; what it has not"
            " confirmed goes out again after {minutes} minute.",
            "Another run is sending to {address}, or ended too early; what it has not"
            " confirmed goes out again after {minutes} minutes.",
            call.settings["claim_minutes"],
        )
        say(sentence.format(address=address, minutes=call.settings["claim_minutes"]))
    if plan.provisional and plan.digests:
        say(_("Working days of this year are provisional: Monday to Friday."))


def _desk(call: Call) -> Desk:
    chosen = call.settings
    return Desk(
        keys=Keys(chosen.file.parent / FILE),
        smtp=Smtp(
            server=chosen["smtp"],
            security=chosen["smtp_security"],
            sender=chosen["smtp_from"],
            user=chosen["smtp_user"],
            secret=chosen["smtp_secret"],
        ),
        put=lambda text: put(visible(text, lines=True)),
        now=call.now,
        timeout=chosen["send_timeout"],
        attempts=chosen["send_attempts"],
        pause=chosen["send_pause"],
        allow_http=chosen["allow_http"],
    )


def _clock() -> datetime:
    return datetime.now().astimezone()


def _task(call: Call, at: str | None) -> scheduling.Task:
    chosen = call.settings
    # A timetable is read by many; a password has a file of its own, which libpq finds.
    db = config.redacted(chosen["db"])
    if "://" not in db:
        db = str(Path(db).expanduser().absolute())
    hour, minute = scheduling.time_of(at, f"{os.uname().nodename} {db}")
    variables = {
        "TRACKER_CONFIG": str(chosen.file.absolute()),
        "TRACKER_DB": db,
        "TRACKER_LANG": chosen["lang"],
    }
    program = [sys.executable, "-P", "-m", "tracker", "remind"]
    return scheduling.checked(scheduling.Task(program, variables, hour, minute, _zone()))


def _tell_left_out(call: Call) -> None:
    """Say what of this shell a timetable does not carry."""
    chosen, file = call.settings, call.settings.file
    if config.redacted(chosen["db"]) != chosen["db"]:
        say(_("The password of the ledger is left out; keep it in ~/.pgpass, mode 0600."))
    # The flags of a command are not of the environment; what is there has its name as origin.
    here = [each.origin for key, each in chosen.chosen.items() if key not in _CARRIED]
    if here := [origin for origin in here if origin.startswith("TRACKER_")]:
        sentence = _("Only this shell sets {names}; write that into {file}, or it does not count.")
        say(sentence.format(names=", ".join(here), file=file))


def _zone() -> str | None:
    """The time zone by its name, where the machine says it."""
    named = config.variable("TZ") or os.path.realpath("/etc/localtime").partition("zoneinfo/")[2]
    return named.removeprefix(":") or None


def _how_to(item: dict[str, str]) -> str:
    parts = [
        _("# For cron: run crontab -e and add these lines."),
        item["crontab"],
        _("# For systemd instead: ~/.config/systemd/user/tracker-remind.service"),
        item["service"],
        _("# ~/.config/systemd/user/tracker-remind.timer"),
        item["timer"],
        _("# Then run: systemctl --user enable --now tracker-remind.timer; loginctl enable-linger"),
        _("# Secrets of the environment are not there; keep them in {file}, mode 0600.").format(
            file=FILE
        ),
    ]
    return "\n".join(parts) + "\n"
