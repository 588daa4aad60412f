"""Build the form (填报表) that a lead fills in for a period and the office reads back.

Each row has a hidden key, which names the ledger, the indicator and the period.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Literal

import msgspec

from tracker.assessment.assess import assess
from tracker.assessment.case import Case
from tracker.assessment.obligations import ObligationCycles, list_obligation_cycle_ends
from tracker.assessment.promises import is_promise_open
from tracker.exchange.form_layout import (
    EXAMPLE_KEY,
    LOCKED,
    FormKey,
    format_form_key,
    format_locked_form_cells,
)
from tracker.locale.translation import _, _p
from tracker.model.assessment import Assessment
from tracker.model.dates import format_deadline_date, shift_date
from tracker.model.effective import find_effective_report_start
from tracker.model.periods import Period, describe_period
from tracker.model.quantities import HUNDRED, format_quantity_number, format_target_quantity
from tracker.model.records import Indicator
from tracker.output.cells import format_cell_for_programs
from tracker.output.model import Column, FormNotes, Sheet, Table, Value
from tracker.reports.build import Fact, ReportInput, assemble_sheet
from tracker.reports.dataset import DatasetOnDay

COVERS: Literal["month"] = "month"
COMPARES = False
RANKS = False
ASKS = True


class FormCase:
    """Indicator of a form: as it stood before the period, and by its last day."""

    def __init__(self, case: Case, period: Period, today: date, cycles: ObligationCycles) -> None:
        self.case = case
        self.before = _assess_for_form(case, shift_date(period.first, -1)).assessment
        self.by_end = _assess_for_form(case, period.last)
        self.light = _assess_for_form(case, min(period.last, today)).assessment.light
        self.is_owed = self._find_owed(cycles)

    @property
    def value_before(self) -> Value:
        """Value in force before the period; of a milestone whether it was reached."""
        before = self.before
        if before.measure != "milestone":
            return before.value
        if before.last_report is None:
            return None
        return _p("form", "yes") if before.met_on is not None else _p("form", "no")

    @property
    def expected_value(self) -> Value:
        """Value expected by the end of the period; where none can be told, the share of time."""
        assessment, baseline = self.by_end.assessment, self.case.indicator.baseline
        target, expected = assessment.target, assessment.expected
        if expected is None:
            return None
        if target is None or baseline is None:
            return f"{format_quantity_number(expected)}%"
        value = baseline + (target - baseline) * expected / HUNDRED
        places = max(_count_form_places(target), _count_form_places(baseline)) + 1
        return Decimal(format(round(value, places).normalize(), "f"))

    def _find_owed(self, cycles: ObligationCycles) -> bool:
        """Return whether a report is owed for the cycles up to the end of the period.

        It is asked for too where nobody has ever reported and the record came later than the
        period, without a day on which it begins.
        """
        case, assessment = self.by_end, self.by_end.assessment
        if list_obligation_cycle_ends(case, cycles):
            return True
        is_new = case.indicator.start is None and assessment.last_report is None
        start = find_effective_report_start(case.indicator, case.horizon)
        is_asked = is_promise_open(assessment) and assessment.state == "active"
        return is_asked and is_new and (start is None or start >= cycles.day)


def list_form_cases(report: ReportInput) -> list[FormCase]:
    """Return what is owed for the period, or all that is active, by lead, what is owed first."""
    now, plan = report.now, report.plan
    period = get_form_period(report)
    cycles = ObligationCycles(shift_date(period.last, 1))
    active = [case for case in now.cases if case.assessment.state == "active"]
    cases = [FormCase(case, period, now.as_of, cycles) for case in active]
    chosen = [form_case for form_case in cases if form_case.is_owed or plan.everything]
    return sorted(chosen, key=lambda form_case: _rank_form_rows_by_lead(now, form_case))


def get_form_period(report: ReportInput) -> Period:
    """Return the days that a form asks for: of the plan, else the month up to the day."""
    as_of = report.now.as_of
    return report.plan.period or Period(as_of.replace(day=1), as_of)


def build_sheet(report: ReportInput) -> Sheet:
    """List what is asked for, a row each, with the columns that are filled in."""
    now, period = report.now, get_form_period(report)
    chosen = list_form_cases(report)
    columns = _build_form_columns()
    rows = [
        _build_form_row(form_case, at, period, report.plan.ledger, columns)
        for at, form_case in enumerate(chosen, start=1)
    ]
    title = _("form for {period}").format(period=describe_period(period))
    if now.only_lead is not None:
        title = _("{title}: {lead}").format(title=title, lead=now.only_lead)
    milestones = [
        at for at, each in enumerate(chosen) if each.case.indicator.measure == "milestone"
    ]
    notes = FormNotes(
        lines=_write_form_lines(min(period.last, now.as_of), report.settings.contact),
        example=_build_example_form_row(columns, min(period.last, now.as_of)),
        choices=(_p("form", "yes"), _p("form", "no")),
        milestones=frozenset(milestones),
    )
    table = Table(title=title, as_of=now.as_of, columns=columns, rows=rows, key="form", form=notes)
    owed = sum(form_case.is_owed for form_case in chosen)
    facts = [
        Fact("indicators", _("indicators"), len(rows)),
        Fact("owed", _("reports owed"), owed),
    ]
    sheet = assemble_sheet(report, title, facts, [table])
    return msgspec.structs.replace(sheet, pictures=[])


def _rank_form_rows_by_lead(now: DatasetOnDay, form_case: FormCase) -> tuple[bool, str, bool]:
    leads = now.list_leads(form_case.case)
    return not leads, leads[0] if leads else "", not form_case.is_owed


def _assess_for_form(case: Case, day: date) -> Case:
    horizon = msgspec.structs.replace(case.horizon, as_of=day)
    state = case.assessment.state
    assessment = assess(case.initiative, case.indicator, state, horizon, case.rules)
    return msgspec.structs.replace(case, assessment=assessment, horizon=horizon)


def _build_form_columns() -> tuple[Column, ...]:
    """Return the columns; every title is a head that reading back knows."""
    statuses = (_p("form", "final"), _p("form", "in progress"), _p("form", "estimate"))
    return (
        Column("row", _p("form", "no."), "days"),
        Column("lead", _p("form", "lead")),
        Column("initiative", _p("form", "initiative")),
        Column("name", _p("form", "indicator")),
        Column("accumulation", _p("form", "counted")),
        Column("target", _p("form", "target")),
        Column("unit", _p("form", "unit")),
        Column("deadline", _p("form", "deadline")),
        Column("before", _p("form", "value before"), "number"),
        Column("expected", _p("form", "expected by then"), "number"),
        Column("light", _p("form", "light"), "light"),
        Column("value", _p("form", "value or done"), asks="value"),
        Column("on", _p("form", "as of"), "day", asks="day"),
        Column("share_of_plan", _p("form", "share of plan (%)"), asks="percent"),
        Column("status", _p("form", "status"), asks="choice", choices=statuses),
        Column("note", _p("form", "progress"), asks="text"),
        Column("evidence", _p("form", "evidence"), asks="text"),
        Column("problems", _p("form", "problems"), asks="text"),
        Column("next_steps", _p("form", "next steps"), asks="text"),
        Column("expected_on", _p("form", "expected completion"), "day", asks="day"),
        Column("key", _p("form", "form key"), brief=False),
        Column("locked", _p("form", "as sent"), brief=False),
    )


def _build_form_row(
    form_case: FormCase, at: int, period: Period, ledger: str, columns: Sequence[Column]
) -> tuple[Value, ...]:
    case, assessment = form_case.case, form_case.by_end.assessment
    cells: dict[str, Value] = {
        "row": at,
        "lead": case.assessment.lead,
        "initiative": case.initiative.name,
        "name": case.indicator.name or case.initiative.name,
        "accumulation": describe_counting_in_form(case.indicator),
        "target": _format_form_target(assessment),
        "unit": case.indicator.unit,
        "deadline": format_deadline_date(
            assessment.deadline, assessment.deadline_basis, assessment.deadline_loose
        ),
        "before": form_case.value_before,
        "expected": form_case.expected_value,
        "light": form_case.light,
    }
    locked = format_locked_form_cells({key: format_cell_for_programs(cells[key]) for key in LOCKED})
    key = FormKey(ledger, case.indicator.id, period)
    cells |= {"key": format_form_key(key, locked), "locked": locked}
    return tuple(cells.get(column.key) for column in columns)


def describe_counting_in_form(indicator: Indicator) -> str:
    """Say what the number of a period is to count, or how a milestone is answered."""
    if indicator.measure == "milestone":
        return _p("form", "yes or no")
    if indicator.accumulation == "increment":
        return _p("form", "new in this period")
    if indicator.accumulation == "level":
        return _p("form", "as it stands")
    return _p("form", "total so far")


def _format_form_target(assessment: Assessment) -> str:
    if assessment.target is None:
        return ""
    return format_target_quantity(
        assessment.op,
        assessment.target,
        assessment.target_high,
        approximate=assessment.approximate,
    )


def _count_form_places(number: Decimal) -> int:
    return max(0, -int(number.as_tuple().exponent))


def _build_example_form_row(columns: Sequence[Column], day: date) -> tuple[Value, ...]:
    cells: dict[str, Value] = {
        "row": _p("form", "e.g."),
        "initiative": _("new homes"),
        "name": _("homes finished"),
        "accumulation": _p("form", "total so far"),
        "target": format_target_quantity(">=", Decimal(1200)),
        "unit": _p("form", "homes"),
        "before": Decimal(640),
        "value": Decimal(800),
        "on": day,
        "share_of_plan": "65%",
        "status": _p("form", "final"),
        "note": _("12 contracts signed, 3 sites begun"),
        "evidence": _("monthly report no. 6"),
        "key": EXAMPLE_KEY,
    }
    return tuple(cells.get(column.key) for column in columns)


def _write_form_lines(day: date, contact: str) -> list[str]:
    """Write the two lines of instruction."""
    first = _(
        "Fill in the white cells. A number is in the unit of its row and counts what the column"
        " 'counted' says; a milestone is yes or no. What is left blank is not reported."
    )
    second = _(
        "A blank day is {day}. Leave the grey cells as they are; rows may be sorted, filtered and"
        " deleted. Return the form as .xlsx or .csv."
    ).format(day=day)
    if contact:
        second = _("{text} Contact: {contact}").format(text=second, contact=contact)
    return [first, second]
