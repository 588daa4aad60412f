"""Relate drafts to one another: what is striven for, what is a part, what comes before.

Also what a promise says about itself beside its number: that it comes again, or is relative.
"""

import re
from collections.abc import Sequence

from tracker.exchange.drafts.clauses import Clause
from tracker.exchange.drafts.draft import Draft
from tracker.model.quantities import format_quantity_number
from tracker.model.recurrence import read_recurrence

_STAGES = (
    r"立项|可研|初步设计",
    r"开工|动工",
    r"封顶|合龙|贯通",
    r"竣工|完工|建成|通车|投用|投入使用|投产|验收",
)
_STRIVES = r"(?:力争|争取)(?:达到?|实现|完成|突破|超过)?[约近]?"
_PERSON = (
    r"[，,；;、]?\s*(?:分管领导|责任人|责任领导|负责人|联系人)[：:]\s*(?P<person>[^，,；;。）)]+)"
)
# Drafts before one that it may relate to.
_MOST_BEFORE = 60
_DOUBLING = r"翻[一两二三四]?番"


def relate_draft(draft: Draft, before: Sequence[Draft], clause: Clause) -> bool:
    """Set in a draft what it says about itself and those before it.

    Returns:
        Whether it is only what is striven for beyond the number of the one before, and is
        set there.
    """
    split_drafted_person(draft)
    if draft.kind == "result":
        return False
    draft.recurs = read_recurrence(clause.words)
    doubling = re.search(_DOUBLING, clause.words)
    if doubling is not None and draft.unit == "倍":
        draft.target_wording = doubling[0]
    near = [
        each
        for each in before[-_MOST_BEFORE:]
        if _stands_beside(each, draft) and each.kind == draft.kind
    ]
    if draft.kind == "milestone":
        draft.after = _find_stage_before(draft, near)
        return False
    if near and _is_stretch_of(draft, near[-1], clause):
        near[-1].stretch = draft.value
        return True
    if clause.words.lstrip("，、；").startswith("其中"):
        whole = [each for each in near if each.part_of is None and each.unit == draft.unit]
        draft.part_of = next((each.start for each in reversed(whole)), None)
    return False


def split_drafted_person(draft: Draft) -> None:
    """Take a person out of the words of the lead body: 市水务局，分管领导：李四."""
    found = re.search(_PERSON, draft.org or "")
    if found is not None and draft.org is not None:
        draft.person, draft.org = found["person"].strip(), draft.org[: found.start()].strip()


def _stands_beside(one: Draft, other: Draft) -> bool:
    return (one.locator, one.initiative) == (other.locator, other.initiative)


def _is_stretch_of(draft: Draft, promised: Draft, clause: Clause) -> bool:
    """Return whether a number is striven for, right behind one that is promised."""
    is_pair = (promised.unit, promised.deadline) == (draft.unit, draft.deadline)
    if draft.value is None or promised.value in {None, draft.value} or not is_pair:
        return False
    number = re.escape(format_quantity_number(draft.value).replace(",", ""))
    strives = re.search(rf"{_STRIVES}{number}(?![^，]*的)", clause.words.replace(",", ""))
    return strives is not None and promised.stretch is None


def _find_stage_before(draft: Draft, before: Sequence[Draft]) -> int | None:
    """Return the start of the newest draft that is an earlier stage of the same works."""
    stage = _find_stage(draft.indicator)
    earlier = [each for each in before if 0 <= _find_stage(each.indicator) < stage]
    return earlier[-1].start if earlier else None


def _find_stage(name: str) -> int:
    """Return the place of a state among the stages of works; -1: it is none."""
    return next((at for at, words in enumerate(_STAGES) if re.search(words, name)), -1)
