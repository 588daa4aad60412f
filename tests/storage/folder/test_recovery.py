"""What can be made of the parts of a ledger: all that is whole, and the rest by its number."""

import itertools
from datetime import UTC, date, datetime
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.errors import LedgerDamaged
from tracker.model.codec import encode
from tracker.model.commits import (
    Change,
    Stamp,
    build_append,
    build_commit,
    build_creation,
    build_field_change,
    build_removal,
)
from tracker.model.records import Indicator, Initiative, Update
from tracker.storage.folder import journal
from tracker.storage.folder.journal import GENESIS, JournalLine
from tracker.storage.folder.rebuilding import (
    RebuiltJournal,
    ReplayedRecords,
    State,
    encode_rebuilt_state,
    find_rebuilt_difference,
    is_snapshot_of_records,
    load_rebuilt_state,
    rebuild_journal,
    rebuild_state,
    replay_journal_lines,
)

DAY = date(2026, 1, 31)
STAMP = Stamp(at=datetime(2026, 2, 1, tzinfo=UTC), by="督查室", command="recover")
INITIATIVE = Initiative(id="i", name="事项")
INDICATOR = Indicator(id="i.x", name="指标")


def update(number: int) -> Change:
    return build_append("i.x", Update(id=f"u{number}", on=DAY, value=Decimal(number)))


COMMITS: list[list[Change]] = [
    [build_creation(INITIATIVE), build_creation(INDICATOR)],
    [update(2)],
    [build_creation(Initiative(id="other", name="另一"))],
    [update(4), build_field_change(INDICATOR, {"name": "指标"}, {"name": "改名"})],
    [build_removal(Initiative(id="other", name="另一"))],
    [update(6)],
    [update(7)],
]


def lines_of(commits: list[list[Change]]) -> list[JournalLine]:
    lines: list[JournalLine] = []
    chain = GENESIS
    for seq, changes in enumerate(commits, 1):
        line = journal.read_journal_line(
            journal.seal_journal_line(encode(build_commit(seq, STAMP, changes)), chain)[:-1]
        )
        assert line is not None
        lines.append(line)
        chain = line.chain
    return lines


LINES = lines_of(COMMITS)


def data_of(lines: list[JournalLine]) -> bytes:
    return b"".join(line.raw + b"\n" for line in lines)


def snapshot_at(seq: int) -> tuple[journal.SnapshotHead, bytes]:
    lines = LINES[:seq]
    data = journal.compose_journal_snapshot(
        seq,
        len(data_of(lines)),
        lines[-1].chain if lines else GENESIS,
        encode_rebuilt_state(rebuild_state(lines)),
    )
    return journal.read_journal_snapshot(data), data


def spoilt(*numbers: int) -> bytes:
    """The journal with a bit flipped in these commits."""
    parts = [(b"#" + line.raw[1:] if line.seq in numbers else line.raw) + b"\n" for line in LINES]
    return b"".join(parts)


def check_holds(found: RebuiltJournal) -> None:
    """A journal that follows from its start and leads to the state beside it."""
    read = journal.read_journal_lines(data_of(found.lines), GENESIS, 0)
    assert (read.lines, read.rest) == (found.lines, b"")
    assert find_rebuilt_difference(rebuild_state(found.lines), found.state) is None


def reported(state: State) -> list[str]:
    line = state["indicators"].get("i.x", b"")
    return [f"u{n}" for n in range(9) if f'"u{n}"'.encode() in line]


def test_what_is_whole_stays_as_it_is() -> None:
    for snapshot in (None, *map(snapshot_at, range(8))):
        found = rebuild_journal(data_of(LINES), b"", snapshot, STAMP)
        assert found == RebuiltJournal(LINES, rebuild_state(LINES), 7, 0, None, [], [], 0, [])
        check_holds(found)


def test_the_second_copy_continues_the_journal() -> None:
    found = rebuild_journal(data_of(LINES[:4]), data_of(LINES[2:]), None, STAMP)
    assert found == RebuiltJournal(LINES, rebuild_state(LINES), 4, 3, None, [], [], 0, [])


def test_the_second_copy_fills_a_gap_in_the_journal() -> None:
    found = rebuild_journal(spoilt(5, 6), data_of(LINES[4:]), snapshot_at(4), STAMP)
    scraps = len(data_of(LINES[4:6]))
    assert found == RebuiltJournal(LINES, rebuild_state(LINES), 5, 2, None, [], [], scraps, [])


def test_a_snapshot_gives_the_outcome_of_what_the_journal_lost() -> None:
    found = rebuild_journal(spoilt(2), data_of(LINES[6:]), snapshot_at(6), STAMP)
    check_holds(found)
    assert found.state == rebuild_state(LINES)
    assert [line.seq for line in found.lines] == [1, 6, 7]
    assert (found.outcome_of, found.lost, found.unfit) == ((2, 6), [], [])
    assert (found.from_journal, found.from_recent) == (2, 0)
    assert b'"command":"recover"' in found.lines[1].body
    assert found.lines[2].body == LINES[6].body


def test_a_snapshot_alone_is_enough() -> None:
    found = rebuild_journal(b"", b"", snapshot_at(7), STAMP)
    check_holds(found)
    assert find_rebuilt_difference(found.state, rebuild_state(LINES)) is None
    assert ([line.seq for line in found.lines], found.outcome_of) == ([7], (1, 7))


def test_an_empty_snapshot_alone_is_an_empty_ledger() -> None:
    found = rebuild_journal(b"", b"", snapshot_at(0), STAMP)
    assert (found.lines, found.outcome_of) == ([], None)


def test_an_outcome_that_nothing_led_to_makes_no_commit() -> None:
    update_and_back = [*COMMITS[:2], [build_creation(Initiative(id="o", name="o"))]]
    lines = lines_of([*update_and_back, [build_removal(Initiative(id="o", name="o"))]])
    data = journal.compose_journal_snapshot(
        4, 0, lines[3].chain, encode_rebuilt_state(rebuild_state(lines))
    )
    found = rebuild_journal(
        data_of(lines[:2]), b"", (journal.read_journal_snapshot(data), data), STAMP
    )
    assert ([line.seq for line in found.lines], found.outcome_of) == ([1, 2], (3, 4))
    check_holds(found)


def test_whole_commits_behind_a_gap_are_put_back_and_the_gap_is_named() -> None:
    found = rebuild_journal(spoilt(2), b"", None, STAMP)
    check_holds(found)
    assert (found.lost, found.unfit, found.from_journal) == ([2], [], 6)
    assert reported(found.state) == ["u4", "u6", "u7"]
    assert [line.body for line in found.lines] == [line.body for line in LINES if line.seq != 2]


def test_whole_commits_that_fit_nowhere_are_named() -> None:
    found = rebuild_journal(spoilt(3, 6), b"", None, STAMP)
    check_holds(found)
    assert (found.lost, found.unfit) == ([3, 6], [5])
    assert reported(found.state) == ["u2", "u4", "u7"]
    without_start = rebuild_journal(spoilt(1), b"", None, STAMP)
    assert (without_start.lost, without_start.unfit) == ([1], [2, 4, 6, 7])
    check_holds(without_start)


def test_a_commit_fits_as_a_whole_or_not_at_all() -> None:
    both = [update(9), build_removal(Initiative(id="other", name=""))]
    lines = lines_of([COMMITS[0], COMMITS[2], both])
    data = data_of([lines[0]]) + b"broken\n" + data_of([lines[2]])
    found = rebuild_journal(data, b"", None, STAMP)
    assert (found.unfit, reported(found.state)) == ([3], [])


def test_a_commit_about_an_unknown_table_or_of_another_kind_is_named() -> None:
    strange = journal.seal_journal_line(b'{"seq":2,"at":"?"}', LINES[0].chain)
    unknown = journal.seal_journal_line(
        encode(build_commit(2, STAMP, [Change(op="remove", table="notes", id="n")])), LINES[0].chain
    )
    for line in (strange, unknown):
        found = rebuild_journal(data_of(LINES[:1]) + line, b"", None, STAMP)
        assert (found.unfit, found.lost, len(found.lines)) == ([2], [], 1)


def test_two_commits_of_one_number_are_both_accounted_for() -> None:
    other = journal.seal_journal_line(encode(build_commit(3, STAMP, [update(8)])), LINES[1].chain)
    found = rebuild_journal(data_of(LINES), other, None, STAMP)
    assert (found.lines, found.unfit) == (LINES, [3])


def test_nothing_whole_gives_nothing() -> None:
    for data in (b"", b"\n\n", b"garbage\n" * 9):
        found = rebuild_journal(data, data, None, STAMP)
        assert found.lines == []


def test_a_second_recovery_finds_nothing_to_do() -> None:
    first = rebuild_journal(spoilt(2), data_of(LINES[6:]), snapshot_at(6), STAMP)
    # As after a recovery that was killed: the new journal beside the old other files.
    again = rebuild_journal(data_of(first.lines), data_of(LINES[6:]), snapshot_at(6), STAMP)
    assert (again.lines, again.lost, again.unfit) == (first.lines, [], [])


def test_commits_that_contradict_each_other_are_damage() -> None:
    for changes in ([build_creation(INITIATIVE)], [build_removal(Initiative(id="none", name=""))]):
        with pytest.raises(LedgerDamaged, match="contradict"):
            rebuild_state(lines_of([COMMITS[0], changes]))


def test_taken_out_and_put_back_in_one_commit_stands_at_the_end() -> None:
    again = Initiative(id="i", name="又")
    state = rebuild_state(
        lines_of([*COMMITS[:3], [build_removal(INITIATIVE), build_creation(again)]])
    )
    assert list(state["initiatives"]) == ["other", "i"]
    gone = rebuild_state(lines_of([[build_creation(again), build_removal(again)]]))
    assert gone["initiatives"] == {}


def test_states_are_the_same_by_what_they_say() -> None:
    state = rebuild_state(LINES)
    head, data = snapshot_at(5)
    assert head.seq == 5
    assert find_rebuilt_difference(load_rebuilt_state(data, []), rebuild_state(LINES[:5])) is None
    assert find_rebuilt_difference(state, rebuild_state(LINES[:5])) is not None
    assert find_rebuilt_difference(rebuild_state(LINES[:3]), rebuild_state(LINES[:2])) is not None


@settings(max_examples=150)
@given(
    harmed=st.sets(st.integers(1, 7)),
    copied=st.sets(st.integers(1, 7)),
    snapshot=st.none() | st.integers(0, 7),
)
def test_every_commit_is_accounted_for(
    harmed: set[int], copied: set[int], snapshot: int | None
) -> None:
    recent = data_of([line for line in LINES if line.seq in copied])
    taken = None if snapshot is None else snapshot_at(snapshot)
    found = rebuild_journal(spoilt(*harmed), recent, taken, STAMP)
    check_holds(found)
    whole = set(range(1, 8)) - harmed | copied
    first, last = found.outcome_of or (1, 0)
    by_outcome = set(range(first, last + 1))
    held = {line.seq for line in found.lines} - by_outcome
    top = max(whole | {snapshot or 0}, default=0)
    for seq in range(1, top + 1):
        ways = [seq in each for each in (held, by_outcome, found.lost, found.unfit)]
        assert ways.count(True) == 1
    assert set(found.lost).isdisjoint(whole)
    prefix = len(list(itertools.takewhile(whole.__contains__, range(1, 8))))
    if prefix >= (snapshot or 0):
        assert found.lines[:prefix] == LINES[:prefix]


def test_a_snapshot_is_known_by_each_of_its_lines() -> None:
    records = ReplayedRecords()
    replay_journal_lines(records, LINES)
    body = encode_rebuilt_state(records.build_state()).splitlines(keepends=True)
    assert is_snapshot_of_records(iter(body), records)
    for at, line in enumerate(body):
        spaced = line.replace(b',"name":', b', "name": ')
        others: tuple[list[bytes], ...] = (
            [b"{}\n"],
            [],
            [line, line],
            [line.replace(b'"id":', b'"ID":')],
        )
        for other in others:
            is_same = other == [line]
            found = is_snapshot_of_records(iter([*body[:at], *other, *body[at + 1 :]]), records)
            assert found == is_same, (line, other)
        # However it is written, a record that says the same is the same.
        assert is_snapshot_of_records(iter([*body[:at], spaced, *body[at + 1 :]]), records)
    nothing = encode_rebuilt_state(rebuild_state([])).splitlines(keepends=True)
    assert is_snapshot_of_records(iter(nothing), ReplayedRecords())
    assert not is_snapshot_of_records(iter(nothing), records)


def test_what_is_no_record_is_not_created() -> None:
    records = ReplayedRecords()
    with pytest.raises(msgspec.ValidationError):
        records.apply_changes(
            [Change(op="create", table="documents", id="plan", record=msgspec.Raw(b"7"))]
        )
    assert ("documents", "plan") not in records
