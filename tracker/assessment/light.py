"""Evaluate the light of an indicator on a day, with its reason."""

from datetime import date
from decimal import Decimal

from msgspec import Struct

from tracker.assessment.measurement import (
    Standing,
    direction_of,
    goal_of,
    planned,
    rounded,
    share_done,
    share_expected,
    shows_way,
    standing,
)
from tracker.assessment.rules import Rules
from tracker.locale.translation import _, _n
from tracker.model.assessment import Assessment
from tracker.model.effective import Promise, promise
from tracker.model.horizon import Horizon
from tracker.model.quantities import HUNDRED, NOTHING
from tracker.model.records import Indicator
from tracker.model.vocabulary import Light, State

WORSE: tuple[Light, ...] = ("none", "green", "yellow", "red")
# Shares are rounded at their 28th digit; what that adds to a gap must not decide.
_GRAIN = Decimal("1e-9")
JUDGED: frozenset[State] = frozenset({"active", "closed"})


class Facts(Struct, frozen=True, gc=False):
    """All that a light is judged by, but for the day and the rules.

    Attributes:
        indicator: what is measured.
        state: its state, that of its parents included.
        wanted: what was promised.
        found: what was reported.
        deadline: the day that was promised.
        is_promised: whether there is anything to be met; without a target an indicator
            is only watched.
    """

    indicator: Indicator
    state: State
    wanted: Promise
    found: Standing
    deadline: date | None
    is_promised: bool


class Verdict(Struct, frozen=True, gc=False):
    """What a day makes of the facts; shares in per cent, to one place.

    ``days_late`` are the days from the deadline to the day on which it was met, or to
    the day asked about.
    """

    light: Light
    why: str
    done: Decimal | None
    expected: Decimal | None
    gap: Decimal | None
    days_late: int | None


def facts_of(
    indicator: Indicator, state: State, horizon: Horizon, wanted: Promise | None = None
) -> Facts:
    """The facts as of a day, against the promise in force or another one."""
    if wanted is None:
        wanted = promise(indicator, horizon)
    deadline = None if wanted.deadline is None else wanted.deadline.on
    is_promised = indicator.measure == "milestone" or wanted.target is not None
    found = standing(indicator, wanted, horizon)
    return Facts(indicator, state, wanted, found, deadline, is_promised)


def judge(facts: Facts, day: date, rules: Rules) -> Verdict:
    """The light on a day, if nothing else is reported until then."""
    deadline, met_on = facts.deadline, facts.found.met_on
    late: int | None = None
    if deadline is not None and facts.is_promised:
        end = day if met_on is None else met_on
        if end > deadline:
            late = (end - deadline).days
    done, expected, gap = shares(facts, day)
    shown = rounded(done), rounded(expected), rounded(gap)
    unlit = _no_light(facts, gap, late)
    if unlit is not None or deadline is None:
        return Verdict("none", unlit or _("no deadline"), *shown, late)
    if met_on is not None:
        return Verdict("green", _met_reason(met_on, late), *shown, late)
    if late is not None:
        return Verdict("red", _overdue_reason(facts.found, late), *shown, late)
    if gap is not None:
        why = _("{done}% done, {expected}% expected, gap {gap}").format(
            done=str(shown[0]), expected=str(shown[1]), gap=str(shown[2])
        )
        return Verdict(light_of_gap(gap, rules), why, *shown, None)
    left = (deadline - day).days
    light: Light = "yellow" if left <= rules.warn_days else "green"
    why = _n("due in {days} day", "due in {days} days", left).format(days=left)
    return Verdict(light, why, *shown, None)


def shares(facts: Facts, day: date) -> tuple[Decimal | None, Decimal | None, Decimal | None]:
    """Done, expected and the gap between them, not rounded; None where undefined."""
    indicator, found, wanted = facts.indicator, facts.found, facts.wanted
    if indicator.measure == "milestone":
        return HUNDRED if found.met_on is not None else NOTHING, None, None
    if wanted.target is None or found.held:
        return None, None, None
    goal = goal_of(indicator, wanted)
    is_shown = found.bound is None or _shows_way(facts)
    done = share_done(found.value, indicator.baseline, goal) if is_shown else None
    if found.start is None or facts.deadline is None:
        return done, None, None
    points = planned(indicator.interim, indicator.baseline, goal) if indicator.interim else ()
    expected = share_expected(day, found.start, facts.deadline, points)
    return done, expected, None if done is None else done - expected


def _shows_way(facts: Facts) -> bool:
    way = direction_of(facts.indicator, facts.wanted.target)
    return shows_way(facts.found.bound, way)


def light_of_gap(gap: Decimal, rules: Rules) -> Light:
    """The light of a number that has time left, by its gap in points."""
    gap += _GRAIN
    if gap < rules.red_below:
        return "red"
    return "yellow" if gap < rules.yellow_below else "green"


def is_worse(light: Light, than: Light) -> bool:
    """Whether a light is nearer to red."""
    return WORSE.index(light) > WORSE.index(than)


def _no_light(facts: Facts, gap: Decimal | None, late: int | None) -> str | None:
    """Why there is no light; None where there is one.

    What a light takes it takes of what is met too: without a deadline nobody can say that
    it was met in time, and that it was met stands beside it.
    """
    indicator, met_on = facts.indicator, facts.found.met_on
    is_number = indicator.measure == "number"
    if facts.state not in JUDGED:
        reason = _("suspended") if facts.state == "suspended" else _("cancelled")
    elif is_number and facts.wanted.target is None:
        reason = _("no target")
    elif is_number and indicator.unit is None:
        reason = _("no unit")
    elif facts.deadline is None:
        reason = _("no deadline")
    elif gap is not None or met_on is not None or late is not None or not is_number:
        return None
    else:
        return _no_share_reason(facts)
    if met_on is None:
        return reason
    return _("{reason}; met on {day}").format(reason=reason, day=met_on)


def _met_reason(met_on: date, late: int | None) -> str:
    if late is not None:
        sentence = _n("met on {day}, {days} day late", "met on {day}, {days} days late", late)
        return sentence.format(day=met_on, days=late)
    return _("met on {day}").format(day=met_on)


def _overdue_reason(found: Standing, days: int) -> str:
    if found.last_report is None:
        sentence = _n(
            "overdue by {days} day, never reported", "overdue by {days} days, never reported", days
        )
    elif found.undecided:
        sentence = _n(
            "overdue by {days} day; the newest report leaves open if it is met",
            "overdue by {days} days; the newest report leaves open if it is met",
            days,
        )
    else:
        sentence = _n("overdue by {days} day", "overdue by {days} days", days)
    return sentence.format(days=days)


def _no_share_reason(facts: Facts) -> str:
    found = facts.found
    if found.value is None:
        return _no_value_reason(found)
    if found.held:
        if found.undecided:
            return _("to be kept; the newest report leaves open if it is")
        return _("to be kept, and not kept now; no percentage")
    if facts.indicator.baseline is None:
        return _("no baseline, so no percentage")
    if not _shows_way(facts):
        return _("the newest report is only a bound, so no percentage")
    return _("no start, so nothing is expected by a day")


def _no_value_reason(found: Standing) -> str:
    if found.last_report is None:
        return _("never reported")
    if found.provisional:
        return _("only estimates reported")
    return _("no final report since the start")


def is_promised(seen: Assessment) -> bool:
    """Whether there is anything to be met: an indicator without target is only watched."""
    return seen.measure == "milestone" or seen.target is not None


def is_overdue(seen: Assessment, day: date) -> bool:
    """Whether the deadline day has ended and the target is not met."""
    due = seen.deadline is not None and seen.deadline < day
    return due and is_promised(seen) and seen.met_on is None
