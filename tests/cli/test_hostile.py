"""Hostile texts and values, by every way in and through every way out.

Each is stored as it was given and shown harmlessly, or refused with one sentence that
leaves the ledger as it was. The ways out are asked for: a new output form is tried too.
"""

import csv
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import unicodedata
import zipfile
from collections.abc import Callable, Mapping, Sequence
from html.parser import HTMLParser
from io import BytesIO, StringIO
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hostile import RAW, TEXTS
from program import Done, Program

from tracker.output.cells import guard_formula
from tracker.output.rendering import FORMATS, is_rendered_as_bytes, is_rendered_as_calendar
from tracker.reports.build import REPORT_KINDS
from tracker.system.text import escape_hidden_text

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
LONG = 10_000
# What a spreadsheet takes for a formula; numbers, and the operators of the program, are none.
FORMULA = re.compile(r"\s*[=+\-@＝＋－＠](?![\d.]+$|=?$)")


def may_be_named(text: str) -> bool:
    return len(text) <= LONG and not CONTROL.search(text) and not set("\n\t") & set(text)


def may_be_noted(text: str) -> bool:
    return len(text) <= 1_000_000 and not CONTROL.search(text)


def in_argument(program: Program, item: dict[str, str]) -> Done:
    return program("add --id new --notes", item["notes"], "--", item["name"])


def in_edit(program: Program, item: dict[str, str]) -> Done:
    program("add 旧名 --id new")
    return program("edit new --notes", item["notes"], "--name", item["name"])


def in_file(ending: str) -> Callable[[Program, dict[str, str]], Done]:
    def enter(program: Program, item: dict[str, str]) -> Done:
        # A lone surrogate can stand in a file only as it is escaped.
        is_whole = not re.search("[\ud800-\udfff]", "".join(item.values()))
        quoted = {key: json.dumps(item[key], ensure_ascii=not is_whole) for key in item}
        parts = [f'"{key}": {quoted[key]}' for key in quoted]
        one = f'{{"id": "new", {", ".join(parts)}}}'
        lines = [f"{key} = {quoted[key]}" for key in quoted]
        text = {
            "json": f'{{"items": [{one}]}}',
            "jsonl": one,
            "toml": "\n".join(["[[items]]", 'id = "new"', *lines]),
        }[ending]
        Path(f"new.{ending}").write_text(text, "utf-8")
        return program(f"import new.{ending} --replace")

    return enter


TOML = "import toml"
WAYS_IN: Mapping[str, Callable[[Program, dict[str, str]], Done]] = {
    "add": in_argument,
    "edit": in_edit,
    **{f"import {ending}": in_file(ending) for ending in ("json", "jsonl", "toml")},
}


# What reads TOML takes its time over a million characters, and its limits are those of JSON.
CASES = [(way, kind) for way in WAYS_IN for kind in TEXTS if (way, kind) != (TOML, "very long")]


@pytest.mark.parametrize(("way", "kind"), CASES)
def test_a_text_is_stored_as_it_is_or_refused(program: Program, way: str, kind: str) -> None:
    text = TEXTS[kind]
    program("init --empty")
    for item, fits in (
        ({"name": text, "notes": "fine"}, may_be_named(text) and text.strip()),
        ({"name": "好名", "notes": text}, may_be_noted(text)),
    ):
        before = program("export").out
        done = WAYS_IN[way](program, item)
        assert not RAW.search(done.out + done.err)
        assert len(done.err) < 2000
        assert done.code == (0 if fits else 2), done.err
        if fits:
            (found,) = program("export").data["items"]
            # Names are composed, so that two ways to type an accent are one name.
            kept = item | {"name": unicodedata.normalize("NFC", item["name"])}
            assert {key: found[key] for key in item} == kept
            program("undo")
        elif way != "edit":
            assert program("export").out == before
        assert fits or re.search("name|notes|TOML|surrogate", done.err)


@pytest.fixture(scope="module")
def evil(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger of all that was let in, in every field that takes text."""
    folder = tmp_path_factory.mktemp("evil")
    names = [each for each in TEXTS.values() if may_be_named(each)]
    notes = [each for each in TEXTS.values() if may_be_noted(each) and len(each) < LONG]
    document = {"id": "doc", "title": names[0], "published": "2026-01-20"}
    items = [
        {
            "id": f"evil-{at}",
            "name": name,
            "aliases": names if at == 0 else [],
            "category": name,
            "place": name,
            "lead": name,
            "support": [name, name],
            "tags": [name],
            "notes": notes[at % len(notes)],
            "sources": [{"document": "doc", "locator": name}],
            "decisions": [{"on": "2026-01-21", "state": "suspended", "reason": name}],
            "indicators": [
                {
                    "id": "x",
                    "name": name,
                    "unit": name[:100],
                    "target": 5,
                    "deadline": {"on": "2026-06-30", "wording": name},
                    "notes": name,
                    "source": {"document": "doc", "locator": name},
                    "revisions": [{"on": "2026-02-01", "target": 6, "reason": name}],
                    "updates": [{"on": "2026-02-02", "value": 1, "note": name, "evidence": [name]}],
                }
            ],
        }
        for at, name in enumerate(names)
    ]
    documents = [document | {"id": f"doc-{at}", "title": name} for at, name in enumerate(names)]
    for each, name in zip(documents, names, strict=True):
        each |= {"publisher": name, "url": name}
    data = json.dumps({"documents": [document, *documents], "items": items})
    (folder / "evil.json").write_text(data, "utf-8")
    env = {"PATH": os.environ["PATH"], "HOME": str(folder), "TRACKER_DB": str(folder / "ledger")}
    init = [sys.executable, "-m", "tracker", "init", "--from", str(folder / "evil.json")]
    subprocess.run(init, env=env, check=True, capture_output=True)
    return folder / "ledger"


LINES = (
    "list",
    "show evil-0",
    "tree",
    "search evil",
    "why evil-1.x",
    "history",
    "history evil-0",
    "status",
    "status --by lead",
    "export",
    "check",
)


@pytest.mark.parametrize(
    "output",
    [
        each
        for each in FORMATS
        if not is_rendered_as_bytes(each) and not is_rendered_as_calendar(each)
    ],
)
@pytest.mark.parametrize("line", LINES)
def test_what_was_let_in_comes_out_harmlessly(
    program: Program, evil: Path, line: str, output: str
) -> None:
    done = program(f"{line} --db {evil} -o {output}")
    assert done.code == 0, done.err
    assert not RAW.search(done.err)
    check_harmless(done.out, output)


@pytest.mark.parametrize("output", FORMATS)
def test_a_file_of_it_is_harmless_too(program: Program, evil: Path, output: str) -> None:
    for kind in REPORT_KINDS:
        done = program(f"report {kind} --db {evil} -f {output} -O {kind}.{output}")
        if kind == "scoreboard" and output.startswith("ics"):
            assert done.code == 2, "leads have no deadlines"
            continue
        assert done.code == 0, done.err
        check_harmless(Path(f"{kind}.{output}").read_bytes(), output)


def check_harmless(made: str | bytes, output: str) -> None:
    """Look at an output as whatever reads it would."""
    if isinstance(made, bytes) and made.startswith(b"PK"):
        with zipfile.ZipFile(BytesIO(made)) as parts:
            for name in (each for each in parts.namelist() if each.endswith((".xml", ".rels"))):
                check_markup(ET.fromstring(parts.read(name)))  # noqa: S314  # we wrote it
        return
    # Excel wants a mark at the head of its CSV, and gets no other.
    text = made.removeprefix("\ufeff") if isinstance(made, str) else made.decode("utf-8-sig")
    assert not RAW.search(text.replace("\r\n", "\n") if "ics" in output else text)
    if text.startswith(("<!DOCTYPE html", "<!doctype html", "<html")):
        Page().feed(text)
    elif text.startswith("BEGIN:VCALENDAR"):
        for each in text.replace("\r\n", "\n").replace("\n ", "").splitlines():
            assert re.match("[A-Z-]+[;:]", each)
    elif output.startswith("json"):
        for each in text.splitlines() if output == "jsonl" else [text]:
            json.loads(each)


def check_markup(root: ET.Element) -> None:
    """No cell of a sheet is a formula; nothing in a document is fetched or run."""
    for each in root.iter():
        assert each.tag.rpartition("}")[2] not in {"f", "instrText", "script"}
        assert each.get("TargetMode") != "External"


class Page(HTMLParser):
    """Refuses what a browser would run or fetch."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        assert tag not in {"img", "iframe", "object", "embed", "form", "base"}
        assert not [name for name in given if name.startswith("on") or name == "src"]
        assert not (given.get("href") or "").lower().strip().startswith("javascript")

    def handle_data(self, data: str) -> None:
        assert self.lasttag != "script" or "alert(1)" not in data


@pytest.mark.parametrize(("output", "delimiter"), [("csv", ","), ("tsv", "\t")])
def test_a_spreadsheet_reads_it_back_and_computes_nothing(
    program: Program, evil: Path, output: str, delimiter: str
) -> None:
    out = program(f"list --db {evil} -o {output}").out
    header, *rows = csv.reader(StringIO(out, newline=""), delimiter=delimiter)
    names = [each for each in TEXTS.values() if may_be_named(each)]
    assert [row[header.index("name")] for row in rows] == [
        guard_formula(escape_hidden_text(unicodedata.normalize("NFC", each))) for each in names
    ]
    for row in rows:
        assert not [each for each in row if FORMULA.match(each)]
    numbers = [row[header.index("target")] for row in rows]
    assert numbers == ["6"] * len(names)


def test_what_was_let_in_goes_out_and_comes_in_again(program: Program, evil: Path) -> None:
    whole = program(f"export --db {evil}").out
    for form in ("json", "jsonl"):
        Path(f"all.{form}").write_text(program(f"export --db {evil} -o {form}").out, "utf-8")
        program(f"init --empty --db again-{form}")
        assert program(f"import all.{form} --db again-{form}").code == 0
        assert program(f"export --db again-{form}").out == whole


NUMBERS = (
    *("NaN", "nan", "Infinity", "-inf", "1e400", "1e-400", "1e30", "1" + "0" * 30, "5" * 5000),
    *("١٢", "⅓", "0b1", "1_000", "--5", "5-"),
)
NUMBERS_OF_TOML = {"NaN": "nan", "Infinity": "inf", "0b1": '"0b1"', "1_000": '"1_000"'}
DAYS = (
    *("0000-01-01", "10000-01-01", "2023-02-29", "2026-13-01", "2026-06-31", "-2026-01-01"),
    *("2026-01-01T00:00:00+08:00", "2026-01-01T25:00", "٢٠٢٦-٠١-٠١", "2026-W01-1"),
)


def written(**fields: str) -> None:
    """The files new.json, new.jsonl and new.toml, a part of an indicator in each."""
    pairs = ", ".join(f'"{key}": {value}' for key, value in fields.items())
    part = f'{{"id": "toilets", "indicators": [{{"id": "homes", {pairs}}}]}}'
    Path("new.json").write_text(f'{{"items": [{part}]}}', "utf-8")
    Path("new.jsonl").write_text(part, "utf-8")


def written_as_toml(field: str, value: str) -> None:
    head = '[[items]]\nid = "toilets"\n[[items.indicators]]\nid = "homes"\n'
    Path("new.toml").write_text(f"{head}{field} = {value}\n", "utf-8")


FILES = tuple(f"import new.{ending} --replace" for ending in ("json", "jsonl", "toml"))


def refused_everywhere(program: Program, lines: Sequence[str]) -> None:
    before = program("export").out
    for line in (*lines, *FILES):
        done = program(line)
        assert done.code == 2, (line, done.out, done.err)
        assert len(done.err) < 1000
    assert program("export").out == before


@pytest.mark.parametrize("found", NUMBERS)
def test_what_is_no_number_is_refused_everywhere(small: Program, found: str) -> None:
    raw = found if re.fullmatch(r"-?\w+(-\d+)?", found, re.ASCII) else f'"{found}"'
    written(baseline=raw, updates=f'[{{"on": "2026-01-31", "value": {raw}}}]')
    written_as_toml("baseline", NUMBERS_OF_TOML.get(found, raw))
    lines = (
        "update toilets.homes --on 2026-01-31 --",
        "update toilets.homes --on 2026-01-31 --add",
        "revise toilets.homes --reason x --target",
        "edit toilets.homes --baseline",
        "edit toilets.homes --target-high",
    )
    refused_everywhere(small, [f"{line} {found}" for line in lines])


@pytest.mark.parametrize("found", DAYS)
def test_what_is_no_day_is_refused_everywhere(small: Program, found: str) -> None:
    written(start=f'"{found}"', updates=f'[{{"on": "{found}", "value": 1}}]')
    written_as_toml("start", found)
    lines = (
        "update toilets.homes 1万户 --on",
        "update toilets.homes 1万户 --period-start",
        "edit toilets.homes --start",
        "edit toilets.homes --baseline-on",
        "revise toilets.homes --reason x --deadline",
        "list --as-of",
        "list --due-before",
        "add 报告 --id doc --published",
    )
    refused_everywhere(small, [f"{line}={found}" for line in lines])


@pytest.mark.parametrize(
    ("given", "shown"),
    [("-0", 0), ("0.10万", 0.1), ("1" + "0" * 29 + "万", 10**29), ("1,000万", 1000)],
)
def test_a_number_at_the_edge_is_kept(small: Program, given: str, shown: float) -> None:
    done = small(f"update toilets.homes --on 2024-02-29 -o json -- {given}")
    assert done.code == 0, done.err
    update = done.data["items"][0]["update"]
    assert (update["value"], update["on"]) == (shown, "2024-02-29")
    assert "-0" not in json.dumps(update["value"])
    for line in ("list", "show toilets", "why toilets.homes", "status", "history", "export"):
        assert small(line).code == 0


def test_a_moment_keeps_its_time_zone(program: Program) -> None:
    program("init --empty")
    at = "2026-01-31T23:30:00+14:00"
    item = {"id": "a", "name": "甲", "recorded_at": at}
    Path("a.json").write_text(json.dumps({"items": [item]}), "utf-8")
    assert program("import a.json").code == 0
    assert program("export").data["items"][0]["recorded_at"] == at
    Path("a.json").write_text(json.dumps({"items": [item | {"recorded_at": at[:-6]}]}), "utf-8")
    assert program("import a.json").code == 2


IDS = ("../etc/passwd", "a/b", "a b", "A", "a--b", "-a", "a.b.c", "а", "$(x)", "a;b", "", "a" * 81)


@pytest.mark.parametrize("found", IDS)
def test_an_id_is_a_name_and_no_path(program: Program, found: str) -> None:
    program("init --empty")
    before = program("export").out
    assert program("add x", f"--id={found}").code == 2
    Path("a.json").write_text(json.dumps({"items": [{"id": found, "name": "x"}]}), "utf-8")
    # In a file an empty id is none, and a record without one gets one.
    assert program("import a.json --dry-run").code == (2 if found else 0)
    assert program("show", "--", found).code in {2, 3}
    assert program("export").out == before


# Completion, in the shells themselves.

BASH = """\
eval "$(_TRACKER_COMPLETE=source_bash tracker)"
while IFS= read -r line; do
    COMP_WORDS=(tracker $line); COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
    _tracker_completion tracker
    printf '%s ' "${COMPREPLY[@]}" "|"
done
"""
ZSH = """\
compdef() { :; }
# What the program offers is evaluated by zsh itself; then it is handed to this.
_arguments() { print -rn -- "$1"; }
_files() { :; }
eval "$(_TRACKER_COMPLETE=source_zsh tracker)"
while IFS= read -r line; do
    words=(tracker ${=line}); CURRENT=${#words}
    _tracker_completion
    print -rn -- "|"
done
"""
SHELLS = {"bash": BASH, "zsh": ZSH}


@pytest.mark.parametrize("shell", SHELLS)
def test_a_shell_is_offered_ids_and_nothing_else(tmp_path: Path, evil: Path, shell: str) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    (tmp_path / "tracker").write_text(
        f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m tracker "$@"\n', "utf-8"
    )
    (tmp_path / "tracker").chmod(0o700)
    lines = ["show evil-1", "edit e", "show $(touch$IFS/pwned)", "--db /nowhere show e"]
    done = subprocess.run(
        [shell, "-c", SHELLS[shell]],
        input="\n".join(lines) + "\n",
        env={
            "PATH": f"{tmp_path}:{os.environ['PATH']}",
            "HOME": str(tmp_path),
            "TRACKER_DB": str(evil),
        },
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    assert not RAW.search(done.stdout)
    some, all_, *nothing = [
        set(re.findall(r"[^\s\"()*:']+", each)) for each in done.stdout.split("|")[:-1]
    ]
    assert some >= {"evil-1", "evil-1.x", "evil-10"}
    assert all(re.fullmatch("evil-[0-9]+(.x)?", each) for each in all_)
    assert len(all_) == 2 * len([each for each in TEXTS.values() if may_be_named(each)])
    assert nothing == [set(), set()]
    assert [each.name for each in tmp_path.iterdir()] == ["tracker"]
