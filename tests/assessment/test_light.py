"""The rules of done, expected and the light: worked cases, edges and laws."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from factories import END, PLAN, START, day, milestone, number, up_to
from hypothesis import given
from hypothesis import strategies as st

from tracker.assessment.assess import assess
from tracker.assessment.direction import Bound, find_span_in_direction, infer_direction
from tracker.assessment.explanation import explain_light
from tracker.assessment.light import is_light_promised, is_worse_light
from tracker.assessment.measurement import (
    measure_share_done,
    measure_share_expected,
    round_measured_share,
)
from tracker.assessment.pace import compute_pace
from tracker.assessment.promises import is_promise_overdue
from tracker.assessment.rollup import Rollup, merge_rollups, roll_up
from tracker.assessment.rules import Rules
from tracker.model.assessment import Assessment
from tracker.model.effective import (
    choose_effective_state,
    find_effective_known_day,
    find_effective_report_start,
    find_promise_in_force,
    find_state_in_force,
    is_record_in_effect,
    list_entries_in_force,
)
from tracker.model.horizon import Horizon
from tracker.model.records import (
    Deadline,
    Decision,
    Indicator,
    Initiative,
    Interim,
    Revision,
    Source,
    Update,
)
from tracker.model.vocabulary import Accumulation, Cycle, Light, Op, State

RULES = Rules()


def seen(indicator: Indicator, on: str, state: State = "active", **more: Any) -> Assessment:  # noqa: ANN401
    return assess(PLAN, indicator, state, Horizon(as_of=day(on), **more), RULES)


def judged(indicator: Indicator, on: str, **more: Any) -> tuple[Light, str]:  # noqa: ANN401
    found = seen(indicator, on, **more)
    return found.light, found.why


@pytest.mark.parametrize(
    ("baseline", "target", "value", "done"),
    [
        (100, 60, 80, "50.0"),
        (12, 30, 20, "44.4"),
        (0, 100, 0, "0.0"),
        (0, 100, 140, "140.0"),
        (12, 30, 9, "-16.7"),
        (100, 60, 110, "-25.0"),
        (-10, 10, 0, "50.0"),
        (0, 8, 1, "12.5"),
        (0, "10", "0.0049", "0.0"),
        (0, 2000, 1, "0.1"),
        (0, -2000, 1, "-0.1"),
    ],
)
def test_done_is_the_share_of_the_way(
    baseline: int, target: int | str, value: int | str, done: str
) -> None:
    found = seen(
        number(up_to("2026-06-30", value), baseline=Decimal(baseline), target=Decimal(target)),
        "2026-06-30",
    )
    assert str(found.done) == done
    assert found.value == Decimal(str(value))


def test_a_missing_baseline_is_missing_and_not_0() -> None:
    found = seen(number(up_to("2026-06-30", 40), baseline=None), "2026-06-30")
    assert (found.done, found.gap) == (None, None)
    assert (found.value, found.target) == (Decimal(40), Decimal(100))
    why = "no baseline, so no percentage; give one with: tracker edit --baseline"
    assert (found.light, found.why) == ("none", why)


def test_a_target_at_the_baseline_is_to_be_kept() -> None:
    kept = number(baseline=Decimal(85), target=Decimal(85), op=">=", accumulation="level")
    assert judged(kept, "2026-02-05") == (
        "none",
        "nothing reported yet; report with: tracker update",
    )
    good = msgspec.structs.replace(kept, updates=[up_to("2026-03-31", 86)])
    assert seen(good, "2026-06-30").done is None
    assert judged(good, "2026-06-30") == ("green", "kept; to be kept until 2026-12-31")
    assert (seen(good, "2026-12-30").met_on, seen(good, "2026-12-30").kept) == (None, True)
    assert (seen(good, "2026-12-31").met_on, seen(good, "2027-01-01").met_on) == (END, END)
    bad = msgspec.structs.replace(kept, updates=[*good.updates, up_to("2026-06-30", 84)])
    assert seen(bad, "2026-06-30").met_on is None
    assert seen(bad, "2026-06-30").kept is False
    assert judged(bad, "2026-06-30") == ("red", "to be kept until 2026-12-31, and broken")
    assert judged(bad, "2027-01-01")[0] == "red"
    again = msgspec.structs.replace(bad, updates=[*bad.updates, up_to("2026-09-30", 85)])
    assert judged(again, "2026-09-30")[0] == "green"
    assert seen(again, "2026-12-31").met_on == END


def test_only_what_is_declared_to_be_held_is_broken_by_more_of_it() -> None:
    kept = number(
        up_to("2026-03-31", 86), baseline=Decimal(85), target=Decimal(85), accumulation="level"
    )
    assert seen(kept, "2026-06-30").kept is True
    declared = number(up_to("2026-03-31", 85), baseline=None, target=Decimal(85), direction="hold")
    assert (seen(declared, "2026-06-30").kept, seen(declared, "2026-06-30").met_on) == (True, None)
    more = msgspec.structs.replace(declared, updates=[up_to("2026-03-31", 86)])
    assert (seen(more, "2026-06-30").kept, judged(more, "2026-06-30")[0]) == (False, "red")


def test_a_ceiling_that_the_baseline_keeps_is_to_be_kept() -> None:
    unemployment = number(
        up_to("2026-03-31", "5.0"),
        up_to("2026-06-30", "5.6"),
        baseline=Decimal("5.1"),
        target=Decimal("5.5"),
        op="<=",
        unit="%",
        accumulation="level",
    )
    assert judged(unemployment, "2026-04-01") == ("green", "kept; to be kept until 2026-12-31")
    found = seen(unemployment, "2026-06-30")
    assert (found.met_on, found.done, found.kept, found.light) == (None, None, False, "red")


CEILING: dict[str, Any] = {"target": Decimal(6), "op": "<=", "unit": "%", "accumulation": "level"}


@pytest.mark.parametrize("baseline", [Decimal(5), None])
def test_what_was_kept_up_to_its_deadline_stays_met(baseline: Decimal | None) -> None:
    told = [up_to("2026-03-31", 5), up_to("2026-12-31", 6), up_to("2027-01-31", 9)]
    kept = number(*told, baseline=baseline, **CEILING)
    for on in ("2026-12-31", "2027-01-30", "2027-01-31", "2030-01-01"):
        found = seen(kept, on)
        assert (found.light, found.met_on, found.days_late) == ("green", END, None)
    held = number(
        up_to("2026-03-31", 85),
        up_to("2027-01-31", 84),
        baseline=Decimal(85),
        target=Decimal(85),
        accumulation="level",
    )
    assert judged(held, "2027-02-01") == ("green", "met on 2026-12-31")


@pytest.mark.parametrize("baseline", [Decimal(5), None])
def test_what_was_broken_by_its_deadline_is_met_late_once_it_is_kept_again(
    baseline: Decimal | None,
) -> None:
    told = [up_to("2026-03-31", 5), up_to("2026-11-30", 7), up_to("2027-01-10", 6)]
    broken = number(*told, up_to("2027-02-10", 8), baseline=baseline, **CEILING)
    assert seen(broken, "2026-11-30").met_on is None
    assert judged(broken, "2027-01-09") == ("red", "overdue by 9 days")
    assert judged(broken, "2027-01-10") == ("green", "met on 2027-01-10, 10 days late")
    assert judged(broken, "2027-03-01") == ("green", "met on 2027-01-10, 10 days late")


def test_a_ceiling_that_is_come_down_to_is_met_while_it_is_reached() -> None:
    told = [up_to("2026-03-31", 8), up_to("2026-04-30", 6), up_to("2026-06-30", 7)]
    for baseline in (Decimal(9), None):
        down = number(*told, **CEILING, baseline=baseline)
        assert seen(down, "2026-06-29").met_on == day("2026-04-30")
        assert seen(down, "2026-06-30").met_on is None


@pytest.mark.parametrize(
    ("op", "target", "high", "value", "bound", "decided"),
    [
        (">=", 10, None, 10, ">=", True),
        (">=", 10, None, 9, ">=", None),
        (">=", 10, None, 9, "<=", False),
        (">=", 10, None, 10, "<=", None),
        ("<=", 6, None, 6, "<=", True),
        ("<=", 6, None, 7, "<=", None),
        ("<=", 6, None, 7, ">=", False),
        ("<=", 6, None, 6, ">=", None),
        ("range", 1, 2, 1, ">=", True),
        ("range", 1, 2, 0, ">=", None),
        ("range", 1, 2, 3, ">=", True),
        ("range", 1, 2, 2, "<=", None),
        ("range", 1, 2, 0, "<=", False),
        (">=", 10, None, 10, "~", True),
        (">=", 10, None, 9, "~", False),
        (">=", 10, None, 100, "?", None),
    ],
)
def test_a_bound_decides_where_it_can_and_is_never_guessed(  # a table
    op: Op, target: int, high: int | None, value: int, bound: Bound, *, decided: bool | None
) -> None:
    ends = None if high is None else Decimal(high)
    indicator = number(op=op, target=Decimal(target), target_high=ends, baseline=None)
    span = find_span_in_direction(indicator, Decimal(target), ends)
    assert span.decides(Decimal(value), bound) is decided
    if bound != "?":
        told = up_to("2026-06-30", value, qualifier=bound)
        found = seen(msgspec.structs.replace(indicator, updates=[told]), "2026-06-30")
        assert (found.met_on is not None or found.kept is True) == (decided is True)
        assert (str(found.value), found.value_bound) == (str(value), bound)


def test_at_most_shows_nothing_on_a_way_up_and_at_least_what_is_proven() -> None:
    most = number(up_to("2026-06-30", 60, qualifier="<="))
    assert seen(most, "2026-07-02").done is None
    assert judged(most, "2026-07-02") == (
        "none",
        "the newest report is only a bound, so no percentage; report an exact value",
    )
    assert judged(most, "2027-01-01") == ("red", "overdue by 1 day")
    least = number(up_to("2026-06-30", 60, qualifier=">="))
    assert judged(least, "2026-07-02") == ("green", "60.0% done, 50.0% expected, gap 10.0")
    about = number(up_to("2026-06-30", 60, qualifier="~"))
    assert judged(about, "2026-07-02") == judged(least, "2026-07-02")
    down: dict[str, Any] = {"baseline": Decimal(100), "target": Decimal(0)}
    fallen = number(up_to("2026-06-30", 60, qualifier="<="), **down)
    assert str(seen(fallen, "2026-07-02").done) == "40.0"
    assert seen(number(up_to("2026-06-30", 60, qualifier=">="), **down), "2026-07-02").done is None


def test_what_a_bound_leaves_open_is_not_met_and_says_so() -> None:
    open_one = number(up_to("2026-06-30", 120, qualifier="<="))
    assert judged(open_one, "2027-01-01") == (
        "red",
        "overdue by 1 day; the newest report leaves open if it is met",
    )
    kept = number(
        up_to("2026-03-31", 5),
        up_to("2026-06-30", 7, qualifier="<="),
        baseline=Decimal(5),
        **CEILING,
    )
    assert judged(kept, "2026-06-30") == (
        "none",
        "the newest report leaves open if it is kept; report an exact value",
    )
    surely = msgspec.structs.replace(kept, updates=[up_to("2026-06-30", 6, qualifier="<=")])
    assert judged(surely, "2026-06-30") == ("green", "kept; to be kept until 2026-12-31")


@pytest.mark.parametrize(
    ("bounds", "joined"),
    [
        ((None, None), None),
        ((None, ">="), ">="),
        (("~", None), "~"),
        (("~", "<="), "<="),
        ((">=", ">="), ">="),
        ((">=", "<="), "?"),
        ((">=", "<=", None), "?"),
    ],
)
def test_a_sum_is_known_as_its_parts_are(bounds: tuple[Any, ...], joined: str | None) -> None:
    parts = [up_to(f"2026-0{at}-28", 50, qualifier=each) for at, each in enumerate(bounds, 1)]
    found = seen(number(*parts, accumulation="increment"), "2026-06-30")
    assert found.value_bound == joined
    assert (found.met_on is not None) == (joined in {None, "~", ">="})


def test_a_milestone_is_0_or_1() -> None:
    assert seen(milestone(), "2026-06-30").done is None
    assert seen(milestone(up_to("2026-06-30", done=False)), "2026-06-30").done == 0
    done = milestone(up_to("2026-06-30", done=True))
    assert seen(done, "2026-06-29").done is None
    assert seen(done, "2026-06-30").done == 100
    assert seen(done, "2026-06-30").expected is None
    taken_back = milestone(up_to("2026-05-31", done=True), up_to("2026-06-30", done=False))
    assert seen(taken_back, "2026-06-30").met_on is None
    assert seen(taken_back, "2026-06-30").value_on == day("2026-06-30")
    twice = milestone(up_to("2026-05-31", done=True), up_to("2026-06-30", done=True))
    assert seen(twice, "2026-12-31").met_on == day("2026-05-31")


@pytest.mark.parametrize(
    ("op", "baseline", "value", "met"),
    [
        ("=", 0, 100, True),
        ("=", 0, 101, True),
        ("=", 0, 99, False),
        ("=", 200, 100, True),
        ("=", 200, 99, True),
        ("=", 200, 101, False),
        (None, 0, 100, True),
        (None, 200, 90, True),
        (">=", None, 100, True),
        (">=", None, 99, False),
        ("<=", None, 100, True),
        ("<=", None, 99, True),
        ("<=", None, 101, False),
        ("<=", 200, 100, True),
        (None, None, 100, True),
        (None, None, 99, False),
    ],
)
def test_when_a_target_is_met(op: Any, baseline: int | None, value: int, met: bool) -> None:  # noqa: ANN401, FBT001
    base = None if baseline is None else Decimal(baseline)
    found = seen(number(up_to("2026-06-30", value), op=op, baseline=base), "2026-06-30")
    assert (found.met_on is not None or found.kept is True) == met


@pytest.mark.parametrize(
    ("op", "value", "met"),
    [
        ("range", "0.9", False),
        ("range", 1, True),
        ("range", "1.5", True),
        ("range", 2, True),
        ("range", "2.1", True),
        (">=", 1, True),
        (">=", 3, True),
        (">=", "0.9", False),
    ],
)
def test_a_range_on_a_way_up_is_met_at_and_beyond_its_low_end(
    op: Any,  # noqa: ANN401
    value: float | str,
    met: bool,  # noqa: FBT001
) -> None:
    few = number(up_to("2026-06-30", value), op=op, target=Decimal(1), target_high=Decimal(2))
    assert (seen(few, "2026-06-30").met_on is not None) == met


def test_a_range_may_end_at_0_and_is_come_down_to_at_its_near_end() -> None:
    fields = {"op": "range", "target": Decimal(-5), "target_high": Decimal(0)}
    found = seen(number(up_to("2026-06-30", 0), baseline=Decimal(20), **fields), "2026-06-30")
    assert (found.met_on, str(found.done)) == (day("2026-06-30"), "100.0")
    alone = number(up_to("2026-06-30", 7), op="range", target=Decimal(7))
    assert seen(alone, "2026-06-30").met_on == day("2026-06-30")


def test_the_newest_effective_value_of_a_cumulative_indicator_counts() -> None:
    late_correction = number(
        up_to("2026-03-31", 30), up_to("2026-06-30", 55), up_to("2026-03-31", 20)
    )
    assert seen(late_correction, "2026-06-30").value == 55
    assert seen(late_correction, "2026-04-30").value == 20
    level = number(up_to("2026-03-31", 70), up_to("2026-06-30", 60), accumulation="level")
    assert seen(level, "2026-07-31").value == 60


def test_of_several_updates_on_one_day_the_last_entered_counts() -> None:
    found = seen(number(up_to("2026-06-30", 40), up_to("2026-06-30", 45)), "2026-06-30")
    assert (str(found.value), found.value_on) == ("45", day("2026-06-30"))


def test_increments_add_up_from_the_start_and_after_the_deadline() -> None:
    indicator = number(
        up_to("2025-12-31", 50),
        up_to("2026-01-01", 30),
        up_to("2026-12-31", 50),
        up_to("2027-02-01", 30),
        accumulation="increment",
    )
    assert seen(indicator, "2026-01-01").value == 30
    assert seen(indicator, "2026-12-31").value == 80
    late = seen(indicator, "2027-02-01")
    assert (str(late.value), late.met_on, late.days_late) == ("110", day("2027-02-01"), 32)
    assert late.why == "met on 2027-02-01, 32 days late"
    assert late.light == "green"


def test_increments_grow_from_the_baseline() -> None:
    indicator = number(
        up_to("2026-06-30", 8), baseline=Decimal(12), target=Decimal(30), accumulation="increment"
    )
    found = seen(indicator, "2026-06-30")
    assert (str(found.value), str(found.done)) == ("20", "44.4")


def test_increments_before_the_start_alone_are_no_value() -> None:
    indicator = number(up_to("2025-12-31", 50), accumulation="increment")
    found = seen(indicator, "2026-06-30")
    assert (found.value, found.last_report) == (None, day("2025-12-31"))
    assert found.why == "no final value since the start; report one with: tracker update"
    startless = number(up_to("2025-12-31", 50), accumulation="increment", start=None, baseline=None)
    assert seen(startless, "2026-06-30").value == 50


@pytest.mark.parametrize("status", ["estimate", "in_progress"])
def test_what_is_not_final_is_shown_and_never_meets_a_target(status: str) -> None:
    said = number(up_to("2026-06-30", 200, status=status))
    found = seen(said, "2026-06-30")
    assert (found.value, found.met_on, found.last_report) == (None, None, day("2026-06-30"))
    assert (found.light, found.provisional) == ("none", True)
    assert found.why == "only estimates reported; report a final value with: tracker update"
    assert judged(said, "2027-01-01") == ("red", "overdue by 1 day")
    done = milestone(up_to("2026-06-30", done=True, status=status))
    assert seen(done, "2026-12-31").met_on is None


def test_met_is_the_first_effective_day_that_is_not_taken_back() -> None:
    first, second = up_to("2026-05-31", 100), up_to("2026-08-31", 120)
    void = up_to("2026-06-15", voids=first.id)
    assert seen(number(first, second), "2026-12-31").met_on == day("2026-05-31")
    assert seen(number(first, second, void), "2026-12-31").met_on == day("2026-08-31")
    assert seen(number(first, void), "2026-12-31").met_on is None


def test_a_void_can_be_taken_back_and_can_say_what_is_right() -> None:
    wrong = up_to("2026-05-31", 100)
    void = up_to("2026-06-01", voids=wrong.id)
    unvoid = up_to("2026-06-02", voids=void.id)
    assert seen(number(wrong, void, unvoid), "2026-06-30").value == 100
    right = up_to("2026-05-31", 70, voids=wrong.id)
    assert seen(number(wrong, right), "2026-06-30").value == 70
    assert seen(number(wrong, void), "2026-06-30").last_report is None
    assert seen(number(wrong, void), "2026-05-31").value == 100


def test_state_light_and_lateness_are_three_facts() -> None:
    reasons: dict[State, str] = {
        "suspended": "suspended until: tracker resume",
        "cancelled": "cancelled, so nothing is expected any more",
    }
    for state, why in reasons.items():
        found = seen(number(), "2027-01-10", state)
        assert (found.state, found.light, found.days_late) == (state, "none", 10)
        assert found.why == why
    closed = seen(number(), "2027-01-10", "closed")
    assert (closed.light, closed.days_late) == ("red", 10)
    met = seen(number(up_to("2026-05-31", 100)), "2027-01-10", "cancelled")
    assert (met.light, met.met_on, met.days_late) == ("none", day("2026-05-31"), None)
    assert met.why == "cancelled, so nothing is expected any more; met on 2026-05-31"
    late = seen(number(up_to("2027-01-05", 100)), "2027-01-10", "suspended")
    assert (late.light, late.days_late) == ("none", 5)


def test_a_report_of_a_day_after_the_closing_counts_and_changes_no_state() -> None:
    unmet = number(up_to("2026-11-30", 60))
    assert seen(unmet, "2027-01-10", "closed").why == "overdue by 10 days"
    later = msgspec.structs.replace(unmet, updates=[*unmet.updates, up_to("2027-01-20", 100)])
    found = seen(later, "2027-02-01", "closed")
    assert (found.state, found.light, found.days_late) == ("closed", "green", 20)
    assert seen(later, "2027-01-10", "closed") == seen(unmet, "2027-01-10", "closed")


def test_a_parent_that_is_given_up_gives_up_what_is_below() -> None:
    assert choose_effective_state(["active", "cancelled"]) == "cancelled"
    assert choose_effective_state(["closed", "suspended"]) == "closed"
    assert choose_effective_state([]) == "active"


def test_the_state_is_that_of_the_last_decision_that_counts() -> None:
    taken = [
        Decision(id="a", on=day("2026-02-01"), state="suspended", reason="汛期"),
        Decision(id="b", on=day("2026-05-01"), state="active", reason="复工"),
    ]
    assert find_state_in_force(taken, Horizon(as_of=day("2026-01-31"))) == "active"
    assert find_state_in_force(taken, Horizon(as_of=day("2026-02-01"))) == "suspended"
    assert find_state_in_force(taken, Horizon(as_of=day("2026-05-01"))) == "active"


def test_overdue_begins_the_day_after_the_deadline() -> None:
    assert seen(number(), "2026-12-31").days_late is None
    assert seen(number(), "2026-12-31").days_left == 0
    found = seen(number(), "2027-01-01")
    assert (found.days_late, found.days_left, found.light) == (1, None, "red")
    assert found.why == "overdue by 1 day, never reported"
    assert is_promise_overdue(found, day("2027-01-01"))
    # The national calendar of a year appears at the end of the year before.
    far = seen(number(deadline=Deadline(on=day("2098-12-31"))), "2099-01-01")
    assert (far.workdays_late, far.workdays_provisional) == (1, True)


def test_working_days_late_follow_the_chinese_calendar() -> None:
    found = seen(number(deadline=Deadline(on=day("2024-02-08"))), "2024-02-19")
    # Friday the 9th was worked; the Spring Festival takes the week; Sunday the 18th makes up.
    assert (found.days_late, found.workdays_late, found.workdays_provisional) == (11, 3, False)


@pytest.mark.parametrize(
    ("on", "expected"),
    [("2026-01-01", "0.0"), ("2025-06-01", "0.0"), ("2026-07-02", "50.0"), ("2026-12-31", "100.0")],
)
def test_expected_grows_in_a_straight_line_by_calendar_days(on: str, expected: str) -> None:
    assert str(seen(number(), on).expected) == expected


def test_expected_goes_through_interim_points() -> None:
    points = [
        Interim(on=day("2026-10-01"), value=Decimal(90)),
        Interim(on=day("2026-07-01"), value=Decimal(20)),
        Interim(on=day("2025-07-01"), value=Decimal(70)),
        Interim(on=day("2027-07-01"), value=Decimal(70)),
    ]
    planned = number(interim=points)
    lows = ("2026-04-01", "2026-07-01", "2026-08-16", "2026-10-01", "2026-11-16")
    found = [seen(planned, on).expected for on in lows]
    assert [str(each) for each in found] == ["9.9", "20.0", "55.0", "90.0", "95.1"]


def test_the_line_starts_at_the_baseline_or_with_the_document() -> None:
    published = {"plan": day("2026-03-01")}
    of_baseline = number(start=None, baseline_on=day("2026-02-01"))
    assert seen(of_baseline, "2026-02-01").expected == 0
    assert seen(of_baseline, "2026-02-02").expected != 0
    of_document = number(start=None, source=Source(document="plan"))
    assert seen(of_document, "2026-03-01", published=published).expected == 0
    declared = number(baseline_on=day("2025-02-01"), source=Source(document="plan"))
    assert seen(declared, "2026-01-01", published=published).expected == 0


def test_the_day_of_entry_is_no_start() -> None:
    entered = datetime(2026, 4, 1, tzinfo=UTC)
    for source in (None, Source(document="not in the ledger")):
        nowhere = number(up_to("2026-06-30", 10), start=None, recorded_at=entered, source=source)
        found = seen(nowhere, "2026-06-30")
        assert (found.expected, found.light) == (None, "none")
        why = "no start, so nothing is expected by a day; give one with: tracker edit --start"
        assert found.why == why
        # Nothing that was reported of the time before the entry is lost.
        parts = msgspec.structs.replace(
            nowhere, updates=[up_to("2026-01-31", 3)], accumulation="increment"
        )
        assert seen(parts, "2026-06-30").value == 3
        horizon = Horizon(as_of=END)
        assert find_effective_report_start(nowhere, horizon) == day("2026-04-01")
    assert find_effective_report_start(number(recorded_at=entered), Horizon(as_of=END)) == START
    assert find_effective_report_start(number(start=None), Horizon(as_of=END)) is None


def test_a_deadline_on_the_first_day_expects_nothing_before_and_all_after() -> None:
    same = number(up_to("2026-01-01", 50), deadline=Deadline(on=START))
    assert seen(same, "2025-12-31").expected == 0
    assert seen(same, "2026-01-01").expected == 100
    assert seen(same, "2026-01-01").light == "red"
    assert seen(number(deadline=Deadline(on=day("2025-06-01"))), "2025-03-01").expected == 0


@pytest.mark.parametrize(
    ("done", "light"),
    [
        ("50", "green"),
        ("40", "green"),
        ("39.99", "yellow"),
        ("20", "yellow"),
        ("19.99", "red"),
        ("-5", "red"),
        ("99", "green"),
    ],
)
def test_the_light_follows_the_gap(done: str, light: str) -> None:
    # 2 July is the 182nd day after 1 January of 364.
    halfway = number(up_to("2026-06-30", done))
    found = seen(halfway, "2026-07-02")
    assert (str(found.expected), found.light) == ("50.0", light)


def test_what_a_division_rounds_off_does_not_decide() -> None:
    # 1/15 done and 1/6 expected are exactly 10 points apart; as decimals they are not.
    exact = number(
        up_to("2026-01-11", 1), target=Decimal(15), deadline=Deadline(on=day("2026-03-02"))
    )
    found = seen(exact, "2026-01-11")
    assert (str(found.done), str(found.expected), str(found.gap)) == ("6.7", "16.7", "-10.0")
    assert found.light == "green"


def test_the_reason_of_a_light_shows_done_expected_and_gap() -> None:
    halfway = number(up_to("2026-06-30", "33.3"))
    assert judged(halfway, "2026-07-02") == (
        "yellow",
        "33.3% done, 50.0% expected, gap -16.7",
    )


@pytest.mark.parametrize(
    ("on", "light", "why"),
    [
        ("2026-11-30", "green", "due in 31 days"),
        ("2026-12-01", "yellow", "due in 30 days"),
        ("2026-12-31", "yellow", "due in 0 days"),
        ("2027-01-01", "red", "overdue by 1 day"),
    ],
)
def test_a_milestone_warns_before_its_deadline(on: str, light: Light, why: str) -> None:
    assert judged(milestone(up_to("2026-03-31", done=False)), on) == (light, why)


@pytest.mark.parametrize(
    ("on", "light", "why"),
    [
        ("2026-11-30", "none", "nothing reported yet; report with: tracker update"),
        ("2026-12-01", "yellow", "due in 30 days, nothing reported yet"),
        ("2026-12-31", "yellow", "due in 0 days, nothing reported yet"),
        ("2027-01-01", "red", "overdue by 1 day, never reported"),
    ],
)
def test_a_silent_milestone_is_not_green_before_its_warning_days(
    on: str, light: Light, why: str
) -> None:
    assert judged(milestone(), on) == (light, why)


NO_DEADLINE = "no deadline; give one with: tracker edit --deadline"
NAMES_NO_DAY = "its deadline, 长期坚持, names no day; say what became of it: tracker verdict"
NO_TARGET = "no target; give one with: tracker edit --target"
NO_UNIT = "no unit; give one with: tracker edit --unit"


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"deadline": None}, NO_DEADLINE),
        ({"deadline": Deadline(on=None)}, NO_DEADLINE),
        ({"deadline": Deadline(on=None, wording="长期坚持")}, NAMES_NO_DAY),
        ({"target": None}, NO_TARGET),
        ({"unit": None}, NO_UNIT),
        ({"start": None}, "nothing reported yet; report with: tracker update"),
    ],
)
def test_there_is_no_light_without_what_it_takes(fields: dict[str, Any], why: str) -> None:
    indicator = number(**fields)
    assert judged(indicator, "2026-06-30") == ("none", why)
    if "start" not in fields:
        reported = number(up_to("2026-06-30", 10), **fields)
        assert judged(reported, "2026-06-30") == ("none", why)


def test_what_is_only_watched_is_never_late() -> None:
    watched = number(up_to("2026-06-30", 10), target=None)
    found = seen(watched, "2027-06-30")
    assert (found.days_late, found.light, is_light_promised(found)) == (None, "none", False)
    assert not is_promise_overdue(found, day("2027-06-30"))


@pytest.mark.parametrize(
    ("indicator", "why"),
    [
        (number(up_to("2026-03-31", 100), deadline=None), f"{NO_DEADLINE}; met on 2026-03-31"),
        (
            number(up_to("2026-03-31", 100), deadline=Deadline(on=None, wording="长期坚持")),
            f"{NAMES_NO_DAY}; met on 2026-03-31",
        ),
        (number(up_to("2026-03-31", 100), unit=None), f"{NO_UNIT}; met on 2026-03-31"),
        (number(up_to("2026-03-31", 100), target=None), NO_TARGET),
        (
            milestone(up_to("2026-03-31", done=True), deadline=None),
            f"{NO_DEADLINE}; met on 2026-03-31",
        ),
        (milestone(deadline=None), NO_DEADLINE),
    ],
)
def test_what_is_met_has_no_light_either_without_what_it_takes(
    indicator: Indicator, why: str
) -> None:
    found = seen(indicator, "2026-06-30")
    assert (found.light, found.why, found.days_late) == ("none", why, None)
    assert (found.met_on is not None) == ("met" in why)


def test_a_value_older_than_its_cycle_is_stale() -> None:
    reported = number(up_to("2026-06-30", 10))
    assert seen(reported, "2026-07-31").stale is False
    assert seen(reported, "2026-08-01").stale is True
    assert seen(number(), "2026-08-01").stale is None
    assert seen(number(up_to("2026-06-30", 100)), "2026-12-01").stale is False
    cycle: Cycle = "quarterly"
    quarterly = msgspec.structs.replace(PLAN, cycle=cycle)
    horizon = Horizon(as_of=day("2026-08-01"))
    assert assess(quarterly, reported, "active", horizon, RULES).stale is False


def test_both_scores_are_there_after_a_revision() -> None:
    revisions = [
        Revision(id="r1", on=day("2026-06-01"), deadline=Deadline(on=day("2027-06-30"))),
        Revision(id="r2", on=day("2026-09-01"), target=Decimal(80), reason="资金"),
    ]
    indicator = number(up_to("2026-08-31", 40), revisions=revisions)
    before = seen(indicator, "2026-05-31")
    assert (before.first_target, before.first_deadline, before.first_light) == (None, None, None)
    found = seen(indicator, "2026-10-01")
    assert (str(found.target), found.deadline, str(found.done)) == ("80", day("2027-06-30"), "50.0")
    assert (str(found.first_target), found.first_deadline) == ("100", END)
    assert str(found.first_done) == "40.0"
    assert (found.light, found.first_light) == ("green", "red")
    later = seen(indicator, "2027-01-10")
    assert (later.days_late, later.first_light) == (None, "red")


def test_a_revision_that_is_taken_back_leaves_one_score() -> None:
    moved = Revision(id="r1", on=day("2026-06-01"), deadline=Deadline(on=day("2027-06-30")))
    back = Revision(id="r2", on=day("2026-07-01"), voids="r1")
    found = seen(number(revisions=[moved, back]), "2026-10-01")
    assert (found.deadline, found.first_deadline, found.first_light) == (END, None, None)


def test_a_revised_range_has_both_its_ends() -> None:
    revised = Revision(
        id="r1", on=day("2026-06-01"), target=Decimal(3), target_high=Decimal(5), reason="调整"
    )
    indicator = number(op="range", target=Decimal(1), target_high=Decimal(2), revisions=[revised])
    wanted = find_promise_in_force(indicator, Horizon(as_of=END))
    assert (str(wanted.target), str(wanted.target_high)) == ("3", "5")


def test_the_operator_shown_is_that_in_force() -> None:
    def operators(op: Op | None, low: int, high_end: int | None = None) -> list[Op | None]:
        top = None if high_end is None else Decimal(high_end)
        revised = Revision(id="r1", on=day("2026-06-01"), target=Decimal(low), target_high=top)
        high = Decimal(200) if op == "range" else None
        indicator = number(op=op, target_high=high, revisions=[revised])
        return [seen(indicator, on).op for on in ("2026-05-31", "2026-06-01", "2026-06-02")]

    assert operators("range", 3) == ["range", None, None]
    assert operators("range", 3, 5) == ["range"] * 3
    assert operators(">=", 3, 5) == [">=", "range", "range"]
    assert operators(">", 3) == [">"] * 3
    assert operators(None, 3, 5) == [None, "range", "range"]


def test_numbers_of_thirty_digits_are_exact() -> None:
    huge = Decimal(123456789012345678901234567890)
    parts = number(
        up_to("2026-03-31", "123456789012345678901234567889"),
        up_to("2026-06-30", 1),
        target=huge,
        accumulation="increment",
    )
    assert seen(parts, "2026-06-30").value == huge
    assert seen(parts, "2026-06-30").met_on == day("2026-06-30")
    assert seen(parts, "2026-06-29").met_on is None
    tiny = Decimal("0.00000000000000000000000000001")
    found = seen(number(up_to("2026-06-30", str(huge)), target=tiny), "2026-06-30")
    assert str(found.done) == "1234567890123456789012345679" + "0" * 33 + ".0"


def test_every_field_of_an_assessment_is_what_it_is_called() -> None:
    indicator = number(
        up_to("2026-06-30", 30),
        op="range",
        target_high=Decimal(120),
        source=Source(document="plan"),
        deadline=Deadline(on=END, wording="年底前", basis="derived", loose=day("2027-12-31")),
    )
    initiative = Initiative(
        id="pipes", name="供水", category="民生", place="济南", lead="水务局", sources=[]
    )
    found = assess(initiative, indicator, "active", Horizon(as_of=day("2026-07-02")), RULES)
    assert msgspec.structs.asdict(found) == {
        "id": "pipes.km",
        "initiative": "供水",
        "initiative_id": "pipes",
        "name": "改造长度",
        "measure": "number",
        "unit": "公里",
        "category": "民生",
        "place": "济南",
        "lead": "水务局",
        "document": "plan",
        "state": "active",
        "op": "range",
        "target": 100,
        "target_high": 120,
        "value": 30,
        "value_on": day("2026-06-30"),
        "done": 30,
        "expected": 50,
        "gap": -20,
        "light": "yellow",
        "why": "30.0% done, 50.0% expected, gap -20.0",
        "deadline": END,
        "deadline_wording": "年底前",
        "deadline_basis": "derived",
        "deadline_loose": day("2027-12-31"),
        "days_left": 182,
        "days_late": None,
        "workdays_late": None,
        "workdays_provisional": False,
        "met_on": None,
        "last_report": day("2026-06-30"),
        "stale": False,
        "first_target": None,
        "first_deadline": None,
        "first_done": None,
        "first_light": None,
        "value_bound": None,
        "judged": None,
        "judged_by": None,
        "judged_on": None,
        "judged_why": None,
        "approximate": False,
        "latest_value": 30,
        "latest_bound": None,
        "latest_status": "final",
        "notes": None,
        "leads": ["水务局"],
        "commitment": "outcome",
        "verdict": None,
        "verdict_by": None,
        "verdict_on": None,
        "verdict_why": None,
        "awaiting_verdict_since": None,
        "share_of_plan": None,
        "provisional": False,
        "kept": None,
        "person": None,
        "recurs": None,
        "cycle_start": None,
        "after": None,
        "part_of": None,
        "target_wording": None,
        "stretch": None,
        "stretch_met": None,
        "sum": None,
        "is_sum": False,
        "difference": None,
        "share_of_whole": None,
    }


def test_an_indicator_without_source_stands_in_the_document_of_its_initiative() -> None:
    cited = msgspec.structs.replace(PLAN, sources=[Source(document="a"), Source(document="b")])
    assert assess(cited, number(), "active", Horizon(as_of=END), RULES).document == "a"
    assert seen(number(), "2026-06-30").document is None
    own = number(source=Source(document="notice"))
    assert seen(own, "2026-06-30").document == "notice"


def test_a_place_may_set_its_own_thresholds() -> None:
    strict = Rules(yellow_below=Decimal(0), red_below=Decimal(-5), warn_days=0)
    horizon = Horizon(as_of=day("2026-07-02"))
    lights = [
        assess(PLAN, number(up_to("2026-06-30", done)), "active", horizon, strict).light
        for done in (50, "49.9", 45, "44.9")
    ]
    assert lights == ["green", "yellow", "yellow", "red"]
    assert assess(PLAN, milestone(), "active", Horizon(as_of=END), strict).light == "yellow"


def test_the_direction_is_declared_or_shown_by_the_numbers() -> None:
    assert infer_direction(number(direction="up"), Decimal(100)) == "up"
    assert infer_direction(number(baseline=Decimal(200)), Decimal(100)) == "down"
    assert infer_direction(number(baseline=Decimal(100)), Decimal(100)) == "up"
    assert infer_direction(number(baseline=None, op="<="), Decimal(100)) == "down"
    assert infer_direction(number(baseline=None), None) == "up"


def test_shares_are_undefined_where_there_is_no_way() -> None:
    one = Decimal(1)
    assert measure_share_done(None, one, one) is None
    assert measure_share_done(one, None, one) is None
    assert measure_share_done(one, one, None) is None
    assert measure_share_done(one, one, one) is None
    assert round_measured_share(None) is None
    assert str(round_measured_share(Decimal("0.05"))) == "0.1"
    assert str(round_measured_share(Decimal("-0.05"))) == "-0.1"
    assert str(round_measured_share(Decimal("-0.04"))) == "0.0"


# Time travel


DOCUMENTS = {"plan": day("2022-07-31"), "report": day("2023-01-10")}


def test_a_record_exists_from_its_earliest_document_else_from_its_entry() -> None:
    entered = datetime(2026, 5, 1, 9, tzinfo=UTC)
    cited = Initiative(
        id="a", name="a", sources=[Source(document="report"), Source(document="plan")]
    )
    bare = Initiative(id="a", name="a", recorded_at=entered)
    by_hand = number(start=None, recorded_at=entered)
    of_plan = number(source=Source(document="plan"), recorded_at=entered)
    unknown = number(source=Source(document="?"), recorded_at=entered)

    def there(initiative: Initiative, indicator: Indicator | None, on: str) -> bool:
        return is_record_in_effect(
            initiative, indicator, Horizon(as_of=day(on), published=DOCUMENTS)
        )

    assert not there(cited, None, "2022-07-30")
    assert there(cited, None, "2022-07-31")
    assert not there(bare, None, "2026-04-30")
    assert there(bare, None, "2026-05-01")
    # What has no source and no start of its own has the sources of its initiative.
    assert not there(cited, by_hand, "2022-07-30")
    assert there(cited, by_hand, "2022-07-31")
    assert not there(bare, by_hand, "2026-04-30")
    assert there(bare, of_plan, "2022-07-31")
    assert not there(cited, unknown, "2025-12-31")
    assert there(cited, unknown, "2026-01-01")
    assert there(Initiative(id="a", name="a"), number(start=None), "1990-01-01")
    assert not there(cited, number(start=None), "2022-07-30")
    known = Horizon(as_of=day("2026-01-01"), known_on=day("2022-07-30"), published=DOCUMENTS)
    assert not is_record_in_effect(cited, None, known)


def test_an_entry_is_known_from_its_document_else_from_its_record() -> None:
    horizon = Horizon(as_of=END, published=DOCUMENTS)
    entered = datetime(2026, 5, 1, 9, tzinfo=UTC)
    cited = up_to("2022-06-30", 1, source=Source(document="plan"), recorded_at=entered)
    assert find_effective_known_day(cited, horizon) == day("2022-07-31")
    assert find_effective_known_day(up_to("2022-06-30", 1, recorded_at=entered), horizon) == day(
        "2026-05-01"
    )
    elsewhere = up_to("2022-06-30", 1, source=Source(document="?"), recorded_at=entered)
    assert find_effective_known_day(elsewhere, horizon) == day("2026-05-01")
    assert find_effective_known_day(up_to("2022-06-30", 1), horizon) == day("2022-06-30")


def test_what_became_known_later_does_not_count() -> None:
    entered = datetime(2026, 9, 1, tzinfo=UTC)
    late = number(
        up_to("2026-03-31", 20, recorded_at=datetime(2026, 4, 1, tzinfo=UTC)),
        up_to("2026-06-30", 55, recorded_at=entered),
    )
    assert seen(late, "2026-07-01", known_on=day("2026-08-31")).value == 20
    assert seen(late, "2026-07-01", known_on=day("2026-09-01")).value == 55
    assert list_entries_in_force([], Horizon(as_of=END)) == []


# Laws

VALUES = st.decimals(-1000, 1000, places=2)
DAYS = st.integers(-100, 500).map(lambda n: START + timedelta(days=n))
WAYS: st.SearchStrategy[Accumulation] = st.sampled_from(["cumulative", "level", "increment"])
STATES: st.SearchStrategy[State] = st.sampled_from(["active", "suspended", "cancelled", "closed"])


@st.composite
def histories(draw: st.DrawFn) -> list[Update]:
    bounds = draw(st.booleans())
    reports = draw(st.lists(st.tuples(DAYS, VALUES, st.integers(0, 5)), max_size=6))
    updates: list[Update] = []
    for at, (on, value, kind) in enumerate(reports):
        voids = updates[kind].id if kind < len(updates) and kind % 2 else None
        status: Any = "estimate" if kind == 4 else "final"
        bound: Any = {1: "<=", 2: ">=", 3: "~"}.get(kind) if bounds else None
        fields: dict[str, Any] = {"value": value, "status": status, "qualifier": bound}
        updates.append(Update(id=f"u{at}", on=on, voids=voids, **fields))
    return updates


@st.composite
def indicators(draw: st.DrawFn) -> Indicator:
    maybe = draw(st.integers(0, 9))
    if maybe == 0:
        done = [
            Update(id=f"u{at}", on=on, done=is_done)
            for at, (on, is_done) in enumerate(
                draw(st.lists(st.tuples(DAYS, st.booleans()), max_size=4))
            )
        ]
        return milestone(*done)
    deadline = None if maybe == 1 else Deadline(on=draw(DAYS))
    return number(
        *draw(histories()),
        baseline=None if maybe == 2 else draw(VALUES),
        target=None if maybe == 3 else draw(VALUES),
        unit=None if maybe == 4 else "公里",
        deadline=deadline,
        op=draw(st.sampled_from([None, ">=", "<=", "="])),
        accumulation=draw(WAYS),
    )


@given(VALUES, VALUES, VALUES)
def test_a_direction_mirrored_gives_the_same_share(
    baseline: Decimal, target: Decimal, value: Decimal
) -> None:
    assert measure_share_done(value, baseline, target) == measure_share_done(
        -value, -baseline, -target
    )
    plain = number(up_to("2026-06-30", str(value)), baseline=baseline, target=target)
    mirrored = number(up_to("2026-06-30", str(-value)), baseline=-baseline, target=-target)
    # A target at the baseline has no way to mirror.
    if target != baseline:
        one, other = seen(plain, "2026-07-02"), seen(mirrored, "2026-07-02")
        assert (one.light, one.why, one.met_on) == (other.light, other.why, other.met_on)


@given(indicators(), VALUES, DAYS, st.integers(1, 200), STATES)
def test_a_later_update_never_changes_an_earlier_day(
    indicator: Indicator, value: Decimal, on: date, later: int, state: State
) -> None:
    added = Update(id="new", on=on + timedelta(days=later), value=value, done=True)
    longer = msgspec.structs.replace(indicator, updates=[*indicator.updates, added])
    horizon = Horizon(as_of=on)
    before = assess(PLAN, indicator, state, horizon, RULES)
    assert assess(PLAN, longer, state, horizon, RULES) == before


@given(indicators(), VALUES, DAYS, DAYS)
def test_a_void_restores_the_assessment_before_it(
    indicator: Indicator, value: Decimal, on: date, as_of: date
) -> None:
    wrong = Update(id="wrong", on=on, value=value, done=True)
    void = Update(id="void", on=on, voids="wrong")
    mended = msgspec.structs.replace(indicator, updates=[*indicator.updates, wrong, void])
    horizon = Horizon(as_of=as_of)
    before = assess(PLAN, indicator, "active", horizon, RULES)
    assert assess(PLAN, mended, "active", horizon, RULES) == before


@given(
    st.lists(st.tuples(st.integers(0, 500), st.decimals(0, 100, places=2)), max_size=6),
    DAYS,
    st.decimals(0, 50, places=1),
)
def test_increments_agree_with_the_sums_of_the_same_history(
    steps: Sequence[tuple[int, Decimal]], as_of: date, baseline: Decimal
) -> None:
    sums: list[Update] = []
    parts: list[Update] = []
    grown = baseline
    for at, (days, value) in enumerate(sorted(steps)):
        on = START + timedelta(days=days)
        grown += value
        parts.append(Update(id=f"p{at}", on=on, value=value))
        sums.append(Update(id=f"s{at}", on=on, value=grown))
    horizon = Horizon(as_of=as_of)
    kinds: tuple[tuple[Accumulation, list[Update]], ...] = (
        ("increment", parts),
        ("cumulative", sums),
    )
    found = [
        assess(
            PLAN,
            number(*updates, accumulation=kind, baseline=baseline, op=">="),
            "active",
            horizon,
            RULES,
        )
        for kind, updates in kinds
    ]
    # What was reported last is a part in one and the sum in the other.
    assert found[0] == msgspec.structs.replace(found[1], latest_value=found[0].latest_value)


@given(indicators(), DAYS, STATES)
def test_no_fact_says_more_than_it_knows(indicator: Indicator, on: date, state: State) -> None:
    found = assess(PLAN, indicator, state, Horizon(as_of=on), RULES)
    if state in {"suspended", "cancelled"}:
        assert found.light == "none"
    if found.met_on is not None:
        assert found.met_on <= on
        assert not is_promise_overdue(found, on)
        assert found.days_left is None
        assert found.light in {"green", "none"}
    if is_promise_overdue(found, on):
        assert found.days_late is not None
        assert found.days_late > 0
        assert found.light in {"red", "none"}
    if found.light != "none":
        assert found.deadline is not None
        assert found.measure == "milestone" or None not in (found.target, found.unit)
        assert state in {"active", "closed"}
    if found.light in {"yellow", "red"}:
        assert found.met_on is None
    if found.light == "green" and found.met_on is None:
        assert not is_promise_overdue(found, on)
    assert (found.gap is None) or (found.done is not None and found.expected is not None)
    assert found.why
    assert (found.days_left is None) or (found.days_late is None)


@given(indicators(), DAYS, st.integers(1, 300), STATES)
def test_a_light_only_worsens_when_nothing_is_reported(
    indicator: Indicator, on: date, days: int, state: State
) -> None:
    silent = msgspec.structs.replace(
        indicator, updates=[each for each in indicator.updates if each.on <= on]
    )
    now = assess(PLAN, silent, state, Horizon(as_of=on), RULES)
    then = assess(PLAN, silent, state, Horizon(as_of=on + timedelta(days=days)), RULES)
    # The time gone catches up with the share of a ceiling that is used.
    catches_up = now.kept is True and now.light == "yellow"
    assert catches_up or not is_worse_light(now.light, then.light)


FEW_DAYS = st.sampled_from([START, START + timedelta(days=1), END])
FEW = st.sampled_from([Decimal(0), Decimal(1), Decimal(2)])


@given(st.data(), FEW_DAYS, STATES)
def test_equal_ends_days_and_values_always_have_an_answer(
    data: st.DataObject, on: date, state: State
) -> None:
    said = data.draw(st.lists(st.tuples(FEW_DAYS, FEW), max_size=3))
    bound: Any = data.draw(st.sampled_from([None, "<=", ">="]))
    told = [Update(id=f"u{n}", on=d, value=v, qualifier=bound) for n, (d, v) in enumerate(said)]
    way: Any = data.draw(st.sampled_from([None, ">=", "<=", "=", "range"]))
    target = data.draw(FEW)
    indicator = number(
        *told,
        baseline=data.draw(st.none() | FEW),
        target=target,
        target_high=target if way == "range" else None,
        op=way,
        start=data.draw(st.none() | FEW_DAYS),
        deadline=Deadline(on=data.draw(FEW_DAYS)),
        interim=[Interim(on=data.draw(FEW_DAYS), value=data.draw(FEW))],
        accumulation=data.draw(WAYS),
    )
    horizon = Horizon(as_of=on)
    found = assess(PLAN, indicator, state, horizon, RULES)
    working = explain_light(indicator, state, horizon, RULES)
    assert (working.light, working.why) == (found.light, found.why)
    assert compute_pace(indicator, horizon).reports <= len(told)
    if indicator.baseline == target:
        assert found.done is None
    if len({each.on for each in told}) < 2:
        assert compute_pace(indicator, horizon).per_month is None


@given(DAYS, DAYS, DAYS)
def test_expected_stays_between_0_and_100(on: date, start: date, deadline: date) -> None:
    assert 0 <= measure_share_expected(on, start, deadline) <= 100


# Roll-up


def test_a_roll_up_counts_and_never_mixes_units() -> None:
    on = day("2027-01-10")
    all_of_them = [
        seen(number(), "2027-01-10"),
        seen(number(up_to("2026-05-31", 100), unit="%"), "2027-01-10"),
        seen(milestone(deadline=Deadline(on=day("2027-01-20"))), "2027-01-10"),
        seen(number(deadline=None), "2027-01-10"),
    ]
    found = roll_up(all_of_them, on)
    assert found[:6] == (4, 1, 1, 1, 0, "red")
    assert (found.promises, found.active_promises, found.reported) == (4, 4, 0)
    assert roll_up(all_of_them[1:], on).light == "yellow"
    assert roll_up(all_of_them[3:], on)[:6] == (1, 0, 0, 0, 0, "none")
    assert "done" not in Rollup._fields
    nothing = {name: "none" if name == "light" else 0 for name in Rollup._fields}
    assert roll_up([], on)._asdict() == merge_rollups()._asdict() == nothing


@pytest.mark.parametrize("state", ["suspended", "cancelled"])
def test_what_is_stopped_is_counted_apart(state: State) -> None:
    on = day("2027-01-10")
    stopped = [
        seen(number(), "2027-01-10", state),
        seen(number(up_to("2026-05-31", 100)), "2027-01-10", state),
        seen(number(deadline=Deadline(on=day("2027-12-31"))), "2027-01-10", state),
    ]
    assert roll_up(stopped, on)[:6] == (3, 0, 0, 0, 3, "none")
    # Closing does not make good what was not met, but nobody works on it any more.
    closed = seen(number(), "2027-01-10", "closed")
    found = roll_up([closed, *stopped], on)
    assert found[:6] == (4, 0, 0, 0, 3, "red")
    assert (found.closed, found.closed_unmet, found.promises) == (1, 1, 4)


def test_roll_ups_add_up() -> None:
    nothing = merge_rollups()
    one = nothing._replace(indicators=2, met=1, overdue=1, light="red")
    other = nothing._replace(indicators=3, due=2, stopped=1, light="yellow")
    both = nothing._replace(indicators=5, met=1, due=2, overdue=1, stopped=1, light="red")
    assert merge_rollups(one, other) == both
    assert merge_rollups(other, nothing._replace(light="green")).light == "yellow"
