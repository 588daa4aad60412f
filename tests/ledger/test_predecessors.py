"""What stands before new reports: one pass over many finds what a look at each would find."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import msgspec
from factories import day, number, up_to
from hypothesis import given
from hypothesis import strategies as st

from tracker.ledger.predecessors import (
    NewReports,
    Predecessors,
    list_reports_with_predecessors,
)
from tracker.ledger.updates import find_slip_in_update, remark_on_update
from tracker.model.horizon import Horizon
from tracker.model.records import Deadline, Indicator, Update

TODAY = Horizon(as_of=date(2026, 6, 30))


@st.composite
def indicators(draw: st.DrawFn) -> Indicator:
    reports = []
    on = date(2025, 12, 25)
    for at in range(draw(st.integers(1, 8))):
        on += timedelta(days=draw(st.integers(0, 40)))
        status = draw(st.sampled_from(["final", "final", "final", "estimate"]))
        value = draw(st.none() | st.sampled_from(["1", "9", "40", "99", "101", "900"]))
        fields: dict[str, Any] = {"status": status, "id": f"u{at}"}
        reports.append(up_to(on.isoformat(), value, **fields))
    ends = draw(st.sampled_from([None, -60, 60]))
    recurs = draw(st.sampled_from([None, None, "month", "quarter"]))
    fields = {
        "accumulation": draw(st.sampled_from(["cumulative", "level", "increment"])),
        "baseline": draw(st.sampled_from([None, Decimal(0), Decimal(90), Decimal(200)])),
        "op": draw(st.sampled_from([None, None, "<=", ">"])),
        "target_high": draw(st.sampled_from([None, None, Decimal(120)])),
        "start": draw(st.sampled_from([None, date(2026, 1, 1), date(2026, 3, 9)])),
        "unit": draw(st.sampled_from(["公里", "%"])),
        "recurs": recurs,
        "deadline": Deadline(wording="每年")
        if recurs or ends is None
        else Deadline(on=on + timedelta(days=ends)),
    }
    return number(*reports, **fields)


def look(indicator: Indicator, update: Update) -> tuple[NewReports, Predecessors]:
    (new,) = list_reports_with_predecessors(indicator, {update.id}, TODAY)
    ((_update, before),) = new.list_predecessors()
    return new, before


@given(indicators())
def test_a_file_by_day_gets_the_remarks_of_its_reports_one_by_one(indicator: Indicator) -> None:
    new = {update.id for update in indicator.updates}
    together = {
        update.id: remark_on_update(reports, update, before)
        for reports in list_reports_with_predecessors(indicator, new, TODAY)
        for update, before in reports.list_predecessors()
    }
    alone = {}
    for at, update in enumerate(indicator.updates):
        so_far = msgspec.structs.replace(indicator, updates=indicator.updates[: at + 1])
        reports, before = look(so_far, update)
        alone[update.id] = remark_on_update(reports, update, before)
    assert together == alone


def test_what_takes_back_a_report_of_another_cycle_is_one_of_its_own_only() -> None:
    wrong = up_to("2026-02-10", 900, id="wrong")
    right = up_to("2026-04-20", 9, id="right", voids="wrong")
    later = up_to("2026-03-01", 20, id="later")
    km = number(wrong, right, later, recurs="quarter", deadline=Deadline(wording="每季度"))
    split = list_reports_with_predecessors(km, {"wrong", "right", "later"}, TODAY)
    found = [
        (update.id, before.previous) for new in split for update, before in new.list_predecessors()
    ]
    assert found == [("later", None), ("right", None)]


def test_a_report_before_the_first_cycle_is_one_before_the_start() -> None:
    early = up_to("2025-12-10", 5)
    km = number(early, recurs="quarter", deadline=Deadline(wording="每季度"))
    remarks = remark_on_update(*_pair_with_predecessors(km, early))
    assert remarks == ["2025-12-10 is before the start, 2026-01-01."]


def test_a_target_that_only_a_later_row_of_the_day_meets_is_not_called_met() -> None:
    values = (101, 1, 101)
    same_day = [up_to("2026-02-01", value, id=f"u{at}") for at, value in enumerate(values)]
    new = NewReports(number(*same_day), {"u0", "u1", "u2"}, TODAY)
    remarks = {
        update.id: remark_on_update(new, update, at) for update, at in new.list_predecessors()
    }
    assert "still counts" not in " ".join(remarks["u1"])


def test_what_another_takes_back_is_passed_over() -> None:
    wrong = up_to("2026-03-01", 900, id="wrong")
    right = up_to("2026-03-01", 9, id="right", voids="wrong")
    new = NewReports(number(wrong, right), {"wrong", "right"}, TODAY)
    ((update, before),) = new.list_predecessors()
    assert update.id == "right"
    assert before == Predecessors(None, None, None, None, Decimal(9))


def test_the_newest_is_that_of_entry_and_the_previous_that_of_the_day() -> None:
    late, early = up_to("2026-05-01", 50, id="late"), up_to("2026-01-31", 5, id="early")
    between = up_to("2026-03-01", 30, id="between")
    _new, before = look(number(late, early, between), between)
    assert before.newest == day("2026-05-01")
    assert before.previous == early


def test_estimates_of_days_to_come_have_the_last_value_before_them() -> None:
    known, expected = up_to("2026-05-01", 50, id="known"), up_to("2026-12-31", 90, id="later")
    estimate = msgspec.structs.replace(expected, status="estimate")
    _new, before = look(number(known, estimate), estimate)
    assert before.previous == known


def test_no_remark_writes_a_number_with_an_exponent() -> None:
    small, large = up_to("2026-03-01", "1E+1", id="a"), up_to("2026-04-01", "2E+3", id="b")
    rate: dict[str, Any] = {"unit": "%", "accumulation": "level"}
    remarks = [
        remark
        for indicator in (
            number(small, large, target=Decimal("1E+2")),
            number(small, large, target=Decimal("1E+2"), unit="万户"),
            number(large, target=Decimal("1E+2"), unit="万户"),
            number(up_to("2026-03-01", "2E+3"), up_to("2026-04-01", "1E+1"), target=None),
            number(up_to("2026-03-01", "2E+3"), up_to("2026-04-01", "1E+1"), **rate),
        )
        for remark in remark_on_update(
            look(indicator, indicator.updates[-1])[0], *_newest(indicator)
        )
    ]
    assert len(remarks) >= 5
    assert [remark for remark in remarks if "E+" in remark] == []


def _newest(indicator: Indicator) -> tuple[Update, Predecessors]:
    update = indicator.updates[-1]
    return update, look(indicator, update)[1]


def test_a_slip_beyond_a_small_target_is_one_too_and_none_beyond_0() -> None:
    for target, is_beyond in (("0.5", True), ("1", True), ("0", False)):
        sums = number(up_to("2026-03-01", "0.1"), up_to("2026-04-01", 5), target=Decimal(target))
        update = sums.updates[-1]
        slip = find_slip_in_update(*_pair_with_predecessors(sums, update))
        assert slip is not None
        assert slip.is_beyond is is_beyond


def test_a_rate_under_1_is_no_slip_in_any_unit_of_rates() -> None:
    for unit, is_slip in (("%", False), ("‰", False), ("个百分点", False), ("公里", True)):
        rates = number(up_to("2026-03-01", "0.5"), up_to("2026-04-01", 5), unit=unit)
        slip = find_slip_in_update(*_pair_with_predecessors(rates, rates.updates[-1]))
        assert (slip is not None) is is_slip


def test_a_report_of_the_day_that_met_a_target_late_says_that_it_still_counts() -> None:
    for day_of_fall, count in (("2026-06-10", 1), ("2026-06-11", 1), ("2026-06-09", 0)):
        met = up_to("2026-06-10", 100, id="met")
        level = number(
            met,
            up_to(day_of_fall, 90, id="fall"),
            accumulation="level",
            deadline=Deadline(on=day("2026-05-31")),
        )
        remarks = remark_on_update(*_pair_with_predecessors(level, level.updates[-1]))
        assert sum("still counts; if" in remark for remark in remarks) == count


def _pair_with_predecessors(
    indicator: Indicator, update: Update
) -> tuple[NewReports, Update, Predecessors]:
    new, before = look(indicator, update)
    return new, update, before
