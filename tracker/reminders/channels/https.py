"""``https://host/path`` or ``https:NAME``: the digest as JSON for a server of the office.

NAME is a secret: the address and, behind a space, the key of the HMAC that is sent as
``X-Tracker-Signature: sha256=…`` over the bytes of the request.
"""

import hmac

from tracker.reminders.channels._http import JSON, post_to_server
from tracker.reminders.delivery import DeliverySettings
from tracker.reminders.digest_texts import write_digest_json
from tracker.reminders.messages import Message, parse_message_target

LIMIT = None
RATES: tuple[tuple[int, float], ...] = ()

body = write_digest_json


def send(message: Message, settings: DeliverySettings) -> None:
    """Post a message; any status from 200 to 299 confirms it."""
    target, key = parse_message_target(message.digest.address), ""
    url = f"https:{target}"
    if not target.startswith("//"):
        url, _space, key = settings.secrets.get(target).partition(" ")
    data = message.body.encode()
    headers = {**JSON, "User-Agent": "tracker"}
    if key:
        seal = hmac.digest(key.strip().encode(), data, "sha256").hex()
        headers["X-Tracker-Signature"] = f"sha256={seal}"
    post_to_server(url, data, headers, settings)
