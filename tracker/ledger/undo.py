"""Take a change back by a new one that says the opposite."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

import msgspec
from msgspec import Raw

from tracker.errors import Candidate, Conflict, NotFound, Refused
from tracker.ledger.history import (
    count_changes_in_history,
    decode_history_fields,
    is_delivery_in_history,
    map_undone_commits,
)
from tracker.ledger.lookup import LedgerRecord, look_up_stored_record
from tracker.locale.translation import _
from tracker.model.commits import ENTRY_TYPES, TABLES, AnyEntry, Change, Commit, apply_commit_fields
from tracker.model.effective import list_entries_in_force
from tracker.model.filters import Filter
from tracker.model.horizon import Horizon
from tracker.model.records import Document, Entry, Indicator, Initiative, Receipt, Update
from tracker.model.validation import list_documents_to_validate
from tracker.storage.base import Transaction

_WHOLE_FILE_COMMANDS = ("init", "import", "move", "restore")
"""Commands that bring in whole ledgers and files; they are taken back by number only."""


class ChosenCommit(NamedTuple):
    """Commit that is to be taken back, and all that came after it, newest first."""

    commit: Commit
    later: list[Commit]


def choose_commit_to_undo(
    newest: Iterable[Commit], seq: int | None, author: str | None
) -> ChosenCommit:
    """Return the commit to take back: the one of this number, or the newest change.

    Commits that are taken back already, and those that only took others back, are passed
    over unless they are named; so are deliveries, always.

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
    undone_by: dict[int, int] = {}
    for commit in newest:
        if commit.undoes is not None and commit.seq not in undone_by:
            undone_by[commit.undoes] = commit.seq
        if seq is None:
            if (
                commit.undoes is None
                and commit.seq not in undone_by
                and not is_delivery_in_history(commit)
            ):
                _refuse_unnamed_undo(commit, author)
                return ChosenCommit(commit, later)
        elif commit.seq <= seq:
            if commit.seq == seq:
                _refuse_undone(commit, undone_by)
                return ChosenCommit(commit, later)
            break
        later.append(commit)
    if seq is None:
        raise Refused(_("There is nothing left to take back."))
    raise NotFound(_("There is no change {seq}; look with: tracker history").format(seq=seq))


def _refuse_unnamed_undo(commit: Commit, author: str | None) -> None:
    """Refuse to take back without its number what brought in whole files or is not one's own."""
    if commit.command in _WHOLE_FILE_COMMANDS:
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
    what = count_changes_in_history(commit.changes)
    raise Refused(
        sentence.format(seq=commit.seq, command=commit.command, what=what, by=commit.by or "—")
    )


def _refuse_undone(commit: Commit, undone_by: Mapping[int, int]) -> None:
    """Refuse to take back a delivery, or what is taken back already."""
    seq = commit.seq
    if is_delivery_in_history(commit):
        raise Refused(_("{seq} says what was sent; that cannot be taken back.").format(seq=seq))
    if seq in undone_by:
        raise Conflict(
            _("{seq} is taken back already; to bring it back, run: tracker undo {by}").format(
                seq=seq, by=undone_by[seq]
            )
        )


def reverse_commit(
    txn: Transaction, chosen: ChosenCommit, sign: Callable[[Entry], Entry]
) -> list[LedgerRecord]:
    """Reverse in the transaction what a commit changed.

    Args:
        txn: the ledger as it is.
        chosen: the commit to take back, and what came after it.
        sign: gives an entry its id, author and time.

    Returns:
        The records that have other fields than before, or are there again: whether they
        fit the rest is for the caller to check.

    Raises:
        Conflict: the record was changed since.
    """
    commit, later = chosen.commit, _list_commits_not_undone(chosen.later)
    changed: list[LedgerRecord] = []
    removed: dict[type[LedgerRecord], set[str]] = {Document: set(), Initiative: set()}
    touched = {each.id for newer in later for each in newer.changes}
    for change in reversed(commit.changes):
        if change.table == "receipts":
            _undo_receipt(txn, change)
        elif change.op == "append":
            _undo_entry(txn, change, later, sign, note=f"undo {commit.seq}")
        elif change.op == "change":
            changed.append(_restore_undone_fields(txn, change, later))
        elif change.op == "create":
            record = _remove_undone_record(txn, change, later, touched)
            removed.setdefault(type(record), set()).add(record.id)
        else:
            changed.append(_recreate_undone_record(txn, change))
    _refuse_undo_with_dependents(txn, removed[Document], removed[Initiative])
    return changed


def _list_commits_not_undone(newest: Sequence[Commit]) -> list[Commit]:
    """Return, oldest first, the commits that are not taken back and take none back."""
    undone_by = map_undone_commits(newest)
    return [
        commit
        for commit in reversed(newest)
        if commit.undoes is None and commit.seq not in undone_by
    ]


def _undo_receipt(txn: Transaction, change: Change) -> None:
    """Take back an acknowledgement, or the number of a paper; what was sent stays sent."""
    receipt = next((each for each in txn.receipts() if each.id == change.id), None)
    if receipt is None:
        if change.op == "remove":
            removed = msgspec.json.decode(change.record, type=Receipt)
            if removed.paper is not None:
                txn.create(removed)
    elif change.op == "change":
        txn.replace(apply_commit_fields(receipt, change.old))
    elif change.op == "create" and receipt.paper is not None:
        txn.remove(receipt)


def _find_record_to_undo(txn: Transaction, change: Change) -> LedgerRecord:
    """Return the record of a change as it is now; refuse if it is not there any more."""
    record = look_up_stored_record(txn, _find_undone_record_type(change), change.id)
    if record is None:
        raise Conflict(
            _("{id} is not there any more; what became of it says: tracker history {id}").format(
                id=change.id
            )
        )
    return record


def _find_undone_record_type(change: Change) -> type[LedgerRecord]:
    return TABLES[change.table]  # type: ignore[return-value]  # receipts are handled apart


def _undo_entry(
    txn: Transaction,
    change: Change,
    later: Sequence[Commit],
    sign: Callable[[Entry], Entry],
    note: str,
) -> None:
    entry = msgspec.json.decode(change.entry, type=ENTRY_TYPES[change.list])
    entries: list[Entry] = getattr(_find_record_to_undo(txn, change), change.list)
    in_force = list_entries_in_force(entries, Horizon(as_of=date.max))
    if entry.id not in {each.id for each in in_force}:
        raise _build_undo_conflict(change, change.list, later)
    txn.append(change.id, sign(build_undoing_entry(entry, note)))


def build_undoing_entry(entry: AnyEntry, note: str) -> Entry:
    """Build an entry that takes another back and says nothing else."""
    if isinstance(entry, Update):
        return Update(on=entry.on, voids=entry.id, note=note)
    return type(entry)(on=entry.on, voids=entry.id, reason=note)


def _restore_undone_fields(
    txn: Transaction, change: Change, later: Sequence[Commit]
) -> LedgerRecord:
    current = _find_record_to_undo(txn, change)
    if _set_undone_fields(current, change.new) != current:
        raise _build_undo_conflict(change, ", ".join(decode_history_fields(change.new)), later)
    old = _set_undone_fields(current, change.old)
    txn.replace(old)
    return old


def _set_undone_fields(record: LedgerRecord, fields: Raw) -> LedgerRecord:
    return apply_commit_fields(record, fields)  # type: ignore[type-var]  # it is one of the three


def _remove_undone_record(
    txn: Transaction, change: Change, later: Sequence[Commit], touched: Collection[str]
) -> LedgerRecord:
    current = _find_record_to_undo(txn, change)
    if change.id in touched:
        raise _build_undo_conflict(change, _("something"), later)
    txn.remove(current)
    return current


def _recreate_undone_record(txn: Transaction, change: Change) -> LedgerRecord:
    record = msgspec.json.decode(change.record, type=_find_undone_record_type(change))
    txn.create(record)
    return record


def _build_undo_conflict(change: Change, what: str, later: Sequence[Commit]) -> Conflict:
    touching = [commit for commit in later if any(c.id == change.id for c in commit.changes)]
    if not touching:
        return Conflict(_("{id}: {what} is not as it was.").format(id=change.id, what=what))
    last = touching[-1]
    return Conflict(
        _(
            "{id}: {what} was changed since, by {seq} ({command}); take that back first:"
            " tracker undo {seq}"
        ).format(id=change.id, what=what, seq=last.seq, command=last.command)
    )


def _refuse_undo_with_dependents(
    txn: Transaction, documents: set[str], initiatives: set[str]
) -> None:
    """Refuse to remove what something else, that stays, belongs to or names."""
    staying: list[Initiative | Indicator] = [
        indicator
        for initiative_id in sorted(initiatives)
        for indicator in txn.indicators_of(initiative_id)
    ]
    if initiatives:
        staying += txn.children_of(initiatives)
    if documents:
        staying += [
            each
            for each in txn.initiatives(Filter())
            if list_documents_to_validate(each) & documents
        ]
        indicators = (indicator for _owner, indicator in txn.candidates(Filter()))
        staying += [each for each in indicators if list_documents_to_validate(each) & documents]
    if staying:
        raise Conflict(
            _("Other records belong to what would be removed, or name it:"),
            [Candidate(each.id, each.name) for each in staying],
        )
