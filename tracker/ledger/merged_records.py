"""Hold the records of a merge: those of a large one as JSON, out of the way."""

from collections.abc import Iterator, Mapping, MutableMapping
from typing import Generic, TypeAlias, TypeVar

from tracker.ledger.lookup import LedgerRecord
from tracker.model.codec import build_decoder, encode
from tracker.system.overriding import override
from tracker.system.spool import Spool

MergedKey: TypeAlias = tuple[type[LedgerRecord], str]
"""Kind and id of a record."""

RecordT = TypeVar("RecordT", bound=LedgerRecord)

_NO_NUMBERS = b"NaN", b"Infinity"


class MergedRecords(MutableMapping[MergedKey, LedgerRecord]):
    """Records by kind and id, in the order in which they were set at first.

    What is done to one that was taken out of it stays only if it is set again.
    """

    most_unpacked = 2000
    """Records that are held as they are, before the first that is packed."""

    def __init__(self) -> None:
        # Of what is packed the number of its piece.
        self._kept: dict[MergedKey, LedgerRecord | int] = {}
        self._newest: MergedKey | None = None
        self._spool = Spool()

    @override
    def __getitem__(self, key: MergedKey) -> LedgerRecord:
        kept = self._kept[key]
        if isinstance(kept, int):
            record: LedgerRecord = build_decoder(key[0])(self._spool.read(kept))
            return record
        return kept

    @override
    def __setitem__(self, key: MergedKey, record: LedgerRecord) -> None:
        # The rows of one record mostly follow each other; it is packed once they are over.
        if self._newest is not None and self._newest != key:
            self._pack(self._newest)
        self._kept[key], self._newest = record, key

    def _pack(self, key: MergedKey) -> None:
        """Pack a record that is there and not packed, if they are many."""
        record = self._kept.get(key)
        if record is None or isinstance(record, int) or len(self._kept) <= self.most_unpacked:
            return
        try:
            line = encode(record)
        except UnicodeEncodeError:
            # A lone surrogate; the record is refused later, with the name of the field.
            return
        if not any(word in line for word in _NO_NUMBERS):
            self._kept[key] = self._spool.append(line)

    @override
    def __delitem__(self, key: MergedKey) -> None:
        del self._kept[key]

    @override
    def __contains__(self, key: object) -> bool:
        return key in self._kept

    @override
    def __iter__(self) -> Iterator[MergedKey]:
        return iter(self._kept)

    @override
    def __len__(self) -> int:
        return len(self._kept)


class MergedKind(Mapping[str, RecordT], Generic[RecordT]):
    """Those of some records that are of one kind, by id.

    Args:
        records: the records.
        kind: their kind.
    """

    def __init__(self, records: Mapping[MergedKey, LedgerRecord], kind: type[RecordT]) -> None:
        self._records, self._kind = records, kind

    @override
    def __getitem__(self, record_id: str) -> RecordT:
        return self._records[self._kind, record_id]  # type: ignore[index, return-value]  # its kind

    @override
    def __contains__(self, record_id: object) -> bool:
        return (self._kind, record_id) in self._records

    @override
    def __iter__(self) -> Iterator[str]:
        return (record_id for kind, record_id in self._records if kind is self._kind)

    @override
    def __len__(self) -> int:
        return sum(1 for _id in self)
