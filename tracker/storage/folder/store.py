"""The default store: the files of a ledger in a folder; TinyDB changes what is in them."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from tracker.locale.translation import _
from tracker.model.commits import Commit, Stamp
from tracker.storage.base import Answer, Transaction, View, silent
from tracker.storage.folder.files import TAIL_LIMIT, Folder, Loaded
from tracker.storage.folder.journal import SCHEMA
from tracker.storage.folder.view import Reading

if TYPE_CHECKING:
    from tracker.storage.base import BackedUp, Recovered, Restored


class FolderStore:
    """A ledger in a folder.

    Args:
        place: the folder.
        patience: seconds to wait for another writer.
        tail_limit: bytes of commits after which the snapshot is renewed.
        say: is told when an older ledger gets a new schema.
    """

    def __init__(
        self,
        place: str,
        *,
        patience: float,
        tail_limit: int = TAIL_LIMIT,
        say: Callable[[str], None] = silent,
    ) -> None:
        self._folder = Folder(Path(place), patience, tail_limit)
        self._say = say

    @property
    def place(self) -> str:
        """The folder."""
        return str(self._folder.path)

    def create(self) -> bool:
        """Make the folder and an empty ledger in it, unless there is one."""
        return self._folder.create()

    @contextmanager
    def view(self) -> Iterator[View]:
        """The snapshot and the commits after it; no lock is taken."""
        loaded = self._folder.settled(self._folder.load)
        yield Reading(loaded, lambda: self._folder.history(loaded))

    def transact(self, work: Callable[[Transaction], Answer], stamp: Stamp) -> Answer:
        """Lock, load, work, append to the journal, and renew the snapshot when it is time."""
        # TinyDB is for changing; looking does without it, and starts sooner.
        from tracker.storage.folder.transaction import Writing

        self._folder.check_there()
        with self._folder.locked():
            loaded = self._folder.load()
            ledger = Writing(loaded, lambda: self._folder.history(loaded))
            answer = work(ledger)
            if ledger.changes:
                if loaded.head.schema < SCHEMA:
                    loaded = self._migrate(loaded)
                self._folder.commit(loaded, stamp, ledger.changes, ledger.body)
            return answer

    def _migrate(self, loaded: Loaded) -> Loaded:
        from tracker.storage.folder import repair

        kept = repair.migrate(self._folder, loaded)
        self._say(
            _("{place} has format {new} now; as it was before, it is kept beside: {kept}").format(
                place=self.place, new=SCHEMA, kept=", ".join(kept)
            )
        )
        return self._folder.load()

    def doubt(self) -> str | None:
        """What makes the folder unfit for a ledger; None where nothing does."""
        return self._folder.doubt()

    def verify(self) -> int:
        """Read everything and compare every checksum; how many commits there are."""
        from tracker.storage.folder import repair

        return repair.verify(self._folder)

    def recover(self, stamp: Stamp) -> "Recovered":
        """Rebuild a damaged ledger out of all that is whole in it."""
        from tracker.storage.folder import repair

        return repair.recover(self._folder, stamp)

    def back_up(self, target: Path | None, keep: int, now: datetime) -> "BackedUp":
        """Write the whole ledger into one file, and read it back."""
        from tracker.storage.folder import backup

        return backup.back_up(self._folder, target, keep, now)

    def restore(self, file: Path, stamp: Stamp) -> "Restored":
        """Put a backup in the place of the ledger; what was there is kept beside."""
        from tracker.storage.folder import backup

        return backup.restore(self._folder, file, stamp)

    def fill(self, commits: Iterable[Commit], prove: Callable[[View], None]) -> int:
        """Make an empty ledger one of these commits; how many there are."""
        from tracker.storage.folder import repair

        def shown(loaded: Loaded, history: list[Commit]) -> None:
            prove(Reading(loaded, lambda: iter(history)))

        return repair.fill(self._folder, commits, shown)
