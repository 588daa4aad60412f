"""Tables of an official paper: matters with their lead, target, value, deadline and shortfall."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from tracker.locale.translation import _, _p
from tracker.model.assessment import Assessment
from tracker.output.model import Column, Table, Value
from tracker.reports.sentences import write_case_shortfall
from tracker.views.columns import explain_view_column_mark
from tracker.views.wording import word_assessment, word_name


def list_matters(assessments: Iterable[Assessment], day: date, *, leads: bool) -> Table:
    """Build the table of matters of a paper; ``leads``: with who leads each."""
    rows: list[tuple[Value, ...]] = []
    for at, assessment in enumerate(assessments, start=1):
        words = word_assessment(assessment)
        lead: tuple[Value, ...] = (assessment.lead or "",) if leads else ()
        rows.append(
            (
                at,
                word_name(assessment),
                *lead,
                _word_matter_target(assessment, words),
                _word_matter_value(assessment, words),
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


def join_some_matters(names: Sequence[str], most: int) -> str:
    """Join names of matters that were counted before; of many the first ones."""
    listed = _(", ").join(names[:most])
    return listed if len(names) <= most else _("{names} and others").format(names=listed)


def join_some_leads(leads: Sequence[str], most: int) -> str:
    """Join what is said of each lead; of many the first ones, and how many leads there are."""
    listed = _(", ").join(leads[:most])
    if len(leads) <= most:
        return listed
    return _("{leads} and others, {count} offices in all").format(leads=listed, count=len(leads))


def _word_matter_target(assessment: Assessment, words: Mapping[str, Value]) -> Value:
    """Return the target; a milestone is to be done."""
    return _p("target", "done") if assessment.measure == "milestone" else words.get("target")


def _word_matter_value(assessment: Assessment, words: Mapping[str, Value]) -> Value:
    """Return the value, or that there is none."""
    if assessment.last_report is None:
        return _("not reported")
    if assessment.measure == "milestone":
        is_done = assessment.met_on is not None
        return _p("reported", "done") if is_done else _p("reported", "not done")
    return words.get("value")
