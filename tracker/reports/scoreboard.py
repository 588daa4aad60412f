"""Build the scoreboard (通报): how each lead keeps its promises, with the rule of the score.

The weights in the rule are settings. A lead of which nothing is known has no score, not 0.
"""

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Final, NamedTuple

from tracker.assessment.case import Case
from tracker.assessment.light import LIT_STATES
from tracker.assessment.obligations import ObligationCycles, Punctuality
from tracker.assessment.promises import is_promise
from tracker.assessment.rollup import Rollup, count_rolled_up_in_several
from tracker.locale.translation import _, _n
from tracker.model.quantities import HUNDRED, ZERO
from tracker.output.model import Sheet
from tracker.reports.build import Fact, ReportInput, ReportSettings, assemble_sheet
from tracker.reports.columns import (
    Row,
    build_report_column_table,
    count_cases_for_report_columns,
    roll_up_cases_for_report_columns,
)
from tracker.reports.dataset import DatasetOnDay
from tracker.reports.scoreboard_papers import write_scoreboard_paper
from tracker.views.status import find_title_of_status_count

COVERS: Final = "year"
COMPARES = False
RANKS = False
ASKS = False

VERDICT_COUNTS = (
    "verdict_kept",
    "verdict_partly",
    "verdict_broken",
    "verdict_unclear",
    "awaiting_verdict",
)
"""Counts that are printed where there are verdicts, or where one is awaited."""

_COLUMNS = (
    "rank",
    "lead",
    "indicators",
    "promises",
    "met",
    "met_in_time",
    "met_late",
    "overdue",
    "closed_unmet",
    *VERDICT_COUNTS,
    "share_met",
    "reports",
    "reports_in_time",
    "share_on_time",
    "score",
)
_HEAD_COUNTS = ("indicators", "promises", "met", "overdue", "unreported", "awaiting_verdict")
_TENTH = Decimal("0.1")


class LeadResults(NamedTuple):
    """Counts of the indicators and reports of one lead; ``lead`` is None for those without one.

    Attributes:
        lead: the responsible body.
        counts: its indicators, counted as everywhere.
        met_in_time: promises met by their deadline, without a verdict.
        met_late: promises met after it, without a verdict.
        punctuality: its reports.
    """

    lead: str | None
    counts: Rollup
    met_in_time: int
    met_late: int
    punctuality: Punctuality

    @property
    def fulfilled(self) -> int:
        """Promises met in time or found kept; a verdict counts instead of the figures."""
        return self.met_in_time + self.counts.verdict_kept

    @property
    def with_known_outcome(self) -> int:
        """Promises of which it is known whether they were fulfilled in time."""
        return self.fulfilled + self.met_late + self.counts.verdict_partly + self.missed

    @property
    def missed(self) -> int:
        """Promises past their deadline and not met, or found broken.

        Neither closing one nor a verdict of broken makes the score better.
        """
        return self.counts.overdue + self.counts.closed_unmet + self.counts.verdict_broken


def build_sheet(report: ReportInput) -> Sheet:
    """Rank the leads by score, those without one at the end."""
    now, settings = report.now, report.settings
    since = report.plan.since or now.as_of
    cycles = ObligationCycles(now.as_of)
    groups = now.group_by_lead(now.cases)
    records = []
    for lead, cases in groups.items():
        if not any(is_promise(case.assessment) for case in cases):
            continue
        punctualities = [
            now.measure_punctuality(case, since, settings.report_within, cycles) for case in cases
        ]
        records.append(_count_scoreboard_results(lead, cases, punctualities, now))
    scored = [(compute_scoreboard_score(record, settings), record) for record in records]
    scored.sort(key=lambda pair: (pair[0] is None, -(pair[0] or ZERO), pair[1].lead or ""))
    scores = [points for points, _record in scored if points is not None]
    ranks = {points: len(scores) - at for at, points in enumerate(reversed(scores))}
    facts = [
        Fact("leads", _("leads"), sum(record.lead is not None for record in records)),
        *_list_scoreboard_head_facts(now),
        Fact("judged", _("with a score"), len(scores)),
        Fact("rule", _("rule of the score"), _describe_scoreboard_rule(settings)),
        Fact("reports", _("report in time"), _describe_scoreboard_punctuality(settings)),
    ]
    rows = [_build_scoreboard_row(record, points, ranks) for points, record in scored]
    title = _("scoreboard")
    empty = {key for key in VERDICT_COUNTS if not any(row[key] for row in rows)}
    table = build_report_column_table("scoreboard", title, now, _COLUMNS, rows, hidden=empty)
    sheet = assemble_sheet(report, title, facts, [table])
    sheet.papers = [write_scoreboard_paper(report, table)]
    return sheet


def compute_scoreboard_score(record: LeadResults, settings: ReportSettings) -> Decimal | None:
    """Compute the score of a lead, to one place; None if nothing is known, or without a lead."""
    parts = [
        (
            settings.score_met,
            _compute_scoreboard_share(record.fulfilled, record.with_known_outcome),
        ),
        (settings.score_on_time, _compute_scoreboard_share(*record.punctuality)),
    ]
    known = [(weight, share) for weight, share in parts if weight and share is not None]
    if not known or record.lead is None:
        return None
    reached = sum((weight * share for weight, share in known), ZERO)
    points = reached / sum(weight for weight, _share in known)
    points -= settings.score_overdue * record.missed
    return max(points, ZERO).quantize(_TENTH, ROUND_HALF_UP)


def _list_scoreboard_head_facts(now: DatasetOnDay) -> list[Fact]:
    """Return the counts of all leads together, what stands at several of them counted once."""
    counts = count_cases_for_report_columns(now)
    several = count_rolled_up_in_several(now.cases, now.list_leads)
    facts = [Fact(key, find_title_of_status_count(key), counts[key]) for key in _HEAD_COUNTS]
    return [*facts, *([Fact("several", _("at several leads"), several)] if several else [])]


def _count_scoreboard_results(
    lead: str | None, cases: Sequence[Case], punctualities: Sequence[Punctuality], now: DatasetOnDay
) -> LeadResults:
    counted = [
        each
        for each in (case.assessment for case in cases)
        if is_promise(each)
        and each.met_on is not None
        and each.deadline is not None
        and each.verdict is None
        and each.state in LIT_STATES
    ]
    late = sum(each.days_late is not None for each in counted)
    return LeadResults(
        lead,
        roll_up_cases_for_report_columns(now, cases),
        met_in_time=len(counted) - late,
        met_late=late,
        punctuality=Punctuality(
            in_time=sum(each.in_time for each in punctualities),
            owed=sum(each.owed for each in punctualities),
        ),
    )


def _compute_scoreboard_share(part: int, whole: int) -> Decimal | None:
    return part * HUNDRED / whole if whole else None


def _round_scoreboard_share(share: Decimal | None) -> Decimal | None:
    return None if share is None else share.quantize(_TENTH, ROUND_HALF_UP)


def _build_scoreboard_row(
    record: LeadResults, points: Decimal | None, ranks: Mapping[Decimal, int]
) -> Row:
    return {
        "rank": None if points is None else ranks[points],
        "lead": record.lead or _("no lead named"),
        "indicators": record.counts.indicators,
        "promises": record.counts.promises,
        "met": record.counts.met,
        "met_in_time": record.met_in_time,
        "met_late": record.met_late,
        "overdue": record.counts.overdue,
        "closed_unmet": record.counts.closed_unmet,
        **{key: getattr(record.counts, key) for key in VERDICT_COUNTS},
        "share_met": _round_scoreboard_share(
            _compute_scoreboard_share(record.fulfilled, record.with_known_outcome)
        ),
        "reports": record.punctuality.owed,
        "reports_in_time": record.punctuality.in_time,
        "share_on_time": _round_scoreboard_share(_compute_scoreboard_share(*record.punctuality)),
        "score": points,
    }


def _describe_scoreboard_rule(settings: ReportSettings) -> str:
    return _(
        "({met} × share met in time + {on_time} × share of reports in time) ÷ the weights of the"
        " shares that are known − {overdue} for each promise that is overdue, was closed unmet or"
        " was found broken, not below 0; no score where neither share is known. Only promises"
        " count, and a verdict counts instead of the figures. The weights are the settings"
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
