"""What leaves the office: reports as sheets of typed tables, made of surveys of the ledger.

One kind of report is one file beside this one with a ``paper(material)`` of its own; it
is found by its name. ``COVERS`` says from which day on it tells what happened, where
nobody says: the first day of the month or the year; None for a report on a single day.
``COMPARES`` says whether it needs to know how things stood before that day, ``RANKS``
whether it needs to know what is overdue at every lead, whatever the filters.
"""

from datetime import date, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

from tracker.errors import InvalidInput, shortened
from tracker.ledger.reader import Questions
from tracker.locale.translation import _
from tracker.model.filters import ALL, Filter
from tracker.model.horizon import When
from tracker.model.periods import Period, span_of
from tracker.output.model import Picture, Sheet, Table, Value
from tracker.reports.dataset import Survey, Surveyed, survey
from tracker.views.charts import line_of, timeline_of


def _kinds() -> tuple[str, ...]:
    found = {path.stem for path in Path(__file__).parent.iterdir() if path.suffix == ".py"}
    return tuple(sorted(found - {"__init__", "build", "columns", "dataset"}))


KINDS: tuple[str, ...] = _kinds()
"""The reports that there are: one name for each file beside this one."""


class Asked(NamedTuple):
    """The days that a person names; None where nothing is said.

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


class Plan(NamedTuple):
    """Which days a report is about.

    Attributes:
        kind: one of ``KINDS``.
        since: the first day of what it tells; None: it is about one day.
        when: the day that it looks at.
        then: the day that it compares with.
        ranks: whether it tells where each lead stands among all.
    """

    kind: str
    since: date | None
    when: When
    then: When | None
    ranks: bool


class Terms(NamedTuple):
    """What a place has settled in its settings.

    Attributes:
        contact: whom to answer, as it is printed.
        answer_within: working days within which a notice is to be answered.
        report_within: days after a cycle within which its report is in time.
        score_met: weight of what was met in time.
        score_on_time: weight of the reports in time.
        score_overdue: points taken off for each overdue indicator.
    """

    contact: str = ""
    answer_within: int = 5
    report_within: int = 10
    score_met: int = 60
    score_on_time: int = 40
    score_overdue: int = 2


class Material(NamedTuple):
    """What a report is made of."""

    plan: Plan
    found: Surveyed
    terms: Terms

    @property
    def now(self) -> Survey:
        """The ledger as of the day that is looked at."""
        return self.found.now


class Card(NamedTuple):
    """One fact at the head of a report: its key in JSON, its label for people, its value."""

    key: str
    label: str
    value: Value


def planned(kind: str, asked: Asked, today: date) -> Plan:
    """The days of a report.

    "Then" is the end of the day before the first one, by what was known at that time; so
    a report repeats the numbers of the one before it. If that one was made some days
    after its last day, ``known_then`` is the day on which it was made.

    Raises:
        InvalidInput: there is no such report, or the days do not fit it or one another.
    """
    module = _module(kind)
    since, as_of = span_of(asked.since, asked.period, asked.as_of, today)
    when = When(as_of=as_of, known_on=asked.known_on)
    if module.COVERS is None and asked.since is not None:
        sentence = _("{kind} is about one day; give --as-of or --period instead of --since.")
        raise InvalidInput(sentence.format(kind=kind))
    if not module.COMPARES and asked.known_then is not None:
        sentence = _("{kind} compares nothing; leave --known-then out.")
        raise InvalidInput(sentence.format(kind=kind))
    if module.COVERS is None:
        return Plan(kind, None, when, None, module.RANKS)
    if since is None:
        since = as_of.replace(day=1) if module.COVERS == "month" else date(as_of.year, 1, 1)
    then = _then(since, asked) if module.COMPARES else None
    return Plan(kind, since, when, then, module.RANKS)


def surveyed(plan: Plan, ledger: Questions, where: Filter = ALL) -> Surveyed:
    """What the ledger says on the days of a report."""
    return survey(ledger, where, plan.when, plan.then, by_lead=plan.ranks)


def paper(plan: Plan, found: Surveyed, terms: Terms) -> Sheet:
    """The report, its tables and the same as data."""
    sheet: Sheet = _module(plan.kind).paper(Material(plan, found, terms))
    return sheet


def sheet_of(
    material: Material, title: str, cards: list[Card], tables: list[Table], **beside: object
) -> Sheet:
    """The sheet of a report: in JSON, an item for each row says which table it is from."""
    plan = material.plan
    facts = _days(plan) + cards
    items: list[dict[str, Any]] = [
        {"table": table.key, **dict(zip((c.key for c in table.columns), row, strict=True))}
        for table in tables
        for row in table.rows
    ]
    days = {
        "report": plan.kind,
        "since": plan.since,
        "known_on": plan.when.known_on,
        "then": None if plan.then is None else plan.then.as_of,
        "then_known_on": None if plan.then is None else plan.then.known_on,
    }
    return Sheet(
        title=title,
        as_of=material.now.as_of,
        facts=[(each.label, each.value) for each in facts if each.value is not None],
        pictures=_drawn(material.now),
        tables=[each for each in tables if each.rows],
        items=items,
        beside=days | {"facts": {each.key: each.value for each in cards}} | beside,
    )


def named_in(plan: Plan, sheet: Sheet) -> list[str] | None:
    """The ids of the indicators that a report names, each once; None where it is of leads."""
    if plan.kind == "scoreboard":
        return None
    return list(dict.fromkeys(each["id"] for each in sheet.items if "id" in each))


def _drawn(survey: Survey) -> list[Picture]:
    """The timeline of what is open: active, with a deadline, not met."""
    spans = [
        line_of(case)
        for case in survey.cases
        if case.assessment.state == "active"
        and case.assessment.met_on is None
        and case.assessment.deadline is not None
    ]
    return [timeline_of(_("open"), spans, survey.horizon)] if spans else []


def _days(plan: Plan) -> list[Card]:
    """The days of a report, in words: whoever reads it has to know what it counts."""
    as_of, known_on = plan.when.as_of, plan.when.known_on
    cards = []
    if plan.since is not None:
        period = _("{first} to {last}").format(first=plan.since, last=as_of)
        cards.append(Card("period", _("period"), period))
    cards += [Card("as_of", _("as of"), as_of), Card("known_on", _("known on"), known_on)]
    if plan.then is not None:
        compared = _("{day}, by what was known on {known}").format(
            day=plan.then.as_of, known=plan.then.known_on
        )
        cards.append(Card("then", _("compared with"), compared))
    return cards


def _then(since: date, asked: Asked) -> When:
    if since == date.min:
        raise InvalidInput(
            _("There is no day before {day}; give a later --since.").format(day=since)
        )
    before = since - timedelta(days=1)
    known = asked.known_then or before
    if asked.known_on is not None and known > asked.known_on:
        if asked.known_then is not None:
            sentence = _("--known-then is {then}; allowed: up to {day}, which is --known-on.")
            raise InvalidInput(sentence.format(then=known, day=asked.known_on))
        known = asked.known_on
    return When(as_of=before, known_on=known)


def _module(kind: str) -> Any:  # noqa: ANN401  # a module with the names above
    if kind not in KINDS:
        sentence = _("There is no report '{found}'; choose one of: {kinds}.")
        raise InvalidInput(sentence.format(found=shortened(kind), kinds=", ".join(KINDS)))
    return import_module(f"tracker.reports.{kind}")
