"""The scoreboard (通报): how each lead keeps what it promised, with the rule of its score.

The weights in the rule are settings. What cannot be judged has no score: unknown is not
zero.
"""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from tracker.assessment.case import Case
from tracker.assessment.light import is_overdue, is_promised
from tracker.assessment.obligations import Cycles, Kept
from tracker.locale.translation import _, _n
from tracker.output.model import Sheet
from tracker.reports.build import Card, Material, Terms, sheet_of
from tracker.reports.columns import Row, table
from tracker.reports.dataset import Survey

COVERS = "year"
COMPARES = False
RANKS = False

_COLUMNS = (
    "rank",
    "lead",
    "indicators",
    "met",
    "met_in_time",
    "met_late",
    "overdue",
    "closed_unmet",
    "share_met",
    "reports",
    "reports_in_time",
    "share_on_time",
    "score",
)
_TENTH = Decimal("0.1")
_HUNDRED = Decimal(100)


class Record(NamedTuple):
    """How one lead, or nobody, keeps its promises; counts of indicators and of reports."""

    lead: str | None
    indicators: int
    met: int
    met_in_time: int
    met_late: int
    overdue: int
    closed_unmet: int
    kept: Kept

    @property
    def judged(self) -> int:
        """Of how many indicators it can be said whether they were met in time."""
        return self.met_in_time + self.met_late + self.missed

    @property
    def missed(self) -> int:
        """How many are past their deadline and not met: to close them makes it no better."""
        return self.overdue + self.closed_unmet


def paper(material: Material) -> Sheet:
    """The leads by their scores, those without one at the end."""
    now, terms = material.now, material.terms
    since = material.plan.since or now.as_of
    cycles = Cycles(now.as_of)
    groups: dict[str | None, list[Case]] = {}
    for case in now.cases:
        if is_promised(case.assessment):
            groups.setdefault(case.assessment.lead, []).append(case)
    records = []
    for lead, cases in groups.items():
        kept = [now.kept(case, since, terms.report_within, cycles) for case in cases]
        records.append(_record(lead, cases, kept, now))
    scored = [(score(each, terms), each) for each in records]
    scored.sort(key=lambda each: (each[0] is None, -(each[0] or 0), each[1].lead or ""))
    scores = [each for each, _record in scored if each is not None]
    cards = [
        Card("leads", _("leads"), sum(lead is not None for lead in groups)),
        Card("judged", _("with a score"), len(scores)),
        Card("rule", _("rule of the score"), _rule(terms)),
        Card("reports", _("report in time"), _in_time(terms)),
    ]
    rows = [_row(each, found, scores) for found, each in scored]
    title = _("scoreboard")
    return sheet_of(material, title, cards, [table("scoreboard", title, now, _COLUMNS, rows)])


def score(record: Record, terms: Terms) -> Decimal | None:
    """The score of a lead, to one place; None where nothing can be judged, or for nobody."""
    parts = [
        (terms.score_met, _share(record.met_in_time, record.judged)),
        (terms.score_on_time, _share(*record.kept)),
    ]
    known = [(weight, share) for weight, share in parts if weight and share is not None]
    if not known or record.lead is None:
        return None
    reached = sum((weight * share for weight, share in known), Decimal(0))
    points = reached / sum(weight for weight, _share in known)
    points -= terms.score_overdue * record.missed
    return max(points, Decimal(0)).quantize(_TENTH, ROUND_HALF_UP)


def _record(lead: str | None, cases: Sequence[Case], kept: Sequence[Kept], now: Survey) -> Record:
    seen = [case.assessment for case in cases]
    met = [each for each in seen if each.met_on is not None]
    due = [each for each in met if each.deadline is not None and each.state in {"active", "closed"}]
    late = sum(each.days_late is not None for each in due)
    missed = [each.state for each in seen if is_overdue(each, now.as_of)]
    return Record(
        lead,
        indicators=len(seen),
        met=len(met),
        met_in_time=len(due) - late,
        met_late=late,
        overdue=missed.count("active"),
        closed_unmet=missed.count("closed"),
        kept=Kept(sum(each.in_time for each in kept), sum(each.owed for each in kept)),
    )


def _share(part: int, whole: int) -> Decimal | None:
    return part * _HUNDRED / whole if whole else None


def _rounded(share: Decimal | None) -> Decimal | None:
    return None if share is None else share.quantize(_TENTH, ROUND_HALF_UP)


def _row(record: Record, points: Decimal | None, scores: Sequence[Decimal]) -> Row:
    return {
        "rank": None if points is None else 1 + sum(each > points for each in scores),
        "lead": record.lead or _("no lead named"),
        "indicators": record.indicators,
        "met": record.met,
        "met_in_time": record.met_in_time,
        "met_late": record.met_late,
        "overdue": record.overdue,
        "closed_unmet": record.closed_unmet,
        "share_met": _rounded(_share(record.met_in_time, record.judged)),
        "reports": record.kept.owed,
        "reports_in_time": record.kept.in_time,
        "share_on_time": _rounded(_share(*record.kept)),
        "score": points,
    }


def _rule(terms: Terms) -> str:
    return _(
        "({met} × share met in time + {on_time} × share of reports in time) ÷ the weights of the"
        " shares that are known − {overdue} for each indicator that is overdue or was closed"
        " unmet, not below 0; no score where neither share is known. The weights are the settings"
        " score_met, score_on_time and score_overdue."
    ).format(met=terms.score_met, on_time=terms.score_on_time, overdue=terms.score_overdue)


def _in_time(terms: Terms) -> str:
    return _n(
        "about a day of its cycle, and known at the latest {days} day after the cycle's end;"
        " counted until the indicator is met or closed",
        "about a day of its cycle, and known at the latest {days} days after the cycle's end;"
        " counted until the indicator is met or closed",
        terms.report_within,
    ).format(days=terms.report_within)
