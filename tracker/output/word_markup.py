"""Paragraphs and tables of Word as XML, made as text: ten thousand rows as elements take 10 s."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple
from xml.sax.saxutils import escape

from tracker.output.cells import NUMERIC, format_row_group, list_short_cells
from tracker.output.model import Column, RowGroup, Table
from tracker.system.text import make_text_visible, measure_text_width

LATIN = "Times New Roman"
BODY, HEAD, SUBHEAD, TITLE, PAGE = "仿宋", "黑体", "楷体", "方正小标宋简体", "宋体"
"""The typefaces of GB/T 9704-2012."""
_OTHER_NAMES: Mapping[str, tuple[str, ...]] = {
    TITLE: ("方正小标宋_GBK", "FZXiaoBiaoSong-B05S", "FZXiaoBiaoSong-B05"),
    BODY: ("仿宋_GB2312", "FangSong", "FangSong_GB2312"),
    HEAD: ("SimHei",),
    SUBHEAD: ("楷体_GB2312", "KaiTi", "KaiTi_GB2312"),
    PAGE: ("SimSun",),
    LATIN: ("Liberation Serif",),
}
"""Names by which systems have the same typefaces, or some that take the same room."""

HEADER_FILL, _GROUP_FILL = "D9E1F2", "F2F2F2"
_FOLDING = frozenset({"text", "list", "id"})
_WIDEST, _WHOLE, _LONG = 40, 8, 13  # in characters of which a Chinese one takes two
_CELL_MARGIN = 60  # twips
_SIGN = 5.4  # twips at a half point: half a Chinese character and a little more


class RunLook(NamedTuple):
    """Look of a run of text.

    Attributes:
        size: its size in half points.
        face: the typeface of its Chinese characters.
        colour: its colour, as six hexadecimal digits; empty: black.
        bold: whether it is bold.
        spacing: what each character is followed by, in twips.
    """

    size: int
    face: str = BODY
    colour: str = ""
    bold: bool = False
    spacing: int = 0


class ParagraphLook(NamedTuple):
    """Look of a paragraph; lengths in twips, of which a point has 20.

    Attributes:
        style: the id of its style, by which readers find heads.
        align: left, right, center or both.
        line: the height of its lines; None: as the text wants.
        before: the space above it.
        after: the space below it.
        first: how far its first line is moved in; below 0: how far it is moved out.
        left: how far all of it is moved in.
        right: the same at its right.
        rule: the border below it, as attributes of XML.
        keeps: whether it stays on the page of the paragraph after it.
        begins_page: whether it begins a page.
        tab: where a tab, that ends there, leads to.
        is_free: whether its lines are not those of the grid of the page.
    """

    style: str = ""
    align: str = "both"
    line: int | None = None
    before: int = 0
    after: int = 0
    first: int = 0
    left: int = 0
    right: int = 0
    rule: str = ""
    keeps: bool = False
    begins_page: bool = False
    tab: int = 0
    is_free: bool = False


def list_missing_word_typefaces(installed: Collection[str]) -> list[str]:
    """Return the typefaces of papers that are not installed under any of their names."""
    return [
        name
        for name, others in _OTHER_NAMES.items()
        if not any(each in installed for each in (name, *others))
    ]


def show_hidden_in_word(text: str) -> str:
    """Return a text with all that acts unseen, and what XML cannot hold, shown."""
    shown = make_text_visible(text, lines=True)
    return shown.replace("\ufffe", "\\ufffe").replace("\uffff", "\\uffff")


def build_word_run(text: str, look: RunLook) -> str:
    """Build a run of text; a newline in it begins a line, a tab leads to the next stop."""
    lines = escape(show_hidden_in_word(text)).split("\n")
    shown = "<w:br/>".join(f'<w:t xml:space="preserve">{line}</w:t>' for line in lines)
    return f"<w:r><w:rPr>{_build_word_run_properties(look)}</w:rPr>{shown}</w:r>"


def build_word_tab(look: RunLook) -> str:
    """Build a run that leads to the tab stop of its paragraph."""
    return f"<w:r><w:rPr>{_build_word_run_properties(look)}</w:rPr><w:tab/></w:r>"


def _build_word_run_properties(look: RunLook) -> str:
    weight = "<w:b/>" if look.bold else ""
    tint = f'<w:color w:val="{look.colour}"/>' if look.colour else ""
    tint += f'<w:spacing w:val="{look.spacing}"/>' if look.spacing else ""
    return (
        f'<w:rFonts w:ascii="{LATIN}" w:hAnsi="{LATIN}" w:eastAsia="{look.face}" w:cs="{LATIN}"/>'
        f'{weight}{tint}<w:sz w:val="{look.size}"/><w:szCs w:val="{look.size}"/>'
    )


def build_word_paragraph(runs: str, look: ParagraphLook, section: str = "") -> str:
    """Build a paragraph of runs; ``section`` is the XML of the section that ends with it."""
    parts = [f'<w:pStyle w:val="{look.style}"/>'] if look.style else []
    parts += ["<w:keepNext/>"] if look.keeps else []
    parts += ["<w:pageBreakBefore/>"] if look.begins_page else []
    parts += [f"<w:pBdr><w:bottom {look.rule}/></w:pBdr>"] if look.rule else []
    parts += [f'<w:tabs><w:tab w:val="right" w:pos="{look.tab}"/></w:tabs>'] if look.tab else []
    parts += ['<w:snapToGrid w:val="0"/>'] if look.is_free else []
    line = f' w:line="{look.line}" w:lineRule="exact"' if look.line else ""
    parts.append(f'<w:spacing w:before="{look.before}" w:after="{look.after}"{line}/>')
    first = f'w:hanging="{-look.first}"' if look.first < 0 else f'w:firstLine="{look.first}"'
    parts.append(f'<w:ind w:left="{look.left}" w:right="{look.right}" {first}/>')
    parts.append(f'<w:jc w:val="{look.align}"/>{section}')
    return f"<w:p><w:pPr>{''.join(parts)}</w:pPr>{runs}</w:p>"


def build_word_table(
    table: Table, room: int, size: int, lights: Mapping[str, str], *, line: int = 0, keeps: int = 0
) -> str:
    """Build a table with the columns that people see, its head repeated on every page.

    Args:
        table: the table.
        room: the width that there is, in twips.
        size: the size of its text, in half points.
        lights: the colours of lights by their words.
        line: the height of its lines in twips, 0: as they want.
        keeps: how many of its last rows stay on the page of what comes after it.
    """
    columns = list(list_short_cells(table))
    widths = _divide_word_width(columns, room, size)
    heads, drawn = [], []
    for (column, cells), width in zip(columns, widths, strict=True):
        right = column.kind in NUMERIC
        align = "right" if right else "left"
        tints = lights if column.kind == "light" else {}
        head = RunLook(size, HEAD)
        title = column.title[:1].upper() + column.title[1:]
        heads.append(build_word_cell(title, width, head, align=align, fill=HEADER_FILL, line=line))
        # A colour is always bold, to be seen on paper too.
        looks = {text: RunLook(size, colour=tints[text], bold=True) for text in tints}
        plain = RunLook(size)
        drawn.append(
            [
                build_word_cell(text, width, looks.get(text, plain), align=align, line=line)
                for text in cells
            ]
        )
    rows = list(zip(*drawn, strict=True))
    if keeps:
        rows[-keeps:] = [tuple(map(_keep_word_cell, row)) for row in rows[-keeps:]]
    return build_word_grid(widths, heads, _insert_word_groups(table.groups, rows, widths, size))


def _keep_word_cell(cell: str) -> str:
    """Return a cell whose row stays on the page of what comes after it."""
    return cell.replace("<w:pPr>", "<w:pPr><w:keepNext/>", 1)


def _insert_word_groups(
    groups: Sequence[RowGroup], rows: list[tuple[str, ...]], widths: Sequence[int], size: int
) -> Iterator[Sequence[str]]:
    """Yield rows of cells, before those of each group its title across all columns."""
    if not groups:
        yield from rows
        return
    at = 0
    for group in groups:
        title = format_row_group(group)
        look = RunLook(size, HEAD)
        cell = build_word_cell(title, sum(widths), look, fill=_GROUP_FILL, columns=len(widths))
        # A title does not stand alone at the end of a page.
        yield [_keep_word_cell(cell)]
        yield from rows[at : at + group.rows]
        at += group.rows


def build_word_grid(
    widths: Sequence[int], heads: Sequence[str], rows: Iterable[Sequence[str]], height: int = 0
) -> str:
    """Build a table of cells: its widths and the least height of its rows in twips."""
    borders = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    tall = f'<w:trHeight w:val="{height}" w:hRule="atLeast"/>' if height else ""
    lines = (f"<w:tr><w:trPr><w:cantSplit/>{tall}</w:trPr>{''.join(row)}</w:tr>" for row in rows)
    head = f"<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{''.join(heads)}</w:tr>"
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:jc w:val="center"/>'
        f"<w:tblBorders>{borders}</w:tblBorders>"
        f'<w:tblLayout w:type="fixed"/><w:tblCellMar><w:left w:w="{_CELL_MARGIN}" w:type="dxa"/>'
        f'<w:right w:w="{_CELL_MARGIN}" w:type="dxa"/></w:tblCellMar></w:tblPr><w:tblGrid>'
        + "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
        + f"</w:tblGrid>{head if heads else ''}"
        + "".join(lines)
        + "</w:tbl>"
    )


def build_word_cell(  # noqa: PLR0913  # how a cell looks
    text: str,
    width: int,
    look: RunLook,
    *,
    align: str = "left",
    fill: str = "",
    line: int = 0,
    columns: int = 1,
) -> str:
    """Build a cell of a table across some columns.

    ``line`` is the height of its lines in twips, 0: as they want.
    """
    span = f'<w:gridSpan w:val="{columns}"/>' if columns > 1 else ""
    height = f'w:line="{line}" w:lineRule="exact"' if line else 'w:line="240" w:lineRule="auto"'
    shade = f'<w:shd w:val="clear" w:color="auto" w:fill="{fill}"/>' if fill else ""
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{span}{shade}<w:vAlign w:val="center"/>'
        '</w:tcPr><w:p><w:pPr><w:snapToGrid w:val="0"/>'
        f'<w:spacing w:before="0" w:after="0" {height}/>'
        f'<w:ind w:firstLine="0"/><w:jc w:val="{align}"/></w:pPr>'
        f"{build_word_run(text, look)}</w:p></w:tc>"
    )


def _divide_word_width(
    columns: Sequence[tuple[Column, list[str]]], room: int, size: int
) -> list[int]:
    """Divide the room in twips: days, numbers and words are whole, long texts share the rest."""
    sign = _SIGN * size
    cells = [max(map(measure_text_width, cells), default=0) for _column, cells in columns]
    titles = [_measure_word_title(column.title) for column, _cells in columns]
    folds = [
        cell > (_WHOLE if column.kind in _FOLDING else _LONG)
        for (column, _texts), cell in zip(columns, cells, strict=True)
    ]
    least = [
        max(title, _WHOLE if fold else cell)
        for title, cell, fold in zip(titles, cells, folds, strict=True)
    ]
    # Figures are wider in typefaces that stand in for the standard one, and never fold.
    widths = [
        int((wanted + 1 + (column.kind in NUMERIC)) * sign) + 2 * _CELL_MARGIN
        for (column, _texts), wanted in zip(columns, least, strict=True)
    ]
    left = room - sum(widths)
    if left < 0:
        return _narrow_word_columns(widths, room, int(_LONG * sign))
    if not any(folds):
        return [room * width // sum(widths) for width in widths]
    more = [
        min(cell, _WIDEST) - own if fold else 0
        for cell, own, fold in zip(cells, least, folds, strict=True)
    ]
    shares = sum(each for each in more if each > 0) or 1
    return [width + left * max(each, 0) // shares for width, each in zip(widths, more, strict=True)]


def _narrow_word_columns(widths: Sequence[int], room: int, whole: int) -> list[int]:
    """Narrow what is wider than a day is; only where that is not enough all the others too."""
    wide = [max(width - whole, 0) for width in widths]
    over = sum(widths) - room
    if over > sum(wide):
        return [room * width // sum(widths) for width in widths]
    return [width - over * more // sum(wide) for width, more in zip(widths, wide, strict=True)]


def count_word_table_lines(table: Table, room: int, size: int) -> int:
    """Return the lines of all rows and of the head, as they fold at a size in half points."""
    columns = list(list_short_cells(table))
    widths = _divide_word_width(columns, room, size)
    folded = [
        [_count_word_lines(text, width, size) for text in (column.title, *cells)]
        for (column, cells), width in zip(columns, widths, strict=True)
    ]
    return sum(map(max, zip(*folded, strict=True)))


def are_word_titles_whole(table: Table, room: int, size: int) -> bool:
    """Return whether no word of a title of a table is broken at a size in half points."""
    columns = list(list_short_cells(table))
    widths = _divide_word_width(columns, room, size)
    return all(
        len(word) * _SIGN * size + 2 * _CELL_MARGIN <= width
        for (column, _cells), width in zip(columns, widths, strict=True)
        for word in column.title.split()
        if word.isascii()
    )


def _count_word_lines(text: str, width: int, size: int) -> int:
    signs = max(int((width - 2 * _CELL_MARGIN) / (_SIGN * size)), 1)
    return sum(max(-(-measure_text_width(line) // signs), 1) for line in text.split("\n"))


def _measure_word_title(title: str) -> int:
    """Return the least width of a title: its longest word, of a long Chinese one the half of it."""
    widths = (
        len(word) if word.isascii() else max(-(-measure_text_width(word) // 4) * 2, 4)
        for word in title.split()
    )
    return max(widths, default=0)
