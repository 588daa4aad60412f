"""Filter records and assessments."""

from collections.abc import Iterable
from datetime import date

from msgspec import Struct

from tracker.errors import InvalidInput
from tracker.locale.translation import _
from tracker.model.assessment import Assessment
from tracker.model.records import Indicator, Initiative
from tracker.model.vocabulary import VOCABULARY


class Filter(Struct, kw_only=True, frozen=True):
    """Conditions on the records of a list; an empty filter lets all pass.

    Texts match when they are contained, whatever the case; words of a closed
    vocabulary and tags match when they are equal. Days are inclusive.
    """

    place: str | None = None
    lead: str | None = None
    category: str | None = None
    kind: str | None = None
    level: str | None = None
    document: str | None = None
    tag: str | None = None
    light: str | None = None
    state: str | None = None
    due_before: date | None = None
    due_after: date | None = None
    text: str | None = None


ALL = Filter()

_OF_DAY = frozenset({"light", "state", "due_before", "due_after"})
_OF_RECORDS = ("place", "lead", "category", "kind", "level", "document", "tag", "text")


def fits_record(where: Filter, initiative: Initiative, indicator: Indicator | None) -> bool:
    """Return whether a record fits the conditions of a filter that concern records."""
    if not filters_records(where):
        return True
    words = {"kind": initiative.kind, "level": initiative.level}
    if any(getattr(where, field) not in {None, word} for field, word in words.items()):
        return False
    if where.tag is not None and where.tag not in initiative.tags:
        return False
    sources = [*initiative.sources, indicator.source if indicator is not None else None]
    names = (indicator.name, indicator.id) if indicator is not None else ()
    texts: dict[str, Iterable[str | None]] = {
        "place": (initiative.place,),
        "category": (initiative.category,),
        "lead": (initiative.lead, *initiative.support),
        "document": [source.document for source in sources if source is not None],
        "text": (initiative.id, initiative.name, initiative.notes, *initiative.aliases, *names),
    }
    return all(_contains_text(getattr(where, field), own) for field, own in texts.items())


def fits_assessment(where: Filter, assessment: Assessment) -> bool:
    """Return whether an assessment fits the conditions of a filter that concern a day."""
    if where.light not in {None, assessment.light} or where.state not in {None, assessment.state}:
        return False
    deadline = assessment.deadline
    if where.due_before is not None and (deadline is None or deadline > where.due_before):
        return False
    return where.due_after is None or (deadline is not None and deadline >= where.due_after)


def filters_assessments(where: Filter) -> bool:
    """Return whether a filter has conditions on assessments."""
    return any(getattr(where, field) is not None for field in _OF_DAY)


def filters_records(where: Filter) -> bool:
    """Return whether a filter has conditions on records."""
    return any(getattr(where, field) is not None for field in _OF_RECORDS)


def _contains_text(part: str | None, texts: Iterable[str | None]) -> bool:
    if part is None:
        return True
    folded = part.casefold()
    return any(folded in text.casefold() for text in texts if text is not None)


def refuse_wrong_filter(where: Filter) -> None:
    """Refuse a filter with a word that its vocabulary does not hold.

    Raises:
        InvalidInput: it has such a word.
    """
    for field in ("kind", "level", "light", "state"):
        word = getattr(where, field)
        if word is not None and word not in VOCABULARY[field]:
            raise InvalidInput(
                _('--{field} is "{found}"; allowed: {allowed}.').format(
                    field=field, found=word, allowed=", ".join(VOCABULARY[field])
                )
            )
