"""Encode records as JSON and decode them."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from types import NoneType
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import asdict

NOT_UNDERSTOOD = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
"""What decoding raises where a line is not what it should be."""

_encoder = msgspec.json.Encoder(decimal_format="number")
_SCALARS = frozenset({str, Decimal, date, NoneType, bool, int, datetime})


def encode(value: object) -> bytes:
    """Encode as one line of UTF-8 JSON; Decimals as numbers, defaults of records left out."""
    return _encoder.encode(value)


@cache
def build_decoder(kind: type[Any]) -> Callable[[bytes], Any]:
    """Build the function that decodes one record of this kind from its JSON."""
    return msgspec.json.Decoder(kind).decode


def to_plain_data(value: Any) -> Any:  # noqa: ANN401  # it maps any structure to plain data
    """Return records as dicts with every field present, null or empty where unset."""
    if isinstance(value, Struct):
        value = asdict(value)
    # Most values are scalars: passing them by their type takes a quarter of the time.
    if isinstance(value, dict):
        return {k: v if type(v) in _SCALARS else to_plain_data(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [to_plain_data(item) for item in value]
    return value
