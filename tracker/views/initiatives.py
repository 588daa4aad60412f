"""Tables of initiatives."""

from tracker.ledger.answers import Branch, Listing
from tracker.locale.translation import _
from tracker.output.model import Column, Table, Value


def initiatives(title: str, found: Listing[list[Branch]]) -> Table:
    """A list of initiatives, each indented under its parent, with what is below rolled up."""
    stopped = any(each.rollup.stopped for each in found.items)
    columns = (
        Column("id", _("id"), "id"),
        Column("outline", _("initiative")),
        Column("name", _("name"), brief=False),
        Column("depth", _("depth"), "days", brief=False),
        Column("parent", _("parent"), "id", brief=False),
        Column("kind", _("kind"), "word"),
        Column("category", _("category"), brief=False),
        Column("level", _("level"), "word", brief=False),
        Column("place", _("place"), brief=False),
        Column("lead", _("lead"), brief=False),
        Column("state", _("state"), "word", brief=False),
        Column("indicators", _("indicators"), "days"),
        Column("met", _("met"), "days"),
        Column("due", _("due"), "days"),
        Column("overdue", _("overdue"), "days"),
        Column("stopped", _("stopped"), "days", brief=stopped),
        Column("light", _("light"), "light"),
    )
    return Table(
        title=title, as_of=found.as_of, columns=columns, rows=[_row(e) for e in found.items]
    )


def _row(branch: Branch) -> tuple[Value, ...]:
    each, counts = branch.initiative, branch.rollup
    return (
        each.id,
        "  " * branch.depth + each.name,
        each.name,
        branch.depth,
        each.parent,
        each.kind,
        each.category,
        each.level,
        each.place,
        each.lead,
        branch.state,
        counts.indicators,
        counts.met,
        counts.due,
        counts.overdue,
        counts.stopped,
        counts.light,
    )
