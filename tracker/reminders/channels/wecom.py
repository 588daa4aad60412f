"""``wecom:NAME``: a group bot of 企业微信; the secret is its key or whole address."""

from tracker.reminders.channels._http import post_to_bot
from tracker.reminders.delivery import DeliverySettings
from tracker.reminders.digest_texts import widen_digest_marks, write_digest_markdown
from tracker.reminders.messages import Digest, Message, parse_message_target

LIMIT = 4096
RATES = ((20, 60.0),)
_SERVER = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key="
_TOO_OFTEN = (45009, 45033)
"""Too many messages, or too many at the same time."""


def body(digest: Digest) -> str:
    """Write Markdown with the marks in texts in full width."""
    return write_digest_markdown(digest, widen_digest_marks)


def send(message: Message, settings: DeliverySettings) -> None:
    """Post a message; ``errcode`` 0 confirms it."""
    secret = settings.secrets.get(parse_message_target(message.digest.address))
    url = secret if "://" in secret else _SERVER + secret
    data = {"msgtype": "markdown", "markdown": {"content": message.body}}
    post_to_bot(url, data, settings, too_often=_TOO_OFTEN)
