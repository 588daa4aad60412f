"""Build the brief (与上期相比): what changed since the last one, and the counts."""

from bisect import insort
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from operator import attrgetter, itemgetter
from typing import Final, NamedTuple, TypeAlias

from tracker.assessment.case import Case
from tracker.assessment.light import LIT_STATES, is_worse_light
from tracker.assessment.obligations import OwedReports
from tracker.assessment.promises import is_promise
from tracker.locale.translation import _
from tracker.model.assessment import Assessment
from tracker.model.effective import list_entries_in_force
from tracker.model.quantities import ZERO
from tracker.model.records import Decision, Revision
from tracker.model.vocabulary import Light
from tracker.output.model import Sheet, Table, Value
from tracker.output.papers import PapersOnDemand
from tracker.reports.brief_papers import MOST_IN_PROSE, BriefContents, write_brief_paper
from tracker.reports.build import (
    Fact,
    ReportInput,
    ShownCases,
    TimelineCases,
    assemble_sheet,
)
from tracker.reports.columns import (
    PROMISE_KEYS,
    Row,
    build_report_column_table,
    build_report_value_table,
    count_cases_for_report_columns,
)
from tracker.reports.dataset import DatasetOnDay, ReportData
from tracker.views.columns import COLUMNS
from tracker.views.status import is_shown_in_status
from tracker.views.wording import word_assessment

COVERS: Final = "month"
COMPARES = True
RANKS = False
ASKS = False

_URGENT = ("target", "value", "light", "why", "deadline", "days_late")
_STATES = ("suspended", "closed", "cancelled")
_WHO = ("id", "initiative", "name", "lead")
_LIGHTS = ("light_then", "light", "why", "deadline")
_DECIDED = ("state_then", "state", "decided_on", "reason")
_NEW = ("target", "light", "why", "deadline", "notes")
_REPORTED = ("commitment", "value", "value_on")
_VERDICT = ("verdict", "verdict_by", "verdict_on", "verdict_why", "light")
_AWAITING = ("deadline", "last_report")
_MET = ("target", "value", "met_on", "days_late", "share_of_plan")
_UNMET = ("target", "value", "light", "why", "share_of_plan")
_REVISED = ("target_then", "target", "deadline_then", "deadline", "decided_on", "reason")
_OWED = ("cycle", "owed", "first_owed", "last_report")
_OF_DAY = frozenset({"urgent", "awaiting", "unreported"})
"""Tables in which an indicator may be that has not changed between the days."""
_WORDED = frozenset({"target", "value", "done", "deadline"})
"""Columns that ``word_assessment`` gives other words; not every table has one."""

_get_compared_fields = attrgetter(
    *("state", "light", "verdict", "commitment", "met_on", "target", "target_high", "deadline")
)
"""Returns everything of an assessment that a table looks at on both days."""

_Urgency: TypeAlias = tuple[Decimal | int, Decimal, str]
"""What is urgent is ordered by: the days that it is late, its gap, its id."""

_ListEntries: TypeAlias = Callable[[DatasetOnDay, Case], Sequence[Revision] | Sequence[Decision]]
"""Returns the revisions, or the decisions, in force on an indicator as of a day."""


class _Comparison(NamedTuple):
    """One indicator as it stands and as it stood.

    Attributes:
        now: how it stands.
        then: how it stood; None: it was not there.
        owed: the reports that are owed on it.
        lights: the light then and now; none at all unless it is active on both days.
    """

    now: Case
    then: Case | None
    owed: OwedReports | None
    lights: tuple[Light, Light]

    def has_change(self) -> bool:
        """Return whether anything may be different that a table looks at on both days."""
        return self.then is None or (
            _get_compared_fields(self.then.assessment) != _get_compared_fields(self.now.assessment)
        )

    def has_turned(self) -> bool:
        """Return whether the light has become worse, and is red or yellow."""
        then, now = self.lights
        return now in {"red", "yellow"} and is_worse_light(now, then)

    def has_recovered(self) -> bool:
        """Return whether the light has become better, and is known."""
        then, now = self.lights
        return now != "none" and is_worse_light(then, now)

    def is_urgent(self) -> bool:
        """Return whether it is a promise that is red or overdue now."""
        assessment = self.now.assessment
        is_active = assessment.state == "active" and is_promise(assessment)
        return is_active and assessment.light == "red"

    def has_other_light(self) -> bool:
        """Return whether the light has changed in another way."""
        then, now = self.lights
        return then != now and not self.has_turned() and not self.has_recovered()

    def has_other_state(self) -> bool:
        """Return whether a decision has changed the state."""
        return self.then is not None and self.then.assessment.state != self.now.assessment.state

    def has_other_promise(self) -> bool:
        """Return whether the target or the deadline was revised."""
        return self.then is not None and _get_brief_promise(self.then) != _get_brief_promise(
            self.now
        )

    def is_newly_met(self) -> bool:
        """Return whether a promise is met now and was not then."""
        return _is_met_in_brief(self.now) and not _is_met_in_brief(self.then)

    def has_new_verdict(self) -> bool:
        """Return whether a person has found since what became of it, or found otherwise."""
        before = None if self.then is None else self.then.assessment.verdict
        return self.now.assessment.verdict not in {None, before}

    def awaits_verdict(self) -> bool:
        """Return whether it is an effort past its deadline without a verdict."""
        return self.now.assessment.awaiting_verdict_since is not None

    def is_new_promise(self) -> bool:
        """Return whether it is a promise that was not there then."""
        return self.then is None and is_promise(self.now.assessment)

    def is_new_beside_promises(self) -> bool:
        """Return whether it was not there then and is no promise."""
        return self.then is None and not is_promise(self.now.assessment)

    def is_no_longer_met(self) -> bool:
        """Return whether the target was met then and is not now."""
        return _is_met_in_brief(self.then) and not _is_met_in_brief(self.now)


class _Section(NamedTuple):
    """One table of the brief: what belongs in it, and its columns after those of every table."""

    key: str
    title: str
    holds: Callable[[_Comparison], bool]
    columns: Sequence[str]
    hidden: Sequence[str] = ()

    @property
    def names(self) -> Sequence[str]:
        """Names of all columns; the last ones are for programs only."""
        return (*_WHO, *self.columns, *self.hidden, *PROMISE_KEYS)


def build_sheet(report: ReportInput) -> Sheet:
    """List what turned, recovered, was met, decided, revised or added, and who did not report."""
    now, then = report.data.now, report.data.then
    gathered = _GatheredBrief(report.data)
    compared = report.data.compared
    if compared is None:
        before = {case.assessment.id: case for case in then.cases}
        gathered.add((case, before.get(case.indicator.id)) for case in now.cases)
        numbers, earlier = map(count_cases_for_report_columns, (now, then))
        shown = None
    else:
        gathered.add(compared)
        numbers, earlier = compared.count_now(), compared.count_then()
        shown = ShownCases(gathered.assessments, gathered.timeline, compared.histories)
    rows: list[Row] = [
        {
            "count": COLUMNS[key].title,
            "then": earlier[key],
            "now": n,
            "change": n - earlier[key],
        }
        for key, n in numbers.items()
        if key in _STATES or is_shown_in_status(key, max(n, earlier[key]))
    ]
    names = ("count", "then", "now", "change")
    overview = build_report_column_table("counts", _("counts"), now, names, rows)
    changes = gathered.build_tables()
    facts = [Fact(table.key, table.title, len(table.rows)) for table in changes]
    beside = {"then": earlier, "now": numbers}
    sheet = assemble_sheet(report, _("brief"), facts, [overview, *changes], shown, counts=beside)
    contents = BriefContents(
        earlier,
        numbers,
        gathered.list_urgent(),
        gathered.list_worst(),
        gathered.unreported,
        {table.key: table for table in changes},
    )
    sheet.papers = PapersOnDemand(lambda: [write_brief_paper(report, contents)])
    return sheet


class _GatheredBrief:
    """Rows of the tables of a brief, and what else it says, gathered in one way through all.

    No more is kept of an indicator than is printed, however many there are.

    Args:
        data: both days.

    Attributes:
        assessments: how all indicators stand.
        timeline: those in a table that may be drawn.
        unreported: those of which a report is owed.
    """

    def __init__(self, data: ReportData) -> None:
        self._data = data
        self._sections = _list_brief_sections()
        self._sections_of_day = [each for each in self._sections if each.key in _OF_DAY]
        names = {name for each in self._sections for name in each.names}
        assessed = sorted(names.intersection(Assessment.__struct_fields__))
        others = sorted(names.difference(assessed))
        places = {name: at for at, name in enumerate([*assessed, *others])}
        self._get_fields, self._blank = attrgetter(*assessed), [None] * len(others)
        self._places = places
        self._rows: dict[str, list[tuple[Value, ...]]] = {each.key: [] for each in self._sections}
        self._pick = {
            each.key: itemgetter(*map(places.__getitem__, each.names)) for each in self._sections
        }
        self._urgent: list[tuple[_Urgency, Assessment]] = []
        self._worst: list[tuple[_Urgency, Case]] = []
        self.assessments: list[Assessment] = []
        self.unreported: list[Assessment] = []
        self.timeline = TimelineCases()

    def add(self, pairs: Iterable[tuple[Case, Case | None]]) -> None:
        """Add indicators as they stand, each with how it stood; None: it was not there."""
        owed = self._data.now.owed
        for case, before in pairs:
            comparison = _Comparison(
                case, before, owed.get(case.indicator.id), _compare_lights(case, before)
            )
            self.assessments.append(case.assessment)
            if comparison.owed is not None:
                self.unreported.append(case.assessment)
            if self._add_rows(comparison):
                self.timeline.add(case)

    def _add_urgent(self, case: Case) -> None:
        order = _order_urgent_in_brief(case)
        self._urgent.append((order, case.assessment))
        if len(self._worst) < MOST_IN_PROSE or order < self._worst[-1][0]:
            insort(self._worst, (order, case))
            del self._worst[MOST_IN_PROSE:]

    def _add_rows(self, comparison: _Comparison) -> bool:
        """Add the rows of one indicator; return whether there is any."""
        row: list[Value] | None = None
        is_worded = False
        for section in self._sections if comparison.has_change() else self._sections_of_day:
            if section.holds(comparison):
                if section.key == "urgent":
                    self._add_urgent(comparison.now)
                row = row or self._start_row(comparison)
                if not is_worded and not _WORDED.isdisjoint(section.columns):
                    self._fill_row(row, word_assessment(comparison.now.assessment))
                    is_worded = True
                if comparison.then is not None and "decided_on" in section.columns:
                    change = _explain_brief_change(
                        section, comparison.now, comparison.then, self._data
                    )
                    self._fill_row(row, change)
                self._rows[section.key].append(self._pick[section.key](row))
        return row is not None

    def _start_row(self, comparison: _Comparison) -> list[Value]:
        """Return what all tables say of an indicator, in the order of the fields."""
        case, before, owed, _lights = comparison
        row: list[Value] = [*self._get_fields(case.assessment), *self._blank]
        if before is not None:
            then = {"light_then": before.assessment.light, "state_then": before.assessment.state}
            self._fill_row(row, then)
        if owed is not None:
            owing = {"cycle": owed.cycle, "owed": owed.owed, "first_owed": owed.first_owed}
            self._fill_row(row, owing)
        return row

    def _fill_row(self, row: list[Value], values: Mapping[str, Value]) -> None:
        """Put values into the fields of a row; those that no table has are passed over."""
        for key, value in values.items():
            if key in self._places:
                row[self._places[key]] = value

    def list_worst(self) -> list[Case]:
        """List the first of what is red or overdue, with its records."""
        return [case for _order, case in self._worst]

    def list_urgent(self) -> list[Assessment]:
        """List what is red or overdue, the worst first."""
        return [assessment for _order, assessment in sorted(self._urgent, key=itemgetter(0))]

    def build_tables(self) -> list[Table]:
        """Build the tables: that of what is urgent with the worst first, the others as read."""
        urgent = zip(self._urgent, self._rows["urgent"], strict=True)
        self._rows["urgent"] = [row for _order, row in sorted(urgent, key=lambda each: each[0][0])]
        return [
            build_report_value_table(
                section.key,
                section.title,
                self._data.now,
                section.names,
                self._rows[section.key],
                hidden=(*section.hidden, *PROMISE_KEYS),
            )
            for section in self._sections
        ]


def _compare_lights(now: Case, then: Case | None) -> tuple[Light, Light]:
    if then is None or (then.assessment.state, now.assessment.state) != ("active", "active"):
        return "none", "none"
    return then.assessment.light, now.assessment.light


def _order_urgent_in_brief(case: Case) -> _Urgency:
    """Return what is urgent is ordered by: the longest overdue first, then the widest gap."""
    assessment = case.assessment
    return -(assessment.days_late or ZERO), assessment.gap or ZERO, assessment.id


def _list_brief_sections() -> tuple[_Section, ...]:
    """List the tables; each change of a count is explained in one of them."""
    return (
        _Section("urgent", _("red or overdue now"), _Comparison.is_urgent, _URGENT),
        _Section("turned", _("turned red or yellow"), _Comparison.has_turned, _LIGHTS),
        _Section("recovered", _("recovered"), _Comparison.has_recovered, _LIGHTS),
        _Section("other_lights", _("other changes of light"), _Comparison.has_other_light, _LIGHTS),
        _Section(
            "decided",
            _("closed, suspended, cancelled or reopened"),
            _Comparison.has_other_state,
            _DECIDED,
            hidden=("light_then", "light"),
        ),
        _Section(
            "new",
            _("new promises"),
            _Comparison.is_new_promise,
            _NEW,
            hidden=("state", "commitment"),
        ),
        _Section(
            "new_reported",
            _("new, but no promises"),
            _Comparison.is_new_beside_promises,
            _REPORTED,
            hidden=("state",),
        ),
        _Section("met", _("met"), _Comparison.is_newly_met, _MET),
        _Section("unmet", _("no longer met"), _Comparison.is_no_longer_met, _UNMET),
        _Section("verdicts", _("verdicts"), _Comparison.has_new_verdict, _VERDICT),
        _Section("awaiting", _("awaiting verdict"), _Comparison.awaits_verdict, _AWAITING),
        _Section("revised", _("revised"), _Comparison.has_other_promise, _REVISED),
        _Section("unreported", _("unreported"), lambda pair: pair.owed is not None, _OWED),
    )


def _explain_brief_change(section: _Section, case: Case, before: Case, data: ReportData) -> Row:
    """Return what was decided since, and why, by the key of the column."""
    list_entries: _ListEntries = DatasetOnDay.list_decisions
    if section.key == "revised":
        list_entries = _list_brief_revisions
    old = {entry.id for entry in list_entries(data.then, case)}
    since = [entry for entry in list_entries(data.now, case) if entry.id not in old]
    printed = word_assessment(before.assessment)
    return {
        "target_then": printed.get("target", before.assessment.target),
        "deadline_then": printed.get("deadline", before.assessment.deadline),
        "decided_on": max((entry.on for entry in since), default=None),
        "reason": _("; ").join(dict.fromkeys(entry.reason for entry in since if entry.reason)),
    }


def _list_brief_revisions(ledger: DatasetOnDay, case: Case) -> list[Revision]:
    return list_entries_in_force(case.indicator.revisions, ledger.horizon)


def _is_met_in_brief(case: Case | None) -> bool:
    """Return whether it counts as met: a promise, neither suspended nor cancelled."""
    return (
        case is not None
        and case.assessment.met_on is not None
        and is_promise(case.assessment)
        and case.assessment.state in LIT_STATES
    )


def _get_brief_promise(case: Case) -> tuple[Value, ...]:
    return case.assessment.target, case.assessment.target_high, case.assessment.deadline
