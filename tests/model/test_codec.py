from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct

from tracker.assessment.checks import Finding
from tracker.assessment.explanation import LightReasons
from tracker.assessment.obligations import OwedReports
from tracker.assessment.pace import Pace
from tracker.model.assessment import Assessment
from tracker.model.codec import to_plain_data
from tracker.model.commits import TABLES
from tracker.model.records import Item, Update
from tracker.model.validation import Problem
from tracker.reminders.messages import Digest

KINDS = (
    *TABLES.values(),
    Item,
    Update,
    Assessment,
    LightReasons,
    Pace,
    OwedReports,
    Finding,
    Problem,
    Digest,
)


def field_by_field(value: Any) -> Any:  # noqa: ANN401  # it maps any structure to plain data
    if isinstance(value, Struct):
        return {name: field_by_field(getattr(value, name)) for name in value.__struct_fields__}
    if isinstance(value, dict):
        return {key: field_by_field(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [field_by_field(item) for item in value]
    return value


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=10)
@given(data=st.data())
def test_every_field_is_written_in_its_order(kind: type[Struct], data: st.DataObject) -> None:
    value = data.draw(st.from_type(kind))
    wanted = field_by_field(value)
    assert repr(to_plain_data(value)) == repr(wanted)
    assert repr(to_plain_data({"items": [value], "pair": (value, None)})) == repr(
        {"items": [wanted], "pair": [wanted, None]}
    )
