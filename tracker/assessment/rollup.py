"""Count the lights and states of many indicators."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from tracker.assessment.light import LIGHTS_BY_SEVERITY, LIT_STATES, is_overdue
from tracker.model.assessment import Assessment
from tracker.model.vocabulary import Light


class Rollup(NamedTuple):
    """Counts of indicators; shares of different units are never added up.

    Suspended and cancelled indicators count as ``stopped`` only: they are neither met nor
    due, and their lights do not count.
    """

    indicators: int
    met: int
    due: int
    overdue: int
    stopped: int
    light: Light
    """Worst light of those that are not stopped."""


def roll_up(assessments: Iterable[Assessment], day: date) -> Rollup:
    """Count indicators and find the worst light among them."""
    count, met, due, overdue, stopped = 0, 0, 0, 0, 0
    worst: Light = "none"
    for assessment in assessments:
        count += 1
        if assessment.state not in LIT_STATES:
            stopped += 1
            continue
        met += assessment.met_on is not None
        overdue += is_overdue(assessment, day)
        due += assessment.days_left is not None
        worst = max(worst, assessment.light, key=LIGHTS_BY_SEVERITY.index)
    return Rollup(count, met, due, overdue, stopped, worst)


def merge_rollups(*rollups: Rollup) -> Rollup:
    """Add up several roll-ups."""
    lights: list[Light] = ["none", *(part.light for part in rollups)]
    return Rollup(
        indicators=sum(part.indicators for part in rollups),
        met=sum(part.met for part in rollups),
        due=sum(part.due for part in rollups),
        overdue=sum(part.overdue for part in rollups),
        stopped=sum(part.stopped for part in rollups),
        light=max(lights, key=LIGHTS_BY_SEVERITY.index),
    )
