"""``https://host/path`` or ``https:NAME``: the digest as JSON for a server of the place.

Behind the name stands a secret: the address and, behind a space, the key of the HMAC that
is sent as ``X-Tracker-Signature: sha256=…`` over the bytes of the request.
"""

import hmac

from tracker.model.codec import encode, full
from tracker.reminders.channels._http import JSON, post
from tracker.reminders.delivery import Desk
from tracker.reminders.messages import Digest, Message, target_of

LIMIT = None
RATES: tuple[tuple[int, float], ...] = ()


def body(digest: Digest) -> str:
    """One JSON object; the id and the part tell a repeated message from a new one."""
    return encode({"schema": 1, "digest": full(digest)}).decode()


def send(message: Message, desk: Desk) -> None:
    """Post it; any status from 200 to 299 means that it was taken."""
    target, key = target_of(message.digest.address), ""
    url = f"https:{target}"
    if not target.startswith("//"):
        url, _space, key = desk.keys.get(target).partition(" ")
    data = message.body.encode()
    headers = {**JSON, "User-Agent": "tracker"}
    if key:
        seal = hmac.digest(key.strip().encode(), data, "sha256").hex()
        headers["X-Tracker-Signature"] = f"sha256={seal}"
    post(url, data, headers, desk)
