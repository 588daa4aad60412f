"""Markdown as GitHub reads it; nothing in a text comes alive as markup or HTML."""

import re
from collections.abc import Iterable, Sequence

from tracker.output.cells import (
    NUMERIC,
    Canvas,
    format_cell,
    format_row_group,
    list_short_cells,
    list_tables_of_cells,
)
from tracker.output.model import Sheet, Table, Value
from tracker.output.rendering import OutputFormat, describe_rendered_head
from tracker.system.text import make_text_visible

# Besides marks anywhere: an address that would become a link by itself, which would
# also swallow the backslashes in it.
_MARK = r"[\\`<>\[\]*_#&!|~$]|:(?=//)|(?<=[wW]{3})\."
_START_OF_LIST = r"(\d*)([-+=.)])"


def render_md(what: Table | Sheet, _canvas: Canvas) -> str:
    """Return the brief columns of a table, or a sheet: title, facts, tables."""
    if isinstance(what, Table):
        return _render_md_table(what)
    parts = [f"# {_escape_md_marks(what.title)}\n"]
    parts += _list_md_facts(what.facts)
    for table in list_tables_of_cells(what):
        parts += [
            f"## {_escape_md_marks(table.title)}\n",
            *_list_md_facts(table.facts),
            _render_md_table(table),
        ]
    made_from = describe_rendered_head(what)
    parts += [] if made_from is None else [f"{_escape_md_marks(made_from)}\n"]
    return "\n".join(parts)


def _list_md_facts(facts: list[tuple[str, Value]]) -> list[str]:
    return (
        ["".join(_render_md_fact(label, format_cell(value)) for label, value in facts)]
        if facts
        else []
    )


def _render_md_table(table: Table) -> str:
    """Return the rows below their head; each group of them is a table below its title."""
    columns = list(list_short_cells(table))
    head = [
        [_escape_md_marks(column.title) for column, _cells in columns],
        ["---:" if column.kind in NUMERIC else "---" for column, _cells in columns],
    ]
    rows = list(
        zip(
            *([_escape_md_marks(each) for each in cells] for _column, cells in columns), strict=True
        )
    )
    if not table.groups:
        return _join_md_rows([*head, *rows])
    parts, at = [], 0
    for group in table.groups:
        parts.append(f"### {_escape_md_marks(format_row_group(group))}\n")
        parts.append(_join_md_rows([*head, *rows[at : at + group.rows]]))
        at += group.rows
    return "\n".join(parts)


def _join_md_rows(rows: Iterable[Sequence[str]]) -> str:
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _render_md_fact(label: str, value: str) -> str:
    """Return one line of a list, which opens no second list inside."""
    start = re.sub(_START_OF_LIST, r"\1\\\2", _escape_md_marks(label).strip(), count=1)
    return f"- {start}: {_escape_md_marks(value)}".rstrip() + "\n"


def _escape_md_marks(text: str) -> str:
    """Return a text on one line with every mark escaped, so that it reads as it was entered."""
    return re.sub(_MARK, r"\\\g<0>", make_text_visible(text.replace("\n", " ")))


FORMAT = OutputFormat(render_md)
