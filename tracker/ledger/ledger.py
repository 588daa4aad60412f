"""What the ledger can be asked and told: one method per use case.

``Tracker`` joins a store with the rules. It reads no clock and no environment, prints
nothing, and leaves the ledger as it was whenever it raises.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import msgspec

from tracker.assessment.rules import Rules
from tracker.errors import Conflict, InvalidInput
from tracker.ledger import lookup
from tracker.ledger.answers import Decided, Moved, Reported, Undone
from tracker.ledger.lookup import found
from tracker.ledger.reader import Questions
from tracker.ledger.view import Look
from tracker.locale.translation import _
from tracker.model.commits import Change, Stamp
from tracker.model.horizon import NOW
from tracker.model.records import (
    APPENDED,
    Decision,
    Document,
    Indicator,
    Initiative,
    Item,
    Judgement,
    Revision,
    Update,
)
from tracker.storage.base import Movable, Store, Transaction, View

# Looking needs nothing of what changing takes, and should not pay for its import.
if TYPE_CHECKING:
    from tracker.exchange.reader import Batch
    from tracker.ledger.hooks import Hooks
    from tracker.ledger.merge import Merged, Rule
    from tracker.ledger.transfer import Watch


Answer = TypeVar("Answer")

_FIXED = APPENDED | {"id", "recorded_at", "by"}
"""The fields that no edit changes."""


Edit: TypeAlias = Callable[[Initiative | Indicator, View], Mapping[str, Any]]
"""Makes the fields to be set; it may be asked again when another writer was quicker."""
Draft: TypeAlias = Callable[[Indicator, View], Revision]
"""Makes a revision, in the same way."""


class Tracker(Questions):
    """A ledger and the rules of the place that keeps it.

    Args:
        store: where the records are.
        now: the moment of the call, with its time zone; its day is "today".
        author: who is named in what is stored.
        rules: the numbers in the rules.
        hooks: are told of every change that is stored.
    """

    def __init__(
        self,
        store: Store,
        *,
        now: datetime,
        author: str | None = None,
        rules: Rules | None = None,
        hooks: "Hooks | None" = None,
    ) -> None:
        super().__init__(store, now=now, rules=rules)
        self._author = author
        self._hooks = hooks

    def make(self) -> bool:
        """Make the ledger if there is none; whether one was made."""
        return self.store.create()

    def merge(self, batches: "Sequence[Batch]", rule: "Rule", command: str) -> "Merged":
        """Add all that files hold, or nothing.

        Raises:
            InvalidInput: something in them is wrong.
            Conflict: the rule is "refuse" and the ledger says otherwise.
        """
        from tracker.ledger import merge

        stamp = self.stamp(command)
        return self._store(lambda txn: merge.merge(txn, batches, stamp, rule), stamp)

    def move(self, target: Store, watch: "Watch | None" = None) -> Moved:
        """Copy the whole ledger, its history included, into another place that is empty.

        Args:
            target: where to.
            watch: passes on what is read, copied and compared.

        Raises:
            InvalidInput: nothing can be copied there.
            Conflict: there is something already.
            LedgerError: one of them cannot be used; nothing was stored.
        """
        from tracker.ledger import transfer

        if not isinstance(target, Movable):
            raise InvalidInput(
                _("Nothing can be moved to {place}; name a folder or a database.").format(
                    place=target.place
                )
            )
        count = transfer.move(self.store, target, self.today, self.rules, watch)
        return Moved(count, target.place)

    def add(self, record: Initiative | Indicator | Document) -> Initiative | Indicator | Document:
        """Add a record; an indicator's initiative, a parent and documents must be there.

        Returns:
            The record as it is stored, signed.

        Raises:
            InvalidInput: something in it is wrong.
            Conflict: its id is taken.
        """
        from tracker.exchange.reader import Batch
        from tracker.ledger import merge

        def work(txn: Transaction) -> Initiative | Indicator | Document:
            if _stored(txn, record) is not None:
                raise Conflict(
                    _("{id} exists already; change it with: tracker edit {id}").format(id=record.id)
                )
            item = Batch(*_as_batch(record), problems=[])
            merge.merge(txn, [item], self.stamp("add"), "refuse")
            return _stored(txn, record) or record

        return self.change("add", work)

    def remarks_on(self, record: Initiative | Indicator | Document) -> Sequence[str]:
        """What is to be mentioned about a record that was added: that it is ended from above."""
        if isinstance(record, Document):
            return ()
        from tracker.ledger import decisions

        with self.look(NOW) as look:
            return decisions.remarks_on_state(look, record.id, "active")

    def edit(self, words: str, change: Mapping[str, Any] | Edit) -> Decided:
        """Set fields of a record; None, or an empty list, clears one.

        Args:
            words: what the record is called.
            change: the fields, or what makes them of the record as it is when it is changed.

        Raises:
            InvalidInput: the record has no such field, or would be wrong.
        """
        from tracker.exchange.fields import made
        from tracker.ledger import merge, revisions

        def work(txn: Transaction) -> Decided:
            record = found(txn, words)
            fields = change(record, txn) if callable(change) else change
            fixed = [name for name in fields if name in _FIXED]
            if fixed:
                raise InvalidInput(
                    _("{id}: {field} cannot be edited.").format(id=record.id, field=fixed[0])
                )
            changed = made(type(record), msgspec.structs.asdict(record) | dict(fields))
            merge.check(txn, changed)
            txn.replace(changed)
            names = [name for name in fields if getattr(record, name) != getattr(changed, name)]
            remarks = revisions.remarks_on_edit(record, changed, names)
            return Decided(record.id, changed.name, "", ", ".join(names), remarks)

        return self.change("edit", work)

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
        from tracker.ledger import decisions, updates

        def work(txn: Transaction) -> Reported:
            look = Look(txn, NOW, self.today, self.rules)
            indicator = lookup.the_indicator(txn, lookup.indicator_id(txn, words))
            before = decisions.assessed(look, indicator.id)
            decisions.refuse_ended(look, before)
            updates.refuse_future(draft, self.today)
            number = updates.reported_number(indicator, before, draft, value, added)
            update = self._signed(msgspec.structs.replace(draft, value=number))
            decisions.refuse_wrong(txn, indicator, update)
            txn.append(indicator.id, update)
            after = decisions.assessed(look, indicator.id)
            remarks = updates.remarks(indicator, update, look)
            return Reported(update, before, after, remarks, indicator.accumulation)

        return self.change("update", work)

    def revise(self, words: str, draft: Revision | Draft) -> Decided:
        """Store a decided change of target or deadline.

        Args:
            words: what the indicator is called.
            draft: the revision, or what makes it of the indicator as it is when it is revised.

        Raises:
            InvalidInput: it sets nothing, gives no reason, or does not fit the indicator.
            Refused: the indicator is closed or cancelled, all is promised so already, or
                the day is in the future.
        """
        from tracker.ledger import decisions, revisions

        def work(txn: Transaction) -> Decided:
            look = Look(txn, NOW, self.today, self.rules)
            indicator = lookup.the_indicator(txn, lookup.indicator_id(txn, words))
            decisions.refuse_ended(look, decisions.assessed(look, indicator.id))
            revision = draft(indicator, txn) if callable(draft) else draft
            decisions.check_reason(revision.reason)
            decisions.refuse_early(revision.on, self.today)
            signed = self._signed(revision)
            decisions.refuse_wrong(txn, indicator, signed)
            revisions.refuse_unchanged(indicator, signed, self.today)
            txn.append(indicator.id, signed)
            before = revisions.promised(indicator, self.today)
            after = revisions.promised(lookup.the_indicator(txn, indicator.id), self.today)
            return Decided(indicator.id, indicator.name, before, after)

        return self.change("revise", work)

    def judge(self, words: str, judgement: Judgement) -> Decided:
        """Store how confident somebody is; the computed light stays what it is.

        Args:
            words: what the indicator is called.
            judgement: the confidence, its day and its reason; ``by``: who judges, the
                author where it is None.

        Raises:
            InvalidInput: it gives no confidence or no reason.
            Refused: the indicator is closed or cancelled, or the day is in the future.
        """
        from tracker.ledger import decisions

        def work(txn: Transaction) -> Decided:
            look = Look(txn, NOW, self.today, self.rules)
            indicator = lookup.the_indicator(txn, lookup.indicator_id(txn, words))
            before = decisions.assessed(look, indicator.id)
            decisions.refuse_ended(look, before)
            decisions.check_reason(judgement.reason)
            decisions.refuse_early(judgement.on, self.today)
            signed = self._signed(judgement)
            signed.by = judgement.by or self._author
            decisions.refuse_wrong(txn, indicator, signed)
            txn.append(indicator.id, signed)
            after = decisions.assessed(look, indicator.id)
            words_of = (each.judged or "none" for each in (before, after))
            return Decided(indicator.id, indicator.name, *words_of)

        return self.change("judge", work)

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
        from tracker.ledger import decisions

        def work(txn: Transaction) -> Decided:
            record = found(txn, words)
            decisions.refuse_early(decision.on, self.today)
            before = decisions.refuse_transition(record, decision, command)
            decisions.check_reason(decision.reason)
            signed = self._signed(decision)
            decisions.refuse_wrong(txn, record, signed)
            if decision.state == "closed" and not force:
                decisions.refuse_unmet(Look(txn, NOW, self.today, self.rules), record)
            txn.append(record.id, signed)
            look, end = Look(txn, NOW, self.today, self.rules), decisions.WAYS[command].end
            remarks = decisions.remarks_on_state(look, record.id, end)
            return Decided(record.id, record.name, before, end, remarks)

        return self.change(command, work)

    def undo(self, seq: int | None = None) -> Undone:
        """Take a change back, by a new one that says the opposite.

        Args:
            seq: the number of the change, which may be an undo itself; None: the newest
                that is not taken back and no undo.

        Raises:
            NotFound: there is no such change.
            Refused: there is nothing left to take back, or it is somebody else's.
            Conflict: it is taken back already, or what it changed was changed since.
        """
        from tracker.ledger import history, merge, undo

        with self.store.view() as view:
            wanted = undo.chosen(view.newest(), seq, self._author).commit.seq
        stamp = msgspec.structs.replace(self.stamp("undo"), undoes=wanted)

        def work(txn: Transaction) -> Undone:
            found = undo.chosen(txn.newest(), seq, self._author)
            commit = found.commit
            if commit.seq != wanted:
                raise Conflict(
                    _("Somebody else has just changed the ledger; look with: tracker history")
                )
            for record in undo.take_back(txn, found, self._signed):
                try:
                    merge.check(txn, record)
                except InvalidInput as error:
                    raise Conflict(error.sentence, error.candidates) from None
            told = history.of_commit(txn.history({each.id for each in commit.changes}), commit)
            return Undone((found.later or [commit])[0].seq + 1, commit, told)

        return self._store(work, stamp)

    def stamp(self, command: str) -> Stamp:
        """Who changes what, and when: what a commit of ``command`` is signed with."""
        return Stamp(at=self.now, by=self._author, command=command)

    def change(self, command: str, work: Callable[[Transaction], Answer]) -> Answer:
        """Store what ``work`` does as one change of ``command``, then tell the hooks of it."""
        return self._store(work, self.stamp(command))

    def _store(self, work: Callable[[Transaction], Answer], stamp: Stamp) -> Answer:
        """Store a change, then tell the hooks of it."""
        if self._hooks is None:
            return self.store.transact(work, stamp)
        changes: list[Change] = []

        def watched(txn: Transaction) -> Answer:
            answer = work(txn)
            changes[:] = txn.changes
            return answer

        answer = self.store.transact(watched, stamp)
        if changes:
            self._hooks.tell(stamp, changes)
        return answer

    def _signed(self, entry: Any) -> Any:  # noqa: ANN401  # an entry of the same kind
        return msgspec.structs.replace(
            entry, id=os.urandom(6).hex(), recorded_at=self.now, by=self._author
        )


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
