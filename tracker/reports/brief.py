"""The brief (与上期相比): what became of each indicator since the last one, and the counts."""

from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeAlias

from tracker.assessment.case import Case
from tracker.assessment.light import is_worse
from tracker.assessment.obligations import Owed
from tracker.locale.translation import _
from tracker.model.effective import counting
from tracker.model.records import Decision, Revision
from tracker.model.vocabulary import Light
from tracker.output.model import Sheet, Table, Value
from tracker.reports.build import Card, Material, sheet_of
from tracker.reports.columns import Row, counts, described, table
from tracker.reports.dataset import Survey

Entries: TypeAlias = Callable[[Survey, Case], Sequence[Revision] | Sequence[Decision]]
"""What counts of the revisions, or of the decisions, on a case as of the day of a survey."""

COVERS = "month"
COMPARES = True
RANKS = False


class Pair(NamedTuple):
    """One indicator as it stands and as it stood; ``then`` is None if it was not there."""

    now: Case
    then: Case | None
    owed: Owed | None


class Section(NamedTuple):
    """One table of the brief: what it holds, and its columns behind those of every table."""

    key: str
    title: str
    holds: Callable[[Pair], bool]
    columns: Sequence[str]
    hidden: Sequence[str] = ()


def paper(material: Material) -> Sheet:
    """What turned, recovered, was met, decided, revised or added, and who did not report."""
    now, then = material.found
    before = {case.assessment.id: case for case in then.cases}
    pairs = [
        Pair(case, before.get(case.indicator.id), now.owed.get(case.indicator.id))
        for case in now.cases
    ]
    numbers, earlier = counts(now), counts(then)
    rows: list[Row] = [
        {"count": key, "then": earlier[key], "now": n, "change": n - earlier[key]}
        for key, n in numbers.items()
    ]
    together = table("counts", _("counts"), now, ("count", "then", "now", "change"), rows)
    changes = [_table(each, pairs, now, then) for each in _sections()]
    cards = [Card(each.key, each.title, len(each.rows)) for each in changes]
    beside = {"then": earlier, "now": numbers}
    return sheet_of(material, _("brief"), cards, [together, *changes], counts=beside)


def _sections() -> tuple[Section, ...]:
    """The tables; what is counted elsewhere than before stands in one of the first five."""
    lights = ("light_then", "light", "why", "deadline")
    return (
        Section("turned", _("turned red or yellow"), _has_turned, lights),
        Section("recovered", _("recovered"), _has_recovered, lights),
        Section("other_lights", _("other changes of light"), _has_other_light, lights),
        Section(
            "decided",
            _("closed, suspended, cancelled or reopened"),
            lambda pair: (
                pair.then is not None and pair.then.assessment.state != pair.now.assessment.state
            ),
            ("state_then", "state", "decided_on", "reason"),
            hidden=("light_then", "light"),
        ),
        Section("new", _("new in the ledger"), lambda pair: pair.then is None, _NEW, ("state",)),
        *_sections_beside(),
    )


def _sections_beside() -> tuple[Section, ...]:
    return (
        Section(
            "met",
            _("met"),
            lambda pair: _is_met(pair.now) and not _is_met(pair.then),
            ("target", "unit", "value", "met_on", "days_late"),
        ),
        Section(
            "unmet",
            _("no longer met"),
            lambda pair: _is_met(pair.then) and not _is_met(pair.now),
            ("target", "unit", "value", "light", "why"),
        ),
        Section(
            "revised",
            _("revised"),
            lambda pair: pair.then is not None and _promise(pair.then) != _promise(pair.now),
            ("target_then", "target", "unit", "deadline_then", "deadline", "decided_on", "reason"),
        ),
        Section("unreported", _("unreported"), lambda pair: pair.owed is not None, _OWED),
    )


_WHO = ("id", "initiative", "name", "lead")
_OWED = ("cycle", "owed", "first_owed", "last_report")
_NEW = ("target", "unit", "light", "why", "deadline")


def _table(section: Section, pairs: list[Pair], now: Survey, then: Survey) -> Table:
    revised = section.key == "revised"
    rows = (
        _row(pair, now, then, _revisions if revised else Survey.decisions)
        for pair in pairs
        if section.holds(pair)
    )
    names = (*_WHO, *section.columns, *section.hidden)
    return table(section.key, section.title, now, names, rows, hidden=section.hidden)


def _row(pair: Pair, now: Survey, then: Survey, entries: Entries) -> Row:
    case, before, owed = pair
    row = {
        **described(now, case),
        "cycle": owed.cycle if owed is not None else None,
        "owed": owed.owed if owed is not None else None,
        "first_owed": owed.first_owed if owed is not None else None,
    }
    if before is None:
        return row
    old = {each.id for each in entries(then, case)}
    since = [each for each in entries(now, case) if each.id not in old]
    return row | {
        "light_then": before.assessment.light,
        "state_then": before.assessment.state,
        "target_then": before.assessment.target,
        "deadline_then": before.assessment.deadline,
        "decided_on": max((each.on for each in since), default=None),
        "reason": _("; ").join(dict.fromkeys(each.reason for each in since if each.reason)),
    }


def _revisions(survey: Survey, case: Case) -> list[Revision]:
    return counting(case.indicator.revisions, survey.horizon)


def _lights(pair: Pair) -> tuple[Light, Light] | None:
    """The light then and now of what was and is active, if it is another."""
    if pair.then is None or {pair.then.assessment.state, pair.now.assessment.state} != {"active"}:
        return None
    then, now = pair.then.assessment.light, pair.now.assessment.light
    return None if then == now else (then, now)


def _has_turned(pair: Pair) -> bool:
    lights = _lights(pair)
    return lights is not None and lights[1] in {"red", "yellow"} and is_worse(lights[1], lights[0])


def _has_recovered(pair: Pair) -> bool:
    lights = _lights(pair)
    return lights is not None and lights[1] != "none" and is_worse(lights[0], lights[1])


def _has_other_light(pair: Pair) -> bool:
    return _lights(pair) is not None and not _has_turned(pair) and not _has_recovered(pair)


def _is_met(case: Case | None) -> bool:
    return case is not None and case.assessment.met_on is not None


def _promise(case: Case) -> tuple[Value, ...]:
    return case.assessment.target, case.assessment.target_high, case.assessment.deadline
