"""Give entries of a file their ids."""

from typing import TypeVar

import msgspec

from tracker.model.codec import encode
from tracker.model.records import Entry, Indicator, Source, Update

Kept = TypeVar("Kept", bound=Entry)


def named(entry: Kept) -> Kept:
    """The entry with an id; without one it gets that of what it says.

    A reworded note or a corrected place in the document does not make it another entry.
    """
    if not entry.id:
        source = Source(document=entry.source.document) if entry.source is not None else None
        bare = msgspec.structs.replace(entry, source=source, recorded_at=None, by=None)
        if isinstance(bare, Update):
            bare = msgspec.structs.replace(bare, note=None, evidence=[])
        try:
            content = encode(bare)
        except UnicodeEncodeError:
            # A lone surrogate; it is refused with its field when the record is judged.
            content = repr(bare).encode("utf-8", "backslashreplace")
        # Only a file leaves it to us, and OpenSSL takes a while to load.
        from hashlib import sha256

        entry = msgspec.structs.replace(entry, id=sha256(content).hexdigest()[:12])
    return entry


def name_entries(indicator: Indicator) -> None:
    """Give every entry of an indicator an id."""
    indicator.updates = [named(each) for each in indicator.updates]
    indicator.revisions = [named(each) for each in indicator.revisions]
    indicator.decisions = [named(each) for each in indicator.decisions]
    indicator.judgements = [named(each) for each in indicator.judgements]
