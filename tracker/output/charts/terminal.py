"""Pictures in the cells of a terminal: lines of pieces, each with the light it is coloured by.

Every text passes through ``make_visible`` here, so that a piece can be written as it is.
"""

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple, TypeAlias

from tracker.locale.translation import _, _p
from tracker.model.quantities import format_quantity_number
from tracker.model.vocabulary import Status
from tracker.output.cells import format_cell
from tracker.output.charts.scales import (
    DayScale,
    choose_scales,
    explain_deadline_marks_of_scale,
    format_deadline_mark_of_scale,
    format_trend_deadline_of_scale,
    interpolate_on_scale,
    name_marks_of_scale,
    name_statuses_beside_scale,
)
from tracker.output.model import MarkKind, Picture, Span, Timeline, Trend
from tracker.system.text import fold_text_to_width, make_text_visible, measure_text_width

Line: TypeAlias = list[tuple[str, str]]
"""Pieces of one line: a text, and the light in whose colour it is drawn, or ""."""

_GAP = 2
_CHART_OF_A_PIPE = 60
_NARROW = 50
"""Cells below which a label has a line of its own."""
_WITH_FIGURES = 96
_NARROWEST_LABEL = 14
_ROWS_OF_A_TREND = 12
_STEPS_OF_A_TREND = 4


class Glyphs(NamedTuple):
    """Characters of pictures, each one cell wide."""

    done: str
    rest: str
    late: str
    today: str
    before: str
    after: str
    marks: dict[MarkKind, str]
    readings: dict[Status, str]
    expected: str
    target: str
    axis: str
    corner: str
    floor: str


BLOCKS = Glyphs(
    done="━",
    rest="─",
    late="·",
    today="│",
    before="‹",
    after="›",
    marks={"revised": "◇", "deadline": "◆", "met": "✓"},
    readings={"estimate": "○", "in_progress": "◌", "final": "●"},
    expected="·",
    target="╌",
    axis="┤",
    corner="└",
    floor="─",
)
ASCII = Glyphs(
    done="=",
    rest="-",
    late=".",
    today="|",
    before="<",
    after=">",
    marks={"revised": "x", "deadline": "X", "met": "*"},
    readings={"estimate": "o", "in_progress": "+", "final": "@"},
    expected=".",
    target="-",
    axis="|",
    corner="+",
    floor="-",
)


def draw_terminal_chart(picture: Picture, width: int | None, *, ascii_only: bool) -> list[Line]:
    """Draw a picture as lines.

    Args:
        picture: what is drawn.
        width: the cells of one line; None where there is no limit.
        ascii_only: whether the other characters would not arrive.
    """
    glyphs = ASCII if ascii_only else BLOCKS
    if isinstance(picture, Timeline):
        return _draw_terminal_timeline(picture, width, glyphs)
    return _draw_terminal_trend(picture, width, glyphs)


class _TerminalChartLayout(NamedTuple):
    """Widths in cells of the columns of a timeline; a label of 0 cells has a line of its own."""

    label: int
    light: int
    done: int
    chart: int
    day: int

    @property
    def before_chart(self) -> int:
        return sum(each + _GAP for each in (self.label, self.light, self.done) if each)


def _draw_terminal_timeline(picture: Timeline, width: int | None, glyphs: Glyphs) -> list[Line]:
    if not picture.spans:
        return [[(_("Nothing to show."), "")]]
    layout = _lay_out_terminal_timeline(picture, width)
    days = DayScale(picture.first, picture.last)
    lines = [_draw_terminal_chart_axis(days, layout.chart, layout.before_chart)]
    for span in picture.spans:
        lines += _draw_terminal_timeline_row(span, picture, layout, glyphs)
    used = {mark.kind for span in picture.spans for mark in span.marks}
    bounds = {days.at(mark.on) for span in picture.spans for mark in span.marks}
    legend = [
        f"{glyphs.done} {_p('reported', 'done')}",
        f"{glyphs.rest} {_('to do')}",
        f"{glyphs.late} {_('overdue')}",
        f"{glyphs.today} {picture.as_of}",
        *(
            f"{glyphs.marks[kind]} {word}"
            for kind, word in name_marks_of_scale().items()
            if kind in used
        ),
        *(
            f"{mark} {word}"
            for mark, word in explain_deadline_marks_of_scale(picture.spans).items()
        ),
        *([f"{glyphs.before} {_('earlier')}"] if min(bounds) < 0 else []),
        *([f"{glyphs.after} {_('later')}"] if max(bounds) > 1 else []),
    ]
    return [*lines, [], *_fold_terminal_chart_legend(legend, width)]


def _lay_out_terminal_timeline(picture: Timeline, width: int | None) -> _TerminalChartLayout:
    longest = max(measure_text_width(make_text_visible(span.label)) for span in picture.spans)
    light = max(measure_text_width(format_cell(span.light, "light")) for span in picture.spans)
    figures = width is None or width >= _WITH_FIGURES
    marks = max(len(format_deadline_mark_of_scale(span)) for span in picture.spans)
    done, day = (7, 10 + marks) if figures else (0, 0)
    if width is None:
        return _TerminalChartLayout(longest, light, done, _CHART_OF_A_PIPE, day)
    if width < _NARROW:
        return _TerminalChartLayout(0, light, 0, width - light - _GAP, 0)
    room = width - light - _GAP * 2 - (done + day + _GAP * 2 if figures else 0)
    label = min(longest, max(_NARROWEST_LABEL, room * 2 // 5))
    return _TerminalChartLayout(label, light, done, room - label, day)


def _draw_terminal_chart_axis(days: DayScale, cells: int, indent: int) -> Line:
    """Draw the days along the edge, each beginning where it stands, as many as do not touch."""
    text = ""
    for day, label in days.ticks(cells):
        at = _find_terminal_chart_cell(days.at(day), cells)
        # The last one ends with the chart.
        at = min(at, cells - len(label))
        if at >= len(text) + (1 if text else 0):
            text = text.ljust(at) + label
    return [(" " * indent + text, "")]


def _find_terminal_chart_cell(share: float, cells: int) -> int:
    return round(share * (cells - 1))


def _draw_terminal_timeline_row(
    span: Span, picture: Timeline, layout: _TerminalChartLayout, glyphs: Glyphs
) -> list[Line]:
    """Draw one span: its label, its light, its figures where there is room, and its bar."""
    label = make_text_visible(span.label)
    line: Line = [
        (_pad_terminal_chart_text(format_cell(span.light, "light"), layout.light), span.light)
    ]
    if layout.done:
        line.append((" " * _GAP + format_cell(span.done, "percent").rjust(layout.done), ""))
    line += [(" " * _GAP, ""), *_draw_terminal_chart_span(span, picture, layout.chart, glyphs)]
    if layout.day and span.end is not None:
        line.append((" " * _GAP + span.end.isoformat() + format_deadline_mark_of_scale(span), ""))
    if not layout.label:
        width = layout.light + _GAP + layout.chart
        return [*([(text, "")] for text in fold_text_to_width(label, width)), line]
    first, *more = fold_text_to_width(label, layout.label)
    at = _find_terminal_chart_cell(
        DayScale(picture.first, picture.last).at(picture.as_of), layout.chart
    )
    today = " " * (layout.before_chart + at) + glyphs.today if 0 <= at < layout.chart else ""
    rest: list[Line] = [[(text + today[measure_text_width(text) :], "")] for text in more]
    return [[(_pad_terminal_chart_text(first, layout.label + _GAP), ""), *line], *rest]


def _pad_terminal_chart_text(text: str, width: int) -> str:
    return text + " " * (width - measure_text_width(text))


class _Grid:
    """Cells that a picture is drawn in, each with its light; row 0 is the lowest."""

    def __init__(self, rows: int, cells: int, days: DayScale) -> None:
        self.cells = cells
        self.rows = [[(" ", "")] * cells for _draw_timeline_row in range(rows)]
        self._days = days

    def at(self, day: date) -> int:
        """Return the cell of a day; it may be outside."""
        return _find_terminal_chart_cell(self._days.at(day), self.cells)

    def day(self, at: int) -> date:
        """Return the day of a cell."""
        first, last = self._days
        days = round(at * (last - first).days / (self.cells - 1))
        return date.fromordinal(first.toordinal() + days)

    def put(self, row: int, at: int, glyph: str, light: str = "") -> None:
        """Draw one character, where it is inside."""
        if 0 <= at < self.cells:
            self.rows[row][at] = glyph, light

    def fill(self, row: int, start: int, end: int, piece: tuple[str, str]) -> None:
        """Draw one character from cell to cell, both of them, as far as they are inside."""
        for at in range(max(start, 0), min(end + 1, self.cells)):
            self.rows[row][at] = piece

    def line(self, row: int) -> Line:
        """Return a row, the cells of one light put together."""
        return [
            ("".join(glyph for glyph, _light in pieces), light)
            for light, pieces in groupby(self.rows[row], key=itemgetter(1))
        ]


def _draw_terminal_chart_span(span: Span, picture: Timeline, cells: int, glyphs: Glyphs) -> Line:
    """Draw the bar of one span with its marks: what is done, what is left, what is late."""
    grid = _Grid(1, cells, DayScale(picture.first, picture.last))
    today, light = grid.at(picture.as_of), span.light
    if span.end is not None:
        end = grid.at(span.end)
        begin = grid.at(span.start) if span.start is not None else end
        share = min(max(span.done or Decimal(0), Decimal(0)), Decimal(100))
        full = int((end - begin + 1) * share / 100)
        grid.fill(0, begin, end, (glyphs.rest, light))
        grid.fill(0, begin, begin + full - 1, (glyphs.done, light))
        if all(mark.kind != "met" for mark in span.marks):
            grid.fill(0, end + 1, today, (glyphs.late, light))
    elif span.start is not None:
        grid.fill(0, grid.at(span.start), cells, (glyphs.late, light))
    grid.put(0, today, glyphs.today)
    for kind, glyph in glyphs.marks.items():
        for mark in span.marks:
            if mark.kind == kind:
                at = grid.at(mark.on)
                edge = glyphs.before if at < 0 else glyphs.after
                grid.put(0, min(max(at, 0), cells - 1), glyph if 0 <= at < cells else edge, light)
    return grid.line(0)


def _fold_terminal_chart_legend(entries: Sequence[str], width: int | None) -> list[Line]:
    lines = [""]
    for entry in entries:
        joined = f"{lines[-1]}   {entry}" if lines[-1] else entry
        if width is not None and measure_text_width(joined) > width and lines[-1]:
            lines.append(entry)
        else:
            lines[-1] = joined
    return [[(line, "")] for line in lines]


def _draw_terminal_trend(picture: Trend, width: int | None, glyphs: Glyphs) -> list[Line]:
    days, values = choose_scales(picture, _STEPS_OF_A_TREND)
    steps = len(values.ticks()) - 1
    # As many rows from one value at the edge to the next.
    rows = steps * max(_ROWS_OF_A_TREND // steps, 1) + 1
    ticks = {
        _find_terminal_chart_cell(values.at(value), rows): label for value, label in values.ticks()
    }
    labels = max(map(len, ticks.values()))
    cells = _CHART_OF_A_PIPE if width is None else max(width - labels - 2, _NARROWEST_LABEL)
    grid = _Grid(rows, cells, days)

    def row(value: Decimal) -> int:
        return _find_terminal_chart_cell(values.at(value), rows)

    _draw_terminal_chart_lines(grid, picture, row, glyphs)
    # What is firm is drawn over what is not.
    for status, glyph in glyphs.readings.items():
        for reading in picture.readings:
            if reading.status == status:
                grid.put(row(reading.value), grid.at(reading.on), glyph, picture.light)
    unit = make_text_visible(picture.unit or "")
    lines: list[Line] = [[(" " * (labels - measure_text_width(unit)) + unit, "")]]
    for number in reversed(range(rows)):
        edge = f"{ticks.get(number, ''):>{labels}} {glyphs.axis}"
        lines.append([(edge, ""), *grid.line(number)])
    lines.append([(" " * (labels + 1) + glyphs.corner + glyphs.floor * cells, "")])
    lines.append(_draw_terminal_chart_axis(days, cells, labels + 2))
    return [
        *lines,
        [],
        *_fold_terminal_chart_legend(_list_terminal_trend_legend(picture, glyphs), width),
    ]


def _draw_terminal_chart_lines(
    grid: _Grid, picture: Trend, row: Callable[[Decimal], int], glyphs: Glyphs
) -> None:
    """Draw the target, today, the line that is expected, and the deadline on it."""
    for goal in (picture.target, picture.target_high):
        if goal is not None:
            grid.fill(row(goal), 0, grid.cells, (glyphs.target, ""))
    for number in range(len(grid.rows)):
        grid.put(number, grid.at(picture.as_of), glyphs.today)
    for at in range(grid.cells):
        value = interpolate_on_scale(picture.expected, grid.day(at))
        if value is not None:
            grid.put(row(value), at, glyphs.expected)
    if picture.deadline is not None and picture.target is not None:
        grid.put(row(picture.target), grid.at(picture.deadline), glyphs.marks["deadline"])


def _list_terminal_trend_legend(picture: Trend, glyphs: Glyphs) -> list[str]:
    statuses = {reading.status for reading in picture.readings}
    words = name_statuses_beside_scale().items()
    legend = [f"{glyphs.readings[status]} {word}" for status, word in words if status in statuses]
    if not statuses:
        legend.append(_("never reported"))
    if picture.expected:
        legend.append(f"{glyphs.expected} {_('expected')}")
    if picture.target is not None:
        legend.append(f"{glyphs.target} {_('target')} {format_quantity_number(picture.target)}")
    if picture.deadline is not None:
        legend.append(
            f"{glyphs.marks['deadline']} {_('deadline')} {format_trend_deadline_of_scale(picture)}"
        )
    if picture.readings:
        newest = max(picture.readings, key=lambda reading: reading.on)
        value = format_quantity_number(newest.value)
        legend.append(_("newest: {value} on {day}").format(value=value, day=newest.on))
    return [*legend, f"{glyphs.today} {picture.as_of}"]
