"""What the program asks on a terminal, and what it does not show there."""

import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest
from program import Program
from terminal import Key, on_terminal


@pytest.fixture(autouse=True)
def _speak_utf_8(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")


def test_a_slip_is_asked_about_on_a_terminal(small: Program) -> None:
    small("update toilets.homes 0.5万户 --on 2026-06-30")
    line = "update toilets.homes 5万户 --on 2026-09-30"
    code, shown = on_terminal(line, ["n"], ("[y/N]:",))
    assert (code, "10 times" in shown) == (4, True), shown
    code, shown = on_terminal(line, ["y"], ("[y/N]:",))
    assert code == 0, shown
    assert small("list -o json --text 改造户数").data["items"][0]["value"] == 5


def test_a_workbook_is_not_shown_on_a_terminal(small: Program) -> None:
    assert small("list").code == 0
    code, shown = on_terminal("list -o xlsx", [], ("x",))
    assert (code, "xlsx is nothing to read on a terminal" in shown) == (2, True)


def test_the_prompt_goes_on_where_a_value_cannot_be_tried(small: Program, place: Path) -> None:
    def take_ledger_away() -> str:
        shutil.move(place / "ledger", place / "away")
        return "1万户"

    def bring_ledger_back() -> str:
        shutil.move(place / "away", place / "ledger")
        return "1万户"

    assert small("list").code == 0
    keys: list[Key] = [take_ledger_away, bring_ledger_back, "q", "y"]
    code, shown = on_terminal("enter --period last-month", keys, (":", "[y/N]"))
    assert code == 0, shown
    assert "1 report stored" in shown
    assert small("list -o json --text 改造户数").data["items"][0]["value"] == 1


def test_what_somebody_else_has_reported_meanwhile_is_skipped(small: Program) -> None:
    last_day = date.today().replace(day=1) - timedelta(days=1)  # noqa: DTZ011  # as the program

    def report_elsewhere() -> str:
        assert small(f"update toilets.homes 1万户 --on {last_day}").code == 0
        return "1万户"

    keys: list[Key] = [report_elsewhere, "q", "y"]
    code, shown = on_terminal("enter --period last-month", keys, (":", "[y/N]"))
    assert (code, "as before, skipped" in shown) == (0, True), shown
    assert small("undo").code == 0
    assert small("list -o json --text 改造户数").data["items"][0]["value"] is None


def test_a_review_that_cannot_be_written_says_so(small: Program, place: Path) -> None:
    (place / "plan.txt").write_text("2026年工作计划\n（2026年1月5日）\n新建学校5所。\n", "utf-8")
    assert small("list").code == 0

    def put_folder_there() -> str:
        kept = place / "plan.drafts.toml"
        kept.unlink(missing_ok=True)
        kept.mkdir()
        return "a"

    prompts = ("[q]uit:", "[y/N]")
    code, shown = on_terminal("draft plan.txt --review", [put_folder_there, "n"], prompts)
    assert code == 2, shown
    assert "plan.drafts.toml cannot be written" in shown
