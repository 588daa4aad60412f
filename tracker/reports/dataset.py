"""What a report is made of: every indicator with its records, as it stood on a day.

A survey holds what fits the filters. Of what does not it only counts what is overdue at
whom, where a report numbers what it sends among all of its day.
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from types import MappingProxyType
from typing import NamedTuple

from tracker.assessment.case import Case
from tracker.assessment.light import is_overdue
from tracker.assessment.obligations import Cycles, Kept, Owed, kept_on
from tracker.assessment.rules import Rules
from tracker.ledger.queries import owing_of
from tracker.ledger.reader import Questions
from tracker.ledger.view import Look
from tracker.model.dates import shifted
from tracker.model.effective import closed_since, counting, owed_from
from tracker.model.filters import ALL, Filter, check_words
from tracker.model.horizon import NOW, Horizon, When
from tracker.model.records import Decision, Document, Indicator, Initiative, Update


class Overdue(NamedTuple):
    """What is overdue at one lead: how many indicators, and the most days that one is late."""

    indicators: int
    longest: int


class Survey(NamedTuple):
    """The indicators that fit the filters, as of a day.

    Attributes:
        horizon: the day, and what was known.
        rules: the numbers in the rules.
        documents: the source documents by id.
        initiatives: those of the indicators, and all that these are part of, by id.
        cases: the indicators.
        owed: the reports that are owed, by the id of the indicator.
        overdue: what is overdue at each lead whatever the filters, None standing for nobody;
            empty where nobody asked for it.
    """

    horizon: Horizon
    rules: Rules
    documents: Mapping[str, Document]
    initiatives: Mapping[str, Initiative]
    cases: list[Case]
    owed: Mapping[str, Owed]
    overdue: Mapping[str | None, Overdue] = MappingProxyType({})

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
        windows = [] if start is None else cycles.windows(start, since, case.cycle)
        closed_on = self._closed_on(case) if case.assessment.state == "closed" else None
        return kept_on(case, windows, within, closed_on)

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


def survey_of(look: Look, where: Filter, only: Collection[str] | None = None) -> Survey:
    """Look at every indicator that fits.

    Args:
        look: the view and the days.
        where: which of them fit.
        only: the ids of those that fit, where that is known already from another day.
    """
    check_words(where)
    cycles = Cycles(look.horizon.as_of)
    owners = None if only is None or where == ALL else {each.partition(".")[0] for each in only}
    known: dict[str, Initiative] = {}
    cases: list[Case] = []
    owed: dict[str, Owed] = {}
    for case in look.cases(where if only is None else ALL, owners=owners):
        if only is None or case.indicator.id in only:
            known[case.initiative.id] = case.initiative
            cases.append(case)
            due = owing_of(case, cycles)
            owed |= {due.id: due} if due is not None else {}
    _add_those_above(look, known)
    return Survey(look.horizon, look.rules, look.documents, known, cases, owed)


def overdue_by_lead(look: Look) -> dict[str | None, Overdue]:
    """What is overdue at each lead, whatever the filters; None stands for nobody."""
    day = look.horizon.as_of
    found: dict[str | None, Overdue] = {}
    for seen in look.assessed(Filter(state="active"), due_by=shifted(day, -1)):
        if is_overdue(seen, day):
            before = found.get(seen.lead, Overdue(0, 0))
            longest = max(before.longest, seen.days_late or 0)
            found[seen.lead] = Overdue(before.indicators + 1, longest)
    return found


def _add_those_above(look: Look, known: dict[str, Initiative]) -> None:
    """Add what initiatives are part of, as far as there is such a thing."""
    missing = {each.parent for each in known.values() if each.parent} - known.keys()
    while missing:
        found = [each for each in map(look.view.initiative, missing) if each is not None]
        known |= {each.id: each for each in found}
        missing = {each.parent for each in found if each.parent} - known.keys()


class Surveyed(NamedTuple):
    """All indicators as they stand, and as the same ones stood on an earlier day."""

    now: Survey
    then: Survey


def survey(
    ledger: Questions,
    where: Filter = ALL,
    when: When = NOW,
    then: When | None = None,
    *,
    by_lead: bool = False,
) -> Surveyed:
    """What a report is made of, both days seen in one and the same state of the ledger.

    Filters are about how an indicator stands now; what fits now is looked at then.
    Without ``then`` both are the same. ``by_lead``: with what is overdue at each lead.
    """
    with ledger.store.view() as view:
        look = Look(view, when, ledger.today, ledger.rules)
        now = survey_of(look, where)
        if by_lead:
            now = now._replace(overdue=overdue_by_lead(look))
        if then is None:
            return Surveyed(now, now)
        fitting = {each.assessment.id for each in now.cases}
        before = Look(view, then, ledger.today, ledger.rules)
        return Surveyed(now, survey_of(before, where, fitting))
