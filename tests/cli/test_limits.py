"""What is too much, or not there, gets its sentence: memory, digits, keys, disks, zones."""

import errno
import json
import os
import resource
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from time import process_time
from unicodedata import normalize

import pytest
from program import Program

from tracker.system import files
from tracker.system.toml import parse_toml


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("x.toml", f"target = {'9' * 5000}", "a number in it has more than 4300 digits"),
        ("x.toml", ".".join(["a"] * 20_000) + " = 1", "a key in it has more than 100 parts"),
        ("x.toml", "[" + " . ".join(['"a b"'] * 20_000) + "]", "a key in it has more than 100"),
        ("x.toml", "x = {" + ".".join(["a"] * 20_000) + " = 1}", "a key in it has more than 100"),
        ("x.json", '{"schema": ' + "9" * 6000 + ', "items": []}', "…"),
        ("x.json", '{"items": [{"id": null, "name": "x"}]}', "null"),
    ],
)
def test_a_file_that_is_too_much_is_refused_at_once(
    program: Program, place: Path, name: str, content: str, sentence: str
) -> None:
    program("init --empty")
    (place / name).write_text(content)
    began = process_time()
    done = program(f"import {name}")
    assert process_time() - began < 3
    assert done.code == 2
    assert sentence in done.err
    assert len(done.err) < 2000
    assert "None" not in done.err


@pytest.mark.parametrize("line", [f"patience = {'9' * 5000}", ".".join("a" * 2000) + " = 1"])
def test_settings_that_are_too_much_are_refused(program: Program, place: Path, line: str) -> None:
    (place / "tracker.toml").write_text(line)
    done = program("list")
    assert done.code == 2
    assert "more than" in done.err


def test_dots_in_a_text_are_no_key() -> None:
    text = f'note = """\n{"." * 500}\n第一章 {"." * 300} 3\n"""\nversion = "{"1." * 90}1"\n'
    assert parse_toml(text)["version"].startswith("1.1.")
    long_word = "a" * 200_000
    began = process_time()
    assert parse_toml(f'x = "{long_word}"') == {"x": long_word}
    assert process_time() - began < 3


def test_too_little_memory_is_no_bug(env: Mapping[str, str], tmp_path: Path) -> None:
    count = 200_000
    updates = [{"on": "2026-01-01", "value": number} for number in range(count)]
    item = {
        "id": "a",
        "name": "事项",
        "indicators": [{"id": "b", "name": "数", "updates": updates}],
    }
    (tmp_path / "big.json").write_text(json.dumps({"items": [item]}))
    done = subprocess.run(
        [sys.executable, "-m", "tracker", "--db", "new", "init", "--from", "big.json"],
        env=env,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (150 << 20, 150 << 20)),
    )
    assert done.returncode == 5
    assert "not enough memory" in done.stderr
    assert "bug" not in done.stderr


def test_a_disk_that_fails_is_no_damage(
    program: Program, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program("init --empty")
    read = files.read_regular_file

    def fail(path: Path, *more: int) -> bytes:
        if path.name == "journal.jsonl":
            raise OSError(errno.EIO, os.strerror(errno.EIO), str(path))
        return read(path, *more)

    monkeypatch.setattr(files, "read_regular_file", fail)
    for line in ("list", "check", "recover", "add 事项 --id one"):
        done = program(line)
        assert done.code == 5, line
        assert "Input/output error" in done.err
        assert "damaged" not in done.err
    monkeypatch.undo()
    assert (place / "ledger" / "journal.jsonl").exists()


@pytest.mark.parametrize("zone", ["Nowhere/City", ":Asia/Jinan", "上海"])
def test_an_unknown_time_zone_is_said(
    program: Program, monkeypatch: pytest.MonkeyPatch, zone: str
) -> None:
    program("init --empty")
    monkeypatch.setenv("TZ", zone)
    done = program("list")
    assert done.code == 0
    assert zone.removeprefix(":") in done.err


@pytest.mark.parametrize(
    "zone", ["", "UTC", "GMT", "CST-8", "<+08>-8", "EST5EDT,M3.2.0,M11.1.0", "UTC0", ":UTC"]
)
def test_a_known_time_zone_is_not_spoken_of(
    program: Program, monkeypatch: pytest.MonkeyPatch, zone: str
) -> None:
    program("init --empty")
    monkeypatch.setenv("TZ", zone)
    assert program("list").err == ""


@pytest.mark.parametrize(
    "variables",
    [
        {},
        {"COMP_WORDS": "tracker sh", "COMP_CWORD": "x"},
        {"COMP_WORDS": "tracker '", "COMP_CWORD": "1"},
    ],
)
def test_completion_that_is_asked_for_wrongly_is_no_bug(
    env: Mapping[str, str], variables: Mapping[str, str]
) -> None:
    asked = {"_TRACKER_COMPLETE": "complete_bash"}
    done = subprocess.run(
        [sys.executable, "-m", "tracker"],
        env={**env, **asked, **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 70
    assert "bug" not in done.stderr
    assert "Traceback" not in done.stderr


def test_a_letter_with_its_mark_is_one_letter(program: Program) -> None:
    composed, apart = (normalize(form, "Café 试点") for form in ("NFC", "NFD"))
    assert composed != apart
    program("init --empty")
    assert program("add", apart, "--id", "cafe", "--lead", apart).code == 0
    for name in (composed, apart):
        assert program("show", name).code == 0
        shown = program("list -o json --lead", name)
        assert shown.code == 0
        assert program("search -o json", name).data["items"][0]["id"] == "cafe"
    assert composed in program("export").out
    assert apart not in program("export").out
    assert program("edit cafe --place", apart).code == 0
    assert apart not in program("export").out
