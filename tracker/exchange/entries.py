"""Give entries of a file their ids."""

from typing import TypeVar

import msgspec

from tracker.model.codec import encode
from tracker.model.records import Entry, Indicator, Source, Update

EntryT = TypeVar("EntryT", bound=Entry)


def identify_exchange_entry(entry: EntryT) -> EntryT:
    """Return the entry with an id; without one, with an id made of what it says.

    A reworded note or a corrected place in the document does not make it another entry.
    """
    if not entry.id:
        source = Source(document=entry.source.document) if entry.source is not None else None
        bare = msgspec.structs.replace(entry, source=source, recorded_at=None, by=None, login=None)
        if isinstance(bare, Update):
            bare = msgspec.structs.replace(bare, note=None, evidence=[])
        try:
            content = encode(bare)
        except UnicodeEncodeError:
            # A lone surrogate; the record is refused later, with the name of the field.
            content = repr(bare).encode("utf-8", "backslashreplace")
        # Imported here: only files leave out ids, and OpenSSL takes a while to load.
        from hashlib import sha256

        entry = msgspec.structs.replace(entry, id=sha256(content).hexdigest()[:12])
    return entry


def add_ids_to_exchange_entries(indicator: Indicator) -> None:
    """Give every entry of an indicator an id, in place."""
    indicator.updates = [identify_exchange_entry(entry) for entry in indicator.updates]
    indicator.revisions = [identify_exchange_entry(entry) for entry in indicator.revisions]
    indicator.decisions = [identify_exchange_entry(entry) for entry in indicator.decisions]
    indicator.judgements = [identify_exchange_entry(entry) for entry in indicator.judgements]
    indicator.verdicts = [identify_exchange_entry(entry) for entry in indicator.verdicts]
