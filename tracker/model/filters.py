"""Filter records and assessments."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import force_setattr

from tracker.errors import InvalidInput
from tracker.locale.translation import _
from tracker.model.assessment import Assessment
from tracker.model.effective import find_effective_publication_day, list_sources_in_effect
from tracker.model.horizon import Horizon
from tracker.model.leads import (
    find_responsible_lead,
    find_responsible_person,
    list_supporting_bodies,
)
from tracker.model.names import fold_case_of_name, fold_name
from tracker.model.records import Indicator, Initiative
from tracker.model.vocabulary import VOCABULARY

Wanted: TypeAlias = str | Sequence[str] | None
"""What is asked of one field: one text, or several of which any will do."""


class WorkingSet(Struct, kw_only=True, frozen=True):
    """What screens and papers are about unless told otherwise: all that is given has to fit.

    Attributes:
        tag: tags, of which an initiative has one.
        document: parts of the ids of documents, of which one is a source.
        since: the first day on which it was promised: of its document, else its start, else
            the day of its entry.
    """

    tag: tuple[str, ...] = ()
    document: tuple[str, ...] = ()
    since: date | None = None


class Filter(Struct, kw_only=True, frozen=True):
    """Conditions on the records of a list; an empty filter lets all pass.

    Of several values of one field any will do; different fields must all fit. Texts match
    when they are contained, compared as names are; words of a closed vocabulary and tags
    match when they are equal. Days are inclusive. Whatever is given, a field holds a tuple.
    """

    place: Wanted = ()
    lead: Wanted = ()
    person: Wanted = ()
    category: Wanted = ()
    kind: Wanted = ()
    level: Wanted = ()
    document: Wanted = ()
    tag: Wanted = ()
    light: Wanted = ()
    state: Wanted = ()
    commitment: Wanted = ()
    due_before: date | None = None
    due_after: date | None = None
    text: Wanted = ()
    working_set: WorkingSet | None = None

    def __post_init__(self) -> None:
        """Hold what is wanted as tuples."""
        for field in TEXT_FIELDS:
            wanted = getattr(self, field)
            if type(wanted) is not tuple:
                values = () if wanted is None else (wanted,) if isinstance(wanted, str) else wanted
                force_setattr(self, field, tuple(values))

    def wanted(self, field: str) -> tuple[str, ...]:
        """Return what is asked of a field of texts; nothing where it is not asked about."""
        values: tuple[str, ...] = getattr(self, field)
        return values


REPORTED_ONLY = "none"
"""Word of the filter by commitment for what is only reported and promised by nobody."""

FILTER_WORDS = {field: VOCABULARY[field] for field in ("kind", "level", "light", "state")} | {
    "commitment": (*VOCABULARY["commitment"], REPORTED_ONLY)
}
"""Words that a filter takes of a field with a closed vocabulary."""

OPEN_FIELDS = ("place", "lead", "person", "category", "document", "tag", "text")
"""Fields of a filter that take any text."""

TEXT_FIELDS = (*OPEN_FIELDS, *FILTER_WORDS)

ALL = Filter()

_OF_DAY = ("light", "state", "commitment", "due_before", "due_after")
_OF_RECORDS = (*OPEN_FIELDS, "kind", "level")
_NOTHING_ASKED = (None, ())


def fits_filter_of_record(
    where: Filter, initiative: Initiative, indicator: Indicator | None
) -> bool:
    """Return whether a record fits the conditions of a filter that concern records."""
    if not filters_records(where):
        return True
    if where.kind and initiative.kind not in where.kind:
        return False
    if where.level and initiative.level not in where.wanted("level"):
        return False
    return all(
        not where.wanted(field)
        or fits_filter_values(where.wanted(field), field, initiative, indicator)
        for field in OPEN_FIELDS
    )


def fits_filter_values(
    wanted: Iterable[str], field: str, initiative: Initiative, indicator: Indicator | None
) -> bool:
    """Return whether a record has one of these values in one of ``OPEN_FIELDS``."""
    fold = fold_case_of_name if field == "document" else fold_name
    own = [fold(text) for text in list_filter_values(field, initiative, indicator)]
    if field == "tag":
        return any(fold(value) in own for value in wanted)
    return any(folded in text for folded in map(fold, wanted) for text in own)


def list_filter_values(
    field: str, initiative: Initiative, indicator: Indicator | None
) -> list[str]:
    """Return the texts of a record that one of ``OPEN_FIELDS`` is about."""
    values: Iterable[str | None]
    if field == "place":
        values = (initiative.place,)
    elif field == "category":
        values = (initiative.category,)
    elif field == "lead":
        lead = find_responsible_lead(initiative, indicator)
        values = (lead, *list_supporting_bodies(initiative, indicator))
    elif field == "person":
        values = (find_responsible_person(initiative, indicator),)
    elif field == "tag":
        values = initiative.tags
    elif field == "document":
        values = (source.document for source in list_sources_in_effect(initiative, indicator))
    else:
        values = list_filter_texts(initiative)
        if indicator is not None:
            values = (*values, *list_filter_texts(indicator))
    return [value for value in values if value]


def list_filter_texts(record: Initiative | Indicator) -> list[str]:
    """Return the texts of a record that a search reads."""
    texts: list[str | None] = [record.id, record.name, record.notes]
    if isinstance(record, Initiative):
        texts += [*record.aliases, *record.tags]
    texts += [record.lead, *record.support, record.person]
    return [text for text in texts if text]


def fits_working_set_filter(
    where: Filter, initiative: Initiative, indicator: Indicator | None, horizon: Horizon
) -> bool:
    """Return whether a record is in the working set of a filter; without one every record is."""
    chosen = where.working_set
    if chosen is None:
        return True
    for field, wanted in (("tag", chosen.tag), ("document", chosen.document)):
        if wanted and not fits_filter_values(wanted, field, initiative, indicator):
            return False
    if chosen.since is None:
        return True
    record = indicator if indicator is not None else initiative
    promised = find_effective_publication_day(
        list_sources_in_effect(initiative, indicator), horizon
    )
    if promised is None and indicator is not None:
        promised = indicator.start
    if promised is None and record.recorded_at is not None:
        promised = record.recorded_at.date()
    return promised is None or promised >= chosen.since


def fits_filter_of_assessment(where: Filter, assessment: Assessment) -> bool:
    """Return whether an assessment fits the conditions of a filter that concern a day."""
    if where.light and assessment.light not in where.light:
        return False
    if where.state and assessment.state not in where.state:
        return False
    if where.commitment and (assessment.commitment or REPORTED_ONLY) not in where.commitment:
        return False
    deadline = assessment.deadline
    if where.due_before is not None and (deadline is None or deadline > where.due_before):
        return False
    return where.due_after is None or (deadline is not None and deadline >= where.due_after)


def filters_assessments(where: Filter) -> bool:
    """Return whether a filter has conditions on assessments."""
    return any(getattr(where, field) not in _NOTHING_ASKED for field in _OF_DAY)


def filters_records(where: Filter) -> bool:
    """Return whether a filter has conditions on records."""
    return any(getattr(where, field) for field in _OF_RECORDS)


def refuse_wrong_filter(where: Filter) -> None:
    """Refuse a filter with a word that its vocabulary does not hold.

    Raises:
        InvalidInput: it has such a word.
    """
    for field, allowed in FILTER_WORDS.items():
        for word in where.wanted(field):
            if word not in allowed:
                raise InvalidInput(
                    _('--{field} is "{found}"; allowed: {allowed}.').format(
                        field=field, found=word, allowed=", ".join(allowed)
                    )
                )
