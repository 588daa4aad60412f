"""The page for the browser: in a real one, and as it is written."""

import base64
import csv
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from html.parser import HTMLParser
from io import StringIO
from itertools import pairwise
from pathlib import Path
from zipfile import ZipFile, is_zipfile

import msgspec
import pytest
from browser import Browser
from drawings import AS_OF, HOSTILE, ITEMS, SPANS, TIMELINE, TREND, exchanged, trend_from
from factories import day, number, up_to
from hostile import TEXTS as HOSTILE_TEXTS
from hypothesis import example, given
from hypothesis import strategies as st
from pages import items_of, outline_page, unpack_data
from places import GOLDEN
from program import tracker_says
from tables import OVERDUE, SHEET, sheet_of, table_of

from tracker.model.records import Indicator
from tracker.model.vocabulary import Status
from tracker.output.cells import Canvas
from tracker.output.charts.small_svg import build_small_trend_svg
from tracker.output.model import (
    Column,
    Histories,
    History,
    HistoryEvent,
    Page,
    Printed,
    ReportedValue,
    RowGroup,
    Sheet,
    Table,
    Trend,
    Value,
)
from tracker.output.rendering import render_content
from tracker.system.text import HIDDEN_CHARACTERS

EXPECTED = GOLDEN / "pictures"
PAGE = Path(sys.modules["tracker.output"].__file__ or "").parent / "formats" / "page"
CHINESE = Canvas(width=None, colour=False, language="zh")

BOTH = Sheet(
    title="台账",
    as_of=AS_OF,
    facts=[("截至", AS_OF), ("指标", 549), ("逾期", 20), ("牵头单位", "市水务局"), ("旗", True)],
    pictures=[TIMELINE, TREND],
    tables=[OVERDUE, Table(title="调整", as_of=AS_OF, columns=OVERDUE.columns[:2], rows=[])],
)
EVIL = Sheet(
    title=HOSTILE,
    as_of=AS_OF,
    facts=[(HOSTILE, HOSTILE)],
    pictures=[TIMELINE],
    tables=[table_of([HOSTILE, *(each[:2000] for each in HOSTILE_TEXTS.values())])],
    errors=[],
)


def page_of(what: Table | Sheet, canvas: Canvas = CHINESE) -> str:
    made = render_content(what, "html", canvas)
    assert isinstance(made, str)
    return made


class Outline(HTMLParser):
    """The elements of a page with their attributes, and the texts in them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, Mapping[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def all(self, tag: str) -> list[Mapping[str, str | None]]:
        return [attributes for each, attributes in self.elements if each == tag]


# As it is written


def test_the_page_is_the_golden_one() -> None:
    made = outline_page(page_of(BOTH))
    path = EXPECTED / "page.html"
    if os.environ.get("TRACKER_GOLDEN") == "write":
        path.write_text(made, "utf-8")
    assert made == path.read_text("utf-8")


def test_the_page_names_nothing_that_could_be_fetched() -> None:
    for page in (page_of(BOTH), page_of(EVIL)):
        outline = Outline(page)
        for tag, attributes in outline.elements:
            if attributes.get("id") == "page-data":
                assert (attributes["href"] or "").startswith("data:application/zip;base64,")
                continue
            assert tag not in {"link", "img", "iframe", "object", "embed", "a", "form", "base"}
            assert not {"src", "href", "style", "srcset", "action", "onerror"} & set(attributes)
        assert "url(" not in page.replace(HOSTILE, "")
        assert "@import" not in page
        policy = outline.all("meta")[1]["content"] or ""
        assert policy.startswith("default-src 'none'; style-src 'sha256-")
        assert "unsafe" not in policy


@pytest.mark.parametrize("text", HOSTILE_TEXTS.values(), ids=list(HOSTILE_TEXTS))
def test_hostile_texts_are_read_as_texts(text: str) -> None:
    page = page_of(sheet_of(text[:2000]))
    harmless = Outline(page_of(sheet_of("x")))
    assert [tag for tag, _a in Outline(page).elements] == [tag for tag, _a in harmless.elements]


def test_headings_tables_and_pictures_are_named_for_those_who_do_not_see() -> None:
    outline = Outline(page_of(BOTH))
    assert outline.all("html") == [{"lang": "zh-CN"}]
    assert all(each.get("scope") in {"col", "row"} for each in outline.all("th"))
    tags = [tag for tag, _attributes in outline.elements]
    assert tags.count("caption") == tags.count("table")
    for (tag, attributes), (after, _a) in pairwise(outline.elements):
        if tag == "svg" and attributes.get("role") == "img":
            assert after == "title" or attributes.get("aria-label")
        elif tag == "svg":
            assert attributes.get("aria-hidden") or set(attributes) >= {"x", "y"}
    # The light is a word everywhere.
    assert {"red", "yellow", "none"} <= {text.strip() for text in outline.texts}


def test_the_page_says_which_language_each_text_is_in() -> None:
    english = page_of(BOTH, Canvas(width=None, colour=False))
    assert '<html lang="en">' in english
    assert '<h1 lang="zh-CN">台账</h1>' in english


def test_counts_are_cards_and_the_day_stands_once() -> None:
    page = page_of(BOTH)
    cards = page.split('<dl class="cards">')[1].split("</dl>")[0]
    assert re.findall(r"<dd>(.*?)</dd>", cards) == ["549", "20"]
    assert '<dt lang="zh-CN">截至</dt>' not in page
    assert "<dd>yes</dd>" in page


def test_what_is_wrong_with_single_records_is_said() -> None:
    assert "bad-one: 时限早于开始日。" in page_of(OVERDUE)
    assert page_of(SHEET).count("Nothing to show.") == 1


def test_lights_have_the_colours_of_the_place() -> None:
    blue = Canvas(width=None, colour=False, lights={"yellow": "blue"})
    assert '<span class="light c-blue">yellow</span>' in page_of(OVERDUE, blue)
    columns = (Column("l", "灯", "light"),)
    odd = Table(title="", as_of=AS_OF, columns=columns, rows=[("purple",), (None,)])
    assert '<span class="light c-none">purple</span>' in page_of(odd)


def test_meanings_are_there_to_unfold() -> None:
    columns = (Column("gap", "差距", "number", meaning="完成率减序时进度"),)
    table = Table(
        title="表", as_of=AS_OF, columns=columns, rows=[(1,)], facts=[("编号", "7")], page=True
    )
    page = page_of(Sheet(title="", as_of=AS_OF, facts=[], tables=[table]))
    assert '<section class="page">' in page
    assert "完成率减序时进度" in page.split("<details>")[1]


def test_a_page_begins_with_what_was_found() -> None:
    sheet = Sheet(
        title="台账", as_of=AS_OF, facts=[], finding=lambda: ["共 5 项承诺：逾期 2 项。", "<b>"]
    )
    page = page_of(sheet)
    head, body = page.split("<body>")
    assert '<meta name="description" content="共 5 项承诺：逾期 2 项。 ' in head
    assert re.findall(r'<p class="finding"[^>]*>(.*?)</p>', body) == [
        "共 5 项承诺：逾期 2 项。",
        "&lt;b&gt;",
    ]


def test_lines_of_time_stand_behind_the_tables() -> None:
    page = page_of(BOTH).split("<main>")[1]
    assert (
        page.index('<div class="trend">')
        < page.index('class="list')
        < page.index('class="timeline"')
    )


@pytest.mark.parametrize(
    ("address", "is_followed"),
    [
        ("https://example.org/a?b=1&c='2", False),
        ("https://example.org/a?b=1&c=2", True),
        ("HTTP://example.org", True),
        ("mailto:a@example.org", True),
        ("../initiatives/pipes.html#pipes.km", True),
        ("#pipes", True),
        ("javascript:alert(1)", False),
        (" JavaScript:alert(1)", False),
        ("java\nscript:alert(1)", False),
        ("data:text/html,x", False),
        ("file:///etc/passwd", False),
        ("//example.org", False),
        ("", False),
        (None, False),
    ],
)
def test_only_an_address_that_is_safe_is_a_link(address: str | None, *, is_followed: bool) -> None:
    columns = (Column("name", "名称", link="url"), Column("url", "网址", brief=False))
    table = Table(title="表", as_of=AS_OF, columns=columns, rows=[("文件", address)])
    facts: list[tuple[str, Value]] = [("依据", Printed("文件", "文件", address))]
    page = page_of(Sheet(title="", as_of=AS_OF, facts=facts, tables=[table]))
    links = [link for link in Outline(page).all("a") if "download" not in link]
    assert [link["href"] for link in links] == [(address or "").strip()] * 2 * is_followed
    assert Outline(page).texts.count("文件") == 2


def test_a_row_is_named_by_its_record_once() -> None:
    columns = (Column("id", "编号", "id"), Column("name", "名称"))
    rows: list[tuple[Value, ...]] = [("pipes.km", "长度"), ("pipes.km", "又"), ("", "无")]
    table = Table(title="表", as_of=AS_OF, columns=columns, rows=rows, key="ledger")
    outline = Outline(page_of(Sheet(title="", as_of=AS_OF, facts=[], tables=[table, table])))
    assert [row.get("id") for row in outline.all("tr")] == [None, "pipes.km", None, None] + [
        None
    ] * 4
    assert [each["id"] for each in outline.all("table")] == ["table-ledger", "table-ledger-2"]
    # The id is in the address of the row; people read the name.
    assert "编号" not in outline.texts


def test_titles_cannot_end_the_style_they_stand_in() -> None:
    columns = (Column("a", "甲"), Column("b", '</style><script>alert(1)</script>"}\\'))
    table = Table(title="表", as_of=AS_OF, columns=columns, rows=[("1", "2")])
    outline = Outline(page_of(table))
    assert len(outline.all("script")) == 1
    assert len(outline.all("style")) == 1


def test_bars_show_the_least_share() -> None:
    columns = (
        Column("done", "完成率", "percent", bar=True, expected="expected"),
        Column("expected", "序时", "percent", brief=False),
    )
    rows: list[tuple[Value, ...]] = [
        (Decimal("0.9"), Decimal(50)),
        (Decimal(0), None),
        (Decimal(130), Decimal(-1)),
        (None, None),
    ]
    page = page_of(Table(title="表", as_of=AS_OF, columns=columns, rows=rows))
    assert re.findall(r'class="(bar[^"]*)"', page) == ["bar s1 e50", "bar s0", "bar s100 e0"]
    assert ".s100{--s:100}" in page


def test_every_page_has_a_line_of_its_own_for_each_span() -> None:
    outline = Outline(page_of(Sheet(title="", as_of=AS_OF, facts=[], pictures=[TIMELINE])))
    spans = [each for each in outline.all("svg") if (each.get("class") or "").startswith("span")]
    assert len(spans) == len(SPANS)


# Histories and data

_ROWS = Table(
    title="表",
    as_of=AS_OF,
    key="list",
    columns=(
        Column("id", "编号", "id"),
        Column("name", "名称"),
        Column("n", "目标", "number"),
        Column("light", "灯", "light"),
        Column("person", "责任人", brief=False),
    ),
    rows=[
        ("page-data", HOSTILE, Printed(Decimal(120), "120公里以上"), "red", None),
        ("pipes.km", "长度", Decimal(-5), "green", "李四"),
        ("bare", "无历史", None, "none", None),
    ],
)
_EVENTS = (
    HistoryEvent(on=None, what="最初承诺", sources=[Printed("报告", "报告", "https://e.org/?a&b")]),
    HistoryEvent(on=AS_OF, what=HOSTILE, sources=[Printed("x", HOSTILE, "javascript:alert(1)")]),
    HistoryEvent(on=AS_OF, what="99公里", is_void=True),
)


def history(record: str, title: str, trend: Trend | None) -> History:
    return History(
        id=record, title=title, light="red", why="逾期 3 天", trend=trend, events=_EVENTS
    )


def sheet_with_histories() -> Sheet:
    bare = trend_from(number(target=None, deadline=None), AS_OF)
    made = [history("page-data", HOSTILE, TREND), history("pipes.km", "长度", bare)]
    histories = Histories({each.id for each in made}, made)
    return Sheet(
        title="台账", as_of=AS_OF, facts=[], tables=[_ROWS], histories=lambda _ids: histories
    )


def test_the_name_of_each_row_leads_to_its_history_and_back() -> None:
    page = page_of(sheet_with_histories())
    outline = Outline(page)
    named = {attributes["id"] for _tag, attributes in outline.elements if attributes.get("id")}
    links = [link["href"] for link in outline.all("a") if "download" not in link]
    assert links == [
        "#history-page-data",
        "#history-pipes.km",
        "#page-data",
        "https://e.org/?a&b",
        "#pipes.km",
        "https://e.org/?a&b",
    ]
    # The link to the data has its name for itself, so this record has none.
    assert {"history-page-data", "history-pipes.km", "pipes.km"} <= named
    assert "<s>99公里</s> (voided)" in page
    assert {"script", "img"} & {tag for tag, _a in outline.elements} == {"script"}
    assert len(outline.all("script")) == 1
    assert "content:" in page.split("</style>")[0].split(".small::after")[1]


_VALUES = st.decimals(
    min_value=Decimal("-1e29"), max_value=Decimal("1e29"), allow_nan=False, places=2
)
_DAYS = st.dates(min_value=date(1, 1, 2), max_value=date(9999, 12, 30))


@given(
    st.lists(st.tuples(_DAYS, _VALUES, st.sampled_from(["final", "estimate"])), max_size=5),
    st.one_of(st.none(), _VALUES),
    _DAYS,
)
@example([], Decimal("-12499999999999999999999999996.00"), date(2000, 1, 1))
def test_a_small_trend_stays_inside_its_picture(
    reports: list[tuple[date, Decimal, Status]], target: Decimal | None, today: date
) -> None:
    readings = [ReportedValue(on=on, value=value, status=s) for on, value, s in sorted(reports)]
    trend = msgspec.structs.replace(
        TREND, readings=readings, target=target, expected=[], as_of=today, deadline=None
    )
    markup = build_small_trend_svg(trend, {})
    number = r"(-?[\d.]+(?:E[+-]?\d+)?)"
    places = re.findall(f"{number} {number}", " ".join(re.findall(r' d="([^"]+)"', markup)))
    (sides,) = re.findall(f'viewBox="0 0 {number} {number}"', markup)
    width, height = map(Decimal, sides)
    assert width > 0
    assert height > 0
    assert all(0 <= Decimal(x) <= width and 0 <= Decimal(y) <= height for x, y in places)
    assert markup.count("h0") == len(readings)


def test_a_page_of_a_site_has_no_histories() -> None:
    sheet = sheet_with_histories()
    sheet.page = Page(site="站点", publisher="", links=[])
    page = page_of(sheet)
    assert 'href="#history-' not in page
    assert "<noscript>" not in page
    # Few rows are not packed either: the site has its data beside.
    assert "application/zip" not in page


def test_the_rows_of_a_page_are_packed_into_it() -> None:
    page = page_of(sheet_with_histories())
    assert page == page_of(sheet_with_histories())
    files = unpack_data(page)
    assert [*files] == ["list.csv", "list.json"]
    assert files["list.csv"].splitlines()[0] == "id,name,n,n_text,light"
    items = items_of(page, "list")
    assert items[0] == {
        "id": "page-data",
        "name": HOSTILE,
        "n": 120,
        "light": "red",
        "person": None,
    }
    assert items[1]["n"] == -5


@pytest.mark.parametrize("text", HOSTILE_TEXTS.values(), ids=list(HOSTILE_TEXTS))
def test_hostile_texts_are_packed_as_texts(text: str) -> None:
    files = unpack_data(page_of(sheet_of(text[:2000])))
    for name, content in files.items():
        rows = list(csv.reader(StringIO(content))) if name.endswith(".csv") else []
        assert not any(cell[:1] in {"=", "+", "@"} for row in rows for cell in row)
        assert not re.search(HIDDEN_CHARACTERS, content.replace("\r\n", "\n"))


# Contrast, from the colours of the page

_VARIABLE = re.compile(r"--([a-z-]+): (#[0-9a-f]{6});")
_STYLE = (PAGE / "page.css").read_text("utf-8")
_LIGHT, _DARK = _STYLE.split("@media screen and (prefers-color-scheme: dark)")[:2]
_WORDS = ("red", "yellow", "green", "blue", "magenta", "cyan", "black", "white", "none")
PAIRS = [(word, f"{word}-back") for word in _WORDS] + [
    (ink, back) for ink in ("ink", "soft", "accent") for back in ("page", "shade")
]


def luminance(colour: str) -> float:
    """As WCAG 2 defines it, from 0 for black to 1 for white."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_measured_as_it_is_defined() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("scheme", [_LIGHT, _DARK.split("}\n}")[0]], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "back"), PAIRS)
def test_every_text_stands_out_from_what_is_behind_it(scheme: str, ink: str, back: str) -> None:
    colours = dict(_VARIABLE.findall(scheme))
    assert contrast(colours[ink], colours[back]) >= 4.5


# In a real browser


def opened(browser: Browser, tmp_path: Path, what: Table | Sheet) -> Browser:
    file = tmp_path / "page.html"
    file.write_text(page_of(what), "utf-8")
    browser.open(file)
    return browser


@pytest.mark.parametrize("what", [BOTH, EVIL], ids=["both", "evil"])
def test_nothing_is_fetched_nothing_complains_nothing_runs(
    browser: Browser, tmp_path: Path, what: Sheet
) -> None:
    opened(browser, tmp_path, what)
    assert browser.evaluate("document.title") == what.title
    assert browser.evaluate("document.querySelectorAll('img, [onerror]').length") == 0
    assert browser.evaluate("document.scripts.length") == 1
    asked = [each["request"]["url"] for each in browser.named("Network.requestWillBeSent")]
    assert asked == [(tmp_path / "page.html").as_uri()]
    complaints = ("Log.entryAdded", "Runtime.exceptionThrown", "Runtime.consoleAPICalled")
    assert browser.named(*complaints) == []


def test_the_policy_lets_nothing_else_run(browser: Browser, tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    added = "<script>document.title = 'pwned'</script><img src='https://example.invalid/x'>"
    file.write_text(page_of(BOTH).replace("<main>", f"<main>{added}"), "utf-8")
    browser.open(file)
    assert browser.evaluate("document.title") == "台账"
    refused = [each["entry"]["text"] for each in browser.named("Log.entryAdded")]
    assert sum("Content Security Policy" in each for each in refused) == 2
    failed = browser.named("Network.loadingFailed")
    assert [each.get("blockedReason") for each in failed] == ["csp"]


_LIST = Table(
    title="表",
    as_of=AS_OF,
    columns=(Column("id", "编号", "id"), Column("n", "数", "number"), Column("l", "灯", "light")),
    rows=[
        (f"id-{number}", value, light)
        for number, (value, light) in enumerate(
            [(9, "green"), (10, "red"), (None, "none"), (-1, "yellow"), (2, "red")] * 2
        )
    ],
)
_SHOWN = (
    "[...document.querySelectorAll('tbody tr')]"
    ".filter(row => !row.hidden).map(row => row.cells[{}].innerText)"
)


def test_a_table_is_sorted_and_filtered_where_scripts_are_on(
    browser: Browser, tmp_path: Path
) -> None:
    opened(browser, tmp_path, _LIST)
    by_number = "document.querySelectorAll('thead button')[1].click();" + _SHOWN.format(1)
    up = ["-1", "-1", "2", "2", "9", "9", "10", "10", "", ""]
    assert browser.evaluate(by_number) == up
    assert browser.evaluate(by_number) == [*reversed(up[:8]), "", ""]
    assert browser.evaluate("document.querySelector('[aria-sort]').getAttribute('aria-sort')") == (
        "descending"
    )
    by_light = "document.querySelectorAll('thead th')[2].click();" + _SHOWN.format(2)
    assert browser.evaluate(by_light)[:5] == ["red"] * 4 + ["yellow"]
    type_in = "const i = document.querySelector('input'); i.value = 'RED id-1';"
    browser.evaluate(type_in + "i.dispatchEvent(new Event('input'))")
    assert browser.evaluate(_SHOWN.format(0)) == ["id-1"]
    assert browser.evaluate("document.querySelector('output').value") == "1 of 10 shown."


_GROUPS = msgspec.structs.replace(
    _LIST,
    columns=(Column("row", "序号", "days"), *_LIST.columns[1:]),
    rows=[(at, *row[1:]) for at, row in enumerate(_LIST.rows)],
    groups=[RowGroup(title="水务局<b>", rows=4), RowGroup(title="", rows=6)],
)
_TITLES = (
    "[...document.querySelectorAll('tr.group')]"
    ".filter(row => row.offsetHeight).map(row => row.textContent.trim())"
)


def test_each_group_of_rows_has_its_title_and_its_count() -> None:
    page = page_of(_GROUPS, Canvas(width=None, colour=False))
    bodies = page.split("<tbody>")[1:]
    assert [body.count('<th scope="row">') for body in bodies] == [4, 6]
    heads = [body.split("</tr>")[0] for body in bodies]
    start = '<tr class="group"><th scope="rowgroup" colspan="3"'
    assert heads == [
        f'{start} lang="zh-CN">水务局&lt;b&gt; (4)</th>',
        f"{start}> (6)</th>",
    ]


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("times", [1, 10], ids=["short", "long"])
def test_rows_are_sorted_and_filtered_in_their_groups(
    browser: Browser, tmp_path: Path, width: int, times: int
) -> None:
    size = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 600}
    browser.ask("Emulation.setDeviceMetricsOverride", **size)
    groups = [RowGroup(title=each.title, rows=each.rows * times) for each in _GROUPS.groups]
    table = msgspec.structs.replace(_GROUPS, rows=_GROUPS.rows * times, groups=groups)
    if times > 1:
        table.rows.sort(key=lambda row: int(str(row[0])) > 3)
    opened(browser, tmp_path, table)
    values = (
        "[...document.querySelectorAll('tbody')].map(body =>"
        " [...new Set([...body.rows].slice(1).filter(row => !row.hidden)"
        ".map(row => row.cells[1].textContent))])"
    )
    titles = [f"水务局<b> ({4 * times})", f"({6 * times})"]
    assert browser.evaluate(_TITLES) == titles
    sort = "document.querySelectorAll('thead th')[1].click();"
    assert browser.evaluate(sort + values) == [["-1", "9", "10", ""], ["-1", "2", "9", "10", ""]]
    choose = "const s = document.querySelector('.filter select'); s.value = '{}';"
    choose += "s.dispatchEvent(new Event('change'));"
    assert browser.evaluate(f"{{{choose.format('none')}}}" + values) == [[""], [""]]
    assert browser.evaluate(f"{{{choose.format('')}}}" + _TITLES) == titles
    type_in = "const i = document.querySelector('input'); i.value = '2 red';"
    browser.evaluate(type_in + "i.dispatchEvent(new Event('input'))")
    assert browser.evaluate(_TITLES) == titles[1:]
    assert browser.evaluate("document.querySelector('output').value") == (
        f"{2 * times} of {10 * times} shown."
    )
    assert browser.evaluate("document.documentElement.scrollWidth") <= width
    aligned = "getComputedStyle(document.querySelectorAll('tr.group > th')[1]).textAlign"
    assert browser.evaluate(aligned) == "left"


def test_on_paper_the_title_of_a_group_stays_with_its_first_row(
    browser: Browser, tmp_path: Path
) -> None:
    if shutil.which("pdftotext") is None:
        pytest.skip("there is no pdftotext")
    groups = [RowGroup(title=f"甲{at}", rows=3) for at in range(60)]
    rows = [_GROUPS.rows[at % 3] for at in range(180)]
    opened(browser, tmp_path, msgspec.structs.replace(_GROUPS, rows=rows, groups=groups))
    printed = browser.ask("Page.printToPDF", preferCSSPageSize=True)["data"]
    told = ["pdftotext", "-layout", "-", "-"]
    pdf = base64.b64decode(printed)
    text = subprocess.run(told, input=pdf, capture_output=True, check=True).stdout.decode()
    pages = text.split("\f")[:-1]
    assert len(pages) > 2
    assert text.count("(3)") == 60
    assert not any("(3)" in page.rstrip().rsplit("\n", 1)[-1] for page in pages)


def test_filters_and_order_are_kept_in_the_address(browser: Browser, tmp_path: Path) -> None:
    opened(browser, tmp_path, _LIST)
    choose = "const s = document.querySelector('.filter select'); s.value = 'red';"
    browser.evaluate(choose + "s.dispatchEvent(new Event('change'))")
    browser.evaluate("document.querySelectorAll('thead th')[1].click()")
    browser.evaluate("document.querySelectorAll('thead th')[1].click()")
    assert browser.evaluate(_SHOWN.format(0)) == ["id-1", "id-6", "id-4", "id-9"]
    address = browser.evaluate("location.href")
    assert address.endswith("?table-1.l=red&table-1.sort=-n")
    browser.open_address("about:blank")
    browser.open_address(address + "#id-4")
    assert browser.evaluate(_SHOWN.format(0)) == ["id-1", "id-6", "id-4", "id-9"]
    assert browser.evaluate("document.querySelector(':target').id") == "id-4"


def test_the_rows_that_are_shown_are_saved_as_csv_and_json(
    browser: Browser, tmp_path: Path
) -> None:
    columns = (
        Column("id", "编号", "id"),
        Column("name", "名称"),
        Column("n", "目标", "number"),
        Column("light", "灯", "light"),
    )
    rows: list[tuple[Value, ...]] = [
        (f"id-{at}", f'=cmd "{at}",', Printed(Decimal(120), "120 公里以上"), "red")
        for at in range(9)
    ]
    table = Table(
        title="表", as_of=AS_OF, columns=columns, rows=[*rows, ("id-9", "", None, "green")]
    )
    opened(browser, tmp_path, table)
    browser.evaluate(
        "let keep; URL.createObjectURL = blob => { keep(blob.text()); return '#' };"
        "const i = document.querySelector('input'); i.value = '8';"
        "i.dispatchEvent(new Event('input'))"
    )
    click = "document.querySelectorAll('.filter button')[{}].click()"
    read = f"new Promise(done => {{{{ keep = done; {click} }}}})"
    csv_text = browser.evaluate(read.format(0))
    assert csv_text == ('id,name,n,n_text,light\r\nid-8,"\'=cmd ""8"",",120,120 公里以上,red\r\n')
    items = json.loads(browser.evaluate(read.format(1)))["items"]
    assert items == [{"id": "id-8", "name": '=cmd "8",', "n": 120, "light": "red"}]


def test_the_data_can_be_had_without_scripts(browser: Browser, tmp_path: Path) -> None:
    browser.ask("Emulation.setScriptExecutionDisabled", value=True)
    try:
        opened(browser, tmp_path, sheet_with_histories())
        folder = tmp_path / "saved"
        browser.ask("Page.setDownloadBehavior", behavior="allow", downloadPath=str(folder))
        click = "document.getElementById('page-data').click()"
        browser.ask("Runtime.evaluate", expression=click, userGesture=True)
        wait_until(lambda: any(is_zipfile(file) for file in folder.glob("*")))
    finally:
        browser.ask("Emulation.setScriptExecutionDisabled", value=False)
    (file,) = folder.iterdir()
    with ZipFile(file) as archive:
        assert archive.namelist() == ["list.csv", "list.json"]


def test_a_history_is_beside_the_rows_until_it_is_closed(browser: Browser, tmp_path: Path) -> None:
    shown = "[...document.querySelectorAll('.history')].filter(e => e.offsetHeight).map(e => e.id)"
    opened(browser, tmp_path, sheet_with_histories())
    assert browser.evaluate(shown) == []
    browser.evaluate("document.querySelector('a[href=\"#history-pipes.km\"]').click()")
    wait_until(lambda: browser.evaluate(shown) == ["history-pipes.km"])
    browser.evaluate("dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape' }))")
    wait_until(lambda: browser.evaluate(shown) == [])
    assert browser.evaluate("location.hash") == "#pipes.km"
    browser.ask("Emulation.setScriptExecutionDisabled", value=True)
    try:
        browser.open_address("about:blank")
        browser.open_address((tmp_path / "page.html").as_uri() + "#history-page-data")
        assert browser.evaluate(shown) == ["history-page-data"]
    finally:
        browser.ask("Emulation.setScriptExecutionDisabled", value=False)


def test_a_history_is_read_by_keyboard_alone(browser: Browser, tmp_path: Path) -> None:
    opened(browser, tmp_path, sheet_with_histories())
    wanted = "document.activeElement.getAttribute('href') === '#history-pipes.km'"
    for _turn in range(30):
        press(browser, "Tab", 9)
        if browser.evaluate(wanted):
            break
    press(browser, "Enter", 13, "\r")
    wait_until(lambda: browser.evaluate("document.querySelector('.history')?.id") is not None)
    assert browser.evaluate("document.querySelector('.history').id") == "history-pipes.km"
    press(browser, "Tab", 9)
    assert browser.evaluate("document.activeElement.getAttribute('href')") == "#pipes.km"
    press(browser, "Enter", 13, "\r")
    assert browser.evaluate("document.querySelector(':target').id") == "pipes.km"


def press(browser: Browser, key: str, code: int, text: str = "") -> None:
    for kind in ("keyDown", "keyUp"):
        more = {"text": text} if text and kind == "keyDown" else {}
        browser.ask(
            "Input.dispatchKeyEvent", type=kind, key=key, windowsVirtualKeyCode=code, **more
        )


def test_the_card_of_a_numbered_row_begins_with_its_name(browser: Browser, tmp_path: Path) -> None:
    columns = (Column("row", "序号", "days"), Column("matter", "事项"), Column("lead", "牵头"))
    rows: list[tuple[Value, ...]] = [(at, "管网", "水务局") for at in range(3)]
    size = {"width": 360, "height": 800, "deviceScaleFactor": 1, "mobile": True}
    browser.ask("Emulation.setDeviceMetricsOverride", **size)
    opened(browser, tmp_path, Table(title="表", as_of=AS_OF, columns=columns, rows=rows))
    label = "getComputedStyle(document.querySelectorAll('tbody td')[{}], '::before').content"
    assert browser.evaluate(label.format(0)) == "none"
    assert browser.evaluate(label.format(1)) == '"牵头"'
    browser.ask("Emulation.clearDeviceMetricsOverride")


def wait_until(condition: Callable[[], bool]) -> None:
    """Wait for what the browser does a moment later."""
    for _turn in range(200):
        if condition():
            return
        time.sleep(0.01)
    pytest.fail("it never happened")


def test_a_long_table_is_read_on_every_width(browser: Browser, tmp_path: Path) -> None:
    long = Table(title="表", as_of=AS_OF, columns=_LIST.columns, rows=_LIST.rows * 100)
    for width in (390, 1280):
        size = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 600}
        browser.ask("Emulation.setDeviceMetricsOverride", **size)
        opened(browser, tmp_path, long)
        assert browser.evaluate("document.documentElement.scrollWidth") <= width
        label = "getComputedStyle(document.querySelector('tbody td'), '::before').content"
        assert browser.evaluate(label) == ('"数"' if width < 600 else "none")
        browser.evaluate("document.querySelectorAll('thead th')[1].click()")
        assert browser.evaluate("document.querySelector('tbody tr').cells[1].textContent") == "-1"


def test_without_scripts_all_is_there(browser: Browser, tmp_path: Path) -> None:
    browser.ask("Emulation.setScriptExecutionDisabled", value=True)
    try:
        opened(browser, tmp_path, _LIST)
        assert browser.evaluate("document.querySelectorAll('tbody tr').length") == 10
        assert browser.evaluate("document.querySelectorAll('button, input').length") == 0
    finally:
        browser.ask("Emulation.setScriptExecutionDisabled", value=False)


@pytest.mark.parametrize("width", [360, 820, 1280])
def test_only_tables_scroll_sideways(browser: Browser, tmp_path: Path, width: int) -> None:
    browser.ask(
        "Emulation.setDeviceMetricsOverride",
        width=width,
        height=800,
        deviceScaleFactor=1,
        mobile=True,
    )
    for what in (BOTH, EVIL):
        opened(browser, tmp_path, what)
        assert browser.evaluate("innerWidth") == width
        assert browser.evaluate("document.documentElement.scrollWidth") <= width
        drawn = "document.querySelector('svg.span').getBoundingClientRect().width"
        assert browser.evaluate(drawn) >= 150


@pytest.mark.parametrize("width", [360, 1280])
def test_headings_and_labels_are_not_torn(browser: Browser, tmp_path: Path, width: int) -> None:
    size = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": True}
    browser.ask("Emulation.setDeviceMetricsOverride", **size)
    keys = [f"k{at}" for at in range(14)]
    columns = tuple(
        Column(key, "首次承诺时限", "text" if at else "id") for at, key in enumerate(keys)
    )
    row = tuple("一段相当长的说明文字，需要换行" for _key in keys)
    crowded = Table(title="台账", as_of=AS_OF, columns=columns, rows=[row] * 10)
    file = tmp_path / "page.html"
    canvas = Canvas(width=None, colour=False, language="zh")
    page = str(render_content(crowded, "html", canvas)).replace(
        'data-filter="filter"', 'data-filter="筛选"'
    )
    file.write_text(page, "utf-8")
    browser.open(file)
    lines = (
        "(() => {{ const range = document.createRange(); range.selectNodeContents({}.firstChild);"
        " return range.getClientRects().length }})()"
    )
    for at in range(14):
        assert browser.evaluate(lines.format(f"document.querySelectorAll('thead th')[{at}]")) == 1
    assert browser.evaluate(lines.format("document.querySelector('.filter label')")) == 1
    assert browser.evaluate("document.documentElement.scrollWidth") <= width


def test_the_page_is_dark_where_that_is_wished(browser: Browser, tmp_path: Path) -> None:
    colours = []
    for scheme in ("light", "dark"):
        feature = {"name": "prefers-color-scheme", "value": scheme}
        browser.ask("Emulation.setEmulatedMedia", features=[feature])
        opened(browser, tmp_path, BOTH)
        colours.append(browser.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert colours == ["rgb(255, 255, 255)", "rgb(20, 23, 28)"]


def test_the_page_prints_on_a4_with_the_head_on_every_page(
    browser: Browser, tmp_path: Path
) -> None:
    long = Table(title="表", as_of=AS_OF, columns=_LIST.columns, rows=_LIST.rows * 12)
    for what, size in ((long, "594.95996 841.91998"), (BOTH, "841.91998 594.95996")):
        opened(browser, tmp_path, what)
        printed = browser.ask("Page.printToPDF", preferCSSPageSize=True)["data"]
        pdf = base64.b64decode(printed)
        sizes = set(re.findall(rb"/MediaBox \[0 0 ([0-9. ]+)\]", pdf))
        assert sizes == {size.encode()}
        if what is long and shutil.which("pdftotext"):
            told = ["pdftotext", "-layout", "-", "-"]
            text = subprocess.run(told, input=pdf, capture_output=True, check=True).stdout.decode()
            pages = text.split("\f")[:-1]
            assert len(pages) > 2
            assert all("编号" in page for page in pages)


# From the ledger


def test_the_commands_write_pages(env: Mapping[str, str], tmp_path: Path) -> None:
    def said(*words: str) -> str:
        done = tracker_says(env, *words)
        assert done.returncode == 0
        return done.stdout

    file = tmp_path / "items.json"
    file.write_bytes(exchanged(ITEMS))
    said("init", "--from", str(file))
    day = ("--as-of", "2026-11-21")
    shown = said("show", "pipes", *day, "-o", "html")
    assert shown.count('<div class="trend">') == 2
    assert 'class="bar s' in said("status", *day, "-o", "html")
    said("report", "brief", *day, "-O", str(tmp_path / "brief.html"))
    brief = (tmp_path / "brief.html").read_text("utf-8")
    assert 'class="timeline"' in brief
    assert "pwned" in brief
    assert "<script>document" not in brief
    assert said("timeline", "--lead", "水务", *day, "-o", "html").count('<svg class="span') == 3


# Of single pictures


def trend_page(indicator: Indicator) -> Outline:
    trend = trend_from(indicator, day("2026-07-01"))
    return Outline(
        page_of(
            Sheet(title="", as_of=AS_OF, facts=[], pictures=[trend]),
            Canvas(width=None, colour=False),
        )
    )


def test_a_figure_that_nothing_was_promised_of_is_drawn_alone() -> None:
    page = trend_page(number(up_to("2026-05-31", 1100), unit="件", target=None, deadline=None))
    classes = [names.get("class") for _tag, names in page.elements]
    assert classes.count("point final") == 2  # the point, and its word in the key
    assert not {"target", "expected", "mark deadline"} & set(classes)
    assert "1 report, of 2026-05-31: 1100 件" in page.texts
    assert not any(each.startswith("target") for each in page.texts)


def test_a_figure_that_nobody_has_reported_shows_what_is_expected_of_it() -> None:
    page = trend_page(number())
    classes = [names.get("class") for _tag, names in page.elements]
    assert not any(each.startswith("point") for each in classes if each is not None)
    assert {"target", "expected", "mark deadline"} <= set(classes)
    assert "never reported" in page.texts
    assert any(each.startswith("expected by 2026-07-01: ") for each in page.texts)


def test_a_day_outside_the_plan_expects_nothing() -> None:
    page = trend_page(number(start=day("2026-08-01")))
    assert not any(each.startswith("expected by") for each in page.texts)
