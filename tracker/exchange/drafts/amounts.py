"""Find amounts in running text: the value, its unit, and the words that qualify it.

The value itself is read by ``tracker.model.quantities``.
"""

import re
from decimal import Decimal
from itertools import pairwise
from typing import Literal, NamedTuple

from tracker.errors import InvalidInput
from tracker.exchange.drafts import words
from tracker.model.quantities import parse_quantity

Op = Literal[">=", ">", "<=", "<", "=", "~", "range"]

_SCALE = r"(?:万亿|[十百千]?[万亿]|[百千](?=[余多]?[户人名家元亩]))"
_FIGURE = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_CHINESE = r"[一二两三四五六七八九十百千]{1,9}"
# 迈上新台阶 and 5方面 count nothing in these units.
_NO_UNIT_BEFORE = {"台": "(?!阶)", "方": "(?![面向案式])"}
_UNIT = "|".join(re.escape(unit) + _NO_UNIT_BEFORE.get(unit, "") for unit in words.UNITS)
_PER = (
    r"(?:/(?:10万人?|万人?|千人|百户|人|年|日|天|月|亩|户|平方米|立方米|升|万元|"
    r"平方公里|公里|小时|公顷))?"
)
# A unit that is not listed, such as EFLOPS; one letter is a name (5G).
_LATIN = r"[A-Za-z]{2,8}(?![A-Za-z0-9+\-])"
_NOT_IN_NAME = r"(?<![A-Za-z0-9.\-–])"
_AMOUNT = re.compile(
    rf"{_NOT_IN_NAME}(?:百分之(?P<percent>{_FIGURE}|{_CHINESE})"
    rf"|翻(?P<doubled>[一两二三])番"
    rf"|(?P<low>{_FIGURE})(?P<lowscale>{_SCALE}?)(?P<lowunit>%|‰|个百分点|[元家个人户吨]?)"
    rf"[—–\-~至到]{{1,2}}(?P<high>{_FIGURE})(?P<highscale>{_SCALE}?)(?P<highunit>{_UNIT})"
    rf"|(?P<value>-?{_FIGURE})(?P<more>[余多]?)(?P<scale>{_SCALE}?)(?P<still>[余多]?)"
    rf"(?P<unit>(?:{_UNIT}){_PER}|/(?:10万|万|千|百)人?|{_LATIN})?"
    rf"|(?P<chinese>{_CHINESE})(?P<cscale>{_SCALE})(?P<cmore>[余多]?)(?P<cunit>{_UNIT})"
    rf"|(?P<times>[一二两三四五]|\d+(?:\.\d+)?)倍)"
)
_TAILS = sorted(
    (*words.AFTER_AT_LEAST, *words.AFTER_AT_MOST, "左右", "上下"), key=len, reverse=True
)
# 60条内街小巷 has no 内.
_AFTER = re.compile(rf"\s*(?!内[^\W\d_完建办实达解])({'|'.join(_TAILS)})")
_BEFORE: dict[str, Op] = {
    **dict.fromkeys(words.AT_LEAST, ">="),
    **dict.fromkeys(words.OVER, ">"),
    **dict.fromkeys(words.AT_MOST, "<="),
    **dict.fromkeys(words.UNDER, "<"),
    **dict.fromkeys(words.ABOUT, "~"),
}
_BEFORE_END = re.compile(
    rf"({'|'.join(re.escape(word) for word in sorted(_BEFORE, key=len, reverse=True))})"
    r"(?:了|至|到|在|为)?[\s〔（(]*$"
)
_CHINESE_DIGITS = dict(zip("一二两三四五六七八九", (1, 2, 2, 3, 4, 5, 6, 7, 8, 9), strict=True))
_SMALL_SCALES = {"百": 100, "千": 1000}
_DOUBLED = {"一": 2, "两": 4, "二": 4, "三": 8}
_JOINERS = {"和", "、", "及", "与"}
# Characters before a number that may qualify it.
_MOST_BEFORE = 30


class Amount(NamedTuple):
    """An amount in a text.

    Attributes:
        start: where the number begins.
        end: where its unit or the qualifier behind it ends.
        unit_end: where the unit ends.
        value: the number in the unit; the low end of a range.
        high: the high end of a range; None otherwise.
        unit: as printed, with 万 and 亿.
        op: how a value compares with it, as printed; = if nothing is said.
        lead: where the qualifier before the number begins.
    """

    start: int
    end: int
    unit_end: int
    value: Decimal
    high: Decimal | None
    unit: str
    op: Op
    lead: int


def find_amounts(text: str, start: int, end: int) -> list[Amount]:
    """Return the amounts between two offsets of a normalized text.

    Numbers that are ordinals, parts of names, dates or mere scale words are left out;
    whether an amount is a promise or a report is not decided here.
    """
    amounts = []
    for match in _AMOUNT.finditer(text, start, end):
        amount = _build_amount(text, match, start, end)
        if amount is not None:
            amounts.append(amount)
    return _share_units_of_amounts(text, amounts)


def _build_amount(text: str, match: re.Match[str], start: int, end: int) -> Amount | None:
    before = text[max(start, match.start() - _MOST_BEFORE) : match.start()]
    if re.search(r"(?:第|\[|[+·]|×\s?)$", before):
        return None
    if re.search("[国省县乡]道$", before) and not match["unit"]:
        # 县道6公里 is a length, 县道106 a road.
        return None
    if match["chinese"] and re.search("[几数上]$", before):
        # 几千万人 is no number.
        return None
    if match["value"] and not match["unit"] and not _is_bare_amount(match, before, text):
        return None
    read = _read_amount(match)
    if read is None:
        return None
    value, high, unit = read
    tail = _AFTER.match(text, match.end(), end)
    op: Op = "range" if high is not None else "="
    if tail is not None and op == "=":
        op = _read_words_after_amount(tail.group(1))
    lead, word = _find_words_before_amount(before)
    if word is not None and op == "=":
        op = _BEFORE[word]
    if op == "=" and (match["more"] or match["still"] or match["cmore"]):
        op = ">="
    amount_end = tail.end() if tail is not None else match.end()
    return Amount(
        match.start(), amount_end, match.end(), value, high, unit, op, match.start() - lead
    )


def _is_bare_amount(match: re.Match[str], before: str, text: str) -> bool:
    """Return whether a number without a unit counts: behind 之比, or with 万 or 亿 itself."""
    if re.match(r"\s*[:：︰∶]\s*\d", text[match.end() :]):
        # 三次产业比为11.8:48.3:39.9 is a proportion.
        return False
    if match["scale"] and text[match.end() : match.end() + 1] not in set("级个家人户"):
        return True
    if re.search(
        r"指数(?:从|由)(?:\d{4}年的?)?$|指数(?:从|由)[^，]{2,16}(?:提高|提升|上升|增长)[到至]$",
        before,
    ):
        return True
    return bool(re.search(r"(?:比|指数|系数|之比|比值|Ⅱ)[^，]{0,6}(?:到|至|为|达)$", before))


def _find_words_before_amount(before: str) -> tuple[int, str | None]:
    """Return how far before a number its qualifier begins, and which it is."""
    found = _BEFORE_END.search(before)
    if found is None or re.search(r"(?:最近|附近|邻近)$", before[: found.end(1)]):
        return 0, None
    return len(before) - found.start(), found.group(1)


def _read_words_after_amount(tail: str) -> Op:
    if tail in words.AFTER_AT_LEAST:
        return ">="
    return "<=" if tail in words.AFTER_AT_MOST else "~"


def _read_amount(match: re.Match[str]) -> tuple[Decimal, Decimal | None, str] | None:
    """Return the value, the high end of a range, and the unit."""
    if match["doubled"]:
        return Decimal(_DOUBLED[match["doubled"]]), None, "倍"
    if match["times"]:
        return Decimal(_CHINESE_DIGITS.get(match["times"], match["times"])), None, "倍"
    if match["low"]:
        return _read_amount_range(match)
    if match["percent"]:
        written = match["percent"] + "%"
    elif match["chinese"]:
        written = match["chinese"] + match["cscale"] + match["cunit"]
    else:
        written = match["value"] + match["scale"] + (match["unit"] or "").replace("％", "%")
    if match["scale"] in _SMALL_SCALES:
        # 8千户 has no unit 千户.
        read = _parse_amount(written.replace(match["scale"], "", 1))
        return None if read is None else (read[0] * _SMALL_SCALES[match["scale"]], None, read[2])
    return _parse_amount(written)


def _read_amount_range(match: re.Match[str]) -> tuple[Decimal, Decimal | None, str] | None:
    low = _parse_amount(
        match["low"] + (match["lowscale"] or match["highscale"]) + match["highunit"]
    )
    high = _parse_amount(match["high"] + match["highscale"] + match["highunit"])
    if low is None or high is None or low[2] != high[2] or low[0] >= high[0]:
        return None
    return low[0], high[0], high[2]


def _parse_amount(text: str) -> tuple[Decimal, Decimal | None, str] | None:
    try:
        quantity = parse_quantity(text)
    except InvalidInput:
        return None
    return quantity.value, quantity.high, quantity.unit


def _share_units_of_amounts(text: str, amounts: list[Amount]) -> list[Amount]:
    """Give 45%和32%左右 one qualifier where it stands behind the last of a pair only."""
    shared = list(amounts)
    passed_on, led = set(), set()
    for at in range(len(shared) - 1, 0, -1):
        amount, before = shared[at], shared[at - 1]
        between = text[before.end : amount.start]
        joined = between in _JOINERS
        behind = amount.end > amount.unit_end or at in passed_on
        same = (
            before.op == "="
            and amount.op != "="
            and before.unit.lstrip("万亿") == amount.unit.lstrip("万亿")
        )
        if joined and behind and same:
            shared[at - 1] = before._replace(op=amount.op)
            passed_on.add(at - 1)
    for at, (before, amount) in enumerate(pairwise(shared), 1):
        # 分别不低于22%和30% limits both.
        is_joined = text[before.end : amount.start] in _JOINERS
        is_led = before.lead < before.start and text.endswith("分别", 0, before.lead)
        is_same = before.unit == amount.unit and amount.op == "="
        if is_joined and is_same and (is_led or at - 1 in led):
            shared[at] = amount._replace(op=shared[at - 1].op)
            led.add(at)
    return shared
