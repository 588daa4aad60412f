"""Recurring promises, judged cycle by cycle."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from factories import END, PLAN, day, milestone, number, up_to
from hypothesis import given
from hypothesis import strategies as st

from tracker.assessment.assess import assess
from tracker.assessment.cycles import (
    find_last_day_of_cycle,
    limit_to_cycle_of_day,
    list_cycle_results,
    select_cycle,
)
from tracker.assessment.pace import compute_pace
from tracker.assessment.promises import is_promise_due, is_promise_overdue
from tracker.assessment.rules import Rules
from tracker.model.assessment import Assessment
from tracker.model.horizon import Horizon
from tracker.model.records import Deadline, Indicator, Judgement, Update, Verdict


def monthly(*updates: Update, **more: Any) -> Indicator:  # noqa: ANN401
    return milestone(*updates, **{"deadline": None, "recurs": "month"} | more)


def yearly(*updates: Update, **more: Any) -> Indicator:  # noqa: ANN401
    return number(*updates, **{"deadline": None, "recurs": "year"} | more)


def done(on: str, **more: Any) -> Update:  # noqa: ANN401
    fields: dict[str, Any] = {"id": on, "done": True}
    return up_to(on, **fields | more)


def test_cycles_without_a_start_begin_with_the_first_report() -> None:
    entered = datetime(2026, 6, 20, 9, tzinfo=UTC)
    visits = monthly(done("2026-03-15"), start=None, recorded_at=entered)
    found = look(visits, "2026-03-31")
    assert (found.deadline, found.light, found.met_on) == (
        day("2026-03-31"),
        "green",
        day("2026-03-15"),
    )
    assert outcomes(visits, "2026-06-30") == ["met", "missed", "missed", "running"]
    silent = monthly(start=None, recorded_at=entered)
    assert outcomes(silent, "2026-06-30") == ["running"]
    later = monthly(done("2026-07-05"), start=None, recorded_at=entered)
    assert outcomes(later, "2026-07-10") == ["met_late", "met"]


def test_what_is_not_done_in_a_cycle_takes_back_none_before_it() -> None:
    visits = monthly(done("2026-01-15"), done("2026-02-05", done=False))
    found = look(visits, "2026-02-10")
    assert (found.deadline, found.met_on, found.light) == (day("2026-02-28"), None, "yellow")
    assert outcomes(visits, "2026-02-10") == ["met", "running"]
    taken_back = monthly(done("2026-01-15"), done("2026-01-20", done=False))
    assert look(taken_back, "2026-02-10").deadline == day("2026-01-31")


def verdict(on: str, word: str = "partly") -> Verdict:
    return Verdict(id=on, on=day(on), verdict=word, reason="x")  # type: ignore[arg-type]


def look(indicator: Indicator, on: str) -> Assessment:
    return assess(PLAN, indicator, "active", Horizon(as_of=day(on)), Rules())


def outcomes(indicator: Indicator, on: str) -> list[str]:
    results = list_cycle_results(indicator, Horizon(as_of=day(on)))
    return [result.outcome for result in reversed(results)]


@pytest.mark.parametrize(
    ("on", "light", "deadline", "late"),
    [
        ("2026-01-01", "none", "2026-01-31", None),
        ("2026-01-31", "yellow", "2026-01-31", None),
        ("2026-02-01", "red", "2026-01-31", 1),
        ("2026-02-28", "red", "2026-01-31", 28),
        ("2026-03-01", "red", "2026-02-28", 1),
    ],
)
def test_a_missed_cycle_stays_overdue_until_the_next_one_ends(
    on: str, light: str, deadline: str, late: int | None
) -> None:
    standing = look(monthly(), on)
    if light != "none":
        assert standing.light == light
    assert (standing.deadline, standing.days_late) == (day(deadline), late)
    assert is_promise_overdue(standing, day(on)) == (late is not None)
    assert is_promise_due(standing) == (late is None)


def test_a_cycle_is_met_by_a_value_of_its_days_until_the_next_begins() -> None:
    walked = monthly(done("2026-01-20"))
    assert look(walked, "2026-01-19").met_on is None
    assert look(walked, "2026-01-20").met_on == day("2026-01-20")
    assert look(walked, "2026-01-31").light == "green"
    february = look(walked, "2026-02-01")
    assert (february.met_on, february.deadline) == (None, day("2026-02-28"))
    assert (february.cycle_start, february.recurs) == (day("2026-02-01"), "month")
    assert february.last_report == day("2026-01-20")


def test_a_value_after_the_cycle_meets_it_late_and_counts_in_its_own() -> None:
    walked = monthly(done("2026-02-03"))
    assert look(walked, "2026-02-02").days_late == 2
    standing = look(walked, "2026-02-03")
    assert (standing.met_on, standing.deadline) == (day("2026-02-03"), day("2026-02-28"))
    assert outcomes(walked, "2026-02-03") == ["met_late", "met"]


def test_a_value_after_the_next_cycle_does_not_meet_it_any_more() -> None:
    assert outcomes(monthly(done("2026-03-01")), "2026-03-05") == ["missed", "met_late", "met"]


@pytest.mark.parametrize("on", ["2026-02-01", "2026-02-10", "2026-02-28"])
def test_a_verdict_settles_the_missed_cycle(on: str) -> None:
    found = monthly(verdicts=[verdict(on)])
    before = look(found, str(day(on) - timedelta(days=1)))
    assert before.deadline == day("2026-01-31")
    after = look(found, on)
    assert (after.deadline, after.verdict) == (day("2026-02-28"), None)
    first, second = reversed(list_cycle_results(found, Horizon(as_of=day(on))))
    assert (first.verdict, first.outcome, second.verdict) == ("partly", "missed", None)


def test_a_verdict_within_a_cycle_that_is_met_is_on_that_cycle() -> None:
    found = monthly(
        done("2026-01-05"), done("2026-02-05"), verdicts=[verdict("2026-02-20", "kept")]
    )
    results = list_cycle_results(found, Horizon(as_of=day("2026-03-02")))
    assert [result.verdict for result in reversed(results)] == [None, "kept", None]
    assert look(found, "2026-02-20").verdict == "kept"
    late = monthly(done("2026-02-05"), verdicts=[verdict("2026-02-20", "kept")])
    results = list_cycle_results(late, Horizon(as_of=day("2026-03-02")))
    assert [result.verdict for result in reversed(results)] == [None, "kept", None]


@pytest.mark.parametrize(
    ("value", "on", "outcome"),
    [
        (100, "2025-12-31", "met"),
        (99, "2025-12-31", "missed"),
        (100, "2026-01-01", "met_late"),
        (100, "2026-12-31", "met_late"),
        (100, "2027-01-01", "missed"),
    ],
)
def test_a_number_is_met_at_100_per_cent_by_the_last_day(value: int, on: str, outcome: str) -> None:
    km = yearly(up_to(on, value), start=date(2025, 1, 1))
    assert outcomes(km, "2027-01-02")[0] == outcome


def test_a_sum_begins_anew_and_does_not_lower_the_cycle_that_was_missed() -> None:
    km = yearly(up_to("2025-12-20", 80), up_to("2026-02-10", 12), start=date(2025, 1, 1))
    standing = look(km, "2026-03-01")
    assert (standing.value, standing.days_late) == (Decimal(80), 60)
    assert standing.latest_value == 12
    assert standing.last_report == day("2026-02-10")
    results = list_cycle_results(km, Horizon(as_of=day("2026-03-01")))
    assert [(r.value, r.target, r.outcome) for r in results] == [
        (Decimal(12), Decimal(100), "running"),
        (Decimal(80), Decimal(100), "missed"),
    ]
    assert compute_pace(km, Horizon(as_of=day("2026-03-01"))).id == "pipes.km"
    own = limit_to_cycle_of_day(km, day("2026-02-10"), Horizon(as_of=day("2026-03-01")))
    assert [update.value for update in own.updates] == [12]


def test_what_is_added_later_counts_for_the_missed_cycle() -> None:
    km = yearly(
        up_to("2025-12-20", 80),
        up_to("2026-01-10", 15),
        up_to("2026-02-10", 5),
        accumulation="increment",
        start=date(2025, 1, 1),
    )
    assert look(km, "2026-01-31").value == 95
    assert outcomes(km, "2026-02-10") == ["met_late", "running"]
    assert look(km, "2026-02-10").value == 20


def test_a_ceiling_is_kept_to_the_end_of_each_cycle() -> None:
    deaths = yearly(
        up_to("2025-10-01", 3),
        up_to("2026-02-01", 5),
        up_to("2026-10-01", 12),
        op="<=",
        direction="down",
        target=Decimal(10),
        baseline=None,
        start=date(2025, 1, 1),
    )
    assert look(deaths, "2025-11-01").kept
    assert outcomes(deaths, "2027-01-01") == ["met", "missed", "running"]
    assert look(deaths, "2026-10-01").light == "red"


@pytest.mark.parametrize(
    ("more", "since"),
    [
        ({"start": date(2026, 3, 15)}, "2026-03-01"),
        ({"start": None, "baseline_on": date(2025, 12, 31)}, "2026-01-01"),
        ({"start": None, "recorded_at": None}, "2026-05-01"),
        ({"start": date(2026, 8, 1)}, "2026-08-01"),
    ],
)
def test_the_first_cycle_holds_the_first_day(more: dict[str, Any], since: str) -> None:
    results = list_cycle_results(monthly(**more), Horizon(as_of=day("2026-05-10")))
    assert results[-1].cycle_start == day(since)


def test_a_start_within_the_first_cycle_is_where_progress_begins() -> None:
    begun = yearly(start=date(2026, 7, 1))
    assert select_cycle(begun, Horizon(as_of=day("2026-08-01"))).start == date(2026, 7, 1)
    assert select_cycle(begun, Horizon(as_of=day("2028-08-01"))).start == date(2027, 1, 1)


def test_the_deadline_ends_the_promise_and_the_last_cycle_stays_overdue() -> None:
    ending = yearly(start=date(2025, 1, 1), deadline=Deadline(on=day("2026-12-31")))
    assert look(ending, "2030-01-01").deadline == day("2026-12-31")
    assert outcomes(ending, "2030-01-01") == ["missed", "missed"]
    met = yearly(
        up_to("2029-05-05", 100), start=date(2025, 1, 1), deadline=Deadline(on=day("2026-12-31"))
    )
    assert outcomes(met, "2030-01-01") == ["missed", "met_late"]


def test_a_cycle_runs_up_to_its_last_day() -> None:
    for on, outcome in (("2026-01-30", "running"), ("2026-01-31", "running")):
        assert outcomes(monthly(), on) == [outcome]
    assert outcomes(monthly(), "2026-02-01") == ["missed", "running"]


def test_what_is_kept_is_met_on_the_due_day_of_its_cycle() -> None:
    kept = yearly(up_to("2026-03-31", 3), op="<=", direction="down", target=Decimal(10))
    for on, outcome in (
        ("2026-12-30", ["running"]),
        ("2026-12-31", ["met"]),
        ("2027-01-01", ["met", "running"]),
    ):
        assert outcomes(kept, on) == outcome


@pytest.mark.parametrize(
    ("start", "value"), [("2026-01-30", 5), ("2026-01-31", 5), ("2026-02-01", 8)]
)
def test_increments_of_a_cycle_count_from_the_start_within_it(start: str, value: int) -> None:
    added = yearly(
        up_to("2026-01-29", 3),
        up_to("2026-01-31", 5),
        recurs="month",
        start=day(start),
        accumulation="increment",
    )
    # A start after a cycle says nothing of it.
    own = limit_to_cycle_of_day(added, day("2026-01-31"), Horizon(as_of=day("2026-01-31")))
    if start < "2026-02-01":
        assert own.start == day(start)
        assert look(added, "2026-01-31").value == value


def test_the_baseline_is_the_value_before_the_first_day() -> None:
    for on, since in (("2026-01-30", "2026-01-01"), ("2026-01-31", "2026-02-01")):
        after = monthly(start=None, baseline_on=day(on))
        results = list_cycle_results(after, Horizon(as_of=day("2026-05-10")))
        assert results[-1].cycle_start == day(since)


@pytest.mark.parametrize(
    ("on", "words"),
    [
        ("2026-01-30", ["partly", None, None]),
        ("2026-01-31", ["partly", None, None]),
        ("2026-02-28", ["partly", None, None]),
        ("2026-03-01", [None, "partly", None]),
    ],
)
def test_a_verdict_is_on_the_cycle_of_its_day_or_the_missed_one_before(
    on: str, words: list[str | None]
) -> None:
    found = monthly(verdicts=[verdict(on)])
    results = list_cycle_results(found, Horizon(as_of=day("2026-03-15")))
    assert [result.verdict for result in reversed(results)] == words


def test_each_of_two_verdicts_is_on_the_missed_cycle_before_its_day() -> None:
    found = monthly(verdicts=[verdict("2026-02-10", "kept"), verdict("2026-03-10", "broken")])
    results = list_cycle_results(found, Horizon(as_of=day("2026-03-15")))
    assert [result.verdict for result in reversed(results)] == ["kept", "broken", None]


def test_the_newest_of_two_verdicts_on_a_cycle_counts() -> None:
    found = monthly(verdicts=[verdict("2026-01-20", "broken"), verdict("2026-01-25", "kept")])
    (result,) = list_cycle_results(found, Horizon(as_of=day("2026-01-31")))
    assert result.verdict == "kept"


@pytest.mark.parametrize(
    ("met", "words"),
    [
        ("2026-02-09", [None, "partly"]),
        ("2026-02-10", [None, "partly"]),
        ("2026-02-11", ["partly", None]),
    ],
)
def test_a_verdict_settles_what_was_not_met_by_its_day(met: str, words: list[str | None]) -> None:
    found = monthly(done(met), verdicts=[verdict("2026-02-10")])
    results = list_cycle_results(found, Horizon(as_of=day("2026-02-28")))
    assert [result.verdict for result in reversed(results)] == words


def test_a_verdict_after_the_end_of_the_promise_settles_its_last_cycle() -> None:
    ending = monthly(
        deadline=Deadline(on=day("2026-02-28")),
        verdicts=[verdict("2026-01-15", "kept"), verdict("2026-04-05", "broken")],
    )
    results = list_cycle_results(ending, Horizon(as_of=day("2026-05-01")))
    assert [result.verdict for result in reversed(results)] == ["kept", "broken"]
    assert look(ending, "2026-05-01").verdict == "broken"


def test_a_judgement_is_on_the_cycle_of_its_day() -> None:
    for on, word in (("2026-01-31", None), ("2026-02-01", "red"), ("2026-02-02", "red")):
        judged = monthly(
            done("2026-01-20"), judgements=[Judgement(id="j", on=day(on), confidence="red")]
        )
        assert look(judged, "2026-02-10").judged == word


def test_what_does_not_recur_is_left_as_it_is() -> None:
    once = milestone()
    horizon = Horizon(as_of=day("2026-05-05"))
    assert select_cycle(once, horizon) is once
    assert limit_to_cycle_of_day(once, day("2026-05-05"), horizon) is once
    assert list_cycle_results(once, horizon) == []
    assert look(once, "2026-05-05").cycle_start is None


@given(st.lists(st.dates(date(2026, 1, 1), date(2026, 12, 31)), max_size=8), st.integers(1, 365))
def test_a_month_is_met_in_time_if_and_only_if_it_has_a_report(
    reports: list[date], after: int
) -> None:
    today = date(2026, 1, 1) + timedelta(days=after)
    walked = monthly(*(done(str(on), id=f"{at}") for at, on in enumerate(reports)))
    for result in list_cycle_results(walked, Horizon(as_of=today)):
        own = [on for on in reports if result.cycle_start <= on <= min(result.deadline, today)]
        assert (result.outcome == "met") == bool(own)
        assert result.met_on is None or result.met_on >= result.cycle_start
        assert (result.outcome == "running") == (not own and result.deadline >= today)


def test_the_first_of_two_verdicts_settles_what_was_met_between_them() -> None:
    found = monthly(
        done("2026-02-11"), verdicts=[verdict("2026-02-10"), verdict("2026-03-10", "broken")]
    )
    results = list_cycle_results(found, Horizon(as_of=day("2026-03-15")))
    assert [result.verdict for result in reversed(results)] == ["partly", None, "broken"]


@pytest.mark.parametrize(
    ("ends", "on", "last"),
    [
        (None, "2026-02-10", "2026-02-28"),
        ("2026-02-20", "2026-02-10", "2026-02-20"),
        ("2026-02-20", "2026-02-20", "2026-02-20"),
        ("2026-02-20", "2026-02-21", "2026-02-28"),
        ("2026-06-30", "2026-02-10", "2026-02-28"),
    ],
)
def test_the_same_cycle_is_judged_up_to_its_last_day(ends: str | None, on: str, last: str) -> None:
    deadline = None if ends is None else Deadline(on=day(ends), wording="每月")
    again = number(recurs="month", deadline=deadline)
    assert find_last_day_of_cycle(again, Horizon(as_of=day(on))) == day(last)
    assert find_last_day_of_cycle(number(), Horizon(as_of=day(on))) is None


def test_a_cycle_that_is_missed_stays_in_judgement_until_something_settles_it() -> None:
    missed = number(recurs="month", deadline=None)
    verdict = Verdict(id="v", on=day("2026-02-05"), verdict="broken", reason="核查")
    met_late = [up_to("2026-02-05", 100)]
    for fields, first in (
        ({}, "2026-01-01"),
        ({"verdicts": [verdict]}, "2026-02-01"),
        ({"updates": met_late, "accumulation": "increment"}, "2026-02-01"),
    ):
        again = msgspec.structs.replace(missed, **fields)
        assert select_cycle(again, Horizon(as_of=day("2026-02-10"))).start == day(first)
    assert select_cycle(missed, Horizon(as_of=day("2026-01-10"))).start == day("2026-01-01")
    once = number()
    assert select_cycle(once, Horizon(as_of=day("2026-02-10"))) is once
    assert limit_to_cycle_of_day(once, day("2026-02-10"), Horizon(as_of=END)) is once


@pytest.mark.parametrize(
    ("on", "verdicts"),
    [
        ("2026-01-30", ["kept", None]),
        ("2026-01-31", ["kept", None]),
        ("2026-02-01", [None, "kept"]),
    ],
)
def test_a_verdict_on_a_day_of_a_cycle_that_was_met_is_one_on_that_cycle(
    on: str, verdicts: list[str | None]
) -> None:
    verdict = Verdict(id="v", on=day(on), verdict="kept", reason="核查")
    met = number(up_to("2026-01-15", 100), recurs="month", deadline=None, verdicts=[verdict])
    results = list_cycle_results(met, Horizon(as_of=day("2026-02-10")))
    assert [result.verdict for result in reversed(results)] == verdicts
