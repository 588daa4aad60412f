"""The address book: where the reminders of each lead go. What it holds may be shown to anybody."""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from tracker.locale import _

LANGUAGES = ("en", "zh")
"""The languages of the interface, and of messages."""

_NAME = "[A-Za-z][A-Za-z0-9_]{0,29}"
_ADDRESS = (
    r"stdout:|exec:/[^\x00-\x1f\x7f]+"
    r"|mailto:[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,253}"
    r"|https://[A-Za-z0-9.-]+(?::[0-9]{1,5})?(?:/[A-Za-z0-9_.~/-]*)?"
    rf"|(?!(?:stdout|exec|mailto):)[a-z]{{2,20}}:{_NAME}"
)
_LOOKS_LIKE_A_KEY = r"^https://[^/]*/.*[\w-]{20}"
_BOOK = 'tables like [addresses."住建局"] with to = ["mailto:…"], lang, escalation'


class Recipient(NamedTuple):
    """Where the reminders of a lead go, what is red too, and in which language."""

    to: tuple[str, ...]
    escalation: tuple[str, ...] = ()
    lang: str | None = None


class Unspeakable(ValueError):
    """What was found may hold a secret, so that no sentence may repeat it."""


def address(found: Any) -> str:  # noqa: ANN401  # a file may hold anything
    """An address that may be shown: it names a secret where there is one and holds none.

    Raises:
        Unspeakable: it is none, or may hold a secret; it must not be repeated.
    """
    text = found.strip() if isinstance(found, str) else ""
    if not re.fullmatch(_ADDRESS, text) or re.search(_LOOKS_LIKE_A_KEY, text):
        raise Unspeakable(
            _(
                "mailto:name@example.org, exec:/path/to/program, https://host/path without a key,"
                " stdout: or channel:NAME, where NAME names a secret (up to 30 letters, digits, _);"
                " a key or a URL with one belongs into a secret"
            )
        )
    return text


def addresses(found: Any) -> tuple[str, ...]:  # noqa: ANN401  # a file may hold anything
    """Addresses, each once: a list in a file, or a text with commas.

    Raises:
        Unspeakable: one of them is none, or may hold a secret.
    """
    each = found.replace(",", " ").split() if isinstance(found, str) else found
    if not isinstance(each, list):
        raise Unspeakable(_("a list of addresses"))
    return tuple(dict.fromkeys(map(address, each)))


def book(found: Any) -> Mapping[str, Recipient]:  # noqa: ANN401  # a file may hold anything
    """The address book by lead: tables in a file, or ``lead=address address; lead=address``.

    Raises:
        Unspeakable: it is none, or may hold a secret.
    """
    if isinstance(found, str):
        pairs = [each.partition("=") for each in found.split(";") if each.strip()]
        found = {lead.strip(): to.strip() for lead, _equals, to in pairs}
    if not isinstance(found, dict):
        raise Unspeakable(_BOOK)
    return {lead.strip(): _recipient(entry) for lead, entry in found.items()}


def _recipient(entry: Any) -> Recipient:  # noqa: ANN401  # a file may hold anything
    plain = entry if isinstance(entry, dict) else {"to": entry}
    if set(plain) - set(Recipient._fields) or "to" not in plain:
        raise Unspeakable(_BOOK)
    lang = plain.get("lang")
    if lang is not None and lang not in LANGUAGES:
        raise Unspeakable(_BOOK)
    return Recipient(
        to=addresses(plain["to"]),
        escalation=addresses(plain.get("escalation", [])),
        lang=lang,
    )


def secret_name(found: Any) -> str:  # noqa: ANN401  # a file may hold anything
    """The name of a secret.

    Raises:
        Unspeakable: it is none, and may be the secret itself.
    """
    if not isinstance(found, str) or not re.fullmatch(_NAME, found):
        raise Unspeakable(_("the name of a secret: up to 30 letters, digits, _"))
    return found
