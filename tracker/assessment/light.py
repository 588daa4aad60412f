"""Evaluate the light of an indicator on a day, with its reason."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Literal, TypeAlias

from msgspec import Struct

from tracker.assessment.direction import infer_direction, shows_progress_in_direction
from tracker.assessment.measurement import (
    Measurement,
    build_measurement,
    measure_goal_value,
    measure_planned_shares,
    measure_share_done,
    measure_share_expected,
    round_measured_share,
)
from tracker.assessment.rules import Rules
from tracker.locale.translation import _, _n
from tracker.model.assessment import Assessment
from tracker.model.effective import (
    Promise,
    find_commitment_in_force,
    find_effective_report_start,
    find_promise_in_force,
)
from tracker.model.horizon import Horizon
from tracker.model.periods import find_first_period_end_after
from tracker.model.quantities import HUNDRED, WIDE_CONTEXT, ZERO
from tracker.model.records import Deadline, Indicator, Update
from tracker.model.vocabulary import Commitment, Cycle, Light, State

LIGHTS_BY_SEVERITY: tuple[Light, ...] = ("none", "green", "yellow", "red")
# Shares are rounded at their 28th digit; that error must not decide a light.
_TOLERANCE = Decimal("1e-9")
LIT_STATES: tuple[State, ...] = ("active", "closed")
_EXPECTED_OF_SILENT = 10
"""Per cent that is expected when silence turns yellow, if a report is owed."""


LightRule: TypeAlias = Literal[
    "met", "overdue", "silent", "growth", "kept", "gap", "milestone", "none"
]


class LightInputs(Struct, frozen=True, gc=False):
    """Everything that a light depends on, but for the day and the rules.

    Attributes:
        indicator: the record.
        state: its state, that of its parents included.
        promised: the target and deadline to be met.
        measured: what was reported.
        deadline: the day that was promised.
        is_promised: whether there is anything to be met; without a target an indicator
            is only watched.
        has_way: whether a share of a way from a baseline to a target may say how far it is.
        done: that share, per cent, not rounded; of a milestone all or nothing.
        planned: the interim points as (day, share in per cent), by day.
        owed_from: where nothing was ever reported, the day after which cycles count.
        cycle: how often a report is owed; None: as the rules say.
        commitment: how firm the promise is.
    """

    indicator: Indicator
    state: State
    promised: Promise
    measured: Measurement
    deadline: date | None
    is_promised: bool
    has_way: bool
    done: Decimal | None
    planned: Sequence[tuple[date, Decimal]] = ()
    owed_from: date | None = None
    cycle: Cycle | None = None
    commitment: Commitment | None = None


class LightResult(Struct, frozen=True, gc=False):
    """Light on a day and what led to it; shares in per cent, to one place.

    Attributes:
        why: the reason; empty where it was not wanted.
        days_late: from the deadline to the day on which the target was met, or to the day
            asked about.
        met_on: the day since which the target is met; of what is to be kept, the deadline.
        provisional: whether the value that counts is older than the deadline that has
            come, or only an estimate.
        rule: the rule that gave the light.
    """

    light: Light
    why: str
    done: Decimal | None
    expected: Decimal | None
    gap: Decimal | None
    days_late: int | None
    met_on: date | None
    provisional: bool
    rule: LightRule


def prepare_light_inputs(
    indicator: Indicator,
    state: State,
    horizon: Horizon,
    promised: Promise | None = None,
    cycle: Cycle | None = None,
    reports: Sequence[Update] | None = None,
) -> LightInputs:
    """Collect the inputs of a light as of a day.

    They are the same on later days, up to the day before an entry counts or a cycle ends.

    Args:
        indicator: the record.
        state: its state, that of its parents included.
        horizon: the day, and what was known by then.
        promised: the promise to measure against; None: the one in force.
        cycle: how often a report is owed; None: as the rules say.
        reports: the updates in force, where they are known already.
    """
    if promised is None:
        promised = find_promise_in_force(indicator, horizon)
    measured = build_measurement(indicator, promised, horizon, reports)
    is_silent = measured.last_report is None and state == "active"
    has_target = promised.target is not None
    has_way = has_target and not measured.held and measured.on_course is None
    has_way = has_way and indicator.measure != "milestone"
    return LightInputs(
        indicator,
        state,
        promised,
        measured,
        None if promised.deadline is None else promised.deadline.on,
        indicator.measure == "milestone" or promised.target is not None,
        has_way,
        _compute_light_share_done(indicator, promised, measured, has_way=has_way),
        measure_planned_shares(indicator, horizon)
        if indicator.interim or indicator.revisions
        else (),
        find_effective_report_start(indicator, horizon) if is_silent else None,
        cycle,
        find_commitment_in_force(indicator),
    )


def evaluate_light(
    inputs: LightInputs, day: date, rules: Rules, *, is_explained: bool = True
) -> LightResult:
    """Return the light on a day, if nothing else is reported until then.

    Args:
        inputs: all that it depends on.
        day: the day asked about.
        rules: the thresholds in force.
        is_explained: whether ``why`` is wanted; to word it takes half of the time.
    """
    deadline, measured = inputs.deadline, inputs.measured
    met_on = measured.met_on
    if met_on is None and measured.kept and deadline is not None and deadline <= day:
        met_on = deadline
    late: int | None = None
    commitment = inputs.commitment
    # An effort is not late before it is met: at its deadline a person says what became of it.
    is_late = commitment == "outcome" or (commitment == "effort" and met_on is not None)
    if deadline is not None and inputs.is_promised and is_late:
        end = day if met_on is None else met_on
        if end > deadline:
            late = (end - deadline).days
    shares = compute_light_shares(inputs, day)
    light, rule, why = _apply_light_rules(inputs, day, rules, met_on, late, shares)
    done, expected, gap = map(round_measured_share, shares)
    if not is_explained:
        why = ""
    elif not why:
        why = _describe_frequent_light(rule, inputs, met_on, late, (done, expected, gap))
    provisional = measured.provisional or (
        measured.growth
        and deadline is not None
        and deadline <= day
        and measured.value_on is not None
        and measured.value_on < deadline
    )
    return LightResult(light, why, done, expected, gap, late, met_on, provisional, rule)


def _apply_light_rules(
    inputs: LightInputs,
    day: date,
    rules: Rules,
    met_on: date | None,
    late: int | None,
    shares: tuple[Decimal | None, Decimal | None, Decimal | None],
) -> tuple[Light, LightRule, str]:
    """Return the light, the rule that gives it, and the reason; the first rule that fits counts.

    The reason is empty for the rules that ``_describe_frequent_light`` knows.
    """
    deadline, (_done, expected, gap) = inputs.deadline, shares
    answer: tuple[Light, LightRule, str]
    reason = _describe_light_without_promise(inputs, day, met_on)
    if reason is not None or deadline is None:
        answer = "none", "none", reason or ""
    elif met_on is not None:
        answer = "green", "met", ""
    elif late is not None:
        answer = "red", "overdue", ""
    elif inputs.measured.last_report is None:
        answer = _light_of_silence(inputs, day, rules, expected)
    elif gap is not None:
        answer = light_of_gap(gap, rules), "gap", ""
    else:
        answer = _light_without_share(inputs, day, rules, deadline)
    return answer


def _describe_frequent_light(
    rule: LightRule,
    inputs: LightInputs,
    met_on: date | None,
    late: int | None,
    shares: Sequence[Decimal | None],
) -> str:
    """Return the reason of a light that the rules give to most indicators.

    Args:
        rule: the rule that gave it: met, overdue or gap.
        inputs: all that it depends on.
        met_on: the day since which the target is met.
        late: the days that it is late.
        shares: the shares done and expected and their gap, rounded.
    """
    if rule == "met" and met_on is not None:
        return _describe_met_light(met_on, late)
    if late is not None:
        return _describe_overdue_light(inputs, late)
    done, expected, gap = shares
    return _("{done}% done, {expected}% expected, gap {gap}").format(
        done=done, expected=expected, gap=gap
    )


def _light_without_share(
    inputs: LightInputs, day: date, rules: Rules, deadline: date
) -> tuple[Light, LightRule, str]:
    """Return the light of what was reported and has no share of a way."""
    measured = inputs.measured
    if inputs.indicator.measure == "milestone":
        return _light_of_milestone((deadline - day).days, rules)
    if measured.on_course is not None:
        return _light_of_growth(inputs, rules)
    if measured.kept is not None:
        return _light_of_kept(inputs, day, rules, deadline)
    return "none", "none", _describe_light_without_share(inputs)


def _light_of_silence(
    inputs: LightInputs, day: date, rules: Rules, expected: Decimal | None
) -> tuple[Light, LightRule, str]:
    """Return the light of what was never reported: none while nothing is owed, never green."""
    deadline = inputs.deadline
    if inputs.indicator.measure == "milestone":
        if deadline is not None and (deadline - day).days <= rules.warn_days:
            left = (deadline - day).days
            why = _n(
                "due in {days} day, nothing reported yet",
                "due in {days} days, nothing reported yet",
                left,
            )
            return "yellow", "silent", why.format(days=left)
    elif inputs.owed_from is not None and expected is not None:
        end = find_first_period_end_after(inputs.owed_from, inputs.cycle or rules.cycle)
        is_owed = end is not None and end < day
        if is_owed and expected + _TOLERANCE >= _EXPECTED_OF_SILENT:
            why = _("nothing reported yet, {expected}% expected")
            return "yellow", "silent", why.format(expected=round_measured_share(expected))
    return "none", "none", _("nothing reported yet; report with: tracker update")


def _light_of_milestone(left: int, rules: Rules) -> tuple[Light, LightRule, str]:
    why = _n("due in {days} day", "due in {days} days", left).format(days=left)
    return "yellow" if left <= rules.warn_days else "green", "milestone", why


def _light_of_growth(inputs: LightInputs, rules: Rules) -> tuple[Light, LightRule, str]:
    """Return the light of a rate of growth before the value of its deadline is known."""
    deadline = inputs.deadline
    if inputs.measured.on_course:
        why = _("on course; decided by the value of {day}").format(day=deadline)
        return "green", "growth", why
    gap = _find_light_gap_of_growth(inputs)
    if gap is None:
        return (
            "red",
            "growth",
            _("the sign is wrong; decided by the value of {day}").format(day=deadline),
        )
    light: Light = "red" if gap + _TOLERANCE < rules.red_below else "yellow"
    why = _("off course, gap {gap}; decided by the value of {day}")
    return light, "growth", why.format(gap=round_measured_share(gap), day=deadline)


def _find_light_gap_of_growth(inputs: LightInputs) -> Decimal | None:
    """Return by how many per cent of its target a rate misses it; None if its sign is wrong."""
    value, goal = inputs.measured.value, measure_goal_value(inputs.indicator, inputs.promised)
    if value is None or not goal or value * goal < 0:
        return None
    return -abs(WIDE_CONTEXT.divide(value * HUNDRED, goal) - HUNDRED)


def _light_of_kept(
    inputs: LightInputs, day: date, rules: Rules, deadline: date
) -> tuple[Light, LightRule, str]:
    """Return the light of what is to be kept until its deadline."""
    measured = inputs.measured
    if not measured.kept:
        return "red", "kept", _("to be kept until {day}, and broken").format(day=deadline)
    if measured.used is not None and measured.start is not None:
        gone = measure_share_expected(day, measured.start, deadline)
        if measured.used - gone + _TOLERANCE >= -rules.yellow_below:
            why = _("kept, but {used}% is used and {gone}% of the time gone").format(
                used=round_measured_share(measured.used), gone=round_measured_share(gone)
            )
            return "yellow", "kept", why
    return "green", "kept", _("kept; to be kept until {day}").format(day=deadline)


def compute_light_shares(
    inputs: LightInputs, day: date
) -> tuple[Decimal | None, Decimal | None, Decimal | None]:
    """Return the shares done and expected and their gap, not rounded; None where undefined."""
    done, measured = inputs.done, inputs.measured
    if not inputs.has_way or measured.start is None or inputs.deadline is None:
        return done, None, None
    expected = measure_share_expected(day, measured.start, inputs.deadline, inputs.planned)
    return done, expected, None if done is None else done - expected


def _compute_light_share_done(
    indicator: Indicator, promised: Promise, measured: Measurement, *, has_way: bool
) -> Decimal | None:
    """Return the share done, not rounded; None where undefined."""
    if indicator.measure == "milestone":
        # What was never reported is not 0 %.
        is_known = measured.met_on is not None or measured.value_on is not None
        return (HUNDRED if measured.met_on is not None else ZERO) if is_known else None
    if not has_way or not _has_light_share_done(indicator, promised, measured):
        return None
    goal = measure_goal_value(indicator, promised)
    done = measure_share_done(measured.value, indicator.baseline, goal)
    is_shown = done is not None and not _leads_away_from_green_light(indicator, promised, goal)
    return done if is_shown else None


def _leads_away_from_green_light(
    indicator: Indicator, promised: Promise, goal: Decimal | None
) -> bool:
    """Return whether the way from the baseline to the target is against the good direction.

    So it is with a floor on a running sum under the sum of the year before: no share of a
    way says how far it is.
    """
    baseline = indicator.baseline
    direction = infer_direction(indicator, promised.target, promised.target_high)
    # What is to be held has no share at all, and does not come here.
    return baseline is not None and goal is not None and (goal > baseline) != (direction == "up")


def _has_light_share_done(indicator: Indicator, promised: Promise, measured: Measurement) -> bool:
    if measured.bound is None:
        return True
    direction = infer_direction(indicator, promised.target, promised.target_high)
    return shows_progress_in_direction(measured.bound, direction)


def light_of_gap(gap: Decimal, rules: Rules) -> Light:
    """Return the light of a number that has time left, by its gap in points."""
    gap += _TOLERANCE
    if gap < rules.red_below:
        return "red"
    return "yellow" if gap < rules.yellow_below else "green"


def is_worse_light(light: Light, than: Light) -> bool:
    """Return whether a light is nearer to red."""
    return LIGHTS_BY_SEVERITY.index(light) > LIGHTS_BY_SEVERITY.index(than)


def _describe_missing_target(wording: str | None) -> str:
    """Return why there is no number to be met, and the remedy."""
    if wording is None:
        return _("no target; give one with: tracker edit --target")
    sentence = _("the target, {wording}, needs a baseline: tracker edit --baseline")
    return sentence.format(wording=wording)


def _describe_missing_deadline(deadline: Deadline | None) -> str:
    """Return why there is no day to be met by, and the remedy."""
    if deadline is None or deadline.wording is None:
        return _("no deadline; give one with: tracker edit --deadline")
    sentence = _("its deadline, {wording}, names no day; say what became of it: tracker verdict")
    return sentence.format(wording=deadline.wording)


def _describe_light_without_promise(
    inputs: LightInputs, day: date, met_on: date | None
) -> str | None:
    """Return why nothing can give a light, and the remedy; None if something can.

    A met indicator needs the same inputs: without a deadline nobody can say that it was
    met in time. That it was met is added to the reason.
    """
    indicator, deadline = inputs.indicator, inputs.deadline
    is_number, commitment = indicator.measure == "number", inputs.commitment
    if inputs.state == "suspended":
        reason = _("suspended until: tracker resume")
    elif inputs.state not in LIT_STATES:
        reason = _("cancelled, so nothing is expected any more")
    elif commitment == "vision":
        reason = _("a vision, which binds nobody")
    elif commitment == "projection":
        reason = _("a projection, which binds nobody")
    elif is_number and inputs.promised.target is None:
        reason = _describe_missing_target(inputs.promised.target_wording)
    elif is_number and indicator.unit is None:
        reason = _("no unit; give one with: tracker edit --unit")
    elif deadline is None:
        reason = _describe_missing_deadline(inputs.promised.deadline)
    elif commitment == "effort" and deadline < day and met_on is None:
        sentence = _("an effort, over since {day}: a person says what became of it")
        reason = sentence.format(day=deadline)
    else:
        return None
    if met_on is None:
        return reason
    return _("{reason}; met on {day}").format(reason=reason, day=met_on)


def _describe_met_light(met_on: date, late: int | None) -> str:
    if late is not None:
        sentence = _n("met on {day}, {days} day late", "met on {day}, {days} days late", late)
        return sentence.format(day=met_on, days=late)
    return _("met on {day}").format(day=met_on)


def _describe_overdue_light(inputs: LightInputs, days: int) -> str:
    measured = inputs.measured
    if measured.last_report is None:
        sentence = _n(
            "overdue by {days} day, never reported", "overdue by {days} days, never reported", days
        )
        if inputs.indicator.recurs is not None:
            sentence = _n(
                "overdue by {days} day, nothing reported for this cycle",
                "overdue by {days} days, nothing reported for this cycle",
                days,
            )
    elif measured.undecided:
        sentence = _n(
            "overdue by {days} day; the newest report leaves open if it is met",
            "overdue by {days} days; the newest report leaves open if it is met",
            days,
        )
    elif measured.on_course is not None and inputs.deadline != measured.value_on:
        sentence = _n(
            "overdue by {days} day; the value of {day} is not reported",
            "overdue by {days} days; the value of {day} is not reported",
            days,
        )
    else:
        sentence = _n("overdue by {days} day", "overdue by {days} days", days)
    return sentence.format(days=days, day=inputs.deadline)


def _describe_light_without_share(inputs: LightInputs) -> str:
    """Return why a number that was reported has no light, and the remedy."""
    measured = inputs.measured
    if measured.provisional:
        reason = _("only estimates reported; report a final value with: tracker update")
    elif measured.value is None:
        reason = _("no final value since the start; report one with: tracker update")
    elif measured.held or measured.growth:
        reason = _("the newest report leaves open if it is kept; report an exact value")
    elif inputs.indicator.baseline is None:
        reason = _("no baseline, so no percentage; give one with: tracker edit --baseline")
    elif not _has_light_share_done(inputs.indicator, inputs.promised, inputs.measured):
        reason = _("the newest report is only a bound, so no percentage; report an exact value")
    elif _leads_away_from_green_light(
        inputs.indicator, inputs.promised, measure_goal_value(inputs.indicator, inputs.promised)
    ):
        reason = _(
            "its baseline meets the target, so no percentage;"
            " correct it with: tracker edit --baseline"
        )
    else:
        reason = _("no start, so nothing is expected by a day; give one with: tracker edit --start")
    return reason


def is_light_promised(assessment: Assessment) -> bool:
    """Return whether there is anything to be met; without a target it is only watched."""
    return assessment.measure == "milestone" or assessment.target is not None
