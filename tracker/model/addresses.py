"""Parse the address book: where the reminders of each lead go.

Nothing in it is secret: an address names a secret and never holds it.
"""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from tracker.locale.translation import _

LANGUAGES = ("en", "zh")
"""The languages of the interface, and of messages."""

_NAME_PATTERN = "[A-Za-z][A-Za-z0-9_]{0,29}"
_ADDRESS = (
    r"stdout:|exec:/[^\x00-\x1f\x7f]+"
    r"|mailto:[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,253}"
    r"|https://[A-Za-z0-9.-]+(?::[0-9]{1,5})?(?:/[A-Za-z0-9_.~/-]*)?"
    rf"|(?!(?:stdout|exec|mailto):)[a-z]{{2,20}}:{_NAME_PATTERN}"
)
_HOOKS = r"hooks?|web-?hooks?|bots?|robots?|services"
"""Names of hosts and parts of paths behind which a key stands, as with Slack and Discord."""
_PLAIN_PART = r"[A-Z]?[a-z]+(?:[._~-][a-z]+)*|[a-z]+[0-9]{1,2}|[0-9]{1,4}"
"""A part of a path that is a word, not a key: api, v2, remind-daily, 2026."""
_LONGEST_PLAIN_PART = 19
_LEAD = r"(?=.*[^\x00-\x7f])[^\x00-\x20\x7f:/=@]{1,40}|[A-Za-z][A-Za-z ]{0,18}"
"""Names of leads that can be neither a secret nor an address."""
_BOOK = 'tables like [addresses."住建局"] with to = ["mailto:…"], lang, escalation'


class Recipient(NamedTuple):
    """Addresses of one lead: for all reminders, for red ones too (escalation); and a language."""

    to: tuple[str, ...]
    escalation: tuple[str, ...] = ()
    lang: str | None = None


class SecretInText(ValueError):
    """Text that is not understood and may hold a secret, so that no sentence may repeat it."""


def parse_address(raw: Any) -> str:  # noqa: ANN401  # a file may hold anything
    """Parse an address that may be shown: it may name a secret, but holds none.

    Raises:
        Unspeakable: it is no address, or may hold a secret; it must not be repeated.
    """
    text = raw.strip() if isinstance(raw, str) else ""
    if not re.fullmatch(_ADDRESS, text) or _may_address_hold_key(text):
        raise SecretInText(
            _(
                "mailto:name@example.org, exec:/path/to/program, https://host/path without a key,"
                " stdout: or channel:NAME, where NAME names a secret (up to 30 letters, digits, _);"
                " a key or a URL with one belongs into a secret"
            )
        )
    return text


def _may_address_hold_key(address: str) -> bool:
    """Return whether a part of a URL may be a key, as that of a hook of a chat often is."""
    scheme, _mark, rest = address.partition("://")
    host, *parts = rest.split("/")
    parts = list(filter(None, parts))
    if scheme != "https" or not parts:
        return False
    if re.fullmatch(rf"(?:.*\.)?(?:{_HOOKS})\..*", host, re.IGNORECASE):
        return True
    for at, part in enumerate(parts):
        is_plain = re.fullmatch(_PLAIN_PART, part) and len(part) <= _LONGEST_PLAIN_PART
        if not is_plain or re.fullmatch(_HOOKS, parts[at - 1] if at else "", re.IGNORECASE):
            return True
    return False


def parse_addresses(raw: Any) -> tuple[str, ...]:  # noqa: ANN401  # a file may hold anything
    """Parse addresses, without repetitions: a list in a file, or a text with commas.

    Raises:
        Unspeakable: one of them is no address, or may hold a secret.
    """
    parts = raw.replace(",", " ").split() if isinstance(raw, str) else raw
    if not isinstance(parts, list):
        raise SecretInText(_("a list of addresses"))
    return tuple(dict.fromkeys(map(parse_address, parts)))


def parse_address_book(raw: Any) -> Mapping[str, Recipient]:  # noqa: ANN401  # a file may hold anything
    """Parse the address book by lead: tables in a file, or ``lead=address address; lead=…``.

    Raises:
        Unspeakable: it is no address book, or may hold a secret.
    """
    if isinstance(raw, str):
        pairs = [part.partition("=") for part in raw.split(";") if part.strip()]
        raw = {lead.strip(): to.strip() for lead, _equals, to in pairs}
    if not isinstance(raw, dict):
        raise SecretInText(_BOOK)
    return {lead.strip(): _parse_address_entry(lead.strip(), entry) for lead, entry in raw.items()}


def _parse_address_entry(lead: str, entry: Any) -> Recipient:  # noqa: ANN401  # a file may hold anything
    fields = entry if isinstance(entry, dict) else {"to": entry}
    unknown = sorted(set(fields) - set(Recipient._fields))
    if unknown:
        raise _refuse_address_entry(lead, unknown[0], _BOOK)
    if "to" not in fields:
        raise _refuse_address_entry(lead, "to", _BOOK)
    lang = fields.get("lang")
    if lang is not None and lang not in LANGUAGES:
        raise _refuse_address_entry(lead, "lang", ", ".join(LANGUAGES))
    return Recipient(
        to=_parse_addresses_of(lead, fields, "to"),
        escalation=_parse_addresses_of(lead, fields, "escalation"),
        lang=lang,
    )


def _parse_addresses_of(lead: str, fields: Mapping[str, Any], key: str) -> tuple[str, ...]:
    try:
        return parse_addresses(fields.get(key, []))
    except SecretInText as error:
        raise _refuse_address_entry(lead, key, str(error)) from None


def _refuse_address_entry(lead: str, key: str, allowed: str) -> SecretInText:
    """Build the error for an entry of the book; name its lead and key if they can be no secret."""
    if not re.fullmatch(_LEAD, lead) or not re.fullmatch("[a-z_]{1,12}", key):
        return SecretInText(allowed)
    return SecretInText(
        _("for {key} of {lead}: {allowed}").format(key=key, lead=lead, allowed=allowed)
    )


def parse_address_secret_name(raw: Any) -> str:  # noqa: ANN401  # a file may hold anything
    """Parse the name of a secret.

    Raises:
        Unspeakable: it is no such name, and may be the secret itself.
    """
    if not isinstance(raw, str) or not re.fullmatch(_NAME_PATTERN, raw):
        raise SecretInText(_("the name of a secret: up to 30 letters, digits, _"))
    return raw
