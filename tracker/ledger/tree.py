"""Initiatives with what they are part of and what is part of them: trees, searches, exports."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from itertools import groupby
from operator import attrgetter
from typing import TypeAlias

from tracker.assessment import rollup
from tracker.assessment.rollup import Rollup
from tracker.ledger.answers import Branch
from tracker.ledger.view import Look, initiative_meant
from tracker.model.filters import Filter, asks_of_day, fits_record
from tracker.model.records import Initiative

Find: TypeAlias = Callable[[Filter, Collection[str]], Iterable[Initiative]]
"""The initiatives that may fit, and those of these ids, in the order of entry."""


def branches(look: Look, root: str | None, where: Filter) -> Iterator[Branch]:
    """The initiatives that fit under their parents, which are there for their sake."""
    if root is None:
        known, seen = with_those_above(look, where, look.existing), _rolled_up(look, where)
        tops = None
    else:
        top = initiative_meant(look, root)
        known, tops = _with_those_below(look, top), [top.id]
        seen = _rolled_up(look, where, known)
    below: dict[str | None, list[str]] = {}
    for key in with_parents(fitting_ids(where, known, seen), known):
        parent = known[key].parent
        below.setdefault(parent if parent in known else None, []).append(key)
    for key in below.get(None, []) if tops is None else tops:
        yield from _branch(look, known, below, seen, (key, 0))


def fitting(look: Look, where: Filter) -> Iterator[Branch]:
    """The initiatives that fit, or of which an indicator fits, side by side."""
    seen = _rolled_up(look, where)
    known = {each.id: each for each in look.existing(where)}
    wanted = fitting_ids(where, known, seen)
    for key, each in known.items():
        if key in wanted:
            yield Branch(0, each, look.state(each), seen.get(key, rollup.together()))


def _rolled_up(
    look: Look, where: Filter, owners: Collection[str] | None = None
) -> dict[str, Rollup]:
    """The indicators that fit, counted by their initiatives."""
    found: dict[str, Rollup] = {}
    for key, run in groupby(look.assessed(where, owners=owners), attrgetter("initiative_id")):
        own = rollup.rollup(run, look.horizon.as_of)
        found[key] = rollup.together(found[key], own) if key in found else own
    return found


def with_those_above(look: Look, where: Filter, find: Find) -> dict[str, Initiative]:
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


def fitting_ids(
    where: Filter,
    known: Mapping[str, Initiative],
    seen: Iterable[str],
) -> set[str]:
    """Return the ids of the initiatives that fit, or of which an indicator fits."""
    wanted = set(seen)
    if not asks_of_day(where):
        wanted |= {key for key, each in known.items() if fits_record(where, each, None)}
    return wanted


def with_parents(fitting: set[str], known: Mapping[str, Initiative]) -> list[str]:
    """Return these ids and those of all their parents, in the order of ``known``."""
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
    own = seen.get(key, rollup.together())
    yield Branch(depth, known[key], look.state(known[key]), rollup.together(own, *of_children))
    yield from under
