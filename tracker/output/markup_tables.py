"""Rows of a page's tables as text: a long table has a cell for each of 60,000 values.

Every value passes through one function, which escapes it. What a column looks like stands
in the style of the page, once for the column, and not at each of its cells.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from decimal import Decimal
from html import escape
from typing import NamedTuple, TypeAlias

from tracker.output.bars import find_share_of_bar
from tracker.output.cells import (
    NUMERIC,
    PLAIN,
    Canvas,
    format_cell,
    format_cell_for_programs,
    format_row_group,
    list_brief_columns,
)
from tracker.output.markup import (
    choose_markup_colour_class,
    escape_for_markup,
    format_language_attribute,
    format_web_address,
    quote_for_style,
)
from tracker.output.markup_histories import name_history_place
from tracker.output.model import Column, Table, Value, get_plain_value_of_output
from tracker.system.text import measure_text_width

WIDE = 8
"""Columns from which a table is printed across, each as wide as its share of all."""
LONG = 60
"""Rows from which all rows of a table have the same columns, so that a browser need not
measure every cell before it shows the first."""
_CHARACTER, _PADDING, _NARROWEST_TEXT = 0.54, 1.25, 6.5
"""Width of a character and of what is left free in a cell, and least width of texts, in rem."""
_FOLDING = frozenset({"text", "list", "id"})
_FULL = Decimal(100)
_NAMES = frozenset({"name", "matter"})
"""Columns that name the record of a row."""
_WIDTHS = {"number": (6, 14), "percent": (9, 18), "days": (4, 8), "day": (9, 20), "light": (6, 9)}
"""Least and most width of a column of a kind, in characters of Latin."""
_TEXT_WIDTH = (6, 36)
_SAMPLE = 200
"""Cells whose width is measured."""

FormatCell: TypeAlias = Callable[[tuple[Value, ...]], str]


class TableMarkup(NamedTuple):
    """Rows of a table in their ``tbody`` elements, and the rules of style that they need."""

    rows: str
    rules: str


def build_table_markup(
    table: Table,
    name: str,
    canvas: Canvas,
    language: str,
    taken: set[str],
    histories: Collection[str] = (),
) -> TableMarkup:
    """Return the rows of a table, and its rules of style.

    Args:
        table: the table; it has rows.
        name: what the rules call the table, an id of the page.
        canvas: where it is drawn.
        language: the language of the page.
        taken: the ids of the page, to which those of the rows are added.
        histories: the records whose history is on the page; the name of each leads to it.
    """
    shown = list_page_columns(table)
    places = {column.key: at for at, column in enumerate(table.columns)}
    formats = [_build_cell_format(table, at, places, canvas, language) for at, _column in shown]
    if histories and "id" in places:
        for n, (_at, column) in enumerate(shown):
            if column.key in _NAMES:
                formats[n] = _link_cell_to_history(formats[n], places["id"], histories)
    anchors = _list_row_anchors(table, places.get("id"), taken)
    lines = []
    for row, anchor in zip(table.rows, anchors, strict=True):
        cells = [format_row(row) for format_row in formats]
        head = f'<th scope="row"{cells[0]}</th>'
        lines.append(f"<tr{anchor}>{head}{''.join(f'<td{cell}</td>' for cell in cells[1:])}</tr>")
    rules = "".join(_list_table_rules(table, name, [column for _at, column in shown]))
    return TableMarkup("".join(_list_body_markup(table, lines, len(shown), language)), rules)


def _list_body_markup(
    table: Table, rows: Sequence[str], width: int, language: str
) -> Iterator[str]:
    """Yield the rows of each group below its title; where there are no groups, all of them."""
    if not table.groups:
        yield f"<tbody>{_join_row_markup(rows)}</tbody>"
    at = 0
    for group in table.groups:
        title = format_row_group(group)
        spoken = format_language_attribute(title, language)
        head = f'<th scope="rowgroup" colspan="{width}"{spoken}>{escape_for_markup(title)}</th>'
        own = _join_row_markup(rows[at : at + group.rows])
        yield f'<tbody><tr class="group">{head}</tr>\n{own}</tbody>'
        at += group.rows


def _join_row_markup(rows: Sequence[str]) -> str:
    return "\n".join(rows)


def list_page_columns(table: Table) -> list[tuple[int, Column]]:
    """Return the columns that a page shows, each with its place.

    The id of a record that has a name is the name of the row in the address, and no column.
    """
    brief = list_brief_columns(table)
    has_name = any(column.key == "name" for _at, column in brief)
    return [pair for pair in brief if not (has_name and pair[1].key == "id")]


def _list_row_anchors(table: Table, place: int | None, taken: set[str]) -> Iterator[str]:
    """Yield the attribute that names each row by its record; the first row of a record has it."""
    for row in table.rows:
        record = "" if place is None else str(get_plain_value_of_output(row[place]) or "").strip()
        if not record.isascii() or not record or record in taken:
            yield ""
        else:
            taken.add(record)
            yield f' id="{escape_for_markup(record)}"'


def _build_cell_format(
    table: Table, at: int, places: Mapping[str, int], canvas: Canvas, language: str
) -> FormatCell:
    """Return what makes a cell of a column: its attributes, ``>`` and what stands in it."""
    column = table.columns[at]
    addresses = places.get(column.link or "")
    expected = places.get(column.expected or "")
    is_exact = column.kind in NUMERIC or column.kind == "day"
    is_plain = column.kind in PLAIN

    def format_text_cell(row: tuple[Value, ...]) -> str:
        value = row[at]
        if value is None:
            return ">"
        if is_plain and type(value) is str:
            # People read it as it is: most cells are such.
            text = value
            attributes = format_language_attribute(text, language)
        else:
            text = format_cell(value, column.kind)
            attributes = format_language_attribute(text, language)
            exact = format_cell_for_programs(value)
            if exact != text and (is_exact or type(value) is not str):
                attributes += f' data-value="{escape_for_markup(exact)}"'
        if column.bar and (share := find_share_of_bar(value)) is not None:
            wanted = None if expected is None else get_plain_value_of_output(row[expected])
            attributes += f' class="{_list_bar_classes(share, wanted)}"'
        text = escape_for_markup(text)
        address = None if addresses is None else format_web_address(row[addresses])
        if address is None:
            return f"{attributes}>{text}"
        return f'{attributes}><a href="{escape(address)}">{text}</a>'

    is_light = column.kind == "light"
    return _build_light_format(at, canvas, language) if is_light else format_text_cell


def _build_light_format(at: int, canvas: Canvas, language: str) -> FormatCell:
    """Return what makes a cell of a light: its word in its colour."""

    def format_light_cell(row: tuple[Value, ...]) -> str:
        value = row[at]
        if not isinstance(value, str):
            return ">"
        colour = choose_markup_colour_class(value, canvas.lights)
        text = format_cell(value, "light")
        exact = escape_for_markup(value)
        spoken = format_language_attribute(text, language)
        word = f'<span class="light {colour}"{spoken}>{escape_for_markup(text)}</span>'
        return f' data-value="{exact}">{word}'

    return format_light_cell


def _link_cell_to_history(
    format_row: FormatCell, place: int, histories: Collection[str]
) -> FormatCell:
    """Return what makes a cell that leads to the history of the record of its row."""

    def format_linked_cell(row: tuple[Value, ...]) -> str:
        cell, record = format_row(row), row[place]
        if record not in histories:
            return cell
        attributes, text = cell.split(">", 1)
        address = escape_for_markup(name_history_place(str(record)))
        return f'{attributes}><a href="#{address}">{text}</a>'

    return format_linked_cell


def _list_bar_classes(share: Decimal, expected: Value) -> str:
    """Return the classes that draw a share as a bar, and a mark where it should be."""
    classes = f"bar s{_round_share_up(share)}"
    if isinstance(expected, Decimal):
        classes += f" e{_round_share_up(expected)}"
    return classes


def _round_share_up(share: Decimal) -> int:
    """Return a share in whole per cent from 0 to 100; what is more than nothing is at least 1."""
    held = min(max(share, Decimal(0)), _FULL)
    return 1 if 0 < held < 1 else int(held)


def _list_table_rules(table: Table, name: str, columns: Sequence[Column]) -> Iterator[str]:
    """Yield the rules of style of a table: alignment, widths, and labels where rows are cards."""
    right = _select_table_columns(name, columns, NUMERIC)
    if right:
        style = "text-align:right;font-variant-numeric:tabular-nums"
        yield f"@media print,(min-width:40.01rem){{{right}{{{style}}}}}\n"
    widths = [_measure_table_column(table, column) for column in columns]
    if len(columns) >= WIDE:
        yield _list_paper_widths(name, widths)
    if len(table.rows) >= LONG:
        tracks, least = [], 0.0
        for column, width in zip(columns, widths, strict=True):
            can_fold = column.kind in _FOLDING
            narrowest = max(_NARROWEST_TEXT, width * 0.6) if can_fold else width
            tracks.append(f"minmax({narrowest:.1f}rem,{width:.1f}fr)")
            least += narrowest
        yield f"#{name}{{--tracks:{' '.join(tracks)};--least:{least:.1f}rem}}\n"
    yield _list_card_rules(name, columns)


def _list_card_rules(name: str, columns: Sequence[Column]) -> str:
    """Return the rules of rows that are cards: each value has the title of its column before it.

    Behind the number of a row the name of the record is the heading of the card.
    """
    first, heading = 1, ""
    if len(columns) > 1 and columns[0].kind == "days":
        first = 2
        heading = (
            f"#{name} th[scope=row]{{font-weight:400;color:var(--soft);padding-bottom:0}}"
            f"#{name} td:nth-child(2){{display:block;font-weight:600}}"
        )
    labels = "".join(
        f"#{name} td:nth-child({at}):not(:empty)::before{{content:{quote_for_style(column.title)}}}"
        for at, column in enumerate(columns[first:], start=first + 1)
    )
    return f"@media screen and (max-width:40rem){{{heading}{labels}}}\n"


def _list_paper_widths(name: str, widths: Sequence[float]) -> str:
    """Return the rule that gives each column its share of a sheet of paper."""
    shares = "".join(
        f"#{name} th:nth-child({at}){{width:{width / sum(widths):.1%}}}"
        for at, width in enumerate(widths, start=1)
    )
    return f"@media print{{#{name}{{table-layout:fixed}}{shares}}}\n"


def _select_table_columns(name: str, columns: Sequence[Column], kinds: Collection[str]) -> str:
    """Return the selector of all cells of the columns of these kinds; empty if there are none."""
    return ",".join(
        f"#{name} tr:not(.group)>:nth-child({at})"
        for at, column in enumerate(columns, start=1)
        if column.kind in kinds
    )


def _measure_table_column(table: Table, column: Column) -> float:
    """Return the width of a column of a long table in rem, by the first of its cells."""
    at = table.columns.index(column)
    least, most = _WIDTHS.get(column.kind, _TEXT_WIDTH)
    widths = sorted(
        measure_text_width(format_cell(row[at], column.kind)) for row in table.rows[:_SAMPLE]
    )
    words = max(map(measure_text_width, column.title.split()), default=0)
    usual = widths[len(widths) * 9 // 10] if widths else 0
    return min(max(usual, least, min(words, most)), most) * _CHARACTER + _PADDING


def list_bar_rules() -> str:
    """Return the rules that give a share, and what is expected of it, its place."""
    return "".join(f".s{share}{{--s:{share}}}.e{share}{{--e:{share}}}" for share in range(101))
