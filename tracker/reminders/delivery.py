"""Deliver digests through channels: divide, compose, send, and keep to rate limits.

One channel is one module in channels/, named like the scheme of its addresses, with what
``Channel`` lists; it is imported when it is used. Only channels open connections.
"""

import time
from collections.abc import Callable, Sequence
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import NamedTuple, Protocol, cast

import msgspec

from tracker.errors import InvalidInput, TrackerError
from tracker.locale.translation import _, using_language
from tracker.reminders.messages import Digest, Message, ReminderLine
from tracker.reminders.secrets import Secrets

_MARGIN = 64
"""Bytes that the part numbers in the head of a message may add."""


class NotDelivered(Exception):
    """Message that was not confirmed; the text says why, without secrets."""


class MailServer(NamedTuple):
    """Address and login of a mail server; ``secret`` is the name of the password."""

    server: str
    security: str
    sender: str | None
    user: str | None
    secret: str | None


class DeliverySettings(NamedTuple):
    """Settings and secrets that channels send with.

    Attributes:
        keys: the secrets.
        smtp: the mail server.
        put: writes a text to stdout.
        now: the moment of the call, for the date of a mail.
        timeout: seconds for each wait.
        attempts: how often a server is tried at most.
        pause: seconds before the second attempt; each further one waits twice as long.
        allow_http: whether plain http may leave this machine.
    """

    secrets: Secrets
    smtp: MailServer
    write: Callable[[str], None]
    now: datetime
    timeout: float = 10.0
    attempts: int = 3
    pause: float = 2.0
    allow_http: bool = False


class Channel(Protocol):
    """Contents of a module in channels/."""

    @property
    def LIMIT(self) -> int | None:  # noqa: N802  # a constant of a module
        """Bytes that a body may have; None: as many as it needs."""

    @property
    def RATES(self) -> Sequence[tuple[int, float]]:  # noqa: N802  # a constant of a module
        """Pairs (n, s): at most n messages to one address within s seconds."""

    def body(self, digest: Digest, /) -> str:
        """Write a digest as the channel carries it."""

    def send(self, message: Message, settings: DeliverySettings, /) -> None:
        """Send a message, and return when the other side has confirmed it.

        Raises:
            NotDelivered: it was not confirmed.
        """


def _list_channel_schemes() -> tuple[str, ...]:
    modules = (Path(__file__).parent / "channels").glob("[!_]*.py")
    return tuple(sorted(path.stem for path in modules))


SCHEMES: tuple[str, ...] = _list_channel_schemes()
"""Schemes of addresses: one for each channel."""


def check_delivery_address(address: str) -> None:
    """Refuse an address whose scheme no channel has.

    Raises:
        InvalidInput: there is no such channel.
    """
    scheme = address.partition(":")[0]
    if scheme not in SCHEMES:
        raise InvalidInput(
            _("There is no channel {scheme}; choose one of: {known}.").format(
                scheme=scheme, known=", ".join(SCHEMES)
            )
        )


def compose_delivery_message(digest: Digest) -> Message:
    """Compose the message for the channel of a digest's address, in the digest's language."""
    from tracker.reminders.digest_texts import write_digest_html, write_digest_subject

    channel = _load_channel(digest.address)
    with using_language(digest.lang):
        return Message(
            digest, write_digest_subject(digest), channel.body(digest), write_digest_html(digest)
        )


def divide_digest_for_delivery(digest: Digest) -> list[Digest]:
    """Divide a digest between lines into parts that its channel can carry."""
    channel = _load_channel(digest.address)
    with using_language(digest.lang):
        groups = _group_lines_for_delivery(digest, channel)
    return [
        msgspec.structs.replace(digest, part=number, parts=len(groups), lines=tuple(lines))
        for number, lines in enumerate(groups, 1)
    ]


def _group_lines_for_delivery(digest: Digest, channel: Channel) -> list[list[ReminderLine]]:
    limit = channel.LIMIT
    if limit is None:
        return [list(digest.lines)]

    def size(*lines: ReminderLine) -> int:
        part = msgspec.structs.replace(digest, lines=lines, part=99, parts=99)
        return len(channel.body(part).encode())

    head = size()
    groups: list[list[ReminderLine]] = []
    used = limit
    for line in digest.lines:
        added = size(line) - head
        if used + added > limit:
            groups.append([])
            used = head + _MARGIN
        groups[-1].append(line)
        used += added
    return groups


def compute_delivery_wait(
    sent: Sequence[float], now: float, rates: Sequence[tuple[int, float]]
) -> float:
    """Compute the seconds to wait before another message.

    Args:
        sent: the moments of the messages so far, in seconds, in order.
        now: the present moment.
        rates: so many messages within so many seconds, at most.
    """
    waits = [sent[-count] + seconds - now for count, seconds in rates if len(sent) >= count]
    return max([0.0, *waits])


class Sender:
    """Sends the digests of one run, no faster than their channels allow.

    Args:
        settings: what the channels send with.
        sleep: waits for a number of seconds.
    """

    def __init__(
        self, settings: DeliverySettings, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._settings = settings
        self._sleep = sleep
        self._sent: dict[str, list[float]] = {}

    def deliver(self, digest: Digest) -> None:
        """Send one message and wait until it is confirmed.

        Raises:
            NotDelivered: it was not confirmed.
        """
        channel = _load_channel(digest.address)
        sent = self._sent.setdefault(digest.address, [])
        if wait := compute_delivery_wait(sent, time.monotonic(), channel.RATES):
            self._sleep(wait)
        sent.append(time.monotonic())
        try:
            channel.send(compose_delivery_message(digest), self._settings)
        except NotDelivered as error:
            raise NotDelivered(self._settings.secrets.scrub(str(error))) from None
        except TrackerError as error:
            raise NotDelivered(self._settings.secrets.scrub(error.sentence)) from None
        except Exception as error:
            # One channel must not stop the others, but the program ends when nobody reads its
            # own output any more.
            if digest.address.startswith("stdout:"):
                raise
            # The text of the error may hold a secret.
            kind = type(error).__name__
            raise NotDelivered(_("its channel failed: {kind}").format(kind=kind)) from None


def _load_channel(address: str) -> Channel:
    check_delivery_address(address)
    module = import_module(f"tracker.reminders.channels.{address.partition(':')[0]}")
    return cast("Channel", module)
