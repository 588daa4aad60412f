"""Trends in few bytes, for a page that has thousands: lines without a grid, each a path.

The picture is as wide as there is room; what stands at its edges is text beside it.
"""

from collections.abc import Mapping, Sequence

from tracker.model.quantities import ONE, ZERO, format_quantity_number, format_quantity_value
from tracker.output.charts.scales import thin_trend_on_scale
from tracker.output.markup import choose_markup_colour_class, escape_for_markup
from tracker.output.model import Trend


def build_small_trend_svg(trend: Trend, lights: Mapping[str, str]) -> str:
    """Return a trend as markup: the picture, and the ends of its scales as text.

    The scales end at the first and last day and at the lowest and highest value that is drawn.
    A unit of the picture is a day across and one of the values upright: the browser scales them.
    """
    goals = [goal for goal in (trend.target, trend.target_high) if goal is not None]
    readings = thin_trend_on_scale(trend).readings
    points = [(reading.on, reading.value) for reading in readings]
    points += [(waypoint.on, waypoint.value) for waypoint in trend.expected]
    days = [trend.as_of, trend.deadline or trend.as_of, *[on for on, _value in points]]
    values = [*goals, *[value for _on, value in points]] or [ZERO]
    first, last, lowest, highest = min(days), max(days), min(values), max(values)
    start, width = first.toordinal(), (last - first).days or 1
    # Places count from above; values that are all the same stand at the lower edge.
    edge = ZERO if lowest < highest else ONE
    height = str(highest - lowest + edge)
    places = [f"{on.toordinal() - start} {highest - value + edge!s}" for on, value in points]
    reported = [*zip(readings, places, strict=False)]
    final = [place for reading, place in reported if reading.status == "final"]
    lines = "".join([f"M0 {highest - goal + edge!s}H{width}" for goal in goals])
    drawn = f'<path class="target" d="{lines}"/>' if lines else ""
    drawn += _draw_small_svg_line("expected", places[len(readings) :])
    drawn += f'<path class="today" d="M{trend.as_of.toordinal() - start} 0V{height}"/>'
    drawn += _draw_small_svg_line("line", final) + _draw_small_svg_dots("dots", final)
    if len(final) < len(readings):
        other = [place for reading, place in reported if reading.status != "final"]
        drawn += _draw_small_svg_dots("dots other", other)
    colour = choose_markup_colour_class(trend.light, lights)
    label = escape_for_markup(trend.title)
    high = escape_for_markup(format_quantity_value(highest, None, trend.unit))
    return (
        f'<div class="small"><p><span>{high}</span></p>'
        f'<svg class="{colour}" viewBox="0 0 {width} {height}" preserveAspectRatio="none"'
        f' role="img" aria-label="{label}">{drawn}</svg>'
        f"<p><span>{format_quantity_number(lowest)}</span></p>"
        f"<p><span>{first.isoformat()}</span><span>{last.isoformat()}</span></p></div>"
    )


def _draw_small_svg_line(kind: str, places: Sequence[str]) -> str:
    """Return a line through places; a single one is none."""
    return f'<path class="{kind}" d="M{"L".join(places)}"/>' if len(places) > 1 else ""


def _draw_small_svg_dots(kind: str, places: Sequence[str]) -> str:
    """Return lines of no length, whose round ends are dots."""
    return f'<path class="{kind}" d="M{"h0M".join(places)}h0"/>' if places else ""
