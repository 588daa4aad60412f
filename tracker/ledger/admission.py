"""Refuse what no record may say, whoever brings it: a command, a file or a sheet.

What the ledger holds already is left to the checks: a rule of today makes no old record
unreadable. History, which a file brings with the moment at which it was entered, comes in.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date, datetime

from tracker.assessment.checks import check_deadline_faults, check_interim_faults
from tracker.assessment.direction import infer_direction
from tracker.assessment.increments import list_new_days_counted_by_increments
from tracker.assessment.measurement import list_measured_reports
from tracker.errors import InvalidInput, TrackerError
from tracker.ledger import updates
from tracker.ledger.lookup import LedgerRecord, look_up_those_above
from tracker.locale.translation import _
from tracker.model import effective
from tracker.model.dates import LocalDays
from tracker.model.horizon import Horizon
from tracker.model.quantities import format_quantity_number
from tracker.model.records import Deadline, Document, Entry, Indicator, Initiative, Source, Update
from tracker.model.validation import list_entry_lists_to_validate
from tracker.storage.base import View

_LINE = ("interim", "baseline", "target", "target_high", "start", "baseline_on", "deadline", "op")
"""Fields on which it depends whether interim points fit."""
_STRETCHED = ("stretch", "op", "direction", "baseline", "target", "target_high", "target_wording")
"""Fields on which it depends whether what is striven for lies beyond the target."""
_ENDS = ("closed", "cancelled")


def refuse_admission_of_contradictions(
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
    faults = list(find_contradictions_at_admission(old, new, published, local))
    if faults:
        raise InvalidInput(_("{id}: {wrong}.").format(id=new.id, wrong=_("; ").join(faults)))


def find_contradictions_at_admission(
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
        yield from _find_deadline_faults_at_admission(new.deadline, new.source, published, local)
    yield from _find_stretch_faults_at_admission(known, new)
    revisions = new.revisions[len(known.revisions) if known is not None else 0 :]
    for revision in revisions:
        yield from _find_deadline_faults_at_admission(
            revision.deadline, revision.source, published, local
        )
    is_same_line = known is not None and all(
        getattr(known, field) == getattr(new, field) for field in _LINE
    )
    if is_same_line and not revisions:
        return
    horizon = Horizon(as_of=date.max, published=published)
    # A revised deadline may come before points of the line: those are simply over.
    points = new.interim if not revisions else revisions[-1].interim
    if points:
        promised = effective.find_promise_in_force(new, horizon)
        if not revisions:
            promised = effective.find_first_promise_in_force(new)
        start = effective.find_effective_start(new, horizon)
        yield from check_interim_faults(new, points, promised, start)


def _find_stretch_faults_at_admission(old: Indicator | None, new: Indicator) -> Iterator[str]:
    """Yield where what is striven for lies on the wrong side of what was promised at first."""
    is_same = old is not None and all(
        getattr(old, field) == getattr(new, field) for field in _STRETCHED
    )
    promised = effective.find_first_promise_in_force(new)
    target, high = promised.target, promised.target_high
    if is_same or new.stretch is None or target is None:
        return
    direction = infer_direction(new, target, high)
    goal = high if high is not None and direction == "up" else target
    is_wrong = new.stretch < goal if direction == "up" else new.stretch > goal
    if direction != "hold" and is_wrong:
        words = {"stretch": new.stretch, "target": goal}
        sentence = _("{stretch} is striven for, which is less than the target, {target}")
        if direction == "down":
            sentence = _("{stretch} is striven for, which is more than the target, {target}")
        yield sentence.format(**{k: format_quantity_number(v) for k, v in words.items()})


def _find_deadline_faults_at_admission(
    deadline: Deadline | None,
    source: Source | None,
    published: Mapping[str, date],
    local: LocalDays,
) -> Iterator[str]:
    day = published.get(source.document) if source is not None else None
    return check_deadline_faults(deadline, day, local)


class Gate:
    """What a file may add to a ledger as it is on a day.

    Args:
        records: the ledger before.
        changed: the initiatives as they are to be.
        published: the days of all documents.
        moment: the moment of the import, at which what the file brings without a moment of
            entry is entered; all else that is new here is history.
        local: the days of the place.
        history: the ids of records, and of entries as (record, entry), that the file says were
            entered at that very moment.
    """

    def __init__(
        self,
        records: View,
        changed: Mapping[str, Initiative],
        published: Mapping[str, date],
        moment: datetime,
        local: LocalDays,
        history: Collection[str | tuple[str, str]],
    ) -> None:
        self._records = records
        self._changed = changed
        self._published = published
        self._moment, self._today = moment, moment.date()
        self._local = local
        self._history = history
        self._ends: dict[str, date | None] = {}
        self._stored_ends: dict[str, date | None] = {}

    def find_refusals(self, old: LedgerRecord | None, new: LedgerRecord) -> Iterator[str]:
        """Yield, a sentence each, what of a record a command would refuse too.

        Args:
            old: the record as it is in the ledger; None: it is new.
            new: the record as it is to be.
        """
        if isinstance(new, Document):
            return
        if old is not None or self._is_fresh(new.recorded_at, new.id):
            for fault in find_contradictions_at_admission(old, new, self._published, self._local):
                yield _("{id}: {wrong}").format(id=new.id, wrong=fault)
        yield from self._find_future(old, new)
        if isinstance(new, Indicator):
            yield from self._find_refused_reports(old if isinstance(old, Indicator) else None, new)

    def _is_fresh(self, moment: datetime | None, key: str | tuple[str, str]) -> bool:
        """Return whether what was entered at a moment is entered by this import."""
        return moment == self._moment and key not in self._history

    def _find_future(self, old: LedgerRecord | None, new: Initiative | Indicator) -> Iterator[str]:
        today = self._today
        for field in list_entry_lists_to_validate(new):
            known = len(getattr(old, field, ()))
            for entry in getattr(new, field)[known:]:
                is_estimate = isinstance(entry, Update) and entry.status == "estimate"
                if entry.on > today and not is_estimate:
                    yield _("{id}: {on} in {field} is in the future").format(
                        id=new.id, on=entry.on, field=field
                    )

    def _find_refused_reports(self, old: Indicator | None, new: Indicator) -> Iterator[str]:
        names = ("updates", "revisions", "judgements")
        added = [
            entry
            for name in names
            for entry in getattr(new, name)[len(getattr(old, name, ())) :]
            # Up to the end that a file gives, what it says of a new record is history.
            if old is not None or self._is_fresh(entry.recorded_at, (new.id, entry.id))
        ]
        if not added:
            return
        end = self._find_end(new)
        if old is None and end is not None and any(entry.on > end for entry in added):
            yield _("{id}: it is reported on after its end, {end}").format(id=new.id, end=end)
        if old is not None and end is not None and self._is_ended(old):
            yield _("{id} has ended; if that was wrong, run: tracker reopen {id}").format(id=new.id)
            return
        yield from _find_values_refused_admission(new, added)

    def _is_ended(self, stored: Indicator) -> bool:
        horizon = Horizon(as_of=self._today)
        if effective.find_state_in_force(stored.decisions, horizon) in _ENDS:
            return True
        find = self._records.initiative
        return self._find_end_above(stored.initiative_id, self._stored_ends, find) is not None

    def _find_end(self, indicator: Indicator) -> date | None:
        """Return the first day since which it, or what stands above it, has ended."""
        above = self._find_end_above(
            indicator.initiative_id,
            self._ends,
            lambda key: self._changed.get(key) or self._records.initiative(key),
        )
        ends = (_find_own_end_at_admission(indicator, self._today), above)
        return min((end for end in ends if end is not None), default=None)

    def _find_end_above(
        self,
        initiative_id: str,
        ends: dict[str, date | None],
        find: Callable[[str], Initiative | None],
    ) -> date | None:
        """Return the first day since which an initiative or one above it has ended.

        Args:
            initiative_id: the lowest one.
            ends: what was found before, by id; what is found is added.
            find: returns an initiative by its id.
        """
        if initiative_id not in ends:
            initiative = find(initiative_id)
            chain = [] if initiative is None else look_up_those_above(initiative, ends, find)
            for each in reversed(chain):
                days = (_find_own_end_at_admission(each, self._today), ends.get(each.parent or ""))
                ends[each.id] = min((day for day in days if day is not None), default=None)
        return ends.get(initiative_id)


def _find_own_end_at_admission(record: Initiative | Indicator, today: date) -> date | None:
    in_force = effective.list_entries_in_force(record.decisions, Horizon(as_of=today))
    decided = [decision for decision in in_force if decision.state is not None]
    return decided[-1].on if decided and decided[-1].state in _ENDS else None


def _find_values_refused_admission(indicator: Indicator, added: Sequence[Entry]) -> Iterator[str]:
    """Yield what is wrong with values that are new, each beside all others."""
    new = {entry.id for entry in added}
    in_force = effective.list_entries_in_force(indicator.updates, Horizon(as_of=date.max))
    for update in in_force:
        if update.id in new:
            try:
                updates.refuse_negative_update_count(indicator, update)
            except TrackerError as error:
                yield error.sentence.rstrip(".")
    if indicator.accumulation == "increment":
        final = list_measured_reports(indicator, Horizon(as_of=date.max))
        for _update, other in list_new_days_counted_by_increments(final, new):
            yield updates.describe_days_updated_twice(indicator, other).rstrip(".")
