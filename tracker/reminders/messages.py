"""Digests and messages to be delivered."""

from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import NamedTuple

import msgspec
from msgspec import Struct

from tracker.model.vocabulary import Light, Measure


class Line(Struct, frozen=True, kw_only=True):
    """What is said of one indicator, on one step of the ladder.

    Numbers are in the unit as printed, ``done``, ``expected`` and ``gap`` in per cent.
    ``on`` is the day that the step fell on, ``owed`` the number of reports that are owed.
    """

    id: str
    initiative: str
    name: str
    measure: Measure
    place: str | None
    lead: str | None
    step: str
    rule: str
    stage: str
    on: date
    target: Decimal | None
    target_high: Decimal | None
    op: str | None
    unit: str | None
    value: Decimal | None
    done: Decimal | None
    expected: Decimal | None
    gap: Decimal | None
    light: Light
    why: str
    deadline: date | None
    deadline_wording: str | None
    days_left: int | None
    days_late: int | None
    workdays_late: int | None
    workdays_provisional: bool
    owed: int
    first_owed: date | None
    command: str


class Digest(Struct, frozen=True, kw_only=True):
    """All that one address is told at once, or one of several parts of it."""

    id: str = ""
    address: str
    lang: str
    as_of: date
    provisional: bool
    part: int = 1
    parts: int = 1
    lines: tuple[Line, ...] = ()


class Message(NamedTuple):
    """One message as it goes out, in the language of its digest.

    Attributes:
        digest: what it says.
        subject: the same in one line.
        body: the text that its channel carries.
        page: the same as HTML.
    """

    digest: Digest
    subject: str
    body: str
    page: str


def target_of(address: str) -> str:
    """What stands behind the scheme: a name of a secret, a mailbox, a path."""
    return address.partition(":")[2]


def identified(digest: Digest) -> Digest:
    """The digest with the id that the same content for the same address always has."""
    keys = [f"{each.id} {each.step} {each.on} {each.deadline}" for each in digest.lines]
    text = "\n".join([digest.address, digest.as_of.isoformat(), *keys])
    return msgspec.structs.replace(digest, id=sha256(text.encode()).hexdigest()[:12])
