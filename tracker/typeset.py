"""How text lies on a terminal: the cells it takes, and where a line of it may end."""

import re
import unicodedata

# Skin tones, vowels and final consonants of Hangul, its fillers: part of the one before.
_DRAWN_INSIDE = "[\U0001f3fb-\U0001f3ff\u1160-\u11ff\ud7b0-\ud7fb\u3164\uffa0]"

# What stays on one line: a Latin word, a number or one other character (with what is drawn
# inside it), with the marks that open before it and close behind it.
_SIGN = ".(?:\u200d.|[\ufe0f\U0001f3fb-\U0001f3ff])*"
UNIT = f"[（“‘《〈「『【〔(]*(?:[!-~]+|{_SIGN})[，。、；：？！”’）》〉」』】〕)…％]*"


class _Widths(dict[str, int]):
    """The cells that each character takes, found out at its first use."""

    def __missing__(self, character: str) -> int:
        category = unicodedata.category(character)
        if category in {"Co", "Cn"}:
            width = 1
        elif category[0] in "MC" or re.match(_DRAWN_INSIDE, character):
            width = 0
        else:
            width = 2 if unicodedata.east_asian_width(character) in "WF" else 1
        self[character] = width
        return width


_width_of = _Widths().__getitem__


def display_width(text: str) -> int:
    """How many cells of a terminal the text takes: wide characters 2, combining ones 0."""
    if text.isascii():
        return len(text)
    if "\u200d" in text:
        # What is joined to an emoji is drawn inside it.
        text = re.sub("\u200d.?", "", text)
    return sum(map(_width_of, text))


def folded(text: str, width: int, unit_of: str = UNIT) -> list[str]:
    """The text in lines as Chinese is set: numbers stay whole and no line begins with 、.

    Only what is wider than a line without a place to break is broken anywhere.
    """
    lines: list[str] = []
    for paragraph in text.split("\n"):
        lines.append("")
        used = 0
        for unit in re.findall(unit_of, paragraph):
            for piece in [unit] if display_width(unit) <= width else re.findall(_SIGN, unit):
                cells = display_width(piece)
                if used and used + cells > width:
                    lines.append("")
                    used = 0
                    if piece == " ":
                        continue
                lines[-1] += piece
                used += cells
    return lines
