"""Read targets and reports out of the cells of a table: a number, or numbers in sentences."""

import re
import unicodedata
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple

import msgspec

from tracker.errors import InvalidInput
from tracker.exchange.cell_values import normalize_cell_text
from tracker.exchange.drafts.amounts import Amount, find_amounts
from tracker.exchange.drafts.words import DESCRIPTIVE
from tracker.exchange.fields import parse_target_fields
from tracker.model.quantities import (
    Quantity,
    convert_quantity_unit,
    parse_quantity,
    split_quantity_unit,
)
from tracker.model.relative import read_relative_target, split_stretch_target

_SIGNS = (
    (r"(?i)\b(?:no|not) more than\b|\bat most\b|\bup to\b|\bmaximum(?: of)?\b", "≤"),
    (r"(?i)\b(?:no|not) (?:less|fewer) than\b|\bat least\b|\bminimum(?: of)?\b", "≥"),
    (r"(?i)\b(?:greater|more|higher) than\b|\babove\b|\bover\b|\bexceed(?:s|ing)?\b", ">"),
    (r"(?i)\b(?:less|fewer|lower) than\b|\bbelow\b|\bunder\b", "<"),
    (r"(?i)\b(?:approximately|approx\.?|around|about|circa|c\.) ?(?=\d)", "约"),
)
_OR_LESS = r"(?i)\A(.*\d.*?)\s*\bor (?:less|fewer|lower|below)\s*\Z"
_OR_MORE = r"(?i)\A(.*\d.*?)\s*(?:\bor (?:more|higher|above)|\+)\s*\Z"
_CURRENCIES = {"£": "GBP", "€": "EUR", "$": "USD", "¥": "元", "￥": "元"}
_SPACED = r"(?<=\d)[ \u00a0\u2009\u202f](?=\d{3}(?!\d))"
_WIDE_SPACES = r"(?<=[\d\u4e00-\u9fff]) +(?=[\d\u4e00-\u9fff])"
_BREAKS = r"[，,；;。\n：:（()）]"
_ASIDE = r"[（(](?:含|其中|包括|包含|占|较|同比|环比|比|另|不含)[^（）()]*[)）]"
_FRAMES = (
    r"^(?:(?:到|截至|至)?(?:20\d\d)年(?:年?底)?前?|每(?:半?年度?|个?季度?|个?月|周|日)|全年|年内|今年|本年度?|年底前|力争|确保|争取|计划"
    r"|\d{1,2}月底?前|上半年|下半年|累计|共|总计|其中)+"
)
_LINKS = (
    r"(?:达到?|为|至|到|保持在?|实现|控制|稳定在?|维持在?|约|近|超过?"
    r"|不少于|不低于|共计?|累计|各|等)+$"
)
_SHARE = (
    r"占[^，。；]{0,10}$|进度[^，。；]{0,4}$"
    r"|完成(?:率|比例|年度|全年|计划|目标|任务)[^，。；]{0,8}$"
)
_SHARE_ALONE = (
    r"^(?:总体|整体|形象|工程|建设|已|累计)*(?:完成|进度)+"
    r"(?:总?工程量|任务量|总量|投资|建设)?(?:约|达|达到|至|为|的)*$"
)
_BESIDE = (
    r"(?:同比|环比|比上年|较上年|比去年|较去年)[^，。；]{0,8}$"
    r"|(?:剩余|其余|尚余|尚有|还有|余|未[^，。；]{1,4})$"
    r"|其中[^，。；]{0,12}$|(?:增长|下降|提高|降低|增加|减少)了?$"
)
# 10月底前上线 is a day and what is to be done by it; 3年 and 5个月 are units.
_NO_UNITS = (
    r"^[年月日](?:底|末|初|中旬|上旬|下旬|前|内|之前|以前|份|\d)"
    r"|[，。；,;]|占|同比|施工|建设|正在|已|完成|推进|办理|前期|进展|[^集]中$"
)
_LONGEST_UNIT = 8
"""Characters of a unit; what is longer goes on to say something else."""
_UNFINISHED = r"\s*(?:正在|正|施工|在建|建设中|推进中|办理中|进场|待|未|尚未|未完成|招标)"
"""What follows a number of things that are not done yet."""
_COUNTS = frozenset("个项件处家户人次场所座条台套栋份")
_ANY_COUNTS = frozenset("个项件处")
_TIMES_OF_OTHER_UNIT = 1000
"""Times a target from which a number without a unit is more likely in another one."""
"""Units in which anything may be counted."""
_DONE = (
    r"^(?:已|现已|目前已|均已|已经)?(?:全部|全面|按期|按时|如期|顺利)*"
    r"(?:完成|办结|建成|完工|竣工|销号|投用|投入使用|建成投用|通过验收|验收合格|落实到位)"
    r"(?:任务|目标|建设|整改|工作|并投用|并公布|投用|验收)*[。！]?$"
)
_ALL_DONE = r"^(?:已|均已|现已)?(?:全部|全面)(?:完成|办结|建成|完工|竣工|整改到位)"
_DONE_ENGLISH = r"(?i)^(?:completed?|done|closed|delivered|achieved)\.?$"


class Promise(NamedTuple):
    """Target that a cell states.

    Attributes:
        name: what is measured, in the words before the number; empty for a number alone.
        fields: target, target_high, op, approximate and unit of an indicator.
    """

    name: str
    fields: dict[str, Any]


class Reported(NamedTuple):
    """Value that a cell reports, in a unit, and how it is known."""

    name: str
    value: Decimal
    unit: str
    qualifier: str | None


def clean_text_around_amounts(text: str) -> str:
    """Return a text with digits and signs of one width, words of comparison as signs."""
    cleaned = normalize_cell_text(text.replace("㎡", "平方米").replace("－", "-"))
    cleaned = re.sub(_SPACED, "", re.sub(r"[ \t]+", " ", cleaned)).strip()
    cleaned = re.sub(_WIDE_SPACES, "", cleaned)
    cleaned = re.sub(_OR_LESS, r"≤\1", cleaned)
    cleaned = re.sub(_OR_MORE, r"≥\1", cleaned)
    for words, sign in _SIGNS:
        cleaned = re.sub(words, sign, cleaned)
    currency = re.search(r"[£€$¥￥]", cleaned)
    if currency:
        amount = cleaned.replace(currency[0], "").strip()
        if re.fullmatch(r"[≤≥<>]? ?-?[\d,.]+", amount):
            return f"{amount}{_CURRENCIES[currency[0]]}"
    return cleaned


def read_promised_amounts(text: str, unit: str | None) -> list[Promise]:
    """Return the targets of a cell: of one number alone, or of each number of its sentences.

    Args:
        text: the cell.
        unit: the unit of a number without one.
    """
    cleaned = re.sub(_ASIDE, "", clean_text_around_amounts(text))
    if (special := _read_paired_or_relative_amount(cleaned, unit)) is not None:
        return [Promise("", special)]
    quantity = _parse_amount_alone(cleaned, unit)
    if quantity is not None:
        return [Promise("", _build_fields_of_promised_amount(quantity, unit))]
    promises: list[Promise] = []
    before_end = 0
    for amount in find_amounts(cleaned, 0, len(cleaned)):
        name, is_beside = _name_amount(cleaned, before_end, amount)
        before_end = amount.end
        before = cleaned[: amount.lead]
        # 同比增长8% alone is the target; beside another number it only says how that compares.
        is_beside = is_beside and bool(promises)
        if is_beside or re.search(f"{DESCRIPTIVE}$", before) or _is_amount_a_share(amount, before):
            continue
        promises.append(Promise(name, _fields_of_amount(amount)))
    return promises


def _read_paired_or_relative_amount(text: str, unit: str | None) -> dict[str, Any] | None:
    """Return the fields of 确保100个、力争120个 and of 翻一番; None of any other text.

    A change in per cent without a word of what it is compared with is a rate: 增长8%, 下降3%.
    """
    promised, stretch = split_stretch_target(text)
    relative = read_relative_target(promised)
    says_since = re.search(r"[比较上去]|同期|翻", promised) is not None
    if stretch is None and (relative is None or relative.is_rate or not says_since):
        return None
    try:
        fields = parse_target_fields(text, unit)
    except InvalidInput:
        return None
    return fields if len(fields["unit"] or "") <= _LONGEST_UNIT else None


def read_reported_amounts(
    text: str, unit: str | None, promised: Sequence[Promise]
) -> list[Reported]:
    """Return the values that a cell reports; shares and changes beside them are no values.

    Args:
        text: the cell.
        unit: the unit of a number without one.
        promised: the targets of the row, whose names may hold 增长 and the like.
    """
    cleaned = re.sub(_ASIDE, "", clean_text_around_amounts(text))
    stripped = re.sub(r"\A(?:已|累计|共|完成|达到?|实现|建成|:)+(?=\d)", "", cleaned).rstrip("。")
    quantity = _parse_amount_alone(stripped, unit)
    if quantity is not None:
        qualifier = _find_qualifier_of_amount(quantity)
        return [Reported("", quantity.value, quantity.unit or unit or "", qualifier)]
    reports = []
    before_end = 0
    names = [promise.name for promise in promised]
    for amount in find_amounts(cleaned, 0, len(cleaned)):
        name, is_beside = _name_amount(cleaned, before_end, amount)
        before_end = amount.end
        before = cleaned[: amount.lead]
        is_own = any(
            share_words_of_amounts(name, own) and re.search("增|降|减|提", own)
            for own in names
            if own
        )
        is_share = _is_amount_a_share(amount, before) or (
            amount.unit == "%" and unit != "%" and _ends_with_share_as_amount(before)
        )
        if (is_beside and not is_own) or is_share:
            continue
        if re.match(_UNFINISHED, cleaned[amount.end :]):
            continue
        qualifier = {"~": "~", ">=": ">=", ">": ">=", "<=": "<=", "<": "<="}.get(amount.op)
        reports.append(Reported(name, amount.value, amount.unit, qualifier))
    return reports


def is_amount_alone(text: str) -> bool:
    """Return whether a text is one number, with its unit and what qualifies it, and no more."""
    return (
        _parse_amount_alone(re.sub(_ASIDE, "", clean_text_around_amounts(text)), None) is not None
    )


def find_share_among_amounts(text: str, *, is_percent: bool) -> Decimal | None:
    """Return the share of the plan that a text states: 占37.5%, 形象进度65%.

    Args:
        text: the cell.
        is_percent: whether the indicator itself is in per cent, so that a bare one is its value.
    """
    cleaned = clean_text_around_amounts(text)
    for amount in find_amounts(cleaned, 0, len(cleaned)):
        before = cleaned[: amount.lead]
        if amount.unit == "%" and (
            _is_amount_a_share(amount, before)
            or (not is_percent and _ends_with_share_as_amount(before))
        ):
            return amount.value
    return None


def says_done_for_amount(text: str) -> bool:
    """Return whether a text says no more than that something is done."""
    bare = "".join(unicodedata.normalize("NFKC", text).split())
    return bool(re.match(_DONE, bare) or re.match(_DONE_ENGLISH, text.strip()))


def says_all_done_for_amount(text: str) -> bool:
    """Return whether a text says that all of it is done, which is a count the whole target."""
    return re.match(_ALL_DONE, "".join(text.split())) is not None


def match_reported_amounts(
    promises: Sequence[Promise], reports: Sequence[Reported]
) -> list[Reported | None]:
    """Return the report on each of the targets of a row; None where none or several may be meant.

    Args:
        promises: the targets.
        reports: what the row reports.
    """
    matched = [_match_reported_amount(promise, reports, len(promises)) for promise in promises]
    open_places = [at for at, report in enumerate(matched) if report is None]
    unused = [report for report in reports if report not in matched]
    # What is left over on both sides belongs together, if it can: 3处 to 5个, 6户 not to 5条.
    if len(open_places) == len(unused) == 1 and len(promises) > 1:
        units = unused[0].unit, promises[open_places[0]].fields.get("unit") or ""
        bases = {split_quantity_unit(unit)[1] for unit in units}
        is_alike = len(bases) == 1 or bool(bases & _ANY_COUNTS)
        if units[0] and is_alike and fits_unit_of_amount(*units):
            matched[open_places[0]] = unused[0]
    return matched


def _match_reported_amount(
    promise: Promise, reports: Sequence[Reported], promises: int
) -> Reported | None:
    unit = promise.fields.get("unit")
    fitting = [report for report in reports if fits_unit_of_amount(report.unit, unit)]
    named = [
        each for each in fitting if each.name and share_words_of_amounts(each.name, promise.name)
    ]
    exact = [
        each
        for each in fitting
        if split_quantity_unit(each.unit)[1] == split_quantity_unit(unit or "")[1]
    ]
    if promises == 1:
        return next(iter(named or exact or fitting), None)
    if len(named) == 1:
        return named[0]
    return exact[0] if len(exact) == 1 and not named else None


def convert_reported_amount(report: Reported, unit: str | None) -> Decimal:
    """Return a reported value in the unit of its indicator.

    Raises:
        InvalidInput: it cannot be converted.
    """
    (_scale, base), (_own, own_base) = (
        split_quantity_unit(report.unit),
        split_quantity_unit(unit or ""),
    )
    if not report.unit or not unit or report.unit == unit:
        return report.value
    if base != own_base and base in _COUNTS:
        return convert_quantity_unit(report.value, report.unit.replace(base, own_base), unit)
    return convert_quantity_unit(report.value, report.unit, unit)


def may_amount_have_other_unit(text: str, value: Decimal, target: Decimal) -> bool:
    """Return whether a number without a unit is so far from its target that it may have another.

    Beside 5 万人 a baseline of 21000 rather counts 人.
    """
    if any(map(str.isalpha, text)) or not value or not target:
        return False
    smaller, larger = sorted((abs(value), abs(target)))
    return larger >= _TIMES_OF_OTHER_UNIT * smaller


def fits_unit_of_amount(unit: str | None, other: str | None) -> bool:
    """Return whether two units are of one kind: equal but for 万 and 亿, or both count things."""
    if not unit or not other:
        return True
    base, other_base = split_quantity_unit(unit)[1], split_quantity_unit(other)[1]
    if "%" in {base, other_base}:
        return base == other_base
    is_count = base in _COUNTS or other_base in _COUNTS
    return base == other_base or (is_count and len(base) <= 2 and len(other_base) <= 2)  # noqa: PLR2004


def share_words_of_amounts(one: str, other: str) -> bool:
    """Return whether two names have two characters in a row in common."""
    pairs = {one[at : at + 2] for at in range(len(one) - 1)}
    return any(other[at : at + 2] in pairs for at in range(len(other) - 1))


def _parse_amount_alone(text: str, unit: str | None) -> Quantity | None:
    """Return the quantity of a text that is nothing else; None of a sentence."""
    try:
        quantity = parse_quantity(text)
    except InvalidInput:
        return None
    is_long = len(quantity.unit) > _LONGEST_UNIT and "/" not in quantity.unit
    if is_long or re.search(_NO_UNITS, quantity.unit):
        return None
    if unit and not quantity.unit:
        quantity = msgspec.structs.replace(quantity, unit=unit)
    return quantity


def _build_fields_of_promised_amount(quantity: Quantity, unit: str | None) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "target": quantity.value,
        "target_high": quantity.high,
        "unit": quantity.unit or unit,
        "approximate": quantity.is_about,
    }
    return fields | ({"op": quantity.promised_op} if quantity.promised_op is not None else {})


def _fields_of_amount(amount: Amount) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "target": amount.value,
        "target_high": amount.high,
        "unit": amount.unit or None,
        "approximate": amount.op == "~",
    }
    return fields | ({"op": amount.op} if amount.op not in {"=", "~"} else {})


def _find_qualifier_of_amount(quantity: Quantity) -> str | None:
    if quantity.more or quantity.op in {">=", ">"}:
        return ">="
    if quantity.op in {"<=", "<"}:
        return "<="
    return "~" if quantity.approximate else None


def _name_amount(text: str, before_end: int, amount: Amount) -> tuple[str, bool]:
    """Return what an amount is of, and whether it stands beside another, such as 同比增长5%."""
    before = re.split(_BREAKS, text[before_end : amount.lead])[-1].strip()
    is_beside = re.search(_BESIDE, before) is not None and not re.search(
        r"[\u4e00-\u9fff]{3,}(?:同比)?(?:增长|下降|提高|降低)$",
        re.sub("^(?:同比|环比).*", "", before),
    )
    after = re.split(_BREAKS, text[amount.end :])[0].strip()
    name = re.sub(_FRAMES, "", before.lstrip("、和及与并"))
    name = re.sub(_LINKS, "", name)
    takes_after = before.endswith("等") or len(name) < 2  # noqa: PLR2004
    if takes_after and after and not re.match(r"[的左以]", after):
        name = f"{name.removesuffix('等')}{after}"
    return "".join(name.split()), is_beside


def _is_amount_a_share(amount: Amount, before: str) -> bool:
    return amount.unit == "%" and re.search(_SHARE, before) is not None and "率" not in before[-2:]


def _ends_with_share_as_amount(before: str) -> bool:
    last = re.split(_BREAKS, before)[-1]
    return re.search(_SHARE_ALONE, last.strip()) is not None
