"""Count the lights and states of many indicators."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from tracker.assessment.light import JUDGED, WORSE, is_overdue
from tracker.model.assessment import Assessment
from tracker.model.vocabulary import Light


class Rollup(NamedTuple):
    """Indicators counted together: shares of different units are never mixed.

    What is suspended or cancelled is counted apart: it is neither met nor due, and its
    light, if it had one, is nobody's worst.
    """

    indicators: int
    met: int
    due: int
    overdue: int
    stopped: int
    light: Light
    """The worst light among them."""


def rollup(seen: Iterable[Assessment], day: date) -> Rollup:
    """Count indicators and find the worst light among them."""
    count, met, due, overdue, stopped = 0, 0, 0, 0, 0
    worst: Light = "none"
    for each in seen:
        count += 1
        if each.state not in JUDGED:
            stopped += 1
            continue
        met += each.met_on is not None
        overdue += is_overdue(each, day)
        due += each.days_left is not None
        worst = max(worst, each.light, key=WORSE.index)
    return Rollup(count, met, due, overdue, stopped, worst)


def together(*rollups: Rollup) -> Rollup:
    """The roll-up of several."""
    lights: list[Light] = ["none", *(each.light for each in rollups)]
    return Rollup(
        sum(each.indicators for each in rollups),
        sum(each.met for each in rollups),
        sum(each.due for each in rollups),
        sum(each.overdue for each in rollups),
        sum(each.stopped for each in rollups),
        max(lights, key=WORSE.index),
    )
