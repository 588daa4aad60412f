"""What a report is made of: every indicator with its records, as it stood on a day.

Reports compare days, and number what they send; so a survey holds what fits the filters
and, apart from it, what does not.
"""

from collections.abc import Container, Iterator, Mapping
from datetime import date
from typing import NamedTuple

from tracker.asking import ALL, Look, owing_of
from tracker.duty import Cycles, Kept, Owed, kept_on
from tracker.filters import check_words, fits_day, fits_record
from tracker.knowledge import closed_since, counting, owed_from
from tracker.models import (
    Assessment,
    Decision,
    Document,
    Filter,
    Horizon,
    Indicator,
    Initiative,
    Update,
)
from tracker.progress import Rules


class Case(NamedTuple):
    """One indicator with its records, how it stands, and the reports that are owed on it."""

    initiative: Initiative
    indicator: Indicator
    seen: Assessment
    owed: Owed | None


class Survey(NamedTuple):
    """The indicators as of a day: those that fit the filters, and the others."""

    horizon: Horizon
    rules: Rules
    documents: Mapping[str, Document]
    initiatives: Mapping[str, Initiative]
    cases: list[Case]
    others: list[Case]

    @property
    def as_of(self) -> date:
        """The day that is looked at."""
        return self.horizon.as_of

    def latest(self, case: Case) -> Update | None:
        """The newest report on an indicator, of any status."""
        reports = counting(case.indicator.updates, self.horizon)
        said = [each for each in reports if each.value is not None or each.done is not None]
        return said[-1] if said else None

    def kept(self, case: Case, since: date, within: int, cycles: Cycles) -> Kept:
        """How punctual the reports on an indicator were in the cycles that ended since a day."""
        start = owed_from(case.indicator, self.horizon)
        cycle = case.initiative.cycle or self.rules.cycle
        windows = [] if start is None else cycles.windows(start, since, cycle)
        closed_on = self._closed_on(case) if case.seen.state == "closed" else None
        return kept_on(case.seen, case.indicator, windows, self.horizon, within, closed_on)

    def decisions(self, case: Case) -> list[Decision]:
        """What counts of the decisions on an indicator and on all that it is part of."""
        return [
            each
            for record in self._line_of(case)
            for each in counting(record.decisions, self.horizon)
        ]

    def _closed_on(self, case: Case) -> date | None:
        """Since when an indicator is closed, by its own decisions or those above it."""
        days = (closed_since(each.decisions, self.horizon) for each in self._line_of(case))
        return min(filter(None, days), default=None)

    def _line_of(self, case: Case) -> Iterator[Indicator | Initiative]:
        """An indicator, and all that it is part of."""
        yield case.indicator
        above: Initiative | None = case.initiative
        while above is not None:
            yield above
            above = self.initiatives.get(above.parent) if above.parent else None


def survey_of(look: Look, where: Filter, only: Container[str] | None = None) -> Survey:
    """Look at every indicator.

    Args:
        look: the view and the days.
        where: which of them fit.
        only: the ids of those that fit, where that is known already from another day.
    """
    check_words(where)
    cycles = Cycles(look.horizon.as_of)
    known = {each.id: each for each in look.view.initiatives(ALL)}
    survey = Survey(look.horizon, look.rules, look.documents, known, [], [])
    for initiative, indicator in look.records(ALL):
        seen = look.assess(initiative, indicator)
        owed = owing_of(look, initiative, indicator, seen, cycles)
        case = Case(initiative, indicator, seen, owed)
        if only is not None:
            fits = seen.id in only
        else:
            fits = fits_record(where, initiative, indicator) and fits_day(where, seen)
        (survey.cases if fits else survey.others).append(case)
    return survey
