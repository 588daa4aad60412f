"""What binds somebody, what is overdue, and by which step it is urged."""

from decimal import Decimal

import pytest
from factories import PLAN, day, milestone, number, up_to

from tracker.assessment.assess import assess
from tracker.assessment.promises import (
    find_urgency_step,
    is_promise,
    is_promise_due,
    is_promise_open,
    is_promise_overdue,
    is_promise_settled,
)
from tracker.assessment.rules import Rules
from tracker.model.assessment import Assessment
from tracker.model.horizon import Horizon
from tracker.model.records import Deadline, Indicator, Verdict
from tracker.model.vocabulary import State

KEPT = Verdict(id="v", on=day("2026-05-01"), verdict="kept", reason="核查")


def stands(indicator: Indicator, on: str, state: State = "active") -> Assessment:
    return assess(PLAN, indicator, state, Horizon(as_of=day(on)), Rules())


def test_outcomes_and_efforts_bind_until_they_are_settled() -> None:
    for fields, is_binding in (
        ({}, True),
        ({"commitment": "effort"}, True),
        ({"commitment": "vision"}, False),
        ({"commitment": "projection"}, False),
        ({"target": None, "deadline": None}, False),
    ):
        open_one = stands(number(**fields), "2026-06-30")
        assert is_promise(open_one) is is_binding
        assert is_promise_open(open_one) is is_binding
        assert is_promise_settled(open_one) is False
    for settled in (number(up_to("2026-06-01", 100)), number(verdicts=[KEPT])):
        assert is_promise_settled(stands(settled, "2026-06-30")) is True
        assert is_promise_open(stands(settled, "2026-06-30")) is False
        assert is_promise_due(stands(settled, "2026-06-30")) is False


def test_what_is_due_has_its_deadline_on_the_day_or_later() -> None:
    for on, is_due in (("2026-12-30", True), ("2026-12-31", True), ("2027-01-01", False)):
        assert is_promise_due(stands(number(), on)) is is_due
        assert is_promise_overdue(stands(number(), on), day(on)) is not is_due
    assert is_promise_due(stands(number(deadline=None), "2026-06-30")) is False
    late = "2027-06-30"
    for fields in (
        {"deadline": None},
        {"commitment": "effort"},
        {"commitment": "vision"},
        {"verdicts": [KEPT]},
        {"target": None},
    ):
        assert is_promise_overdue(stands(number(**fields), late), day(late)) is False
    assert is_promise_overdue(stands(milestone(), late), day(late)) is True


NEAR = Deadline(on=day("2026-07-10"))


@pytest.mark.parametrize(
    ("indicator", "on", "step"),
    [
        (number(), "2027-01-01", "red"),
        (number(up_to("2026-06-01", 5)), "2026-06-30", "yellow"),
        (number(up_to("2026-06-01", 30)), "2026-06-30", "yellow"),
        (number(up_to("2026-06-01", 60)), "2026-06-30", None),
        (number(up_to("2026-12-20", 99)), "2026-12-22", "blue"),
        (number(up_to("2026-12-20", 99)), "2026-12-20", None),
        (number(up_to("2026-12-20", 100)), "2026-12-25", None),
        (milestone(deadline=NEAR), "2026-06-25", None),
        (milestone(deadline=NEAR), "2026-07-01", "blue"),
        (number(up_to("2026-12-01", 8), op="<=", target=Decimal(9)), "2026-12-25", None),
        (number(deadline=None), "2026-06-30", None),
        (number(commitment="vision"), "2027-01-01", None),
        (number(commitment="vision"), "2026-12-25", None),
        (number(verdicts=[KEPT]), "2026-12-25", None),
        (number(up_to("2026-06-01", 100)), "2026-06-30", None),
    ],
)
def test_by_which_step_an_office_urges(indicator: Indicator, on: str, step: str | None) -> None:
    assert find_urgency_step(stands(indicator, on), day(on), near=10) == step
    states: tuple[State, ...] = ("closed", "suspended", "cancelled")
    for state in states:
        assert find_urgency_step(stands(indicator, on, state), day(on), near=10) is None
