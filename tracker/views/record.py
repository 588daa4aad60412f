"""Which columns every list has: from assessments and records to typed tables.

A column's key is the name of the field; its title is what people read. Columns that
are not ``brief`` are in JSON and CSV only.
"""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from tracker.ledger.answers import Listing, Shown
from tracker.locale.translation import _
from tracker.model.assessment import Assessment
from tracker.model.codec import full
from tracker.model.effective import counting
from tracker.model.horizon import Horizon
from tracker.model.records import Deadline, Entry, Indicator, Item
from tracker.output.model import Column, Sheet, Table, Value
from tracker.views.columns import OWN
from tracker.views.indicators import indicators, paces
from tracker.views.wording import citation, said


def record(found: Shown) -> Sheet:
    """Build a sheet of one initiative: facts, its indicators, what was reported and decided."""
    item = found.item
    own = Listing(found.as_of, found.indicators)
    tables = [
        indicators(_("indicators"), own, OWN),
        paces(found.as_of, found.paces),
        _tabulate_promises(found),
        _tabulate_updates(found),
        _tabulate_judgements(found),
        _tabulate_decisions(found),
    ]
    data = full(item) | {
        "assessments": full(found.indicators),
        "paces": full(found.paces),
        "children": [each.id for each in found.children],
    }
    return Sheet(
        title=item.name,
        as_of=found.as_of,
        facts=_list_facts(found),
        tables=[each for each in tables if each.rows],
        items=[data],
    )


def _list_facts(found: Shown) -> list[tuple[str, Value]]:
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


class _InForce(NamedTuple):
    """Which entries of one list count on a day, and which are taken back."""

    counting: Sequence[Entry]
    void: frozenset[str]

    def said_of(self, entry: Entry) -> str:
        """Describe what an entry takes back, or that it is taken back itself."""
        voids = _("voids {id}").format(id=entry.voids) if entry.voids is not None else ""
        void = _("voided") if entry.id in self.void else ""
        return _("; ").join(filter(None, [voids, void]))


def _find_in_force(entries: Sequence[Entry], as_of: date) -> _InForce:
    counted = counting(entries, Horizon(as_of=as_of))
    gone = {each.id for each in entries if each.on <= as_of} - {each.id for each in counted}
    return _InForce(counted, frozenset(gone))


def _tabulate_promises(found: Shown) -> Table:
    """Build a table of the targets and deadlines that were revised, the first promise first.

    The light stands beside the revision that is in force. Each row holds the whole
    promise, also what it left as it was.
    """
    rows: list[tuple[Value, ...]] = []
    for each, seen in zip(found.item.indicators, found.indicators, strict=True):
        if each.revisions:
            rows += _list_promises(each, seen, _find_in_force(each.revisions, found.as_of))
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


def _list_promises(
    indicator: Indicator, seen: Assessment, standing: _InForce
) -> list[tuple[Value, ...]]:
    first = seen.first_light or seen.light
    target, deadline = indicator.target, indicator.deadline
    held = (target, *_day_and_wording(deadline))
    rows: list[tuple[Value, ...]] = [
        (indicator.id, None, *held, _("first promise"), indicator.by, first, None, "")
    ]
    counted = {each.id for each in standing.counting}
    changing = [r for r in indicator.revisions if r.target is not None or r.deadline is not None]
    in_force = max((r.on for r in changing if r.id in counted), default=None)
    newest = [r.id for r in changing if r.id in counted and r.on == in_force][-1:]
    for r in sorted(indicator.revisions, key=lambda each: each.on):
        said = (r.target, *_day_and_wording(r.deadline))
        if r in changing and r.id not in standing.void:
            target = r.target if r.target is not None else target
            deadline = r.deadline or deadline
            said = (target, *_day_and_wording(deadline))
        light = seen.light if newest == [r.id] else None
        rows.append((indicator.id, r.on, *said, r.reason, r.by, light, r.id, standing.said_of(r)))
    return rows


def _day_and_wording(deadline: Deadline | None) -> tuple[date | None, str | None]:
    return (deadline.on, deadline.wording) if deadline is not None else (None, None)


def _tabulate_updates(found: Shown) -> Table:
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
        standing = _find_in_force(each.updates, found.as_of)
        for u in sorted(each.updates, key=lambda update: update.on):
            what = _("; ").join(filter(None, [said(u, each.unit), standing.said_of(u)]))
            rows.append((each.id, u.on, what, u.status, u.note, u.evidence, u.by, u.id))
    return Table(title=_("updates"), as_of=found.as_of, columns=columns, rows=rows)


def _tabulate_judgements(found: Shown) -> Table:
    rows: list[tuple[Value, ...]] = []
    for each in found.item.indicators:
        standing = _find_in_force(each.judgements, found.as_of)
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


def _tabulate_decisions(found: Shown) -> Table:
    item = found.item
    owners: list[Item | Indicator] = [item, *item.indicators]
    rows: list[tuple[Value, ...]] = []
    for owner in owners:
        standing = _find_in_force(owner.decisions, found.as_of)
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
