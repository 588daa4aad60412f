"""Deadlines as appointments of a calendar."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from hashlib import sha256
from typing import Any, NamedTuple

from tracker.assessment.case import Case
from tracker.ledger.reader import LedgerReader
from tracker.locale.translation import _
from tracker.model.assessment import Assessment
from tracker.model.commits import Commit
from tracker.model.dates import is_last_day_of_month, shift_date
from tracker.model.effective import find_promise_in_force
from tracker.model.filters import ALL
from tracker.model.horizon import NOW, Horizon, When
from tracker.model.leads import list_supporting_bodies
from tracker.model.recurrence import MONTHS_OF_RECURRENCE, list_recurring_cycles
from tracker.output.model import Appointment, Stage
from tracker.views.wording import (
    word_assessed_target,
    word_assessment,
    word_deadline_doubts,
    word_name,
)

_DIGITS_OF_A_LEDGER = 16
_DAYS_AHEAD = 800
"""Days for which those are listed on which no rule of the calendar falls."""


class _Trail(NamedTuple):
    """Number of changes of a record, and the moments of the first and the last."""

    changes: int
    first: datetime
    last: datetime


def list_calendar_appointments(
    ledger: LedgerReader, ids: Iterable[str], when: When = NOW
) -> list[Appointment]:
    """Build appointments of the deadlines of these indicators, sorted by day."""
    with ledger.open_view(when) as look:
        wanted = set(ids)
        owners = {indicator_id.partition(".")[0] for indicator_id in wanted}
        cases = [case for case in look.cases(ALL, owners=owners) if case.indicator.id in wanted]
        first = next(look.records.history(), None)
        own = {case.indicator.id for case in cases} | {case.initiative.id for case in cases}
        commits = look.records.history(own)
        return build_appointments(first, commits, cases, look.horizon, ledger.rules.warn_days)


def build_appointments(
    first: Commit | None,
    commits: Iterable[Commit],
    cases: Iterable[Case],
    horizon: Horizon,
    warn_days: int,
) -> list[Appointment]:
    """Build an appointment for each indicator that has a deadline, sorted by day.

    Args:
        first: the first commit of the ledger.
        commits: what happened to the indicators and their initiatives, oldest first.
        cases: the indicators.
        horizon: the day, and what was known; commits of later days do not count.
        warn_days: how many days before the deadline there is an alarm.
    """
    ledger = _identify_calendar_ledger(first)
    trails = _collect_calendar_trails(commits, horizon)
    built = []
    for case in cases:
        assessment = case.assessment
        if assessment.deadline is not None:
            own = [
                trails[key] for key in (assessment.id, assessment.initiative_id) if key in trails
            ]
            uid = f"{assessment.id}@{ledger}.tracker"
            trail = _join_calendar_trails(own, horizon)
            built.append(_build_appointment(case, assessment.deadline, uid, trail, warn_days))
    return sorted(built, key=lambda appointment: (appointment.on, appointment.uid))


def _build_appointment(
    case: Case, on: date, uid: str, trail: _Trail, warn_days: int
) -> Appointment:
    assessment, stage = case.assessment, _choose_calendar_stage(case.assessment)
    return Appointment(
        uid=uid,
        sequence=trail.changes,
        created=trail.first,
        changed=trail.last,
        on=on,
        title=word_name(assessment),
        note="\n".join(_describe_calendar_case(case)),
        stage=stage,
        light=assessment.light,
        done=assessment.done,
        completed=assessment.met_on if stage == "completed" else None,
        lead=assessment.lead,
        place=assessment.place,
        categories=[assessment.category] if assessment.category else [],
        **_find_calendar_rhythm(case),
        warn_days=[warn_days] if assessment.state == "active" and stage != "completed" else [],
    )


def _find_calendar_rhythm(case: Case) -> dict[str, Any]:
    """Return ``months`` to ``other_days``: on which days a recurring promise is due again.

    Days that no rule of the calendar says, such as those before a feast, are listed for the
    years to come, and so is the end of the promise within its last cycle.
    """
    recurs, first = case.indicator.recurs, case.assessment.cycle_start
    if recurs is None or first is None:
        return {}
    deadline = find_promise_in_force(case.indicator, case.horizon).deadline
    wording, ends = (deadline.wording, deadline.on) if deadline is not None else (None, None)
    last = shift_date(case.horizon.as_of, _DAYS_AHEAD)
    dues = [each.due for each in list_recurring_cycles(recurs, first, last, wording, ends)]
    closing = [due for due in dues[1:] if due == ends]
    regular = [due for due in dues if due not in closing] or dues
    month_day = max(due.day for due in regular)
    if all(is_last_day_of_month(due) for due in regular):
        month_day = -1
    elif any(due.day != month_day and not is_last_day_of_month(due) for due in regular):
        return {"other_days": dues[1:]}
    months = MONTHS_OF_RECURRENCE[recurs]
    return {"months": months, "month_day": month_day, "until": ends, "other_days": closing}


def _identify_calendar_ledger(first: Commit | None) -> str:
    """Return what tells this ledger from every other: the digest of its first commit.

    A backup that is restored, or a ledger that moves, keeps it.
    """
    origin = "" if first is None else f"{first.at.astimezone(UTC).isoformat()} {first.by}"
    return sha256(origin.encode()).hexdigest()[:_DIGITS_OF_A_LEDGER]


def _collect_calendar_trails(commits: Iterable[Commit], horizon: Horizon) -> dict[str, _Trail]:
    trails: dict[str, _Trail] = {}
    for commit in commits:
        if horizon.known_on is not None and commit.at.date() > horizon.known_on:
            continue
        for key in {change.id for change in commit.changes}:
            before = trails.get(key)
            first = before.first if before is not None else commit.at
            changes = before.changes if before is not None else 0
            trails[key] = _Trail(changes + 1, first, commit.at)
    return trails


def _join_calendar_trails(trails: Sequence[_Trail], horizon: Horizon) -> _Trail:
    """Join the changes of an indicator and of its initiative, which both change its appointment.

    Of what a document made known before it was recorded there is no commit yet.
    """
    if not trails:
        moment = datetime.combine(horizon.known_on or horizon.as_of, time(), UTC)
        return _Trail(0, moment, moment)
    return _Trail(
        sum(trail.changes for trail in trails) - len(trails),
        trails[0].first,
        max(trail.last for trail in trails),
    )


def _choose_calendar_stage(assessment: Assessment) -> Stage:
    if assessment.state == "cancelled":
        return "cancelled"
    if assessment.met_on is not None or assessment.state == "closed":
        return "completed"
    return (
        "under_way"
        if assessment.value is not None or assessment.last_report is not None
        else "open"
    )


def _describe_calendar_case(case: Case) -> Iterable[str]:
    """Yield the lines below the title: figures, light with its reason, who, in whose words."""
    assessment, printed = case.assessment, word_assessment(case.assessment)
    labelled: list[tuple[str, str | None]] = [
        (_("light"), _("{light}: {why}").format(light=_(assessment.light), why=assessment.why)),
        (_("value"), printed["value"].text if "value" in printed else None),
        (_("target"), word_assessed_target(assessment)),
        (
            _("done"),
            printed["done"].text if "done" in printed else _format_calendar_share(assessment.done),
        ),
        (_("expected"), _format_calendar_share(assessment.expected)),
        (_("wording"), assessment.deadline_wording),
        (_("deadline"), _("; ").join(word_deadline_doubts(assessment, case.horizon.as_of))),
        (_("notes"), assessment.notes),
        (_("lead"), assessment.lead),
        (_("support"), "、".join(list_supporting_bodies(case.initiative, case.indicator))),
        (_("person in charge"), assessment.person),
        (_("state"), _(assessment.state) if assessment.state != "active" else None),
        (_("id"), assessment.id),
    ]
    return (_("{label}: ").format(label=label) + text for label, text in labelled if text)


def _format_calendar_share(share: Decimal | None) -> str | None:
    return None if share is None else f"{share}%"
