"""Questions about a view of the ledger: which records fit, and how they stand on a day."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct

from tracker import naming, progress
from tracker.errors import Ambiguous, InvalidInput, NotFound
from tracker.filters import asks_of_record, check_words, fits_day, fits_record
from tracker.knowledge import (
    exists,
    is_known,
    last_day,
    owed_from,
    printed,
    state_of,
    strongest,
)
from tracker.locale import _
from tracker.models import (
    APPENDED,
    Assessment,
    Document,
    Filter,
    Horizon,
    Indicator,
    Initiative,
    Item,
)
from tracker.progress import Rollup, Rules
from tracker.sheets import Span, Trend
from tracker.store import View
from tracker.vocabulary import Cycle, State

# Each of these is for one or two commands, and all others would wait for it.
if TYPE_CHECKING:
    from tracker.agenda import Owner
    from tracker.duty import Cycles, Owed
    from tracker.honesty import Finding
    from tracker.pace import Pace
    from tracker.working import Working

ALL = Filter()


class When(Struct, frozen=True, kw_only=True):
    """The days a question is about: entries effective by ``as_of``, known by ``known_on``."""

    as_of: date | None = None
    known_on: date | None = None


NOW = When()


class Branch(NamedTuple):
    """One initiative in the tree: how deep it stands, and all below it rolled up."""

    depth: int
    initiative: Initiative
    state: State
    rollup: Rollup


class Shown(NamedTuple):
    """All about one initiative as of a day."""

    as_of: date
    item: Item
    indicators: list[Assessment]
    paces: "list[Pace]"
    parent: Initiative | None
    children: list[Initiative]
    documents: Mapping[str, Document]


class Explained(NamedTuple):
    """All about the light of one indicator as of a day."""

    as_of: date
    seen: Assessment
    working: "Working"
    pace: "Pace"
    documents: Mapping[str, Document]


class Look:
    """A view with the horizon and the rules that questions are asked under.

    Attributes:
        view: the records; with ``known_on``, as they had been written by that day.
        roll: those that can be named, because they were there on the day.
    """

    def __init__(self, view: View, when: When, today: date, rules: Rules) -> None:
        if when.known_on is not None and when.known_on < today:
            from tracker.hindsight import as_recorded

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
        self.roll: naming.Roll = view
        if when != NOW:
            from tracker.hindsight import Existing

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
        return progress.assess(initiative, indicator, state, self.horizon, self.rules)

    def assessed(
        self,
        where: Filter,
        due_by: date | None = None,
        owners: Collection[str] | None = None,
    ) -> Iterator[Assessment]:
        """All indicators that fit, in the order of entry."""
        for initiative, indicator in self.records(where, due_by, owners):
            seen = self.assess(initiative, indicator)
            if fits_day(where, seen):
                yield seen

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


def shown(look: Look, words: str, *, everything: bool) -> Shown:
    """All about the initiative that is meant; ``everything``: entries of later days too.

    Raises:
        NotFound: nothing is called so, or it was not there yet.
    """
    from tracker.pace import pace_of

    initiative = initiative_meant(look, words)
    indicators = [
        each
        for each in look.view.indicators_of(initiative.id)
        if exists(initiative, each, look.horizon)
    ]
    seen = [look.assess(initiative, each) for each in indicators]
    paces = [pace_of(each, look.horizon) for each in indicators]
    item = item_of(look, initiative, indicators)
    above = look.view.initiative(initiative.parent) if initiative.parent else None
    parent = above if above is not None and exists(above, None, look.horizon) else None
    if not everything:
        item = as_known(item, look.horizon)
    return Shown(
        look.horizon.as_of,
        item,
        seen,
        paces,
        parent,
        look.children_of([initiative.id]),
        look.documents,
    )


def explained(look: Look, words: str) -> Explained:
    """The working of the light of one indicator.

    Raises:
        NotFound: no one indicator is called so, or it was not there yet.
    """
    from tracker.pace import pace_of
    from tracker.working import working_of

    initiative, indicator = _the_indicator(look, words)
    state = look.state(initiative, indicator)
    return Explained(
        look.horizon.as_of,
        look.assess(initiative, indicator),
        working_of(indicator, state, look.horizon, look.rules),
        pace_of(indicator, look.horizon),
        look.documents,
    )


def trend(look: Look, words: str) -> Trend:
    """The values of one indicator against what is expected of it.

    Raises:
        NotFound: no one indicator is called so, or it was not there yet.
        InvalidInput: it is a milestone.
    """
    from tracker.pictures import trend_of

    initiative, indicator = _the_indicator(look, words)
    if indicator.measure == "milestone":
        raise InvalidInput(
            _("{id} is a milestone, which has no values; look with: tracker why {id}").format(
                id=indicator.id
            )
        )
    return trend_of(indicator, look.assess(initiative, indicator), look.horizon)


def spans(look: Look, where: Filter, *, by_initiative: bool) -> list[Span]:
    """The lines of a timeline: one for each indicator or initiative that fits."""
    from tracker.pictures import line_of, line_of_initiative

    pairs: dict[str, list[tuple[Indicator, Assessment]]] = {}
    for initiative, indicator in look.records(where):
        seen = look.assess(initiative, indicator)
        if fits_day(where, seen):
            key = initiative.id if by_initiative else indicator.id
            pairs.setdefault(key, []).append((indicator, seen))
    if by_initiative:
        return [line_of_initiative(each, look.horizon) for each in pairs.values()]
    return [line_of(*each, look.horizon) for found in pairs.values() for each in found]


def owners(look: Look, ids: Iterable[str]) -> "list[Owner]":
    """The indicators of these ids, each with its initiative and how it stands."""
    from tracker.agenda import Owner

    wanted = set(ids)
    owning = {each.partition(".")[0] for each in wanted}
    found = look.records(ALL, owners=owning)
    return [Owner(i, e, look.assess(i, e)) for i, e in found if e.id in wanted]


def behind(look: Look, where: Filter) -> list[Assessment]:
    """What is red or yellow, the worst gap first; before these, what is overdue without one."""
    found = [each for each in look.assessed(where) if each.light in {"red", "yellow"}]
    return sorted(found, key=_badness)


def _badness(seen: Assessment) -> tuple[int, Decimal, str]:
    if seen.gap is not None:
        return 1, seen.gap, seen.id
    if seen.days_late is not None:
        return 0, Decimal(-seen.days_late), seen.id
    return 2, Decimal(seen.days_left or 0), seen.id


def owing(look: Look, where: Filter) -> "tuple[list[Assessment], list[Owed]]":
    """The indicators that fit, and the reports that are owed on them."""
    from tracker.duty import Cycles

    cycles = Cycles(look.horizon.as_of)
    everything, owed = [], []
    for initiative, indicator in look.records(where):
        seen = look.assess(initiative, indicator)
        if fits_day(where, seen):
            everything.append(seen)
            due = owing_of(look, initiative, indicator, seen, cycles)
            owed += [due] if due is not None else []
    owed.sort(key=lambda each: (each.first_owed, each.id))
    return everything, owed


def owing_of(
    look: Look, initiative: Initiative, indicator: Indicator, seen: Assessment, cycles: "Cycles"
) -> "Owed | None":
    """What is owed on one indicator; None where nothing is."""
    from tracker.duty import owed_on

    start, cycle = _reporting(look, initiative, indicator)
    return owed_on(seen, indicator, start, cycle, cycles)


def ends_owed(
    look: Look, initiative: Initiative, indicator: Indicator, seen: Assessment, cycles: "Cycles"
) -> list[date]:
    """The last days of the cycles that ``owing_of`` counts."""
    from tracker.duty import ends_owed as unreported

    start, cycle = _reporting(look, initiative, indicator)
    return unreported(seen, indicator, start, cycle, cycles)


def _reporting(
    look: Look, initiative: Initiative, indicator: Indicator
) -> tuple[date | None, Cycle]:
    """From which day and how often reports are owed: wherever that is asked, by this."""
    return owed_from(indicator, look.horizon), initiative.cycle or look.rules.cycle


def findings(look: Look, where: Filter, only: Iterable[str]) -> "list[Finding]":
    """What the honesty checks find about the indicators that fit."""
    from tracker import honesty

    def cases(where: Filter) -> Iterator[honesty.Case]:
        for initiative, indicator in look.records(where):
            seen = look.assess(initiative, indicator)
            if fits_day(where, seen):
                yield honesty.Case(initiative, indicator, seen, look.horizon, look.rules)

    return honesty.checked(cases(where), None if where == ALL else cases(ALL), only)


def _the_indicator(look: Look, words: str) -> tuple[Initiative, Indicator]:
    found = _called(look, words, naming.indicator_id)
    initiative = initiative_meant(look, found.partition(".")[0])
    indicator = look.view.indicator(found)
    if indicator is None or not exists(initiative, indicator, look.horizon):
        raise _not_yet(found, look)
    return initiative, indicator


def _called(look: Look, words: str, resolve: Callable[[naming.Roll, str], str]) -> str:
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
        raise _not_yet(later, look) from None


def initiative_meant(look: Look, words: str) -> Initiative:
    """The initiative that a person means.

    Raises:
        NotFound: nothing is called so, or it was not there yet.
    """
    found = _called(look, words, naming.initiative_id)
    initiative = look.view.initiative(found)
    if initiative is None or not exists(initiative, None, look.horizon):
        raise _not_yet(found, look)
    return initiative


def _not_yet(record_id: str, look: Look) -> NotFound:
    return NotFound(
        _("{id} was not there yet on {day}; ask about a later day.").format(
            id=record_id, day=last_day(look.horizon)
        )
    )


def citations(look: Look) -> Mapping[str, int]:
    """How many initiatives and indicators each document is a source of, by its id."""
    cited: list[str] = []
    for initiative in look.existing(ALL):
        cited += {each.document for each in initiative.sources}
    cited += [
        indicator.source.document
        for _initiative, indicator in look.records(ALL)
        if indicator.source is not None
    ]
    return Counter(cited)


def item_of(look: Look, initiative: Initiative, indicators: list[Indicator]) -> Item:
    """An initiative as it is exchanged: its state, and the indicators with it."""
    plain = {field: getattr(initiative, field) for field in initiative.__struct_fields__}
    state = state_of(initiative.decisions, look.horizon)
    return Item(**plain, state=state, indicators=indicators)


def as_known(item: Item, horizon: Horizon) -> Item:
    """The item with only what was effective and known by both days."""
    for record in (item, *item.indicators):
        for field in APPENDED & set(record.__struct_fields__):
            entries = getattr(record, field)
            setattr(record, field, [e for e in entries if is_known(e, horizon)])
    item.sources = printed(item.sources, horizon)
    return item
