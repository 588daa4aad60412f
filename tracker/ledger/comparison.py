"""Compare how indicators stand with how they stood on an earlier day, one after the other."""

from collections.abc import Iterator

from tracker.assessment.assess import (
    AssessmentInputs,
    assess_on_earlier_day,
    holds_prepared_assessment,
)
from tracker.assessment.case import Case
from tracker.ledger.point_in_time import recall_pair
from tracker.ledger.view import LedgerView
from tracker.model.effective import is_record_in_effect
from tracker.model.filters import Filter, fits_filter_of_assessment


def compare_cases(
    now: LedgerView, then: LedgerView, where: Filter
) -> Iterator[tuple[Case, Case | None]]:
    """Yield the indicators that fit as they stand, in the order of entry, and as they stood.

    Most have no news between the two days: what is judged of them is prepared once.

    Args:
        now: the ledger on the day that is looked at.
        then: the same on an earlier day, where no more was known.
        where: what they have to fit now.

    Yields:
        Each with None where it was not there then.
    """
    shares = _has_same_terms(now, then)
    for pair in now.matching_pairs(where):
        case = now.build_case(*pair)
        if fits_filter_of_assessment(where, case.assessment):
            yield case, _build_earlier_case(then, case, case.inputs if shares else None)


def _has_same_terms(now: LedgerView, then: LedgerView) -> bool:
    """Return whether what is prepared for one day may hold for the other."""
    last, earlier = now.horizon.known_on, then.horizon.known_on
    knows_more = last is None or (earlier is not None and earlier <= last)
    return knows_more and now.horizon.published == then.horizon.published


def _build_earlier_case(
    then: LedgerView, now: Case, prepared: AssessmentInputs | None
) -> Case | None:
    """Return how an indicator stood; None if it was not there.

    Args:
        then: the ledger on the earlier day.
        now: the indicator as it stands.
        prepared: what is judged of it on the later day; None: that is not to be used.
    """
    initiative, indicator = now.initiative, now.indicator
    pair = recall_pair(then.records, initiative, indicator)
    if pair is None or not is_record_in_effect(*pair, then.horizon):
        return None
    is_same = pair[0] is initiative and pair[1] is indicator and then.stands_alone(indicator)
    if (
        prepared is None
        or not is_same
        or prepared.light.state != then.state(*pair)
        or not holds_prepared_assessment(prepared, then.horizon)
    ):
        return then.build_case(*pair)
    assessment = assess_on_earlier_day(
        prepared, now.assessment, then.horizon.as_of, then.rules, is_explained=then.explains
    )
    return Case(*pair, assessment, then.horizon, then.rules)
