"""The columns of reports: titles, kinds, what each means, and the value of each for a case."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TypeAlias

import msgspec

from tracker.assessment.case import Case
from tracker.assessment.light import is_overdue
from tracker.assessment.rules import Rules
from tracker.locale.translation import _
from tracker.model.quantities import show_number
from tracker.model.records import Source
from tracker.output.model import Column, ColumnKind, Table, Value
from tracker.reports.dataset import Survey
from tracker.views.columns import columns_of, titles_of
from tracker.views.wording import citation, said

Row: TypeAlias = dict[str, Value]
"""The values of one row by the key of their column."""

_KINDS: Mapping[str, ColumnKind] = {
    "id": "id",
    "count": "word",
    "then": "days",
    "now": "days",
    "change": "days",
    "light_then": "light",
    "state_then": "word",
    "target_then": "number",
    "deadline_then": "day",
    "decided_on": "day",
    "support": "list",
    "number": "text",
    "row": "days",
    "indicators": "days",
    "longest": "days",
    "answer_by": "day",
    "rank": "days",
    "met": "days",
    "met_in_time": "days",
    "met_late": "days",
    "overdue": "days",
    "closed_unmet": "days",
    "share_met": "percent",
    "reports": "days",
    "reports_in_time": "days",
    "share_on_time": "percent",
    "score": "number",
}


def described(survey: Survey, case: Case) -> Row:
    """All that a report can say of an indicator, by the key of its column."""
    seen = case.assessment
    latest = survey.latest(case)
    told = None
    if latest is not None:
        what = said(latest, seen.unit)
        status = _(latest.status) if latest.status != "final" else None
        told = _("{day}: {what}").format(
            day=latest.on, what=_("; ").join(filter(None, [what, status, latest.note]))
        )
    source = _source(case)
    return {
        **msgspec.structs.asdict(seen),
        "support": case.initiative.support,
        "latest": told,
        "source": None
        if source is None
        else citation(survey.documents, source.document, source.locator),
    }


def _source(case: Case) -> Source | None:
    if case.indicator.source is not None:
        return case.indicator.source
    return case.initiative.sources[0] if case.initiative.sources else None


def table(
    key: str,
    title: str,
    survey: Survey,
    names: Sequence[str],
    rows: Iterable[Row],
    *,
    hidden: Collection[str] = (),
) -> Table:
    """A table of a report; ``hidden`` columns are for programs only."""
    columns = _columns(names, hidden, survey.rules)
    values: list[tuple[Value, ...]] = [tuple(row[name] for name in names) for row in rows]
    return Table(title=title, as_of=survey.as_of, columns=columns, rows=values, key=key)


def counts(survey: Survey) -> dict[str, int]:
    """How many there are: of active ones by light, of the others by state; all together."""
    seen = [case.assessment for case in survey.cases]
    active = [each for each in seen if each.state == "active"]
    found = {"indicators": len(seen)}
    for light in ("red", "yellow", "green", "none"):
        found[light] = sum(each.light == light for each in active)
    for state in ("suspended", "closed", "cancelled"):
        found[state] = sum(each.state == state for each in seen)
    found["met"] = sum(each.met_on is not None for each in seen)
    found["overdue"] = sum(is_overdue(each, survey.as_of) for each in active)
    found["unreported"] = len(survey.owed)
    return found


def count_titles() -> dict[str, str]:
    """What people read beside a count."""
    return {
        "indicators": _("indicators"),
        "red": _("red"),
        "yellow": _("yellow"),
        "green": _("green"),
        "none": _("none"),
        "suspended": _("suspended"),
        "closed": _("closed"),
        "cancelled": _("cancelled"),
        "met": _("met"),
        "overdue": _("overdue"),
        "unreported": _("unreported"),
    }


def _columns(names: Sequence[str], hidden: Collection[str], rules: Rules) -> tuple[Column, ...]:
    titles, meanings = _titles(), _meanings(rules)
    known = {each.key: each for each in columns_of([n for n in names if n in titles_of()], ())}
    columns = []
    for name in names:
        kind = known[name].kind if name in known else _KINDS.get(name, "text")
        columns.append(
            Column(name, titles[name], kind, brief=name not in hidden, meaning=meanings[name])
        )
    return tuple(columns)


def _titles() -> dict[str, str]:
    return titles_of() | {
        "support": _("support"),
        "latest": _("latest report"),
        "source": _("source"),
        "count": _("count"),
        "then": _("then"),
        "now": _("now"),
        "change": _("difference"),
        "light_then": _("light then"),
        "state_then": _("state then"),
        "target_then": _("target then"),
        "deadline_then": _("deadline then"),
        "decided_on": _("decided on"),
        "reason": _("reason"),
        "number": _("notice no."),
        "row": _("no."),
        "indicators": _("indicators"),
        "longest": _("longest overdue, days"),
        "answer_by": _("answer by"),
        "rank": _("rank"),
        "met": _("met"),
        "met_in_time": _("met in time"),
        "met_late": _("met late"),
        "overdue": _("overdue"),
        "closed_unmet": _("closed unmet"),
        "share_met": _("share met in time"),
        "reports": _("reports owed"),
        "reports_in_time": _("reports in time"),
        "share_on_time": _("share of reports in time"),
        "score": _("score"),
    }


def _meanings(rules: Rules) -> dict[str, str]:
    """How each column is computed, with the numbers of the settings."""
    return (
        _of_records()
        | _of_rules(rules)
        | _of_reports()
        | _of_comparison()
        | _of_notices()
        | _of_scoreboard()
    )


def _of_rules(rules: Rules) -> dict[str, str]:
    light = _(
        "green: met, or a gap of {yellow} or better; yellow: below {yellow}; red: below {red}, or"
        " overdue; a milestone is yellow from {days} days before its deadline; none: something is"
        " missing for a light, or the work is stopped"
    )
    return {
        "done": _(
            "(value − baseline) ÷ (target − baseline), per cent, not capped; a milestone is 0 or"
            " 100; empty without baseline, target or report"
        ),
        "expected": _(
            "the share of the time from start to deadline that has passed, per cent, in a straight"
            " line or through the interim points"
        ),
        "gap": _("done − expected, in percentage points"),
        "light": light.format(
            yellow=show_number(rules.yellow_below),
            red=show_number(rules.red_below),
            days=rules.warn_days,
        ),
        "why": _("the reason for the light"),
        "days_late": _("calendar days from the deadline to the day it was met, or to the day"),
        "workdays_late": _("the same in working days of the Chinese calendar and the settings"),
        "workdays_provisional": _("whether years are counted whose holidays are not published yet"),
    }


def _of_reports() -> dict[str, str]:
    return {
        "value": _("the newest final report; increments since the start added up"),
        "value_bound": _("how the value is known: at least, at most, about; empty: as it is"),
        "value_on": _("the day for which that was reported"),
        "met_on": _("the first day on which a final report met the target"),
        "last_report": _("the day of the newest report, estimates included"),
        "latest": _("the newest report: its day, what it says, its note"),
    }


def _of_records() -> dict[str, str]:
    return {
        "id": _("the id of the indicator in the ledger"),
        "initiative": _("the name of the initiative"),
        "initiative_id": _("the id of the initiative in the ledger"),
        "name": _("what is measured"),
        "measure": _("a number, or a milestone: done or not"),
        "category": _("as entered"),
        "place": _("as entered"),
        "lead": _("the responsible body"),
        "support": _("the supporting bodies"),
        "unit": _("the unit of target and value, as printed"),
        "op": _("how the value has to stand to the target"),
        "target": _("the target in force, after the revisions"),
        "target_high": _("the other end of a target that is a range"),
        "deadline": _("the last day that is in time, after the revisions"),
        "deadline_wording": _("the deadline in the words of the document"),
        "state": _("active, suspended, cancelled or closed, by decision; that of parents included"),
        "source": _("the document and the place in it where the target stands"),
    }


def _of_comparison() -> dict[str, str]:
    return {
        "count": _("what is counted; lights are counted among what is active"),
        "then": _("how many on the day that is compared with, by what was known then"),
        "now": _("how many on the day that is looked at"),
        "change": _("now − then"),
        "light_then": _("the light on the day that is compared with"),
        "state_then": _("the state on the day that is compared with"),
        "target_then": _("the target on the day that is compared with"),
        "deadline_then": _("the deadline on the day that is compared with"),
        "decided_on": _("the day of the newest decision"),
        "reason": _("the reasons given for what was decided since"),
        "cycle": _("how often a report is owed"),
        "owed": _("reporting cycles that have ended since the last report"),
        "first_owed": _("the last day of the first of these cycles"),
    }


def _of_notices() -> dict[str, str]:
    return {
        "number": _(
            "the year and the day of the notice, and its place among all notices of that day:"
            " the lead with the longest overdue comes first"
        ),
        "row": _("the number of the row"),
        "indicators": _("how many indicators"),
        "longest": _("the most days that one of them is overdue"),
        "answer_by": _("so many working days after the notice as the settings allow"),
    }


def _of_scoreboard() -> dict[str, str]:
    return {
        "rank": _("by score, the same for equal scores"),
        "met": _("how many are met"),
        "met_in_time": _("met on or before the deadline"),
        "met_late": _("met after the deadline"),
        "overdue": _("active, past the deadline and not met"),
        "closed_unmet": _("closed, past the deadline and not met"),
        "share_met": _("met in time ÷ (met in time + met late + overdue + closed unmet), per cent"),
        "reports": _("reporting cycles that ended in the period and can be judged by now"),
        "reports_in_time": _("of these, how many have a report that came in time"),
        "share_on_time": _("reports in time ÷ reports owed, per cent"),
        "score": _("by the rule that is printed with the scoreboard"),
    }
