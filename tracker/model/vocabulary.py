"""Closed vocabularies: the words that fields of records may hold, in code, columns and JSON."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal, TypeAlias, get_args

from msgspec import Meta

Kind: TypeAlias = Literal[
    "strategy",
    "plan",
    "programme",
    "project",
    "action",
    "platform",
    "campaign",
    "mechanism",
    "policy",
    "brand",
    "initiative",
]
Level: TypeAlias = Literal["national", "province", "city", "district", "township", "village"]
State: TypeAlias = Literal["active", "suspended", "cancelled", "closed"]
Measure: TypeAlias = Literal["number", "milestone"]
Direction: TypeAlias = Literal["up", "down", "hold"]
Op: TypeAlias = Literal[">=", ">", "<=", "<", "=", "range"]
Basis: TypeAlias = Literal["stated", "derived", "assumed"]
Accumulation: TypeAlias = Literal["cumulative", "increment", "level"]
Commitment: TypeAlias = Literal["outcome", "effort", "vision", "projection"]
Status: TypeAlias = Literal["final", "in_progress", "estimate"]
Qualifier: TypeAlias = Literal[">=", "<=", "~"]
Cycle: TypeAlias = Literal["weekly", "monthly", "quarterly", "half-yearly", "yearly"]
Recurrence: TypeAlias = Literal["year", "half", "quarter", "month"]
Light: TypeAlias = Literal["green", "yellow", "red", "none"]
Confidence: TypeAlias = Literal["green", "amber", "red"]
Fulfilment: TypeAlias = Literal["kept", "partly", "broken", "unclear"]
Moment: TypeAlias = Annotated[datetime, Meta(tz=True)]

VOCABULARY: Mapping[str, tuple[str, ...]] = {
    "kind": get_args(Kind),
    "level": get_args(Level),
    "state": get_args(State),
    "measure": get_args(Measure),
    "direction": get_args(Direction),
    "op": get_args(Op),
    "basis": get_args(Basis),
    "accumulation": get_args(Accumulation),
    "commitment": get_args(Commitment),
    "status": get_args(Status),
    "qualifier": get_args(Qualifier),
    "cycle": get_args(Cycle),
    "recurs": get_args(Recurrence),
    "light": get_args(Light),
    "confidence": get_args(Confidence),
    "verdict": get_args(Fulfilment),
}
"""Closed vocabularies, by field name."""
