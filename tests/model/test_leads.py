"""Several leads in one text."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.model.leads import (
    choose_filtered_leads,
    find_responsible_lead,
    find_responsible_person,
    join_leads,
    list_supporting_bodies,
    split_leads,
)
from tracker.model.records import Indicator, Initiative


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
        (("住建", "城管"), ["区住建局"]),
        ("区城管局", ["区住建局", "Water Board"]),
    ],
)
def test_leads_that_are_asked_for(wanted: str | tuple[str, ...] | None, leads: list[str]) -> None:
    assert choose_filtered_leads(["区住建局", "Water Board"], wanted) == leads


@given(st.text(alphabet="ab 、，,；;\n"))
def test_splitting_what_was_joined_changes_nothing(text: str) -> None:
    leads = split_leads(text)
    assert split_leads(join_leads(leads)) == leads
    assert all(leads)
    assert len(set(leads)) == len(leads)


CITY = Initiative(id="roads", name="道路", lead="市城管局", support=["市财政局"], person="王五")


@pytest.mark.parametrize(
    ("own", "lead", "support", "person"),
    [
        (None, "市城管局", ["市财政局"], "王五"),
        ({}, "市城管局", ["市财政局"], "王五"),
        ({"lead": "区住建局"}, "区住建局", ["市财政局"], None),
        ({"lead": "区住建局", "person": "李四"}, "区住建局", ["市财政局"], "李四"),
        ({"person": "李四、赵六"}, "市城管局", ["市财政局"], "李四、赵六"),
        ({"support": ["区财政局"]}, "市城管局", ["区财政局"], "王五"),
    ],
)
def test_an_indicator_has_its_own_or_what_its_initiative_has(
    own: dict[str, Any] | None, lead: str, support: list[str], person: str | None
) -> None:
    indicator = None if own is None else Indicator(id="roads.km", name="里程", **own)
    assert find_responsible_lead(CITY, indicator) == lead
    assert list_supporting_bodies(CITY, indicator) == support
    assert find_responsible_person(CITY, indicator) == person
