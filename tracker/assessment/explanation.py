"""Explain a light: its rule, its inputs with their sources, and how it changes next."""

from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import NamedTuple

import msgspec
from msgspec import Struct

from tracker.assessment.cycles import select_cycle
from tracker.assessment.direction import (
    ValueSpan,
    find_span_in_direction,
    has_direction_of_running_sum,
)
from tracker.assessment.light import (
    LightInputs,
    LightResult,
    LightRule,
    compute_light_shares,
    evaluate_light,
    prepare_light_inputs,
)
from tracker.assessment.measurement import (
    list_measured_reports,
    measure_goal_value,
    measure_planned_values,
)
from tracker.assessment.rules import Rules
from tracker.locale.translation import _
from tracker.model.effective import list_entries_in_force, revises_target
from tracker.model.horizon import Horizon
from tracker.model.quantities import HUNDRED, WIDE_CONTEXT, find_finest_place, format_quantity
from tracker.model.records import Indicator, Revision, Source
from tracker.model.vocabulary import Cycle, Light, State


class SourcedInput(Struct, frozen=True, kw_only=True):
    """Input of a light, and the place where it is written.

    ``bound`` says how the value is known: at least, at most, about; None: as it is.
    """

    name: str
    value: Decimal | date | str | None
    bound: str | None = None
    on: date | None = None
    document: str | None = None
    locator: str | None = None
    quote: str | None = None


class LightThresholds(Struct, frozen=True, kw_only=True):
    """Thresholds of the rules: points of gap, and days before a milestone's deadline."""

    yellow_below: Decimal
    red_below: Decimal
    warn_days: int


class HoldingValue(Struct, frozen=True, kw_only=True):
    """Value that, reported on the day, gives this light until a day.

    ``more`` is the difference to the value reported already, negative where less is
    wanted. ``until`` is None where the value meets the target.
    """

    light: Light
    value: Decimal
    more: Decimal
    until: date | None


class LightReasons(Struct, frozen=True, kw_only=True):
    """Explanation of a light; shares in per cent to one place, gaps in points."""

    id: str
    rule: LightRule
    light: Light
    why: str
    sentence: str
    done: Decimal | None
    expected: Decimal | None
    gap: Decimal | None
    thresholds: LightThresholds
    inputs: list[SourcedInput]
    flips_on: date | None
    flips_to: Light | None
    keeps: HoldingValue | None


class LightChange(NamedTuple):
    """Day on which a light changes if nothing is reported, and the light from then on."""

    on: date
    light: Light


def explain_light(
    indicator: Indicator,
    state: State,
    horizon: Horizon,
    rules: Rules,
    cycle: Cycle | None = None,
) -> LightReasons:
    """Explain an indicator's light as of a day; ``cycle``: how often a report is owed."""
    day = horizon.as_of
    inputs = prepare_light_inputs(select_cycle(indicator, horizon), state, horizon, cycle=cycle)
    result = evaluate_light(inputs, day, rules)
    flip = explain_next_light_change(inputs, day, rules)
    keeps = explain_value_to_hold(inputs, result, day, rules)
    return LightReasons(
        id=indicator.id,
        rule=result.rule,
        light=result.light,
        why=result.why,
        sentence=_write_explained_sentence(result, flip, keeps, indicator.unit),
        done=result.done,
        expected=result.expected,
        gap=result.gap,
        thresholds=LightThresholds(
            yellow_below=rules.yellow_below, red_below=rules.red_below, warn_days=rules.warn_days
        ),
        inputs=_list_explained_inputs(inputs, horizon),
        flips_on=None if flip is None else flip.on,
        flips_to=None if flip is None else flip.light,
        keeps=keeps,
    )


def explain_next_light_change(inputs: LightInputs, day: date, rules: Rules) -> LightChange | None:
    """Find the first day after ``day`` on which the light is another one if nothing is reported.

    Without reports a light only gets worse up to the day after its deadline; that of a
    running sum that keeps its ceiling only gets better. So the day is found by bisection.
    """
    now = evaluate_light(inputs, day, rules).light
    if inputs.deadline is None or evaluate_light(inputs, date.max, rules).light == now:
        return None
    before, after = day.toordinal(), date.max.toordinal()
    while after - before > 1:
        middle = (before + after) // 2
        if evaluate_light(inputs, date.fromordinal(middle), rules).light != now:
            after = middle
        else:
            before = middle
    on = date.fromordinal(after)
    return LightChange(on, evaluate_light(inputs, on, rules).light)


def explain_value_to_hold(
    inputs: LightInputs, result: LightResult, day: date, rules: Rules
) -> HoldingValue | None:
    """Find the value that keeps a light until the deadline, or makes a red one better."""
    value, baseline = inputs.measured.value, inputs.indicator.baseline
    target, goal = inputs.promised.target, measure_goal_value(inputs.indicator, inputs.promised)
    is_settled = result.light in {"none", "green"} and result.rule != "gap"
    if (
        is_settled
        or value is None
        or goal is None
        or target is None
        or _is_explained_goal_lost(inputs)
    ):
        return None
    done, expected, gap = compute_light_shares(inputs, day)
    if result.days_late is None and gap is not None and baseline is not None:
        light, share, until = result.light, HUNDRED + rules.yellow_below, inputs.deadline
        if light == "yellow":
            share = HUNDRED + rules.red_below
        elif light == "red":
            light, share, until = "yellow", (HUNDRED if expected is None else expected), day
            share += rules.red_below
        needed = _compute_explained_value(share, baseline, goal, value)
        if done is not None and done < share and needed != goal:
            more = WIDE_CONTEXT.subtract(needed, value)
            return HoldingValue(light=light, value=needed, more=more, until=until)
    span = find_span_in_direction(inputs.indicator, target, inputs.promised.target_high)
    needed = _find_explained_value_in_span(span, value, goal)
    if needed == value:
        return None
    return HoldingValue(
        light="green", value=needed, more=WIDE_CONTEXT.subtract(needed, value), until=None
    )


def _is_explained_goal_lost(inputs: LightInputs) -> bool:
    """Return whether no further value can help: a running sum under a ceiling only grows."""
    return inputs.measured.held and has_direction_of_running_sum(inputs.indicator)


def _find_explained_value_in_span(span: ValueSpan, value: Decimal, goal: Decimal) -> Decimal:
    """Return the value nearest to the newest one that meets the target, in the places in use."""
    end = span.low if span.low is not None and value <= span.low else span.high
    if end is None:
        # It is far enough already, and only known too vaguely.
        return value
    place = find_finest_place(value, goal)
    needed = end.quantize(place, context=WIDE_CONTEXT)
    if span.holds(needed):
        return needed
    # It was rounded out of the range, or the end itself lies outside.
    return WIDE_CONTEXT.add(needed, place if end == span.low else -place)


def _compute_explained_value(
    share: Decimal, baseline: Decimal, goal: Decimal, value: Decimal
) -> Decimal:
    """Return the value at a share of the way, rounded towards the goal to the places in use."""
    way = WIDE_CONTEXT.divide(
        WIDE_CONTEXT.multiply(share, WIDE_CONTEXT.subtract(goal, baseline)), HUNDRED
    )
    place = find_finest_place(baseline, goal, value)
    is_up = goal > baseline
    exact = WIDE_CONTEXT.add(baseline, way)
    rounded = exact.quantize(place, ROUND_CEILING if is_up else ROUND_FLOOR, WIDE_CONTEXT)
    return min(rounded, goal) if is_up else max(rounded, goal)


def _write_explained_sentence(
    result: LightResult, flip: LightChange | None, keeps: HoldingValue | None, unit: str | None
) -> str:
    parts = [_("{light}: {why}").format(light=_(result.light), why=result.why)]
    if flip is not None:
        sentence = _("{light} on {day} if nothing is reported")
        parts.append(sentence.format(light=_(flip.light), day=flip.on))
    if keeps is not None:
        sign = "" if keeps.more.is_signed() else "+"
        more = sign + format_quantity(keeps.more, unit)
        if keeps.until is None:
            sentence = _("{more} meets the target")
        elif result.light == keeps.light:
            sentence = _("{more} keeps it {light} until {day}")
        else:
            sentence = _("{more} makes it {light} now")
        parts.append(sentence.format(more=more, light=_(keeps.light), day=keeps.until))
    return _("; ").join(parts)


def _list_explained_inputs(inputs: LightInputs, horizon: Horizon) -> list[SourcedInput]:
    indicator, promised, measured = inputs.indicator, inputs.promised, inputs.measured
    revisions = list_entries_in_force(indicator.revisions, horizon)
    target_by = [revision for revision in revisions if revises_target(revision)]
    deadline_by = [revision for revision in revisions if revision.deadline is not None]
    listed = [_build_explained_input("state", inputs.state)] if inputs.state != "active" else []
    if indicator.baseline is not None:
        listed.append(
            _build_explained_input(
                "baseline", indicator.baseline, indicator.baseline_on, indicator.source
            )
        )
    if promised.target is not None:
        listed.append(
            _build_explained_promise_input("target", promised.target, target_by, indicator)
        )
    if promised.target_high is not None:
        high = promised.target_high
        listed.append(_build_explained_promise_input("target_high", high, target_by, indicator))
    if measured.start is not None:
        listed.append(_build_explained_input("start", measured.start, source=indicator.source))
    if inputs.deadline is not None:
        listed.append(
            _build_explained_promise_input("deadline", inputs.deadline, deadline_by, indicator)
        )
    planned = measure_planned_values(indicator, promised, horizon)
    listed += [_build_explained_input("interim", value, on) for on, value in planned]
    if final := list_measured_reports(indicator, horizon):
        report = final[-1]
        value = measured.value if report.done is None else "done" if report.done else "not done"
        reported = _build_explained_input("value", value, report.on, report.source)
        listed.append(msgspec.structs.replace(reported, bound=measured.bound))
    return listed


def _build_explained_promise_input(
    name: str, value: Decimal | date, revisions: list[Revision], indicator: Indicator
) -> SourcedInput:
    """Build the input of a target or deadline, from its newest revision if there is one."""
    if not revisions:
        return _build_explained_input(name, value, source=indicator.source)
    return _build_explained_input(name, value, revisions[-1].on, revisions[-1].source)


def _build_explained_input(
    name: str,
    value: Decimal | date | str | None,
    on: date | None = None,
    source: Source | None = None,
) -> SourcedInput:
    document = source.document if source is not None else None
    return SourcedInput(
        name=name,
        value=value,
        on=on,
        document=document,
        locator=source.locator if source is not None else None,
        quote=source.quote if source is not None else None,
    )
