"""Refuse what no record may say, whoever brings it: a command, a file or a sheet.

What the ledger holds already is left to the checks: a rule of today makes no old record
unreadable. History, which a file brings with the moment at which it was entered, comes in.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date

import msgspec

from tracker.assessment.checks import find_deadline_faults, find_interim_faults
from tracker.errors import InvalidInput, TrackerError
from tracker.ledger import updates
from tracker.ledger.lookup import LedgerRecord, list_with_those_above
from tracker.locale.translation import _
from tracker.model import effective
from tracker.model.dates import LocalDays
from tracker.model.horizon import Horizon
from tracker.model.records import Deadline, Document, Entry, Indicator, Initiative, Source, Update
from tracker.model.validation import quote_id
from tracker.storage.base import View

_LINE = ("interim", "baseline", "target", "target_high", "start", "baseline_on", "deadline", "op")
"""Fields on which it depends whether interim points fit."""
_ENDS = frozenset({"closed", "cancelled"})


def refuse_contradictions(
    records: View, old: LedgerRecord | None, new: LedgerRecord, local: LocalDays
) -> None:
    """Refuse a new or changed record that contradicts itself.

    Args:
        records: the ledger, for the days of its documents.
        old: the record as it was; None: it is new.
        new: the record as it is to be.
        local: the days of the place.

    Raises:
        InvalidInput: a day contradicts its wording, or an interim point the promise.
    """
    published = {key: each.published for key, each in records.documents().items()}
    faults = list(find_contradictions(old, new, published, local))
    if faults:
        raise InvalidInput(_("{id}: {wrong}.").format(id=new.id, wrong=_("; ").join(faults)))


def find_contradictions(
    old: LedgerRecord | None,
    new: LedgerRecord,
    published: Mapping[str, date],
    local: LocalDays,
) -> Iterator[str]:
    """Yield where what is new in a record contradicts itself.

    Args:
        old: the record as it was; None: it is new.
        new: the record as it is to be.
        published: the days of the documents.
        local: the days of the place.
    """
    if not isinstance(new, Indicator):
        return
    known = old if isinstance(old, Indicator) else None
    if known is None or (known.deadline, known.source) != (new.deadline, new.source):
        yield from _find_deadline_faults(new.deadline, new.source, published, local)
    revisions = new.revisions[len(known.revisions) if known is not None else 0 :]
    for revision in revisions:
        yield from _find_deadline_faults(revision.deadline, revision.source, published, local)
    is_same_line = known is not None and all(
        getattr(known, field) == getattr(new, field) for field in _LINE
    )
    if known is not None and is_same_line and not revisions:
        return
    horizon = Horizon(as_of=date.max, published=published)
    # A revised deadline may come before points of the line: those are simply over.
    points = new.interim if not revisions else revisions[-1].interim
    if points:
        promised = effective.promise_in_force(new, horizon)
        if not revisions:
            promised = effective.first_promise(new)
        start = effective.find_effective_start(new, horizon)
        yield from find_interim_faults(new, points, promised, start)


def _find_deadline_faults(
    deadline: Deadline | None,
    source: Source | None,
    published: Mapping[str, date],
    local: LocalDays,
) -> Iterator[str]:
    day = published.get(source.document) if source is not None else None
    return find_deadline_faults(deadline, day, local)


class Gate:
    """What a file may add to a ledger as it is on a day.

    Args:
        records: the ledger before.
        changed: the initiatives as they are to be.
        published: the days of all documents.
        today: the day of the import.
        local: the days of the place.
        fresh: the ids of the new records that the file brings without a moment of entry,
            and of entries as (record, entry); all else that is new here is history.
    """

    def __init__(
        self,
        records: View,
        changed: Mapping[str, Initiative],
        published: Mapping[str, date],
        today: date,
        local: LocalDays,
        fresh: Collection[str | tuple[str, str]],
    ) -> None:
        self._records = records
        self._changed = changed
        self._published = published
        self._today = today
        self._local = local
        self._fresh = fresh

    def find_refusals(self, old: LedgerRecord | None, new: LedgerRecord) -> Iterator[str]:
        """Yield, a sentence each, what of a record a command would refuse too.

        Args:
            old: the record as it is in the ledger; None: it is new.
            new: the record as it is to be.
        """
        if isinstance(new, Document):
            return
        if old is not None or new.id in self._fresh:
            for fault in find_contradictions(old, new, self._published, self._local):
                yield _("{id}: {wrong}").format(id=quote_id(new.id), wrong=fault)
        yield from self._find_future(old, new)
        if isinstance(new, Indicator):
            yield from self._find_refused_reports(old if isinstance(old, Indicator) else None, new)

    def _find_future(self, old: LedgerRecord | None, new: Initiative | Indicator) -> Iterator[str]:
        today = self._today
        for field in ("updates", "revisions", "decisions", "judgements"):
            known = len(getattr(old, field, ()))
            for entry in getattr(new, field, [])[known:]:
                is_estimate = isinstance(entry, Update) and entry.status == "estimate"
                if entry.on > today and not is_estimate:
                    yield _("{id}: {on} in {field} is in the future").format(
                        id=quote_id(new.id), on=entry.on, field=field
                    )

    def _find_refused_reports(self, old: Indicator | None, new: Indicator) -> Iterator[str]:
        names = ("updates", "revisions", "judgements")
        added = [
            entry
            for name in names
            for entry in getattr(new, name)[len(getattr(old, name, ())) :]
            # Up to the end that a file gives, what it says of a new record is history.
            if old is not None or (new.id, entry.id) in self._fresh
        ]
        if not added:
            return
        end = self._find_end(new)
        if old is None and end is not None and any(entry.on > end for entry in added):
            yield _("{id}: it is reported on after its end, {end}").format(
                id=quote_id(new.id), end=end
            )
        if old is not None and end is not None and self._is_ended(old):
            yield _("{id} has ended; if that was wrong, run: tracker reopen {id}").format(id=new.id)
            return
        yield from _find_refused_values(new, added)

    def _is_ended(self, stored: Indicator) -> bool:
        chain = list_with_those_above(self._records, stored)
        horizon = Horizon(as_of=self._today)
        return any(effective.state_in_force(each.decisions, horizon) in _ENDS for each in chain)

    def _find_end(self, indicator: Indicator) -> date | None:
        """Return the first day since which it, or what stands above it, has ended."""
        chain: list[Initiative | Indicator] = [indicator]
        above: str | None = indicator.initiative_id
        while above is not None and above not in {each.id for each in chain}:
            initiative = self._changed.get(above) or self._records.initiative(above)
            if initiative is None:
                break
            chain.append(initiative)
            above = initiative.parent
        ends = (_find_own_end(each, self._today) for each in chain)
        return min((end for end in ends if end is not None), default=None)


def _find_own_end(record: Initiative | Indicator, today: date) -> date | None:
    in_force = effective.entries_in_force(record.decisions, Horizon(as_of=today))
    decided = [decision for decision in in_force if decision.state is not None]
    return decided[-1].on if decided and decided[-1].state in _ENDS else None


def _find_refused_values(indicator: Indicator, added: Sequence[Entry]) -> Iterator[str]:
    """Yield what is wrong with values that are new, each beside those that stand before it."""
    in_force = effective.entries_in_force(indicator.updates, Horizon(as_of=date.max))
    new = {entry.id for entry in added}
    earlier = [update for update in in_force if update.id not in new]
    for update in in_force:
        if update.id not in new:
            continue
        before = msgspec.structs.replace(indicator, updates=earlier)
        try:
            updates.refuse_negative_count(indicator, update)
            updates.refuse_separate_without_reason(update)
            updates.refuse_same_days(before, update)
        except TrackerError as error:
            yield error.sentence.rstrip(".")
        earlier = [*earlier, update]
