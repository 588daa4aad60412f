"""Find the record that a person means by its id or a name, never by a guess.

A record answers to its id, its name or alias, the beginning of its id, or a part of its
name; names are compared without quotes, dots, spaces and width. Where nothing fits it
answers to the pinyin of its name, its initials before the whole. The first of these ways
that fits decides; if it fits more than one record the name is refused with the candidates.
"""

from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from itertools import islice
from typing import Protocol, TypeAlias

from tracker.errors import Ambiguous, Candidate, InvalidInput, NotFound
from tracker.locale.translation import _
from tracker.model.names import compose_text, fold_name
from tracker.model.records import Document, Indicator, Initiative
from tracker.storage.base import RecordName, View

LedgerRecord: TypeAlias = Document | Initiative | Indicator
"""Record that people name, and change."""


class NameIndex(Protocol):
    """Records that can be named: the part of a view that a search by name takes."""

    def initiative(self, record_id: str) -> Initiative | None:
        """Return the initiative with exactly this id, None if there is none."""

    def indicator(self, record_id: str) -> Indicator | None:
        """Return the indicator with exactly this id, None if there is none."""

    def indicators_of(self, initiative_id: str) -> list[Indicator]:
        """Return the indicators of one initiative, in the order of entry."""

    def names(self, part: str = "") -> Iterator[RecordName]:
        """Yield the names of initiatives, then of indicators, at least those with ``part``.

        It is looked for as names are compared.
        """


MOST_CANDIDATES = 10

MOST_COMPARED = 10_000
"""Names that are compared to find the nearest ones where none fits."""


def find_record(index: NameIndex, words: str) -> Initiative | Indicator:
    """Return the initiative or indicator that a person means.

    Raises:
        NotFound: no record is called so; the nearest names are the candidates.
        Ambiguous: more than one record is called so.
        InvalidInput: there are no words.
    """
    words = words.strip()
    if not words:
        raise InvalidInput(_("The name of a record is empty; give its id or a part of its name."))
    typed = words.casefold()
    if can_look_up_as_id(typed):
        exact = index.indicator(typed) if "." in typed else index.initiative(typed)
        if exact is not None:
            return exact
    record_id = _find_id_by_name(index, words)
    if "." in record_id:
        return look_up_indicator(index, record_id)
    return look_up_initiative(index, record_id)


def find_initiative(index: NameIndex, words: str) -> Initiative:
    """Return the initiative that a person means; an indicator means its initiative.

    Raises:
        NotFound: no record is called so; the nearest names are the candidates.
        Ambiguous: more than one record is called so.
    """
    record = find_record(index, words)
    if isinstance(record, Indicator):
        return look_up_initiative(index, record.initiative_id)
    return record


def find_indicator(index: NameIndex, words: str) -> Indicator:
    """Return the indicator that a person means; an initiative means its only indicator.

    Raises:
        NotFound: no record is called so, or the initiative has no indicator.
        Ambiguous: more than one record is called so, or the initiative has more indicators.
    """
    record = find_record(index, words)
    if isinstance(record, Indicator):
        return record
    indicators = index.indicators_of(record.id)
    if not indicators:
        raise NotFound(
            _("{id} has no indicator yet; add one with: tracker add --to {id}").format(id=record.id)
        )
    if len(indicators) > 1:
        raise Ambiguous(
            _("{id} has {count} indicators; name one of them.").format(
                id=record.id, count=len(indicators)
            ),
            [Candidate(indicator.id, indicator.name) for indicator in indicators],
        )
    return indicators[0]


def find_indicator_ids(view: NameIndex, words: str) -> list[str]:
    """Return the id of the indicator that a person means, or all of an initiative.

    Raises:
        NotFound: no record, or more than one, is called so.
    """
    record = find_record(view, words)
    if isinstance(record, Indicator):
        return [record.id]
    return [indicator.id for indicator in view.indicators_of(record.id)]


def look_up_initiative(index: NameIndex, initiative_id: str) -> Initiative:
    """Return the initiative with exactly this id.

    Raises:
        NotFound: there is none.
    """
    initiative = index.initiative(initiative_id)
    if initiative is None:
        raise _build_lookup_error(initiative_id)
    return initiative


def look_up_indicator(index: NameIndex, indicator_id: str) -> Indicator:
    """Return the indicator with exactly this id.

    Raises:
        NotFound: there is none.
    """
    indicator = index.indicator(indicator_id)
    if indicator is None:
        raise _build_lookup_error(indicator_id)
    return indicator


def look_up_unit(index: NameIndex, indicator_id: str) -> str:
    """Return the unit of the indicator with exactly this id; empty where there is none."""
    indicator = index.indicator(indicator_id)
    return "" if indicator is None else indicator.unit or ""


def look_up_stored_record(
    view: View, kind: type[LedgerRecord], record_id: str
) -> LedgerRecord | None:
    """Return the record of a kind with exactly this id, None if there is none."""
    if kind is Document:
        return view.documents().get(record_id)
    return view.indicator(record_id) if kind is Indicator else view.initiative(record_id)


def can_look_up_as_id(words: str) -> bool:
    """Return whether a store may be asked for it: nothing else can be the id of a record."""
    return words.isascii() and words.replace("-", "").replace(".", "").isalnum()


def _build_lookup_error(record_id: str) -> NotFound:
    return NotFound(_("{id} is not in the ledger.").format(id=record_id))


def _find_id_by_name(index: NameIndex, words: str) -> str:
    typed, folded = compose_text(words.casefold()), fold_name(words)
    # The beginning of an id holds the hyphens that a name is compared without.
    names = list(index.names(words))
    ways: tuple[Callable[[RecordName], bool], ...] = (
        lambda named: any(
            typed == compose_text(name.casefold()) for name in _list_names_to_look_up(named)
        ),
        lambda named: any(folded == fold_name(name) for name in _list_names_to_look_up(named)),
        lambda named: named.id.startswith(typed),
        lambda named: any(folded in fold_name(name) for name in _list_names_to_look_up(named)),
    )
    for fits in ways:
        fitting = _leave_out_owned_in_lookup(named for named in names if fits(named))
        if fitting:
            return _refuse_ambiguous_lookup(words, fitting)
    fitting = look_up_by_pinyin(index, words)
    if fitting:
        return _refuse_ambiguous_lookup(words, fitting)
    raise NotFound(
        _('No record is called "{words}"; look with: tracker search TEXT').format(words=words),
        list_nearest_names(index, words),
    )


def look_up_by_pinyin(index: NameIndex, words: str) -> list[RecordName]:
    """Return the records whose names are written so in pinyin; most words are no pinyin."""
    letters = fold_name(words)
    if not can_look_up_as_pinyin(letters):
        return []
    from tracker.ledger.pinyin import list_pinyin_ways

    names = list(islice(index.names(), MOST_COMPARED))
    for fits in list_pinyin_ways(letters):
        fitting = _leave_out_owned_in_lookup(
            named
            for named in names
            if any(fits(fold_name(name)) for name in _list_names_to_look_up(named))
        )
        if fitting:
            return fitting
    return []


def can_look_up_as_pinyin(letters: str) -> bool:
    """Return whether a folded text may stand for Chinese in letters: one alone is too few."""
    return letters.isascii() and letters.isalnum() and sum(map(str.isalpha, letters)) > 1


def _leave_out_owned_in_lookup(fitting: Iterable[RecordName]) -> list[RecordName]:
    """Leave out the indicators whose initiative fits too; it stands for them."""
    records = list(fitting)
    ids = {named.id for named in records}
    return [named for named in records if not _look_up_owner_id(named.id) & ids]


def _look_up_owner_id(record_id: str) -> set[str]:
    """Return the id of an indicator's initiative in a set; an empty set for an initiative."""
    initiative_id, dot, _own = record_id.partition(".")
    return {initiative_id} if dot else set()


def _list_names_to_look_up(named: RecordName) -> Iterable[str]:
    return (named.name, *named.aliases)


def _refuse_ambiguous_lookup(words: str, fitting: Sequence[RecordName]) -> str:
    """Return the id of the only record that fits; refuse if there are more."""
    if len(fitting) == 1:
        return fitting[0].id
    raise Ambiguous(
        _('"{words}" fits {count} records; name one of them.').format(
            words=words, count=len(fitting)
        ),
        [Candidate(named.id, named.name) for named in fitting[:MOST_CANDIDATES]],
    )


def list_nearest_names(index: NameIndex, words: str) -> list[Candidate]:
    """Return at most five records that are called most like some words."""
    from difflib import get_close_matches

    folded = fold_name(words)
    labels: dict[str, Candidate] = {}
    for named in islice(index.names(), MOST_COMPARED):
        for name in (named.id, *_list_names_to_look_up(named)):
            labels.setdefault(fold_name(name)[:100], Candidate(named.id, named.name))
    close = get_close_matches(folded[:100], labels, n=5, cutoff=0.45)
    return list(dict.fromkeys(labels[name] for name in close))


def list_with_those_above(
    records: View, record: Initiative | Indicator
) -> list[Initiative | Indicator]:
    """Return a record and all above it, from the lowest up."""
    chain = [record]
    above = record.initiative_id if isinstance(record, Indicator) else record.parent
    while above is not None:
        initiative = look_up_initiative(records, above)
        chain.append(initiative)
        above = initiative.parent
    return chain


def look_up_those_above(
    initiative: Initiative,
    known: Container[str],
    find: Callable[[str], Initiative | None],
) -> list[Initiative]:
    """Return an initiative and those above it, from the lowest up, as far as they are needed.

    The list ends below the first parent that is known, is not there, or stands in it already.

    Args:
        initiative: the lowest one.
        known: ids of those that need not be looked up any more.
        find: returns an initiative by its id.
    """
    chain = [initiative]
    ids = {initiative.id}
    while (above := chain[-1].parent) is not None and above not in known and above not in ids:
        parent = find(above)
        if parent is None:
            break
        chain.append(parent)
        ids.add(above)
    return chain
