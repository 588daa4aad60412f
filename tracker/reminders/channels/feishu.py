"""``feishu:NAME``: a group bot of 飞书.

The secret is the end of its address or the whole of it and, behind a space, the key of
its 签名校验 if it asks for that.
"""

import hmac
import time
from base64 import b64encode

from tracker.model.codec import encode
from tracker.reminders.channels._http import JSON, accepted, post
from tracker.reminders.delivery import Desk
from tracker.reminders.messages import Digest, Message, target_of
from tracker.reminders.wording import entities, markdown

# The whole request may have 20 KB.
LIMIT = 15_000
RATES = ((5, 1.0), (100, 60.0))
_SERVER = "https://open.feishu.cn/open-apis/bot/v2/hook/"


def body(digest: Digest) -> str:
    """Its Markdown."""
    return markdown(digest, entities)


def send(message: Message, desk: Desk) -> None:
    """Post it as a card; only ``code`` (older: ``StatusCode``) 0 means that it was taken."""
    hook, _space, key = desk.keys.get(target_of(message.digest.address)).partition(" ")
    url = hook if "://" in hook else _SERVER + hook
    card = {
        "header": {"title": {"tag": "plain_text", "content": message.subject}},
        "elements": [{"tag": "markdown", "content": message.body}],
    }
    data: dict[str, object] = {"msg_type": "interactive", "card": card}
    if key:
        data |= signature(key.strip(), round(time.time()))
    accepted(post(url, encode(data), JSON, desk), "code", "StatusCode")


def signature(key: str, moment: int) -> dict[str, str]:
    """What is added to the message; ``moment`` in seconds since 1970."""
    seal = hmac.digest(f"{moment}\n{key}".encode(), b"", "sha256")
    return {"timestamp": str(moment), "sign": b64encode(seal).decode()}
