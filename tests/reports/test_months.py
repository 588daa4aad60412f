"""Twelve bodies report for six months: forms go out, and come back as people send them."""

import csv
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any

import openpyxl
import pytest
from forms import EXAMPLE, find_columns, save, take_in

from tracker.ledger.bulk_updates import RefusedRows
from tracker.ledger.ledger import Tracker
from tracker.locale.translation import using_language
from tracker.model.filters import Filter
from tracker.model.periods import Period, parse_period
from tracker.model.records import Deadline, Indicator, Initiative
from tracker.output.cells import Canvas
from tracker.output.rendering import render_content_for_file
from tracker.reports import build
from tracker.reports.build import ReportDays, ReportSettings
from tracker.storage.memory import MemoryStore

LEADS = [
    f"区{name}局"
    for name in (
        *("住建", "人社", "民政", "教体", "卫健", "水务"),
        *("交通", "园林", "城管", "文旅", "商务", "应急管理"),
    )
]
ALONE = SENDS_CSV, DELETES_ROWS, TYPES_WORDS = LEADS[2], LEADS[5], LEADS[8]
CANVAS = Canvas(width=None, colour=False, lights={}, bars=False, ascii=False, language="zh")


def open_ledger(store: MemoryStore, month: int) -> Tracker:
    """Open the ledger on the fifth day after a month of 2025, as the office does it."""
    return Tracker(store, now=datetime(2025, month + 1, 5, 9, tzinfo=UTC), author="督查室")


def make_office() -> MemoryStore:
    """Make a ledger in which each of twelve bodies leads a count and a share."""
    store = MemoryStore()
    store.create()
    ledger = open_ledger(store, 0)
    year: dict[str, Any] = {
        "start": date(2025, 1, 1),
        "deadline": Deadline(on=date(2025, 12, 31)),
        "commitment": "outcome",
    }
    for at, lead in enumerate(LEADS):
        ledger.add(Initiative(id=f"p{at}", name=f"{lead}重点事项", lead=lead))
        count = Indicator(
            id=f"p{at}.n",
            name="完成数量",
            unit="个",
            baseline=Decimal(0),
            target=Decimal(120),
            **year,
        )
        share = Indicator(
            id=f"p{at}.s",
            name="合格率",
            unit="%",
            baseline=Decimal(60),
            target=Decimal(90),
            accumulation="level",
            **year,
        )
        ledger.add(count)
        ledger.add(share)
    return store


def send_forms(ledger: Tracker, period: Period) -> dict[str, bytes]:
    """Return the forms that go out: three bodies have one each, one goes around among the rest."""
    plan = build.plan_report_build("form", ReportDays(period=period), ledger.today)
    rest = tuple(lead for lead in LEADS if lead not in ALONE)
    asked = {lead: Filter(lead=lead) for lead in ALONE} | {"": Filter(lead=rest)}
    return {
        lead: render_content_for_file(
            build.build_report(plan, ledger, where, ReportSettings()), "xlsx", CANVAS
        )
        for lead, where in asked.items()
    }


def return_form(lead: str, form: bytes, month: int) -> bytes:
    """Return a form as this body fills it in and sends it back in a month."""
    workbook = openpyxl.load_workbook(BytesIO(form))
    sheet = workbook.worksheets[0]
    columns = find_columns(sheet)
    for row in sheet.iter_rows(min_row=EXAMPLE + 1):
        is_share = row[columns["name"]].value == "合格率"
        row[columns["value"]].value = f"{60 + 4 * month}%" if is_share else 10 * month
        if lead == TYPES_WORDS and month == 4 and not is_share:
            row[columns["value"]].value = "已完成"
    if lead == DELETES_ROWS:
        deleted = [
            row[0].row
            for row in sheet.iter_rows(min_row=EXAMPLE + 1)
            if row[columns["name"]].value == "合格率"
        ]
        for number in reversed(deleted):
            sheet.delete_rows(number)
    if lead != SENDS_CSV:
        return save(workbook)
    stream = StringIO()
    csv.writer(stream).writerows(
        ["" if cell is None else cell for cell in row] for row in sheet.values
    )
    return stream.getvalue().encode("gb18030")


def test_twelve_bodies_report_for_six_months() -> None:
    store = make_office()
    files: dict[str, bytes] = {}
    for month in range(1, 7):
        ledger = open_ledger(store, month)
        with using_language("zh"):
            forms = send_forms(ledger, parse_period(f"2025-{month:02}", ledger.today))
        files = {lead: return_form(lead, form, month) for lead, form in forms.items()}
        if month == 4:
            with pytest.raises(RefusedRows) as refused:
                take_in(ledger, *files.values())
            (problem,) = refused.value.problems
            place = 1 + list(files).index(TYPES_WORDS)
            assert (problem["file"], problem["id"]) == (f"{place}.xlsx", "p8.n")
            assert "已完成" in str(problem["sentence"])
            assert ledger.why("p0.n").latest.value == 30  # type: ignore[union-attr]  # all or nothing
            # They are called, and write the number.
            files[TYPES_WORDS] = return_form("", forms[TYPES_WORDS], month)
        stored = take_in(ledger, *files.values())
        assert (len(stored.stored), stored.skipped, stored.doubts) == (23, 0, [])
    again = take_in(ledger, *files.values())
    assert (len(again.stored), again.skipped) == (0, 23)
    with ledger.open_view() as view:
        reports = {case.indicator.id: case.indicator.updates for case in view.cases(Filter())}
    for lead_at, lead in enumerate(LEADS):
        on = [f"2025-0{month}-{day}" for month, day in enumerate((31, 28, 31, 30, 31, 30), 1)]
        counts = [(str(each.on), str(each.value)) for each in reports[f"p{lead_at}.n"]]
        assert counts == [(day, str(10 * month)) for month, day in enumerate(on, 1)], lead
        shares = [each.value for each in reports[f"p{lead_at}.s"]]
        assert shares == ([] if lead == DELETES_ROWS else [64, 68, 72, 76, 80, 84]), lead
    # What was taken out of the form is still owed: it is the only one.
    assert [(each.id, each.owed) for each in ledger.unreported().owed] == [("p5.s", 6)]
    lights = {each.id: each.light for each in ledger.indicators().items}
    assert {light for own_id, light in lights.items() if own_id != "p5.s"} == {"green"}
    assert lights["p5.s"] == "yellow"
