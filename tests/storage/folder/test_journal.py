"""The format of the ledger's files: what is whole is read, anything else is not."""

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.errors import LedgerDamaged, LedgerTooNew
from tracker.storage.folder import journal
from tracker.storage.folder.journal import GENESIS
from tracker.storage.folder.snapshot import EMPTY_BODY


def bodies(count: int) -> list[bytes]:
    return [f'{{"seq":{n},"note":"督查{n}"}}'.encode() for n in range(1, count + 1)]


def chained(count: int, chain: str = GENESIS) -> bytes:
    data = b""
    for body in bodies(count):
        line = journal.seal_journal_line(body, chain)
        chain, data = journal.find_chain_of_journal_line(line), data + line
    return data


def test_a_line_is_json_and_comes_back() -> None:
    raw = journal.seal_journal_line(b'{"seq":7,"note":"x"}', GENESIS)
    assert json.loads(raw) == {
        "prev": GENESIS,
        "sha": journal.find_chain_of_journal_line(raw),
        "seq": 7,
        "note": "x",
    }
    line = journal.read_journal_line(raw[:-1])
    assert line is not None
    assert (line.seq, line.prev, line.chain) == (
        7,
        GENESIS,
        journal.find_chain_of_journal_line(raw),
    )
    assert (line.body, line.raw) == (b'{"seq":7,"note":"x"}', raw[:-1])


def test_any_other_byte_makes_a_line_unreadable() -> None:
    raw = journal.seal_journal_line(b'{"seq":7}', GENESIS)[:-1]
    for place in range(len(raw)):
        for bit in range(8):
            spoilt = bytearray(raw)
            spoilt[place] ^= 1 << bit
            assert journal.read_journal_line(bytes(spoilt)) is None
    for end in range(len(raw)):
        assert journal.read_journal_line(raw[:end]) is None


@given(st.binary(max_size=200))
def test_garbage_is_no_line(data: bytes) -> None:
    assert journal.read_journal_line(data) is None
    assert list(journal.find_whole_journal_lines(data)) == []


@pytest.mark.parametrize("body", [b'{"seq":"x"}', b"{}", b'{"seq":1', b"{}\xff"])
def test_a_whole_line_that_is_no_commit_is_no_line(body: bytes) -> None:
    assert journal.read_journal_line(journal.seal_journal_line(body, GENESIS)[:-1]) is None


def test_lines_are_read_up_to_the_first_that_does_not_follow() -> None:
    data = chained(4)
    ends = [place + 1 for place, byte in enumerate(data) if byte == 10]
    whole = journal.read_journal_lines(data, GENESIS, 0)
    assert ([line.seq for line in whole.lines], whole.end, whole.rest) == (
        [1, 2, 3, 4],
        len(data),
        b"",
    )
    torn = journal.read_journal_lines(data[:-3], GENESIS, 0)
    assert ([line.seq for line in torn.lines], torn.end) == ([1, 2, 3], ends[2])
    assert torn.rest == data[ends[2] : -3]
    gap = journal.read_journal_lines(data[: ends[0]] + data[ends[1] :], GENESIS, 0)
    assert ([line.seq for line in gap.lines], gap.end) == ([1], ends[0])
    assert journal.read_journal_lines(data, "f" * 32, 0).lines == []
    later = journal.read_journal_lines(data[ends[1] :], whole.lines[1].chain, 2)
    assert [line.seq for line in later.lines] == [3, 4]
    twice = journal.read_journal_lines(data * 2, GENESIS, 0)
    assert (len(twice.lines), twice.rest) == (4, data)


def test_numbers_must_grow() -> None:
    first = journal.seal_journal_line(b'{"seq":2}', GENESIS)
    again = journal.seal_journal_line(b'{"seq":2}', journal.find_chain_of_journal_line(first))
    assert [line.seq for line in journal.read_journal_lines(first + again, GENESIS, 0).lines] == [2]


def test_whole_lines_are_found_wherever_they_stand() -> None:
    first, second, third = chained(3).splitlines()
    data = b"garbage\n" + third + b"\n" + second[:-1] + b"\n" + first
    assert [line.seq for line in journal.find_whole_journal_lines(data)] == [3, 1]


def test_a_snapshot_is_json_and_comes_back() -> None:
    data = journal.compose_journal_snapshot(5, 1234, "a" * 32, EMPTY_BODY)
    plain = json.loads(data)
    assert plain.keys() == {"tracker", "documents", "initiatives", "indicators", "receipts"}
    head = journal.read_journal_snapshot(data)
    assert (head.schema, head.seq, head.offset, head.chain) == (2, 5, 1234, "a" * 32)


def test_any_other_byte_makes_a_snapshot_damaged() -> None:
    data = journal.compose_journal_snapshot(5, 1234, "a" * 32, EMPTY_BODY)
    for place in range(len(data)):
        for bit in range(8):
            spoilt = bytearray(data)
            spoilt[place] ^= 1 << bit
            with pytest.raises((LedgerDamaged, LedgerTooNew)):
                journal.read_journal_snapshot(bytes(spoilt))
        with pytest.raises(LedgerDamaged):
            journal.read_journal_snapshot(data[:place])


def test_a_backup_comes_back_and_any_other_byte_damages_it() -> None:
    lines = journal.read_journal_lines(chained(3), GENESIS, 0).lines
    data = journal.compose_journal_backup(lines)
    assert [json.loads(each)["seq"] for each in data.splitlines()[1:]] == [1, 2, 3]
    assert journal.read_journal_backup(data) == lines
    assert journal.read_journal_backup(journal.compose_journal_backup([])) == []
    for place in range(len(data)):
        spoilt = bytearray(data)
        spoilt[place] ^= 1 << place % 8
        for harmed in (bytes(spoilt), data[:place]):
            with pytest.raises((LedgerDamaged, LedgerTooNew)):
                journal.read_journal_backup(harmed)
    for harmed in (data + b"\n", data + b"x", data * 2, b""):
        with pytest.raises(LedgerDamaged):
            journal.read_journal_backup(harmed)


@pytest.mark.parametrize(
    "data", [b"", b"[]\n", b"{}\n", b'{"tracker":{}}\n', b'{"tracker":{"2":{"schema":1}}},\n']
)
def test_what_is_no_snapshot_is_damage(data: bytes) -> None:
    with pytest.raises(LedgerDamaged, match="first line"):
        journal.read_journal_snapshot(data)


def test_a_backup_is_no_snapshot_and_the_other_way_round() -> None:
    with pytest.raises(LedgerDamaged, match="not that of a ledger"):
        journal.read_journal_snapshot(journal.compose_journal_backup([]))
    with pytest.raises(LedgerDamaged, match="not that of a backup"):
        journal.read_journal_backup(journal.compose_journal_snapshot(0, 0, GENESIS, EMPTY_BODY))


@pytest.mark.parametrize("extra", [b"", b',"colour":"red"'])
def test_what_a_newer_program_wrote_is_too_new(extra: bytes) -> None:
    snapshot = journal.compose_journal_snapshot(5, 1234, "a" * 32, EMPTY_BODY)
    newer = snapshot.replace(b'"schema":2', b'"schema":9' + extra)
    with pytest.raises(LedgerTooNew, match="format 9"):
        journal.read_journal_snapshot(newer)
    with pytest.raises(LedgerTooNew, match="format 9"):
        journal.read_journal_backup(
            journal.compose_journal_backup([]).replace(b'"schema":2', b'"schema":9' + extra)
        )


def test_the_genesis_is_as_wide_as_a_checksum() -> None:
    raw = journal.seal_journal_line(b'{"seq":1}', GENESIS)
    assert len(journal.find_chain_of_journal_line(raw)) == len(GENESIS)
    assert msgspec.json.decode(raw)["prev"] == GENESIS


def test_commits_are_numbered_from_1() -> None:
    backup = journal.compose_journal_backup([journal.link_journal_line(0, b'{"seq":0}', GENESIS)])
    with pytest.raises(LedgerDamaged, match="checksum"):
        journal.read_journal_backup(backup)


def test_a_backup_says_the_number_of_its_last_commit() -> None:
    lines = journal.read_journal_lines(chained(3), GENESIS, 0).lines
    head = json.loads(journal.compose_journal_backup(lines).splitlines()[0])["tracker_backup"]
    assert (head["seq"], head["commits"]) == (3, 3)


def test_the_newest_of_several_formats_of_a_snapshot_counts() -> None:
    first = b'{"tracker":{"1":{"schema":2},"2":{"schema":99}},\n}'
    with pytest.raises(LedgerTooNew, match="format 99"):
        journal.read_journal_snapshot(first)


@pytest.mark.parametrize("body", [b'{"seq":7,"at":"%b"}', b'{"at":"%b","seq":7}'])
def test_the_number_of_a_large_commit_is_read_wherever_it_stands(body: bytes) -> None:
    line = journal.link_journal_line(7, body % (b"x" * (1 << 20)), journal.GENESIS)
    assert journal.read_journal_line(line.raw) == line
