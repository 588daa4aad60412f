"""Trends in few bytes, for a page that has thousands: lines without a grid, each a path.

The picture is as wide as there is room; what stands at its edges is text beside it.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from tracker.model.quantities import format_quantity_number, format_quantity_value
from tracker.output.charts.scales import thin_trend_on_scale
from tracker.output.markup import choose_markup_colour_class, escape_for_markup
from tracker.output.model import ReportedValue, Trend, Waypoint

_WIDTH, _HEIGHT = 400, 100
"""Units of the picture, in which places are whole numbers."""


def build_small_trend_svg(trend: Trend, lights: Mapping[str, str]) -> str:
    """Return a trend as markup: the picture, and the ends of its scales as text.

    The scales end at the first and last day and at the lowest and highest value that is drawn.
    """
    goals = [goal for goal in (trend.target, trend.target_high) if goal is not None]
    readings = thin_trend_on_scale(trend).readings
    points: list[ReportedValue | Waypoint] = [*readings, *trend.expected]
    dates = [trend.as_of, trend.deadline or trend.as_of, *(point.on for point in points)]
    values = [*goals, *(point.value for point in points)] or [Decimal(0)]
    first, last, lowest, highest = min(dates), max(dates), min(values), max(values)
    low, height = float(lowest), float(highest - lowest) or 1.0
    day, width = first.toordinal(), (last - first).days or 1

    def place(on: date, value: Decimal) -> str:
        x = round((on.toordinal() - day) / width * _WIDTH)
        return f"{x} {_HEIGHT - round((float(value) - low) / height * _HEIGHT)}"

    final = [place(each.on, each.value) for each in readings if each.status == "final"]
    other = [place(each.on, each.value) for each in readings if each.status != "final"]
    paths = [
        ("target", "".join([f"M{place(first, goal)}H{_WIDTH}" for goal in goals])),
        ("expected", _join_small_svg_line([place(each.on, each.value) for each in trend.expected])),
        ("today", f"M{round((trend.as_of.toordinal() - day) / width * _WIDTH)} 0V{_HEIGHT}"),
        ("line", _join_small_svg_line(final)),
        ("dots", _join_small_svg_dots(final)),
        ("dots other", _join_small_svg_dots(other)),
    ]
    drawn = "".join([f'<path class="{kind}" d="{d}"/>' for kind, d in paths if d])
    colour = choose_markup_colour_class(trend.light, lights)
    label = escape_for_markup(trend.title)
    high = escape_for_markup(format_quantity_value(highest, None, trend.unit))
    return (
        f'<div class="small"><p><span>{high}</span></p>'
        f'<svg class="{colour}" viewBox="0 0 {_WIDTH} {_HEIGHT}" preserveAspectRatio="none"'
        f' role="img" aria-label="{label}">{drawn}</svg>'
        f"<p><span>{format_quantity_number(lowest)}</span></p>"
        f"<p><span>{first.isoformat()}</span><span>{last.isoformat()}</span></p></div>"
    )


def _join_small_svg_line(places: Sequence[str]) -> str:
    """Return a line through places; a single one is none."""
    return f"M{'L'.join(places)}" if len(places) > 1 else ""


def _join_small_svg_dots(places: Sequence[str]) -> str:
    """Return lines of no length, whose round ends are dots."""
    return f"M{'h0M'.join(places)}h0" if places else ""
