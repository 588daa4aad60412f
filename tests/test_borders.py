"""Limits of the rules: the day before, the day, the day after; exactly as much; lists of two."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import factories
import pytest
from factories import Plain, document, enter, figure, file_of, initiative, of, on, step
from msgspec.structs import replace

from tracker.errors import Conflict, Doubtful, InvalidInput, Refused
from tracker.exchange.batches import read_batch
from tracker.ledger.admission import find_contradictions_at_admission
from tracker.ledger.ledger import Tracker
from tracker.ledger.updates import choose_corrected_update, describe_corrected_update
from tracker.model.dates import NOWHERE, parse_day, parse_deadline_date, parse_start_date
from tracker.model.effective import list_effective_sources
from tracker.model.filters import ALL
from tracker.model.horizon import NOW, Horizon, When
from tracker.model.periods import parse_period
from tracker.model.quantities import convert_quantity_unit, parse_quantity
from tracker.model.records import Deadline, Decision, Revision, Source, Update, Verdict
from tracker.reminders import service
from tracker.reminders.plan import PlanAddressBook, PlanSettings
from tracker.reports import build
from tracker.reports.build import ReportDays, ReportSettings
from tracker.reports.scoreboard import VERDICT_COUNTS
from tracker.storage.folder.journal import compose_journal_backup, read_journal_backup
from tracker.storage.memory import MemoryStore

TODAY = date(2026, 7, 10)
DAY = timedelta(days=1)


def ledger(*records: Plain, now: date = TODAY) -> Tracker:
    moment = datetime(now.year, now.month, now.day, 9, tzinfo=UTC)
    return enter(Tracker(MemoryStore(), now=moment, author="王"), *records)


def at(tracker: Tracker, day: date) -> Tracker:
    moment = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
    return Tracker(tracker.store, now=moment, author="王")


def rows(tracker: Tracker, kind: str, days: ReportDays, table: str) -> list[dict[str, Any]]:
    plan = build.plan_report_build(kind, days, tracker.today)
    sheet = build.build_report(plan, tracker, ALL, ReportSettings())
    return [row for row in sheet.items if row["table"] == table]


# Days


@pytest.mark.parametrize(
    ("wording", "first", "last"),
    [
        ("6月上旬", "2026-06-01", "2026-06-10"),
        ("6月中旬", "2026-06-11", "2026-06-20"),
        ("6月下旬", "2026-06-21", "2026-06-30"),
        ("12月下旬", "2026-12-21", "2026-12-31"),
    ],
)
def test_thirds_of_a_month(wording: str, first: str, last: str) -> None:
    assert parse_start_date(wording, TODAY).isoformat() == first
    reading = parse_deadline_date(wording, TODAY)
    assert reading.day is not None
    assert reading.day.isoformat() == last


@pytest.mark.parametrize(
    ("wording", "first", "last"),
    [
        ("前三季度", "2026-01-01", "2026-09-30"),
        ("三季度", "2026-07-01", "2026-09-30"),
        ("前5个月", "2026-01-01", "2026-05-31"),
        ("上半年", "2026-01-01", "2026-06-30"),
        ("下半年", "2026-07-01", "2026-12-31"),
    ],
)
def test_parts_of_a_year(wording: str, first: str, last: str) -> None:
    assert parse_start_date(wording, TODAY).isoformat() == first
    assert parse_day(wording, TODAY).isoformat() == last


def test_so_many_years_ahead_and_no_more() -> None:
    assert parse_deadline_date("二十年内", TODAY).day == date(2046, 7, 10)
    with pytest.raises(InvalidInput):
        parse_deadline_date("二十1年内", TODAY)
    with pytest.raises(InvalidInput):
        parse_deadline_date("二十一年内", TODAY)


def test_a_wording_of_a_hundred_characters_is_read_and_a_longer_one_not() -> None:
    for length, is_read in ((99, True), (100, True), (101, False)):
        wording = "2026年底".rjust(length, " ")
        if is_read:
            assert parse_deadline_date(wording).day == date(2026, 12, 31)
            continue
        with pytest.raises(InvalidInput):
            parse_deadline_date(wording)


def test_a_source_printed_on_the_day_is_there_and_one_of_an_unknown_document_too() -> None:
    sources = [Source(document=name) for name in ("before", "same", "after", "unknown")]
    published = {"before": TODAY - DAY, "same": TODAY, "after": TODAY + DAY}
    shown = list_effective_sources(sources, Horizon(as_of=TODAY, published=published))
    assert [source.document for source in shown] == ["before", "same", "unknown"]


def test_what_is_printed_on_the_day_itself_is_shown() -> None:
    tracker = ledger(
        document("plan", "报告", "2026-07-01"),
        document("other", "方案", "2026-07-02"),
        initiative("a", "甲", step("n", "验收", "2026-12-31"), sources=[of("plan"), of("other")]),
    )
    for day, names in (("2026-07-01", ["plan"]), ("2026-07-02", ["plan", "other"])):
        shown = tracker.show("a", When(as_of=date.fromisoformat(day)))
        assert [source.document for source in shown.item.sources] == names
    assert len(tracker.documents(When(as_of=date(2026, 7, 1))).items) == 1


def test_a_deadline_before_the_start_is_found_and_one_on_it_is_not() -> None:
    for day, found in (("2025-12-31", 1), ("2026-01-01", 0), ("2026-01-02", 0)):
        tracker = ledger(initiative("a", "甲", step("n", "验收", day)))
        assert len(tracker.check(["deadline-before-start"]).items) == found


# Quantities


def test_money_in_yuan_alone_is_not_taken_for_a_number_in_ten_thousands() -> None:
    assert convert_quantity_unit(Decimal(5), "亿", "万元") == 50_000
    assert convert_quantity_unit(Decimal(5), "万元", "亿") == Decimal("0.0005")
    for unit, to in (("元", "万"), ("万", "元"), ("", "亿元"), ("亿元", "")):
        with pytest.raises(InvalidInput):
            convert_quantity_unit(Decimal(5), unit, to)


def test_a_unit_may_be_so_long_and_no_longer() -> None:
    def is_read(length: int) -> bool:
        try:
            return parse_quantity("5" + "米" * length).unit == "米" * length
        except InvalidInput:
            return False

    longest = max(length for length in range(1, 200) if is_read(length))
    assert (is_read(longest), is_read(longest + 1)) == (True, False)
    assert longest == 30


# Changes


def test_every_revision_of_a_new_record_is_read_against_its_wording() -> None:
    wrong = {"on": "2025-06-30", "wording": "2025年底", "basis": "stated"}
    right = {"on": "2027-12-31", "wording": "2027年底", "basis": "stated"}
    for deadlines, is_taken in (([wrong], False), ([wrong, right], False), ([right], True)):
        revisions = [
            on(f"2026-0{at}-01", deadline=deadline, reason="调整", id=f"r{at}")
            for at, deadline in enumerate(deadlines, start=2)
        ]
        record = initiative("a", "甲", figure("n", "改造", "户", revisions=revisions))
        if is_taken:
            ledger(record)
            continue
        with pytest.raises(Refused, match="has to be corrected"):
            ledger(record)


def test_the_newest_of_two_decisions_says_if_a_record_has_ended() -> None:
    stopped = [
        on("2026-03-01", state="suspended", reason="汛期", id="d1"),
        on("2026-05-01", state="closed", reason="验收", id="d2"),
    ]
    resumed = [
        on("2026-03-01", state="closed", reason="验收", id="d1"),
        on("2026-04-01", state="active", reason="重启", id="d2"),
    ]
    for decisions, day, is_taken in (
        (stopped, "2026-04-30", True),
        (stopped, "2026-05-01", True),
        (stopped, "2026-05-02", False),
        (resumed, "2026-05-02", True),
    ):
        # Without a moment of entry, what a file says comes from the person who brings it.
        record = initiative("a", "甲", figure("n", "改造", "户", on(day, 5), decisions=decisions))
        if is_taken:
            ledger(record)
            continue
        with pytest.raises(Refused):
            ledger(record)


def test_the_newest_change_since_is_named_also_where_it_changed_several_records() -> None:
    tracker = ledger(initiative("a", "甲", figure("n", "改造", "户")), initiative("b", "乙"))
    tracker.edit("a", {"name": "甲甲"})
    tracker.edit("a", {"name": "甲乙"})
    changed = initiative("a", "甲丙", figure("n", "改造户", "户"))
    batch = read_batch(file_of(changed, initiative("b", "乙乙")), "json")
    tracker.merge([batch], "replace", "import")
    with pytest.raises(Conflict) as caught:
        tracker.undo(2)
    assert "by 4 (import)" in caught.value.sentence


def test_a_history_names_so_many_changes_and_quotes_so_much() -> None:
    for count, is_short in ((20, True), (21, False)):
        own = [step(f"n{at}", f"第{at}项", "2026-12-31") for at in range(count - 1)]
        tracker = ledger(initiative("a", "甲", *own))
        events = [event for event in tracker.history() if event.seq == 1]
        assert (len(events) == count) == is_short
    for length, is_whole in ((60, True), (61, False)):
        tracker = ledger(initiative("a", "甲"))
        tracker.edit("a", {"notes": "注" * length})
        newest = tracker.history()[0]
        assert ("注" * length in newest.what) == is_whole


@pytest.mark.parametrize(
    ("earlier", "day", "doubt"),
    [
        (None, "2026-07-05", "is not done yet"),
        ("2026-07-05", "2026-07-04", "was done on 2026-07-05 only"),
        ("2026-07-05", "2026-07-05", None),
        ("2026-07-05", "2026-07-06", None),
    ],
)
def test_a_step_may_be_done_on_the_day_of_the_one_before_it(
    earlier: str | None, day: str, doubt: str | None
) -> None:
    done = [on(earlier, done=True)] if earlier else []
    first = step("first", "立项", "2026-12-31", *done)
    tracker = ledger(
        initiative("a", "甲", first, step("then", "开工", "2026-12-31", after="a.first"))
    )
    draft = Update(on=date.fromisoformat(day), done=True)
    if doubt is None:
        tracker.report("a.then", draft, None, None)
        return
    with pytest.raises(Doubtful, match=doubt):
        tracker.report("a.then", draft, None, None)


def test_a_correction_names_the_report_that_it_replaces() -> None:
    reports = {
        "n": (figure("n", "改造", "户", on("2026-06-30", 5)), "2026-06-30: 5 户"),
        "m": (step("m", "验收", "2026-12-31", on("2026-06-30", done=True)), "2026-06-30: done"),
        "k": (step("k", "开工", "2026-12-31", on("2026-06-30", done=False)), "30: not done"),
    }
    tracker = ledger(initiative("a", "甲", *(plain for plain, _words in reports.values())))
    for own_id, (_plain, words) in reports.items():
        indicator = tracker.find_indicator(f"a.{own_id}")
        update = choose_corrected_update(indicator, None)
        assert describe_corrected_update(indicator, update).endswith(words)
    empty = ledger(initiative("a", "甲", figure("n", "改造", "户")))
    with pytest.raises(Refused, match="has no report yet"):
        choose_corrected_update(empty.find_indicator("a.n"), None)


def test_a_verdict_is_early_up_to_the_day_of_the_deadline() -> None:
    for deadline, is_early in (("2026-07-09", False), ("2026-07-10", True), ("2026-07-11", True)):
        tracker = ledger(initiative("a", "甲", step("n", "验收", deadline)))
        stored = tracker.give_verdict("a.n", Verdict(on=TODAY, verdict="broken", reason="停工"))
        assert [deadline in remark for remark in stored.remarks] == [True] * is_early


def test_what_is_striven_for_lies_beyond_the_target_on_the_way_there() -> None:
    for op, stretch, sentence in (
        (">=", "1E+1", "10 is striven for, which is less than the target, 100"),
        (">=", "100", None),
        ("<=", "1E+3", "1000 is striven for, which is more than the target, 100"),
        ("<=", "100", None),
        ("<=", "1E+1", None),
    ):
        new = factories.number(op=op, stretch=Decimal(stretch))
        faults = list(find_contradictions_at_admission(None, new, {}, NOWHERE))
        assert faults == ([sentence] if sentence else [])


def test_of_a_line_of_parents_the_one_whose_own_is_missing_is_named() -> None:
    with pytest.raises(InvalidInput) as caught:
        ledger(initiative("a", "甲", parent="b"), initiative("b", "乙", parent="c"))
    assert list(caught.value.candidates) == ['b: parent "c" is not in the ledger']


def test_a_circle_of_so_many_parents_is_shown_whole() -> None:
    for count, way in ((10, "i0 > i1 > i2 > i3 > i4 > i5 > i6 > i7 > i8 > i9 > i0"), (11, None)):
        circle = [initiative(f"i{n}", "甲", parent=f"i{(n + 1) % count}") for n in range(count)]
        with pytest.raises(InvalidInput) as caught:
            ledger(*circle)
        short = "i0 > i1 > i2 > i3 > i4 > … > i6 > i7 > i8 > i9 > i10 > i0"
        assert caught.value.candidates[0].endswith(way or short)


def test_an_increment_of_days_that_are_counted_already_is_refused_with_those_days() -> None:
    may = on("2026-05-31", 5, id="may", period_start="2026-05-01")
    june = on("2026-06-30", 6, id="june")
    own = figure("n", "改造", "户", may, june, accumulation="increment")
    tracker = ledger(initiative("a", "甲", own))
    for day, value, words in (
        (date(2026, 5, 31), "7", r"of 5 户 for 2026-05-01 to 2026-05-31 \(may\)"),
        (date(2026, 6, 30), "6", r"of 6 户 for 2026-06-30 \(june\)"),
    ):
        start = date(2026, 5, 31) if day.month == 5 else None
        with pytest.raises(Refused, match=words):
            tracker.report("a.n", Update(on=day, period_start=start), value, None)


# Papers and reminders


def test_a_brief_gives_the_day_of_the_newest_of_two_decisions() -> None:
    tracker = ledger(initiative("a", "甲", figure("n", "改造", "户")))
    tracker = at(tracker, date(2026, 7, 20))
    for command, state, day in (
        ("suspend", "suspended", date(2026, 7, 12)),
        ("cancel", "cancelled", date(2026, 7, 15)),
    ):
        decision = Decision(on=day, state=state, reason=command)  # type: ignore[arg-type]
        tracker.decide("a.n", decision, command, force=False)
    days = ReportDays(since=date(2026, 7, 11), as_of=date(2026, 7, 20))
    (row,) = rows(tracker, "brief", days, "decided")
    assert (row["decided_on"], row["reason"]) == (date(2026, 7, 15), "suspend; cancel")


def test_a_brief_lists_verdicts_that_are_new_and_reports_that_are_owed() -> None:
    def judged(own_id: str, *verdicts: Plain, **more: Any) -> Plain:  # noqa: ANN401
        return step(own_id, own_id, "2026-06-30", verdicts=[*verdicts], **more)

    kept = on("2026-07-05", verdict="kept", reason="核查")
    tracker = ledger(
        initiative(
            "a",
            "甲",
            judged("new"),
            judged("other", kept),
            judged("same", kept),
            judged("waits", commitment="effort"),
            judged("effort", kept, commitment="effort"),
            figure("owed", "改造", "户"),
            lead="甲局",
        ),
        now=date(2026, 7, 6),
    )
    for own_id, verdict in (("a.new", "kept"), ("a.other", "broken"), ("a.same", "kept")):
        finding = Verdict(on=date(2026, 7, 15), verdict=verdict, reason="复核")  # type: ignore[arg-type]
        at(tracker, date(2026, 7, 15)).give_verdict(own_id, finding)
    tracker = at(tracker, date(2026, 7, 20))
    days = ReportDays(since=date(2026, 7, 11), as_of=date(2026, 7, 20))
    found = [(row["id"], row["verdict"]) for row in rows(tracker, "brief", days, "verdicts")]
    assert found == [("a.new", "kept"), ("a.other", "broken")]
    assert [row["id"] for row in rows(tracker, "brief", days, "awaiting")] == ["a.waits"]
    owed = rows(tracker, "brief", days, "unreported")[-1]
    assert (owed["id"], owed["cycle"], owed["owed"]) == ("a.owed", "monthly", 6)
    assert owed["first_owed"] == date(2026, 1, 31)


def test_a_brief_puts_the_longest_overdue_first_then_the_widest_gap() -> None:
    def behind(own_id: str, *updates: Plain, **more: Any) -> Plain:  # noqa: ANN401
        return figure(own_id, own_id, "户", *updates, start="2026-01-01", **more)

    tracker = ledger(
        initiative(
            "a",
            "甲",
            behind("behind", on("2026-06-30", 10)),
            behind("far-behind", on("2026-06-30", 5)),
            step("late", "late", "2026-07-09"),
            step("later", "later", "2026-06-30"),
            step("due", "due", "2026-07-10"),
            step(
                "closed",
                "closed",
                "2026-06-01",
                decisions=[on("2026-07-01", state="closed", reason="不做了")],
            ),
        )
    )
    urgent = [row["id"] for row in rows(tracker, "brief", ReportDays(), "urgent")]
    assert urgent == ["a.later", "a.late", "a.far-behind", "a.behind"]


def test_a_score_of_0_comes_after_a_small_one_and_before_none() -> None:
    def promises(count: int, missed: int) -> list[Plain]:
        return [
            step(f"n{n}", f"第{n}项", "2026-06-30" if n < missed else "2026-12-31")
            for n in range(count)
        ]

    met = [step(f"met{n}", f"完成{n}", "2026-06-30", on("2026-05-31", done=True)) for n in range(3)]
    tracker = ledger(
        initiative("a", "甲", *promises(3, 3), lead="甲局"),
        initiative("b", "乙", *met, *promises(8, 8), lead="乙局"),
        initiative("c", "丙", step("new", "开工", "2026-12-31", start="2026-07-01"), lead="丙局"),
    )
    board = rows(tracker, "scoreboard", ReportDays(since=date(2026, 1, 1)), "scoreboard")
    assert [(row["lead"], row["score"]) for row in board] == [
        ("乙局", Decimal("0.4")),  # 60 × 3 ÷ 11 − 2 × 8
        ("甲局", Decimal(0)),
        ("丙局", None),
    ]


def test_a_step_on_the_last_day_asked_about_is_foreseen_and_one_of_today_is_not() -> None:
    tracker = ledger(
        initiative("a", "甲", figure("n", "改造", "户", start="2026-07-01"), lead="甲局")
    )
    settings = PlanSettings(book=PlanAddressBook(leads={}, only=("stdout:",)), only=("unreported",))
    for until, count in ((date(2026, 7, 31), 0), (date(2026, 8, 1), 1), (date(2026, 8, 2), 1)):
        found = service.forecast_service_reminders(tracker, until, ALL, NOW, settings)
        assert len(found) == count
    today = at(tracker, date(2026, 8, 1))
    plan = service.plan_service_reminders(today, ALL, NOW, settings)
    service.send_reminders(
        today, plan, lambda _digest: None, lambda: today.now, timedelta(minutes=15)
    )
    assert service.forecast_service_reminders(today, date(2026, 8, 31), ALL, NOW, settings) == []


@pytest.mark.parametrize(
    ("day", "until", "steps"),
    [
        ("2026-07-23", "2026-07-30", ["before-7", "before-1"]),
        ("2026-07-24", "2026-07-30", ["before-1"]),
        ("2026-07-24", "2026-07-29", []),
    ],
)
def test_a_step_of_a_recurring_promise_is_foreseen_from_tomorrow_to_the_last_day(
    day: str, until: str, steps: list[str]
) -> None:
    monthly = step("n", "巡查", None, recurs="month", start="2026-07-01")
    tracker = ledger(initiative("a", "甲", monthly, lead="甲局"), now=date.fromisoformat(day))
    settings = PlanSettings(book=PlanAddressBook(leads={}, only=("stdout:",)), only=("before",))
    plan = service.plan_service_reminders(tracker, ALL, NOW, settings)
    service.send_reminders(
        tracker, plan, lambda _digest: None, lambda: tracker.now, timedelta(minutes=15)
    )
    last = date.fromisoformat(until)
    found = service.forecast_service_reminders(tracker, last, ALL, NOW, settings)
    assert [each.step for each in found] == steps


def test_a_backup_of_nothing_begins_at_0() -> None:
    backup = compose_journal_backup([])
    assert read_journal_backup(backup) == []
    assert b'"seq":0,' in backup


# Briefs of successive months


def make_brief(tracker: Tracker, day: date) -> dict[str, Any]:
    """Return the counts, and the ids by table, of the brief of last month made on a day."""
    period = parse_period("last-month", day)
    plan = build.plan_report_build("brief", ReportDays(period=period), day)
    sheet = build.build_report(plan, at(tracker, day), ALL, ReportSettings())
    tables: dict[str, list[str]] = {}
    for row in sheet.items:
        if "id" in row:
            tables.setdefault(row["table"], []).append(row["id"])
    counts: dict[str, Any] = sheet.beside["counts"]
    return counts | {"tables": tables, "days": sheet.beside}


def test_each_brief_goes_on_from_the_one_before() -> None:
    tracker = Tracker(MemoryStore(), now=datetime(2026, 1, 5, 9, tzinfo=UTC), author="王")
    tracker.make()
    first = make_brief(tracker, date(2026, 1, 5))
    assert (first["now"]["indicators"], first["then"]["indicators"], first["tables"]) == (0, 0, {})
    enter(
        at(tracker, date(2026, 1, 20)),
        document("plan", "报告", "2026-01-10"),
        initiative(
            "a", "甲", figure("n", "改造", "户"), figure("m", "建成", "座"), sources=[of("plan")]
        ),
    )
    # Each month's figure is entered on the 3rd of the next; that of March three weeks late.
    for entered, on_day, value in (
        (date(2026, 2, 3), date(2026, 1, 31), "10"),
        (date(2026, 3, 3), date(2026, 2, 28), "16"),
        (date(2026, 4, 24), date(2026, 3, 31), "26"),
        (date(2026, 5, 3), date(2026, 4, 30), "34"),
    ):
        at(tracker, entered).report("a.n", Update(on=on_day), value, None)
    days = [date(2026, month, 5) for month in range(1, 7)]
    briefs = [make_brief(tracker, day) for day in days]
    for day, earlier, later in zip(days[1:], briefs, briefs[1:], strict=False):
        assert earlier["now"] == later["then"], day
    assert briefs[1]["tables"]["new"] == ["a.n", "a.m"]
    assert briefs[1]["then"]["indicators"] == 0
    assert all("recovered" not in brief["tables"] for brief in briefs[:3])
    assert briefs[3]["days"]["then_known_on"] == date(2026, 3, 5)


def test_a_brief_lists_an_effort_once_its_deadline_day_has_ended() -> None:
    efforts = [
        step(f"n{day}", "推进", f"2026-07-{day:02}", commitment="effort") for day in (8, 9, 10)
    ]
    tracker = ledger(initiative("a", "甲", *efforts))
    days = ReportDays(since=date(2026, 7, 1), as_of=TODAY)
    assert [row["id"] for row in rows(tracker, "brief", days, "awaiting")] == ["a.n8", "a.n9"]


@pytest.mark.parametrize("late", [0, 1, 30])
def test_both_days_of_a_brief_are_known_equally_late(late: int) -> None:
    as_of = date(2026, 6, 30)
    plan = build.plan_report_build(
        "brief", ReportDays(since=date(2026, 6, 1), as_of=as_of), as_of + late * DAY
    )
    assert plan.then == When(as_of=date(2026, 5, 31), known_on=date(2026, 5, 31) + late * DAY)
    asked = ReportDays(since=date(2026, 6, 1), as_of=as_of, known_then=date(2026, 6, 9))
    given = build.plan_report_build("brief", asked, as_of + late * DAY)
    assert given.then == When(as_of=date(2026, 5, 31), known_on=date(2026, 6, 9))


def test_the_newest_report_is_named_where_none_of_a_day_can_be_corrected() -> None:
    reports = [
        on("2026-06-30", 5, id="b"),
        on("2026-03-31", 4, id="a"),
        on("2026-06-30", 6, id="c"),
    ]
    tracker = ledger(initiative("a", "甲", figure("n", "改造", "户", *reports)))
    indicator = tracker.find_indicator("a.n")
    with pytest.raises(Refused, match=r"the newest is of 2026-06-30"):
        choose_corrected_update(indicator, date(2026, 6, 29))
    assert choose_corrected_update(indicator, None).value == 6
    assert choose_corrected_update(indicator, date(2026, 3, 31)).value == 4


def test_a_digest_puts_the_longest_overdue_first_then_what_is_due_then_what_is_owed() -> None:
    def due(own_id: str, day: str) -> Plain:
        return step(own_id, own_id, day, start="2026-07-01")

    tracker = ledger(
        initiative(
            "a",
            "甲",
            due("soon", "2026-07-17"),
            due("late", "2026-07-06"),
            due("sooner", "2026-07-11"),
            due("later", "2026-06-29"),
            due("today", "2026-07-10"),
            figure("owed", "丙", "户", start="2026-05-15"),
            figure("long-owed", "丁", "户", start="2026-03-15"),
            lead="甲局",
        ),
        now=date(2026, 7, 10),
    )
    settings = PlanSettings(book=PlanAddressBook(leads={}, only=("stdout:",)))
    plan = service.plan_service_reminders(tracker, ALL, NOW, settings)
    (digest,) = plan.digests
    assert isinstance(digest.lines, tuple)
    deadlines = [line.id for line in digest.lines if line.rule != "unreported"]
    assert deadlines == ["a.later", "a.late", "a.today", "a.sooner", "a.soon"]
    assert [line.rule for line in digest.lines[5:]] == ["unreported"] * (len(digest.lines) - 5)
    owed = {line.id: (line.owed, line.first_owed) for line in digest.lines[5:]}
    assert owed["a.owed"] == (2, date(2026, 5, 31))
    assert owed["a.long-owed"] == (4, date(2026, 3, 31))


def test_what_reaches_nobody_is_counted_by_its_lead() -> None:
    tracker = ledger(
        initiative(
            "a", "甲", *(step(f"n{n}", "验收", "2026-07-11") for n in range(3)), lead="甲局"
        ),
        initiative("b", "乙", step("n", "验收", "2026-07-11")),
    )
    settings = PlanSettings(book=PlanAddressBook(leads={}), only=("before",))
    plan = service.plan_service_reminders(tracker, ALL, NOW, settings, lists_unaddressed=True)
    assert plan.without_address == {"甲局": 3, None: 1}
    assert [line.id for line in plan.unaddressed] == ["a.n0", "a.n1", "a.n2", "b.n"]


def test_the_shares_of_a_scoreboard_have_one_place() -> None:
    known = datetime(2026, 5, 2, tzinfo=UTC).isoformat()
    april = on("2026-04-30", 5, id="u", recorded_at=known)
    own = figure("n", "改造", "户", april, start="2026-03-15", recorded_at=known)
    steps = [
        step(f"n{n}", "验收", "2026-06-30", *done, start="2026-07-01")
        for n, done in enumerate(([on("2026-06-30", done=True)], [], []))
    ]
    tracker = ledger(initiative("a", "甲", own, *steps, lead="甲局"))
    (row,) = rows(tracker, "scoreboard", ReportDays(since=date(2026, 1, 1)), "scoreboard")
    third = Decimal("33.3")
    assert (row["reports_in_time"], row["reports"], row["share_on_time"]) == (1, 3, third)
    assert row["share_met"] == third


def test_leads_with_the_same_score_have_the_same_rank() -> None:
    met = [step(f"met{n}", f"完成{n}", "2026-06-30", on("2026-05-31", done=True)) for n in range(2)]
    missed = step("missed", "未完成", "2026-06-30")
    tracker = ledger(
        initiative("a", "甲", *met, lead="甲局"),
        initiative("b", "乙", *met, lead="乙局"),
        initiative("c", "丙", *met, missed, lead="丙局"),
    )
    board = rows(tracker, "scoreboard", ReportDays(since=date(2026, 1, 1)), "scoreboard")
    assert [(row["lead"], row["rank"]) for row in board] == [("乙局", 1), ("甲局", 1), ("丙局", 3)]


def test_only_promises_are_counted_as_met_in_time() -> None:
    def met(own_id: str, day: str, **more: Any) -> Plain:  # noqa: ANN401
        return step(own_id, own_id, "2026-06-30", on(day, done=True), **more)

    tracker = ledger(
        initiative(
            "a",
            "甲",
            met("early", "2026-06-30"),
            met("late", "2026-07-01"),
            met("early-vision", "2026-06-30", commitment="vision"),
            met("late-vision", "2026-07-01", commitment="vision"),
            lead="甲局",
        ),
        initiative("b", "乙", met("vision", "2026-06-30", commitment="vision"), lead="乙局"),
    )
    (row,) = rows(tracker, "scoreboard", ReportDays(since=date(2026, 1, 1)), "scoreboard")
    assert (row["met_in_time"], row["met_late"], row["promises"]) == (1, 1, 2)


def test_a_verdict_of_one_lead_is_counted_in_the_scoreboard_of_all() -> None:
    kept = on("2026-07-05", verdict="kept", reason="核查")
    tracker = ledger(
        initiative("a", "甲", step("n", "验收", "2026-06-30", verdicts=[kept]), lead="甲局"),
        initiative("b", "乙", step("n", "验收", "2026-06-30"), lead="乙局"),
        initiative("c", "丙", step("n", "验收", "2026-06-30")),
    )
    plan = build.plan_report_build("scoreboard", ReportDays(), tracker.today)
    board = build.build_report(plan, tracker, ALL, ReportSettings())
    facts = dict(board.facts)
    assert (facts["leads"], facts["with a score"], facts["promises"]) == (2, 2, 3)
    assert "at several leads" not in facts
    assert facts["rule of the score"].startswith("(60 × share met in time + 40 ×")  # type: ignore[union-attr]
    shown = {column.key for table in board.tables for column in table.columns if column.brief}
    assert shown & {*VERDICT_COUNTS} == {"verdict_kept"}


@pytest.mark.parametrize(
    ("known", "deadlines", "taken"),
    [
        ("2025-06-30", [], True),
        ("2025-06-30", ["2027-12-31"], True),
        ("2025-06-30", ["2027-12-30"], False),
        ("2025-06-30", ["2027-12-31", "2027-12-30"], False),
    ],
)
def test_only_what_is_new_in_a_record_is_held_against_its_wording(
    known: str,
    deadlines: list[str],
    taken: bool,  # noqa: FBT001
) -> None:
    old = factories.number(
        id="a.n", deadline=Deadline(on=date.fromisoformat(known), wording="2025年底")
    )
    revisions = [
        Revision(
            id=f"r{at}",
            on=date(2026, 2, at + 1),
            deadline=Deadline(on=date.fromisoformat(day), wording="2027年底", basis="stated"),
        )
        for at, day in enumerate(deadlines)
    ]
    new = replace(old, revisions=revisions)
    faults = list(find_contradictions_at_admission(old, new, {}, NOWHERE))
    assert (not faults) == taken
    # All of what is new in the ledger is looked at.
    assert list(find_contradictions_at_admission(None, new, {}, NOWHERE))
