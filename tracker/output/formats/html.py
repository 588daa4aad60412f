"""One page for the browser, whole in itself: nothing is fetched, and no script is needed.

What was found out in a sentence, cards of the counts, tables, lines of time at the end. Where
scripts are on, tables can be sorted, filtered and saved; the policy in its head allows the
page's own style and script, and nothing else.
"""

from base64 import b64encode
from collections.abc import Collection, Iterable, Iterator, Sequence
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import NamedTuple
from xml.etree.ElementTree import Element

from tracker.locale.translation import _
from tracker.model.validation import Problem
from tracker.output.cells import Canvas, format_cell
from tracker.output.charts.scales import tabulate_picture_of_scales, thin_trend_on_scale
from tracker.output.charts.svg import add_timeline_svg, add_trend_svg
from tracker.output.markup import INSERT, add_element, add_link_element, serialize_page
from tracker.output.markup_histories import (
    build_histories_markup,
    list_history_rules,
    name_history_place,
)
from tracker.output.markup_tables import (
    LONG,
    WIDE,
    build_table_markup,
    list_bar_rules,
)
from tracker.output.model import Histories, Link, Picture, Printed, Sheet, Table, Timeline, Value
from tracker.output.page_cells import (
    PageTable,
    find_id_column_of_page,
    format_page_table,
    list_page_columns,
)
from tracker.output.page_data import build_page_data_address
from tracker.output.rendering import OutputFormat, describe_rendered_head
from tracker.system.digests import choose_sha256

_PAGE = Path(__file__).parent / "page"
_LANGUAGES = {"zh": "zh-CN"}
_FEW = 8
"""Rows from which the script offers to filter and save a table."""
_LONGEST_DESCRIPTION = 300
_TABLE, _DATA = "table-", "page-data"
"""What the ids of tables begin with, and the id of the link to the data."""


class _PageParts(NamedTuple):
    """What a page collects while it is built.

    Attributes:
        canvas: where it is drawn.
        language: the language of the page.
        rows: the rows of each table and what else is inserted as markup, each in pieces.
        rules: the rules of style that the tables need.
        ids: the ids that are taken.
        histories: the records whose history is on the page.
        tables: the tables whose rows can be saved, by their ids.
        is_alone: whether it is no page of a site, which has its data beside.
    """

    canvas: Canvas
    language: str
    rows: list[Iterable[str]]
    rules: list[str]
    ids: set[str]
    histories: Collection[str]
    tables: dict[str, PageTable]
    is_alone: bool


def render_html(what: Table | Sheet, canvas: Canvas) -> Iterator[str]:
    """Return the pieces of a page: what was found, facts, tables, every picture."""
    sheet = what
    if isinstance(sheet, Table):
        sheet = Sheet(title=sheet.title, as_of=sheet.as_of, facts=[], tables=[sheet])
        sheet.finding, sheet.histories = what.finding, what.histories
    language = _LANGUAGES.get(canvas.language, canvas.language)
    histories = _find_html_histories(sheet)
    taken = {_DATA, *map(name_history_place, histories.ids)}
    parts = _PageParts(canvas, language, [], [], taken, histories.ids, {}, sheet.page is None)
    page = Element("html", lang=language)
    head = add_element(page, "head")
    body = add_element(page, "body", **({"class_": "across"} if _is_html_page_wide(sheet) else {}))
    finding = sheet.finding() if sheet.finding is not None else ()
    _add_html_header(body, sheet, finding)
    _add_html_main(add_element(body, "main"), sheet, parts)
    if histories.ids:
        aside = add_element(body, "aside", class_="histories", aria_label=_("history"))
        # A browser that runs the script keeps what is in here as one text, and is there at once.
        add_element(aside, "noscript").text = INSERT
        parts.rules.append(list_history_rules(sheet.as_of))
        parts.rows.append(build_histories_markup(histories.built, canvas, language))
    _add_html_footer(body, sheet, parts, describe_rendered_head(what))
    style, script = _read_html_source("page.css"), _read_html_source("page.js")
    if any(column.bar for table in sheet.tables for column in table.columns):
        style += list_bar_rules()
    _add_html_head(head, sheet, finding, style + "".join(parts.rules), script)
    # As it is: the program wrote it, and its sum stands in the policy.
    add_element(body, "script").text = script
    return serialize_page(page, parts.rows)


def _add_html_footer(body: Element, sheet: Sheet, parts: _PageParts, made_from: str | None) -> None:
    """Add the data of the page, and from which state of the ledger it was made."""
    footer = add_element(body, "footer")
    if parts.tables:
        address = build_page_data_address(parts.tables)
        name = f"{sheet.title}-{sheet.as_of}.zip"
        text = _("the rows of this page as CSV and JSON")
        link = add_element(add_element(footer, "p"), "a", text, href="", download=name, id=_DATA)
        # Megabytes of base64, in which there is nothing to escape.
        link.set("href", INSERT)
        parts.rows.append([address])
    if made_from is not None:
        add_element(footer, "p", made_from)


def _find_html_histories(sheet: Sheet) -> Histories:
    """Return the histories that are on a page; a page of a site leads to other pages instead."""
    if sheet.page is not None or sheet.histories is None:
        return Histories((), ())
    places = ((table, find_id_column_of_page(table)) for table in sheet.tables)
    ids = {str(row[at]) for table, at in places if at is not None for row in table.rows}
    return sheet.histories(ids)


@cache
def _read_html_source(name: str) -> str:
    return (_PAGE / name).read_text("utf-8")


def _add_html_head(
    head: Element, sheet: Sheet, finding: Sequence[str], style: str, script: str
) -> None:
    add_element(head, "meta", charset="utf-8")
    style_hash, script_hash = _hash_html_source(style), _hash_html_source(script)
    policy = f"default-src 'none'; style-src {style_hash}; script-src {script_hash}"
    policy += "; base-uri 'none'; form-action 'none'"
    add_element(head, "meta", http_equiv="Content-Security-Policy", content=policy)
    add_element(head, "meta", name="viewport", content="width=device-width, initial-scale=1")
    add_element(head, "meta", name="color-scheme", content="light dark")
    publisher = sheet.page.publisher if sheet.page is not None else ""
    title = " · ".join(dict.fromkeys(filter(None, [sheet.title, *_list_html_site(sheet)])))
    add_element(head, "title", title)
    description = " ".join(finding)[:_LONGEST_DESCRIPTION]
    for key, content in (("description", description), ("author", publisher)):
        if content:
            add_element(head, "meta", name=key, content=content)
    for key, content in (("og:title", title), ("og:description", description)):
        if content:
            add_element(head, "meta", property=key, content=content)
    add_element(head, "style").text = style


def _list_html_site(sheet: Sheet) -> list[str]:
    return [] if sheet.page is None else [sheet.page.site, sheet.page.publisher]


def _is_html_page_wide(sheet: Sheet) -> bool:
    """Return whether the page is printed across."""
    columns = (sum(each.brief for each in table.columns) for table in sheet.tables)
    is_drawn = any(isinstance(each, Timeline) for each in sheet.pictures)
    return is_drawn or any(each >= WIDE for each in columns)


@cache
def _hash_html_source(source: str) -> str:
    data = source.encode()
    return f"'sha256-{b64encode(choose_sha256(len(data))(data).digest()).decode()}'"


def _add_html_header(body: Element, sheet: Sheet, finding: Sequence[str]) -> None:
    """Add the title, the sentences that say what was found, and the day that is looked at."""
    header = add_element(body, "header")
    if sheet.page is not None:
        _add_html_links(add_element(header, "nav", aria_label=sheet.page.site), sheet.page.links)
    add_element(header, "h1", sheet.title)
    for sentence in finding:
        add_element(header, "p", sentence, class_="finding")
    day = _("as of {day}").format(day=sheet.as_of)
    publisher = "" if sheet.page is None else sheet.page.publisher
    add_element(header, "p", " · ".join(filter(None, [publisher, day])))


def _add_html_links(parent: Element, links: Sequence[Link]) -> None:
    entries = add_element(parent, "ul", class_="links")
    for link in links:
        add_link_element(add_element(entries, "li"), link.text, link.address)


def _add_html_main(main: Element, sheet: Sheet, parts: _PageParts) -> None:
    if sheet.page is not None and sheet.page.related:
        _add_html_links(main, sheet.page.related)
    # The day that is looked at stands in the header already.
    _add_html_facts(main, [fact for fact in sheet.facts if fact[1] != sheet.as_of])
    lines_of_time = [each for each in sheet.pictures if isinstance(each, Timeline)]
    for picture in sheet.pictures:
        if not isinstance(picture, Timeline):
            _add_html_picture(main, picture, parts, sheet.title)
    for table in sheet.tables:
        _add_html_table_section(main, table, parts, sheet.title)
    for picture in lines_of_time:
        _add_html_picture(main, picture, parts, sheet.title)
    _add_html_problems(main, [*sheet.errors, *(e for table in sheet.tables for e in table.errors)])


def _add_html_facts(parent: Element, facts: Sequence[tuple[str, Value]]) -> None:
    """Add counts as cards, and facts in words as a list."""
    counts = [fact for fact in facts if _is_html_count(fact[1])]
    in_words = [fact for fact in facts if not _is_html_count(fact[1])]
    for kind, group in (("facts", in_words), ("cards", counts)):
        if group:
            group_list = add_element(parent, "dl", class_=kind)
            for label, value in group:
                pair = add_element(group_list, "div")
                add_element(pair, "dt", label)
                if isinstance(value, Printed) and value.address:
                    add_link_element(add_element(pair, "dd"), value.text, value.address)
                else:
                    add_element(pair, "dd", format_cell(value))


def _is_html_count(value: Value) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def _add_html_picture(main: Element, picture: Picture, parts: _PageParts, above: str) -> None:
    section = add_element(main, "section")
    if not isinstance(picture, Timeline):
        _name_html_element(section, f"trend-{picture.id}", parts)
    _add_html_title(section, picture.title, above)
    if isinstance(picture, Timeline):
        region = _add_html_scrolling_region(section, picture.title)
        add_timeline_svg(region, picture, parts.canvas.lights)
        return
    add_trend_svg(add_element(section, "figure"), picture, parts.canvas.lights)
    folded = add_element(section, "details")
    add_element(folded, "summary", _("as a table"))
    table = tabulate_picture_of_scales(thin_trend_on_scale(picture))
    _add_html_table(folded, table, parts)


def _name_html_element(element: Element, name: str, parts: _PageParts) -> str:
    """Give an element an id that nothing else on the page has, and return it."""
    unique, at = name, 1
    while unique in parts.ids:
        at += 1
        unique = f"{name}-{at}"
    parts.ids.add(unique)
    element.set("id", unique)
    return unique


def _add_html_table_section(main: Element, table: Table, parts: _PageParts, above: str) -> None:
    section = add_element(main, "section", **({"class_": "page"} if table.page else {}))
    _add_html_title(section, table.title, above)
    _add_html_facts(section, table.facts)
    if not table.rows:
        add_element(section, "p", _("Nothing to show."))
        return
    _add_html_table(section, table, parts)
    meanings = [column for _at, column in list_page_columns(table) if column.meaning]
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


def _add_html_table(parent: Element, table: Table, parts: _PageParts) -> None:
    page_table = format_page_table(table)
    shown = [cells.column for cells in page_table.columns]
    grid = add_element(
        _add_html_scrolling_region(parent, table.title),
        "table",
        data_filter=_("filter"),
        data_sort=_("sort"),
        data_all=_("all"),
        data_save=_("save as"),
        data_found=_("{shown} of {found} shown."),
    )
    name = _name_html_element(grid, f"{_TABLE}{table.key or len(parts.rows) + 1}", parts)
    markup = build_table_markup(
        page_table, name, parts.canvas, parts.language, parts.ids, parts.histories
    )
    if parts.is_alone or len(table.rows) >= _FEW:
        parts.tables[name.removeprefix(_TABLE)] = page_table
    kinds = ["list"] + ["wide"] * (len(shown) >= WIDE) + ["long"] * (len(table.rows) >= LONG)
    grid.set("class", " ".join(kinds))
    add_element(grid, "caption", table.title, class_="unseen")
    top = add_element(grid, "thead")
    top.tail = INSERT
    head = add_element(top, "tr")
    for column in shown:
        add_element(head, "th", column.title, scope="col", class_=column.kind, data_key=column.key)
    parts.rows.append(markup.rows)
    parts.rules.append(markup.rules)


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
