"""Timelines, trends and bars: what they show of the records, and how a terminal draws them.

``TRACKER_GOLDEN=write pytest tests/views`` writes the golden files anew; look
at them before committing.
"""

import json
import os
import re
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest
from drawings import (
    AS_OF,
    ITEMS,
    SHARE,
    SPANS,
    TIMELINE,
    TREND,
    VILLAGES,
    exchanged,
    trend_from,
    until,
)
from hypothesis import given
from hypothesis import strategies as st
from places import GOLDEN
from program import tracker_says

from tracker.assessment.assess import assess
from tracker.assessment.case import Case
from tracker.assessment.rules import Rules
from tracker.model.horizon import Horizon
from tracker.model.records import Deadline, Indicator, IndicatorItem, Initiative, Item
from tracker.output.cells import Canvas
from tracker.output.charts.scales import (
    DayScale,
    choose_value_scale,
    interpolate_on_scale,
    thin_trend_on_scale,
)
from tracker.output.charts.terminal import ASCII, BLOCKS, draw_terminal_chart
from tracker.output.model import (
    Column,
    Mark,
    ReportedValue,
    Sheet,
    Span,
    Table,
    Timeline,
    Trend,
    Waypoint,
)
from tracker.output.rendering import DRAWING_CHARACTERS, render_content
from tracker.system.text import measure_text_width
from tracker.views.charts import build_chart_span, build_initiative_chart_span, build_timeline_chart

EXPECTED = GOLDEN / "pictures"
PIPE = Canvas(width=None, colour=False)


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """A ledger with these records, and the environment that names it."""
    place = tmp_path_factory.mktemp("pictures")
    measured = {key: value for key, value in os.environ.items() if key.startswith("COVERAGE")}
    env = measured | {
        "PATH": os.environ["PATH"],
        "HOME": str(place),
        "TRACKER_DB": str(place / "ledger"),
        "TRACKER_CONFIG": str(place / "tracker.toml"),
    }
    file = place / "items.json"
    file.write_bytes(exchanged(ITEMS))
    assert tracker_says(env, "init", "--from", str(file)).returncode == 0
    return env


def span_from(indicator: Indicator, day: date = AS_OF) -> Span:
    horizon = Horizon(as_of=day)
    initiative = Initiative(id="x", name="事项")
    assessment = assess(initiative, indicator, "active", horizon, Rules())
    return build_chart_span(Case(initiative, indicator, assessment, horizon, Rules()))


# What they show of the records


def test_a_line_begins_at_the_start_and_ends_at_the_deadline_in_force() -> None:
    span = span_from(SHARE)
    assert (span.start, span.end) == (date(2025, 1, 1), date(2027, 6, 30))
    assert span.label == "事项 · 改造率"
    assert [(each.kind, each.on.isoformat()) for each in span.marks] == [
        ("revised", "2026-12-31"),
        ("deadline", "2027-06-30"),
    ]
    before = span_from(SHARE, date(2026, 2, 1))
    assert [(each.kind, each.on.isoformat()) for each in before.marks] == [
        ("deadline", "2026-12-31")
    ]


def test_readings_are_what_was_known_on_the_day_increments_added_up() -> None:
    assert [int(each.value) for each in trend_from(SHARE, date(2026, 1, 31)).readings] == [
        15,
        22,
        38,
    ]
    # What came before the start is not counted, and an estimate adds nothing to what follows.
    assert [(int(each.value), each.status) for each in trend_from(VILLAGES).readings] == [
        (20, "final"),
        (70, "estimate"),
        (55, "final"),
    ]


def test_the_expected_line_goes_through_the_interim_points() -> None:
    line = trend_from(SHARE).expected
    assert [(each.on.isoformat(), int(each.value)) for each in line] == [
        ("2025-01-01", 12),
        ("2025-12-31", 40),
        ("2027-06-30", 85),
    ]
    assert interpolate_on_scale(line, date(2024, 12, 31)) is None
    assert interpolate_on_scale(line, date(2025, 12, 31)) == 40
    assert interpolate_on_scale(line, date(2025, 7, 2)) == 26
    assert interpolate_on_scale(line, date(2030, 1, 1)) == 85
    assert interpolate_on_scale([], date(2030, 1, 1)) is None


@pytest.mark.parametrize("field", ["baseline", "target", "deadline"])
def test_there_is_no_expected_line_without_its_ends(field: str) -> None:
    plain = {name: getattr(VILLAGES, name) for name in VILLAGES.__struct_fields__}
    assert trend_from(IndicatorItem(**plain | {field: None})).expected == []


def test_there_is_no_expected_line_to_what_is_kept_or_was_over_before_it_began() -> None:
    (kept,) = (each for each in ITEMS[1].indicators if each.id == "air.days")
    assert trend_from(kept).expected == []
    plain = {name: getattr(VILLAGES, name) for name in VILLAGES.__struct_fields__}
    assert trend_from(IndicatorItem(**plain | {"start": date(2027, 1, 1)})).expected == []


# Scales


@pytest.mark.parametrize(
    ("first", "last", "characters", "labels"),
    [
        ("2025-01-01", "2025-03-15", 60, ["2025-01", "2025-02", "2025-03"]),
        ("2025-01-02", "2025-12-31", 60, ["2025-04", "2025-07", "2025-10"]),
        ("2021-06-01", "2026-11-21", 50, ["2022", "2023", "2024", "2025", "2026"]),
        ("2000-01-01", "2049-01-01", 50, ["2000", "2010", "2020", "2030", "2040"]),
        ("2026-11-20", "2026-11-22", 60, ["2026-11-20", "2026-11-22"]),
        ("0001-01-01", "9999-12-31", 60, ["2000", "4000", "6000", "8000"]),
    ],
)
def test_days_are_written_as_they_fit(
    first: str, last: str, characters: int, labels: list[str]
) -> None:
    days = DayScale(date.fromisoformat(first), date.fromisoformat(last))
    assert [label for _day, label in days.ticks(characters)][: len(labels)] == labels


@given(
    st.lists(st.decimals(-(10**12), 10**12, places=3), min_size=0, max_size=6),
    st.integers(2, 8),
)
def test_all_values_are_inside_their_scale(values: list[Decimal], steps: int) -> None:
    scale = choose_value_scale(values, steps)
    assert all(0 <= scale.at(value) <= 1 for value in values)
    ticks = [value for value, _label in scale.ticks()]
    assert ticks[0] == scale.low
    assert ticks[-1] == scale.high
    assert 2 <= len(ticks) <= steps + 3


def test_long_numbers_that_differ_at_their_end_have_a_scale() -> None:
    low, fourth, middle, high = (Decimal(f"{10**29 + each}") for each in (1, 4, 5, 9))
    scale = choose_value_scale([low, high], 4)
    assert [value - low for value, _label in scale.ticks()] == [-1, 1, 3, 5, 7, 9]
    assert (scale.at(low), scale.at(middle)) == (0.1, 0.5)
    line = [Waypoint(on=date(2026, 1, 1), value=low), Waypoint(on=date(2026, 1, 9), value=high)]
    assert interpolate_on_scale(line, date(2026, 1, 4)) == fourth


def trend(**changes: Any) -> Trend:  # noqa: ANN401  # any field of a trend
    plain = {name: getattr(TREND, name) for name in TREND.__struct_fields__}
    return Trend(**plain | changes)


CASES: Mapping[str, Timeline | Trend] = {
    "trend": TREND,
    "trend-one": trend(readings=TREND.readings[:1], expected=[]),
    "trend-none": trend(readings=[], unit=None),
    "trend-watched": trend(expected=[], target=None, deadline=None, light="none"),
    "trend-negative": trend(
        readings=[
            ReportedValue(on=date(2026, 1, 1), value=Decimal(3), status="final"),
            ReportedValue(on=date(2026, 6, 1), value=Decimal("-5.6"), status="final"),
        ],
        expected=[],
        target=Decimal(-5),
        target_high=Decimal(-4),
    ),
    "trend-equal": trend(
        readings=[ReportedValue(on=AS_OF, value=Decimal(70), status="final")],
        expected=[],
        target=Decimal(70),
        deadline=AS_OF,
    ),
    "trend-nothing": trend(readings=[], expected=[], target=None, deadline=None),
    "timeline": TIMELINE,
    "timeline-part": Timeline(
        title="", as_of=AS_OF, first=date(2026, 9, 1), last=date(2026, 11, 30), spans=SPANS
    ),
}


def text_of(name: str, width: int | None, *, ascii_only: bool = False) -> str:
    lines = draw_terminal_chart(CASES[name], width, ascii_only=ascii_only)
    return "".join("".join(text for text, _light in line).rstrip(" ") + "\n" for line in lines)


@pytest.mark.parametrize("name", CASES)
def test_a_picture_is_the_golden_one(name: str) -> None:
    made = "\n".join(
        f"{width or 'pipe'}{' ascii' if ascii_only else ''}\n"
        + text_of(name, width, ascii_only=ascii_only)
        for width, ascii_only in [(40, False), (60, False), (80, True), (120, False), (None, False)]
    )
    path = EXPECTED / f"{name}.txt"
    if os.environ.get("TRACKER_GOLDEN") == "write":
        path.write_text(made, "utf-8")
    assert made == path.read_text("utf-8")


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("width", [20, 33, 49, 50, 60, 80, 95, 96, 120, 200])
def test_no_line_of_a_picture_is_wider_than_the_terminal(name: str, width: int) -> None:
    sheet = Sheet(title="", as_of=AS_OF, facts=[], pictures=[CASES[name]])
    for ascii_only in (False, True):
        canvas = Canvas(width=width, colour=False, ascii=ascii_only)
        made = render_content(sheet, "table", canvas)
        assert isinstance(made, str)
        assert max(map(measure_text_width, made.split("\n"))) <= width
        assert not (ascii_only and set(made) & set(DRAWING_CHARACTERS))


def test_the_plain_characters_are_plain_and_the_others_are_named() -> None:
    def signs(glyphs: Any) -> set[str]:  # noqa: ANN401  # one of the two sets
        flat = [each for each in glyphs if isinstance(each, str)]
        return {*flat, *glyphs.marks.values(), *glyphs.readings.values()}

    assert all(sign.isascii() and len(sign) == 1 for sign in signs(ASCII))
    assert signs(BLOCKS) <= set(DRAWING_CHARACTERS)
    assert all(measure_text_width(sign) == 1 for sign in DRAWING_CHARACTERS)


@given(st.dates(), st.dates(), st.none() | st.dates(), st.none() | st.decimals(-500, 500, places=1))
def test_any_days_can_be_drawn(
    start: date, end: date, met: date | None, done: Decimal | None
) -> None:
    marks = [Mark(on=end, kind="deadline"), *([Mark(on=met, kind="met")] if met else [])]
    span = Span(
        id="x",
        label="x",
        start=start,
        end=end,
        light="red",
        why="",
        done=done,
        expected=None,
        marks=marks,
    )
    first = min(start, end)
    picture = Timeline(title="", as_of=AS_OF, first=first, last=max(start, end), spans=[span])
    for line in draw_terminal_chart(picture, 60, ascii_only=True):
        assert measure_text_width("".join(text for text, _light in line)) <= 60
    assert isinstance(
        render_content(Sheet(title="", as_of=AS_OF, facts=[], pictures=[picture]), "html", PIPE),
        str,
    )


def test_of_what_has_neither_start_nor_end_only_the_marks_are_drawn() -> None:
    span = Span(
        id="x",
        label="x",
        start=None,
        end=None,
        light="green",
        why="",
        done=Decimal(100),
        expected=None,
        marks=[Mark(on=date(2026, 6, 30), kind="met")],
    )
    first, last = date(2026, 1, 1), date(2026, 12, 31)
    picture = Timeline(title="", as_of=AS_OF, first=first, last=last, spans=[span])
    lines = [
        "".join(text for text, _ in line)
        for line in draw_terminal_chart(picture, 80, ascii_only=True)
    ]
    (row,) = (each.split() for each in lines if each.startswith("x "))
    assert row == ["x", "green", ASCII.marks["met"], ASCII.today]


def test_pictures_have_the_colour_of_the_light_and_the_word() -> None:
    sheet = Sheet(title="", as_of=AS_OF, facts=[], pictures=[TIMELINE])
    coloured = render_content(
        sheet, "table", Canvas(width=80, colour=True, lights={"yellow": "blue"})
    )
    assert isinstance(coloured, str)
    assert "\x1b[34myellow" in coloured
    assert "\x1b[31mred" in coloured
    plain = render_content(sheet, "table", Canvas(width=80, colour=False))
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured).split() == str(plain).split()


def test_where_there_are_tables_they_say_what_the_pictures_show() -> None:
    table = Table(title="表", as_of=AS_OF, columns=(Column("id", "编号", "id"),), rows=[("x",)])
    alone = Sheet(title="", as_of=AS_OF, facts=[], pictures=[TIMELINE, TREND])
    both = Sheet(title="", as_of=AS_OF, facts=[], pictures=[TIMELINE], tables=[table])
    without = Sheet(title="", as_of=AS_OF, facts=[], tables=[table])
    for form in ("table", "md", "csv", "tsv", "ids"):
        assert render_content(both, form, PIPE) == render_content(without, form, PIPE)
        assert render_content(alone, form, PIPE) != ""
    assert render_content(alone, "ids", PIPE) == "a\nb\nc\nd\n"
    header, first, *_rest = str(render_content(alone, "csv", PIPE)).split("\n")
    assert header == (
        "id,label,start,end,light,why,done,expected,met,revised,deadline_basis,deadline_loose"
    )
    assert first.endswith(
        ",2025-01-01,2027-06-30,yellow,落后 11.8 个百分点,63.3,75.0,,2026-12-31,,"
    )
    assert "on,value,unit,status,expected\n2025-06-30,22,个,final,26." in str(
        render_content(alone, "csv", PIPE)
    )


def test_an_empty_timeline_says_so() -> None:
    empty = Timeline(title="", as_of=AS_OF, first=AS_OF, last=AS_OF, spans=[])
    sheet = Sheet(title="", as_of=AS_OF, facts=[], pictures=[empty])
    assert "Nothing to show." in str(render_content(sheet, "table", PIPE))
    assert "Nothing to show." in str(render_content(sheet, "table", Canvas(width=60, colour=False)))


@pytest.mark.parametrize(
    ("done", "expected", "blocks", "plain"),
    [
        (0, None, "░░░░░░░░░░", "----------"),
        (62, 78, "██████▏│░░", "######-|--"),
        (100, 100, "█████████│", "#########|"),
        (140, 0, "│█████████", "|#########"),
        (-20, 55, "░░░░░│░░░░", "-----|----"),
        (Decimal("0.9"), None, "▏░░░░░░░░░", "+---------"),
        (99, None, "█████████▉", "#########+"),
        (None, 50, "", ""),
    ],
)
def test_a_bar_shows_what_is_done_and_what_should_be(
    done: int | Decimal | None, expected: int | None, blocks: str, plain: str
) -> None:
    columns = (
        Column("done", "完成", "percent", bar=True, expected="expected"),
        Column("expected", "序时", "percent", brief=False),
    )
    row = tuple(None if each is None else Decimal(each) for each in (done, expected))
    table = Table(title="", as_of=AS_OF, columns=columns, rows=[row])
    for width in (None, 60):
        for ascii_only, bar in ((False, blocks), (True, plain)):
            canvas = Canvas(width=width, colour=False, bars=True, ascii=ascii_only)
            drawn_bar = str(render_content(table, "table", canvas)).split("\n")[-2].strip()
            assert drawn_bar == (f"{bar} {done:.1f}%" if bar else "")
        bare = str(render_content(table, "table", Canvas(width=width, colour=False))).split("\n")[
            -2
        ]
        assert bare.strip() == (f"{done:.1f}%" if bar else "")


# The commands


def test_the_timeline_of_a_ledger(ledger: Mapping[str, str]) -> None:
    done = tracker_says(ledger, "timeline", "--as-of", "2026-11-21")
    assert done.stderr == "1 without a deadline is not drawn.\n"
    labels = [line.split("  ")[0] for line in done.stdout.split("\n")[3:-2] if line]
    assert labels[0] == "学校新建学位"
    assert len(labels) == 8
    data = json.loads(
        tracker_says(ledger, "timeline", "--as-of", "2026-11-21", "-o", "json").stdout
    )
    assert (data["first"], data["last"], data["undated"]) == ("2025-01-01", "2027-06-30", 1)
    assert data["items"][-1]["marks"] == [
        {"on": "2026-12-31", "kind": "revised"},
        {"on": "2027-06-30", "kind": "deadline"},
    ]


def test_the_timeline_of_initiatives_mixes_no_shares(ledger: Mapping[str, str]) -> None:
    said = tracker_says(ledger, "timeline", "--initiatives", "--as-of", "2026-11-21", "-o", "json")
    found = {each["id"]: each for each in json.loads(said.stdout)["items"]}
    assert found["pipes"]["done"] is None
    assert found["pipes"]["why"] == "0 of 3 met, 1 overdue"
    assert found["pipes"]["light"] == "red"
    assert found["school"]["done"] == 100
    assert [each["kind"] for each in found["school"]["marks"]] == ["deadline", "met"]


def test_days_can_be_chosen_and_what_is_outside_is_marked(ledger: Mapping[str, str]) -> None:
    words = (
        "timeline",
        "--as-of",
        "2026-11-21",
        "--ascii",
        "--from",
        "2026-10",
        "--to",
        "2026-12-15",
    )
    said = tracker_says(ledger, *words).stdout
    assert said.isascii() or "<" in said
    assert "< earlier   > later" in said
    refused = tracker_says(ledger, "timeline", "--from", "2027", "--to", "2026")
    assert refused.returncode == 2
    assert "give --from before --to" in refused.stderr


def test_an_empty_timeline_is_no_mistake(ledger: Mapping[str, str], tmp_path: Path) -> None:
    empty = {**ledger, "TRACKER_DB": str(tmp_path / "empty")}
    assert tracker_says(empty, "init", "--empty").returncode == 0
    said = tracker_says(empty, "timeline", "--as-of", "2026-11-21")
    assert (said.returncode, said.stderr) == (0, "")
    assert "Nothing to show." in said.stdout
    outside = "Nothing is drawn: all of it is from 2025-01-01 to 2027-06-30.\n"
    for flag, day in (("--from", "9999-12-31"), ("--to", "2001-01-01")):
        said = tracker_says(ledger, "timeline", flag, day, "--as-of", "2026-11-21", "-o", "json")
        assert said.returncode == 0
        assert json.loads(said.stdout)["items"] == []
        assert said.stderr.startswith(outside)


def test_a_timeline_of_one_day_is_drawn(ledger: Mapping[str, str], tmp_path: Path) -> None:
    one = {**ledger, "TRACKER_DB": str(tmp_path / "one")}
    assert tracker_says(one, "init", "--empty").returncode == 0
    item = Item(
        id="a",
        name="甲",
        indicators=[
            IndicatorItem(
                id="a.b",
                name="乙",
                measure="milestone",
                start=date(2026, 11, 21),
                deadline=until("2026-11-21"),
            )
        ],
    )
    file = tmp_path / "one.json"
    file.write_bytes(exchanged([item]))
    assert tracker_says(one, "import", str(file)).returncode == 0
    said = tracker_says(one, "timeline", "--as-of", "2026-11-21", "-o", "json")
    data = json.loads(said.stdout)
    assert (data["first"], data["last"], len(data["items"])) == ("2026-11-21", "2026-11-22", 1)
    assert "◆" in tracker_says(one, "timeline", "--as-of", "2026-11-21").stdout


def test_a_timeline_keeps_to_a_limit(ledger: Mapping[str, str]) -> None:
    words = ("timeline", "--as-of", "2026-11-21", "-o", "json", "--limit")
    said = tracker_says(ledger, *words, "2")
    assert len(json.loads(said.stdout)["items"]) == 2
    assert said.stderr.startswith("2 of 8 shown.\n")
    assert "shown" not in tracker_says(ledger, *words, "8").stderr


def test_chinese_has_a_chinese_colon(ledger: Mapping[str, str]) -> None:
    words = ("trend", "改造率", "--as-of", "2026-11-21", "--lang", "zh")
    said = tracker_says(ledger, *words).stdout
    assert "黄灯：" in said
    assert "黄灯: " not in said


def test_the_trend_of_one_indicator(ledger: Mapping[str, str]) -> None:
    said = tracker_says(ledger, "trend", "改造率", "--as-of", "2026-11-21").stdout
    assert "改造率 (pipes.share)" in said
    assert "● reported   ○ estimate   ◌ in progress   · expected   ╌ target 85" in said
    (item,) = json.loads(
        tracker_says(ledger, "trend", "air.trail", "--as-of", "2026-11-21", "-o", "json").stdout
    )["items"]
    assert item["readings"] == []
    assert item["expected"][-1] == {"on": "2026-09-30", "value": 62.5}


def test_a_milestone_has_no_trend(ledger: Mapping[str, str]) -> None:
    refused = tracker_says(ledger, "trend", "pipes.accepted")
    assert refused.returncode == 2
    assert "tracker why pipes.accepted" in refused.stderr
    early = tracker_says(ledger, "trend", "pipes.share", "--known-on", "2020-01-01")
    assert early.returncode == 3


def test_a_picture_of_very_many_reports_looks_the_same_with_few_of_them() -> None:
    statuses: list[Any] = ["final", "final", "estimate"]
    readings = [
        ReportedValue(
            on=date(2000, 1, 1) + timedelta(days=number // 4),
            value=Decimal((number * 7919) % 1000),
            status=statuses[number % 3],
        )
        for number in range(30_000)
    ]
    whole = msgspec.structs.replace(TREND, readings=readings)
    drawn = thin_trend_on_scale(whole).readings
    assert len(drawn) <= 2 * 4 * 251
    assert drawn == sorted(drawn, key=lambda reading: reading.on)
    for status in ("final", "estimate"):
        ours = [each for each in drawn if each.status == status]
        all_of_them = [each for each in readings if each.status == status]
        assert (ours[0], ours[-1]) == (all_of_them[0], all_of_them[-1])
        for extreme in (min, max):
            assert extreme(each.value for each in ours) == extreme(
                each.value for each in all_of_them
            )
    few = msgspec.structs.replace(TREND, readings=readings[:1000])
    assert thin_trend_on_scale(few) is few
    page = str(
        render_content(Sheet(title="", as_of=AS_OF, facts=[], pictures=[whole]), "html", PIPE)
    )
    assert f"{len(drawn)} of 30000 reports drawn" in page
    assert page.count("<circle") < len(drawn) + 5


# How certain deadlines are


def span_until(basis: Any, loose: date | None, end: date = date(2026, 12, 31)) -> Span:  # noqa: ANN401
    deadline = Deadline(on=end, basis=basis, loose=loose)
    return span_from(msgspec.structs.replace(SHARE, deadline=deadline, revisions=[]))


@pytest.mark.parametrize(
    ("basis", "loose", "mark", "words"),
    [
        ("stated", None, "", []),
        ("derived", None, "", []),
        ("assumed", None, "*", ["* assumed"]),
        ("stated", date(2027, 12, 31), "?", ["? loosely later"]),
        ("assumed", date(2027, 12, 31), "*?", ["* assumed", "? loosely later"]),
    ],
)
def test_a_timeline_marks_uncertain_deadlines(
    basis: str, loose: date | None, mark: str, words: list[str]
) -> None:
    other = span_until("stated", None, date(2027, 6, 30))
    spans = [span_until(basis, loose), other]
    timeline = build_timeline_chart("", spans, Horizon(as_of=AS_OF))
    sheet = Sheet(title="", as_of=AS_OF, facts=[], pictures=[timeline])
    for width in (None, 100):
        drawn = str(render_content(sheet, "table", Canvas(width=width, colour=False)))
        assert f"2026-12-31{mark}\n" in drawn
        assert "2027-06-30\n" in drawn
        assert all(word in drawn for word in words)
        assert ("assumed" in drawn, "loosely" in drawn) == ("*" in mark, "?" in mark)
    page = str(render_content(sheet, "html", PIPE))
    day = "2026-12-31*" if basis == "assumed" else "2026-12-31"
    assert (f"{day}; loosely 2027-12-31" if loose else f">{day}<") in page
    assert ("* assumed" in page) == (basis == "assumed")
    row = str(render_content(sheet, "csv", PIPE)).splitlines()[1]
    assert row.endswith(f",{basis},{loose or ''}")


def test_a_trend_says_how_certain_its_deadline_is() -> None:
    deadline = Deadline(on=date(2026, 12, 31), basis="assumed", loose=date(2027, 12, 31))
    trend = trend_from(msgspec.structs.replace(SHARE, deadline=deadline, revisions=[]))
    sheet = Sheet(title="", as_of=AS_OF, facts=[], pictures=[trend])
    for form in ("table", "html"):
        assert "2026-12-31*; loosely 2027-12-31" in str(render_content(sheet, form, PIPE))


def test_a_line_of_an_initiative_has_the_doubts_of_its_last_deadline() -> None:
    early = Deadline(on=date(2026, 6, 30), basis="assumed", loose=date(2027, 6, 30))
    late = Deadline(on=date(2026, 12, 31), basis="derived")
    for deadlines in ((early, late), (late, early), (None, early), (None, None)):
        cases = [
            Case(
                initiative,
                own,
                assess(initiative, own, "active", horizon, Rules()),
                horizon,
                Rules(),
            )
            for initiative, horizon in [(Initiative(id="x", name="事项"), Horizon(as_of=AS_OF))]
            for own in (
                msgspec.structs.replace(SHARE, deadline=deadline, revisions=[])
                for deadline in deadlines
            )
        ]
        span = build_initiative_chart_span(cases)
        found = (span.end, span.deadline_basis, span.deadline_loose)
        last = late if late in deadlines else early if early in deadlines else None
        assert found == ((last.on, last.basis, last.loose) if last else (None, None, None))
