"""Columns of reports: title, kind and meaning of each, and its value for an indicator."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import TypeAlias

import msgspec

from tracker.assessment.case import Case
from tracker.assessment.rollup import Rollup, roll_up
from tracker.assessment.rules import Rules
from tracker.locale.translation import _, later
from tracker.model.effective import find_latest_report, find_source_of_promise
from tracker.model.leads import list_supporting_bodies
from tracker.model.quantities import format_quantity_number
from tracker.output.model import Column, Printed, Table, Value
from tracker.reports.dataset import DatasetOnDay
from tracker.views.columns import COLUMNS, explain_view_column_mark
from tracker.views.status import list_status_counts
from tracker.views.wording import find_document_address, word_assessment, word_citation, word_report

Row: TypeAlias = dict[str, Value]
"""Values of one row by the key of their column."""

PROMISE_KEYS = (
    "op",
    "target_high",
    "approximate",
    "unit",
    "value_bound",
    "latest_value",
    "latest_bound",
    "latest_status",
    "provisional",
    "deadline_wording",
    "deadline_basis",
    "deadline_loose",
)
"""Columns for programs of what people read in those of target, value and deadline."""

_RARE = frozenset({"notes", "share_of_plan", "person", "sum", "difference", "share_of_whole"})
_SPARE = (
    "target",
    "value",
    "share_met",
    "share_on_time",
    "met",
    "indicators",
    "met_late",
    "closed_unmet",
    "reports",
    "reports_in_time",
    "gap",
    "done",
    "expected",
    "why",
    "latest",
    "workdays_late",
    "cited",
    "notes",
    "id",
)
"""Columns that a narrow terminal leaves out, the last of these first, as lists do."""

_MEANINGS: Mapping[str, str] = {
    "id": later("the id of the indicator in the ledger"),
    "initiative": later("the name of the initiative"),
    "initiative_id": later("the id of the initiative in the ledger"),
    "name": later("what is measured"),
    "measure": later("a number, or a milestone: done or not"),
    "category": later("as entered"),
    "place": later("as entered"),
    "lead": later("the responsible body"),
    "person": later("the person in charge at the responsible body"),
    "part_of": later("the id of the indicator of which this one is a part"),
    "sum": later("the sum of the values of its parts"),
    "is_sum": later("the value is that sum, because nothing was reported on the whole itself"),
    "difference": later("the value reported on the whole, less the sum of its parts"),
    "share_of_whole": later("of a part: per cent of the value of the whole"),
    "unit": later("the unit of target and value, as printed"),
    "op": later("how the value has to stand to the target"),
    "target": later("the target in force, after the revisions"),
    "target_high": later("the other end of a target that is a range"),
    "deadline": later("the last day that is in time, after the revisions"),
    "deadline_wording": later("the deadline in the words of the document"),
    "state": later("active, suspended, cancelled or closed, by decision; that of parents included"),
    "value": later("the newest final report; increments since the start added up"),
    "value_bound": later("how the value is known: at least, at most, about; empty: as it is"),
    "approximate": later("whether the target is printed as about that much"),
    "latest_value": later("the value of the newest report of any status"),
    "latest_bound": later("how that value is known: at least, at most, about; empty: as it is"),
    "latest_status": later("the status of the newest report"),
    "share_of_plan": later("the newest share of the plan as printed; never computed from"),
    "provisional": later("whether the value of the deadline itself is not known yet"),
    "deadline_basis": later("whether the document states the day, or it is derived or assumed"),
    "deadline_loose": later("the other day that the words of the document may mean"),
    "notes": later("remarks on the indicator"),
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
    "source_url": later("where the document can be read"),
    "page": later("the page of the initiative"),
    "lead_page": later("the page of the lead"),
    "count": later("what is counted; lights are counted among active promises"),
    "then": later("how many on the day that is compared with, by what was known then"),
    "now": later("how many on the day that is looked at"),
    "change": later("now − then"),
    "light_then": later("the light on the day that is compared with"),
    "state_then": later("the state on the day that is compared with"),
    "target_then": later("the target on the day that is compared with"),
    "deadline_then": later("the deadline on the day that is compared with"),
    "decided_on": later("the day of the newest decision"),
    "reason": later("the reasons given for what was decided since"),
    "number": later("the number of the paper, where one was issued"),
    "row": later("the number of the row"),
    "matter": later("the initiative, and the indicator on it"),
    "cited": later("the number of the source in the list at the end"),
    "step": later("red: overdue; yellow: behind; blue: close to the deadline"),
    "indicators": later("how many indicators, whatever they are"),
    "promises": later("how many of them are promises: outcomes and efforts"),
    "longest": later("the most days that one of them is overdue"),
    "answer_by": later("so many working days after the notice as the settings allow"),
    "rank": later("by score, the same for equal scores"),
    "met": later("how many promises are met, active or closed"),
    "met_in_time": later("met on or before the deadline, and without a verdict"),
    "met_late": later("met after the deadline, and without a verdict"),
    "overdue": later("active outcomes, past the deadline, not met and without a verdict"),
    "closed_unmet": later("closed outcomes, past the deadline, not met and without a verdict"),
    "awaiting_verdict": later("efforts past their deadline of which nobody has said what became"),
    "verdict": later("what a person found the promise to be at its end"),
    "verdict_by": later("who found it"),
    "verdict_on": later("the day of the verdict"),
    "verdict_why": later("the reason of the verdict"),
    "awaiting_verdict_since": later("the deadline of an effort that is over, without a verdict"),
    "commitment": later("outcome, effort, vision or projection; empty: only reported"),
    "verdict_kept": later("promises that a person found kept"),
    "verdict_partly": later("promises that a person found kept in part"),
    "verdict_broken": later("promises that a person found broken"),
    "verdict_unclear": later("promises of which a person found that nobody can tell"),
    "share_met": later(
        "(met in time + found kept) ÷ (met in time + met late + overdue + closed unmet + found"
        " kept + found partly kept + found broken), per cent"
    ),
    "reports": later("reporting cycles that ended in the period and can be judged by now"),
    "reports_in_time": later("of these, how many have a report that came in time"),
    "share_on_time": later("reports in time ÷ reports due, per cent"),
    "score": later("by the rule that is printed with the scoreboard"),
}
"""Meaning of each column, in English; that of the light has room for numbers of the rules."""

_COLUMNS: Mapping[str, Column] = COLUMNS | {
    column.key: column
    for column in (
        # Ledger
        Column("support", later("support"), "list"),
        Column("latest", later("latest report")),
        Column("source_url", later("address of the source")),
        # Site
        Column("page", later("page")),
        Column("lead_page", later("page of the lead")),
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
        Column("step", later("step"), "word"),
        Column("matter", later("initiative · indicator")),
        Column("cited", later("source no."), "days"),
        Column("longest", later("longest overdue, days"), "days"),
        Column("answer_by", later("answer by"), "day"),
        # Scoreboard
        Column("rank", later("rank"), "days"),
        Column("met_in_time", later("met in time"), "days"),
        Column("met_late", later("met late"), "days"),
        Column("share_met", later("share met in time"), "percent"),
        Column("reports", later("reports due"), "days"),
        Column("reports_in_time", later("reports in time"), "days"),
        Column("share_on_time", later("share of reports in time"), "percent"),
        Column("score", later("score"), "number"),
    )
}
"""Columns of lists, and those that only reports have or give another title; in English."""


def build_report_column_values(now: DatasetOnDay, case: Case) -> Row:
    """Return all that a report can say of an indicator, by the key of its column."""
    latest = find_latest_report(case.indicator, case.horizon)
    source = find_source_of_promise(case.initiative, case.indicator, case.horizon)
    return {
        **build_report_assessment_values(case),
        "support": list_supporting_bodies(case.initiative, case.indicator),
        "latest": Printed(None, _("never reported"))
        if latest is None
        else word_report(latest, case.assessment.unit),
        "source": None
        if source is None
        else word_citation(now.documents, source.document, source.locator, source.quote),
        "source_url": None
        if source is None
        else find_document_address(now.documents, source.document),
    }


def build_report_assessment_values(case: Case) -> Row:
    """Return what a report can say of how an indicator stands, by the key of its column."""
    values: Row = msgspec.structs.asdict(case.assessment)
    values |= word_assessment(case.assessment)
    return values


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
    values: list[tuple[Value, ...]] = [*map(itemgetter(*names), rows)]
    return build_report_value_table(key, title, now, names, values, hidden=hidden)


def build_report_value_table(
    key: str,
    title: str,
    now: DatasetOnDay,
    names: Sequence[str],
    values: list[tuple[Value, ...]],
    *,
    hidden: Collection[str] = (),
) -> Table:
    """Build a table of a report of rows whose values are in the order of their columns."""
    columns = tuple(
        explain_view_column_mark(column, (row[at] for row in values))
        for at, column in enumerate(_list_report_columns(names, now.rules, hidden, values))
    )
    return Table(title=title, as_of=now.as_of, columns=columns, rows=values, key=key)


def count_cases_for_report_columns(now: DatasetOnDay) -> dict[str, int]:
    """Count the indicators of a report as every screen counts them."""
    return list_status_counts(roll_up_cases_for_report_columns(now, now.cases))


def roll_up_cases_for_report_columns(now: DatasetOnDay, cases: Iterable[Case]) -> Rollup:
    """Count some of the indicators of a report."""
    return roll_up((case.assessment for case in cases), now.as_of, now.owed)


def list_report_column_meanings(names: Sequence[str], rules: Rules) -> Iterator[tuple[str, str]]:
    """Yield the title of each column, and how it is computed."""
    for name in names:
        column = _build_report_column(name, rules, brief=True)
        yield column.title, column.meaning


def _list_report_columns(
    names: Sequence[str],
    rules: Rules,
    hidden: Collection[str],
    rows: Sequence[tuple[Value, ...]],
) -> Iterator[Column]:
    """Yield the columns; what few indicators have is for people where one has it."""
    for at, name in enumerate(names):
        is_empty = name in _RARE and all(row[at] is None for row in rows)
        yield _build_report_column(name, rules, brief=name not in hidden and not is_empty)


def _build_report_column(name: str, rules: Rules, *, brief: bool) -> Column:
    column, meaning = _COLUMNS[name], _(_MEANINGS[name])
    if name == "light":
        meaning = meaning.format(
            yellow=format_quantity_number(rules.yellow_below),
            red=format_quantity_number(rules.red_below),
            days=rules.warn_days,
        )
    return Column(
        name,
        _(column.title),
        column.kind,
        brief,
        bar=column.bar,
        expected=column.expected,
        meaning=meaning,
        spare=_SPARE.index(name) + 1 if name in _SPARE else 0,
        last=name == "id",
        link="source_url" if name == "source" else None,
    )
