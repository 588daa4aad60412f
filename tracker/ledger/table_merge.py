"""Merge the table of an office into a ledger: what is new, what is reported, what is changed.

A row is found again by its id, else by the names of its initiative and indicator. What the
table does not say stays as it is; a changed value is a report, the one before it stays.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

from msgspec.structs import replace

from tracker.exchange.batches import Batch
from tracker.exchange.tables.reading import TableReading
from tracker.exchange.tables.records import TableRecord
from tracker.ledger.numbering import TakenIds, list_taken_indicator_ids, list_taken_initiative_ids
from tracker.ledger.view import LedgerView
from tracker.locale.translation import _, _p
from tracker.model import effective
from tracker.model.horizon import Horizon
from tracker.model.leads import join_leads, split_leads
from tracker.model.names import fold_name
from tracker.model.quantities import convert_quantity_unit, format_quantity_number
from tracker.model.records import (
    Deadline,
    Indicator,
    IndicatorItem,
    Initiative,
    Item,
    Revision,
    Source,
    Update,
)

_COMPARED = (
    "target",
    "target_high",
    "op",
    "approximate",
    "baseline",
    "direction",
    "person",
    "notes",
)


class TablePlan(NamedTuple):
    """What a table changes in a ledger.

    Attributes:
        batch: what is merged; nothing where the ledger has it all.
        edits: a sentence for each field of a known record that the table says otherwise.
    """

    batch: Batch
    edits: list[str]


def plan_table_merge(view: LedgerView, reading: TableReading) -> TablePlan:
    """Return what a table adds to a ledger and changes in it."""
    records = view.records
    planner = _Planner(view, reading)
    items = [*planner.plan_items()]
    document = reading.document
    is_cited = any(not item.id or any(map(_is_new, item.indicators)) for item in items)
    is_new = document is not None and document.id not in records.documents()
    documents = [document] if document is not None and is_new and is_cited else []
    return TablePlan(Batch(documents, items, []), planner.edits)


class _Planner:
    """Finds the records of a table in a ledger."""

    def __init__(self, view: LedgerView, reading: TableReading) -> None:
        self.edits: list[str] = []
        records = view.records
        self._view, self._records, self._reading = view, records, reading
        self._initiatives = list_taken_initiative_ids(records)
        self._indicators: dict[str, TakenIds] = {}

    def plan_items(self) -> Iterator[Item]:
        """Yield what is merged, an item for each initiative of the table."""
        groups: dict[str, list[tuple[TableRecord, Indicator | None]]] = {}
        for record in self._reading.records:
            known = self._find_known(record)
            key = known.initiative_id if known is not None else record.initiative
            groups.setdefault(key, []).append((record, known))
        for group in groups.values():
            first, known = group[0]
            record_id = known.initiative_id if known is not None else None
            record_id = record_id or self._initiatives.find_id(first.initiative)
            initiative = self._records.initiative(record_id) if record_id is not None else None
            if initiative is None:
                yield self._build_item([record for record, _known in group])
            else:
                item = self._build_part(initiative, group)
                if item is not None:
                    yield item

    def _find_known(self, record: TableRecord) -> Indicator | None:
        """Return the indicator of the ledger that a row is about."""
        by_id = self._records.indicator(record.record_id) if record.record_id else None
        if by_id is not None:
            return by_id
        owner = self._initiatives.find_id(record.initiative)
        if owner is None:
            return None
        if owner not in self._indicators:
            self._indicators[owner] = list_taken_indicator_ids(self._records, owner)
        own = self._indicators[owner].find_id(record.indicator.name)
        return self._records.indicator(f"{owner}.{own}") if own is not None else None

    def _build_item(self, records: Sequence[TableRecord]) -> Item:
        """Return a new initiative; what its rows have in common stands on it."""
        first = records[0]
        is_common = all(
            (each.bodies, each.person) == (first.bodies, first.person) for each in records
        )
        item = Item(id="", name=first.initiative, category=first.category, place=first.place)
        if is_common:
            item.lead = join_leads(first.bodies.leads)
            item.support, item.person = [*first.bodies.support], first.person
        if self._reading.document is not None:
            item.sources = [Source(document=self._reading.document.id)]
        item.indicators = [
            _take_indicator_into_table_merge(each, takes_bodies=not is_common) for each in records
        ]
        return item

    def _build_part(
        self, initiative: Initiative, group: Sequence[tuple[TableRecord, Indicator | None]]
    ) -> Item | None:
        """Return what is added to a known initiative and changed in it; None for nothing."""
        item = Item(id=initiative.id, name="")
        for record, known in group:
            if known is None:
                is_other = (record.bodies.leads, record.bodies.support) != (
                    split_leads(initiative.lead),
                    initiative.support,
                )
                new = _take_indicator_into_table_merge(record, takes_bodies=is_other)
                item.indicators.append(replace(new, id=f"{initiative.id}."))
                continue
            part = IndicatorItem(id=known.id, name="", measure=known.measure)
            stated = known
            if self._reading.is_own:
                stated = self._state_as_printed(initiative, known)
                self._change_names(record, initiative, known, item, part)
            part.updates = [*self._list_new_updates(record, stated)]
            part.revisions = [*self._list_new_revisions(record, stated)]
            changed = self._change_indicator(record, stated, part) or bool(part.name)
            changed |= self._change_lead(record, initiative, known, item, part)
            if part.updates or part.revisions or changed:
                item.indicators.append(part)
        changeable = ("name", "lead", "support", "person", "category", "place")
        is_changed = any(getattr(item, field) for field in changeable)
        return item if item.indicators or is_changed else None

    def _state_as_printed(self, initiative: Initiative, known: Indicator) -> Indicator:
        """Return an indicator with what a list prints of it: the promise in force, its value."""
        printed = self._view.assess(initiative, known)
        updates = list(known.updates)
        if printed.value is not None and printed.value_on is not None:
            newest = Update(id="printed", on=printed.value_on, value=printed.value)
            updates.append(replace(newest, share_of_plan=printed.share_of_plan))
        return replace(
            known,
            target=printed.target,
            target_high=printed.target_high,
            op=printed.op,
            deadline=Deadline(on=printed.deadline) if printed.deadline is not None else None,
            updates=updates,
        )

    def _change_names(
        self,
        record: TableRecord,
        initiative: Initiative,
        known: Indicator,
        item: Item,
        part: IndicatorItem,
    ) -> None:
        """Set names, a category and a place that were changed in a table which prints the ids."""
        if fold_name(record.indicator.name) != fold_name(known.name):
            part.name = record.indicator.name
            self._note_edit(record, "name", known.name, part.name)
        if fold_name(record.initiative) != fold_name(initiative.name) and not item.name:
            item.name = record.initiative
            self._note_edit(record, "name", initiative.name, item.name)
        for field in ("category", "place"):
            new, old = getattr(record, field), getattr(initiative, field)
            if new and new != old and not getattr(item, field):
                setattr(item, field, new)
                self._note_edit(record, field, old, new)

    def _list_new_updates(self, record: TableRecord, known: Indicator) -> Iterator[Update]:
        """Yield the reports of a row that the ledger does not have; another of a day corrects."""
        in_force = effective.list_entries_in_force(known.updates, Horizon(as_of=date.max))
        for update in record.indicator.updates:
            if update.value is not None:
                value = _convert_table_merge_value(record.indicator.unit, known.unit, update)
                update = replace(update, value=value)  # noqa: PLW2901  # in the ledger's unit
            of_day = [each for each in in_force if each.on == update.on]
            if any(_says_same_in_table_merge(each, update) for each in of_day):
                continue
            if self._reading.is_own and known.accumulation == "increment":
                self._note_edit(record, "value", _("a sum; report with: tracker update"), "–")
                continue
            of_day = [each for each in of_day if each.id != "printed"]
            voids = next((each.id for each in reversed(of_day) if each.value is not None), None)
            # A document of its own would keep the import from being taken back.
            evidence = [f"{self._reading.file} {record.row}"] if not self._reading.is_own else []
            voids = voids if update.value is not None else None
            yield replace(update, voids=voids, evidence=evidence)

    def _list_new_revisions(self, record: TableRecord, known: Indicator) -> Iterator[Revision]:
        """Yield what a row prints as revised and the ledger does not have in force."""
        promise = effective.find_promise_in_force(known, Horizon(as_of=date.max))
        day = promise.deadline.on if promise.deadline is not None else None
        for revision in record.indicator.revisions:
            target, high = (
                None
                if end is None
                else _convert_table_merge_number(end, record.indicator.unit, known.unit)
                for end in (revision.target, revision.target_high)
            )
            deadline = revision.deadline
            if (target, high) == (promise.target, promise.target_high):
                target, high = None, None
            if deadline is not None and deadline.on == day:
                deadline = None
            if target is not None:
                self._note_edit(record, "target", promise.target, target)
            if deadline is not None:
                self._note_edit(record, "deadline", day, deadline.on or deadline.wording)
            if target is not None or deadline is not None:
                yield replace(revision, target=target, target_high=high, deadline=deadline)

    def _change_indicator(self, record: TableRecord, known: Indicator, part: IndicatorItem) -> bool:
        """Set in a part what a row says otherwise than the ledger; return whether it does."""
        before = len(self.edits)
        own = record.indicator
        for field in _COMPARED:
            new, old = getattr(own, field), getattr(known, field)
            if field in {"target", "target_high", "baseline"} and new is not None and known.unit:
                new = _convert_table_merge_number(new, own.unit, known.unit)
            if field == "baseline" and new == 0 and old is None:
                continue
            if new in {None, False} or new == old:
                continue
            setattr(part, field, new)
            self._note_edit(record, field, old, new)
        deadline = own.deadline
        if deadline is not None and (
            known.deadline is None
            or deadline.on != known.deadline.on
            or (deadline.on is None and deadline.wording != known.deadline.wording)
        ):
            part.deadline = deadline
            old_day = known.deadline.on if known.deadline is not None else None
            self._note_edit(record, "deadline", old_day, deadline.on or deadline.wording)
        return len(self.edits) > before

    def _change_lead(
        self,
        record: TableRecord,
        initiative: Initiative,
        known: Indicator,
        item: Item,
        part: IndicatorItem,
    ) -> bool:
        """Set other bodies than the ledger has: of the indicator if it has its own."""
        owner: Initiative | Indicator = known if known.lead is not None else initiative
        target: Item | IndicatorItem = part if known.lead is not None else item
        leads, support = record.bodies
        before = len(self.edits)
        if set(leads) - {*split_leads(owner.lead), *owner.support}:
            target.lead = join_leads(leads)
            self._note_edit(record, "lead", owner.lead, target.lead)
        added = [body for body in support if body not in {*owner.support, *split_leads(owner.lead)}]
        if added:
            target.support = [*dict.fromkeys([*target.support, *added])]
            self._note_edit(record, "support", "、".join(owner.support), "、".join(support))
        if record.person and known.person is None and record.person != initiative.person:
            item.person = record.person
            self._note_edit(record, "person", initiative.person, record.person)
        return target is part and len(self.edits) > before

    def _note_edit(self, record: TableRecord, field: str, old: object, new: object) -> None:
        self.edits.append(
            _("row {row}, {name}: {field}: {old} → {new}").format(
                row=record.row,
                name=record.indicator.name,
                field=_p("field", field),
                old=_format_table_merge_value(old),
                new=_format_table_merge_value(new),
            )
        )


def _is_new(indicator: Indicator) -> bool:
    return indicator.id.endswith(".")


def _take_indicator_into_table_merge(record: TableRecord, *, takes_bodies: bool) -> IndicatorItem:
    """Return the indicator of a row, with its own bodies where those of others differ."""
    if not takes_bodies:
        return record.indicator
    return replace(
        record.indicator,
        lead=join_leads(record.bodies.leads),
        support=[*record.bodies.support],
        person=record.person,
    )


def _says_same_in_table_merge(known: Update, update: Update) -> bool:
    if update.value is None and update.done is None:
        return known.share_of_plan == update.share_of_plan
    is_same_share = update.share_of_plan in {None, known.share_of_plan}
    return is_same_share and (known.value, known.done) == (update.value, update.done)


def _convert_table_merge_value(unit: str | None, own: str | None, update: Update) -> Any:  # noqa: ANN401
    return _convert_table_merge_number(update.value, unit, own)


def _convert_table_merge_number(value: Any, unit: str | None, own: str | None) -> Any:  # noqa: ANN401
    """Return a number of a table in the unit of the ledger; as it is where that cannot be."""
    from tracker.errors import InvalidInput

    if not unit or not own or unit == own:
        return value
    try:
        return convert_quantity_unit(value, unit, own)
    except InvalidInput:
        return value


def _format_table_merge_value(value: object) -> str:
    from decimal import Decimal

    if value is None or value == "":
        return "–"
    return format_quantity_number(value) if isinstance(value, Decimal) else str(value)
