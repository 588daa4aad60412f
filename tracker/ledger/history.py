"""List who changed what, and when."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

import msgspec
from msgspec import Raw, Struct

from tracker.locale.translation import _, _n, _p, join_words, translate_word
from tracker.model.commits import ENTRY_TYPES, AnyEntry, Change, Commit
from tracker.model.quantities import format_quantity_number, format_quantity_value
from tracker.model.records import Judgement, PaperNumber, Receipt, Revision, Update, Verdict
from tracker.model.vocabulary import VOCABULARY

MOST_CHANGES = 20
"""Changes of a commit up to which each is an event; more are summed up in one."""

_LONGEST_VALUE = 60
"""Characters of a value that are shown."""


class Event(Struct, frozen=True, kw_only=True):
    """Change of one record, or the sum of a commit that has very many.

    ``login`` is that of the database under which it was stored, null in a folder.
    ``undoes`` is the commit that this one takes back, ``undone_by`` the one that takes
    this one back; ``record`` is null in a sum.
    """

    seq: int
    at: datetime
    by: str | None
    login: str | None
    command: str
    record: str | None
    what: str
    undoes: int | None
    undone_by: int | None


def map_undone_commits(newest: Iterable[Commit]) -> dict[int, int]:
    """Return which commits are taken back, and by which; an undone undo takes none back.

    Args:
        newest: the commits, newest first.
    """
    undone_by: dict[int, int] = {}
    for commit in newest:
        if commit.undoes is not None and commit.seq not in undone_by:
            undone_by[commit.undoes] = commit.seq
    return undone_by


def is_delivery_in_history(commit: Commit) -> bool:
    """Return whether a commit only says which messages are sent, and changes no record."""
    return commit.command == "remind" and all(
        change.table == "receipts" for change in commit.changes
    )


def list_events(
    commits: Sequence[Commit], record_id: str | None = None, *, deliveries: bool = True
) -> Iterator[Event]:
    """Yield what happened to one record and its indicators, or to all, the newest first.

    Args:
        commits: all there are, or all about the record, oldest first.
        record_id: the record; None: all.
        deliveries: whether commits that only say which messages were sent count.
    """
    undone_by = map_undone_commits(reversed(commits))
    descriptions = list(_describe_history_commits(commits, record_id))
    for commit, changes in zip(reversed(commits), reversed(descriptions), strict=True):
        if not deliveries and is_delivery_in_history(commit):
            continue
        for record, what in changes:
            yield Event(
                seq=commit.seq,
                at=commit.at,
                by=commit.by,
                login=commit.login,
                command=commit.command,
                record=record or None,
                what=what,
                undoes=commit.undoes,
                undone_by=undone_by.get(commit.seq),
            )


def list_events_of_commit(commits: Iterable[Commit], commit: Commit) -> list[Event]:
    """Return what one commit did, whatever came after it.

    Args:
        commits: what happened to the records that it touched, oldest first.
        commit: the one that is asked about.
    """
    touched = {change.id for change in commit.changes}
    earlier = [
        msgspec.structs.replace(each, changes=[c for c in each.changes if c.id in touched])
        for each in commits
        if each.seq < commit.seq
    ]
    return [event for event in list_events([*earlier, commit]) if event.seq == commit.seq]


def _describe_history_commits(
    commits: Sequence[Commit], record_id: str | None
) -> Iterator[Sequence[tuple[str, str]]]:
    """Yield for each commit, oldest first, the ids of records with what it did to each.

    Values are in the unit that their indicator had then.
    """
    units: dict[str, str] = {}
    for commit in commits:
        changes = [change for change in commit.changes if _is_in_record_history(change, record_id)]
        for change in changes:
            if change.table == "indicators" and change.op in {"create", "change"}:
                fields = change.record if change.op == "create" else change.new
                unit = msgspec.json.decode(fields, type=_Unit).unit
                if unit is not msgspec.UNSET:
                    units[change.id] = unit or ""
        if record_id is None and len(changes) > MOST_CHANGES:
            yield [("", count_changes_in_history(changes))]
        else:
            yield [(each.id, _describe_change(each, units.get(each.id, ""))) for each in changes]


class _Unit(Struct):
    """Unit of an indicator in a change; unset where the change does not touch it."""

    unit: str | msgspec.UnsetType | None = msgspec.UNSET


def is_record_in_history(commits: Iterable[Commit], record_id: str) -> bool:
    """Return whether there ever was a record with exactly this id."""
    return any(change.id == record_id for commit in commits for change in commit.changes)


def _is_in_record_history(change: Change, record_id: str | None) -> bool:
    return record_id is None or record_id in {change.id, change.id.partition(".")[0]}


def _describe_change(change: Change, unit: str) -> str:
    if change.op == "append":
        return _describe_history_entry(
            msgspec.json.decode(change.entry, type=ENTRY_TYPES[change.list]), unit
        )
    if change.op == "change":
        old, new = decode_history_fields(change.old), decode_history_fields(change.new)
        sentence = _("{id}: {before} → {after}")
        return _("; ").join(
            sentence.format(
                id=_p("field", name),
                before=_shorten_in_history(_describe_value_in_history(name, old[name])),
                after=_shorten_in_history(_describe_value_in_history(name, new[name])),
            )
            for name in new
        )
    if change.table == "receipts":
        return _describe_history_receipt(
            msgspec.json.decode(change.record, type=Receipt), change.op
        )
    fields = decode_history_fields(change.record)
    name = msgspec.json.decode(fields["title" if change.table == "documents" else "name"])
    lists = [fields[field] for field in ENTRY_TYPES if field in fields]
    entries = sum(len(msgspec.json.decode(encoded, type=list[Raw])) for encoded in lists)
    sentence = _("removed: {name}") if change.op == "remove" else _("added: {name}")
    if entries:
        sentence += _n(", with {entries} entry", ", with {entries} entries", entries)
    return sentence.format(name=_shorten_in_history(name), entries=entries)


def _describe_history_receipt(receipt: Receipt, op: str) -> str:
    if receipt.paper is not None:
        number = word_paper_number(receipt.paper)
        sentence = _("paper of {day} numbered: {number}")
        if op == "remove":
            sentence = _("number of the paper of {day} given back: {number}")
        return sentence.format(day=receipt.as_of, number=number)
    count = len(receipt.items)
    reminders = _n("{count} reminder", "{count} reminders", count).format(count=count)
    sentence = _("to be sent to {address}: {reminders}")
    if op == "remove":
        sentence = _("not sent to {address}: {reminders}")
    return sentence.format(address=receipt.address, reminders=reminders)


def word_paper_number(number: PaperNumber) -> str:
    """Return a number as it stands on its paper: 济督查〔2025〕2号, or 2025年第2期."""
    pattern = (
        _("Issue {number} of {year}") if number.is_issue else _("{word} [{year}] No. {number}")
    )
    return pattern.format(word=number.word, year=number.year, number=number.number)


def _describe_history_entry(entry: AnyEntry, unit: str) -> str:
    if isinstance(entry, Update):
        sentence, parts = _("update of {on}: {what}"), _describe_history_update(entry, unit)
    elif isinstance(entry, Revision):
        sentence, parts = _("revision of {on}: {what}"), _describe_history_revision(entry, unit)
    elif isinstance(entry, Judgement):
        sentence = _("judgement of {on}: {what}")
        confidence = entry.confidence
        parts = ["" if confidence is None else translate_word("confidence", confidence)]
        parts.append(entry.reason)
    elif isinstance(entry, Verdict):
        sentence = _("verdict of {on}: {what}")
        parts = [_(entry.verdict) if entry.verdict is not None else "", entry.reason]
    else:
        sentence = _("decision of {on}: {what}")
        parts = [_(entry.state) if entry.state is not None else "", entry.reason]
    if entry.voids is not None:
        parts.append(_("voids {id}").format(id=entry.voids))
    return sentence.format(on=entry.on, what=_("; ").join(filter(None, parts)))


def _describe_history_update(update: Update, unit: str) -> list[str]:
    parts = []
    if update.value is not None:
        parts.append(format_quantity_value(update.value, update.qualifier, unit))
    if update.done is not None:
        parts.append(_p("reported", "done") if update.done else _p("reported", "not done"))
    return parts + ([_(update.status)] if update.status != "final" else [])


def _describe_history_revision(revision: Revision, unit: str) -> list[str]:
    parts = []
    if revision.target is not None:
        high = (
            ""
            if revision.target_high is None
            else f"–{format_quantity_number(revision.target_high)}"
        )
        target = f"{format_quantity_number(revision.target)}{high} {unit}".strip()
        parts.append(_("target {n}").format(n=target))
    elif revision.target_wording is not None:
        parts.append(_("target {n}").format(n=revision.target_wording))
    if revision.deadline is not None:
        day = revision.deadline.on or revision.deadline.wording
        parts.append(_("deadline {day}").format(day=day))
    return [*parts, revision.reason]


def count_changes_in_history(changes: Sequence[Change]) -> str:
    """Count changes by kind, in words."""
    counts = Counter((each.op, each.table) for each in changes)
    labelled = [
        (_("documents added"), counts["create", "documents"]),
        (_("initiatives added"), counts["create", "initiatives"]),
        (_("indicators added"), counts["create", "indicators"]),
        (_("records removed"), sum(n for (op, _table), n in counts.items() if op == "remove")),
        (_("records changed"), sum(n for (op, _table), n in counts.items() if op == "change")),
        (_("entries added"), sum(n for (op, _table), n in counts.items() if op == "append")),
    ]
    return _("; ").join(_("{label}: {n}").format(label=label, n=n) for label, n in labelled if n)


def decode_history_fields(raw: Raw) -> dict[str, Raw]:
    """Return the fields of an encoded record, each still encoded."""
    return msgspec.json.decode(raw, type=dict[str, Raw])


def _describe_value_in_history(field: str, raw: Raw) -> str:
    """Describe the value of a field; a number is as it is written, so that no digit is lost."""
    text = bytes(raw).decode()
    if text.startswith('"'):
        word = msgspec.json.decode(raw, type=str)
        return translate_word(field, word) if word in VOCABULARY.get(field, ()) else word
    if text.startswith("["):
        values = msgspec.json.decode(raw, type=list[Raw])
        return join_words(_describe_value_in_history(field, value) for value in values) or "—"
    if text.startswith("{"):
        parts = decode_history_fields(raw).items()
        return " ".join(_describe_value_in_history(name, value) for name, value in parts)
    return {"null": "—", "true": _("yes"), "false": _("no")}.get(text, text)


def _shorten_in_history(text: str) -> str:
    return text if len(text) <= _LONGEST_VALUE else text[: _LONGEST_VALUE - 1] + "…"
