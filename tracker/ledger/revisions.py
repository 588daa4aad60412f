"""Check edits and revisions before they are stored."""

from collections.abc import Iterable, Iterator
from datetime import date

import msgspec

from tracker.errors import InvalidInput, Refused
from tracker.locale.translation import _, _p
from tracker.model import effective
from tracker.model.dates import format_deadline_date
from tracker.model.horizon import Horizon
from tracker.model.quantities import format_quantity_number
from tracker.model.records import Indicator, Initiative, Revision

_PROMISED = {"target", "target_high", "op", "deadline"}


def refuse_unchanged_revision(indicator: Indicator, revision: Revision, today: date) -> None:
    """Refuse a revision after which all is promised as before."""
    changes = (revision.deadline, revision.interim, revision.voids) != (None, None, None)
    if not changes and not effective.revises_target(revision):
        raise InvalidInput(
            _("The revision of {id} changes nothing; give a target, a deadline or both.").format(
                id=indicator.id
            )
        )
    horizon = Horizon(as_of=today)
    revised = msgspec.structs.replace(indicator, revisions=[*indicator.revisions, revision])
    if all(
        in_force(indicator, horizon) == in_force(revised, horizon)
        for in_force in (effective.find_promise_in_force, effective.list_interim_in_force)
    ):
        raise Refused(
            _(
                "{id} is promised so already, or by a later revision;"
                " a revision of {on} changes nothing."
            ).format(id=indicator.id, on=revision.on)
        )


def remark_on_unrevised_edit(
    old: Initiative | Indicator, new: Initiative | Indicator, fields: Iterable[str]
) -> tuple[str, ...]:
    """Return remarks on an edit: what it has rewritten, or given another meaning."""
    if not isinstance(old, Indicator) or not isinstance(new, Indicator):
        return ()
    remarks = []
    kept = list(_list_unrevised_figures(old, new))
    if old.unit not in {None, new.unit} and kept:
        remarks.append(
            _(
                "{id}: the unit was {old} and is {new} now; no figure was converted, so these mean"
                " something else: {figures}; if that is wrong, run: tracker undo"
            ).format(
                id=old.id, old=old.unit, new=new.unit or _p("unit", "none"), figures=", ".join(kept)
            )
        )
    # What was empty is filled in, not rewritten.
    if old.updates and any(
        getattr(old, field) not in (None, getattr(new, field))
        for field in _PROMISED.intersection(fields)
    ):
        remarks.append(
            _(
                "A changed promise is a decision; if this is not the correction of a mistake,"
                " run: tracker undo, then: tracker revise"
            )
        )
    return tuple(remarks)


def _list_unrevised_figures(old: Indicator, new: Indicator) -> Iterator[str]:
    """Yield the figures that an edit has left as they were, as they are written."""
    for field in ("target", "target_high", "baseline"):
        value = getattr(new, field)
        if value is not None and value == getattr(old, field):
            yield f"{field} {format_quantity_number(value)}"
    if new.interim and new.interim == old.interim:
        yield f"interim {len(new.interim)}"
    revised = sum(each.target is not None for each in new.revisions)
    reported = sum(each.value is not None for each in new.updates)
    yield from (f"{name} {n}" for name, n in (("revisions", revised), ("updates", reported)) if n)


def format_revised_promise(indicator: Indicator, on: date) -> str:
    """Return what is promised on a day, in a few words."""
    promise = effective.find_promise_in_force(indicator, Horizon(as_of=on))
    parts = []
    if promise.target_wording is not None:
        parts.append(promise.target_wording)
    elif promise.target is not None:
        high = (
            "" if promise.target_high is None else f"–{format_quantity_number(promise.target_high)}"
        )
        parts.append(
            f"{format_quantity_number(promise.target)}{high} {indicator.unit or ''}".strip()
        )
    if promise.deadline is not None:
        day = format_deadline_date(promise.deadline.on, None, promise.deadline.loose)
        parts.append(day or promise.deadline.wording or "")
    return _(" by ").join(part for part in parts if part) or _("nothing")
