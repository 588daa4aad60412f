"""Tables of initiatives."""

from tracker.ledger.answers import Branch, Listing
from tracker.locale.translation import _
from tracker.output.model import Table, Value
from tracker.views.columns import build_columns

_COUNTS = ("indicators", "met", "due", "overdue", "stopped", "light")
_PLACE_AND_LEAD = ("category", "level", "place", "lead", "state")
_KEYS = ("id", "outline", "name", "depth", "parent", "kind", *_PLACE_AND_LEAD, *_COUNTS)
_HIDDEN = frozenset({"name", "depth", "parent", *_PLACE_AND_LEAD})


def tabulate_initiatives(title: str, tree: Listing[list[Branch]]) -> Table:
    """Build a table of initiatives, each indented under its parent, with what is below counted."""
    is_any_stopped = any(branch.rollup.stopped for branch in tree.items)
    brief = {*_KEYS} - _HIDDEN - (set() if is_any_stopped else {"stopped"})
    columns = build_columns(_KEYS, brief, titles={"name": _("name")})
    rows = [_build_initiatives_view_row(branch) for branch in tree.items]
    return Table(title=title, as_of=tree.as_of, columns=columns, rows=rows)


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
        branch.state,
        *branch.rollup,
    )
