"""Build the ledger as an office prints it (台账): one row for each indicator.

People see a column set that fits across a page, with sources as numbers of a list at its end;
programs get all that there is.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

import msgspec

from tracker.assessment.case import Case
from tracker.assessment.promises import is_promise, is_promise_settled
from tracker.errors import shorten_text
from tracker.locale.translation import _
from tracker.model.quantities import ZERO
from tracker.model.vocabulary import Light
from tracker.output.model import Printed, RowGroup, Sheet, Table, Value
from tracker.reports.build import Fact, ReportInput, assemble_sheet
from tracker.reports.columns import (
    PROMISE_KEYS,
    Row,
    build_report_column_table,
    build_report_column_values,
    count_cases_for_report_columns,
)
from tracker.reports.dataset import DatasetOnDay
from tracker.views.status import find_title_of_status_count, is_shown_in_status
from tracker.views.wording import word_name

COVERS = None
COMPARES = False
RANKS = False
ASKS = False

_SHOWN = (
    "row",
    "matter",
    "lead",
    "target",
    "value",
    "sum",
    "difference",
    "share_of_whole",
    "done",
    "expected",
    "light",
    "deadline",
    "latest",
    "cited",
)
_HIDDEN = (
    "id",
    "source_url",
    "category",
    "initiative",
    "initiative_id",
    "name",
    "part_of",
    "is_sum",
    "place",
    "measure",
    *PROMISE_KEYS,
    "share_of_plan",
    "state",
    "gap",
    "why",
    "days_late",
    "value_on",
    "workdays_late",
    "met_on",
    "last_report",
    "person",
    "support",
    "notes",
    "source",
    "commitment",
    "verdict",
    "verdict_by",
    "verdict_on",
    "verdict_why",
    "awaiting_verdict_since",
)
_PARTS = ("sum", "difference", "share_of_whole")
_STATES = ("suspended", "closed", "cancelled")
_SOURCES = ("cited", "source", "source_url")
_LONGEST_REPORT = 60
_SEVERITY: Mapping[Light, int] = {"red": 0, "yellow": 1, "none": 2, "green": 3}


def build_sheet(report: ReportInput) -> Sheet:
    """List every indicator that fits, the worst first, whatever its state; then the sources.

    People see a column for the state if it is not the same for all, and those for parts if there
    are any.
    """
    now = report.now
    counts = count_cases_for_report_columns(now)
    facts = [
        Fact(key, find_title_of_status_count(key), n)
        for key, n in counts.items()
        if is_shown_in_status(key, n)
    ]
    parts = _group_ledger_cases(now, report.plan.groups_by)
    cases = [case for _title, own in parts for case in own]
    values = [build_report_column_values(now, case) for case in cases]
    sources = _number_ledger_sources(row["source"] for row in values)
    for at, (case, row) in enumerate(zip(cases, values, strict=True), start=1):
        row.update(_build_ledger_row(at, case, row, sources))
    title = _("ledger")
    hidden = _choose_hidden_ledger_columns(values, counts)
    table = build_report_column_table("ledger", title, now, _SHOWN + _HIDDEN, values, hidden=hidden)
    table.is_register = True
    if report.plan.groups_by is not None:
        table.groups = [RowGroup(title=name, rows=len(own)) for name, own in parts]
    addresses = {row["source"]: row["source_url"] for row in values}
    cited: list[Row] = [
        {"cited": number, "source": source, "source_url": addresses[source]}
        for source, number in sources.items()
    ]
    sheet = assemble_sheet(report, title, facts, [table], sources=cited)
    if cited:
        sheet.tables.append(_list_ledger_sources(now, cited))
    return sheet


def _choose_hidden_ledger_columns(rows: Sequence[Row], counts: Mapping[str, int]) -> set[str]:
    """Return the columns that people do not see, because they say nothing here."""
    hidden = set(_HIDDEN)
    if any(row["verdict"] for row in rows):
        hidden.discard("verdict")
    if any(counts[state] for state in _STATES):
        hidden.discard("state")
    if all(row[key] is None for row in rows for key in _PARTS):
        hidden.update(_PARTS)
    return hidden


def _build_ledger_row(at: int, case: Case, row: Row, sources: Mapping[str, int]) -> Row:
    latest, source = row["latest"], row["source"]
    text = latest.text if isinstance(latest, Printed) else str(latest)
    return {
        "row": at,
        "matter": word_name(case.assessment),
        "latest": Printed(
            latest.value if isinstance(latest, Printed) else latest,
            shorten_text(text, _LONGEST_REPORT),
        ),
        "cited": sources[source] if isinstance(source, str) else None,
    }


def _number_ledger_sources(cited: Iterable[Value]) -> dict[str, int]:
    """Number what is cited, in the order of the rows."""
    named = dict.fromkeys(source for source in cited if isinstance(source, str))
    return {source: at for at, source in enumerate(named, start=1)}


def _list_ledger_sources(now: DatasetOnDay, cited: Iterable[Row]) -> Table:
    """List the sources by number; they are no items of their own."""
    table = build_report_column_table(
        "sources", _("Sources"), now, _SOURCES, cited, hidden={"source_url"}
    )
    number, *others = table.columns
    table.columns = (msgspec.structs.replace(number, title=_("no.")), *others)
    return table


def _group_ledger_cases(now: DatasetOnDay, groups_by: str | None) -> list[tuple[str, list[Case]]]:
    """Return the cases by group, both groups and cases the worst first."""
    cases = sorted(now.cases, key=_order_ledger_case)
    if groups_by is None:
        return [("", cases)]
    groups: dict[str, list[Case]] = {}
    for case in cases:
        groups.setdefault(_name_ledger_group(now, case, groups_by), []).append(case)
    # What nobody leads stands last, however bad it is.
    nobody = groups.pop(_("no lead named"), None) if groups_by == "lead" else None
    return [*groups.items(), *([] if nobody is None else [(_("no lead named"), nobody)])]


def _name_ledger_group(now: DatasetOnDay, case: Case, groups_by: str) -> str:
    if groups_by == "light":
        return _(case.assessment.light)
    if groups_by == "lead":
        return case.assessment.lead or _("no lead named")
    parent = now.initiatives.get(case.initiative.parent or "")
    return case.initiative.name if parent is None else parent.name


def _order_ledger_case(case: Case) -> tuple[bool, int, int, Decimal, bool]:
    """Return what a case is ordered by: what is ended and what is no promise comes last."""
    assessment = case.assessment
    is_open = assessment.state == "active" and is_promise(assessment)
    return (
        not is_open,
        _SEVERITY[assessment.light],
        -(assessment.days_late or 0),
        ZERO if assessment.gap is None else assessment.gap,
        is_promise_settled(assessment),
    )
