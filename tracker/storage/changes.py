"""Changes of a transaction in their order: those of a large one as JSON, out of the way."""

from collections.abc import Iterator, Sequence
from typing import overload

from tracker.model.codec import build_decoder
from tracker.model.commits import Change
from tracker.storage.base import encode_for_any_store
from tracker.system.overriding import override
from tracker.system.spool import Spool


class ChangeList(Sequence[Change]):
    """Changes that are only ever added to.

    Attributes:
        spool: the JSON of all changes with commas between, once they are many; before that None.
    """

    most_unpacked = 2000
    """Changes that are held as they are."""

    def __init__(self) -> None:
        self._kept: list[Change] = []
        self.spool: Spool | None = None

    def append(self, change: Change) -> None:
        """Add a change.

        Raises:
            InvalidInput: it is one of many, and could not be read again.
        """
        if self.spool is not None:
            self._pack(self.spool, encode_for_any_store(change))
            return
        self._kept.append(change)
        if len(self._kept) > self.most_unpacked:
            self.spool = Spool()
            for each in self._kept:
                self._pack(self.spool, encode_for_any_store(each))
            self._kept = []

    def append_line(self, line: bytes) -> None:
        """Add one of many changes as its JSON.

        Raises:
            msgspec.MsgspecError: it is not understood.
        """
        build_decoder(Change)(line)
        self.spool = self.spool or Spool()
        self._pack(self.spool, line)

    def _pack(self, spool: Spool, line: bytes) -> None:
        if len(spool):
            spool.write(b",")
        spool.append(line)

    @override
    def __len__(self) -> int:
        return len(self._kept) if self.spool is None else len(self.spool)

    @override
    def __iter__(self) -> Iterator[Change]:
        return (self[at] for at in range(len(self)))

    @overload
    def __getitem__(self, at: int) -> Change: ...

    @overload
    def __getitem__(self, at: slice) -> Sequence[Change]: ...

    @override
    def __getitem__(self, at: int | slice) -> Change | Sequence[Change]:
        if isinstance(at, slice):
            return [self[number] for number in range(len(self))[at]]
        if self.spool is None:
            return self._kept[at]
        change: Change = build_decoder(Change)(self.spool.read(range(len(self))[at]))
        return change
