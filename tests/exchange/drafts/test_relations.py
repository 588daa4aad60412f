"""Relations between drafts, and what a promise says about itself."""

from datetime import date

import pytest

from tracker.exchange.drafts.draft import Draft
from tracker.exchange.drafts.relations import split_drafted_person


@pytest.mark.parametrize(
    ("org", "lead", "person"),
    [
        ("市水务局，分管领导：李四", "市水务局", "李四"),
        ("市水务局；责任人：张三、李四", "市水务局", "张三、李四"),
        ("市水务局 负责人:王五", "市水务局", "王五"),
        ("市水务局", "市水务局", None),
        (None, None, None),
    ],
)
def test_a_person_stands_beside_the_lead(
    org: str | None, lead: str | None, person: str | None
) -> None:
    draft = Draft(kind="target", indicator="巡查", org=org, quote="x", deadline=date(2026, 12, 31))
    split_drafted_person(draft)
    assert (draft.org, draft.person) == (lead, person)
