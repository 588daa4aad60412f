"""Compare names with pinyin: what is typed in letters for a name in Chinese.

All readings of a character count, for nobody can tell which one is meant.
"""

from collections.abc import Callable, Iterator
from functools import cache

from pypinyin import Style, pinyin


def list_pinyin_ways(letters: str) -> Iterator[Callable[[str], bool]]:
    """Yield the ways to read letters as a name, the surest first.

    First the initials of a whole name (ljgw), then those of a part of it, then all of its
    pinyin (laojiuguanwang), then that of a part.

    Args:
        letters: in lower case, without spaces.
    """
    for starts in (_list_pinyin_initials, list_pinyin_readings):
        for whole in (True, False):
            yield lambda name, s=starts, w=whole: _reads_as_pinyin(
                letters, [*map(s, name)], whole=w
            )  # type: ignore[misc]


@cache
def list_pinyin_readings(character: str) -> frozenset[str]:
    """Return the readings of a character without tones; a letter or digit reads as itself."""
    if character.isascii():
        return frozenset({character})
    (readings,) = pinyin(character, style=Style.NORMAL, heteronym=True)
    # People type lv, and some lu, for what is written lü.
    return frozenset(readings) | {reading.replace("v", "u") for reading in readings}


@cache
def _list_pinyin_initials(character: str) -> frozenset[str]:
    return frozenset(reading[:1] for reading in list_pinyin_readings(character))


def _reads_as_pinyin(letters: str, syllables: list[frozenset[str]], *, whole: bool) -> bool:
    """Return whether the letters are one reading of these syllables, or of some in a row."""
    starts = range(1 if whole else len(syllables))
    return any(_reads_as_pinyin_from(letters, syllables[start:], whole=whole) for start in starts)


def _reads_as_pinyin_from(letters: str, syllables: list[frozenset[str]], *, whole: bool) -> bool:
    """Return whether the letters are a reading of all these syllables, or of the first ones."""
    ends = {0}
    for syllable in syllables:
        if not whole and len(letters) in ends:
            return True
        ends = {
            end + len(reading)
            for end in ends
            for reading in syllable
            if letters.startswith(reading, end)
        }
        if not ends:
            return False
    return len(letters) in ends
