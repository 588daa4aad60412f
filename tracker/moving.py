"""A whole ledger from one store into another, proved by comparing what both export."""

from datetime import date
from hashlib import sha256

from tracker.asking import ALL, NOW, Look
from tracker.errors import LedgerError
from tracker.lineage import exported
from tracker.locale import _
from tracker.models import encode
from tracker.progress import Rules
from tracker.store import Movable, Store, View


def move(source: Store, target: Movable, today: date, rules: Rules) -> int:
    """Copy all commits, with their records, into an empty store; how many there are.

    The source stays as it is, and so does the target when anything is wrong.

    Raises:
        Conflict: the target is not empty.
        LedgerError: one of them cannot be used, or the copy is not the same.
    """
    with source.view() as view:
        wanted = _content(view, today, rules)

        def prove(copy: View) -> None:
            if _content(copy, today, rules) != wanted:
                raise LedgerError(
                    _("The copy in {place} was not the same; nothing was stored there.").format(
                        place=target.place
                    )
                )

        return target.fill(view.history(), prove)


def _content(view: View, today: date, rules: Rules) -> tuple[str, str]:
    """The checksums of what an export holds, and of the history."""
    look = Look(view, NOW, today, rules)
    told = sha256(encode([*look.documents.values()]))
    for each in exported(look, ALL, everything=True):
        told.update(encode(each))
    history = sha256()
    for commit in view.history():
        history.update(encode(commit))
    return told.hexdigest(), history.hexdigest()
