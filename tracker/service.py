"""What the ledger can be asked and told: one method per use case.

``Tracker`` joins a store with the rules. It reads no clock and no environment, prints
nothing, and leaves the ledger as it was whenever it raises.
"""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple, TypeVar

import msgspec

from tracker import asking, merging, naming, progress
from tracker.asking import ALL, NOW, Branch, Look, Shown, When
from tracker.changes import Stamp
from tracker.errors import Conflict, InvalidInput, NotFound, Refused
from tracker.intake import Batch, made, problems_of_entry
from tracker.locale import _
from tracker.merging import Merged, Rule
from tracker.models import (
    Assessment,
    Decision,
    Document,
    Entry,
    Filter,
    Indicator,
    Initiative,
    Item,
    Revision,
    State,
    Update,
)
from tracker.progress import Rules
from tracker.quantities import parse_value, show_number
from tracker.store import Store, Transaction, View

Answer = TypeVar("Answer")

_FROM: Mapping[State, tuple[State, ...]] = {
    "active": ("suspended", "closed", "cancelled"),
    "suspended": ("active",),
    "closed": ("active", "suspended"),
    "cancelled": ("active", "suspended"),
}
"""From which states a decision may lead to a state."""


class Listing(NamedTuple):
    """The answer to a question about indicators."""

    as_of: date
    items: list[Assessment]


class Tree(NamedTuple):
    """The answer to a question about initiatives, parents before children."""

    as_of: date
    branches: list[Branch]


class Exported(NamedTuple):
    """What an export holds."""

    as_of: date
    documents: list[Document]
    items: list[Item]


class Reported(NamedTuple):
    """A stored update: the indicator before and after it, and what is to be mentioned."""

    update: Update
    before: Assessment
    after: Assessment
    remarks: list[str]


class Decided(NamedTuple):
    """A stored decision or edit: the record and what it was before and is now."""

    record_id: str
    name: str
    before: str
    after: str


class Tracker:
    """A ledger and the rules of the place that keeps it.

    Args:
        store: where the records are.
        now: the moment of the call, with its time zone; its day is "today".
        author: who is named in what is stored.
        rules: the numbers in the rules.
    """

    def __init__(
        self, store: Store, *, now: datetime, author: str | None = None, rules: Rules | None = None
    ) -> None:
        self.store = store
        self.rules = rules or Rules()
        self.today = now.date()
        self._now = now
        self._author = author

    def indicators(self, where: Filter = ALL, when: When = NOW) -> Listing:
        """All indicators that fit, in the order of entry."""
        with self._look(when) as look:
            return Listing(look.horizon.as_of, list(look.assessed(where)))

    def overdue(self, where: Filter = ALL, when: When = NOW) -> Listing:
        """What is past its deadline and not met, the longest overdue first.

        Only what is active, unless the filter names a state.
        """
        with self._look(when) as look:
            day = look.horizon.as_of
            late = [
                each
                for each in look.assessed(_working(where), due_by=day - timedelta(days=1))
                if progress.is_overdue(each, day)
            ]
        late.sort(key=lambda each: (-(each.days_late or 0), each.id))
        return Listing(day, late)

    def due(self, within: int, where: Filter = ALL, when: When = NOW) -> Listing:
        """What has its deadline from the day on within so many days and is not met."""
        with self._look(when) as look:
            day = look.horizon.as_of
            coming = [
                each
                for each in look.assessed(_working(where), due_by=day + timedelta(days=within))
                if each.days_left is not None and each.days_left <= within
            ]
        coming.sort(key=lambda each: (each.days_left or 0, each.id))
        return Listing(day, coming)

    def tree(self, root: str | None = None, where: Filter = ALL, when: When = NOW) -> Tree:
        """The initiatives under their parents, all below each rolled up."""
        with self._look(when) as look:
            return Tree(look.horizon.as_of, list(asking.branches(look, root, where)))

    def search(self, where: Filter, when: When = NOW) -> Tree:
        """The initiatives that fit, or of which an indicator fits, side by side."""
        with self._look(when) as look:
            return Tree(look.horizon.as_of, list(asking.fitting(look, where)))

    def find(self, words: str) -> Initiative | Indicator:
        """The record that is meant, as it was entered.

        Raises:
            NotFound: nothing, or more than one record, is called so.
        """
        with self.store.view() as view:
            return _found(view, words)

    def find_indicator(self, words: str) -> Indicator:
        """The indicator that is meant; an initiative means its only one.

        Raises:
            NotFound: nothing, or more than one record, is called so.
        """
        with self.store.view() as view:
            return _indicator(view, naming.indicator_id(view, words))

    def show(self, words: str, when: When = NOW) -> Shown:
        """All about one initiative, named in any way; an indicator means its initiative."""
        with self._look(when) as look:
            return asking.shown(look, words)

    def export(self, where: Filter = ALL, when: When = NOW) -> Exported:
        """Everything there is; with a day, what was there and known then."""
        with self._look(when) as look:
            items = asking.exported(look, where, everything=when == NOW)
            return Exported(look.horizon.as_of, list(look.documents.values()), items)

    def make(self) -> bool:
        """Make the ledger if there is none; whether one was made."""
        return self.store.create()

    def merge(self, batches: Sequence[Batch], rule: Rule, command: str) -> Merged:
        """Add all that files hold, or nothing.

        Raises:
            InvalidInput: something in them is wrong.
            Conflict: the rule is "refuse" and the ledger says otherwise.
        """
        stamp = self._stamp(command)
        return self.store.transact(lambda txn: merging.merge(txn, batches, stamp, rule), stamp)

    def add(self, record: Initiative | Indicator | Document) -> None:
        """Add a record; an indicator's initiative, a parent and documents must be there.

        Raises:
            InvalidInput: something in it is wrong.
            Conflict: its id is taken.
        """

        def work(txn: Transaction) -> None:
            if _stored(txn, record) is not None:
                raise Conflict(
                    _("{id} exists already; change it with: tracker edit {id}").format(id=record.id)
                )
            item = Batch(*_as_batch(record), problems=[])
            merging.merge(txn, [item], self._stamp("add"), "refuse")

        self._change("add", work)

    def edit(self, words: str, fields: Mapping[str, Any]) -> Decided:
        """Set fields of a record; None, or an empty list, clears one.

        Raises:
            InvalidInput: the record has no such field, or would be wrong.
        """

        def work(txn: Transaction) -> Decided:
            record = _found(txn, words)
            changed = made(type(record), msgspec.structs.asdict(record) | dict(fields))
            merging.check(txn, changed)
            txn.replace(changed)
            names = [name for name in fields if getattr(record, name) != getattr(changed, name)]
            return Decided(record.id, changed.name, "", ", ".join(names))

        return self._change("edit", work)

    def report(self, words: str, draft: Update, value: str | None, added: str | None) -> Reported:
        """Store an update.

        Args:
            words: what the indicator is called.
            draft: all of the update but its value.
            value: the reported value as typed, with or without unit; None for milestones.
            added: what to add to the newest value, instead of ``value``.

        Raises:
            InvalidInput: the value is not understood or does not fit the indicator.
            Refused: the indicator is closed or cancelled, or the day is in the future.
        """

        def work(txn: Transaction) -> Reported:
            look = Look(txn, NOW, self.today, self.rules)
            indicator_id = naming.indicator_id(txn, words)
            before = _assessed(look, indicator_id)
            self._check_reportable(before, draft)
            indicator = _indicator(txn, indicator_id)
            number = _number(indicator, before, value, added)
            update = self._signed(msgspec.structs.replace(draft, value=number))
            _refuse_wrong(indicator, update)
            txn.append(indicator_id, update)
            after = _assessed(look, indicator_id)
            return Reported(update, before, after, _remarks(indicator, update, look))

        return self._change("update", work)

    def revise(self, words: str, revision: Revision) -> Decided:
        """Store a decided change of target or deadline.

        Raises:
            InvalidInput: it changes nothing, gives no reason, or does not fit the indicator.
            Refused: the indicator is closed or cancelled.
        """

        def work(txn: Transaction) -> Decided:
            look = Look(txn, NOW, self.today, self.rules)
            indicator_id = naming.indicator_id(txn, words)
            before = _assessed(look, indicator_id)
            _refuse_ended(before)
            _check_reason(revision.reason)
            signed = self._signed(revision)
            _refuse_wrong(_indicator(txn, indicator_id), signed)
            txn.append(indicator_id, signed)
            return Decided(
                indicator_id,
                before.name,
                _promised(before),
                _promised(_assessed(look, indicator_id)),
            )

        return self._change("revise", work)

    def decide(self, words: str, decision: Decision, command: str, *, force: bool) -> Decided:
        """Store a decision about the state of an initiative or an indicator.

        Raises:
            Refused: the record is not in a state from which that is possible, or it is to
                be closed with targets that are not met, and not by ``force``.
        """

        def work(txn: Transaction) -> Decided:
            record = _found(txn, words)
            look = Look(txn, NOW, self.today, self.rules)
            state = progress.state_of(record.decisions, look.horizon)
            if state not in _FROM[decision.state]:
                raise Refused(_("{id} is {state} already.").format(id=record.id, state=_(state)))
            _check_reason(decision.reason)
            if decision.state == "closed" and not force:
                _refuse_unmet(look, record)
            txn.append(record.id, self._signed(decision))
            return Decided(record.id, record.name, _(state), _(decision.state))

        return self._change(command, work)

    @contextmanager
    def _look(self, when: When) -> Iterator[Look]:
        with self.store.view() as view:
            yield Look(view, when, self.today, self.rules)

    def _stamp(self, command: str) -> Stamp:
        return Stamp(at=self._now, by=self._author, command=command)

    def _change(self, command: str, work: Callable[[Transaction], Answer]) -> Answer:
        return self.store.transact(work, self._stamp(command))

    def _signed(self, entry: Any) -> Any:  # noqa: ANN401  # an entry of the same kind
        return msgspec.structs.replace(
            entry, id=os.urandom(6).hex(), recorded_at=self._now, by=self._author
        )

    def _check_reportable(self, seen: Assessment, draft: Update) -> None:
        _refuse_ended(seen)
        if draft.on > self.today and draft.status != "estimate":
            raise Refused(
                _(
                    "{on} is in the future; report what has been reached, or say --status estimate."
                ).format(on=draft.on)
            )


def _working(where: Filter) -> Filter:
    if where.state is not None:
        return where
    return msgspec.structs.replace(where, state="active")


def _found(view: View, words: str) -> Initiative | Indicator:
    found = naming.record_id(view, words)
    record = view.indicator(found) if "." in found else view.initiative(found)
    if record is None:
        raise NotFound(found)
    return record


def _stored(
    txn: Transaction, record: Initiative | Indicator | Document
) -> Initiative | Indicator | Document | None:
    if isinstance(record, Document):
        return txn.documents().get(record.id)
    return txn.indicator(record.id) if "." in record.id else txn.initiative(record.id)


def _as_batch(
    record: Initiative | Indicator | Document,
) -> tuple[list[Document], list[Item]]:
    if isinstance(record, Document):
        return [record], []
    if isinstance(record, Initiative):
        return [], [Item(**{name: getattr(record, name) for name in record.__struct_fields__})]
    return [], [Item(id=record.initiative_id, name="", indicators=[record])]


def _indicator(view: View, indicator_id: str) -> Indicator:
    found = view.indicator(indicator_id)
    if found is None:
        raise NotFound(indicator_id)
    return found


def _assessed(look: Look, indicator_id: str) -> Assessment:
    indicator = look.view.indicator(indicator_id)
    initiative = look.view.initiative(indicator_id.partition(".")[0])
    if indicator is None or initiative is None:
        raise NotFound(indicator_id)
    return look.assess(initiative, indicator)


def _refuse_ended(seen: Assessment) -> None:
    if seen.state in {"closed", "cancelled"}:
        raise Refused(
            _("{id} is {state}; if that was wrong, run: tracker reopen {id}").format(
                id=seen.id, state=_(seen.state)
            )
        )


def _refuse_wrong(indicator: Indicator, entry: Entry) -> None:
    wrong = list(problems_of_entry(indicator, entry))
    if wrong:
        raise InvalidInput(_("{id}: {wrong}.").format(id=indicator.id, wrong="; ".join(wrong)))


def _refuse_unmet(look: Look, record: Initiative | Indicator) -> None:
    own = [record] if isinstance(record, Indicator) else look.view.indicators_of(record.id)
    seen = [_assessed(look, each.id) for each in own]
    unmet = [
        each.id
        for each in seen
        if each.met_on is None
        and each.state in {"active", "suspended"}
        and (each.measure == "milestone" or each.target is not None)
    ]
    if unmet:
        raise Refused(
            _(
                "{id} has {count} targets that are not met; report them, cancel it,"
                " or close it all the same with --force:"
            ).format(id=record.id, count=len(unmet)),
            unmet,
        )


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise InvalidInput(_("A decision needs its reason; give it with --reason."))


def _number(
    indicator: Indicator, seen: Assessment, value: str | None, added: str | None
) -> Decimal | None:
    if value is None and added is None:
        return None
    if indicator.measure == "milestone":
        raise InvalidInput(_("{id} is a milestone; report it with --done.").format(id=indicator.id))
    number = parse_value(value if added is None else added, indicator.unit)  # type: ignore[arg-type]
    if added is not None and indicator.accumulation != "increment":
        newest = seen.value if seen.value is not None else indicator.baseline
        if newest is None:
            raise InvalidInput(
                _("{id} has no value to add to; report the whole value.").format(id=indicator.id)
            )
        number += newest
    ends = (indicator.baseline, indicator.target)
    counts = indicator.accumulation == "cumulative" or None not in ends
    if number < 0 and counts and not any(end is not None and end < 0 for end in ends):
        raise InvalidInput(
            _("{id} cannot be {found}: its baseline and target are not below 0.").format(
                id=indicator.id, found=show_number(number)
            )
        )
    return number


def _remarks(indicator: Indicator, update: Update, look: Look) -> list[str]:
    remarks = []
    start = progress.start_of(indicator, look.horizon)
    if start is not None and update.on < start:
        sentence = _("{on} is before the start, {start}.")
        if indicator.accumulation == "increment":
            sentence = _("{on} is before the start, {start}; it does not count as progress.")
        remarks.append(sentence.format(on=update.on, start=start))
    newest = max((each.on for each in indicator.updates if each.status == "final"), default=None)
    if newest is not None and update.on < newest and update.status == "final":
        remarks.append(
            _("{on} is earlier than the newest report, of {newest}, which still counts.").format(
                on=update.on, newest=newest
            )
        )
    return remarks


def _promised(seen: Assessment) -> str:
    target = "" if seen.target is None else f"{show_number(seen.target)} {seen.unit or ''}".strip()
    parts = [target, "" if seen.deadline is None else seen.deadline.isoformat()]
    return _(" by ").join(part for part in parts if part) or _("nothing")
