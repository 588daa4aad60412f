"""What the ledger can be asked and told: one method per use case.

``Tracker`` joins a store with the rules. It reads no clock and no environment, prints
nothing, and leaves the ledger as it was whenever it raises.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias, TypeVar

import msgspec

from tracker import naming
from tracker.asking import NOW, Look
from tracker.changes import Change, Commit, Stamp
from tracker.errors import Conflict, InvalidInput
from tracker.locale import _
from tracker.models import (
    APPENDED,
    Acknowledgement,
    Assessment,
    Decision,
    Document,
    Indicator,
    Initiative,
    Item,
    Judgement,
    Receipt,
    Revision,
    Update,
)
from tracker.progress import Rules
from tracker.questions import Questions, found, indicator_ids
from tracker.store import Movable, Store, Transaction, View
from tracker.vocabulary import Accumulation

# Looking needs nothing of what changing takes, and should not pay for its import.
if TYPE_CHECKING:
    from tracker.chronicle import Event
    from tracker.hooks import Hooks
    from tracker.intake import Batch
    from tracker.merging import Merged, Rule
    from tracker.moving import Watch
    from tracker.reminders import Digest
    from tracker.reminding import Claimed, Plan, Round

Answer = TypeVar("Answer")

_FIXED = APPENDED | {"id", "recorded_at", "by"}
"""The fields that no edit changes."""


Edit: TypeAlias = Callable[[Initiative | Indicator, View], Mapping[str, Any]]
"""Makes the fields to be set; it may be asked again when another writer was quicker."""
Draft: TypeAlias = Callable[[Indicator, View], Revision]
"""Makes a revision, in the same way."""


class Reported(NamedTuple):
    """A stored update: the indicator before and after it, what is to be mentioned, its kind."""

    update: Update
    before: Assessment
    after: Assessment
    remarks: list[str]
    accumulation: Accumulation


class Decided(NamedTuple):
    """A stored decision or edit: the record, what it was and is, what is to be mentioned."""

    record_id: str
    name: str
    before: str
    after: str
    remarks: Sequence[str] = ()


class Moved(NamedTuple):
    """A copied ledger: how many commits it has, and where it is."""

    commits: int
    place: str


class Undone(NamedTuple):
    """A change that was taken back, what it had been, and the commit that took it back."""

    seq: int
    taken_back: Commit
    events: "list[Event]"


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
        from tracker import merging

        stamp = self._stamp(command)
        return self._store(lambda txn: merging.merge(txn, batches, stamp, rule), stamp)

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
        from tracker import moving

        if not isinstance(target, Movable):
            raise InvalidInput(
                _("Nothing can be moved to {place}; name a folder or a database.").format(
                    place=target.place
                )
            )
        count = moving.move(self.store, target, self.today, self.rules, watch)
        return Moved(count, target.place)

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

    def remarks_on(self, record: Initiative | Indicator | Document) -> Sequence[str]:
        """What is to be mentioned about a record that was added: that it is ended from above."""
        if isinstance(record, Document):
            return ()
        from tracker import entering

        with self._look(NOW) as look:
            return entering.remarks_on_state(look, record.id, "active")

    def edit(self, words: str, change: Mapping[str, Any] | Edit) -> Decided:
        """Set fields of a record; None, or an empty list, clears one.

        Args:
            words: what the record is called.
            change: the fields, or what makes them of the record as it is when it is changed.

        Raises:
            InvalidInput: the record has no such field, or would be wrong.
        """
        from tracker import entering, merging
        from tracker.intake import made

        def work(txn: Transaction) -> Decided:
            record = found(txn, words)
            fields = change(record, txn) if callable(change) else change
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
            remarks = entering.remarks(indicator, update, look)
            return Reported(update, before, after, remarks, indicator.accumulation)

        return self._change("update", work)

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
        from tracker import entering

        def work(txn: Transaction) -> Decided:
            look = Look(txn, NOW, self.today, self.rules)
            indicator = naming.the_indicator(txn, naming.indicator_id(txn, words))
            entering.refuse_ended(look, entering.assessed(look, indicator.id))
            revision = draft(indicator, txn) if callable(draft) else draft
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
        from tracker import entering

        def work(txn: Transaction) -> Decided:
            look = Look(txn, NOW, self.today, self.rules)
            indicator = naming.the_indicator(txn, naming.indicator_id(txn, words))
            before = entering.assessed(look, indicator.id)
            entering.refuse_ended(look, before)
            entering.check_reason(judgement.reason)
            entering.refuse_early(judgement.on, self.today)
            signed = self._signed(judgement)
            signed.by = judgement.by or self._author
            entering.refuse_wrong(txn, indicator, signed)
            txn.append(indicator.id, signed)
            after = entering.assessed(look, indicator.id)
            words_of = (each.judged or "none" for each in (before, after))
            return Decided(indicator.id, indicator.name, *words_of)

        return self._change("judge", work)

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
            record = found(txn, words)
            entering.refuse_early(decision.on, self.today)
            before = entering.refuse_transition(record, decision, command)
            entering.check_reason(decision.reason)
            signed = self._signed(decision)
            entering.refuse_wrong(txn, record, signed)
            if decision.state == "closed" and not force:
                entering.refuse_unmet(Look(txn, NOW, self.today, self.rules), record)
            txn.append(record.id, signed)
            look, end = Look(txn, NOW, self.today, self.rules), entering.WAYS[command].end
            remarks = entering.remarks_on_state(look, record.id, end)
            return Decided(record.id, record.name, before, end, remarks)

        return self._change(command, work)

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
        from tracker import chronicle, merging

        with self.store.view() as view:
            wanted = chronicle.chosen(view.newest(), seq, self._author).commit.seq
        stamp = msgspec.structs.replace(self._stamp("undo"), undoes=wanted)

        def work(txn: Transaction) -> Undone:
            found = chronicle.chosen(txn.newest(), seq, self._author)
            commit = found.commit
            if commit.seq != wanted:
                raise Conflict(
                    _("Somebody else has just changed the ledger; look with: tracker history")
                )
            for record in chronicle.take_back(txn, found, self._signed):
                try:
                    merging.check(txn, record)
                except InvalidInput as error:
                    raise Conflict(error.sentence, error.candidates) from None
            told = chronicle.of_commit(txn.history({each.id for each in commit.changes}), commit)
            return Undone((found.later or [commit])[0].seq + 1, commit, told)

        return self._store(work, stamp)

    def remind(
        self,
        plan: "Plan",
        deliver: Callable[["Digest"], None],
        clock: Callable[[], datetime],
        patience: timedelta,
    ) -> "Round":
        """Send digests: each is claimed, delivered without holding the ledger, and confirmed.

        What is not delivered is given up for the next run, and does not stop the others.
        Hooks are not told of it: receipts are no change of what the ledger is about.

        Args:
            plan: what is to be sent.
            deliver: sends one message, and returns when it is confirmed.
            clock: says what time it is.
            patience: how long a message may be on its way before it counts as lost.
        """
        from tracker import reminding
        from tracker.reminders import NotDelivered

        stamp, done = self._stamp("remind"), reminding.Round([], [])
        for each in plan.digests:

            def claim(txn: Transaction, digest: "Digest" = each) -> "list[Claimed]":
                return reminding.claim(txn, digest, clock(), patience, self._author)

            claims = self.store.transact(claim, stamp)
            try:
                while claims:
                    digest, receipt = claims[0]
                    deliver(digest)
                    sent = msgspec.structs.replace(receipt, sent_at=clock())
                    claims = claims[1:]
                    self.store.transact(partial(reminding.confirm, receipt=sent), stamp)
                    done.sent.append(sent)
            except NotDelivered as error:
                done.failed.append((each.address, str(error)))
            finally:
                if claims:
                    left = [claimed.receipt for claimed in claims]
                    self.store.transact(partial(reminding.release, receipts=left), stamp)
        return done

    def acknowledge(self, words: str, note: str | None) -> list[Receipt]:
        """Note on what was sent about a record that somebody has seen it.

        Raises:
            NotFound: nothing, or more than one record, is called so.
            Refused: nothing was sent about it, or all of that is acknowledged already.
        """
        from tracker import reminding

        def work(txn: Transaction) -> list[Receipt]:
            noted = Acknowledgement(indicator=words, at=self.now, by=self._author, note=note)
            return reminding.acknowledge(txn, indicator_ids(txn, words), noted)

        return self._change("ack", work)

    def _stamp(self, command: str) -> Stamp:
        return Stamp(at=self.now, by=self._author, command=command)

    def _change(self, command: str, work: Callable[[Transaction], Answer]) -> Answer:
        return self._store(work, self._stamp(command))

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
