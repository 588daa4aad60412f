"""Validate records before they are stored: ids, texts, numbers, and fields that agree.

All problems of a record are found at once, a sentence for each field that names what
it holds and what is allowed.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from decimal import Decimal
from functools import cache

from msgspec import Struct
from msgspec.structs import astuple

from tracker.errors import InvalidInput, shorten_text
from tracker.locale.translation import _
from tracker.model.quantities import check_quantity_number
from tracker.model.records import (
    APPENDED_LISTS,
    Decision,
    Document,
    Entry,
    Indicator,
    Initiative,
    Judgement,
    Revision,
    Source,
    Update,
    Verdict,
)


class Problem(Struct, frozen=True, kw_only=True):
    """Sentence about something wrong with one record, shown beside the good records."""

    record: str
    sentence: str


NAME_LIMIT = 10_000
NOTE_LIMIT = 1_000_000
QUOTE_LIMIT = 120
ID_LIMIT = 80

# Left uncompiled: re compiles and keeps them at their first use.
_SLUG = r"[a-z0-9]+(?:-[a-z0-9]+)*"
_INDICATOR_ID = rf"{_SLUG}\.{_SLUG}"
_CONTROL = r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]"
_LINES = r"[\n\t]"
_MANY_LINES = frozenset({"note", "notes", "reason"})
_AGAINST = {("<=", "up"), ("<", "up"), (">=", "down"), (">", "down")}
_TARGETS = ("target", "target_high", "target_wording")
_NUMERIC = ("unit", "op", "direction", *_TARGETS, "stretch", "baseline", "interim")


def find_record_problems(record: Document | Initiative | Indicator) -> Iterator[Problem]:
    """Yield everything wrong with a whole record, a sentence each."""
    pattern = _INDICATOR_ID if isinstance(record, Indicator) else _SLUG
    # Sentences about the id quote it; all others begin with it.
    for sentence in _validate_id(record.id, pattern):
        yield Problem(record=record.id, sentence=sentence)
    for sentence in _validate_fields(record):
        yield Problem(record=record.id, sentence=f"{quote_validated_id(record.id)}: {sentence}")


def find_entry_problems(record: Initiative | Indicator, entry: Entry) -> Iterator[str]:
    """Yield a sentence for everything wrong with an entry to be added to a record."""
    yield from _validate_leaves(entry)
    lists = (getattr(record, field) for field in list_entry_lists_to_validate(record))
    earlier_ids = {other.id for entries in lists for other in entries if type(other) is type(entry)}
    yield from _validate_entry(record, entry, "", earlier_ids)


def list_entry_lists_to_validate(record: Struct) -> list[str]:
    """Return the names of the append-only lists that a record has."""
    return _list_entry_lists_of_kind(type(record))


@cache
def _list_entry_lists_of_kind(kind: type[Struct]) -> list[str]:
    return [field for field in kind.__struct_fields__ if field in APPENDED_LISTS]


def list_documents_to_validate(record: Struct) -> set[str]:
    """Return the ids of the documents that a record and its entries cite."""
    sources = list(getattr(record, "sources", ()))
    sources.append(getattr(record, "source", None))
    for field in list_entry_lists_to_validate(record):
        sources.extend(entry.source for entry in getattr(record, field))
    return {source.document for source in sources if source is not None}


def quote_validated_value(value: object) -> str:
    """Quote a value for a sentence: a text in quotes, anything long cut."""
    if value is None:
        return "null"
    if isinstance(value, Decimal):
        return shorten_text(str(value))
    try:
        text = value if isinstance(value, str) else repr(value)
    except RecursionError:
        text = type(value).__name__
    text = shorten_text(text)
    return _('"{text}"').format(text=text) if isinstance(value, str) else text


def quote_validated_id(record_id: object) -> str:
    """Write an id at the beginning of a sentence: in quotes if it is no valid id."""
    fits = isinstance(record_id, str) and re.fullmatch(rf"{_SLUG}(?:\.{_SLUG})?", record_id)
    return (
        str(record_id)
        if fits and len(str(record_id)) <= ID_LIMIT
        else quote_validated_value(record_id)
    )


def _validate_fields(record: Document | Initiative | Indicator) -> Iterator[str]:
    name = "title" if isinstance(record, Document) else "name"
    if not getattr(record, name).strip():
        yield _("{field} is missing; a new record needs one").format(field=name)
    yield from _validate_leaves(record)
    if isinstance(record, Indicator):
        yield from _validate_measure(record)
    if not isinstance(record, Document):
        for field in list_entry_lists_to_validate(record):
            yield from _validate_entries(record, field, getattr(record, field))


def _validate_id(record_id: str, pattern: str) -> Iterator[str]:
    if not re.fullmatch(pattern, record_id) or len(record_id) > ID_LIMIT:
        allowed = _("up to {limit} lower-case letters a-z, digits and single hyphens between them")
        if pattern is _INDICATOR_ID:
            allowed = _("initiative.indicator, each of letters a-z, digits and hyphens, up to 80")
        yield _("id is {found}; allowed: {allowed}").format(
            found=quote_validated_value(record_id), allowed=allowed.format(limit=ID_LIMIT)
        )


def _validate_leaves(record: Struct) -> Iterator[str]:
    """Yield what is wrong with any text or number of a record, at any depth."""
    if _has_usual_leaves(record):
        return
    for path, leaf in _walk_validated_leaves(record, ""):
        if isinstance(leaf, str):
            yield from _validate_text(path, leaf)
        else:
            try:
                check_quantity_number(leaf)
            except InvalidInput as error:
                yield f"{path}: {error.sentence}"


def _has_usual_leaves(value: Struct | list[object]) -> bool:
    """Return whether no text or number in a value can be wrong, in a fraction of the time."""
    if isinstance(value, Source) and len(value.quote or "") > QUOTE_LIMIT:
        return False
    for leaf in value if isinstance(value, list) else astuple(value):
        if leaf is None:
            continue
        if isinstance(leaf, str):
            if len(leaf) > NAME_LIMIT or not leaf.isprintable():
                return False
        elif isinstance(leaf, Decimal):
            if not _is_usual_number(leaf):
                return False
        elif isinstance(leaf, (list, Struct)) and not _has_usual_leaves(leaf):
            return False
    return True


def _is_usual_number(number: Decimal) -> bool:
    try:
        check_quantity_number(number)
    except InvalidInput:
        return False
    return True


def _walk_validated_leaves(value: object, path: str) -> Iterator[tuple[str, str | Decimal]]:
    if isinstance(value, str | Decimal):
        yield path, value
    elif isinstance(value, Struct):
        for name in value.__struct_fields__:
            yield from _walk_validated_leaves(
                getattr(value, name), f"{path}.{name}" if path else name
            )
    elif isinstance(value, list):
        for at, item in enumerate(value):
            yield from _walk_validated_leaves(item, f"{path}[{at}]")


def _validate_text(path: str, text: str) -> Iterator[str]:
    has_lines = path.rpartition(".")[2] in _MANY_LINES
    limit = NOTE_LIMIT if has_lines else NAME_LIMIT
    if path.endswith("source.quote") or re.fullmatch(r"sources\[\d+\]\.quote", path):
        limit = QUOTE_LIMIT
    if len(text) > limit:
        yield _("{field} has {size} characters; allowed: {limit}").format(
            field=path, size=len(text), limit=limit
        )
    if text.isprintable():
        return
    bad = re.search(_CONTROL, text) or (None if has_lines else re.search(_LINES, text))
    if bad is not None:
        yield _("{field} holds the control character {found}; allowed: printable text").format(
            field=path, found=ascii(bad.group())
        )


def _validate_measure(indicator: Indicator) -> Iterator[str]:
    if indicator.measure == "milestone":
        for field in _NUMERIC:
            value = getattr(indicator, field)
            if value not in (None, []):
                yield _("{field} is {found}; a milestone is done or not and has none").format(
                    field=field, found=quote_validated_value(value)
                )
        return
    if indicator.op == "range" and None in (indicator.target, indicator.target_high):
        yield _("op is range; target and target_high are its two ends and both needed")
    yield from _validate_target(indicator, indicator.target, indicator.target_high, "")


def _validate_target(
    indicator: Indicator, target: Decimal | None, high: Decimal | None, at: str
) -> Iterator[str]:
    baseline = indicator.baseline
    if (indicator.op, indicator.direction) in _AGAINST:
        yield _("op is {op}, but direction is {direction}; correct one of them").format(
            op=indicator.op, direction=indicator.direction
        )
    if any(n is not None and not n.is_finite() for n in (target, high, baseline)):
        return
    if high is not None and (target is None or high < target):
        yield _("{field} is {found}; allowed: not below target, which is {target}").format(
            field=f"{at}target_high", found=high, target=_("missing") if target is None else target
        )
    if target is None or baseline is None or indicator.direction is None:
        return
    actual = "hold" if target == baseline else "up" if target > baseline else "down"
    if actual != indicator.direction:
        yield _(
            "direction is {found}, but {field} leads from {baseline} to {target}, which is"
            " {actual}; correct one of them"
        ).format(
            found=indicator.direction,
            field=f"{at}target",
            baseline=baseline,
            target=target,
            actual=actual,
        )


def _validate_entries(
    record: Initiative | Indicator, field: str, entries: Sequence[Entry]
) -> Iterator[str]:
    ids: set[str] = set()
    for at, entry in enumerate(entries):
        if entry.id and entry.id in ids:
            yield _(
                "{field}[{at}] has the id {found} of an earlier one; remove one of the two,"
                " or give each an id of its own"
            ).format(field=field, at=at, found=quote_validated_value(entry.id))
        yield from _validate_entry(record, entry, f"{field}[{at}].", ids)
        ids.add(entry.id)


def _validate_entry(
    record: Initiative | Indicator, entry: Entry, at: str, earlier_ids: Collection[str]
) -> Iterator[str]:
    if entry.voids is not None and entry.voids not in earlier_ids:
        yield _("{field} is {found}; allowed: the id of an earlier entry of the same list").format(
            field=f"{at}voids", found=quote_validated_value(entry.voids)
        )
    if isinstance(entry, Decision) and entry.state is None and entry.voids is None:
        yield _("{field} is missing in the decision of {on}").format(
            field=f"{at}state", on=entry.on
        )
    if isinstance(entry, Judgement) and entry.confidence is None and entry.voids is None:
        yield _("{field} is missing in the judgement of {on}").format(
            field=f"{at}confidence", on=entry.on
        )
    if isinstance(entry, Verdict) and entry.verdict is None and entry.voids is None:
        yield _("{field} is missing in the verdict of {on}").format(
            field=f"{at}verdict", on=entry.on
        )
    if isinstance(record, Indicator) and isinstance(entry, Update):
        yield from _validate_update(record, entry, at)
    if isinstance(record, Indicator) and isinstance(entry, Revision):
        yield from _validate_revision(record, entry, at)


def _validate_update(indicator: Indicator, update: Update, at: str) -> Iterator[str]:
    own, other = ("done", "value") if indicator.measure == "milestone" else ("value", "done")
    if getattr(update, other) is not None:
        sentence = _("{field} is {found}; a number is reported as a value")
        if indicator.measure == "milestone":
            sentence = _("{field} is {found}; a milestone is reported as done")
        yield sentence.format(field=at + other, found=getattr(update, other))
    elif (getattr(update, own), update.share_of_plan, update.voids) == (None, None, None):
        yield _("{field} is missing in the update of {on}").format(field=at + own, on=update.on)
    if update.period_start is not None and update.period_start > update.on:
        yield _("{field} is {found}; allowed: not after {on}, the day it leads to").format(
            field=f"{at}period_start", found=update.period_start, on=update.on
        )


def _validate_revision(indicator: Indicator, revision: Revision, at: str) -> Iterator[str]:
    if indicator.measure == "number":
        yield from _validate_target(indicator, revision.target, revision.target_high, at)
        return
    sentence = _("{field} is set; a milestone is done or not and has none")
    if any(getattr(revision, field) is not None for field in _TARGETS):
        yield sentence.format(field=f"{at}target")
    if revision.interim is not None:
        yield sentence.format(field=f"{at}interim")
