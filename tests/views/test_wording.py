"""What lists say of targets, values and deadlines that are not plain numbers and days."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from tracker.ledger.proof import Proof
from tracker.locale.translation import using_language
from tracker.model.dates import describe_deadline_date, format_deadline_date
from tracker.model.quantities import format_quantity_value, format_target_quantity
from tracker.views.checks import describe_check_proof

TARGETS = [
    ((">=", "200", None, False, "个"), "≥ 200 个", "200个以上"),
    (("<=", "5.5", None, False, "%"), "≤ 5.5%", "5.5%以内"),
    ((">", "200", None, False, "个"), "> 200 个", "超过200个"),
    (("<", "4.3", None, False, "%"), "< 4.3%", "低于4.3%"),
    (("=", "10", None, False, "个"), "10 个", "10个"),
    ((None, "10", None, False, None), "10", "10"),
    ((None, "6.2", None, True, "%"), "about 6.2%", "6.2%左右"),
    (("range", "1", "2", False, "个"), "1–2 个", "1—2个"),
    (("range", "1", "2", True, "个"), "about 1–2 个", "1—2个左右"),
]


@pytest.mark.parametrize(("target", "english", "chinese"), TARGETS)
def test_a_target_says_how_it_is_compared(
    target: tuple[str | None, str, str | None, bool, str | None], english: str, chinese: str
) -> None:
    op, low, high, approximate, unit = target
    ends = Decimal(low), None if high is None else Decimal(high)
    for language, wanted in (("en", english), ("zh", chinese)):
        with using_language(language):
            assert format_target_quantity(op, *ends, approximate=approximate, unit=unit) == wanted


def test_a_value_says_how_it_is_known() -> None:
    with using_language("zh"):
        shown = [
            format_quantity_value(Decimal(3), bound, "亿元")
            for bound in (None, ">=", "<=", "~", "?")
        ]
    assert shown == ["3亿元", "3亿元以上", "3亿元以内", "3亿元左右", "?3亿元"]


@pytest.mark.parametrize(
    ("basis", "loose", "cell", "sentence"),
    [
        ("stated", None, "2023-12-31", "2023-12-31（“2024年前”）"),
        ("derived", None, "2023-12-31", "2023-12-31（“2024年前”；推算）"),
        ("assumed", None, "2023-12-31*", "2023-12-31（“2024年前”；推定）"),
        (
            "stated",
            date(2024, 12, 31),
            "2023-12-31；宽读 2024-12-31",
            "2023-12-31（“2024年前”；宽读 2024-12-31）",
        ),
    ],
)
def test_a_deadline_says_what_it_rests_on(
    basis: str, loose: date | None, cell: str, sentence: str
) -> None:
    on = date(2023, 12, 31)
    with using_language("zh"):
        assert format_deadline_date(on, basis, loose) == cell
        assert describe_deadline_date(on, "2024年前", basis, loose) == sentence


def test_a_printed_head_says_what_arrived_when_it_was_printed() -> None:
    at = datetime(2026, 7, 5, 9, tzinfo=UTC)
    with using_language("en"):
        assert describe_check_proof(Proof(0, None, "h", 0)).endswith("of an empty ledger.")
        said = describe_check_proof(Proof(5, at, "h", 2, 4))
    assert said == (
        "All up to change 5, of 2026-07-05, is there as it was when the head was printed;"
        " 2 changes came later."
        " Change 4 arrived when the head was printed already; look at it."
    )
