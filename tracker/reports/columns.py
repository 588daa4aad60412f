"""Columns of reports: title, kind and meaning of each, and its value for an indicator."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TypeAlias

import msgspec

from tracker.assessment.case import Case
from tracker.assessment.light import is_overdue
from tracker.assessment.rules import Rules
from tracker.locale.translation import _, later
from tracker.model.effective import entries_in_force
from tracker.model.quantities import format_number
from tracker.model.records import Source, Update
from tracker.output.model import Column, Table, Value
from tracker.reports.dataset import DatasetOnDay
from tracker.views.columns import COLUMNS
from tracker.views.wording import format_citation, format_update

Row: TypeAlias = dict[str, Value]
"""Values of one row by the key of their column."""

_LIGHTS = ("red", "yellow", "green", "none")
_STOPPED = ("suspended", "closed", "cancelled")

_MEANINGS: Mapping[str, str] = {
    "id": later("the id of the indicator in the ledger"),
    "initiative": later("the name of the initiative"),
    "initiative_id": later("the id of the initiative in the ledger"),
    "name": later("what is measured"),
    "measure": later("a number, or a milestone: done or not"),
    "category": later("as entered"),
    "place": later("as entered"),
    "lead": later("the responsible body"),
    "unit": later("the unit of target and value, as printed"),
    "op": later("how the value has to stand to the target"),
    "target": later("the target in force, after the revisions"),
    "target_high": later("the other end of a target that is a range"),
    "deadline": later("the last day that is in time, after the revisions"),
    "deadline_wording": later("the deadline in the words of the document"),
    "state": later("active, suspended, cancelled or closed, by decision; that of parents included"),
    "value": later("the newest final report; increments since the start added up"),
    "value_bound": later("how the value is known: at least, at most, about; empty: as it is"),
    "value_on": later("the day for which that was reported"),
    "met_on": later("the first day on which a final report met the target"),
    "last_report": later("the day of the newest report, estimates included"),
    "done": later(
        "(value − baseline) ÷ (target − baseline), per cent, not capped; a milestone is 0 or"
        " 100; empty without baseline, target or report"
    ),
    "expected": later(
        "the share of the time from start to deadline that has passed, per cent, in a straight"
        " line or through the interim points"
    ),
    "gap": later("done − expected, in percentage points"),
    "light": later(
        "green: met, or a gap of {yellow} or better; yellow: below {yellow}; red: below {red}, or"
        " overdue; a milestone is yellow from {days} days before its deadline; none: something is"
        " missing for a light, or the work is stopped"
    ),
    "why": later("the reason for the light"),
    "days_late": later("calendar days from the deadline to the day it was met, or to the day"),
    "workdays_late": later("the same in working days of the Chinese calendar and the settings"),
    "workdays_provisional": later("whether years are counted whose holidays are not published yet"),
    "cycle": later("how often a report is owed"),
    "owed": later("reporting cycles that have ended since the last report"),
    "first_owed": later("the last day of the first of these cycles"),
    "support": later("the supporting bodies"),
    "latest": later("the newest report: its day, what it says, its note"),
    "source": later("the document and the place in it where the target stands"),
    "count": later("what is counted; lights are counted among what is active"),
    "then": later("how many on the day that is compared with, by what was known then"),
    "now": later("how many on the day that is looked at"),
    "change": later("now − then"),
    "light_then": later("the light on the day that is compared with"),
    "state_then": later("the state on the day that is compared with"),
    "target_then": later("the target on the day that is compared with"),
    "deadline_then": later("the deadline on the day that is compared with"),
    "decided_on": later("the day of the newest decision"),
    "reason": later("the reasons given for what was decided since"),
    "number": later(
        "the year and the day of the notice, and its place among all notices of that day:"
        " the lead with the longest overdue comes first"
    ),
    "row": later("the number of the row"),
    "indicators": later("how many indicators"),
    "longest": later("the most days that one of them is overdue"),
    "answer_by": later("so many working days after the notice as the settings allow"),
    "rank": later("by score, the same for equal scores"),
    "met": later("how many are met"),
    "met_in_time": later("met on or before the deadline"),
    "met_late": later("met after the deadline"),
    "overdue": later("active, past the deadline and not met"),
    "closed_unmet": later("closed, past the deadline and not met"),
    "share_met": later("met in time ÷ (met in time + met late + overdue + closed unmet), per cent"),
    "reports": later("reporting cycles that ended in the period and can be judged by now"),
    "reports_in_time": later("of these, how many have a report that came in time"),
    "share_on_time": later("reports in time ÷ reports owed, per cent"),
    "score": later("by the rule that is printed with the scoreboard"),
}
"""Meaning of each column, in English; that of the light has room for numbers of the rules."""

_COLUMNS: Mapping[str, Column] = COLUMNS | {
    column.key: column
    for column in (
        # Ledger
        Column("support", later("support"), "list"),
        Column("latest", later("latest report")),
        # Brief
        Column("count", later("count"), "word"),
        Column("then", later("then"), "days"),
        Column("now", later("now"), "days"),
        Column("change", later("difference"), "days"),
        Column("light_then", later("light then"), "light"),
        Column("state_then", later("state then"), "word"),
        Column("target_then", later("target then"), "number"),
        Column("deadline_then", later("deadline then"), "day"),
        Column("decided_on", later("decided on"), "day"),
        # Notices
        Column("number", later("notice no.")),
        Column("row", later("no."), "days"),
        Column("longest", later("longest overdue, days"), "days"),
        Column("answer_by", later("answer by"), "day"),
        # Scoreboard
        Column("rank", later("rank"), "days"),
        Column("met_in_time", later("met in time"), "days"),
        Column("met_late", later("met late"), "days"),
        Column("closed_unmet", later("closed unmet"), "days"),
        Column("share_met", later("share met in time"), "percent"),
        Column("reports", later("reports owed"), "days"),
        Column("reports_in_time", later("reports in time"), "days"),
        Column("share_on_time", later("share of reports in time"), "percent"),
        Column("score", later("score"), "number"),
    )
}
"""Columns of lists, and those that only reports have or give another title; in English."""


def build_report_column_values(now: DatasetOnDay, case: Case) -> Row:
    """Return all that a report can say of an indicator, by the key of its column."""
    latest, source = _find_report_column_update(case), _find_report_column_source(case)
    return {
        **msgspec.structs.asdict(case.assessment),
        "support": case.initiative.support,
        "latest": None
        if latest is None
        else _describe_report_column_update(latest, case.assessment.unit),
        "source": None
        if source is None
        else format_citation(now.documents, source.document, source.locator),
    }


def build_report_column_table(
    key: str,
    title: str,
    now: DatasetOnDay,
    names: Sequence[str],
    rows: Iterable[Row],
    *,
    hidden: Collection[str] = (),
) -> Table:
    """Build a table of a report; ``hidden`` columns are for programs only."""
    columns = tuple(
        _build_report_column(name, now.rules, brief=name not in hidden) for name in names
    )
    values: list[tuple[Value, ...]] = [tuple(row[name] for name in names) for row in rows]
    return Table(title=title, as_of=now.as_of, columns=columns, rows=values, key=key)


def count_cases_for_report_columns(now: DatasetOnDay) -> dict[str, int]:
    """Count the indicators: active ones by light, others by state, and all of them."""
    assessments = [case.assessment for case in now.cases]
    active = [each for each in assessments if each.state == "active"]
    return {
        "indicators": len(assessments),
        **{light: sum(each.light == light for each in active) for light in _LIGHTS},
        **{state: sum(each.state == state for each in assessments) for state in _STOPPED},
        "met": sum(each.met_on is not None for each in assessments),
        "overdue": sum(is_overdue(each, now.as_of) for each in active),
        "unreported": len(now.owed),
    }


def _build_report_column(name: str, rules: Rules, *, brief: bool) -> Column:
    column, meaning = _COLUMNS[name], _(_MEANINGS[name])
    if name == "light":
        meaning = meaning.format(
            yellow=format_number(rules.yellow_below),
            red=format_number(rules.red_below),
            days=rules.warn_days,
        )
    return Column(name, _(column.title), column.kind, brief, meaning=meaning)


def _find_report_column_update(case: Case) -> Update | None:
    """Return the newest report on an indicator, of any status."""
    reports = [
        update
        for update in entries_in_force(case.indicator.updates, case.horizon)
        if update.value is not None or update.done is not None
    ]
    return reports[-1] if reports else None


def _describe_report_column_update(report: Update, unit: str | None) -> str:
    status = _(report.status) if report.status != "final" else None
    what = _("; ").join(filter(None, [format_update(report, unit), status, report.note]))
    return _("{day}: {what}").format(day=report.on, what=what)


def _find_report_column_source(case: Case) -> Source | None:
    if case.indicator.source is not None:
        return case.indicator.source
    return case.initiative.sources[0] if case.initiative.sources else None
