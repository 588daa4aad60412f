"""What an assessment puts together: the newest of each kind of entry, and whose it is."""

from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
from factories import PLAN, day, milestone, number, up_to

from tracker.assessment.assess import assess
from tracker.assessment.light import is_light_promised
from tracker.assessment.rules import Rules
from tracker.model.assessment import Assessment
from tracker.model.horizon import Horizon
from tracker.model.records import Indicator, Judgement, Revision, Source, Verdict

JUNE, LATE = "2026-06-30", "2027-01-05"


def stands(indicator: Indicator, on: str = JUNE, **horizon: Any) -> Assessment:  # noqa: ANN401
    return assess(PLAN, indicator, "active", Horizon(as_of=day(on), **horizon), Rules())


def test_the_newest_verdict_counts() -> None:
    first = Verdict(id="a", on=day("2026-03-01"), verdict="broken", by="甲", reason="核查")
    second = Verdict(id="b", on=day("2026-05-01"), verdict="kept", by="乙", reason="复核")
    remark = Verdict(id="c", on=day("2026-06-01"), voids="lost")
    found = stands(number(verdicts=[first, second, remark]))
    assert (found.verdict, found.verdict_by, found.verdict_on) == ("kept", "乙", second.on)
    assert found.awaiting_verdict_since is None
    assert stands(number()).verdict is None


def test_the_newest_judgement_counts() -> None:
    first = Judgement(id="a", on=day("2026-03-01"), confidence="green", by="甲", reason="顺利")
    second = Judgement(id="b", on=day("2026-05-01"), confidence="red", by="乙", reason="停工")
    remark = Judgement(id="c", on=day("2026-06-01"), voids="lost")
    found = stands(number(judgements=[first, second, remark]))
    assert (found.judged, found.judged_by, found.judged_on) == ("red", "乙", second.on)
    assert found.judged_why == "停工"


def test_the_newest_share_of_the_plan_and_report_count() -> None:
    told = [
        up_to("2026-03-31", share_of_plan=Decimal(20)),
        up_to("2026-05-31", share_of_plan=Decimal(40)),
        up_to("2026-06-15", 30, qualifier=">="),
        up_to("2026-06-20", voids="lost"),
    ]
    found = stands(number(*told, notes="分期"))
    assert (found.share_of_plan, found.last_report) == (Decimal(40), day("2026-06-15"))
    assert (found.latest_value, found.latest_bound) == (Decimal(30), ">=")
    assert found.latest_status == "final"
    assert found.notes == stands(number(notes="分期")).notes == "分期"


def test_an_update_that_only_takes_another_back_is_no_report() -> None:
    reported = up_to("2026-03-31", 20, id="a")
    void = up_to("2026-05-31", voids="a")
    assert stands(number(reported, void)).last_report is None
    assert stands(number(reported, void)).why.startswith("nothing reported yet")


def test_days_left_and_days_late_are_of_one_side_of_the_deadline() -> None:
    for on, left, late in (("2026-12-30", 1, None), ("2026-12-31", 0, None), (LATE, None, 5)):
        found = stands(number(), on)
        assert (found.days_left, found.days_late) == (left, late)
        assert (found.workdays_late is None) is (late is None)
    assert stands(number()).workdays_provisional is False
    assert stands(number(deadline=None)).workdays_provisional is False
    assert stands(number(up_to("2026-06-01", 100))).days_left is None


def test_a_value_is_stale_only_while_there_is_something_to_report() -> None:
    assert stands(number(up_to("2026-06-01", 100)), "2028-01-01").stale is False
    assert stands(number()).stale is None
    assert stands(number(up_to("2026-01-01", 1))).stale is True
    assert stands(number(up_to("2026-06-30", 1))).stale is False


def test_the_first_promise_is_shown_beside_a_revised_one() -> None:
    revised = number(
        up_to("2026-06-30", 40),
        revisions=[Revision(id="r", on=day("2026-03-01"), target=Decimal(60))],
    )
    found = stands(revised)
    assert (found.target, found.first_target, found.first_light) == (
        Decimal(60),
        Decimal(100),
        "green",
    )
    assert found.first_done == 40
    assert stands(revised, "2026-02-28").first_target is None
    assert stands(number()).first_light is None


def test_what_is_striven_for_is_judged_on_its_way() -> None:
    for value, reached in ((110, False), (120, True), (130, True)):
        found = stands(number(up_to(JUNE, value), stretch=Decimal(120)))
        assert found.stretch_met is reached
    for value, reached in ((9, False), (8, True), (7, True)):
        less = number(up_to(JUNE, value), op="<=", target=Decimal(9), stretch=Decimal(8))
        assert stands(less).stretch_met is reached
    assert stands(number(up_to(JUNE, 1))).stretch_met is None
    assert stands(number(stretch=Decimal(120))).stretch_met is None


def test_a_document_is_that_of_the_indicator_or_else_of_the_initiative() -> None:
    plan, own = Source(document="plan"), Source(document="own")
    owner = msgspec.structs.replace(PLAN, sources=[plan, own])
    horizon = Horizon(as_of=date(2026, 6, 30))
    for indicator, document in ((number(source=own), "own"), (number(), "plan")):
        assert assess(owner, indicator, "active", horizon, Rules()).document == document
    assert stands(number()).document is None


def test_the_cycle_in_judgement_is_that_of_what_recurs() -> None:
    for value, first in ((100, "2026-04-01"), (50, "2026-01-01")):
        again = number(up_to("2026-03-01", value), recurs="quarter", deadline=None)
        assert stands(again).cycle_start == day(first)
    assert stands(number()).cycle_start is None
    assert stands(number(recurs="quarter", deadline=None)).recurs == "quarter"


def test_without_a_target_a_number_is_only_watched() -> None:
    assert is_light_promised(stands(milestone())) is True
    assert is_light_promised(stands(number())) is True
    assert is_light_promised(stands(number(target=None))) is False
