"""Mark a ledger, so that what left it is known when it comes back."""

from tracker.storage.base import View
from tracker.system.digests import choose_sha256

_DIGITS = 8


def identify_ledger(records: View) -> str:
    """Return a mark of the ledger, made of its first change; an empty text where there is none.

    A copy, a backup and a ledger that was moved have the mark of the one they were made from.
    """
    first = next(iter(records.history()), None)
    if first is None:
        return ""
    content = f"{int(first.at.timestamp())} {first.command} {first.changes[0].id}"
    return str(choose_sha256(len(content))(content.encode()).hexdigest()[:_DIGITS])
