"""A large file comes in, goes and comes back as a small one does, through temporary files."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from factories import figure, file_of, initiative
from program import Program

from tracker.cli.file_import import run_file_import
from tracker.errors import LedgerError
from tracker.exchange import large_files
from tracker.exchange.batches import read_batch
from tracker.exchange.large_files import PackedItems
from tracker.ledger import merge
from tracker.ledger.ledger import Tracker
from tracker.ledger.merged_records import MergedRecords
from tracker.locale.translation import using_language
from tracker.storage.changes import ChangeList
from tracker.storage.folder import snapshot
from tracker.storage.memory import MemoryStore
from tracker.system.spool import Spool

NUMBERS = range(6)


@pytest.fixture
def _small_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(large_files, "LARGE", 0)
    monkeypatch.setattr(merge, "_MOST_INDEXED", 1)
    monkeypatch.setattr(MergedRecords, "most_unpacked", 0)
    monkeypatch.setattr(ChangeList, "most_unpacked", 0)
    monkeypatch.setattr(Spool, "most_in_memory", 500)
    monkeypatch.setattr(snapshot, "_MOST_DECODED", 2)


def parts(*entries: dict[str, Any]) -> str:
    """Return a file of one update for each of several indicators, in as many parts."""
    items = [
        {"id": f"c{n}", "indicators": [{"id": "km", "updates": [entry]}]}
        for entry in entries
        for n in NUMBERS
    ]
    return json.dumps({"items": items})


@pytest.mark.usefixtures("_small_is_large")
def test_the_sample_comes_in_as_it_went_out(program: Program, place: Path) -> None:
    program("init")
    exported = program("export").out
    (place / "all.json").write_text(exported)
    (place / "all.jsonl").write_text(program("export -o jsonl").out)
    assert program("--db one init --from all.json").code == 0
    assert program("--db one export").out == exported
    assert program("--db one check").code == program("check").code
    for number, name in enumerate(("all.json", "all.jsonl")):
        program(f"--db two{number} init --empty")
        program(f"--db two{number} import {name}")
        assert program(f"--db two{number} export").out == exported
        # What is there already is not added again.
        assert "nothing new" in program(f"--db two{number} import {name} --keep").out
    assert program("--db two0 undo 1").code == 0
    assert json.loads(program("--db two0 export").out)["items"] == []
    assert program("--db two0 undo 2").code == 0
    assert program("--db two0 export").out == exported


@pytest.mark.usefixtures("_small_is_large")
def test_many_reports_come_in_and_are_taken_back(program: Program, place: Path) -> None:
    known = [initiative(f"c{n}", f"事项{n}", figure("km", "长度", "公里")) for n in NUMBERS]
    (place / "known.json").write_bytes(file_of(*known))
    program("init --from known.json")
    before = json.loads(program("export").out)["items"]
    reports = parts({"on": "2026-01-31", "value": 1}, {"on": "2026-02-28", "value": 2})
    (place / "reports.json").write_text(reports)
    assert "12 entries added" in program("import reports.json").out
    assert "nothing new" in program("import reports.json").out
    items = json.loads(program("export").out)["items"]
    assert [[u["value"] for u in item["indicators"][0]["updates"]] for item in items] == [
        [1, 2] for _n in NUMBERS
    ]
    # A name that two parts of a file give differently is said, as ever.
    twice = [{"id": "c1", "name": "甲"}, {"id": "c1", "name": "乙"}]
    (place / "twice.json").write_text(json.dumps({"items": twice}))
    assert "is in the file twice" in program("import twice.json --replace").err
    assert program("undo 2").code == 0
    updates = json.loads(program("export").out)["items"][0]["indicators"][0]["updates"]
    assert [bool(update["voids"]) for update in updates] == [False, False, True, True]
    assert program("undo 1").code == 0
    assert json.loads(program("export").out)["items"] == []
    assert program("undo 4").code == 0
    again = json.loads(program("export").out)["items"]
    assert [each["id"] for each in again] == [each["id"] for each in before]


@pytest.mark.usefixtures("_small_is_large")
@pytest.mark.parametrize(("language", "words"), [("en", "Nothing was stored"), ("zh", "未存入")])
def test_a_temporary_file_that_cannot_be_read_is_said(language: str, words: str) -> None:
    batch = read_batch(parts({"on": "2026-01-31", "value": 1}).encode(), "json")
    assert isinstance(batch.items, PackedItems)
    descriptor = batch.items._spool._descriptor  # noqa: SLF001  # a bad disk
    os.ftruncate(descriptor or -1, 0)
    tracker = Tracker(MemoryStore(), now=datetime(2026, 6, 30, tzinfo=UTC))
    with using_language(language), pytest.raises(LedgerError, match=words):
        run_file_import([batch], lambda batches: tracker.merge(batches, "refuse", "import"))
