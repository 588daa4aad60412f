"""Open the store that a path or URL names."""

import re
from collections.abc import Callable

from tracker.errors import InvalidInput
from tracker.locale.translation import _
from tracker.storage.base import (
    Store,
    ignore_sentence_of_any_store,
    say_each_sentence_of_store_once,
)

_CONNECTION_WORDS = r"\s*(?:host|hostaddr|port|dbname|user|password|passfile|service|ssl\w+)\s*="
"""Words by which libpq takes a database instead of a URL."""


def open_store(
    place: str,
    *,
    patience: float = 10.0,
    query_timeout: float = 0,
    say: Callable[[str], None] = ignore_sentence_of_any_store,
) -> Store:
    """Return the store at a path or URL; nothing is read or made yet.

    Args:
        place: a folder, ``memory:`` or, where its extra is installed, a database URL.
        patience: seconds to wait for another writer, a lock or a server.
        query_timeout: seconds that one question to a database may take; 0: any time.
        say: is told what happens to the store itself, such as a new schema.

    Raises:
        InvalidInput: the place is none, or its extra is not installed.
    """
    say = say_each_sentence_of_store_once(say)
    scheme = place.partition("://")[0]
    if not place.strip():
        raise InvalidInput(_("The place of a ledger is empty; give a folder, or postgresql://…"))
    if place == "memory:":
        from tracker.storage.memory import MemoryStore

        return MemoryStore()
    if scheme in {"postgresql", "postgres"}:
        return _open_database_store(place, patience, query_timeout, say)
    _refuse_odd_place_of_store(place)
    from tracker.storage.folder.store import FolderStore

    return FolderStore(place.removeprefix("file://"), patience=patience, say=say)


def _refuse_odd_place_of_store(place: str) -> None:
    """Refuse what is neither a folder nor a URL, without repeating what may be a password."""
    scheme, colon, _rest = place.partition("://")
    if (colon and scheme != "file") or place.startswith(("postgresql:", "postgres:")):
        # What follows the colon may be a password.
        found = re.split("[^A-Za-z0-9+.-]", scheme, maxsplit=1)[0] + (colon or ":")
        raise InvalidInput(
            _("{found} is no place for a ledger; give a folder, or postgresql://…").format(
                found=found
            )
        )
    if "=" in place and re.match(_CONNECTION_WORDS, place, re.IGNORECASE):
        raise InvalidInput(
            _(
                "A database is named by a URL, postgresql://host/database; what was given is not"
                " repeated, because it may hold a password."
            )
        )


def _open_database_store(
    url: str, patience: float, query_timeout: float, say: Callable[[str], None]
) -> Store:
    try:
        from tracker.storage.postgresql.store import PostgresStore
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "psycopg":
            raise
        raise InvalidInput(
            _(
                "For a ledger in PostgreSQL, install its driver:"
                " pip install 'policy-tracker[postgresql]'"
            )
        ) from None
    return PostgresStore(url, patience=patience, query_timeout=query_timeout, say=say)
