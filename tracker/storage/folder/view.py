"""A loaded ledger as a view: records decoded only as far as a question needs."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date, datetime

import msgspec
from msgspec import Struct
from typing_extensions import override

from tracker.model.codec import build_decoder
from tracker.model.commits import TABLE_OF, TABLES, Commit
from tracker.model.filters import Filter
from tracker.model.records import Document, Indicator, Initiative, Receipt
from tracker.model.vocabulary import Moment
from tracker.storage.base import RecordName, StoredT, View, build_any_store_initiative_error
from tracker.storage.folder.snapshot import LazyTable, was_snapshot_line_due

_ALL = Filter()
_decode_named = build_decoder(RecordName)


class _ClaimTime(Struct):
    """The part of a receipt that tells whether it is asked for."""

    claimed_at: Moment


_decode_claim_time = build_decoder(_ClaimTime)


class _Kinship:
    """Which initiatives stand below which, found once for all levels of a tree."""

    def __init__(self, initiatives: list[Initiative]) -> None:
        self.initiatives = initiatives
        self.places: dict[str, int] = {}
        self.children: dict[str | None, list[int]] = defaultdict(list)
        for place, initiative in enumerate(initiatives):
            self.places[initiative.id] = place
            self.children[initiative.parent].append(place)


class FolderView(View):
    """A view over the bytes of a snapshot and the commits after it.

    Args:
        data: a snapshot, or its body alone.
        commits: what was stored after it.
        read_history: reads all commits, oldest first.
        chain: the checksum of the last commit, if there is a chain.
    """

    def __init__(
        self,
        data: bytes,
        commits: list[Commit],
        read_history: Callable[[], Iterator[Commit]],
        chain: str = "",
    ) -> None:
        self.newest, self.is_chained = chain, bool(chain)
        self._tables: Mapping[str, LazyTable] = {
            name: LazyTable(name, data, commits) for name in TABLES
        }
        self._read_history = read_history
        self._owners: dict[str, Initiative] = {}
        self._kinship: _Kinship | None = None

    def table(self, name: str) -> LazyTable:
        """Return one table."""
        return self._tables[name]

    @override
    def documents(self) -> dict[str, Document]:
        documents = map(build_decoder(Document), self.table("documents").lines())
        return {document.id: document for document in documents}

    @override
    def record(self, kind: type[StoredT], record_id: str) -> StoredT | None:
        line = self.table(TABLE_OF[kind]).line(record_id)  # type: ignore[index]  # kinds are invariant
        return None if line is None else msgspec.json.decode(line, type=kind)

    @override
    def names(self, part: str = "") -> Iterator[RecordName]:
        # Ids and names alone are decoded from every line quicker than any line is narrowed.
        for name in ("initiatives", "indicators"):
            yield from map(_decode_named, self.table(name).lines())

    @override
    def initiatives(self, where: Filter, besides: Collection[str] = ()) -> Iterator[Initiative]:
        yield from map(build_decoder(Initiative), self.table("initiatives").lines())

    @override
    def children_of(
        self, initiative_ids: Collection[str], besides: Collection[str] = ()
    ) -> list[Initiative]:
        kinship = self._kinship or _Kinship([*self.initiatives(_ALL)])
        self._kinship = kinship
        places = {place for parent in initiative_ids for place in kinship.children[parent]}
        places |= {kinship.places[key] for key in besides if key in kinship.places}
        return [kinship.initiatives[place] for place in sorted(places)]

    @override
    def indicators_of(self, initiative_id: str) -> list[Indicator]:
        return list(map(build_decoder(Indicator), self.table("indicators").lines({initiative_id})))

    @override
    def linked_indicators(self, field: str, ids: Collection[str]) -> Iterator[Indicator]:
        # Few lines name the field at all: the others need not be decoded.
        key = f'"{field}":'.encode()
        lines = (line for line in self.table("indicators").lines() if key in line)
        for indicator in map(build_decoder(Indicator), lines):
            if getattr(indicator, field) in ids:
                yield indicator

    @override
    def candidates(
        self,
        where: Filter,
        due_by: date | None = None,
        as_of: date | None = None,
        owners: Collection[str] | None = None,
        besides: Collection[str] = (),
    ) -> Iterator[tuple[Initiative, Indicator]]:
        decode = build_decoder(Indicator)
        for line in self.table("indicators").lines(owners):
            if due_by is None or besides or was_snapshot_line_due(line, due_by):
                indicator = decode(line)
                yield self._find_owner(indicator.initiative_id), indicator

    @override
    def receipts(self, since: datetime | None = None) -> Iterator[Receipt]:
        decode = build_decoder(Receipt)
        for line in self.table("receipts").lines():
            if since is None or _decode_claim_time(line).claimed_at >= since:
                yield decode(line)

    @override
    def history(self, about: Collection[str] | None = None) -> Iterator[Commit]:
        return self._read_history()

    def _find_owner(self, initiative_id: str) -> Initiative:
        owner = self._owners.get(initiative_id) or self.initiative(initiative_id)
        if owner is None:
            raise build_any_store_initiative_error(initiative_id)
        return self._owners.setdefault(initiative_id, owner)
