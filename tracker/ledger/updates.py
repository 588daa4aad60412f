"""Check updates before they are stored."""

from collections.abc import Iterator
from datetime import date
from decimal import Context, Decimal

import msgspec

from tracker.assessment.checks import times_beyond
from tracker.assessment.measurement import (
    PER_CENT,
    direction_of,
    final_reports,
    is_held,
    series,
    span_of,
)
from tracker.errors import InvalidInput, Refused
from tracker.ledger.view import Look
from tracker.locale.translation import _
from tracker.model import effective
from tracker.model.assessment import Assessment
from tracker.model.horizon import Horizon
from tracker.model.quantities import HUNDRED, ROOM, parse_value, show_number, split_unit
from tracker.model.records import Indicator, Update

# Wide enough that no sum of two numbers that a ledger takes is rounded.
_EXACT = Context(prec=100)
_OTHER_UNIT = 100
"""A value that is so many times another one may be in another unit."""


def refuse_future(update: Update, today: date) -> None:
    """Refuse a report of what is still to come, unless it is an estimate."""
    if update.on > today and update.status != "estimate":
        raise Refused(
            _(
                "{on} is in the future; report what has been reached, or say --status estimate."
            ).format(on=update.on)
        )


def reported_number(
    indicator: Indicator, seen: Assessment, draft: Update, value: str | None, added: str | None
) -> Decimal | None:
    """The value that is reported, whole, in the unit of the indicator.

    Args:
        indicator: what is reported on.
        seen: how it stands.
        draft: the update without its value.
        value: the value as typed; None for milestones.
        added: what to add to the newest value, instead of ``value``.
    """
    typed = value if added is None else added
    if typed is None:
        return None
    if value is not None and added is not None:
        raise InvalidInput(_("Give the whole value or what to add to it, not both."))
    if indicator.measure == "milestone":
        raise InvalidInput(_("{id} is a milestone; report it with --done.").format(id=indicator.id))
    number = parse_value(typed, indicator.unit)
    if added is not None and indicator.accumulation != "increment":
        total = _EXACT.normalize(_EXACT.add(number, _added_to(indicator, seen, draft)))
        number = Decimal(format(total, "f"))
    ends = (indicator.baseline, indicator.target)
    counts = indicator.accumulation == "cumulative" or None not in ends
    if number < 0 and counts and not any(end is not None and end < 0 for end in ends):
        raise InvalidInput(
            _("{id} cannot be {found}: its baseline and target are not below 0.").format(
                id=indicator.id, found=show_number(number)
            )
        )
    return number


def remarks(indicator: Indicator, update: Update, look: Look) -> list[str]:
    """What is to be mentioned about an update that is stored."""
    said = []
    start = effective.start_of(indicator, look.horizon)
    # A milestone is there or not: from when on it was worked for does not matter.
    if start is not None and update.on < start and indicator.measure != "milestone":
        sentence = _("{on} is before the start, {start}.")
        if indicator.accumulation == "increment":
            sentence = _("{on} is before the start, {start}; it does not count as progress.")
        said.append(sentence.format(on=update.on, start=start))
    counting = effective.counting(indicator.updates, look.horizon)
    newest = max((each.on for each in counting if each.status == "final"), default=None)
    if newest is not None and update.on < newest and _counts(update):
        said.append(
            _("{on} is earlier than the newest report, of {newest}, which still counts.").format(
                on=update.on, newest=newest
            )
        )
    said += _of_size(indicator, update, look.horizon)
    return [*said, *_of_value(indicator, update, look.horizon)]


def _with(indicator: Indicator, update: Update) -> Indicator:
    others = [each for each in indicator.updates if each.id != update.id]
    return msgspec.structs.replace(indicator, updates=[*others, update])


def _told_before(
    indicator: Indicator, update: Update, horizon: Horizon
) -> list[tuple[Update, Decimal]]:
    """The reports that an update follows and does not take back, with their values."""
    return [
        (each, each.value)
        for each in final_reports(_with(indicator, update), horizon)
        if each.value is not None and each.id != update.id and each.on <= update.on
    ]


def _of_size(indicator: Indicator, update: Update, horizon: Horizon) -> Iterator[str]:
    """Whether a value is so far from the target or the reports before it as a wrong unit is."""
    if update.value is None or indicator.unit in PER_CENT:
        return
    wanted, value = effective.promise(indicator, horizon), update.value
    if indicator.accumulation == "increment":
        final = final_reports(_with(indicator, update), horizon)
        points = series(indicator, final, effective.start_of(indicator, horizon))
        value = points[-1][1] if points else value
    shown, way_out = in_unit(value, indicator), _way_out(indicator, update)
    times = times_beyond(indicator, wanted, value)
    if times is not None:
        target = wanted.target if wanted.target_high is None else wanted.target_high
        yield _("{value} is {times} times the target of {target}; {way_out}").format(
            value=shown, times=f"{times:,.0f}", target=in_unit(target, indicator), way_out=way_out
        )
        return
    told = _told_before(indicator, update, horizon)
    if not told or not told[-1][1] or not value or indicator.accumulation == "increment":
        return
    before, times = told[-1][1], abs(ROOM.divide(value, told[-1][1]))
    sentence = _("{value} is {times} times the {before} reported for {on}; {way_out}")
    if times < 1:
        times = ROOM.divide(Decimal(1), times)
        sentence = _("{before}, reported for {on}, is {times} times {value}; {way_out}")
    if times >= _OTHER_UNIT:
        yield sentence.format(
            value=shown,
            times=f"{times:,.0f}",
            before=in_unit(before, indicator),
            on=told[-1][0].on,
            way_out=way_out,
        )


def in_unit(value: Decimal | None, indicator: Indicator) -> str:
    """A value as it is written, with its unit; nothing where there is none."""
    return "" if value is None else f"{show_number(value)} {indicator.unit or ''}".strip()


def _way_out(indicator: Indicator, update: Update) -> str:
    """How a slip of the unit is put right: 5000 of 万户 may have been 5000户, 0.5万户."""
    scale, base = split_unit(indicator.unit or "")
    if scale == 1 or not base or update.value is None:
        return _("if that is wrong, run: tracker undo")
    meant = f"{show_number(update.value)}{base}"
    as_unit = ROOM.divide(update.value, scale).normalize()
    return _(
        "if {meant} ({as_unit}) was meant, run: tracker undo, then: tracker update {id} {meant}"
        " --on {on}"
    ).format(
        meant=meant,
        as_unit=f"{show_number(as_unit)}{indicator.unit}",
        id=indicator.id,
        on=update.on,
    )


def _of_value(indicator: Indicator, update: Update, horizon: Horizon) -> Iterator[str]:
    """What is odd about a value beside the promise and the reports before it."""
    if update.value is None:
        return
    wanted = effective.promise(indicator, horizon)
    value, target = show_number(update.value), wanted.target
    if indicator.unit in PER_CENT and update.value > max(HUNDRED, target or HUNDRED):
        yield _("{value}% is more than 100%.").format(value=value)
    if update.status != "final" or indicator.accumulation == "increment":
        return
    told = _told_before(indicator, update, horizon)
    grows = indicator.accumulation == "cumulative" and direction_of(indicator, target) != "down"
    if told and grows and update.value < told[-1][1]:
        yield _("{value} is less than the {before} reported for {on}.").format(
            value=value, before=show_number(told[-1][1]), on=told[-1][0].on
        )
    if target is None:
        return
    span = span_of(indicator, target, wanted.target_high)
    met = next((e for e, number in told if span.decides(number, e.qualifier)), None)
    # What is to be kept does not count as met any more.
    if met is not None and not span.holds(update.value) and not is_held(indicator, span):
        yield _(
            "The report of {on} ({id}) met the target and still counts;"
            " if it was wrong, add --voids {id}"
        ).format(on=met.on, id=met.id)


def _counts(update: Update) -> bool:
    return update.status == "final" and (update.value is not None or update.done is not None)


def _added_to(indicator: Indicator, seen: Assessment, draft: Update) -> Decimal:
    """The value that --add adds to: the newest one, if the new one is to follow it."""
    if draft.voids is not None:
        raise InvalidInput(
            _("{id}: a correction needs the whole value; give it instead of --add.").format(
                id=indicator.id
            )
        )
    if seen.value_on is not None and draft.on < seen.value_on:
        raise InvalidInput(
            _(
                "{id}: {on} is before the newest report, of {newest};"
                " give the whole value instead of --add."
            ).format(id=indicator.id, on=draft.on, newest=seen.value_on)
        )
    newest = seen.value if seen.value is not None else indicator.baseline
    if newest is None:
        raise InvalidInput(
            _("{id} has no value to add to; report the whole value.").format(id=indicator.id)
        )
    return newest
