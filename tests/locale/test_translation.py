"""The language of every sentence: a catalogue where there is one, English elsewhere."""

import struct
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec
import pytest
from factories import number, up_to

from tracker.cli.arguments import parse_choice
from tracker.errors import InvalidInput
from tracker.ledger.revisions import remark_on_unrevised_edit
from tracker.locale.translation import _, _n, _p, later, use_language, use_own_words
from tracker.model.filters import FILTER_WORDS

HEAD = "Content-Type: text/plain; charset=UTF-8\nPlural-Forms: nplurals=1; plural=0;\n"


def compiled(sentences: Mapping[str, str]) -> bytes:
    """A gettext catalogue as msgfmt writes it: a table of offsets for each language."""
    pairs = sorted({"": HEAD, **sentences}.items())
    start = 7 * 4
    at = start + len(pairs) * 16
    tables: list[bytes] = []
    texts = b""
    for side in zip(*pairs, strict=True):
        for text in side:
            data = text.encode()
            tables.append(struct.pack("<II", len(data), at + len(texts)))
            texts += data + b"\0"
    head = struct.pack("<7I", 0x950412DE, 0, len(pairs), start, start + len(pairs) * 8, 0, 0)
    return head + b"".join(tables) + texts


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Whatever a test speaks, the next one speaks English."""
    use_language("en")
    yield
    use_language("en")


def test_a_catalogue_is_spoken(tmp_path: Path) -> None:
    folder = tmp_path / "zh" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "tracker.mo").write_bytes(
        compiled({"overdue": "逾期", "{n} shown.": "显示 {n} 条。"})
    )
    use_language("zh", tmp_path)
    assert _("overdue") == "逾期"
    assert _("{n} shown.").format(n=3) == "显示 3 条。"
    assert _("unknown") == "unknown"
    use_language("en", tmp_path)
    assert _("overdue") == "overdue"


def test_a_count_has_the_form_of_its_language(tmp_path: Path) -> None:
    def said(days: int) -> str:
        return _n("{n} day", "{n} days", days).format(n=days)

    assert [said(n) for n in (0, 1, 2)] == ["0 days", "1 day", "2 days"]
    folder = tmp_path / "zh" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "tracker.mo").write_bytes(compiled({"{n} day\0{n} days": "{n} 天"}))
    use_language("zh", tmp_path)
    assert [said(n) for n in (0, 1, 2)] == ["0 天", "1 天", "2 天"]


def test_a_context_tells_the_same_words_apart(tmp_path: Path) -> None:
    assert _p("reported", "done") == "done"
    folder = tmp_path / "zh" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "tracker.mo").write_bytes(compiled({"done": "完成率", "reported\x04done": "完成"}))
    use_language("zh", tmp_path)
    assert (_("done"), _p("reported", "done"), _p("else", "done")) == ("完成率", "完成", "done")


def test_what_is_said_later_stays_english_until_then() -> None:
    use_language("zh")
    assert (later("overdue"), _(later("overdue"))) == ("overdue", "逾期")


def test_nothing_is_said_of_nothing() -> None:
    use_language("zh")
    assert _("") == ""


def test_the_words_of_a_place_win() -> None:
    use_own_words({"yellow": "蓝灯"})
    assert (_("yellow"), _("red")) == ("蓝灯", "red")
    use_own_words({})
    assert _("yellow") == "蓝灯"
    use_language("en")
    assert _("yellow") == "yellow"


def test_none_is_called_by_what_there_is_none_of() -> None:
    use_language("zh")
    assert _("none") == "无灯"
    assert (_p("unit", "none"), _p("day", "none")) == ("无", "无")
    with pytest.raises(InvalidInput, match="none（仅通报）"):
        parse_choice("commitment", "none of them", allowed=FILTER_WORDS["commitment"])
    old = number(up_to("2026-06-30", 5))
    (remark,) = remark_on_unrevised_edit(old, msgspec.structs.replace(old, unit=None), ["unit"])
    assert "无灯" not in remark
