"""Build the histories of the indicators on a page that stands alone."""

from collections.abc import Collection, Mapping, Sequence
from operator import attrgetter

from tracker.assessment.case import Case
from tracker.ledger.reader import LedgerReader
from tracker.locale.translation import _, _n
from tracker.model.dates import format_deadline_date
from tracker.model.effective import (
    find_first_promise_in_force,
    list_entries_in_force,
    list_sources_in_effect,
)
from tracker.model.filters import ALL
from tracker.model.horizon import When
from tracker.model.quantities import format_target_quantity
from tracker.model.records import Document, Update, Verdict
from tracker.output.model import Histories, History, HistoryEvent, Printed, Trend
from tracker.views.changes import (
    StandingEntry,
    list_changes_that_stand,
    list_voided_entries,
    word_change,
)
from tracker.views.charts import build_trend_chart, has_line_in_chart
from tracker.views.wording import word_linked_citation, word_name_in_list, word_reason

_find_history_day = attrgetter("on")
_WITH_EVIDENCE = (Update, Verdict)
_MOST_EVENTS = 200
"""Entries of one indicator that a page tells, the newest ones."""


def read_histories(ledger: LedgerReader, when: When, ids: Collection[str]) -> Histories:
    """Read the indicators with these ids, and build the history of each."""
    owners = {indicator_id.partition(".")[0] for indicator_id in ids}
    with ledger.open_view(when) as view:
        cases = (case for case in view.cases(ALL, owners=owners) if case.indicator.id in ids)
        built = [build_history(case, view.documents) for case in cases]
    return Histories({history.id for history in built}, built)


def build_history(case: Case, documents: Mapping[str, Document]) -> History:
    """Build the history of an indicator; ``documents`` are the source documents by id."""
    assessment = case.assessment
    return History(
        id=assessment.id,
        title=word_name_in_list(assessment.initiative, assessment.name).text,
        light=assessment.light,
        why=word_reason(assessment.why),
        trend=_build_history_trend(case),
        events=_list_history_events(documents, case),
    )


def _build_history_trend(case: Case) -> Trend | None:
    """Return the trend of a number that has a line to draw."""
    if case.indicator.measure != "number":
        return None
    trend = build_trend_chart(case.indicator, case.assessment, case.horizon)
    return trend if has_line_in_chart(trend) else None


def _list_history_events(documents: Mapping[str, Document], case: Case) -> list[HistoryEvent]:
    """Return what happened to an indicator, the first promise before all else."""
    horizon, indicator = case.horizon, case.indicator
    voided = [*list_voided_entries(indicator, horizon)]
    entries: list[StandingEntry] = [
        # What was taken back stands before what took its place on the same day.
        *voided,
        *list_changes_that_stand(indicator, horizon),
        *list_entries_in_force(case.initiative.decisions, horizon),
    ]
    entries.sort(key=_find_history_day)
    taken_back = {id(entry) for entry in voided}
    left_out = len(entries) - _MOST_EVENTS
    if left_out > 0:
        entries = entries[left_out:]
    events = [
        HistoryEvent(
            on=entry.on,
            what=what,
            sources=_list_history_sources(documents, entry),
            is_void=id(entry) in taken_back,
        )
        for entry in entries
        if (what := word_change(entry, indicator))
    ]
    if left_out > 0:
        sentence = _n(
            "{count} earlier entry is left out", "{count} earlier entries are left out", left_out
        )
        events.insert(0, HistoryEvent(on=None, what=sentence.format(count=left_out)))
    return [_build_history_promise(documents, case), *events]


def _list_history_sources(
    documents: Mapping[str, Document], entry: StandingEntry
) -> Sequence[Printed]:
    """Return the evidence of an entry, and where it is written."""
    evidence = entry.evidence if isinstance(entry, _WITH_EVIDENCE) else []
    if not evidence and entry.source is None:
        return ()
    links = [Printed(text, text, text) for text in evidence]
    if entry.source is not None:
        links.append(word_linked_citation(documents, entry.source))
    return links


def _build_history_promise(documents: Mapping[str, Document], case: Case) -> HistoryEvent:
    """Return what was promised first, and where."""
    indicator = case.indicator
    promise = find_first_promise_in_force(indicator)
    parts = [_("first promise")]
    if promise.target is not None:
        amount = format_target_quantity(
            indicator.op,
            promise.target,
            promise.target_high,
            approximate=indicator.approximate,
            unit=indicator.unit,
        )
        parts.append(_("target {n}").format(n=amount))
    deadline = promise.deadline
    if deadline is not None and deadline.on is not None:
        day = format_deadline_date(deadline.on, deadline.basis, deadline.loose)
        parts.append(_("deadline {day}").format(day=day))
    source = next(iter(list_sources_in_effect(case.initiative, indicator)), None)
    document = None if source is None else documents.get(source.document)
    return HistoryEvent(
        on=None if document is None else document.published,
        what=_("; ").join(parts),
        sources=() if source is None else (word_linked_citation(documents, source),),
    )
