"""What leaves the office: its numbers, its days, and that every form of it says the same.

``TRACKER_GOLDEN=write pytest tests/reports`` writes the golden files anew; read
the difference before committing it.
"""

import csv
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any, TypeGuard
from zipfile import ZipFile

import docx
import msgspec
import openpyxl
import pytest
from docx.shared import Cm
from factories import Plain, document, enter, figure, file_of, initiative, of, on, said, step
from hostile import TEXTS as HOSTILE
from hypothesis import given, settings
from hypothesis import strategies as st
from office import convert_file
from places import GOLDEN
from tables import PIPE, render, sheet_of, table_of

from tracker.assessment.obligations import Punctuality
from tracker.assessment.rollup import Rollup, merge_rollups
from tracker.cli.app import run_app
from tracker.cli.context import CommandContext
from tracker.cli.file_output import check_file_output, write_file_output
from tracker.errors import Conflict, InvalidInput
from tracker.ledger.ledger import Tracker
from tracker.model.filters import ALL, Filter
from tracker.model.periods import Period
from tracker.model.records import Deadline, Indicator, Initiative
from tracker.model.workdays import WorkCalendar
from tracker.output import cells, rendering
from tracker.output.cells import format_cell, format_cell_for_programs, list_brief_columns
from tracker.output.formats.xlsx import MOST_ROWS
from tracker.output.model import Column, Printed, Sheet, Table, Value, get_plain_value_of_output
from tracker.output.worksheets import MOST_UNITS
from tracker.reports import brief as brief_report
from tracker.reports import build
from tracker.reports import form as form_report
from tracker.reports import ledger as ledger_report
from tracker.reports import notices as notices_report
from tracker.reports import scoreboard as scoreboard_report
from tracker.reports.build import REPORT_KINDS, ReportDays, ReportKind, ReportSettings
from tracker.reports.notices import find_notice_answer_day
from tracker.reports.scoreboard import LeadResults, compute_scoreboard_score
from tracker.storage.open_store import open_store
from tracker.system.text import escape_hidden_text, measure_text_width

EXPECTED = GOLDEN / "papers"
TODAY = date(2026, 7, 10)
JUNE = ReportDays(period=Period(date(2026, 6, 1), date(2026, 6, 30)))
TERMS = ReportSettings(contact="督查室 王芳 0531-12345678")

DOCUMENTS = (
    document("plan", "工作报告", "2026-01-09"),
    document("june", "六月通报", "2026-06-12"),
    document("late", "半年小结", "2026-07-05"),
)
PROGRAMME = (
    *DOCUMENTS,
    initiative(
        "pipes",
        "老旧管网改造",
        figure(
            "km",
            "改造长度",
            "公里",
            on("2026-05-31", 30),
            on("2026-06-30", 62.1, note="一标段"),
            deadline={"on": "2026-12-31", "wording": "年底前", "basis": "derived"},
            source=of("plan", "第1段"),
        ),
        figure(
            "leaks",
            "漏损率",
            "%",
            on("2026-05-31", 10),
            on("2026-06-29", 12),
            baseline=12,
            target=8,
            accumulation="level",
            source=of("plan"),
        ),
        figure(
            "meters",
            "智能水表",
            "万只",
            on("2026-06-25", 0.4, status="final"),
            target=2,
            start="2026-06-01",
            source=of("plan"),
        ),
        category="民生",
        place="济南市",
        lead="水务局",
        support=["财政局", "住建局"],
        sources=[of("plan", "第1段")],
    ),
    initiative(
        "roads",
        "道路",
        step("begun", "开工", "2026-06-10"),
        step("done", "竣工", "2026-06-20", on("2026-06-15", done=True)),
        step(
            "second",
            "二期",
            "2026-06-25",
            revisions=[on("2026-06-05", deadline={"on": "2026-09-30"}, reason="雨季")],
        ),
        step(
            "third",
            "三期",
            "2026-12-31",
            decisions=[on("2026-06-02", state="suspended", reason="资金")],
        ),
        step(
            "lamps",
            "路灯",
            "2026-12-31",
            on("2026-05-02", done=True),
            on("2026-06-18", done=False, note="返工"),
        ),
        lead="城管局",
        sources=[of("plan")],
    ),
    initiative(
        "trees",
        "植树",
        step("planted", "栽植", "2026-05-10", on("2026-05-20", done=True), start=None),
        sources=[of("plan")],
        decisions=[on("2026-06-03", state="closed", reason="验收合格")],
    ),
    initiative(
        "schools",
        "学校",
        step("site", "选址", "2026-06-15", start=None, source=of("june")),
        said(id="pupils", name="在校生", unit="人", source=of("june")),
        step(
            "survey",
            "摸底",
            None,
            on("2026-06-11", done=True, source=of("late")),
            start=None,
            source=of("june"),
        ),
        sources=[of("june")],
    ),
)


def ledger_of(*records: Plain, now: date = date(2026, 8, 31)) -> Tracker:
    """Return a ledger into which everything was entered on its own day, as it is at ``now``."""
    moment = datetime(now.year, now.month, now.day, tzinfo=UTC)
    tracker = Tracker(open_store("memory:"), now=moment, author="王")
    return enter(tracker, *(date_entries(each) for each in records))


def date_entries(record: Plain) -> Plain:
    """Return a record with its entries recorded on their day, where nothing else is said."""
    dated = dict(record)
    for name in ("updates", "revisions", "decisions"):
        if name in dated:
            dated[name] = [
                {"recorded_at": f"{each['on']}T00:00:00Z"} | each for each in dated[name]
            ]
    if "indicators" in dated:
        dated["indicators"] = [date_entries(each) for each in dated["indicators"]]
    return dated


@pytest.fixture(scope="module")
def ledger() -> Tracker:
    return ledger_of(*PROGRAMME)


def made(
    tracker: Tracker,
    kind: str,
    asked: ReportDays = JUNE,
    where: Filter = ALL,
    terms: ReportSettings = TERMS,
) -> Sheet:
    plan = build.plan_report_build(kind, asked, TODAY)
    return build.build_report(plan, tracker, where, terms)


def rows(sheet: Sheet, key: str) -> list[dict[str, Any]]:
    return [each for each in sheet.items if each["table"] == key]


def ids(sheet: Sheet, key: str) -> list[str]:
    return [each["id"].partition(".")[2] for each in rows(sheet, key)]


# The days of a report


def test_a_brief_compares_with_what_was_known_the_day_before() -> None:
    plan = build.plan_report_build("brief", ReportDays(), TODAY)
    assert (plan.since, plan.when.as_of) == (date(2026, 7, 1), TODAY)
    assert plan.then is not None
    assert plan.then.as_of == plan.then.known_on == date(2026, 6, 30)
    later = build.plan_report_build("brief", ReportDays(known_then=date(2026, 7, 5)), TODAY).then
    assert later is not None
    assert later.known_on == date(2026, 7, 5)
    known = build.plan_report_build("brief", ReportDays(known_on=date(2026, 6, 3)), TODAY).then
    assert known is not None
    assert known.known_on == date(2026, 6, 3)
    assert build.plan_report_build("scoreboard", ReportDays(), TODAY).since == date(2026, 1, 1)
    assert build.plan_report_build("ledger", JUNE, TODAY).since is None


@pytest.mark.parametrize(
    ("kind", "asked", "sentence"),
    [
        ("ledger", ReportDays(since=date(2026, 6, 1)), "ledger is about one day"),
        ("scoreboard", ReportDays(known_then=TODAY), "scoreboard compares nothing"),
        ("brief", ReportDays(since=date.min), "There is no day before 0001-01-01"),
        (
            "brief",
            ReportDays(known_then=TODAY, known_on=date(2026, 7, 1)),
            "allowed: up to 2026-07-01",
        ),
        ("columns", ReportDays(), "choose one of: brief, form, ledger, notices, scoreboard"),
    ],
)
def test_days_that_do_not_fit_a_report_are_refused(
    kind: str, asked: ReportDays, sentence: str
) -> None:
    with pytest.raises(InvalidInput, match=sentence):
        build.plan_report_build(kind, asked, TODAY)


# The brief


def test_what_was_entered_on_the_first_day_of_a_ledger_did_not_turn_good_in_its_first_brief() -> (
    None
):
    reported = [on("2026-05-31", 90), on("2026-06-30", 95)]
    pipes = [
        document("plan", "工作报告", "2026-01-09"),
        initiative("pipes", "管网", figure("km", "长度", "公里", *reported), sources=[of("plan")]),
    ]
    begun = date(2026, 7, 4)
    new = enter(Tracker(open_store("memory:"), now=at_nine(begun), author="王"), *pipes)
    brief = made(new, "brief")
    assert brief.beside["then_known_on"] == begun
    assert ids(brief, "recovered") == []
    counts = brief.beside["counts"]
    assert (counts["then"]["green"], counts["now"]["green"]) == (1, 1)
    # What a person says stays as it is, and a ledger that was there then needs no more.
    said_so = made(new, "brief", JUNE._replace(known_then=date(2026, 6, 9)))
    assert ids(said_so, "recovered") == ["km"]
    early = initiative("pipes", "管网", figure("km", "长度", "公里", reported[0]))
    old = enter(Tracker(open_store("memory:"), now=at_nine(date(2026, 6, 10)), author="王"), early)
    assert made(old, "brief").beside["then_known_on"] == date(2026, 6, 10)
    empty = enter(Tracker(open_store("memory:"), now=at_nine(begun), author="王"))
    assert made(empty, "brief").beside["then_known_on"] == date(2026, 6, 10)


def at_nine(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 9, tzinfo=UTC)


def test_a_brief_tells_what_became_of_each_indicator(ledger: Tracker) -> None:
    brief = made(ledger, "brief")
    assert ids(brief, "turned") == ["leaks", "begun"]
    assert ids(brief, "recovered") == ["km", "done"]
    assert ids(brief, "other_lights") == ["meters", "second"]
    assert ids(brief, "decided") == ["third", "planted"]
    assert ids(brief, "new") == ["site"]
    assert ids(brief, "new_reported") == ["pupils", "survey"]
    assert ids(brief, "met") == ["done"]
    assert ids(brief, "unmet") == ["lamps"]
    assert ids(brief, "revised") == ["second"]
    (revised,) = rows(brief, "revised")
    assert revised["deadline_then"] == date(2026, 6, 25)
    assert revised["deadline"] == date(2026, 9, 30)
    assert (revised["decided_on"], revised["reason"]) == (date(2026, 6, 5), "雨季")
    closed = rows(brief, "decided")[1]
    assert (closed["state_then"], closed["state"], closed["reason"]) == (
        "active",
        "closed",
        "验收合格",
    )
    late = [each["light_then"] + each["light"] for each in rows(brief, "turned")]
    assert late == ["greenred", "yellowred"]


def test_what_became_known_after_the_day_does_not_count_if_so_asked(ledger: Tracker) -> None:
    by_june = JUNE._replace(known_on=date(2026, 6, 30))
    assert made(ledger, "brief", by_june).beside["then_known_on"] == date(2026, 5, 31)
    assert made(ledger, "brief").beside["then_known_on"] == date(2026, 6, 10)
    assert ids(made(ledger, "brief"), "new_reported") == ["pupils", "survey"]


def test_a_brief_of_a_part_is_about_the_same_indicators_then(ledger: Tracker) -> None:
    red = made(ledger, "brief", where=Filter(light="red"))
    counts: Any = red.beside["counts"]
    assert counts["now"]["indicators"] == counts["now"]["red"] == 3
    assert counts["then"]["indicators"] == 2
    assert made(ledger, "brief", where=Filter(place="青岛")).tables[0].key == "counts"
    with pytest.raises(InvalidInput, match="allowed: green, yellow, red, none"):
        made(ledger, "brief", where=Filter(light="blue"))


def test_what_was_counted_last_time_is_counted_again(ledger: Tracker) -> None:
    may = made(ledger, "brief", ReportDays(as_of=date(2026, 5, 31), known_on=date(2026, 5, 31)))
    june = made(ledger, "brief")
    assert june.beside["counts"]["then"] == may.beside["counts"]["now"]


DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31))
UPDATES = st.builds(
    lambda on, value, known: {"on": on, "value": value, "known": known},
    DAYS,
    st.integers(0, 120),
    st.sampled_from(["plan", "june", "late", None]),
)
DECISIONS = st.tuples(DAYS, st.sampled_from(["active", "suspended", "closed", "cancelled"]))
CASES = st.tuples(
    st.lists(UPDATES, max_size=4, unique_by=lambda each: each["on"]),
    st.lists(DECISIONS, max_size=2, unique_by=lambda each: each[0]),
    DAYS,
    DAYS,
)


@settings(max_examples=40)
@given(st.lists(CASES, min_size=1, max_size=4), DAYS, st.integers(0, 90))
def test_counts_then_and_what_changed_are_counts_now(
    cases: list[Any], since: date, length: int
) -> None:
    items = []
    for number, (updates, decisions, deadline, revised) in enumerate(cases):
        source = of("june" if number % 2 else "plan")
        reports_ = [
            on(each["on"], each["value"], source=of(each["known"]) if each["known"] else None)
            for each in updates
        ]
        indicator = figure(
            "n",
            "指标",
            "个",
            *reports_,
            source=source,
            deadline={"on": f"{max(deadline, date(2026, 1, 2))}"},
            decisions=[on(day, state=state) for day, state in decisions],
            revisions=[on(revised, target=50, reason="调")],
        )
        items.append(initiative(f"item-{number}", f"事项{number}", indicator, sources=[source]))
    as_of = date.fromordinal(since.toordinal() + length)
    ledger = ledger_of(*DOCUMENTS, *items, now=date(2027, 12, 31))
    brief = made(ledger, "brief", ReportDays(since=since, as_of=as_of))
    counts: Any = brief.beside["counts"]
    balance = Counter(counts["then"])
    for key in ("turned", "recovered", "other_lights", "decided", "new"):
        for row in rows(brief, key):
            state = row.get("state", "active")
            balance[row["light"] if state == "active" else state] += 1
            if key != "new":
                state = row.get("state_then", "active")
                balance[row["light_then"] if state == "active" else state] -= 1
    parts = ("red", "yellow", "green", "none", "suspended", "closed", "cancelled")
    assert {part: balance[part] for part in parts} == {p: counts["now"][p] for p in parts}
    assert counts["now"]["indicators"] == counts["then"]["indicators"] + len(rows(brief, "new"))
    assert counts["now"]["met"] == counts["then"]["met"] + len(rows(brief, "met")) - len(
        rows(brief, "unmet")
    )
    assert counts["now"]["unreported"] == len(rows(brief, "unreported"))
    for totals in counts.values():
        assert totals["indicators"] == sum(totals[part] for part in parts)


# The ledger, the notices, the scoreboard


def test_the_ledger_has_the_columns_that_an_office_expects(ledger: Tracker) -> None:
    table = made(ledger, "ledger").tables[0]
    shown = [column.key for column in table.columns if column.brief]
    assert " ".join(shown) == (
        "row matter lead target value done expected light deadline latest cited state"
    )
    km = next(row for row in rows(made(ledger, "ledger"), "ledger") if row["id"] == "pipes.km")
    assert km["support"] == ["财政局", "住建局"]
    assert km["latest"] == "2026-06-30: 62.1 公里; 一标段"
    assert km["source"] == "2026-01-09 工作报告 · 第1段"
    sources: Any = made(ledger, "ledger").beside["sources"]
    cited = {each["cited"]: each["source"] for each in sources}
    assert cited[km["cited"]] == km["source"]
    assert km["matter"] == "老旧管网改造 · 改造长度"
    assert (km["value"], km["done"]) == (Decimal("62.1"), Decimal("62.1"))
    active = made(ledger, "ledger", where=Filter(lead="水务局"))
    assert "state" not in [c.key for c in active.tables[0].columns if c.brief]


def test_a_ledger_is_grouped_the_worst_first(ledger: Tracker) -> None:
    def grouped(groups_by: str | None) -> Sheet:
        plan = build.plan_report_build("ledger", JUNE, TODAY)
        plan = build.group_planned_report(plan, groups_by)
        return build.build_report(plan, ledger, ALL, TERMS)

    lights = [each["light"] for each in rows(grouped(None), "ledger") if each["state"] == "active"]
    promised = [light for light in lights if light != "none"]
    assert promised == sorted(promised, key=("red", "yellow", "green").index)
    assert grouped(None).tables[0].groups == []
    for groups_by, titles in {
        "lead": ["城管局", "no lead named", "水务局"],
        "parent": ["道路", "学校", "老旧管网改造", "植树"],
        "light": ["red", "none", "green"],
    }.items():
        table = grouped(groups_by).tables[0]
        assert sorted(group.title for group in table.groups) == sorted(titles)
        assert sum(group.rows for group in table.groups) == len(table.rows)
        shown = str(render(grouped(groups_by), "md", PIPE))
        heads = [line for line in shown.splitlines() if line.startswith("### ")]
        assert heads == [f"### {group.title} ({group.rows})" for group in table.groups]
        assert shown.count("| no. | initiative · indicator |") == len(heads)
    with pytest.raises(InvalidInput, match="allowed: lead, parent, light"):
        grouped("place")
    with pytest.raises(InvalidInput, match="brief has no groups"):
        build.group_planned_report(build.plan_report_build("brief", JUNE, TODAY), "lead")


def test_a_printed_ledger_has_title_groups_borders_and_type_that_can_be_read(
    ledger: Tracker,
) -> None:
    plan = build.plan_report_build("ledger", JUNE, TODAY)
    sheet = build.build_report(build.group_planned_report(plan, "lead"), ledger, ALL, TERMS)
    page = book_of(sheet).worksheets[0]
    assert page["A1"].value == "ledger"
    assert str(page["A2"].value).startswith("as of: 2026-06-30")
    assert page.freeze_panes == "A4"
    assert page.page_setup.orientation == "landscape"
    assert page.print_title_rows == "$3:$3"
    across = sum(page.column_dimensions[cell.column_letter].width for cell in page[3])
    # LibreOffice prints 147 of them across A4 at 7.5 points, and 137 at 8.
    assert across <= 137
    filled = [row for row in page.iter_rows(min_row=4) if row[1].value]
    for row in filled:
        assert {cell.border.bottom.style for cell in row} == {"thin"}
        assert {cell.font.size for cell in row} == {10}
    for at, column in enumerate(c for c in sheet.tables[0].columns if c.brief):
        formats = {row[at].number_format for row in filled if not isinstance(row[at].value, str)}
        assert len(formats - {"General"}) <= 1, column.key
    grouped = [row[0].value for row in page.iter_rows(min_row=4) if not row[1].value]
    assert "城管局 (5)" in grouped
    document = docx.Document(BytesIO(rendering.render_content_for_file(sheet, "docx", PIPE)))
    assert "城管局 (5)" in [row.cells[0].text for row in document.tables[0].rows]
    sizes = {
        run.font.size.pt
        for cell in document.tables[0].rows[2].cells
        for p in cell.paragraphs
        for run in p.runs
    }
    assert sizes == {9}


def test_every_report_has_what_the_protocol_lists() -> None:
    reports: dict[str, ReportKind] = {
        "brief": brief_report,
        "form": form_report,
        "ledger": ledger_report,
        "notices": notices_report,
        "scoreboard": scoreboard_report,
    }
    assert tuple(reports) == REPORT_KINDS
    kinds = {key: (each.COVERS, each.COMPARES, each.RANKS) for key, each in reports.items()}
    assert kinds == {
        "brief": ("month", True, False),
        "form": ("month", False, False),
        "ledger": (None, False, False),
        "notices": (None, False, True),
        "scoreboard": ("year", False, False),
    }
    assert [key for key, each in reports.items() if each.ASKS] == ["form"]


READ_KINDS = [kind for kind in REPORT_KINDS if kind != "form"]
"""Reports that are read; what is filled in has tests of its own."""


@pytest.mark.parametrize("kind", READ_KINDS)
def test_every_column_says_what_it_means(ledger: Tracker, kind: str) -> None:
    for table in made(ledger, kind).tables:
        assert all(column.meaning for column in table.columns), table.key
        assert re.fullmatch("[a-z0-9_-]+", table.key)


def test_a_notice_for_each_lead_without_a_number_where_no_paper_is_issued(ledger: Tracker) -> None:
    notices = made(ledger, "notices", ReportDays(as_of=date(2026, 12, 31)))
    overview = rows(notices, "overview")
    assert [each["lead"] for each in overview] == ["城管局", "水务局"]
    assert [each["step"] for each in overview] == ["red", "yellow"]
    # No national calendar says yet which days are worked then.
    wider = ReportDays(as_of=date(2099, 1, 5))
    plan = build.plan_report_build("notices", wider, date(2099, 2, 1))
    both = build.build_report(plan, ledger, ALL, TERMS)
    numbers = {each["lead"]: each["number"] for each in rows(both, "overview")}
    assert numbers == {"城管局": None, "水务局": None}
    assert next(column.key for column in both.tables[0].columns if column.brief) == "lead"
    part = build.build_report(plan, ledger, Filter(text="漏损"), TERMS)
    facts = dict(part.tables[1].facts)
    assert facts["left out"] == "2 more belong here; the filters leave them out"
    assert facts["contact"] == TERMS.contact
    assert "2099-01-12" in str(facts["asked"])
    assert "holidays" in str(facts["working days"])
    assert both.tables[-1].title == "no lead named"
    assert "tracker edit ID --lead NAME" in str(dict(both.tables[-1].facts)["asked"])
    assert all(each.page for each in both.tables[1:])


def test_each_of_several_leads_has_a_notice_and_a_score() -> None:
    ledger = ledger_of(*PROGRAMME)
    days = ReportDays(as_of=date(2026, 12, 31))

    def count_by_lead(kind: str, where: Filter = ALL) -> dict[str, int]:
        plan = build.plan_report_build(kind, days, date(2026, 12, 31))
        sheet = build.build_report(plan, ledger, where, TERMS)
        table = "overview" if kind == "notices" else kind
        return {each["lead"]: each["indicators"] for each in rows(sheet, table)}

    notices, scores = count_by_lead("notices"), count_by_lead("scoreboard")
    total: Any = dict(made(ledger, "notices", days).facts)["indicators"]
    deadline = Deadline(on=date(2026, 6, 30))
    ledger.add(Initiative(id="joint", name="背街小巷", lead="水务局、城管局", support=["园林局"]))
    ledger.add(Indicator(id="joint.km", name="里程", target=Decimal(5), deadline=deadline))
    for before, after in (
        (notices, count_by_lead("notices")),
        (scores, count_by_lead("scoreboard")),
    ):
        for lead in ("水务局", "城管局"):
            assert after[lead] == before.get(lead, 0) + 1
    facts = dict(made(ledger, "notices", days).facts)
    assert facts["in more than one notice"] == 1
    assert facts["indicators"] == total + 1
    for kind in ("notices", "scoreboard"):
        assert list(count_by_lead(kind, Filter(lead="水务"))) == ["水务局"]
        # A supporting body fits the filter too; the notice goes to the leads all the same.
        assert set(count_by_lead(kind, Filter(lead="园林"))) == {"水务局", "城管局"}


def test_on_a_terminal_a_notice_says_what_is_asked_above_its_rows(ledger: Tracker) -> None:
    wide = cells.Canvas(width=240, colour=False)
    shown = str(render(made(ledger, "notices", ReportDays(as_of=TODAY)), "table", wide))
    _before, notice = shown.split("\n\n城管局\n")
    asked, table = notice.split("\n\n")[:2]
    assert "\nasked       Report by 2026-07-17 what has been done" in asked
    assert "\ncontact     督查室 王芳 0531-12345678" in asked
    assert table.startswith("no.  step               initiative  indicator")


def test_a_notice_is_answered_within_working_days() -> None:
    friday = date(2026, 7, 10)
    assert find_notice_answer_day(friday, 0, WorkCalendar()) == friday
    assert find_notice_answer_day(friday, 1, WorkCalendar()) == date(2026, 7, 13)
    assert find_notice_answer_day(friday, 5, WorkCalendar([date(2026, 7, 14)])) == date(2026, 7, 20)
    assert find_notice_answer_day(date.max, 5, WorkCalendar()) == date.max


def record(**changes: Any) -> LeadResults:  # noqa: ANN401  # any field
    counts = merge_rollups()._replace(indicators=9, promises=9, met=5, overdue=1)
    counts = counts._replace(**{key: changes.pop(key) for key in {*changes} & {*Rollup._fields}})
    return LeadResults("水务局", counts, 3, 1, Punctuality(3, 4))._replace(**changes)


@pytest.mark.parametrize(
    ("changes", "terms", "points"),
    [
        ({}, {}, "64.0"),  # (60 × 60 % + 40 × 75 %) ÷ 100 − 2
        ({"punctuality": Punctuality(0, 0)}, {}, "58.0"),
        ({"met_in_time": 0, "met_late": 0, "overdue": 0}, {}, "75.0"),
        (
            {"met_in_time": 0, "met_late": 0, "overdue": 0, "punctuality": Punctuality(0, 0)},
            {},
            None,
        ),
        ({"lead": None}, {}, None),
        ({"overdue": 0, "closed_unmet": 1}, {}, "64.0"),
        # A verdict counts instead of the figures, and one of broken as what was missed.
        ({"overdue": 0, "verdict_broken": 1}, {}, "64.0"),
        ({"overdue": 0, "verdict_partly": 1}, {}, "66.0"),
        ({"met_in_time": 2, "verdict_kept": 1}, {}, "64.0"),
        ({"verdict_unclear": 5, "awaiting_verdict": 5}, {}, "64.0"),
        ({"overdue": 90}, {}, "0.0"),
        ({}, {"score_met": 0, "score_overdue": 0}, "75.0"),
        ({}, {"score_met": 0, "score_on_time": 0}, None),
    ],
)
def test_a_score_and_where_there_is_none(
    changes: dict[str, Any], terms: dict[str, Any], points: str | None
) -> None:
    found = compute_scoreboard_score(record(**changes), ReportSettings(**terms))
    assert found == (None if points is None else Decimal(points))


def test_a_scoreboard_ranks_the_leads_and_prints_its_rule(ledger: Tracker) -> None:
    asked = ReportDays(since=date(2026, 5, 1), as_of=date(2026, 7, 10))
    board = made(ledger, "scoreboard", asked)
    assert [each["rank"] for each in rows(board, "scoreboard")] == [1, 2, None]
    water, roads, nobody = rows(board, "scoreboard")
    assert (water["lead"], roads["lead"], nobody["lead"]) == ("水务局", "城管局", "no lead named")
    # May and June of km and leaks, June of meters: they are reported in their own month.
    assert (water["reports_in_time"], water["reports"], water["score"]) == (5, 5, Decimal("100.0"))
    assert (roads["met_in_time"], roads["met_late"], roads["overdue"]) == (1, 0, 1)
    assert (nobody["met"], nobody["met_late"], nobody["score"]) == (1, 1, None)
    assert (nobody["indicators"], nobody["promises"]) == (4, 2)
    assert "60 × share met in time + 40 × share of reports in time" in str(dict(board.facts))
    assert "10 days after" in str(dict(board.facts))


CLOSED = [
    on("2026-04-05", state="closed", reason="不做了"),
    on("2026-04-20", state="active", reason="再做"),
    on("2026-05-15", state="closed", reason="不做了"),
    on("2026-05-16", state="closed", reason="仍不做"),
]
TAKEN_BACK = [
    on("2026-04-05", id="slip", state="closed", reason="误录"),
    on("2026-04-06", voids="slip", reason="误录"),
]
AFTERWARDS = [on("2026-06-02", state="closed", reason="了结")]


@pytest.mark.parametrize(
    ("own", "above", "overdue", "unmet", "reports"),
    [
        ([], [], 1, 0, 6),
        (TAKEN_BACK, [], 1, 0, 6),
        ([*TAKEN_BACK, CLOSED[2]], [], 0, 1, 5),
        (CLOSED, [], 0, 1, 5),
        (CLOSED, AFTERWARDS, 0, 1, 5),
    ],
)
def test_to_close_what_was_missed_makes_no_score_better(
    own: list[Plain], above: list[Plain], overdue: int, unmet: int, reports: int
) -> None:
    march = {"on": "2026-03-31"}
    length = figure("length", "修缮长度", "米", on("2026-01-31", 5), deadline=march, decisions=own)
    gate = step("gate", "城门", march["on"], on("2026-01-20", done=True))
    walls = {"lead": "文旅局", "sources": [of("plan")], "decisions": above}
    plan = document("plan", "计划", "2026-01-01")
    ledger = ledger_of(plan, initiative("walls", "城墙", length, gate, **walls))
    board = made(ledger, "scoreboard", ReportDays(since=date(2026, 1, 1), as_of=date(2026, 7, 10)))
    (found,) = rows(board, "scoreboard")
    assert (found["overdue"], found["closed_unmet"]) == (overdue, unmet)
    assert (found["met_in_time"], found["share_met"]) == (1, Decimal("50.0"))
    # Of the gate one; of the walls January to May, or to April where they were closed in May.
    assert (found["reports_in_time"], found["reports"]) == (2, reports)
    assert found["score"] <= Decimal("44.0")


@pytest.mark.parametrize(
    ("kind", "stays"),
    [
        ("brief", {"initiative", "indicator", "light"}),
        ("ledger", {"initiative · indicator", "lead", "light", "deadline"}),
        ("notices", {"initiative", "indicator", "deadline", "days late"}),
        ("scoreboard", {"rank", "lead", "promises", "overdue", "score"}),
    ],
)
@pytest.mark.parametrize("width", [60, 80])
def test_a_narrow_terminal_shows_of_a_report_what_matters_most(
    ledger: Tracker, kind: str, stays: set[str], width: int
) -> None:
    drawn = str(render(made(ledger, kind), "table", cells.Canvas(width=width, colour=False)))
    assert max(map(measure_text_width, drawn.splitlines())) <= width
    sentences = re.findall(r"No room here for: ((?:.+\n?)+)", drawn)
    left_out = {title for each in sentences for title in " ".join(each.split()).split("; ")}
    assert not left_out & stays
    assert left_out
    assert "pipes.km" not in drawn


# Every form says the same


def expected_rows(table: Table) -> list[list[str]]:
    at = [n for n, _column in list_brief_columns(table)]
    return [[format_cell(row[n], table.columns[n].kind) for n in at] for row in table.rows]


def of_markdown(text: str) -> list[list[list[str]]]:
    found: list[list[list[str]]] = []
    for block in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
        lines = [line[2:-2].split(" | ") for line in block.splitlines()]
        found.append([[re.sub(r"\\(.)", r"\1", each).strip() for each in ln] for ln in lines[2:]])
    return found


def of_csv(data: bytes) -> list[list[list[str]]]:
    blocks = data.decode("utf-8-sig").split("\n\n")
    found = [list(csv.reader(StringIO(each, newline=""))) for each in blocks]
    return [each[1:] for each in found if each[0] != ["fact", "value"]]


@pytest.mark.parametrize("kind", READ_KINDS)
def test_every_form_has_the_same_numbers(ledger: Tracker, kind: str) -> None:
    sheet = made(ledger, kind)
    assert sheet.tables
    wanted = [expected_rows(table) for table in sheet.tables]
    assert of_markdown(render(sheet, "md", PIPE)) == [
        [[text.replace("\n", " ") for text in row] for row in rows_] for rows_ in wanted
    ]
    data = rendering.render_content_for_file(sheet, "csv", PIPE)
    assert of_csv(data) == [
        [[format_cell_for_programs(value) for value in row] for row in table.rows]
        for table in sheet.tables
    ]
    items = json.loads(render(sheet, "json", PIPE), parse_float=Decimal)["items"]
    tables = [table for table in sheet.tables if table.key != "sources"]
    flat = [(table, row) for table in tables for row in table.rows]
    for item, (table, row) in zip(items, flat, strict=True):
        values = map(get_plain_value_of_output, row)
        plain = [str(each) if isinstance(each, date) else each for each in values]
        assert item == {"table": table.key} | dict(
            zip((column.key for column in table.columns), plain, strict=True)
        )
    unset = msgspec.structs.replace(sheet, papers=[])
    document = docx.Document(BytesIO(rendering.render_content_for_file(unset, "docx", PIPE)))
    drawn = [[[c.text for c in row.cells] for row in t.rows][1:] for t in document.tables]
    assert drawn == wanted
    book = openpyxl.load_workbook(BytesIO(rendering.render_content_for_file(sheet, "xlsx", PIPE)))
    registers = sum(table.is_register for table in sheet.tables)
    assert len(book.worksheets) == len(sheet.tables) + registers + 1
    for page, table in zip(book.worksheets, sheet.tables, strict=False):
        compare_page(book[f"{table.title}, data"] if table.is_register else page, table)


def is_only_text(value: Value, column: Column) -> TypeGuard[Printed]:
    """Return whether people read a text in which the value does not stand."""
    if not isinstance(value, Printed):
        return False
    plain = format_cell(value.value, column.kind)
    return isinstance(value.value, str) or not plain or plain not in value.text


def compare_page(page: Any, table: Table) -> None:  # noqa: ANN401  # openpyxl's own
    top = int(str(page.freeze_panes).removeprefix("A")) - 1
    head = [each.value for each in page[top]]
    titles = [column.title for column in table.columns]
    # Behind these the data of a register say what it prints.
    assert head[: len(titles)] == titles
    assert all(title.startswith("printed ") for title in head[len(titles) :])
    assert page.auto_filter.ref.startswith(f"A{top}:")
    for below, row in enumerate(table.rows, start=top + 1):
        for at, (value, column) in enumerate(zip(row, table.columns, strict=True), start=1):
            found = page.cell(below, at)
            assert found.data_type != "f"
            if is_only_text(value, column):
                assert found.value == value.text
                continue
            if isinstance(value, Printed):
                words = value.text.replace(format_cell(value.value, column.kind), "", 1)
                assert words == re.sub('yyyy-mm-dd|0.0%|General|"', "", found.number_format)
                value = value.value  # noqa: PLW2901  # what programs get
            if value in (None, "", []):
                assert found.value is None
            elif column.kind == "percent":
                assert Decimal(str(found.value)) * 100 == value
                assert "0.0%" in found.number_format
            elif isinstance(value, date):
                assert found.is_date
                assert found.value.date() == value
            elif isinstance(value, Decimal | int) and not isinstance(value, bool):
                assert Decimal(str(found.value)) == value
            else:
                assert found.value == format_cell(value, column.kind)


@pytest.mark.parametrize("kind", READ_KINDS)
@pytest.mark.parametrize("ending", ["md", "txt"])
def test_reports_are_the_golden_ones(ledger: Tracker, kind: str, ending: str) -> None:
    form = {"md": "md", "txt": "table"}[ending]
    text = rendering.render_content_for_file(made(ledger, kind), form, PIPE)
    path = EXPECTED / f"{kind}.{ending}"
    if os.environ.get("TRACKER_GOLDEN") == "write":
        path.write_bytes(text)
    assert text == path.read_bytes()


def test_the_same_report_is_the_same_bytes(ledger: Tracker) -> None:
    for form in ("xlsx", "docx"):
        one, two = (
            rendering.render_content_for_file(made(ledger, "brief"), form, PIPE) for _ in "12"
        )
        assert one == two
        with ZipFile(BytesIO(one)) as parts:
            assert len({each.date_time for each in parts.infolist()}) == 1


# Workbooks and documents


def book_of(what: Table | Sheet, **lights: str) -> Any:  # noqa: ANN401  # openpyxl's own
    canvas = msgspec.structs.replace(PIPE, lights=lights)
    return openpyxl.load_workbook(BytesIO(rendering.render_content_for_file(what, "xlsx", canvas)))


def test_no_text_is_a_formula_a_link_or_a_number_in_a_workbook() -> None:
    texts = [*HOSTILE.values(), "=1+1", "+1", "@x", "http://a.example", "12", "_x0041_", "\uffff"]
    page = book_of(table_of(texts)).worksheets[0]
    for at, text in enumerate(texts, start=2):
        found = page.cell(at, 2)
        assert found.data_type == "s"
        assert found.hyperlink is None
        wanted = escape_hidden_text(text).replace("\uffff", "\\uffff")
        if len(wanted) > MOST_UNITS:
            assert found.value.endswith(f"… (cut here: {len(wanted)} characters in all)")
            assert len(found.value.encode("utf-16-le")) <= 2 * MOST_UNITS
        else:
            assert found.value == wanted


def test_a_text_of_wide_characters_is_cut_between_two_of_them() -> None:
    for text in ("👍" * 20_000, "水" * MOST_UNITS):
        found = book_of(table_of([text])).worksheets[0].cell(2, 2).value
        assert found == text or "…" in found
        assert len(found.encode("utf-16-le")) <= 2 * MOST_UNITS


def test_what_a_spreadsheet_cannot_hold_exactly_is_a_text() -> None:
    columns = (Column("n", "n", "number"), Column("p", "p", "percent"), Column("d", "d", "day"))
    exact: list[tuple[Value, ...]] = [(Decimal("0.1"), Decimal("-12.5"), date(2026, 2, 28))]
    beyond: list[tuple[Value, ...]] = [
        (Decimal("12345678901234567.8"), Decimal("12.345678901234567890"), date(1899, 12, 31)),
        (2**60 + 1, None, None),
    ]
    rows_ = exact + beyond
    page = book_of(Table(title="", as_of=date(1, 1, 1), columns=columns, rows=rows_)).worksheets[0]
    assert [each.value for each in page[2]] == [0.1, -0.125, datetime(2026, 2, 28)]  # noqa: DTZ001  # as spreadsheets have it
    assert [each.data_type for each in page[3]] == ["s", "s", "s"]
    assert page.cell(3, 1).value == "12345678901234567.8"
    assert page.cell(3, 3).value == "1899-12-31"
    assert page.cell(4, 1).value == str(2**60 + 1)


def test_names_of_worksheets_are_taken_by_every_program() -> None:
    titles = ["a" * 40, "a" * 40, "x[y]:*?/\\", "'q'", "", "History", "about", "同名", "同名"]
    tables = [
        Table(title=each, as_of=TODAY, columns=(Column("a", "a"),), rows=[]) for each in titles
    ]
    tables[0].facts = [("f", "value")]
    book = book_of(Sheet(title="x", as_of=TODAY, facts=[], tables=tables))
    assert [each.value for each in book.worksheets[0]["A"]] == ["f", None, "a"]
    names = book.sheetnames
    assert len({each.lower() for each in names}) == len(titles) + 1
    assert all(0 < len(each) <= 31 and not set(each) & set("[]:*?/\\") for each in names)
    assert names[2:4] == ["x y", "q"]


def test_lights_are_coloured_and_stay_words(ledger: Tracker) -> None:
    page = book_of(made(ledger, "ledger"), yellow="blue").worksheets[0]
    (area,) = page.conditional_formatting
    rules = {each.formula[0]: each.dxf.fill.bgColor.rgb for each in area.rules}
    assert rules['"red"'] == "FFFFC7CE"
    assert rules['"yellow"'] == "FFBDD7EE"


def test_the_last_worksheet_says_how_columns_are_computed(ledger: Tracker) -> None:
    book = book_of(made(ledger, "ledger"))
    said = [[each.value for each in row] for row in book["about"].iter_rows()]
    gap = next(row for row in said if row[2] == "gap")
    assert gap == ["ledger", "gap", "gap", "done − expected, in percentage points"]
    assert ["as of", "2026-06-30"] in [[str(each)[:10] for each in row[:2]] for row in said]
    assert book["ledger, data"].column_dimensions["A"].width >= 7
    plain = book_of(table_of(["x"]))
    assert plain["about"]["B2"].value == datetime(2024, 3, 15)  # noqa: DTZ001  # no zone there


def test_too_many_rows_for_a_worksheet_are_refused() -> None:
    rows_: list[tuple[Value, ...]] = [(None,)] * MOST_ROWS
    table = Table(title="x", as_of=TODAY, columns=(Column("a", "a"),), rows=rows_)
    with pytest.raises(InvalidInput, match="holds 1048575 rows, and this has 1048576; use csv"):
        rendering.render_content_for_file(table, "xlsx", PIPE)


def test_no_text_breaks_a_document() -> None:
    texts = [escape_hidden_text(text).replace("\t", " ") for text in HOSTILE.values()]
    document = docx.Document(
        BytesIO(rendering.render_content_for_file(table_of([*HOSTILE.values()]), "docx", PIPE))
    )
    found = [row.cells[1].text for row in document.tables[0].rows[1:]]
    assert found == texts
    parts = [sheet_of(text[:1000]) for text in [*HOSTILE.values(), "\ufffe"]]
    tables = [table for each in parts for table in each.tables]
    empty = docx.Document(BytesIO(rendering.render_content_for_file(table_of([]), "docx", PIPE)))
    assert empty.paragraphs[-1].text == "Nothing to show."
    for part in (*parts[:3], parts[-1]):
        whole = msgspec.structs.replace(part, tables=tables)
        assert len(
            docx.Document(BytesIO(rendering.render_content_for_file(whole, "docx", PIPE))).tables
        ) == len(parts)
        assert len(book_of(whole).worksheets) == len(parts) + 1


def test_a_title_stands_above_its_numbers() -> None:
    columns = (Column("a", "a"), Column("n", "n", "number"))
    table = Table(title="x", as_of=TODAY, columns=columns, rows=[("<w:tbl/>", Decimal(1))] * 2)
    document = docx.Document(BytesIO(rendering.render_content_for_file(table, "docx", PIPE)))
    (found,) = document.tables
    sides = [[str(cell.paragraphs[0].alignment) for cell in row.cells] for row in found.rows]
    assert sides == [["LEFT (0)", "RIGHT (2)"]] * 3
    assert found.rows[1].cells[0].text == "<w:tbl/>"


def test_a_page_is_begun_only_after_another_table() -> None:
    table = Table(title="x", as_of=TODAY, columns=(Column("a", "a"),), rows=[("b",)], page=True)
    for count in (1, 2):
        sheet = Sheet(title="x", as_of=TODAY, facts=[("a", 1)], tables=[table] * count)
        document = docx.Document(BytesIO(rendering.render_content_for_file(sheet, "docx", PIPE)))
        assert document.element.xml.count('<w:br w:type="page"/>') == count - 1


def test_thousands_of_rows_are_no_long_wait() -> None:
    columns = tuple(Column(f"c{at}", f"c{at}") for at in range(17))
    row: tuple[Value, ...] = ("几个字",) * 17
    table = Table(title="x", as_of=TODAY, columns=columns, rows=[row] * 4000)
    began = time.process_time()
    assert rendering.render_content_for_file(table, "docx", PIPE)[:2] == b"PK"
    # 1 s on two cores; as elements of a tree it takes 5.
    assert time.process_time() - began < 3


def test_a_document_is_set_in_chinese_on_a4(ledger: Tracker) -> None:
    notices = made(ledger, "notices", ReportDays(as_of=TODAY))
    notices.papers = []
    document = docx.Document(BytesIO(rendering.render_content_for_file(notices, "docx", PIPE)))
    section = document.sections[0]
    assert section.page_width == pytest.approx(Cm(29.7), rel=1e-3)
    fonts = document.styles["Normal"].element.rPr.rFonts
    assert "仿宋" in fonts.attrib.values()
    body = document.element.xml
    assert body.count('<w:br w:type="page"/>') == len(notices.tables) - 1
    assert body.count("<w:tblHeader/>") == len(notices.tables)
    narrow = Table(title="x", as_of=TODAY, columns=(Column("a", "a"),), rows=[("b",)])
    upright = docx.Document(
        BytesIO(rendering.render_content_for_file(narrow, "docx", PIPE))
    ).sections[0]
    assert upright.page_width == pytest.approx(Cm(21), rel=1e-3)


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_reads_the_same_values(ledger: Tracker, tmp_path: Path) -> None:
    sheet = made(ledger, "ledger")
    sheet.tables = [msgspec.structs.replace(sheet.tables[0], is_register=False)]
    (tmp_path / "l.xlsx").write_bytes(rendering.render_content_for_file(sheet, "xlsx", PIPE))
    values = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,1"
    convert_file(tmp_path / "l.xlsx", values, tmp_path)
    (file,) = tmp_path.glob("*.csv")
    head, *found = csv.reader(StringIO(file.read_text("utf-8"), newline=""))
    table = sheet.tables[0]
    assert head == [column.title for column in table.columns]
    for line, row in zip(found, table.rows, strict=True):
        for text, value, column in zip(line, row, table.columns, strict=True):
            if is_only_text(value, column):
                assert text == value.text
            elif column.kind == "percent" and value is not None:
                assert Decimal(text.removesuffix("%")) == get_plain_value_of_output(value)
            else:
                assert text == format_cell(get_plain_value_of_output(value), column.kind)


# At the command line


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TRACKER_DB", str(tmp_path / "ledger"))
    monkeypatch.setenv("TRACKER_CONFIG", str(tmp_path / "tracker.toml"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "p.json").write_bytes(file_of(*PROGRAMME))
    assert run_app(["init", "--from", "p.json"]) == 0
    return tmp_path


def test_a_file_is_written_whole_and_never_over_another(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = {each.name for each in place.iterdir()}
    capsys.readouterr()
    call = ["report", "ledger", "--as-of", "2026-06-30", "-O", "l.csv"]
    assert run_app(call) == 0
    assert capsys.readouterr() == ("", "")
    assert (place / "l.csv").read_bytes().startswith("\ufefffact,value\n".encode())
    assert {each.name for each in place.iterdir()} - before == {"l.csv"}
    umask = os.umask(0)
    os.umask(umask)
    assert (place / "l.csv").stat().st_mode & 0o777 == 0o666 & ~umask
    assert run_app(call) == 4
    assert "l.csv is there already; name another file, or replace it with --force." in (
        capsys.readouterr().err
    )
    (place / "l.csv").write_text("old")
    assert run_app([*call, "--force"]) == 0
    assert (place / "l.csv").stat().st_size > 1000
    assert run_app([*call[:-1], "-", "-f", "csv"]) == 0
    assert capsys.readouterr().out.startswith("fact,value\n")


@pytest.mark.parametrize(
    ("flags", "code", "said"),
    [
        ("ledger -O nowhere/x.md", 2, "There is no folder nowhere; make it, or name another"),
        ("ledger -O .", 2, ". is a folder; name a file in it."),
        ("ledger -O x.unknown", 2, "x.unknown does not say its form; add -f with one of: table,"),
        ("ledger -O x", 2, "x does not say its form"),
        ("ledger -f nothing", 2, "There is no output format 'nothing'"),
        ("ledgr", 2, "There is no report 'ledgr'; choose one of: brief, form, ledger, notices,"),
        ("brief --period 2026-13", 2, "'2026-13' is not a period"),
        ("brief --since 2026-05 --period 2026-Q2", 2, "Give --since or --period, not both."),
        ("ledger -O p.json/x.md", 2, "There is no folder p.json"),
    ],
)
def test_what_is_refused(
    place: Path, capsys: pytest.CaptureFixture[str], flags: str, code: int, said: str
) -> None:
    assert place.is_dir()
    assert run_app(["report", *flags.split()]) == code
    assert said in capsys.readouterr().err
    capsys.readouterr()
    assert run_app(["report", *flags.split(), "-f", "json"]) in {0, code}


@pytest.mark.parametrize("make", [os.mkfifo, lambda path: path.symlink_to("/dev/null")])
def test_what_is_no_file_is_never_replaced_by_one(
    place: Path, make: Callable[[Path], object], capsys: pytest.CaptureFixture[str]
) -> None:
    target = place / "odd.md"
    make(target)
    assert run_app(["report", "notices", "-O", str(target), "--force"]) == 2
    assert capsys.readouterr().err.startswith(f"{target} is no file to be replaced; write to it")
    assert not target.is_file()
    assert Path("/dev/null").is_char_device()


def test_a_form_is_told_by_the_ending_of_the_file(place: Path) -> None:
    for name in ("a.XLSX", "a.docx", "a.json", "a.txt", "a.md", "a.unknown"):
        form = ["-f", "md"] if name == "a.unknown" else []
        assert run_app(["report", "notices", "--as-of", "2026-06-30", "-O", name, *form]) == 0
    assert (place / "a.XLSX").read_bytes()[:2] == (place / "a.docx").read_bytes()[:2] == b"PK"
    assert json.loads((place / "a.json").read_text("utf-8"))["report"] == "notices"
    assert (place / "a.txt").read_text("utf-8").startswith("notices\n")
    assert (place / "a.md").read_bytes() == (place / "a.unknown").read_bytes()


def test_a_list_is_a_workbook_too(place: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert place.is_dir()
    capfdbinary.readouterr()
    for form in ("xlsx", "docx"):
        assert run_app(["overdue", "--as-of", "2026-06-30", "-o", form]) == 0
        assert capfdbinary.readouterr().out.startswith(b"PK")


def test_what_cannot_be_written_is_said_in_one_sentence(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    # There are no files to make among those that the system makes.
    assert run_app(["report", "ledger", "-O", "/proc/l.csv"]) == 6
    assert capsys.readouterr().err.startswith("/proc/l.csv could not be written: ")
    assert not (place / "l.csv").exists()


def test_a_file_that_another_has_written_meanwhile_is_kept(place: Path) -> None:
    target = check_file_output("l.csv", force=False)
    (place / "l.csv").write_text("theirs", "utf-8")
    call = CommandContext({}, datetime(2026, 6, 30, tzinfo=UTC))
    with pytest.raises(Conflict, match=r"l\.csv is there already"):
        write_file_output(call, made(call.tracker, "ledger"), "csv", target)
    assert (place / "l.csv").read_text("utf-8") == "theirs"
    write_file_output(call, made(call.tracker, "ledger"), "csv", target._replace(force=True))
    assert (place / "l.csv").read_bytes().startswith("\ufefffact,value\n".encode())


def test_a_disk_that_is_full_leaves_no_file(place: Path, bare: dict[str, str]) -> None:
    env = bare | {"TRACKER_DB": str(place / "ledger"), "HOME": str(place)}
    # Where no file may be long, compiled modules would be cut short too.
    call = f"ulimit -f 4; exec {sys.executable} -B -P -m tracker report ledger -O l.xlsx"
    done = subprocess.run(
        ["bash", "-c", call], env=env, capture_output=True, check=False, text=True
    )
    assert (done.returncode, done.stderr) == (
        6,
        "l.xlsx could not be written: File too large.\n",
    )
    assert not [each for each in place.iterdir() if "l.xlsx" in each.name]
