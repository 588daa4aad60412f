"""Targets that are said relative to a baseline: 翻一番, 比上年下降8%, 不低于上年.

They are kept as printed, and are a number once the baseline is known.
"""

import re
from decimal import Decimal
from typing import NamedTuple

from tracker.model.quantities import HUNDRED, WIDE_CONTEXT
from tracker.model.vocabulary import Direction, Op

_BEFORE = r"(?:[比较](?:上年|去年|上年度|上年同期|去年同期|基期|基数|[0-9]{4}年)|同比)?"
_DOUBLING = r"翻([一两二三四]?)番(?:以上)?"
_CHANGE = (
    rf"(?:力争|确保)?{_BEFORE}(增长|增加|提高|提升|上升|下降|降低|减少|压减|压降)"
    r"([0-9]+(?:\.[0-9]+)?)[%％](以上|左右|以内)?"
)
_AS_BEFORE = (
    r"(不低于|不少于|不高于|不超过|不突破|保持在?|与)"
    r"(?:上年|去年|上年度|基期|基数|[0-9]{4}年)(?:同期)?(?:水平)?(?:以上|持平)?"
)
_DOUBLINGS = {"": 1, "一": 1, "两": 2, "二": 2, "三": 3, "四": 4}
_LESS = frozenset({"下降", "降低", "减少", "压减", "压降"})
_AT_MOST = frozenset({"不高于", "不超过", "不突破"})
_PAIR = r"(?:确保)?(.+?)[、，,；;]?(?:力争|争取)(?:达到)?(.+)"


class RelativeTarget(NamedTuple):
    """Target as a multiple of the baseline.

    Attributes:
        factor: what the baseline is multiplied by.
        op: how the target is compared.
        direction: the way that is good; None: as values stand to the baseline.
        is_rate: whether the same words may mean a rate of growth (增长10%).
    """

    factor: Decimal
    op: Op
    direction: Direction | None
    is_rate: bool = False


def read_relative_target(text: str) -> RelativeTarget | None:
    """Return what a target is relative to its baseline; None: it is not relative."""
    words = re.sub(r"\s", "", text)
    if doubling := re.fullmatch(_DOUBLING, words):
        return RelativeTarget(Decimal(2 ** _DOUBLINGS[doubling[1]]), ">=", "up")
    if change := re.fullmatch(_CHANGE, words):
        is_less = change[1] in _LESS
        share = WIDE_CONTEXT.divide(Decimal(change[2]), HUNDRED)
        factor = WIDE_CONTEXT.add(Decimal(1), -share if is_less else share)
        return RelativeTarget(
            factor, "<=" if is_less else ">=", "down" if is_less else "up", is_rate=not is_less
        )
    if level := re.fullmatch(_AS_BEFORE, words):
        is_ceiling = level[1] in _AT_MOST
        return RelativeTarget(Decimal(1), "<=" if is_ceiling else ">=", None)
    return None


def resolve_relative_target(wording: str | None, baseline: Decimal | None) -> Decimal | None:
    """Return the number that a relative target is; None where it is none or not known yet."""
    relative = read_relative_target(wording) if wording is not None else None
    if relative is None or baseline is None:
        return None
    exact = WIDE_CONTEXT.multiply(baseline, relative.factor)
    return Decimal(format(exact.normalize(WIDE_CONTEXT), "f"))


def split_stretch_target(text: str) -> tuple[str, str | None]:
    """Split 确保100个、力争120个 into the promise and what is striven for beyond it."""
    words = re.sub(r"\s", "", text)
    if pair := re.fullmatch(_PAIR, words):
        return pair[1], pair[2]
    return (words.removeprefix("确保"), None) if words.startswith("确保") else (text, None)
