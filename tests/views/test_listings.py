"""Lists on a narrow terminal: what says most stays, and what is left out is named."""

from datetime import UTC, date, datetime

import pytest
from tables import render

from tracker.ledger.history import Event
from tracker.locale.translation import using_language
from tracker.output.cells import Canvas
from tracker.output.model import Table, Value
from tracker.views.columns import build_view_columns, order_view_columns
from tracker.views.listings import tabulate_history_listing

DAY = date(2026, 6, 30)
EVENT = Event(
    seq=7,
    at=datetime(2026, 6, 30, 9, tzinfo=UTC),
    by="李娜",
    command="update",
    record="pipes.share",
    what="进展：老旧管网改造率 62%，二标段完工，资料齐备",
    undoes=None,
    undone_by=None,
    login=None,
)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_narrow_history_still_says_what_was_changed(language: str) -> None:
    with using_language(language):
        table = tabulate_history_listing([EVENT], DAY)
        shown = str(render(table, "table", Canvas(width=60, colour=False)))
    assert "62%" in shown
    assert ("No room here for: " if language == "en" else "未列出：") in shown


def test_an_id_is_not_missed_where_there_is_no_room_for_it() -> None:
    columns = order_view_columns(build_view_columns(("id", "title", "records")), ("id", "records"))
    rows: list[tuple[Value, ...]] = [("a-long-id-of-a-document", "农村供水水质提升专项行动", 3)]
    table = Table(title="", as_of=DAY, columns=columns, rows=rows)
    drawn = {
        width: str(render(table, "table", Canvas(width=width, colour=False)))
        for width in (24, 40, 60)
    }
    # It is whole or not there: folded it would make every row taller.
    assert "a-long-id-of-a-document" in drawn[60]
    for width in (24, 40):
        assert "long" not in drawn[width]
        assert "No room here" not in drawn[width]


def test_spare_columns_are_numbered_and_the_id_is_last() -> None:
    columns = order_view_columns(build_view_columns(("id", "title", "records")), ("records", "id"))
    assert [(column.spare, column.last) for column in columns] == [
        (1, True),
        (0, False),
        (2, False),
    ]
