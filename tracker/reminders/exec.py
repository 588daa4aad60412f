"""``exec:/path/to/program``: any program; the digest is one JSON object on its stdin."""

from pathlib import Path

from tracker import programs
from tracker.models import encode, full
from tracker.reminders import Desk, Digest, Message, NotDelivered, target_of

LIMIT = None
RATES: tuple[tuple[int, float], ...] = ()


def body(digest: Digest) -> str:
    """One JSON object."""
    return encode({"schema": 1, "digest": full(digest)}).decode()


def send(message: Message, desk: Desk) -> None:
    """Run it, without a shell; exit code 0 means that it was taken."""
    try:
        programs.run(
            Path(target_of(message.digest.address)), message.body.encode() + b"\n", desk.timeout
        )
    except programs.ProgramFailed as error:
        raise NotDelivered(str(error)) from None
