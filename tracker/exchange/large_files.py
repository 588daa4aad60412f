"""Read a large file of JSON or JSON Lines item by item, so that its data is never held as a whole.

What is wrong with such a file is left to whoever reads it as a whole.
"""

import json
from codecs import BOM_UTF8
from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import Any, overload

import msgspec
from msgspec import UNSET, Raw, Struct

from tracker.model.codec import build_decoder, encode
from tracker.model.records import Item
from tracker.system.overriding import override
from tracker.system.spool import Spool

LARGE = 1_000_000
"""Bytes of a file that is worth the trouble."""

_KEY = b'"items"'


class _Envelope(Struct):
    """The part of a file that is large."""

    items: Raw


def split_large_file(
    data: bytes, decoder: json.JSONDecoder
) -> tuple[dict[str, Any], Iterator[Any]] | None:
    """Return what a file holds, its items empty, and the plain data of each item.

    None: it is no object with items, not large, or something is wrong with it.

    Raises:
        ValueError: something is wrong with an item, or a field stands in one twice.
    """
    if len(data) < LARGE:
        return None
    try:
        items = msgspec.json.decode(data, type=_Envelope).items
        raws = msgspec.json.decode(items, type=list[Raw])
        begin = _find_large_items(data, memoryview(items))
        # Without them it is read as any other: whatever is wrong beside them is found.
        envelope = decoder.decode((data[:begin] + b"[]" + data[begin + len(items) :]).decode())
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None
    return envelope, (decoder.decode(bytes(raw).decode()) for raw in raws)


def _find_large_items(data: bytes, items: memoryview) -> int:
    """Return where the items of a file begin.

    Raises:
        ValueError: nowhere.
    """
    whole, at = memoryview(data), data.find(_KEY)
    while at >= 0:
        begin = data.find(b"[", at)
        if begin >= 0 and whole[begin : begin + len(items)] == items:
            return begin
        at = data.find(_KEY, at + 1)
    raise ValueError


class _Line(Struct):
    """The part of a line by which it is told what it holds."""

    title: Any = UNSET
    paper: Any = UNSET


def split_large_lines(
    data: bytes, decoder: json.JSONDecoder
) -> tuple[dict[str, Any], Iterator[Any]] | None:
    """Return what the lines of a file hold beside items, and the plain data of each item.

    None: it is not large, or something is wrong with it.

    Raises:
        ValueError: something is wrong with an item, or a field stands in one twice.
    """
    if len(data) < LARGE:
        return None
    others: set[int] = set()
    envelope: dict[str, Any] = {"documents": [], "papers": [], "items": []}
    try:
        for number, line in _list_filled_lines(data):
            try:
                known = build_decoder(_Line)(line)
            except msgspec.ValidationError:
                continue
            key = "documents" if known.title is not UNSET else "papers"
            if known.title is not UNSET or known.paper is not UNSET:
                others.add(number)
                envelope[key].append(decoder.decode(line.decode()))
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None
    lines = (line for number, line in _list_filled_lines(data) if number not in others)
    return envelope, (decoder.decode(line.decode()) for line in lines)


def _list_filled_lines(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the lines of a file that are not empty, with their numbers."""
    for number, line in enumerate(BytesIO(data)):
        whole = line.removeprefix(BOM_UTF8) if number == 0 else line
        if whole.strip():
            yield number, whole


class PackedItems(Sequence[Item]):
    """Items that are kept as JSON, out of the way: as records they take much memory.

    Each time they are gone through they are made anew, so that what is done to one stays there.
    """

    def __init__(self) -> None:
        # Of what is packed the number of its piece.
        self._kept: list[int | Item] = []
        self._spool = Spool()

    def append(self, item: Item) -> None:
        """Add an item."""
        try:
            line = encode(item)
        except UnicodeEncodeError:
            # A lone surrogate; the record is refused later, with the name of the field.
            self._kept.append(item)
        else:
            self._kept.append(self._spool.append(line))

    @override
    def __len__(self) -> int:
        return len(self._kept)

    @override
    def __iter__(self) -> Iterator[Item]:
        return map(self._unpack, self._kept)

    @overload
    def __getitem__(self, at: int) -> Item: ...

    @overload
    def __getitem__(self, at: slice) -> Sequence[Item]: ...

    @override
    def __getitem__(self, at: int | slice) -> Item | Sequence[Item]:
        if isinstance(at, slice):
            return [*map(self._unpack, self._kept[at])]
        return self._unpack(self._kept[at])

    def _unpack(self, kept: int | Item) -> Item:
        if isinstance(kept, int):
            item: Item = build_decoder(Item)(self._spool.read(kept))
            return item
        return kept
