"""What a light says: the reason, its figures, and the remedy."""

from decimal import Decimal
from typing import Any

import pytest
from factories import PLAN, day, milestone, number, up_to

from tracker.assessment.assess import assess
from tracker.assessment.rules import Rules
from tracker.model.horizon import Horizon
from tracker.model.records import Indicator
from tracker.model.vocabulary import State

JUNE, LATE = "2026-06-30", "2027-01-05"
RATE: dict[str, Any] = {
    "unit": "%",
    "accumulation": "level",
    "name": "产值增速",
    "baseline": None,
    "target": Decimal(6),
}
LOST = "its baseline meets the target, so no percentage; correct it with: tracker edit --baseline"
NOTHING = "nothing reported yet; report with: tracker update"


def says(indicator: Indicator, on: str, state: State = "active") -> tuple[str, str]:
    found = assess(PLAN, indicator, state, Horizon(as_of=day(on)), Rules())
    return found.light, found.why


@pytest.mark.parametrize(
    ("indicator", "on", "light", "why"),
    [
        (number(commitment="vision"), JUNE, "none", "a vision, which binds nobody"),
        (number(commitment="projection"), JUNE, "none", "a projection, which binds nobody"),
        (
            number(commitment="effort"),
            LATE,
            "none",
            "an effort, over since 2026-12-31: a person says what became of it",
        ),
        (
            number(commitment="effort"),
            "2026-12-31",
            "yellow",
            "nothing reported yet, 100.0% expected",
        ),
        (number(up_to(JUNE, 100), commitment="effort"), LATE, "green", "met on 2026-06-30"),
        (number(unit=None), JUNE, "none", "no unit; give one with: tracker edit --unit"),
        (number(target=None), JUNE, "none", "no target; give one with: tracker edit --target"),
        (
            number(deadline=None),
            JUNE,
            "none",
            "no deadline; give one with: tracker edit --deadline",
        ),
        (
            number(up_to(JUNE, 100), deadline=None),
            JUNE,
            "none",
            "no deadline; give one with: tracker edit --deadline; met on 2026-06-30",
        ),
        (milestone(unit=None), JUNE, "none", NOTHING),
        (milestone(), "2026-11-30", "none", NOTHING),
        (milestone(), "2026-12-01", "yellow", "due in 30 days, nothing reported yet"),
        (milestone(up_to(JUNE, done=False)), "2026-11-30", "green", "due in 31 days"),
        (milestone(up_to(JUNE, done=False)), "2026-12-30", "yellow", "due in 1 day"),
        (milestone(), "2026-12-30", "yellow", "due in 1 day, nothing reported yet"),
        (milestone(), "2027-01-01", "red", "overdue by 1 day, never reported"),
        (milestone(up_to(JUNE, done=False)), LATE, "red", "overdue by 5 days"),
        (milestone(up_to(JUNE, done=True)), LATE, "green", "met on 2026-06-30"),
        (milestone(up_to(LATE, done=True)), LATE, "green", "met on 2027-01-05, 5 days late"),
        (number(), "2026-02-20", "yellow", "nothing reported yet, 13.7% expected"),
        (number(), "2026-01-20", "none", NOTHING),
        (number(up_to(JUNE, 55)), JUNE, "green", "55.0% done, 49.5% expected, gap 5.5"),
        (
            number(up_to(JUNE, 55, qualifier=">=")),
            JUNE,
            "green",
            "55.0% done, 49.5% expected, gap 5.5",
        ),
        (
            number(up_to(JUNE, 55, qualifier="<=")),
            JUNE,
            "none",
            "the newest report is only a bound, so no percentage; report an exact value",
        ),
        (
            number(up_to(JUNE, 100, qualifier="<=")),
            LATE,
            "red",
            "overdue by 5 days; the newest report leaves open if it is met",
        ),
        (
            number(up_to(JUNE, 55, status="estimate")),
            JUNE,
            "none",
            "only estimates reported; report a final value with: tracker update",
        ),
        (
            number(up_to("2026-06-01", 55), accumulation="increment", start=day("2026-06-15")),
            JUNE,
            "none",
            "no final value since the start; report one with: tracker update",
        ),
        (
            number(up_to(JUNE, 55), baseline=None),
            JUNE,
            "none",
            "no baseline, so no percentage; give one with: tracker edit --baseline",
        ),
        (
            number(up_to(JUNE, 55), start=None),
            JUNE,
            "none",
            "no start, so nothing is expected by a day; give one with: tracker edit --start",
        ),
        (
            number(up_to(JUNE, 55), baseline=Decimal(120), op=">="),
            JUNE,
            "none",
            LOST,
        ),
        (
            number(up_to(JUNE, 7), op="<=", target=Decimal(9)),
            JUNE,
            "yellow",
            "kept, but 77.8% is used and 49.5% of the time gone",
        ),
        (
            number(up_to(JUNE, 4), op="<=", target=Decimal(9)),
            JUNE,
            "green",
            "kept; to be kept until 2026-12-31",
        ),
        (
            number(up_to(JUNE, 7, qualifier=">="), op="<=", target=Decimal(9)),
            JUNE,
            "none",
            "the newest report leaves open if it is kept; report an exact value",
        ),
        (
            number(up_to(JUNE, 7), **RATE),
            JUNE,
            "green",
            "on course; decided by the value of 2026-12-31",
        ),
        (
            number(up_to(JUNE, 5), **RATE),
            JUNE,
            "yellow",
            "off course, gap -16.7; decided by the value of 2026-12-31",
        ),
        (
            number(up_to(JUNE, -5), **RATE),
            JUNE,
            "red",
            "the sign is wrong; decided by the value of 2026-12-31",
        ),
        (
            number(up_to(JUNE, 7), **RATE),
            LATE,
            "red",
            "overdue by 5 days; the value of 2026-12-31 is not reported",
        ),
        (number(up_to("2026-12-31", 5), **RATE), LATE, "red", "overdue by 5 days"),
        (
            number(up_to(JUNE, 5, qualifier=">="), **RATE),
            JUNE,
            "none",
            "the newest report leaves open if it is kept; report an exact value",
        ),
    ],
)
def test_a_light_says_why(indicator: Indicator, on: str, light: str, why: str) -> None:
    assert says(indicator, on) == (light, why)


def test_what_is_stopped_says_so_before_anything_else() -> None:
    for indicator in (number(), number(commitment="vision"), number(unit=None)):
        assert says(indicator, JUNE, "suspended") == ("none", "suspended until: tracker resume")
        cancelled = "cancelled, so nothing is expected any more"
        assert says(indicator, JUNE, "cancelled") == ("none", cancelled)
    assert says(number(), LATE, "closed") == ("red", "overdue by 5 days, never reported")


def test_a_cycle_without_a_report_says_that_it_is_of_this_cycle() -> None:
    again = number(up_to("2026-03-31", 100), recurs="quarter", deadline=None)
    assert says(again, "2026-07-05") == (
        "red",
        "overdue by 5 days, nothing reported for this cycle",
    )


def test_a_rate_at_the_very_threshold_is_yellow() -> None:
    for value, light in (("4.19999999994", "yellow"), ("4.19999999993", "red")):
        assert says(number(up_to(JUNE, value), **RATE), JUNE)[0] == light
