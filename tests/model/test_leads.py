"""Several leads in one text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.model.leads import choose_leads, join_leads, split_leads


@pytest.mark.parametrize(
    ("text", "leads"),
    [
        (None, []),
        ("", []),
        (" 、 ", []),
        ("区住建局", ["区住建局"]),
        (" 区住建局 ", ["区住建局"]),
        ("区住建局、区城管局", ["区住建局", "区城管局"]),
        ("区住建局，区城管局", ["区住建局", "区城管局"]),
        ("区住建局,区城管局", ["区住建局", "区城管局"]),
        ("区住建局；区城管局", ["区住建局", "区城管局"]),
        ("区住建局; 区城管局", ["区住建局", "区城管局"]),
        ("区住建局\n区城管局", ["区住建局", "区城管局"]),
        ("区住建局\r\n区城管局\r\n", ["区住建局", "区城管局"]),
        ("区住建局、区城管局、区住建局", ["区住建局", "区城管局"]),
        ("区住建局（区房管中心）、 Water Board", ["区住建局（区房管中心）", "Water Board"]),
    ],
)
def test_a_text_names_its_leads(text: str | None, leads: list[str]) -> None:
    assert split_leads(text) == leads


def test_leads_are_joined_each_once() -> None:
    assert join_leads(["区住建局", "区城管局；区住建局", " "]) == "区住建局、区城管局"
    assert join_leads([]) is None
    assert join_leads(["、"]) is None


@pytest.mark.parametrize(
    ("wanted", "leads"),
    [
        (None, ["区住建局", "Water Board"]),
        ((), ["区住建局", "Water Board"]),
        ("住建", ["区住建局"]),
        ("water", ["Water Board"]),
        (("住建", "WATER"), ["区住建局", "Water Board"]),
        ("区城管局", ["区住建局", "Water Board"]),
    ],
)
def test_leads_that_are_asked_for(wanted: str | tuple[str, ...] | None, leads: list[str]) -> None:
    assert choose_leads(["区住建局", "Water Board"], wanted) == leads


@given(st.text(alphabet="ab 、，,；;\n"))
def test_splitting_what_was_joined_changes_nothing(text: str) -> None:
    leads = split_leads(text)
    assert split_leads(join_leads(leads)) == leads
    assert all(leads)
    assert len(set(leads)) == len(leads)
