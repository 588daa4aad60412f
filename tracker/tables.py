"""Which columns every list has: from assessments and records to typed tables.

A column's key is the name of the field; its title is what people read. Columns that
are not ``brief`` are in JSON and CSV only.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from tracker import config
from tracker.asking import Branch, Shown
from tracker.locale import _
from tracker.models import (
    Assessment,
    Column,
    ColumnKind,
    Indicator,
    Item,
    Sheet,
    Table,
    Update,
    Value,
    full,
)
from tracker.progress import rollup
from tracker.quantities import show_number
from tracker.service import Exported, Listing, Tree

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
    "deadline": "day",
    "deadline_loose": "day",
    "days_left": "days",
    "days_late": "days",
    "workdays_late": "days",
    "workdays_provisional": "flag",
    "met_on": "day",
    "last_report": "day",
    "stale": "flag",
}
_FIELDS = Assessment.__struct_fields__

_STANDING = ("id", "name", "done", "expected", "light", "deadline")

LIST = frozenset(_STANDING)
OVERDUE = frozenset((*_STANDING, "days_late"))
DUE = frozenset((*_STANDING, "days_left"))
OWN = frozenset(
    ("id", "name", "value", "target", "unit", "light", "deadline", "deadline_wording", "why")
)
"""The columns for people of each list; JSON and CSV have all fields, in the same order."""


def _titles() -> dict[str, str]:
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
        "state": _("state"),
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
    }


def indicators(title: str, found: Listing, brief: frozenset[str] = LIST) -> Table:
    """A list of indicators; ``brief`` names the columns for people."""
    titles = _titles()
    columns = tuple(
        Column(key=name, title=titles[name], kind=_KINDS.get(name, "text"), brief=name in brief)
        for name in _FIELDS
    )
    rows: list[tuple[Value, ...]] = [
        tuple(getattr(each, name) for name in _FIELDS) for each in found.items
    ]
    return Table(title=title, as_of=found.as_of, columns=columns, rows=rows)


def initiatives(title: str, found: Tree) -> Table:
    """A list of initiatives, each indented under its parent, with what is below rolled up."""
    columns = (
        Column("id", _("id"), "id"),
        Column("outline", _("initiative")),
        Column("name", _("name"), brief=False),
        Column("depth", _("depth"), "days", brief=False),
        Column("parent", _("parent"), "id", brief=False),
        Column("kind", _("kind")),
        Column("category", _("category"), brief=False),
        Column("level", _("level"), brief=False),
        Column("place", _("place"), brief=False),
        Column("lead", _("lead"), brief=False),
        Column("state", _("state"), brief=False),
        Column("indicators", _("indicators"), "days"),
        Column("met", _("met"), "days"),
        Column("due", _("due"), "days"),
        Column("overdue", _("overdue"), "days"),
        Column("light", _("light"), "light"),
    )
    return Table(
        title=title, as_of=found.as_of, columns=columns, rows=[_row(e) for e in found.branches]
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
        counts.light,
    )


def record(found: Shown) -> Sheet:
    """All about one initiative: facts, its indicators, what was reported and decided."""
    item = found.item
    own = Listing(found.as_of, found.indicators)
    tables = [indicators(_("indicators"), own, OWN), _updates(found), _decisions(found)]
    data = full(item) | {
        "assessments": full(found.indicators),
        "children": [each.id for each in found.children],
    }
    return Sheet(
        title=item.name,
        as_of=found.as_of,
        facts=_facts(found),
        tables=[each for each in tables if each.rows],
        items=[data],
    )


def _facts(found: Shown) -> list[tuple[str, Value]]:
    item = found.item
    parent = f"{found.parent.id}  {found.parent.name}" if found.parent is not None else None
    facts: list[tuple[str, Value]] = [
        (_("id"), item.id),
        (_("aliases"), item.aliases),
        (_("kind"), _(item.kind)),
        (_("category"), item.category),
        (_("level"), _(item.level) if item.level is not None else None),
        (_("place"), item.place),
        (_("parent"), parent),
        (_("parts"), [f"{each.name} ({each.id})" for each in found.children]),
        (_("lead"), item.lead),
        (_("support"), item.support),
        (_("state"), _(item.state)),
        (_("tags"), item.tags),
        (_("notes"), item.notes),
    ]
    facts += [(_("source"), _cited(found, each.document, each.locator)) for each in item.sources]
    return [(label, value) for label, value in facts if value not in (None, [])]


def _cited(found: Shown, document: str, locator: str | None) -> str:
    known = found.documents.get(document)
    title = f"{known.published} {known.title}" if known is not None else document
    return f"{title} · {locator}" if locator else title


def _updates(found: Shown) -> Table:
    columns = (
        Column("indicator", _("indicator"), "id"),
        Column("on", _("on"), "day"),
        Column("said", _("reported")),
        Column("status", _("status")),
        Column("note", _("note")),
        Column("evidence", _("evidence"), "list"),
        Column("by", _("by")),
        Column("id", _("update")),
    )
    rows: list[tuple[Value, ...]] = [
        (each.id, u.on, _said(u, each.unit), _(u.status), u.note, u.evidence, u.by, u.id)
        for each in found.item.indicators
        for u in sorted(each.updates, key=lambda update: update.on)
    ]
    return Table(title=_("updates"), as_of=found.as_of, columns=columns, rows=rows)


def _said(update: Update, unit: str | None) -> str:
    voiding = _("voids {id}").format(id=update.voids) if update.voids is not None else ""
    if update.done is not None:
        return " ".join(filter(None, [_("done") if update.done else _("not done"), voiding]))
    if update.value is None:
        return voiding
    number = f"{update.qualifier or ''}{show_number(update.value)} {unit or ''}"
    return " ".join(filter(None, [number.strip(), voiding]))


def _decisions(found: Shown) -> Table:
    columns = (
        Column("record", _("record"), "id"),
        Column("on", _("on"), "day"),
        Column("decision", _("decision")),
        Column("reason", _("reason")),
        Column("by", _("by")),
    )
    item = found.item
    owners: list[Item | Indicator] = [item, *item.indicators]
    rows: list[tuple[Value, ...]] = [
        (owner.id, d.on, _(d.state), d.reason, d.by) for owner in owners for d in owner.decisions
    ]
    for each in item.indicators:
        for revision in each.revisions:
            deadline = revision.deadline.on if revision.deadline is not None else None
            target = show_number(revision.target) if revision.target is not None else None
            parts = [_("target {n}").format(n=target)] if target is not None else []
            parts += [_("deadline {day}").format(day=deadline)] if deadline is not None else []
            rows.append((each.id, revision.on, ", ".join(parts), revision.reason, revision.by))
    return Table(title=_("decisions"), as_of=found.as_of, columns=columns, rows=rows)


def overview(found: Listing, due_within: int, most: int) -> Sheet:
    """The morning's screen: what there is, by light and state, and what comes first.

    Args:
        found: all indicators.
        due_within: days that "due soon" looks ahead.
        most: how many rows each list has at most.
    """
    active = [each for each in found.items if each.state == "active"]
    urgent = sorted(filter(_is_urgent, active), key=_urgency)
    soon = [e for e in active if e.days_left is not None and e.days_left <= due_within]
    soon.sort(key=lambda each: (each.days_left or 0, each.id))
    counts = _counts(found, soon)
    titles = _count_titles(due_within)
    tables = [
        indicators(_("most urgent"), Listing(found.as_of, urgent[:most]), OVERDUE),
        indicators(_("due soon"), Listing(found.as_of, soon[:most]), DUE),
    ]
    shown = {each.id: each for each in (*urgent, *soon)}
    return Sheet(
        title=_("status"),
        as_of=found.as_of,
        facts=[(_("as of"), found.as_of), *((titles[key], n) for key, n in counts.items())],
        tables=[each for each in tables if each.rows],
        items=[full(each) for each in shown.values()],
        beside={"counts": counts},
    )


def _is_urgent(seen: Assessment) -> bool:
    return seen.light in {"red", "yellow"}


def _urgency(seen: Assessment) -> tuple[bool, int, Decimal, str]:
    late = (seen.days_late or 0) if seen.met_on is None else 0
    return seen.light != "red", -late, seen.gap or Decimal(0), seen.id


def _counts(found: Listing, soon: Sequence[Assessment]) -> dict[str, int]:
    active = [each for each in found.items if each.state == "active"]
    counts: dict[str, int] = {"indicators": len(found.items), "active": len(active)}
    for light in ("red", "yellow", "green", "none"):
        counts[light] = sum(each.light == light for each in active)
    together = rollup(active, found.as_of)
    counts |= {"met": together.met, "overdue": together.overdue, "due_soon": len(soon)}
    counts["unreported"] = sum(_never_reported(each) for each in active)
    for state in ("suspended", "closed", "cancelled"):
        counts[state] = sum(each.state == state for each in found.items)
    return counts


def _never_reported(seen: Assessment) -> bool:
    promised = seen.measure == "milestone" or seen.target is not None
    return promised and seen.deadline is not None and seen.last_report is None


def _count_titles(due_within: int) -> dict[str, str]:
    return {
        "indicators": _("indicators"),
        "active": _("active"),
        "red": _("red"),
        "yellow": _("yellow"),
        "green": _("green"),
        "none": _("no light"),
        "met": _("met"),
        "overdue": _("overdue"),
        "due_soon": _("due within {days} days").format(days=due_within),
        "unreported": _("never reported"),
        "suspended": _("suspended"),
        "closed": _("closed"),
        "cancelled": _("cancelled"),
    }


def grouped(found: Listing, by: str) -> Table:
    """How many indicators each lead, place, category … has, and how they stand."""
    groups: dict[str | None, list[Assessment]] = {}
    for each in found.items:
        if each.state == "active":
            groups.setdefault(getattr(each, by), []).append(each)
    columns = (
        Column(by, _titles()[by]),
        *(Column(key, title, "days") for key, title in _group_titles().items()),
        Column("light", _("worst light"), "light"),
    )
    rows: list[tuple[Value, ...]] = []
    for name, members in sorted(groups.items(), key=lambda group: (group[0] is None, group[0])):
        counts = rollup(members, found.as_of)
        lights = [sum(e.light == word for e in members) for word in ("red", "yellow", "green")]
        rows.append((name, counts.indicators, *lights, counts.met, counts.overdue, counts.light))
    return Table(title=_("status"), as_of=found.as_of, columns=columns, rows=rows)


def _group_titles() -> dict[str, str]:
    return {
        "indicators": _("indicators"),
        "red": _("red"),
        "yellow": _("yellow"),
        "green": _("green"),
        "met": _("met"),
        "overdue": _("overdue"),
    }


def exported(found: Exported) -> Table:
    """Everything, in the exchange shape: one item an initiative, with the documents beside."""
    names = Item.__struct_fields__
    columns = tuple(Column(key=name, title=name, brief=name in {"id", "name"}) for name in names)
    return Table(
        title=_("export"),
        as_of=found.as_of,
        columns=columns,
        rows=[tuple(full(getattr(each, name)) for name in names) for each in found.items],
        beside={"documents": full(found.documents)},
    )


def settings(chosen: config.Settings, today: date) -> Table:
    """The settings in force, and where each comes from."""
    columns = (
        Column("key", _("setting"), "id"),
        Column("value", _("value")),
        Column("origin", _("from")),
        Column("meaning", _("meaning")),
    )
    rows: list[tuple[Value, ...]] = [
        (each.key, _plain(chosen[each.key]), chosen.chosen[each.key].origin, _(each.meaning))
        for each in config.SETTINGS
    ]
    return Table(title=_("settings"), as_of=today, columns=columns, rows=rows)


def _plain(value: object) -> Value:
    return [str(each) for each in value] if isinstance(value, tuple) else str(value)
