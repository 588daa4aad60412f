"""Prove by a printed head that what a ledger held is still there, unchanged.

The head of a ledger is the checksum of its last commit and, through the chain, of all before
it. Whoever has noted it outside of the ledger can compare it later, whoever keeps the ledger.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from typing import NamedTuple

import msgspec

from tracker.errors import InvalidInput, LedgerDamaged
from tracker.ledger.transfer import drop_login
from tracker.locale.translation import _
from tracker.model.codec import encode
from tracker.model.commits import Commit
from tracker.storage.base import Store, View
from tracker.storage.folder.journal import GENESIS, link_journal_line

_MOST_CHANGES = 100_000
"""Changes of a ledger up to which a paper waits for its head; with files it is known at once."""
_LATEST = 50
"""Commits that may be stored before one with an earlier place, made at the same time, arrives."""


class ChainHead(NamedTuple):
    """A commit, and the checksum of it and all before it.

    Attributes:
        seq: its number; 0: there is none.
        at: its moment.
        head: the checksum.
    """

    seq: int
    at: datetime | None
    head: str


class Proof(NamedTuple):
    """Commits that are still there as they were when a head was printed.

    Attributes:
        seq: the number of the last of them, as it is counted now.
        at: its moment.
        head: the head that was printed.
        later: how many commits were added since.
        inserted: the number of a commit that stands among them and was not there.
    """

    seq: int
    at: datetime | None
    head: str
    later: int
    inserted: int | None = None


def _link_commit_in_proof(commit: Commit, head: str) -> str:
    """Return the head of a ledger after one more commit: the same in every store."""
    return link_journal_line(commit.seq, encode(drop_login(commit)), head).chain


def follow_chain_of_proof(commits: Iterable[Commit]) -> Iterator[ChainHead]:
    """Yield the head of a ledger as it was with each of its commits, the oldest first."""
    head = GENESIS
    for commit in commits:
        head = _link_commit_in_proof(commit, head)
        yield ChainHead(commit.seq, commit.at, head)


def read_head_for_proof(view: View, last: date | None = None) -> ChainHead:
    """Return the head of a ledger; ``last``: as it was with the commits up to a day."""
    newest = ChainHead(0, None, GENESIS)
    for head in follow_chain_of_proof(view.history()):
        if last is None or (head.at is not None and head.at.date() <= last):
            newest = head
    return newest


def read_head_of_paper_for_proof(store: Store, newest: str) -> str | None:
    """Return the head that a paper was made from; None where it would take too long to tell.

    Args:
        store: the ledger.
        newest: what the last commit was known by that the paper holds.
    """
    with store.view() as view:
        if view.is_chained:
            return newest
        changes = 0
        head = GENESIS
        for commit in view.history():
            changes += len(commit.changes)
            if changes > _MOST_CHANGES:
                return None
            head = _link_commit_in_proof(commit, head)
        return head if view.newest == newest else None


def prove_chain_head(
    read_history: Callable[[], Iterable[Commit]], head: str, *, in_order: bool
) -> Proof:
    """Find the commits that a printed head stands for.

    Args:
        read_history: reads all commits, oldest first; it may be called twice.
        head: the head, as it was printed.
        in_order: whether each commit comes behind all that were stored before it. In a
            database one of two that are made at the same time may arrive later and stand before.

    Raises:
        InvalidInput: it is no head.
        LedgerDamaged: what it stands for is not there, or not as it was.
    """
    wanted = "".join(head.split()).casefold()
    if len(wanted) != len(GENESIS) or set(wanted) - set("0123456789abcdef"):
        sentence = _("The head of a ledger is {count} digits and letters a-f, as printed by: {way}")
        raise InvalidInput(sentence.format(count=len(GENESIS), way="tracker history --head"))
    proof = Proof(0, None, GENESIS, 0) if wanted == GENESIS else None
    for seen in follow_chain_of_proof(read_history()):
        if proof is not None:
            proof = proof._replace(later=proof.later + 1)
        elif seen.head == wanted:
            proof = Proof(seen.seq, seen.at, wanted, 0)
    if proof is None and not in_order:
        proof = _prove_without_one(read_history(), wanted)
    if proof is None:
        raise LedgerDamaged(
            _(
                "No commits of this ledger lead to the head {head}: what it held when that was"
                " printed is not there any more, or was changed; look with: tracker history"
            ).format(head=wanted)
        )
    return proof


class _WithoutOne(NamedTuple):
    """The head of a ledger as it would be without one of its commits.

    Attributes:
        inserted: the number of that commit.
        head: the head.
        left: how many commits it is followed for.
    """

    inserted: int
    head: str
    left: int


def _prove_without_one(commits: Iterable[Commit], wanted: str) -> Proof | None:
    """Look for a head among those that the ledger would have without one commit."""
    head, ways = GENESIS, list[_WithoutOne]()
    proof: Proof | None = None
    for commit in commits:
        if proof is not None:
            proof = proof._replace(later=proof.later + 1)
            continue
        ways = [_follow_proof_without_one(way, commit) for way in ways if way.left]
        found = next((way for way in ways if way.head == wanted), None)
        if found is not None:
            proof = Proof(commit.seq, commit.at, wanted, 0, found.inserted)
        ways.append(_WithoutOne(commit.seq, head, _LATEST))
        head = _link_commit_in_proof(commit, head)
    return proof


def _follow_proof_without_one(way: _WithoutOne, commit: Commit) -> _WithoutOne:
    undone = commit.undoes
    if undone is not None and undone > way.inserted:
        undone -= 1
    earlier = msgspec.structs.replace(commit, seq=commit.seq - 1, undoes=undone)
    return way._replace(head=_link_commit_in_proof(earlier, way.head), left=way.left - 1)
