"""Who is to be reminded of what: digests for addresses, and what was sent to them already.

Nothing here sends anything or changes a ledger but for its receipts.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from msgspec import Struct

from tracker.assessment.case import Case
from tracker.assessment.obligations import Cycles
from tracker.ledger.view import Look, ends_owed
from tracker.locale.translation import speaking
from tracker.model.addresses import Recipient
from tracker.model.assessment import Assessment
from tracker.model.dates import shifted
from tracker.model.filters import Filter
from tracker.model.records import Receipt
from tracker.reminders.messages import Digest, Line
from tracker.reminders.receipts import unsent
from tracker.reminders.steps import Ladder, Step, coming, report_step, step_on


class Book(Struct, frozen=True, kw_only=True):
    """To whom digests go.

    Attributes:
        leads: where each lead is reached.
        escalation: where red goes too, for leads that name no place of their own.
        only: instead of all these, everything goes to these addresses.
        lang: the language of those who name none.
    """

    leads: Mapping[str, Recipient] = {}
    escalation: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    lang: str = "en"

    def of(self, lead: str | None, *, red: bool) -> dict[str, str]:
        """The addresses for what a lead does, each with its language."""
        if self.only:
            return dict.fromkeys(self.only, self.lang)
        entry = self.leads.get((lead or "").strip())
        if entry is None:
            return dict.fromkeys(self.escalation, self.lang) if red else {}
        to = entry.to + ((entry.escalation or self.escalation) if red else ())
        return dict.fromkeys(to, entry.lang or self.lang)

    @property
    def is_empty(self) -> bool:
        """Whether there is nobody to send anything to."""
        return not (self.leads or self.escalation or self.only)

    def knows(self, lead: str | None) -> bool:
        """Whether a lead has an address of its own."""
        return bool(self.only) or (lead or "").strip() in self.leads


class Post(Struct, frozen=True, kw_only=True):
    """How a place reminds.

    Attributes:
        book: to whom digests go.
        ladder: the numbers of the ladder.
        only: the rules or steps that count; none: all.
        patience: how long a message may be on its way before it counts as lost.
    """

    book: Book
    ladder: Ladder = Ladder()
    only: tuple[str, ...] = ()
    patience: timedelta = timedelta(minutes=15)


class Due(NamedTuple):
    """An indicator that stands on a step."""

    case: Case
    step: Step
    owed: int
    first_owed: date | None


class Plan(NamedTuple):
    """What is to be sent on a day.

    Attributes:
        as_of: the day.
        works: whether people work on it; nothing is sent on another day.
        provisional: whether nobody has said yet which days of its year are worked.
        digests: one for each address.
        homeless: the leads without an address, each with the number of its lines; None
            stands for indicators without a lead.
        nowhere: the lines that reach nobody at all.
        held: the addresses that another run is sending to, or was when it ended too early.
    """

    as_of: date
    works: bool
    provisional: bool
    digests: list[Digest]
    homeless: dict[str | None, int]
    nowhere: tuple[Line, ...] = ()
    held: tuple[str, ...] = ()


class Forecast(NamedTuple):
    """A reminder that goes out on a day, if nothing is reported until then."""

    day: date
    address: str | None
    lead: str | None
    id: str
    initiative: str
    name: str
    step: str
    stage: str
    deadline: date | None
    provisional: bool


def plan(look: Look, where: Filter, post: Post) -> Plan:
    """What is to be sent on the day of the look, whether or not it was sent already."""
    day, book = look.horizon.as_of, post.book
    provisional = is_provisional(look, day)
    wanted: dict[str, tuple[str, list[Due]]] = {}
    homeless: dict[str | None, int] = {}
    nowhere = []
    for due in _due(look, where, post):
        lead = due.case.initiative.lead
        if not book.knows(lead):
            homeless[lead] = homeless.get(lead, 0) + 1
        addresses = book.of(lead, red=due.step.stage == "red")
        if not addresses:
            nowhere.append(_line(look, due))
        for address, lang in addresses.items():
            wanted.setdefault(address, (lang, []))[1].append(due)
    digests = []
    for address, (lang, dues) in wanted.items():
        with speaking(lang):
            lines = tuple(sorted((_line(look, each) for each in dues), key=_urgency))
        digests.append(
            Digest(address=address, lang=lang, as_of=day, provisional=provisional, lines=lines)
        )
    works = look.rules.calendar.is_workday(day)
    return Plan(day, works, provisional, digests, homeless, tuple(nowhere))


def left_of(whole: Plan, receipts: Sequence[Receipt], since: datetime) -> Plan:
    """The plan without what was sent; what was claimed since then is held."""
    sent = [each for each in receipts if each.sent_at is not None]
    digests, held = [], []
    for each in whole.digests:
        missing, free = unsent(each, sent, since), unsent(each, receipts, since)
        digests += [free] if free.lines else []
        held += [each.address] if missing != free else []
    return whole._replace(digests=digests, held=tuple(held))


def forecast(look: Look, where: Filter, post: Post, pending: Plan, until: date) -> list[Forecast]:
    """What goes out from the day of the look on, if nothing is reported.

    Args:
        look: the ledger.
        where: of which records.
        post: how the place reminds.
        pending: what is to be sent on the day of the look, or the next that is worked.
        until: the last day on which a step may fall.
    """
    day, calendar = look.horizon.as_of, look.rules.calendar
    found: dict[tuple[date, str | None, str, bool], Forecast] = {}
    now: list[tuple[str | None, tuple[Line, ...]]] = [(None, pending.nowhere)]
    for address, lines in now + [(each.address, each.lines) for each in pending.digests]:
        for line in lines:
            _foresee(found, look, calendar.next_workday(day), address, line)
    for case, ends in _working(look, where, Cycles(shifted(until, 1))):
        steps = list(coming(case.assessment, day, until, post.ladder))
        steps += [s for end in ends if (s := report_step([end])) and day < s.on <= until]
        for step in filter(lambda each: _counts(each, post), steps):
            line = _line(look, Due(case, step, 0, None))
            for address in post.book.of(case.assessment.lead, red=step.stage == "red") or [None]:
                _foresee(found, look, calendar.next_workday(step.on), address, line)
    return sorted(found.values(), key=lambda each: (each.day, each.address or "", each.id))


def _foresee(
    found: dict[tuple[date, str | None, str, bool], Forecast],
    look: Look,
    day: date,
    address: str | None,
    line: Line,
) -> None:
    """Note what goes out on a day; of two steps that would go out together the newer counts."""
    found[day, address, line.id, line.rule == "unreported"] = Forecast(
        day=day,
        address=address,
        lead=line.lead,
        id=line.id,
        initiative=line.initiative,
        name=line.name,
        step=line.step,
        stage=line.stage,
        deadline=line.deadline,
        provisional=is_provisional(look, day),
    )


def is_provisional(look: Look, day: date) -> bool:
    """Whether nobody has said yet on which days of that year people work."""
    return look.rules.calendar.workdays_late(shifted(day, -1), day)[1]


def _due(look: Look, where: Filter, post: Post) -> Iterator[Due]:
    cycles = Cycles(look.horizon.as_of)
    for case, ends in _working(look, where, cycles):
        first = ends[0] if ends else None
        steps = step_on(case.assessment, look.horizon.as_of, post.ladder), report_step(ends)
        for step in steps:
            if step is not None and _counts(step, post):
                yield Due(case, step, len(ends), first)


def _counts(step: Step, post: Post) -> bool:
    return not post.only or step.rule in post.only or step.name in post.only


def _working(look: Look, where: Filter, cycles: Cycles) -> Iterator[tuple[Case, list[date]]]:
    """What is being worked on, with the last days of the cycles that lack a report."""
    for case in look.cases(where):
        if case.assessment.state == "active":
            yield case, ends_owed(case, cycles)


def _line(look: Look, due: Due) -> Line:
    # Once more, because the reason of the light is in the language of whoever reads it.
    seen = look.assess(due.case.initiative, due.case.indicator)
    value = "--done" if seen.measure == "milestone" else "VALUE"
    own = {
        field: getattr(seen, field)
        for field in Line.__struct_fields__
        if field in Assessment.__struct_fields__
    }
    return Line(
        **own,
        step=due.step.name,
        rule=due.step.rule,
        stage=due.step.stage,
        on=due.step.on,
        owed=due.owed,
        first_owed=due.first_owed,
        command=f"tracker update {seen.id} {value}",
    )


def _urgency(line: Line) -> tuple[int, int, str]:
    """The longest overdue first, then what is due first, then what was owed first."""
    if line.rule == "unreported":
        return 2, line.on.toordinal(), line.id
    if line.days_late is not None:
        return 0, -line.days_late, line.id
    return 1, line.days_left or 0, line.id
