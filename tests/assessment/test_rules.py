"""The rules that say what meets a target, what is kept and what silence means, at their borders."""

from decimal import Decimal
from typing import Any

import msgspec
import pytest
from factories import END, PLAN, START, day, milestone, number, up_to
from hypothesis import given
from hypothesis import strategies as st

from tracker.assessment.assess import assess
from tracker.assessment.direction import find_span_in_direction, infer_direction
from tracker.assessment.explanation import explain_light
from tracker.assessment.light import light_of_gap
from tracker.assessment.measurement import measure_goal_value
from tracker.assessment.promises import find_urgency_step
from tracker.assessment.rules import Rules
from tracker.model.assessment import Assessment
from tracker.model.defaults import is_better_if_less_by_default
from tracker.model.effective import Promise
from tracker.model.horizon import Horizon
from tracker.model.records import Deadline, Indicator, Interim, Revision
from tracker.model.vocabulary import Cycle, Light, Op

RULES = Rules()
LEVEL: dict[str, Any] = {"unit": "%", "accumulation": "level"}
AT_MOST: dict[str, Any] = {"op": "<=", "target": Decimal(10), "baseline": Decimal(0)}


def seen(indicator: Indicator, on: str) -> Assessment:
    return assess(PLAN, indicator, "active", Horizon(as_of=day(on)), RULES)


def is_met(value: float | str, **fields: Any) -> bool:  # noqa: ANN401
    """Return whether a value of the deadline meets a target on the day after it."""
    found = seen(number(up_to("2026-12-31", value), **fields), "2027-01-01")
    return found.met_on is not None


# What meets a target


@pytest.mark.parametrize(
    ("op", "value", "met"),
    [
        (">", "4.3", False),
        (">", "4.4", True),
        ("<", "4.3", False),
        ("<", "4.2", True),
        (">=", "4.3", True),
        ("<=", "4.3", True),
    ],
)
def test_more_than_and_less_than_are_strict(op: Op, value: str, met: bool) -> None:  # noqa: FBT001
    assert is_met(value, op=op, target=Decimal("4.3"), baseline=None) is met


@pytest.mark.parametrize(
    ("unit", "target", "value", "met"),
    [
        ("%", "6.2", "6.1", True),
        ("%", "6.2", "6.076", True),
        ("%", "6.2", "6.075", False),
        ("%", "6.2", "6.0", False),
        ("%", "6", "9", True),
        ("%", "5", "4.9", True),
        ("%", "5", "4.89", False),
        ("%", "5", "4.0", False),
        ("‰", "3", "2.9", True),
        ("百分点", "3", "2.8", False),
        ("家", "40", "39", True),
        ("家", "40", "38.9", False),
        ("家", "10", "9", True),
        ("家", "9", "8.82", True),
        ("家", "9", "8.8", False),
        ("家", "100", "98", True),
        ("家", "100", "97", False),
        ("万人", "40", "39.2", True),
        ("万人", "40", "39", False),
        ("亿元", "40", "39", False),
    ],
)
def test_about_may_be_missed_by_a_little_on_a_way_up(
    unit: str, target: str, value: str, *, met: bool
) -> None:
    fields = {"unit": unit, "target": Decimal(target), "approximate": True}
    assert is_met(value, **fields) is met


def test_about_may_be_surpassed_a_little_on_a_way_down_and_both_ways_where_it_is_held() -> None:
    down = {**LEVEL, "target": Decimal("5.5"), "approximate": True, "op": "<=", "baseline": None}
    assert [is_met(value, **down) for value in ("5.5", "5.61", "5.62")] == [True, True, False]
    band = {**down, "op": None, "direction": "hold"}
    values = ("5.38", "5.39", "5.61", "5.62")
    assert [is_met(value, **band) for value in values] == [False, True, True, False]


@pytest.mark.parametrize(
    ("fields", "met"),
    [
        ({"baseline": Decimal(0)}, [False, True, True, True]),
        ({"baseline": None}, [False, True, True, True]),
        ({"baseline": Decimal(9)}, [True, True, True, False]),
        ({"baseline": None, "direction": "hold"}, [False, True, True, False]),
    ],
)
def test_a_range_is_a_band_only_where_it_is_held(fields: dict[str, Any], met: list[bool]) -> None:
    few = {"op": "range", "target": Decimal(3), "target_high": Decimal(5), "unit": "家", **fields}
    assert [is_met(value, **few) for value in (2, 3, 5, 6)] == met


@pytest.mark.parametrize(
    ("name", "down"),
    [
        ("城镇调查失业率", True),
        ("居民消费价格涨幅", True),
        ("生产安全事故死亡人数", True),
        ("单位GDP能耗", False),
        ("单位地区能耗", True),
        ("二氧化硫排放量", True),
        ("PM2.5平均浓度", True),
        ("水费欠费金额", True),
        ("信访投诉量", True),
        ("交通拥堵指数", True),
        ("能耗降低率", False),
        ("投诉办结率", False),
        ("超低排放改造", False),
        ("居民收入涨幅", False),
        ("改造长度", False),
    ],
)
def test_less_is_better_of_what_is_called_so(name: str, *, down: bool) -> None:
    assert is_better_if_less_by_default(name) is down
    way = infer_direction(number(name=name, baseline=None), Decimal(5))
    assert way == ("down" if down else "up")


def test_operator_and_declared_direction_come_before_the_name() -> None:
    jobless = number(name="失业率", baseline=None, op=">=")
    assert infer_direction(jobless, Decimal(5)) == "up"
    declared = msgspec.structs.replace(jobless, op=None, direction="up")
    assert infer_direction(declared, Decimal(5)) == "up"
    target = Decimal("5.5")
    bare: dict[str, Any] = {**LEVEL, "name": "失业率", "target": target, "approximate": True}
    assert not is_met(7, **bare, baseline=None)
    assert is_met(5, **bare, baseline=None)
    assert not is_met(7, **bare, baseline=Decimal("5.1"))


def test_a_limit_says_what_meets_it_and_the_declared_way_which_end_of_a_range() -> None:
    for way, op in (("up", "<="), ("down", ">="), ("hold", "<="), ("hold", ">=")):
        indicator = number(direction=way, op=op)
        limit = find_span_in_direction(indicator, Decimal(100), None)
        assert (limit.low is None, limit.high is None) == (op == "<=", op == ">=")
        span = find_span_in_direction(indicator, Decimal(100), Decimal(110))
        assert (span.low is None, span.high is None) == (way == "down", way == "up")


@given(
    st.integers(-50, 50),
    st.integers(-50, 50),
    st.sampled_from([None, ">=", ">", "<=", "<"]),
    st.booleans(),
)
def test_what_meets_a_target_stays_met_by_more_in_the_good_direction(
    target: int,
    value: int,
    op: Op | None,
    approximate: bool,  # noqa: FBT001
) -> None:
    indicator = number(baseline=None, op=op, approximate=approximate, target=Decimal(target))
    span = find_span_in_direction(indicator, Decimal(target), None)
    step = 1 if infer_direction(indicator, Decimal(target)) == "up" else -1
    if span.holds(Decimal(value)):
        assert span.holds(Decimal(value + step))
    has_room = approximate and target != 0
    assert span.holds(Decimal(target)) == (op not in {">", "<"} or has_room)


# Met is what holds


def test_what_falls_back_is_met_until_it_falls_and_no_longer() -> None:
    back = number(up_to("2026-07-31", 100), up_to("2026-09-30", 91))
    assert seen(back, "2026-07-30").met_on is None
    assert seen(back, "2026-09-29").met_on == day("2026-07-31")
    assert seen(back, "2026-09-30").met_on is None
    again = number(*back.updates, up_to("2026-11-30", 100))
    assert seen(again, "2026-11-30").met_on == day("2026-11-30")


@pytest.mark.parametrize(
    ("fall", "met_on"), [("2026-12-30", None), ("2026-12-31", None), ("2027-01-01", "2026-07-31")]
)
def test_it_is_decided_at_the_deadline(fall: str, met_on: str | None) -> None:
    fallen = number(up_to("2026-07-31", 100), up_to(fall, 91), **LEVEL)
    wanted = None if met_on is None else day(met_on)
    assert seen(fallen, "2027-01-10").met_on == wanted


def test_after_the_deadline_it_is_met_late_and_never_unmet() -> None:
    late = number(up_to("2026-12-31", 99), up_to("2027-01-05", 100), up_to("2027-02-05", 90))
    for on in ("2027-01-05", "2027-02-05"):
        found = seen(late, on)
        assert (found.met_on, found.days_late) == (day("2027-01-05"), 5)


# What is to be kept


@pytest.mark.parametrize(
    ("on", "light", "met_on"),
    [("2026-12-30", "green", None), ("2026-12-31", "green", END), ("2027-01-01", "green", END)],
)
def test_what_is_kept_is_met_from_its_deadline(on: str, light: Light, met_on: Any) -> None:  # noqa: ANN401
    found = seen(number(up_to("2026-06-30", 0), **AT_MOST), on)
    assert (found.light, found.met_on, found.kept) == (light, met_on, True)


def test_a_broken_sum_stays_broken_and_a_level_returns() -> None:
    values = [up_to("2026-03-31", 9), up_to("2026-04-30", 11), up_to("2026-05-31", 8)]
    total = seen(number(*values, **AT_MOST), "2026-06-01")
    assert (total.light, total.kept) == ("red", False)
    assert seen(number(*values, **AT_MOST), "2027-01-01").met_on is None
    level = number(*values, **AT_MOST, accumulation="level")
    assert (seen(level, "2026-04-30").light, seen(level, "2026-05-31").light) == ("red", "green")
    rate = number(*values, **AT_MOST | {"unit": "%"})
    assert seen(rate, "2026-05-31").kept is True
    stays = number(up_to("2026-03-31", 9), up_to("2026-12-31", 11), **AT_MOST, **LEVEL)
    assert (seen(stays, "2026-12-31").light, seen(stays, "2027-01-10").days_late) == ("red", 10)
    after = number(up_to("2026-03-31", 9), up_to("2027-01-01", 11), **AT_MOST, **LEVEL)
    assert seen(after, "2027-01-10").met_on == END


@pytest.mark.parametrize(
    ("value", "light"), [("5.9", "green"), ("6", "yellow"), ("6.1", "yellow"), ("10", "yellow")]
)
def test_a_ceiling_on_a_sum_warns_ten_points_ahead_of_the_time_gone(
    value: str, light: Light
) -> None:
    half = number(up_to("2026-06-30", value), **AT_MOST)
    assert seen(half, "2026-07-02").light == light
    reasons = explain_light(half, "active", Horizon(as_of=day("2026-07-02")), RULES)
    if light == "yellow":
        assert (reasons.rule, reasons.flips_to, reasons.keeps) == ("kept", "green", None)


@pytest.mark.parametrize(
    ("value", "light"),
    [("0.9999999998", "green"), ("0.9999999999", "yellow"), ("1", "yellow")],
)
def test_a_rounding_below_ten_points_is_ten_points(value: str, light: Light) -> None:
    early = number(up_to("2026-01-01", value), **AT_MOST)
    assert seen(early, "2026-01-01").light == light


@pytest.mark.parametrize(
    ("baseline", "value", "light"),
    [
        ("10", "9.9", "yellow"),
        ("10", "10", "green"),
        ("10", "10.1", "green"),
        ("-5", "1", "yellow"),
    ],
)
def test_a_count_below_its_baseline_began_at_0(baseline: str, value: str, light: Light) -> None:
    ceiling: dict[str, Any] = {"op": "<=", "target": Decimal(15), "baseline": Decimal(baseline)}
    counted = number(up_to("2026-02-28", value), **ceiling)
    assert seen(counted, "2026-03-01").light == light


def test_a_ceiling_of_0_or_below_warns_of_nothing() -> None:
    for target, value in (("0", "0"), ("-1", "-2")):
        limit = number(up_to("2026-02-28", value), op="<=", target=Decimal(target), baseline=None)
        assert seen(limit, "2026-03-01").light == "green"


def test_a_sum_that_was_broken_by_its_deadline_is_not_met_late_by_a_lower_figure() -> None:
    values = [up_to("2026-06-30", 11), up_to("2027-01-05", 9)]
    assert seen(number(*values, **AT_MOST), "2027-01-10").met_on is None
    level = number(*values, **AT_MOST, accumulation="level")
    assert seen(level, "2027-01-10").met_on == day("2027-01-05")


def test_a_floor_on_a_sum_is_to_be_reached() -> None:
    grain = {"op": ">=", "target": Decimal(12), "baseline": Decimal(13)}
    found = seen(number(up_to("2026-06-30", 3), **grain), "2026-07-02")
    assert (found.kept, found.done, found.light) == (None, None, "none")
    assert found.why.startswith("its baseline meets the target")
    same = number(up_to("2026-06-30", 3), **grain | {"baseline": Decimal(12)})
    assert seen(same, "2026-07-02").why.startswith("its baseline meets the target")
    assert is_met(12, **grain)
    assert not is_met(11, **grain)
    level = seen(number(up_to("2026-06-30", 11), **grain, **LEVEL), "2026-07-02")
    assert (level.kept, level.light) == (False, "red")


def test_without_a_baseline_the_first_report_says_whether_a_limit_is_kept() -> None:
    limit: dict[str, Any] = {**LEVEL, "op": "<=", "target": Decimal(6), "baseline": None}
    kept = number(up_to("2026-02-28", 6), up_to("2026-03-31", 7), **limit)
    assert (seen(kept, "2026-03-30").kept, seen(kept, "2026-03-31").light) == (True, "red")
    above = number(up_to("2026-02-28", 7), **limit)
    assert (seen(above, "2026-03-31").kept, seen(above, "2026-03-31").light) == (None, "none")
    zero = number(up_to("2026-02-28", 0), baseline=None, target=Decimal(0))
    assert seen(zero, "2026-03-31").kept is True


def test_a_floor_on_a_stock_is_to_be_kept() -> None:
    land: dict[str, Any] = {"name": "耕地保有量", "unit": "万亩", "op": ">=", "target": Decimal(20)}
    for value, kept, light in (("20", True, "green"), ("19.9", False, "red")):
        found = seen(
            number(up_to("2026-06-30", value), baseline=Decimal("20.5"), **land), "2026-07-02"
        )
        assert (found.kept, found.light) == (kept, light)


def test_a_ceiling_on_what_adds_up_begins_at_0() -> None:
    for value, light in ((2, "green"), (5, "yellow"), (6, "red")):
        added = number(
            up_to("2026-03-31", value),
            op="<=",
            target=Decimal(5),
            baseline=None,
            accumulation="increment",
        )
        assert seen(added, "2026-07-02").light == light


def test_what_is_to_be_kept_is_decided_by_the_deadline_day_itself() -> None:
    for broken, met in (("2026-12-30", None), ("2026-12-31", None), ("2027-01-01", END)):
        kept = number(
            up_to("2026-06-30", 90),
            up_to(broken, 70),
            **LEVEL,
            op=">=",
            target=Decimal(85),
            baseline=Decimal(86),
        )
        assert seen(kept, "2027-01-10").met_on == met


# What is striven for, and what a person has to find


@pytest.mark.parametrize(
    ("fields", "reached"),
    [
        ({"stretch": Decimal(120)}, [False, True, True]),
        ({"stretch": Decimal(120), "target": Decimal(100), "op": "<="}, [True, True, False]),
    ],
)
def test_what_is_striven_for_is_reached_at_its_very_value(
    fields: dict[str, Any], reached: list[bool]
) -> None:
    for value, wanted in zip((119, 120, 121), reached, strict=True):
        assert (
            seen(number(up_to("2026-06-30", value), **fields), "2026-07-02").stretch_met is wanted
        )


@pytest.mark.parametrize(
    ("on", "since"), [("2026-12-30", None), ("2026-12-31", None), ("2027-01-01", END)]
)
def test_an_effort_awaits_its_verdict_once_its_deadline_day_has_ended(on: str, since: Any) -> None:  # noqa: ANN401
    effort = number(up_to("2026-06-30", 50), commitment="effort")
    assert seen(effort, on).awaiting_verdict_since == since
    closed = assess(PLAN, effort, "closed", Horizon(as_of=day(on)), RULES)
    assert closed.awaiting_verdict_since is None


# Rates of growth


def test_a_bound_that_leaves_open_if_a_rate_is_reached_says_so() -> None:
    growth: dict[str, Any] = {"name": "产值增长", **LEVEL, "target": Decimal(5), "baseline": None}
    for bound, why in (("<=", "leaves open"), (">=", "met on 2026-12-31"), (None, "met on")):
        found = seen(number(up_to("2026-12-31", 6, qualifier=bound), **growth), "2027-01-01")
        assert why in found.why


@pytest.mark.parametrize(
    ("value", "light"),
    [
        ("6", "green"),
        ("7", "green"),
        ("5.9", "yellow"),
        ("4.2", "yellow"),
        ("4.1", "red"),
        ("0", "red"),
        ("-1", "red"),
    ],
)
def test_a_rate_of_increase_is_on_course_before_its_deadline(value: str, light: Light) -> None:
    growth = number(
        up_to("2026-09-30", value), **LEVEL, name="生产总值增速", target=Decimal(6), baseline=None
    )
    found = seen(growth, "2026-10-10")
    assert (found.light, found.met_on, found.provisional) == (light, None, False)


@pytest.mark.parametrize(
    ("target", "value", "light", "why"),
    [
        ("0.5", "0.4", "yellow", "gap -20.0"),
        ("0.5", "0.34", "red", "gap -32.0"),
        ("0.5", "-0.5", "red", "the sign is wrong"),
        ("-0.5", "0.1", "red", "the sign is wrong"),
        ("-2", "-1.5", "yellow", "gap -25.0"),
        ("-2", "-2", "green", "on course"),
        ("6", "0", "red", "gap -100.0"),
    ],
)
def test_a_small_rate_of_increase_is_judged_as_a_large_one(
    target: str, value: str, light: Light, why: str
) -> None:
    growth = number(
        up_to("2026-09-30", value),
        **LEVEL,
        name="用电量增速",
        target=Decimal(target),
        baseline=None,
        direction="down" if target.startswith("-") else "up",
    )
    found = seen(growth, "2026-10-10")
    assert (found.light, why in found.why) == (light, True)


@pytest.mark.parametrize(
    ("on", "provisional"), [("2026-12-30", False), ("2026-12-31", True), ("2027-01-01", True)]
)
def test_an_older_rate_of_increase_is_provisional_from_its_deadline_day(
    on: str,
    provisional: bool,  # noqa: FBT001
) -> None:
    growth = number(
        up_to("2026-09-30", 7), **LEVEL, name="产值增长", target=Decimal(6), baseline=None
    )
    assert seen(growth, on).provisional is provisional


@pytest.mark.parametrize(
    ("gap", "light"),
    [
        ("-9.999999999", "green"),
        ("-10", "green"),
        ("-10.000000001", "green"),
        ("-10.0000000011", "yellow"),
        ("-30", "yellow"),
        ("-30.000000001", "yellow"),
        ("-30.0000000011", "red"),
    ],
)
def test_a_gap_at_its_threshold_and_a_rounding_below(gap: str, light: Light) -> None:
    assert light_of_gap(Decimal(gap), RULES) == light


@pytest.mark.parametrize(
    ("on", "light"), [("2026-12-30", "red"), ("2026-12-31", "red"), ("2027-01-01", "none")]
)
def test_an_effort_has_a_light_up_to_its_deadline_day(on: str, light: Light) -> None:
    effort = number(up_to("2026-06-30", 50), commitment="effort")
    assert seen(effort, on).light == light


@pytest.mark.parametrize(
    ("on", "met_on", "provisional"),
    [("2026-12-30", None, True), ("2026-12-31", END, False), ("2027-01-01", None, False)],
)
def test_a_rate_of_increase_is_met_by_the_value_of_its_deadline(
    on: str,
    met_on: Any,  # noqa: ANN401
    provisional: bool,  # noqa: FBT001
) -> None:
    growth = number(
        up_to(on, 7), **LEVEL, name="生产总值同比增长", target=Decimal(6), baseline=None
    )
    found = seen(growth, "2027-01-10")
    assert (found.met_on, found.provisional) == (met_on, provisional)
    assert found.light == ("green" if met_on else "red")
    assert seen(growth, "2026-12-30").provisional is False


def test_the_newest_rate_of_increase_counts() -> None:
    rate: dict[str, Any] = {**LEVEL, "name": "产值增长", "target": Decimal(6), "baseline": None}
    for first, then, light in ((3, 7, "green"), (7, 3, "red")):
        halves = number(up_to("2026-06-30", first), up_to("2026-09-30", then), **rate)
        assert seen(halves, "2026-10-10").light == light
        twice = number(up_to("2026-12-31", first), up_to("2026-12-31", then), **rate)
        assert seen(twice, "2027-01-10").light == light


# Silence


@pytest.mark.parametrize(
    ("on", "light"), [("2026-02-06", "none"), ("2026-02-07", "yellow"), ("2026-12-31", "yellow")]
)
def test_silence_is_yellow_once_a_tenth_is_expected(on: str, light: Light) -> None:
    found = seen(number(), on)
    assert (found.light, found.done) == (light, None)


@pytest.mark.parametrize(
    ("on", "light"), [("2026-06-30", "none"), ("2026-07-01", "yellow"), ("2026-07-02", "yellow")]
)
def test_silence_is_yellow_once_a_report_is_owed(on: str, light: Light) -> None:
    quarterly = msgspec.structs.replace(PLAN, cycle="half-yearly")
    horizon = Horizon(as_of=day(on))
    assert assess(quarterly, number(), "active", horizon, RULES).light == light
    assert assess(quarterly, number(), "closed", horizon, RULES).light == "none"


def test_a_share_of_the_plan_alone_is_a_report_and_never_computed_from() -> None:
    said = up_to("2026-06-30", share_of_plan=Decimal(70))
    for indicator in (number(said), milestone(said)):
        found = seen(indicator, "2026-07-02")
        assert found.share_of_plan == Decimal(70)
        assert (found.done, found.met_on) == (None, None)
        assert found.last_report == day("2026-06-30")


# Interim points


def test_an_interim_point_on_the_start_or_the_deadline_is_passed_over() -> None:
    for on in (START, END):
        points = [Interim(on=on, value=Decimal(80))]
        assert seen(number(interim=points), "2026-07-02").expected == 50


@pytest.mark.parametrize(
    ("share", "light"), [("9.9999999989", "none"), ("9.999999999", "yellow"), ("10", "yellow")]
)
def test_silence_is_yellow_at_a_rounding_below_a_tenth(share: str, light: Light) -> None:
    points = [Interim(on=day("2026-02-15"), value=Decimal(share))]
    assert seen(number(interim=points), "2026-02-15").light == light


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        ("2026-01-01", "0"),
        ("2026-04-09", "19.6"),
        ("2026-04-10", "19.8"),
        ("2026-04-11", "20.0"),
        ("2026-04-12", "20.2"),
        ("2026-07-20", "40.0"),
        ("2026-07-21", "40.4"),
        ("2026-12-31", "100"),
    ],
)
def test_the_line_goes_through_each_of_two_points(on: str, expected: str) -> None:
    points = [
        Interim(on=day("2026-04-11"), value=Decimal(20)),
        Interim(on=day("2026-07-20"), value=Decimal(40)),
    ]
    assert seen(number(interim=points), on).expected == Decimal(expected)


def test_a_scaled_point_has_two_places_more_than_it_was_printed_with() -> None:
    for printed, scaled in (("10", "3.33"), ("10.0", "3.333"), ("1E+1", "3.33")):
        revised = number(
            target=Decimal(30),
            interim=[Interim(on=day("2026-07-02"), value=Decimal(printed))],
            revisions=[Revision(id="r", on=day("2026-03-01"), target=Decimal(10))],
        )
        reasons = explain_light(revised, "active", Horizon(as_of=day("2026-07-02")), RULES)
        values = [str(given.value) for given in reasons.inputs if given.name == "interim"]
        assert values == [scaled]


@pytest.mark.parametrize(("baseline", "goal"), [(None, 5), (2, 3), (3, 3), (4, 5), (5, 5), (6, 5)])
def test_the_end_of_a_range_that_is_come_to(baseline: int | None, goal: int) -> None:
    band = number(direction="hold", baseline=None if baseline is None else Decimal(baseline))
    promise = Promise(target=Decimal(3), target_high=Decimal(5), deadline=None)
    assert measure_goal_value(band, promise) == goal


def test_a_revised_target_scales_the_interim_points() -> None:
    revised = number(
        interim=[Interim(on=day("2026-07-02"), value=Decimal(20))],
        revisions=[Revision(id="r", on=day("2026-03-01"), target=Decimal(200))],
    )
    assert seen(revised, "2026-07-02").expected == 20
    reasons = explain_light(revised, "active", Horizon(as_of=day("2026-07-02")), RULES)
    assert [given.value for given in reasons.inputs if given.name == "interim"] == [40]


# How old a value may be


@pytest.mark.parametrize(
    ("cycle", "days"),
    [("weekly", 7), ("monthly", 31), ("quarterly", 92), ("half-yearly", 184), ("yearly", 366)],
)
def test_a_value_is_stale_the_day_after_its_cycle(cycle: Cycle, days: int) -> None:
    initiative = msgspec.structs.replace(PLAN, cycle=cycle)
    reported = number(up_to("2026-01-01", 10), deadline=Deadline(on=day("2028-12-31")))
    for late in (-1, 0, 1):
        horizon = Horizon(as_of=day("2026-01-01") + (day("2026-01-02") - START) * (days + late))
        assert assess(initiative, reported, "active", horizon, RULES).stale is (late == 1)


# What is urged


def test_what_is_close_to_its_deadline_is_urged_until_all_of_it_is_done() -> None:
    on = "2026-12-25"
    for value, near, step in ((99, 6, "blue"), (99, 5, None), (100, 6, None), (99, 7, "blue")):
        # At the very limit all is done, and more than that is not met yet.
        strict = seen(number(up_to("2026-12-20", value), op=">"), on)
        assert (strict.met_on, find_urgency_step(strict, day(on), near)) == (None, step)


# What is missing


def test_a_relative_target_without_a_baseline_is_named_with_its_remedy() -> None:
    relative = number(target=None, target_wording="翻一番", baseline=None)
    assert seen(relative, "2026-07-01").why == (
        "the target, 翻一番, needs a baseline: tracker edit --baseline"
    )


def test_what_is_kept_watched_or_a_rate_of_increase_has_no_share_of_a_way() -> None:
    for fields in (
        {"op": "<=", "baseline": Decimal(10), "target": Decimal(20)},
        {"target": None},
        {**LEVEL, "name": "产值增长", "baseline": None},
    ):
        found = seen(number(up_to("2026-06-30", 15), **fields), "2026-07-02")
        assert (found.done, found.expected, found.gap) == (None, None, None)


def test_a_number_beside_a_relative_wording_is_the_target() -> None:
    both = number(target=Decimal(70), target_wording="翻一番", baseline=Decimal(30))
    assert seen(both, "2026-07-02").target == 70


def test_interim_points_stay_as_printed_where_nothing_scales_them() -> None:
    cases: tuple[tuple[Decimal | None, dict[str, Any], list[str]], ...] = (
        (Decimal(0), {"target_wording": "明显改善"}, ["20.0"]),
        (Decimal(0), {"target": Decimal(100)}, ["20.0"]),
        (None, {"target": Decimal(200)}, ["20.0"]),
        (Decimal(0), {"target": Decimal(200)}, ["40"]),
    )
    for baseline, revision, values in cases:
        planned = number(
            baseline=baseline,
            interim=[Interim(on=day("2026-07-02"), value=Decimal("20.0"))],
            revisions=[Revision(id="r", on=day("2026-03-01"), **revision)],
        )
        reasons = explain_light(planned, "active", Horizon(as_of=day("2026-07-02")), RULES)
        assert [str(each.value) for each in reasons.inputs if each.name == "interim"] == values


# What is late


def test_only_promises_are_late_and_an_effort_only_once_it_is_met() -> None:
    late, none = number(up_to("2027-01-05", 100)), number(up_to("2026-06-30", 5))
    for commitment, met_late, missed in (
        ("outcome", 5, 10),
        ("effort", 5, None),
        ("vision", None, None),
        ("projection", None, None),
    ):
        days = [
            seen(msgspec.structs.replace(each, commitment=commitment), "2027-01-10").days_late
            for each in (late, none)
        ]
        assert days == [met_late, missed], commitment
