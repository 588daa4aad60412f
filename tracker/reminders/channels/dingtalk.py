"""``dingtalk:NAME``: a group bot of 钉钉.

The secret is its access token or whole address and, behind a space, the key that
messages are signed with (加签) if the bot asks for that.
"""

import hmac
import time
from base64 import b64encode
from urllib.parse import quote_plus

from tracker.reminders.channels._http import post_to_bot, read_http_bot_secret
from tracker.reminders.delivery import DeliverySettings
from tracker.reminders.digest_texts import widen_digest_marks, write_digest_markdown
from tracker.reminders.messages import Digest, Message

# 20,000 bytes with all that JSON puts around and between.
LIMIT = 16_000
RATES = ((20, 60.0),)
_SERVER = "https://oapi.dingtalk.com/robot/send?access_token="
_TOO_OFTEN = (130101, 410100)
"""More than 20 messages a minute, in the words of the older and of the newer server."""


def body(digest: Digest) -> str:
    """Write Markdown in which two spaces end a line that the next one stands below."""
    return write_digest_markdown(digest, widen_digest_marks).replace("\n> ", "  \n> ")


def send(message: Message, settings: DeliverySettings) -> None:
    """Post a message; ``errcode`` 0 confirms it."""
    url, key = read_http_bot_secret(message, settings, _SERVER)
    if key:
        url += sign_bot_address(key, round(time.time() * 1000))
    data = {"msgtype": "markdown", "markdown": {"title": message.subject, "text": message.body}}
    post_to_bot(url, data, settings, too_often=_TOO_OFTEN)


def sign_bot_address(key: str, moment: int) -> str:
    """Return the query that signs an address; ``moment`` is in milliseconds since 1970."""
    seal = hmac.digest(key.encode(), f"{moment}\n{key}".encode(), "sha256")
    return f"&timestamp={moment}&sign={quote_plus(b64encode(seal))}"
