"""``mailto:name@example.org``: one mail for each mailbox, as text and as HTML."""

import smtplib
import ssl
import time
from contextlib import suppress
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from tracker.locale.translation import _
from tracker.reminders.channels._http import is_loopback
from tracker.reminders.delivery import Desk, NotDelivered
from tracker.reminders.messages import Message, target_of
from tracker.reminders.wording import plain

LIMIT = None
RATES: tuple[tuple[int, float], ...] = ()
_LAST_PORT = 65_535

body = plain


def send(message: Message, desk: Desk) -> None:
    """Hand the mail to the server; it was taken when the server has said so."""
    smtp = desk.smtp
    if not smtp.sender:
        raise NotDelivered(_("no sender is set; set smtp_from"))
    host, port = _place(smtp.server)
    if smtp.security == "none" and not is_loopback(host):
        raise NotDelivered(_("mail without encryption stays on this machine; set smtp_security"))
    mail = _mail(message, desk, smtp.sender)
    try:
        server = _connected(host, port, desk)
        try:
            _log_in(server, desk)
            server.send_message(mail)
            # It is taken; that the farewell fails must not have it sent again.
            with suppress(smtplib.SMTPException, OSError):
                server.quit()
        finally:
            server.close()
    except smtplib.SMTPRecipientsRefused as error:
        ((code, said),) = error.recipients.values()
        raise _refused(code, said) from None
    except smtplib.SMTPResponseException as error:
        raise _refused(error.smtp_code, error.smtp_error) from None
    except (smtplib.SMTPException, OSError) as error:
        raise NotDelivered(_failure(error)) from None


def _place(server: str) -> tuple[str, int]:
    host, _colon, port = server.rpartition(":")
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
    try:
        host.encode("idna")
        number = int(port) if port.isascii() and port.isdigit() else 0
    except ValueError:
        number = 0
    if not host or not 0 < number <= _LAST_PORT:
        raise NotDelivered(_("smtp is no host:port"))
    return host, number


def _log_in(server: smtplib.SMTP, desk: Desk) -> None:
    if not desk.smtp.user:
        return
    secret = desk.keys.get(desk.smtp.secret or "smtp")
    try:
        server.login(desk.smtp.user, secret)
    except UnicodeError:
        # What it says of itself holds the password.
        raise NotDelivered(
            _("smtp_user or its password holds characters that a mail server does not take")
        ) from None


def _mail(message: Message, desk: Desk, sender: str) -> EmailMessage:
    mail = EmailMessage(policy=SMTP)
    try:
        mail["From"] = sender
    except ValueError:
        raise NotDelivered(_("smtp_from is no mail address")) from None
    domain = sender.rpartition("@")[2].rstrip("> ") or "localhost"
    mail["To"] = target_of(message.digest.address)
    mail["Subject"] = message.subject
    mail["Date"] = format_datetime(desk.now)
    mail["Message-ID"] = f"<{message.digest.id}.{message.digest.part}@{domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(message.body)
    mail.add_alternative(message.page, subtype="html")
    return mail


def _connected(host: str, port: int, desk: Desk) -> smtplib.SMTP:
    """A connection as secure as the settings say; tried again while nobody answers."""
    attempt = 1
    while True:
        try:
            if desk.smtp.security == "tls":
                return smtplib.SMTP_SSL(
                    host, port, timeout=desk.timeout, context=ssl.create_default_context()
                )
            server = smtplib.SMTP(host, port, timeout=desk.timeout)
            break
        except (ConnectionError, TimeoutError):
            if attempt >= desk.attempts:
                raise
            time.sleep(min(desk.pause * 2 ** (attempt - 1), 60))
            attempt += 1
    if desk.smtp.security == "starttls":
        try:
            server.starttls(context=ssl.create_default_context())
        except BaseException:
            server.close()
            raise
    return server


def _failure(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return _("its certificate is not trusted: {reason}").format(reason=error.verify_message)
    if isinstance(error, smtplib.SMTPServerDisconnected | TimeoutError):
        return _("the connection broke; the message may have arrived")
    reason = getattr(error, "strerror", None) or str(error)
    return _("the mail server cannot be used: {reason}").format(reason=reason)


def _refused(code: int, said: bytes | str) -> NotDelivered:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return NotDelivered(_("it refused: {code} {message}").format(code=code, message=text[:200]))
