"""``exec:/path/to/program``: any program; the digest is one JSON object on its stdin."""

from pathlib import Path

from tracker import config
from tracker.reminders.delivery import DeliverySettings, NotDelivered
from tracker.reminders.digest_texts import write_digest_json
from tracker.reminders.messages import Message, parse_message_target
from tracker.system import subprocesses

LIMIT = None
RATES: tuple[tuple[int, float], ...] = ()

body = write_digest_json


def send(message: Message, settings: DeliverySettings) -> None:
    """Run the program without a shell; exit code 0 confirms the message."""
    try:
        subprocesses.run_subprocess(
            Path(parse_message_target(message.digest.address)),
            message.body.encode() + b"\n",
            settings.timeout,
            config.read_config_environment_without_secrets(),
        )
    except subprocesses.ProgramFailed as error:
        raise NotDelivered(str(error)) from None
