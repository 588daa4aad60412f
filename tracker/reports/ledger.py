"""The ledger as an office prints it (台账): one row for each indicator."""

from tracker.locale.translation import _
from tracker.output.model import Sheet
from tracker.reports.build import Card, Material, sheet_of
from tracker.reports.columns import count_titles, counts, described, table

COVERS = None
COMPARES = False
RANKS = False

_SHOWN = (
    "id",
    "category",
    "initiative",
    "name",
    "target",
    "unit",
    "value",
    "done",
    "expected",
    "gap",
    "light",
    "deadline",
    "days_late",
    "lead",
    "support",
    "latest",
    "source",
)
_HIDDEN = (
    "initiative_id",
    "place",
    "measure",
    "op",
    "target_high",
    "state",
    "why",
    "value_bound",
    "value_on",
    "deadline_wording",
    "workdays_late",
    "met_on",
    "last_report",
)
_STATES = ("suspended", "closed", "cancelled")


def paper(material: Material) -> Sheet:
    """Every indicator that fits, in the order of entry, whatever its state.

    The state has a column for people where it is not the same for all.
    """
    now = material.now
    found, titles = counts(now), count_titles()
    cards = [Card(key, titles[key], n) for key, n in found.items() if n or key not in _STATES]
    hidden = set(_HIDDEN)
    if any(found[state] for state in _STATES):
        hidden.discard("state")
    rows = (described(now, case) for case in now.cases)
    title = _("ledger")
    tables = [table("ledger", title, now, _SHOWN + _HIDDEN, rows, hidden=hidden)]
    return sheet_of(material, title, cards, tables)
