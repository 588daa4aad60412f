"""Tables of initiatives."""

from tracker.assessment.rollup import Rollup
from tracker.ledger.answers import Branch, Listing
from tracker.locale.translation import _
from tracker.model.leads import split_leads
from tracker.output.model import Table, Value
from tracker.views.columns import build_view_columns, order_view_columns

_COUNTS = Rollup._fields
_SHOWN = ("indicators", "promises", "met", "due", "overdue", "awaiting_verdict", "stopped", "light")
"""Counts that people see; those of efforts and of what is stopped only where there are some."""
_SPARE = ("id", "awaiting_verdict", "stopped", "promises", "kind", "due")
_PLACE_AND_LEAD = ("category", "level", "place", "lead", "leads", "person", "state")
_KEYS = ("id", "outline", "name", "depth", "parent", "kind", *_PLACE_AND_LEAD, *_COUNTS)
_HIDDEN = frozenset({"name", "depth", "parent", *_PLACE_AND_LEAD})


def tabulate_initiatives(title: str, tree: Listing[list[Branch]]) -> Table:
    """Build a table of initiatives, each indented under its parent, with what is below counted."""
    rollups = [branch.rollup for branch in tree.items]
    empty = {
        key
        for key in ("awaiting_verdict", "stopped")
        if not any(getattr(counts, key) for counts in rollups)
    }
    brief = ({*_KEYS} - {*_COUNTS} - _HIDDEN) | ({*_SHOWN} - empty)
    columns = order_view_columns(
        build_view_columns(_KEYS, brief, titles={"name": _("name")}), _SPARE
    )
    rows = [_build_initiatives_view_row(branch) for branch in tree.items]
    beside = {"left_out": tree.left_out, "wholes": tree.wholes}
    return Table(title=title, as_of=tree.as_of, columns=columns, rows=rows, beside=beside)


def _build_initiatives_view_row(branch: Branch) -> tuple[Value, ...]:
    initiative = branch.initiative
    return (
        initiative.id,
        "  " * branch.depth + initiative.name,
        initiative.name,
        branch.depth,
        initiative.parent,
        initiative.kind,
        initiative.category,
        initiative.level,
        initiative.place,
        initiative.lead,
        split_leads(initiative.lead),
        initiative.person,
        branch.state,
        *branch.rollup,
    )
