"""Plan, forecast, send and acknowledge the reminders of a ledger."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial

import msgspec

from tracker.ledger.ledger import Tracker
from tracker.ledger.lookup import indicator_ids
from tracker.ledger.reader import Questions
from tracker.model.filters import Filter
from tracker.model.horizon import When
from tracker.model.records import Acknowledgement, Receipt
from tracker.reminders import plan as planning
from tracker.reminders import receipts as receipt_book
from tracker.reminders.delivery import NotDelivered
from tracker.reminders.messages import Digest
from tracker.reminders.plan import Forecast, Plan, Post
from tracker.reminders.receipts import Claimed, Round
from tracker.storage.base import Transaction


def reminders(ledger: Questions, where: Filter, when: When, post: Post) -> Plan:
    """What is to be sent on a day and was not, nor is on its way."""
    with ledger.look(when) as look:
        whole = planning.plan(look, where, post)
        receipts = list(look.records.receipts())
    return planning.left_of(whole, receipts, ledger.now - post.patience)


def forecast(
    ledger: Questions, until: date, where: Filter, when: When, post: Post
) -> list[Forecast]:
    """What goes out from a day on up to another, if nothing is reported until then."""
    pending = reminders(ledger, where, when, post)
    with ledger.look(when) as look:
        return planning.forecast(look, where, post, pending, until)


def receipts(ledger: Questions, words: str | None = None) -> list[Receipt]:
    """What was sent, and what is claimed; the newest first.

    Args:
        ledger: the ledger.
        words: only what is about this initiative or indicator; None: everything.

    Raises:
        NotFound: nothing, or more than one record, is called so.
    """
    with ledger.store.view() as view:
        everything = list(view.receipts())[::-1]
        if words is None:
            return everything
        ids = set(indicator_ids(view, words))
    return [each for each in everything if ids & {item.indicator for item in each.items}]


def remind(
    ledger: Tracker,
    plan: Plan,
    deliver: Callable[[Digest], None],
    clock: Callable[[], datetime],
    patience: timedelta,
) -> Round:
    """Send digests: each is claimed, delivered without holding the ledger, and confirmed.

    What is not delivered is given up for the next run, and does not stop the others.
    Hooks are not told of it: receipts are no change of what the ledger is about.

    Args:
        ledger: where receipts are kept.
        plan: what is to be sent.
        deliver: sends one message, and returns when it is confirmed.
        clock: says what time it is.
        patience: how long a message may be on its way before it counts as lost.
    """
    stamp, done = ledger.stamp("remind"), Round([], [])
    for each in plan.digests:

        def claim(txn: Transaction, digest: Digest = each) -> list[Claimed]:
            return receipt_book.claim(txn, digest, clock(), patience, stamp.by)

        claims = ledger.store.transact(claim, stamp)
        try:
            while claims:
                digest, receipt = claims[0]
                deliver(digest)
                sent = msgspec.structs.replace(receipt, sent_at=clock())
                claims = claims[1:]
                ledger.store.transact(partial(receipt_book.confirm, receipt=sent), stamp)
                done.sent.append(sent)
        except NotDelivered as error:
            done.failed.append((each.address, str(error)))
        finally:
            if claims:
                left = [claimed.receipt for claimed in claims]
                ledger.store.transact(partial(receipt_book.release, receipts=left), stamp)
    return done


def acknowledge(ledger: Tracker, words: str, note: str | None) -> list[Receipt]:
    """Note on what was sent about a record that somebody has seen it.

    Raises:
        NotFound: nothing, or more than one record, is called so.
        Refused: nothing was sent about it, or all of that is acknowledged already.
    """
    stamp = ledger.stamp("ack")

    def work(txn: Transaction) -> list[Receipt]:
        noted = Acknowledgement(indicator=words, at=stamp.at, by=stamp.by, note=note)
        return receipt_book.acknowledge(txn, indicator_ids(txn, words), noted)

    return ledger.change("ack", work)
