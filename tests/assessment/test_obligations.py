"""Who owes a report, for how many cycles, since when."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from factories import PLAN, day, milestone, number, up_to

from tracker.assessment.assess import assess
from tracker.assessment.case import Case
from tracker.assessment.obligations import (
    CycleWindow,
    ObligationCycles,
    OwedReports,
    Punctuality,
    count_owed_reports,
    count_punctual_reports,
    list_obligation_cycle_ends,
)
from tracker.assessment.rules import Rules
from tracker.model.horizon import Horizon
from tracker.model.records import Deadline, Indicator, Verdict
from tracker.model.vocabulary import Cycle, State


def owed(
    indicator: Indicator,
    on: str,
    cycle: Cycle = "monthly",
    state: State = "active",
    cycles: ObligationCycles | None = None,
) -> OwedReports | None:
    horizon, rules = Horizon(as_of=day(on)), Rules(cycle=cycle)
    seen = assess(PLAN, indicator, state, horizon, rules)
    return count_owed_reports(
        Case(PLAN, indicator, seen, horizon, rules), cycles or ObligationCycles(day(on))
    )


def counted(*arguments: Any) -> tuple[int, date] | None:  # noqa: ANN401
    found = owed(*arguments)
    return None if found is None else (found.owed, found.first_owed)


def test_a_row_says_who_owes_what_since_when() -> None:
    assert owed(number(), "2026-03-10") == OwedReports(
        id="pipes.km",
        initiative="供水管网改造",
        initiative_id="pipes",
        name="改造长度",
        place="济南市",
        lead="水务局",
        cycle="monthly",
        owed=2,
        first_owed=day("2026-01-31"),
        days_owed=38,
        last_report=None,
        leads=["水务局"],
        person=None,
    )


@pytest.mark.parametrize(
    ("on", "found"),
    [
        ("2026-01-31", None),
        ("2026-02-01", (1, day("2026-01-31"))),
        ("2026-02-28", (1, day("2026-01-31"))),
        ("2026-03-01", (2, day("2026-01-31"))),
    ],
)
def test_a_cycle_is_owed_when_it_has_ended(on: str, found: tuple[int, date] | None) -> None:
    assert counted(number(), on) == found
    assert counted(milestone(), on) == found


@pytest.mark.parametrize(
    ("reported", "found"),
    [
        ("2026-01-15", (3, day("2026-02-28"))),
        ("2026-02-28", (2, day("2026-03-31"))),
        ("2026-03-01", (1, day("2026-04-30"))),
        ("2026-04-30", None),
        ("2026-05-02", None),
        ("2025-11-15", (4, day("2026-01-31"))),
    ],
)
def test_a_report_settles_its_cycle_and_all_before_it(
    reported: str, found: tuple[int, date] | None
) -> None:
    assert counted(number(up_to(reported, 10)), "2026-05-10") == found
    said = number(up_to(reported, 10, status="estimate"))
    assert counted(said, "2026-05-10") == found


@pytest.mark.parametrize(
    ("cycle", "found"),
    [
        ("weekly", (18, day("2026-01-04"))),
        ("quarterly", (1, day("2026-03-31"))),
        ("half-yearly", None),
        ("yearly", None),
    ],
)
def test_every_cycle(cycle: Cycle, found: tuple[int, date] | None) -> None:
    assert counted(number(), "2026-05-10", cycle) == found


def test_a_start_at_the_end_of_a_cycle_owes_the_next() -> None:
    assert counted(number(start=day("2025-12-31")), "2026-02-10") == (1, day("2026-01-31"))


def test_the_duty_ends_when_it_is_met_or_no_longer_active() -> None:
    assert owed(number(up_to("2026-01-31", 100)), "2026-05-10") is None
    for state in ("suspended", "closed", "cancelled"):
        assert owed(number(), "2026-05-10", "monthly", state) is None
    assert counted(number(deadline=Deadline(on=day("2026-02-01"))), "2026-05-10") == (
        4,
        day("2026-01-31"),
    )


def test_nobody_owes_what_nobody_promised_to_do() -> None:
    assert owed(number(target=None, deadline=None), "2026-05-10") is None
    assert owed(number(target=None), "2026-05-10") is not None
    assert owed(number(commitment="vision"), "2026-05-10") is None
    assert owed(number(commitment="projection"), "2026-05-10") is None
    assert owed(number(commitment="effort"), "2026-05-10") is not None
    assert owed(number(start=None), "2026-05-10") is None


def test_the_cycles_of_an_earlier_start_are_found_after_those_of_a_later_one() -> None:
    cycles = ObligationCycles(day("2026-05-10"))
    late = number(start=day("2026-03-15"))
    assert counted(late, "2026-05-10", "monthly", "active", cycles) == (2, day("2026-03-31"))
    assert counted(number(), "2026-05-10", "monthly", "active", cycles) == (4, day("2026-01-31"))
    assert counted(late, "2026-05-10", "monthly", "active", cycles) == (2, day("2026-03-31"))


def test_on_the_first_day_of_all_nothing_is_owed_yet() -> None:
    assert ObligationCycles(date.min).ends_after(date.min, None, "weekly") == []


def punctual(indicator: Indicator, on: str = "2026-03-15", **more: Any) -> Punctuality:  # noqa: ANN401
    """Count the reports on January and February that came within ten days."""
    horizon, rules = Horizon(as_of=day(on)), Rules()
    state: State = "closed" if more.get("closed_on") else "active"
    case = Case(PLAN, indicator, assess(PLAN, indicator, state, horizon, rules), horizon, rules)
    windows = ObligationCycles(day("2026-03-01")).windows(
        day("2026-01-01"), day("2026-01-01"), "monthly"
    )
    return count_punctual_reports(case, windows, within=10, **more)


@pytest.mark.parametrize(("known", "in_time"), [(9, 1), (10, 1), (11, 0), (48, 0)])
def test_a_report_is_in_time_up_to_the_last_day_of_grace(known: int, in_time: int) -> None:
    recorded = datetime(2026, 1, 31, tzinfo=UTC) + (day("2026-01-02") - day("2026-01-01")) * known
    late = number(up_to("2026-01-31", 10, recorded_at=recorded))
    assert punctual(late, "2026-03-20") == Punctuality(in_time=in_time, owed=2)


@pytest.mark.parametrize(("met", "owed"), [("2026-01-30", 1), ("2026-01-31", 1), ("2026-02-01", 2)])
def test_what_is_met_on_the_last_day_of_a_cycle_owes_no_further_one(met: str, owed: int) -> None:
    assert punctual(number(up_to(met, 100))).owed == owed


@pytest.mark.parametrize(
    ("closed", "owed"), [("2026-01-30", 0), ("2026-01-31", 1), ("2026-02-01", 1)]
)
def test_closing_on_the_last_day_of_a_cycle_leaves_its_report_owed(closed: str, owed: int) -> None:
    assert punctual(number(), closed_on=day(closed)) == Punctuality(in_time=0, owed=owed)


@pytest.mark.parametrize(("on", "owed"), [("2026-02-09", 0), ("2026-02-10", 0), ("2026-02-11", 1)])
def test_a_missing_report_is_late_after_the_last_day_of_grace(on: str, owed: int) -> None:
    assert punctual(number(), on) == Punctuality(in_time=0, owed=owed)


def test_nothing_is_counted_of_what_rests_or_binds_nobody() -> None:
    assert punctual(number(commitment="vision")) == Punctuality(in_time=0, owed=0)
    horizon, rules = Horizon(as_of=day("2026-03-15")), Rules()
    windows = [CycleWindow(day("2025-12-31"), day("2026-01-31"))]
    counts: dict[State, int] = {"suspended": 0, "cancelled": 0, "active": 1, "closed": 1}
    for state, owed in counts.items():
        standing = assess(PLAN, number(), state, horizon, rules)
        case = Case(PLAN, number(), standing, horizon, rules)
        assert count_punctual_reports(case, windows, within=10) == Punctuality(0, owed)


def test_a_window_begins_after_the_end_of_the_cycle_before() -> None:
    cycles = ObligationCycles(day("2026-03-01"))
    for start, since, bounds in (
        ("2026-01-01", "2026-01-01", ["2025-12-31", "2026-01-31", "2026-02-28"]),
        ("2025-12-31", "2025-12-31", ["2025-12-31", "2026-01-31", "2026-02-28"]),
        ("2025-12-30", "2025-12-31", ["2025-11-30", "2025-12-31", "2026-01-31", "2026-02-28"]),
        ("2025-12-30", "2026-01-01", ["2025-12-31", "2026-01-31", "2026-02-28"]),
        ("2026-01-31", "2026-01-01", ["2026-01-31", "2026-02-28"]),
        ("2026-02-28", "2026-01-01", ["2026-02-28"]),
    ):
        days = [day(bound) for bound in bounds]
        windows = list(map(CycleWindow, days[:-1], days[1:]))
        assert cycles.windows(day(start), day(since), "monthly") == windows
    (week, *_rest) = cycles.windows(day("2026-01-02"), day("2026-01-02"), "weekly")
    assert week == CycleWindow(day("2025-12-28"), day("2026-01-04"))
    # No cycle ends before the first day of all.
    first = ObligationCycles(date(1, 2, 1)).windows(date.min, date.min, "monthly")
    assert first == [CycleWindow(date.min, date(1, 1, 31))]


def test_a_report_of_the_start_day_settles_the_first_cycle() -> None:
    for reported, first in (
        ("2026-01-14", "2026-01-31"),
        ("2026-01-15", "2026-02-28"),
        ("2026-01-16", "2026-02-28"),
    ):
        found = counted(number(up_to(reported, 10), start=day("2026-01-15")), "2026-03-10")
        assert found is not None
        assert found[1] == day(first)


def test_what_is_kept_still_owes_its_reports() -> None:
    kept = number(up_to("2026-01-31", 0), op="<=", target=Decimal(10))
    assert counted(kept, "2026-03-01") == (1, day("2026-02-28"))


def test_what_only_takes_a_report_back_is_not_one_in_time() -> None:
    early = datetime(2026, 2, 1, tzinfo=UTC)
    void = up_to("2026-01-31", voids="lost", recorded_at=early)
    assert punctual(number(void)) == Punctuality(in_time=0, owed=2)
    reported = up_to("2026-01-31", 10, recorded_at=early)
    assert punctual(number(reported)) == Punctuality(in_time=1, owed=2)


@pytest.mark.parametrize(
    ("closed", "found", "owed"),
    [
        ("2026-01-10", "2026-02-10", 0),
        ("2026-02-10", "2026-01-10", 0),
        ("2026-02-10", "2026-02-05", 1),
        (None, "2026-02-10", 1),
        ("2026-03-10", "2026-03-05", 2),
    ],
)
def test_the_first_of_closing_and_verdict_ends_the_duty(
    closed: str | None, found: str, owed: int
) -> None:
    verdict = Verdict(id="v", on=day(found), verdict="kept", reason="核查")
    closed_on = None if closed is None else day(closed)
    counted_until = punctual(number(verdicts=[verdict]), closed_on=closed_on)
    assert counted_until == Punctuality(in_time=0, owed=owed)


def test_what_is_the_sum_of_its_parts_owes_nothing_by_itself() -> None:
    horizon, rules = Horizon(as_of=day("2026-03-15")), Rules()
    windows = [CycleWindow(day("2025-12-31"), day("2026-01-31"))]
    for is_sum, owed in ((True, 0), (False, 1)):
        standing = assess(PLAN, number(), "active", horizon, rules)
        standing.is_sum = is_sum
        case = Case(PLAN, number(), standing, horizon, rules)
        assert count_punctual_reports(case, windows, within=10) == Punctuality(0, owed)


def test_no_cycle_ends_for_which_nothing_is_owed() -> None:
    horizon, rules = Horizon(as_of=day("2026-03-15")), Rules()
    cycles = ObligationCycles(day("2026-03-15"))
    for indicator, ends in (
        (number(), [day("2026-01-31"), day("2026-02-28")]),
        (number(commitment="vision"), []),
        (number(up_to("2026-01-10", 100)), []),
        (number(start=None), []),
    ):
        standing = assess(PLAN, indicator, "active", horizon, rules)
        case = Case(PLAN, indicator, standing, horizon, rules)
        assert list_obligation_cycle_ends(case, cycles) == ends
