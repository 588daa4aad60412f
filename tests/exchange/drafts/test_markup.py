"""Pages as browsers save them: tables that arrange the page, forms, menus, hidden parts."""

import pytest

from tracker.exchange.drafts.document import Paragraph, Readable, Table
from tracker.exchange.drafts.readers.markup import read_markup

TABLE = "<table><tr><th>任务</th><th>目标</th></tr><tr><td>更新</td><td>管网9公里</td></tr></table>"


def list_blocks(page: str) -> list[str | list[list[str]]]:
    return [
        f"{'#' * block.level}{block.words.text}"
        if isinstance(block, Paragraph)
        else [[cell.text for cell in row] for row in block.rows]
        for block in read_markup(page).blocks
    ]


def cut_offsets(page: str, readable: Readable) -> list[str]:
    assert readable.offsets is not None
    return [
        page[readable.offsets[block.words.places[0]] : readable.offsets[block.words.places[-1]] + 1]
        for block in readable.blocks
        if isinstance(block, Paragraph)
    ]


def test_tables_that_arrange_a_page_are_opened_and_those_of_figures_kept() -> None:
    page = (
        "<table><tr><td><table><tr><td>首页</td></tr></table></td></tr>"
        "<tr><td><table><tr><td>导航</td><td><h2>城市更新</h2><p>新建学校8所。</p><p>改造道路3条。"
        f"</p>{TABLE}完</td></tr></table></td></tr></table><p>末</p>"
    )
    assert list_blocks(page) == [
        "首页",
        "导航",
        "##城市更新",
        "新建学校8所。",
        "改造道路3条。",
        [["任务", "目标"], ["更新", "管网9公里"]],
        "完",
        "末",
    ]
    readable = read_markup(page)
    assert cut_offsets(page, readable)[3] == "新建学校8所。"


def test_a_column_of_cells_or_a_long_cell_is_running_text() -> None:
    assert list_blocks("<table><tr><td>新建学校8所。<td></tr></table>") == ["新建学校8所。"]
    column = "<table><tr><td>新建学校8所。</td></tr><tr><td>改造道路3条。</td></tr></table>"
    assert list_blocks(column) == ["新建学校8所。", "改造道路3条。"]
    long = "甲" * 1001
    assert list_blocks(f"<table><tr><td>乙</td><td>{long}</td></tr></table>") == ["乙", long]


def test_a_page_inside_a_form_or_with_an_open_head_is_read() -> None:
    assert list_blocks("<form><p>新建学校8所。</p></form>") == ["新建学校8所。"]
    page = "<html><head><title>题</title><body><p>新建学校8所。<p>改造道路3条。"
    assert list_blocks(page) == ["新建学校8所。", "改造道路3条。"]
    assert read_markup(page).title == "题"


@pytest.mark.parametrize(
    "hidden",
    [
        "<header><div>首页</div></header>",
        "<div style='DISPLAY: none'><div>暗</div>更暗</div>",
        "<ul hidden><li>暗</li></ul>",
        "<span style='display:none'><p>暗</p></span>",
        "<nav><aside>首页</nav>",
        "<select><option>甲</option></select>",
    ],
)
def test_what_is_not_shown_or_leads_elsewhere_is_left_out(hidden: str) -> None:
    assert list_blocks(f"{hidden}<p>新建学校8所。</p>{hidden}") == ["新建学校8所。"]


def test_the_head_of_an_article_is_read() -> None:
    page = (
        "<article><header><h1>计划</h1><p>2026年1月20日</p></header><p>新建学校8所。</p></article>"
    )
    assert list_blocks(page) == ["#计划", "2026年1月20日", "新建学校8所。"]


def test_a_heading_ends_with_its_element_and_may_hold_others() -> None:
    page = "<h2><div>城市更新</div></h2><p>新建学校8所。</p><h3></h3>改造道路3条。<p>完"
    assert list_blocks(page) == ["##城市更新", "新建学校8所。", "改造道路3条。", "完"]


def test_lines_of_a_cell_are_joined_but_for_matters_of_their_own() -> None:
    page = (
        "<table><tr><td>年度<br>目标</td><td>期限</td></tr>"
        "<tr><td><p>改造小区36个</p><p>更新管网9公里</p></td><td>11月<br/>底前</td></tr></table>"
    )
    assert list_blocks(page) == [
        [["年度目标", "期限"], ["改造小区36个\n更新管网9公里", "11月底前"]]
    ]


@pytest.mark.parametrize(
    ("head", "title"),
    [
        ("<title>2026年计划_云溪县人民政府</title>", "2026年计划"),
        ("<title>2026年计划 | 云溪县</title>", "2026年计划"),
        ("<title>2026年计划 - 云溪日报</title>", "2026年计划"),
        ("<title>网站</title><meta name='ArticleTitle' content='2026年计划'>", "2026年计划"),
        ("<title> </title><meta name='description' content='网站'>", None),
    ],
)
def test_the_title_is_that_of_the_article_without_its_site(head: str, title: str | None) -> None:
    assert read_markup(f"<html><head>{head}</head><body>新建学校8所。").title == title


def test_odd_pages_are_read() -> None:
    assert list_blocks(f"<h2> {TABLE}</h2><h3>更新") == [
        [["任务", "目标"], ["更新", "管网9公里"]],
        "###更新",
    ]
    assert list_blocks("<table><td>甲</td><td>乙</td></table></table></td></nav>丙") == [
        [["甲", "乙"]],
        "丙",
    ]
    depth = 3000
    assert list_blocks("<table><tr><td>" * depth + "新建学校8所。" + "</table>" * depth) == [
        "新建学校8所。"
    ]
    assert isinstance(read_markup(f"<div>{TABLE}").blocks[0], Table)


def test_a_row_of_more_cells_than_paper_has_is_cut() -> None:
    row = "<tr>" + "<td colspan=1000 rowspan=1000>新建学校8所</td>" * 20 + "</tr>"
    (table,) = read_markup(f"<table>{row * 30}</table>").blocks
    assert isinstance(table, Table)
    assert {len(cells) for cells in table.rows} == {200}
