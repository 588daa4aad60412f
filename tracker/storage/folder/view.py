"""A loaded ledger as a view: records decoded only as far as a question needs."""

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date, datetime

import msgspec
from msgspec import Struct

from tracker.model.codec import decoder
from tracker.model.commits import TABLE_OF, TABLES, Commit, Kept
from tracker.model.filters import Filter
from tracker.model.records import Document, Indicator, Initiative, Receipt
from tracker.model.vocabulary import Moment
from tracker.storage.base import Named, orphaned
from tracker.storage.folder.files import Loaded
from tracker.storage.folder.snapshot import Rows, ever_due

_ALL = Filter()
_decode_named = decoder(Named)


class _Claimed(Struct):
    """The part of a receipt that tells whether anybody asks for it."""

    claimed_at: Moment


_decode_claimed = decoder(_Claimed)


class Reading:
    """The view over one loaded ledger.

    Args:
        loaded: what was read of it.
        history: reads its commits.
    """

    def __init__(self, loaded: Loaded, history: Callable[[], Iterator[Commit]]) -> None:
        self._tables: Mapping[str, Rows] = {
            name: Rows(name, loaded.data, loaded.commits) for name in TABLES
        }
        self._history = history
        self._owners: dict[str, Initiative] = {}

    def rows(self, name: str) -> Rows:
        """One table."""
        return self._tables[name]

    def _record(self, kind: type[Kept], record_id: str) -> Kept | None:
        line = self.rows(TABLE_OF[kind]).line(record_id)
        return None if line is None else msgspec.json.decode(line, type=kind)

    def documents(self) -> dict[str, Document]:
        """The source documents by id."""
        read = decoder(Document)
        return {each.id: each for each in map(read, self.rows("documents").lines())}

    def initiative(self, record_id: str) -> Initiative | None:
        """The initiative with exactly this id."""
        return self._record(Initiative, record_id)

    def indicator(self, record_id: str) -> Indicator | None:
        """The indicator with exactly this id."""
        return self._record(Indicator, record_id)

    def names(self, part: str = "") -> Iterator[Named]:  # noqa: ARG002  # a superset
        """What the initiatives, then the indicators are called."""
        for name in ("initiatives", "indicators"):
            yield from map(_decode_named, self.rows(name).lines())

    def initiatives(
        self,
        where: Filter,  # noqa: ARG002  # a superset
        besides: Collection[str] = (),  # noqa: ARG002  # a superset
    ) -> Iterator[Initiative]:
        """All initiatives, in the order of entry."""
        yield from map(decoder(Initiative), self.rows("initiatives").lines())

    def children_of(
        self, initiative_ids: Collection[str], besides: Collection[str] = ()
    ) -> list[Initiative]:
        """The initiatives right below these, and those named besides, in the order of entry."""
        return [
            each
            for each in self.initiatives(_ALL)
            if each.parent in initiative_ids or each.id in besides
        ]

    def indicators_of(self, initiative_id: str) -> list[Indicator]:
        """The indicators of one initiative."""
        lines = self.rows("indicators").lines({initiative_id})
        return list(map(decoder(Indicator), lines))

    def candidates(
        self,
        where: Filter,  # noqa: ARG002  # a superset
        due_by: date | None = None,
        as_of: date | None = None,  # noqa: ARG002  # a superset
        owners: Collection[str] | None = None,
        besides: Collection[str] = (),
    ) -> Iterator[tuple[Initiative, Indicator]]:
        """All indicators, or those of these owners, that ever had a deadline up to ``due_by``."""
        read, rows = decoder(Indicator), self.rows("indicators")
        for line in rows.lines(owners):
            if due_by is None or besides or ever_due(line, due_by):
                indicator = read(line)
                yield self._owner(indicator.initiative_id), indicator

    def receipts(self, since: datetime | None = None) -> Iterator[Receipt]:
        """The receipts that were claimed since then, in the order of entry."""
        read = decoder(Receipt)
        for line in self.rows("receipts").lines():
            if since is None or _decode_claimed(line).claimed_at >= since:
                yield read(line)

    def history(self, about: Collection[str] | None = None) -> Iterator[Commit]:  # noqa: ARG002  # a superset
        """All commits, oldest first."""
        return self._history()

    def newest(self) -> Iterator[Commit]:
        """All commits, newest first."""
        return reversed(list(self._history()))

    def edits(self) -> Iterator[Commit]:
        """All commits, oldest first: what a file says of one record is known after all of it."""
        return self._history()

    def _owner(self, initiative_id: str) -> Initiative:
        owner = self._owners.get(initiative_id) or self.initiative(initiative_id)
        if owner is None:
            raise orphaned(initiative_id)
        return self._owners.setdefault(initiative_id, owner)
