"""``stdout:``: the digest is printed, for a person, a pipe, or the mail of cron."""

from tracker.reminders.delivery import DeliverySettings
from tracker.reminders.messages import Message
from tracker.reminders.wording import write_plain_text

LIMIT = None
RATES: tuple[tuple[int, float], ...] = ()

body = write_plain_text


def send(message: Message, settings: DeliverySettings) -> None:
    """Print a message."""
    settings.write(message.body)
