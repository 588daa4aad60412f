"""Queries on a view of the ledger."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from heapq import heappop, heappush
from operator import itemgetter
from typing import TYPE_CHECKING

from tracker.assessment.case import Case
from tracker.assessment.light import is_overdue
from tracker.ledger import lookup
from tracker.ledger.answers import Explained, Shown
from tracker.ledger.view import Look, initiative_meant, names_of, refuse_not_yet
from tracker.model.assessment import Assessment
from tracker.model.effective import exists
from tracker.model.filters import ALL, Filter, check_words, fits_day, fits_record
from tracker.model.records import Indicator, Initiative
from tracker.storage.base import InOrder

if TYPE_CHECKING:
    from tracker.assessment.checks import Finding
    from tracker.assessment.obligations import Cycles, Owed


def longest_overdue(
    look: Look, view: InOrder, where: Filter, due_by: date, limit: int
) -> tuple[list[Assessment], bool]:
    """So many of the longest overdue, and whether there are more; no more are judged.

    A deadline in force is never before the first one there was, so what comes later by
    its first deadline cannot come before what is known to be overdue since earlier.
    """
    check_words(where)
    waiting: list[tuple[date, str, Assessment]] = []
    found: list[Assessment] = []
    for due, initiative, indicator in view.soonest(where, due_by, look.settled):
        while waiting and waiting[0][0] < due and len(found) <= limit:
            found.append(heappop(waiting)[2])
        if len(found) > limit:
            break
        if fits_record(where, initiative, indicator) and exists(
            initiative, indicator, look.horizon
        ):
            seen = look.assess(initiative, indicator)
            if fits_day(where, seen) and is_overdue(seen, look.horizon.as_of):
                heappush(waiting, (seen.deadline or due, seen.id, seen))
    found += [each for _due, _id, each in sorted(waiting, key=itemgetter(0, 1))]
    return found[:limit], len(found) > limit


def shown(look: Look, words: str, *, everything: bool) -> Shown:
    """All about the initiative that is meant; ``everything``: entries of later days too.

    Raises:
        NotFound: nothing is called so, or it was not there yet.
    """
    from tracker.assessment.pace import pace_of
    from tracker.ledger.export import as_known, item_of

    initiative = initiative_meant(look, words)
    indicators = [
        each
        for each in look.view.indicators_of(initiative.id)
        if exists(initiative, each, look.horizon)
    ]
    seen = [look.assess(initiative, each) for each in indicators]
    paces = [pace_of(each, look.horizon) for each in indicators]
    item = item_of(look, initiative, indicators)
    above = look.view.initiative(initiative.parent) if initiative.parent else None
    parent = above if above is not None and exists(above, None, look.horizon) else None
    if not everything:
        item = as_known(item, look.horizon)
    return Shown(
        look.horizon.as_of,
        item,
        seen,
        paces,
        parent,
        look.children_of([initiative.id]),
        look.documents,
    )


def explained(look: Look, words: str) -> Explained:
    """The working of the light of one indicator.

    Raises:
        NotFound: no one indicator is called so, or it was not there yet.
    """
    from tracker.assessment.explanation import working_of
    from tracker.assessment.pace import pace_of

    initiative, indicator = get_indicator_of(look, words)
    state = look.state(initiative, indicator)
    return Explained(
        look.horizon.as_of,
        look.assess(initiative, indicator),
        working_of(indicator, state, look.horizon, look.rules),
        pace_of(indicator, look.horizon),
        look.documents,
    )


def behind(look: Look, where: Filter) -> list[Assessment]:
    """What is red or yellow, the worst gap first; before these, what is overdue without one."""
    found = [each for each in look.assessed(where) if each.light in {"red", "yellow"}]
    return sorted(found, key=_badness)


def _badness(seen: Assessment) -> tuple[int, Decimal, str]:
    if seen.gap is not None:
        return 1, seen.gap, seen.id
    if seen.days_late is not None:
        return 0, Decimal(-seen.days_late), seen.id
    return 2, Decimal(seen.days_left or 0), seen.id


def owing(look: Look, where: Filter) -> "tuple[list[Assessment], list[Owed]]":
    """The indicators that fit, and the reports that are owed on them."""
    from tracker.assessment.obligations import Cycles

    cycles = Cycles(look.horizon.as_of)
    everything, owed = [], []
    for case in look.cases(where):
        everything.append(case.assessment)
        due = owing_of(case, cycles)
        owed += [due] if due is not None else []
    owed.sort(key=lambda each: (each.first_owed, each.id))
    return everything, owed


def owing_of(case: Case, cycles: "Cycles") -> "Owed | None":
    """What is owed on one indicator; None where nothing is."""
    from tracker.assessment.obligations import owed_on

    return owed_on(case, cycles)


def ends_owed(case: Case, cycles: "Cycles") -> list[date]:
    """The last days of the cycles that ``owing_of`` counts."""
    from tracker.assessment.obligations import ends_owed as unreported

    return unreported(case, cycles)


def findings(look: Look, where: Filter, only: Iterable[str]) -> "list[Finding]":
    """What the honesty checks find about the indicators that fit."""
    from tracker.assessment import checks

    everything = None if where == ALL else look.cases(ALL)
    return checks.checked(look.cases(where), everything, only)


def get_indicator_of(look: Look, words: str) -> tuple[Initiative, Indicator]:
    """Return the indicator that a person means, with its initiative.

    Raises:
        NotFound: no one indicator is called so, or it was not there yet.
    """
    found = names_of(look, words, lookup.indicator_id)
    initiative = initiative_meant(look, found.partition(".")[0])
    indicator = look.view.indicator(found)
    if indicator is None or not exists(initiative, indicator, look.horizon):
        raise refuse_not_yet(found, look)
    return initiative, indicator


def citations(look: Look) -> Mapping[str, int]:
    """How many initiatives and indicators each document is a source of, by its id."""
    cited: list[str] = []
    for initiative in look.existing(ALL):
        cited += {each.document for each in initiative.sources}
    cited += [
        indicator.source.document
        for _initiative, indicator in look.records(ALL)
        if indicator.source is not None
    ]
    return Counter(cited)
