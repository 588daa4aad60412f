"""The working of a light: rule, inputs with their sources, the flip day, what keeps it."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from factories import END, START, day, milestone, number, up_to
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.assessment.explanation import HoldingValue, LightReasons, SourcedInput, explain_light
from tracker.assessment.light import evaluate_light, is_worse_light, prepare_light_inputs
from tracker.assessment.rules import Rules
from tracker.model.horizon import Horizon
from tracker.model.records import Deadline, Indicator, Interim, Revision, Source
from tracker.model.vocabulary import Light, State

RULES = Rules()


def explained(indicator: Indicator, on: str, state: State = "active") -> LightReasons:
    return explain_light(indicator, state, Horizon(as_of=day(on)), RULES)


def test_the_whole_sentence() -> None:
    # 52.5 km from 1 January; 62% done when 78% are expected.
    sewers = number(
        up_to("2026-10-31", "32.55"),
        target=Decimal("52.5"),
        start=day("2026-05-30"),
        deadline=Deadline(on=day("2026-12-20")),
    )
    found = explained(sewers, "2026-11-05")
    assert found.rule == "gap"
    assert found.sentence == (
        "yellow: 62.0% done, 77.9% expected, gap -15.9;"
        " red on 2026-12-04 if nothing is reported;"
        " +4.20 公里 keeps it yellow until 2026-12-20"
    )
    assert (found.flips_on, found.flips_to) == (day("2026-12-04"), "red")
    assert found.keeps == HoldingValue(
        light="yellow",
        value=Decimal("36.75"),
        more=Decimal("4.20"),
        until=day("2026-12-20"),
    )
    assert (str(found.thresholds.yellow_below), found.thresholds.warn_days) == ("-10", 30)
    assert (str(found.done), str(found.expected), str(found.gap)) == ("62.0", "77.9", "-15.9")


def test_a_green_light_flips_to_yellow_first() -> None:
    found = explained(number(up_to("2026-06-30", 50)), "2026-07-02")
    assert (found.light, found.flips_to, found.flips_on) == ("green", "yellow", day("2026-08-08"))
    assert found.keeps == HoldingValue(
        light="green", value=Decimal(90), more=Decimal(40), until=END
    )


def test_almost_there_only_the_target_helps() -> None:
    found = explained(number(up_to("2026-06-30", 95)), "2026-07-02")
    assert (found.flips_on, found.flips_to) == (END + timedelta(days=1), "red")
    assert found.keeps == HoldingValue(
        light="green", value=Decimal(100), more=Decimal(5), until=None
    )
    assert found.sentence.endswith("+5 公里 meets the target")


def test_a_red_light_says_what_makes_it_yellow_now() -> None:
    found = explained(number(up_to("2026-06-30", 10)), "2026-07-02")
    assert (found.light, found.flips_on) == ("red", None)
    assert found.keeps == HoldingValue(
        light="yellow", value=Decimal(20), more=Decimal(10), until=day("2026-07-02")
    )
    assert found.sentence == (
        "red: 10.0% done, 50.0% expected, gap -40.0; +10 公里 makes it yellow now"
    )


def test_what_is_overdue_can_only_be_met() -> None:
    found = explained(number(up_to("2026-06-30", 10)), "2027-01-02")
    assert (found.rule, found.flips_on) == ("overdue", None)
    assert found.keeps == HoldingValue(
        light="green", value=Decimal(100), more=Decimal(90), until=None
    )
    assert explained(number(), "2027-01-02").keeps is None


def test_what_is_far_enough_and_only_vaguely_known_needs_no_other_value() -> None:
    vague = number(up_to("2026-06-30", 60, qualifier="<="), baseline=None, target=Decimal(50))
    found = explained(vague, "2027-02-01")
    assert (found.light, found.keeps) == ("red", None)


def test_less_is_more_on_the_way_down() -> None:
    falling = number(up_to("2026-06-30", 80), baseline=Decimal(100), target=Decimal(60))
    found = explained(falling, "2026-07-02")
    assert found.keeps is not None
    assert (str(found.keeps.value), str(found.keeps.more)) == ("64", "-16")
    assert "-16 公里 keeps it green" in found.sentence


def test_a_rounded_value_never_asks_for_more_than_the_target() -> None:
    few = number(up_to("2026-01-31", 0), target=Decimal(1))
    found = explained(few, "2026-03-01")
    assert found.light == "yellow"
    assert found.keeps == HoldingValue(light="green", value=Decimal(1), more=Decimal(1), until=None)
    down = number(up_to("2026-01-31", 1), baseline=Decimal(1), target=Decimal(0))
    assert explained(down, "2026-03-01").keeps == HoldingValue(
        light="green", value=Decimal(0), more=Decimal(-1), until=None
    )


def test_a_milestone_flips_when_its_deadline_is_near_and_when_it_is_over() -> None:
    reported = milestone(up_to("2026-03-31", done=False))
    found = explained(reported, "2026-06-30")
    assert (found.rule, found.flips_on, found.flips_to) == (
        "milestone",
        day("2026-12-01"),
        "yellow",
    )
    near = explained(milestone(), "2026-12-10")
    assert (near.flips_on, near.flips_to, near.keeps) == (day("2027-01-01"), "red", None)


def test_what_was_never_reported_flips_to_yellow_and_to_red_when_it_is_overdue() -> None:
    found = explained(number(), "2026-01-31")
    assert (found.rule, found.light, found.keeps) == ("none", "none", None)
    assert (found.flips_on, found.flips_to) == (day("2026-02-07"), "yellow")
    assert found.sentence == (
        "none: nothing reported yet; report with: tracker update;"
        " yellow on 2026-02-07 if nothing is reported"
    )
    silent = explained(number(), "2026-06-30")
    assert (silent.rule, silent.light, silent.keeps) == ("silent", "yellow", None)
    assert (silent.flips_on, silent.flips_to) == (day("2027-01-01"), "red")


@pytest.mark.parametrize(
    ("fields", "on", "state"),
    [
        ({}, "2026-06-30", "suspended"),
        ({}, "2027-06-30", "cancelled"),
        ({"deadline": None}, "2026-06-30", "active"),
        ({"target": None}, "2026-06-30", "active"),
        ({"updates": [up_to("2026-06-30", 100)]}, "2026-07-01", "active"),
    ],
)
def test_what_changes_by_reports_only_has_no_flip_day(
    fields: dict[str, Any], on: str, state: State
) -> None:
    found = explained(number(**fields), on, state)
    assert (found.flips_on, found.flips_to) == (None, None)
    assert "if nothing" not in found.sentence


def test_the_last_day_of_the_calendar_is_a_deadline_too() -> None:
    never = explained(milestone(deadline=Deadline(on=date.max)), "9999-12-31")
    assert (never.flips_on, never.light) == (None, "yellow")
    far = explained(number(deadline=Deadline(on=date.max)), "2026-06-30")
    assert (far.flips_on, far.flips_to) == (day("2823-05-28"), "yellow")


def test_a_met_target_is_judged_by_being_met() -> None:
    found = explained(number(up_to("2026-06-30", 100)), "2026-07-01")
    assert (found.rule, found.keeps) == ("met", None)
    assert found.sentence == "green: met on 2026-06-30"


def test_the_inputs_come_with_their_sources() -> None:
    indicator = number(
        up_to("2026-06-30", 30, source=Source(document="report", locator="第3段")),
        op="range",
        target_high=Decimal(120),
        baseline_on=day("2025-12-31"),
        source=Source(document="plan", locator="第1段"),
        interim=[Interim(on=day("2026-07-01"), value=Decimal(40))],
    )
    plan: dict[str, Any] = {"document": "plan", "locator": "第1段"}
    assert explained(indicator, "2026-07-02").inputs == [
        SourcedInput(name="baseline", value=Decimal(0), on=day("2025-12-31"), **plan),
        SourcedInput(name="target", value=Decimal(100), **plan),
        SourcedInput(name="target_high", value=Decimal(120), **plan),
        SourcedInput(name="start", value=START, **plan),
        SourcedInput(name="deadline", value=END, **plan),
        SourcedInput(name="interim", value=Decimal(40), on=day("2026-07-01")),
        SourcedInput(
            name="value",
            value=Decimal(30),
            on=day("2026-06-30"),
            document="report",
            locator="第3段",
        ),
    ]


def test_a_revised_input_comes_with_the_decision() -> None:
    revisions = [
        Revision(
            id="r1",
            on=day("2026-05-01"),
            target=Decimal(80),
            reason="a",
            source=Source(document="notice"),
        ),
        Revision(id="r2", on=day("2026-06-01"), deadline=Deadline(on=day("2027-06-30"))),
    ]
    indicator = number(source=Source(document="plan"), revisions=revisions)
    inputs = {each.name: each for each in explained(indicator, "2026-07-02", "suspended").inputs}
    assert inputs["target"] == SourcedInput(
        name="target", value=Decimal(80), on=day("2026-05-01"), document="notice"
    )
    assert inputs["deadline"] == SourcedInput(
        name="deadline", value=day("2027-06-30"), on=day("2026-06-01")
    )
    assert inputs["state"] == SourcedInput(name="state", value="suspended")


@pytest.mark.parametrize(("done", "said"), [(True, "done"), (False, "not done")])
def test_a_milestone_says_whether_it_is_done(done: bool, said: str) -> None:  # noqa: FBT001
    inputs = explained(milestone(up_to("2026-06-30", done=done)), "2026-07-02").inputs
    assert inputs[-1] == SourcedInput(name="value", value=said, on=day("2026-06-30"))


NUMBERS = st.integers(-200, 200).map(Decimal)


@given(
    NUMBERS,
    NUMBERS,
    NUMBERS,
    st.integers(0, 364),
    st.sampled_from([None, "="]),
    st.integers(0, 5),
)
@settings(max_examples=300)
def test_the_flip_day_is_the_first_worse_day_and_what_keeps_the_light_keeps_it(
    baseline: Decimal,
    target: Decimal,
    value: Decimal,
    days: int,
    op: Any,  # noqa: ANN401
    places: int,
) -> None:
    on = START + timedelta(days=days)
    scaled = value.scaleb(-places)
    indicator = number(up_to(str(START), str(scaled)), baseline=baseline, target=target, op=op)
    horizon = Horizon(as_of=on)
    facts = prepare_light_inputs(indicator, "active", horizon)
    found = explain_light(indicator, "active", horizon, RULES)
    last = END + timedelta(days=1)
    calendar = [on + timedelta(days=n) for n in range((last - on).days + 1)]
    worse = [each for each in calendar if evaluate_light(facts, each, RULES).light != found.light]
    assert found.flips_on == (worse[0] if worse else None)
    if found.keeps is not None:
        assert found.keeps.value == scaled + found.keeps.more
        more = [*indicator.updates, up_to(str(on), str(found.keeps.value))]
        then = prepare_light_inputs(
            msgspec.structs.replace(indicator, updates=more), "active", horizon
        )
        until = found.keeps.until or last
        assert not is_worse_light(evaluate_light(then, until, RULES).light, found.keeps.light)


def test_what_is_just_enough_to_keep_yellow_says_what_meets_the_target() -> None:
    for value, wanted in ((69, 70), (70, 100), (71, 100)):
        found = explained(number(up_to("2026-06-30", value)), "2026-11-10")
        assert found.light == "yellow"
        assert found.keeps is not None
        assert found.keeps.value == wanted


def test_more_than_a_number_is_the_next_one_in_its_places() -> None:
    for value, more in (("100", "1"), ("99.5", "0.6"), ("100.00", "0.01"), ("1E+2", "1")):
        strict = number(up_to("2026-06-30", value), op=">", baseline=None)
        keeps = explained(strict, "2027-01-10").keeps
        assert keeps is not None
        assert str(keeps.more) == more
    less = number(up_to("2026-06-30", 5), op="<", target=Decimal(5), baseline=Decimal(9))
    keeps = explained(less, "2027-01-10").keeps
    assert keeps is not None
    assert str(keeps.more) == "-1"


def test_a_value_to_hold_has_the_places_of_the_numbers_in_use() -> None:
    for value, needed in (("32", "90"), ("32.0", "90.0"), ("3.2E+1", "90")):
        found = explained(number(up_to("2026-06-30", value), baseline=Decimal(0)), "2026-04-02")
        again = explained(number(up_to("2026-03-30", value)), "2026-04-02")
        assert found.keeps is None
        assert again.keeps is not None
        assert str(again.keeps.value) == needed
    coarse = number(up_to("2026-03-31", "3E+1"), baseline=Decimal("0E+1"), target=Decimal("1E+2"))
    keeps = explained(coarse, "2026-04-02").keeps
    assert keeps is not None
    assert str(keeps.value) == "90"


def test_of_two_reports_or_revisions_the_newest_is_the_input() -> None:
    revisions = [
        Revision(id=name, on=day(on), target=Decimal(target), source=Source(document=name))
        for name, on, target in (("a", "2026-03-01", 80), ("b", "2026-04-01", 90))
    ]
    reports = [up_to("2026-05-31", 20), up_to("2026-06-30", 30)]
    inputs = {
        each.name: each
        for each in explained(number(*reports, revisions=revisions), "2026-07-02").inputs
    }
    assert inputs["target"] == SourcedInput(
        name="target", value=Decimal(90), on=day("2026-04-01"), document="b"
    )
    assert inputs["value"] == SourcedInput(name="value", value=Decimal(30), on=day("2026-06-30"))


def test_a_rate_that_is_only_missing_for_its_deadline_needs_no_other_value() -> None:
    growth: dict[str, Any] = {"name": "产值增速", "unit": "%", "accumulation": "level"}
    due = number(up_to("2026-09-30", 100), baseline=None, **growth)
    found = explained(due, "2027-01-01")
    assert (found.light, found.keeps) == ("red", None)
    assert found.sentence == "red: overdue by 1 day; the value of 2026-12-31 is not reported"


def test_what_is_only_watched_has_no_target_among_its_inputs() -> None:
    names = [each.name for each in explained(number(target=None), "2026-07-02").inputs]
    assert names == ["baseline", "start", "deadline"]


def test_a_target_that_is_to_be_passed_needs_a_little_more() -> None:
    more = number(up_to("2026-06-30", 95), op=">")
    assert explained(more, "2026-07-02").keeps == HoldingValue(
        light="green", value=Decimal(101), more=Decimal(6), until=None
    )
    less = number(
        up_to("2026-06-30", "4.4"), op="<", unit="%", baseline=Decimal(20), target=Decimal("4.3")
    )
    keeps = explained(less, "2026-07-02").keeps
    assert keeps is not None
    assert (keeps.value, keeps.more) == (Decimal("4.2"), Decimal("-0.2"))


def test_points_that_led_nowhere_stay_as_they_are() -> None:
    kept = number(
        up_to("2026-06-30", 105),
        baseline=Decimal(100),
        interim=[Interim(on=day("2026-06-30"), value=Decimal(100))],
        revisions=[Revision(id="r", on=day("2026-03-01"), target=Decimal(120), reason="提标")],
    )
    found = explained(kept, "2026-07-02")
    assert (str(found.done), found.light) == ("25.0", "yellow")


def test_a_broken_level_can_be_kept_again_and_a_broken_sum_cannot() -> None:
    ceiling: dict[str, Any] = {"op": "<=", "target": Decimal(6), "unit": "家"}
    level = number(up_to("2026-06-30", 8), accumulation="level", **ceiling)
    keeps = explained(level, "2026-06-30").keeps
    assert keeps == HoldingValue(light="green", value=Decimal(6), more=Decimal(-2), until=None)
    assert explained(number(up_to("2026-06-30", 8), **ceiling), "2026-06-30").keeps is None
    full = number(up_to("2026-06-30", 5), **ceiling)
    assert explained(full, "2026-06-30").light == "yellow"
    assert explained(full, "2026-06-30").keeps is None


def test_the_state_is_an_input_where_it_is_not_active() -> None:
    assert explained(number(), "2026-06-30", "suspended").inputs[0].name == "state"
    assert explained(number(), "2026-06-30").inputs[0].name == "baseline"


def test_a_light_that_is_nearer_to_red_is_worse() -> None:
    order: list[Light] = ["none", "green", "yellow", "red"]
    for at, light in enumerate(order):
        for place, other in enumerate(order):
            assert is_worse_light(light, other) is (at > place)
