"""Targets that are said relative to a baseline."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.model.relative import (
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
    "text", ["85%", "100个以上", "增长", "下降", "翻五番", "10%左右", "上年", ""]
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
    ],
)
def test_a_pair_is_a_promise_and_what_is_striven_for(
    text: str, promise: str, stretch: str | None
) -> None:
    assert split_stretch_target(text) == (promise, stretch)


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
