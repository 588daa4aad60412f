"""The documentation is current, its links lead somewhere, and its examples run."""

import re
import tomllib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import measure
import pytest
from reference import REFERENCE, anchor

from docs import ROOT, DocsError, Place, make_place, pages, render, run_line
from tracker.config import SETTINGS

MADE = [ROOT / name for name in REFERENCE]
HAND_WRITTEN = [*pages(), ROOT / "CONTRIBUTING.md"]
MARKDOWN = [*HAND_WRITTEN, *(path for path in MADE if path.suffix == ".md")]
README = ROOT / "README.md"
NOT_RUN = {
    "tracker move --to 'postgresql://keeper@db.example/tracker?ledger=jinan'": "needs a server",
    "tracker update 加装电梯 30 --on 2025-03-31 --voids de24453e7f15 --note 3月数更正": (
        "the id of an update is new each time"
    ),
}
"""Lines of ``sh`` blocks that cannot run here, and why."""


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("name", REFERENCE)
def test_a_generated_page_is_current(name: str) -> None:
    assert (ROOT / name).read_text("utf-8") == REFERENCE[name](), "run python tools/docs.py"


@pytest.mark.parametrize("page", pages(), ids=named)
def test_what_a_page_shows_is_current(page: Path, seeds: Place) -> None:
    text = page.read_text("utf-8")
    assert text == render(page, text, seeds), f"{named(page)}: run python tools/docs.py"


def test_the_page_of_figures_has_the_parts_that_are_measured() -> None:
    page = (ROOT / "docs" / "internals" / "performance.md").read_text("utf-8")
    parts = [measure.format_section(section, []).strip() for section in measure.SECTIONS]
    found = [part for part in re.split(r"(?m)^(?=## )", page) if part.startswith("## ")]
    assert len(found) == len(parts)
    assert all(one.startswith(other) for one, other in zip(found, parts, strict=True))
    assert re.split(r"\n\n", page)[0:2] == re.split(r"\n\n", measure.format_head())[0:2]


def test_the_test_of_every_promise_is_there() -> None:
    named = set(re.findall(r"`(test_\w+)`", (ROOT / "SECURITY.md").read_text("utf-8")))
    sources = [path.read_text("utf-8") for path in (ROOT / "tests").rglob("test_*.py")]
    tests = {name for source in sources for name in re.findall(r"(?m)^def (test_\w+)", source)}
    assert len(named) > 30
    assert named - tests == set()


def test_the_readme_is_short_and_begins_with_both_languages() -> None:
    lines = README.read_text("utf-8").splitlines()
    assert len(lines) <= 250
    first_screen = "\n".join(lines[:40])
    assert "A ledger of public programmes" in first_screen
    assert "督查台账" in first_screen
    assert "git clone" in first_screen
    assert "pip install . && tracker init && tracker overdue" in lines[:40]
    assert 'pip install -e ".[test]" && pytest' in lines


def test_the_extras_that_are_named_exist() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    for page in MARKDOWN:
        text = page.read_text("utf-8")
        named_extras = {
            extra
            for extras in re.findall(r"pip install [^`\n]*\[([a-z,]+)\]", text)
            for extra in extras.split(",")
        }
        assert named_extras <= set(project["optional-dependencies"]), named(page)


def test_nothing_tells_to_install_the_package_of_somebody_else() -> None:
    for page in MARKDOWN:
        assert not re.search(r"pip install '?tracker\b", page.read_text("utf-8")), named(page)


def anchors_of(text: str) -> set[str]:
    text = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    return {
        anchor(title.replace("`", "")) for title in re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    }


@pytest.mark.parametrize("page", MARKDOWN, ids=named)
def test_every_link_leads_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.DOTALL)
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match("[a-z]+:", link):
            continue
        name, _hash, fragment = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        assert target.exists(), f"{named(page)}: {link}"
        assert not fragment or fragment in anchors_of(target.read_text("utf-8")), (
            f"{named(page)}: {link}"
        )


@pytest.mark.parametrize("page", MARKDOWN, ids=named)
def test_every_page_is_reached_from_an_index(page: Path) -> None:
    if page.is_relative_to(ROOT / "docs") and page.name != "index.md":
        home = ROOT / "docs" / "zh" if "zh" in page.parts else ROOT / "docs"
        assert f"]({page.relative_to(home)})" in (home / "index.md").read_text("utf-8")


def command_lines(page: Path) -> Iterator[str]:
    """Yield the lines of ``sh`` blocks that call the program, or prepare for it."""
    for block in re.findall(r"```sh\n(.*?)```", page.read_text("utf-8"), re.DOTALL):
        for line in block.splitlines():
            if re.match(r"tracker |mkdir |TRACKER_\w+=\S+ tracker ", line) and line not in NOT_RUN:
                yield line


@pytest.mark.parametrize("page", pages(), ids=named)
def test_the_lines_to_copy_run(page: Path, seeds: Place, tmp_path: Path) -> None:
    """Run them one after another on the ledger that the page has made."""
    place = make_place(tmp_path, page, page.read_text("utf-8"), seeds)
    shown = re.findall(
        r"^\$ (tracker (?:init|add|update).*)$", page.read_text("utf-8"), re.MULTILINE
    )
    if not list(tmp_path.glob("[!.]*")):
        for line in shown:
            # What needs more of the page than these lines is shown there.
            with suppress(DocsError):
                run_line(line, place)
    for line in command_lines(page):
        assert not re.search(r"[ >]/\w", line), f"{line}: write to the folder of the page only"
        run_line(line, place)


def toml_blocks() -> Iterator[tuple[str, str]]:
    for page in MARKDOWN:
        for block in re.findall(r"```toml\n(.*?)```", page.read_text("utf-8"), re.DOTALL):
            yield named(page), block


@pytest.mark.parametrize(("page", "block"), list(toml_blocks()))
def test_a_file_that_is_shown_is_understood(
    page: str, block: str, seeds: Place, tmp_path: Path
) -> None:
    place = make_place(tmp_path, ROOT / page, "", seeds, empty=True)
    keys = tomllib.loads(block).keys()
    if not keys & {"items", "documents", *(setting.key for setting in SETTINGS)}:
        # Secrets: their names are free.
        assert all(re.fullmatch(r"\w+", name) for name in keys)
        return
    is_data = "items" in keys
    (tmp_path / ("plan.toml" if is_data else "tracker.toml")).write_text(block, "utf-8")
    run_line("tracker init --from plan.toml" if is_data else "tracker config", place)


def test_an_example_that_fails_is_named_with_its_page(seeds: Place) -> None:
    with pytest.raises(DocsError, match=r"docs/new\.md: 'tracker show nothing' ends with 3"):
        render(ROOT / "docs" / "new.md", "```console\n$ tracker show nothing\n```\n", seeds)


def test_a_page_is_run_on_its_day_and_in_its_language(seeds: Place) -> None:
    text = "<!-- today: 2024-01-05 -->\n```console\n$ tracker status | head -3\n```\n"
    assert "as of:               2024-01-05" in render(ROOT / "docs" / "new.md", text, seeds)
    assert "2024-01-05" in render(ROOT / "docs" / "zh" / "new.md", text, seeds)
    assert "总览" in render(ROOT / "docs" / "zh" / "new.md", text, seeds)
