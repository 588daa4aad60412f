"""Targets that are said relative to a baseline: 翻一番, 比上年下降8%, 不低于上年.

They are kept as printed, and are a number once the baseline is known.
"""

import re
from collections.abc import Mapping
from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from tracker.errors import InvalidInput
from tracker.model.quantities import (
    HUNDRED,
    ONE,
    WIDE_CONTEXT,
    ZERO,
    convert_quantity_unit,
    parse_quantity,
)
from tracker.model.vocabulary import Direction, Op

_YEAR = r"(?:上年|去年|上年度|基期|基数|[0-9]{4}年)(?:同期|底|末)?(?:水平)?"
_BEFORE = rf"(?:[比较]{_YEAR}|同比)?"
_WILL = r"(?:力争|争取|确保)?(?:实现)?"
_DOUBLING = rf"{_WILL}{_BEFORE}(?:实现)?翻(?:([一两二三四]?)番|倍)(?:以上)?"
_HALVING = rf"{_WILL}{_BEFORE}(?:减半|减少一半|下降一半|降低一半)"
_CHANGES = r"(增长|增加|提高|提升|上升|下降|降低|减少|压减|压降)"
_NUMBER = r"([0-9]+(?:\.[0-9]+)?)"
_BOUND = r"(以上|左右|以内)?"
_CHANGE = rf"{_WILL}{_BEFORE}{_CHANGES}(?:到)?{_NUMBER}[%％]{_BOUND}"
_POINTS = rf"{_WILL}{_BEFORE}{_CHANGES}{_NUMBER}个?百分点{_BOUND}"
_AMOUNT = rf"{_WILL}[比较]{_YEAR}{_CHANGES}([0-9].*?){_BOUND}"
_GROWN_TIMES = rf"{_WILL}{_BEFORE}(?:增长|增加|提高){_NUMBER}倍(?:以上)?"
_TIMES = rf"{_WILL}(?:达到|是|为)?{_YEAR}的{_NUMBER}倍(?:以上)?"
_AS = r"(不低于|不少于|不高于|不超过|不突破|高于|多于|超过|好于|低于|少于|保持在?|与)"
_AS_BEFORE = rf"{_AS}{_YEAR}(?:以上|持平)?"
_TIMES_OF_DOUBLINGS = {"": "2", "一": "2", "两": "4", "二": "4", "三": "8", "四": "16"}
_LESS = ("下降", "降低", "减少", "压减", "压降")
_OP_AS_BEFORE: Mapping[str, Op] = {
    "不高于": "<=",
    "不超过": "<=",
    "不突破": "<=",
    "低于": "<",
    "少于": "<",
    "高于": ">",
    "多于": ">",
    "超过": ">",
}
_STRIVES = r"(?:努力|力争|争取)+(?:实现|完成|达到)?"
_PAIR = rf"(?:确保)?(?:完成)?(.+?)[、，,；;（(]?{_STRIVES}(.+?)[)）]?"
_TURNED_PAIR = rf"{_STRIVES}(.+?)[、，,；;]确保(?:完成)?(.+)"


class RelativeTarget(Struct, frozen=True):
    """Target as a multiple of the baseline, or as a distance from it.

    Attributes:
        factor: what the baseline is multiplied by.
        op: how the target is compared; None: as that of a number that is printed with 左右.
        direction: the way that is good; None: as values stand to the baseline.
        is_rate: whether the same words may mean a rate of growth (增长10%).
        added: what is added to the baseline (提高2个百分点, 比上年增加500万元).
        unit: the unit of what is added.
        is_about: whether it is printed with 左右.
    """

    factor: Decimal
    op: Op | None
    direction: Direction | None
    is_rate: bool = False
    added: Decimal = ZERO
    unit: str | None = None
    is_about: bool = False


def read_relative_target(text: str) -> RelativeTarget | None:
    """Return what a target is relative to its baseline; None: it is not relative."""
    words = re.sub(r"\s", "", text)
    if doubling := re.fullmatch(_DOUBLING, words):
        return RelativeTarget(Decimal(_TIMES_OF_DOUBLINGS[doubling[1] or ""]), ">=", "up")
    if re.fullmatch(_HALVING, words):
        return RelativeTarget(Decimal("0.5"), "<=", "down")
    if grown := re.fullmatch(_GROWN_TIMES, words):
        return RelativeTarget(WIDE_CONTEXT.add(ONE, Decimal(grown[1])), ">=", "up")
    if times := re.fullmatch(_TIMES, words):
        return RelativeTarget(Decimal(times[1]), ">=", "up")
    if level := re.fullmatch(_AS_BEFORE, words):
        return RelativeTarget(ONE, _OP_AS_BEFORE.get(level[1], ">="), None)
    return _read_relative_change(words)


def _read_relative_change(words: str) -> RelativeTarget | None:
    """Return the target of 下降8%, 提高2个百分点 and 比上年增加500万元; 以内 turns the operator."""
    for pattern, unit in ((_CHANGE, None), (_POINTS, "%"), (_AMOUNT, "")):
        change = re.fullmatch(pattern, words)
        if change is None:
            continue
        try:
            amount = parse_quantity(change[2]) if unit == "" else None
        except InvalidInput:
            return None
        number = amount.value if amount is not None else Decimal(change[2])
        is_less, bound = change[1] in _LESS, change[3]
        way: Direction | None = "down" if is_less else "up"
        op: Op | None = "<=" if is_less else ">="
        if bound == "以内":
            way, op = None, ">=" if is_less else "<="
        signed = -number if is_less else number
        about = bound == "左右"
        target = RelativeTarget(ONE, None if about else op, way, is_about=about)
        if unit is None:
            factor = WIDE_CONTEXT.add(ONE, WIDE_CONTEXT.divide(signed, HUNDRED))
            return replace(target, factor=factor, is_rate=not is_less)
        return replace(target, added=signed, unit=unit if amount is None else amount.unit)
    return None


def resolve_relative_target(
    wording: str | None, baseline: Decimal | None, unit: str | None = None
) -> Decimal | None:
    """Return the number that a relative target is; None where it is none or not known yet.

    Args:
        wording: the target as printed.
        baseline: the value that it is relative to.
        unit: the unit of that value.
    """
    relative = read_relative_target(wording) if wording is not None else None
    if relative is None or baseline is None:
        return None
    try:
        distance = convert_relative_distance(relative, unit)
    except InvalidInput:
        # The unit was edited since.
        return None
    exact = WIDE_CONTEXT.add(WIDE_CONTEXT.multiply(baseline, relative.factor), distance)
    return Decimal(format(exact.normalize(WIDE_CONTEXT), "f"))


def convert_relative_distance(relative: RelativeTarget, unit: str | None) -> Decimal:
    """Return what is added to a baseline, in the unit of that; points are added to a rate.

    Raises:
        InvalidInput: it is another kind of unit.
    """
    own = unit or ""
    if not relative.added or relative.unit in {None, "", own} or own == "":
        return relative.added
    if relative.unit == "%" and own in {"％", "百分点", "个百分点"}:
        return relative.added
    return convert_quantity_unit(relative.added, relative.unit or "", own)


def split_stretch_target(text: str) -> tuple[str, str | None]:
    """Split 确保100个、力争120个 into the promise and what is striven for beyond it.

    What is striven for without a figure (力争更好结果) is none.
    """
    words = re.sub(r"\s", "", text)
    if turned := re.fullmatch(_TURNED_PAIR, words):
        return turned[2], turned[1]
    if pair := re.fullmatch(_PAIR, words):
        return pair[1], None if "更" in pair[2] else pair[2]
    if words.startswith("确保"):
        return words.removeprefix("确保"), None
    alone = re.fullmatch(rf"{_STRIVES}(.+)", words)
    # What is relative is kept as it is printed.
    if alone is None or read_relative_target(words) is not None:
        return text, None
    return alone[1], None
