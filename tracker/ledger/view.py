"""View of the ledger on a day: which records fit a filter, and how they stand."""

from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from tracker.assessment import assess
from tracker.assessment.case import Case
from tracker.assessment.rules import Rules
from tracker.errors import Ambiguous, NotFound
from tracker.ledger import lookup
from tracker.locale.translation import _
from tracker.model.assessment import Assessment
from tracker.model.effective import (
    choose_effective_state,
    find_last_effective_day,
    find_state_in_force,
    is_effective_but_entered_later,
    is_record_in_effect,
)
from tracker.model.filters import (
    ALL,
    Filter,
    filters_records,
    fits_filter_of_assessment,
    fits_filter_of_record,
    fits_working_set_filter,
    refuse_wrong_filter,
)
from tracker.model.horizon import NOW, Horizon, When
from tracker.model.quantities import WIDE_CONTEXT
from tracker.model.records import Document, Indicator, Initiative
from tracker.model.vocabulary import State
from tracker.storage.base import ForeseenIndex, SharedParts, View

if TYPE_CHECKING:
    from tracker.assessment.parts import Whole


RecordT = TypeVar("RecordT", Initiative, Indicator)


class LedgerView:
    """Records with the horizon and the rules under which they are seen.

    Attributes:
        records: the records of the store; with ``known_on``, as they had been written by
            that day.
        name_index: those of them that can be named, because they were there on the day.
        joins_parts: whether an indicator is seen beside its parts, for which all records are
            searched once; a change of one record does without.
        explains: whether each light has its reason; what only counts and compares needs none.
    """

    def __init__(
        self,
        view: View,
        when: When,
        today: date,
        rules: Rules,
        *,
        joins_parts: bool = True,
        explains: bool = True,
    ) -> None:
        self.joins_parts, self.explains = joins_parts, explains
        if when.known_on is not None and when.known_on < today:
            from tracker.ledger.point_in_time import restore_point_in_time

            view = restore_point_in_time(view, when.known_on)
        self.records = view
        self.today = today
        self.rules = rules
        self.documents = view.documents()
        self.horizon = Horizon(
            as_of=when.as_of or today,
            known_on=when.known_on,
            published={each.id: each.published for each in self.documents.values()},
        )
        self._states: dict[str, State] = {}
        self._values: dict[str, Decimal | None] = {}
        self.name_index: lookup.NameIndex = view
        if when != NOW:
            from tracker.ledger.point_in_time import RecordsAtPointInTime

            self.name_index = RecordsAtPointInTime(view, self.horizon)

    def state(self, initiative: Initiative, indicator: Indicator | None = None) -> State:
        """Return the state of a record: the strongest of its own and those above it."""
        if initiative.id not in self._states:
            self._derive_states(initiative)
        above = self._states[initiative.id]
        if indicator is None or not indicator.decisions:
            return above
        return choose_effective_state(
            [above, find_state_in_force(indicator.decisions, self.horizon)]
        )

    def _derive_states(self, initiative: Initiative) -> None:
        """Find the states of an initiative and of those above it, from the top down."""
        chain = lookup.look_up_those_above(initiative, self._states, self.records.initiative)
        for each in reversed(chain):
            states = [find_state_in_force(each.decisions, self.horizon)]
            if each.parent in self._states:
                states.append(self._states[each.parent])
            self._states[each.id] = choose_effective_state(states)

    def assess(self, initiative: Initiative, indicator: Indicator) -> Assessment:
        """Return how one indicator stands."""
        if self.stands_alone(indicator):
            return self._assess_by_rules(initiative, indicator)
        parts = self.parts_by_whole.get(indicator.id, [])
        return self._assess_beside_parts(initiative, indicator, parts)

    def _assess_by_rules(self, initiative: Initiative, indicator: Indicator) -> Assessment:
        """Return how an indicator stands by what is reported on it alone."""
        return assess.assess(
            initiative,
            indicator,
            self.state(initiative, indicator),
            self.horizon,
            self.rules,
            is_explained=self.explains,
        )

    def stands_alone(self, indicator: Indicator) -> bool:
        """Return whether an indicator is judged by its own reports, having and being no part."""
        is_part = indicator.part_of is not None and self.joins_parts
        return not is_part and indicator.id not in self.parts_by_whole

    def _assess_beside_parts(
        self, initiative: Initiative, indicator: Indicator, parts: Collection[Indicator]
    ) -> Assessment:
        """Return how an indicator stands that has parts, or is one."""
        from tracker.assessment.parts import add_up_values, adds_up_by_parts, share_whole

        judged = self.add_up(indicator)
        assessment = self._assess_by_rules(initiative, judged)
        if not adds_up_by_parts(indicator.unit, indicator.name):
            return assessment
        assessment.is_sum = judged is not indicator
        assessment.sum = add_up_values([self._find_value(part) for part in parts])
        if assessment.value is not None and assessment.sum is not None and not assessment.is_sum:
            assessment.difference = WIDE_CONTEXT.subtract(assessment.value, assessment.sum)
        if indicator.part_of is not None:
            whole = self.records.indicator(indicator.part_of)
            value_of_whole = self._find_value(whole) if whole is not None else None
            assessment.share_of_whole = share_whole(assessment.value, value_of_whole)
        return assessment

    @cached_property
    def parts_by_whole(self) -> Mapping[str, list[Indicator]]:
        """Parts that were there on the day, by the id of the indicator that they are part of."""
        parts: dict[str, list[Indicator]] = {}
        linked = self.records.linked_indicators("part_of") if self.joins_parts else ()
        for part in linked:
            owner = self.records.initiative(part.initiative_id)
            if owner is not None and is_record_in_effect(owner, part, self.horizon):
                parts.setdefault(part.part_of or "", []).append(part)
        return parts

    @cached_property
    def wholes_of_any_day(self) -> frozenset[str]:
        """Ids of the indicators that have parts, on whatever day these are there."""
        linked = self.records.linked_indicators("part_of") if self.joins_parts else ()
        return frozenset(part.part_of for part in linked if part.part_of is not None)

    def add_up(self, indicator: Indicator) -> Indicator:
        """Return an indicator as it is judged: without own reports by the sums of its parts."""
        parts = self.parts_by_whole.get(indicator.id)
        if not parts:
            return indicator
        from tracker.assessment.parts import report_sums_of_parts

        added_up = [self.add_up(part) for part in parts]
        return report_sums_of_parts(indicator, added_up, self.horizon) or indicator

    def _find_value(self, indicator: Indicator) -> Decimal | None:
        """Return the value in force of an indicator, once for all that ask."""
        if indicator.id not in self._values:
            owner = lookup.look_up_initiative(self.records, indicator.initiative_id)
            judged = self.add_up(indicator)
            assessment = assess.assess(owner, judged, "active", self.horizon, self.rules)
            self._values[indicator.id] = assessment.value
        return self._values[indicator.id]

    def build_case(self, initiative: Initiative, indicator: Indicator) -> Case:
        """Assess one indicator and return it with its records and the days it is seen on."""
        horizon, rules = self.horizon, self.rules
        if not self.stands_alone(indicator):
            assessment = self.assess(initiative, indicator)
            return Case(initiative, indicator, assessment, horizon, rules)
        state = self.state(initiative, indicator)
        inputs = assess.prepare_assessment(initiative, indicator, state, horizon)
        assessment = assess.assess_on_day(inputs, horizon.as_of, rules, is_explained=self.explains)
        return Case(initiative, indicator, assessment, horizon, rules, inputs)

    def cases(
        self,
        where: Filter,
        due_by: date | None = None,
        owners: Collection[str] | None = None,
    ) -> Iterator[Case]:
        """Yield the indicators that fit, in the order of entry.

        Args:
            where: what they have to fit.
            due_by: none whose first deadline is later.
            owners: only indicators of these initiatives.
        """
        for initiative, indicator in self.matching_pairs(where, due_by, owners):
            case = self.build_case(initiative, indicator)
            if fits_filter_of_assessment(where, case.assessment):
                yield case

    def cases_by_id(self, ids: Collection[str]) -> Iterator[Case]:
        """Yield some indicators, in any order."""
        records = self.records
        if isinstance(records, ForeseenIndex):
            yield from (self.build_case(*pair) for pair in records.indicators_by_id(ids))
            return
        for indicator in filter(None, map(records.indicator, ids)):
            owner = lookup.look_up_initiative(records, indicator.initiative_id)
            yield self.build_case(owner, indicator)

    def cases_that_share(self, shared: SharedParts) -> Iterator[Case]:
        """Yield all indicators that share something with others, possibly more, in entry order."""
        return self.cases_of(self.records.candidates_that_share(shared))

    def cases_of(self, pairs: Iterable[tuple[Initiative, Indicator]]) -> Iterator[Case]:
        """Yield those of some indicators that were there."""
        for pair in pairs:
            if is_record_in_effect(*pair, self.horizon):
                yield self.build_case(*pair)

    def assessments(
        self,
        where: Filter,
        due_by: date | None = None,
        due_from: date | None = None,
        pairs: Iterable[tuple[Initiative, Indicator]] | None = None,
    ) -> Generator[Assessment]:
        """Yield how the indicators stand that fit, in the order of entry.

        Args:
            where: what they have to fit.
            due_by: none whose first deadline is later.
            due_from: none whose last deadline is earlier.
            pairs: the only ones that may fit, in their own order; None: all.
        """
        for initiative, indicator in self.matching_pairs(
            where, due_by, due_from=due_from, pairs=pairs
        ):
            assessment = self.assess(initiative, indicator)
            if fits_filter_of_assessment(where, assessment):
                yield assessment

    def matching_pairs(
        self,
        where: Filter,
        due_by: date | None = None,
        owners: Collection[str] | None = None,
        due_from: date | None = None,
        pairs: Iterable[tuple[Initiative, Indicator]] | None = None,
    ) -> Iterator[tuple[Initiative, Indicator]]:
        """Yield the indicators that were there and whose fields fit, with their initiatives."""
        refuse_wrong_filter(where)
        asks, has_working_set = filters_records(where), where.working_set is not None
        if pairs is None and due_by is not None and due_from is not None:
            pairs = self.records.candidates_due_between(where, due_from, due_by, self.settled_day)
        elif pairs is None:
            pairs = self.records.candidates(where, due_by, self.settled_day, owners)
        for initiative, indicator in pairs:
            if asks and not fits_filter_of_record(where, initiative, indicator):
                continue
            if has_working_set and not fits_working_set_filter(
                where, initiative, indicator, self.horizon
            ):
                continue
            if is_record_in_effect(initiative, indicator, self.horizon):
                yield initiative, indicator

    @property
    def settled_day(self) -> date | None:
        """Day whose states a store may use; None where some of what it has is not to be known."""
        return self.horizon.as_of if self.horizon.known_on is None else None

    def printed_documents(self) -> Iterator[Document]:
        """Yield the documents that had been printed by the day."""
        last = find_last_effective_day(self.horizon)
        yield from (each for each in self.documents.values() if each.published <= last)

    def existing_initiatives(
        self, where: Filter, besides: Collection[str] = ()
    ) -> Iterator[Initiative]:
        """Yield the initiatives that were there and may fit, or whose ids are ``besides``."""
        return iter(self.keep_existing(list(self.records.initiatives(where, besides))))

    def children_of(self, initiative_ids: Collection[str]) -> list[Initiative]:
        """Return the initiatives right below these that were there on the day."""
        return self.keep_existing(self.records.children_of(initiative_ids))

    def keep_existing(self, initiatives: Collection[Initiative]) -> list[Initiative]:
        """Return those of some initiatives that were there, or that had an indicator."""
        late = {
            each.id for each in initiatives if not is_record_in_effect(each, None, self.horizon)
        }
        if late:
            pairs = self.records.candidates(ALL, owners=late)
            late -= {
                owner.id for owner, each in pairs if is_record_in_effect(owner, each, self.horizon)
            }
        return [each for each in initiatives if each.id not in late]

    def list_wholes(self, indicators: Collection[Indicator]) -> "list[Whole]":
        """List those of some indicators, and those that they are parts of, that have parts."""
        ids = [each.part_of for each in indicators if each.part_of is not None]
        return self._build_wholes([*ids, *(each.id for each in indicators)])

    def list_wholes_of_initiatives(self, initiative_ids: Collection[str]) -> "list[Whole]":
        """List the indicators that have parts, if they or a part belong to these initiatives."""
        return self._build_wholes(
            [
                whole_id
                for whole_id, parts in self.parts_by_whole.items()
                if whole_id.partition(".")[0] in initiative_ids
                or any(part.initiative_id in initiative_ids for part in parts)
            ]
        )

    def _build_wholes(self, ids: Collection[str]) -> "list[Whole]":
        from tracker.assessment.parts import add_up_parts

        wholes = []
        for whole_id in dict.fromkeys(ids):
            whole = self.records.indicator(whole_id)
            assessment = self._assess_existing(whole) if whole is not None else None
            own = [self._assess_existing(part) for part in self.parts_by_whole.get(whole_id, ())]
            if assessment is not None and own:
                wholes.append(add_up_parts(assessment, [*filter(None, own)]))
        return wholes

    def _assess_existing(self, indicator: Indicator) -> Assessment | None:
        """Return how an indicator stands; None if it was not there."""
        owner = self.records.initiative(indicator.initiative_id)
        if owner is None or not is_record_in_effect(owner, indicator, self.horizon):
            return None
        return self.assess(owner, indicator)

    def count_left_out(self, where: Filter) -> int:
        """Return how many indicators that fit are outside the working set or were entered later."""
        known_on, horizon = self.horizon.known_on, self.horizon
        is_now = horizon.as_of >= (self.today if known_on is None else min(known_on, self.today))
        if is_now and where.working_set is None:
            return 0
        return sum(
            fits_filter_of_record(where, *pair)
            and (
                is_effective_but_entered_later(*pair, horizon)
                if fits_working_set_filter(where, *pair, horizon)
                else is_record_in_effect(*pair, horizon)
            )
            for pair in self.records.candidates(where)
        )

    def find_initiative(self, words: str) -> Initiative:
        """Return the initiative that a person means.

        Raises:
            NotFound: no record is called so, or it was not there yet.
        """
        return self._refuse_later(self._find(words, lookup.find_initiative))

    def find_case(self, words: str) -> Case:
        """Return the indicator that a person means, assessed.

        Raises:
            NotFound: no one indicator is called so, or it was not there yet.
        """
        indicator = self._find(words, lookup.find_indicator)
        owner = lookup.look_up_initiative(self.records, indicator.initiative_id)
        return self.build_case(owner, indicator)

    def _find(self, words: str, find: Callable[[lookup.NameIndex, str], RecordT]) -> RecordT:
        """Find a record among those that were there; say so if it was only there later."""
        try:
            return find(self.name_index, words)
        except NotFound as error:
            if self.name_index is self.records or isinstance(error, Ambiguous):
                raise
            try:
                later = find(self.records, words)
            except NotFound:
                raise error from None
            raise self._not_there_yet(later.id) from None

    def _refuse_later(self, initiative: Initiative) -> Initiative:
        if not self.keep_existing([initiative]):
            raise self._not_there_yet(initiative.id)
        return initiative

    def _not_there_yet(self, record_id: str) -> NotFound:
        return NotFound(
            _("{id} was not there yet on {day}; ask about a later day.").format(
                id=record_id, day=find_last_effective_day(self.horizon)
            )
        )
