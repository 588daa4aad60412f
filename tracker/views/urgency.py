"""Order indicators by how urgent they are."""

from datetime import date
from decimal import Decimal

from tracker.assessment.promises import is_promise_settled
from tracker.config import LIGHTS
from tracker.model.assessment import Assessment


def rank_by_urgency(item: Assessment, as_of: date) -> tuple[bool, bool, int, int, Decimal, str]:
    """Return a key that sorts what can be acted on first.

    What is settled or led by nobody comes last. Before that the worst light comes first, then
    the deadline nearest to the day, before or after it: what is years late waits for a
    decision, what fell due last week for somebody to act. Then the worst gap.
    """
    distance = date.max.year * 366
    if item.deadline is not None:
        distance = abs((item.deadline - as_of).days)
    gap = item.gap if item.gap is not None else Decimal(0)
    light = LIGHTS.index(item.light)
    return is_promise_settled(item), not item.leads, light, distance, gap, item.id
