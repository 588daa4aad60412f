"""Timelines and trends of a ledger."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from tracker.assessment.case import Case
from tracker.assessment.measurement import goal_of, is_held, span_of
from tracker.assessment.rollup import rollup
from tracker.errors import InvalidInput
from tracker.ledger.answers import Shown
from tracker.ledger.reader import Questions
from tracker.ledger.view import Look
from tracker.locale.translation import _
from tracker.model.assessment import Assessment
from tracker.model.effective import counting, first_promise, promise, start_of
from tracker.model.filters import ALL, Filter
from tracker.model.horizon import NOW, Horizon, When
from tracker.model.quantities import HUNDRED, NOTHING, ROOM
from tracker.model.records import Indicator
from tracker.output.model import (
    Mark,
    MarkKind,
    Reading,
    Sheet,
    Span,
    Timeline,
    Trend,
    Value,
    Waypoint,
)
from tracker.views.wording import format_name


def line_of(case: Case) -> Span:
    """Build the span of an indicator, from its start to the deadline in force."""
    indicator, assessment, horizon = case.indicator, case.assessment, case.horizon
    return Span(
        id=assessment.id,
        label=format_name(assessment),
        start=start_of(indicator, horizon),
        end=assessment.deadline,
        light=assessment.light,
        why=assessment.why,
        done=assessment.done,
        expected=assessment.expected,
        marks=_build_marks(indicator, assessment, horizon),
    )


def _build_marks(indicator: Indicator, assessment: Assessment, horizon: Horizon) -> list[Mark]:
    promised = [first_promise(indicator).deadline]
    promised += [revision.deadline for revision in counting(indicator.revisions, horizon)]
    former = {deadline.on for deadline in promised if deadline is not None} - {None}
    marks: list[tuple[MarkKind, date | None]] = [
        *(("revised", day) for day in sorted(filter(None, former - {assessment.deadline}))),
        ("deadline", assessment.deadline),
        ("met", assessment.met_on),
    ]
    return [Mark(on=day, kind=kind) for kind, day in marks if day is not None]


def line_of_initiative(cases: Sequence[Case]) -> Span:
    """Build the span of an initiative: from the first start to the last deadline of its indicators.

    Shares of different units are not mixed, so there is none; ``why`` counts.
    """
    spans = [line_of(case) for case in cases]
    counts = rollup((case.assessment for case in cases), cases[0].horizon.as_of)
    first = cases[0].assessment
    starts = [span.start for span in spans if span.start is not None]
    ends = [span.end for span in spans if span.end is not None]
    is_met = counts.met == counts.indicators
    kinds = ["deadline", "revised", *(["met"] if is_met else [])]
    marks = {mark for span in spans for mark in span.marks if mark.kind in kinds}
    met = max((mark for mark in marks if mark.kind == "met"), key=lambda m: m.on, default=None)
    return Span(
        id=first.initiative_id,
        label=first.initiative,
        start=min(starts, default=None),
        end=max(ends, default=None),
        light=counts.light,
        why=_("{met} of {all} met, {overdue} overdue").format(
            met=counts.met, all=counts.indicators, overdue=counts.overdue
        ),
        done=HUNDRED if is_met else None,
        expected=None,
        marks=sorted(
            (mark for mark in marks if mark.kind != "met" or mark is met),
            key=lambda mark: (mark.kind, mark.on),
        ),
    )


def timeline_of(title: str, spans: Iterable[Span], horizon: Horizon) -> Timeline:
    """Build a timeline of spans by deadline, over all their days and the day asked about."""
    last = date.max
    ordered = sorted(spans, key=lambda span: (span.end or last, span.start or last, span.id))
    days = [horizon.as_of]
    for span in ordered:
        days += [day for day in (span.start, span.end) if day is not None]
        days += [mark.on for mark in span.marks]
    return Timeline(
        title=title, as_of=horizon.as_of, first=min(days), last=max(days), spans=ordered
    )


def trend_of(indicator: Indicator, assessment: Assessment, horizon: Horizon) -> Trend:
    """Build the trend of an indicator's values; increments are added up from the start."""
    return Trend(
        id=assessment.id,
        title=assessment.name,
        as_of=horizon.as_of,
        unit=assessment.unit,
        readings=_build_readings(indicator, horizon),
        expected=_build_expected_line(indicator, horizon),
        target=assessment.target,
        target_high=assessment.target_high,
        deadline=assessment.deadline,
        light=assessment.light,
        why=assessment.why,
    )


def _build_readings(indicator: Indicator, horizon: Horizon) -> list[Reading]:
    """Return the reported values; one that is not final adds nothing to those after it."""
    start = start_of(indicator, horizon)
    adds = indicator.accumulation == "increment"
    grown = indicator.baseline or NOTHING
    readings = []
    for update in counting(indicator.updates, horizon):
        if update.value is None or (adds and start is not None and update.on < start):
            continue
        value = ROOM.add(grown, update.value) if adds else update.value
        grown = value if adds and update.status == "final" else grown
        readings.append(Reading(on=update.on, value=value, status=update.status))
    return readings


def _build_expected_line(indicator: Indicator, horizon: Horizon) -> list[Waypoint]:
    """Return the line from the baseline over the interim points to the target by the deadline."""
    wanted, start = promise(indicator, horizon), start_of(indicator, horizon)
    baseline, goal = indicator.baseline, goal_of(indicator, wanted)
    end = wanted.deadline.on if wanted.deadline is not None else None
    if baseline is None or goal is None or wanted.target is None or start is None or end is None:
        return []
    if start >= end or is_held(indicator, span_of(indicator, wanted.target, wanted.target_high)):
        return []
    interim = sorted(indicator.interim, key=lambda each: each.on)
    between = [Waypoint(on=e.on, value=e.value) for e in interim if start < e.on < end]
    return [Waypoint(on=start, value=baseline), *between, Waypoint(on=end, value=goal)]


def trend(ledger: Questions, words: str, when: When = NOW) -> Trend:
    """Build the trend of one indicator, against what is expected of it.

    Raises:
        NotFound: no one indicator is called so, or it was not there yet.
        InvalidInput: it is a milestone.
    """
    with ledger.open_view(when) as look:
        case = look.find_case(words)
        indicator = case.indicator
        if indicator.measure == "milestone":
            raise InvalidInput(
                _("{id} is a milestone, which has no values; look with: tracker why {id}").format(
                    id=indicator.id
                )
            )
        return trend_of(indicator, case.assessment, look.horizon)


class Drawn(NamedTuple):
    """A timeline, and how many lines it would have without a day to end them."""

    timeline: Timeline
    undated: int


def timeline(
    ledger: Questions, where: Filter = ALL, when: When = NOW, *, by_initiative: bool = False
) -> Drawn:
    """Build a timeline of all indicators, or initiatives, with a deadline that fit."""
    with ledger.open_view(when) as look:
        spans = get_spans(look, where, by_initiative=by_initiative)
        dated = [span for span in spans if span.end is not None]
        return Drawn(timeline_of(_("timeline"), dated, look.horizon), len(spans) - len(dated))


def get_spans(look: Look, where: Filter, *, by_initiative: bool) -> list[Span]:
    """Build a span for each indicator or initiative that fits."""
    cases: dict[str, list[Case]] = {}
    for case in look.cases(where):
        key = case.initiative.id if by_initiative else case.indicator.id
        cases.setdefault(key, []).append(case)
    if by_initiative:
        return [line_of_initiative(own) for own in cases.values()]
    return [line_of(case) for own in cases.values() for case in own]


def timeline_sheet(drawn: Drawn) -> Sheet:
    """Build a sheet of a timeline, with its spans as data."""
    picture = drawn.timeline
    return Sheet(
        title=picture.title,
        as_of=picture.as_of,
        facts=[],
        pictures=[picture],
        items=[*picture.spans],
        beside={"first": picture.first, "last": picture.last, "undated": drawn.undated},
    )


def trend_sheet(trend: Trend) -> Sheet:
    """Build a sheet of a trend, with what its values are measured by."""
    facts: list[tuple[str, Value]] = [
        (_("indicator"), f"{trend.title} ({trend.id})"),
        (_("as of"), trend.as_of),
        (_("light"), _("{light}: {why}").format(light=_(trend.light), why=trend.why)),
    ]
    return Sheet(title=trend.title, as_of=trend.as_of, facts=facts, pictures=[trend], items=[trend])


def illustrated(sheet: Sheet, found: Shown) -> Sheet:
    """Return the sheet of an initiative with the trend of each number that has anything to draw."""
    known = {each.id: each.published for each in found.documents.values()}
    horizon = Horizon(as_of=found.as_of, published=known)
    pairs = zip(found.item.indicators, found.indicators, strict=True)
    trends = [trend_of(*pair, horizon) for pair in pairs if pair[0].measure == "number"]
    sheet.pictures = [each for each in trends if each.readings or each.expected]
    return sheet
