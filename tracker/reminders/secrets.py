"""Read secrets by name from the environment, a private file, or the keyring of the system.

No command line, ledger, export or sentence ever holds one; only names are shown.
"""

import re
from pathlib import Path

from tracker import config
from tracker.errors import InvalidInput
from tracker.locale.translation import _
from tracker.system import files
from tracker.system.ownership import find_ownership_fault

SECRETS_FILE = "secrets.toml"
"""Name of the file beside the settings: ``name = "secret"`` on each line, for its owner only."""

_HIDDEN = "•••"
_SHORTEST_PART = 6
"""Characters of a part of a secret that is hidden too; shorter parts may be common words."""


class Secrets:
    """Secrets of an office, each read when it is needed, and never shown.

    Args:
        file: the private file.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        self._read: dict[str, str] = {}

    def get(self, name: str) -> str:
        """Return the secret of that name.

        Raises:
            InvalidInput: there is none, or others can read the file.
        """
        if name not in self._read:
            secret = (
                config.read_config_variable(config.SECRET_PREFIX + name.upper())
                or self._read_from_file(name)
                or _read_secret_from_keyring(name)
            )
            if secret is None:
                raise InvalidInput(
                    _(
                        "There is no secret {name}; set TRACKER_SECRET_{variable},"
                        " or write it into {file}."
                    ).format(name=name, variable=name.upper(), file=self.file)
                )
            self._read[name] = secret.strip()
        return self._read[name]

    def scrub(self, text: str) -> str:
        """Hide in a text every secret that was read so far, and every longer part of one."""
        parts = set(self._read.values())
        for secret in self._read.values():
            parts.update(p for p in re.split(r"[\s/?&=:@#]+", secret) if len(p) >= _SHORTEST_PART)
        for part in sorted(parts, key=len, reverse=True):
            text = text.replace(part, _HIDDEN)
        return text

    def _read_from_file(self, name: str) -> str | None:
        try:
            if find_ownership_fault(self.file, is_secret=True) is not None:
                raise InvalidInput(
                    _("Others can read {file}; keep it to yourself: chmod 600 {file}").format(
                        file=self.file
                    )
                )
            data = files.read_regular_file(self.file)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._build_unreadable_error(error.strerror or str(error)) from None
        return self._parse_secrets_file(data, name)

    def _parse_secrets_file(self, data: bytes, name: str) -> str | None:
        from tracker.system.toml import parse_toml

        try:
            secret = parse_toml(data.decode()).get(name)
        except (ValueError, RecursionError):
            # The error of the parser may quote a secret, so it is not shown.
            raise self._build_unreadable_error(_("it is not TOML")) from None
        if secret is not None and not isinstance(secret, str):
            raise self._build_unreadable_error(_("{name} is no text").format(name=name))
        return secret or None

    def _build_unreadable_error(self, reason: str) -> InvalidInput:
        return InvalidInput(
            _("The secrets in {file} cannot be read: {reason}.").format(
                file=self.file, reason=reason
            )
        )


def _read_secret_from_keyring(name: str) -> str | None:
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:
        return None
    try:
        return keyring.get_password("tracker", name)
    except KeyringError:
        return None
