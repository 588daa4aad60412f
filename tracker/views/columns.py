"""Columns of lists: key, kind and title."""

from collections.abc import Collection, Sequence

from tracker.locale.translation import _
from tracker.model.assessment import Assessment
from tracker.output.model import Column, ColumnKind

_KINDS: dict[str, ColumnKind] = {
    "id": "id",
    "initiative_id": "id",
    "target": "number",
    "target_high": "number",
    "value": "number",
    "value_on": "day",
    "done": "percent",
    "expected": "percent",
    "gap": "number",
    "light": "light",
    "measure": "word",
    "state": "word",
    "op": "word",
    "cycle": "word",
    "deadline_basis": "word",
    "deadline": "day",
    "deadline_loose": "day",
    "days_left": "days",
    "days_late": "days",
    "workdays_late": "days",
    "workdays_provisional": "flag",
    "met_on": "day",
    "last_report": "day",
    "stale": "flag",
    "first_target": "number",
    "first_deadline": "day",
    "first_done": "percent",
    "first_light": "light",
    "value_bound": "word",
    "judged": "word",
    "judged_on": "day",
    "owed": "days",
    "first_owed": "day",
    "days_owed": "days",
    "reports": "days",
    "per_month": "number",
    "needed_per_month": "number",
    "met_by": "day",
}
_BARS = {"done": "expected"}
"""The shares that are drawn as bars, and where each should be."""
FIELDS = Assessment.__struct_fields__

_STANDING = ("id", "name", "done", "expected", "light", "deadline")

LIST = frozenset(_STANDING)
BEHIND = frozenset((*_STANDING, "gap", "days_late"))
OVERDUE = frozenset((*_STANDING, "days_late"))
DUE = frozenset((*_STANDING, "days_left"))
OWN = frozenset(
    (*_STANDING, "value", "target", "unit", "deadline_wording", "why"),
) - {"expected"}
"""The columns for people of each list; JSON and CSV have all fields, in the same order."""


def titles_of() -> dict[str, str]:
    """What people read above a column, by the name of its field."""
    return (
        _titles_of_records()
        | _titles_of_duty()
        | {
            "op": _("op"),
            "target": _("target"),
            "target_high": _("up to"),
            "value": _("value"),
            "value_on": _("reported for"),
            "done": _("done"),
            "expected": _("expected"),
            "gap": _("gap"),
            "light": _("light"),
            "why": _("why"),
            "deadline": _("deadline"),
            "deadline_wording": _("wording"),
            "deadline_basis": _("basis"),
            "deadline_loose": _("or by"),
            "days_left": _("days left"),
            "days_late": _("days late"),
            "workdays_late": _("workdays late"),
            "workdays_provisional": _("provisional"),
            "met_on": _("met on"),
            "last_report": _("last report"),
            "stale": _("stale"),
            "first_target": _("first target"),
            "first_deadline": _("first deadline"),
            "first_done": _("done of the first"),
            "first_light": _("light of the first"),
            "value_bound": _("known as"),
            "judged": _("judged"),
            "judged_by": _("judged by"),
            "judged_on": _("judged on"),
            "judged_why": _("judged why"),
        }
    )


def _titles_of_duty() -> dict[str, str]:
    return {
        "cycle": _("cycle"),
        "owed": _("reports owed"),
        "first_owed": _("owed since"),
        "days_owed": _("days owed"),
        "reports": _("reports"),
        "per_month": _("per month"),
        "needed_per_month": _("needed per month"),
        "met_by": _("met by"),
    }


def _titles_of_records() -> dict[str, str]:
    return {
        "id": _("id"),
        "initiative": _("initiative"),
        "initiative_id": _("initiative id"),
        "name": _("indicator"),
        "measure": _("measure"),
        "unit": _("unit"),
        "category": _("category"),
        "place": _("place"),
        "lead": _("lead"),
        "document": _("document"),
        "state": _("state"),
    }


def columns_of(names: Sequence[str], brief: Collection[str]) -> tuple[Column, ...]:
    """The columns for fields of these names; ``brief`` are those for people."""
    titles = titles_of()
    return tuple(
        Column(
            key=name,
            title=titles[name],
            kind=_KINDS.get(name, "text"),
            brief=name in brief,
            bar=name in _BARS,
            expected=_BARS.get(name),
        )
        for name in names
    )
