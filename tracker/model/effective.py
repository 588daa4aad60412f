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
from tracker.model.records import (
    Deadline,
    Decision,
    Entry,
    Indicator,
    Initiative,
    Interim,
    Revision,
    Source,
    Update,
)
from tracker.model.relative import resolve_relative_target
from tracker.model.vocabulary import Commitment, Op, State

EntryT = TypeVar("EntryT", bound=Entry)

_STRENGTH: tuple[State, ...] = ("active", "suspended", "closed", "cancelled")
_effective_day, _voided_id = attrgetter("on"), attrgetter("voids")


class Promise(Struct, frozen=True, gc=False):
    """Target and deadline on a day, after the revisions made until then."""

    target: Decimal | None
    target_high: Decimal | None
    deadline: Deadline | None
    target_wording: str | None = None


def list_entries_in_force(entries: Sequence[EntryT], horizon: Horizon) -> list[EntryT]:
    """Return the entries effective and known by then and not voided, sorted by effective day.

    Entries of one day stay in the order in which they were entered.
    """
    if _are_all_effective(entries, horizon):
        return [*entries]
    effective = [entry for entry in entries if is_entry_in_effect_known(entry, horizon)]
    # Few entries void another.
    if any(map(_voided_id, effective)):
        effective = _drop_ineffective_entries(effective)
    effective.sort(key=_effective_day)
    return effective


def _are_all_effective(entries: Sequence[Entry], horizon: Horizon) -> bool:
    """Return whether entries are sorted, all in effect, and none of them voids another.

    False where that is not sure. This runs several times for every record of a ledger, and most
    have nothing of a later day.
    """
    if horizon.known_on is not None:
        return not entries
    day, before = horizon.as_of, date.min
    for entry in entries:
        on = entry.on
        if on < before or on > day or entry.voids:
            return False
        before = on
    return True


def _drop_ineffective_entries(entries: Sequence[EntryT]) -> list[EntryT]:
    voided: set[str] = set()
    # The newest first: a voided entry voids nothing.
    for entry in reversed(entries):
        if entry.voids and entry.id not in voided:
            voided.add(entry.voids)
    return [entry for entry in entries if entry.id not in voided]


def find_latest_report(indicator: Indicator, horizon: Horizon) -> Update | None:
    """Return the newest report on an indicator, of any status; None: there is none."""
    for report in reversed(list_entries_in_force(indicator.updates, horizon)):
        # Each compared with None: to compare a Decimal for equality takes a µs.
        if not (report.value is None and report.done is None and report.share_of_plan is None):
            return report
    return None


def is_entry_in_effect_known(entry: Entry, horizon: Horizon) -> bool:
    """Return whether an entry was effective and known by then, voided or not."""
    known_on = horizon.known_on
    is_known = known_on is None or find_effective_known_day(entry, horizon) <= known_on
    return is_known and entry.on <= horizon.as_of


def find_effective_known_day(entry: Entry, horizon: Horizon) -> date:
    """Return the day from which an entry was known: its document's, else that of its recording."""
    if entry.source is not None and entry.source.document in horizon.published:
        return horizon.published[entry.source.document]
    return entry.recorded_at.date() if entry.recorded_at is not None else entry.on


def is_record_in_effect(
    initiative: Initiative, indicator: Indicator | None, horizon: Horizon
) -> bool:
    """Return whether a record existed on the day, as far as it was known by the other day.

    It exists from its document's day or its start, whichever is first; without both from its
    baseline's day or first entry; always from the day on which it was entered. An indicator
    without a source has those of its initiative.
    """
    record = indicator if indicator is not None else initiative
    published = find_effective_publication_day(
        list_sources_in_effect(initiative, indicator), horizon
    )
    if not _is_record_in_effect_known(initiative, indicator, horizon, published):
        return False
    since = published or _find_effective_entry_day(initiative, record)
    if since is None or since <= horizon.as_of:
        return True
    start = indicator.start if indicator is not None else None
    if start is not None or published is not None:
        return start is not None and start <= horizon.as_of
    return _has_effective_begun(record, horizon)


def is_effective_but_entered_later(
    initiative: Initiative, indicator: Indicator | None, horizon: Horizon
) -> bool:
    """Return whether a record does not exist on a day only because it was entered later.

    What became known after the other day does not count, or the answer would not stay.
    """
    sources = list_sources_in_effect(initiative, indicator)
    return (
        find_effective_publication_day(sources, horizon) is None
        and _is_record_in_effect_known(initiative, indicator, horizon, None)
        and not is_record_in_effect(initiative, indicator, horizon)
    )


def list_sources_in_effect(initiative: Initiative, indicator: Indicator | None) -> Sequence[Source]:
    """Return the sources of a record; an indicator without one has those of its initiative."""
    if indicator is not None and indicator.source is not None:
        return (indicator.source,)
    return initiative.sources


def find_source_of_promise(
    initiative: Initiative, indicator: Indicator, horizon: Horizon
) -> Source | None:
    """Return where the promise in force stands: its newest revision with a source, else itself."""
    if indicator.revisions:
        for revision in reversed(list_entries_in_force(indicator.revisions, horizon)):
            if revision.source is not None:
                return revision.source
    return next(iter(list_sources_in_effect(initiative, indicator)), None)


def find_effective_publication_day(sources: Sequence[Source], horizon: Horizon) -> date | None:
    """Return the day of the earliest document of some sources, None where none is known."""
    # This runs for every record; a generator would take twice as long.
    if len(sources) == 1:
        return horizon.published.get(sources[0].document)
    days = [horizon.published.get(source.document) for source in sources]
    return min(filter(None, days), default=None)


def _find_effective_entry_day(
    initiative: Initiative, record: Initiative | Indicator
) -> date | None:
    entered = record.recorded_at or initiative.recorded_at
    return entered.date() if entered is not None else None


def _is_record_in_effect_known(
    initiative: Initiative, indicator: Indicator | None, horizon: Horizon, published: date | None
) -> bool:
    """Return whether a record was known: from its document's day, else from its entry.

    The document of an initiative says nothing of an indicator that was added to it later, or
    what was printed once would change.

    Args:
        initiative: the initiative.
        indicator: the record; None: it is the initiative.
        horizon: the day by which it must have become known.
        published: the day of the earliest of its documents.
    """
    if horizon.known_on is None:
        return True
    record = indicator if indicator is not None else initiative
    if indicator is not None and indicator.source is None:
        is_later = indicator.recorded_at not in {None, initiative.recorded_at}
        published = None if is_later else published
    known = published or _find_effective_entry_day(initiative, record)
    return known is None or known <= horizon.known_on


def _has_effective_begun(record: Initiative | Indicator, horizon: Horizon) -> bool:
    """Return whether a record has its baseline or an entry by the day."""
    if isinstance(record, Indicator):
        if record.baseline_on is not None and record.baseline_on <= horizon.as_of:
            return True
        lists: tuple[Sequence[Entry], ...] = (
            record.updates,
            record.revisions,
            record.decisions,
            record.judgements,
        )
    else:
        lists = (record.decisions,)
    return any(list_entries_in_force(entries, horizon) for entries in lists)


def find_last_effective_day(horizon: Horizon) -> date:
    """Return the last day that a horizon sees: the earlier one of its two days."""
    return min(horizon.as_of, horizon.known_on or horizon.as_of)


def list_effective_sources(sources: Iterable[Source], horizon: Horizon) -> list[Source]:
    """Return the sources published by then; those of unknown documents are kept."""
    last = find_last_effective_day(horizon)
    return [s for s in sources if horizon.published.get(s.document, last) <= last]


def find_state_in_force(decisions: Sequence[Decision], horizon: Horizon) -> State:
    """Return the state after these decisions."""
    states = (decision.state for decision in reversed(list_entries_in_force(decisions, horizon)))
    return next(filter(None, states), "active")


def find_effective_closing_day(decisions: Sequence[Decision], horizon: Horizon) -> date | None:
    """Return the day since which these decisions close a record; None if it is not closed."""
    since: date | None = None
    for decision in list_entries_in_force(decisions, horizon):
        if decision.state is not None:
            since = (since or decision.on) if decision.state == "closed" else None
    return since


def choose_effective_state(states: Iterable[State]) -> State:
    """Return the state of a record from its own state and those of its parents."""
    return max(states, key=_STRENGTH.index, default="active")


def find_first_promise_in_force(indicator: Indicator) -> Promise:
    """Return the target and deadline promised at first."""
    wording = indicator.target_wording
    target = find_promised_target(indicator, indicator)
    return Promise(target, indicator.target_high, indicator.deadline, wording)


def find_promised_target(indicator: Indicator, promised: Indicator | Revision) -> Decimal | None:
    """Return the target of an indicator or of a revision of it; a relative one as a number.

    None: there is none, or the baseline is not known yet.
    """
    if promised.target is not None:
        return promised.target
    return resolve_relative_target(promised.target_wording, indicator.baseline, indicator.unit)


def find_promise_in_force(indicator: Indicator, horizon: Horizon) -> Promise:
    """Return the target and deadline in force."""
    promise = find_first_promise_in_force(indicator)
    if indicator.revisions:
        for revision in list_entries_in_force(indicator.revisions, horizon):
            promise = revise_promise_in_force(promise, revision, indicator)
    return promise


def find_operator_in_force(indicator: Indicator, promise: Promise) -> Op | None:
    """Return how the target of a promise is compared: it may have been, or become, a range."""
    if promise.target_high is not None:
        return "range"
    return None if indicator.op == "range" else indicator.op


def list_interim_in_force(indicator: Indicator, horizon: Horizon) -> tuple[list[Interim], Promise]:
    """Return the points of the planned line, and the promise that was in force with them.

    They are those of the newest revision that gives any, else those of the beginning.
    """
    points, given = indicator.interim, find_first_promise_in_force(indicator)
    if not indicator.revisions:
        return points, given
    promise = given
    for revision in list_entries_in_force(indicator.revisions, horizon):
        promise = revise_promise_in_force(promise, revision, indicator)
        if revision.interim is not None:
            points, given = revision.interim, promise
    return points, given


def revise_promise_in_force(promise: Promise, revision: Revision, indicator: Indicator) -> Promise:
    """Return the promise of an indicator after a revision; what it does not name stays."""
    deadline = revision.deadline or promise.deadline
    if not revises_target(revision):
        return Promise(promise.target, promise.target_high, deadline, promise.target_wording)
    target = find_promised_target(indicator, revision)
    return Promise(target, revision.target_high, deadline, revision.target_wording)


def revises_target(revision: Revision) -> bool:
    """Return whether a revision names a new target, as a number or relative to the baseline."""
    return revision.target is not None or revision.target_wording is not None


def find_commitment_in_force(indicator: Indicator) -> Commitment | None:
    """Return how firm a promise is: as recorded, else an outcome where something is promised.

    None: without a target and a deadline, first or revised, a value is only reported.
    """
    if indicator.commitment is not None:
        return indicator.commitment
    is_promised_first = indicator.target is not None or indicator.deadline is not None
    worded = indicator.target_wording, indicator.recurs
    is_promised = (
        is_promised_first
        or worded != (None, None)
        or any(
            revises_target(revision) or revision.deadline is not None
            for revision in _drop_ineffective_entries(indicator.revisions)
        )
    )
    return "outcome" if is_promised else None


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
