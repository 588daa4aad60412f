"""Build the ledger as an office prints it (台账): one row for each indicator."""

from tracker.locale.translation import _
from tracker.output.model import Sheet
from tracker.reports.build import Fact, ReportInput, assemble_sheet
from tracker.reports.columns import (
    PROMISE_KEYS,
    build_report_column_table,
    build_report_column_values,
    count_cases_for_report_columns,
)
from tracker.views.status import find_title_of_status_count, is_shown_in_status

COVERS = None
COMPARES = False
RANKS = False
ASKS = False

_SHOWN = (
    "id",
    "category",
    "initiative",
    "name",
    "target",
    "value",
    "sum",
    "difference",
    "share_of_whole",
    "done",
    "expected",
    "gap",
    "light",
    "deadline",
    "days_late",
    "lead",
    "person",
    "support",
    "latest",
    "notes",
    "source",
)
_HIDDEN = (
    "source_url",
    "initiative_id",
    "part_of",
    "is_sum",
    "place",
    "measure",
    *PROMISE_KEYS,
    "share_of_plan",
    "state",
    "why",
    "value_on",
    "workdays_late",
    "met_on",
    "last_report",
    "commitment",
    "verdict",
    "verdict_by",
    "verdict_on",
    "verdict_why",
    "awaiting_verdict_since",
)
_STATES = ("suspended", "closed", "cancelled")


def build_sheet(report: ReportInput) -> Sheet:
    """List every indicator that fits, in the order of entry, whatever its state.

    People see a column for the state if it is not the same for all.
    """
    now = report.now
    counts = count_cases_for_report_columns(now)
    facts = [
        Fact(key, find_title_of_status_count(key), n)
        for key, n in counts.items()
        if is_shown_in_status(key, n)
    ]
    hidden = set(_HIDDEN)
    if any(case.assessment.verdict for case in now.cases):
        hidden.discard("verdict")
    if any(counts[state] for state in _STATES):
        hidden.discard("state")
    rows = (build_report_column_values(now, case) for case in now.cases)
    title = _("ledger")
    tables = [
        build_report_column_table("ledger", title, now, _SHOWN + _HIDDEN, rows, hidden=hidden)
    ]
    return assemble_sheet(report, title, facts, tables)
