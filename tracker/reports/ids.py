"""Ids alone, one a line, for ``xargs`` and loops of the shell."""

from tracker.models import full
from tracker.reports import Canvas, field, tables_of, visible
from tracker.sheets import Sheet, Table, Value


def render(what: Table | Sheet, _canvas: Canvas) -> str:
    """The first column of ids of a table; the ids of a sheet's items, else of its tables."""
    return "".join(f"{visible(field(value))}\n" for value in _ids(what) if value is not None)


def _ids(what: Table | Sheet) -> list[Value]:
    if isinstance(what, Table):
        places = [at for at, column in enumerate(what.columns) if column.kind == "id"]
        return [row[at] for at in places[:1] for row in what.rows]
    ids = [each["id"] for each in full(what.items) if isinstance(each, dict) and "id" in each]
    return ids or [value for table in tables_of(what) for value in _ids(table)]
