"""Initiatives with what they are part of and what is part of them: trees, searches, exports."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from itertools import groupby, islice
from operator import attrgetter
from typing import TypeAlias

from tracker import progress
from tracker.asking import ALL, Branch, Look, as_known, initiative_meant, item_of
from tracker.filters import asks_of_day, check_words, fits_day, fits_record
from tracker.knowledge import exists
from tracker.models import Filter, Indicator, Initiative, Item
from tracker.progress import Rollup

_Find: TypeAlias = Callable[[Filter, Collection[str]], Iterable[Initiative]]
"""The initiatives that may fit, and those of these ids, in the order of entry."""

_AT_ONCE = 500
"""Initiatives whose indicators are read together: so many are held, of however many."""


def branches(look: Look, root: str | None, where: Filter) -> Iterator[Branch]:
    """The initiatives that fit under their parents, which are there for their sake."""
    if root is None:
        known, seen = _with_those_above(look, where, look.existing), _rolled_up(look, where)
        tops = None
    else:
        top = initiative_meant(look, root)
        known, tops = _with_those_below(look, top), [top.id]
        seen = _rolled_up(look, where, known)
    below: dict[str | None, list[str]] = {}
    for key in _with_parents(_fitting(where, known, seen), known):
        parent = known[key].parent
        below.setdefault(parent if parent in known else None, []).append(key)
    for key in below.get(None, []) if tops is None else tops:
        yield from _branch(look, known, below, seen, (key, 0))


def fitting(look: Look, where: Filter) -> Iterator[Branch]:
    """The initiatives that fit, or of which an indicator fits, side by side."""
    seen = _rolled_up(look, where)
    known = {each.id: each for each in look.existing(where)}
    wanted = _fitting(where, known, seen)
    for key, each in known.items():
        if key in wanted:
            yield Branch(0, each, look.state(each), seen.get(key, progress.together()))


def _rolled_up(
    look: Look, where: Filter, owners: Collection[str] | None = None
) -> dict[str, Rollup]:
    """The indicators that fit, counted by their initiatives."""
    found: dict[str, Rollup] = {}
    for key, run in groupby(look.assessed(where, owners=owners), attrgetter("initiative_id")):
        own = progress.rollup(run, look.horizon.as_of)
        found[key] = progress.together(found[key], own) if key in found else own
    return found


def _with_those_above(look: Look, where: Filter, find: _Find) -> dict[str, Initiative]:
    """The initiatives that may fit and all that they are part of, in the order of entry."""
    known = {each.id: each for each in find(where, ())}
    above: set[str] = set()
    missing = {each.parent for each in known.values() if each.parent} - known.keys()
    while missing:
        above |= missing
        found = filter(None, map(look.view.initiative, missing))
        missing = {each.parent for each in found if each.parent} - known.keys() - above
    return {each.id: each for each in find(where, above)} if above else known


def _with_those_below(look: Look, top: Initiative) -> dict[str, Initiative]:
    """An initiative and all that is part of it, level by level."""
    known, level = {top.id: top}, [top]
    while level:
        below = look.children_of([each.id for each in level])
        level = [each for each in below if each.id not in known]
        known |= {each.id: each for each in level}
    return known


def _fitting(
    where: Filter,
    known: Mapping[str, Initiative],
    seen: Iterable[str],
) -> set[str]:
    wanted = set(seen)
    if not asks_of_day(where):
        wanted |= {key for key, each in known.items() if fits_record(where, each, None)}
    return wanted


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
    find: _Find = look.view.initiatives if everything else look.existing
    known = _with_those_above(look, where, find)
    for key in _with_parents(_fitting(where, known, owned), known):
        yield known[key], owned.get(key, [])


def _with_parents(fitting: set[str], known: Mapping[str, Initiative]) -> list[str]:
    wanted = set(fitting)
    for key in fitting:
        above = known[key].parent if key in known else None
        while above is not None and above in known and above not in wanted:
            wanted.add(above)
            above = known[above].parent
    return [key for key in known if key in wanted]


def _branch(
    look: Look,
    known: Mapping[str, Initiative],
    below: Mapping[str | None, list[str]],
    seen: Mapping[str, Rollup],
    at: tuple[str, int],
) -> Iterator[Branch]:
    key, depth = at
    under = [
        branch
        for child in below.get(key, [])
        for branch in _branch(look, known, below, seen, (child, depth + 1))
    ]
    of_children = (branch.rollup for branch in under if branch.depth == depth + 1)
    own = seen.get(key, progress.together())
    yield Branch(depth, known[key], look.state(known[key]), progress.together(own, *of_children))
    yield from under
