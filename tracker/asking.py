"""Questions about a view of the ledger: which records fit, and how they stand on a day."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import NamedTuple

from msgspec import Struct

from tracker import naming, progress
from tracker.errors import InvalidInput
from tracker.locale import _
from tracker.models import (
    APPENDED,
    VOCABULARY,
    Assessment,
    Document,
    Filter,
    Horizon,
    Indicator,
    Initiative,
    Item,
    State,
)
from tracker.progress import Rollup, Rules
from tracker.store import View

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
    parent: Initiative | None
    children: list[Initiative]
    documents: Mapping[str, Document]


class Look:
    """A view with the horizon and the rules that questions are asked under."""

    def __init__(self, view: View, when: When, today: date, rules: Rules) -> None:
        self.view = view
        self.rules = rules
        self.documents = view.documents()
        self.horizon = Horizon(
            as_of=when.as_of or today,
            known_on=when.known_on,
            published={each.id: each.published for each in self.documents.values()},
        )
        self._states: dict[str, State] = {}

    def state(self, initiative: Initiative, indicator: Indicator | None = None) -> State:
        """The state of a record, that of its parents included."""
        above = self._states.get(initiative.id)
        if above is None:
            chain = [progress.state_of(initiative.decisions, self.horizon)]
            parent = self.view.initiative(initiative.parent) if initiative.parent else None
            if parent is not None:
                chain.append(self.state(parent))
            above = self._states[initiative.id] = progress.strongest(chain)
        if indicator is None or not indicator.decisions:
            return above
        return progress.strongest([above, progress.state_of(indicator.decisions, self.horizon)])

    def assess(self, initiative: Initiative, indicator: Indicator) -> Assessment:
        """One indicator as it stands."""
        state = self.state(initiative, indicator)
        return progress.assess(initiative, indicator, state, self.horizon, self.rules)

    def assessed(self, where: Filter, due_by: date | None = None) -> Iterator[Assessment]:
        """All indicators that fit, in the order of entry."""
        _check_words(where)
        for initiative, indicator in self.view.candidates(where, due_by):
            if fits_record(where, initiative, indicator) and progress.exists(
                initiative, indicator, self.horizon
            ):
                seen = self.assess(initiative, indicator)
                if fits_day(where, seen):
                    yield seen

    def existing(self, where: Filter) -> Iterator[Initiative]:
        """The initiatives that were there on the day."""
        for each in self.view.initiatives(where):
            if progress.exists(each, None, self.horizon):
                yield each


def fits_record(where: Filter, initiative: Initiative, indicator: Indicator | None) -> bool:
    """Whether what a record says of itself fits a filter."""
    if where is ALL:
        return True
    words = {"kind": initiative.kind, "level": initiative.level}
    if any(getattr(where, field) not in {None, word} for field, word in words.items()):
        return False
    if where.tag is not None and where.tag not in initiative.tags:
        return False
    sources = [*initiative.sources, indicator.source if indicator is not None else None]
    own = (indicator.name, indicator.id) if indicator is not None else ()
    texts: dict[str, Iterable[str | None]] = {
        "place": (initiative.place,),
        "category": (initiative.category,),
        "lead": (initiative.lead, *initiative.support),
        "document": [each.document for each in sources if each is not None],
        "text": (initiative.id, initiative.name, initiative.notes, *initiative.aliases, *own),
    }
    return all(_contained(getattr(where, field), held) for field, held in texts.items())


def fits_day(where: Filter, seen: Assessment) -> bool:
    """Whether how an indicator stands fits a filter."""
    if where.light not in {None, seen.light} or where.state not in {None, seen.state}:
        return False
    if where.due_before is not None and (seen.deadline is None or seen.deadline > where.due_before):
        return False
    return where.due_after is None or (
        seen.deadline is not None and seen.deadline >= where.due_after
    )


def asks_of_day(where: Filter) -> bool:
    """Whether a filter is about how indicators stand, not only about what records say."""
    return any(
        getattr(where, field) is not None for field in ("light", "state", "due_before", "due_after")
    )


def branches(look: Look, root: str | None, where: Filter) -> Iterator[Branch]:
    """The initiatives that fit under their parents, which are there for their sake."""
    known, seen = _grown(look, where)
    below: dict[str | None, list[str]] = {}
    for key in _with_parents(_fitting(where, known, seen), known):
        parent = known[key].parent
        below.setdefault(parent if parent in known else None, []).append(key)
    tops = [naming.initiative_id(look.view, root)] if root else below.get(None, [])
    for top in tops:
        yield from _branch(look, known, below, seen, (top, 0))


def fitting(look: Look, where: Filter) -> Iterator[Branch]:
    """The initiatives that fit, or of which an indicator fits, side by side."""
    known, seen = _grown(look, where)
    wanted = _fitting(where, known, seen)
    for key, each in known.items():
        if key in wanted:
            own = progress.rollup(seen.get(key, ()), look.horizon.as_of)
            yield Branch(0, each, look.state(each), own)


def _grown(look: Look, where: Filter) -> tuple[dict[str, Initiative], dict[str, list[Assessment]]]:
    seen: dict[str, list[Assessment]] = {}
    for each in look.assessed(where):
        seen.setdefault(each.initiative_id, []).append(each)
    return {each.id: each for each in look.existing(ALL)}, seen


def _fitting(
    where: Filter,
    known: Mapping[str, Initiative],
    seen: Mapping[str, list[Assessment]],
) -> set[str]:
    wanted = set(seen)
    if not asks_of_day(where):
        wanted |= {key for key, each in known.items() if fits_record(where, each, None)}
    return wanted


def shown(look: Look, words: str) -> Shown:
    """All about the initiative that is meant."""
    found = naming.initiative_id(look.view, words)
    known = {each.id: each for each in look.view.initiatives(ALL)}
    initiative = known[found]
    indicators = look.view.indicators_of(found)
    item = _item(look, initiative, indicators)
    seen = [
        look.assess(initiative, each)
        for each in indicators
        if progress.exists(initiative, each, look.horizon)
    ]
    children = [each for each in known.values() if each.parent == found]
    parent = known.get(initiative.parent) if initiative.parent else None
    return Shown(look.horizon.as_of, item, seen, parent, children, look.documents)


def exported(look: Look, where: Filter, *, everything: bool) -> list[Item]:
    """The initiatives that fit with their indicators; ``everything``: whatever the day."""
    _check_words(where)
    owned: dict[str, list[Indicator]] = {}
    for initiative, indicator in look.view.candidates(where):
        there = everything or progress.exists(initiative, indicator, look.horizon)
        if not there or not fits_record(where, initiative, indicator):
            continue
        if not asks_of_day(where) or fits_day(where, look.assess(initiative, indicator)):
            owned.setdefault(initiative.id, []).append(indicator)
    items = []
    for initiative in look.view.initiatives(where):
        if initiative.id not in owned:
            there = everything or progress.exists(initiative, None, look.horizon)
            if asks_of_day(where) or not there or not fits_record(where, initiative, None):
                continue
        item = _item(look, initiative, owned.get(initiative.id, []))
        items.append(item if everything else _as_known(item, look.horizon))
    return items


def _item(look: Look, initiative: Initiative, indicators: list[Indicator]) -> Item:
    plain = {field: getattr(initiative, field) for field in initiative.__struct_fields__}
    state = progress.state_of(initiative.decisions, look.horizon)
    return Item(**plain, state=state, indicators=indicators)


def _as_known(item: Item, horizon: Horizon) -> Item:
    for record in (item, *item.indicators):
        for field in APPENDED & set(record.__struct_fields__):
            entries = getattr(record, field)
            setattr(record, field, [e for e in entries if progress.is_known(e, horizon)])
    return item


def _with_parents(fitting: set[str], known: Mapping[str, Initiative]) -> list[str]:
    wanted = set(fitting)
    for key in fitting:
        above = known[key].parent if key in known else None
        while above is not None and above in known and above not in wanted:
            wanted.add(above)
            above = known[above].parent
    return [key for key in known if key in wanted]


def _branch(
    look: Look,
    known: Mapping[str, Initiative],
    below: Mapping[str | None, list[str]],
    seen: Mapping[str, list[Assessment]],
    at: tuple[str, int],
) -> Iterator[Branch]:
    key, depth = at
    under = [
        branch
        for child in below.get(key, [])
        for branch in _branch(look, known, below, seen, (child, depth + 1))
    ]
    of_children = (branch.rollup for branch in under if branch.depth == depth + 1)
    own = progress.rollup(seen.get(key, ()), look.horizon.as_of)
    yield Branch(depth, known[key], look.state(known[key]), progress.together(own, *of_children))
    yield from under


def _contained(wanted: str | None, held: Iterable[str | None]) -> bool:
    if wanted is None:
        return True
    folded = wanted.casefold()
    return any(folded in text.casefold() for text in held if text is not None)


def _check_words(where: Filter) -> None:
    for field in ("kind", "level", "light", "state"):
        found = getattr(where, field)
        if found is not None and found not in VOCABULARY[field]:
            raise InvalidInput(
                _('--{field} is "{found}"; allowed: {allowed}.').format(
                    field=field, found=found, allowed=", ".join(VOCABULARY[field])
                )
            )
