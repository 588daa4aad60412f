"""Tables of forecasts and receipts."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING

from tracker.locale.translation import _, _p
from tracker.model.records import Receipt
from tracker.output.model import Column, Table, Value

if TYPE_CHECKING:
    from tracker.reminders.plan import Forecast


def build_receipts_table(stored: Sequence[Receipt], today: date) -> Table:
    """Build the table of receipts, with a row for each line of each message."""
    columns = (
        Column("sent_at", _("sent at")),
        Column("address", _("address")),
        Column("indicator", _("indicator"), "id"),
        Column("step", _("step"), "word"),
        Column("on", _("since"), "day"),
        Column("deadline", _("deadline"), "day"),
        Column("acknowledged_at", _("seen at")),
        Column("acknowledged_by", _("seen by")),
        Column("note", _("note"), brief=False),
        Column("digest", _("digest"), "id", brief=False),
        Column("part", _("part"), "days", brief=False),
        Column("parts", _p("message", "parts"), "days", brief=False),
        Column("as_of", _("as of"), "day", brief=False),
        Column("claimed_at", _("claimed at"), brief=False),
        Column("by", _("by"), brief=False),
    )
    rows = [row for receipt in stored for row in _build_receipt_rows(receipt)]
    return Table(title=_("receipts"), as_of=today, columns=columns, rows=rows)


def _build_receipt_rows(receipt: Receipt) -> Iterator[tuple[Value, ...]]:
    acknowledgements = {each.indicator: each for each in receipt.acknowledged}
    for item in receipt.items:
        acknowledgement = acknowledgements.get(item.indicator)
        yield (
            receipt.sent_at,
            receipt.address,
            item.indicator,
            item.step,
            item.on,
            item.deadline,
            acknowledgement.at if acknowledgement else None,
            acknowledgement.by if acknowledgement else None,
            acknowledgement.note if acknowledgement else None,
            receipt.digest,
            receipt.part,
            receipt.parts,
            receipt.as_of,
            receipt.claimed_at,
            receipt.by,
        )


def build_forecast_table(forecasts: "Sequence[Forecast]", as_of: date) -> Table:
    """Build the table of forecasts; a row without an address reaches nobody."""
    is_any_provisional = any(each.provisional for each in forecasts)
    columns = (
        Column("day", _("day"), "day"),
        Column("address", _("address")),
        Column("lead", _("lead")),
        Column("id", _("id"), "id"),
        Column("initiative", _("initiative"), brief=False),
        Column("name", _("name"), brief=False),
        Column("step", _("step"), "word"),
        Column("stage", _("stage"), "word"),
        Column("deadline", _("deadline"), "day"),
        Column("provisional", _("provisional"), "flag", is_any_provisional),
    )
    return Table(title=_("reminders"), as_of=as_of, columns=columns, rows=list(forecasts))
