"""What is in force on a day: entries, promise, commitment, state, and since when."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from factories import day, number, up_to
from msgspec.structs import replace

from tracker.model.effective import (
    find_commitment_in_force,
    find_effective_closing_day,
    find_first_promise_in_force,
    find_latest_report,
    find_promised_target,
    list_entries_in_force,
    list_interim_in_force,
    list_sources_in_effect,
)
from tracker.model.horizon import Horizon
from tracker.model.records import (
    Deadline,
    Decision,
    Indicator,
    Initiative,
    Interim,
    Revision,
    Source,
)

LATER = Horizon(as_of=date(2026, 12, 31))


def test_entries_come_by_day_and_a_voided_one_voids_nothing() -> None:
    first, second = up_to("2026-03-31", 1, id="a"), up_to("2026-02-28", 2, id="b", voids="a")
    third = up_to("2026-04-30", id="c", voids="b")
    assert list_entries_in_force([first, second], LATER) == [second]
    assert list_entries_in_force([first, second, third], LATER) == [first, third]
    assert list_entries_in_force([first, up_to("2026-01-31", 3)], LATER)[1] == first
    assert list_entries_in_force([], LATER) == []


def test_the_newest_report_says_something() -> None:
    reported = up_to("2026-03-31", 1, id="a")
    taken_back = number(reported, up_to("2026-02-28", 2, id="b"), up_to("2026-04-30", voids="b"))
    assert find_latest_report(taken_back, LATER) == reported
    assert find_latest_report(number(up_to("2026-04-30", voids="b")), LATER) is None


@pytest.mark.parametrize(
    ("decisions", "since"),
    [
        ([], None),
        ([("2026-02-01", "closed")], "2026-02-01"),
        ([("2026-02-01", "closed"), ("2026-03-01", "closed")], "2026-02-01"),
        ([("2026-02-01", "closed"), ("2026-03-01", None)], "2026-02-01"),
        ([("2026-02-01", "closed"), ("2026-03-01", "active")], None),
        ([("2026-02-01", "suspended")], None),
        (
            [("2026-02-01", "closed"), ("2026-03-01", "active"), ("2026-04-01", "closed")],
            "2026-04-01",
        ),
    ],
)
def test_since_when_a_record_is_closed(decisions: list[tuple[str, Any]], since: str | None) -> None:
    entries = [Decision(id=on, on=day(on), state=state) for on, state in decisions]
    closed_on = find_effective_closing_day(entries, LATER)
    assert closed_on == (None if since is None else day(since))


@pytest.mark.parametrize(
    ("fields", "commitment"),
    [
        ({}, None),
        ({"target": Decimal(1)}, "outcome"),
        ({"target_wording": "翻一番"}, "outcome"),
        ({"deadline": Deadline(on=date(2026, 6, 30))}, "outcome"),
        ({"recurs": "year"}, "outcome"),
        ({"commitment": "vision", "target": Decimal(1)}, "vision"),
        ({"revisions": [Revision(id="r", on=day("2026-02-01"), target=Decimal(1))]}, "outcome"),
        ({"revisions": [Revision(id="r", on=day("2026-02-01"), target_wording="减半")]}, "outcome"),
        (
            {"revisions": [Revision(id="r", on=day("2026-02-01"), deadline=Deadline(on=None))]},
            "outcome",
        ),
        ({"revisions": [Revision(id="r", on=day("2026-02-01"), interim=[])]}, None),
    ],
)
def test_what_is_promised_first_or_later_is_an_outcome(
    fields: dict[str, Any], commitment: str | None
) -> None:
    watched = Indicator(id="a.n", name="数", unit="户", **fields)
    assert find_commitment_in_force(watched) == commitment


def test_a_relative_target_is_a_number_once_its_baseline_is_known() -> None:
    relative = number(target=None, target_wording="翻一番", baseline=Decimal(30))
    assert find_first_promise_in_force(relative).target == 60
    assert find_promised_target(relative, Revision(id="r", on=day("2026-02-01"))) is None
    halved = Revision(id="r", on=day("2026-02-01"), target_wording="减半")
    assert find_promised_target(relative, halved) == 15
    assert find_promised_target(number(), number(target=None)) is None


def test_interim_points_come_with_the_promise_of_their_revision() -> None:
    points = [Interim(on=day("2026-06-30"), value=Decimal(20))]
    revisions = [
        Revision(id="a", on=day("2026-02-01"), target=Decimal(40)),
        Revision(id="b", on=day("2026-03-01"), interim=points),
        Revision(id="c", on=day("2026-04-01"), target=Decimal(60)),
    ]
    planned, promise = list_interim_in_force(number(revisions=revisions), LATER)
    assert (planned, promise.target) == (points, Decimal(40))
    planned, promise = list_interim_in_force(number(interim=points, revisions=revisions[:1]), LATER)
    assert (planned, promise.target) == (points, Decimal(100))


def test_interim_points_of_a_relative_target_come_with_its_number() -> None:
    relative = number(target=None, target_wording="翻一番", baseline=Decimal(30))
    for revisions in ([], [Revision(id="a", on=day("2026-02-01"), reason="照旧")]):
        _points, promise = list_interim_in_force(replace(relative, revisions=revisions), LATER)
        assert promise == find_first_promise_in_force(relative)
        assert promise.target == 60


def test_an_indicator_without_a_source_has_those_of_its_initiative() -> None:
    plan, own = Source(document="plan"), Source(document="own")
    owner = Initiative(
        id="a", name="甲", sources=[plan], recorded_at=datetime(2026, 1, 1, tzinfo=UTC)
    )
    assert list(list_sources_in_effect(owner, number(source=own))) == [own]
    assert list(list_sources_in_effect(owner, number())) == [plan]
    assert list(list_sources_in_effect(owner, None)) == [plan]


def test_a_revision_that_was_taken_back_promises_nothing() -> None:
    given = Revision(id="r", on=day("2026-02-01"), target=Decimal(1))
    void = Revision(id="v", on=day("2026-03-01"), voids="r")
    watched = Indicator(id="a.n", name="数", unit="户", revisions=[given, void])
    assert find_commitment_in_force(watched) is None
    assert find_commitment_in_force(replace(watched, revisions=[given])) == "outcome"
