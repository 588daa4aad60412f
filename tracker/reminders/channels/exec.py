"""``exec:/path/to/program``: any program; the digest is one JSON object on its stdin."""

from pathlib import Path

from tracker import config
from tracker.model.codec import encode, full
from tracker.reminders.delivery import Desk, NotDelivered
from tracker.reminders.messages import Digest, Message, target_of
from tracker.system import programs

LIMIT = None
RATES: tuple[tuple[int, float], ...] = ()


def body(digest: Digest) -> str:
    """One JSON object."""
    return encode({"schema": 1, "digest": full(digest)}).decode()


def send(message: Message, desk: Desk) -> None:
    """Run it, without a shell; exit code 0 means that it was taken."""
    try:
        programs.run(
            Path(target_of(message.digest.address)),
            message.body.encode() + b"\n",
            desk.timeout,
            config.environment(),
        )
    except programs.ProgramFailed as error:
        raise NotDelivered(str(error)) from None
