"""Promises to try the rules on: 100 km of pipes within 2026, and their completion."""

from datetime import date
from decimal import Decimal
from typing import Any

from tracker.models import Deadline, Indicator, Initiative, Update

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
