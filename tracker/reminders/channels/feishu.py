"""``feishu:NAME``: a group bot of 飞书.

The secret is the end of its address or the whole of it and, behind a space, the key of
its 签名校验 if the bot asks for that.
"""

import hmac
import time
from base64 import b64encode

from tracker.reminders.channels._http import post_to_bot, read_http_bot_secret
from tracker.reminders.delivery import DeliverySettings
from tracker.reminders.digest_texts import escape_digest_marks, write_digest_markdown
from tracker.reminders.messages import Digest, Message

# The whole request may have 20 KB.
LIMIT = 15_000
RATES = ((5, 1.0), (100, 60.0))
_SERVER = "https://open.feishu.cn/open-apis/bot/v2/hook/"
_TOO_OFTEN = (11232, 99991400)
"""More messages than the bot, or its platform, takes in a second or a minute."""


def body(digest: Digest) -> str:
    """Write Markdown with its marks as entities."""
    return write_digest_markdown(digest, escape_digest_marks)


def send(message: Message, settings: DeliverySettings) -> None:
    """Post a message as a card; ``code`` (older: ``StatusCode``) 0 confirms it."""
    url, key = read_http_bot_secret(message, settings, _SERVER)
    card = {
        "header": {"title": {"tag": "plain_text", "content": message.subject}},
        "elements": [{"tag": "markdown", "content": message.body}],
    }
    data: dict[str, object] = {"msg_type": "interactive", "card": card}
    if key:
        data |= sign_bot_message(key, round(time.time()))
    post_to_bot(url, data, settings, fields=("code", "StatusCode"), too_often=_TOO_OFTEN)


def sign_bot_message(key: str, moment: int) -> dict[str, str]:
    """Return the fields that sign a message; ``moment`` is in seconds since 1970."""
    seal = hmac.digest(f"{moment}\n{key}".encode(), b"", "sha256")
    return {"timestamp": str(moment), "sign": b64encode(seal).decode()}
