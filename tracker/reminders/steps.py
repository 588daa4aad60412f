"""Steps of reminders: which one an indicator is on, and which come next.

Pure functions of an assessment, a day and the settings. A step falls on a day of the
calendar and is sent on that day or, if it is a day off, on the next working day. Only the
newest step counts, so that missed runs are caught up with one reminder.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Literal, TypeAlias

from msgspec import Struct

from tracker.assessment.light import is_light_promised
from tracker.assessment.promises import is_promise_open
from tracker.model.assessment import Assessment
from tracker.model.dates import shift_date

ReminderStage: TypeAlias = Literal["blue", "yellow", "red"]
ReminderRule: TypeAlias = Literal["before", "after", "weekly", "unreported"]


class StepSettings(Struct, frozen=True, kw_only=True):
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
    rule: ReminderRule
    stage: ReminderStage
    on: date


def find_reminder_step(assessment: Assessment, day: date, settings: StepSettings) -> Step | None:
    """Return the newest step of an indicator's deadline by a day; None before the first one."""
    deadline = assessment.deadline
    is_active = assessment.state == "active" and is_promise_open(assessment)
    if deadline is None or not is_active or not is_light_promised(assessment):
        return None
    if day > deadline:
        if assessment.commitment == "effort":
            return None
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
    stage: ReminderStage = "blue" if days == max(settings.before) else "yellow"
    return Step(name=f"before-{days}", rule="before", stage=stage, on=shift_date(deadline, -days))


def list_coming_reminder_steps(
    assessment: Assessment, day: date, until: date, settings: StepSettings
) -> Iterator[Step]:
    """Yield the steps that fall after ``day`` and up to ``until`` if nothing is reported."""
    for ordinal in range(day.toordinal() + 1, until.toordinal() + 1):
        later = date.fromordinal(ordinal)
        step = find_reminder_step(assessment, later, settings)
        if step is not None and step.on == later:
            yield step


def build_reminder_step_of_report(ends: Sequence[date]) -> Step | None:
    """Return the step of an owed report, given the last days of the cycles without one."""
    if not ends:
        return None
    return Step(name="unreported", rule="unreported", stage="yellow", on=shift_date(ends[-1], 1))
