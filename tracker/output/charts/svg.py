"""Timelines and trends of a page, as inline SVG with the same in words beside."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple
from xml.etree.ElementTree import Element

from tracker.locale.translation import _, _n
from tracker.model.dates import ASSUMED_MARK, format_deadline_date
from tracker.model.quantities import WIDE_CONTEXT, format_quantity_number, format_quantity_value
from tracker.output.cells import format_cell
from tracker.output.charts.scales import (
    DayScale,
    ValueScale,
    choose_scales,
    explain_deadline_marks_of_scale,
    format_trend_deadline_of_scale,
    interpolate_on_scale,
    name_marks_of_scale,
    name_statuses_beside_scale,
    thin_trend_on_scale,
)
from tracker.output.markup import (
    add_element,
    add_light_markup,
    choose_markup_colour_class,
    format_markup_position,
)
from tracker.output.model import MarkKind, ReportedValue, Span, Timeline, Trend

_AXIS = 42
"""Characters that fit below a picture on a phone."""
_WIDE_AXIS = 2 * _AXIS
"""Characters that fit below a picture elsewhere; every second label is not drawn on a phone."""
_NEAR_THE_END = 0.9
_RIGHT_HALF = 0.5
_STEPS = 5
_MARKS: Mapping[MarkKind, str] = {
    "revised": "M0 -6L6 0L0 6L-6 0Z",
    "deadline": "M0 -6L6 0L0 6L-6 0Z",
    "met": "M-4 0.5L-1 3.5L4 -3",
}


def add_timeline_svg(parent: Element, picture: Timeline, lights: Mapping[str, str]) -> None:
    """Add a table of spans, each with its line of time; the figures are beside."""
    days = DayScale(picture.first, picture.last)
    table = add_element(parent, "table", class_="timeline")
    add_element(table, "caption", picture.title, class_="unseen")
    head = add_element(add_element(table, "thead"), "tr")
    for title in (_("name"), _("light")):
        add_element(head, "th", title, scope="col")
    _add_axis_svg(add_element(head, "th", scope="col", class_="chart"), days)
    add_element(head, "th", _("deadline"), scope="col")
    body = add_element(table, "tbody")
    for span in picture.spans:
        row = add_element(body, "tr")
        add_element(row, "th", span.label, scope="row")
        add_light_markup(add_element(row, "td"), span.light, lights)
        _add_span_svg(add_element(row, "td", class_="chart"), span, picture, lights)
        day = format_deadline_date(span.end, span.deadline_basis, span.deadline_loose)
        add_element(row, "td", day, class_="day")
    _add_timeline_legend_svg(parent, picture)


def _add_axis_svg(parent: Element, days: DayScale) -> None:
    svg = add_element(parent, "svg", class_="axis", role="img")
    add_element(svg, "title", _("{first} to {last}").format(first=days.first, last=days.last))
    for number, (day, label) in enumerate(days.ticks(_WIDE_AXIS)):
        at = days.at(day)
        anchor = "start" if at < _NEAR_THE_END else "end"
        text = add_element(
            svg, "text", label, x=format_markup_position(at), y="14", text_anchor=anchor
        )
        if number % 2:
            text.set("class", "more")


def _add_span_svg(
    parent: Element, span: Span, picture: Timeline, lights: Mapping[str, str]
) -> None:
    days = DayScale(picture.first, picture.last)
    svg = add_element(
        parent, "svg", class_=f"span {choose_markup_colour_class(span.light, lights)}", role="img"
    )
    add_element(svg, "title", _describe_span_svg(span))
    for day, _label in days.ticks(_WIDE_AXIS):
        _add_vertical_line_svg(svg, "grid", days.at(day))
    if span.end is not None:
        end = days.at(span.end)
        begin = days.at(span.start) if span.start is not None else end
        _add_stretch_svg(svg, "rest", begin, end)
        share = min(max(span.done or Decimal(0), Decimal(0)), Decimal(100)) / 100
        _add_stretch_svg(svg, "done", begin, begin + (end - begin) * float(share))
        if all(mark.kind != "met" for mark in span.marks):
            _add_stretch_svg(svg, "late", end, days.at(picture.as_of))
    _add_vertical_line_svg(svg, "today", days.at(picture.as_of))
    for mark in span.marks:
        at = days.at(mark.on)
        if 0 <= at <= 1:
            _add_mark_svg(svg, mark.kind, format_markup_position(at))


def _add_stretch_svg(svg: Element, kind: str, begin: float, end: float) -> None:
    """Add a stretch of a bar, as far as it is inside."""
    begin, end = max(begin, 0), min(end, 1)
    if end > begin:
        place = add_element(
            svg,
            "svg",
            x=format_markup_position(begin),
            y="50%",
            width=format_markup_position(end - begin),
            height="1",
        )
        place.set("overflow", "visible")
        add_element(place, "rect", class_=kind, x="0", y="-4", width="100%", height="8", rx="2")


def _add_vertical_line_svg(svg: Element, kind: str, at: float) -> None:
    if 0 <= at <= 1:
        add_element(
            svg,
            "line",
            class_=kind,
            x1=format_markup_position(at),
            x2=format_markup_position(at),
            y1="0",
            y2="100%",
        )


def _add_mark_svg(svg: Element, kind: MarkKind, x: str, y: str = "50%") -> None:
    place = add_element(svg, "svg", x=x, y=y, overflow="visible")
    if kind == "met":
        add_element(place, "circle", class_="mark met", r="8")
    add_element(place, "path", class_=f"mark {kind}", d=_MARKS[kind])


def _describe_span_svg(span: Span) -> str:
    """Describe a line of a timeline in words."""
    words = name_marks_of_scale()
    parts = [
        span.label,
        _("{light}: {why}").format(light=format_cell(span.light, "light"), why=span.why),
    ]
    parts += [_("from {day}").format(day=span.start)] if span.start is not None else []
    parts += [f"{words[mark.kind]} {mark.on}" for mark in span.marks]
    return _("; ").join(parts)


def _add_timeline_legend_svg(parent: Element, picture: Timeline) -> None:
    legend = add_element(parent, "ul", class_="legend")
    for kind, word in (("done", _("done")), ("rest", _("to do")), ("late", _("overdue"))):
        svg = _add_legend_entry_svg(legend, word)
        add_element(svg, "rect", class_=kind, x="0", y="2", width="100%", height="8", rx="2")
    for mark, word in name_marks_of_scale().items():
        _add_mark_svg(_add_legend_entry_svg(legend, word), mark, "50%")
    _add_vertical_line_svg(_add_legend_entry_svg(legend, picture.as_of.isoformat()), "today", 0.5)
    if ASSUMED_MARK in (marks := explain_deadline_marks_of_scale(picture.spans)):
        add_element(legend, "li", f"{ASSUMED_MARK} {marks[ASSUMED_MARK]}")


def _add_legend_entry_svg(legend: Element, word: str) -> Element:
    entry = add_element(legend, "li")
    svg = add_element(entry, "svg", class_="key c-none", aria_hidden="true")
    add_element(entry, "span", word)
    return svg


class _Plot(NamedTuple):
    """Where the points of a trend stand; values grow upwards."""

    days: DayScale
    values: ValueScale

    def at(self, day: date, value: Decimal) -> tuple[str, str]:
        return format_markup_position(self.days.at(day)), format_markup_position(
            1 - self.values.at(value)
        )

    def add_line(
        self, svg: Element, kind: str, start: tuple[date, Decimal], end: tuple[date, Decimal]
    ) -> None:
        (x1, y1), (x2, y2) = self.at(*start), self.at(*end)
        add_element(svg, "line", class_=kind, x1=x1, y1=y1, x2=x2, y2=y2)


def add_trend_svg(parent: Element, picture: Trend, lights: Mapping[str, str]) -> None:
    """Add the values of one indicator with the line that is expected, axes and a legend."""
    plot = _Plot(*choose_scales(picture, _STEPS))
    add_element(parent, "p", picture.unit or "", class_="unit")
    grid = add_element(parent, "div", class_="trend")
    edge = add_element(grid, "svg", class_="values", aria_hidden="true")
    svg = add_element(
        grid, "svg", class_=f"plot {choose_markup_colour_class(picture.light, lights)}", role="img"
    )
    add_element(
        svg,
        "title",
        _("{title}: {light}, {why}").format(
            title=picture.title, light=format_cell(picture.light, "light"), why=picture.why
        ),
    )
    add_element(svg, "desc", _describe_trend_svg(picture))
    for value, label in plot.values.ticks():
        height = format_markup_position(1 - plot.values.at(value))
        add_element(edge, "text", label, x="100%", y=height, dy="4", text_anchor="end")
        add_element(svg, "line", class_="grid", x1="0", x2="100%", y1=height, y2=height)
    _add_goals_svg(svg, plot, picture)
    drawn = thin_trend_on_scale(picture).readings
    final = [reading for reading in drawn if reading.status == "final"]
    for before, after in pairwise(final):
        plot.add_line(svg, "line", (before.on, before.value), (after.on, after.value))
    for reading in drawn:
        x, y = plot.at(reading.on, reading.value)
        point = add_element(svg, "circle", class_=f"point {reading.status}", cx=x, cy=y, r="4.5")
        quantity = format_quantity_value(reading.value, None, picture.unit)
        add_element(
            point,
            "title",
            f"{reading.on}: {quantity} ({name_statuses_beside_scale()[reading.status]})",
        )
    if drawn:
        _add_last_value_svg(svg, plot, drawn[-1], picture.unit)
    _add_axis_svg(add_element(grid, "div", class_="days"), plot.days)
    _add_trend_legend_svg(parent, picture, len(drawn))


def _add_last_value_svg(
    svg: Element, plot: _Plot, reading: ReportedValue, unit: str | None
) -> None:
    """Write the last value beside its point, on the side where there is room."""
    x, y = plot.at(reading.on, reading.value)
    is_right = plot.days.at(reading.on) > _RIGHT_HALF
    text = add_element(
        svg, "text", format_quantity_value(reading.value, None, unit), x=x, y=y, class_="last"
    )
    text.set("dx", "-9" if is_right else "9")
    text.set("dy", "-9" if plot.values.at(reading.value) < _NEAR_THE_END else "18")
    text.set("text-anchor", "end" if is_right else "start")


def _add_goals_svg(svg: Element, plot: _Plot, picture: Trend) -> None:
    """Add the target, the line that is expected, today and the deadline."""
    for goal in (picture.target, picture.target_high):
        if goal is not None:
            plot.add_line(svg, "target", (plot.days.first, goal), (plot.days.last, goal))
    for before, after in pairwise(picture.expected):
        plot.add_line(svg, "expected", (before.on, before.value), (after.on, after.value))
    _add_vertical_line_svg(svg, "today", plot.days.at(picture.as_of))
    if picture.deadline is not None and picture.target is not None:
        _add_mark_svg(svg, "deadline", *plot.at(picture.deadline, picture.target))


def _add_trend_legend_svg(parent: Element, picture: Trend, drawn: int) -> None:
    legend = add_element(parent, "ul", class_="legend")
    statuses = {reading.status for reading in picture.readings}
    for status, word in name_statuses_beside_scale().items():
        if status in statuses:
            svg = _add_legend_entry_svg(legend, word)
            add_element(svg, "circle", class_=f"point {status}", cx="50%", cy="6", r="4.5")
    if not statuses:
        add_element(legend, "li", _("never reported"))
    if drawn < len(picture.readings):
        sentence = _("{shown} of {found} reports drawn; the line looks the same")
        word = sentence.format(shown=drawn, found=len(picture.readings))
        add_element(legend, "li", word)
    if picture.expected:
        svg = _add_legend_entry_svg(legend, _("expected"))
        add_element(svg, "line", class_="expected", x1="0", x2="100%", y1="6", y2="6")
    if picture.target is not None:
        svg = _add_legend_entry_svg(
            legend, f"{_('target')} {format_quantity_number(picture.target)}"
        )
        add_element(svg, "line", class_="target", x1="0", x2="100%", y1="6", y2="6")
    if picture.deadline is not None and picture.target is not None:
        word = f"{_('deadline')} {format_trend_deadline_of_scale(picture)}"
        _add_mark_svg(_add_legend_entry_svg(legend, word), "deadline", "50%")
    _add_vertical_line_svg(_add_legend_entry_svg(legend, picture.as_of.isoformat()), "today", 0.5)


def _describe_trend_svg(picture: Trend) -> str:
    """Describe a trend in words: what was reported last, what is expected by now, what by when."""
    unit = picture.unit or ""
    parts = []
    if picture.readings:
        last = picture.readings[-1]
        count, value = len(picture.readings), format_quantity_number(last.value)
        sentence = _n(
            "{count} report, of {day}: {value} {unit}",
            "{count} reports; the last one, of {day}: {value} {unit}",
            count,
        )
        parts.append(sentence.format(count=count, day=last.on, value=value, unit=unit).strip())
    wanted = interpolate_on_scale(picture.expected, picture.as_of)
    if wanted is not None:
        value = format_quantity_number(
            wanted.quantize(Decimal("0.01"), context=WIDE_CONTEXT).normalize(WIDE_CONTEXT)
        )
        parts.append(
            _("expected by {day}: {value} {unit}")
            .format(day=picture.as_of, value=value, unit=unit)
            .strip()
        )
    if picture.target is not None:
        target = format_quantity_value(picture.target, None, unit)
        parts.append(_("{label}: {n}").format(label=_("target"), n=target))
    if picture.deadline is not None:
        parts.append(
            _("{label}: {n}").format(label=_("deadline"), n=format_trend_deadline_of_scale(picture))
        )
    return _("; ").join(parts)
