"""Build the scoreboard (通报): how each lead keeps its promises, with the rule of the score.

The weights in the rule are settings. A lead of which nothing is known has no score, not 0.
"""

from collections.abc import Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Final, NamedTuple

from tracker.assessment.case import Case
from tracker.assessment.light import is_overdue, is_promised
from tracker.assessment.obligations import ObligationCycles, Punctuality
from tracker.locale.translation import _, _n
from tracker.output.model import Sheet
from tracker.reports.build import Fact, ReportInput, ReportSettings, assemble_sheet
from tracker.reports.columns import Row, build_report_column_table

COVERS: Final = "year"
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


class LeadResults(NamedTuple):
    """Counts of the indicators and reports of one lead; ``lead`` is None for those without one."""

    lead: str | None
    indicators: int
    met: int
    met_in_time: int
    met_late: int
    overdue: int
    closed_unmet: int
    punctuality: Punctuality

    @property
    def with_known_outcome(self) -> int:
        """Indicators of which it is known whether they were met in time."""
        return self.met_in_time + self.met_late + self.missed

    @property
    def missed(self) -> int:
        """Indicators past their deadline and not met; closing them makes the score no better."""
        return self.overdue + self.closed_unmet


def build_sheet(report: ReportInput) -> Sheet:
    """Rank the leads by score, those without one at the end."""
    now, settings = report.now, report.settings
    since = report.plan.since or now.as_of
    cycles = ObligationCycles(now.as_of)
    groups: dict[str | None, list[Case]] = {}
    for case in now.cases:
        if is_promised(case.assessment):
            groups.setdefault(case.assessment.lead, []).append(case)
    records = []
    for lead, cases in groups.items():
        punctualities = [
            now.measure_punctuality(case, since, settings.report_within, cycles) for case in cases
        ]
        records.append(_count_lead_results(lead, cases, punctualities, now.as_of))
    scored = [(compute_lead_score(record, settings), record) for record in records]
    scored.sort(key=lambda pair: (pair[0] is None, -(pair[0] or 0), pair[1].lead or ""))
    scores = [points for points, _record in scored if points is not None]
    facts = [
        Fact("leads", _("leads"), sum(lead is not None for lead in groups)),
        Fact("judged", _("with a score"), len(scores)),
        Fact("rule", _("rule of the score"), _describe_score_rule(settings)),
        Fact("reports", _("report in time"), _describe_scoreboard_punctuality(settings)),
    ]
    rows = [_build_scoreboard_row(record, points, scores) for points, record in scored]
    title = _("scoreboard")
    table = build_report_column_table("scoreboard", title, now, _COLUMNS, rows)
    return assemble_sheet(report, title, facts, [table])


def compute_lead_score(record: LeadResults, settings: ReportSettings) -> Decimal | None:
    """Compute the score of a lead, to one place; None if nothing is known, or without a lead."""
    parts = [
        (
            settings.score_met,
            _compute_scoreboard_share(record.met_in_time, record.with_known_outcome),
        ),
        (settings.score_on_time, _compute_scoreboard_share(*record.punctuality)),
    ]
    known = [(weight, share) for weight, share in parts if weight and share is not None]
    if not known or record.lead is None:
        return None
    reached = sum((weight * share for weight, share in known), Decimal(0))
    points = reached / sum(weight for weight, _share in known)
    points -= settings.score_overdue * record.missed
    return max(points, Decimal(0)).quantize(_TENTH, ROUND_HALF_UP)


def _count_lead_results(
    lead: str | None, cases: Sequence[Case], punctualities: Sequence[Punctuality], as_of: date
) -> LeadResults:
    assessments = [case.assessment for case in cases]
    met = [each for each in assessments if each.met_on is not None]
    due = [each for each in met if each.deadline is not None and each.state in {"active", "closed"}]
    late = sum(each.days_late is not None for each in due)
    missed = [each.state for each in assessments if is_overdue(each, as_of)]
    return LeadResults(
        lead,
        indicators=len(assessments),
        met=len(met),
        met_in_time=len(due) - late,
        met_late=late,
        overdue=missed.count("active"),
        closed_unmet=missed.count("closed"),
        punctuality=Punctuality(
            in_time=sum(each.in_time for each in punctualities),
            owed=sum(each.owed for each in punctualities),
        ),
    )


def _compute_scoreboard_share(part: int, whole: int) -> Decimal | None:
    return part * _HUNDRED / whole if whole else None


def _round_scoreboard_share(share: Decimal | None) -> Decimal | None:
    return None if share is None else share.quantize(_TENTH, ROUND_HALF_UP)


def _build_scoreboard_row(
    record: LeadResults, points: Decimal | None, scores: Sequence[Decimal]
) -> Row:
    return {
        "rank": None if points is None else 1 + sum(each > points for each in scores),
        "lead": record.lead or _("no lead named"),
        "indicators": record.indicators,
        "met": record.met,
        "met_in_time": record.met_in_time,
        "met_late": record.met_late,
        "overdue": record.overdue,
        "closed_unmet": record.closed_unmet,
        "share_met": _round_scoreboard_share(
            _compute_scoreboard_share(record.met_in_time, record.with_known_outcome)
        ),
        "reports": record.punctuality.owed,
        "reports_in_time": record.punctuality.in_time,
        "share_on_time": _round_scoreboard_share(_compute_scoreboard_share(*record.punctuality)),
        "score": points,
    }


def _describe_score_rule(settings: ReportSettings) -> str:
    return _(
        "({met} × share met in time + {on_time} × share of reports in time) ÷ the weights of the"
        " shares that are known − {overdue} for each indicator that is overdue or was closed"
        " unmet, not below 0; no score where neither share is known. The weights are the settings"
        " score_met, score_on_time and score_overdue."
    ).format(met=settings.score_met, on_time=settings.score_on_time, overdue=settings.score_overdue)


def _describe_scoreboard_punctuality(settings: ReportSettings) -> str:
    return _n(
        "about a day of its cycle, and known at the latest {days} day after the cycle's end;"
        " counted until the indicator is met or closed",
        "about a day of its cycle, and known at the latest {days} days after the cycle's end;"
        " counted until the indicator is met or closed",
        settings.report_within,
    ).format(days=settings.report_within)
