"""Notices (催办单): one for each lead, with what is overdue and what is asked.

A notice is numbered among all notices of its day, whatever the filters; so the same two
days give the same number for ever, and no number stands for two leads.
"""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

import msgspec

from tracker.assessment.case import Case
from tracker.assessment.light import is_overdue
from tracker.locale.translation import _, _n
from tracker.model.dates import shifted
from tracker.model.workdays import WorkCalendar
from tracker.output.model import Sheet, Table
from tracker.reports.build import Card, Material, sheet_of
from tracker.reports.columns import Row, described, table
from tracker.reports.dataset import Survey

COVERS = None
COMPARES = False
RANKS = True

_OVERVIEW = ("number", "lead", "indicators", "longest", "answer_by")
_SHOWN = (
    "row",
    "initiative",
    "name",
    "target",
    "unit",
    "deadline",
    "days_late",
    "workdays_late",
    "latest",
    "id",
)
_HIDDEN = ("initiative_id", "place", "support", "value", "deadline_wording", "workdays_provisional")


class Notice(NamedTuple):
    """What is overdue at one lead; ``number`` is 0 and ``lead`` None where nobody is named.

    ``left_out`` is how many more are overdue there that do not fit the filters.
    """

    number: int
    lead: str | None
    cases: list[Case]
    left_out: int


def paper(material: Material) -> Sheet:
    """The notices by their numbers, and what is overdue without a lead at the end."""
    now = material.now
    found = _notices(now)
    answer_by = answer_day(now.as_of, material.terms.answer_within, now.rules.calendar)
    named = [each for each in found if each.lead is not None]
    rows: list[Row] = [
        {
            "number": _number(now.as_of, each.number),
            "lead": each.lead,
            "indicators": len(each.cases),
            "longest": _longest(each.cases),
            "answer_by": answer_by,
        }
        for each in named
    ]
    cards = [
        Card("notices", _("notices"), len(named)),
        Card("indicators", _("indicators"), sum(len(each.cases) for each in found)),
        Card("without_lead", _("without a lead"), sum(len(e.cases) for e in found if not e.lead)),
    ]
    together = table("overview", _("notices sent"), now, _OVERVIEW, rows)
    tables = [_table(each, material, answer_by) for each in found]
    return sheet_of(material, _("notices"), cards, [together, *tables])


def answer_day(day: date, within: int, calendar: WorkCalendar) -> date:
    """The working day that is so many working days after a day."""
    for _each in range(within):
        day = calendar.next_workday(shifted(day, 1))
    return day


def _notices(now: Survey) -> list[Notice]:
    """One for each lead that has something overdue which fits the filters."""
    fitting = _by_lead(now.cases, now.as_of)
    everybody = [lead for lead in now.overdue if lead is not None]
    everybody.sort(key=lambda lead: (-now.overdue[lead].longest, lead))
    ordered: list[str | None] = [*everybody, None]
    return [
        Notice(
            0 if lead is None else at,
            lead,
            sorted(
                fitting[lead],
                key=lambda case: (-(case.assessment.days_late or 0), case.assessment.id),
            ),
            now.overdue[lead].indicators - len(fitting[lead]),
        )
        for at, lead in enumerate(ordered, start=1)
        if lead in fitting
    ]


def _by_lead(cases: Iterable[Case], day: date) -> dict[str | None, list[Case]]:
    found: dict[str | None, list[Case]] = {}
    for case in cases:
        if case.assessment.state == "active" and is_overdue(case.assessment, day):
            found.setdefault(case.assessment.lead, []).append(case)
    return found


def _longest(cases: Iterable[Case]) -> int:
    return max(case.assessment.days_late or 0 for case in cases)


def _number(day: date, number: int) -> str:
    return _("Notice {year}-{day}-{number}").format(
        year=day.year, day=f"{day:%m%d}", number=f"{number:02}"
    )


def _table(notice: Notice, material: Material, answer_by: date) -> Table:
    now = material.now
    rows = [{**described(now, case), "row": at} for at, case in enumerate(notice.cases, start=1)]
    title = _("no lead named")
    cards = [Card("indicators", _("indicators"), len(rows))]
    if notice.lead is not None:
        number = _number(now.as_of, notice.number)
        title = _("{number}: {lead}").format(number=number, lead=notice.lead)
        cards = [
            Card("number", _("notice no."), number),
            Card("lead", _("to"), notice.lead),
            Card("day", _("day"), now.as_of),
            *cards,
            Card("asked", _("asked"), _asked(answer_by)),
            Card("contact", _("contact"), material.terms.contact or _("none in the settings")),
        ]
    if notice.left_out:
        sentence = _n(
            "{count} more is overdue here; the filters leave it out",
            "{count} more are overdue here; the filters leave them out",
            notice.left_out,
        ).format(count=notice.left_out)
        cards.append(Card("left_out", _("left out"), sentence))
    if notice.lead is None:
        cards.append(Card("asked", _("asked"), _nameless()))
    if any(case.assessment.workdays_provisional for case in notice.cases):
        cards.append(Card("provisional", _("working days"), _provisional()))
    made = table(f"notice-{notice.number}", title, now, _SHOWN + _HIDDEN, rows, hidden=_HIDDEN)
    facts = [(each.label, each.value) for each in cards]
    return msgspec.structs.replace(made, facts=facts, page=True)


def _asked(answer_by: date) -> str:
    return _(
        "Report by {day} what has been done and when it will be met; where the target or the"
        " deadline cannot be kept, ask for a revision and give the reason."
    ).format(day=answer_by)


def _nameless() -> str:
    return _("no notice without a lead; name one with: tracker edit ID --lead NAME")


def _provisional() -> str:
    return _("counted as Monday to Friday where the holidays of a year are not published yet")
