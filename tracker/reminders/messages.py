"""Lines, digests and messages of reminders."""

from datetime import date
from hashlib import sha256
from typing import NamedTuple

import msgspec
from msgspec import Struct

from tracker.model.assessment import Assessment


class ReminderLine(Assessment, kw_only=True):
    """Assessment of an indicator and the reminder step that it is on: one line of a digest.

    Attributes:
        step: the name of the step, e.g. ``before-7``.
        rule: the rule that the step comes from.
        stage: blue, yellow or red.
        on: the day that the step falls on.
        owed: the number of reports that are owed.
        first_owed: the last day of the first cycle without a report; None: none is owed.
        command: the command that enters a report.
    """

    step: str
    rule: str
    stage: str
    on: date
    owed: int
    first_owed: date | None
    command: str


class Digest(Struct, frozen=True, kw_only=True):
    """Lines for one address on a day, or one of several parts of them."""

    id: str = ""
    address: str
    lang: str
    as_of: date
    provisional: bool
    part: int = 1
    parts: int = 1
    lines: tuple[ReminderLine, ...] = ()


class Message(NamedTuple):
    """One digest as it goes out, in the language of the digest.

    Attributes:
        digest: what the message is made of.
        subject: a summary in one line.
        body: the text for the channel.
        page: the digest as HTML.
    """

    digest: Digest
    subject: str
    body: str
    page: str


def parse_message_target(address: str) -> str:
    """Return what follows the scheme of an address: a secret's name, a mailbox or a path."""
    return address.partition(":")[2]


def with_digest_id(digest: Digest) -> Digest:
    """Return the digest with an id; the same lines for the same address have the same id."""
    keys = [f"{line.id} {line.step} {line.on} {line.deadline}" for line in digest.lines]
    text = "\n".join([digest.address, digest.as_of.isoformat(), *keys])
    return msgspec.structs.replace(digest, id=sha256(text.encode()).hexdigest()[:12])
