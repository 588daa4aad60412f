"""Who is to be reminded of what: digests for addresses, and what was sent to them already.

Nothing here sends anything or changes a ledger but for its receipts.
"""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple, TypeAlias

import msgspec
from msgspec import Struct

from tracker import ladder, reminders
from tracker.asking import Look, ends_owed
from tracker.dates import shifted
from tracker.directory import Recipient
from tracker.duty import Cycles
from tracker.errors import Refused
from tracker.filters import fits_day
from tracker.ladder import Ladder, Step
from tracker.locale import _, speaking
from tracker.models import (
    Acknowledgement,
    Assessment,
    Filter,
    Indicator,
    Initiative,
    Receipt,
    Reminder,
)
from tracker.reminders import Digest, Line
from tracker.store import Transaction

Key: TypeAlias = tuple[str, str, str, date, date | None]
"""Address, indicator, step, the day that it fell on, deadline: what is sent once."""

_MARGIN = timedelta(days=1)
"""How far the clocks of two machines that share a ledger may be apart."""


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

    initiative: Initiative
    indicator: Indicator
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


class Claimed(NamedTuple):
    """A message that is this run's to send, and its receipt, not yet confirmed."""

    digest: Digest
    receipt: Receipt


class Round(NamedTuple):
    """What came of one pass: what was confirmed, and who was not reached and why."""

    sent: list[Receipt]
    failed: list[tuple[str, str]]


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
        lead = due.initiative.lead
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
    for initiative, indicator, seen, ends in _working(look, where, Cycles(shifted(until, 1))):
        steps = list(ladder.coming(seen, day, until, post.ladder))
        steps += [s for end in ends if (s := ladder.report_step([end])) and day < s.on <= until]
        for step in filter(lambda each: _counts(each, post), steps):
            line = _line(look, Due(initiative, indicator, step, 0, None))
            for address in post.book.of(seen.lead, red=step.stage == "red") or [None]:
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
    for initiative, indicator, seen, ends in _working(look, where, cycles):
        first = ends[0] if ends else None
        steps = ladder.step_on(seen, look.horizon.as_of, post.ladder), ladder.report_step(ends)
        for step in steps:
            if step is not None and _counts(step, post):
                yield Due(initiative, indicator, step, len(ends), first)


def _counts(step: Step, post: Post) -> bool:
    return not post.only or step.rule in post.only or step.name in post.only


def _working(
    look: Look, where: Filter, cycles: Cycles
) -> Iterator[tuple[Initiative, Indicator, Assessment, list[date]]]:
    """What is being worked on, with the last days of the cycles that lack a report."""
    for initiative, indicator in look.records(where):
        seen = look.assess(initiative, indicator)
        if seen.state != "active" or not fits_day(where, seen):
            continue
        yield initiative, indicator, seen, ends_owed(look, initiative, indicator, seen, cycles)


def _line(look: Look, due: Due) -> Line:
    seen = look.assess(due.initiative, due.indicator)
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


def keys_of(receipt: Receipt) -> Iterator[Key]:
    """What a receipt says is sent, or on its way."""
    for each in receipt.items:
        yield receipt.address, each.indicator, each.step, each.on, each.deadline


def _key(digest: Digest, line: Line) -> Key:
    return digest.address, line.id, line.step, line.on, _deadline(line)


def _deadline(line: Line) -> date | None:
    """The deadline that a step belongs to; a report is owed whatever the deadline is."""
    return None if line.rule == "unreported" else line.deadline


def unsent(digest: Digest, receipts: Iterable[Receipt], since: datetime) -> Digest:
    """The digest without what was sent, or was claimed since then and is on its way."""
    known = {
        key
        for each in receipts
        if each.address == digest.address and (each.sent_at is not None or each.claimed_at >= since)
        for key in keys_of(each)
    }
    left = tuple(line for line in digest.lines if _key(digest, line) not in known)
    return msgspec.structs.replace(digest, lines=left)


def claim(
    txn: Transaction, digest: Digest, moment: datetime, patience: timedelta, by: str | None
) -> list[Claimed]:
    """Claim what of a digest nobody else is sending, in messages that its channel can carry.

    Claims that are older than ``patience`` belong to a process that ended too early.
    """
    recent = list(txn.receipts(moment - patience - _MARGIN))
    mine = unsent(digest, recent, moment - patience)
    if not mine.lines:
        return []
    keys = {_key(mine, line) for line in mine.lines}
    for each in recent:
        if each.sent_at is None and not keys.isdisjoint(keys_of(each)):
            txn.remove(each)
    parts = reminders.divided(reminders.identified(mine))
    claimed = [Claimed(part, _receipt(part, moment, by)) for part in parts]
    for message in claimed:
        txn.create(message.receipt)
    return claimed


def _receipt(digest: Digest, moment: datetime, by: str | None) -> Receipt:
    items = [
        Reminder(indicator=line.id, step=line.step, on=line.on, deadline=_deadline(line))
        for line in digest.lines
    ]
    return Receipt(
        id=os.urandom(6).hex(),
        digest=digest.id,
        address=digest.address,
        as_of=digest.as_of,
        part=digest.part,
        parts=digest.parts,
        items=items,
        claimed_at=moment,
        by=by,
    )


def confirm(txn: Transaction, receipt: Receipt) -> None:
    """Store that a message was sent, even if somebody has given its claim up meanwhile."""
    if _is_there(txn, receipt):
        txn.replace(receipt)
    else:
        txn.create(receipt)


def release(txn: Transaction, receipts: Sequence[Receipt]) -> None:
    """Give claims up, so that the next run sends what they were for."""
    for each in receipts:
        if _is_there(txn, each):
            txn.remove(each)


def _is_there(txn: Transaction, receipt: Receipt) -> bool:
    return any(each.id == receipt.id for each in txn.receipts(receipt.claimed_at))


def acknowledge(txn: Transaction, ids: Sequence[str], noted: Acknowledgement) -> list[Receipt]:
    """Note on every message about these indicators that somebody has seen it.

    Raises:
        Refused: no message about them went out, or all are acknowledged already.
    """
    about = [
        each
        for each in txn.receipts()
        if each.sent_at is not None and {item.indicator for item in each.items} & set(ids)
    ]
    if not about:
        raise Refused(_("Nothing was sent about {id}.").format(id=noted.indicator))
    changed = []
    for each in about:
        told = {item.indicator for item in each.items} & set(ids)
        new = sorted(told - {one.indicator for one in each.acknowledged})
        if new:
            more = [msgspec.structs.replace(noted, indicator=one) for one in new]
            grown = msgspec.structs.replace(each, acknowledged=[*each.acknowledged, *more])
            txn.replace(grown)
            changed.append(grown)
    if not changed:
        raise Refused(
            _("All that was sent about {id} is acknowledged already.").format(id=noted.indicator)
        )
    return changed
