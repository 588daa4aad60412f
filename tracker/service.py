"""What the ledger can be asked and told: one method per use case.

``Tracker`` joins a store with the rules. It reads no clock and no environment, prints
nothing, and leaves the ledger as it was whenever it raises.
"""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import msgspec

from tracker import asking, naming, progress
from tracker.asking import ALL, NOW, Branch, Explained, Look, Shown, When
from tracker.changes import Commit, Stamp
from tracker.errors import Conflict, InvalidInput, LedgerMissing
from tracker.locale import _
from tracker.models import (
    APPENDED,
    Assessment,
    Decision,
    Document,
    Filter,
    Indicator,
    Initiative,
    Item,
    Revision,
    Update,
)
from tracker.progress import Rules
from tracker.store import Store, Transaction, View

# Looking needs nothing of what changing takes, and should not pay for its import.
if TYPE_CHECKING:
    from tracker.chronicle import Event
    from tracker.duty import Owed
    from tracker.honesty import Finding
    from tracker.intake import Batch
    from tracker.merging import Merged, Rule

Answer = TypeVar("Answer")

_FIXED = APPENDED | {"id", "recorded_at", "by"}
"""The fields that no edit changes."""


class Listing(NamedTuple):
    """The answer to a question about indicators."""

    as_of: date
    items: list[Assessment]


class Owing(NamedTuple):
    """Indicators, and the reports that are owed on them."""

    as_of: date
    items: list[Assessment]
    owed: "list[Owed]"


class Checked(NamedTuple):
    """What the honesty checks found."""

    as_of: date
    findings: "list[Finding]"


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
    """A stored decision or edit: the record, what it was and is, what is to be mentioned."""

    record_id: str
    name: str
    before: str
    after: str
    remarks: Sequence[str] = ()


class Undone(NamedTuple):
    """A change that was taken back, what it had been, and the commit that took it back."""

    seq: int
    taken_back: Commit
    events: "list[Event]"


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
                for each in look.assessed(_working(where), due_by=_shifted(day, -1))
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
                for each in look.assessed(_working(where), due_by=_shifted(day, within))
                if each.days_left is not None and each.days_left <= within
            ]
        coming.sort(key=lambda each: (each.days_left or 0, each.id))
        return Listing(day, coming)

    def behind(self, where: Filter = ALL, when: When = NOW) -> Listing:
        """What is red or yellow, the worst first; only what is active, as in ``overdue``."""
        with self._look(when) as look:
            return Listing(look.horizon.as_of, asking.behind(look, _working(where)))

    def unreported(self, where: Filter = ALL, when: When = NOW) -> Owing:
        """Who owes reports, the longest owed first; only what is active, as in ``overdue``."""
        with self._look(when) as look:
            return Owing(look.horizon.as_of, *asking.owing(look, _working(where)))

    def status(self, where: Filter = ALL, when: When = NOW) -> Owing:
        """All indicators that fit, and the reports that are owed on the active ones."""
        with self._look(when) as look:
            return Owing(look.horizon.as_of, *asking.owing(look, where))

    def check(self, only: Sequence[str] = (), where: Filter = ALL, when: When = NOW) -> Checked:
        """What the honesty checks find; ``only`` names some of them.

        Raises:
            InvalidInput: there is no check of such a name.
        """
        with self._look(when) as look:
            return Checked(look.horizon.as_of, asking.findings(look, where, only))

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
            return naming.the_indicator(view, naming.indicator_id(view, words))

    def show(self, words: str, when: When = NOW) -> Shown:
        """All about one initiative, named in any way; an indicator means its initiative."""
        with self._look(when) as look:
            return asking.shown(look, words, everything=when == NOW)

    def why(self, words: str, when: When = NOW) -> Explained:
        """The working of the light of one indicator, and its pace."""
        with self._look(when) as look:
            return asking.explained(look, words)

    def export(self, where: Filter = ALL, when: When = NOW) -> Exported:
        """Everything there is; with a day, what was there and known then."""
        with self._look(when) as look:
            everything = when == NOW
            items = asking.exported(look, where, everything=everything)
            documents = look.documents.values() if everything else look.printed()
            return Exported(look.horizon.as_of, list(documents), items)

    def is_there(self) -> bool:
        """Whether there is a ledger, or what is left of one."""
        try:
            with self.store.view():
                return True
        except LedgerMissing:
            return False

    def make(self) -> bool:
        """Make the ledger if there is none; whether one was made."""
        return self.store.create()

    def merge(self, batches: "Sequence[Batch]", rule: "Rule", command: str) -> "Merged":
        """Add all that files hold, or nothing.

        Raises:
            InvalidInput: something in them is wrong.
            Conflict: the rule is "refuse" and the ledger says otherwise.
        """
        from tracker import merging

        stamp = self._stamp(command)
        return self.store.transact(lambda txn: merging.merge(txn, batches, stamp, rule), stamp)

    def add(self, record: Initiative | Indicator | Document) -> Initiative | Indicator | Document:
        """Add a record; an indicator's initiative, a parent and documents must be there.

        Returns:
            The record as it is stored, signed.

        Raises:
            InvalidInput: something in it is wrong.
            Conflict: its id is taken.
        """
        from tracker import merging
        from tracker.intake import Batch

        def work(txn: Transaction) -> Initiative | Indicator | Document:
            if _stored(txn, record) is not None:
                raise Conflict(
                    _("{id} exists already; change it with: tracker edit {id}").format(id=record.id)
                )
            item = Batch(*_as_batch(record), problems=[])
            merging.merge(txn, [item], self._stamp("add"), "refuse")
            return _stored(txn, record) or record

        return self._change("add", work)

    def edit(self, words: str, fields: Mapping[str, Any]) -> Decided:
        """Set fields of a record; None, or an empty list, clears one.

        Raises:
            InvalidInput: the record has no such field, or would be wrong.
        """
        from tracker import entering, merging
        from tracker.intake import made

        def work(txn: Transaction) -> Decided:
            record = _found(txn, words)
            fixed = [name for name in fields if name in _FIXED]
            if fixed:
                raise InvalidInput(
                    _("{id}: {field} cannot be edited.").format(id=record.id, field=fixed[0])
                )
            changed = made(type(record), msgspec.structs.asdict(record) | dict(fields))
            merging.check(txn, changed)
            txn.replace(changed)
            names = [name for name in fields if getattr(record, name) != getattr(changed, name)]
            remarks = entering.remarks_on_edit(record, changed, names)
            return Decided(record.id, changed.name, "", ", ".join(names), remarks)

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
        from tracker import entering

        def work(txn: Transaction) -> Reported:
            look = Look(txn, NOW, self.today, self.rules)
            indicator = naming.the_indicator(txn, naming.indicator_id(txn, words))
            before = entering.assessed(look, indicator.id)
            entering.refuse_ended(look, before)
            entering.refuse_future(draft, self.today)
            number = entering.reported_number(indicator, before, draft, value, added)
            update = self._signed(msgspec.structs.replace(draft, value=number))
            entering.refuse_wrong(txn, indicator, update)
            txn.append(indicator.id, update)
            after = entering.assessed(look, indicator.id)
            return Reported(update, before, after, entering.remarks(indicator, update, look))

        return self._change("update", work)

    def revise(self, words: str, revision: Revision) -> Decided:
        """Store a decided change of target or deadline.

        Raises:
            InvalidInput: it sets nothing, gives no reason, or does not fit the indicator.
            Refused: the indicator is closed or cancelled, all is promised so already, or
                the day is in the future.
        """
        from tracker import entering

        def work(txn: Transaction) -> Decided:
            look = Look(txn, NOW, self.today, self.rules)
            indicator = naming.the_indicator(txn, naming.indicator_id(txn, words))
            entering.refuse_ended(look, entering.assessed(look, indicator.id))
            entering.check_reason(revision.reason)
            entering.refuse_early(revision.on, self.today)
            signed = self._signed(revision)
            entering.refuse_wrong(txn, indicator, signed)
            entering.refuse_unchanged(indicator, signed, self.today)
            txn.append(indicator.id, signed)
            before = entering.promised(indicator, self.today)
            after = entering.promised(naming.the_indicator(txn, indicator.id), self.today)
            return Decided(indicator.id, indicator.name, before, after)

        return self._change("revise", work)

    def decide(self, words: str, decision: Decision, command: str, *, force: bool) -> Decided:
        """Store a decision about the state of an initiative or an indicator.

        Args:
            words: what it is called.
            decision: the new state, its day and its reason.
            command: one of ``entering.WAYS``; it must lead to that state.
            force: close it although targets are not met.

        Raises:
            InvalidInput: it has no reason, or the command does not lead to that state.
            Refused: the record is not in a state from which that is possible, the day is in
                the future, or it is to be closed with targets that are not met, and not by
                ``force``.
        """
        from tracker import entering

        def work(txn: Transaction) -> Decided:
            record = _found(txn, words)
            entering.refuse_early(decision.on, self.today)
            before = entering.refuse_transition(record, decision, command)
            entering.check_reason(decision.reason)
            signed = self._signed(decision)
            entering.refuse_wrong(txn, record, signed)
            if decision.state == "closed" and not force:
                entering.refuse_unmet(Look(txn, NOW, self.today, self.rules), record)
            txn.append(record.id, signed)
            return Decided(record.id, record.name, _(before), _(entering.WAYS[command].end))

        return self._change(command, work)

    def history(self, words: str | None = None) -> "list[Event]":
        """What happened to the ledger, the newest first.

        Args:
            words: what a record is called, or the id that one had; an initiative stands
                for its indicators too. None: everything.

        Raises:
            NotFound: no record is, or ever was, called so.
        """
        from tracker import chronicle

        with self.store.view() as view:
            commits = list(view.history())
            record_id = words
            if words is not None and not chronicle.touches(commits, words):
                record_id = naming.record_id(view, words)
            return list(chronicle.events(commits, record_id))

    def undo(self, seq: int | None = None) -> Undone:
        """Take a change back, by a new one that says the opposite.

        Args:
            seq: the number of the change, which may be an undo itself; None: the newest
                that is not taken back and no undo.

        Raises:
            NotFound: there is no such change.
            Refused: there is nothing left to take back.
            Conflict: it is taken back already, or what it changed was changed since.
        """
        from tracker import chronicle, merging

        with self.store.view() as view:
            wanted = chronicle.chosen(list(view.history()), seq).seq
        stamp = msgspec.structs.replace(self._stamp("undo"), undoes=wanted)

        def work(txn: Transaction) -> Undone:
            commits = list(txn.history())
            commit = chronicle.chosen(commits, seq)
            if commit.seq != wanted:
                raise Conflict(
                    _("Somebody else has just changed the ledger; look with: tracker history")
                )
            for record in chronicle.take_back(txn, commits, commit, self._signed):
                try:
                    merging.check(txn, record)
                except InvalidInput as error:
                    raise Conflict(error.sentence, error.candidates) from None
            return Undone(commits[-1].seq + 1, commit, list(chronicle.events([commit])))

        return self.store.transact(work, stamp)

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


def _shifted(day: date, days: int) -> date:
    """That many days later, or the first or last day that there is."""
    first, last = date.min.toordinal(), date.max.toordinal()
    return date.fromordinal(min(max(day.toordinal() + days, first), last))


def _working(where: Filter) -> Filter:
    if where.state is not None:
        return where
    return msgspec.structs.replace(where, state="active")


def _found(view: View, words: str) -> Initiative | Indicator:
    found = naming.record_id(view, words)
    if "." in found:
        return naming.the_indicator(view, found)
    return naming.the_initiative(view, found)


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
