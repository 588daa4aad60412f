"""The address book: where the reminders of each lead go. What it holds may be shown to anybody."""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from tracker.locale.translation import _

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
_LEAD = r"(?=.*[^\x00-\x7f])[^\x00-\x20\x7f:/=@]{1,40}|[A-Za-z][A-Za-z ]{0,18}"
"""A lead that can be no key nor an address."""
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
    return {lead.strip(): _recipient(lead.strip(), entry) for lead, entry in found.items()}


def _recipient(lead: str, entry: Any) -> Recipient:  # noqa: ANN401  # a file may hold anything
    plain = entry if isinstance(entry, dict) else {"to": entry}
    strange = sorted(set(plain) - set(Recipient._fields))
    if strange:
        raise _wrong(lead, strange[0], _BOOK)
    if "to" not in plain:
        raise _wrong(lead, "to", _BOOK)
    lang = plain.get("lang")
    if lang is not None and lang not in LANGUAGES:
        raise _wrong(lead, "lang", ", ".join(LANGUAGES))
    return Recipient(
        to=_addresses(lead, plain, "to"),
        escalation=_addresses(lead, plain, "escalation"),
        lang=lang,
    )


def _addresses(lead: str, plain: Mapping[str, Any], key: str) -> tuple[str, ...]:
    try:
        return addresses(plain.get(key, []))
    except Unspeakable as error:
        raise _wrong(lead, key, str(error)) from None


def _wrong(lead: str, key: str, allowed: str) -> Unspeakable:
    """What is allowed, with whose entry it is about; what may be a secret is left out."""
    if not re.fullmatch(_LEAD, lead) or not re.fullmatch("[a-z_]{1,12}", key):
        return Unspeakable(allowed)
    return Unspeakable(
        _("for {key} of {lead}: {allowed}").format(key=key, lead=lead, allowed=allowed)
    )


def secret_name(found: Any) -> str:  # noqa: ANN401  # a file may hold anything
    """The name of a secret.

    Raises:
        Unspeakable: it is none, and may be the secret itself.
    """
    if not isinstance(found, str) or not re.fullmatch(_NAME, found):
        raise Unspeakable(_("the name of a secret: up to 30 letters, digits, _"))
    return found
