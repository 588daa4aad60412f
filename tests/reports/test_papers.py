"""Official papers: their geometry, their type, what they say, and that they stay the same."""

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import docx
import openpyxl
import pytest
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.table import Table as WordTable
from factories import Plain, document, enter, figure, file_of, initiative, of, on, step
from hypothesis import given
from hypothesis import strategies as st
from office import convert_file
from places import GOLDEN
from tables import PIPE

from tracker.cli.app import run_app
from tracker.ledger.ledger import Tracker
from tracker.locale.translation import using_language
from tracker.model.filters import ALL, Filter, WorkingSet
from tracker.model.periods import Period, parse_period
from tracker.output import rendering
from tracker.output.model import Column, Sheet, Table
from tracker.output.papers import Paper, Paragraph
from tracker.output.prose import write_day, write_period
from tracker.reports import build
from tracker.reports.build import ReportDays, ReportSettings
from tracker.reports.matter_lists import join_some_leads, join_some_matters
from tracker.reports.sentences import write_case_shortfall, write_case_standing
from tracker.storage.open_store import open_store
from tracker.system.text import measure_text_width

EXPECTED = GOLDEN / "papers"
DAY = date(2025, 6, 30)
OFFICE = ReportSettings(
    contact="王芳，0531-12345678",
    issuer="历下区人民政府督查室",
    signer="李明",
    copies="区委办公室，区政府办公室",
)
PLAN = document("plan", "2025年政府工作报告", "2025-01-10")


def matters(count: int = 1, lead: str = "区住房和城乡建设局") -> list[Plain]:
    """Return initiatives of one lead: overdue ones, one behind, one close to its deadline."""
    overdue = [
        initiative(
            f"road-{at}",
            f"玉水路{at}期工程",
            figure(
                "invested",
                "完成投资",
                "万元",
                on("2025-01-10", 0),
                on("2025-05-31", 3200),
                baseline=0,
                target=5000,
                start="2025-01-01",
                deadline={"on": "2025-06-20", "wording": "6月20日", "basis": "stated"},
            ),
            lead=lead,
            sources=[of("plan")],
        )
        for at in range(1, count + 1)
    ]
    return [
        PLAN,
        *overdue,
        initiative(
            "schools",
            "学校建设",
            figure(
                "seats",
                "新增学位",
                "个",
                on("2025-05-31", 1000),
                baseline=0,
                target=6000,
                start="2025-01-01",
                deadline={"on": "2025-12-31", "wording": "2025年", "basis": "assumed"},
            ),
            step("open", "开学", "2025-07-10"),
            lead=lead,
            sources=[of("plan")],
        ),
    ]


def ledger_of(*records: Plain) -> Tracker:
    moment = datetime(2025, 7, 5, tzinfo=UTC)
    return enter(Tracker(open_store("memory:"), now=moment, author="王"), *records)


def made(
    tracker: Tracker,
    kind: str,
    days: ReportDays = ReportDays(as_of=DAY),  # noqa: B008  # it is not changed
    where: Filter = ALL,
    terms: ReportSettings = OFFICE,
) -> Sheet:
    plan = build.plan_report_build(kind, days, date(2025, 7, 5))
    return build.build_report(plan, tracker, where, terms)


def opened(sheet: Sheet) -> Any:  # noqa: ANN401  # python-docx's own
    return docx.Document(BytesIO(rendering.render_content_for_file(sheet, "docx", PIPE)))


def texts(document_: Any) -> list[str]:  # noqa: ANN401  # python-docx's own
    return [paragraph.text for paragraph in document_.paragraphs if paragraph.text]


def words_of(paper: Paper) -> str:
    """Return all prose of a paper, a paragraph a line."""
    parts = [part for part in paper.body if isinstance(part, Paragraph)]
    return "\n".join(part.lead_in + part.text for part in parts)


@pytest.fixture
def chinese() -> Iterator[None]:
    with using_language("zh"):
        yield


def sizes_of(document_: Any) -> dict[str, set[tuple[str, float]]]:  # noqa: ANN401  # likewise
    """Return the typefaces and sizes in points of the runs of each paragraph, by its text."""
    return {
        paragraph.text: {
            (run.element.rPr.rFonts.get(qn("w:eastAsia")), run.font.size.pt)
            for run in paragraph.runs
        }
        for paragraph in document_.paragraphs
    }


@pytest.mark.usefixtures("chinese")
def test_a_notice_has_the_page_and_the_type_of_the_standard() -> None:
    notice = opened(made(ledger_of(*matters()), "notices"))
    section = notice.sections[-1]
    assert (section.page_width, section.page_height) == (
        pytest.approx(Mm(210), abs=Mm(0.1)),
        pytest.approx(Mm(297), abs=Mm(0.1)),
    )
    for side, length in (("top", 37), ("bottom", 35), ("left", 28), ("right", 26)):
        assert getattr(section, f"{side}_margin") == pytest.approx(Mm(length), abs=Mm(0.1))
    grid = notice.element.body.sectPr.find(qn("w:docGrid"))
    assert 22 * int(grid.get(qn("w:linePitch"))) == pytest.approx(Mm(225) / 635, abs=22)
    sizes = sizes_of(notice)
    assert sizes["关于3项工作的督办通知"] == {("方正小标宋简体", 22)}
    assert sizes["一、已逾期事项"] == {("黑体", 16)}
    item = next(seen for text, seen in sizes.items() if text.startswith("玉水路"))
    assert item == {("楷体", 16), ("仿宋", 16)}
    assert sizes["2025年6月30日"] == {("仿宋", 16)}
    (masthead,) = (p for p in notice.paragraphs if p.text == OFFICE.issuer and p.alignment == 1)
    assert str(masthead.runs[0].font.color.rgb) == "FF0000"
    (ruled,) = (p for p in notice.paragraphs if "签发人" in p.text)
    below = ruled.paragraph_format.element.pPr.find(qn("w:pBdr")).find(qn("w:bottom"))
    assert (below.get(qn("w:space")), below.get(qn("w:color"))) == ("11", "FF0000")
    for footer, align in ((section.footer, "RIGHT"), (section.even_page_footer, "LEFT")):
        assert "PAGE" in footer.part.element.xml
        assert align in str(footer.paragraphs[0].alignment)
    assert notice.settings.odd_and_even_pages_header_footer


def test_a_typeface_that_is_missing_has_a_stand_in() -> None:
    data = rendering.render_content_for_file(made(ledger_of(*matters()), "notices"), "docx", PIPE)
    with ZipFile(BytesIO(data)) as parts:
        fonts = parts.read("word/fontTable.xml").decode()
    assert '<w:font w:name="方正小标宋简体"><w:altName w:val="宋体"/>' in fonts
    assert fonts.rstrip().endswith("</w:fonts>")


@pytest.mark.usefixtures("chinese")
def test_a_notice_says_in_prose_what_stands_behind_and_what_is_asked() -> None:
    (paper,) = made(ledger_of(*matters()), "notices").papers
    words = words_of(paper)
    assert "1项已逾期、1项落后序时进度、1项临近时限" in words
    assert (
        "一、已逾期事项\n玉水路1期工程·完成投资。目标为5000万元，时限为2025年6月20日，截至2025年5月31日完成3200万元，"
        "完成率64%，已逾期10天（6个工作日）。"
    ) in words
    assert "落后序时进度" in words
    assert "时限为2025年12月31日（文件原文为“2025年”）" in words
    assert "该时限系按文件所属年份推定" in words
    assert "\n学校建设·开学。应于2025年7月10日前完成，至今未报送进展，距时限还有10天。" in words
    assert "请于2025年7月7日前书面反馈完成情况、存在问题、下一步措施和预计完成时间" in words
    assert paper.to == "区住房和城乡建设局"
    shown = "\n".join(texts(opened(made(ledger_of(*matters()), "notices"))))
    assert "抄送：区委办公室，区政府办公室。" in shown
    assert "（联系方式：王芳，0531-12345678）" in shown
    for talk in ("tracker", "设置", "schools.seats", "road-1"):
        assert talk not in shown


@pytest.mark.usefixtures("chinese")
@pytest.mark.parametrize(
    ("light", "title", "urgency"),
    [
        ("red", "关于1项工作的督办通知", "督办（红色）"),
        ("none", "关于1项工作的提示函", "提示（蓝色）"),
    ],
)
def test_a_notice_is_of_the_hardest_step_in_it(light: str, title: str, urgency: str) -> None:
    records = (
        [PLAN, *matters()[1:2]]
        if light == "red"
        else [
            PLAN,
            initiative(
                "s",
                "学校",
                step("open", "开学", "2025-07-10"),
                lead="教育局",
                sources=[of("plan")],
            ),
        ]
    )
    (paper,) = made(ledger_of(*records), "notices").papers
    assert (paper.title, paper.urgency) == (title, urgency)


@pytest.mark.usefixtures("chinese")
def test_what_nothing_is_to_be_said_of_is_one_sentence() -> None:
    (paper,) = made(ledger_of(PLAN), "notices", terms=ReportSettings()).papers
    assert words_of(paper) == "截至2025年6月30日，没有已逾期、落后序时进度或临近时限的事项。"
    assert texts(opened(made(ledger_of(PLAN), "notices", terms=ReportSettings()))) == [
        "无催办事项",
        words_of(paper),
        "2025年6月30日",
    ]


@pytest.mark.usefixtures("chinese")
def test_many_matters_stand_in_an_annex() -> None:
    (paper,) = made(ledger_of(*matters(17)), "notices").papers
    assert "共17项，详见附件1" in words_of(paper)
    assert words_of(paper).count("玉水路") == 3
    listed, reply = paper.annexes
    assert isinstance(listed.content, Table)
    assert [row[0] for row in listed.content.rows] == list(range(1, 20))
    assert listed.content.rows[0][5] == "逾期10天"
    assert not isinstance(reply.content, Table)
    assert len(reply.content.subjects) == 19
    assert "附件：1. 事项清单" in texts(opened(made(ledger_of(*matters(17)), "notices")))


def test_the_words_of_days_and_periods() -> None:
    june = parse_period("2025-06", DAY)
    cases = {
        "2025-06": ("June 2025", "2025年6月"),
        "2025-Q1": ("the first quarter of 2025", "2025年第一季度"),
        "2025-Q4": ("the fourth quarter of 2025", "2025年第四季度"),
        "2025-H2": ("the second half of 2025", "2025年下半年"),
        "2025": ("the year 2025", "2025年"),
    }
    for text, (english, chinese_) in cases.items():
        assert write_period(parse_period(text, DAY)) == english
        with using_language("zh"):
            assert write_period(parse_period(text, DAY)) == chinese_
    assert write_day(DAY) == "30 June 2025"
    days = {
        date(2025, 6, 1): ("1 June 2025", "2025年6月1日"),
        date(2025, 6, 20): ("1 to 20 June 2025", "2025年6月1日至20日"),
        date(2025, 7, 20): ("1 June to 20 July 2025", "2025年6月1日至7月20日"),
        date(2026, 1, 20): ("1 June 2025 to 20 January 2026", "2025年6月1日至2026年1月20日"),
    }
    for last, (english, chinese_) in days.items():
        assert write_period(Period(june.first, last)) == english
        with using_language("zh"):
            assert write_period(Period(june.first, last)) == chinese_


@given(st.dates(date(1, 1, 1), date(9999, 12, 31)), st.dates(date(1, 1, 1), date(9999, 12, 31)))
def test_every_period_can_be_written(one: date, other: date) -> None:
    first, last = sorted((one, other))
    assert str(first.year) in write_period(Period(first, last))


def pages_of(sheet: Sheet, folder: Path) -> list[str]:
    """Return the text of each page as LibreOffice prints it."""
    from pypdf import PdfReader

    file = folder / "paper.docx"
    file.write_bytes(rendering.render_content_for_file(sheet, "docx", PIPE))
    return [page.extract_text() for page in PdfReader(convert_file(file, "pdf", folder)).pages]


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
@pytest.mark.usefixtures("chinese")
def test_papers_are_as_long_as_they_should_be(tmp_path: Path) -> None:
    sheet = made(ledger_of(*matters()), "notices")
    board = made(ledger_of(PLAN, *many_leads(17)), "scoreboard")
    sheet.papers = [*sheet.papers, *board.papers]
    pages = pages_of(sheet, tmp_path)
    starts = [at for at, page in enumerate(pages) if "— 1 —" in page]
    assert len(starts) == 2
    assert 3 <= starts[1] <= 4
    assert len(pages) == starts[1] + 1
    # Nobody signs on a page without text.
    (signed,) = (page for page in pages if "联系方式" in page)
    assert "报批" in signed
    # Of 28 characters, of which figures take half of one.
    assert max(map(measure_text_width, pages[1].split("\n"))) <= 58


@pytest.mark.usefixtures("chinese")
@pytest.mark.parametrize(("count", "size"), [(3, 12), (8, 10), (200, 8)])
def test_a_table_is_as_large_as_the_page_allows(count: int, size: float) -> None:
    board = opened(made(ledger_of(PLAN, *many_leads(count)), "scoreboard"))
    (table,) = board.tables
    assert {run.font.size.pt for run in table.rows[-1].cells[1].paragraphs[0].runs} == {size}


@pytest.mark.usefixtures("chinese")
def test_a_paper_does_not_end_on_a_page_without_rows_of_its_table() -> None:
    board = opened(made(ledger_of(PLAN, *many_leads(28)), "scoreboard"))
    (table,) = board.tables
    keeping = [row.cells[0].paragraphs[0].paragraph_format.keep_with_next for row in table.rows]
    assert keeping == [None] * 24 + [True] * 5
    (note,) = (p for p in board.paragraphs if p.text.startswith("注："))
    assert note.paragraph_format.keep_with_next
    row = table.rows[0].cells[0].paragraphs[0].paragraph_format.element.getparent().getparent()
    assert row.trPr.find(qn("w:tblHeader")) is not None


@pytest.mark.usefixtures("chinese")
def test_copies_stand_between_two_rules_as_wide_as_the_text() -> None:
    notice = opened(made(ledger_of(*matters()), "notices"))
    at = next(at for at, p in enumerate(notice.paragraphs) if p.text.startswith("抄送"))
    above, copies, below = notice.paragraphs[at - 1 : at + 2]
    for rule in (above, below):
        assert rule.paragraph_format.element.pPr.find(qn("w:pBdr")).find(qn("w:bottom")) is not None
        form = rule.paragraph_format
        assert (form.left_indent, form.right_indent) == (0, 0)
    # Two adjoining paragraphs with the same rule would have one rule in all.
    assert copies.paragraph_format.element.pPr.find(qn("w:pBdr")) is None
    assert copies.paragraph_format.first_line_indent == -3 * Pt(14)
    assert above.paragraph_format.keep_with_next
    assert copies.paragraph_format.keep_with_next


def test_no_word_of_a_title_is_broken_to_set_a_table_larger() -> None:
    tables = [opened(made(ledger_of(PLAN, *many_leads(n)), "scoreboard")).tables[0] for n in (1, 3)]
    sizes = [table.rows[0].cells[2].paragraphs[0].runs[0].font.size.pt for table in tables]
    assert max(sizes) < 12
    for table, size in zip(tables, sizes, strict=True):
        for cell in table.rows[0].cells:
            longest = max(map(len, cell.text.split()))
            assert longest * size * 0.54 <= cell.width.pt - 6


@pytest.mark.usefixtures("chinese")
def test_a_brief_of_no_promises_has_no_shares_of_nothing() -> None:
    empty = "\n".join(texts(opened(made(ledger_of(), "brief", JUNE))))
    assert "截至2025年6月30日，纳入台账的指标共0项，无承诺事项。" in empty
    assert "占" not in empty
    finished = step("done", "竣工", "2025-06-20", on("2025-05-01", done=True))
    ended = [on("2025-05-02", state="closed", reason="销号")]
    closed = ledger_of(PLAN, initiative("a", "甲", finished, decisions=ended, sources=[of("plan")]))
    text = "\n".join(texts(opened(made(closed, "brief", JUNE))))
    assert "其中承诺事项1项，已达标1项，占100%。目前无在办承诺事项。" in text


def test_what_is_wider_than_a_day_is_narrowed_before_the_others() -> None:
    columns = (Column("n", "n", "number"), *(Column(key, key, "word") for key in "abcd"))
    table = Table(title="", as_of=DAY, columns=columns, rows=[(Decimal(5), *["w" * 30] * 4)])
    whole = opened(Sheet(title="x", as_of=DAY, facts=[], tables=[table]))
    first, *others = (cell.width for cell in whole.tables[0].rows[0].cells)
    assert len(set(others)) == 1
    assert Mm(7) < first < others[0]
    many = (Column("n", "n", "number"), *(Column(f"k{at}", "k", "word") for at in range(20)))
    table = Table(title="", as_of=DAY, columns=many, rows=[(Decimal(5), *["w" * 12] * 20)])
    crowded = opened(Sheet(title="x", as_of=DAY, facts=[], tables=[table]))
    assert crowded.tables[0].rows[0].cells[0].width < first


def test_only_the_first_of_many_are_named() -> None:
    names = ["a", "b", "c"]
    assert [join_some_matters(names, most) for most in (2, 3)] == ["a, b and others", "a, b, c"]
    assert join_some_leads(names, 2) == "a, b and others, 3 offices in all"
    assert join_some_leads(names, 3) == "a, b, c"


def many_leads(count: int) -> list[Plain]:
    """Return one overdue promise for each of so many leads."""
    return [
        initiative(
            f"area-{at}",
            f"第{at}片区改造",
            step("done", "竣工", "2025-06-20"),
            lead=f"历下区第{at}街道办事处",
            sources=[of("plan")],
        )
        for at in range(1, count + 1)
    ]


JUNE = ReportDays(period=Period(date(2025, 6, 1), DAY), known_on=date(2025, 7, 5))


def programme() -> list[Plain]:
    """Return what a month may bring: something met, revised, judged, closed and missing."""
    source = [of("plan")]
    begun = "2025-01-01"
    return [
        *matters(6),
        initiative(
            "park",
            "口袋公园",
            figure(
                "built",
                "建成数量",
                "处",
                on("2025-05-20", 6),
                on("2025-06-20", 10),
                baseline=0,
                target=10,
                start=begun,
                deadline={"on": "2025-12-31"},
            ),
            step(
                "plan",
                "规划编制",
                "2025-06-15",
                revisions=[on("2025-06-10", deadline={"on": "2025-09-30"}, reason="方案优化")],
            ),
            step(
                "wall",
                "围挡",
                "2025-12-31",
                decisions=[on("2025-06-12", state="cancelled", reason="合并")],
            ),
            figure(
                "seats",
                "座椅",
                "个",
                on("2025-05-20", 6),
                baseline=0,
                target=100,
                start=begun,
                deadline={"on": "2025-03-31"},
                verdicts=[on("2025-06-25", verdict="partly", reason="完成部分")],
            ),
            step("service", "提升服务", "2025-05-31", commitment="effort"),
            lead="区园林绿化服务中心",
            sources=source,
        ),
        initiative("gate", "南门改造", step("open", "开放", "2025-05-31"), sources=source),
    ]


@pytest.mark.usefixtures("chinese")
def test_a_brief_says_what_is_red_now_what_changed_and_who_did_not_report() -> None:
    (paper,) = made(ledger_of(*programme()), "brief", JUNE).papers
    words = words_of(paper)
    assert paper.title == "关于2025年6月工作进展情况的专报"
    assert (paper.on, paper.key.is_issue) == (date(2025, 7, 5), True)
    assert "已逾期7项" in words
    assert "与上期（2025年5月31日，按2025年6月5日已掌握情况）相比，达标增加1项" in words
    assert "按牵头单位：区住房和城乡建设局" in words
    assert "新达标1项：口袋公园·建成数量" in words
    assert "口袋公园·规划编制：时限由2025年6月15日调整为2025年9月30日，理由：方案优化。" in words
    assert "本期评定1项：口袋公园·座椅（部分兑现）。" in words
    assert "待评定1项：口袋公园·提升服务" in words
    assert "各单位均已按期报送。" in words
    (later,) = made(ledger_of(*programme()), "brief", ReportDays(as_of=date(2025, 7, 5))).papers
    assert "应报未报事项共" in words_of(later)
    assert [annex.title for annex in paper.annexes] == ["红灯和逾期事项清单", "本期变化事项清单"]
    calm = ledger_of(
        PLAN,
        initiative(
            "s", "学校", step("open", "开学", "2025-12-31", start=None), sources=[of("plan")]
        ),
    )
    (paper,) = made(calm, "brief", JUNE).papers
    assert "目前没有红灯和逾期事项。" in words_of(paper)


@pytest.mark.usefixtures("chinese")
def test_a_scoreboard_on_paper_names_its_rule_and_no_settings() -> None:
    (paper,) = made(ledger_of(*programme()), "scoreboard", JUNE._replace(known_on=None)).papers
    words = words_of(paper)
    assert "纳入通报的牵头单位2个" in words
    assert "注：得分＝（60×按时达标率＋40×按时报送率）" in words
    assert "另有1项承诺事项未明确牵头单位" in words
    assert "score_met" not in words
    (table,) = (part for part in paper.body if isinstance(part, Table))
    assert len(table.rows) == 2


def test_a_paper_of_a_part_says_what_it_is_about() -> None:
    chosen = Filter(working_set=WorkingSet(document=("plan",), since=date(2020, 1, 1)))
    for kind in ("brief", "scoreboard"):
        (paper,) = made(ledger_of(*programme()), kind, JUNE._replace(known_on=None), chosen).papers
        assert "plan, since 2020-01-01; " in words_of(paper)


GOLDEN_KINDS = ["notices", "brief", "scoreboard"]


@pytest.mark.parametrize("kind", GOLDEN_KINDS)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_papers_are_the_golden_ones(kind: str, language: str) -> None:
    with using_language(language):
        days = JUNE if kind == "brief" else ReportDays(as_of=DAY)
        records = matters(9) if kind == "notices" else programme()
        data, same = (
            rendering.render_content_for_file(made(ledger_of(*records), kind, days), "docx", PIPE)
            for _time in "12"
        )
        assert data == same
        paper = docx.Document(BytesIO(data))
    lines = []
    for part in paper.iter_inner_content():
        if isinstance(part, WordTable):
            lines += [" | ".join(cell.text for cell in row.cells) for row in part.rows]
        else:
            lines.append(part.text)
    assert_golden(f"{kind}-paper-{language}.txt", lines)


def assert_golden(name: str, lines: list[str]) -> None:
    """Compare lines with a file, or write it where that is asked for."""
    text = "\n".join(lines).encode() + b"\n"
    path = EXPECTED / name
    if os.environ.get("TRACKER_GOLDEN") == "write":
        path.write_bytes(text)
    assert text == path.read_bytes()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_ledger_in_groups_is_the_golden_one(language: str) -> None:
    with using_language(language):
        plan = build.plan_report_build("ledger", ReportDays(as_of=DAY), date(2025, 7, 5))
        plan = build.group_planned_report(plan, "lead")
        ledger = ledger_of(*programme())
        sheet = build.build_report(plan, ledger, ALL, OFFICE)
        for form in ("docx", "xlsx"):
            data, same = (rendering.render_content_for_file(sheet, form, PIPE) for _time in "12")
            assert data == same
        book = openpyxl.load_workbook(BytesIO(data))
        lines = [
            " | ".join("" if cell is None else str(cell) for cell in row)
            for row in book.worksheets[0].iter_rows(values_only=True)
        ]
        assert_golden(f"ledger-workbook-{language}.txt", lines)
        lines = str(rendering.render_content(sheet, "md", PIPE)).splitlines()
        assert_golden(f"ledger-groups-{language}.md", lines)
        document_ = opened(sheet)
        lines = [" | ".join(cell.text for cell in row.cells) for row in document_.tables[0].rows]
        assert_golden(f"ledger-document-{language}.txt", [*texts(document_), *lines])


@pytest.mark.parametrize("language", ["en", "zh"])
def test_notices_in_a_file_each_are_the_golden_ones(language: str) -> None:
    with using_language(language):
        plan = build.plan_report_build("notices", ReportDays(as_of=DAY), date(2025, 7, 5))
        parts = build.build_report_by_lead(plan, ledger_of(*programme()), ALL, OFFICE)
        lines = [line for lead, sheet in parts for line in (f"== {lead}", *texts(opened(sheet)))]
    assert_golden(f"notices-split-{language}.txt", lines)


def standings(*indicators: Plain) -> dict[str, tuple[str, str]]:
    """Return what a paper says of indicators, at length and in few words, by their ids."""
    records = [PLAN, initiative("x", "事项", *indicators, lead="水务局", sources=[of("plan")])]
    plan = build.plan_report_build("ledger", ReportDays(as_of=DAY), date(2025, 7, 5))
    cases = build.read_report_input(plan, ledger_of(*records), ALL, OFFICE).now.cases
    return {
        case.indicator.id.partition(".")[2]: (
            write_case_standing(case),
            write_case_shortfall(case.assessment),
        )
        for case in cases
    }


@pytest.mark.usefixtures("chinese")
def test_every_standing_has_its_sentence() -> None:
    begun, ends = "2025-01-01", {"on": "2025-12-31"}
    loose = {"on": "2025-05-31", "loose": "2025-06-15", "wording": "五月前", "basis": "derived"}
    open_ = {"on": "2025-05-31", "loose": "2025-12-31", "wording": "年前", "basis": "assumed"}
    said_ = standings(
        figure(
            "rate",
            "达标率",
            "%",
            on("2025-05-31", 50),
            baseline=40,
            target=90,
            start=begun,
            accumulation="level",
            deadline=ends,
        ),
        figure(
            "guess",
            "产值",
            "亿元",
            on("2025-05-31", 5, status="estimate"),
            start=begun,
            deadline=ends,
        ),
        figure(
            "part", "里程", "公里", on("2025-05-31", share_of_plan=48), start=begun, deadline=ends
        ),
        figure(
            "cap",
            "事故",
            "起",
            on("2025-03-31", 8),
            on("2025-05-31", 12),
            baseline=None,
            target=10,
            op="<=",
            direction="down",
            start=begun,
            deadline=ends,
        ),
        figure("strict", "管网", "公里", deadline=loose, start=begun),
        figure("mild", "泵站", "座", deadline=open_, start=begun),
        figure("free", "绿道", "公里", deadline=None, start=begun),
        step("late", "竣工", "2025-05-31", on("2025-05-01", done=False), start=begun),
        step("done", "开工", "2025-05-31", on("2025-05-01", done=True), start=begun),
        figure("ever", "巡查", "次", deadline={"wording": "长期坚持"}, start=begun),
        figure("count", "摸排", "户", baseline=None, target=None, deadline=ends, start=begun),
    )
    assert "截至2025年5月31日为50%" in said_["rate"][0]
    assert said_["rate"][1].startswith("落后")
    assert "报送5亿元（" in said_["guess"][0]
    assert "48%" in said_["part"][0]
    assert "按此亦已逾期" in said_["strict"][0]
    assert "时限为2025年5月31日（文件原文为“五月前”）" in said_["strict"][0]
    assert "按此尚未逾期" in said_["mild"][0]
    assert "该时限系按文件所属年份推定" in said_["mild"][0]
    assert "目标为100公里" in said_["free"][0]
    assert "时限" not in said_["free"][0]
    assert "时限为2025年12月31日" in said_["count"][0]
    assert "目标" not in said_["count"][0]
    assert "截至2025年6月30日尚未完成" in said_["late"][0]
    assert said_["late"][1] == "逾期30天"
    assert "尚未完成" not in said_["done"][0]
    assert "长期坚持" in said_["ever"][0]
    assert "截至2025年5月31日为12起，未守住目标" in said_["cap"][0]
    assert said_["cap"][1] == "未守住"


# At the command line


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TRACKER_DB", str(tmp_path / "ledger"))
    monkeypatch.setenv("TRACKER_CONFIG", str(tmp_path / "tracker.toml"))
    monkeypatch.chdir(tmp_path)
    nobody = initiative("gate", "南门", step("open", "开放", "2025-05-31"), sources=[of("plan")])
    (tmp_path / "p.json").write_bytes(file_of(*matters(), *many_leads(1), nobody))
    (tmp_path / "tracker.toml").write_text('issuer = "督查室"\nnumber_word = "济督查"\n', "utf-8")
    assert run_app(["init", "--from", "p.json"]) == 0
    return tmp_path


def read_lines(file: Path) -> list[str]:
    return texts(docx.Document(str(file)))


def test_papers_are_numbered_when_they_are_written_and_keep_their_numbers(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    notices = ["report", "notices", "--as-of", "2025-06-30"]
    assert run_app([*notices, "-O", "n.docx"]) == 0
    said = capsys.readouterr().err
    assert "The papers leave out what is not set: signer, contact;" in said
    assert "1 matter has no lead, so there is no notice of it" in said
    numbers = [line for line in read_lines(place / "n.docx") if "济督查" in line]
    assert numbers == ["济督查 [2025] No. 1", "济督查 [2025] No. 2"]
    before = (place / "n.docx").read_bytes()
    capsys.readouterr()
    for form in ("table", "md", "html", "json"):
        assert run_app([*notices, "-f", form]) == 0
        shown = capsys.readouterr().out.replace("\\", "")
        assert all(number in shown for number in numbers)
    assert run_app([*notices, "-O", "again.docx"]) == 0
    assert (place / "again.docx").read_bytes() == before
    assert run_app([*notices, "--split", "each"]) == 0
    files = sorted((place / "each").iterdir())
    assert len(files) == 2
    assert [line for file in files for line in read_lines(file) if "济督查" in line] == sorted(
        numbers
    )
    # Each file is about one lead.
    assert [sum(line.startswith("As of") for line in read_lines(file)) for file in files] == [1, 1]
    assert run_app(["report", "scoreboard", "--period", "2025-06", "-O", "s.docx"]) == 0
    assert "济督查 [2025] No. 3" in read_lines(place / "s.docx")
    assert run_app(["report", "brief", "--period", "2025-06", "-O", "b.docx"]) == 0
    assert any(line.startswith("Issue 1 of 20") for line in read_lines(place / "b.docx"))
    capsys.readouterr()
    assert run_app(["receipts", "-o", "json"]) == 0
    assert '"items": []' in capsys.readouterr().out


def test_without_a_word_papers_have_no_numbers_and_the_ledger_stays(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (place / "tracker.toml").write_text("", "utf-8")
    assert run_app(["report", "notices", "--as-of", "2025-06-30", "-O", "n.docx"]) == 0
    assert "issuer, number_word, signer, contact" in capsys.readouterr().err
    assert run_app(["history", "-o", "json", "--limit", "1"]) == 0
    assert '"command": "init"' in capsys.readouterr().out


def test_where_nobody_leads_anything_a_paper_says_so(place: Path) -> None:
    assert (
        run_app(["report", "notices", "--as-of", "2025-06-30", "--text", "南门", "-O", "n.docx"])
        == 0
    )
    assert any("no lead is named for it" in line for line in read_lines(place / "n.docx"))


def test_a_pack_says_once_what_its_papers_lack(
    place: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    lists_typefaces(place, monkeypatch, "echo SimHei")
    assert run_app(["report", "all", "--period", "2025-06", "-O", "pack"]) == 0
    shown = capsys.readouterr().err
    assert shown.count("set in typefaces") == 1
    assert shown.count("leave out what is not set") == 1
    assert "not set: signer, contact;" in shown
    assert shown.count("1 matter has no lead") == 1
    with (place / "tracker.toml").open("a", encoding="utf-8") as settings:
        settings.write('signer = "张"\ncontact = "李 0531-1"\n')
    assert run_app(["report", "all", "--period", "2025-06", "-O", "pack", "--force"]) == 0
    assert "leave out what is not set" not in capsys.readouterr().err


def lists_typefaces(place: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """Have a program that lists the typefaces of the machine, and no other program."""
    monkeypatch.setenv("PATH", str(place / "bin"))
    program = place / "bin" / "fc-list"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
    program.chmod(0o755)


@pytest.mark.parametrize(
    ("script", "sentence"),
    [
        (
            "echo 仿宋_GB2312; echo 'SimHei,黑体'; echo 'Liberation Serif'",
            "that this machine does not have: 方正小标宋简体, 楷体, 宋体; others stand in",
        ),
        ("echo 方正小标宋_GBK,FangSong,SimHei,KaiTi,SimSun,Times New Roman", None),
        ("exit 1", None),
        (None, None),
    ],
)
def test_typefaces_that_the_machine_lacks_are_named(
    place: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    script: str | None,
    sentence: str | None,
) -> None:
    monkeypatch.setenv("PATH", str(place / "bin"))
    if script is not None:
        lists_typefaces(place, monkeypatch, script)
    assert run_app(["report", "notices", "--as-of", "2025-06-30", "-O", "n.docx"]) == 0
    shown = capsys.readouterr().err
    assert (sentence or "") in shown
    assert ("set in typefaces" in shown) == (sentence is not None)
