"""Arrange a list as a person asks for it: its order, and its columns."""

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, TypeVar

import msgspec

from tracker.errors import InvalidInput, shorten_text
from tracker.locale.translation import _
from tracker.model.vocabulary import VOCABULARY
from tracker.output.cells import get_cell_values
from tracker.output.model import Column, Stream, Table, Value, get_plain_value_of_output

_EXPLAINED_MARK = r" \(?\*.*"
"""What a title says of a mark in its cells, which nobody types."""

Tabular = TypeVar("Tabular", Table, Stream)


def arrange_rows(table: Table, key: str) -> Table:
    """Return a table sorted by one column; rows without a value in it stand last.

    Args:
        table: the table.
        key: the key or title of the column; with a ``-`` before it the largest comes first.

    Raises:
        InvalidInput: there is no such column.
    """
    falling = key.startswith("-")
    at = _find_arranged_column("--sort", table.columns, key.removeprefix("-"))
    places = range(len(table.rows))
    values = [get_plain_value_of_output(row[at]) for row in table.rows]
    filled = [
        place for place in places if _is_arranged_column_filled(table.columns[at], values[place])
    ]
    filled.sort(
        key=lambda place: _find_arrangement_order(table.columns[at], values[place]), reverse=falling
    )
    order = [*filled, *sorted(set(places).difference(filled))]
    items = [table.items[place] for place in order] if table.items else ()
    return msgspec.structs.replace(table, rows=[table.rows[place] for place in order], items=items)


def arrange_columns(table: Tabular, keys: str) -> Tabular:
    """Return a table with these columns alone, in this order.

    Args:
        table: the table.
        keys: their keys or titles, with commas between.

    Raises:
        InvalidInput: there is no such column.
    """
    names = [name.strip() for name in keys.replace("，", ",").split(",")]
    found: list[int] = [
        _find_arranged_column("--columns", table.columns, name) for name in names if name
    ]
    chosen = [*dict.fromkeys(found)]
    if not chosen:
        raise InvalidInput(
            _("--columns names no column; allowed: {allowed}.").format(
                allowed=_list_keys_to_arrange(table.columns)
            )
        )
    columns = tuple(
        msgspec.structs.replace(table.columns[at], brief=True, spare=0, last=False) for at in chosen
    )
    if isinstance(table, Stream):
        streamed: Any = (_pick_arranged_columns(get_cell_values(row), chosen) for row in table.rows)
        return msgspec.structs.replace(table, columns=columns, rows=streamed)
    rows = [_pick_arranged_columns(row, chosen) for row in table.rows]
    return msgspec.structs.replace(table, columns=columns, rows=rows, items=())


def _pick_arranged_columns(row: tuple[Value, ...], places: Iterable[int]) -> tuple[Value, ...]:
    return tuple(row[place] for place in places)


def _find_arranged_column(flag: str, columns: Sequence[Column], name: str) -> int:
    """Return where a column stands that is named by its key, or by its title."""
    keys = [column.key for column in columns]
    titles = [re.sub(_EXPLAINED_MARK, "", column.title) for column in columns]
    if name in keys:
        return keys.index(name)
    if name in titles:
        return titles.index(name)
    raise InvalidInput(
        _('{name} is "{found}"; allowed: {allowed}.').format(
            name=flag, found=shorten_text(name), allowed=_list_keys_to_arrange(columns)
        )
    )


def _list_keys_to_arrange(columns: Sequence[Column]) -> str:
    return ", ".join(column.key for column in columns)


def _is_arranged_column_filled(column: Column, value: Value) -> bool:
    return value not in (None, "", []) and not (column.kind == "light" and value == "none")


def _find_arrangement_order(column: Column, value: Any) -> Any:  # noqa: ANN401  # values of one column compare
    """Return what a value is sorted by: words stand as in their vocabulary, texts as they read."""
    words = VOCABULARY.get(column.key, ())
    if value in words:
        return words.index(value)
    if isinstance(value, list):
        return "、".join(value)
    return value if not isinstance(value, bool) else Decimal(value)
