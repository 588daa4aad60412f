"""Assess an indicator: put its measurement, its light and its days together."""

from datetime import date
from decimal import Decimal
from typing import TypeAlias

from tracker.assessment.light import Facts, Verdict, facts_of, judge
from tracker.assessment.measurement import Standing
from tracker.assessment.rules import Rules
from tracker.model.assessment import Assessment
from tracker.model.effective import counting, first_promise
from tracker.model.horizon import Horizon
from tracker.model.records import Indicator, Initiative
from tracker.model.vocabulary import Basis, Confidence, Cycle, Light, State

_CYCLE_DAYS = {"weekly": 7, "monthly": 31, "quarterly": 92, "half-yearly": 184, "yearly": 366}


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
