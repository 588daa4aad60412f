"""Post over HTTP: verified, bounded in time, tried again only where it is safe."""

import http.client
import ipaddress
import ssl
import time
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from urllib.parse import SplitResult, urlsplit

import msgspec

from tracker.errors import shorten_text
from tracker.locale.translation import _
from tracker.model.codec import encode
from tracker.reminders.delivery import DeliverySettings, NotDelivered
from tracker.reminders.messages import Message, parse_message_target

JSON = {"Content-Type": "application/json; charset=utf-8"}
_LONGEST_ANSWER = 64 * 1024
_LONGEST_WAIT = 60.0
_ACCEPTED, _REDIRECTED = range(200, 300), range(300, 400)
_BUSY = {429, 503}
"""Statuses of a server that takes nothing now."""
_GATEWAY = {502, 504}
"""Statuses of a gateway that does not know whether the server took the message."""
_BOT_ATTEMPTS = 6
"""Attempts with a bot that is asked too often; by default their pauses last 62 s in all, and
the limits of the bots are so many messages a minute."""


class _TryAgain(Exception):
    """Message that was not taken; another attempt may help; ``after`` seconds if named."""

    def __init__(self, reason: str, after: float | None = None) -> None:
        super().__init__(reason)
        self.after = after


def read_http_bot_secret(
    message: Message, settings: DeliverySettings, server: str
) -> tuple[str, str]:
    """Return the URL of a bot, its token appended to ``server``, and the key that signs or ``""``.

    The secret is the token or the whole URL and maybe, behind a space, the key.
    """
    token, _space, key = settings.secrets.get(
        parse_message_target(message.digest.address)
    ).partition(" ")
    return (token if "://" in token else server + token), key.strip()


def post_to_server(
    url: str, data: bytes, headers: Mapping[str, str], settings: DeliverySettings
) -> bytes:
    """Post data and return the answer, of at most 64 KB.

    Another attempt is made only if nobody was reached, or the server says that it is too
    busy (status 429 or 503). Redirects are not followed.

    Raises:
        NotDelivered: the server could not be reached, is not who it should be, or refused.
    """
    parts = _parse_http_server_url(url, settings)
    wait = settings.pause
    for attempt in range(max(settings.attempts, 1)):
        if attempt:
            time.sleep(min(wait, _LONGEST_WAIT))
        try:
            return _post_to_server_once(parts, data, headers, settings.timeout)
        except _TryAgain as error:
            reason = str(error)
            wait = settings.pause * 2**attempt if error.after is None else error.after
            if wait > _LONGEST_WAIT:
                break
    raise NotDelivered(reason)


def post_to_bot(
    url: str,
    content: object,
    settings: DeliverySettings,
    *,
    fields: Sequence[str] = ("errcode",),
    too_often: Collection[int],
) -> None:
    """Post a message to a bot; only 0 in the first of the fields that its answer has confirms it.

    Bots answer with status 200 whatever they think of a message. One that says that it is
    asked too often has not taken the message and is asked again.

    Args:
        url: its address.
        content: what it gets as JSON.
        settings: its ``pause`` passes before the second attempt; each further one waits twice
            as long.
        fields: where a code may stand in its answer.
        too_often: the codes that say so.

    Raises:
        NotDelivered: it says something else, or cannot be reached.
    """
    data = encode(content)
    for attempt in range(_BOT_ATTEMPTS):
        if attempt:
            time.sleep(min(settings.pause * 2 ** (attempt - 1), _LONGEST_WAIT))
        code, reason = _read_bot_answer(post_to_server(url, data, JSON, settings), fields)
        if code == 0 and not isinstance(code, bool):
            return
        if code not in too_often:
            break
    code = shorten_text(str(code))
    raise NotDelivered(_("it refused: {code} {message}").format(code=code, message=reason).strip())


def _read_bot_answer(answer: bytes, fields: Sequence[str]) -> tuple[Any, str]:
    """Return the code in the first of the fields that an answer has, and what it says of it."""
    try:
        content: dict[str, Any] = msgspec.json.decode(answer, type=dict[str, Any])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise NotDelivered(_("its answer is not understood")) from None
    codes = [content[field] for field in fields if field in content]
    if not codes:
        raise NotDelivered(_("its answer is not understood"))
    message = content.get("errmsg", content.get("msg", content.get("StatusMessage", "")))
    return codes[0], shorten_text(str(message))


def is_loopback_http_host(host: str) -> bool:
    """Return whether data sent to a host stays on this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _parse_http_server_url(url: str, settings: DeliverySettings) -> SplitResult:
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError:
        host = None
    if not host or parts.scheme not in {"https", "http"} or not url.isascii():
        raise NotDelivered(_("the secret holds no https:// address"))
    if parts.scheme == "http" and not (settings.allow_http or is_loopback_http_host(host)):
        raise NotDelivered(_("plain http is not allowed; use https, or set allow_http"))
    return parts


def _post_to_server_once(
    parts: SplitResult, data: bytes, headers: Mapping[str, str], timeout: float
) -> bytes:
    host, port = parts.hostname or "", parts.port
    if parts.scheme == "https":
        context = ssl.create_default_context()
        connection: http.client.HTTPConnection = http.client.HTTPSConnection(
            host, port, timeout=timeout, context=context
        )
    else:
        connection = http.client.HTTPConnection(host, port, timeout=timeout)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        _connect_to_server(connection)
        status, after, answer = _exchange_with_server(connection, path, data, headers, timeout)
    finally:
        connection.close()
    if status in _ACCEPTED:
        return answer
    if status in _REDIRECTED:
        sentence = _("it sends elsewhere (status {status}), which is not followed")
        raise NotDelivered(sentence.format(status=status))
    reason = _("it answered with status {status}").format(status=status)
    if status in _BUSY:
        raise _TryAgain(reason, after)
    if status in _GATEWAY:
        sentence = _("it answered with status {status}; the message may have arrived")
        raise NotDelivered(sentence.format(status=status))
    raise NotDelivered(reason)


def _connect_to_server(connection: http.client.HTTPConnection) -> None:
    try:
        connection.connect()
    except ssl.SSLCertVerificationError as error:
        raise NotDelivered(
            _("its certificate is not trusted: {reason}").format(reason=error.verify_message)
        ) from None
    except ssl.SSLError as error:
        raise NotDelivered(
            _("no secure connection: {reason}").format(reason=error.reason)
        ) from None
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or _("no answer in time")
        raise _TryAgain(_("it cannot be reached: {reason}").format(reason=reason)) from None


def _exchange_with_server(
    connection: http.client.HTTPConnection,
    path: str,
    data: bytes,
    headers: Mapping[str, str],
    timeout: float,
) -> tuple[int, float | None, bytes]:
    """Return the status, the seconds to wait if the server names them, and the answer."""
    try:
        connection.request("POST", path, data, dict(headers))
        with connection.getresponse() as response:
            answer = _read_http_answer(response, time.monotonic() + timeout)
    except TimeoutError:
        raise NotDelivered(_("it did not answer in time; the message may have arrived")) from None
    except (OSError, http.client.HTTPException, ValueError):
        raise NotDelivered(_("the connection broke; the message may have arrived")) from None
    after = response.getheader("Retry-After") or ""
    is_number = after.isascii() and after.isdigit() and len(after) < len("100000")
    return response.status, float(after) if is_number else None, answer


def _read_http_answer(response: http.client.HTTPResponse, give_up: float) -> bytes:
    """Read the beginning of an answer; raise TimeoutError if it trickles in for too long."""
    answer = b""
    while len(answer) < _LONGEST_ANSWER and (more := response.read1(_LONGEST_ANSWER)):
        answer += more
        if time.monotonic() > give_up:
            raise TimeoutError
    return answer
