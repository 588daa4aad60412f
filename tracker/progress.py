"""The rules: the light that follows from how far an indicator is and should be.

Pure functions of records and a day (``Horizon``). Shares are per cent, gaps are
percentage points, lateness is days. Numbers are exact until they are shown.
"""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import NamedTuple, TypeAlias

from msgspec import Struct

from tracker.dates import WorkCalendar
from tracker.knowledge import Promise, counting, first_promise, promise
from tracker.locale import _, _n
from tracker.models import Assessment, Horizon, Indicator, Initiative
from tracker.standing import (
    HUNDRED,
    NOTHING,
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
from tracker.vocabulary import Basis, Confidence, Cycle, Light, State

_WORSE: tuple[Light, ...] = ("none", "green", "yellow", "red")
_CYCLE_DAYS = {"weekly": 7, "monthly": 31, "quarterly": 92, "half-yearly": 184, "yearly": 366}
# Shares are rounded at their 28th digit; what that adds to a gap must not decide.
_GRAIN = Decimal("1e-9")
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
    return _WORSE.index(light) > _WORSE.index(than)


def _no_light(facts: Facts, gap: Decimal | None, late: int | None) -> str | None:
    """Why there is no light; None where there is one.

    What a light takes it takes of what is met too: without a deadline nobody can say that
    it was met in time, and that it was met stands beside it.
    """
    indicator, met_on = facts.indicator, facts.found.met_on
    is_number = indicator.measure == "number"
    if facts.state not in _JUDGED:
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


def assess(
    initiative: Initiative, indicator: Indicator, state: State, horizon: Horizon, rules: Rules
) -> Assessment:
    """An indicator as it stands on a day, with its light and the reason for it."""
    facts = facts_of(indicator, state, horizon)
    day = horizon.as_of
    verdict = judge(facts, day, rules)
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
        state,
        indicator.op,
        *_standing(facts, verdict),
        *_days(facts, verdict, day, rules),
        facts.found.met_on,
        facts.found.last_report,
        _is_stale(facts.found, day, initiative.cycle or rules.cycle),
        *(_first(facts, horizon, rules) if indicator.revisions else _UNREVISED),
        facts.found.bound,
        *(_judged(indicator, horizon) if indicator.judgements else _UNJUDGED),
    )


_Number: TypeAlias = Decimal | None
_Day: TypeAlias = date | None
_Text: TypeAlias = str | None
_Stood: TypeAlias = tuple[_Number, _Number, _Number, _Day, _Number, _Number, _Number, Light, str]
_Timed: TypeAlias = tuple[_Day, _Text, Basis | None, _Day, int | None, int | None, int | None, bool]
_Firstly: TypeAlias = tuple[_Number, _Day, _Number, Light | None]
_Trusted: TypeAlias = tuple[Confidence | None, _Text, _Day, _Text]


def _standing(facts: Facts, verdict: Verdict) -> _Stood:
    """From ``target`` to ``why``."""
    wanted, found = facts.wanted, facts.found
    return (
        wanted.target,
        wanted.target_high,
        found.value,
        found.value_on,
        verdict.done,
        verdict.expected,
        verdict.gap,
        verdict.light,
        verdict.why,
    )


def _days(facts: Facts, verdict: Verdict, day: date, rules: Rules) -> _Timed:
    """From ``deadline`` to ``workdays_provisional``."""
    promised, on, late = facts.wanted.deadline, facts.deadline, verdict.days_late
    if promised is None:
        return _NO_DAYS
    left, workdays, by_guess = None, None, False
    if on is not None:
        if facts.found.met_on is None and on >= day:
            left = (on - day).days
        if late is not None:
            workdays, by_guess = rules.calendar.workdays_late(on, facts.found.met_on or day)
    of_document = promised.wording, promised.basis, promised.loose
    return on, *of_document, left, late, workdays, by_guess


_NO_DAYS: _Timed = (None, None, None, None, None, None, None, False)


def _first(facts: Facts, horizon: Horizon, rules: Rules) -> _Firstly:
    """From ``first_target`` to ``first_light``: empty if the first promise is in force."""
    first = first_promise(facts.indicator)
    if first == facts.wanted:
        return _UNREVISED
    old = facts_of(facts.indicator, facts.state, horizon, first)
    verdict = judge(old, horizon.as_of, rules)
    return first.target, old.deadline, verdict.done, verdict.light


_UNREVISED: _Firstly = (None, None, None, None)


def _judged(indicator: Indicator, horizon: Horizon) -> _Trusted:
    """From ``judged`` to ``judged_why``: the newest judgement."""
    given = [e for e in counting(indicator.judgements, horizon) if e.confidence is not None]
    if not given:
        return _UNJUDGED
    newest = given[-1]
    return newest.confidence, newest.by, newest.on, newest.reason


_UNJUDGED: _Trusted = (None, None, None, None)


def _document(initiative: Initiative, indicator: Indicator) -> str | None:
    if indicator.source is not None:
        return indicator.source.document
    return initiative.sources[0].document if initiative.sources else None


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
    """Indicators counted together: shares of different units are never mixed.

    What is suspended or cancelled is counted apart: it is neither met nor due, and its
    light, if it had one, is nobody's worst.
    """

    indicators: int
    met: int
    due: int
    overdue: int
    stopped: int
    light: Light
    """The worst light among them."""


def rollup(seen: Iterable[Assessment], day: date) -> Rollup:
    """Count indicators and find the worst light among them."""
    count, met, due, overdue, stopped = 0, 0, 0, 0, 0
    worst: Light = "none"
    for each in seen:
        count += 1
        if each.state not in _JUDGED:
            stopped += 1
            continue
        met += each.met_on is not None
        overdue += is_overdue(each, day)
        due += each.days_left is not None
        worst = max(worst, each.light, key=_WORSE.index)
    return Rollup(count, met, due, overdue, stopped, worst)


def together(*rollups: Rollup) -> Rollup:
    """The roll-up of several."""
    lights: list[Light] = ["none", *(each.light for each in rollups)]
    return Rollup(
        sum(each.indicators for each in rollups),
        sum(each.met for each in rollups),
        sum(each.due for each in rollups),
        sum(each.overdue for each in rollups),
        sum(each.stopped for each in rollups),
        max(lights, key=_WORSE.index),
    )
