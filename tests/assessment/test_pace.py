"""Pace: what is done per month, what it takes, and when it will be met."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from factories import START, day, milestone, number, up_to
from hypothesis import given
from hypothesis import strategies as st

from tracker.assessment.pace import Pace, compute_pace
from tracker.model.horizon import Horizon
from tracker.model.records import Deadline, Indicator


def paced(indicator: Indicator, on: str) -> Pace:
    return compute_pace(indicator, Horizon(as_of=day(on)))


def test_a_steady_pace_per_month_of_30_4375_days() -> None:
    steady = number(up_to("2026-06-01", 30), up_to("2026-06-11", 35), up_to("2026-06-21", 40))
    found = paced(steady, "2026-06-21")
    # Half a kilometre a day; 60 are left for 193 days.
    assert str(found.per_month) == "15.22"
    assert str(found.needed_per_month) == "9.46"
    assert found.met_by == day("2026-10-19")
    assert (found.reports, found.why) == (3, "")


def test_one_wrong_figure_does_not_upset_it() -> None:
    days = [f"2026-06-{n:02}" for n in range(1, 8)]
    right = [up_to(on, 30 + at) for at, on in enumerate(days)]
    wrong = [*right[:3], up_to(days[3], 99), *right[4:]]
    assert str(paced(number(*wrong), "2026-06-10").per_month) == "30.44"


def test_the_middle_of_three_slopes_counts() -> None:
    three = number(up_to("2026-06-01", 0), up_to("2026-06-02", 1), up_to("2026-06-04", 7))
    # Slopes 1, 7/3 and 3.
    assert str(paced(three, "2026-06-10").per_month) == "71.02"


def test_what_stands_at_a_strict_limit_has_no_day() -> None:
    for op, baseline, first in ((">", 0, 90), ("<", 200, 110)):
        strict = number(
            up_to("2026-06-01", first), up_to("2026-06-11", 100), op=op, baseline=Decimal(baseline)
        )
        assert paced(strict, "2026-06-20").met_by is None


def test_an_even_number_of_slopes_has_its_middle_between_two() -> None:
    four = number(
        up_to("2026-06-01", 0),
        up_to("2026-06-02", 1),
        up_to("2026-06-03", 1),
        up_to("2026-06-04", 4),
    )
    # Slopes 1, 0, 3, 1/2, 3/2, 4/3: the middle ones are 1 and 4/3.
    assert str(paced(four, "2026-06-10").per_month) == "35.51"


@pytest.mark.parametrize("updates", [[], [up_to("2026-06-01", 30)]])
def test_fewer_than_two_reports_make_no_pace_and_it_says_so(updates: list[object]) -> None:
    found = paced(number(*updates), "2026-06-21")  # type: ignore[arg-type]
    assert (found.per_month, found.met_by) == (None, None)
    assert found.why == "fewer than two reports in the last 90 days, so no pace"
    assert (found.needed_per_month is None) == (not updates)


def test_only_the_last_90_days_and_only_final_reports_count() -> None:
    old = number(
        up_to("2026-01-10", 5),
        up_to("2026-03-23", 30),
        up_to("2026-06-01", 40, status="estimate"),
        up_to("2026-06-20", 41),
    )
    assert paced(old, "2026-06-20").reports == 2
    assert paced(old, "2026-06-21").reports == 1


def test_a_bound_against_the_way_is_no_point_on_it() -> None:
    told = [
        up_to("2026-06-01", 10),
        up_to("2026-06-15", 60, qualifier="<="),
        up_to("2026-07-01", 20),
    ]
    plain = [told[0], told[2]]
    horizon = Horizon(as_of=day("2026-07-02"))
    assert compute_pace(number(*told), horizon) == compute_pace(number(*plain), horizon)
    least = [*plain, up_to("2026-07-02", 30, qualifier=">=")]
    assert compute_pace(number(*least), horizon).reports == 3


def test_of_one_day_the_last_value_counts() -> None:
    twice = number(up_to("2026-06-01", 10), up_to("2026-06-01", 30), up_to("2026-06-11", 40))
    assert str(paced(twice, "2026-06-11").per_month) == "30.44"
    assert paced(number(up_to("2026-06-01", 1), up_to("2026-06-01", 2)), "2026-06-11").reports == 1


def test_increments_are_added_up_first() -> None:
    parts = number(up_to("2026-06-01", 10), up_to("2026-06-11", 10), accumulation="increment")
    found = paced(parts, "2026-06-11")
    assert str(found.per_month) == "30.44"
    assert found.met_by == day("2026-08-30")


def test_down_is_as_good_as_up() -> None:
    falling = number(
        up_to("2026-06-01", 90), up_to("2026-06-11", 85), baseline=Decimal(100), target=Decimal(60)
    )
    found = paced(falling, "2026-06-11")
    assert str(found.per_month) == "-15.22"
    assert str(found.needed_per_month) == "-3.75"
    assert found.met_by == day("2026-07-31")


@pytest.mark.parametrize(("first", "second"), [(30, 30), (30, 20)])
def test_the_wrong_way_is_never_there(first: int, second: int) -> None:
    found = paced(number(up_to("2026-06-01", first), up_to("2026-06-11", second)), "2026-06-11")
    assert (found.met_by, found.why) == (None, "it will never be met at this pace")


def test_a_day_after_the_calendar_is_no_day() -> None:
    slow = number(up_to("2026-06-01", 0), up_to("2026-06-11", "0.00001"))
    assert paced(slow, "2026-06-11").met_by is None


def test_what_is_late_to_be_reported_will_not_be_met_in_the_past() -> None:
    fast = number(up_to("2026-06-01", 30), up_to("2026-06-11", 80))
    assert paced(fast, "2026-06-11").met_by == day("2026-06-15")
    assert paced(fast, "2026-07-01").met_by == day("2026-07-01")


def test_nothing_is_needed_where_nothing_is_left_or_no_time() -> None:
    reports = [up_to("2026-06-01", 90), up_to("2026-06-11", 100)]
    met = paced(number(*reports), "2026-06-11")
    assert (met.needed_per_month, met.met_by) == (None, None)
    assert str(met.per_month) == "30.44"
    assert met.why == "nothing is left to do, or there is no target"
    assert paced(number(*reports[:1], deadline=None), "2026-06-11").needed_per_month is None
    over = number(*reports[:1], deadline=Deadline(on=day("2026-06-11")))
    assert paced(over, "2026-06-11").needed_per_month is None
    watched = number(up_to("2026-06-01", 9), up_to("2026-06-11", 19), target=None)
    assert str(paced(watched, "2026-06-11").per_month) == "30.44"
    level: dict[str, Any] = {"op": ">=", "accumulation": "level"}
    kept = number(up_to("2026-06-01", 9), baseline=Decimal(10), target=Decimal(10), **level)
    assert paced(kept, "2026-06-11").needed_per_month is None
    assert paced(milestone(up_to("2026-06-01", done=True)), "2026-06-11").per_month is None


@given(
    st.integers(1, 60),
    st.lists(st.integers(0, 80), min_size=2, max_size=8, unique=True),
    st.integers(0, 40),
)
def test_a_straight_line_is_found_and_reaches_its_target(
    per_day: int, days: list[int], first: int
) -> None:
    rate = Decimal(per_day) / 64
    points = [up_to(str(START + timedelta(days=n)), str(first + rate * n)) for n in sorted(days)]
    target = Decimal(10_000)
    found = compute_pace(number(*points, target=target), Horizon(as_of=START + timedelta(days=80)))
    assert found.per_month == (rate * Decimal("30.4375")).quantize(Decimal("0.01"), "ROUND_HALF_UP")
    assert found.met_by is not None
    days_needed = (found.met_by - START).days
    assert first + rate * days_needed >= target
    assert first + rate * (days_needed - 1) < target


def test_the_last_day_of_the_calendar_can_be_reached() -> None:
    two = number(up_to("9999-12-29", 98), up_to("9999-12-30", 99))
    assert compute_pace(two, Horizon(as_of=date.max)).met_by == date.max


def test_the_wrong_way_with_less_than_one_left_is_never_met() -> None:
    jobless = number(
        up_to("2026-05-31", "5.3"),
        up_to("2026-06-30", "5.5"),
        baseline=Decimal(6),
        target=Decimal(5),
    )
    pace = paced(jobless, "2026-06-30")
    assert (pace.met_by, pace.why) == (None, "it will never be met at this pace")
