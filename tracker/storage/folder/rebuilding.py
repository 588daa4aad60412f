"""Rebuild a ledger out of what is left: lines of a journal, its second copy, a snapshot.

Pure functions over bytes. Nothing that is whole is passed over in silence: what could
be put back is counted by where it came from, what could not is named by its number.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from typing import NamedTuple, TypeAlias

import msgspec
from msgspec import Raw, Struct, structs

from tracker.errors import LedgerDamaged
from tracker.locale.translation import _
from tracker.model.codec import NOT_UNDERSTOOD, build_decoder, encode
from tracker.model.commits import (
    TABLES,
    Change,
    Commit,
    Stamp,
    build_commit,
    build_commit_changes,
)
from tracker.storage.base import ignore_sentence_of_any_store
from tracker.storage.folder import journal
from tracker.storage.folder import snapshot as folder_snapshot
from tracker.storage.folder.ledger_files import read_journal_commit
from tracker.storage.folder.snapshot import LazyTable, read_snapshot_record_id

State: TypeAlias = dict[str, dict[str, bytes]]
"""All tables by name: each record's id with its line, in the order of entry."""

_decode_commit = build_decoder(Commit)
_decode_fields = msgspec.json.Decoder(dict[str, Raw]).decode
_decode_list = msgspec.json.Decoder(list[Raw]).decode


class _AnyObject(Struct):
    """JSON object whose fields are not looked at."""


_decode_object = msgspec.json.Decoder(_AnyObject).decode


class RebuiltJournal(NamedTuple):
    """A journal that could be made of the parts, and the records it amounts to.

    Attributes:
        lines: the new journal: the commits that are in the ledger now.
        state: its records.
        from_journal: how many of them stood in the journal.
        from_recent: how many were only in the second copy.
        outcome_of: first and last number of the commits that are known by their outcome
            only, from the snapshot; None where every commit is known itself.
        lost: the numbers of commits that are whole nowhere.
        unfit: the numbers of whole commits that do not fit what was left.
        scraps: how many bytes of the journal are no whole commit.
        reduced: the numbers of commits of which only a part is understood, and kept.
    """

    lines: list[journal.JournalLine]
    state: State
    from_journal: int
    from_recent: int
    outcome_of: tuple[int, int] | None
    lost: list[int]
    unfit: list[int]
    scraps: int
    reduced: list[int]


class ReplayedRecords:
    """The records that changes amount to, in time that grows with the number of changes.

    Args:
        state: the records to begin with; None: there are none.
    """

    def __init__(self, state: State | None = None) -> None:
        # A record that was changed is kept in parts, so that a change touches its own part only.
        # One that was not is a part of the line that created it, and is not copied.
        self._tables: dict[str, dict[str, bytes | Raw | dict[str, Raw | list[Raw]]]] = {
            name: {**(state or {}).get(name, {})} for name in TABLES
        }

    def __contains__(self, key: tuple[str, str]) -> bool:
        table, record_id = key
        return record_id in self._tables.get(table, {})

    def apply_changes(self, changes: list[Change]) -> None:
        """Apply the changes of a commit, or none of them.

        Raises:
            LedgerDamaged: they change what is not there, add what is, or leave an indicator
                without its initiative.
            msgspec.MsgspecError: one is not understood.
        """
        present: dict[tuple[str, str], bool] = {}
        for change in changes:
            key, table = (change.table, change.id), self._tables.get(change.table)
            if table is None or present.get(key, change.id in table) != (change.op != "create"):
                raise LedgerDamaged(
                    _("The commits of the journal contradict each other about {id}").format(
                        id=change.id
                    )
                )
            present[key] = change.op != "remove"
        self._refuse_lone_indicators(present)
        prepared = [(change, _decode_fields_of_replayed_change(change)) for change in changes]
        for change, fields in prepared:
            self._apply_change(change, fields)

    def _refuse_lone_indicators(self, present: Mapping[tuple[str, str], bool]) -> None:
        """Refuse indicators that would be without their initiative after these changes."""
        lost = {
            key for (table, key), stays in present.items() if table == "initiatives" and not stays
        }
        kept = self._tables["indicators"] if lost else {}
        lone = [key for key in kept if key.partition(".")[0] in lost]
        lone += [key for (table, key), stays in present.items() if table == "indicators" and stays]
        owners = set[str]()
        for key in lone:
            owner_id = key.partition(".")[0]
            if owner_id in owners:
                continue
            owner = ("initiatives", owner_id)
            if present.get(owner, owner in self):
                owners.add(owner_id)
            elif present.get(("indicators", key), True):
                raise LedgerDamaged(
                    _("The commits of the journal leave {id} without its initiative").format(id=key)
                )

    def _apply_change(self, change: Change, fields: dict[str, Raw]) -> None:
        table = self._tables[change.table]
        if change.op == "create":
            # One that was taken out comes back at the end.
            table[change.id] = change.record
        elif change.op == "remove":
            del table[change.id]
        else:
            record = table[change.id]
            if not isinstance(record, dict):
                record = table[change.id] = {**_decode_fields(record)}
            if change.op == "change":
                record |= fields
                return
            entries = record.get(change.list, [])
            if not isinstance(entries, list):
                entries = _decode_list(entries)
            entries.append(change.entry)
            record[change.list] = entries

    def build_state(self) -> State:
        """Return the line of each record."""
        return {name: dict(self.list_lines(name)) for name in self._tables}

    def list_lines(self, name: str) -> Iterator[tuple[str, bytes]]:
        """Yield the id of each record of a table with its line, in the order of entry."""
        for key, record in self._tables[name].items():
            yield key, encode(record) if isinstance(record, dict) else bytes(record)


def _decode_fields_of_replayed_change(change: Change) -> dict[str, Raw]:
    """Return the fields that a change sets.

    Raises:
        msgspec.MsgspecError: it is not understood.
    """
    if change.op == "change":
        return _decode_fields(bytes(change.new))
    # That it is JSON is known since its commit was decoded.
    if change.op == "create" and bytes(memoryview(change.record)[:1]) != b"{":
        _decode_object(change.record)
    return {}


class _JournalRebuilder:
    """A journal that grows line by line, and the records it amounts to."""

    def __init__(self) -> None:
        self.records = ReplayedRecords()
        self.lines: list[journal.JournalLine] = []
        self.lost: list[int] = []
        self.unfit: list[int] = []
        self.reduced: list[int] = []
        self.taken: set[str] = set()
        self.seq, self._chain, self._followed = 0, journal.GENESIS, journal.GENESIS

    def add_line(self, line: journal.JournalLine) -> None:
        """Add a line, chained anew where the one before is another than it was."""
        if line.prev != self._followed:
            self.lost += range(self.seq + 1, line.seq)
        self._followed = line.chain
        try:
            commit = _rebuild_understood_commit(line)
            self.records.apply_changes(commit.changes)
        except (LedgerDamaged, msgspec.MsgspecError):
            self.unfit.append(line.seq)
            self.seq = line.seq
            return
        body = line.body
        if not is_line_rebuilt_whole(line):
            self.reduced.append(line.seq)
            body = encode(commit)
        self.taken.add(line.chain)
        self._chain_line(line.seq, body)

    def add_outcome(self, head: journal.SnapshotHead, state: State, stamp: Stamp) -> None:
        """Add the step to the outcome that a snapshot holds, and go on from there."""
        changes = list(_list_rebuilt_changes(self.records.build_state(), state))
        if changes:
            self._chain_line(head.seq, encode(build_commit(head.seq, stamp, changes)))
        self.seq, self._followed, self.records = head.seq, head.chain, ReplayedRecords(state)

    def _chain_line(self, seq: int, body: bytes) -> None:
        line = journal.link_journal_line(seq, body, self._chain)
        self.lines.append(line)
        self.seq, self._chain = seq, line.chain


def rebuild_journal(
    journal_data: bytes,
    recent_data: bytes,
    snapshot: tuple[journal.SnapshotHead, bytes] | None,
    stamp: Stamp,
) -> RebuiltJournal:
    """Rebuild a journal and its outcome out of all that is whole.

    The journal counts from its start for as long as its chain holds, continued by the
    second copy; where it breaks, a newer snapshot gives the outcome up to its own
    commit; whole commits behind a gap are put back where they fit.

    Args:
        journal_data: the journal, or what is left of it.
        recent_data: the second copy of its end.
        snapshot: the head and all bytes of a snapshot that is whole, else None.
        stamp: who recovers; the author of the step to the snapshot's outcome.
    """
    in_journal = list(journal.find_whole_journal_lines(journal_data))
    known = {line.chain for line in in_journal}
    only_recent = [
        line for line in journal.find_whole_journal_lines(recent_data) if line.chain not in known
    ]
    everything = [*in_journal, *only_recent]
    builder = _JournalRebuilder()
    outcome_of = _rebuild_from_all_lines(builder, everything, snapshot, stamp)
    return RebuiltJournal(
        lines=builder.lines,
        state=builder.records.build_state(),
        from_journal=sum(line.chain in builder.taken for line in in_journal),
        from_recent=sum(line.chain in builder.taken for line in only_recent),
        outcome_of=outcome_of,
        lost=builder.lost,
        unfit=sorted(
            {*builder.unfit, *_find_lines_not_rebuilt(everything, builder.lines, outcome_of)}
            - {*builder.reduced}
        ),
        reduced=builder.reduced,
        scraps=max(len(journal_data) - sum(len(line.raw) + 1 for line in in_journal), 0),
    )


def _rebuild_from_all_lines(
    builder: _JournalRebuilder,
    everything: list[journal.JournalLine],
    snapshot: tuple[journal.SnapshotHead, bytes] | None,
    stamp: Stamp,
) -> tuple[int, int] | None:
    """Add all lines that fit; return the numbers that only a snapshot's outcome stands for."""
    outcome_of = None
    for line in _follow_rebuilt_chain(everything):
        builder.add_line(line)
    if snapshot is not None and snapshot[0].seq > builder.seq:
        head, data = snapshot
        outcome_of = builder.seq + 1, head.seq
        builder.add_outcome(head, load_rebuilt_state(data, []), stamp)
    for line in sorted(everything, key=lambda line: line.seq):
        if line.seq > builder.seq:
            builder.add_line(line)
    return outcome_of


def rebuild_commit(line: journal.JournalLine) -> Commit:
    """Return what is understood of the commit that a line of a journal holds.

    Raises:
        LedgerDamaged: nothing is.
    """
    commit = read_journal_commit(line, ignore_sentence_of_any_store)
    if commit is None:
        raise LedgerDamaged(_("a commit in it is not understood"))
    return commit


def is_line_rebuilt_whole(line: journal.JournalLine) -> bool:
    """Tell whether all that a line of a journal holds is understood."""
    from tracker.storage.salvage import is_commit_understood

    try:
        return is_commit_understood(_decode_commit(line.body))
    except NOT_UNDERSTOOD:
        return False


def _rebuild_understood_commit(line: journal.JournalLine) -> Commit:
    """Return the changes that are understood of the commit that a line holds.

    Raises:
        LedgerDamaged: none is.
    """
    from tracker.storage.salvage import keep_understood_changes

    commit = rebuild_commit(line)
    if is_line_rebuilt_whole(line):
        return commit
    kept = keep_understood_changes(commit, ignore_sentence_of_any_store)
    if not kept.changes:
        raise LedgerDamaged(_("a commit in it is not understood"))
    return kept


def rebuild_journal_lines(commits: Iterable[Commit]) -> list[journal.JournalLine]:
    """Make the journal of these commits, the oldest first."""
    lines: list[journal.JournalLine] = []
    for commit in commits:
        chain = lines[-1].chain if lines else journal.GENESIS
        lines.append(journal.link_journal_line(commit.seq, encode(commit), chain))
    return lines


def rebuild_state(lines: Iterable[journal.JournalLine]) -> State:
    """Apply the commits of a journal; return the records they amount to.

    Raises:
        LedgerDamaged: a commit changes what is not there.
    """
    records = ReplayedRecords()
    replay_journal_lines(records, lines)
    return records.build_state()


def replay_journal_lines(
    records: ReplayedRecords,
    lines: Iterable[journal.JournalLine],
    say: Callable[[str], None] = ignore_sentence_of_any_store,
) -> list[Commit]:
    """Apply the commits of a journal to records; return them without their changes.

    Args:
        records: what they are applied to.
        lines: the commits, the oldest first.
        say: is told what is left out of them.

    Raises:
        LedgerDamaged: a commit changes what is not there.
    """
    heads = []
    for line in lines:
        commit = read_journal_commit(line, say)
        if commit is not None:
            records.apply_changes(commit.changes)
            heads.append(structs.replace(commit, changes=[]))
    return heads


def load_rebuilt_state(
    data: bytes | folder_snapshot.StoredSnapshot, commits: list[Commit]
) -> State:
    """Return the records of a snapshot after some commits."""
    return {
        name: {
            read_snapshot_record_id(line): line for line in LazyTable(name, data, commits).lines()
        }
        for name in TABLES
    }


def is_snapshot_of_records(body: Iterator[bytes], records: ReplayedRecords) -> bool:
    """Return whether a snapshot of this version holds these records, in their order.

    What is written otherwise than by this version is not recognised.

    Args:
        body: what stands behind its first line, line by line, each with its end.
        records: the records that its commits amount to.
    """
    closings = [b"},\n"] * (len(TABLES) - 1) + [b"}}\n"]
    return all(
        _is_table_of_records(body, name, records) and next(body, b"") == closing
        for name, closing in zip(TABLES, closings, strict=True)
    ) and not any(body)


def _is_table_of_records(body: Iterator[bytes], name: str, records: ReplayedRecords) -> bool:
    """Return whether the next lines are the opening and the rows of a table."""
    if next(body, b"") != folder_snapshot.build_snapshot_table_opening(name)[1:]:
        return False
    is_empty, decode = True, _DECODERS[name]
    for key, own in records.list_lines(name):
        is_empty, row, start = False, next(body, b""), b'"%b":' % key.encode()
        # The id of a record is written first, as in the key of its row.
        beginning = b'{"id":' + start[:-1]
        if own.startswith(beginning) and row == b"%b%b,\n" % (start, own):
            continue
        line = row.removesuffix(b"\n").removesuffix(b",")[len(start) :]
        if not row.startswith(start + beginning) or not _is_same_line(own, line, decode):
            return False
    return not is_empty or next(body, b"") == b"\n"


def find_rebuilt_difference(one: State, other: State) -> str | None:
    """Return the first record in which two states differ, or that stands at another place."""
    for record_id in list_rebuilt_differences(one, other):
        return record_id
    moved = (name for name in TABLES if list(one[name]) != list(other[name]))
    return next((next(iter(one[name])) for name in moved), None)


def list_rebuilt_differences(one: State, other: State) -> Iterator[str]:
    """Yield the records in which two states differ, whatever their lines look like.

    What is not understood is compared as it is written.
    """
    for name, decode in _DECODERS.items():
        for key in one[name] | other[name]:
            first, second = one[name].get(key), other[name].get(key)
            if first is None or second is None or not _is_same_line(first, second, decode):
                yield key


def _is_same_line(one: bytes, other: bytes, decode: Callable[[bytes], object]) -> bool:
    try:
        return one == other or decode(one) == decode(other)
    except msgspec.MsgspecError:
        plain = msgspec.json.Decoder(float_hook=Decimal).decode
        return bool(plain(one) == plain(other))


def encode_rebuilt_state(state: State) -> bytes:
    """Return a state as the body of a snapshot."""
    return folder_snapshot.encode_snapshot_tables({name: state[name].values() for name in TABLES})


_DECODERS = {name: build_decoder(kind) for name, kind in TABLES.items()}


def _follow_rebuilt_chain(lines: list[journal.JournalLine]) -> Iterator[journal.JournalLine]:
    """Yield the lines from the first on for as long as each has one that is chained to it."""
    line_after = {line.prev: line for line in reversed(lines)}
    line = line_after.get(journal.GENESIS)
    while line is not None:
        yield line
        line = line_after.get(line.chain)


def _find_lines_not_rebuilt(
    whole: list[journal.JournalLine],
    used: list[journal.JournalLine],
    outcome_of: tuple[int, int] | None,
) -> Iterator[int]:
    """Yield the numbers of whole commits that are neither used nor covered by an outcome."""
    bodies = {line.body for line in used}
    first, last = outcome_of or (1, 0)
    for line in whole:
        if line.body not in bodies and not first <= line.seq <= last:
            yield line.seq


def _list_rebuilt_changes(old: State, new: State) -> Iterator[Change]:
    """Yield the changes that make one state another."""
    for name, decode in _DECODERS.items():
        for key in old[name] | new[name]:
            before, after = old[name].get(key), new[name].get(key)
            yield from build_commit_changes(
                None if before is None else decode(before), None if after is None else decode(after)
            )
