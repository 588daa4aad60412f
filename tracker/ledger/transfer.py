"""Copy a whole ledger into another store, and prove it by comparing both."""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from datetime import date
from hashlib import sha256
from typing import NamedTuple, Protocol, TypeVar

import msgspec

from tracker.assessment.rules import Rules
from tracker.errors import LedgerError
from tracker.ledger.export import export_items
from tracker.ledger.view import LedgerView
from tracker.locale.translation import _
from tracker.model.codec import encode
from tracker.model.commits import Commit
from tracker.model.filters import ALL
from tracker.model.horizon import NOW
from tracker.model.records import Item
from tracker.storage.base import DatabaseStore, FillableStore, View

ItemT = TypeVar("ItemT")


class ProgressWatch(Protocol):
    """Shows how far a copy is while it passes on what is copied."""

    def __call__(
        self,
        label: str,
        items: Iterable[ItemT],
        length: int | None,
        weight: Callable[[ItemT], int],
    ) -> Iterable[ItemT]:
        """Pass on the items; ``length`` is the weight of all, None where it is not known."""


class _Fingerprint(NamedTuple):
    """Checksums of what an export holds and of the history, and how much each is."""

    items: str
    history: str
    records: int
    changes: int


class ReadableStore(Protocol):
    """The part of a store that is needed to copy from it."""

    @property
    def place(self) -> str:
        """Return where it is, for a person."""

    def view(self) -> AbstractContextManager[View]:
        """Open the ledger as it is now."""


def copy_ledger(
    source: ReadableStore,
    target: FillableStore,
    today: date,
    rules: Rules,
    watch: ProgressWatch | None = None,
) -> int:
    """Copy all commits, with their records, into an empty store; return how many there are.

    The source stays as it is, and so does the target when anything is wrong.

    Raises:
        Conflict: the target is not empty.
        LedgerError: one of them cannot be used, or the copy is not the same.
    """
    follow = watch or _transfer_without_progress
    with source.view() as original:
        view = LedgerView(original, NOW, today, rules)
        items = export_items(view, ALL, everything=True, signed=False)
        wanted = _fingerprint_transferred_ledger(
            view, follow(_("read"), items, None, _count_transferred_records)
        )

        def prove(copy: View) -> None:
            view = LedgerView(copy, NOW, today, rules)
            items = export_items(view, ALL, everything=True, signed=False)
            followed = follow(_("compared"), items, wanted.records, _count_transferred_records)
            if _fingerprint_transferred_ledger(view, followed) != wanted:
                raise LedgerError(
                    _("The copy in {place} was not the same; nothing was stored there.").format(
                        place=target.place
                    )
                )

        commits = follow(
            _("copied"),
            map(drop_login, original.history()),
            wanted.changes,
            lambda commit: len(commit.changes),
        )
        count = target.fill(commits, prove)
    _foresee_copy(target, today, rules)
    return count


def _foresee_copy(target: FillableStore, today: date, rules: Rules) -> None:
    """Keep in a database what is foreseen of all that was copied into it."""
    if isinstance(target, DatabaseStore):
        from tracker.ledger.foresight import foresee_all

        foresee_all(target, today, rules)


def is_same_ledger(one: View, other: View, today: date, rules: Rules) -> bool:
    """Return whether two ledgers hold the same records and have the same history."""
    first, second = (
        _fingerprint_transferred_ledger(
            look, export_items(look, ALL, everything=True, signed=False)
        )
        for look in (LedgerView(view, NOW, today, rules) for view in (one, other))
    )
    return first == second


def _fingerprint_transferred_ledger(view: LedgerView, items: Iterable[Item]) -> _Fingerprint:
    content, records = sha256(encode([*view.documents.values()])), 0
    for item in items:
        content.update(encode(item))
        records += _count_transferred_records(item)
    history, changes = sha256(), 0
    for commit in view.records.history():
        history.update(encode(drop_login(commit)))
        changes += len(commit.changes)
    return _Fingerprint(content.hexdigest(), history.hexdigest(), records, changes)


def drop_login(commit: Commit) -> Commit:
    """Return a commit without its login: where it goes, whoever copies it answers for it."""
    return msgspec.structs.replace(commit, login=None)


def _count_transferred_records(item: Item) -> int:
    return 1 + len(item.indicators)


def _transfer_without_progress(
    _label: str, items: Iterable[ItemT], _length: int | None, _weight: Callable[[ItemT], int]
) -> Iterable[ItemT]:
    return items
