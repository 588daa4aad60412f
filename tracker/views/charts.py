"""Timelines and trends of a ledger."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from tracker.assessment.case import Case
from tracker.assessment.cycles import select_cycle
from tracker.assessment.measurement import (
    build_measurement,
    measure_goal_value,
    measure_planned_values,
)
from tracker.assessment.rollup import roll_up
from tracker.errors import InvalidInput
from tracker.ledger.answers import InitiativeDetails
from tracker.ledger.reader import LedgerReader
from tracker.ledger.view import LedgerView
from tracker.locale.translation import _
from tracker.model.assessment import Assessment
from tracker.model.effective import (
    find_effective_start,
    find_first_promise_in_force,
    find_promise_in_force,
    list_entries_in_force,
)
from tracker.model.filters import ALL, Filter
from tracker.model.horizon import NOW, Horizon, When
from tracker.model.quantities import HUNDRED, WIDE_CONTEXT, ZERO
from tracker.model.records import Indicator
from tracker.output.model import (
    Mark,
    MarkKind,
    ReportedValue,
    Sheet,
    Span,
    Timeline,
    Trend,
    Value,
    Waypoint,
)
from tracker.views.wording import word_name


def build_chart_span(case: Case) -> Span:
    """Build the span of an indicator, from its start to the deadline in force."""
    assessment, horizon = case.assessment, case.horizon
    indicator = select_cycle(case.indicator, horizon)
    return Span(
        id=assessment.id,
        label=_("→ {name}").format(name=word_name(assessment))
        if assessment.after is not None
        else word_name(assessment),
        after=assessment.after,
        start=find_effective_start(indicator, horizon),
        end=assessment.deadline,
        light=assessment.light,
        why=assessment.why,
        done=assessment.done,
        expected=assessment.expected,
        marks=_build_chart_marks(indicator, assessment, horizon),
        deadline_basis=assessment.deadline_basis,
        deadline_loose=assessment.deadline_loose,
    )


def _build_chart_marks(
    indicator: Indicator, assessment: Assessment, horizon: Horizon
) -> list[Mark]:
    promised = [find_first_promise_in_force(indicator).deadline]
    promised += [
        revision.deadline for revision in list_entries_in_force(indicator.revisions, horizon)
    ]
    former = {deadline.on for deadline in promised if deadline is not None} - {None}
    marks: list[tuple[MarkKind, date | None]] = [
        *(("revised", day) for day in sorted(filter(None, former - {assessment.deadline}))),
        ("deadline", assessment.deadline),
        ("met", assessment.met_on),
    ]
    return [Mark(on=day, kind=kind) for kind, day in marks if day is not None]


def build_initiative_chart_span(cases: Sequence[Case]) -> Span:
    """Build the span of an initiative: from the first start to the last deadline of its indicators.

    Shares of different units are not mixed, so there is none; ``why`` counts.
    """
    spans = [build_chart_span(case) for case in cases]
    counts = roll_up((case.assessment for case in cases), cases[0].horizon.as_of)
    first = cases[0].assessment
    starts = [span.start for span in spans if span.start is not None]
    ends = [span.end for span in spans if span.end is not None]
    is_met = counts.met == counts.promises > 0
    kinds = ["deadline", "revised", *(["met"] if is_met else [])]
    marks = {mark for span in spans for mark in span.marks if mark.kind in kinds}
    met = max((mark for mark in marks if mark.kind == "met"), key=lambda m: m.on, default=None)
    end = max(ends, default=None)
    last = next(span for span in spans if span.end == end)
    return Span(
        id=first.initiative_id,
        label=first.initiative,
        start=min(starts, default=None),
        end=end,
        light=counts.light,
        why=_("{met} of {all} met, {overdue} overdue").format(
            met=counts.met, all=counts.promises, overdue=counts.overdue
        ),
        done=HUNDRED if is_met else None,
        expected=None,
        marks=sorted(
            (mark for mark in marks if mark.kind != "met" or mark is met),
            key=lambda mark: (mark.kind, mark.on),
        ),
        deadline_basis=last.deadline_basis,
        deadline_loose=last.deadline_loose,
    )


def build_timeline_chart(title: str, spans: Iterable[Span], horizon: Horizon) -> Timeline:
    """Build a timeline of spans by deadline, over all their days and the day asked about."""
    last = date.max
    ordered = order_chart_spans(
        sorted(spans, key=lambda span: (span.end or last, span.start or last, span.id))
    )
    days = [horizon.as_of]
    for span in ordered:
        days += [day for day in (span.start, span.end) if day is not None]
        days += [mark.on for mark in span.marks]
    return Timeline(
        title=title, as_of=horizon.as_of, first=min(days), last=max(days), spans=ordered
    )


def build_trend_chart(indicator: Indicator, assessment: Assessment, horizon: Horizon) -> Trend:
    """Build the trend of an indicator's values; increments are added up from the start."""
    return Trend(
        id=assessment.id,
        title=assessment.name,
        as_of=horizon.as_of,
        unit=assessment.unit,
        readings=_build_chart_readings(indicator, horizon),
        expected=_build_expected_chart_line(indicator, assessment, horizon),
        target=assessment.target,
        target_high=assessment.target_high,
        deadline=assessment.deadline,
        light=assessment.light,
        why=assessment.why,
        deadline_basis=assessment.deadline_basis,
        deadline_loose=assessment.deadline_loose,
    )


def _build_chart_readings(indicator: Indicator, horizon: Horizon) -> list[ReportedValue]:
    """Return the reported values; one that is not final adds nothing to those after it."""
    updates = list_entries_in_force(indicator.updates, horizon)
    if indicator.accumulation != "increment":
        return [
            ReportedValue(on=update.on, value=update.value, status=update.status)
            for update in updates
            if update.value is not None
        ]
    start = find_effective_start(indicator, horizon)
    grown = indicator.baseline or ZERO
    readings = []
    for update in updates:
        if update.value is None or (start is not None and update.on < start):
            continue
        value = WIDE_CONTEXT.add(grown, update.value)
        grown = value if update.status == "final" else grown
        readings.append(ReportedValue(on=update.on, value=value, status=update.status))
    return readings


def _build_expected_chart_line(
    indicator: Indicator, assessment: Assessment, horizon: Horizon
) -> list[Waypoint]:
    """Return the line from the baseline over the interim points to the target by the deadline."""
    baseline, start = indicator.baseline, find_effective_start(indicator, horizon)
    if baseline is None or start is None:
        return []
    promised = find_promise_in_force(indicator, horizon)
    goal = measure_goal_value(indicator, promised)
    end = promised.deadline.on if promised.deadline is not None else None
    if goal is None or end is None or start >= end:
        return []
    # Where a share is expected by now, the target is to be reached, and not kept.
    is_reached = assessment.expected is not None and not indicator.recurs
    if not is_reached and build_measurement(indicator, promised, horizon).held:
        return []
    planned = measure_planned_values(indicator, promised, horizon)
    between = [Waypoint(on=on, value=value) for on, value in planned if start < on < end]
    return [Waypoint(on=start, value=baseline), *between, Waypoint(on=end, value=goal)]


def read_trend_chart(ledger: LedgerReader, words: str, when: When = NOW) -> Trend:
    """Build the trend of one indicator, against what is expected of it.

    Raises:
        NotFound: no one indicator is called so, or it was not there yet.
        InvalidInput: it is a milestone.
    """
    with ledger.open_view(when) as look:
        case = look.find_case(words)
        indicator = select_cycle(look.add_up(case.indicator), look.horizon)
        if indicator.measure == "milestone":
            raise InvalidInput(
                _("{id} is a milestone, which has no values; look with: tracker why {id}").format(
                    id=indicator.id
                )
            )
        return build_trend_chart(indicator, case.assessment, look.horizon)


class DatedTimeline(NamedTuple):
    """Timeline of what has a deadline, the number of spans without one, and of those left out.

    ``left_out`` as in ``Listing``.
    """

    timeline: Timeline
    undated: int
    left_out: int = 0


def read_timeline_chart(
    ledger: LedgerReader, where: Filter = ALL, when: When = NOW, *, by_initiative: bool = False
) -> DatedTimeline:
    """Build a timeline of all indicators, or initiatives, with a deadline that fit."""
    with ledger.open_view(when) as look:
        spans = build_chart_spans(look, where, by_initiative=by_initiative)
        dated = [span for span in spans if span.end is not None]
        timeline = build_timeline_chart(_("timeline"), dated, look.horizon)
        return DatedTimeline(timeline, len(spans) - len(dated), look.count_left_out(where))


def build_chart_spans(look: LedgerView, where: Filter, *, by_initiative: bool) -> list[Span]:
    """Build a span for each indicator or initiative that fits."""
    cases: dict[str, list[Case]] = {}
    for case in look.cases(where):
        key = case.initiative.id if by_initiative else case.indicator.id
        cases.setdefault(key, []).append(case)
    if by_initiative:
        return [build_initiative_chart_span(own) for own in cases.values()]
    return [build_chart_span(case) for own in cases.values() for case in own]


def order_chart_spans(spans: Sequence[Span]) -> list[Span]:
    """Return the spans in their order, but each right behind the one that it comes after."""
    followers: dict[str, list[Span]] = {}
    ids = {span.id for span in spans}
    for span in spans:
        if span.after in ids:
            followers.setdefault(span.after or "", []).append(span)
    waiting = [span for span in reversed(spans) if span.after not in ids]
    ordered: list[Span] = []
    while waiting:
        span = waiting.pop()
        ordered.append(span)
        waiting += reversed(followers.pop(span.id, []))
    return ordered


def build_timeline_chart_sheet(drawn: DatedTimeline) -> Sheet:
    """Build a sheet of a timeline, with its spans as data."""
    picture = drawn.timeline
    return Sheet(
        title=picture.title,
        as_of=picture.as_of,
        facts=[],
        pictures=[picture],
        items=[*picture.spans],
        beside={
            "first": picture.first,
            "last": picture.last,
            "undated": drawn.undated,
            "left_out": drawn.left_out,
        },
    )


def build_trend_chart_sheet(trend: Trend) -> Sheet:
    """Build a sheet of a trend, with what its values are measured by."""
    facts: list[tuple[str, Value]] = [
        (_("indicator"), f"{trend.title} ({trend.id})"),
        (_("as of"), trend.as_of),
        (_("light"), _("{light}: {why}").format(light=_(trend.light), why=trend.why)),
    ]
    return Sheet(title=trend.title, as_of=trend.as_of, facts=facts, pictures=[trend], items=[trend])


def add_trend_charts(sheet: Sheet, shown: InitiativeDetails) -> Sheet:
    """Return the sheet of an initiative with the trend of each number that has a line."""
    published = {document.id: document.published for document in shown.documents.values()}
    horizon = Horizon(as_of=shown.as_of, published=published)
    pairs = zip(shown.item.indicators, shown.indicators, strict=True)
    trends = [build_trend_chart(*pair, horizon) for pair in pairs if pair[0].measure == "number"]
    sheet.pictures = [trend for trend in trends if has_line_in_chart(trend)]
    return sheet


def has_line_in_chart(trend: Trend) -> bool:
    """Return whether a trend has a line to draw: one value alone is said better in words."""
    return len(trend.readings) > 1 or bool(trend.expected)
