"""Steps of reminders: which one an indicator is on, and which come next.

Pure functions of an assessment, a day and the settings. A step falls on a day of the
calendar and is sent on that day or, if it is a day off, on the next working day. Only the
newest step counts, so that missed runs are caught up with one reminder.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Literal, TypeAlias, get_args

from msgspec import Struct

from tracker.assessment.light import is_promised
from tracker.model.assessment import Assessment
from tracker.model.dates import shifted

Stage: TypeAlias = Literal["blue", "yellow", "red"]
Rule: TypeAlias = Literal["before", "after", "weekly", "unreported"]
RULES: tuple[Rule, ...] = get_args(Rule)


class Ladder(Struct, frozen=True, kw_only=True):
    """When to remind, as the settings say.

    Attributes:
        before: the days before a deadline on which to remind, the earliest first.
        every: days between reminders of what is overdue; 0: one only.
    """

    before: tuple[int, ...] = (30, 7, 1)
    every: int = 7


class Step(Struct, frozen=True, kw_only=True):
    """One step: its name, the rule it comes from, its stage, and the day it falls on."""

    name: str
    rule: Rule
    stage: Stage
    on: date


def step_on(assessment: Assessment, day: date, settings: Ladder) -> Step | None:
    """Return the newest step of an indicator's deadline by a day; None before the first one."""
    deadline = assessment.deadline
    is_open = assessment.state == "active" and assessment.met_on is None
    if deadline is None or not is_open or not is_promised(assessment):
        return None
    if day > deadline:
        after = deadline + timedelta(days=1)
        times = (day - after).days // settings.every if settings.every else 0
        if times:
            on = after + timedelta(days=times * settings.every)
            return Step(name="weekly", rule="weekly", stage="red", on=on)
        return Step(name="after", rule="after", stage="red", on=after)
    left = (deadline - day).days
    reached = [days for days in settings.before if days >= left]
    if not reached:
        return None
    days = min(reached)
    stage: Stage = "blue" if days == max(settings.before) else "yellow"
    return Step(name=f"before-{days}", rule="before", stage=stage, on=shifted(deadline, -days))


def coming(assessment: Assessment, day: date, until: date, settings: Ladder) -> Iterator[Step]:
    """Yield the steps that fall after ``day`` and up to ``until`` if nothing is reported."""
    for ordinal in range(day.toordinal() + 1, until.toordinal() + 1):
        later = date.fromordinal(ordinal)
        step = step_on(assessment, later, settings)
        if step is not None and step.on == later:
            yield step


def report_step(ends: Sequence[date]) -> Step | None:
    """Return the step of an owed report, given the last days of the cycles without one."""
    if not ends:
        return None
    return Step(name="unreported", rule="unreported", stage="yellow", on=shifted(ends[-1], 1))
