"""Counts of many indicators: one mark for each, and what the marks add up to."""

from decimal import Decimal
from typing import Any

import pytest
from factories import PLAN, day, milestone, number, up_to

from tracker.assessment.assess import assess
from tracker.assessment.rollup import (
    Rollup,
    count_rolled_up_in_several,
    group_for_rollup,
    merge_rollups,
    roll_up,
)
from tracker.assessment.rules import Rules
from tracker.model.assessment import Assessment
from tracker.model.horizon import Horizon
from tracker.model.records import Deadline, Indicator, Verdict
from tracker.model.vocabulary import State

JUNE, LATE = "2026-06-30", "2027-01-05"
ASSUMED = Deadline(on=day("2026-12-31"), basis="assumed")
BROKEN = Verdict(id="v", on=day("2026-05-01"), verdict="broken", reason="核查")
CEILING: dict[str, Any] = {"op": "<=", "target": Decimal(9)}


def stands(indicator: Indicator, on: str, state: State = "active") -> Assessment:
    return assess(PLAN, indicator, state, Horizon(as_of=day(on)), Rules())


def count(
    indicator: Indicator, on: str, state: State = "active", *, owing: bool = False
) -> set[str]:
    rolled = roll_up([stands(indicator, on, state)], day(on), {indicator.id} if owing else set())
    return {name for name in Rollup._fields if name != "light" and getattr(rolled, name) == 1}


PROMISE = {"indicators", "active", "promises", "active_promises"}


@pytest.mark.parametrize(
    ("indicator", "on", "counts"),
    [
        (number(), JUNE, PROMISE | {"yellow", "due"}),
        (number(commitment="effort"), JUNE, PROMISE | {"yellow", "due"}),
        (number(commitment="effort"), LATE, PROMISE | {"none", "awaiting_verdict"}),
        (number(), LATE, PROMISE | {"red", "overdue"}),
        (number(deadline=ASSUMED), LATE, PROMISE | {"red", "overdue", "overdue_assumed"}),
        (number(deadline=ASSUMED), JUNE, PROMISE | {"yellow", "due"}),
        (number(up_to(JUNE, 55)), JUNE, PROMISE | {"green", "due"}),
        (number(up_to(JUNE, 30)), JUNE, PROMISE | {"yellow", "due"}),
        (number(up_to(JUNE, 100)), JUNE, PROMISE | {"green", "met"}),
        (number(up_to(JUNE, 8), **CEILING), JUNE, PROMISE | {"yellow", "kept", "due"}),
        (number(up_to(JUNE, 8), **CEILING), LATE, PROMISE | {"green", "met"}),
        (milestone(verdicts=[BROKEN]), LATE, PROMISE | {"red", "verdict_broken"}),
        (number(commitment="vision"), LATE, {"indicators", "active", "visions"}),
        (
            number(commitment="vision", verdicts=[BROKEN]),
            LATE,
            {"indicators", "active", "visions"},
        ),
        (number(commitment="projection"), LATE, {"indicators", "active", "projections"}),
        (number(target=None, deadline=None), LATE, {"indicators", "active", "reported"}),
    ],
)
def test_what_one_indicator_counts_as(indicator: Indicator, on: str, counts: set[str]) -> None:
    assert count(indicator, on) == counts
    assert count(indicator, on, owing=True) == counts | {"unreported"}


def test_what_is_closed_or_stopped_counts_apart() -> None:
    closed = {"indicators", "promises", "closed"}
    assert count(number(), LATE, "closed") == closed | {"closed_unmet"}
    assert count(number(), JUNE, "closed") == closed
    assert count(number(up_to(JUNE, 100)), LATE, "closed") == closed | {"met"}
    stops: tuple[State, ...] = ("suspended", "cancelled")
    for state in stops:
        stopped = {"indicators", "promises", "stopped", state}
        assert count(number(up_to(JUNE, 100)), LATE, state) == stopped


def test_the_worst_light_of_all_counts() -> None:
    red, green = stands(number(up_to(JUNE, 5)), JUNE), stands(number(up_to(JUNE, 60)), JUNE)
    assert roll_up([green, red], day(JUNE)).light == "red"
    assert roll_up([], day(JUNE)).light == "none"
    both = merge_rollups(roll_up([green], day(JUNE)), roll_up([red], day(JUNE)))
    assert both == roll_up([red, green], day(JUNE))
    assert (both.indicators, both.red, both.green, both.light) == (2, 1, 1, "red")
    assert merge_rollups().light == "none"


def test_what_has_several_names_stands_in_each_group_and_is_counted_once() -> None:
    names = {"a": ["甲", "乙"], "b": ["乙"], "c": [], "d": ["甲", "甲"]}
    groups = group_for_rollup(names, lambda member: names[member])
    assert groups == {"甲": ["a", "d", "d"], "乙": ["a", "b"], None: ["c"]}
    assert count_rolled_up_in_several(names, lambda member: names[member]) == 1
