"""Deadlines as appointments of a calendar."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from hashlib import sha256
from typing import NamedTuple

from tracker.assessment.case import Case
from tracker.ledger.reader import Questions
from tracker.locale.translation import _
from tracker.model.assessment import Assessment
from tracker.model.commits import Commit
from tracker.model.filters import ALL
from tracker.model.horizon import NOW, Horizon, When
from tracker.model.quantities import show_number
from tracker.output.model import Appointment, Stage

_DIGITS_OF_A_LEDGER = 16


class _Trail(NamedTuple):
    """How often a record was changed, and when it was first and last."""

    changes: int
    first: datetime
    last: datetime


def calendar(ledger: Questions, ids: Iterable[str], when: When = NOW) -> list[Appointment]:
    """Build appointments of the deadlines of these indicators, sorted by day."""
    with ledger.look(when) as look:
        wanted = set(ids)
        owners = {each.partition(".")[0] for each in wanted}
        cases = [case for case in look.cases(ALL, owners=owners) if case.indicator.id in wanted]
        first = next(look.view.history(), None)
        own = {case.indicator.id for case in cases} | {case.initiative.id for case in cases}
        commits = look.view.history(own)
        return appointments(first, commits, cases, look.horizon, ledger.rules.warn_days)


def appointments(
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
    ledger = _identify_ledger(first)
    trails = _collect_trails(commits, horizon)
    found = []
    for case in cases:
        seen = case.assessment
        if seen.deadline is not None:
            own = [trails[key] for key in (seen.id, seen.initiative_id) if key in trails]
            uid = f"{seen.id}@{ledger}.tracker"
            trail = _join_trails(own, horizon)
            found.append(_build_appointment(case, seen.deadline, uid, trail, warn_days))
    return sorted(found, key=lambda each: (each.on, each.uid))


def _build_appointment(
    case: Case, on: date, uid: str, trail: _Trail, warn_days: int
) -> Appointment:
    seen, stage = case.assessment, _choose_stage(case.assessment)
    whole = seen.initiative in seen.name
    return Appointment(
        uid=uid,
        sequence=trail.changes,
        created=trail.first,
        changed=trail.last,
        on=on,
        title=seen.name if whole else f"{seen.initiative} {seen.name}",
        note="\n".join(_describe_case(case)),
        stage=stage,
        light=seen.light,
        done=seen.done,
        completed=seen.met_on if stage == "completed" else None,
        lead=seen.lead,
        place=seen.place,
        categories=[seen.category] if seen.category else [],
        warn_days=[warn_days] if seen.state == "active" and stage != "completed" else [],
    )


def _identify_ledger(first: Commit | None) -> str:
    """Return what tells this ledger from every other: the digest of its first commit.

    A backup that is restored, or a ledger that moves, keeps it.
    """
    said = "" if first is None else f"{first.at.astimezone(UTC).isoformat()} {first.by}"
    return sha256(said.encode()).hexdigest()[:_DIGITS_OF_A_LEDGER]


def _collect_trails(commits: Iterable[Commit], horizon: Horizon) -> dict[str, _Trail]:
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


def _join_trails(trails: Sequence[_Trail], horizon: Horizon) -> _Trail:
    """Join the changes of an indicator and of its initiative, which both change its appointment.

    Of what a document made known before it was recorded there is no commit yet.
    """
    if not trails:
        moment = datetime.combine(horizon.known_on or horizon.as_of, time(), UTC)
        return _Trail(0, moment, moment)
    return _Trail(
        sum(each.changes for each in trails) - len(trails),
        trails[0].first,
        max(each.last for each in trails),
    )


def _choose_stage(seen: Assessment) -> Stage:
    if seen.state == "cancelled":
        return "cancelled"
    if seen.met_on is not None or seen.state == "closed":
        return "completed"
    return "under_way" if seen.value is not None or seen.last_report is not None else "open"


def _describe_case(case: Case) -> Iterable[str]:
    """Yield the lines below the title: figures, light with its reason, who, in whose words."""
    seen = case.assessment
    labelled: list[tuple[str, str | None]] = [
        (_("light"), _("{light}: {why}").format(light=_(seen.light), why=seen.why)),
        (_("value"), _format_optional(seen.value, seen.unit)),
        (_("target"), _format_optional(seen.target, seen.unit)),
        (_("done"), _format_share(seen.done)),
        (_("expected"), _format_share(seen.expected)),
        (_("wording"), seen.deadline_wording),
        (_("lead"), seen.lead),
        (_("support"), "、".join(case.initiative.support)),
        (_("state"), _(seen.state) if seen.state != "active" else None),
        (_("id"), seen.id),
    ]
    return (_("{label}: ").format(label=label) + text for label, text in labelled if text)


def _format_optional(value: Decimal | None, unit: str | None) -> str | None:
    return None if value is None else f"{show_number(value)} {unit or ''}".strip()


def _format_share(share: Decimal | None) -> str | None:
    return None if share is None else f"{share}%"
