"""The month through the program: forms out, files and lines in, the prompt, the pack."""

import io
import json
import signal
import sys
from datetime import date, timedelta
from pathlib import Path

import openpyxl
import pytest
import typer
from forms import EXAMPLE, find_columns
from program import Program
from terminal import on_terminal

from tracker.cli.options import complete_category, complete_lead, complete_place

YEAR = date.today().year  # noqa: DTZ011  # as the program has it
LAST_MONTH = date.today().replace(day=1) - timedelta(days=1)  # noqa: DTZ011  # the same


@pytest.fixture
def ledger(program: Program) -> Program:
    """Make a ledger of two leads with three indicators and a milestone."""
    long_ago = f"--start {YEAR - 1}-01-01 --deadline {YEAR + 1}年底"
    for line in (
        "init --empty",
        "add 老旧小区改造 --id ljxq --lead 区住建局 --place 临江区 --category 城市更新",
        f"add 加装电梯 --to ljxq --id dt --target 120部 --baseline 0 {long_ago}",
        f"add 改造户数 --to ljxq --id hs --target 2.1万户 --baseline 0 {long_ago}",
        f"add 开工建设 --to ljxq --id kg --measure milestone {long_ago}",
        "add 稳就业 --id jy --lead 区人社局$(rm)",
        f"add 新增就业 --to jy --id xz --target 5000人 --baseline 0 {long_ago}",
    ):
        assert program(line).code == 0, line
    return program


def feed(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))


def values_of(ledger: Program) -> dict[str, object]:
    return {item["id"]: item["value"] for item in ledger("list -o json").data["items"]}


def fill_in(file: Path, **values: object) -> None:
    """Fill in a form by names of indicators."""
    workbook = openpyxl.load_workbook(file)
    sheet = workbook.worksheets[0]
    columns = find_columns(sheet)
    for row in sheet.iter_rows(min_row=EXAMPLE + 1):
        if (name := row[columns["name"]].value) in values:
            row[columns["value"]].value = values[name]
    workbook.save(file)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_form_goes_out_and_comes_in(ledger: Program, place: Path, language: str) -> None:
    more = f"--lang {language}"
    assert ledger(f"report form --period last-month -O form.xlsx {more}").code == 0
    fill_in(place / "form.xlsx", 加装电梯=66, 开工建设="是", 新增就业="2,600人")
    tried = ledger(f"update --from form.xlsx --dry-run {more}")
    assert tried.code == 0
    assert "form.xlsx L7" in tried.out
    assert values_of(ledger)["ljxq.dt"] is None
    done = ledger(f"update --from form.xlsx -o json {more}").data["items"][0]
    assert (len(done["stored"]), done["skipped"], done["blank"]) == (3, 0, 1)
    assert done["stored"][2]["light_before"] == "none"
    assert done["stored"][2]["light"] == "green"
    assert done["stored"][0]["update"]["on"] == str(LAST_MONTH)
    again = ledger(f"update --from form.xlsx {more}")
    assert again.code == 0
    assert "3" in again.out
    assert "update" in ledger("history").out
    assert ledger("undo").code == 0
    assert values_of(ledger)["ljxq.dt"] is None


def test_all_that_is_wrong_is_said_at_once(ledger: Program, place: Path) -> None:
    ledger("report form --period last-month -O form.xlsx")
    fill_in(place / "form.xlsx", 加装电梯="已完成", 改造户数="1.2个")
    refused = ledger("update --from form.xlsx")
    assert refused.code == 4
    assert "form.xlsx L7: " in refused.err
    assert "form.xlsx L8: " in refused.err
    error = ledger("update --from form.xlsx -o json").error
    cells = [(each["file"], each["cell"], each["id"]) for each in error["problems"]]
    assert cells == [("form.xlsx", "L7", "ljxq.dt"), ("form.xlsx", "L8", "ljxq.hs")]
    assert {each["kind"] for each in error["problems"]} == {"invalid_input"}


def test_lines_are_read_as_people_paste_them(
    ledger: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = (
        "# 6月\n\n“加装电梯” 66 新装 3 部\n改造户数，1.2万户，含 2 个街道\n"
        "新增就业\t2,600\n老旧小区改造 开工建设 是\n"
    )
    feed(monkeypatch, lines.encode("gb18030"))
    done = ledger(f"update --from - --on {LAST_MONTH} -o json").data["items"][0]
    stored = {row["id"]: row["update"] for row in done["stored"]}
    assert stored["ljxq.dt"]["note"] == "新装 3 部"
    assert stored["ljxq.hs"]["value"] == 1.2
    assert stored["jy.xz"]["value"] == 2600
    assert stored["ljxq.kg"]["done"] is True
    assert {update["on"] for update in stored.values()} == {str(LAST_MONTH)}


def test_wrong_lines_are_named_by_their_number(
    ledger: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    feed(monkeypatch, "加装电梯\n没有的 3\n改造户数 1.2\n加装 3\n电梯\t\n".encode())
    refused = ledger("update --from -")
    assert refused.code == 4
    for number, why in ((1, "no value"), (2, "No record"), (3, "1.2万户"), (5, "no value")):
        assert f"line {number}: " in refused.err, why
        assert why in refused.err
    assert "line 4" not in refused.err


def test_a_table_with_names_and_values_is_read(
    ledger: Program, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = "指标,单位,本期值,截至日,说明\n加装电梯,部,66,2025.6,好\n改造户数,户,12000,2025-6-30,\n"
    (place / "t.csv").write_bytes(table.encode("gb18030"))
    assert ledger("update --from t.csv").code == 0
    assert values_of(ledger)["ljxq.hs"] == 1.2
    feed(monkeypatch, b"id;done\nljxq.kg;yes\nljxq.dt;yes\n")
    assert "is a number" in ledger("update --from -").err
    feed(monkeypatch, b"initiative,value\n\xe7\xa8\xb3\xe5\xb0\xb1\xe4\xb8\x9a,7\n")
    assert ledger("update --from -").code == 0
    (place / "t.csv").write_text("a,b\n1,2\n")
    assert "row of heads" in ledger("update --from t.csv").err
    (place / "t.csv").write_text("单位,本期值,截至日\n个,3,\n" * 2 + "指标,本期值\n,3\n")
    assert "names no indicator" in ledger("update --from t.csv").err


def test_a_table_says_from_which_day_an_increment_counts(ledger: Program, place: Path) -> None:
    ledger("add 新增岗位 --to ljxq --id gw --target 90人 --accumulation increment")
    head = "编号,本期值,截至日,起始日\nljxq.gw,5,2025-03-31,2025-03\n"
    (place / "t.csv").write_text(head + "ljxq.gw,6,2025-04-30,3月31日\n")
    assert "counts the same days" in ledger("update --from t.csv").err
    (place / "t.csv").write_text(head + "ljxq.gw,6,2025-04-30,4月1日\n")
    assert ledger("update --from t.csv").code == 0
    assert ledger("update --from t.csv").out.count("2") == 1
    assert values_of(ledger)["ljxq.gw"] == 11


def test_a_folder_is_read_as_one_change(ledger: Program, place: Path) -> None:
    assert ledger("report form --period last-month --split 发出").code == 0
    files = sorted((place / "发出").iterdir())
    assert [file.name for file in files] == [
        f"form-区人社局$(rm)-{LAST_MONTH:%Y-%m}.xlsx",
        f"form-区住建局-{LAST_MONTH:%Y-%m}.xlsx",
    ]
    fill_in(files[0], 新增就业=2600)
    fill_in(files[1], 加装电梯=66)
    (place / "发出" / "~$锁.xlsx").write_bytes(b"")
    (place / "发出" / "说明.docx").write_bytes(b"")
    done = ledger("update --from 发出")
    assert done.code == 0
    assert "说明.docx" in done.err
    assert values_of(ledger)["jy.xz"] == 2600
    (place / "发出" / "旧.xls").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
    refused = ledger("update --from 发出 --from nowhere.csv")
    assert "旧.xls" in refused.err
    assert "nowhere.csv" in refused.err
    (place / "leer").mkdir()
    assert "no table" in ledger("update --from leer").err
    assert "cannot be read" in ledger("update --from nowhere.csv").err


def test_doubts_are_refused_and_accepted(ledger: Program, place: Path) -> None:
    (place / "a.txt").write_text("加装电梯 12\n")
    (place / "b.txt").write_text("加装电梯 15\n")
    assert ledger("update --from a.txt").code == 0
    assert "--accept-doubts" in ledger("update --from b.txt").err
    tried = ledger("update --from b.txt --dry-run -o json").data["items"][0]
    assert (len(tried["doubts"]), tried["dry_run"]) == (1, True)
    accepted = ledger("update --from b.txt --accept-doubts")
    assert accepted.code == 0
    assert "corrects it" in accepted.err
    assert values_of(ledger)["ljxq.dt"] == 15


def test_doubts_are_asked_about_on_a_terminal(ledger: Program, place: Path) -> None:
    (place / "a.txt").write_text("加装电梯 12\n")
    (place / "b.txt").write_text("加装电梯 15\n")
    assert ledger("update --from a.txt").code == 0
    code, shown = on_terminal("update --from b.txt", ["n"], ("[y/N]:",))
    assert (code, values_of(ledger)["ljxq.dt"]) == (4, 12)
    assert "corrects it" in shown
    code, _shown = on_terminal("update --from b.txt", ["y"], ("[y/N]:",))
    assert (code, values_of(ledger)["ljxq.dt"]) == (0, 15)


@pytest.mark.parametrize("words", ["ljxq.dt", "--note x", "--separate", "--done", "--correct"])
def test_other_flags_have_no_place_beside_files(ledger: Program, words: str) -> None:
    assert "Beside --from" in ledger(f"update --from a.txt {words}").err
    assert "Name an indicator" in ledger("update").err


def test_a_report_of_a_milestone_as_share_of_the_plan(ledger: Program, place: Path) -> None:
    (place / "t.csv").write_text("指标,形象进度\n开工建设,65%\n")
    done = ledger("update --from t.csv --dry-run")
    assert "65% of the plan" in done.out


def test_the_prompt_walks_what_is_owed(ledger: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    keys = ["abc", "?", "2600 稳定", "<", "", "66", "1.2", "1.2万户", "是", "y"]
    code, shown = on_terminal("enter --period last-month", keys, (f"{LAST_MONTH}:", "[y/N]"))
    assert code == 0
    assert "4 of 4" in shown
    assert "entered: 2600 人" in shown
    assert "1.2万户" in shown
    assert "4 reports stored" in shown
    assert values_of(ledger)["ljxq.hs"] == 1.2
    assert len(ledger("history -o json").data["items"]) == 10
    code, shown = on_terminal("enter --period last-month", [], ("x",))
    assert (code, "Nothing is owed" in shown) == (0, True)


def test_the_prompt_stores_nothing_unless_told_to(
    ledger: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    prompts = (f"{LAST_MONTH}:", "[y/N]")
    for keys, code in (
        (["2600", "q", "n"], 0),
        (["q"], 0),
        (["2600", "\x04", "\x04"], 0),
        (["2600", "\x03"], 130),
        (["2600", "q", "\x03"], 130),
    ):
        ended, shown = on_terminal("enter --period last-month", keys, prompts)
        assert ended in {code, -signal.SIGINT} if code else ended == 0, (ended, shown)
        assert values_of(ledger)["jy.xz"] is None
    assert ledger("enter").code == 2


def test_the_prompt_takes_a_correction_with_its_doubt(
    ledger: Program, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    (place / "a.txt").write_text("加装电梯 12\n")
    ledger("update --from a.txt --on 2020-01-01")
    today = date.today()  # noqa: DTZ011  # as the program has it
    keys = ["", "1200", "", "", "y"]
    code, shown = on_terminal("enter --period this-month", keys, (f"{today}:", "[y/N]"))
    assert code == 0
    assert "100 times" in shown
    assert values_of(ledger)["ljxq.dt"] == 1200


def test_the_pack_of_a_month(ledger: Program, place: Path) -> None:
    done = ledger("report all --period last-month -O 月报")
    assert done.code == 0
    month, day = f"{LAST_MONTH:%Y-%m}", str(LAST_MONTH)
    written = sorted(str(path.relative_to(place)) for path in (place / "月报").rglob("*.*"))
    assert [Path(line) for line in sorted(done.out.splitlines())] == [
        Path(name) for name in written
    ]
    assert f"月报/brief-{month}.docx" in written
    assert f"月报/ledger-{day}.html" in written
    assert f"月报/form/form-区住建局-{month}.xlsx" in written
    again = ledger("report all --period last-month -O 月报")
    assert "--force" in again.err
    assert ledger("report all --period last-month -O 月报 --force").code == 0
    assert "-O DIR" in ledger("report all").err
    (place / "file").write_text("")
    assert "is no folder" in ledger("report all -O file").err
    nothing = ledger("report notices --state closed --split leer")
    assert (nothing.code, nothing.out) == (0, "")
    assert "no file was written" in nothing.err
    ledger("update ljxq.kg --done")
    for name in ("ljxq.dt 66", "ljxq.hs 1.2万户", "jy.xz 3"):
        ledger(f"update {name}")
    assert "--all" in ledger("report form").err


def test_leads_with_like_names_have_files_of_their_own(ledger: Program, place: Path) -> None:
    for lead in ("A/B", "A:B", "..A?B"):
        ledger("add", lead, "--lead", lead)
    items = [item["id"] for item in json.loads(ledger("export").out)["items"]]
    for own_id in items[2:]:
        ledger(
            f"add 数量 --to {own_id} --target 3个 --deadline {YEAR + 1}年底 --start {YEAR}-01-01"
        )
    ledger("report form --split 发出 --all")
    assert len(list((place / "发出").iterdir())) == 5


def test_a_shell_completes_leads_places_and_categories(ledger: Program, place: Path) -> None:
    assert ledger("list").code == 0
    ctx = typer.Context(typer.main.get_command(typer.Typer(callback=lambda: None)))
    assert place.is_dir()
    # What a shell might evaluate is left out.
    assert complete_lead(ctx, "区") == ["区住建局"]
    assert complete_place(ctx, "") == ["临江区"]
    assert complete_category(ctx, "城") == ["城市更新"]
    assert complete_category(ctx, "x") == []


def test_rows_that_name_nothing_for_certain_say_what_is_nearest(
    ledger: Program, place: Path
) -> None:
    (place / "t.csv").write_text("事项,指标,本期值\n老旧小区改造,加装梯,6\n", "utf-8")
    refused = ledger("update --from t.csv")
    assert (refused.code, "nearest: " in refused.err) == (4, True), refused.err
    assert "加装电梯" in refused.err
    # One that stands under another initiative is found by its own name.
    (place / "t.csv").write_text("事项,指标,本期值\n稳就业,加装电梯,6\n", "utf-8")
    assert ledger("update --from t.csv").code == 0
    assert values_of(ledger)["ljxq.dt"] == 6
