"""Build notices (催办单): one for each lead, with what is urged and what is asked.

What is overdue is red, what is behind is yellow, what is close to its deadline is blue.

The number of a notice is that of its paper; where no paper was issued there is none.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import NamedTuple

import msgspec

from tracker.assessment.case import Case
from tracker.locale.translation import _, _n
from tracker.model.dates import shift_date
from tracker.model.effective import find_source_of_promise
from tracker.model.quantities import ZERO
from tracker.model.workdays import WorkCalendar
from tracker.output.model import Printed, Sheet, Table
from tracker.reports.build import Fact, ReportInput, assemble_sheet
from tracker.reports.columns import (
    PROMISE_KEYS,
    Row,
    build_report_column_table,
    build_report_column_values,
)
from tracker.reports.dataset import DatasetOnDay
from tracker.reports.notice_papers import (
    STEPS,
    NoticeLetter,
    find_notice_step,
    get_notice_key,
    word_notice_step,
    write_empty_notice,
    write_notice_paper,
)

COVERS = None
COMPARES = False
RANKS = True
ASKS = False

_OVERVIEW = ("number", "lead", "step", "indicators", "longest", "answer_by")
_SHOWN = (
    "row",
    "step",
    "initiative",
    "name",
    "target",
    "deadline",
    "days_late",
    "workdays_late",
    "latest",
    "share_of_plan",
    "person",
    "notes",
    "id",
)
_HIDDEN = ("initiative_id", "place", "support", "value", *PROMISE_KEYS, "workdays_provisional")


class _Notice(NamedTuple):
    """Urged indicators of one lead; ``number`` is 0 and ``lead`` None where nobody is named.

    ``left_out`` is how many more are urged there that do not fit the filters.
    """

    number: int
    lead: str | None
    cases: list[Case]
    left_out: int


def build_sheet(report: ReportInput) -> Sheet:
    """List the notices by number, and what is urged without a lead at the end."""
    now = report.now
    notices = _build_numbered_notices(now)
    answer_by = find_notice_answer_day(now.as_of, report.settings.answer_within, now.rules.calendar)
    named = [notice for notice in notices if notice.lead is not None]
    rows: list[Row] = [
        {
            "number": _find_notice_number(notice, report),
            "lead": notice.lead,
            "step": _build_notice_step(notice.cases[0]),
            "indicators": len(notice.cases),
            "longest": max(case.assessment.days_late or 0 for case in notice.cases),
            "answer_by": answer_by,
        }
        for notice in named
    ]
    notices_of = Counter(case.indicator.id for notice in notices for case in notice.cases)
    shared = sum(count > 1 for count in notices_of.values())
    unnamed = sum(len(notice.cases) for notice in notices if not notice.lead)
    facts = [
        Fact("notices", _("notices"), len(named)),
        Fact("indicators", _("indicators"), len(notices_of)),
        Fact("without_lead", _("without a lead"), unnamed),
    ]
    if shared:
        facts.append(Fact("shared", _("in more than one notice"), shared))
    unissued = () if any(row["number"] for row in rows) else ("number",)
    overview = build_report_column_table(
        "overview", _("leads to be urged"), now, _OVERVIEW, rows, hidden=unissued
    )
    tables = [_build_notice_table(notice, report, answer_by) for notice in notices]
    sheet = assemble_sheet(report, _("notices"), facts, [overview, *tables])
    letters = [NoticeLetter(each.lead, each.cases, answer_by) for each in named if each.lead]
    sheet.papers = [write_notice_paper(letter, report) for letter in letters]
    sheet.papers = sheet.papers or [write_empty_notice(report, unnamed)]
    return sheet


def find_notice_answer_day(day: date, within: int, calendar: WorkCalendar) -> date:
    """Return the working day that is so many working days after a day."""
    for _step in range(within):
        day = calendar.next_workday(shift_date(day, 1))
    return day


def _build_numbered_notices(now: DatasetOnDay) -> list[_Notice]:
    """Number the leads, and make a notice for each with something overdue that fits."""
    fitting = now.group_by_lead(case for case in now.cases if find_notice_step(case) is not None)
    leads = [lead for lead in now.urgent if lead is not None]
    leads.sort(key=lambda lead: (-now.urgent[lead].longest, lead))
    ordered: list[str | None] = [*leads, None]
    return [
        _Notice(
            0 if lead is None else at,
            lead,
            sorted(fitting[lead], key=_order_notice_case),
            now.urgent[lead].indicators - len(fitting[lead]),
        )
        for at, lead in enumerate(ordered, start=1)
        if lead in fitting
    ]


def _order_notice_case(case: Case) -> tuple[int, int, Decimal, int, str]:
    """Return what a case is ordered by: the hardest step first, and in it the worst."""
    assessment, step = case.assessment, find_notice_step(case)
    left = assessment.days_left
    return (
        len(STEPS) if step is None else STEPS.index(step),
        -(assessment.days_late or 0),
        ZERO if assessment.gap is None else assessment.gap,
        0 if left is None else left,
        assessment.id,
    )


def _build_notice_step(case: Case) -> Printed:
    """Return the step of a case, which people read as what an office calls it."""
    step = find_notice_step(case)
    return Printed(step, "" if step is None else word_notice_step(step))


def _find_notice_number(notice: _Notice, report: ReportInput) -> str | None:
    """Return the number of the paper that was issued, None where there is none."""
    if notice.lead is None:
        return None
    return report.data.numbers.get(get_notice_key(notice.lead, notice.cases))


def _build_notice_table(notice: _Notice, report: ReportInput, answer_by: date) -> Table:
    now = report.now
    rows = [
        {**build_report_column_values(now, case), "row": at, "step": _build_notice_step(case)}
        for at, case in enumerate(notice.cases, start=1)
    ]
    title = _("no lead named")
    facts = [Fact("indicators", _("indicators"), len(rows))]
    if notice.lead is not None:
        number = _find_notice_number(notice, report)
        title = notice.lead
        if number is not None:
            title = _("{number}: {lead}").format(number=number, lead=notice.lead)
        facts = [
            Fact("number", _("notice no."), number),
            Fact("lead", _("to"), notice.lead),
            Fact("day", _("day"), now.as_of),
            *facts,
            Fact("asked", _("asked"), _write_notice_answer_request(notice, answer_by)),
        ]
        if report.settings.contact:
            facts.append(Fact("contact", _("contact"), report.settings.contact))
    if notice.left_out:
        sentence = _n(
            "{count} more belongs here; the filters leave it out",
            "{count} more belong here; the filters leave them out",
            notice.left_out,
        ).format(count=notice.left_out)
        facts.append(Fact("left_out", _("left out"), sentence))
    if notice.lead is None:
        facts.append(Fact("asked", _("asked"), _write_note_without_notice()))
    if any(case.assessment.workdays_provisional for case in notice.cases):
        facts.append(Fact("provisional", _("working days"), _write_provisional_notice_note()))
    shown = (*_SHOWN, "source") if any(map(_has_quoted_promise, notice.cases)) else _SHOWN
    built = build_report_column_table(
        f"notice-{notice.number}", title, now, shown + _HIDDEN, rows, hidden=_HIDDEN
    )
    printed = [(fact.label, fact.value) for fact in facts if fact.value is not None]
    return msgspec.structs.replace(built, facts=printed, page=True)


def _has_quoted_promise(case: Case) -> bool:
    source = find_source_of_promise(case.initiative, case.indicator, case.horizon)
    return source is not None and bool(source.quote)


def _write_notice_answer_request(notice: _Notice, answer_by: date) -> str:
    request = _(
        "Report by {day} what has been done and when it will be met; where the target or the"
        " deadline cannot be kept, ask for a revision and give the reason."
    ).format(day=answer_by)
    for more in _list_uncertain_notice_days(notice):
        request = _("{request} {more}").format(request=request, more=more)
    return request


def _list_uncertain_notice_days(notice: _Notice) -> Iterator[str]:
    """Yield which deadlines are not certain, so that nothing is demanded on them silently."""
    assessments = [case.assessment for case in notice.cases]
    assumed = [
        at for at, item in enumerate(assessments, start=1) if item.deadline_basis == "assumed"
    ]
    loose = [at for at, item in enumerate(assessments, start=1) if item.deadline_loose is not None]
    if assumed:
        yield _(
            "The deadlines marked * (no. {rows}) are assumed, because the document gives no year"
            " of its own; say so if another day was agreed."
        ).format(rows=_join_notice_rows(assumed))
    if loose:
        yield _(
            "The deadlines of no. {rows} can be read in two ways; the days late count from the"
            " earlier one, so say which one holds."
        ).format(rows=_join_notice_rows(loose))


def _join_notice_rows(rows: Iterable[int]) -> str:
    return _(", ").join(map(str, rows))


def _write_note_without_notice() -> str:
    return _("no notice without a lead; name one with: tracker edit ID --lead NAME")


def _write_provisional_notice_note() -> str:
    return _("counted as Monday to Friday where the holidays of a year are not published yet")
