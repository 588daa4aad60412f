"""One line that is sealed and not understood stops nothing: it is named, and set aside."""

from pathlib import Path

import pytest
from program import Program

from tracker.storage.folder import journal

BAD_UPDATE = (
    '{"seq":%d,"at":"2026-01-31T09:30:00Z","command":"update","changes":[{"op":"append",'
    '"table":"indicators","id":"pipes.km","list":"updates",'
    '"entry":{"id":"new","on":"2026-01-30","value":5,"colour":"red"}}]}'
)
BAD_FIELD = (
    '{"seq":%d,"at":"2026-01-31T09:30:00Z","command":"edit","changes":[{"op":"change",'
    '"table":"indicators","id":"pipes.km","old":{"colour":1},"new":{"colour":2}},'
    '{"op":"change","table":"initiatives","id":"pipes","old":{"lead":null},'
    '"new":{"lead":"水务局"}}]}'
)
BAD_RECORD = (
    '{"seq":%d,"at":"2026-01-31T09:30:00Z","command":"add","changes":[{"op":"create",'
    '"table":"indicators","id":"pipes.odd","record":{"id":"pipes.odd","name":5}}]}'
)
ODD_HEAD = (
    '{"seq":%d,"at":"2026-01-31T09:30:00Z","command":"edit","colour":"red","changes":[{"op":"change",'
    '"table":"initiatives","id":"pipes","old":{"lead":null},"new":{"lead":"水务局"}}]}'
)
ODD_OPERATION = (
    '{"seq":%d,"at":"2026-01-31T09:30:00Z","command":"edit","changes":[{"op":"paint",'
    '"table":"indicators","id":"pipes.km","colour":"red"},{"op":"change",'
    '"table":"initiatives","id":"pipes","old":{"lead":null},"new":{"lead":"水务局"}}]}'
)
ODD_TABLE = (
    '{"seq":%d,"at":"2026-01-31T09:30:00Z","command":"edit","changes":[{"op":"create",'
    '"table":"colours","id":"red","record":{"id":"red","name":5}}]}'
)
NO_MOMENT = '{"seq":%d,"command":"edit","colour":"red","changes":[]}'
LONE = (
    '{"seq":%d,"at":"2026-01-31T09:30:00Z","command":"add","changes":[{"op":"create",'
    '"table":"indicators","id":"none.km","record":{"id":"none.km","name":"colour"}}]}'
)

QUIET_ABOUT = {
    ODD_TABLE: ["list", "show pipes", "why pipes.wells", "export", "check", "report brief"],
    LONE: ["show pipes", "why pipes.wells", "history", "export", "check"],
}
"""The commands that have nothing to do with the line, if they are more than one."""


@pytest.fixture
def ledger(program: Program) -> Path:
    """A ledger of one initiative with two indicators."""
    assert program("init --empty").code == 0
    assert program("add 管网 --id pipes").code == 0
    for name in ("km", "wells"):
        line = f"add 改造 --to pipes --id {name} --target 20公里 --baseline 0 --deadline 2099-12-31"
        assert program(line).code == 0
    place = program("config -o json").data["items"]
    return Path(next(each["value"] for each in place if each["key"] == "db"))


def seal(ledger: Path, body: str) -> int:
    """Add a line that is chained as the program does it; return its number."""
    path = ledger / "journal.jsonl"
    lines = journal.read_journal_lines(path.read_bytes(), journal.GENESIS, 0).lines
    seq = lines[-1].seq + 1
    data = path.read_bytes() + journal.seal_journal_line((body % seq).encode(), lines[-1].chain)
    path.write_bytes(data)
    return seq


@pytest.mark.parametrize(
    "body",
    [BAD_UPDATE, BAD_FIELD, BAD_RECORD, ODD_HEAD, ODD_OPERATION, ODD_TABLE, NO_MOMENT, LONE],
)
def test_what_is_not_understood_is_named_and_the_rest_goes_on(
    program: Program, ledger: Path, body: str
) -> None:
    seq = seal(ledger, body)
    named = "is left out"
    commands = ("list", "show pipes", "why pipes.wells", "history", "export", "check")
    for command in (*commands, "report brief"):
        done = program(command)
        # A change of what there is not cannot be replayed.
        is_unfit = command == "check" and body in {LONE, ODD_TABLE}
        assert done.code == (5 if is_unfit else 0), (command, done)
        if command not in QUIET_ABOUT.get(body, ["why pipes.wells"]):
            assert named in done.err, command
        assert len(done.err.splitlines()) == len(set(done.err.splitlines())) <= 5
    assert "pipes.km" in program("list -o ids").out
    assert program("update pipes.wells 3公里 --on 2026-01-31").code == 0
    assert program(f"undo {seq + 1}").code == 0
    recovered = program("recover")
    assert recovered.code == 0
    assert "kept beside" in recovered.out
    is_part = body in {BAD_FIELD, ODD_HEAD, ODD_OPERATION}
    whole = "set aside" if is_part else f"not put back: commits {seq}"
    assert whole in recovered.out
    for command in ("list", "history", "check"):
        done = program(command)
        assert (done.code, done.err.count("is left out")) == (0, 0)
    assert program("update pipes.km 3公里 --on 2026-01-31").code == 0
    assert program("recover").out.startswith("The ledger is whole")
    kept = [each for each in ledger.iterdir() if each.name.endswith(".damaged")]
    assert any(b"colour" in each.read_bytes() or b'"name":5' in each.read_bytes() for each in kept)


def test_a_record_that_is_not_understood_as_a_whole_is_not_changed(
    program: Program, ledger: Path
) -> None:
    seal(ledger, BAD_UPDATE)
    before = (ledger / "journal.jsonl").read_bytes()
    done = program("update pipes.km 3公里 --on 2026-01-31")
    assert done.code == 5
    assert "tracker recover" in done.err
    assert (ledger / "journal.jsonl").read_bytes() == before


def test_an_initiative_that_is_not_understood_is_named_once_for_what_is_its_own(
    program: Program, ledger: Path
) -> None:
    own = '{"op":"create","table":"indicators","id":"odd.km","record":{"id":"odd.km","name":"长"}}'
    seal(ledger, BAD_RECORD.replace("indicators", "initiatives").replace("pipes.odd", "odd"))
    seal(ledger, '{"seq":%d,"at":"2026-01-31T09:30:00Z","command":"add","changes":[' + own + "]}")
    done = program("list -o ids")
    assert done.out.split() == ["pipes.km", "pipes.wells"]
    assert "odd is left out" in done.err
    assert "odd.km" not in done.err
