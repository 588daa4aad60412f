"""Word documents as offices make them: lists, tracked changes, boxes, controls, merged cells."""

from pathlib import Path

from docx import Document
from docx.oxml import parse_xml

from tracker.exchange.drafts.document import Paragraph, Table
from tracker.exchange.drafts.readers.word import read_word

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
NAMES = (
    f'xmlns:w="{W}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    ' xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
    ' xmlns:v="urn:schemas-microsoft-com:vml"'
)
LEVELS = [
    (0, "chineseCounting", "%1、"),
    (1, "chineseCountingThousand", "（%2）"),
    (2, "decimal", "%3."),
    (3, "decimalEnclosedCircle", "%4"),
    (4, "bullet", "●"),
]


def write_word(path: Path, *parts: str, numbering: bool = False) -> Path:
    """Write a docx whose body holds these elements."""
    document = Document()
    if numbering:
        root = document.part.numbering_part.element
        levels = "".join(
            f'<w:lvl w:ilvl="{depth}"><w:start w:val="1"/><w:numFmt w:val="{form}"/>'
            f'<w:lvlText w:val="{text}"/></w:lvl>'
            for depth, form, text in LEVELS
        )
        root.append(
            parse_xml(f'<w:abstractNum {NAMES} w:abstractNumId="90">{levels}</w:abstractNum>')
        )
        root.append(parse_xml(f'<w:num {NAMES} w:numId="91"><w:abstractNumId w:val="90"/></w:num>'))
    body = document.element.body
    for part in parts:
        body.insert(len(body) - 1, parse_xml(part.replace(">", f" {NAMES}>", 1)))
    document.save(str(path))
    return path


def paragraph(words: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{words}</w:t></w:r></w:p>"


def listed(words: str, depth: int) -> str:
    numbered = f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="91"/></w:numPr>'
    return paragraph(words, numbered)


def read_lines(path: Path) -> list[tuple[str, int]]:
    return [
        (block.words.text, block.level)
        for block in read_word(path).blocks
        if isinstance(block, Paragraph)
    ]


def read_rows(path: Path) -> list[list[str]]:
    (table,) = [block for block in read_word(path).blocks if isinstance(block, Table)]
    return [[cell.text for cell in row] for row in table.rows]


def test_numbers_that_word_counts_are_read_and_take_no_place_in_the_text(tmp_path: Path) -> None:
    items = [("总体要求", 0), ("重点任务", 0), ("城市更新", 1), ("民生实事", 1)]
    items += [
        ("新建学校8所。", 2),
        ("新增托位9个。", 3),
        ("其他", 4),
        ("保障措施", 0),
        ("组织领导", 1),
    ]
    path = write_word(
        tmp_path / "a.docx", *(listed(words, depth) for words, depth in items), numbering=True
    )
    assert read_lines(path) == [
        ("一、总体要求", 2),
        ("二、重点任务", 2),
        ("（一）城市更新", 3),
        ("（二）民生实事", 3),
        ("1.新建学校8所。", 0),
        ("①新增托位9个。", 0),
        ("其他", 0),
        ("三、保障措施", 2),
        ("（一）组织领导", 3),
    ]
    readable = read_word(path)
    assert readable.text.startswith("总体要求\n重点任务\n城市更新\n")
    words = next(
        block.words
        for block in readable.blocks
        if isinstance(block, Paragraph) and "学校" in block.words.text
    )
    assert readable.text[words.places[0] : words.places[-1] + 1] == "新建学校8所。"


def test_numbers_go_on_behind_ten_and_where_a_level_is_left_out(tmp_path: Path) -> None:
    parts = [listed("条", 0) for _ in range(21)]
    path = write_word(
        tmp_path / "a.docx", listed("新建学校8所。", 2), *parts, listed("节", 1), numbering=True
    )
    lines = [words for words, _level in read_lines(path)]
    assert lines[0] == "1.新建学校8所。"
    assert [lines[at] for at in (10, 11, 20, 21, 22)] == [
        "十、条",
        "十一、条",
        "二十、条",
        "二十一、条",
        "（一）节",
    ]


def test_tracked_changes_are_read_as_if_accepted(tmp_path: Path) -> None:
    path = write_word(
        tmp_path / "a.docx",
        "<w:p><w:r><w:t>新建学校</w:t></w:r>"
        "<w:del><w:r><w:delText>5</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>8</w:t></w:r></w:ins><w:r><w:t>所，</w:t></w:r>"
        "<w:moveFrom><w:r><w:t>甲</w:t></w:r></w:moveFrom>"
        "<w:moveTo><w:r><w:t>托位9个。</w:t></w:r></w:moveTo></w:p>",
        "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>留</w:t></w:r></w:p></w:tc></w:tr>"
        "<w:tr><w:trPr><w:del/></w:trPr><w:tc><w:p><w:r><w:t>去</w:t></w:r></w:p></w:tc></w:tr>"
        "</w:tbl>",
    )
    assert read_lines(path) == [("新建学校8所，托位9个。", 0)]
    assert read_rows(path) == [["留"]]


def test_boxes_controls_links_and_line_breaks_are_read_once(tmp_path: Path) -> None:
    box = f"<w:txbxContent>{paragraph('更新管网9公里。')}</w:txbxContent>"
    path = write_word(
        tmp_path / "a.docx",
        "<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val='Table of Contents'/>"
        f"</w:docPartObj></w:sdtPr><w:sdtContent>{paragraph('一、目录')}</w:sdtContent></w:sdt>",
        paragraph("二、任务\t3", '<w:pStyle w:val="TOC1"/>'),
        paragraph(" "),
        f"<w:sdt><!-- 批注 --><w:sdtContent>{paragraph('新建学校8所。')}</w:sdtContent></w:sdt>",
        "<w:p><w:r><w:t>见</w:t></w:r><w:r><mc:AlternateContent><mc:Choice Requires='wps'>"
        f"<wps:txbx>{box}</wps:txbx></mc:Choice><mc:Fallback><v:textbox>{box}</v:textbox>"
        "</mc:Fallback></mc:AlternateContent></w:r><w:hyperlink><w:r><w:t>附件</w:t></w:r>"
        "</w:hyperlink></w:p>",
        "<w:p><w:r><w:t>改造道路3条。</w:t><w:br/><w:t>新增托位7</w:t><w:noBreakHyphen/>"
        "<w:t>9个。</w:t></w:r><w:r><w:rPr><w:vanish/></w:rPr><w:t>暗</w:t></w:r><w:r>"
        "<w:instrText>PAGE</w:instrText><w:tab/></w:r></w:p>",
    )
    assert [words for words, _level in read_lines(path)] == [
        "新建学校8所。",
        "见附件",
        "更新管网9公里。",
        "改造道路3条。",
        "新增托位7-9个。",
    ]


def test_headings_are_known_by_style_and_outline(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    document = Document()
    document.add_heading("总标题", 0)
    document.add_heading("城市更新", 2)
    document.save(str(path))
    assert read_lines(path) == [("总标题", 1), ("城市更新", 2)]
    outlined = paragraph("民生", '<w:outlineLvl w:val="2"/>')
    plain = paragraph("正文", '<w:outlineLvl w:val="9"/>')
    assert read_lines(write_word(path, outlined, plain)) == [("民生", 3), ("正文", 0)]


def test_merged_cells_stand_in_every_place_and_matters_of_a_cell_stay_apart(
    tmp_path: Path,
) -> None:
    def cell(*lines: str, properties: str = "") -> str:
        words = "".join(f"<w:p><w:r><w:t>{line}</w:t></w:r></w:p>" for line in lines)
        return f"<w:tc><w:tcPr>{properties}</w:tcPr>{words}</w:tc>"

    first, rest = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
    wide = '<w:gridSpan w:val="2"/>'
    inner = "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>内</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
    path = write_word(
        tmp_path / "a.docx",
        "<w:tbl>"
        f"<w:tr>{cell('任务')}{cell('年度', '目标', properties=wide)}"
        "</w:tr>"
        f"<w:tr>{cell('城市更新', properties=first)}{cell('改造小区36个', '更新管网9公里')}"
        f"{cell('1.建成', '2.投用')}</w:tr>"
        f"<w:tr>{cell('', properties=rest)}{cell('11月', '底前')}<w:tc>{inner}<w:p/></w:tc></w:tr>"
        "</w:tbl>",
    )
    assert read_rows(path) == [
        ["任务", "年度目标", "年度目标"],
        ["城市更新", "改造小区36个\n更新管网9公里", "1.建成\n2.投用"],
        ["城市更新", "11月底前", "内"],
    ]


def test_a_document_without_the_part_for_lists_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    document = Document()
    for relation in [
        name for name, each in document.part.rels.items() if each.reltype.endswith("/numbering")
    ]:
        document.part.drop_rel(relation)
        document.part.rels.pop(relation, None)
    document.add_paragraph("新建学校8所。", style="List Number")
    document.save(str(path))
    assert read_lines(path) == [("新建学校8所。", 0)]
