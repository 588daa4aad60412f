"""Hold the records of a merge: the indicators of a large one as JSON, a fifth of their size."""

from collections.abc import Iterator, MutableMapping
from typing import TypeAlias

from tracker.ledger.lookup import LedgerRecord
from tracker.model.codec import build_decoder, encode
from tracker.model.records import Indicator
from tracker.system.overriding import override

MergedKey: TypeAlias = tuple[type[LedgerRecord], str]
"""Kind and id of a record."""

_NO_NUMBERS = b"NaN", b"Infinity"


class MergedRecords(MutableMapping[MergedKey, LedgerRecord]):
    """Records by kind and id, in the order in which they were set at first.

    What is done to one that was taken out of it stays only if it is set again.
    """

    most_unpacked = 2000
    """Records that are held as they are, before the first that is packed."""

    def __init__(self) -> None:
        self._kept: dict[MergedKey, LedgerRecord | bytes] = {}

    @override
    def __getitem__(self, key: MergedKey) -> LedgerRecord:
        kept = self._kept[key]
        if isinstance(kept, bytes):
            record: Indicator = build_decoder(Indicator)(kept)
            return record
        return kept

    @override
    def __setitem__(self, key: MergedKey, record: LedgerRecord) -> None:
        self._kept[key] = record
        if isinstance(record, Indicator) and len(self._kept) > self.most_unpacked:
            try:
                line = encode(record)
            except UnicodeEncodeError:
                # A lone surrogate; the record is refused later, with the name of the field.
                return
            if not any(word in line for word in _NO_NUMBERS):
                self._kept[key] = line

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
