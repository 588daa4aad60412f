"""Plan, forecast, send and acknowledge the reminders of a ledger."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from functools import partial

import msgspec

from tracker.ledger.ledger import Tracker
from tracker.ledger.lookup import find_indicator_ids
from tracker.ledger.reader import LedgerReader
from tracker.ledger.view import LedgerView
from tracker.model.filters import Filter
from tracker.model.horizon import When
from tracker.model.records import Acknowledgement, Receipt
from tracker.reminders import plan as planning
from tracker.reminders import receipts as receipt_book
from tracker.reminders.delivery import NotDelivered
from tracker.reminders.messages import Digest
from tracker.reminders.plan import Forecast, PlanSettings, ReminderPlan
from tracker.reminders.receipts import ClaimedMessage, SendingResult
from tracker.storage.base import Transaction


@contextmanager
def rehearse_service_reminders(
    ledger: LedgerReader, where: Filter, when: When, settings: PlanSettings
) -> Iterator[tuple[ReminderPlan, Iterator[Digest]]]:
    """Plan what is to be sent on a day; build each digest when it is asked for.

    The digests are there for as long as the ``with`` block lasts. The addresses that are held
    are known when all of them were asked for.
    """
    with ledger.open_view(when) as view:
        yield _plan_unsent_reminders(ledger, view, where, settings, lists_unaddressed=False)


def plan_service_reminders(
    ledger: LedgerReader,
    where: Filter,
    when: When,
    settings: PlanSettings,
    *,
    lists_unaddressed: bool = False,
) -> ReminderPlan:
    """Plan what is to be sent on a day and was not sent yet, nor is on its way."""
    with ledger.open_view(when) as view:
        plan, digests = _plan_unsent_reminders(
            ledger, view, where, settings, lists_unaddressed=lists_unaddressed
        )
        return plan._replace(digests=list(digests))


def _plan_unsent_reminders(
    ledger: LedgerReader,
    view: LedgerView,
    where: Filter,
    settings: PlanSettings,
    *,
    lists_unaddressed: bool,
) -> tuple[ReminderPlan, Iterator[Digest]]:
    plan, planned = planning.plan_digests(
        view, where, settings, lists_unaddressed=lists_unaddressed
    )
    stored = [each for each in view.records.receipts() if each.paper is None]
    since = ledger.now - settings.patience
    digests = planning.yield_unsent_digests(planned, stored, since, plan.held)
    return plan._replace(left_out=view.count_left_out(where)), digests


def forecast_service_reminders(
    ledger: LedgerReader, until: date, where: Filter, when: When, settings: PlanSettings
) -> list[Forecast]:
    """Forecast what goes out from one day up to another if nothing is reported until then."""
    pending = plan_service_reminders(ledger, where, when, settings, lists_unaddressed=True)
    with ledger.open_view(when) as view:
        return planning.forecast_plan(view, where, settings, pending, until)


def list_service_receipts(ledger: LedgerReader, name: str | None = None) -> list[Receipt]:
    """List what was sent and what is claimed, the newest first.

    Args:
        ledger: the ledger.
        name: only what is about this initiative or indicator; None: everything.

    Raises:
        NotFound: nothing, or more than one record, has that name.
    """
    with ledger.store.view() as view:
        stored = [each for each in view.receipts() if each.paper is None][::-1]
        if name is None:
            return stored
        ids = set(find_indicator_ids(view, name))
    return [each for each in stored if ids & {item.indicator for item in each.items}]


def send_reminders(
    ledger: Tracker,
    plan: ReminderPlan,
    deliver: Callable[[Digest], None],
    clock: Callable[[], datetime],
    patience: timedelta,
) -> SendingResult:
    """Send digests: claim each, deliver it without holding the ledger, and confirm it.

    A claim that is not delivered is released for the next run, and the others go on. Hooks
    are not called: receipts change nothing that the ledger is about.

    Args:
        ledger: where receipts are kept.
        plan: what is to be sent.
        deliver: sends one message, and returns when it is confirmed.
        clock: returns the present moment.
        patience: how long a message may be on its way before it counts as lost.
    """
    stamp, result = ledger.stamp("remind"), SendingResult([], [])
    for digest in plan.digests:

        def claim(txn: Transaction, digest: Digest = digest) -> list[ClaimedMessage]:
            return receipt_book.claim_digest(txn, digest, clock(), patience, stamp.by)

        claimed = ledger.store.transact(claim, stamp)
        try:
            while claimed:
                message = claimed[0]
                deliver(message.digest)
                sent = msgspec.structs.replace(message.receipt, sent_at=clock())
                claimed = claimed[1:]
                ledger.store.transact(partial(receipt_book.confirm_receipt, receipt=sent), stamp)
                result.sent.append(sent)
        except NotDelivered as error:
            result.failed.append((digest.address, str(error)))
        finally:
            if claimed:
                left = [message.receipt for message in claimed]
                ledger.store.transact(partial(receipt_book.release_claims, claims=left), stamp)
    return result


def acknowledge_service_receipts(ledger: Tracker, name: str, note: str | None) -> list[Receipt]:
    """Store that somebody has read what was sent about a record; return the receipts.

    Raises:
        NotFound: nothing, or more than one record, has that name.
        Refused: nothing was sent about it, or all of that is acknowledged already.
    """
    stamp = ledger.stamp("ack")

    def work(txn: Transaction) -> list[Receipt]:
        acknowledgement = Acknowledgement(indicator=name, at=stamp.at, by=stamp.by, note=note)
        return receipt_book.acknowledge_receipts(
            txn, find_indicator_ids(txn, name), acknowledgement
        )

    return ledger.change("ack", work)
