"""Claim, confirm and acknowledge receipts, so that nothing is sent twice."""

import os
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple, TypeAlias

import msgspec

from tracker.errors import Refused
from tracker.locale.translation import _
from tracker.model.records import Acknowledgement, Receipt, Reminder
from tracker.reminders import delivery, messages
from tracker.reminders.messages import Digest, Line
from tracker.storage.base import Transaction

Key: TypeAlias = tuple[str, str, str, date, date | None]
"""Address, indicator, step, the day that it fell on, deadline: what is sent once."""

_MARGIN = timedelta(days=1)
"""How far the clocks of two machines that share a ledger may be apart."""


class Claimed(NamedTuple):
    """A message that is this run's to send, and its receipt, not yet confirmed."""

    digest: Digest
    receipt: Receipt


class Round(NamedTuple):
    """What came of one pass: what was confirmed, and who was not reached and why."""

    sent: list[Receipt]
    failed: list[tuple[str, str]]


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
    parts = delivery.divided(messages.identified(mine))
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
