"""Read a ledger folder whole, recover a damaged one, and migrate an old one.

What changes files here is called under the lock of the ledger.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from tracker.errors import Conflict, LedgerDamaged
from tracker.locale.translation import _
from tracker.model.codec import NOT_UNDERSTOOD
from tracker.model.commits import Commit, Stamp
from tracker.storage.base import RecoveryResult, ignore_sentence_of_any_store
from tracker.storage.folder import journal
from tracker.storage.folder.ledger_files import (
    JOURNAL,
    RECENT,
    SNAPSHOT,
    LoadedFiles,
    build_damaged_ledger_file_error,
    load_ledger_files,
    read_journal_from_ledger_file,
    read_ledger_file,
    renew_snapshot_in_ledger_file,
)
from tracker.storage.folder.rebuilding import (
    ReplayedRecords,
    State,
    encode_rebuilt_state,
    find_rebuilt_difference,
    is_line_rebuilt_whole,
    is_snapshot_of_records,
    load_rebuilt_state,
    rebuild_journal,
    rebuild_state,
    replay_journal_lines,
)
from tracker.system import files


def repair_folder(folder: Path, stamp: Stamp) -> RecoveryResult:
    """Rebuild a damaged ledger out of all that is whole in it.

    Raises:
        LedgerDamaged: nothing in it is whole.
        LedgerError: it is missing, unreadable or too new.
    """
    try:
        loaded = load_ledger_files(folder)
        lines = read_journal_from_ledger_file(folder, loaded)
        rebuild_state(lines)
    except LedgerDamaged:
        return _rebuild_repaired_files(folder, stamp)
    if not all(map(is_line_rebuilt_whole, lines)):
        return _rebuild_repaired_files(folder, stamp)
    copy = b"".join(line.raw + b"\n" for line in loaded.tail)
    if loaded.recent == copy:
        return RecoveryResult(len(lines), [], [], len(lines))
    written, kept = replace_repaired_files(folder, {RECENT: copy}, stamp.at, "damaged")
    return RecoveryResult(len(lines), written, kept, len(lines))


def repair_old_snapshot(folder: Path, loaded: LoadedFiles) -> list[str]:
    """Give a ledger of an older schema a snapshot of the present one.

    The commits are the same in every schema so far, so that the journal stays.

    Returns:
        The names under which the snapshot and the journal are kept as they were.
    """
    ending = f"schema-{loaded.head.schema}"
    kept = [_set_aside_for_repair(folder / name, ending) for name in (SNAPSHOT, JOURNAL)]
    body = encode_rebuilt_state(load_rebuilt_state(loaded.data, loaded.commits))
    renew_snapshot_in_ledger_file(folder, [body], loaded.seq, loaded.end, loaded.chain)
    return [path.name for path in kept if path is not None]


def _set_aside_for_repair(path: Path, ending: str) -> Path | None:
    """Keep a file beside; a copy that a migration which did not end has left will do."""
    aside = path.with_name(f"{path.name}.{ending}")
    if files.is_file_path_taken(aside) and files.read_regular_file(
        aside
    ) == files.read_regular_file(path):
        return aside
    return files.set_system_file_aside(path, ending)


def refuse_repair_of_filled_folder(folder: Path) -> None:
    """Refuse a ledger that has commits.

    Raises:
        Conflict: there is something in it.
        LedgerError: it is missing, damaged, unreadable or too new.
    """
    if load_ledger_files(folder).seq:
        raise Conflict(_("{place} is not empty; name a new place.").format(place=folder))


def read_journal_without_repair(
    folder: Path, say: Callable[[str], None] = ignore_sentence_of_any_store
) -> tuple[list[journal.JournalLine], list[Commit]]:
    """Read the journal of a ledger in which everything agrees.

    Args:
        folder: where it is.
        say: is told what is not understood of the commits and left out.

    Returns:
        Its lines, and the commits in them without their changes.

    Raises:
        LedgerError: it is missing, damaged, unreadable or too new.
    """
    loaded = load_ledger_files(folder, by_index=True)
    lines = read_journal_from_ledger_file(folder, loaded)
    records = ReplayedRecords()
    try:
        earlier = (line for line in lines if line.seq <= loaded.head.seq)
        heads = replay_journal_lines(records, earlier, say)
        is_same = _is_snapshot_as_replayed(folder, loaded.head, records)
        later = (line for line in lines if line.seq > loaded.head.seq)
        heads += replay_journal_lines(records, later, say)
    except LedgerDamaged as error:
        raise build_damaged_ledger_file_error(folder, JOURNAL, error.sentence) from None
    if not is_same:
        _refuse_different_snapshot(folder)
    return lines, heads


def _is_snapshot_as_replayed(
    folder: Path, head: journal.SnapshotHead, records: ReplayedRecords
) -> bool:
    """Return whether a snapshot is whole and holds what its commits amount to, line by line.

    So it need not be held. Where it is not sure, it is compared as a whole.
    """
    unsure = OSError, KeyError, *NOT_UNDERSTOOD
    with suppress(*unsure), files.open_regular_stream(folder / SNAPSHOT) as stream:
        if journal.read_journal_snapshot_head(stream.readline()) == head:
            body = journal.SnapshotBody(head, stream)
            return is_snapshot_of_records(body, records) and body.is_whole
    return False


def _refuse_different_snapshot(folder: Path) -> None:
    """Refuse a snapshot with the first record that differs from what the journal leads to.

    Raises:
        LedgerDamaged: there is one, or the file is not what was written.
    """
    loaded = load_ledger_files(folder)
    state = rebuild_state(read_journal_from_ledger_file(folder, loaded))
    differing = find_rebuilt_difference(state, load_rebuilt_state(loaded.data, loaded.commits))
    if differing is not None:
        sentence = _("{id} in it is not what the commits of the journal lead to")
        raise build_damaged_ledger_file_error(folder, SNAPSHOT, sentence.format(id=differing))


def compose_repaired_files(lines: list[journal.JournalLine], state: State) -> dict[str, bytes]:
    """Return the content of each file of a ledger with this journal and these records."""
    data = b"".join(line.raw + b"\n" for line in lines)
    seq, chain = (lines[-1].seq, lines[-1].chain) if lines else (0, journal.GENESIS)
    snapshot = journal.compose_journal_snapshot(seq, len(data), chain, encode_rebuilt_state(state))
    return {JOURNAL: data, RECENT: b"", SNAPSHOT: snapshot}


def _rebuild_repaired_files(folder: Path, stamp: Stamp) -> RecoveryResult:
    snapshot, data = None, _read_file_to_repair(folder, SNAPSHOT) or b""
    with suppress(LedgerDamaged):
        snapshot = journal.read_journal_snapshot(data), data
    copies = (
        _read_file_to_repair(folder, JOURNAL) or b"",
        _read_file_to_repair(folder, RECENT) or b"",
    )
    rebuilt = rebuild_journal(*copies, snapshot, stamp)
    if not rebuilt.lines and snapshot is None:
        raise LedgerDamaged(
            _("Nothing in {place} is whole; nothing was changed; run: tracker restore FILE").format(
                place=folder
            )
        )
    contents = compose_repaired_files(rebuilt.lines, rebuilt.state)
    # The journal comes first: it alone is enough for another recovery.
    in_order = {name: contents[name] for name in (JOURNAL, RECENT, SNAPSHOT)}
    written, kept = replace_repaired_files(folder, in_order, stamp.at, "damaged")
    return RecoveryResult(
        commits=len(rebuilt.lines),
        written=written,
        kept=kept,
        from_journal=rebuilt.from_journal,
        from_recent=rebuilt.from_recent,
        outcome_of=rebuilt.outcome_of,
        lost=tuple(rebuilt.lost),
        unfit=tuple(rebuilt.unfit),
        reduced=tuple(rebuilt.reduced),
        scraps=rebuilt.scraps,
    )


def _read_file_to_repair(folder: Path, name: str) -> bytes | None:
    try:
        return read_ledger_file(folder, name)
    except LedgerDamaged:
        return None


def replace_repaired_files(
    folder: Path, contents: dict[str, bytes], at: datetime, why: str
) -> tuple[list[str], list[str]]:
    """Write files in this order where they differ; all are kept before any is written.

    Returns:
        The names of those that were written, and under what names the old ones are kept.
    """
    present = {name: _read_file_to_repair(folder, name) for name in contents}
    differing = [name for name in contents if present[name] != contents[name]]
    ending = f"{format_repair_moment(at)}.{why}"
    kept = [files.set_system_file_aside(folder / name, ending) for name in differing]
    for name in differing:
        files.write_file_whole(folder / name, contents[name])
    read_journal_without_repair(folder)
    return differing, [path.name for path in kept if path is not None]


def format_repair_moment(moment: datetime) -> str:
    """Format a moment for a file name, in UTC."""
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
