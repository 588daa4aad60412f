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
from tracker.reminders.messages import Digest, ReminderLine
from tracker.storage.base import Transaction

_ReminderKey: TypeAlias = tuple[str, str, str, date, date | None]
"""Address, indicator, step, the day that it fell on, deadline: what is sent once."""

_MARGIN = timedelta(days=1)
"""Time by which the clocks of two machines that share a ledger may differ."""


class ClaimedMessage(NamedTuple):
    """Message for this run to send, and its receipt, not yet confirmed."""

    digest: Digest
    receipt: Receipt


class SendingResult(NamedTuple):
    """Receipts of what a run has sent, and the addresses not reached, each with the reason."""

    sent: list[Receipt]
    failed: list[tuple[str, str]]


def drop_lines_with_receipt(digest: Digest, receipts: Iterable[Receipt], since: datetime) -> Digest:
    """Return the digest without lines that were sent, or were claimed since then."""
    known = {
        key
        for receipt in receipts
        if receipt.address == digest.address
        and (receipt.sent_at is not None or receipt.claimed_at >= since)
        for key in _list_receipt_keys(receipt)
    }
    left = tuple(line for line in digest.lines if _build_receipt_key(digest, line) not in known)
    return msgspec.structs.replace(digest, lines=left)


def claim_digest(
    txn: Transaction, digest: Digest, moment: datetime, patience: timedelta, by: str | None
) -> list[ClaimedMessage]:
    """Claim the lines of a digest that nobody else is sending, divided into messages.

    Claims that are older than ``patience`` belong to a process that ended too early; they
    are replaced.
    """
    recent = list(txn.receipts(moment - patience - _MARGIN))
    unclaimed = drop_lines_with_receipt(digest, recent, moment - patience)
    if not unclaimed.lines:
        return []
    keys = {_build_receipt_key(unclaimed, line) for line in unclaimed.lines}
    for receipt in recent:
        if receipt.sent_at is None and not keys.isdisjoint(_list_receipt_keys(receipt)):
            txn.remove(receipt)
    parts = delivery.divide_digest_for_delivery(messages.with_digest_id(unclaimed))
    claimed = [ClaimedMessage(part, _build_receipt(part, moment, by)) for part in parts]
    for message in claimed:
        txn.create(message.receipt)
    return claimed


def confirm_receipt(txn: Transaction, receipt: Receipt) -> None:
    """Store that a message was sent, even if another run has removed its claim meanwhile."""
    if _has_receipt(txn, receipt):
        txn.replace(receipt)
    else:
        txn.create(receipt)


def release_claims(txn: Transaction, claims: Sequence[Receipt]) -> None:
    """Remove claims, so that the next run sends what they were for."""
    for claim in claims:
        if _has_receipt(txn, claim):
            txn.remove(claim)


def acknowledge_receipts(
    txn: Transaction, ids: Sequence[str], acknowledgement: Acknowledgement
) -> list[Receipt]:
    """Add an acknowledgement to every message about these indicators.

    Returns:
        The receipts that have changed.

    Raises:
        Refused: no message about them went out, or all are acknowledged already.
    """
    sent = [
        (receipt, about)
        for receipt in txn.receipts()
        if receipt.sent_at is not None
        and (about := {item.indicator for item in receipt.items} & set(ids))
    ]
    if not sent:
        raise Refused(_("Nothing was sent about {id}.").format(id=acknowledgement.indicator))
    changed = []
    for receipt, about in sent:
        new = sorted(about - {each.indicator for each in receipt.acknowledged})
        if new:
            more = [msgspec.structs.replace(acknowledgement, indicator=own_id) for own_id in new]
            acknowledged = [*receipt.acknowledged, *more]
            changed.append(msgspec.structs.replace(receipt, acknowledged=acknowledged))
    if not changed:
        sentence = _("All that was sent about {id} is acknowledged already.")
        raise Refused(sentence.format(id=acknowledgement.indicator))
    for receipt in changed:
        txn.replace(receipt)
    return changed


def _list_receipt_keys(receipt: Receipt) -> Iterator[_ReminderKey]:
    for item in receipt.items:
        yield receipt.address, item.indicator, item.step, item.on, item.deadline


def _build_receipt_key(digest: Digest, line: ReminderLine) -> _ReminderKey:
    return digest.address, line.id, line.step, line.on, _find_receipt_deadline(line)


def _find_receipt_deadline(line: ReminderLine) -> date | None:
    """Return the deadline of a step; None for a report, which is owed whatever the deadline."""
    return None if line.rule == "unreported" else line.deadline


def _build_receipt(digest: Digest, moment: datetime, by: str | None) -> Receipt:
    items = [
        Reminder(
            indicator=line.id, step=line.step, on=line.on, deadline=_find_receipt_deadline(line)
        )
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


def _has_receipt(txn: Transaction, receipt: Receipt) -> bool:
    return any(stored.id == receipt.id for stored in txn.receipts(receipt.claimed_at))
