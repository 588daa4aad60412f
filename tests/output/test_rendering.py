"""The renderers: what they show, and that no text gets the better of them.

``TRACKER_GOLDEN=write pytest tests/output`` writes the golden files anew;
read the difference before committing it.
"""

import csv
import json
import os
import re
import subprocess
import sys
import time
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import msgspec
import openpyxl
import pytest
from hostile import FAMILY, RAW, TEXTS
from hypothesis import given
from hypothesis import strategies as st
from places import GOLDEN
from tables import ANYTHING, AS_OF, MARKS, OVERDUE, PIPE, SHEET, render, sheet_of, table_of

from tracker.errors import InvalidInput
from tracker.output import rendering
from tracker.output.arrangement import arrange_columns, arrange_rows
from tracker.output.cells import Canvas, format_cell, guard_formula
from tracker.output.formats.xlsx import render_xlsx
from tracker.output.model import Column, ColumnKind, Printed, Sheet, Table, Value
from tracker.output.rendering import FORMATS, is_rendered_as_bytes, is_rendered_as_calendar
from tracker.system.text import (
    escape_hidden_text,
    make_text_visible,
    measure_text_width,
    use_wide_signs,
)

FOLDED = 2_000
"""Characters of a text that is folded; how it is folded does not depend on how long it is."""

EXPECTED = GOLDEN / "reports"
WRITTEN = tuple(
    each for each in FORMATS if not is_rendered_as_bytes(each) and not is_rendered_as_calendar(each)
)


def read_csv(text: str) -> list[list[str]]:
    return list(csv.reader(StringIO(text, newline="")))


# What is shown


@pytest.mark.parametrize(
    ("name", "what", "output", "width"),
    [
        ("table-60.txt", OVERDUE, "table", 60),
        ("table-80.txt", OVERDUE, "table", 80),
        ("table-200.txt", OVERDUE, "table", 200),
        ("table-plain.txt", OVERDUE, "table", None),
        ("table.md", OVERDUE, "md", None),
        ("table.csv", OVERDUE, "csv", None),
        ("table.tsv", OVERDUE, "tsv", None),
        ("table.json", OVERDUE, "json", None),
        ("table.jsonl", OVERDUE, "jsonl", None),
        ("sheet-60.txt", SHEET, "table", 60),
        ("sheet-80.txt", SHEET, "table", 80),
        ("sheet-plain.txt", SHEET, "table", None),
        ("sheet.md", SHEET, "md", None),
        ("sheet.csv", SHEET, "csv", None),
        ("sheet.tsv", SHEET, "tsv", None),
        ("sheet.json", SHEET, "json", None),
    ],
)
def test_output_is_the_golden_one(
    name: str, what: Table | Sheet, output: str, width: int | None
) -> None:
    made = render(what, output, Canvas(width=width, colour=False)).encode()
    path = EXPECTED / name
    if os.environ.get("TRACKER_GOLDEN") == "write":
        path.write_bytes(made)
    assert made == path.read_bytes()


@pytest.mark.parametrize("width", range(20, 220, 7))
@pytest.mark.parametrize("what", [OVERDUE, SHEET])
def test_days_ids_and_numbers_are_whole_in_a_terminal(what: Table | Sheet, width: int) -> None:
    drawn = render(what, "table", Canvas(width=width, colour=False))
    words = drawn.split()
    assert max(map(measure_text_width, drawn.split("\n"))) <= width
    # A column is there as a whole, or said to be left out.
    is_cut = width >= 60 and "No room here for:" in drawn
    assert is_cut or "2023-12-31" in words or width < 30
    # An id is whole, or in its parts.
    assert {"rural-pipes.share", "pipes.share", "share"} & set(words) or width < 40
    assert is_cut or {"73.1%", "-1.5", "75"} <= set(words)


def test_colour_comes_only_with_the_word() -> None:
    coloured = render(OVERDUE, "table", Canvas(width=200, colour=True))
    assert "\x1b[31mred" in coloured
    assert "\x1b[33myellow" in coloured
    assert "\x1b[1m逾期指标" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured).split() == (
        render(OVERDUE, "table", Canvas(width=200, colour=False)).split()
    )


def test_the_environment_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    canvas = Canvas(width=80, colour=True)
    before = render(SHEET, "table", canvas)
    for name, value in {"NO_COLOR": "1", "COLUMNS": "40", "TERM": "dumb"}.items():
        monkeypatch.setenv(name, value)
    assert render(SHEET, "table", canvas) == before


def test_titles_of_narrow_columns_fold_before_the_table_is_given_up() -> None:
    columns = (Column("id", "编号", "id"), Column("days", "逾期工作日数", "days"))
    table = Table(title="", as_of=AS_OF, columns=columns, rows=[("i" * 20, 5)])
    drawn = render(table, "table", Canvas(width=30, colour=False))
    assert drawn.split("─")[0].split() == ["逾期工作", "编号", "日数"]
    assert drawn.splitlines()[-1].split() == ["i" * 20, "5"]
    assert render(table, "table", Canvas(width=23, colour=False)).startswith("\n编号")


@pytest.mark.parametrize("width", range(24, 60))
def test_no_word_of_a_title_is_broken(width: int) -> None:
    titles = ("id", "reports owed", "last report", "indicators found")
    kinds: tuple[ColumnKind, ...] = ("id", "days", "day", "text")
    columns = tuple(Column(t, t, kind) for t, kind in zip(titles, kinds, strict=True))
    rows: list[tuple[Value, ...]] = [("digital-society.create", 71, AS_OF, "创建")]
    table = Table(title="", as_of=AS_OF, columns=columns, rows=rows)
    head = str(render(table, "table", Canvas(width=width, colour=False))).split("─")[0]
    words = {"id", "reports", "owed", "last", "report", "indicators", "found"}
    assert words <= set(head.split())


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("累计（2021—2023年）", 10, ["累计（2021", "—2023年）"]),
        ("含“三供一业”、移交", 10, ["含“三供一", "业”、移交"]),
        ("PM2.5 年均浓度", 10, ["PM2.5 年均", "浓度"]),
        ("新建 12.5 千米", 10, ["新建 12.5", "千米"]),
        ("  退后两格的标题", 10, ["  退后两格", "的标题"]),
        ("abcdefghijklmnop", 10, ["abcdefghij", "klmnop"]),
        ("村" + FAMILY * 6, 12, ["村" + FAMILY * 5, FAMILY]),
    ],
)
def test_texts_fold_as_chinese_is_set(text: str, width: int, lines: list[str]) -> None:
    note = Sheet(title="", as_of=AS_OF, facts=[("a" * 8, text), ("b", f"一\n{text}")])
    drawn = render(note, "table", Canvas(width=width + 10, colour=False)).splitlines()
    assert [line[10:] for line in drawn[1:]] == [*lines, "一", *lines]


def test_ids_fold_between_their_parts_before_the_table_is_given_up() -> None:
    columns = (Column("id", "id", "id"), Column("name", "name"), Column("n", "n", "number"))
    rows: list[tuple[Value, ...]] = [("digital-society.create", "创建示范城市" * 2, 5)]
    table = Table(title="", as_of=AS_OF, columns=columns, rows=rows)
    drawn = render(table, "table", Canvas(width=33, colour=False)).splitlines()
    assert [line.split() for line in drawn[2:]] == [
        ["digital-society.", "创建示范城市", "5"],
        ["create", "创建示范城市"],
    ]
    assert "digital-society.create" in render(table, "table", Canvas(width=50, colour=False))
    assert render(table, "table", Canvas(width=27, colour=False)).split()[0] == "id"
    assert "─" not in render(table, "table", Canvas(width=27, colour=False))


def test_words_of_the_program_are_no_formulas() -> None:
    columns = (Column("op", "op", "word"), Column("t", "t"))
    table = Table(title="", as_of=AS_OF, columns=columns, rows=[("=", "="), (">=", ">=")])
    assert render(table, "csv", PIPE) == "op,t\n=,'=\n>=,>=\n"
    assert render(table, "tsv", PIPE) == "op\tt\n=\t'=\n>=\t>=\n"


def test_an_empty_table_says_so_on_a_terminal() -> None:
    empty = Table(title="逾期", as_of=AS_OF, columns=OVERDUE.columns, rows=[])
    assert render(empty, "table", Canvas(width=80, colour=False)) == "逾期\nNothing to show.\n"
    assert render(empty, "table", PIPE).split() == [c.title for c in empty.columns if c.brief]
    assert render(empty, "csv", PIPE) == ",".join(c.key for c in empty.columns) + "\n"
    assert json.loads(render(empty, "json", PIPE))["items"] == []
    assert render(empty, "ids", PIPE) == render(empty, "jsonl", PIPE) == ""


def test_a_sheet_without_facts_or_item() -> None:
    sheet = Sheet(title="标题", as_of=AS_OF, facts=[], tables=[table_of(["字"])])
    assert render(sheet, "csv", PIPE) == "id,text,n\nid-0,字,0\n"
    assert render(sheet, "md", PIPE).startswith("# 标题\n\n## 表\n\n| 编号 |")
    assert render(sheet, "table", PIPE).startswith("标题\n\n表\n编号")
    assert render(sheet, "table", Canvas(width=80, colour=False)).startswith("标题\n\n表\n编号")
    assert render(sheet, "ids", PIPE) == "id-0\n"
    assert json.loads(render(sheet, "json", PIPE))["items"] == []


def test_what_takes_long_to_fold_is_plain_on_a_terminal_too() -> None:
    wide = Canvas(width=60, colour=True)
    assert "\x1b" in render(table_of(["字"] * 1001), "table", wide)
    for long in (table_of(["字"] * 15_001), table_of(["字" * 200_001])):
        assert render(long, "table", wide) == render(long, "table", PIPE)
    many = table_of(["字"] * 15_001)
    sheet = Sheet(title="", as_of=AS_OF, facts=[("备注", "字")], tables=[many])
    assert render(sheet, "table", wide) == render(sheet, "table", PIPE)


def without_colour(drawn: str | bytes) -> list[str]:
    plain = re.sub(r"\x1b\[[0-9;]*m", "", str(drawn))
    return [line.rstrip() for line in plain.splitlines()]


@pytest.mark.parametrize("width", [20, 61, 120])
@pytest.mark.parametrize("is_wide", [False, True])
@pytest.mark.parametrize("colour", [False, True])
def test_a_long_list_is_set_as_a_short_one(width: int, is_wide: bool, colour: bool) -> None:  # noqa: FBT001
    canvas = Canvas(width=width, colour=colour)
    use_wide_signs(is_wide=is_wide)
    try:
        for short in (OVERDUE, SHEET.tables[0]):
            times = 1000 // len(short.rows) + 1
            long = msgspec.structs.replace(short, rows=short.rows * times)
            begun = without_colour(render(short, "table", canvas))
            drawn = without_colour(render(long, "table", canvas))
            of_table = [line for line in begun if "No room" not in line]
            rows = len(of_table) - 2 * (len(of_table) < len(begun))
            assert drawn[:rows] == begun[:rows]
            assert max(map(measure_text_width, drawn)) <= width
    finally:
        use_wide_signs(is_wide=False)


def test_a_very_long_cell_does_not_pad_the_others() -> None:
    plain = render(table_of(["短", "长" * 5000]), "table", PIPE)
    assert len(plain.splitlines()[1]) < 50
    assert "长" * 5000 + "   1\n" in plain


def test_ids_are_of_the_first_column_of_ids() -> None:
    columns = (Column("n", "数", "number"), Column("a", "甲", "id"), Column("b", "乙", "id"))
    rows: list[tuple[Value, ...]] = [(1, "x", "y"), (2, None, "z")]
    assert render(Table(title="", as_of=AS_OF, columns=columns, rows=rows), "ids", PIPE) == "x\n"
    assert render(SHEET, "ids", PIPE) == "rural-pipes\n"
    nothing = Table(title="", as_of=AS_OF, columns=columns[:1], rows=[(1,)])
    assert render(nothing, "ids", PIPE) == ""


def test_json_holds_every_column_and_every_field() -> None:
    made = json.loads(render(OVERDUE, "json", PIPE), parse_float=Decimal)
    assert list(made) == ["schema", "as_of", "items", "errors"]
    assert made["schema"] == 1
    assert made["as_of"] == "2024-03-15"
    assert made["errors"] == [{"record": "bad-one", "sentence": "时限早于开始日。"}]
    assert [list(item) for item in made["items"]] == [[c.key for c in OVERDUE.columns]] * 4
    assert made["items"][0]["value"] == Decimal("62.1")
    assert made["items"][2]["target"] == -5
    assert "农村" in render(OVERDUE, "json", PIPE)
    (item,) = json.loads(render(SHEET, "json", PIPE))["items"]
    assert item["indicators"][0]["updates"] == []
    assert item["parent"] is None


def test_records_inside_plain_data_are_full_too() -> None:
    class Count(msgspec.Struct, omit_defaults=True):
        red: int = 0

    item = {
        "by_lead": [{"count": Count()}, (Count(red=2),)],
        "when": datetime(2024, 1, 2, tzinfo=UTC),
    }
    sheet = Sheet(title="", as_of=AS_OF, facts=[], items=[item])
    assert json.loads(render(sheet, "jsonl", PIPE)) == {
        "by_lead": [{"count": {"red": 0}}, [{"red": 2}]],
        "when": "2024-01-02T00:00:00Z",
    }


@pytest.mark.parametrize(
    ("value", "kind", "shown"),
    [
        (None, "percent", ""),
        (Decimal("44.4"), "percent", "44.4%"),
        (Decimal("-0.01"), "percent", "0.0%"),
        (5, "percent", "5.0%"),
        ("约三成", "percent", "约三成"),
        (Decimal("1E+3"), "number", "1000"),
        (Decimal("62.10"), "number", "62.10"),
        (12, "days", "12"),
        (True, "flag", "yes"),
        (False, "flag", "no"),
        (["市水务局", "市财政局"], "list", "市水务局、市财政局"),
        (date(2024, 3, 1), "day", "2024-03-01"),
        (datetime(2024, 3, 1, 8, 5, 6, 7, tzinfo=UTC), "text", "2024-03-01 08:05"),
        ("green", "light", "green"),
    ],
)
def test_cells_read_as_people_write(value: Value, kind: ColumnKind, shown: str) -> None:
    assert format_cell(value, kind) == shown


def test_words_are_translated_for_people_only(monkeypatch: pytest.MonkeyPatch) -> None:
    words = {"red": "红", "yes": "是", "Nothing to show.": "没有可显示的内容。"}
    for name in ("tracker.output.cells._", "tracker.output.formats.terminal._"):
        monkeypatch.setattr(name, lambda sentence: words.get(sentence, sentence))
    columns = (Column("l", "灯", "light"), Column("f", "旗", "flag"), Column("t", "字"))
    table = Table(title="", as_of=AS_OF, columns=columns, rows=[("red", True, "red")])
    assert render(table, "table", PIPE).split() == ["灯", "旗", "字", "红", "是", "red"]
    assert "\x1b[31m红" in render(table, "table", Canvas(width=60, colour=True))
    assert render(table, "csv", PIPE) == "l,f,t\nred,true,red\n"
    table.rows.clear()
    assert render(table, "table", Canvas(width=60, colour=False)) == "没有可显示的内容。\n"


def test_csv_for_excel_is_csv_behind_a_byte_order_mark() -> None:
    assert render(SHEET, "csv-excel", PIPE) == "\ufeff" + str(render(SHEET, "csv", PIPE))
    assert rendering.render_content_for_file(
        OVERDUE, "csv-excel", PIPE
    ) == rendering.render_content_for_file(OVERDUE, "csv", PIPE)
    assert rendering.render_content_for_file(OVERDUE, "csv", PIPE).startswith(b"\xef\xbb\xbfid,")


# Which renderers there are


def test_a_format_is_a_file() -> None:
    found = (Path(rendering.__file__).parent / "formats").glob("[a-z]*.py")
    files = {path.stem.replace("_", "-") for path in found}
    assert set(FORMATS) == files - {"terminal", "plain"} | {"table"}
    assert {"table", "json", "jsonl", "csv", "tsv", "md", "ids"} <= set(FORMATS)


@pytest.mark.parametrize("name", ["text", "plain", "", "__init__", "..json", "\x1b[2J"])
def test_an_unknown_format_is_refused_with_the_names_of_the_others(name: str) -> None:
    with pytest.raises(InvalidInput, match=r"table, csv, .*json, jsonl, md, ") as refusal:
        render(OVERDUE, name, PIPE)
    assert not RAW.search(refusal.value.sentence)


def test_rich_is_only_for_terminals() -> None:
    program = """
import sys
from datetime import date
from tracker.output.cells import Canvas
from tracker.output.model import Column, Table
from tracker.output.rendering import FORMATS, is_rendered_as_calendar, render_content
table = Table(title="x", as_of=date(2024, 1, 1), columns=(Column("id", "x", "id"),), rows=[("a",)])
for name in FORMATS:
    if not is_rendered_as_calendar(name):
        render_content(table, name, Canvas(None, colour=False))
    assert "csv" in sys.modules or name != "csv"
assert "rich" not in sys.modules
render_content(table, "table", Canvas(80, colour=False))
assert "rich" in sys.modules
"""
    subprocess.run([sys.executable, "-c", program], check=True)


def test_ten_thousand_rows_are_quick() -> None:
    row = (*OVERDUE.rows[0],)
    table = Table(title="", as_of=AS_OF, columns=OVERDUE.columns, rows=[row] * 10_000)
    render(OVERDUE, "table", PIPE)
    start = time.process_time()
    render(table, "table", PIPE)
    # Measured at 0.06 s; rich takes 3 s.
    assert time.process_time() - start < 1


# Hostile texts


@pytest.mark.parametrize(
    ("output", "width"), [("table", 60), *((output, None) for output in WRITTEN)]
)
@pytest.mark.parametrize("text", TEXTS.values(), ids=list(TEXTS))
def test_no_text_acts_on_a_terminal(text: str, width: int | None, output: str) -> None:
    canvas = Canvas(width=width, colour=False)
    short = text[:FOLDED]
    whats = (table_of([short, short]), table_of([short], "id"), sheet_of(short), table_of([text]))
    for what in whats:
        made = render(what, output, canvas)
        if output == "csv-excel":
            made = made.removeprefix("\ufeff")
        assert not RAW.search(made)
        assert "\t" not in made or output in {"csv", "csv-excel", "tsv"}
        made.encode()
        if output == "json":
            json.loads(made)


@pytest.mark.parametrize("text", TEXTS.values(), ids=list(TEXTS))
def test_no_text_breaks_the_lines_of_a_table(text: str) -> None:
    assert len(render(table_of([text, text]), "table", PIPE).split("\n")) == 4
    assert len(render(table_of([text, text]), "md", PIPE).split("\n")) == 5
    assert len(render(table_of([text, text], "id"), "tsv", PIPE).split("\n")) == 4
    for width in (20, 33, 60, 200):
        for what in (table_of([text[:FOLDED]]), sheet_of(text[:FOLDED])):
            drawn = render(what, "table", Canvas(width=width, colour=False))
            assert max(map(measure_text_width, drawn.split("\n"))) <= width


@pytest.mark.parametrize("text", TEXTS.values(), ids=list(TEXTS))
def test_json_is_exact_for_hostile_texts(text: str) -> None:
    # A reader that knows UTF-8 only must not refuse the whole document for one text.
    exact = text.replace("\ud800", "\\ud800")
    made = json.loads(render(table_of([text]), "json", PIPE))
    assert made["items"][0] == {"id": "id-0", "text": exact, "n": 0}
    assert msgspec.json.decode(render(sheet_of(text), "jsonl", PIPE)) == next(
        iter(sheet_of(exact).items)
    )
    sheet = Sheet(title="", as_of=AS_OF, facts=[], items=[{text: [text]}])
    assert json.loads(render(sheet, "json", PIPE))["items"] == [{exact: [exact]}]


@pytest.mark.parametrize("text", TEXTS.values(), ids=list(TEXTS))
def test_no_text_is_a_formula(text: str) -> None:
    for output in ("csv", "tsv"):
        made = render(table_of([text], "list"), output, PIPE)
        value = made.split("\t" if output == "tsv" else ",", 3)[3].lstrip('"')
        assert not re.match(r"\s*[=+\-@＝＋－＠]", value)


def test_numbers_are_never_guarded() -> None:
    columns = (Column("n", "数", "number"), Column("t", "字"), Column("l", "列", "list"))
    row: tuple[Value, ...] = (Decimal(-5), "-5", ["-5", "x"])
    table = Table(title="", as_of=AS_OF, columns=columns, rows=[row])
    assert render(table, "csv", PIPE) == "n,t,l\n-5,'-5,'-5; x\n"
    assert render(table, "tsv", PIPE) == "n\tt\tl\n-5\t'-5\t'-5; x\n"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("水务局 ok", "水务局 ok"),
        ("\x1b[31m\x9b\u202e\ud800\U000e0067", "\\x1b[31m\\x9b\\u202e\\ud800\\U000e0067"),
        ("a\tb\nc\rd", "a b\\nc\\x0dd"),
        ("全角\u3000空格\u00a0", "全角\u3000空格\u00a0"),
        ("👨\u200d👩 \u200c", "👨\u200d👩 \u200c"),
    ],
)
def test_what_acts_unseen_is_shown(text: str, shown: str) -> None:
    assert make_text_visible(text) == shown
    assert make_text_visible(text, lines=True) == shown.replace("\\n", "\n")


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("", 0),
        ("abc", 3),
        ("水务局（市）", 12),
        ("—“”·", 4),
        ("e\u0301", 1),
        ("👨\u200d👩\u200d👧", 2),
        ("👍🏽", 2),
        ("\u1112\u1161\u11ab", 2),
        ("\ue000", 1),
        ("\u0378", 1),
        ("ｱ\u3000", 3),
        ("水\u200d", 2),
    ],
)
def test_display_width_is_in_cells(text: str, cells: int) -> None:
    assert measure_text_width(text) == cells


@given(ANYTHING | st.text() | MARKS)
def test_no_cell_is_a_formula_and_nothing_is_lost(text: str) -> None:
    safe = guard_formula(text)
    assert safe in {text, f"'{text}"}
    assert not safe.startswith(("\t", "\r", "\n"))
    assert not safe.lstrip().startswith(tuple("=+-@＝＋－＠"))


@given(st.lists(ANYTHING | st.text() | MARKS, min_size=1))
def test_csv_reads_back_exactly(texts: list[str]) -> None:
    texts = [escape_hidden_text(text) for text in texts]
    header, *rows = read_csv(render(table_of(texts), "csv", PIPE))
    assert header == ["id", "text", "n"]
    assert [row[1] for row in rows] == list(map(guard_formula, texts))


@given(st.lists(ANYTHING | MARKS, min_size=1))
def test_tsv_and_plain_have_a_line_for_each_row(texts: list[str]) -> None:
    tsv = render(table_of(texts), "tsv", PIPE).split("\n")
    assert [line.count("\t") for line in tsv] == [2] * (len(texts) + 1) + [0]
    plain = render(table_of(texts), "table", PIPE).split("\n")
    assert len(plain) == len(texts) + 2
    for text, line in zip(texts, plain[1:-1], strict=True):
        assert make_text_visible(text) in line


@given(st.lists(st.text() | MARKS))
def test_json_reads_back_exactly(texts: list[str]) -> None:
    made = render(table_of(texts), "json", PIPE)
    assert [item["text"] for item in json.loads(made)["items"]] == texts
    assert not RAW.search(made)


@given(ANYTHING | MARKS, st.integers(20, 120))
def test_no_line_is_wider_than_the_terminal(text: str, width: int) -> None:
    for what in (table_of([text]), table_of([text], "id"), sheet_of(text)):
        drawn = render(what, "table", Canvas(width=width, colour=False))
        assert max(map(measure_text_width, drawn.split("\n"))) <= width


@given(MARKS | st.text(max_size=30))
def test_markdown_reads_as_it_was_entered(text: str) -> None:
    markdown: Any = pytest.importorskip("markdown_it")
    parser = markdown.MarkdownIt("commonmark").enable(["table", "strikethrough"])
    read = " ".join(make_text_visible(text.replace("\n", " ")).split())
    inline = [
        token
        for token in parser.parse(render(sheet_of(text), "md", PIPE))
        if token.type == "inline"
    ]
    assert all(child.type == "text" for token in inline for child in token.children)
    shown = ["".join(child.content for child in token.children) for token in inline]
    entered = [read, f"{read}: {read}", f"列: {read}", read, read, read]
    assert [" ".join(each.split()) for each in shown] == [each.strip() for each in entered]


def test_columns_are_named_by_their_titles_too() -> None:
    table = arrange_columns(OVERDUE, "时限，id, 时限")
    assert [column.key for column in table.columns] == ["deadline", "id"]
    with pytest.raises(InvalidInput, match="names no column; allowed: id, name"):
        arrange_columns(OVERDUE, " ，,")


def test_rows_are_sorted_by_lists_and_those_without_stand_last() -> None:
    for key, order in (("support", [2, 0, 1, 3]), ("-support", [0, 2, 1, 3])):
        assert arrange_rows(OVERDUE, key).rows == [OVERDUE.rows[at] for at in order]


def test_a_narrow_register_without_lights_keeps_the_widths_of_its_texts() -> None:
    register = msgspec.structs.replace(table_of(["甲"]), is_register=True)
    book = openpyxl.load_workbook(BytesIO(render_xlsx(register, PIPE)))
    page = book.worksheets[0]
    assert [int(page.column_dimensions[at].width) for at in "AB"] == [6, 5]
    assert list(page.conditional_formatting) == []


def test_more_wordings_than_a_workbook_holds_formats_are_texts() -> None:
    columns = (Column("n", "数", "number"),)
    printed = [Printed(7, f"第7{chr(0x4E00 + at)}") for at in range(201)]
    rows: list[tuple[Value, ...]] = [(value,) for value in printed]
    table = Table(title="表", as_of=AS_OF, columns=columns, rows=rows)
    page = openpyxl.load_workbook(BytesIO(render_xlsx(table, PIPE))).worksheets[0]
    values = [row[0].value for row in page.iter_rows(min_row=2)]
    assert values == [*[7] * 200, printed[-1].text]
