"""Export records with the state and the entries of a day."""

from collections.abc import Iterator
from itertools import islice

from tracker.ledger.tree import Find, fitting_ids, with_parents, with_those_above
from tracker.ledger.view import Look
from tracker.model.effective import exists, is_known, printed, state_of
from tracker.model.filters import ALL, Filter, asks_of_day, check_words, fits_day, fits_record
from tracker.model.horizon import Horizon
from tracker.model.records import APPENDED, Indicator, Initiative, Item


def item_of(look: Look, initiative: Initiative, indicators: list[Indicator]) -> Item:
    """An initiative as it is exchanged: its state, and the indicators with it."""
    plain = {field: getattr(initiative, field) for field in initiative.__struct_fields__}
    state = state_of(initiative.decisions, look.horizon)
    return Item(**plain, state=state, indicators=indicators)


def as_known(item: Item, horizon: Horizon) -> Item:
    """The item with only what was effective and known by both days."""
    for record in (item, *item.indicators):
        for field in APPENDED & set(record.__struct_fields__):
            entries = getattr(record, field)
            setattr(record, field, [e for e in entries if is_known(e, horizon)])
    item.sources = printed(item.sources, horizon)
    return item


_AT_ONCE = 500
"""Initiatives whose indicators are read together: so many are held, of however many."""


def exported(look: Look, where: Filter, *, everything: bool) -> Iterator[Item]:
    """The initiatives that fit with their indicators; ``everything``: whatever the day.

    What they are part of comes with them, without indicators, so that the whole can be
    read into another ledger.
    """
    check_words(where)
    pairs = (_all if where == ALL else _chosen)(look, where, everything=everything)
    for initiative, indicators in pairs:
        item = item_of(look, initiative, indicators)
        yield item if everything else as_known(item, look.horizon)


def _all(
    look: Look, where: Filter, *, everything: bool
) -> Iterator[tuple[Initiative, list[Indicator]]]:
    found = iter(look.view.initiatives(where))
    while some := {each.id: each for each in islice(found, _AT_ONCE)}:
        owned: dict[str, list[Indicator]] = {}
        for initiative, indicator in look.view.candidates(where, owners=some):
            if everything or exists(initiative, indicator, look.horizon):
                owned.setdefault(initiative.id, []).append(indicator)
        for each in some.values():
            if everything or exists(each, None, look.horizon):
                yield each, owned.get(each.id, [])


def _chosen(
    look: Look, where: Filter, *, everything: bool
) -> Iterator[tuple[Initiative, list[Indicator]]]:
    owned: dict[str, list[Indicator]] = {}
    for initiative, indicator in look.view.candidates(where):
        there = everything or exists(initiative, indicator, look.horizon)
        if not there or not fits_record(where, initiative, indicator):
            continue
        if not asks_of_day(where) or fits_day(where, look.assess(initiative, indicator)):
            owned.setdefault(initiative.id, []).append(indicator)
    find: Find = look.view.initiatives if everything else look.existing
    known = with_those_above(look, where, find)
    for key in with_parents(fitting_ids(where, known, owned), known):
        yield known[key], owned.get(key, [])
