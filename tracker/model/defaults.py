"""Say what is meant where nobody says it: how values add up, from where a count begins.

Pure functions of an indicator's name and unit. What they say is stored when a record is
entered, and told to whoever enters it.
"""

import re
from functools import lru_cache

from tracker.model.vocabulary import Accumulation, Commitment

RATE_UNITS = {"%", "％", "‰", "百分点", "个百分点", "千分点", "个千分点"}
_DENSITY = r"(?i)(?:[μµ]g|mg|ng|[微毫纳]?克)(?:/|每)(?:m³|m3|㎥|立方米|l|升)\Z"
_RANK_NAMES = r"排名|位次|名次|排位|位居|位列"
_STOCK_NAMES = r"保有|存量\Z|余额|库存|结存|在册|(?:常住|户籍|总)人口"
# Of a stock that grows or is worked on what is done adds up: 新增贷款余额, 化解库存.
_CHANGED_STOCK = r"新增|净增|增加|盘活|化解|消化|去化|处置|清理|治理|整治|改造|压减|清零"
_SIGNED_UNITS = RATE_UNITS | {"倍", "℃"}
# A plain count cannot fall below 0; what is a difference can.
_SIGNED_NAMES = (
    r"净|增减|增量|差额|[价温利]差|利润|结余|盈余|盈亏|损益|增长|增速|增幅|涨幅|同比|环比|顺差|逆差"
    r"|变化|温度"
)
_ADDED = (
    r"新增|新建|新改|改造|建成(?!区)|完成|培育|引进|筹集|培训|新开工|开工|新签|新设|新办|发放|创建|招引"
    r"|增加(?!值)|建设|整治|修复|植树|造林|办理|化解|拆除|打造|推出|开展"
    r"|更新|改建|扩建|打通|治理|举办|惠及"
)
_STANDING = r"达到?|总量|总数|总额|总值|规模|突破|保有|存量|累计达|率\Z|比重|占比"

# Less is better of what is called so, where neither numbers nor operator say which way.
_BETTER_IF_LESS = (
    r"失业|涨幅|死亡|伤亡|事故|火灾|[能水电煤]耗|能源消耗|排放|浓度|细颗粒物|PM ?2\.5|PM ?10"
    r"|欠费|欠薪|欠税|投诉|拥堵|漏损|辍学|返贫|赤字|负债|不良贷款|发案|空置|缺勤|差错"
)
# Of a decrease of it, or of work against it, more is better.
_MORE_OF_WORK = (
    r"下降|降低|降幅|减少|减排|减量|削减|压减|压降|节约|节能|达标|合格|优良|办结|办理|处理|处置|整改"
    r"|满意|及时|回复|答复|响应|解决|化解|治理|整治|管控|防控|监测|监控|监管|检测|排查|清理|清缴|清偿"
    r"|追缴|追回|救援|演练|预案|应急|培训|宣传|改造|建设|建成|新建|企业|项目|系统|平台|设施|设备|站|交易"
    r"|覆盖|完成率|保险|收入|生产总值|GDP|产值|增加值|工资|投资|税收|利润|消费品"
)


def is_rank_by_default(unit: str | None, name: str) -> bool:
    """Return whether a number is a place in an order; 名 and 位 by themselves count people."""
    return (unit or "名").strip() in {"名", "位"} and re.search(_RANK_NAMES, name) is not None


def is_stock_by_default(name: str) -> bool:
    """Return whether a number says how much there is of something, such as 耕地保有量."""
    is_stock = re.search(_STOCK_NAMES, name) is not None
    return is_stock and re.search(_CHANGED_STOCK, name) is None


def choose_default_accumulation(unit: str | None, name: str) -> Accumulation:
    """Return how values add up where nobody says: rates, densities, ranks and stocks are levels.

    Args:
        unit: the unit, as printed.
        name: what is measured.
    """
    words = "".join((unit or "").split())
    is_level = words in RATE_UNITS or _is_density_by_default(words)
    return (
        "level"
        if is_level or is_rank_by_default(unit, name) or is_stock_by_default(name)
        else "cumulative"
    )


def _is_density_by_default(unit: str) -> bool:
    # The pattern takes half a millisecond to compile, and few units are a part of another.
    return ("/" in unit or "每" in unit) and re.search(_DENSITY, unit) is not None


def may_be_negative_by_default(unit: str | None, name: str) -> bool:
    """Return whether a value may be below 0: rates, growth and differences, not plain counts."""
    words = "".join((unit or "").split())
    return words in _SIGNED_UNITS or re.search(_SIGNED_NAMES, name) is not None


def begins_at_zero_by_default(name: str, unit: str | None, accumulation: Accumulation) -> bool:
    """Return whether a count begins at 0 by what it counts: what is newly added or done.

    What is there already, such as 达到, 总量 or 保有, does not; neither does a level.
    """
    if (
        accumulation == "level"
        or may_be_negative_by_default(unit, name)
        or re.search(_STANDING, name)
    ):
        return False
    return accumulation == "increment" or re.search(_ADDED, name) is not None


def choose_default_commitment(*, has_target: bool, has_deadline: bool) -> Commitment | None:
    """Return how firm a promise is where nobody says; None: it is only reported."""
    return "outcome" if has_target or has_deadline else None


@lru_cache(maxsize=4096)
def is_better_if_less_by_default(name: str) -> bool:
    """Return whether less is better by what an indicator is called, such as 失业率 and 浓度."""
    return re.search(_BETTER_IF_LESS, name) is not None and re.search(_MORE_OF_WORK, name) is None
