"""Keep a ledger as long as its process lives: for tests, trials and the library."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from msgspec.json import Decoder

from tracker.model.commits import Commit, Stamp, build_commit
from tracker.storage.base import Answer, Store, Transaction, View, encode_for_any_store
from tracker.storage.folder.snapshot import EMPTY_BODY
from tracker.storage.folder.view import FolderView, build_history_readers
from tracker.system.overriding import override

if TYPE_CHECKING:
    from tracker.storage.outlooks import KeptOutlooks

_decode_commit = Decoder(Commit).decode


class MemoryStore(Store):
    """A snapshot and a history as the default store has them, in no file and without a lock.

    Attributes:
        kept: what was foreseen of all indicators; None: nothing.
    """

    place = "memory:"

    def __init__(self) -> None:
        self._data = _build_memory_snapshot([EMPTY_BODY])
        # Commits stay lines, as in a journal, so that what is handed out is the caller's own.
        self._lines: list[bytes] = []
        self.kept: KeptOutlooks | None = None

    @override
    def create(self) -> bool:
        # The ledger exists with its store.
        return False

    @override
    @contextmanager
    def view(self) -> Iterator[View]:
        lines = self._lines
        read = build_history_readers(_decode_commit, lines)
        yield FolderView(self._data, [], read, kept=self.kept)

    @override
    def transact(self, work: Callable[[Transaction], Answer], stamp: Stamp) -> Answer:
        # TinyDB is for changing; looking does without it, and starts sooner.
        from tracker.storage.folder.transaction import FolderTransaction

        lines = self._lines
        read = build_history_readers(_decode_commit, lines)
        transaction = FolderTransaction(self._data, [], read)
        transaction.foreseen_by = None if self.kept is None else self.kept.rules
        answer = work(transaction)
        if transaction.changes:
            commit = build_commit(len(lines) + 1, stamp, [*transaction.changes])
            line = encode_for_any_store(commit)
            self._data = _build_memory_snapshot(transaction.list_body())
            self._lines = [*lines, line]
            if self.kept is not None:
                from tracker.storage.outlooks import keep_outlooks

                children, new = transaction.children_of, transaction.foreseen
                self.kept = keep_outlooks(self.kept, transaction.changes, children, new)
        return answer


def _build_memory_snapshot(body: Iterable[bytes]) -> bytes:
    """Put an empty first line, that of the head in a file, before the records."""
    return b"".join([b"\n", *body])
