"""Everything that the program has is in the reference, and its sentences are whole."""

import re
import subprocess

import msgspec
import pytest
from reference import (
    EXITS,
    RECORDS,
    Documented,
    all_errors,
    anchor,
    commands,
    meanings_of,
    type_of,
)

from docs import ROOT
from tracker import config
from tracker.assessment import checks
from tracker.cli.command_index import COMMANDS


def page(name: str) -> str:
    return (ROOT / "docs" / "reference" / f"{name}.md").read_text("utf-8")


MAN = (ROOT / "man" / "tracker.1").read_text("utf-8")


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_there(name: str) -> None:
    section = page("commands").partition(f"\n### tracker {name}\n")[2].partition("\n### ")[0]
    assert COMMANDS[name].summary in section
    assert "```sh" in section
    assert f"\n.SS tracker {name} " in MAN


@pytest.mark.parametrize(
    "command", [each for _heading, group in commands() for each in group], ids=lambda c: c.name
)
def test_every_option_is_there(command: Documented) -> None:
    text = page("commands")
    section = text.partition(f"\n### tracker {command.name}\n")[2].partition("\n### ")[0]
    for parameter in [*command.arguments, *command.options]:
        assert f"- `{parameter.name}`: " in section
    for heading in command.shared:
        assert f"(#{anchor(heading)})" in section


@pytest.mark.parametrize("setting", config.SETTINGS, ids=lambda setting: setting.key)
def test_every_setting_is_there(setting: config.Setting) -> None:
    assert f"| `{setting.key}` | " in page("settings")
    assert f"TRACKER_{setting.key.upper()}" in MAN


@pytest.mark.parametrize("check", checks.CHECKS, ids=lambda check: check.name)
def test_every_check_is_there(check: checks.Check) -> None:
    assert f"| `{check.name}` | " in page("checks")


def test_every_exit_code_is_there() -> None:
    text = page("exit-codes")
    for error in all_errors():
        assert error.exit_code in EXITS
        assert f"| `{error.kind}` | {error.exit_code} | " in text
    for code in EXITS:
        assert f"\n| {code} | " in text


@pytest.mark.parametrize("kind", RECORDS, ids=lambda kind: kind.__name__)
def test_every_field_is_explained(kind: type[msgspec.Struct]) -> None:
    meanings = meanings_of(kind)
    for field in kind.__struct_fields__:
        assert meanings.get(field), f"say in the docstring of {kind.__name__} what {field} is"
        assert f"| `{field}` | " in page("json")


def test_a_type_is_said_in_words() -> None:
    assert type_of(list[str]) == "list of text"
    assert type_of(int | None) == "whole number, or null"


def test_the_man_page_is_well_formed() -> None:
    assert MAN.startswith(r".\"")
    assert not re.search(r"^\.(?!TH|SH|SS|TP|PP|B|nf|fi|ad|nh|\\\")", MAN, re.MULTILINE)
    try:
        command = [
            "groff",
            "-man",
            "-Kutf8",
            "-Tutf8",
            "-ww",
            "-z",
            str(ROOT / "man" / "tracker.1"),
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("groff is not installed")
    assert done.stderr == ""
