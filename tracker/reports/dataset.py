"""Read what a report is made of: the indicators that fit, as they stood on one or two days."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from functools import partial
from types import MappingProxyType
from typing import NamedTuple

from tracker.assessment.case import Case
from tracker.assessment.obligations import (
    ObligationCycles,
    OwedReports,
    Punctuality,
    count_owed_reports,
    count_punctual_reports,
    list_obligation_cycle_ends,
)
from tracker.assessment.promises import find_urgency_step
from tracker.assessment.rollup import group_for_rollup, mark_for_rollup, sum_rollup_marks
from tracker.assessment.rules import Rules
from tracker.ledger.comparison import compare_cases
from tracker.ledger.history import word_paper_number
from tracker.ledger.paper_numbers import map_paper_numbers
from tracker.ledger.reader import LedgerReader
from tracker.ledger.view import LedgerView
from tracker.model.assessment import Assessment
from tracker.model.effective import (
    find_effective_closing_day,
    find_effective_report_start,
    list_entries_in_force,
)
from tracker.model.filters import ALL, Filter, WorkingSet, refuse_wrong_filter
from tracker.model.horizon import NOW, Horizon, When
from tracker.model.leads import choose_filtered_leads
from tracker.model.records import Decision, Document, Indicator, Initiative
from tracker.output.model import ReadHistories
from tracker.output.papers import PaperKey
from tracker.storage.base import View
from tracker.views.histories import read_histories
from tracker.views.status import list_status_counts

_MOST_LEADS = 100
"""Leads up to which it is cheaper to ask for them than to read everything."""


class UrgentAtLead(NamedTuple):
    """Number of indicators of one lead that are urged, and the most days that one is late."""

    indicators: int
    longest: int


class DatasetOnDay(NamedTuple):
    """Indicators that fit the filters, as of a day.

    Attributes:
        horizon: the day, and what was known.
        rules: the thresholds in force.
        documents: the source documents by id.
        initiatives: those of the indicators, and all that these are part of, by id.
        cases: the indicators.
        owed: the reports that are owed, by the id of the indicator.
        urgent: what is urged whatever the filters at each lead that has something that fits,
            None standing for nobody; empty where the report does not rank the leads.
        wanted_leads: the leads that the filters ask for.
        left_out: how many that fit are outside the working set, or were entered later.
        only_lead: the one lead that a report split by lead is for.
        working_set: what the report is about; None: everything.
    """

    horizon: Horizon
    rules: Rules
    documents: Mapping[str, Document]
    initiatives: Mapping[str, Initiative]
    cases: list[Case]
    owed: Mapping[str, OwedReports]
    urgent: Mapping[str | None, UrgentAtLead] = MappingProxyType({})
    wanted_leads: str | Iterable[str] | None = None
    left_out: int = 0
    only_lead: str | None = None
    working_set: WorkingSet | None = None

    @property
    def as_of(self) -> date:
        """Day that is looked at."""
        return self.horizon.as_of

    def measure_punctuality(
        self, case: Case, since: date, within: int, cycles: ObligationCycles
    ) -> Punctuality:
        """Count the reports owed and in time for the cycles of an indicator ended since a day."""
        start = find_effective_report_start(case.indicator, self.horizon)
        windows = [] if start is None else cycles.windows(start, since, case.cycle)
        closed_on = self._find_closing_day(case) if case.assessment.state == "closed" else None
        return count_punctual_reports(case, windows, within, closed_on)

    def group_by_lead(self, cases: Iterable[Case]) -> dict[str | None, list[Case]]:
        """Group indicators by those of their leads that the report is about."""
        return group_for_rollup(cases, self.list_leads)

    def list_leads(self, case: Case) -> Sequence[str]:
        """Return the leads of an indicator that the report is about."""
        return self.list_assessed_leads(case.assessment)

    def list_assessed_leads(self, assessment: Assessment) -> Sequence[str]:
        """Return the leads that the report is about of an indicator by how it stands."""
        if self.only_lead is not None:
            return [self.only_lead]
        return choose_filtered_leads(assessment.leads, self.wanted_leads)

    def split_by_lead(self) -> "Iterator[DatasetOnDay]":
        """Yield the same for each lead alone, in the order of their names; last for nobody."""
        by_lead = self.group_by_lead(self.cases)
        for lead in sorted(by_lead, key=lambda name: (name is None, name or "")):
            yield self._replace(cases=by_lead[lead], only_lead=lead)

    def list_decisions(self, case: Case) -> list[Decision]:
        """Return the decisions in force on an indicator and on all that it is part of."""
        return [
            decision
            for record in self._list_record_and_parents(case)
            for decision in list_entries_in_force(record.decisions, self.horizon)
        ]

    def _find_closing_day(self, case: Case) -> date | None:
        """Return since when an indicator is closed by its own decisions or those above it."""
        days = (
            find_effective_closing_day(each.decisions, self.horizon)
            for each in self._list_record_and_parents(case)
        )
        return min(filter(None, days), default=None)

    def _list_record_and_parents(self, case: Case) -> Iterator[Indicator | Initiative]:
        """Yield an indicator, its initiative, and all that this is part of."""
        yield case.indicator
        initiative: Initiative | None = case.initiative
        while initiative is not None:
            yield initiative
            initiative = self.initiatives.get(initiative.parent) if initiative.parent else None


class ReportData(NamedTuple):
    """Indicators as they stand, and as the same ones stood on an earlier day.

    Attributes:
        now: those on the day that is looked at.
        then: those on the earlier day.
        numbers: the numbers that papers have, as they are printed.
        compared: all indicators with how they stood, for one way through them; None: both days
            hold their own. Where it is given, neither day holds any.
    """

    now: DatasetOnDay
    then: DatasetOnDay
    numbers: Mapping[PaperKey, str] = MappingProxyType({})
    compared: "ComparedCases | None" = None


class ComparedCases:
    """Indicators with how they stood on an earlier day, read one at a time and counted.

    Args:
        pairs: yields them, with None for one that was not there then.
        owed: is filled with the reports that are owed, by the id of the indicator.

    Attributes:
        histories: reads the histories of some of them again.
    """

    def __init__(
        self,
        pairs: Iterator[tuple[Case, Case | None]],
        owed: dict[str, OwedReports],
        histories: ReadHistories,
    ) -> None:
        self._pairs, self._owed = pairs, owed
        self._marks, self._marks_then = Counter[int](), Counter[int]()
        self.histories = histories

    def __iter__(self) -> Iterator[tuple[Case, Case | None]]:
        cycles = cycles_then = None
        for case, before in self._pairs:
            cycles = cycles or ObligationCycles(case.horizon.as_of)
            owed = count_owed_reports(case, cycles)
            if owed is not None:
                self._owed[owed.id] = owed
            day = case.horizon.as_of
            self._marks[mark_for_rollup(case.assessment, day, is_owing=owed is not None)] += 1
            if before is not None:
                day = before.horizon.as_of
                cycles_then = cycles_then or ObligationCycles(day)
                is_owing = bool(list_obligation_cycle_ends(before, cycles_then))
                self._marks_then[mark_for_rollup(before.assessment, day, is_owing=is_owing)] += 1
            yield case, before

    def count_now(self) -> dict[str, int]:
        """Return the counts of the day that is looked at, once all indicators have passed."""
        return list_status_counts(sum_rollup_marks(self._marks))

    def count_then(self) -> dict[str, int]:
        """Return the counts of the earlier day, once all indicators have passed."""
        return list_status_counts(sum_rollup_marks(self._marks_then))


class _InitiativesOfView(Mapping[str, Initiative]):
    """Initiatives by id, each looked up when it is asked for."""

    def __init__(self, view: LedgerView) -> None:
        self._view = view

    def __getitem__(self, key: str) -> Initiative:
        initiative = self._view.records.initiative(key)
        if initiative is None:
            raise KeyError(key)
        return initiative

    def __iter__(self) -> Iterator[str]:
        return (each.id for each in self._view.records.initiatives(ALL))

    def __len__(self) -> int:
        return sum(1 for _id in self)


@contextmanager
def open_report_data(
    ledger: LedgerReader, where: Filter, when: When, then: When | None, *, by_lead: bool = False
) -> Iterator[ReportData]:
    """Read the data of a report; of two days each indicator is read while the block lasts.

    Args:
        ledger: the ledger.
        where: which indicators fit now; the same ones are looked at on the earlier day.
        when: the day that is looked at.
        then: the earlier day; None: both parts of the data are the same.
        by_lead: whether to count what is urged at each lead, whatever the filters.
    """
    if then is None:
        yield read_report_data(ledger, where, when, by_lead=by_lead)
        return
    refuse_wrong_filter(where)
    with ledger.store.view() as records:
        ledger.newest = records.newest
        view = LedgerView(records, when, ledger.today, ledger.rules)
        before = LedgerView(records, then, ledger.today, ledger.rules, explains=False)
        owed: dict[str, OwedReports] = {}
        compared = ComparedCases(
            compare_cases(view, before, where), owed, partial(read_histories, ledger, when)
        )
        now = _start_dataset(view, where)._replace(owed=owed, left_out=view.count_left_out(where))
        numbers = _read_paper_numbers(records)
        yield ReportData(now, _start_dataset(before, where), numbers, compared)


def _start_dataset(view: LedgerView, where: Filter) -> DatasetOnDay:
    """Return the data of a day without its indicators."""
    return DatasetOnDay(
        view.horizon,
        view.rules,
        view.documents,
        _InitiativesOfView(view),
        [],
        {},
        wanted_leads=where.lead,
        working_set=where.working_set,
    )


def _read_paper_numbers(records: View) -> dict[PaperKey, str]:
    taken = map_paper_numbers(records.receipts())
    return {key: word_paper_number(number) for key, number in taken.items()}


def read_report_data(
    ledger: LedgerReader,
    where: Filter = ALL,
    when: When = NOW,
    then: When | None = None,
    *,
    by_lead: bool = False,
) -> ReportData:
    """Read the data of a report, both days from one and the same state of the ledger.

    Args:
        ledger: the ledger.
        where: which indicators fit now; the same ones are looked at on the earlier day.
        when: the day that is looked at.
        then: the earlier day; None: both parts of the data are the same.
        by_lead: whether to count what is urged at each lead, whatever the filters.
    """
    with ledger.store.view() as records:
        ledger.newest = records.newest
        view = LedgerView(records, when, ledger.today, ledger.rules)
        now = read_dataset_on_day(view, where)
        if by_lead:
            now = now._replace(urgent=_count_urgent_in_dataset(view, where, now))
        numbers = _read_paper_numbers(records)
        if then is None:
            return ReportData(now, now, numbers)
        before = LedgerView(records, then, ledger.today, ledger.rules)
        if before.records is view.records:
            pairs = [(case.initiative, case.indicator) for case in now.cases]
            earlier = _build_dataset(before, where, before.cases_of(pairs))
        else:
            earlier = _read_dataset_as_it_was(before, where, now)
        return ReportData(now, earlier, numbers)


def read_dataset_on_day(view: LedgerView, where: Filter) -> DatasetOnDay:
    """Assess every indicator that fits."""
    refuse_wrong_filter(where)
    dataset = _build_dataset(view, where, view.cases(where))
    return dataset._replace(left_out=view.count_left_out(where))


def _read_dataset_as_it_was(view: LedgerView, where: Filter, now: DatasetOnDay) -> DatasetOnDay:
    """Assess the indicators of another day, whose fields were edited since."""
    ids = {case.indicator.id for case in now.cases}
    owners = None if where == ALL else {each.partition(".")[0] for each in ids}
    cases = (case for case in view.cases(ALL, owners=owners) if case.indicator.id in ids)
    return _build_dataset(view, where, cases)


def _build_dataset(view: LedgerView, where: Filter, cases_of_day: Iterable[Case]) -> DatasetOnDay:
    cycles = ObligationCycles(view.horizon.as_of)
    initiatives: dict[str, Initiative] = {}
    cases: list[Case] = []
    owed: dict[str, OwedReports] = {}
    for case in cases_of_day:
        initiatives[case.initiative.id] = case.initiative
        cases.append(case)
        if (due := count_owed_reports(case, cycles)) is not None:
            owed[due.id] = due
    _add_parents_to_dataset(view, initiatives)
    started = _start_dataset(view, where)
    return started._replace(initiatives=initiatives, cases=cases, owed=owed)


def _count_urgent_in_dataset(
    view: LedgerView, where: Filter, now: DatasetOnDay
) -> dict[str | None, UrgentAtLead]:
    """Count all that is urged at the leads at which something is urged that fits."""
    day, near = view.horizon.as_of, view.rules.warn_days
    fitting = [
        case for case in now.cases if find_urgency_step(case.assessment, day, near) is not None
    ]
    leads = now.group_by_lead(fitting).keys()
    counts: dict[str | None, UrgentAtLead] = {}
    for assessment in _list_assessments_at_leads(view, where, now, leads):
        if find_urgency_step(assessment, day, near) is not None:
            for lead in leads & set(assessment.leads or (None,)):
                before = counts.get(lead, UrgentAtLead(0, 0))
                longest = max(before.longest, assessment.days_late or 0)
                counts[lead] = UrgentAtLead(before.indicators + 1, longest)
    return counts


def _list_assessments_at_leads(
    view: LedgerView, where: Filter, now: DatasetOnDay, leads: Collection[str | None]
) -> Iterable[Assessment]:
    """Return how all stands that some leads have, possibly more; None stands for nobody."""
    if where == ALL or not leads:
        return [case.assessment for case in now.cases]
    named = [lead for lead in leads if lead is not None]
    if len(named) < len(leads) or len(named) > _MOST_LEADS:
        named = []
    return view.assessments(Filter(state="active", lead=named))


def _add_parents_to_dataset(view: LedgerView, initiatives: dict[str, Initiative]) -> None:
    """Add what initiatives are part of, as far up as there is such a record."""
    missing = {each.parent for each in initiatives.values() if each.parent} - initiatives.keys()
    while missing:
        parents = [each for each in map(view.records.initiative, missing) if each is not None]
        initiatives |= {each.id: each for each in parents}
        missing = {each.parent for each in parents if each.parent} - initiatives.keys()
