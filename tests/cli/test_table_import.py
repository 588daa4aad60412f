"""Tables come in by one command, what is not understood is named, and own tables come back."""

import csv
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from program import Program, tracker_says
from terminal import on_terminal

HEAD = ["序号", "事项", "指标", "目标值", "完成时限", "牵头单位", "配合单位", "责任人", "进展情况"]
ROWS = [
    HEAD,
    [
        "1",
        "老旧小区改造",
        "改造小区",
        "200个",
        "2026年底",
        "区住建局",
        "区财政局",
        "张三",
        "已改造85个",
    ],
    ["2", "口袋公园", "建成数量", "15处", "2026年6月底", "区园林局", "", "", "9处"],
    ["3", "口袋公园", "绿地面积", "3公顷", "年底", "区城管局", "", "李四", ""],
]
"""A table as an office has it, one row without progress."""


def write_csv(path: Path, rows: list[list[str]], encoding: str = "utf-8-sig") -> str:
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows(rows)
    return path.name


def write_xlsx(path: Path, rows: list[list[Any]]) -> str:
    book = Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path.name


def items(program: Program) -> list[dict[str, Any]]:
    exported: list[dict[str, Any]] = program("export").data["items"]
    return exported


@pytest.fixture
def empty(program: Program) -> Program:
    program("init --empty")
    return program


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_table_becomes_records_once(program: Program, place: Path, encoding: str) -> None:
    program("init --empty")
    file = write_csv(place / "plan.csv", ROWS, encoding)
    tried = program(f"import {file} --dry-run -o json")
    assert tried.code == 0
    assert tried.data["items"][0]["dry_run"]
    assert items(program) == []
    done = program(f"import {file} --published 2026-07-05 -o json")
    assert done.code == 0, done.err
    assert "read as: A 序号 = number, B 事项 = name" in done.err
    answer = done.data["items"][0]
    assert (answer["initiatives"], answer["indicators"], answer["entries"]) == (2, 3, 2)
    assert answer["columns"][3] == {"column": "D", "head": "目标值", "field": "target"}
    assert (answer["rows"], answer["not_understood"]) == (3, [])
    homes, parks = items(program)
    assert (homes["lead"], homes["support"], homes["person"]) == ("区住建局", ["区财政局"], "张三")
    assert parks["lead"] is None
    assert [each["lead"] for each in parks["indicators"]] == ["区园林局", "区城管局"]
    assert [each["person"] for each in parks["indicators"]] == [None, "李四"]
    [report] = homes["indicators"][0]["updates"]
    assert (report["on"], report["value"]) == ("2026-07-05", 85)
    assert homes["indicators"][0]["source"]["locator"] == "2"
    again = program(f"import {file} --published 2026-07-05")
    assert again.out.strip() == "nothing new"


def test_a_column_that_is_not_read_is_named(empty: Program, place: Path) -> None:
    rows = [[*row, text] for row, text in zip(ROWS, ("会签栏", "甲", "乙", "丙"), strict=True)]
    told = empty(f"import {write_csv(place / 'more.csv', rows)} --dry-run")
    assert "not read: J 会签栏" in told.err


def test_what_is_not_understood_is_named_and_left_out_on_request(
    empty: Program, place: Path
) -> None:
    rows = [*ROWS, ["4", "路灯", "新装", "一批", "择机", "区城管局", "", "", ""]]
    file = write_csv(place / "wrong.csv", rows)
    done = empty(f"import {file}")
    assert done.code == 4
    assert "2 cells are not understood" in done.err
    assert 'D5 (目标值): "一批"' in done.err
    assert items(empty) == []
    asked = empty(f"import {file} -o json")
    named = [str(each.get("name", each)) for each in asked.error["candidates"]]
    assert all(any(cell in each for each in named) for cell in ("D5", "E5")), named
    stored = empty(f"import {file} --yes -o json")
    assert stored.code == 0, stored.err
    answer = stored.data["items"][0]
    assert [each["cell"] for each in answer["not_understood"]] == ["E5", "D5"]
    light = items(empty)[-1]["indicators"][0]
    assert (light["target"], light["deadline"]) == (None, None)


def test_the_next_month_adds_reports_and_shows_edits(empty: Program, place: Path) -> None:
    file = write_csv(place / "may.csv", ROWS)
    assert empty(f"import {file} --published 2026-05-31").code == 0
    rows = [list(row) for row in ROWS]
    rows[1][8], rows[2][8], rows[2][4] = "已改造120个", "10处", "2026年9月底"
    rows[1][5], rows[1][6], rows[1][7] = "区住建交通局", "区财政局、区审计局", "王五"
    rows[3][3], rows[3][5] = "35000平方米", "区园林局"
    rows.append(["4", "口袋公园", "长椅", "60个", "年底", "区园林局", "", "", ""])
    rows.append(["5", "绿道", "新建", "25公里", "", "区园林局", "", "", ""])
    file = write_csv(place / "june.csv", rows)
    refused = empty(f"import {file} --published 2026-06-30")
    assert refused.code == 4
    assert "deadline: 2026-06-30 → 2026-09-30" in refused.err
    assert empty(f"import {file} --published 2026-06-30 --yes").code == 0
    homes, parks, path = items(empty)
    assert (homes["lead"], homes["person"]) == ("区住建交通局", "王五")
    assert homes["support"] == ["区财政局", "区审计局"]
    values = [(each["on"], each["value"]) for each in homes["indicators"][0]["updates"]]
    assert values == [("2026-05-31", 85), ("2026-06-30", 120)]
    assert [each["name"] for each in parks["indicators"]] == ["建成数量", "绿地面积", "长椅"]
    assert parks["indicators"][1]["target"] == 35000
    assert parks["indicators"][1]["lead"] == "区园林局"
    assert path["indicators"][0]["target"] == 25
    corrected = [list(row) for row in rows]
    corrected[1][8] = "已改造118个"
    file = write_csv(place / "again.csv", corrected)
    assert empty(f"import {file} --published 2026-06-30").code == 0
    newest = items(empty)[0]["indicators"][0]["updates"][-1]
    assert (newest["value"], newest["voids"] is not None) == (118, True)
    assert empty(f"import {file} --published 2026-06-30").out.strip() == "nothing new"


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_own_tables_come_back(
    seeded: Program, place: Path, env: Mapping[str, str], lang: str
) -> None:
    printed = tracker_says(env, "report", "ledger", "--lang", lang, "-O", f"{place}/own.xlsx")
    assert printed.returncode == 0
    listed = tracker_says(env, "list", "--lang", lang, "-o", "csv")
    (place / "list.csv").write_text(listed.stdout, "utf-8")
    for file in ("own.xlsx", "list.csv"):
        done = seeded(f"import {file} -o json")
        assert done.code == 0, done.err
        answer = done.data["items"][0]
        assert not any(answer[key] for key in ("initiatives", "indicators", "entries", "changed"))


def test_an_own_table_that_was_changed(small: Program, place: Path) -> None:
    small("update toilets.homes 1万户 --on 2026-06-30")
    small("add 培训 --to toilets --id trained --target 300人 --accumulation increment")
    small("update toilets.trained 20 --on 2026-06-30")
    rows = list(csv.reader(small("list -o csv").out.splitlines()))
    head = rows[0]

    def change(row: list[str], **cells: str) -> list[str]:
        changed = list(row)
        for key, text in cells.items():
            changed[head.index(key)] = text
        return changed

    blank = [""] * len(head)
    new = {"initiative": "保供", "name": "煤炭", "target": "120万吨", "deadline": "2027-12-31"}
    other = [
        head,
        change(rows[1], value="1.2", value_on="2026-09-30", category="乡村", initiative="厕所革命"),
        change(rows[2], deadline="2098-12-31", name="通过验收", notes="见纪要"),
        change(rows[3], value="50", lead="市妇联"),
        change(blank, **new),
    ]
    write_csv(place / "other.csv", other)
    done = small("import other.csv --yes")
    assert done.code == 0, done.err
    toilets, coal = items(small)
    homes, accepted, trained = toilets["indicators"]
    assert (toilets["name"], toilets["category"]) == ("厕所革命", "乡村")
    assert [each["value"] for each in homes["updates"]] == [1, 1.2]
    assert (accepted["name"], accepted["notes"]) == ("通过验收", "见纪要")
    assert accepted["deadline"]["on"] == "2098-12-31"
    assert [each["value"] for each in trained["updates"]] == [20]
    assert "report with: tracker update" in done.err
    assert coal["indicators"][0]["target"] == 120
    wrong = [head, change(rows[1], value_on="那天")]
    write_csv(place / "wrong.csv", wrong)
    assert "那天" in small("import wrong.csv").err


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_what_an_own_table_says_of_operators_shares_and_places_comes_back(
    small: Program, place: Path, env: Mapping[str, str], lang: str
) -> None:
    small("add 养老床位 --to toilets --id beds --target 100—120张 --deadline 2099年底")
    small("add 失业率 --to toilets --id rate --target 5.5% --deadline 2099年底")
    small("update toilets.homes 1万户 --on 2026-06-30 --share-of-plan 48")
    small("revise toilets.rate --target 5.3% --reason 上级下达")
    printed = tracker_says(env, "report", "ledger", "--lang", lang, "-O", f"{place}/own.xlsx")
    assert printed.returncode == 0
    assert small("import own.xlsx").out.strip() == "nothing new"
    book = load_workbook(place / "own.xlsx")
    sheet = next(each for each in book.worksheets if each.title in {"ledger, data", "台账数据"})
    titles = [cell.value for cell in sheet[1]]
    heads = {
        "op": ("op", "比较"),
        "high": ("up to", "上限"),
        "share": ("share of plan", "原文完成比例"),
        "place": ("place", "地区"),
    }
    at = {key: titles.index(pair[lang == "zh"]) + 1 for key, pair in heads.items()}
    rows = {row[titles.index("id" if lang == "en" else "编号")].value: row[0].row for row in sheet}
    sheet.cell(rows["toilets.rate"], at["op"]).value = "<="
    sheet.cell(rows["toilets.beds"], at["high"]).value = 130
    sheet.cell(rows["toilets.homes"], at["share"]).value = 0.52
    for row in range(2, sheet.max_row + 1):
        sheet.cell(row, at["place"]).value = "历下区"
    book.save(place / "own.xlsx")
    assert small("import own.xlsx --dry-run").err.count(" → ") == 3
    assert small("import own.xlsx --yes").code == 0
    [toilets] = items(small)
    own = {each["id"].partition(".")[2]: each for each in toilets["indicators"]}
    assert (toilets["place"], own["rate"]["op"], own["beds"]["target_high"]) == (
        "历下区",
        "<=",
        130,
    )
    first, second = own["homes"]["updates"]
    assert (second["share_of_plan"], second["value"], second["voids"]) == (52, 1, first["id"])
    last = small("import own.xlsx")
    assert last.out.strip() == "nothing new", last.err
    sheet.cell(rows["toilets.rate"], at["op"]).value = "about"
    sheet.cell(rows["toilets.beds"], at["high"]).value = "many"
    book.save(place / "own.xlsx")
    refused = small("import own.xlsx")
    assert (refused.code, refused.err.count("no number or operator")) == (4, 2), refused.err


def test_an_own_workbook_that_was_changed(small: Program, place: Path) -> None:
    small("update toilets.homes 1万户 --on 2026-06-30")
    small("update toilets.homes 1.5万户 --on 2026-11-20 --status estimate")
    small(f"report ledger -O {place}/own.xlsx")
    book = load_workbook(place / "own.xlsx")
    sheet = next(each for each in book.worksheets if each.title in {"ledger, data", "台账数据"})
    columns = {cell.value: cell.column for cell in sheet[1]}
    (row,) = (row for row in sheet if row[columns["id"] - 1].value == "toilets.homes")
    row[columns["value"] - 1].value = 1.1
    book.save(place / "own.xlsx")
    assert small("import own.xlsx").code == 0
    updates = items(small)[0]["indicators"][0]["updates"]
    assert [each["value"] for each in updates] == [1, 1.5, 1.1]
    assert updates[-1]["voids"] == updates[0]["id"]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_what_is_changed_on_the_printed_sheet_comes_in(
    small: Program, place: Path, env: Mapping[str, str], lang: str
) -> None:
    small("add 养老床位 --to toilets --id beds --target 100张以上 --deadline 2099年底")
    small("update toilets.homes 1万户 --on 2026-06-30")
    call = ["report", "ledger", "--by", "lead", "--lang", lang, "-O", f"{place}/own.xlsx"]
    assert tracker_says(env, *call).returncode == 0
    assert small("import own.xlsx").out.strip() == "nothing new"
    book = load_workbook(place / "own.xlsx")
    sheet = book.worksheets[0]
    columns = {cell.value: cell.column for cell in sheet[3]}
    cells = {
        (row[1].value.split("·")[-1].strip(), column): sheet.cell(row[0].row, at)
        for row in sheet.iter_rows(min_row=4)
        if row[1].value
        for column, at in columns.items()
    }
    words = {
        "en": ("target", "value", "deadline", "done", "lead"),
        "zh": ("目标值", "现值", "时限", "完成率", "牵头单位"),
    }
    target, value, deadline, done, lead = words[lang]
    (homes,) = (name for name, column in cells if column == value and cells[name, column].value)
    cells["养老床位", target].value = "120张以上"
    cells["养老床位", deadline].value = date(2098, 12, 31)
    cells["养老床位", done].value = 0.5
    cells["养老床位", lead].value = None
    cells[homes, value].value = "1.2万户"
    last = sheet.max_row + 1
    sheet.cell(last, 1).value, sheet.cell(last, 2).value = 999, "新增一行"
    book.save(place / "own.xlsx")
    told = small("import own.xlsx --yes")
    assert told.code == 0, told.err
    assert f"row {last} of" in told.err
    assert told.err.count("was changed and was not read") == 1
    own = {each["id"].partition(".")[2]: each for each in items(small)[0]["indicators"]}
    beds, updates = own["beds"], own["homes"]["updates"]
    assert (beds["target"], beds["op"], beds["deadline"]["on"]) == (120, ">=", "2098-12-31")
    assert [each["value"] for each in updates] == [1, 1.2]
    assert updates[1]["voids"] == updates[0]["id"]


def test_a_form_is_no_table(small: Program, place: Path) -> None:
    assert small(f"report form --all -O {place}/form.xlsx").code == 0
    done = small("import form.xlsx --yes")
    assert (done.code, "tracker update --from form.xlsx" in done.err) == (2, True), done.err


def test_heads_can_be_kept_in_the_settings(empty: Program, place: Path) -> None:
    rows = [["攻坚事项", "认领科室", "攻坚目标"], ["加装电梯", "更新科", "120部"]]
    file = write_xlsx(place / "own.xlsx", rows)
    (place / "tracker.toml").write_text("table_heads = { '认领科室' = 'lead' }\n", "utf-8")
    assert empty(f"import {file} --map 攻坚目标=target").code == 0
    assert items(empty)[0]["lead"] == "更新科"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("import none.csv", "none.csv"),
        ("import plan.csv --map 责任单位", "HEAD=FIELD"),
        ("import plan.csv --map 责任单位=x", "allowed: number"),
        ("import plan.csv --header 4", "--header"),
        ("import plan.csv --published 那天", "那天"),
        ("import plan.xls", ".xlsx"),
    ],
)
def test_what_is_said_wrongly_is_refused(
    empty: Program, place: Path, line: str, words: str
) -> None:
    write_csv(place / "plan.csv", ROWS)
    (place / "plan.xls").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)
    done = empty(line)
    assert done.code == 2
    assert words in done.err
    assert items(empty) == []


def test_it_speaks_chinese(empty: Program, place: Path, env: Mapping[str, str]) -> None:
    assert empty("list").code == 0
    rows = [*ROWS, ["4", "路灯", "新装", "一批", "择机", "区城管局", "", "", ""], ["", "合计"]]
    file = write_csv(place / "wrong.csv", rows)
    said = tracker_says(env, "import", str(place / file), "--lang", "zh").stderr
    for words in (
        "各列识别为：A 序号",
        "D5（目标值）：“一批”",
        "未存入任何内容：2 个单元格无法识别",
    ):
        assert words in said, words
    assert "第 6 行是合计" in said


def test_a_person_is_asked_before_the_rest_of_a_table_is_stored(
    empty: Program, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    rows = [*ROWS, ["4", "路灯", "新装", "一批", "择机", "区城管局", "", "", ""]]
    file = write_csv(place / "may.csv", rows)
    code, shown = on_terminal(f"import {file} --published 2026-05-31", ["n"], ("[y/N]:",))
    assert code == 4, shown
    # What it is about stands above the question.
    above, asked, below = shown.partition("Store the rest?")
    assert asked
    assert "2 cells are not understood" in above
    assert 'D5 (目标值): "一批"' in above
    assert "Nothing was stored" in below
    assert items(empty) == []
    code, shown = on_terminal(f"import {file} --published 2026-05-31", ["y"], ("[y/N]:",))
    assert (code, len(items(empty))) == (0, 3), shown
    rows[1][5] = "区住建交通局"
    file = write_csv(place / "june.csv", rows[:4])
    code, shown = on_terminal(f"import {file} --published 2026-05-31", ["y"], ("[y/N]:",))
    above, asked, _below = shown.partition("Store it?")
    assert (code, bool(asked)) == (0, True), shown
    assert "区住建局 → 区住建交通局" in above
    assert items(empty)[0]["lead"] == "区住建交通局"
