"""The ladder of reminders: which step an indicator stands on, and which comes next.

Pure functions of how an indicator stands, a day and the rules. A step falls on a day
of the calendar; it is sent on that day or, where people do not work then, on the next
working day. Only the newest step counts, so that what was missed is caught up once.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Literal, TypeAlias

from msgspec import Struct

from tracker.assessment.light import is_promised
from tracker.model.assessment import Assessment
from tracker.model.dates import shifted

Stage: TypeAlias = Literal["blue", "yellow", "red"]
Rule: TypeAlias = Literal["before", "after", "weekly", "unreported"]
RULES: tuple[Rule, ...] = ("before", "after", "weekly", "unreported")


class Ladder(Struct, frozen=True, kw_only=True):
    """The numbers in the rules of reminding; settings of a place.

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


def step_on(seen: Assessment, day: date, ladder: Ladder) -> Step | None:
    """The newest step of an indicator's deadline by a day; None where there is none yet."""
    deadline = seen.deadline
    is_open = seen.state == "active" and seen.met_on is None and is_promised(seen)
    if deadline is None or not is_open:
        return None
    if day > deadline:
        after = deadline + timedelta(days=1)
        times = (day - after).days // ladder.every if ladder.every else 0
        if times:
            on = after + timedelta(days=times * ladder.every)
            return Step(name="weekly", rule="weekly", stage="red", on=on)
        return Step(name="after", rule="after", stage="red", on=after)
    left = (deadline - day).days
    reached = [days for days in ladder.before if days >= left]
    if not reached:
        return None
    days = min(reached)
    stage: Stage = "blue" if days == max(ladder.before) else "yellow"
    return Step(name=f"before-{days}", rule="before", stage=stage, on=shifted(deadline, -days))


def coming(seen: Assessment, day: date, until: date, ladder: Ladder) -> Iterator[Step]:
    """The steps that fall on the days after ``day`` up to ``until``, if nothing is reported."""
    for ordinal in range(day.toordinal() + 1, until.toordinal() + 1):
        each = date.fromordinal(ordinal)
        step = step_on(seen, each, ladder)
        if step is not None and step.on == each:
            yield step


def report_step(ends: Sequence[date]) -> Step | None:
    """The step of a report that is owed, by the last days of the cycles that lack one."""
    if not ends:
        return None
    return Step(name="unreported", rule="unreported", stage="yellow", on=shifted(ends[-1], 1))
