"""Questions about a view of the ledger: which records fit, and how they stand on a day."""

from collections.abc import Callable, Collection, Iterator
from datetime import date

from tracker.assessment import assess
from tracker.assessment.case import Case
from tracker.assessment.rules import Rules
from tracker.errors import Ambiguous, NotFound
from tracker.ledger import lookup
from tracker.locale.translation import _
from tracker.model.assessment import Assessment
from tracker.model.effective import exists, last_day, state_of, strongest
from tracker.model.filters import Filter, asks_of_record, check_words, fits_day, fits_record
from tracker.model.horizon import NOW, Horizon, When
from tracker.model.records import Document, Indicator, Initiative
from tracker.model.vocabulary import State
from tracker.storage.base import View


class Look:
    """A view with the horizon and the rules that questions are asked under.

    Attributes:
        view: the records; with ``known_on``, as they had been written by that day.
        roll: those that can be named, because they were there on the day.
    """

    def __init__(self, view: View, when: When, today: date, rules: Rules) -> None:
        if when.known_on is not None and when.known_on < today:
            from tracker.ledger.point_in_time import as_recorded

            view = as_recorded(view, when.known_on)
        self.view = view
        self.rules = rules
        self.documents = view.documents()
        self.horizon = Horizon(
            as_of=when.as_of or today,
            known_on=when.known_on,
            published={each.id: each.published for each in self.documents.values()},
        )
        self._states: dict[str, State] = {}
        self.roll: lookup.Roll = view
        if when != NOW:
            from tracker.ledger.point_in_time import Existing

            self.roll = Existing(view, self.horizon)

    def state(self, initiative: Initiative, indicator: Indicator | None = None) -> State:
        """The state of a record, that of its parents included."""
        above = self._states.get(initiative.id)
        if above is None:
            chain = [state_of(initiative.decisions, self.horizon)]
            if initiative.parent:
                chain.append(self._state_above(initiative.parent))
            above = self._states[initiative.id] = strongest(chain)
        if indicator is None or not indicator.decisions:
            return above
        return strongest([above, state_of(indicator.decisions, self.horizon)])

    def _state_above(self, parent_id: str) -> State:
        known = self._states.get(parent_id)
        if known is not None:
            return known
        parent = self.view.initiative(parent_id)
        return "active" if parent is None else self.state(parent)

    def assess(self, initiative: Initiative, indicator: Indicator) -> Assessment:
        """One indicator as it stands."""
        state = self.state(initiative, indicator)
        return assess.assess(initiative, indicator, state, self.horizon, self.rules)

    def case_of(self, initiative: Initiative, indicator: Indicator) -> Case:
        """Assess one indicator and return it with its records and the days it is seen on."""
        assessment = self.assess(initiative, indicator)
        return Case(initiative, indicator, assessment, self.horizon, self.rules)

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
        for initiative, indicator in self.records(where, due_by, owners):
            case = self.case_of(initiative, indicator)
            if fits_day(where, case.assessment):
                yield case

    def assessed(
        self,
        where: Filter,
        due_by: date | None = None,
        owners: Collection[str] | None = None,
    ) -> Iterator[Assessment]:
        """Yield how the indicators stand that fit, in the order of entry."""
        return (case.assessment for case in self.cases(where, due_by, owners))

    def records(
        self,
        where: Filter,
        due_by: date | None = None,
        owners: Collection[str] | None = None,
    ) -> Iterator[tuple[Initiative, Indicator]]:
        """The indicators that were there and of which what they say of themselves fits."""
        check_words(where)
        picky = asks_of_record(where)
        for initiative, indicator in self.view.candidates(where, due_by, self.settled, owners):
            if picky and not fits_record(where, initiative, indicator):
                continue
            if exists(initiative, indicator, self.horizon):
                yield initiative, indicator

    @property
    def settled(self) -> date | None:
        """The day whose states a store may go by; None where some of it is not to be known."""
        return self.horizon.as_of if self.horizon.known_on is None else None

    def printed(self) -> Iterator[Document]:
        """The documents that had been printed by then."""
        last = last_day(self.horizon)
        yield from (each for each in self.documents.values() if each.published <= last)

    def existing(self, where: Filter, besides: Collection[str] = ()) -> Iterator[Initiative]:
        """The initiatives that were there on the day and may fit, or are named besides."""
        found = self.view.initiatives(where, besides)
        return (each for each in found if exists(each, None, self.horizon))

    def children_of(self, initiative_ids: Collection[str]) -> list[Initiative]:
        """The initiatives right below these that were there on the day."""
        found = self.view.children_of(initiative_ids)
        return [each for each in found if exists(each, None, self.horizon)]


def names_of(look: Look, words: str, resolve: Callable[[lookup.Roll, str], str]) -> str:
    """The id of what is called so among what was there on the day."""
    try:
        return resolve(look.roll, words)
    except NotFound as error:
        if look.roll is look.view or isinstance(error, Ambiguous):
            raise
        try:
            later = resolve(look.view, words)
        except NotFound:
            raise error from None
        raise refuse_not_yet(later, look) from None


def initiative_meant(look: Look, words: str) -> Initiative:
    """The initiative that a person means.

    Raises:
        NotFound: nothing is called so, or it was not there yet.
    """
    found = names_of(look, words, lookup.initiative_id)
    initiative = look.view.initiative(found)
    if initiative is None or not exists(initiative, None, look.horizon):
        raise refuse_not_yet(found, look)
    return initiative


def refuse_not_yet(record_id: str, look: Look) -> NotFound:
    """Return the error that a record was not there yet on the day."""
    return NotFound(
        _("{id} was not there yet on {day}; ask about a later day.").format(
            id=record_id, day=last_day(look.horizon)
        )
    )
