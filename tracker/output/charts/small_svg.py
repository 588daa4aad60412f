"""Trends in few bytes, for a page that has thousands: lines without a grid, each a path.

The picture is as wide as there is room; what stands at its edges is text beside it.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

from tracker.model.quantities import format_quantity_number, format_quantity_value
from tracker.output.charts.scales import choose_scales
from tracker.output.markup import choose_markup_colour_class, escape_for_markup
from tracker.output.model import Trend

_WIDTH, _HEIGHT = 400, 100
"""Units of the picture, in which places are whole numbers."""
_STEPS = 2


def build_small_trend_svg(trend: Trend, lights: Mapping[str, str]) -> str:
    """Return a trend as markup: the picture, and the ends of its scales as text."""
    days, values = choose_scales(trend, _STEPS)
    low, span = float(values.low), float(values.high - values.low)
    first, width = days.first.toordinal(), max((days.last - days.first).days, 1)

    def place_day(day: date) -> int:
        return round((day.toordinal() - first) / width * _WIDTH)

    def place(day: date, value: Decimal) -> str:
        height = _HEIGHT - round((float(value) - low) / span * _HEIGHT)
        return f"{place_day(day)} {height}"

    final = [place(each.on, each.value) for each in trend.readings if each.status == "final"]
    other = [place(each.on, each.value) for each in trend.readings if each.status != "final"]
    goals = [each for each in (trend.target, trend.target_high) if each is not None]
    paths = [
        ("target", "".join(f"M{place(days.first, goal)}H{_WIDTH}" for goal in goals)),
        ("expected", _join_small_svg_line(place(each.on, each.value) for each in trend.expected)),
        ("today", f"M{place_day(trend.as_of)} 0V{_HEIGHT}"),
        ("line", _join_small_svg_line(final)),
        ("dots", _join_small_svg_dots(final)),
        ("dots other", _join_small_svg_dots(other)),
    ]
    drawn = "".join(f'<path class="{kind}" d="{d}"/>' for kind, d in paths if d)
    colour = choose_markup_colour_class(trend.light, lights)
    label = escape_for_markup(trend.title)
    high = escape_for_markup(format_quantity_value(values.high, None, trend.unit))
    return (
        f'<div class="small"><p><span>{high}</span></p>'
        f'<svg class="{colour}" viewBox="0 0 {_WIDTH} {_HEIGHT}" preserveAspectRatio="none"'
        f' role="img" aria-label="{label}">{drawn}</svg>'
        f"<p><span>{format_quantity_number(values.low)}</span></p>"
        f"<p><span>{days.first}</span><span>{days.last}</span></p></div>"
    )


def _join_small_svg_line(places: Iterable[str]) -> str:
    """Return a line through places; a single one is none."""
    joined = "L".join(places)
    return f"M{joined}" if "L" in joined else ""


def _join_small_svg_dots(places: Iterable[str]) -> str:
    """Return lines of no length, whose round ends are dots."""
    return "".join(f"M{place}h0" for place in places)
