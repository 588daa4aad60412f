"""Rows of a page's tables as text: a long table has a cell for each of 60,000 values.

Every value passes through one function, which escapes it. What a column looks like stands
in the style of the page, once for the column, and not at each of its cells.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from decimal import Decimal
from html import escape
from itertools import islice, repeat
from typing import NamedTuple

from tracker.output.bars import find_share_of_bar
from tracker.output.cells import (
    NUMERIC,
    Canvas,
    format_cell,
    format_row_group,
)
from tracker.output.markup import (
    choose_escape_for_markup,
    choose_markup_colour_class,
    escape_for_markup,
    format_language_attribute,
    format_web_address,
    quote_for_style,
)
from tracker.output.markup_histories import name_history_place
from tracker.output.model import Column, Table, Value, get_plain_value_of_output
from tracker.output.page_cells import PageColumn, PageTable
from tracker.system.text import measure_text_width

WIDE = 8
"""Columns from which a table is printed across, each as wide as its share of all."""
LONG = 60
"""Rows from which all rows of a table have the same columns, so that a browser need not
measure every cell before it shows the first."""
_CHARACTER, _PADDING, _NARROWEST_TEXT = 0.54, 1.25, 6.5
"""Width of a character and of what is left free in a cell, and least width of texts, in rem."""
_FOLDING = frozenset({"text", "list", "id"})
_NAMES_OF_RECORDS = frozenset({"name", "matter", "id"})
"""Columns that name the record of a row; a page shows its id only where it has no name."""
_WIDTHS = {"number": (6, 14), "percent": (9, 18), "days": (4, 8), "day": (9, 20), "light": (6, 9)}
"""Least and most width of a column of a kind, in characters of Latin."""
_TEXT_WIDTH = (6, 36)
_AT_ONCE = 64
"""Rows that are joined to a piece of the page."""
_SAMPLE = 200
"""Cells whose width is measured."""


class TableMarkup(NamedTuple):
    """Rows of a table in their ``tbody`` elements, in pieces, and the rules of style for them."""

    rows: Iterable[str]
    rules: str


def build_table_markup(
    page_table: PageTable,
    name: str,
    canvas: Canvas,
    language: str,
    taken: set[str],
    histories: Collection[str] = (),
) -> TableMarkup:
    """Return the rows of a table, and its rules of style.

    Args:
        page_table: the table with its cells; it has rows.
        name: what the rules call the table, an id of the page.
        canvas: where it is drawn.
        language: the language of the page.
        taken: the ids of the page, to which those of the rows are added.
        histories: the records whose history is on the page; the name of each leads to it.
    """
    table, ids = page_table.table, page_table.ids
    shown = [cells.column for cells in page_table.columns]
    columns: list[Iterable[str]] = []
    for cells in page_table.columns:
        markup: Iterable[str] = _build_cell_markup(table, cells, canvas, language)
        if histories and ids is not None and cells.column.key in _NAMES_OF_RECORDS:
            markup = _link_cells_to_histories(markup, ids.shown, histories)
        columns.append(markup)
    anchors = list(_list_row_anchors(page_table, taken))
    row = '<tr%s><th scope="row"%s</th>' + "<td%s</td>" * (len(columns) - 1) + "</tr>"
    lines = (row % cells for cells in zip(anchors, *columns, strict=True))
    rules = "".join(_list_table_rules(table, name, shown))
    return TableMarkup(_list_body_markup(table, lines, len(shown), language), rules)


def _list_body_markup(
    table: Table, rows: Iterator[str], width: int, language: str
) -> Iterator[str]:
    """Yield the rows of each group below its title; where there are no groups, all of them."""
    if not table.groups:
        yield "<tbody>"
        yield from _join_row_markup(rows)
        yield "</tbody>"
    for group in table.groups:
        title = format_row_group(group)
        spoken = format_language_attribute(title, language)
        head = f'<th scope="rowgroup" colspan="{width}"{spoken}>{escape_for_markup(title)}</th>'
        yield f'<tbody><tr class="group">{head}</tr>\n'
        yield from _join_row_markup(islice(rows, group.rows))
        yield "</tbody>"


def _join_row_markup(rows: Iterator[str]) -> Iterator[str]:
    """Yield rows as lines, many in a piece: a page of 5,000 rows is never one text."""
    start = ""
    while batch := "\n".join(islice(rows, _AT_ONCE)):
        yield start + batch
        start = "\n"


def _list_row_anchors(page_table: PageTable, taken: set[str]) -> Iterator[str]:
    """Yield the attribute that names each row by its record; the first row of a record has it."""
    if page_table.ids is None:
        yield from repeat("", len(page_table.table.rows))
        return
    show = choose_escape_for_markup(page_table.ids.exact)
    for text in page_table.ids.exact:
        record = text.strip()
        if not record.isascii() or not record or record in taken:
            yield ""
        else:
            taken.add(record)
            yield f' id="{show(record)}"'


def _build_cell_markup(table: Table, cells: PageColumn, canvas: Canvas, language: str) -> list[str]:
    """Return the cells of a column: their attributes, ``>`` and what stands in them."""
    column = cells.column
    if column.kind == "light":
        return _build_light_markup(cells, canvas, language)
    places = {other.key: at for at, other in enumerate(table.columns)}
    addresses = places.get(column.link or "")
    if cells.texts is cells.exact and addresses is None and not column.bar:
        # Most columns are such, and many say the same in many rows.
        texts = {*cells.texts}
        show = choose_escape_for_markup(texts)
        markup = {
            text: f"{format_language_attribute(text, language)}>{show(text)}" for text in texts
        }
        return [markup[text] for text in cells.texts]
    expected = places.get(column.expected or "")
    equal: dict[tuple[object, ...], str] = {}
    built = []
    for row, value, text, exact in zip(
        table.rows, cells.shown, cells.texts, cells.exact, strict=True
    ):
        wanted = None if expected is None else get_plain_value_of_output(row[expected])
        address = None if addresses is None else format_web_address(row[addresses])
        key = type(value), text, exact, wanted, address
        cell = equal.get(key)
        if cell is None:
            cell = equal[key] = _build_text_markup(
                column, value, (text, exact), wanted=wanted, address=address, language=language
            )
        built.append(cell)
    return built


def _build_text_markup(
    column: Column,
    value: Value,
    printed: tuple[str, str],
    *,
    wanted: Value,
    address: str | None,
    language: str,
) -> str:
    """Return one cell.

    Args:
        column: the column it stands in.
        value: the value.
        printed: what people read, and the value as programs read it.
        wanted: where the bar of the value should be.
        address: what it links to.
        language: the language of the page.
    """
    if value is None:
        return ">"
    text, exact = printed
    attributes = format_language_attribute(text, language)
    is_exact = column.kind in NUMERIC or column.kind == "day"
    if exact != text and (is_exact or type(value) is not str):
        attributes += f' data-value="{escape_for_markup(exact)}"'
    if column.bar and (share := find_share_of_bar(value)) is not None:
        attributes += f' class="{_list_bar_classes(share, wanted)}"'
    text = escape_for_markup(text)
    if address is None:
        return f"{attributes}>{text}"
    return f'{attributes}><a href="{escape(address)}">{text}</a>'


def _build_light_markup(cells: PageColumn, canvas: Canvas, language: str) -> list[str]:
    """Return the cells of lights: each is its word in its colour."""
    markup: dict[Value, str] = {}
    for value in {value for value in cells.shown if isinstance(value, str)}:
        colour = choose_markup_colour_class(value, canvas.lights)
        text = format_cell(value, "light")
        spoken = format_language_attribute(text, language)
        word = f'<span class="light {colour}"{spoken}>{escape_for_markup(text)}</span>'
        markup[value] = f' data-value="{escape_for_markup(value)}">{word}'
    return [markup[value] if isinstance(value, str) else ">" for value in cells.shown]


def _link_cells_to_histories(
    cells: Iterable[str], records: Sequence[Value], histories: Collection[str]
) -> Iterator[str]:
    """Yield cells that lead to the history of the record of their row, if there is one."""
    show = choose_escape_for_markup(map(str, records))
    for cell, record in zip(cells, records, strict=True):
        if record in histories:
            attributes, _end, text = cell.partition(">")
            address = show(name_history_place(str(record)))
            yield f'{attributes}><a href="#{address}">{text}</a>'
        else:
            yield cell


def _list_bar_classes(share: Decimal, expected: Value) -> str:
    """Return the classes that draw a share as a bar, and a mark where it should be."""
    classes = f"bar s{_round_share_up(share)}"
    if isinstance(expected, Decimal):
        classes += f" e{_round_share_up(expected)}"
    return classes


def _round_share_up(share: Decimal) -> int:
    """Return a share in whole per cent from 0 to 100; what is more than nothing is at least 1."""
    return 1 if 0 < share < 1 else min(max(int(share), 0), 100)


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
