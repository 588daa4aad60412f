"""One page for the browser, whole in itself: nothing is fetched, and no script is needed.

Cards of the counts, pictures, tables. Where scripts are on, tables can be sorted and
filtered; the policy in its head allows the page's own style and script, and nothing else.
"""

from base64 import b64encode
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from xml.etree.ElementTree import Element

from tracker.locale.translation import _
from tracker.model.validation import Problem
from tracker.output.bars import find_share_of_bar
from tracker.output.cells import NUMERIC, Canvas, format_cell, format_cell_for_programs
from tracker.output.charts.scales import tabulate_picture_of_scales, thin_trend_on_scale
from tracker.output.charts.svg import add_timeline_svg, add_trend_svg
from tracker.output.markup import add_bar_markup, add_element, add_light_markup, serialize_page
from tracker.output.model import (
    Column,
    Picture,
    Printed,
    Sheet,
    Table,
    Timeline,
    Value,
    get_plain_value_of_output,
)
from tracker.output.rendering import OutputFormat, describe_rendered_head

_PAGE = Path(__file__).parent / "page"
_LANGUAGES = {"zh": "zh-CN"}
_LIGHTS = ("red", "yellow", "green", "none")
_WIDE = 8
"""Columns from which a table is printed across."""


def render_html(what: Table | Sheet, canvas: Canvas) -> str:
    """Return the page: facts, every picture, and the brief columns of every table."""
    sheet = what
    if isinstance(sheet, Table):
        sheet = Sheet(title=sheet.title, as_of=sheet.as_of, facts=[], tables=[sheet])
    page = Element("html", lang=_LANGUAGES.get(canvas.language, canvas.language))
    style, script = ((_PAGE / name).read_text("utf-8") for name in ("page.css", "page.js"))
    _add_html_head(page, sheet.title, style, script)
    body = add_element(page, "body", **({"class_": "across"} if _is_html_page_wide(sheet) else {}))
    header = add_element(body, "header")
    add_element(header, "h1", sheet.title)
    add_element(header, "p", _("as of {day}").format(day=sheet.as_of))
    main = add_element(body, "main")
    # The day that is looked at stands in the header already.
    _add_html_facts(main, [each for each in sheet.facts if each[1] != sheet.as_of])
    for picture in sheet.pictures:
        _add_html_picture(main, picture, canvas, sheet.title)
    for table in sheet.tables:
        _add_html_table_section(main, table, canvas, sheet.title)
    _add_html_problems(main, [*sheet.errors, *(e for table in sheet.tables for e in table.errors)])
    made_from = describe_rendered_head(what)
    if made_from is not None:
        add_element(add_element(body, "footer"), "p", made_from)
    # As it is: the program wrote it, and its sum stands in the policy.
    add_element(body, "script").text = script
    return serialize_page(page)


def _add_html_head(page: Element, title: str, style: str, script: str) -> None:
    head = add_element(page, "head")
    add_element(head, "meta", charset="utf-8")
    style_hash, script_hash = _hash_html_source(style), _hash_html_source(script)
    policy = f"default-src 'none'; style-src {style_hash}; script-src {script_hash}"
    policy += "; base-uri 'none'; form-action 'none'"
    add_element(head, "meta", http_equiv="Content-Security-Policy", content=policy)
    add_element(head, "meta", name="viewport", content="width=device-width, initial-scale=1")
    add_element(head, "meta", name="color-scheme", content="light dark")
    add_element(head, "title", title)
    add_element(head, "style").text = style


def _is_html_page_wide(sheet: Sheet) -> bool:
    """Return whether the page is printed across."""
    columns = (sum(each.brief for each in table.columns) for table in sheet.tables)
    is_drawn = any(isinstance(each, Timeline) for each in sheet.pictures)
    return is_drawn or any(each >= _WIDE for each in columns)


def _hash_html_source(source: str) -> str:
    return f"'sha256-{b64encode(sha256(source.encode()).digest()).decode()}'"


def _add_html_facts(parent: Element, facts: list[tuple[str, Value]]) -> None:
    """Add counts as cards, and facts in words as a list."""
    counts = [fact for fact in facts if _is_html_count(fact[1])]
    in_words = [fact for fact in facts if not _is_html_count(fact[1])]
    for kind, group in (("facts", in_words), ("cards", counts)):
        if group:
            group_list = add_element(parent, "dl", class_=kind)
            for label, value in group:
                pair = add_element(group_list, "div")
                add_element(pair, "dt", label)
                add_element(pair, "dd", format_cell(value))


def _is_html_count(value: Value) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def _add_html_picture(main: Element, picture: Picture, canvas: Canvas, above: str) -> None:
    section = add_element(main, "section")
    _add_html_title(section, picture.title, above)
    if isinstance(picture, Timeline):
        add_timeline_svg(_add_html_scrolling_region(section, picture.title), picture, canvas.lights)
        return
    add_trend_svg(add_element(section, "figure"), picture, canvas.lights)
    folded = add_element(section, "details")
    add_element(folded, "summary", _("as a table"))
    _add_html_table(folded, tabulate_picture_of_scales(thin_trend_on_scale(picture)), canvas)


def _add_html_table_section(main: Element, table: Table, canvas: Canvas, above: str) -> None:
    section = add_element(main, "section", **({"class_": "page"} if table.page else {}))
    _add_html_title(section, table.title, above)
    _add_html_facts(section, table.facts)
    if not table.rows:
        add_element(section, "p", _("Nothing to show."))
        return
    _add_html_table(section, table, canvas)
    meanings = [column for column in table.columns if column.brief and column.meaning]
    if meanings:
        folded = add_element(section, "details")
        add_element(folded, "summary", _("how each column is computed"))
        _add_html_facts(folded, [(column.title, column.meaning) for column in meanings])


def _add_html_title(section: Element, title: str, above: str) -> None:
    if title and title != above:
        add_element(section, "h2", title)


def _add_html_scrolling_region(parent: Element, title: str) -> Element:
    """Add a region that scrolls by itself, by the keyboard too."""
    return add_element(
        parent, "div", class_="scroll", role="region", tabindex="0", aria_label=title
    )


def _add_html_table(parent: Element, table: Table, canvas: Canvas) -> None:
    shown = [(at, column) for at, column in enumerate(table.columns) if column.brief]
    places = {column.key: at for at, column in enumerate(table.columns)}
    grid = add_element(
        _add_html_scrolling_region(parent, table.title),
        "table",
        class_="list wide" if len(shown) >= _WIDE else "list",
        data_filter=_("filter"),
        data_sort=_("sort"),
        data_found=_("{shown} of {found} shown."),
    )
    add_element(grid, "caption", table.title, class_="unseen")
    head = add_element(add_element(grid, "thead"), "tr")
    for _at, column in shown:
        add_element(head, "th", column.title, scope="col", class_=column.kind)
    body = add_element(grid, "tbody")
    for row in table.rows:
        line = add_element(body, "tr")
        for number, (at, column) in enumerate(shown):
            by = places.get(column.expected or "")
            expected = None if by is None else row[by]
            _add_html_cell(line, column, (row[at], expected), canvas, is_first=number == 0)


def _add_html_cell(
    line: Element, column: Column, pair: tuple[Value, Value], canvas: Canvas, *, is_first: bool
) -> None:
    """Add one value; a script sorts by ``data-sort`` where the text would mislead it."""
    value, expected = pair
    light = isinstance(value, str) and column.kind == "light"
    text = "" if light else format_cell(value, column.kind)
    box = add_element(line, "th" if is_first else "td", text, class_=column.kind)
    if is_first:
        box.set("scope", "row")
    if light:
        add_light_markup(box, str(value), canvas.lights)
        box.set("data-sort", str(_LIGHTS.index(str(value)) if value in _LIGHTS else len(_LIGHTS)))
    elif column.kind in NUMERIC or isinstance(value, Printed):
        box.set("data-sort", format_cell_for_programs(value))
    if column.bar and (share := find_share_of_bar(value)) is not None:
        box.text = None
        add_bar_markup(box, share, get_plain_value_of_output(expected))
        add_element(box, "span", text)


def _add_html_problems(main: Element, problems: list[Problem]) -> None:
    if problems:
        section = add_element(main, "section")
        add_element(section, "h2", _("what is wrong with single records"))
        problem_list = add_element(section, "ul")
        for problem in problems:
            add_element(
                problem_list, "li", _("{label}: ").format(label=problem.record) + problem.sentence
            )


FORMAT = OutputFormat(render_html, is_illustrated=True)
