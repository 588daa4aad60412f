"""Two days that are judged from one reading say what each of them says alone."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import date, timedelta
from typing import Any

from factories import document, enter, figure, initiative, of, on
from foreseen import CHANGES, open_on
from hypothesis import given, settings
from hypothesis import strategies as st
from random_ledgers import TODAY, ledgers

from tracker.assessment.case import Case
from tracker.errors import TrackerError
from tracker.ledger.comparison import compare_cases
from tracker.ledger.ledger import Tracker
from tracker.ledger.view import LedgerView
from tracker.model.filters import ALL, Filter
from tracker.model.horizon import When
from tracker.model.records import Indicator
from tracker.output.model import Timeline
from tracker.reports.brief import build_sheet
from tracker.reports.build import (
    ReportDays,
    ReportSettings,
    build_report,
    list_indicators_of_built_report,
    plan_report_build,
    read_report_input,
)
from tracker.reports.dataset import open_report_data
from tracker.storage.memory import MemoryStore

ENTERED = TODAY - timedelta(8)
DAYS = st.sampled_from([None, 0, 8, 9, 10, 16, 40, 200])


def days_ago(count: int | None) -> date | None:
    """Return the day so many days before today; None: none is named."""
    return None if count is None else TODAY - timedelta(count)


def change_some(tracker: Tracker, data: st.DataObject) -> None:
    """Report, decide, revise, edit and take back a few things."""
    keys = [each.id for each in tracker.indicators().items]
    for change in data.draw(st.lists(st.sampled_from(CHANGES), max_size=3)) if keys else ():
        with suppress(TrackerError):
            change(tracker, data.draw(st.sampled_from(keys)))


def judge_alone(tracker: Tracker, when: When, where: Filter = ALL) -> Iterator[Case]:
    """Judge all indicators on one day."""
    with tracker.open_view(when) as view:
        yield from list(view.cases(where))


@given(ledgers(), DAYS, DAYS, st.integers(0, 45), DAYS, st.data())
@settings(max_examples=60)
def test_two_days_are_what_each_of_them_is_alone(
    records: list[dict[str, Any]],
    as_of: int | None,
    known_on: int | None,
    before: int,
    known_then: int | None,
    data: st.DataObject,
) -> None:
    store = MemoryStore()
    change_some(enter(open_on(store, ENTERED), *records), data)
    tracker = open_on(store, TODAY)
    change_some(tracker, data)
    if known_on is not None:
        # No more was known then.
        known_then = max(known_then or known_on, known_on)
    when = When(as_of=days_ago(as_of), known_on=days_ago(known_on))
    then = When(as_of=(when.as_of or TODAY) - timedelta(before), known_on=days_ago(known_then))
    where = data.draw(st.sampled_from([ALL, Filter(light="red"), Filter(lead="甲局")]))
    with store.view() as opened:
        views = [LedgerView(opened, day, TODAY, tracker.rules) for day in (when, then)]
        compared = list(compare_cases(views[0], views[1], where))
    now = list(judge_alone(tracker, when, where))
    assert [case.assessment for case, _before in compared] == [case.assessment for case in now]
    alone = {case.indicator.id: case.assessment for case in judge_alone(tracker, then)}
    for case, earlier in compared:
        assert (None if earlier is None else earlier.assessment) == alone.get(case.indicator.id)


@given(ledgers(), st.sampled_from([None, date(2026, 7, 1), date(2026, 6, 1)]), st.data())
@settings(max_examples=25)
def test_a_brief_that_is_read_in_one_way_is_that_of_two_whole_days(
    records: list[dict[str, Any]], since: date | None, data: st.DataObject
) -> None:
    store = MemoryStore()
    change_some(enter(open_on(store, ENTERED), *records), data)
    tracker = open_on(store, TODAY)
    change_some(tracker, data)
    plan = plan_report_build("brief", ReportDays(since=since), TODAY)
    where = data.draw(st.sampled_from([ALL, Filter(state="active"), Filter(lead="丙局")]))
    passed = build_report(plan, tracker, where, ReportSettings())
    whole = build_sheet(read_report_input(plan, tracker, where, ReportSettings()))
    assert passed.tables == whole.tables
    assert (passed.facts, passed.beside, passed.pictures) == (
        whole.facts,
        whole.beside,
        whole.pictures,
    )
    assert passed.finding is not None
    assert whole.finding is not None
    assert passed.finding() == whole.finding()
    assert list(passed.papers) == list(whole.papers)
    assert passed.papers[:1] == whole.papers[:1]
    ids = list_indicators_of_built_report(plan, whole)
    assert ids is not None
    assert passed.histories is not None
    assert whole.histories is not None
    one, other = passed.histories(ids), whole.histories(ids)
    assert one.ids == other.ids
    assert list(one.built) == list(other.built)


def test_what_was_decided_above_is_a_reason_in_a_brief_that_is_read_in_one_way() -> None:
    tracker = enter(
        open_on(MemoryStore(), TODAY),
        document("plan", "报告", "2026-01-05"),
        initiative("top", "总计划", sources=[of("plan")]),
        initiative(
            "own",
            "子计划",
            figure("n", "改造数", "个", on("2026-06-01", 20), deadline={"on": "2026-12-31"}),
            parent="top",
            sources=[of("plan")],
            decisions=[on("2026-07-02", state="suspended", reason="场地未定")],
        ),
    )
    plan = plan_report_build("brief", ReportDays(), TODAY)
    sheet = build_report(plan, tracker, ALL, ReportSettings())
    (decided,) = [table for table in sheet.tables if table.key == "decided"]
    assert [("场地未定" in row) for row in decided.rows] == [True]


@given(ledgers())
@settings(max_examples=25)
def test_what_is_exported_as_json_at_once_is_what_records_are_encoded_as(
    records: list[dict[str, Any]],
) -> None:
    from tracker.model.codec import encode, encode_whole

    tracker = enter(open_on(MemoryStore(), TODAY), *records)
    with tracker.passing_export() as items:
        whole = [encode(encode_whole(item)) for item in items.items]
    with tracker.passing_encoded_export() as items:
        assert [encode(encode_whole(item)) for item in items.items] == whole
    with tracker.passing_encoded_export(Filter(lead="甲局")) as some:
        assert all(item.id for item in some.items)  # type: ignore[union-attr]  # of records


@given(ledgers(), st.data())
@settings(max_examples=25)
def test_the_first_day_of_a_ledger_is_the_first_that_any_of_its_records_has(
    records: list[dict[str, Any]], data: st.DataObject
) -> None:
    from tracker.storage.base import View

    store = MemoryStore()
    change_some(enter(open_on(store, ENTERED), *records), data)
    change_some(open_on(store, TODAY), data)
    with store.view() as view:
        one_by_one = list(View.recorded_days(view, ALL))
        assert min(view.recorded_days(ALL), default=None) == min(one_by_one, default=None)


def test_initiatives_are_looked_up_while_two_days_are_read() -> None:
    tracker = enter(open_on(MemoryStore(), TODAY), initiative("top", "总计划"))
    with open_report_data(tracker, ALL, When(), When(as_of=TODAY - timedelta(9))) as data:
        initiatives = data.then.initiatives
        assert (list(initiatives), len(initiatives)) == (["top"], 1)
        assert (initiatives["top"].name, initiatives.get("none")) == ("总计划", None)
        assert (data.now.cases, list(data.compared or ())) == ([], [])


def test_what_came_and_went_since_was_not_there_then() -> None:
    store, days = MemoryStore(), [TODAY - timedelta(20), TODAY - timedelta(10)]
    enter(open_on(store, days[0]), initiative("a", "供水", figure("n1", "改造数", "个")))
    open_on(store, days[1]).add(Indicator(id="a.n2", name="新建数", unit="个"))
    tracker = open_on(store, TODAY)
    tracker.undo()
    with store.view() as opened:
        now, then = [
            LedgerView(opened, When(as_of=day, known_on=day), TODAY, tracker.rules)
            for day in reversed(days)
        ]
        compared = {case.indicator.id: before for case, before in compare_cases(now, then, ALL)}
    assert {key: before is not None for key, before in compared.items()} == {
        "a.n1": True,
        "a.n2": False,
    }


def test_of_many_indicators_the_nearest_deadlines_are_drawn() -> None:
    days = [TODAY + timedelta(at * 7 % 131 + 1) for at in range(131)]
    figures = [
        figure(f"n{at}", f"指标{at}", "个", deadline={"on": str(day)}, target=100)
        for at, day in enumerate(days)
    ]
    tracker = enter(open_on(MemoryStore(), TODAY), initiative("a", "供水", *figures))
    plan = plan_report_build("ledger", ReportDays(), TODAY)
    (picture,) = build_report(plan, tracker, ALL, ReportSettings()).pictures
    assert isinstance(picture, Timeline)
    assert [span.end for span in picture.spans] == sorted(days)[:60]
