"""Aligned columns for pipes and for lists too long to draw; nothing is ever cut."""

from collections.abc import Iterable

from tracker.locale.translation import _
from tracker.output.bars import barred
from tracker.output.cells import NUMERIC, Canvas, brief, cell
from tracker.output.model import Picture, Sheet, Table, Value
from tracker.output.rendering import OutputFormat
from tracker.system.text import display_width, visible

# A longer cell stands out of its column: else one text of 1 MB pads every row to 1 MB.
_WIDEST = 100


def render(what: Table | Sheet, canvas: Canvas) -> str:
    r"""One row a line, two spaces between columns, newlines inside a text shown as ``\n``.

    A sheet without tables has its pictures drawn.
    """
    if isinstance(what, Table):
        return _table(what, canvas)
    parts = [f"{visible(what.title)}\n", *_facts(what.facts)]
    for table in what.tables:
        facts = "".join(f"{each}\n" for each in _facts(table.facts))
        parts.append(f"{visible(table.title)}\n{facts}{_table(table, canvas)}")
    if not what.tables:
        parts += [_picture(each, canvas) for each in what.pictures]
    return "\n".join(parts)


def _facts(facts: list[tuple[str, Value]]) -> list[str]:
    if not facts:
        return []
    labels = _aligned(_("{label}:").format(label=label) for label, _value in facts)
    return [_lines([labels, [visible(cell(value)) for _label, value in facts]])]


def _table(table: Table, canvas: Canvas) -> str:
    bars = barred(table, canvas)
    return _lines(
        [
            _aligned([column.title, *bars.get(column.key, cells)], right=column.kind in NUMERIC)
            for column, cells in brief(table)
        ]
    )


def _picture(picture: Picture, canvas: Canvas) -> str:
    from tracker.output.charts.terminal import drawn

    lines = drawn(picture, None, ascii_only=canvas.ascii)
    return "".join("".join(text for text, _light in line).rstrip(" ") + "\n" for line in lines)


def _aligned(texts: Iterable[str], *, right: bool = False) -> list[str]:
    """The texts of one column, all as wide in cells as the widest."""
    shown = [visible(text) for text in texts]
    widths = [display_width(text) for text in shown]
    width = max(width for width in [0, *widths] if width <= _WIDEST)
    pads = [" " * (width - each) for each in widths]
    if right:
        return [pad + text for pad, text in zip(pads, shown, strict=True)]
    return [text + pad for pad, text in zip(pads, shown, strict=True)]


def _lines(columns: list[list[str]]) -> str:
    """The rows of these columns; no line ends in spaces."""
    return "".join("  ".join(row).rstrip(" ") + "\n" for row in zip(*columns, strict=True))


FORMAT = OutputFormat(render)
