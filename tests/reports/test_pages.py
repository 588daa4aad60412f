"""Pages as they are read: goldens of the page and of the site, in both languages."""

import json
import os
import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from factories import document, figure, file_of, initiative, of, on, said, step
from hostile import TEXTS
from pages import items_of, outline_page, unpack_data
from places import GOLDEN
from program import Program

from tracker.locale.translation import using_language

EXPECTED = GOLDEN / "pages"
# The environment of a program that is tried has nothing of this one.
WRITES = os.environ.get("TRACKER_GOLDEN") == "write"
DAY = ("--as-of", "2026-05-10")
PROGRAMME = (
    document("plan", "2026年政府工作报告", "2026-01-09")
    | {"url": "https://example.org/plan?a=1&b=2", "publisher": "市政府"},
    document("news", "<b>一季度</b>通报", "2026-04-02") | {"url": "javascript:alert(1)"},
    initiative(
        "pipes",
        "老旧管网改造",
        figure(
            "km",
            "改造长度",
            "公里",
            on("2026-02-28", 9, id="u-1", qualifier=">=", note="一标段", evidence=["市水字3号"]),
            on("2026-03-31", 31, id="u-2", source=said(document="news", quote="改造31公里")),
            on("2026-03-31", id="u-3", voids="u-2"),
            on("2026-03-31", 13, id="u-4", source=said(document="news", quote="改造13公里")),
            on("2026-04-30", 20, id="u-5", status="estimate"),
            target=120,
            op=">=",
            source=said(document="plan", locator="第3段", quote="年内改造120公里以上"),
            revisions=[
                on(
                    "2026-04-10",
                    id="r-1",
                    target=100,
                    deadline={"on": "2027-03-31"},
                    reason="雨季提前",
                )
            ],
        ),
        figure("north", "其中北片", "公里", on("2026-03-31", 5, id="u-6"), part_of="pipes.km"),
        step(
            "begun",
            "开工",
            "2026-03-01",
            on("2026-03-05", id="u-7", done=False, note='=HYPERLINK("x")'),
            verdicts=[on("2026-05-02", id="v-1", verdict="broken", reason="<img src=x>")],
        ),
        lead="市水务局、市城管局",
        place="济南市",
        sources=[of("plan", "第3段")],
        decisions=[on("2026-01-20", id="d-1", state="active", reason="立项")],
    ),
    initiative(
        "valves",
        f"阀门{TEXTS['tag']}",
        step("all", "更换", "2026-12-31"),
        figure(
            "open",
            "库存",
            "个",
            target=None,
            deadline=None,
            baseline=10,
            revisions=[on("2026-03-02", id="r-2", target_wording="翻一番", reason="补报")],
        ),
        parent="pipes",
        sources=[of("news")],
    ),
)


@pytest.fixture
def ledger(program: Program, tmp_path: Path) -> Program:
    """Take the programme into a ledger."""
    file = tmp_path / "programme.json"
    file.write_bytes(file_of(*PROGRAMME))
    assert program("init", "--from", str(file)).code == 0
    return program


def write(program: Program, lang: str, *words: str) -> None:
    with using_language(lang):
        done = program("--lang", lang, "report", *words, *DAY)
    assert done.code == 0, done.err


def check_golden(name: str, text: str) -> None:
    # Every ledger has a mark of its own, and the moments at which it was written.
    text = re.sub(r"urn:tracker:\w+", "urn:tracker:…", text)
    text = re.sub(r"(?<=<updated>)[^<]+", "…", text)
    text = re.sub(r"\b[0-9a-f]{32}\b", "…", text)
    path = EXPECTED / name
    if WRITES:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    assert text.encode() == path.read_bytes()


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_page_is_the_golden_one(ledger: Program, tmp_path: Path, lang: str) -> None:
    file = tmp_path / "page.html"
    write(ledger, lang, "ledger", "-O", str(file))
    page = file.read_text("utf-8")
    check_golden(f"ledger-{lang}.html", outline_page(page))
    check_golden(f"ledger-{lang}.csv", unpack_data(page)["ledger.csv"])
    write(ledger, lang, "ledger", "-O", str(tmp_path / "again.html"))
    assert (tmp_path / "again.html").read_bytes() == file.read_bytes()


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_page_in_groups_is_the_golden_one(ledger: Program, tmp_path: Path, lang: str) -> None:
    file = tmp_path / "page.html"
    write(ledger, lang, "ledger", "--by", "lead", "-O", str(file))
    check_golden(f"ledger-groups-{lang}.html", outline_page(file.read_text("utf-8")))


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_site_is_the_golden_one(ledger: Program, tmp_path: Path, lang: str) -> None:
    folder = tmp_path / "site"
    write(ledger, lang, "site", "-O", str(folder), "--title", "承诺台账", "--publisher", "督查室")
    (lead, _other) = sorted((folder / "leads").iterdir())
    files = {
        "index.html": folder / "index.html",
        "lead.html": lead,
        "document.html": folder / "documents" / "plan.html",
        "initiative.html": folder / "initiatives" / "pipes.html",
        "method.html": folder / "method.html",
        "changes.atom": folder / "data" / "changes.atom",
    }
    for name, file in files.items():
        text = file.read_text("utf-8")
        check_golden(f"site-{lang}/{name}", outline_page(text) if name.endswith("html") else text)


def test_a_page_has_the_whole_history_of_each_row(ledger: Program, tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    write(ledger, "zh", "ledger", "-O", str(file))
    page = file.read_text("utf-8")
    own = page.split('id="history-pipes.km"')[1].split("</article>")[0]
    for text in (
        "最初承诺；目标值 120公里以上；时限 2026-12-31",
        "年内改造120公里以上",
        "9公里以上；一标段",
        "市水字3号",
        "<s>31公里</s>",
        "20公里；预计数",
        "已调整；目标值 100公里以上；时限 2027-03-31；雨季提前",
        "在办；立项",
        'href="https://example.org/plan?a=1&amp;b=2"',
        "<svg",
    ):
        assert text in own
    assert "javascript:" not in page
    items = items_of(page, "ledger")
    assert {item["id"] for item in items} == set(re.findall(r'id="history-([^"]+)"', page))
    km = next(item for item in items if item["id"] == "pipes.km")
    assert (km["target"], km["op"], km["unit"]) == (100, ">=", "公里")
    assert "'=" not in unpack_data(page)["ledger.json"]


def test_a_brief_begins_with_all_that_it_counts(ledger: Program, tmp_path: Path) -> None:
    findings = []
    for kind in ("brief", "ledger"):
        file = tmp_path / f"{kind}.html"
        write(ledger, "en", kind, "-O", str(file))
        page = file.read_text("utf-8")
        findings.append(re.findall(r'class="finding"[^>]*>([^<]+)', page))
    assert findings[0] == findings[1]


def test_the_json_of_a_page_is_that_of_the_command(ledger: Program, tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    write(ledger, "en", "ledger", "-O", str(file))
    printed = json.loads(ledger("report", "ledger", *DAY, "-o", "json").out)
    rows = [row for row in printed["items"] if row.pop("table") == "ledger"]
    assert items_of(file.read_text("utf-8"), "ledger") == rows
    data = json.loads(unpack_data(ledger("list", *DAY, "-o", "html").out)["1.json"])
    listed = json.loads(ledger("list", *DAY, "-o", "json").out)
    assert data == {key: listed[key] for key in data}
    assert [*data] == ["schema", "as_of", "items", "errors"]


@pytest.mark.parametrize(
    ("command", "rows"),
    [
        ("list", {"pipes.km", "pipes.north", "pipes.begun", "valves.all", "valves.open"}),
        ("behind", {"pipes.km"}),
        ("overdue --as-of 2027-05-10", {"pipes.km", "valves.all"}),
        ("due --within 365", {"pipes.km", "valves.all"}),
        ("unreported", {"pipes.north", "valves.all"}),
        ("status", {"pipes.km", "valves.all"}),
        ("show pipes", {"pipes.km", "pipes.north", "pipes.begun"}),
    ],
)
def test_the_page_of_a_list_leads_to_the_history_of_each_row(
    ledger: Program, command: str, rows: set[str]
) -> None:
    page = ledger(*command.split(), *([] if "--as-of" in command else DAY), "-o", "html").out
    assert rows <= set(re.findall(r'<a href="#history-([^"]+)"', page))
    told = dict(
        re.findall(r'(?s)<article class="history" id="history-([^"]+)".*?(<ul>.*?)</ul>', page)
    )
    assert set(re.findall(r'<a href="#history-([^"]+)"', page)) == set(told)
    assert all("first promise" in events for events in told.values())


def test_a_list_of_few_columns_has_its_histories(ledger: Program) -> None:
    words = ("list", *DAY, "-o", "html", "--sort", "name", "--limit", "2", "--columns")
    page = ledger(*words, "id,light").out
    ids = re.findall(r'<a href="#history-([^"]+)">', page)
    assert len(ids) == 2
    assert re.findall(r'class="history" id="history-([^"]+)"', page) == sorted(ids)
    assert 'class="history"' not in ledger(*words, "name,light").out.split("<script")[0]


def test_of_very_many_reports_the_newest_are_told(program: Program, tmp_path: Path) -> None:
    days = [date(2024, 1, 1) + timedelta(days=at) for at in range(230)]
    reports = [on(day, at) for at, day in enumerate(days)]
    file, page = tmp_path / "long.json", tmp_path / "page.html"
    file.write_bytes(file_of(initiative("pipes", "管网", figure("km", "长度", "公里", *reports))))
    assert program("init", "--from", str(file)).code == 0
    write(program, "en", "ledger", "-O", str(page))
    own = page.read_text("utf-8").split('id="history-pipes.km"')[1].split("</article>")[0]
    assert "30 earlier entries are left out" in own
    assert own.count("<li") == 202
    assert re.findall(r">2024-08-1[67] \d+", own) == [">2024-08-16 228", ">2024-08-17 229"]
    assert ">2024-01-31 30" in own
    assert ">2024-01-30 29" not in own
