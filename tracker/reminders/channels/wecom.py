"""``wecom:NAME``: a group bot of 企业微信; the secret is its key or whole address."""

from tracker.model.codec import encode
from tracker.reminders.channels._http import JSON, accepted, post
from tracker.reminders.delivery import Desk
from tracker.reminders.messages import Digest, Message, target_of
from tracker.reminders.wording import markdown, wide

LIMIT = 4096
RATES = ((20, 60.0),)
_SERVER = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key="


def body(digest: Digest) -> str:
    """Its Markdown."""
    return markdown(digest, wide)


def send(message: Message, desk: Desk) -> None:
    """Post it; only ``errcode`` 0 in the answer means that it was taken."""
    secret = desk.keys.get(target_of(message.digest.address))
    url = secret if "://" in secret else _SERVER + secret
    data = {"msgtype": "markdown", "markdown": {"content": message.body}}
    accepted(post(url, encode(data), JSON, desk), "errcode")
