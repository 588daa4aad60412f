"""Pages of PDF as browsers and offices print them, drawn here line by line."""

from itertools import pairwise
from pathlib import Path

import pytest

from tracker.exchange.drafts.document import Paragraph, Table
from tracker.exchange.drafts.readers.pdf import NoText, read_pdf

Word = tuple[int, int, str]
Rule = tuple[int, int, int, int]


def draw_pages(path: Path, *pages: tuple[list[Word], list[Rule]], large: str = " ") -> Path:
    """Write a PDF with a Chinese font; a page is words at places, and rules between places.

    Lines with the words ``large`` are set large.
    """
    font = 2 * len(pages) + 3
    kids = " ".join(f"{2 * at + 3} 0 R" for at in range(len(pages)))
    objects = ["<< /Type /Catalog /Pages 2 0 R >>"]
    objects.append(f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>")
    for at, (words, rules) in enumerate(pages):
        drawing = "".join(f"{a} {b} m {c} {d} l S\n" for a, b, c, d in rules)
        drawing += "".join(
            f"BT /F1 {20 if large in text else 10} Tf 1 0 0 1 {x} {y} Tm"
            f" <{text.encode('utf-16-be').hex()}> Tj ET\n"
            for x, y, text in words
        )
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 500 400] /Contents {2 * at + 4} 0 R"
            f" /Resources << /Font << /F1 {font} 0 R >> >> >>"
        )
        objects.append(f"<< /Length {len(drawing)} >>\nstream\n{drawing}\nendstream")
    objects.append(
        "<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H"
        f" /DescendantFonts [{font + 1} 0 R] >>"
    )
    objects.append(
        "<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /DW 1000"
        " /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 4 >>"
        f" /FontDescriptor {font + 2} 0 R >>"
    )
    objects.append(
        "<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [0 -200 1000 900]"
        " /ItalicAngle 0 /Ascent 800 /Descent -200 /CapHeight 800 /StemV 80 >>"
    )
    body, places = "%PDF-1.4\n", []
    for number, each in enumerate(objects, start=1):
        places.append(len(body))
        body += f"{number} 0 obj\n{each}\nendobj\n"
    entries = "".join(f"{place:010} 00000 n \n" for place in places)
    count = len(objects) + 1
    body += f"xref\n0 {count}\n0000000000 65535 f \n{entries}trailer\n"
    body += f"<< /Size {count} /Root 1 0 R >>\nstartxref\n{body.index('xref')}\n%%EOF\n"
    path.write_bytes(body.encode("latin-1"))
    return path


def set_lines(*lines: str) -> tuple[list[Word], list[Rule]]:
    return [(20, 360 - 20 * at, line) for at, line in enumerate(lines)], []


def read_paragraphs(path: Path) -> list[str]:
    blocks = read_pdf(path).blocks
    return [block.words.text for block in blocks if isinstance(block, Paragraph)]


def read_rows(path: Path) -> list[list[list[str]]]:
    tables = [block for block in read_pdf(path).blocks if isinstance(block, Table)]
    return [[[cell.text for cell in row] for row in table.rows] for table in tables]


def draw_table(
    columns: list[int], tops: list[int], cells: list[list[str]], *, is_open: bool = False
) -> tuple[list[Word], list[Rule]]:
    """Return a page with a ruled table; an open one has no rule below its last row."""
    rules = [(columns[0], top, columns[-1], top) for top in (tops[:-1] if is_open else tops)]
    rules += [(column, tops[0], column, tops[-1]) for column in columns]
    words = [
        (column + 4, bottom + 6, cell)
        for (_top, bottom), row in zip(pairwise(tops), cells, strict=True)
        for column, cell in zip(columns, row, strict=False)
        if cell
    ]
    return words, rules


def test_radicals_become_the_characters_that_they_look_like(tmp_path: Path) -> None:
    path = draw_pages(tmp_path / "a.pdf", set_lines("新增⼾籍⼈⼝，⻓江⼤桥⻋道通⻋，居⺠⾷品"))
    assert read_paragraphs(path) == ["新增户籍人口，长江大桥车道通车，居民食品"]


def test_spaces_around_numbers_are_closed_and_those_between_columns_kept(tmp_path: Path) -> None:
    path = draw_pages(
        tmp_path / "a.pdf",
        set_lines("新建学校 8 所、学位 6400 个。", "城市更新 新建学校 8 所 年底前交付"),
    )
    assert read_paragraphs(path) == [
        "新建学校8所、学位6400个。",
        "城市更新 新建学校 8 所 年底前交付",
    ]


def test_lines_of_a_column_are_joined_under_a_head_across_the_page(tmp_path: Path) -> None:
    column = ["今年新建改扩建中小学", "8所，新增学位6400", "个，普惠托位460个。"]
    lines = ["云溪县人民政府办公室二〇二六年重点工作安排（征求意见稿）"]
    lines += column * 3 + ["（1）更新管网85公里，", "其中燃气30公里。"]
    path = draw_pages(tmp_path / "a.pdf", set_lines(*lines))
    assert read_paragraphs(path) == [
        lines[0],
        "".join(column * 3),
        "（1）更新管网85公里，其中燃气30公里。",
    ]


def test_what_a_browser_prints_around_a_page_is_left_out(tmp_path: Path) -> None:
    pages = [
        set_lines(
            "11/27/26, 8:33 PM 重点工作",
            "政府工作报告 · 第" + number + "稿",
            text,
            f"https://yunxi.example/zw.html {number}/3",
        )
        for number, text in zip(
            "123", ("新建学校8所。", "更新管网9公里。", "新增托位7个。"), strict=True
        )
    ]
    path = draw_pages(tmp_path / "a.pdf", *pages)
    assert read_paragraphs(path) == [
        "政府工作报告 · 第1稿",
        "新建学校8所。",
        "更新管网9公里。",
        "新增托位7个。",
    ]


def test_a_merged_cell_stands_in_each_of_its_rows(tmp_path: Path) -> None:
    columns = [20, 60, 160, 300]
    cells = [["序号", "任务", "目标"], ["1", "城市更新", "新建学校8所"], ["2", "", "更新管网9公里"]]
    words, rules = draw_table(columns, [380, 350, 320, 290], cells)
    rules.remove((20, 320, 300, 320))
    rules += [(20, 320, 60, 320), (160, 320, 300, 320)]
    path = draw_pages(tmp_path / "a.pdf", (words, rules))
    assert read_rows(path) == [
        [
            ["序号", "任务", "目标"],
            ["1", "城市更新", "新建学校8所"],
            ["2", "城市更新", "更新管网9公里"],
        ]
    ]


def test_a_table_goes_on_over_the_end_of_a_page(tmp_path: Path) -> None:
    columns = [20, 60, 160, 300]
    head = ["序号", "任务", "目标"]
    first = draw_table(
        columns, [380, 350, 320], [head, ["1", "城市更新", "新建学校8所、"]], is_open=True
    )
    second = draw_table(
        columns,
        [380, 350, 320, 290],
        [head, ["", "", "托位7个"], ["2", "", "更新管网9公里"]],
    )
    path = draw_pages(tmp_path / "a.pdf", first, second)
    assert read_rows(path) == [
        [head, ["1", "城市更新", "新建学校8所、托位7个"], ["2", "城市更新", "更新管网9公里"]]
    ]
    third = draw_table(columns, [380, 350], [["3", "", "改造道路3条"]])
    path = draw_pages(tmp_path / "b.pdf", first, third)
    assert read_rows(path)[0][-1] == ["3", "城市更新", "改造道路3条"]


def test_a_head_alone_at_the_top_of_a_page_adds_nothing(tmp_path: Path) -> None:
    columns, head = [20, 60, 160, 300], ["序号", "任务", "目标"]
    first = draw_table(columns, [380, 350, 320], [head, ["1", "城市更新", "新建学校8所"]])
    path = draw_pages(tmp_path / "a.pdf", first, draw_table(columns, [380, 350], [head]))
    assert read_rows(path) == [[head, ["1", "城市更新", "新建学校8所"]]]


def test_two_columns_are_a_table_where_every_cell_is_full(tmp_path: Path) -> None:
    cells = [["指标", "目标"], ["新建学校", "8所"], ["更新管网", "9公里"]]
    path = draw_pages(tmp_path / "a.pdf", draw_table([20, 160, 300], [380, 350, 320, 290], cells))
    assert read_rows(path) == [cells]


def test_signs_of_another_font_stand_in_the_gaps_left_for_them(tmp_path: Path) -> None:
    words = [(80, 360, "“ ”"), (20, 360, "推进 大农业 发展，新增基地3个。")]
    odd = [(80, 340, "“"), (20, 340, "推进农业。"), (20, 320, "建成12个村。")]
    path = draw_pages(tmp_path / "a.pdf", ([*words, *odd], []))

    paragraphs = read_paragraphs(path)
    assert paragraphs[0].startswith("推进“大农业”发展，新增基地3个。")
    assert paragraphs[-1] == "建成12个村。"


def test_the_lines_of_a_large_title_are_one(tmp_path: Path) -> None:
    lines = [
        "青禾县2026年工作要点任务",
        "分解方案任务",
        "新建学校8所。",
        "更新管网9公里，新增托位7个。",
    ]
    path = draw_pages(tmp_path / "a.pdf", set_lines(*lines), large="任务")

    assert read_paragraphs(path)[0] == "青禾县2026年工作要点任务分解方案任务"


def test_the_lines_of_a_large_title_above_a_table_are_one(tmp_path: Path) -> None:
    words = [(60, 380, "青禾县2026年工作要点书"), (60, 355, "分解方案书"), (60, 335, "各单位：")]
    cells = [["任务", "目标任务", "完成时限"], ["新建学校", "新建学校8所", "2026年9月底"]]
    grid, rules = draw_table([20, 160, 260, 360], [300, 270, 240], cells)
    path = draw_pages(tmp_path / "a.pdf", (words + grid, rules), large="书")

    assert read_paragraphs(path)[:2] == ["青禾县2026年工作要点书分解方案书", "各单位："]


def test_a_scan_with_the_mark_of_an_app_holds_no_text(tmp_path: Path) -> None:
    from pypdf import PdfWriter
    from pypdf.generic import DictionaryObject, NameObject, StreamObject

    path = draw_pages(tmp_path / "a.pdf", set_lines("扫描王 创建"))
    assert read_paragraphs(path) == ["扫描王 创建"]
    writer = PdfWriter(clone_from=str(path))
    picture = StreamObject()
    picture[NameObject("/Subtype")] = NameObject("/Image")
    resources = writer.pages[0]["/Resources"]
    assert isinstance(resources, DictionaryObject)
    resources[NameObject("/XObject")] = DictionaryObject(
        {NameObject("/Im1"): writer._add_object(picture)}  # noqa: SLF001  # there is no other way
    )
    writer.write(path)
    with pytest.raises(NoText):
        read_pdf(path)


def test_the_lines_of_each_of_two_columns_are_joined(tmp_path: Path) -> None:
    left = ["新建学校八所，新增", "学位六千个。", "新增普惠托位。"] * 3
    right = ["更新城区管网，其中", "燃气管网。", "改造老旧小区。"] * 3
    words = [(20, 360 - 20 * at, line) for at, line in enumerate(left)]
    words += [(260, 360 - 20 * at, line) for at, line in enumerate(right)]
    path = draw_pages(tmp_path / "a.pdf", (words, []))

    assert read_paragraphs(path)[:2] == ["新建学校八所，新增学位六千个。", "新增普惠托位。"]
    assert read_paragraphs(path)[-1] == "改造老旧小区。"


def test_a_table_in_one_of_two_columns_keeps_the_text_beside_it(tmp_path: Path) -> None:
    left = ["新建学校八所，新增", "学位六千个。", "新增普惠托位。"] * 5
    words = [(120, 380, "青禾县二〇二六年重点工作任务清单与分工方案汇编")]
    words += [(20, 350 - 20 * at, line) for at, line in enumerate(left)]
    words += [(270, 350, "主要指标见下表。"), (270, 60, "各单位抓好落实。")]
    words += [(120, 30, "青禾县人民政府办公室二〇二六年一月印发全县各单位")]
    cells = [["指标", "单位", "目标"], ["新建公园", "个", "12"], ["更新管网", "公里", "9"]]
    grid, rules = draw_table([270, 340, 400, 460], [320, 290, 260, 230], cells)
    path = draw_pages(tmp_path / "a.pdf", (words + grid, rules))

    assert read_rows(path) == [cells]
    paragraphs = read_paragraphs(path)
    assert paragraphs[0].startswith("青禾县二〇二六年")
    assert paragraphs[1] == "新建学校八所，新增学位六千个。"
    assert "各单位抓好落实。" in paragraphs[-2]
    assert paragraphs[-1].endswith("全县各单位")


def test_tables_in_both_columns_are_read_one_after_the_other(tmp_path: Path) -> None:
    cells = [["指标", "单位", "目标"], ["新建公园", "个", "12"], ["更新管网", "公里", "9"]]
    others = [["指标", "单位", "目标"], ["新增托位", "个", "90"], ["新增学位", "个", "80"]]
    first, rules = draw_table([20, 90, 150, 210], [380, 350, 320, 290], cells)
    second, lines = draw_table([270, 340, 400, 460], [380, 350, 320, 290], others)
    path = draw_pages(tmp_path / "a.pdf", (first + second, rules + lines))

    assert [row[0] for table in read_rows(path) for row in table if row[0] != "指标"] == [
        "新建公园",
        "更新管网",
        "新增托位",
        "新增学位",
    ]
