"""Tables of an official paper: matters with their lead, target, value, deadline and shortfall."""

from collections.abc import Sequence
from datetime import date

from tracker.assessment.case import Case
from tracker.locale.translation import _
from tracker.output.model import Column, Table, Value
from tracker.reports.sentences import write_case_shortfall, write_matter_name
from tracker.views.columns import explain_view_column_mark
from tracker.views.wording import word_assessment


def list_matters(cases: Sequence[Case], day: date, *, leads: bool) -> Table:
    """Build the table of matters of a paper; ``leads``: with who leads each."""
    rows: list[tuple[Value, ...]] = []
    for at, case in enumerate(cases, start=1):
        assessment, words = case.assessment, word_assessment(case.assessment)
        lead: tuple[Value, ...] = (assessment.lead or "",) if leads else ()
        rows.append(
            (
                at,
                write_matter_name(assessment),
                *lead,
                words.get("target"),
                words.get("value"),
                words.get("deadline", assessment.deadline),
                write_case_shortfall(assessment),
            )
        )
    columns = [Column("row", _("No."), "days"), Column("matter", _("Matter"))]
    columns += [Column("lead", _("lead"))] if leads else []
    columns += [
        Column("target", _("target"), "number"),
        Column("value", _("value"), "number"),
        explain_view_column_mark(
            Column("deadline", _("deadline"), "day"), [row[-2] for row in rows]
        ),
        Column("shortfall", _("Shortfall")),
    ]
    return Table(title="", as_of=day, columns=tuple(columns), rows=rows)


def join_some(names: Sequence[str], most: int) -> str:
    """Join names to a list; of many the first ones, and how many there are."""
    if len(names) <= most:
        return _(", ").join(names)
    sentence = _("{names} and others, {count} in all")
    return sentence.format(names=_(", ").join(names[:most]), count=len(names))
