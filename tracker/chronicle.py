"""What happened to the ledger: its commits in sentences, and how one of them is taken back.

Nothing is ever struck out. Taking a commit back is a commit of its own, which says
what the other way round would have been: an entry is voided by a new one, a field gets
its old value, a record that was added is removed.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple, TypeAlias

import msgspec
from msgspec import Raw, Struct

from tracker.admission import cited
from tracker.changes import TABLES, Change, Commit, restored
from tracker.errors import Conflict, NotFound, Refused
from tracker.knowledge import counting
from tracker.locale import _, _n, _p
from tracker.models import (
    Decision,
    Document,
    Entry,
    Filter,
    Horizon,
    Indicator,
    Initiative,
    Judgement,
    Receipt,
    Revision,
    Update,
)
from tracker.quantities import show_number
from tracker.store import Transaction

Named: TypeAlias = Document | Initiative | Indicator
"""The records that people name, and change."""

MOST_CHANGES = 20
"""A commit of more changes is summed up in one event."""

_WHOLE = frozenset({"init", "import", "move", "restore"})
"""The commands that bring in whole ledgers and files; no undo too many takes them back."""

_LONGEST_VALUE = 60
_Kind: TypeAlias = Update | Revision | Decision | Judgement
_KINDS: Mapping[str, type[_Kind]] = {
    "updates": Update,
    "revisions": Revision,
    "decisions": Decision,
    "judgements": Judgement,
}


class Event(Struct, frozen=True, kw_only=True):
    """One change of one record, or the sum of a commit that has very many.

    ``undoes`` is the commit that this one takes back, ``undone_by`` the one that takes
    this one back; ``record`` is null in a sum.
    """

    seq: int
    at: datetime
    by: str | None
    command: str
    record: str | None
    what: str
    undoes: int | None
    undone_by: int | None


def undone(newest: Iterable[Commit]) -> dict[int, int]:
    """Which commits are taken back, and by which; one that is taken back itself takes none."""
    by: dict[int, int] = {}
    for each in newest:
        if each.undoes is not None and each.seq not in by:
            by[each.undoes] = each.seq
    return by


def is_delivery(commit: Commit) -> bool:
    """Whether a commit only says which messages are sent; that is no change of the records."""
    return commit.command == "remind" and all(each.table == "receipts" for each in commit.changes)


def events(
    commits: Sequence[Commit], record_id: str | None = None, *, deliveries: bool = True
) -> Iterator[Event]:
    """What happened, the newest first; to one record and the indicators of it, or to all.

    Args:
        commits: all there are, or all about the record, oldest first.
        record_id: the record; None: all.
        deliveries: whether commits that only say which messages were sent count.
    """
    taken_back = undone(reversed(commits))
    said = list(_said(commits, record_id))
    for commit, told in zip(reversed(commits), reversed(said), strict=True):
        if not deliveries and is_delivery(commit):
            continue
        for record, what in told:
            yield Event(
                seq=commit.seq,
                at=commit.at,
                by=commit.by,
                command=commit.command,
                record=record or None,
                what=what,
                undoes=commit.undoes,
                undone_by=taken_back.get(commit.seq),
            )


def of_commit(commits: Iterable[Commit], commit: Commit) -> list[Event]:
    """What one commit did, whatever came after it.

    Args:
        commits: what happened to the records that it touched, oldest first.
        commit: the one that is asked about.
    """
    touched = {each.id for each in commit.changes}
    earlier = [
        msgspec.structs.replace(each, changes=[c for c in each.changes if c.id in touched])
        for each in commits
        if each.seq < commit.seq
    ]
    return [each for each in events([*earlier, commit]) if each.seq == commit.seq]


def _said(commits: Sequence[Commit], record_id: str | None) -> Iterator[Sequence[tuple[str, str]]]:
    """For each commit, oldest first, what it did to which record; values in the unit of then."""
    units: dict[str, str] = {}
    for commit in commits:
        changes = [each for each in commit.changes if _is_about(each, record_id)]
        for each in changes:
            if each.table == "indicators" and each.op in {"create", "change"}:
                found = msgspec.json.decode(
                    each.record if each.op == "create" else each.new, type=_Unit
                )
                if found.unit is not msgspec.UNSET:
                    units[each.id] = found.unit or ""
        if record_id is None and len(changes) > MOST_CHANGES:
            yield [("", _sum(changes))]
        else:
            yield [(each.id, _sentence(each, units.get(each.id, ""))) for each in changes]


class _Unit(Struct):
    """What a change says of the unit of an indicator; unset: nothing."""

    unit: str | msgspec.UnsetType | None = msgspec.UNSET


def touches(commits: Iterable[Commit], record_id: str) -> bool:
    """Whether there ever was a record with exactly this id."""
    return any(change.id == record_id for commit in commits for change in commit.changes)


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
    if commit.command in _WHOLE:
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
    what = _sum(commit.changes)
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


def _is_about(change: Change, record_id: str | None) -> bool:
    return record_id is None or record_id in {change.id, change.id.partition(".")[0]}


def _sentence(change: Change, unit: str) -> str:
    if change.op == "append":
        return _of_entry(msgspec.json.decode(change.entry, type=_KINDS[change.list]), unit)
    if change.op == "change":
        old, new = _fields(change.old), _fields(change.new)
        pairs = (f"{name}: {_brief(old[name])} → {_brief(new[name])}" for name in new)
        return _("; ").join(pairs)
    if change.table == "receipts":
        return _of_receipt(msgspec.json.decode(change.record, type=Receipt), change.op)
    fields = _fields(change.record)
    name = _brief(fields["title" if change.table == "documents" else "name"])
    lists = [fields[each] for each in _KINDS if each in fields]
    entries = sum(len(msgspec.json.decode(each, type=list[Raw])) for each in lists)
    sentence = _("removed: {name}") if change.op == "remove" else _("added: {name}")
    if entries:
        sentence += _n(", with {entries} entry", ", with {entries} entries", entries)
    return sentence.format(name=name, entries=entries)


def _of_receipt(receipt: Receipt, op: str) -> str:
    count = len(receipt.items)
    reminders = _n("{count} reminder", "{count} reminders", count).format(count=count)
    sentence = _("to be sent to {address}: {reminders}")
    if op == "remove":
        sentence = _("not sent to {address}: {reminders}")
    return sentence.format(address=receipt.address, reminders=reminders)


def _of_entry(entry: _Kind, unit: str) -> str:
    if isinstance(entry, Update):
        sentence, parts = _("update of {on}: {what}"), _of_update(entry, unit)
    elif isinstance(entry, Revision):
        sentence, parts = _("revision of {on}: {what}"), _of_revision(entry, unit)
    elif isinstance(entry, Judgement):
        sentence = _("judgement of {on}: {what}")
        parts = [_(entry.confidence) if entry.confidence is not None else "", entry.reason]
    else:
        sentence = _("decision of {on}: {what}")
        parts = [_(entry.state) if entry.state is not None else "", entry.reason]
    if entry.voids is not None:
        parts.append(_("voids {id}").format(id=entry.voids))
    return sentence.format(on=entry.on, what=_("; ").join(filter(None, parts)))


def _of_update(update: Update, unit: str) -> list[str]:
    parts = []
    if update.value is not None:
        parts.append(f"{update.qualifier or ''}{show_number(update.value)} {unit}".strip())
    if update.done is not None:
        parts.append(_p("reported", "done") if update.done else _p("reported", "not done"))
    return parts + ([_(update.status)] if update.status != "final" else [])


def _of_revision(revision: Revision, unit: str) -> list[str]:
    parts = []
    if revision.target is not None:
        high = "" if revision.target_high is None else f"–{show_number(revision.target_high)}"
        wanted = f"{show_number(revision.target)}{high} {unit}".strip()
        parts.append(_("target {n}").format(n=wanted))
    if revision.deadline is not None:
        day = revision.deadline.on or revision.deadline.wording
        parts.append(_("deadline {day}").format(day=day))
    return [*parts, revision.reason]


def _sum(changes: Sequence[Change]) -> str:
    counts = Counter((each.op, each.table) for each in changes)
    said = [
        (_("documents added"), counts["create", "documents"]),
        (_("initiatives added"), counts["create", "initiatives"]),
        (_("indicators added"), counts["create", "indicators"]),
        (_("records removed"), sum(n for (op, _table), n in counts.items() if op == "remove")),
        (_("records changed"), sum(n for (op, _table), n in counts.items() if op == "change")),
        (_("entries added"), sum(n for (op, _table), n in counts.items() if op == "append")),
    ]
    return _("; ").join(_("{label}: {n}").format(label=label, n=n) for label, n in said if n)


def _fields(raw: Raw) -> dict[str, Raw]:
    return msgspec.json.decode(raw, type=dict[str, Raw])


def _brief(raw: Raw) -> str:
    """A value as it is written, so that no digit of a number is lost."""
    text = bytes(raw).decode()
    if text.startswith('"'):
        text = msgspec.json.decode(raw, type=str)
    text = "—" if text == "null" else text
    return text if len(text) <= _LONGEST_VALUE else text[: _LONGEST_VALUE - 1] + "…"


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
    entry = msgspec.json.decode(change.entry, type=_KINDS[change.list])
    entries: list[Entry] = getattr(_current(txn, change), change.list)
    counted = counting(entries, Horizon(as_of=date.max))
    if entry.id not in {each.id for each in counted}:
        raise _changed_since(change, change.list, later)
    txn.append(change.id, sign(_voiding(entry, note)))


def _voiding(entry: _Kind, note: str) -> Entry:
    """An entry that takes another back and says nothing else."""
    if isinstance(entry, Update):
        return Update(on=entry.on, voids=entry.id, note=note)
    return type(entry)(on=entry.on, voids=entry.id, reason=note)


def _put_back(txn: Transaction, change: Change, later: Sequence[Commit]) -> Named:
    current = _current(txn, change)
    if _with(current, change.new) != current:
        raise _changed_since(change, ", ".join(_fields(change.new)), later)
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
