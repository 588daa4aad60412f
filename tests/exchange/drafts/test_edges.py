"""Odd texts, tables, pages and ledgers that drafts must come through."""

import sys
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from calls import count_calls

from tracker.cli.review_file import ReviewFile, find_done_drafts
from tracker.errors import InvalidInput
from tracker.exchange.drafts.amounts import find_amounts
from tracker.exchange.drafts.blocks import (
    BlockWriter,
    Naming,
    build_deadline_of_block,
    build_promise_block,
)
from tracker.exchange.drafts.document import Table
from tracker.exchange.drafts.draft import Draft
from tracker.exchange.drafts.extraction import extract_drafts
from tracker.exchange.drafts.matching import KnownRecords, Proposal, match_drafts
from tracker.exchange.drafts.naming import compare_drafted_naming, split_unit_from_name
from tracker.exchange.drafts.publication import (
    find_head_of_publication,
    find_publication_day_of_text,
)
from tracker.exchange.drafts.readers.markup import read_markup
from tracker.exchange.drafts.readers.plain import read_plain
from tracker.exchange.drafts.reading import read_document
from tracker.exchange.drafts.tables import choose_table_deadline
from tracker.exchange.drafts.tense import find_clause_tense, find_sentence_tense
from tracker.exchange.drafts.times import find_times
from tracker.model.records import (
    Deadline,
    Document,
    Indicator,
    Initiative,
    Interim,
    Revision,
    Source,
    Update,
)

JANUARY = date(2026, 1, 28)
YEAR_END = date(2026, 12, 31)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("增长两倍", ["2倍"]),
        ("产值突破百亿元", ["100亿元"]),
        ("引进一二三万人", []),
        ("比例为11:48", []),
    ],
)
def test_numbers_in_words_are_read_or_left(text: str, found: list[str]) -> None:
    assert [f"{a.value}{a.unit}" for a in find_amounts(text, 0, len(text))] == found


def test_what_no_day_stands_for_is_no_time() -> None:
    assert find_times("2月31日", JANUARY) == []
    assert [str(time.first) for time in find_times("两年来新增", JANUARY)] == ["2024-01-01"]


def test_a_day_that_is_none_is_not_the_day_of_a_document() -> None:
    assert find_publication_day_of_text("通知\n（2026年2月31日）\n（2026年3月1日）") == date(
        2026, 3, 1
    )


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("", []),
        ("。。。", []),
        ("实施戊、己、庚等重点园区12个。", ["实施重点园区 12个"]),
        ("推动12个甲园、乙园、丙园等重点园区建成。", ["推动重点园区建成 12个"]),
        ("（一）做好城市更新工作。\n新增学位5个。", ["新增学位 5个"]),
        ("主要任务。新增学位5个，今后继续。", ["新增学位 5个"]),
        ("一是提升服务水平，新增学位5个。", ["新增学位 5个"]),
        ("建成5万亩以上大型灌区。", []),
        ("新增泊位3个（县住建局牵头）。", ["新增泊位 3个"]),
        ("城镇新增就业3万人。其中青年、妇女和老人就业分别达到1万人、2万人、3万人。", None),
        ("力争建设日产40吨以上铜冶炼项目5个。", None),
        ("每万人口发明专利每年5件。", None),
        ("力争总产值增长5000元以上企业2家。", None),
    ],
)
def test_odd_sentences_are_read(text: str, facts: list[str] | None) -> None:
    drafts = extract_drafts(read_plain(text), JANUARY, "工作计划").drafts
    read = [f"{draft.indicator} {draft.value}{draft.unit}" for draft in drafts]
    if facts is not None:
        assert read == facts


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("今年和2027年的主要目标是：\n收入增长5%。", ["target 2026-12-31"]),
        ("到2027年的主要目标是收入增长5%。", ["target 2027-12-31"]),
        ("## 过去五年回顾和主要目标\n收入增长5%。", ["target 2026-12-31"]),
        ("一、2025年工作回顾\n做好就业工作。收入增长5%。", ["result 2025-12-31"]),
        ("必须新增学位5个。", ["target 2026-12-31"]),
        ("三年以来新增岗位2万个。", ["result 2025-12-31"]),
    ],
)
def test_an_opening_sets_the_time_of_what_follows(text: str, days: list[str]) -> None:
    drafts = extract_drafts(read_plain(text), JANUARY).drafts
    assert [f"{draft.kind} {draft.deadline or draft.as_of}" for draft in drafts] == days


def test_an_empty_line_of_a_word_document_is_nothing(tmp_path: Path) -> None:
    docx = pytest.importorskip("docx")
    word = docx.Document()
    for line in ("新增学位5个。", " ", "新增泊位3个。"):
        word.add_paragraph(line)
    word.save(tmp_path / "plan.docx")
    drafts = extract_drafts(read_document(tmp_path / "plan.docx"), JANUARY, "工作计划").drafts
    assert [str(draft.value) for draft in drafts] == ["5", "3"]


def test_without_the_reader_of_pdf_the_extra_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "plan.pdf").write_bytes(b"%PDF-1.4")
    monkeypatch.setitem(sys.modules, "pypdf", None)
    with pytest.raises(InvalidInput, match="extra 'pdf'"):
        read_document(tmp_path / "plan.pdf")


def test_tables_with_odd_columns_are_read() -> None:
    text = (
        "# 计划\n\n| 序号 | 指标 | 单位 | 2025年 | 2026年 | 年均增速 | 备注 |\n"
        "|---|---|---|---|---|---|---|\n"
        "| 1 | 造林 | 万亩 | 3 | 5 | 8 | 无 |\n| 2 |  | 万亩 | 3 | 5 | 8 | 无 |\n"
        "| 3 | 收入 | 亿元 | — | 5—6 | 8% |\n\n"
        "| 4 | 育林 | 万亩 | 3 | 7 | 8 | 无 |\n"
    )
    drafts = extract_drafts(read_plain(text), JANUARY).drafts
    assert [(d.indicator, str(d.value), d.unit, d.baseline) for d in drafts] == [
        ("造林", "5", "万亩", 3),
        ("造林年均增速", "8", "%", None),
        ("收入", "5", "亿元", None),
        ("收入年均增速", "8", "%", None),
        ("育林", "7", "万亩", 3),
        ("育林年均增速", "8", "%", None),
    ]


def test_a_list_of_tasks_has_progress_and_deadlines() -> None:
    text = (
        "| 工作内容 | 指标 | 目标值 | 完成时限 | 牵头单位 | 配合单位 | 进展情况 |\n"
        "|---|---|---|---|---|---|---|\n"
        "| 绿化 | 造林（万亩） | 5 | 2026年9月底 | 县林业局 | 县财政局 | 已造林2万亩 |\n"
    )
    drafts = extract_drafts(read_plain(text), JANUARY).drafts
    assert {str(draft.deadline) for draft in drafts if draft.kind == "target"} == {"2026-09-30"}
    text = (
        "| 工作内容 | 完成时限 | 牵头单位 | 进展情况 |\n|---|---|---|---|\n"
        "| 造林5万亩，惠及农户300户。 | 造林9月底，其余12月底 | 县林业局 | 已造林2万亩 |\n"
        "| 建成泵站2座 | 长期 | 县水利局 | — |\n| 短行 |\n"
    )
    drafts = extract_drafts(read_plain(text), JANUARY).drafts
    assert [(d.kind, str(d.value), str(d.deadline or d.as_of)) for d in drafts] == [
        ("target", "5", "2026-09-30"),
        ("target", "300", "2026-09-30"),
        ("result", "2", "2025-12-31"),
        ("target", "2", "2026-12-31"),
    ]


def test_a_table_without_a_head_is_read_cell_by_cell() -> None:
    text = "| 新增学位500个 | 甲 |\n| 建成泵站2座 | 乙 |\n"
    assert [str(d.value) for d in extract_drafts(read_plain(text), JANUARY).drafts] == ["500", "2"]


def test_the_parts_of_a_deadline_belong_to_whom_they_name() -> None:
    draft = Draft(kind="target", indicator="造林", quote="造林5万亩")
    assert choose_table_deadline(draft, [], [draft]) is None
    assert split_unit_from_name("（1）森林覆盖率") == ("森林覆盖率", "")
    assert compare_drafted_naming("甲", "甲") == 1
    assert compare_drafted_naming("", "甲") == 0


def test_pages_with_broken_marks_are_read() -> None:
    page = (
        "<title>甲县通报</title><table><td>新增学位500个<table><tr><td>内</td></tr></table>"
        "<tr><td colspan=2 rowspan=x>建成泵站2座</td></tr><tr></tr></table></nav>"
        "<p></p><nav>&amp;<form>x</nav><script>a&amp;b&#160;</script>今年新增&nbsp;泊位3个。"
        "<table><tr><td rowspan=3>甲</td><td>乙</td></tr><tr><td>丙</td></tr><tr></tr>"
    )
    readable = read_markup(page)
    drafts = extract_drafts(readable, JANUARY, "民生实事").drafts
    assert {"500", "2", "3"} <= {str(draft.value) for draft in drafts}
    assert readable.title == "甲县通报"


def test_a_promise_without_a_day_or_with_a_strict_operator_is_written() -> None:
    draft = Draft(
        kind="target", indicator="新增学位", value=Decimal(5), unit="个", op=">", quote="超5个"
    )
    assert build_deadline_of_block(draft) is None
    assert build_promise_block(draft)["op"] == ">"
    draft.op = "~"
    assert build_promise_block(draft)["op"] is None


def match_one(draft: Draft, initiatives: list[Initiative], indicators: list[Indicator]) -> str:
    known = KnownRecords(initiatives, {"roads": indicators}, JANUARY)
    (proposal,) = match_drafts([draft], known, "doc", "甲县")
    named = ",".join(candidate.id for candidate in proposal.candidates)
    return f"{proposal.change} {proposal.indicator or ''}{named}".strip()


@pytest.mark.parametrize("owner", ["道路", "老旧小区改造", None])
def test_a_name_is_not_compared_with_each_indicator_of_a_large_ledger(owner: str | None) -> None:
    roads = Initiative(id="roads", name="道路", place="甲县")
    drafts = [draft_target(number, JANUARY) for number in range(1, 31)]
    for draft in drafts:
        draft.initiative = owner

    def count_matching_calls(number: int) -> int:
        kept = [
            Indicator(id=f"roads.i{nth}", name=f"打通第{nth}条路", unit="条", target=Decimal(nth))
            for nth in range(number)
        ]
        return count_calls(
            match_drafts, drafts, KnownRecords([roads], {"roads": kept}, JANUARY), "d", "甲县"
        )

    # Each name is simplified once, about 100 calls, and not again for each of 30 drafts.
    assert count_matching_calls(600) - count_matching_calls(100) < 500 * 400


def draft_target(value: int | None, day: date | None, **more: str) -> Draft:
    return Draft(
        kind="target",
        indicator="打通断头路",
        initiative="道路",
        value=None if value is None else Decimal(value),
        unit="条",
        op="=",
        deadline=day,
        deadline_basis="stated",
        quote=more.get("quote", "打通断头路"),
    )


def test_a_target_is_matched_by_what_is_known_of_it() -> None:
    roads = Initiative(id="roads", name="道路", place="甲县")
    source = Source(document="doc", quote="打通断头路9条")
    known = Indicator(
        id="roads.open",
        name="打通断头路",
        unit="条",
        target=Decimal(8),
        deadline=Deadline(on=YEAR_END),
        interim=[Interim(on=date(2026, 6, 30), value=Decimal(3))],
        revisions=[Revision(on=date(2026, 1, 5), target=Decimal(9), source=source)],
    )
    assert match_one(draft_target(9, YEAR_END), [roads], [known]) == "source roads.open"
    assert match_one(draft_target(10, YEAR_END), [roads], [known]) == "revision roads.open"
    at_midyear = draft_target(3, date(2026, 6, 30))
    assert match_one(at_midyear, [roads], [known]) == "stored roads.open"
    assert match_one(draft_target(4, date(2026, 6, 30)), [roads], [known]) == "interim roads.open"
    again = draft_target(9, YEAR_END, quote="打通断头路9条")
    assert match_one(again, [roads], [known]) == "stored roads.open"
    bare = Indicator(id="roads.open", name="打通断头路", unit="条")
    assert match_one(draft_target(9, YEAR_END), [roads], [bare]) == "revision roads.open"
    renamed = Indicator(
        id="roads.open",
        name="城区微循环",
        unit="条",
        target=Decimal(9),
        deadline=Deadline(on=YEAR_END),
    )
    assert match_one(draft_target(9, YEAR_END), [roads], [renamed]) == "source roads.open"
    twins = [roads, Initiative(id="more", name="道路工程", place="甲县")]
    assert match_one(draft_target(9, YEAR_END), twins, []) == "new roads,more"
    away = Initiative(id="roads", name="道路", place="乙市")
    assert match_one(draft_target(9, YEAR_END), [away], [known]) == "new"


def test_a_doubt_stands_above_its_block_as_a_comment() -> None:
    document = Document(id="doc", title="通知", published=JANUARY)
    writer = BlockWriter(document, Naming("doc", ()), KnownRecords([], {}, date(2026, 1, 5)))
    draft = Draft(
        kind="target", indicator="新增学位", value=Decimal(5), doubt="no cue of tense", quote="5个"
    )
    block = writer.build(Proposal(draft=draft, change="new"))
    assert block is not None
    assert not block.is_sure
    assert block.comments[-1] == "doubtful: no cue of tense"


def test_words_of_duty_are_a_cue_only_where_nothing_is_known() -> None:
    assert find_clause_tense("必须新增学位", None) == "plan"
    assert find_clause_tense("必须新增学位", "past") is None
    assert find_sentence_tense("抓好就业工作", JANUARY, [], "past") is None
    assert find_sentence_tense("抓好就业工作", JANUARY, []) == "plan"


def test_a_short_row_and_an_unknown_column_are_passed_over() -> None:
    text = (
        "| 甲 | 工作内容 | 完成时限 | 牵头单位 |\n|---|---|---|---|\n"
        "| 乙 | 建成泵站2座 | 9月底 | 县水利局 |\n| 丙 |\n"
    )
    (draft,) = extract_drafts(read_plain(text), JANUARY).drafts
    assert (str(draft.value), str(draft.deadline), draft.org) == ("2", "2026-09-30", "县水利局")


def draw_page(path: Path, drawing: str) -> Path:
    """Write a PDF of one page with a Latin font and what is drawn on it."""
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        (
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 400 400] /Contents 4 0 R"
            " /Resources << /Font << /F1 5 0 R >> >> >>"
        ),
        f"<< /Length {len(drawing)} >>\nstream\n{drawing}\nendstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    body, places = "%PDF-1.4\n", []
    for number, each in enumerate(objects, start=1):
        places.append(len(body))
        body += f"{number} 0 obj\n{each}\nendobj\n"
    entries = "".join(f"{place:010} 00000 n \n" for place in places)
    body += f"xref\n0 6\n0000000000 65535 f \n{entries}trailer\n<< /Size 6 /Root 1 0 R >>\n"
    path.write_bytes(f"{body}startxref\n{body.index('xref')}\n%%EOF\n".encode("latin-1"))
    return path


def test_a_box_around_words_is_no_table(tmp_path: Path) -> None:
    """Two columns are how a page frames its words; a table of tasks has more."""
    boxes = "".join(f"{x} {y} 150 40 re S\n" for x in (20, 170) for y in (100, 140))
    words = "BT /F1 12 Tf 30 150 Td (Build 5 schools by 2026) Tj ET"
    readable = read_document(draw_page(tmp_path / "boxes.pdf", f"{boxes}{words}"))
    assert readable.text == "Build 5 schools by 2026\n"


def test_tables_that_hold_nothing_are_no_tables() -> None:
    page = (
        "<p>今年新增泊位3个。</p><table></table><table><tr><td></td></tr></table>"
        "<table><tr><td></td><td></td></tr><tr><td>指标</td><td>目标</td></tr></table>"
    )
    blocks = read_markup(page).blocks
    tables = [block for block in blocks if isinstance(block, Table)]
    assert [[[cell.text for cell in row] for row in table.rows] for table in tables] == [
        [["指标", "目标"]]
    ]


def test_a_rate_alone_keeps_its_name() -> None:
    text = (
        "# 计划\n\n| 序号 | 指标 | 单位 | 年均增速 | 备注 |\n|---|---|---|---|---|\n"
        "| 1 | 收入 |  | 8% | 无 |\n"
    )
    (draft,) = extract_drafts(read_plain(text), JANUARY).drafts
    assert (draft.indicator, str(draft.value), draft.unit) == ("收入", "8", "%")


def test_what_this_document_entered_is_known_in_other_words_too() -> None:
    roads = Initiative(id="roads", name="道路", place="甲县")
    known = Indicator(
        id="roads.open",
        name="打通断头路",
        unit="条",
        target=Decimal(8),
        deadline=Deadline(on=YEAR_END),
        source=Source(document="doc", quote="（1）打通断头路8条"),
        updates=[
            Update(on=JANUARY, value=Decimal(2), source=Source(document="doc", quote="已打通2条"))
        ],
    )
    assert match_one(draft_target(8, YEAR_END), [roads], [known]) == "stored roads.open"
    result = draft_target(2, None)
    result.kind, result.as_of = "result", JANUARY
    assert match_one(result, [roads], [known]) == "stored roads.open"
    result.value = Decimal(3)
    assert match_one(result, [roads], [known]) == "unplaced roads.open"


def test_a_review_file_tells_what_is_done_of_drafts_with_one_quote() -> None:
    bridge = Draft(kind="milestone", indicator="青禾大桥建成", quote="建成青禾大桥和5所学校")
    schools = Draft(
        kind="target", indicator="新建学校", value=Decimal(5), quote="建成青禾大桥和5所学校"
    )
    part = '[[items]]\nname = "青禾大桥建成"\nquote = "建成青禾大桥\\n和5所学校"'
    before = ReviewFile("", [part], [], [], has_document=False)
    assert find_done_drafts(before, [schools, bridge]) == {1}
    corrected = before._replace(accepted=[part, part.replace("大桥建成", "学校6所")])
    assert find_done_drafts(corrected, [schools, bridge]) == {0, 1}


def test_ids_of_records_that_were_drafted_before_are_not_given_again() -> None:
    naming = Naming("doc", ())
    naming.reserve(
        [
            {"id": "doc-1", "name": "城市更新", "indicators": [{"id": "doc-1.1"}]},
            {"id": "roads", "indicators": [{"id": "roads.1"}]},
        ]
    )
    assert naming.name_initiative("城市更新", None) == "doc-1"
    assert naming.name_indicator("doc-1") == "doc-1.2"
    assert naming.name_indicator("roads") == "roads.2"
    assert naming.name_initiative("民生", None) == "doc-2"


def test_a_small_target_without_a_day_on_a_known_one_is_doubtful() -> None:
    roads = Initiative(id="roads", name="道路", place="甲县")
    known = Indicator(
        id="roads.open",
        name="打通断头路",
        unit="条",
        target=Decimal(8),
        deadline=Deadline(on=YEAR_END),
    )
    ledger = KnownRecords([roads], {"roads": [known]}, JANUARY)
    for value, basis, is_doubtful in (
        (3, "assumed", True),
        (5, "assumed", False),
        (3, "stated", False),
    ):
        draft = draft_target(value, date(2027, 12, 31))
        draft.deadline_basis = "assumed" if basis == "assumed" else "stated"
        (proposal,) = match_drafts([draft], ledger, "doc", "甲县")
        assert (proposal.change, bool(proposal.draft.doubt)) == ("revision", is_doubtful)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("# 云溪县重点工作安排\n\n年底前新建学校8所。", "云溪县重点工作安排"),
        ("云溪县重点工作安排\n\n（一）新建学校8所。", "云溪县重点工作安排"),
        ("年底前新建学校8所，更新管网9公里。", None),
        ("（2026年1月5日）\n新建学校8所。", None),
        ("| 指标名称是什么 | 目标值 |\n|---|---|\n| 新建学校 | 8所 |", None),
    ],
)
def test_the_line_above_the_text_is_its_title(text: str, title: str | None) -> None:
    assert find_head_of_publication(read_plain(text)) == title
