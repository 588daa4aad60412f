"""How an indicator stands on a day."""

from datetime import date
from decimal import Decimal

from msgspec import Struct

from tracker.model.vocabulary import (
    Basis,
    Commitment,
    Confidence,
    Fulfilment,
    Light,
    Measure,
    Op,
    Recurrence,
    State,
    Status,
)


class Assessment(Struct, gc=False):
    """Indicator as it stands on one day: the item of every list of indicators.

    Attributes:
        id: the id of the indicator.
        initiative: the name of its initiative.
        initiative_id: the id of its initiative.
        name: the name of the indicator.
        measure: number, or milestone (done or not).
        unit: the unit of all its numbers.
        category: the field of work of its initiative.
        place: the place of its initiative.
        lead: the responsible body.
        document: the id of the document that it is written in.
        state: its state, by itself or by an initiative above.
        op: how the target is compared.
        target: the target in force, or the low end of a range.
        target_high: the high end of a range.
        value: the value in force.
        value_on: the day of that value.
        done: the share of the way from baseline to target, per cent to one place.
        expected: the share of the time from start to deadline, per cent to one place.
        gap: done less expected, in points.
        light: the light.
        why: the reason of the light, in the language of the interface.
        deadline: the deadline in force.
        deadline_wording: the words of the document.
        deadline_basis: how the day follows from the words.
        deadline_loose: the other day that an ambiguous wording may mean.
        days_left: calendar days to the deadline; null once it has passed or is met.
        days_late: calendar days from the deadline to today, or to the day it was met late.
        workdays_late: the same in working days.
        workdays_provisional: true where the calendar of working days is not yet published.
        met_on: the day on which the target was met.
        last_report: the day of the newest report.
        stale: true where the newest report is older than its cycle.
        first_target: the target first promised; null unless it was revised.
        first_deadline: the deadline first promised; null unless it was revised.
        first_done: the share done of the first promise; null unless it was revised.
        first_light: the light by the first promise; null unless it was revised.
        value_bound: how the value is known: at least, at most or about; null: as it is.
        judged: the confidence of a person, beside the light and never instead of it.
        judged_by: who judged.
        judged_on: the day of the judgement.
        judged_why: why.
        approximate: true where the target is printed with 左右 or the like.
        latest_value: the value of the newest report of any status; null: it has none.
        latest_bound: how that value is known: at least, at most or about; null: as it is.
        latest_status: the status of the newest report: final, in progress or an estimate.
        notes: remarks on the indicator.
        leads: the responsible bodies, one by one.
        commitment: how firm the promise is; null where it is only reported.
        verdict: what a person found the promise to be at its end.
        verdict_by: who found it.
        verdict_on: the day of the verdict.
        verdict_why: why.
        awaiting_verdict_since: the deadline of an active effort that is over and has no verdict.
        share_of_plan: the newest per cent of the plan, as printed; never computed.
        provisional: true where the value of the deadline itself is not known yet.
        kept: whether a target that is to be kept is kept now; null for all others.
        person: the person in charge at the responsible body.
        recurs: how often the promise comes again; all else is about one of its cycles.
        cycle_start: the first day of that cycle.
        after: the id of the milestone that comes before this one.
        part_of: the id of the indicator that this one is a part of.
        target_wording: the target as printed, where it is relative to the baseline.
        stretch: what is striven for beyond the target.
        stretch_met: whether the value in force reaches that; null where nobody knows.
        sum: the sum of the values of its parts; null where it has none, or they make no sum.
        is_sum: true where the value is that sum, because nothing was reported on it itself.
        difference: the value that was reported on it less that sum.
        share_of_whole: of a part, per cent of the value of the whole, to one place.
    """

    id: str
    initiative: str
    initiative_id: str
    name: str
    measure: Measure
    unit: str | None
    category: str | None
    place: str | None
    lead: str | None
    document: str | None
    state: State
    op: Op | None
    target: Decimal | None
    target_high: Decimal | None
    value: Decimal | None
    value_on: date | None
    done: Decimal | None
    expected: Decimal | None
    gap: Decimal | None
    light: Light
    why: str
    deadline: date | None
    deadline_wording: str | None
    deadline_basis: Basis | None
    deadline_loose: date | None
    days_left: int | None
    days_late: int | None
    workdays_late: int | None
    workdays_provisional: bool
    met_on: date | None
    last_report: date | None
    stale: bool | None
    first_target: Decimal | None
    first_deadline: date | None
    first_done: Decimal | None
    first_light: Light | None
    value_bound: str | None
    judged: Confidence | None
    judged_by: str | None
    judged_on: date | None
    judged_why: str | None
    approximate: bool
    latest_value: Decimal | None
    latest_bound: str | None
    latest_status: Status | None
    notes: str | None
    leads: list[str]
    commitment: Commitment | None
    verdict: Fulfilment | None
    verdict_by: str | None
    verdict_on: date | None
    verdict_why: str | None
    awaiting_verdict_since: date | None
    share_of_plan: Decimal | None
    provisional: bool
    kept: bool | None
    person: str | None
    recurs: Recurrence | None
    cycle_start: date | None
    after: str | None
    part_of: str | None
    target_wording: str | None
    stretch: Decimal | None
    stretch_met: bool | None
    sum: Decimal | None = None
    is_sum: bool = False
    difference: Decimal | None = None
    share_of_whole: Decimal | None = None
