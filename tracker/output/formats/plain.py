"""Aligned columns for pipes and for lists too long to draw; nothing is ever cut."""

from collections.abc import Iterable, Iterator
from itertools import islice

from tracker.locale.translation import _
from tracker.output.bars import draw_bars
from tracker.output.cells import NUMERIC, Canvas, format_cell, list_short_cells
from tracker.output.model import Picture, Sheet, Table, Value
from tracker.output.rendering import OutputFormat, Rendered
from tracker.system.text import make_text_visible, measure_text_width

# A longer cell stands out of its column: else one text of 1 MB pads every row to 1 MB.
_WIDEST = 100
_LINES_AT_ONCE = 1000


def render_plain(what: Table | Sheet, canvas: Canvas) -> Rendered:
    r"""Return one row a line, two spaces between columns, newlines in texts shown as ``\n``.

    A sheet without tables has its pictures drawn. A terminal gets the whole text, of which a
    pager may show one part; all else gets it in pieces, so that it is not held twice.
    """
    if isinstance(what, Table):
        pieces = _align_plain_table(what, canvas)
    else:
        pieces = _align_plain_sheet(what, canvas)
    return pieces if canvas.width is None else "".join(pieces)


def _align_plain_sheet(sheet: Sheet, canvas: Canvas) -> Iterator[str]:
    """Yield the parts of a sheet with an empty line between them."""
    yield f"{make_text_visible(sheet.title)}\n"
    for facts in _align_plain_facts(sheet.facts):
        yield f"\n{facts}"
    for table in sheet.tables:
        facts = "".join(f"{each}\n" for each in _align_plain_facts(table.facts))
        yield f"\n{make_text_visible(table.title)}\n{facts}"
        yield from _align_plain_table(table, canvas)
    if not sheet.tables:
        for picture in sheet.pictures:
            yield f"\n{_draw_plain_picture(picture, canvas)}"


def _align_plain_facts(facts: list[tuple[str, Value]]) -> list[str]:
    if not facts:
        return []
    labels = _pad_plain_column(_("{label}:").format(label=label) for label, _value in facts)
    values = [make_text_visible(format_cell(value)) for _label, value in facts]
    return ["".join(_join_plain_columns([labels, values]))]


def _align_plain_table(table: Table, canvas: Canvas) -> Iterator[str]:
    bars = draw_bars(table, canvas)
    yield from _join_plain_columns(
        [
            _pad_plain_column(
                [column.title, *bars.get(column.key, cells)], right=column.kind in NUMERIC
            )
            for column, cells in list_short_cells(table)
        ]
    )


def _draw_plain_picture(picture: Picture, canvas: Canvas) -> str:
    from tracker.output.charts.terminal import draw_terminal_chart

    lines = draw_terminal_chart(picture, None, ascii_only=canvas.ascii)
    return "".join("".join(text for text, _light in line).rstrip(" ") + "\n" for line in lines)


def _pad_plain_column(texts: Iterable[str], *, right: bool = False) -> list[str]:
    """Pad the texts of one column, so that all are as wide in cells as the widest."""
    cells = [*texts]
    # Many columns say the same in many rows: each text is measured and padded once.
    shown = {text: text for text in cells}
    # Most texts are printed as they are, and to call a function for each takes as long as this.
    shown |= {text: make_text_visible(text) for text in shown if not text.isprintable()}
    widths = {
        text: len(visible) if visible.isascii() else measure_text_width(visible)
        for text, visible in shown.items()
    }
    width = max((width for width in widths.values() if width <= _WIDEST), default=0)
    for text, visible in shown.items():
        space = " " * (width - widths[text])
        shown[text] = space + visible if right else visible + space
    return [shown[text] for text in cells]


def _join_plain_columns(columns: list[list[str]]) -> Iterator[str]:
    """Join columns to rows, many of them at a time; no line ends in spaces."""
    lines = ("  ".join(row).rstrip(" ") for row in zip(*columns, strict=True))
    while block := [*islice(lines, _LINES_AT_ONCE)]:
        yield "\n".join([*block, ""])


FORMAT = OutputFormat(render_plain)
