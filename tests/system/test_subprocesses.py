"""The editor of a person is started, and what goes wrong with it is said."""

import pytest

from tracker.system.subprocesses import ProgramFailed, edit_text_in_subprocess


def test_a_text_is_changed_by_the_editor() -> None:
    assert edit_text_in_subprocess("学校 5 所", "sed -i s/5/7/") == "学校 7 所"


@pytest.mark.parametrize(
    ("editor", "words"),
    [
        ("/nowhere/editor", "cannot be started"),
        ("'vi", "cannot be started"),
        ("false", "ended with code 1"),
        ("rm", "cannot be read any more"),
    ],
)
def test_an_editor_that_fails_is_named(editor: str, words: str) -> None:
    with pytest.raises(ProgramFailed, match=words):
        edit_text_in_subprocess("x", editor)
