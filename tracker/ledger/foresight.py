"""Answer questions about today from what was foreseen, and keep that with what is stored.

An index only says which indicators an answer is about and how many there are of a kind. What
is shown of one is always judged by the rules, and so is all that the index says nothing of.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import product
from typing import Literal, TypeAlias

import msgspec

from tracker.assessment.case import Case
from tracker.assessment.obligations import ObligationCycles, list_obligation_cycle_ends
from tracker.assessment.rollup import (
    Rollup,
    build_rollup_mark,
    count_case_in_rollup,
    mark_for_rollup,
    read_rollup_mark,
    sum_rollup_marks,
)
from tracker.assessment.rules import Rules
from tracker.assessment.spans import describe_rules_of_spans, foresee_spans
from tracker.ledger import lookup
from tracker.ledger.answers import StatusCounts
from tracker.ledger.view import LedgerView
from tracker.model.effective import is_record_in_effect
from tracker.model.filters import (
    ALL,
    TEXT_FIELDS,
    Filter,
    fits_filter_of_assessment,
    fits_filter_of_record,
    refuse_wrong_filter,
)
from tracker.model.horizon import NOW
from tracker.model.outlooks import (
    CountedIndicators,
    ForeseenOrder,
    ForeseenWanted,
    Outlook,
    is_mark_wanted,
)
from tracker.model.records import Indicator, Initiative
from tracker.storage.base import (
    DatabaseStore,
    Foresee,
    ForeseeingStore,
    ForeseenIndex,
    GroupedForeseenIndex,
    Transaction,
    View,
)

_LIGHTS = build_rollup_mark("red"), build_rollup_mark("yellow")
_BEHIND = sum(_LIGHTS)
_DUE, _OVERDUE = build_rollup_mark("due"), build_rollup_mark("overdue")
_OWED = build_rollup_mark("unreported")
_VERDICTS = build_rollup_mark("verdict_kept", "verdict_partly", "verdict_broken", "verdict_unclear")

_ACTIVE_OR_ALL = ((), ("active",))
"""The states of a filter with which a list is that of the marks."""

_MORE_AT_A_TIME = 8
"""By how much more are asked for where too few of the first ones fit."""

COUNTED_FIELDS = (
    *("place", "lead", "person", "category", "document"),
    *("kind", "level", "tag", "parent"),
)
"""Fields by which indicators can be counted out of an index."""

_FORESEEN_AT_ONCE = 5000
"""Indicators that are foreseen in about a second."""

ForeseenPart: TypeAlias = Literal["overdue", "behind"]
_PARTS: Mapping[ForeseenPart, Collection[ForeseenWanted]] = {
    "overdue": [ForeseenWanted(marks=_OVERDUE)],
    "behind": [ForeseenWanted(one_of=_BEHIND)],
}

_Asked: TypeAlias = tuple[ForeseenWanted, ForeseenOrder]
_OWED_LONGEST: list[_Asked] = [
    (ForeseenWanted(marks=_OWED, is_led=is_led), "owed") for is_led in (True, False)
]


class Foresight:
    """Index of what was foreseen, with what is judged now because the index says nothing of it.

    With a filter it is about those that fit.

    Each of its lists holds what comes first in some order, and more, in no order: who asks
    judges, sorts and cuts them as if they were everything.

    Args:
        view: the ledger today.
        index: the same records.
        marks: what the index counts.
        limit: how many of each list are wanted.
        where: what the indicators have to fit.
        soon: a day, and the marks of those that have their deadline up to it, as the index counts
            them; None: nothing was counted up to a day.

    Attributes:
        marks: the marks of all those indicators, each with the number of those that have it;
            of those that are due up to a day, where only they are asked about.
    """

    def __init__(
        self,
        view: LedgerView,
        index: ForeseenIndex,
        marks: Counter[int],
        limit: int,
        where: Filter = ALL,
        soon: tuple[date, Counter[int]] | None = None,
    ) -> None:
        self._soon = soon
        self._view, self._index, self._limit, self._where = view, index, limit, where
        self._rules = describe_rules_of_spans(view.rules)
        self._day = view.horizon.as_of
        self._foreseen_marks = frozenset(marks)
        self._unforeseen = _judge_unforeseen(view, index, where)
        self.marks = marks + self._count_unforeseen()

    def count_all(self) -> Rollup:
        """Return the counts of all indicators."""
        return sum_rollup_marks(self.marks)

    def count_status(self, last: date) -> StatusCounts:
        """Return the counts of the status screen; ``last`` is the last day that is soon."""
        urgent = sum(_count_marks(self.marks, light, _VERDICTS) for light in _LIGHTS)
        return StatusCounts(self.count_all(), urgent, self.count_due(last))

    def count_due(self, last: date) -> int:
        """Return how many active promises are open and have their deadline up to a day."""
        if self._where == ALL:
            marks = Counter(self._index.count_foreseen(self._rules, self._day, last))
        elif self._soon is not None and self._soon[0] == last:
            marks = self._soon[1]
        else:
            by = min(filter(None, [last, self._where.due_before]))
            where = msgspec.structs.replace(self._where, due_before=by)
            marks = _count_marks_of_parts(_count_fitting(self._view, where) or ())
        return _count_marks(marks + self._count_unforeseen(last), _DUE)

    def list_overdue(self) -> list[Case]:
        """List what is overdue the longest."""
        return self._judge([(ForeseenWanted(marks=_OVERDUE), "deadline")])

    def list_due(self, last: date) -> list[Case]:
        """List what is due the soonest, up to a day."""
        return self._judge([self._ask_for_due(last)])

    def list_behind(self) -> list[Case]:
        """List what is red or yellow: overdue without a gap, with the worst gap, or without."""
        without_gap = ForeseenWanted(one_of=_BEHIND, has_gap=False)
        return self._judge(
            [
                (msgspec.structs.replace(without_gap, marks=_OVERDUE), "deadline"),
                (ForeseenWanted(one_of=_BEHIND, has_gap=True), "gap"),
                (msgspec.structs.replace(without_gap, other_marks=_OVERDUE), "deadline"),
            ]
        )

    def list_status(self, last: date) -> list[Case]:
        """List what comes first on the status screen: urgent, due up to a day, or owed.

        Urgent is what is red or yellow and has no verdict, with its deadline nearest to the day.
        """
        asked: list[_Asked] = [
            (ForeseenWanted(marks=light, other_marks=_VERDICTS, is_led=is_led), "nearest")
            for is_led, light in product((True, False), _LIGHTS)
        ]
        return self._judge([*asked, self._ask_for_due(last), *_OWED_LONGEST])

    def list_owed(self) -> list[Case]:
        """List those of which a report is owed the longest: led by somebody, and by nobody."""
        return self._judge(_OWED_LONGEST)

    def _ask_for_due(self, last: date) -> _Asked:
        return ForeseenWanted(marks=_DUE, due_from=self._day, due_by=last), "deadline"

    def _judge(self, asked: Sequence[_Asked]) -> list[Case]:
        if self._where != ALL:
            fitting = (self._judge_fitting(*each) for each in asked)
            by_id = {case.indicator.id: case for cases in fitting for case in cases}
            return [*by_id.values(), *self._unforeseen]
        ids = {
            each.id
            for wanted, order in asked
            for each in self._index.rank_foreseen(
                self._rules, self._day, wanted, order, self._limit
            )
        }
        return [*self._view.cases_by_id(ids), *self._unforeseen]

    def _judge_fitting(self, wanted: ForeseenWanted, order: ForeseenOrder) -> list[Case]:
        """Return the first that fit; more are asked for until there are enough of them."""
        limit, cases = self._limit, list[Case]()
        marks = frozenset(mark for mark in self._foreseen_marks if is_mark_wanted(wanted, mark))
        wanted = _narrow_wanted(wanted, self._where, marks)
        while wanted.among:
            foreseen = self._index.rank_foreseen(self._rules, self._day, wanted, order, limit)
            judged = self._view.cases_by_id({each.id for each in foreseen})
            cases = [case for case in judged if _does_case_fit(self._where, case)]
            if len(cases) >= self._limit or len(foreseen) < limit:
                break
            limit *= _MORE_AT_A_TIME
        return cases

    def _count_unforeseen(self, last: date | None = None) -> Counter[int]:
        """Count the marks of what the index says nothing of, up to a deadline."""
        return _count_marks_of_cases(
            (
                case
                for case in self._unforeseen
                if last is None or (case.assessment.deadline or date.max) <= last
            ),
            self._day,
        )


def find_foreseen_candidates(
    view: LedgerView, where: Filter, part: ForeseenPart
) -> Iterator[tuple[Initiative, Indicator]] | None:
    """Yield what of the active is foreseen today as a part, and all of which nothing is foreseen.

    None: the question is about another day or state, or there is no index of these rules.
    """
    if where.state or not _is_of_today(view):
        return None
    rules = describe_rules_of_spans(view.rules)
    return view.records.foreseen_candidates(rules, view.today, _PARTS[part])


def open_foresight(
    view: LedgerView,
    where: Filter,
    limit: int,
    due_by: date | None = None,
    soon: date | None = None,
) -> Foresight | None:
    """Return what was foreseen for a question about all that there is today.

    Args:
        view: the ledger.
        where: what the indicators have to fit.
        limit: how many of each list are wanted.
        due_by: the question is only about those that are due from today up to that day.
        soon: a day up to which it will be asked how many are due.

    Returns:
        None where the question is about another day or a small part, or where there is no index
        of these rules.
    """
    index = view.records
    if not isinstance(index, ForeseenIndex) or not _is_of_today(view):
        return None
    if where != ALL:
        soon = soon or due_by
        is_countable = where.state in _ACTIVE_OR_ALL
        parts = _count_fitting(view, where, soon=soon) if is_countable else None
        if parts is None:
            return None
        marks = _count_marks_of_parts(parts)
        due = None if soon is None else (soon, _count_marks_of_parts(parts, is_soon=True))
        return Foresight(view, index, marks, limit, where, due)
    counted = index.count_foreseen(describe_rules_of_spans(view.rules), view.today, due_by)
    return None if counted is None else Foresight(view, index, Counter(counted), limit)


def count_groups_by_foresight(
    view: LedgerView, where: Filter, by: str
) -> list[CountedIndicators] | None:
    """Return the indicators that fit, in parts that are in the same groups by a field.

    None: the question is about another day or a small part, or there is no index of these rules.
    """
    parts = _count_fitting(view, where, by) if _is_of_today(view) else None
    if parts is None or not isinstance(view.records, ForeseenIndex):
        return None
    cases = _judge_unforeseen(view, view.records, where)
    return [*parts, *count_cases_one_by_one(cases, view.horizon.as_of)]


def count_cases_one_by_one(cases: Iterable[Case], day: date) -> Iterator[CountedIndicators]:
    """Yield what each of some indicators counts as on a day."""
    cycles = ObligationCycles(day)
    for case in cases:
        is_owing = bool(list_obligation_cycle_ends(case, cycles))
        yield count_case_in_rollup(case, is_owing=is_owing)


def _is_of_today(view: LedgerView) -> bool:
    return view.horizon.as_of == view.today and view.horizon.known_on is None


def _count_fitting(
    view: LedgerView, where: Filter, by: str | None = None, soon: date | None = None
) -> list[CountedIndicators] | None:
    """Return what an index counts of the indicators that fit; None: it cannot tell them apart."""
    index = view.records
    is_beyond = where.text or where.commitment or where.working_set is not None
    if is_beyond or not isinstance(index, GroupedForeseenIndex):
        return None
    refuse_wrong_filter(where)
    fields = {field for field in COUNTED_FIELDS if field in {by, *_list_asked_fields(where)}}
    rules = describe_rules_of_spans(view.rules)
    parts = index.count_fitting_foreseen(rules, view.today, fields, where, soon)
    return None if parts is None else [part for part in parts if _does_part_fit(where, part)]


def _narrow_wanted(wanted: ForeseenWanted, where: Filter, among: frozenset[int]) -> ForeseenWanted:
    """Return what is wanted of those that fit a filter, whose marks are known."""
    first = max(filter(None, [wanted.due_from, where.due_after]), default=None)
    last = min(filter(None, [wanted.due_by, where.due_before]), default=None)
    return msgspec.structs.replace(wanted, due_from=first, due_by=last, where=where, among=among)


def _list_asked_fields(where: Filter) -> list[str]:
    """Return the fields of a filter in which something is asked for."""
    return [field for field in TEXT_FIELDS if where.wanted(field)]


def _does_part_fit(where: Filter, part: CountedIndicators) -> bool:
    state, light = read_rollup_mark(part.mark)
    if (where.state and state not in where.state) or (where.light and light not in where.light):
        return False
    return fits_filter_of_record(where, part.initiative, part.indicator)


def _does_case_fit(where: Filter, case: Case) -> bool:
    return fits_filter_of_record(
        where, case.initiative, case.indicator
    ) and fits_filter_of_assessment(where, case.assessment)


def _judge_unforeseen(view: LedgerView, index: ForeseenIndex, where: Filter) -> list[Case]:
    """Return those that fit of the indicators of which an index says nothing today."""
    rules = describe_rules_of_spans(view.rules)
    cases = (
        view.build_case(*pair)
        for pair in index.unforeseen(rules, view.horizon.as_of)
        if is_record_in_effect(*pair, view.horizon)
    )
    return [case for case in cases if _does_case_fit(where, case)]


class ForesightCheck:
    """Compares what an index says of today with the rules, while something else judges all.

    Args:
        view: the ledger.
        where: what is judged; a part is not compared.
    """

    def __init__(self, view: LedgerView, where: Filter) -> None:
        self._foresight = open_foresight(view, ALL, 0) if where == ALL else None
        self._day, self._marks = view.today, Counter[int]()

    def watch(self, cases: Iterable[Case]) -> Iterable[Case]:
        """Return judged indicators, which are counted as they pass."""
        return cases if self._foresight is None else self._count(cases)

    def _count(self, cases: Iterable[Case]) -> Iterator[Case]:
        cycles = ObligationCycles(self._day)
        for case in cases:
            is_owing = bool(list_obligation_cycle_ends(case, cycles))
            self._marks[mark_for_rollup(case.assessment, self._day, is_owing=is_owing)] += 1
            yield case

    def count_wrong(self) -> int:
        """Return of how many indicators the index says what the rules do not; 0: of none."""
        if self._foresight is None:
            return 0
        marks, by_rules = self._foresight.marks, self._marks
        return max((by_rules - marks).total(), (marks - by_rules).total())


def foresee_indicator(
    view: LedgerView, initiative: Initiative, indicator: Indicator
) -> Outlook | None:
    """Return how an indicator will stand if nothing more is reported or decided.

    None: nobody can tell, because it has parts, or because something above it changes its
    state on a later day; or it is not there yet.
    """
    above = lookup.look_up_those_above(initiative, (), view.records.initiative)
    has_news = any(
        decision.on > view.horizon.as_of for each in above for decision in each.decisions
    )
    if has_news or indicator.id in view.wholes_of_any_day:
        return None
    state = view.state(initiative, indicator)
    return foresee_spans(initiative, indicator, state, view.horizon, view.rules)


def keep_foresight(txn: Transaction, view: LedgerView) -> None:
    """Keep with a change what is foreseen of the indicators that it concerns, if the store does.

    Args:
        txn: what has just been changed.
        view: the same, today.
    """
    if txn.foreseen_by == describe_rules_of_spans(view.rules):
        ids = dict.fromkeys(change.id for change in txn.changes if change.table == "indicators")
        outlooks = {key: _foresee_by_id(view, key) for key in ids}
        for pair in txn.list_forgotten(_FORESEEN_AT_ONCE):
            outlooks[pair[1].id] = foresee_indicator(view, *pair)
        txn.keep_foreseen(outlooks)


def renew_foresight(store: ForeseeingStore, changes: int, today: date, rules: Rules) -> None:
    """Keep beside records that were written anew what is foreseen of them.

    Args:
        store: where they are.
        changes: how many there were in the change that has renewed them; foreseeing must not
            take much longer than that.
        today: from which day on.
        rules: the rules by which it is foreseen.
    """
    most = max(changes, _FORESEEN_AT_ONCE)
    store.keep_foreseen(describe_rules_of_spans(rules), most, _build_foreseeing(today, rules))


def foresee_all(store: DatabaseStore, today: date, rules: Rules) -> int:
    """Keep from now on what is foreseen of all indicators; return of how many it is new."""
    return store.foresee(describe_rules_of_spans(rules), today, _build_foreseeing(today, rules))


def _build_foreseeing(today: date, rules: Rules) -> Foresee:
    """Build the function that foresees some indicators of a view, from a day on."""

    def foresee(
        records: View, pairs: Iterable[tuple[Initiative, Indicator]]
    ) -> dict[str, Outlook | None]:
        view = LedgerView(records, NOW, today, rules)
        return {pair[1].id: foresee_indicator(view, *pair) for pair in pairs}

    return foresee


def _foresee_by_id(view: LedgerView, indicator_id: str) -> Outlook | None:
    indicator = view.records.indicator(indicator_id)
    if indicator is None:
        return None
    owner = lookup.look_up_initiative(view.records, indicator.initiative_id)
    return foresee_indicator(view, owner, indicator)


def _count_marks_of_cases(cases: Iterable[Case], day: date) -> Counter[int]:
    """Count the marks that the rules give to some indicators on a day."""
    return _count_marks_of_parts(count_cases_one_by_one(cases, day))


def _count_marks_of_parts(
    parts: Iterable[CountedIndicators], *, is_soon: bool = False
) -> Counter[int]:
    """Count the marks of some parts, or of those in them that have their deadline soon."""
    marks: Counter[int] = Counter()
    for part in parts:
        marks[part.mark] += part.soon if is_soon else part.number
    return marks


def _count_marks(marks: Counter[int], wanted: int, others: int = 0) -> int:
    return sum(
        number for mark, number in marks.items() if mark & wanted == wanted and not mark & others
    )
