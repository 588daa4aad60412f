"""Encode records as JSON and decode them."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from msgspec import Struct

_encoder = msgspec.json.Encoder(decimal_format="number")


def encode(value: object) -> bytes:
    """One line of UTF-8 JSON; Decimals as numbers, defaults of records left out."""
    return _encoder.encode(value)


def decoder(kind: type[Any]) -> Callable[[bytes], Any]:
    """A function that reads one record of this kind from its JSON."""
    return msgspec.json.Decoder(kind).decode


def full(value: Any) -> Any:  # noqa: ANN401  # it maps any structure to plain data
    """The plain data of a record with every field present, null or empty where unset."""
    if isinstance(value, Struct):
        return {name: full(getattr(value, name)) for name in value.__struct_fields__}
    if isinstance(value, Mapping):
        return {key: full(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [full(each) for each in value]
    return value
