"""Read the bodies of a cell: who leads and who supports."""

import re
from typing import NamedTuple

_LABELS = (
    r"(牵头|主办|主责|责任|承办|配合|协办|协同|参与|参加)(?:及[^:：]{0,6})?"
    r"(?:单位|部门|处室|科室)?\s*[:：]"
)
_BEHIND = r"[（(](?:牵头|主办|配合|协办)(?:单位)?[)）]"
_LEADS_BEHIND = r"[（(](?:牵头|主办)(?:单位)?[)）]"
_LEADING = frozenset({"牵头", "主办", "主责", "责任", "承办"})
_BETWEEN = r"[、，,；;/\n]+(?![^（(]*[)）])"
_NONE = frozenset({"-", "—", "–", "/", "无", "n/a", "none"})


class Bodies(NamedTuple):
    """Bodies that lead and support."""

    leads: list[str]
    support: list[str]


def read_bodies(text: str, *, is_shared: bool) -> Bodies:
    """Return the bodies of a cell, by what it calls them: 牵头：甲；配合：乙、丙.

    Args:
        text: the cell.
        is_shared: whether the column says only that they are responsible, so that of several
            without such words the first leads and the others support.
    """
    if re.search(_BEHIND, text):
        names = split_bodies(text)
        leads = [name for name in names if re.search(_LEADS_BEHIND, name)]
        others = [name for name in names if name not in leads]
        return Bodies(*([re.sub(_BEHIND, "", each) for each in part] for part in (leads, others)))
    marks = list(re.finditer(_LABELS, text))
    if not marks:
        names = split_bodies(text)
        return Bodies(names[:1], names[1:]) if is_shared else Bodies(names, [])
    leads = split_bodies(text[: marks[0].start()])
    support: list[str] = []
    for at, mark in enumerate(marks):
        end = marks[at + 1].start() if at + 1 < len(marks) else len(text)
        (leads if mark[1] in _LEADING else support).extend(split_bodies(text[mark.end() : end]))
    return Bodies(list(dict.fromkeys(leads)), list(dict.fromkeys(support)))


def split_bodies(text: str) -> list[str]:
    """Return the names of a list of bodies; what stands in brackets is no list."""
    names = (name.strip(" \t\u3000。.") for name in re.split(_BETWEEN, text))
    return [*dict.fromkeys(name for name in names if name and name.casefold() not in _NONE)]
