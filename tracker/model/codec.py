"""Encode records as JSON and decode them."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin

import msgspec
from msgspec import Raw, Struct
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


def encode_whole(record: Struct | Raw) -> Raw | Struct:
    """Return the JSON of a record with every field present, in a tenth of the time of plain data.

    What is encoded already is returned as it is, and so is a record that holds a lone surrogate,
    which is no UTF-8.
    """
    if isinstance(record, Raw):
        return record
    try:
        return Raw(
            encode(msgspec.convert(record, build_whole_kind(type(record)), from_attributes=True))
        )
    except UnicodeEncodeError:
        return record


@cache
def build_whole_kind(kind: type[Struct]) -> type[Struct]:
    """Build a kind of record with the same fields, which is encoded with all of them."""
    fields = [_build_whole_field(field) for field in msgspec.structs.fields(kind)]
    return msgspec.defstruct(kind.__name__, fields, kw_only=True, forbid_unknown_fields=True)


def _build_whole_field(field: msgspec.structs.FieldInfo) -> tuple[str, Any, Any]:
    # Neither of the two is set where a field has no default.
    value: Any = msgspec.field(  # type: ignore[call-overload]
        default=field.default, default_factory=field.default_factory
    )
    return field.name, _build_whole_type(field.type), value


def _build_whole_type(kind: Any) -> Any:  # noqa: ANN401  # any annotation
    """Return a type with whole kinds of record in the place of the kinds in it."""
    if isinstance(kind, type) and issubclass(kind, Struct):
        return build_whole_kind(kind)
    origin, parts = get_origin(kind), tuple(map(_build_whole_type, get_args(kind)))
    if origin is list:
        return list[parts]  # type: ignore[valid-type]
    return Union[parts] if origin in {UnionType, Union} else kind  # noqa: UP007  # of a tuple


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
