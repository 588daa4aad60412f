"""The wheel and the source archive hold what they should, and nothing else."""

import tarfile
from collections.abc import Iterator
from email import message_from_string
from email.message import Message
from importlib.metadata import version
from pathlib import Path
from zipfile import ZipFile

import pytest
from hatchling.builders.sdist import SdistBuilder
from hatchling.builders.wheel import WheelBuilder
from packaging.requirements import Requirement
from places import CHECKOUT, SEEDS

from tracker.version import __version__

PACKAGE = CHECKOUT / "tracker"
STEM = f"policy_tracker-{__version__}"
SOURCES = {
    "tracker",
    "seeds",
    "tests",
    "tools",
    "benchmarks",
    "docs",
    "man",
    "CONTRIBUTING.md",
    "README.md",
    "CHANGELOG.md",
    "SECURITY.md",
    "LICENSE",
    "pyproject.toml",
}
BY_HATCHLING = {"PKG-INFO", ".gitignore"}
"""What hatchling puts into every source archive."""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ZipFile]:
    folder = tmp_path_factory.mktemp("wheel")
    (built,) = WheelBuilder(str(CHECKOUT)).build(directory=str(folder), versions=["standard"])
    with ZipFile(built) as archive:
        yield archive


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The paths of the files in the source archive, below its one folder."""
    folder = tmp_path_factory.mktemp("sdist")
    (built,) = SdistBuilder(str(CHECKOUT)).build(directory=str(folder))
    with tarfile.open(built) as archive:
        names = {member.name for member in archive if member.isfile()}
    assert {name.partition("/")[0] for name in names} == {STEM}
    return {name.partition("/")[2] for name in names}


def files_in(folder: Path, under: str) -> set[str]:
    """Return the files in a folder, caches left out, as paths below ``under``."""
    return {
        f"{under}/{path.relative_to(folder).as_posix()}"
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def metadata(wheel: ZipFile) -> Message:
    return message_from_string(wheel.read(f"{STEM}.dist-info/METADATA").decode())


def requirements(wheel: ZipFile, extra: str | None = None) -> set[str]:
    """Return the names of what an extra requires, or the program without any."""
    lines = [line.partition(";") for line in metadata(wheel).get_all("Requires-Dist", [])]
    marker = f"extra == '{extra}'" if extra else ""
    return {
        requirement.partition("<")[0].partition(">")[0].strip()
        for requirement, _semicolon, condition in lines
        if condition.strip() == marker
    }


def test_the_wheel_holds_the_package_and_the_seeds(wheel: ZipFile) -> None:
    # Shared data (a .data folder) is installed outside the package.
    packed = {name for name in wheel.namelist() if not name.startswith(f"{STEM}.d")}
    assert packed == files_in(PACKAGE, "tracker") | files_in(SEEDS, "tracker/seeds")


@pytest.mark.parametrize(
    "file",
    [
        "tracker/__main__.py",
        "tracker/py.typed",
        "tracker/locale/zh/LC_MESSAGES/tracker.mo",
        "tracker/locale/zh/LC_MESSAGES/tracker.po",
        "tracker/output/formats/page/page.css",
        "tracker/output/formats/page/page.js",
        "tracker/storage/postgresql/migrations/0001.sql",
        "tracker/seeds/2020-12-19-qilu.toml",
        f"{STEM}.dist-info/licenses/LICENSE",
    ],
)
def test_the_wheel_holds_what_is_no_module(wheel: ZipFile, file: str) -> None:
    assert file in wheel.namelist()


def test_the_wheel_holds_no_tests_docs_or_caches(wheel: ZipFile) -> None:
    assert {name.partition("/")[0] for name in wheel.namelist()} <= {
        "tracker",
        f"{STEM}.dist-info",
        f"{STEM}.data",
    }
    ours = [name for name in wheel.namelist() if name.startswith("tracker/")]
    assert not [name for name in ours if name.endswith((".md", ".pyc")) or "cache" in name]


def test_the_distribution_and_the_command_have_their_names(wheel: ZipFile) -> None:
    assert metadata(wheel)["Name"] == "policy-tracker"
    assert metadata(wheel)["Version"] == __version__
    scripts = wheel.read(f"{STEM}.dist-info/entry_points.txt").decode()
    assert scripts.split("\n")[:2] == ["[console_scripts]", "tracker = tracker.__main__:start"]


def test_the_forms_of_an_office_need_no_extra(wheel: ZipFile) -> None:
    assert {"xlsxwriter", "python-docx", "icalendar"} <= requirements(wheel)


def test_its_extras(wheel: ZipFile) -> None:
    extras = {
        "apprise": {"apprise"},
        "keyring": {"keyring"},
        "pdf": {"pypdf", "pdfplumber"},
        "postgresql": {"psycopg[binary]"},
    }
    assert set(metadata(wheel).get_all("Provides-Extra", [])) == {*extras, "all", "test"}
    for extra, required in extras.items():
        assert requirements(wheel, extra) == required
    assert requirements(wheel, "all") == set.union(*extras.values())
    assert requirements(wheel, "test") >= requirements(wheel, "all")


def test_every_dependency_has_an_upper_bound(wheel: ZipFile) -> None:
    lines = [line.partition(";") for line in metadata(wheel).get_all("Requires-Dist", [])]
    open_ended = {line for line, _semicolon, marker in lines if not marker and "<" not in line}
    assert open_ended == set()


def test_the_source_archive_holds_what_it_should_and_nothing_else(sources: set[str]) -> None:
    assert {path.partition("/")[0] for path in sources} == SOURCES | BY_HATCHLING
    assert files_in(PACKAGE, "tracker") <= sources
    assert files_in(SEEDS, "seeds") <= sources
    assert "tests/package/test_distribution.py" in sources
    assert not [path for path in sources if "cache" in path or path.endswith(".pyc")]


def test_no_major_version_comes_unasked(wheel: ZipFile) -> None:
    """What a fresh environment gets is the newest that is allowed, with which the tests run."""
    own = [Requirement(line) for line in metadata(wheel).get_all("Requires-Dist", [])]
    shipped = [each for each in own if 'extra == "test"' not in str(each.marker)]
    assert len(shipped) > 15
    for requirement in shipped:
        if requirement.name != "policy-tracker":
            bounds = {specifier.operator for specifier in requirement.specifier}
            assert bounds & {"<", "<=", "==", "~="}, requirement
            assert requirement.specifier.contains(version(requirement.name)), requirement
