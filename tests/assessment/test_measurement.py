"""Reports put together: which count, what they add up to, and how the sum is known."""

from decimal import Decimal
from operator import itemgetter
from typing import Any

import pytest
from factories import day, milestone, number, up_to
from hypothesis import given
from hypothesis import strategies as st

from tracker.assessment.direction import Bound
from tracker.assessment.measurement import (
    Measurement,
    add_measurement_bounds,
    build_measurement,
    is_measured_report,
    list_measured_reports,
    measure_goal_value,
    measure_planned_shares,
    measure_planned_values,
    measure_share_done,
    round_measured_share,
)
from tracker.model.effective import Promise, find_promise_in_force
from tracker.model.horizon import Horizon
from tracker.model.records import Deadline, Indicator, Interim, Revision

LATER = Horizon(as_of=day("2027-12-31"))
AT_MOST: dict[str, Any] = {"op": "<=", "target": Decimal(10)}
LEVEL: dict[str, Any] = {**AT_MOST, "accumulation": "level", "unit": "%"}


def measure(indicator: Indicator) -> Measurement:
    return build_measurement(indicator, find_promise_in_force(indicator, LATER), LATER)


@given(
    st.lists(st.tuples(st.integers(1, 9), st.integers(0, 3), st.sampled_from([None, ">=", "~"]))),
    st.integers(1, 9) | st.none(),
)
def test_what_is_met_is_decided_report_by_report(
    reports: list[tuple[int, int, str | None]], deadline: int | None
) -> None:
    def on(nth: int) -> str:
        return f"2026-01-{nth:02}"

    measured = number(
        *(up_to(on(nth), value, qualifier=bound) for nth, value, bound in reports),
        target=Decimal(2),
        deadline=None if deadline is None else Deadline(on=day(on(deadline))),
        accumulation="level",
    )
    since: int | None = None
    for nth, value, _bound in sorted(reports, key=itemgetter(0)):
        if since is not None and deadline is not None and nth > deadline:
            break
        # "At least 1" leaves it open whether 2 is reached, which counts as not met.
        since = (since or nth) if value >= 2 else None
    assert measure(measured).met_on == (None if since is None else day(on(since)))


def test_a_report_says_how_far_it_is() -> None:
    for fields, is_report in (
        ({"value": Decimal(0)}, True),
        ({"done": False}, True),
        ({"share_of_plan": Decimal(0)}, True),
        ({"voids": "lost"}, False),
    ):
        assert is_measured_report(up_to("2026-01-31", **fields)) is is_report
    shares = number(up_to("2026-01-31", share_of_plan=Decimal(10)), up_to("2026-02-28", 5))
    assert list_measured_reports(shares, LATER) == shares.updates[1:]


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        (None, None, None),
        (">=", None, ">="),
        (None, "<=", "<="),
        (">=", ">=", ">="),
        (">=", "<=", "?"),
        ("~", ">=", ">="),
        ("~", None, "~"),
        ("?", ">=", "?"),
        ("?", "~", "?"),
    ],
)
def test_how_a_sum_of_two_figures_is_known(
    one: Bound | None, other: Bound | None, both: Bound | None
) -> None:
    assert add_measurement_bounds(one, other) == both
    assert add_measurement_bounds(other, one) == both


@pytest.mark.parametrize(
    ("values", "met_on"),
    [
        ([("2026-03-31", 100)], "2026-03-31"),
        ([("2026-03-31", 99)], None),
        ([("2026-03-31", 100), ("2026-04-30", 110)], "2026-03-31"),
        ([("2026-03-31", 100), ("2026-04-30", 90)], None),
        ([("2026-03-31", 100), ("2026-04-30", 90), ("2026-05-31", 100)], "2026-05-31"),
        ([("2026-12-31", 100), ("2027-01-31", 90)], "2026-12-31"),
        ([("2026-12-31", 90), ("2027-01-31", 100)], "2027-01-31"),
        ([("2027-01-31", 100), ("2027-02-28", 90)], "2027-01-31"),
    ],
)
def test_met_is_what_holds_and_after_the_deadline_what_once_was(
    values: list[tuple[str, int]], met_on: str | None
) -> None:
    measured = measure(number(*(up_to(on, value) for on, value in values)))
    assert measured.met_on == (None if met_on is None else day(met_on))
    assert measured.undecided is False
    assert (measured.held, measured.growth, measured.kept, measured.used) == (
        False,
        False,
        None,
        None,
    )


@pytest.mark.parametrize(
    ("fields", "values", "kept", "met_on"),
    [
        (LEVEL, [("2026-03-31", 9)], True, None),
        (LEVEL, [("2026-03-31", 9), ("2026-06-30", 11)], False, None),
        (LEVEL, [("2026-03-31", 9), ("2026-06-30", 11), ("2026-09-30", 9)], True, None),
        (LEVEL, [("2026-03-31", 9), ("2027-06-30", 11)], True, None),
        (LEVEL, [("2026-03-31", 11), ("2027-06-30", 9)], True, "2027-06-30"),
        (LEVEL, [("2026-12-31", 11), ("2027-06-30", 12)], False, None),
        (LEVEL, [("2027-06-30", 9)], True, "2027-06-30"),
        (AT_MOST, [("2026-03-31", 11), ("2026-06-30", 9)], False, None),
        (AT_MOST, [("2026-03-31", 11), ("2027-06-30", 9)], False, None),
        (AT_MOST, [("2026-03-31", 9), ("2027-06-30", 11)], True, None),
        (AT_MOST, [("2027-06-30", 9)], True, "2027-06-30"),
    ],
)
def test_whether_it_is_kept(
    fields: dict[str, Any], values: list[tuple[str, int]], *, kept: bool, met_on: str | None
) -> None:
    measured = measure(number(*(up_to(on, value) for on, value in values), **fields))
    assert (measured.held, measured.growth, measured.undecided) == (True, False, False)
    assert measured.kept is kept
    assert measured.met_on == (None if met_on is None else day(met_on))


def test_a_bound_may_leave_open_if_it_is_met_or_kept() -> None:
    for fields, bound, undecided in (
        ({}, ">=", True),
        ({}, "<=", False),
        (LEVEL, "<=", False),
        (LEVEL, ">=", True),
        (AT_MOST, ">=", True),
        ({"unit": "%", "name": "增速", "baseline": None}, ">=", True),
        ({"unit": "%", "name": "增速", "baseline": None}, None, False),
    ):
        measured = measure(number(up_to("2026-12-31", 9, qualifier=bound), **fields))
        assert measured.undecided is undecided, (fields, bound)
    beyond = measure(number(up_to("2027-06-30", 11), **LEVEL))
    assert (beyond.kept, beyond.met_on, beyond.undecided) == (None, None, False)
    vaguely = up_to("2027-06-30", 9, qualifier=">=")
    assert measure(number(up_to("2026-06-30", 9), vaguely, **LEVEL)).undecided is False
    twice = [up_to("2026-12-31", 100), up_to("2027-01-31", 99, qualifier=">=")]
    assert measure(number(*twice)).undecided is False


@pytest.mark.parametrize(
    ("baseline", "target", "value", "used"),
    [(0, 10, 5, "50"), (2, 10, 6, "50"), (None, 10, 5, "50"), (8, 10, 5, "50"), (0, 0, 0, None)],
)
def test_the_share_of_a_ceiling_that_is_used(
    baseline: int | None, target: int, value: int, used: str | None
) -> None:
    begun = None if baseline is None else Decimal(baseline)
    ceiling = number(up_to("2026-06-30", value), op="<=", target=Decimal(target), baseline=begun)
    share = measure(ceiling).used
    assert share == (None if used is None else Decimal(used))
    broken = number(up_to("2026-06-30", target + 1), op="<=", target=Decimal(target))
    assert measure(broken).used is None
    assert measure(number(up_to("2026-06-30", 5), **LEVEL)).used is None


def test_a_milestone_is_met_since_it_is_done_and_stays_so() -> None:
    for done, met_on in (
        ([True], "2026-01-31"),
        ([False], None),
        ([True, True], "2026-01-31"),
        ([True, False], None),
        ([True, False, True], "2026-03-31"),
    ):
        days = ("2026-01-31", "2026-02-28", "2026-03-31")
        steps = [up_to(on, done=is_done) for on, is_done in zip(days, done, strict=False)]
        measured = measure(milestone(*steps))
        assert measured.met_on == (None if met_on is None else day(met_on))
        assert measured.value_on == steps[-1].on
    assert measure(milestone()).value_on is None


def test_estimates_are_provisional_until_there_is_a_final_report() -> None:
    guess, final = up_to("2026-01-31", 5, status="estimate"), up_to("2026-02-28", 6)
    assert measure(number(guess)).provisional is True
    assert measure(number(guess, final)).provisional is False
    assert measure(number(final)).provisional is False
    assert measure(number()).provisional is False
    assert measure(number(up_to("2026-01-31", share_of_plan=Decimal(5)))).provisional is False
    assert measure(number(final, up_to("2026-03-31", voids="lost"))).last_report == final.on


def test_interim_points_come_by_day_and_are_scaled_by_the_way() -> None:
    points = [
        Interim(on=day("2026-09-30"), value=Decimal(60)),
        Interim(on=day("2026-06-30"), value=Decimal(20)),
    ]
    planned = number(interim=points)
    first, last = day("2026-06-30"), day("2026-09-30")
    promise = find_promise_in_force(planned, LATER)
    assert measure_planned_values(planned, promise, LATER) == [
        (first, Decimal(20)),
        (last, Decimal(60)),
    ]
    assert measure_planned_shares(planned, LATER) == [(first, Decimal(20)), (last, Decimal(60))]
    halved = number(
        interim=points, revisions=[Revision(id="r", on=day("2026-02-01"), target=Decimal(50))]
    )
    promise = find_promise_in_force(halved, LATER)
    assert measure_planned_values(halved, promise, LATER) == [
        (first, Decimal(10)),
        (last, Decimal(30)),
    ]
    for fields in ({"baseline": None}, {"target": None}):
        nowhere = number(interim=points, **fields)
        assert measure_planned_shares(nowhere, LATER) == []
        promise = Promise(Decimal(50), None, Deadline(on=last))
        assert [value for _on, value in measure_planned_values(nowhere, promise, LATER)] == [20, 60]


def test_shares_are_shares_of_a_way() -> None:
    assert measure_share_done(Decimal(5), Decimal(0), Decimal(10)) == 50
    for missing in ((None, Decimal(0), Decimal(1)), (Decimal(1), None, Decimal(1))):
        assert measure_share_done(*missing) is None
    assert measure_share_done(Decimal(1), Decimal(0), None) is None
    assert measure_share_done(Decimal(1), Decimal(1), Decimal(1)) is None
    assert str(round_measured_share(Decimal("-0.04"))) == "0.0"
    assert round_measured_share(None) is None
    assert measure_goal_value(number(), Promise(Decimal(3), None, None)) == 3
