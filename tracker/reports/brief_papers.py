"""Write the brief as an official paper: counts, what is red now, what changed, who owes reports."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from tracker.assessment.case import Case
from tracker.assessment.promises import is_promise_overdue
from tracker.assessment.rollup import group_for_rollup
from tracker.locale.translation import _, _n, _p
from tracker.model.assessment import Assessment
from tracker.model.periods import Period
from tracker.output.model import Column, Table, Value
from tracker.output.papers import Annex, Paper, PaperKey, Paragraph
from tracker.output.prose import write_day, write_period
from tracker.reports.build import ReportInput, describe_report_working_set
from tracker.reports.matter_lists import join_some_leads, join_some_matters, list_matters
from tracker.reports.sentences import (
    write_case_standing,
    write_head,
    write_items,
    write_points,
)
from tracker.views.wording import word_full_name, word_name

MOST_IN_PROSE, _MOST_NAMES = 5, 5
_COMPARED = ("met", "red", "yellow", "green", "overdue", "unreported")


class BriefContents(NamedTuple):
    """Contents of a brief that is written as a paper.

    Attributes:
        then: the counts on the day that is compared with.
        now: the counts on the day that is looked at.
        urgent: what is red or overdue, the worst first.
        worst: the first of it with its records, at least ``MOST_IN_PROSE``.
        unreported: the indicators of which a report is owed.
        changes: what changed, by the key of its table: rows with their words.
    """

    then: Mapping[str, int]
    now: Mapping[str, int]
    urgent: Sequence[Assessment]
    worst: Sequence[Case]
    unreported: Sequence[Assessment]
    changes: Mapping[str, Table]


def write_brief_paper(report: ReportInput, contents: BriefContents) -> Paper:
    """Write the brief of a period."""
    plan, settings, day = report.plan, report.settings, report.now.as_of
    period = write_period(Period(plan.since or day, day))
    parts = [
        (_("Overview"), list(_write_brief_overview(report, contents))),
        (_("Red or overdue now"), list(_write_brief_urgent(contents, day))),
        (_("Changes in the period"), list(_write_brief_changes(contents))),
        (_("Changed targets and deadlines"), list(_write_brief_revisions(contents))),
        (_("Verdicts"), list(_write_brief_verdicts(contents))),
        (_("Reports that are missing"), list(_write_brief_missing_reports(report, contents))),
    ]
    filled = [(title, texts) for title, texts in parts if texts]
    body = [
        paragraph
        for number, (title, texts) in enumerate(filled, start=1)
        for paragraph in (write_head(number, title), *texts)
    ]
    lead = report.now.only_lead
    return Paper(
        key=PaperKey(kind="brief", lead=lead, since=plan.since, as_of=day, is_issue=True),
        title=_("How the work stood in {period}").format(period=period),
        on=plan.known_by or day,
        issuer=settings.issuer,
        masthead=_("Supervision brief") if settings.issuer else "",
        signer=settings.signer,
        to=lead or "",
        body=[*body, _write_brief_basis(plan.known_by or day)],
        annexes=list(_list_brief_annexes(report, contents)),
        copies=settings.copies,
    )


def _write_brief_overview(report: ReportInput, contents: BriefContents) -> Iterator[Paragraph]:
    then = report.plan.then
    yield Paragraph(text=_write_brief_counts(contents.now, report.now.as_of))
    if then is not None and then.as_of is not None and then.known_on is not None:
        sentence = _("Compared with {day} (by what was known on {known}): {changes}.")
        changes = list(_write_brief_differences(contents))
        yield Paragraph(
            text=sentence.format(
                day=write_day(then.as_of),
                known=write_day(then.known_on),
                changes=_p("clauses", ", ").join(changes) or _("no count has changed"),
            )
        )
    scope = describe_report_working_set(report.now)
    if scope is not None:
        yield Paragraph(text=_("The brief is about: {scope}.").format(scope=scope))


def _write_brief_counts(now: Mapping[str, int], day: date) -> str:
    """Return how much is promised and met, and how what is under way stands."""
    if not now["promises"]:
        sentence = _n(
            "As of {day} the ledger holds {indicators} indicator and no promise.",
            "As of {day} the ledger holds {indicators} indicators and no promise.",
            now["indicators"],
        )
        return sentence.format(day=write_day(day), indicators=now["indicators"])
    sentence = _n(
        "As of {day} the ledger holds {indicators} indicator; promised: {promises}, met: {met}"
        " ({share}).",
        "As of {day} the ledger holds {indicators} indicators; promised: {promises}, met: {met}"
        " ({share}).",
        now["indicators"],
    )
    counts = {key: now[key] for key in ("indicators", "promises", "met")}
    share = _share(now["met"], now["promises"])
    promised = sentence.format(day=write_day(day), share=share, **counts)
    under_way = _write_brief_lights(now)
    return _p("sentences", "{one} {other}").format(one=promised, other=under_way)


def _write_brief_lights(now: Mapping[str, int]) -> str:
    """Return how many promises under way have which light, with the share of each."""
    active = now["active_promises"]
    if not active:
        return _("No promise is under way.")
    lights = {light: now[light] for light in ("green", "yellow", "red")}
    return _(
        "Of the promises under way, {active} in all, green: {green} ({green_share}), yellow:"
        " {yellow} ({yellow_share}), red: {red} ({red_share}), without a light: {unlit};"
        " overdue: {overdue}."
    ).format(
        active=active,
        unlit=active - sum(lights.values()),
        overdue=now["overdue"],
        **lights,
        **{f"{light}_share": _share(count, active) for light, count in lights.items()},
    )


def _write_brief_differences(contents: BriefContents) -> Iterator[str]:
    words = {
        "met": _("met"),
        "red": _("red"),
        "yellow": _("yellow"),
        "green": _("green"),
        "overdue": _("overdue"),
        "unreported": _("unreported"),
    }
    for key in _COMPARED:
        change = contents.now[key] - contents.then[key]
        if change > 0:
            yield _("{count} more {what}").format(count=change, what=words[key])
        elif change < 0:
            yield _("{count} fewer {what}").format(count=-change, what=words[key])


def _share(part: int, whole: int) -> str:
    return f"{write_points((Decimal(100 * part) / whole).quantize(Decimal('0.1')))}%"


def _write_brief_urgent(contents: BriefContents, day: date) -> Iterator[Paragraph]:
    urgent = contents.urgent
    if not urgent:
        yield Paragraph(text=_("Nothing is red or overdue."))
        return
    overdue = [assessment for assessment in urgent if is_promise_overdue(assessment, day)]
    leads = Counter(lead for assessment in urgent for lead in assessment.leads)
    shown = [
        _("{lead} {count}").format(lead=lead, count=count) for lead, count in leads.most_common()
    ]
    text = _n(
        "{count} matter is red, of which {overdue} are overdue.",
        "{count} matters are red, of which {overdue} are overdue.",
        len(urgent),
    ).format(count=len(urgent), overdue=len(overdue))
    if shown:
        named = _("By lead: {leads}.").format(leads=join_some_leads(shown, 2 * _MOST_NAMES))
        text = _p("sentences", "{one} {other}").format(one=text, other=named)
    assumed = sum(assessment.deadline_basis == "assumed" for assessment in overdue)
    if assumed:
        doubt = _n(
            "The deadline of {count} of the overdue ones is assumed from the year of its document.",
            "The deadlines of {count} of the overdue ones are assumed from the year of their"
            " document.",
            assumed,
        ).format(count=assumed)
        text = _p("sentences", "{one} {other}").format(one=text, other=doubt)
    yield Paragraph(text=text)
    if len(urgent) > MOST_IN_PROSE:
        text = _("The first of them are as follows; the annex lists all.")
        if _list_brief_changes_for_annex(contents):
            text = _("The first of them are as follows; annex 1 lists all.")
        yield Paragraph(text=text)
    items = []
    for case in contents.worst[:MOST_IN_PROSE]:
        name = word_name(case.assessment)
        if case.assessment.lead:
            name = _("{name} ({lead})").format(name=name, lead=case.assessment.lead)
        items.append((name, write_case_standing(case)))
    yield from write_items(items)


def _write_brief_changes(contents: BriefContents) -> Iterator[Paragraph]:
    words: Mapping[str, Callable[[int], str]] = {
        "turned": lambda n: _n("{count} turned red or yellow", "{count} turned red or yellow", n),
        "recovered": lambda n: _n("{count} recovered", "{count} recovered", n),
        "met": lambda n: _n("{count} was met", "{count} were met", n),
        "unmet": lambda n: _n("{count} is no longer met", "{count} are no longer met", n),
        "decided": lambda n: _n(
            "{count} was closed, suspended, cancelled or reopened",
            "{count} were closed, suspended, cancelled or reopened",
            n,
        ),
        "new": lambda n: _n("{count} new promise", "{count} new promises", n),
    }
    clauses = []
    for key, word in words.items():
        names = list(_list_brief_names(contents.changes[key]))
        if names:
            what = word(len(names)).format(count=len(names))
            sentence = _p("change", "{what}: {names}")
            clauses.append(sentence.format(what=what, names=join_some_matters(names, _MOST_NAMES)))
    text = _p("clauses", "; ").join(clauses)
    if text:
        yield Paragraph(text=_p("sentence", "{clauses}.").format(clauses=text))


def _write_brief_revisions(contents: BriefContents) -> Iterator[Paragraph]:
    for name, row in _list_brief_rows(contents.changes["revised"]):
        parts = []
        if row["deadline_then"] != row["deadline"]:
            sentence = _("the deadline from {before} to {after}")
            parts.append(
                sentence.format(before=_day(row["deadline_then"]), after=_day(row["deadline"]))
            )
        if row["target_then"] != row["target"]:
            sentence = _("the target from {before} to {after}")
            before, after = row["target_then"], row["target"]
            parts.append(sentence.format(before=_word(before), after=_word(after)))
        if row["reason"]:
            parts.append(_("because: {reason}").format(reason=row["reason"]))
        text = _p("clauses", ", ").join(parts)
        sentence = _p("change", "{what}: {names}")
        whole = sentence.format(what=name, names=text)
        yield Paragraph(text=_p("sentence", "{clauses}.").format(clauses=whole))


def _write_brief_verdicts(contents: BriefContents) -> Iterator[Paragraph]:
    found = [
        _("{name} ({verdict})").format(name=name, verdict=_(str(row["verdict"])))
        for name, row in _list_brief_rows(contents.changes["verdicts"])
    ]
    if found:
        text = _n("{count} was judged: {names}.", "{count} were judged: {names}.", len(found))
        names = join_some_matters(found, _MOST_NAMES)
        yield Paragraph(text=text.format(count=len(found), names=names))
    waiting = list(_list_brief_names(contents.changes["awaiting"]))
    if waiting:
        text = _n(
            "{count} effort past its deadline awaits a verdict: {names}.",
            "{count} efforts past their deadline await a verdict: {names}.",
            len(waiting),
        )
        names = join_some_matters(waiting, _MOST_NAMES)
        yield Paragraph(text=text.format(count=len(waiting), names=names))


def _write_brief_missing_reports(
    report: ReportInput, contents: BriefContents
) -> Iterator[Paragraph]:
    """Say who did not report, and how many reporting periods the longest is behind."""
    owed, unreported = report.now.owed, contents.unreported
    if not unreported:
        yield Paragraph(text=_("All reports that were due are there."))
        return
    by_lead = {
        lead: [owed[assessment.id].owed for assessment in own]
        for lead, own in group_for_rollup(unreported, report.now.list_assessed_leads).items()
    }
    names = [
        _n(
            "{lead} {count} (behind by at most {owed} period)",
            "{lead} {count} (behind by at most {owed} periods)",
            max(periods),
        ).format(lead=lead, count=len(periods), owed=max(periods))
        for lead, periods in sorted(
            by_lead.items(), key=lambda pair: (-len(pair[1]), pair[0] or "")
        )
        if lead is not None
    ]
    text = _n(
        "A report is missing on {count} matter.",
        "Reports are missing on {count} matters.",
        len(unreported),
    ).format(count=len(unreported))
    if names:
        named = _("By lead: {leads}.").format(leads=join_some_leads(names, 2 * _MOST_NAMES))
        text = _p("sentences", "{one} {other}").format(one=text, other=named)
    unnamed = len(by_lead.get(None, ()))
    if unnamed:
        more = _n("{count} has no lead.", "{count} have no lead.", unnamed).format(count=unnamed)
        text = _p("sentences", "{one} {other}").format(one=text, other=more)
    yield Paragraph(text=text)


def _write_brief_basis(known_on: date) -> Paragraph:
    """Say by when all was reported that the figures count."""
    text = _("All figures are those that had been reported by {day}.")
    return Paragraph(text=text.format(day=write_day(known_on)))


def _list_brief_annexes(report: ReportInput, contents: BriefContents) -> Iterator[Annex]:
    day = report.now.as_of
    if len(contents.urgent) > MOST_IN_PROSE:
        listed = list_matters(contents.urgent, day, leads=True)
        yield Annex(title=_("What is red or overdue"), content=listed)
    changed = _list_brief_changes_for_annex(contents)
    if changed:
        rows: list[tuple[Value, ...]] = []
        for key in changed:
            table = contents.changes[key]
            rows += [
                (len(rows) + at, table.title, name, _word(row["lead"]))
                for at, (name, row) in enumerate(_list_brief_rows(table), start=1)
            ]
        columns = (
            Column("row", _("No."), "days"),
            Column("change", _("Change")),
            Column("matter", _("Matter")),
            Column("lead", _("lead")),
        )
        listed = Table(title="", as_of=day, columns=columns, rows=rows)
        yield Annex(title=_("What changed"), content=listed)


def _list_brief_changes_for_annex(contents: BriefContents) -> list[str]:
    """Return the keys of the changes that are too many for a sentence."""
    keys = ("turned", "recovered", "met", "unmet", "decided", "new")
    return [key for key in keys if len(contents.changes[key].rows) > _MOST_NAMES]


def _list_brief_names(table: Table) -> Iterator[str]:
    for name, _row in _list_brief_rows(table):
        yield name


def _list_brief_rows(table: Table) -> Iterator[tuple[str, Mapping[str, Value]]]:
    """Yield the rows of a table by the keys of their columns, each behind its matter's name."""
    keys = [column.key for column in table.columns]
    for values in table.rows:
        row = dict(zip(keys, values, strict=True))
        yield word_full_name(_word(row["initiative"]), _word(row["name"])), row


def _word(value: Value) -> str:
    from tracker.output.cells import format_cell

    return format_cell(value)


def _day(value: Value) -> str:
    return write_day(value) if isinstance(value, date) else _word(value) or _p("day", "none")
