"""Take the last change back."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

import msgspec
from msgspec import Raw

from tracker.errors import Conflict, NotFound, Refused
from tracker.ledger.history import (
    ENTRY_KINDS,
    WHOLE,
    EntryKind,
    Named,
    fields_of,
    is_delivery,
    sum_up,
    undone,
)
from tracker.locale.translation import _
from tracker.model.commits import TABLES, Change, Commit, restored
from tracker.model.effective import counting
from tracker.model.filters import Filter
from tracker.model.horizon import Horizon
from tracker.model.records import Document, Entry, Indicator, Initiative, Update
from tracker.model.validation import cited
from tracker.storage.base import Transaction


class Chosen(NamedTuple):
    """The commit that is to be taken back, and all that came after it, newest first."""

    commit: Commit
    later: list[Commit]


def chosen(newest: Iterable[Commit], seq: int | None, author: str | None) -> Chosen:
    """The commit that is to be taken back: this one, or the newest that changed something.

    Those that are taken back already, and those that only took others back, are passed over
    unless they are named; so are deliveries, always.

    Args:
        newest: the commits, newest first; no more are read than it takes.
        seq: the number of the commit; None: the newest that is left.
        author: who takes it back.

    Raises:
        NotFound: there is no such commit.
        Refused: there is none left, or it says what was sent; or it is the newest, not
            named, and somebody else's, or brought in whole files.
        Conflict: it is taken back already.
    """
    later: list[Commit] = []
    by: dict[int, int] = {}
    for each in newest:
        if each.undoes is not None and each.seq not in by:
            by[each.undoes] = each.seq
        if seq is None:
            if each.undoes is None and each.seq not in by and not is_delivery(each):
                _refuse_unnamed(each, author)
                return Chosen(each, later)
        elif each.seq <= seq:
            if each.seq == seq:
                _refuse_settled(each, by)
                return Chosen(each, later)
            break
        later.append(each)
    if seq is None:
        raise Refused(_("There is nothing left to take back."))
    raise NotFound(_("There is no change {seq}; look with: tracker history").format(seq=seq))


def _refuse_unnamed(commit: Commit, author: str | None) -> None:
    """Refuse to take back what nobody has named: whole files, and what others did."""
    if commit.command in WHOLE:
        sentence = _(
            "The newest change left is no. {seq}, {command}: {what}; to take that back,"
            " run: tracker undo {seq}"
        )
    elif commit.by != author:
        sentence = _(
            "The newest change left is that of {by}, no. {seq}, {command}: {what}; to take that"
            " back, run: tracker undo {seq}"
        )
    else:
        return
    what = sum_up(commit.changes)
    raise Refused(
        sentence.format(seq=commit.seq, command=commit.command, what=what, by=commit.by or "—")
    )


def _refuse_settled(commit: Commit, by: Mapping[int, int]) -> None:
    seq = commit.seq
    if is_delivery(commit):
        raise Refused(_("{seq} says what was sent; that cannot be taken back.").format(seq=seq))
    if seq in by:
        raise Conflict(
            _("{seq} is taken back already; to bring it back, run: tracker undo {by}").format(
                seq=seq, by=by[seq]
            )
        )


def take_back(txn: Transaction, wanted: Chosen, sign: Callable[[Entry], Entry]) -> list[Named]:
    """Change the transaction the other way round than a commit did.

    Args:
        txn: the ledger as it is.
        wanted: the commit to take back, and what came after it.
        sign: gives an entry its id, author and time.

    Returns:
        The records that have other fields than before, or are there again: whether they
        fit the rest is for the caller to check.

    Raises:
        Conflict: the record was changed since.
    """
    commit, later = wanted.commit, _standing(wanted.later)
    changed: list[Named] = []
    removed: list[Named] = []
    for change in reversed(commit.changes):
        if change.table == "receipts":
            _put_receipt_back(txn, change)
            continue
        if change.op == "append":
            _void(txn, change, later, sign, note=f"undo {commit.seq}")
        elif change.op == "change":
            changed.append(_put_back(txn, change, later))
        elif change.op == "create":
            removed.append(_remove(txn, change, later))
        else:
            changed.append(_bring_back(txn, change))
    _refuse_dependents(txn, removed)
    return changed


def _put_receipt_back(txn: Transaction, change: Change) -> None:
    """Take an acknowledgement back; the rest of a receipt stays as it was sent."""
    found = next((each for each in txn.receipts() if each.id == change.id), None)
    if found is not None and change.op == "change":
        txn.replace(restored(found, change.old))


def _standing(newest: Sequence[Commit]) -> list[Commit]:
    """Those of the newest commits that are neither taken back nor take others back."""
    by = undone(newest)
    return [each for each in reversed(newest) if each.undoes is None and each.seq not in by]


def _current(txn: Transaction, change: Change) -> Named:
    found: Named | None
    if change.table == "documents":
        found = txn.documents().get(change.id)
    elif change.table == "indicators":
        found = txn.indicator(change.id)
    else:
        found = txn.initiative(change.id)
    if found is None:
        raise Conflict(
            _("{id} is not there any more; what became of it says: tracker history {id}").format(
                id=change.id
            )
        )
    return found


def _void(
    txn: Transaction,
    change: Change,
    later: Sequence[Commit],
    sign: Callable[[Entry], Entry],
    note: str,
) -> None:
    entry = msgspec.json.decode(change.entry, type=ENTRY_KINDS[change.list])
    entries: list[Entry] = getattr(_current(txn, change), change.list)
    counted = counting(entries, Horizon(as_of=date.max))
    if entry.id not in {each.id for each in counted}:
        raise _changed_since(change, change.list, later)
    txn.append(change.id, sign(_voiding(entry, note)))


def _voiding(entry: EntryKind, note: str) -> Entry:
    """An entry that takes another back and says nothing else."""
    if isinstance(entry, Update):
        return Update(on=entry.on, voids=entry.id, note=note)
    return type(entry)(on=entry.on, voids=entry.id, reason=note)


def _put_back(txn: Transaction, change: Change, later: Sequence[Commit]) -> Named:
    current = _current(txn, change)
    if _with(current, change.new) != current:
        raise _changed_since(change, ", ".join(fields_of(change.new)), later)
    old = _with(current, change.old)
    txn.replace(old)
    return old


def _with(record: Named, fields: Raw) -> Named:
    return restored(record, fields)  # type: ignore[type-var]  # it is one of the three


def _remove(txn: Transaction, change: Change, later: Sequence[Commit]) -> Named:
    current = _current(txn, change)
    if any(each.id == change.id for commit in later for each in commit.changes):
        raise _changed_since(change, _("something"), later)
    txn.remove(current)
    return current


def _bring_back(txn: Transaction, change: Change) -> Named:
    kind: type[Named] = TABLES[change.table]  # type: ignore[assignment]  # no receipt
    record = msgspec.json.decode(change.record, type=kind)
    txn.create(record)
    return record


def _changed_since(change: Change, what: str, later: Sequence[Commit]) -> Conflict:
    touching = [each for each in later if any(c.id == change.id for c in each.changes)]
    if not touching:
        return Conflict(_("{id}: {what} is not as it was.").format(id=change.id, what=what))
    last = touching[-1]
    return Conflict(
        _(
            "{id}: {what} was changed since, by {seq} ({command}); take that back first:"
            " tracker undo {seq}"
        ).format(id=change.id, what=what, seq=last.seq, command=last.command)
    )


def _refuse_dependents(txn: Transaction, removed: Sequence[Named]) -> None:
    """Refuse to remove what something else, that stays, belongs to or names."""
    initiatives = {each.id for each in removed if isinstance(each, Initiative)}
    documents = {each.id for each in removed if isinstance(each, Document)}
    staying: list[Initiative | Indicator] = [
        indicator for each in sorted(initiatives) for indicator in txn.indicators_of(each)
    ]
    if not staying and initiatives:
        staying += txn.children_of(initiatives)
    if not staying and documents:
        staying += [each for each in txn.initiatives(Filter()) if cited(each) & documents]
        staying += [e for _owner, e in txn.candidates(Filter()) if cited(e) & documents]
    if staying:
        raise Conflict(
            _("Other records belong to what would be removed, or name it:"),
            [f"{each.id}  {each.name}" for each in staying],
        )
