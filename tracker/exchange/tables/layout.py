"""Find the parts of a table on a sheet: its title, its head, its groups and its rows."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from tracker.exchange.spreadsheets import Cell, Sheet
from tracker.exchange.tables.heads import (
    NOT_READ,
    Head,
    count_known_table_heads,
    fold_table_head,
    read_table_head,
)
from tracker.exchange.tables.own import is_own_head, read_own_head

_LAST_HEAD_ROW = 40
_LEAST_HEADS = 2
_MOST_HEAD_ROWS = 4
_SUMS = (
    r"(?:合计|总计|小计|累计|共计|平均|total|subtotal|sum|grandtotal|overall|average)(?:[:(].*)?\Z"
)
_FOOT = (
    r"注\d*[:.：]|注\d*$|备注[:]|说明[:]|填表|填报|审核|制表|联系人|联系电话|签字|盖章|报送|审批"
    r"|notes?[:]|source[:]"
)
_CHINESE = "一二三四五六七八九十百"
_OUTER = rf"(?:第[{_CHINESE}\d]+[章部篇编]分?|[{_CHINESE}]+[、.．])"
_INNER = rf"[（(][{_CHINESE}]+[)）]"
_NUMBER = rf"[（(]?(?:[a-z]{{0,4}}[-‐–]?\d+(?:[-.]\d+)*|[{_CHINESE}]+|[①-⑳ⅰ-ⅻivx]+)[)）]?[、.．]?"
_COUNT_BEHIND = r"[（(]\s*共?\d+\s*[个项件家处条]?[^（）()]{0,4}[)）]\s*\Z"


class TableRow(NamedTuple):
    """Row of a table that holds a record.

    Attributes:
        number: the row on the sheet.
        cells: by column; the cell of a merged range stands in each of its rows.
        groups: the headings that it stands under, the outer one first.
    """

    number: int
    cells: dict[int, Cell]
    groups: tuple[str, ...]


class Table(NamedTuple):
    """A table on a sheet.

    Attributes:
        sheet: the sheet.
        title: the texts above the head, the first one first.
        head_row: the first row of the head.
        heads: the columns that are read, and those that are not.
        rows: those that hold records.
        left_out: rows that hold none, as (row, why).
        is_own: whether this program wrote it.
    """

    sheet: Sheet
    title: tuple[str, ...]
    head_row: int
    heads: tuple[Head, ...]
    rows: tuple[TableRow, ...]
    left_out: tuple[tuple[int, str], ...]
    is_own: bool = False


def find_table_layout(sheet: Sheet, header: int | None, mapped: Mapping[str, str]) -> Table | None:
    """Return the table of a sheet; None if no row is its head.

    Args:
        sheet: the sheet.
        header: the first row of the head, as a person says it.
        mapped: fields by words of the head, as a person says them.
    """
    first = header or _find_head_row_in_layout(sheet, mapped)
    if first is None:
        return None
    last = _find_last_head_row_in_layout(sheet, first)
    spread = sheet.spread_merged_cells()
    width = max((column for _row, column in sheet.cells), default=0)
    texts = [cell.text for (row, _column), cell in sheet.cells.items() if row == first]
    if is_own_head(texts):
        return _read_own_table(sheet, first)
    heads = []
    for column in range(1, width + 1):
        path = [
            spread[row, column].text for row in range(first, last + 1) if (row, column) in spread
        ]
        if path and column not in sheet.hidden_columns:
            heads.append(read_table_head(column, path, mapped))
    title = tuple(cell.text for (row, _), cell in sorted(sheet.cells.items()) if row < first)
    body = _Body(sheet, _settle_heads_of_layout(heads, spread, last), last)
    rows = tuple(body.read_rows())
    return Table(sheet, title, first, body.heads, rows, tuple(body.left_out))


def _read_own_table(sheet: Sheet, first: int) -> Table:
    """Return a table that this program wrote: its hidden columns hold what others leave out."""
    heads = [
        read_own_head(column, cell.text)
        for (row, column), cell in sorted(sheet.cells.items())
        if row == first
    ]
    rows = [
        TableRow(cells[0].row, {cell.column: cell for cell in cells}, ())
        for cells in sheet.list_rows()
        if cells[0].row > first
    ]
    shown = sheet._replace(hidden_columns=frozenset())
    return Table(shown, (), first, tuple(heads), tuple(rows), (), is_own=True)


def _find_head_row_in_layout(sheet: Sheet, mapped: Mapping[str, str]) -> int | None:
    """Return the first row with most of the words that heads have."""
    best, most = None, _LEAST_HEADS - 1
    for row in sheet.list_rows():
        if row[0].row > _LAST_HEAD_ROW:
            break
        known = count_known_table_heads([cell.text for cell in row], mapped)
        if known > most:
            best, most = row[0].row, known
    return best


def _find_last_head_row_in_layout(sheet: Sheet, first: int) -> int:
    """Return the last row of a head: as far as its cells are merged down, or words go on."""
    last = max(
        (m.last_row for m in sheet.merged if m.first_row == first and m.last_row > first),
        default=first,
    )
    if last == first:
        across = [
            m for m in sheet.merged if m.first_row == first and m.last_column > m.first_column
        ]
        while last - first < _MOST_HEAD_ROWS - 1 and _table_layout_goes_on(
            sheet, first, last + 1, has_merged=bool(across)
        ):
            last += 1
    return min(last, first + _MOST_HEAD_ROWS - 1)


def _table_layout_goes_on(sheet: Sheet, first: int, row: int, *, has_merged: bool) -> bool:
    """Return whether a row below a head is its second row: words under what spans columns."""
    own = {c: cell for (r, c), cell in sheet.cells.items() if r == row}
    above = {c for (r, c) in sheet.cells if r == first}
    if not own or any(not isinstance(cell.value, str) for cell in own.values()):
        return False
    leftmost = min(above, default=1)
    if leftmost in own or any(re.search(r"\d{2,}", cell.text) for cell in own.values()):
        return False
    known = sum(bool(read_table_head(c, [cell.text], {}).field) for c, cell in own.items())
    return (has_merged or bool(set(own) - above)) and known * 2 >= len(own)


def _settle_heads_of_layout(
    heads: Sequence[Head], spread: Mapping[tuple[int, int], Cell], last: int
) -> list[Head]:
    """Decide what the words leave open: a month beside a sum, 单位 by what stands below it."""
    values = [head for head in heads if head.field == "value"]
    settled = []
    for head in heads:
        leaf = fold_table_head(head.path[-1])
        field = head.field
        is_month = re.fullmatch(r"\d{1,2}月份?(?:新增|完成|增加|支出|实际)?", leaf) is not None
        if field == "value" and is_month and _has_sum_beside(head, values):
            field = "month"
        if (
            field == "value"
            and len(values) > 1
            and "进度" in leaf
            and _layout_holds_shares(head, spread, last)
        ):
            field = "share_of_plan"
        if field == "unit" and "计量" not in leaf and _layout_holds_bodies(head, spread, last):
            field = "bodies"
        settled.append(head._replace(field=field))
    fields = {head.field for head in settled}
    # A target that is called revised, without the one before it, is the target.
    settled = [
        head._replace(field=head.field.removeprefix("revised_"))
        if head.field.removeprefix("revised_") not in fields
        else head
        for head in settled
    ]
    if sum(head.field == "name" for head in settled) > 1:
        return _choose_one_name_in_layout(settled)
    return settled


def _choose_one_name_in_layout(heads: Sequence[Head]) -> list[Head]:
    """Let the first of several columns with names name the initiative, the last the indicator."""
    named = [head.column for head in heads if head.field == "name"]
    has_indicator = any(head.field == "indicator" for head in heads)
    fields = {named[0]: "name", named[-1]: NOT_READ if has_indicator else "indicator"}
    return [
        head._replace(field=fields.get(head.column, NOT_READ)) if head.field == "name" else head
        for head in heads
    ]


def _has_sum_beside(head: Head, values: Sequence[Head]) -> bool:
    """Return whether another column holds what was reached since the beginning of the year."""
    others = [other for other in values if other is not head]
    return any(re.search(r"累计|[-—–~至到]\d{1,2}月", other.text) for other in others)


def _layout_holds_shares(head: Head, spread: Mapping[tuple[int, int], Cell], last: int) -> bool:
    texts = [
        cell.text for (row, column), cell in spread.items() if column == head.column and row > last
    ]
    return sum(bool(re.fullmatch(r"[\d.]+[%％]", text)) for text in texts) * 2 > len(texts)


def _layout_holds_bodies(head: Head, spread: Mapping[tuple[int, int], Cell], last: int) -> bool:
    texts = [
        cell.text for (row, column), cell in spread.items() if column == head.column and row > last
    ]
    bodies = [
        text for text in texts if re.search(r"[局委办厅部府院司所校会队社行]\b|公司|中心", text)
    ]
    longer = [text for text in texts if len(text) > 3]  # noqa: PLR2004  # units are short
    return len(bodies) * 2 > len(texts) and len(longer) * 2 > len(texts)


class _Body:
    """Rows below a head, read from the top down."""

    def __init__(self, sheet: Sheet, heads: Sequence[Head], last: int) -> None:
        self.sheet = sheet
        self.heads = tuple(heads)
        self.left_out: list[tuple[int, str]] = []
        self._last = last
        self._groups: dict[int, str] = {}
        self._columns = {head.field: head.column for head in reversed(self.heads) if head.field}
        self._head_texts = {fold_table_head(part) for head in self.heads for part in head.path}
        self._spread = sheet.spread_merged_cells()
        self._across = {
            (m.first_row, m.first_column): m.last_column - m.first_column + 1 for m in sheet.merged
        }
        self._rows: dict[int, dict[int, Cell]] = {}
        for (row, column), cell in sorted(self._spread.items()):
            if row > last:
                self._rows.setdefault(row, {})[column] = cell

    def read_rows(self) -> Iterator[TableRow]:
        """Yield the rows that hold records."""
        for number, cells in self._rows.items():
            own = {c: cell for c, cell in cells.items() if (cell.row, cell.column) == (number, c)}
            why = self._find_reason(number, own or cells)
            if why:
                self.left_out.append((number, why))
            elif not self._enter_group(number, own or cells) and self._has_name(cells):
                yield TableRow(number, cells, tuple(self._groups[k] for k in sorted(self._groups)))

    def _find_reason(self, number: int, own: Mapping[int, Cell]) -> str:
        """Return why a row holds no record: hidden, sum, foot, head; empty where it may."""
        if number in self.sheet.hidden_rows:
            return "hidden"
        texts = [fold_table_head(cell.text) for cell in own.values()]
        if sum(text in self._head_texts for text in texts) * 2 > len(texts):
            return "head"
        first = "".join(unicodedata.normalize("NFKC", next(iter(own.values())).text).split())
        names = [self._columns[f] for f in ("number", "name", "indicator") if f in self._columns]
        leading = [fold_table_head(own[c].text) for c in names if c in own] + [
            fold_table_head(first)
        ]
        if any(re.match(_SUMS, text) for text in leading):
            return "sum"
        if re.match(_FOOT, first.casefold()):
            return "foot"
        marked = self._columns.get("number")
        if (
            marked is not None
            and marked in own
            and self._is_numbered
            and not self._is_group(number, own)
        ):
            text = _fold_layout_text(own[marked].text)
            if not re.fullmatch(_NUMBER, text) and not re.search(r"\d", text):
                return "foot"
        return ""

    @property
    def _is_numbered(self) -> bool:
        """Return whether most rows have a number of their own in the column for it."""
        column = self._columns.get("number")
        if column is None:
            return False
        texts = [
            _fold_layout_text(cells[column].text)
            for cells in self._rows.values()
            if column in cells
        ]
        return sum(bool(re.fullmatch(_NUMBER, text)) for text in texts) * 2 >= len(texts)

    def _is_group(self, number: int, own: Mapping[int, Cell]) -> bool:
        return self._find_group_level(number, own) is not None

    def _find_group_level(self, number: int, own: Mapping[int, Cell]) -> int | None:
        """Return how deep a row that is a heading stands; None where it is no heading."""
        column, cell = next(iter(own.items()))
        text = _fold_layout_text(cell.text)
        promised = {"lead", "bodies", "deadline", "unit", "person"} & self._columns.keys()
        if any(
            self._columns[field] in own and self._columns[field] != column for field in promised
        ):
            return None
        span = self._across.get((number, column), 1)
        is_alone = len(own) == 1
        is_titled = re.match(rf"(?:{_OUTER}|{_INNER})\S", text) is not None
        level = 2 if re.match(_INNER, text) else 1
        others = [c for c, other in own.items() if isinstance(other.value, str) and c != column]
        leads_row = column == self._columns.get("number") or not others
        if is_titled and (is_alone or span > 1 or leads_row):
            return level
        if is_alone and (span * 2 > len(self.heads) or column in self._name_columns()):
            # One text in a row is a heading if it spans the table, or nothing else is said of it.
            return 3 if span * 2 <= len(self.heads) else level if is_titled else 1
        numeral = re.fullmatch(rf"[（(]?[{_CHINESE}]+[)）]?[、.．]?", text)
        names = [c for c in self._name_columns() if c in own]
        if (
            numeral
            and column == self._columns.get("number")
            and names
            and not set(others) - {*names}
        ):
            return level if self._counts_by_digits() else None
        return None

    def _counts_by_digits(self) -> bool:
        column = self._columns.get("number")
        texts = [
            _fold_layout_text(cells[column].text)
            for cells in self._rows.values()
            if column in cells
        ]
        return sum(text.rstrip(".、").isdigit() for text in texts) * 2 > len(texts)

    def _name_columns(self) -> list[int]:
        fields = ("number", "category", "name", "indicator")
        return [self._columns[field] for field in fields if field in self._columns]

    def _enter_group(self, number: int, own: Mapping[int, Cell]) -> bool:
        """Return whether a row is a heading; the rows below stand under it from then on."""
        level = self._find_group_level(number, own)
        if level is None:
            return False
        text = next(iter(own.values())).text
        names = [own[c].text for c in self._name_columns() if c in own]
        if re.fullmatch(_NUMBER, _fold_layout_text(text)) and len(names) > 1:
            text = names[1]
        name = strip_number_in_layout(text)
        if not name or (level == 3 and not self._groups and self._is_numbered):  # noqa: PLR2004
            return False
        self._groups = {k: v for k, v in self._groups.items() if k < level} | {level: name}
        return True

    def _has_name(self, cells: Mapping[int, Cell]) -> bool:
        return any(c in cells for c in self._name_columns() if c != self._columns.get("number"))


def strip_number_in_layout(text: str) -> str:
    """Return a heading without its number in front and the count behind it."""
    bare = re.sub(rf"^\s*(?:{_OUTER}|{_INNER}|\d+[、.．)）]|[（(]\d+[)）])\s*", "", text)
    return re.sub(_COUNT_BEHIND, "", bare).strip(" 　:：")


def _fold_layout_text(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())
