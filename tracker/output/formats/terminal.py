"""Tables for terminals, drawn by rich: no line is wider than the terminal."""

import re
from collections.abc import Iterator, Mapping
from io import StringIO
from itertools import zip_longest
from typing import NamedTuple

from rich.box import SIMPLE_HEAD, Box
from rich.color import ColorSystem
from rich.console import Console, JustifyMethod, RenderableType
from rich.style import Style
from rich.table import Table as Grid
from rich.text import Text

from tracker.locale.translation import _
from tracker.output.bars import CELLS_OF_A_BAR, draw_bars
from tracker.output.cells import NUMERIC, Canvas, format_cell, list_brief_columns
from tracker.output.charts.terminal import draw_terminal_chart
from tracker.output.model import Column, ColumnKind, Printed, Sheet, Table, Value
from tracker.output.rendering import OutputFormat
from tracker.system.text import (
    LINE_UNIT,
    fold_text_to_width,
    has_wide_signs,
    make_text_visible,
    measure_text_width,
    restore_signs,
    widen_signs,
)

_ASCII_HEAD = Box(str(SIMPLE_HEAD).replace("─", "-"), ascii=True)
_FOLDING: frozenset[ColumnKind] = frozenset({"text", "list"})
_LIGHTS = {"green": "green", "yellow": "yellow", "red": "red"}
_GAP = 2
# Cells: a narrower terminal wraps by itself; eight Chinese characters still read as words.
_NARROWEST_SCREEN = 20
_ROWS_FOR_RICH = 1000
_NARROWEST_TEXT = 12
_SHARE_OF_FIRST = 4
_NARROWEST_TABLE = 60
_NARROWEST_AMOUNT = 10
_NARROWEST_WORDS = 8
_NARROWEST_TITLE = 4
_WHOLE_TITLE = 8
# How many cells of an id one line should hold, tried in turn; 0: an id is not folded.
_LINES_OF_IDS = (0, 28, 20, 16)

# An id folds behind the marks between its parts, where there is no room for it as it is.
_PART = r"[^.\-]+[.\-]*|[.\-]+"


class _DrawnLines(list[str]):
    """Lines of a long table, which are not left to rich: it takes 300 to 700 µs for a row."""


class _Screen(NamedTuple):
    """Terminal: its width in cells, the colour of each light, and the canvas."""

    width: int
    lights: Mapping[str, str]
    canvas: Canvas


class _PreparedColumn(NamedTuple):
    """Column with its cells ready to be drawn; widths in terminal cells."""

    column: Column
    title: Text
    cells: list[Text]
    width: int
    is_printed: bool
    has_bars: bool
    unit_width: int

    @property
    def folds(self) -> bool:
        """Return whether its cells may take more than one line."""
        return self.is_printed or self.column.kind in _FOLDING

    @property
    def unit(self) -> str:
        """Return the pattern of what stays on one line."""
        return _PART if self.column.kind == "id" else LINE_UNIT

    @property
    def word(self) -> int:
        """Return the width of the longest word of its title; a title is never broken inside one."""
        return max(map(measure_text_width, re.findall(LINE_UNIT, self.title.plain)), default=0)

    def narrowest(self, line: int) -> int:
        """Return the least width; ids fold at ``line`` cells between their parts, 0: never.

        One that may be left out does not fold: it would make every row taller.
        """
        if self.is_printed:
            least = CELLS_OF_A_BAR if self.has_bars else _NARROWEST_WORDS
            least = _NARROWEST_AMOUNT if self.column.kind == "number" else least
            return max(least, self.word, self.unit_width)
        if self.folds:
            return max(_NARROWEST_TEXT, self.word)
        if line and self.column.kind == "id" and not self.column.spare:
            return max(line, self.word, self.unit_width)
        return max(self.width, measure_text_width(self.title.plain))

    def width_with_title(self, longest: int) -> int:
        """Return the width wanted; a title over cells that do not fold counts up to ``longest``."""
        title = measure_text_width(self.title.plain)
        return max(self.width, title if self.folds else min(title, max(longest, self.word)))


def render_terminal(what: Table | Sheet, canvas: Canvas) -> str:
    """Return the brief columns as a table, or record by record if they do not fit side by side.

    Days and numbers are whole wherever the width holds them; texts fold, and ids between
    their parts where there is no other way.
    """
    width = max(canvas.width or 0, _NARROWEST_SCREEN)
    stream = StringIO()
    console = Console(
        file=stream,
        width=width,
        height=25,  # unused, but without it rich asks the terminal for both
        force_terminal=canvas.colour,
        color_system="standard" if canvas.colour else None,
        legacy_windows=False,
        highlight=False,
        emoji=False,
        markup=False,
        _environ={},
    )
    screen = _Screen(width, _LIGHTS | dict(canvas.lights), canvas)
    for part in (
        _lay_out_terminal_table(what, screen)
        if isinstance(what, Table)
        else _lay_out_terminal_sheet(what, screen)
    ):
        if isinstance(part, _DrawnLines):
            stream.writelines(part)
        else:
            console.print(part)
    drawn = restore_signs(stream.getvalue())
    return "\n".join(line.rstrip(" ") for line in drawn.split("\n"))


def _lay_out_terminal_sheet(
    sheet: Sheet, screen: _Screen
) -> Iterator[RenderableType | _DrawnLines]:
    yield from _lay_out_terminal_heading(sheet.title)
    yield from _lay_out_terminal_facts(sheet.facts, screen)
    for table in sheet.tables:
        yield ""
        yield from _lay_out_terminal_table(table, screen)
    for picture in sheet.pictures if not sheet.tables else ():
        yield ""
        for line in draw_terminal_chart(picture, screen.width, ascii_only=screen.canvas.ascii):
            pieces = [(text, screen.lights.get(light, "")) for text, light in line]
            yield Text.assemble(*pieces, no_wrap=True, overflow="ignore")


def _lay_out_terminal_facts(
    facts: list[tuple[str, Value]], screen: _Screen
) -> Iterator[RenderableType]:
    if facts:
        yield ""
        shown = [
            (
                _make_foldable_terminal_text(make_text_visible(label), "bold"),
                _make_terminal_fact_text(value),
            )
            for label, value in facts
        ]
        yield _lay_out_terminal_pairs(
            shown, _find_widest_terminal_text([label for label, _value in shown]), screen.width
        )


def _lay_out_terminal_table(
    table: Table, screen: _Screen
) -> Iterator[RenderableType | _DrawnLines]:
    yield from _lay_out_terminal_heading(table.title)
    if table.facts:
        yield from _lay_out_terminal_facts(table.facts, screen)
        yield ""
    if not table.rows:
        yield _make_foldable_terminal_text(_("Nothing to show."))
        return
    columns = _prepare_terminal_columns(table, screen.lights, draw_bars(table, screen.canvas))
    plain = _prepare_terminal_columns(table, screen.lights, {})
    order = _order_terminal_columns_to_leave_out(columns, screen.width)
    spare = sum(bool(column.column.spare) for column in columns)
    attempts = [(columns, count) for count in range(spare + 1)]
    attempts += [(plain, count) for count in range(spare, len(order) + 1)]
    for tried, count in attempts:
        left_out = sorted(order[:count])
        shown = [column for at, column in enumerate(tried) if at not in left_out]
        if widths := _choose_terminal_widths(shown, screen.width):
            if len(table.rows) > _ROWS_FOR_RICH:
                yield _draw_terminal_lines(shown, widths, has_colour=screen.canvas.colour)
            else:
                yield _lay_out_terminal_columns(shown, widths)
            yield from _lay_out_what_terminal_leaves_out([columns[at] for at in left_out])
            return
    labels = _find_widest_terminal_text([column.title for column in columns])
    if len(table.rows) > _ROWS_FOR_RICH:
        yield _draw_terminal_records(columns, labels, screen)
        return
    for at in range(len(table.rows)):
        yield ""
        record = [(column.title, column.cells[at]) for column in columns if column.cells[at].plain]
        yield _lay_out_terminal_pairs(record, labels, screen.width)


def _order_terminal_columns_to_leave_out(columns: list[_PreparedColumn], width: int) -> list[int]:
    """Return the places of the columns that may be left out, in the order in which they are.

    First the spare ones, then the others from the right, lights last; two always stay. On a
    screen for which hardly more than these are left each row is told line by line instead.
    """
    spare = [at for at, column in enumerate(columns) if column.column.spare]
    spare.sort(key=lambda at: (-columns[at].column.spare, -at))
    if width < _NARROWEST_TABLE:
        return spare
    others = [at for at in range(len(columns) - 1, 1, -1) if at not in spare]
    others.sort(key=lambda at: columns[at].column.kind == "light")
    return [*spare, *others]


def _prepare_terminal_columns(
    table: Table, lights: Mapping[str, str], bars: Mapping[str, list[str]]
) -> list[_PreparedColumn]:
    columns = list_brief_columns(table)
    at_light = next((at for at, column in columns if column.kind == "light"), None)
    shades = ["" if at_light is None else str(row[at_light] or "") for row in table.rows]
    return [
        _prepare_terminal_column(
            column, [row[at] for row in table.rows], bars.get(column.key), shades, lights
        )
        for at, column in columns
    ]


def _lay_out_what_terminal_leaves_out(columns: list[_PreparedColumn]) -> Iterator[Text]:
    """Say which columns there is no room for.

    An id stands behind what a row is about, for where there is room: nobody misses it.
    """
    if titles := [column.title.plain for column in columns if not column.column.last]:
        yield Text()
        sentence = _("No room here for: {titles}").format(titles=_("; ").join(titles))
        yield _make_foldable_terminal_text(sentence, "dim")


def _lay_out_terminal_heading(title: str) -> Iterator[Text]:
    if title:
        yield _make_foldable_terminal_text(make_text_visible(title), "bold")


def _make_foldable_terminal_text(text: str, style: str = "") -> Text:
    """Return a text that folds where it has to and is never cut."""
    return Text(widen_signs(text), style=style, overflow="fold")


def _make_terminal_fact_text(value: Value) -> Text:
    """Return the value of a fact; the lines of a note stay lines."""
    return _make_foldable_terminal_text(make_text_visible(format_cell(value), lines=True))


def _prepare_terminal_column(
    column: Column,
    values: list[Value],
    bars: list[str] | None,
    shades: list[str],
    lights: Mapping[str, str],
) -> _PreparedColumn:
    """Prepare a column; a bar has the colour of the light of its row, which ``shades`` names."""
    styles = [
        lights.get(shade, "")
        if bars is not None
        else _choose_terminal_style_of_light(value, column.kind, lights)
        for value, shade in zip(values, shades, strict=True)
    ]
    cells = [
        _make_foldable_terminal_text(make_text_visible(format_cell(shown, column.kind)), style)
        for shown, style in zip(bars or values, styles, strict=True)
    ]
    is_printed = any(isinstance(value, Printed) for value in values)
    return _PreparedColumn(
        column,
        _make_foldable_terminal_text(make_text_visible(column.title), "bold"),
        cells,
        _find_widest_terminal_text(cells),
        is_printed,
        bars is not None,
        _find_widest_terminal_unit(column, cells) if is_printed or column.kind == "id" else 0,
    )


def _find_widest_terminal_unit(column: Column, cells: list[Text]) -> int:
    """Return the width of the widest part of a column that stays on one line."""
    unit = _PART if column.kind == "id" else LINE_UNIT
    texts = {cell.plain for cell in cells}
    return max((measure_text_width(u) for text in texts for u in re.findall(unit, text)), default=0)


def _find_widest_terminal_text(texts: list[Text]) -> int:
    return max((measure_text_width(text.plain) for text in texts), default=0)


def _fold_terminal_text(text: Text, width: int, unit_of: str = LINE_UNIT) -> Text:
    """Fold a text; what is wider than a line without a place to break is left to rich."""
    if measure_text_width(text.plain) <= width:
        return text
    return _make_foldable_terminal_text(
        "\n".join(fold_text_to_width(text.plain, width, unit_of)), str(text.style)
    )


def _choose_terminal_style_of_light(
    value: Value, kind: ColumnKind, lights: Mapping[str, str]
) -> str:
    return lights.get(value, "") if kind == "light" and isinstance(value, str) else ""


def _choose_terminal_widths(columns: list[_PreparedColumn], width: int) -> list[int]:
    """Return the width of each column; an empty list if they do not fit side by side.

    The titles of ids, days and numbers are folded as little as will do.
    """
    room = width - _GAP * (len(columns) - 1)
    # Short titles are folded only when ids have been folded as far as they go.
    for line, shortest in [
        *((line, _WHOLE_TITLE) for line in _LINES_OF_IDS),
        (_LINES_OF_IDS[-1], _NARROWEST_TITLE),
    ]:
        narrowest = [each.narrowest(line) for each in columns]
        if columns[0].folds:
            # The first column says what a row is about; on a few cells nobody reads it.
            narrowest[0] = max(narrowest[0], min(columns[0].width, width // _SHARE_OF_FIRST))
        for longest in range(
            max(shortest, _measure_longest_terminal_title(columns)), shortest - 1, -1
        ):
            wanted = [each.width_with_title(longest) for each in columns]
            if shared := _divide_terminal_width(wanted, list(map(min, wanted, narrowest)), room):
                return shared
    return []


def _measure_longest_terminal_title(columns: list[_PreparedColumn]) -> int:
    return max(_NARROWEST_TITLE, _find_widest_terminal_text([each.title for each in columns]))


def _divide_terminal_width(wanted: list[int], least: list[int], room: int) -> list[int]:
    """Give each column the least it can do with, and an equal part of the rest.

    An empty list if there is not the least for all.
    """
    left = room - sum(least)
    if left < 0:
        return []
    widths = list(least)
    more = [want - need for want, need in zip(wanted, least, strict=True)]
    # The narrow ones first: what they leave is for the others.
    growing = sorted((at for at, each in enumerate(more) if each), key=more.__getitem__)
    for served, at in enumerate(growing):
        extra = min(more[at], left // (len(growing) - served))
        widths[at] += extra
        left -= extra
    return widths


def _lay_out_terminal_columns(columns: list[_PreparedColumn], widths: list[int]) -> Grid:
    # One cell of padding and one that the box puts between columns are the gap.
    box = _ASCII_HEAD if has_wide_signs() else SIMPLE_HEAD
    grid = Grid(box=box, show_edge=False, pad_edge=False, padding=(0, _GAP - 1, 0, 0))
    for column, width in zip(columns, widths, strict=True):
        side: JustifyMethod = "right" if column.column.kind in NUMERIC else "left"
        title = _fold_terminal_text(column.title, width)
        grid.add_column(title, width=width, justify=side, overflow="fold")
    for row in zip(*(column.cells for column in columns), strict=True):
        grid.add_row(*map(_fold_terminal_text, row, widths, [column.unit for column in columns]))
    return grid


def _draw_terminal_lines(
    columns: list[_PreparedColumn], widths: list[int], *, has_colour: bool
) -> _DrawnLines:
    """Draw what ``_lay_out_terminal_columns`` lays out, line by line."""
    heads = [
        _fold_terminal_text(each.title, width) for each, width in zip(columns, widths, strict=True)
    ]
    depth = max(head.plain.count("\n") for head in heads)
    heads = [Text("\n" * (depth - head.plain.count("\n")) + head.plain, "bold") for head in heads]
    sides = [column.column.kind in NUMERIC for column in columns]
    lines = _DrawnLines(_draw_terminal_row(heads, widths, sides, has_colour=has_colour))
    rule = "-" if has_wide_signs() else "─"
    lines.append(rule * (sum(widths) + _GAP * (len(widths) - 1)) + "\n")
    units = [column.unit for column in columns]
    for row in zip(*(column.cells for column in columns), strict=True):
        cells = list(map(_fold_terminal_text, row, widths, units))
        lines += _draw_terminal_row(cells, widths, sides, has_colour=has_colour)
    return lines


def _draw_terminal_records(
    columns: list[_PreparedColumn], labels: int, screen: _Screen
) -> _DrawnLines:
    """Draw each row as labels and values, as ``_lay_out_terminal_pairs`` lays them out."""
    labels = min(labels, (screen.width - _GAP) // 2)
    widths = [labels, screen.width - _GAP - labels]
    titles = [_fold_terminal_text(column.title, labels) for column in columns]
    lines = _DrawnLines()
    for row in zip(*(column.cells for column in columns), strict=True):
        lines.append("\n")
        for title, cell in zip(titles, row, strict=True):
            if cell.plain:
                pair = [title, _fold_terminal_text(cell, widths[1])]
                colour = screen.canvas.colour
                lines += _draw_terminal_row(pair, widths, [False, False], has_colour=colour)
    return lines


def _draw_terminal_row(
    cells: list[Text], widths: list[int], sides: list[bool], *, has_colour: bool
) -> Iterator[str]:
    """Yield the lines of a row; ``sides`` says which cells stand at the right."""
    columns = [cell.plain.split("\n") for cell in cells]
    styles = [Style.parse(str(cell.style)) if has_colour else Style.null() for cell in cells]
    for pieces in zip_longest(*columns, fillvalue=""):
        drawn = []
        for piece, style, width, is_right in zip(pieces, styles, widths, sides, strict=True):
            space = " " * (width - measure_text_width(piece))
            text = style.render(piece, color_system=ColorSystem.STANDARD) if piece else ""
            drawn.append(space + text if is_right else text + space)
        yield (" " * _GAP).join(drawn) + "\n"


def _lay_out_terminal_pairs(pairs: list[tuple[Text, Text]], labels: int, width: int) -> Grid:
    """Lay labels and values out in two columns, the first as wide as its widest label or half."""
    labels = min(labels, (width - _GAP) // 2)
    values = width - _GAP - labels
    grid = Grid(box=None, show_header=False, pad_edge=False, padding=(0, _GAP, 0, 0))
    grid.add_column(width=labels, overflow="fold")
    grid.add_column(width=values, overflow="fold")
    for label, value in pairs:
        grid.add_row(_fold_terminal_text(label, labels), _fold_terminal_text(value, values))
    return grid


FORMAT = OutputFormat(render_terminal)
