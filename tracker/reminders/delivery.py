"""Reminders on their way: what a digest holds, and the channels that carry it.

One channel is one file in channels/, found by the scheme of an address and imported
when it is used. It has a ``body(digest)``, the ``LIMIT`` of that in bytes, the ``RATES``
at which it may send, and a ``send(message, desk)`` that returns only when what it talks
to has confirmed. Only this package opens connections.
"""

import time
from collections.abc import Callable, Sequence
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from tracker.errors import InvalidInput, TrackerError
from tracker.locale.translation import _, speaking
from tracker.reminders.messages import Digest, Line, Message
from tracker.reminders.secrets import Keys

_MARGIN = 64
"""Bytes that the numbers in the head of a message may grow by."""


class NotDelivered(Exception):
    """A message was not confirmed; the text says why, in words without secrets."""


class Smtp(NamedTuple):
    """The mail server and who logs in to it; ``secret`` is the name of one."""

    server: str
    security: str
    sender: str | None
    user: str | None
    secret: str | None


class Desk(NamedTuple):
    """What channels work with.

    Attributes:
        keys: the secrets.
        smtp: the mail server.
        put: writes to stdout.
        now: the moment of the call, for the date of a mail.
        timeout: seconds for each wait.
        attempts: how often a server is tried at most.
        pause: seconds before the second attempt; each further one waits twice as long.
        allow_http: whether plain http may leave this machine.
    """

    keys: Keys
    smtp: Smtp
    put: Callable[[str], None]
    now: datetime
    timeout: float = 10.0
    attempts: int = 3
    pause: float = 2.0
    allow_http: bool = False


def _schemes() -> tuple[str, ...]:
    folder = Path(__file__).parent / "channels"
    found = {path.stem for path in folder.iterdir() if path.suffix == ".py"}
    return tuple(sorted(each for each in found if not each.startswith("_")))


SCHEMES: tuple[str, ...] = _schemes()
"""The schemes of addresses: one for each file in channels/."""


def check(address: str) -> None:
    """Refuse an address of a scheme that no channel has.

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


def composed(digest: Digest) -> Message:
    """The message that the channel of the digest's address carries."""
    from tracker.reminders.wording import page, subject

    channel = _channel(digest.address)
    with speaking(digest.lang):
        return Message(digest, subject(digest), channel.body(digest), page(digest))


def divided(digest: Digest) -> list[Digest]:
    """The digest in parts that its channel can carry, divided between lines."""
    channel = _channel(digest.address)
    with speaking(digest.lang):
        groups = _groups(digest, channel.body, channel.LIMIT)
    return [
        msgspec.structs.replace(digest, part=number, parts=len(groups), lines=tuple(lines))
        for number, lines in enumerate(groups, 1)
    ]


def _groups(digest: Digest, body: Callable[[Digest], str], room: int | None) -> list[list[Line]]:
    if room is None:
        return [list(digest.lines)]

    def size(*lines: Line) -> int:
        part = msgspec.structs.replace(digest, lines=lines, part=99, parts=99)
        return len(body(part).encode())

    head = size()
    groups: list[list[Line]] = []
    used = room
    for line in digest.lines:
        more = size(line) - head
        if used + more > room:
            groups.append([])
            used = head + _MARGIN
        groups[-1].append(line)
        used += more
    return groups


def wait_of(sent: Sequence[float], now: float, rates: Sequence[tuple[int, float]]) -> float:
    """The seconds to wait before another message.

    Args:
        sent: the moments of the messages so far, in seconds, in order.
        now: the present moment.
        rates: so many messages within so many seconds, at most.
    """
    waits = [sent[-count] + seconds - now for count, seconds in rates if len(sent) >= count]
    return max([0.0, *waits])


class Mailman:
    """Carries digests through the channels of one run, no faster than they allow."""

    def __init__(self, desk: Desk, sleep: Callable[[float], None] = time.sleep) -> None:
        self._desk = desk
        self._sleep = sleep
        self._sent: dict[str, list[float]] = {}

    def deliver(self, digest: Digest) -> None:
        """Send one message and wait until it is confirmed.

        Raises:
            NotDelivered: it was not.
        """
        channel = _channel(digest.address)
        sent = self._sent.setdefault(digest.address, [])
        if wait := wait_of(sent, time.monotonic(), channel.RATES):
            self._sleep(wait)
        sent.append(time.monotonic())
        try:
            channel.send(composed(digest), self._desk)
        except NotDelivered as error:
            raise NotDelivered(self._desk.keys.scrubbed(str(error))) from None
        except TrackerError as error:
            raise NotDelivered(self._desk.keys.scrubbed(error.sentence)) from None
        except Exception as error:
            # One channel is not to stop the others; but where nobody reads the program's own
            # output any more, the program ends.
            if digest.address.startswith("stdout:"):
                raise
            # What it says of itself may hold a secret.
            kind = type(error).__name__
            raise NotDelivered(_("its channel failed: {kind}").format(kind=kind)) from None


def _channel(address: str) -> Any:  # noqa: ANN401  # a module
    check(address)
    return import_module(f"tracker.reminders.channels.{address.partition(':')[0]}")
