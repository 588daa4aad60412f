"""Which step of the ladder an indicator stands on, and that each is sent once."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.model.assessment import Assessment
from tracker.model.workdays import WorkCalendar
from tracker.reminders.steps import (
    StepSettings,
    build_reminder_step_of_report,
    find_reminder_step,
    list_coming_reminder_steps,
)

DEADLINE = date(2026, 6, 15)
LADDER = StepSettings()


def seen(**fields: Any) -> Assessment:  # noqa: ANN401  # of an assessment
    given = {
        "id": "pipes.km",
        "measure": "milestone",
        "state": "active",
        "deadline": DEADLINE,
        "met_on": None,
        "target": None,
        "commitment": "outcome",
    }
    nothing: dict[str, Any] = dict.fromkeys(Assessment.__struct_fields__)
    return Assessment(**nothing | given | fields)


@pytest.mark.parametrize(
    ("days", "step"),
    [
        (-31, None),
        (-30, ("before-30", "blue", -30)),
        (-8, ("before-30", "blue", -30)),
        (-7, ("before-7", "yellow", -7)),
        (-1, ("before-1", "yellow", -1)),
        (0, ("before-1", "yellow", -1)),
        (1, ("after", "red", 1)),
        (7, ("after", "red", 1)),
        (8, ("weekly", "red", 8)),
        (14, ("weekly", "red", 8)),
        (15, ("weekly", "red", 15)),
        (365, ("weekly", "red", 365)),
    ],
)
def test_the_newest_step_counts(days: int, step: tuple[str, str, int] | None) -> None:
    found = find_reminder_step(seen(), DEADLINE + timedelta(days=days), LADDER)
    if step is None:
        assert found is None
    else:
        assert found is not None
        name, stage, on = step
        assert (found.name, found.stage) == (name, stage)
        assert found.on == DEADLINE + timedelta(days=on)
        assert found.rule == name.partition("-")[0]


@pytest.mark.parametrize(
    "fields",
    [
        {"state": "suspended"},
        {"state": "closed"},
        {"met_on": DEADLINE},
        {"deadline": None},
        {"measure": "number"},
    ],
)
def test_what_is_done_or_promised_to_nobody_has_no_step(fields: dict[str, Any]) -> None:
    assert find_reminder_step(seen(**fields), DEADLINE + timedelta(days=1), LADDER) is None


def test_the_numbers_are_settings() -> None:
    own = StepSettings(before=(10,), every=0)
    assert find_reminder_step(seen(), DEADLINE - timedelta(days=11), own) is None
    first = find_reminder_step(seen(), DEADLINE - timedelta(days=10), own)
    assert first is not None
    assert (first.name, first.stage) == ("before-10", "blue")
    late = find_reminder_step(seen(), DEADLINE + timedelta(days=99), own)
    assert late is not None
    assert late.name == "after"
    assert find_reminder_step(seen(), DEADLINE, StepSettings(before=())) is None


@pytest.mark.parametrize("deadline", [date.min, date.max])
def test_the_ends_of_the_calendar_have_steps_too(deadline: date) -> None:
    for day in (date.min, date.max):
        step = find_reminder_step(seen(deadline=deadline), day, StepSettings(before=(36_500,)))
        assert step is None or date.min <= step.on <= date.max


def test_what_comes_is_what_will_be() -> None:
    day = DEADLINE - timedelta(days=10)
    found = [
        (each.name, each.on)
        for each in list_coming_reminder_steps(seen(), day, DEADLINE + timedelta(9), LADDER)
    ]
    assert found == [
        ("before-7", date(2026, 6, 8)),
        ("before-1", date(2026, 6, 14)),
        ("after", date(2026, 6, 16)),
        ("weekly", date(2026, 6, 23)),
    ]


def test_a_report_is_asked_for_after_its_cycle() -> None:
    assert build_reminder_step_of_report([]) is None
    step = build_reminder_step_of_report([date(2026, 4, 30), date(2026, 5, 31)])
    assert step is not None
    assert (step.name, step.stage, step.on) == ("unreported", "yellow", date(2026, 6, 1))
    last = build_reminder_step_of_report([date.max])
    assert last is not None
    assert last.on == date.max


@settings(max_examples=100)
@given(
    deadline=st.dates(date(2025, 12, 1), date(2027, 3, 1)),
    off=st.sets(st.integers(-40, 60)),
    every=st.integers(0, 9),
)
def test_every_run_sends_the_newest_step_once(deadline: date, off: set[int], every: int) -> None:
    """Whatever days cron was down or nobody worked, nothing is sent twice and nothing late."""
    calendar, own = WorkCalendar(), StepSettings(every=every)
    sent: list[tuple[str, date]] = []
    for days in range(-40, 60):
        day = deadline + timedelta(days=days)
        step = find_reminder_step(seen(deadline=deadline), day, own)
        if days in off or not calendar.is_workday(day) or step is None:
            continue
        if (step.name, step.on) not in sent:
            sent.append((step.name, step.on))
        assert step.on <= day
        assert sent[-1] == (step.name, step.on)
    assert len(sent) == len(set(sent))
    assert [on for _name, on in sent] == sorted({on for _name, on in sent})
    assert sum(name == "after" for name, _on in sent) <= 1
