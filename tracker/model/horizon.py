"""Days that a question is about: as of which day, and what was known by then."""

from collections.abc import Mapping
from datetime import date

from msgspec import Struct


class When(Struct, frozen=True, kw_only=True):
    """Days that a question is about: entries effective by ``as_of``, known by ``known_on``."""

    as_of: date | None = None
    known_on: date | None = None


NOW = When()


class Horizon(Struct, kw_only=True, frozen=True):
    """Point in time from which a ledger is looked at.

    Attributes:
        as_of: entries effective after this day do not count.
        known_on: entries that became known after this day do not count; None: all known.
        published: the day of each source document, by its id.
    """

    as_of: date
    known_on: date | None = None
    published: Mapping[str, date] = {}
