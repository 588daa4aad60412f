"""Check updates before they are stored."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import NamedTuple

import msgspec

from tracker.assessment.case import Case
from tracker.assessment.checks import check_times_beyond_target
from tracker.assessment.cycles import limit_to_cycle_of_day
from tracker.assessment.direction import (
    find_span_in_direction,
    has_direction_of_running_sum,
    infer_direction,
)
from tracker.assessment.increments import increment_covers_same_days
from tracker.assessment.measurement import PERCENT_UNITS, build_measurement, list_measured_reports
from tracker.errors import Doubtful, InvalidInput, Refused
from tracker.ledger.predecessors import NewReports, Predecessors
from tracker.locale.translation import _, _p
from tracker.model import effective
from tracker.model.defaults import RATE_UNITS, may_be_negative_by_default
from tracker.model.horizon import Horizon
from tracker.model.quantities import (
    HUNDRED,
    WIDE_CONTEXT,
    format_quantity_number,
    parse_reported_amount,
    split_quantity_unit,
)
from tracker.model.records import Indicator, Update
from tracker.storage.base import View

_TIMES_OF_SLIP = 8
"""Factor between two values from which the later one may be a slip."""
_BEYOND = Decimal("1.5")
"""Times its target beyond which a value that may be a slip is asked about."""


def refuse_future_update(update: Update, today: date) -> None:
    """Refuse a report of what is still to come, unless it is an estimate."""
    if update.on > today and update.status != "estimate":
        raise Refused(
            _(
                "{on} is in the future; report what has been reached, or say --status estimate."
            ).format(on=update.on)
        )


def read_update_value(case: Case, draft: Update, value: str | None, added: str | None) -> Update:
    """Return the update with its value, whole, in the unit of the indicator.

    2000余 and 近3000 say how the value is known, unless the draft does.

    Args:
        case: the indicator that is reported on, and how it stands.
        draft: the update without its value.
        value: the value as typed; None for milestones.
        added: what to add to the newest value, instead of ``value``.

    Raises:
        InvalidInput: the value is not understood or does not fit the indicator.
    """
    indicator = case.indicator
    typed = value if added is None else added
    if typed is None:
        return draft
    if value is not None and added is not None:
        raise InvalidInput(_("Give the whole value or what to add to it, not both."))
    if indicator.measure == "milestone":
        raise InvalidInput(_("{id} is a milestone; report it with --done.").format(id=indicator.id))
    amount = parse_reported_amount(typed, indicator.unit)
    number, qualifier = amount.value, amount.qualifier
    if added is not None and qualifier is not None:
        raise InvalidInput(_("--add is one exact number; give the whole value instead."))
    if added is not None and indicator.accumulation != "increment":
        total = WIDE_CONTEXT.normalize(WIDE_CONTEXT.add(number, _find_value_to_update(case, draft)))
        number = Decimal(format(total, "f"))
    return msgspec.structs.replace(draft, value=number, qualifier=draft.qualifier or qualifier)


def choose_corrected_update(indicator: Indicator, on: date | None) -> Update:
    """Return the report that a correction takes back: the last of a day, or of the newest day.

    Raises:
        Refused: there is none.
    """
    in_force = effective.list_entries_in_force(indicator.updates, Horizon(as_of=date.max))
    reports = [each for each in in_force if (each.value, each.done) != (None, None)]
    of_day = [each for each in reports if on is None or each.on == on]
    if of_day:
        return max(enumerate(of_day), key=lambda pair: (pair[1].on, pair[0]))[1]
    if not reports:
        sentence = _("{id} has no report yet that could be corrected.")
        raise Refused(sentence.format(id=indicator.id))
    days = sorted({each.on for each in reports})
    raise Refused(
        _("{id} has no report of {on}; the newest is of {newest}.").format(
            id=indicator.id, on=on, newest=days[-1]
        )
    )


def describe_corrected_update(indicator: Indicator, update: Update) -> str:
    """Return a sentence that names the report which a correction takes back."""
    value = _format_update_value(update.value, indicator)
    if update.value is None:
        value = _p("reported", "done") if update.done else _p("reported", "not done")
    return _("it replaces the report of {on}: {value}").format(on=update.on, value=value)


def refuse_negative_update_count(indicator: Indicator, update: Update) -> None:
    """Refuse a value below 0 of what is counted; rates, growth and differences may be below.

    A share of the plan is not below 0 either.

    Raises:
        InvalidInput: it is below 0.
    """
    if update.share_of_plan is not None and update.share_of_plan < 0:
        raise InvalidInput(
            _("{id}: the share of the plan cannot be {found}%; it is not below 0.").format(
                id=indicator.id, found=format_quantity_number(update.share_of_plan)
            )
        )
    ends = (indicator.baseline, indicator.target)
    if (
        update.value is None
        or update.value >= 0
        or may_be_negative_by_default(indicator.unit, indicator.name)
    ):
        return
    if any(end is not None and end < 0 for end in ends):
        return
    raise InvalidInput(
        _("{id} cannot be {found}: a count is not below 0.").format(
            id=indicator.id, found=format_quantity_number(update.value)
        )
    )


def find_update_of_same_day(indicator: Indicator, update: Update) -> Update | None:
    """Return the report of the same day that another one of it corrects; None: there is none.

    Args:
        indicator: the indicator without the update.
        update: the update; a share of the plan alone corrects no value, and is corrected by none.
    """
    kind = _name_what_is_updated(update)
    for earlier in reversed(
        effective.list_entries_in_force(indicator.updates, Horizon(as_of=date.max))
    ):
        if earlier.on == update.on and _name_what_is_updated(earlier) == kind:
            return None if earlier.separate else earlier
    return None


def _name_what_is_updated(update: Update) -> str | None:
    """Return the field in which a report says what was reached; None: it only takes back."""
    fields = ("value", "done", "share_of_plan")
    return next((field for field in fields if getattr(update, field) is not None), None)


def is_same_update(earlier: Update, update: Update) -> bool:
    """Return whether a report says nothing that an earlier one of its day does not say."""
    figures = ("value", "done", "qualifier", "status")
    return (
        all(getattr(earlier, field) == getattr(update, field) for field in figures)
        and update.share_of_plan in {None, earlier.share_of_plan}
        and update.note in {None, earlier.note}
        and set(update.evidence) <= set(earlier.evidence)
    )


def refuse_update_of_same_days(indicator: Indicator, update: Update) -> None:
    """Refuse an increment that counts days which another one counts already.

    Args:
        indicator: the indicator without the update.
        update: the update; one that it takes back does not count.

    Raises:
        Refused: the stated periods overlap, or it is the same increment once more.
    """
    if indicator.accumulation != "increment" or update.status != "final":
        return
    for earlier in list_measured_reports(indicator, Horizon(as_of=date.max)):
        if earlier.id not in {update.id, update.voids} and increment_covers_same_days(
            earlier, update
        ):
            raise Refused(describe_days_updated_twice(indicator, earlier))


def describe_days_updated_twice(indicator: Indicator, other: Update) -> str:
    """Say of an increment that it counts the days which another one counts, and what to do."""
    days: str | date = other.on
    if other.period_start is not None:
        days = _("{first} to {last}").format(first=other.period_start, last=other.on)
    return _(
        "{id}: the increment of {value} for {days} ({earlier}) counts the same days and"
        " is added up already; if this one corrects it, add --voids {earlier}, if it"
        " comes on top, add --separate and say why with --note."
    ).format(
        id=indicator.id,
        value=_format_update_value(other.value, indicator),
        days=days,
        earlier=other.id,
    )


class Slip(NamedTuple):
    """Value that is so much more or less than the one before that it may be a slip.

    Attributes:
        times: how many times the one before, or that many times less.
        is_less: whether it is less.
        before: the value before.
        on: its day.
        is_beyond: whether it is also far beyond the target.
        target: the target, or the high end of its range.
    """

    times: Decimal
    is_less: bool
    before: Decimal
    on: date
    is_beyond: bool
    target: Decimal | None


def find_slip_in_update(new: NewReports, update: Update, before: Predecessors) -> Slip | None:
    """Return why a value may be a slip: 8 times the one before, or for a level 1/8 of it.

    Never from or to 0, and not for rates under 1.

    Args:
        new: the reports that are new, with their indicator.
        update: one of them.
        before: what stands before it.
    """
    value = update.value
    last = before.previous
    if value is None or value <= 0 or last is None or last.value is None or last.value <= 0:
        return None
    indicator = new.indicator
    if indicator.unit in RATE_UNITS and last.value < 1:
        return None
    is_less = indicator.accumulation == "level" and value * _TIMES_OF_SLIP <= last.value
    if not is_less and value < _TIMES_OF_SLIP * last.value:
        return None
    ends = (last.value, value) if is_less else (value, last.value)
    promise = new.promise
    target = promise.target if promise.target_high is None else promise.target_high
    is_beyond = target is not None and target > 0 and before.reached > _BEYOND * target
    return Slip(WIDE_CONTEXT.divide(*ends), is_less, last.value, last.on, is_beyond, target)


def refuse_slip_in_update(new: NewReports, update: Update, before: Predecessors) -> None:
    """Refuse a value that may be a slip and is far beyond the target, until it is confirmed.

    Args:
        new: the reports that are new, with their indicator.
        update: one of them.
        before: what stands before it.

    Raises:
        Doubtful: it may be a slip.
    """
    slip = find_slip_in_update(new, update, before)
    if slip is None or not slip.is_beyond:
        return
    indicator = new.indicator
    raise Doubtful(
        _(
            "{id}: {value} is {times} times the {before} reported for {on}, and the target is"
            " {target}"
        ).format(
            id=indicator.id,
            value=_format_update_value(update.value, indicator),
            times=_format_times_of_update_value(slip.times),
            before=_format_update_value(slip.before, indicator),
            on=slip.on,
            target=_format_update_value(slip.target, indicator),
        ),
        _("; if that is right, add --force."),
    )


def refuse_update_out_of_order(records: View, case: Case, update: Update) -> None:
    """Refuse a milestone that is done before the one it comes after, until it is confirmed.

    Raises:
        Doubtful: the earlier one is not done, or was done on a later day.
    """
    after = case.indicator.after
    earlier = records.indicator(after) if update.done and after is not None else None
    if earlier is None:
        return
    done_on = build_measurement(
        earlier, effective.find_promise_in_force(earlier, case.horizon), case.horizon
    ).met_on
    if done_on is not None and done_on <= update.on:
        return
    doubt = _("{id} comes after {earlier} ({name}), which is not done yet")
    if done_on is not None:
        doubt = _("{id} comes after {earlier} ({name}), which was done on {day} only")
    doubt = doubt.format(id=case.indicator.id, earlier=earlier.id, name=earlier.name, day=done_on)
    raise Doubtful(doubt, _("; if that is right, add --force."))


def _format_times_of_update_value(times: Decimal) -> str:
    return f"{times:,.0f}"


def remark_on_update(new: NewReports, update: Update, before: Predecessors) -> list[str]:
    """Return remarks on an update that is stored.

    Args:
        new: the reports that are new, with their indicator.
        update: one of them.
        before: what stands before it.
    """
    remarks = []
    indicator, start = new.indicator, new.start
    # A milestone is there or not: from when on it was worked for does not matter.
    if start is not None and update.on < start and indicator.measure != "milestone":
        sentence = _("{on} is before the start, {start}.")
        if indicator.accumulation == "increment":
            sentence = _("{on} is before the start, {start}; it does not count as progress.")
        remarks.append(sentence.format(on=update.on, start=start))
    if before.newest is not None and update.on < before.newest and _is_final_update(update):
        remarks.append(
            _("{on} is earlier than the newest report, of {newest}, which still counts.").format(
                on=update.on, newest=before.newest
            )
        )
    if before.repeated is not None and _repeats_earlier_update(indicator, update):
        remarks.append(
            _("the same was reported for {on} already ({id}).").format(
                on=update.on, id=before.repeated.id
            )
        )
    if update.separate and not (update.note or update.evidence or update.source):
        remarks.append(
            _("{on}: nothing says why it is separate; say it with --note.").format(on=update.on)
        )
    remarks += _remark_on_update_size(new, update, before)
    return [*remarks, *_remark_on_update_value(new, update, before)]


def _repeats_earlier_update(indicator: Indicator, update: Update) -> bool:
    """Return whether a report that says the same as another says nothing new."""
    return (update.value, update.done) != (None, None) and indicator.accumulation != "increment"


def _remark_on_update_size(new: NewReports, update: Update, before: Predecessors) -> Iterator[str]:
    """Remark on a value as far from the target or the report before it as a slip is."""
    if update.value is None:
        return
    indicator, promise = new.indicator, new.promise
    way_out = _advise_on_update_unit(indicator, update)
    slip = find_slip_in_update(new, update, before)
    if slip is not None:
        sentence = _("{value} is {times} times the {before} reported for {on}; {way_out}")
        if slip.is_less:
            sentence = _("{before}, reported for {on}, is {times} times {value}; {way_out}")
        yield sentence.format(
            value=_format_update_value(update.value, indicator),
            times=_format_times_of_update_value(slip.times),
            before=_format_update_value(slip.before, indicator),
            on=slip.on,
            way_out=way_out,
        )
        return
    times = check_times_beyond_target(indicator, promise, before.reached)
    if times is not None:
        target = promise.target if promise.target_high is None else promise.target_high
        yield _("{value} is {times} times the target of {target}; {way_out}").format(
            value=_format_update_value(before.reached, indicator),
            times=_format_times_of_update_value(times),
            target=_format_update_value(target, indicator),
            way_out=way_out,
        )


def _format_update_value(value: Decimal | None, indicator: Indicator) -> str:
    """Return a value as it is written, with its unit; an empty text if there is none."""
    return (
        "" if value is None else f"{format_quantity_number(value)} {indicator.unit or ''}".strip()
    )


def _advise_on_update_unit(indicator: Indicator, update: Update) -> str:
    """Say how to correct a wrong unit: 5000 of 万户 may have been 5000户, 0.5万户."""
    scale, base = split_quantity_unit(indicator.unit or "")
    if scale == 1 or not base or update.value is None:
        return _("if that is wrong, run: tracker undo")
    meant = f"{format_quantity_number(update.value)}{base}"
    as_unit = WIDE_CONTEXT.divide(update.value, scale).normalize()
    return _(
        "if {meant} ({as_unit}) was meant, run: tracker undo, then: tracker update {id} {meant}"
        " --on {on}"
    ).format(
        meant=meant,
        as_unit=f"{format_quantity_number(as_unit)}{indicator.unit}",
        id=indicator.id,
        on=update.on,
    )


def _remark_on_update_value(new: NewReports, update: Update, before: Predecessors) -> Iterator[str]:
    """Remark on a value that is odd beside the promise and the reports before it."""
    if update.value is None:
        return
    indicator, promise = new.indicator, new.promise
    value, target = format_quantity_number(update.value), promise.target
    if indicator.unit in PERCENT_UNITS and update.value > max(HUNDRED, target or HUNDRED):
        yield _("{value}% is more than 100%.").format(value=value)
    if update.status != "final" or indicator.accumulation == "increment":
        return
    direction = infer_direction(indicator, target, promise.target_high)
    grows = has_direction_of_running_sum(indicator) and direction != "down"
    last = before.previous
    if last is not None and last.value is not None and grows and update.value < last.value:
        yield _("{value} is less than the {before} reported for {on}.").format(
            value=value, before=format_quantity_number(last.value), on=last.on
        )
    if before.met is None or target is None:
        return
    # Only what comes after the deadline leaves a target met that it does not meet.
    span = find_span_in_direction(indicator, target, promise.target_high)
    if not span.holds(update.value) and new.is_met_before(update, before.met):
        yield _(
            "The report of {on} ({id}) met the target and still counts;"
            " if it was wrong, add --voids {id}"
        ).format(on=before.met.on, id=before.met.id)


def _is_final_update(update: Update) -> bool:
    return update.status == "final" and (update.value is not None or update.done is not None)


def _find_value_to_update(case: Case, draft: Update) -> Decimal:
    """Return the value that --add adds to: the newest one, if the new one is to follow it."""
    horizon = case.horizon
    indicator = limit_to_cycle_of_day(case.indicator, draft.on, horizon)
    reached = build_measurement(
        indicator, effective.find_promise_in_force(indicator, horizon), horizon
    )
    if draft.voids is not None:
        raise InvalidInput(
            _("{id}: a correction needs the whole value; give it instead of --add.").format(
                id=indicator.id
            )
        )
    if reached.value_on is not None and draft.on < reached.value_on:
        raise InvalidInput(
            _(
                "{id}: {on} is before the newest report, of {newest};"
                " give the whole value instead of --add."
            ).format(id=indicator.id, on=draft.on, newest=reached.value_on)
        )
    newest = reached.value if reached.value is not None else indicator.baseline
    if newest is None:
        raise InvalidInput(
            _("{id} has no value to add to; report the whole value.").format(id=indicator.id)
        )
    return newest
