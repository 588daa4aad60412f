"""Terminals that draw “ and ━ two cells wide keep their columns."""

from collections.abc import Iterator

import pytest
from tables import render, table_of

from tracker.output.cells import Canvas
from tracker.system.text import measure_text_width, use_wide_signs

NAMES = ["“专精特新”企业培育", "普通事项名称"]


@pytest.fixture
def wide() -> Iterator[None]:
    """Draw as such a terminal does."""
    use_wide_signs(is_wide=True)
    yield
    use_wide_signs(is_wide=False)


@pytest.mark.usefixtures("wide")
@pytest.mark.parametrize("width", [60, 80, None])
def test_columns_stand_under_one_another(width: int | None) -> None:
    drawn = render(table_of(NAMES), "table", Canvas(width=width, colour=False, ascii=True))
    assert "“专精特新”企业培育" in drawn
    assert "─" not in drawn
    assert max(map(measure_text_width, drawn.splitlines())) <= (width or 1000)


@pytest.mark.usefixtures("wide")
def test_signs_are_two_cells() -> None:
    assert measure_text_width("“━") == 4


def test_elsewhere_signs_are_one_cell() -> None:
    assert measure_text_width("“━") == 2
    drawn = render(table_of(NAMES), "table", Canvas(width=60, colour=False))
    assert "─" in drawn
