"""Which columns every list has: from assessments and records to typed tables.

A column's key is the name of the field; its title is what people read. Columns that
are not ``brief`` are in JSON and CSV only.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from tracker.asking import Branch, Shown
from tracker.knowledge import counting
from tracker.locale import _, _p
from tracker.models import (
    Assessment,
    Deadline,
    Document,
    Entry,
    Horizon,
    Indicator,
    Item,
    Update,
    full,
)
from tracker.quantities import show_number
from tracker.questions import Listing, Passing, Tree
from tracker.sheets import Column, ColumnKind, Sheet, Stream, Table, Value

if TYPE_CHECKING:
    from tracker.pace import Pace

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
_FIELDS = Assessment.__struct_fields__

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


def indicators(title: str, found: Listing, brief: frozenset[str] = LIST) -> Table:
    """A list of indicators; ``brief`` names the columns for people.

    Lists of every state show the state where it is not the same for all, and any list what
    was judged where somebody has judged.
    """
    if brief in {LIST, OWN} and any(each.state != "active" for each in found.items):
        brief |= {"state"}
    if any(each.judged for each in found.items):
        brief |= {"judged"}
    columns = columns_of(_FIELDS, brief)
    rows: list[tuple[Value, ...]] = [msgspec.structs.astuple(each) for each in found.items]
    return Table(title=title, as_of=found.as_of, columns=columns, rows=rows)


def passing_indicators(found: Passing) -> Stream:
    """The same list for programs, which see all columns: made while it is read."""
    rows: Iterable[tuple[Value, ...]] = map(msgspec.structs.astuple, found.items)
    return Stream(as_of=found.as_of, columns=columns_of(_FIELDS, ()), rows=rows)


def initiatives(title: str, found: Tree) -> Table:
    """A list of initiatives, each indented under its parent, with what is below rolled up."""
    stopped = any(each.rollup.stopped for each in found.branches)
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
        counts.stopped,
        counts.light,
    )


def record(found: Shown) -> Sheet:
    """All about one initiative: facts, its indicators, what was reported and decided."""
    item = found.item
    own = Listing(found.as_of, found.indicators)
    tables = [
        indicators(_("indicators"), own, OWN),
        paces(found.as_of, found.paces),
        _trail(found),
        _updates(found),
        _judgements(found),
        _decisions(found),
    ]
    data = full(item) | {
        "assessments": full(found.indicators),
        "paces": full(found.paces),
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
    facts += [
        (_("source"), citation(found.documents, each.document, each.locator))
        for each in item.sources
    ]
    return [(label, value) for label, value in facts if value not in (None, [])]


def citation(documents: Mapping[str, Document], document: str, locator: str | None) -> str:
    """A source as people read it: the document's day and title, and the place in it."""
    known = documents.get(document)
    title = f"{known.published} {known.title}" if known is not None else document
    return f"{title} · {locator}" if locator else title


def paces(as_of: date, found: "Sequence[Pace]") -> Table:
    """How fast indicators move; only those that have something left to do or a pace."""
    from tracker.pace import Pace

    names = Pace.__struct_fields__
    rows: list[tuple[Value, ...]] = [
        tuple(getattr(each, name) for name in names)
        for each in found
        if each.per_month is not None or each.needed_per_month is not None
    ]
    brief = {"id", "per_month", "needed_per_month", "met_by", "why"}
    return Table(title=_("pace"), as_of=as_of, columns=columns_of(names, brief), rows=rows)


class _Counted(NamedTuple):
    """Which entries of one list count on a day, and which are taken back."""

    counting: Sequence[Entry]
    void: frozenset[str]

    def said_of(self, entry: Entry) -> str:
        """What an entry takes back, or that it is taken back itself."""
        voids = _("voids {id}").format(id=entry.voids) if entry.voids is not None else ""
        void = _("voided") if entry.id in self.void else ""
        return _("; ").join(filter(None, [voids, void]))


def _standing(entries: Sequence[Entry], as_of: date) -> _Counted:
    counted = counting(entries, Horizon(as_of=as_of))
    gone = {each.id for each in entries if each.on <= as_of} - {each.id for each in counted}
    return _Counted(counted, frozenset(gone))


def _trail(found: Shown) -> Table:
    """The targets and deadlines of what was revised, the first promise first.

    The light stands beside the revision that is in force. Each row holds the whole
    promise, also what it left as it was.
    """
    rows: list[tuple[Value, ...]] = []
    for each, seen in zip(found.item.indicators, found.indicators, strict=True):
        if each.revisions:
            rows += _promises_of(each, seen, _standing(each.revisions, found.as_of))
    void = any(row[-1] for row in rows)
    columns = (
        Column("indicator", _("indicator"), "id"),
        Column("on", _("on"), "day"),
        Column("target", _("target"), "number"),
        Column("deadline", _("deadline"), "day"),
        Column("wording", _("wording")),
        Column("reason", _("reason")),
        Column("by", _("by")),
        Column("light", _("light now"), "light"),
        Column("id", _("entry"), "id", brief=void),
        Column("void", _("taken back"), brief=void),
    )
    return Table(title=_("promises"), as_of=found.as_of, columns=columns, rows=rows)


def _promises_of(
    indicator: Indicator, seen: Assessment, standing: _Counted
) -> list[tuple[Value, ...]]:
    first = seen.first_light or seen.light
    target, deadline = indicator.target, indicator.deadline
    held = (target, *_worded(deadline))
    rows: list[tuple[Value, ...]] = [
        (indicator.id, None, *held, _("first promise"), indicator.by, first, None, "")
    ]
    counted = {each.id for each in standing.counting}
    changing = [r for r in indicator.revisions if r.target is not None or r.deadline is not None]
    in_force = max((r.on for r in changing if r.id in counted), default=None)
    newest = [r.id for r in changing if r.id in counted and r.on == in_force][-1:]
    for r in sorted(indicator.revisions, key=lambda each: each.on):
        said = (r.target, *_worded(r.deadline))
        if r in changing and r.id not in standing.void:
            target = r.target if r.target is not None else target
            deadline = r.deadline or deadline
            said = (target, *_worded(deadline))
        light = seen.light if newest == [r.id] else None
        rows.append((indicator.id, r.on, *said, r.reason, r.by, light, r.id, standing.said_of(r)))
    return rows


def _worded(deadline: Deadline | None) -> tuple[date | None, str | None]:
    return (deadline.on, deadline.wording) if deadline is not None else (None, None)


def _updates(found: Shown) -> Table:
    columns = (
        Column("indicator", _("indicator"), "id"),
        Column("on", _("on"), "day"),
        Column("said", _("reported")),
        Column("status", _("status"), "word"),
        Column("note", _("note")),
        Column("evidence", _("evidence"), "list"),
        Column("by", _("by")),
        Column("id", _("update"), "id"),
    )
    rows: list[tuple[Value, ...]] = []
    for each in found.item.indicators:
        standing = _standing(each.updates, found.as_of)
        for u in sorted(each.updates, key=lambda update: update.on):
            what = _("; ").join(filter(None, [said(u, each.unit), standing.said_of(u)]))
            rows.append((each.id, u.on, what, u.status, u.note, u.evidence, u.by, u.id))
    return Table(title=_("updates"), as_of=found.as_of, columns=columns, rows=rows)


def said(update: Update, unit: str | None) -> str:
    """What an update reports, with its unit; empty if it reports nothing."""
    if update.done is not None:
        return _p("reported", "done") if update.done else _p("reported", "not done")
    if update.value is None:
        return ""
    return f"{update.qualifier or ''}{show_number(update.value)} {unit or ''}".strip()


def _judgements(found: Shown) -> Table:
    rows: list[tuple[Value, ...]] = []
    for each in found.item.indicators:
        standing = _standing(each.judgements, found.as_of)
        for j in sorted(each.judgements, key=lambda judgement: judgement.on):
            confidence = _(j.confidence) if j.confidence is not None else ""
            said = _("; ").join(filter(None, [confidence, standing.said_of(j)]))
            rows.append((each.id, j.on, said, j.reason, j.by, j.id))
    void = any(each.voids for own in found.item.indicators for each in own.judgements)
    columns = (
        Column("indicator", _("indicator"), "id"),
        Column("on", _("on"), "day"),
        Column("judged", _("judged")),
        Column("reason", _("reason")),
        Column("by", _("by")),
        Column("id", _("entry"), "id", brief=void),
    )
    return Table(title=_("judgements"), as_of=found.as_of, columns=columns, rows=rows)


def _decisions(found: Shown) -> Table:
    item = found.item
    owners: list[Item | Indicator] = [item, *item.indicators]
    rows: list[tuple[Value, ...]] = []
    for owner in owners:
        standing = _standing(owner.decisions, found.as_of)
        for d in sorted(owner.decisions, key=lambda decision: decision.on):
            state = _(d.state) if d.state is not None else ""
            decision = _("; ").join(filter(None, [state, standing.said_of(d)]))
            rows.append((owner.id, d.on, decision, d.reason, d.by, d.id))
    void = any(each.voids is not None for owner in owners for each in owner.decisions)
    columns = (
        Column("record", _("record"), "id"),
        Column("on", _("on"), "day"),
        Column("decision", _("decision")),
        Column("reason", _("reason")),
        Column("by", _("by")),
        Column("id", _("entry"), "id", brief=void),
    )
    return Table(title=_("decisions"), as_of=found.as_of, columns=columns, rows=rows)
