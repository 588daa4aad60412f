"""The README shows what the program does."""

import re
import tomllib
from pathlib import Path

from readme import README, rendered

TEXT = README.read_text("utf-8")


def test_its_transcripts_and_its_reference_are_current() -> None:
    assert rendered(TEXT) == TEXT


def test_its_first_lines_set_the_program_up() -> None:
    assert re.search(r"^pip install \. && tracker init && tracker overdue$", TEXT, re.MULTILINE)
    assert re.search(r'^pip install -e "\.\[test\]" && pytest$', TEXT, re.MULTILINE)


def test_the_extras_it_names_exist() -> None:
    project = tomllib.loads((Path(README).parent / "pyproject.toml").read_text("utf-8"))["project"]
    assert set(re.findall(r"\.\[(\w+)\]", TEXT)) <= set(project["optional-dependencies"])
