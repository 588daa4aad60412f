"""Promises to try the rules on: 100 km of pipes within 2026, and their completion."""

import json
from datetime import date
from decimal import Decimal
from typing import Any, TypeAlias

from tracker.exchange.batches import read_batch
from tracker.ledger.ledger import Tracker
from tracker.model.records import Deadline, Indicator, Initiative, Update

START, END = date(2026, 1, 1), date(2026, 12, 31)
PLAN = Initiative(id="pipes", name="供水管网改造", place="济南市", lead="水务局")


def day(text: str) -> date:
    return date.fromisoformat(text)


def up_to(on: str, value: float | str | None = None, **more: Any) -> Update:  # noqa: ANN401
    number = None if value is None else Decimal(str(value))
    fields: dict[str, Any] = {"id": f"{on}-{value}-{len(more)}", "on": day(on), "value": number}
    return Update(**fields | more)


def number(*updates: Update, **more: Any) -> Indicator:  # noqa: ANN401
    fields: dict[str, Any] = {
        "id": "pipes.km",
        "name": "改造长度",
        "unit": "公里",
        "baseline": Decimal(0),
        "target": Decimal(100),
        "start": START,
        "deadline": Deadline(on=END),
        "updates": list(updates),
    }
    return Indicator(**fields | more)


def milestone(*updates: Update, **more: Any) -> Indicator:  # noqa: ANN401
    fields: dict[str, Any] = {
        "id": "pipes.done",
        "name": "竣工",
        "measure": "milestone",
        "start": START,
        "deadline": Deadline(on=END),
        "updates": list(updates),
    }
    return Indicator(**fields | more)


# The same as a file holds it, for ledgers to ask

Plain: TypeAlias = dict[str, Any]
"""A record of a file."""


def document(own_id: str, title: str, published: str) -> Plain:
    return {"id": own_id, "title": title, "published": published}


def of(document: str, locator: str | None = None) -> Plain:
    """Where something is written."""
    return said(document=document, locator=locator)


def said(**fields: Any) -> Plain:  # noqa: ANN401  # of any record
    """The fields that a record has; None is one that it does not have."""
    return {key: value for key, value in fields.items() if value is not None}


def initiative(own_id: str, name: str | None, *indicators: Plain, **more: Any) -> Plain:  # noqa: ANN401
    return said(id=own_id, name=name, indicators=list(indicators), **more)


def figure(own_id: str, name: str, unit: str, *updates: Plain, **more: Any) -> Plain:  # noqa: ANN401
    """A number that is to rise from 0 to 100 within 2026, where nothing else is said."""
    plain: Plain = {"baseline": 0, "target": 100, "start": START, "deadline": {"on": END}}
    return said(id=own_id, name=name, unit=unit, updates=list(updates), **plain | more)


def step(own_id: str, name: str, deadline: str | None, *updates: Plain, **more: Any) -> Plain:  # noqa: ANN401
    """A milestone, from the beginning of 2026 where nothing else is said."""
    plain: Plain = {"measure": "milestone", "start": START}
    if deadline is not None:
        plain["deadline"] = {"on": deadline}
    return said(id=own_id, name=name, updates=list(updates), **plain | more)


def on(day: str | date, value: float | None = None, **more: Any) -> Plain:  # noqa: ANN401
    """An entry of that day: a number, or what else is named."""
    return said(on=day, value=value, **more)


def file_of(*records: Plain) -> bytes:
    """Documents and initiatives as a file to read."""
    documents = [each for each in records if "title" in each]
    items = [each for each in records if "title" not in each]
    whole = {"documents": documents, "items": items}
    return json.dumps(whole, default=date.isoformat).encode()


def enter(tracker: Tracker, *records: Plain) -> Tracker:
    """Take documents and initiatives into a ledger."""
    tracker.make()
    tracker.merge([read_batch(file_of(*records), "json")], "refuse", "import")
    return tracker
