"""Find what stands before new reports, in one pass for one of them or for a hundred thousand."""

from collections.abc import Collection, Iterator
from collections.abc import Set as AbstractSet
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

import msgspec

from tracker.assessment.cycles import split_reports_by_cycle
from tracker.assessment.direction import find_span_in_direction
from tracker.assessment.measurement import build_measurement
from tracker.model.effective import (
    find_effective_start,
    find_promise_in_force,
    list_entries_in_force,
)
from tracker.model.horizon import Horizon
from tracker.model.quantities import WIDE_CONTEXT, ZERO
from tracker.model.records import Indicator, Update


class Predecessors(NamedTuple):
    """Reports in force beside which a new one is seen.

    Attributes:
        newest: the latest day of a final report that was entered before it.
        repeated: one that was entered before it and says the same of the same day.
        previous: the last final value up to its day.
        met: the last of those values that met the target.
        reached: the value of the indicator with it: of increments the sum.
    """

    newest: date | None
    repeated: Update | None
    previous: Update | None
    met: Update | None
    reached: Decimal


class _Entered(NamedTuple):
    """The part of the predecessors that depends on the order of entry."""

    newest: date | None
    repeated: Update | None
    reached: Decimal


def list_reports_with_predecessors(
    indicator: Indicator, new: AbstractSet[str], horizon: Horizon
) -> "Iterator[NewReports]":
    """Yield the new reports on an indicator; of a recurring promise those of each cycle alone.

    Args:
        indicator: the indicator, with them.
        new: their ids.
        horizon: the day, for the target in force.
    """
    for limited, ids in split_reports_by_cycle(indicator, horizon):
        own = new & set(ids)
        if own:
            yield NewReports(limited, own, horizon)


class NewReports:
    """New reports on an indicator, and what stands before each.

    A new report that another new one takes back has nothing before it: it is not in force.

    Args:
        indicator: the indicator, with them.
        new: their ids.
        horizon: the day, for the target in force.
    """

    def __init__(self, indicator: Indicator, new: Collection[str], horizon: Horizon) -> None:
        self.indicator = indicator
        self.horizon = horizon
        self.start = find_effective_start(indicator, horizon)
        self.promise = find_promise_in_force(indicator, horizon)
        self._new = new
        # Estimates may be of days that are still to come.
        self._in_force = list_entries_in_force(
            indicator.updates, msgspec.structs.replace(horizon, as_of=date.max)
        )

    @cached_property
    def met_on(self) -> date | None:
        """Day since which the target is met, by all reports."""
        return build_measurement(self.indicator, self.promise, self.horizon).met_on

    def is_met_before(self, update: Update, met: Update) -> bool:
        """Return whether the target is met by the day of a report, as far as it was entered then.

        Args:
            update: the report.
            met: the last value before it that met the target, of its day or of an earlier one.
        """
        if self.met_on is None or self.met_on < update.on:
            return self.met_on is not None
        # What met it on that day may have been entered later; and up to the deadline a report
        # that misses the target takes back what one before it met.
        deadline = self.promise.deadline
        is_late = deadline is not None and deadline.on is not None and deadline.on < update.on
        return is_late and self.met_on <= met.on

    def list_predecessors(self) -> Iterator[tuple[Update, Predecessors]]:
        """Yield the new reports that are in force, in the order of entry, with what is before."""
        by_day = self._follow_days()
        for update, entered in self._follow_entry():
            previous, met = by_day[update.id]
            yield (
                update,
                Predecessors(entered.newest, entered.repeated, previous, met, entered.reached),
            )

    def _follow_days(self) -> dict[str, tuple[Update | None, Update | None]]:
        """Return for each new report the last value up to its day, and the last that met."""
        target, high = self.promise.target, self.promise.target_high
        span = None if target is None else find_span_in_direction(self.indicator, target, high)
        previous: Update | None = None
        met: Update | None = None
        before = {}
        for update in self._in_force:
            if update.id in self._new:
                before[update.id] = previous, met
            if self._is_final(update) and update.value is not None:
                previous = update
                if span is not None and span.decides(update.value, update.qualifier):
                    met = update
        return before

    def _follow_entry(self) -> Iterator[tuple[Update, _Entered]]:
        adds = self.indicator.accumulation == "increment"
        in_force = {update.id for update in self._in_force}
        newest: date | None = None
        total: Decimal | None = None
        first_like: dict[tuple[object, ...], Update] = {}
        for update in self.indicator.updates:
            if update.id not in in_force:
                continue
            same = (update.on, update.value, update.done, update.status)
            if adds and self._counts(update):
                total = WIDE_CONTEXT.add(
                    self.indicator.baseline or ZERO if total is None else total,
                    update.value or ZERO,
                )
            if update.id in self._new:
                reached = total if total is not None else update.value or ZERO
                yield update, _Entered(newest, first_like.get(same), reached)
            first_like.setdefault(same, update)
            if update.status == "final" and update.on <= self.horizon.as_of:
                newest = max(newest or update.on, update.on)

    def _is_final(self, update: Update) -> bool:
        return update.status == "final" and update.on <= self.horizon.as_of

    def _counts(self, increment: Update) -> bool:
        """Return whether an increment is added up: final, and not before the start."""
        is_early = self.start is not None and increment.on < self.start
        return self._is_final(increment) and increment.value is not None and not is_early
