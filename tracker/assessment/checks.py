"""Check a ledger for what a careful reader would ask about.

A check has a name that never changes, one line that says what it finds, and a function
that yields a sentence for each finding about one indicator, alone or beside the others.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from itertools import islice
from typing import NamedTuple, TypeAlias

import msgspec
from msgspec import Struct

from tracker.assessment.case import Case
from tracker.assessment.cycles import select_cycle
from tracker.assessment.direction import (
    find_span_in_direction,
    has_direction_of_running_sum,
    infer_direction,
    is_kept_by_direction,
)
from tracker.assessment.increments import list_days_counted_by_increments
from tracker.assessment.light import evaluate_light, prepare_light_inputs
from tracker.assessment.measurement import (
    PERCENT_UNITS,
    build_measurement_series,
    is_final_report,
    is_measured_report,
    list_measured_reports,
    measure_goal_value,
    measure_planned_values,
)
from tracker.assessment.promises import is_promise, is_promise_open
from tracker.assessment.rules import Rules
from tracker.errors import InvalidInput
from tracker.locale.translation import _, _n
from tracker.model.assessment import Assessment
from tracker.model.dates import LocalDays, contradicts_date_wording
from tracker.model.effective import (
    Promise,
    find_effective_known_day,
    find_effective_start,
    find_first_promise_in_force,
    find_last_effective_day,
    find_promise_in_force,
    list_entries_in_force,
    revise_promise_in_force,
)
from tracker.model.horizon import Horizon
from tracker.model.quantities import (
    HUNDRED,
    WIDE_CONTEXT,
    ZERO,
    format_quantity,
    format_quantity_number,
)
from tracker.model.records import Deadline, Indicator, Initiative, Interim, Revision, Update

_MOST_NAMED = 3
_PUNCTUATION = r"[\W_]+"
_FAR = 3
"""Times its target from which a value is more likely a slip of the unit than a success."""


class Finding(Struct, frozen=True, gc=False):
    """Finding of one check about one indicator.

    Attributes:
        check: the name of the check.
        id: the id of the indicator.
        initiative_id: the id of its initiative.
        name: the name of the indicator.
        lead: the responsible body.
        sentence: what was found, in the language of the interface.
    """

    check: str
    id: str
    initiative_id: str
    name: str
    lead: str | None
    sentence: str


class CheckedCase(Struct, frozen=True, gc=False):
    """Indicator that is checked, with what many checks ask for.

    Attributes:
        initiative: the initiative that it belongs to.
        indicator: the record; of a promise that comes again the cycle in judgement.
        assessment: how it stands.
        horizon: the day, and what was known by then.
        rules: the thresholds in force.
        updates: the updates in force.
        final: the final reports among them.
        promised: the promise in force.
    """

    initiative: Initiative
    indicator: Indicator
    assessment: Assessment
    horizon: Horizon
    rules: Rules
    updates: list[Update]
    final: list[Update]
    promised: Promise


class CheckTrace(Struct, frozen=True, gc=False):
    """Parts of an indicator that are compared with others, and its name."""

    id: str
    initiative_id: str
    name: str
    lead: str | None
    place: str | None
    evidence: list[str]
    duplicate_key: tuple[object, ...]
    links: "CheckLinks"


class CheckLinks(Struct, frozen=True, gc=False):
    """Indicators that one comes after or is a part of, and what is compared with theirs."""

    after: str | None
    part_of: str | None
    met_on: date | None
    deadline: date | None
    value: Decimal | None


class SharedTraits:
    """Index of the indicators that share evidence or contents with the checked ones.

    Args:
        asked: the checked ones.
        everything: all indicators, in the order of entry.
    """

    def __init__(self, asked: Iterable[CheckTrace], everything: Iterable[CheckTrace]) -> None:
        self.ids_by_evidence: dict[str, list[str]] = {}
        self.ids_by_key: dict[tuple[object, ...], list[str]] = {}
        self.first_with_evidence: dict[str, str] = {}
        self.links: dict[str, CheckLinks] = {}
        self.parts: dict[str, list[Decimal | None]] = {}
        for trace in asked:
            for piece in trace.evidence:
                self.first_with_evidence.setdefault(piece, trace.id)
            self.ids_by_evidence |= {piece: [] for piece in trace.evidence}
            self.ids_by_key[trace.duplicate_key] = []
        for trace in everything:
            for piece in trace.evidence:
                if piece in self.ids_by_evidence:
                    self.ids_by_evidence[piece].append(trace.id)
            if (ids := self.ids_by_key.get(trace.duplicate_key)) is not None:
                ids.append(trace.id)
            self.links[trace.id] = trace.links
            if trace.links.part_of is not None:
                self.parts.setdefault(trace.links.part_of, []).append(trace.links.value)

    def concern(self, trace: CheckTrace) -> bool:
        """Return whether a checked indicator has anything in common with another one."""
        return (
            bool(trace.evidence)
            or trace.links.after is not None
            or trace.id in self.parts
            or len(self.ids_by_key[trace.duplicate_key]) > 1
        )


SingleCheck: TypeAlias = Callable[[CheckedCase], Iterator[str]]
ComparingCheck: TypeAlias = Callable[[CheckTrace, SharedTraits], Iterator[str]]


class Check(NamedTuple):
    """Check that looks at an indicator alone or compares it with the others."""

    name: str
    meaning: str
    find: SingleCheck | None = None
    compare: ComparingCheck | None = None


def run_checks(
    asked: Iterable[Case],
    find_compared: Callable[[Sequence[CheckTrace]], Iterable[Case]] | None = None,
    only: Iterable[str] = (),
) -> list[Finding]:
    """Run checks and return their findings, check by check, in the order of entry.

    Args:
        asked: the indicators to check; may be an iterator, and is read once.
        find_compared: returns all indicators that the checked ones are compared with, and
            perhaps more, in the order of entry; None: they are compared with each other.
        only: the names of the checks to run; none: all.

    Raises:
        InvalidInput: there is no check of such a name.
    """
    chosen = _find_checks_by_name(only)
    findings: dict[str, list[Finding]] = {check.name: [] for check in chosen}
    traces = []
    single = [(each.find, each.name, findings[each.name]) for each in chosen if each.find]
    for asked_case in asked:
        case = prepare_checked_case(asked_case)
        trace = extract_check_trace(case)
        traces.append(trace)
        for find, name, found in single:
            for sentence in find(case):
                found.append(_build_finding(name, trace, sentence))
    if any(check.compare is not None for check in chosen):
        compared: Iterable[CheckTrace] = traces
        if find_compared is not None:
            cases = find_compared(traces)
            compared = (extract_check_trace(prepare_checked_case(case)) for case in cases)
        shared = SharedTraits(traces, compared)
        concerned = [trace for trace in traces if shared.concern(trace)]
        for check in chosen:
            if check.compare is not None:
                findings[check.name] = [
                    _build_finding(check.name, trace, sentence)
                    for trace in concerned
                    for sentence in check.compare(trace, shared)
                ]
    return [finding for of_check in findings.values() for finding in of_check]


def _find_checks_by_name(only: Iterable[str]) -> list[Check]:
    names = [check.name for check in CHECKS]
    wanted = set(only)
    if unknown := sorted(wanted.difference(names)):
        raise InvalidInput(
            _("There is no check {found}; there are: {known}.").format(
                found=", ".join(unknown), known=", ".join(names)
            )
        )
    return [check for check in CHECKS if not wanted or check.name in wanted]


def _build_finding(check: str, trace: CheckTrace, sentence: str) -> Finding:
    # Positional: keywords take three times as long.
    return Finding(
        check, trace.id, trace.initiative_id, trace.name, trace.lead, _share_sentence(sentence)
    )


@lru_cache(maxsize=4096)
def _share_sentence(sentence: str) -> str:
    """Return the sentence that was found before where it is the same; most are found often."""
    return sentence


def prepare_checked_case(case: Case) -> CheckedCase:
    """Return an indicator with what many checks ask for."""
    if case.inputs is None:
        indicator = select_cycle(case.indicator, case.horizon)
        updates = list_entries_in_force(indicator.updates, case.horizon)
        promised = find_promise_in_force(indicator, case.horizon)
    else:
        indicator, updates = case.inputs.light.indicator, case.inputs.reports
        promised = case.inputs.light.promised
    return CheckedCase(
        case.initiative,
        indicator,
        case.assessment,
        case.horizon,
        case.rules,
        updates,
        [*filter(is_final_report, updates)],
        promised,
    )


def extract_check_trace(case: CheckedCase) -> CheckTrace:
    """Return the parts of an indicator that are compared with others."""
    indicator, assessment = case.indicator, case.assessment
    # Positional, for each indicator: keywords take three times as long.
    return CheckTrace(
        indicator.id,
        case.initiative.id,
        indicator.name,
        assessment.lead,
        assessment.place,
        sorted({piece for update in case.updates for piece in update.evidence}),
        build_duplicate_check_key(assessment),
        CheckLinks(
            indicator.after,
            indicator.part_of,
            assessment.met_on,
            assessment.deadline,
            assessment.value,
        ),
    )


def build_duplicate_check_key(it: Assessment) -> tuple[object, ...]:
    """Return the values that are equal in two records of the same promise."""
    names = (_simplify_checked_name(it.initiative), _simplify_checked_name(it.name))
    return *names, it.place, it.measure, it.unit, it.target, it.deadline


@lru_cache(maxsize=1024)
def _simplify_checked_name(name: str) -> str:
    return re.sub(_PUNCTUATION, "", name.casefold())


def _check_unmeasurable(case: CheckedCase) -> Iterator[str]:
    assessment = case.assessment
    if not is_promise(assessment):
        return
    has_deadline = assessment.deadline is not None or assessment.deadline_wording is not None
    if assessment.measure == "number" and assessment.target is None:
        sentence = _("what is promised has neither number nor deadline")
        yield _("it has a deadline, but no target number") if has_deadline else sentence
        return
    if assessment.measure == "number" and assessment.unit is None:
        yield _("its target has no unit")
    # A limit that is to be kept counts on every day.
    if not has_deadline and assessment.kept is None:
        yield _("what is promised has no deadline")


def _check_missing_baseline(case: CheckedCase) -> Iterator[str]:
    assessment = case.assessment
    is_to_be_reached = is_promise(assessment) and assessment.kept is None
    if is_to_be_reached and assessment.target is not None and case.indicator.baseline is None:
        yield _("without a baseline nobody can say what share is done")


def _check_missing_source(case: CheckedCase) -> Iterator[str]:
    if case.indicator.source is None and not case.initiative.sources:
        yield _("no document says that it was promised")
    bare = [update for update in case.final if update.source is None and not update.evidence]
    if bare:
        sentence = _("the report of {on} has neither source nor evidence")
        for update in bare:
            yield _name_checked_day(sentence, update.on)


@lru_cache(maxsize=4096)
def _name_checked_day(sentence: str, on: date) -> str:
    """Return a sentence with a day in it; many indicators are reported on the same days."""
    return sentence.format(on=on)


def _check_falling_values(case: CheckedCase) -> Iterator[str]:
    indicator = case.indicator
    yield from _check_fallen_back(case)
    adds_up = indicator.accumulation == "cumulative" and has_direction_of_running_sum(indicator)
    if not adds_up or _infer_checked_direction(case) == "down":
        return
    before = None
    for update in case.final:
        if before is not None and update.value is not None and update.value < before:
            yield _("a sum cannot fall: {before}, then {value} on {on}").format(
                before=format_quantity_number(before),
                value=format_quantity_number(update.value),
                on=update.on,
            )
        before = update.value


def _check_fallen_back(case: CheckedCase) -> Iterator[str]:
    indicator = case.indicator
    promised = case.promised
    if promised.target is None:
        return
    points = build_measurement_series(
        indicator, case.final, find_effective_start(indicator, case.horizon)
    )
    if not points:
        return
    span = find_span_in_direction(indicator, promised.target, promised.target_high)
    on, newest, bound = points[-1]
    if span.decides(newest, bound) is not False:
        return
    met = next((on for on, value, bound in points if span.decides(value, bound)), None)
    if met is None:
        return
    if not has_direction_of_running_sum(indicator) or is_kept_by_direction(
        indicator, span, points[0][1:]
    ):
        yield _("it met its target on {met} and is behind it again: {value} on {on}").format(
            met=met, value=format_quantity_number(newest), on=on
        )


def _infer_checked_direction(case: CheckedCase) -> str:
    assessment = case.assessment
    return infer_direction(case.indicator, assessment.target, assessment.target_high)


def _check_shares_over_100(case: CheckedCase) -> Iterator[str]:
    if case.assessment.unit not in PERCENT_UNITS:
        return
    if case.assessment.target is not None and case.assessment.target > HUNDRED:
        yield _("the target is {value}%").format(
            value=format_quantity_number(case.assessment.target)
        )
    for update in case.updates:
        if update.value is not None and update.value > HUNDRED:
            yield _("{value}% was reported for {on}").format(
                value=format_quantity_number(update.value), on=update.on
            )


def check_times_beyond_target(
    indicator: Indicator, promised: Promise, value: Decimal
) -> Decimal | None:
    """Return how many times its target a value is, if that is more than good work explains.

    None otherwise, on a way down, and for shares, which have a check of their own.
    """
    target = promised.target if promised.target_high is None else promised.target_high
    if target is None or target <= 0 or indicator.unit in PERCENT_UNITS:
        return None
    direction = infer_direction(indicator, promised.target, promised.target_high)
    if value <= _FAR * target or direction == "down":
        return None
    return WIDE_CONTEXT.divide(value, target)


def _check_values_far_beyond(case: CheckedCase) -> Iterator[str]:
    value = case.assessment.value
    if value is None:
        return
    times = check_times_beyond_target(case.indicator, case.promised, value)
    if times is not None:
        yield _("it is at {value}, {times} times its target; is the unit right?").format(
            value=format_quantity(value, case.assessment.unit),
            times=f"{times:,.0f}",
        )


def _check_softening(case: CheckedCase) -> Iterator[str]:
    if not case.indicator.revisions:
        return
    revisions = list_entries_in_force(case.indicator.revisions, case.horizon)
    promise = find_first_promise_in_force(case.indicator)
    for at, revision in enumerate(revisions):
        before, promise = promise, revise_promise_in_force(promise, revision, case.indicator)
        if _is_softer_checked_promise(case.indicator, before, promise):
            old = msgspec.structs.replace(case.indicator, revisions=revisions[:at])
            then = msgspec.structs.replace(case.horizon, as_of=revision.on)
            light = evaluate_light(
                prepare_light_inputs(old, "active", then, cycle=case.initiative.cycle),
                revision.on,
                case.rules,
            ).light
            if light in {"yellow", "red"}:
                yield _("revised on {on}, when it was {light}: {reason}").format(
                    on=revision.on, light=_(light), reason=revision.reason
                )


def _is_softer_checked_promise(indicator: Indicator, old: Promise, new: Promise) -> bool:
    before = old.deadline.on if old.deadline is not None else None
    after = new.deadline.on if new.deadline is not None else None
    is_later = before is not None and (after is None or after > before)
    if is_later or old.target is None or new.target is None:
        return is_later
    direction = infer_direction(indicator, old.target, old.target_high)
    high = old.target if old.target_high is None else old.target_high
    new_high = new.target if new.target_high is None else new.target_high
    is_lower, is_higher = new.target < old.target, new_high > high
    return (direction != "down" and is_lower) or (direction != "up" and is_higher)


def _check_deadline_report(case: CheckedCase) -> Iterator[str]:
    deadline = case.assessment.deadline
    if deadline is None or not case.updates or case.updates[-1].on < deadline:
        return
    first = next(filter(is_measured_report, case.updates), None)
    if first is None or first.on != deadline or first.status != "final":
        return
    goal = measure_goal_value(case.indicator, case.promised)
    if first.done or (goal is not None and first.value == goal):
        yield _("the first report is of the deadline day, {on}, and says 100%").format(on=first.on)


def _check_old_evidence(case: CheckedCase) -> Iterator[str]:
    published = case.horizon.published
    for update in case.final:
        if update.source is None and not update.evidence:
            continue
        cited = [update.source.document] if update.source is not None else []
        for document in [*cited, *update.evidence]:
            if document in published and published[document] < update.on:
                yield _("the report of {on} rests on {document}, which is of {day}").format(
                    on=update.on, document=document, day=published[document]
                )


def _check_evidence(trace: CheckTrace, shared: SharedTraits) -> Iterator[str]:
    for piece in trace.evidence:
        # A piece is named once, with all that it is said to prove.
        if shared.first_with_evidence[piece] != trace.id:
            continue
        if others := _list_other_checked_indicators(shared.ids_by_evidence[piece], trace):
            yield _("its evidence {piece} is also that of {others}").format(
                piece=piece, others=others
            )


def _check_duplicate_indicators(trace: CheckTrace, shared: SharedTraits) -> Iterator[str]:
    if others := _list_other_checked_indicators(shared.ids_by_key[trace.duplicate_key], trace):
        yield _("it says the same as {others}").format(others=others)


def _check_parts(trace: CheckTrace, shared: SharedTraits) -> Iterator[str]:
    """Yield where the reported parts add up to more than their whole.

    Less is no fault: what a document counts as 其中 is seldom all there is.
    """
    values = [value for value in shared.parts.get(trace.id, ()) if value is not None]
    whole = trace.links.value
    if whole is None:
        return
    total = sum(values, ZERO)
    if total > whole:
        yield _("{whole} was reported, but its {count} parts add up to {sum}").format(
            whole=format_quantity_number(whole),
            count=len(values),
            sum=format_quantity_number(total),
        )


def _check_order(trace: CheckTrace, shared: SharedTraits) -> Iterator[str]:
    """Yield where a milestone is done, or due, before the one that it comes after."""
    own, earlier_id = trace.links, trace.links.after
    earlier = shared.links.get(earlier_id) if earlier_id is not None else None
    if earlier is None:
        return
    if own.met_on is not None and (earlier.met_on is None or earlier.met_on > own.met_on):
        yield _("it is done, but comes after {id}, which was not done by then").format(
            id=earlier_id
        )
    before, after = earlier.deadline, own.deadline
    if before is not None and after is not None and after < before:
        yield _("it is due on {day}, before {id}, which it comes after").format(
            day=after, id=earlier_id
        )


def _list_other_checked_indicators(ids: Sequence[str], trace: CheckTrace) -> str:
    """List the ids other than that of an indicator; of many only the first, and a count."""
    named = list(islice((other for other in ids if other != trace.id), _MOST_NAMED))
    others, more = ", ".join(named), len(ids) - 1 - len(named)
    if not more:
        return others
    sentence = _n("{others} and {count} more", "{others} and {count} more", more)
    return sentence.format(others=others, count=more)


def _check_future_reports(case: CheckedCase) -> Iterator[str]:
    day = case.horizon.as_of
    # What is in force is of no later day; most often that is all.
    if len(case.updates) == len(case.indicator.updates):
        return
    last = find_last_effective_day(case.horizon)
    later = msgspec.structs.replace(case.horizon, as_of=date.max, known_on=last)
    for update in list_measured_reports(case.indicator, later):
        if update.on > day:
            yield _("the report of {on} was known on {day}, before it could be true").format(
                on=update.on, day=find_effective_known_day(update, case.horizon)
            )


def _check_deadline_before_start(case: CheckedCase) -> Iterator[str]:
    start, deadline = find_effective_start(case.indicator, case.horizon), case.assessment.deadline
    if start is not None and deadline is not None and deadline < start:
        yield _("the deadline {deadline} is before the start {start}").format(
            deadline=deadline, start=start
        )


def _check_stale_reports(case: CheckedCase) -> Iterator[str]:
    assessment = case.assessment
    if assessment.stale and assessment.state == "active" and is_promise_open(assessment):
        yield _("the last report is of {on}, older than its cycle").format(
            on=assessment.last_report
        )


def _check_overlapping(case: CheckedCase) -> Iterator[str]:
    if case.indicator.accumulation != "increment":
        return
    for earlier, report in list_days_counted_by_increments(case.final):
        yield _("the increments of {first} and {second} count the same days").format(
            first=earlier.on, second=report.on
        )


def check_deadline_faults(
    deadline: Deadline | None, published: date | None, local: LocalDays
) -> Iterator[str]:
    """Yield a sentence if the day of a deadline contradicts the deadline's own wording.

    Args:
        deadline: the deadline.
        published: the day of the document that it is written in, if it is known.
        local: the days of the place.
    """
    if deadline is None or deadline.wording is None:
        return
    reading = contradicts_date_wording(
        deadline.on, deadline.wording, deadline.basis, published, local
    )
    if reading is None:
        return
    words = {"on": deadline.on, "wording": deadline.wording, "day": reading.day}
    sentence = _('the deadline {on} contradicts its own wording "{wording}", which means {day}')
    if reading.day is None:
        sentence = _('the deadline {on} contradicts its own wording "{wording}", which has no day')
    yield sentence.format(**words)


def _check_wordings(case: CheckedCase) -> Iterator[str]:
    indicator, published = case.indicator, case.horizon.published
    promised: list[Indicator | Revision] = [
        indicator,
        *list_entries_in_force(indicator.revisions, case.horizon),
    ]
    for promise in promised:
        if promise.deadline is not None:
            source = promise.source
            day = published.get(source.document) if source is not None else None
            yield from check_deadline_faults(promise.deadline, day, case.rules.local)


def check_interim_faults(
    indicator: Indicator, points: Sequence[Interim], promised: Promise, start: date | None
) -> Iterator[str]:
    """Yield what is wrong with the points of a planned line: its days, and its values.

    Args:
        indicator: the indicator.
        points: the points; there is one value for a day.
        promised: the target and deadline that the line leads to.
        start: the first day of the line, if it is known.
    """
    end = promised.deadline.on if promised.deadline is not None else None
    goal = measure_goal_value(indicator, promised)
    before: Interim | None = None
    for point in sorted(points, key=lambda point: point.on):
        words = {
            "on": point.on,
            "value": format_quantity_number(point.value),
            "start": start,
            "end": end,
        }
        if before is not None and before.on == point.on:
            sentence = _("{on} has two interim values, {first} and {value}")
            yield sentence.format(first=format_quantity_number(before.value), **words)
        elif start is not None and point.on < start:
            yield _("the interim point of {on} is before the start, {start}").format(**words)
        elif end is not None and point.on > end:
            yield _("the interim point of {on} is after the deadline, {end}").format(**words)
        elif goal is not None and _is_interim_against_checked_target(
            indicator, point, before, goal, start, end
        ):
            sentence = _("the interim value {value} of {on} goes against the target of {goal}")
            yield sentence.format(goal=format_quantity_number(goal), **words)
        before = point


def _is_interim_against_checked_target(
    indicator: Indicator,
    point: Interim,
    before: Interim | None,
    goal: Decimal,
    start: date | None,
    end: date | None,
) -> bool:
    """Return whether a point lies outside the way to the target, or leads back on it."""
    baseline, value = indicator.baseline, point.value
    direction = infer_direction(indicator, goal)
    is_beside_end = (point.on == end and value != goal) or (
        point.on == start and baseline is not None and value != baseline
    )
    if is_beside_end or direction == "hold":
        return is_beside_end
    low, high = (baseline, goal) if direction == "up" else (goal, baseline)
    is_outside = (low is not None and value < low) or (high is not None and value > high)
    if is_outside or before is None or indicator.accumulation == "level":
        return is_outside
    return value < before.value if direction == "up" else value > before.value


def _check_interim(case: CheckedCase) -> Iterator[str]:
    indicator, horizon = case.indicator, case.horizon
    if not indicator.interim and not indicator.revisions:
        return
    promised = case.promised
    planned = measure_planned_values(indicator, promised, horizon)
    points = [Interim(on=on, value=value) for on, value in planned]
    start = find_effective_start(indicator, horizon)
    yield from check_interim_faults(indicator, points, promised, start)


def _check_missing_lead(case: CheckedCase) -> Iterator[str]:
    if not (case.assessment.lead or "").strip():
        yield _("nobody is named as responsible")


CHECKS: tuple[Check, ...] = (
    Check("unmeasurable", "a promise without number, unit or deadline", _check_unmeasurable),
    Check("no-baseline", "a target without the value it starts from", _check_missing_baseline),
    Check("no-source", "a promise or report that nothing supports", _check_missing_source),
    Check("falling", "a sum that falls, or a level that fell behind again", _check_falling_values),
    Check("over-100", "a share of more than 100%", _check_shares_over_100),
    Check("far-beyond", "a value of more than three times its target", _check_values_far_beyond),
    Check("softened", "a target lowered or deadline moved after yellow or red", _check_softening),
    Check(
        "only-at-deadline", "first reported on the deadline day, at 100%", _check_deadline_report
    ),
    Check("old-evidence", "a report that is later than what it rests on", _check_old_evidence),
    Check("shared-evidence", "one piece of evidence for two indicators", compare=_check_evidence),
    Check("overlapping", "increments that count the same days twice", _check_overlapping),
    Check("duplicate", "two indicators that say the same", compare=_check_duplicate_indicators),
    Check("parts", "parts that add up to more than their whole", compare=_check_parts),
    Check("order", "a milestone before the one that it comes after", compare=_check_order),
    Check("future", "a report of a day that had not come", _check_future_reports),
    Check("deadline-before-start", "a deadline before the start", _check_deadline_before_start),
    Check("wording", "a deadline against its own wording", _check_wordings),
    Check("interim", "an interim point that contradicts the promise", _check_interim),
    Check("stale", "a value older than its reporting cycle", _check_stale_reports),
    Check("unknown-lead", "an indicator for which nobody is responsible", _check_missing_lead),
)
"""Checks, in the order in which they run; their names never change."""
