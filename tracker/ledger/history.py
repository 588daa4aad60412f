"""List who changed what, and when."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TypeAlias

import msgspec
from msgspec import Raw, Struct

from tracker.locale.translation import _, _n, _p
from tracker.model.commits import Change, Commit
from tracker.model.quantities import show_number
from tracker.model.records import (
    Decision,
    Document,
    Indicator,
    Initiative,
    Judgement,
    Receipt,
    Revision,
    Update,
)

Named: TypeAlias = Document | Initiative | Indicator
"""The records that people name, and change."""

MOST_CHANGES = 20
"""A commit of more changes is summed up in one event."""

WHOLE = frozenset({"init", "import", "move", "restore"})
"""The commands that bring in whole ledgers and files; no undo too many takes them back."""

_LONGEST_VALUE = 60
EntryKind: TypeAlias = Update | Revision | Decision | Judgement
ENTRY_KINDS: Mapping[str, type[EntryKind]] = {
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
            yield [("", sum_up(changes))]
        else:
            yield [(each.id, _sentence(each, units.get(each.id, ""))) for each in changes]


class _Unit(Struct):
    """What a change says of the unit of an indicator; unset: nothing."""

    unit: str | msgspec.UnsetType | None = msgspec.UNSET


def touches(commits: Iterable[Commit], record_id: str) -> bool:
    """Whether there ever was a record with exactly this id."""
    return any(change.id == record_id for commit in commits for change in commit.changes)


def _is_about(change: Change, record_id: str | None) -> bool:
    return record_id is None or record_id in {change.id, change.id.partition(".")[0]}


def _sentence(change: Change, unit: str) -> str:
    if change.op == "append":
        return _of_entry(msgspec.json.decode(change.entry, type=ENTRY_KINDS[change.list]), unit)
    if change.op == "change":
        old, new = fields_of(change.old), fields_of(change.new)
        pairs = (f"{name}: {_brief(old[name])} → {_brief(new[name])}" for name in new)
        return _("; ").join(pairs)
    if change.table == "receipts":
        return _of_receipt(msgspec.json.decode(change.record, type=Receipt), change.op)
    fields = fields_of(change.record)
    name = _brief(fields["title" if change.table == "documents" else "name"])
    lists = [fields[each] for each in ENTRY_KINDS if each in fields]
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


def _of_entry(entry: EntryKind, unit: str) -> str:
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


def sum_up(changes: Sequence[Change]) -> str:
    """Count changes by kind, in words."""
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


def fields_of(raw: Raw) -> dict[str, Raw]:
    """Return the fields of an encoded record, each still encoded."""
    return msgspec.json.decode(raw, type=dict[str, Raw])


def _brief(raw: Raw) -> str:
    """A value as it is written, so that no digit of a number is lost."""
    text = bytes(raw).decode()
    if text.startswith('"'):
        text = msgspec.json.decode(raw, type=str)
    text = "—" if text == "null" else text
    return text if len(text) <= _LONGEST_VALUE else text[: _LONGEST_VALUE - 1] + "…"
