"""A list that is longer than the terminal is shown in a pager, if the person wants one."""

from pathlib import Path

import pytest
from factories import file_of, initiative, step
from program import Program
from terminal import on_terminal


@pytest.fixture
def long_list(program: Program, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make a ledger whose list is longer than a terminal, and a pager that marks its lines."""
    steps = [step(f"s{number}", f"路段{number}", "2099-12-31") for number in range(60)]
    file = place / "roads.json"
    file.write_bytes(file_of(initiative("roads", "道路", *steps)))
    assert program("init", "--from", str(file)).code == 0
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("PAGER", "sed s/^/paged:/")


@pytest.mark.usefixtures("long_list")
def test_a_long_list_is_paged_and_counted() -> None:
    code, shown = on_terminal("list", [], ())
    assert code == 0
    assert "paged:" in shown
    assert "60 rows." in shown.split("paged:")[-1]


@pytest.mark.usefixtures("long_list")
@pytest.mark.parametrize(
    "line", ["list --no-pager", "--no-pager list", "list --limit 2", "list -o csv"]
)
def test_what_is_short_or_for_programs_is_not_paged(line: str) -> None:
    code, shown = on_terminal(line, [], ())
    assert code == 0
    assert "paged:" not in shown
    assert shown.count("none") >= 2


@pytest.mark.usefixtures("long_list")
@pytest.mark.parametrize(
    ("name", "value"), [("PAGER", ""), ("PAGER", "no-such-pager"), ("PAGER", "'"), ("TERM", "dumb")]
)
def test_without_a_pager_all_is_shown(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    code, shown = on_terminal("list", [], ())
    assert code == 0
    assert "paged:" not in shown
    assert shown.count("none") == 60


@pytest.mark.usefixtures("long_list")
def test_a_pipe_is_never_paged(program: Program) -> None:
    done = program("list")
    assert "paged:" not in done.out
    assert done.err == ""
