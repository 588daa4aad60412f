"""``dingtalk:NAME``: a group bot of 钉钉.

The secret is its access token or whole address and, behind a space, the key that
messages are signed with (加签) if it asks for that.
"""

import hmac
import time
from base64 import b64encode
from urllib.parse import quote_plus

from tracker.model.codec import encode
from tracker.reminders.channels._http import JSON, accepted, post
from tracker.reminders.delivery import Desk
from tracker.reminders.messages import Digest, Message, target_of
from tracker.reminders.wording import markdown, wide

# 20,000 bytes with all that JSON puts around and between.
LIMIT = 16_000
RATES = ((20, 60.0),)
_SERVER = "https://oapi.dingtalk.com/robot/send?access_token="


def body(digest: Digest) -> str:
    """Its Markdown; a line ends with two spaces where the next one is to stand below."""
    return markdown(digest, wide).replace("\n> ", "  \n> ")


def send(message: Message, desk: Desk) -> None:
    """Post it; only ``errcode`` 0 in the answer means that it was taken."""
    token, _space, key = desk.keys.get(target_of(message.digest.address)).partition(" ")
    url = token if "://" in token else _SERVER + token
    if key:
        url += signature(key.strip(), round(time.time() * 1000))
    data = {"msgtype": "markdown", "markdown": {"title": message.subject, "text": message.body}}
    accepted(post(url, encode(data), JSON, desk), "errcode")


def signature(key: str, moment: int) -> str:
    """What is added to the address; ``moment`` in milliseconds since 1970."""
    seal = hmac.digest(key.encode(), f"{moment}\n{key}".encode(), "sha256")
    return f"&timestamp={moment}&sign={quote_plus(b64encode(seal))}"
