"""Who is meant: from what a person calls a record to its id, never by a guess.

A record answers to its id, the beginning of its id, its name or alias, or a part of
them. The first of these ways that fits decides; if it fits more than one record the
name is refused with the candidates.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Protocol, TypeVar

from tracker.errors import Ambiguous, InvalidInput, NotFound
from tracker.locale.translation import _
from tracker.model.records import Indicator, Initiative
from tracker.storage.base import Named, View

Found = TypeVar("Found", Initiative, Indicator)


class Roll(Protocol):
    """Who can be named: the part of a view that this takes."""

    def initiative(self, record_id: str) -> Initiative | None:
        """The initiative with exactly this id."""

    def indicator(self, record_id: str) -> Indicator | None:
        """The indicator with exactly this id."""

    def indicators_of(self, initiative_id: str) -> list[Indicator]:
        """The indicators of one initiative, in the order of entry."""

    def names(self, part: str = "") -> Iterator[Named]:
        """What the initiatives, then the indicators are called, at least where ``part`` is."""


MOST_CANDIDATES = 10

MOST_COMPARED = 10_000
"""Names that are looked through for the nearest ones, where none was right."""


def initiative_id(view: Roll, words: str) -> str:
    """The id of the initiative that is meant; an indicator means its initiative.

    Raises:
        NotFound: nothing is called so; the nearest names are the candidates.
        Ambiguous: more than one record is called so.
    """
    return _record_id(view, words).partition(".")[0]


def indicator_id(view: Roll, words: str) -> str:
    """The id of the indicator that is meant; an initiative means its only indicator.

    Raises:
        NotFound: nothing is called so, or the initiative has no indicator.
        Ambiguous: more than one record is called so, or the initiative has more indicators.
    """
    found = _record_id(view, words)
    if "." in found:
        return found
    own = view.indicators_of(found)
    if not own:
        raise NotFound(
            _("{id} has no indicator yet; add one with: tracker add --to {id}").format(id=found)
        )
    if len(own) > 1:
        raise Ambiguous(
            _("{id} has {count} indicators; name one of them.").format(id=found, count=len(own)),
            [f"{each.id}  {each.name}" for each in own],
        )
    return own[0].id


def record_id(view: Roll, words: str) -> str:
    """The id of the initiative or indicator that is meant.

    Raises:
        NotFound: nothing is called so; the nearest names are the candidates.
        Ambiguous: more than one record is called so.
    """
    return _record_id(view, words)


def the_initiative(view: Roll, initiative_id: str) -> Initiative:
    """The initiative with exactly this id.

    Raises:
        NotFound: there is none.
    """
    return _there(view.initiative(initiative_id), initiative_id)


def the_indicator(view: Roll, indicator_id: str) -> Indicator:
    """The indicator with exactly this id.

    Raises:
        NotFound: there is none.
    """
    return _there(view.indicator(indicator_id), indicator_id)


def _there(found: Found | None, record_id: str) -> Found:
    if found is None:
        raise NotFound(_("{id} is not in the ledger.").format(id=record_id))
    return found


def _record_id(view: Roll, words: str) -> str:
    words = words.strip()
    if not words:
        raise InvalidInput(_("The name of a record is empty; give its id or a part of its name."))
    folded = words.casefold()
    if is_like_an_id(folded):
        exact = view.indicator(folded) if "." in folded else view.initiative(folded)
        if exact is not None:
            return exact.id
    everything = list(view.names(folded))
    ways: tuple[Callable[[Named], bool], ...] = (
        lambda each: any(folded == called.casefold() for called in _called(each)),
        lambda each: each.id.startswith(folded),
        lambda each: any(folded in called.casefold() for called in _called(each)),
    )
    for fits in ways:
        found = [each for each in everything if fits(each)]
        # What fits an initiative often fits its indicators too; it stands for them.
        standing = {each.id for each in found}
        found = [each for each in found if not _owner(each.id) & standing]
        if found:
            return _the_one(words, found)
    raise NotFound(
        _('No record is called "{words}"; look with: tracker search TEXT').format(words=words),
        _nearest(folded, islice(view.names(), MOST_COMPARED)),
    )


def is_like_an_id(words: str) -> bool:
    """Whether a store may be asked for it: anything else could not be the id of a record."""
    return words.isascii() and words.replace("-", "").replace(".", "").isalnum()


def _owner(record_id: str) -> set[str]:
    """The id of the initiative of an indicator; nothing for an initiative."""
    initiative, dot, _own = record_id.partition(".")
    return {initiative} if dot else set()


def _called(record: Named) -> Iterable[str]:
    return (record.name, *record.aliases)


def _the_one(words: str, found: Sequence[Named]) -> str:
    if len(found) == 1:
        return found[0].id
    raise Ambiguous(
        _('"{words}" fits {count} records; name one of them.').format(
            words=words, count=len(found)
        ),
        [f"{each.id}  {each.name}" for each in found[:MOST_CANDIDATES]],
    )


def _nearest(folded: str, everything: Iterable[Named]) -> list[str]:
    from difflib import get_close_matches

    labels: dict[str, str] = {}
    for each in everything:
        for called in (each.id, *_called(each)):
            labels.setdefault(called.casefold()[:100], f"{each.id}  {each.name}")
    close = get_close_matches(folded[:100], labels, n=5, cutoff=0.45)
    return list(dict.fromkeys(labels[each] for each in close))


def indicator_ids(view: View, words: str) -> list[str]:
    """The indicator that is meant, or all of the initiative that is meant.

    Raises:
        NotFound: nothing, or more than one record, is called so.
    """
    meant = record_id(view, words)
    if "." in meant:
        return [meant]
    return [each.id for each in view.indicators_of(meant)]


def found(view: View, words: str) -> Initiative | Indicator:
    """The record that is meant, as it was entered.

    Raises:
        NotFound: nothing, or more than one record, is called so.
    """
    meant = record_id(view, words)
    return the_indicator(view, meant) if "." in meant else the_initiative(view, meant)
