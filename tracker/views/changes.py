"""Entries of a record in words: what was reported, revised, decided and found."""

from collections.abc import Iterator, Sequence
from operator import attrgetter
from typing import TypeAlias

from tracker.locale.translation import _, translate_status
from tracker.model.effective import is_entry_in_effect_known, list_entries_in_force
from tracker.model.horizon import Horizon
from tracker.model.quantities import format_target_quantity
from tracker.model.records import Decision, Indicator, Revision, Update, Verdict
from tracker.views.wording import word_update

_get_voided_id = attrgetter("voids")

StandingEntry: TypeAlias = Update | Revision | Decision | Verdict
"""Entry that says something of how things stand; what a person judges is beside it."""


def list_changes_that_stand(indicator: Indicator, horizon: Horizon) -> list[StandingEntry]:
    """Return what was reported, revised, decided and found of an indicator, as far as in force."""
    return [
        entry
        for entries in _list_standing_lists(indicator)
        for entry in list_entries_in_force(entries, horizon)
    ]


def list_voided_entries(indicator: Indicator, horizon: Horizon) -> Iterator[StandingEntry]:
    """Yield what was said of an indicator by the day and is taken back by a later entry."""
    for entries in _list_standing_lists(indicator):
        if any(map(_get_voided_id, entries)):
            in_force = {entry.id for entry in list_entries_in_force(entries, horizon)}
            for entry in entries:
                if entry.id not in in_force and is_entry_in_effect_known(entry, horizon):
                    yield entry


def _list_standing_lists(indicator: Indicator) -> list[Sequence[StandingEntry]]:
    """Return the lists of an indicator that say how things stand, as far as they hold anything."""
    lists: tuple[Sequence[StandingEntry], ...] = (
        indicator.updates,
        indicator.revisions,
        indicator.decisions,
        indicator.verdicts,
    )
    return [entries for entries in lists if entries]


def word_change(entry: StandingEntry, indicator: Indicator | None) -> str:
    """Format what an entry says; an empty text where it only takes another back.

    Args:
        entry: the entry.
        indicator: whose it is; None: it is of an initiative.
    """
    if isinstance(entry, Update):
        status = None if entry.status == "final" else translate_status(entry.status)
        unit = None if indicator is None else indicator.unit
        reported = word_update(entry, unit)
        if status is None and entry.note is None:
            return reported
        parts = [reported, status if reported else None, entry.note]
    elif isinstance(entry, Revision):
        parts = [_("revised"), *_word_revised_promise(entry, indicator), entry.reason]
    elif isinstance(entry, Verdict):
        parts = [None if entry.verdict is None else _(entry.verdict), entry.reason]
    else:
        parts = [None if entry.state is None else _(entry.state), entry.reason]
    return _("; ").join(filter(None, parts))


def _word_revised_promise(revision: Revision, indicator: Indicator | None) -> Iterator[str]:
    """Yield the target and the deadline that a revision sets."""
    if revision.target_wording is not None:
        yield _("target {n}").format(n=revision.target_wording)
    elif revision.target is not None and indicator is not None:
        amount = format_target_quantity(
            indicator.op, revision.target, revision.target_high, unit=indicator.unit
        )
        yield _("target {n}").format(n=amount)
    if revision.deadline is not None:
        day = revision.deadline.on or revision.deadline.wording
        yield _("deadline {day}").format(day=day)
