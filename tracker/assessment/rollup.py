"""Count many indicators: every list, screen and paper counts with this, so that they agree."""

from collections.abc import Callable, Collection, Container, Iterable
from datetime import date
from typing import Any, NamedTuple, TypeVar

from tracker.assessment.light import LIGHTS_BY_SEVERITY, LIT_STATES
from tracker.assessment.promises import is_promise, is_promise_due, is_promise_overdue
from tracker.model.assessment import Assessment
from tracker.model.vocabulary import Commitment, Light

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

    indicators: int = 0
    met: int = 0
    due: int = 0
    overdue: int = 0
    stopped: int = 0
    light: Light = "none"
    promises: int = 0
    reported: int = 0
    visions: int = 0
    projections: int = 0
    kept: int = 0
    awaiting_verdict: int = 0
    verdict_kept: int = 0
    verdict_partly: int = 0
    verdict_broken: int = 0
    verdict_unclear: int = 0
    active: int = 0
    active_promises: int = 0
    red: int = 0
    yellow: int = 0
    green: int = 0
    none: int = 0
    suspended: int = 0
    closed: int = 0
    cancelled: int = 0
    closed_unmet: int = 0
    unreported: int = 0
    overdue_assumed: int = 0


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


def roll_up(
    assessments: Iterable[Assessment], day: date, owing: Container[str] = frozenset()
) -> Rollup:
    """Count indicators and find the worst light among them.

    Args:
        assessments: how they stand.
        day: the day that is looked at.
        owing: the ids of those on which a report is owed.
    """
    counts: dict[str, int] = dict.fromkeys(Rollup._fields, 0)
    del counts["light"]
    worst: Light = "none"
    for assessment in assessments:
        counts["indicators"] += 1
        counts["unreported"] += assessment.id in owing
        counts[assessment.state] += 1
        counts[_NAME_OF_COMMITMENT[assessment.commitment]] += 1
        if is_promise(assessment) and assessment.verdict is not None:
            counts[f"verdict_{assessment.verdict}"] += 1
        if assessment.state not in LIT_STATES:
            counts["stopped"] += 1
            continue
        worst = max(worst, assessment.light, key=LIGHTS_BY_SEVERITY.index)
        if is_promise(assessment):
            _count_promise_in_rollup(counts, assessment, day)
    return Rollup(light=worst, **counts)


def _count_promise_in_rollup(counts: dict[str, int], assessment: Assessment, day: date) -> None:
    """Count a promise that is active or closed, in place."""
    counts["met"] += assessment.met_on is not None
    counts["kept"] += assessment.met_on is None and assessment.kept is True
    is_missed = is_promise_overdue(assessment, day)
    if assessment.state == "closed":
        counts["closed_unmet"] += is_missed
        return
    counts["active_promises"] += 1
    counts[assessment.light] += 1
    counts["overdue"] += is_missed
    counts["overdue_assumed"] += is_missed and assessment.deadline_basis == "assumed"
    counts["due"] += is_promise_due(assessment)
    counts["awaiting_verdict"] += assessment.awaiting_verdict_since is not None


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
