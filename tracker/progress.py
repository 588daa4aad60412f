"""The rules: the light that follows from how far an indicator is and should be.

Pure functions of records and a day (``Horizon``). Shares are per cent, gaps are
percentage points, lateness is days. Numbers are exact until they are shown.
"""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from msgspec import Struct

from tracker.dates import WorkCalendar
from tracker.knowledge import Promise, first_promise, promise
from tracker.locale import _
from tracker.models import Assessment, Deadline, Horizon, Indicator, Initiative
from tracker.standing import (
    HUNDRED,
    NOTHING,
    Standing,
    goal_of,
    planned,
    rounded,
    share_done,
    share_expected,
    standing,
)
from tracker.vocabulary import Cycle, Light, State

_WORSE: tuple[Light, ...] = ("none", "green", "yellow", "red")
_CYCLE_DAYS = {"weekly": 7, "monthly": 31, "quarterly": 92, "half-yearly": 184, "yearly": 366}
# Shares are rounded at their 28th digit; what that adds to a gap must not decide.
_GRAIN = Decimal("1e-9")
_NO_DEADLINE = Deadline()
_JUDGED: frozenset[State] = frozenset({"active", "closed"})


class Rules(Struct, frozen=True, kw_only=True):
    """The numbers in the rules; settings of a place.

    Attributes:
        yellow_below: the gap, in points, below which the light is no longer green.
        red_below: the gap, in points, below which the light is red.
        warn_days: a milestone is yellow from this many days before its deadline.
        cycle: how often a report is owed where the initiative does not say.
        calendar: which days are worked.
    """

    yellow_below: Decimal = Decimal(-10)
    red_below: Decimal = Decimal(-30)
    warn_days: int = 30
    cycle: Cycle = "monthly"
    calendar: WorkCalendar = WorkCalendar()


class Facts(Struct, frozen=True):
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


class Verdict(Struct, frozen=True):
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
        late = (end - deadline).days if end > deadline else None
    done, expected, gap = shares(facts, day)
    shown = rounded(done), rounded(expected), rounded(gap)
    if met_on is not None and facts.state in _JUDGED:
        return Verdict("green", _met_reason(met_on, late), *shown, late)
    unlit = _no_light(facts, gap, late)
    if unlit is not None or deadline is None:
        return Verdict("none", unlit or _("no deadline"), *shown, late)
    if late is not None:
        return Verdict("red", _overdue_reason(facts.found, late), *shown, late)
    if gap is None:
        left = (deadline - day).days
        light: Light = "yellow" if left <= rules.warn_days else "green"
        return Verdict(light, _("due in {days} days").format(days=left), *shown, late)
    why = _("{done}% done, {expected}% expected, gap {gap}").format(
        done=str(shown[0]), expected=str(shown[1]), gap=str(shown[2])
    )
    return Verdict(light_of_gap(gap, rules), why, *shown, late)


def shares(facts: Facts, day: date) -> tuple[Decimal | None, Decimal | None, Decimal | None]:
    """Done, expected and the gap between them, not rounded; None where undefined."""
    indicator, found, wanted = facts.indicator, facts.found, facts.wanted
    if indicator.measure == "milestone":
        return HUNDRED if found.met_on is not None else NOTHING, None, None
    if wanted.target is None or found.held:
        return None, None, None
    goal = goal_of(indicator, wanted)
    done = share_done(found.value, indicator.baseline, goal)
    if found.start is None or facts.deadline is None:
        return done, None, None
    points = planned(indicator.interim, indicator.baseline, goal) if indicator.interim else ()
    expected = share_expected(day, found.start, facts.deadline, points)
    return done, expected, None if done is None else done - expected


def light_of_gap(gap: Decimal, rules: Rules) -> Light:
    """The light of a number that has time left, by its gap in points."""
    gap += _GRAIN
    if gap < rules.red_below:
        return "red"
    return "yellow" if gap < rules.yellow_below else "green"


def is_worse(light: Light, than: Light) -> bool:
    """Whether a light is nearer to red."""
    return _WORSE.index(light) > _WORSE.index(than)


def _no_light(facts: Facts, gap: Decimal | None, late: int | None) -> str | None:
    """Why there is no light on what is not met; None where there is one."""
    indicator = facts.indicator
    if facts.state not in _JUDGED:
        return _("suspended") if facts.state == "suspended" else _("cancelled")
    if indicator.measure == "number" and facts.wanted.target is None:
        return _("no target")
    if indicator.measure == "number" and indicator.unit is None:
        return _("no unit")
    if facts.deadline is None:
        return _("no deadline")
    if late is not None or gap is not None or indicator.measure == "milestone":
        return None
    return _no_share_reason(facts)


def _met_reason(met_on: date, late: int | None) -> str:
    if late is not None:
        return _("met on {day}, {days} days late").format(day=met_on, days=late)
    return _("met on {day}").format(day=met_on)


def _overdue_reason(found: Standing, days: int) -> str:
    if found.last_report is None:
        return _("overdue by {days} days, never reported").format(days=days)
    return _("overdue by {days} days").format(days=days)


def _no_share_reason(facts: Facts) -> str:
    if facts.found.value is None:
        provisional = facts.found.provisional
        return _("only estimates reported") if provisional else _("never reported")
    if facts.found.held:
        return _("to be kept, and not kept now; no percentage")
    if facts.indicator.baseline is None:
        return _("no baseline, so no percentage")
    return _("no start, so nothing is expected by a day")


def assess(
    initiative: Initiative, indicator: Indicator, state: State, horizon: Horizon, rules: Rules
) -> Assessment:
    """An indicator as it stands on a day, with its light and the reason for it."""
    facts = facts_of(indicator, state, horizon)
    verdict = judge(facts, horizon.as_of, rules)
    first = _first(facts, horizon, rules) if indicator.revisions else _UNREVISED
    return _assessment(initiative, facts, verdict, first, horizon.as_of, rules)


def _assessment(
    initiative: Initiative, facts: Facts, verdict: Verdict, first: "_First", day: date, rules: Rules
) -> Assessment:
    indicator, wanted, found = facts.indicator, facts.wanted, facts.found
    promised = wanted.deadline if wanted.deadline is not None else _NO_DEADLINE
    workdays, by_guess = _workdays(facts, verdict, day, rules)
    # In the order of the fields: by name it takes a multiple of the time.
    return Assessment(
        indicator.id,
        initiative.name,
        initiative.id,
        indicator.name,
        indicator.measure,
        indicator.unit,
        initiative.category,
        initiative.place,
        initiative.lead,
        _document(initiative, indicator),
        facts.state,
        indicator.op,
        wanted.target,
        wanted.target_high,
        found.value,
        found.value_on,
        verdict.done,
        verdict.expected,
        verdict.gap,
        verdict.light,
        verdict.why,
        promised.on,
        promised.wording,
        promised.basis if wanted.deadline is not None else None,
        promised.loose,
        _days_left(promised.on, found.met_on, day),
        verdict.days_late,
        workdays,
        by_guess,
        found.met_on,
        found.last_report,
        _is_stale(found, day, initiative.cycle or rules.cycle),
        first.target,
        first.deadline,
        first.done,
        first.light,
    )


class _First(NamedTuple):
    """What was promised at first and how that would stand; nothing if it is still in force."""

    target: Decimal | None
    deadline: date | None
    done: Decimal | None
    light: Light | None


_UNREVISED = _First(None, None, None, None)


def _first(facts: Facts, horizon: Horizon, rules: Rules) -> _First:
    indicator = facts.indicator
    first = first_promise(indicator)
    if first == facts.wanted:
        return _UNREVISED
    old = facts_of(indicator, facts.state, horizon, first)
    verdict = judge(old, horizon.as_of, rules)
    return _First(first.target, old.deadline, verdict.done, verdict.light)


def _workdays(facts: Facts, verdict: Verdict, day: date, rules: Rules) -> tuple[int | None, bool]:
    if verdict.days_late is None or facts.deadline is None:
        return None, False
    return rules.calendar.workdays_late(facts.deadline, facts.found.met_on or day)


def _document(initiative: Initiative, indicator: Indicator) -> str | None:
    if indicator.source is not None:
        return indicator.source.document
    return initiative.sources[0].document if initiative.sources else None


def _days_left(deadline: date | None, met_on: date | None, day: date) -> int | None:
    if deadline is None or met_on is not None or deadline < day:
        return None
    return (deadline - day).days


def _is_stale(found: Standing, day: date, cycle: Cycle) -> bool | None:
    if found.met_on is not None:
        return False
    if found.last_report is None:
        return None
    return (day - found.last_report).days > _CYCLE_DAYS[cycle]


def is_promised(seen: Assessment) -> bool:
    """Whether there is anything to be met: an indicator without target is only watched."""
    return seen.measure == "milestone" or seen.target is not None


def is_overdue(seen: Assessment, day: date) -> bool:
    """Whether the deadline day has ended and the target is not met."""
    due = seen.deadline is not None and seen.deadline < day
    return due and is_promised(seen) and seen.met_on is None


class Rollup(NamedTuple):
    """Indicators counted together: shares of different units are never mixed."""

    indicators: int
    met: int
    due: int
    overdue: int
    light: Light
    """The worst light among them."""


def rollup(seen: Iterable[Assessment], day: date) -> Rollup:
    """Count indicators and find the worst light among them."""
    count, met, due, overdue = 0, 0, 0, 0
    worst: Light = "none"
    for each in seen:
        count += 1
        met += each.met_on is not None
        overdue += is_overdue(each, day)
        due += each.days_left is not None
        worst = max(worst, each.light, key=_WORSE.index)
    return Rollup(count, met, due, overdue, worst)


def together(*rollups: Rollup) -> Rollup:
    """The roll-up of several."""
    lights: list[Light] = ["none", *(each.light for each in rollups)]
    worst = max(lights, key=_WORSE.index)
    return Rollup(
        sum(each.indicators for each in rollups),
        sum(each.met for each in rollups),
        sum(each.due for each in rollups),
        sum(each.overdue for each in rollups),
        worst,
    )
