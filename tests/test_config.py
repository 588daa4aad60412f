"""Where a setting comes from, and what is said when it makes no sense."""

import os
import pwd
import subprocess
import sys
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tracker import config
from tracker.errors import InvalidInput

EXAMPLES: Mapping[str, tuple[str, str, Any]] = {
    "db": ("/x/ledger", '"/x/ledger"', "/x/ledger"),
    "lang": ("zh", '"zh"', "zh"),
    "author": ("督查室", '"督查室"', "督查室"),
    "yellow_below": ("-5.5", "-5.5", Decimal("-5.5")),
    "red_below": ("-40", "-40", Decimal(-40)),
    "warn_days": ("14", "14", 14),
    "due_within": ("60", "60", 60),
    "cycle": ("weekly", '"weekly"', "weekly"),
    "days_off": (
        "2026-10-08, 2026-10-09",
        '[2026-10-08, "2026-10-09"]',
        (date(2026, 10, 8), date(2026, 10, 9)),
    ),
    "days_on": ("2026-10-10", "[2026-10-10]", (date(2026, 10, 10),)),
    "light_names": (
        "yellow=蓝灯，red=红灯",
        "{ yellow = '蓝灯', red = '红灯' }",
        {"yellow": "蓝灯", "red": "红灯"},
    ),
    "light_colours": ("yellow=blue", "{ yellow = 'blue' }", {"yellow": "blue"}),
    "contact": ("督查室 0531-12345678", "'督查室 0531-12345678'", "督查室 0531-12345678"),
    "answer_within": ("7", "7", 7),
    "report_within": ("0", "0", 0),
    "score_met": ("50", "50", 50),
    "score_on_time": ("50", "50", 50),
    "score_overdue": ("0", "0", 0),
    "patience": ("0", "0", 0),
}
"""Each setting as a text, in TOML, and as a value."""


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The settings file, not there yet, in an environment that says nothing else."""
    for variable in list(os.environ):
        if variable.startswith(("TRACKER_", "XDG_", "LC_", "LANG")):
            monkeypatch.delenv(variable)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("TRACKER_CONFIG", str(tmp_path / "tracker.toml"))
    return tmp_path / "tracker.toml"


def refused(flags: Mapping[str, str | None] | None = None) -> str:
    with pytest.raises(InvalidInput) as caught:
        config.load(flags or {})
    return caught.value.sentence


def test_every_setting_has_an_example() -> None:
    assert list(EXAMPLES) == [each.key for each in config.SETTINGS]
    assert all(each.meaning for each in config.SETTINGS)


@pytest.mark.parametrize("key", EXAMPLES)
def test_flag_then_environment_then_file_then_default(
    key: str, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text, toml, value = EXAMPLES[key]
    default = config.load({})
    assert default.chosen[key].origin == "default"
    assert default.file == file
    file.write_text(f"{key} = {toml}\n", "utf-8")
    assert config.load({}).chosen[key] == (value, str(file))
    monkeypatch.setenv(f"TRACKER_{key.upper()}", text)
    file.write_text("", "utf-8")
    assert config.load({}).chosen[key] == (value, f"TRACKER_{key.upper()}")
    file.write_text(f"{key} = 'nonsense'\n", "utf-8")
    assert config.load({}).chosen[key] == (value, f"TRACKER_{key.upper()}")
    monkeypatch.setenv(f"TRACKER_{key.upper()}", "nonsense")
    assert config.load({key: text, "other": None}).chosen[key] == (value, f"--{key}")
    assert config.load({key: text})[key] == value


def test_an_empty_variable_says_nothing(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRACKER_CYCLE", "")
    file.write_text('cycle = "weekly"', "utf-8")
    assert config.load({})["cycle"] == "weekly"
    monkeypatch.setenv("TRACKER_CONFIG", "")
    assert config.load({}).chosen["cycle"] == ("monthly", "default")


@pytest.mark.parametrize(
    ("key", "toml", "allowed"),
    [
        ("db", "5", "a text"),
        ("db", '" "', "a text"),
        ("lang", '"fr"', "en, zh"),
        ("lang", "[1]", "en, zh"),
        ("cycle", '"daily"', "weekly, monthly, quarterly, half-yearly, yearly"),
        ("yellow_below", '"x"', "a number of percentage points"),
        ("yellow_below", "nan", "a number of percentage points"),
        ("yellow_below", "-inf", "a number of percentage points"),
        ("yellow_below", "true", "a number of percentage points"),
        ("yellow_below", "[1]", "a number of percentage points"),
        ("red_below", "-1e9", "a number of percentage points"),
        ("warn_days", "-1", "a whole number from 0 to 36500"),
        ("warn_days", "1.5", "a whole number from 0 to 36500"),
        ("warn_days", "true", "a whole number from 0 to 36500"),
        ("warn_days", '"x"', "a whole number from 0 to 36500"),
        ("warn_days", '"٣"', "a whole number from 0 to 36500"),
        ("warn_days", "36501", "a whole number from 0 to 36500"),
        ("warn_days", f'"{"1" * 5000}"', "a whole number from 0 to 36500"),
        ("days_off", "5", "days like 2026-10-08"),
        ("days_off", '["20261008"]', "days like 2026-10-08"),
        ("days_off", '["2026-W41-4"]', "days like 2026-10-08"),
        ("days_off", "[2026-10-08T00:00:00]", "days like 2026-10-08"),
        ("days_off", '["2026-02-30"]', "days like 2026-10-08"),
        ("days_off", "{ x = 1 }", "days like 2026-10-08"),
        ("light_names", "{ blue = 'x' }", "pairs like red=…, yellow=…"),
        ("light_names", "{ red = 5 }", "pairs like red=…, yellow=…"),
        ("light_names", "{ red = ' ' }", "pairs like red=…, yellow=…"),
        ("light_names", "{}", "pairs like red=…, yellow=…"),
        ("light_names", "5", "pairs like red=…, yellow=…"),
        ("light_names", "'red'", "pairs like red=…, yellow=…"),
        ("light_colours", "'red=pink'", "black, red, green, yellow, blue, magenta, cyan, white"),
    ],
)
def test_a_wrong_value_is_named_with_its_place(
    key: str, toml: str, allowed: str, file: Path
) -> None:
    file.write_text(f"{key} = {toml}", "utf-8")
    sentence = refused()
    assert sentence.startswith(f"{key} from {file} is ")
    assert sentence.endswith(f"; allowed: {allowed}.")


def test_a_wrong_variable_and_a_wrong_flag(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not file.exists()
    monkeypatch.setenv("TRACKER_PATIENCE", "soon")
    assert refused().startswith('patience from TRACKER_PATIENCE is "soon"; allowed: a whole number')
    assert refused({"lang": "fr"}) == 'lang from --lang is "fr"; allowed: en, zh.'
    assert refused({"db": ""}) == 'db from --db is ""; allowed: a text.'


def test_the_thresholds_agree(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file.write_text("yellow_below = -20\nred_below = -20", "utf-8")
    assert config.load({})["red_below"] == Decimal(-20)
    monkeypatch.setenv("TRACKER_RED_BELOW", "-5")
    assert refused() == (
        "red_below from TRACKER_RED_BELOW is -5; allowed: at most yellow_below,"
        f" which is -20 from {file}."
    )


def test_unknown_settings_are_refused(file: Path) -> None:
    file.write_text('yelow_below = -5\nlangs = "zh"', "utf-8")
    assert refused().startswith(f"{file} sets langs, yelow_below, which is no setting; there are: ")
    assert refused().endswith("score_overdue, patience.")


@pytest.mark.parametrize(
    "data", [b"x", b"cycle = ", b"warn_days = " + b"1" * 5000, b"x = " + b"[" * 100_000]
)
def test_a_file_that_is_no_toml(data: bytes, file: Path) -> None:
    file.write_bytes(data)
    assert refused().startswith(f"The settings in {file} are not TOML: ")


def test_a_byte_order_mark_is_passed_over(file: Path) -> None:
    file.write_text('cycle = "weekly"', "utf-8-sig")
    assert config.load({})["cycle"] == "weekly"


def test_a_file_that_cannot_be_read(file: Path) -> None:
    file.write_bytes(b'author = "\xff"')
    assert refused().startswith(f"The settings in {file} cannot be read: 'utf-8' codec")
    file.unlink()
    file.mkdir()
    assert refused() == f"The settings in {file} cannot be read: Is a directory."


def test_no_file_is_no_error(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert config.load({})["cycle"] == "monthly"
    file.touch()
    monkeypatch.setenv("TRACKER_CONFIG", str(file / "below"))
    assert config.load({})["cycle"] == "monthly"


def test_where_things_are_by_default(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert config.load({})["db"] == str(tmp_path / ".local/share/tracker/ledger")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    assert config.load({})["db"] == str(tmp_path / "data/tracker/ledger")
    monkeypatch.setenv("XDG_DATA_HOME", "relative")
    assert config.load({})["db"] == str(tmp_path / ".local/share/tracker/ledger")
    monkeypatch.delenv("TRACKER_CONFIG")
    assert config.load({}).file == tmp_path / ".config/tracker/tracker.toml"
    assert file.name == "tracker.toml"


def test_without_a_home(tmp_path: Path) -> None:
    """Cron gives nearly nothing; the user database knows where home is."""
    command = [sys.executable, "-m", "tracker", "config", "-o", "json"]
    done = subprocess.run(command, env={}, cwd=tmp_path, capture_output=True, check=True)
    home = pwd.getpwuid(os.getuid()).pw_dir
    assert f"{home}/.local/share/tracker/ledger".encode() in done.stdout


def test_the_author_is_who_is_logged_in(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not file.exists()
    monkeypatch.setenv("USER", "wang")
    monkeypatch.setenv("LOGNAME", "li")
    assert config.load({})["author"] == "li"
    monkeypatch.delenv("LOGNAME")
    assert config.load({})["author"] == "wang"
    monkeypatch.delenv("USER")
    assert config.load({})["author"] == pwd.getpwuid(os.getuid()).pw_name


def test_a_user_that_nobody_knows(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a container that runs under a number of its own."""
    assert not file.exists()
    monkeypatch.delenv("LOGNAME", raising=False)
    monkeypatch.delenv("USER", raising=False)
    monkeypatch.setattr(os, "getuid", lambda: 54321)
    assert config.load({})["author"] == "54321"


@pytest.mark.parametrize(
    ("variables", "arguments", "language"),
    [
        ({}, [], "en"),
        ({"LANG": "zh_CN.UTF-8"}, [], "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, [], "en"),
        ({"LC_MESSAGES": "zh_CN", "LANG": "C"}, [], "zh"),
        ({"LANG": "zh_TW.UTF-8"}, [], "zh"),
        ({"LANG": "de_DE.UTF-8"}, [], "en"),
        ({"LANG": "de_DE.UTF-8", "LANGUAGE": "fr:zh_CN:en"}, [], "zh"),
        ({"LANG": "zh_CN.UTF-8", "LANGUAGE": "en_GB:zh"}, [], "en"),
        ({"LANG": "zh_CN.UTF-8", "LANGUAGE": "fr"}, [], "zh"),
        ({"LC_ALL": "C", "LANG": "zh_CN.UTF-8", "LANGUAGE": "zh"}, [], "en"),
        ({"LANGUAGE": "zh"}, [], "en"),
        ({"LANG": "en_US.UTF-8", "TRACKER_LANG": "zh"}, [], "zh"),
        ({}, ["overdue", "--lang", "zh"], "zh"),
        ({}, ["overdue", "--lang=zh", "-o", "json"], "zh"),
        ({"TRACKER_LANG": "zh"}, ["list"], "zh"),
        ({"TRACKER_LANG": "zh"}, ["--lang", "en", "list"], "en"),
        ({}, ["--lang=zh", "list"], "zh"),
        ({}, ["--lang"], "en"),
        ({"LANG": "zh_CN"}, ["--lang", "fr"], "zh"),
        ({"LANG": "zh_CN", "TRACKER_PATIENCE": "x"}, ["--lang", "en"], "zh"),
    ],
)
def test_the_language_is_known_first(
    variables: Mapping[str, str],
    arguments: list[str],
    language: str,
    file: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert not file.exists()
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert config.language(arguments) == language


def test_colours_are_not_always_welcome(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert config.colour_wanted()
    monkeypatch.setenv("NO_COLOR", "1")
    assert not config.colour_wanted()
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("TERM", "dumb")
    assert not config.colour_wanted()
