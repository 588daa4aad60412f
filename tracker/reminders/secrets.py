"""Secrets by their names: from the environment, a private file, or the keyring of the system.

No command line, ledger, export or sentence ever holds one; only their names are shown.
"""

import os
import re
from pathlib import Path

from tracker import config
from tracker.errors import InvalidInput
from tracker.locale.translation import _
from tracker.system import files

FILE = "secrets.toml"
"""The file beside the settings: ``name = "secret"`` on each line, readable by nobody else."""

_HIDDEN = "•••"
_TELLING = 6
"""Characters of a part of an address from which on it is no word that stands in any."""


class Keys:
    """The secrets of a place; read when one is needed, and never shown.

    Args:
        file: the private file.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        self._found: dict[str, str] = {}

    def get(self, name: str) -> str:
        """The secret of that name.

        Raises:
            InvalidInput: there is none, or others can read the file.
        """
        if name not in self._found:
            secret = (
                config.variable(config.SECRET + name.upper())
                or self._in_file(name)
                or _in_keyring(name)
            )
            if secret is None:
                raise InvalidInput(
                    _(
                        "There is no secret {name}; set TRACKER_SECRET_{variable},"
                        " or write it into {file}."
                    ).format(name=name, variable=name.upper(), file=self.file)
                )
            self._found[name] = secret.strip()
        return self._found[name]

    def scrubbed(self, text: str) -> str:
        """The text without any secret, or telling part of one, that was read so far."""
        parts = set(self._found.values())
        for secret in self._found.values():
            parts.update(p for p in re.split(r"[\s/?&=:@#]+", secret) if len(p) >= _TELLING)
        for part in sorted(parts, key=len, reverse=True):
            text = text.replace(part, _HIDDEN)
        return text

    def _in_file(self, name: str) -> str | None:
        try:
            status = self.file.stat()
            if status.st_mode & 0o077 or status.st_uid not in {0, os.geteuid()}:
                raise InvalidInput(
                    _("Others can read {file}; keep it to yourself: chmod 600 {file}").format(
                        file=self.file
                    )
                )
            data = files.read(self.file)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._unreadable(error.strerror or str(error)) from None
        return self._of(data, name)

    def _of(self, data: bytes, name: str) -> str | None:
        import tomllib

        try:
            found = tomllib.loads(data.decode()).get(name)
        except (ValueError, RecursionError):
            # What is wrong may stand beside a secret, so it is not shown.
            raise self._unreadable(_("it is not TOML")) from None
        if found is not None and not isinstance(found, str):
            raise self._unreadable(_("{name} is no text").format(name=name))
        return found or None

    def _unreadable(self, reason: str) -> InvalidInput:
        return InvalidInput(
            _("The secrets in {file} cannot be read: {reason}.").format(
                file=self.file, reason=reason
            )
        )


def _in_keyring(name: str) -> str | None:
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:
        return None
    try:
        return keyring.get_password("tracker", name)
    except KeyringError:
        return None
