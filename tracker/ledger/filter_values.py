"""Refuse a filter with a value that occurs nowhere, and name what is nearest."""

from collections.abc import Collection, Iterator

import msgspec

from tracker.errors import Candidate, NotFound, shorten_text
from tracker.ledger.lookup import list_nearest_names
from tracker.locale.translation import _, later
from tracker.model.filters import ALL, OPEN_FIELDS, Filter, fits_filter_values, list_filter_values
from tracker.model.names import fold_name
from tracker.storage.base import View

_REMEDIES = {
    "place": later("see: tracker status --by place"),
    "lead": later("see: tracker status --by lead"),
    "person": later("look with: tracker search TEXT"),
    "category": later("see: tracker status --by category"),
    "document": later("see: tracker documents"),
    "tag": later("look with: tracker search TEXT"),
    "text": later("look with: tracker search TEXT"),
}

MOST_NEAREST = 5
_LEAST_LIKENESS = 0.6


def check_filter_values(records: View, where: Filter, leads: Collection[str] = ()) -> None:
    """Refuse a value that no record has, whatever its state and the day.

    Args:
        records: the ledger.
        where: what is asked for.
        leads: the leads that have an address; they may be asked about without a record.

    Raises:
        NotFound: a value occurs nowhere; the nearest ones are the candidates.
    """
    for field in OPEN_FIELDS:
        for value in where.wanted(field):
            if not _occurs_as_filter_value(records, field, value, leads):
                sentence = _('No record has --{field} "{value}"; {remedy}').format(
                    field=field, value=shorten_text(value), remedy=_(_REMEDIES[field])
                )
                raise NotFound(sentence, _list_nearest_filter_values(records, field, value, leads))


def _occurs_as_filter_value(records: View, field: str, value: str, leads: Collection[str]) -> bool:
    """Return whether a record has a value; no more of them are read than it takes."""
    if field == "document" and any(value.casefold() in each for each in records.documents()):
        return True
    if field == "lead" and any(fold_name(value) in fold_name(lead) for lead in leads):
        return True
    where = msgspec.structs.replace(ALL, **{field: (value,)})
    return any(
        fits_filter_values((value,), field, initiative, None)
        for initiative in records.initiatives(where)
    ) or any(fits_filter_values((value,), field, *pair) for pair in records.candidates(where))


def _list_nearest_filter_values(
    records: View, field: str, value: str, leads: Collection[str]
) -> list[Candidate]:
    """Return at most ``MOST_NEAREST`` values of a field that are most like one."""
    if field == "text":
        return list_nearest_names(records, value)
    titled = _list_documents_by_title(records, value) if field == "document" else []
    if titled:
        return titled
    from difflib import SequenceMatcher

    wanted = fold_name(value)[:100]
    likeness: dict[str, float] = {}
    for own in _list_all_filter_values(records, field, leads):
        if own not in likeness:
            folded = fold_name(own)[:100]
            # A short word is not much like a long one that holds most of it.
            shared = len(set(wanted) & set(folded)) / len(set(wanted) or {""})
            likeness[own] = shared + SequenceMatcher(None, wanted, folded).ratio()
    near = [own for own, points in likeness.items() if points > _LEAST_LIKENESS]
    near.sort(key=lambda own: -likeness[own])
    return [Candidate(None, own) for own in near[:MOST_NEAREST]]


def _list_documents_by_title(records: View, words: str) -> list[Candidate]:
    """Return at most ``MOST_NEAREST`` documents that have some words in their title."""
    documents = records.documents().items()
    titles = [Candidate(key, each.title) for key, each in documents]
    return [each for each in titles if fold_name(words) in fold_name(each.name)][:MOST_NEAREST]


def _list_all_filter_values(records: View, field: str, leads: Collection[str]) -> Iterator[str]:
    if field == "document":
        yield from records.documents()
    elif field == "lead":
        yield from leads
    for initiative in records.initiatives(ALL):
        yield from list_filter_values(field, initiative, None)
    if field in {"lead", "person"}:
        for initiative, indicator in records.candidates(ALL):
            yield from list_filter_values(field, initiative, indicator)
