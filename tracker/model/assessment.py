"""How an indicator stands on a day."""

from datetime import date
from decimal import Decimal

from msgspec import Struct

from tracker.model.vocabulary import Basis, Confidence, Light, Measure, Op, State


class Assessment(Struct, gc=False):
    """Indicator as it stands on one day: the item of every list of indicators.

    ``done``, ``expected`` and ``gap`` are per cent to one place, null where undefined.
    ``first_…`` is the score against the first promise, null unless it was revised.
    ``value_bound`` says how the value is known: at least, at most, about; null: as it is.
    ``judged_…`` is the confidence of a person, beside the light and never instead of it.
    """

    id: str
    initiative: str
    initiative_id: str
    name: str
    measure: Measure
    unit: str | None
    category: str | None
    place: str | None
    lead: str | None
    document: str | None
    state: State
    op: Op | None
    target: Decimal | None
    target_high: Decimal | None
    value: Decimal | None
    value_on: date | None
    done: Decimal | None
    expected: Decimal | None
    gap: Decimal | None
    light: Light
    why: str
    deadline: date | None
    deadline_wording: str | None
    deadline_basis: Basis | None
    deadline_loose: date | None
    days_left: int | None
    days_late: int | None
    workdays_late: int | None
    workdays_provisional: bool
    met_on: date | None
    last_report: date | None
    stale: bool | None
    first_target: Decimal | None
    first_deadline: date | None
    first_done: Decimal | None
    first_light: Light | None
    value_bound: str | None
    judged: Confidence | None
    judged_by: str | None
    judged_on: date | None
    judged_why: str | None
