"""Documents for Word and LibreOffice, on A4 and in the typefaces of Chinese offices.

A sheet that has official papers is set as these and nothing else. Of all others facts stand above
tables, a table that is wide turns the page, its header is repeated on every page that it
reaches. Only the columns for people are shown. The same sheet is the same bytes.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Emu, Pt, Twips

from tracker.locale.translation import _
from tracker.output.cells import Canvas, format_cell
from tracker.output.model import Sheet, Table, Value
from tracker.output.papers import Paper
from tracker.output.rendering import OutputFormat, describe_rendered_head
from tracker.output.word_density import LINE
from tracker.output.word_markup import (
    BODY,
    HEAD,
    LATIN,
    PAGE,
    SUBHEAD,
    TITLE,
    ParagraphLook,
    RunLook,
    build_word_paragraph,
    build_word_run,
    build_word_table,
    show_hidden_in_word,
)
from tracker.output.word_papers import BOTTOM, LEFT, RIGHT, TOP, build_word_paper

_MOST_COLUMNS_UPRIGHT = 6
_TWIPS = 635  # English metric units in one
_FOOTER = 1304  # twips: the page number stands 7 mm below the type area
_PAGE_SIZE, _PAGE_INDENT = 28, 280  # half points, and one character in twips
_PLACE = f"<w:tbl {nsdecls('w')}/>"
"""Where XML will stand; as no text holds a bare ``<``, nothing else looks like it."""
_STAND_INS = {TITLE: "宋体", BODY: "仿宋_GB2312", SUBHEAD: "楷体_GB2312", HEAD: "SimHei"}
"""Typefaces that Word takes where one of the standard is missing."""
_LIGHTS = {"red": "C00000", "yellow": "7F6000", "green": "00703C"}
_COLOURS = {
    "black": "000000",
    "red": "C00000",
    "green": "00703C",
    "yellow": "7F6000",
    "blue": "1F4E9E",
    "magenta": "7030A0",
    "cyan": "0B5563",
    "white": "7F7F7F",
}


def render_docx(what: Table | Sheet, canvas: Canvas) -> bytes:
    """Return the document."""
    document = Document()
    properties = document.core_properties
    properties.title = show_hidden_in_word(what.title)[:255]
    properties.author = ""
    properties.comments = describe_rendered_head(what) or ""
    properties.identifier = what.beside.get("head", "")
    made = datetime.combine(what.as_of, time(), UTC)
    properties.created = properties.modified = made
    colours = {light: _COLOURS[colour] for light, colour in canvas.lights.items()}
    lights = {_(light): colour for light, colour in (_LIGHTS | colours).items()}
    if isinstance(what, Sheet) and what.papers:
        return _save_docx_document(document, _add_docx_papers(document, what.papers, lights))
    return _save_docx_document(document, _add_docx_tables(document, what, lights))


def _add_docx_papers(
    document: Any,  # noqa: ANN401  # python-docx's own
    papers: Sequence[Paper],
    lights: Mapping[str, str],
) -> list[str]:
    """Set up the page of official papers; return the XML of all, each in a section of its own."""
    _set_docx_typefaces(document, 16)
    section = document.sections[0]
    section.page_width, section.page_height = Twips(11906), Twips(16838)
    section.top_margin, section.bottom_margin = Twips(TOP), Twips(BOTTOM)
    section.left_margin, section.right_margin = Twips(LEFT), Twips(RIGHT)
    section.header_distance, section.footer_distance = Twips(850), Twips(_FOOTER)
    document.settings.odd_and_even_pages_header_footer = True
    for footer, align in ((section.footer, "right"), (section.even_page_footer, "left")):
        _set_docx_page_number(footer, align)
    own = section._sectPr  # noqa: SLF001  # the way python-docx leaves to page numbers and grids
    for old in own.findall(qn("w:docGrid")):
        own.remove(old)
    own.append(parse_xml(f'<w:pgNumType {nsdecls("w")} w:start="1"/>'))
    grid = f'<w:docGrid {nsdecls("w")} w:type="lines" w:linePitch="{LINE}"/>'
    own.append(parse_xml(grid))
    document.element.body.insert(0, parse_xml(_PLACE))
    between = build_word_paragraph("", ParagraphLook(line=20), own.xml)
    return [between.join(build_word_paper(paper, lights) for paper in papers)]


def _set_docx_page_number(footer: Any, align: str) -> None:  # noqa: ANN401  # python-docx's own
    """Set the page number between two dashes, one character from the outer edge."""
    look = RunLook(_PAGE_SIZE, PAGE)
    indent = 0 if align == "center" else _PAGE_INDENT
    paragraph = build_word_paragraph(
        f"{build_word_run('— ', look)}"
        f'<w:fldSimple w:instr="PAGE">{build_word_run("1", look)}</w:fldSimple>'
        f"{build_word_run(' —', look)}",
        ParagraphLook(align=align, left=indent, right=indent),
    )
    element = footer.paragraphs[0]._p  # noqa: SLF001  # the way python-docx leaves to fields
    element.getparent().replace(
        element, parse_xml(paragraph.replace("<w:p>", f"<w:p {nsdecls('w')}>", 1))
    )


def _add_docx_tables(
    document: Any,  # noqa: ANN401  # python-docx's own
    what: Table | Sheet,
    lights: Mapping[str, str],
) -> list[str]:
    """Add facts and the places of tables; return the XML of these."""
    tables = [what] if isinstance(what, Table) else what.tables
    widest = max((sum(column.brief for column in t.columns) for t in tables), default=0)
    room = _set_docx_page(document, upright=widest <= _MOST_COLUMNS_UPRIGHT)
    _set_docx_typefaces(document, 12)
    document.add_heading(show_hidden_in_word(what.title), 0).alignment = WD_ALIGN_PARAGRAPH.CENTER
    if isinstance(what, Sheet):
        _add_docx_facts(document, what.facts, joined=any(table.is_register for table in tables))
    grids: list[str] = []
    for at, table in enumerate(tables):
        if table.page and at:
            document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
        if isinstance(what, Sheet):
            document.add_heading(show_hidden_in_word(table.title), 1)
        _add_docx_facts(document, table.facts)
        if not table.rows:
            document.add_paragraph(_("Nothing to show."))
            continue
        document.element.body.insert_element_before(parse_xml(_PLACE), "w:sectPr")
        brief = sum(column.brief for column in table.columns)
        size = 21 if brief <= _MOST_COLUMNS_UPRIGHT else 18  # half points
        grids.append(build_word_table(table, room, size, lights))
    return grids


def _set_docx_page(document: Any, *, upright: bool) -> int:  # noqa: ANN401  # python-docx's own
    """Set A4 with the margins of tables; return the width that is left, in twips."""
    section = document.sections[0]
    short, long = Cm(21), Cm(29.7)
    section.orientation = WD_ORIENT.PORTRAIT if upright else WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = (short, long) if upright else (long, short)
    section.top_margin, section.bottom_margin = Cm(2.6), Cm(2.2)
    section.left_margin = section.right_margin = Cm(2.4) if upright else Cm(1.8)
    _set_docx_page_number(section.footer, "center")
    return Emu(section.page_width - section.left_margin - section.right_margin) // _TWIPS


def _set_docx_typefaces(document: Any, size: int) -> None:  # noqa: ANN401  # python-docx's own
    """Set typefaces and sizes in points of the styles; text is of ``size``."""
    defaults = document.styles.element.find(qn("w:docDefaults"))
    for language in defaults.iter(qn("w:lang")):
        language.set(qn("w:eastAsia"), "zh-CN")
    for name, face, points in (
        ("Normal", BODY, size),
        ("Title", TITLE, 22),
        ("Heading 1", HEAD, max(size, 14)),
        ("Heading 2", SUBHEAD, size),
    ):
        style = document.styles[name]
        style.font.name, style.font.size = LATIN, Pt(points)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for script in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{script}"), None)
        fonts.set(qn("w:eastAsia"), face)
        if name != "Normal":
            style.font.color.rgb = None
            style.font.bold = False
        for border in style.element.findall(f".//{qn('w:pBdr')}"):
            border.getparent().remove(border)
    document.styles["Normal"].paragraph_format.space_after = Pt(3)


def _add_docx_facts(
    document: Any,  # noqa: ANN401  # python-docx's own
    facts: Sequence[tuple[str, Value]],
    *,
    joined: bool = False,
) -> None:
    """Add facts, a paragraph each; ``joined``: all in one."""
    paragraph = None
    for label, value in facts:
        if paragraph is None or not joined:
            paragraph = document.add_paragraph()
        else:
            paragraph.add_run("　")
        paragraph.add_run(_("{label}: ").format(label=show_hidden_in_word(label))).bold = True
        paragraph.add_run(show_hidden_in_word(format_cell(value)))


def _save_docx_document(document: Any, grids: Sequence[str]) -> bytes:  # noqa: ANN401  # python-docx's own
    """Return the file with its XML in the places, its parts without the time of day."""
    stream, fixed = BytesIO(), BytesIO()
    document.save(stream)
    with ZipFile(stream) as parts, ZipFile(fixed, "w", ZIP_DEFLATED) as again:
        for name in parts.namelist():
            part = parts.read(name)
            if name == "word/document.xml":
                part = _insert_docx_xml(part, grids)
            elif name == "word/fontTable.xml":
                part = part.replace(b"</w:fonts>", _build_docx_typefaces().encode(), 1)
            again.writestr(ZipInfo(name), part, ZIP_DEFLATED)
    return fixed.getvalue()


def _build_docx_typefaces() -> str:
    """Return the end of the table of typefaces: each with the one that stands in for it."""
    fonts = (
        f'<w:font w:name="{name}"><w:altName w:val="{other}"/><w:charset w:val="86"/></w:font>'
        for name, other in _STAND_INS.items()
    )
    return f"{''.join(fonts)}</w:fonts>"


def _insert_docx_xml(body: bytes, grids: Sequence[str]) -> bytes:
    first, *rest = body.split(b"<w:tbl/>")
    pairs = zip(grids, rest, strict=True)
    return b"".join([first, *(part for grid, after in pairs for part in (grid.encode(), after))])


FORMAT = OutputFormat(render_docx, is_binary=True)
