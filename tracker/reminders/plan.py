"""Plan which digest goes to which address, and forecast what will be sent on later days.

Nothing here sends anything or changes the ledger.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import chain
from typing import NamedTuple, TypeAlias

import msgspec
from msgspec import Struct

from tracker.assessment.assess import assess
from tracker.assessment.case import Case
from tracker.assessment.obligations import ObligationCycles, list_obligation_cycle_ends
from tracker.ledger.view import LedgerView
from tracker.locale.translation import using_language
from tracker.model.addresses import Recipient
from tracker.model.assessment import Assessment
from tracker.model.dates import shift_date
from tracker.model.filters import Filter
from tracker.model.leads import choose_filtered_leads
from tracker.model.records import Receipt
from tracker.reminders.messages import Digest, ReminderLine
from tracker.reminders.receipts import drop_lines_with_receipt
from tracker.reminders.steps import (
    Step,
    StepSettings,
    build_reminder_step_of_report,
    find_reminder_step,
    list_coming_reminder_steps,
)


class PlanAddressBook(Struct, frozen=True, kw_only=True):
    """Addresses of digests.

    Attributes:
        leads: where each lead is reached.
        escalation: where red goes too, for leads without an escalation of their own.
        only: the addresses that everything goes to instead; empty: the leads' own.
        lang: the language of leads that name none.
    """

    leads: Mapping[str, Recipient] = {}
    escalation: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    lang: str = "en"

    def find_addresses(self, leads: Sequence[str], *, red: bool) -> dict[str, str]:
        """Return the addresses for the indicators of these leads, each with its language."""
        if self.only:
            return dict.fromkeys(self.only, self.lang)
        addresses: dict[str, str] = {}
        for lead in leads or (None,):
            for address, lang in self._find_addresses_of(lead, red=red).items():
                # Leads that share an address share the digest, in the language of the first.
                addresses.setdefault(address, lang)
        return addresses

    def _find_addresses_of(self, lead: str | None, *, red: bool) -> dict[str, str]:
        recipient = self.leads.get(lead or "")
        if recipient is None:
            return dict.fromkeys(self.escalation, self.lang) if red else {}
        to = recipient.to + ((recipient.escalation or self.escalation) if red else ())
        return dict.fromkeys(to, recipient.lang or self.lang)

    @property
    def is_empty(self) -> bool:
        """True if there is nobody to send anything to."""
        return not (self.leads or self.escalation or self.only)

    def list_leads_without_address(self, leads: Sequence[str]) -> list[str | None]:
        """Return those of these leads that have no address of their own; None stands for nobody."""
        if self.only:
            return []
        return [lead for lead in leads or (None,) if (lead or "") not in self.leads]


class PlanSettings(Struct, frozen=True, kw_only=True):
    """Settings of a run of reminders.

    Attributes:
        book: the addresses.
        ladder: when to remind.
        only: the rules or steps to remind of; empty: all.
        patience: how long a message may be on its way before it counts as lost.
    """

    book: PlanAddressBook
    step_settings: StepSettings = StepSettings()
    only: tuple[str, ...] = ()
    patience: timedelta = timedelta(minutes=15)

    def includes(self, step: Step) -> bool:
        """Return whether a step is to be reminded of."""
        return not self.only or step.rule in self.only or step.name in self.only


class ReminderPlan(NamedTuple):
    """Digests to be sent on a day.

    Attributes:
        as_of: the day.
        works: whether it is a working day; nothing is sent on others.
        provisional: whether the holidays of its year are not published yet.
        digests: one for each address.
        homeless: the leads without an address, each with the number of its lines; None
            stands for indicators without a lead.
        unaddressed: the lines that reach nobody at all.
        held: the addresses that another run is sending to, or was when it ended too early.
        left_out: how many indicators that fit were not there, because they were entered later.
    """

    as_of: date
    is_workday: bool
    provisional: bool
    digests: list[Digest]
    without_address: dict[str | None, int]
    unaddressed: tuple[ReminderLine, ...]
    held: list[str]
    left_out: int = 0


class Forecast(NamedTuple):
    """Reminder that goes out on a day if nothing is reported until then."""

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


class _DueReminder(NamedTuple):
    """Id of an indicator, the step that it is on, and the ends of cycles that lack a report."""

    id: str
    step: Step
    ends: Sequence[date] = ()


class _AddressedReminders(NamedTuple):
    """Language of an address, and the reminders for it."""

    lang: str
    reminders: list[_DueReminder]


_DatedLine: TypeAlias = tuple[date, str | None, ReminderLine]
"""Day on which a line goes out, its address if it has one, and the line."""


def plan_digests(
    view: LedgerView, where: Filter, settings: PlanSettings, *, lists_unaddressed: bool = False
) -> tuple[ReminderPlan, Iterator[Digest]]:
    """Plan what to send on the day of the view, whether or not it was sent already.

    Args:
        view: the ledger on a day.
        where: which records are asked about.
        settings: to whom and when to remind.
        lists_unaddressed: whether the lines that reach nobody are wanted, not only their number.

    Returns:
        The plan without its digests, and these: each is built when it is asked for, while the
        view is open, so that not all of them have to be held.
    """
    day, book = view.horizon.as_of, settings.book
    by_address: dict[str, _AddressedReminders] = {}
    homeless: dict[str | None, int] = {}
    unaddressed = []
    for case, reminder in _find_due_reminders(view, where, settings):
        leads = _list_planned_leads(case.assessment, where, book)
        for lead in book.list_leads_without_address(leads):
            homeless[lead] = homeless.get(lead, 0) + 1
        addresses = book.find_addresses(leads, red=reminder.step.stage == "red")
        if lists_unaddressed and not addresses:
            unaddressed.append(_build_planned_line(case.assessment, reminder))
        for address, lang in addresses.items():
            addressed = by_address.setdefault(address, _AddressedReminders(lang, []))
            addressed.reminders.append(reminder)
    works = view.rules.calendar.is_workday(day)
    provisional = view.rules.calendar.is_provisional(day)
    plan = ReminderPlan(day, works, provisional, [], homeless, tuple(unaddressed), [])
    digests = (_build_planned_digest(view, *each, plan=plan) for each in by_address.items())
    return plan, digests


def _build_planned_digest(
    view: LedgerView, address: str, addressed: _AddressedReminders, plan: ReminderPlan
) -> Digest:
    """Build the digest for one address out of what it is about."""
    # The reason of a light is a sentence in the language of its reader.
    with using_language(addressed.lang):
        cases = view.cases_by_id({each.id for each in addressed.reminders})
        assessments = {case.indicator.id: case.assessment for case in cases}
        lines = [_build_planned_line(assessments[each.id], each) for each in addressed.reminders]
    return Digest(
        address=address,
        lang=addressed.lang,
        as_of=plan.as_of,
        provisional=plan.provisional,
        lines=tuple(sorted(lines, key=_rank_planned_line)),
    )


def _list_planned_leads(
    assessment: Assessment, where: Filter, book: PlanAddressBook
) -> Sequence[str]:
    """Return the leads that are asked about; a text with addresses of its own is one lead."""
    if assessment.lead is not None and assessment.lead in book.leads:
        return [assessment.lead]
    return choose_filtered_leads(assessment.leads, where.lead)


def yield_unsent_digests(
    digests: Iterable[Digest], receipts: Iterable[Receipt], since: datetime, held: list[str]
) -> Iterator[Digest]:
    """Yield the digests without what was sent, or was claimed since a moment.

    Args:
        digests: what is planned.
        receipts: all that there are.
        since: claims from before it count for nothing.
        held: takes the addresses that lack lines because another run has claimed them.
    """
    by_address: dict[str, list[Receipt]] = {}
    for receipt in receipts:
        by_address.setdefault(receipt.address, []).append(receipt)
    for digest in digests:
        own = by_address.get(digest.address, [])
        sent = [receipt for receipt in own if receipt.sent_at is not None]
        unsent = drop_lines_with_receipt(digest, sent, since)
        unclaimed = drop_lines_with_receipt(digest, own, since)
        if unsent != unclaimed:
            held.append(digest.address)
        if unclaimed.lines:
            yield unclaimed


def forecast_plan(
    view: LedgerView, where: Filter, settings: PlanSettings, pending: ReminderPlan, until: date
) -> list[Forecast]:
    """Forecast what goes out from the day of the view on if nothing is reported.

    Args:
        view: the ledger on a day.
        where: which records are asked about.
        settings: to whom and when to remind.
        pending: what is to be sent on the day of the view, or on the next working day.
        until: the last day on which a step may fall.

    Returns:
        The reminders in the order of days, addresses and indicators.
    """
    dated = chain(
        _plan_pending_lines(view, pending), _plan_coming_lines(view, where, settings, until)
    )
    # Of two steps that would go out together only the newer one is sent.
    newest = {
        (day, address, line.id, line.rule == "unreported"): (day, address, line)
        for day, address, line in dated
    }
    forecasts = [_build_planned_forecast(view, *values) for values in newest.values()]
    return sorted(forecasts, key=lambda each: (each.day, each.address or "", each.id))


def _plan_pending_lines(view: LedgerView, pending: ReminderPlan) -> Iterator[_DatedLine]:
    day = view.rules.calendar.next_workday(view.horizon.as_of)
    yield from ((day, None, line) for line in pending.unaddressed)
    yield from ((day, digest.address, line) for digest in pending.digests for line in digest.lines)


def _plan_coming_lines(
    view: LedgerView, where: Filter, settings: PlanSettings, until: date
) -> Iterator[_DatedLine]:
    day, calendar = view.horizon.as_of, view.rules.calendar
    for case, ends in _list_cases_to_plan(view, where, ObligationCycles(shift_date(until, 1))):
        steps = list(_list_coming_steps(view, case, until, settings.step_settings))
        steps += [
            (case.assessment, s)
            for end in ends
            if (s := build_reminder_step_of_report([end])) and day < s.on <= until
        ]
        for assessment, step in steps:
            if not settings.includes(step):
                continue
            line = _build_planned_line(assessment, _DueReminder(case.indicator.id, step))
            leads = _list_planned_leads(assessment, where, settings.book)
            addresses = settings.book.find_addresses(leads, red=step.stage == "red")
            for address in addresses or [None]:
                yield calendar.next_workday(step.on), address, line


def _list_coming_steps(
    view: LedgerView, case: Case, until: date, settings: StepSettings
) -> Iterator[tuple[Assessment, Step]]:
    """Yield the steps after the day of the view, each with how the indicator stands by then.

    A promise that comes again is assessed for each day, because another cycle may be judged.
    """
    day = view.horizon.as_of
    if case.indicator.recurs is None:
        for step in list_coming_reminder_steps(case.assessment, day, until, settings):
            yield case.assessment, step
        return
    judged = view.add_up(case.indicator)
    silent = msgspec.structs.replace(judged, updates=[u for u in judged.updates if u.on <= day])
    for later in (shift_date(day, days) for days in range(1, (until - day).days + 1)):
        horizon = msgspec.structs.replace(view.horizon, as_of=later)
        state = case.assessment.state
        assessment = assess(case.initiative, silent, state, horizon, view.rules)
        coming = find_reminder_step(assessment, later, settings)
        if coming is not None and coming.on == later:
            yield assessment, coming


def _build_planned_forecast(
    view: LedgerView, day: date, address: str | None, line: ReminderLine
) -> Forecast:
    return Forecast(
        day=day,
        address=address,
        lead=line.lead,
        id=line.id,
        initiative=line.initiative,
        name=line.name,
        step=line.step,
        stage=line.stage,
        deadline=line.deadline,
        provisional=view.rules.calendar.is_provisional(day),
    )


def _find_due_reminders(
    view: LedgerView, where: Filter, settings: PlanSettings
) -> Iterator[tuple[Case, _DueReminder]]:
    day = view.horizon.as_of
    for case, ends in _list_cases_to_plan(view, where, ObligationCycles(day)):
        for step in (
            find_reminder_step(case.assessment, day, settings.step_settings),
            build_reminder_step_of_report(ends),
        ):
            if step is not None and settings.includes(step):
                yield case, _DueReminder(case.indicator.id, step, ends)


def _list_cases_to_plan(
    view: LedgerView, where: Filter, cycles: ObligationCycles
) -> Iterator[tuple[Case, list[date]]]:
    """Yield active cases, each with the last days of the cycles that lack a report."""
    for case in view.cases(where):
        if case.assessment.state == "active":
            yield case, list_obligation_cycle_ends(case, cycles)


def _build_planned_line(assessment: Assessment, reminder: _DueReminder) -> ReminderLine:
    step, ends = reminder.step, reminder.ends
    value = "--done" if assessment.measure == "milestone" else "VALUE"
    return ReminderLine(
        **msgspec.structs.asdict(assessment),
        step=step.name,
        rule=step.rule,
        stage=step.stage,
        on=step.on,
        owed=len(ends),
        first_owed=ends[0] if ends else None,
        command=f"tracker update {assessment.id} {value}",
    )


def _rank_planned_line(line: ReminderLine) -> tuple[bool, date, str]:
    """Return a sort key: longest overdue first, then soonest due, then longest owed."""
    is_owed = line.rule == "unreported"
    day = None if is_owed else line.deadline
    return is_owed, day or line.on, line.id
