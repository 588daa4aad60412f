"""What no record may say, whoever brings it, and what is asked about or remarked on."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import factories
import hypothesis
import msgspec
import pytest
from factories import Plain, document, enter, figure, file_of, initiative, of, on, step
from hypothesis import strategies as st

from tracker.errors import Doubtful, InvalidInput, Refused, TrackerError
from tracker.exchange.batches import read_batch
from tracker.ledger.admission import find_contradictions_at_admission
from tracker.ledger.answers import StoredUpdate
from tracker.ledger.ledger import Tracker
from tracker.ledger.merge import MergeCounts
from tracker.ledger.updates import (
    find_update_of_same_day,
    is_same_update,
    refuse_negative_update_count,
)
from tracker.model.codec import to_plain_data
from tracker.model.dates import NOWHERE
from tracker.model.horizon import When
from tracker.model.records import Deadline, Decision, Interim, Revision, Update
from tracker.output.cells import Canvas
from tracker.output.rendering import render_content_for_file
from tracker.storage.memory import MemoryStore
from tracker.views.listings import build_export_listing

NOW = datetime(2026, 6, 30, 9, tzinfo=UTC)
TODAY = NOW.date()


def ledger(*records: Plain) -> Tracker:
    return enter(Tracker(MemoryStore(), now=NOW, author="督查室"), *records)


def km(**more: Any) -> Tracker:  # noqa: ANN401  # fields of an indicator
    return ledger(initiative("pipes", "管网", figure("km", "改造长度", "公里", **more)))


def jobs(**more: Any) -> Tracker:  # noqa: ANN401  # fields of an indicator
    return km(accumulation="increment", **more)


def report(
    tracker: Tracker,
    value: str,
    day: str = "2026-03-31",
    *,
    force: bool = False,
    **more: Any,  # noqa: ANN401
) -> StoredUpdate:
    draft = Update(on=date.fromisoformat(day), **more)
    return tracker.report("pipes.km", draft, value, None, force=force)


def bring(tracker: Tracker, *records: Plain) -> MergeCounts:
    return tracker.merge([read_batch(file_of(*records), "json")], "refuse", "import")


def brought(tracker: Tracker, **fields: Any) -> MergeCounts:  # noqa: ANN401  # of the indicator
    return bring(tracker, {"id": "pipes", "indicators": [{"id": "km", **fields}]})


def value(tracker: Tracker, day: date = TODAY) -> Decimal | None:
    return tracker.show("pipes", When(as_of=day)).indicators[0].value


def day(text: str) -> date:
    return date.fromisoformat(text)


# Increments


@pytest.mark.parametrize(
    ("start", "end", "overlaps"),
    [
        ("2026-01-01", "2026-06-30", True),
        ("2026-03-31", "2026-06-30", True),
        ("2026-04-01", "2026-06-30", False),
        ("2026-04-02", "2026-06-30", False),
        ("2026-02-01", "2026-02-28", True),
        ("2026-01-01", "2026-01-01", True),
        ("2025-12-01", "2025-12-31", False),
    ],
)
def test_increments_of_the_same_days_are_refused(start: str, end: str, overlaps: bool) -> None:  # noqa: FBT001
    tracker = jobs(start="2025-01-01")
    first = report(tracker, "30", period_start=day("2026-01-01")).update
    if not overlaps:
        report(tracker, "60", end, period_start=day(start))
        assert value(tracker) == 90
        return
    with pytest.raises(Refused) as caught:
        report(tracker, "60", end, period_start=day(start))
    assert first.id in caught.value.sentence
    assert value(tracker) == 30
    with pytest.raises(Refused):
        brought(tracker, updates=[on(end, 60, period_start=start)])
    assert value(tracker) == 30
    report(tracker, "60", end, period_start=day(start), separate=True, note="另一批")
    assert value(tracker) == 90


def test_a_correction_may_cover_the_same_days() -> None:
    tracker = jobs()
    first = report(tracker, "30", period_start=day("2026-01-01")).update
    report(tracker, "60", "2026-06-30", period_start=day("2026-01-01"), voids=first.id)
    assert value(tracker) == 60


def test_the_second_of_several_increments_is_named() -> None:
    tracker = jobs()
    report(tracker, "10", "2026-01-31", period_start=day("2026-01-01"))
    second = report(tracker, "20", "2026-02-28", period_start=day("2026-02-01")).update
    with pytest.raises(Refused, match=second.id):
        report(tracker, "30", "2026-03-31", period_start=day("2026-02-28"))


def test_the_same_increment_twice_is_refused() -> None:
    tracker = jobs()
    report(tracker, "30")
    with pytest.raises(Refused):
        report(tracker, "30")
    report(tracker, "31")
    report(tracker, "30", "2026-03-30")
    report(tracker, "30", status="in_progress")
    assert value(tracker) == 91
    with pytest.raises(Refused):
        brought(tracker, updates=[on("2026-03-31", 30, note="again", id="other")])


@pytest.mark.parametrize("is_first_stated", [True, False])
def test_the_same_increment_with_and_without_its_period_is_the_same(
    is_first_stated: bool,  # noqa: FBT001
) -> None:
    tracker = jobs()
    start = day("2026-01-01")
    first, second = (start, None) if is_first_stated else (None, start)
    report(tracker, "30", period_start=first)
    with pytest.raises(Refused):
        report(tracker, "30", period_start=second)
    report(tracker, "31", period_start=second)
    assert value(tracker) == 61


def test_what_is_separate_is_asked_why() -> None:
    tracker = jobs()
    report(tracker, "30")
    (remark,) = report(tracker, "30", separate=True).remarks
    assert "--note" in remark
    assert report(tracker, "30", separate=True, note="另一批").remarks == []
    assert report(tracker, "30", separate=True, evidence=["上半年表"]).remarks == []
    assert value(tracker) == 120


def test_checks_find_increments_that_count_twice() -> None:
    twice = [on("2026-03-31", 30, period_start="2026-01-01", recorded_at=NOW.isoformat(), id="a")]
    twice += [on("2026-06-30", 60, period_start="2026-03-31", recorded_at=NOW.isoformat(), id="b")]
    old = datetime(2026, 7, 1, tzinfo=UTC)
    tracker = Tracker(MemoryStore(), now=old, author="甲")
    indicator = figure("km", "改造长度", "公里", *twice, accumulation="increment")
    enter(tracker, initiative("pipes", "管网", indicator))
    (found,) = tracker.check(["overlapping"]).items
    assert "2026-03-31" in found.sentence
    assert "2026-06-30" in found.sentence


@hypothesis.given(
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 20)), min_size=1, max_size=6)
)
def test_no_day_is_counted_twice(spans: list[tuple[int, int]]) -> None:
    tracker = jobs()
    counted: set[int] = set()
    total = 0
    first = day("2026-01-01").toordinal()
    for at, (start, length) in enumerate(spans):
        days = set(range(start, start + length + 1))
        on_day = date.fromordinal(first + start + length)
        opening = date.fromordinal(first + start)
        if days & counted:
            with pytest.raises(Refused):
                report(tracker, str(at + 1), on_day.isoformat(), period_start=opening)
        else:
            report(tracker, str(at + 1), on_day.isoformat(), period_start=opening)
            counted |= days
            total += at + 1
    assert value(tracker) == total


def test_another_report_twice_gets_a_remark() -> None:
    tracker = km()
    first = report(tracker, "30").update
    (remark,) = report(tracker, "30").remarks
    assert first.id in remark
    assert report(tracker, "31").remarks == []
    assert report(tracker, "31", "2026-04-01").remarks == []


# Slips


@pytest.mark.parametrize(
    ("before", "after", "remarked", "refused"),
    [
        ("10", "79", False, False),
        ("10", "80", True, False),
        ("10", "81", True, False),
        ("10", "150", True, False),
        ("10", "151", True, True),
        ("100", "150.1", True, False),
        ("0", "90", False, False),
        ("10", "1", True, False),
    ],
)
def test_a_value_far_from_the_one_before_is_asked_about(
    before: str,
    after: str,
    remarked: bool,  # noqa: FBT001
    refused: bool,  # noqa: FBT001
) -> None:
    tracker = km()
    report(tracker, before, "2026-02-28")
    if refused:
        with pytest.raises(Doubtful) as caught:
            report(tracker, after)
        assert before in caught.value.sentence
        assert "is 15 times the 10 公里" in caught.value.sentence
        assert caught.value.exit_code == 4
    remarks = report(tracker, after, force=refused).remarks
    assert any(before in remark and "times" in remark for remark in remarks) == (
        remarked and after not in {"1", "150.1"}
    )


@pytest.mark.parametrize(("after", "remarked"), [("11", False), ("10", True), ("9", True)])
def test_a_level_may_also_fall_too_far(after: str, remarked: bool) -> None:  # noqa: FBT001
    tracker = km(accumulation="level", baseline=None)
    report(tracker, "80", "2026-02-28")
    assert any("80" in remark for remark in report(tracker, after).remarks) == remarked


def test_a_value_from_or_to_0_or_below_is_no_slip() -> None:
    for before, after in (("80", "0"), ("0", "80"), ("-1", "80"), ("80", "-1"), ("0.5", "0")):
        tracker = ledger(initiative("pipes", "管网", figure("km", "净增户", "户", baseline=0)))
        tracker.edit("pipes.km", {"accumulation": "level"})
        report(tracker, before, "2026-02-28")
        assert not any("times" in remark for remark in report(tracker, after).remarks)


@pytest.mark.parametrize(("value", "far"), [(0.5, False), (3, False), (3.1, True)])
def test_far_beyond_a_target_of_1(value: float, far: bool) -> None:  # noqa: FBT001
    remarks = report(km(target=1), str(value)).remarks
    assert any("times the target" in remark for remark in remarks) == far


def test_far_beyond_a_target_under_1_is_asked_about() -> None:
    tracker = km(target=0.5)
    report(tracker, "0.1", "2026-02-28")
    with pytest.raises(Doubtful):
        report(tracker, "0.9")


def test_only_a_unit_with_a_scale_may_have_been_another_one() -> None:
    for unit, value, is_meant in (("公里", "80公里", False), ("万户", "80万户", True)):
        tracker = ledger(initiative("pipes", "管网", figure("km", "改造", unit)))
        report(tracker, f"10{unit}", "2026-02-28")
        (remark,) = report(tracker, value).remarks
        assert ("was meant" in remark) == is_meant
        assert "tracker undo" in remark


def test_rates_under_1_may_grow_quickly() -> None:
    tracker = ledger(initiative("pipes", "管网", figure("km", "占比", "%", target=2)))
    report(tracker, "0.1", "2026-02-28")
    assert report(tracker, "0.9").remarks == []
    assert report(tracker, "1", "2026-04-30").remarks == []
    remark, *_others = report(tracker, "8", "2026-05-31", force=True).remarks
    assert "8 % is 8 times the 1 % reported for 2026-04-30" in remark


def test_the_newest_report_before_is_the_one_that_is_named() -> None:
    tracker = km()
    report(tracker, "1", "2026-01-31")
    report(tracker, "2", "2026-02-28")
    (remark,) = report(tracker, "20").remarks
    assert "2 公里 reported for 2026-02-28" in remark


def test_a_target_of_0_is_never_far_exceeded() -> None:
    tracker = km(target=0, baseline=None, op="<=")
    report(tracker, "1", "2026-02-28")
    assert report(tracker, "9").remarks != []


# What is counted


@pytest.mark.parametrize(
    ("name", "unit", "taken"),
    [("改造长度", "公里", False), ("工业投资同比增长", "%", True), ("净增市场主体", "户", True)],
)
def test_bad_news_is_taken_and_a_count_is_not_negative(name: str, unit: str, taken: bool) -> None:  # noqa: FBT001
    tracker = ledger(initiative("pipes", "管网", figure("km", name, unit)))
    if taken:
        assert report(tracker, "-3").update.value == -3
        brought(tracker, updates=[on("2026-04-30", -4)])
        return
    with pytest.raises(InvalidInput):
        report(tracker, "-3")
    with pytest.raises(Refused):
        brought(tracker, updates=[on("2026-03-31", -3)])
    assert report(tracker, "0").update.value == 0


def test_a_share_of_the_plan_is_not_below_0() -> None:
    tracker = km()
    for share, taken in ((-1, False), (0, True), (114.9, True)):
        draft = Update(on=TODAY, share_of_plan=Decimal(str(share)))
        if taken:
            tracker.report("pipes.km", draft, None, None)
            continue
        with pytest.raises(InvalidInput, match="-1%"):
            tracker.report("pipes.km", draft, None, None)
        with pytest.raises(Refused):
            brought(tracker, updates=[on("2026-03-31", share_of_plan=share)])


def test_a_share_of_the_plan_alone_is_an_update() -> None:
    tracker = ledger(
        initiative(
            "pipes", "管网", figure("km", "长度", "公里"), step("done", "竣工", "2026-12-31")
        )
    )
    for words in ("pipes.km", "pipes.done"):
        draft = Update(on=TODAY, share_of_plan=Decimal(70))
        stored = tracker.report(words, draft, None, None)
        assert stored.update.share_of_plan == Decimal(70)
        assert (stored.update.value, stored.update.done) == (None, None)
        assert stored.after.share_of_plan == Decimal(70)


def test_a_report_says_how_its_value_is_known() -> None:
    tracker = km()
    assert report(tracker, "30余公里").update.qualifier == ">="
    assert report(tracker, "近40公里", "2026-04-30").update.qualifier == "~"
    assert report(tracker, "50公里", "2026-05-31").update.qualifier is None
    with pytest.raises(InvalidInput):
        tracker.report("pipes.km", Update(on=TODAY), None, "10余公里")


# One gate


@pytest.mark.parametrize(
    ("when", "taken"), [("2026-06-29", True), ("2026-06-30", True), ("2026-07-01", False)]
)
def test_a_file_brings_no_day_to_come(when: str, taken: bool) -> None:  # noqa: FBT001
    tracker = km()
    if taken:
        assert brought(tracker, updates=[on(when, 5)]).entries == 1
        return
    with pytest.raises(Refused) as caught:
        brought(tracker, updates=[on(when, 5)])
    assert when in caught.value.candidates[0]
    assert brought(tracker, updates=[on(when, 5, status="estimate")]).entries == 1


@pytest.mark.parametrize(
    ("field", "entry"),
    [
        ("revisions", {"target": 90}),
        ("decisions", {"state": "suspended"}),
        ("judgements", {"confidence": "red"}),
        ("verdicts", {"verdict": "kept"}),
    ],
)
def test_a_file_brings_no_decision_of_a_day_to_come(field: str, entry: Plain) -> None:
    tracker = km()
    with pytest.raises(Refused) as caught:
        brought(tracker, **{field: [on("2026-07-01", reason="会议", **entry)]})
    assert caught.value.candidates == (f"pipes.km: 2026-07-01 in {field} is in the future",)
    assert brought(tracker, **{field: [on("2026-06-30", reason="会议", **entry)]}).entries == 1


@pytest.mark.parametrize("state", ["closed", "cancelled"])
@pytest.mark.parametrize("ended", ["pipes", "pipes.km"])
def test_a_file_brings_no_report_on_what_has_ended(state: Any, ended: str) -> None:  # noqa: ANN401
    tracker = km()
    decision = Decision(on=day("2026-05-31"), state=state, reason="专题会议")
    tracker.decide(ended, decision, "close" if state == "closed" else "cancel", force=True)
    before = to_plain_data(tracker.find("pipes.km"))
    for fields in ({"updates": [on("2026-03-31", 5)]}, {"updates": [on("2026-06-30", 5)]}):
        with pytest.raises(Refused):
            brought(tracker, **fields)
    with pytest.raises(Refused):
        brought(tracker, revisions=[on("2026-06-30", target=50, reason="改")])
    assert to_plain_data(tracker.find("pipes.km")) == before
    tracker.decide(ended, Decision(on=TODAY, state="active", reason="更正"), "reopen", force=False)
    assert brought(tracker, updates=[on("2026-06-30", 5)]).entries == 1


def test_what_a_file_says_of_a_new_record_up_to_its_end_is_history() -> None:
    closed = [on("2026-05-31", state="closed", reason="验收")]
    for when, taken in (("2026-05-30", True), ("2026-05-31", True), ("2026-06-01", False)):
        tracker = ledger()
        record = initiative(
            "pipes", "管网", figure("km", "长度", "公里", on(when, 5)), decisions=closed
        )
        if taken:
            assert bring(tracker, record).indicators == 1
        else:
            with pytest.raises(Refused):
                bring(tracker, record)


def test_the_round_trip_of_what_has_ended_loses_nothing() -> None:
    tracker = ledger(
        document("plan", "规划", "2026-01-10"),
        initiative("pipes", "管网", figure("km", "长度", "公里"), sources=[of("plan")]),
        initiative("roads", "道路", figure("km", "长度", "公里")),
    )
    report(tracker, "5")
    for words, command, state in (
        ("pipes.km", "close", "closed"),
        ("roads", "cancel", "cancelled"),
    ):
        tracker.decide(
            words,
            Decision(on=day("2026-02-01"), state=state, reason="会议"),  # type: ignore[arg-type]
            command,
            force=True,
        )
    pipe = Canvas(width=None, colour=False)
    content = render_content_for_file(build_export_listing(tracker.export()), "json", pipe)
    other = Tracker(MemoryStore(), now=NOW, author="乙")
    other.make()
    other.merge([read_batch(content, "json")], "refuse", "import")
    assert render_content_for_file(build_export_listing(other.export()), "json", pipe) == content


def test_a_file_is_remarked_on_as_a_command_is() -> None:
    tracker = km()
    said = report(tracker, "10", "2026-02-28").remarks
    assert said == []
    remarks = brought(tracker, updates=[on("2026-03-31", 90)]).remarks
    assert len(remarks) == 1
    assert remarks[0].startswith("pipes.km: 90 公里 is 9 times the 10 公里")


# A record that contradicts itself


@pytest.mark.parametrize(
    ("on_day", "fits"), [("2025-12-30", False), ("2025-12-31", True), ("2026-01-01", False)]
)
def test_a_day_against_its_own_wording_is_refused_everywhere(on_day: str, fits: bool) -> None:  # noqa: FBT001
    deadline = {"on": on_day, "wording": "2025年底前"}
    indicator = figure("new", "长度", "公里", deadline=deadline, start="2025-01-01")
    tracker = km(start="2025-01-01")
    record = {"id": "pipes", "indicators": [indicator]}
    typed = Deadline(on=day(on_day), wording="2025年底前")
    attempts = (
        lambda: bring(tracker, record),
        lambda: tracker.edit("pipes.km", {"deadline": typed}),
        lambda: (
            tracker.revise("pipes.km", Revision(on=TODAY, deadline=typed, reason="改"))
            if not fits
            else None
        ),
    )
    for attempt in attempts:
        if fits:
            attempt()
        else:
            with pytest.raises(TrackerError) as caught:
                attempt()
            assert caught.value.exit_code in {2, 4}
    assert tracker.check(["wording"]).items == []


def test_checks_name_an_old_day_against_its_wording() -> None:
    deadline = {"on": "2026-06-30", "wording": "年底"}
    old = figure(
        "km", "长度", "公里", deadline=deadline, source=of("plan"), recorded_at=NOW.isoformat()
    )
    tracker = Tracker(MemoryStore(), now=datetime(2026, 7, 1, tzinfo=UTC), author="甲")
    enter(tracker, document("plan", "规划", "2026-01-10"), initiative("pipes", "管网", old))
    (found,) = tracker.check(["wording"]).items
    assert "2026-12-31" in found.sentence
    # What is wrong already does not keep the rest from being corrected.
    assert tracker.edit("pipes.km", {"notes": "待核"}).after == "notes"


GOOD = [("2026-06-30", 40), ("2026-09-30", 70)]


@pytest.mark.parametrize(
    ("points", "fits"),
    [
        (GOOD, True),
        ([*GOOD, ("2026-06-30", 50)], False),
        ([*GOOD, ("2026-12-31", 90)], False),
        ([*GOOD, ("2026-12-31", 100)], True),
        ([*GOOD, ("2027-01-01", 100)], False),
        ([*GOOD, ("2025-12-31", 0)], False),
        ([*GOOD, ("2026-01-01", 0)], True),
        ([*GOOD, ("2026-01-01", 5)], False),
        ([*GOOD, ("2026-10-31", 60)], False),
        ([*GOOD, ("2026-10-31", 70)], True),
        ([*GOOD, ("2026-10-31", 101)], False),
        ([("2026-06-30", -1)], False),
    ],
)
def test_interim_points_are_checked(points: list[tuple[str, int]], fits: bool) -> None:  # noqa: FBT001
    interim = [{"on": when, "value": amount} for when, amount in points]
    records = initiative("pipes", "管网", figure("km", "长度", "公里", interim=interim))
    line = [Interim(on=day(when), value=Decimal(amount)) for when, amount in points]
    tracker = km()
    revision = Revision(on=TODAY, interim=line, reason="改")
    if fits:
        ledger(records)
        tracker.revise("pipes.km", revision)
        return
    for attempt in (
        lambda: ledger(records),
        lambda: tracker.edit("pipes.km", {"interim": interim}),
        lambda: tracker.revise("pipes.km", revision),
    ):
        with pytest.raises(TrackerError):
            attempt()
    history = Tracker(MemoryStore(), now=datetime(2026, 7, 1, tzinfo=UTC), author="甲")
    old = figure("km", "长度", "公里", interim=interim, recorded_at=NOW.isoformat())
    enter(history, initiative("pipes", "管网", old))
    assert history.check(["interim"]).items != []


def test_a_revision_replaces_or_scales_the_interim_points() -> None:
    tracker = km(interim=[{"on": "2026-07-01", "value": 40}])
    middle = When(as_of=day("2026-07-01"))

    def expected() -> Decimal | None:
        return tracker.show("pipes", middle).indicators[0].expected

    now = datetime(2026, 7, 1, tzinfo=UTC)
    tracker = Tracker(tracker.store, now=now, author="甲")
    assert expected() == 40
    tracker.revise("pipes.km", Revision(on=TODAY, target=Decimal(200), reason="加码"))
    assert expected() == 40
    points = [Interim(on=day("2026-07-01"), value=Decimal(150))]
    tracker.revise("pipes.km", Revision(on=TODAY, interim=points, reason="调整"))
    assert expected() == 75


# Ranges and numbers


@pytest.mark.parametrize(("reported", "met"), [("5", False), ("6", True), ("7", True)])
def test_a_range_becomes_a_number_and_a_number_a_range(reported: str, met: bool) -> None:  # noqa: FBT001
    tracker = km(target=3, target_high=5, op="range")
    tracker.revise("pipes.km", Revision(on=day("2026-01-31"), target=Decimal(6), reason="加码"))
    report(tracker, reported)
    assert (tracker.show("pipes").indicators[0].met_on is not None) is met
    tracker = km(target=6)
    revision = Revision(
        on=day("2026-01-31"), target=Decimal(3), target_high=Decimal(5), reason="放宽"
    )
    tracker.revise("pipes.km", revision)
    report(tracker, reported)
    assessment = tracker.show("pipes").indicators[0]
    assert (assessment.target, assessment.target_high) == (Decimal(3), Decimal(5))
    assert assessment.met_on is not None


# The very day


def test_a_report_of_the_start_day_is_not_before_the_start() -> None:
    assert report(km(), "1", "2026-01-01").remarks == []
    assert report(km(), "1", "2025-12-31").remarks != []


def test_exactly_all_is_not_more_than_all() -> None:
    tracker = ledger(initiative("pipes", "管网", figure("km", "覆盖率", "%")))
    assert report(tracker, "100").remarks == []
    assert report(tracker, "100.1", "2026-04-30").remarks == ["100.1% is more than 100%."]


def test_less_than_another_value_of_the_same_day_is_mentioned() -> None:
    tracker = km()
    report(tracker, "5")
    assert any("less than the 5" in remark for remark in report(tracker, "4").remarks)


def test_the_same_evidence_in_another_order_is_no_other_entry() -> None:
    tracker = km()
    brought(tracker, updates=[on("2026-03-31", 5, evidence=["a", "b"])])
    counts = brought(tracker, updates=[on("2026-03-31", 5, evidence=["b", "a"])])
    assert (counts.entries, counts.changed, counts.kept) == (0, 0, ())


def test_the_earliest_end_of_all_that_stands_above_counts() -> None:
    def ended(on_day: str) -> list[Plain]:
        return [on(on_day, state="closed", reason="验收")]

    tracker = ledger()
    bring(
        tracker,
        initiative("top", "总", decisions=ended("2026-05-31")),
        initiative("middle", "分", parent="top", decisions=ended("2026-03-31")),
        initiative("low", "细", parent="middle"),
    )
    for own, end in (("2026-04-30", "2026-03-31"), ("2026-02-28", "2026-02-28")):
        late = figure("n", "长度", "公里", on("2026-05-15", 5), decisions=ended(own))
        with pytest.raises(Refused) as caught:
            bring(tracker, initiative("low", None, late))
        assert caught.value.candidates == (f"low.n: it is reported on after its end, {end}",)


@pytest.mark.parametrize(
    ("changed", "fits"),
    [({"name": "里程"}, True), ({"target": Decimal(95)}, False), ({"op": ">="}, False)],
)
def test_only_a_changed_promise_is_held_against_what_is_striven_for(
    changed: dict[str, Any],
    fits: bool,  # noqa: FBT001
) -> None:
    old = factories.number(baseline=Decimal(0), target=Decimal(100), stretch=Decimal(90))
    new = msgspec.structs.replace(old, **changed)
    assert (list(find_contradictions_at_admission(old, new, {}, NOWHERE)) == []) is fits
    assert list(find_contradictions_at_admission(None, new, {}, NOWHERE)) != []


def test_a_number_that_is_refused_is_written_in_plain_digits() -> None:
    homes = factories.number(name="改造", unit="户")
    for found, words in (
        (Update(on=TODAY, value=Decimal("-1E+3")), "cannot be -1000:"),
        (Update(on=TODAY, value=Decimal("-0.5")), "cannot be -0.5:"),
        (Update(on=TODAY, share_of_plan=Decimal("-1E+1")), "cannot be -10%"),
        (Update(on=TODAY, share_of_plan=Decimal("-0.5")), "cannot be -0.5%"),
    ):
        with pytest.raises(InvalidInput, match=words):
            refuse_negative_update_count(homes, found)
    below = msgspec.structs.replace(homes, baseline=Decimal("-0.5"))
    refuse_negative_update_count(below, Update(on=TODAY, value=Decimal(-3)))
    for taken in (Decimal(0), Decimal("0.5")):
        refuse_negative_update_count(homes, Update(on=TODAY, value=taken))
        refuse_negative_update_count(homes, Update(on=TODAY, share_of_plan=taken))


def test_the_last_of_several_reports_of_a_day_is_the_one_that_is_corrected() -> None:
    of_day = [Update(id=own, on=TODAY, value=Decimal(n)) for own, n in (("a", 5), ("b", 6))]
    done = Update(id="c", on=TODAY, done=True)
    other = factories.number(*of_day, done)
    correction = Update(on=TODAY, value=Decimal(7))
    assert find_update_of_same_day(other, correction) == of_day[1]
    assert find_update_of_same_day(other, Update(on=TODAY, done=False)) == done
    assert find_update_of_same_day(other, Update(on=TODAY, share_of_plan=Decimal(1))) is None


def test_the_same_value_of_a_later_day_gets_no_remark() -> None:
    tracker = ledger()
    bring(tracker, initiative("pipes", "管网", figure("km", "长度", "公里")))
    report(tracker, "20")
    assert report(tracker, "20", "2026-04-30").remarks == []


@pytest.mark.parametrize(
    ("more", "same"),
    [
        ({}, True),
        ({"note": "甲"}, True),
        ({"evidence": ["a"]}, True),
        ({"evidence": ["b", "a"], "note": "甲", "share_of_plan": Decimal(50)}, True),
        ({"value": Decimal(6)}, False),
        ({"done": True}, False),
        ({"qualifier": ">="}, False),
        ({"status": "preliminary"}, False),
        ({"share_of_plan": Decimal(60)}, False),
        ({"note": "乙"}, False),
        ({"evidence": ["a", "c"]}, False),
    ],
)
def test_a_report_is_the_same_if_it_says_nothing_more(more: dict[str, Any], same: bool) -> None:  # noqa: FBT001
    earlier = Update(
        on=TODAY,
        value=Decimal(5),
        share_of_plan=Decimal(50),
        note="甲",
        evidence=["a", "b"],
    )
    found = Update(**{"on": TODAY, "value": Decimal(5), **more})
    assert is_same_update(earlier, found) is same


def test_interim_points_that_are_there_already_are_left_to_the_checks() -> None:
    beyond = [Interim(on=date(2026, 6, 30), value=Decimal(500))]
    old = factories.number(
        baseline=Decimal(0), target=Decimal(100), start=date(2026, 1, 1), interim=beyond
    )
    for changed, fits in (({"name": "里程"}, True), ({"baseline": Decimal(1)}, False)):
        new = msgspec.structs.replace(old, **changed)
        assert (list(find_contradictions_at_admission(old, new, {}, NOWHERE)) == []) is fits


@pytest.mark.parametrize(
    ("direction", "stretch", "fits"),
    [("up", 110, False), ("up", 121, True), ("down", 99, True), ("down", 110, False)],
)
def test_what_is_striven_for_lies_beyond_a_range(direction: str, stretch: int, fits: bool) -> None:  # noqa: FBT001
    new = factories.number(
        target=Decimal(100),
        target_high=Decimal(120),
        direction=direction,
        stretch=Decimal(stretch),
    )
    assert (list(find_contradictions_at_admission(None, new, {}, NOWHERE)) == []) is fits
