"""What a command may import: start-up is a feature, and every module costs.

The sets are compared exactly, so that a new import is a decision somebody takes here.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

THIRD_PARTY = {"annotated_doc", "shellingham", "typer", "msgspec"}
"""What Typer brings, and the codec."""

STORE = {"chinese_calendar"}
"""What counting working days takes beside; TinyDB is for changing."""

NEVER = {
    "asyncio",
    "concurrent",
    "dateutil",
    "email",
    "hashlib",
    "http",
    "importlib.metadata",
    "logging",
    "multiprocessing",
    "psycopg",
    "rich",
    "socket",
    "sqlite3",
    "ssl",
    "tempfile",
    "tinydb",
    "tomllib",
    "unittest",
    "xml",
}
"""What no reading command has any use for."""

PROBE = """
import json, os, sys
before = set(sys.modules)
from tracker.__main__ import main
assert main() == 0
print(json.dumps(sorted(set(sys.modules) - before)), file=sys.stderr)
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("startup")
    imported(place, "init")
    return place


def imported(place: Path, *arguments: str) -> set[str]:
    """The modules that a command imports beside those of a bare interpreter."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(place),
        "TRACKER_DB": str(place / "ledger"),
        "LANG": "C.UTF-8",
    }
    done = subprocess.run(
        [sys.executable, "-P", "-c", PROBE, *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return set(json.loads(done.stderr.splitlines()[-1]))


def within(modules: set[str], package: str) -> set[str]:
    """The modules of a package, by their names in it."""
    return {each.removeprefix(package) for each in modules if each.startswith(package)}


def third_party(modules: set[str]) -> set[str]:
    tops = {each.partition(".")[0] for each in modules}
    private = {each for each in tops if each.startswith("_")}
    return tops - set(sys.stdlib_module_names) - private - {"tracker"}


def forbidden(modules: set[str]) -> set[str]:
    return {each for each in modules if each in NEVER or each.partition(".")[0] in NEVER}


@pytest.mark.parametrize(
    "arguments",
    [
        ("overdue", "-o", "json"),
        ("due", "-o", "jsonl"),
        ("list", "-o", "ids"),
        ("show", "rural-pipes", "-o", "json"),
        ("tree",),
        ("status",),
        ("search", "管网", "-o", "csv"),
        ("documents", "-o", "csv"),
        ("export",),
    ],
    ids=" ".join,
)
def test_a_reading_command_imports_no_more_than_it_needs(
    place: Path, arguments: tuple[str, ...]
) -> None:
    modules = imported(place, *arguments)
    assert third_party(modules) <= THIRD_PARTY | STORE
    assert forbidden(modules) == set()


def test_overdue_imports_exactly_this_of_the_program(place: Path) -> None:
    own = {each for each in imported(place, "overdue", "-o", "json") if "tracker" in each}
    assert within(own, "tracker.output.formats.") == {"json"}
    assert within(own, "tracker.cli.commands.") == {"lists"}
    assert within(own, "tracker.views.") == {"columns", "indicators"}
    # What changes a ledger is in none of them.
    assert within(own, "tracker.ledger.") == {"answers", "lookup", "reader", "view"}
    assert within(own, "tracker.storage.") == {
        "base",
        "folder",
        "open_store",
        *(f"folder.{each}" for each in ("journal", "ledger_files", "snapshot", "store", "view")),
    }


def test_a_report_imports_one_renderer_and_one_kind(place: Path) -> None:
    modules = imported(place, "report", "ledger", "-f", "csv")
    assert within(modules, "tracker.output.formats.") == {"csv"}
    assert within(modules, "tracker.reports.") == {
        "build",
        "columns",
        "dataset",
        "ledger",
    }
    assert third_party(modules) <= THIRD_PARTY | STORE
    assert forbidden(modules) == set()


@pytest.mark.parametrize(
    ("arguments", "renderers"),
    [
        (("list", "-o", "html"), {"html"}),
        (("due", "-o", "ics"), {"ics"}),
        (("timeline",), {"plain"}),
        (("timeline", "-o", "json"), {"json"}),
        (("list",), {"plain"}),
    ],
    ids=lambda each: " ".join(each) if isinstance(each, tuple) else "",
)
def test_a_list_imports_no_renderer_that_it_does_not_use(
    place: Path, arguments: tuple[str, ...], renderers: set[str]
) -> None:
    modules = imported(place, *arguments)
    assert within(modules, "tracker.output.formats.") == renderers
    assert ("icalendar" in modules) == ("ics" in arguments)
    assert ("xml.etree" in modules) == ("html" in arguments)


def test_help_imports_no_command_and_no_store(place: Path) -> None:
    modules = imported(place, "--help")
    assert within(modules, "tracker.cli.") == {"app", "command_index", "help"}
    assert not {each for each in modules if each.startswith(("tracker.storage.", "tinydb"))}
    assert third_party(modules) <= THIRD_PARTY
    assert forbidden(modules) == set()


def test_the_probe_sees_an_import(place: Path) -> None:
    assert "tomllib" in forbidden(imported(place, "init"))
