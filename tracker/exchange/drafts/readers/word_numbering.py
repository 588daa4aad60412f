"""Count the numbers that Word sets before paragraphs: 一、, （二）, 3."""

import re
from typing import Any, NamedTuple

_SPACE = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_DIGITS = "零一二三四五六七八九"
_CHINESE_FORMS = {
    "chineseCounting",
    "chineseCountingThousand",
    "ideographDigital",
    "japaneseCounting",
    "taiwaneseCounting",
    "taiwaneseCountingThousand",
}
_CIRCLED = "decimalEnclosedCircle"
_MOST_CIRCLED = 20
_TEN = 10


class _Level(NamedTuple):
    """How the numbers of a level look: ``%1、`` with a form, from a start."""

    form: str
    text: str
    start: int


class WordNumbering:
    """The lists of a document, and how far each has been counted."""

    def __init__(self, word: Any) -> None:  # noqa: ANN401  # a document of python-docx
        self._levels: dict[str, dict[int, _Level]] = {}
        self._counts: dict[str, list[int]] = {}
        self._styles = {style.style_id: _find_word_list(style.element) for style in word.styles}
        part = next(
            (
                relation.target_part
                for relation in word.part.rels.values()
                if not relation.is_external and relation.reltype.endswith("/numbering")
            ),
            None,
        )
        root = getattr(part, "element", None)
        if root is not None:
            self._read_lists(root)

    def _read_lists(self, root: Any) -> None:  # noqa: ANN401  # an element of lxml
        abstract = {
            each.get(f"{_SPACE}abstractNumId"): {
                int(level.get(f"{_SPACE}ilvl")): _Level(
                    _get_word_text(level, "numFmt") or "decimal",
                    _get_word_text(level, "lvlText") or "",
                    int(_get_word_text(level, "start") or 1),
                )
                for level in each.iter(f"{_SPACE}lvl")
            }
            for each in root.iter(f"{_SPACE}abstractNum")
        }
        for each in root.iter(f"{_SPACE}num"):
            own = _get_word_text(each, "abstractNumId")
            self._levels[each.get(f"{_SPACE}numId")] = abstract.get(own, {})

    def number(self, paragraph: Any) -> str:  # noqa: ANN401
        """Return the number that Word sets before a paragraph, and count it; else nothing."""
        list_id, depth = _find_word_list(paragraph)
        style = paragraph.find(f"{_SPACE}pPr/{_SPACE}pStyle")
        if list_id is None and style is not None:
            list_id, depth = self._styles.get(style.get(f"{_SPACE}val"), (None, 0))
        levels = self._levels.get(list_id or "", {})
        if depth not in levels:
            return ""
        counts = self._counts.setdefault(list_id or "", [])
        del counts[depth + 1 :]
        for missing in range(len(counts), depth + 1):
            counts.append(levels[missing].start - 1 if missing in levels else 0)
        counts[depth] += 1
        if levels[depth].form in {"bullet", "none"}:
            return ""
        return re.sub(
            r"%([1-9])",
            lambda match: _write_word_number(
                counts[int(match[1]) - 1] if int(match[1]) <= len(counts) else 0,
                levels.get(int(match[1]) - 1, levels[depth]).form,
            ),
            levels[depth].text,
        )


def _find_word_list(element: Any) -> tuple[str | None, int]:  # noqa: ANN401
    """Return the list that a paragraph or style belongs to, and how deep in it."""
    own = element.find(f"{_SPACE}pPr/{_SPACE}numPr")
    if own is None:
        return None, 0
    return _get_word_text(own, "numId"), int(_get_word_text(own, "ilvl") or 0)


def _get_word_text(element: Any, name: str) -> str | None:  # noqa: ANN401
    part = element.find(f"{_SPACE}{name}")
    value: str | None = part.get(f"{_SPACE}val") if part is not None else None
    return value


def _write_word_number(number: int, form: str) -> str:
    """Return a number in a form of Word; forms that no Chinese paper uses stay digits."""
    if form == _CIRCLED and 0 < number <= _MOST_CIRCLED:
        return chr(ord("①") + number - 1)
    if form not in _CHINESE_FORMS or number >= _TEN * _TEN:
        return str(number)
    tens, ones = divmod(number, _TEN)
    head = "" if not tens else f"{_DIGITS[tens] if tens > 1 else ''}十"
    return head + (_DIGITS[ones] if ones or not tens else "")
