"""Posting to a server over HTTP: verified, bounded in time, tried again only where it is safe."""

import http.client
import ipaddress
import ssl
import time
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import SplitResult, urlsplit

import msgspec

from tracker.errors import shortened
from tracker.locale.translation import _
from tracker.reminders.delivery import Desk, NotDelivered

_LONGEST_ANSWER = 64 * 1024
_LONGEST_WAIT = 60.0
_TAKEN, _ELSEWHERE = range(200, 300), range(300, 400)
_BUSY, _BETWEEN = {429, 503}, {502, 504}
"""It takes nothing now; or one in between does not know whether it was taken."""
JSON = {"Content-Type": "application/json; charset=utf-8"}


class _Again(Exception):
    """It was not taken, and another attempt may help; ``after`` seconds if they were named."""

    def __init__(self, reason: str, after: float | None = None) -> None:
        super().__init__(reason)
        self.after = after


class _Server(NamedTuple):
    parts: SplitResult
    desk: Desk


def post(url: str, data: bytes, headers: Mapping[str, str], desk: Desk) -> bytes:
    """Post data and return the answer to it, of at most 64 KB.

    Tried again is only where nobody was reached, or a server says that it is too busy
    (status 429 or 503). Redirects are not followed.

    Raises:
        NotDelivered: the server could not be reached, is not who it should be, or refused.
    """
    server = _Server(_checked(url, desk), desk)
    wait = desk.pause
    for attempt in range(max(desk.attempts, 1)):
        if attempt:
            time.sleep(min(wait, _LONGEST_WAIT))
        try:
            return _once(server, data, headers)
        except _Again as error:
            reason = str(error)
            wait = desk.pause * 2**attempt if error.after is None else error.after
            if wait > _LONGEST_WAIT:
                break
    raise NotDelivered(reason)


def accepted(answer: bytes, *fields: str) -> None:
    """Make sure that a bot has taken a message: its answer says 0 in one of these fields.

    Raises:
        NotDelivered: it says something else, whatever the status was.
    """
    try:
        said: dict[str, Any] = msgspec.json.decode(answer, type=dict[str, Any])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise NotDelivered(_("its answer is not understood")) from None
    codes = [said[field] for field in fields if field in said]
    if not codes:
        raise NotDelivered(_("its answer is not understood"))
    if codes[0] != 0 or isinstance(codes[0], bool):
        message = said.get("errmsg", said.get("msg", said.get("StatusMessage", "")))
        raise NotDelivered(
            _("it refused: {code} {message}")
            .format(code=shortened(str(codes[0])), message=shortened(str(message)))
            .strip()
        )


def is_loopback(host: str) -> bool:
    """Whether what is sent to a host stays on this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _checked(url: str, desk: Desk) -> SplitResult:
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError:
        host = None
    if not host or parts.scheme not in {"https", "http"} or not url.isascii():
        raise NotDelivered(_("the secret holds no https:// address"))
    if parts.scheme == "http" and not (desk.allow_http or is_loopback(host)):
        raise NotDelivered(_("plain http is not allowed; use https, or set allow_http"))
    return parts


def _once(server: _Server, data: bytes, headers: Mapping[str, str]) -> bytes:
    parts, desk = server
    host, port = parts.hostname or "", parts.port
    if parts.scheme == "https":
        secure = ssl.create_default_context()
        connection: http.client.HTTPConnection = http.client.HTTPSConnection(
            host, port, timeout=desk.timeout, context=secure
        )
    else:
        connection = http.client.HTTPConnection(host, port, timeout=desk.timeout)
    try:
        _connect(connection)
        status, after, answer = _talk(connection, server, data, headers)
    finally:
        connection.close()
    if status in _TAKEN:
        return answer
    if status in _ELSEWHERE:
        sentence = _("it sends elsewhere (status {status}), which is not followed")
        raise NotDelivered(sentence.format(status=status))
    reason = _("it answered with status {status}").format(status=status)
    if status in _BUSY:
        raise _Again(reason, after)
    if status in _BETWEEN:
        sentence = _("it answered with status {status}; the message may have arrived")
        raise NotDelivered(sentence.format(status=status))
    raise NotDelivered(reason)


def _connect(connection: http.client.HTTPConnection) -> None:
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
        raise _Again(_("it cannot be reached: {reason}").format(reason=reason)) from None


def _talk(
    connection: http.client.HTTPConnection,
    server: _Server,
    data: bytes,
    headers: Mapping[str, str],
) -> tuple[int, float | None, bytes]:
    """Status, seconds to wait if it names them, and the answer."""
    parts, desk = server
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request("POST", path, data, dict(headers))
        with connection.getresponse() as response:
            answer = _read(response, time.monotonic() + desk.timeout)
    except TimeoutError:
        raise NotDelivered(_("it did not answer in time; the message may have arrived")) from None
    except (OSError, http.client.HTTPException, ValueError):
        raise NotDelivered(_("the connection broke; the message may have arrived")) from None
    after = response.getheader("Retry-After") or ""
    is_number = after.isascii() and after.isdigit() and len(after) < len("100000")
    return response.status, float(after) if is_number else None, answer


def _read(response: http.client.HTTPResponse, give_up: float) -> bytes:
    """The beginning of an answer; one that trickles in for ever has an end too."""
    answer = b""
    while len(answer) < _LONGEST_ANSWER and (more := response.read1(_LONGEST_ANSWER)):
        answer += more
        if time.monotonic() > give_up:
            raise TimeoutError
    return answer
