"""Say why an amount is neither a promise nor a report.

Each rule looks at one amount in its clause and returns a reason, or None.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

from tracker.exchange.drafts import words
from tracker.exchange.drafts.amounts import Amount
from tracker.exchange.drafts.clauses import Clause, is_clause_amount_in_name
from tracker.exchange.drafts.tense import Tense
from tracker.locale.translation import later

_PLACE = (
    r"^(?:个|[县市州乡镇村区省旗])[^，、和]{0,8}?(?:[县市州乡镇村省旗]|"
    r"(?<![小社园景校厂库灌矿林牧新])区|城市|国家|地区|单位)|^[县市州乡镇村区省旗]"
)
# 8个县（市）区176个村: the villages are counted.
_PLACES_OF = (
    r"(?:县（市）区|县市区|县区|区县|市县|乡镇（街道）|乡镇|镇街|街道|[县市区乡镇])"
    r"(?:的|(?:已|共)?(?:建成|完成|新增|开工|建设)[^，、]{0,8})?\d"
)
# Characters around a clause in which a sentence says whose tale it is.
_NEAR = 150
_ROUND = {100, 1000}
_SINCE_A_YEAR = r"(?:比|较)“?(?:\d{4}年|五年前|前五年|十[一二三四五]五)"
_CHANGED_SINCE = r"(?:比|较)[^，]{0,14}(?:增加|增长|提高|减少|下降|多|少|提升|翻|降低)[^，]*$"

_MORE_THAN = (
    r"(?<!同)(?:比|较)[^，]{0,10}(?:多|(?<!减)少)(?:了|出)?$|比(?:去年|上年)同期(?:增加|减少)了?$"
)
_TIMES_OF = (
    r"^(?:约?是|相当于)[^，]*的$|"
    r"(?:是|为)[^，]{0,8}(?:去年|上年|年|同期|期间|原来|以前|前)的?(?:\d[\d.]*倍和)?$"
)


class _Place(NamedTuple):
    """An amount with the words around it in its clause."""

    amount: Amount
    before: str
    """the words up to its qualifier"""
    near: str
    """the words up to its number"""
    after: str
    """the words behind its unit and qualifier"""
    clause: str
    beyond: str
    """the first words behind the clause"""
    qualifier: str
    """its qualifier and the words behind it"""
    sentence: str
    """the sentence of the clause, or what of it is near"""
    tense: Tense | None
    is_timed: bool
    """a year governs it"""
    is_quoted: bool
    """quotation marks hold it and more"""
    opening: str
    """the words of the sentence before it"""
    closing: str
    """the words of the sentence behind it"""
    is_period_plan: bool
    """it is to be invested within a year or quarter"""
    is_from_year_before: bool
    """it is compared with the year before the one that it is for"""


def find_exclusion_reason(clause: Clause, amount: Amount) -> str | None:
    """Return why an amount is neither a promise nor a report; None if it may be one."""
    text = clause.text
    place = _Place(
        amount,
        before=text[clause.start : amount.lead],
        near=text[clause.start : amount.start],
        after=text[amount.end : clause.end],
        clause=clause.words,
        beyond=text[clause.end : clause.end + 4],
        qualifier=text[amount.unit_end : clause.end],
        sentence=text[
            max(clause.sentence.start, clause.start - _NEAR) : min(
                clause.sentence.end, clause.end + _NEAR
            )
        ],
        tense=clause.tense,
        is_timed=clause.governing is not None and clause.governing.words.endswith("年"),
        is_quoted=is_clause_amount_in_name(text, amount),
        opening=text[max(clause.sentence.start, amount.lead - _NEAR) : amount.lead],
        closing=text[amount.end : min(clause.sentence.end, amount.end + _NEAR)],
        is_period_plan=re.search(words.PERIOD_INVESTED, text[: amount.lead]) is not None,
        is_from_year_before=_is_from_year_before(clause),
    )
    for rule in _RULES:
        reason = rule(place)
        if reason is not None:
            return reason
    return None


def _is_from_year_before(clause: Clause) -> bool:
    """Return whether a clause compares a year with the one before it: 较2018年增长6.4%."""
    time = clause.governing or clause.setting.past_time
    compared = [each for each in clause.times if each.role == "compared"]
    return time is not None and any(each.last.year == time.last.year - 1 for each in compared)


def _exclude_section(place: _Place) -> str | None:
    return later("a section on problems") if place.tense == "other" else None


def _exclude_brackets(place: _Place) -> str | None:
    # （其中中央资金2亿元，县级资金1亿元） is several clauses.
    opened = place.opening.rfind("（")
    is_open = opened > place.opening.rfind("）")
    end, begins = place.closing.find("）"), place.closing.find("（")
    is_closed = end >= 0 and (begins < 0 or end < begins)
    are_parts = re.match("其中|含(?![税量])|包括", place.opening[opened + 1 :] + place.near)
    if are_parts and place.tense == "plan" and not place.amount.unit.endswith("元"):
        # 改造道路20公里（其中县道6公里、乡道14公里） promises all of them.
        return None
    is_alone = place.beyond.startswith("）") and not re.search("[：、]", place.clause)
    if is_alone and re.match("其中(?!.*(?:计划|任务|目标))", place.clause):
        return None
    return later("in brackets") if is_open and is_closed else None


def _exclude_description(place: _Place) -> str | None:
    is_counted = re.search(
        rf"占总投资的?$|{words.AREAS_BUILT}|(?:人均|每[万千百]?人)[^，]*面积", place.before
    )
    is_counted = is_counted or re.search(
        "(?:力争|确保|争取)[^，]*投资总?额(?:达到?)?$|使[^，]*达到?$", place.before
    )
    if place.tense == "plan" and re.search("投资总额(?:达到|突破|动态保持|保持)$", place.near):
        return None
    if place.is_period_plan:
        return None
    is_spent = re.search("完成[^，的]{0,8}总投资$", place.before) and not place.after.startswith(
        "的"
    )
    if re.search(rf"{words.DESCRIPTIVE}$", place.before) and not (is_counted or is_spent):
        return later("describes the thing")
    # 全长31公里（其中一期23公里，二期8公里）.
    is_part = re.search("全长[^，（）]*（[^（）]*$", place.opening)
    is_power = is_part or (
        place.before.endswith("装机") and re.search("项目|电站|工程|机组", place.clause)
    )
    is_scale = re.match("按[^，]*$", place.before) and re.match("规划|设计|的?标准", place.after)
    if is_power or is_scale:
        return later("describes the thing")
    if re.match(words.BAD_STATE, place.after):
        return later("how it was before")
    return later("part of a count") if re.match("[^，。]{0,10}之一", place.after) else None


def _exclude_headings(place: _Place) -> str | None:
    """Return a reason for 5个方面, 12类45件53个事项 and 公布10件民生实事: they count headings."""
    is_row = re.match(words.COUNTED_AGAIN, place.after)
    is_done = re.search("实施|办好|完成", place.before)
    is_count = place.amount.unit in {"个", "件", "项", "条", "类", "处"}
    is_last = is_count and re.search(words.COUNTS_IN_A_ROW, place.before) and not is_done
    is_named = re.search(words.ANNOUNCED, place.before) and re.match(words.GOOD_DEEDS, place.after)
    is_task = place.amount.unit in {"项", "件"} and re.match(words.LISTED_TASKS, place.after)
    # 办好10件实事 and its like stand over the list of them.
    is_deeds = re.match(words.COUNTED_DEEDS, place.after) and not re.search(
        "(?<!计划)实施|(?<!安排)(?:完成|实现|落实|办结)", place.before
    )
    is_sum = re.match(words.SUM_OF_PARTS, place.clause)
    counts = is_deeds or is_sum or re.match(rf"{words.COUNTED_ONLY}|{words.ATTENDED}", place.after)
    # 2024年新20项民心工程 is the name of a list.
    is_name = re.search(r"20\d\d年[^，。\d]{0,8}新$", place.before) and re.match(
        "[^，。]*工程$", place.after
    )
    is_heading = counts or is_task or is_named or is_row or is_last or is_name
    return later("counts headings") if is_heading else None


def _exclude_whole(place: _Place) -> str | None:
    """126条河道治理已完成120条, 22条河道整治率达100%: the number after it is the report."""
    if place.amount.unit.endswith(("%", "‰", "元")):
        return None
    is_whole = place.tense == "past" and re.match(words.PART_DONE, place.after)
    is_whole = is_whole or re.match(words.INVESTED, place.after)
    if is_whole or re.match(words.COUNTED_RATE, place.after):
        return later("the number after it says how many of them")
    return None


def _exclude_idiom(place: _Place) -> str | None:
    """千万个家庭 counts nobody."""
    amount = place.amount
    is_idiom = amount.unit == "万个" and amount.end - amount.start == len("千万个")
    is_said = is_idiom and not re.search(r"[达到破过超]$", place.near) and amount.value in _ROUND
    return later("a figure of speech") if is_said else None


def _exclude_rank(place: _Place) -> str | None:
    is_listed = re.match(words.RANKED, place.after)
    is_place = place.amount.unit in {"位", "名"}
    is_last = is_place and re.search("(?:后|排名|排在?第?|(?<!学)[位列居]在?第?)$", place.near)
    # 较上月提升2位 says how far a place has moved.
    is_moved = place.amount.unit == "位" and re.search("(?:提升|上升|前移|下降|后移)$", place.near)
    is_first = re.search(r"(?<![底末日号月])前$", place.near)
    # 先后跃上2万公里、3万公里、4万公里三个大台阶.
    is_listed = is_listed or re.match("[^，。；]{0,16}[两三四五六七八]个大?台阶", place.after)
    return later("a rank") if is_listed or is_last or is_moved or is_first else None


def _exclude_unfinished(place: _Place) -> str | None:
    is_open = re.search("(?:没有?|未能?|无法|尚未)(?:按期|如期)?完成", place.clause) or (
        place.tense == "past" and re.search(words.UNFINISHED, place.clause)
    )
    return later("not finished") if is_open else None


def _exclude_repeated(place: _Place) -> str | None:
    """突破400亿元，达418亿元 says the same twice, and so does 完成418亿元，跨越400亿元大关."""
    is_passed = re.search("(?:跨越|跨过|迈过|跨上|站上|突破)$", place.opening)
    if is_passed and re.match("[^，]{0,2}(?:大关|关口|台阶)", place.after):
        known = re.search(r"\d[^，\d]{0,4}元[^；]*，[^，；]*$", place.opening)
        return later("counted before") if known else None
    is_repeated = place.amount.op == ">" and re.match(r"，(?:实际)?达(?:到)?\d", place.beyond)
    return later("said more exactly after it") if is_repeated else None


def _exclude_expected(place: _Place) -> str | None:
    is_meant = re.search("可(?:达|实现)[^，]*$", place.near) and "后" not in place.near
    if place.tense == "plan" and is_meant and place.is_timed:
        return None
    # 机构达5万家，可提供托位90万个 says what there is.
    if place.tense == "past" and re.search(words.OFFERED, place.opening):
        return None
    if (
        place.tense == "plan"
        and "预计" in place.sentence
        and re.search(words.POPULATIONS, place.clause)
    ):
        return later("an expected effect")
    pattern = words.EXPECTED if place.tense == "past" else f"{words.EXPECTED}|{words.EFFECTS}"
    return later("an expected effect") if re.search(pattern, place.near) else None


def _exclude_duration(place: _Place) -> str | None:
    unit = place.amount.unit
    if unit == "个" and re.match("多?(?:月|小时|星期)", place.after):
        return later("a length of time")
    if unit == "岁":
        return None if re.search("寿命|年龄", place.before) else later("an age")
    if not unit.endswith(words.DURATIONS) or unit.lstrip("个万亿") not in {*words.DURATIONS, "月"}:
        return None
    is_limit = re.search(words.DURATION_CUES, place.near) or re.match("以内|内", place.qualifier)
    return None if is_limit else later("a length of time")


def _exclude_aim(place: _Place) -> str | None:
    """完成年目标任务12500人的98.5%: the share is the report."""
    is_base = re.search(words.AIMS_BEFORE, place.near) and re.match(r"的\d", place.after)
    is_base = is_base or re.search(words.AIMS_SHARED, place.after)
    is_met = re.search("已(?:经|全部)?完成$", place.before) and place.after == "的目标"
    is_aimed = re.search("力争|争取", place.near) and place.tense == "plan"
    is_done = (
        not is_aimed and re.search("完成", place.near) and re.search(words.AIMS_BEHIND, place.after)
    )
    if re.search(words.SET_AGAINST, place.near) and re.match(
        r"的[^，。；\d]{0,8}目标", place.after
    ):
        return later("the aim that it is compared with")
    is_count = place.amount.unit not in {"%", "‰"} and place.tense == "past"
    is_aim = is_count and re.search(words.AIMS_ALONE, place.near)
    is_compared = is_aim or re.search(words.AIMS_COMPARED, place.near)
    return (
        later("the aim that it is compared with")
        if is_base or (is_done and not is_met) or is_compared
        else None
    )


def _exclude_comparison(place: _Place) -> str | None:
    is_mean = re.search("[高低]于$", place.near) and re.match("[^，。]{0,12}平均水平", place.after)
    if is_mean or re.search("(?:超过?|快于|高于|落后)(?:时序|序时|时间)进度$", place.near):
        return later("a comparison")
    is_points = "百分点" in place.amount.unit
    # 制造业增长11.9%，提高0.6个百分点: that is by how much the growth has changed.
    is_bare = place.tense == "past" and re.fullmatch(rf"(?:同比|环比)?{words.GROWTH}", place.before)
    if is_points and (is_bare or re.search(words.COMPARED, place.clause)):
        return later("a comparison")
    if (place.amount.unit not in {"%", "‰"} and re.search(_MORE_THAN, place.before)) or (
        place.amount.unit == "倍" and re.search(_TIMES_OF, place.before)
    ):
        return later("a comparison")
    is_yearly = place.is_from_year_before and place.amount.unit == "%"
    is_since = not is_yearly and re.search(_CHANGED_SINCE, place.before)
    if is_since and re.search(_SINCE_A_YEAR, place.before):
        is_aim = place.amount.unit == "倍" or place.tense == "plan"
        return None if is_aim else later("a comparison")
    is_growth = place.amount.unit in {"%", "倍"} or re.search(
        f"{words.GROWTH}|每年新增$", place.before
    )
    is_average = place.tense == "past" and re.search(
        "年均|年平均|平均每年|每年(?:新增|增加|减少)$", place.before
    )
    if (is_average and is_growth) or re.match("的(?:年均)?(?:速度|增速)", place.after):
        return later("a yearly average")
    return later("another unit") if re.search(r"(?:折合|约合|相当于)$", place.before) else None


def _exclude_threshold(place: _Place) -> str | None:
    """亿元以上项目, 百亿级企业: the amount belongs to a name."""
    unit = place.amount.unit
    names_size = unit.endswith("元") and re.match(words.SIZED_THINGS, place.after)
    is_over = re.search("[过超]$", place.near) and re.search(words.SIZES, unit)
    is_attribute = is_over and re.match(r"的\d|的?(?:[县镇乡村户]|企业|项目)", place.after)
    is_size = place.amount.unit == "人" and re.match("口?规模", place.after)
    is_named = re.match("级|制(?![度造定])", place.after) or names_size
    if is_named or is_attribute or is_size:
        return later("a threshold in a name")
    if (
        (re.search(words.SIZES, unit) or unit == "万")
        and re.match(words.THRESHOLD_NOUNS, place.qualifier)
        and not re.search(r"(?:增长|达到|超过|突破|提高到|提升到|实现)$", place.before)
    ):
        return later("a threshold in a name")
    if re.search(words.CAPACITY, unit) and re.search(words.CAPACITY_NAMES, place.after):
        return later("a capacity in a name")
    return None


def _exclude_place(place: _Place) -> str | None:
    behind = place.amount.unit + place.after
    is_located = re.search(
        rf"{words.LOCATIVE}|在[^，。；]{{2,80}}等(?:\d+个[县乡镇街道]{{1,2}})?$", place.before
    )
    is_place = is_located and re.search(_PLACE, behind)
    is_row = place.amount.unit == "个" and re.match(_PLACES_OF, place.after)
    # 甲、乙等4乡镇8村搬迁458户 counts families.
    is_row = is_row or (
        re.match(r"个?(?:乡镇|[乡镇村县])(?:的|$|[^，。；、]{0,16}(?:\d|工程$|项目$))", behind)
        and re.search(r"(?:等|涉及|[乡镇村县个])\d*$|^$", place.near)
    )
    # 在46个小区， says where.
    is_where = re.match("在$", place.before) and re.fullmatch("[^，、\\d]{2,6}", place.after)
    is_touched = re.search("(?:涉及|惠及|覆盖|通达)[^，]{0,12}$", place.before) and re.match(
        r"个[^，、]{0,2}(?:国家|城市|(?:[县区市镇村]|乡镇|街道|社区)(?!$))", behind
    )
    # 10个城市新投运线路247公里 counts kilometres.
    is_subject = re.match(r"(?:目前|全[国省市]|其中)*共?$", place.before) and re.match(
        r"个?(?:城市|省份|地区|县区|省|市|县|区|乡|镇)[^，；、\d]{2,20}\d[\d.]*[^\d.%，、]", behind
    )
    # 甲、乙、丙3个市州开工率超过80%.
    is_row = is_row or (
        re.search("、[^，、]{2,5}$", place.before)
        and re.match(r"个?(?:市州|州市|县区|区县|[省市县区州])(?=\w)", behind)
    )
    return later("a place") if is_place or is_row or is_where or is_touched or is_subject else None


def _exclude_rate(place: _Place) -> str | None:
    is_rate = re.search(
        r"每一?(?:(?:人|户|年|月|亩|天|日|周|千|万|百)(?:大概|大约)?|[个艘台辆村校所家栋座]"
        r"(?![^，]{1,4}(?:建设|建成|新建|新增|打造|培育|创建)$)[^，]{0,4}|户至少)$",
        place.near,
    )
    # 每个区建设1至3家 promises so many to each.
    is_each = place.tense == "plan" and re.search("(?:建设|建成|新建|设立|建立)$", place.near)
    if (
        is_each
        or not is_rate
        or re.search("从|到|至", place.near)
        or place.amount.unit.endswith("元")
    ):
        return None
    return later("a rate in a name")


def _exclude_address(place: _Place) -> str | None:
    """2幢1单元, 住在6层: a house, not a count."""
    behind = words.ADDRESS.get(place.amount.unit)
    if behind is None:
        return None
    is_address = re.match(behind, place.after) or re.search("住|位于|[于乘]$", place.near[-4:])
    return later("an address") if is_address else None


def _exclude_anecdote(place: _Place) -> str | None:
    """我家的茶园面积达15亩: one person's account, a price, a distance, how it was before."""
    if place.amount.unit.endswith("元"):
        if re.search(words.PRICES, place.near):
            return later("a price")
        if re.search(words.SUBSIDIES, place.near):
            return later("the amount of a subsidy")
    is_length = re.search(words.DISTANCE_UNITS, place.amount.unit)
    if is_length and re.search(words.DISTANCES, place.near):
        return later("a distance")
    if place.tense == "past" and re.search(words.EARLIER_STATE, place.near):
        return later("how it was before")
    is_people = place.amount.unit in {"名", "位", "人"} and re.match(words.SCENES, place.after)
    if is_people or (place.tense == "past" and re.search(words.DAILY, place.near)):
        return later("a scene")
    is_tale = re.search(words.ONE_PERSON, place.sentence)
    is_official = re.search(words.OFFICIALS, place.sentence)
    return later("one person's account") if is_tale and not is_official else None


def _exclude_mention(place: _Place) -> str | None:
    """Return a reason for 这3项, 由于秋粮占70%, 上午9点 and 召开20项工程通报会."""
    if place.amount.unit == "点" and re.search(words.HOURS, place.near):
        return later("an hour")
    is_meeting = re.search("(?:召开|举行)$", place.near) and re.match(words.MEETINGS, place.after)
    if is_meeting or re.search(words.COUNTED_BEFORE, place.near):
        return later("part of a name") if is_meeting else later("counted before")
    return later("a reason") if re.match(words.REASONS, place.clause) else None


def _exclude_quoted_name(place: _Place) -> str | None:
    """“稳增长20条” is a name."""
    return later("part of a name") if place.is_quoted else None


_RULES: tuple[Callable[[_Place], str | None], ...] = (
    _exclude_section,
    _exclude_brackets,
    _exclude_description,
    _exclude_headings,
    _exclude_idiom,
    _exclude_whole,
    _exclude_rank,
    _exclude_unfinished,
    _exclude_repeated,
    _exclude_expected,
    _exclude_duration,
    _exclude_aim,
    _exclude_comparison,
    _exclude_threshold,
    _exclude_place,
    _exclude_rate,
    _exclude_address,
    _exclude_anecdote,
    _exclude_mention,
    _exclude_quoted_name,
)
