"""The Chinese catalogue is whole, current and well set, and its checks can fail."""

import ast
import subprocess
import sys
from io import BytesIO
from string import Formatter

import pytest
from babel.messages import Catalog
from places import CHECKOUT
from translations import KEYWORDS, MO, PO, as_mo, as_po, current, faults, sentences, texts_of

WRITTEN = PO.read_text("utf-8")


@pytest.fixture(scope="module")
def catalogue() -> Catalog:
    """Read the sentences out of the program."""
    return current(WRITTEN)


def found_in(source: str) -> list[tuple[str, tuple[str | None, ...]]]:
    return [
        (name, texts)
        for _line, name, texts, _tags in sentences(BytesIO(source.encode()), KEYWORDS, ())
    ]


def fault_of(sentence: str | tuple[str, str], translated: str, *flags: str) -> str:
    catalogue = Catalog(locale="zh")
    catalogue.add(sentence, translated if isinstance(sentence, str) else (translated,), flags=flags)
    return "; ".join(each.partition(":")[0] for each in faults(catalogue))


def test_it_holds_what_the_program_says_and_nothing_else(catalogue: Catalog) -> None:
    assert as_po(catalogue) == WRITTEN, "run: python tools/translations.py"
    assert as_mo(catalogue) == MO.read_bytes()


def test_it_is_whole_and_well_set(catalogue: Catalog) -> None:
    assert list(faults(catalogue)) == []


def test_every_sentence_can_be_filled_in(catalogue: Catalog) -> None:
    for message in catalogue:
        for text in texts_of(message.string):
            parts = [(name, kind) for _a, name, kind, _c in Formatter().parse(text) if name]
            words = {name: 1.5 if kind else name.upper() for name, kind in parts}
            assert "{" not in text.format(**words)


@pytest.mark.parametrize(
    ("sentence", "translated", "fault"),
    [
        ("overdue", "逾期", ""),
        ("overdue", "", "not translated"),
        ("{n} shown.", "显示 {n} 条。", ""),
        ("{n} shown.", "显示。", "other {placeholders}"),
        ("{n} shown.", "显示 {m} 条。", "other {placeholders}"),
        (("{n} day", "{n} days"), "{n} 天", ""),
        (("{n} day", "{n} days"), "天", "other {placeholders}"),
        ("nothing was changed", "未作改动, 请重试", "punctuation of half width"),
        ("nothing was changed", "未作改动.", "punctuation of half width"),
        ("the unit (as printed)", "单位(原文)", "punctuation of half width"),
        ("nothing was changed", "Nothing was changed", "not Chinese"),
        ("run: tracker undo", "请运行：tracker undo", ""),
    ],
)
def test_a_fault_is_found(sentence: str | tuple[str, str], translated: str, fault: str) -> None:
    assert fault_of(sentence, translated) == fault


def test_a_guess_is_a_fault() -> None:
    assert fault_of("overdue", "逾期", "fuzzy") == "fuzzy"


def test_sentences_are_found_wherever_they_stand() -> None:
    source = """
say(_("a" "b").format(n=_n("{n} day", "{n} days", n + 1)))
Check("name", "meaning", find)
locale._p("column", "value")
_(words)

@command(app, "x")
def x(call):
    '''Help
    in lines.'''
"""
    assert sorted(found_in(source), key=repr) == [
        ("Check", ("name", "meaning", None)),
        ("_", ("Help\nin lines.",)),
        ("_", ("ab",)),
        ("_", (None,)),
        ("_n", ("{n} day", "{n} days", None)),
        ("_p", ("column", "value")),
    ]


def test_what_is_put_together_first_is_refused() -> None:
    assert isinstance(ast.parse('_(f"{n} days")'), ast.Module)
    with pytest.raises(SystemExit, match="translate first"):
        found_in('_(f"{n} days")')


def test_the_script_says_whether_all_is_done() -> None:
    script = CHECKOUT / "tools" / "translations.py"
    done = subprocess.run([sys.executable, script, "--check"], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
