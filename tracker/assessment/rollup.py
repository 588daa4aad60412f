"""Count many indicators: every list, screen and paper counts with this, so that they agree."""

from collections import Counter
from collections.abc import Callable, Collection, Container, Iterable, Mapping
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from msgspec import Struct

from tracker.assessment.light import LIGHTS_BY_SEVERITY, LIT_STATES
from tracker.assessment.promises import BINDING, is_promise_due, is_promise_overdue
from tracker.model.assessment import Assessment
from tracker.model.vocabulary import Commitment, Fulfilment, Light, State

if TYPE_CHECKING:
    from tracker.assessment.case import Case
    from tracker.model.outlooks import CountedIndicators

MemberT = TypeVar("MemberT")


class Rollup(NamedTuple):
    """Counts of indicators; shares of different units are never added up.

    Attributes:
        indicators: all, whatever they are.
        met: promises that are met, active or closed.
        due: active promises that are open and have their deadline ahead.
        overdue: active outcomes that are not met, past their deadline.
        stopped: what is suspended or cancelled; of it nothing but this and what it is counts.
        light: the worst light of what is active or closed.
        promises: outcomes and efforts.
        reported: what is only reported, with neither target nor deadline.
        visions: visions, which bind nobody.
        projections: projections, which bind nobody.
        kept: promises of something to be kept that are kept so far and not met yet.
        awaiting_verdict: active efforts past their deadline of which nobody has said what
            became of them.
        verdict_kept: promises found kept.
        verdict_partly: promises found kept in part.
        verdict_broken: promises found broken.
        verdict_unclear: promises of which nobody can tell.
        active: what is active.
        active_promises: promises that are active; the lights are counted among them.
        red: active promises that are red.
        yellow: active promises that are yellow.
        green: active promises that are green.
        none: active promises without a light.
        suspended: what is suspended.
        closed: what is closed.
        cancelled: what is cancelled.
        closed_unmet: closed outcomes that are not met, past their deadline.
        unreported: active promises on which a report is owed.
        overdue_assumed: those of the overdue whose deadline rests on an assumed year.
    """

    indicators: int
    met: int
    due: int
    overdue: int
    stopped: int
    light: Light
    promises: int
    reported: int
    visions: int
    projections: int
    kept: int
    awaiting_verdict: int
    verdict_kept: int
    verdict_partly: int
    verdict_broken: int
    verdict_unclear: int
    active: int
    active_promises: int
    red: int
    yellow: int
    green: int
    none: int
    suspended: int
    closed: int
    cancelled: int
    closed_unmet: int
    unreported: int
    overdue_assumed: int


_NAME_OF_COMMITMENT: dict[Commitment | None, str] = {
    "outcome": "promises",
    "effort": "promises",
    "vision": "visions",
    "projection": "projections",
    None: "reported",
}
"""Count that an indicator belongs to by its commitment."""


COUNTED = (
    "indicators",
    "promises",
    "reported",
    "visions",
    "projections",
    "active",
    "active_promises",
    "red",
    "yellow",
    "green",
    "none",
    "met",
    "kept",
    "overdue",
    "overdue_assumed",
    "unreported",
    "awaiting_verdict",
    "verdict_kept",
    "verdict_partly",
    "verdict_broken",
    "verdict_unclear",
    "suspended",
    "closed",
    "cancelled",
)
"""Counts of a whole list, in their order on screens and papers."""

SHOWN_IF_ANY = frozenset(COUNTED) - {"indicators", "promises", "met", "overdue", "unreported"}
"""Counts that people see only where there is something to count."""


_BITS = {name: 1 << at for at, name in enumerate(f for f in Rollup._fields if f != "light")}
_LIGHT_AT = len(_BITS)
"""Bit from which on the light stands, as its place in ``LIGHTS_BY_SEVERITY``."""


_STATES: tuple[State, ...] = ("active", "suspended", "cancelled", "closed")


def roll_up(
    assessments: Iterable[Assessment], day: date, owing: Container[str] = frozenset()
) -> Rollup:
    """Count indicators and find the worst light among them.

    Args:
        assessments: how they stand.
        day: the day that is looked at.
        owing: the ids of those on which a report is owed.
    """
    return sum_rollup_marks(
        Counter(mark_for_rollup(each, day, is_owing=each.id in owing) for each in assessments)
    )


def mark_for_rollup(assessment: Assessment, day: date, *, is_owing: bool) -> int:
    """Return what one indicator counts as on a day: a bit for each count, above them its light.

    Args:
        assessment: how it stands.
        day: the day that is looked at.
        is_owing: whether a report is owed on it.
    """
    return _compose_rollup_mark(
        _RolledUp(
            assessment.commitment,
            assessment.state,
            assessment.light,
            assessment.verdict,
            is_owing,
            assessment.met_on is not None,
            bool(assessment.kept),
            is_promise_overdue(assessment, day),
            is_promise_due(assessment),
            assessment.deadline_basis == "assumed",
            assessment.awaiting_verdict_since is not None,
        )
    )


class _RolledUp(Struct, frozen=True, gc=False):
    """Everything that a mark depends on; many indicators share it."""

    commitment: Commitment | None
    state: State
    light: Light
    verdict: Fulfilment | None
    is_owing: bool
    is_met: bool
    is_kept: bool
    is_missed: bool
    is_due: bool
    is_assumed: bool
    awaits_verdict: bool


@cache
def _compose_rollup_mark(about: _RolledUp) -> int:
    """Return the mark of an indicator; that of each kind is composed once."""
    mark = build_rollup_mark("indicators", about.state, _NAME_OF_COMMITMENT[about.commitment])
    if about.is_owing:
        mark |= _BITS["unreported"]
    is_binding = about.commitment in BINDING
    if is_binding and about.verdict is not None:
        mark |= _BITS[f"verdict_{about.verdict}"]
    if about.state not in LIT_STATES:
        return mark | _BITS["stopped"]
    if is_binding:
        mark |= build_rollup_mark(*_list_rollup_counts_of_promise(about))
    return mark | LIGHTS_BY_SEVERITY.index(about.light) << _LIGHT_AT


def _list_rollup_counts_of_promise(about: _RolledUp) -> list[str]:
    """Return the counts that only a promise which is active or closed belongs to."""
    names = ["met"] if about.is_met else ["kept"] if about.is_kept else []
    if about.state == "closed":
        return names + (["closed_unmet"] if about.is_missed else [])
    names += ["active_promises", about.light]
    if about.is_missed:
        names.append("overdue")
    if about.is_missed and about.is_assumed:
        names.append("overdue_assumed")
    if about.is_due:
        names.append("due")
    if about.awaits_verdict:
        names.append("awaiting_verdict")
    return names


def count_case_in_rollup(case: "Case", *, is_owing: bool) -> "CountedIndicators":
    """Return what one indicator counts as on the day of its case."""
    from tracker.model.outlooks import CountedIndicators

    mark = mark_for_rollup(case.assessment, case.horizon.as_of, is_owing=is_owing)
    return CountedIndicators(case.initiative, case.indicator, mark, 1)


def sum_rollup_marks(marks: Mapping[int, int]) -> Rollup:
    """Add up marks of ``mark_for_rollup``, each with the number of indicators that have it."""
    counts = {
        name: sum(number for mark, number in marks.items() if mark & bit)
        for name, bit in _BITS.items()
    }
    worst = max((mark >> _LIGHT_AT for mark in marks), default=0)
    return Rollup(light=LIGHTS_BY_SEVERITY[worst], **counts)


def build_rollup_mark(*counts: str) -> int:
    """Return the bits that a mark of ``mark_for_rollup`` has for some counts."""
    return sum(_BITS[name] for name in counts)


def read_rollup_mark(mark: int) -> tuple[State, Light]:
    """Return the state and the light of an indicator that has a mark of ``mark_for_rollup``."""
    state = next(state for state in _STATES if mark & _BITS[state])
    return state, LIGHTS_BY_SEVERITY[mark >> _LIGHT_AT]


def merge_rollups(*rollups: Rollup) -> Rollup:
    """Add up several roll-ups of different indicators."""
    sums: dict[str, Any] = {
        name: sum(getattr(part, name) for part in rollups)
        for name in Rollup._fields
        if name != "light"
    }
    lights: list[Light] = ["none", *(part.light for part in rollups)]
    return Rollup(light=max(lights, key=LIGHTS_BY_SEVERITY.index), **sums)


def group_for_rollup(
    members: Iterable[MemberT], names_of: Callable[[MemberT], Collection[str]]
) -> dict[str | None, list[MemberT]]:
    """Group by names of which a member may have several, such as its leads.

    It stands in the group of each of its names; without any, in the group None.
    """
    groups: dict[str | None, list[MemberT]] = {}
    for member in members:
        for name in names_of(member) or (None,):
            groups.setdefault(name, []).append(member)
    return groups


def count_rolled_up_in_several(
    members: Iterable[MemberT], names_of: Callable[[MemberT], Collection[str]]
) -> int:
    """Return how many members stand in more than one group of ``group_for_rollup``."""
    return sum(len(set(names_of(member))) > 1 for member in members)
