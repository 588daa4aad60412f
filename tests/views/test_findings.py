"""The sentences that a page begins with."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tracker.locale.translation import using_language
from tracker.model.assessment import Assessment
from tracker.views.findings import describe_finding_of_standing

DAY = date(2025, 6, 30)


def standing_of(*items: Assessment) -> list[str]:
    with using_language("zh"):
        chinese = describe_finding_of_standing(items, DAY)
    with using_language("en"):
        assert len(describe_finding_of_standing(items, DAY)) == len(chinese)
    return chinese


def assessed(own_id: str, **fields: Any) -> Assessment:  # noqa: ANN401  # of any field
    nothing: dict[str, Any] = dict.fromkeys(Assessment.__struct_fields__)
    given = {
        "id": own_id,
        "initiative_id": "roads",
        "initiative": "道路",
        "name": own_id,
        "measure": "number",
        "state": "active",
        "light": "none",
        "why": "从未报送",
        "leads": [],
        "commitment": "outcome",
        "approximate": False,
    }
    return Assessment(**nothing | given | fields)


LATE = {"deadline": date(2025, 5, 1), "days_late": 60, "light": "red", "target": Decimal(1)}


def test_nothing_is_said_to_be_nothing() -> None:
    assert standing_of() == ["没有符合条件的记录。"]


def test_what_stands_worst_is_named_with_its_lead() -> None:
    late = assessed("竣工", lead="市交通局", **LATE)
    assert standing_of(late, assessed("开工", light="green", met_on=date(2025, 6, 2))) == [
        "共 2 项承诺：达标 1 项、逾期 1 项、红灯 1 项、绿灯 1 项。",
        "逾期最久的是道路·竣工（市交通局），已逾期 60 天。",
        "近 30 天，新达标1项。",
    ]


def test_what_nobody_leads_is_said() -> None:
    fresh = {**LATE, "deadline": date(2025, 6, 28), "days_late": 2}
    reported = assessed("复工", light="yellow", last_report=date(2025, 6, 1))
    assert standing_of(assessed("竣工", **fresh), reported) == [
        "共 2 项承诺：逾期 1 项、红灯 1 项、黄灯 1 项。",
        "逾期最久的是道路·竣工，已逾期 2 天，未明确牵头单位。",
        "近 30 天，新逾期 1 项、报送进展 1 项。",
    ]


def test_what_promises_nothing_is_only_counted() -> None:
    reported = [assessed(name, commitment=None) for name in ("甲", "乙")]
    assert standing_of(*reported)[0] == "共 2 项指标，均非承诺。"
    assert standing_of(assessed("甲"), assessed("乙"))[0] == "共 2 项承诺。"


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        (
            {"value": Decimal(3), "target": Decimal(5), "unit": "个"},
            "道路·竣工：完成 3个，目标为5个。无灯：从未报送。",
        ),
        ({"target": Decimal(5), "unit": "个"}, "道路·竣工：目标为5个。无灯：从未报送。"),
        ({"value": Decimal(3)}, "道路·竣工：3。无灯：从未报送。"),
        ({}, "道路·竣工。无灯：从未报送。"),
    ],
)
def test_one_indicator_is_described(fields: dict[str, Any], sentence: str) -> None:
    assert standing_of(assessed("竣工", **fields)) == [sentence]
