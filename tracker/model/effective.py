"""Find what is in force on a day: entries, promise, state, and whether a record exists.

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

EntryT = TypeVar("EntryT", bound=Entry)

_STRENGTH: tuple[State, ...] = ("active", "suspended", "closed", "cancelled")
_effective_day = attrgetter("on")


class Promise(Struct, frozen=True, gc=False):
    """Target and deadline on a day, after the revisions made until then."""

    target: Decimal | None
    target_high: Decimal | None
    deadline: Deadline | None


def entries_in_force(entries: Sequence[EntryT], horizon: Horizon) -> list[EntryT]:
    """Return the entries effective and known by then and not voided, sorted by effective day.

    Entries of one day stay in the order in which they were entered.
    """
    day, last = horizon.as_of, date.min
    everything = horizon.known_on is None
    in_order, has_voids = True, False
    effective = []
    # One pass, and sorted only where needed: this runs for every record of a ledger.
    for entry in entries:
        on = entry.on
        if on <= day and (everything or is_entry_known(entry, horizon)):
            effective.append(entry)
            if on < last:
                in_order = False
            last = on
            if entry.voids:
                has_voids = True
    if has_voids:
        effective = _drop_ineffective_entries(effective)
    if not in_order:
        effective.sort(key=_effective_day)
    return effective


def _drop_ineffective_entries(entries: list[EntryT]) -> list[EntryT]:
    voided: set[str] = set()
    # The newest first: a voided entry voids nothing.
    for entry in reversed(entries):
        if entry.voids and entry.id not in voided:
            voided.add(entry.voids)
    return [entry for entry in entries if entry.id not in voided]


def is_entry_known(entry: Entry, horizon: Horizon) -> bool:
    """Return whether an entry was effective and known by then, voided or not."""
    if entry.on > horizon.as_of:
        return False
    return horizon.known_on is None or entry_known_from(entry, horizon) <= horizon.known_on


def entry_known_from(entry: Entry, horizon: Horizon) -> date:
    """Return the day from which an entry was known: its document's, else that of its recording."""
    if entry.source is not None and entry.source.document in horizon.published:
        return horizon.published[entry.source.document]
    return entry.recorded_at.date() if entry.recorded_at is not None else entry.on


def record_exists(initiative: Initiative, indicator: Indicator | None, horizon: Horizon) -> bool:
    """Return whether a record existed: from its earliest document on, else from its recording.

    An indicator that has neither exists as long as its initiative.
    """
    since = None
    if indicator is not None:
        sources = [indicator.source] if indicator.source else []
        since = _find_first_effective_day(sources, indicator, horizon)
    if since is None:
        since = _find_first_effective_day(initiative.sources, initiative, horizon)
    return since is None or since <= find_last_effective_day(horizon)


def find_last_effective_day(horizon: Horizon) -> date:
    """Return the last day that a horizon sees: the earlier one of its two days."""
    return min(horizon.as_of, horizon.known_on or horizon.as_of)


def list_effective_sources(sources: Iterable[Source], horizon: Horizon) -> list[Source]:
    """Return the sources published by then; those of unknown documents are kept."""
    last = find_last_effective_day(horizon)
    return [s for s in sources if horizon.published.get(s.document, last) <= last]


def _find_first_effective_day(
    sources: Iterable[Source], record: Initiative | Indicator, horizon: Horizon
) -> date | None:
    days = (horizon.published.get(source.document) for source in sources)
    recorded = record.recorded_at.date() if record.recorded_at is not None else None
    return min((day for day in days if day is not None), default=recorded)


def state_in_force(decisions: Sequence[Decision], horizon: Horizon) -> State:
    """Return the state after these decisions."""
    states = (decision.state for decision in reversed(entries_in_force(decisions, horizon)))
    return next(filter(None, states), "active")


def find_effective_closing_day(decisions: Sequence[Decision], horizon: Horizon) -> date | None:
    """Return the day since which these decisions close a record; None if it is not closed."""
    since: date | None = None
    for decision in entries_in_force(decisions, horizon):
        if decision.state is not None:
            since = (since or decision.on) if decision.state == "closed" else None
    return since


def choose_effective_state(states: Iterable[State]) -> State:
    """Return the state of a record from its own state and those of its parents."""
    return max(states, key=_STRENGTH.index, default="active")


def first_promise(indicator: Indicator) -> Promise:
    """Return the target and deadline promised at first."""
    return Promise(indicator.target, indicator.target_high, indicator.deadline)


def promise_in_force(indicator: Indicator, horizon: Horizon) -> Promise:
    """Return the target and deadline in force."""
    if not indicator.revisions:
        return first_promise(indicator)
    target, high, deadline = indicator.target, indicator.target_high, indicator.deadline
    for revision in entries_in_force(indicator.revisions, horizon):
        if revision.target is not None:
            target, high = revision.target, revision.target_high
        deadline = revision.deadline if revision.deadline is not None else deadline
    return Promise(target, high, deadline)


def find_effective_start(indicator: Indicator, horizon: Horizon) -> date | None:
    """Return the day from which progress is expected: its own, its baseline's or its document's.

    The day of recording does not count: nobody has promised to begin on it.
    """
    start = indicator.start or indicator.baseline_on
    if start is None and indicator.source is not None:
        return horizon.published.get(indicator.source.document)
    return start


def find_effective_report_start(indicator: Indicator, horizon: Horizon) -> date | None:
    """Return the day from which reports are owed: the start, else the day of recording.

    Nobody can report on an indicator before it is recorded.
    """
    start = find_effective_start(indicator, horizon)
    if start is None and indicator.recorded_at is not None:
        return indicator.recorded_at.date()
    return start
