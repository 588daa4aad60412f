"""``stdout:``: the digest is printed, for a person, a pipe, or the mail of cron."""

from tracker.reminders.delivery import Desk
from tracker.reminders.messages import Message
from tracker.reminders.wording import plain

LIMIT = None
RATES: tuple[tuple[int, float], ...] = ()

body = plain


def send(message: Message, settings: Desk) -> None:
    """Print a message."""
    settings.write(message.body)
