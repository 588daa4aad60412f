"""``apprise:NAME``: all services that Apprise knows; the secret is one of its addresses."""

from tracker.locale.translation import _
from tracker.reminders.delivery import DeliverySettings, NotDelivered
from tracker.reminders.digest_texts import write_digest_text
from tracker.reminders.messages import Message, parse_message_target

# Many services take no more in one message.
LIMIT = 4000
RATES = ((20, 60.0),)

body = write_digest_text


def send(message: Message, settings: DeliverySettings) -> None:
    """Let Apprise send it; it says only whether it did."""
    url = settings.secrets.get(parse_message_target(message.digest.address))
    try:
        import apprise
    except ImportError:
        raise NotDelivered(_("it needs: pip install 'policy-tracker[apprise]'")) from None
    # What it logs may hold the address.
    apprise.logging.disable(apprise.logging.CRITICAL)
    sender = apprise.Apprise()
    if not sender.add(url):
        raise NotDelivered(_("the secret is no address that Apprise knows"))
    if not sender.notify(title=message.subject, body=message.body):
        raise NotDelivered(_("Apprise could not deliver it"))
