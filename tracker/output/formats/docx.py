"""Documents for Word and LibreOffice, on A4 and in the typefaces of Chinese offices.

Facts stand above tables, a table that is wide turns the page, its header is repeated on
every page that it reaches. Only the columns for people are shown. The same sheet is the
same bytes.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time
from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Emu, Pt

from tracker.locale.translation import _
from tracker.output.cells import NUMERIC, Canvas, format_cell, list_short_cells
from tracker.output.model import Column, Sheet, Table, Value
from tracker.output.rendering import OutputFormat, describe_rendered_head
from tracker.system.text import make_text_visible, measure_text_width

# Word takes another typeface of the same script where one is missing. Latin letters and
# figures, Chinese text, Chinese headings.
_LATIN, _BODY, _HEAD = "Times New Roman", "仿宋", "黑体"
_MOST_COLUMNS_UPRIGHT = 6
_FOLDING = frozenset({"text", "list", "id"})
_WIDEST, _WIDEST_TITLE, _WHOLE = 40, 10, 8  # in characters of which a Chinese one takes two
_TWIPS = 635  # English metric units in one
_HEADER = "D9E1F2"
_PLACE = f"<w:tbl {nsdecls('w')}/>"
"""Where a table will stand; as no text holds a bare ``<``, nothing else looks like it."""
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
    tables = [what] if isinstance(what, Table) else what.tables
    widest = max((sum(column.brief for column in t.columns) for t in tables), default=0)
    room = _set_docx_page(document, upright=widest <= _MOST_COLUMNS_UPRIGHT)
    _set_docx_typefaces(document)
    properties = document.core_properties
    properties.title = _show_hidden_in_docx(what.title)[:255]
    properties.author = ""
    properties.comments = describe_rendered_head(what) or ""
    properties.identifier = what.beside.get("head", "")
    made = datetime.combine(what.as_of, time(), UTC)
    properties.created = properties.modified = made
    colours = {light: _COLOURS[colour] for light, colour in canvas.lights.items()}
    lights = {_(light): colour for light, colour in (_LIGHTS | colours).items()}
    document.add_heading(_show_hidden_in_docx(what.title), 0).alignment = WD_ALIGN_PARAGRAPH.CENTER
    if isinstance(what, Sheet):
        _add_docx_facts(document, what.facts)
    grids: list[str] = []
    for at, table in enumerate(tables):
        if table.page and at:
            document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
        if isinstance(what, Sheet):
            document.add_heading(_show_hidden_in_docx(table.title), 1)
        _add_docx_facts(document, table.facts)
        if not table.rows:
            document.add_paragraph(_("Nothing to show."))
            continue
        document.element.body.insert_element_before(parse_xml(_PLACE), "w:sectPr")
        grids.append(_build_docx_table(table, room, lights))
    return _save_docx_document(document, grids)


def _set_docx_page(document: Any, *, upright: bool) -> int:  # noqa: ANN401  # python-docx's own
    """Set A4 with the margins of official documents; return the width that is left, in twips."""
    section = document.sections[0]
    short, long = Cm(21), Cm(29.7)
    section.orientation = WD_ORIENT.PORTRAIT if upright else WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = (short, long) if upright else (long, short)
    section.top_margin, section.bottom_margin = Cm(2.6), Cm(2.2)
    section.left_margin = section.right_margin = Cm(2.4) if upright else Cm(1.8)
    footer = section.footer.paragraphs[0]
    footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
    footer._p.append(parse_xml(f'<w:fldSimple {nsdecls("w")} w:instr="PAGE"/>'))  # noqa: SLF001  # the way python-docx leaves to fields
    return Emu(section.page_width - section.left_margin - section.right_margin) // _TWIPS


def _set_docx_typefaces(document: Any) -> None:  # noqa: ANN401  # python-docx's own
    for name, face, size in (
        ("Normal", _BODY, 12),
        ("Title", _HEAD, 20),
        ("Heading 1", _HEAD, 14),
    ):
        style = document.styles[name]
        style.font.name, style.font.size = _LATIN, Pt(size)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for script in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{script}"), None)
        fonts.set(qn("w:eastAsia"), face)
        if name != "Normal":
            style.font.color.rgb = None
    document.styles["Normal"].paragraph_format.space_after = Pt(3)


def _add_docx_facts(document: Any, facts: Sequence[tuple[str, Value]]) -> None:  # noqa: ANN401  # python-docx's own
    for label, value in facts:
        paragraph = document.add_paragraph()
        paragraph.add_run(_("{label}: ").format(label=_show_hidden_in_docx(label))).bold = True
        paragraph.add_run(_show_hidden_in_docx(format_cell(value)))


def _build_docx_table(table: Table, room: int, lights: Mapping[str, str]) -> str:
    """Build a table as XML, because as elements ten thousand rows take ten seconds."""
    columns = list(list_short_cells(table))
    size = 21 if len(columns) <= _MOST_COLUMNS_UPRIGHT else 17  # half points
    widths = _divide_docx_width(columns, room, size)
    heads, drawn = [], []
    for (column, cells), width in zip(columns, widths, strict=True):
        right = column.kind in NUMERIC
        tints = lights if column.kind == "light" else {}
        looks = _build_docx_run_properties(size, bold=True)
        heads.append(_build_docx_cell(column.title, width, looks, right=right, fill=_HEADER))
        drawn.append(
            [
                _build_docx_cell(
                    text, width, _build_docx_run_properties(size, tints.get(text)), right=right
                )
                for text in cells
            ]
        )
    rows = (
        f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{''.join(row)}</w:tr>"
        for row in zip(*drawn, strict=True)
    )
    borders = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="7F7F7F"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/>'
        f"<w:tblBorders>{borders}</w:tblBorders>"
        '<w:tblLayout w:type="fixed"/><w:tblCellMar><w:left w:w="60" w:type="dxa"/>'
        '<w:right w:w="60" w:type="dxa"/></w:tblCellMar></w:tblPr><w:tblGrid>'
        + "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
        + f"</w:tblGrid><w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{''.join(heads)}</w:tr>"
        + "".join(rows)
        + "</w:tbl>"
    )


def _divide_docx_width(
    columns: Sequence[tuple[Column, list[str]]], room: int, size: int
) -> list[int]:
    """Divide the room in twips: days, numbers and words are whole, texts share the rest."""
    sign = 5.4 * size  # half a Chinese character and a little more
    cells = [max(map(measure_text_width, cells), default=0) for _column, cells in columns]
    titles = [min(measure_text_width(column.title), _WIDEST_TITLE) for column, _cells in columns]
    wanted = [max(title, min(cell, _WIDEST)) for title, cell in zip(titles, cells, strict=True)]
    folds = [
        column.kind in _FOLDING and want > _WHOLE
        for (column, _cells), want in zip(columns, wanted, strict=True)
    ]
    whole = [
        0 if fold else int(want * sign) + 160 for fold, want in zip(folds, wanted, strict=True)
    ]
    left = room - sum(whole)
    shares = sum(want for fold, want in zip(folds, wanted, strict=True) if fold)
    if left < shares * sign / 4 or not shares:
        return [room * want // sum(wanted) for want in wanted]
    return [
        left * want // shares if fold else width
        for fold, want, width in zip(folds, wanted, whole, strict=True)
    ]


def _build_docx_run_properties(size: int, colour: str | None = None, *, bold: bool = False) -> str:
    """Return the properties of a run of text; a colour is always bold, to be seen on paper too."""
    weight = "<w:b/>" if bold or colour else ""
    tint = f'<w:color w:val="{colour}"/>' if colour else ""
    return f'{weight}{tint}<w:sz w:val="{size}"/><w:szCs w:val="{size}"/>'


def _build_docx_cell(
    text: str, width: int, looks: str, *, right: bool = False, fill: str = ""
) -> str:
    shade = f'<w:shd w:val="clear" w:color="auto" w:fill="{fill}"/>' if fill else ""
    lines = escape(_show_hidden_in_docx(text)).split("\n")
    shown = "<w:br/>".join(f'<w:t xml:space="preserve">{line}</w:t>' for line in lines)
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{shade}</w:tcPr>'
        f'<w:p><w:pPr><w:spacing w:after="0"/><w:jc w:val="{"right" if right else "left"}"/>'
        f"</w:pPr><w:r><w:rPr>{looks}</w:rPr>{shown}</w:r></w:p></w:tc>"
    )


def _show_hidden_in_docx(text: str) -> str:
    """Return a text with all that acts unseen, and what XML cannot hold, shown."""
    shown = make_text_visible(text, lines=True)
    return shown.replace("\ufffe", "\\ufffe").replace("\uffff", "\\uffff")


def _save_docx_document(document: Any, grids: Sequence[str]) -> bytes:  # noqa: ANN401  # python-docx's own
    """Return the file with its tables in their places, its parts without the time of day."""
    stream, fixed = BytesIO(), BytesIO()
    document.save(stream)
    with ZipFile(stream) as parts, ZipFile(fixed, "w", ZIP_DEFLATED) as again:
        for name in parts.namelist():
            part = parts.read(name)
            if name == "word/document.xml":
                part = _insert_docx_tables(part, grids)
            again.writestr(ZipInfo(name), part, ZIP_DEFLATED)
    return fixed.getvalue()


def _insert_docx_tables(body: bytes, grids: Sequence[str]) -> bytes:
    first, *rest = body.split(b"<w:tbl/>")
    pairs = zip(grids, rest, strict=True)
    return b"".join([first, *(part for grid, after in pairs for part in (grid.encode(), after))])


FORMAT = OutputFormat(render_docx, is_binary=True)
