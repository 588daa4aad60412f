"""Indicator with its initiative and its assessment."""

from msgspec import Struct

from tracker.assessment.assess import AssessmentInputs
from tracker.assessment.rules import Rules
from tracker.model.assessment import Assessment
from tracker.model.horizon import Horizon
from tracker.model.records import Indicator, Initiative
from tracker.model.vocabulary import Cycle


class Case(Struct, frozen=True):
    """Indicator with its initiative and its assessment, for checks, reports, reminders and charts.

    Attributes:
        initiative: the initiative that the indicator belongs to.
        indicator: the indicator as it was entered.
        assessment: its assessment under the horizon and the rules.
        horizon: the day, and what was known by then.
        rules: the thresholds in force.
        inputs: what the assessment depends on; None where parts or a whole do too.
    """

    initiative: Initiative
    indicator: Indicator
    assessment: Assessment
    horizon: Horizon
    rules: Rules
    inputs: AssessmentInputs | None = None

    @property
    def cycle(self) -> Cycle:
        """Return how often a report is owed."""
        return self.initiative.cycle or self.rules.cycle
