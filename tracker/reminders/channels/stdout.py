"""``stdout:``: the digest is printed, for a person, a pipe, or the mail of cron."""

from tracker.reminders.delivery import DeliverySettings
from tracker.reminders.digest_texts import write_digest_text
from tracker.reminders.messages import Message

LIMIT = None
RATES: tuple[tuple[int, float], ...] = ()

body = write_digest_text


def send(message: Message, settings: DeliverySettings) -> None:
    """Print a message."""
    settings.write(message.body)
