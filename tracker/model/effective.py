"""What holds on a day: the entries that count, the records that exist, promise and state.

Pure functions of records and a ``Horizon``: the day that is looked at, and the day by
which something must have become known.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from operator import attrgetter
from typing import TypeVar

from msgspec import Struct

from tracker.model.horizon import Horizon
from tracker.model.records import Deadline, Decision, Entry, Indicator, Initiative, Source
from tracker.model.vocabulary import State

Kept = TypeVar("Kept", bound=Entry)

_STRENGTH: tuple[State, ...] = ("active", "suspended", "closed", "cancelled")
_effective = attrgetter("on")


class Promise(Struct, frozen=True, gc=False):
    """What is promised on a day, after the revisions made until then."""

    target: Decimal | None
    target_high: Decimal | None
    deadline: Deadline | None


def counting(entries: Sequence[Kept], horizon: Horizon) -> list[Kept]:
    """The entries that were effective and known by then and not taken back, by effective day.

    Those of one day stay in the order in which they were entered.
    """
    day, last = horizon.as_of, date.min
    everything = horizon.known_on is None
    in_order, voiding = True, False
    seen = []
    # One pass, and sorting only what needs it: this is done for every record of a ledger.
    for each in entries:
        on = each.on
        if on <= day and (everything or is_known(each, horizon)):
            seen.append(each)
            if on < last:
                in_order = False
            last = on
            if each.voids:
                voiding = True
    if voiding:
        seen = _left(seen)
    if not in_order:
        seen.sort(key=_effective)
    return seen


def _left(entries: list[Kept]) -> list[Kept]:
    """The entries that are not taken back."""
    void: set[str] = set()
    # The newest first: what is taken back takes nothing back.
    for each in reversed(entries):
        if each.voids and each.id not in void:
            void.add(each.voids)
    return [each for each in entries if each.id not in void]


def is_known(entry: Entry, horizon: Horizon) -> bool:
    """Whether an entry was effective and known by then, taken back or not."""
    if entry.on > horizon.as_of:
        return False
    return horizon.known_on is None or known_day(entry, horizon) <= horizon.known_on


def known_day(entry: Entry, horizon: Horizon) -> date:
    """The day from which an entry was known: its document's, else the day it was recorded."""
    if entry.source is not None and entry.source.document in horizon.published:
        return horizon.published[entry.source.document]
    return entry.recorded_at.date() if entry.recorded_at is not None else entry.on


def exists(initiative: Initiative, indicator: Indicator | None, horizon: Horizon) -> bool:
    """Whether the record was there: from its earliest document on, else from its entry.

    An indicator that says neither has been there as long as its initiative.
    """
    since = None
    if indicator is not None:
        since = _since([indicator.source] if indicator.source else [], indicator, horizon)
    if since is None:
        since = _since(initiative.sources, initiative, horizon)
    return since is None or since <= last_day(horizon)


def last_day(horizon: Horizon) -> date:
    """The day after which nothing is seen: the earlier one of the horizon's two."""
    return min(horizon.as_of, horizon.known_on or horizon.as_of)


def printed(sources: Iterable[Source], horizon: Horizon) -> list[Source]:
    """The sources that had been printed by then; those of unknown documents are kept."""
    last = last_day(horizon)
    return [s for s in sources if horizon.published.get(s.document, last) <= last]


def _since(
    sources: Iterable[Source], record: Initiative | Indicator, horizon: Horizon
) -> date | None:
    days = (horizon.published.get(each.document) for each in sources)
    recorded = record.recorded_at.date() if record.recorded_at is not None else None
    return min((day for day in days if day is not None), default=recorded)


def state_of(decisions: Sequence[Decision], horizon: Horizon) -> State:
    """The state that the decisions amount to."""
    states = (each.state for each in reversed(counting(decisions, horizon)))
    return next(filter(None, states), "active")


def closed_since(decisions: Sequence[Decision], horizon: Horizon) -> date | None:
    """The day since which it is closed by these decisions; None where it is not."""
    since: date | None = None
    for each in counting(decisions, horizon):
        if each.state is not None:
            since = (since or each.on) if each.state == "closed" else None
    return since


def strongest(states: Iterable[State]) -> State:
    """The state of a record whose own and parents' states are these."""
    return max(states, key=_STRENGTH.index, default="active")


def first_promise(indicator: Indicator) -> Promise:
    """What was promised at first."""
    return Promise(indicator.target, indicator.target_high, indicator.deadline)


def promise(indicator: Indicator, horizon: Horizon) -> Promise:
    """The target and deadline in force."""
    if not indicator.revisions:
        return Promise(indicator.target, indicator.target_high, indicator.deadline)
    target, high, deadline = indicator.target, indicator.target_high, indicator.deadline
    for each in counting(indicator.revisions, horizon):
        if each.target is not None:
            target, high = each.target, each.target_high
        deadline = each.deadline if each.deadline is not None else deadline
    return Promise(target, high, deadline)


def start_of(indicator: Indicator, horizon: Horizon) -> date | None:
    """The day from which progress is expected: its own, its baseline's or its document's.

    The day of entry is none: nobody has promised to begin on it.
    """
    start = indicator.start or indicator.baseline_on
    if start is None and indicator.source is not None:
        return horizon.published.get(indicator.source.document)
    return start


def owed_from(indicator: Indicator, horizon: Horizon) -> date | None:
    """The day from which reports are owed: the start, else the day it was entered.

    What nobody has entered yet nobody can report on; so the day of entry will do here.
    """
    start = start_of(indicator, horizon)
    if start is None and indicator.recorded_at is not None:
        return indicator.recorded_at.date()
    return start
