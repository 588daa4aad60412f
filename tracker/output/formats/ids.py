"""Ids alone, one a line, for ``xargs`` and loops of the shell."""

from collections.abc import Iterable, Iterator

from tracker.output.cells import (
    Canvas,
    format_cell_for_programs,
    get_cell_values,
    list_items_of_cells,
    list_tables_of_cells,
)
from tracker.output.model import Content, Sheet, Value
from tracker.output.rendering import OutputFormat
from tracker.system.text import make_text_visible


def render_ids(what: Content, _canvas: Canvas) -> Iterator[str]:
    """Yield the first column of ids of a table; the ids of a sheet's items, else of its tables."""
    return (
        f"{make_text_visible(format_cell_for_programs(value))}\n"
        for value in _list_ids_to_render(what)
        if value is not None
    )


def _list_ids_to_render(what: Content) -> Iterable[Value]:
    if isinstance(what, Sheet):
        ids = [
            each["id"]
            for each in list_items_of_cells(what)
            if isinstance(each, dict) and "id" in each
        ]
        return ids or [
            value for table in list_tables_of_cells(what) for value in _list_ids_to_render(table)
        ]
    places = [at for at, column in enumerate(what.columns) if column.kind == "id"]
    return (get_cell_values(row)[at] for at in places[:1] for row in what.rows)


FORMAT = OutputFormat(render_ids, is_streamed=True)
