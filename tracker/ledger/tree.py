"""Initiatives with those above and below them: trees, searches and exports."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from itertools import groupby
from operator import attrgetter
from typing import TypeAlias

from tracker.assessment import rollup
from tracker.assessment.obligations import ObligationCycles, list_obligation_cycle_ends
from tracker.assessment.rollup import Rollup
from tracker.ledger.answers import Branch
from tracker.ledger.view import LedgerView
from tracker.model.filters import (
    Filter,
    filters_assessments,
    fits_filter_of_record,
    fits_working_set_filter,
)
from tracker.model.records import Initiative

FindInitiatives: TypeAlias = Callable[[Filter, Collection[str]], Iterable[Initiative]]
"""Yields the initiatives that may fit, and those of these ids, in the order of entry."""


def list_tree_branches(view: LedgerView, root: str | None, where: Filter) -> Iterator[Branch]:
    """Yield the initiatives that fit, under their parents, whether these fit or not."""
    if root is None:
        known = find_tree_with_parents(view, where, view.existing_initiatives)
        rollups = _roll_up_tree(view, where)
        tops = None
    else:
        top = view.find_initiative(root)
        known, tops = _find_tree_with_children(view, top), [top.id]
        rollups = _roll_up_tree(view, where, known)
    children: dict[str | None, list[str]] = {}
    for initiative_id in add_parents_to_tree(
        list_fitting_tree_ids(view, where, known, rollups), known
    ):
        parent = known[initiative_id].parent
        children.setdefault(parent if parent in known else None, []).append(initiative_id)
    tops = children.get(None, []) if tops is None else tops
    yield from _build_tree_branches(view, known, children, rollups, tops)


def list_fitting_tree_branches(
    view: LedgerView, where: Filter, limit: int | None = None
) -> tuple[list[Branch], int]:
    """Return the initiatives that fit, or of which an indicator fits, side by side.

    Args:
        view: the ledger.
        where: the filter.
        limit: how many of them are wanted; None: all. The indicators of no others are judged
            where the filter does not ask how they stand.

    Returns:
        The first of them, and how many there are.
    """
    known = {each.id: each for each in view.existing_initiatives(where)}
    is_short = limit is not None and not filters_assessments(where)
    rollups = {} if is_short else _roll_up_tree(view, where)
    fitting = list_fitting_tree_ids(view, where, known, rollups)
    if is_short and (others := known.keys() - fitting):
        pairs = view.matching_pairs(where, owners=others)
        fitting |= {initiative.id for initiative, _indicator in pairs}
    all_fitting = [each for each in known.values() if each.id in fitting]
    first = all_fitting[:limit]
    if is_short:
        rollups = _roll_up_tree(view, where, [each.id for each in first])
    return [
        Branch(0, each, view.state(each), rollups.get(each.id, rollup.merge_rollups()))
        for each in first
    ], len(all_fitting)


def _roll_up_tree(
    view: LedgerView, where: Filter, owners: Collection[str] | None = None
) -> dict[str, Rollup]:
    """Count the indicators that fit, by the id of their initiative."""
    rollups: dict[str, Rollup] = {}
    day = view.horizon.as_of
    cycles = ObligationCycles(day)
    by_initiative = groupby(view.cases(where, owners=owners), attrgetter("initiative.id"))
    for initiative_id, members in by_initiative:
        cases = list(members)
        owing = {case.indicator.id for case in cases if list_obligation_cycle_ends(case, cycles)}
        counts = rollup.roll_up((case.assessment for case in cases), day, owing)
        if initiative_id in rollups:
            counts = rollup.merge_rollups(rollups[initiative_id], counts)
        rollups[initiative_id] = counts
    return rollups


def find_tree_with_parents(
    view: LedgerView, where: Filter, find: FindInitiatives
) -> dict[str, Initiative]:
    """Return the initiatives that may fit and all above them, by id, in the order of entry."""
    known = {each.id: each for each in find(where, ())}
    above: set[str] = set()
    missing = {each.parent for each in known.values() if each.parent} - known.keys()
    while missing:
        above |= missing
        parents = filter(None, map(view.records.initiative, missing))
        missing = {each.parent for each in parents if each.parent} - known.keys() - above
    return {each.id: each for each in find(where, above)} if above else known


def _find_tree_with_children(view: LedgerView, top: Initiative) -> dict[str, Initiative]:
    """Return an initiative and all below it, by id, level by level."""
    known, level = {top.id: top}, [top]
    while level:
        children = view.children_of([each.id for each in level])
        level = [each for each in children if each.id not in known]
        known |= {each.id: each for each in level}
    return known


def list_fitting_tree_ids(
    view: LedgerView, where: Filter, known: Mapping[str, Initiative], owners: Iterable[str]
) -> set[str]:
    """Return the ids of the initiatives that fit, and of the owners of indicators that fit."""
    fitting = set(owners)
    if not filters_assessments(where):
        fitting |= {
            each.id
            for each in known.values()
            if fits_filter_of_record(where, each, None)
            and fits_working_set_filter(where, each, None, view.horizon)
        }
    return fitting


def add_parents_to_tree(fitting: set[str], known: Mapping[str, Initiative]) -> list[str]:
    """Return these ids and those of all their parents, in the order of ``known``."""
    wanted = set(fitting)
    for initiative_id in fitting:
        above = known[initiative_id].parent if initiative_id in known else None
        while above is not None and above in known and above not in wanted:
            wanted.add(above)
            above = known[above].parent
    return [initiative_id for initiative_id in known if initiative_id in wanted]


def _build_tree_branches(
    view: LedgerView,
    known: Mapping[str, Initiative],
    children: Mapping[str | None, list[str]],
    rollups: Mapping[str, Rollup],
    tops: Collection[str],
) -> Iterator[Branch]:
    """Yield initiatives and all below them, parents before children; however deep they are."""
    depths: dict[str, int] = {}
    waiting = [(0, top) for top in reversed([*tops])]
    while waiting:
        depth, initiative_id = waiting.pop()
        if initiative_id not in depths:
            depths[initiative_id] = depth
            below = children.get(initiative_id, [])
            waiting += [(depth + 1, child) for child in reversed(below)]
    counts: dict[str, Rollup] = {}
    for initiative_id in reversed(depths):
        own = rollups.get(initiative_id, rollup.merge_rollups())
        below = children.get(initiative_id, [])
        parts = (counts[child] for child in below if child in counts)
        counts[initiative_id] = rollup.merge_rollups(own, *parts)
    for initiative_id, depth in depths.items():
        initiative = known[initiative_id]
        yield Branch(depth, initiative, view.state(initiative), counts[initiative_id])
