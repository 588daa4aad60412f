"""A form goes out, is filled in as people fill in forms, and comes back."""

import csv
import shutil
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import msgspec
import openpyxl
import pytest
from forms import (
    EXAMPLE,
    FIRST,
    HEAD,
    JUNE_30,
    NOW,
    convert,
    fill,
    find_columns,
    make_ledger,
    save,
    send_form,
    take_in,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stores import Opened

from tracker.errors import InvalidInput, Refused, TrackerError
from tracker.exchange.form_layout import ENTRY_COLUMNS, HEADS, LOCKED
from tracker.exchange.spreadsheets import read_spreadsheet
from tracker.ledger.bulk_updates import RefusedRows
from tracker.ledger.ledger import Tracker
from tracker.locale.translation import using_language
from tracker.model.effective import list_entries_in_force
from tracker.model.filters import Filter
from tracker.model.horizon import NOW as ALL_OF_IT
from tracker.model.periods import Period
from tracker.model.records import Update
from tracker.reports import build
from tracker.reports.build import ReportDays, ReportSettings
from tracker.storage.memory import MemoryStore

VALUES: dict[str, dict[str, Any]] = {
    "加装电梯": {"value": 66},
    "改造户数": {"value": "1.2"},
    "城镇登记失业率": {"value": 5.1, "note": "总体稳定", "evidence": "月报、快报"},
    "新增就业": {"value": "2,600人"},
    "开工建设": {"value": "是"},
}
REPORTED = {
    "ljxq.dt": Decimal(66),
    "ljxq.hs": Decimal("1.2"),
    "jy.sy": Decimal("5.1"),
    "jy.xz": Decimal(2600),
    "ljxq.kg": True,
}
needs_libreoffice = pytest.mark.skipif(
    shutil.which("soffice") is None, reason="LibreOffice is not here"
)


@pytest.fixture
def ledger() -> Tracker:
    store = MemoryStore()
    store.create()
    return make_ledger(store)


@pytest.fixture(params=["en", "zh"])
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    with using_language(request.param):
        yield request.param


def updates_of(ledger: Tracker) -> dict[str, list[Update]]:
    with ledger.open_view(ALL_OF_IT) as view:
        cases = view.cases(Filter())
        return {
            case.indicator.id: list_entries_in_force(case.indicator.updates, view.horizon)
            for case in cases
        }


def newest(ledger: Tracker) -> dict[str, Any]:
    return {
        own_id: updates[-1].done if updates[-1].value is None else updates[-1].value
        for own_id, updates in updates_of(ledger).items()
        if updates and (updates[-1].value, updates[-1].done) != (None, None)
    }


def refused(ledger: Tracker, *files: bytes) -> list[tuple[str, str]]:
    """Return the cells that are refused, and why."""
    before = updates_of(ledger)
    with pytest.raises(RefusedRows) as caught:
        take_in(ledger, *files)
    assert updates_of(ledger) == before
    return [(str(each["cell"]), str(each["sentence"])) for each in caught.value.problems]


def test_a_form_comes_back_into_every_store(opened: Opened, language: str) -> None:
    ledger = make_ledger(opened())
    form = fill(send_form(ledger), VALUES)
    stored = take_in(ledger, form)
    assert (len(stored.stored), stored.skipped, stored.blank, stored.doubts) == (5, 0, 0, [])
    assert newest(ledger) == REPORTED, language
    updates = updates_of(ledger)
    assert {each.on for listed in updates.values() for each in listed} == {JUNE_30}
    assert updates["jy.sy"][0].evidence == ["月报", "快报"]
    assert updates["jy.xz"][0].period_start == date(2025, 6, 1)
    again = take_in(ledger, form)
    assert (len(again.stored), again.skipped) == (0, 5)
    undone = ledger.undo()
    assert len(undone.events) == 5
    assert newest(ledger) == {}


def test_what_is_open_is_unlocked_and_the_rest_is_not(ledger: Tracker, language: str) -> None:
    workbook = openpyxl.load_workbook(BytesIO(send_form(ledger)))
    (sheet,) = workbook.worksheets
    columns = find_columns(sheet)
    assert {*columns} == {"row", *LOCKED, *ENTRY_COLUMNS, "key", "locked"}
    for row in sheet.iter_rows(min_row=FIRST):
        opened = {key for key, at in columns.items() if not row[at].protection.locked}
        assert opened == {*ENTRY_COLUMNS}
    assert sheet.protection.sheet
    (read,) = read_spreadsheet(save(workbook), "form.xlsx")
    assert read.hidden_columns == {columns["key"] + 1, columns["locked"] + 1}
    kinds = {rule.type for rule in sheet.data_validations.dataValidation}
    assert kinds == {"decimal", "list", "date"}
    assert sheet[EXAMPLE][columns["key"]].value == "example"
    titles = [str(cell.value) for cell in sheet[HEAD]]
    at = ["en", "zh"].index(language)
    assert [title.removesuffix(" (%)").removesuffix("（%）") for title in titles] == [
        HEADS[key][at] for key in columns
    ]
    leads = [row[columns["lead"]].value for row in sheet.iter_rows(min_row=FIRST)]
    assert leads == sorted(leads)
    assert "张三 8888" in sheet["A3"].value


def test_text_in_a_form_is_never_a_formula(ledger: Tracker) -> None:
    ledger.edit("ljxq.dt", {"name": '=HYPERLINK("http://x","点")'})
    sheet = openpyxl.load_workbook(BytesIO(send_form(ledger))).worksheets[0]
    assert not [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    form = fill(send_form(ledger), {'=HYPERLINK("http://x","点")': {"value": 3}})
    assert len(take_in(ledger, form).stored) == 1


def test_only_what_is_owed_is_asked_for_unless_all_is(ledger: Tracker) -> None:
    take_in(ledger, fill(send_form(ledger), {"加装电梯": {"value": 66}}))
    names = [row["name"] for row in read_table(send_form(ledger, "csv"))]
    assert "加装电梯" not in names
    assert len(names) == 4
    everything = [row["name"] for row in read_table(send_form(ledger, "csv", everything=True))]
    assert sorted(everything) == sorted([*names, "加装电梯"])
    # Within a lead, what is owed comes first.
    assert everything[-1] == "加装电梯"
    ahead = read_table(send_form(ledger, "csv", period="2025-08"))
    assert len(ahead) == 5
    one = read_table(send_form(ledger, "csv", Filter(lead="人社局")))
    assert {row["lead"] for row in one} == {"区人社局"}


def test_values_stand_beside_what_was_reported_and_is_expected(ledger: Tracker) -> None:
    take_in(
        ledger, fill(send_form(ledger, period="2025-05"), VALUES | {"开工建设": {"value": "否"}})
    )
    rows = {row["name"]: row for row in read_table(send_form(ledger, "csv", everything=True))}
    assert rows["加装电梯"]["before"] == "66"
    assert rows["加装电梯"]["expected"] == "59.4"
    assert rows["开工建设"]["expected"] == ""
    assert rows["开工建设"]["before"] == "no"
    assert rows["新增就业"]["accumulation"] == "new in this period"
    assert rows["加装电梯"]["light"] == "green"


def read_table(data: bytes) -> list[dict[str, str]]:
    """Return the rows of the table in a form as text, which follows the facts."""
    lines = data.decode("utf-8-sig").split("\n\n", 1)[1]
    return list(csv.DictReader(StringIO(lines)))


def write_table(rows: list[dict[str, str]], encoding: str = "utf-8", delimiter: str = ",") -> bytes:
    stream = StringIO()
    writer = csv.DictWriter(stream, list(rows[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue().encode(encoding)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_form_comes_back_as_text_sorted_and_with_rows_taken_out(
    ledger: Tracker, encoding: str
) -> None:
    rows = read_table(send_form(ledger, "csv"))
    for row in rows:
        row["value"] = str(VALUES[row["name"]]["value"])
    chosen = [row for row in rows[::-1] if row["name"] != "新增就业"]
    stored = take_in(ledger, write_table(chosen, encoding, ";"))
    assert len(stored.stored) == 4
    assert newest(ledger) == {key: value for key, value in REPORTED.items() if key != "jy.xz"}


@needs_libreoffice
@pytest.mark.parametrize("to", ["xlsx", "csv:Text - txt - csv (StarCalc):44,34,85,1"])
def test_a_form_comes_back_from_libreoffice(ledger: Tracker, tmp_path: Path, to: str) -> None:
    with using_language("zh"):
        form = fill(send_form(ledger), VALUES)
        form = fill(form, {"加装电梯": {"on": datetime(2025, 6, 29)}})  # noqa: DTZ001
        # 85 is GB18030 in LibreOffice.
        stored = take_in(ledger, convert(form, tmp_path, to))
    assert len(stored.stored) == 5
    assert newest(ledger) == REPORTED
    assert updates_of(ledger)["ljxq.dt"][0].on == date(2025, 6, 29)


@needs_libreoffice
def test_an_opendocument_form_is_refused_with_the_way_out(ledger: Tracker, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="save it as"):
        take_in(ledger, convert(send_form(ledger), tmp_path, "ods"))


def test_a_form_counted_from_1904_comes_back(ledger: Tracker) -> None:
    workbook = openpyxl.load_workbook(BytesIO(fill(send_form(ledger), VALUES)))
    workbook.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    sheet = workbook.worksheets[0]
    columns = find_columns(sheet)
    for row in sheet.iter_rows(min_row=FIRST):
        row[columns["on"]].value = (date(2025, 6, 28) - date(1904, 1, 1)).days
        row[columns["on"]].number_format = "General"
    take_in(ledger, save(workbook))
    assert {each.on for listed in updates_of(ledger).values() for each in listed} == {
        date(2025, 6, 28)
    }


def test_every_wrong_cell_is_named_at_once_with_what_is_allowed(ledger: Tracker) -> None:
    form = fill(
        send_form(ledger),
        {
            "加装电梯": {"value": "已完成", "on": "30/06/2025"},
            "改造户数": {"value": "1.2个", "status": "差不多"},
            "城镇登记失业率": {"value": 5.1, "share_of_plan": 0.65},
            "新增就业": {"value": 2600, "on": "2025-12-31"},
            "开工建设": {"value": "80%"},
        },
    )
    cells = refused(ledger, form)
    assert [cell for cell, _why in cells] == ["N6", "M7", "L8", "M8", "L9", "O9", "L10"]
    reasons = dict(cells)
    assert "65%" in reasons["N6"]
    assert "future" in reasons["M7"]
    assert "已完成" in reasons["L8"]
    assert "30/06/2025" in reasons["M8"]
    assert "万户" in reasons["L9"]
    assert "estimate" in reasons["O9"]
    assert "milestone" in reasons["L10"]


@pytest.mark.parametrize(
    ("column", "value", "sent"),
    [
        ("target", "100", "120"),
        ("unit", "台", "部"),
        ("name", "加装扶梯", "加装电梯"),
        ("before", 5, ""),
    ],
)
def test_a_locked_cell_that_was_changed_is_refused_with_both_values(
    ledger: Tracker, column: str, value: str, sent: str
) -> None:
    form = fill(send_form(ledger), {"加装电梯": {"value": 66, column: value}})
    ((cell, why),) = refused(ledger, form)
    assert cell.endswith("8")
    assert f"'{value}'" in why
    assert f"'{sent}'" in why


def test_a_changed_key_is_refused(ledger: Tracker) -> None:
    sent = send_form(ledger)
    sheet = openpyxl.load_workbook(BytesIO(sent)).worksheets[0]
    key = sheet[FIRST][find_columns(sheet)["key"]].value
    for wrong in (key.replace("2025-06-30", "2025-06-29"), "x", key.replace("jy.", "ljxq.")):
        form = fill(
            sent, {"新增就业": {"key": wrong, "value": 3}, "城镇登记失业率": {"key": wrong}}
        )
        assert "hidden key" in refused(ledger, form)[0][1]
    form = fill(sent, {"加装电梯": {"locked": '{"a": 1}', "value": 3}})
    assert "hidden key" in refused(ledger, form)[0][1]


def test_a_form_of_another_ledger_is_refused(ledger: Tracker) -> None:
    store = MemoryStore()
    store.create()
    other = make_ledger(store, NOW.replace(hour=8))
    with pytest.raises(Refused, match="another ledger"):
        take_in(ledger, fill(send_form(other), VALUES))
    assert newest(ledger) == {}


def test_another_value_for_the_same_day_is_a_correction_and_a_doubt(ledger: Tracker) -> None:
    form = send_form(ledger)
    take_in(ledger, fill(form, VALUES))
    changed = fill(
        form,
        VALUES
        | {"加装电梯": {"value": 67}, "开工建设": {"value": "否"}, "新增就业": {"value": 2700}},
    )
    cells = refused(ledger, changed)
    assert [cell for cell, _why in cells] == ["L7", "L8", "L10"]
    assert "66 部 is reported for 2025-06-30 already; 67 部 corrects it" in cells[1][1]
    assert "done is reported" in cells[2][1]
    stored = take_in(ledger, changed, accept=True)
    assert (len(stored.stored), stored.skipped, len(stored.doubts)) == (3, 2, 3)
    (corrected,) = updates_of(ledger)["ljxq.dt"]
    assert corrected.voids is not None
    assert newest(ledger) == REPORTED | {"ljxq.dt": 67, "ljxq.kg": False, "jy.xz": 2700}
    note = fill(form, {"加装电梯": {"value": 67, "note": "补充说明"}})
    assert (len(take_in(ledger, note).stored), updates_of(ledger)["ljxq.dt"][-1].note) == (
        1,
        "补充说明",
    )


def test_a_slip_is_a_doubt(ledger: Tracker) -> None:
    take_in(ledger, fill(send_form(ledger, period="2025-05"), VALUES))
    slip = fill(send_form(ledger, everything=True), {"加装电梯": {"value": 660}})
    ((_cell, why),) = refused(ledger, slip)
    assert "10 times" in why
    assert "--force" not in why
    assert len(take_in(ledger, slip, accept=True).stored) == 1


def test_a_remark_without_a_value_is_a_doubt(ledger: Tracker) -> None:
    form = fill(
        send_form(ledger), {"加装电梯": {"problems": "场地未交付"}, "改造户数": {"on": "6月30日"}}
    )
    ((cell, why),) = refused(ledger, form)
    assert cell == "R8"
    assert "not stored" in why
    stored = take_in(ledger, form, accept=True)
    assert (stored.stored, stored.blank) == ([], 5)


def test_a_note_holds_problems_measures_and_the_day(ledger: Tracker) -> None:
    cells = {
        "value": 66,
        "note": "已签约",
        "problems": "'=场地未交付",
        "next_steps": "协调",
        "expected_on": "年底",
        "status": "在建",
        "share_of_plan": "65%",
        "evidence": "—",
    }
    with using_language("zh"):
        take_in(ledger, fill(send_form(ledger), {"加装电梯": cells}))
    update = updates_of(ledger)["ljxq.dt"][0]
    assert update.note == "已签约；存在问题：=场地未交付；下步措施：协调；预计完成：年底"
    assert update.status == "in_progress"
    assert update.share_of_plan == Decimal(65)
    assert update.evidence == []


def test_merged_cells_are_read_for_each_row_but_values_are_not(ledger: Tracker) -> None:
    workbook = openpyxl.load_workbook(BytesIO(fill(send_form(ledger), VALUES)))
    sheet = workbook.worksheets[0]
    columns = find_columns(sheet)
    at = columns["initiative"] + 1
    sheet.merge_cells(start_row=8, end_row=10, start_column=at, end_column=at)
    note = columns["note"] + 1
    sheet.cell(8, note).value = "同一说明"
    sheet.merge_cells(start_row=8, end_row=9, start_column=note, end_column=note)
    share = columns["share_of_plan"] + 1
    sheet.merge_cells(start_row=8, end_row=9, start_column=share, end_column=share)
    merged = save(workbook)
    take_in(ledger, merged)
    assert updates_of(ledger)["ljxq.hs"][0].note == "同一说明"
    value = columns["value"] + 1
    sheet.merge_cells(start_row=8, end_row=9, start_column=value, end_column=value)
    assert [cell for cell, _why in refused(ledger, save(workbook))][:2] == ["L8", "L9"]


def test_a_row_that_was_added_is_known_by_its_names(ledger: Tracker) -> None:
    workbook = openpyxl.load_workbook(BytesIO(send_form(ledger)))
    sheet = workbook.worksheets[0]
    columns = find_columns(sheet)
    added = {"initiative": "老旧小区改造", "name": "加装电梯", "value": 66, "unit": "部"}
    for key, value in added.items():
        sheet.cell(20, columns[key] + 1).value = value
    sheet.cell(21, columns["name"] + 1).value = "没有的指标"
    sheet.cell(21, columns["value"] + 1).value = 3
    ((cell, why),) = refused(ledger, save(workbook))
    assert cell == "D21"
    assert "没有的指标" in why
    sheet.cell(21, columns["value"] + 1).value = "—"
    assert len(take_in(ledger, save(workbook)).stored) == 1


def test_an_indicator_that_ended_or_is_gone_is_refused(ledger: Tracker) -> None:
    form = fill(send_form(ledger), VALUES)
    from tracker.model.records import Decision

    decision = Decision(on=NOW.date(), state="cancelled", reason="停办")
    ledger.decide("ljxq", decision, "cancel", force=False)
    cells = refused(ledger, form)
    assert [cell for cell, _why in cells] == ["L8", "L9", "L10"]
    assert "cancelled" in cells[0][1]


def test_several_files_are_one_change_and_two_values_are_a_doubt(ledger: Tracker) -> None:
    sent = send_form(ledger)
    first = fill(sent, {"加装电梯": {"value": 66}})
    second = fill(sent, {"加装电梯": {"value": 67}, "开工建设": {"value": "√"}})
    with pytest.raises(RefusedRows) as caught:
        take_in(ledger, first, second)
    assert caught.value.candidates[0].startswith("2.xlsx L8")
    same = take_in(ledger, first, first, fill(sent, {"开工建设": {"value": "√"}}))
    assert (len(same.stored), same.skipped, same.blank) == (2, 1, 12)
    assert len(ledger.undo().events) == 2


def test_the_unit_of_the_row_counts_where_that_of_the_ledger_has_changed(ledger: Tracker) -> None:
    form = fill(send_form(ledger), {"改造户数": {"value": 1.2}})
    ledger.edit("ljxq.hs", {"unit": "户", "target": Decimal(21000)})
    take_in(ledger, form)
    assert newest(ledger)["ljxq.hs"] == 12000


def test_a_blank_day_is_today_while_the_period_runs(ledger: Tracker) -> None:
    take_in(ledger, fill(send_form(ledger, period="2025-07"), {"加装电梯": {"value": 66}}))
    assert updates_of(ledger)["ljxq.dt"][0].on == NOW.date()
    form = fill(send_form(ledger), {"加装电梯": {"value": 66}})
    take_in(ledger, form, on=date(2025, 6, 20))
    assert updates_of(ledger)["ljxq.dt"][0].on == date(2025, 6, 20)


def test_a_form_for_each_lead_is_read_together(ledger: Tracker) -> None:
    plan = build.plan_report_build("form", ReportDays(), ledger.today, everything=True)
    parts = dict(build.build_report_by_lead(plan, ledger, Filter(), ReportSettings()))
    assert list(parts) == ["区人社局", "区住建局"]
    assert [len(sheet.tables[0].rows) for sheet in parts.values()] == [2, 3]
    assert all(str(lead) in sheet.title for lead, sheet in parts.items())
    for wrong in (ReportDays(since=JUNE_30), ReportDays(known_then=JUNE_30)):
        with pytest.raises(InvalidInput, match="--period"):
            build.plan_report_build("form", wrong, ledger.today)
    with pytest.raises(InvalidInput, match="leave --all out"):
        build.plan_report_build("brief", ReportDays(), ledger.today, everything=True)


def test_an_indicator_that_is_new_and_without_a_start_is_asked_for(ledger: Tracker) -> None:
    from tracker.model.records import Indicator

    new = Indicator(id="jy.new", name="新指标", unit="个", target=Decimal(3), commitment="outcome")
    ledger.add(new)
    assert "新指标" in [row["name"] for row in read_table(send_form(ledger, "csv"))]


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(
    st.one_of(
        st.decimals(0, 10**9, places=3).map(lambda number: number.normalize()),
        st.text(max_size=30),
        st.floats(allow_nan=False, allow_infinity=False),
        st.dates(date(1990, 1, 1), date(2090, 1, 1)),
        st.booleans(),
    )
)
def test_any_cell_is_stored_as_it_is_or_refused(value: object) -> None:
    store = MemoryStore()
    store.create()
    ledger = make_ledger(store)
    rows = read_table(send_form(ledger, "csv"))
    for row in rows:
        if row["name"] == "加装电梯":
            row["value"] = format(value, "f") if isinstance(value, Decimal) else str(value)
    data = write_table(rows)
    try:
        stored = take_in(ledger, data, accept=True)
    except TrackerError:
        assert newest(ledger) == {}
        return
    if isinstance(value, Decimal):
        assert newest(ledger) == {"ljxq.dt": value}
    else:
        assert len(stored.stored) == len(newest(ledger)) <= 1


def test_a_form_says_when_nothing_is_owed(ledger: Tracker) -> None:
    plan = build.plan_report_build("form", ReportDays(), ledger.today)
    none = Filter(lead="没有的单位")
    assert build.build_report(plan, ledger, none, ReportSettings()).tables == []
    quarter = msgspec.structs.replace(Filter(), lead="人社局")
    days = ReportDays(period=Period(date(2025, 4, 1), JUNE_30))
    plan = build.plan_report_build("form", days, ledger.today)
    sheet = build.build_report(plan, ledger, quarter, ReportSettings())
    assert sheet.title == "form for 2025-04-01 to 2025-06-30"


def test_cells_merged_within_a_row_and_deleted_columns_change_nothing(ledger: Tracker) -> None:
    workbook = openpyxl.load_workbook(BytesIO(fill(send_form(ledger), VALUES)))
    sheet = workbook.worksheets[0]
    columns = find_columns(sheet)
    value, on, target = (columns[key] + 1 for key in ("value", "on", "target"))
    # 6 holds a value and 7 and 8 none: only across columns, or nothing, is merged.
    sheet.merge_cells(start_row=6, end_row=6, start_column=value, end_column=on)
    for row in (7, 8):
        sheet.cell(row, value).value = None
    sheet.merge_cells(start_row=7, end_row=8, start_column=value, end_column=value)
    sheet.delete_cols(target)
    stored = take_in(ledger, save(workbook))
    assert (len(stored.stored), stored.blank) == (3, 2)
