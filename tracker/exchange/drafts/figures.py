"""Draft the numbers of tables of figures: a name a row, and a column a number.

In a report they are reported, in a plan with a column for each place they are promised.
"""

import re
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from tracker.exchange.drafts import naming, words
from tracker.exchange.drafts.document import Passage
from tracker.exchange.drafts.draft import Draft
from tracker.exchange.drafts.recorder import Recorder
from tracker.exchange.drafts.sentences import normalize_sentences
from tracker.exchange.drafts.times import Time, find_times

_FIGURE = re.compile(
    r"(?P<value>-?\d[\d,]*(?:\.\d+)?)\s*(?P<unit>%|‰|个百分点|[万亿]?[元人户个项亩吨辆件家]?)"
)
_EMPTY = re.compile(r"[-—–/\\·\s]*|无|／")
_BRACKETS = re.compile(r"[（(](?P<unit>[^（）()]{1,12})[)）]")
# A title that measures, such as 完成比例, and the one above it make a name.
_MEASURED_DEPTH = 2
_UNIT_LINE = re.compile(r"[（(]?(?:计量)?单位：(?P<units>[^。；）)]{1,30})[)）]?")


class Figures(NamedTuple):
    """A column of numbers.

    Attributes:
        column: its position.
        name: what its title adds to the name of a row; empty where that says all.
        unit: of its numbers; empty where the cells or another column say it.
        time: the period that its title names.
        is_place: its title is a place: 东乡, 全市.
        work: the works that a title above it names; None where none does.
    """

    column: int
    name: str
    unit: str
    time: Time | None
    is_place: bool = False
    work: str | None = None


class FigureTable(NamedTuple):
    """A table of reported numbers.

    Attributes:
        first: the first row of numbers.
        names: the column of the names of the rows.
        units: the column of their units; None where there is none.
        columns: the columns of numbers.
        caption: what stands above the table.
        time: the period that its caption names.
        is_plan: its numbers are promised.
    """

    first: int
    names: int
    units: int | None
    columns: list[Figures]
    caption: str | None
    time: Time | None
    is_plan: bool = False


def find_figure_table(
    rows: list[list[Passage]], captions: list[str], recorder: Recorder, *, is_plan: bool
) -> FigureTable | None:
    """Return how a table of numbers is built; None if it is none.

    Args:
        rows: its rows, the first with the titles.
        captions: the short lines above it.
        recorder: knows the day of the document.
        is_plan: the document plans; then each column of numbers must be one of a place.
    """
    first = next((at for at, row in enumerate(rows) if not _is_figure_header(row)), len(rows))
    stacks = _stack_figure_titles(rows[:first])
    published = recorder.published
    works = [_split_figure_work(stack, published) for stack in stacks]
    titles = ["".join(stack) for _work, stack in works]
    if any(re.search(words.PLANNED_COLUMNS, title) for title in titles):
        return None
    numbers = [at for at in range(len(titles)) if _holds_figures(rows[first:], at)]
    others = [at for at in range(len(titles)) if at not in numbers]
    units = next((at for at in others if re.search(words.UNIT_COLUMNS, titles[at])), None)
    names = [at for at in others if not re.search(words.IGNORED_COLUMNS, titles[at])]
    # The 单位 of a table without another name are the bodies that it compares.
    names = [at for at in names if at != units] or names or others
    kept = [at for at in numbers if not re.search(words.UNREPORTED_COLUMNS, titles[at])]
    columns = [_read_figure_title(stacks[at], at, captions, published) for at in kept]
    is_ahead = any(each.time is not None and each.time.last > published for each in columns)
    if is_ahead or (is_plan and not all(each.is_place for each in columns)):
        return None
    said = [row[names[0]].text for row in rows[first:] if names and names[0] < len(row)]
    # A column of tasks is no column of names.
    are_tasks = 2 * sum(1 for name in said if re.search(r"\d", name)) > len(said)
    if not first or not names or not columns or are_tasks:
        return None
    lines = [line for line in captions if not _UNIT_LINE.search(line)]
    times = [time for line in captions for time in find_times(line, published)]
    past = [None, *(time for time in times if time.last <= published)]
    units = units if units != names[0] else None
    caption = ["", *lines][-1] or None
    return FigureTable(first, names[0], units, columns, caption, past[-1], is_plan)


def _is_figure_header(row: list[Passage]) -> bool:
    """Return whether a row holds titles only: no number, and few empty cells."""
    cells = [normalize_sentences(cell.text).strip() for cell in row]
    filled = [cell for cell in cells if cell]
    return 2 * len(filled) > len(cells) and not any(_FIGURE.fullmatch(cell) for cell in filled)


def _stack_figure_titles(rows: list[list[Passage]]) -> list[list[str]]:
    """Return the titles of each column, from the widest above to the nearest below."""
    width = max(map(len, rows), default=0)
    columns = [[row[at].text for row in rows if at < len(row)] for at in range(width)]
    return [
        [re.sub(r"\s", "", normalize_sentences(title)) for title in dict.fromkeys(column) if title]
        for column in columns
    ]


def _holds_figures(rows: list[list[Passage]], at: int) -> bool:
    """Return whether most cells of a column that hold something hold a number."""
    cells = [normalize_sentences(row[at].text).strip() for row in rows if at < len(row)]
    filled = [cell for cell in cells if not _EMPTY.fullmatch(cell)]
    figures = [cell for cell in filled if _FIGURE.fullmatch(cell)]
    return 2 * len(figures) > len(filled)


def _read_figure_title(stack: list[str], at: int, captions: list[str], published: date) -> Figures:
    """Return a column by its titles: 增长（%） is 增长 and %, 2021年1—9月 a period."""
    times = find_times("".join(stack), published)
    own = [time for time in times if time.role != "compared"]
    work, stack = _split_figure_work(stack, published)
    title = "".join(stack)
    bare = _strip_figure_title(title, own)
    name = re.sub("[±%％]|^[是的：]", "", bare)
    is_growth = re.search(words.GROWTH_COLUMNS, bare) is not None
    if is_growth or re.fullmatch(f"(?:{words.PLAIN_COLUMNS}){{1,2}}", name):
        name = "增长" if is_growth else ""
    if len(stack) > 1:
        name = re.sub(rf"(?<=\w\w)(?:{words.DONE_COLUMNS})$", "", name)
    unit = _find_figure_unit(stack)
    if not re.fullmatch(r"[%‰]|[^\d\s]{1,6}", unit):
        is_share = is_growth or re.search(words.SHARE_COLUMNS, title)
        unit = "%" if is_share else _choose_figure_unit(name, captions)
    is_place = re.fullmatch(words.PLACE_COLUMNS, name) is not None
    return Figures(at, name, unit, own[-1] if own else None, is_place, work)


def _strip_figure_title(title: str, times: list[Time]) -> str:
    """Return a title without what stands in brackets, and without its times."""
    bare = _BRACKETS.sub("", title)
    for time in times:
        bare = bare.replace(time.words, "")
    return bare


def _split_figure_work(stack: list[str], published: date) -> tuple[str | None, list[str]]:
    """Return the works that stand above the name of a column, and the titles of its name.

    就业工程 above 促进就业创业 above 城镇新增就业（人） above 进度 is 城镇新增就业 of 就业工程.
    """
    nearest = stack[-1] if stack else ""
    bare = _strip_figure_title(nearest, find_times(nearest, published))
    measured = rf"{words.PLAIN_COLUMNS}|{words.DONE_COLUMNS}|.*(?:{words.MEASURED_COLUMNS}).*"
    depth = _MEASURED_DEPTH if re.fullmatch(measured, bare) else 1
    above = stack[:-depth]
    if not above or not re.search(words.WORK_COLUMNS, above[0]):
        return None, stack
    return naming.strip_numbering_of_name(above[0]), stack[-depth:]


def _find_figure_unit(stack: list[str]) -> str:
    """Return the unit that the nearest title says: 完成比例 below 新增就业（人） is a share."""
    for title in reversed(stack):
        if bracket := _BRACKETS.search(title):
            return bracket["unit"].replace("％", "%")
        if re.search(rf"{words.SHARE_COLUMNS}|{words.GROWTH_COLUMNS}", title):
            return "%"
    return ""


def _choose_figure_unit(name: str, captions: list[str]) -> str:
    """Return the unit of a column from the line 单位：个、亿元 above its table."""
    lines = [match["units"] for line in captions if (match := _UNIT_LINE.search(line))]
    units = [unit for unit in re.split("[、，/ ]", lines[-1]) if unit] if lines else []
    money = [unit for unit in units if unit.endswith("元")]
    counts = [unit for unit in units if unit not in money and unit != "%"]
    if re.search("个数|数量|项目数|[人户]数", name):
        return counts[0] if counts else ""
    return (money or counts or [""])[0]


def read_figure_row(
    recorder: Recorder, table: FigureTable, cells: list[Passage], locator: str
) -> None:
    """Draft the numbers of a row."""
    if len(cells) <= table.names:
        return
    printed = naming.split_unit_from_name(normalize_sentences(cells[table.names].text))
    name, unit = (re.sub(r"\s", "", part) for part in printed)
    name = re.sub("^(?:其中|#|＃)：?", "", name)
    if table.units is not None and table.units < len(cells):
        unit = cells[table.units].text.strip() or unit
    for column in table.columns:
        cell = cells[column.column] if column.column < len(cells) else None
        match = _FIGURE.fullmatch(normalize_sentences(cell.text).strip()) if cell else None
        if cell is None or match is None or not name:
            continue
        indicator = column.name + name if column.is_place else name + column.name
        own = "" if column.name == "增长" or column.unit == "%" else unit
        draft = Draft(
            kind="target" if table.is_plan else "result",
            indicator=naming.shorten_name(indicator),
            initiative=column.work or table.caption,
            value=Decimal(match["value"].replace(",", "")),
            unit=match["unit"] or own or column.unit,
            op="=",
            quote="",
            locator=locator,
        )
        quote = recorder.quote(cell, (0, len(cell.text)), 0, len(cell.text))
        draft.quote, draft.span, draft.start = quote.words, quote.span, quote.start
        if table.is_plan:
            recorder.set_deadline(draft, None)
        else:
            recorder.set_as_of(draft, column.time or table.time, indicator)
        recorder.drafts.append(draft)
