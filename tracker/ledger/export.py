"""Export records with the state and the entries of a day."""

from collections.abc import Generator, Iterator, Mapping
from itertools import islice

from msgspec import Raw
from msgspec.structs import asdict

from tracker.ledger.tree import (
    FindInitiatives,
    add_parents_to_tree,
    find_tree_with_parents,
    list_fitting_tree_ids,
)
from tracker.ledger.view import LedgerView
from tracker.model.codec import encode, encode_whole
from tracker.model.effective import (
    find_state_in_force,
    is_entry_in_effect_known,
    is_record_in_effect,
    list_effective_sources,
)
from tracker.model.filters import (
    ALL,
    Filter,
    filters_assessments,
    fits_filter_of_assessment,
    fits_filter_of_record,
    refuse_wrong_filter,
)
from tracker.model.horizon import Horizon
from tracker.model.leads import split_leads
from tracker.model.records import (
    APPENDED_LISTS,
    Indicator,
    IndicatorItem,
    Initiative,
    Item,
    Receipt,
)
from tracker.storage.base import EncodedIndicators


def build_export_item(
    view: LedgerView, initiative: Initiative, indicators: list[Indicator]
) -> Item:
    """Build an initiative as it is exchanged: with its state and its indicators."""
    state = find_state_in_force(initiative.decisions, view.horizon)
    leads = split_leads(initiative.lead)
    exported = [_build_exported_indicator(indicator) for indicator in indicators]
    return Item(**asdict(initiative), state=state, leads=leads, indicators=exported)


def _build_exported_indicator(indicator: Indicator) -> IndicatorItem:
    return IndicatorItem(**asdict(indicator), leads=split_leads(indicator.lead))


def keep_known_in_export(item: Item, horizon: Horizon) -> Item:
    """Keep only the entries and sources of an item that were effective and known by both days."""
    for record in (item, *item.indicators):
        for field in APPENDED_LISTS & set(record.__struct_fields__):
            entries = getattr(record, field)
            setattr(
                record,
                field,
                [entry for entry in entries if is_entry_in_effect_known(entry, horizon)],
            )
    item.sources = list_effective_sources(item.sources, horizon)
    return item


_INITIATIVES_AT_ONCE = 500
"""Initiatives whose indicators are read together; no more are held at a time."""


def export_items(
    view: LedgerView, where: Filter, *, everything: bool, signed: bool = True
) -> Generator[Item]:
    """Yield the initiatives that fit with their indicators; ``everything``: whatever the day.

    Where it is ``signed``, every entry has the login under which it was stored.

    Initiatives above them come with them, without indicators, so that the whole can be
    imported into another ledger.
    """
    refuse_wrong_filter(where)
    read = _export_whole_records if where == ALL else _export_fitting_records
    for initiative, indicators in read(view, where, everything=everything):
        item = build_export_item(view, initiative, indicators)
        if signed:
            view.records.add_logins([item, *item.indicators])
        yield item if everything else keep_known_in_export(item, view.horizon)


def export_encoded_items(view: LedgerView) -> Generator[Raw] | None:
    """Yield what ``export_items`` does of everything, as JSON with every field present.

    None: the store cannot give that at once, and its records are to be read.
    """
    records = view.records
    if not isinstance(records, EncodedIndicators):
        return None
    return _encode_export_items(view, records)


def _encode_export_items(view: LedgerView, records: EncodedIndicators) -> Generator[Raw]:
    initiatives = iter(view.records.initiatives(ALL))
    while some := {each.id: each for each in islice(initiatives, _INITIATIVES_AT_ONCE)}:
        indicators: dict[str, list[bytes]] = {}
        for indicator in records.encoded_indicators(some):
            # The fields of an exchange stand behind those of the record.
            own = _add_encoded_fields(indicator.json, {"leads": split_leads(indicator.lead)})
            indicators.setdefault(indicator.initiative_id, []).append(own)
        for initiative in some.values():
            fields = {
                "state": find_state_in_force(initiative.decisions, view.horizon),
                "leads": split_leads(initiative.lead),
                "indicators": list(map(Raw, indicators.get(initiative.id, []))),
            }
            yield Raw(_add_encoded_fields(encode(encode_whole(initiative)), fields))


def _add_encoded_fields(json: bytes, fields: Mapping[str, object]) -> bytes:
    """Return the JSON of an object with some fields more."""
    return b"%b,%b" % (json.removesuffix(b"}"), encode(fields)[1:])


def export_paper_numbers(view: LedgerView) -> tuple[Receipt, ...]:
    """Return the numbers of papers, in the order in which they were taken."""
    return tuple(each for each in view.records.receipts() if each.paper is not None)


def _export_whole_records(
    view: LedgerView, where: Filter, *, everything: bool
) -> Iterator[tuple[Initiative, list[Indicator]]]:
    initiatives = iter(view.records.initiatives(where))
    while some := {each.id: each for each in islice(initiatives, _INITIATIVES_AT_ONCE)}:
        indicators: dict[str, list[Indicator]] = {}
        for initiative, indicator in view.records.candidates(where, owners=some):
            if everything or is_record_in_effect(initiative, indicator, view.horizon):
                indicators.setdefault(initiative.id, []).append(indicator)
        for initiative in some.values():
            own = indicators.get(initiative.id, [])
            if everything or own or is_record_in_effect(initiative, None, view.horizon):
                yield initiative, own


def _export_fitting_records(
    view: LedgerView, where: Filter, *, everything: bool
) -> Iterator[tuple[Initiative, list[Indicator]]]:
    indicators: dict[str, list[Indicator]] = {}
    for initiative, indicator in view.records.candidates(where):
        there = everything or is_record_in_effect(initiative, indicator, view.horizon)
        if not there or not fits_filter_of_record(where, initiative, indicator):
            continue
        if not filters_assessments(where) or fits_filter_of_assessment(
            where, view.assess(initiative, indicator)
        ):
            indicators.setdefault(initiative.id, []).append(indicator)
    find: FindInitiatives = view.records.initiatives if everything else view.existing_initiatives
    known = find_tree_with_parents(view, where, find)
    for initiative_id in add_parents_to_tree(
        list_fitting_tree_ids(view, where, known, indicators), known
    ):
        yield known[initiative_id], indicators.get(initiative_id, [])
