"""Targets that are said relative to a baseline."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.errors import InvalidInput
from tracker.model.relative import (
    convert_relative_distance,
    read_relative_target,
    resolve_relative_target,
    split_stretch_target,
)


@pytest.mark.parametrize(
    ("text", "baseline", "target", "op"),
    [
        ("翻一番", 50, "100", ">="),
        ("翻番", 50, "100", ">="),
        ("翻两番", 50, "200", ">="),
        ("比上年下降8%", 200, "184", "<="),
        ("较2024年下降 8 %", 200, "184", "<="),
        ("下降0.5%以上", 200, "199", "<="),
        ("降低100%", 200, "0", "<="),
        ("比上年增长10%", 50, "55", ">="),
        ("同比增长10%以上", 50, "55", ">="),
        ("提高2.5%", 40, "41", ">="),
        ("不低于上年", 12.3, "12.3", ">="),
        ("不低于上年水平", 12.3, "12.3", ">="),
        ("不超过去年", 5, "5", "<="),
        ("与上年持平", 5, "5", ">="),
        ("不高于2024年", 0, "0", "<="),
        ("翻一番", None, None, ">="),
        ("比2020年翻两番以上", 5, "20", ">="),
        ("较上年实现翻倍", 5, "10", ">="),
        ("力争翻番", 5, "10", ">="),
        ("增长1.5倍", 4, "10", ">="),
        ("达到2020年的2倍", 4, "8", ">="),
        ("减半", 7, "3.5", "<="),
        ("高于上年", 7, "7", ">"),
        ("低于去年同期", 7, "7", "<"),
        ("增长10%以内", 50, "55", "<="),
        ("下降10%以内", 50, "45", ">="),
        ("下降8%左右", 200, "184", None),
        ("提高2个百分点", 80.5, "82.5", ">="),
        ("比上年下降1.5个百分点以上", 4, "2.5", "<="),
        ("比上年增加500万元", 300, "800", ">="),
        ("较2020年底减少20个", 50, "30", "<="),
    ],
)
def test_a_relative_target_is_a_multiple_of_the_baseline(
    text: str, baseline: float | None, target: str | None, op: str
) -> None:
    relative = read_relative_target(text)
    assert relative is not None
    assert relative.op == op
    number = None if baseline is None else Decimal(str(baseline))
    assert resolve_relative_target(text, number) == (None if target is None else Decimal(target))


@pytest.mark.parametrize(
    "text",
    [
        *("85%", "100个以上", "增长", "下降", "翻五番", "10%左右", "上年", ""),
        *("增加500万元", "比上年增加3—", "不低于全国平均水平"),
    ],
)
def test_other_targets_are_not_relative(text: str) -> None:
    assert read_relative_target(text) is None
    assert resolve_relative_target(text, Decimal(1)) is None
    assert resolve_relative_target(None, Decimal(1)) is None


@pytest.mark.parametrize(
    ("text", "promise", "stretch"),
    [
        ("确保100个、力争120个", "100个", "120个"),
        ("确保5%，力争6%", "5%", "6%"),
        ("100个力争120个", "100个", "120个"),
        ("确保 100个", "100个", None),
        ("100个以上", "100个以上", None),
        ("确保增长5%争取增长6%", "增长5%", "增长6%"),
        ("力争120个，确保100个", "100个", "120个"),
        ("100个（力争120个）", "100个", "120个"),
        ("确保完成100个，努力争取完成120个", "100个", "120个"),
        ("增长6%左右、力争更好结果", "增长6%左右", None),
        ("力争120个", "120个", None),
        ("力争增长10%", "力争增长10%", None),
    ],
)
def test_a_pair_is_a_promise_and_what_is_striven_for(
    text: str, promise: str, stretch: str | None
) -> None:
    assert split_stretch_target(text) == (promise, stretch)


@pytest.mark.parametrize(
    ("text", "unit", "target"),
    [
        ("比上年增加500万元", "亿元", "3.05"),
        ("比上年增加500万元", "万元", "503"),
        ("比上年增加500万元", None, "503"),
        ("比上年增加500", "万元", "503"),
        ("比上年增加500万元", "吨", None),
        ("提高2个百分点", "%", "5"),
        ("提高2个百分点", "个百分点", "5"),
        ("提高2个百分点", "吨", None),
    ],
)
def test_a_distance_is_added_in_the_unit_of_the_baseline(
    text: str, unit: str | None, target: str | None
) -> None:
    resolved = resolve_relative_target(text, Decimal(3), unit)
    assert resolved == (None if target is None else Decimal(target))


@given(st.decimals(0, 10**9, places=2), st.decimals(0, 100, places=1))
def test_a_rise_and_a_fall_lie_equally_far_from_the_baseline(
    baseline: Decimal, share: Decimal
) -> None:
    up = resolve_relative_target(f"增长{share}%", baseline)
    down = resolve_relative_target(f"下降{share}%", baseline)
    assert up is not None
    assert down is not None
    assert up - baseline == baseline - down
    assert up >= baseline >= down


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("翻一番", (">=", "up", False, False, None)),
        ("减半", ("<=", "down", False, False, None)),
        ("增长1.5倍", (">=", "up", False, False, None)),
        ("达到2020年的2倍", (">=", "up", False, False, None)),
        ("不低于上年", (">=", None, False, False, None)),
        ("低于上年", ("<", None, False, False, None)),
        ("超过上年", (">", None, False, False, None)),
        ("增长10%", (">=", "up", True, False, None)),
        ("下降10%", ("<=", "down", False, False, None)),
        ("增长10%以上", (">=", "up", True, False, None)),
        ("增长10%左右", (None, "up", True, True, None)),
        ("下降10%左右", (None, "down", False, True, None)),
        ("增长10%以内", ("<=", None, True, False, None)),
        ("下降10%以内", (">=", None, False, False, None)),
        ("提高2个百分点", (">=", "up", False, False, "%")),
        ("降低2个百分点左右", (None, "down", False, True, "%")),
        ("比上年增加500万元", (">=", "up", False, False, "万元")),
        ("比上年减少5家", ("<=", "down", False, False, "家")),
    ],
)
def test_a_relative_target_says_how_it_is_compared(text: str, fields: tuple[Any, ...]) -> None:
    target = read_relative_target(text)
    assert target is not None
    is_rate, is_about = target.is_rate, target.is_about
    assert (target.op, target.direction, is_rate, is_about, target.unit) == fields


@pytest.mark.parametrize(
    ("text", "factor", "added"),
    [
        ("翻番", "2", "0"),
        ("翻三番", "8", "0"),
        ("翻四番", "16", "0"),
        ("减半", "0.5", "0"),
        ("增长1.5倍", "2.5", "0"),
        ("不低于上年", "1", "0"),
        ("增长10%", "1.1", "0"),
        ("下降10%", "0.9", "0"),
        ("提高2.5个百分点", "1", "2.5"),
        ("降低2个百分点", "1", "-2"),
        ("比上年减少5家", "1", "-5"),
    ],
)
def test_a_relative_target_is_a_multiple_or_a_distance(text: str, factor: str, added: str) -> None:
    target = read_relative_target(text)
    assert target is not None
    assert (target.factor, target.added) == (Decimal(factor), Decimal(added))
    assert isinstance(target.factor, Decimal)
    assert isinstance(target.added, Decimal)


@pytest.mark.parametrize(
    ("text", "unit", "distance"),
    [
        ("提高2个百分点", "%", "2"),
        ("提高2个百分点", "百分点", "2"),
        ("提高2个百分点", "％", "2"),
        ("提高2个百分点", None, "2"),
        ("提高2个百分点", "家", None),
        ("比上年增加500万元", "亿元", "0.05"),
        ("比上年增加500万元", "万元", "500"),
        ("比上年增加500万元", "家", None),
        ("翻一番", "家", "0"),
    ],
)
def test_what_is_added_to_a_baseline_is_in_its_unit(
    text: str, unit: str | None, distance: str | None
) -> None:
    target = read_relative_target(text)
    assert target is not None
    if distance is not None:
        assert convert_relative_distance(target, unit) == Decimal(distance)
        return
    with pytest.raises(InvalidInput):
        convert_relative_distance(target, unit)
    assert resolve_relative_target(text, Decimal(10), unit) is None
