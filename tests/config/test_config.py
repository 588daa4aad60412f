"""Where a setting comes from, and what is said when it makes no sense."""

import json
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
from program import Program

from tracker import config
from tracker.errors import InvalidInput
from tracker.model.addresses import Recipient, SecretInText, parse_address

EXAMPLES: Mapping[str, tuple[str, str, Any]] = {
    "db": ("/x/ledger", '"/x/ledger"', "/x/ledger"),
    "lang": ("zh", '"zh"', "zh"),
    "author": ("督查室", '"督查室"', "督查室"),
    "yellow_below": ("-5.5", "-5.5", Decimal("-5.5")),
    "red_below": ("-40", "-40", Decimal(-40)),
    "warn_days": ("14", "14", 14),
    "due_within": ("60", "60", 60),
    "cycle": ("weekly", '"weekly"', "weekly"),
    "working_set": (
        "document=2026-report, since=2026-01-01",
        "{ document = ['2026-report'], since = 2026-01-01 }",
        {"document": ("2026-report",), "since": ("2026-01-01",)},
    ),
    "days_off": (
        "2026-10-08, 2026-10-09",
        '[2026-10-08, "2026-10-09"]',
        (date(2026, 10, 8), date(2026, 10, 9)),
    ),
    "days_on": ("2026-10-10", "[2026-10-10]", (date(2026, 10, 10),)),
    "table_heads": (
        "认领科室=lead，兜底时间=deadline",
        "{ '认领科室' = 'lead', '兜底时间' = 'deadline' }",
        {"认领科室": "lead", "兜底时间": "deadline"},
    ),
    "light_names": (
        "yellow=蓝灯，red=红灯",
        "{ yellow = '蓝灯', red = '红灯' }",
        {"yellow": "蓝灯", "red": "红灯"},
    ),
    "light_colours": ("yellow=blue", "{ yellow = 'blue' }", {"yellow": "blue"}),
    "wide_signs": ("true", "true", True),
    "flood_season": ("06-01", "'06-01'", (6, 1)),
    "issuer": ("区政府督查室", '"区政府督查室"', "区政府督查室"),
    "number_word": ("济督查", '"济督查"', "济督查"),
    "signer": ("李明", '"李明"', "李明"),
    "copies": ("区委办公室", '"区委办公室"', "区委办公室"),
    "contact": ("督查室 0531-12345678", "'督查室 0531-12345678'", "督查室 0531-12345678"),
    "answer_within": ("7", "7", 7),
    "report_within": ("0", "0", 0),
    "score_met": ("50", "50", 50),
    "score_on_time": ("50", "50", 50),
    "score_overdue": ("0", "0", 0),
    "patience": ("0", "0", 0),
    "query_timeout": ("0", "0", 0),
    "addresses": (
        "住建局=mailto:zj@example.org wecom:zjj; 水务局 = stdout:",
        "{ '住建局' = ['mailto:zj@example.org', 'wecom:zjj'], '水务局' = { to = ['stdout:'] } }",
        {
            "住建局": Recipient(("mailto:zj@example.org", "wecom:zjj")),
            "水务局": Recipient(("stdout:",)),
        },
    ),
    "escalation": (
        "mailto:duban@example.org, feishu:duban",
        "['mailto:duban@example.org', 'feishu:duban']",
        ("mailto:duban@example.org", "feishu:duban"),
    ),
    "remind_before": ("7, 30", "[7, 30, 7]", (30, 7)),
    "remind_every": ("14", "14", 14),
    "smtp": ("mail.example.org:465", "'mail.example.org:465'", "mail.example.org:465"),
    "smtp_security": ("tls", "'tls'", "tls"),
    "smtp_from": (
        "督查室 <duban@example.org>",
        "'督查室 <duban@example.org>'",
        "督查室 <duban@example.org>",
    ),
    "smtp_user": ("duban", "'duban'", "duban"),
    "smtp_secret": ("mail", "'mail'", "mail"),
    "allow_http": ("true", "true", True),
    "send_timeout": ("0.5", "0.5", 0.5),
    "send_attempts": ("1", "1", 1),
    "send_pause": ("0", "0", 0),
    "claim_minutes": ("5", "5", 5),
    "hook_timeout": ("1", "1", 1),
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
        config.load_settings(flags or {})
    return caught.value.sentence


def test_every_setting_has_an_example() -> None:
    assert list(EXAMPLES) == [each.key for each in config.SETTINGS]
    assert all(each.meaning for each in config.SETTINGS)


@pytest.mark.parametrize("key", EXAMPLES)
def test_flag_then_environment_then_file_then_default(
    key: str, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text, toml, value = EXAMPLES[key]
    default = config.load_settings({})
    assert default.chosen[key].origin == "default"
    assert default.file == file
    file.write_text(f"{key} = {toml}\n", "utf-8")
    assert config.load_settings({}).chosen[key] == (value, str(file))
    monkeypatch.setenv(f"TRACKER_{key.upper()}", text)
    file.write_text("", "utf-8")
    assert config.load_settings({}).chosen[key] == (value, f"TRACKER_{key.upper()}")
    file.write_text(f"{key} = 'nonsense'\n", "utf-8")
    assert config.load_settings({}).chosen[key] == (value, f"TRACKER_{key.upper()}")
    monkeypatch.setenv(f"TRACKER_{key.upper()}", "nonsense")
    assert config.load_settings({key: text, "other": None}).chosen[key] == (value, f"--{key}")
    assert config.load_settings({key: text})[key] == value


def test_an_empty_variable_says_nothing(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRACKER_CYCLE", "")
    file.write_text('cycle = "weekly"', "utf-8")
    assert config.load_settings({})["cycle"] == "weekly"
    monkeypatch.setenv("TRACKER_CONFIG", "")
    assert config.load_settings({}).chosen["cycle"] == ("monthly", "default")


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
        ("table_heads", "'认领科室'", "pairs like 责任单位=lead, 完成时限=deadline"),
        ("table_heads", "5", "pairs like 责任单位=lead, 完成时限=deadline"),
        ("remind_before", "5", "whole numbers like 30, 7, 1"),
        ("remind_before", "[-1]", "a whole number from 0 to 36500"),
        ("allow_http", "'yes'", "true or false"),
        ("allow_http", "1", "true or false"),
        ("send_timeout", "'soon'", "seconds from 0 to 3600"),
        ("send_timeout", "nan", "seconds from 0 to 3600"),
        ("send_timeout", "true", "seconds from 0 to 3600"),
        ("send_timeout", "-1", "seconds from 0 to 3600"),
        ("send_timeout", "[1]", "seconds from 0 to 3600"),
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


KEY = "693a91f6-7aaa-4bc4-97a0-0ec2a0f7d2e1"


@pytest.mark.parametrize(
    "address",
    [
        *(KEY, f"wecom:{KEY}", f"https://qyapi.example.org/send?key={KEY}", "wecom:", "wecom:a b"),
        *(
            f"https://example.org/hooks/{KEY}",
            "https://me:word@example.org/",
            "http://example.org/",
        ),
        *(
            "mailto:nobody",
            "mailto:a@b.org\\nBcc: c@d.org",
            "exec:relative",
            "stdout:x",
            "file:/etc",
        ),
        *(f"dingtalk:{'a' * 64}", "mailto:李@example.org", "https://例子.org/", "feishu:x#y"),
    ],
)
@pytest.mark.parametrize("toml", ['escalation = ["{}"]', '[addresses."局"]\nto = ["{}"]'])
def test_what_may_be_a_secret_is_refused_and_not_repeated(
    address: str, toml: str, file: Path
) -> None:
    file.write_text(toml.format(address), "utf-8")
    sentence = refused()
    whose = "for to of 局: " if toml.startswith("[") else ""
    assert f"from {file} is not understood; allowed: {whose}mailto:name@example.org" in sentence
    assert address not in sentence
    assert KEY not in sentence


@pytest.mark.parametrize(
    ("toml", "allowed"),
    [
        ("escalation = 5", "a list of addresses"),
        ("escalation = [5]", "mailto:name@example.org, exec:/path"),
        ("addresses = 5", 'tables like [addresses."住建局"]'),
        ("[addresses.'局']\nlang = 'zh'", 'for to of 局: tables like [addresses."住建局"]'),
        ("[addresses.'局']\nto = []\nkey = 'x'", 'for key of 局: tables like [addresses."住建局"]'),
        ("[addresses.'局']\nto = []\nlang = 'fr'", "for lang of 局: en, zh"),
        ("[addresses.'局']\nto = []\nlang = ['zh']", "for lang of 局: en, zh"),
        ("[addresses.'局']\nto = []\nescalation = 5", "for escalation of 局: a list of addresses"),
        ("[addresses.'a/b']\nto = 5", "a list of addresses"),
        ("smtp_secret = 'a b'", "the name of a secret"),
        ("smtp_secret = 5", "the name of a secret"),
    ],
)
def test_a_wrong_address_book_says_what_it_should_be(toml: str, allowed: str, file: Path) -> None:
    file.write_text(toml, "utf-8")
    assert f"is not understood; allowed: {allowed}" in refused()


def test_an_address_book_is_shown(file: Path) -> None:
    file.write_text(
        "escalation = ['stdout:']\n[addresses.'局']\nto = ['exec:/bin/notify me', 'https://intranet/x']\n"
        "lang = 'zh'\nescalation = ['https:duban']\n",
        "utf-8",
    )
    done = subprocess.run(
        [sys.executable, "-m", "tracker", "config", "-o", "json"],
        env={"TRACKER_CONFIG": str(file)},
        capture_output=True,
        check=True,
    )
    found = {each["key"]: each["value"] for each in json.loads(done.stdout)["items"]}
    assert found["addresses"] == ["局=exec:/bin/notify me https://intranet/x red: https:duban zh"]
    assert found["escalation"] == ["stdout:"]


def test_a_variable_that_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRACKER_X", "")
    assert config.read_config_variable("TRACKER_X") is None
    monkeypatch.setenv("TRACKER_X", "x")
    assert config.read_config_variable("TRACKER_X") == "x"


def test_the_thresholds_agree(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file.write_text("yellow_below = -20\nred_below = -20", "utf-8")
    assert config.load_settings({})["red_below"] == Decimal(-20)
    monkeypatch.setenv("TRACKER_RED_BELOW", "-5")
    assert refused() == (
        "red_below from TRACKER_RED_BELOW is -5; allowed: at most yellow_below,"
        f" which is -20 from {file}."
    )


def test_unknown_settings_are_refused(file: Path) -> None:
    file.write_text('yelow_below = -5\nlangs = "zh"', "utf-8")
    assert refused().startswith(f"{file} sets langs, yelow_below, which is no setting; there are: ")
    assert refused().endswith("claim_minutes, hook_timeout.")


@pytest.mark.parametrize(
    "data", [b"x", b"cycle = ", b"warn_days = " + b"1" * 5000, b"x = " + b"[" * 100_000]
)
def test_a_file_that_is_no_toml(data: bytes, file: Path) -> None:
    file.write_bytes(data)
    assert refused().startswith(f"The settings in {file} are not TOML: ")


def test_a_byte_order_mark_is_passed_over(file: Path) -> None:
    file.write_text('cycle = "weekly"', "utf-8-sig")
    assert config.load_settings({})["cycle"] == "weekly"


def test_a_file_that_cannot_be_read(file: Path) -> None:
    file.write_bytes(b'author = "\xff"')
    assert refused().startswith(f"The settings in {file} cannot be read: 'utf-8' codec")
    file.unlink()
    file.mkdir()
    assert refused() == f"The settings in {file} cannot be read: Is a directory."


def test_no_file_is_no_error(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert config.load_settings({})["cycle"] == "monthly"
    file.touch()
    monkeypatch.setenv("TRACKER_CONFIG", str(file / "below"))
    assert config.load_settings({})["cycle"] == "monthly"


def test_where_things_are_by_default(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert config.load_settings({})["db"] == str(tmp_path / ".local/share/tracker/ledger")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    assert config.load_settings({})["db"] == str(tmp_path / "data/tracker/ledger")
    monkeypatch.setenv("XDG_DATA_HOME", "relative")
    assert config.load_settings({})["db"] == str(tmp_path / ".local/share/tracker/ledger")
    monkeypatch.delenv("TRACKER_CONFIG")
    assert config.load_settings({}).file == tmp_path / ".config/tracker/tracker.toml"
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
    assert config.load_settings({})["author"] == "li"
    monkeypatch.delenv("LOGNAME")
    assert config.load_settings({})["author"] == "wang"
    monkeypatch.delenv("USER")
    assert config.load_settings({})["author"] == pwd.getpwuid(os.getuid()).pw_name


def test_a_user_that_nobody_knows(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a container that runs under a number of its own."""
    assert not file.exists()
    monkeypatch.delenv("LOGNAME", raising=False)
    monkeypatch.delenv("USER", raising=False)
    monkeypatch.setattr(os, "getuid", lambda: 54321)
    assert config.load_settings({})["author"] == "54321"


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
        ({}, ["--lang", "en", "overdue", "--lang", "zh"], "zh"),
        ({}, ["update", "x", "5", "--note", "see --lang zh"], "en"),
        ({}, ["update", "x", "5", "--note", "a=--lang", "--on=zh"], "en"),
        ({}, ["show", "--", "--lang=zh"], "en"),
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
    assert config.find_config_language(arguments) == language


def test_colours_are_not_always_welcome(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert config.is_colour_configured()
    monkeypatch.setenv("NO_COLOR", "1")
    assert not config.is_colour_configured()
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("TERM", "dumb")
    assert not config.is_colour_configured()


@pytest.mark.parametrize(
    "address",
    [
        "https://discord.com/api/webhooks/123/abcDEF",
        "https://discord.com/api/webhooks/123/abcdef",
        "https://hooks.example/T000/B000/s3cr3t",
        "https://hooks.example/abc",
        "https://chat.hook.example.org/daily",
        "https://example.org/Xk3v",
        "https://example.org/a/0f9c",
        "https://example.org/12345678",
        "https://example.org/bot/duban",
        "https://example.org/services/duban/x",
        "https://maker.ifttt.com/trigger/x/with/key/dQw4w9",
        "https://example.org/a--b",
    ],
)
def test_a_part_of_a_url_that_may_be_a_key_is_not_repeated(address: str) -> None:
    with pytest.raises(SecretInText) as caught:
        parse_address(address)
    assert address.rpartition("/")[2] not in str(caught.value).split()


@pytest.mark.parametrize(
    "address",
    [
        "https://example.org",
        "https://example.org/",
        "https://intranet/x",
        "https://intranet:8443/api/v2/remind-daily",
        "https://example.gov.cn/Duban/2026/tongzhi.php",
        "https://webhooker.example.org/reminders",
    ],
)
def test_a_url_of_words_is_an_address(address: str) -> None:
    assert parse_address(address) == address


@pytest.mark.parametrize(
    "address",
    [
        "host=db password=s3cr3tPW",
        "password = 's3cr3tPW x' host=db",
        "HOST=db PASSWORD=s3cr3tPW",
        "dbname=x user=y sslpassword=s3cr3tPW",
        "postgresql:me:s3cr3tPW@db/x",
        "postgresql:/me:s3cr3tPW@db/x",
        "mysql://me:s3cr3tPW@db/x",
        "postgresql://me:s3cr3tPW@db:x/y",
    ],
)
def test_a_password_of_a_database_is_never_repeated(
    program: Program, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("TRACKER_DB", address)
    monkeypatch.setenv("TRACKER_PATIENCE", "0")
    lines = ("list", "init --empty", "check", "backup", "config", "config -o json", "remind --list")
    for line in (*lines, "--debug list"):
        done = program(line)
        assert "s3cr3tPW" not in done.out + done.err, line
    for words in (("--db", address, "list"), ("move", "--to", address), ("list", "--db", address)):
        done = program("", *words)
        assert "s3cr3tPW" not in done.out + done.err, words
