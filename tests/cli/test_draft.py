"""Records drafted from documents: the command, its file, the ledger and the review."""

import json
import os
import pty
import shlex
import shutil
import sys
import time
import tomllib
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest
from places import FIXTURES
from program import Program
from stores import running

DOCUMENTS = FIXTURES / "documents"
TASKS = DOCUMENTS / "qinghe-tasks-2025.html"
NODES = DOCUMENTS / "qinghe-nodes-2025.txt"
NOTICE = DOCUMENTS / "qinghe-ducha-2025.txt"
PAGE = DOCUMENTS / "qinghe-press-2025.txt"


@pytest.fixture(params=["folder", "postgresql"])
def ledger(
    request: pytest.FixtureRequest, program: Program, monkeypatch: pytest.MonkeyPatch
) -> Program:
    """Return the program with an empty ledger, in each store that people have."""
    if request.param == "postgresql":
        monkeypatch.setenv("TRACKER_DB", running().url(uuid4().hex))
    assert program("init --empty").code == 0
    return program


def enter(ledger: Program, place: Path, document: Path, *more: str) -> str:
    drafted = ledger("draft", str(document), *more)
    assert drafted.code == 0, drafted.err
    (place / "drafts.toml").write_text(drafted.out, "utf-8")
    imported = ledger("import drafts.toml")
    assert imported.code == 0, imported.err
    return imported.out


def test_a_document_is_drafted_and_imported_and_gives_nothing_twice(
    ledger: Program, place: Path
) -> None:
    told = enter(ledger, place, TASKS, "--place", "青禾县")
    assert told.startswith("1 document, 7 initiatives, 21 indicators")
    again = ledger("draft", str(TASKS), "--place", "青禾县")
    assert "\n[[items" not in again.out
    assert "21 entered before" in again.err
    assert ledger("import drafts.toml").out == "nothing new\n"


YEAR = """云溪县2026年重点工作安排
（2026年1月20日）
一、城市更新
去年新建学校5所。今年新建学校8所、停车场3座，总投资14.2亿元。
年底前更新供水管网85公里，农村污水治理率达到百分之七十以上，同步改善沿线环境，确保
群众满意。10月底前打通断头路7条。
"""


def count_blocks(drafted: str) -> int:
    return sum(line.startswith("[[items]]") for line in drafted.splitlines())


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text,
        lambda text: text.replace("确保\n群众", "确保群众"),
        lambda text: text.replace("\n", "\r\n"),
        lambda text: "\n".join(f"\u3000\u3000{line}" for line in text.splitlines()),
        lambda text: text.replace("一、", "# "),
        lambda text: text.replace("断头路7条", "断头路9条"),
    ],
)
@pytest.mark.parametrize("name", ["改名.txt", "plan.md"])
def test_the_same_text_in_another_file_gives_nothing_twice(
    program: Program, place: Path, name: str, change: Callable[[str], str]
) -> None:
    program("init --empty")
    (place / "计划.txt").write_text(YEAR, "utf-8")
    enter(program, place, place / "计划.txt", "--results", "--place", "云溪县")
    (place / name).write_text(change(YEAR), "utf-8")
    drafted = program(f"draft {name} --results --place 云溪县").out
    assert count_blocks(drafted) == (1 if "断头路9条" in change(YEAR) else 0), drafted
    assert "documents" not in drafted


def test_what_a_person_corrected_at_import_is_not_drafted_again(
    ledger: Program, place: Path
) -> None:
    (place / "计划.txt").write_text(YEAR, "utf-8")
    drafted = ledger("draft 计划.txt --results").out
    for printed, corrected in (
        ('"更新供水管网"', '"管网"'),
        ("target = 85", "target = 86"),
        ('"城市更新"', '"更新"'),
    ):
        drafted = drafted.replace(printed, corrected)
    (place / "drafts.toml").write_text(drafted, "utf-8")
    assert ledger("import drafts.toml").code == 0
    assert count_blocks(ledger("draft 计划.txt --results").out) == 0


def test_another_document_of_the_same_name_has_an_id_of_its_own(
    ledger: Program, place: Path
) -> None:
    (place / "plan.txt").write_text(YEAR, "utf-8")
    enter(ledger, place, place / "plan.txt")
    (place / "plan.txt").write_text(
        "东岭镇2026年计划\n（2026年1月20日）\n新建泵站4座。改造道路6公里。\n", "utf-8"
    )
    enter(ledger, place, place / "plan.txt")
    assert [each["id"] for each in ledger("documents -o json").data["items"]] == [
        "2026-01-20-plan",
        "2026-01-20-plan-2",
    ]


def test_a_number_that_was_left_is_entered_by_taking_its_signs_away(
    ledger: Program, place: Path
) -> None:
    (place / "plan.txt").write_text(YEAR, "utf-8")
    drafted = ledger("draft plan.txt").out
    head, _line, left = drafted.partition("# Numbers that are no records")
    first, _end, block = left.partition("# [[items]]")
    taken = "[[items]]" + block.replace("\n# ", "\n")
    (place / "drafts.toml").write_text(f"{head}#{first}{taken}", "utf-8")
    assert ledger("import drafts.toml").code == 0
    names = {each["name"]: each["target"] for each in ledger("list -o json").data["items"]}
    assert names["总投资"] == 14.2
    again = ledger("draft plan.txt").out
    assert "总投资" not in again


def test_a_quote_over_a_line_break_is_kept_and_found_again(ledger: Program, place: Path) -> None:
    folder = place / "papers"
    folder.mkdir()
    text = "2026年工作计划\n（2026年1月20日）\n\u3000\u3000年底前完成全县农村供水管网更新改造"
    text += "和老旧水厂提升共计建\n成水厂12座。\n"
    (folder / "plan.txt").write_text(text, "utf-8")
    enter(ledger, place, folder / "plan.txt")
    (indicator,) = ledger("export").data["items"][0]["indicators"]
    assert indicator["source"]["quote"].endswith("共计建成水厂12座")
    found = ledger("check --documents papers -o json").data["items"]
    assert not [each for each in found if each["check"] == "quotes"]


def test_drafts_match_the_records_that_are_there(ledger: Program, place: Path) -> None:
    enter(ledger, place, TASKS, "--place", "青禾县")
    items = ledger("draft", str(NOTICE), "--place", "青禾县", "-o", "json").data["items"]
    changes = {item["quote"]: item["change"] for item in items}
    assert changes["新增普惠托位160个"] == "update"
    assert changes["9月底前完成供水管网更新30公里以上"] == "interim"
    assert changes["确保11月底前建成6.5万亩"] == "source"
    assert changes["固定资产投资增长4.1%"] == "unplaced"
    assert changes["占年度任务的21.4%"] == "joined"
    enter(ledger, place, NOTICE, "--place", "青禾县")
    exported = ledger("export").data["items"]
    updates = [
        update
        for item in exported
        for indicator in item["indicators"]
        for update in indicator["updates"]
    ]
    water = next(update for update in updates if update["value"] == 9)
    assert (water["share_of_plan"], water["on"], water["period_start"]) == (
        21.4,
        "2025-06-30",
        "2025-01-01",
    )
    assert water["source"]["quote"] == "供水管网更新9公里"
    done = [update for update in updates if update["done"]]
    assert [update["on"] for update in done] == ["2025-06-20"]


def test_a_plan_its_notices_and_a_page_make_one_ledger(ledger: Program, place: Path) -> None:
    changes = {}
    for path in (TASKS, NODES, NOTICE, PAGE):
        items = ledger("draft", str(path), "--place", "青禾县", "-o", "json").data["items"]
        changes[path.stem] = Counter(f"{item['kind']} {item['change']}" for item in items)
        enter(ledger, place, path, "--place", "青禾县")
        assert "[[items" not in "".join(
            line
            for line in ledger("draft", str(path), "--place", "青禾县").out.splitlines()
            if not line.startswith("#")
        )
        assert ledger("import drafts.toml").out == "nothing new\n"
    assert changes[NODES.stem]["milestone source"] == 2
    assert changes[NOTICE.stem] >= Counter(
        {"result update": 13, "result joined": 4, "target interim": 1, "target source": 1}
    )
    assert changes[PAGE.stem] >= Counter({"result update": 3, "target source": 1})
    indicators = {
        indicator["name"]: indicator
        for item in ledger("export").data["items"]
        for indicator in item["indicators"]
    }
    pipes = indicators["更新供水管网"]
    assert [update["value"] for update in pipes["updates"]] == [9, 31.6]
    assert [point["value"] for point in pipes["interim"]] == [30]
    assert indicators["主体结构封顶"]["updates"][0]["done"] is True


def test_a_name_that_is_only_alike_is_a_candidate_and_never_merged(ledger: Program) -> None:
    ledger("add 高标准农田建设工程三期 --id fields --place 青禾县")
    drafted = ledger("draft", str(TASKS), "--place", "青禾县").out
    assert "# like: fields (高标准农田建设工程三期)" in drafted
    assert 'id = "fields"' not in drafted


def test_a_result_of_an_initiative_that_is_only_alike_is_not_merged(
    program: Program, place: Path
) -> None:
    program("init --empty")
    (place / "plan.txt").write_text(PLAN, "utf-8")
    enter(program, place, place / "plan.txt")
    (place / "later.md").write_text(
        "# 进展通报\n\n2026年7月5日\n\n## 城市更新二期\n\n截至6月底，更新管网2公里。\n", "utf-8"
    )
    (item,) = program("draft later.md -o json").data["items"]
    assert (item["change"], item["candidates"][0]["name"]) == ("unplaced", "城市更新")


def test_a_page_that_names_the_place_reports_on_the_records_of_a_plan(
    ledger: Program, place: Path
) -> None:
    plan = place / "plan.txt"
    plan.write_text(
        "云溪县2026年重点工作\x1b安排\n（2026年1月20日）\n一、城市更新\n"
        "改造老旧小区23个。\n云溪医院迁建项目12月底前建成投用。\n",
        "utf-8",
    )
    enter(ledger, place, plan, "--place", "云溪县")
    page = place / "page.txt"
    page.write_text(
        "云溪县城市更新再提速\n（2026年9月18日）\n记者从县住建局获悉，云溪县老旧小区改造已完工21个。"
        "云溪医院迁建项目建成投用。\n",
        "utf-8",
    )

    drafted = ledger("draft", str(page), "--place", "云溪县", "-o", "json")
    assert [item["change"] for item in json.loads(drafted.out)["items"]] == ["update", "update"]


def test_a_changed_target_is_a_revision_with_its_reason(ledger: Program, place: Path) -> None:
    enter(ledger, place, TASKS)
    (place / "later.md").write_text(
        "# 调整通知\n\n2025年8月1日\n\n## 城市更新\n\n确保12月底前打通断头路8条。\n", "utf-8"
    )
    (item,) = tomllib.loads(ledger("draft later.md --title 调整通知").out)["items"]
    (revision,) = item["indicators"][0]["revisions"]
    assert (revision["target"], revision["reason"]) == (8, "调整通知")


LEADS = """云溪县2026年重点任务
（2026年1月20日）
| 事项 | 目标任务 | 牵头单位 | 完成时限 |
|---|---|---|---|
| 城市更新 | 改造老旧小区23个 | 县住建局 | 11月底 |
| 城市更新 | 新建口袋公园5个 | 县城管局 | 10月底 |
| 农村供水 | 更新供水管网40公里 | 县水利局 | 9月底 |
| 农村供水 | 新建水厂2座 | 县水利局 | 12月底 |
"""


def test_each_indicator_has_its_lead_where_an_initiative_has_several(
    ledger: Program, place: Path
) -> None:
    (place / "tasks.md").write_text(LEADS, "utf-8")
    enter(ledger, place, place / "tasks.md")
    by_lead = {
        lead: [item["name"] for item in ledger(f"list --lead {lead} -o json").data["items"]]
        for lead in ("县住建局", "县城管局", "县水利局")
    }
    assert by_lead == {
        "县住建局": ["改造老旧小区"],
        "县城管局": ["新建口袋公园"],
        "县水利局": ["更新供水管网", "新建水厂"],
    }
    assert [item.get("lead") for item in ledger("export").data["items"]] == [None, "县水利局"]


def test_a_list_gives_the_records_of_a_report_their_leads(ledger: Program, place: Path) -> None:
    (place / "report.txt").write_text(
        "云溪县2026年政府工作报告\n（2026年1月5日）\n一、城市更新\n"
        "今年改造老旧小区23个。年底前新建口袋公园5个。年底前更新供水管网40公里。\n",
        "utf-8",
    )
    enter(ledger, place, place / "report.txt")
    ledger("edit 更新供水管网 --lead 县建投公司")
    (place / "tasks.md").write_text(LEADS.replace("10月底", "12月底"), "utf-8")
    drafted = ledger("draft tasks.md").out
    assert "# revision of 城市更新 · 改造老旧小区, 23 个, 2026-12-31\n" in drafted
    assert "# source of 城市更新 · 新建口袋公园, 5 个, 2026-12-31\n" in drafted
    assert "# lead in the document: 县水利局\n" in drafted
    enter(ledger, place, place / "tasks.md")
    leads = {item["name"]: item["lead"] for item in ledger("list -o json").data["items"]}
    assert leads == {
        "改造老旧小区": "县住建局",
        "新建口袋公园": "县城管局",
        "更新供水管网": "县建投公司",
        "新建水厂": "县水利局",
    }


def test_persons_at_one_lead_stand_at_their_indicators(program: Program, place: Path) -> None:
    program("init --empty")
    (place / "plan.txt").write_text(
        "云溪县2026年重点任务\n（2026年1月20日）\n一、城市更新\n"
        "1.改造老旧小区23个。\n牵头单位：县住建局\n责任人：王某\n"
        "2.新建口袋公园5个。\n牵头单位：县住建局\n责任人：李某\n",
        "utf-8",
    )
    drafted = program("draft plan.txt")
    (place / "drafts.toml").write_text(drafted.out, "utf-8")
    assert program("import drafts.toml").code == 0


@pytest.mark.parametrize(
    ("sentence", "changes"),
    [
        ("老旧小区改造目标调整为20个。", {"target": 20}),
        ("老旧小区改造目标由23个调整为20个。", {"target": 20}),
        ("老旧小区改造任务调减至20个。", {"target": 20}),
        ("老旧小区改造完成时限延长至12月20日。", {"deadline": "2026-12-20"}),
    ],
)
def test_what_is_called_adjusted_is_a_revision(
    program: Program, place: Path, sentence: str, changes: dict[str, object]
) -> None:
    program("init --empty")
    (place / "plan.txt").write_text(
        "2026年工作计划\n（2026年1月5日）\n一、城市更新\n11月底前改造老旧小区23个。\n", "utf-8"
    )
    enter(program, place, place / "plan.txt")
    (place / "change.txt").write_text(
        f"关于调整工作目标的通知\n（2026年6月10日）\n一、城市更新\n{sentence}\n", "utf-8"
    )
    enter(program, place, place / "change.txt")
    (item,) = program("export").data["items"]
    (indicator,) = item["indicators"]
    (revision,) = indicator["revisions"]
    assert revision.get("target") == changes.get("target")
    assert (revision.get("deadline") or {}).get("on") == changes.get("deadline")


def test_the_share_beside_a_result_without_a_record_goes_with_it(
    program: Program, place: Path
) -> None:
    (place / "report.txt").write_text(
        "云溪县2025年工作回顾\n（2026年1月5日）\n去年城镇新增就业4126人，完成年度任务的118%。\n",
        "utf-8",
    )
    (item,) = tomllib.loads(program("draft report.txt --results").out)["items"]
    (update,) = item["indicators"][0]["updates"]
    assert (update["value"], update["share_of_plan"]) == (4126, 118)


def test_a_dry_run_says_what_would_be_and_stores_nothing(ledger: Program, place: Path) -> None:
    (place / "drafts.toml").write_text(ledger("draft", str(TASKS)).out, "utf-8")
    tried = ledger("import drafts.toml --dry-run")
    assert tried.code == 0
    assert "21 indicators" in tried.out
    assert ledger("import drafts.toml --dry-run -o json").data["items"][0]["dry_run"] is True
    assert ledger("list -o json").data["items"] == []


def test_doubtful_drafts_and_numbers_left_are_comments(ledger: Program) -> None:
    drafted = ledger("draft", str(NOTICE)).out
    sure, _line, rest = drafted.partition("# Doubtful")
    assert "[[items]]" in sure
    assert all(line.startswith("#") or not line for line in rest.splitlines()[1:])
    assert "# Numbers that are no records:" in rest
    assert "滞后计划约10个百分点» a comparison" in rest
    everything = tomllib.loads(ledger("draft", str(NOTICE), "--results").out)
    assert len(everything["items"]) > len(tomllib.loads(drafted).get("items", []))


def test_there_need_be_no_ledger(program: Program) -> None:
    drafted = program("draft", str(NOTICE), "-o", "jsonl")
    assert drafted.code == 0
    rows = [json.loads(line) for line in drafted.out.splitlines()]
    assert {row["kind"] for row in rows} == {"target", "result", "milestone"}
    table = program("draft", str(NOTICE), "-o", "table")
    assert "unplaced" in table.out


def test_hostile_words_stay_words_in_the_file(ledger: Program, place: Path) -> None:
    text = '力争新增"""\\企业[[items]]5家。\x1b]0;x\x07力争新增\u202e甲=cmd企业7家。\n'
    (place / "plan.txt").write_text(f"2026年工作计划\n（2026年1月5日）\n{text}", "utf-8")
    drafted = ledger("draft plan.txt")
    assert "\x1b" not in drafted.out
    assert "\u202e" not in drafted.out
    names = [item["indicators"][0]["name"] for item in tomllib.loads(drafted.out)["items"]]
    assert any('"""\\企业[[items]]' in name for name in names)
    (place / "drafts.toml").write_text(drafted.out, "utf-8")
    assert ledger("import drafts.toml").code == 0


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("empty.txt", b"", "holds no text"),
        ("blank.html", b"<html><nav>a</nav><script>5</script></html>", "holds no text"),
        (
            "menu.html",
            "<ul><li><a>首页</a></li><li><a>政务公开</a></li></ul>".encode(),
            "only short lines",
        ),
        ("old.doc", b"\xd0\xcf\x11\xe0", "is none of"),
        ("binary.txt", b"\0\1\2\3" * 100, "no text file"),
        ("broken.docx", b"PK\3\4nothing", "no Word document"),
        ("broken.pdf", b"%PDF-1.4 nothing", "no readable PDF"),
        ("english.txt", b"Build 3,000 homes by the end of 2026.", "holds no Chinese"),
        ("latin.txt", b"\xff\xff\xff" * 9, "neither UTF-8 nor GB18030"),
        ("really-pdf.txt", b"%PDF-1.4 \xe4\xb8\xad", "no text file"),
        ("wide.txt", "新建学校8所".encode("utf-32"), "no text file"),
        (
            "footer.html",
            "<ul><li>首页</li><li>政务公开</li></ul><p>版权所有 © 2026 某县人民政府办公室主办"
            " 备案号 ICP备05070218号</p><p>电话：010-12345678</p>".encode(),
            "only short lines",
        ),
    ],
)
def test_what_cannot_be_read_is_one_sentence(
    ledger: Program, place: Path, name: str, content: bytes, words: str
) -> None:
    (place / name).write_bytes(content)
    refused = ledger(f"draft {name} --published 2026-01-05")
    assert (refused.code, refused.out) == (2, "")
    assert words in refused.err


def rewrite_word(path: Path, change: Callable[[bytes], bytes]) -> None:
    """Write a Word document whose main part was changed."""
    import docx

    word = docx.Document()
    word.add_paragraph("今年新建学校8所。")
    word.save(str(path))
    with zipfile.ZipFile(path) as source:
        parts = {name: source.read(name) for name in source.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name, data in parts.items():
            target.writestr(name, change(data) if name == "word/document.xml" else data)


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data[: len(data) // 2],
        lambda _data: b"<html/>",
        lambda data: data.replace(b"<w:p>", b"<w:sdt>" * 999 + b"<w:p>"),
        lambda data: data.replace(
            b"?>", b'?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hosts">]>', 1
        ).replace("新建".encode(), "新建&e;".encode()),
    ],
)
def test_a_word_document_with_faults_or_entities_is_refused(
    program: Program, place: Path, change: Callable[[bytes], bytes]
) -> None:
    rewrite_word(place / "plan.docx", change)
    refused = program("draft plan.docx --published 2026-01-05")
    assert (refused.code, "no Word document" in refused.err) == (2, True), refused.err


def test_a_locked_pdf_a_huge_file_and_a_missing_one_are_refused(
    ledger: Program, place: Path
) -> None:
    from pypdf import PdfWriter

    writer = PdfWriter(clone_from=str(DOCUMENTS / "qinghe-ducha-2025.pdf"))
    writer.encrypt("secret", algorithm="RC4-128")
    writer.write(place / "locked.pdf")
    scan = PdfWriter()
    scan.add_blank_page(200, 200)
    scan.write(place / "scan.pdf")
    with (place / "huge.txt").open("wb") as huge:
        huge.truncate(100_000_000)
    for name, words in (
        ("locked.pdf", "asks for a password"),
        ("scan.pdf", "only pictures"),
        ("huge.txt", "more than"),
        ("missing.txt", "cannot be read"),
    ):
        refused = ledger(f"draft {name} --published 2026-01-05")
        assert refused.code == 2
        assert words in refused.err


def test_a_text_or_part_that_nobody_could_look_through_is_refused(
    ledger: Program, place: Path
) -> None:
    (place / "long.txt").write_text("新建学校8所。\n" * 130_000, "utf-8")
    (place / "long.html").write_text(f"<p>{'<br>' * 2_500_001}", "utf-8")
    with zipfile.ZipFile(place / "deep.docx", "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("word/document.xml", "<p/>" * 12_500_001)
    for name, words in (
        ("long.txt", "more than 1000000 characters"),
        ("long.html", "more than 10000000 characters"),
        ("deep.docx", "more than 50000000 bytes"),
    ):
        refused = ledger(f"draft {name} --published 2026-01-05")
        assert (refused.code, words in refused.err) == (2, True), refused.err


def test_a_pipe_is_no_file(ledger: Program, place: Path) -> None:
    os.mkfifo(place / "pipe.txt")
    refused = ledger("draft pipe.txt --published 2026-01-05")
    assert (refused.code, "is no file" in refused.err) == (2, True)


@pytest.mark.parametrize("name", ["plan.md", "plan.txt", "plan.docx", "page.html", "plan.pdf"])
def test_an_import_of_prose_says_how_its_records_are_drafted(
    ledger: Program, place: Path, name: str
) -> None:
    (place / name).write_text("今年新增学位2000个。", "utf-8")
    refused = ledger(f"import {name}")
    assert (refused.code, "tracker draft" in refused.err) == (2, True), refused.err


def test_a_document_without_a_day_asks_for_it(ledger: Program, place: Path) -> None:
    (place / "plan.txt").write_text("年底前新建学校5所。", "utf-8")
    refused = ledger("draft plan.txt")
    assert refused.code == 2
    assert "--published" in refused.err
    assert ledger("draft plan.txt -o nothing").code == 2
    given = ledger("draft plan.txt --published 2026-01-05").out
    (item,) = tomllib.loads(given)["items"]
    assert str(item["indicators"][0]["deadline"]["on"]) == "2026-12-31"


def test_a_page_states_its_day_beside_its_text(program: Program, place: Path) -> None:
    (place / "page.html").write_text(
        '<meta name="PubDate" content="2026-09-12 08:30"><p>年底前新建学校5所。</p>', "utf-8"
    )
    drafted = program("draft page.html")
    assert "2026-09-12" in drafted.err
    (item,) = tomllib.loads(drafted.out)["items"]
    assert str(item["indicators"][0]["deadline"]["on"]) == "2026-12-31"


def test_gb18030_is_read(ledger: Program, place: Path) -> None:
    (place / "plan.txt").write_bytes("2026年工作计划\n新建学校5所。".encode("gb18030"))
    assert "新建学校" in ledger("draft plan.txt --published 2026-01-05").out


def test_quotes_are_looked_up_in_the_files(ledger: Program, place: Path) -> None:
    folder = place / "papers"
    folder.mkdir()
    shutil.copy(TASKS, folder)
    enter(ledger, place, TASKS)
    checked = ledger("check --documents papers -o json --only quotes")
    assert checked.code == 2
    found = ledger("check --documents papers -o json").data["items"]
    assert not [each for each in found if each["check"] == "quotes"]
    changed = (folder / TASKS.name).read_text("utf-8").replace("断头路5条", "断头路6条")
    (folder / TASKS.name).write_text(changed, "utf-8")
    found = ledger("check --documents papers -o json").data["items"]
    lost = [each["sentence"] for each in found if each["check"] == "quotes"]
    assert lost == ["«打通断头路5条» does not stand in 2025-02-18-qinghe-tasks-2025"]
    assert ledger("check --documents nowhere").code == 2
    (folder / TASKS.name).unlink()
    assert "No file of" in ledger("check --documents papers").err


def test_a_changed_file_is_found_by_its_title_or_its_other_quotes(
    ledger: Program, place: Path
) -> None:
    folder = place / "papers"
    folder.mkdir()
    plan = place / "工作计划.txt"
    plan.write_text("2026年工作计划\n新建学校5所。改造道路7条。", "utf-8")
    enter(ledger, place, plan, "--published", "2026-01-05")
    (folder / "别的.txt").write_text("别的文件。", "utf-8")
    (folder / "坏的.txt").write_bytes(b"\0\0\0")
    for name, text in [
        ("工作计划.txt", "2026年工作计划\n新建学校6所。改造道路8条。"),
        ("改名.txt", "修订稿\n新建学校5所。改造道路8条。"),
    ]:
        (folder / name).write_text(text, "utf-8")
        found = ledger("check --documents papers -o json").data["items"]
        lost = [each["sentence"][:9] for each in found if each["check"] == "quotes"]
        assert lost[-1] == "«改造道路7条» "
        (folder / name).unlink()
    assert "No file of" in ledger("check --documents papers").err


def test_a_quote_is_shown_where_its_source_is(ledger: Program, place: Path) -> None:
    enter(ledger, place, TASKS)
    assert "«打通断头路5条»" in ledger("why 打通断头路").out
    assert "«打通断头路5条»" in ledger("show 城市更新 -o html").out
    assert "«打通断头路5条»" in ledger("report notices --as-of 2026-01-20").out


def test_a_notice_quotes_the_target_in_force(program: Program, place: Path) -> None:
    program("init --empty")
    for name, day, sentence in (
        ("plan", "1月5日", "11月底前改造老旧小区23个。"),
        ("change", "6月10日", "老旧小区改造目标调整为20个。"),
    ):
        (place / f"{name}.txt").write_text(
            f"关于调整工作目标的通知\n（2026年{day}）\n一、城市更新\n{sentence}\n", "utf-8"
        )
        enter(program, place, place / f"{name}.txt")
    notice = program("report notices --as-of 2026-12-20").out
    assert "20 个" in notice
    assert "«老旧小区改造目标调整为20个»" in notice
    assert "«11月底前改造老旧小区23个»" not in notice


def test_a_share_of_the_plan_alone_is_a_report(ledger: Program, place: Path) -> None:
    enter(ledger, place, TASKS)
    (place / "later.md").write_text(
        "# 进展通报\n\n2025年7月5日\n\n## 城市更新\n\n截至6月底，打通断头路完成年度任务的60%。\n",
        "utf-8",
    )
    enter(ledger, place, place / "later.md")
    (update,) = [
        update
        for item in ledger("export").data["items"]
        for indicator in item["indicators"]
        for update in indicator["updates"]
    ]
    assert (update["share_of_plan"], update["value"], update["on"]) == (60, None, "2025-06-30")
    assert "1 entered before" in ledger("draft later.md").err


def on_terminal(line: str, keys: list[str], code: int = 0) -> str:
    """Return what the program shows while these lines are typed, one at each question."""
    pid, descriptor = pty.fork()
    if pid == 0:
        os.execv(sys.executable, [sys.executable, "-m", "tracker", *shlex.split(line)])  # noqa: S606
    shown = b""
    waiting = list(keys)
    limit = time.monotonic() + 60
    try:
        while time.monotonic() < limit and (data := os.read(descriptor, 65536)):
            shown += data
            is_question = shown.rstrip(b" ").endswith((b"[q]uit:", b"[y/N]", b"record:"))
            if is_question and waiting:
                key = waiting.pop(0)
                os.write(descriptor, f"{key}\n".encode() if key != "\x04" else b"\x04")
                shown += b"\n"
    except OSError:
        # On Linux the end of a terminal is an error.
        pass
    finally:
        os.close(descriptor)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == code
    return shown.decode()


PLAN = (
    "2026年工作计划\n（2026年1月5日）\n## 城市更新\n新建学校5所。打通断头路3条。更新管网8公里。\n"
)


def test_a_review_accepts_skips_undoes_and_imports(
    ledger: Program, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    (place / "plan.txt").write_text(PLAN, "utf-8")
    shown = on_terminal("draft plan.txt --review", ["a", "a", "u", "s", "a", "y"])
    assert "3 of 3" in shown
    names = [item["name"] for item in ledger("list -o json").data["items"]]
    assert names == ["新建学校", "更新管网"]
    written = (place / "plan.drafts.toml").read_text("utf-8")
    assert len(tomllib.loads(written)["items"]) == 2


def test_a_review_edits_changes_kind_and_record_and_keeps_what_is_open(
    ledger: Program, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.setenv("EDITOR", "sed -i s/学校/小学/")
    ledger("add 断头路专项 --id roads")
    (place / "plan.txt").write_text(PLAN, "utf-8")
    on_terminal("draft plan.txt --review", ["e", "m", "无此事项", "m", "roads", "k", "a", "q"])
    written = (place / "plan.drafts.toml").read_text("utf-8")
    first, second = tomllib.loads(written)["items"]
    assert first["indicators"][0]["name"] == "新建小学"
    assert second["id"] == "roads"
    assert second["indicators"][0]["updates"][0]["value"] == 3
    assert '# name = "更新管网"' in written
    assert ledger("list -o json").data["items"] == []


def test_a_candidate_is_chosen_by_its_number_and_takes_the_name(
    ledger: Program, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    ledger("add 城市更新行动二期 --id renewal")
    ledger("add 新建学校 --to renewal --id schools --target 3所 --deadline 2026-12-31")
    (place / "plan.txt").write_text(PLAN.replace("## 城市更新", "## 城市更新行动三期"), "utf-8")
    keys = ["m", "\x04", "m", "1", "a", "s", "s", "y"]
    shown = on_terminal("draft plan.txt --review", keys)
    assert "revision of 城市更新行动二期 · 新建学校, 3 所, 2026-12-31" in shown
    (item,) = ledger("export").data["items"]
    assert item["aliases"] == ["城市更新行动三期"]
    assert item["indicators"][0]["revisions"][0]["target"] == 5
    assert '\nid = "renewal"\n' in ledger("draft plan.txt").out


def test_an_edit_that_cannot_be_entered_goes_on_where_it_was(
    ledger: Program, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    editor = place / "editor.sh"
    editor.write_text(
        "#!/bin/sh\n"
        "if grep -q 'target = 5$' $1; then sed -i 's/target = 5$/target = \"很多\"/' $1\n"
        "elif grep -q 很多 $1; then sed -i 's/target = .*/target = 6/; s/deadline = .*/"
        'deadline = "11月底"/\' $1\n'
        "else sed -i 's/^/# /' $1; fi\n"
    )
    editor.chmod(0o755)
    monkeypatch.setenv("EDITOR", str(editor))
    (place / "plan.txt").write_text(PLAN, "utf-8")
    shown = on_terminal("draft plan.txt --review", ["e", "e", "e", "s", "y"])
    assert "'很多' has no number" in shown
    (item,) = ledger("list -o json").data["items"]
    assert (item["name"], item["target"], item["deadline"]) == ("新建学校", 6, "2026-11-30")
    assert "# ✗ 第1段 «打通断头路3条»" in (place / "plan.drafts.toml").read_text("utf-8")


def test_a_review_needs_a_terminal(ledger: Program) -> None:
    refused = ledger("draft", str(TASKS), "--review")
    assert refused.code == 2
    assert "terminal" in refused.err


def test_a_review_takes_an_indicator_and_refuses_a_broken_edit(
    ledger: Program, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.setenv("EDITOR", "sed -i s/name/[[/")
    ledger("add 道路专项 --id roads")
    ledger("add 断头路 --to roads --id open --target 3条 --deadline 2026-12-31")
    (place / "plan.txt").write_text(PLAN, "utf-8")
    keys = ["e", "m", "roads.open", "a", "u", "u", "u", "x", "a", "s", "k", "k", "k", "a", "n"]
    on_terminal("draft plan.txt --review", keys)
    first, last = tomllib.loads((place / "plan.drafts.toml").read_text("utf-8"))["items"]
    assert first["indicators"][0]["name"] == "新建学校"
    assert last["indicators"][0]["name"] == "更新管网"


def test_a_file_that_cannot_be_read_is_named_when_quotes_are_looked_up(
    ledger: Program, place: Path
) -> None:
    (place / "plan.md").write_text(PLAN, "utf-8")
    enter(ledger, place, place / "plan.md")
    folder = place / "papers"
    folder.mkdir()
    (folder / "other.md").write_text("别的文件。", "utf-8")
    (folder / "plan.md").write_bytes(b"\0\0\0")
    checked = ledger("check --documents papers")
    assert "no text file" in checked.err


def test_a_review_goes_on_where_it_was_left(
    ledger: Program, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    (place / "plan.txt").write_text(PLAN + "新增托位4个，总投资3亿元。\n", "utf-8")
    on_terminal("draft plan.txt --review", ["a", "s", "q"])
    kept = place / "plan.drafts.toml"
    corrected = kept.read_text("utf-8").replace("target = 5", "target = 6")
    kept.write_text(corrected.replace('"新建学校"', '"新建小学"'), "utf-8")
    shown = on_terminal("draft plan.txt --review", ["a", "quit"])
    assert "plan.drafts.toml is there" in shown
    assert "1 of 2" in shown
    keys = ["u", "k", "k", "k", "\x03"]
    assert "1 of 1" in on_terminal("draft plan.txt --review", keys, code=130)
    on_terminal("draft plan.txt --review", ["a", "y"])
    indicators = {each["name"]: each["target"] for each in ledger("list -o json").data["items"]}
    assert indicators == {"新建小学": 6, "更新管网": 8, "新增托位": 4}
    ids = [each["id"] for each in ledger("list -o json").data["items"]]
    assert len(set(ids)) == 3
    written = kept.read_text("utf-8")
    assert "# ✗ " in written
    assert '# name = "打通断头路"' in written
    shown = on_terminal("draft plan.txt --review", ["y"])
    assert "nothing new" in shown
    assert kept.read_text("utf-8").count("[[documents]]") == 1


def test_a_review_that_is_interrupted_keeps_what_was_accepted(
    ledger: Program, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    (place / "plan.txt").write_text(PLAN, "utf-8")
    on_terminal("draft plan.txt --review", ["a", "\x03"], code=130)
    (item,) = tomllib.loads((place / "plan.drafts.toml").read_text("utf-8"))["items"]
    assert item["indicators"][0]["name"] == "新建学校"
    assert ledger("list -o json").data["items"] == []


def test_a_review_stays_at_a_draft_whose_editor_fails_or_whose_record_has_another_unit(
    ledger: Program, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.setenv("EDITOR", "/nonexistent/editor")
    ledger("add 道路专项 --id roads")
    ledger("add 改造道路 --to roads --id km --target 30公里 --deadline 2026-12-31")
    (place / "plan.txt").write_text(PLAN, "utf-8")
    shown = on_terminal("draft plan.txt --review", ["e", "m", "roads.km", "a", "s", "s", "n"])
    assert "cannot be started" in shown
    (item,) = tomllib.loads((place / "plan.drafts.toml").read_text("utf-8"))["items"]
    assert item["indicators"][0]["name"] == "新建学校"


@pytest.mark.parametrize("content", [b"[[items", b"\xff\xfe"])
def test_a_review_leaves_a_file_that_it_cannot_read(
    place: Path, monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    (place / "plan.txt").write_text(PLAN, "utf-8")
    kept = place / "plan.drafts.toml"
    kept.write_bytes(content)
    shown = on_terminal("draft plan.txt --review", [], code=2)
    assert "is there and cannot be read" in shown
    assert kept.read_bytes() == content


def test_a_review_says_that_its_file_cannot_be_written(tmp_path: Path) -> None:
    from tracker.cli.review_file import write_review_file
    from tracker.errors import InvalidInput

    with pytest.raises(InvalidInput, match="cannot be written"):
        write_review_file(tmp_path / "nowhere" / "plan.toml", "")
