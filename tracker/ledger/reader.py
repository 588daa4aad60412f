"""Questions to a ledger: one method each, that holds the whole query."""

from collections import Counter
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from tracker.assessment.promises import is_promise_due, is_promise_overdue
from tracker.assessment.rules import Rules
from tracker.errors import LedgerMissing
from tracker.ledger import lookup
from tracker.ledger.answers import (
    Branch,
    Export,
    InitiativeDetails,
    LightExplanation,
    Listing,
    ReportingStatus,
    Standing,
    StatusCounts,
)
from tracker.ledger.view import LedgerView
from tracker.model.assessment import Assessment
from tracker.model.commits import Commit
from tracker.model.dates import shift_date
from tracker.model.effective import find_last_effective_day, find_latest_report, is_record_in_effect
from tracker.model.filters import (
    ALL,
    Filter,
    fits_filter_of_assessment,
    fits_filter_of_record,
    fits_working_set_filter,
    refuse_wrong_filter,
)
from tracker.model.horizon import NOW, When
from tracker.model.leads import split_leads
from tracker.model.records import Document, Indicator, Initiative, Item
from tracker.storage.base import (
    DatabaseStore,
    DeadlineOrdered,
    ForeseenIndex,
    SharedParts,
    Store,
)

# Each of these is for one or two questions, and all others would wait for it.
if TYPE_CHECKING:
    from tracker.assessment.case import Case
    from tracker.assessment.checks import CheckTrace, Finding
    from tracker.assessment.obligations import OwedReports
    from tracker.ledger.foresight import ForeseenPart, Foresight
    from tracker.ledger.history import Event
    from tracker.ledger.proof import ChainHead, Proof


ItemT = TypeVar("ItemT")
ItemsT = TypeVar("ItemsT", bound=Iterable[Any])


class LedgerReader:
    """Ledger that can be read; ``today`` and the rules decide how it is seen.

    Args:
        store: where the records are.
        now: the moment of the call, with its time zone; its day is "today".
        rules: the numbers in the rules.

    Attributes:
        newest: what the last commit is known by that the last answer was made from.
    """

    newest: str | None = None

    def __init__(self, store: Store, *, now: datetime, rules: Rules | None = None) -> None:
        self.store = store
        self.rules = rules or Rules()
        self.now = now
        self.today = now.date()

    @contextmanager
    def open_view(self, when: When = NOW, *, explains: bool = True) -> Iterator[LedgerView]:
        """Open a view of the records on the days of a question, while the block lasts."""
        with self.store.view() as records:
            self.newest = records.newest
            yield LedgerView(records, when, self.today, self.rules, explains=explains)

    def indicators(
        self, where: Filter = ALL, when: When = NOW, limit: int | None = None
    ) -> Listing[list[Assessment]]:
        """List all indicators that fit, or the first of them, in the order of entry."""
        with self.open_view(when) as view, closing(view.assessments(where)) as assessments:
            first = list(islice(assessments, None if limit is None else limit + 1))
            listing = _list_items_for_reader(view, where, first[:limit])
            return msgspec.structs.replace(listing, is_cut=len(first) > len(listing.items))

    @contextmanager
    def passing_indicators(
        self, where: Filter = ALL, when: When = NOW
    ) -> Iterator[Listing[Iterator[Assessment]]]:
        """List all indicators that fit one at a time, so that none has to be held.

        They are there for as long as the ``with`` block lasts, and so is what the store keeps
        open for them. What is wrong with the question or the ledger is raised before that.
        """
        with (
            self.open_view(when) as view,
            _start_ledger_reader(view.assessments(where)) as assessments,
        ):
            yield _list_items_for_reader(view, where, assessments)

    def overdue(
        self, where: Filter = ALL, when: When = NOW, limit: int | None = None
    ) -> Listing[list[Assessment]]:
        """List what is past its deadline and not met, the longest overdue first.

        Only what is active, unless the filter names a state. With a limit a store that
        would have to read very much is asked for no more than is wanted.
        """
        with self.open_view(when) as view:
            foresight = _open_reader_foresight(view, where, limit)
            pairs = _find_candidates_for_reader(view, where, limit, "overdue")
            where, day = _limit_reader_to_active(where), view.horizon.as_of
            ordered = view.records if isinstance(view.records, DeadlineOrdered) else None
            if foresight is None and limit is not None and ordered is not None:
                return _list_longest_overdue_for_reader(view, ordered, where, limit)
            first = None if foresight is None else foresight.list_overdue()
            overdue = [
                assessment
                for assessment in _assess_for_reader(
                    view, where, first, shift_date(day, -1), pairs=pairs
                )
                if is_promise_overdue(assessment, day)
            ]
            overdue.sort(key=lambda each: (-(each.days_late or 0), each.id))
            total = len(overdue) if foresight is None else foresight.count_all().overdue
            return _list_items_for_reader(view, where, overdue[:limit], total)

    def due(
        self, within: int, where: Filter = ALL, when: When = NOW, limit: int | None = None
    ) -> Listing[list[Assessment]]:
        """List what is not met and has its deadline within so many days from the day on."""
        with self.open_view(when) as view:
            day = view.horizon.as_of
            last = shift_date(day, within)
            foresight = _open_reader_foresight(view, where, limit, last)
            where = _limit_reader_to_active(where)
            first = None if foresight is None else foresight.list_due(last)
            due = [
                assessment
                for assessment in _assess_for_reader(view, where, first, last, day)
                if is_promise_due(assessment) and (assessment.days_left or 0) <= within
            ]
            due.sort(key=lambda each: (each.days_left or 0, each.id))
            total = len(due) if foresight is None else foresight.count_due(last)
            return _list_items_for_reader(view, where, due[:limit], total)

    def behind(
        self, where: Filter = ALL, when: When = NOW, limit: int | None = None
    ) -> Listing[list[Assessment]]:
        """List what is red or yellow; only what is active, as in ``overdue``.

        What is overdue without a gap comes first, then the worst gap.
        """
        with self.open_view(when) as view:
            foresight = _open_reader_foresight(view, where, limit)
            pairs = _find_candidates_for_reader(view, where, limit, "behind")
            where = _limit_reader_to_active(where)
            first = None if foresight is None else foresight.list_behind()
            assessments = _assess_for_reader(view, where, first, pairs=pairs)
            behind = [each for each in assessments if each.light in {"red", "yellow"}]
            behind.sort(key=_rank_behind_for_reader)
            counts = None if foresight is None else foresight.count_all()
            total = len(behind) if counts is None else counts.red + counts.yellow
            return _list_items_for_reader(view, where, behind[:limit], total)

    def unreported(
        self, where: Filter = ALL, when: When = NOW, limit: int | None = None
    ) -> ReportingStatus:
        """List the reports that are owed, the longest first; only of what is active."""
        with self.open_view(when) as view:
            foresight = _open_reader_foresight(view, where, limit, soon=view.today)
            if foresight is None:
                return _build_reader_status(view, where, view.cases(_limit_reader_to_active(where)))
            cases = foresight.list_owed()
            return _build_reader_status(view, where, cases, foresight.count_status(view.today))

    def status(
        self, where: Filter = ALL, when: When = NOW, within: int = 0, limit: int | None = None
    ) -> ReportingStatus:
        """List all indicators that fit, and the reports that are owed on the active ones.

        Args:
            where: what they have to fit.
            when: the days of the question.
            within: days ahead in which a deadline is soon.
            limit: how many of each list of the screen are wanted, at least; None: all.
        """
        with self.open_view(when) as view:
            last = shift_date(view.today, within)
            foresight = _open_reader_foresight(view, where, limit, soon=last)
            if foresight is None:
                return _build_reader_status(view, where, view.cases(where))
            cases = foresight.list_status(last)
            return _build_reader_status(view, where, cases, foresight.count_status(last))

    def standing(self, where: Filter, when: When, by: str) -> Standing:
        """Return all indicators that fit, for counts by a field of their records."""
        from tracker.ledger.foresight import count_cases_one_by_one, count_groups_by_foresight

        with self.open_view(when) as view:
            day = view.horizon.as_of
            parts = count_groups_by_foresight(view, where, by)
            if parts is None:
                parts = list(count_cases_one_by_one(view.cases(where), day))
            return Standing(day, parts, view.count_left_out(where))

    def check(
        self, only: Sequence[str] = (), where: Filter = ALL, when: When = NOW
    ) -> "Listing[list[Finding]]":
        """List what the data checks find; ``only`` names some of them.

        Raises:
            InvalidInput: there is no check of such a name.
        """
        from tracker.assessment import checks

        # No check reads the reason of a light.
        with self.open_view(when, explains=False) as view:

            def find_compared(traces: "Sequence[CheckTrace]") -> "Iterator[Case]":
                return view.cases_that_share(_list_shared_parts_for_reader(traces))

            from tracker.ledger.foresight import ForesightCheck

            foreseen = ForesightCheck(view, where)
            findings = checks.run_checks(
                foreseen.watch(view.cases(where)), None if where == ALL else find_compared, only
            )
            listing = _list_items_for_reader(view, where, findings)
            return msgspec.structs.replace(listing, wrongly_foreseen=foreseen.count_wrong())

    def tree(
        self, root: str | None = None, where: Filter = ALL, when: When = NOW
    ) -> Listing[list[Branch]]:
        """List the initiatives under their parents, all below each rolled up."""
        from tracker.ledger import tree

        with self.open_view(when) as view:
            branches = list(tree.list_tree_branches(view, root, where))
            wholes = view.list_wholes_of_initiatives({each.initiative.id for each in branches})
            listing = _list_items_for_reader(view, where, branches)
            return msgspec.structs.replace(listing, wholes=wholes)

    def search(
        self, where: Filter, when: When = NOW, limit: int | None = None
    ) -> Listing[list[Branch]]:
        """List the initiatives that fit, or of which an indicator fits, side by side.

        Where nothing fits, a text in letters is read as the pinyin of names.
        """
        from tracker.ledger import tree

        with self.open_view(when) as view:
            found = _list_items_for_reader(
                view, where, *tree.list_fitting_tree_branches(view, where, limit)
            )
            texts = where.wanted("text") if not found.items else ()
            spelt = [
                each for text in texts for each in lookup.look_up_by_pinyin(view.name_index, text)
            ]
            if not spelt:
                return found
            where = msgspec.structs.replace(where, text=[each.name for each in spelt])
            return _list_items_for_reader(
                view, where, *tree.list_fitting_tree_branches(view, where, limit)
            )

    def count_left_out(self, where: Filter = ALL, when: When = NOW) -> int:
        """Return how many indicators that fit were not there, because they were entered later."""
        with self.open_view(when) as view:
            return view.count_left_out(where)

    def find(self, words: str) -> Initiative | Indicator:
        """Return the record that a person means, as it was entered.

        Raises:
            NotFound: no record, or more than one, is called so.
        """
        with self.store.view() as records:
            return lookup.find_record(records, words)

    def list_nearest_names(self, words: str) -> Sequence[str]:
        """Return ids and names of the records that are called most like some words."""
        with self.store.view() as records:
            return lookup.list_nearest_names(records, words)

    def find_indicator(self, words: str) -> Indicator:
        """Return the indicator that a person means; an initiative means its only one.

        Raises:
            NotFound: no record, or more than one, is called so.
        """
        with self.store.view() as records:
            return lookup.find_indicator(records, words)

    def show(self, words: str, when: When = NOW) -> InitiativeDetails:
        """Return all about one initiative, named in any way; an indicator means its initiative.

        Raises:
            NotFound: no record is called so, or it was not there yet.
        """
        from tracker.ledger.details import read_initiative_details

        with self.open_view(when) as view:
            return read_initiative_details(view, view.find_initiative(words), when)

    def why(self, words: str, when: When = NOW) -> LightExplanation:
        """Return the working of the light of one indicator, and its pace.

        Raises:
            NotFound: no one indicator is called so, or it was not there yet.
        """
        from tracker.assessment.cycles import list_cycle_results
        from tracker.assessment.explanation import explain_light
        from tracker.assessment.pace import compute_pace

        with self.open_view(when) as view:
            case = view.find_case(words)
            state = view.state(case.initiative, case.indicator)
            indicator = view.add_up(case.indicator)
            return LightExplanation(
                view.horizon.as_of,
                case.assessment,
                explain_light(indicator, state, view.horizon, view.rules, case.initiative.cycle),
                compute_pace(indicator, view.horizon),
                view.documents,
                find_latest_report(indicator, view.horizon),
                list_cycle_results(indicator, view.horizon),
            )

    def documents(self, when: When = NOW) -> Listing[list[tuple[Document, int]]]:
        """List the documents printed by the day, the oldest first, each with its records.

        The number counts the initiatives and indicators of which it is a source.
        """
        with self.open_view(when) as view:
            # What cites a document that is printed has been there since then at the latest; only
            # what was known on an earlier day may be less.
            records = (
                view.records.count_citations()
                if view.horizon.known_on is None
                else _count_known_citations_for_reader(view)
            )
            printed = sorted(view.printed_documents(), key=lambda each: (each.published, each.id))
            return Listing(
                view.horizon.as_of, [(each, records.get(each.id, 0)) for each in printed]
            )

    def export(self, where: Filter = ALL, when: When = NOW) -> Export[list[Item]]:
        """Return everything there is; with a day, what was there and known then."""
        with self.passing_export(where, when) as export:
            items = list(export.items)
            return Export(export.as_of, export.documents, items, export.left_out, export.papers)

    @contextmanager
    def passing_export(
        self, where: Filter = ALL, when: When = NOW
    ) -> Iterator[Export[Iterator[Item]]]:
        """Return everything one item at a time, as ``passing_indicators``."""
        with self._open_export(where, when) as export:
            yield export

    @contextmanager
    def passing_encoded_export(
        self, where: Filter = ALL, when: When = NOW
    ) -> Iterator[Export[Iterator[Item | msgspec.Raw]]]:
        """Return what ``passing_export`` does, as JSON at once where the store can give that."""
        with self._open_export(where, when, is_encoded=True) as export:
            yield export

    @contextmanager
    def _open_export(
        self, where: Filter, when: When, *, is_encoded: bool = False
    ) -> Iterator[Export[Iterator[Any]]]:
        from tracker.ledger import export

        with self.open_view(when) as view:
            everything = when == NOW
            is_whole = everything and where == ALL
            documents = view.documents.values() if everything else view.printed_documents()
            exported: Generator[Any] | None = None
            if is_whole and is_encoded:
                exported = export.export_encoded_items(view)
            exported = exported or export.export_items(view, where, everything=everything)
            papers = export.export_paper_numbers(view) if is_whole else ()
            with _start_ledger_reader(exported) as items:
                left_out = view.count_left_out(where)
                yield Export(view.horizon.as_of, list(documents), items, left_out, papers)

    def is_lead(self, name: str) -> bool:
        """Return whether a record has exactly this lead, alone or among others."""
        with self.store.view() as records:
            where = Filter(lead=name)
            owners = (each.lead for each in records.initiatives(where))
            own = (indicator.lead for _owner, indicator in records.candidates(where))
            return any(name in (lead, *split_leads(lead)) for lead in chain(owners, own))

    def is_there(self) -> bool:
        """Return whether there is a ledger, or what is left of one."""
        try:
            with self.store.view():
                return True
        except LedgerMissing:
            return False

    def history(
        self, words: str | None = None, when: When = NOW, *, deliveries: bool = True
    ) -> "list[Event]":
        """List what happened to the ledger up to both days, the newest first.

        Args:
            words: what a record is called, or the id that one had; an initiative stands
                for its indicators too. None: everything.
            when: a change counts from the day on which it was recorded.
            deliveries: whether what only says which messages were sent counts.

        Raises:
            NotFound: no record is, or ever was, called so.
        """
        from tracker.ledger import history

        with self.open_view(when) as view:
            last = date.max if when == NOW else find_last_effective_day(view.horizon)

            def list_commits(about: str | None) -> list[Commit]:
                commits = view.records.history(None if about is None else {about})
                return [commit for commit in commits if commit.at.date() <= last]

            record_id = words
            commits = []
            if words is None or lookup.can_look_up_as_id(words):
                commits = list_commits(words)
            if words is not None and not history.is_record_in_history(commits, words):
                record_id = lookup.find_record(view.name_index, words).id
                commits = list_commits(record_id)
            return list(history.list_events(commits, record_id, deliveries=deliveries))

    def newest_changes(self, limit: int, *, deliveries: bool = True) -> "Listing[list[Event]]":
        """List what happened to the ledger, the newest first.

        A store that would have to read very much is asked for no more than is wanted.

        Args:
            limit: how many changes are wanted.
            deliveries: as for ``history``.
        """
        from tracker.ledger.history import MOST_CHANGES, list_newest_events

        with self.open_view() as view:
            if not isinstance(view.records, DeadlineOrdered):
                return Listing(self.today, self.history(deliveries=deliveries))
            newest = view.records.history_newest_first(most=MOST_CHANGES)
            find_unit = partial(lookup.look_up_unit, view.records)
            events = list_newest_events(newest, find_unit, deliveries=deliveries)
            listed = list(islice(events, limit + 1))
            return Listing(self.today, listed[:limit], is_cut=len(listed) > limit)

    def chain_head(self, when: When = NOW) -> "ChainHead":
        """Return the checksum of all changes, or of those up to both days."""
        from tracker.ledger.proof import read_head_for_proof

        with self.open_view() as view:
            days = [day for day in (when.as_of, when.known_on) if day is not None]
            return read_head_for_proof(view.records, min(days, default=None))

    def prove(self, head: str) -> "Proof":
        """Find the changes that a printed head stands for.

        Raises:
            InvalidInput: it is no head.
            LedgerDamaged: what it stands for is not there, or not as it was.
        """
        from tracker.ledger.proof import prove_chain_head

        in_order = not isinstance(self.store, DatabaseStore)
        with self.open_view() as view:
            return prove_chain_head(view.records.history, head, in_order=in_order)


def _open_reader_foresight(
    view: LedgerView,
    where: Filter,
    limit: int | None,
    due_by: date | None = None,
    soon: date | None = None,
) -> "Foresight | None":
    """Return what was foreseen, where only the first of a list are wanted and a store keeps it."""
    if limit is None or not isinstance(view.records, ForeseenIndex):
        return None
    from tracker.ledger.foresight import open_foresight

    return open_foresight(view, where, limit, due_by, soon)


def _find_candidates_for_reader(
    view: LedgerView, where: Filter, limit: int | None, part: "ForeseenPart"
) -> Iterator[tuple[Initiative, Indicator]] | None:
    """Return what may belong to a whole list, where a store has foreseen that; None: all may."""
    if limit is not None or not view.records.has_outlooks:
        return None
    from tracker.ledger.foresight import find_foreseen_candidates

    return find_foreseen_candidates(view, where, part)


def _assess_for_reader(
    view: LedgerView,
    where: Filter,
    cases: "Iterable[Case] | None",
    due_by: date | None = None,
    due_from: date | None = None,
    pairs: Iterable[tuple[Initiative, Indicator]] | None = None,
) -> Iterator[Assessment]:
    """Yield how those of some cases stand that fit, or of all indicators with such a deadline."""
    if cases is None:
        return view.assessments(where, due_by, due_from, pairs)
    assessments = (case.assessment for case in cases)
    return (each for each in assessments if fits_filter_of_assessment(where, each))


def _build_reader_status(
    view: LedgerView,
    where: Filter,
    cases: "Iterable[Case]",
    counts: StatusCounts | None = None,
) -> ReportingStatus:
    """Return how some cases stand, and the reports that are owed on them."""
    from tracker.assessment.obligations import ObligationCycles, count_owed_reports

    cycles = ObligationCycles(view.horizon.as_of)
    assessments: list[Assessment] = []
    owed: list[OwedReports] = []
    for case in cases:
        assessments.append(case.assessment)
        report = count_owed_reports(case, cycles)
        if report is not None:
            owed.append(report)
    owed.sort(key=lambda each: (each.first_owed, each.id))
    left_out = view.count_left_out(where)
    return ReportingStatus(view.horizon.as_of, assessments, owed, left_out, counts)


def _list_longest_overdue_for_reader(
    view: LedgerView, records: DeadlineOrdered, where: Filter, limit: int
) -> Listing[list[Assessment]]:
    """List no more of what is overdue than is wanted, the longest first."""
    longest = list(islice(_list_overdue_for_reader(view, records, where), limit + 1))
    listing = _list_items_for_reader(view, where, longest[:limit])
    return msgspec.structs.replace(listing, is_cut=len(longest) > limit)


def _list_overdue_for_reader(
    view: LedgerView, records: DeadlineOrdered, where: Filter
) -> Iterator[Assessment]:
    """Yield what is overdue, the longest first; no more are assessed than are asked for.

    A deadline in force is never before the first one there was, so what comes later by
    its first deadline cannot come before what is known to be overdue since earlier.
    """
    from heapq import heappop, heappush

    refuse_wrong_filter(where)
    day = view.horizon.as_of
    waiting: list[tuple[date, str, Assessment]] = []
    for due, initiative, indicator in records.candidates_by_deadline(
        where, shift_date(day, -1), view.settled_day
    ):
        while waiting and waiting[0][0] < due:
            yield heappop(waiting)[2]
        pair = initiative, indicator
        is_asked = fits_filter_of_record(where, *pair) and fits_working_set_filter(
            where, *pair, view.horizon
        )
        if is_asked and is_record_in_effect(*pair, view.horizon):
            assessment = view.assess(initiative, indicator)
            if fits_filter_of_assessment(where, assessment) and is_promise_overdue(assessment, day):
                heappush(waiting, (assessment.deadline or due, assessment.id, assessment))
    while waiting:
        yield heappop(waiting)[2]


def _count_known_citations_for_reader(view: LedgerView) -> Counter[str]:
    """Return of how many records that were known each document is a source, by its id."""
    records: Counter[str] = Counter()
    for initiative in view.existing_initiatives(ALL):
        records.update({source.document for source in initiative.sources})
    records.update(
        indicator.source.document
        for _initiative, indicator in view.matching_pairs(ALL)
        if indicator.source is not None
    )
    return records


def _list_shared_parts_for_reader(traces: "Sequence[CheckTrace]") -> SharedParts:
    """Return all by which checked indicators are compared with others."""
    places = {trace.place for trace in traces}
    return SharedParts(
        places=None if None in places else {place for place in places if place is not None},
        evidence={piece for trace in traces for piece in trace.evidence},
        ids={trace.links.after for trace in traces if trace.links.after is not None},
        wholes={trace.id for trace in traces},
    )


def _rank_behind_for_reader(assessment: Assessment) -> tuple[int, Decimal, str]:
    if assessment.gap is not None:
        return 1, assessment.gap, assessment.id
    if assessment.days_late is not None:
        return 0, Decimal(-assessment.days_late), assessment.id
    return 2, Decimal(assessment.days_left or 0), assessment.id


def _limit_reader_to_active(where: Filter) -> Filter:
    return where if where.state else msgspec.structs.replace(where, state="active")


def _list_items_for_reader(
    view: LedgerView, where: Filter, items: ItemsT, total: int | None = None
) -> Listing[ItemsT]:
    """List items of a view, and count the indicators that fit and were not there yet."""
    left_out = view.count_left_out(where)
    return Listing(view.horizon.as_of, items, left_out=left_out, total=total)


@contextmanager
def _start_ledger_reader(items: Generator[ItemT]) -> Iterator[Iterator[ItemT]]:
    """Take the first item at once, so that what keeps it away is raised before the rest."""
    # Whoever leaves early closes what reads them, while the view it reads is still open.
    with closing(items):
        first = list(islice(items, 1))
        yield chain(first, items)
