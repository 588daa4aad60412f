"""Parse and format amounts as Chinese documents print them: exact decimals with a unit.

A printed 万 or 亿 belongs to the unit: 2.1万人 is 2.1 with the unit 万人. Everything is
``Decimal``; nothing passes through a float.
"""

import re
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Literal

from msgspec import Struct

from tracker.errors import InvalidInput, shorten_text
from tracker.locale.translation import _, _p, later

# A message id and not a translation: the language is chosen after the import.
QUANTITY_FORMS = later(
    "85, 85%, 8,000, 2.1万, 134万平方米, 二十万, 1—2个, 200个以上, 不超过5%, 约40家"
)
_NOT_A_UNIT = later(
    "'{found}': {unit} is no unit; say by the name what is measured, and here how much of it,"
    " such as 0起 or 100%"
)
MAX_DIGITS = 30

_LONGEST_TEXT = 200
_LONGEST_UNIT = 30

_WIDE = str.maketrans(
    "０１２３４５６７８９％，．＋－−～＞＜＝\u3000\u00a0\t",
    "0123456789%,.+--~><=   ",
)
_DIGITS = {digit: at for at, digit in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_ZEROS = {"十": 1, "百": 2, "千": 3, "万": 4, "亿": 8}
_SYMBOLS = "%‰°℃℉′″/·²³㎡㎥㎞ ()（）"

# "~" marks an approximate number; 达到 says "reach", which a range may follow.
_LEADING = {
    **dict.fromkeys(
        ("不低于", "不少于", "不小于", "不下于", "不得低于", "不得少于", "至少", "最少"), ">="
    ),
    **dict.fromkeys(("超过", "超", "突破", "高于", "多于", "大于", "过", ">"), ">"),
    **dict.fromkeys((">=", "≥"), ">="),
    **dict.fromkeys(("达到", "达"), "reach"),
    **dict.fromkeys(
        ("不超过", "不突破", "不高于", "不多于", "不大于", "不得超过", "不得高于", "至多", "最多"),
        "<=",
    ),
    **dict.fromkeys(("控制在", "<=", "≤"), "<="),
    **dict.fromkeys(("低于", "少于", "小于", "不足", "不到", "<"), "<"),
    "=": "=",
    **dict.fromkeys(("大约", "约", "将近", "近", "接近"), "~"),
}
_TRAILING = {
    **dict.fromkeys(("及以上", "或以上", "以上"), ">="),
    **dict.fromkeys(("及以下", "或以下", "以下", "以内", "之内"), "<="),
    **dict.fromkeys(("左右", "上下"), "~"),
}

# Patterns are left uncompiled: re compiles and keeps them at their first use.
_LEAD = rf" *({'|'.join(sorted(_LEADING, key=len, reverse=True))}) *"
_INCLUDED = r" *(?:[(（]含[^()（）]*[)）])?"
_TRAIL = rf"{_INCLUDED}({'|'.join(sorted(_TRAILING, key=len, reverse=True))}){_INCLUDED}\Z"
_SCALE = r"万亿|[十百千]?[万亿]"
_MORE = rf" *(?P<more>[余多]?) *(?P<scale>(?:{_SCALE})?)(?P<still>[余多]?)"
_ARABIC = rf"(?P<number>[+-]?(?:[0-9]{{1,3}}(?:,[0-9]{{3}})+|[0-9]+)(?:\.[0-9]+)?){_MORE}"
_DIGIT = "[一二两三四五六七八九]"
# A hundred without a digit is a number in 百余家 and 百万元; 百分点 and 千瓦 are units.
_STARTS = rf"(?:[零〇十]|[百千](?:[余多万亿]|\Z)|{_DIGIT})"
_CHINESE = (
    rf"(?={_STARTS})(?:({_DIGIT}?)千)?(?:零?({_DIGIT}?)百(?!分))?(?:零?({_DIGIT}?)十)?"
    rf"(?:([零〇]?)({_DIGIT}|[零〇]))?(?:点([零〇一二三四五六七八九]+))?{_MORE}"
)
# What follows a scale in the same number: 2000万 of 1亿2000万, 3000 of 2万3000, 五千 of 三万五千.
_LOWER_PART = (
    rf"[0-9]{{3,}}(?![0-9百千])|[0-9]+(?={_SCALE})|零{_DIGIT}|{_DIGIT}(?:千|[百十]?(?={_SCALE}))"
)
_RANK = (
    r"(?:排名|位[居列次]|[居列])?(?:全[国省市区县])?(?P<place>[第前])"
    r"(?P<rank>[0-9]{1,4}|[一二三四五六七八九十百]{1,5})(?P<unit>[名位]?)"
)
# Words behind a number that are no unit; what is measured is said by the name.
_NO_UNIT = (
    r"(?:增长|下降|降低|提高|提升|减少|增加|新增|覆盖|达标|完成|到位|合格|销号|办结|整改|清零|落实|发生"
    r"|[竣开完]工|建成|投[用产]|投入使用|通车|挂牌|落地|搬迁|[以之][上下内]|左右|突破)\Z"
)
_WHOLE_SHARE = r"% *(?:全面|全部)?(?:全?覆盖|达标|完成|到位|合格|销号|办结|整改|清零|落实)\Z"
# 95%满意 says of what it is a share, and 零事故 of what there is to be none; 零起 has a unit.
_SHARE_OF_NAME = r"[%％‰] *[^\W0-9_]"
_NONE_OF_NAME = r"[零〇] *(?!个|人次|公里|平方|立方|[万亿])[^\W0-9_]{2}"
# What is printed so in place of a number: some, a batch of.
_VAGUE = r"(?:一(?:大?批|些|系列|揽子)|若干.{0,2})\Z"
_RANGE = rf"([^\-—–~至到]*)(?:——|[-—–~]|至|到) *(?=百分之|[+-]?[0-9]|{_STARTS})"


class Quantity(Struct, frozen=True):
    """Amount as printed.

    Attributes:
        value: the number, in the unit; the low end of a range.
        unit: as printed, such as 万平方米, % or 户; empty if there is none.
        op: how an actual value is to compare with it; None if the text does not say.
        high: the high end of a range; None otherwise.
        approximate: printed with 约, 近, 余, 多 or 左右.
        more: printed with 余 or 多: it is at least so much.
        is_rank: a place in an order, such as 第3名 or 前10位, of which 1 is the best.
    """

    value: Decimal
    unit: str
    op: Literal[">=", ">", "<=", "<", "=", "range"] | None
    high: Decimal | None
    approximate: bool
    more: bool = False
    is_rank: bool = False

    @property
    def promised_op(self) -> Literal[">=", ">", "<=", "<", "=", "range"] | None:
        """How a target printed so is compared: 余 promises at least so much, as it reports it."""
        return ">=" if self.more and self.op is None and self.high is None else self.op

    @property
    def is_about(self) -> bool:
        """Whether a target printed so may be missed a little, as 约 and 左右 may."""
        return self.approximate and self.promised_op == self.op


class ReportedAmount(Struct, frozen=True):
    """Number that a report states, in the unit of its indicator, and how it is known."""

    value: Decimal
    qualifier: Literal[">=", "<=", "~"] | None


def parse_quantity(text: str) -> Quantity:
    """Parse the amount that a short text states, with its unit and qualifiers.

    Args:
        text: a number or a range, with at most one unit; not a sentence.

    Raises:
        InvalidInput: the text has no number or more than one, it is too long or not finite,
            its unit is no unit, or its qualifiers contradict each other.
    """
    words, marks = _strip_quantity_qualifiers(text)
    if rank := re.fullmatch(_RANK, words.replace(" ", "")):
        return _build_rank_quantity(rank, marks, text)
    if re.match(_VAGUE, words):
        raise _refuse_quantity(_("'{found}' is not a number; write one of: {forms}"), text)
    value, approximate, rest = _take_quantity_number(words, text)
    high = None
    if separator := re.match(_RANGE, rest):
        high, more, tail = _take_quantity_number(rest[separator.end() :], text)
        unit = _parse_quantity_unit(tail, text)
        if not unit.startswith(
            _parse_quantity_unit(separator[1], text)
        ):  # 800万—1000万吨 needs nothing
            value = _convert_quantity_to_unit(value, _parse_quantity_unit(separator[1], text), unit)
        approximate = approximate or more
        if value > high:
            raise _refuse_quantity(
                _("'{found}' falls from a larger to a smaller number; swap them"), text
            )
    else:
        unit = _parse_quantity_unit(rest, text)
        if not value and re.match(_NONE_OF_NAME, words):
            raise _refuse_quantity(_(_NOT_A_UNIT), text, unit)
    op = _parse_quantity_operator(marks, text, is_range=high is not None)
    return Quantity(value, unit, op, high, approximate or "~" in marks, more=approximate)


def parse_quantity_in_unit(text: str, unit: str | None) -> Decimal:
    """Parse a typed value as a number in the unit of its indicator.

    Args:
        text: a number, alone or with a unit of the same kind; no range, no qualifier.
        unit: the unit of the indicator; None if it has none.

    Returns:
        The number in ``unit``: 21000人 is 2.1 for 万人.

    Raises:
        InvalidInput: as for ``parse_quantity``; also when the units differ in kind, the
            number is qualified, or it stands alone and the unit has a 万 or 亿.
    """
    quantity = parse_quantity(text)
    if (quantity.op and not quantity.is_rank) or quantity.approximate:
        sentence = _("'{found}' is not one exact number; write a number alone, such as 85 or 2.1万")
        raise _refuse_quantity(sentence, text)
    return _read_quantity_in_unit(quantity, unit or "")


def parse_reported_amount(text: str, unit: str | None) -> ReportedAmount:
    """Parse a reported value as ``parse_quantity_in_unit`` does, with how it is known.

    2000余 is at least 2000, 近3000 is about 3000.

    Raises:
        InvalidInput: as for ``parse_quantity_in_unit``, and for a range.
    """
    # 已达到5家 is 5, as a target it would be a floor.
    quantity = parse_quantity(re.sub(r"\A\s*(?:已|累计|共|完成)*(?:达到?)?", "", text) or text)
    if quantity.high is not None:
        raise _refuse_quantity(
            _("'{found}' is not one number; a report says one, such as 85, 2000余 or 近3000"), text
        )
    qualifier: Literal[">=", "<=", "~"] | None = None
    if quantity.more or quantity.op in {">=", ">"}:
        qualifier = ">="
    elif quantity.op in {"<=", "<"} and not (quantity.is_rank and "第" in text):
        qualifier = "<="
    elif quantity.approximate:
        qualifier = "~"
    return ReportedAmount(_read_quantity_in_unit(quantity, unit or ""), qualifier)


def refuse_bare_quantity(quantity: Quantity, unit: str) -> None:
    """Refuse a number without a unit beside one that has a 万 or 亿; 0 is 0 in any.

    Raises:
        InvalidInput: it may have been meant in either; the sentence names both.
    """
    scale, base = split_quantity_unit(unit)
    if scale == 1 or quantity.unit or not (quantity.value or quantity.high):
        return
    value = quantity.value if quantity.high is None else quantity.high
    less = WIDE_CONTEXT.normalize(WIDE_CONTEXT.scaleb(value, -scale.adjusted()))
    number = format_quantity_number(value)
    raise InvalidInput(
        _(
            "'{number}' has no unit, and this is counted in {unit}; write {number}{unit} or"
            " {number}{base}, which is {less}{unit}."
        ).format(number=number, unit=unit, base=base, less=format_quantity_number(less))
    )


def _read_quantity_in_unit(quantity: Quantity, unit: str) -> Decimal:
    """Return a typed amount in the unit of its indicator."""
    if quantity.is_rank and unit in {"", "名", "位"}:
        return quantity.value
    refuse_bare_quantity(quantity, unit)
    return _convert_quantity_to_unit(quantity.value, quantity.unit, unit)


def _build_rank_quantity(rank: re.Match[str], marks: set[str], text: str) -> Quantity:
    """Return a place in an order; 第3名 as a target is that place or a better one."""
    words = rank["rank"]
    value = Decimal(words) if words.isascii() else _take_quantity_number(words, text)[0]
    if marks - {"reach"} and marks - {"reach"} != {">="}:
        raise _refuse_quantity(_("'{found}' is no number with a unit; write one of: {forms}"), text)
    return Quantity(value, rank["unit"] or "名", "<=", None, approximate=False, is_rank=True)


def convert_quantity_unit(value: Decimal, unit: str, to: str) -> Decimal:
    """Convert a value to a unit that differs by 百, 千, 万 and 亿 only.

    Args:
        value: the number in ``unit``.
        unit: the unit it has, such as 人.
        to: the unit it shall have, such as 万人.

    Returns:
        The exact number in ``to``; unchanged when the scales are equal.

    Raises:
        InvalidInput: the units differ in kind, or the result has too many digits.
    """
    (scale, base), (to_scale, to_base) = split_quantity_unit(unit), split_quantity_unit(to)
    # 万 beside 亿元: an amount of money of which one side leaves out 元.
    if {base, to_base} == {"", "元"} and 1 not in (scale, to_scale):
        base = to_base
    places = _compare_quantity_units(base, to_base)
    if places is None:
        sentence = _("'{unit}' cannot be converted to '{to}'; give the number in '{to}'")
        if not to:
            sentence = _("'{unit}' is not expected here; give the number without a unit")
        raise InvalidInput(sentence.format(unit=shorten_text(unit), to=shorten_text(to)))
    check_quantity_number(value)
    shift = scale.adjusted() - to_scale.adjusted() + places
    if not shift:
        return value
    moved = WIDE_CONTEXT.normalize(WIDE_CONTEXT.scaleb(value, shift))
    return check_quantity_number(Decimal(format(moved, "f")))


def _compare_quantity_units(base: str, to: str) -> int | None:
    """Return by how many places two units differ: 3 for 千人 and 人, None for two kinds."""
    for word, places in (("", 0), ("百", 2), ("千", 3)):
        if base == word + to:
            return places
        if to == word + base:
            return -places
    return None


def split_quantity_unit(unit: str) -> tuple[Decimal, str]:
    """Split a unit into the scale that it begins with and the rest: 万平方米, 10000 and 平方米.

    Only scales that end in 万 or 亿 count, because 千米, 千克 and 百分点 are units of
    their own.
    """
    words = unit.translate(_WIDE).strip()
    scale = re.match(_SCALE, words)
    if scale is None:
        return ONE, words
    return Decimal(10 ** sum(_ZEROS[word] for word in scale[0])), words[scale.end() :].strip()


def format_quantity_number(value: Decimal) -> str:
    """Format a number in plain digits as entered, never with an exponent; never -0."""
    text = str(value)
    # Few have an exponent or are a negative zero, and to format a number takes four times as long.
    if "E" in text or (text[0] == "-" and value.is_zero()):
        return format(value.copy_abs() if value.is_zero() else value, "f")
    return text


def format_quantity(value: Decimal, unit: str | None) -> str:
    """Format a number with its unit behind it: 85 %, 2.1 万人; the number alone without one."""
    return f"{format_quantity_number(value)} {unit or ''}".strip()


def format_target_quantity(
    op: str | None,
    low: Decimal,
    high: Decimal | None = None,
    *,
    approximate: bool = False,
    unit: str | None = None,
) -> str:
    """Format a target as it is compared: ≥ 200 个, 1–2 个, about 6.2%; in Chinese 200个以上.

    Args:
        op: how an actual value is to compare with it; None and "=" are the number alone.
        low: the target, or the low end of a range.
        high: the high end of a range.
        approximate: whether it is printed with 左右 or the like.
        unit: the unit of both ends.
    """
    if high is not None:
        between = _p("range", "{low}–{high}").format(low=format_quantity_number(low), high="{high}")
        amount = between.format(high=_format_quantity_amount(high, unit))
    else:
        amount = _format_quantity_amount(low, unit)
    if approximate:
        amount = _p("quantity", "about {amount}").format(amount=amount)
    return _qualify_quantity_amount(amount, op)


def format_quantity_value(value: Decimal, bound: str | None, unit: str | None) -> str:
    """Format a value as it is known: 2000 人, ≥ 2000 人, about 2000 人; in Chinese 2000人以上.

    Args:
        value: the number.
        bound: at least, at most, about; "?" leaves it open; None: it is the number.
        unit: its unit.
    """
    amount = _format_quantity_amount(value, unit)
    if bound is None:
        return amount
    if bound == "~":
        return _p("quantity", "about {amount}").format(amount=amount)
    return f"?{amount}" if bound == "?" else _qualify_quantity_amount(amount, bound)


def _format_quantity_amount(value: Decimal, unit: str | None) -> str:
    """Format a number with its unit: a sign such as % follows at once."""
    number = format_quantity_number(value)
    if not unit:
        return number
    if not unit[0].isalpha():
        return f"{number}{unit}"
    return _p("quantity", "{number} {unit}").format(number=number, unit=unit)


def _qualify_quantity_amount(amount: str, op: str | None) -> str:
    # Only the sentence that is needed is looked up: a page writes 10,000 amounts.
    match op:
        case ">=":
            sentence = _p("quantity", "≥ {amount}")
        case "<=":
            sentence = _p("quantity", "≤ {amount}")
        case ">":
            sentence = _p("quantity", "> {amount}")
        case "<":
            sentence = _p("quantity", "< {amount}")
        case _:
            return amount
    return sentence.format(amount=amount)


def check_quantity_number(value: Decimal) -> Decimal:
    """Return the number if it is finite and at most ``MAX_DIGITS`` digits long in full.

    Raises:
        InvalidInput: it is not finite, or longer.
    """
    if not value.is_finite():
        raise _refuse_quantity(_("'{found}' is not a number; write one of: {forms}"), str(value))
    _sign, digits, exponent = value.as_tuple()
    length = max(len(digits), len(digits) + exponent, -exponent)  # type: ignore[operator]  # finite
    if length > MAX_DIGITS:
        sentence = _("'{found}' is longer than {most} digits; use a larger unit or fewer decimals")
        raise _refuse_quantity(sentence, str(value))
    return value


def find_finest_place(*numbers: Decimal) -> Decimal:
    """Return 1 in the last place to which one of some numbers is printed: 0.01 of 1.5 and 2.25.

    Where none has decimals that is 1.
    """
    places = (number.as_tuple().exponent for number in numbers)
    return ONE.scaleb(min(0, *places))  # type: ignore[arg-type]  # of finite ones


def _strip_quantity_qualifiers(text: str) -> tuple[str, set[str]]:
    """Return the text without the qualifiers around it, and their meanings."""
    if len(text) > _LONGEST_TEXT:
        raise _refuse_quantity(_("'{found}' is too long for a number; write one of: {forms}"), text)
    words, marks = text.translate(_WIDE).strip(), set()
    while lead := re.match(_LEAD, words):
        marks.add(_LEADING[lead[1]])
        words = words[lead.end() :]
    while trail := re.search(_TRAIL, words):
        marks.add(_TRAILING[trail[1]])
        words = words[: trail.start()]
    return re.sub(r"\A负 *(?=[0-9])", "-", words), marks


def _take_quantity_number(words: str, text: str) -> tuple[Decimal, bool, str]:
    """Return the number at the start, whether 余 or 多 follows it, and its unit with the rest."""
    share = words.removeprefix("百分之")
    value, number = _match_quantity_number(share, text)
    scale, rest = number["scale"], share[number.end() :]
    if scale and not (number["more"] or number["still"]) and value == int(value):
        lower = _match_lower_quantity_part(scale, rest, text)
        if lower is not None:
            added, number = lower
            value, rest = WIDE_CONTEXT.add(value, added), rest[number.end() :]
    percent = "" if share == words else "%"
    is_more = bool(number["more"] or number["still"])
    return check_quantity_number(value), is_more, percent + scale + rest


def _match_quantity_number(words: str, text: str) -> tuple[Decimal, "re.Match[str]"]:
    """Return the number at the start of some words, its scale left out, and where it stands."""
    if number := re.match(_ARABIC, words):
        return Decimal(number["number"].replace(",", "")), number
    if number := re.match(_CHINESE, words):
        return _parse_chinese_quantity(number, text), number
    raise _refuse_quantity(
        _("'{found}' has no number that can be read; write one of: {forms}"), text
    )


def _match_lower_quantity_part(
    scale: str, words: str, text: str
) -> tuple[Decimal, "re.Match[str]"] | None:
    """Return the 2000万 of 1亿2000万, as a number in the scale before it, and where it stands.

    None: nothing follows that is surely a part of the same number; 3万5 may be 3.5万 or 3.0005万.
    """
    if re.match(_LOWER_PART, words) is None:
        return None
    value, number = _match_quantity_number(words, text)
    places, lower_places = (sum(_ZEROS[word] for word in each) for each in (scale, number["scale"]))
    added = WIDE_CONTEXT.normalize(WIDE_CONTEXT.scaleb(value, lower_places - places))
    return (added, number) if added < 1 else None


def _parse_chinese_quantity(match: re.Match[str], text: str) -> Decimal:
    thousands, hundreds, tens, zero, ones, decimals = match.groups()[:6]
    # 三百二 is 320 in speech and 302 by its places; neither is certain.
    if ones and not zero and tens is None and (thousands, hundreds) != (None, None):
        raise _refuse_quantity(_("'{found}' can be read in two ways; write it in digits"), text)
    total = _DIGITS.get(ones, 0)
    for count, place in ((thousands, 1000), (hundreds, 100), (tens, 10)):
        if count is not None:
            total += _DIGITS.get(count, 1) * place
    fraction = "".join(str(_DIGITS[digit]) for digit in decimals or "")
    return Decimal(f"{total}.{fraction}" if fraction else total)


def _parse_quantity_unit(words: str, text: str) -> str:
    unit = re.sub(_WHOLE_SHARE, "%", words.strip())
    is_name = re.search(_NO_UNIT, unit) or re.match(_SHARE_OF_NAME, unit)
    if is_name or unit.startswith(("（含", "(含")):
        raise _refuse_quantity(_(_NOT_A_UNIT), text, unit)
    # 10/10万 is a rate for each hundred thousand.
    bare = re.sub("/10万", "/", unit)
    if any(char.isdecimal() or char in _DIGITS for char in bare):
        sentence = _("'{found}' holds more than one number; write one, or a range such as 1—2个")
        raise _refuse_quantity(sentence, text)
    # 十几, 十来个 and 三个半 are no exact numbers.
    vague = unit.startswith(("几", "来", "半")) or unit.endswith("半")
    known = all(char.isalpha() or char in _SYMBOLS for char in bare)
    if vague or not known or len(unit) > _LONGEST_UNIT:
        raise _refuse_quantity(_("'{found}' is no number with a unit; write one of: {forms}"), text)
    return unit


def _convert_quantity_to_unit(value: Decimal, unit: str, to: str) -> Decimal:
    """Return the value in the unit ``to``; a number without a unit has it already."""
    if not unit:
        return value
    base = split_quantity_unit(unit)[1]
    return convert_quantity_unit(value, unit if base else unit + split_quantity_unit(to)[1], to)


def _parse_quantity_operator(
    marks: set[str], text: str, *, is_range: bool
) -> Literal[">=", ">", "<=", "<", "=", "range"] | None:
    limits = marks - {"~", "reach"}
    if len(limits) + is_range > 1:
        raise _refuse_quantity(
            _("'{found}' sets two limits; write one limit, or a range like 1—2个"), text
        )
    if is_range:
        return "range"
    for op in ("<=", "<", "=", ">"):
        if op in limits:
            return op
    return ">=" if marks & {">=", "reach"} else None


def _refuse_quantity(sentence: str, text: str, unit: str = "") -> InvalidInput:
    found = shorten_text(text)
    return InvalidInput(
        sentence.format(found=found, forms=_(QUANTITY_FORMS), most=MAX_DIGITS, unit=unit)
    )


ZERO, ONE, HUNDRED = map(Decimal, ("0", "1", "100"))
# Exact for sums, and wide enough for the largest quotient, of numbers of thirty digits.
WIDE_CONTEXT = Context(prec=100, rounding=ROUND_HALF_UP)
