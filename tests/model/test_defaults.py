"""What is meant where nobody says it."""

import pytest

from tracker.model.defaults import (
    begins_at_zero_by_default,
    choose_default_accumulation,
    choose_default_commitment,
    may_be_negative_by_default,
)


@pytest.mark.parametrize(
    ("unit", "name", "accumulation"),
    [
        ("%", "群众满意率", "level"),
        ("％", "覆盖率", "level"),
        ("‰", "死亡率", "level"),
        ("百分点", "占比提高", "level"),
        ("个百分点", "占比提高", "level"),
        ("μg/m³", "细颗粒物", "level"),
        ("µg/m3", "细颗粒物", "level"),
        ("微克/立方米", "可吸入颗粒物", "level"),
        ("mg/L", "总磷", "level"),
        ("微克每立方米", "细颗粒物", "level"),
        ("元/平方米", "房价", "cumulative"),
        ("元每人", "补助", "cumulative"),
        ("mg", "铅", "cumulative"),
        ("名", "全省排名", "level"),
        ("位", "综合考核位次", "level"),
        ("万亩", "耕地保有量", "level"),
        ("亿元", "贷款余额", "level"),
        ("万吨", "粮食库存", "level"),
        ("万人", "常住人口", "level"),
        ("万平方米", "商品房存量", "level"),
        ("亩", "盘活存量土地", "cumulative"),
        ("亿元", "化解债务余额", "cumulative"),
        ("亿元", "新增贷款余额", "cumulative"),
        ("名", "引进人才", "cumulative"),
        ("位", "服务老人", "cumulative"),
        ("元", "排名奖金", "cumulative"),
        ("户", "改造户数", "cumulative"),
        ("万立方米", "供水", "cumulative"),
        (None, "其他", "cumulative"),
    ],
)
def test_values_add_up_by_their_unit(unit: str | None, name: str, accumulation: str) -> None:
    assert choose_default_accumulation(unit, name) == accumulation


@pytest.mark.parametrize(
    ("unit", "name", "negative"),
    [
        ("%", "工业投资同比增长", True),
        ("‰", "人口自然增长率", True),
        ("百分点", "占比变化", True),
        ("亿元", "规上工业利润", True),
        ("亿元", "财政结余", True),
        ("人", "人口净流入", True),
        ("户", "市场主体增减", True),
        ("亿元", "进出口差额", True),
        ("元", "价差", True),
        ("亿元", "税收增量", True),
        ("亿元", "非经常性损益", True),
        ("处", "改造提升农贸市场", False),
        ("人", "新增就业", False),
        ("万户", "供水入户", False),
        (None, "其他", False),
    ],
)
def test_a_plain_count_is_not_negative(unit: str | None, name: str, negative: bool) -> None:  # noqa: FBT001
    assert may_be_negative_by_default(unit, name) is negative


@pytest.mark.parametrize(
    ("name", "unit", "accumulation", "begins"),
    [
        ("新增就业", "人", "cumulative", True),
        ("新建口袋公园", "处", "cumulative", True),
        ("新改建学校", "所", "cumulative", True),
        ("改造户数", "户", "cumulative", True),
        ("建成5G基站", "座", "cumulative", True),
        ("完成投资", "亿元", "cumulative", True),
        ("培育专精特新企业", "家", "cumulative", True),
        ("引进项目", "个", "cumulative", True),
        ("筹集保障房", "套", "cumulative", True),
        ("培训人次", "人次", "cumulative", True),
        ("就业", "人", "increment", True),
        ("高新技术企业达到", "家", "cumulative", False),
        ("新增就业总量", "人", "cumulative", False),
        ("新建充电桩保有量", "个", "increment", False),
        ("新增产业规模", "亿元", "cumulative", False),
        ("培育企业总数突破", "家", "cumulative", False),
        ("高新技术企业", "家", "cumulative", False),
        ("完成率", "%", "cumulative", False),
        ("改造覆盖", "%", "level", False),
        ("就业", "人", "level", False),
    ],
)
def test_what_is_added_begins_at_0(name: str, unit: str, accumulation: str, begins: bool) -> None:  # noqa: FBT001
    assert begins_at_zero_by_default(name, unit, accumulation) is begins  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("target", "deadline", "commitment"),
    [
        (True, True, "outcome"),
        (True, False, "outcome"),
        (False, True, "outcome"),
        (False, False, None),
    ],
)
def test_what_is_promised_is_an_outcome(target: bool, deadline: bool, commitment: str) -> None:  # noqa: FBT001
    assert choose_default_commitment(has_target=target, has_deadline=deadline) == commitment
