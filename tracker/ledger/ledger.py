"""Changes of a ledger: one method each, beside the questions of the reader.

``Tracker`` joins a store with the rules. It reads no clock and no environment, prints
nothing, and leaves the ledger as it was whenever it raises.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import msgspec

from tracker.assessment.assess import assess
from tracker.assessment.case import Case
from tracker.assessment.rules import Rules
from tracker.errors import Conflict, InvalidInput
from tracker.ledger import lookup
from tracker.ledger.answers import StoredDecision, StoredUpdate, UndoneChange
from tracker.ledger.lookup import LedgerRecord
from tracker.ledger.reader import LedgerReader
from tracker.ledger.view import LedgerView
from tracker.locale.translation import _
from tracker.model.assessment import Assessment
from tracker.model.commits import LIST_OF, TABLES, Change, Stamp
from tracker.model.filters import Filter
from tracker.model.horizon import NOW
from tracker.model.records import (
    APPENDED_LISTS,
    Decision,
    Document,
    Entry,
    Indicator,
    IndicatorItem,
    Initiative,
    Item,
    Judgement,
    Revision,
    Update,
    Verdict,
)
from tracker.storage.base import (
    DatabaseStore,
    FillableStore,
    ForeseeingStore,
    Store,
    Transaction,
    View,
)

# Looking needs nothing of what changing takes, and should not pay for its import.
if TYPE_CHECKING:
    from tracker.exchange.batches import Batch
    from tracker.exchange.tables.reading import TableReading
    from tracker.ledger.bulk_edit import BuildBulkFields, BulkChange
    from tracker.ledger.bulk_updates import RowsToStore, StoredRows
    from tracker.ledger.hooks import Hooks
    from tracker.ledger.merge import ConflictRule, MergeCounts
    from tracker.ledger.table_merge import TablePlan
    from tracker.ledger.transfer import ProgressWatch
    from tracker.model.records import PaperNumber
    from tracker.output.papers import Paper, PaperKey


Answer = TypeVar("Answer")
EntryT = TypeVar("EntryT", bound=Entry)
OwnerT = TypeVar("OwnerT", bound=Initiative | Indicator)

_FIXED_FIELDS = APPENDED_LISTS | {"id", "recorded_at", "by"}
"""Fields that no edit changes."""


BuildFields: TypeAlias = Callable[[Initiative | Indicator, View], Mapping[str, Any]]
"""Builds the fields to be set; it may be called again when another writer was quicker."""
BuildRevision: TypeAlias = Callable[[Indicator, View], Revision]
"""Builds a revision; it may be called again when another writer was quicker."""


class _Rehearsed(Exception):
    """Ends a transaction that is only tried."""


class Tracker(LedgerReader):
    """Ledger that can be read and changed, with the rules of the place that keeps it.

    Args:
        store: where the records are.
        now: the moment of the call, with its time zone; its day is "today".
        author: who is named in what is stored.
        rules: the numbers in the rules.
        hooks: are told of every change that is stored.
        known_since: since when changes count as known, where that is not ``now``.

    Attributes:
        refuses_earlier_clock: whether a change is refused behind one that was made later.
    """

    def __init__(
        self,
        store: Store,
        *,
        now: datetime,
        author: str | None = None,
        rules: Rules | None = None,
        hooks: "Hooks | None" = None,
        known_since: datetime | None = None,
    ) -> None:
        super().__init__(store, now=now, rules=rules)
        self._author = author
        self._hooks = hooks
        self._known_since = known_since or now
        self.refuses_earlier_clock = False

    def make(self) -> bool:
        """Make the ledger if there is none; return whether one was made.

        A database keeps from now on what is foreseen of the indicators by these rules.
        """
        is_new = self.store.create()
        if is_new and isinstance(self.store, DatabaseStore):
            from tracker.ledger.foresight import foresee_all

            foresee_all(self.store, self.today, self.rules)
        return is_new

    def merge(
        self,
        batches: "Sequence[Batch]",
        rule: "ConflictRule",
        command: str,
        *,
        renumber: bool = False,
    ) -> "MergeCounts":
        """Add all that files hold, or nothing.

        Args:
            batches: the files.
            rule: what is done where the ledger says otherwise.
            command: the command that the change is signed with.
            renumber: give new ids to records whose id another name holds.

        Raises:
            InvalidInput: something in them is wrong.
            Conflict: the rule is "refuse" and the ledger says otherwise.
        """
        from tracker.ledger import merge

        stamp = self.stamp(command)
        local = self.rules.local
        return self._commit(
            lambda txn: merge.merge_batches(txn, batches, stamp, rule, local, renumber=renumber),
            stamp,
        )

    def try_merge(
        self, batches: "Sequence[Batch]", rule: "ConflictRule", command: str
    ) -> "tuple[MergeCounts, Sequence[Change]]":
        """Return what a merge would do, and its changes; nothing is stored.

        Raises:
            InvalidInput: something in the files is wrong.
            Conflict: the rule is "refuse" and the ledger says otherwise.
        """
        from tracker.ledger import merge

        stamp = self.stamp(command)
        local = self.rules.local
        return self._rehearse(
            lambda txn: (merge.merge_batches(txn, batches, stamp, rule, local), txn.changes)
        )

    def add_all(self, changes: Sequence[Change], command: str) -> None:
        """Add the records that a merge has made on an empty ledger, as one change.

        Raises:
            Conflict: there are records of the same ids already.
        """

        def work(txn: Transaction) -> None:
            for change in changes:
                txn.create(msgspec.json.decode(change.record, type=TABLES[change.table]))

        self._commit(work, self.stamp(command))

    def rehearse_merge(
        self, batches: "Sequence[Batch]", rule: "ConflictRule", *, renumber: bool = False
    ) -> "MergeCounts":
        """Return what a merge would do; nothing is stored.

        Raises:
            InvalidInput: something in the files is wrong.
            Conflict: the rule is "refuse" and the ledger says otherwise.
        """
        from tracker.ledger import merge

        stamp = self.stamp("import")
        local = self.rules.local
        return self._rehearse(
            lambda txn: merge.merge_batches(txn, batches, stamp, rule, local, renumber=renumber)
        )

    def merge_table(self, reading: "TableReading") -> "MergeCounts":
        """Add what the table of an office holds and the ledger does not, or nothing.

        Raises:
            InvalidInput: a record would be wrong.
            Refused: a command would refuse the same.
        """
        from tracker.ledger import merge, table_merge

        stamp = self.stamp("import")

        def work(txn: Transaction) -> "MergeCounts":
            plan = table_merge.plan_table_merge(self._view_of(txn), reading)
            return merge.merge_batches(txn, [plan.batch], stamp, "replace", self.rules.local)

        return self._commit(work, stamp)

    def rehearse_table(self, reading: "TableReading") -> "tuple[TablePlan, MergeCounts]":
        """Return what a table changes in the ledger, and how much that is; nothing is stored.

        Raises:
            InvalidInput: a record would be wrong.
            Refused: a command would refuse the same.
        """
        from tracker.ledger import table_merge

        with self.open_view(NOW) as view:
            plan = table_merge.plan_table_merge(view, reading)
        return plan, self.rehearse_merge([plan.batch], "replace")

    def move(self, target: Store, watch: "ProgressWatch | None" = None) -> int:
        """Copy the whole ledger, its history included, into an empty place; count the commits.

        Args:
            target: where to.
            watch: passes on what is read, copied and compared.

        Raises:
            InvalidInput: nothing can be copied there.
            Conflict: there is something already.
            LedgerError: one of them cannot be used; nothing was stored.
        """
        from tracker.ledger import transfer

        if not isinstance(target, FillableStore):
            raise InvalidInput(
                _("Nothing can be moved to {place}; name a folder or a database.").format(
                    place=target.place
                )
            )
        return transfer.copy_ledger(self.store, target, self.today, self.rules, watch)

    def add(self, record: LedgerRecord) -> LedgerRecord:
        """Add a record; an indicator's initiative, a parent and documents must be there.

        One without an id gets one: the slug of an ASCII name, else the next free number.

        Returns:
            The record as it is stored, signed.

        Raises:
            InvalidInput: something in it is wrong.
            Conflict: its id is taken, or without one its name.
        """
        return self.add_with_indicators(record, [])[0]

    def add_with_indicators(
        self, record: LedgerRecord, indicators: Sequence[Indicator]
    ) -> list[LedgerRecord]:
        """Add a record as ``add`` does, and with it indicators, as one change.

        Args:
            record: an initiative, or an indicator.
            indicators: the indicators of that initiative, or more beside that indicator;
                the part of their ids before the dot is filled in.

        Returns:
            The record and the indicators as they are stored, signed.

        Raises:
            InvalidInput: something in them is wrong.
            Conflict: an id is taken, or without one a name.
        """
        from tracker.exchange.batches import Batch
        from tracker.ledger import merge, numbering

        def work(txn: Transaction) -> list[LedgerRecord]:
            if lookup.look_up_stored_record(txn, type(record), record.id) is not None:
                raise Conflict(
                    _("{id} exists already; change it with: tracker edit {id}").format(id=record.id)
                )
            new = numbering.number_new_records(txn, record, indicators)
            documents, items = _split_ledger_record(new[0])
            for more in new[1:]:
                items[0].indicators += _split_ledger_record(more)[1][0].indicators
            batch = Batch(documents, items, problems=[])
            merge.merge_batches(txn, [batch], self.stamp("add"), "refuse", self.rules.local)
            return [lookup.look_up_stored_record(txn, type(each), each.id) or each for each in new]

        return self.change("add", work)

    def remarks_on(self, record: LedgerRecord) -> Sequence[str]:
        """Return remarks on a record that was added: whether it is ended from above."""
        if isinstance(record, Document):
            return ()
        from tracker.ledger import decisions

        with self.open_view(NOW) as view:
            stored = lookup.find_record(view.records, record.id)
            return decisions.remark_on_decision_state(view, stored, "active")

    def edit(self, words: str, change: Mapping[str, Any] | BuildFields) -> StoredDecision:
        """Set fields of a record; None, or an empty list, clears one.

        Args:
            words: what the record is called.
            change: the fields, or what makes them of the record as it is when it is changed.

        Raises:
            InvalidInput: the record has no such field, or would be wrong.
        """
        from tracker.exchange.fields import build_record_from_fields
        from tracker.ledger import admission, merge, revisions

        def work(txn: Transaction) -> StoredDecision:
            record = lookup.find_record(txn, words)
            fields = change(record, txn) if callable(change) else change
            fixed = [name for name in fields if name in _FIXED_FIELDS]
            if fixed:
                raise InvalidInput(
                    _("{id}: {field} cannot be edited.").format(id=record.id, field=fixed[0])
                )
            changed = build_record_from_fields(
                type(record), msgspec.structs.asdict(record) | dict(fields)
            )
            merge.compose_names(changed)
            merge.refuse_unmergeable_record(txn, changed)
            admission.refuse_admission_of_contradictions(txn, record, changed, self.rules.local)
            txn.replace(changed)
            names = [name for name in fields if getattr(record, name) != getattr(changed, name)]
            remarks = revisions.remark_on_unrevised_edit(record, changed, names)
            return StoredDecision(record.id, changed.name, "", ", ".join(names), remarks)

        return self.change("edit", work)

    def plan_bulk_edit(self, where: Filter, build: "BuildBulkFields") -> "list[BulkChange]":
        """Return what ``edit_in_bulk`` would change; nothing is stored."""
        from tracker.ledger import bulk_edit

        with self.open_view(NOW) as view:
            return bulk_edit.plan_bulk_edit(view, where, build)

    def edit_in_bulk(self, where: Filter, build: "BuildBulkFields") -> "list[BulkChange]":
        """Set fields of all records that fit a filter, as one change.

        Args:
            where: the filter.
            build: makes the fields of a record as it is when it is changed.

        Raises:
            InvalidInput: a record would be wrong; none is changed.
        """
        from tracker.ledger import admission, bulk_edit, merge

        def work(txn: Transaction) -> "list[BulkChange]":
            planned = bulk_edit.plan_bulk_edit(self._view_of(txn), where, build)
            for change in planned:
                merge.refuse_unmergeable_record(txn, change.after)
                admission.refuse_admission_of_contradictions(
                    txn, change.before, change.after, self.rules.local
                )
                txn.replace(change.after)
            return planned

        return self.change("edit", work)

    def report(
        self,
        words: str,
        draft: Update,
        value: str | None,
        added: str | None,
        *,
        force: bool = False,
    ) -> StoredUpdate:
        """Store an update.

        Args:
            words: what the indicator is called.
            draft: all of the update but its value.
            value: the reported value as typed, with or without unit; None for milestones.
            added: what to add to the newest value, instead of ``value``.
            force: take a value that may be a slip.

        Raises:
            InvalidInput: the value is not understood or does not fit the indicator.
            Doubtful: the value may be a slip, and is not taken by ``force``.
            Refused: the indicator is closed or cancelled, the day is in the future, or the
                days of an increment are counted already.
        """
        from tracker.ledger import updates

        def work(txn: Transaction) -> StoredUpdate:
            case = self._find_open_case(txn, words)
            updates.refuse_future_update(draft, self.today)
            update = updates.read_update_value(case, draft, value, added)
            return self._store_update(txn, case, update, force=force)

        return self.change("update", work)

    def draft_correction(self, words: str, draft: Update, *, is_newest: bool) -> tuple[Update, str]:
        """Return an update that takes the last report back, and a sentence that names that one.

        Args:
            words: what the indicator is called.
            draft: the update; it gets the day of the report that it corrects.
            is_newest: correct the newest report, whatever its day; else the last of the
                day of the draft.

        Raises:
            Refused: there is no such report.
        """
        from tracker.ledger import updates

        with self.open_view(NOW) as view:
            indicator = lookup.find_indicator(view.records, words)
        earlier = updates.choose_corrected_update(indicator, None if is_newest else draft.on)
        corrected = msgspec.structs.replace(draft, on=earlier.on, voids=earlier.id)
        return corrected, updates.describe_corrected_update(indicator, earlier)

    def report_rows(
        self, rows: "RowsToStore", *, accept_doubts: bool = False, is_rehearsal: bool = False
    ) -> "StoredRows":
        """Store the reports of a form, a table or lines, all of them or none.

        Args:
            rows: the rows.
            accept_doubts: take values that may be slips, and corrections.
            is_rehearsal: store nothing, and take doubts, to say what would be stored.

        Raises:
            RefusedRows: rows are wrong, or doubtful and not accepted.
        """
        from tracker.ledger import decisions, updates
        from tracker.ledger.bulk_updates import BulkUpdate

        def work(txn: Transaction) -> "StoredRows":
            view = self._view_of(txn)

            def find_case(indicator: Indicator) -> Case:
                owner = lookup.look_up_initiative(txn, indicator.initiative_id)
                case = view.build_case(owner, indicator)
                decisions.refuse_after_ending_decision(txn, case)
                return case

            def store(case: Case, update: Update, *, force: bool) -> StoredUpdate:
                updates.refuse_future_update(update, self.today)
                return self._store_update(txn, case, update, force=force)

            bulk = BulkUpdate(txn, find_case, store)
            return bulk.store_all(rows, self.today, accept_doubts=accept_doubts or is_rehearsal)

        return self._rehearse(work) if is_rehearsal else self.change("update", work)

    def _store_update(
        self, txn: Transaction, case: Case, update: Update, *, force: bool
    ) -> StoredUpdate:
        """Check an update against all that a ledger refuses, sign it and store it."""
        from tracker.ledger import decisions, predecessors, updates

        signed = self._sign(update)
        updates.refuse_negative_update_count(case.indicator, signed)
        decisions.refuse_wrong_decision_or_entry(txn, case.indicator, signed)
        updates.refuse_update_of_same_days(case.indicator, signed)
        reported = _add_entry_to_ledger_record(case.indicator, signed)
        (new,) = predecessors.list_reports_with_predecessors(reported, {signed.id}, case.horizon)
        ((_update, before),) = new.list_predecessors()
        if not force:
            updates.refuse_slip_in_update(new, signed, before)
            updates.refuse_update_out_of_order(txn, case, signed)
        indicator = _append_ledger_entry(txn, case.indicator, signed)
        after = _assess_ledger_change(case, indicator)
        remarks = updates.remark_on_update(new, signed, before)
        return StoredUpdate(signed, case.assessment, after, remarks, indicator.accumulation)

    def _rehearse(self, work: Callable[[Transaction], Answer]) -> Answer:
        """Return what a change would do; nothing is stored."""
        answers: list[Answer] = []

        def rehearse(txn: Transaction) -> None:
            answers.append(work(txn))
            raise _Rehearsed

        with suppress(_Rehearsed):
            self.store.transact(rehearse, self.stamp("rehearsal"))
        # It is tried again where another writer was quicker.
        return answers[-1]

    def revise(self, words: str, draft: Revision | BuildRevision) -> StoredDecision:
        """Store a decided change of target or deadline.

        Args:
            words: what the indicator is called.
            draft: the revision, or what makes it of the indicator as it is when it is revised.

        Raises:
            InvalidInput: it sets nothing, gives no reason, or does not fit the indicator.
            Refused: the indicator is closed or cancelled, all is promised so already, or
                the day is in the future.
        """
        from tracker.ledger import admission, decisions, revisions

        def work(txn: Transaction) -> StoredDecision:
            case = self._find_open_case(txn, words)
            indicator = case.indicator
            revision = draft(indicator, txn) if callable(draft) else draft
            decisions.refuse_decision_without_reason(revision.reason)
            decisions.refuse_future_decision(revision.on, self.today)
            signed = self._sign(revision)
            decisions.refuse_wrong_decision_or_entry(txn, indicator, signed)
            revisions.refuse_unchanged_revision(indicator, signed, self.today)
            before = revisions.format_revised_promise(indicator, self.today)
            revised = _add_entry_to_ledger_record(indicator, signed)
            admission.refuse_admission_of_contradictions(txn, indicator, revised, self.rules.local)
            _append_ledger_entry(txn, indicator, signed)
            after = revisions.format_revised_promise(revised, self.today)
            return StoredDecision(indicator.id, indicator.name, before, after)

        return self.change("revise", work)

    def judge(self, words: str, judgement: Judgement) -> StoredDecision:
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

        def work(txn: Transaction) -> StoredDecision:
            case = self._find_open_case(txn, words)
            decisions.refuse_decision_without_reason(judgement.reason)
            decisions.refuse_future_decision(judgement.on, self.today)
            signed = self._sign(judgement)
            signed.by = judgement.by or self._author
            decisions.refuse_wrong_decision_or_entry(txn, case.indicator, signed)
            indicator = _append_ledger_entry(txn, case.indicator, signed)
            after = _assess_ledger_change(case, indicator)
            confidences = (each.judged or "none" for each in (case.assessment, after))
            return StoredDecision(indicator.id, indicator.name, *confidences)

        return self.change("judge", work)

    def give_verdict(self, words: str, verdict: Verdict) -> StoredDecision:
        """Store what somebody finds a promise to be; the computed light stays what it is.

        Args:
            words: what the indicator is called.
            verdict: the finding, its day, reason and evidence; ``by``: whose it is, the
                author's where it is None.

        Raises:
            InvalidInput: it gives no finding or no reason.
            Refused: the indicator is no promise, or the day is in the future.
        """
        from tracker.ledger import decisions

        def work(txn: Transaction) -> StoredDecision:
            case = self._find_case(txn, words)
            decisions.refuse_decision_without_promise(case.assessment)
            decisions.refuse_decision_without_reason(verdict.reason)
            decisions.refuse_future_decision(verdict.on, self.today)
            signed = self._sign(verdict)
            signed.by = verdict.by or self._author
            decisions.refuse_wrong_decision_or_entry(txn, case.indicator, signed)
            indicator = _append_ledger_entry(txn, case.indicator, signed)
            after = _assess_ledger_change(case, indicator)
            # One on a cycle that is over says nothing of the cycle in judgement.
            now = after.verdict or signed.verdict or "none"
            before = case.assessment.verdict or "none"
            remarks = decisions.remark_on_verdict_decision(after, self.today)
            return StoredDecision(indicator.id, indicator.name, before, now, remarks)

        return self.change("verdict", work)

    def decide(
        self, words: str, decision: Decision, command: str, *, force: bool
    ) -> StoredDecision:
        """Store a decision about the state of an initiative or an indicator.

        Args:
            words: what it is called.
            decision: the new state, its day and its reason.
            command: one of ``decisions.TRANSITIONS``; it must lead to that state.
            force: close it although targets are not met.

        Raises:
            InvalidInput: it has no reason, or the command does not lead to that state.
            Refused: the record is not in a state from which that is possible, the day is in
                the future, or it is to be closed with targets that are not met, and not by
                ``force``.
        """
        from tracker.ledger import decisions

        def work(txn: Transaction) -> StoredDecision:
            record = lookup.find_record(txn, words)
            decisions.refuse_future_decision(decision.on, self.today)
            before = decisions.refuse_decision_transition(record, decision, command)
            decisions.refuse_decision_without_reason(decision.reason)
            signed = self._sign(decision)
            decisions.refuse_wrong_decision_or_entry(txn, record, signed)
            view = self._view_of(txn, joins_parts=decision.state == "closed")
            if decision.state == "closed" and not force:
                decisions.refuse_unmet_closing_decision(view, record)
            decided, end = (
                _append_ledger_entry(txn, record, signed),
                decisions.TRANSITIONS[command].end,
            )
            remarks = decisions.remark_on_decision_state(view, decided, end)
            return StoredDecision(record.id, record.name, before, end, remarks)

        return self.change(command, work)

    def undo(self, seq: int | None = None) -> UndoneChange:
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
            wanted = undo.choose_commit_to_undo(
                view.history_newest_first(), seq, self._author
            ).commit.seq
        stamp = msgspec.structs.replace(self.stamp("undo"), undoes=wanted)

        def work(txn: Transaction) -> UndoneChange:
            chosen = undo.choose_commit_to_undo(txn.history_newest_first(), seq, self._author)
            commit = chosen.commit
            if commit.seq != wanted:
                raise Conflict(
                    _("Somebody else has just changed the ledger; look with: tracker history")
                )
            find_unit = partial(lookup.look_up_unit, txn)
            events = history.list_events_of_commit(commit, chosen.later, find_unit)
            for record in undo.reverse_commit(txn, chosen, self._sign):
                try:
                    merge.refuse_unmergeable_record(txn, record)
                except InvalidInput as error:
                    raise Conflict(error.sentence, error.candidates) from None
            return UndoneChange((chosen.later or [commit])[0].seq + 1, commit, events)

        return self._commit(work, stamp)

    def number_papers(
        self, papers: "Sequence[Paper]", word: str
    ) -> "Mapping[PaperKey, PaperNumber]":
        """Return the numbers of papers; without a ``word`` only those that were taken before.

        Where one has none yet, and there is a word, it takes the next one of its year.
        """
        from tracker.ledger import paper_numbers

        with self.store.view() as view:
            numbers = paper_numbers.map_paper_numbers(view.receipts())
        if not word or all(paper.key in numbers for paper in papers):
            return numbers
        stamp = self.stamp("report")
        return self._commit(
            lambda txn: paper_numbers.take_paper_numbers(txn, papers, word, stamp), stamp
        )

    def stamp(self, command: str) -> Stamp:
        """Return who changes what, and when: what a commit of ``command`` is signed with."""
        clock = None if self._known_since == self.now else self.now
        return Stamp(at=self._known_since, by=self._author, command=command, clock=clock)

    def change(self, command: str, work: Callable[[Transaction], Answer]) -> Answer:
        """Store what ``work`` does as one change of ``command``, then tell the hooks of it."""
        return self._commit(work, self.stamp(command))

    def _commit(self, work: Callable[[Transaction], Answer], stamp: Stamp) -> Answer:
        """Store a change, then tell the hooks of it."""
        changes: Sequence[Change] = ()

        def watched(txn: Transaction) -> Answer:
            nonlocal changes
            if self.refuses_earlier_clock:
                from tracker.ledger.clocks import refuse_earlier_clock

                refuse_earlier_clock(stamp.at, txn.find_newest_moment())
            answer = work(txn)
            if txn.foreseen_by is not None:
                from tracker.ledger.foresight import keep_foresight

                keep_foresight(txn, self._view_of(txn, joins_parts=True))
            changes = txn.changes
            return answer

        answer = self.store.transact(watched, stamp)
        if isinstance(self.store, ForeseeingStore) and self.store.is_renewed:
            from tracker.ledger.foresight import renew_foresight

            renew_foresight(self.store, len(changes), self.today, self.rules)
        if changes and self._hooks is not None:
            self._hooks.run_all(stamp, changes)
        return answer

    def _view_of(self, txn: Transaction, *, joins_parts: bool = False) -> LedgerView:
        return LedgerView(txn, NOW, self.today, self.rules, joins_parts=joins_parts)

    def _find_open_case(self, txn: Transaction, words: str) -> Case:
        """Find an indicator to be changed and refuse it if it has ended."""
        from tracker.ledger import decisions

        case = self._find_case(txn, words)
        decisions.refuse_after_ending_decision(txn, case)
        return case

    def _find_case(self, txn: Transaction, words: str) -> Case:
        """Find an indicator to be changed; it may be there from a later day on only."""
        indicator = lookup.find_indicator(txn, words)
        owner = lookup.look_up_initiative(txn, indicator.initiative_id)
        return self._view_of(txn).build_case(owner, indicator)

    def _sign(self, entry: EntryT) -> EntryT:
        """Return an entry with a new id, the author and the moment."""
        return msgspec.structs.replace(
            entry, id=os.urandom(6).hex(), recorded_at=self._known_since, by=self._author
        )


def _assess_ledger_change(case: Case, indicator: Indicator) -> Assessment:
    """Assess the indicator of a case with an entry more that does not change its state."""
    return assess(case.initiative, indicator, case.assessment.state, case.horizon, case.rules)


def _append_ledger_entry(txn: Transaction, record: OwnerT, entry: Entry) -> OwnerT:
    """Store an entry and return its record with it, without reading that again."""
    txn.append(record.id, entry)
    return _add_entry_to_ledger_record(record, entry)


def _add_entry_to_ledger_record(record: OwnerT, entry: Entry) -> OwnerT:
    """Return a record with an entry more."""
    name = LIST_OF[type(entry)]
    entries = [each for each in getattr(record, name) if each.id != entry.id]
    return msgspec.structs.replace(record, **{name: [*entries, entry]})


def _split_ledger_record(record: LedgerRecord) -> tuple[list[Document], list[Item]]:
    """Return a record as the documents and the items of an import."""
    if isinstance(record, Document):
        return [record], []
    if isinstance(record, Initiative):
        return [], [Item(**{name: getattr(record, name) for name in record.__struct_fields__})]
    indicator = IndicatorItem(**{name: getattr(record, name) for name in record.__struct_fields__})
    return [], [Item(id=record.initiative_id, name="", indicators=[indicator])]
