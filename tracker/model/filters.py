"""Filters on records and on assessments."""

from collections.abc import Iterable
from datetime import date

from msgspec import Struct

from tracker.errors import InvalidInput
from tracker.locale.translation import _
from tracker.model.assessment import Assessment
from tracker.model.records import Indicator, Initiative
from tracker.model.vocabulary import VOCABULARY


class Filter(Struct, kw_only=True, frozen=True):
    """Which records a list holds; an empty filter holds all.

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
    """Whether what a record says of itself fits a filter."""
    if not any(getattr(where, field) is not None for field in _OF_RECORDS):
        return True
    words = {"kind": initiative.kind, "level": initiative.level}
    if any(getattr(where, field) not in {None, word} for field, word in words.items()):
        return False
    if where.tag is not None and where.tag not in initiative.tags:
        return False
    sources = [*initiative.sources, indicator.source if indicator is not None else None]
    own = (indicator.name, indicator.id) if indicator is not None else ()
    texts: dict[str, Iterable[str | None]] = {
        "place": (initiative.place,),
        "category": (initiative.category,),
        "lead": (initiative.lead, *initiative.support),
        "document": [each.document for each in sources if each is not None],
        "text": (initiative.id, initiative.name, initiative.notes, *initiative.aliases, *own),
    }
    return all(_contained(getattr(where, field), held) for field, held in texts.items())


def fits_day(where: Filter, seen: Assessment) -> bool:
    """Whether how an indicator stands fits a filter."""
    if where.light not in {None, seen.light} or where.state not in {None, seen.state}:
        return False
    if where.due_before is not None and (seen.deadline is None or seen.deadline > where.due_before):
        return False
    return where.due_after is None or (
        seen.deadline is not None and seen.deadline >= where.due_after
    )


def asks_of_day(where: Filter) -> bool:
    """Whether a filter is about how indicators stand, not only about what records say."""
    return any(getattr(where, field) is not None for field in _OF_DAY)


def asks_of_record(where: Filter) -> bool:
    """Whether a filter is about what records say, not only about how indicators stand."""
    fields = (field for field in where.__struct_fields__ if field not in _OF_DAY)
    return any(getattr(where, field) is not None for field in fields)


def _contained(wanted: str | None, held: Iterable[str | None]) -> bool:
    if wanted is None:
        return True
    folded = wanted.casefold()
    return any(folded in text.casefold() for text in held if text is not None)


def check_words(where: Filter) -> None:
    """Refuse a filter with a word that its vocabulary does not hold."""
    for field in ("kind", "level", "light", "state"):
        found = getattr(where, field)
        if found is not None and found not in VOCABULARY[field]:
            raise InvalidInput(
                _('--{field} is "{found}"; allowed: {allowed}.').format(
                    field=field, found=found, allowed=", ".join(VOCABULARY[field])
                )
            )
