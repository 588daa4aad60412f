"""Measure and fold text for a terminal, and escape what it must not get."""

import re
import unicodedata

# Skin tones, vowels and final consonants of Hangul and its fillers, which are drawn inside
# the character before.
_DRAWN_INSIDE = "[\U0001f3fb-\U0001f3ff\u1160-\u11ff\ud7b0-\ud7fb\u3164\uffa0]"

# One unit stays on one line: a Latin word, a number or one other character (with what is
# drawn inside it), with the marks that open before it and close behind it.
_CHARACTER = ".(?:\u200d.|[\ufe0f\U0001f3fb-\U0001f3ff])*"
LINE_UNIT = f"[（“‘《〈「『【〔(]*(?:[!-~]+|{_CHARACTER})[，。、；：？！”’）》〉」』】〕)…％]*"


class _Widths(dict[str, int]):
    """Cells of each character, computed at its first use.

    ``wide`` are the classes of Unicode (UAX 11) whose characters take two cells.
    """

    wide = "WF"

    def __missing__(self, character: str) -> int:
        category = unicodedata.category(character)
        if category in {"Co", "Cn"}:
            width = 1
        elif category[0] in "MC" or re.match(_DRAWN_INSIDE, character):
            width = 0
        else:
            width = 2 if unicodedata.east_asian_width(character) in self.wide else 1
        self[character] = width
        return width


_widths = _Widths()
_width_of = _widths.__getitem__
_FIRST_STAND_IN = 0x2A600
"""Rare ideographs, two cells wide, that stand in for signs while a table is laid out."""
_stand_ins: dict[int, str] = {}


def use_wide_signs(*, is_wide: bool) -> None:
    """Count signs such as “ and ━ as the terminal draws them: as two cells, or as one."""
    _widths.wide = "WFA" if is_wide else "WF"
    _widths.clear()
    _stand_ins.clear()


def has_wide_signs() -> bool:
    """Return whether the terminal draws signs such as “ and ━ in two cells."""
    return "A" in _widths.wide


def widen_signs(text: str) -> str:
    """Return a text whose wide signs are replaced by stand-ins, which every library measures so."""
    if text.isascii() or not has_wide_signs():
        return text
    for sign in set(text):
        if ord(sign) not in _stand_ins and unicodedata.east_asian_width(sign) == "A":
            _stand_ins[ord(sign)] = chr(_FIRST_STAND_IN + len(_stand_ins))
    return text.translate(_stand_ins)


def restore_signs(text: str) -> str:
    """Return a text with its signs instead of their stand-ins."""
    return text.translate({ord(stand_in): sign for sign, stand_in in _stand_ins.items()})


def measure_text_width(text: str) -> int:
    """Count the cells of a terminal that a text takes: wide characters 2, combining ones 0."""
    if text.isascii():
        return len(text)
    if "\u200d" in text:
        # A character joined to an emoji is drawn inside it.
        text = re.sub("\u200d.?", "", text)
    return sum(map(_width_of, text))


def fold_text_to_width(text: str, width: int, unit_of: str = LINE_UNIT) -> list[str]:
    """Fold a text into lines as Chinese is set: numbers stay whole, no line begins with 、.

    A unit that is wider than a line is broken anywhere.

    Args:
        text: the text; its newlines stay.
        width: cells of a line.
        unit_of: the pattern of a unit that stays on one line.
    """
    lines: list[str] = []
    for paragraph in text.split("\n"):
        lines.append("")
        used = 0
        for unit in re.findall(unit_of, paragraph):
            for piece in (
                [unit] if measure_text_width(unit) <= width else re.findall(_CHARACTER, unit)
            ):
                cells = measure_text_width(piece)
                if used and used + cells > width:
                    lines.append("")
                    used = 0
                    if piece == " ":
                        continue
                lines[-1] += piece
                used += cells
    return lines


# Controls except tab and newline, bidi controls, separators of lines and paragraphs,
# characters without a width, tags, lone surrogates. The two joiners (U+200C, U+200D)
# belong to the spelling of words and emoji. Left uncompiled: re compiles and keeps it
# at the first text that needs it, and most commands meet none.
HIDDEN_CHARACTERS = (
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e"
    "\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)
SURROGATE = "[\ud800-\udfff]"


def escape_text_character(match: re.Match[str]) -> str:
    r"""Escape one character as ``\x1b``, ``\u202e`` or ``\U000e0067``."""
    code = ord(match[0])
    if code <= 0xFF:  # noqa: PLR2004  # the longest that two digits hold
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"  # noqa: PLR2004  # four


def escape_hidden_text(text: str) -> str:
    """Return a text with hidden characters escaped, except for tabs and newlines."""
    return text if text.isprintable() else re.sub(HIDDEN_CHARACTERS, escape_text_character, text)


def make_text_visible(text: str, *, lines: bool = False) -> str:
    r"""Return a text that is safe on a terminal: nothing in it moves, colours, hides or reorders.

    Args:
        text: any text from data, a file name or an error.
        lines: whether newlines are kept; otherwise they are escaped as ``\n``.
    """
    if text.isprintable():
        return text
    safe = escape_hidden_text(text).replace("\t", " ")
    return safe if lines else safe.replace("\n", "\\n")
