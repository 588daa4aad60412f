"""``mailto:name@example.org``: one mail for each mailbox, as text and as HTML."""

import smtplib
import ssl
import time
from contextlib import suppress
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from tracker.locale.translation import _
from tracker.reminders.channels._http import is_loopback_http_host
from tracker.reminders.delivery import DeliverySettings, NotDelivered
from tracker.reminders.digest_texts import write_digest_text
from tracker.reminders.messages import Message, parse_message_target

LIMIT = None
RATES: tuple[tuple[int, float], ...] = ()
_LAST_PORT = 65_535

body = write_digest_text


def send(message: Message, settings: DeliverySettings) -> None:
    """Hand a message to the mail server; its answer confirms it."""
    smtp = settings.smtp
    if not smtp.sender:
        raise NotDelivered(_("no sender is set; set smtp_from"))
    host, port = _parse_mail_server(smtp.server)
    if smtp.security == "none" and not is_loopback_http_host(host):
        raise NotDelivered(_("mail without encryption stays on this machine; set smtp_security"))
    mail = _build_mail(message, settings, smtp.sender)
    try:
        server = _connect_to_mail_server(host, port, settings)
        try:
            _log_in_to_mail_server(server, settings)
            server.send_message(mail)
            # The mail is taken; it must not be sent again because the farewell fails.
            with suppress(smtplib.SMTPException, OSError):
                server.quit()
        finally:
            server.close()
    except smtplib.SMTPRecipientsRefused as error:
        ((code, answer),) = error.recipients.values()
        raise _build_mail_refusal(code, answer) from None
    except smtplib.SMTPResponseException as error:
        raise _build_mail_refusal(error.smtp_code, error.smtp_error) from None
    except (smtplib.SMTPException, OSError) as error:
        raise NotDelivered(_describe_mail_failure(error)) from None


def _parse_mail_server(server: str) -> tuple[str, int]:
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


def _log_in_to_mail_server(server: smtplib.SMTP, settings: DeliverySettings) -> None:
    if not settings.smtp.user:
        return
    secret = settings.secrets.get(settings.smtp.secret or "smtp")
    try:
        server.login(settings.smtp.user, secret)
    except UnicodeError:
        # The text of the error holds the password.
        raise NotDelivered(
            _("smtp_user or its password holds characters that a mail server does not take")
        ) from None


def _build_mail(message: Message, settings: DeliverySettings, sender: str) -> EmailMessage:
    mail = EmailMessage(policy=SMTP)
    try:
        mail["From"] = sender
    except ValueError:
        raise NotDelivered(_("smtp_from is no mail address")) from None
    domain = sender.rpartition("@")[2].rstrip("> ") or "localhost"
    mail["To"] = parse_message_target(message.digest.address)
    mail["Subject"] = message.subject
    mail["Date"] = format_datetime(settings.now)
    mail["Message-ID"] = f"<{message.digest.id}.{message.digest.part}@{domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(message.body)
    mail.add_alternative(message.page, subtype="html")
    return mail


def _connect_to_mail_server(host: str, port: int, settings: DeliverySettings) -> smtplib.SMTP:
    """Connect as securely as the settings say; try again while nobody answers."""
    attempt = 1
    while True:
        try:
            if settings.smtp.security == "tls":
                return smtplib.SMTP_SSL(
                    host, port, timeout=settings.timeout, context=ssl.create_default_context()
                )
            server = smtplib.SMTP(host, port, timeout=settings.timeout)
            break
        except (ConnectionError, TimeoutError):
            if attempt >= settings.attempts:
                raise
            time.sleep(min(settings.pause * 2 ** (attempt - 1), 60))
            attempt += 1
    if settings.smtp.security == "starttls":
        try:
            server.starttls(context=ssl.create_default_context())
        except BaseException:
            server.close()
            raise
    return server


def _describe_mail_failure(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return _("its certificate is not trusted: {reason}").format(reason=error.verify_message)
    if isinstance(error, smtplib.SMTPServerDisconnected | TimeoutError):
        return _("the connection broke; the message may have arrived")
    reason = getattr(error, "strerror", None) or str(error)
    return _("the mail server cannot be used: {reason}").format(reason=reason)


def _build_mail_refusal(code: int, answer: bytes | str) -> NotDelivered:
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return NotDelivered(_("it refused: {code} {message}").format(code=code, message=text[:200]))
