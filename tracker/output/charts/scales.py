"""Scales of pictures: where days and values stand, and which are written at the edge.

A position is a share from 0 to 1. Whoever draws makes cells or points of it; whoever
cannot draw shows the table.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, localcontext
from itertools import pairwise
from typing import NamedTuple

import msgspec

from tracker.locale.translation import _
from tracker.model.dates import ASSUMED_MARK, format_deadline_date
from tracker.model.quantities import WIDE_CONTEXT, format_quantity_number
from tracker.model.vocabulary import Status
from tracker.output.model import (
    Column,
    MarkKind,
    Picture,
    Span,
    Table,
    Timeline,
    Trend,
    Value,
    Waypoint,
)

_MONTHS_OF_A_STEP = (1, 3, 6, 12, 24, 60, 120, 240, 600, 1200, 2400, 6000, 12000, 24000)
_LONGEST_STEP = _MONTHS_OF_A_STEP[-1]
_YEAR = 12
_NICE = (1, 2, 5, 10)
_HALF_A_MONTH = 15
_BETWEEN = 4
_PLACES = 26
_MOST_READINGS = 1000
"""Readings up to which all are drawn."""
_STEPS_OF_READINGS = 250
"""Steps of the days, each about as wide as a point, of which few readings are drawn."""


class DayScale(NamedTuple):
    """Scale of days, from the first to the last that is drawn."""

    first: date
    last: date

    def at(self, day: date) -> float:
        """Return where a day stands; below 0 or above 1 where it is outside."""
        return (day - self.first).days / max((self.last - self.first).days, 1)

    def ticks(self, characters: int) -> list[tuple[date, str]]:
        """Return the firsts of months or years to write at an edge of so many characters."""
        whole = (self.last.year - self.first.year) * _YEAR + self.last.month - self.first.month
        room = {True: len("2026-01") + _BETWEEN, False: len("2026") + _BETWEEN}
        months = next(
            each
            for each in _MONTHS_OF_A_STEP
            if (whole // each + 1) * room[each < _YEAR] <= characters or each == _LONGEST_STEP
        )
        label = "%Y-%m" if months < _YEAR else "%Y"
        steps = [(day, day.strftime(label)) for day in self._list_months(months)]
        if len(steps) < 2:  # noqa: PLR2004  # one day alone is no scale
            return [(day, day.isoformat()) for day in dict.fromkeys((self.first, self.last))]
        return steps

    def _list_months(self, months: int) -> Iterator[date]:
        first = self.first.year * _YEAR + self.first.month - 1 + (self.first.day > 1)
        last = self.last.year * _YEAR + self.last.month - 1
        for month in range(-(-first // months) * months, last + 1, months):
            yield date(month // _YEAR, month % _YEAR + 1, 1)


class ValueScale(NamedTuple):
    """Scale of values, from the lowest to the highest drawn, and the step between those written."""

    low: Decimal
    high: Decimal
    step: Decimal

    def at(self, value: Decimal) -> float:
        """Return where a value stands."""
        with localcontext(WIDE_CONTEXT):
            return float((value - self.low) / (self.high - self.low))

    def ticks(self) -> list[tuple[Decimal, str]]:
        """Return the values that are written at the edge, from the lowest."""
        with localcontext(WIDE_CONTEXT):
            count = int((self.high - self.low) / self.step)
            values = [self.low + self.step * each for each in range(count + 1)]
        return [(value, format_quantity_number(value)) for value in values]


def choose_value_scale(values: Sequence[Decimal], most: int) -> ValueScale:
    """Return a scale of round numbers over values, with at most ``most`` steps and one more.

    Equal values get room above and below.
    """
    low, high = min(values, default=Decimal(0)), max(values, default=Decimal(1))
    with localcontext(WIDE_CONTEXT):
        if low == high:
            room = max(abs(low) / 10, Decimal(1))
            low, high = low - room, high + room
        raw = (high - low) / most
        power = Decimal(1).scaleb(raw.adjusted())
        step = next(power * each for each in _NICE if power * each >= raw)
        return ValueScale(
            (low / step).to_integral_value(ROUND_FLOOR) * step,
            (high / step).to_integral_value(ROUND_CEILING) * step,
            step,
        )


def choose_scales(trend: Trend, steps: int) -> tuple[DayScale, ValueScale]:
    """Return the days and values that a trend is drawn over."""
    points = [(point.on, point.value) for point in trend.readings]
    points += [(point.on, point.value) for point in trend.expected]
    days = [trend.as_of, *(on for on, _value in points)]
    days += [trend.deadline] if trend.deadline is not None else []
    values = [value for _on, value in points]
    values += [point for point in (trend.target, trend.target_high) if point is not None]
    first, last = min(days), max(days)
    if first == last:
        first = date.fromordinal(max(first.toordinal() - _HALF_A_MONTH, date.min.toordinal()))
        last = date.fromordinal(min(last.toordinal() + _HALF_A_MONTH, date.max.toordinal()))
    return DayScale(first, last), choose_value_scale(values, steps)


def interpolate_on_scale(line: Sequence[Waypoint], day: date) -> Decimal | None:
    """Return the value that is expected by a day; None before the line begins or without one."""
    if not line or day < line[0].on:
        return None
    for before, after in pairwise(line):
        if day < after.on:
            with localcontext(WIDE_CONTEXT):
                share = Decimal((day - before.on).days) / (after.on - before.on).days
                exact = before.value + (after.value - before.value) * share
                # Only what does not divide evenly is cut; the rest is said as it is.
                return exact if exact == (cut := round(exact, _PLACES)) else cut
    return line[-1].value


LOOSE_MARK = "?"
"""Mark of a deadline whose words may also mean a later day."""


def format_deadline_mark_of_scale(span: Span) -> str:
    """Return what stands behind the deadline of a line: that it is assumed, or ambiguous."""
    assumed = ASSUMED_MARK if span.deadline_basis == "assumed" else ""
    return assumed + (LOOSE_MARK if span.deadline_loose is not None else "")


def format_trend_deadline_of_scale(trend: Trend) -> str:
    """Format the deadline of a trend: its day, marked if assumed, and the loose reading."""
    return format_deadline_date(trend.deadline, trend.deadline_basis, trend.deadline_loose)


def explain_deadline_marks_of_scale(spans: Sequence[Span]) -> dict[str, str]:
    """Return the marks that stand behind the deadlines of lines, with what they mean."""
    words = {ASSUMED_MARK: _("assumed"), LOOSE_MARK: _("loosely later")}
    marks = "".join(format_deadline_mark_of_scale(span) for span in spans)
    return {mark: word for mark, word in words.items() if mark in marks}


def thin_trend_on_scale(trend: Trend) -> Trend:
    """Return a trend whose line looks the same on a screen, with fewer readings if it has many.

    Of each step of the days, and of each status, the first, the last, the lowest and the
    highest reading stay.
    Source: Jugel et al., M4: a visualization-oriented time series data aggregation, 2014.
    """
    if len(trend.readings) <= _MOST_READINGS:
        return trend
    days, _values = choose_scales(trend, 1)
    groups: dict[tuple[int, Status], list[int]] = {}
    for place, reading in enumerate(trend.readings):
        step = int(days.at(reading.on) * _STEPS_OF_READINGS)
        groups.setdefault((step, reading.status), []).append(place)
    kept: set[int] = set()
    for places in groups.values():
        by_value = [(trend.readings[place].value, place) for place in places]
        kept |= {places[0], places[-1], min(by_value)[1], max(by_value)[1]}
    readings = [trend.readings[place] for place in sorted(kept)]
    return msgspec.structs.replace(trend, readings=readings)


def tabulate_picture_of_scales(picture: Picture) -> Table:
    """Build a table of what a picture shows."""
    return (
        _tabulate_scaled_timeline(picture)
        if isinstance(picture, Timeline)
        else _tabulate_scaled_trend(picture)
    )


def _tabulate_scaled_timeline(picture: Timeline) -> Table:
    columns = (
        Column("id", _("id"), "id"),
        Column("label", _("name")),
        Column("start", _("start"), "day"),
        Column("end", _("deadline"), "day"),
        Column("light", _("light"), "light"),
        Column("why", _("why")),
        Column("done", _("done"), "percent", bar=True, expected="expected"),
        Column("expected", _("expected"), "percent"),
        Column("met", _("met on"), "day"),
        Column("revised", _("former deadlines"), "list"),
        Column("deadline_basis", _("basis"), "word"),
        Column("deadline_loose", _("or by"), "day"),
    )
    rows: list[tuple[Value, ...]] = []
    for span in picture.spans:
        met = next((mark.on for mark in span.marks if mark.kind == "met"), None)
        former = [mark.on.isoformat() for mark in span.marks if mark.kind == "revised"]
        head = (span.id, span.label, span.start, span.end, span.light, span.why)
        doubts = span.deadline_basis, span.deadline_loose
        rows.append((*head, span.done, span.expected, met, former, *doubts))
    return Table(title=picture.title, as_of=picture.as_of, columns=columns, rows=rows)


def _tabulate_scaled_trend(picture: Trend) -> Table:
    columns = (
        Column("on", _("on"), "day"),
        Column("value", _("value"), "number"),
        Column("unit", _("unit")),
        Column("status", _("status"), "word"),
        Column("expected", _("expected"), "number"),
    )
    rows: list[tuple[Value, ...]] = [
        (
            reading.on,
            reading.value,
            picture.unit,
            reading.status,
            interpolate_on_scale(picture.expected, reading.on),
        )
        for reading in picture.readings
    ]
    return Table(title=picture.title, as_of=picture.as_of, columns=columns, rows=rows)


def name_marks_of_scale() -> dict[MarkKind, str]:
    """Return what the marks of a timeline are called."""
    return {"deadline": _("deadline"), "revised": _("former deadline"), "met": _("met")}


def name_statuses_beside_scale() -> dict[Status, str]:
    """Return what the readings of a trend are called."""
    return {"final": _("reported"), "estimate": _("estimate"), "in_progress": _("in progress")}
