"""Read from the settings how a place reminds: to whom, by which means, and when."""

import os
import sys
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import get_args

from tracker import config
from tracker.errors import InvalidInput
from tracker.locale.translation import _
from tracker.model import addresses
from tracker.reminders import delivery, scheduling
from tracker.reminders.delivery import DeliverySettings, MailServer
from tracker.reminders.plan import PlanAddressBook, PlanSettings
from tracker.reminders.secrets import SECRETS_FILE, Secrets
from tracker.reminders.steps import ReminderRule, StepSettings

_CARRIED = frozenset({"db", "lang"})
"""Settings that the lines of a timetable carry themselves."""


def read_reminder_settings(
    settings: config.Settings, to: Sequence[str], rules: Sequence[str]
) -> PlanSettings:
    """Build how a place reminds.

    Args:
        settings: the settings in force.
        to: addresses that everything goes to, instead of those of the settings.
        rules: the rules or steps that count; none: all.

    Raises:
        InvalidInput: an address is not understood, or there is no such rule or channel.
    """
    known = [*get_args(ReminderRule), *(f"before-{days}" for days in settings["remind_before"])]
    if unknown := [rule for rule in rules if rule not in known]:
        sentence = _("There is no rule {rule}; choose one of: {known}.")
        raise InvalidInput(sentence.format(rule=unknown[0], known=", ".join(known)))
    book = PlanAddressBook(
        leads=settings["addresses"],
        escalation=settings["escalation"],
        only=_parse_recipients_in_reminder_settings(to),
        lang=settings["lang"],
    )
    places = [*book.only, *book.escalation]
    for recipient in book.leads.values():
        places += [*recipient.to, *recipient.escalation]
    for place in places:
        delivery.check_delivery_address(place)
    ladder = StepSettings(before=settings["remind_before"], every=settings["remind_every"])
    patience = timedelta(minutes=settings["claim_minutes"])
    return PlanSettings(book=book, step_settings=ladder, only=tuple(rules), patience=patience)


def _parse_recipients_in_reminder_settings(texts: Sequence[str]) -> tuple[str, ...]:
    try:
        return tuple(dict.fromkeys(map(addresses.parse_address, texts)))
    except addresses.SecretInText as error:
        sentence = _("An address given by --to is not understood; allowed: {allowed}.")
        raise InvalidInput(sentence.format(allowed=error)) from None


def read_delivery_reminder_settings(
    settings: config.Settings, put: Callable[[str], None], now: datetime
) -> DeliverySettings:
    """Build what channels work with; ``put`` writes to stdout."""
    return DeliverySettings(
        secrets=Secrets(settings.file.parent / SECRETS_FILE),
        smtp=MailServer(
            server=settings["smtp"],
            security=settings["smtp_security"],
            sender=settings["smtp_from"],
            user=settings["smtp_user"],
            secret=settings["smtp_secret"],
        ),
        write=put,
        now=now,
        timeout=settings["send_timeout"],
        attempts=settings["send_attempts"],
        pause=settings["send_pause"],
        allow_http=settings["allow_http"],
    )


def build_task_of_reminder_settings(
    settings: config.Settings, at: str | None
) -> scheduling.ScheduledTask:
    """Build the task that reminds every day, at ``HH:MM``; None is shortly after eight.

    Raises:
        InvalidInput: the time is not understood, or a text cannot stand in a timetable.
    """
    # A timetable is read by many; a password has a file of its own, which libpq finds.
    db = config.redact_config_password(settings["db"])
    if "://" not in db:
        db = str(Path(db).expanduser().absolute())
    hour, minute = scheduling.parse_scheduled_time(at, f"{os.uname().nodename} {db}")
    variables = {
        "TRACKER_CONFIG": str(settings.file.absolute()),
        "TRACKER_DB": db,
        "TRACKER_LANG": settings["lang"],
    }
    program = [sys.executable, "-P", "-m", "tracker", "remind"]
    return scheduling.check_scheduled_task(
        scheduling.ScheduledTask(program, variables, hour, minute, _find_reminder_settings_zone())
    )


def _find_reminder_settings_zone() -> str | None:
    """Return the name of the time zone, if the machine says it."""
    name = (
        config.read_config_variable("TZ")
        or os.path.realpath("/etc/localtime").partition("zoneinfo/")[2]
    )
    return name.removeprefix(":") or None


def list_reminder_settings_warnings(settings: config.Settings) -> list[str]:
    """Return sentences on what of this shell a timetable does not carry."""
    warnings = []
    if config.redact_config_password(settings["db"]) != settings["db"]:
        warnings.append(
            _("The password of the ledger is left out; keep it in ~/.pgpass, mode 0600.")
        )
    # A setting that the environment makes has the name of its variable as origin.
    origins = [chosen.origin for key, chosen in settings.chosen.items() if key not in _CARRIED]
    if variables := [origin for origin in origins if origin.startswith("TRACKER_")]:
        sentence = _("Only this shell sets {names}; write that into {file}, or it does not count.")
        warnings.append(sentence.format(names=", ".join(variables), file=settings.file))
    return warnings
