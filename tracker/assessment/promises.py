"""Tell promises from reports: what binds somebody, what is overdue, and what awaits a verdict.

Outcomes and efforts are promises. A vision or a projection binds nobody, and what has neither
target nor deadline is only reported. An effort is not measured at its deadline: a person finds
what became of it.
"""

from datetime import date
from typing import Literal, TypeAlias

from tracker.assessment.light import is_light_promised
from tracker.model.assessment import Assessment
from tracker.model.vocabulary import Commitment

BINDING: tuple[Commitment, ...] = ("outcome", "effort")
"""Commitments by which somebody owes something."""

_ALL = 100

UrgencyStep: TypeAlias = Literal["red", "yellow", "blue"]
"""Steps by which an office urges: overdue, behind, close to the deadline."""


def is_promise(assessment: Assessment) -> bool:
    """Return whether an indicator is a promise, whatever its state."""
    return assessment.commitment in BINDING


def is_promise_settled(assessment: Assessment) -> bool:
    """Return whether a promise is met, or a person has found what became of it."""
    return assessment.met_on is not None or assessment.verdict is not None


def is_promise_open(assessment: Assessment) -> bool:
    """Return whether somebody still owes something, whatever the state."""
    return is_promise(assessment) and not is_promise_settled(assessment)


def is_promise_due(assessment: Assessment) -> bool:
    """Return whether what is open has its deadline on the day or later, whatever its state."""
    return assessment.days_left is not None and is_promise_open(assessment)


def is_promise_overdue(assessment: Assessment, day: date) -> bool:
    """Return whether an outcome is not met when its deadline day has ended, whatever its state."""
    if assessment.deadline is None or assessment.deadline >= day:
        return False
    is_outcome = assessment.commitment == "outcome" and is_light_promised(assessment)
    return is_outcome and not is_promise_settled(assessment)


def find_urgency_step(assessment: Assessment, day: date, near: int) -> UrgencyStep | None:
    """Return by which step an office urges what is active; None: it does not.

    Args:
        assessment: the indicator as it stands on the day.
        day: the day.
        near: the days before a deadline from which it is close.
    """
    if assessment.state != "active" or not is_promise_open(assessment):
        return None
    if is_promise_overdue(assessment, day):
        return "red"
    # A milestone is yellow because its deadline is close; nobody knows that it is behind.
    is_close = assessment.days_left is not None and assessment.days_left <= near
    if assessment.light == "red" or (
        assessment.light == "yellow" and assessment.measure == "number"
    ):
        return "yellow"
    is_done = assessment.done is not None and assessment.done >= _ALL
    return "blue" if is_close and not is_done and assessment.kept is None else None
