"""Why a light is what it is: the rule, its inputs with their sources, and what comes next."""

from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Literal, NamedTuple, TypeAlias

import msgspec
from msgspec import Struct

from tracker.assessment.light import Facts, Verdict, facts_of, is_worse, judge, shares
from tracker.assessment.measurement import final_reports, goal_of
from tracker.assessment.rules import Rules
from tracker.locale.translation import _
from tracker.model.effective import counting
from tracker.model.horizon import Horizon
from tracker.model.quantities import HUNDRED, ROOM, show_number
from tracker.model.records import Indicator, Source
from tracker.model.vocabulary import Light, State

Rule: TypeAlias = Literal["met", "overdue", "gap", "milestone", "none"]


class Input(Struct, frozen=True, kw_only=True):
    """One thing that the light was judged by, and where it is written.

    ``bound`` says how the value is known: at least, at most, about; None: as it is.
    """

    name: str
    value: Decimal | date | str | None
    bound: str | None = None
    on: date | None = None
    document: str | None = None
    locator: str | None = None


class Thresholds(Struct, frozen=True, kw_only=True):
    """The numbers in the rule: points of gap, and days before a milestone's deadline."""

    yellow_below: Decimal
    red_below: Decimal
    warn_days: int


class Keeps(Struct, frozen=True, kw_only=True):
    """A value that, reported on the day, makes or keeps the light so until a day.

    ``more`` is what it takes beside what is reported already, less than 0 where less is
    wanted. ``until`` is None where the value meets the target.
    """

    light: Light
    value: Decimal
    more: Decimal
    until: date | None


class Working(Struct, frozen=True, kw_only=True):
    """The working of a light; shares in per cent to one place, gaps in points."""

    id: str
    rule: Rule
    light: Light
    why: str
    sentence: str
    done: Decimal | None
    expected: Decimal | None
    gap: Decimal | None
    thresholds: Thresholds
    inputs: list[Input]
    flips_on: date | None
    flips_to: Light | None
    keeps: Keeps | None


class Flip(NamedTuple):
    """The day on which a light gets worse if nothing is reported, and what it is then."""

    on: date
    light: Light


def working_of(indicator: Indicator, state: State, horizon: Horizon, rules: Rules) -> Working:
    """The working of an indicator's light as of a day."""
    day = horizon.as_of
    facts = facts_of(indicator, state, horizon)
    verdict = judge(facts, day, rules)
    flip = flip_of(facts, day, rules)
    keeps = keeps_of(facts, verdict, day, rules)
    return Working(
        id=indicator.id,
        rule=_rule(facts, verdict),
        light=verdict.light,
        why=verdict.why,
        sentence=_sentence(verdict, flip, keeps, indicator.unit),
        done=verdict.done,
        expected=verdict.expected,
        gap=verdict.gap,
        thresholds=Thresholds(
            yellow_below=rules.yellow_below, red_below=rules.red_below, warn_days=rules.warn_days
        ),
        inputs=_inputs(facts, horizon),
        flips_on=None if flip is None else flip.on,
        flips_to=None if flip is None else flip.light,
        keeps=keeps,
    )


def flip_of(facts: Facts, day: date, rules: Rules) -> Flip | None:
    """The first day after ``day`` on which the light is worse if nothing is reported.

    Without reports a light only ever gets worse, and on the day after its deadline it is
    as bad as it gets; so the day is found by halving.
    """
    deadline = facts.deadline
    if deadline is None or deadline == date.max:
        return None
    now = judge(facts, day, rules).light
    before, after = day.toordinal(), deadline.toordinal() + 1
    if not is_worse(judge(facts, date.fromordinal(after), rules).light, now):
        return None
    while after - before > 1:
        middle = (before + after) // 2
        if is_worse(judge(facts, date.fromordinal(middle), rules).light, now):
            after = middle
        else:
            before = middle
    on = date.fromordinal(after)
    return Flip(on, judge(facts, on, rules).light)


def keeps_of(facts: Facts, verdict: Verdict, day: date, rules: Rules) -> Keeps | None:
    """The value that keeps a light until the deadline, or makes a red one better."""
    value, baseline = facts.found.value, facts.indicator.baseline
    goal = goal_of(facts.indicator, facts.wanted)
    is_settled = verdict.light == "none" or facts.found.met_on is not None
    if is_settled or value is None or goal is None:
        return None
    done, expected, gap = shares(facts, day)
    if verdict.days_late is None and gap is not None and baseline is not None:
        light, share, until = verdict.light, HUNDRED + rules.yellow_below, facts.deadline
        if light == "yellow":
            share = HUNDRED + rules.red_below
        elif light == "red":
            light, share, until = "yellow", (HUNDRED if expected is None else expected), day
            share += rules.red_below
        wanted = _value_at(share, baseline, goal, value)
        if done is not None and done < share and wanted != goal:
            more = ROOM.subtract(wanted, value)
            return Keeps(light=light, value=wanted, more=more, until=until)
    return Keeps(light="green", value=goal, more=ROOM.subtract(goal, value), until=None)


def _value_at(share: Decimal, baseline: Decimal, goal: Decimal, value: Decimal) -> Decimal:
    """The value at a share of the way, rounded towards the goal to the places in use."""
    way = ROOM.divide(ROOM.multiply(share, ROOM.subtract(goal, baseline)), HUNDRED)
    finest = min(int(n.as_tuple().exponent) for n in (baseline, goal, value))
    place = Decimal(1).scaleb(min(finest, 0))
    is_up = goal > baseline
    found = ROOM.add(baseline, way)
    found = found.quantize(place, ROUND_CEILING if is_up else ROUND_FLOOR, ROOM)
    return min(found, goal) if is_up else max(found, goal)


def _rule(facts: Facts, verdict: Verdict) -> Rule:
    if verdict.light == "none":
        return "none"
    if facts.found.met_on is not None:
        return "met"
    if verdict.days_late is not None:
        return "overdue"
    return "milestone" if facts.indicator.measure == "milestone" else "gap"


def _sentence(verdict: Verdict, flip: Flip | None, keeps: Keeps | None, unit: str | None) -> str:
    parts = [_("{light}: {why}").format(light=_(verdict.light), why=verdict.why)]
    if flip is not None:
        sentence = _("{light} on {day} if nothing is reported")
        parts.append(sentence.format(light=_(flip.light), day=flip.on))
    if keeps is not None:
        sign = "+" if keeps.more > 0 else ""
        more = f"{sign}{show_number(keeps.more)} {unit or ''}".strip()
        if keeps.until is None:
            sentence = _("{more} meets the target")
        elif verdict.light == keeps.light:
            sentence = _("{more} keeps it {light} until {day}")
        else:
            sentence = _("{more} makes it {light} now")
        parts.append(sentence.format(more=more, light=_(keeps.light), day=keeps.until))
    return _("; ").join(parts)


def _inputs(facts: Facts, horizon: Horizon) -> list[Input]:
    indicator, wanted, found = facts.indicator, facts.wanted, facts.found
    revisions = counting(indicator.revisions, horizon)
    target_by = [each for each in revisions if each.target is not None]
    deadline_by = [each for each in revisions if each.deadline is not None]
    final = final_reports(indicator, horizon)
    inputs = [_input("state", facts.state, None, None)] if facts.state != "active" else []
    if indicator.baseline is not None:
        inputs.append(
            _input("baseline", indicator.baseline, indicator.baseline_on, indicator.source)
        )
    if wanted.target is not None:
        by = target_by[-1] if target_by else None
        source = by.source if by is not None else indicator.source
        inputs.append(_input("target", wanted.target, by.on if by is not None else None, source))
    if wanted.target_high is not None:
        inputs.append(_input("target_high", wanted.target_high, None, indicator.source))
    if found.start is not None:
        inputs.append(_input("start", found.start, None, indicator.source))
    if facts.deadline is not None:
        change = deadline_by[-1] if deadline_by else None
        source = change.source if change is not None else indicator.source
        inputs.append(
            _input("deadline", facts.deadline, change.on if change is not None else None, source)
        )
    inputs += [_input("interim", each.value, each.on, None) for each in indicator.interim]
    if final:
        newest = final[-1]
        value = found.value if newest.done is None else "done" if newest.done else "not done"
        said = _input("value", value, newest.on, newest.source)
        inputs.append(msgspec.structs.replace(said, bound=found.bound))
    return inputs


def _input(
    name: str, value: Decimal | date | str | None, on: date | None, source: Source | None
) -> Input:
    document = source.document if source is not None else None
    locator = source.locator if source is not None else None
    return Input(name=name, value=value, on=on, document=document, locator=locator)
