"""One indicator with its initiative, and how it stands on a day."""

from typing import NamedTuple

from tracker.assessment.rules import Rules
from tracker.model.assessment import Assessment
from tracker.model.horizon import Horizon
from tracker.model.records import Indicator, Initiative


class Case(NamedTuple):
    """What checks, reports, reminders and charts look at, made by ``LedgerView.cases``.

    Attributes:
        initiative: the initiative that the indicator belongs to.
        indicator: the indicator as it was entered.
        assessment: how it stands under the horizon and the rules.
        horizon: the day, and what was known.
        rules: the thresholds in force.
    """

    initiative: Initiative
    indicator: Indicator
    assessment: Assessment
    horizon: Horizon
    rules: Rules
