"""Terminals that draw “ and ━ two cells wide keep their columns."""

from collections.abc import Iterator
from datetime import date

import pytest
from tables import render, table_of

from tracker.output.cells import Canvas
from tracker.output.charts.terminal import draw_terminal_chart
from tracker.output.model import Mark, Span, Timeline
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


@pytest.mark.usefixtures("wide")
@pytest.mark.parametrize("width", [60, 80, 120])
def test_bars_of_a_timeline_begin_under_one_another(width: int) -> None:
    day = date(2026, 6, 30)
    spans = [
        Span(
            id=name,
            label=name,
            start=date(2026, 1, 1),
            end=date(2026, 12, 31),
            light="none",
            why="",
            done=None,
            expected=None,
            marks=[Mark(on=date(2026, 6, 1), kind="deadline")],
        )
        for name in NAMES
    ]
    picture = Timeline(title="", as_of=day, first=date(2026, 1, 1), last=day, spans=spans)
    drawn = draw_terminal_chart(picture, width, ascii_only=True)
    lines = ["".join(text for text, _light in line) for line in drawn]
    rows = [line for line in lines if "---" in line]
    assert len(rows) == len(NAMES)
    assert len({measure_text_width(row[: row.index("---")]) for row in rows}) == 1
