"""The rules: how far an indicator is, how far it should be, and the light that follows.

Pure functions of records and a day (``Horizon``). Shares are per cent, gaps are
percentage points, lateness is days. Numbers are exact until they are shown.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import NamedTuple, TypeVar

from msgspec import Struct

from tracker.dates import WorkCalendar
from tracker.locale import _
from tracker.models import (
    Assessment,
    Cycle,
    Deadline,
    Decision,
    Direction,
    Entry,
    Horizon,
    Indicator,
    Initiative,
    Interim,
    Light,
    Op,
    State,
    Update,
)

Kept = TypeVar("Kept", bound=Entry)

HUNDRED = Decimal(100)
_TENTH = Decimal("0.1")
# Room for the largest quotient of two numbers of thirty digits.
_ROOM = Context(prec=100, rounding=ROUND_HALF_UP)
_STRENGTH: tuple[State, ...] = ("active", "suspended", "closed", "cancelled")
_WORSE: tuple[Light, ...] = ("none", "green", "yellow", "red")
_CYCLE_DAYS = {"weekly": 7, "monthly": 31, "quarterly": 92, "half-yearly": 184, "yearly": 366}


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


class Promise(NamedTuple):
    """What is promised on a day, after the revisions made until then."""

    target: Decimal | None
    target_high: Decimal | None
    deadline: Deadline | None


class Standing(NamedTuple):
    """What had been reported by a day. ``value`` is the newest final one."""

    value: Decimal | None
    value_on: date | None
    met_on: date | None
    last_report: date | None
    provisional: bool
    """Whether all that was reported is an estimate or still under way."""


def counting(entries: Sequence[Kept], horizon: Horizon) -> list[Kept]:
    """The entries that were effective and known by then and not taken back, by effective day."""
    seen = [each for each in entries if is_known(each, horizon)]
    if any(each.voids for each in seen):
        void: set[str] = set()
        for each in reversed(seen):
            if each.voids and each.id not in void:
                void.add(each.voids)
        seen = [each for each in seen if each.id not in void]
    seen.sort(key=_effective)
    return seen


def known_day(entry: Entry, horizon: Horizon) -> date:
    """The day from which an entry was known: its document's, else the day it was recorded."""
    if entry.source is not None and entry.source.document in horizon.published:
        return horizon.published[entry.source.document]
    return entry.recorded_at.date() if entry.recorded_at is not None else entry.on


def exists(initiative: Initiative, indicator: Indicator | None, horizon: Horizon) -> bool:
    """Whether the record was there: from its earliest document on, else from its entry."""
    days = [horizon.published.get(each.document) for each in initiative.sources]
    recorded = initiative.recorded_at
    if indicator is not None and indicator.source is not None:
        days = [horizon.published.get(indicator.source.document)]
        recorded = indicator.recorded_at
    elif indicator is not None and indicator.recorded_at is not None and not any(days):
        recorded = indicator.recorded_at
    known = [day for day in days if day is not None]
    since = min(known) if known else (recorded.date() if recorded is not None else None)
    until = min(horizon.as_of, horizon.known_on or horizon.as_of)
    return since is None or since <= until


def state_of(decisions: Sequence[Decision], horizon: Horizon) -> State:
    """The state that the decisions amount to."""
    taken = counting(decisions, horizon)
    return taken[-1].state if taken else "active"


def strongest(states: Iterable[State]) -> State:
    """The state of a record whose own and parents' states are these."""
    return max(states, key=_STRENGTH.index, default="active")


def promise(indicator: Indicator, horizon: Horizon) -> Promise:
    """The target and deadline in force."""
    target, high, deadline = indicator.target, indicator.target_high, indicator.deadline
    for each in counting(indicator.revisions, horizon):
        if each.target is not None:
            target, high = each.target, each.target_high
        deadline = each.deadline if each.deadline is not None else deadline
    return Promise(target, high, deadline)


def start_of(indicator: Indicator, horizon: Horizon) -> date | None:
    """The day from which progress is expected."""
    if indicator.start is not None or indicator.baseline_on is not None:
        return indicator.start or indicator.baseline_on
    if indicator.source is not None and indicator.source.document in horizon.published:
        return horizon.published[indicator.source.document]
    return indicator.recorded_at.date() if indicator.recorded_at is not None else None


def direction_of(indicator: Indicator, target: Decimal | None) -> Direction:
    """The declared direction, else the one that the numbers or the operator show."""
    if indicator.direction is not None:
        return indicator.direction
    if target is not None and indicator.baseline is not None:
        if target == indicator.baseline:
            return "hold"
        return "up" if target > indicator.baseline else "down"
    return "down" if indicator.op == "<=" else "up"


def reached(value: Decimal, wanted: Promise, op: Op | None, direction: Direction) -> bool:
    """Whether a value meets the target."""
    if wanted.target is None:
        return False
    if op == "range":
        return wanted.target <= value <= (wanted.target_high or wanted.target)
    if op == ">=" or (op in {None, "="} and direction == "up"):
        return value >= wanted.target
    if op == "<=" or direction == "down":
        return value <= wanted.target
    return value == wanted.target


def standing(indicator: Indicator, wanted: Promise, horizon: Horizon) -> Standing:
    """What was reported, and the first day on which it met the target."""
    reports = [u for u in counting(indicator.updates, horizon) if _says_something(u)]
    last = reports[-1].on if reports else None
    final = [each for each in reports if each.status == "final"]
    provisional = bool(reports) and not final
    if indicator.measure == "milestone":
        met_on = _done_since(final)
        value_on = final[-1].on if final else None
        return Standing(None, value_on, met_on, last, provisional)
    start = start_of(indicator, horizon) if indicator.accumulation == "increment" else None
    direction = direction_of(indicator, wanted.target)
    value, value_on, met_on = None, None, None
    for each in final:
        if start is not None and each.on < start:
            continue
        grown = (value or Decimal(0)) if indicator.accumulation == "increment" else Decimal(0)
        value, value_on = grown + (each.value or Decimal(0)), each.on
        if direction == "hold":
            met_on = None
        if met_on is None and reached(value, wanted, indicator.op, direction):
            met_on = each.on
    return Standing(value, value_on, met_on, last, provisional)


def share_done(
    value: Decimal | None, baseline: Decimal | None, target: Decimal | None
) -> Decimal | None:
    """The share of the way from baseline to target, per cent; None where there is no way."""
    if value is None or baseline is None or target is None or target == baseline:
        return None
    return (value - baseline) / (target - baseline) * HUNDRED


def share_expected(
    day: date, start: date, deadline: date, points: Sequence[tuple[date, Decimal]] = ()
) -> Decimal:
    """The share that should be done by a day, per cent, in straight lines between points.

    Args:
        day: the day asked about.
        start: 0 % on this day and before.
        deadline: 100 % on this day and after.
        points: (day, per cent) in between, by day.
    """
    if day >= deadline:
        return HUNDRED
    before, share_before = start, Decimal(0)
    for after, share_after in [*points, (deadline, HUNDRED)]:
        if day < after:
            if day <= before:
                return share_before
            way = Decimal((day - before).days) / (after - before).days
            return share_before + (share_after - share_before) * way
        before, share_before = after, share_after
    return HUNDRED


def assess(
    initiative: Initiative, indicator: Indicator, state: State, horizon: Horizon, rules: Rules
) -> Assessment:
    """An indicator as it stands on a day, with its light and the reason for it."""
    day = horizon.as_of
    wanted = promise(indicator, horizon)
    found = standing(indicator, wanted, horizon)
    deadline = wanted.deadline.on if wanted.deadline is not None else None
    promised = indicator.measure == "milestone" or wanted.target is not None
    late_on = found.met_on or day
    late = deadline is not None and promised and late_on > deadline
    days_late = (late_on - deadline).days if late and deadline is not None else None
    workdays, by_guess = (
        rules.calendar.workdays_late(deadline, late_on)
        if late and deadline is not None
        else (None, False)
    )
    done = _done(indicator, wanted, found)
    expected = _expected(indicator, wanted, deadline, horizon)
    gap = None if done is None or expected is None else done - expected
    measures = _Measures(state, wanted, found, deadline, late, done, expected, gap)
    light, why = _light(indicator, measures, day, rules)
    return Assessment(
        id=indicator.id,
        initiative=initiative.name,
        initiative_id=initiative.id,
        name=indicator.name,
        measure=indicator.measure,
        unit=indicator.unit,
        category=initiative.category,
        place=initiative.place,
        lead=initiative.lead,
        state=state,
        op=indicator.op,
        target=wanted.target,
        target_high=wanted.target_high,
        value=found.value,
        value_on=found.value_on,
        done=rounded(done),
        expected=rounded(expected),
        gap=rounded(gap),
        light=light,
        why=why,
        deadline=deadline,
        deadline_wording=wanted.deadline.wording if wanted.deadline is not None else None,
        deadline_basis=wanted.deadline.basis if wanted.deadline is not None else None,
        deadline_loose=wanted.deadline.loose if wanted.deadline is not None else None,
        days_left=(deadline - day).days
        if deadline is not None and found.met_on is None and deadline >= day
        else None,
        days_late=days_late,
        workdays_late=workdays,
        workdays_provisional=by_guess,
        met_on=found.met_on,
        last_report=found.last_report,
        stale=_is_stale(found, day, initiative.cycle or rules.cycle),
    )


class _Measures(NamedTuple):
    state: State
    wanted: Promise
    found: Standing
    deadline: date | None
    late: bool
    done: Decimal | None
    expected: Decimal | None
    gap: Decimal | None


def rounded(share: Decimal | None) -> Decimal | None:
    """A share as it is shown: per cent to one place, halves away from zero."""
    return None if share is None else share.quantize(_TENTH, context=_ROOM)


def is_overdue(seen: Assessment, day: date) -> bool:
    """Whether the deadline day has ended and the target is not met."""
    promised = seen.measure == "milestone" or seen.target is not None
    due = seen.deadline is not None and seen.deadline < day
    return due and promised and seen.met_on is None


def _light(indicator: Indicator, seen: _Measures, day: date, rules: Rules) -> tuple[Light, str]:
    if seen.state in {"suspended", "cancelled"}:
        return "none", _("suspended") if seen.state == "suspended" else _("cancelled")
    if seen.found.met_on is not None:
        return "green", _met_reason(seen)
    missing = _nothing_to_judge(indicator, seen)
    if missing is not None or seen.deadline is None:
        return "none", missing or _("no deadline")
    if seen.late:
        return "red", _overdue_reason(seen, (day - seen.deadline).days)
    if indicator.measure == "milestone":
        left = (seen.deadline - day).days
        warned = left <= rules.warn_days
        return "yellow" if warned else "green", _("due in {days} days").format(days=left)
    return _light_of_number(seen, rules)


def _light_of_number(seen: _Measures, rules: Rules) -> tuple[Light, str]:
    if seen.found.value is None:
        provisional = seen.found.provisional
        return "none", _("only estimates reported") if provisional else _("never reported")
    if seen.gap is None:
        return "none", _("no baseline, so no percentage")
    why = _("{done}% done, {expected}% expected, gap {gap}")
    return _light_of_gap(seen.gap, rules), why.format(
        done=rounded(seen.done), expected=rounded(seen.expected), gap=rounded(seen.gap)
    )


def _light_of_gap(gap: Decimal, rules: Rules) -> Light:
    if gap < rules.red_below:
        return "red"
    return "yellow" if gap < rules.yellow_below else "green"


def _nothing_to_judge(indicator: Indicator, seen: _Measures) -> str | None:
    if indicator.measure == "number" and seen.wanted.target is None:
        return _("no target")
    if indicator.measure == "number" and indicator.unit is None:
        return _("no unit")
    return None


def _met_reason(seen: _Measures) -> str:
    if seen.late and seen.deadline is not None and seen.found.met_on is not None:
        days = (seen.found.met_on - seen.deadline).days
        return _("met on {day}, {days} days late").format(day=seen.found.met_on, days=days)
    return _("met on {day}").format(day=seen.found.met_on)


def _overdue_reason(seen: _Measures, days: int) -> str:
    if seen.found.last_report is None:
        return _("overdue by {days} days, never reported").format(days=days)
    return _("overdue by {days} days").format(days=days)


def _done(indicator: Indicator, wanted: Promise, found: Standing) -> Decimal | None:
    if indicator.measure == "milestone":
        return HUNDRED if found.met_on is not None else Decimal(0)
    return share_done(found.value, indicator.baseline, wanted.target)


def _expected(
    indicator: Indicator, wanted: Promise, deadline: date | None, horizon: Horizon
) -> Decimal | None:
    start = start_of(indicator, horizon)
    if start is None or deadline is None or wanted.target is None:
        return None
    if indicator.baseline == wanted.target:
        return None
    return share_expected(
        horizon.as_of, start, deadline, _points(indicator.interim, indicator.baseline, wanted)
    )


def _points(
    interim: Sequence[Interim], baseline: Decimal | None, wanted: Promise
) -> list[tuple[date, Decimal]]:
    shares = ((each.on, share_done(each.value, baseline, wanted.target)) for each in interim)
    return sorted((on, share) for on, share in shares if share is not None)


def is_known(entry: Entry, horizon: Horizon) -> bool:
    """Whether an entry was effective and known by then, taken back or not."""
    if entry.on > horizon.as_of:
        return False
    return horizon.known_on is None or known_day(entry, horizon) <= horizon.known_on


def _effective(entry: Entry) -> date:
    return entry.on


def _says_something(update: Update) -> bool:
    return update.value is not None or update.done is not None


def _done_since(final: Sequence[Update]) -> date | None:
    since: date | None = None
    for each in final:
        since = (since or each.on) if each.done else None
    return since


def _is_stale(found: Standing, day: date, cycle: Cycle) -> bool | None:
    if found.met_on is not None:
        return False
    if found.last_report is None:
        return None
    return (day - found.last_report).days > _CYCLE_DAYS[cycle]


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
