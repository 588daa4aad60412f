"""A whole ledger from one store into another, proved by comparing what both export."""

from collections.abc import Callable, Iterable
from datetime import date
from hashlib import sha256
from typing import NamedTuple, Protocol, TypeVar

from tracker.assessment.rules import Rules
from tracker.errors import LedgerError
from tracker.ledger.export import exported
from tracker.ledger.view import Look
from tracker.locale.translation import _
from tracker.model.codec import encode
from tracker.model.filters import ALL
from tracker.model.horizon import NOW
from tracker.model.records import Item
from tracker.storage.base import Movable, Store, View

Each = TypeVar("Each")


class Watch(Protocol):
    """Passes on what is gone through, while somebody sees how far it is."""

    def __call__(
        self, label: str, items: Iterable[Each], length: int | None, weight: Callable[[Each], int]
    ) -> Iterable[Each]:
        """The items; ``length`` is the weight of all, None where that is not known."""


class _Content(NamedTuple):
    """The checksums of what an export holds and of the history, and how much each is."""

    items: str
    history: str
    records: int
    changes: int


def move(
    source: Store, target: Movable, today: date, rules: Rules, watch: Watch | None = None
) -> int:
    """Copy all commits, with their records, into an empty store; how many there are.

    The source stays as it is, and so does the target when anything is wrong.

    Raises:
        Conflict: the target is not empty.
        LedgerError: one of them cannot be used, or the copy is not the same.
    """
    seen = watch or _unwatched
    with source.view() as view:
        look = Look(view, NOW, today, rules)
        items = exported(look, ALL, everything=True)
        wanted = _content(look, seen(_("read"), items, None, _weight))

        def prove(copy: View) -> None:
            look = Look(copy, NOW, today, rules)
            items = exported(look, ALL, everything=True)
            if _content(look, seen(_("compared"), items, wanted.records, _weight)) != wanted:
                raise LedgerError(
                    _("The copy in {place} was not the same; nothing was stored there.").format(
                        place=target.place
                    )
                )

        commits = view.history()
        return target.fill(
            seen(_("copied"), commits, wanted.changes, lambda each: len(each.changes)), prove
        )


def _content(look: Look, items: Iterable[Item]) -> _Content:
    told, records = sha256(encode([*look.documents.values()])), 0
    for each in items:
        told.update(encode(each))
        records += _weight(each)
    history, changes = sha256(), 0
    for commit in look.view.history():
        history.update(encode(commit))
        changes += len(commit.changes)
    return _Content(told.hexdigest(), history.hexdigest(), records, changes)


def _weight(item: Item) -> int:
    return 1 + len(item.indicators)


def _unwatched(
    _label: str, items: Iterable[Each], _length: int | None, _weight: Callable[[Each], int]
) -> Iterable[Each]:
    return items
