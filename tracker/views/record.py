"""One initiative with its indicators and entries, as a sheet."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from msgspec.structs import asdict

from tracker.ledger.answers import InitiativeDetails, Listing
from tracker.locale.translation import _, _p, translate_word
from tracker.model.assessment import Assessment
from tracker.model.dates import format_deadline_date
from tracker.model.effective import (
    Promise,
    find_first_promise_in_force,
    find_promised_target,
    list_entries_in_force,
    revises_target,
)
from tracker.model.horizon import Horizon
from tracker.model.quantities import format_target_quantity
from tracker.model.records import Deadline, Entry, Indicator, Item
from tracker.output.model import Column, Printed, Sheet, Table, Value
from tracker.views.columns import (
    RECORD_KEYS,
    build_view_column,
    build_view_columns,
    explain_view_column_mark,
)
from tracker.views.indicators import (
    tabulate_cycles_of_indicators,
    tabulate_indicators,
    tabulate_paces_of_indicators,
    tabulate_wholes_of_indicators,
)
from tracker.views.wording import word_citation, word_linked_citation, word_update


def build_record_sheet(shown: InitiativeDetails) -> Sheet:
    """Build a sheet of one initiative: facts, its indicators, what was reported and decided."""
    item = shown.item
    own = Listing(shown.as_of, shown.indicators)
    tables = [
        tabulate_indicators(_("indicators"), own, RECORD_KEYS),
        tabulate_paces_of_indicators(shown.as_of, shown.paces),
        tabulate_cycles_of_indicators(shown.as_of, shown.cycles),
        tabulate_wholes_of_indicators(shown.as_of, shown.wholes),
        _tabulate_record_promises(shown),
        _tabulate_record_updates(shown),
        _tabulate_record_judgements(shown),
        _tabulate_record_verdicts(shown),
        _tabulate_record_decisions(shown),
        _tabulate_record_quotes(shown),
    ]
    data = asdict(item) | {
        "assessments": shown.indicators,
        "paces": shown.paces,
        "cycles": shown.cycles,
        "wholes": shown.wholes,
        "children": [child.id for child in shown.children],
    }
    return Sheet(
        title=item.name,
        as_of=shown.as_of,
        facts=_list_record_view_facts(shown),
        tables=[table for table in tables if table.rows],
        items=[data],
        finding=tables[0].finding,
    )


def _list_record_view_facts(shown: InitiativeDetails) -> list[tuple[str, Value]]:
    item = shown.item
    parent = f"{shown.parent.id}  {shown.parent.name}" if shown.parent is not None else None
    facts: list[tuple[str, Value]] = [
        (_("id"), item.id),
        (_("aliases"), item.aliases),
        (_("kind"), _(item.kind)),
        (_("category"), item.category),
        (_("level"), _(item.level) if item.level is not None else None),
        (_("place"), item.place),
        (_("parent"), parent),
        (_("parts"), [f"{child.name} ({child.id})" for child in shown.children]),
        (_("lead"), item.lead),
        (_("support"), item.support),
        (_("person in charge"), item.person),
        (_("state"), _(item.state)),
        (_("tags"), item.tags),
        (_("notes"), item.notes),
    ]
    facts += [
        (
            _("source"),
            word_linked_citation(shown.documents, source),
        )
        for source in item.sources
    ]
    return [(label, value) for label, value in facts if value not in (None, [])]


class _RecordViewEntries(NamedTuple):
    """Entries of one list that count on a day, and the ids of those that are taken back."""

    counting: Sequence[Entry]
    void: frozenset[str]

    def describe_voiding(self, entry: Entry) -> str:
        """Describe what an entry takes back, or that it is taken back itself."""
        voids = _("voids {id}").format(id=entry.voids) if entry.voids is not None else ""
        void = _("voided") if entry.id in self.void else ""
        return _("; ").join(filter(None, [voids, void]))


def _find_record_view_entries(entries: Sequence[Entry], as_of: date) -> _RecordViewEntries:
    counted = list_entries_in_force(entries, Horizon(as_of=as_of))
    past = {entry.id for entry in entries if entry.on <= as_of}
    return _RecordViewEntries(counted, frozenset(past - {entry.id for entry in counted}))


def _tabulate_record_promises(shown: InitiativeDetails) -> Table:
    """Build a table of the targets and deadlines that were revised, the first promise first.

    The light stands beside the revision that is in force. Each row holds the whole
    promise, also what it left as it was.
    """
    rows: list[tuple[Value, ...]] = []
    for indicator, assessment in zip(shown.item.indicators, shown.indicators, strict=True):
        if indicator.revisions:
            in_force = _find_record_view_entries(indicator.revisions, shown.as_of)
            rows += _list_record_promises(indicator, assessment, in_force)
    keys = ("indicator", "on", "target", "deadline", "wording", "reason", "by", "light")
    titles = {"light": _("light now"), "id": _("entry")}
    brief = None if any(row[-1] for row in rows) else keys
    columns = tuple(
        explain_view_column_mark(column, [row[at] for row in rows])
        for at, column in enumerate(build_view_columns((*keys, "id", "void"), brief, titles))
    )
    return Table(title=_p("title", "promises"), as_of=shown.as_of, columns=columns, rows=rows)


def _list_record_promises(
    indicator: Indicator, assessment: Assessment, in_force: _RecordViewEntries
) -> list[tuple[Value, ...]]:
    first_light = assessment.first_light or assessment.light
    first = find_first_promise_in_force(indicator)
    target, deadline = first, indicator.deadline
    promise = _format_record_promise(indicator, target, deadline)
    rows: list[tuple[Value, ...]] = [
        (indicator.id, None, *promise, _("first promise"), indicator.by, first_light, None, "")
    ]
    counted = {entry.id for entry in in_force.counting}
    changing = [r for r in indicator.revisions if revises_target(r) or r.deadline is not None]
    last_day = max((r.on for r in changing if r.id in counted), default=None)
    newest = [r.id for r in changing if r.id in counted and r.on == last_day][-1:]
    for r in sorted(indicator.revisions, key=lambda revision: revision.on):
        own = Promise(
            find_promised_target(indicator, r), r.target_high, r.deadline, r.target_wording
        )
        promise = _format_record_promise(indicator, own, r.deadline)
        if r in changing and r.id not in in_force.void:
            target = own if revises_target(r) else target
            deadline = r.deadline or deadline
            promise = _format_record_promise(indicator, target, deadline)
        light = assessment.light if newest == [r.id] else None
        voiding = in_force.describe_voiding(r)
        rows.append((indicator.id, r.on, *promise, r.reason, _sign_entry(r), light, r.id, voiding))
    return rows


def _format_record_promise(
    indicator: Indicator, promise: Promise, deadline: Deadline | None
) -> tuple[Value, Value, Value]:
    """Return a target with its operator and both ends, a deadline with its mark, its wording.

    A relative target is as it is printed, its number beside it.
    """
    low, high, wording = promise.target, promise.target_high, promise.target_wording
    amount: Value = wording
    if low is not None:
        text = format_target_quantity(
            indicator.op, low, high, approximate=indicator.approximate, unit=indicator.unit
        )
        amount = Printed(low, text if wording is None else f"{wording} ({text})")
    if deadline is None:
        return amount, None, None
    day = Printed(deadline.on, format_deadline_date(deadline.on, deadline.basis, deadline.loose))
    return amount, day, deadline.wording


def _tabulate_record_updates(shown: InitiativeDetails) -> Table:
    rows: list[tuple[Value, ...]] = []
    for indicator in shown.item.indicators:
        in_force = _find_record_view_entries(indicator.updates, shown.as_of)
        for u in sorted(indicator.updates, key=lambda update: update.on):
            parts = [word_update(u, indicator.unit), in_force.describe_voiding(u)]
            reported = _("; ").join(filter(None, parts))
            rows.append(
                (
                    indicator.id,
                    u.on,
                    reported,
                    u.status,
                    u.note,
                    u.evidence,
                    _sign_entry(u),
                    u.id,
                )
            )
    keys = ("indicator", "on", "said", "status", "note", "evidence", "by", "id")
    columns = build_view_columns(keys, titles={"id": _("update id")})
    return Table(title=_("updates"), as_of=shown.as_of, columns=columns, rows=rows)


def _tabulate_record_quotes(shown: InitiativeDetails) -> Table:
    """Build a table of the words of documents that promises and reports were taken from."""
    rows: list[tuple[Value, ...]] = []
    for indicator in shown.item.indicators:
        entries = [*indicator.revisions, *indicator.updates]
        cited = [(None, indicator.source), *((entry.on, entry.source) for entry in entries)]
        rows += [
            (
                indicator.id,
                on,
                word_citation(shown.documents, source.document, source.locator, source.quote),
            )
            for on, source in cited
            if source is not None and source.quote
        ]
    columns = build_view_columns(("indicator", "on", "source"))
    return Table(title=_("quotes"), as_of=shown.as_of, columns=columns, rows=rows)


def _tabulate_record_judgements(shown: InitiativeDetails) -> Table:
    rows: list[tuple[Value, ...]] = []
    for indicator in shown.item.indicators:
        in_force = _find_record_view_entries(indicator.judgements, shown.as_of)
        for j in sorted(indicator.judgements, key=lambda judgement: judgement.on):
            confidence = translate_word("confidence", j.confidence) if j.confidence else ""
            judged = _("; ").join(filter(None, [confidence, in_force.describe_voiding(j)]))
            rows.append((indicator.id, j.on, judged, j.reason, _sign_entry(j), j.id))
    void = any(j.voids for indicator in shown.item.indicators for j in indicator.judgements)
    columns = (
        *build_view_columns(("indicator", "on")),
        Column("judged", _("judged")),
        *build_view_columns(("reason", "by")),
        build_view_column("id", _("entry"), brief=void),
    )
    return Table(title=_("judgements"), as_of=shown.as_of, columns=columns, rows=rows)


def _tabulate_record_verdicts(shown: InitiativeDetails) -> Table:
    rows: list[tuple[Value, ...]] = []
    for indicator in shown.item.indicators:
        in_force = _find_record_view_entries(indicator.verdicts, shown.as_of)
        for v in sorted(indicator.verdicts, key=lambda verdict: verdict.on):
            word = _(v.verdict) if v.verdict is not None else ""
            verdict = _("; ").join(filter(None, [word, in_force.describe_voiding(v)]))
            rows.append((indicator.id, v.on, verdict, v.reason, v.evidence, _sign_entry(v), v.id))
    void = any(v.voids for indicator in shown.item.indicators for v in indicator.verdicts)
    columns = (
        *build_view_columns(("indicator", "on")),
        Column("verdict", _("verdict")),
        *build_view_columns(("reason", "evidence", "by")),
        build_view_column("id", _("entry"), brief=void),
    )
    return Table(title=_("verdicts"), as_of=shown.as_of, columns=columns, rows=rows)


def _tabulate_record_decisions(shown: InitiativeDetails) -> Table:
    owners: list[Item | Indicator] = [shown.item, *shown.item.indicators]
    rows: list[tuple[Value, ...]] = []
    for owner in owners:
        in_force = _find_record_view_entries(owner.decisions, shown.as_of)
        for d in sorted(owner.decisions, key=lambda decision: decision.on):
            state = _(d.state) if d.state is not None else ""
            decision = _("; ").join(filter(None, [state, in_force.describe_voiding(d)]))
            rows.append((owner.id, d.on, decision, d.reason, _sign_entry(d), d.id))
    void = any(d.voids is not None for owner in owners for d in owner.decisions)
    keys = ("record", "on", "decision", "reason", "by")
    columns = build_view_columns((*keys, "id"), None if void else keys, {"id": _("entry")})
    return Table(title=_("decisions"), as_of=shown.as_of, columns=columns, rows=rows)


def _sign_entry(entry: Entry) -> str | None:
    """Format who entered an entry, and under which login where that is another name."""
    if entry.login in {None, entry.by}:
        return entry.by
    return _("{word} ({shown})").format(word=entry.by or "—", shown=entry.login)
