"""Read all about one initiative: its indicators, entries, paces and parts."""

from tracker.assessment.cycles import list_cycle_results
from tracker.assessment.pace import compute_pace
from tracker.ledger.answers import InitiativeDetails
from tracker.ledger.export import build_export_item, keep_known_in_export
from tracker.ledger.view import LedgerView
from tracker.model.effective import is_record_in_effect
from tracker.model.horizon import NOW, When
from tracker.model.records import Initiative


def read_initiative_details(
    view: LedgerView, initiative: Initiative, when: When
) -> InitiativeDetails:
    """Return an initiative with what belongs to it, as it was on the days of the view."""
    indicators = [
        indicator
        for indicator in view.records.indicators_of(initiative.id)
        if is_record_in_effect(initiative, indicator, view.horizon)
    ]
    assessments = [view.assess(initiative, indicator) for indicator in indicators]
    judged = [view.add_up(indicator) for indicator in indicators]
    paces = [compute_pace(indicator, view.horizon) for indicator in judged]
    cycles = [
        result for indicator in judged for result in list_cycle_results(indicator, view.horizon)
    ]
    view.records.add_logins([initiative, *indicators])
    item = build_export_item(view, initiative, indicators)
    parent = view.records.initiative(initiative.parent) if initiative.parent else None
    if parent is not None and not view.keep_existing([parent]):
        parent = None
    return InitiativeDetails(
        view.horizon.as_of,
        item if when == NOW else keep_known_in_export(item, view.horizon),
        assessments,
        paces,
        parent,
        view.children_of([initiative.id]),
        view.documents,
        cycles,
        view.list_wholes(indicators),
    )
