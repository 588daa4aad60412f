"""What stands before new reports: one pass over many finds what a look at each would find."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import msgspec
from factories import day, number, up_to
from hypothesis import given
from hypothesis import strategies as st

from tracker.ledger.predecessors import NewReports, Predecessors
from tracker.ledger.updates import remark_on_update
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
    accumulation = draw(st.sampled_from(["cumulative", "level", "increment"]))
    deadline = Deadline(on=on + timedelta(days=draw(st.sampled_from([-60, 60]))))
    return number(*reports, accumulation=accumulation, deadline=deadline)


def look(indicator: Indicator, update: Update) -> tuple[NewReports, Predecessors]:
    new = NewReports(indicator, {update.id}, TODAY)
    ((_update, before),) = new.list_predecessors()
    return new, before


@given(indicators())
def test_a_file_by_day_gets_the_remarks_of_its_reports_one_by_one(indicator: Indicator) -> None:
    new = NewReports(indicator, {update.id for update in indicator.updates}, TODAY)
    together = [remark_on_update(new, *pair) for pair in new.list_predecessors()]
    alone = []
    for at, update in enumerate(indicator.updates):
        so_far = msgspec.structs.replace(indicator, updates=indicator.updates[: at + 1])
        alone.append(remark_on_update(look(so_far, update)[0], update, look(so_far, update)[1]))
    assert together == alone


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
