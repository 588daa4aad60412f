"""Check updates before they are stored."""

from collections.abc import Iterator
from datetime import date
from decimal import Context, Decimal

from tracker.assessment.case import Case
from tracker.assessment.checks import check_times_beyond_target
from tracker.assessment.measurement import (
    PERCENT_UNITS,
    build_measurement_range,
    build_measurement_series,
    final_reports,
    infer_measurement_direction,
    is_measured_as_kept,
)
from tracker.errors import InvalidInput, Refused
from tracker.locale.translation import _
from tracker.model import effective
from tracker.model.horizon import Horizon
from tracker.model.quantities import (
    HUNDRED,
    WIDE_CONTEXT,
    format_number,
    parse_quantity_in_unit,
    split_unit,
)
from tracker.model.records import Indicator, Update

# Wide enough that no sum of two numbers that a ledger takes is rounded.
_EXACT_SUM = Context(prec=100)
_TIMES_OF_WRONG_UNIT = 100
"""Factor between two values from which one of them may be in another unit."""


def refuse_future_update(update: Update, today: date) -> None:
    """Refuse a report of what is still to come, unless it is an estimate."""
    if update.on > today and update.status != "estimate":
        raise Refused(
            _(
                "{on} is in the future; report what has been reached, or say --status estimate."
            ).format(on=update.on)
        )


def read_update_value(
    case: Case, draft: Update, value: str | None, added: str | None
) -> Decimal | None:
    """Return the reported value, whole, in the unit of the indicator.

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
        return None
    if value is not None and added is not None:
        raise InvalidInput(_("Give the whole value or what to add to it, not both."))
    if indicator.measure == "milestone":
        raise InvalidInput(_("{id} is a milestone; report it with --done.").format(id=indicator.id))
    number = parse_quantity_in_unit(typed, indicator.unit)
    if added is not None and indicator.accumulation != "increment":
        total = _EXACT_SUM.normalize(_EXACT_SUM.add(number, _find_value_to_update(case, draft)))
        number = Decimal(format(total, "f"))
    ends = (indicator.baseline, indicator.target)
    counts = indicator.accumulation == "cumulative" or None not in ends
    if number < 0 and counts and not any(end is not None and end < 0 for end in ends):
        raise InvalidInput(
            _("{id} cannot be {found}: its baseline and target are not below 0.").format(
                id=indicator.id, found=format_number(number)
            )
        )
    return number


def remark_on_update(
    before: Indicator, indicator: Indicator, update: Update, horizon: Horizon
) -> list[str]:
    """Return remarks on an update that is stored; ``before``: the indicator without it."""
    remarks = []
    start = effective.find_effective_start(indicator, horizon)
    # A milestone is there or not: from when on it was worked for does not matter.
    if start is not None and update.on < start and indicator.measure != "milestone":
        sentence = _("{on} is before the start, {start}.")
        if indicator.accumulation == "increment":
            sentence = _("{on} is before the start, {start}; it does not count as progress.")
        remarks.append(sentence.format(on=update.on, start=start))
    in_force = effective.entries_in_force(before.updates, horizon)
    newest = max((each.on for each in in_force if each.status == "final"), default=None)
    if newest is not None and update.on < newest and _is_final_update(update):
        remarks.append(
            _("{on} is earlier than the newest report, of {newest}, which still counts.").format(
                on=update.on, newest=newest
            )
        )
    remarks += _remark_on_size(indicator, update, horizon)
    return [*remarks, *_remark_on_value(indicator, update, horizon)]


def _list_values_before_update(
    indicator: Indicator, update: Update, horizon: Horizon
) -> list[tuple[Update, Decimal]]:
    """Return the reports that an update follows and does not take back, with their values."""
    return [
        (each, each.value)
        for each in final_reports(indicator, horizon)
        if each.value is not None and each.id != update.id and each.on <= update.on
    ]


def _remark_on_size(indicator: Indicator, update: Update, horizon: Horizon) -> Iterator[str]:
    """Remark on a value as far from the target or the reports before it as a wrong unit is."""
    if update.value is None or indicator.unit in PERCENT_UNITS:
        return
    promise, value = effective.promise_in_force(indicator, horizon), update.value
    if indicator.accumulation == "increment":
        final = final_reports(indicator, horizon)
        points = build_measurement_series(
            indicator, final, effective.find_effective_start(indicator, horizon)
        )
        value = points[-1][1] if points else value
    shown, way_out = (
        _format_update_value(value, indicator),
        _advise_on_update_unit(indicator, update),
    )
    times = check_times_beyond_target(indicator, promise, value)
    if times is not None:
        target = promise.target if promise.target_high is None else promise.target_high
        yield _("{value} is {times} times the target of {target}; {way_out}").format(
            value=shown,
            times=f"{times:,.0f}",
            target=_format_update_value(target, indicator),
            way_out=way_out,
        )
        return
    earlier = _list_values_before_update(indicator, update, horizon)
    if not earlier or not earlier[-1][1] or not value or indicator.accumulation == "increment":
        return
    last, before = earlier[-1]
    times = abs(WIDE_CONTEXT.divide(value, before))
    sentence = _("{value} is {times} times the {before} reported for {on}; {way_out}")
    if times < 1:
        times = WIDE_CONTEXT.divide(Decimal(1), times)
        sentence = _("{before}, reported for {on}, is {times} times {value}; {way_out}")
    if times >= _TIMES_OF_WRONG_UNIT:
        yield sentence.format(
            value=shown,
            times=f"{times:,.0f}",
            before=_format_update_value(before, indicator),
            on=last.on,
            way_out=way_out,
        )


def _format_update_value(value: Decimal | None, indicator: Indicator) -> str:
    """Return a value as it is written, with its unit; an empty text if there is none."""
    return "" if value is None else f"{format_number(value)} {indicator.unit or ''}".strip()


def _advise_on_update_unit(indicator: Indicator, update: Update) -> str:
    """Say how to correct a wrong unit: 5000 of 万户 may have been 5000户, 0.5万户."""
    scale, base = split_unit(indicator.unit or "")
    if scale == 1 or not base or update.value is None:
        return _("if that is wrong, run: tracker undo")
    meant = f"{format_number(update.value)}{base}"
    as_unit = WIDE_CONTEXT.divide(update.value, scale).normalize()
    return _(
        "if {meant} ({as_unit}) was meant, run: tracker undo, then: tracker update {id} {meant}"
        " --on {on}"
    ).format(
        meant=meant,
        as_unit=f"{format_number(as_unit)}{indicator.unit}",
        id=indicator.id,
        on=update.on,
    )


def _remark_on_value(indicator: Indicator, update: Update, horizon: Horizon) -> Iterator[str]:
    """Remark on a value that is odd beside the promise and the reports before it."""
    if update.value is None:
        return
    promise = effective.promise_in_force(indicator, horizon)
    value, target = format_number(update.value), promise.target
    if indicator.unit in PERCENT_UNITS and update.value > max(HUNDRED, target or HUNDRED):
        yield _("{value}% is more than 100%.").format(value=value)
    if update.status != "final" or indicator.accumulation == "increment":
        return
    earlier = _list_values_before_update(indicator, update, horizon)
    grows = (
        indicator.accumulation == "cumulative"
        and infer_measurement_direction(indicator, target) != "down"
    )
    if earlier and grows and update.value < earlier[-1][1]:
        yield _("{value} is less than the {before} reported for {on}.").format(
            value=value, before=format_number(earlier[-1][1]), on=earlier[-1][0].on
        )
    if target is None:
        return
    span = build_measurement_range(indicator, target, promise.target_high)
    met = next((e for e, number in earlier if span.decides(number, e.qualifier)), None)
    # What is to be kept does not count as met any more.
    if (
        met is not None
        and not span.holds(update.value)
        and not is_measured_as_kept(indicator, span)
    ):
        yield _(
            "The report of {on} ({id}) met the target and still counts;"
            " if it was wrong, add --voids {id}"
        ).format(on=met.on, id=met.id)


def _is_final_update(update: Update) -> bool:
    return update.status == "final" and (update.value is not None or update.done is not None)


def _find_value_to_update(case: Case, draft: Update) -> Decimal:
    """Return the value that --add adds to: the newest one, if the new one is to follow it."""
    indicator, assessment = case.indicator, case.assessment
    if draft.voids is not None:
        raise InvalidInput(
            _("{id}: a correction needs the whole value; give it instead of --add.").format(
                id=indicator.id
            )
        )
    if assessment.value_on is not None and draft.on < assessment.value_on:
        raise InvalidInput(
            _(
                "{id}: {on} is before the newest report, of {newest};"
                " give the whole value instead of --add."
            ).format(id=indicator.id, on=draft.on, newest=assessment.value_on)
        )
    newest = assessment.value if assessment.value is not None else indicator.baseline
    if newest is None:
        raise InvalidInput(
            _("{id} has no value to add to; report the whole value.").format(id=indicator.id)
        )
    return newest
