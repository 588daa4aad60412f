"""The language of every sentence: a catalogue where there is one, English elsewhere."""

import struct
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tracker.locale import _, call, use


def compiled(sentences: Mapping[str, str]) -> bytes:
    """A gettext catalogue as msgfmt writes it: a table of offsets for each language."""
    pairs = sorted({"": "Content-Type: text/plain; charset=UTF-8\n", **sentences}.items())
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
    use("en")
    yield
    use("en")


def test_a_catalogue_is_spoken(tmp_path: Path) -> None:
    folder = tmp_path / "zh" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "tracker.mo").write_bytes(
        compiled({"overdue": "逾期", "{n} shown.": "显示 {n} 条。"})
    )
    use("zh", tmp_path)
    assert _("overdue") == "逾期"
    assert _("{n} shown.").format(n=3) == "显示 3 条。"
    assert _("unknown") == "unknown"
    use("en", tmp_path)
    assert _("overdue") == "overdue"


def test_the_words_of_a_place_win() -> None:
    call({"yellow": "蓝灯"})
    assert (_("yellow"), _("red")) == ("蓝灯", "red")
    call({})
    assert _("yellow") == "蓝灯"
    use("en")
    assert _("yellow") == "yellow"
