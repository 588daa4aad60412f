"""Foresee how an indicator stands on each day to come, if nothing more is reported or decided.

Nothing is judged here: the rules are asked on the days on which something may change, and
between two of those on as many as it takes to find the day of a change. What is stored of it
answers questions about today without judging everything again.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from functools import lru_cache
from math import ceil

import msgspec
from msgspec import Struct

from tracker.assessment.assess import AssessmentInputs, assess_on_day, prepare_assessment
from tracker.assessment.case import Case
from tracker.assessment.cycles import find_last_day_of_cycle
from tracker.assessment.obligations import ObligationCycles, list_obligation_cycle_ends
from tracker.assessment.rollup import mark_for_rollup
from tracker.assessment.rules import Rules
from tracker.model.dates import shift_date
from tracker.model.effective import (
    is_record_in_effect,
    list_interim_in_force,
    list_sources_in_effect,
)
from tracker.model.horizon import Horizon
from tracker.model.leads import find_responsible_lead, split_leads
from tracker.model.outlooks import Outlook, Span
from tracker.model.records import Entry, Indicator, Initiative
from tracker.model.vocabulary import State

SPANS_VERSION = 2
"""Changed whenever the same records get other spans; spans of other versions are not used."""


_LONGEST_WAIT = 800
"""Days after which, with no deadline left, nothing changes any more: no cycle is longer."""


class _Standing(Struct, frozen=True):
    """What the rules say of one day."""

    mark: int
    gap: float | None
    deadline: date | None
    owed_since: date | None


def describe_rules_of_spans(rules: Rules) -> str:
    """Return the version and the rules that spans depend on; those of others are not used."""
    return f"{SPANS_VERSION} {rules.yellow_below} {rules.red_below} {rules.warn_days} {rules.cycle}"


def foresee_spans(
    initiative: Initiative, indicator: Indicator, state: State, horizon: Horizon, rules: Rules
) -> Outlook | None:
    """Return how an indicator without parts stands from a day on.

    Args:
        initiative: the initiative that it belongs to.
        indicator: the record.
        state: its state, that of its parents included; decisions about these that count from
            a later day are for the caller to look after.
        horizon: the day, with all that is known.
        rules: the thresholds in force.

    Returns:
        None where it was not there on that day.
    """
    if not is_record_in_effect(initiative, indicator, horizon):
        return None
    until = _find_last_day_of_spans(initiative, indicator, horizon)
    # Up to that day nothing else comes to count, so that the inputs are the same on all of them.
    inputs = prepare_assessment(initiative, indicator, state, horizon)
    judge = _build_judge_of_spans(inputs, horizon, rules)
    begins = _list_days_between_spans(inputs, horizon, rules)
    days = [horizon.as_of, *(day for day in begins if horizon.as_of < day <= until)]
    last = min(until, shift_date(days[-1], _LONGEST_WAIT))
    ends = [*(shift_date(day, -1) for day in days[1:]), last]
    thresholds = float(rules.yellow_below), float(rules.red_below)
    spans: list[Span] = []
    for first, end in zip(days, ends, strict=True):
        spans += _split_into_spans(judge, first, end, thresholds)
    owed = (judge(day).owed_since for day in (horizon.as_of, *ends))
    return Outlook(
        judge(horizon.as_of).deadline,
        next(filter(None, owed), None),
        bool(split_leads(find_responsible_lead(initiative, indicator))),
        _join_equal_spans(spans, until),
    )


def _build_judge_of_spans(
    inputs: AssessmentInputs, horizon: Horizon, rules: Rules
) -> Callable[[date], _Standing]:
    """Return a function that asks the rules about a day, once for each."""
    judged: dict[date, _Standing] = {}

    def judge(day: date) -> _Standing:
        if day not in judged:
            assessment = assess_on_day(inputs, day, rules, is_explained=False)
            case = Case(inputs.initiative, inputs.indicator, assessment, horizon, rules)
            owed = list_obligation_cycle_ends(case, _list_cycles_before_span(day))
            owed_since = owed[0] if owed else None
            mark = mark_for_rollup(assessment, day, is_owing=owed_since is not None)
            gap = None if assessment.gap is None else float(assessment.gap)
            judged[day] = _Standing(mark, gap, assessment.deadline, owed_since)
        return judged[day]

    return judge


@lru_cache(maxsize=4096)
def _list_cycles_before_span(day: date) -> ObligationCycles:
    """Return the reporting cycles before a day, for all indicators that are asked about on it."""
    return ObligationCycles(day)


def _find_last_day_of_spans(initiative: Initiative, indicator: Indicator, horizon: Horizon) -> date:
    """Return the day before the next one of which something is known already.

    That is the day of an entry, of the print of a document, or the first of another cycle.
    """
    entries: tuple[Sequence[Entry], ...] = (
        initiative.decisions,
        indicator.decisions,
        indicator.revisions,
        indicator.updates,
        indicator.judgements,
        indicator.verdicts,
    )
    days = [entry.on for of_kind in entries for entry in of_kind]
    sources = list_sources_in_effect(initiative, indicator)
    days += [horizon.published.get(source.document, horizon.as_of) for source in sources]
    news = min((day for day in days if day > horizon.as_of), default=None)
    last_of_cycle = find_last_day_of_cycle(indicator, horizon)
    lasts = [None if news is None else shift_date(news, -1), last_of_cycle]
    return min(filter(None, lasts), default=date.max)


def _list_days_between_spans(
    inputs: AssessmentInputs, horizon: Horizon, rules: Rules
) -> list[date]:
    """Return the days from which another line is expected or another rule decides, in order."""
    judged, deadline = inputs.light.indicator, inputs.light.deadline
    interim, _promise = list_interim_in_force(judged, horizon)
    days = {inputs.light.measured.start, *(point.on for point in interim)}
    if deadline is not None:
        days |= {deadline, shift_date(deadline, 1)}
    # What is open now owes its first report behind the first cycle without one.
    assessment = assess_on_day(inputs, horizon.as_of, rules, is_explained=False)
    case = Case(inputs.initiative, inputs.indicator, assessment, horizon, rules)
    far = _list_cycles_before_span(shift_date(horizon.as_of, _LONGEST_WAIT))
    if owed := list_obligation_cycle_ends(case, far):
        days.add(shift_date(owed[0], 1))
    return sorted(filter(None, days))


def _split_into_spans(
    judge: Callable[[date], _Standing], first: date, end: date, thresholds: Sequence[float]
) -> Iterator[Span]:
    """Yield the spans of days on which one line is expected; no mark comes back on it."""
    while (begin := judge(first)).mark != judge(end).mark:
        last = _find_last_day_of_marked_span(judge, first, end, thresholds)
        yield Span(first, last, begin.mark, begin.gap, judge(last).gap)
        first = shift_date(last, 1)
    yield Span(first, end, begin.mark, begin.gap, judge(end).gap)


def _find_last_day_of_marked_span(
    judge: Callable[[date], _Standing], first: date, end: date, thresholds: Sequence[float]
) -> date:
    """Return the last day that has the mark of the first one, which the end has not.

    The rules are asked about the days around a threshold first, then half-way.
    """
    mark, low, high = judge(first).mark, first.toordinal(), end.toordinal()
    guess = low + guess_days_of_span(judge(first).gap, judge(end).gap, thresholds, high - low)
    guesses = guess, guess - 1, guess + 1, guess - 2
    while high - low > 1:
        day = next((day for day in guesses if low < day < high), (low + high) // 2)
        if judge(date.fromordinal(day)).mark == mark:
            low = day
        else:
            high = day
    return date.fromordinal(low)


def guess_days_of_span(
    gap: float | None, last_gap: float | None, thresholds: Sequence[float], days: int
) -> int:
    """Return after how many days a gap falls below the next threshold; 0: nobody knows."""
    if gap is None or last_gap is None:
        return 0
    below = [threshold for threshold in thresholds if last_gap <= threshold < gap]
    return ceil((gap - max(below)) / (gap - last_gap) * days) if below else 0


def _join_equal_spans(spans: Iterable[Span], until: date) -> list[Span]:
    """Join neighbours that are the same but for their days; let the last one last until a day."""
    joined: list[Span] = []
    for span in spans:
        before = joined[-1] if joined else span
        gaps = {before.gap, before.last_gap, span.gap, span.last_gap}
        if joined and before.mark == span.mark and len(gaps) == 1:
            joined.pop()
            span = msgspec.structs.replace(before, last=span.last)  # noqa: PLW2901  # the two
        joined.append(span)
    return [*joined[:-1], msgspec.structs.replace(joined[-1], last=until)]
