"""What is foreseen of an indicator is what the rules say on each of those days."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from factories import END, PLAN, START, day, milestone, number, up_to
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tracker.assessment.assess import assess
from tracker.assessment.case import Case
from tracker.assessment.obligations import ObligationCycles, list_obligation_cycle_ends
from tracker.assessment.rollup import build_rollup_mark, mark_for_rollup, roll_up, sum_rollup_marks
from tracker.assessment.rules import Rules
from tracker.assessment.spans import (
    describe_rules_of_spans,
    foresee_spans,
    guess_days_of_span,
)
from tracker.model.horizon import Horizon
from tracker.model.outlooks import Outlook, estimate_gap_in_span, find_span
from tracker.model.records import (
    Deadline,
    Decision,
    Indicator,
    Interim,
    Revision,
    Source,
    Update,
    Verdict,
)
from tracker.model.vocabulary import State

RULES = Rules()
DAYS = st.integers(-60, 460).map(lambda n: START + timedelta(days=n))
VALUES = st.sampled_from([Decimal(n) for n in (-5, 0, 1, 30, 50, 89, 90, 99, 100, 101, 150)])
STATES: st.SearchStrategy[State] = st.sampled_from(["active", "active", "suspended", "closed"])


@st.composite
def indicators(draw: st.DrawFn) -> Indicator:
    deadline = draw(st.none() | DAYS)
    fields: dict[str, Any] = {
        "deadline": None if deadline is None else Deadline(on=deadline),
        "start": draw(st.none() | DAYS),
        "recorded_at": draw(st.none() | st.just(datetime(2026, 1, 5, tzinfo=UTC))),
        "commitment": draw(st.sampled_from([None, None, "outcome", "effort", "vision"])),
        "recurs": draw(st.sampled_from([None, None, None, "year", "quarter", "month"])),
        "source": draw(st.none() | st.just(Source(document="plan"))),
    }
    on = draw(st.lists(DAYS, max_size=3))
    if draw(st.booleans()):
        fields["revisions"] = [Revision(id="r", on=draw(DAYS), deadline=Deadline(on=draw(DAYS)))]
    if draw(st.integers(0, 4)) == 0:
        fields["decisions"] = [Decision(id="d", on=draw(DAYS), state=draw(STATES))]
    if draw(st.integers(0, 4)) == 0:
        fields["verdicts"] = [Verdict(id="v", on=draw(DAYS), verdict="kept", reason="核查")]
    if draw(st.integers(0, 3)) == 0:
        steps = [Update(id=f"u{n}", on=at, done=draw(st.booleans())) for n, at in enumerate(on)]
        return milestone(*steps, **fields)
    fields |= {
        "baseline": draw(st.none() | VALUES),
        "target": draw(st.none() | VALUES),
        "op": draw(st.sampled_from([None, None, ">=", "<="])),
        "accumulation": draw(st.sampled_from(["cumulative", "level", "increment"])),
        "interim": [Interim(on=at, value=draw(VALUES)) for at in draw(st.lists(DAYS, max_size=2))],
    }
    updates = [
        Update(id=f"u{n}", on=at, value=draw(VALUES), status=draw(st.sampled_from(STATUSES)))
        for n, at in enumerate(on)
    ]
    return number(*updates, **fields)


STATUSES = ["final", "final", "estimate"]


def judge(indicator: Indicator, state: State, on: date, rules: Rules = RULES) -> tuple[Any, ...]:
    """Return mark, gap, deadline and owed report as the rules give them on a day."""
    horizon = Horizon(as_of=on, published={"plan": date(2026, 1, 4)})
    assessment = assess(PLAN, indicator, state, horizon, rules)
    case = Case(PLAN, indicator, assessment, horizon, rules)
    owed = list_obligation_cycle_ends(case, ObligationCycles(on))
    mark = mark_for_rollup(assessment, on, is_owing=bool(owed))
    return mark, assessment.gap, assessment.deadline, owed[0] if owed else None


def foresee(indicator: Indicator, on: date, state: State = "active") -> Outlook | None:
    horizon = Horizon(as_of=on, published={"plan": date(2026, 1, 4)})
    return foresee_spans(PLAN, indicator, state, horizon, RULES)


@given(indicators(), DAYS, STATES, st.lists(st.integers(0, 900), min_size=4, max_size=4))
def test_the_rules_say_what_was_foreseen(
    indicator: Indicator, on: date, state: State, later: list[int]
) -> None:
    outlook = foresee(indicator, on, state)
    if outlook is None:
        return
    assert outlook.spans[0].first == on
    borders = [span.first for span in outlook.spans]
    days = {on + timedelta(n) for n in later} | set(borders)
    days |= {border - timedelta(1) for border in borders[1:]}
    for each in sorted(days):
        span = find_span(outlook, each)
        if span is None:
            assert each > outlook.spans[-1].last
            continue
        mark, gap, deadline, owed_since = judge(indicator, state, each)
        assert (span.mark, outlook.deadline) == (mark, deadline)
        assert owed_since in {None, outlook.owed_since}
        assert bool(span.mark & build_rollup_mark("unreported")) == (owed_since is not None)
        estimated = estimate_gap_in_span(span, each)
        assert (gap is None) == (estimated is None)
        if gap is not None and estimated is not None:
            assert abs(float(gap) - estimated) <= 0.11


def test_what_was_not_there_has_no_outlook() -> None:
    later = number(start=END, recorded_at=datetime(2026, 12, 30, tzinfo=UTC))
    assert foresee(later, START) is None
    assert foresee(later, END) is not None


def test_a_number_on_its_way_turns_yellow_red_and_overdue_once_each() -> None:
    outlook = foresee(number(up_to("2026-01-31", 8)), date(2026, 2, 1))
    assert outlook is not None
    names = ("green", "yellow", "red", "overdue", "unreported")
    seen = [
        (str(span.first), [name for name in names if span.mark & build_rollup_mark(name)])
        for span in outlook.spans
    ]
    assert seen == [
        ("2026-02-01", ["green"]),
        ("2026-03-01", ["green", "unreported"]),
        ("2026-03-08", ["yellow", "unreported"]),
        ("2026-05-20", ["red", "unreported"]),
        ("2026-12-31", ["red", "unreported"]),
        ("2027-01-01", ["red", "overdue", "unreported"]),
    ]
    assert (outlook.deadline, outlook.owed_since) == (END, date(2026, 2, 28))
    assert find_span(outlook, date.max) == outlook.spans[-1]
    assert find_span(outlook, date(2026, 1, 31)) is None


def test_nothing_is_foreseen_beyond_what_is_known_to_come() -> None:
    closing = Decision(id="d", on=day("2026-06-01"), state="closed")
    for coming, last in (
        (number(up_to("2026-07-01", 5)), "2026-06-30"),
        (number(decisions=[closing]), "2026-05-31"),
        (number(recurs="quarter", deadline=None), "2026-03-31"),
    ):
        outlook = foresee(coming, date(2026, 3, 1))
        assert outlook is not None
        assert outlook.spans[-1].last == day(last)
        assert find_span(outlook, day(last) + timedelta(1)) is None


def test_spans_are_of_the_rules_that_they_were_foreseen_by() -> None:
    others = [
        replace(RULES, yellow_below=Decimal(-11)),
        replace(RULES, red_below=Decimal(-31)),
        replace(RULES, warn_days=31),
        replace(RULES, cycle="weekly"),
    ]
    assert len({describe_rules_of_spans(rules) for rules in (RULES, *others)}) == len(others) + 1
    assert describe_rules_of_spans(Rules()) == describe_rules_of_spans(RULES)


@given(st.lists(st.integers(0, 450), max_size=5), STATES, DAYS)
def test_marks_add_up_to_what_is_counted_at_once(values: list[int], state: State, on: date) -> None:
    horizon = Horizon(as_of=on)
    assessments = [
        assess(PLAN, number(up_to("2026-03-01", value)), state, horizon, RULES) for value in values
    ]
    marks = [mark_for_rollup(each, on, is_owing=False) for each in assessments]
    counted = sum_rollup_marks({mark: marks.count(mark) for mark in marks})
    assert counted == roll_up(assessments, on)
    assert counted.indicators == len(values)


def test_what_is_known_of_a_later_day_ends_what_is_foreseen() -> None:
    later = number(up_to("2026-05-31", 10), up_to("2026-08-31", 20))
    seen = foresee_spans(PLAN, later, "active", Horizon(as_of=day("2026-03-01")), RULES)
    assert seen is not None
    assert (seen.spans[0].first, seen.spans[-1].last) == (day("2026-03-01"), day("2026-05-30"))
    again = number(recurs="month", deadline=None)
    seen = foresee_spans(PLAN, again, "active", Horizon(as_of=day("2026-03-10")), RULES)
    assert seen is not None
    assert seen.spans[-1].last == day("2026-03-31")


def test_what_is_led_names_somebody() -> None:
    for lead, is_led in (("水务局", True), ("、", False), (None, False)):
        owner = replace(PLAN, lead=lead)
        seen = foresee_spans(owner, number(), "active", Horizon(as_of=START), RULES)
        assert seen is not None
        assert seen.is_led is is_led
        assert (seen.deadline, seen.owed_since) == (END, day("2026-01-31"))
    open_ended = number(deadline=Deadline(on=None, wording="长期坚持"))
    seen = foresee_spans(PLAN, open_ended, "active", Horizon(as_of=START), RULES)
    assert seen is not None
    assert seen.deadline is None


def test_days_on_which_nothing_changes_are_one_span() -> None:
    waiting = number(deadline=None, start=day("2026-06-01"))
    seen = foresee_spans(PLAN, waiting, "suspended", Horizon(as_of=START), RULES)
    assert seen is not None
    assert [(span.first, span.last) for span in seen.spans] == [(START, date.max)]


def test_the_day_of_a_threshold_is_guessed_from_the_gaps_at_both_ends() -> None:
    for gap, last_gap, days, guess in (
        (5.0, -25.0, 30, 15),
        (5.0, -40.0, 90, 30),
        (-12.0, -40.0, 28, 18),
        (-10.0, -30.0, 20, 20),
        (0.0, -15.0, 10, 7),
        (-35.0, -40.0, 5, 0),
        (-40.0, 5.0, 45, 0),
        (None, -40.0, 28, 0),
        (5.0, None, 28, 0),
    ):
        assert guess_days_of_span(gap, last_gap, (-10.0, -30.0), days) == guess


def test_the_first_of_news_and_of_the_end_of_a_cycle_ends_what_is_foreseen() -> None:
    for on, last in (("2026-03-20", "2026-03-19"), ("2026-05-20", "2026-03-31")):
        again = number(up_to(on, 10), recurs="month", deadline=None)
        seen = foresee_spans(PLAN, again, "active", Horizon(as_of=day("2026-03-10")), RULES)
        assert seen is not None
        assert seen.spans[-1].last == day(last)


def test_spans_follow_each_other_from_the_very_day_on() -> None:
    reported = number(up_to("2026-01-01", 5))
    for on in ("2026-01-01", "2026-12-31", "2027-01-01"):
        seen = foresee_spans(PLAN, reported, "active", Horizon(as_of=day(on)), RULES)
        assert seen is not None
        assert seen.spans[0].first == day(on)
        assert seen.spans[-1].last == date.max
        assert all(span.first <= span.last for span in seen.spans)
        ends = [span.last + timedelta(days=1) for span in seen.spans[:-1]]
        assert ends == [span.first for span in seen.spans[1:]]
