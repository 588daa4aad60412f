"""Build reports: sheets of typed tables, made of what the ledger says on one or two days.

One kind of report is one module beside this one, with what ``ReportKind`` lists; it is
imported when it is used.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import partial
from importlib import import_module
from operator import itemgetter
from pathlib import Path
from typing import Any, Literal, NamedTuple, Protocol, TypeAlias, cast

from tracker.assessment.case import Case
from tracker.config import LIGHTS
from tracker.errors import InvalidInput, shorten_text
from tracker.ledger.reader import LedgerReader
from tracker.locale.translation import _, _n, join_words
from tracker.model.assessment import Assessment
from tracker.model.dates import find_last_date_of_month, shift_date
from tracker.model.filters import Filter
from tracker.model.horizon import Horizon, When
from tracker.model.periods import Period, resolve_report_period
from tracker.output.model import (
    Histories,
    Picture,
    ReadHistories,
    Sheet,
    Table,
    Value,
    get_plain_value_of_output,
)
from tracker.output.papers import Paper, PaperKey, PapersOnDemand
from tracker.reports.dataset import (
    DatasetOnDay,
    ReportData,
    open_report_data,
    read_report_data,
)
from tracker.views.charts import build_chart_span, build_timeline_chart
from tracker.views.status import build_status_list_title

_MOST_SPANS = 60
"""Lines of time that are drawn, about two pages."""
_SPANS_AT_ONCE = 2 * _MOST_SPANS
"""Indicators of which the first are chosen together."""
_SHARED = frozenset(
    {
        "__init__",
        "brief_papers",
        "build",
        "columns",
        "dataset",
        "matter_lists",
        "notice_papers",
        "scoreboard_papers",
        "sentences",
    }
)
"""Modules of this package that are no kind of report."""


def _list_report_kinds_to_build() -> tuple[str, ...]:
    return tuple(sorted({path.stem for path in Path(__file__).parent.glob("*.py")} - _SHARED))


LEDGER_GROUPS = ("lead", "parent", "light")
"""By what a ledger can be grouped."""

REPORT_KINDS: tuple[str, ...] = _list_report_kinds_to_build()
"""Names of the reports."""


class ReportDays(NamedTuple):
    """Days that a person names; None where nothing is said.

    Attributes:
        since: the first day that is reported on.
        period: the month, quarter or year that is reported on, instead of ``since``.
        as_of: the last day.
        known_on: what became known after this day does not count.
        known_then: the same for the day before the first one.
    """

    since: date | None = None
    period: Period | None = None
    as_of: date | None = None
    known_on: date | None = None
    known_then: date | None = None


class ReportPlan(NamedTuple):
    """Days that a report is about.

    Attributes:
        kind: one of ``KINDS``.
        since: the first day of the period; None: the report is about one day.
        when: the day that it looks at.
        then: the day that it compares with.
        ranks: whether it says where each lead stands among all.
        known_by: the day by which all was known that it counts, for one that compares.
        period: the days that a form asks for.
        everything: whether a form asks for all that is active, and not only for what is owed.
        ledger: the mark of the ledger, for the keys of a form.
        groups_by: what a ledger is grouped by, one of ``LEDGER_GROUPS``; None: nothing.
        derives_known_days: whether nobody has said what was known when.
    """

    kind: str
    since: date | None
    when: When
    then: When | None
    ranks: bool
    known_by: date | None = None
    period: Period | None = None
    everything: bool = False
    ledger: str = ""
    groups_by: str | None = None
    derives_known_days: bool = False


class ReportSettings(NamedTuple):
    """Settings of an office for its reports.

    Attributes:
        contact: whom to answer, as it is printed.
        issuer: who issues papers.
        signer: who approves papers.
        copies: who gets copies of papers.
        answer_within: working days within which a notice is to be answered.
        report_within: days after a cycle within which its report is in time.
        score_met: weight of what was met in time.
        score_on_time: weight of the reports in time.
        score_overdue: points taken off for each overdue indicator.
    """

    contact: str = ""
    issuer: str = ""
    signer: str = ""
    copies: str = ""
    answer_within: int = 5
    report_within: int = 10
    score_met: int = 60
    score_on_time: int = 40
    score_overdue: int = 2


class ReportInput(NamedTuple):
    """Days, data and settings that a report is built from."""

    plan: ReportPlan
    data: ReportData
    settings: ReportSettings

    @property
    def now(self) -> DatasetOnDay:
        """Ledger as of the day that is looked at."""
        return self.data.now


class ReportKind(Protocol):
    """Contents of the module of one kind of report."""

    @property
    def COVERS(self) -> Literal["month", "year"] | None:  # noqa: N802  # a constant of a module
        """Period of the report if a person names none; None: it is about one day."""

    @property
    def COMPARES(self) -> bool:  # noqa: N802  # a constant of a module
        """Whether it needs to know how things stood before its first day."""

    @property
    def RANKS(self) -> bool:  # noqa: N802  # a constant of a module
        """Whether it needs to know what is urged at every lead, whatever the filters."""

    @property
    def ASKS(self) -> bool:  # noqa: N802  # a constant of a module
        """Whether it asks for a period of what is there today, and says nothing of a day."""

    def build_sheet(self, report: ReportInput, /) -> Sheet:
        """Build the tables of the report, and the same as data."""


class Fact(NamedTuple):
    """One fact at the head of a report: its key in JSON, its label for people, its value."""

    key: str
    label: str
    value: Value


def plan_report_build(
    kind: str, days: ReportDays, today: date, *, everything: bool = False
) -> ReportPlan:
    """Find the days of a report.

    "Then" is the day before the first one. Both are known to the same degree: a report that
    is made some days after its last day compares with what was known as many days after
    "then". ``known_then`` is the day on which the earlier report was made, where it was not
    made as late.

    Raises:
        InvalidInput: there is no such report, or the days do not fit it or one another.
    """
    report = _load_report_kind(kind)
    if report.ASKS:
        return _plan_report_form(kind, days, today, everything=everything)
    if everything:
        raise InvalidInput(_("{kind} asks for nothing; leave --all out.").format(kind=kind))
    since, as_of = resolve_report_period(days.since, days.period, days.as_of, today)
    when = When(as_of=as_of, known_on=days.known_on)
    if report.COVERS is None and days.since is not None:
        sentence = _("{kind} is about one day; give --as-of or --period instead of --since.")
        raise InvalidInput(sentence.format(kind=kind))
    if not report.COMPARES and days.known_then is not None:
        sentence = _("{kind} compares nothing; leave --known-then out.")
        raise InvalidInput(sentence.format(kind=kind))
    if report.COVERS is None:
        return ReportPlan(kind, None, when, None, report.RANKS)
    if since is None:
        since = as_of.replace(day=1) if report.COVERS == "month" else date(as_of.year, 1, 1)
    if not report.COMPARES:
        return ReportPlan(kind, since, when, None, report.RANKS)
    then = _plan_report_comparison(since, as_of, days, today)
    known_by = days.known_on or max(today, as_of)
    derives = days.known_on is None and days.known_then is None
    return ReportPlan(kind, since, when, then, report.RANKS, known_by, derives_known_days=derives)


def group_planned_report(plan: ReportPlan, groups_by: str | None) -> ReportPlan:
    """Return the plan of a report in groups.

    Raises:
        InvalidInput: there are no such groups, or the report has none.
    """
    if groups_by is None:
        return plan
    if plan.kind != "ledger":
        raise InvalidInput(_("{kind} has no groups; leave --by out.").format(kind=plan.kind))
    if groups_by not in LEDGER_GROUPS:
        sentence = _('--by is "{found}"; allowed: {allowed}.')
        raise InvalidInput(
            sentence.format(found=shorten_text(groups_by), allowed=", ".join(LEDGER_GROUPS))
        )
    return plan._replace(groups_by=groups_by)


def build_report(
    plan: ReportPlan, ledger: LedgerReader, where: Filter, settings: ReportSettings
) -> Sheet:
    """Read the ledger on the days of a report and build its tables, and the same as data."""
    plan = _complete_report_plan(plan, ledger, where)
    with open_report_data(ledger, where, plan.when, plan.then, by_lead=plan.ranks) as data:
        return _build_numbered_sheet(ReportInput(plan, data, settings))


def build_report_by_lead(
    plan: ReportPlan, ledger: LedgerReader, where: Filter, settings: ReportSettings
) -> Iterator[tuple[str | None, Sheet]]:
    """Yield a report for each lead that it has something about, and last for what nobody leads."""
    report = read_report_input(plan, ledger, where, settings)
    for part in report.now.split_by_lead():
        data = report.data._replace(now=part)
        sheet = _build_numbered_sheet(report._replace(data=data))
        if sheet.tables:
            yield part.only_lead, sheet


def _build_numbered_sheet(report: ReportInput) -> Sheet:
    """Build a report whose papers have the numbers that were taken for them."""
    sheet = _load_report_kind(report.plan.kind).build_sheet(report)
    sheet.papers = PapersOnDemand(partial(_number_papers, sheet.papers, report.data.numbers))
    return sheet


def _number_papers(papers: Sequence[Paper], numbers: Mapping[PaperKey, str]) -> Sequence[Paper]:
    for paper in papers:
        paper.number = numbers.get(paper.key, "")
    return papers


def read_report_input(
    plan: ReportPlan, ledger: LedgerReader, where: Filter, settings: ReportSettings
) -> ReportInput:
    """Read the ledger on the days of a report."""
    plan = _complete_report_plan(plan, ledger, where)
    data = read_report_data(ledger, where, plan.when, plan.then, by_lead=plan.ranks)
    return ReportInput(plan, data, settings)


def _complete_report_plan(plan: ReportPlan, ledger: LedgerReader, where: Filter) -> ReportPlan:
    """Return a plan with what only the ledger can say."""
    if _load_report_kind(plan.kind).ASKS:
        from tracker.ledger.identity import identify_ledger

        with ledger.store.view() as records:
            plan = plan._replace(ledger=identify_ledger(records))
    if plan.then is not None and plan.derives_known_days:
        plan = plan._replace(then=_include_history_of_ledger(plan.then, ledger, where))
    return plan


def _include_history_of_ledger(then: When, ledger: LedgerReader, where: Filter) -> When:
    """Return the day to compare with, as known on the first day of these records or later.

    Whoever begins a ledger enters what had become of its promises until then. Without that, all
    of it would have turned good in the period of the first brief.
    """
    begun, enough = date.max, then.known_on or date.max
    with ledger.store.view() as records:
        for day in records.recorded_days(where):
            begun = min(begun, day)
            if begun <= enough:
                return then
    return then if begun == date.max else When(as_of=then.as_of, known_on=begun)


def describe_report_working_set(now: DatasetOnDay) -> str | None:
    """Say what a report is about; None: it is about everything."""
    chosen = now.working_set
    if chosen is None:
        return None
    parts = [*chosen.tag, *chosen.document]
    if chosen.since is not None:
        parts.append(_("since {day}").format(day=chosen.since))
    sentence = _n(
        "{parts}; {count} other indicator is left out",
        "{parts}; {count} other indicators are left out",
        now.left_out,
    )
    return sentence.format(parts=join_words(parts), count=now.left_out)


def _list_working_set_facts(now: DatasetOnDay) -> Iterator[Fact]:
    """Yield what a report is about, where it is not about everything."""
    described = describe_report_working_set(now)
    if described is not None:
        yield Fact("working_set", _("working set"), described)


class ReportItems:
    """Rows of the tables of a report as data; only a format that writes them has them made."""

    def __init__(self, tables: Sequence[Table]) -> None:
        self._tables = tables

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """Yield each row by the keys of its columns, with the key of its table."""
        for table in self._tables:
            keys = ["table", *(column.key for column in table.columns)]
            for row in table.rows:
                values = map(get_plain_value_of_output, row)
                yield dict(zip(keys, (table.key, *values), strict=True))


def _list_ids_of_report_tables(tables: Iterable[Table]) -> Iterator[Any]:
    """Yield the ids of the indicators in the rows of tables."""
    for table in tables:
        keys = [column.key for column in table.columns]
        if "id" in keys:
            yield from map(itemgetter(keys.index("id")), table.rows)


_TimelineRank: TypeAlias = tuple[int, int, str]
"""What is drawn is ordered by: its light, how far its deadline is, its id."""


class TimelineCases:
    """Indicators that are drawn: those that are active, have a deadline and are not met.

    Of many only those that matter first are kept: red ones, then the nearest deadlines.
    """

    def __init__(self) -> None:
        self._ranked: list[tuple[_TimelineRank, Case]] = []
        self._count = 0
        self._last_of_first: _TimelineRank | None = None

    def add(self, case: Case) -> None:
        """Add an indicator if it can be drawn."""
        assessment = case.assessment
        is_open = assessment.state == "active" and assessment.met_on is None
        if is_open and assessment.deadline is not None:
            self._count += 1
            rank = _rank_for_report_timeline(case)
            if self._last_of_first is not None and rank > self._last_of_first:
                return
            self._ranked.append((rank, case))
            if len(self._ranked) > _SPANS_AT_ONCE:
                self._keep_first()

    def draw(self, horizon: Horizon) -> list[Picture]:
        """Draw them; nothing where there are none."""
        title = build_status_list_title(_("open"), self._count, _MOST_SPANS)
        if self._count > _MOST_SPANS:
            self._keep_first()
        spans = [build_chart_span(case) for _rank, case in self._ranked]
        return [build_timeline_chart(title, spans, horizon)] if spans else []

    def _keep_first(self) -> None:
        self._ranked.sort(key=itemgetter(0))
        del self._ranked[_MOST_SPANS:]
        self._last_of_first, _case = self._ranked[-1]


class ShownCases(NamedTuple):
    """Indicators of a report as pictures and pages show them.

    Attributes:
        assessments: how all of them stand.
        timeline: those in its tables that may be drawn.
        histories: builds the histories of those with some ids.
    """

    assessments: Sequence[Assessment]
    timeline: TimelineCases
    histories: ReadHistories


def show_report_cases(now: DatasetOnDay, ids: Collection[str]) -> ShownCases:
    """Return the indicators of a report that holds them; those with some ids may be drawn."""
    timeline = TimelineCases()
    for case in now.cases:
        if case.indicator.id in ids:
            timeline.add(case)
    assessments = [case.assessment for case in now.cases]
    return ShownCases(assessments, timeline, partial(_build_report_histories, now))


def assemble_sheet(
    report: ReportInput,
    title: str,
    facts: list[Fact],
    tables: list[Table],
    shown: ShownCases | None = None,
    **beside: object,
) -> Sheet:
    """Join the parts of a report; in JSON each item, one a row, names the table it is from.

    Args:
        report: the days and the data.
        title: what stands above it.
        facts: what stands at its head.
        tables: its tables; empty ones are left out.
        shown: its indicators for pictures and pages; None: those that the data hold.
        beside: what stands next to the items in JSON.
    """
    plan = report.plan
    days = {
        "report": plan.kind,
        "since": plan.since,
        "known_on": plan.when.known_on,
        "known_by": plan.known_by or plan.when.known_on,
        "then": None if plan.then is None else plan.then.as_of,
        "then_known_on": None if plan.then is None else plan.then.known_on,
        "left_out": report.now.left_out,
    }
    printed = [*_build_report_day_facts(plan), *_list_working_set_facts(report.now), *facts]
    ids = set(_list_ids_of_report_tables(tables))
    shown = shown or show_report_cases(report.now, ids)
    # What compares counts everything, also what its tables leave out.
    counted = ids if plan.then is None else ()
    return Sheet(
        title=title,
        as_of=report.now.as_of,
        facts=[(fact.label, fact.value) for fact in printed if fact.value is not None],
        pictures=shown.timeline.draw(report.now.horizon),
        tables=[table for table in tables if table.rows],
        items=ReportItems(tables),
        beside=days | {"facts": {fact.key: fact.value for fact in facts}} | beside,
        finding=partial(_find_report_standing, shown.assessments, report.now.as_of, counted),
        histories=shown.histories,
    )


def _build_report_histories(now: DatasetOnDay, ids: Collection[str]) -> Histories:
    """Return the histories of the indicators of a report; only a page asks for them."""
    from tracker.views.histories import build_history

    cases = [case for case in now.cases if case.indicator.id in ids]
    built = (build_history(case, now.documents) for case in cases)
    return Histories({case.indicator.id for case in cases}, built)


def _find_report_standing(
    assessments: Iterable[Assessment], as_of: date, ids: Collection[str]
) -> list[str]:
    """Return the sentences that a page begins with; a report on leads is about all indicators."""
    from tracker.views.findings import describe_finding_of_standing

    counted = [each for each in assessments if not ids or each.id in ids]
    return describe_finding_of_standing(counted, as_of)


def list_indicators_of_built_report(plan: ReportPlan, sheet: Sheet) -> list[str] | None:
    """Return the ids of the indicators in a report, each once; None for a report on leads."""
    if plan.kind == "scoreboard":
        return None
    return list(dict.fromkeys(_list_ids_of_report_tables(sheet.tables)))


def _rank_for_report_timeline(case: Case) -> _TimelineRank:
    """Return a key that sorts by light, red first, then by how near the deadline is."""
    assessment, day = case.assessment, case.horizon.as_of
    distance = abs(((assessment.deadline or day) - day).days)
    return LIGHTS.index(assessment.light), distance, assessment.id


def _build_report_day_facts(plan: ReportPlan) -> list[Fact]:
    """Put the days of a report into words, so that a reader knows what it counts."""
    as_of, known_on = plan.when.as_of, plan.known_by or plan.when.known_on
    facts = []
    if plan.since is not None:
        last = as_of if plan.period is None else plan.period.last
        period = _("{first} to {last}").format(first=plan.since, last=last)
        facts.append(Fact("period", _("period"), period))
    facts += [Fact("as_of", _("as of"), as_of), Fact("known_on", _("known on"), known_on)]
    if plan.then is not None:
        compared = _("{day}, by what was known on {known}").format(
            day=plan.then.as_of, known=plan.then.known_on
        )
        facts.append(Fact("then", _("compared with"), compared))
    return facts


def _plan_report_form(kind: str, days: ReportDays, today: date, *, everything: bool) -> ReportPlan:
    """Return the plan of a form: it may ask for a period that is still to come."""
    if days.since is not None or days.known_then is not None:
        raise InvalidInput(_("A form asks for a period; give --period."))
    day = days.as_of or today
    period = days.period or Period(day.replace(day=1), find_last_date_of_month(day.year, day.month))
    when = When(as_of=days.as_of, known_on=days.known_on)
    return ReportPlan(
        kind, period.first, when, None, ranks=False, period=period, everything=everything
    )


def _plan_report_comparison(since: date, as_of: date, days: ReportDays, today: date) -> When:
    """Return the day to compare with, known as long after its end as the day that is looked at.

    A report of the last month that is made on the 5th counts what was known by then; the month
    before is looked at as it was known on the 5th too. Otherwise what came in late would look
    like a recovery.
    """
    if since == date.min:
        sentence = _("There is no day before {day}; give a later --since.")
        raise InvalidInput(sentence.format(day=since))
    before = since - timedelta(days=1)
    days_after = max(((days.known_on or today) - as_of).days, 0)
    known = days.known_then or shift_date(before, days_after)
    if days.known_on is not None and known > days.known_on:
        if days.known_then is not None:
            sentence = _("--known-then is {then}; allowed: up to {day}, which is --known-on.")
            raise InvalidInput(sentence.format(then=known, day=days.known_on))
        known = days.known_on
    return When(as_of=before, known_on=known)


def _load_report_kind(kind: str) -> ReportKind:
    if kind not in REPORT_KINDS:
        sentence = _("There is no report '{found}'; choose one of: {kinds}.")
        raise InvalidInput(sentence.format(found=shorten_text(kind), kinds=", ".join(REPORT_KINDS)))
    return cast("ReportKind", import_module(f"tracker.reports.{kind}"))
