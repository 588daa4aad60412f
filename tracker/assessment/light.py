"""Evaluate the light of an indicator on a day, with its reason."""

from datetime import date
from decimal import Decimal

from msgspec import Struct

from tracker.assessment.measurement import (
    Measurement,
    build_measurement,
    can_measure_with_bound,
    find_goal_value,
    infer_measurement_direction,
    measure_planned_shares,
    measure_share_done,
    measure_share_expected,
    round_measured_share,
)
from tracker.assessment.rules import Rules
from tracker.locale.translation import _, _n
from tracker.model.assessment import Assessment
from tracker.model.effective import Promise, promise_in_force
from tracker.model.horizon import Horizon
from tracker.model.quantities import HUNDRED, ZERO
from tracker.model.records import Indicator
from tracker.model.vocabulary import Light, State

LIGHTS_BY_SEVERITY: tuple[Light, ...] = ("none", "green", "yellow", "red")
# Shares are rounded at their 28th digit; that error must not decide a light.
_TOLERANCE = Decimal("1e-9")
LIT_STATES: frozenset[State] = frozenset({"active", "closed"})


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
    """

    indicator: Indicator
    state: State
    promised: Promise
    measured: Measurement
    deadline: date | None
    is_promised: bool


class LightResult(Struct, frozen=True, gc=False):
    """Light on a day and what led to it; shares in per cent, to one place.

    ``days_late`` counts from the deadline to the day on which the target was met, or to
    the day asked about.
    """

    light: Light
    why: str
    done: Decimal | None
    expected: Decimal | None
    gap: Decimal | None
    days_late: int | None


def prepare_light_inputs(
    indicator: Indicator, state: State, horizon: Horizon, promised: Promise | None = None
) -> LightInputs:
    """Collect the inputs of a light as of a day, for the promise in force or another one."""
    if promised is None:
        promised = promise_in_force(indicator, horizon)
    return LightInputs(
        indicator,
        state,
        promised,
        build_measurement(indicator, promised, horizon),
        None if promised.deadline is None else promised.deadline.on,
        indicator.measure == "milestone" or promised.target is not None,
    )


def evaluate_light(inputs: LightInputs, day: date, rules: Rules) -> LightResult:
    """Return the light on a day, if nothing else is reported until then."""
    deadline, met_on = inputs.deadline, inputs.measured.met_on
    late: int | None = None
    if deadline is not None and inputs.is_promised:
        end = day if met_on is None else met_on
        if end > deadline:
            late = (end - deadline).days
    done, expected, gap = compute_light_shares(inputs, day)
    shown = round_measured_share(done), round_measured_share(expected), round_measured_share(gap)
    reason = _describe_missing_light(inputs, gap, late)
    if reason is not None or deadline is None:
        return LightResult("none", reason or _("no deadline"), *shown, late)
    if met_on is not None:
        return LightResult("green", _describe_met_light(met_on, late), *shown, late)
    if late is not None:
        return LightResult("red", _describe_overdue_light(inputs.measured, late), *shown, late)
    if gap is not None:
        why = _("{done}% done, {expected}% expected, gap {gap}").format(
            done=str(shown[0]), expected=str(shown[1]), gap=str(shown[2])
        )
        return LightResult(light_of_gap(gap, rules), why, *shown, None)
    left = (deadline - day).days
    light: Light = "yellow" if left <= rules.warn_days else "green"
    why = _n("due in {days} day", "due in {days} days", left).format(days=left)
    return LightResult(light, why, *shown, None)


def compute_light_shares(
    inputs: LightInputs, day: date
) -> tuple[Decimal | None, Decimal | None, Decimal | None]:
    """Return the shares done and expected and their gap, not rounded; None where undefined."""
    indicator, measured, promised = inputs.indicator, inputs.measured, inputs.promised
    if indicator.measure == "milestone":
        return HUNDRED if measured.met_on is not None else ZERO, None, None
    if promised.target is None or measured.held:
        return None, None, None
    goal = find_goal_value(indicator, promised)
    is_shown = measured.bound is None or _has_light_share_done(inputs)
    done = measure_share_done(measured.value, indicator.baseline, goal) if is_shown else None
    if measured.start is None or inputs.deadline is None:
        return done, None, None
    points = (
        measure_planned_shares(indicator.interim, indicator.baseline, goal)
        if indicator.interim
        else ()
    )
    expected = measure_share_expected(day, measured.start, inputs.deadline, points)
    return done, expected, None if done is None else done - expected


def _has_light_share_done(inputs: LightInputs) -> bool:
    direction = infer_measurement_direction(inputs.indicator, inputs.promised.target)
    return can_measure_with_bound(inputs.measured.bound, direction)


def light_of_gap(gap: Decimal, rules: Rules) -> Light:
    """Return the light of a number that has time left, by its gap in points."""
    gap += _TOLERANCE
    if gap < rules.red_below:
        return "red"
    return "yellow" if gap < rules.yellow_below else "green"


def is_worse_light(light: Light, than: Light) -> bool:
    """Return whether a light is nearer to red."""
    return LIGHTS_BY_SEVERITY.index(light) > LIGHTS_BY_SEVERITY.index(than)


def _describe_missing_light(
    inputs: LightInputs, gap: Decimal | None, late: int | None
) -> str | None:
    """Return the reason why there is no light; None if there is one.

    A met indicator needs the same inputs: without a deadline nobody can say that it was
    met in time. That it was met is added to the reason.
    """
    indicator, met_on = inputs.indicator, inputs.measured.met_on
    is_number = indicator.measure == "number"
    if inputs.state not in LIT_STATES:
        reason = _("suspended") if inputs.state == "suspended" else _("cancelled")
    elif is_number and inputs.promised.target is None:
        reason = _("no target")
    elif is_number and indicator.unit is None:
        reason = _("no unit")
    elif inputs.deadline is None:
        reason = _("no deadline")
    elif gap is not None or met_on is not None or late is not None or not is_number:
        return None
    else:
        return _describe_light_without_share(inputs)
    if met_on is None:
        return reason
    return _("{reason}; met on {day}").format(reason=reason, day=met_on)


def _describe_met_light(met_on: date, late: int | None) -> str:
    if late is not None:
        sentence = _n("met on {day}, {days} day late", "met on {day}, {days} days late", late)
        return sentence.format(day=met_on, days=late)
    return _("met on {day}").format(day=met_on)


def _describe_overdue_light(measured: Measurement, days: int) -> str:
    if measured.last_report is None:
        sentence = _n(
            "overdue by {days} day, never reported", "overdue by {days} days, never reported", days
        )
    elif measured.undecided:
        sentence = _n(
            "overdue by {days} day; the newest report leaves open if it is met",
            "overdue by {days} days; the newest report leaves open if it is met",
            days,
        )
    else:
        sentence = _n("overdue by {days} day", "overdue by {days} days", days)
    return sentence.format(days=days)


def _describe_light_without_share(inputs: LightInputs) -> str:
    measured = inputs.measured
    if measured.value is None:
        return _describe_light_without_value(measured)
    if measured.held:
        if measured.undecided:
            return _("to be kept; the newest report leaves open if it is")
        return _("to be kept, and not kept now; no percentage")
    if inputs.indicator.baseline is None:
        return _("no baseline, so no percentage")
    if not _has_light_share_done(inputs):
        return _("the newest report is only a bound, so no percentage")
    return _("no start, so nothing is expected by a day")


def _describe_light_without_value(measured: Measurement) -> str:
    if measured.last_report is None:
        return _("never reported")
    if measured.provisional:
        return _("only estimates reported")
    return _("no final report since the start")


def is_promised(assessment: Assessment) -> bool:
    """Return whether there is anything to be met; without a target it is only watched."""
    return assessment.measure == "milestone" or assessment.target is not None


def is_overdue(assessment: Assessment, day: date) -> bool:
    """Return whether the deadline day has ended and the target is not met."""
    has_ended = assessment.deadline is not None and assessment.deadline < day
    return has_ended and is_promised(assessment) and assessment.met_on is None
