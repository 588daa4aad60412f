"""Mark a ledger, so that what left it is known when it comes back."""

from hashlib import sha256

from tracker.storage.base import View

_DIGITS = 8


def identify_ledger(records: View) -> str:
    """Return a mark of the ledger, made of its first change; an empty text where there is none.

    A copy, a backup and a ledger that was moved have the mark of the one they were made from.
    """
    first = next(iter(records.history()), None)
    if first is None:
        return ""
    content = f"{int(first.at.timestamp())} {first.command} {first.changes[0].id}"
    return sha256(content.encode()).hexdigest()[:_DIGITS]
