"""List who changed what, and when."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
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
        if deliveries or not is_delivery_in_history(commit):
            yield from _build_events(commit, changes, undone_by.get(commit.seq))


def list_newest_events(
    newest: Iterable[Commit], find_unit: Callable[[str], str], *, deliveries: bool = True
) -> Iterator[Event]:
    """Yield what ``list_events`` yields of all records, and read no more than is asked for.

    Args:
        newest: the commits, newest first.
        find_unit: returns the unit that an indicator has now.
        deliveries: whether commits that only say which messages were sent count.
    """
    undone_by: dict[int, int] = {}
    units = _UnitsBefore(find_unit)
    for commit in newest:
        if commit.undoes is not None and commit.seq not in undone_by:
            undone_by[commit.undoes] = commit.seq
        if deliveries or not is_delivery_in_history(commit):
            changes = _describe_history_commit(commit.changes, units, is_summed=True)
            yield from _build_events(commit, changes, undone_by.get(commit.seq))
        units.step_back(commit)


def list_events_of_commit(
    commit: Commit, later: Iterable[Commit], find_unit: Callable[[str], str]
) -> list[Event]:
    """Return what one commit did, whatever came after it.

    Args:
        commit: the one that is asked about.
        later: what came after it, newest first.
        find_unit: returns the unit that an indicator has now.
    """
    units = _UnitsBefore(find_unit)
    for newer in later:
        units.step_back(newer)
    changes = _describe_history_commit(commit.changes, units, is_summed=True)
    return list(_build_events(commit, changes, None))


def _build_events(
    commit: Commit, changes: Iterable[tuple[str, str]], undone_by: int | None
) -> Iterator[Event]:
    """Yield the events of a commit out of the ids of records with what it did to each."""
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
            undone_by=undone_by,
        )


class _UnitsBefore(dict[str, str]):
    """Units of indicators as they were, found by going back from now.

    Args:
        find_unit: returns the unit that an indicator has now.
    """

    def __init__(self, find_unit: Callable[[str], str]) -> None:
        super().__init__()
        self._find_unit = find_unit

    def __missing__(self, record_id: str) -> str:
        unit = self[record_id] = self._find_unit(record_id)
        return unit

    def step_back(self, commit: Commit) -> None:
        """Go back to before a commit."""
        for change in reversed(commit.changes):
            if change.table != "indicators" or change.op == "append":
                continue
            if change.op == "create":
                self[change.id] = ""
                continue
            unit = _decode_unit(change.record if change.op == "remove" else change.old)
            if unit is not None:
                self[change.id] = unit


def _describe_history_commits(
    commits: Sequence[Commit], record_id: str | None
) -> Iterator[Sequence[tuple[str, str]]]:
    """Yield for each commit, oldest first, the ids of records with what it did to each.

    Values are in the unit that their indicator had then.
    """
    units: dict[str, str] = defaultdict(str)
    for commit in commits:
        changes = [change for change in commit.changes if _is_in_record_history(change, record_id)]
        for change in changes:
            if change.table == "indicators" and change.op in {"create", "change"}:
                unit = _decode_unit(change.record if change.op == "create" else change.new)
                if unit is not None:
                    units[change.id] = unit
        yield _describe_history_commit(changes, units, is_summed=record_id is None)


def _describe_history_commit(
    changes: Sequence[Change], units: Mapping[str, str], *, is_summed: bool
) -> Sequence[tuple[str, str]]:
    """Return the ids of records with what a commit did to each, perhaps very many as one."""
    if is_summed and len(changes) > MOST_CHANGES:
        return [("", count_changes_in_history(changes))]
    return [
        (each.id, _describe_change(each, units[each.id] if each.op == "append" else ""))
        for each in changes
    ]


def _decode_unit(fields: Raw) -> str | None:
    """Return the unit in the fields of an indicator, "" for none; None: they do not say."""
    unit = msgspec.json.decode(fields, type=_Unit).unit
    return None if unit is msgspec.UNSET else unit or ""


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
