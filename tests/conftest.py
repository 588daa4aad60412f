"""Share with all tests every store there is, and ledgers to try things on."""

import gc
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from browser import Browser, browsing
from cluster import Cluster, Database
from hypothesis import settings
from places import FAULTS, SUPPORT
from program import Done, Program
from stores import STORES, Opened, in_folder, running, started_servers

from tracker.cli.app import run_app

# How long an example takes is a matter of the machine; speed is measured in benchmarks.
settings.register_profile("tracker", deadline=None)
settings.load_profile("tracker")


def pytest_unconfigure() -> None:
    for server in started_servers:
        server.remove()


@pytest.fixture(scope="session")
def database() -> Cluster:
    """Start a server on which every test has ledgers of its own."""
    return running()


@pytest.fixture(autouse=True)
def no_transaction_is_left_open(request: pytest.FixtureRequest) -> Iterator[None]:
    """Name the test that leaves locks behind, for which others would wait."""
    yield
    if "database" in request.fixturenames or "postgresql" in request.node.name:
        for cluster in started_servers:
            assert cluster.list_open_transactions() == []


@pytest.fixture
def bare_database(database: Cluster) -> Iterator[Database]:
    """Make a database without tables for one test, on the server of all."""
    made = database.make_database()
    yield made
    made.remove()


@pytest.fixture
def database_of_its_own(database: Cluster) -> Iterator[Database]:
    """Make a database with the tables of ledgers for one test, on the server of all."""
    made = database.make_database_with_tables()
    yield made
    made.remove()


@pytest.fixture
def own() -> Iterator[Cluster]:
    """Start a server for one test, which may stop it or change whom it lets in."""
    cluster = Cluster()
    cluster.make()
    yield cluster
    cluster.remove()


@pytest.fixture(scope="session")
def started_browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Start a real browser once, where there is one."""
    if shutil.which("chromium") is None:
        pytest.skip("there is no chromium here")
    with browsing(tmp_path_factory.mktemp("profile")) as started:
        yield started


@pytest.fixture
def browser(started_browser: Browser) -> Iterator[Browser]:
    """Lend the browser to one test, after which its window is as large as before."""
    yield started_browser
    started_browser.ask("Emulation.clearDeviceMetricsOverride")


@pytest.fixture
def folder(tmp_path: Path) -> Opened:
    """Make an empty ledger in a folder."""
    make = in_folder(tmp_path)
    make().create()
    return make


@pytest.fixture(params=STORES)
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Opened:
    """Make an empty ledger in each store."""
    make = STORES[request.param](tmp_path)
    make().create()
    return make


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(FAULTS):
            item.add_marker(pytest.mark.faults)


def pytest_configure() -> None:
    gc.disable()


def pytest_collection_finish() -> None:
    # What was collected stays to the end. Looking through it for garbage again and again
    # would take a sixth of the time of all tests.
    gc.freeze()
    gc.set_threshold(10_000)
    gc.enable()


@pytest.fixture
def env(tmp_path: Path) -> Mapping[str, str]:
    """Return an environment in which the program touches nothing of the user's own."""
    measured = {key: value for key, value in os.environ.items() if key.startswith("COVERAGE")}
    return measured | {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path / "home"),
        "TRACKER_CONFIG": str(tmp_path / "tracker.toml"),
        "TRACKER_DB": str(tmp_path / "ledger"),
        "TRACKER_PATIENCE": "60",
    }


@pytest.fixture
def driver() -> list[str]:
    """Return the command of a process that works on a ledger."""
    return [sys.executable, str(SUPPORT / "driver.py")]


@pytest.fixture
def bare() -> Mapping[str, str]:
    """Return an environment for processes that are killed, whose coverage would be torn."""
    return {"PATH": os.environ["PATH"]}


@pytest.fixture(scope="module")
def server() -> Iterator["subprocess.Popen[str]"]:
    """Start a process that starts others, which work on a ledger."""
    with subprocess.Popen(
        [sys.executable, str(SUPPORT / "driver.py"), "serve"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"},
    ) as process:
        yield process
        assert process.stdin is not None
        process.stdin.close()


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a home without a ledger, from which nothing of the user's own can be reached."""
    for name in [name for name in os.environ if name.startswith("TRACKER_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("TRACKER_DB", str(tmp_path / "ledger"))
    monkeypatch.setenv("TRACKER_CONFIG", str(tmp_path / "tracker.toml"))
    monkeypatch.setenv("TRACKER_AUTHOR", "李娜")
    monkeypatch.setenv("PAGER", "")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def program(place: Path, capfd: pytest.CaptureFixture[str]) -> Program:
    """Return a function that runs a command line in this process."""
    assert place.is_dir()

    def call(line: str, *more: str) -> Done:
        capfd.readouterr()
        code = run_app([*shlex.split(line), *more])
        out, err = capfd.readouterr()
        return Done(code, out, err)

    return call


SMALL = (
    "init --empty",
    "add 农村厕所改造 --id toilets --place 济南市 --lead 市农业农村局",
    (
        "add 改造户数 --to toilets --id homes --target 2万户 --baseline 0 --start 2026-01-01"
        " --deadline 2099年底"
    ),
    "add 验收 --to toilets --id accepted --deadline 2099-12-31",
)


def _make_ledger(folder: Path, *lines: str) -> Path:
    """Make a ledger by these commands, to be copied; return its folder."""
    env = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "TRACKER_DB": str(folder / "ledger"),
        "TRACKER_AUTHOR": "李娜",
    }
    for line in lines:
        words = [sys.executable, "-m", "tracker", *shlex.split(line)]
        subprocess.run(words, env=env, check=True, capture_output=True)
    return folder / "ledger"


@pytest.fixture(scope="session")
def seeds_made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a ledger with the seeds, once."""
    return _make_ledger(tmp_path_factory.mktemp("seeds"), "init")


@pytest.fixture(scope="session")
def small_made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a ledger with one initiative and two indicators, once."""
    return _make_ledger(tmp_path_factory.mktemp("small"), *SMALL)


@pytest.fixture
def seeded(program: Program, place: Path, seeds_made: Path) -> Program:
    """Return the program, with the seeds in its ledger."""
    shutil.copytree(seeds_made, place / "ledger")
    return program


@pytest.fixture
def small(program: Program, place: Path, small_made: Path) -> Program:
    """Return the program, with one initiative and two indicators in its ledger."""
    shutil.copytree(small_made, place / "ledger")
    return program
